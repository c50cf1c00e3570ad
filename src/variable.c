/*
 * variable.c
 *	  Maps in variables of PL/pgSQL.
 *
 * From PostgreSQL 18 on, PL/pgSQL gives a variable that is about to be assigned
 * to read-write to the expression assigned, if reddict_inplace_support() allows
 * it.  So where the map is large it is expanded, to be changed in place.
 */
#include "postgres.h"

#include "nodes/primnodes.h"

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
#endif
