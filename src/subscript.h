/*
 * subscript.h
 *	  Set the value of one key.
 */
#ifndef REDBEAR_SUBSCRIPT_H
#define REDBEAR_SUBSCRIPT_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern Datum reddict_assign(Datum map, const char *key, uint32 len,
							float8 value);

#pragma GCC visibility pop

#endif							/* REDBEAR_SUBSCRIPT_H */
