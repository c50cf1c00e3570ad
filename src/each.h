/*
 * each.h
 *	  A row for each key of a value.
 */
#ifndef REDBEAR_EACH_H
#define REDBEAR_EACH_H

#include "funcapi.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* Where a function that returns a row for each key is, in user_fctx */
typedef struct RedDictEach
{
	RedDictView view;			/* of the value, of which this has a copy */
	KeyCursor	cursor;
} RedDictEach;

extern FuncCallContext *reddict_each(FunctionCallInfo fcinfo, RedDictKind kind);
extern Datum reddict_each_key(const RedDictEach *each);

#pragma GCC visibility pop

#endif							/* REDBEAR_EACH_H */
