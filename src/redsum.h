/*
 * redsum.h
 *	  A redsum: exact sums of the numbers of each key, over many maps.
 *
 * A redsum has one of two layouts, which have the head, the hash and the key
 * index's block of reddict.h in common.
 *
 * What is stored, printed and compared is settled, kind REDDICT_SUMS, as parts.h
 * draws it.  The part of a key is its sum:
 *
 *		varint	count: of rows that have the key, from 1
 *		varint	4 * bytes of digits + 2 if there are counts of NaN and infinities
 *				+ 1 if the sum is negative
 *		uint16	only with digits: position of the digits' lowest bit
 *		digits	of the sum's magnitude, the lowest byte first
 *		varint	only where one is not 0: how many rows have NaN, ...
 *		varint	... Infinity, ...
 *		varint	... and -Infinity
 *
 * The digits are an odd number, with no zero byte at their end: so equal sums
 * have equal bytes, and a sum takes about as much as its decimal digits would.
 *
 * What an aggregate adds to is a state, kind REDDICT_SUMS_STATE: a key has an
 * element of five words (exact_sum.h), in planes as the numbers of a redstats,
 * and after the block comes the state's tail.  A state is a redsum, too: it can
 * be stored, sent and combined, and readers see the sums that it stands for.
 * A key whose count is 0 is none, so keys go with their last row.  Rows with
 * just the state's keys, as most have, are counted once for all of them.
 */
#ifndef REDBEAR_REDSUM_H
#define REDBEAR_REDSUM_H

#include "lib/stringinfo.h"

#include "exact_sum.h"
#include "parts.h"

#pragma GCC visibility push(hidden)

/*
 * What a state has besides its keys and their elements; after it come the
 * elements' ExactFars, and then the size of all this as an uint32.
 */
typedef struct RedSumTail
{
	int64		maps;			/* rows that came, less those that went */
	int64		pending;		/* rows with all keys, which no count has yet */
	uint32		additions;		/* to any element, since the last carry */
	uint32		used;			/* ExactFars that are an element's */
} __attribute__((packed, aligned(1))) RedSumTail;

/* What every reader of a redsum works on, settled or not */
typedef struct RedSumView
{
	KeyIndex	index;
	bool		settled;
	int64		maps;			/* 1 if settled */
	const unsigned char *sums;	/* settled: all of them, */
	const unsigned char *next;	/* the next to read, */
	const unsigned char *end;	/* and where they end */
	RedDictElements elements;	/* of a state */
	const ExactFar *fars;		/* of a state */
	int64		pending;		/* of a state */
	void	   *detoasted;		/* a copy made for this view, or NULL */
} RedSumView;

/* redsum.c */
extern void redsum_view(Datum value, RedSumView *view);
extern void redsum_view_settled(Datum value, RedSumView *view);
extern void redsum_get(RedSumView *view, int32 position, ExactSum *sum);
extern void redsum_append(StringInfo sums, const ExactSum *sum);
extern bool redsum_copy_sums(const void *bytes, Size size, int32 n, StringInfo sums);
extern bool redsum_copy_parts(const unsigned char *bytes, const unsigned char *end,
							  int32 n, RedDictParts *parts);
extern struct varlena *redsum_build(const KeyIndex *index, const StringInfoData *sums);
extern struct varlena *redsum_settle(RedSumView *view);
extern void redsum_release(RedSumView *view);

/* The ExactElements of a key. */
static inline ExactElements
redsum_element(RedDictElements elements, int32 position)
{
	return (ExactElements) {(exact_word *) elements.values + position, elements.stride};
}

#pragma GCC visibility pop

#endif							/* REDBEAR_REDSUM_H */
