/*
 * fetch.h
 *	  The value of one key.
 */
#ifndef REDBEAR_FETCH_H
#define REDBEAR_FETCH_H

#include "nodes/primnodes.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

/*
 * What showed the last value looked for.  A function that looks for values in
 * row after row has one, in its memo, all zero at first.
 */
typedef struct RedDictPlace
{
	bool		asked;			/* is it known whether it is always the same key? */
	bool		same_key;
	int32		in_row;			/* position of the key, in a map in its row */

	/* of a packed one, if it is always the same key: */
	bool		known;			/* is there such a one? */
	bool		narrow;
	int32		n;
	int32		packed;			/* position of the key; -1: absent */
	char		start[REDDICT_VALUES_OFFSET];	/* how the map starts */

	/* in a map out of line: */
	Size		size;			/* bytes from the front; 0: the whole */
	int32		position;		/* of the key */
	bool		again;			/* as many showed the value before */
} RedDictPlace;

extern bool reddict_fetch(Datum map, const text *key, float8 *value,
						  RedDictPlace *place);

/* Note whether a call site always looks for one key, whose expression is this. */
static inline void
reddict_place_ask(RedDictPlace *place, const Node *key)
{
	place->same_key = key != NULL && IsA(key, Const);
	place->asked = true;
}

#pragma GCC visibility pop

#endif							/* REDBEAR_FETCH_H */
