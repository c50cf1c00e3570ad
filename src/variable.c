/*
 * variable.c
 *	  Maps in variables of PL/pgSQL.
 *
 * From PostgreSQL 18 on, PL/pgSQL gives a variable that is about to be assigned
 * to read-write to the expression assigned, if reddict_inplace_support() allows
 * it.  So where the map is large it is expanded, to be changed in place.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"

#include "reddict.h"
#include "variable.h"

/*
 * Number of keys from which on the map of a variable is expanded when it is
 * assigned to.  An expanded map takes a memory context, a copy of everything
 * and, once a key is new, a hash table; a flat one a copy for each assignment.
 */
#define EXPAND_MIN_KEYS 64

/* Is this what PL/pgSQL makes of a variable? */
bool
reddict_is_variable(const Node *expr)
{
	return IsA(expr, Param) && ((const Param *) expr)->paramkind == PARAM_EXTERN;
}

#if PG_VERSION_NUM >= 180000

/*
 * The map of a variable that is about to be assigned to: expanded, in the
 * current memory context, if it is large; else as it is.
 */
Datum
reddict_expand_variable(Datum map)
{
	RedDictView view;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(map)))
		return map;
	reddict_view(map, &view);
	if (view.index.n < EXPAND_MIN_KEYS)
		return map;
	return reddict_expanded_datum(reddict_expand(REDDICT_MAP, &view, CurrentMemoryContext));
}

/* Does an expression mention a variable? */
static bool
mentions(Node *node, void *paramid)
{
	if (node == NULL)
		return false;
	if (reddict_is_variable(node) && ((Param *) node)->paramid == *(int *) paramid)
		return true;
	return expression_tree_walker(node, mentions, paramid);
}

/*
 * May the variable be changed in place by what has these arguments?  It has to
 * be the first of them, and no other map may be, or be made of, the same
 * object: an argument may return the variable itself, as coalesce() does.
 * Numbers and texts are values of their own.
 */
static bool
changes_in_place(List *args, int paramid)
{
	Node	   *map = linitial(args);

	if (map == NULL || !reddict_is_variable(map) || ((Param *) map)->paramid != paramid)
		return false;
	for (int i = 1; i < list_length(args); i++)
	{
		Node	   *arg = list_nth(args, i);

		/* what a subscript that one only reads has instead of a new value */
		if (arg == NULL)
			return false;
		if (exprType(arg) == exprType(map) && mentions(arg, &paramid))
			return false;
	}
	return true;
}
#endif

/*
 * What a support function answers of whatever can change its first argument in
 * place: that argument, where it may do so; else NULL.
 */
Node *
reddict_in_place(Node *request)
{
#if PG_VERSION_NUM >= 180000
	if (IsA(request, SupportRequestModifyInPlace))
	{
		SupportRequestModifyInPlace *inplace = (SupportRequestModifyInPlace *) request;

		if (changes_in_place(inplace->args, inplace->paramid))
			return linitial(inplace->args);
	}
#endif
	return NULL;
}
