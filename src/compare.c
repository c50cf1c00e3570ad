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

#include <math.h>

#include "common/hashfn.h"
#include "utils/float.h"

#include "reddict.h"

/* Doubles hashed in one call */
#define HASH_BLOCK 128

/*
 * Less than, equal to, or greater than 0: by number of keys, then by keys
 * bytewise, then by values.
 */
static int
compare_views(const RedDictView *a, const RedDictView *b)
{
	int			cmp = reddict_key_index_compare(&a->index, &b->index);

	for (int32 i = 0; cmp == 0 && i < a->index.n; i++)
		cmp = float8_cmp_internal(a->values[i], b->values[i]);
	return cmp;
}

static int
compare_arguments(FunctionCallInfo fcinfo)
{
	RedDictView a;
	RedDictView b;
	int			cmp;

	PG_GETARG_REDDICT_VIEW(0, &a);
	PG_GETARG_REDDICT_VIEW(1, &b);
	cmp = compare_views(&a, &b);
	reddict_view_release(&a);
	reddict_view_release(&b);
	return cmp;
}

static bool
equal_arguments(FunctionCallInfo fcinfo)
{
	RedDictView a;
	RedDictView b;
	bool		equal;

	PG_GETARG_REDDICT_VIEW(0, &a);
	PG_GETARG_REDDICT_VIEW(1, &b);
	equal = key_index_same(&a.index, &b.index);
	for (int32 i = 0; equal && i < a.index.n; i++)
		equal = float8_eq(a.values[i], b.values[i]);
	reddict_view_release(&a);
	reddict_view_release(&b);
	return equal;
}

/*
 * The hash of a value, in agreement with "=": of the key index's hash and of
 * the values, with -0 and NaN made canonical.
 */
static uint64
hash_argument(FunctionCallInfo fcinfo, uint64 seed)
{
	RedDictView view;
	uint64		hash;

	PG_GETARG_REDDICT_VIEW(0, &view);
	hash = hash_bytes_extended((const unsigned char *) &view.index.hash,
							   sizeof(view.index.hash), seed);
	for (int32 start = 0; start < view.index.n; start += HASH_BLOCK)
	{
		float8		block[HASH_BLOCK];
		int			n = Min(view.index.n - start, HASH_BLOCK);

		for (int i = 0; i < n; i++)
		{
			float8		value = view.values[start + i];

			if (isnan(value))
				value = get_float8_nan();
			else if (value == 0.0)
				value = 0.0;
			block[i] = value;
		}
		hash = hash_bytes_extended((const unsigned char *) block,
								   n * sizeof(float8), hash);
	}
	reddict_view_release(&view);
	return hash;
}

/*
 * reddict = reddict returns boolean, and likewise <> < <= > >=.  Strict; no
 * errors.
 */
#define COMPARISON(name, result) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(result); \
}

COMPARISON(reddict_eq, equal_arguments(fcinfo))
COMPARISON(reddict_ne, !equal_arguments(fcinfo))
COMPARISON(reddict_lt, compare_arguments(fcinfo) < 0)
COMPARISON(reddict_le, compare_arguments(fcinfo) <= 0)
COMPARISON(reddict_gt, compare_arguments(fcinfo) > 0)
COMPARISON(reddict_ge, compare_arguments(fcinfo) >= 0)

PG_FUNCTION_INFO_V1(reddict_cmp);
PG_FUNCTION_INFO_V1(reddict_hash);
PG_FUNCTION_INFO_V1(reddict_hash_extended);

/*
 * reddict_cmp(reddict, reddict) returns int4
 *
 * Support function 1 of the btree operator class.
 */
Datum
reddict_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

/*
 * reddict_hash(reddict) returns int4
 *
 * Support function 1 of the hash operator class: the low half of
 * reddict_hash_extended() with seed 0.
 */
Datum
reddict_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) hash_argument(fcinfo, 0));
}

/*
 * reddict_hash_extended(reddict, seed int8) returns int8
 *
 * Support function 2 of the hash operator class.
 */
Datum
reddict_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) hash_argument(fcinfo, (uint64) PG_GETARG_INT64(1)));
}
