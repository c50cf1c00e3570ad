/*
 * fetch.h
 *	  The value of one key.
 */
#ifndef REDBEAR_FETCH_H
#define REDBEAR_FETCH_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

/*
 * What showed the last value looked for.  A function that looks for values in
 * row after row has one, in its memo, all zero at first.
 */
typedef struct RedDictPlace
{
	int32		in_row;			/* position of the key, in a map in its row */

	/* in a map out of line: */
	Size		size;			/* bytes from the front; 0: the whole */
	int32		position;		/* of the key */
	bool		again;			/* as many showed the value before */
} RedDictPlace;

extern bool reddict_fetch(Datum map, const text *key, float8 *value,
						  RedDictPlace *place);

#pragma GCC visibility pop

#endif							/* REDBEAR_FETCH_H */
