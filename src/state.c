/*
 * state.c
 *	  Take a row into the state of an aggregate.
 *
 * The transition state is a value that has a type of its own, never
 * "internal": so partial states can be stored, sent and combined anywhere.
 *
 * While the keys stay the same the state is one flat value, added to in place.
 * When keys vary it stays flat as long as it has few keys, or few more than a
 * row: a walk along its keys finds those of the row, and only new ones have it
 * made anew.  Else it becomes a pivot (pivot.c), in which a row costs what its
 * own keys cost.
 *
 * What is safe to modify: a plain flat state, because the executor copied it
 * into the aggregate's memory or we returned it; and a pivot, which is ours.
 * The first row is made plain, which a strict function could not do.  A state
 * that came from elsewhere may have a short header, be compressed, or point to a
 * TOAST table: then a new state is made in the current context, and the executor
 * copies it.
 *
 * Whatever is raised on the way, the state is as it was: PL/pgSQL may catch it.
 */
#include "postgres.h"

#include "algebra.h"
#include "pivot.h"
#include "state.h"

/* Keys up to which a state stays flat in any case */
#define STATE_FLAT_KEYS 64

/* Keys of a state for each of a row that brings new ones, from which it is a pivot */
#define STATE_PIVOT_FACTOR 4

/*
 * Should a state cease to be flat for a row with other keys?
 *
 * In a flat state a row's keys are found by a walk along all of the state's,
 * else by hashing, which takes about as long as walking past eight.
 */
bool
reddict_should_expand(const KeyIndex *state, const KeyIndex *row)
{
	return state->n > STATE_FLAT_KEYS && state->n / 8 > row->n;
}

/* The elements of a flat state that may be modified. */
static RedDictElements
flat_elements(const RedDictView *state)
{
	return (RedDictElements) {unconstify(unaligned_double *, state->values), state->stride};
}

/* Copy an element. */
static inline void
copy_element(int planes, RedDictElements to, int32 to_position,
			 RedDictElements from, int32 from_position)
{
	for (int plane = 0; plane < planes; plane++)
		to.values[plane * (Size) to.stride + to_position] =
			from.values[plane * (Size) from.stride + from_position];
}

/*
 * Take a row into copies of the elements at some slots of a state; where the
 * slot is -1, into a new element.  Returns these, in the current memory
 * context.
 */
static RedDictElements
take_in_copies(const RedDictUpdate *update, RedDictElements state,
			   const int32 *slots, const RedDictView *row)
{
	int			planes = reddict_planes(update->kind);
	int32		n = row->index.n;
	RedDictElements copies = {palloc(n * planes * sizeof(float8)), n};

	for (int32 i = 0; i < n; i++)
	{
		if (likely(slots[i] >= 0))
			copy_element(planes, copies, i, state, slots[i]);
		else
			update->init(copies, i);
	}
	reddict_check_fault(update->take_in(copies, row), &row->index);
	return copies;
}

/* Put copies of elements back to their slots, where these are not -1. */
static void
put_back(const RedDictUpdate *update, RedDictElements state, const int32 *slots,
		 RedDictElements copies, int32 n)
{
	int			planes = reddict_planes(update->kind);

	for (int32 i = 0; i < n; i++)
	{
		if (likely(slots[i] >= 0))
			copy_element(planes, state, slots[i], copies, i);
	}
}

/*
 * A new flat state: what a state was, with a row taken in.  Errors as for
 * reddict_update_expanded().
 */
Datum
reddict_state_with(const RedDictUpdate *update, const RedDictView *state,
				   const RedDictView *row)
{
	int			planes = reddict_planes(update->kind);
	RedDictElements old = flat_elements(state);
	RedDictElements new;
	RedDictElements copies;
	KeyAlignment aligned;
	int32	   *slots = palloc(row->index.n * sizeof(int32));
	struct varlena *result;
	float8	   *values;

	reddict_align_keys(&state->index, &row->index, KEYS_EITHER, &aligned);
	for (int32 i = 0; i < aligned.index.n; i++)
	{
		if (aligned.right[i] >= 0)
			slots[aligned.right[i]] = aligned.left[i];
	}
	result = reddict_new(update->kind, &aligned.index, &values);
	new = (RedDictElements) {values, aligned.index.n};
	copies = take_in_copies(update, old, slots, row);
	for (int32 i = 0; i < aligned.index.n; i++)
	{
		if (aligned.right[i] >= 0)
			copy_element(planes, new, i, copies, aligned.right[i]);
		else
			copy_element(planes, new, i, old, aligned.left[i]);
	}
	return PointerGetDatum(result);
}

/*
 * Take a row into an expanded state, or, with an error, nothing of it.
 *
 * Errors: those of the update, with the key; program_limit_exceeded.
 */
void
reddict_update_expanded(const RedDictUpdate *update, ExpandedRedDict *state,
						const RedDictView *row)
{
	int			planes = reddict_planes(update->kind);
	int32		n = row->index.n;
	int32	   *slots;
	bool		missing = false;
	RedDictElements copies;
	KeyCursor	cursor;

	if (reddict_expanded_same(state, &row->index))
	{
		reddict_check_fault(update->take_in(reddict_expanded_elements(state), row),
							&row->index);
		return;
	}

	slots = reddict_expanded_slots(state, &row->index);
	copies = take_in_copies(update, reddict_expanded_elements(state), slots, row);
	put_back(update, reddict_expanded_elements(state), slots, copies, n);
	for (int32 i = 0; i < n; i++)
		missing |= slots[i] < 0;
	key_cursor_init(&cursor, reddict_open_keys(&row->index));
	while (missing && key_cursor_next(&cursor))
	{
		int32		i = cursor.position;

		if (slots[i] < 0)
		{
			int32		slot = reddict_expanded_add(state, cursor.key, cursor.len);

			copy_element(planes, reddict_expanded_elements(state), slot, copies, i);
		}
	}
	reddict_expanded_settle(state, n);
	pfree(slots);
	pfree(copies.values);
}

/* The largest number of doubles that an element has */
#define MAX_PLANES KERNEL_STATS_PLANES

/* Take a row of one key into a pivot, or, with an error, nothing of it. */
static void
update_pivot_by_one(const RedDictUpdate *update, Pivot *pivot, int32 slot,
					const RedDictView *row, uint32 key_len)
{
	float8		numbers[MAX_PLANES];
	RedDictElements copy = {numbers, 1};
	bool		found = reddict_pivot_read(pivot, &slot, 1, copy, update->init) == 1;

	reddict_check_fault(update->take_in(copy, row), &row->index);
	if (likely(found))
		reddict_pivot_write(pivot, &slot, 1, copy);
	else
	{
		reddict_pivot_reserve(pivot, 1, key_len, key_len);
		reddict_pivot_add(pivot, slot, copy, 0);
	}
}

/* Add those elements of a row's keys to a pivot that it has not. */
static void
add_to_pivot(Pivot *pivot, const int32 *slots, const RedDictView *row,
			 RedDictElements elements)
{
	int32		missing = 0;
	Size		key_bytes = 0;
	uint32		longest = 0;
	KeyCursor	cursor;

	key_cursor_init(&cursor, reddict_open_keys(&row->index));
	while (key_cursor_next(&cursor))
	{
		if (reddict_pivot_find(pivot, slots[cursor.position]).values == NULL)
		{
			missing++;
			key_bytes += cursor.len;
			longest = Max(longest, cursor.len);
		}
	}
	reddict_pivot_reserve(pivot, missing, key_bytes, longest);
	for (int32 i = 0; i < row->index.n; i++)
	{
		if (reddict_pivot_find(pivot, slots[i]).values == NULL)
			reddict_pivot_add(pivot, slots[i], elements, i);
	}
}

/* Take a row into a pivot, or, with an error, nothing of it. */
static void
update_pivot(const RedDictUpdate *update, Pivot *pivot, const RedDictView *row)
{
	int			planes = reddict_planes(update->kind);
	int32		n = row->index.n;
	const KeySlots *slots;
	RedDictElements all;
	RedDictElements copies;
	int32		found;

	if (n == 0)
		return;					/* nothing to make a memo of */
	slots = reddict_pivot_slots(pivot, &row->index);
	all = reddict_pivot_all(pivot, slots, n);
	if (all.values != NULL)
	{
		reddict_check_fault(update->take_in(all, row), &row->index);
		reddict_pivot_mend(all, n);
		return;
	}

	copies = (RedDictElements) {palloc(n * planes * sizeof(float8)), n};
	found = reddict_pivot_read(pivot, slots->slots, n, copies, update->init);
	reddict_check_fault(update->take_in(copies, row), &row->index);
	reddict_pivot_write(pivot, slots->slots, n, copies);
	if (found < n)
		add_to_pivot(pivot, slots->slots, row, copies);
	pfree(copies.values);
}

/*
 * Take a row into a state that is a pivot; false if it is none, or likely none.
 * reddict_update_state() does the same, but this does not wait for the state's
 * memory where it is a row of one key: where the rows of groups are mixed, most of
 * the time is spent so.  Errors as for reddict_update_expanded().
 */
bool
reddict_update_pivot(const RedDictUpdate *update, FunctionCallInfo fcinfo,
					 Datum state, Datum row_datum)
{
	RedDictView row;
	Pivot	   *pivot;

	if (likely(fcinfo->flinfo->fn_extra == NULL))
		return false;			/* no state of this call site is a pivot */
	__builtin_prefetch(DatumGetPointer(state));
	reddict_view_kind(row_datum, update->row, &row);
	if (row.index.n == 1)
	{
		const char *key;
		uint32		len;
		int32		slot;

		reddict_key_index_get(reddict_open_keys(&row.index), 0, &key, &len);
		pivot = reddict_pivot_get(fcinfo, state, key, len, &slot);
		if (pivot != NULL && update == reddict_plus.update)
			reddict_pivot_take(pivot, slot, row.values[0]);
		else if (pivot != NULL)
			update_pivot_by_one(update, pivot, slot, &row, len);
		return pivot != NULL;
	}
	pivot = reddict_pivot_try(state);
	if (pivot != NULL)
		update_pivot(update, pivot, &row);
	return pivot != NULL;
}

/*
 * The state after a row, neither of them NULL.  The state is modified where it
 * may be.  Errors as for reddict_update_expanded().
 */
Datum
reddict_update_state(const RedDictUpdate *update, FunctionCallInfo fcinfo,
					 Datum state_datum, Datum row_datum)
{
	bool		plain = reddict_is_plain((struct varlena *) DatumGetPointer(state_datum));
	RedDictView row;
	RedDictView state;
	RedDictElements elements;
	Pivot	   *pivot = reddict_pivot_try(state_datum);
	int32	   *slots;

	reddict_view_kind(row_datum, update->row, &row);
	if (pivot != NULL)
	{
		update_pivot(update, pivot, &row);
		return state_datum;
	}

	reddict_view_kind(state_datum, update->kind, &state);
	elements = flat_elements(&state);
	if (likely(reddict_same_keys(&state.index, &row.index)))
	{
		if (likely(plain))
		{
			reddict_check_fault(update->take_in(elements, &row), &row.index);
			return state_datum;
		}
	}
	else if (plain && row.index.n == 0)
		return state_datum;
	else if (plain && !reddict_should_expand(&state.index, &row.index) &&
			 (slots = reddict_key_index_find_all(reddict_open_keys(&state.index),
												 reddict_open_keys(&row.index))) != NULL)
	{
		put_back(update, elements, slots,
				 take_in_copies(update, elements, slots, &row), row.index.n);
		return state_datum;
	}
	else if (state.index.n / STATE_PIVOT_FACTOR >= row.index.n)
	{
		pivot = reddict_pivot_make(fcinfo, update->kind, &state);
		update_pivot(update, pivot, &row);
		return reddict_pivot_datum(pivot);
	}
	return reddict_state_with(update, &state, &row);
}

/* The state that has taken in one row; a new flat value. */
Datum
reddict_start_state(const RedDictUpdate *update, Datum row_datum)
{
	RedDictView row;
	RedDictElements elements;
	struct varlena *state;
	float8	   *values;

	reddict_view_kind(row_datum, update->row, &row);
	state = reddict_new(update->kind, &row.index, &values);
	elements = (RedDictElements) {values, row.index.n};
	for (int32 i = 0; i < row.index.n; i++)
		update->init(elements, i);
	reddict_check_fault(update->take_in(elements, &row), &row.index);
	return PointerGetDatum(state);
}

/*
 * The result of a transition function whose rows are states, too, where the
 * state or the row is NULL.  NULL rows are skipped; the first other row is the
 * first state, which the executor copies.
 */
Datum
reddict_first_state(FunctionCallInfo fcinfo, RedDictKind kind)
{
	if (!PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(reddict_widen(PG_GETARG_DATUM(1), kind));
}
