/*
 * search.c
 *	  Keys and pairs as they are searched for, and what asks for them.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "mb/pg_wchar.h"

#include "arguments.h"
#include "search.h"

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

/* The term of a pair. */
int32
reddict_pair_term(const char *key, uint32 len, float8 value)
{
	uint64		bits;

	value = canonical_value(value);
	memcpy(&bits, &value, sizeof(bits));
	return (int32) hash_bytes_extended((const unsigned char *) key, len, bits);
}

/*
 * The keys of a map, in the current memory context; their bytes are the
 * view's, or, of a packed map, where reddict_open_keys() has them.
 */
KeyEntry *
reddict_map_keys(const RedDictView *view, int32 *n)
{
	KeyCursor	cursor;
	KeyEntry   *keys;

	*n = view->index.n;
	keys = palloc(*n * sizeof(KeyEntry));
	key_cursor_init(&cursor, reddict_open_keys(&view->index));
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
 * where reddict_open_keys() has them.
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
			{
				RedDictView view;

				reddict_view(query, &view);
				return reddict_map_keys(&view, n);
			}
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
			return NULL;		/* keep compiler quiet */
	}
}

/*
 * What a function asks for; InvalidStrategy if it is none of ours.  As only a
 * superuser declares C functions, this also says that the arguments have the
 * types that it expects, whoever declared the operator.
 */
StrategyNumber
reddict_search_strategy(Oid function)
{
	static const struct
	{
		PGFunction	function;
		StrategyNumber strategy;
	}			searches[] = {
		{rd_exists, SEARCH_EXISTS},
		{rd_exists_any, SEARCH_EXISTS_ANY},
		{rd_exists_all, SEARCH_EXISTS_ALL},
		{rd_contains, SEARCH_CONTAINS},
		{rd_contained, SEARCH_CONTAINED}
	};
	FmgrInfo	info;

	fmgr_info(function, &info);
	for (int i = 0; i < (int) lengthof(searches); i++)
	{
		if (searches[i].function == info.fn_addr)
			return searches[i].strategy;
	}
	return InvalidStrategy;
}

/* With the arguments the other way round; InvalidStrategy where it can't be. */
StrategyNumber
reddict_search_commuted(StrategyNumber strategy)
{
	if (strategy == SEARCH_CONTAINS)
		return SEARCH_CONTAINED;
	if (strategy == SEARCH_CONTAINED)
		return SEARCH_CONTAINS;
	return InvalidStrategy;
}
