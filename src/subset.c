/*
 * subset.c
 *	  A map of some of the pairs of another.
 */
#include "postgres.h"

#include "subset.h"

/*
 * Make a map with the keys of a complete key index, and the values of another
 * at some positions, in the current memory context.
 */
struct varlena *
reddict_gather(const RedDictView *view, const KeyIndex *index,
			   const int32 *positions)
{
	float8	   *values;
	struct varlena *value = reddict_new(REDDICT_MAP, index, &values);

	for (int32 i = 0; i < index->n; i++)
		values[i] = view->values[positions[i]];
	return reddict_narrow_like(value, view);
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
	return reddict_gather(view, &index, positions);
}
