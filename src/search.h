/*
 * search.h
 *	  Keys as they are searched for: in GIN indexes and in statistics.
 *
 * Neither holds keys of any length.  What they hold for a key is its term:
 *
 *		of a key of at most KEY_TERM_PLAIN bytes	the key
 *		of a longer one		as many of its first KEY_TERM_PLAIN bytes as are
 *							whole characters, "#", and 16 hexadecimal digits
 *							of the hash of all of it: its digest
 *
 * A digest is always longer than KEY_TERM_PLAIN bytes, so it is never taken
 * for a key.  Two keys may have one digest, so what is found by one has to be
 * checked; a term that is a key needs no check.  Terms are text, valid in the
 * database's encoding.  They are on disk, in indexes: the form is frozen.
 */
#ifndef REDBEAR_SEARCH_H
#define REDBEAR_SEARCH_H

#include "access/stratnum.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* As jsonb_ops: keys that people choose are shorter */
#define KEY_TERM_PLAIN	125
#define KEY_TERM_SIZE	(KEY_TERM_PLAIN + 1 + 16 + 1)

/* The numbers of the operators in the GIN operator class, as jsonb_ops' */
#define SEARCH_CONTAINS		((StrategyNumber) 7)	/* @> */
#define SEARCH_EXISTS		((StrategyNumber) 9)	/* ? */
#define SEARCH_EXISTS_ANY	((StrategyNumber) 10)	/* ?| */
#define SEARCH_EXISTS_ALL	((StrategyNumber) 11)	/* ?& */

extern const char *reddict_key_term(const char *key, uint32 *len,
									char *buffer);
extern KeyEntry *reddict_search_keys(Datum query, StrategyNumber strategy,
									 int32 *n);

#pragma GCC visibility pop

#endif							/* REDBEAR_SEARCH_H */
