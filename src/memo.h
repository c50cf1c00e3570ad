/*
 * memo.h
 *	  Memos: what a call site remembers from call to call.
 *
 * A memo is a structure in fn_extra, all zero at first, so a function has one
 * kind of memo at the most.  It only saves time: a call may come without an
 * FmgrInfo, and some callers make a new one for each row.
 *
 * Most memos are of keys, since values mostly come in runs of the same keys: a
 * KeyMemo has a copy of a key index, and what the function made of its keys.
 */
#ifndef REDBEAR_MEMO_H
#define REDBEAR_MEMO_H

#include "fmgr.h"

#include "key_index.h"

#pragma GCC visibility push(hidden)

typedef struct KeyMemo
{
	MemoryContext parent;
	MemoryContext context;		/* owns what follows; NULL: never was anything */
	uint64		last;			/* hash of the last key index, remembered or not */
	KeyIndex	index;			/* with its block; no keys: nothing is remembered */
	void	   *content;		/* what was made of its keys */
} KeyMemo;

/* Makes the content, in the current memory context, which the memo owns. */
typedef void *(*KeyMemoMaker) (const KeyIndex *index, const void *argument);

extern void *reddict_memo_new(FmgrInfo *flinfo, Size size);
extern KeyMemo *reddict_key_memo(FmgrInfo *flinfo);
extern void *reddict_key_memo_find(const KeyMemo *memo, const KeyIndex *index);
extern void reddict_key_memo_make(KeyMemo *memo, const KeyIndex *index,
								  KeyMemoMaker make, const void *argument);
extern void *reddict_key_memo_get(KeyMemo *memo, const KeyIndex *index,
								  KeyMemoMaker make, const void *argument);

/* The memo of a call site, of so many bytes; NULL if the call has no FmgrInfo. */
static inline void *
reddict_memo(FmgrInfo *flinfo, Size size)
{
	if (unlikely(flinfo == NULL))
		return NULL;
	return likely(flinfo->fn_extra != NULL) ? flinfo->fn_extra : reddict_memo_new(flinfo, size);
}

#pragma GCC visibility pop

#endif							/* REDBEAR_MEMO_H */
