/*
 * fetch.c
 *	  The value of one key.
 *
 * Most of the time that this takes in a map out of line goes into detoasting
 * it, chunk by chunk.  So once two rows had their value in the same place, no
 * more of the next is detoasted than reaches to there: the value, and behind it
 * the key, without which nobody could tell that it is the key's.  The keys of a
 * packed map are known, so of that the head and the value are enough, and the
 * head alone says whether a key is there.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/heaptoast.h"

#include "fetch.h"
#include "pending.h"

/*
 * From the front of a packed map up to which its value is detoasted together
 * with the head.  A slice of its own takes as long as three or four more chunks.
 */
#define FETCH_MAX_FRONT (4 * TOAST_MAX_CHUNK_SIZE)

typedef struct Lookup
{
	const char *key;
	uint32		len;
	float8	   *value;			/* set if the key is there; NULL: not wanted */
	RedDictPlace *place;
	int32		position;		/* of the key; -1: it is not there */
} Lookup;

/* The bytes of a map out of line, and whether they are compressed there. */
static Size
whole_size(struct varlena *map, bool *compressed)
{
	struct varatt_external external;
	Size		size;

	VARATT_EXTERNAL_GET_POINTER(external, map);
	size = external.va_rawsize - VARHDRSZ;
	*compressed = VARATT_EXTERNAL_GET_EXTSIZE(external) != size;
	return size;
}

/* Where a value is in the payload. */
static Size
value_offset(int32 position)
{
	return REDDICT_VALUES_OFFSET + sizeof(float8) * (Size) position;
}

static float8
value_at(const char *data)
{
	float8		value;

	memcpy(&value, data, sizeof(value));
	return value;
}

/*
 * Note how many bytes from the front of a map showed what was looked for; 0:
 * nothing less than the whole did.
 */
static void
note_place(Lookup *lookup, Size size)
{
	RedDictPlace *place = lookup->place;

	place->again = size > 0 && size == place->size;
	place->size = size;
	place->position = lookup->position;
}

/* Bytes from the front of a packed map that are to be detoasted for a value. */
static Size
packed_size(const Lookup *lookup, bool compressed)
{
	Size		size = value_offset(lookup->position + 1);

	return lookup->value != NULL && (compressed || size <= FETCH_MAX_FRONT) ?
		size : REDDICT_VALUES_OFFSET;
}

/*
 * Look in a packed map, of which the first "size" bytes are in "data".  False
 * if the value is further behind, and can't be detoasted alone.
 */
static bool
look_in_packed(Lookup *lookup, struct varlena *map, bool compressed,
			   const KeyIndex *index, const char *data, Size size)
{
	Size		offset;
	struct varlena *slice;

	lookup->position = reddict_key_index_find(reddict_open_keys(index), lookup->key, lookup->len);
	note_place(lookup, packed_size(lookup, compressed));
	if (lookup->position < 0 || lookup->value == NULL)
		return true;

	offset = value_offset(lookup->position);
	if (offset + sizeof(float8) <= size)
		*lookup->value = value_at(data + offset);
	else if (compressed)
		return false;
	else
	{
		slice = pg_detoast_datum_slice(map, offset, sizeof(float8));
		*lookup->value = value_at(VARDATA_ANY(slice));
	}
	return true;
}

/* Bytes from the front of a narrow map that say where each number is. */
static Size
narrow_front(int32 n, Size whole)
{
	/* the codes are read by words */
	return Min(REDDICT_VALUES_OFFSET + reddict_narrow_front(n) + sizeof(uint64), whole);
}

/*
 * As packed_size(), of a map that is narrow, too, and where its value is; false
 * if its numbers can't be read.
 */
static bool
narrow_size(const Lookup *lookup, bool compressed, const NarrowNumbers *numbers, Size whole,
			Size *begin, Size *end, Size *size)
{
	*size = narrow_front(numbers->n, whole);
	if (lookup->position < 0 || lookup->value == NULL)
		return true;
	if (!reddict_narrow_place(numbers, lookup->position, begin, end))
		return false;
	*begin += REDDICT_VALUES_OFFSET;
	*end += REDDICT_VALUES_OFFSET;
	if (compressed || *end <= FETCH_MAX_FRONT)
		*size = Max(*size, *end);
	return true;
}

/* As look_in_packed(), in a map that is narrow, too. */
static bool
look_in_narrow(Lookup *lookup, struct varlena *map, bool compressed,
			   const KeyIndex *index, const char *data, Size size, Size whole)
{
	NarrowNumbers numbers;
	Size		begin;
	Size		end;
	Size		wanted;

	if (size < narrow_front(index->n, whole))
		return false;
	lookup->position = reddict_key_index_find(reddict_open_keys(index), lookup->key, lookup->len);
	if (!reddict_narrow_read(&numbers, index->n, data + REDDICT_VALUES_OFFSET,
							 whole - REDDICT_VALUES_OFFSET) ||
		REDDICT_VALUES_OFFSET + numbers.size != whole ||
		!narrow_size(lookup, compressed, &numbers, whole, &begin, &end, &wanted))
		reddict_refuse(data, whole, REDDICT_MAP);
	note_place(lookup, wanted);
	if (lookup->position < 0 || lookup->value == NULL)
		return true;

	if (end > size && compressed)
		return false;
	if (end > size)
		data = VARDATA_ANY(pg_detoast_datum_slice(map, begin, end - begin));
	else
		data += begin;
	*lookup->value = reddict_narrow_number(&numbers, lookup->position, data);
	return true;
}

/*
 * Look in as much of a map out of line as showed the values of the last two
 * rows.  False if that does not show this one's.
 */
static bool
look_in_slice(Lookup *lookup, struct varlena *map)
{
	const RedDictPlace *place = lookup->place;
	bool		compressed;
	Size		whole = whole_size(map, &compressed);
	Size		size = Min(place->size, whole);
	Size		front;
	struct varlena *slice;
	const char *data;
	KeyIndex	index;

	slice = pg_detoast_datum_slice(map, 0, size);
	data = VARDATA_ANY(slice);
	if (reddict_read_start(data, whole, REDDICT_NARROW_VERSION, &index))
		return index.shared &&
			look_in_narrow(lookup, map, compressed, &index, data, size, whole);
	if (!reddict_read_head(data, whole, REDDICT_MAP, &index))
		reddict_refuse(data, whole, REDDICT_MAP);
	if (index.shared)
		return look_in_packed(lookup, map, compressed, &index, data, size);

	front = reddict_front_size(REDDICT_MAP, index.n);
	index.block = data + front;
	if (size <= front ||
		!reddict_key_index_shows(&index, size - front, place->position,
								 lookup->key, lookup->len))
		return false;
	lookup->position = place->position;
	if (lookup->value != NULL)
		*lookup->value = value_at(data + value_offset(place->position));
	return true;
}

/* Look in all of a map out of line, and note what would have been enough. */
static void
look_in_whole(Lookup *lookup, struct varlena *map)
{
	RedDictView view;
	const char *found;
	uint32		found_len;
	bool		compressed;
	Size		size = 0;
	Size		whole = whole_size(map, &compressed);

	reddict_view(PointerGetDatum(map), &view);
	lookup->position = reddict_key_index_find(reddict_open_keys(&view.index), lookup->key, lookup->len);
	if (lookup->position >= 0 && lookup->value != NULL)
		*lookup->value = view.values[lookup->position];
	if (view.index.shared && view.narrow)
	{
		KeyIndex	index;
		NarrowNumbers numbers;
		Size		begin;
		Size		end;

		if (!reddict_read_narrow(VARDATA_ANY(view.detoasted), whole, &index, &numbers) ||
			!narrow_size(lookup, compressed, &numbers, whole, &begin, &end, &size))
			reddict_refuse(VARDATA_ANY(view.detoasted), whole, REDDICT_MAP);
	}
	else if (view.index.shared)
		size = packed_size(lookup, compressed);
	else if (lookup->position >= 0 && !view.narrow)
	{
		reddict_key_index_get(&view.index, lookup->position, &found, &found_len);
		size = reddict_front_size(REDDICT_MAP, view.index.n) +
			(found - view.index.block) + found_len;
	}
	note_place(lookup, size);
}

/*
 * Look in a map that is not out of line, if it is packed and starts as one did in
 * which this key was found, or not found: of a hash only one key set is
 * registered.  False: it does not, or is damaged.
 */
static inline bool
look_in_known(const RedDictPlace *place, const struct varlena *map, float8 *value)
{
	const char *data = VARDATA_ANY(map);
	Size		size = VARSIZE_ANY_EXHDR(map);

	if (size < sizeof(place->start) || memcmp(data, place->start, sizeof(place->start)) != 0)
		return false;
	if (place->packed < 0 || value == NULL)
		return true;
	if (place->narrow)
		return reddict_narrow_one(place->n, data + REDDICT_VALUES_OFFSET,
								  size - REDDICT_VALUES_OFFSET, place->packed, value);
	if (size != value_offset(place->n))
		return false;
	*value = value_at(data + value_offset(place->packed));
	return true;
}

/* Note how a map, not out of line, starts in which a key was looked for, if it is packed. */
static inline void
note_known(Lookup *lookup, const struct varlena *map)
{
	RedDictPlace *place = lookup->place;
	uint32		head;

	if (!place->same_key || VARATT_IS_COMPRESSED(map))
		return;
	memcpy(&head, VARDATA_ANY(map), sizeof(head));
	if ((head & REDDICT_SHARED) == 0)
		return;
	memcpy(place->start, VARDATA_ANY(map), sizeof(place->start));
	place->narrow = (head & REDDICT_VERSION_MASK) == REDDICT_NARROW_VERSION;
	place->n = head & REDDICT_N_MASK;
	place->packed = lookup->position;
	place->known = true;
}

/* A quick look at a value that is not out of line: may it be a narrow map? */
static inline bool
looks_narrow(const struct varlena *map)
{
	uint32		head;

	if (VARSIZE_ANY_EXHDR(map) < sizeof(head))
		return false;
	memcpy(&head, VARDATA_ANY(map), sizeof(head));
	return (head & REDDICT_VERSION_MASK) == REDDICT_NARROW_VERSION;
}

/*
 * As reddict_fetch(), of any map.
 *
 * In an expanded map this sorts no pending keys in, as a view does: a loop
 * that reads one key and adds another would sort each time.
 */
static pg_noinline bool
fetch(Datum map, const text *key, float8 *value, RedDictPlace *place)
{
	struct varlena *ptr = reddict_settled((struct varlena *) DatumGetPointer(map));
	Lookup		lookup = {VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), value, place, -1};
	ExpandedRedDict *dict;
	RedDictView view;

	if (unlikely((dict = reddict_expanded_try(map)) != NULL))
	{
		lookup.position = reddict_expanded_find_once(dict, lookup.key, lookup.len);
		if (lookup.position >= 0 && value)
			*value = reddict_expanded_values(dict, 0)[lookup.position];
	}
	else if (unlikely(VARATT_IS_EXTERNAL_ONDISK(ptr)))
	{
		if (!place->again || !look_in_slice(&lookup, ptr))
			look_in_whole(&lookup, ptr);
	}
	else
	{
		if (!looks_narrow(ptr) ||
			!reddict_fetch_narrow(ptr, lookup.key, lookup.len, place->in_row,
								  &lookup.position, value))
		{
			reddict_view(PointerGetDatum(ptr), &view);
			lookup.position = reddict_key_index_find_near(reddict_open_keys(&view.index),
														  place->in_row, lookup.key, lookup.len);
			if (lookup.position >= 0 && value)
				*value = view.values[lookup.position];
		}
		if (lookup.position >= 0)
			place->in_row = lookup.position;
		note_known(&lookup, ptr);
	}
	return lookup.position >= 0;
}

/* Read the value of a key; false where the key is absent.  "value" may be NULL. */
bool
reddict_fetch(Datum map, const text *key, float8 *value, RedDictPlace *place)
{
	const struct varlena *ptr = (struct varlena *) DatumGetPointer(map);

	if (VARATT_IS_4B_U(ptr) || (VARATT_IS_SHORT(ptr) && !VARATT_IS_EXTERNAL(ptr)))
	{
		reddict_prefetch_next(map);
		if (likely(place->known) && likely(look_in_known(place, ptr, value)))
			return place->packed >= 0;
	}
	return fetch(map, key, value, place);
}
