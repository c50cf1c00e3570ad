/*
 * tailed.h
 *	  States of aggregates whose elements want more than their words.
 *
 * state.h says what a state is.  One of this kind has, behind its keys, a tail:
 * what its elements have besides their words, as much as they want of it.  The
 * last four bytes of the tail have its size.
 *
 * So a row is taken in in steps.  The first ones may raise errors, but change
 * nothing that the state stands for: the state gets the row's keys, with
 * elements of nothing, and elements the room they need.  The last one, which
 * adds, can't fail.
 */
#ifndef REDBEAR_TAILED_H
#define REDBEAR_TAILED_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* A state to read or, if it may be, to modify */
typedef struct TailedState
{
	KeyIndex	index;
	RedDictElements elements;
	void	   *tail;
	Size		tail_size;
} TailedState;

typedef struct TailedTarget TailedTarget;

/* What differs between kinds of such states */
typedef struct TailedKind
{
	RedDictKind kind;
	Size		tail_min;		/* bytes of a tail that no element wants any of */

	/* Does an element stand for something?  If not, its key may go. */
	bool		(*is_live) (RedDictElements elements, int32 position);

	/* Make an element of nothing. */
	void		(*clear) (RedDictElements elements, int32 position);

	/*
	 * Make a target's flat state anew, with the keys of an index, and the
	 * elements that were at some positions, or of nothing where these are -1.
	 */
	void		(*remake) (TailedTarget *target, const KeyIndex *index, const int32 *positions);
} TailedKind;

/* A state that a row is being added to */
struct TailedTarget
{
	const TailedKind *kind;
	TailedState state;
	Datum		datum;
	ExpandedRedDict *expanded;	/* or NULL */
	MemoryContext context;		/* for expanded states, or NULL: not wanted */
};

/* Look at a flat state; false if it is none. */
static inline bool
reddict_tailed_flat(const TailedKind *kind, const struct varlena *value, TailedState *state)
{
	char	   *data = (char *) VARDATA_ANY(value);
	Size		size = VARSIZE_ANY_EXHDR(value);
	Size		front;
	uint32		tail;

	if (!reddict_read_start(data, size, reddict_head_is(kind->kind), &state->index))
		return false;
	memcpy(&tail, data + size - sizeof(tail), sizeof(tail));
	if (tail < kind->tail_min || tail > size)
		return false;
	size -= tail;
	front = reddict_front_size(kind->kind, state->index.n);
	state->tail = data + size;
	state->tail_size = tail;
	if (size < front || !reddict_block_fits(&state->index, size, front))
		return false;
	state->index.block = data + front;
	state->elements = (RedDictElements) {(unaligned_double *) (data + REDDICT_VALUES_OFFSET), state->index.n};
	return true;
}

/* Look at an expanded state, in key order. */
static inline void
reddict_tailed_expanded(ExpandedRedDict *expanded, TailedState *state)
{
	RedDictView view;

	reddict_expanded_view(expanded, &view);
	state->index = view.index;
	state->elements = reddict_expanded_elements(expanded);
	state->tail = reddict_expanded_tail(expanded, &state->tail_size);
}

extern void reddict_tailed_new(TailedTarget *target, const KeyIndex *index, Size tail);
extern bool reddict_tailed_open(TailedTarget *target, FunctionCallInfo fcinfo, Datum state);
extern int32 *reddict_tailed_slots(TailedTarget *target, const KeyIndex *row);

#pragma GCC visibility pop

#endif							/* REDBEAR_TAILED_H */
