/*
 * compare.h
 *	  The SQL functions by which a type is compared and hashed.
 */
#ifndef REDBEAR_COMPARE_H
#define REDBEAR_COMPARE_H

#include "fmgr.h"

/*
 * TYPE = TYPE returns boolean, and likewise <> < <= > >=.  Strict; no errors.
 *
 * TYPE_cmp(TYPE, TYPE) returns int4: support function 1 of the btree operator
 * class.  TYPE_hash(TYPE) returns int4, and TYPE_hash_extended(TYPE, seed int8)
 * returns int8: support functions 1 and 2 of the hash operator class; the
 * former is the low half of the latter with seed 0.
 *
 * EQUAL, COMPARE and HASH are expressions of what the arguments in fcinfo give;
 * HASH is one of "seed", too.
 */
#define COMPARISON_FUNCTION(name, return_result) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return_result; \
}

#define COMPARISON_FUNCTIONS(type, EQUAL, COMPARE, HASH) \
COMPARISON_FUNCTION(type##_eq, PG_RETURN_BOOL(EQUAL)) \
COMPARISON_FUNCTION(type##_ne, PG_RETURN_BOOL(!(EQUAL))) \
COMPARISON_FUNCTION(type##_lt, PG_RETURN_BOOL((COMPARE) < 0)) \
COMPARISON_FUNCTION(type##_le, PG_RETURN_BOOL((COMPARE) <= 0)) \
COMPARISON_FUNCTION(type##_gt, PG_RETURN_BOOL((COMPARE) > 0)) \
COMPARISON_FUNCTION(type##_ge, PG_RETURN_BOOL((COMPARE) >= 0)) \
COMPARISON_FUNCTION(type##_cmp, PG_RETURN_INT32(COMPARE)) \
COMPARISON_FUNCTION(type##_hash, uint64 seed = 0; PG_RETURN_INT32((int32) (HASH))) \
COMPARISON_FUNCTION(type##_hash_extended, \
					uint64 seed = (uint64) PG_GETARG_INT64(1); PG_RETURN_INT64((int64) (HASH)))

#endif							/* REDBEAR_COMPARE_H */
