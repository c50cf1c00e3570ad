/*
 * redstats.c
 *	  Statistics of many maps: their aggregates, and what can be had of them.
 *
 * io.c reads and prints a redstats, kernels.c computes.
 */
#include "postgres.h"

#include <math.h>

#include "utils/float.h"

#include "io.h"
#include "state.h"

PG_FUNCTION_INFO_V1(redstats_trans);
PG_FUNCTION_INFO_V1(redstats_combine);

/*
 * Are these the numbers of some statistics?  A count is a positive whole
 * number; what can be told of the rest without the numbers they are of is
 * that Sxx is not negative, that the minimum is no greater than the maximum,
 * and that all follows from the one number there is, if it is one.
 */
bool
reddict_statistics_valid(const float8 *numbers)
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

/* The functions of an update; see state.h. */
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
	reddict_prefetch_next(PG_GETARG_DATUM(1));
	return reddict_update_state(&update_by_map, fcinfo, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
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
	reddict_prefetch_next(PG_GETARG_DATUM(1));
	return reddict_update_state(&update_by_stats, fcinfo, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

/*
 * A map of one statistic of each key.  Keys that have too few numbers for it
 * are left out.
 */
static Datum
statistics(FunctionCallInfo fcinfo, KernelStatistic what)
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
		if (reddict_kernel_statistic(what, stats, i, &results[i]))
			positions[n++] = i;
	}
	all.index = view.index;
	all.values = results;
	PG_RETURN_REDDICT(reddict_take(&all, positions, n));
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
	return statistics(fcinfo, what); \
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
