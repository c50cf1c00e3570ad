/*
 * elements.c
 *	  One map to one map with the same keys, value by value.
 *
 * Where core has a function of the name it is core's that is called, so
 * results and errors are core's.  All functions here are strict.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "elements.h"
#include "io.h"
#include "pending.h"
#include "reduce.h"

/* Where reddict_apply_elements() is, for the context of an error of core's function */
typedef struct ElementContext
{
	const KeyIndex *index;		/* NULL: the keys are lost */
	int32		position;
} ElementContext;

static void
element_error_context(void *arg)
{
	ElementContext *context = arg;
	const char *key;
	uint32		len;

	if (context->index == NULL)
		return;
	reddict_key_index_get(context->index, context->position, &key, &len);
	errcontext("value of key %s", reddict_key_quote(key, len));
}

/*
 * The function of a step applied to n values: those of all keys of the index,
 * if it may raise an error, which has the key in its context.
 */
void
reddict_apply_elements(const RedDictStep *step, const NullableDatum *args,
					   const KeyIndex *index, int32 n,
					   const unaligned_double *values, unaligned_double *result)
{
	ElementContext context;
	ErrorContextCallback callback = {error_context_stack, element_error_context, &context};

	if (!step->may_fail)
	{
		for (int32 i = 0; i < n; i++)
			result[i] = step->element(values[i], args);
		return;
	}
	if (step->check != NULL)
		step->check(args);
	/* opened now, since no table may be read while an error is being reported */
	context.index = reddict_try_open_keys(index);
	error_context_stack = &callback;
	for (context.position = 0; context.position < n; context.position++)
	{
		CHECK_FOR_INTERRUPTS();
		result[context.position] = step->element(values[context.position], args);
	}
	error_context_stack = callback.previous;
}

/* A new map: the function of a step applied to each value. */
struct varlena *
reddict_map_elements(const RedDictStep *step, const RedDictView *map,
					 const NullableDatum *args)
{
	float8	   *values;
	struct varlena *result = reddict_new(REDDICT_MAP, &map->index, &values);

	reddict_apply_elements(step, args, &map->index, map->index.n, map->values, values);
	return result;
}

static Datum
map_argument(FunctionCallInfo fcinfo, const RedDictStep *step)
{
	RedDictView map;
	struct varlena *result;

	PG_GETARG_REDDICT_VIEW(0, &map);
	result = reddict_map_elements(step, &map, &fcinfo->args[1]);
	return map.narrow ? reddict_pending(result) : PointerGetDatum(result);
}

/*
 * A function of a map, as a step: its name in SQL, the expression that makes a
 * value of "value" and "args", whether that may raise an error, what checks
 * "args", or NULL, and how many these are, and whether they are integers.
 */
#define ELEMENTS(function, sql, expression, fails, checks, number, ints) \
static float8 \
function##_element(float8 value, const NullableDatum *args) \
{ \
	(void) args; \
	return (expression); \
} \
PG_FUNCTION_INFO_V1(function); \
static const RedDictStep function##_step = { \
	function, sql, STEP_ELEMENTS, .element = function##_element, \
	.check = (checks), .may_fail = (fails), .nargs = (number), .integers = (ints) \
}; \
Datum \
function(PG_FUNCTION_ARGS) \
{ \
	return map_argument(fcinfo, &function##_step); \
}

#define SAFE(name, expression) ELEMENTS(name, #name, expression, false, NULL, 0, false)
#define FALLIBLE(name, expression, number) ELEMENTS(name, #name, expression, true, NULL, number, false)

#define CORE1(function) \
	DatumGetFloat8(DirectFunctionCall1(function, Float8GetDatum(value)))
#define CORE2(function) \
	DatumGetFloat8(DirectFunctionCall2(function, Float8GetDatum(value), args[0].value))

/*
 * Round to a number of decimal places, half away from zero, as core's
 * round(numeric, int4): of the shortest digits, which are what one sees, and
 * not of core's cast to numeric, which keeps 15.
 */
static float8
round_to_digits(float8 value, Datum places)
{
	char		digits[REDDICT_NUMBER_LEN];
	Datum		number;
	Datum		rounded;
	float8		result;

	if (!isfinite(value))
		return value;
	digits[reddict_print_number(value, digits)] = '\0';
	number = DirectFunctionCall3(numeric_in, CStringGetDatum(digits),
								 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	rounded = DirectFunctionCall2(numeric_round, number, places);
	result = DatumGetFloat8(DirectFunctionCall1(numeric_float8, rounded));
	pfree(DatumGetPointer(number));
	pfree(DatumGetPointer(rounded));
	return result;
}

/* lo where the value is less, hi where it is greater; NaN is the greatest. */
static float8
clamp(float8 value, float8 low, float8 high)
{
	return float8_lt(value, low) ? low : float8_gt(value, high) ? high : value;
}

/*
 * rd_abs(m), rd_round(m), rd_floor(m), rd_ceil(m), rd_sqrt(m), rd_ln(m),
 * rd_exp(m): core's function of the name on each value, with core's errors.
 * rd_round(m), as core's on float8, rounds halves to even.
 */
SAFE(rd_abs, CORE1(float8abs))
SAFE(rd_round, CORE1(dround))
SAFE(rd_floor, CORE1(dfloor))
SAFE(rd_ceil, CORE1(dceil))
FALLIBLE(rd_sqrt, CORE1(dsqrt), 0)
FALLIBLE(rd_ln, CORE1(dlog1), 0)
FALLIBLE(rd_exp, CORE1(dexp), 0)

/*
 * rd_sign(m), rd_trunc(m), rd_cbrt(m), and rd_log(m) to the base 10: likewise.
 */
SAFE(rd_sign, CORE1(dsign))
SAFE(rd_trunc, CORE1(dtrunc))
FALLIBLE(rd_cbrt, CORE1(dcbrt), 0)
FALLIBLE(rd_log, CORE1(dlog10), 0)

/* rd_round(m, digits int4): round_to_digits() on each value. */
ELEMENTS(rd_round_digits, "rd_round", round_to_digits(value, args[0].value), true, NULL, 1, true)

/* rd_power(m, p float8): each value to the power p, with core's errors. */
FALLIBLE(rd_power, CORE2(dpow), 1)

/* What is left of a division, with the sign of the dividend; core has none. */
static float8
remainder_of(float8 value, float8 divisor)
{
	if (divisor == 0 && !isnan(value))
		float_zero_divide_error();
	return fmod(value, divisor);
}

/*
 * reddict % float8 returns reddict, also as rd_mod(m, s)
 *
 * C's fmod() of each value: exact, so 0.3 % 0.1 is 0.09999999999999998.
 * Error: division_by_zero.
 */
FALLIBLE(rd_mod, remainder_of(value, DatumGetFloat8(args[0].value)), 1)

static void
check_bounds(const NullableDatum *args)
{
	if (float8_gt(DatumGetFloat8(args[0].value), DatumGetFloat8(args[1].value)))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("lower bound must not be greater than upper bound"));
}

/*
 * rd_clamp(m reddict, lo float8, hi float8) returns reddict
 *
 * Each value, or the bound that it is beyond.  NaN becomes hi, unless that is
 * NaN.  Error: invalid_parameter_value where lo is greater than hi.
 */
ELEMENTS(rd_clamp, "rd_clamp",
		 clamp(value, DatumGetFloat8(args[0].value), DatumGetFloat8(args[1].value)),
		 true, check_bounds, 2, false)

/* These functions as steps of an expression. */
const RedDictStep *const reddict_element_steps[] = {
	&rd_abs_step, &rd_round_step, &rd_floor_step, &rd_ceil_step, &rd_sqrt_step,
	&rd_ln_step, &rd_exp_step, &rd_sign_step, &rd_trunc_step, &rd_cbrt_step,
	&rd_log_step, &rd_round_digits_step, &rd_power_step, &rd_mod_step,
	&rd_clamp_step, NULL
};

PG_FUNCTION_INFO_V1(rd_normalize);

/*
 * rd_normalize(m reddict) returns reddict
 *
 * Each value divided by the sum of all; {} for {}.  Errors: division_by_zero
 * where the sum is 0, numeric_value_out_of_range.
 */
Datum
rd_normalize(PG_FUNCTION_ARGS)
{
	RedDictView map;
	float8		sum;

	PG_GETARG_REDDICT_VIEW(0, &map);
	sum = reddict_view_sum(&map);
	if (map.index.n > 0 && sum == 0)
		ereport(ERROR,
				errcode(ERRCODE_DIVISION_BY_ZERO),
				errmsg("division by zero"),
				errdetail("The sum of the values is 0."));
	PG_RETURN_REDDICT(reddict_operate_scalar(KERNEL_DIVIDE, KERNEL_MAP_SCALAR, &map, sum));
}

PG_FUNCTION_INFO_V1(rd_cumsum);

/*
 * rd_cumsum(m reddict) returns reddict
 *
 * Each value plus those of all keys before, in byte order.  Error:
 * numeric_value_out_of_range.
 */
Datum
rd_cumsum(PG_FUNCTION_ARGS)
{
	RedDictView map;
	struct varlena *result;
	float8	   *values;
	float8		sum = -0.0;		/* which leaves every first value as it is */

	PG_GETARG_REDDICT_VIEW(0, &map);
	result = reddict_new(REDDICT_MAP, &map.index, &values);
	for (int32 i = 0; i < map.index.n; i++)
	{
		KernelFault fault = reddict_kernel_fold(KERNEL_ADD, 1, map.values + i, &sum);

		fault.position = i;
		reddict_check_fault(fault, &map.index);
		values[i] = sum;
	}
	PG_RETURN_REDDICT(reddict_narrow_like(result, &map));
}
