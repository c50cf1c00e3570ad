/*
 * narrow_test.c
 *	  Writes numbers narrow, and compares what comes back, bit for bit.
 *
 * The reference below is slow and plain: it tries every scale for every number,
 * and reads by division.  Bytes are compared with those of a writer that has
 * another guess, so that they depend on nothing but the numbers, and the memory
 * around them is checked to be as it was.  Prints what differs; its status is
 * then 1, and 77 if this machine can't run what it was compiled for.
 *
 * Arguments: how many arrays to try; and whether to compare the fused division
 * with the division for all integers of 32 bits.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../src/narrow.h"

#define MAX_LENGTH 200
#define GUARD 16

#ifndef TARGET
#define TARGET "sse2"
#endif

static uint64_t seed = 42;
static int	failures = 0;

static const double powers[] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

/* Knuth's MMIX generator; the high bits are the good ones. */
static uint32_t
next_random(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t) ((seed >> 32) * below >> 32);
}

/* Around the limits of each width, by a few, with either sign. */
static double
near_limit(void)
{
	static const double limits[] = {0, 127, 128, 32767, 32768, 2147483647.0, 2147483648.0, 9007199254740992.0};
	double		x = limits[next_random(8)] + (int) next_random(5) - 2;

	return next_random(2) ? x : -x;
}

/* A number of a kind. */
static double
random_number(int kind)
{
	static const double awkward[] = {
		0.0, -0.0, NAN, INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324, -5e-324,
		2.2250738585072011e-308, 1.0 / 3.0, -2.0 / 3.0, 0.1, 1e-22, 2147483647e-22, 1e-23, 1e22, 1e300
	};
	uint64_t	bits;
	double		x;

	switch (kind)
	{
		case 0:
			return (double) next_random(100);
		case 1:
			return (double) ((int) next_random(40000) - 20000);
		case 2:
			return (double) (int32_t) (next_random(UINT32_MAX) - INT32_MAX);
		case 3:
			return near_limit();
		case 4:
			return near_limit() / powers[next_random(10)];
		case 5:
			return (double) next_random(1000000) / 100.0;
		case 6:
			return ((double) next_random(100000) - 50000) / powers[next_random(23)];
		case 7:
			return awkward[next_random(sizeof(awkward) / sizeof(awkward[0]))];
		case 8:
			bits = (uint64_t) next_random(UINT32_MAX) << 32 | next_random(UINT32_MAX);
			memcpy(&x, &bits, sizeof(x));
			return x;
		case 9:
			/* a decimal, and the doubles beside it */
			x = next_random(100000) / powers[next_random(6)];
			return next_random(2) ? nextafter(x, INFINITY) : nextafter(x, -INFINITY);
		default:
			return ((double) next_random(1000000000)) / powers[next_random(4)];
	}
}

#define KINDS 11

static int
same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

/* Bytes of x as an integer with so many decimals; 8 if it is none of 32 bits. */
static int
reference_width(double x, int decimals)
{
	double		integer = rint(x * powers[decimals]);

	if (!(integer >= -2147483648.0 && integer <= 2147483647.0) ||
		!same_bits((double) (int64_t) integer / powers[decimals], x))
		return 8;
	return integer >= -128 && integer <= 127 ? 1 : integer >= -32768 && integer <= 32767 ? 2 : 4;
}

/* The bytes that the rules in narrow.h lead to; 0: not narrow. */
static size_t
reference_size(int n, const double *values)
{
	size_t		best = SIZE_MAX;
	size_t		uniform = SIZE_MAX;
	size_t		head = (n + 1) / 2 + (n - 1) / 64 * 4;

	for (int scale = 0; scale <= 22; scale++)
	{
		size_t		size = head;
		int			widest = 0;

		for (int i = 0; i < n; i++)
		{
			int			plain = reference_width(values[i], 0);
			int			scaled = reference_width(values[i], scale);

			size += plain < scaled ? plain : scaled;
			widest = scaled > widest ? scaled : widest;
		}
		best = size < best ? size : best;
		if (widest < 8 && (size_t) n * widest < uniform)
			uniform = (size_t) n * widest;
	}
	if (uniform != SIZE_MAX && best * 10 > uniform * 9)
		best = uniform;
	return 1 + best < n * sizeof(double) ? 1 + best : 0;
}

static void
fail(const char *what, int n, const double *values)
{
	failures++;
	printf("%s: n %d:", what, n);
	for (int i = 0; i < n && i < 20; i++)
		printf(" %.17g", values[i]);
	printf("\n");
}

static void
test(int n, const double *values)
{
	static int32_t scratch[NARROW_MEMORY(MAX_LENGTH) / sizeof(int32_t) + 1];
	static char memory[2][GUARD * 2 + MAX_LENGTH * sizeof(double)];
	double		out[MAX_LENGTH];
	double		sums[MAX_LENGTH];
	double		expected[MAX_LENGTH];
	NarrowWriter writer = {.n = n,.values = values,.memory = scratch};
	NarrowNumbers narrow;
	size_t		size = reference_size(n, values);
	bool		overflow = false;
	size_t		at = GUARD + next_random(GUARD) / 2;

	for (int i = 0; i < 2; i++)
	{
		size_t		used = 0;

		memset(memory[i], 0xA5, sizeof(memory[i]));
		writer.guess = i == 0 ? 0 : (int) next_random(23);
		if (reddict_narrow_measure(&writer))
			used = writer.size;
		if (used != size)
			return fail("size", n, values);
		if (used == 0)
			return;
		reddict_narrow_write(&writer, memory[i] + at);
		for (size_t j = 0; j < sizeof(memory[i]); j++)
		{
			if ((j < at || j >= at + used + NARROW_SLACK) && (unsigned char) memory[i][j] != 0xA5)
				return fail("written outside", n, values);
		}
	}
	if (memcmp(memory[0] + at, memory[1] + at, size) != 0)
		return fail("bytes depend on the guess", n, values);

	if (!reddict_narrow_read(&narrow, n, memory[0] + at, size) || narrow.size != size ||
		reddict_narrow_read(&narrow, n, memory[0] + at, size - 1))
		return fail("read", n, values);
	(void) reddict_narrow_read(&narrow, n, memory[0] + at, size);
	if (reddict_narrow_check(&narrow) != NULL)
		return fail(reddict_narrow_check(&narrow), n, values);
	if (!reddict_narrow_decode(&narrow, out) || memcmp(out, values, n * sizeof(double)) != 0)
		return fail("decode", n, values);
	for (int i = 0; i < n; i++)
	{
		size_t		begin;
		size_t		end;

		if (!reddict_narrow_place(&narrow, i, &begin, &end) || end > size ||
			!same_bits(reddict_narrow_number(&narrow, i, memory[0] + at + begin), values[i]))
			return fail("one number", n, values);
	}

	for (int i = 0; i < n; i++)
	{
		sums[i] = random_number(next_random(KINDS));
		expected[i] = sums[i] + values[i];
		overflow |= isinf(expected[i]) && !isinf(sums[i]) && !isinf(values[i]);
		out[i] = sums[i];
	}
	if (reddict_narrow_add(&narrow, sums))
	{
		if (overflow)
			return fail("overflow was not seen", n, values);
		for (int i = 0; i < n; i++)
		{
			if (!same_bits(sums[i], expected[i]) && !(isnan(sums[i]) && isnan(expected[i])))
				return fail("sum", n, values);
		}
	}
	else if (memcmp(sums, out, n * sizeof(double)) != 0)
		return fail("sums changed before an error", n, values);
}

/*
 * Codes that lead out of the layout, at the end of a page that no other comes
 * after: 64 numbers of 8 bytes, of which there are none, and one of 1 byte.
 */
static void
test_end_of_page(void)
{
	const int	n = NARROW_STRIDE + 1;
	const size_t size = reddict_narrow_front(n) + 1;
	const size_t page = (size_t) sysconf(_SC_PAGESIZE);
	char	   *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char	   *layout = pages + page - size;
	double		out[NARROW_STRIDE + 1] = {0};
	NarrowNumbers narrow;

	if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0)
	{
		fail("no memory", 0, NULL);
		return;
	}
	memset(layout + NARROW_HEAD_SIZE, 0x33, NARROW_STRIDE / 2);
	if (!reddict_narrow_read(&narrow, n, layout, size))
		fail("read", 0, NULL);
	else if (reddict_narrow_decode(&narrow, out) || reddict_narrow_add(&narrow, out))
		fail("numbers outside of the layout", 0, NULL);
	(void) munmap(pages, 2 * page);
}

/* The division by fused multiply-add, through the loops that have it. */
static void
test_division(uint32_t step)
{
	static NarrowNumbers narrow;
	static int32_t integers[64];
	double		out[64];

	for (int scale = 1; scale <= 9; scale++)
	{
		for (uint64_t next = 0; next <= UINT32_MAX && failures < 20;)
		{
			int			n = 0;

			for (; n < 64 && next <= UINT32_MAX; n++, next += step)
				integers[n] = (int32_t) (uint32_t) next;
			narrow = (NarrowNumbers) {.n = n,.scale = scale,.width = 4,.numbers = (char *) integers};
			(void) reddict_narrow_decode(&narrow, out);
			for (int i = 0; i < n; i++)
			{
				volatile double divisor = powers[scale];
				double		expected = integers[i] / divisor;

				if (!same_bits(out[i], expected))
					fail("division", 1, &expected);
			}
		}
	}
}

int
main(int argc, char **argv)
{
	long		rounds = argc > 1 ? atol(argv[1]) : 100000;
	double		values[MAX_LENGTH];

#if defined(__x86_64__)
	__builtin_cpu_init();
	if (strcmp(TARGET, "avx2") == 0 && !__builtin_cpu_supports("avx2"))
		return 77;
	if (strcmp(TARGET, "avx512") == 0 &&
		!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
		  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")))
		return 77;
#endif

	for (long round = 0; round < rounds && failures < 20; round++)
	{
		int			n = 1 + (int) next_random(next_random(8) == 0 ? MAX_LENGTH : 12);
		uint32_t	kinds = next_random(4) == 0 ? KINDS : 1 + next_random(3);
		uint32_t	first = next_random(KINDS);

		for (int i = 0; i < n; i++)
			values[i] = random_number((first + next_random(kinds)) % KINDS);
		test(n, values);
	}
	test_end_of_page();
	test_division(argc > 2 ? 1 : 9973);
	return failures > 0;
}
