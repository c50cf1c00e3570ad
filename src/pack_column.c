/*
 * pack_column.c
 *	  Columns of maps: register the key sets that are in one, pack its rows.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "reddict.h"
#include "registry.h"
#include "share_keys.h"

/* Rows that rd_share_column() looks at, about */
#define SAMPLE_ROWS 30000

PG_FUNCTION_INFO_V1(rd_share_column);
PG_FUNCTION_INFO_V1(rd_pack_column);

/*
 * A column that holds maps, as an expression: of the type itself, since of a
 * domain somebody might have functions with our names.  Errors:
 * undefined_table, undefined_column, datatype_mismatch.
 */
static const char *
map_column(Oid relid, Name column)
{
	Oid			schema;
	AttrNumber	number = get_attnum(relid, NameStr(*column));

	if (get_rel_name(relid) == NULL)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("relation with OID %u does not exist", relid));
	(void) reddict_extension(&schema);
	if (number <= 0)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" does not exist",
					   NameStr(*column), get_rel_name(relid)));
	if (getBaseType(get_atttype(relid, number)) !=
		GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("reddict"), ObjectIdGetDatum(schema)))
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("column \"%s\" of relation \"%s\" is not of type %s",
					   NameStr(*column), get_rel_name(relid), "reddict"));
	return psprintf("%s::%s", quote_identifier(NameStr(*column)), reddict_extension_name("reddict"));
}

/* The name of a table, quoted and with its schema; NULL if it is gone. */
static char *
table_name(Oid relid)
{
	char	   *name = get_rel_name(relid);

	return name == NULL ? NULL :
		quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), name);
}

/* Run a statement within SPI; what it makes is in SPI_tuptable. */
static void
run(const char *statement, int expected)
{
	int			result = SPI_execute(statement, false, 0);

	if (result == SPI_OK_REWRITTEN)
		ereport(ERROR,
				errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("a rule on the table replaces what was to be done"),
				errcontext("SQL statement \"%s\"", statement));
	if (result != expected)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
}

static Datum
column_value(SPITupleTable *table, uint64 row, int column)
{
	bool		isnull;

	return SPI_getbinval(table->vals[row], table->tupdesc, column, &isnull);
}

/*
 * rd_share_column(tab regclass, col name, min_rows int4)
 * returns setof (hash int8, n int4, "rows" int8, saved int8, action text)
 *
 * Looks at a sample of a column, registers the key sets of at least so many
 * rows, as rd_share_keys() does, and tells of each the number of keys, the
 * rows that it estimates, the bytes that packing those would save, and whether
 * it was registered before.  Strict.  Errors besides: undefined_table,
 * undefined_column, datatype_mismatch, insufficient_privilege.
 */
Datum
rd_share_column(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	int32		min_rows = PG_GETARG_INT32(2);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			registry = reddict_writable_registry("rd_share_column()");
	const char *map = map_column(relid, PG_GETARG_NAME(1));
	const char *sample = "";
	float8		factor = 1;
	HeapTuple	tuple;
	SPITupleTable *table;
	uint64		groups;

	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_class class = (Form_pg_class) GETSTRUCT(tuple);

		if (class->reltuples > SAMPLE_ROWS && class->relkind != RELKIND_FOREIGN_TABLE)
		{
			factor = class->reltuples / SAMPLE_ROWS;
			sample = psprintf("TABLESAMPLE pg_catalog.system (%.17g) REPEATABLE (0)", 100 / factor);
		}
		ReleaseSysCache(tuple);
	}

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	/* max() over maps of the same keys is a map of these keys. */
	run(psprintf("SELECT h, pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT packed), "
				 "pg_catalog.sum(pg_catalog.pg_column_size(m)) FILTER (WHERE NOT packed), %s(m) "
				 "FROM (SELECT m, %s(m) AS h, %s(m) AS packed "
				 "FROM (SELECT %s AS m FROM %s %s) AS s WHERE m IS NOT NULL) AS s "
				 "GROUP BY h ORDER BY 2 DESC, 1",
				 reddict_extension_name("max"), reddict_extension_name("rd_index_hash"), reddict_extension_name("rd_is_packed"),
				 map, table_name(relid), sample), SPI_OK_SELECT);
	table = SPI_tuptable;
	groups = SPI_processed;
	for (uint64 i = 0; i < groups; i++)
	{
		uint64		hash = (uint64) DatumGetInt64(column_value(table, i, 1));
		float8		rows = DatumGetInt64(column_value(table, i, 2)) * factor;
		int64		unpacked = DatumGetInt64(column_value(table, i, 3));
		int64		bytes = unpacked == 0 ? 0 : DatumGetInt64(column_value(table, i, 4));
		Size		packed_size;
		Datum		values[5];
		bool		nulls[5] = {false};
		RedDictView view;
		bool		registered;

		reddict_view(column_value(table, i, 5), &view);
		if (rows < min_rows || view.index.n == 0 || view.index.hash != hash)
			continue;
		registered = reddict_registry_read(registry, hash, true, &(KeyIndex) {0}, NULL) == REGISTRY_FOUND;
		reddict_key_index_own(&view.index);
		(void) reddict_register(&view.index, "rd_share_column()");
		/* a datum of up to 127 bytes has a header of 1 */
		packed_size = reddict_front_size(REDDICT_MAP, view.index.n);
		packed_size += packed_size < PG_INT8_MAX ? 1 : VARHDRSZ;
		values[0] = Int64GetDatum((int64) hash);
		values[1] = Int32GetDatum(view.index.n);
		values[2] = Int64GetDatum((int64) rows);
		values[3] = Int64GetDatum((int64) (Max(bytes - unpacked * (int64) packed_size, 0) * factor));
		values[4] = CStringGetTextDatum(registered ? "was registered" : "registered");
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	SPI_finish();
	return (Datum) 0;
}

/* The tables that hold the rows of a table: its leaf partitions, or itself. */
static List *
leaf_tables(Oid relid)
{
	MemoryContext context = CurrentMemoryContext;
	List	   *leaves = NIL;

	run(psprintf("SELECT relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(%u) WHERE isleaf", relid),
		SPI_OK_SELECT);
	MemoryContextSwitchTo(context);
	for (uint64 i = 0; i < SPI_processed; i++)
		leaves = lappend_oid(leaves, DatumGetObjectId(column_value(SPI_tuptable, i, 1)));
	return leaves != NIL ? leaves : list_make1_oid(relid);
}

/* Pages of a table; and about how many hold so many rows. */
static int64
table_pages(Oid relid, int32 rows, int64 *pages_of_rows)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	float8		density = 0;

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_class class = (Form_pg_class) GETSTRUCT(tuple);

		if (class->relpages > 0)
			density = class->reltuples / class->relpages;
		ReleaseSysCache(tuple);
	}
	*pages_of_rows = (int64) Max(rows / (density > 0 ? density : 40), 1);
	return DatumGetInt64(DirectFunctionCall2(pg_relation_size, ObjectIdGetDatum(relid),
											 PointerGetDatum(cstring_to_text("main")))) / BLCKSZ;
}

/*
 * rd_pack_column(tab regclass, col name, batch int4), a procedure
 *
 * Rewrites the rows of a table, and of its partitions, whose maps can be
 * packed and are not: about "batch" rows at a time, in a transaction of their
 * own, with a NOTICE after each.  Ended early, it has done a part, and can be
 * called again.  Errors: null_value_not_allowed; invalid_parameter_value;
 * wrong_object_type; invalid_transaction_termination within a transaction
 * block; and those of UPDATE.
 */
Datum
rd_pack_column(PG_FUNCTION_ARGS)
{
	bool		atomic = fcinfo->context == NULL || !IsA(fcinfo->context, CallContext) ||
		castNode(CallContext, fcinfo->context)->atomic;
	Oid			relid;
	int32		batch;
	const char *column;
	const char *map;
	char	   *pack;
	char	   *is_packed;
	List	   *leaves;
	ListCell   *leaf;
	MemoryContext batch_context;
	MemoryContext context;

	for (int i = 0; i < 3; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("null value not allowed for argument %d of %s", i + 1, "rd_pack_column()"));
	}
	relid = PG_GETARG_OID(0);
	batch = PG_GETARG_INT32(2);
	if (batch < 1)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("batch must be at least 1"));
	if (atomic)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
				errmsg("%s cannot run inside a transaction block", "rd_pack_column()"));
	(void) reddict_writable_registry("rd_pack_column()");

	/* What this allocates is in SPI's memory, which outlives transactions. */
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	map = map_column(relid, PG_GETARG_NAME(1));
	if (get_rel_relkind(relid) != RELKIND_RELATION && get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is not a table", get_rel_name(relid)));
	column = pstrdup(quote_identifier(NameStr(*PG_GETARG_NAME(1))));
	pack = reddict_extension_name("rd_pack");
	is_packed = reddict_extension_name("rd_is_packed");
	leaves = leaf_tables(relid);
	batch_context = AllocSetContextCreate(CurrentMemoryContext, "rd_pack_column batch",
										  ALLOCSET_SMALL_SIZES);
	context = MemoryContextSwitchTo(batch_context);
	foreach(leaf, leaves)
	{
		char	   *name = table_name(lfirst_oid(leaf));
		int64		step;
		int64		pages = name == NULL ? 0 : table_pages(lfirst_oid(leaf), batch, &step);
		uint64		packed = 0;

		for (int64 page = 0; page < pages; page += step)
		{
			/* Another transaction might have renamed or dropped it. */
			name = table_name(lfirst_oid(leaf));
			if (name == NULL)
				break;
			run(psprintf("UPDATE ONLY %s SET %s = %s(%s) "
						 "WHERE ctid OPERATOR(pg_catalog.>=) '(" INT64_FORMAT ",0)'::pg_catalog.tid "
						 "AND ctid OPERATOR(pg_catalog.<) '(" INT64_FORMAT ",0)'::pg_catalog.tid "
						 "AND NOT %s(%s) AND %s(%s(%s))",
						 name, column, pack, map, page, Min(page + step, pages),
						 is_packed, map, is_packed, pack, map),
				SPI_OK_UPDATE);
			packed += SPI_processed;
			SPI_commit();
			ereport(NOTICE,
					(errmsg("%s: " UINT64_FORMAT " rows packed, " INT64_FORMAT " of " INT64_FORMAT " pages",
							name, packed, Min(page + step, pages), pages)));
			MemoryContextReset(batch_context);
		}
	}
	MemoryContextSwitchTo(context);
	SPI_finish();
	PG_RETURN_VOID();
}
