/*
 * redhist_agg.c
 *	  The aggregates of histograms, and what adds to one.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "parts.h"
#include "redhist.h"
#include "redhist_state.h"
#include "state.h"

/* --- targets and rows ------------------------------------------------------ */

static void
map_row(RedHistRow *row, Datum map)
{
	reddict_view(map, &row->map);
	row->index = row->map.index;
	row->values = row->map.values;
}

static void
histograms_row(RedHistRow *row, Datum histograms)
{
	redhist_view(histograms, &row->histograms);
	redhist_read(&row->histograms);
	row->index = row->histograms.index;
	row->values = NULL;
}

/*
 * Start with a new state that has what a redhist has, whose keys to come have
 * the least of its limits.
 */
static void
copy_target(TailedTarget *target, Datum histograms)
{
	int32		max_buckets = HISTOGRAM_DEFAULT_BUCKETS;
	int			max_scale = HISTOGRAM_DEFAULT_SCALE;
	RedHistRow	row;

	histograms_row(&row, histograms);
	for (int32 i = 0; i < row.index.n; i++)
	{
		const Histogram *histogram = &row.histograms.histograms[i];

		max_buckets = i == 0 ? histogram->max_buckets : Min(max_buckets, histogram->max_buckets);
		max_scale = i == 0 ? histogram->max_scale : Min(max_scale, histogram->max_scale);
	}
	redhist_new_state(target, &row.index, max_buckets, max_scale);
	(void) redhist_update(target, &row);
	redhist_release(&row.histograms);
}

/* Start with the state of an aggregate, which may be modified if it is plain. */
static void
open_target(TailedTarget *target, FunctionCallInfo fcinfo, Datum state)
{
	target->kind = &redhist_state_kind;
	if (!reddict_tailed_open(target, fcinfo, state))
		copy_target(target, state);
}

/*
 * Is a state a plain one that has the same keys as a row?  Then look at it.
 */
static inline bool
view_same(Datum state, const KeyIndex *row, TailedState *view)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(state);

	return VARATT_IS_4B_U(value) && reddict_tailed_flat(&redhist_state_kind, value, view) &&
		reddict_same_keys(&view->index, row);
}

/* --- aggregates ------------------------------------------------------------ */

/* The limits of an aggregate's histograms */
typedef struct Limits
{
	int32		max_buckets;
	int32		max_scale;
} Limits;

/* Raise an error if a limit is none. */
static void
check_limits(const Limits *limits)
{
	if (limits->max_buckets < HISTOGRAM_LEAST_BUCKETS || limits->max_buckets > HISTOGRAM_MOST_BUCKETS)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("number of buckets must be between %d and %d: %d",
					   HISTOGRAM_LEAST_BUCKETS, HISTOGRAM_MOST_BUCKETS, limits->max_buckets));
	if (limits->max_scale < HISTOGRAM_MIN_SCALE || limits->max_scale > HISTOGRAM_MAX_SCALE)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("scale must be between %d and %d: %d",
					   HISTOGRAM_MIN_SCALE, HISTOGRAM_MAX_SCALE, limits->max_scale));
}

/* Raise an error if a row's limits are not those of the rows before. */
static void
check_same_limits(const Limits *limits, const RedHistTail *tail)
{
	if (tail->max_buckets != limits->max_buckets || tail->max_scale != limits->max_scale)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("limits of a histogram must be the same for all rows"),
				errdetail("They were %d buckets and scale %d, and are %d and %d.",
						  tail->max_buckets, tail->max_scale, limits->max_buckets, limits->max_scale));
}

/* The state where there is nothing to add to it. */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* The state after a map, the first argument; "limits" if there is a choice of them. */
static inline Datum
update_map(FunctionCallInfo fcinfo, const Limits *limits)
{
	TailedTarget target;
	TailedState state;
	RedHistRow	row;

	if (unlikely(PG_ARGISNULL(1)))
		return same_state(fcinfo);
	if (unlikely(PG_ARGISNULL(0)))
	{
		map_row(&row, PG_GETARG_DATUM(1));
		target.context = NULL;
		redhist_new_state(&target, &row.index,
				  limits ? limits->max_buckets : HISTOGRAM_DEFAULT_BUCKETS,
				  limits ? limits->max_scale : HISTOGRAM_DEFAULT_SCALE);
		return redhist_update(&target, &row);
	}
	reddict_prefetch_next(PG_GETARG_DATUM(1));
	map_row(&row, PG_GETARG_DATUM(1));
	if (likely(view_same(PG_GETARG_DATUM(0), &row.index, &state)))
	{
		if (limits)
			check_same_limits(limits, redhist_tail(&state));
		if (likely(redhist_add_row(&state, NULL, &row)))
			PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	open_target(&target, fcinfo, PG_GETARG_DATUM(0));
	if (limits)
		check_same_limits(limits, redhist_tail(&target.state));
	return redhist_update(&target, &row);
}

PG_FUNCTION_INFO_V1(redhist_trans);
PG_FUNCTION_INFO_V1(redhist_limited_trans);
PG_FUNCTION_INFO_V1(redhist_combine);
PG_FUNCTION_INFO_V1(redhist_final);

/*
 * Transition function of redhist(reddict): (state redhist, m reddict) returns
 * redhist.
 *
 * Not strict: NULL maps are skipped, and the state is NULL until there is
 * another.  It modifies its first argument, so it refuses to be called outside
 * of an aggregate (feature_not_supported).  Error: program_limit_exceeded.
 */
Datum
redhist_trans(PG_FUNCTION_ARGS)
{
	reddict_check_in_aggregate(fcinfo);
	return update_map(fcinfo, NULL);
}

/*
 * Transition function of redhist(reddict, int4, int4): (state redhist, m reddict,
 * max_buckets int4, max_scale int4) returns redhist.
 *
 * As redhist_trans(); a limit that is NULL is the default one.  Errors besides:
 * invalid_parameter_value for limits that are none, or not those of the rows
 * before.
 */
Datum
redhist_limited_trans(PG_FUNCTION_ARGS)
{
	Limits		limits = {
		PG_ARGISNULL(2) ? HISTOGRAM_DEFAULT_BUCKETS : PG_GETARG_INT32(2),
		PG_ARGISNULL(3) ? HISTOGRAM_DEFAULT_SCALE : PG_GETARG_INT32(3)
	};

	reddict_check_in_aggregate(fcinfo);
	check_limits(&limits);
	return update_map(fcinfo, &limits);
}

/*
 * Combine function of both, and transition and combine function of
 * rh_merge(redhist): (state redhist, h redhist) returns redhist.
 *
 * Not strict, as redhist_trans().  Errors besides: numeric_value_out_of_range
 * where a key has more than 2^53 numbers; data_corrupted.
 */
Datum
redhist_combine(PG_FUNCTION_ARGS)
{
	TailedTarget target;
	TailedState state;
	RedHistRow	row;

	reddict_check_in_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	/* which is looked at even if it is the first state */
	histograms_row(&row, PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		return reddict_first_state(fcinfo, REDDICT_HISTOGRAMS);
	if (!view_same(PG_GETARG_DATUM(0), &row.index, &state) ||
		!redhist_add_row(&state, NULL, &row))
	{
		open_target(&target, fcinfo, PG_GETARG_DATUM(0));
		PG_RETURN_DATUM(redhist_update(&target, &row));
	}
	redhist_release(&row.histograms);
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * Final function of redhist(reddict) and rh_merge(redhist): (state redhist)
 * returns redhist: what the state stands for.  Strict.
 */
Datum
redhist_final(PG_FUNCTION_ARGS)
{
	RedHistView view;

	redhist_view(PG_GETARG_DATUM(0), &view);
	if (view.settled)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_POINTER(redhist_settle(&view));
}

/* --- operators ------------------------------------------------------------- */

/* The first argument with a row added to it. */
static Datum
operate(FunctionCallInfo fcinfo, const RedHistRow *row)
{
	TailedTarget target = {.context = NULL};
	RedHistView view;

	copy_target(&target, PG_GETARG_DATUM(0));
	redhist_view(redhist_update(&target, row), &view);
	PG_RETURN_POINTER(redhist_settle(&view));
}

PG_FUNCTION_INFO_V1(redhist_pl);
PG_FUNCTION_INFO_V1(redhist_pl_reddict);
PG_FUNCTION_INFO_V1(rh_of);

/*
 * redhist + redhist returns redhist: the histograms of the numbers of both.
 *
 * Strict.  Errors: numeric_value_out_of_range for more than 2^53 numbers, with
 * the key; program_limit_exceeded.
 */
Datum
redhist_pl(PG_FUNCTION_ARGS)
{
	RedHistRow	row;

	histograms_row(&row, PG_GETARG_DATUM(1));
	return operate(fcinfo, &row);
}

/*
 * redhist + reddict returns redhist: with the numbers of one more map.  A key
 * that is new has the least of the limits of those that are there.  Strict.
 */
Datum
redhist_pl_reddict(PG_FUNCTION_ARGS)
{
	RedHistRow	row;

	map_row(&row, PG_GETARG_DATUM(1));
	return operate(fcinfo, &row);
}

/*
 * rh_of(reddict) returns redhist, and the cast: the histograms of one map.
 *
 * Strict.  Error: program_limit_exceeded.
 */
Datum
rh_of(PG_FUNCTION_ARGS)
{
	RedDictView map;
	StringInfoData parts;
	Size		weight = 0;

	PG_GETARG_REDDICT_VIEW(0, &map);
	initStringInfo(&parts);
	for (int32 i = 0; i < map.index.n; i++)
	{
		Histogram	histogram;

		CHECK_FOR_INTERRUPTS();
		redhist_histogram_of(map.values[i], HISTOGRAM_DEFAULT_SCALE, 0,
					 HISTOGRAM_DEFAULT_BUCKETS, HISTOGRAM_DEFAULT_SCALE, &histogram);
		histogram_append(&parts, &histogram, &weight);
	}
	PG_RETURN_POINTER(reddict_parts_build(REDDICT_HISTOGRAMS, &map.index, parts.data, parts.len, weight));
}
