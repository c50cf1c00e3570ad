/*
 * gin.c
 *	  Key search: the GIN operator class, for ? ?| ?& and @>.
 *
 * An index holds the terms (search.h) of the keys, nothing of the values.  So
 * it answers ? ?| and ?& by itself, except for keys that have a digest, and
 * gives @> the rows that have all of the keys.
 *
 * Terms are compared by bttext_pattern_cmp, bytewise: any order will do for
 * GIN, so this one, which is fast and which no change of locale, or of the
 * library that knows locales, can turn into another.  bttextcmp would go by
 * the database's default collation, reddict having none.
 */
#include "postgres.h"

#include "access/gin.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "access.h"
#include "search.h"

PG_FUNCTION_INFO_V1(reddict_gin_extract_value);
PG_FUNCTION_INFO_V1(reddict_gin_extract_query);
PG_FUNCTION_INFO_V1(reddict_gin_triconsistent);

/*
 * The term of a key of "*len" bytes.  It is the key itself, or is written to
 * "buffer", which has KEY_TERM_SIZE bytes; "*len" becomes the term's length.
 */
const char *
reddict_key_term(const char *key, uint32 *len, char *buffer)
{
	uint64		hash;
	int			clipped;

	if (*len <= KEY_TERM_PLAIN)
		return key;
	hash = hash_bytes_extended((const unsigned char *) key, *len, 0);
	clipped = pg_mbcliplen(key, *len, KEY_TERM_PLAIN);
	memcpy(buffer, key, clipped);
	*len = clipped + snprintf(buffer + clipped, KEY_TERM_SIZE - clipped,
							  "#%016llx", (unsigned long long) hash);
	Assert(*len > KEY_TERM_PLAIN && *len < KEY_TERM_SIZE);
	return buffer;
}

/* The keys of a map. */
static KeyEntry *
map_keys(Datum map, int32 *n)
{
	RedDictView view;
	KeyCursor	cursor;
	KeyEntry   *keys;

	reddict_view(map, &view);
	*n = view.index.n;
	keys = palloc(*n * sizeof(KeyEntry));
	key_cursor_init(&cursor, &view.index);
	while (key_cursor_next(&cursor))
	{
		keys[cursor.position].key = cursor.key;
		keys[cursor.position].len = cursor.len;
		keys[cursor.position].source = cursor.position;
	}
	return keys;
}

/*
 * The keys that the right side of an operator asks for: a text, a text[] or a
 * map.  Those of an array are in any order and may be repeated.  The keys'
 * bytes are in "query", in the current memory context, or, of a packed map,
 * where key_index_open() has them.
 */
KeyEntry *
reddict_search_keys(Datum query, StrategyNumber strategy, int32 *n)
{
	switch (strategy)
	{
		case SEARCH_EXISTS:
			{
				text	   *key = DatumGetTextPP(query);
				KeyEntry   *entry = palloc(sizeof(KeyEntry));

				entry->key = VARDATA_ANY(key);
				entry->len = VARSIZE_ANY_EXHDR(key);
				entry->source = 0;
				*n = 1;
				return entry;
			}
		case SEARCH_EXISTS_ANY:
		case SEARCH_EXISTS_ALL:
			return reddict_array_entries(DatumGetArrayTypeP(query), false, n);
		case SEARCH_CONTAINS:
			return map_keys(query, n);
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
			return NULL;		/* keep compiler quiet */
	}
}

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
 * Support function 2 of the GIN operator class: the terms of a map's keys.
 */
Datum
reddict_gin_extract_value(PG_FUNCTION_ARGS)
{
	int32	   *n = (int32 *) PG_GETARG_POINTER(1);
	KeyEntry   *keys = map_keys(PG_GETARG_DATUM(0), n);

	PG_RETURN_POINTER(key_terms(keys, *n));
}

/*
 * reddict_gin_extract_query(reddict, internal, int2, internal, internal,
 *							 internal, internal) returns internal
 *
 * Support function 3 of the GIN operator class: the terms of the keys that a
 * query, which is a reddict only by declaration, asks for.  A query for all
 * of no keys has to look at all rows, one for any of no keys at none.
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

/*
 * reddict_gin_triconsistent(internal, int2, reddict, int4, internal, internal,
 *							 internal) returns "char"
 *
 * Support function 6 of the GIN operator class: does a row with these terms
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

		/* the index knows neither values nor which key a digest is of */
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
