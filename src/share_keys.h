/*
 * share_keys.h
 *	  Registering of shared key indexes.
 */
#ifndef REDBEAR_SHARE_KEYS_H
#define REDBEAR_SHARE_KEYS_H

#include "key_index.h"

#pragma GCC visibility push(hidden)

extern char *reddict_extension_name(const char *name);
extern Oid	reddict_writable_registry(const char *function);
extern bool reddict_register(const KeyIndex *index, const char *function);

#pragma GCC visibility pop

#endif							/* REDBEAR_SHARE_KEYS_H */
