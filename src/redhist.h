/*
 * redhist.h
 *	  A redhist: exponential histograms of the numbers of each key, over many maps.
 *
 * A redhist has one of two layouts, which have the head, the hash and the key
 * index's block of reddict.h in common.
 *
 * What is stored, printed and compared is settled, kind REDDICT_HISTOGRAMS, as
 * parts.h draws it; the part of a key is its histogram, as histogram.c draws
 * that.
 *
 * What an aggregate adds to is a state, kind REDDICT_HISTOGRAMS_STATE, as
 * tailed.h says: redhist_state.h draws its elements and its tail.  A state is a
 * redhist, too: it can be stored, sent and combined, and readers see the
 * histograms that it stands for.
 *
 * The limit of the size counts each bucket as a byte and a key as 100 more, so
 * that the text of empty buckets, which take next to nothing, can be printed.
 */
#ifndef REDBEAR_REDHIST_H
#define REDBEAR_REDHIST_H

#include "histogram.h"
#include "parts.h"

#pragma GCC visibility push(hidden)

/* What every reader of a redhist works on, settled or not */
typedef struct RedHistView
{
	KeyIndex	index;
	bool		settled;
	const unsigned char *parts; /* settled: all of them, */
	const unsigned char *end;	/* and where they end */
	Histogram  *histograms;		/* of the keys, or NULL until they are read */
	void	   *detoasted;		/* a copy made for this view, or NULL */
} RedHistView;

/* redhist.c */
extern void redhist_view(Datum value, RedHistView *view);
extern void redhist_view_settled(Datum value, RedHistView *view);
extern void redhist_read(RedHistView *view);
extern bool redhist_copy_parts(const unsigned char *bytes, const unsigned char *end,
							   int32 n, RedDictParts *parts);
extern struct varlena *redhist_settle(RedHistView *view);
extern void redhist_release(RedHistView *view);
pg_noreturn extern void redhist_refuse_count(const KeyIndex *index, int32 position);

#pragma GCC visibility pop

#endif							/* REDBEAR_REDHIST_H */
