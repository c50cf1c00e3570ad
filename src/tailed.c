/*
 * tailed.c
 *	  States of aggregates with a tail: make one, find a row's keys in one.
 */
#include "postgres.h"

#include "parts.h"
#include "state.h"
#include "tailed.h"

/*
 * Make a flat state with the keys of an index, whose elements and tail are zero.
 *
 * Error: program_limit_exceeded.
 */
void
reddict_tailed_new(TailedTarget *target, const KeyIndex *index, Size tail)
{
	RedDictKind kind = target->kind->kind;
	uint32		tail_field = (uint32) tail;
	Size		size = reddict_flat_size(kind, index->size, index->n);
	struct varlena *value;
	float8	   *words;

	reddict_check_size(kind, reddict_keys_size(index, tail) + tail, index->n, NULL);
	value = palloc(size + tail);
	words = reddict_write(value, kind, index);
	SET_VARSIZE(value, size + tail);
	memset(words, 0, reddict_planes(kind) * sizeof(float8) * (Size) index->n);
	memset((char *) value + size, 0, tail);
	memcpy((char *) value + size + tail - sizeof(tail_field), &tail_field, sizeof(tail_field));
	target->expanded = NULL;
	target->datum = PointerGetDatum(value);
	(void) reddict_tailed_flat(target->kind, value, &target->state);
}

/*
 * Start with the state of an aggregate, which may be modified if it is plain.
 * False if it is not: then a copy has to be made.
 */
bool
reddict_tailed_open(TailedTarget *target, FunctionCallInfo fcinfo, Datum state)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(state);

	(void) AggCheckCallContext(fcinfo, &target->context);
	target->expanded = NULL;
	target->datum = state;
	if (!VARATT_IS_EXTERNAL_EXPANDED_RW(value))
		return VARATT_IS_4B_U(value) && reddict_tailed_flat(target->kind, value, &target->state);
	target->expanded = reddict_expanded_get(state);
	target->state.elements = reddict_expanded_elements(target->expanded);
	target->state.tail = reddict_expanded_tail(target->expanded, &target->state.tail_size);
	return true;
}

/*
 * Make a target's state anew, with its own keys but for those that have gone,
 * and the keys of a row.
 */
static void
add_keys(TailedTarget *target, const KeyIndex *keys)
{
	TailedState *state = &target->state;
	int32		n = state->index.n;
	int32	   *positions = palloc(n * sizeof(int32));
	int32		live = 0;
	KeyIndex	index;
	KeyAlignment aligned;

	for (int32 i = 0; i < n; i++)
	{
		if (target->kind->is_live(state->elements, i))
			positions[live++] = i;
	}
	reddict_subset_keys(&index, &state->index, positions, live);
	reddict_align_keys(&index, keys, KEYS_EITHER, &aligned);
	for (int32 i = 0; i < aligned.index.n; i++)
		aligned.left[i] = aligned.left[i] < 0 ? -1 : positions[aligned.left[i]];
	target->kind->remake(target, &aligned.index, aligned.left);
	pfree(positions);
	pfree(aligned.left);
	pfree(aligned.right);
}

/* Make a target's flat state an expanded one. */
static void
expand(TailedTarget *target)
{
	TailedState *state = &target->state;
	void	   *tail = state->tail;
	RedDictView view = {
		.index = state->index,
		.values = state->elements.values,
		.stride = state->elements.stride
	};

	target->expanded = reddict_expand(target->kind->kind, &view, target->context);
	target->datum = reddict_expanded_datum(target->expanded);
	state->elements = reddict_expanded_elements(target->expanded);
	state->tail = reddict_expanded_grow_tail(target->expanded, state->tail_size);
	memcpy(state->tail, tail, state->tail_size);
}

/*
 * Are most of the keys gone of an expanded state that is about to grow?  Of one
 * that rows are taken out of they may be.
 */
static bool
is_mostly_gone(const TailedTarget *target, const KeyIndex *row)
{
	int32		n = reddict_expanded_n(target->expanded);
	int32		gone = 0;

	if (n + row->n <= target->state.elements.stride)
		return false;
	for (int32 i = 0; i < n; i++)
		gone += !target->kind->is_live(target->state.elements, i);
	return gone > n / 2;
}

/*
 * The slots of a row's keys in an expanded state, after those that it lacked
 * were added; NULL if they are the state's own.
 */
static int32 *
find_expanded_slots(TailedTarget *target, const KeyIndex *row)
{
	int32	   *slots;
	KeyCursor	cursor;

	if (reddict_expanded_same(target->expanded, row))
		return NULL;
	slots = reddict_expanded_slots(target->expanded, row);
	target->state.elements = reddict_expanded_elements(target->expanded);
	key_cursor_init(&cursor, reddict_open_keys(row));
	while (key_cursor_next(&cursor))
	{
		if (slots[cursor.position] >= 0)
			continue;
		slots[cursor.position] = reddict_expanded_add(target->expanded, cursor.key, cursor.len);
		target->kind->clear(target->state.elements, slots[cursor.position]);
	}
	return slots;
}

/* The positions of a row's keys in a flat state; NULL if it lacks one. */
static int32 *
find_flat_slots(const TailedState *state, const KeyIndex *row)
{
	return reddict_key_index_find_all(reddict_open_keys(&state->index),
									  reddict_open_keys(row));
}

/*
 * The slots of a row's keys in a state of either form, which it may have to make
 * anew; NULL if they are the state's own.
 */
int32 *
reddict_tailed_slots(TailedTarget *target, const KeyIndex *row)
{
	TailedState *state = &target->state;
	int32	   *slots;

	if (target->expanded != NULL && is_mostly_gone(target, row))
	{
		reddict_tailed_expanded(target->expanded, state);
		target->expanded = NULL;
		add_keys(target, row);
	}
	if (target->expanded == NULL)
	{
		if (reddict_same_keys(&state->index, row))
			return NULL;
		if (target->context == NULL || !reddict_should_expand(&state->index, row))
		{
			slots = find_flat_slots(state, row);
			if (slots != NULL)
				return slots;
			add_keys(target, row);
			return reddict_same_keys(&state->index, row) ? NULL : find_flat_slots(state, row);
		}
		expand(target);
	}
	return find_expanded_slots(target, row);
}
