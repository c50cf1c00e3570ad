/*
 * pivot_room.c
 *	  Elements by slot, in one piece of memory.
 */
#include "postgres.h"

#include "pivot_room.h"

/* How many places a room of so many bytes has. */
static int32
room_capacity(Size size, bool dense, int planes)
{
	return size / (dense ? planes * sizeof(float8) : room_place_size(planes));
}

/* The bytes, a power of two, of a sparse room for n elements. */
Size
reddict_room_sparse_size(int planes, int32 n, Size min_size)
{
	Size		size = min_size;

	while (room_sparse_limit(room_capacity(size, false, planes)) < n)
		size *= 2;
	return size;
}

/* Make a room, whose elements have so many planes as it says, an empty one. */
void
reddict_room_init(PivotRoom *room, char *bytes, Size size, bool dense)
{
	room->bytes = bytes;
	room->n = 0;
	room->dense = dense;
	room->capacity = room_capacity(size, dense, room->planes);
	for (int32 i = 0; i < room->capacity; i++)
	{
		if (dense)
			((uint64 *) bytes)[i] = ROOM_NO_NUMBER;
		else
			*room_place_slot(room, room_place_at(room, i)) = -1;
	}
}

/*
 * Walk through a room: the slot and the element that are at a place or come
 * after it, and the place after them; NULL: no more.
 */
unaligned_double *
reddict_room_next(const PivotRoom *room, int32 *i, int32 *slot)
{
	while (*i < room->capacity)
	{
		unaligned_double *place = room->dense ?
			(unaligned_double *) room->bytes + *i : room_place_at(room, *i);

		*slot = !room->dense ? *room_place_slot(room, place) : room_is_number(place) ? *i : -1;
		++*i;
		if (*slot >= 0)
			return place;
	}
	return NULL;
}

/* Put all elements of a room into another, which has places for them. */
void
reddict_room_move(PivotRoom *to, const PivotRoom *from)
{
	int32		i = 0;
	int32		slot;
	unaligned_double *place;

	while ((place = reddict_room_next(from, &i, &slot)) != NULL)
		room_put(to, slot, (RedDictElements) {place, room_stride(from)}, 0);
}

/*
 * Copy the elements with some slots, and make new ones by "init" where there are
 * none.  "has_all" says that the room is dense, with a place for each slot.
 * Returns how many were there.
 */
int32
reddict_room_read(const PivotRoom *room, const int32 *slots, int32 n, bool has_all,
				  RedDictElements copies, void (*init) (RedDictElements, int32))
{
	int32		stride = room_stride(room);
	int			planes = room->planes;
	int32		found = 0;

	if (has_all)
	{
		/* what is none is copied, too, and looks like none */
		for (int plane = 0; plane < planes; plane++)
		{
			const unaligned_double *from = (unaligned_double *) room->bytes + plane * (Size) stride;
			unaligned_double *to = copies.values + plane * (Size) copies.stride;

			for (int32 i = 0; i < n; i++)
				memcpy(to + i, from + slots[i], sizeof(*to));
		}
		for (int32 i = 0; i < n; i++)
		{
			if (likely(room_is_number(copies.values + i)))
				found++;
			else
				init(copies, i);
		}
		return found;
	}
	for (int32 i = 0; i < n; i++)
	{
		const unaligned_double *place = room_find(room, slots[i]);

		if (place == NULL)
		{
			init(copies, i);
			continue;
		}
		found++;
		for (int plane = 0; plane < planes; plane++)
			copies.values[plane * (Size) copies.stride + i] = place[plane * (Size) stride];
	}
	return found;
}

/* Write back what reddict_room_read() read, but for new elements. */
void
reddict_room_write(const PivotRoom *room, const int32 *slots, int32 n, bool has_all,
				   RedDictElements copies)
{
	if (has_all)
	{
		unaligned_double *to = (unaligned_double *) room->bytes;

		for (int32 i = 0; i < n; i++)
		{
			if (likely(room_is_number(to + slots[i])))
				room_write_number(to + slots[i], copies.values[i]);
		}
		/* of what is none only the first double has a meaning */
		for (int plane = 1; plane < room->planes; plane++)
		{
			const unaligned_double *from = copies.values + plane * (Size) copies.stride;

			to += room->capacity;
			for (int32 i = 0; i < n; i++)
				to[slots[i]] = from[i];
		}
		return;
	}
	for (int32 i = 0; i < n; i++)
	{
		unaligned_double *place = room_find(room, slots[i]);

		if (place != NULL)
			room_write_element(room, place, copies, i);
	}
}
