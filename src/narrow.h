/*
 * narrow.h
 *	  Numbers in fewer bytes than doubles take, that read back to the same bits.
 *
 * What a caller must know:
 *
 *	- Most numbers that people keep are integers, or have a few decimals.  Such a
 *	  number x is kept as the integer x * 10^s, in 1, 2 or 4 bytes, and reads as
 *	  integer / 10^s.  That division is correctly rounded, so it gives the
 *	  double that parsing the decimal gives.  Writing checks each number bit for
 *	  bit, and keeps in 8 bytes what does not come back: -0, NaN, infinities,
 *	  thirds, large numbers.
 *	- How numbers are written depends on nothing but the numbers.  What numbers
 *	  written before were like is only a guess that saves time.
 *	- Writing never reads beyond the numbers, but it writes up to NARROW_SLACK
 *	  bytes behind those that it measured.  Reading looks at up to 15 bytes before
 *	  the numbers, of which the 12 before the layout are the caller's to have, but
 *	  never at one behind them.
 *	- Bytes are in the machine's order, and nothing is aligned.
 *	- No number of 1, 2 or 4 bytes is as large as 2^31, so adding one to a
 *	  double never overflows.
 *
 * The layout, in bytes from the start:
 *
 *		0	uint8	bits 0-4  scale s, 0 to 22
 *					bits 5-7  width: 1, 2 or 4 bytes, the same for all numbers,
 *							  all of which have s decimals; or 0: see codes
 *		codes, only where the width is 0:
 *		1	uint8	codes[(n + 1) / 2]	4 bits for a number, the low half first:
 *					bits 0-1  its width: 1, 2, 4 or 8 bytes
 *					bit  2    it has s decimals; else it is a plain integer
 *					bit  3    zero
 *			uint32	offsets[(n - 1) / 64]	where the numbers 64, 128, ... begin,
 *					from the first number on
 *		..	numbers, in order, without gaps
 *
 * Uniform unless codes save a tenth of the bytes; of codes the smallest, then
 * the smallest scale, then for each number a plain integer rather than one with
 * decimals.  Where all of that would save nothing, numbers are not narrow.
 */
#ifndef REDBEAR_NARROW_H
#define REDBEAR_NARROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels.h"

#pragma GCC visibility push(hidden)

#define NARROW_MAX_SCALE	22	/* 10^22 is the last that a double has exactly */
#define NARROW_STRIDE		64	/* numbers from an offset to the next */
#define NARROW_HEAD_SIZE	1

/* Bytes of memory that writing n numbers needs, and may write behind them */
#define NARROW_MEMORY(n) (((size_t) (n) + 3) / 4 * (8 * sizeof(int32_t) + 2))
#define NARROW_SLACK 7

/* How some numbers are written, and what writing them needs to know */
typedef struct NarrowWriter
{
	int			n;
	const unaligned_double *values;
	void	   *memory;			/* NARROW_MEMORY(n) bytes of the caller's, aligned for an int32_t */
	int			guess;			/* decimals that some number may have, and none has more */
	bool		give_up;		/* where a few numbers make it likely that it would save nothing */
	int			decimals;		/* those that it has */
	int			scale;
	int			width;			/* 0: codes */
	size_t		size;			/* bytes in all */
	bool		doubles;		/* is any number kept in 8 bytes? */
} NarrowWriter;

/* Narrow numbers as they lie */
typedef struct NarrowNumbers
{
	int			n;
	int			scale;
	int			width;			/* 0: codes */
	const unsigned char *codes;
	const char *offsets;
	const char *numbers;
	size_t		size;			/* bytes in all, from the start */
	bool		last_doubles;	/* are there doubles in the last stride? */
} NarrowNumbers;

extern bool reddict_narrow_measure(NarrowWriter *writer);
extern void reddict_narrow_write(const NarrowWriter *writer, char *to);
extern size_t reddict_narrow_front(int n);
extern bool reddict_narrow_read(NarrowNumbers *narrow, int n, const char *from,
								size_t available);
extern const char *reddict_narrow_check(const NarrowNumbers *narrow);
extern bool reddict_narrow_place(const NarrowNumbers *narrow, int position,
								 size_t *begin, size_t *end);
extern double reddict_narrow_number(const NarrowNumbers *narrow, int position,
									const char *bytes);
extern bool reddict_narrow_one(int n, const char *from, size_t size,
							   int position, double *number);
extern bool reddict_narrow_decode(const NarrowNumbers *narrow, unaligned_double *out);
extern bool reddict_narrow_add(const NarrowNumbers *narrow, unaligned_double *sums);

#pragma GCC visibility pop

#endif							/* REDBEAR_NARROW_H */
