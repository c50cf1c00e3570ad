/*
 * redhist_state.c
 *	  Add rows to histograms.
 *
 * state.h says what a state is, and what may be modified; tailed.h, how a row is
 * taken in where an element may want more memory than it has: here, arrays of
 * counts, in the state's tail.
 *
 * What a row asks for is planned for all of its keys, before anything is
 * changed: to which scale each histogram has to go, and which arrays are too
 * short or too narrow.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"

#include "parts.h"
#include "redhist.h"
#include "redhist_state.h"
#include "state.h"

/* Buckets that an array has room for at least, if the limit allows it */
#define FEW_BUCKETS 64

/* What becomes of an element for a histogram to be added to it */
typedef struct ElementPlan
{
	bool		wanted;			/* if not, it stays as it is */
	HistogramShape shape;
	bool		fresh[2];		/* by sign: is there to be a new array, */
	HistogramRange ranges[2];	/* for these buckets, */
	uint32		widths[2];		/* of counts of this width? */
} ElementPlan;

/* --- elements -------------------------------------------------------------- */

static bool
is_live(RedDictElements elements, int32 position)
{
	return redhist_shape(elements, position, HISTOGRAM_SHAPE).live;
}

/* One that nothing has been added to, and that limits nothing */
static void
clear(RedDictElements elements, int32 position)
{
	const HistogramShape shape = {
		.scale = HISTOGRAM_MAX_SCALE,
		.max_scale = HISTOGRAM_MAX_SCALE,
		.max_buckets = HISTOGRAM_MOST_BUCKETS
	};

	for (int plane = 0; plane < HISTOGRAM_PLANES; plane++)
		*redhist_word(elements, position, plane) = 0;
	redhist_double_set(elements, position, HISTOGRAM_MIN, get_float8_infinity());
	redhist_double_set(elements, position, HISTOGRAM_MAX, -get_float8_infinity());
	redhist_shape_set(elements, position, HISTOGRAM_SHAPE, shape);
}

static void
set_array(RedDictElements elements, int32 position, int sign, HistogramRange range, HistogramArray array)
{
	redhist_range_set(elements, position, sign == 0 ? HISTOGRAM_POSITIVE : HISTOGRAM_NEGATIVE, range);
	redhist_array_set(elements, position,
					  sign == 0 ? HISTOGRAM_POSITIVE_COUNTS : HISTOGRAM_NEGATIVE_COUNTS, array);
}

/* --- the layout of a state ------------------------------------------------- */

/*
 * Make a target's flat state anew, with the keys of an index, and the elements
 * that were at some positions, or of nothing where these are -1; and with room
 * for more bytes of arrays.  Without positions, all elements.
 */
static void
remake_with_room(TailedTarget *target, const KeyIndex *index, const int32 *positions, Size room)
{
	TailedState old = target->state;
	TailedState *state = &target->state;
	RedHistTail *tail;

	for (int32 i = 0; i < index->n; i++)
	{
		int32		from = positions ? positions[i] : i;

		for (int sign = 0; sign < 2 && from >= 0; sign++)
			room += redhist_array_size(redhist_range_of(old.elements, from, sign), redhist_array_of(old.elements, from, sign));
	}
	reddict_tailed_new(target, index, redhist_state_kind.tail_min + room);
	tail = redhist_tail(state);
	tail->max_buckets = redhist_tail(&old)->max_buckets;
	tail->max_scale = redhist_tail(&old)->max_scale;
	for (int32 i = 0; i < index->n; i++)
	{
		int32		from = positions ? positions[i] : i;

		if (from < 0)
		{
			clear(state->elements, i);
			continue;
		}
		for (int plane = 0; plane < HISTOGRAM_PLANES; plane++)
			*redhist_word(state->elements, i, plane) = *redhist_word(old.elements, from, plane);
		for (int sign = 0; sign < 2; sign++)
		{
			HistogramRange range = redhist_range_of(old.elements, from, sign);
			HistogramArray array = redhist_array_of(old.elements, from, sign);
			Size		size = redhist_array_size(range, array);

			memcpy(redhist_arrays(state) + tail->used, redhist_arrays(&old) + array.start, size);
			array.start = tail->used;
			set_array(state->elements, i, sign, range, array);
			tail->used += size;
		}
	}
}

static void
remake(TailedTarget *target, const KeyIndex *index, const int32 *positions)
{
	int32		new = 0;

	for (int32 i = 0; i < index->n; i++)
		new += positions[i] < 0;
	remake_with_room(target, index, positions, new * (Size) FEW_BUCKETS);
}

const TailedKind redhist_state_kind = {
	REDDICT_HISTOGRAMS_STATE,
	sizeof(RedHistTail) + sizeof(uint32),
	is_live,
	clear,
	remake
};

/* Make a flat state of no rows. */
void
redhist_new_state(TailedTarget *target, const KeyIndex *index, int32 max_buckets, int max_scale)
{
	target->kind = &redhist_state_kind;
	reddict_tailed_new(target, index, redhist_state_kind.tail_min + index->n * (Size) FEW_BUCKETS);
	redhist_tail(&target->state)->max_buckets = max_buckets;
	redhist_tail(&target->state)->max_scale = max_scale;
	for (int32 i = 0; i < index->n; i++)
		clear(target->state.elements, i);
}

/*
 * Have room for so many more bytes of arrays, and for some more, so that there
 * are not as many growths as arrays.  Error: program_limit_exceeded.
 */
static void
reserve(TailedTarget *target, Size bytes)
{
	TailedState *state = &target->state;
	Size		used = redhist_tail(state)->used;
	Size		size;
	KeyIndex	index;

	if (bytes <= state->tail_size - redhist_state_kind.tail_min - used)
		return;
	if (target->expanded == NULL)
	{
		index = state->index;
		remake_with_room(target, &index, NULL, bytes + used / 2);
		return;
	}
	size = redhist_state_kind.tail_min + used + bytes + used / 2;
	state->tail = reddict_expanded_grow_tail(target->expanded, size);
	state->tail_size = size;
}

/* --- a row's histograms ---------------------------------------------------- */

/* The histogram of one number, of a scale and with a threshold. */
void
redhist_histogram_of(double value, int scale, double threshold, int32 max_buckets, int max_scale,
			 Histogram *histogram)
{
	static const unsigned char one = 1;
	double		magnitude = fabs(value);

	histogram_init(histogram, max_buckets, max_scale);
	histogram->scale = scale;
	if (isnan(value))
		histogram->nan = 1;
	else if (isinf(value))
	{
		histogram->plus = value > 0;
		histogram->minus = value < 0;
	}
	else
	{
		histogram->sum = histogram->min = histogram->max = value + 0.0;	/* -0 is 0 */
		histogram->threshold = threshold;
		if (magnitude <= threshold)
			histogram->zero = 1;
		else
			histogram->sides[value < 0] = (HistogramSide) {
				.first = histogram_index(magnitude, scale),
				.n = 1,
				.width = 0,
				.counts = &one
			};
	}
}

/*
 * The histogram of a key of a row that is to be added to an element.  A number
 * has no limits of its own: a new key gets those of the state.
 */
static const Histogram *
row_histogram(const RedHistRow *row, int32 i, const TailedState *state, int32 slot, Histogram *one)
{
	HistogramShape shape = redhist_shape(state->elements, slot, HISTOGRAM_SHAPE);

	if (row->values == NULL)
		return &row->histograms.histograms[i];
	if (!shape.live)
	{
		const RedHistTail *tail = redhist_tail(state);

		/* of one that is planned, the scale is known already */
		redhist_histogram_of(row->values[i], Min(tail->max_scale, shape.scale), 0,
					 tail->max_buckets, tail->max_scale, one);
	}
	else
		redhist_histogram_of(row->values[i], shape.scale,
					 redhist_double(state->elements, slot, HISTOGRAM_THRESHOLD),
					 HISTOGRAM_MOST_BUCKETS, HISTOGRAM_MAX_SCALE, one);
	return one;
}

/* --- planning -------------------------------------------------------------- */

/*
 * Can a histogram be added to an element as the two are: is it of the same
 * scale, and are its buckets among those of the arrays?
 */
static bool
is_like(const TailedState *state, int32 slot, const Histogram *histogram)
{
	HistogramShape shape = redhist_shape(state->elements, slot, HISTOGRAM_SHAPE);

	if (!shape.live || shape.scale != histogram->scale || shape.max_scale > histogram->max_scale ||
		shape.max_buckets > histogram->max_buckets || histogram->threshold != 0 ||
		redhist_double(state->elements, slot, HISTOGRAM_THRESHOLD) != 0 ||
		*redhist_word(state->elements, slot, HISTOGRAM_ZERO) + histogram->zero > HISTOGRAM_MAX_COUNT ||
		*redhist_word(state->elements, slot, HISTOGRAM_NAN) + histogram->nan > HISTOGRAM_MAX_COUNT ||
		*redhist_word(state->elements, slot, HISTOGRAM_PLUS) + histogram->plus > HISTOGRAM_MAX_COUNT ||
		*redhist_word(state->elements, slot, HISTOGRAM_MINUS) + histogram->minus > HISTOGRAM_MAX_COUNT)
		return false;
	for (int sign = 0; sign < 2; sign++)
	{
		const HistogramSide *side = &histogram->sides[sign];
		HistogramRange range = redhist_range_of(state->elements, slot, sign);

		if (side->n > 0 &&
			(side->first < range.first || (int64) side->first - range.first + side->n > (int64) range.n))
			return false;
	}
	return true;
}

/* And is there room for its counts in those? */
static bool
fits(const TailedState *state, int32 slot, const Histogram *histogram)
{
	if (!is_like(state, slot, histogram))
		return false;
	for (int sign = 0; sign < 2; sign++)
	{
		HistogramRange range = redhist_range_of(state->elements, slot, sign);
		HistogramArray array = redhist_array_of(state->elements, slot, sign);
		const unsigned char *counts = redhist_arrays(state) + array.start;
		uint64		greatest = Min(histogram_width_max(array.width), (uint64) HISTOGRAM_MAX_COUNT);
		BucketWalk	walk;

		bucket_walk_init(&walk, &histogram->sides[sign]);
		while (bucket_walk_next(&walk))
		{
			uint64		count = histogram_array_get(counts, array.width,
													(uint32) walk.index - (uint32) range.first);

			if (walk.count > greatest - Min(greatest, count))
				return false;
		}
	}
	return true;
}

/* What is known of the counts of a side, at some scale */
typedef struct SideEnds
{
	bool		some;
	int32		low;
	int32		high;
	uint64		count;
	uint64		greatest;
} SideEnds;

static void
side_ends(const HistogramSide *side, SideEnds *ends)
{
	BucketWalk	walk;

	ends->count = ends->greatest = 0;
	ends->some = histogram_side_ends(side, &ends->low, &ends->high);
	if (!ends->some)
		return;
	bucket_walk_init(&walk, side);
	while (bucket_walk_next(&walk))
	{
		ends->count += walk.count;
		ends->greatest = Max(ends->greatest, walk.count);
	}
}

/* Have the ends be those of a coarser scale. */
static void
coarsen(SideEnds *ends, int by)
{
	ends->low >>= by;
	ends->high >>= by;
	/* the count is at most 2^53 */
	ends->greatest = by >= 10 ? ends->count : Min(ends->count, ends->greatest << by);
}

/* Have the ends be those of both. */
static void
unite(SideEnds *ends, const SideEnds *others)
{
	if (!others->some)
		return;
	if (!ends->some)
	{
		*ends = *others;
		return;
	}
	ends->low = Min(ends->low, others->low);
	ends->high = Max(ends->high, others->high);
	ends->count += others->count;
	ends->greatest += others->greatest;
}

/*
 * What an element needs for a histogram to be added to it.  Returns the bytes of
 * new arrays.
 *
 * Error: too many numbers.
 */
static Size
plan_element(const TailedState *state, int32 slot, const Histogram *histogram,
			 const KeyIndex *keys, int32 position, ElementPlan *plan)
{
	Histogram	element;
	SideEnds	ends[2];
	uint64		count;
	int			scale;
	Size		bytes = 0;

	(void) redhist_state_get(state, slot, &element);
	plan->shape = redhist_shape(state->elements, slot, HISTOGRAM_SHAPE);
	plan->shape.max_buckets = Min(element.max_buckets, histogram->max_buckets);
	plan->shape.max_scale = Min(element.max_scale, histogram->max_scale);
	scale = Min(Min(element.scale, histogram->scale), plan->shape.max_scale);
	count = element.zero + histogram->zero;
	for (int sign = 0; sign < 2; sign++)
	{
		SideEnds	others;

		side_ends(&element.sides[sign], &ends[sign]);
		side_ends(&histogram->sides[sign], &others);
		coarsen(&ends[sign], element.scale - scale);
		coarsen(&others, histogram->scale - scale);
		unite(&ends[sign], &others);
		count += ends[sign].count;
	}
	if (count > HISTOGRAM_MAX_COUNT || element.nan + histogram->nan > HISTOGRAM_MAX_COUNT ||
		element.plus + histogram->plus > HISTOGRAM_MAX_COUNT ||
		element.minus + histogram->minus > HISTOGRAM_MAX_COUNT)
		redhist_refuse_count(keys, position);
	while ((ends[0].some && (int64) ends[0].high - ends[0].low >= plan->shape.max_buckets) ||
		   (ends[1].some && (int64) ends[1].high - ends[1].low >= plan->shape.max_buckets))
	{
		scale--;
		coarsen(&ends[0], 1);
		coarsen(&ends[1], 1);
	}
	plan->shape.scale = scale;
	for (int sign = 0; sign < 2; sign++)
	{
		const HistogramSide *side = &element.sides[sign];
		int32		span;
		int32		n;

		if (!ends[sign].some)
		{
			/* there may be an array, all of whose counts are 0 */
			plan->fresh[sign] = side->n > 0 && scale != element.scale;
			plan->ranges[sign] = (HistogramRange) {0, 0};
			plan->widths[sign] = 0;
			continue;
		}
		plan->widths[sign] = side->n > 0 ? side->width : 0;
		while (ends[sign].greatest > histogram_width_max(plan->widths[sign]))
			plan->widths[sign]++;
		plan->fresh[sign] = scale != element.scale ||
			ends[sign].low < side->first || ends[sign].high >= side->first + side->n ||
			side->n > plan->shape.max_buckets || (int) plan->widths[sign] > side->width;
		if (!plan->fresh[sign])
			continue;
		/* room on both sides, but for the first number: there it may be on either */
		span = ends[sign].high - ends[sign].low + 1;
		n = Min(Max(2 * span, FEW_BUCKETS), plan->shape.max_buckets);
		plan->ranges[sign] = (HistogramRange) {ends[sign].low - (n - span) / 2, n};
		bytes += (Size) n << plan->widths[sign];
	}
	return bytes;
}

/* Do with an element as planned: that changes nothing it stands for but its scale. */
static void
apply_plan(TailedState *state, int32 slot, const ElementPlan *plan)
{
	RedHistTail *tail = redhist_tail(state);
	Histogram	element;
	HistogramShape shape = plan->shape;

	shape.live = redhist_state_get(state, slot, &element);
	redhist_shape_set(state->elements, slot, HISTOGRAM_SHAPE, shape);
	for (int sign = 0; sign < 2; sign++)
	{
		HistogramRange range = plan->ranges[sign];
		HistogramArray array = {tail->used, plan->widths[sign]};
		unsigned char *counts = redhist_arrays(state) + tail->used;
		BucketWalk	walk;

		if (!plan->fresh[sign])
			continue;
		bucket_walk_init(&walk, &element.sides[sign]);
		while (bucket_walk_next(&walk))
		{
			uint32		place = (walk.index >> (element.scale - shape.scale)) - range.first;

			histogram_array_set(counts, array.width, place,
								histogram_array_get(counts, array.width, place) + walk.count);
		}
		set_array(state->elements, slot, sign, range, array);
		tail->used += redhist_array_size(range, array);
	}
}

/* --- adding ---------------------------------------------------------------- */

/*
 * Add the counts of a side, for which there is room, at a coarser scale by
 * "shift"; or take those away again that were added before one did not fit.
 * Returns how many of them, or of their blocks, were added before one did not
 * fit; PG_INT32_MAX: all did.
 */
static int32
add_counts(TailedState *state, int32 slot, int sign, const HistogramSide *side, int shift,
		   bool add, int32 limit)
{
	HistogramRange range = redhist_range_of(state->elements, slot, sign);
	HistogramArray array = redhist_array_of(state->elements, slot, sign);
	unsigned char *counts = redhist_arrays(state) + array.start;
	uint64		greatest = Min(histogram_width_max(array.width), (uint64) HISTOGRAM_MAX_COUNT);
	int32		done = 0;
	BucketWalk	walk;

	if (side->width == HISTOGRAM_PACKED && shift == 0)
	{
		uint32		first = (uint32) side->first - (uint32) range.first;

		return histogram_add_packed(counts + ((Size) first << array.width), array.width,
									range.n - first, side, add, limit);
	}
	bucket_walk_init(&walk, side);
	for (; done < limit && bucket_walk_next(&walk); done++)
	{
		uint32		place = (uint32) (walk.index >> shift) - (uint32) range.first;
		uint64		count = histogram_array_get(counts, array.width, place);

		if (unlikely(add && walk.count > greatest - Min(greatest, count)))
			return done;
		histogram_array_set(counts, array.width, place, add ? count + walk.count : count - walk.count);
	}
	return PG_INT32_MAX;
}

/* Add all of a histogram but the counts of its buckets. */
static void
add_others(TailedState *state, int32 slot, const Histogram *histogram)
{
	RedDictElements elements = state->elements;
	HistogramShape shape = redhist_shape(elements, slot, HISTOGRAM_SHAPE);

	shape.live = true;
	shape.lacks |= (histogram->has_sum ? 0 : 1) | (histogram->has_min ? 0 : 2) | (histogram->has_max ? 0 : 4);
	redhist_shape_set(elements, slot, HISTOGRAM_SHAPE, shape);
	redhist_double_set(elements, slot, HISTOGRAM_SUM,
					   redhist_double(elements, slot, HISTOGRAM_SUM) + histogram->sum);
	redhist_double_set(elements, slot, HISTOGRAM_MIN,
					   Min(redhist_double(elements, slot, HISTOGRAM_MIN), histogram->min));
	redhist_double_set(elements, slot, HISTOGRAM_MAX,
					   Max(redhist_double(elements, slot, HISTOGRAM_MAX), histogram->max));
	*redhist_word(elements, slot, HISTOGRAM_ZERO) += histogram->zero;
	*redhist_word(elements, slot, HISTOGRAM_NAN) += histogram->nan;
	*redhist_word(elements, slot, HISTOGRAM_PLUS) += histogram->plus;
	*redhist_word(elements, slot, HISTOGRAM_MINUS) += histogram->minus;
}

/*
 * Have a zero threshold as large as another.  Buckets below it are counted with
 * zero; if it is within one that has a count, it becomes that one's upper bound:
 * the data model's rule for histograms of different thresholds.
 */
static void
raise_threshold(TailedState *state, int32 slot, double other)
{
	double		threshold = Max(redhist_double(state->elements, slot, HISTOGRAM_THRESHOLD), other);
	Histogram	element;

	if (threshold == 0)
		return;
	(void) redhist_state_get(state, slot, &element);
	for (int sign = 0; sign < 2; sign++)
	{
		unsigned char *counts = redhist_arrays(state) + redhist_array_of(state->elements, slot, sign).start;
		BucketWalk	walk;

		bucket_walk_init(&walk, &element.sides[sign]);
		while (bucket_walk_next(&walk) && histogram_bound(walk.index, element.scale) < threshold)
		{
			threshold = Max(threshold, histogram_bound(walk.index + 1, element.scale));
			*redhist_word(state->elements, slot, HISTOGRAM_ZERO) += walk.count;
			histogram_array_set(counts, element.sides[sign].width, walk.index - element.sides[sign].first, 0);
		}
	}
	redhist_double_set(state->elements, slot, HISTOGRAM_THRESHOLD, threshold);
}

/* Add a histogram to an element that has room for it.  No errors. */
static void
take_histogram(TailedState *state, int32 slot, const Histogram *histogram)
{
	int			shift = histogram->scale - redhist_shape(state->elements, slot, HISTOGRAM_SHAPE).scale;

	for (int sign = 0; sign < 2; sign++)
		(void) add_counts(state, slot, sign, &histogram->sides[sign], shift, true, PG_INT32_MAX);
	add_others(state, slot, histogram);
	raise_threshold(state, slot, histogram->threshold);
}

/*
 * Count a number of a key, or, with "by" -1, take it away again.  False if there
 * is no room for it.
 */
static pg_attribute_always_inline bool
count_number(TailedState *state, int32 slot, double value, int by)
{
	RedDictElements elements = state->elements;
	HistogramShape shape = redhist_shape(elements, slot, HISTOGRAM_SHAPE);
	double		magnitude = fabs(value);
	int			sign = value < 0;
	HistogramRange range;
	HistogramArray array;
	unsigned char *counts;
	uint32		place;
	uint64		count;

	if (unlikely(!shape.live))
		return false;
	if (unlikely(magnitude <= redhist_double(elements, slot, HISTOGRAM_THRESHOLD)))
	{
		*redhist_word(elements, slot, HISTOGRAM_ZERO) += by;
		return true;
	}
	if (unlikely(!(magnitude <= DBL_MAX)))
	{
		*redhist_word(elements, slot, isnan(value) ? HISTOGRAM_NAN : sign ? HISTOGRAM_MINUS : HISTOGRAM_PLUS) += by;
		return true;
	}
	range = redhist_range_of(elements, slot, sign);
	place = (uint32) histogram_index(magnitude, shape.scale) - (uint32) range.first;
	if (unlikely(place >= range.n))
		return false;
	array = redhist_array_of(elements, slot, sign);
	counts = redhist_arrays(state) + array.start;
	count = histogram_array_get(counts, array.width, place);
	if (unlikely(by > 0 && count >= histogram_width_max(array.width)))
		return false;
	histogram_array_set(counts, array.width, place, count + by);
	return true;
}

/*
 * Add a map's numbers, at the slots of its keys, or, without these, one after
 * the other.  False if that is for the plans to do: nothing has changed then.
 */
static pg_attribute_always_inline bool
add_numbers(TailedState *state, const int32 *slots, const unaligned_double *values, int32 n)
{
	RedDictElements elements = state->elements;
	bool		finite = true;

	for (int32 i = 0; i < n; i++)
	{
		double		value = values[i];

		finite &= fabs(value) <= DBL_MAX;
		if (likely(count_number(state, slots ? slots[i] : i, value, 1)))
			continue;
		while (--i >= 0)
			(void) count_number(state, slots ? slots[i] : i, values[i], -1);
		return false;
	}
	if (slots == NULL && likely(finite))
	{
		unaligned_double *sums = elements.values + HISTOGRAM_SUM * (Size) elements.stride;
		unaligned_double *least = elements.values + HISTOGRAM_MIN * (Size) elements.stride;
		unaligned_double *greatest = elements.values + HISTOGRAM_MAX * (Size) elements.stride;

		for (int32 i = 0; i < n; i++)
		{
			double		value = values[i] + 0.0;	/* -0 is 0 */

			sums[i] += value;
			least[i] = value < least[i] ? value : least[i];
			greatest[i] = value > greatest[i] ? value : greatest[i];
		}
		return true;
	}
	for (int32 i = 0; i < n; i++)
	{
		int32		slot = slots ? slots[i] : i;
		double		value = values[i] + 0.0;

		if (!(fabs(value) <= DBL_MAX))
			continue;
		redhist_double_set(elements, slot, HISTOGRAM_SUM,
						   redhist_double(elements, slot, HISTOGRAM_SUM) + value);
		redhist_double_set(elements, slot, HISTOGRAM_MIN,
						   Min(redhist_double(elements, slot, HISTOGRAM_MIN), value));
		redhist_double_set(elements, slot, HISTOGRAM_MAX,
						   Max(redhist_double(elements, slot, HISTOGRAM_MAX), value));
	}
	return true;
}

/* The same for histograms, which may lie packed or in arrays. */
static bool
add_histograms(TailedState *state, const int32 *slots, const Histogram *histograms, int32 n)
{
	for (int32 i = 0; i < n; i++)
	{
		if (!is_like(state, slots ? slots[i] : i, &histograms[i]))
			return false;
	}
	for (int32 i = 0; i < 2 * n; i++)
	{
		const HistogramSide *side = &histograms[i / 2].sides[i % 2];
		int32		done = side->n == 0 ? PG_INT32_MAX :
			add_counts(state, slots ? slots[i / 2] : i / 2, i % 2, side, 0, true, PG_INT32_MAX);

		if (likely(done == PG_INT32_MAX))
			continue;
		for (; i >= 0; i--)
		{
			side = &histograms[i / 2].sides[i % 2];
			if (side->n > 0)
				(void) add_counts(state, slots ? slots[i / 2] : i / 2, i % 2, side, 0, false, done);
			done = PG_INT32_MAX;
		}
		return false;
	}
	for (int32 i = 0; i < n; i++)
		add_others(state, slots ? slots[i] : i, &histograms[i]);
	return true;
}

/* Add a row for which there is room; false if there may be none. */
bool
redhist_add_row(TailedState *state, const int32 *slots, const RedHistRow *row)
{
	if (row->values == NULL)
		return add_histograms(state, slots, row->histograms.histograms, row->index.n);
	return slots ? add_numbers(state, slots, row->values, row->index.n) :
		add_numbers(state, NULL, row->values, row->index.n);
}

/* Add a row whose keys are there; all of it, or an error and nothing. */
static void
add_by_plan(TailedTarget *target, const int32 *slots, const RedHistRow *row)
{
	TailedState *state = &target->state;
	int32		n = row->index.n;
	ElementPlan *plans = palloc_extended(n * sizeof(ElementPlan), MCXT_ALLOC_HUGE);
	Size		bytes = 0;
	Histogram	one;

	for (int32 i = 0; i < n; i++)
	{
		int32		slot = slots ? slots[i] : i;
		const Histogram *histogram = row_histogram(row, i, state, slot, &one);

		CHECK_FOR_INTERRUPTS();
		plans[i].wanted = !fits(state, slot, histogram);
		if (plans[i].wanted)
			bytes += plan_element(state, slot, histogram, &row->index, i, &plans[i]);
	}
	reserve(target, bytes);
	for (int32 i = 0; i < n; i++)
	{
		if (plans[i].wanted)
			apply_plan(state, slots ? slots[i] : i, &plans[i]);
	}
	for (int32 i = 0; i < n; i++)
	{
		int32		slot = slots ? slots[i] : i;

		take_histogram(state, slot, row_histogram(row, i, state, slot, &one));
	}
	pfree(plans);
}

/* The target's state after a row; all of it, or an error and nothing. */
Datum
redhist_update(TailedTarget *target, const RedHistRow *row)
{
	int32	   *slots = reddict_tailed_slots(target, &row->index);

	if (!redhist_add_row(&target->state, slots, row))
		add_by_plan(target, slots, row);
	if (target->expanded)
		reddict_expanded_settle(target->expanded, row->index.n);
	if (slots)
		pfree(slots);
	return target->datum;
}
