/*
 * key_index.c
 *	  Build, hash, find in, compare and align key indexes.
 *
 * key_index.h draws the block.  Nothing here knows what a value means.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "key_index.h"

/* "redbear\0".  Stored hashes depend on it: it must never change. */
#define KEY_INDEX_SEED UINT64CONST(0x7265646265617200)

uint64		reddict_hash_seed;

/* Bytes of a key that an error message shows */
#define KEY_MESSAGE_LEN 64

/* Order by key; the pairs of one key stay in the order they were given. */
static inline int
entry_compare(const KeyEntry *a, const KeyEntry *b)
{
	int			cmp = key_compare(a->key, a->len, b->key, b->len);

	if (cmp != 0)
		return cmp;
	return a->source < b->source ? -1 : a->source > b->source;
}

#define ST_SORT sort_entries
#define ST_ELEMENT_TYPE KeyEntry
#define ST_COMPARE(a, b) entry_compare(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

/*
 * Sort entries by key, and keep the last given of those with the same key.
 *
 * Returns the number of entries kept.  If "repeated" is given, it is set to an
 * entry whose key came more than once, or NULL.
 */
int32
reddict_key_sort(KeyEntry *entries, int32 n, const KeyEntry **repeated)
{
	int32		kept = 0;

	sort_entries(entries, n);
	if (repeated)
		*repeated = NULL;
	for (int32 i = 0; i < n; i++)
	{
		if (kept > 0 &&
			key_equal(entries[kept - 1].key, entries[kept - 1].len,
					  entries[i].key, entries[i].len))
		{
			entries[kept - 1] = entries[i];
			if (repeated)
				*repeated = &entries[kept - 1];
		}
		else
			entries[kept++] = entries[i];
	}
	return kept;
}

/*
 * Fill n, wide and size of the key index that sorted entries make, and return
 * its size, which, unlike the field, can't overflow.  The caller refuses a
 * size that is too large; keys are KEY_INDEX_MAX_KEY_LEN bytes at the most.
 */
Size
reddict_key_index_measure(KeyIndex *index, const KeyEntry *entries, int32 n)
{
	Size		size = 0;

	index->n = n;
	index->wide = false;
	index->shared = false;
	for (int32 i = 0; i < n; i++)
	{
		Assert(entries[i].len <= KEY_INDEX_MAX_KEY_LEN);
		size += entries[i].len;
		if (entries[i].len > PG_UINT8_MAX)
			index->wide = true;
	}
	size += key_index_overhead(n, index->wide);
	index->size = (uint32) size;
	return size;
}

/* The hash of a complete block. */
static uint64
block_hash(const KeyIndex *index)
{
	const unsigned char *lens = (const unsigned char *) index->block;
	const char *bytes = key_index_bytes(index);
	int			lens_size = index->n * (index->wide ? sizeof(uint16) : sizeof(uint8));
	int			bytes_size = index->block + index->size - bytes;
	uint64		hash;

	hash = hash_bytes_extended(lens, lens_size, KEY_INDEX_SEED);
	hash = hash_bytes_extended((const unsigned char *) bytes, bytes_size, hash);
#ifdef REDBEAR_HASH_BITS
	/* A test build in which different key indexes often have the same hash */
	hash &= (UINT64CONST(1) << REDBEAR_HASH_BITS) - 1;
#endif
	return hash;
}

/*
 * Write the block that reddict_key_index_measure() measured to "block", and
 * fill in the rest of the index: block and hash.
 */
void
reddict_key_index_write(KeyIndex *index, const KeyEntry *entries, char *block)
{
	char	   *bytes;
	char	   *end;
	char	   *offsets;

	index->block = block;
	bytes = end = block + (key_index_bytes(index) - index->block);
	offsets = block + (Size) index->n * (index->wide ? sizeof(uint16) : sizeof(uint8));

	for (int32 i = 0; i < index->n; i++)
	{
		if (index->wide)
		{
			uint16		len = entries[i].len;

			memcpy(block + sizeof(uint16) * i, &len, sizeof(len));
		}
		else
			((uint8 *) block)[i] = entries[i].len;

		if (i > 0 && i % KEY_INDEX_STRIDE == 0)
		{
			uint32		offset = end - bytes;

			memcpy(offsets, &offset, sizeof(offset));
			offsets += sizeof(offset);
		}
		memcpy(end, entries[i].key, entries[i].len);
		end += entries[i].len;
	}
	Assert(end == block + index->size);
	index->hash = block_hash(index);
}

/* Make a key index of sorted entries, in the current memory context. */
void
reddict_key_index_make(KeyIndex *index, const KeyEntry *entries, int32 n)
{
	char	   *block = palloc(reddict_key_index_measure(index, entries, n));

	reddict_key_index_write(index, entries, block);
}

/* Copy the block of a key index to the current memory context. */
void
reddict_key_index_own(KeyIndex *index)
{
	Assert(!index->shared);
	index->block = memcpy(palloc(index->size), index->block, index->size);
}

/*
 * Make a key index of the keys at some positions, given in ascending order, of
 * another, in the current memory context.
 */
void
reddict_key_index_subset(KeyIndex *result, const KeyIndex *index,
						 const int32 *positions, int32 n)
{
	KeyEntry   *entries;
	KeyCursor	cursor;
	int32		i = 0;

	if (n == index->n)
	{
		*result = *index;
		return;
	}

	entries = palloc(n * sizeof(KeyEntry));
	key_cursor_init(&cursor, index);
	while (i < n && key_cursor_next(&cursor))
	{
		if (cursor.position != positions[i])
			continue;
		entries[i].key = cursor.key;
		entries[i].len = cursor.len;
		entries[i].source = i;
		i++;
	}
	reddict_key_index_make(result, entries, n);
	pfree(entries);
}

/* Where in bytes[] the first key of a stride begins. */
static uint32
stride_offset(const KeyIndex *index, int32 stride)
{
	uint32		offset;

	if (stride == 0)
		return 0;
	memcpy(&offset,
		   index->block + (Size) index->n * (index->wide ? sizeof(uint16) : sizeof(uint8)) +
		   (stride - 1) * sizeof(uint32), sizeof(offset));
	return offset;
}

/*
 * Look through a whole block for anything that reddict_key_index_write()
 * would not have written.  Returns NULL, or what is wrong.  (A shared one's was
 * looked through when it was loaded.)
 */
const char *
reddict_key_index_check(const KeyIndex *index)
{
	Size		size = key_index_overhead(index->n, index->wide);
	bool		wide = false;
	KeyCursor	cursor;
	const char *previous = NULL;
	uint32		previous_len = 0;

	if (index->shared)
		return NULL;
	if (size > index->size)
		return "lengths exceed the block";
	for (int32 i = 0; i < index->n; i++)
	{
		if (i % KEY_INDEX_STRIDE == 0 &&
			stride_offset(index, i / KEY_INDEX_STRIDE) !=
			size - key_index_overhead(index->n, index->wide))
			return "offset is wrong";
		size += key_index_len(index, i);
		wide |= key_index_len(index, i) > PG_UINT8_MAX;
	}
	if (size != index->size)
		return "size is wrong";
	if (wide != index->wide)
		return "width is wrong";

	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
	{
		if (previous &&
			key_compare(previous, previous_len, cursor.key, cursor.len) >= 0)
			return "keys are out of order";
		previous = cursor.key;
		previous_len = cursor.len;
	}
	if (block_hash(index) != index->hash)
		return "hash is wrong";
	return NULL;
}

/* The sum of bytes, eight at a time. */
static inline uint32
sum_bytes(const uint8 *bytes, int32 n)
{
	const uint64 even = UINT64CONST(0x00FF00FF00FF00FF);
	uint32		sum = 0;

	for (; n >= 8; n -= 8, bytes += 8)
	{
		uint64		eight;

		memcpy(&eight, bytes, sizeof(eight));
		eight = (eight & even) + (eight >> 8 & even);
		sum += (eight * UINT64CONST(0x0001000100010001)) >> 48;
	}
	for (; n > 0; n--)
		sum += *bytes++;
	return sum;
}

/* The sum of the lengths of the keys from one position to before another. */
static inline Size
sum_lengths(const KeyIndex *index, int32 begin, int32 end)
{
	Size		sum = 0;

	if (likely(!index->wide))
		return sum_bytes((const uint8 *) index->block + begin, end - begin);
	for (int32 i = begin; i < end; i++)
		sum += key_index_len(index, i);
	return sum;
}

/*
 * Do the lengths of the keys agree with the offsets and with the size of the
 * block?  If so, finding a key reads nothing outside of it.
 */
bool
reddict_key_index_fits(const KeyIndex *index)
{
	Size		overhead = key_index_overhead(index->n, index->wide);
	Size		sum = 0;

	if (overhead > index->size)
		return false;
	for (int32 begin = 0; begin < index->n; begin += KEY_INDEX_STRIDE)
	{
		int32		end = Min(begin + KEY_INDEX_STRIDE, index->n);

		if (stride_offset(index, begin / KEY_INDEX_STRIDE) != sum)
			return false;
		sum += sum_lengths(index, begin, end);
	}
	return sum == index->size - overhead;
}

/* The last stride whose first key is not greater than a key; or the first. */
static int32
last_stride_before(const KeyIndex *index, const char *key, uint32 len)
{
	const char *bytes = key_index_bytes(index);
	int32		low = 0;
	int32		high = (index->n - 1) / KEY_INDEX_STRIDE;

	while (low < high)
	{
		int32		middle = low + (high - low + 1) / 2;

		if (key_compare(bytes + stride_offset(index, middle),
						key_index_len(index, middle * KEY_INDEX_STRIDE),
						key, len) <= 0)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Where the key at a position begins, in a key index that is open. */
static inline const char *
key_at(const KeyIndex *index, int32 position)
{
	int32		stride = position / KEY_INDEX_STRIDE;

	return key_index_bytes(index) + stride_offset(index, stride) +
		sum_lengths(index, stride * KEY_INDEX_STRIDE, position);
}

/* reddict_key_index_find(), looking first where it is guessed to be. */
int32
reddict_key_index_find_near(const KeyIndex *index, int32 guess,
							const char *key, uint32 len)
{
	Assert(!index->shared);
	if (likely(guess < index->n) && key_index_len(index, guess) == len &&
		key_equal(key_at(index, guess), len, key, len))
		return guess;
	return reddict_key_index_find(index, key, len);
}

/*
 * The position of a key, or -1.
 *
 * A binary search over the first keys of the strides, then a walk over the
 * lengths of one stride, in which only keys of the right length are looked at.
 */
int32
reddict_key_index_find(const KeyIndex *index, const char *key, uint32 len)
{
	int32		stride;
	const char *bytes;
	int32		end;

	Assert(!index->shared);
	stride = last_stride_before(index, key, len);
	bytes = key_index_bytes(index) + stride_offset(index, stride);
	end = Min(index->n, (stride + 1) * KEY_INDEX_STRIDE);

	for (int32 i = stride * KEY_INDEX_STRIDE; i < end; i++)
	{
		uint32		this_len = key_index_len(index, i);

		if (key_equal(bytes, this_len, key, len))
			return i;
		bytes += this_len;
	}
	return -1;
}

/*
 * The positions of all keys of another key index, in the current memory
 * context, by one walk along both; NULL if one is not there.
 */
int32 *
reddict_key_index_find_all(const KeyIndex *index, const KeyIndex *keys)
{
	int32	   *positions;
	KeyCursor	cursor;
	KeyCursor	wanted;

	if (keys->n > index->n)
		return NULL;
	positions = palloc(keys->n * sizeof(int32));
	key_cursor_init(&cursor, index);
	key_cursor_init(&wanted, keys);
	while (key_cursor_next(&wanted))
	{
		do
		{
			if (!key_cursor_next(&cursor))
			{
				pfree(positions);
				return NULL;
			}
		} while (!key_equal(cursor.key, cursor.len, wanted.key, wanted.len));
		positions[wanted.position] = cursor.position;
	}
	return positions;
}

/* How many keys come before a key in byte order. */
int32
reddict_key_index_lower_bound(const KeyIndex *index, const char *key, uint32 len)
{
	int32		stride;
	const char *bytes;
	int32		i;

	Assert(!index->shared);
	stride = last_stride_before(index, key, len);
	bytes = key_index_bytes(index) + stride_offset(index, stride);
	for (i = stride * KEY_INDEX_STRIDE; i < index->n; i++)
	{
		uint32		this_len = key_index_len(index, i);

		if (key_compare(bytes, this_len, key, len) >= 0)
			break;
		bytes += this_len;
	}
	return i;
}

/* The key at a position. */
void
reddict_key_index_get(const KeyIndex *index, int32 position,
					  const char **key, uint32 *len)
{
	Assert(!index->shared);
	*key = key_at(index, position);
	*len = key_index_len(index, position);
}

/*
 * Is the key at a position this one?  Of the block only the first "size" bytes
 * are there; false also where they don't say.
 */
bool
reddict_key_index_shows(const KeyIndex *index, Size size, int32 position,
						const char *key, uint32 len)
{
	const char *found;
	uint32		found_len;

	if (position >= index->n || size < key_index_overhead(index->n, index->wide))
		return false;
	reddict_key_index_get(index, position, &found, &found_len);
	return size >= (Size) (found - index->block) + found_len &&
		key_equal(found, found_len, key, len);
}

/*
 * Order two key indexes: by number of keys, then by hash, and only where two
 * key sets have one hash by the first key in which they differ.  It is an order
 * for indexes and sorts, not for readers: key indexes of different hashes are
 * put in order without their blocks, which there may be no way to get.
 */
int
reddict_key_index_compare(const KeyIndex *a, const KeyIndex *b)
{
	KeyCursor	left,
				right;

	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (key_index_same(a, b))
		return 0;

	key_cursor_init(&left, a);
	key_cursor_init(&right, b);
	while (key_cursor_next(&left) && key_cursor_next(&right))
	{
		int			cmp = key_compare(left.key, left.len, right.key, right.len);

		if (cmp != 0)
			return cmp;
	}
	return 0;
}

/*
 * Align two key indexes: the one walk behind every operation on two values
 * that have different keys.
 *
 * The result has the keys that "mode" asks for.  Where these are just the keys
 * of one side, result->index is that side's, which result->side says; otherwise
 * it is built anew, in the current memory context, as are left and right.
 *
 * A new block is as long as both sides' together at the most, so its size fits
 * a uint32; whether a value may be that large is for the caller to say.
 */
void
reddict_key_index_align(const KeyIndex *a, const KeyIndex *b, KeyMode mode,
						KeyAlignment *result)
{
	int32		capacity = (mode & KEYS_ONLY_RIGHT) == 0 ? a->n :
		(mode & KEYS_ONLY_LEFT) == 0 ? b->n : a->n + b->n;
	KeyEntry   *entries = palloc(capacity * sizeof(KeyEntry));
	int32		n = 0;
	KeyCursor	left,
				right;

	result->left = palloc(capacity * sizeof(int32));
	result->right = palloc(capacity * sizeof(int32));

	key_cursor_init(&left, a);
	key_cursor_init(&right, b);
	key_cursor_next(&left);
	key_cursor_next(&right);
	while (left.position < a->n || right.position < b->n)
	{
		int			cmp;
		KeyMode		found;
		const KeyCursor *from;

		CHECK_FOR_INTERRUPTS();

		if (left.position >= a->n)
			cmp = 1;
		else if (right.position >= b->n)
			cmp = -1;
		else
			cmp = key_compare(left.key, left.len, right.key, right.len);

		from = cmp <= 0 ? &left : &right;
		found = cmp < 0 ? KEYS_ONLY_LEFT : cmp > 0 ? KEYS_ONLY_RIGHT : KEYS_BOTH;
		if ((mode & found) != 0)
		{
			entries[n].key = from->key;
			entries[n].len = from->len;
			entries[n].source = n;
			result->left[n] = cmp <= 0 ? left.position : -1;
			result->right[n] = cmp >= 0 ? right.position : -1;
			n++;
		}
		if (cmp <= 0)
			key_cursor_next(&left);
		if (cmp >= 0)
			key_cursor_next(&right);
	}

	/*
	 * A result that is a subset or a superset of one side's keys, and has as
	 * many, has the same.
	 */
	result->side = n == a->n && mode != KEYS_RIGHT ? a :
		n == b->n && mode != KEYS_LEFT && mode != KEYS_ONLY_LEFT ? b : NULL;
	if (result->side != NULL)
		result->index = *result->side;
	else
		reddict_key_index_make(&result->index, entries, n);
	pfree(entries);
}

/*
 * A key, quoted, for an error message: clipped to a length that one can read.
 */
char *
reddict_key_quote(const char *key, uint32 len)
{
	int			shown = pg_mbcliplen(key, len, KEY_MESSAGE_LEN);

	return psprintf("\"%.*s%s\"", shown, key, (uint32) shown < len ? "..." : "");
}
