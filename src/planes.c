/*
 * planes.c
 *	  Doubles in as few bytes as give them back, to be sent.
 *
 * planes.h draws the forms.
 */
#include "postgres.h"

#include <math.h>

#include "utils/float.h"

#include "narrow.h"
#include "planes.h"

enum
{
	PLANE_DOUBLES,
	PLANE_NARROW,
	PLANE_SAME,
	PLANE_DECIMAL
};

/* Numbers for which memory on the stack is enough */
#define FEW 64

#define MAX_SCALE		15
#define MAX_WIDTH		7
#define WIDTH_MASK		0x07
#define STEPS_FLAG		0x08
#define MAX_INTEGER		(INT64CONST(1) << 53)

/* How numbers are written as decimals */
typedef struct Decimals
{
	int			scale;
	int			width;			/* bytes of an integer; 0: not so */
	bool		steps;
} Decimals;

static const double powers[MAX_SCALE + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
};

static inline int64
bits_of(double value)
{
	int64		bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline double
double_of(int64 bits)
{
	double		value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* A number as an integer and steps; false if it can't be that. */
static inline bool
as_decimal(double value, int scale, int64 *integer, int64 *steps)
{
	double		scaled = rint(value * powers[scale]);

	if (!(fabs(scaled) <= (double) MAX_INTEGER))
		return false;
	*integer = (int64) scaled;
	/* in two's complement, so that no difference overflows */
	*steps = (int64) ((uint64) bits_of(value) - (uint64) bits_of((double) *integer / powers[scale]));
	/* too far for -0, whose integer is 0 */
	return *steps >= PG_INT8_MIN && *steps <= PG_INT8_MAX;
}

/* The bytes that an integer takes. */
static inline int
width_of(uint64 magnitude)
{
	int			width = 1;

	while (magnitude >= UINT64CONST(1) << (8 * width - 1))
		width++;
	return width;
}

/* Find how numbers are decimals of one scale in the fewest bytes. */
static Decimals
measure(const unaligned_double *values, int32 n)
{
	Decimals	best = {0};
	int			best_bytes = sizeof(float8);

	for (int scale = 0; scale <= MAX_SCALE; scale++)
	{
		uint64		largest = 0;
		uint64		any_steps = 0;
		int32		i;
		int			width;

		for (i = 0; i < n; i++)
		{
			int64		integer;
			int64		steps;

			if (!as_decimal(values[i], scale, &integer, &steps))
				break;
			largest = Max(largest, (uint64) (integer < 0 ? -integer : integer));
			any_steps |= (uint64) steps;
		}
		if (i < n)
			continue;
		width = width_of(largest);
		if (width + (any_steps != 0) < best_bytes)
		{
			best_bytes = width + (any_steps != 0);
			best = (Decimals) {scale, width, any_steps != 0};
		}
		/* more decimals make integers larger, and can only spare the steps */
		if (any_steps == 0)
			break;
	}
	return best;
}

static void
put_decimals(StringInfo buf, const unaligned_double *values, int32 n, Decimals decimals)
{
	char	   *integers;
	char	   *next_steps;

	enlargeStringInfo(buf, 2 + n * (decimals.width + 1));
	appendStringInfoChar(buf, (char) decimals.scale);
	appendStringInfoChar(buf, (char) (decimals.width | (decimals.steps ? STEPS_FLAG : 0)));
	integers = buf->data + buf->len;
	next_steps = integers + (Size) n * decimals.width;
	for (int32 i = 0; i < n; i++)
	{
		int64		integer = 0;
		int64		steps = 0;

		(void) as_decimal(values[i], decimals.scale, &integer, &steps);
		for (int byte = 0; byte < decimals.width; byte++)
			*integers++ = (char) ((uint64) integer >> 8 * byte);
		if (decimals.steps)
			*next_steps++ = (char) steps;
	}
	buf->len += n * (decimals.width + decimals.steps);
}

/* Append numbers, in the shortest form. */
void
reddict_put_plane(StringInfo buf, const unaligned_double *values, int32 n)
{
	int32		few[NARROW_MEMORY(FEW) / sizeof(int32)];
	NarrowWriter writer = {.n = n,.values = values,.memory = few};
	Decimals	decimals = measure(values, n);
	Size		best = n * sizeof(float8);
	int			form = PLANE_DOUBLES;
	bool		same = true;

	if (n > FEW)
		writer.memory = palloc(NARROW_MEMORY(n));
	for (int32 i = 1; same && i < n; i++)
		same = memcmp(&values[i], &values[0], sizeof(float8)) == 0;
	if (same && n > 1)
	{
		form = PLANE_SAME;
		best = sizeof(float8);
	}
	if (reddict_narrow_measure(&writer) && writer.size < best)
	{
		form = PLANE_NARROW;
		best = writer.size;
	}
	if (decimals.width > 0 && 2 + (Size) n * (decimals.width + decimals.steps) < best)
		form = PLANE_DECIMAL;

	appendStringInfoChar(buf, (char) form);
	if (form == PLANE_NARROW)
	{
		enlargeStringInfo(buf, writer.size + NARROW_SLACK);
		reddict_narrow_write(&writer, buf->data + buf->len);
		buf->len += writer.size;
	}
	else if (form == PLANE_DECIMAL)
		put_decimals(buf, values, n, decimals);
	else
		appendBinaryStringInfo(buf, (const char *) values, (form == PLANE_SAME ? 1 : n) * sizeof(float8));
	if (n > FEW)
		pfree(writer.memory);
}

/* Read decimals; returns the bytes that they take, 0 if they are not as they are written. */
static Size
get_decimals(const char *bytes, Size size, float8 *values, int32 n)
{
	int			scale;
	int			width;
	bool		has_steps;
	const unsigned char *integers;
	const char *steps;

	if (size < 2)
		return 0;
	scale = (unsigned char) bytes[0];
	width = (unsigned char) bytes[1] & WIDTH_MASK;
	has_steps = ((unsigned char) bytes[1] & STEPS_FLAG) != 0;
	if (scale > MAX_SCALE || width == 0 || ((unsigned char) bytes[1] & ~(WIDTH_MASK | STEPS_FLAG)) != 0 ||
		size - 2 < (Size) n * (width + has_steps))
		return 0;
	integers = (const unsigned char *) bytes + 2;
	steps = bytes + 2 + (Size) n * width;
	for (int32 i = 0; i < n; i++)
	{
		uint64		integer = 0;
		int64		signed_integer;
		double		value;

		for (int byte = 0; byte < width; byte++)
			integer |= (uint64) *integers++ << 8 * byte;
		/* the sign is the highest bit of the width */
		integer <<= 64 - 8 * width;
		signed_integer = (int64) integer >> (64 - 8 * width);
		if (signed_integer < -MAX_INTEGER || signed_integer > MAX_INTEGER)
			return 0;
		value = (double) signed_integer / powers[scale];
		if (has_steps)
			value = double_of((int64) ((uint64) bits_of(value) + (uint64) (int64) (signed char) *steps++));
		values[i] = value;
	}
	return 2 + (Size) n * (width + has_steps);
}

/*
 * Read n numbers; returns the bytes that they take, 0 if they are not as they
 * are written.  A NaN becomes the canonical one.
 */
Size
reddict_get_plane(const char *bytes, Size size, float8 *values, int32 n)
{
	NarrowNumbers numbers;
	Size		taken = 0;

	if (size < 1)
		return 0;
	switch (*bytes++)
	{
		case PLANE_DOUBLES:
			taken = n * sizeof(float8);
			if (taken > size - 1)
				return 0;
			memcpy(values, bytes, taken);
			break;
		case PLANE_NARROW:
			if (!reddict_narrow_read(&numbers, n, bytes, size - 1) ||
				reddict_narrow_check(&numbers) != NULL ||
				!reddict_narrow_decode(&numbers, (unaligned_double *) values))
				return 0;
			taken = numbers.size;
			break;
		case PLANE_SAME:
			taken = sizeof(float8);
			if (taken > size - 1)
				return 0;
			for (int32 i = 0; i < n; i++)
				memcpy(&values[i], bytes, sizeof(float8));
			break;
		case PLANE_DECIMAL:
			taken = get_decimals(bytes, size - 1, values, n);
			if (taken == 0)
				return 0;
			break;
		default:
			return 0;
	}
	for (int32 i = 0; i < n; i++)
	{
		if (unlikely(isnan(values[i])))
			values[i] = get_float8_nan();
	}
	return 1 + taken;
}
