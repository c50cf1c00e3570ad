/*
 * compare.c
 *	  Equality, order and hashing.
 *
 * Values compare as float8 does: NaN equals NaN and is the largest, -0 equals
 * 0.  Both have several bit patterns, so bytes decide nothing here but keys.
 *
 * These run in index builds and sorts, where memory accumulates, so they free
 * what they detoasted.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "compare.h"
#include "reddict.h"

/* Doubles hashed in one call */
#define HASH_BLOCK 128

/* Order the keys of two values: less than, equal to, or greater than 0. */
int
reddict_compare_keys(const KeyIndex *a, const KeyIndex *b)
{
	if (reddict_same_keys(a, b))
		return 0;
	if (a->n == b->n && a->hash == b->hash)
		return reddict_key_index_compare(reddict_open_keys(a), reddict_open_keys(b));
	return reddict_key_index_compare(a, b);
}

/*
 * Less than, equal to, or greater than 0: by number of keys, then by the hash
 * of the key index, then, where two key sets have one hash, by keys bytewise,
 * then by values, plane after plane.
 *
 * An index access method calls this with a page locked, where nothing may wait
 * for the registry.  So keys are asked for only to tell one hash of a packed
 * value from the same hash of one that is not.
 */
static int
compare_arguments(FunctionCallInfo fcinfo, RedDictKind kind)
{
	RedDictView a;
	RedDictView b;
	int			cmp;

	reddict_view_kind(PG_GETARG_DATUM(0), kind, &a);
	reddict_view_kind(PG_GETARG_DATUM(1), kind, &b);
	cmp = reddict_compare_keys(&a.index, &b.index);
	for (int plane = 0; cmp == 0 && plane < reddict_planes(kind); plane++)
	{
		const unaligned_double *left = reddict_plane(&a, plane);
		const unaligned_double *right = reddict_plane(&b, plane);

		for (int32 i = 0; cmp == 0 && i < a.index.n; i++)
			cmp = float8_cmp_internal(left[i], right[i]);
	}
	reddict_view_release(&a);
	reddict_view_release(&b);
	return cmp;
}

/* As compare_arguments(), and quicker where the answer is no. */
static bool
equal_arguments(FunctionCallInfo fcinfo, RedDictKind kind)
{
	RedDictView a;
	RedDictView b;
	bool		equal;

	reddict_view_kind(PG_GETARG_DATUM(0), kind, &a);
	reddict_view_kind(PG_GETARG_DATUM(1), kind, &b);
	equal = reddict_same_keys(&a.index, &b.index);
	for (int plane = 0; equal && plane < reddict_planes(kind); plane++)
	{
		const unaligned_double *left = reddict_plane(&a, plane);
		const unaligned_double *right = reddict_plane(&b, plane);

		for (int32 i = 0; equal && i < a.index.n; i++)
			equal = float8_eq(left[i], right[i]);
	}
	reddict_view_release(&a);
	reddict_view_release(&b);
	return equal;
}

/* A hash of doubles, with -0 and NaN made canonical. */
static uint64
hash_values(int32 n, const unaligned_double *values, uint64 hash)
{
	for (int32 start = 0; start < n; start += HASH_BLOCK)
	{
		float8		block[HASH_BLOCK];
		int			len = Min(n - start, HASH_BLOCK);

		for (int i = 0; i < len; i++)
		{
			block[i] = canonical_value(values[start + i]);
		}
		hash = hash_bytes_extended((const unsigned char *) block,
								   len * sizeof(float8), hash);
	}
	return hash;
}

/*
 * The hash of a value, in agreement with "=": of the key index's hash and of
 * the values.
 */
static uint64
hash_argument(FunctionCallInfo fcinfo, RedDictKind kind, uint64 seed)
{
	RedDictView view;
	uint64		hash;

	reddict_view_kind(PG_GETARG_DATUM(0), kind, &view);
	hash = hash_bytes_extended((const unsigned char *) &view.index.hash,
							   sizeof(view.index.hash), seed);
	for (int plane = 0; plane < reddict_planes(kind); plane++)
		hash = hash_values(view.index.n, reddict_plane(&view, plane), hash);
	reddict_view_release(&view);
	return hash;
}

COMPARISON_FUNCTIONS(reddict, equal_arguments(fcinfo, REDDICT_MAP),
					 compare_arguments(fcinfo, REDDICT_MAP),
					 hash_argument(fcinfo, REDDICT_MAP, seed))
COMPARISON_FUNCTIONS(redstats, equal_arguments(fcinfo, REDDICT_STATISTICS),
					 compare_arguments(fcinfo, REDDICT_STATISTICS),
					 hash_argument(fcinfo, REDDICT_STATISTICS, seed))
