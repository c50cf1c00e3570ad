/*
 * access.c
 *	  Get at keys and values.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "reddict.h"

PG_FUNCTION_INFO_V1(rd_fetchval);
PG_FUNCTION_INFO_V1(rd_keys);
PG_FUNCTION_INFO_V1(rd_values);
PG_FUNCTION_INFO_V1(rd_each);
PG_FUNCTION_INFO_V1(rd_length);

/*
 * reddict -> text returns float8
 *
 * The value of a key; NULL where the key is absent.  Strict.
 */
Datum
rd_fetchval(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(1);
	RedDictView view;
	int32		position;

	PG_GETARG_REDDICT_VIEW(0, &view);
	position = reddict_key_index_find(&view.index, VARDATA_ANY(key),
									  VARSIZE_ANY_EXHDR(key));
	if (position < 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(view.values[position]);
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
	key_cursor_init(&cursor, &view.index);
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

/* What rd_each() keeps from row to row */
typedef struct EachState
{
	RedDictView view;
	KeyCursor	cursor;
} EachState;

/*
 * rd_each(reddict) returns setof (key text, value float8)
 *
 * A row per key, in byte order; no rows for an empty map.  Strict.
 */
Datum
rd_each(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	EachState  *state;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		call = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &call->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(call->tuple_desc);
		state = palloc(sizeof(EachState));
		/* a copy, because the argument may not live until the next call */
		reddict_view(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))), &state->view);
		key_cursor_init(&state->cursor, &state->view.index);
		call->user_fctx = state;
		MemoryContextSwitchTo(caller);
	}

	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	if (key_cursor_next(&state->cursor))
	{
		bool		nulls[2] = {false, false};
		Datum		row[2];

		row[0] = key_text(&state->cursor);
		row[1] = Float8GetDatum(state->view.values[state->cursor.position]);
		SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc,
																row, nulls)));
	}
	SRF_RETURN_DONE(call);
}

/*
 * rd_length(reddict) returns int4
 *
 * The number of keys.  Strict.
 */
Datum
rd_length(PG_FUNCTION_ARGS)
{
	RedDictView view;

	PG_GETARG_REDDICT_VIEW(0, &view);
	PG_RETURN_INT32(view.index.n);
}
