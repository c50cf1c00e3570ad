/*
 * kernels.c
 *	  Loops over arrays of doubles.
 *
 * Every element is what core's float8 operator gives: no reassociation, no
 * fused multiply-add, and the same overflow, underflow and division-by-zero
 * rules.  To let the compiler vectorise, a loop computes and only collects
 * whether anything looks wrong; the rare suspect is looked at again, one
 * element at a time, by the rules of utils/float.h.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "clones.h"
#include "kernels.h"

typedef bool (*kernel_loop) (int n, const unaligned_double *a,
							 const unaligned_double *b,
							 unaligned_double *out);
typedef bool (*kernel_update) (int n, unaligned_double *map,
							   const unaligned_double *other, bool checked);

/*
 * One loop.  EXPR makes the element r of x and y.  SUSPECT makes of x, y and r a
 * double that has no bits set where r is certainly right; where classify() finds
 * an error it has some.  (r - r is such a double for overflow: 0 for a finite r,
 * else NaN.)  The loop gathers these bits, which gcc 12 vectorises; it does not
 * vectorise conditions of several comparisons.
 *
 * KERNEL_LOOP stores the elements in a third array as it goes, and returns
 * whether any is suspect.  KERNEL_UPDATE looks first: if any is suspect, it
 * stores nothing and returns true, so that the map that is its first argument
 * is as it was.  A suspect may be right, as Infinity + 1 is; the caller who has
 * found that of all of them calls again with "checked", and they are stored.
 */
#define KERNEL_LOOP(name, EXPR, SUSPECT, ia, ib) \
KERNEL_CLONES static bool \
name(int n, const unaligned_double *restrict a, \
	 const unaligned_double *restrict b, unaligned_double *restrict out) \
{ \
	uint64_t	suspect = 0; \
	for (int i = 0; i < n; i++) \
	{ \
		const double x = a[ia]; \
		const double y = b[ib]; \
		const double r = (EXPR); \
		(void) x; \
		suspect |= bits_of(SUSPECT); \
		out[i] = r; \
	} \
	return suspect != 0; \
}

#define KERNEL_UPDATE(name, EXPR, SUSPECT, X, Y) \
KERNEL_CLONES static bool \
name(int n, unaligned_double *restrict map, \
	 const unaligned_double *restrict other, bool checked) \
{ \
	uint64_t	suspect = 0; \
	for (int i = 0; i < n; i++) \
	{ \
		const double x = X; \
		const double y = Y; \
		const double r = (EXPR); \
		(void) x; \
		(void) r; \
		suspect |= bits_of(SUSPECT); \
	} \
	if (suspect != 0 && !checked) \
		return true; \
	for (int i = 0; i < n; i++) \
	{ \
		const double x = X; \
		const double y = Y; \
		(void) x; \
		map[i] = (EXPR); \
	} \
	return false; \
}

/* A loop that does not look. */
#define KERNEL_UNCHECKED(name, EXPR) \
KERNEL_LOOP(name##_map_map_unchecked, EXPR, 0, i, i) \
KERNEL_LOOP(name##_map_scalar_unchecked, EXPR, 0, i, 0) \
KERNEL_LOOP(name##_scalar_map_unchecked, EXPR, 0, 0, i)

#define KERNEL_MAPS(name, EXPR, SUSPECT) \
KERNEL_LOOP(name##_map_map, EXPR, SUSPECT, i, i) \
KERNEL_UPDATE(name##_map_map_update, EXPR, SUSPECT, map[i], other[i])

#define KERNEL_RIGHT_SCALAR(name, EXPR, SUSPECT) \
KERNEL_LOOP(name##_map_scalar, EXPR, SUSPECT, i, 0) \
KERNEL_UPDATE(name##_map_scalar_update, EXPR, SUSPECT, map[i], other[0])

#define KERNEL_LEFT_SCALAR(name, EXPR, SUSPECT) \
KERNEL_LOOP(name##_scalar_map, EXPR, SUSPECT, 0, i) \
KERNEL_UPDATE(name##_scalar_map_update, EXPR, SUSPECT, other[0], map[i])

#define KERNEL(name, EXPR, SUSPECT) \
KERNEL_MAPS(name, EXPR, SUSPECT) \
KERNEL_RIGHT_SCALAR(name, EXPR, SUSPECT) \
KERNEL_LEFT_SCALAR(name, EXPR, SUSPECT)

static inline uint64_t
bits_of(double x)
{
	uint64_t	bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

#define NAN_LAST_LT(x, y) ((x) == (x) && ((y) != (y) || (x) < (y)))

#define ADD_SUSPECT (r - r)
#define MULTIPLY_SUSPECT ((r - r) + fabs(y == 0 ? 0.0 : (r == 0 ? x : 0.0)))
#define DIVIDE_SUSPECT ((r - r) + fabs(r == 0 ? x : 0.0))

KERNEL(add, x + y, ADD_SUSPECT)
KERNEL(subtract, x - y, ADD_SUSPECT)
KERNEL_UNCHECKED(add, x + y)
KERNEL_UNCHECKED(subtract, x - y)
KERNEL(multiply, x * y, MULTIPLY_SUSPECT)
KERNEL(divide, x / y, DIVIDE_SUSPECT)
KERNEL_MAPS(least, NAN_LAST_LT(x, y) ? x : y, 0)
KERNEL_MAPS(greatest, NAN_LAST_LT(y, x) ? x : y, 0)
KERNEL_MAPS(right, y, 0)
KERNEL_RIGHT_SCALAR(right, y, 0)

#define KERNEL_SHAPE(name) {name, name##_update, name}
#define KERNEL_UNCHECKED_SHAPE(name) {name, name##_update, name##_unchecked}
#define KERNEL_UNCHECKED_ROW(name) { \
	[KERNEL_MAP_MAP] = KERNEL_UNCHECKED_SHAPE(name##_map_map), \
	[KERNEL_MAP_SCALAR] = KERNEL_UNCHECKED_SHAPE(name##_map_scalar), \
	[KERNEL_SCALAR_MAP] = KERNEL_UNCHECKED_SHAPE(name##_scalar_map)}
#define KERNEL_ROW(name) { \
	[KERNEL_MAP_MAP] = KERNEL_SHAPE(name##_map_map), \
	[KERNEL_MAP_SCALAR] = KERNEL_SHAPE(name##_map_scalar), \
	[KERNEL_SCALAR_MAP] = KERNEL_SHAPE(name##_scalar_map)}

static const struct
{
	kernel_loop loop;
	kernel_update update;
	kernel_loop unchecked;		/* "loop", where there is none */
}			kernels[KERNEL_OPS][KERNEL_SHAPES] = {
	[KERNEL_ADD] = KERNEL_UNCHECKED_ROW(add),
	[KERNEL_SUBTRACT] = KERNEL_UNCHECKED_ROW(subtract),
	[KERNEL_MULTIPLY] = KERNEL_ROW(multiply),
	[KERNEL_DIVIDE] = KERNEL_ROW(divide),
	[KERNEL_LEAST] = {[KERNEL_MAP_MAP] = KERNEL_SHAPE(least_map_map)},
	[KERNEL_GREATEST] = {[KERNEL_MAP_MAP] = KERNEL_SHAPE(greatest_map_map)},
	[KERNEL_RIGHT] = {
		[KERNEL_MAP_MAP] = KERNEL_SHAPE(right_map_map),
		[KERNEL_MAP_SCALAR] = KERNEL_SHAPE(right_map_scalar)
	},
};

/*
 * Loops of two operations, of which the first adds or subtracts and does not
 * look: (a op b) op c, b and c being maps or numbers.
 */
#define KERNEL_PAIR(name, FIRST, EXPR, SUSPECT, ib, ic) \
KERNEL_CLONES static bool \
name(int n, const unaligned_double *restrict a, const unaligned_double *restrict b, \
	 const unaligned_double *restrict c, unaligned_double *restrict out) \
{ \
	uint64_t	suspect = 0; \
	for (int i = 0; i < n; i++) \
	{ \
		const double x = a[i] FIRST b[ib]; \
		const double y = c[ic]; \
		const double r = (EXPR); \
		suspect |= bits_of(SUSPECT); \
		out[i] = r; \
	} \
	return suspect != 0; \
}

#define KERNEL_PAIRS(name, EXPR, SUSPECT) \
KERNEL_PAIR(add_##name##_maps, +, EXPR, SUSPECT, i, i) \
KERNEL_PAIR(add_##name##_map_scalar, +, EXPR, SUSPECT, i, 0) \
KERNEL_PAIR(add_##name##_scalar_map, +, EXPR, SUSPECT, 0, i) \
KERNEL_PAIR(add_##name##_scalars, +, EXPR, SUSPECT, 0, 0) \
KERNEL_PAIR(subtract_##name##_maps, -, EXPR, SUSPECT, i, i) \
KERNEL_PAIR(subtract_##name##_map_scalar, -, EXPR, SUSPECT, i, 0) \
KERNEL_PAIR(subtract_##name##_scalar_map, -, EXPR, SUSPECT, 0, i) \
KERNEL_PAIR(subtract_##name##_scalars, -, EXPR, SUSPECT, 0, 0)

KERNEL_PAIRS(add, x + y, ADD_SUSPECT)
KERNEL_PAIRS(subtract, x - y, ADD_SUSPECT)
KERNEL_PAIRS(multiply, x * y, MULTIPLY_SUSPECT)
KERNEL_PAIRS(divide, x / y, DIVIDE_SUSPECT)
KERNEL_PAIRS(add_unchecked, x + y, 0)
KERNEL_PAIRS(subtract_unchecked, x - y, 0)

typedef bool (*kernel_pair) (int n, const unaligned_double *a,
							 const unaligned_double *b,
							 const unaligned_double *c, unaligned_double *out);

#define PAIR_ROW(name) {{name##_maps, name##_map_scalar}, {name##_scalar_map, name##_scalars}}
#define PAIR_ROWS(first) { \
	{[KERNEL_ADD] = PAIR_ROW(first##_add_unchecked), \
	 [KERNEL_SUBTRACT] = PAIR_ROW(first##_subtract_unchecked), \
	 [KERNEL_MULTIPLY] = PAIR_ROW(first##_multiply), \
	 [KERNEL_DIVIDE] = PAIR_ROW(first##_divide)}, \
	{[KERNEL_ADD] = PAIR_ROW(first##_add), \
	 [KERNEL_SUBTRACT] = PAIR_ROW(first##_subtract), \
	 [KERNEL_MULTIPLY] = PAIR_ROW(first##_multiply), \
	 [KERNEL_DIVIDE] = PAIR_ROW(first##_divide)}}

/* by the first operation, whether the second looks, which, and which are scalars */
static const kernel_pair pairs[2][2][KERNEL_DIVIDE + 1][2][2] = {
	[KERNEL_ADD] = PAIR_ROWS(add),
	[KERNEL_SUBTRACT] = PAIR_ROWS(subtract)
};

/*
 * What core's float8 operator says of x op y: the conditions of float8_pl,
 * float8_mi, float8_mul and float8_div in utils/float.h.
 */
static KernelError
classify(KernelOp op, double x, double y)
{
	double		r;

	switch (op)
	{
		case KERNEL_ADD:
			r = x + y;
			return isinf(r) && !isinf(x) && !isinf(y) ? KERNEL_OVERFLOW : KERNEL_OK;
		case KERNEL_SUBTRACT:
			r = x - y;
			return isinf(r) && !isinf(x) && !isinf(y) ? KERNEL_OVERFLOW : KERNEL_OK;
		case KERNEL_MULTIPLY:
			r = x * y;
			if (isinf(r) && !isinf(x) && !isinf(y))
				return KERNEL_OVERFLOW;
			return r == 0 && x != 0 && y != 0 ? KERNEL_UNDERFLOW : KERNEL_OK;
		case KERNEL_DIVIDE:
			if (y == 0 && !isnan(x))
				return KERNEL_ZERO_DIVIDE;
			r = x / y;
			if (isinf(r) && !isinf(x))
				return KERNEL_OVERFLOW;
			return r == 0 && x != 0 && !isinf(y) ? KERNEL_UNDERFLOW : KERNEL_OK;
		case KERNEL_LEAST:
		case KERNEL_GREATEST:
		case KERNEL_RIGHT:
			break;
	}
	return KERNEL_OK;
}

/* The first element that classify() refuses. */
static KernelFault
find_fault(KernelOp op, KernelShape shape, int n,
		   const unaligned_double *a, const unaligned_double *b)
{
	KernelFault fault = {KERNEL_OK, 0};

	for (int i = 0; i < n; i++)
	{
		fault.error = classify(op,
							   a[shape == KERNEL_SCALAR_MAP ? 0 : i],
							   b[shape == KERNEL_MAP_SCALAR ? 0 : i]);
		fault.position = i;
		if (fault.error != KERNEL_OK)
			break;
	}
	return fault;
}

/*
 * out[i] = a[i] op b[i] for i < n, where a scalar operand is one double.
 * KERNEL_LEAST and KERNEL_GREATEST are of two maps, and KERNEL_RIGHT has no
 * scalar on the left.
 *
 * "out" must not overlap the operands.  Returns the first element that core
 * would refuse, or KERNEL_OK; after a fault the contents of "out" are not to
 * be used.
 */
KernelFault
reddict_kernel(KernelOp op, KernelShape shape, int n,
			   const unaligned_double *a, const unaligned_double *b,
			   unaligned_double *out)
{
	KernelFault fault = {KERNEL_OK, 0};

	if (kernels[op][shape].loop(n, a, b, out))
		fault = find_fault(op, shape, n, a, b);
	return fault;
}

/*
 * The same, but only says whether core might refuse anything: true also for what
 * an infinity or NaN gives that was there before.  If not "checked", a sum or a
 * difference that overflows goes unnoticed.
 */
bool
reddict_kernel_suspects(KernelOp op, KernelShape shape, int n,
						const unaligned_double *a, const unaligned_double *b,
						unaligned_double *out, bool checked)
{
	return checked ? kernels[op][shape].loop(n, a, b, out) :
		kernels[op][shape].unchecked(n, a, b, out);
}

/*
 * out[i] = (a[i] first b[i]) second c[i], where b and c may be scalars, by their
 * shapes, KERNEL_MAP_MAP or KERNEL_MAP_SCALAR.  The first operation is
 * KERNEL_ADD or KERNEL_SUBTRACT, and does not look; the second is one of
 * arithmetic, and looks as reddict_kernel_suspects() does.
 */
bool
reddict_kernel_pair_suspects(KernelOp first, KernelShape first_shape,
							 KernelOp second, KernelShape second_shape, int n,
							 const unaligned_double *a, const unaligned_double *b,
							 const unaligned_double *c,
							 unaligned_double *out, bool checked)
{
	return pairs[first][checked][second][first_shape == KERNEL_MAP_SCALAR]
		[second_shape == KERNEL_MAP_SCALAR] (n, a, b, c, out);
}

/*
 * map[i] = map[i] op other[i], or, with a scalar, map[i] op other[0] or
 * other[0] op map[i], for i < n; or nothing at all.  Operations and shapes as
 * for reddict_kernel().
 *
 * After a fault "map" is as it was: once it is overwritten nobody can tell
 * whether an infinity was there before.  So this looks first.
 */
KernelFault
reddict_kernel_update(KernelOp op, KernelShape shape, int n,
					  unaligned_double *map, const unaligned_double *other)
{
	const unaligned_double *a = shape == KERNEL_SCALAR_MAP ? other : map;
	const unaligned_double *b = shape == KERNEL_SCALAR_MAP ? map : other;
	KernelFault fault = {KERNEL_OK, 0};

	if (!kernels[op][shape].update(n, map, other, false))
		return fault;
	fault = find_fault(op, shape, n, a, b);
	if (fault.error == KERNEL_OK)
		(void) kernels[op][shape].update(n, map, other, true);
	return fault;
}

/*
 * *acc = (...((*acc op values[0]) op values[1]) ...), from left to right, for
 * op KERNEL_ADD or KERNEL_MULTIPLY.
 *
 * Returns the first step that core would refuse, or KERNEL_OK.
 */
KernelFault
reddict_kernel_fold(KernelOp op, int n, const unaligned_double *values,
					double *acc)
{
	KernelFault fault = {KERNEL_OK, 0};

	for (int i = 0; i < n; i++)
	{
		const double x = *acc;
		const double y = values[i];

		fault.error = classify(op, x, y);
		fault.position = i;
		if (fault.error != KERNEL_OK)
			break;
		*acc = op == KERNEL_ADD ? x + y : x * y;
	}
	return fault;
}

/*
 * The statistics that begin at a position in planes of doubles which are
 * "stride" apart.
 */
KernelStats
reddict_kernel_stats(unaligned_double *values, int stride, int position)
{
	KernelStats stats;
	size_t		plane = stride;

	stats.count = values + position;
	stats.sum = stats.count + plane;
	stats.sxx = stats.sum + plane;
	stats.least = stats.sxx + plane;
	stats.greatest = stats.least + plane;
	return stats;
}

/* Statistics of no numbers. */
void
reddict_kernel_stats_init(int n, KernelStats stats)
{
	for (int i = 0; i < n; i++)
	{
		stats.count[i] = 0;
		stats.sum[i] = 0;
		stats.sxx[i] = 0;
		stats.least[i] = NAN;	/* above every number */
		stats.greatest[i] = -INFINITY;
	}
}

/*
 * Take one number more into each of n statistics, by the method of Youngs and
 * Cramer (1971), exactly as core's float8_accum() does.
 *
 * After a fault, where a sum or Sxx overflows, the statistics are as they were.
 */
KernelFault
reddict_kernel_accumulate(int n, KernelStats stats,
						  const unaligned_double *values)
{
	KernelFault fault = {KERNEL_OK, 0};
	uint64_t	suspect = 0;

	/*
	 * Look first, and without the division: the new part of Sxx is less than
	 * the square that it is made of.
	 */
	for (int i = 0; i < n; i++)
	{
		const double x = values[i];
		const double sum = stats.sum[i] + x;
		const double distance = x * (stats.count[i] + 1.0) - sum;
		const double bound = stats.sxx[i] + distance * distance;

		suspect |= bits_of(sum - sum) | bits_of(bound - bound);
	}
	for (int i = 0; suspect != 0 && i < n; i++)
	{
		const double x = values[i];
		const double count = stats.count[i] + 1.0;
		const double sum = stats.sum[i] + x;
		const double distance = x * count - sum;
		const double sxx = stats.sxx[i] + distance * distance / (count * stats.count[i]);

		if (stats.count[i] > 0 && (isinf(sum) || isinf(sxx)) &&
			!isinf(stats.sum[i]) && !isinf(x))
		{
			fault.error = KERNEL_OVERFLOW;
			fault.position = i;
			return fault;
		}
	}

	for (int i = 0; i < n; i++)
	{
		const double x = values[i];
		const double before = stats.count[i];
		const double count = before + 1.0;
		const double sum = stats.sum[i] + x;

		if (before > 0)
		{
			const double distance = x * count - sum;

			stats.sxx[i] += distance * distance / (count * before);
			if (isinf(sum) || isinf(stats.sxx[i]))
				stats.sxx[i] = NAN;
		}
		else if (!isfinite(x))
			stats.sxx[i] = NAN;
		stats.count[i] = count;
		stats.sum[i] = sum;
		stats.least[i] = NAN_LAST_LT(stats.least[i], x) ? stats.least[i] : x;
		stats.greatest[i] = NAN_LAST_LT(x, stats.greatest[i]) ? stats.greatest[i] : x;
	}
	return fault;
}

/*
 * Take each of n other statistics into one, as core's float8_combine() does.
 *
 * After a fault, where a count (which core does not check), a sum or Sxx
 * overflows, the statistics are as they were.
 */
KernelFault
reddict_kernel_combine(int n, KernelStats stats, KernelStats other)
{
	KernelFault fault = {KERNEL_OK, 0};

	for (int write = 0; write <= 1; write++)
	{
		for (int i = 0; i < n; i++)
		{
			const double n1 = stats.count[i];
			const double n2 = other.count[i];
			double		sum;
			double		sxx;

			if (n1 == 0)
			{
				sum = other.sum[i];
				sxx = other.sxx[i];
			}
			else if (n2 == 0)
			{
				sum = stats.sum[i];
				sxx = stats.sxx[i];
			}
			else
			{
				const double distance = stats.sum[i] / n1 - other.sum[i] / n2;

				sum = stats.sum[i] + other.sum[i];
				sxx = stats.sxx[i] + other.sxx[i] +
					n1 * n2 * distance * distance / (n1 + n2);
				if (isinf(n1 + n2) ||
					(isinf(sum) && !isinf(stats.sum[i]) && !isinf(other.sum[i])) ||
					(isinf(sxx) && !isinf(stats.sxx[i]) && !isinf(other.sxx[i])))
				{
					fault.error = KERNEL_OVERFLOW;
					fault.position = i;
					return fault;
				}
			}
			if (!write)
				continue;
			stats.count[i] = n1 + n2;
			stats.sum[i] = sum;
			stats.sxx[i] = sxx;
			stats.least[i] = NAN_LAST_LT(stats.least[i], other.least[i]) ?
				stats.least[i] : other.least[i];
			stats.greatest[i] = NAN_LAST_LT(other.greatest[i], stats.greatest[i]) ?
				stats.greatest[i] : other.greatest[i];
		}
	}
	return fault;
}

/*
 * A statistic at a position; false where there are too few numbers for it:
 * none, or, for a sample's variance, one.
 */
bool
reddict_kernel_statistic(KernelStatistic what, KernelStats stats, int position,
						 double *result)
{
	const double count = stats.count[position];
	const double sxx = stats.sxx[position];

	if (what == STATISTIC_COUNT)
	{
		*result = count;
		return true;
	}
	if (count == 0 ||
		((what == STATISTIC_VAR_SAMP || what == STATISTIC_STDDEV_SAMP) && count <= 1))
		return false;
	switch (what)
	{
		case STATISTIC_COUNT:
			break;
		case STATISTIC_SUM:
			*result = stats.sum[position];
			break;
		case STATISTIC_LEAST:
			*result = stats.least[position];
			break;
		case STATISTIC_GREATEST:
			*result = stats.greatest[position];
			break;
		case STATISTIC_AVG:
			*result = stats.sum[position] / count;
			break;
		case STATISTIC_VAR_POP:
			*result = sxx / count;
			break;
		case STATISTIC_VAR_SAMP:
			*result = sxx / (count - 1.0);
			break;
		case STATISTIC_STDDEV_POP:
			*result = sqrt(sxx / count);
			break;
		case STATISTIC_STDDEV_SAMP:
			*result = sqrt(sxx / (count - 1.0));
			break;
	}
	return true;
}

/*
 * The sum of the products of two arrays, from left to right; 0 of none.  False
 * if there may be a step that core would refuse, or what is not finite.
 *
 * One loop for both: each addition waits for the one before it, so there is
 * time for the products, and wider vectors would change nothing.
 */
bool
reddict_kernel_dot(int n, const unaligned_double *a, const unaligned_double *b,
				   double *result)
{
	double		sum = n > 0 ? -0.0 : 0.0;	/* -0 + r is r, whatever r is */
	uint64_t	suspect = 0;

	for (int i = 0; i < n; i++)
	{
		const double x = a[i];
		const double y = b[i];
		const double r = x * y;

		suspect |= bits_of(MULTIPLY_SUSPECT);
		sum += r;
	}
	*result = sum;
	return suspect == 0 && sum - sum == 0;
}

/*
 * The bits of the largest absolute value, as an integer.  Integers of positive
 * doubles have their order, and NaN is the largest; and the compiler knows how
 * to do it with vectors.
 */
KERNEL_CLONES static int64_t
largest_magnitude(int n, const unaligned_double *values)
{
	int64_t		largest = 0;

	for (int i = 0; i < n; i++)
	{
		const int64_t magnitude = bits_of(values[i]) & INT64_MAX;

		largest = magnitude > largest ? magnitude : largest;
	}
	return largest;
}

/*
 * The Euclidean norm of values times a scale, which is set to a power of two
 * such that nothing overflows or vanishes on the way, and nothing is rounded.
 * NaN, Infinity and 0 come out as they are, with the scale 1.
 */
double
reddict_kernel_norm(int n, const unaligned_double *values, double *scale)
{
	const int64_t bits = largest_magnitude(n, values);
	double		largest;
	double		sum = 0;
	int			exponent;

	memcpy(&largest, &bits, sizeof(largest));
	*scale = 1;
	if (isnan(largest))
		return NAN;
	if (largest == 0 || isinf(largest))
		return largest;
	(void) frexp(largest, &exponent);
	*scale = ldexp(1.0, exponent < -1000 ? 1000 : -exponent);
	for (int i = 0; i < n; i++)
	{
		const double scaled = values[i] * *scale;

		sum += scaled * scaled;
	}
	return sqrt(sum);
}
