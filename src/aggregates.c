/*
 * aggregates.c
 *	  Key-wise aggregates over rows that give maps.
 *
 * state.h says what a state is.  Here a map's is a map itself: partial states
 * are combined by the transition function.
 */
#include "postgres.h"

#include "algebra.h"
#include "pending.h"
#include "pivot.h"

static Datum update_state_elsewhere(const RedDictOperation *operation, FunctionCallInfo fcinfo,
									Datum state, Datum row);

/* Is a row's map compressed, or out of line? */
static inline bool
is_elsewhere(Datum row)
{
	struct varlena *map = (struct varlena *) DatumGetPointer(row);

	return VARATT_IS_EXTERNAL_ONDISK(map) || VARATT_IS_COMPRESSED(map);
}

/*
 * The state after a row; quickly where the two are plain values of the same
 * keys, and nothing is wrong.  reddict_update_state() does the rest, and finds
 * out which key raises an error.
 */
static inline Datum
update_state(const RedDictOperation *operation, FunctionCallInfo fcinfo,
			 Datum state, Datum row)
{
	int32		n;
	unaligned_double *state_values;
	unaligned_double *row_values;
	NarrowNumbers row_numbers;

	reddict_prefetch_next(row);
	row = PointerGetDatum(reddict_settled((struct varlena *) DatumGetPointer(row)));
	if (unlikely(is_elsewhere(row)))
		return update_state_elsewhere(operation, fcinfo, state, row);
	if (unlikely(fcinfo->flinfo->fn_extra != NULL) &&
		reddict_update_pivot(operation->update, fcinfo, state, row))
		return state;
	if (operation->kernel == KERNEL_ADD &&
		reddict_same_narrow((struct varlena *) DatumGetPointer(state),
							(struct varlena *) DatumGetPointer(row),
							&state_values, &row_numbers) &&
		likely(reddict_narrow_add(&row_numbers, state_values)))
		return state;
	if (likely(reddict_same_plain((struct varlena *) DatumGetPointer(state),
								  (struct varlena *) DatumGetPointer(row),
								  &n, &state_values, &row_values)) &&
		likely(reddict_kernel_update(operation->kernel, KERNEL_MAP_MAP, n,
									 state_values, row_values).error == KERNEL_OK))
		return state;
	return reddict_update_state(operation->update, fcinfo, state, row);
}

/* The same, where a copy of the row's map has to be made: narrow maps are added from that. */
static pg_noinline Datum
update_state_elsewhere(const RedDictOperation *operation, FunctionCallInfo fcinfo,
					   Datum state, Datum row)
{
	struct varlena *copy = pg_detoast_datum((struct varlena *) DatumGetPointer(row));

	state = update_state(operation, fcinfo, state, PointerGetDatum(copy));
	pfree(copy);
	return state;
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
	reddict_check_in_aggregate(fcinfo); \
	if (unlikely(PG_ARGISNULL(0) || PG_ARGISNULL(1))) \
		return reddict_first_state(fcinfo, REDDICT_MAP); \
	return update_state(&(operation), fcinfo, \
						PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)); \
}

TRANSITION(reddict_sum_trans, reddict_plus)
TRANSITION(reddict_min_trans, reddict_least)
TRANSITION(reddict_max_trans, reddict_greatest)
TRANSITION(reddict_concat_trans, reddict_right)

PG_FUNCTION_INFO_V1(reddict_final);

/*
 * Final function of the aggregates whose state is a map: (state reddict)
 * returns reddict.  The same map, narrow if that saves bytes, since it is likely
 * to be kept; the state stays as it is.  Strict; no errors.
 */
Datum
reddict_final(PG_FUNCTION_ARGS)
{
	Pivot	   *pivot = reddict_pivot_try(PG_GETARG_DATUM(0));
	RedDictView state;

	if (pivot != NULL)
		PG_RETURN_REDDICT(reddict_narrow(reddict_pivot_settle(pivot)));
	PG_GETARG_REDDICT_VIEW(0, &state);
	if (!redbear_narrow)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_REDDICT(reddict_narrow(reddict_reform(&state, REDDICT_MAP, &state.index)));
}

/* A new state of reddict_agg(), and the slot of a key. */
static Pivot *
new_pivot(FunctionCallInfo fcinfo, const char *key, uint32 len, int32 *slot)
{
	Pivot	   *pivot;
	RedDictView map;

	if (PG_ARGISNULL(0))
		pivot = reddict_pivot_make(fcinfo, REDDICT_MAP, NULL);
	else
	{
		/* an aggregate of somebody's own, with an initial state */
		PG_GETARG_REDDICT_VIEW(0, &map);
		pivot = reddict_pivot_make(fcinfo, REDDICT_MAP, &map);
	}
	*slot = reddict_pivot_slot(pivot, key, len);
	return pivot;
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
	const char *bytes;
	uint32		len;
	float8		value;
	Pivot	   *pivot;
	int32		slot;

	reddict_check_in_aggregate(fcinfo);
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
	bytes = VARDATA_ANY(key);
	len = VARSIZE_ANY_EXHDR(key);
	value = PG_GETARG_FLOAT8(2);
	if (likely(reddict_pivot_take_unseen(fcinfo, bytes, len, value)))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	pivot = PG_ARGISNULL(0) ? NULL :
		reddict_pivot_get(fcinfo, PG_GETARG_DATUM(0), bytes, len, &slot);
	if (unlikely(pivot == NULL))
		pivot = new_pivot(fcinfo, bytes, len, &slot);
	reddict_pivot_take(pivot, slot, value);
	PG_RETURN_DATUM(reddict_pivot_datum(pivot));
}
