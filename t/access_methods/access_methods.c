/*
 * access_methods.c
 *	  Table access methods that are core's heap, but for what they lack:
 *	  no_update_handler has no UPDATE, no_ranges_handler no scan of pages.
 *
 * t/047_pack_column.pl compiles and uses them.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "catalog/pg_am.h"
#include "fmgr.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(no_update_handler);
PG_FUNCTION_INFO_V1(no_ranges_handler);

/* (Arguments differ between versions of PostgreSQL; none is looked at.) */
static TM_Result
refuse_update(void)
{
	elog(ERROR, "there is no UPDATE here");
}

/* (An index is built of a table of the heap alone, and a TOAST table has one.) */
static Oid
toast_am(Relation rel)
{
	return HEAP_TABLE_AM_OID;
}

Datum
no_update_handler(PG_FUNCTION_ARGS)
{
	static TableAmRoutine routine;

	routine = *GetHeapamTableAmRoutine();
	routine.relation_toast_am = toast_am;
	routine.tuple_update = (void *) refuse_update;
	PG_RETURN_POINTER(&routine);
}

Datum
no_ranges_handler(PG_FUNCTION_ARGS)
{
	static TableAmRoutine routine;

	routine = *GetHeapamTableAmRoutine();
	routine.relation_toast_am = toast_am;
	routine.scan_set_tidrange = NULL;
	routine.scan_getnextslot_tidrange = NULL;
	PG_RETURN_POINTER(&routine);
}
