/*
 * registry.h
 *	  Shared key indexes: kept once per database, in a table of the extension.
 *
 * A value that is packed carries the hash of its key index in place of the
 * keys, so a registered key index must be there for ever, and must be the one
 * that the value was packed against.  Hence:
 *
 *	- Rows are only ever added (registration.h).
 *	- Values are packed only against registrations that have committed, as any
 *	  snapshot from now on will see, and that are not of this transaction.  So
 *	  no rollback can leave a value whose keys are lost, whatever keeps it: a
 *	  row, a cached plan, a variable.
 *	- Of one hash one key set is registered.
 *	- Whatever the table says, order, number and hash of the keys are checked
 *	  when a key index is loaded.
 *
 * Nothing here waits for the locks of the table while a page is locked, as
 * btree and GiST have one locked while they compare: keys that are loaded are
 * used without a lock; else the locks are taken if they are free.
 */
#ifndef REDBEAR_REGISTRY_H
#define REDBEAR_REGISTRY_H

#include "key_index.h"

#pragma GCC visibility push(hidden)

/* The setting redbear.pack */
extern bool redbear_pack;

extern Oid	reddict_extension(Oid *schema, Oid table, bool *dumped);
extern Oid	reddict_registry(void);
extern const KeyIndex *reddict_registered_keys(const KeyIndex *index, bool missing_ok);
extern bool reddict_pack_keys(KeyIndex *index);
extern bool reddict_pack_keys_always(KeyIndex *index);
extern void reddict_registry_init(void);

/*
 * A key index with its block: the same one, or, of a shared one, the registered
 * one, which may take waiting for locks and raise errors; see
 * reddict_registered_keys().  That lives until a few others have been opened:
 * long enough for a walk along two, not from call to call.
 */
static inline const KeyIndex *
reddict_open_keys(const KeyIndex *index)
{
	return likely(!index->shared) ? index : reddict_registered_keys(index, false);
}

/* The same, but NULL where the keys can't be had. */
static inline const KeyIndex *
reddict_try_open_keys(const KeyIndex *index)
{
	return !index->shared ? index : reddict_registered_keys(index, true);
}

/* Copy the block of a key index, shared or not, to the current memory context. */
static inline void
reddict_own_keys(KeyIndex *index)
{
	*index = *reddict_open_keys(index);
	reddict_key_index_own(index);
}

/*
 * Do two values have the same keys?  Keys are opened only to tell a shared key
 * index from one of the same hash that is not: of one hash only one is
 * registered, so two shared ones are the same without a look.
 */
static inline bool
reddict_same_keys(const KeyIndex *a, const KeyIndex *b)
{
	if (a->n != b->n || a->hash != b->hash)
		return false;
	return (a->shared && b->shared) || key_index_same(reddict_open_keys(a), reddict_open_keys(b));
}

#pragma GCC visibility pop

#endif							/* REDBEAR_REGISTRY_H */
