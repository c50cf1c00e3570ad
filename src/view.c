/*
 * view.c
 *	  Look at a value, whatever form it has.
 *
 * What lies flat and plain in memory is looked at by functions in reddict.h,
 * inline; here is what it takes for the rest.
 */
#include "postgres.h"

#include "access/detoast.h"

#include "pending.h"

/* Look at a value that is expanded, compressed or out of line. */
void
reddict_view_extended(struct varlena *value, RedDictKind kind,
					  RedDictView *view)
{
	ExpandedRedDict *expanded = reddict_expanded_try(PointerGetDatum(value));
	struct varlena *pending;

	if (kind == REDDICT_MAP && (pending = reddict_pending_try(value)) != NULL)
	{
		/* what is made of it is to be narrow as well */
		reddict_view_flat(pending, kind, view);
		view->narrow = true;
		view->decoded = false;
	}
	else if (expanded != NULL)
	{
		reddict_expanded_view(expanded, view);
		view->detoasted = NULL;
	}
	else
	{
		struct varlena *copy = pg_detoast_datum(value);

		reddict_view_flat(copy, kind, view);
		view->detoasted = copy;
	}
}

/*
 * Look at a value's head: the number of its keys, their hash, and whether they
 * are shared; no more counts.  Of a value that is out of line no more is fetched.
 */
void
reddict_view_head(Datum value, RedDictKind kind, KeyIndex *index)
{
	struct varlena *ptr = (struct varlena *) DatumGetPointer(value);
	struct varlena *slice;
	Size		size;
	RedDictView view;

	if (VARATT_IS_EXTERNAL_EXPANDED(ptr))
	{
		reddict_view_extended(ptr, kind, &view);
		*index = view.index;
		return;
	}
	size = toast_raw_datum_size(value) - VARHDRSZ;
	slice = ptr;
	if (VARATT_IS_EXTERNAL(ptr) || VARATT_IS_COMPRESSED(ptr))
		slice = pg_detoast_datum_slice(ptr, 0, REDDICT_VALUES_OFFSET);
	if (!reddict_read_head(VARDATA_ANY(slice), size, kind, index) &&
		(kind != REDDICT_MAP ||
		 !reddict_read_start(VARDATA_ANY(slice), size, REDDICT_NARROW_VERSION, index)))
		reddict_refuse(VARDATA_ANY(slice), size, kind);
}

/* A value as a plain one, in the current memory context: itself, if it is one. */
Datum
reddict_widen(Datum value, RedDictKind kind)
{
	struct varlena *settled = reddict_settled((struct varlena *) DatumGetPointer(value));
	struct varlena *plain = pg_detoast_datum(settled);
	RedDictView view;

	if (kind != REDDICT_MAP || reddict_is_plain(plain))
		return PointerGetDatum(plain);
	reddict_view_kind(PointerGetDatum(plain), kind, &view);
	return PointerGetDatum(reddict_reform(&view, kind, &view.index));
}
