/*
 * fetch.c
 *	  The value of one key.
 *
 * Most of the time that this takes in a map out of line goes into fetching it,
 * chunk by chunk.  So once two rows had their value in the same place, no more
 * of the next is fetched than reaches to there: the value, and behind it the
 * key, without which nobody could tell that it is the key's.  The keys of a
 * packed map are known, so of that the head and the value are enough.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/heaptoast.h"

#include "fetch.h"

/*
 * From the front of a packed map up to which its value is fetched together with
 * the head.  A slice of its own takes as long as three or four more chunks.
 */
#define FETCH_MAX_FRONT (4 * TOAST_MAX_CHUNK_SIZE)

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

/* Remember where a value was, or with position -1 that it was nowhere. */
static void
remember_place(RedDictPlace *place, int32 position, Size end)
{
	place->again = position >= 0 && position == place->position && end == place->end;
	place->position = position;
	place->end = end;
}

/*
 * Find the value of a key in as little of a map out of line as can be hoped to
 * have it.  Returns false if that does not say; else sets the position of the
 * key, or -1, and the value.  Of a packed map the head says whether a key is
 * there, so where no value is wanted that is all.
 */
static bool
fetch_slice(struct varlena *map, const char *key, uint32 len,
			RedDictPlace *place, int32 *position, float8 *value)
{
	struct varatt_external external;
	struct varlena *slice;
	const char *data;
	Size		whole;
	Size		size;
	Size		front;
	bool		compressed;
	KeyIndex	index;

	VARATT_EXTERNAL_GET_POINTER(external, map);
	whole = external.va_rawsize - VARHDRSZ;
	compressed = VARATT_EXTERNAL_GET_EXTSIZE(external) != whole;
	if (place->again)
		size = Min(place->end, whole);
	else if (!compressed && (whole - REDDICT_VALUES_OFFSET) % sizeof(float8) == 0)
		size = REDDICT_VALUES_OFFSET;	/* is it packed?  With keys one in
										 * eight has such a size, too. */
	else
		return false;

	slice = pg_detoast_datum_slice(map, 0, size);
	data = VARDATA_ANY(slice);
	if (reddict_read_start(data, whole, REDDICT_NARROW_VERSION, &index))
		return false;
	if (!reddict_read_head(data, whole, REDDICT_MAP, &index))
		reddict_refuse(data, whole, REDDICT_MAP);
	if (!index.shared)
	{
		front = reddict_front_size(REDDICT_MAP, index.n);
		index.block = data + front;
		*position = place->position;
		if (!place->again || size <= front ||
			!reddict_key_index_shows(&index, size - front, *position, key, len))
			return false;
		if (value)
			*value = value_at(data + value_offset(*position));
		return true;
	}

	*position = reddict_key_index_find(reddict_open_keys(&index), key, len);
	front = value ? value_offset(*position + 1) : REDDICT_VALUES_OFFSET;
	if (*position >= 0 && value)
	{
		if (front <= size)
			*value = value_at(data + value_offset(*position));
		else if (compressed)
			return false;
		else
		{
			slice = pg_detoast_datum_slice(map, value_offset(*position), sizeof(float8));
			*value = value_at(VARDATA_ANY(slice));
		}
	}
	remember_place(place, *position,
				   compressed || front <= FETCH_MAX_FRONT ? front : REDDICT_VALUES_OFFSET);
	return true;
}

/* Find the value of a key in the whole of a map out of line; as fetch_slice(). */
static void
fetch_whole(struct varlena *map, const char *key, uint32 len,
			RedDictPlace *place, int32 *position, float8 *value)
{
	RedDictView view;
	const KeyIndex *index;
	const char *found;
	uint32		found_len;
	Size		end = 0;

	reddict_view(PointerGetDatum(map), &view);
	*position = reddict_key_index_find(reddict_open_keys(&view.index), key, len);
	if (*position >= 0)
	{
		if (value)
			*value = view.values[*position];
		if (view.index.shared)
			end = value ? value_offset(*position + 1) : REDDICT_VALUES_OFFSET;
		else
		{
			index = &view.index;
			reddict_key_index_get(index, *position, &found, &found_len);
			end = reddict_front_size(REDDICT_MAP, index->n) + (found - index->block) + found_len;
		}
	}
	remember_place(place, *position, end);
}

/*
 * Read the value of a key; false where the key is absent.  "value" may be NULL.
 *
 * In an expanded map this sorts no pending keys in, as a view does: a loop
 * that reads one key and adds another would sort each time.
 */
bool
reddict_fetch(Datum map, const text *key, float8 *value, RedDictPlace *place)
{
	struct varlena *ptr = (struct varlena *) DatumGetPointer(map);
	const char *bytes = VARDATA_ANY(key);
	uint32		len = VARSIZE_ANY_EXHDR(key);
	int32		position;
	RedDictView view;

	if (VARATT_IS_EXTERNAL_EXPANDED(ptr))
	{
		ExpandedRedDict *dict = reddict_expanded_get(map);

		position = reddict_expanded_lookup(dict, bytes, len);
		if (position >= 0 && value)
			*value = reddict_expanded_values(dict, 0)[position];
	}
	else if (unlikely(VARATT_IS_EXTERNAL_ONDISK(ptr)))
	{
		if (!fetch_slice(ptr, bytes, len, place, &position, value))
			fetch_whole(ptr, bytes, len, place, &position, value);
	}
	else
	{
		reddict_prefetch_next(map);
		if (reddict_fetch_narrow(ptr, bytes, len, &position, value))
			return position >= 0;
		reddict_view(map, &view);
		position = reddict_key_index_find(reddict_open_keys(&view.index), bytes, len);
		if (position >= 0 && value)
			*value = view.values[position];
	}
	return position >= 0;
}
