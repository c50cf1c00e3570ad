/*
 * exact_sum.h
 *	  Sums of doubles without any rounding.
 *
 * A sum is a fixed-point number wide enough for all doubles, kept in chunks of
 * 64 bits that have 32 bits of place value each.  An addition touches a few
 * chunks and carries nothing from one to the next; carries are deferred until
 * a chunk could overflow.  This is the small superaccumulator of R. M. Neal,
 * "Fast exact summation using small and large superaccumulators", 2015
 * (arXiv:1505.05571), written from that description.
 *
 * Numbers of one key mostly have one magnitude.  So there are few chunks for a
 * start: what lies within 113 bits, which numbers from 1 to 10^18 do, is added
 * to the three chunks of an ExactElements, laid out so that many keys are added
 * to at once.  Only a key with numbers further apart, or with NaN or Infinity,
 * has an ExactFar besides, with chunks for all doubles.  Its sum is that of
 * both.
 *
 * Positions.  Bit p of a sum is worth 2^(p - 1074), so the smallest double is
 * bit 0, and the last bit of a double's mantissa is at its exponent's field
 * less 1.
 *
 * Invariants.
 *	- The sum of an element is exactly that of all numbers added, less those
 *	  subtracted: (low + middle * 2^32 + high * 2^64) * 2^base, and the chunks
 *	  of its ExactFar.
 *	- An addition changes high by less than 2^(EXACT_WINDOW - 64) either way, or
 *	  leaves |high| below 2^EXACT_HIGH_BITS; any other chunk by less than 2^32.
 *	  After exact_sum_carry() low, middle and all
 *	  chunks of an ExactFar but its last are from 0 to 2^32 - 1, and |high| is
 *	  below 2^EXACT_HIGH_BITS.  Then EXACT_MAX_ADDITIONS more can be had before
 *	  the next carry: no chunk ever overflows.
 *	- base is from 0 to EXACT_MAX_BASE: an infinity or a NaN never fits.
 *	- Moving an element's base, or its sum to its ExactFar, does not change what
 *	  it stands for.
 *	- The sum of as many doubles as one can count is below 2^EXACT_BITS.  Sums
 *	  that are subtracted where they were not added may get beyond: then
 *	  exact_sum_valid() says so.
 *
 * Nothing here knows of PostgreSQL, allocates memory or raises errors.
 */
#ifndef REDBEAR_EXACT_SUM_H
#define REDBEAR_EXACT_SUM_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels.h"

#pragma GCC visibility push(hidden)

/* A state lies wherever its datum does. */
typedef int64_t exact_word __attribute__((aligned(1), may_alias));

/* Bits from a base on that a number's mantissa may lie in */
#define EXACT_WINDOW 113
#define EXACT_MANTISSA 53
#define EXACT_MAX_SHIFT (EXACT_WINDOW - EXACT_MANTISSA)
#define EXACT_MAX_BASE (2045 - EXACT_MAX_SHIFT)

#define EXACT_HIGH_BITS 60
#define EXACT_MAX_ADDITIONS (1 << 12)

/* A sum's lowest bit is 2^-1074. */
#define EXACT_UNIT_BITS 1074

/* Bits of the sum of 2^53 numbers of DBL_MAX, and a few to spare */
#define EXACT_BITS 2160
#define EXACT_CHUNKS (EXACT_BITS / 32 + 1)
#define EXACT_DIGITS EXACT_CHUNKS

/* Counts are doubles when they are read. */
#define EXACT_MAX_COUNT (INT64_C(1) << 53)

/*
 * The words of an element, each in a plane of its own, which has those of all
 * elements.
 *
 * COUNT is the number of rows that have the key.  WHERE has the base in its low
 * 16 bits, and above 32 bits which ExactFar is the element's, from 1; 0: none.
 */
typedef enum ExactPlane
{
	EXACT_LOW,
	EXACT_MIDDLE,
	EXACT_HIGH,
	EXACT_COUNT,
	EXACT_WHERE
} ExactPlane;

#define EXACT_PLANES (EXACT_WHERE + 1)

/* Elements from one on, and words from a plane to the next */
typedef struct ExactElements
{
	exact_word *words;
	int64_t		stride;
} ExactElements;

/* The rest of an element that needs it */
typedef struct ExactFar
{
	exact_word	chunks[EXACT_CHUNKS];
	exact_word	nan;			/* how many of the rows had NaN */
	exact_word	plus;			/* Infinity */
	exact_word	minus;			/* -Infinity */
} ExactFar;

/*
 * A sum to look at: sign and magnitude.  Canonical: digits is an odd number, of
 * n digits of 32 bits each, the lowest first and the last not 0, whose lowest
 * bit is at "position"; 0 has no digits, position 0 and is not negative.
 */
typedef struct ExactNumber
{
	bool		negative;
	int			n;
	int			position;
	uint32_t	digits[EXACT_DIGITS];
} ExactNumber;

/* All that is known of a key */
typedef struct ExactSum
{
	int64_t		count;
	int64_t		nan;
	int64_t		plus;
	int64_t		minus;
	ExactNumber number;
} ExactSum;

/* A word of an element, or of all from it on. */
static inline exact_word *
exact_plane(ExactElements elements, ExactPlane plane)
{
	return elements.words + plane * elements.stride;
}

extern bool exact_sum_add(int n, ExactElements elements,
						  const unaligned_double *values, int sign);
extern int	exact_sum_far(ExactElements element);
extern bool exact_sum_is_sound(ExactElements element, int fars);
extern void exact_sum_give_far(ExactElements element, int index);
extern bool exact_sum_has_room(ExactElements element, double value);
extern void exact_sum_take(ExactElements element, ExactFar *fars, double value,
						   int sign);
extern bool exact_sum_has_room_for(ExactElements element, const ExactSum *sum);
extern void exact_sum_take_sum(ExactElements element, ExactFar *fars,
							   const ExactSum *sum, int sign);
extern bool exact_sum_carry(ExactElements element, ExactFar *fars);
extern void exact_sum_get(ExactElements element, const ExactFar *fars,
						  ExactSum *sum);
extern void exact_sum_of(double value, ExactSum *sum);
extern bool exact_sum_valid(const ExactSum *sum);
extern bool exact_sum_read(ExactElements element, const ExactFar *fars,
						   double *result);
extern bool exact_sum_round(const ExactSum *sum, double *result);
extern bool exact_sum_average(const ExactSum *sum, double *result);

extern int	exact_number_bits(const ExactNumber *number);
extern void exact_number_trim(ExactNumber *number);
extern int	exact_number_compare(const ExactNumber *a, const ExactNumber *b);

/* exact_digits.c */

/* A sign, 327 digits, a point and 1,074 decimals; whole groups of nine */
#define EXACT_TEXT_LEN 1440

typedef enum ExactParseResult
{
	EXACT_PARSED,
	EXACT_TOO_LARGE,
	EXACT_NOT_BINARY			/* no multiple of 2^-1074 */
} ExactParseResult;

extern int	exact_number_print(const ExactNumber *number, char *text);
extern ExactParseResult exact_number_parse(const char *text, int len,
										   ExactNumber *number);

#pragma GCC visibility pop

#endif							/* REDBEAR_EXACT_SUM_H */
