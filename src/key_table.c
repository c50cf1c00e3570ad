/*
 * key_table.c
 *	  Keys that many states share: each has a slot in the table.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "key_hash.h"
#include "key_table.h"
#include "reddict.h"

/* Bytes of keys that a table takes memory for at a time */
#define TABLE_PAGE_SIZE 8192

/* Make a table of no keys, in this memory, which it is freed with. */
KeyTable *
reddict_key_table_make(MemoryContext context)
{
	KeyTable   *table = MemoryContextAllocZero(context, sizeof(KeyTable));

	table->context = context;
	table->hash = keyhash_create(context, 16, NULL);
	table->capacity = 16;
	table->keys = MemoryContextAlloc(context, table->capacity * sizeof(KeyEntry));
	table->rows.parent = context;
	return table;
}

/* A copy of a key's bytes, in the table's memory. */
static const char *
table_copy_key(KeyTable *table, const char *key, uint32 len)
{
	char	   *copy;

	/* the empty key wants a page, too */
	if (table->page == NULL || len > table->page_left)
	{
		Size		size = table->n < 64 ? TABLE_PAGE_SIZE / 16 : TABLE_PAGE_SIZE;

		if (len > size / 4)
			return memcpy(MemoryContextAlloc(table->context, len), key, len);
		table->page = MemoryContextAlloc(table->context, size);
		table->page_left = size;
	}
	copy = memcpy(table->page, key, len);
	table->page += len;
	table->page_left -= len;
	return copy;
}

/* Give a key that is not in the table a slot.  Error: program_limit_exceeded. */
static int32
table_add(KeyTable *table, const char *key, uint32 len, uint32 hash)
{
	KeyEntry	entry = {key, len, table->n};
	bool		found;

	reddict_check_key(&entry, NULL);
	if (unlikely(table->n == table->capacity))
	{
		table->keys = repalloc_huge(table->keys, table->capacity * 2 * sizeof(KeyEntry));
		table->capacity *= 2;
	}
	entry.key = table_copy_key(table, key, len);
	(void) keyhash_insert_hash(table->hash, entry, hash, &found);
	Assert(!found);
	table->keys[table->n] = entry;
	return table->n++;
}

/*
 * The slot of a key, which is new if the table did not have the key.
 * Error: program_limit_exceeded.
 *
 * Where keys come in the order in which they came before, the key after the last
 * one is tried first.
 */
int32
reddict_key_table_slot(KeyTable *table, const char *key, uint32 len)
{
	int32		next = table->last + 1 < table->n ? table->last + 1 : 0;
	KeyEntry	wanted = {key, len, -1};
	KeyHashEntry *found;
	uint32		hash;

	if (table->in_order && key_equal(table->keys[next].key, table->keys[next].len, key, len))
		return table->last = next;
	hash = key_hash(key, len);
	found = keyhash_lookup_hash(table->hash, wanted, hash);
	table->last = found ? found->key.source : table_add(table, key, len, hash);
	table->in_order = table->last == next;
	return table->last;
}

/* What reddict_key_table_slots() gives. */
static void *
find_slots(const KeyIndex *index, const void *argument)
{
	KeyTable   *table = unconstify(void *, argument);
	KeySlots   *result = palloc(offsetof(KeySlots, slots) + index->n * sizeof(int32));
	int32	   *slots = result->slots;
	KeyCursor	cursor;

	/* all hashes first, so that what they lead to is fetched meanwhile */
	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
	{
		uint32		hash = key_hash(cursor.key, cursor.len);

		slots[cursor.position] = (int32) hash;
		__builtin_prefetch(&table->hash->data[hash & table->hash->sizemask]);
	}

	result->in_a_row = true;
	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
	{
		KeyEntry	wanted = {cursor.key, cursor.len, -1};
		int32		i = cursor.position;
		uint32		hash = (uint32) slots[i];
		KeyHashEntry *found = keyhash_lookup_hash(table->hash, wanted, hash);

		CHECK_FOR_INTERRUPTS();
		slots[i] = found ? found->key.source : table_add(table, cursor.key, cursor.len, hash);
		result->in_a_row &= i == 0 || slots[i] == slots[i - 1] + 1;
	}
	return result;
}

/*
 * The slots of the keys of an index, in its order; those that the table did not
 * have are new.  Good until the next call.  Error: program_limit_exceeded.
 */
const KeySlots *
reddict_key_table_slots(KeyTable *table, const KeyIndex *index)
{
	return reddict_key_memo_get(&table->rows, index, find_slots, table);
}

/*
 * Have all keys sorted: those that came since are sorted, and merged with the
 * others from the end.  An error on the way leaves them as they were.
 */
void
reddict_key_table_sort(KeyTable *table)
{
	int32		n = table->n;
	int32		old = table->sorted_n;
	int32		new = n - old;
	KeyEntry   *late;
	KeyEntry   *sorted;

	if (new == 0)
		return;
	late = MemoryContextAllocHuge(table->context, new * sizeof(KeyEntry));
	memcpy(late, table->keys + old, new * sizeof(KeyEntry));
	(void) reddict_key_sort(late, new, NULL);
	sorted = table->sorted == NULL ?
		MemoryContextAllocHuge(table->context, table->capacity * sizeof(KeyEntry)) :
		repalloc_huge(table->sorted, table->capacity * sizeof(KeyEntry));
	table->sorted = sorted;
	table->sorted_n = n;
	for (int32 to = n; new > 0; to--)
	{
		if (old > 0 && key_compare(sorted[old - 1].key, sorted[old - 1].len,
								   late[new - 1].key, late[new - 1].len) > 0)
			sorted[to - 1] = sorted[--old];
		else
			sorted[to - 1] = late[--new];
	}
	pfree(late);
}

/* The key index of all keys, which are sorted. */
const KeyIndex *
reddict_key_table_index(KeyTable *table)
{
	Assert(table->sorted_n == table->n);
	if (table->index.block == NULL || table->index.n != table->n)
	{
		MemoryContext caller = MemoryContextSwitchTo(table->context);
		KeyIndex	index;

		reddict_key_index_make(&index, table->sorted, table->n);
		MemoryContextSwitchTo(caller);
		if (table->index.block != NULL)
			pfree(unconstify(char *, table->index.block));
		table->index = index;
	}
	return &table->index;
}
