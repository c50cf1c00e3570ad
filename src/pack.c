/*
 * pack.c
 *	  SQL functions of the form of a map: packed, or with its keys.
 */
#include "postgres.h"

#include "fmgr.h"

#include "reddict.h"
#include "registry.h"

PG_FUNCTION_INFO_V1(rd_pack);
PG_FUNCTION_INFO_V1(rd_unpack);
PG_FUNCTION_INFO_V1(rd_is_packed);
PG_FUNCTION_INFO_V1(rd_index_hash);

/*
 * rd_pack(m reddict) returns reddict
 *
 * The same map, packed if its keys are registered, whatever the setting
 * redbear.pack; else as it is.  Strict.
 */
Datum
rd_pack(PG_FUNCTION_ARGS)
{
	RedDictView view;
	KeyIndex	index;

	PG_GETARG_REDDICT_VIEW(0, &view);
	index = view.index;
	if (!index.shared)
		(void) reddict_share_always(&index);
	if (view.narrow && index.shared == view.index.shared)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_REDDICT(reddict_narrow(reddict_reform(&view, REDDICT_MAP, &index)));
}

/*
 * rd_unpack(m reddict) returns reddict
 *
 * The same map in its plain form: with its keys, and not narrow.  Strict.  Error: data_corrupted.
 */
Datum
rd_unpack(PG_FUNCTION_ARGS)
{
	RedDictView view;

	PG_GETARG_REDDICT_VIEW(0, &view);
	if (!view.index.shared && !view.narrow)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_REDDICT(reddict_reform(&view, REDDICT_MAP, key_index_open(&view.index)));
}

/* rd_is_packed(m reddict) returns boolean: are the keys elsewhere?  Strict. */
Datum
rd_is_packed(PG_FUNCTION_ARGS)
{
	KeyIndex	index;

	reddict_view_head(PG_GETARG_DATUM(0), REDDICT_MAP, &index);
	PG_RETURN_BOOL(index.shared);
}

/*
 * rd_index_hash(m reddict) returns int8
 *
 * The hash of the key index, packed or not.  Strict.
 */
Datum
rd_index_hash(PG_FUNCTION_ARGS)
{
	KeyIndex	index;

	reddict_view_head(PG_GETARG_DATUM(0), REDDICT_MAP, &index);
	PG_RETURN_INT64((int64) index.hash);
}
