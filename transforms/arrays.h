/*
 * What the transforms share: a map as its keys and its values, by redbear's own
 * functions, so that they know nothing of how a map is stored.
 */
#ifndef REDBEAR_TRANSFORMS_ARRAYS_H
#define REDBEAR_TRANSFORMS_ARRAYS_H

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

static PGFunction rd_keys;
static PGFunction rd_values;
static PGFunction reddict_from_arrays;

/* For _PG_init(): finds redbear's functions. */
static void
load_redbear(void)
{
	rd_keys = load_external_function("$libdir/redbear", "rd_keys", true, NULL);
	rd_values = load_external_function("$libdir/redbear", "rd_values", true, NULL);
	reddict_from_arrays = load_external_function("$libdir/redbear", "reddict_from_arrays",
												 true, NULL);
}

/* The keys of a map, which are text, and its values, which are float8; returns how many. */
static int
map_to_arrays(Datum map, Datum **keys, Datum **values)
{
	int			n;

	deconstruct_array(DatumGetArrayTypeP(DirectFunctionCall1(rd_keys, map)),
					  TEXTOID, -1, false, TYPALIGN_INT, keys, NULL, &n);
	deconstruct_array(DatumGetArrayTypeP(DirectFunctionCall1(rd_values, map)),
					  FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, values, NULL, &n);
	return n;
}

/*
 * The map of keys and values. The caller is a function that keeps nothing in
 * its FmgrInfo: what redbear remembers of the keys goes there.
 */
static Datum
map_from_arrays(FmgrInfo *flinfo, Datum *keys, Datum *values, int n)
{
	ArrayType  *key_array = construct_array(keys, n, TEXTOID, -1, false, TYPALIGN_INT);
	ArrayType  *value_array = construct_array(values, n, FLOAT8OID, sizeof(float8),
											  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);

	return CallerFInfoFunctionCall2(reddict_from_arrays, flinfo, InvalidOid,
									PointerGetDatum(key_array), PointerGetDatum(value_array));
}

#endif							/* REDBEAR_TRANSFORMS_ARRAYS_H */
