/*
 * registrations.c
 *	  SQL functions that show what is registered.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "registry.h"

PG_FUNCTION_INFO_V1(rd_shared_indexes);

/* The keys of an index as text[]. */
static Datum
key_array(const KeyIndex *index)
{
	Datum	   *keys = palloc(index->n * sizeof(Datum));
	KeyCursor	cursor;

	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
		keys[cursor.position] = PointerGetDatum(cstring_to_text_with_len(cursor.key, cursor.len));
	return PointerGetDatum(construct_array(keys, index->n, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * rd_shared_indexes()
 * returns setof (hash int8, keys text[], registered_at timestamptz, registered_by name)
 *
 * Every key set that is registered, in the order of hashes; not what is in the
 * registry without being a whole and true registration.
 */
Datum
rd_shared_indexes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			registry = reddict_registry();
	MemoryContext scratch;
	MemoryContext caller;
	int64	   *hashes;
	Size		n;

	InitMaterializedSRF(fcinfo, 0);
	if (!OidIsValid(registry))
		return (Datum) 0;
	hashes = reddict_registry_hashes(registry, &n);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "redbear registrations",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	for (Size i = 0; i < n; i++)
	{
		KeyIndex	index;
		Registration registration;

		CHECK_FOR_INTERRUPTS();
		if (reddict_registry_read(registry, (uint64) hashes[i], true, &index,
								  &registration) == REGISTRY_FOUND)
		{
			Datum		values[4];
			bool		nulls[4] = {false};

			values[0] = Int64GetDatum(hashes[i]);
			values[1] = key_array(&index);
			values[2] = TimestampTzGetDatum(registration.at);
			values[3] = NameGetDatum(&registration.by);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return (Datum) 0;
}
