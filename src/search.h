/*
 * search.h
 *	  Keys and pairs as they are searched for: in GIN indexes and in
 *	  statistics.
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
 * database's encoding.
 *
 * What an index holds for a pair is its term, an int4: the low half of
 * hash_bytes_extended() of the key's bytes with the bits of the value, -0 and
 * NaN canonical, as the seed.  What is found by it has to be checked.
 *
 * Terms are on disk, in indexes: their form is frozen.
 *
 * Statistics in pg_statistic are:
 *
 *		MCELEM	values		the terms of common keys, in byte order
 *				numbers		for each, the fraction of maps that have the key;
 *							then the least and the largest of these; 0, the
 *							fraction of maps with null keys; and the largest
 *							fraction that a key not listed may have
 *		DECHIST	numbers		the fewest, the most and the average number of
 *							keys of a map: a histogram of one bin
 */
#ifndef REDBEAR_SEARCH_H
#define REDBEAR_SEARCH_H

#include "access/stratnum.h"
#include "nodes/supportnodes.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* As jsonb_ops: keys that people choose are shorter */
#define KEY_TERM_PLAIN	125
#define KEY_TERM_SIZE	(KEY_TERM_PLAIN + 1 + 16 + 1)

/*
 * The numbers of the operators in the GIN operator classes, as jsonb's; and of
 * @>'s commutator, which is in none
 */
#define SEARCH_CONTAINS		((StrategyNumber) 7)	/* @> */
#define SEARCH_CONTAINED	((StrategyNumber) 8)	/* <@ */
#define SEARCH_EXISTS		((StrategyNumber) 9)	/* ? */
#define SEARCH_EXISTS_ANY	((StrategyNumber) 10)	/* ?| */
#define SEARCH_EXISTS_ALL	((StrategyNumber) 11)	/* ?& */

/* Numbers in the MCELEM slot, from that of the first key not there */
#define KEY_STATS_EXTRA		4
#define KEY_STATS_UNLISTED	3

/* search.c */
extern const char *reddict_key_term(const char *key, uint32 *len,
									char *buffer);
extern int32 reddict_pair_term(const char *key, uint32 len, float8 value);
extern KeyEntry *reddict_map_keys(const RedDictView *view, int32 *n);
extern KeyEntry *reddict_search_keys(Datum query, StrategyNumber strategy,
									 int32 *n);
extern StrategyNumber reddict_search_strategy(Oid function);
extern StrategyNumber reddict_search_commuted(StrategyNumber strategy);

/* selectivity.c */
extern Node *reddict_estimate(SupportRequestSelectivity *request);
extern double reddict_average_length(struct PlannerInfo *root,
									 Node *expression);

/* index_condition.c */
extern List *reddict_index_condition(SupportRequestIndexCondition *request);

#pragma GCC visibility pop

/* SQL functions by which a search is recognised */
extern PGDLLEXPORT Datum rd_exists(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_exists_any(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_exists_all(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_contains(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_contained(PG_FUNCTION_ARGS);

#endif							/* REDBEAR_SEARCH_H */
