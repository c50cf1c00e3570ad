/*
 * columns.h
 *	  All numbers of some rows, a column of them for each key.
 */
#ifndef REDBEAR_COLUMNS_H
#define REDBEAR_COLUMNS_H

#include "key_table.h"

#pragma GCC visibility push(hidden)

/*
 * The numbers of a key are in chunks.  A chunk never moves, so columns that grow
 * together, of many keys or groups, leave no memory behind; and it adds a half to
 * a small column at most, a quarter to a large one.
 */
typedef struct Chunk
{
	struct Chunk *before;		/* the one before it, or NULL */
	int32		start;			/* numbers in those before */
	int32		capacity;
	float8		numbers[FLEXIBLE_ARRAY_MEMBER];
} Chunk;

/* The numbers of a key; those that were received are in no chunk. */
typedef struct Column
{
	Chunk	   *last;			/* or NULL: none yet, or numbers from "next" to "end" */
	float8	   *next;			/* where the next number goes, */
	float8	   *end;			/* unless this is there */
} Column;

/* The columns of all keys */
typedef struct KeyColumns
{
	MemoryContext context;		/* all of it is in */
	Size		size;			/* bytes that it takes, about */
	KeyIndex	index;			/* of the columns, in this order; or */
	KeyTable   *table;			/* their keys, by number */
	Column	   *columns;
	int32		n;				/* columns */
	int32		capacity;
} KeyColumns;

/* Memory for copies of a column's numbers */
typedef struct ColumnCopies
{
	float8	   *numbers;
	int32		capacity;
} ColumnCopies;

extern void reddict_columns_init(KeyColumns *set, MemoryContext context);
extern void reddict_columns_account(KeyColumns *set, Size size);
extern const int32 *reddict_columns_find(KeyColumns *set, const KeyIndex *keys);
extern int32 *reddict_columns_list(KeyColumns *set, KeyIndex *keys);
extern void reddict_column_extend(KeyColumns *set, Column *column, int32 more);
extern void reddict_column_append(KeyColumns *set, Column *column, const Column *received);
extern void reddict_column_copy(const Column *column, char *to);
extern float8 *reddict_column_gather(KeyColumns *set, Column *column, ColumnCopies *copies);

/* How many numbers are in a column? */
static inline int32
reddict_column_count(const Column *column)
{
	return column->last == NULL ? column->end - column->next :
		column->last->start + (column->next - column->last->numbers);
}

/* The column of a key, as reddict_columns_find() and reddict_columns_list() give them. */
static inline Column *
reddict_column_of(KeyColumns *set, const int32 *places, int32 key)
{
	return &set->columns[places ? places[key] : key];
}

#pragma GCC visibility pop

#endif							/* REDBEAR_COLUMNS_H */
