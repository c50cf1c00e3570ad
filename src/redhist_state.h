/*
 * redhist_state.h
 *	  The state of histograms, which rows are added to.
 *
 * The element of a key has the words that HistogramPlane names.  Its buckets'
 * counts lie in the tail, behind a RedHistTail: for each side an array of counts
 * of 1, 2, 4 or 8 bytes, with room to both sides, so that most numbers take the
 * increment of one count.  An array that has become too short, or too narrow, is
 * left where it is and made anew; what is left goes when the tail is made anew.
 *
 * An element that is not live is of no rows: the row that was to come was
 * refused, and its key is not there.
 */
#ifndef REDBEAR_REDHIST_STATE_H
#define REDBEAR_REDHIST_STATE_H

#include "redhist.h"
#include "tailed.h"

#pragma GCC visibility push(hidden)

/* What lies before the counts */
typedef struct RedHistTail
{
	int32		max_buckets;	/* limits for keys that are new */
	int32		max_scale;
	uint32		used;			/* bytes of arrays */
} __attribute__((packed, aligned(1))) RedHistTail;

typedef uint64 histogram_word __attribute__((aligned(1), may_alias));

/* The words of an element that have parts */
typedef struct HistogramShape
{
	int8		scale;
	int8		max_scale;
	uint8		lacks;			/* sum, minimum, maximum: bits 0, 1, 2 */
	uint8		live;
	int32		max_buckets;
} HistogramShape;

typedef struct HistogramRange
{
	int32		first;			/* index of the first bucket of the array */
	uint32		n;
} HistogramRange;

typedef struct HistogramArray
{
	uint32		start;			/* byte of the tail's arrays */
	uint32		width;			/* of a count: the logarithm of its bytes */
} HistogramArray;

/* A word of an element. */
static inline histogram_word *
redhist_word(RedDictElements elements, int32 position, int plane)
{
	return (histogram_word *) elements.values + (plane * (Size) elements.stride + position);
}

#define REDHIST_GETTER(type, name) \
static inline type \
name(RedDictElements elements, int32 position, int plane) \
{ \
	type		result; \
	memcpy(&result, redhist_word(elements, position, plane), sizeof(result)); \
	return result; \
} \
static inline void \
name##_set(RedDictElements elements, int32 position, int plane, type value) \
{ \
	memcpy(redhist_word(elements, position, plane), &value, sizeof(value)); \
}

REDHIST_GETTER(double, redhist_double)
REDHIST_GETTER(HistogramShape, redhist_shape)
REDHIST_GETTER(HistogramRange, redhist_range)
REDHIST_GETTER(HistogramArray, redhist_array)

static inline RedHistTail *
redhist_tail(const TailedState *state)
{
	return state->tail;
}

/* The arrays of a state. */
static inline unsigned char *
redhist_arrays(const TailedState *state)
{
	return (unsigned char *) (redhist_tail(state) + 1);
}

/* The array of a side, and which buckets it has. */
static inline HistogramRange
redhist_range_of(RedDictElements elements, int32 position, int sign)
{
	return redhist_range(elements, position, sign == 0 ? HISTOGRAM_POSITIVE : HISTOGRAM_NEGATIVE);
}

static inline HistogramArray
redhist_array_of(RedDictElements elements, int32 position, int sign)
{
	return redhist_array(elements, position,
						 sign == 0 ? HISTOGRAM_POSITIVE_COUNTS : HISTOGRAM_NEGATIVE_COUNTS);
}

/* Bytes of an array. */
static inline Size
redhist_array_size(HistogramRange range, HistogramArray array)
{
	return (Size) range.n << array.width;
}

/* redhist.c */
extern bool redhist_state_get(const TailedState *state, int32 position, Histogram *histogram);

/* What is added to a state: a map's numbers, or histograms */
typedef struct RedHistRow
{
	KeyIndex	index;
	const unaligned_double *values; /* of a map; NULL: histograms */
	RedDictView map;			/* has the values */
	RedHistView histograms;
} RedHistRow;

/* redhist_state.c */
extern const TailedKind redhist_state_kind;
extern void redhist_new_state(TailedTarget *target, const KeyIndex *index,
							  int32 max_buckets, int max_scale);
extern void redhist_histogram_of(double value, int scale, double threshold,
								 int32 max_buckets, int max_scale,
								 Histogram *histogram);
extern bool redhist_add_row(TailedState *state, const int32 *slots, const RedHistRow *row);
extern Datum redhist_update(TailedTarget *target, const RedHistRow *row);

#pragma GCC visibility pop

#endif							/* REDBEAR_REDHIST_STATE_H */
