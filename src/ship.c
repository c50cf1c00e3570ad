/*
 * ship.c
 *	  Calls as foreign servers take them.
 *
 * postgres_fdw sends no call whose collation does not come from a column of the
 * foreign table, as that of a constant key does not: m -> 'key' would stay
 * here, and with it all rows.  But keys are bytes to redbear, and the functions
 * that find them look at no collation.  So to the planner such a call has none.
 *
 * It is the same call, so it is so wherever the planner looks at an expression:
 * in queries, indexes, their predicates, partition keys, extended statistics.
 */
#include "postgres.h"

#include "catalog/pg_operator.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "ship.h"

/* Operators with a text or an array of texts on the right */
static const char *const operators[] = {"->", "->>", "?", "?|", "?&"};

/*
 * The operator of a function, in the same schema; InvalidOid if it has none of
 * these.
 */
static Oid
operator_of(const FuncExpr *call)
{
	Oid			namespace = get_func_namespace(call->funcid);

	if (list_length(call->args) != 2)
		return InvalidOid;
	for (int i = 0; i < (int) lengthof(operators); i++)
	{
		Oid			operator = GetSysCacheOid4(OPERNAMENSP, Anum_pg_operator_oid,
											   CStringGetDatum(operators[i]),
											   ObjectIdGetDatum(exprType(linitial(call->args))),
											   ObjectIdGetDatum(exprType(lsecond(call->args))),
											   ObjectIdGetDatum(namespace));

		if (OidIsValid(operator) && get_opcode(operator) == call->funcid)
			return operator;
	}
	return InvalidOid;
}

/*
 * The same call without the collation of its arguments, NULL if it has none: of
 * a function that looks at no collation.
 *
 * Of a call of an operator's function the planner does not tell whether it was
 * the operator or the function that was called.  So it is the operator, which is
 * what indexes match; and a call by the function's name matches them, too.
 */
Node *
reddict_without_collation(const FuncExpr *call)
{
	Oid			operator;

	if (!OidIsValid(call->inputcollid))
		return NULL;
	operator = operator_of(call);
	if (OidIsValid(operator))
	{
		OpExpr	   *expression = (OpExpr *) make_opclause(operator, call->funcresulttype, call->funcretset,
														  linitial(call->args), lsecond(call->args),
														  call->funccollid, InvalidOid);

		expression->opfuncid = call->funcid;
		return (Node *) expression;
	}
	return (Node *) makeFuncExpr(call->funcid, call->funcresulttype, call->args,
								 call->funccollid, InvalidOid, call->funcformat);
}
