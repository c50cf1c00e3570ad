/*
 * redsum_state.h
 *	  The state of exact sums, which rows are added to and taken out of.
 */
#ifndef REDBEAR_REDSUM_STATE_H
#define REDBEAR_REDSUM_STATE_H

#include "redsum.h"
#include "tailed.h"

#pragma GCC visibility push(hidden)

static inline RedSumTail *
redsum_tail(const TailedState *state)
{
	return state->tail;
}

/* The ExactFars of a state. */
static inline ExactFar *
redsum_state_fars(const TailedState *state)
{
	return (ExactFar *) (redsum_tail(state) + 1);
}

/* Bytes of a tail with so many ExactFars. */
static inline Size
redsum_tail_size(int32 fars)
{
	return sizeof(RedSumTail) + fars * sizeof(ExactFar) + sizeof(uint32);
}

/* redsum_state.c */
extern const TailedKind redsum_state_kind;

/* redsum.c */
extern void redsum_state_view(Datum value, TailedState *state);
pg_noreturn extern void redsum_refuse_count(const char *key, uint32 len);

#pragma GCC visibility pop

#endif							/* REDBEAR_REDSUM_STATE_H */
