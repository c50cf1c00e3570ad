/*
 * pivot_room.h
 *	  Elements by slot, in one piece of memory.
 *
 * The slots are those of a key table; an element is one or several doubles.  A
 * room takes one of two forms, whichever takes fewer bytes: dense, planes of
 * doubles with a place in each for every slot; or sparse, a hash table by slot,
 * whose places have an element's doubles and its slot, -1: nothing.
 *
 * What is no element is marked by the bits of a signalling NaN in its first
 * double.  Arithmetic gives none of these, and one that comes from outside is
 * made the usual NaN.  Bits that say which are taken would be one cache line more
 * to wait for; therefore, too, an element is beside its slot.
 *
 * Nothing here allocates memory.
 */
#ifndef REDBEAR_PIVOT_ROOM_H
#define REDBEAR_PIVOT_ROOM_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

typedef struct PivotRoom
{
	char	   *bytes;
	int32		n;				/* elements */
	int32		capacity;		/* places */
	bool		dense;
	uint8		planes;			/* doubles of an element */
} PivotRoom;

#define ROOM_NO_NUMBER UINT64CONST(0x7FF4000000000001)

extern Size reddict_room_sparse_size(int planes, int32 n, Size min_size);
extern void reddict_room_init(PivotRoom *room, char *bytes, Size size, bool dense);
extern unaligned_double *reddict_room_next(const PivotRoom *room, int32 *i, int32 *slot);
extern void reddict_room_move(PivotRoom *to, const PivotRoom *from);
extern int32 reddict_room_read(const PivotRoom *room, const int32 *slots, int32 n, bool has_all,
							   RedDictElements copies,
							   void (*init) (RedDictElements, int32));
extern void reddict_room_write(const PivotRoom *room, const int32 *slots, int32 n, bool has_all,
							   RedDictElements copies);

static inline bool
room_is_number(const unaligned_double *place)
{
	uint64		bits;

	memcpy(&bits, place, sizeof(bits));
	return bits != ROOM_NO_NUMBER;
}

/* Bytes of a place in a sparse room. */
static inline Size
room_place_size(int planes)
{
	return planes * sizeof(float8) + sizeof(int32);
}

/* A place in a sparse room, and its slot, behind the doubles. */
static inline unaligned_double *
room_place_at(const PivotRoom *room, int32 i)
{
	return (unaligned_double *) (room->bytes + (Size) i * room_place_size(room->planes));
}

static inline int32 *
room_place_slot(const PivotRoom *room, unaligned_double *place)
{
	return (int32 *) (place + room->planes);
}

/* How many places of a sparse room may be taken: about three quarters, not all. */
static inline int32
room_sparse_limit(int32 capacity)
{
	return Min((capacity * (int64) 3 + 3) / 4, capacity - 1);
}

/* Where the search for a slot starts in a sparse room. */
static inline int32
room_sparse_start(const PivotRoom *room, int32 slot)
{
	return ((uint64) ((uint32) slot * 0x9E3779B1u) * (uint32) room->capacity) >> 32;
}

/* Where a slot is in a sparse room, or the free place where it may go. */
static inline unaligned_double *
room_sparse_place(const PivotRoom *room, int32 slot)
{
	int32		i = room_sparse_start(room, slot);
	unaligned_double *place = room_place_at(room, i);

	while (*room_place_slot(room, place) != slot && *room_place_slot(room, place) >= 0)
	{
		i = i + 1 < room->capacity ? i + 1 : 0;
		place = room_place_at(room, i);
	}
	return place;
}

/* Doubles from a plane to the next, of the elements in a room. */
static inline int32
room_stride(const PivotRoom *room)
{
	return room->dense ? room->capacity : 1;
}

/*
 * Where a slot's element is, or where the search for it starts.  (Of a function
 * that does no more than prefetch this, gcc thinks that it does nothing.)
 */
static inline const unaligned_double *
room_likely_place(const PivotRoom *room, int32 slot)
{
	return room->dense ? (unaligned_double *) room->bytes + slot :
		room_place_at(room, room_sparse_start(room, slot));
}

/* The place of the element with a slot, good until one is added; NULL: it has none. */
static inline unaligned_double *
room_find(const PivotRoom *room, int32 slot)
{
	unaligned_double *place;

	if (room->dense)
	{
		place = (unaligned_double *) room->bytes + slot;
		return slot < room->capacity && room_is_number(place) ? place : NULL;
	}
	place = room_sparse_place(room, slot);
	return *room_place_slot(room, place) >= 0 ? place : NULL;
}

/* Is there a place for a new element, with this slot? */
static inline bool
room_has_place(const PivotRoom *room, int32 slot)
{
	return room->dense ? slot < room->capacity : room->n < room_sparse_limit(room->capacity);
}

/* Write a number, so that it does not look as if it were none. */
static inline void
room_write_number(unaligned_double *place, float8 value)
{
	memcpy(place, &value, sizeof(value));
	if (unlikely(!room_is_number(place)))
		*place = get_float8_nan();
}

/* Write an element to the place that it has, or will have. */
static inline void
room_write_element(const PivotRoom *room, unaligned_double *place,
				   RedDictElements from, int32 position)
{
	room_write_number(place, from.values[position]);
	for (int plane = 1; plane < room->planes; plane++)
		place[plane * (Size) room_stride(room)] = from.values[plane * (Size) from.stride + position];
}

/* Take the free place that a room has for a slot. */
static inline void
room_put(PivotRoom *room, int32 slot, RedDictElements from, int32 position)
{
	unaligned_double *place;

	if (room->dense)
		place = (unaligned_double *) room->bytes + slot;
	else
	{
		place = room_sparse_place(room, slot);
		*room_place_slot(room, place) = slot;
	}
	room->n++;
	room_write_element(room, place, from, position);
}

#pragma GCC visibility pop

#endif							/* REDBEAR_PIVOT_ROOM_H */
