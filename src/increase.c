/*
 * increase.c
 *	  Increases of counters, which only grow, but for when they begin again.
 */
#include "postgres.h"

#include "algebra.h"
#include "state.h"

PG_FUNCTION_INFO_V1(rd_increase);
PG_FUNCTION_INFO_V1(rd_increase_trans);
PG_FUNCTION_INFO_V1(rd_increase_count_trans);
PG_FUNCTION_INFO_V1(rd_increase_final);

/* What was not there was 0; what is gone tells nothing. */
static const RedDictOperation difference = {
	.kernel = KERNEL_SUBTRACT,
	.keys = KEYS_LEFT,
	.rule = FILL_CONSTANT,
	.fill = 0.0
};

/* By how much counters have increased; new, in the current memory context. */
static struct varlena *
increase(const RedDictView *now, const RedDictView *before)
{
	AlignedValues aligned;
	struct varlena *result;
	float8	   *values;

	reddict_align_values(&difference, now, before, &aligned);
	result = reddict_new(REDDICT_MAP, &aligned.index, &values);
	reddict_check_fault(reddict_kernel(KERNEL_SUBTRACT, KERNEL_MAP_MAP, aligned.index.n,
									   aligned.left, aligned.right, values),
						&aligned.index);
	for (int32 i = 0; i < aligned.index.n; i++)
	{
		if (values[i] < 0)
			values[i] = aligned.left[i];
	}
	return result;
}

/*
 * rd_increase(now reddict, before reddict) returns reddict
 *
 * For each key of "now" the difference to "before".  A counter that went down
 * began again at 0, so all it has is new; so is that of a key that was not
 * there.  Strict.  Error: numeric_value_out_of_range.
 */
Datum
rd_increase(PG_FUNCTION_ARGS)
{
	RedDictView now;
	RedDictView before;

	PG_GETARG_REDDICT_VIEW(0, &now);
	PG_GETARG_REDDICT_VIEW(1, &before);
	PG_RETURN_REDDICT(reddict_narrow_like(increase(&now, &before), &now));
}

/*
 * The state of rd_increase_agg().  It is no value of a type, as other states
 * are, because it can't be combined with another: the order of rows matters,
 * and what the first row of a part adds depends on the row before.  So the sum
 * can be what the state of sum() is, in which a row costs what its own keys
 * cost, however many there are in all.
 */
typedef struct IncreaseState
{
	struct varlena *last;		/* the last row */
	Datum		sum;			/* the increases so far: as a state of sum() */
} IncreaseState;

/* Keep a row until the next. */
static void
keep_row(IncreaseState *state, Datum row, MemoryContext context)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(row);
	Size		size = VARSIZE_ANY(value);

	if (state->last == NULL || VARSIZE_ANY(state->last) != size)
	{
		if (state->last != NULL)
			pfree(state->last);
		state->last = NULL;
		state->last = MemoryContextAlloc(context, size);
	}
	memcpy(state->last, value, size);
}

/* Add the increases of a row; with an error, nothing. */
static void
add_step(IncreaseState *state, const RedDictView *now, FunctionCallInfo fcinfo,
		 MemoryContext context)
{
	RedDictView last;
	Datum		sum;
	MemoryContext caller;

	reddict_view(PointerGetDatum(state->last), &last);
	sum = reddict_update_state(reddict_plus.update, fcinfo, state->sum,
							   PointerGetDatum(increase(now, &last)));
	if (sum == state->sum)
		return;
	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(sum)))
	{
		caller = MemoryContextSwitchTo(context);
		sum = PointerGetDatum(PG_DETOAST_DATUM_COPY(sum));
		MemoryContextSwitchTo(caller);
	}
	pfree(DatumGetPointer(state->sum));
	state->sum = sum;
}

/*
 * The state after a row, which is the second argument; NULL rows are skipped.
 * The first row begins the sum, with zeros or with what it has.
 */
static Datum
transition(FunctionCallInfo fcinfo, bool count_first)
{
	IncreaseState *state = PG_ARGISNULL(0) ? NULL : (IncreaseState *) PG_GETARG_POINTER(0);
	MemoryContext context;
	MemoryContext caller;
	RedDictView now;

	reddict_check_in_aggregate(fcinfo);
	(void) AggCheckCallContext(fcinfo, &context);
	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	PG_GETARG_REDDICT_VIEW(1, &now);
	if (state != NULL)
		add_step(state, &now, fcinfo, context);
	else
	{
		state = MemoryContextAllocZero(context, sizeof(IncreaseState));
		caller = MemoryContextSwitchTo(context);
		state->sum = PointerGetDatum(reddict_reform(&now, REDDICT_MAP, &now.index));
		MemoryContextSwitchTo(caller);
		if (!count_first)
		{
			RedDictView sum;

			reddict_view(state->sum, &sum);
			memset(unconstify(unaligned_double *, sum.values), 0, sum.index.n * sizeof(float8));
		}
	}
	keep_row(state, PG_GETARG_DATUM(1), context);
	PG_RETURN_POINTER(state);
}

/*
 * Transition function of rd_increase_agg(reddict): (state internal, m reddict)
 * returns internal.  Not strict, since the first row counts 0.  Errors: those
 * of rd_increase() and of a sum.
 */
Datum
rd_increase_trans(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, false);
}

/*
 * Transition function of rd_increase_agg(reddict, boolean): (state internal, m
 * reddict, count_first boolean) returns internal.  Of the first row all counts,
 * if that is true.  A NULL is false.
 */
Datum
rd_increase_count_trans(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, !PG_ARGISNULL(2) && PG_GETARG_BOOL(2));
}

/* Final function of both: (state internal) returns reddict, the sum.  Strict. */
Datum
rd_increase_final(PG_FUNCTION_ARGS)
{
	IncreaseState *state = (IncreaseState *) PG_GETARG_POINTER(0);
	RedDictView sum;

	reddict_check_in_aggregate(fcinfo);
	reddict_view(state->sum, &sum);
	PG_RETURN_REDDICT(reddict_narrow(reddict_reform(&sum, REDDICT_MAP, &sum.index)));
}
