/*
 * members.h
 *	  A walk through the members of a JSON object, on the way to a map.
 */
#ifndef REDBEAR_MEMBERS_H
#define REDBEAR_MEMBERS_H

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* What becomes of members that are no numbers; the bits are in the names' order */
typedef enum MemberChoices
{
	CHOICE_ERROR = 1 << 0,		/* of all that is not chosen below; the default */
	CHOICE_SKIP = 1 << 1,		/* all that is not chosen below is left out */
	CHOICE_FLATTEN = 1 << 2,	/* objects: their members, with longer keys */
	CHOICE_ARRAYS = 1 << 3,		/* likewise arrays, by position from 0 */
	CHOICE_STRINGS = 1 << 4,	/* strings that are numbers: these */
	CHOICE_BOOLEANS = 1 << 5,	/* 0 and 1 */
	CHOICE_NULLS = 1 << 6		/* left out */
} MemberChoices;

/* What a member is, by the choices */
typedef enum MemberKind
{
	MEMBER_NUMBER,				/* or what becomes one */
	MEMBER_OUT_OF_RANGE,		/* no double can stand for it */
	MEMBER_STRING,
	MEMBER_BOOLEAN,
	MEMBER_NULL,
	MEMBER_ARRAY,
	MEMBER_OBJECT
} MemberKind;

/* A container that the walk is in */
typedef struct MemberLevel
{
	int			path_len;		/* of the container that it is in */
	int			elements;		/* so far, of an array; -1: an object */
} MemberLevel;

typedef struct Members Members;

/*
 * Told of each member, in place of making a map of them: its kind, its key by
 * reddict_member_key(), and the text of a scalar.  Members that are left out
 * by choice, but for CHOICE_SKIP, are not told of.
 */
typedef void (*member_inspector) (Members *members, MemberKind kind, const char *text);

struct Members
{
	const char *type;			/* for messages: json or jsonb */
	int			choices;
	const char *separator;
	int			separator_len;
	member_inspector inspect;	/* or NULL */
	void	   *inspector;		/* what is the inspector's */

	StringInfoData path;		/* of the container at hand, with a separator behind */
	KeyEntry	key;			/* of the member at hand, in its container */
	MemberLevel *levels;
	int			depth;
	int			max_depth;
	int			skipped;		/* containers that are left out and not yet ended */

	Size		key_bytes;		/* of the keys below that were made */
	RedDictPairs pairs;
	RedDictPairs others;		/* keys of members that made no pair */
	bool		keys_repeat;	/* may a later member have the same key? */
	char	   *out_of_range;	/* the first number that is, or NULL */
	KeyEntry	out_of_range_key;
};

extern int	reddict_member_choices(const text *list);
extern void reddict_members_init(Members *members, const char *type, int choices,
								 const char *separator, int separator_len,
								 FmgrInfo *flinfo);
extern KeyEntry reddict_member_key(Members *members);
extern bool reddict_members_is_object(const char *type, Datum value);
extern void reddict_members_inspect(Members *members, Datum object);
extern struct varlena *reddict_members_map(Members *members, Datum object,
										   const KeyEntry **repeated);

#pragma GCC visibility pop

#endif							/* REDBEAR_MEMBERS_H */
