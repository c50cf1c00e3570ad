/*
 * increase.c
 *	  Increases of counters, which only grow, but for when they begin again.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

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

/* The state of rd_increase_agg(), a reddict[]: the last row, and the sum so far */
enum
{
	STATE_LAST,
	STATE_SUM,
	STATE_MAPS
};

/* The maps of a state.  Error: data_exception, for an array that is none. */
static Datum *
state_maps(Datum state)
{
	Datum	   *maps;
	bool	   *nulls;
	int			n;
	ArrayType  *array = DatumGetArrayTypeP(state);

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &maps, &nulls, &n);
	if (n != STATE_MAPS || nulls[STATE_LAST] || nulls[STATE_SUM])
		ereport(ERROR,
				errcode(ERRCODE_DATA_EXCEPTION),
				errmsg("invalid state of %s", "rd_increase_agg()"));
	return maps;
}

/*
 * The state after a row, which is the third argument; NULL rows are skipped.
 * The first row begins the sum, with zeros or with what it has.
 */
static Datum
transition(FunctionCallInfo fcinfo, bool count_first)
{
	Datum		maps[STATE_MAPS];
	RedDictView now;

	reddict_check_in_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	PG_GETARG_REDDICT_VIEW(1, &now);
	maps[STATE_LAST] = PG_GETARG_DATUM(1);
	if (PG_ARGISNULL(0))
		maps[STATE_SUM] = PointerGetDatum(count_first ? reddict_reform(&now, REDDICT_MAP, &now.index) :
										  reddict_operate_scalar(KERNEL_RIGHT, KERNEL_MAP_SCALAR, &now, 0));
	else
	{
		Datum	   *before = state_maps(PG_GETARG_DATUM(0));
		RedDictView last;
		RedDictView sum;
		RedDictView step;

		reddict_view(before[STATE_LAST], &last);
		reddict_view(before[STATE_SUM], &sum);
		reddict_view(PointerGetDatum(increase(&now, &last)), &step);
		maps[STATE_SUM] = PointerGetDatum(reddict_operate(&reddict_plus, &sum, &step));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(maps, STATE_MAPS, get_fn_expr_argtype(fcinfo->flinfo, 1),
										  -1, false, TYPALIGN_INT));
}

/*
 * Transition function of rd_increase_agg(reddict): (state reddict[], m
 * reddict) returns reddict[].  Not strict, since the first row counts 0.
 * Errors: those of rd_increase() and of a sum.
 */
Datum
rd_increase_trans(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, false);
}

/*
 * Transition function of rd_increase_agg(reddict, boolean): (state reddict[],
 * m reddict, count_first boolean) returns reddict[].  Of the first row all
 * counts, if that is true.  A NULL is false.
 */
Datum
rd_increase_count_trans(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, !PG_ARGISNULL(2) && PG_GETARG_BOOL(2));
}

/* Final function of both: (state reddict[]) returns reddict, the sum.  Strict. */
Datum
rd_increase_final(PG_FUNCTION_ARGS)
{
	RedDictView sum;

	reddict_view(state_maps(PG_GETARG_DATUM(0))[STATE_SUM], &sum);
	PG_RETURN_REDDICT(reddict_narrow(reddict_reform(&sum, REDDICT_MAP, &sum.index)));
}
