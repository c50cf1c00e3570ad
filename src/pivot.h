/*
 * pivot.h
 *	  The state of an aggregate that turns rows into columns.
 */
#ifndef REDBEAR_PIVOT_H
#define REDBEAR_PIVOT_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

typedef struct Pivot Pivot;

extern Pivot *reddict_pivot_try(Datum state);
extern Pivot *reddict_pivot_make(FunctionCallInfo fcinfo, const RedDictView *view);
extern Datum reddict_pivot_datum(Pivot *pivot);
extern Pivot *reddict_pivot_get(FunctionCallInfo fcinfo, const char *key, uint32 len, int32 *slot);
extern int32 reddict_pivot_slot(Pivot *pivot, const char *key, uint32 len);
extern unaligned_double *reddict_pivot_find(Pivot *pivot, int32 slot);
extern void reddict_pivot_reserve(Pivot *pivot, int32 n, Size key_bytes, uint32 longest);
extern void reddict_pivot_add(Pivot *pivot, int32 slot, float8 value);
extern struct varlena *reddict_pivot_settle(Pivot *pivot);

#pragma GCC visibility pop

#endif							/* REDBEAR_PIVOT_H */
