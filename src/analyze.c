/*
 * analyze.c
 *	  Statistics of keys: what ANALYZE counts and stores.
 *
 * Besides the standard statistics of a column's values as wholes there are
 * those that core stores of an array's elements: their form is in search.h.
 *
 * Fractions are of the maps that were counted: those not null and not wider
 * than ANALYZE_MAX_WIDTH.
 *
 * What is listed.  The keys that at least COMMON_FRACTION of the maps have, up
 * to 200 keys per unit of the statistics target; and the most frequent of the
 * others, as long as the list has fewer than 10 keys per unit, core's number for
 * elements.  A key that is not listed is estimated to be in half as many maps as
 * it may be in.  So, for a key that is in twice COMMON_FRACTION of the maps or
 * more, the estimate is off by more than a factor of 2 only if the sample is.
 *
 * The sample.  Core's 300 rows per unit hold 30 rows of a key that a
 * thousandth of the rows have, at the default target of 100; the odds that
 * they hold fewer than half as many are 1 in 1,000 for each such key.  With
 * 600 rows per unit the odds are 1 in 140,000.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "search.h"

PG_FUNCTION_INFO_V1(reddict_typanalyze);

/* Wider maps, uncompressed, are not counted, as arrays by core's ANALYZE */
#define ANALYZE_MAX_WIDTH	0x10000

/* Per unit of the statistics target */
#define SAMPLE_ROWS			600
#define LISTED_KEYS			10
#define LISTED_COMMON_KEYS	200
#define TRACKED_KEYS		2000

#define COMMON_FRACTION		0.0005

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
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
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
	numbers = palloc((n + KEY_STATS_EXTRA) * sizeof(float4));
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
	numbers[n + KEY_STATS_UNLISTED] = (double) unlisted / counts->maps;

	stats->stakind[slot] = STATISTIC_KIND_MCELEM;
	stats->staop[slot] = TextEqualOperator;
	stats->stacoll[slot] = C_COLLATION_OID;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = n;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = n + KEY_STATS_EXTRA;
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
