/*
 * fetch.h
 *	  The value of one key.
 */
#ifndef REDBEAR_FETCH_H
#define REDBEAR_FETCH_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

/*
 * Where the last value looked for was, in a map out of line.  Whoever looks for
 * values in row after row keeps one, all zero at first.
 */
typedef struct RedDictPlace
{
	int32		position;
	Size		end;			/* bytes from the front that show the value */
	bool		again;			/* the value before was there, too */
} RedDictPlace;

extern bool reddict_fetch(Datum map, const text *key, float8 *value,
						  RedDictPlace *place);

#pragma GCC visibility pop

#endif							/* REDBEAR_FETCH_H */
