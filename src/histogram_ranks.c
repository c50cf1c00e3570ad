/*
 * histogram_ranks.c
 *	  Exponential histograms: which number has which rank.
 */
#include "postgres.h"

#include <math.h>

#include "utils/float.h"

#include "histogram.h"
#include "percentile.h"

/* What comes in which order, as float8 sorts */
typedef enum HistogramStepKind
{
	STEP_MINUS_INFINITY,
	STEP_NEGATIVE,
	STEP_ZERO,
	STEP_POSITIVE,
	STEP_INFINITY,
	STEP_NAN
} HistogramStepKind;

static void
add_step(HistogramRanks *ranks, HistogramStepKind what, int32 index, uint64 count)
{
	if (count == 0)
		return;
	ranks->total += count;
	ranks->steps[ranks->n++] = (HistogramStep) {what, index, ranks->total};
}

/*
 * Add the steps of the negative side.  A walk has first what comes last: the
 * buckets that are nearest to zero.
 */
static void
add_negative_steps(HistogramRanks *ranks, const HistogramSide *side)
{
	HistogramStep *first = &ranks->steps[ranks->n];
	HistogramStep *last = first - 1;
	BucketWalk	walk;

	bucket_walk_init(&walk, side);
	while (bucket_walk_next(&walk))
		*++last = (HistogramStep) {STEP_NEGATIVE, walk.index, walk.count};
	ranks->n += last - first + 1;
	for (HistogramStep *low = first, *high = last; low < high; low++, high--)
	{
		HistogramStep swap = *low;

		*low = *high;
		*high = swap;
	}
	for (; first <= last; first++)
		first->through = ranks->total += first->through;
}

/* Make ready to read percentiles; "ranks" has memory of its own. */
void
histogram_rank(const Histogram *histogram, HistogramRanks *ranks)
{
	const HistogramSide *sides = histogram->sides;
	uint64		before;
	BucketWalk	walk;

	ranks->histogram = histogram;
	ranks->steps = palloc((sides[0].n + sides[1].n + STEP_NAN) * sizeof(HistogramStep));
	ranks->n = 0;
	ranks->total = 0;
	add_step(ranks, STEP_MINUS_INFINITY, 0, histogram->minus);
	before = ranks->total;
	add_negative_steps(ranks, &sides[1]);
	add_step(ranks, STEP_ZERO, 0, histogram->zero);
	bucket_walk_init(&walk, &sides[0]);
	while (bucket_walk_next(&walk))
		add_step(ranks, STEP_POSITIVE, walk.index, walk.count);
	ranks->finite = ranks->total - before;
	add_step(ranks, STEP_INFINITY, 0, histogram->plus);
	add_step(ranks, STEP_NAN, 0, histogram->nan);
}

static bool
is_finite(const HistogramStep *step)
{
	return step->what == STEP_NEGATIVE || step->what == STEP_ZERO || step->what == STEP_POSITIVE;
}

/* The number that a step stands for whose numbers are not finite. */
static double
special_number(HistogramStepKind what)
{
	return what == STEP_NAN ? get_float8_nan() :
		what == STEP_INFINITY ? get_float8_infinity() : -get_float8_infinity();
}

/* Between which numbers those of a step are. */
void
histogram_step_bounds(const Histogram *histogram, const HistogramStep *step,
					  double *lower, double *upper)
{
	switch (step->what)
	{
		case STEP_NEGATIVE:
			*lower = -histogram_bound(step->index + 1, histogram->scale);
			*upper = -histogram_bound(step->index, histogram->scale) + 0.0; /* -0 is 0 */
			break;
		case STEP_ZERO:
			*lower = -histogram->threshold + 0.0;
			*upper = histogram->threshold;
			break;
		case STEP_POSITIVE:
			*lower = histogram_bound(step->index, histogram->scale);
			*upper = histogram_bound(step->index + 1, histogram->scale);
			break;
		default:
			*lower = *upper = special_number(step->what);
	}
}

/* A number, or the nearest one that there may be in a histogram. */
static double
clamp(const Histogram *histogram, double number)
{
	if (histogram->has_min && number < histogram->min)
		return histogram->min;
	if (histogram->has_max && number > histogram->max)
		return histogram->max;
	return number;
}

/*
 * What a number of a bucket stands for: of bounds a and b, 2ab / (a + b), which
 * is as far from both in proportion.
 */
static double
middle(const Histogram *histogram, const HistogramStep *step)
{
	double		a;
	double		b;

	if (step->what == STEP_ZERO)
		return 0;
	a = histogram_bound(step->index, histogram->scale);
	b = histogram_bound(step->index + 1, histogram->scale);
	a = a == 0 ? b : a / (0.5 + 0.5 * (a / b));
	return step->what == STEP_NEGATIVE ? -a : a;
}

/* The step that has the number of a rank, from 0. */
static const HistogramStep *
find_step(const HistogramRanks *ranks, uint64 rank)
{
	int32		low = 0;
	int32		high = ranks->n - 1;

	while (low < high)
	{
		int32		probe = low + (high - low) / 2;

		if (ranks->steps[probe].through > rank)
			high = probe;
		else
			low = probe + 1;
	}
	return &ranks->steps[low];
}

/*
 * The number of a rank, from 0.  The first and the last of those that are finite
 * are the minimum and the maximum, if these are known.
 */
static double
number_at(const HistogramRanks *ranks, uint64 rank)
{
	const Histogram *histogram = ranks->histogram;
	const HistogramStep *step = find_step(ranks, rank);

	if (!is_finite(step))
		return special_number(step->what);
	if (histogram->has_min && rank == histogram->minus)
		return histogram->min;
	if (histogram->has_max && rank == histogram->minus + ranks->finite - 1)
		return histogram->max;
	return clamp(histogram, middle(histogram, step));
}

/*
 * The number below which a fraction of all numbers are, by the arithmetic of
 * core's percentile_cont(), where each number is what number_at() says.  False
 * if there are none.
 */
bool
histogram_percentile(const HistogramRanks *ranks, double fraction, double *result)
{
	PercentilePlace place;

	if (ranks->total == 0)
		return false;
	place = reddict_percentile_place(fraction, ranks->total);
	*result = reddict_percentile_at(&place, number_at(ranks, place.first), number_at(ranks, place.second));
	return true;
}

/*
 * Which share of the numbers of a step are at or below one: by where it is
 * between the step's bounds, or the minimum and the maximum if these are nearer.
 */
static double
share_below(const Histogram *histogram, const HistogramStep *step, double value)
{
	double		lower;
	double		upper;

	if (!is_finite(step))
		return float8_le(special_number(step->what), value);
	histogram_step_bounds(histogram, step, &lower, &upper);
	lower = clamp(histogram, lower);
	upper = clamp(histogram, upper);
	if (float8_ge(value, upper))
		return 1;
	if (value <= lower)
		return 0;
	/* halves, for the difference may be beyond DBL_MAX */
	return (value / 2 - lower / 2) / (upper / 2 - lower / 2);
}

/*
 * What fraction of all numbers are at or below one, as float8 sorts: what the
 * buckets of the positive side, which have their upper bounds, tell exactly at
 * these.  The minimum and the maximum are numbers that are there, so from the
 * minimum on it is one at least, and before the maximum all but one at most.
 * False if there are no numbers.
 */
bool
histogram_fraction_below(const HistogramRanks *ranks, double value, double *result)
{
	const Histogram *histogram = ranks->histogram;
	double		below = 0;
	uint64		before = 0;

	if (ranks->total == 0)
		return false;
	for (int32 i = 0; i < ranks->n; i++)
	{
		const HistogramStep *step = &ranks->steps[i];
		double		share = share_below(histogram, step, value);

		if (share < 1)
		{
			below = (double) before + share * (double) (step->through - before);
			break;
		}
		before = step->through;
		below = (double) before;
	}
	if (ranks->finite > 0 && histogram->has_min && float8_ge(value, histogram->min))
		below = Max(below, (double) (histogram->minus + 1));
	if (ranks->finite > 0 && histogram->has_max && float8_lt(value, histogram->max))
		below = Min(below, (double) (histogram->minus + ranks->finite - 1));
	*result = below / (double) ranks->total;
	return true;
}
