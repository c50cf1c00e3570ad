/*
 * exact_sum_test.c
 *	  Compares exact sums with a slow reference.
 *
 * The reference is one long integer, in units of 2^-1074, that numbers are added
 * to bit by bit; and its nearest double is found by bisection over all doubles,
 * comparing integers.  It has nothing in common with the code it tests but what
 * a double's bits mean.  Prints what differs; its status is then 1, and 77 if
 * this machine can't run what it was compiled for.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/exact_sum.h"

#define ROUNDS 2000
#define KEYS 21

#ifndef TARGET
#define TARGET "sse2"
#endif

static uint64_t seed = 42;
static int	failures = 0;

static uint32_t
next_random(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t) (seed >> 33) % below;
}

/* --- the reference --------------------------------------------------------- */

#define WORDS 75				/* 2,400 bits, two's complement */

typedef struct Integer
{
	uint32_t	words[WORDS];	/* the lowest first */
} Integer;

typedef struct Reference
{
	Integer		sum;
	int64_t		count;
	int64_t		nan;
	int64_t		plus;
	int64_t		minus;
} Reference;

static void
integer_add(Integer *a, const Integer *b, int sign)
{
	uint64_t	carry = sign < 0;

	for (int i = 0; i < WORDS; i++)
	{
		carry += (uint64_t) a->words[i] + (sign < 0 ? ~b->words[i] : b->words[i]);
		a->words[i] = (uint32_t) carry;
		carry >>= 32;
	}
}

static void
integer_set_bit(Integer *a, int bit)
{
	a->words[bit / 32] |= UINT32_C(1) << bit % 32;
}

static int
integer_negative(const Integer *a)
{
	return a->words[WORDS - 1] >> 31;
}

static void
integer_absolute(Integer *a)
{
	Integer		zero = {{0}};

	if (!integer_negative(a))
		return;
	integer_add(&zero, a, -1);
	*a = zero;
}

static int
integer_compare(const Integer *a, const Integer *b)
{
	for (int i = WORDS - 1; i >= 0; i--)
	{
		if (a->words[i] != b->words[i])
			return a->words[i] < b->words[i] ? -1 : 1;
	}
	return 0;
}

/* A double that is finite and not negative, times a factor. */
static Integer
integer_of(uint64_t bits, uint64_t factor)
{
	Integer		result = {{0}};
	Integer		shifted = {{0}};
	int			exponent = (int) (bits >> 52);
	uint64_t	mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | (exponent ? UINT64_C(1) << 52 : 0);

	for (int i = 0; i < 53; i++)
	{
		if ((mantissa >> i & 1) != 0)
			integer_set_bit(&shifted, i + (exponent ? exponent - 1 : 0));
	}
	for (; factor > 0; factor >>= 1)
	{
		Integer		same = shifted;

		if ((factor & 1) != 0)
			integer_add(&result, &shifted, 1);
		if (factor > 1)
			integer_add(&shifted, &same, 1);
	}
	return result;
}

static void
reference_add(Reference *reference, double value, int sign)
{
	uint64_t	bits;
	Integer		integer;

	reference->count += sign;
	if (value != value)
		reference->nan += sign;
	else if (value > 1.7976931348623157e308)
		reference->plus += sign;
	else if (value < -1.7976931348623157e308)
		reference->minus += sign;
	else
	{
		memcpy(&bits, &value, sizeof(bits));
		integer = integer_of(bits & ~(UINT64_C(1) << 63), 1);
		integer_add(&reference->sum, &integer, bits >> 63 ? -sign : sign);
	}
}

static void
reference_merge(Reference *to, const Reference *from, int sign)
{
	integer_add(&to->sum, &from->sum, sign);
	to->count += sign * from->count;
	to->nan += sign * from->nan;
	to->plus += sign * from->plus;
	to->minus += sign * from->minus;
}

/*
 * The double nearest to the sum divided by "divisor", as bits; that of infinity
 * if it is beyond DBL_MAX.
 */
static uint64_t
reference_nearest(const Reference *reference, uint64_t divisor)
{
	const uint64_t infinity = UINT64_C(2047) << 52;
	const uint64_t nan_bits = UINT64_C(0x7ff8) << 48;
	uint64_t	sign = (uint64_t) integer_negative(&reference->sum) << 63;
	uint64_t	low = 0;		/* a double that is not above */
	uint64_t	high = infinity;	/* one that is, as if infinity were 2^1024 */
	Integer		twice = reference->sum;
	Integer		middle;
	Integer		upper;
	int			cmp;

	if (reference->nan || (reference->plus && reference->minus))
		return nan_bits;
	if (reference->plus || reference->minus)
		return infinity | (reference->minus ? UINT64_C(1) << 63 : 0);
	integer_absolute(&twice);
	middle = twice;
	integer_add(&twice, &middle, 1);
	while (high - low > 1)
	{
		uint64_t	half = low + (high - low) / 2;

		middle = integer_of(half, divisor);
		upper = middle;
		integer_add(&middle, &upper, 1);
		if (integer_compare(&middle, &twice) <= 0)
			low = half;
		else
			high = half;
	}
	middle = integer_of(low, divisor);
	upper = integer_of(high, divisor);
	integer_add(&middle, &upper, 1);
	cmp = integer_compare(&twice, &middle);
	if (cmp > 0 || (cmp == 0 && (low & 1) != 0))
		low = high;
	if (integer_compare(&twice, &(Integer) {{0}}) == 0)
		return 0;
	return low | sign;
}

/* --- comparing ------------------------------------------------------------- */

static void
fail(const char *what, int round, int key)
{
	if (failures++ < 20)
		printf("round %d, key %d: %s\n", round, key, what);
}

static uint64_t
bits_of(double value, int is_there)
{
	uint64_t	bits;

	if (!is_there)
		return (UINT64_C(2047) << 52) | (value < 0 ? UINT64_C(1) << 63 : 0);
	if (value != value)
		return UINT64_C(0x7ff8) << 48;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static void
compare(ExactElements element, const ExactFar *fars, const Reference *reference, int round, int key)
{
	ExactSum	sum;
	Integer		integer = {{0}};
	Integer		zero = {{0}};
	double		result;
	uint64_t	expected = reference_nearest(reference, 1);

	exact_sum_get(element, fars, &sum);
	for (int i = 0; i < sum.number.n; i++)
	{
		for (int j = 0; j < 32; j++)
		{
			int			position = sum.number.position + 32 * i + j;

			if ((sum.number.digits[i] >> j & 1) != 0)
				integer_set_bit(&integer, position);
		}
	}
	if (sum.number.negative)
	{
		integer_add(&zero, &integer, -1);
		integer = zero;
	}
	if (integer_compare(&integer, &reference->sum) != 0)
		fail("the sum differs", round, key);
	{
		char		text[EXACT_TEXT_LEN];
		int			len = exact_number_print(&sum.number, text);
		ExactNumber parsed;

		if (exact_number_parse(text, len, &parsed) != EXACT_PARSED ||
			parsed.negative != sum.number.negative || parsed.position != sum.number.position ||
			parsed.n != sum.number.n ||
			memcmp(parsed.digits, sum.number.digits, parsed.n * sizeof(uint32_t)) != 0)
			fail("its digits are those of another number", round, key);
	}
	if (sum.number.n > 0 && ((sum.number.digits[0] & 1) == 0 || sum.number.digits[sum.number.n - 1] == 0))
		fail("the number is not canonical", round, key);
	if (sum.count != reference->count || sum.nan != reference->nan ||
		sum.plus != reference->plus || sum.minus != reference->minus)
		fail("the counts differ", round, key);
	if (!exact_sum_valid(&sum))
		fail("not valid", round, key);
	/* a sum that is not there has the sign of the exact one */
	result = sum.number.negative ? -1 : 1;
	if (bits_of(result, exact_sum_round(&sum, &result)) != expected)
		fail("the nearest double differs", round, key);
	result = sum.number.negative ? -1 : 1;
	if (bits_of(result, exact_sum_read(element, fars, &result)) != expected)
		fail("the nearest double differs when read at once", round, key);
	if (sum.count > 0)
	{
		result = 0;
		if (bits_of(result, exact_sum_average(&sum, &result)) !=
			reference_nearest(reference, (uint64_t) reference->count))
			fail("the average differs", round, key);
	}
}

/* What numbers a round has */
enum Numbers
{
	AMOUNTS, COUNTERS, NEAR_ONE, ANY_BITS, AWKWARD, TINY, HUGE_ONES, POWERS, MIXED
};

static double
random_number(int numbers)
{
	static const double awkward[] = {
		0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, 2.2250738585072009e-308, 2.2250738585072014e-308,
		1e300, -1e300, 1e-300, 1.7976931348623157e308, -1.7976931348623157e308, 0.1, 0.5,
		9007199254740992.0, 9007199254740993.0, NAN, INFINITY, -INFINITY
	};
	double		value;
	uint64_t	bits = (uint64_t) next_random(1u << 31) << 33 | (uint64_t) next_random(1u << 31) << 2 | next_random(4);

	switch (numbers)
	{
		case AMOUNTS:
			return ((double) next_random(2000000) - 1000000) / 100;
		case COUNTERS:
			return next_random(next_random(2) ? 3 : 1u << 31);
		case NEAR_ONE:
			return 1 + next_random(1u << 30) * 0x1p-52;
		case AWKWARD:
			return awkward[next_random(sizeof(awkward) / sizeof(awkward[0]))];
		case TINY:
			bits &= (UINT64_C(1) << 63) | ((UINT64_C(1) << 54) - 1);
			break;
		case HUGE_ONES:
			bits = (bits & ~(UINT64_C(2047) << 52)) | UINT64_C(2046) << 52;
			break;
		case POWERS:
			return ldexp(next_random(2) ? 1 : -1, (int) next_random(2098) - 1074);
		case MIXED:
			return random_number((int) next_random(MIXED));
		default:
			break;
	}
	memcpy(&value, &bits, sizeof(value));
	return value;
}

typedef struct State
{
	int			n;
	int			used;
	char		memory[KEYS * EXACT_PLANES * 8 + 64];
	ExactElements elements;
	char		fars[sizeof(ExactFar) * KEYS + 8];
	Reference	references[KEYS];
} State;

static ExactElements
at(State *state, int key)
{
	return (ExactElements) {state->elements.words + key, state->elements.stride};
}

static ExactFar *
fars_of(State *state)
{
	return (ExactFar *) (state->fars + 4);
}

static void
start(State *state, int n)
{
	memset(state, 0, sizeof(State));
	state->n = n;
	state->elements = (ExactElements) {(exact_word *) (state->memory + next_random(64)), n};
}

/* Where the elements of a copy are. */
static ExactElements
same_place(State *copy, State *state)
{
	return (ExactElements) {
		(exact_word *) (copy->memory + ((char *) state->elements.words - state->memory)),
		state->elements.stride
	};
}

/* Sum a row, or take it out, as a caller does. */
static void
sum_row(State *state, const unaligned_double *values, int sign)
{
	for (int key = 0; key < state->n; key++)
		reference_add(&state->references[key], values[key], sign);
	if (exact_sum_add(state->n, state->elements, values, sign))
	{
		for (int key = 0; key < state->n; key++)
			*exact_plane(at(state, key), EXACT_COUNT) += sign;
		return;
	}
	for (int key = 0; key < state->n; key++)
	{
		if (!exact_sum_has_room(at(state, key), values[key]))
			exact_sum_give_far(at(state, key), state->used++);
		exact_sum_take(at(state, key), fars_of(state), values[key], sign);
	}
}

static void
sum_state(State *to, State *from, int sign)
{
	for (int key = 0; key < to->n; key++)
	{
		ExactSum	sum;

		exact_sum_get(at(from, key), fars_of(from), &sum);
		if (!exact_sum_has_room_for(at(to, key), &sum))
			exact_sum_give_far(at(to, key), to->used++);
		exact_sum_take_sum(at(to, key), fars_of(to), &sum, sign);
		reference_merge(&to->references[key], &from->references[key], sign);
	}
}

static void
carry_all(State *state)
{
	for (int key = 0; key < state->n; key++)
	{
		if (!exact_sum_carry(at(state, key), fars_of(state)))
		{
			exact_sum_give_far(at(state, key), state->used++);
			if (!exact_sum_carry(at(state, key), fars_of(state)))
				fail("no room for a carry", -1, key);
		}
	}
}

static void
check(State *state, int round)
{
	for (int key = 0; key < state->n; key++)
		compare(at(state, key), fars_of(state), &state->references[key], round, key);
}

/* A few rows summed, some taken out, two sums put together, one taken away. */
static void
test_round(int round)
{
	static State first;
	static State second;
	static double kept[8][KEYS];
	int			n = 1 + (int) next_random(KEYS);
	int			numbers = (int) next_random(MIXED + 1);
	int			rows = (int) next_random(8);
	char		memory[KEYS * 8 + 8];
	unaligned_double *row = (unaligned_double *) (memory + next_random(8));

	start(&first, n);
	start(&second, n);
	for (int i = 0; i < rows; i++)
	{
		for (int key = 0; key < n; key++)
			row[key] = kept[i][key] = random_number(numbers);
		sum_row(&first, row, 1);
		if (next_random(2))
			sum_row(&second, row, 1);
	}
	if (next_random(2))
		carry_all(&first);
	check(&first, round);
	sum_state(&second, &first, 1);
	if (next_random(2))
		carry_all(&second);
	check(&second, round);
	sum_state(&second, &first, -1);
	for (int i = 0; i < rows; i++)
	{
		memcpy(row, kept[i], n * sizeof(double));
		sum_row(&first, row, -1);
	}
	check(&second, round);
	for (int key = 0; key < n; key++)
	{
		ExactSum	sum;

		exact_sum_get(at(&first, key), fars_of(&first), &sum);
		if (sum.count != 0 || sum.number.n != 0 || sum.nan != 0 || sum.plus != 0 || sum.minus != 0)
			fail("something is left", round, key);
	}
}

/* As many additions as there may be without a carry, by repeated doubling. */
static void
test_limits(void)
{
	static const double values[] = {1.7976931348623157e308, -1.7976931348623157e308, 0.1, 4503599627370497.5};
	static State state;
	static State other;
	static State sum;

	for (int i = 0; i < 4; i++)
	{
		start(&state, 1);
		sum_row(&state, &values[i], 1);
		for (int doublings = 0; doublings < 53; doublings++)
		{
			other = state;
			other.elements = same_place(&other, &state);
			sum_state(&state, &other, 1);
			check(&state, -2 - i);
			/* what makes an element's own chunks ever larger has to leave them */
			if (doublings < 48)
			{
				sum = state;
				sum.elements = same_place(&sum, &state);
				for (int times = 0; times < 30; times++)
					sum_state(&sum, &other, 1);
				check(&sum, -2 - i);
			}
		}
	}
}

/* What rounding does at the half between two doubles, and next to it. */
static void
test_halves(void)
{
	static const double rows[][3] = {
		{1, 0x1p-53, 0}, {1, 0x1p-53, 0x1p-1074}, {1, 0x1p-53, -0x1p-1074},
		{0x1.0000000000001p0, 0x1p-53, 0}, {0x1.0000000000001p0, 0x1p-53, -0x1p-1074},
		{0x1.fffffffffffffp1023, 0x1p969, 0x1p969}, {0x1.fffffffffffffp1023, 0x1p970, -0x1p-1074},
		{0x1.fffffffffffffp1023, 0x1p970, 0}, {-0x1.fffffffffffffp1023, -0x1p970, 0},
		{-0x1.fffffffffffffp1023, -0x1p970, 0x1p-1074},
		{0x1p-1022, -0x1p-1074, 0}, {0x1.fffffffffffffp-1022, 0x1p-1074, 0x1p-1074},
		{0x1p-1074, 0, 0}, {-0x1p-1074, 0, 0}, {0x1p-1074, 0x1p-1074, 0}, {-0.0, -0.0, -0.0}
	};
	static State state;

	for (int i = 0; i < (int) (sizeof(rows) / sizeof(rows[0])); i++)
	{
		start(&state, 1);
		for (int j = 0; j < 3; j++)
			sum_row(&state, &rows[i][j], 1);
		check(&state, -100 - i);
	}
}

static void
test_order(void)
{
	double		values[] = {-1.7976931348623157e308, -3, -2.5, -2, -0x1p-1074, 0, 0x1p-1074, 0.1, 2, 3, 3.0000000000000004, 1e300};

	for (int i = 0; i < 12; i++)
	{
		for (int j = 0; j < 12; j++)
		{
			ExactSum	a;
			ExactSum	b;
			int			cmp;

			exact_sum_of(values[i], &a);
			exact_sum_of(values[j], &b);
			cmp = exact_number_compare(&a.number, &b.number);
			if ((i < j) != (cmp < 0) || (i > j) != (cmp > 0))
				fail("numbers are out of order", i, j);
		}
	}
}

int
main(void)
{
#ifdef __x86_64__
	__builtin_cpu_init();
	if (strcmp(TARGET, "sse2") != 0 &&
		!(strcmp(TARGET, "avx2") == 0 ? __builtin_cpu_supports("avx2") :
		  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")))
		return 77;
#endif
	test_halves();
	test_limits();
	test_order();
	for (int round = 0; round < ROUNDS; round++)
		test_round(round);
	return failures > 0;
}
