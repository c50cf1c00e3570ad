/*
 * key_index.h
 *	  The key index: which keys a value has, in which order.
 *
 * A key index is a sorted set of keys.  It is kept as one block of bytes, the
 * last part of a stored value:
 *
 *		uint8 or uint16	lens[n]		length of each key in bytes; 16 bits each
 *									when some key is longer than 255 bytes
 *		uint32	offsets[(n-1)/32]	where in bytes[] the keys number 32, 64, ...
 *									begin
 *		char	bytes[]				the keys, concatenated, no terminators
 *
 * Keys are unique and in byte order: memcmp, a prefix before what it begins.
 * Nothing is aligned.  Lengths and strided offsets, not ascending end offsets,
 * because the latter do not compress.
 *
 * A shared key index is kept once per database, in the registry, and its values
 * carry the hash alone.  Nothing here knows where the block is then: a caller
 * that needs the keys opens it first, by reddict_open_keys() of registry.h, and
 * the functions below want key indexes that have their block.
 *
 * No other room reads these bytes: it uses the functions below.
 */
#ifndef REDBEAR_KEY_INDEX_H
#define REDBEAR_KEY_INDEX_H

#include "common/hashfn.h"

#include "compat.h"

#pragma GCC visibility push(hidden)

#define KEY_INDEX_MAX_KEY_LEN	PG_UINT16_MAX
#define KEY_INDEX_STRIDE		32

typedef struct KeyIndex
{
	uint64		hash;			/* of lens and bytes; equal for equal keys */
	int32		n;				/* number of keys */
	uint32		size;			/* bytes in block */
	bool		wide;			/* lens are uint16 */
	bool		shared;			/* the block is elsewhere: none here */
	const char *block;
} KeyIndex;

/* A key on its way into a key index */
typedef struct KeyEntry
{
	const char *key;
	uint32		len;
	int32		source;			/* which of the caller's pairs it came from */
} KeyEntry;

/*
 * Which keys the result of an operation on two key indexes has: the sum of
 * those that only the left has (1), both have (2), only the right has (4).
 */
typedef enum KeyMode
{
	KEYS_ONLY_LEFT = 1,
	KEYS_BOTH = 2,
	KEYS_LEFT = 1 + 2,
	KEYS_ONLY_RIGHT = 4,
	KEYS_RIGHT = 2 + 4,
	KEYS_EITHER = 1 + 2 + 4
} KeyMode;

/* Where each key of a result is in the two operands; -1: it is not there */
typedef struct KeyAlignment
{
	KeyIndex	index;			/* keys of the result */
	const KeyIndex *side;		/* whose keys these are, NULL: neither's */
	int32	   *left;
	int32	   *right;
} KeyAlignment;

/* A walk over the keys, in order */
typedef struct KeyCursor
{
	const KeyIndex *index;
	int32		position;		/* of the current key, from 0 */
	const char *key;
	uint32		len;
} KeyCursor;

/* The length of the key at a position. */
static inline uint32
key_index_len(const KeyIndex *index, int32 position)
{
	if (unlikely(index->wide))
	{
		uint16		len;

		memcpy(&len, index->block + sizeof(uint16) * position, sizeof(len));
		return len;
	}
	return ((const uint8 *) index->block)[position];
}

/* Bytes before the keys' own bytes in a block. */
static inline Size
key_index_overhead(int32 n, bool wide)
{
	return (Size) n * (wide ? sizeof(uint16) : sizeof(uint8)) +
		(n > 0 ? (n - 1) / KEY_INDEX_STRIDE : 0) * sizeof(uint32);
}

static inline const char *
key_index_bytes(const KeyIndex *index)
{
	return index->block + key_index_overhead(index->n, index->wide);
}

/*
 * Have two key indexes the same keys?  Both have their blocks.  The hash only
 * decides quickly that they have not; it never decides that they have.
 */
static inline bool
key_index_same(const KeyIndex *a, const KeyIndex *b)
{
	Assert(!a->shared && !b->shared);
	return a->hash == b->hash && a->n == b->n && a->size == b->size && a->wide == b->wide &&
		(a->block == b->block || memcmp(a->block, b->block, a->size) == 0);
}

/* Start a walk; key_cursor_next() goes to the first key. */
static inline void
key_cursor_init(KeyCursor *cursor, const KeyIndex *index)
{
	Assert(!index->shared);
	cursor->index = index;
	cursor->position = -1;
	cursor->key = key_index_bytes(index);
	cursor->len = 0;
}

/* Go to the next key; false when there is none. */
static inline bool
key_cursor_next(KeyCursor *cursor)
{
	if (cursor->position + 1 >= cursor->index->n)
	{
		cursor->position = cursor->index->n;
		return false;
	}
	cursor->position++;
	cursor->key += cursor->len;
	cursor->len = key_index_len(cursor->index, cursor->position);
	return true;
}

/* Compare two keys by bytes: less than, equal to, or greater than 0. */
static inline int
key_compare(const char *a, uint32 alen, const char *b, uint32 blen)
{
	int			cmp = memcmp(a, b, Min(alen, blen));

	if (cmp != 0)
		return cmp;
	return alen < blen ? -1 : alen > blen;
}

/*
 * A key of usual length, 4 to 16 bytes, as two words, which may overlap; false
 * for others.  With the length they say which key it is, and what calling
 * memcmp() or hash_bytes() costs is more than what those do.
 */
static inline bool
key_words(const char *key, uint32 len, uint64 words[2])
{
	if (len - 8 <= 8)
	{
		memcpy(&words[0], key, sizeof(uint64));
		memcpy(&words[1], key + len - sizeof(uint64), sizeof(uint64));
		return true;
	}
	if (len - 4 < 4)
	{
		uint32		halves[2];

		memcpy(&halves[0], key, sizeof(uint32));
		memcpy(&halves[1], key + len - sizeof(uint32), sizeof(uint32));
		words[0] = halves[0];
		words[1] = halves[1];
		return true;
	}
	return false;
}

/* Are two keys the same? */
static inline bool
key_equal(const char *a, uint32 alen, const char *b, uint32 blen)
{
	uint64		a_words[2];
	uint64		b_words[2];

	if (alen != blen)
		return false;
	if (likely(key_words(a, alen, a_words)) && key_words(b, alen, b_words))
		return a_words[0] == b_words[0] && a_words[1] == b_words[1];
	return memcmp(a, b, alen) == 0;
}

/* Random, so that nobody can make up keys that all have one hash. */
extern uint64 reddict_hash_seed;

/* A hash of a key, for tables in this process's memory. */
static inline uint32
key_hash(const char *key, uint32 len)
{
	uint64		words[2];

	if (likely(key_words(key, len, words)))
		return (uint32) murmurhash64(murmurhash64(words[0] ^ reddict_hash_seed) ^ words[1]);
	return (uint32) hash_bytes_extended((const unsigned char *) key, len, reddict_hash_seed);
}

extern int32 reddict_key_sort(KeyEntry *entries, int32 n,
							  const KeyEntry **repeated);
extern Size reddict_key_index_measure(KeyIndex *index,
									  const KeyEntry *entries, int32 n);
extern void reddict_key_index_write(KeyIndex *index, const KeyEntry *entries,
									char *block);
extern void reddict_key_index_make(KeyIndex *index, const KeyEntry *entries,
								   int32 n);
extern void reddict_key_index_own(KeyIndex *index);
extern void reddict_key_index_subset(KeyIndex *result, const KeyIndex *index,
									 const int32 *positions, int32 n);
extern int32 reddict_key_index_lower_bound(const KeyIndex *index,
										   const char *key, uint32 len);
extern const char *reddict_key_index_check(const KeyIndex *index);
extern bool reddict_key_index_fits(const KeyIndex *index);
extern int32 reddict_key_index_find(const KeyIndex *index,
									const char *key, uint32 len);
extern int32 reddict_key_index_find_near(const KeyIndex *index, int32 guess,
										 const char *key, uint32 len);
extern int32 *reddict_key_index_find_all(const KeyIndex *index,
										 const KeyIndex *keys);
extern bool reddict_key_index_shows(const KeyIndex *index, Size size,
									int32 position,
									const char *key, uint32 len);
extern void reddict_key_index_get(const KeyIndex *index, int32 position,
								  const char **key, uint32 *len);
extern int	reddict_key_index_compare(const KeyIndex *a, const KeyIndex *b);
extern void reddict_key_index_align(const KeyIndex *a, const KeyIndex *b,
									KeyMode mode, KeyAlignment *result);
extern char *reddict_key_quote(const char *key, uint32 len);

#pragma GCC visibility pop

#endif							/* REDBEAR_KEY_INDEX_H */
