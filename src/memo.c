/*
 * memo.c
 *	  Memos: what a call site remembers from call to call.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "memo.h"
#include "registry.h"

/* Bytes of keys up to which they are remembered */
#define MEMO_MAX_SIZE (1024 * 1024)

/* Make the memo of a call site that has none; see reddict_memo(). */
void *
reddict_memo_new(FmgrInfo *flinfo, Size size)
{
	return flinfo->fn_extra = MemoryContextAllocZero(flinfo->fn_mcxt, size);
}

/* The memo of a call site that remembers keys, or NULL. */
KeyMemo *
reddict_key_memo(FmgrInfo *flinfo)
{
	KeyMemo    *memo = reddict_memo(flinfo, sizeof(KeyMemo));

	if (memo != NULL)
		memo->parent = flinfo->fn_mcxt;
	return memo;
}

/* What was made of these keys, or NULL. */
void *
reddict_key_memo_find(const KeyMemo *memo, const KeyIndex *index)
{
	return memo->index.n > 0 && reddict_same_keys(&memo->index, index) ? memo->content : NULL;
}

/*
 * Remember a key index, in place of the last one, if the call before had the
 * same: most statements call a function once, or with keys that never come
 * again, and then making the content is not worth it.
 *
 * If "make" raises an error, nothing is remembered.
 */
void
reddict_key_memo_make(KeyMemo *memo, const KeyIndex *index,
					  KeyMemoMaker make, const void *argument)
{
	bool		again = memo->last == index->hash;
	MemoryContext caller;
	KeyIndex	own;

	memo->last = index->hash;
	if (!again || index->n == 0 || reddict_open_keys(index)->size > MEMO_MAX_SIZE)
		return;
	memo->index.n = 0;
	if (memo->context == NULL)
		memo->context = AllocSetContextCreate(memo->parent, "redbear memo",
											  ALLOCSET_SMALL_SIZES);
	MemoryContextReset(memo->context);
	caller = MemoryContextSwitchTo(memo->context);
	own = *index;
	reddict_own_keys(&own);
	memo->content = make(&own, argument);
	MemoryContextSwitchTo(caller);
	memo->index = own;
}

/*
 * What "make" makes of these keys: from the memo, which may be NULL, or else
 * made for this call, in the current memory context.
 */
void *
reddict_key_memo_get(KeyMemo *memo, const KeyIndex *index,
					 KeyMemoMaker make, const void *argument)
{
	void	   *content = memo != NULL ? reddict_key_memo_find(memo, index) : NULL;

	if (content == NULL && memo != NULL)
	{
		reddict_key_memo_make(memo, index, make, argument);
		content = reddict_key_memo_find(memo, index);
	}
	return content != NULL ? content : make(reddict_open_keys(index), argument);
}
