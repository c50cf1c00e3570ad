/*
 * each.c
 *	  A row for each key of a value.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "each.h"
#include "registry.h"

/*
 * Begin a call of a function that returns a row for each key of its argument.
 * The caller moves the cursor of the RedDictEach that is in user_fctx, and
 * returns a row of the tuple descriptor, or that it is done.
 */
FuncCallContext *
reddict_each(FunctionCallInfo fcinfo, RedDictKind kind)
{
	if (SRF_IS_FIRSTCALL())
	{
		FuncCallContext *call = SRF_FIRSTCALL_INIT();
		MemoryContext caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		RedDictEach *each = palloc(sizeof(RedDictEach));

		if (get_call_result_type(fcinfo, NULL, &call->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(call->tuple_desc);
		/* a copy, because the argument may not live until the next call */
		reddict_view_kind(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))),
						  kind, &each->view);
		if (each->view.index.shared)
			reddict_own_keys(&each->view.index);
		key_cursor_init(&each->cursor, &each->view.index);
		call->user_fctx = each;
		MemoryContextSwitchTo(caller);
	}
	return SRF_PERCALL_SETUP();
}

/* The key that the cursor is at, as text. */
Datum
reddict_each_key(const RedDictEach *each)
{
	return PointerGetDatum(cstring_to_text_with_len(each->cursor.key, each->cursor.len));
}
