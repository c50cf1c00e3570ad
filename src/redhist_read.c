/*
 * redhist_read.c
 *	  What can be had of histograms: percentiles, counts, sums, buckets.
 *
 * All functions here are strict.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "redhist.h"
#include "subset.h"

PG_FUNCTION_INFO_V1(rh_percentile);
PG_FUNCTION_INFO_V1(rh_count);
PG_FUNCTION_INFO_V1(rh_sum);
PG_FUNCTION_INFO_V1(rh_avg);
PG_FUNCTION_INFO_V1(rh_min);
PG_FUNCTION_INFO_V1(rh_max);

/* What is read of the histogram of each key; false: nothing */
typedef bool (*HistogramReader) (const Histogram *histogram, double argument, double *result);

/* A map of what each key's histogram gives; keys of which it gives nothing are left out. */
static Datum
read_keys(RedHistView *view, HistogramReader reader, double argument)
{
	float8	   *results = palloc(view->index.n * sizeof(float8));
	int32	   *positions = palloc(view->index.n * sizeof(int32));
	int32		n = 0;
	RedDictView all;

	for (int32 i = 0; i < view->index.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (reader(&view->histograms[i], argument, &results[i]))
			positions[n++] = i;
	}
	reddict_view_numbers(&view->index, results, false, &all);
	PG_RETURN_REDDICT(reddict_take(&all, positions, n));
}

/* The same of the function's argument, whose histograms are read. */
static Datum
read_argument(FunctionCallInfo fcinfo, HistogramReader reader)
{
	RedHistView view;

	redhist_view(PG_GETARG_DATUM(0), &view);
	redhist_read(&view);
	return read_keys(&view, reader, 0);
}

static void
check_fraction(double fraction)
{
	if (!(fraction >= 0 && fraction <= 1))
		ereport(ERROR,
				errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				errmsg("percentile value %g is not between 0 and 1", fraction));
}

static bool
read_percentile(const Histogram *histogram, double fraction, double *result)
{
	HistogramRanks ranks;
	bool		some;

	histogram_rank(histogram, &ranks);
	some = histogram_percentile(&ranks, fraction, result);
	pfree(ranks.steps);
	return some;
}

/*
 * rh_percentile(h redhist, fraction float8) returns reddict
 *
 * Of each key the number below which a fraction of its numbers are, as
 * percentile_cont() interpolates; each number stands for the middle of its
 * bucket, but the least and the greatest for themselves.  NaN and infinities
 * stand where float8 sorts them.  Keys without any number are left out.
 * Error: numeric_value_out_of_range for a fraction that is not between 0 and 1.
 */
Datum
rh_percentile(PG_FUNCTION_ARGS)
{
	double		fraction = PG_GETARG_FLOAT8(1);
	RedHistView view;

	check_fraction(fraction);
	redhist_view(PG_GETARG_DATUM(0), &view);
	redhist_read(&view);
	return read_keys(&view, read_percentile, fraction);
}

static bool
read_count(const Histogram *histogram, double unused, double *result)
{
	*result = (double) histogram_count(histogram);
	return true;
}

static bool
read_min(const Histogram *histogram, double unused, double *result)
{
	*result = histogram->min;
	return histogram->has_min && histogram_count(histogram) > 0;
}

static bool
read_max(const Histogram *histogram, double unused, double *result)
{
	*result = histogram->max;
	return histogram->has_max && histogram_count(histogram) > 0;
}

/* An infinite sum is what is too large for float8: as for the position's key. */
static bool
read_sum(const Histogram *histogram, double unused, double *result)
{
	*result = histogram->sum;
	return histogram->has_sum;
}

static bool
read_average(const Histogram *histogram, double unused, double *result)
{
	uint64		count = histogram_count(histogram);

	*result = histogram->sum / (double) count;
	return histogram->has_sum && count > 0;
}

/* Raise the overflow error for a sum that has become infinite. */
static void
check_sums(const RedHistView *view)
{
	for (int32 i = 0; i < view->index.n; i++)
	{
		if (!isfinite(view->histograms[i].sum))
			reddict_check_fault((KernelFault) {KERNEL_OVERFLOW, i}, &view->index);
	}
}

/*
 * rh_count(redhist) returns reddict: how many numbers there are of each key, but
 * for NaN and infinities.  No errors.
 */
Datum
rh_count(PG_FUNCTION_ARGS)
{
	return read_argument(fcinfo, read_count);
}

/* rh_min(redhist) returns reddict: the least of these, where it is known. */
Datum
rh_min(PG_FUNCTION_ARGS)
{
	return read_argument(fcinfo, read_min);
}

/* rh_max(redhist) returns reddict: the greatest of these, where it is known. */
Datum
rh_max(PG_FUNCTION_ARGS)
{
	return read_argument(fcinfo, read_max);
}

/* What is read of sums; an error where one is beyond float8. */
static Datum
read_sums(FunctionCallInfo fcinfo, HistogramReader reader)
{
	RedHistView view;

	redhist_view(PG_GETARG_DATUM(0), &view);
	redhist_read(&view);
	check_sums(&view);
	return read_keys(&view, reader, 0);
}

/*
 * rh_sum(redhist) returns reddict: the sum of these numbers, where it is known.
 * Error: numeric_value_out_of_range where it is beyond float8, with the key.
 */
Datum
rh_sum(PG_FUNCTION_ARGS)
{
	return read_sums(fcinfo, read_sum);
}

/*
 * rh_avg(redhist) returns reddict: the average of these numbers, where there are
 * some and their sum is known.  Error as for rh_sum().
 */
Datum
rh_avg(PG_FUNCTION_ARGS)
{
	return read_sums(fcinfo, read_average);
}
