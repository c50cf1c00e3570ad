/*
 * histogram_pack.c
 *	  Exponential histograms as bytes, their counts packed.
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

#include <math.h>

#include "port/pg_bswap.h"
#include "utils/float.h"

#include "histogram.h"
#include "parts.h"

/* flags */
#define HAS_NO_SUM			0x01
#define HAS_NO_MIN			0x02
#define HAS_NO_MAX			0x04
#define HAS_THRESHOLD		0x08
#define HAS_LIMITS			0x10
#define HAS_SPECIAL			0x20
#define HAS_SIDE(sign)		(0x40 << (sign))

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

	/* which code comes is hard to foresee, but for this one */
	if (unlikely(code == 3))
	{
		if (walk->block >= side->end)
			histogram_refuse();
		walk->bits = *walk->block++;
	}
	else
		walk->bits += code - 3 * (code >> 1);
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

/* Every so many bits, from the lowest on, the bits of a word */
#define EACH_8(bits)	((bits) * UINT64CONST(0x0101010101010101))
#define EACH_16(bits)	((bits) * UINT64CONST(0x0001000100010001))
#define EACH_32(bits)	((bits) * UINT64CONST(0x0000000100000001))

/* Add counts to those of a word of an array, or take them away again. */
static pg_attribute_always_inline void
add_word(unsigned char *array, uint64 word, uint64 counts, bool add)
{
	word = add ? word + counts : word - counts;
	memcpy(array, &word, sizeof(word));
}

static pg_attribute_always_inline uint64
get_word(const unsigned char *array)
{
	uint64		word;

	memcpy(&word, array, sizeof(word));
	return word;
}

/*
 * Add eight counts, a byte each, to those of an array, or take them away again;
 * nothing if one might not fit: then false.
 *
 * A word of the array has 8, 4 or 2 counts, which are all added at once: with
 * no highest bit set, none carries into the next one.
 */
static pg_attribute_always_inline bool
add_bytes_1(unsigned char *array, uint64 bytes, bool add)
{
	uint64		word = get_word(array);

	if (unlikely(add && ((word | bytes) & EACH_8(UINT64CONST(0x80))) != 0))
		return false;
	add_word(array, word, bytes, add);
	return true;
}

/* Four bytes as counts of 2 bytes. */
static pg_attribute_always_inline uint64
four_counts(uint64 bytes)
{
	bytes = (bytes | bytes << 16) & EACH_32(UINT64CONST(0xFFFF));
	return (bytes | bytes << 8) & EACH_16(UINT64CONST(0xFF));
}

static pg_attribute_always_inline bool
add_bytes_2(unsigned char *array, uint64 bytes, bool add)
{
	uint64		low = get_word(array);
	uint64		high = get_word(array + 8);

	if (unlikely(add && ((low | high) & EACH_16(UINT64CONST(0x8000))) != 0))
		return false;
	add_word(array, low, four_counts(bytes & PG_UINT32_MAX), add);
	add_word(array + 8, high, four_counts(bytes >> 32), add);
	return true;
}

/* The two bytes from one on as counts of 4 bytes. */
static pg_attribute_always_inline uint64
two_counts(uint64 bytes, int first)
{
	bytes = bytes >> 8 * first & 0xFFFF;
	return (bytes | bytes << 24) & EACH_32(UINT64CONST(0xFF));
}

static pg_attribute_always_inline bool
add_bytes_4(unsigned char *array, uint64 bytes, bool add)
{
	uint64		a = get_word(array);
	uint64		b = get_word(array + 8);
	uint64		c = get_word(array + 16);
	uint64		d = get_word(array + 24);

	if (unlikely(add && ((a | b | c | d) & EACH_32(UINT64CONST(0x80000000))) != 0))
		return false;
	add_word(array, a, two_counts(bytes, 0), add);
	add_word(array + 8, b, two_counts(bytes, 2), add);
	add_word(array + 16, c, two_counts(bytes, 4), add);
	add_word(array + 24, d, two_counts(bytes, 6), add);
	return true;
}

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

/* histogram_add_packed(), for each of its two choices. */
static pg_attribute_always_inline int32
add_packed(unsigned char *array, int width, uint32 room, const HistogramSide *side,
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
		uint64		counts[HISTOGRAM_BLOCK];

#ifndef WORDS_BIGENDIAN
		/* also of counts that are 0: to add these is quicker than to ask */
		if (likely(bits <= 8 && walk.next + HISTOGRAM_BLOCK <= (int64) room))
		{
			uint64		bytes = spread_counts(load_word(block, side->end), bits);

			if (likely(width == 0 ? add_bytes_1(place, bytes, add) :
					   width == 1 ? add_bytes_2(place, bytes, add) :
					   width == 2 && add_bytes_4(place, bytes, add)))
				continue;
		}
#endif
		read_counts(block, side->end, bits, counts);
		if (!add_block(place, width, counts, Min(HISTOGRAM_BLOCK, side->n - walk.next), add))
			return done;
	}
	return PG_INT32_MAX;
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
	return add ? add_packed(array, width, room, side, true, blocks) :
		add_packed(array, width, room, side, false, blocks);
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
