/*
 * rank.c
 *	  A map's pairs in the order of their values: the first ones.
 *
 * They are selected; only what was selected is sorted.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "subset.h"

PG_FUNCTION_INFO_V1(rd_top);
PG_FUNCTION_INFO_V1(rd_bottom);
PG_FUNCTION_INFO_V1(rd_top_keys);

/* A pair on its way through a selection or a sort */
typedef struct RankedPair
{
	float8		value;
	int32		position;
} RankedPair;

/* Does a value come before another in an order? */
static inline bool
comes_before(float8 a, float8 b, bool largest_first)
{
	return largest_first ? float8_gt(a, b) : float8_lt(a, b);
}

/* By value as float8 compares, largest first or last; then in key order. */
static inline int
compare_ranked(const RankedPair *a, const RankedPair *b, bool largest_first)
{
	if (comes_before(a->value, b->value, largest_first))
		return -1;
	if (comes_before(b->value, a->value, largest_first))
		return 1;
	return a->position < b->position ? -1 : 1;
}

#define ST_SORT sort_ranked
#define ST_ELEMENT_TYPE RankedPair
#define ST_COMPARE(a, b, largest_first) compare_ranked(a, b, *(largest_first))
#define ST_COMPARE_ARG_TYPE bool
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

/* So few pairs are kept in order while the others go by */
#define FEW_PAIRS 16

/* Pairs that take no time worth an interrupt */
#define INTERRUPTIBLE_PAIRS 65536

/*
 * The first n pairs of a map in their order: at least one, at most FEW_PAIRS.
 * Of equal values the one that was there is the first.
 */
static inline void
keep_first(const RedDictView *map, int32 n, bool largest_first, RankedPair *first)
{
	for (int32 i = 0; i < map->index.n; i++)
	{
		float8		value = map->values[i];
		int32		place = i;

		if (i % INTERRUPTIBLE_PAIRS == 0)
			CHECK_FOR_INTERRUPTS();
		if (i >= n)
		{
			place = n - 1;
			if (!comes_before(value, first[place].value, largest_first))
				continue;
		}
		for (; place > 0 && comes_before(value, first[place - 1].value, largest_first); place--)
			first[place] = first[place - 1];
		first[place] = (RankedPair) {value, i};
	}
}

#define SELECT_NAME select_largest
#define SELECT_TYPE RankedPair
#define SELECT_BEFORE(a, b) (compare_ranked(a, b, true) < 0)
#define SELECT_SORT(pairs, n) sort_ranked(pairs, n, &(bool) {true})
#include "selection.h"

#define SELECT_NAME select_smallest
#define SELECT_TYPE RankedPair
#define SELECT_BEFORE(a, b) (compare_ranked(a, b, false) < 0)
#define SELECT_SORT(pairs, n) sort_ranked(pairs, n, &(bool) {false})
#include "selection.h"

/* The pairs of a map, in key order. */
static RankedPair *
all_pairs(const RedDictView *map)
{
	RankedPair *pairs = palloc(map->index.n * sizeof(RankedPair));

	for (int32 i = 0; i < map->index.n; i++)
		pairs[i] = (RankedPair) {map->values[i], i};
	return pairs;
}

/* Write the positions of the bits of a word, in ascending order, plus an offset. */
static inline int32 *
write_bits(uint64 word, int32 offset, int32 *positions)
{
	for (; word != 0; word &= word - 1)
		*positions++ = offset + pg_rightmost_one_pos64(word);
	return positions;
}

/* The positions of pairs of a map of "total" keys, in ascending order. */
static void
write_ascending(const RankedPair *pairs, int32 n, int32 total, int32 *positions)
{
	int32		nwords = (total + 63) / 64;
	uint64		one = 0;
	uint64	   *marks = nwords > 1 ? palloc0(nwords * sizeof(uint64)) : &one;

	for (int32 i = 0; i < n; i++)
		marks[pairs[i].position / 64] |= UINT64CONST(1) << (pairs[i].position % 64);
	for (int32 i = 0; i < nwords; i++)
		positions = write_bits(marks[i], i * 64, positions);
	if (nwords > 1)
		pfree(marks);
}

/*
 * The positions of the first n pairs in an order: in that order if it is asked
 * for, else in that of the keys.  Sets *n to how many there are; a negative n
 * is an error.
 */
static int32 *
first_positions(const RedDictView *map, int32 *n, bool largest_first, bool in_order)
{
	int32		total = map->index.n;
	RankedPair	few[FEW_PAIRS];
	RankedPair *pairs = few;
	int32	   *positions;

	if (*n < 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("number of keys must not be negative: %d", *n));
	*n = Min(*n, total);

	if (*n == 0 || (*n == total && !in_order))
		pairs = NULL;
	else if (*n > FEW_PAIRS)
	{
		pairs = all_pairs(map);
		if (largest_first)
			select_largest(pairs, total, *n - 1);
		else
			select_smallest(pairs, total, *n - 1);
		if (in_order)
			sort_ranked(pairs, *n, &largest_first);
	}
	else if (largest_first)
		keep_first(map, *n, true, few);
	else
		keep_first(map, *n, false, few);

	positions = palloc(*n * sizeof(int32));
	if (pairs != NULL && !in_order)
		write_ascending(pairs, *n, total, positions);
	else
	{
		for (int32 i = 0; i < *n; i++)
			positions[i] = pairs != NULL ? pairs[i].position : i;
	}
	return positions;
}

/* Key sets that a call site remembers, with some keys of the one that came last */
#define SUBSETS 128

typedef struct Subsets
{
	MemoryContext context;		/* has them */
	uint64		which[SUBSETS]; /* positions, as bits; 0: none */
	KeyIndex	keys[SUBSETS];	/* with their blocks */
} Subsets;

/* The content of the memo, see KeyMemoMaker. */
static void *
make_subsets(const KeyIndex *index, const void *argument)
{
	Subsets    *subsets = palloc0(sizeof(Subsets));

	subsets->context = CurrentMemoryContext;
	return subsets;
}

/*
 * The key index of the keys at some positions of another, of at most 64 keys, in
 * ascending order: ten keys have 120 subsets of three, and to make one, its hash
 * too, takes longer than to select them.
 */
static KeyIndex
get_subset(Subsets *subsets, const KeyIndex *index, const int32 *positions, int32 n)
{
	uint64		which = 0;
	KeyIndex   *keys;

	for (int32 i = 0; i < n; i++)
		which |= UINT64CONST(1) << positions[i];
	keys = &subsets->keys[murmurhash64(which) % SUBSETS];
	if (subsets->which[keys - subsets->keys] != which)
	{
		MemoryContext caller = MemoryContextSwitchTo(subsets->context);
		KeyIndex	made;

		reddict_key_index_subset(&made, reddict_open_keys(index), positions, n);
		MemoryContextSwitchTo(caller);
		if (keys->block != NULL)
			pfree(unconstify(char *, keys->block));
		*keys = made;
		subsets->which[keys - subsets->keys] = which;
	}
	return *keys;
}

/* The map of the first n pairs in an order. */
static struct varlena *
take_first(FunctionCallInfo fcinfo, bool largest_first)
{
	KeyMemo    *memo = reddict_key_memo(fcinfo->flinfo);
	RedDictView map;
	int32		n = PG_GETARG_INT32(1);
	int32	   *positions;
	Subsets    *subsets = NULL;
	KeyIndex	index;

	PG_GETARG_REDDICT_VIEW(0, &map);
	positions = first_positions(&map, &n, largest_first, false);
	if (memo != NULL && n > 0 && n < map.index.n && map.index.n <= 64)
	{
		subsets = reddict_key_memo_find(memo, &map.index);
		if (subsets == NULL)
			reddict_key_memo_make(memo, &map.index, make_subsets, NULL);
	}
	if (subsets == NULL)
		return reddict_take(&map, positions, n);
	index = get_subset(subsets, &map.index, positions, n);
	(void) reddict_pack_keys(&index);
	return reddict_gather(&map, &index, positions);
}

/*
 * rd_top(m reddict, n int4) returns reddict
 *
 * The n pairs with the largest values; NaN is the largest; of equal values
 * those whose keys come first.  All if there are no more than n.
 * Error: invalid_parameter_value for a negative n.
 */
Datum
rd_top(PG_FUNCTION_ARGS)
{
	PG_RETURN_REDDICT(take_first(fcinfo, true));
}

/* rd_bottom(m reddict, n int4) returns reddict: likewise the smallest. */
Datum
rd_bottom(PG_FUNCTION_ARGS)
{
	PG_RETURN_REDDICT(take_first(fcinfo, false));
}

/*
 * rd_top_keys(m reddict, n int4) returns text[]
 *
 * The keys of rd_top(m, n), the one with the largest value first.
 */
Datum
rd_top_keys(PG_FUNCTION_ARGS)
{
	RedDictView map;
	int32		n = PG_GETARG_INT32(1);
	int32	   *positions;
	Datum	   *keys;

	PG_GETARG_REDDICT_VIEW(0, &map);
	positions = first_positions(&map, &n, true, true);
	keys = palloc(n * sizeof(Datum));
	for (int32 i = 0; i < n; i++)
	{
		const char *key;
		uint32		len;

		reddict_key_index_get(reddict_open_keys(&map.index), positions[i], &key, &len);
		keys[i] = PointerGetDatum(cstring_to_text_with_len(key, len));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(keys, n, TEXTOID, -1, false, TYPALIGN_INT));
}
