/*
 * reddict.c
 *	  The layout of a value: look at one, check one, build one.
 *
 * reddict.h draws the layout.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "reddict.h"

/*
 * Raise the error for a flat value that reddict_view_flat() can't look at:
 * damaged, or written by something else.
 */
void
reddict_refuse_flat(const struct varlena *value)
{
	Size		size = VARSIZE_ANY_EXHDR(value);
	uint32		head;

	if (size < REDDICT_VALUES_OFFSET)
		ereport(ERROR,
				errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("invalid reddict: %zu bytes are too few", size));
	memcpy(&head, VARDATA_ANY(value), sizeof(head));
	if ((head & (REDDICT_VERSION_MASK | REDDICT_RESERVED_MASK)) != REDDICT_VERSION)
		ereport(ERROR,
				errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("unsupported reddict layout: 0x%08X", head),
				errhint("The value may have been written by a later version of redbear."));
	ereport(ERROR,
			errcode(ERRCODE_DATA_CORRUPTED),
			errmsg("invalid reddict: %zu bytes are too few for %u keys",
				   size, head & REDDICT_N_MASK));
}

/* Look at a value that is expanded, compressed or out of line. */
void
reddict_view_extended(struct varlena *value, RedDictView *view)
{
	if (VARATT_IS_EXTERNAL_EXPANDED(value))
	{
		reddict_expanded_view(reddict_expanded_get(PointerGetDatum(value)), view);
		view->detoasted = NULL;
	}
	else
	{
		struct varlena *copy = pg_detoast_datum(value);

		reddict_view_flat(copy, view);
		view->detoasted = copy;
	}
}

/* Bytes of the flat value that a key index makes, varlena header included. */
Size
reddict_flat_size(const KeyIndex *index)
{
	return VARHDRSZ + REDDICT_VALUES_OFFSET + sizeof(float8) * (Size) index->n +
		index->size;
}

/*
 * Refuse a value that is too large, given the size of its key index's block;
 * false only where "escontext" took the error.
 */
bool
reddict_check_size(Size block_size, int32 n, Node *escontext)
{
	Size		size = VARHDRSZ + REDDICT_VALUES_OFFSET + sizeof(float8) * (Size) n +
		block_size;

	if (unlikely(size > REDDICT_MAX_SIZE))
		ereturn(escontext, false,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("reddict value too large"),
				errdetail("A value of %d keys would take %zu bytes; the limit is %d bytes.",
						  n, size, REDDICT_MAX_SIZE));
	return true;
}

/*
 * Write everything but the doubles and the block to "value", which has
 * reddict_flat_size() bytes.  Returns where the doubles go.
 */
static float8 *
write_head(struct varlena *value, const KeyIndex *index)
{
	char	   *data = VARDATA(value);
	uint32		head = REDDICT_VERSION | (uint32) index->n;

	if (index->wide)
		head |= REDDICT_WIDE;
	SET_VARSIZE(value, reddict_flat_size(index));
	memcpy(data, &head, sizeof(head));
	memcpy(data + REDDICT_HASH_OFFSET, &index->hash, sizeof(index->hash));
	return (float8 *) (data + REDDICT_VALUES_OFFSET);
}

/*
 * Write a value with the keys of a complete key index to "value", which has
 * reddict_flat_size() bytes.  Returns where the caller has to put the doubles.
 */
float8 *
reddict_write(struct varlena *value, const KeyIndex *index)
{
	float8	   *values = write_head(value, index);

	Assert(reddict_key_index_check(index) == NULL);
	memcpy(values + index->n, index->block, index->size);
	return values;
}

/*
 * Make a value with the keys of a complete key index, in the current memory
 * context.  The caller has to fill in the doubles.
 */
struct varlena *
reddict_new(const KeyIndex *index, float8 **values)
{
	struct varlena *value;

	reddict_check_size(index->size, index->n, NULL);
	value = palloc(reddict_flat_size(index));
	*values = reddict_write(value, index);
	return value;
}

/* Refuse more pairs than their entries can be allocated for. */
static void
check_pairs(int64 n)
{
	const int64 limit = MaxAllocSize / sizeof(KeyEntry);

	if (n > limit)
		ereport(ERROR,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("number of reddict pairs exceeds the maximum allowed (" INT64_FORMAT ")",
					   limit));
}

/* Start a list of pairs, with room for as many as are expected. */
void
reddict_pairs_init(RedDictPairs *pairs, int32 capacity)
{
	check_pairs(capacity);
	pairs->n = 0;
	pairs->capacity = Max(capacity, 8);
	pairs->entries = palloc(pairs->capacity * sizeof(KeyEntry));
	pairs->values = palloc(pairs->capacity * sizeof(float8));
}

/*
 * Add a pair.  The key's bytes must stay where they are until
 * reddict_from_pairs(), which also checks its length.
 */
void
reddict_pairs_add(RedDictPairs *pairs, const char *key, Size len, float8 value)
{
	KeyEntry   *entry;

	if (pairs->n == pairs->capacity)
	{
		check_pairs((int64) pairs->capacity * 2);
		pairs->capacity *= 2;
		pairs->entries = repalloc(pairs->entries, pairs->capacity * sizeof(KeyEntry));
		pairs->values = repalloc(pairs->values, pairs->capacity * sizeof(float8));
	}
	entry = &pairs->entries[pairs->n];
	entry->key = key;
	entry->len = (uint32) len;
	entry->source = pairs->n;
	pairs->values[pairs->n] = value;
	pairs->n++;
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
	KeyIndex	index;
	Size		block_size;
	int32		n;
	struct varlena *value;
	float8	   *values;

	for (int32 i = 0; i < pairs->n; i++)
	{
		const KeyEntry *entry = &pairs->entries[i];

		if (unlikely(entry->len > KEY_INDEX_MAX_KEY_LEN))
			ereturn(escontext, NULL,
					errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("reddict key too long"),
					errdetail("Key %s has %u bytes; the limit is %d bytes.",
							  reddict_key_quote(entry->key, entry->len),
							  entry->len, KEY_INDEX_MAX_KEY_LEN));
	}

	n = reddict_key_sort(pairs->entries, pairs->n, repeated);
	block_size = reddict_key_index_measure(&index, pairs->entries, n);
	if (!reddict_check_size(block_size, n, escontext))
		return NULL;

	value = palloc(reddict_flat_size(&index));
	values = (float8 *) (VARDATA(value) + REDDICT_VALUES_OFFSET);
	reddict_key_index_write(&index, pairs->entries, (char *) (values + n));
	write_head(value, &index);
	for (int32 i = 0; i < n; i++)
		values[i] = pairs->values[pairs->entries[i].source];
	Assert(reddict_key_index_check(&index) == NULL);
	return value;
}
