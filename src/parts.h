/*
 * parts.h
 *	  Values whose keys have parts that vary in size: exact sums and histograms.
 *
 * Such a value, settled, has in common with others its head, the hash and the
 * key index's block (reddict.h); between them are
 *
 *		12	uint32	bytes of the parts
 *		16	parts, in key order
 *
 * What a part is, its kind says.  A varint, of which parts are made, has 7 bits
 * in a byte, the lowest first, and bit 7 if more follow.
 */
#ifndef REDBEAR_PARTS_H
#define REDBEAR_PARTS_H

#include "common/jsonapi.h"
#include "lib/stringinfo.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* Unsorted keys on their way into a value, and their parts; keys are not copied */
typedef struct RedDictParts
{
	RedDictKind kind;
	KeyEntry   *entries;
	int		   *ends;			/* where each one's part ends */
	int32		n;
	int32		capacity;
	StringInfoData parts;
	Size		weight;			/* what counts as bytes besides them */
} RedDictParts;

/* What reads a JSON object has of it, with the keys and parts so far */
typedef struct PartsParser
{
	RedDictParts parts;
	const char *key;			/* of the member at hand; NULL: top level */
	const char *object_hint;	/* what the input has to be */
	const char *member_hint;	/* what the value of a key has to be */
	Node	   *escontext;
} PartsParser;

extern bool reddict_parts_view(const char *data, Size size, RedDictKind kind, KeyIndex *index,
							   const unsigned char **parts, const unsigned char **end);
extern struct varlena *reddict_parts_build(RedDictKind kind, const KeyIndex *index,
										   const void *parts, Size bytes, Size weight);
extern void reddict_append_varint(StringInfo buf, uint64 number);
extern bool reddict_read_varint(const unsigned char **next, const unsigned char *end,
								uint64 *number);
extern void reddict_parts_init(RedDictParts *parts, RedDictKind kind, int32 capacity);
extern void reddict_parts_add(RedDictParts *parts, const char *key, Size len);
extern struct varlena *reddict_parts_value(RedDictParts *parts, const KeyEntry **repeated,
										   Node *escontext);
extern void reddict_parts_refuse(PartsParser *parser, const char *what);
extern json_action_result reddict_parts_field(PartsParser *parser, char *key);
extern bool reddict_parts_count(const char *token, int64 *count);
extern struct varlena *reddict_parts_parse(PartsParser *parser, char *json,
										   JsonSemAction *actions);
extern Size reddict_keys_size(const KeyIndex *index, Size others);

#pragma GCC visibility pop

#endif							/* REDBEAR_PARTS_H */
