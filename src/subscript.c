/*
 * subscript.c
 *	  m['key']: subscripts that read a value and, where one may assign, set it.
 *
 * In PL/pgSQL from PostgreSQL 18 on, a variable whose map is large is kept
 * expanded, and a subscript sets the value in place.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/execExpr.h"
#include "nodes/nodeFuncs.h"
#include "nodes/subscripting.h"
#include "parser/parse_coerce.h"
#include "parser/parse_expr.h"

#include "algebra.h"
#include "fetch.h"
#include "variable.h"

PG_FUNCTION_INFO_V1(reddict_subscript_handler);

/*
 * Finish parse analysis: exactly one subscript, coerced to text as if it were
 * assigned to a text column; what it gives is float8.
 *
 * Errors: feature_not_supported for slices and several subscripts,
 * datatype_mismatch for what does not become text.
 */
static void
subscript_transform(SubscriptingRef *sbsref, List *indirection,
					ParseState *pstate, bool isSlice, bool isAssignment)
{
	A_Indices  *subscript;
	Node	   *key;

	if (isSlice || list_length(indirection) != 1)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("reddict allows only one subscript"),
				parser_errposition(pstate, exprLocation((Node *) indirection)));

	subscript = linitial_node(A_Indices, indirection);
	key = transformExpr(pstate, subscript->uidx, pstate->p_expr_kind);
	key = coerce_to_target_type(pstate, key, exprType(key), TEXTOID, -1,
								COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
	if (key == NULL)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("reddict subscript must have type text"),
				parser_errposition(pstate, exprLocation(subscript->uidx)));

	sbsref->refupperindexpr = list_make1(key);
	sbsref->reflowerindexpr = NIL;
	sbsref->refrestype = FLOAT8OID;
	sbsref->reftypmod = -1;
}

/*
 * Execute m['key'] as an expression: float8; NULL for a NULL subscript and an
 * absent key.  The map is not NULL, because fetch_strict is set.
 */
static void
subscript_fetch(ExprState *state, ExprEvalStep *op, ExprContext *econtext)
{
	SubscriptingRefState *ref = op->d.sbsref.state;
	float8		value;

	*op->resnull = true;
	if (ref->upperindexnull[0] ||
		!reddict_fetch(*op->resvalue, DatumGetTextPP(ref->upperindex[0]), &value,
					   ref->workspace))
		return;
	*op->resvalue = Float8GetDatum(value);
	*op->resnull = false;
}

/*
 * Set the value of a key, new or not, of an expanded map.  An error,
 * program_limit_exceeded, leaves it as it was.
 */
static void
assign_expanded(ExpandedRedDict *dict, const char *key, uint32 len,
				float8 value)
{
	KeyEntry	entry = {key, len, 0};
	int32		slot = reddict_expanded_find_once(dict, key, len);

	if (slot < 0)
	{
		(void) reddict_check_key(&entry, NULL);
		slot = reddict_expanded_find(dict, key, len);
	}
	if (slot < 0)
	{
		reddict_expanded_reserve(dict, 1, len, len);
		slot = reddict_expanded_add(dict, key, len);
	}
	reddict_expanded_values(dict, 0)[slot] = value;
}

/*
 * Set the value of a key, new or not.
 *
 * A read-write expanded map is changed and returned; of any other this returns
 * a flat copy with the change, in the current memory context.  Error:
 * program_limit_exceeded, and then nothing is changed.
 */
static Datum
assign(Datum map, const char *key, uint32 len, float8 value)
{
	ExpandedRedDict *expanded = reddict_expanded_writable(map);
	RedDictView view;
	RedDictView pair;
	struct varlena *result;
	float8	   *values;
	int32		position;

	if (expanded != NULL)
	{
		assign_expanded(expanded, key, len, value);
		return map;
	}

	reddict_view(map, &view);
	position = reddict_key_index_find(reddict_open_keys(&view.index), key, len);
	if (position < 0)
	{
		reddict_view(PointerGetDatum(reddict_pair(key, len, value)), &pair);
		return PointerGetDatum(reddict_operate(&reddict_right, &view, &pair));
	}
	result = reddict_new(REDDICT_MAP, &view.index, &values);
	memcpy(values, view.values, view.index.n * sizeof(float8));
	values[position] = value;
	return PointerGetDatum(reddict_narrow_like(result, &view));
}

/*
 * Execute the assignment m['key'] := value; a NULL map counts as an empty one.
 *
 * Errors: null_value_not_allowed for a NULL subscript or value,
 * program_limit_exceeded.
 */
static void
subscript_assign(ExprState *state, ExprEvalStep *op, ExprContext *econtext)
{
	SubscriptingRefState *ref = op->d.sbsref.state;
	text	   *subscript;
	const char *key;
	uint32		len;
	float8		value;

	if (ref->upperindexnull[0])
		ereport(ERROR,
				errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				errmsg("reddict subscript in assignment must not be null"));
	subscript = DatumGetTextPP(ref->upperindex[0]);
	key = VARDATA_ANY(subscript);
	len = VARSIZE_ANY_EXHDR(subscript);
	if (ref->replacenull)
		ereport(ERROR,
				errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				errmsg("null value not allowed for reddict value"),
				errdetail("The value of key %s is null.", reddict_key_quote(key, len)),
				errhint("To delete a key, use rd_delete(); to compute with a key that may be absent, use rd_get() with a default."));
	value = DatumGetFloat8(ref->replacevalue);

	if (*op->resnull)
		*op->resvalue = PointerGetDatum(reddict_pair(key, len, value));
	else
		*op->resvalue = assign(*op->resvalue, key, len, value);
	*op->resnull = false;
}

#if PG_VERSION_NUM >= 180000

/*
 * subscript_assign() for the variable of a procedural language, which keeps
 * what it is given, and gives it back read-write to the next assignment, as
 * reddict_inplace_support() allows.
 */
static void
subscript_assign_variable(ExprState *state, ExprEvalStep *op,
						  ExprContext *econtext)
{
	if (!*op->resnull)
		*op->resvalue = reddict_expand_variable(*op->resvalue);
	subscript_assign(state, op, econtext);
}
#endif

/* Choose the functions that execute a subscript, and what they keep. */
static void
subscript_setup(const SubscriptingRef *sbsref, SubscriptingRefState *ref,
				SubscriptExecSteps *methods)
{
	methods->sbs_check_subscripts = NULL;
	methods->sbs_fetch = subscript_fetch;
	methods->sbs_assign = subscript_assign;
#if PG_VERSION_NUM >= 180000
	if (reddict_is_variable((Node *) sbsref->refexpr))
		methods->sbs_assign = subscript_assign_variable;
#endif
	methods->sbs_fetch_old = NULL;
	ref->workspace = palloc0(sizeof(RedDictPlace));
	reddict_place_ask(ref->workspace, linitial(sbsref->refupperindexpr));
}

/*
 * reddict_subscript_handler(internal) returns internal
 *
 * What the parser and the executor need for subscripts of a reddict.  Reading
 * says nothing of a value that one may not see; assigning raises errors.
 */
Datum
reddict_subscript_handler(PG_FUNCTION_ARGS)
{
	static const SubscriptRoutines routines = {
		.transform = subscript_transform,
		.exec_setup = subscript_setup,
		.fetch_strict = true,
		.fetch_leakproof = true,
		.store_leakproof = false
	};

	PG_RETURN_POINTER(&routines);
}
