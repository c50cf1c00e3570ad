/*
 * reddict.c
 *	  The layout of a value: look at one, check one, build one.
 *
 * reddict.h draws the layout.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "utils/memutils.h"

#include "reddict.h"

/* What is wrong with a payload that no reader takes. */
char *
reddict_head_problem(const char *data, Size size, RedDictKind kind)
{
	const char *name = reddict_types[kind].name;
	uint32		head;
	int32		n;

	if (size < REDDICT_VALUES_OFFSET)
		return psprintf("invalid %s: %zu bytes are too few", name, size);
	memcpy(&head, data, sizeof(head));
	n = head & REDDICT_N_MASK;
	if (kind == REDDICT_MAP && (head & REDDICT_IS_MASK) == REDDICT_NARROW_VERSION)
		return psprintf("invalid %s: %zu bytes are not those of %d narrow numbers", name, size, n);
	if ((head & REDDICT_IS_MASK) != reddict_head_is(kind))
		return psprintf("unsupported %s layout: 0x%08X", name, head);
	if ((head & REDDICT_SHARED) != 0)
		return psprintf("invalid %s: %zu bytes for %d shared keys", name, size, n);
	return psprintf("invalid %s: %zu bytes are too few for %d keys", name, size, n);
}

/*
 * Raise the error for a payload that is no value: damaged, or written by
 * something else.
 */
void
reddict_refuse(const char *data, Size size, RedDictKind kind)
{
	KeyIndex	index;
	bool		known = size < REDDICT_VALUES_OFFSET ||
		reddict_read_start(data, size, reddict_head_is(kind), &index) ||
		(kind == REDDICT_MAP && reddict_read_start(data, size, REDDICT_NARROW_VERSION, &index));

	ereport(ERROR,
			errcode(ERRCODE_DATA_CORRUPTED),
			errmsg("%s", reddict_head_problem(data, size, kind)),
			known ? 0 : errhint("The value may have been written by a later version of redbear."));
}

/* Look at a value that is expanded, compressed or out of line. */
void
reddict_view_extended(struct varlena *value, RedDictKind kind,
					  RedDictView *view)
{
	if (VARATT_IS_EXTERNAL_EXPANDED(value))
	{
		reddict_expanded_view(reddict_expanded_get(PointerGetDatum(value)), view);
		view->detoasted = NULL;
	}
	else
	{
		struct varlena *copy = pg_detoast_datum(value);

		reddict_view_flat(copy, kind, view);
		view->detoasted = copy;
	}
}

/*
 * Look at a value's head: the number of its keys, their hash, and whether they
 * are shared; no more counts.  Of a value that is out of line no more is fetched.
 */
void
reddict_view_head(Datum value, RedDictKind kind, KeyIndex *index)
{
	struct varlena *ptr = (struct varlena *) DatumGetPointer(value);
	struct varlena *slice;
	Size		size;
	RedDictView view;

	if (VARATT_IS_EXTERNAL_EXPANDED(ptr))
	{
		reddict_view_extended(ptr, kind, &view);
		*index = view.index;
		return;
	}
	size = toast_raw_datum_size(value) - VARHDRSZ;
	slice = ptr;
	if (VARATT_IS_EXTERNAL(ptr) || VARATT_IS_COMPRESSED(ptr))
		slice = pg_detoast_datum_slice(ptr, 0, REDDICT_VALUES_OFFSET);
	if (!reddict_read_head(VARDATA_ANY(slice), size, kind, index) &&
		(kind != REDDICT_MAP ||
		 !reddict_read_start(VARDATA_ANY(slice), size, REDDICT_NARROW_VERSION, index)))
		reddict_refuse(VARDATA_ANY(slice), size, kind);
}

/*
 * Bytes of a flat value of n keys whose key index's block has "block_size"
 * bytes, varlena header included.
 */
Size
reddict_flat_size(RedDictKind kind, Size block_size, int32 n)
{
	return VARHDRSZ + reddict_front_size(kind, n) + block_size;
}

/*
 * Refuse a value that would be too large; false only where "escontext" took
 * the error.
 */
bool
reddict_check_size(RedDictKind kind, Size block_size, int32 n,
				   Node *escontext)
{
	Size		size = reddict_flat_size(kind, block_size, n);

	if (unlikely(size > REDDICT_MAX_SIZE))
		ereturn(escontext, false,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("%s value too large", reddict_types[kind].name),
				errdetail("A value of %d keys would take %zu bytes; the limit is %d bytes.",
						  n, size, REDDICT_MAX_SIZE));
	return true;
}

/* Refuse a key that is too long; false only where "escontext" took the error. */
bool
reddict_check_key(const KeyEntry *entry, Node *escontext)
{
	if (unlikely(entry->len > KEY_INDEX_MAX_KEY_LEN))
		ereturn(escontext, false,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("reddict key too long"),
				errdetail("Key %s has %u bytes; the limit is %d bytes.",
						  reddict_key_quote(entry->key, entry->len),
						  entry->len, KEY_INDEX_MAX_KEY_LEN));
	return true;
}

/* Raise the error that core raises for an element, naming its key. */
void
reddict_raise(KernelError error, const char *key, uint32 len)
{
	if (error == KERNEL_ZERO_DIVIDE)
		ereport(ERROR,
				errcode(ERRCODE_DIVISION_BY_ZERO),
				errmsg("division by zero"),
				errdetail("The key is %s.", reddict_key_quote(key, len)));
	ereport(ERROR,
			errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			error == KERNEL_OVERFLOW ?
			errmsg("value out of range: overflow") :
			errmsg("value out of range: underflow"),
			errdetail("The key is %s.", reddict_key_quote(key, len)));
}

/* Raise an error if a kernel found one in a value with these keys. */
void
reddict_check_fault(KernelFault fault, const KeyIndex *index)
{
	const char *key;
	uint32		len;

	if (likely(fault.error == KERNEL_OK))
		return;
	reddict_key_index_get(reddict_open_keys(index), fault.position, &key, &len);
	reddict_raise(fault.error, key, len);
}

/*
 * Write everything but the doubles and the block to "value", which has
 * reddict_flat_size() bytes.  Returns where the doubles go.
 */
float8 *
reddict_write_head(struct varlena *value, RedDictKind kind, const KeyIndex *index)
{
	char	   *data = VARDATA(value);
	uint32		head = reddict_head_is(kind) | (uint32) index->n;

	Assert(index->n <= (int32) REDDICT_N_MASK);
	if (index->shared)
		head |= REDDICT_SHARED;
	else if (index->wide)
		head |= REDDICT_WIDE;
	SET_VARSIZE(value, reddict_flat_size(kind, index->size, index->n));
	memcpy(data, &head, sizeof(head));
	memcpy(data + REDDICT_HASH_OFFSET, &index->hash, sizeof(index->hash));
	return (float8 *) (data + REDDICT_VALUES_OFFSET);
}

/*
 * Key indexes for values: of the form that the registry says, which is asked
 * for every one that is made anew.  One that a value has already is taken as it
 * is, shared or not.
 */

/* Give a key index that was made just now its form. */
static void
give_form(KeyIndex *index)
{
	char	   *block = unconstify(char *, index->block);

	if (reddict_pack_keys(index))
		pfree(block);
}

/* Make a key index of sorted entries, in the current memory context. */
void
reddict_make_keys(KeyIndex *index, const KeyEntry *entries, int32 n)
{
	reddict_key_index_make(index, entries, n);
	give_form(index);
}

/*
 * Make a key index of entries in any order, in the current memory context; an
 * entry whose key is a repetition is dropped.  The entries end up sorted.
 */
void
reddict_build_keys(KeyIndex *index, KeyEntry *entries, int32 n)
{
	reddict_make_keys(index, entries, reddict_key_sort(entries, n, NULL));
}

/*
 * Make a key index of the keys at some positions, given in ascending order, of
 * another, in the current memory context.
 */
void
reddict_subset_keys(KeyIndex *result, const KeyIndex *index,
					const int32 *positions, int32 n)
{
	if (n == index->n)
		*result = *index;
	else
	{
		reddict_key_index_subset(result, reddict_open_keys(index), positions, n);
		give_form(result);
	}
}

/* Align two key indexes; see reddict_key_index_align(). */
void
reddict_align_keys(const KeyIndex *a, const KeyIndex *b, KeyMode mode,
				   KeyAlignment *result)
{
	const KeyIndex *left = reddict_open_keys(a);
	const KeyIndex *right = reddict_open_keys(b);

	reddict_key_index_align(left, right, mode, result);
	if (result->side == NULL)
		give_form(&result->index);
	else
	{
		result->side = result->side == left ? a : b;
		result->index = *result->side;
	}
}

/*
 * Write a value with the keys of a complete key index to "value", which has
 * reddict_flat_size() bytes.  Returns where the caller has to put the doubles.
 */
float8 *
reddict_write(struct varlena *value, RedDictKind kind, const KeyIndex *index)
{
	Assert(reddict_key_index_check(index) == NULL);
	if (!index->shared)
		memcpy(VARDATA(value) + reddict_front_size(kind, index->n),
			   index->block, index->size);
	return reddict_write_head(value, kind, index);
}

/*
 * Refuse a value with the keys of an index that would be too large.  What counts
 * is its size with its keys, also where they are shared: so whatever is stored
 * can be printed, dumped and restored anywhere.
 */
static void
check_size_with_keys(RedDictKind kind, const KeyIndex *index)
{
	Size		block_size = index->size;

	if (index->shared && index->n > REDDICT_FEW_KEYS)
		block_size = reddict_open_keys(index)->size;
	reddict_check_size(kind, block_size, index->n, NULL);
}

/*
 * Make a value with the keys of a complete key index, in the current memory
 * context.  The caller has to fill in the doubles.
 */
struct varlena *
reddict_new(RedDictKind kind, const KeyIndex *index, float8 **values)
{
	struct varlena *value;

	check_size_with_keys(kind, index);
	value = palloc(reddict_flat_size(kind, index->size, index->n));
	*values = reddict_write(value, kind, index);
	return value;
}

/*
 * Make a value with the same pairs, and another form of its key index, in the
 * current memory context.
 */
struct varlena *
reddict_reform(const RedDictView *view, RedDictKind kind, const KeyIndex *index)
{
	float8	   *values;
	struct varlena *result = reddict_new(kind, index, &values);

	for (int plane = 0; plane < reddict_planes(kind); plane++)
		memcpy(values + plane * (Size) index->n, reddict_plane(view, plane),
			   index->n * sizeof(float8));
	return result;
}

/*
 * Make a map with the keys of a complete key index, and the values of another
 * at some positions, in the current memory context.
 */
struct varlena *
reddict_gather(const RedDictView *view, const KeyIndex *index,
			   const int32 *positions)
{
	float8	   *values;
	struct varlena *value = reddict_new(REDDICT_MAP, index, &values);

	for (int32 i = 0; i < index->n; i++)
		values[i] = view->values[positions[i]];
	return reddict_narrow_like(value, view);
}

/*
 * Make a map of the pairs at some positions, given in ascending order, of
 * another, in the current memory context.
 */
struct varlena *
reddict_take(const RedDictView *view, const int32 *positions, int32 n)
{
	KeyIndex	index;

	reddict_subset_keys(&index, &view->index, positions, n);
	return reddict_gather(view, &index, positions);
}

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
