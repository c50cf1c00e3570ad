/*
 * pivot.h
 *	  The state of an aggregate that turns rows into columns.
 */
#ifndef REDBEAR_PIVOT_H
#define REDBEAR_PIVOT_H

#include "key_table.h"
#include "reddict.h"

#pragma GCC visibility push(hidden)

typedef struct Pivot Pivot;

extern Pivot *reddict_pivot_try(Datum state);
extern Pivot *reddict_pivot_make(FunctionCallInfo fcinfo, RedDictKind kind,
								 const RedDictView *view);
extern Datum reddict_pivot_datum(Pivot *pivot);
extern Pivot *reddict_pivot_get(FunctionCallInfo fcinfo, Datum state,
								const char *key, uint32 len, int32 *slot);
extern int32 reddict_pivot_slot(Pivot *pivot, const char *key, uint32 len);
extern const KeySlots *reddict_pivot_slots(Pivot *pivot, const KeyIndex *index);
extern RedDictElements reddict_pivot_find(Pivot *pivot, int32 slot);
extern int32 reddict_pivot_read(Pivot *pivot, const int32 *slots, int32 n,
								RedDictElements copies,
								void (*init) (RedDictElements, int32));
extern void reddict_pivot_write(Pivot *pivot, const int32 *slots, int32 n,
								RedDictElements copies);
extern RedDictElements reddict_pivot_all(Pivot *pivot, const KeySlots *slots, int32 n);
extern void reddict_pivot_mend(RedDictElements elements, int32 n);
extern void reddict_pivot_reserve(Pivot *pivot, int32 n, Size key_bytes, uint32 longest);
extern void reddict_pivot_add(Pivot *pivot, int32 slot, RedDictElements from, int32 position);
extern void reddict_pivot_take(Pivot *pivot, int32 slot, float8 value);
extern bool reddict_pivot_take_unseen(FunctionCallInfo fcinfo,
									  const char *key, uint32 len, float8 value);
extern struct varlena *reddict_pivot_settle(Pivot *pivot);

#pragma GCC visibility pop

#endif							/* REDBEAR_PIVOT_H */
