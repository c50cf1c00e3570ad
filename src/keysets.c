/*
 * keysets.c
 *	  Maps with fewer, other, or renamed keys.
 *
 * All functions here are strict.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/float.h"

#include "algebra.h"
#include "arguments.h"
#include "subset.h"

PG_FUNCTION_INFO_V1(rd_slice);
PG_FUNCTION_INFO_V1(rd_delete);
PG_FUNCTION_INFO_V1(rd_delete_keys);
PG_FUNCTION_INFO_V1(rd_prefix);
PG_FUNCTION_INFO_V1(rd_between);
PG_FUNCTION_INFO_V1(rd_compact);
PG_FUNCTION_INFO_V1(rd_above);
PG_FUNCTION_INFO_V1(rd_below);
PG_FUNCTION_INFO_V1(rd_rename);
PG_FUNCTION_INFO_V1(rd_group_keys);
PG_FUNCTION_INFO_V1(rd_reindex);

/* The pairs whose keys are in a text[], or all others; see reddict_select(). */
static Datum
select_keys(FunctionCallInfo fcinfo, KeyMode mode)
{
	RedDictView map;
	int32		n;
	KeyEntry   *entries = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(1), false, &n);

	PG_GETARG_REDDICT_VIEW(0, &map);
	PG_RETURN_REDDICT(reddict_select(&map, REDDICT_MAP, entries, n, mode));
}

/*
 * rd_slice(m reddict, keys text[]) returns reddict
 *
 * The pairs of the keys that are there.  NULL elements are ignored.
 */
Datum
rd_slice(PG_FUNCTION_ARGS)
{
	return select_keys(fcinfo, KEYS_BOTH);
}

/*
 * rd_delete(m reddict, keys text[]) returns reddict
 *
 * All pairs but those of the keys.  NULL elements are ignored.
 */
Datum
rd_delete_keys(PG_FUNCTION_ARGS)
{
	return select_keys(fcinfo, KEYS_ONLY_LEFT);
}

/* The pairs from one position up to, and not with, another. */
static struct varlena *
take_range(const RedDictView *map, int32 start, int32 end)
{
	int32	   *positions = palloc(map->index.n * sizeof(int32));

	for (int32 i = start; i < end; i++)
		positions[i - start] = i;
	return reddict_take(map, positions, end - start);
}

/*
 * rd_delete(m reddict, key text) returns reddict
 *
 * All pairs but that of the key, if it is there.
 */
Datum
rd_delete(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(1);
	RedDictView map;
	int32	   *positions;
	int32		gone;
	int32		n = 0;

	PG_GETARG_REDDICT_VIEW(0, &map);
	gone = reddict_key_index_find(reddict_open_keys(&map.index), VARDATA_ANY(key),
								  VARSIZE_ANY_EXHDR(key));
	positions = palloc(map.index.n * sizeof(int32));
	for (int32 i = 0; i < map.index.n; i++)
	{
		if (i != gone)
			positions[n++] = i;
	}
	PG_RETURN_REDDICT(reddict_take(&map, positions, n));
}

/*
 * rd_prefix(m reddict, prefix text) returns reddict
 *
 * The pairs whose keys begin with a prefix, byte by byte; all for ''.
 */
Datum
rd_prefix(PG_FUNCTION_ARGS)
{
	text	   *prefix = PG_GETARG_TEXT_PP(1);
	const char *bytes = VARDATA_ANY(prefix);
	uint32		len = VARSIZE_ANY_EXHDR(prefix);
	RedDictView map;
	KeyCursor	cursor;
	int32		start;
	int32		end;

	PG_GETARG_REDDICT_VIEW(0, &map);
	start = end = reddict_key_index_lower_bound(reddict_open_keys(&map.index), bytes, len);
	key_cursor_init(&cursor, reddict_open_keys(&map.index));
	while (key_cursor_next(&cursor))
	{
		if (cursor.position < start)
			continue;
		if (cursor.len < len || memcmp(cursor.key, bytes, len) != 0)
			break;
		end = cursor.position + 1;
	}
	PG_RETURN_REDDICT(take_range(&map, start, end));
}

/*
 * rd_between(m reddict, lo float8, hi float8) returns reddict
 *
 * The pairs with lo <= value and value <= hi, as float8 compares: NaN is above
 * Infinity.
 */
Datum
rd_between(PG_FUNCTION_ARGS)
{
	float8		low = PG_GETARG_FLOAT8(1);
	float8		high = PG_GETARG_FLOAT8(2);
	RedDictView map;
	int32	   *positions;
	int32		n = 0;

	PG_GETARG_REDDICT_VIEW(0, &map);
	positions = palloc(map.index.n * sizeof(int32));
	for (int32 i = 0; i < map.index.n; i++)
	{
		if (float8_ge(map.values[i], low) && float8_le(map.values[i], high))
			positions[n++] = i;
	}
	PG_RETURN_REDDICT(reddict_take(&map, positions, n));
}

/*
 * rd_compact(m reddict) returns reddict
 *
 * The pairs whose value is not 0 (nor -0).  NaN stays.
 */
Datum
rd_compact(PG_FUNCTION_ARGS)
{
	RedDictView map;
	int32	   *positions;
	int32		n = 0;

	PG_GETARG_REDDICT_VIEW(0, &map);
	positions = palloc(map.index.n * sizeof(int32));
	for (int32 i = 0; i < map.index.n; i++)
	{
		if (map.values[i] != 0)
			positions[n++] = i;
	}
	PG_RETURN_REDDICT(reddict_take(&map, positions, n));
}

/*
 * The pairs of a map whose values are above, or below, those of the same keys
 * in another.
 */
static Datum
select_beyond(FunctionCallInfo fcinfo, bool above)
{
	RedDictView map;
	RedDictView limits;
	RedDictView common;
	AlignedValues aligned;
	int32	   *positions;
	int32		n = 0;

	PG_GETARG_REDDICT_VIEW(0, &map);
	PG_GETARG_REDDICT_VIEW(1, &limits);
	reddict_align_values(&reddict_times, &map, &limits, &aligned);
	positions = palloc(aligned.index.n * sizeof(int32));
	for (int32 i = 0; i < aligned.index.n; i++)
	{
		if (above ? float8_gt(aligned.left[i], aligned.right[i]) :
			float8_lt(aligned.left[i], aligned.right[i]))
			positions[n++] = i;
	}
	reddict_view_numbers(&aligned.index, aligned.left, map.narrow, &common);
	PG_RETURN_REDDICT(reddict_take(&common, positions, n));
}

/*
 * rd_above(m reddict, limits reddict) returns reddict
 *
 * The pairs of m whose value is greater than that of the same key in "limits",
 * as float8 compares: NaN is above Infinity.  A key without limit is left out.
 */
Datum
rd_above(PG_FUNCTION_ARGS)
{
	return select_beyond(fcinfo, true);
}

/* rd_below(m reddict, limits reddict) returns reddict: likewise those less. */
Datum
rd_below(PG_FUNCTION_ARGS)
{
	return select_beyond(fcinfo, false);
}

/*
 * rd_rename(m reddict, "from" text[], "to" text[]) returns reddict
 *
 * Keys that are in "from" get the name at the same place in "to"; the values
 * of keys that meet are added, in the byte order of their old names.  A name
 * in "from" that is no key is ignored; of one given twice the last counts.
 * Errors: array_subscript_error for arrays of different lengths,
 * null_value_not_allowed, program_limit_exceeded; those of float8 addition.
 */
Datum
rd_rename(PG_FUNCTION_ARGS)
{
	RedDictView map;
	int32		nfrom;
	int32		nto;
	KeyEntry   *from = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(1), true, &nfrom);
	KeyEntry   *to = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(2), true, &nto);
	KeyIndex	from_index;
	KeyAlignment aligned;
	KeyCursor	cursor;
	RedDictPairs pairs;

	if (nfrom != nto)
		ereport(ERROR,
				errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				errmsg("mismatched array dimensions"),
				errdetail("There are %d old names and %d new ones.", nfrom, nto));

	PG_GETARG_REDDICT_VIEW(0, &map);
	/* after this, from[i].source is which new name the i-th old one gets */
	reddict_build_keys(&from_index, from, nfrom);
	reddict_align_keys(&map.index, &from_index, KEYS_LEFT, &aligned);

	reddict_pairs_init(&pairs, REDDICT_MAP, map.index.n);
	key_cursor_init(&cursor, reddict_open_keys(&map.index));
	while (key_cursor_next(&cursor))
	{
		int32		renamed = aligned.right[cursor.position];
		const KeyEntry *name = renamed < 0 ? NULL : &to[from[renamed].source];

		reddict_pairs_add(&pairs, name ? name->key : cursor.key,
						  name ? name->len : cursor.len,
						  map.values[cursor.position]);
	}
	PG_RETURN_REDDICT(reddict_sum_pairs(&pairs));
}

/* Bytes of a key up to the n-th separator in it; all if there are fewer. */
static uint32
leading_segments(const KeyCursor *cursor, const text *separator, int32 n)
{
	uint32		len = VARSIZE_ANY_EXHDR(separator);
	uint32		end = 0;

	while (end + len <= cursor->len)
	{
		if (memcmp(cursor->key + end, VARDATA_ANY(separator), len) != 0)
			end++;
		else if (--n == 0)
			return end;
		else
			end += len;
	}
	return cursor->len;
}

/*
 * rd_group_keys(m reddict, separator text, depth int4) returns reddict
 *
 * Keys cut off after their first "depth" segments, of which the separator is
 * between two; the values of keys that meet are added, in the byte order of
 * the whole keys.  A key of fewer segments stays as it is.  Errors:
 * invalid_parameter_value for an empty separator, or a depth below 1; those of
 * float8 addition, with the key.
 */
Datum
rd_group_keys(PG_FUNCTION_ARGS)
{
	text	   *separator = PG_GETARG_TEXT_PP(1);
	int32		depth = PG_GETARG_INT32(2);
	RedDictView map;
	KeyCursor	cursor;
	RedDictPairs pairs;

	if (VARSIZE_ANY_EXHDR(separator) == 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("separator must not be empty"));
	if (depth < 1)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("depth must be at least 1: %d", depth));
	PG_GETARG_REDDICT_VIEW(0, &map);
	reddict_pairs_init(&pairs, REDDICT_MAP, map.index.n);
	key_cursor_init(&cursor, reddict_open_keys(&map.index));
	while (key_cursor_next(&cursor))
	{
		CHECK_FOR_INTERRUPTS();
		reddict_pairs_add(&pairs, cursor.key, leading_segments(&cursor, separator, depth),
						  map.values[cursor.position]);
	}
	PG_RETURN_REDDICT(reddict_narrow_like(reddict_sum_pairs(&pairs), &map));
}

/*
 * rd_reindex(m reddict, keys text[], fill float8) returns reddict
 *
 * Exactly these keys: with their values where they are there, with "fill"
 * where not.  Errors: null_value_not_allowed, program_limit_exceeded.
 */
Datum
rd_reindex(PG_FUNCTION_ARGS)
{
	float8		fill = PG_GETARG_FLOAT8(2);
	RedDictView map;
	int32		n;
	KeyEntry   *entries = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(1), true, &n);
	KeyIndex	keys;
	KeyAlignment aligned;
	struct varlena *result;
	float8	   *values;

	PG_GETARG_REDDICT_VIEW(0, &map);
	reddict_build_keys(&keys, entries, n);
	reddict_align_keys(&map.index, &keys, KEYS_RIGHT, &aligned);
	result = reddict_new(REDDICT_MAP, &aligned.index, &values);
	for (int32 i = 0; i < aligned.index.n; i++)
		values[i] = aligned.left[i] < 0 ? fill : map.values[aligned.left[i]];
	PG_RETURN_REDDICT(result);
}
