/*
 * columns.c
 *	  All numbers of some rows, a column of them for each key.
 *
 * While rows have the keys of the columns, numbers are appended without a look
 * at any key.  As in state.c, rows with other keys are found by a walk along
 * those there are as long as these are few, or few more than the row's; then by
 * a table of keys, so that a row costs what its own keys cost.
 */
#include "postgres.h"

#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "columns.h"
#include "reddict.h"
#include "state.h"

/*
 * Bytes that all may take: so many as a datum may have, so that what workers
 * send always fits into one.
 */
#define COLUMNS_MAX_SIZE MaxAllocSize

/* What a key takes besides its bytes and numbers, in a table, about */
#define KEY_SIZE 128

/*
 * Bytes of the smallest chunk, with what the allocator adds, and of the largest
 * one of a size that the allocator has.
 */
#define CHUNK_MIN_SIZE 64
#define CHUNK_MAX_SIZE 8192
#define CHUNK_OVERHEAD (offsetof(Chunk, numbers) + 16)

/* Numbers that are copied to be put in order, whatever part of all they are */
#define FEW_NUMBERS 1024

/* Take so many bytes more.  Error: program_limit_exceeded. */
void
reddict_columns_account(KeyColumns *set, Size size)
{
	if (unlikely(size > COLUMNS_MAX_SIZE - set->size))
		ereport(ERROR,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("too many numbers for exact percentiles"),
				errdetail("They would take more than %zu bytes, with their keys.",
						  (Size) COLUMNS_MAX_SIZE));
	set->size += size;
}

/* Make ready for rows, in a memory context. */
void
reddict_columns_init(KeyColumns *set, MemoryContext context)
{
	MemoryContext caller = MemoryContextSwitchTo(context);

	memset(set, 0, sizeof(*set));
	set->context = context;
	reddict_make_keys(&set->index, NULL, 0);
	MemoryContextSwitchTo(caller);
}

/*
 * Make room in a column that has none left for some numbers more.  Error:
 * program_limit_exceeded.
 */
void
reddict_column_extend(KeyColumns *set, Column *column, int32 more)
{
	int32		n = reddict_column_count(column);
	Size		size = Max(n * sizeof(float8) / 2, CHUNK_MIN_SIZE);
	Size		left = COLUMNS_MAX_SIZE - set->size;
	Size		capacity = n / 4;
	Chunk	   *chunk;

	if (size < 2 * CHUNK_MAX_SIZE)
	{
		size = (Size) 1 << pg_leftmost_one_pos64(size);
		capacity = (size - offsetof(Chunk, numbers)) / sizeof(float8);
	}
	/* no more than the limit leaves, if that is enough */
	if (left > CHUNK_OVERHEAD)
		capacity = Min(capacity, (left - CHUNK_OVERHEAD) / sizeof(float8));
	capacity = Max(capacity, (Size) more);
	reddict_columns_account(set, CHUNK_OVERHEAD + capacity * sizeof(float8));
	chunk = MemoryContextAllocHuge(set->context,
								   offsetof(Chunk, numbers) + capacity * sizeof(float8));
	chunk->before = column->last;
	chunk->start = n;
	chunk->capacity = capacity;
	column->last = chunk;
	column->next = chunk->numbers;
	column->end = chunk->numbers + capacity;
}

/* Append the numbers of a column that was received, which may be unaligned. */
void
reddict_column_append(KeyColumns *set, Column *column, const Column *received)
{
	const char *from = (const char *) received->next;
	int32		more = reddict_column_count(received);

	/* a chunk is full before there is another one */
	while (more > 0)
	{
		int32		n;

		if (column->next == column->end)
			reddict_column_extend(set, column, more);
		n = Min(more, column->end - column->next);
		memcpy(column->next, from, n * sizeof(float8));
		column->next += n;
		from += n * sizeof(float8);
		more -= n;
	}
}

/* Copy the numbers of a column. */
void
reddict_column_copy(const Column *column, char *to)
{
	int32		end = reddict_column_count(column);

	for (const Chunk *chunk = column->last; chunk != NULL; chunk = chunk->before)
	{
		memcpy(to + chunk->start * sizeof(float8), chunk->numbers,
			   (end - chunk->start) * sizeof(float8));
		end = chunk->start;
	}
}

/*
 * Have the numbers of a column, which has some, side by side in one chunk, and
 * return them.  The chunk has the room that the column had, so where rows come
 * after results, as in windows, not each of them makes a new one.
 */
static float8 *
join_chunks(KeyColumns *set, Column *column)
{
	int32		end = reddict_column_count(column);
	Chunk	   *chunk = column->last;
	int32		capacity = chunk->start + chunk->capacity;
	Chunk	   *joined;

	if (chunk->before == NULL)
		return chunk->numbers;
	joined = MemoryContextAllocHuge(set->context,
									offsetof(Chunk, numbers) + capacity * sizeof(float8));
	*joined = (Chunk) {.before = NULL,.start = 0,.capacity = capacity};
	column->last = joined;
	column->next = joined->numbers + end;
	column->end = joined->numbers + capacity;
	set->size += CHUNK_OVERHEAD;
	/* each chunk goes once it is copied, so this takes little memory more */
	while (chunk != NULL)
	{
		Chunk	   *before = chunk->before;

		memcpy(joined->numbers + chunk->start, chunk->numbers,
			   (end - chunk->start) * sizeof(float8));
		end = chunk->start;
		pfree(chunk);
		set->size -= CHUNK_OVERHEAD;
		chunk = before;
	}
	return joined->numbers;
}

/* Make room for so many columns in all. */
static void
reserve_columns(KeyColumns *set, int32 wanted)
{
	if (wanted <= set->capacity)
		return;
	wanted = Max(wanted, set->capacity + set->capacity / 2);
	set->columns = set->columns == NULL ?
		MemoryContextAllocHuge(set->context, wanted * sizeof(Column)) :
		repalloc_huge(set->columns, wanted * sizeof(Column));
	set->capacity = wanted;
}

/* Have a copy of a key index, and columns in its order; there is no table yet. */
static void
set_keys(KeyColumns *set, const KeyIndex *index, Column *columns)
{
	MemoryContext caller = MemoryContextSwitchTo(set->context);
	KeyIndex	own = *index;

	if (!own.shared)
		reddict_key_index_own(&own);
	MemoryContextSwitchTo(caller);
	reddict_columns_account(set, (index->n - set->n) * (Size) KEY_SIZE);
	if (index->size > set->index.size)
		reddict_columns_account(set, index->size - set->index.size);
	if (!set->index.shared)
		pfree(unconstify(char *, set->index.block));
	set->index = own;
	reserve_columns(set, index->n);
	if (index->n > 0)
		memcpy(set->columns, columns, index->n * sizeof(Column));
	set->n = index->n;
}

/* Add keys, where there is no table yet. */
static void
add_keys(KeyColumns *set, const KeyIndex *keys)
{
	KeyAlignment aligned;
	Column	   *columns;

	reddict_align_keys(&set->index, keys, KEYS_EITHER, &aligned);
	columns = palloc_extended(Max(aligned.index.n, 1) * sizeof(Column), MCXT_ALLOC_HUGE);
	for (int32 i = 0; i < aligned.index.n; i++)
		columns[i] = aligned.left[i] >= 0 ? set->columns[aligned.left[i]] : (Column) {0};
	set_keys(set, &aligned.index, columns);
	pfree(columns);
	pfree(aligned.left);
	pfree(aligned.right);
}

/* Put all keys into a table. */
static void
make_table(KeyColumns *set)
{
	KeyCursor	cursor;

	set->table = reddict_key_table_make(set->context);
	key_cursor_init(&cursor, reddict_open_keys(&set->index));
	while (key_cursor_next(&cursor))
		(void) reddict_key_table_slot(set->table, cursor.key, cursor.len);
	if (!set->index.shared)
		pfree(unconstify(char *, set->index.block));
}

/* The numbers of the columns of a row's keys, by the table; they may be new. */
static const int32 *
find_in_table(KeyColumns *set, const KeyIndex *keys)
{
	const KeyTable *table = set->table;
	const int32 *places = reddict_key_table_slots(set->table, keys)->slots;

	reserve_columns(set, table->n);
	for (; set->n < table->n; set->n++)
	{
		reddict_columns_account(set, KEY_SIZE + table->keys[set->n].len);
		set->columns[set->n] = (Column) {0};
	}
	return places;
}

/*
 * The numbers of the columns of a row's keys, which may be new; NULL if all
 * columns are these, in this order.
 */
const int32 *
reddict_columns_find(KeyColumns *set, const KeyIndex *keys)
{
	int32	   *places;

	if (set->table == NULL)
	{
		if (likely(reddict_same_keys(&set->index, keys)))
			return NULL;
		if (!reddict_should_expand(&set->index, keys))
		{
			places = set->n == 0 ? NULL :
				reddict_key_index_find_all(reddict_open_keys(&set->index),
										   reddict_open_keys(keys));
			if (places != NULL)
				return places;
			add_keys(set, keys);
			return reddict_same_keys(&set->index, keys) ? NULL :
				reddict_key_index_find_all(reddict_open_keys(&set->index),
										   reddict_open_keys(keys));
		}
		make_table(set);
	}
	return find_in_table(set, keys);
}

/*
 * All keys in order, and the numbers of their columns, in the current memory
 * context; NULL if all columns are these, in this order.
 */
int32 *
reddict_columns_list(KeyColumns *set, KeyIndex *keys)
{
	KeyTable   *table = set->table;
	int32	   *places;

	if (table == NULL)
	{
		*keys = set->index;
		return NULL;
	}
	reddict_key_table_sort(table);
	*keys = *reddict_key_table_index(table);
	(void) reddict_pack_keys(keys);
	places = palloc_extended(set->n * sizeof(int32), MCXT_ALLOC_HUGE);
	for (int32 i = 0; i < set->n; i++)
		places[i] = table->sorted[i].source;
	return places;
}

/*
 * The numbers of a column side by side, to be put in another order.  They are
 * copied, into memory that is used for one column after another, if that is
 * little beside what all take; else their chunks are joined.
 */
float8 *
reddict_column_gather(KeyColumns *set, Column *column, ColumnCopies *copies)
{
	int32		n = reddict_column_count(column);

	if (n > FEW_NUMBERS && n * sizeof(float8) > set->size / 8)
		return join_chunks(set, column);
	if (copies->capacity < n)
	{
		if (copies->numbers != NULL)
			pfree(copies->numbers);
		copies->capacity = Max(n, FEW_NUMBERS);
		copies->numbers = palloc_extended(copies->capacity * sizeof(float8), MCXT_ALLOC_HUGE);
	}
	reddict_column_copy(column, (char *) copies->numbers);
	return copies->numbers;
}
