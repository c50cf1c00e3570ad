/*
 * wire.h
 *	  The binary form of values.
 *
 * What goes over the wire begins the same for all types:
 *
 *		int8	version, 1
 *		int32	number of keys
 *		for each, in the byte order of the server's encoding:
 *			int32	length of the key in the client's encoding
 *			text	key, in the client's encoding
 *			...		what the type has of it
 *
 * Nothing that is received is trusted; in which order the keys come is not
 * asked.  The errors are invalid_binary_representation, protocol_violation for
 * a truncated message, and character_not_in_repertoire.
 */
#ifndef REDBEAR_WIRE_H
#define REDBEAR_WIRE_H

#include "lib/stringinfo.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern int32 reddict_receive_head(StringInfo buf, const char *type,
								  int member_min);
extern char *reddict_receive_key(StringInfo buf, const char *type,
								 const RedDictPairs *pairs, int *len);
extern void reddict_refuse_repeated(const KeyEntry *repeated,
									const char *type);
extern void reddict_send_head(StringInfo buf, int32 n);
extern void reddict_send_key(StringInfo buf, const KeyCursor *cursor);

#pragma GCC visibility pop

#endif							/* REDBEAR_WIRE_H */
