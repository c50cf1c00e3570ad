/*
 * index_condition.c
 *	  Which condition on a GIN index follows from a call of a search function.
 *
 * The functions behind ? ?| ?& @> and <@, called by name, have the operators'
 * conditions.
 *
 * An index of keys alone (reddict_ops) has none for @>: it finds the rows that
 * have the keys, whatever the values.  Core prices an index scan by what it
 * takes the index condition to find, so @> must not be the condition of an
 * index that finds more: m @> '{"a": 1, "b": 2}' gives m ?& '{a,b}', and the
 * rows found are filtered by @>.
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "search.h"

/*
 * Where maps have fewer keys than this, no condition is given that finds more
 * of the rows than this, and leaves them to be filtered.  An entry of a GIN
 * index costs a multiple of what core takes it for, and a small map costs less
 * to look at: of maps of four keys an index that finds half of the rows takes
 * 1.2 times as long as a sequential scan; of 30 and 100 keys as long; of 1,000
 * keys, which are out of line, half as long.
 */
#define SMALL_MAP_KEYS		20
#define SMALL_MAP_FRACTION	0.4

/* The operator of an index column for a strategy; InvalidOid if it has none. */
static Oid
column_operator(const SupportRequestIndexCondition *request,
				StrategyNumber strategy)
{
	Oid			type = request->index->opcintype[request->indexcol];
	Oid			right = strategy == SEARCH_CONTAINS ? type :
		strategy == SEARCH_EXISTS ? TEXTOID : TEXTARRAYOID;
	Oid			operator = get_opfamily_member(request->opfamily, type, right, strategy);

	if (OidIsValid(operator) && reddict_search_strategy(get_opcode(operator)) == strategy)
		return operator;
	return InvalidOid;
}

static Expr *
column_condition(const SupportRequestIndexCondition *request, Oid operator,
				 Node *column, Node *query)
{
	return make_opclause(operator, BOOLOID, false, (Expr *) column, (Expr *) query,
						 InvalidOid, request->indexcollation);
}

/*
 * The keys of a map that may not be known yet: a call of rd_keys(), which is in
 * the schema of the function that was called; NULL if it is not.
 */
static Node *
map_keys(const SupportRequestIndexCondition *request, Node *map)
{
	Oid			type = request->index->opcintype[request->indexcol];
	Oid			function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
										   CStringGetDatum("rd_keys"),
										   PointerGetDatum(buildoidvector(&type, 1)),
										   ObjectIdGetDatum(get_func_namespace(request->funcid)));

	if (!OidIsValid(function))
		return NULL;
	return eval_const_expressions(request->root,
								  (Node *) makeFuncExpr(function, TEXTARRAYOID, list_make1(map),
														InvalidOid, InvalidOid,
														COERCE_EXPLICIT_CALL));
}

/* The condition of an index of keys for "column @> map"; NIL if it has none. */
static List *
keys_condition(const SupportRequestIndexCondition *request, Node *column, Node *map)
{
	Oid			operator = column_operator(request, SEARCH_EXISTS_ALL);
	Node	   *keys;
	Expr	   *condition;

	if (!OidIsValid(operator) || (keys = map_keys(request, map)) == NULL)
		return NIL;
	condition = column_condition(request, operator, column, keys);
	if (reddict_average_length(request->root, column) < SMALL_MAP_KEYS &&
		clause_selectivity(request->root, (Node *) condition, request->index->rel->relid,
						   JOIN_INNER, NULL) > SMALL_MAP_FRACTION)
		return NIL;
	return list_make1(condition);
}

/*
 * Answer a support function's request: the conditions on a column of a GIN
 * index that follow from a call of a search function; NIL if none do.
 */
List *
reddict_index_condition(SupportRequestIndexCondition *request)
{
	StrategyNumber strategy = reddict_search_strategy(request->funcid);
	List	   *args;
	Node	   *column;
	Node	   *query;
	Oid			operator;

	if (is_opclause(request->node))
		args = ((OpExpr *) request->node)->args;
	else if (is_funcclause(request->node))
		args = ((FuncExpr *) request->node)->args;
	else
		return NIL;
	if (request->indexarg == 1)
		strategy = reddict_search_commuted(strategy);
	if (strategy == InvalidStrategy || strategy == SEARCH_CONTAINED ||
		request->index->relam != GIN_AM_OID)
		return NIL;

	column = list_nth(args, request->indexarg);
	query = list_nth(args, 1 - request->indexarg);
	/* of the arguments of a function core has not seen to this */
	if (!is_pseudo_constant_for_index(request->root, query, request->index))
		return NIL;
	operator = column_operator(request, strategy);
	if (OidIsValid(operator))
	{
		request->lossy = false;
		return list_make1(column_condition(request, operator, column, query));
	}
	return strategy == SEARCH_CONTAINS ? keys_condition(request, column, query) : NIL;
}
