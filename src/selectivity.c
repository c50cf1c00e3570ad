/*
 * selectivity.c
 *	  What the planner can know of keys: estimates from statistics.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "search.h"

PG_FUNCTION_INFO_V1(rd_keysel);

/* contsel's guess, where there are no statistics */
#define DEFAULT_SEL			0.001

/* A guess: how many of the maps with a key have a given value at it */
#define VALUE_SEL			0.1

/*
 * The MCELEM slot of a column, to be freed; false if there is none.
 *
 * No privilege is asked for, as by core's tsmatchsel: nothing is done with the
 * keys in it but comparing their bytes, here.
 */
static bool
get_key_stats(const VariableStatData *column, AttStatsSlot *slot)
{
	if (!HeapTupleIsValid(column->statsTuple) ||
		!get_attstatsslot(slot, column->statsTuple, STATISTIC_KIND_MCELEM, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return false;
	if (slot->valuetype == TEXTOID &&
		slot->nnumbers == slot->nvalues + KEY_STATS_EXTRA)
		return true;
	free_attstatsslot(slot);
	return false;
}

/* The fraction of maps, of those not null, that have a key. */
static double
key_fraction(const AttStatsSlot *slot, const KeyEntry *key)
{
	char		buffer[KEY_TERM_SIZE];
	uint32		len = key->len;
	const char *term = reddict_key_term(key->key, &len, buffer);
	int			low = 0;
	int			high = slot->nvalues;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		text	   *value = DatumGetTextPP(slot->values[middle]);
		int			cmp = key_compare(term, len, VARDATA_ANY(value),
									  VARSIZE_ANY_EXHDR(value));

		if (cmp == 0)
			return slot->numbers[middle];
		if (cmp < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return slot->numbers[slot->nvalues + KEY_STATS_UNLISTED] / 2;
}

/*
 * The average number of keys of the maps of a column that are not null; -1 if
 * it is not known.
 */
static double
average_keys(const VariableStatData *column)
{
	AttStatsSlot slot;
	double		average = -1;

	if (HeapTupleIsValid(column->statsTuple) &&
		get_attstatsslot(&slot, column->statsTuple, STATISTIC_KIND_DECHIST, InvalidOid,
						 ATTSTATSSLOT_NUMBERS))
	{
		if (slot.nnumbers > 0)
			average = slot.numbers[slot.nnumbers - 1];
		free_attstatsslot(&slot);
	}
	return average;
}

/*
 * The fraction of maps, of those not null, that have any (or all) of some
 * keys, for SEARCH_CONTAINS with certain values.  Keys are taken to be
 * independent, as by core's arraycontsel, and values to be independent of
 * them.
 */
static double
keys_fraction(const VariableStatData *column, Datum query,
			  StrategyNumber strategy)
{
	AttStatsSlot slot;
	int32		n;
	KeyEntry   *keys = reddict_search_keys(query, strategy, &n);
	double		all = 1.0;
	double		none = 1.0;

	n = reddict_key_sort(keys, n, NULL);
	if (n > 0)
	{
		if (!get_key_stats(column, &slot))
			return DEFAULT_SEL;
		for (int32 i = 0; i < n; i++)
		{
			double		fraction = key_fraction(&slot, &keys[i]);

			if (strategy == SEARCH_CONTAINS)
				fraction *= VALUE_SEL;
			all *= fraction;
			none *= 1.0 - fraction;
		}
		free_attstatsslot(&slot);
	}
	return strategy == SEARCH_EXISTS_ANY ? 1.0 - none : all;
}

/*
 * The fraction of maps, of those not null, that have a key that is not known
 * yet: it is asked for as often as it is there.  So a generic plan, and the
 * inner side of a join, do not take an index for cheap that finds all rows.
 */
static double
unknown_key_fraction(const VariableStatData *column)
{
	AttStatsSlot slot;
	double		keys = average_keys(column);
	double		squares = 0;

	if (keys <= 0 || !get_key_stats(column, &slot))
		return DEFAULT_SEL;
	for (int i = 0; i < slot.nvalues; i++)
		squares += slot.numbers[i] * slot.numbers[i];
	free_attstatsslot(&slot);
	return squares / keys;
}

/*
 * The fraction of rows in which a column answers a query.
 *
 * For maps compared with a map, the standard statistics say how many of the
 * most common values answer it, which only leaves the others to be guessed.
 * That calls the function, so mcv_selectivity() sees to privileges.
 */
static double
column_selectivity(VariableStatData *column, bool column_left,
				   StrategyNumber strategy, Oid function, const Node *query)
{
	const Const *constant = IsA(query, Const) ? (const Const *) query : NULL;
	bool		by_map = strategy == SEARCH_CONTAINS || strategy == SEARCH_CONTAINED;
	double		nonnull = 1.0;
	double		fraction = DEFAULT_SEL;
	double		common = 0.0;
	double		common_total = 0.0;

	/* the functions are strict */
	if (constant != NULL && constant->constisnull)
		return 0.0;
	if (HeapTupleIsValid(column->statsTuple))
		nonnull -= ((Form_pg_statistic) GETSTRUCT(column->statsTuple))->stanullfrac;
	if (constant != NULL && strategy != SEARCH_CONTAINED)
		fraction = keys_fraction(column, constant->constvalue, strategy);
	else if (!by_map)
		fraction = unknown_key_fraction(column);
	if (constant != NULL && by_map)
	{
		FmgrInfo	info;

		fmgr_info(function, &info);
		common = mcv_selectivity(column, &info, InvalidOid, constant->constvalue,
								 column_left, &common_total);
	}
	return common + Max(nonnull - common_total, 0.0) * fraction;
}

/*
 * The fraction of rows in which a function of two arguments gives true, of a
 * relation, or of all if that is 0.  DEFAULT_SEL for functions that are none
 * of ours, and if not just one argument is of a column.
 */
static double
restriction_selectivity(PlannerInfo *root, Oid function, List *args, int relation)
{
	VariableStatData column;
	Node	   *other;
	bool		column_left;
	double		selectivity = DEFAULT_SEL;
	StrategyNumber strategy = reddict_search_strategy(function);

	if (strategy == InvalidStrategy ||
		!get_restriction_variable(root, args, relation, &column, &other, &column_left))
		return DEFAULT_SEL;
	if (!column_left)
		strategy = reddict_search_commuted(strategy);
	if (strategy != InvalidStrategy)
		selectivity = column_selectivity(&column, column_left, strategy, function, other);
	ReleaseVariableStats(column);
	CLAMP_PROBABILITY(selectivity);
	return selectivity;
}

/*
 * rd_keysel(internal, oid, internal, int4) returns float8
 *
 * Restriction selectivity of reddict ? text, ?| text[], ?& text[], and of @>
 * and <@.  Other operators, and clauses that are not of one column, get
 * contsel's guess.
 */
Datum
rd_keysel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			relation = PG_GETARG_INT32(3);

	PG_RETURN_FLOAT8(restriction_selectivity(root, get_opcode(operator), args, relation));
}

/*
 * Answer a support function's request: the estimate for a call of the function
 * behind an operator is the operator's.  NULL for other functions.
 */
Node *
reddict_estimate(SupportRequestSelectivity *request)
{
	if (reddict_search_strategy(request->funcid) == InvalidStrategy)
		return NULL;
	/* contjoinsel's guess, which the operators have for joins */
	request->selectivity = request->is_join ? DEFAULT_SEL :
		restriction_selectivity(request->root, request->funcid, request->args,
								request->varRelid);
	return (Node *) request;
}

/*
 * The average number of keys over all rows of a column, where a null counts as
 * none, as it does to a strict function; -1 if it is not known.
 */
double
reddict_average_length(PlannerInfo *root, Node *expression)
{
	VariableStatData column;
	double		average;

	examine_variable(root, expression, 0, &column);
	average = average_keys(&column);
	if (average > 0)
		average *= 1.0 - ((Form_pg_statistic) GETSTRUCT(column.statsTuple))->stanullfrac;
	ReleaseVariableStats(column);
	return average;
}
