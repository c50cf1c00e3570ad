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
 *	- Whatever the table says, who loads a key index checks order, number and
 *	  hash of its keys.
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
extern bool reddict_share(KeyIndex *index);
extern bool reddict_share_always(KeyIndex *index);
extern void reddict_registry_init(void);

#pragma GCC visibility pop

#endif							/* REDBEAR_REGISTRY_H */
