/*
 * redsum_state.c
 *	  Add rows to exact sums, and take them out again.
 *
 * state.h says what a state is, and what may be modified; tailed.h, how a row is
 * taken in where an element may want more memory than it has: an ExactFar, in
 * the state's tail.
 *
 * Keys whose last row was taken out stay until new ones want their place.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "redsum.h"
#include "redsum_state.h"
#include "state.h"

/* What is added to a state, or taken out of it: a map's numbers or sums */
typedef struct Row
{
	KeyIndex	index;
	const unaligned_double *values; /* of a map; NULL: sums */
	RedDictView map;			/* has the values */
	RedSumView	sums;
	int64		maps;
	int			sign;			/* -1: taken out */
} Row;

/* --- the layout of a state ------------------------------------------------- */

/* How many ExactFars a tail has room for. */
static int32
tail_capacity(Size size)
{
	return (size - sizeof(RedSumTail) - sizeof(uint32)) / sizeof(ExactFar);
}

/* Make a flat state of no rows, with room for ExactFars. */
static void
new_state(TailedTarget *target, const KeyIndex *index, int32 fars)
{
	target->kind = &redsum_state_kind;
	reddict_tailed_new(target, index, redsum_tail_size(fars));
}

/* --- elements -------------------------------------------------------------- */

static ExactElements
element_at(const TailedTarget *target, const int32 *slots, int32 i)
{
	return redsum_element(target->state.elements, slots ? slots[i] : i);
}

/*
 * Can a row's number or sum of a key be added to an element, or does that want
 * an ExactFar?  Keys have to be asked for in order.  Error: too many rows.
 */
static bool
has_room(ExactElements element, Row *row, int32 i)
{
	ExactSum	sum;
	const char *key;
	uint32		len;

	if (row->values != NULL)
		return exact_sum_has_room(element, row->values[i]);
	redsum_get(&row->sums, i, &sum);
	if (row->sign > 0 && *exact_plane(element, EXACT_COUNT) + sum.count > EXACT_MAX_COUNT)
	{
		reddict_key_index_get(reddict_open_keys(&row->index), i, &key, &len);
		redsum_refuse_count(key, len);
	}
	return exact_sum_has_room_for(element, &sum);
}

/* Start anew to go through the keys of a row. */
static void
rewind_row(Row *row)
{
	if (row->values == NULL)
		row->sums.next = row->sums.sums;
}

/* --- the keys of a state --------------------------------------------------- */

/*
 * Make a target's flat state anew, with the keys of an index, and the elements
 * that were at some positions, or new ones where these are -1.
 */
static void
remake(TailedTarget *target, const KeyIndex *index, const int32 *positions)
{
	TailedState old = target->state;
	const ExactFar *old_fars = redsum_state_fars(&old);
	RedSumTail *tail;
	ExactFar   *fars;
	int32		used = 0;

	for (int32 i = 0; i < index->n; i++)
		used += positions[i] >= 0 && exact_sum_far(redsum_element(old.elements, positions[i])) >= 0;
	new_state(target, index, used);
	tail = redsum_tail(&target->state);
	tail->maps = redsum_tail(&old)->maps;
	tail->additions = redsum_tail(&old)->additions;
	fars = redsum_state_fars(&target->state);
	for (int32 i = 0; i < index->n; i++)
	{
		ExactElements to = redsum_element(target->state.elements, i);
		ExactElements from;
		int			far;

		if (positions[i] < 0)
			continue;
		from = redsum_element(old.elements, positions[i]);
		for (int plane = 0; plane < EXACT_PLANES; plane++)
			*exact_plane(to, plane) = *exact_plane(from, plane);
		far = exact_sum_far(from);
		if (far >= 0)
		{
			fars[tail->used] = old_fars[far];
			exact_sum_give_far(to, tail->used++);
		}
	}
}

static bool
is_live(RedDictElements elements, int32 position)
{
	return *exact_plane(redsum_element(elements, position), EXACT_COUNT) != 0;
}

static void
clear(RedDictElements elements, int32 position)
{
	for (int plane = 0; plane < EXACT_PLANES; plane++)
		*exact_plane(redsum_element(elements, position), plane) = 0;
}

const TailedKind redsum_state_kind = {
	REDDICT_SUMS_STATE,
	sizeof(RedSumTail) + sizeof(uint32),
	is_live,
	clear,
	remake
};

/* --- the elements of a state ----------------------------------------------- */

/* Give the tail room for more ExactFars, which makes a flat state anew. */
static void
reserve_fars(TailedTarget *target, int32 wanted)
{
	TailedState *state = &target->state;
	TailedState old = *state;
	int64		fars = (int64) redsum_tail(&old)->used + wanted;

	if (fars <= tail_capacity(old.tail_size))
		return;
	/* a few more, so that there are not as many growths as keys that want one */
	fars += redsum_tail(&old)->used / 2;
	if (target->expanded)
	{
		state->tail = reddict_expanded_grow_tail(target->expanded, redsum_tail_size(fars));
		state->tail_size = redsum_tail_size(fars);
		return;
	}
	new_state(target, &old.index, fars);
	memcpy(state->elements.values, old.elements.values,
		   EXACT_PLANES * sizeof(float8) * (Size) old.index.n);
	memcpy(state->tail, old.tail, old.tail_size - sizeof(uint32));
}

/*
 * Give the elements that a row is added to the room that they need; or, where
 * there is no row, that they need to carry, and have them carry.
 */
static void
make_room(TailedTarget *target, const int32 *slots, int32 n, Row *row)
{
	TailedState *state = &target->state;
	int32	   *wanting = palloc(n * sizeof(int32));
	int32		wanted = 0;

	for (int32 i = 0; i < n; i++)
	{
		ExactElements element = element_at(target, slots, i);

		CHECK_FOR_INTERRUPTS();
		if (!(row ? has_room(element, row, i) :
			  exact_sum_carry(element, redsum_state_fars(state))))
			wanting[wanted++] = i;
	}
	if (wanted > 0)
		reserve_fars(target, wanted);
	for (int32 i = 0; i < wanted; i++)
	{
		ExactElements element = element_at(target, slots, wanting[i]);

		exact_sum_give_far(element, redsum_tail(state)->used++);
		if (row == NULL)
			(void) exact_sum_carry(element, redsum_state_fars(state));
	}
	pfree(wanting);
}

/* Take a row in, whose keys are there and have room.  No errors. */
static void
take_row(TailedTarget *target, const int32 *slots, Row *row)
{
	ExactFar   *fars = redsum_state_fars(&target->state);
	ExactSum	sum;

	for (int32 i = 0; i < row->index.n; i++)
	{
		ExactElements element = element_at(target, slots, i);

		if (row->values != NULL)
			exact_sum_take(element, fars, row->values[i], row->sign);
		else
		{
			redsum_get(&row->sums, i, &sum);
			exact_sum_take_sum(element, fars, &sum, row->sign);
		}
	}
	redsum_tail(&target->state)->maps += row->sign * row->maps;
	redsum_tail(&target->state)->additions++;
}

/* Have each key's count be all there is to count. */
static void
count_pending(TailedTarget *target)
{
	TailedState *state = &target->state;

	for (int32 i = 0; redsum_tail(state)->pending != 0 && i < state->index.n; i++)
		*exact_plane(redsum_element(state->elements, i), EXACT_COUNT) += redsum_tail(state)->pending;
	redsum_tail(state)->pending = 0;
}

/* The target's state after a row; all of it, or an error and nothing. */
static Datum
update_target(TailedTarget *target, Row *row)
{
	int32		n = row->index.n;
	int32	   *slots;

	if (target->expanded == NULL)
		count_pending(target);
	slots = reddict_tailed_slots(target, &row->index);
	if (redsum_tail(&target->state)->additions >= EXACT_MAX_ADDITIONS)
	{
		make_room(target, NULL,
				  target->expanded ? reddict_expanded_n(target->expanded) : target->state.index.n,
				  NULL);
		redsum_tail(&target->state)->additions = 0;
	}
	rewind_row(row);
	make_room(target, slots, n, row);
	rewind_row(row);
	take_row(target, slots, row);
	if (target->expanded)
		reddict_expanded_settle(target->expanded, n);
	if (slots)
		pfree(slots);
	return target->datum;
}

/* --- targets and rows ------------------------------------------------------ */

static void
map_row(Row *row, Datum map, int sign)
{
	reddict_view(map, &row->map);
	row->index = row->map.index;
	row->values = row->map.values;
	row->maps = 1;
	row->sign = sign;
}

static void
sums_row(Row *row, Datum sums, int sign)
{
	redsum_view(sums, &row->sums);
	row->index = row->sums.index;
	row->values = NULL;
	row->maps = row->sums.maps;
	row->sign = sign;
}

/* Start with a new state that has what a redsum has. */
static void
copy_target(TailedTarget *target, Datum sums)
{
	Row			row;

	sums_row(&row, sums, 1);
	new_state(target, &row.index, 0);
	(void) update_target(target, &row);
}

/* Start with the state of an aggregate, which may be modified if it is plain. */
static void
open_target(TailedTarget *target, FunctionCallInfo fcinfo, Datum state)
{
	target->kind = &redsum_state_kind;
	if (!reddict_tailed_open(target, fcinfo, state))
		copy_target(target, state);
}

/*
 * Can a map be added to a state at once, or be taken out of it?  Then do it:
 * if both are plain values with the same keys, and all numbers fit.
 *
 * As reddict_same_plain(): one look at both heads.
 */
static inline bool
update_quickly(Datum state_datum, Datum map, int sign)
{
	struct varlena *state = (struct varlena *) DatumGetPointer(state_datum);
	RedDictView row;
	RedSumTail *tail;
	char	   *data;
	Size		size;
	uint32		head;
	uint32		tail_size;
	uint64		hash;
	Size		front;
	int32		n;

	reddict_prefetch_next(map);
	if (!VARATT_IS_4B_U(state))
		return false;
	reddict_view(map, &row);
	n = row.index.n;
	data = VARDATA_4B(state);
	size = VARSIZE_4B(state) - VARHDRSZ;
	memcpy(&head, data, sizeof(head));
	memcpy(&hash, data + REDDICT_HASH_OFFSET, sizeof(hash));
	memcpy(&tail_size, data + size - sizeof(tail_size), sizeof(tail_size));
	front = reddict_front_size(REDDICT_SUMS_STATE, n);
	if (head != (reddict_head_is(REDDICT_SUMS_STATE) | n |
				 (row.index.shared ? REDDICT_SHARED : row.index.wide ? REDDICT_WIDE : 0)) ||
		hash != row.index.hash || size - tail_size - front != row.index.size ||
		(!row.index.shared && memcmp(data + front, row.index.block, row.index.size) != 0))
		return false;
	tail = (RedSumTail *) (data + size - tail_size);
	if (tail->additions >= EXACT_MAX_ADDITIONS ||
		!exact_sum_add(n, (ExactElements) {(exact_word *) (data + REDDICT_VALUES_OFFSET), n},
					   row.values, sign))
		return false;
	tail->maps += sign;
	tail->pending += sign;
	tail->additions++;
	return true;
}

/* --- aggregates ------------------------------------------------------------ */

/*
 * The state where there is nothing to add to it.  In a window it must not be
 * NULL before the first map, for frames to move: so there it is one of no maps.
 */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	KeyIndex	none;
	TailedTarget target;
	MemoryContext context;

	if (!PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	if (AggCheckCallContext(fcinfo, &context) != AGG_CONTEXT_WINDOW)
		PG_RETURN_NULL();
	reddict_make_keys(&none, NULL, 0);
	new_state(&target, &none, 0);
	PG_RETURN_DATUM(target.datum);
}

/* The state after a map, or without it. */
static Datum
update_map(FunctionCallInfo fcinfo, int sign)
{
	TailedTarget target;
	Row			row;

	reddict_check_in_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	if (likely(!PG_ARGISNULL(0)) &&
		likely(update_quickly(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), sign)))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	map_row(&row, PG_GETARG_DATUM(1), sign);
	if (PG_ARGISNULL(0))
	{
		target.context = NULL;
		new_state(&target, &row.index, 0);
	}
	else
		open_target(&target, fcinfo, PG_GETARG_DATUM(0));
	return update_target(&target, &row);
}

/* The state after the sums of another, or without these. */
static Datum
update_sums(FunctionCallInfo fcinfo, int sign)
{
	TailedTarget target;
	Row			row;

	reddict_check_in_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	/* which is looked at even if it is the first state */
	sums_row(&row, PG_GETARG_DATUM(1), sign);
	if (PG_ARGISNULL(0))
		return reddict_first_state(fcinfo, REDDICT_SUMS);
	open_target(&target, fcinfo, PG_GETARG_DATUM(0));
	return update_target(&target, &row);
}

PG_FUNCTION_INFO_V1(redsum_trans);
PG_FUNCTION_INFO_V1(redsum_trans_inv);
PG_FUNCTION_INFO_V1(redsum_combine);
PG_FUNCTION_INFO_V1(redsum_combine_inv);
PG_FUNCTION_INFO_V1(redsum_final);

/*
 * Transition function of redsum(reddict), rd_exact_sum_agg(reddict) and their
 * like: (state redsum, m reddict) returns redsum.
 *
 * Not strict: NULL maps are skipped, and the state is NULL until there is
 * another.  It modifies its first argument, so it refuses to be called outside
 * of an aggregate (feature_not_supported).  Error: program_limit_exceeded.
 */
Datum
redsum_trans(PG_FUNCTION_ARGS)
{
	return update_map(fcinfo, 1);
}

/*
 * Inverse of the same, for frames of windows that move: takes a map out that
 * was added.  As redsum_trans().
 */
Datum
redsum_trans_inv(PG_FUNCTION_ARGS)
{
	return update_map(fcinfo, -1);
}

/*
 * Combine function of the same, and transition and combine function of
 * rx_merge(redsum): (state redsum, s redsum) returns redsum.
 *
 * Not strict, as redsum_trans().  Errors besides: numeric_value_out_of_range
 * where a key has more than 2^53 rows; data_corrupted.
 */
Datum
redsum_combine(PG_FUNCTION_ARGS)
{
	return update_sums(fcinfo, 1);
}

/* Inverse of the same, for frames that move: takes sums out that were added. */
Datum
redsum_combine_inv(PG_FUNCTION_ARGS)
{
	return update_sums(fcinfo, -1);
}

/*
 * Final function of redsum(reddict) and rx_merge(redsum): (state redsum)
 * returns redsum: what the state stands for; NULL of no maps.  Strict.
 */
Datum
redsum_final(PG_FUNCTION_ARGS)
{
	RedSumView	view;

	redsum_view(PG_GETARG_DATUM(0), &view);
	if (view.settled)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	if (view.maps == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(redsum_settle(&view));
}

/* --- operators ------------------------------------------------------------- */

/* The first argument with a row added to it, or taken out of it. */
static Datum
operate(FunctionCallInfo fcinfo, Row *row)
{
	TailedTarget target = {.context = NULL};
	RedSumView	view;

	copy_target(&target, PG_GETARG_DATUM(0));
	redsum_view(update_target(&target, row), &view);
	PG_RETURN_POINTER(redsum_settle(&view));
}

/*
 * s + s, s - s, s + m, s - m return redsum.  Strict.
 *
 * What one redsum would be of the rows of both; of the rows of the left one
 * without those of the right one, or without the map on the right, where keys
 * whose last row goes go, too.
 *
 * Errors: numeric_value_out_of_range where a key had not as many rows, or where
 * what is left can't be of any rows, or for more than 2^53 rows, with the key;
 * program_limit_exceeded.
 */
#define OPERATOR(name, to_row, sign) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	Row			row; \
	to_row(&row, PG_GETARG_DATUM(1), sign); \
	return operate(fcinfo, &row); \
}

OPERATOR(redsum_pl, sums_row, 1)
OPERATOR(redsum_mi, sums_row, -1)
OPERATOR(redsum_pl_reddict, map_row, 1)
OPERATOR(redsum_mi_reddict, map_row, -1)

PG_FUNCTION_INFO_V1(rx_of);

/*
 * rx_of(reddict) returns redsum, and the cast: the sums of one map.
 *
 * Strict.  Error: program_limit_exceeded.
 */
Datum
rx_of(PG_FUNCTION_ARGS)
{
	RedDictView map;
	StringInfoData sums;
	ExactSum	sum;

	PG_GETARG_REDDICT_VIEW(0, &map);
	initStringInfo(&sums);
	for (int32 i = 0; i < map.index.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		exact_sum_of(map.values[i], &sum);
		redsum_append(&sums, &sum);
	}
	PG_RETURN_POINTER(redsum_build(&map.index, &sums));
}
