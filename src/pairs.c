/*
 * pairs.c
 *	  Make a value of pairs in any order.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "reddict.h"
#include "registry.h"

/* Refuse more pairs than their entries and doubles can be allocated for. */
static void
check_pairs(RedDictKind kind, int64 n)
{
	const int64 limit = MaxAllocSize /
		Max(sizeof(KeyEntry), reddict_planes(kind) * sizeof(float8));

	if (n > limit)
		ereport(ERROR,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("number of %s pairs exceeds the maximum allowed (" INT64_FORMAT ")",
					   reddict_types[kind].name, limit));
}

/* Start a list of pairs, with room for as many as are expected. */
void
reddict_pairs_init(RedDictPairs *pairs, RedDictKind kind, int32 capacity)
{
	check_pairs(kind, capacity);
	pairs->kind = kind;
	pairs->memo = NULL;
	pairs->n = 0;
	pairs->capacity = Max(capacity, 8);
	pairs->entries = palloc(pairs->capacity * sizeof(KeyEntry));
	pairs->values = palloc(pairs->capacity * reddict_planes(kind) * sizeof(float8));
}

/*
 * Add a pair.  The key's bytes must stay where they are until
 * reddict_from_pairs(), which also checks its length.  Returns where the
 * caller has to put the pair's doubles.
 */
float8 *
reddict_pairs_extend(RedDictPairs *pairs, const char *key, Size len)
{
	int			planes = reddict_planes(pairs->kind);
	KeyEntry   *entry;

	if (pairs->n == pairs->capacity)
	{
		check_pairs(pairs->kind, (int64) pairs->capacity * 2);
		pairs->capacity *= 2;
		pairs->entries = repalloc(pairs->entries, pairs->capacity * sizeof(KeyEntry));
		pairs->values = repalloc(pairs->values, pairs->capacity * planes * sizeof(float8));
	}
	entry = &pairs->entries[pairs->n];
	entry->key = key;
	entry->len = (uint32) len;
	entry->source = pairs->n;
	return pairs->values + (Size) pairs->n++ * planes;
}

/*
 * Use a call site's memo: where the keys of pairs are those of the pairs before,
 * in the same order, they need not be checked, sorted and hashed again.
 *
 * The memo's content is an array of entries in the order of the pairs, whose
 * source is the position in key order.
 */
void
reddict_pairs_use_memo(RedDictPairs *pairs, FmgrInfo *flinfo)
{
	pairs->memo = reddict_key_memo(flinfo);
}

/* Make the memo's content, of the entries of pairs, sorted. */
static void *
make_memo(const KeyIndex *index, const void *sorted_entries)
{
	const KeyEntry *sorted = sorted_entries;
	KeyEntry   *entries = palloc(index->n * sizeof(KeyEntry));
	KeyCursor	cursor;

	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
		entries[sorted[cursor.position].source] =
			(KeyEntry) {cursor.key, cursor.len, cursor.position};
	return entries;
}

/* The value of pairs whose keys are those in the memo, or NULL. */
static struct varlena *
value_by_memo(const RedDictPairs *pairs)
{
	const KeyMemo *memo = pairs->memo;
	const KeyEntry *entries = memo->content;
	int			planes = reddict_planes(pairs->kind);
	int32		n = pairs->n;
	KeyIndex	index;
	struct varlena *value;
	float8	   *values;

	if (n == 0 || memo->index.n != n)
		return NULL;
	for (int32 i = 0; i < n; i++)
	{
		if (!key_equal(entries[i].key, entries[i].len,
					   pairs->entries[i].key, pairs->entries[i].len))
			return NULL;
	}
	index = memo->index;
	(void) reddict_pack_keys(&index);
	value = reddict_new(pairs->kind, &index, &values);
	for (int plane = 0; plane < planes; plane++)
	{
		for (int32 i = 0; i < n; i++)
			values[(Size) plane * n + entries[i].source] =
				pairs->values[(Size) i * planes + plane];
	}
	return reddict_narrow(value);
}

/*
 * Make a value of pairs in any order; of the pairs of one key the last wins.
 *
 * The pairs are used up.  If "repeated" is given, it is set to an entry whose
 * key came more than once, or to NULL.  Returns NULL only where "escontext"
 * took an error: a key or the value is too long.
 */
struct varlena *
reddict_from_pairs(RedDictPairs *pairs, const KeyEntry **repeated,
				   Node *escontext)
{
	int			planes = reddict_planes(pairs->kind);
	KeyIndex	index;
	Size		block_size;
	int32		n;
	struct varlena *value;
	float8	   *values;

	if (repeated)
		*repeated = NULL;
	if (pairs->memo != NULL && (value = value_by_memo(pairs)) != NULL)
		return value;

	for (int32 i = 0; i < pairs->n; i++)
	{
		if (!reddict_check_key(&pairs->entries[i], escontext))
			return NULL;
	}

	n = reddict_key_sort(pairs->entries, pairs->n, repeated);
	block_size = reddict_key_index_measure(&index, pairs->entries, n);
	if (!reddict_check_size(pairs->kind, block_size, n, escontext))
		return NULL;

	value = palloc(reddict_flat_size(pairs->kind, block_size, n));
	reddict_key_index_write(&index, pairs->entries,
							VARDATA(value) + reddict_front_size(pairs->kind, n));
	(void) reddict_pack_keys(&index);
	values = reddict_write_head(value, pairs->kind, &index);
	for (int plane = 0; plane < planes; plane++)
	{
		for (int32 i = 0; i < n; i++)
			*values++ = pairs->values[(Size) pairs->entries[i].source * planes + plane];
	}
	Assert(reddict_key_index_check(&index) == NULL);
	if (pairs->memo != NULL && n == pairs->n)
		reddict_key_memo_make(pairs->memo, &index, make_memo, pairs->entries);
	return reddict_narrow(value);
}

/* Make a map of one pair.  Error: program_limit_exceeded. */
struct varlena *
reddict_pair(const char *key, Size len, float8 value)
{
	RedDictPairs pairs;

	reddict_pairs_init(&pairs, REDDICT_MAP, 1);
	reddict_pairs_add(&pairs, key, len, value);
	return reddict_from_pairs(&pairs, NULL, NULL);
}
