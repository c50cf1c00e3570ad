/*
 * support.c
 *	  The planner support functions of redbear's functions.
 *
 * The planner compares expressions by the bytes of their constants: a query's
 * with those of indexes, their predicates, and partition keys.  A map has two
 * forms there, if its keys were registered meanwhile; so to the planner all
 * functions that do not give a map show the constants in their arguments in
 * one, with their keys.  Where a map comes of a constant, that stays packed,
 * for what comes of it may be stored.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

#include "io.h"
#include "parts.h"
#include "evaluate.h"
#include "program.h"
#include "redhist.h"
#include "redsum.h"
#include "search.h"
#include "ship.h"
#include "variable.h"

PG_FUNCTION_INFO_V1(reddict_support);
PG_FUNCTION_INFO_V1(reddict_inplace_support);
PG_FUNCTION_INFO_V1(rd_each_support);

/* Is a type, or what a domain is of, one of ours?  Then say which. */
static bool
is_ours(Oid type, RedDictKind *kind)
{
	Oid			input;
	Oid			ioparam;
	FmgrInfo	function;

	getTypeInputInfo(getBaseType(type), &input, &ioparam);
	fmgr_info(input, &function);
	*kind = function.fn_addr == redstats_in ? REDDICT_STATISTICS :
		function.fn_addr == redsum_in ? REDDICT_SUMS :
		function.fn_addr == redhist_in ? REDDICT_HISTOGRAMS : REDDICT_MAP;
	return function.fn_addr == reddict_in || *kind != REDDICT_MAP;
}

/* A value of one of the kinds that have parts */
typedef struct SettledParts
{
	KeyIndex	index;
	const unsigned char *parts;
	const unsigned char *end;
} SettledParts;

/* Look at one; a state is settled. */
static SettledParts
view_parts(Datum value, RedDictKind kind)
{
	if (kind == REDDICT_SUMS)
	{
		RedSumView	view;

		redsum_view_settled(value, &view);
		return (SettledParts) {view.index, view.sums, view.end};
	}
	else
	{
		RedHistView view;

		redhist_view_settled(value, &view);
		return (SettledParts) {view.index, view.parts, view.end};
	}
}

/* Is this a constant that is not plain?  Then give its kind and key index. */
static bool
is_packed(Node *node, RedDictKind *kind, KeyIndex *index)
{
	Const	   *constant = (Const *) node;

	if (!IsA(node, Const) || constant->constisnull || constant->constlen != -1 ||
		!is_ours(constant->consttype, kind))
		return false;
	if (*kind == REDDICT_SUMS || *kind == REDDICT_HISTOGRAMS)
	{
		*index = view_parts(constant->constvalue, *kind).index;
		return index->shared;
	}
	reddict_view_head(constant->constvalue, *kind, index);
	return index->shared || !reddict_is_plain((struct varlena *) DatumGetPointer(constant->constvalue));
}

/*
 * Is this a call whose support function is this one?  Then its arguments have
 * been seen to, since the planner simplifies from the inside to the outside.
 * To look at them again from each call around it would make the planning of
 * nested calls take time by the square of their depth.
 */
static bool
is_done(Node *node, Oid support)
{
	Oid			function = IsA(node, FuncExpr) ? ((FuncExpr *) node)->funcid :
		IsA(node, OpExpr) ? ((OpExpr *) node)->opfuncid : InvalidOid;

	return OidIsValid(function) && get_func_support(function) == support;
}

/* Is there a packed constant to unpack?  "context" has the support function. */
static bool
has_packed(Node *node, void *context)
{
	RedDictKind kind;
	KeyIndex	index;

	if (node == NULL || is_done(node, *(Oid *) context))
		return false;
	return is_packed(node, &kind, &index) ||
		expression_tree_walker(node, has_packed, context);
}

/* Copy an expression with its packed constants unpacked. */
static Node *
unpack_mutator(Node *node, void *context)
{
	RedDictKind kind;
	KeyIndex	index;
	const KeyIndex *keys;
	RedDictView view;
	Const	   *constant;

	if (node == NULL || is_done(node, *(Oid *) context))
		return node;
	if (!is_packed(node, &kind, &index))
		return expression_tree_mutator(node, unpack_mutator, context);

	constant = copyObject((Const *) node);
	keys = reddict_try_open_keys(&index);
	/* One whose keys are lost stays what it is. */
	if (keys != NULL)
	{
		if (kind == REDDICT_SUMS || kind == REDDICT_HISTOGRAMS)
		{
			SettledParts settled = view_parts(constant->constvalue, kind);

			constant->constvalue = PointerGetDatum(reddict_parts_build(kind, keys, settled.parts,
																	   settled.end - settled.parts, 0));
			return (Node *) constant;
		}
		reddict_view_kind(constant->constvalue, kind, &view);
		if (!index.shared)
			keys = &view.index;
		constant->constvalue = PointerGetDatum(reddict_reform(&view, kind, keys));
	}
	return (Node *) constant;
}

/*
 * reddict_support(internal) returns internal
 *
 * The support function of functions of maps or statistics that give neither,
 * and look at no collation.  Asked to simplify a call, it unpacks the constants
 * in the arguments; then it makes a program of it, if it can be the end of one
 * (program.h), or takes away the collation.  Asked about those that search, it
 * has their estimates and index conditions; about programs, what they cost.
 *
 * In a query with ROLLUP, CUBE or GROUPING SETS, constants deeper in arguments
 * stay as they are.  Such an argument may be an expression that is grouped by,
 * m || '{"a": 1}' say, in which nobody unpacks the constant where it stands by
 * itself.  If the planner did not recognise it, it would be computed from some
 * row where it has to be NULL.
 *
 * The list of arguments is the planner's own copy, that goes into the call or
 * the operator if there is no substitute: a program, or that of ship.c.
 */
Datum
reddict_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSelectivity))
		PG_RETURN_POINTER(reddict_estimate((SupportRequestSelectivity *) request));
	if (IsA(request, SupportRequestIndexCondition))
		PG_RETURN_POINTER(reddict_index_condition((SupportRequestIndexCondition *) request));
	if (IsA(request, SupportRequestCost))
		PG_RETURN_POINTER(reddict_program_cost((SupportRequestCost *) request));
	if (IsA(request, SupportRequestSimplify))
	{
		FuncExpr   *call = ((SupportRequestSimplify *) request)->fcall;
		PlannerInfo *root = ((SupportRequestSimplify *) request)->root;
		bool		only_constants = root != NULL && root->parse->groupingSets != NIL;
		Oid			support = get_func_support(call->funcid);
		ListCell   *arg;
		Node	   *fused;

		foreach(arg, call->args)
		{
			if (only_constants && !IsA(lfirst(arg), Const))
				continue;
			if (has_packed(lfirst(arg), &support))
				lfirst(arg) = unpack_mutator(lfirst(arg), &support);
		}
		fused = reddict_fuse((SupportRequestSimplify *) request);
		if (fused == NULL && !reddict_runs_programs(call->funcid))
			fused = reddict_without_collation(call);
		PG_RETURN_POINTER(fused);
	}
	PG_RETURN_POINTER(NULL);
}

/*
 * reddict_inplace_support(internal) returns internal
 *
 * The support function of whatever can change its first argument in place,
 * where that is a read-write expanded map: subscripts and functions.  From
 * PostgreSQL 18 on, PL/pgSQL asks before it assigns the result to the variable
 * that is the argument.  Nothing else is answered.
 */
Datum
reddict_inplace_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(reddict_in_place((Node *) PG_GETARG_POINTER(0)));
}

/* The number of keys of a constant; none of NULL. */
static double
constant_length(const Const *constant)
{
	RedDictView view;
	double		n;

	if (constant->constisnull)
		return 0;
	reddict_view(constant->constvalue, &view);
	n = view.index.n;
	reddict_view_release(&view);
	return n;
}

/*
 * rd_each_support(internal) returns internal
 *
 * Planner support function of rd_each(): how many rows it gives.  For a map
 * known to the planner its number of keys, otherwise the column's average;
 * where neither is known, no answer, which leaves the function's ROWS.
 */
Datum
rd_each_support(PG_FUNCTION_ARGS)
{
	Node	   *node = (Node *) PG_GETARG_POINTER(0);
	SupportRequestRows *request;
	Node	   *map;

	if (!IsA(node, SupportRequestRows))
		PG_RETURN_POINTER(NULL);
	request = (SupportRequestRows *) node;
	if (request->root == NULL || !is_funcclause(request->node))
		PG_RETURN_POINTER(NULL);

	map = estimate_expression_value(request->root,
									linitial(((FuncExpr *) request->node)->args));
	request->rows = IsA(map, Const) ? constant_length((Const *) map) :
		reddict_average_length(request->root, map);
	PG_RETURN_POINTER(request->rows < 0 ? NULL : request);
}
