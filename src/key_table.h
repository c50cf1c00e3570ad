/*
 * key_table.h
 *	  Keys that many states share: each has a slot in the table.
 *
 * A slot is for good: it is the number of the key, in the order in which keys
 * came.  A key that is in the table may be in none of the states.
 */
#ifndef REDBEAR_KEY_TABLE_H
#define REDBEAR_KEY_TABLE_H

#include "key_index.h"
#include "memo.h"

#pragma GCC visibility push(hidden)

typedef struct KeyTable
{
	MemoryContext context;
	struct keyhash_hash *hash;	/* key to slot */
	KeyEntry   *keys;			/* by slot */
	int32		n;
	int32		capacity;
	int32		last;			/* slot that was last asked for */
	bool		in_order;		/* was it the next after the one before? */
	char	   *page;			/* where bytes of keys go next */
	Size		page_left;
	KeyMemo		rows;			/* slots of a row's keys, for rows to come */

	KeyEntry   *sorted;			/* the first so many keys, in order */
	int32		sorted_n;
	KeyIndex	index;			/* of these, if they have been all keys */
	int32		settled_n;		/* keys of the state that was last settled */
} KeyTable;

/* The slots of a row's keys */
typedef struct KeySlots
{
	bool		in_a_row;		/* is each the one after that before? */
	int32		slots[FLEXIBLE_ARRAY_MEMBER];
} KeySlots;

extern KeyTable *reddict_key_table_make(MemoryContext context);
extern int32 reddict_key_table_slot(KeyTable *table, const char *key, uint32 len);
extern const KeySlots *reddict_key_table_slots(KeyTable *table, const KeyIndex *index);
extern void reddict_key_table_sort(KeyTable *table);
extern const KeyIndex *reddict_key_table_index(KeyTable *table);

#pragma GCC visibility pop

#endif							/* REDBEAR_KEY_TABLE_H */
