/*
 * histogram.c
 *	  Exponential histograms: bounds of buckets, what can be a histogram.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "utils/float.h"

#include "histogram.h"

#define FRACTION_BITS		52
#define IMPLICIT_BIT		(UINT64CONST(1) << FRACTION_BITS)
#define EXPONENT_BIAS		1023
#define FIRST_EXPONENT		(-1074) /* of the smallest double */

/* --- which number is in which bucket --------------------------------------- */

/*
 * The bounds between two powers of 2 at scale 6: the first 52 bits after the
 * point of 2^(k / 64).  What follows them is beyond any mantissa.
 */
const uint64 histogram_bounds[] = {
	0x0000000000000, 0x02C9A3E778060, 0x059B0D3158574, 0x0874518759BC8,
	0x0B5586CF9890F, 0x0E3EC32D3D1A2, 0x11301D0125B50, 0x1429AAEA92DDF,
	0x172B83C7D517A, 0x1A35BEB6FCB75, 0x1D4873168B9AA, 0x2063B88628CD6,
	0x2387A6E756238, 0x26B4565E27CDD, 0x29E9DF51FDEE1, 0x2D285A6E4030B,
	0x306FE0A31B715, 0x33C08B26416FF, 0x371A7373AA9CA, 0x3A7DB34E59FF6,
	0x3DEA64C123422, 0x4160A21F72E29, 0x44E086061892D, 0x486A2B5C13CD0,
	0x4BFDAD5362A27, 0x4F9B2769D2CA6, 0x5342B569D4F81, 0x56F4736B527DA,
	0x5AB07DD485429, 0x5E76F15AD2148, 0x6247EB03A5584, 0x6623882552224,
	0x6A09E667F3BCC, 0x6DFB23C651A2E, 0x71F75E8EC5F73, 0x75FEB564267C8,
	0x7A11473EB0186, 0x7E2F336CF4E62, 0x82589994CCE12, 0x868D99B4492EC,
	0x8ACE5422AA0DB, 0x8F1AE99157736, 0x93737B0CDC5E4, 0x97D829FDE4E4F,
	0x9C49182A3F090, 0xA0C667B5DE564, 0xA5503B23E255C, 0xA9E6B5579FDBF,
	0xAE89F995AD3AD, 0xB33A2B84F15FA, 0xB7F76F2FB5E46, 0xBCC1E904BC1D2,
	0xC199BDD85529C, 0xC67F12E57D14B, 0xCB720DCEF9069, 0xD072D4A07897B,
	0xD5818DCFBA487, 0xDA9E603DB3285, 0xDFC97337B9B5E, 0xE502EE78B3FF6,
	0xEA4AFA2A490D9, 0xEFA1BEE615A27, 0xF50765B6E4540, 0xFA7C1819E90D8,
	PG_UINT64_MAX
};

/*
 * Of the 128 equal parts between two powers of 2, which bucket the first number
 * is in; -1: that of the power itself.  None has more than one bound.
 */
const int8 histogram_guesses[] = {
	-1, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10,
	10, 11, 12, 12, 13, 14, 14, 15, 15, 16, 17, 17, 18, 18, 19, 20,
	20, 21, 21, 22, 22, 23, 24, 24, 25, 25, 26, 26, 27, 27, 28, 28,
	29, 29, 30, 30, 31, 31, 32, 33, 33, 34, 34, 35, 35, 35, 36, 36,
	37, 37, 38, 38, 39, 39, 40, 40, 41, 41, 42, 42, 43, 43, 43, 44,
	44, 45, 45, 46, 46, 47, 47, 47, 48, 48, 49, 49, 50, 50, 50, 51,
	51, 52, 52, 52, 53, 53, 54, 54, 54, 55, 55, 56, 56, 56, 57, 57,
	58, 58, 58, 59, 59, 59, 60, 60, 61, 61, 61, 62, 62, 62, 63, 63
};

/* A positive number as a mantissa of 53 bits, below 2, times a power of 2. */
static uint64
mantissa_of(double magnitude, int *exponent)
{
	uint64		bits;
	int			shift;

	memcpy(&bits, &magnitude, sizeof(bits));
	*exponent = (int) (bits >> FRACTION_BITS) - EXPONENT_BIAS;
	bits &= IMPLICIT_BIT - 1;
	if (*exponent > -EXPONENT_BIAS)
		return bits | IMPLICIT_BIT;
	shift = FRACTION_BITS - pg_leftmost_one_pos64(bits);
	*exponent = 1 - EXPONENT_BIAS - shift;
	return bits << shift;
}

/* histogram_index() of a number with leading zeros in its mantissa. */
int32
histogram_subnormal_index(double magnitude, int scale)
{
	int			exponent;
	uint64		mantissa = mantissa_of(magnitude, &exponent);
	double		normal;
	uint64		bits = (mantissa & (IMPLICIT_BIT - 1)) | (uint64) EXPONENT_BIAS << FRACTION_BITS;

	/* the same mantissa between 1 and 2 */
	memcpy(&normal, &bits, sizeof(normal));
	if (scale >= 0)
		return histogram_index(normal, scale) + exponent * (1 << scale);
	return (histogram_index(normal, 0) + exponent) >> -scale;
}

/* The upper 64 bits of a product, and the lower ones. */
static uint64
multiply(uint64 a, uint64 b, uint64 *low)
{
	uint64		a_high = a >> 32;
	uint64		b_high = b >> 32;
	uint64		a_low = (uint32) a;
	uint64		b_low = (uint32) b;
	uint64		middle = a_high * b_low + (a_low * b_low >> 32);
	uint64		other = a_low * b_high + (uint32) middle;

	*low = a * b;
	return a_high * b_high + (middle >> 32) + (other >> 32);
}

/*
 * How many bounds of a scale above 1 a mantissa has passed: the first bits of
 * its logarithm, the integer 2^scale * log2(mantissa) without its fraction.
 *
 * A square has twice the logarithm, so each squaring tells its next bit: is it
 * 2 or more?  Of 128 bits, after 20 squarings 105 are right; that decides, for
 * no double is as near to a bound: of a scale up to 20 the nearest one differs
 * from it in the 74th bit.
 */
static int32
passed_bounds(uint64 mantissa, int scale)
{
	uint64		high = mantissa << (63 - FRACTION_BITS);
	uint64		low = 0;
	int32		passed = 0;

	for (int i = 0; i < scale; i++)
	{
		uint64		square_low;
		uint64		cross_low;
		uint64		square = multiply(high, high, &square_low);
		uint64		cross = multiply(high, low, &cross_low);
		uint64		twice = cross << 1 | cross_low >> 63;

		low = square_low + twice;
		high = square + (cross >> 63) + (low < twice);
		passed <<= 1;
		if (high >> 63)
			passed |= 1;
		else
		{
			high = high << 1 | low >> 63;
			low <<= 1;
		}
	}
	return passed;
}

/* histogram_index() for the scales beyond the table's. */
int32
histogram_fine_index(double magnitude, int scale)
{
	int			exponent;
	uint64		mantissa = mantissa_of(magnitude, &exponent);

	return exponent * (1 << scale) + (mantissa == IMPLICIT_BIT ? -1 : passed_bounds(mantissa, scale));
}

/*
 * The first 53 bits of 2^(k / 2^scale), between 1 and 2.  What exp2() gives is
 * put right, so that it is the same with any library.
 */
static uint64
bound_mantissa(int32 k, int scale)
{
	uint64		mantissa;

	if (scale <= HISTOGRAM_DEFAULT_SCALE)
		return histogram_bounds[k << (HISTOGRAM_DEFAULT_SCALE - scale)] | IMPLICIT_BIT;
	if (k == 0)
		return IMPLICIT_BIT;
	mantissa = (uint64) ldexp(exp2(ldexp(k, -scale)), FRACTION_BITS);
	while (passed_bounds(mantissa, scale) >= k)
		mantissa--;
	while (passed_bounds(mantissa + 1, scale) < k)
		mantissa++;
	return mantissa;
}

/*
 * The bound between the buckets of index - 1 and index: the largest double that
 * is not above 2^(index * 2^-scale), so that the doubles of a bucket are just
 * those above its lower bound that are not above its upper one.
 */
double
histogram_bound(int32 index, int scale)
{
	int			exponent = scale >= 0 ? index >> scale : Max(index, FIRST_EXPONENT - 1) * (1 << -scale);
	uint64		mantissa = scale > 0 ? bound_mantissa(index & ((1 << scale) - 1), scale) : IMPLICIT_BIT;

	if (exponent < FIRST_EXPONENT)
		return 0;
	if (exponent > EXPONENT_BIAS)
		return DBL_MAX;
	if (exponent > -EXPONENT_BIAS)
		return ldexp((double) mantissa, exponent - FRACTION_BITS);
	return ldexp((double) (mantissa >> (1 - EXPONENT_BIAS - exponent)), FIRST_EXPONENT);
}

/* The indexes of the buckets of the smallest and of the largest double. */
int32
histogram_least_index(int scale)
{
	return histogram_index(ldexp(1, FIRST_EXPONENT), scale);
}

int32
histogram_greatest_index(int scale)
{
	return histogram_index(DBL_MAX, scale);
}

/* --- a whole histogram ------------------------------------------------ */

void
histogram_init(Histogram *histogram, int32 max_buckets, int max_scale)
{
	memset(histogram, 0, sizeof(*histogram));
	histogram->has_sum = histogram->has_min = histogram->has_max = true;
	histogram->scale = histogram->max_scale = max_scale;
	histogram->max_buckets = max_buckets;
	histogram->min = get_float8_infinity();
	histogram->max = -get_float8_infinity();
}

/* The lowest and the highest index that has a count; false if none has. */
bool
histogram_side_ends(const HistogramSide *side, int32 *low, int32 *high)
{
	int32		n = side->n;
	int32		i = 0;

	*low = side->first;
	*high = side->first + n - 1;
	if (side->width == HISTOGRAM_PACKED)
		return n > 0;
	while (i < n && histogram_array_get(side->counts, side->width, i) == 0)
		i++;
	if (i == n)
		return false;
	*low += i;
	while (histogram_array_get(side->counts, side->width, n - 1) == 0)
		n--;
	*high = side->first + n - 1;
	return true;
}

/* A sum of counts, or one more than there may be; so it can't wrap around. */
static inline uint64
add_counts(uint64 a, uint64 b)
{
	const uint64 too_many = HISTOGRAM_MAX_COUNT + 1;

	return Min(Min(a, too_many) + Min(b, too_many), too_many);
}

/* How many numbers are in the buckets of a side. */
static uint64
side_count(const HistogramSide *side)
{
	uint64		count = 0;
	BucketWalk	walk;

	bucket_walk_init(&walk, side);
	while (bucket_walk_next(&walk))
		count = add_counts(count, walk.count);
	return count;
}

/*
 * How many numbers there are, but for NaN and infinities; one more than there may
 * be stands for all larger ones.
 */
uint64
histogram_count(const Histogram *histogram)
{
	return add_counts(histogram->zero,
					  add_counts(side_count(&histogram->sides[0]), side_count(&histogram->sides[1])));
}

/*
 * Can a minimum or maximum be one of the numbers of the outermost bucket?  That
 * is the one of an index on a side, or, with "side" NULL, that of zero.
 *
 * Others compute indexes with logarithms and may be off by one, and may count
 * subnormal numbers as the least normal one, or as zero; so the bucket beside is
 * right, too.  Numbers that are near enough to a bucket are so after merges and
 * at coarser scales as well: what is read here is read again when it is printed.
 */
static bool
end_fits(const Histogram *histogram, double end, const HistogramSide *side, int32 index)
{
	double		magnitude = fabs(end);
	int			scale = histogram->scale;

	if (side == NULL)
		return magnitude <= DBL_MIN ||
			(histogram->threshold > 0 &&
			 histogram_index(magnitude, scale) <= histogram_index(histogram->threshold, scale) + 1);
	if (end == 0 || (end < 0) != (side == &histogram->sides[1]) ||
		index > histogram_index(Max(magnitude, DBL_MIN), scale) + 1)
		return false;
	return magnitude <= DBL_MIN || index >= histogram_index(magnitude, scale) - 1;
}

/* Can its minimum, or its maximum, be among the histogram's numbers? */
static bool
has_end(const Histogram *histogram, bool is_max)
{
	const HistogramSide *outer = &histogram->sides[is_max ? 0 : 1];
	const HistogramSide *inner = &histogram->sides[is_max ? 1 : 0];
	double		end = is_max ? histogram->max : histogram->min;
	int32		low;
	int32		high;

	if (histogram_side_ends(outer, &low, &high))
		return end_fits(histogram, end, outer, high);
	if (histogram->zero > 0)
		return end_fits(histogram, end, NULL, 0);
	(void) histogram_side_ends(inner, &low, &high);
	return end_fits(histogram, end, inner, low);
}

/*
 * What contradicts itself in a histogram, or NULL; of one that was read from a
 * value, or of arrays.  Minimum and maximum of no numbers may be 0 as well as
 * the infinities that they are in memory.
 */
const char *
histogram_problem(const Histogram *histogram)
{
	uint64		count = histogram_count(histogram);

	if (histogram->scale < HISTOGRAM_MIN_SCALE || histogram->scale > HISTOGRAM_MAX_SCALE)
		return psprintf("has the scale %d, which is not between %d and %d",
						histogram->scale, HISTOGRAM_MIN_SCALE, HISTOGRAM_MAX_SCALE);
	if (histogram->scale > histogram->max_scale)
		return psprintf("has the scale %d, above its limit, %d", histogram->scale, histogram->max_scale);
	for (int sign = 0; sign < 2; sign++)
	{
		int32		low;
		int32		high;

		if (!histogram_side_ends(&histogram->sides[sign], &low, &high))
			continue;
		if (low < histogram_least_index(histogram->scale))
			return psprintf("has the bucket %d, which no number is in at scale %d", low, histogram->scale);
		if (high > histogram_greatest_index(histogram->scale))
			return psprintf("has the bucket %d, which no number is in at scale %d", high, histogram->scale);
		if (high - low >= histogram->max_buckets)
			return psprintf("has buckets from %d to %d, which are more than %d", low, high, histogram->max_buckets);
	}
	if (count > HISTOGRAM_MAX_COUNT || histogram->nan > HISTOGRAM_MAX_COUNT ||
		histogram->plus > HISTOGRAM_MAX_COUNT || histogram->minus > HISTOGRAM_MAX_COUNT)
		return "has more than 2^53 numbers";
	if (count > 0 && histogram->has_min && histogram->has_max && !(histogram->min <= histogram->max))
		return "has a minimum that is above its maximum";
	if (count > 0 && ((histogram->has_min && !isfinite(histogram->min)) ||
					  (histogram->has_max && !isfinite(histogram->max))))
		return "has a minimum or maximum that is no finite number";
	if (!(histogram->threshold >= 0 && isfinite(histogram->threshold)))
		return "has a zero threshold that is no finite number from 0 on";
	if (count == 0 && (histogram->sum != 0 ||
					   !(histogram->min == 0 || histogram->min == get_float8_infinity()) ||
					   !(histogram->max == 0 || histogram->max == -get_float8_infinity())))
		return "has no numbers, but a sum, minimum or maximum that is not 0";
	if (count > 0 && histogram->has_min && !has_end(histogram, false))
		return psprintf("has the minimum %s, which is not in its lowest bucket",
						float8out_internal(histogram->min));
	if (count > 0 && histogram->has_max && !has_end(histogram, true))
		return psprintf("has the maximum %s, which is not in its highest bucket",
						float8out_internal(histogram->max));
	return NULL;
}
