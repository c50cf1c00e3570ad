/*
 * exact_sum.c
 *	  Sums of doubles without any rounding.
 *
 * exact_sum.h says how they are kept.  The loop at the top is what a row of
 * numbers costs; all below is for the few that it does not take, for merging
 * sums, and for reading them.
 */
#include <math.h>
#include <string.h>

#include "exact_sum.h"

#include "clones.h"

#define LOW_DIGIT INT64_C(0xFFFFFFFF)
#define FRACTION ((UINT64_C(1) << 52) - 1)
#define IMPLICIT_BIT (UINT64_C(1) << 52)
#define EXPONENT_MAX 2047

#define WHERE_BASE INT64_C(0xFFFF)
#define WHERE_FAR_SHIFT 32

static inline int
min(int a, int b)
{
	return a < b ? a : b;
}

static inline int
max(int a, int b)
{
	return a > b ? a : b;
}

static inline uint64_t
bits_of(double value)
{
	uint64_t	bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/*
 * Where a number's mantissa lies from the base on, of a finite one that is not
 * subnormal.
 */
static inline int64_t
shift_of(uint64_t bits, int64_t where)
{
	return (int64_t) ((bits >> 52) & EXPONENT_MAX) - 1 - (where & WHERE_BASE);
}

/*
 * Add a number to each element, or, where flip is -1, subtract it.  Returns a
 * negative number if one is too large or too small, or subnormal, or not finite,
 * and what was added is not what it should be; to do the opposite takes that
 * back.
 *
 * The planes are arguments of their own, for then the compiler takes them to be
 * different arrays.
 */
KERNEL_CLONES static int64_t
add(int n, exact_word *restrict low, exact_word *restrict middle,
	exact_word *restrict high, const exact_word *restrict where,
	const unaligned_double *restrict values, int64_t flip)
{
	int64_t		outside = 0;

	for (int i = 0; i < n; i++)
	{
		uint64_t	bits = bits_of(values[i]);
		int64_t		negative = -(int64_t) (bits >> 63) ^ flip;
		int64_t		not_zero = bits << 1 != 0 ? -1 : 0;
		uint64_t	mantissa = (bits & FRACTION) | (IMPLICIT_BIT & not_zero);
		int64_t		shift = shift_of(bits, where[i]);
		uint64_t	shifted = mantissa << (shift & 63);

		outside |= (shift | (EXACT_MAX_SHIFT - shift)) & not_zero;
		low[i] += ((int64_t) (shifted & LOW_DIGIT) ^ negative) - negative;
		middle[i] += ((int64_t) (shifted >> 32) ^ negative) - negative;
		high[i] += ((int64_t) (mantissa >> 1 >> (63 - (shift & 63))) ^ negative) - negative;
	}
	return outside;
}

/*
 * Add a number to each element, or, where sign is -1, subtract it; or nothing
 * at all, and return false, if one of them does not fit: if it is too large or
 * too small for where an element's own chunks are, or subnormal, or not finite.
 * The caller counts.
 */
bool
exact_sum_add(int n, ExactElements elements, const unaligned_double *values, int sign)
{
	exact_word *low = exact_plane(elements, EXACT_LOW);
	exact_word *middle = exact_plane(elements, EXACT_MIDDLE);
	exact_word *high = exact_plane(elements, EXACT_HIGH);
	exact_word *where = exact_plane(elements, EXACT_WHERE);
	int64_t		flip = sign < 0 ? -1 : 0;

	if (add(n, low, middle, high, where, values, flip) >= 0)
		return true;
	(void) add(n, low, middle, high, where, values, ~flip);
	return false;
}

/* Which ExactFar an element has, from 0; -1: none. */
int
exact_sum_far(ExactElements element)
{
	return (int) (*exact_plane(element, EXACT_WHERE) >> WHERE_FAR_SHIFT) - 1;
}

/* Give an element the ExactFar of an index; it stays as it is. */
void
exact_sum_give_far(ExactElements element, int index)
{
	exact_word *where = exact_plane(element, EXACT_WHERE);

	*where = (*where & WHERE_BASE) | (int64_t) (index + 1) << WHERE_FAR_SHIFT;
}

/* Is this a base, and one of so many ExactFars or none? */
bool
exact_sum_is_sound(ExactElements element, int fars)
{
	int64_t		where = *exact_plane(element, EXACT_WHERE);

	return (where & UINT32_MAX) <= EXACT_MAX_BASE &&
		where >> WHERE_FAR_SHIFT >= 0 && where >> WHERE_FAR_SHIFT <= fars;
}

static bool
is_far(ExactElements element)
{
	return exact_sum_far(element) >= 0;
}

/* The ExactFar of an element, or NULL. */
static ExactFar *
far_of(ExactElements element, const ExactFar *fars)
{
	return is_far(element) ? (ExactFar *) fars + exact_sum_far(element) : NULL;
}

static int
base_of(ExactElements element)
{
	return (int) (*exact_plane(element, EXACT_WHERE) & WHERE_BASE);
}

/* --- numbers ------------------------------------------------------------- */

static int
bit_length(uint64_t digits)
{
	return digits == 0 ? 0 : 64 - __builtin_clzll(digits);
}

/* The position after a number's highest bit; 0 for 0. */
int
exact_number_bits(const ExactNumber *number)
{
	return number->n == 0 ? 0 :
		number->position + 32 * (number->n - 1) + bit_length(number->digits[number->n - 1]);
}

/* The 32 bits of a number's magnitude that begin at a position. */
static uint32_t
bits_at(const ExactNumber *number, int position)
{
	int			offset = position - number->position;
	int			i = offset >> 5;
	uint64_t	both = 0;

	if (i >= 0 && i < number->n)
		both = number->digits[i];
	if (i + 1 >= 0 && i + 1 < number->n)
		both |= (uint64_t) number->digits[i + 1] << 32;
	return (uint32_t) (both >> (offset & 31));
}

/* Make a number canonical whose digits may have zeros at both ends. */
void
exact_number_trim(ExactNumber *number)
{
	int			zeros = 0;
	int			shift;

	while (number->n > 0 && number->digits[number->n - 1] == 0)
		number->n--;
	if (number->n == 0)
	{
		number->negative = false;
		number->position = 0;
		return;
	}
	while (number->digits[zeros] == 0)
		zeros++;
	shift = __builtin_ctz(number->digits[zeros]);
	number->n -= zeros;
	for (int i = 0; i < number->n; i++)
	{
		uint64_t	both = number->digits[i + zeros];

		if (i + 1 < number->n)
			both |= (uint64_t) number->digits[i + zeros + 1] << 32;
		number->digits[i] = (uint32_t) (both >> shift);
	}
	if (number->digits[number->n - 1] == 0)
		number->n--;
	number->position += 32 * zeros + shift;
}

/*
 * A number of chunks, the first of which is at a position.  The chunks are used
 * up.  What is too large for them gives a number that is too large to be valid.
 */
static void
number_of_chunks(int64_t *chunks, int n, int position, ExactNumber *number)
{
	int64_t		carry = 0;

	for (int i = 0; i < n; i++)
	{
		carry += chunks[i];
		chunks[i] = carry & LOW_DIGIT;
		carry >>= 32;
	}
	number->negative = carry < 0;
	if (carry != 0 && carry != -1)
	{
		*number = (ExactNumber) {number->negative, 1, EXACT_BITS, {1}};
		return;
	}
	number->n = n;
	number->position = position;
	carry = 0;
	for (int i = 0; i < n; i++)
	{
		if (number->negative)
		{
			carry -= chunks[i];
			number->digits[i] = (uint32_t) (carry & LOW_DIGIT);
			carry >>= 32;
		}
		else
			number->digits[i] = (uint32_t) chunks[i];
	}
	exact_number_trim(number);
}

/* Add what is in an element's own chunks to chunks that begin at 32 * first. */
static void
spread(ExactElements element, int64_t *chunks, int first)
{
	int64_t		low = *exact_plane(element, EXACT_LOW);
	int64_t		middle = *exact_plane(element, EXACT_MIDDLE) + (low >> 32);
	int64_t		high = *exact_plane(element, EXACT_HIGH) + (middle >> 32);
	int64_t		digits[4] = {low & LOW_DIGIT, middle & LOW_DIGIT, high & LOW_DIGIT, high >> 32};
	int			base = base_of(element);
	int			shift = base & 31;

	chunks += base / 32 - first;
	for (int i = 0; i < 4; i++)
	{
		int64_t		shifted = digits[i] * (INT64_C(1) << shift);

		chunks[i] += shifted & LOW_DIGIT;
		chunks[i + 1] += shifted >> 32;
	}
}

/* What is in an element's own chunks. */
static void
near_number(ExactElements element, ExactNumber *number)
{
	int64_t		chunks[6] = {0};
	int			first = base_of(element) / 32;

	spread(element, chunks, first);
	number_of_chunks(chunks, 6, 32 * first, number);
}

/* A number from a double that is finite. */
static void
double_number(double value, ExactNumber *number)
{
	uint64_t	bits = bits_of(value);
	int			exponent = (int) (bits >> 52 & EXPONENT_MAX);
	uint64_t	mantissa = (bits & FRACTION) | (exponent > 0 ? IMPLICIT_BIT : 0);

	number->negative = bits >> 63 != 0;
	number->position = exponent > 0 ? exponent - 1 : 0;
	number->n = 2;
	number->digits[0] = (uint32_t) mantissa;
	number->digits[1] = (uint32_t) (mantissa >> 32);
	exact_number_trim(number);
}

/* Less than, equal to, or greater than 0: as the numbers are. */
int
exact_number_compare(const ExactNumber *a, const ExactNumber *b)
{
	int			sign = a->negative ? -1 : 1;
	int			a_bits = exact_number_bits(a);
	int			b_bits = exact_number_bits(b);

	if (a->negative != b->negative)
		return sign;
	if (a->n == 0 || b->n == 0)
		return (a->n > 0 ? sign : 0) - (b->n > 0 ? sign : 0);
	if (a_bits != b_bits)
		return a_bits < b_bits ? -sign : sign;
	for (int position = a_bits - 32; position > min(a->position, b->position) - 32; position -= 32)
	{
		uint32_t	a_digit = bits_at(a, position);
		uint32_t	b_digit = bits_at(b, position);

		if (a_digit != b_digit)
			return a_digit < b_digit ? -sign : sign;
	}
	return 0;
}

/* --- elements ------------------------------------------------------------ */

/* What "high" gets of a number that lies from the base on, below 2^124. */
static int64_t
high_part(const ExactNumber *number, int base)
{
	return (int64_t) ((uint64_t) bits_at(number, base + 96) << 32 | bits_at(number, base + 64));
}

/* Add a number to an element's own chunks, whose base allows it. */
static void
near_take(ExactElements element, const ExactNumber *number, int sign)
{
	int			base = base_of(element);

	if (number->negative)
		sign = -sign;
	*exact_plane(element, EXACT_LOW) += sign * (int64_t) bits_at(number, base);
	*exact_plane(element, EXACT_MIDDLE) += sign * (int64_t) bits_at(number, base + 32);
	*exact_plane(element, EXACT_HIGH) += sign * high_part(number, base);
}

/* Have nothing in an element's own chunks. */
static void
near_clear(ExactElements element)
{
	*exact_plane(element, EXACT_LOW) = 0;
	*exact_plane(element, EXACT_MIDDLE) = 0;
	*exact_plane(element, EXACT_HIGH) = 0;
}

/* Does a number lie where an element's own chunks are, and leave them room? */
static bool
near_has_room(ExactElements element, const ExactNumber *number)
{
	const int64_t limit = INT64_C(1) << EXACT_HIGH_BITS;
	int64_t		high = *exact_plane(element, EXACT_HIGH);
	int			base = base_of(element);

	return number->position >= base &&
		exact_number_bits(number) < base + 64 + EXACT_HIGH_BITS &&
		high_part(number, base) + (high < 0 ? -high : high) < limit;
}

/*
 * Move an element's base so that a number lies where its own chunks are; false
 * if what is in these keeps it from that.
 *
 * The new base is such that a number as large as this one fits, if possible,
 * and else as near the old one as can be, for numbers that fitted that are to
 * come again; of an element with nothing in it, such that numbers fit that are
 * much larger and smaller.
 */
static bool
near_move(ExactElements element, const ExactNumber *number)
{
	int			bits = exact_number_bits(number);
	ExactNumber content;
	int			least;
	int			greatest;
	int			base;

	near_number(element, &content);
	greatest = min(number->position, EXACT_MAX_BASE);
	base = bits - EXACT_MANTISSA - EXACT_MAX_SHIFT / 2;
	if (content.n > 0)
	{
		greatest = min(greatest, content.position);
		base = min(max(base_of(element), bits - EXACT_WINDOW), bits - EXACT_MANTISSA);
	}
	/* below the limit by one bit: the two add up */
	least = max(bits, exact_number_bits(&content)) - 63 - EXACT_HIGH_BITS;
	least = max(least, 0);
	if (least > greatest)
		return false;
	base = min(max(base, least), greatest);
	near_clear(element);
	*exact_plane(element, EXACT_WHERE) += base - base_of(element);
	near_take(element, &content, 1);
	return true;
}

/* Add a number to an element's ExactFar. */
static void
far_take(ExactFar *far, const ExactNumber *number, int sign)
{
	int			last = exact_number_bits(number) / 32;

	if (number->negative)
		sign = -sign;
	for (int i = number->position / 32; i <= last; i++)
		far->chunks[i] += sign * (int64_t) bits_at(number, 32 * i);
}

/*
 * Can a number be added to an element?  If not, it wants an ExactFar.  This may
 * move the element's base, and does not change its sum.
 */
static bool
has_room(ExactElements element, const ExactNumber *number)
{
	return number->n == 0 || is_far(element) ||
		near_has_room(element, number) || near_move(element, number);
}

/* Add a number to an element that has room for it. */
static void
take(ExactElements element, ExactFar *fars, const ExactNumber *number, int sign)
{
	if (number->n == 0)
		return;
	if (near_has_room(element, number) || near_move(element, number))
		near_take(element, number, sign);
	else
		far_take(far_of(element, fars), number, sign);
}

/*
 * Can a double be added to an element?  If not, it wants an ExactFar.  This may
 * move the element's base, and does not change its sum.
 */
bool
exact_sum_has_room(ExactElements element, double value)
{
	ExactNumber number;

	int64_t		shift = shift_of(bits_of(value), *exact_plane(element, EXACT_WHERE));

	if ((shift >= 0 && shift <= EXACT_MAX_SHIFT) || is_far(element))
		return true;
	if (!isfinite(value))
		return false;
	double_number(value, &number);
	return has_room(element, &number);
}

/*
 * Add a double to an element that has room for it, or, where sign is -1,
 * subtract it.
 */
void
exact_sum_take(ExactElements element, ExactFar *fars, double value, int sign)
{
	ExactNumber number;

	*exact_plane(element, EXACT_COUNT) += sign;
	if (exact_sum_add(1, element, &value, sign))
		return;
	if (isnan(value))
		far_of(element, fars)->nan += sign;
	else if (isinf(value) && value > 0)
		far_of(element, fars)->plus += sign;
	else if (isinf(value))
		far_of(element, fars)->minus += sign;
	else
	{
		double_number(value, &number);
		take(element, fars, &number, sign);
	}
}

/* The same for a sum; its count is one that can be added. */
bool
exact_sum_has_room_for(ExactElements element, const ExactSum *sum)
{
	return is_far(element) ||
		(sum->nan == 0 && sum->plus == 0 && sum->minus == 0 &&
		 has_room(element, &sum->number));
}

/* The same for a sum. */
void
exact_sum_take_sum(ExactElements element, ExactFar *fars, const ExactSum *sum,
				   int sign)
{
	*exact_plane(element, EXACT_COUNT) += sign * sum->count;
	if (sum->nan != 0 || sum->plus != 0 || sum->minus != 0)
	{
		ExactFar   *far = far_of(element, fars);

		far->nan += sign * sum->nan;
		far->plus += sign * sum->plus;
		far->minus += sign * sum->minus;
	}
	take(element, fars, &sum->number, sign);
}

/*
 * Carry from chunk to chunk.  False if the element wants an ExactFar: its sum
 * has become too large for its own chunks.
 */
bool
exact_sum_carry(ExactElements element, ExactFar *fars)
{
	const int64_t limit = INT64_C(1) << EXACT_HIGH_BITS;
	exact_word *low = exact_plane(element, EXACT_LOW);
	exact_word *middle = exact_plane(element, EXACT_MIDDLE);
	exact_word *high = exact_plane(element, EXACT_HIGH);
	ExactFar   *far = far_of(element, fars);
	ExactNumber number;

	*middle += *low >> 32;
	*low &= LOW_DIGIT;
	*high += *middle >> 32;
	*middle &= LOW_DIGIT;
	if (*high <= -limit || *high >= limit)
	{
		if (far == NULL)
			return false;
		near_number(element, &number);
		near_clear(element);
		far_take(far, &number, 1);
	}
	for (int i = 0; far != NULL && i < EXACT_CHUNKS - 1; i++)
	{
		far->chunks[i + 1] += far->chunks[i] >> 32;
		far->chunks[i] &= LOW_DIGIT;
	}
	return true;
}

/* --- reading ------------------------------------------------------------- */

/* All that an element stands for. */
void
exact_sum_get(ExactElements element, const ExactFar *fars, ExactSum *sum)
{
	const ExactFar *far = far_of(element, fars);
	int64_t		chunks[EXACT_CHUNKS];

	sum->count = *exact_plane(element, EXACT_COUNT);
	sum->nan = sum->plus = sum->minus = 0;
	if (far == NULL)
	{
		near_number(element, &sum->number);
		return;
	}
	sum->nan = far->nan;
	sum->plus = far->plus;
	sum->minus = far->minus;
	memcpy(chunks, far->chunks, sizeof(chunks));
	spread(element, chunks, 0);
	number_of_chunks(chunks, EXACT_CHUNKS, 0, &sum->number);
}

/* The sum of one double. */
void
exact_sum_of(double value, ExactSum *sum)
{
	sum->count = 1;
	sum->nan = isnan(value);
	sum->plus = isinf(value) && value > 0;
	sum->minus = isinf(value) && value < 0;
	if (isfinite(value))
		double_number(value, &sum->number);
	else
		sum->number.n = 0;
	exact_number_trim(&sum->number);
}

/*
 * Can these be the counts and the sum of some rows?  Any finite sum may be, if
 * some of its rows had a finite number.
 */
bool
exact_sum_valid(const ExactSum *sum)
{
	if (sum->count < 0 || sum->count > EXACT_MAX_COUNT ||
		sum->nan < 0 || sum->nan > sum->count ||
		sum->plus < 0 || sum->plus > sum->count ||
		sum->minus < 0 || sum->minus > sum->count ||
		sum->nan + sum->plus + sum->minus > sum->count ||
		exact_number_bits(&sum->number) > EXACT_BITS)
		return false;
	return sum->number.n == 0 || sum->nan + sum->plus + sum->minus < sum->count;
}

/*
 * The double next to a number, of two that are as near the one that is even.
 * False if that is beyond DBL_MAX.  Digits may be at positions below 0, where a
 * double has no bit.
 */
static bool
round_number(const ExactNumber *number, double *result)
{
	int			last = exact_number_bits(number) - EXACT_MANTISSA;
	uint64_t	mantissa;
	uint64_t	bits;

	if (last < 0)
		last = 0;
	mantissa = ((uint64_t) bits_at(number, last + 32) << 32) | bits_at(number, last);
	if ((bits_at(number, last - 1) & 1) != 0 &&
		(number->position < last - 1 || (mantissa & 1) != 0))
		mantissa++;
	/* a mantissa of 54 bits is a power of 2, and carries into the exponent */
	bits = mantissa < IMPLICIT_BIT ? mantissa :
		mantissa - IMPLICIT_BIT + ((uint64_t) (last + 1) << 52);
	if (bits >= (uint64_t) EXPONENT_MAX << 52)
		return false;
	bits |= (uint64_t) number->negative << 63;
	memcpy(result, &bits, sizeof(bits));
	return true;
}

/*
 * round_number() of what is in an element's own chunks, without making digits
 * of it; false where that is for round_number() to do.
 */
static bool
near_round(ExactElements element, double *result)
{
	int64_t		low = *exact_plane(element, EXACT_LOW);
	int64_t		middle = *exact_plane(element, EXACT_MIDDLE) + (low >> 32);
	int64_t		high = *exact_plane(element, EXACT_HIGH) + (middle >> 32);
	uint64_t	upper = (uint64_t) high;
	uint64_t	lower = (uint64_t) middle << 32 | (low & LOW_DIGIT);
	uint64_t	negative = upper >> 63;
	int			last;
	uint64_t	mantissa;
	uint64_t	rest;			/* what is below, its first bit the highest */
	uint64_t	bits;

	if (negative)
	{
		lower = -lower;
		upper = ~upper + (lower == 0);
	}
	/* have the highest bit at the top, and know where the 53rd is from there */
	if (upper == 0)
	{
		if (lower == 0)
		{
			*result = 0;
			return true;
		}
		upper = lower;
		lower = 0;
		last = -53;
	}
	else
		last = 64 - 53;
	{
		int			shift = __builtin_clzll(upper);

		upper = upper << shift | lower >> 1 >> (63 - shift);
		lower <<= shift;
		last += 64 - shift + base_of(element);
	}
	if (last < 0)
		return false;
	mantissa = upper >> 11;
	rest = upper << 53 | (lower != 0);
	mantissa += rest > UINT64_C(1) << 63 ||
		(rest == UINT64_C(1) << 63 && (mantissa & 1) != 0);
	bits = mantissa - IMPLICIT_BIT + ((uint64_t) (last + 1) << 52);
	if (bits >= (uint64_t) EXPONENT_MAX << 52)
		return false;
	bits |= negative << 63;
	memcpy(result, &bits, sizeof(bits));
	return true;
}

/* What float8's rules make of NaN and infinities; false if there are none. */
static bool
special_result(const ExactSum *sum, double *result)
{
	if (sum->nan > 0 || (sum->plus > 0 && sum->minus > 0))
		*result = NAN;
	else if (sum->plus > 0)
		*result = INFINITY;
	else if (sum->minus > 0)
		*result = -INFINITY;
	else
		return false;
	return true;
}

/* The sum, rounded once; false if it is beyond DBL_MAX. */
bool
exact_sum_round(const ExactSum *sum, double *result)
{
	return special_result(sum, result) || round_number(&sum->number, result);
}

/*
 * The sum of an element, rounded once; false if it is beyond DBL_MAX.  As
 * exact_sum_get() and exact_sum_round(), and quicker.
 */
bool
exact_sum_read(ExactElements element, const ExactFar *fars, double *result)
{
	ExactSum	sum;

	if (!is_far(element) && near_round(element, result))
		return true;
	exact_sum_get(element, fars, &sum);
	return exact_sum_round(&sum, result);
}

/*
 * Divide a digit, after the remainder of those before it, by a divisor of at
 * most 53 bits.
 */
static uint32_t
divide_digit(uint64_t *remainder, uint32_t digit, uint64_t divisor)
{
	uint32_t	quotient = 0;

	if (divisor <= UINT32_MAX)
	{
		uint64_t	dividend = *remainder << 32 | digit;

		*remainder = dividend % divisor;
		return (uint32_t) (dividend / divisor);
	}
	for (int bit = 31; bit >= 0; bit--)
	{
		*remainder = *remainder << 1 | (digit >> bit & 1);
		quotient <<= 1;
		if (*remainder >= divisor)
		{
			*remainder -= divisor;
			quotient |= 1;
		}
	}
	return quotient;
}

/*
 * The sum divided by the count, which is not 0; rounded once.  False if it is
 * beyond DBL_MAX, which the average of doubles never is.
 *
 * The quotient is computed to 64 bits at least.  If there is a remainder, its
 * last bit is set: that lies below the last place and the half of it, so all
 * that rounding asks is whether it is 0.
 */
bool
exact_sum_average(const ExactSum *sum, double *result)
{
	const int	wanted = 5;		/* digits: a count's 54 bits, 64, and 32 more */
	const ExactNumber *number = &sum->number;
	ExactNumber quotient;
	uint64_t	remainder = 0;
	int			zeros = number->n < wanted ? wanted - number->n : 0;

	if (special_result(sum, result))
		return true;
	quotient.negative = number->negative;
	quotient.n = number->n + zeros;
	quotient.position = number->position - 32 * zeros;
	for (int i = quotient.n - 1; i >= 0; i--)
		quotient.digits[i] = divide_digit(&remainder, i >= zeros ? number->digits[i - zeros] : 0,
										  (uint64_t) sum->count);
	if (remainder != 0)
		quotient.digits[0] |= 1;
	exact_number_trim(&quotient);
	return round_number(&quotient, result);
}
