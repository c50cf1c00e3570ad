/*
 * reddict.c
 *	  The layout of a flat value: refuse what has another, build one.
 *
 * reddict.h draws the layout.  A value has two more forms, which are built on
 * this: expanded.c, in memory, and narrow_map.c, smaller.  view.c, above them
 * all, looks at a value in whichever form it has.
 */
#include "postgres.h"

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

/* Align two key indexes; see reddict_align_keys(). */
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
