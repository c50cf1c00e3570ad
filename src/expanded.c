/*
 * expanded.c
 *	  The form in memory of a value, which grows.
 *
 * It is one of the forms that a value has; reddict.c says which others there
 * are, and builds what this is flattened to.
 *
 * An expanded value has two parts.  The settled part is like a flat value:
 * a key index, and values in key order, so it is read and added to without
 * looking at keys.  Keys that came later are pending: found by hashing, in
 * the order they came.  To read the whole value they are sorted in ("settle"),
 * which costs about as much as reading does.  So adding N rows costs what their
 * keys cost, however many keys there are by then.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "key_hash.h"
#include "reddict.h"

#define EXPANDED_REDDICT_MAGIC 0x72656462

struct ExpandedRedDict
{
	ExpandedObjectHeader hdr;	/* its context owns all below */
	int			magic;
	RedDictKind kind;

	KeyIndex	index;			/* of the settled part: slots 0 to index.n - 1 */
	const char *slot_keys;		/* its block, ours, for the keys in "slots" */

	int32		n;				/* all slots */
	int32		capacity;		/* of each plane of values */
	float8	   *values;			/* values of each slot, plane after plane */
	char	   *tail;			/* what a flat one of this kind ends with, or NULL */
	Size		tail_size;
	struct varlena *flat;		/* while it is being flattened */

	Size		key_bytes;		/* of all keys */
	bool		wide;			/* is any key longer than 255 bytes? */
	struct keyhash_hash *slots;	/* key to slot; NULL until someone asks */
};

static Size expanded_flat_size(ExpandedObjectHeader *hdr);
static void expanded_flatten_into(ExpandedObjectHeader *hdr, void *result,
								  Size allocated_size);

static const ExpandedObjectMethods expanded_methods =
{
	expanded_flat_size,
	expanded_flatten_into
};

/* Bytes of values for as many slots. */
static Size
planes_size(RedDictKind kind, int32 capacity)
{
	return reddict_planes(kind) * (Size) capacity * sizeof(float8);
}

/*
 * Make an expanded copy of a value, in a memory context of its own below
 * "parent".
 */
ExpandedRedDict *
reddict_expand(RedDictKind kind, const RedDictView *view, MemoryContext parent)
{
	/* small blocks, so that arrays come and go as they grow */
	MemoryContext context = AllocSetContextCreate(parent, "expanded reddict",
												  ALLOCSET_SMALL_SIZES);
	ExpandedRedDict *dict = MemoryContextAllocZero(context, sizeof(ExpandedRedDict));
	const KeyIndex *keys;

	EOH_init_header(&dict->hdr, &expanded_methods, context);
	dict->magic = EXPANDED_REDDICT_MAGIC;
	dict->kind = kind;
	dict->index = view->index;
	if (!view->index.shared)
		dict->index.block = memcpy(MemoryContextAlloc(context, view->index.size),
								   view->index.block, view->index.size);
	keys = reddict_open_keys(&view->index);
	dict->n = view->index.n;
	dict->capacity = Max(dict->n + dict->n / 2, 16);
	dict->values = MemoryContextAllocHuge(context, planes_size(kind, dict->capacity));
	for (int plane = 0; plane < reddict_planes(kind); plane++)
		memcpy(dict->values + (Size) plane * dict->capacity,
			   view->values + (Size) plane * view->stride, dict->n * sizeof(float8));
	dict->key_bytes = keys->size - key_index_overhead(dict->n, keys->wide);
	dict->wide = keys->wide;
	return dict;
}

/* The Datum, read-write, of an expanded value. */
Datum
reddict_expanded_datum(ExpandedRedDict *dict)
{
	return EOHPGetRWDatum(&dict->hdr);
}

/* The expanded value that a Datum, read-write or read-only, points to. */
ExpandedRedDict *
reddict_expanded_get(Datum value)
{
	ExpandedRedDict *dict = (ExpandedRedDict *) DatumGetEOHP(value);

	Assert(dict->magic == EXPANDED_REDDICT_MAGIC);
	return dict;
}

/*
 * The same, or NULL if the Datum does not point to such a one: to a flat value,
 * or to an expanded object of another kind.
 */
ExpandedRedDict *
reddict_expanded_try(Datum value)
{
	return VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(value)) &&
		DatumGetEOHP(value)->eoh_methods == &expanded_methods ?
		reddict_expanded_get(value) : NULL;
}

/* The same, where it may be modified. */
ExpandedRedDict *
reddict_expanded_writable(Datum value)
{
	return VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(value)) ?
		reddict_expanded_try(value) : NULL;
}

/* The keys of all slots, sorted; the source of an entry is its slot. */
static KeyEntry *
sorted_slots(ExpandedRedDict *dict)
{
	KeyEntry   *entries = MemoryContextAlloc(dict->hdr.eoh_context, dict->n * sizeof(KeyEntry));
	int32		n = 0;
	keyhash_iterator iterator;
	KeyHashEntry *slot;

	keyhash_start_iterate(dict->slots, &iterator);
	while ((slot = keyhash_iterate(dict->slots, &iterator)) != NULL)
		entries[n++] = slot->key;
	Assert(n == dict->n);
	(void) reddict_key_sort(entries, n, NULL);
	return entries;
}

/* The values of all slots in the order of their keys. */
static float8 *
sorted_values(ExpandedRedDict *dict, const KeyEntry *entries)
{
	float8	   *values = MemoryContextAllocHuge(dict->hdr.eoh_context,
												planes_size(dict->kind, dict->capacity));

	for (int plane = 0; plane < reddict_planes(dict->kind); plane++)
	{
		const float8 *from = reddict_expanded_values(dict, plane);
		float8	   *to = values + (Size) plane * dict->capacity;

		/* not all of them are numbers, and only bytes are the same anywhere */
		for (int32 i = 0; i < dict->n; i++)
			memcpy(to + i, from + entries[i].source, sizeof(float8));
	}
	return values;
}

/* Forget the hash table, with the bytes of the keys that are in it. */
static void
forget_slots(ExpandedRedDict *dict, const KeyEntry *entries)
{
	for (int32 i = 0; i < dict->n; i++)
	{
		if (entries[i].source >= dict->index.n)
			pfree(unconstify(char *, entries[i].key));
	}
	keyhash_destroy(dict->slots);
	dict->slots = NULL;
	pfree(unconstify(char *, dict->slot_keys));
}

/*
 * Sort the pending keys in.  All that is new is made before anything old is
 * let go, so an error on the way leaves the value as it was.
 */
static void
settle(ExpandedRedDict *dict)
{
	KeyEntry   *entries;
	float8	   *values;
	KeyIndex	index;
	MemoryContext caller;

	if (dict->n == dict->index.n)
		return;

	entries = sorted_slots(dict);
	values = sorted_values(dict, entries);
	caller = MemoryContextSwitchTo(dict->hdr.eoh_context);
	reddict_make_keys(&index, entries, dict->n);
	MemoryContextSwitchTo(caller);

	forget_slots(dict, entries);
	pfree(dict->values);
	pfree(entries);
	dict->index = index;
	dict->values = values;
}

/*
 * Settle where a row has just brought all the keys: the rows to come are likely
 * to, and need no look-ups then.
 */
void
reddict_expanded_settle(ExpandedRedDict *dict, int32 row_keys)
{
	if (row_keys == dict->n)
		settle(dict);
}

/* Look at an expanded value; good until it is next added to. */
void
reddict_expanded_view(ExpandedRedDict *dict, RedDictView *view)
{
	settle(dict);
	view->index = dict->index;
	view->values = dict->values;
	view->narrow = false;
	view->stride = dict->capacity;
	view->detoasted = NULL;
}

/* The elements in all slots, in the order of these; good until a key is added. */
RedDictElements
reddict_expanded_elements(ExpandedRedDict *dict)
{
	return (RedDictElements) {dict->values, dict->capacity};
}

/* The values of all slots in a plane; good until a key is added. */
float8 *
reddict_expanded_values(ExpandedRedDict *dict, int plane)
{
	return dict->values + (Size) plane * dict->capacity;
}

/* Are just these the keys, with their values in key order? */
bool
reddict_expanded_same(const ExpandedRedDict *dict, const KeyIndex *index)
{
	return dict->n == dict->index.n && reddict_same_keys(&dict->index, index);
}

/* Enter a key, which is not there yet, into the hash table. */
static void
enter_slot(keyhash_hash *slots, const char *key, uint32 len, int32 slot)
{
	KeyEntry	entry = {key, len, slot};
	bool		found;

	(void) keyhash_insert(slots, entry, &found);
	Assert(!found);
}

/* Make ready to find keys.  All of them are settled. */
static void
enter_slots(ExpandedRedDict *dict)
{
	keyhash_hash *slots = keyhash_create(dict->hdr.eoh_context, dict->capacity, NULL);
	KeyIndex	keys = dict->index;
	KeyCursor	cursor;

	Assert(dict->n == dict->index.n);
	if (keys.shared)
	{
		MemoryContext caller = MemoryContextSwitchTo(dict->hdr.eoh_context);

		reddict_own_keys(&keys);
		MemoryContextSwitchTo(caller);
	}
	dict->slot_keys = keys.block;
	key_cursor_init(&cursor, &keys);
	while (key_cursor_next(&cursor))
		enter_slot(slots, cursor.key, cursor.len, cursor.position);
	dict->slots = slots;
}

/*
 * The slots of the keys of an index, -1 where there is none, in the current
 * memory context; and room for those that are missing.
 */
int32 *
reddict_expanded_slots(ExpandedRedDict *dict, const KeyIndex *index)
{
	int32	   *slots = palloc(index->n * sizeof(int32));
	uint32	   *hashes = palloc(index->n * sizeof(uint32));
	int32		missing = 0;
	Size		key_bytes = 0;
	uint32		longest = 0;
	KeyCursor	cursor;

	if (unlikely(dict->slots == NULL))
		enter_slots(dict);

	/* all hashes first, so that what they lead to is fetched meanwhile */
	key_cursor_init(&cursor, reddict_open_keys(index));
	while (key_cursor_next(&cursor))
	{
		uint32		hash = key_hash(cursor.key, cursor.len);

		hashes[cursor.position] = hash;
		__builtin_prefetch(&dict->slots->data[hash & dict->slots->sizemask]);
	}

	key_cursor_init(&cursor, reddict_open_keys(index));
	while (key_cursor_next(&cursor))
	{
		KeyEntry	key = {cursor.key, cursor.len, -1};
		KeyHashEntry *entry = keyhash_lookup_hash(dict->slots, key, hashes[cursor.position]);
		int32		slot = entry ? entry->key.source : -1;

		CHECK_FOR_INTERRUPTS();
		slots[cursor.position] = slot;
		if (slot < 0)
		{
			missing++;
			key_bytes += cursor.len;
			longest = Max(longest, cursor.len);
		}
	}
	if (missing > 0)
		reddict_expanded_reserve(dict, missing, key_bytes, longest);
	pfree(hashes);
	return slots;
}

/* The slot of a key, or -1. */
int32
reddict_expanded_find(ExpandedRedDict *dict, const char *key, uint32 len)
{
	KeyEntry	entry = {key, len, -1};
	KeyHashEntry *slot;

	if (unlikely(dict->slots == NULL))
		enter_slots(dict);
	slot = keyhash_lookup(dict->slots, entry);
	return slot ? slot->key.source : -1;
}

/*
 * The slot of a key, or -1.  Unlike reddict_expanded_find() this makes no hash
 * table where there is none, which is worth it only if more keys are looked for.
 */
int32
reddict_expanded_find_once(ExpandedRedDict *dict, const char *key, uint32 len)
{
	if (dict->slots == NULL)
		return reddict_key_index_find(reddict_open_keys(&dict->index), key, len);
	return reddict_expanded_find(dict, key, len);
}

/*
 * Make room for n more keys of "key_bytes" bytes in all, the longest of
 * "longest".  Raises an error where the value would become too large; after
 * that only a lack of memory can keep reddict_expanded_add() from adding them.
 */
void
reddict_expanded_reserve(ExpandedRedDict *dict, int32 n, Size key_bytes,
						 uint32 longest)
{
	bool		wide = dict->wide || longest > PG_UINT8_MAX;
	int32		wanted = dict->n + n;
	int32		capacity = dict->capacity;
	float8	   *values;

	reddict_check_size(dict->kind,
					   dict->key_bytes + key_bytes + key_index_overhead(wanted, wide),
					   wanted, NULL);
	while (capacity < wanted)
		capacity *= 2;
	if (capacity == dict->capacity)
		return;

	values = MemoryContextAllocHuge(dict->hdr.eoh_context,
									planes_size(dict->kind, capacity));
	for (int plane = 0; plane < reddict_planes(dict->kind); plane++)
		memcpy(values + (Size) plane * capacity,
			   reddict_expanded_values(dict, plane), dict->n * sizeof(float8));
	pfree(dict->values);
	dict->values = values;
	dict->capacity = capacity;
}

/*
 * Add a key that reddict_expanded_find() just did not find, and that there is
 * room for.  Returns its slot, whose values the caller has to fill in.
 */
int32
reddict_expanded_add(ExpandedRedDict *dict, const char *key, uint32 len)
{
	char	   *copy = MemoryContextAlloc(dict->hdr.eoh_context, Max(len, 1));

	Assert(dict->n < dict->capacity);
	enter_slot(dict->slots, memcpy(copy, key, len), len, dict->n);
	dict->key_bytes += len;
	dict->wide |= len > PG_UINT8_MAX;
	return dict->n++;
}

/* How many slots there are. */
int32
reddict_expanded_n(const ExpandedRedDict *dict)
{
	return dict->n;
}

/* What the flat value will have after its keys, to be modified; NULL: nothing. */
void *
reddict_expanded_tail(ExpandedRedDict *dict, Size *size)
{
	*size = dict->tail_size;
	return dict->tail;
}

/*
 * Make this larger: the new bytes are zero, but the last four, which have the
 * size.  Error: program_limit_exceeded.
 */
void *
reddict_expanded_grow_tail(ExpandedRedDict *dict, Size size)
{
	Size		kept = Max(dict->tail_size, sizeof(uint32)) - sizeof(uint32);
	uint32		size_field = (uint32) size;
	char	   *tail;

	reddict_check_size(dict->kind,
					   dict->key_bytes + key_index_overhead(dict->n, dict->wide) + size,
					   dict->n, NULL);
	tail = MemoryContextAllocZero(dict->hdr.eoh_context, size);
	if (dict->tail)
	{
		memcpy(tail, dict->tail, kept);
		pfree(dict->tail);
	}
	memcpy(tail + size - sizeof(size_field), &size_field, sizeof(size_field));
	dict->tail = tail;
	dict->tail_size = size;
	return tail;
}

/* A flat copy, in the expanded object's memory. */
static struct varlena *
flatten(ExpandedRedDict *dict)
{
	MemoryContext caller = MemoryContextSwitchTo(dict->hdr.eoh_context);
	float8	   *values;
	struct varlena *flat;

	settle(dict);
	flat = reddict_new(dict->kind, &dict->index, &values);
	for (int plane = 0; plane < reddict_planes(dict->kind); plane++)
		memcpy(values + (Size) plane * dict->n,
			   reddict_expanded_values(dict, plane), dict->n * sizeof(float8));
	if (dict->kind == REDDICT_MAP)
		flat = reddict_narrow(flat);
	if (dict->tail_size > 0)
	{
		Size		size = VARSIZE(flat);

		flat = repalloc(flat, size + dict->tail_size);
		memcpy((char *) flat + size, dict->tail, dict->tail_size);
		SET_VARSIZE(flat, size + dict->tail_size);
	}
	MemoryContextSwitchTo(caller);
	return flat;
}

/*
 * The size of a narrow map is not known before it is made.  So it is made here,
 * and expanded_flatten_into() copies it.
 */
static Size
expanded_flat_size(ExpandedObjectHeader *hdr)
{
	ExpandedRedDict *dict = (ExpandedRedDict *) hdr;

	Assert(dict->magic == EXPANDED_REDDICT_MAGIC);
	if (dict->flat != NULL)
		pfree(dict->flat);
	dict->flat = NULL;
	dict->flat = flatten(dict);
	return VARSIZE(dict->flat);
}

static void
expanded_flatten_into(ExpandedObjectHeader *hdr, void *result,
					  Size allocated_size)
{
	ExpandedRedDict *dict = (ExpandedRedDict *) hdr;

	Assert(dict->magic == EXPANDED_REDDICT_MAGIC);
	Assert(dict->flat != NULL && allocated_size == VARSIZE(dict->flat));
	memcpy(result, dict->flat, allocated_size);
	pfree(dict->flat);
	dict->flat = NULL;
}
