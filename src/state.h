/*
 * state.h
 *	  The state of an aggregate over rows: what it takes in, key by key.
 *
 * A state is a value of one of our types, which has an element for each key: of
 * a map a number, of a redstats five.  A row, which is a value, too, is taken
 * in element by element.  What a kind of state does with an element is a row of
 * a table, a RedDictUpdate; the walk over the keys of state and row is written
 * once, in reddict_update_state(), for states of all kinds and in both forms.
 *
 * What the functions of a RedDictUpdate get are elements in the row's key
 * order, as many as the row has: those of the state itself where it has the
 * same keys, else copies, which are put back when all has gone well.
 */
#ifndef REDBEAR_STATE_H
#define REDBEAR_STATE_H

#include "nodes/execnodes.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

typedef struct RedDictUpdate
{
	RedDictKind kind;			/* of the state */
	RedDictKind row;			/* what is taken in: maps, or states */

	/* Make an element that has taken in nothing. */
	void		(*init) (RedDictElements elements, int32 position);

	/*
	 * Take the elements of a row into as many elements.  If that is an error
	 * for one of them, change none, and say for which.
	 */
	KernelFault (*take_in) (RedDictElements elements, const RedDictView *row);
} RedDictUpdate;

extern bool reddict_should_expand(const KeyIndex *state, const KeyIndex *row);
extern void reddict_update_expanded(const RedDictUpdate *update,
									ExpandedRedDict *state,
									const RedDictView *row);
extern bool reddict_update_pivot(const RedDictUpdate *update,
								 FunctionCallInfo fcinfo,
								 Datum state, Datum row);
extern Datum reddict_update_state(const RedDictUpdate *update,
								  FunctionCallInfo fcinfo,
								  Datum state, Datum row);
extern Datum reddict_state_with(const RedDictUpdate *update,
								const RedDictView *state,
								const RedDictView *row);
extern Datum reddict_start_state(const RedDictUpdate *update, Datum row);
extern Datum reddict_first_state(FunctionCallInfo fcinfo, RedDictKind kind);

/*
 * Refuse to be called outside of an aggregate: what AggCheckCallContext() looks
 * at, without a call for each row.
 */
static inline void
reddict_check_in_aggregate(FunctionCallInfo fcinfo)
{
	if (unlikely(fcinfo->context == NULL ||
				 !(IsA(fcinfo->context, AggState) || IsA(fcinfo->context, WindowAggState))))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("aggregate transition function called outside of an aggregate"));
}

#pragma GCC visibility pop

#endif							/* REDBEAR_STATE_H */
