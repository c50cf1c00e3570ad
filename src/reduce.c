/*
 * reduce.c
 *	  One map, or two, to one number.
 *
 * All functions here are strict.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"

#include "algebra.h"
#include "operands.h"
#include "reduce.h"
#include "steps.h"

PG_FUNCTION_INFO_V1(rd_dot);
PG_FUNCTION_INFO_V1(rd_cosine);
PG_FUNCTION_INFO_V1(rd_distance);

/*
 * Fold values in key order, starting from the first; "empty" is the result
 * where there is none.
 */
static float8
fold(KernelOp kernel, const KeyIndex *index, const unaligned_double *values,
	 float8 empty)
{
	float8		result;
	KernelFault fault;

	if (index->n == 0)
		return empty;
	result = values[0];
	fault = reddict_kernel_fold(kernel, index->n - 1, values + 1, &result);
	fault.position += 1;
	reddict_check_fault(fault, index);
	return result;
}

/* The sum of the values, in key order; 0 for an empty map. */
float8
reddict_view_sum(const RedDictView *map)
{
	return fold(KERNEL_ADD, &map->index, map->values, 0.0);
}

/*
 * A function of one map, as a step: "result" is of "map", or of what it is
 * computed from, and sets "isnull" where there is none.
 */
#define REDUCTION(name, result) \
static Datum \
name##_of(const RedDictView *map, bool *isnull) \
{ \
	*isnull = false; \
	return (result); \
} \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	RedDictView map; \
	PG_GETARG_REDDICT_VIEW(0, &map); \
	return name##_of(&map, &fcinfo->isnull); \
} \
static const RedDictStep name##_step = { \
	name, #name, STEP_REDUCTION, .reduce = name##_of \
};

/*
 * rd_sum(reddict) returns float8
 *
 * The sum of the values, in key order; 0 for an empty map.
 * Error: numeric_value_out_of_range.
 */
REDUCTION(rd_sum, Float8GetDatum(reddict_view_sum(map)))

/*
 * rd_product(reddict) returns float8
 *
 * The product of the values, in key order; 1 for an empty map.
 * Error: numeric_value_out_of_range.
 */
REDUCTION(rd_product, Float8GetDatum(fold(KERNEL_MULTIPLY, &map->index, map->values, 1.0)))

/*
 * The position of the first value that no other is beyond, in the order of
 * float8, where NaN is the largest; -1 for an empty map.
 */
static int32
extreme(const RedDictView *map, bool largest)
{
	int32		best = -1;

	for (int32 i = 0; i < map->index.n; i++)
	{
		if (best < 0 ||
			(largest ? float8_gt(map->values[i], map->values[best]) :
			 float8_lt(map->values[i], map->values[best])))
			best = i;
	}
	return best;
}

static Datum
extreme_value(const RedDictView *map, bool largest, bool *isnull)
{
	int32		best = extreme(map, largest);

	*isnull = best < 0;
	return *isnull ? (Datum) 0 : Float8GetDatum(map->values[best]);
}

static Datum
extreme_key(const RedDictView *map, bool largest, bool *isnull)
{
	int32		best = extreme(map, largest);
	const char *key;
	uint32		len;

	*isnull = best < 0;
	if (*isnull)
		return (Datum) 0;
	reddict_key_index_get(reddict_open_keys(&map->index), best, &key, &len);
	return PointerGetDatum(cstring_to_text_with_len(key, len));
}

/*
 * rd_min(reddict) and rd_max(reddict) return float8
 *
 * The least or greatest value; NULL for an empty map.  NaN is the greatest.
 * rd_argmin(reddict) and rd_argmax(reddict) return text: its key, the first of
 * several.
 */
REDUCTION(rd_min, extreme_value(map, false, isnull))
REDUCTION(rd_max, extreme_value(map, true, isnull))
REDUCTION(rd_argmin, extreme_key(map, false, isnull))
REDUCTION(rd_argmax, extreme_key(map, true, isnull))

/*
 * A statistic of the values of a map, as core's aggregate over them gives it:
 * NULL where there are too few.
 */
static Datum
statistic(const RedDictView *map, KernelStatistic what, bool *isnull)
{
	double		planes[KERNEL_STATS_PLANES];
	KernelStats stats = reddict_kernel_stats(planes, 1, 0);
	double		result;

	reddict_kernel_stats_init(1, stats);
	for (int32 i = 0; i < map->index.n; i++)
	{
		KernelFault fault = reddict_kernel_accumulate(1, stats, map->values + i);

		fault.position = i;
		reddict_check_fault(fault, &map->index);
	}
	*isnull = !reddict_kernel_statistic(what, stats, 0, &result);
	return *isnull ? (Datum) 0 : Float8GetDatum(result);
}

/*
 * rd_avg(reddict), rd_stddev_pop(reddict) and rd_stddev_samp(reddict) return
 * float8
 *
 * As core's aggregates over the values: NULL for an empty map, and for the
 * sample's deviation also for a map of one key.
 * Error: numeric_value_out_of_range.
 */
REDUCTION(rd_avg, statistic(map, STATISTIC_AVG, isnull))
REDUCTION(rd_stddev_pop, statistic(map, STATISTIC_STDDEV_POP, isnull))
REDUCTION(rd_stddev_samp, statistic(map, STATISTIC_STDDEV_SAMP, isnull))

/* The Euclidean norm of values, or core's error if it overflows. */
static float8
norm(int32 n, const unaligned_double *values)
{
	double		scale;
	float8		scaled = reddict_kernel_norm(n, values, &scale);
	float8		result = scaled / scale;

	if (unlikely(isinf(result)) && !isinf(scaled))
		float_overflow_error();
	return result;
}

/*
 * rd_norm(reddict) returns float8
 *
 * The Euclidean norm: the root of the sum of the squares of the values; 0 for
 * an empty map.  Error: numeric_value_out_of_range.
 */
REDUCTION(rd_norm, Float8GetDatum(norm(map->index.n, map->values)))

/* These functions as the last steps of an expression. */
const RedDictStep *const reddict_reduction_steps[] = {
	&rd_sum_step, &rd_product_step, &rd_min_step, &rd_max_step, &rd_argmin_step,
	&rd_argmax_step, &rd_avg_step, &rd_stddev_pop_step, &rd_stddev_samp_step,
	&rd_norm_step, NULL
};

/*
 * rd_dot(a reddict, b reddict) returns float8
 *
 * The sum of the products of the values of the keys that both have, in key
 * order; 0 if there are none.  Error: numeric_value_out_of_range.
 */
Datum
rd_dot(PG_FUNCTION_ARGS)
{
	RedDictOperands operands;
	AlignedValues aligned;
	float8	   *products;
	float8		result;

	reddict_operands(fcinfo, &operands);
	reddict_align_values(&reddict_times, operands.a, operands.b, &aligned);
	if (likely(reddict_kernel_dot(aligned.index.n, aligned.left, aligned.right, &result)))
		PG_RETURN_FLOAT8(result);
	/* step by step, to find what is wrong, if it is */
	products = palloc(aligned.index.n * sizeof(float8));
	reddict_check_fault(reddict_kernel(KERNEL_MULTIPLY, KERNEL_MAP_MAP, aligned.index.n,
									   aligned.left, aligned.right, products),
						&aligned.index);
	PG_RETURN_FLOAT8(fold(KERNEL_ADD, &aligned.index, products, 0.0));
}

/*
 * rd_cosine(a reddict, b reddict) returns float8
 *
 * The cosine of the angle between the two, a missing key counting as 0: from
 * -1 to 1, or NaN if a value is not finite.  Each side is scaled first, so
 * nothing overflows.  Error: division_by_zero where a norm is 0.
 */
Datum
rd_cosine(PG_FUNCTION_ARGS)
{
	RedDictOperands operands;
	AlignedValues aligned;
	float8		a_norm;
	float8		b_norm;
	double		a_scale;
	double		b_scale;
	float8		result = 0;

	reddict_operands(fcinfo, &operands);
	a_norm = reddict_kernel_norm(operands.a->index.n, operands.a->values, &a_scale);
	b_norm = reddict_kernel_norm(operands.b->index.n, operands.b->values, &b_scale);
	if (a_norm == 0 || b_norm == 0)
		float_zero_divide_error();
	if (!isfinite(a_norm) || !isfinite(b_norm))
		PG_RETURN_FLOAT8(get_float8_nan());
	reddict_align_values(&reddict_times, operands.a, operands.b, &aligned);
	for (int32 i = 0; i < aligned.index.n; i++)
		result += (aligned.left[i] * a_scale) * (aligned.right[i] * b_scale);
	result /= a_norm * b_norm;
	/* rounding may have led past the ends */
	PG_RETURN_FLOAT8(Max(-1.0, Min(1.0, result)));
}

/*
 * rd_distance(a reddict, b reddict) returns float8
 *
 * The Euclidean distance: the norm of a - b, a missing key counting as 0.
 * Error: numeric_value_out_of_range.
 */
Datum
rd_distance(PG_FUNCTION_ARGS)
{
	RedDictOperands operands;
	AlignedValues aligned;
	float8	   *differences;

	reddict_operands(fcinfo, &operands);
	reddict_align_values(&reddict_minus, operands.a, operands.b, &aligned);
	differences = palloc(aligned.index.n * sizeof(float8));
	reddict_check_fault(reddict_kernel(KERNEL_SUBTRACT, KERNEL_MAP_MAP, aligned.index.n,
									   aligned.left, aligned.right, differences),
						&aligned.index);
	PG_RETURN_FLOAT8(norm(aligned.index.n, differences));
}
