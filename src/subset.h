/*
 * subset.h
 *	  A map of some of the pairs of another.
 */
#ifndef REDBEAR_SUBSET_H
#define REDBEAR_SUBSET_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern struct varlena *reddict_gather(const RedDictView *view,
									  const KeyIndex *index,
									  const int32 *positions);
extern struct varlena *reddict_take(const RedDictView *view,
									const int32 *positions, int32 n);

#pragma GCC visibility pop

#endif							/* REDBEAR_SUBSET_H */
