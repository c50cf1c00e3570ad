/*
 * exact_digits.c
 *	  Exact sums as decimal digits, all of them, and back.
 *
 * A sum is a whole number times a power of 2, so it has finitely many decimals:
 * as many as the power, since M / 2^k is M * 5^k / 10^k.  Both ways cost the
 * square of the digits, of which most sums have few.
 */
#include <string.h>

#include "exact_sum.h"

/* Digits of 32 bits: EXACT_BITS, and 5^1074, which has 2,494 bits */
#define LONG_DIGITS (EXACT_DIGITS + 80)

#define POWER_OF_5 UINT32_C(1220703125)
#define EXPONENT_OF_5 13
#define POWER_OF_10 UINT32_C(1000000000)
#define EXPONENT_OF_10 9

/* Decimal digits before the point that no sum has */
#define MAX_WHOLE 340

/* A long number, the lowest digit first */
typedef struct Long
{
	int			n;
	uint32_t	digits[LONG_DIGITS];
} Long;

/* number = number * factor + term */
static void
multiply(Long *number, uint32_t factor, uint32_t term)
{
	uint64_t	carry = term;

	for (int i = 0; i < number->n; i++)
	{
		carry += (uint64_t) number->digits[i] * factor;
		number->digits[i] = (uint32_t) carry;
		carry >>= 32;
	}
	if (carry > 0)
		number->digits[number->n++] = (uint32_t) carry;
}

/* number = number / divisor; returns the remainder. */
static uint32_t
divide(Long *number, uint32_t divisor)
{
	uint64_t	remainder = 0;

	for (int i = number->n - 1; i >= 0; i--)
	{
		remainder = remainder << 32 | number->digits[i];
		number->digits[i] = (uint32_t) (remainder / divisor);
		remainder %= divisor;
	}
	while (number->n > 0 && number->digits[number->n - 1] == 0)
		number->n--;
	return (uint32_t) remainder;
}

static uint32_t
power(uint32_t base, int exponent)
{
	uint32_t	result = 1;

	while (exponent-- > 0)
		result *= base;
	return result;
}

/*
 * Write a number in decimal, all digits of it, without an exponent: a JSON
 * number.  Returns the length; "text" has EXACT_TEXT_LEN bytes, and gets no
 * terminator.
 */
int
exact_number_print(const ExactNumber *number, char *text)
{
	int			decimals = number->n == 0 || number->position >= EXACT_UNIT_BITS ? 0 : EXACT_UNIT_BITS - number->position;
	int			shift = decimals > 0 || number->n == 0 ? 0 : number->position - EXACT_UNIT_BITS;
	Long		value = {shift / 32, {0}};
	char		digits[EXACT_TEXT_LEN];
	int			start = sizeof(digits);
	int			whole;
	char	   *out = text;

	for (int i = 0; i < number->n; i++)
		value.digits[value.n++] = number->digits[i];
	multiply(&value, UINT32_C(1) << shift % 32, 0);
	for (int left = decimals; left > 0; left -= EXPONENT_OF_5)
		multiply(&value, left >= EXPONENT_OF_5 ? POWER_OF_5 : power(5, left), 0);
	while (value.n > 0)
	{
		uint32_t	part = divide(&value, POWER_OF_10);

		for (int i = 0; i < EXPONENT_OF_10; i++, part /= 10)
			digits[--start] = (char) ('0' + part % 10);
	}
	while (start < (int) sizeof(digits) && digits[start] == '0')
		start++;

	whole = (int) sizeof(digits) - start - decimals;
	if (number->negative)
		*out++ = '-';
	if (whole > 0)
	{
		memcpy(out, digits + start, whole);
		out += whole;
		start += whole;
	}
	else
		*out++ = '0';
	if (decimals > 0)
	{
		*out++ = '.';
		for (; whole < 0; whole++)
			*out++ = '0';
		memcpy(out, digits + start, sizeof(digits) - start);
		out += (int) sizeof(digits) - start;
	}
	return (int) (out - text);
}

/*
 * Read a JSON number exactly.
 *
 * A number that is not a multiple of 2^-1074, such as 0.1, is the sum of no
 * doubles, and one may be too large to be one.
 */
ExactParseResult
exact_number_parse(const char *text, int len, ExactNumber *number)
{
	const char *end = text + len;
	const char *first = NULL;	/* the first digit that is not 0 */
	const char *last = NULL;	/* and the last one */
	const char *point = NULL;
	const char *at;
	int64_t		exponent = 0;
	int64_t		decimals;
	Long		value = {0, {0}};
	uint32_t	part = 0;
	int			pending = 0;

	number->negative = len > 0 && *text == '-';
	for (at = text + number->negative; at < end && *at != 'e' && *at != 'E'; at++)
	{
		if (*at == '.')
			point = at;
		else if (*at != '0')
		{
			if (first == NULL)
				first = at;
			last = at;
		}
	}
	if (point == NULL)
		point = at;
	if (at < end)
	{
		bool		negative = *++at == '-';

		if (*at == '-' || *at == '+')
			at++;
		for (; at < end && exponent < INT32_MAX; at++)
			exponent = exponent * 10 + (*at - '0');
		if (negative)
			exponent = -exponent;
	}
	if (first == NULL)
	{
		*number = (ExactNumber) {0};
		return EXACT_PARSED;
	}

	/* the last digit's place, and the first one's */
	decimals = (last > point ? last - point : last + 1 - point) - exponent;
	if ((point > first ? point - first : point + 1 - first) + exponent > MAX_WHOLE)
		return EXACT_TOO_LARGE;
	if (decimals > EXACT_UNIT_BITS)
		return EXACT_NOT_BINARY;

	for (at = first; at <= last; at++)
	{
		if (*at == '.')
			continue;
		part = part * 10 + (uint32_t) (*at - '0');
		if (++pending == EXPONENT_OF_10 || at == last)
		{
			multiply(&value, power(10, pending), part);
			part = 0;
			pending = 0;
		}
	}
	for (int64_t zeros = -decimals; zeros > 0; zeros -= EXPONENT_OF_10)
		multiply(&value, power(10, zeros < EXPONENT_OF_10 ? (int) zeros : EXPONENT_OF_10), 0);
	for (int64_t left = decimals; left > 0; left -= EXPONENT_OF_5)
	{
		if (divide(&value, left >= EXPONENT_OF_5 ? POWER_OF_5 : power(5, (int) left)) != 0)
			return EXACT_NOT_BINARY;
	}
	if (value.n > EXACT_DIGITS)
		return EXACT_TOO_LARGE;
	number->n = value.n;
	number->position = decimals > 0 ? EXACT_UNIT_BITS - (int) decimals : EXACT_UNIT_BITS;
	memcpy(number->digits, value.digits, value.n * sizeof(uint32_t));
	exact_number_trim(number);
	return exact_number_bits(number) > EXACT_BITS ? EXACT_TOO_LARGE : EXACT_PARSED;
}
