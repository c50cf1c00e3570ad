/*
 * redsum_state.h
 *	  The state of exact sums, which rows are added to and taken out of.
 */
#ifndef REDBEAR_REDSUM_STATE_H
#define REDBEAR_REDSUM_STATE_H

#include "redsum.h"

#pragma GCC visibility push(hidden)

/* A state to read or, if it may be, to modify */
typedef struct RedSumState
{
	KeyIndex	index;
	RedDictElements elements;
	RedSumTail *tail;
	Size		tail_size;
} RedSumState;

/* The ExactFars of a state. */
static inline ExactFar *
redsum_state_fars(const RedSumState *state)
{
	return (ExactFar *) (state->tail + 1);
}

extern void redsum_state_view(Datum value, RedSumState *state);
pg_noreturn extern void redsum_refuse_count(const char *key, uint32 len);

#pragma GCC visibility pop

#endif							/* REDBEAR_REDSUM_STATE_H */
