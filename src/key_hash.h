/*
 * key_hash.h
 *	  A hash table from keys to slots, for the file that includes this.
 */
#ifndef REDBEAR_KEY_HASH_H
#define REDBEAR_KEY_HASH_H

#include "key_index.h"

/* A key in the hash table; its slot is the source. */
typedef struct KeyHashEntry
{
	KeyEntry	key;
	uint32		hash;
	char		status;
} KeyHashEntry;

#define SH_PREFIX keyhash
#define SH_ELEMENT_TYPE KeyHashEntry
#define SH_KEY_TYPE KeyEntry
#define SH_KEY key
#define SH_HASH_KEY(tb, k) key_hash((k).key, (k).len)
#define SH_EQUAL(tb, a, b) key_equal((a).key, (a).len, (b).key, (b).len)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

#endif							/* REDBEAR_KEY_HASH_H */
