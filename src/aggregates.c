/*
 * aggregates.c
 *	  Key-wise aggregates over rows.
 *
 * The transition state is a reddict, never "internal": so partial states can
 * be stored, sent and combined anywhere, by the transition function itself.
 *
 * While the keys stay the same the state is one flat value, added to in place.
 * When keys vary it stays flat as long as it has few keys, or few more than a
 * row: a walk along its keys finds those of the row, and only new ones have it
 * made anew.  Else it becomes an expanded value, in which a row costs what its
 * own keys cost.
 *
 * What is safe to modify: a plain flat state, because the executor copied it
 * into the aggregate's memory or we returned it; and a read-write expanded
 * one, which is ours.  The first row is made plain, which a strict function
 * could not do.  A state that came from elsewhere may have a short header, be
 * compressed, or point to a TOAST table: then a new state is made in the
 * current context, and the executor copies it.
 */
#include "postgres.h"

#include "nodes/execnodes.h"

#include "algebra.h"

/* Keys up to which a state stays flat in any case */
#define STATE_FLAT_KEYS 64

/*
 * Should a state become an expanded one for a row with other keys?
 *
 * In a flat state a row's keys are found by a walk along all of the state's, in
 * an expanded one by hashing, which takes about as long as walking past eight.
 * But an expanded state has a memory context of its own, and where there are
 * many groups the executor's looks at the size of each take ever longer.
 */
static bool
should_expand(const KeyIndex *state, const KeyIndex *row)
{
	return state->n > STATE_FLAT_KEYS && state->n / 8 > row->n;
}

/*
 * Refuse to be called outside of an aggregate: what AggCheckCallContext() looks
 * at, without a call for each row.
 */
static inline void
check_in_aggregate(FunctionCallInfo fcinfo)
{
	if (unlikely(fcinfo->context == NULL ||
				 !(IsA(fcinfo->context, AggState) || IsA(fcinfo->context, WindowAggState))))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("aggregate transition function called outside of an aggregate"));
}

/* The memory that the aggregate's states live in. */
static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	(void) AggCheckCallContext(fcinfo, &context);
	return context;
}

/*
 * The state after a row that update_state() can't simply add.  Where the two
 * have the same keys after all, this finds out, too, which key raises an error.
 */
static pg_noinline Datum
update_state_slowly(const RedDictOperation *operation, FunctionCallInfo fcinfo,
					Datum state_datum, Datum row_datum)
{
	bool		plain = VARATT_IS_4B_U(DatumGetPointer(state_datum));
	RedDictView row;
	RedDictView state;
	unaligned_double *values;
	int32	   *slots;

	reddict_view(row_datum, &row);
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(state_datum)))
	{
		reddict_operate_expanded(operation, reddict_expanded_get(state_datum), &row);
		return state_datum;
	}

	reddict_view(state_datum, &state);
	values = unconstify(unaligned_double *, state.values);
	if (key_index_same(&state.index, &row.index))
	{
		if (plain)
		{
			reddict_check_fault(reddict_kernel_update(operation->kernel, KERNEL_MAP_MAP,
													  row.index.n, values, row.values),
								&row.index);
			return state_datum;
		}
	}
	else if (should_expand(&state.index, &row.index))
	{
		ExpandedRedDict *expanded = reddict_expand(REDDICT_MAP, &state, aggregate_context(fcinfo));

		reddict_operate_expanded(operation, expanded, &row);
		return reddict_expanded_datum(expanded);
	}
	else if (plain &&
			 (slots = reddict_key_index_find_all(&state.index, &row.index)) != NULL)
	{
		(void) reddict_operate_slots(operation, values, slots, &row);
		return state_datum;
	}
	return PointerGetDatum(reddict_operate(operation, &state, &row));
}

/* The state after a row. */
static inline Datum
update_state(const RedDictOperation *operation, FunctionCallInfo fcinfo,
			 Datum state, Datum row)
{
	int32		n;
	unaligned_double *state_values;
	unaligned_double *row_values;

	reddict_prefetch_next(row);
	if (likely(reddict_same_plain((struct varlena *) DatumGetPointer(state),
								  (struct varlena *) DatumGetPointer(row),
								  &n, &state_values, &row_values)) &&
		likely(reddict_kernel_update(operation->kernel, KERNEL_MAP_MAP, n,
									 state_values, row_values).error == KERNEL_OK))
		return state;
	return update_state_slowly(operation, fcinfo, state, row);
}

/*
 * The state where it or the row is NULL.  NULL rows are skipped; the first
 * other row is the first state, which the executor copies.
 */
static Datum
first_state(FunctionCallInfo fcinfo)
{
	if (!PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(PG_DETOAST_DATUM(PG_GETARG_DATUM(1)));
}

/*
 * Transition and combine functions of sum(reddict), min(reddict), max(reddict)
 * and rd_concat_agg(reddict): (state reddict, m reddict) returns reddict.
 *
 * Not strict; NULL rows are skipped, the first row is the first state, and no
 * rows give NULL.  They modify their first argument, so they refuse to be
 * called outside of an aggregate (feature_not_supported).  Errors: those of
 * float8 addition, with the key; program_limit_exceeded.
 */
#define TRANSITION(name, operation) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	check_in_aggregate(fcinfo); \
	if (unlikely(PG_ARGISNULL(0) || PG_ARGISNULL(1))) \
		return first_state(fcinfo); \
	return update_state(&(operation), fcinfo, \
						PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)); \
}

TRANSITION(reddict_sum_trans, reddict_plus)
TRANSITION(reddict_min_trans, reddict_least)
TRANSITION(reddict_max_trans, reddict_greatest)
TRANSITION(reddict_concat_trans, reddict_right)

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
		return slot < 0 ? NULL : reddict_expanded_values(expanded, 0) + slot;
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
	text	   *key;
	float8		value;
	unaligned_double *slot;
	Datum		pair;

	check_in_aggregate(fcinfo);
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
		KernelFault fault = reddict_kernel_update(reddict_plus.kernel, KERNEL_MAP_MAP,
												  1, slot, &value);

		if (unlikely(fault.error != KERNEL_OK))
			reddict_raise(fault.error, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}

	pair = PointerGetDatum(reddict_pair(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), value));
	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(pair);
	return update_state(&reddict_plus, fcinfo, PG_GETARG_DATUM(0), pair);
}

/* Where statistics of a key are, in a value that may be modified. */
static KernelStats
stats_at(const RedDictView *view, int32 position)
{
	return reddict_kernel_stats(unconstify(unaligned_double *, view->values),
								view->stride, position);
}

/*
 * Take n keys of a row, from a position on, into statistics: of a map its
 * values, of a redstats its statistics.
 */
static KernelFault
take_in(KernelStats stats, int32 n, RedDictKind kind, const RedDictView *row,
		int32 position)
{
	if (kind == REDDICT_MAP)
		return reddict_kernel_accumulate(n, stats, row->values + position);
	return reddict_kernel_combine(n, stats, stats_at(row, position));
}

/* Copy statistics of some positions; where one is -1, those of no numbers. */
static void
gather_stats(KernelStats to, const RedDictView *from, const int32 *positions,
			 int32 n)
{
	for (int32 i = 0; i < n; i++)
	{
		KernelStats one = {to.count + i, to.sum + i, to.sxx + i, to.least + i, to.greatest + i};

		reddict_kernel_stats_init(1, one);
		if (positions[i] >= 0)
			(void) reddict_kernel_combine(1, one, stats_at(from, positions[i]));
	}
}

/* Statistics as a new flat value: those of a state, with a row taken in. */
static Datum
remake_stats(const RedDictView *state, RedDictKind kind, const RedDictView *row)
{
	KeyAlignment aligned;
	struct varlena *result;
	float8	   *values;

	reddict_key_index_align(&state->index, &row->index, KEYS_EITHER, &aligned);
	result = reddict_new(REDDICT_STATISTICS, &aligned.index, &values);
	gather_stats(reddict_kernel_stats(values, aligned.index.n, 0),
				 state, aligned.left, aligned.index.n);
	for (int32 i = 0; i < aligned.index.n; i++)
	{
		if (aligned.right[i] >= 0)
		{
			KernelFault fault = take_in(reddict_kernel_stats(values, aligned.index.n, i),
										1, kind, row, aligned.right[i]);

			fault.position = i;
			reddict_check_fault(fault, &aligned.index);
		}
	}
	return PointerGetDatum(result);
}

/*
 * Take a row into the statistics at some slots of a view that may be modified,
 * or raise an error before any is written.  Where the slot is -1 the new ones
 * are only computed.  Returns all of these, in the current memory context.
 */
static float8 *
take_in_slots(const RedDictView *state, const int32 *slots, RedDictKind kind,
			  const RedDictView *row)
{
	int32		n = row->index.n;
	float8	   *new = palloc(n * KERNEL_STATS_PLANES * sizeof(float8));

	gather_stats(reddict_kernel_stats(new, n, 0), state, slots, n);
	reddict_check_fault(take_in(reddict_kernel_stats(new, n, 0), n, kind, row, 0),
						&row->index);
	for (int plane = 0; plane < KERNEL_STATS_PLANES; plane++)
	{
		unaligned_double *values = unconstify(unaligned_double *, reddict_plane(state, plane));

		for (int32 i = 0; i < n; i++)
		{
			if (slots[i] >= 0)
				values[slots[i]] = new[plane * (Size) n + i];
		}
	}
	return new;
}

/* Take a row into an expanded state. */
static void
update_expanded_stats(ExpandedRedDict *state, RedDictKind kind,
					  const RedDictView *row)
{
	int32		n = row->index.n;
	int32	   *slots = reddict_expanded_slots_of(state, &row->index);
	RedDictView view;
	float8	   *new;
	KeyCursor	cursor;

	reddict_expanded_slots(state, &view);
	new = take_in_slots(&view, slots, kind, row);
	key_cursor_init(&cursor, &row->index);
	while (key_cursor_next(&cursor))
	{
		int32		i = cursor.position;

		if (slots[i] < 0)
		{
			int32		slot = reddict_expanded_add(state, cursor.key, cursor.len);

			for (int plane = 0; plane < KERNEL_STATS_PLANES; plane++)
				reddict_expanded_values(state, plane)[slot] = new[plane * (Size) n + i];
		}
	}
	reddict_expanded_settle(state, n);
	pfree(slots);
	pfree(new);
}

/* The state after a row; see update_state(). */
static Datum
update_stats(FunctionCallInfo fcinfo, Datum state_datum,
			 RedDictKind kind, Datum row_datum)
{
	struct varlena *state_value = (struct varlena *) DatumGetPointer(state_datum);
	ExpandedRedDict *expanded;
	RedDictView state;
	RedDictView row;
	int32	   *slots;

	reddict_prefetch_next(row_datum);
	reddict_view_kind(row_datum, kind, &row);
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(state_value))
	{
		expanded = reddict_expanded_get(state_datum);
		if (!reddict_expanded_same(expanded, &row.index))
		{
			update_expanded_stats(expanded, kind, &row);
			return state_datum;
		}
		reddict_expanded_view(expanded, &state);
	}
	else
	{
		reddict_view_kind(state_datum, REDDICT_STATISTICS, &state);
		if (!VARATT_IS_4B_U(state_value))
			return remake_stats(&state, kind, &row);
		if (!key_index_same(&state.index, &row.index))
		{
			if (should_expand(&state.index, &row.index))
			{
				expanded = reddict_expand(REDDICT_STATISTICS, &state, aggregate_context(fcinfo));
				update_expanded_stats(expanded, kind, &row);
				return reddict_expanded_datum(expanded);
			}
			slots = reddict_key_index_find_all(&state.index, &row.index);
			if (slots == NULL)
				return remake_stats(&state, kind, &row);
			(void) take_in_slots(&state, slots, kind, &row);
			return state_datum;
		}
	}
	reddict_check_fault(take_in(stats_at(&state, 0), row.index.n, kind, &row, 0),
						&row.index);
	return state_datum;
}

PG_FUNCTION_INFO_V1(redstats_trans);
PG_FUNCTION_INFO_V1(redstats_combine);

/*
 * Transition function of redstats(reddict), avg(reddict) and so on:
 * (state redstats, m reddict) returns redstats.
 *
 * Not strict, since the first state is no map: NULL rows are skipped, and the
 * state is NULL until there is another.  Errors as for sum(reddict).
 */
Datum
redstats_trans(PG_FUNCTION_ARGS)
{
	RedDictView none;
	RedDictPairs pairs;
	RedDictView row;

	check_in_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (!PG_ARGISNULL(0))
		return update_stats(fcinfo, PG_GETARG_DATUM(0), REDDICT_MAP, PG_GETARG_DATUM(1));

	reddict_pairs_init(&pairs, REDDICT_STATISTICS, 0);
	reddict_view_kind(PointerGetDatum(reddict_from_pairs(&pairs, NULL, NULL)),
					  REDDICT_STATISTICS, &none);
	PG_GETARG_REDDICT_VIEW(1, &row);
	return remake_stats(&none, REDDICT_MAP, &row);
}

/*
 * Combine function of the same, and transition and combine function of
 * rs_merge(redstats): (state redstats, s redstats) returns redstats.
 *
 * Not strict, as sum(reddict)'s.  Exact in count; the rest as core's
 * float8_combine() computes it.  Errors as for sum(reddict).
 */
Datum
redstats_combine(PG_FUNCTION_ARGS)
{
	check_in_aggregate(fcinfo);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return first_state(fcinfo);
	return update_stats(fcinfo, PG_GETARG_DATUM(0), REDDICT_STATISTICS, PG_GETARG_DATUM(1));
}
