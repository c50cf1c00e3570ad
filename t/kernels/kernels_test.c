/*
 * kernels_test.c
 *	  Compares the kernels with a scalar reference, byte for byte.
 *
 * The reference is written down from core's utils/float.h, one element at a
 * time.  Lengths are 0 to 100, addresses are any in a cache line, half of them
 * at a multiple of 8, and every other value is one that arithmetic stumbles over.  Prints what differs; its status
 * is then 1, and 77 if this machine can't run what it was compiled for.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/kernels.h"

#define MAX_LENGTH 100
#define ROUNDS 200000
#define CACHE_LINE 64

#ifndef TARGET
#define TARGET "sse2"
#endif

static uint64_t seed = 42;
static int	failures = 0;

/* Knuth's MMIX generator; the high bits are the good ones. */
static uint32_t
next_random(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t) (seed >> 33) % below;
}

/* An address from here on. */
static unaligned_double *
at_random(char *memory)
{
	uint32_t	offset = next_random(CACHE_LINE);

	return (unaligned_double *) (memory + (next_random(2) ? offset : offset & ~7u));
}

/* "Harmless" values are such that errors are rare, so that whole arrays pass. */
static double
random_value(int harmless)
{
	static const double awkward[] = {
		0.0, -0.0, 1.0, -1.0, NAN, INFINITY, -INFINITY,
		5e-324, -5e-324, 2.2250738585072011e-308, 2.2250738585072014e-308,
		1e-200, -1e-200, 1e200, -1e200, 1.7976931348623157e308, -1.7976931348623157e308
	};

	if (next_random(2) == 0)
		return awkward[next_random(harmless ? 7 : sizeof(awkward) / sizeof(awkward[0]))];
	return ((double) next_random(1000000) - 500000) / (1 + next_random(1000));
}

/* What core's float8 operators compute; on an error, *error says which. */
static double
reference(KernelOp op, double x, double y, KernelError *error)
{
	double		r = 0;

	*error = KERNEL_OK;
	switch (op)
	{
		case KERNEL_ADD:
			r = x + y;
			if (isinf(r) && !isinf(x) && !isinf(y))
				*error = KERNEL_OVERFLOW;
			break;
		case KERNEL_SUBTRACT:
			r = x - y;
			if (isinf(r) && !isinf(x) && !isinf(y))
				*error = KERNEL_OVERFLOW;
			break;
		case KERNEL_MULTIPLY:
			r = x * y;
			if (isinf(r) && !isinf(x) && !isinf(y))
				*error = KERNEL_OVERFLOW;
			else if (r == 0.0 && x != 0.0 && y != 0.0)
				*error = KERNEL_UNDERFLOW;
			break;
		case KERNEL_DIVIDE:
			if (y == 0.0 && !isnan(x))
			{
				*error = KERNEL_ZERO_DIVIDE;
				break;
			}
			r = x / y;
			if (isinf(r) && !isinf(x))
				*error = KERNEL_OVERFLOW;
			else if (r == 0.0 && x != 0.0 && !isinf(y))
				*error = KERNEL_UNDERFLOW;
			break;
		case KERNEL_LEAST:		/* float8smaller: float8_lt(x, y) ? x : y */
			r = !isnan(x) && (isnan(y) || x < y) ? x : y;
			break;
		case KERNEL_GREATEST:	/* float8larger: float8_gt(x, y) ? x : y */
			r = !isnan(y) && (isnan(x) || x > y) ? x : y;
			break;
		case KERNEL_RIGHT:
			r = y;
			break;
	}
	return r;
}

/* Bits, but all NaNs are one: which of two it is differs by machine. */
static int
same_bits(double a, double b)
{
	return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(a)) == 0;
}

static void
compare(const char *what, KernelOp op, KernelShape shape, int n,
		KernelFault expected, KernelFault fault,
		const double *result, const unaligned_double *values)
{
	int			wrong = -1;

	for (int i = 0; i < n && wrong < 0; i++)
	{
		if (!same_bits(result[i], values[i]))
			wrong = i;
	}
	if (fault.error == expected.error &&
		(expected.error == KERNEL_OK || fault.position == expected.position) &&
		wrong < 0)
		return;
	failures++;
	printf("%s: op %d shape %d n %d: error %d at %d, expected %d at %d; first wrong element %d\n",
		   what, op, shape, n, fault.error, fault.position, expected.error, expected.position, wrong);
}

/*
 * The sum of products, from left to right: what the kernel gives where no step
 * is refused or gives anything that is not finite, and only there.
 */
static void
compare_dot(int n, const unaligned_double *a, const unaligned_double *b)
{
	double		sum = 0;
	double		result;
	bool		fine = true;

	for (int i = 0; i < n; i++)
	{
		KernelError error;
		const double product = reference(KERNEL_MULTIPLY, a[i], b[i], &error);

		fine = fine && error == KERNEL_OK && isfinite(product);
		sum = i == 0 ? product : sum + product;
		fine = fine && isfinite(sum);
	}
	if (reddict_kernel_dot(n, a, b, &result) == fine && (!fine || same_bits(sum, result)))
		return;
	failures++;
	printf("dot: n %d: %.17g, expected %.17g%s\n", n, result, sum, fine ? "" : ", or rather a refusal");
}

/* The norm, scaled by the largest exponent; see the kernel. */
static void
compare_norm(int n, const unaligned_double *values)
{
	double		largest = 0;
	double		sum = 0;
	double		expected;
	double		scale = 1;
	double		its_scale;
	double		result;
	int			exponent;

	for (int i = 0; i < n; i++)
	{
		if (isnan(values[i]) || isnan(largest))
			largest = NAN;
		else if (fabs(values[i]) > largest)
			largest = fabs(values[i]);
	}
	expected = largest;
	if (largest > 0 && !isinf(largest))
	{
		(void) frexp(largest, &exponent);
		scale = ldexp(1.0, exponent < -1000 ? 1000 : -exponent);
		for (int i = 0; i < n; i++)
			sum += (values[i] * scale) * (values[i] * scale);
		expected = sqrt(sum);
	}
	result = reddict_kernel_norm(n, values, &its_scale);
	if (same_bits(result, expected) && its_scale == scale)
		return;
	failures++;
	printf("norm: n %d: %.17g by %g, expected %.17g by %g\n", n, result, its_scale, expected, scale);
}

/* There are the kernels that the operators and functions need. */
static int
has_shape(KernelOp op, KernelShape shape)
{
	if (op == KERNEL_LEAST || op == KERNEL_GREATEST)
		return shape == KERNEL_MAP_MAP;
	return op != KERNEL_RIGHT || shape != KERNEL_SCALAR_MAP;
}

/* Two operations in one loop: (a first b) op a, or their first elements. */
static void
check_pair(KernelOp op, KernelShape shape, int n, const unaligned_double *a,
		   const unaligned_double *b, unaligned_double *out)
{
	KernelOp	first = next_random(2) == 0 ? KERNEL_ADD : KERNEL_SUBTRACT;
	KernelShape first_shape = next_random(2) == 0 ? KERNEL_MAP_MAP : KERNEL_MAP_SCALAR;
	bool		checked = next_random(2) == 0;
	bool		looks = checked || op > KERNEL_SUBTRACT;
	bool		right = true;
	bool		suspects;
	double		expected[MAX_LENGTH];

	if (shape == KERNEL_SCALAR_MAP)
		shape = KERNEL_MAP_SCALAR;
	for (int i = 0; i < n; i++)
	{
		KernelError error;
		double		x = reference(first, a[i], b[first_shape == KERNEL_MAP_SCALAR ? 0 : i], &error);

		right &= error == KERNEL_OK;
		x = first == KERNEL_ADD ? a[i] + b[first_shape == KERNEL_MAP_SCALAR ? 0 : i] :
			a[i] - b[first_shape == KERNEL_MAP_SCALAR ? 0 : i];
		expected[i] = reference(op, x, a[shape == KERNEL_MAP_SCALAR ? 0 : i], &error);
		right &= error == KERNEL_OK;
	}
	suspects = reddict_kernel_pair_suspects(first, first_shape, op, shape, n, a, b, a, out, checked);
	if (looks ? !suspects && !right : suspects)
	{
		failures++;
		printf("pair %d %d: %ssuspect\n", first, op, suspects ? "" : "not ");
	}
	for (int i = 0; right && i < n; i++)
	{
		if (!same_bits(expected[i], out[i]))
		{
			failures++;
			printf("pair %d %d: %g instead of %g\n", first, op, out[i], expected[i]);
			break;
		}
	}
}

int
main(void)
{
	static char memory[3][MAX_LENGTH * sizeof(double) + CACHE_LINE];
	long		ok = 0;

#if defined(__x86_64__)
	__builtin_cpu_init();
	if (strcmp(TARGET, "avx2") == 0 && !__builtin_cpu_supports("avx2"))
		return 77;
	if (strcmp(TARGET, "avx512") == 0 &&
		!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
		  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")))
		return 77;
#endif

	for (int round = 0; round < ROUNDS && failures < 20; round++)
	{
		KernelOp	op = next_random(KERNEL_OPS);
		KernelShape shape;
		int			n = next_random(MAX_LENGTH + 1);
		int			harmless = next_random(4) == 0;
		unaligned_double *a = at_random(memory[0]);
		unaligned_double *b = at_random(memory[1]);
		unaligned_double *out = at_random(memory[2]);
		unaligned_double *map;
		double		expected[MAX_LENGTH];
		double		before[MAX_LENGTH];
		KernelFault expected_fault = {KERNEL_OK, 0};
		KernelFault fault;

		do
			shape = next_random(KERNEL_SHAPES);
		while (!has_shape(op, shape));
		map = shape == KERNEL_SCALAR_MAP ? b : a;
		for (int i = 0; i < MAX_LENGTH; i++)
		{
			a[i] = random_value(harmless);
			b[i] = random_value(harmless);
		}
		for (int i = 0; i < n; i++)
		{
			KernelError error;

			before[i] = map[i];
			expected[i] = reference(op, a[shape == KERNEL_SCALAR_MAP ? 0 : i],
									b[shape == KERNEL_MAP_SCALAR ? 0 : i], &error);
			if (error != KERNEL_OK && expected_fault.error == KERNEL_OK)
			{
				expected_fault.error = error;
				expected_fault.position = i;
			}
		}
		ok += expected_fault.error == KERNEL_OK;

		compare_dot(n, a, b);
		compare_norm(n, a);

		/* After a fault the third array is not to be used, the map unchanged. */
		fault = reddict_kernel(op, shape, n, a, b, out);
		compare("kernel", op, shape, expected_fault.error == KERNEL_OK ? n : 0,
				expected_fault, fault, expected, out);
		for (int checked = 0; checked <= 1; checked++)
		{
			bool		looks = checked || op > KERNEL_SUBTRACT;
			bool		suspects = reddict_kernel_suspects(op, shape, n, a, b, out, checked);

			/* A fault is always suspect, where the kernel looks. */
			if (looks ? !suspects && expected_fault.error != KERNEL_OK : suspects)
			{
				failures++;
				printf("suspects: operation %d, shape %d, %d values, %schecked: %s\n",
					   op, shape, n, checked ? "" : "not ", suspects ? "something" : "nothing");
			}
			compare("suspects", op, shape, expected_fault.error == KERNEL_OK ? n : 0,
					expected_fault, expected_fault, expected, out);
		}
		if (op <= KERNEL_DIVIDE)
			check_pair(op, shape, n, a, b, out);
		fault = reddict_kernel_update(op, shape, n, map, map == a ? b : a);
		compare("update", op, shape, n, expected_fault, fault,
				expected_fault.error == KERNEL_OK ? expected : before, map);
	}
	if (ok < ROUNDS / 4 || ok > ROUNDS * 9 / 10)
	{
		failures++;
		printf("%ld of %d rounds without an error: that tests little\n", ok, ROUNDS);
	}
	return failures > 0;
}
