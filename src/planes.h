/*
 * planes.h
 *	  Doubles in as few bytes as give them back, to be sent.
 *
 * In bytes: a form, and
 *
 *		0	double	values[n]
 *		1	the values as narrow.h has them
 *		2	double	the one value that all are
 *		3	uint8	scale s, 0 to 15
 *			uint8	bits 0-2  width, 1 to 7 bytes
 *					bit  3    are there steps?
 *			integers[n] of this width, the lowest byte first, two's complement,
 *				none beyond 2^53
 *			int8	steps[n], only if there are: from integer / 10^s so many
 *					doubles away from zero
 *
 * Sums of amounts with two decimals are seldom the double next to two decimals:
 * each addition rounds.  But they are a few steps from it, so that the last form
 * takes five or six bytes where the number takes 17 digits.
 *
 * Whichever form is the shortest is written.  Doubles are in the machine's byte
 * order.
 */
#ifndef REDBEAR_PLANES_H
#define REDBEAR_PLANES_H

#include "lib/stringinfo.h"

#include "kernels.h"

#pragma GCC visibility push(hidden)

/* Reading may look at so many bytes before the ones to be read. */
#define PLANES_ROOM_BEFORE 16

extern void reddict_put_plane(StringInfo buf, const unaligned_double *values,
							  int32 n);
extern Size reddict_get_plane(const char *bytes, Size size,
							  float8 *values, int32 n);

#pragma GCC visibility pop

#endif							/* REDBEAR_PLANES_H */
