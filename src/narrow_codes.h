/*
 * narrow_codes.h
 *	  The parts of the layout of narrow numbers that writing and reading share.
 *
 * narrow.h draws the layout.
 */
#ifndef REDBEAR_NARROW_CODES_H
#define REDBEAR_NARROW_CODES_H

#include "narrow.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define NARROW_BIG_ENDIAN
#endif


/* The powers of ten that a double has exactly */
static const double powers[NARROW_MAX_SCALE + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

#define CODE_BITS	4
#define CODE_MASK	0xF
#define CODE_SCALED 0x4
#define CODE_ZERO	0x8
#define CODE_DOUBLE 0x3			/* width 8: never with decimals */

#define SCALE_MASK	0x1F
#define WIDTH_SHIFT 5

/* Integers at any address */
typedef int8_t narrow_int8 __attribute__((aligned(1)));
typedef int16_t narrow_int16 __attribute__((aligned(1)));
typedef int32_t narrow_int32 __attribute__((aligned(1)));

static inline int
code_width(int code)
{
	return 1 << (code & 0x3);
}

static inline int
get_code(const unsigned char *codes, int position)
{
	return (codes[position / 2] >> (position % 2 * CODE_BITS)) & CODE_MASK;
}

static inline size_t
codes_size(int n)
{
	return ((size_t) n + 1) / 2;
}

static inline size_t
offsets_size(int n)
{
	return n > 0 ? (size_t) (n - 1) / NARROW_STRIDE * sizeof(uint32_t) : 0;
}

#endif							/* REDBEAR_NARROW_CODES_H */
