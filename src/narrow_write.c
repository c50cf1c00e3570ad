/*
 * narrow_write.c
 *	  Doubles as narrow numbers.
 *
 * narrow.h draws the layout and has the rules.
 *
 * If a number is an integer of 32 bits when it has been multiplied by 10^s, it
 * is one with any more decimals for which the integer still fits.  So all
 * numbers are looked at with one scale, which is guessed: the most decimals that
 * numbers before had.  Few numbers are looked at one by one: those that are no
 * such integers, to see whether any has more decimals.
 *
 * Numbers are looked at four at a time, in the vector types of gcc and clang;
 * gcc does not vectorise such a loop itself.  For ten numbers with two decimals
 * that takes a quarter of the time that one after the other takes, for 1,000 a
 * tenth.
 */
#include <math.h>
#include <string.h>

#include "clones.h"
#include "narrow_codes.h"

#define LANES 4

typedef double doubles __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t longs __attribute__((vector_size(LANES * sizeof(int64_t))));
typedef int32_t ints __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef uint32_t unsigned_ints __attribute__((vector_size(LANES * sizeof(uint32_t))));
typedef uint8_t bytes __attribute__((vector_size(LANES)));

/* One after the other before gcc 9, which has no builtin for it; t/008_narrow.pl tests both. */
#if defined(__GNUC__) && __GNUC__ < 9 && !defined(__clang__)
#define CONVERT_ONE_BY_ONE
#endif
#ifdef CONVERT_ONE_BY_ONE
#define CONVERT(x, type) \
	__extension__({ \
		__typeof__(x) from_ = (x); \
		type to_ = {0}; \
		for (int lane_ = 0; lane_ < LANES; lane_++) \
			to_[lane_] = from_[lane_]; \
		to_; \
	})
#else
#define CONVERT(x, type) __builtin_convertvector(x, type)
#endif

/* Added to a double below 2^51 and subtracted again, it leaves an integer. */
#define ROUNDER 6755399441055744.0

/* What numbers are beside a scale, in the caller's memory, by fours */
typedef struct Survey
{
	int			scale;
	int32_t    *integers;		/* with codes: plain, or with "scale" decimals */
	int32_t    *scaled;			/* all with "scale" decimals */
	unsigned char *codes;		/* as in the layout */
	size_t		size;			/* bytes of the numbers with codes */
	int			gain;			/* no smaller scale saves more of them */
	bool		doubles;		/* is any no integer, plain or with "scale" decimals? */
	bool		reached;		/* does any have "scale" decimals, and not fewer? */
	int			widest;			/* code of the widest "scaled"; CODE_DOUBLE: some are none */
} Survey;

/* Bits of "yes" where the mask is set, else those of "no". */
#define CHOOSE(mask, yes, no) (((mask) & (yes)) | (~(mask) & (no)))

/*
 * The integers nearest to doubles, in the low 32 bits of their sum with ROUNDER.
 * What is out of bounds gives some integer, which is another number.
 */
#define NEAREST(x) CONVERT((longs) ((x) + ROUNDER), ints)

#define AS_DOUBLES(x) CONVERT(x, doubles)
#define MAGNITUDE(x) ((doubles) ((longs) (x) & INT64_MAX))

/* Where are the bits of doubles the same? */
#define SAME(a, b) CONVERT((longs) (a) == (longs) (b), ints)

/* The next up to four of so many numbers; zeros behind the last. */
static inline void
load_four(const unaligned_double *values, int n, doubles *four)
{
	if (n >= LANES)
		memcpy(four, values, sizeof(*four));
	else
		*four = (doubles) {values[0], n > 1 ? values[1] : 0, n > 2 ? values[2] : 0, 0};
}

/*
 * The decimals of an integer that has so many, without zeros at the end, of
 * which there are up to nine.
 */
static inline int
without_zeros(int32_t integer, int decimals)
{
	for (int zeros = 8; zeros > 0; zeros /= 2)
	{
		int32_t		power = (int32_t) powers[zeros];

		if (integer % power == 0)
		{
			integer /= power;
			decimals -= zeros;
		}
	}
	return decimals;
}

/*
 * Of up to four numbers, those asked for: the most that one needs of the fewest
 * decimals with which it is an integer of 32 bits; -1 if none is one.  The most
 * decimals that fit tell.  A number is asked for by bit 0 of 4 bits.
 */
static inline int
fewest_decimals(const unaligned_double *values, int n, unsigned int asked)
{
	int			fewest = -1;

	doubles		x;
	doubles		power;
	ints		exponent;
	ints		decimals;
	ints		one_more;
	ints		integer;
	ints		fits;

	load_four(values, n, &x);

	/* 31 bits, less those before the point, as digits; or one more if it fits */
	exponent = CONVERT((longs) x >> 52 & 0x7FF, ints) - 1023;
	decimals = (30 - exponent) * 1233 >> 12;
	decimals = CHOOSE(decimals < NARROW_MAX_SCALE, decimals, NARROW_MAX_SCALE - 1);
	decimals &= decimals > 0;
	power = (doubles) {powers[decimals[0]], powers[decimals[1]], powers[decimals[2]], powers[decimals[3]]};
	one_more = CONVERT(MAGNITUDE(x * power * 10) < -(double) INT32_MIN + 0.25, ints);
	decimals -= one_more;
	power = (doubles) CHOOSE(CONVERT(one_more, longs), (longs) (power * 10), (longs) power);

	integer = NEAREST(x * power);
	fits = SAME(AS_DOUBLES(integer) / power, x);
	fits &= (ints) {asked, asked >> 4, asked >> 8, asked >> 12} & 1;
	/* most numbers that got here have no decimals, so this is what is likely */
	if ((fits[0] | fits[1] | fits[2] | fits[3]) == 0)
		return -1;
	for (int i = 0; i < LANES; i++)
	{
		if (fits[i] != 0)
		{
			int			this_fewest = integer[i] == 0 ? 0 : without_zeros(integer[i], decimals[i]);

			fewest = this_fewest > fewest ? this_fewest : fewest;
		}
	}
	return fewest;
}

/* Look at n numbers beside survey->scale. */
KERNEL_CLONES static void
look(int n, const unaligned_double *values, Survey *survey)
{
	const int	scale = survey->scale;
	const double power = powers[scale];
	int32_t    *integers = survey->integers;
	int32_t    *scaled = survey->scaled;
	unsigned char *codes = survey->codes;
	ints		sizes = {0};
	ints		gains = {0};
	ints		bits = {0};		/* of all scaled integers; the sign: some are none */
	ints		reached = {0};
	ints		unknown = {0};

	for (int i = 0; i < n; i += LANES)
	{
		doubles		x;
		doubles		tenth;
		ints		is_plain;
		ints		is_scaled;
		ints		known;
		ints		has_tail = {0}; /* a last digit that is not 0 */
		ints		integer;
		ints		scaled_integer;
		ints		is_8;
		ints		is_16;
		ints		width;
		ints		code;
		bytes		byte_codes;
		uint32_t	four;

		load_four(values + i, n - i, &x);
		integer = NEAREST(x);
		is_plain = SAME(AS_DOUBLES(integer), x);
		if (scale == 0)
		{
			is_scaled = is_plain;
			scaled_integer = integer;
		}
		else
		{
			scaled_integer = NEAREST(x * power);
			is_scaled = SAME(AS_DOUBLES(scaled_integer) / power, x);
			tenth = AS_DOUBLES(scaled_integer) * 0.1 + ROUNDER - ROUNDER;
			has_tail = is_scaled & CONVERT(tenth * 10 != AS_DOUBLES(scaled_integer), ints);
			reached |= has_tail;
		}
		integer = CHOOSE(is_plain, integer, scaled_integer);

		/* masks are -1 */
		is_8 = (((unsigned_ints) integer + 0x80) & ~0xFFU) == 0;
		is_16 = (((unsigned_ints) integer + 0x8000) & ~0xFFFFU) == 0;
		known = is_plain | is_scaled;
		width = CHOOSE(known, 4 + 2 * is_16 + is_8, 8);
		code = CHOOSE(known, 2 + is_16 + is_8 + (~is_plain & CODE_SCALED), CODE_DOUBLE);
		sizes += width;
		unknown |= ~known;
		/* with fewer decimals it takes a byte at least, or 8 where it has a tail */
		gains += ~is_plain & (width - 1 - (has_tail & 7));
		bits |= (scaled_integer ^ scaled_integer >> 31) | (~is_scaled & INT32_MIN);

		memcpy(integers + i, &integer, sizeof(integer));
		memcpy(scaled + i, &scaled_integer, sizeof(scaled_integer));
		byte_codes = CONVERT(code, bytes);
		memcpy(&four, &byte_codes, sizeof(four));
#ifdef NARROW_BIG_ENDIAN
		four = __builtin_bswap32(four);
#endif
		four |= four >> 4;
		codes[i / 2] = (unsigned char) four;
		codes[i / 2 + 1] = (unsigned char) (four >> 16);
	}

	for (int i = 1; i < LANES; i++)
	{
		sizes[0] += sizes[i];
		gains[0] += gains[i];
		reached[0] |= reached[i];
		unknown[0] |= unknown[i];
		bits[0] |= bits[i];
	}
	/* zeros behind the last number count as a byte each */
	survey->size = (uint32_t) sizes[0] - (-(unsigned int) n % LANES);
	survey->gain = gains[0];
	survey->reached = reached[0] != 0;
	survey->doubles = unknown[0] != 0;
	survey->widest = bits[0] < 0 ? CODE_DOUBLE : (bits[0] > INT8_MAX) + (bits[0] > INT16_MAX);
}

/* The caller's memory, as "look" uses it. */
static inline void
start_survey(const NarrowWriter *writer, Survey *survey)
{
	const size_t fours = ((size_t) writer->n + LANES - 1) / LANES * LANES;

	survey->integers = writer->memory;
	survey->scaled = survey->integers + fours;
	survey->codes = (unsigned char *) (survey->scaled + fours);
}

/* The most decimals that a number has, where that is not known to be survey->scale. */
KERNEL_CLONES static int
most_decimals(const NarrowWriter *writer, const Survey *survey)
{
	int			most = survey->reached ? survey->scale : 0;

	for (int i = 0; i < writer->n; i += LANES)
	{
		unsigned int codes = survey->codes[i / 2] | survey->codes[i / 2 + 1] << 8;
		unsigned int asked = codes & codes >> 1;

		if (!survey->reached)
			asked |= codes >> 2;
		if ((asked & 0x1111) != 0)
		{
			int			decimals = fewest_decimals(writer->values + i, writer->n - i, asked);

			most = decimals > most ? decimals : most;
		}
	}
	return most;
}

/* Is any of eight numbers, out of more, an integer of 32 bits with some decimals? */
KERNEL_CLONES static bool
any_fits(int n, const unaligned_double *values)
{
	const int	few = 2 * LANES;
	unaligned_double some[2 * LANES];

	for (int i = 0; i < few; i++)
		some[i] = values[(size_t) i * (n - 1) / (few - 1)];
	return fewest_decimals(some, LANES, 0x1111) >= 0 || fewest_decimals(some + LANES, LANES, 0x1111) >= 0;
}

/*
 * Find how to write numbers, and how many bytes that takes: writer->n,
 * writer->values, writer->memory, writer->guess and writer->give_up are the
 * caller's, the rest is filled in.  Returns false where it would save nothing, or
 * is given up.  Nothing else depends on the guess.
 */
bool
reddict_narrow_measure(NarrowWriter *writer)
{
	const int	n = writer->n;
	Survey		survey = {.scale = writer->guess};
	size_t		front = codes_size(n) + offsets_size(n);
	size_t		best;
	size_t		uniform = SIZE_MAX;

	start_survey(writer, &survey);
	look(n, writer->values, &survey);
	if (writer->give_up && survey.size == n * sizeof(double) && n > 2 * LANES &&
		!any_fits(n, writer->values))
	{
		writer->decimals = 0;
		return false;
	}
	if (survey.widest == CODE_DOUBLE || (!survey.reached && survey.scale > 0))
	{
		int			most = most_decimals(writer, &survey);

		if (most != survey.scale)
		{
			survey.scale = most;
			look(n, writer->values, &survey);
		}
	}
	writer->decimals = writer->scale = survey.scale;
	writer->width = 0;
	if (survey.widest != CODE_DOUBLE)
		uniform = (size_t) n * code_width(survey.widest);

	best = survey.size;
	/* of two scales that take as many bytes the smaller one is wanted */
	if (survey.gain >= 0)
	{
		while (survey.scale > 0)
		{
			survey.scale--;
			look(n, writer->values, &survey);
			if (survey.size <= best)
			{
				best = survey.size;
				writer->scale = survey.scale;
			}
		}
	}
	best += front;
	if (uniform != SIZE_MAX && best * 10 > uniform * 9)
	{
		best = uniform;
		writer->width = (int) (uniform / n);
		writer->scale = writer->decimals;
	}
	if (survey.scale != writer->scale)
	{
		survey.scale = writer->scale;
		look(n, writer->values, &survey);
	}
	writer->doubles = writer->width == 0 && survey.doubles;
	writer->size = NARROW_HEAD_SIZE + best;
	return n > 0 && writer->size < n * sizeof(double);
}

/* Integers that all have one width. */
static void
write_uniform(int n, const int32_t *restrict integers, int width, char *restrict to)
{
	switch (width)
	{
		case 1:
			for (int i = 0; i < n; i++)
				to[i] = (char) integers[i];
			break;
		case 2:
			for (int i = 0; i < n; i++)
				((narrow_int16 *) to)[i] = (int16_t) integers[i];
			break;
		default:
			memcpy(to, integers, n * sizeof(int32_t));
			break;
	}
}

/* Numbers with codes; "doubles" says whether any is kept in 8 bytes. */
static inline __attribute__((always_inline)) void
write_coded(const NarrowWriter *writer, const Survey *survey, bool doubles, char *to)
{
	const int	n = writer->n;
	char	   *offsets = to + codes_size(n);
	char	   *numbers = offsets + offsets_size(n);
	char	   *next = numbers;

	for (int i = 0; i < n; i++)
	{
		int			code = get_code(survey->codes, i);
		int64_t		bits = survey->integers[i];

		if (i % 2 == 0)
			to[i / 2] = (char) survey->codes[i / 2];
		if (i > 0 && i % NARROW_STRIDE == 0)
		{
			uint32_t	offset = (uint32_t) (next - numbers);

			memcpy(offsets, &offset, sizeof(offset));
			offsets += sizeof(offset);
		}
		if (doubles)
		{
			/* no branch, which would be hard to foresee */
			int64_t		is_double = -(int64_t) (code == CODE_DOUBLE);
			int64_t		value;

			memcpy(&value, &writer->values[i], sizeof(value));
			bits = CHOOSE(is_double, value, bits);
		}
#ifdef NARROW_BIG_ENDIAN
		bits = (int64_t) ((uint64_t) bits << (64 - 8 * code_width(code)));
#endif
		memcpy(next, &bits, sizeof(bits));
		next += code_width(code);
	}
}

/*
 * Write numbers, just measured, to writer->size bytes; up to NARROW_SLACK bytes
 * behind them are written, too.  That may be where the values are, if none is
 * kept in 8 bytes.
 */
void
reddict_narrow_write(const NarrowWriter *writer, char *to)
{
	Survey		survey;

	start_survey(writer, &survey);
	*to++ = (char) (writer->scale | writer->width << WIDTH_SHIFT);
	if (writer->width > 0)
		write_uniform(writer->n, survey.scaled, writer->width, to);
	else if (writer->doubles)
		write_coded(writer, &survey, true, to);
	else
		write_coded(writer, &survey, false, to);
}
