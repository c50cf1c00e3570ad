/*
 * narrow_read.c
 *	  Narrow numbers as doubles again: all, one, or added to sums.
 *
 * narrow.h draws the layout and has the rules.
 *
 * Reading n / 10^s is a division, which is slow.  Where the machine has fused
 * multiply-add, q = n * (1/d), r = fma(-q, d, n), q + r * (1/d) is the same
 * double for every 32-bit integer n and d = 10^1 to 10^9, in a third of the
 * time.  t/008_narrow.pl compares the two; with NARROW_ALL_INTEGERS=1 over all
 * 32-bit integers.
 */
#include <math.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "clones.h"
#include "narrow_codes.h"

/* What divides by powers of ten, for the fused division */
static const double inverses[] = {
	1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9
};

/* The scale up to which the fused division is that of all 32-bit integers */
#define FUSED_MAX_SCALE 9

/* The bytes that say where each of n numbers is, at the most. */
size_t
reddict_narrow_front(int n)
{
	return NARROW_HEAD_SIZE + codes_size(n) + offsets_size(n);
}

/*
 * The bytes of up to 16 numbers, by their codes.  A width is 1 + b0 + 3 * b1 +
 * 3 * b0 * b1, of the two bits b1 b0 of its code; both are set for a double.
 */
static inline size_t
codes_numbers_size(uint64_t codes, int n, uint64_t *doubles)
{
	const uint64_t ones = UINT64_C(0x1111111111111111) >> (64 - CODE_BITS * n);
	const uint64_t bytes = UINT64_C(0x0F0F0F0F0F0F0F0F);
	const uint64_t b0 = codes & ones;
	const uint64_t b1 = codes >> 1 & ones;
	const uint64_t widths = ones + b0 + 3 * (b1 + (b0 & b1));

	*doubles |= b0 & b1;
	return ((widths & bytes) + (widths >> CODE_BITS & bytes)) *
		UINT64_C(0x0101010101010101) >> 56;
}

/*
 * The bytes of the numbers from one position, an even one, to before another;
 * and whether there are doubles among them.  Of the codes and what comes behind
 * so many bytes are there, from the first position on.
 */
static inline size_t
numbers_size(const unsigned char *codes, int begin, int end, size_t there, bool *has_doubles)
{
	size_t		size = 0;
	uint64_t	doubles = 0;

	for (int i = begin; i < end; i += 16)
	{
		const unsigned char *at = codes + i / 2;
		int			n = end - i < 16 ? end - i : 16;
		uint64_t	sixteen = 0;

		if (there >= sizeof(sixteen))
		{
			memcpy(&sixteen, at, sizeof(sixteen));
#ifdef NARROW_BIG_ENDIAN
			sixteen = __builtin_bswap64(sixteen);
#endif
			there -= sizeof(sixteen);
		}
		else
		{
			for (int j = 0; j < (n + 1) / 2; j++)
				sixteen |= (uint64_t) at[j] << (8 * j);
		}
		size += codes_numbers_size(sixteen, n, &doubles);
	}
	*has_doubles = doubles != 0;
	return size;
}

/* Where the numbers of a stride begin, from the first number on. */
static inline size_t
stride_offset(const NarrowNumbers *narrow, int stride)
{
	uint32_t	offset;

	if (stride == 0)
		return 0;
	memcpy(&offset, narrow->offsets + (stride - 1) * sizeof(offset), sizeof(offset));
	return offset;
}

/*
 * Find how n numbers lie, of which "available" bytes are there; false if they
 * can't be narrow numbers, or are more bytes than that.  What is checked is
 * that reading each number stays within narrow->size bytes, so far as its
 * stride says; reddict_narrow_check() has the rest.
 */
bool
reddict_narrow_read(NarrowNumbers *narrow, int n, const char *from, size_t available)
{
	int			last;

	if (n <= 0 || available < NARROW_HEAD_SIZE)
		return false;
	narrow->n = n;
	narrow->scale = (unsigned char) *from & SCALE_MASK;
	narrow->width = (unsigned char) *from >> WIDTH_SHIFT;
	narrow->codes = (const unsigned char *) from + NARROW_HEAD_SIZE;
	if (narrow->scale > NARROW_MAX_SCALE)
		return false;
	if (narrow->width > 0)
	{
		narrow->offsets = NULL;
		narrow->numbers = from + NARROW_HEAD_SIZE;
		narrow->size = NARROW_HEAD_SIZE + (size_t) n * narrow->width;
		return (narrow->width == 1 || narrow->width == 2 || narrow->width == 4) &&
			narrow->size <= available;
	}
	if (reddict_narrow_front(n) > available)
		return false;
	narrow->offsets = from + NARROW_HEAD_SIZE + codes_size(n);
	narrow->numbers = narrow->offsets + offsets_size(n);
	last = (n - 1) / NARROW_STRIDE;
	if (stride_offset(narrow, last) > available)
		return false;
	narrow->size = reddict_narrow_front(n) + stride_offset(narrow, last) +
		numbers_size(narrow->codes, last * NARROW_STRIDE, n,
					 available - NARROW_HEAD_SIZE - last * NARROW_STRIDE / 2, &narrow->last_doubles);
	return narrow->size <= available;
}

/*
 * Look through all codes and offsets for anything that reddict_narrow_write()
 * would not have written.  Returns NULL, or what is wrong.
 */
const char *
reddict_narrow_check(const NarrowNumbers *narrow)
{
	size_t		size = 0;

	if (narrow->width > 0)
		return NULL;
	for (int i = 0; i < narrow->n; i++)
	{
		int			code = get_code(narrow->codes, i);

		if ((code & CODE_ZERO) != 0 || code == (CODE_DOUBLE | CODE_SCALED))
			return "code of a number is wrong";
		if (i % NARROW_STRIDE == 0 && stride_offset(narrow, i / NARROW_STRIDE) != size)
			return "offset of a number is wrong";
		size += code_width(code);
	}
	if (narrow->n % 2 == 1 && narrow->codes[narrow->n / 2] >> CODE_BITS != 0)
		return "code behind the last number is not zero";
	return NULL;
}

static inline int64_t
load64(const char *from)
{
	int64_t		bits;

	memcpy(&bits, from, sizeof(bits));
	return bits;
}

static inline double
as_double(int64_t bits)
{
	double		x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/*
 * Where the number at a position is, in bytes from the start of the layout.
 * Only what reddict_narrow_front() counts has to be there, and 8 bytes behind
 * that, if there are any.  Returns false if the offsets of its stride lead out of
 * the layout.
 */
bool
reddict_narrow_place(const NarrowNumbers *narrow, int position, size_t *begin, size_t *end)
{
	int			stride = position / NARROW_STRIDE;
	bool		has_doubles;

	if (narrow->width > 0)
	{
		*begin = NARROW_HEAD_SIZE + (size_t) position * narrow->width;
		*end = *begin + narrow->width;
		return true;
	}
	*begin = reddict_narrow_front(narrow->n) + stride_offset(narrow, stride) +
		numbers_size(narrow->codes, stride * NARROW_STRIDE, position,
					 narrow->size - NARROW_HEAD_SIZE - stride * NARROW_STRIDE / 2, &has_doubles);
	*end = *begin + code_width(get_code(narrow->codes, position));
	return *end <= narrow->size;
}

/* The number at a position, of which the bytes are there. */
double
reddict_narrow_number(const NarrowNumbers *narrow, int position, const char *bytes)
{
	int			code = narrow->width > 0 ?
		(narrow->width / 2 | CODE_SCALED) :
		get_code(narrow->codes, position);
	int8_t		narrow8;
	int16_t		narrow16;
	int32_t		integer;

	switch (code_width(code))
	{
		case 1:
			memcpy(&narrow8, bytes, sizeof(narrow8));
			integer = narrow8;
			break;
		case 2:
			memcpy(&narrow16, bytes, sizeof(narrow16));
			integer = narrow16;
			break;
		case 4:
			memcpy(&integer, bytes, sizeof(integer));
			break;
		default:
			return as_double(load64(bytes));
	}
	return (code & CODE_SCALED) != 0 ? integer / powers[narrow->scale] : integer;
}

/*
 * Loops over numbers that all have one width: store them, or add them to what is
 * there, by how an integer becomes a number.
 */
typedef void (*uniform_loop) (int n, const char *from, int scale, unaligned_double *out);

#define UNIFORM_LOOP(name, target, type, QUOTIENT, ASSIGN) \
target static void \
name(int n, const char *restrict from, int scale, unaligned_double *restrict out) \
{ \
	const type *restrict integers = (const type *) from; \
	const double divisor = powers[scale]; \
	const double inverse = inverses[scale > FUSED_MAX_SCALE ? 0 : scale]; \
	(void) divisor; \
	(void) inverse; \
	for (int i = 0; i < n; i++) \
	{ \
		const double integer = (double) integers[i]; \
		const double x = QUOTIENT; \
		out[i] ASSIGN x; \
	} \
}

#define UNIFORM_WIDTHS(name, target, QUOTIENT, ASSIGN) \
UNIFORM_LOOP(name##_8, target, narrow_int8, QUOTIENT, ASSIGN) \
UNIFORM_LOOP(name##_16, target, narrow_int16, QUOTIENT, ASSIGN) \
UNIFORM_LOOP(name##_32, target, narrow_int32, QUOTIENT, ASSIGN) \
static const uniform_loop name[] = {[1] = name##_8, [2] = name##_16, [4] = name##_32};

#define DIVIDED		(integer / divisor)

UNIFORM_WIDTHS(store_plain, KERNEL_CLONES, integer, =)
UNIFORM_WIDTHS(store_divided, KERNEL_CLONES, DIVIDED, =)
UNIFORM_WIDTHS(add_plain, KERNEL_CLONES, integer, +=)
UNIFORM_WIDTHS(add_divided, KERNEL_CLONES, DIVIDED, +=)
#ifdef KERNEL_FUSED_CLONES
#define FUSED		(integer * inverse + \
					 __builtin_fma(-(integer * inverse), divisor, integer) * inverse)
UNIFORM_WIDTHS(store_fused, KERNEL_FUSED_CLONES, FUSED, =)
UNIFORM_WIDTHS(add_fused, KERNEL_FUSED_CLONES, FUSED, +=)
#else
#define store_fused store_divided
#define add_fused add_divided
#endif

/* Run the loop for numbers that all have one width. */
static inline void
run_uniform(const NarrowNumbers *narrow, const uniform_loop *plain, const uniform_loop *fused,
			const uniform_loop *divided, unaligned_double *out)
{
	const uniform_loop *loops = narrow->scale == 0 ? plain :
		narrow->scale <= FUSED_MAX_SCALE && kernel_fuses() ? fused : divided;

	loops[narrow->width] (narrow->n, narrow->numbers, narrow->scale, out);
}

/* How many numbers a stride has. */
static inline int
stride_numbers(const NarrowNumbers *narrow, int stride)
{
	int			n = narrow->n - stride * NARROW_STRIDE;

	return n < NARROW_STRIDE ? n : NARROW_STRIDE;
}

/* The integer of 1, 2 or 4 bytes that ends before an address. */
static inline int32_t
integer_before(const char *end, int width)
{
	int32_t		bits;
	int			shift = 32 - 8 * width;

	memcpy(&bits, end - sizeof(bits), sizeof(bits));
#ifdef NARROW_BIG_ENDIAN
	bits = (int32_t) ((uint32_t) bits << shift);
#endif
	return bits >> shift;
}

#if defined(__x86_64__) && defined(KERNEL_FUSED_CLONES)
/*
 * Four numbers at once, as Stream VByte has it (Lemire, Kurz and Rupp, 2018):
 * one shuffle of the 16 bytes that end where the last number does puts each
 * number's bytes at the top of 32 bits, and a shift by what is below extends
 * its sign.  The table has for each four widths, two bits each, the shuffle,
 * the shifts, and the bytes of all four; 0 where there is a double.
 */
typedef struct CodeQuad
{
	uint8_t		shuffle[16];
	int32_t		shifts[4];
	int64_t		size;
} CodeQuad;

#define QUAD_BYTES(end, size) 16 - (size) + (end) - 4, 16 - (size) + (end) - 3, \
	16 - (size) + (end) - 2, 16 - (size) + (end) - 1
#define QUAD_OF(a, b, c, d) {{QUAD_BYTES(a, a + b + c + d), QUAD_BYTES(a + b, a + b + c + d), \
	QUAD_BYTES(a + b + c, a + b + c + d), QUAD_BYTES(a + b + c + d, a + b + c + d)}, \
	{32 - 8 * (a), 32 - 8 * (b), 32 - 8 * (c), 32 - 8 * (d)}, a + b + c + d}
#define QUAD_NONE {{0}, {0}, 0}
#define QUADS_A(b, c, d) QUAD_OF(1, b, c, d), QUAD_OF(2, b, c, d), QUAD_OF(4, b, c, d), QUAD_NONE
#define QUADS_4 QUAD_NONE, QUAD_NONE, QUAD_NONE, QUAD_NONE
#define QUADS_16 QUADS_4, QUADS_4, QUADS_4, QUADS_4
#define QUADS_B(c, d) QUADS_A(1, c, d), QUADS_A(2, c, d), QUADS_A(4, c, d), QUADS_4
#define QUADS_C(d) QUADS_B(1, d), QUADS_B(2, d), QUADS_B(4, d), QUADS_16

static const CodeQuad code_quads[256] = {
	QUADS_C(1), QUADS_C(2), QUADS_C(4), QUADS_16, QUADS_16, QUADS_16, QUADS_16
};

/*
 * As read_stride(), four numbers at a time, as long as none is a double.
 * Returns how many were read, and moves "from" past them.
 */
static inline __attribute__((always_inline, target("avx2,fma"))) int
read_quads(const unsigned char *codes, int n, int scale, const char **from, bool add,
		   unaligned_double *out)
{
	const char *next = *from;
	const __m256d divisor = _mm256_set1_pd(powers[scale]);
	const __m256d inverse = _mm256_set1_pd(inverses[scale]);
	const __m128i scaled_bits = _mm_setr_epi32(0x4, 0x40, 0x400, 0x4000);
	int			i = 0;

	while (n - i >= 2)
	{
		/* with the last two, the two before them are looked at once more */
		int			again = n - i < 4 ? 2 : 0;
		uint16_t	four;
		const CodeQuad *quad;
		__m128i		integers;
		__m128i		scaled;
		__m256d		integer;
		__m256d		number;

		if (again > i)
			break;
		memcpy(&four, codes + (i - again) / 2, sizeof(four));
		quad = &code_quads[(four & 0x3) | (four >> 2 & 0xC) | (four >> 4 & 0x30) | (four >> 6 & 0xC0)];
		if (quad->size == 0)
			break;
		next += again ? code_width(four >> 8) + code_width(four >> 12) : quad->size;
		integers = _mm_loadu_si128((const __m128i *) (next - 16));
		integers = _mm_shuffle_epi8(integers, _mm_loadu_si128((const __m128i *) quad->shuffle));
		integers = _mm_srav_epi32(integers, _mm_loadu_si128((const __m128i *) quad->shifts));
		scaled = _mm_and_si128(_mm_set1_epi32(four), scaled_bits);
		scaled = _mm_cmpeq_epi32(scaled, scaled_bits);
		integer = _mm256_cvtepi32_pd(integers);
		number = _mm256_mul_pd(integer, inverse);
		number = _mm256_add_pd(number, _mm256_mul_pd(_mm256_fnmadd_pd(number, divisor, integer),
													 inverse));
		number = _mm256_blendv_pd(integer, number,
								  _mm256_castsi256_pd(_mm256_cvtepi32_epi64(scaled)));
		if (again)
		{
			__m128d		two = _mm256_extractf128_pd(number, 1);

			if (add)
				two = _mm_add_pd(two, _mm_loadu_pd((const double *) (out + i)));
			_mm_storeu_pd((double *) (out + i), two);
		}
		else
		{
			if (add)
				number = _mm256_add_pd(number, _mm256_loadu_pd((const double *) (out + i)));
			_mm256_storeu_pd((double *) (out + i), number);
		}
		i += 4 - again;
	}
	*from = next;
	return i;
}

__attribute__((target("avx2,fma"))) static int
store_quads(const unsigned char *codes, int n, int scale, const char **from, unaligned_double *out)
{
	return read_quads(codes, n, scale, from, false, out);
}

__attribute__((target("avx2,fma"))) static int
add_quads(const unsigned char *codes, int n, int scale, const char **from, unaligned_double *out)
{
	return read_quads(codes, n, scale, from, true, out);
}
#endif

/*
 * Read the numbers of a stride that has codes, from "from" on, and store them,
 * or add them to what is there.  Returns where the next stride begins.
 */
static inline const char *
read_stride(const NarrowNumbers *narrow, int stride, const char *from, bool add,
			unaligned_double *out)
{
	const unsigned char *codes = narrow->codes + stride * (NARROW_STRIDE / 2);
	const double scale = powers[narrow->scale];
	int			n = stride_numbers(narrow, stride);

	out += stride * NARROW_STRIDE;
	for (int i = 0; i < n; i++)
	{
		int			code;
		int			width;
		double		number;

#if defined(__x86_64__) && defined(KERNEL_FUSED_CLONES)
		if (i % 4 == 0 && i + 4 <= n && narrow->scale <= FUSED_MAX_SCALE && kernel_fuses())
		{
			i += (add ? add_quads : store_quads) (codes + i / 2, n - i, narrow->scale,
												  &from, out + i);
			if (i == n)
				break;
		}
#endif
		code = get_code(codes, i);
		width = code_width(code);
		from += width;
		number = width == sizeof(double) ? as_double(load64(from - width)) :
			(code & CODE_SCALED) != 0 ? integer_before(from, width) / scale :
			integer_before(from, width);
		out[i] = add ? out[i] + number : number;
	}
	return from;
}

/*
 * Do the numbers of a stride begin here, as its offset says, and end within the
 * layout, as its codes say?  Of the last stride, which may be shorter,
 * reddict_narrow_read() has looked at the end.
 */
static inline bool
stride_fits(const NarrowNumbers *narrow, int stride, const char *from)
{
	const char *end = (const char *) narrow->codes - NARROW_HEAD_SIZE + narrow->size;
	int			next = (stride + 1) * NARROW_STRIDE;
	bool		has_doubles;

	if (stride_offset(narrow, stride) != (size_t) (from - narrow->numbers))
		return false;
	return next >= narrow->n || end - from >= NARROW_STRIDE * (ptrdiff_t) sizeof(double) ||
		numbers_size(narrow->codes, next - NARROW_STRIDE, next, NARROW_STRIDE / 2,
					 &has_doubles) <= (size_t) (end - from);
}

/*
 * Read one number, of n that are "size" bytes in all, of a map: 8 bytes before
 * them can be read, too.  False if these can't be n numbers.
 *
 * What reddict_narrow_read(), _place() and _number() do, but the codes of up to 16
 * numbers are one word, and the number's bytes are the last of another one: no
 * branch depends on widths.
 */
bool
reddict_narrow_one(int n, const char *from, size_t size, int position, double *number)
{
	const unsigned char *codes = (const unsigned char *) from + NARROW_HEAD_SIZE;
	NarrowNumbers narrow;
	size_t		begin;
	size_t		end;
	int			scale;
	uint64_t	word;
	uint64_t	doubles = 0;
	int			code;
	int			width;
	int64_t		integer;

	if (n > 16 || size < NARROW_HEAD_SIZE + sizeof(word) || (unsigned char) *from >> WIDTH_SHIFT != 0)
	{
		if (!reddict_narrow_read(&narrow, n, from, size) || narrow.size != size ||
			!reddict_narrow_place(&narrow, position, &begin, &end))
			return false;
		*number = reddict_narrow_number(&narrow, position, from + begin);
		return true;
	}
	scale = (unsigned char) *from & SCALE_MASK;
	memcpy(&word, codes, sizeof(word));
#ifdef NARROW_BIG_ENDIAN
	word = __builtin_bswap64(word);
#endif
	begin = reddict_narrow_front(n);
	if (scale > NARROW_MAX_SCALE || begin + codes_numbers_size(word, n, &doubles) != size)
		return false;
	code = word >> (CODE_BITS * position) & CODE_MASK;
	width = code_width(code);
	end = begin + codes_numbers_size(word, position + 1, &doubles);
	integer = load64(from + end - sizeof(word));
	if (code_width(code) == sizeof(double))
	{
		*number = as_double(integer);
		return true;
	}
#ifdef NARROW_BIG_ENDIAN
	integer = (int64_t) ((uint64_t) integer << (64 - 8 * width));
#endif
	integer >>= 64 - 8 * width;
	*number = (code & CODE_SCALED) != 0 ? integer / powers[scale] : integer;
	return true;
}

/*
 * Read all numbers.  Returns false, having written whatever, if their codes
 * lead out of the layout.
 */
bool
reddict_narrow_decode(const NarrowNumbers *narrow, unaligned_double *out)
{
	const char *from = narrow->numbers;

	if (narrow->width > 0)
	{
		run_uniform(narrow, store_plain, store_fused, store_divided, out);
		return true;
	}
	for (int stride = 0; stride * NARROW_STRIDE < narrow->n; stride++)
	{
		if (!stride_fits(narrow, stride, from))
			return false;
		from = read_stride(narrow, stride, from, false, out);
	}
	return true;
}

/*
 * May numbers that have codes be added: do all sums with a number of 8 bytes
 * stay finite, and do the codes lead where the offsets say?
 */
static bool
can_add(const NarrowNumbers *narrow, const unaligned_double *sums)
{
	const char *from = narrow->numbers;

	for (int stride = 0; stride * NARROW_STRIDE < narrow->n; stride++)
	{
		int			begin = stride * NARROW_STRIDE;
		int			end = begin + stride_numbers(narrow, stride);
		const char *next = from;
		bool		has_doubles = narrow->last_doubles;

		if (!stride_fits(narrow, stride, from))
			return false;
		if (end < narrow->n)
			next += numbers_size(narrow->codes, begin, end, NARROW_STRIDE / 2, &has_doubles);
		for (int i = begin; has_doubles && i < end; i++)
		{
			int			width = code_width(get_code(narrow->codes, i));

			if (width == sizeof(double) && !isfinite(sums[i] + as_double(load64(from))))
				return false;
			from += width;
		}
		from = next;
	}
	return true;
}

/*
 * sums[i] += number i for all numbers; or nothing at all, and false, where a
 * sum would not be finite, or codes lead out of the layout.  Sums may get there
 * by a number of 8 bytes only, so those are looked at first.
 */
bool
reddict_narrow_add(const NarrowNumbers *narrow, unaligned_double *sums)
{
	const char *from = narrow->numbers;

	if (narrow->width > 0)
	{
		run_uniform(narrow, add_plain, add_fused, add_divided, sums);
		return true;
	}
	if ((narrow->n > NARROW_STRIDE || narrow->last_doubles) && !can_add(narrow, sums))
		return false;
	for (int stride = 0; stride * NARROW_STRIDE < narrow->n; stride++)
		from = read_stride(narrow, stride, from, true, sums);
	return true;
}
