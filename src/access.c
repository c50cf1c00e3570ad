/*
 * access.c
 *	  Get at keys and values.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "arguments.h"
#include "each.h"
#include "fetch.h"
#include "io.h"
#include "operands.h"

PG_FUNCTION_INFO_V1(rd_fetchval);
PG_FUNCTION_INFO_V1(rd_fetchtext);
PG_FUNCTION_INFO_V1(rd_get_many);
PG_FUNCTION_INFO_V1(rd_get);
PG_FUNCTION_INFO_V1(rd_exists);
PG_FUNCTION_INFO_V1(rd_exists_any);
PG_FUNCTION_INFO_V1(rd_exists_all);
PG_FUNCTION_INFO_V1(rd_contains);
PG_FUNCTION_INFO_V1(rd_contained);
PG_FUNCTION_INFO_V1(rd_keys);
PG_FUNCTION_INFO_V1(rd_values);
PG_FUNCTION_INFO_V1(rd_each);
PG_FUNCTION_INFO_V1(rd_length);

/* The position of a key given as text, or -1. */
static int32
find_text(const RedDictView *view, const text *key)
{
	return reddict_key_index_find(reddict_open_keys(&view->index), VARDATA_ANY(key),
								  VARSIZE_ANY_EXHDR(key));
}

/* The expression that is an argument of a function or operator, or NULL. */
static const Node *
argument_node(const FmgrInfo *function, int i)
{
	const Node *call = function->fn_expr;
	List	   *args = NIL;

	if (call != NULL && IsA(call, FuncExpr))
		args = ((const FuncExpr *) call)->args;
	else if (call != NULL && IsA(call, OpExpr))
		args = ((const OpExpr *) call)->args;
	return i < list_length(args) ? list_nth(args, i) : NULL;
}

/* The value of the key that is a function's second argument; see fetch.h. */
static bool
fetch_argument(FunctionCallInfo fcinfo, float8 *value)
{
	RedDictPlace *place = reddict_memo(fcinfo->flinfo, sizeof(RedDictPlace));
	RedDictPlace none;

	if (place == NULL)
		place = memset(&none, 0, sizeof(none));
	else if (unlikely(!place->asked))
		reddict_place_ask(place, argument_node(fcinfo->flinfo, 1));
	return reddict_fetch(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1), value, place);
}

/*
 * reddict -> text returns float8
 *
 * The value of a key; NULL where the key is absent.  Strict.
 */
Datum
rd_fetchval(PG_FUNCTION_ARGS)
{
	float8		value;

	if (!fetch_argument(fcinfo, &value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

/*
 * reddict ->> text returns text
 *
 * The value of a key as it is printed, but that NaN and infinities have no
 * quotes; NULL where the key is absent.  So what was written for jsonb goes on.
 * Strict.
 */
Datum
rd_fetchtext(PG_FUNCTION_ARGS)
{
	float8		value;
	char		digits[REDDICT_NUMBER_LEN];
	int			len;

	if (!fetch_argument(fcinfo, &value))
		PG_RETURN_NULL();
	len = reddict_print_number(value, digits);
	if (digits[0] == '"')
		PG_RETURN_TEXT_P(cstring_to_text_with_len(digits + 1, len - 2));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(digits, len));
}

/*
 * rd_get(m reddict, key text, otherwise float8) returns float8
 *
 * The value of a key; "otherwise" where the key is absent.  Not strict, so
 * that "otherwise" may be NULL; NULL for a NULL map or key.
 */
Datum
rd_get(PG_FUNCTION_ARGS)
{
	float8		value;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (fetch_argument(fcinfo, &value))
		PG_RETURN_FLOAT8(value);
	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(2));
}

/*
 * reddict ? text returns boolean: is the key there?  Strict.
 */
Datum
rd_exists(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(fetch_argument(fcinfo, NULL));
}

/*
 * reddict -> text[] returns float8[], also as rd_get_many(m, keys)
 *
 * The values of several keys, in an array of the same shape; NULL where a key
 * is absent, or NULL.  Strict.
 */
Datum
rd_get_many(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(1);
	RedDictView view;
	Datum	   *keys;
	bool	   *nulls;
	int			n;

	PG_GETARG_REDDICT_VIEW(0, &view);
	reddict_array_elements(array, &keys, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		int32		position = nulls[i] ? -1 : find_text(&view, DatumGetTextPP(keys[i]));

		CHECK_FOR_INTERRUPTS();
		nulls[i] = position < 0;
		keys[i] = position < 0 ? (Datum) 0 : Float8GetDatum(view.values[position]);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(keys, nulls, ARR_NDIM(array),
											 ARR_DIMS(array), ARR_LBOUND(array),
											 FLOAT8OID, sizeof(float8),
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Is any (or are all) of the keys there?  NULL elements are ignored. */
static bool
exists(FunctionCallInfo fcinfo, bool all)
{
	RedDictView view;
	Datum	   *keys;
	bool	   *nulls;
	int			n;

	PG_GETARG_REDDICT_VIEW(0, &view);
	reddict_array_elements(PG_GETARG_ARRAYTYPE_P(1), &keys, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!nulls[i] && (find_text(&view, DatumGetTextPP(keys[i])) >= 0) != all)
			return !all;
	}
	return all;
}

/*
 * reddict ?| text[] returns boolean: is any of the keys there?  False for no
 * keys; NULL elements are ignored, as jsonb's.  Strict.
 */
Datum
rd_exists_any(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(exists(fcinfo, false));
}

/*
 * reddict ?& text[] returns boolean: are all of the keys there?  True for no
 * keys; NULL elements are ignored, as jsonb's.  Strict.
 */
Datum
rd_exists_all(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(exists(fcinfo, true));
}

/* Has the first map all pairs of the second?  Values as "=" compares them. */
static bool
contains(const RedDictView *whole, const RedDictView *part)
{
	const KeyIndex *keys;
	KeyCursor	cursor;

	if (part->index.n > whole->index.n)
		return false;
	if (reddict_same_keys(&whole->index, &part->index))
	{
		for (int32 i = 0; i < part->index.n; i++)
		{
			CHECK_FOR_INTERRUPTS();
			if (!float8_eq(whole->values[i], part->values[i]))
				return false;
		}
		return true;
	}
	keys = reddict_open_keys(&whole->index);
	key_cursor_init(&cursor, reddict_open_keys(&part->index));
	while (key_cursor_next(&cursor))
	{
		int32		position = reddict_key_index_find(keys, cursor.key, cursor.len);

		CHECK_FOR_INTERRUPTS();
		if (position < 0 ||
			!float8_eq(whole->values[position], part->values[cursor.position]))
			return false;
	}
	return true;
}

/*
 * reddict @> reddict returns boolean: has the left all pairs of the right?
 * Every map contains {}.  Strict.
 */
Datum
rd_contains(PG_FUNCTION_ARGS)
{
	RedDictOperands operands;

	reddict_operands(fcinfo, &operands);
	PG_RETURN_BOOL(contains(operands.a, operands.b));
}

/* reddict <@ reddict returns boolean: @> the other way round.  Strict. */
Datum
rd_contained(PG_FUNCTION_ARGS)
{
	RedDictOperands operands;

	reddict_operands(fcinfo, &operands);
	PG_RETURN_BOOL(contains(operands.b, operands.a));
}

/* A key as text, in the current memory context. */
static Datum
key_text(const KeyCursor *cursor)
{
	return PointerGetDatum(cstring_to_text_with_len(cursor->key, cursor->len));
}

/*
 * rd_keys(reddict) returns text[]
 *
 * The keys in byte order; an empty array for an empty map.  Strict.
 */
Datum
rd_keys(PG_FUNCTION_ARGS)
{
	RedDictView view;
	KeyCursor	cursor;
	Datum	   *keys;

	PG_GETARG_REDDICT_VIEW(0, &view);
	keys = palloc(view.index.n * sizeof(Datum));
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
	while (key_cursor_next(&cursor))
		keys[cursor.position] = key_text(&cursor);
	PG_RETURN_ARRAYTYPE_P(construct_array(keys, view.index.n, TEXTOID, -1, false,
										  TYPALIGN_INT));
}

/*
 * rd_values(reddict) returns float8[]
 *
 * The values in the order of rd_keys(); an empty array for an empty map.
 * Strict.
 */
Datum
rd_values(PG_FUNCTION_ARGS)
{
	RedDictView view;
	Datum	   *values;

	PG_GETARG_REDDICT_VIEW(0, &view);
	values = palloc(view.index.n * sizeof(Datum));
	for (int32 i = 0; i < view.index.n; i++)
		values[i] = Float8GetDatum(view.values[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(values, view.index.n, FLOAT8OID, sizeof(float8),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * rd_each(reddict) returns setof (key text, value float8)
 *
 * A row per key, in byte order; no rows for an empty map.  Strict.
 */
Datum
rd_each(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = reddict_each(fcinfo, REDDICT_MAP);
	RedDictEach *each = call->user_fctx;
	bool		nulls[2] = {false, false};
	Datum		row[2];

	if (!key_cursor_next(&each->cursor))
		SRF_RETURN_DONE(call);
	row[0] = reddict_each_key(each);
	row[1] = Float8GetDatum(each->view.values[each->cursor.position]);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, row, nulls)));
}

/*
 * rd_length(reddict) returns int4
 *
 * The number of keys.  Strict.
 */
Datum
rd_length(PG_FUNCTION_ARGS)
{
	KeyIndex	index;

	reddict_view_head(PG_GETARG_DATUM(0), REDDICT_MAP, &index);
	PG_RETURN_INT32(index.n);
}
