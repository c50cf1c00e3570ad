/*
 * compact.h
 *	  States of aggregates as the nodes of a cluster send them to each other.
 *
 * Citus sends the state of a partial aggregate as the text that the output
 * function of its type gives.  JSON is long and slow to read, so there, and
 * nowhere else, that text is a compact form: the mark, and in base64 these
 * bytes, of which input functions accept what was written by this version:
 *
 *		0	uint8	bits 0-3  version, 1
 *					bit  4    keyless: the keys are registered, and not here
 *					bit  5    of a big-endian machine
 *		1	uint8	kind of the value, RedDictKind
 *		varint	n, the number of keys, at least 1
 *		varint	bytes of the keys
 *		varint	bytes of the body
 *		keys	of each: uint8, how many bytes it begins with that the key before
 *				begins with (bits 4-7), and how many follow (bits 0-3); for each
 *				of these that is 15 or more, a varint of what it has above 15;
 *				the bytes that follow
 *				or, keyless: uint64, hash of the key index; uint32, another hash
 *		body	what the kind has for the keys
 *
 * The body of maps and statistics is, for each plane, what planes.h draws.
 * That of exact sums and of histograms is their parts, as on disk (parts.h).
 *
 * A varint has 7 bits in a byte, the lowest first, and bit 7 if more follow.
 * All else is in the machine's byte order, and a machine of the other one
 * refuses it.  Keys are in UTF-8 or ASCII: with others a state is JSON.
 */
#ifndef REDBEAR_COMPACT_H
#define REDBEAR_COMPACT_H

#include "parts.h"

#pragma GCC visibility push(hidden)

#define COMPACT_MARK '~'

/* The setting redbear.partial_states */
typedef enum PartialStates
{
	PARTIAL_STATES_TEXT,
	PARTIAL_STATES_COMPACT,
	PARTIAL_STATES_KEYLESS
} PartialStates;

extern int	redbear_partial_states;

/*
 * Appends the parts of n keys to others, if these bytes are that and nothing
 * else; false if they are not.
 */
typedef bool (*PartsCopier) (const unsigned char *bytes, const unsigned char *end,
							 int32 n, RedDictParts *parts);

extern bool reddict_compact_wanted(FunctionCallInfo fcinfo);
extern char *reddict_compact_out(Datum value, RedDictKind kind);
extern struct varlena *reddict_compact_in(const char *text, RedDictKind kind,
										  Node *context);
extern char *reddict_compact_parts_out(RedDictKind kind, const KeyIndex *index,
									   const unsigned char *parts, const unsigned char *end);
extern struct varlena *reddict_compact_parts_in(const char *text, RedDictKind kind,
												PartsCopier copy, Node *context);

#pragma GCC visibility pop

#endif							/* REDBEAR_COMPACT_H */
