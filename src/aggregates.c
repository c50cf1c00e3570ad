/*
 * aggregates.c
 *	  Key-wise aggregates over rows.
 *
 * The transition state is a reddict, never "internal": so partial states can
 * be stored, sent and combined anywhere, by the transition function itself.
 *
 * While the keys stay the same the state is one flat value, added to in place.
 * When keys vary it stays flat as long as it is small, since making it anew
 * then costs no more than a look-up of the row's keys; past STATE_FLAT_KEYS
 * it becomes an expanded value, in which a row costs what its own keys cost.
 *
 * What is safe to modify: a plain flat state, because the executor copied it
 * into the aggregate's memory or we returned it; and a read-write expanded
 * one, which is ours.  The first value, copied by the executor as it was, may
 * have a short header, be compressed, or point to a TOAST table: then a new
 * state is made in the current context, and the executor copies it.
 */
#include "postgres.h"

#include "algebra.h"

/* Keys up to which a state whose keys vary stays flat */
#define STATE_FLAT_KEYS 64

/* The memory that the aggregate's states live in; an error outside of one. */
static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("aggregate transition function called outside of an aggregate"));
	return context;
}

/*
 * Add a row to an expanded state.
 *
 * The new values are computed, and with that checked, before any is written.
 */
static void
update_expanded(const RedDictOperation *operation, ExpandedRedDict *state,
				const RedDictView *row)
{
	int32		n = row->index.n;
	int32	   *slots;
	float8	   *old;
	float8	   *new;
	KeyCursor	cursor;

	if (reddict_expanded_same(state, &row->index))
	{
		reddict_check_fault(reddict_kernel_update(operation->kernel, n,
												  reddict_expanded_values(state),
												  row->values),
							&row->index);
		return;
	}

	slots = palloc(n * sizeof(int32));
	old = palloc(n * sizeof(float8));
	new = palloc(n * sizeof(float8));
	key_cursor_init(&cursor, &row->index);
	while (key_cursor_next(&cursor))
	{
		int32		i = cursor.position;

		slots[i] = reddict_expanded_find(state, cursor.key, cursor.len);
		if (slots[i] >= 0)
			old[i] = reddict_expanded_values(state)[slots[i]];
		else if (operation->rule == FILL_OTHER)
			old[i] = row->values[i];
		else
			old[i] = operation->fill;
	}
	reddict_check_fault(reddict_kernel(operation->kernel, KERNEL_MAP_MAP, n,
									   old, row->values, new),
						&row->index);

	key_cursor_init(&cursor, &row->index);
	while (key_cursor_next(&cursor))
	{
		int32		i = cursor.position;

		if (slots[i] >= 0)
			reddict_expanded_values(state)[slots[i]] = new[i];
		else
			reddict_expanded_add(state, cursor.key, cursor.len, new[i]);
	}
	pfree(slots);
	pfree(old);
	pfree(new);
}

/* The state after a row whose keys differ, or that may not be modified. */
static Datum
remake_state(const RedDictOperation *operation, MemoryContext context,
			 Datum state_datum, const RedDictView *row)
{
	RedDictView state;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(state_datum)))
	{
		update_expanded(operation, reddict_expanded_get(state_datum), row);
		return state_datum;
	}

	reddict_view(state_datum, &state);
	if (state.index.n > STATE_FLAT_KEYS && !key_index_same(&state.index, &row->index))
	{
		ExpandedRedDict *expanded = reddict_expand(&state, context);

		update_expanded(operation, expanded, row);
		return reddict_expanded_datum(expanded);
	}
	return PointerGetDatum(reddict_operate(operation, &state, row));
}

/*
 * Have the memory fetched that the next row is likely in.
 *
 * A heap page is filled from its end, so a scan comes next to what lies just
 * before this row.  Waiting for the lines of a row is what sum() over rows of
 * ten keys does most; this takes a ninth off its time.
 */
static inline void
prefetch_next_row(const struct varlena *row)
{
	const int	line = 64;
	const int	ahead = 6 * 64;

	for (int before = line; before <= ahead; before += line)
		__builtin_prefetch((const char *) row - before);
}

/* The state after a row. */
static inline Datum
update_state(const RedDictOperation *operation, MemoryContext context,
			 Datum state, Datum row)
{
	RedDictView view;
	int32		n;
	unaligned_double *state_values;
	unaligned_double *row_values;

	prefetch_next_row((struct varlena *) DatumGetPointer(row));
	if (likely(reddict_same_plain((struct varlena *) DatumGetPointer(state),
								  (struct varlena *) DatumGetPointer(row),
								  &n, &state_values, &row_values)))
	{
		KernelFault fault = reddict_kernel_update(operation->kernel, n,
												  state_values, row_values);

		if (likely(fault.error == KERNEL_OK))
			return state;
		reddict_view(row, &view);
		reddict_check_fault(fault, &view.index);
	}

	reddict_view(row, &view);
	return remake_state(operation, context, state, &view);
}

/*
 * Transition and combine functions of sum(reddict), min(reddict) and
 * max(reddict): (state reddict, m reddict) returns reddict.
 *
 * Strict, so NULL rows are skipped, the first row is the first state, and no
 * rows give NULL.  They modify their first argument, so they refuse to be
 * called outside of an aggregate (feature_not_supported).  Errors: those of
 * float8 addition, with the key; program_limit_exceeded.
 */
#define TRANSITION(name, operation) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	MemoryContext context = aggregate_context(fcinfo); \
	return update_state(&(operation), context, \
						PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)); \
}

TRANSITION(reddict_sum_trans, reddict_plus)
TRANSITION(reddict_min_trans, reddict_least)
TRANSITION(reddict_max_trans, reddict_greatest)

/*
 * Where a state that may be modified keeps the value of a key, or NULL if the
 * state may not be, or has no such key.
 */
static unaligned_double *
state_slot(Datum state_datum, const char *key, uint32 len)
{
	struct varlena *state_value = (struct varlena *) DatumGetPointer(state_datum);
	RedDictView state;
	int32		slot;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(state_value))
	{
		ExpandedRedDict *expanded = reddict_expanded_get(state_datum);

		slot = reddict_expanded_find(expanded, key, len);
		return slot < 0 ? NULL : reddict_expanded_values(expanded) + slot;
	}
	if (!VARATT_IS_4B_U(state_value))
		return NULL;
	reddict_view(state_datum, &state);
	slot = reddict_key_index_find(&state.index, key, len);
	return slot < 0 ? NULL : unconstify(unaligned_double *, state.values) + slot;
}

PG_FUNCTION_INFO_V1(reddict_agg_trans);

/*
 * Transition function of reddict_agg(key text, val float8):
 * (state reddict, key text, val float8) returns reddict.
 *
 * Not strict: a NULL key is an error (null_value_not_allowed), a NULL value is
 * skipped, and the state is NULL until there is a pair.  The values of a
 * repeated key are added.  Errors as for sum(reddict).
 */
Datum
reddict_agg_trans(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	text	   *key;
	float8		value;
	unaligned_double *slot;
	RedDictPairs pairs;
	Datum		pair;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				errmsg("null value not allowed for reddict key"));
	if (PG_ARGISNULL(2))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}

	key = PG_GETARG_TEXT_PP(1);
	value = PG_GETARG_FLOAT8(2);
	if (!PG_ARGISNULL(0) &&
		(slot = state_slot(PG_GETARG_DATUM(0),
						   VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key))) != NULL)
	{
		KernelFault fault = reddict_kernel_update(reddict_plus.kernel, 1, slot, &value);

		if (unlikely(fault.error != KERNEL_OK))
			reddict_raise(fault.error, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}

	reddict_pairs_init(&pairs, 1);
	reddict_pairs_add(&pairs, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), value);
	pair = PointerGetDatum(reddict_from_pairs(&pairs, NULL, NULL));
	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(pair);
	return update_state(&reddict_plus, context, PG_GETARG_DATUM(0), pair);
}
