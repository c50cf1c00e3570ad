/*
 * selectivity.c
 *	  What the planner can know: statistics of keys, and estimates from them.
 *
 * ANALYZE of a reddict column stores, besides the standard statistics of its
 * values as wholes, those that core stores of an array's elements:
 *
 *		MCELEM	values		the terms (search.h) of common keys, in byte order
 *				numbers		for each, the fraction of maps that have the key;
 *							then the least and the largest of these; 0, the
 *							fraction of maps with null keys; and the largest
 *							fraction that a key not listed may have
 *		DECHIST	numbers		the fewest, the most and the average number of
 *							keys of a map: a histogram of one bin
 *
 * Fractions are of the maps that were counted: those not null and not wider
 * than ANALYZE_MAX_WIDTH.
 *
 * What is listed.  At least COMMON_FRACTION of the maps having a key lists it,
 * as long as no more than 200 keys per unit of the statistics target do; rarer
 * keys fill the list up to 10 keys per unit, core's number for elements.  A key
 * that is not listed is taken to have half of what it may have.  So, for a key
 * of twice that fraction and more, the estimate is off by more than a factor of
 * 2 only if the sample is.
 *
 * The sample.  Core's 300 rows per unit hold 30 rows of a key that a
 * thousandth of the rows have, at the default target of 100; the odds that
 * they hold fewer than half as many are 1 in 1,000 for each such key.  With
 * 600 rows per unit the odds are 1 in 140,000.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "common/hashfn.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "access.h"
#include "search.h"

PG_FUNCTION_INFO_V1(reddict_typanalyze);
PG_FUNCTION_INFO_V1(rd_keysel);
PG_FUNCTION_INFO_V1(rd_each_support);

/* Wider maps, uncompressed, are not counted, as arrays by core's ANALYZE */
#define ANALYZE_MAX_WIDTH	0x10000

/* Per unit of the statistics target */
#define SAMPLE_ROWS			600
#define LISTED_KEYS			10
#define LISTED_COMMON_KEYS	200
#define TRACKED_KEYS		2000

#define COMMON_FRACTION		0.0005

/* numbers in the MCELEM slot, from that of the first key not there */
#define EXTRA_NUMBERS		4
#define EXTRA_UNLISTED		3

/* contsel's guess, where there are no statistics */
#define DEFAULT_SEL			0.001

/* A guess: how many of the maps with a key have a given value at it */
#define VALUE_SEL			0.1

/* The numbers of @>'s commutator, which is not in the GIN operator class */
#define SEARCH_CONTAINED	((StrategyNumber) 8)

/* A term in the hash table */
typedef struct TermKey
{
	const char *bytes;
	uint32		len;
} TermKey;

typedef struct TermCount
{
	TermKey		key;			/* must be first */
	int			count;			/* maps it was seen in ... */
	int			missed;			/* ... but for at most so many */
} TermCount;

/* What has been counted so far */
typedef struct KeyCounts
{
	HTAB	   *terms;
	int			capacity;		/* of terms */
	int			missed;			/* what a term not in there was seen in, at most */
	int			maps;
	int32		fewest;			/* keys of a map */
	int32		most;
	double		keys;			/* of all maps */
} KeyCounts;

/* What std_typanalyze() had set up */
typedef struct StandardAnalysis
{
	AnalyzeAttrComputeStatsFunc compute_stats;
	void	   *extra_data;
} StandardAnalysis;

static uint32
term_hash(const void *key, Size size)
{
	const TermKey *term = key;

	return hash_bytes((const unsigned char *) term->bytes, term->len);
}

static int
term_match(const void *a, const void *b, Size size)
{
	const TermKey *x = a;
	const TermKey *y = b;

	return key_compare(x->bytes, x->len, y->bytes, y->len);
}

/* For qsort: the most frequent first, and then in byte order. */
static int
compare_counts(const void *a, const void *b)
{
	const TermCount *x = *(TermCount *const *) a;
	const TermCount *y = *(TermCount *const *) b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return term_match(&x->key, &y->key, 0);
}

/* For qsort: in byte order. */
static int
compare_terms(const void *a, const void *b)
{
	return term_match(*(TermCount *const *) a, *(TermCount *const *) b, 0);
}

/* Start to count, in the current memory context. */
static void
counts_init(KeyCounts *counts, int capacity)
{
	HASHCTL		control;

	MemSet(counts, 0, sizeof(*counts));
	counts->capacity = capacity;
	control.keysize = sizeof(TermKey);
	control.entrysize = sizeof(TermCount);
	control.hash = term_hash;
	control.match = term_match;
	control.hcxt = CurrentMemoryContext;
	counts->terms = hash_create("reddict keys", 1024, &control,
								HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

/* Forget the rarest terms, until the table is at most half full. */
static void
counts_prune(KeyCounts *counts)
{
	while (hash_get_num_entries(counts->terms) > counts->capacity / 2)
	{
		HASH_SEQ_STATUS scan;
		TermCount  *term;

		counts->missed++;
		hash_seq_init(&scan, counts->terms);
		while ((term = hash_seq_search(&scan)) != NULL)
		{
			char	   *bytes = unconstify(char *, term->key.bytes);

			if (term->count + term->missed > counts->missed)
				continue;
			hash_search(counts->terms, &term->key, HASH_REMOVE, NULL);
			pfree(bytes);
		}
	}
}

/*
 * Count a key of a map.
 *
 * This is Lossy Counting (Manku and Motwani, VLDB 2002), as in core's
 * array_typanalyze.c, except that a batch of it ends not after so many keys
 * but when the table is full.  So memory has a bound, and as long as the table
 * holds all keys there are, the counts are exact.  Otherwise a count is too
 * low by at most "missed", which is at most the number of keys counted divided
 * by half the capacity.
 */
static void
count_key(KeyCounts *counts, const KeyCursor *cursor)
{
	char		buffer[KEY_TERM_SIZE];
	TermKey		key;
	TermCount  *term;
	bool		found;

	key.len = cursor->len;
	key.bytes = reddict_key_term(cursor->key, &key.len, buffer);
	term = hash_search(counts->terms, &key, HASH_ENTER, &found);
	if (found)
	{
		term->count++;
		return;
	}
	term->key.bytes = pnstrdup(key.bytes, key.len);
	term->count = 1;
	term->missed = counts->missed;
	if (hash_get_num_entries(counts->terms) >= counts->capacity)
		counts_prune(counts);
}

/* Count a map. */
static void
count_map(KeyCounts *counts, Datum map)
{
	RedDictView view;
	KeyCursor	cursor;

	reddict_view(map, &view);
	if (counts->maps == 0 || view.index.n < counts->fewest)
		counts->fewest = view.index.n;
	counts->most = Max(counts->most, view.index.n);
	counts->keys += view.index.n;
	counts->maps++;
	key_cursor_init(&cursor, &view.index);
	while (key_cursor_next(&cursor))
		count_key(counts, &cursor);
	reddict_view_release(&view);
}

/*
 * The terms counted, the most frequent first, and how many of them to list.
 * "unlisted" is set to the number of maps that a term not listed may be in.
 */
static TermCount **
choose_terms(const KeyCounts *counts, int target, int *nlisted, int *unlisted)
{
	int			n = hash_get_num_entries(counts->terms);
	TermCount **terms = palloc(n * sizeof(TermCount *));
	HASH_SEQ_STATUS scan;
	TermCount  *term;
	int			i = 0;

	hash_seq_init(&scan, counts->terms);
	while ((term = hash_seq_search(&scan)) != NULL)
		terms[i++] = term;
	Assert(i == n);
	qsort(terms, n, sizeof(TermCount *), compare_counts);

	/* what may have been missed as often as it was seen is not known */
	for (i = 0; i < n && terms[i]->count > counts->missed; i++)
	{
		if (i >= target * LISTED_KEYS &&
			(i >= target * LISTED_COMMON_KEYS ||
			 terms[i]->count < COMMON_FRACTION * counts->maps))
			break;
	}
	*nlisted = i;
	*unlisted = Max(counts->missed, 1);
	if (i < n)
		*unlisted = Max(*unlisted, terms[i]->count);
	return terms;
}

/* The first free slot; there are as many as core's array statistics need. */
static int
free_slot(const VacAttrStats *stats)
{
	int			slot = 0;

	while (slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0)
		slot++;
	if (slot == STATISTIC_NUM_SLOTS)
		elog(ERROR, "insufficient pg_statistic slots for reddict stats");
	return slot;
}

/* Store the MCELEM slot. */
static void
store_terms(VacAttrStats *stats, const KeyCounts *counts)
{
	int			slot = free_slot(stats);
	int			n;
	int			unlisted;
	TermCount **terms = choose_terms(counts, analyze_target(stats), &n, &unlisted);
	int			most;
	int			least;
	Datum	   *values;
	float4	   *numbers;
	MemoryContext old;

	if (n == 0)
		return;
	most = terms[0]->count;
	least = terms[n - 1]->count;
	qsort(terms, n, sizeof(TermCount *), compare_terms);

	old = MemoryContextSwitchTo(stats->anl_context);
	values = palloc(n * sizeof(Datum));
	numbers = palloc((n + EXTRA_NUMBERS) * sizeof(float4));
	for (int i = 0; i < n; i++)
	{
		values[i] = PointerGetDatum(cstring_to_text_with_len(terms[i]->key.bytes,
															 terms[i]->key.len));
		numbers[i] = (double) terms[i]->count / counts->maps;
	}
	MemoryContextSwitchTo(old);
	numbers[n] = (double) least / counts->maps;
	numbers[n + 1] = (double) most / counts->maps;
	numbers[n + 2] = 0;
	numbers[n + EXTRA_UNLISTED] = (double) unlisted / counts->maps;

	stats->stakind[slot] = STATISTIC_KIND_MCELEM;
	stats->staop[slot] = TextEqualOperator;
	stats->stacoll[slot] = C_COLLATION_OID;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = n;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = n + EXTRA_NUMBERS;
	stats->statypid[slot] = TEXTOID;
	stats->statyplen[slot] = -1;
	stats->statypbyval[slot] = false;
	stats->statypalign[slot] = TYPALIGN_INT;
}

/* Store the DECHIST slot. */
static void
store_lengths(VacAttrStats *stats, const KeyCounts *counts)
{
	int			slot = free_slot(stats);
	float4	   *numbers = MemoryContextAlloc(stats->anl_context, 3 * sizeof(float4));

	numbers[0] = counts->fewest;
	numbers[1] = counts->most;
	numbers[2] = counts->keys / counts->maps;

	stats->stakind[slot] = STATISTIC_KIND_DECHIST;
	stats->staop[slot] = TextEqualOperator;
	stats->stacoll[slot] = C_COLLATION_OID;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = 3;
}

/* compute_stats of ANALYZE: the standard statistics and those of keys. */
static void
compute_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch,
			  int sample_rows, double total_rows)
{
	StandardAnalysis *standard = stats->extra_data;
	KeyCounts	counts;

	stats->extra_data = standard->extra_data;
	standard->compute_stats(stats, fetch, sample_rows, total_rows);
	stats->extra_data = standard;

	counts_init(&counts, analyze_target(stats) * TRACKED_KEYS);
	for (int row = 0; row < sample_rows; row++)
	{
		bool		isnull;
		Datum		map;

		analyze_delay_point();
		map = fetch(stats, row, &isnull);
		if (!isnull && toast_raw_datum_size(map) <= ANALYZE_MAX_WIDTH)
			count_map(&counts, map);
	}
	if (counts.maps > 0)
	{
		store_terms(stats, &counts);
		store_lengths(stats, &counts);
	}
}

/*
 * reddict_typanalyze(internal) returns boolean
 *
 * The type's ANALYZE function: what ANALYZE has to do for a column of it.
 */
Datum
reddict_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	StandardAnalysis *standard;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	standard = palloc(sizeof(StandardAnalysis));
	standard->compute_stats = stats->compute_stats;
	standard->extra_data = stats->extra_data;
	stats->compute_stats = compute_stats;
	stats->extra_data = standard;
	stats->minrows = Max(stats->minrows, SAMPLE_ROWS * analyze_target(stats));
	PG_RETURN_BOOL(true);
}

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
		slot->nnumbers == slot->nvalues + EXTRA_NUMBERS)
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
	return slot->numbers[slot->nvalues + EXTRA_UNLISTED] / 2;
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
 * What an operator asks for, by the function behind it; InvalidStrategy if it
 * is none of ours.  As only a superuser declares C functions, this also says
 * that the operator's operands have the types that its function expects,
 * whoever declared the operator.
 */
static StrategyNumber
search_strategy(const FmgrInfo *function)
{
	static const struct
	{
		PGFunction	function;
		StrategyNumber strategy;
	}			operators[] = {
		{rd_exists, SEARCH_EXISTS},
		{rd_exists_any, SEARCH_EXISTS_ANY},
		{rd_exists_all, SEARCH_EXISTS_ALL},
		{rd_contains, SEARCH_CONTAINS},
		{rd_contained, SEARCH_CONTAINED}
	};

	for (int i = 0; i < (int) lengthof(operators); i++)
	{
		if (operators[i].function == function->fn_addr)
			return operators[i].strategy;
	}
	return InvalidStrategy;
}

/* With the operands the other way round; InvalidStrategy where it can't be. */
static StrategyNumber
commute_strategy(StrategyNumber strategy)
{
	if (strategy == SEARCH_CONTAINS)
		return SEARCH_CONTAINED;
	if (strategy == SEARCH_CONTAINED)
		return SEARCH_CONTAINS;
	return InvalidStrategy;
}

/*
 * The fraction of rows in which a column answers a query, of a function that
 * has both as arguments.
 *
 * For maps compared with a map, the standard statistics say how many of the
 * most common values answer it, which only leaves the others to be guessed.
 * That calls the function, so mcv_selectivity() sees to privileges.
 */
static double
column_selectivity(VariableStatData *column, bool column_left,
				   StrategyNumber strategy, FmgrInfo *function, Datum query)
{
	double		nonnull = 1.0;
	double		fraction = DEFAULT_SEL;
	double		common = 0.0;
	double		common_total = 0.0;

	if (HeapTupleIsValid(column->statsTuple))
		nonnull -= ((Form_pg_statistic) GETSTRUCT(column->statsTuple))->stanullfrac;
	if (strategy != SEARCH_CONTAINED)
		fraction = keys_fraction(column, query, strategy);
	if (strategy == SEARCH_CONTAINS || strategy == SEARCH_CONTAINED)
		common = mcv_selectivity(column, function, InvalidOid, query, column_left,
								 &common_total);
	return common + Max(nonnull - common_total, 0.0) * fraction;
}

/*
 * rd_keysel(internal, oid, internal, int4) returns float8
 *
 * Restriction selectivity of reddict ? text, ?| text[], ?& text[], and of @>
 * and <@.  Other operators, and other clauses than of a column and a constant,
 * get contsel's guess.
 */
Datum
rd_keysel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			relation = PG_GETARG_INT32(3);
	VariableStatData column;
	Node	   *other;
	bool		column_left;
	double		selectivity = DEFAULT_SEL;
	FmgrInfo	function;
	StrategyNumber strategy;

	if (!get_restriction_variable(root, args, relation, &column, &other, &column_left))
		PG_RETURN_FLOAT8(DEFAULT_SEL);

	fmgr_info(get_opcode(operator), &function);
	strategy = search_strategy(&function);
	if (!column_left)
		strategy = commute_strategy(strategy);
	if (strategy != InvalidStrategy && IsA(other, Const))
	{
		Const	   *constant = (Const *) other;

		/* the operators are strict */
		selectivity = constant->constisnull ? 0.0 :
			column_selectivity(&column, column_left, strategy, &function,
							   constant->constvalue);
	}
	ReleaseVariableStats(column);
	CLAMP_PROBABILITY(selectivity);
	PG_RETURN_FLOAT8(selectivity);
}

/*
 * The average number of keys over all rows of a column, where a null counts as
 * none, as it does to a strict function; -1 if it is not known.
 */
static double
average_length(PlannerInfo *root, Node *expression)
{
	VariableStatData column;
	AttStatsSlot slot;
	double		average = -1;

	examine_variable(root, expression, 0, &column);
	if (HeapTupleIsValid(column.statsTuple) &&
		get_attstatsslot(&slot, column.statsTuple, STATISTIC_KIND_DECHIST, InvalidOid,
						 ATTSTATSSLOT_NUMBERS))
	{
		Form_pg_statistic stats = (Form_pg_statistic) GETSTRUCT(column.statsTuple);

		if (slot.nnumbers > 0)
			average = slot.numbers[slot.nnumbers - 1] * (1.0 - stats->stanullfrac);
		free_attstatsslot(&slot);
	}
	ReleaseVariableStats(column);
	return average;
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
		average_length(request->root, map);
	PG_RETURN_POINTER(request->rows < 0 ? NULL : request);
}
