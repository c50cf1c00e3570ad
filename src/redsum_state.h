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

/* Bytes of a tail with so many ExactFars. */
static inline Size
redsum_tail_size(int32 fars)
{
	return sizeof(RedSumTail) + fars * sizeof(ExactFar) + sizeof(uint32);
}

/* Look at a flat state; false if it is none. */
static inline bool
redsum_state_view_flat(const struct varlena *value, RedSumState *state)
{
	char	   *data = (char *) VARDATA_ANY(value);
	Size		size = VARSIZE_ANY_EXHDR(value);
	uint32		tail;

	if (!reddict_read_start(data, size, reddict_head_is(REDDICT_SUMS_STATE), &state->index))
		return false;
	memcpy(&tail, data + size - sizeof(tail), sizeof(tail));
	if (tail < redsum_tail_size(0) || tail > size)
		return false;
	size -= tail;
	state->tail = (RedSumTail *) (data + size);
	state->tail_size = tail;
	if (size < reddict_front_size(REDDICT_SUMS_STATE, state->index.n) ||
		!reddict_block_fits(&state->index, size, reddict_front_size(REDDICT_SUMS_STATE, state->index.n)))
		return false;
	state->index.block = data + size - state->index.size;
	state->elements = (RedDictElements) {(unaligned_double *) (data + REDDICT_VALUES_OFFSET), state->index.n};
	return true;
}

/* Look at an expanded state, in key order. */
static inline void
redsum_state_view_expanded(ExpandedRedDict *expanded, RedSumState *state)
{
	RedDictView view;

	reddict_expanded_view(expanded, &view);
	state->index = view.index;
	state->elements = reddict_expanded_elements(expanded);
	state->tail = reddict_expanded_tail(expanded, &state->tail_size);
}

/* redsum.c */
extern void redsum_state_view(Datum value, RedSumState *state);
pg_noreturn extern void redsum_refuse_count(const char *key, uint32 len);

#pragma GCC visibility pop

#endif							/* REDBEAR_REDSUM_STATE_H */
