/*
 * subset.c
 *	  A value with some of the keys of another.
 */
#include "postgres.h"

#include "subset.h"

/*
 * Make a value with the keys of a complete key index, and what another has at
 * some positions, in the current memory context.
 */
static struct varlena *
gather(const RedDictView *view, RedDictKind kind, const KeyIndex *index,
	   const int32 *positions)
{
	float8	   *values;
	struct varlena *result = reddict_new(kind, index, &values);

	for (int plane = 0; plane < reddict_planes(kind); plane++)
	{
		const unaligned_double *from = reddict_plane(view, plane);

		for (int32 i = 0; i < index->n; i++)
			*values++ = from[positions[i]];
	}
	return reddict_narrow_like(result, view);
}

/* The same for maps. */
struct varlena *
reddict_gather(const RedDictView *view, const KeyIndex *index,
			   const int32 *positions)
{
	return gather(view, REDDICT_MAP, index, positions);
}

/*
 * Make a map of the pairs at some positions, given in ascending order, of
 * another, in the current memory context.
 */
struct varlena *
reddict_take(const RedDictView *view, const int32 *positions, int32 n)
{
	KeyIndex	index;

	reddict_subset_keys(&index, &view->index, positions, n);
	return gather(view, REDDICT_MAP, &index, positions);
}

/*
 * Align a key index with some keys, to have those that are in it, or its others:
 * "mode" is KEYS_BOTH or KEYS_ONLY_LEFT.  The entries are used up; they may be
 * repeated, in any order, and too long for a key index: then they are no key of
 * it.
 */
void
reddict_select_keys(const KeyIndex *index, KeyEntry *entries, int32 n, KeyMode mode,
					KeyAlignment *aligned)
{
	int32		possible = 0;
	KeyIndex	keys;

	for (int32 i = 0; i < n; i++)
	{
		if (entries[i].len <= KEY_INDEX_MAX_KEY_LEN)
			entries[possible++] = entries[i];
	}
	reddict_build_keys(&keys, entries, possible);
	reddict_align_keys(index, &keys, mode, aligned);
}

/*
 * Make a value with the keys that a value has in common with some others, or
 * without these, in the current memory context.  As reddict_select_keys().
 */
struct varlena *
reddict_select(const RedDictView *view, RedDictKind kind,
			   KeyEntry *entries, int32 n, KeyMode mode)
{
	KeyAlignment aligned;

	reddict_select_keys(&view->index, entries, n, mode, &aligned);
	return gather(view, kind, &aligned.index, aligned.left);
}
