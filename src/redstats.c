/*
 * redstats.c
 *	  Statistics of many maps: their aggregates, and what can be had of them.
 *
 * io.c reads and prints a redstats, kernels.c computes.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"

#include "arguments.h"
#include "each.h"
#include "io.h"
#include "redstats.h"
#include "state.h"
#include "subset.h"

PG_FUNCTION_INFO_V1(redstats_trans);
PG_FUNCTION_INFO_V1(redstats_combine);
PG_FUNCTION_INFO_V1(rs_from_reddict);
PG_FUNCTION_INFO_V1(redstats_pl);
PG_FUNCTION_INFO_V1(redstats_pl_reddict);
PG_FUNCTION_INFO_V1(reddict_pl_redstats);
PG_FUNCTION_INFO_V1(rs_cv);
PG_FUNCTION_INFO_V1(rs_slice);
PG_FUNCTION_INFO_V1(rs_delete);
PG_FUNCTION_INFO_V1(rs_delete_keys);
PG_FUNCTION_INFO_V1(rs_each);

/*
 * Can these be statistics?  The count is a positive whole number; Sxx is not
 * negative; the minimum is no greater than the maximum; and if the count is 1,
 * sum, minimum and maximum are that one number, and Sxx is 0 or NaN.  More can't
 * be told without the numbers that they are of.
 */
bool
redstats_valid(const float8 *numbers)
{
	if (!(numbers[0] >= 1 && numbers[0] == rint(numbers[0]) && isfinite(numbers[0])) ||
		numbers[2] < 0 || float8_gt(numbers[3], numbers[4]))
		return false;
	return numbers[0] > 1 ||
		(float8_eq(numbers[1], numbers[3]) && float8_eq(numbers[1], numbers[4]) &&
		 !(numbers[2] > 0));
}

/* The statistics of the first key, with those of the others behind them. */
static KernelStats
stats_of(RedDictElements elements)
{
	return reddict_kernel_stats(elements.values, elements.stride, 0);
}

static KernelStats
stats_of_view(const RedDictView *view)
{
	return reddict_kernel_stats(unconstify(unaligned_double *, view->values), view->stride, 0);
}

/* The functions of the updates below; see state.h. */
static void
init(RedDictElements elements, int32 position)
{
	reddict_kernel_stats_init(1, reddict_kernel_stats(elements.values, elements.stride, position));
}

static KernelFault
take_in_map(RedDictElements elements, const RedDictView *row)
{
	return reddict_kernel_accumulate(row->index.n, stats_of(elements), row->values);
}

static KernelFault
take_in_stats(RedDictElements elements, const RedDictView *row)
{
	return reddict_kernel_combine(row->index.n, stats_of(elements), stats_of_view(row));
}

static const RedDictUpdate update_by_map = {REDDICT_STATISTICS, REDDICT_MAP, init, take_in_map};
static const RedDictUpdate update_by_stats = {REDDICT_STATISTICS, REDDICT_STATISTICS, init, take_in_stats};

/* The state after a row; neither is NULL. */
static Datum
update_state(const RedDictUpdate *update, FunctionCallInfo fcinfo)
{
	Datum		state = PG_GETARG_DATUM(0);
	Datum		row = PG_GETARG_DATUM(1);

	reddict_prefetch_next(row);
	if (reddict_update_pivot(update, fcinfo, state, row))
		return state;
	return reddict_update_state(update, fcinfo, state, row);
}

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
	reddict_check_in_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (PG_ARGISNULL(0))
		return reddict_start_state(&update_by_map, PG_GETARG_DATUM(1));
	return update_state(&update_by_map, fcinfo);
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
	reddict_check_in_aggregate(fcinfo);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return reddict_first_state(fcinfo, REDDICT_STATISTICS);
	return update_state(&update_by_stats, fcinfo);
}

/*
 * rs_from_reddict(m reddict) returns redstats
 *
 * The statistics of one map: each of its numbers is the only one of its key.
 * Strict; no errors but program_limit_exceeded.
 */
Datum
rs_from_reddict(PG_FUNCTION_ARGS)
{
	return reddict_start_state(&update_by_map, PG_GETARG_DATUM(0));
}

/* New statistics: what some are with a map's, or other statistics', numbers. */
static Datum
add(const RedDictUpdate *update, Datum stats, Datum other)
{
	RedDictView a;
	RedDictView b;

	reddict_view_kind(stats, REDDICT_STATISTICS, &a);
	reddict_view_kind(other, update->row, &b);
	return reddict_state_with(update, &a, &b);
}

/*
 * redstats + redstats, redstats + reddict and reddict + redstats return
 * redstats
 *
 * What rs_merge() of both gives; a map is one observation, the last.  Strict.
 * Errors as for the aggregates.
 */
Datum
redstats_pl(PG_FUNCTION_ARGS)
{
	return add(&update_by_stats, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

Datum
redstats_pl_reddict(PG_FUNCTION_ARGS)
{
	return add(&update_by_map, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

Datum
reddict_pl_redstats(PG_FUNCTION_ARGS)
{
	return add(&update_by_map, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

/*
 * A map of a number for each key, made of its statistics.  Keys that have none
 * are left out.
 */
static Datum
map_of(FunctionCallInfo fcinfo, bool (*number) (KernelStats, int32, int, double *), int what)
{
	RedDictView view;
	KernelStats stats;
	float8	   *results;
	int32	   *positions;
	int32		n = 0;
	RedDictView all;

	reddict_view_kind(PG_GETARG_DATUM(0), REDDICT_STATISTICS, &view);
	stats = stats_of_view(&view);
	results = palloc(view.index.n * sizeof(float8));
	positions = palloc(view.index.n * sizeof(int32));
	for (int32 i = 0; i < view.index.n; i++)
	{
		if (number(stats, i, what, &results[i]))
			positions[n++] = i;
	}
	reddict_view_numbers(&view.index, results, false, &all);
	PG_RETURN_REDDICT(reddict_take(&all, positions, n));
}

static bool
statistic(KernelStats stats, int32 position, int what, double *result)
{
	return reddict_kernel_statistic((KernelStatistic) what, stats, position, result);
}

/* Not where the average is 0, nor of one number. */
static bool
variation(KernelStats stats, int32 position, int unused, double *result)
{
	double		deviation;
	double		average;

	if (!statistic(stats, position, STATISTIC_STDDEV_SAMP, &deviation) ||
		!statistic(stats, position, STATISTIC_AVG, &average) || average == 0)
		return false;
	*result = deviation / average;
	return true;
}

/*
 * rs_cv(redstats) returns reddict
 *
 * The coefficient of variation: stddev_samp / avg.  Keys whose average is 0,
 * or that have one number, are left out.  Strict; no errors: what is too large
 * is Infinity.
 */
Datum
rs_cv(PG_FUNCTION_ARGS)
{
	return map_of(fcinfo, variation, 0);
}

/*
 * rs_count(redstats) and so on return reddict
 *
 * Strict; no errors.  Each as core's aggregate of the name over the numbers of
 * a key.  Every key has a number at least, so all keys are in the result, but
 * for rs_var_samp and rs_stddev_samp, which leave out keys that have just one.
 */
#define STATISTIC(name, what) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return map_of(fcinfo, statistic, what); \
}

STATISTIC(rs_count, STATISTIC_COUNT)
STATISTIC(rs_sum, STATISTIC_SUM)
STATISTIC(rs_min, STATISTIC_LEAST)
STATISTIC(rs_max, STATISTIC_GREATEST)
STATISTIC(rs_avg, STATISTIC_AVG)
STATISTIC(rs_var_pop, STATISTIC_VAR_POP)
STATISTIC(rs_var_samp, STATISTIC_VAR_SAMP)
STATISTIC(rs_stddev_pop, STATISTIC_STDDEV_POP)
STATISTIC(rs_stddev_samp, STATISTIC_STDDEV_SAMP)

/* The statistics of some keys, or of all others; see reddict_select(). */
static Datum
select_keys(FunctionCallInfo fcinfo, KeyEntry *entries, int32 n, KeyMode mode)
{
	RedDictView view;

	reddict_view_kind(PG_GETARG_DATUM(0), REDDICT_STATISTICS, &view);
	PG_RETURN_REDDICT(reddict_select(&view, REDDICT_STATISTICS, entries, n, mode));
}

/*
 * rs_slice(s redstats, keys text[]) returns redstats
 *
 * The statistics of the keys that are there.  NULL elements are ignored.
 * Strict.
 */
Datum
rs_slice(PG_FUNCTION_ARGS)
{
	int32		n;
	KeyEntry   *entries = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(1), false, &n);

	return select_keys(fcinfo, entries, n, KEYS_BOTH);
}

/* rs_delete(s redstats, keys text[]) returns redstats: those of all others. */
Datum
rs_delete_keys(PG_FUNCTION_ARGS)
{
	int32		n;
	KeyEntry   *entries = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(1), false, &n);

	return select_keys(fcinfo, entries, n, KEYS_ONLY_LEFT);
}

/* rs_delete(s redstats, key text) returns redstats: those of all other keys. */
Datum
rs_delete(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(1);
	KeyEntry	entry = {VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), 0};

	return select_keys(fcinfo, &entry, 1, KEYS_ONLY_LEFT);
}

/* The statistics that rs_each() gives, in the order of its columns */
static const KernelStatistic each_statistics[] = {
	STATISTIC_COUNT, STATISTIC_SUM, STATISTIC_AVG, STATISTIC_LEAST, STATISTIC_GREATEST,
	STATISTIC_VAR_SAMP, STATISTIC_STDDEV_SAMP
};

/*
 * rs_each(redstats) returns setof (key text, count int8, sum float8, avg
 * float8, min float8, max float8, var_samp float8, stddev_samp float8)
 *
 * A row per key, in byte order; what a key has too few numbers for is NULL.
 * Strict.  Error: numeric_value_out_of_range, for a count beyond int8.
 */
Datum
rs_each(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = reddict_each(fcinfo, REDDICT_STATISTICS);
	RedDictEach *each = call->user_fctx;
	KernelStats stats = stats_of_view(&each->view);
	Datum		row[1 + lengthof(each_statistics)];
	bool		nulls[1 + lengthof(each_statistics)];

	if (!key_cursor_next(&each->cursor))
		SRF_RETURN_DONE(call);
	nulls[0] = false;
	row[0] = reddict_each_key(each);
	for (int i = 0; i < (int) lengthof(each_statistics); i++)
	{
		double		number;

		nulls[i + 1] = !statistic(stats, each->cursor.position, each_statistics[i], &number);
		row[i + 1] = nulls[i + 1] ? (Datum) 0 : Float8GetDatum(number);
	}
	row[1] = DirectFunctionCall1(dtoi8, row[1]);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, row, nulls)));
}
