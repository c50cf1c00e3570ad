/*
 * gin.c
 *	  The GIN operator classes: search for keys and for pairs.
 *
 * An index of class reddict_ops holds the terms (search.h) of the keys, nothing
 * of the values.  So it answers ? ?| and ?& by itself, except for keys that
 * have a digest.  For @> see index_condition.c.
 *
 * Its terms are compared by bttext_pattern_cmp, bytewise: any order will do for
 * GIN, so this one, which is fast and which no change of locale, or of the
 * library that knows locales, can turn into another.  bttextcmp would go by
 * the database's default collation, reddict having none.
 *
 * An index of class reddict_pair_ops holds the terms of the pairs, for @>.
 */
#include "postgres.h"

#include "access/gin.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "search.h"

PG_FUNCTION_INFO_V1(reddict_gin_extract_value);
PG_FUNCTION_INFO_V1(reddict_gin_extract_query);
PG_FUNCTION_INFO_V1(reddict_gin_extract_value_pairs);
PG_FUNCTION_INFO_V1(reddict_gin_extract_query_pairs);
PG_FUNCTION_INFO_V1(reddict_gin_triconsistent);

/* The terms of keys, as text. */
static Datum *
key_terms(const KeyEntry *keys, int32 n)
{
	Datum	   *terms = palloc(n * sizeof(Datum));

	for (int32 i = 0; i < n; i++)
	{
		char		buffer[KEY_TERM_SIZE];
		uint32		len = keys[i].len;
		const char *term = reddict_key_term(keys[i].key, &len, buffer);

		CHECK_FOR_INTERRUPTS();
		terms[i] = PointerGetDatum(cstring_to_text_with_len(term, len));
	}
	return terms;
}

/*
 * reddict_gin_extract_value(reddict, internal, internal) returns internal
 *
 * Support function 2 of reddict_ops: the terms of a map's keys.
 */
Datum
reddict_gin_extract_value(PG_FUNCTION_ARGS)
{
	int32	   *n = (int32 *) PG_GETARG_POINTER(1);
	RedDictView view;
	KeyEntry   *keys;

	PG_GETARG_REDDICT_VIEW(0, &view);
	keys = reddict_map_keys(&view, n);
	PG_RETURN_POINTER(key_terms(keys, *n));
}

/*
 * reddict_gin_extract_query(reddict, internal, int2, internal, internal,
 *							 internal, internal) returns internal
 *
 * Support function 3 of reddict_ops: the terms of the keys that a query, which
 * is a reddict only by declaration, asks for.  A query for all of no keys has
 * to look at all rows, one for any of no keys at none.
 */
Datum
reddict_gin_extract_query(PG_FUNCTION_ARGS)
{
	int32	   *n = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	int32	   *search_mode = (int32 *) PG_GETARG_POINTER(6);
	KeyEntry   *keys = reddict_search_keys(PG_GETARG_DATUM(0), strategy, n);

	if (*n == 0 && strategy != SEARCH_EXISTS_ANY)
		*search_mode = GIN_SEARCH_MODE_ALL;
	PG_RETURN_POINTER(key_terms(keys, *n));
}

/* The terms of a map's pairs. */
static Datum *
pair_terms(Datum map, int32 *n)
{
	RedDictView view;
	KeyCursor	cursor;
	Datum	   *terms;

	reddict_view(map, &view);
	*n = view.index.n;
	terms = palloc(*n * sizeof(Datum));
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
	while (key_cursor_next(&cursor))
	{
		CHECK_FOR_INTERRUPTS();
		terms[cursor.position] =
			Int32GetDatum(reddict_pair_term(cursor.key, cursor.len,
											view.values[cursor.position]));
	}
	return terms;
}

/*
 * reddict_gin_extract_value_pairs(reddict, internal, internal) returns internal
 *
 * Support function 2 of reddict_pair_ops: the terms of a map's pairs.
 */
Datum
reddict_gin_extract_value_pairs(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(pair_terms(PG_GETARG_DATUM(0), (int32 *) PG_GETARG_POINTER(1)));
}

/*
 * reddict_gin_extract_query_pairs(reddict, internal, int2, internal, internal,
 *								   internal, internal) returns internal
 *
 * Support function 3 of reddict_pair_ops: the terms of the pairs that "@>" asks
 * for.  Every map contains {}.
 */
Datum
reddict_gin_extract_query_pairs(PG_FUNCTION_ARGS)
{
	int32	   *n = (int32 *) PG_GETARG_POINTER(1);
	int32	   *search_mode = (int32 *) PG_GETARG_POINTER(6);
	Datum	   *terms = pair_terms(PG_GETARG_DATUM(0), n);

	if (*n == 0)
		*search_mode = GIN_SEARCH_MODE_ALL;
	PG_RETURN_POINTER(terms);
}

/*
 * reddict_gin_triconsistent(internal, int2, reddict, int4, internal, internal,
 *							 internal) returns "char"
 *
 * Support function 6 of both operator classes: does a row with these terms
 * answer the query?  "Maybe" makes GIN check the row itself.  It is the answer
 * only if it has to be, so there is no need of support function 4, which
 * answers the same question without "maybe" among its arguments.
 */
Datum
reddict_gin_triconsistent(PG_FUNCTION_ARGS)
{
	GinTernaryValue *check = (GinTernaryValue *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		n = PG_GETARG_INT32(3);
	Datum	   *terms = (Datum *) PG_GETARG_POINTER(5);
	bool		any = strategy == SEARCH_EXISTS_ANY;
	GinTernaryValue result = any ? GIN_FALSE : GIN_TRUE;

	for (int32 i = 0; i < n; i++)
	{
		GinTernaryValue found = check[i];

		/* what a hash is of is not known: a pair's, or one in a digest */
		if (found == GIN_TRUE &&
			(strategy == SEARCH_CONTAINS ||
			 VARSIZE_ANY_EXHDR(DatumGetPointer(terms[i])) > KEY_TERM_PLAIN))
			found = GIN_MAYBE;

		if (found == (any ? GIN_TRUE : GIN_FALSE))
			PG_RETURN_GIN_TERNARY_VALUE(found);
		if (found == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	PG_RETURN_GIN_TERNARY_VALUE(result);
}
