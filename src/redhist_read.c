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
#include "utils/lsyscache.h"

#include "arguments.h"
#include "parts.h"
#include "percentile.h"
#include "redhist.h"
#include "subset.h"

PG_FUNCTION_INFO_V1(rh_percentile);
PG_FUNCTION_INFO_V1(rh_percentiles);
PG_FUNCTION_INFO_V1(rh_fraction_below);
PG_FUNCTION_INFO_V1(rh_count);
PG_FUNCTION_INFO_V1(rh_sum);
PG_FUNCTION_INFO_V1(rh_avg);
PG_FUNCTION_INFO_V1(rh_min);
PG_FUNCTION_INFO_V1(rh_max);
PG_FUNCTION_INFO_V1(rh_buckets);
PG_FUNCTION_INFO_V1(rh_slice);
PG_FUNCTION_INFO_V1(rh_delete);
PG_FUNCTION_INFO_V1(rh_delete_keys);

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

	reddict_check_fraction(fraction);
	redhist_view(PG_GETARG_DATUM(0), &view);
	redhist_read(&view);
	return read_keys(&view, read_percentile, fraction);
}

/*
 * rh_percentiles(h redhist, fractions float8[]) returns reddict[]
 *
 * The same for several fractions: an array of that shape, of a map for each, with
 * NULL for a NULL fraction.  Error as for rh_percentile().
 */
Datum
rh_percentiles(PG_FUNCTION_ARGS)
{
	RedHistView view;
	PercentileFractions fractions;
	Size		n;
	float8	   *results;
	int32	   *positions;
	int32		found = 0;
	Datum	   *maps;

	reddict_read_fractions(PG_GETARG_ARRAYTYPE_P(1), &fractions);
	redhist_view(PG_GETARG_DATUM(0), &view);
	redhist_read(&view);
	n = view.index.n;
	results = palloc_extended(Max(n * fractions.given, 1) * sizeof(float8), MCXT_ALLOC_HUGE);
	positions = palloc(n * sizeof(int32));
	for (int32 i = 0; i < view.index.n; i++)
	{
		HistogramRanks ranks;

		CHECK_FOR_INTERRUPTS();
		histogram_rank(&view.histograms[i], &ranks);
		for (int fraction = 0; fraction < fractions.given; fraction++)
			(void) histogram_percentile(&ranks, fractions.fractions[fraction], &results[fraction * n + i]);
		if (ranks.total > 0)
			positions[found++] = i;
		pfree(ranks.steps);
	}
	maps = palloc(fractions.given * sizeof(Datum));
	for (int fraction = 0; fraction < fractions.given; fraction++)
	{
		RedDictView all;

		reddict_view_numbers(&view.index, results + fraction * n, false, &all);
		maps[fraction] = PointerGetDatum(reddict_take(&all, positions, found));
	}
	PG_RETURN_ARRAYTYPE_P(reddict_fractions_result(&fractions, maps,
												   get_element_type(get_fn_expr_rettype(fcinfo->flinfo))));
}

/*
 * rh_fraction_below(h redhist, m reddict) returns reddict
 *
 * Of each key of both the fraction of its numbers, NaN and infinities with them,
 * that are at or below the map's, the cumulative distribution; within a bucket by
 * where that is between its bounds, or the minimum and the maximum.  It is off by
 * no more than the numbers of that bucket.  No errors.
 */
Datum
rh_fraction_below(PG_FUNCTION_ARGS)
{
	RedHistView view;
	RedDictView map;
	RedDictView all;
	KeyAlignment aligned;
	float8	   *results;
	int32	   *positions;
	int32		n = 0;

	redhist_view(PG_GETARG_DATUM(0), &view);
	redhist_read(&view);
	PG_GETARG_REDDICT_VIEW(1, &map);
	reddict_align_keys(&view.index, &map.index, KEYS_BOTH, &aligned);
	results = palloc(aligned.index.n * sizeof(float8));
	positions = palloc(aligned.index.n * sizeof(int32));
	for (int32 i = 0; i < aligned.index.n; i++)
	{
		HistogramRanks ranks;

		CHECK_FOR_INTERRUPTS();
		histogram_rank(&view.histograms[aligned.left[i]], &ranks);
		if (histogram_fraction_below(&ranks, map.values[aligned.right[i]], &results[i]))
			positions[n++] = i;
		pfree(ranks.steps);
	}
	reddict_view_numbers(&aligned.index, results, false, &all);
	PG_RETURN_REDDICT(reddict_take(&all, positions, n));
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
	return histogram->has_sum && histogram_count(histogram) > 0;
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
 * rh_sum(redhist) returns reddict: the sum of these numbers, where there are some
 * and it is known.
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

/* Where rh_buckets() is */
typedef struct BucketRows
{
	Histogram	histogram;
	HistogramRanks ranks;
} BucketRows;

/* The buckets of a key that have a count; none if it is not there. */
static BucketRows *
bucket_rows(Datum histograms, const text *key)
{
	BucketRows *rows = palloc0(sizeof(BucketRows));
	RedHistView view;
	int32		position;

	/* a copy, because the argument may not live until the next call */
	redhist_view(PointerGetDatum(PG_DETOAST_DATUM_COPY(histograms)), &view);
	redhist_read(&view);
	position = reddict_key_index_find(reddict_open_keys(&view.index),
									  VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
	if (position >= 0)
	{
		rows->histogram = view.histograms[position];
		histogram_rank(&rows->histogram, &rows->ranks);
	}
	return rows;
}

/*
 * rh_buckets(h redhist, key text) returns setof (lower float8, upper float8,
 * count int8)
 *
 * A row for each bucket of a key that has a count, in ascending order: its
 * numbers are above the lower bound and not above the upper one, on the negative
 * side not below the lower one and below the upper one.  Zero is one from minus
 * the zero threshold to that; NaN and infinities have bounds that are equal.
 * Strict; no errors.
 */
Datum
rh_buckets(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	BucketRows *rows;
	const HistogramStep *step;
	double		lower;
	double		upper;
	Datum		row[3];
	bool		nulls[3] = {false, false, false};

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		call = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &call->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(call->tuple_desc);
		call->user_fctx = bucket_rows(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1));
		MemoryContextSwitchTo(caller);
	}
	call = SRF_PERCALL_SETUP();
	rows = call->user_fctx;
	if (call->call_cntr >= (uint64) rows->ranks.n)
		SRF_RETURN_DONE(call);
	step = &rows->ranks.steps[call->call_cntr];
	histogram_step_bounds(&rows->histogram, step, &lower, &upper);
	row[0] = Float8GetDatum(lower);
	row[1] = Float8GetDatum(upper);
	row[2] = Int64GetDatum(step->through - (call->call_cntr > 0 ? step[-1].through : 0));
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, row, nulls)));
}

/* The histograms of some keys, or of all others; see reddict_select_keys(). */
static Datum
select_keys(FunctionCallInfo fcinfo, KeyEntry *entries, int32 n, KeyMode mode)
{
	RedHistView view;
	KeyAlignment aligned;
	StringInfoData parts;
	Size		weight = 0;

	redhist_view(PG_GETARG_DATUM(0), &view);
	redhist_read(&view);
	reddict_select_keys(&view.index, entries, n, mode, &aligned);
	initStringInfo(&parts);
	for (int32 i = 0; i < aligned.index.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		histogram_append(&parts, &view.histograms[aligned.left[i]], &weight);
	}
	PG_RETURN_POINTER(reddict_parts_build(REDDICT_HISTOGRAMS, &aligned.index, parts.data, parts.len, weight));
}

/*
 * rh_slice(h redhist, keys text[]) returns redhist
 *
 * The histograms of the keys that are there.  NULL elements are ignored.
 */
Datum
rh_slice(PG_FUNCTION_ARGS)
{
	int32		n;
	KeyEntry   *entries = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(1), false, &n);

	return select_keys(fcinfo, entries, n, KEYS_BOTH);
}

/* rh_delete(h redhist, keys text[]) returns redhist: those of all others. */
Datum
rh_delete_keys(PG_FUNCTION_ARGS)
{
	int32		n;
	KeyEntry   *entries = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(1), false, &n);

	return select_keys(fcinfo, entries, n, KEYS_ONLY_LEFT);
}

/* rh_delete(h redhist, key text) returns redhist: those of all other keys. */
Datum
rh_delete(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(1);
	KeyEntry	entry = {VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), 0};

	return select_keys(fcinfo, &entry, 1, KEYS_ONLY_LEFT);
}
