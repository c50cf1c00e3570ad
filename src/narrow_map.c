/*
 * narrow_map.c
 *	  Maps whose numbers are narrow: layout 2.
 *
 * narrow.h has the numbers.  Here is what a map needs to have them: the view,
 * which gives other rooms doubles, and what makes a map narrow or plain.
 *
 * Narrow is what is likely to be kept: what input, casts and constructors
 * build, the result of an operation on a narrow map, and what aggregates give
 * in the end.  The states of aggregates are never narrow.  Which of them a
 * value is makes no difference to any answer.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/heaptoast.h"

#include "reddict.h"

/* Numbers for which memory on the stack is enough */
#define NARROW_STACK 64

/* The setting redbear.narrow */
bool		redbear_narrow = true;

/* Look at a flat value that is no plain one: a narrow map, or else an error. */
void
reddict_view_narrow(const char *data, Size size, RedDictKind kind, RedDictView *view)
{
	NarrowNumbers numbers;
	unaligned_double *values;

	if (kind != REDDICT_MAP || !reddict_read_narrow(data, size, &view->index, &numbers))
		reddict_refuse(data, size, kind);
	values = view->index.n <= REDDICT_FEW ? view->few : palloc(view->index.n * sizeof(float8));
	if (!reddict_narrow_decode(&numbers, values))
		reddict_refuse(data, size, kind);
	view->index.block = data + REDDICT_VALUES_OFFSET + numbers.size;
	/* wrong codes would have the keys begin elsewhere */
	if (!view->index.shared && !reddict_key_index_fits(&view->index))
		reddict_refuse(data, size, kind);
	view->values = values;
	view->stride = view->index.n;
	view->narrow = true;
	view->decoded = true;
}

/*
 * If a plain or short value is a narrow map, find a key in it, first where it is
 * guessed to be, and read no other number; else false.  The position is -1 where
 * the key is absent; "value" may be NULL.
 */
bool
reddict_fetch_narrow(const struct varlena *map, const char *key, uint32 len,
					 int32 guess, int32 *position, float8 *value)
{
	const char *data = VARDATA_ANY(map);
	KeyIndex	index;
	NarrowNumbers numbers;
	Size		begin;
	Size		end;

	if (!VARATT_IS_4B_U(map) && (!VARATT_IS_SHORT(map) || VARATT_IS_EXTERNAL(map)))
		return false;
	if (!reddict_read_narrow(data, VARSIZE_ANY_EXHDR(map), &index, &numbers))
		return false;
	data += REDDICT_VALUES_OFFSET;
	index.block = data + numbers.size;
	if (!index.shared && !reddict_key_index_fits(&index))
		reddict_refuse(VARDATA_ANY(map), VARSIZE_ANY_EXHDR(map), REDDICT_MAP);
	*position = reddict_key_index_find_near(reddict_open_keys(&index), guess, key, len);
	if (*position >= 0 && value != NULL)
	{
		if (!reddict_narrow_place(&numbers, *position, &begin, &end))
			reddict_refuse(VARDATA_ANY(map), VARSIZE_ANY_EXHDR(map), REDDICT_MAP);
		*value = reddict_narrow_number(&numbers, *position, data + begin);
	}
	return true;
}

/*
 * May a map with these keys be narrow?  Not if redbear.narrow is off.
 *
 * A large map with its keys stays plain, too: core compresses it, and pglz gives
 * up where the first kilobyte does not get smaller, as that of narrow numbers
 * does not.  1,000 numbers with two decimals then take 16.7 kB, keys and all,
 * and as doubles 8.4 (script/bench storage).
 */
bool
reddict_may_be_narrow(const KeyIndex *index)
{
	return redbear_narrow &&
		(index->shared ||
		 reddict_flat_size(REDDICT_MAP, index->size, index->n) <= TOAST_TUPLE_TARGET);
}

/*
 * As reddict_narrow_measure().  The most decimals that the last two maps had are
 * the guess: the next one is likely to have as many.
 */
static bool
measure(NarrowWriter *writer)
{
	static int	last[2];
	bool		saves;

	writer->guess = Max(last[0], last[1]);
	saves = reddict_narrow_measure(writer);
	last[0] = last[1];
	last[1] = writer->decimals;
	return saves;
}

/* Bytes that the numbers of a map take, narrow if that saves any. */
Size
reddict_narrow_size(const RedDictView *map)
{
	NarrowWriter writer = {.n = map->index.n,.values = map->values};
	bool		saves;

	writer.memory = palloc(NARROW_MEMORY(writer.n));
	saves = redbear_narrow && measure(&writer);
	pfree(writer.memory);
	return saves ? writer.size : writer.n * sizeof(float8);
}

/* Is a map narrow?  Of one that is out of line no more than the head is fetched. */
bool
reddict_is_narrow(Datum map)
{
	struct varlena *ptr = (struct varlena *) DatumGetPointer(map);
	KeyIndex	index;

	if (VARATT_IS_EXTERNAL_EXPANDED(ptr))
		return false;
	if (VARATT_IS_EXTERNAL(ptr) || VARATT_IS_COMPRESSED(ptr))
		ptr = pg_detoast_datum_slice(ptr, 0, REDDICT_VALUES_OFFSET);
	return reddict_read_start(VARDATA_ANY(ptr), VARSIZE_ANY_EXHDR(ptr),
							  REDDICT_NARROW_VERSION, &index);
}

/*
 * Make a plain map, just built, narrow, where it stands; or leave it as it is
 * where that would save nothing, or is given up, or it may not be narrow.
 * Returns the map.
 */
static struct varlena *
make_narrow(struct varlena *map, bool give_up)
{
	int32		stack_memory[NARROW_MEMORY(NARROW_STACK) / sizeof(int32)];
	char	   *data = VARDATA(map);
	NarrowWriter writer = {.memory = stack_memory,.give_up = give_up};
	KeyIndex	index;
	uint32		head;
	int32		n;

	if (!reddict_read_head(data, VARSIZE(map) - VARHDRSZ, REDDICT_MAP, &index) ||
		!reddict_may_be_narrow(&index))
		return map;
	n = index.n;
	writer.n = n;
	writer.values = (unaligned_double *) (data + REDDICT_VALUES_OFFSET);
	if (n > NARROW_STACK)
		writer.memory = palloc(NARROW_MEMORY(n));
	if (measure(&writer))
	{
		/* where the doubles are, unless one may be written over before it is read */
		if (!writer.doubles && writer.size + NARROW_SLACK <= n * sizeof(float8))
			reddict_narrow_write(&writer, data + REDDICT_VALUES_OFFSET);
		else
		{
			char	   *bytes = palloc(writer.size + NARROW_SLACK);

			reddict_narrow_write(&writer, bytes);
			memcpy(data + REDDICT_VALUES_OFFSET, bytes, writer.size);
			pfree(bytes);
		}
		memcpy(&head, data, sizeof(head));
		head ^= REDDICT_VERSION ^ REDDICT_NARROW_VERSION;
		memcpy(data, &head, sizeof(head));
		memmove(data + REDDICT_VALUES_OFFSET + writer.size,
				data + reddict_front_size(REDDICT_MAP, n), index.size);
		SET_VARSIZE(map, VARHDRSZ + REDDICT_VALUES_OFFSET + writer.size + index.size);
	}
	if (n > NARROW_STACK)
		pfree(writer.memory);
	return map;
}

/* Make a map, just built, narrow, where it stands, if that saves anything; returns it. */
struct varlena *
reddict_narrow(struct varlena *map)
{
	return make_narrow(map, false);
}

/*
 * As reddict_narrow(), for the result of a computation: where none of a few of
 * its numbers has few decimals, the others are not looked at.
 */
struct varlena *
reddict_narrow_result(struct varlena *map)
{
	return make_narrow(map, true);
}

/* As reddict_narrow(), for the result of what has this operand. */
struct varlena *
reddict_narrow_like(struct varlena *map, const RedDictView *operand)
{
	return operand->narrow ? reddict_narrow_result(map) : map;
}
