/*
 * reddict.h
 *	  A reddict: a finite map from text keys to float8 values.
 *
 * Layout of a stored value, in bytes from the start of the payload (what
 * follows the varlena header), all in the server's byte order:
 *
 *		0	uint32	head: bits 0-23   n, the number of keys
 *						  bits 24-26  kind: which type it is, RedDictKind
 *						  bits 27-29  layout version, 1; of a narrow map 2
 *						  bit  30     key lengths are uint16
 *						  bit  31     the key index is shared
 *		4	uint64	hash of the key index
 *		12	float8	values[n], in key order; for a redstats values[5][n]; of a
 *					narrow map the same numbers in fewer bytes (narrow.h)
 *		..			the key index's block (key_index.h), but of a packed
 *					value, whose key index is shared, nothing
 *
 * All types have the head, the hash and the block in common.  Kinds and
 * versions that are not named here are refused, and version 0 never comes, so
 * that a payload of zeros is no value.
 *
 * A redstats, the statistics of many maps, is laid out as a map whose keys
 * have five numbers each, one plane of n doubles after the other: what
 * kernels.h calls KernelStats.
 *
 * Nothing is aligned: the type's alignment is int4 and a value with a 1-byte
 * header is used where it lies, so everything is read by memcpy or through
 * unaligned_double.  In a palloc'd value with its 4-byte header the doubles do
 * begin at a multiple of 8, which is worth having and nothing relies on.
 *
 * There is one builder and no slack, so equal values have equal bytes, except
 * for -0 and NaN, which have several bit patterns, and for being packed or
 * narrow.
 *
 * Limits.  A value, with its keys, has at most REDDICT_MAX_SIZE bytes, so that
 * its text, at six bytes for a byte at the worst, stays below the 1 GB of any
 * datum.  A key takes at least 9 bytes, so n fits its 24 bits.
 */
#ifndef REDBEAR_REDDICT_H
#define REDBEAR_REDDICT_H

#include "fmgr.h"
#include "nodes/nodes.h"
#include "utils/expandeddatum.h"
#include "utils/float.h"

#include "compat.h"
#include "exact_sum.h"
#include "histogram.h"
#include "kernels.h"
#include "key_index.h"
#include "memo.h"
#include "narrow.h"
#include "registry.h"

#pragma GCC visibility push(hidden)

#define REDDICT_MAX_SIZE	(128 * 1024 * 1024)

/*
 * So few keys, whatever their lengths, can't make a value of doubles too large:
 * with five each, of 65,535 bytes, 131,154,264 bytes.
 */
#define REDDICT_FEW_KEYS	2000

#define REDDICT_N_MASK			((uint32) 0x00FFFFFF)
#define REDDICT_KIND_SHIFT		24
#define REDDICT_KIND_MASK		((uint32) 0x07000000)
#define REDDICT_VERSION_MASK	((uint32) 0x38000000)
#define REDDICT_VERSION			((uint32) 0x08000000)
#define REDDICT_NARROW_VERSION	((uint32) 0x10000000)
#define REDDICT_WIDE			((uint32) 0x40000000)
#define REDDICT_SHARED			((uint32) 0x80000000)

#define REDDICT_HASH_OFFSET		sizeof(uint32)
#define REDDICT_VALUES_OFFSET	(sizeof(uint32) + sizeof(uint64))

/* The types that share the layout, as the head has them; at most eight */
typedef enum RedDictKind
{
	REDDICT_MAP = 0,
	REDDICT_STATISTICS = 1,
	REDDICT_SUMS = 2,			/* redsum.h; sums that vary in size */
	REDDICT_HISTOGRAMS = 3,		/* redhist.h; so do histograms */
	REDDICT_HISTOGRAMS_STATE = 6,	/* of an aggregate */
	REDDICT_SUMS_STATE = 7		/* likewise */
} RedDictKind;

/* What differs between the types */
typedef struct RedDictType
{
	const char *name;
	int			planes;			/* doubles that a key has */
} RedDictType;

static const RedDictType reddict_types[] = {
	[REDDICT_MAP] = {"reddict", 1},
	[REDDICT_STATISTICS] = {"redstats", KERNEL_STATS_PLANES},
	[REDDICT_SUMS] = {"redsum", 0},
	[REDDICT_HISTOGRAMS] = {"redhist", 0},
	[REDDICT_HISTOGRAMS_STATE] = {"redhist", HISTOGRAM_PLANES},
	[REDDICT_SUMS_STATE] = {"redsum", EXACT_PLANES}
};

static inline int
reddict_planes(RedDictKind kind)
{
	return reddict_types[kind].planes;
}

/* Numbers of a narrow map that a view needs no memory for */
#define REDDICT_FEW 16

/* What every reader of a value works on, whether it is flat or expanded */
typedef struct RedDictView
{
	KeyIndex	index;
	const unaligned_double *values; /* in key order, plane after plane */
	int32		stride;			/* doubles from a plane to the next */
	bool		narrow;			/* is, or will be, the value narrow? */
	bool		decoded;		/* if it is: are "values" a copy? */
	float8		few[REDDICT_FEW];	/* where the copy is, if it fits */
	void	   *detoasted;		/* a copy made for this view, or NULL */
} RedDictView;

/*
 * The numbers of keys in a value that may be modified; with those of a key in
 * each plane, they are its element.
 */
typedef struct RedDictElements
{
	unaligned_double *values;	/* plane after plane */
	int32		stride;			/* doubles from a plane to the next */
} RedDictElements;

/*
 * Unsorted pairs on their way into a value; keys are not copied.  The doubles
 * of a pair are side by side.
 */
typedef struct RedDictPairs
{
	RedDictKind kind;
	KeyMemo    *memo;			/* or NULL; see reddict_pairs_use_memo() */
	KeyEntry   *entries;
	float8	   *values;
	int32		n;
	int32		capacity;
} RedDictPairs;

typedef struct ExpandedRedDict ExpandedRedDict;

/* reddict.c */
extern char *reddict_head_problem(const char *data, Size size,
								  RedDictKind kind);
pg_noreturn extern void reddict_refuse(const char *data, Size size,
									   RedDictKind kind);
pg_noreturn extern void reddict_raise(KernelError error, const char *key,
									  uint32 len);
extern void reddict_check_fault(KernelFault fault, const KeyIndex *index);
extern void reddict_make_keys(KeyIndex *index, const KeyEntry *entries, int32 n);
extern void reddict_build_keys(KeyIndex *index, KeyEntry *entries, int32 n);
extern void reddict_subset_keys(KeyIndex *result, const KeyIndex *index,
								const int32 *positions, int32 n);
extern void reddict_align_keys(const KeyIndex *a, const KeyIndex *b, KeyMode mode,
							   KeyAlignment *result);
extern Size reddict_flat_size(RedDictKind kind, Size block_size, int32 n);
extern bool reddict_check_size(RedDictKind kind, Size block_size, int32 n,
							   Node *escontext);
extern bool reddict_check_key(const KeyEntry *entry, Node *escontext);
extern float8 *reddict_write_head(struct varlena *value, RedDictKind kind,
								  const KeyIndex *index);
extern float8 *reddict_write(struct varlena *value, RedDictKind kind,
							 const KeyIndex *index);
extern struct varlena *reddict_new(RedDictKind kind, const KeyIndex *index,
								   float8 **values);
extern struct varlena *reddict_reform(const RedDictView *view, RedDictKind kind,
									  const KeyIndex *index);

/* pairs.c */
extern void reddict_pairs_init(RedDictPairs *pairs, RedDictKind kind,
							   int32 capacity);
extern void reddict_pairs_use_memo(RedDictPairs *pairs, FmgrInfo *flinfo);
extern float8 *reddict_pairs_extend(RedDictPairs *pairs,
									const char *key, Size len);
extern struct varlena *reddict_from_pairs(RedDictPairs *pairs,
										  const KeyEntry **repeated,
										  Node *escontext);
extern struct varlena *reddict_pair(const char *key, Size len, float8 value);

/* narrow_map.c */
extern bool redbear_narrow;
extern void reddict_view_narrow(const char *data, Size size,
								RedDictKind kind, RedDictView *view);
extern bool reddict_fetch_narrow(const struct varlena *map,
								 const char *key, uint32 len, int32 guess,
								 int32 *position, float8 *value);
extern bool reddict_may_be_narrow(const KeyIndex *index);
extern Size reddict_narrow_size(const RedDictView *map);
extern bool reddict_is_narrow(Datum map);
extern struct varlena *reddict_narrow(struct varlena *map);
extern struct varlena *reddict_narrow_result(struct varlena *map);
extern struct varlena *reddict_narrow_like(struct varlena *map,
										   const RedDictView *operand);

/* compare.c */
extern int	reddict_compare_keys(const KeyIndex *a, const KeyIndex *b);

/* expanded.c */
extern ExpandedRedDict *reddict_expand(RedDictKind kind,
									   const RedDictView *view,
									   MemoryContext parent);
extern Datum reddict_expanded_datum(ExpandedRedDict *dict);
extern ExpandedRedDict *reddict_expanded_get(Datum value);
extern ExpandedRedDict *reddict_expanded_try(Datum value);
extern ExpandedRedDict *reddict_expanded_writable(Datum value);
extern void reddict_expanded_view(ExpandedRedDict *dict, RedDictView *view);
extern RedDictElements reddict_expanded_elements(ExpandedRedDict *dict);
extern float8 *reddict_expanded_values(ExpandedRedDict *dict, int plane);
extern void reddict_expanded_settle(ExpandedRedDict *dict, int32 row_keys);
extern bool reddict_expanded_same(const ExpandedRedDict *dict,
								  const KeyIndex *index);
extern int32 reddict_expanded_find(ExpandedRedDict *dict,
								   const char *key, uint32 len);
extern int32 reddict_expanded_find_once(ExpandedRedDict *dict,
									 const char *key, uint32 len);
extern int32 *reddict_expanded_slots(ExpandedRedDict *dict,
									 const KeyIndex *index);
extern void reddict_expanded_reserve(ExpandedRedDict *dict, int32 n,
									 Size key_bytes, uint32 longest);
extern int32 reddict_expanded_add(ExpandedRedDict *dict,
								  const char *key, uint32 len);
extern int32 reddict_expanded_n(const ExpandedRedDict *dict);
extern void *reddict_expanded_tail(ExpandedRedDict *dict, Size *size);
extern void *reddict_expanded_grow_tail(ExpandedRedDict *dict, Size size);

/* view.c */
extern void reddict_view_extended(struct varlena *value, RedDictKind kind,
								  RedDictView *view);
extern void reddict_view_head(Datum value, RedDictKind kind, KeyIndex *index);
extern Datum reddict_widen(Datum value, RedDictKind kind);

/* The part of the head that says what a value is: its kind and version. */
#define REDDICT_IS_MASK (REDDICT_KIND_MASK | REDDICT_VERSION_MASK)

static inline uint32
reddict_head_is(RedDictKind kind)
{
	return (uint32) kind << REDDICT_KIND_SHIFT | REDDICT_VERSION;
}

/* Bytes before the key index's block.  This can't overflow: n has 24 bits. */
static inline Size
reddict_front_size(RedDictKind kind, int32 n)
{
	return REDDICT_VALUES_OFFSET + sizeof(float8) * reddict_planes(kind) * (Size) n;
}

/*
 * Read the head and the hash of a value whose payload has so many bytes; false
 * if its kind and version are not these.  The index has no block yet.
 */
static inline bool
reddict_read_start(const char *data, Size size, uint32 is, KeyIndex *index)
{
	uint32		head;

	if (unlikely(size < REDDICT_VALUES_OFFSET))
		return false;
	memcpy(&head, data, sizeof(head));
	memcpy(&index->hash, data + REDDICT_HASH_OFFSET, sizeof(index->hash));
	index->n = head & REDDICT_N_MASK;
	index->wide = (head & REDDICT_WIDE) != 0;
	index->shared = (head & REDDICT_SHARED) != 0;
	index->block = NULL;
	return (head & REDDICT_IS_MASK) == is;
}

/*
 * Of a payload of so many bytes "front" come before the key index's block: note
 * the block's size, and say whether it can be that.
 */
static inline bool
reddict_block_fits(KeyIndex *index, Size size, Size front)
{
	index->size = size - front;
	if (unlikely(index->shared))
		return index->n > 0 && !index->wide && size == front;
	return size >= front + key_index_overhead(index->n, index->wide);
}

/*
 * Read the head of a value whose payload has so many bytes; false if it can't
 * be one.
 *
 * What is checked here is that this is a value, and that its doubles and the
 * front of its key index are there.  What the key index says of the lengths,
 * order and hash of its keys is the builder's promise: looking at each value's
 * would take longer than adding it.
 */
static inline bool
reddict_read_head(const char *data, Size size, RedDictKind kind,
				  KeyIndex *index)
{
	return reddict_read_start(data, size, reddict_head_is(kind), index) &&
		reddict_block_fits(index, size, reddict_front_size(kind, index->n));
}

/* Look at a plain or short-header value. */
static inline void
reddict_view_flat(const struct varlena *value, RedDictKind kind,
				  RedDictView *view)
{
	const char *data = VARDATA_ANY(value);

	view->detoasted = NULL;
	if (unlikely(!reddict_read_head(data, VARSIZE_ANY_EXHDR(value), kind, &view->index)))
	{
		reddict_view_narrow(data, VARSIZE_ANY_EXHDR(value), kind, view);
		return;
	}
	view->index.block = data + reddict_front_size(kind, view->index.n);
	view->values = (const unaligned_double *) (data + REDDICT_VALUES_OFFSET);
	view->stride = view->index.n;
	view->narrow = false;
}

/*
 * Look at a value.  This never flattens an expanded one, and copies a flat one
 * only if it is compressed or out of line.
 */
static inline void
reddict_view_kind(Datum value, RedDictKind kind, RedDictView *view)
{
	struct varlena *ptr = (struct varlena *) DatumGetPointer(value);

	if (likely(VARATT_IS_4B_U(ptr)) ||
		(VARATT_IS_SHORT(ptr) && !VARATT_IS_EXTERNAL(ptr)))
		reddict_view_flat(ptr, kind, view);
	else
		reddict_view_extended(ptr, kind, view);
}

static inline void
reddict_view(Datum value, RedDictView *view)
{
	reddict_view_kind(value, REDDICT_MAP, view);
}

/*
 * View numbers that are in no value yet as those of a map with these keys;
 * "narrow" says whether what is made of it may be narrow.
 */
static inline void
reddict_view_numbers(const KeyIndex *index, const unaligned_double *values,
					 bool narrow, RedDictView *view)
{
	view->index = *index;
	view->values = values;
	view->stride = index->n;
	view->narrow = narrow;
	view->decoded = false;
	view->detoasted = NULL;
}

/* The values of a plane. */
static inline const unaligned_double *
reddict_plane(const RedDictView *view, int plane)
{
	return view->values + (Size) plane * view->stride;
}

/*
 * Is this the key that comes next in the memo?  Then it is a valid one: it is
 * in a value that was made.
 */
static inline bool
reddict_pairs_expect(const RedDictPairs *pairs, const char *key, uint32 len)
{
	const KeyMemo *memo = pairs->memo;
	const KeyEntry *entries;

	if (memo == NULL || pairs->n >= memo->index.n)
		return false;
	entries = memo->content;
	return key_equal(entries[pairs->n].key, entries[pairs->n].len, key, len);
}

/* Add a pair of a map; see reddict_pairs_extend(). */
static inline void
reddict_pairs_add(RedDictPairs *pairs, const char *key, Size len, float8 value)
{
	*reddict_pairs_extend(pairs, key, len) = value;
}

/*
 * Are both plain maps with the same keys?  Then set "n" to the number of keys,
 * and the others to where the doubles of each are.
 *
 * Two views and reddict_same_keys() would tell the same, but took a third of the
 * time of an aggregate's loop over rows.  False may also mean that it takes
 * these to tell.
 */
static inline bool
reddict_same_plain(const struct varlena *a, const struct varlena *b, int32 *n,
				   unaligned_double **a_values, unaligned_double **b_values)
{
	const char *a_data;
	const char *b_data;
	uint32		a_head,
				b_head;
	Size		size;
	Size		front;

	if (!VARATT_IS_4B_U(a))
		return false;
	a_data = VARDATA_4B(a);
	size = VARSIZE_4B(a) - VARHDRSZ;
	if (VARATT_IS_4B_U(b))
		b_data = VARDATA_4B(b);
	else if (VARATT_IS_SHORT(b) && !VARATT_IS_EXTERNAL(b))
		b_data = VARDATA_SHORT(b);
	else
		return false;
	if (VARSIZE_ANY_EXHDR(b) != size || size < REDDICT_VALUES_OFFSET)
		return false;

	memcpy(&a_head, a_data, sizeof(a_head));
	memcpy(&b_head, b_data, sizeof(b_head));
	front = reddict_front_size(REDDICT_MAP, a_head & REDDICT_N_MASK);
	if (a_head != b_head || size < front ||
		(a_head & REDDICT_IS_MASK) != reddict_head_is(REDDICT_MAP))
		return false;
	if ((a_head & REDDICT_SHARED) != 0 ?
		memcmp(a_data + REDDICT_HASH_OFFSET, b_data + REDDICT_HASH_OFFSET, sizeof(uint64)) != 0 :
		memcmp(a_data + front, b_data + front, size - front) != 0)
		return false;

	*n = a_head & REDDICT_N_MASK;
	*a_values = (unaligned_double *) (a_data + REDDICT_VALUES_OFFSET);
	*b_values = (unaligned_double *) (b_data + REDDICT_VALUES_OFFSET);
	return true;
}

/*
 * Read the head of a narrow map whose payload has so many bytes, and how its
 * numbers lie; false if it is none.
 */
static inline bool
reddict_read_narrow(const char *data, Size size, KeyIndex *index, NarrowNumbers *numbers)
{
	return reddict_read_start(data, size, REDDICT_NARROW_VERSION, index) &&
		reddict_narrow_read(numbers, index->n, data + REDDICT_VALUES_OFFSET,
							size - REDDICT_VALUES_OFFSET) &&
		reddict_block_fits(index, size, REDDICT_VALUES_OFFSET + numbers->size);
}

/* Is this a value whose doubles may be modified where they lie, if it is ours? */
static inline bool
reddict_is_plain(const struct varlena *value)
{
	uint32		head;

	if (!VARATT_IS_4B_U(value) || VARSIZE_4B(value) < VARHDRSZ + sizeof(head))
		return false;
	memcpy(&head, VARDATA_4B(value), sizeof(head));
	return (head & REDDICT_VERSION_MASK) == REDDICT_VERSION;
}

/*
 * As reddict_same_plain(), where the right one is narrow: then gives its
 * numbers.
 */
static inline bool
reddict_same_narrow(const struct varlena *a, const struct varlena *b,
					unaligned_double **a_values, NarrowNumbers *b_numbers)
{
	const char *a_data;
	const char *b_data;
	Size		a_size;
	Size		b_size;
	Size		a_front;
	uint32		a_head,
				b_head;
	KeyIndex	index;

	if (!VARATT_IS_4B_U(a))
		return false;
	if (!VARATT_IS_4B_U(b) && (!VARATT_IS_SHORT(b) || VARATT_IS_EXTERNAL(b)))
		return false;
	a_data = VARDATA_4B(a);
	a_size = VARSIZE_4B(a) - VARHDRSZ;
	b_data = VARDATA_ANY(b);
	b_size = VARSIZE_ANY_EXHDR(b);
	if (a_size < REDDICT_VALUES_OFFSET || b_size < REDDICT_VALUES_OFFSET ||
		memcmp(a_data + REDDICT_HASH_OFFSET, b_data + REDDICT_HASH_OFFSET, sizeof(uint64)) != 0)
		return false;
	memcpy(&a_head, a_data, sizeof(a_head));
	memcpy(&b_head, b_data, sizeof(b_head));
	a_front = reddict_front_size(REDDICT_MAP, a_head & REDDICT_N_MASK);
	if ((a_head & REDDICT_IS_MASK) != reddict_head_is(REDDICT_MAP) || a_size < a_front ||
		b_head != (a_head ^ REDDICT_VERSION ^ REDDICT_NARROW_VERSION) ||
		!reddict_read_narrow(b_data, b_size, &index, b_numbers) ||
		index.size != a_size - a_front ||
		(index.size > 0 &&
		 memcmp(a_data + a_front, b_data + (b_size - index.size), index.size) != 0))
		return false;
	*a_values = (unaligned_double *) (a_data + REDDICT_VALUES_OFFSET);
	return true;
}

/*
 * Prefetch the memory that the value of the next row is likely in.
 *
 * A heap page is filled from its end, so the row that a scan reads next mostly
 * lies just before this one.  Without prefetching, sum(m) and m -> 'k' over rows
 * of ten keys wait for cache lines most of the time.  A line takes about as long
 * to arrive as adding three rows does, so this prefetches three rows ahead.
 */
static inline void
reddict_prefetch_next(Datum row)
{
	const int	line = 64;
	const int	ahead = 12 * 64;

	for (int before = line; before <= ahead; before += line)
		__builtin_prefetch((const char *) DatumGetPointer(row) - before);
}

/* One of the doubles that are equal to float8's "=": 0 for -0, one NaN for all. */
static inline float8
canonical_value(float8 value)
{
	if (isnan(value))
		return get_float8_nan();
	return value == 0.0 ? 0.0 : value;
}

/*
 * Free what a view copied.  Needed only where memory accumulates: in the
 * support functions of btree and hash operator classes.
 */
static inline void
reddict_view_release(RedDictView *view)
{
	if (view->narrow && view->decoded && view->values != view->few)
		pfree(unconstify(unaligned_double *, view->values));
	if (view->detoasted)
		pfree(view->detoasted);
}

#define PG_GETARG_REDDICT_VIEW(n, view) reddict_view(PG_GETARG_DATUM(n), view)
#define PG_RETURN_REDDICT(value)		PG_RETURN_POINTER(value)

#pragma GCC visibility pop

#endif							/* REDBEAR_REDDICT_H */
