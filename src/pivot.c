/*
 * pivot.c
 *	  The state of an aggregate that turns rows into columns.
 *
 * Such an aggregate has many groups of mostly the same keys, one or few of which
 * a row brings.  So what all groups share is kept once: a table of keys, which
 * gives each a slot.  A state is doubles, each with the slot of its key, in no
 * order; the final function puts them into key order.
 *
 * A state is an expanded object, so whatever stores it, sends it or copies it
 * gets the finished map, and no reader needs to know of it.  It differs from
 * those of expanded.c in that all states of the aggregate share one memory
 * context: with a context for each, the executor, which adds up the memory of
 * all contexts at each new group, takes time by the square of the groups.  What
 * deletes or moves an expanded object by its context would do that to all of
 * them.  The executor does so only if a transition function returns another
 * object than the one it got, and ours never do; final functions, and whatever
 * comes after them, get a read-only pointer.
 *
 * The doubles are in one piece of memory, the room, which takes one of two forms,
 * whichever takes fewer bytes: dense, with a place for each slot of the table; or
 * sparse, a hash table by slot.
 *
 * Where groups come one after another, the executor empties the aggregate's
 * memory after each, and the table of keys is kept outside, for the groups to
 * come.  Where there are many at a time, it is in that memory, which counts
 * towards what makes the executor spill, and goes with it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "key_hash.h"
#include "pivot.h"

/* Rooms up to this size are of sizes that have a memory context each. */
#define ROOM_MIN_SIZE 64
#define ROOM_MAX_CLASS 56		/* 8 kB */

/* Keys up to which a table is kept for groups to come in any case */
#define TABLE_FEW_KEYS 1024

/* Bytes of keys that a table takes memory for at a time */
#define TABLE_PAGE_SIZE 8192

/* The keys of all groups */
typedef struct KeyTable
{
	MemoryContext context;
	keyhash_hash *hash;			/* key to slot */
	KeyEntry   *keys;			/* by slot */
	int32		n;
	int32		capacity;
	int32		last;			/* slot that was last asked for */
	bool		in_order;		/* was it the next after the one before? */
	char	   *page;			/* where bytes of keys go next */
	Size		page_left;

	KeyEntry   *sorted;			/* the first so many keys, in order */
	int32		sorted_n;
	KeyIndex	index;			/* of these, if they have been all keys */
	int32		settled_n;		/* keys of the state that was last settled */
} KeyTable;

/* What the states in an aggregate's memory have in common */
typedef struct PivotMemory
{
	MemoryContext parent;		/* the aggregate's memory */
	MemoryContext context;		/* below it, has the states */
	KeyTable   *table;
	MemoryContext *classes;		/* a context for each class of rooms, or NULL */
	MemoryContextCallback forget;
	struct PivotMemo *memo;
	struct PivotMemory *next;
} PivotMemory;

/* What an aggregate's call site remembers */
typedef struct PivotMemo
{
	PivotMemory *memories;		/* one for each memory there is */
	KeyTable   *kept;			/* for groups that come one after another */
	int			users;			/* memories that use it */
} PivotMemo;

struct Pivot
{
	ExpandedObjectHeader hdr;
	PivotMemory *memory;
	char	   *room;
	int32		n;				/* keys */
	int32		capacity;		/* of the room */
	bool		dense;
	bool		wide;			/* is any key longer than 255 bytes? */
	uint32		key_bytes;
	struct varlena *flat;		/* while it is being flattened */
	uint64		first_room[FLEXIBLE_ARRAY_MEMBER];
};

static Size pivot_flat_size(ExpandedObjectHeader *hdr);
static void pivot_flatten_into(ExpandedObjectHeader *hdr, void *result,
							   Size allocated_size);

static const ExpandedObjectMethods pivot_methods =
{
	pivot_flat_size,
	pivot_flatten_into
};

/* --- the table of keys ------------------------------------------------------ */

static KeyTable *
table_make(MemoryContext context)
{
	KeyTable   *table = MemoryContextAllocZero(context, sizeof(KeyTable));

	table->context = context;
	table->hash = keyhash_create(context, 16, NULL);
	table->capacity = 16;
	table->keys = MemoryContextAlloc(context, table->capacity * sizeof(KeyEntry));
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
 *
 * Where keys come in the order in which they came before, the key after the last
 * one is tried first.
 */
static inline int32
table_slot(KeyTable *table, const char *key, uint32 len)
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

/*
 * Have all keys sorted: those that came since are sorted, and merged with the
 * others from the end.  An error on the way leaves them as they were.
 */
static void
table_sort(KeyTable *table)
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
static const KeyIndex *
table_index(KeyTable *table)
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

/* --- memory ------------------------------------------------------------------ */

/* The memory of an aggregate is being emptied. */
static void
forget_memory(void *arg)
{
	PivotMemory *memory = arg;
	PivotMemory **link = &memory->memo->memories;

	while (*link != memory)
		link = &(*link)->next;
	*link = memory->next;
	if (memory->table == memory->memo->kept)
		memory->memo->users--;
}

/* Does an aggregate keep this memory for many groups at a time? */
static bool
is_for_many_groups(FunctionCallInfo fcinfo, MemoryContext aggregate)
{
	const AggState *state = (const AggState *) fcinfo->context;

	return IsA(state, AggState) && state->hashcontext != NULL &&
		state->hashcontext->ecxt_per_tuple_memory == aggregate;
}

/*
 * The table that is kept for groups to come.  One that has become much larger
 * than a group is let go: it would grow for as long as there are groups.
 */
static KeyTable *
kept_table(PivotMemo *memo, MemoryContext parent)
{
	KeyTable   *kept = memo->kept;

	if (kept != NULL && memo->users == 0 &&
		kept->n > TABLE_FEW_KEYS && kept->n / 2 > kept->settled_n)
	{
		memo->kept = NULL;
		MemoryContextDelete(kept->context);
	}
	if (memo->kept == NULL)
		memo->kept = table_make(AllocSetContextCreate(parent, "redbear pivot keys",
													  ALLOCSET_SMALL_SIZES));
	return memo->kept;
}

/* The memory for a new state. */
static PivotMemory *
get_memory(FunctionCallInfo fcinfo)
{
	PivotMemo  *memo = reddict_memo(fcinfo->flinfo, sizeof(PivotMemo));
	MemoryContext aggregate;
	MemoryContext context;
	PivotMemory *memory;

	(void) AggCheckCallContext(fcinfo, &aggregate);
	for (memory = memo->memories; memory != NULL; memory = memory->next)
	{
		if (memory->parent == aggregate)
			return memory;
	}

	context = AllocSetContextCreate(aggregate, "redbear pivot", ALLOCSET_SMALL_SIZES);
	memory = MemoryContextAllocZero(context, sizeof(PivotMemory));
	memory->parent = aggregate;
	memory->context = context;
	memory->memo = memo;
	if (is_for_many_groups(fcinfo, aggregate))
	{
		memory->table = table_make(context);
		memory->classes = MemoryContextAllocZero(context, (ROOM_MAX_CLASS + 1) * sizeof(MemoryContext));
	}
	else
	{
		memory->table = kept_table(memo, fcinfo->flinfo->fn_mcxt);
		memo->users++;
	}
	memory->next = memo->memories;
	memo->memories = memory;
	memory->forget.func = forget_memory;
	memory->forget.arg = memory;
	MemoryContextRegisterResetCallback(context, &memory->forget);
	return memory;
}

/*
 * The class of rooms of so many bytes, at least ROOM_MIN_SIZE: there are eight
 * classes from a power of two to the next.
 */
static int
room_class(Size size)
{
	int			octave;

	if (size <= ROOM_MIN_SIZE)
		return 0;
	octave = pg_leftmost_one_pos64(size - 1);
	return (octave - 6) * 8 + (int) ((size - 1) >> (octave - 3)) - 7;
}

/* The size that the rooms of a class have. */
static Size
class_size(int class)
{
	return (Size) (8 + class % 8) << (class / 8 + 3);
}

/*
 * Memory of so many bytes, a class's size.
 *
 * Groups tend to grow together, from one size to the next.  With a context for
 * each size, what they leave becomes free for all; else each room would leave
 * behind as much as it has.
 */
static void *
room_alloc(PivotMemory *memory, Size size)
{
	int			class = room_class(size);

	if (memory->classes == NULL || class > ROOM_MAX_CLASS)
		return MemoryContextAllocHuge(memory->context, size);
	if (memory->classes[class] == NULL)
		memory->classes[class] = SlabContextCreate(memory->context, "redbear pivot room",
												   size > SLAB_DEFAULT_BLOCK_SIZE / 8 ?
												   8 * SLAB_DEFAULT_BLOCK_SIZE : SLAB_DEFAULT_BLOCK_SIZE,
												   size);
	return MemoryContextAlloc(memory->classes[class], size);
}

/* --- rooms -------------------------------------------------------------------- */

/*
 * A dense room is doubles, some of which are none; a sparse one is places, some
 * of which have slot -1: nothing.
 *
 * What is no number is marked by the bits of a signalling NaN.  Arithmetic gives
 * none of these, and one that comes from outside is made the usual NaN.  Bits
 * that say which are taken would be one cache line more to wait for; therefore,
 * too, a number is beside its slot.
 */
#define NO_NUMBER UINT64CONST(0x7FF4000000000001)

typedef struct SparsePlace
{
	unaligned_double value;		/* so a place takes 12 bytes, not 16 */
	int32		slot;
} SparsePlace;

static inline bool
is_number(const unaligned_double *place)
{
	uint64		bits;

	memcpy(&bits, place, sizeof(bits));
	return bits != NO_NUMBER;
}

/* Write a number to a place. */
static inline void
write_number(unaligned_double *place, float8 value)
{
	memcpy(place, &value, sizeof(value));
	if (unlikely(!is_number(place)))
		*place = get_float8_nan();
}

/* How many places of a sparse room may be taken: three quarters. */
static int32
sparse_limit(int32 capacity)
{
	return (capacity * (int64) 3 + 3) / 4;
}

/* Where a slot is in a sparse room, or the free place where it may go. */
static inline SparsePlace *
sparse_place(const Pivot *pivot, int32 slot)
{
	SparsePlace *places = (SparsePlace *) pivot->room;
	uint32		start = ((uint64) ((uint32) slot * 0x9E3779B1u) * (uint32) pivot->capacity) >> 32;
	SparsePlace *place = places + start;

	while (place->slot != slot && place->slot >= 0)
	{
		if (++place == places + pivot->capacity)
			place = places;
	}
	return place;
}

/* Take the free place that a room has for a slot. */
static inline void
room_put(Pivot *pivot, int32 slot, float8 value)
{
	if (pivot->dense)
		write_number((unaligned_double *) pivot->room + slot, value);
	else
	{
		SparsePlace *place = sparse_place(pivot, slot);

		place->value = value;
		place->slot = slot;
	}
}

/*
 * Walk through a room: the slot and the number that are at a place or come after
 * it, and the place after them; false: no more.
 */
static bool
room_next(const Pivot *pivot, int32 *place, int32 *slot, float8 *value)
{
	while (*place < pivot->capacity)
	{
		int32		i = (*place)++;

		if (pivot->dense)
		{
			*slot = i;
			*value = ((float8 *) pivot->room)[i];
			if (is_number((unaligned_double *) pivot->room + i))
				return true;
		}
		else
		{
			*slot = ((SparsePlace *) pivot->room)[i].slot;
			*value = ((SparsePlace *) pivot->room)[i].value;
			if (*slot >= 0)
				return true;
		}
	}
	return false;
}

/* Is there a place for a new number, with this slot? */
static inline bool
room_has_place(const Pivot *pivot, int32 slot)
{
	return pivot->dense ? slot < pivot->capacity : pivot->n < sparse_limit(pivot->capacity);
}

/*
 * The form and size of a room for n numbers of a table's slots.  Where groups
 * come one after another, what takes few bytes does not matter.
 */
static Size
choose_room(const PivotMemory *memory, int32 n, bool *dense)
{
	Size		dense_bytes = sizeof(float8) * (Size) memory->table->n;
	Size		size = Max((Size) n * 16, ROOM_MIN_SIZE);

	/* of sparse places, at 12 bytes each, a quarter stays free */
	size = (Size) 1 << (pg_leftmost_one_pos64(size - 1) + 1);
	*dense = dense_bytes <= Max(size, 2 * ROOM_MIN_SIZE) ||
		(memory->classes == NULL && memory->table->n <= TABLE_FEW_KEYS);
	return *dense ? class_size(room_class(dense_bytes)) : size;
}

/* Give a state an empty room. */
static void
room_init(Pivot *pivot, char *room, Size size, bool dense)
{
	pivot->room = room;
	pivot->dense = dense;
	pivot->capacity = size / (dense ? sizeof(float8) : sizeof(SparsePlace));
	for (int32 i = 0; i < pivot->capacity; i++)
	{
		if (dense)
			((uint64 *) room)[i] = NO_NUMBER;
		else
			((SparsePlace *) room)[i].slot = -1;
	}
}

/* Move a state to a room with places for one more number and all slots there are. */
static void
room_grow(Pivot *pivot)
{
	Pivot		old = *pivot;
	bool		dense;
	Size		size = choose_room(pivot->memory, pivot->n + 1, &dense);
	int32		place = 0;
	int32		slot;
	float8		value;

	room_init(pivot, room_alloc(pivot->memory, size), size, dense);
	while (room_next(&old, &place, &slot, &value))
		room_put(pivot, slot, value);
	if (old.room != (char *) pivot->first_room)
		pfree(old.room);
}

/* --- states ------------------------------------------------------------------- */

/* The state that a Datum points to and that may be modified, or NULL. */
Pivot *
reddict_pivot_try(Datum state)
{
	return VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(state)) &&
		DatumGetEOHP(state)->eoh_methods == &pivot_methods ?
		(Pivot *) DatumGetEOHP(state) : NULL;
}

/* The Datum, read-write, of a state. */
Datum
reddict_pivot_datum(Pivot *pivot)
{
	return EOHPGetRWDatum(&pivot->hdr);
}

/*
 * Make a state for a transition function to return, of a map, or with no keys if
 * that is NULL.
 */
Pivot *
reddict_pivot_make(FunctionCallInfo fcinfo, const RedDictView *view)
{
	PivotMemory *memory = get_memory(fcinfo);
	bool		dense;
	Size		size = choose_room(memory, 1, &dense);
	Pivot	   *pivot = room_alloc(memory, class_size(room_class(sizeof(Pivot) + size)));

	memset(pivot, 0, sizeof(Pivot));
	EOH_init_header(&pivot->hdr, &pivot_methods, memory->context);
	pivot->memory = memory;
	room_init(pivot, (char *) pivot->first_room, size, dense);
	if (view != NULL)
	{
		KeyCursor	cursor;

		key_cursor_init(&cursor, reddict_open_keys(&view->index));
		while (key_cursor_next(&cursor))
		{
			int32		slot = reddict_pivot_slot(pivot, cursor.key, cursor.len);

			reddict_pivot_reserve(pivot, 1, cursor.len, cursor.len);
			reddict_pivot_add(pivot, slot, view->values[cursor.position]);
		}
	}
	return pivot;
}

/* The slot of a key, whether or not the state has it.  Error: program_limit_exceeded. */
int32
reddict_pivot_slot(Pivot *pivot, const char *key, uint32 len)
{
	return table_slot(pivot->memory->table, key, len);
}

/*
 * The state that a transition function got, and the slot of a key; NULL if it
 * got something else, or nothing.
 *
 * Where the rows of groups are mixed, most of the time is spent waiting for the
 * state's memory.  So that is asked for, and meanwhile the key is looked up in
 * the table that is likely the state's.
 */
Pivot *
reddict_pivot_get(FunctionCallInfo fcinfo, const char *key, uint32 len, int32 *slot)
{
	const char *pointer = DatumGetPointer(PG_GETARG_DATUM(0));
	const PivotMemo *memo = fcinfo->flinfo->fn_extra;
	KeyTable   *likely_table = NULL;
	Pivot	   *pivot;

	if (PG_ARGISNULL(0))
		return NULL;
	/* the pointer is in the object, which has two cache lines */
	__builtin_prefetch(pointer);
	__builtin_prefetch(pointer + 64);
	if (memo != NULL && memo->memories != NULL && memo->memories->next == NULL)
	{
		likely_table = memo->memories->table;
		*slot = table_slot(likely_table, key, len);
	}
	pivot = reddict_pivot_try(PG_GETARG_DATUM(0));
	if (pivot != NULL && unlikely(pivot->memory->table != likely_table))
		*slot = reddict_pivot_slot(pivot, key, len);
	return pivot;
}

/* The number with a slot, good until one is added, or NULL. */
unaligned_double *
reddict_pivot_find(Pivot *pivot, int32 slot)
{
	if (pivot->dense)
	{
		unaligned_double *value = (unaligned_double *) pivot->room + slot;

		return slot < pivot->capacity && is_number(value) ? value : NULL;
	}
	else
	{
		SparsePlace *place = sparse_place(pivot, slot);

		return place->slot >= 0 ? &place->value : NULL;
	}
}

/*
 * Refuse n more keys of "key_bytes" bytes in all, the longest of "longest", where
 * the map would become too large; else count their bytes.
 */
void
reddict_pivot_reserve(Pivot *pivot, int32 n, Size key_bytes, uint32 longest)
{
	bool		wide = pivot->wide || longest > PG_UINT8_MAX;

	key_bytes += pivot->key_bytes;
	if (unlikely(pivot->n + n > REDDICT_FEW_KEYS))
		reddict_check_size(REDDICT_MAP, key_bytes + key_index_overhead(pivot->n + n, wide),
						   pivot->n + n, NULL);
	pivot->key_bytes = key_bytes;
	pivot->wide = wide;
}

/* Add a number whose slot the state does not have, and whose key was reserved. */
void
reddict_pivot_add(Pivot *pivot, int32 slot, float8 value)
{
	if (unlikely(!room_has_place(pivot, slot)))
		room_grow(pivot);
	pivot->n++;
	room_put(pivot, slot, value);
}

/* The entries of a state's keys, in order; the slot is the source. */
static KeyEntry *
sorted_entries(Pivot *pivot)
{
	KeyTable   *table = pivot->memory->table;
	KeyEntry   *entries = palloc_extended(Max(pivot->n, 1) * sizeof(KeyEntry), MCXT_ALLOC_HUGE);
	int32		n = 0;

	/* walk along all keys, where that is quicker than to sort its own */
	if (table->n / 8 <= pivot->n)
	{
		table_sort(table);
		for (int32 i = 0; i < table->n; i++)
		{
			if (reddict_pivot_find(pivot, table->sorted[i].source) != NULL)
				entries[n++] = table->sorted[i];
		}
	}
	else
	{
		int32		place = 0;
		int32		slot;
		float8		value;

		while (room_next(pivot, &place, &slot, &value))
			entries[n++] = table->keys[slot];
		(void) reddict_key_sort(entries, n, NULL);
	}
	Assert(n == pivot->n);
	return entries;
}

/*
 * The map that a state stands for, in the current memory context, plain.  The
 * state stays as it is.  Error: program_limit_exceeded.
 */
struct varlena *
reddict_pivot_settle(Pivot *pivot)
{
	KeyTable   *table = pivot->memory->table;
	const KeyEntry *entries;
	KeyEntry   *own = NULL;
	KeyIndex	index;
	struct varlena *map;
	float8	   *values;

	table->settled_n = pivot->n;
	if (pivot->n > 0 && pivot->n == table->n)
	{
		table_sort(table);
		index = *table_index(table);
		(void) reddict_pack_keys(&index);
		entries = table->sorted;
	}
	else
	{
		entries = own = sorted_entries(pivot);
		reddict_make_keys(&index, entries, pivot->n);
	}

	map = reddict_new(REDDICT_MAP, &index, &values);
	if (pivot->dense)
	{
		for (int32 i = 0; i < index.n; i++)
			values[i] = ((float8 *) pivot->room)[entries[i].source];
	}
	else
	{
		for (int32 i = 0; i < index.n; i++)
			values[i] = *reddict_pivot_find(pivot, entries[i].source);
	}
	if (own != NULL)
	{
		if (!index.shared)
			pfree(unconstify(char *, index.block));
		pfree(own);
	}
	return map;
}

/*
 * The size of a narrow map is not known before it is made.  So it is made here,
 * and pivot_flatten_into() copies it.
 */
static Size
pivot_flat_size(ExpandedObjectHeader *hdr)
{
	Pivot	   *pivot = (Pivot *) hdr;
	MemoryContext caller = MemoryContextSwitchTo(pivot->memory->context);

	if (pivot->flat != NULL)
		pfree(pivot->flat);
	pivot->flat = NULL;
	pivot->flat = reddict_narrow(reddict_pivot_settle(pivot));
	MemoryContextSwitchTo(caller);
	return VARSIZE(pivot->flat);
}

static void
pivot_flatten_into(ExpandedObjectHeader *hdr, void *result, Size allocated_size)
{
	Pivot	   *pivot = (Pivot *) hdr;

	Assert(pivot->flat != NULL && allocated_size == VARSIZE(pivot->flat));
	memcpy(result, pivot->flat, allocated_size);
	pfree(pivot->flat);
	pivot->flat = NULL;
}
