/*
 * left_alone.c
 *	  Which expressions stay as they are written, though they might be programs.
 *
 *	- Operands with volatile functions in them.
 *	- Operands of foreign tables, of tables that have foreign ones among their
 *	  partitions or children, and of Citus' distributed ones: others get the
 *	  operators, which they may know, and not the program.  That postgres_fdw never
 *	  sends a program is seen to by the collation of the call's input, which is
 *	  none of a foreign column's.
 *	- Before PostgreSQL 18, queries with grouping sets that group by a map that
 *	  is computed.  Where that is NULL because it is not in the grouping set, so
 *	  has to be what is computed of it, which the planner finds by looking for
 *	  the grouped expression in others.  From 18 on it is a variable there.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_foreign_table.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "evaluate.h"
#include "left_alone.h"

/* Is there any foreign table in the database? */
static bool
has_foreign_tables(void)
{
	Relation	foreign = table_open(ForeignTableRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(foreign, InvalidOid, false, NULL, 0, NULL);
	bool		found = HeapTupleIsValid(systable_getnext(scan));

	systable_endscan(scan);
	table_close(foreign, AccessShareLock);
	return found;
}

/* Has a table foreign ones among its partitions and children? */
static bool
has_foreign_children(Oid table)
{
	List	   *children;
	ListCell   *cell;

	if (!has_foreign_tables())
		return false;
	children = find_all_inheritors(table, NoLock, NULL);
	foreach(cell, children)
	{
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
			return true;
	}
	return false;
}

/* Is a table one of Citus' distributed ones?  Nobody else may create in pg_catalog. */
static bool
is_distributed(Oid table)
{
	Oid			catalog = get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE);
	AttrNumber	column;
	Relation	tables;
	SysScanDesc scan;
	ScanKeyData key;
	bool		found;

	if (likely(!OidIsValid(catalog)) || get_rel_relkind(catalog) != RELKIND_RELATION)
		return false;
	column = get_attnum(catalog, "logicalrelid");
	if (column == InvalidAttrNumber || get_atttype(catalog, column) != REGCLASSOID)
		return false;
	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
	tables = table_open(catalog, AccessShareLock);
	scan = systable_beginscan(tables, InvalidOid, false, NULL, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(tables, AccessShareLock);
	return found;
}

/* Is a variable one of a table whose rows are elsewhere? */
static bool
is_elsewhere(const Var *var, PlannerInfo *root)
{
	RangeTblEntry *entry;

	for (Index i = 0; i < var->varlevelsup && root != NULL; i++)
		root = root->parent_root;
	/* that of a constraint or an index need not be a variable of the query's */
	if (root == NULL || var->varno < 1 || (int) var->varno > list_length(root->parse->rtable))
		return false;
	entry = rt_fetch(var->varno, root->parse->rtable);
#if PG_VERSION_NUM >= 180000
	if (entry->rtekind == RTE_GROUP && var->varattno > 0 &&
		var->varattno <= list_length(entry->groupexprs))
		return reddict_is_left_alone(list_nth(entry->groupexprs, var->varattno - 1), root);
#endif
	if (entry->rtekind != RTE_RELATION)
		return false;
	return entry->relkind == RELKIND_FOREIGN_TABLE ||
		(entry->inh && has_foreign_children(entry->relid)) ||
		is_distributed(entry->relid);
}

static bool
is_volatile(Oid function, void *context)
{
	return func_volatile(function) == PROVOLATILE_VOLATILE;
}

/*
 * Is there a volatile function in an expression, or a variable whose rows are
 * elsewhere?  The operands of programs have been looked at.
 */
bool
reddict_is_left_alone(Node *node, void *root)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return is_elsewhere((Var *) node, root);
	if (IsA(node, FuncExpr) && OidIsValid(get_func_support(((FuncExpr *) node)->funcid)) &&
		reddict_runs_programs(((FuncExpr *) node)->funcid))
		return false;
	if (IsA(node, NextValueExpr) || check_functions_in_node(node, is_volatile, NULL))
		return true;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, reddict_is_left_alone, root, 0);
	return expression_tree_walker(node, reddict_is_left_alone, root);
}

#if PG_VERSION_NUM < 180000
/*
 * Has a query grouping sets, and groups by a map that is computed?  That may
 * also be hidden behind a join's variable.
 */
bool
reddict_groups_by_computed(const Query *query, Oid map_type)
{
	ListCell   *cell;

	if (query->groupingSets == NIL)
		return false;
	foreach(cell, query->groupClause)
	{
		Node	   *expr = get_sortgroupclause_expr(lfirst(cell), query->targetList);

		if (exprType(expr) == map_type &&
			(!IsA(expr, Var) ||
			 (((Var *) expr)->varlevelsup == 0 &&
			  rt_fetch(((Var *) expr)->varno, query->rtable)->rtekind == RTE_JOIN)))
			return true;
	}
	return false;
}
#endif
