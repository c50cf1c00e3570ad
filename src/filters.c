/*
 * filters.c
 *	  The pairs of a map whose keys match a pattern.
 *
 * It is core's operators that match.  Which keys do is remembered for the keys
 * of the last map and the pattern: values mostly come in runs of the same keys,
 * and then a row costs no more than what is taken of it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "reddict.h"
#include "registry.h"
#include "subset.h"

/* A function of core's, of a text and one or two patterns, that says whether */
typedef struct Matcher
{
	PGFunction	function;
	int			patterns;
} Matcher;

static const Matcher like = {textlike, 1};
static const Matcher regexp = {regexp_like, 2};

/* What keys are asked */
typedef struct Filter
{
	const Matcher *matcher;
	text	   *patterns[2];
	Oid			collation;
	bool		wanted;			/* keys that match, or all others? */
} Filter;

/* Which keys of a key index a filter takes; what a memo has of it */
typedef struct FilteredKeys
{
	text	   *patterns[2];
	KeyIndex	taken;			/* the keys of the result */
	int32	   *positions;		/* of these in the map */
} FilteredKeys;

/* Does a key match?  The call has the key as its first argument. */
static bool
matches(const Matcher *matcher, FunctionCallInfo call)
{
	call->isnull = false;
	return DatumGetBool(matcher->function(call));
}

/* Find the keys that a filter takes.  Errors are the matcher's. */
static void *
filter_keys(const KeyIndex *index, const void *argument)
{
	const Filter *filter = argument;
	int			npatterns = filter->matcher->patterns;
	FilteredKeys *keys = palloc0(sizeof(FilteredKeys));
	text	   *key = palloc(VARHDRSZ + (index->wide ? KEY_INDEX_MAX_KEY_LEN : PG_UINT8_MAX));
	LOCAL_FCINFO(call, 3);
	KeyCursor	cursor;
	int32		n = 0;

	InitFunctionCallInfoData(*call, NULL, 1 + npatterns, filter->collation, NULL, NULL);
	call->args[0] = (NullableDatum) {PointerGetDatum(key), false};
	for (int i = 0; i < npatterns; i++)
	{
		keys->patterns[i] = (text *) memcpy(palloc(VARSIZE_ANY(filter->patterns[i])),
											filter->patterns[i], VARSIZE_ANY(filter->patterns[i]));
		call->args[i + 1] = (NullableDatum) {PointerGetDatum(keys->patterns[i]), false};
	}
	keys->positions = palloc(index->n * sizeof(int32));
	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
	{
		CHECK_FOR_INTERRUPTS();
		SET_VARSIZE(key, VARHDRSZ + cursor.len);
		memcpy(VARDATA(key), cursor.key, cursor.len);
		if (matches(filter->matcher, call) == filter->wanted)
			keys->positions[n++] = cursor.position;
	}
	pfree(key);
	reddict_key_index_subset(&keys->taken, index, keys->positions, n);
	return keys;
}

/* Are two texts the same bytes? */
static bool
same_text(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* What a memo, or NULL, has of these keys, if it is of the same patterns. */
static const FilteredKeys *
find_filtered(const KeyMemo *memo, const KeyIndex *index, const Filter *filter)
{
	const FilteredKeys *keys = memo != NULL ? reddict_key_memo_find(memo, index) : NULL;

	for (int i = 0; keys != NULL && i < filter->matcher->patterns; i++)
	{
		if (!same_text(keys->patterns[i], filter->patterns[i]))
			keys = NULL;
	}
	return keys;
}

/* The pairs of an argument whose keys match the others, or of all other keys. */
static Datum
filter_argument(FunctionCallInfo fcinfo, const Matcher *matcher, bool wanted)
{
	KeyMemo    *memo = reddict_key_memo(fcinfo->flinfo);
	Filter		filter = {.matcher = matcher, .collation = PG_GET_COLLATION(), .wanted = wanted};
	const FilteredKeys *keys;
	RedDictView map;
	KeyIndex	taken;

	PG_GETARG_REDDICT_VIEW(0, &map);
	for (int i = 0; i < matcher->patterns; i++)
		filter.patterns[i] = PG_GETARG_TEXT_PP(i + 1);
	keys = find_filtered(memo, &map.index, &filter);
	if (keys == NULL && memo != NULL)
	{
		reddict_key_memo_make(memo, &map.index, filter_keys, &filter);
		keys = find_filtered(memo, &map.index, &filter);
	}
	if (keys == NULL)
		keys = filter_keys(reddict_open_keys(&map.index), &filter);

	/* with all keys it has the map's form; else that of what is registered now */
	taken = keys->taken;
	if (taken.n == map.index.n)
		taken = map.index;
	else
		(void) reddict_pack_keys(&taken);
	PG_RETURN_REDDICT(reddict_gather(&map, &taken, keys->positions));
}

/*
 * rd_like(m reddict, pattern text) returns reddict
 * rd_not_like(m reddict, pattern text)
 * rd_regexp(m reddict, pattern text, flags text)
 * rd_not_regexp(m reddict, pattern text, flags text)
 *
 * The pairs whose keys match, or do not; {} if there are none.  Strict.
 * Patterns, flags and errors are those of core's LIKE and regexp_like().
 */
#define FILTER(name, matcher, wanted) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return filter_argument(fcinfo, &(matcher), wanted); \
}

FILTER(rd_like, like, true)
FILTER(rd_not_like, like, false)
FILTER(rd_regexp, regexp, true)
FILTER(rd_not_regexp, regexp, false)
