/*
 * expanded.c
 *	  The in-memory form of a reddict, which grows.
 *
 * An expanded reddict has two parts.  The settled part is like a flat value:
 * a key index, and values in key order, so it is read and added to without
 * looking at keys.  Keys that came later are pending: found by hashing, in
 * the order they came.  Whoever wants to read the whole value has the pending
 * keys sorted in ("settle"), which costs as much as reading does.  So adding N
 * rows costs what their keys cost, however many keys there are by then.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "reddict.h"

#define EXPANDED_REDDICT_MAGIC 0x72656462

typedef struct SlotHashKey
{
	const char *key;
	uint32		len;
} SlotHashKey;

typedef struct SlotHashEntry
{
	SlotHashKey key;
	int32		slot;
	uint32		hash;
	char		status;
} SlotHashEntry;

#define SH_PREFIX slothash
#define SH_ELEMENT_TYPE SlotHashEntry
#define SH_KEY_TYPE SlotHashKey
#define SH_KEY key
#define SH_HASH_KEY(tb, k) hash_bytes((const unsigned char *) (k).key, (k).len)
#define SH_EQUAL(tb, a, b) ((a).len == (b).len && memcmp((a).key, (b).key, (a).len) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct ExpandedRedDict
{
	ExpandedObjectHeader hdr;	/* its context owns all below */
	int			magic;

	KeyIndex	index;			/* of the settled part: slots 0 to index.n - 1 */

	int32		n;				/* all slots */
	int32		capacity;		/* of entries and values */
	KeyEntry   *entries;		/* key of each slot; source is the slot */
	float8	   *values;			/* value of each slot */

	Size		key_bytes;		/* of all keys */
	bool		wide;			/* is any key longer than 255 bytes? */
	slothash_hash *slots;		/* key to slot; NULL until someone asks */
};

static Size expanded_flat_size(ExpandedObjectHeader *hdr);
static void expanded_flatten_into(ExpandedObjectHeader *hdr, void *result,
								  Size allocated_size);

static const ExpandedObjectMethods expanded_methods =
{
	expanded_flat_size,
	expanded_flatten_into
};

/* Point the settled slots' entries at the keys of the index. */
static void
point_entries(ExpandedRedDict *dict)
{
	KeyCursor	cursor;

	key_cursor_init(&cursor, &dict->index);
	while (key_cursor_next(&cursor))
	{
		KeyEntry   *entry = &dict->entries[cursor.position];

		entry->key = cursor.key;
		entry->len = cursor.len;
		entry->source = cursor.position;
	}
}

/*
 * Make an expanded copy of a value, in a memory context of its own below
 * "parent".
 */
ExpandedRedDict *
reddict_expand(const RedDictView *view, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "expanded reddict",
												  ALLOCSET_START_SMALL_SIZES);
	ExpandedRedDict *dict = MemoryContextAllocZero(context, sizeof(ExpandedRedDict));
	char	   *block = MemoryContextAlloc(context, view->index.size);

	EOH_init_header(&dict->hdr, &expanded_methods, context);
	dict->magic = EXPANDED_REDDICT_MAGIC;
	dict->index = view->index;
	dict->index.block = memcpy(block, view->index.block, view->index.size);
	dict->n = view->index.n;
	dict->capacity = Max(dict->n + dict->n / 2, 16);
	dict->entries = MemoryContextAllocHuge(context, dict->capacity * sizeof(KeyEntry));
	dict->values = MemoryContextAllocHuge(context, dict->capacity * sizeof(float8));
	memcpy(dict->values, view->values, dict->n * sizeof(float8));
	dict->key_bytes = view->index.size - key_index_overhead(dict->n, view->index.wide);
	dict->wide = view->index.wide;
	point_entries(dict);
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
 * Sort the pending keys in.  All that is new is made before anything old is
 * let go, so an error on the way leaves the value as it was.
 */
static void
settle(ExpandedRedDict *dict)
{
	MemoryContext context = dict->hdr.eoh_context;
	KeyEntry   *entries;
	float8	   *values;
	KeyIndex	index;

	if (dict->n == dict->index.n)
		return;

	entries = MemoryContextAllocHuge(context, dict->capacity * sizeof(KeyEntry));
	values = MemoryContextAllocHuge(context, dict->capacity * sizeof(float8));
	memcpy(entries, dict->entries, dict->n * sizeof(KeyEntry));
	(void) reddict_key_sort(entries, dict->n, NULL);
	reddict_key_index_measure(&index, entries, dict->n);
	reddict_key_index_write(&index, entries,
							MemoryContextAlloc(context, index.size));
	for (int32 i = 0; i < dict->n; i++)
		values[i] = dict->values[entries[i].source];

	if (dict->slots)
		slothash_destroy(dict->slots);
	dict->slots = NULL;
	for (int32 i = dict->index.n; i < dict->n; i++)
		pfree(unconstify(char *, dict->entries[i].key));
	pfree(unconstify(char *, dict->index.block));
	pfree(dict->entries);
	pfree(dict->values);
	dict->index = index;
	dict->entries = entries;
	dict->values = values;
	point_entries(dict);
}

/* Look at an expanded value; good until it is next added to. */
void
reddict_expanded_view(ExpandedRedDict *dict, RedDictView *view)
{
	settle(dict);
	view->index = dict->index;
	view->values = dict->values;
	view->detoasted = NULL;
}

/* The values of all slots; good until a key is added. */
float8 *
reddict_expanded_values(ExpandedRedDict *dict)
{
	return dict->values;
}

/* Are just these the keys, with their values in key order? */
bool
reddict_expanded_same(const ExpandedRedDict *dict, const KeyIndex *index)
{
	return dict->n == dict->index.n && key_index_same(&dict->index, index);
}

/* Enter a slot under its key. */
static void
enter_slot(ExpandedRedDict *dict, int32 slot)
{
	SlotHashKey key = {dict->entries[slot].key, dict->entries[slot].len};
	bool		found;

	slothash_insert(dict->slots, key, &found)->slot = slot;
	Assert(!found);
}

/* The slot of a key, or -1. */
int32
reddict_expanded_find(ExpandedRedDict *dict, const char *key, uint32 len)
{
	SlotHashKey hash_key = {key, len};
	SlotHashEntry *entry;

	if (dict->slots == NULL)
	{
		dict->slots = slothash_create(dict->hdr.eoh_context, dict->capacity, NULL);
		for (int32 i = 0; i < dict->n; i++)
			enter_slot(dict, i);
	}
	entry = slothash_lookup(dict->slots, hash_key);
	return entry ? entry->slot : -1;
}

/*
 * Add a key that reddict_expanded_find() just did not find.  Raises an error,
 * and adds nothing, where the value would become too large.
 */
void
reddict_expanded_add(ExpandedRedDict *dict, const char *key, uint32 len,
					 float8 value)
{
	MemoryContext context = dict->hdr.eoh_context;
	Size		key_bytes = dict->key_bytes + len;
	bool		wide = dict->wide || len > PG_UINT8_MAX;
	char	   *copy;

	reddict_check_size(key_bytes + key_index_overhead(dict->n + 1, wide),
					   dict->n + 1, NULL);
	if (dict->n == dict->capacity)
	{
		int32		capacity = dict->capacity * 2;

		dict->entries = repalloc_huge(dict->entries, capacity * sizeof(KeyEntry));
		dict->values = repalloc_huge(dict->values, capacity * sizeof(float8));
		dict->capacity = capacity;
	}

	copy = MemoryContextAlloc(context, Max(len, 1));
	memcpy(copy, key, len);
	dict->entries[dict->n].key = copy;
	dict->entries[dict->n].len = len;
	dict->entries[dict->n].source = dict->n;
	dict->values[dict->n] = value;
	enter_slot(dict, dict->n);
	dict->n++;
	dict->key_bytes = key_bytes;
	dict->wide = wide;
}

static Size
expanded_flat_size(ExpandedObjectHeader *hdr)
{
	ExpandedRedDict *dict = (ExpandedRedDict *) hdr;

	Assert(dict->magic == EXPANDED_REDDICT_MAGIC);
	settle(dict);
	return reddict_flat_size(&dict->index);
}

static void
expanded_flatten_into(ExpandedObjectHeader *hdr, void *result,
					  Size allocated_size)
{
	ExpandedRedDict *dict = (ExpandedRedDict *) hdr;

	Assert(dict->magic == EXPANDED_REDDICT_MAGIC);
	settle(dict);
	Assert(allocated_size == reddict_flat_size(&dict->index));
	memcpy(reddict_write(result, &dict->index), dict->values,
		   dict->n * sizeof(float8));
}
