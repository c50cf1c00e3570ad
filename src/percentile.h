/*
 * percentile.h
 *	  Percentiles, by the arithmetic of core's percentile_cont().
 */
#ifndef REDBEAR_PERCENTILE_H
#define REDBEAR_PERCENTILE_H

#include <math.h>

#include "utils/array.h"

#pragma GCC visibility push(hidden)

/* Where a percentile is among some numbers in order, counted from 0 */
typedef struct PercentilePlace
{
	int64		first;			/* it is this number, */
	int64		second;			/* or between the two, if this is another one, */
	float8		proportion;		/* so far from the first to the second */
} PercentilePlace;

/* An array of fractions that a function was called with; some may be NULL */
typedef struct PercentileFractions
{
	ArrayType  *array;
	int			n;				/* elements of the array */
	bool	   *nulls;			/* which of them are NULL */
	int			given;			/* how many are not, */
	float8	   *fractions;		/* and these, as the array has them */
} PercentileFractions;

extern void reddict_check_fraction(float8 fraction);
extern void reddict_read_fractions(ArrayType *array, PercentileFractions *fractions);
extern ArrayType *reddict_fractions_result(const PercentileFractions *fractions,
										   const Datum *results, Oid type);
extern void reddict_percentiles(float8 *numbers, int32 n, const float8 *fractions,
								int nfractions, float8 *results);

/* The place of a percentile among n numbers, of which there is one at least. */
static inline PercentilePlace
reddict_percentile_place(float8 fraction, int64 n)
{
	float8		place = fraction * (n - 1);
	float8		first = floor(place);

	return (PercentilePlace) {first, ceil(place), place - first};
}

/* The percentile, of the numbers that are at its place. */
static inline float8
reddict_percentile_at(const PercentilePlace *place, float8 first, float8 second)
{
	return place->first == place->second ? first :
		first + place->proportion * (second - first);
}

#pragma GCC visibility pop

#endif							/* REDBEAR_PERCENTILE_H */
