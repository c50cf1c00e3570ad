/*
 * histogram.c
 *	  Exponential histograms: bounds of buckets, packed counts, ranks.
 *
 * A histogram among those of a value (redhist.h) is, in bytes:
 *
 *		uint8	flags: what follows, below
 *		varint	zero count
 *		float8	sum, unless it is missing
 *		float8	minimum; likewise, and if there is a number at all
 *		float8	maximum; likewise
 *		int8	scale
 *		float8	zero threshold, unless it is 0
 *		varint	only where a limit is not the default one: greatest number of
 *		int8	... buckets, and greatest scale
 *		varint	only where one is not 0: how many NaN, ...
 *		varint	... Infinity, ...
 *		varint	... and -Infinity
 *		buckets of the positive side, if one has a count
 *		buckets of the negative side, likewise
 *
 * The buckets of a side, from the first to the last that has a count:
 *
 *		varint	index of the first, as 2 * index, or -2 * index - 1 if negative
 *		varint	how many buckets
 *		varint	bytes of all that follows
 *		2 bits	for each block of 8 buckets, lowest bits first, as many bytes as
 *				it takes: the width of the block's counts in bits; 0: as that of
 *				the block before, 1: one more, 2: one less, 3: another
 *		for each block: uint8 width where it is another; 8 counts of that width,
 *				the lowest bits first, which take as many bytes as the width has
 *				bits
 *
 * The width is that of the largest count, and one before the first block's is 0.
 * So equal histograms have equal bytes.
 *
 * Counts vary slowly from bucket to bucket, and most blocks have the width of
 * their neighbour.  10,000 lognormal (0, 1) numbers take about 380 bytes; as
 * varints, or with the widths as half bytes, they took 730 and 400.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "port/pg_bswap.h"
#include "utils/float.h"

#include "histogram.h"
#include "parts.h"
#include "percentile.h"

/* flags */
#define HAS_NO_SUM			0x01
#define HAS_NO_MIN			0x02
#define HAS_NO_MAX			0x04
#define HAS_THRESHOLD		0x08
#define HAS_LIMITS			0x10
#define HAS_SPECIAL			0x20
#define HAS_SIDE(sign)		(0x40 << (sign))

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

/* --- a histogram of nothing ------------------------------------------------ */

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

/* --- packed counts --------------------------------------------------------- */

/* Refuse what is no histogram. */
void
histogram_refuse(void)
{
	ereport(ERROR,
			errcode(ERRCODE_DATA_CORRUPTED),
			errmsg("invalid redhist: its histograms are damaged"));
}

/* The 8 bytes from one on, of which there may be fewer. */
static inline uint64
load_word(const unsigned char *bytes, const unsigned char *end)
{
	uint64		word = 0;

	if (likely(end - bytes >= (ptrdiff_t) sizeof(word)))
		memcpy(&word, bytes, sizeof(word));
	else
		memcpy(&word, bytes, end - bytes);
#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
	if (end - bytes < (ptrdiff_t) sizeof(word))
		word &= (UINT64CONST(1) << 8 * (end - bytes)) - 1;
#endif
	return word;
}

/*
 * Go to the next block of packed counts.  Gives the bits that each takes; 0: all
 * are 0.  Then the walk is behind it, and "start" is where they lie.
 */
static inline int
next_block(BucketWalk *walk, const unsigned char **start)
{
	const HistogramSide *side = walk->side;
	int32		number = walk->next / HISTOGRAM_BLOCK;
	int			code = side->counts[number / 4] >> 2 * (number % 4) & 3;

	if (unlikely(code == 3))
	{
		if (walk->block >= side->end)
			histogram_refuse();
		walk->bits = *walk->block++;
	}
	else
		walk->bits += code == 2 ? -1 : code;
	if (unlikely(walk->bits < 0 || walk->bits > 54 || side->end - walk->block < walk->bits))
		histogram_refuse();
	*start = walk->block;
	walk->block += walk->bits;
	return walk->bits;
}

/* The counts of a block, so many bits each. */
static inline void
read_counts(const unsigned char *block, const unsigned char *end, int bits, uint64 *counts)
{
	uint64		mask = (UINT64CONST(1) << bits) - 1;

	for (int i = 0; i < HISTOGRAM_BLOCK; i++)
		counts[i] = load_word(block + i * bits / 8, end) >> i * bits % 8 & mask;
}

/* Read the counts of the next block; false if there is none but 0. */
bool
histogram_next_block(BucketWalk *walk)
{
	const unsigned char *block;
	int			bits = next_block(walk, &block);

	if (bits == 0)
		return false;
	if (likely(bits <= 8))
	{
		uint64		word = load_word(block, walk->side->end);
		uint64		mask = (UINT64CONST(1) << bits) - 1;

		for (int i = 0; i < HISTOGRAM_BLOCK; i++)
			walk->counts[i] = word >> i * bits & mask;
	}
	else
		read_counts(block, walk->side->end, bits, walk->counts);
	return true;
}

/*
 * Eight counts of up to 8 bits each as eight bytes: halves are moved apart, then
 * quarters, then eighths.
 */
static inline uint64
spread_counts(uint64 word, int bits)
{
	uint64		low = (UINT64CONST(1) << 4 * bits) - 1;
	uint64		mask;

	word = (word & low) | (word >> 4 * bits & low) << 32;
	mask = ((UINT64CONST(1) << 2 * bits) - 1) * UINT64CONST(0x0000000100000001);
	word = (word & mask) | (word >> 2 * bits & mask) << 16;
	mask = ((UINT64CONST(1) << bits) - 1) * UINT64CONST(0x0001000100010001);
	return (word & mask) | (word >> bits & mask) << 8;
}

/*
 * Add eight counts to those of an array, or take them away again; nothing if one
 * does not fit: then false.
 */
#define ADD_BLOCK(name, type) \
static inline bool \
name(unsigned char *array, uint64 spread, bool add) \
{ \
	type		sums[HISTOGRAM_BLOCK]; \
	unsigned char counts[HISTOGRAM_BLOCK]; \
	type		over = 0; \
	memcpy(sums, array, sizeof(sums)); \
	memcpy(counts, &spread, sizeof(counts)); \
	for (int i = 0; i < HISTOGRAM_BLOCK; i++) \
	{ \
		sums[i] = (type) (add ? sums[i] + counts[i] : sums[i] - counts[i]); \
		over |= add & (sums[i] < counts[i]); \
	} \
	if (unlikely(over != 0)) \
		return false; \
	memcpy(array, sums, sizeof(sums)); \
	return true; \
}

ADD_BLOCK(add_block_1, uint8)
ADD_BLOCK(add_block_2, uint16)
ADD_BLOCK(add_block_4, uint32)

/* The same one by one: for wide counts, and where the array ends. */
static bool
add_block(unsigned char *array, int width, const uint64 *counts, int n, bool add)
{
	uint64		greatest = Min(histogram_width_max(width), (uint64) HISTOGRAM_MAX_COUNT);

	for (int i = 0; add && i < n; i++)
	{
		if (counts[i] > greatest - Min(greatest, histogram_array_get(array, width, i)))
			return false;
	}
	for (int i = 0; i < n; i++)
		histogram_array_set(array, width, i, histogram_array_get(array, width, i) +
							(add ? counts[i] : -counts[i]));
	return true;
}

/*
 * Add packed counts to those of an array, of "room" counts of a width, from the
 * first on; or, so many blocks of them, take them away again.  Returns how many
 * blocks were added before one did not fit; PG_INT32_MAX: all did.
 */
int32
histogram_add_packed(unsigned char *array, int width, uint32 room, const HistogramSide *side,
					 bool add, int32 blocks)
{
	BucketWalk	walk;
	int32		done = 0;

	bucket_walk_init(&walk, side);
	for (; walk.next < side->n && done < blocks; walk.next += HISTOGRAM_BLOCK, done++)
	{
		const unsigned char *block;
		int			bits = next_block(&walk, &block);
		unsigned char *place = array + ((Size) walk.next << width);
		bool		added;

		if (bits == 0)
			continue;
#ifndef WORDS_BIGENDIAN
		if (likely(bits <= 8 && width < HISTOGRAM_MAX_WIDTH &&
				   walk.next + HISTOGRAM_BLOCK <= (int64) room))
		{
			uint64		spread = spread_counts(load_word(block, side->end), bits);

			added = width == 0 ? add_block_1(place, spread, add) :
				width == 1 ? add_block_2(place, spread, add) : add_block_4(place, spread, add);
		}
		else
#endif
		{
			uint64		counts[HISTOGRAM_BLOCK];

			read_counts(block, side->end, bits, counts);
			added = add_block(place, width, counts, Min(HISTOGRAM_BLOCK, side->n - walk.next), add);
		}
		if (unlikely(!added))
			return done;
	}
	return PG_INT32_MAX;
}

/* Append the counts of a block, so many bits each. */
static void
append_block(StringInfo buf, const uint64 *counts, int bits)
{
	uint64		word = 0;
	int			used = 0;

	for (int i = 0; i < HISTOGRAM_BLOCK; i++)
	{
		word |= counts[i] << used;
		used += bits;
		for (; used >= 8; used -= 8)
		{
			appendStringInfoCharMacro(buf, (char) word);
			word >>= 8;
		}
	}
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

/* Append the buckets from one to another of a side. */
static void
append_side(StringInfo buf, const HistogramSide *side, int32 low, int32 high)
{
	int32		blocks = (high - low) / HISTOGRAM_BLOCK + 1;
	int32		bytes = (blocks + 3) / 4;
	unsigned char *codes = palloc0(bytes);
	StringInfoData counts;
	int			bits = 0;
	BucketWalk	walk;
	bool		more;

	initStringInfo(&counts);
	bucket_walk_init(&walk, side);
	more = bucket_walk_next(&walk);
	for (int32 number = 0; number < blocks; number++)
	{
		int32		start = low + number * HISTOGRAM_BLOCK;
		uint64		block[HISTOGRAM_BLOCK] = {0};
		uint64		all = 0;
		int			wanted;
		int			code;

		for (; more && walk.index - start < HISTOGRAM_BLOCK; more = bucket_walk_next(&walk))
		{
			block[walk.index - start] = walk.count;
			all |= walk.count;
		}
		wanted = all == 0 ? 0 : pg_leftmost_one_pos64(all) + 1;
		code = wanted == bits ? 0 : wanted == bits + 1 ? 1 : wanted == bits - 1 ? 2 : 3;
		if (code == 3)
			appendStringInfoCharMacro(&counts, (char) wanted);
		codes[number / 4] |= code << 2 * (number % 4);
		bits = wanted;
		append_block(&counts, block, bits);
	}
	reddict_append_varint(buf, low < 0 ? -2 * (int64) low - 1 : 2 * (int64) low);
	reddict_append_varint(buf, high - low + 1);
	reddict_append_varint(buf, bytes + counts.len);
	appendBinaryStringInfo(buf, (char *) codes, bytes);
	appendBinaryStringInfo(buf, counts.data, counts.len);
	pfree(codes);
	pfree(counts.data);
}

static void
append_double(StringInfo buf, double number)
{
	appendBinaryStringInfo(buf, (char *) &number, sizeof(number));
}

/*
 * Append a histogram.  Adds to "weight" what its text may have more than six
 * bytes for a byte of: each bucket counts for one, and its names for some.
 */
void
histogram_append(StringInfo buf, const Histogram *histogram, Size *weight)
{
	int			start = buf->len;
	bool		some = histogram->zero > 0;
	unsigned char flags = 0;
	int32		low[2];
	int32		high[2];

	for (int sign = 0; sign < 2; sign++)
	{
		if (!histogram_side_ends(&histogram->sides[sign], &low[sign], &high[sign]))
			continue;
		some = true;
		flags |= HAS_SIDE(sign);
		*weight += high[sign] - low[sign];
	}
	*weight += 100;

	appendStringInfoChar(buf, 0);
	reddict_append_varint(buf, histogram->zero);
	if (!histogram->has_sum)
		flags |= HAS_NO_SUM;
	else
		append_double(buf, isnan(histogram->sum) ? get_float8_nan() : histogram->sum);
	if (!histogram->has_min && some)
		flags |= HAS_NO_MIN;
	else if (some)
		append_double(buf, histogram->min);
	if (!histogram->has_max && some)
		flags |= HAS_NO_MAX;
	else if (some)
		append_double(buf, histogram->max);
	appendStringInfoChar(buf, (char) histogram->scale);
	if (histogram->threshold != 0)
	{
		flags |= HAS_THRESHOLD;
		append_double(buf, histogram->threshold);
	}
	if (histogram->max_buckets != HISTOGRAM_DEFAULT_BUCKETS ||
		histogram->max_scale != HISTOGRAM_DEFAULT_SCALE)
	{
		flags |= HAS_LIMITS;
		reddict_append_varint(buf, histogram->max_buckets);
		appendStringInfoChar(buf, (char) histogram->max_scale);
	}
	if (histogram->nan > 0 || histogram->plus > 0 || histogram->minus > 0)
	{
		flags |= HAS_SPECIAL;
		reddict_append_varint(buf, histogram->nan);
		reddict_append_varint(buf, histogram->plus);
		reddict_append_varint(buf, histogram->minus);
	}
	for (int sign = 0; sign < 2; sign++)
	{
		if ((flags & HAS_SIDE(sign)) != 0)
			append_side(buf, &histogram->sides[sign], low[sign], high[sign]);
	}
	buf->data[start] = (char) flags;
}

/* The flags of a histogram but for what they say of its sum. */
int
histogram_compared_flags(int flags)
{
	return flags & ~HAS_NO_SUM;
}

/* The functions below read what lies from "next" on, and go behind it. */
static uint64
read_varint(const unsigned char **next, const unsigned char *end, uint64 limit)
{
	uint64		number;

	if (!reddict_read_varint(next, end, &number) || number > limit)
		histogram_refuse();
	return number;
}

static double
read_double(const unsigned char **next, const unsigned char *end)
{
	double		number;

	if (end - *next < (ptrdiff_t) sizeof(number))
		histogram_refuse();
	memcpy(&number, *next, sizeof(number));
	*next += sizeof(number);
	return number;
}

static int
read_byte(const unsigned char **next, const unsigned char *end)
{
	if (*next >= end)
		histogram_refuse();
	return *(*next)++;
}

static void
read_side(const unsigned char **next, const unsigned char *end, int scale, HistogramSide *side)
{
	const int32 octave = 1 << Max(scale, 0);
	uint64		first = read_varint(next, end, PG_UINT32_MAX);
	uint64		bytes;

	side->first = (first & 1) ? (int32) -(int64) (first / 2) - 1 : (int32) (first / 2);
	side->n = (int32) read_varint(next, end, HISTOGRAM_MOST_BUCKETS);
	bytes = read_varint(next, end, end - *next);
	if (side->n == 0 || side->first < -1075 * octave || side->first >= 1024 * octave ||
		bytes < (uint64) (side->n + 4 * HISTOGRAM_BLOCK - 1) / (4 * HISTOGRAM_BLOCK) ||
		bytes > (uint64) (end - *next))
		histogram_refuse();
	side->width = HISTOGRAM_PACKED;
	side->counts = *next;
	side->end = *next = *next + bytes;
}

/* Read the histogram that lies at "next", which then is behind it. */
void
histogram_read(const unsigned char **next, const unsigned char *end, Histogram *histogram)
{
	int			flags = read_byte(next, end);
	bool		some;

	histogram->zero = read_varint(next, end, HISTOGRAM_MAX_COUNT);
	some = histogram->zero > 0 || (flags & (HAS_SIDE(0) | HAS_SIDE(1))) != 0;
	histogram->has_sum = (flags & HAS_NO_SUM) == 0;
	histogram->has_min = (flags & HAS_NO_MIN) == 0;
	histogram->has_max = (flags & HAS_NO_MAX) == 0;
	histogram->sum = histogram->has_sum ? read_double(next, end) : 0;
	histogram->min = histogram->has_min && some ? read_double(next, end) : get_float8_infinity();
	histogram->max = histogram->has_max && some ? read_double(next, end) : -get_float8_infinity();
	histogram->scale = (int8) read_byte(next, end);
	histogram->threshold = (flags & HAS_THRESHOLD) != 0 ? read_double(next, end) : 0;
	histogram->max_buckets = HISTOGRAM_DEFAULT_BUCKETS;
	histogram->max_scale = HISTOGRAM_DEFAULT_SCALE;
	if ((flags & HAS_LIMITS) != 0)
	{
		histogram->max_buckets = (int32) read_varint(next, end, HISTOGRAM_MOST_BUCKETS);
		histogram->max_scale = (int8) read_byte(next, end);
	}
	if (histogram->scale < HISTOGRAM_MIN_SCALE || histogram->scale > histogram->max_scale ||
		histogram->max_scale > HISTOGRAM_MAX_SCALE || histogram->max_buckets < HISTOGRAM_LEAST_BUCKETS)
		histogram_refuse();
	histogram->nan = histogram->plus = histogram->minus = 0;
	if ((flags & HAS_SPECIAL) != 0)
	{
		histogram->nan = read_varint(next, end, HISTOGRAM_MAX_COUNT);
		histogram->plus = read_varint(next, end, HISTOGRAM_MAX_COUNT);
		histogram->minus = read_varint(next, end, HISTOGRAM_MAX_COUNT);
	}
	for (int sign = 0; sign < 2; sign++)
	{
		if ((flags & HAS_SIDE(sign)) == 0)
			histogram->sides[sign].n = 0;
		else
		{
			read_side(next, end, histogram->scale, &histogram->sides[sign]);
			if (histogram->sides[sign].n > histogram->max_buckets)
				histogram_refuse();
		}
	}
}

/*
 * What contradicts itself in a histogram, or NULL; of one that was read from a
 * value, or of arrays.
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
	return NULL;
}

/* --- ranks ----------------------------------------------------------------- */

/* What comes in which order, as float8 sorts */
typedef enum HistogramStepKind
{
	STEP_MINUS_INFINITY,
	STEP_NEGATIVE,
	STEP_ZERO,
	STEP_POSITIVE,
	STEP_INFINITY,
	STEP_NAN
} HistogramStepKind;

/* How many numbers are in the buckets of a side, and how many of these. */
static uint64
side_count(const HistogramSide *side, int32 *populated)
{
	uint64		count = 0;
	BucketWalk	walk;

	*populated = 0;
	bucket_walk_init(&walk, side);
	while (bucket_walk_next(&walk))
	{
		count += walk.count;
		(*populated)++;
	}
	return count;
}

/* How many numbers there are, but for NaN and infinities. */
uint64
histogram_count(const Histogram *histogram)
{
	int32		ignored;

	return histogram->zero + side_count(&histogram->sides[0], &ignored) +
		side_count(&histogram->sides[1], &ignored);
}

static void
add_step(HistogramRanks *ranks, HistogramStepKind what, int32 index, uint64 count)
{
	if (count == 0)
		return;
	ranks->total += count;
	ranks->steps[ranks->n++] = (HistogramStep) {what, index, ranks->total};
}

/* Make ready to read percentiles; "ranks" has memory of its own. */
void
histogram_rank(const Histogram *histogram, HistogramRanks *ranks)
{
	const HistogramSide *sides = histogram->sides;
	int32		populated[2];
	uint64		below = side_count(&sides[1], &populated[1]);
	BucketWalk	walk;
	uint64		before;

	(void) side_count(&sides[0], &populated[0]);
	ranks->histogram = histogram;
	ranks->steps = palloc((populated[0] + populated[1] + STEP_NAN) * sizeof(HistogramStep));
	ranks->n = 0;
	ranks->total = 0;
	add_step(ranks, STEP_MINUS_INFINITY, 0, histogram->minus);
	before = ranks->total;
	/* the bucket that is farthest from zero comes first */
	ranks->n += populated[1];
	ranks->total += below;
	bucket_walk_init(&walk, &sides[1]);
	for (int32 i = ranks->n - 1; bucket_walk_next(&walk); i--)
	{
		ranks->steps[i] = (HistogramStep) {STEP_NEGATIVE, walk.index, before + below};
		below -= walk.count;
	}
	add_step(ranks, STEP_ZERO, 0, histogram->zero);
	bucket_walk_init(&walk, &sides[0]);
	while (bucket_walk_next(&walk))
		add_step(ranks, STEP_POSITIVE, walk.index, walk.count);
	ranks->finite = ranks->total - before;
	add_step(ranks, STEP_INFINITY, 0, histogram->plus);
	add_step(ranks, STEP_NAN, 0, histogram->nan);
}

static bool
is_finite(const HistogramStep *step)
{
	return step->what == STEP_NEGATIVE || step->what == STEP_ZERO || step->what == STEP_POSITIVE;
}

/* The number that a step stands for whose numbers are not finite. */
static double
special_number(HistogramStepKind what)
{
	return what == STEP_NAN ? get_float8_nan() :
		what == STEP_INFINITY ? get_float8_infinity() : -get_float8_infinity();
}

/* Between which numbers those of a step are. */
void
histogram_step_bounds(const Histogram *histogram, const HistogramStep *step,
					  double *lower, double *upper)
{
	switch (step->what)
	{
		case STEP_NEGATIVE:
			*lower = -histogram_bound(step->index + 1, histogram->scale);
			*upper = -histogram_bound(step->index, histogram->scale) + 0.0; /* -0 is 0 */
			break;
		case STEP_ZERO:
			*lower = -histogram->threshold + 0.0;
			*upper = histogram->threshold;
			break;
		case STEP_POSITIVE:
			*lower = histogram_bound(step->index, histogram->scale);
			*upper = histogram_bound(step->index + 1, histogram->scale);
			break;
		default:
			*lower = *upper = special_number(step->what);
	}
}

/* A number, or the nearest one that there may be in a histogram. */
static double
clamp(const Histogram *histogram, double number)
{
	if (histogram->has_min && number < histogram->min)
		return histogram->min;
	if (histogram->has_max && number > histogram->max)
		return histogram->max;
	return number;
}

/*
 * What a number of a bucket stands for: of bounds a and b, 2ab / (a + b), which
 * is as far from both in proportion.
 */
static double
middle(const Histogram *histogram, const HistogramStep *step)
{
	double		a;
	double		b;

	if (step->what == STEP_ZERO)
		return 0;
	a = histogram_bound(step->index, histogram->scale);
	b = histogram_bound(step->index + 1, histogram->scale);
	a = a == 0 ? b : a / (0.5 + 0.5 * (a / b));
	return step->what == STEP_NEGATIVE ? -a : a;
}

/* The step that has the number of a rank, from 0. */
static const HistogramStep *
find_step(const HistogramRanks *ranks, uint64 rank)
{
	int32		low = 0;
	int32		high = ranks->n - 1;

	while (low < high)
	{
		int32		probe = low + (high - low) / 2;

		if (ranks->steps[probe].through > rank)
			high = probe;
		else
			low = probe + 1;
	}
	return &ranks->steps[low];
}

/*
 * The number of a rank, from 0.  The first and the last of those that are finite
 * are the minimum and the maximum, if these are known.
 */
static double
number_at(const HistogramRanks *ranks, uint64 rank)
{
	const Histogram *histogram = ranks->histogram;
	const HistogramStep *step = find_step(ranks, rank);

	if (!is_finite(step))
		return special_number(step->what);
	if (histogram->has_min && rank == histogram->minus)
		return histogram->min;
	if (histogram->has_max && rank == histogram->minus + ranks->finite - 1)
		return histogram->max;
	return clamp(histogram, middle(histogram, step));
}

/*
 * The number below which a fraction of all numbers are, by the arithmetic of
 * core's percentile_cont(), where each number is what number_at() says.  False
 * if there are none.
 */
bool
histogram_percentile(const HistogramRanks *ranks, double fraction, double *result)
{
	PercentilePlace place;

	if (ranks->total == 0)
		return false;
	place = reddict_percentile_place(fraction, ranks->total);
	*result = reddict_percentile_at(&place, number_at(ranks, place.first), number_at(ranks, place.second));
	return true;
}

/*
 * How many of the numbers of a step are below one: by where it is between the
 * step's bounds, or the minimum and the maximum if these are nearer.
 */
static double
share_below(const Histogram *histogram, const HistogramStep *step, double value)
{
	double		lower;
	double		upper;

	if (!is_finite(step))
		return float8_lt(special_number(step->what), value);
	histogram_step_bounds(histogram, step, &lower, &upper);
	lower = clamp(histogram, lower);
	upper = clamp(histogram, upper);
	if (float8_le(value, lower))
		return 0;
	if (float8_gt(value, upper))
		return 1;
	/* halves, for the difference may be beyond DBL_MAX */
	return (value / 2 - lower / 2) / (upper / 2 - lower / 2);
}

/*
 * What fraction of all numbers are below one, as float8 sorts.  False if there
 * are none.
 */
bool
histogram_fraction_below(const HistogramRanks *ranks, double value, double *result)
{
	double		below = 0;
	uint64		before = 0;

	if (ranks->total == 0)
		return false;
	for (int32 i = 0; i < ranks->n; i++)
	{
		const HistogramStep *step = &ranks->steps[i];
		double		share = share_below(ranks->histogram, step, value);

		if (share < 1)
		{
			below = (double) before + share * (double) (step->through - before);
			break;
		}
		before = step->through;
		below = (double) before;
	}
	*result = below / (double) ranks->total;
	return true;
}
