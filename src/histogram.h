/*
 * histogram.h
 *	  Exponential histograms: which number is in which bucket, and what can be
 *	  had of the buckets' counts.
 *
 * It is the data model of OpenTelemetry
 * (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram).
 * At scale s the bucket of index i has the numbers x with
 *
 *		base^i < x <= base^(i + 1), base = 2^(2^-s)
 *
 * and one of the negative side those of -x.  Zero, or what is no further from
 * it than the zero threshold, is counted apart; and here, besides, NaN and the
 * infinities, which are no part of count, sum, minimum and maximum.
 *
 * A scale less by one has each two buckets in one: that of index i goes to that
 * of i >> 1.  So histograms of any scales merge without loss of but the finer
 * scale.
 *
 * This room knows numbers and counts, and neither keys nor values.
 */
#ifndef REDBEAR_HISTOGRAM_H
#define REDBEAR_HISTOGRAM_H

#include "lib/stringinfo.h"
#include "port/pg_bitutils.h"

#include "compat.h"

#pragma GCC visibility push(hidden)

#define HISTOGRAM_MIN_SCALE	(-10)
#define HISTOGRAM_MAX_SCALE	20

/*
 * The limits of a histogram, from the lowest to the highest populated bucket of
 * a sign.  At the lowest scale three buckets have all doubles.  By default 9
 * decades have the scale 6, at which a bucket's middle is within 0.542 % of all
 * that is in it.
 */
#define HISTOGRAM_LEAST_BUCKETS		3
#define HISTOGRAM_MOST_BUCKETS		65536
#define HISTOGRAM_DEFAULT_BUCKETS	2048
#define HISTOGRAM_DEFAULT_SCALE		6

/* Up to here all integers are doubles: what is counted is computed with. */
#define HISTOGRAM_MAX_COUNT (INT64CONST(1) << 53)

/* Counts in a block; see histogram.c */
#define HISTOGRAM_BLOCK 8

/*
 * The words of a key's element in the state of an aggregate, each in a plane of
 * its own.  The buckets' counts are in the state's tail (redhist_state.h).
 */
typedef enum HistogramPlane
{
	HISTOGRAM_SUM,				/* doubles */
	HISTOGRAM_MIN,
	HISTOGRAM_MAX,
	HISTOGRAM_THRESHOLD,
	HISTOGRAM_ZERO,				/* counts */
	HISTOGRAM_NAN,
	HISTOGRAM_PLUS,
	HISTOGRAM_MINUS,
	HISTOGRAM_SHAPE,			/* a HistogramShape */
	HISTOGRAM_POSITIVE,			/* a HistogramRange and where its counts are */
	HISTOGRAM_POSITIVE_COUNTS,
	HISTOGRAM_NEGATIVE,
	HISTOGRAM_NEGATIVE_COUNTS
} HistogramPlane;

#define HISTOGRAM_PLANES (HISTOGRAM_NEGATIVE_COUNTS + 1)

/* The widths of counts: the logarithm of their bytes, or packed */
#define HISTOGRAM_MAX_WIDTH 3
#define HISTOGRAM_PACKED	(-1)

/* The buckets of a sign: counts from the first one on */
typedef struct HistogramSide
{
	int32		first;			/* index of the first bucket */
	int32		n;				/* how many; 0: none */
	int			width;			/* of a count */
	const unsigned char *counts;
	const unsigned char *end;	/* of what is packed */
} HistogramSide;

typedef struct Histogram
{
	bool		has_sum;		/* a histogram from outside may lack these */
	bool		has_min;
	bool		has_max;
	int			scale;
	int			max_scale;		/* the limits */
	int32		max_buckets;
	double		sum;			/* 0 where there is none */
	double		min;			/* of no number Infinity, and the other -Infinity */
	double		max;
	double		threshold;
	uint64		zero;			/* counts */
	uint64		nan;
	uint64		plus;			/* of Infinity */
	uint64		minus;			/* of -Infinity */
	HistogramSide sides[2];		/* positive, negative */
} Histogram;

/* A walk along the buckets that have a count, by their indexes */
typedef struct BucketWalk
{
	int32		index;			/* of the bucket at hand */
	uint64		count;

	const HistogramSide *side;
	int32		next;			/* the next to look at, from the first on */
	int			bits;			/* packed: of a count in this block */
	const unsigned char *block; /* packed: the next block */
	uint64		counts[HISTOGRAM_BLOCK];	/* packed: of this block */
} BucketWalk;

/* What a percentile is read from: the counts of all numbers up to a bucket */
typedef struct HistogramStep
{
	int			what;			/* HistogramStepKind */
	int32		index;
	uint64		through;		/* numbers up to and with these */
} HistogramStep;

typedef struct HistogramRanks
{
	const Histogram *histogram;
	HistogramStep *steps;
	int32		n;
	uint64		finite;			/* numbers that are neither NaN nor infinite */
	uint64		total;			/* all numbers */
} HistogramRanks;

extern const uint64 histogram_bounds[];
extern const int8 histogram_guesses[];

extern int32 histogram_subnormal_index(double magnitude, int scale);
extern int32 histogram_fine_index(double magnitude, int scale);
extern double histogram_bound(int32 index, int scale);
extern int32 histogram_least_index(int scale);
extern int32 histogram_greatest_index(int scale);
extern void histogram_init(Histogram *histogram, int32 max_buckets, int max_scale);
extern bool histogram_next_block(BucketWalk *walk);
extern int32 histogram_add_packed(unsigned char *array, int width, uint32 room,
								  const HistogramSide *side, bool add, int32 blocks);
extern bool histogram_side_ends(const HistogramSide *side, int32 *low, int32 *high);
extern uint64 histogram_count(const Histogram *histogram);
extern void histogram_append(StringInfo buf, const Histogram *histogram, Size *weight);
extern void histogram_read(const unsigned char **next, const unsigned char *end,
						   Histogram *histogram);
extern int	histogram_compared_flags(int flags);
extern const char *histogram_problem(const Histogram *histogram);
pg_noreturn extern void histogram_refuse(void);
extern void histogram_rank(const Histogram *histogram, HistogramRanks *ranks);
extern bool histogram_percentile(const HistogramRanks *ranks, double fraction, double *result);
extern bool histogram_fraction_below(const HistogramRanks *ranks, double value, double *result);
extern void histogram_step_bounds(const Histogram *histogram, const HistogramStep *step,
								  double *lower, double *upper);

/*
 * The index of the bucket of a positive finite number.
 *
 * This is the mapping by a lookup table of OpenTelemetry's data model ("Use
 * lookup table"), with integers alone, so that the bounds are where they are on
 * all machines: none but the powers of 2 is a double, and those are compared as
 * the mantissas they lie between.  A coarser scale has whole buckets of this
 * one.
 */
static inline int32
histogram_index(double magnitude, int scale)
{
	uint64		bits;
	uint64		fraction;
	int			exponent;
	int			within;

	memcpy(&bits, &magnitude, sizeof(bits));
	exponent = (int) (bits >> 52);
	fraction = bits & ((UINT64CONST(1) << 52) - 1);
	if (unlikely(exponent == 0))
		return histogram_subnormal_index(magnitude, scale);
	if (unlikely(scale > HISTOGRAM_DEFAULT_SCALE))
		return histogram_fine_index(magnitude, scale);
	within = histogram_guesses[fraction >> 45];
	within += fraction > histogram_bounds[within + 1];
	return ((exponent - 1023) * (1 << HISTOGRAM_DEFAULT_SCALE) + within) >> (HISTOGRAM_DEFAULT_SCALE - scale);
}

/* A count of an array. */
static inline uint64
histogram_array_get(const unsigned char *counts, int width, uint32 slot)
{
	uint64		count = 0;

	switch (width)
	{
		case 0:
			return counts[slot];
		case 1:
			{
				uint16		narrow;

				memcpy(&narrow, counts + slot * sizeof(narrow), sizeof(narrow));
				return narrow;
			}
		case 2:
			{
				uint32		narrow;

				memcpy(&narrow, counts + slot * sizeof(narrow), sizeof(narrow));
				return narrow;
			}
		default:
			memcpy(&count, counts + slot * sizeof(count), sizeof(count));
			return count;
	}
}

static inline void
histogram_array_set(unsigned char *counts, int width, uint32 slot, uint64 count)
{
	switch (width)
	{
		case 0:
			counts[slot] = (unsigned char) count;
			break;
		case 1:
			{
				uint16		narrow = (uint16) count;

				memcpy(counts + slot * sizeof(narrow), &narrow, sizeof(narrow));
				break;
			}
		case 2:
			{
				uint32		narrow = (uint32) count;

				memcpy(counts + slot * sizeof(narrow), &narrow, sizeof(narrow));
				break;
			}
		default:
			memcpy(counts + slot * sizeof(count), &count, sizeof(count));
	}
}

/* The greatest count of a width. */
static inline uint64
histogram_width_max(int width)
{
	return PG_UINT64_MAX >> (64 - (8 << width));
}

/* Start a walk; bucket_walk_next() goes to the first bucket with a count. */
static inline void
bucket_walk_init(BucketWalk *walk, const HistogramSide *side)
{
	walk->side = side;
	walk->next = 0;
	walk->bits = 0;
	/* of packed counts the blocks come behind the codes */
	walk->block = side->counts + (side->n + 4 * HISTOGRAM_BLOCK - 1) / (4 * HISTOGRAM_BLOCK);
}

/* Go to the next bucket that has a count; false when there is none. */
static inline bool
bucket_walk_next(BucketWalk *walk)
{
	const HistogramSide *side = walk->side;

	while (walk->next < side->n)
	{
		int32		slot = walk->next;

		if (side->width != HISTOGRAM_PACKED)
		{
			int32		ahead = sizeof(uint64) >> side->width;
			uint64		word;

			/* most counts are 0 in arrays that are large */
			if (slot + ahead <= side->n)
			{
				memcpy(&word, side->counts + ((Size) slot << side->width), sizeof(word));
				if (word == 0)
				{
					walk->next += ahead;
					continue;
				}
			}
			walk->count = histogram_array_get(side->counts, side->width, slot);
		}
		else
		{
			if (slot % HISTOGRAM_BLOCK == 0 && !histogram_next_block(walk))
			{
				walk->next += HISTOGRAM_BLOCK;
				continue;
			}
			walk->count = walk->counts[slot % HISTOGRAM_BLOCK];
		}
		walk->next++;
		if (walk->count != 0)
		{
			walk->index = side->first + slot;
			return true;
		}
	}
	return false;
}

#pragma GCC visibility pop

#endif							/* REDBEAR_HISTOGRAM_H */
