/*
 * redhist.c
 *	  The layout of a redhist: look at one, settle one, compare.
 *
 * redhist.h says what it is.  redhist_state.c adds to states, redhist_io.c reads
 * and prints, redhist_read.c has what can be had of one.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "miscadmin.h"

#include "compare.h"
#include "redhist.h"
#include "redhist_state.h"

/* --- looking at one -------------------------------------------------------- */

/* Refuse a count that is larger than all doubles up to it are exact. */
void
redhist_refuse_count(const KeyIndex *index, int32 position)
{
	const char *key;
	uint32		len;

	reddict_key_index_get(reddict_open_keys(index), position, &key, &len);
	ereport(ERROR,
			errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			errmsg("too many numbers in a redhist"),
			errdetail("The key is %s; the limit is " INT64_FORMAT " numbers.",
					  reddict_key_quote(key, len), (int64) HISTOGRAM_MAX_COUNT));
}

/* What the element of a key stands for; false if for nothing. */
bool
redhist_state_get(const TailedState *state, int32 position, Histogram *histogram)
{
	RedDictElements elements = state->elements;
	HistogramShape shape = redhist_shape(elements, position, HISTOGRAM_SHAPE);

	histogram->has_sum = (shape.lacks & 1) == 0;
	histogram->has_min = (shape.lacks & 2) == 0;
	histogram->has_max = (shape.lacks & 4) == 0;
	histogram->scale = shape.scale;
	histogram->max_scale = shape.max_scale;
	histogram->max_buckets = shape.max_buckets;
	histogram->sum = redhist_double(elements, position, HISTOGRAM_SUM);
	histogram->min = redhist_double(elements, position, HISTOGRAM_MIN);
	histogram->max = redhist_double(elements, position, HISTOGRAM_MAX);
	histogram->threshold = redhist_double(elements, position, HISTOGRAM_THRESHOLD);
	histogram->zero = *redhist_word(elements, position, HISTOGRAM_ZERO);
	histogram->nan = *redhist_word(elements, position, HISTOGRAM_NAN);
	histogram->plus = *redhist_word(elements, position, HISTOGRAM_PLUS);
	histogram->minus = *redhist_word(elements, position, HISTOGRAM_MINUS);
	for (int sign = 0; sign < 2; sign++)
	{
		HistogramRange range = redhist_range_of(elements, position, sign);
		HistogramArray array = redhist_array_of(elements, position, sign);

		histogram->sides[sign] = (HistogramSide) {
			.first = range.first,
			.n = (int32) range.n,
			.width = (int) array.width,
			.counts = redhist_arrays(state) + array.start
		};
	}
	return shape.live;
}

/* Is all of a state where it can be?  It may come from a table. */
static bool
state_is_sound(const TailedState *state)
{
	const RedHistTail *tail = redhist_tail(state);

	if (tail->used > state->tail_size - redhist_state_kind.tail_min ||
		tail->max_buckets < HISTOGRAM_LEAST_BUCKETS || tail->max_buckets > HISTOGRAM_MOST_BUCKETS ||
		tail->max_scale < HISTOGRAM_MIN_SCALE || tail->max_scale > HISTOGRAM_MAX_SCALE)
		return false;
	for (int32 i = 0; i < state->index.n; i++)
	{
		HistogramShape shape = redhist_shape(state->elements, i, HISTOGRAM_SHAPE);

		if (shape.scale < HISTOGRAM_MIN_SCALE || shape.scale > shape.max_scale ||
			shape.max_scale > HISTOGRAM_MAX_SCALE || shape.lacks > 7 || shape.live > 1 ||
			shape.max_buckets < HISTOGRAM_LEAST_BUCKETS || shape.max_buckets > HISTOGRAM_MOST_BUCKETS)
			return false;
		for (int sign = 0; sign < 2; sign++)
		{
			HistogramRange range = redhist_range_of(state->elements, i, sign);
			HistogramArray array = redhist_array_of(state->elements, i, sign);

			if (range.n > (uint32) shape.max_buckets || array.width > HISTOGRAM_MAX_WIDTH ||
				range.first > PG_INT32_MAX - HISTOGRAM_MOST_BUCKETS ||
				array.start > tail->used || redhist_array_size(range, array) > tail->used - array.start)
				return false;
		}
	}
	return true;
}

/* Look at a state, with the histograms of the keys that are there. */
static void
view_state(const TailedState *state, RedHistView *view)
{
	int32		n = state->index.n;
	int32	   *positions = palloc(n * sizeof(int32));
	int32		live = 0;

	view->settled = false;
	view->histograms = palloc(n * sizeof(Histogram));
	for (int32 i = 0; i < n; i++)
	{
		if (redhist_state_get(state, i, &view->histograms[live]))
			positions[live++] = i;
	}
	reddict_subset_keys(&view->index, &state->index, positions, live);
	pfree(positions);
}

/* Look at a redhist, a state or settled; an expanded one is a state. */
void
redhist_view(Datum value, RedHistView *view)
{
	struct varlena *ptr = (struct varlena *) DatumGetPointer(value);
	TailedState state;

	view->detoasted = NULL;
	view->histograms = NULL;
	if (VARATT_IS_EXTERNAL_EXPANDED(ptr))
	{
		reddict_tailed_expanded(reddict_expanded_get(value), &state);
		view_state(&state, view);
		return;
	}
	if (!VARATT_IS_4B_U(ptr))
	{
		struct varlena *flat = PG_DETOAST_DATUM_PACKED(value);

		if (flat != ptr)
			view->detoasted = ptr = flat;
	}
	view->settled = reddict_parts_view(VARDATA_ANY(ptr), VARSIZE_ANY_EXHDR(ptr), REDDICT_HISTOGRAMS,
									   &view->index, &view->parts, &view->end);
	if (view->settled)
		return;
	if (!reddict_tailed_flat(&redhist_state_kind, ptr, &state))
		reddict_refuse(VARDATA_ANY(ptr), VARSIZE_ANY_EXHDR(ptr), REDDICT_HISTOGRAMS);
	if (!state_is_sound(&state))
		ereport(ERROR,
				errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("invalid redhist: its state is damaged"));
	view_state(&state, view);
}

/* Read the histograms of a view, if that has not been done. */
void
redhist_read(RedHistView *view)
{
	const unsigned char *next = view->parts;

	if (view->histograms != NULL)
		return;
	/* a part has three bytes at least: damage does not take memory */
	if (view->index.n > (view->end - view->parts) / 3)
		histogram_refuse();
	view->histograms = palloc_extended(Max(view->index.n, 1) * sizeof(Histogram), MCXT_ALLOC_HUGE);
	for (int32 i = 0; i < view->index.n; i++)
		histogram_read(&next, view->end, &view->histograms[i]);
	if (next != view->end)
		histogram_refuse();
}

/* Have the first and the last bucket that a side tells of numbers in them? */
static bool
has_both_ends(const HistogramSide *side)
{
	BucketWalk	walk;
	int32		last = side->first - 1;

	if (side->n == 0)
		return true;
	bucket_walk_init(&walk, side);
	while (bucket_walk_next(&walk))
	{
		if (last < side->first && walk.index != side->first)
			return false;
		last = walk.index;
	}
	return last == side->first + side->n - 1;
}

/*
 * Append the histograms of n keys to parts, if that is what these bytes are and
 * nothing else.  What is no histogram at all raises data_corrupted.
 */
bool
redhist_copy_parts(const unsigned char *bytes, const unsigned char *end, int32 n, RedDictParts *parts)
{
	const unsigned char *next = bytes;
	Histogram	histogram;

	for (int32 i = 0; i < n; i++)
	{
		const unsigned char *part = next;
		int			begin = parts->parts.len;

		CHECK_FOR_INTERRUPTS();
		histogram_read(&next, end, &histogram);
		if (histogram_problem(&histogram) != NULL ||
			(histogram_count(&histogram) == 0 && signbit(histogram.sum)) ||
			!has_both_ends(&histogram.sides[0]) || !has_both_ends(&histogram.sides[1]))
			return false;
		histogram_append(&parts->parts, &histogram, &parts->weight);
		/* there is one way to write a histogram */
		if (parts->parts.len - begin != next - part ||
			memcmp(parts->parts.data + begin, part, next - part) != 0)
			return false;
	}
	return next == end;
}

/* Free what a view made; see reddict_view_release(). */
void
redhist_release(RedHistView *view)
{
	if (view->histograms)
		pfree(view->histograms);
	if (view->detoasted)
		pfree(view->detoasted);
}

/* Look at what is stored, printed and compared of a redhist. */
void
redhist_view_settled(Datum value, RedHistView *view)
{
	redhist_view(value, view);
	if (!view->settled)
	{
		struct varlena *settled = redhist_settle(view);

		redhist_release(view);
		redhist_view(PointerGetDatum(settled), view);
		view->detoasted = settled;
	}
}

/* --- building one ---------------------------------------------------------- */

/*
 * What a view has, as a new settled value.
 *
 * Errors: numeric_value_out_of_range where a key has more than 2^53 numbers;
 * program_limit_exceeded.
 */
struct varlena *
redhist_settle(RedHistView *view)
{
	StringInfoData parts;
	Size		weight = 0;

	redhist_read(view);
	initStringInfo(&parts);
	for (int32 i = 0; i < view->index.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (histogram_count(&view->histograms[i]) > HISTOGRAM_MAX_COUNT)
			redhist_refuse_count(&view->index, i);
		histogram_append(&parts, &view->histograms[i], &weight);
	}
	return reddict_parts_build(REDDICT_HISTOGRAMS, &view->index, parts.data, parts.len, weight);
}

/* --- equality, order and hashing ------------------------------------------- */

/*
 * Sums depend on the order in which numbers came, in their last digits; so they
 * are no part of what is compared.  To go through what is, part by part: first
 * the flags and the zero count, then what follows the sum.
 */
typedef struct ComparedParts
{
	const unsigned char *next;
	const unsigned char *end;
} ComparedParts;

typedef struct ComparedPart
{
	unsigned char flags;
	const unsigned char *zero;
	Size		zero_len;
	const unsigned char *rest;
	Size		rest_len;
} ComparedPart;

static void
next_part(ComparedParts *parts, ComparedPart *part)
{
	const unsigned char *start = parts->next;
	const unsigned char *sum;
	uint64		zero;
	Histogram	histogram;

	histogram_read(&parts->next, parts->end, &histogram);
	part->flags = histogram_compared_flags(*start);
	sum = part->zero = start + 1;
	(void) reddict_read_varint(&sum, parts->end, &zero);
	part->zero_len = sum - part->zero;
	part->rest = sum + (histogram.has_sum ? sizeof(double) : 0);
	part->rest_len = parts->next - part->rest;
}

/* Compare some bytes, shorter ones first. */
static int
compare_bytes(const unsigned char *a, Size a_len, const unsigned char *b, Size b_len)
{
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return memcmp(a, b, a_len);
}

/*
 * Less than, equal to, or greater than 0: by keys as maps are, then key by key,
 * by bytes: an order like another.
 */
static int
compare_arguments(FunctionCallInfo fcinfo)
{
	RedHistView a;
	RedHistView b;
	int			cmp;

	redhist_view_settled(PG_GETARG_DATUM(0), &a);
	redhist_view_settled(PG_GETARG_DATUM(1), &b);
	cmp = reddict_compare_keys(&a.index, &b.index);
	if (cmp == 0)
	{
		ComparedParts lefts = {a.parts, a.end};
		ComparedParts rights = {b.parts, b.end};

		for (int32 i = 0; cmp == 0 && i < a.index.n; i++)
		{
			ComparedPart left;
			ComparedPart right;

			next_part(&lefts, &left);
			next_part(&rights, &right);
			cmp = (int) left.flags - (int) right.flags;
			if (cmp == 0)
				cmp = compare_bytes(left.zero, left.zero_len, right.zero, right.zero_len);
			if (cmp == 0)
				cmp = compare_bytes(left.rest, left.rest_len, right.rest, right.rest_len);
		}
	}
	redhist_release(&a);
	redhist_release(&b);
	return cmp;
}

static uint64
hash_argument(FunctionCallInfo fcinfo, uint64 seed)
{
	RedHistView view;
	ComparedParts parts;
	uint64		hash;

	redhist_view_settled(PG_GETARG_DATUM(0), &view);
	parts = (ComparedParts) {view.parts, view.end};
	hash = hash_bytes_extended((const unsigned char *) &view.index.hash,
							   sizeof(view.index.hash), seed);
	for (int32 i = 0; i < view.index.n; i++)
	{
		ComparedPart part;

		next_part(&parts, &part);
		hash = hash_bytes_extended(part.zero, part.zero_len, hash + part.flags);
		hash = hash_bytes_extended(part.rest, part.rest_len, hash);
	}
	redhist_release(&view);
	return hash;
}

COMPARISON_FUNCTIONS(redhist, compare_arguments(fcinfo) == 0, compare_arguments(fcinfo),
					 hash_argument(fcinfo, seed))
