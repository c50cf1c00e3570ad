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

#include "algebra.h"
#include "io.h"
#include "reduce.h"

/* What is done to a value; "args" are the other arguments of the function. */
typedef float8 (*element_function) (float8 value, const NullableDatum *args);

/* Where map_values() is, for the context of an error of core's function */
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

/* A new map: the function applied to each value, in key order. */
static struct varlena *
map_values(FunctionCallInfo fcinfo, element_function function)
{
	RedDictView map;
	ElementContext context;
	ErrorContextCallback callback = {error_context_stack, element_error_context, &context};
	struct varlena *result;
	float8	   *values;

	PG_GETARG_REDDICT_VIEW(0, &map);
	result = reddict_new(REDDICT_MAP, &map.index, &values);
	/* opened now, since no table may be read while an error is being reported */
	context.index = reddict_try_open_keys(&map.index);
	error_context_stack = &callback;
	for (context.position = 0; context.position < map.index.n; context.position++)
	{
		CHECK_FOR_INTERRUPTS();
		values[context.position] = function(map.values[context.position],
											&fcinfo->args[1]);
	}
	error_context_stack = callback.previous;
	return reddict_narrow_like(result, &map);
}

#define ELEMENTS(name, expression) \
static float8 \
name##_element(float8 value, const NullableDatum *args) \
{ \
	(void) args; \
	return (expression); \
} \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_REDDICT(map_values(fcinfo, name##_element)); \
}

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
ELEMENTS(rd_abs, CORE1(float8abs))
ELEMENTS(rd_round, CORE1(dround))
ELEMENTS(rd_floor, CORE1(dfloor))
ELEMENTS(rd_ceil, CORE1(dceil))
ELEMENTS(rd_sqrt, CORE1(dsqrt))
ELEMENTS(rd_ln, CORE1(dlog1))
ELEMENTS(rd_exp, CORE1(dexp))

/*
 * rd_sign(m), rd_trunc(m), rd_cbrt(m), and rd_log(m) to the base 10: likewise.
 */
ELEMENTS(rd_sign, CORE1(dsign))
ELEMENTS(rd_trunc, CORE1(dtrunc))
ELEMENTS(rd_cbrt, CORE1(dcbrt))
ELEMENTS(rd_log, CORE1(dlog10))

/* rd_round(m, digits int4): round_to_digits() on each value. */
ELEMENTS(rd_round_digits, round_to_digits(value, args[0].value))

/* rd_power(m, p float8): each value to the power p, with core's errors. */
ELEMENTS(rd_power, CORE2(dpow))

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
ELEMENTS(rd_mod, remainder_of(value, DatumGetFloat8(args[0].value)))

static void
check_bounds(float8 low, float8 high)
{
	if (float8_gt(low, high))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("lower bound must not be greater than upper bound"));
}

static float8
clamp_element(float8 value, const NullableDatum *args)
{
	return clamp(value, DatumGetFloat8(args[0].value), DatumGetFloat8(args[1].value));
}

PG_FUNCTION_INFO_V1(rd_clamp);

/*
 * rd_clamp(m reddict, lo float8, hi float8) returns reddict
 *
 * Each value, or the bound that it is beyond.  NaN becomes hi, unless that is
 * NaN.  Error: invalid_parameter_value where lo is greater than hi.
 */
Datum
rd_clamp(PG_FUNCTION_ARGS)
{
	check_bounds(PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2));
	PG_RETURN_REDDICT(map_values(fcinfo, clamp_element));
}

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
