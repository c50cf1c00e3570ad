/*
 * pack.c
 *	  SQL functions of the form of a map: packed or with its keys, narrow or not.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "reddict.h"
#include "registry.h"

PG_FUNCTION_INFO_V1(rd_pack);
PG_FUNCTION_INFO_V1(rd_unpack);
PG_FUNCTION_INFO_V1(rd_is_packed);
PG_FUNCTION_INFO_V1(rd_is_packable);
PG_FUNCTION_INFO_V1(rd_packed_size);
PG_FUNCTION_INFO_V1(rd_index_hash);
PG_FUNCTION_INFO_V1(rd_encoding);

/*
 * rd_pack(m reddict) returns reddict
 *
 * The same map in the smallest form that it can have now: packed if its keys
 * are registered, whatever the setting redbear.pack; and narrow, unless
 * redbear.narrow is off.  Strict.
 */
Datum
rd_pack(PG_FUNCTION_ARGS)
{
	RedDictView view;
	KeyIndex	index;

	PG_GETARG_REDDICT_VIEW(0, &view);
	index = view.index;
	if (!index.shared)
		(void) reddict_pack_keys_always(&index);
	if (view.narrow && index.shared == view.index.shared)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_REDDICT(reddict_narrow(reddict_reform(&view, REDDICT_MAP, &index)));
}

/*
 * rd_unpack(m reddict) returns reddict
 *
 * The same map in its plain form: with its keys, and not narrow.  Strict.
 * Error: data_corrupted.
 */
Datum
rd_unpack(PG_FUNCTION_ARGS)
{
	RedDictView view;

	PG_GETARG_REDDICT_VIEW(0, &view);
	if (!view.index.shared && !view.narrow)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_REDDICT(reddict_reform(&view, REDDICT_MAP, reddict_open_keys(&view.index)));
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
 * rd_is_packable(m reddict) returns boolean
 *
 * Would rd_pack() give it another form?  Of a map that is packed and narrow no
 * more than the head is looked at.  Strict.
 */
Datum
rd_is_packable(PG_FUNCTION_ARGS)
{
	RedDictView view;
	KeyIndex	index;

	reddict_view_head(PG_GETARG_DATUM(0), REDDICT_MAP, &index);
	if (index.shared && reddict_is_narrow(PG_GETARG_DATUM(0)))
		PG_RETURN_BOOL(false);
	PG_GETARG_REDDICT_VIEW(0, &view);
	index = view.index;
	if (!index.shared && reddict_pack_keys_always(&index))
		PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(!view.narrow && reddict_may_be_narrow(&index) &&
				   reddict_narrow_size(&view) < view.index.n * sizeof(float8));
}

/*
 * rd_packed_size(m reddict) returns int4
 *
 * Bytes that the map would take packed and narrow, with the varlena header that
 * it has in a row, whether or not its keys are registered.  Strict.
 */
Datum
rd_packed_size(PG_FUNCTION_ARGS)
{
	RedDictView view;
	Size		size;

	PG_GETARG_REDDICT_VIEW(0, &view);
	size = REDDICT_VALUES_OFFSET + reddict_narrow_size(&view);
	/* a datum of up to 127 bytes has a header of 1 */
	size += size + VARHDRSZ_SHORT <= VARATT_SHORT_MAX ? VARHDRSZ_SHORT : VARHDRSZ;
	PG_RETURN_INT32((int32) size);
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

/*
 * rd_encoding(m reddict) returns text
 *
 * How a map is kept: "packed" where its keys are kept elsewhere, and how many
 * bytes its numbers take, with the scale where some have decimals: for people
 * who look into sizes.  Strict.
 */
Datum
rd_encoding(PG_FUNCTION_ARGS)
{
	struct varlena *map = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	StringInfoData text;
	KeyIndex	index;
	NarrowNumbers numbers;

	initStringInfo(&text);
	if (reddict_read_narrow(VARDATA_ANY(map), VARSIZE_ANY_EXHDR(map), &index, &numbers))
	{
		if (numbers.scale > 0)
			appendStringInfo(&text, "scale %d, ", numbers.scale);
		if (numbers.width > 0)
			appendStringInfo(&text, "%d %s each", numbers.width, numbers.width == 1 ? "byte" : "bytes");
		else
			appendStringInfo(&text, "1 to 8 bytes each");
	}
	else
	{
		RedDictView view;

		reddict_view_flat(map, REDDICT_MAP, &view);
		index = view.index;
		appendStringInfoString(&text, index.n == 0 ? "empty" : "8 bytes each");
	}
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%s%s", index.shared ? "packed, " : "", text.data)));
}
