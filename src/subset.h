/*
 * subset.h
 *	  A value with some of the keys of another.
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
extern void reddict_select_keys(const KeyIndex *index, KeyEntry *entries, int32 n,
								KeyMode mode, KeyAlignment *aligned);
extern struct varlena *reddict_select(const RedDictView *view, RedDictKind kind,
									  KeyEntry *entries, int32 n,
									  KeyMode mode);

#pragma GCC visibility pop

#endif							/* REDBEAR_SUBSET_H */
