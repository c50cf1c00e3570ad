/*
 * pivot.c
 *	  The state of an aggregate that turns rows into columns.
 *
 * Such an aggregate has many groups of mostly the same keys, one or few of which
 * a row brings.  So what all groups share is kept once: a table of keys, which
 * gives each a slot.  A state is elements (doubles, of statistics five for each
 * key) with the slots of their keys, in no order; the final function puts them
 * into key order.
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
 * The elements are in one piece of memory, the room; see pivot_room.h.
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

#include "pivot.h"
#include "pivot_room.h"

/* Rooms up to this size are of sizes that have a memory context each. */
#define ROOM_MIN_SIZE 64
#define ROOM_MAX_CLASS 56		/* 8 kB */

/* Keys up to which a table is kept for groups to come in any case */
#define TABLE_FEW_KEYS 1024

/*
 * Numbers to be added that wait for their states.
 *
 * Where the rows of many groups are mixed, most of the time is spent waiting for
 * memory: for a state, which tells where its room is, and then for the place in
 * the room.  So a number waits instead, while rows after it are read: first for
 * the state, then, as many rows again, for the place.  Whatever looks into a
 * state has all numbers added first.
 */
#define PIVOT_WAIT 16

typedef struct WaitingNumber
{
	Pivot	   *pivot;
	float8		value;
	int32		slot;
} WaitingNumber;

/* What the states in an aggregate's memory have in common */
typedef struct PivotMemory
{
	WaitingNumber waiting[2 * PIVOT_WAIT];	/* number i is at i modulo their number */
	uint32		noted;			/* how many numbers there were */
	uint32		added;			/* of these are no longer waiting */
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
	bool		others;			/* may states be something else than pivots? */
} PivotMemo;

struct Pivot
{
	ExpandedObjectHeader hdr;
	PivotMemory *memory;
	PivotRoom	room;			/* has its elements */
	bool		wide;			/* is any key longer than 255 bytes? */
	uint8		kind;			/* RedDictKind */
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
		memo->kept = reddict_key_table_make(AllocSetContextCreate(parent, "redbear pivot keys",
													  ALLOCSET_SMALL_SIZES));
	return memo->kept;
}

/*
 * What is remembered of call sites that are new for each row, as those of Citus
 * are: what they have goes with the row, so they can't have a memo.
 */
static PivotMemo passing_memo;

/* The memory for a new state. */
static PivotMemory *
get_memory(FunctionCallInfo fcinfo)
{
	bool		passing = fcinfo->flinfo->fn_mcxt == CurrentMemoryContext;
	PivotMemo  *memo = passing ? &passing_memo : reddict_memo(fcinfo->flinfo, sizeof(PivotMemo));
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
		memory->table = reddict_key_table_make(context);
		memory->classes = MemoryContextAllocZero(context, (ROOM_MAX_CLASS + 1) * sizeof(MemoryContext));
	}
	else if (passing)
		memory->table = reddict_key_table_make(context);
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
 * The form and size of a room for n elements of a table's slots.  Where groups
 * come one after another, what takes few bytes does not matter.
 */
static Size
choose_room(const PivotMemory *memory, int planes, int32 n, bool *dense)
{
	Size		dense_size = planes * sizeof(float8) * (Size) memory->table->n;
	Size		size = reddict_room_sparse_size(planes, n, ROOM_MIN_SIZE);

	*dense = dense_size <= Max(size, 2 * ROOM_MIN_SIZE) ||
		(memory->classes == NULL && memory->table->n <= TABLE_FEW_KEYS);
	return *dense ? class_size(room_class(dense_size)) : size;
}

/* Move a state to a room with places for n elements and all slots there are. */
static void
grow_room(Pivot *pivot, int32 n)
{
	PivotRoom	old = pivot->room;
	bool		dense;
	Size		size = choose_room(pivot->memory, old.planes, n, &dense);

	reddict_room_init(&pivot->room, room_alloc(pivot->memory, size), size, dense);
	reddict_room_move(&pivot->room, &old);
	if (old.bytes != (char *) pivot->first_room)
		pfree(old.bytes);
}

static void take_number(Pivot *pivot, int32 slot, float8 value);

/* --- numbers that wait ---------------------------------------------------------- */

/* The number that waits at a position. */
static inline WaitingNumber *
waiting_number(PivotMemory *memory, uint32 i)
{
	return &memory->waiting[i % lengthof(memory->waiting)];
}

/* Add the number that has waited longest. */
static inline void
take_waiting(PivotMemory *memory)
{
	WaitingNumber *number = waiting_number(memory, memory->added++);

	Assert(number->pivot->hdr.eoh_methods == &pivot_methods);
	take_number(number->pivot, number->slot, number->value);
}

/* Add all numbers that wait.  Errors as for reddict_pivot_take(). */
static void
take_all_waiting(PivotMemory *memory)
{
	while (unlikely(memory->added != memory->noted))
		take_waiting(memory);
}

/* Have a number wait for its state, which need not be in the cache yet. */
static inline void
note_number(PivotMemory *memory, Pivot *pivot, int32 slot, float8 value)
{
	WaitingNumber *number;

	if (memory->noted - memory->added == lengthof(memory->waiting))
		take_waiting(memory);
	number = waiting_number(memory, memory->noted++);
	number->pivot = pivot;
	number->slot = slot;
	number->value = value;
	__builtin_prefetch(pivot);
	__builtin_prefetch((char *) pivot + 64);

	if (memory->noted - memory->added > PIVOT_WAIT)
	{
		number = waiting_number(memory, memory->noted - PIVOT_WAIT);
		__builtin_prefetch(room_likely_place(&number->pivot->room, number->slot));
	}
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
 * Make a state for a transition function to return, of a value of its kind, or
 * with no keys if that is NULL.
 */
Pivot *
reddict_pivot_make(FunctionCallInfo fcinfo, RedDictKind kind, const RedDictView *view)
{
	PivotMemory *memory = get_memory(fcinfo);
	int			planes = reddict_planes(kind);
	int32		n = view != NULL ? view->index.n : 0;
	const KeySlots *slots = NULL;
	bool		dense;
	Size		size;
	Pivot	   *pivot;

	if (view != NULL)
		memory->memo->others = true;
	if (n > 0)
		slots = reddict_key_table_slots(memory->table, reddict_open_keys(&view->index));
	size = choose_room(memory, planes, n + 1, &dense);
	pivot = room_alloc(memory, class_size(room_class(sizeof(Pivot) + size)));
	memset(pivot, 0, sizeof(Pivot));
	EOH_init_header(&pivot->hdr, &pivot_methods, memory->context);
	pivot->memory = memory;
	pivot->kind = kind;
	pivot->room.planes = planes;
	reddict_room_init(&pivot->room, (char *) pivot->first_room, size, dense);
	if (n > 0)
	{
		RedDictElements elements = {unconstify(unaligned_double *, view->values), view->stride};
		const KeyIndex *keys = reddict_open_keys(&view->index);

		reddict_pivot_reserve(pivot, n, keys->size - key_index_overhead(n, keys->wide),
							  keys->wide ? KEY_INDEX_MAX_KEY_LEN : 0);
		for (int32 i = 0; i < n; i++)
			reddict_pivot_add(pivot, slots->slots[i], elements, i);
	}
	return pivot;
}

/* The slot of a key, whether or not the state has it.  Error: program_limit_exceeded. */
int32
reddict_pivot_slot(Pivot *pivot, const char *key, uint32 len)
{
	return reddict_key_table_slot(pivot->memory->table, key, len);
}

/* The slots of a row's keys, likewise.  No numbers of the state wait after this. */
const KeySlots *
reddict_pivot_slots(Pivot *pivot, const KeyIndex *index)
{
	take_all_waiting(pivot->memory);
	return reddict_key_table_slots(pivot->memory->table, index);
}

/*
 * The pivot that a state is, and the slot of a key; NULL if it is something else.
 *
 * Where the rows of groups are mixed, most of the time is spent waiting for the
 * state's memory.  So that is asked for, and meanwhile the key is looked up in
 * the table that is likely the state's.
 */
Pivot *
reddict_pivot_get(FunctionCallInfo fcinfo, Datum state, const char *key, uint32 len, int32 *slot)
{
	const char *pointer = DatumGetPointer(state);
	const PivotMemo *memo = fcinfo->flinfo->fn_extra;
	KeyTable   *likely_table = NULL;
	Pivot	   *pivot;

	/* the pointer is in the object, which has two cache lines */
	__builtin_prefetch(pointer);
	__builtin_prefetch(pointer + 64);
	if (memo != NULL && memo->memories != NULL && memo->memories->next == NULL)
	{
		likely_table = memo->memories->table;
		*slot = reddict_key_table_slot(likely_table, key, len);
	}
	pivot = reddict_pivot_try(state);
	if (pivot != NULL && unlikely(pivot->memory->table != likely_table))
		*slot = reddict_key_table_slot(pivot->memory->table, key, len);
	return pivot;
}

/* The element with a slot, good until one is added; values are NULL if there is none. */
RedDictElements
reddict_pivot_find(Pivot *pivot, int32 slot)
{
	return (RedDictElements) {room_find(&pivot->room, slot), room_stride(&pivot->room)};
}

/* Does a room have a place for every slot, so that these need no search and no check? */
static inline bool
room_has_all(const Pivot *pivot)
{
	return pivot->room.dense && pivot->memory->table->n <= pivot->room.capacity;
}

/*
 * Copy the elements with some slots, and make new ones by "init" where there are
 * none.  Returns how many were there.
 */
int32
reddict_pivot_read(Pivot *pivot, const int32 *slots, int32 n,
				   RedDictElements copies, void (*init) (RedDictElements, int32))
{
	take_all_waiting(pivot->memory);
	return reddict_room_read(&pivot->room, slots, n, room_has_all(pivot), copies, init);
}

/* Write back what was read, but for new elements. */
void
reddict_pivot_write(Pivot *pivot, const int32 *slots, int32 n, RedDictElements copies)
{
	reddict_room_write(&pivot->room, slots, n, room_has_all(pivot), copies);
}

/*
 * The elements of a row's keys where they lie, if they lie in its order, and are
 * all there are; else values are NULL.  What is written there wants
 * reddict_pivot_mend().
 */
RedDictElements
reddict_pivot_all(Pivot *pivot, const KeySlots *slots, int32 n)
{
	RedDictElements elements = {NULL, room_stride(&pivot->room)};

	if (pivot->room.dense && slots->in_a_row && slots->slots[0] == 0 &&
		n == pivot->room.n && n == pivot->memory->table->n)
		elements.values = (unaligned_double *) pivot->room.bytes;
	return elements;
}

/* Have no number, of the first n in a room, look as if it were none. */
void
reddict_pivot_mend(RedDictElements elements, int32 n)
{
	for (int32 i = 0; i < n; i++)
	{
		if (unlikely(!room_is_number(elements.values + i)))
			elements.values[i] = get_float8_nan();
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
	if (unlikely(pivot->room.n + n > REDDICT_FEW_KEYS))
		reddict_check_size(pivot->kind, key_bytes + key_index_overhead(pivot->room.n + n, wide),
						   pivot->room.n + n, NULL);
	pivot->key_bytes = key_bytes;
	pivot->wide = wide;
}

/* Add an element whose slot the state does not have, and whose key was reserved. */
void
reddict_pivot_add(Pivot *pivot, int32 slot, RedDictElements from, int32 position)
{
	if (unlikely(!room_has_place(&pivot->room, slot)))
		grow_room(pivot, pivot->room.n + 1);
	room_put(&pivot->room, slot, from, position);
}

/* Add a number to that of a slot, or as the first one; see reddict_pivot_take(). */
static void
take_number(Pivot *pivot, int32 slot, float8 value)
{
	const KeyEntry *key = &pivot->memory->table->keys[slot];
	unaligned_double *place = room_find(&pivot->room, slot);
	KernelFault fault;

	if (place == NULL)
	{
		reddict_pivot_reserve(pivot, 1, key->len, key->len);
		reddict_pivot_add(pivot, slot, (RedDictElements) {&value, 1}, 0);
		return;
	}
	fault = reddict_kernel_update(KERNEL_ADD, KERNEL_MAP_MAP, 1, place, &value);
	if (unlikely(fault.error != KERNEL_OK))
		reddict_raise(fault.error, key->key, key->len);
}

/*
 * Add a number to that of a slot, or as the first one: where there are many
 * groups, as soon as anything looks into a state, or some rows later.  So what
 * is raised may be of a row before.
 * Errors: those of float8 addition, with the key; program_limit_exceeded.
 */
void
reddict_pivot_take(Pivot *pivot, int32 slot, float8 value)
{
	PivotMemory *memory = pivot->memory;

	if (memory->classes != NULL)
		note_number(memory, pivot, slot, value);
	else
		take_number(pivot, slot, value);
}

/*
 * The same for a key, and the state that a transition function got, without a
 * look at it.  False where it can't be told that it is a pivot, or where this
 * would save nothing.
 *
 * All states are pivots where the call site began one without a state.
 */
bool
reddict_pivot_take_unseen(FunctionCallInfo fcinfo, const char *key, uint32 len, float8 value)
{
	const PivotMemo *memo = fcinfo->flinfo->fn_extra;
	PivotMemory *memory;

	if (memo == NULL || memo->others || PG_ARGISNULL(0))
		return false;
	memory = memo->memories;
	if (memory == NULL || memory->next != NULL || memory->classes == NULL)
		return false;
	note_number(memory, (Pivot *) ((char *) DatumGetPointer(PG_GETARG_DATUM(0)) -
								   offsetof(ExpandedObjectHeader, eoh_rw_ptr)),
				reddict_key_table_slot(memory->table, key, len), value);
	return true;
}

/* The entries of a state's keys, in order; the slot is the source. */
static KeyEntry *
sorted_entries(Pivot *pivot)
{
	KeyTable   *table = pivot->memory->table;
	KeyEntry   *entries = palloc_extended(Max(pivot->room.n, 1) * sizeof(KeyEntry), MCXT_ALLOC_HUGE);
	int32		n = 0;

	/* walk along all keys, where that is quicker than to sort its own */
	if (table->n / 8 <= pivot->room.n)
	{
		reddict_key_table_sort(table);
		for (int32 i = 0; i < table->n; i++)
		{
			if (reddict_pivot_find(pivot, table->sorted[i].source).values != NULL)
				entries[n++] = table->sorted[i];
		}
	}
	else
	{
		int32		i = 0;
		int32		slot;

		while (reddict_room_next(&pivot->room, &i, &slot) != NULL)
			entries[n++] = table->keys[slot];
		(void) reddict_key_sort(entries, n, NULL);
	}
	Assert(n == pivot->room.n);
	return entries;
}

/*
 * The value that a state stands for, in the current memory context, plain.  The
 * state stays as it is.  Error: program_limit_exceeded.
 */
struct varlena *
reddict_pivot_settle(Pivot *pivot)
{
	KeyTable   *table = pivot->memory->table;
	const KeyEntry *entries;
	KeyEntry   *own = NULL;
	KeyIndex	index;
	struct varlena *result;
	float8	   *values;

	take_all_waiting(pivot->memory);
	table->settled_n = pivot->room.n;
	if (pivot->room.n > 0 && pivot->room.n == table->n)
	{
		reddict_key_table_sort(table);
		index = *reddict_key_table_index(table);
		(void) reddict_pack_keys(&index);
		entries = table->sorted;
	}
	else
	{
		entries = own = sorted_entries(pivot);
		reddict_make_keys(&index, entries, pivot->room.n);
	}

	result = reddict_new(pivot->kind, &index, &values);
	for (int32 i = 0; i < index.n; i++)
	{
		RedDictElements element = reddict_pivot_find(pivot, entries[i].source);

		for (int plane = 0; plane < pivot->room.planes; plane++)
			values[plane * (Size) index.n + i] = element.values[plane * (Size) element.stride];
	}
	if (own != NULL)
	{
		if (!index.shared)
			pfree(unconstify(char *, index.block));
		pfree(own);
	}
	return result;
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
	pivot->flat = reddict_pivot_settle(pivot);
	if (pivot->kind == REDDICT_MAP)
		pivot->flat = reddict_narrow(pivot->flat);
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
