/*
 * redstats.c
 *	  What can be had from the statistics of many maps.
 *
 * io.c reads and prints a redstats, aggregates.c makes them.
 */
#include "postgres.h"

#include "reddict.h"

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
	stats = reddict_kernel_stats(unconstify(unaligned_double *, view.values),
								 view.stride, 0);
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
