/*
 * pending.c
 *	  Results that are made narrow when they are stored, and not before.
 *
 * The result of an operation on narrow maps is to be narrow where it is kept.
 * Most results are not: another step takes them, an aggregate, or a reduction,
 * and all of these want doubles.  To make a map narrow takes many times what
 * the step takes.  So such a result is an expanded object, by the rules of
 * utils/expandeddatum.h: a plain map, which is what readers see, and which is
 * made narrow when whoever keeps it flattens it.
 *
 * Nobody gets a read-write pointer to it, so it has no memory context of its
 * own: like any other result it lives in the one that is current.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "pending.h"

typedef struct PendingMap
{
	ExpandedObjectHeader hdr;
	struct varlena *plain;
	struct varlena *flat;		/* what it is flattened to, or NULL */
} PendingMap;

static Size pending_flat_size(ExpandedObjectHeader *hdr);
static void pending_flatten_into(ExpandedObjectHeader *hdr, void *result,
								 Size allocated_size);

static const ExpandedObjectMethods pending_methods =
{
	pending_flat_size,
	pending_flatten_into
};

static Size
pending_flat_size(ExpandedObjectHeader *hdr)
{
	PendingMap *pending = (PendingMap *) hdr;

	if (pending->flat == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(hdr->eoh_context);
		struct varlena *copy = palloc(VARSIZE(pending->plain));

		/* others may still read the doubles */
		memcpy(copy, pending->plain, VARSIZE(pending->plain));
		pending->flat = reddict_narrow_result(copy);
		MemoryContextSwitchTo(caller);
	}
	return VARSIZE(pending->flat);
}

static void
pending_flatten_into(ExpandedObjectHeader *hdr, void *result, Size allocated_size)
{
	PendingMap *pending = (PendingMap *) hdr;

	Assert(pending->flat != NULL && allocated_size == VARSIZE(pending->flat));
	memcpy(result, pending->flat, allocated_size);
}

/*
 * A plain map, just made in the current memory context, as one that is made
 * narrow when it is stored; or as it is, if it may not be narrow.
 */
Datum
reddict_pending(struct varlena *map)
{
	PendingMap *pending;
	KeyIndex	index;

	if (!reddict_read_head(VARDATA(map), VARSIZE(map) - VARHDRSZ, REDDICT_MAP, &index) ||
		!reddict_may_be_narrow(&index))
		return PointerGetDatum(map);
	pending = palloc(sizeof(PendingMap));
	EOH_init_header(&pending->hdr, &pending_methods, CurrentMemoryContext);
	pending->plain = map;
	pending->flat = NULL;
	return EOHPGetRODatum(&pending->hdr);
}

/* The plain map behind a pending one, NULL if the value is none. */
struct varlena *
reddict_pending_try(const struct varlena *value)
{
	return VARATT_IS_EXTERNAL_EXPANDED(value) &&
		DatumGetEOHP(PointerGetDatum(value))->eoh_methods == &pending_methods ?
		((PendingMap *) DatumGetEOHP(PointerGetDatum(value)))->plain : NULL;
}
