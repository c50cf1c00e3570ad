/*
 * pack_column.c
 *	  Columns of maps: register the key sets that are in one, pack its rows.
 *
 * A table's rows may be in other tables (partitions, children), of which some
 * are out of this room's reach.  Nothing of that is silent: see Reach.
 */
#include "postgres.h"

#include <math.h>

#include "access/heaptoast.h"
#include "access/relation.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "nodes.h"
#include "reddict.h"
#include "registry.h"
#include "share_keys.h"

/* Rows that rd_share_column() looks at, about */
#define SAMPLE_ROWS 30000

/*
 * Rows on a page, where the table was never analysed: few, so that a sample of
 * wide rows is not too small.
 */
#define UNKNOWN_DENSITY 10

/* The same for a batch: many, so that it is not too large */
#define UNKNOWN_BATCH_DENSITY 40

/* Tables that a message names */
#define NAMED_TABLES 50

/* The largest toast_tuple_target that a table can have, with pages of 8 kB */
#define ROW_TARGET 8160

/* Where the rows of a table are, seen from here */
typedef enum Reach
{
	REACH_HERE,					/* in the table */
	REACH_HIDDEN,				/* too, but not all for this user to see */
	REACH_FOREIGN,				/* in another database */
	REACH_DISTRIBUTED,			/* in shards, here or on other nodes */
	REACH_COMPRESSED,			/* in a form of their own */
	REACH_OTHER_SESSION			/* in another session's memory */
} Reach;

#define REACHES (REACH_OTHER_SESSION + 1)

/* The tables that have a table's rows, by where these are: lists of OIDs */
typedef struct RowTables
{
	List	   *at[REACHES];
} RowTables;

/* What rd_pack_column() says of those whose rows it does not reach */
static const struct
{
	const char *message;
	const char *hint;
}			unpacked[REACHES] = {
	[REACH_HIDDEN] = {
		"rows that row-level security hides are not packed",
		"Call rd_pack_column() as a role that sees all rows."},
	[REACH_FOREIGN] = {
		"rows of foreign tables are not packed",
		"Call rd_pack_column() in the databases that have the rows."},
	[REACH_COMPRESSED] = {
		"compressed chunks are not packed",
		"Pack chunks before they are compressed."},
	[REACH_OTHER_SESSION] = {
		"temporary tables of other sessions are not packed",
		"Call rd_pack_column() in these sessions."},
};

/* Extensions that keep rows elsewhere than in their table, and where they say so */
static const struct
{
	const char *extension;
	const char *schema;
	const char *relation;
	const char *tables;			/* a query for their OIDs */
	Reach		reach;
}			row_keepers[] = {
	{
		"citus", "pg_catalog", "pg_dist_partition",
		"SELECT logicalrelid::pg_catalog.oid FROM pg_catalog.pg_dist_partition",
		REACH_DISTRIBUTED
	},
	{
		"timescaledb", "timescaledb_information", "chunks",
		"SELECT c.oid FROM timescaledb_information.chunks AS k "
		"JOIN pg_catalog.pg_namespace AS n ON n.nspname OPERATOR(pg_catalog.=) k.chunk_schema "
		"JOIN pg_catalog.pg_class AS c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid "
		"AND c.relname OPERATOR(pg_catalog.=) k.chunk_name WHERE k.is_compressed",
		REACH_COMPRESSED
	}
};

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
	(void) reddict_extension(&schema, InvalidOid, NULL);
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

/* The OIDs that a query gives, as a list in the current memory context. */
static List *
query_oids(const char *query)
{
	MemoryContext context = CurrentMemoryContext;
	List	   *oids = NIL;

	run(query, SPI_OK_SELECT);
	MemoryContextSwitchTo(context);
	for (uint64 i = 0; i < SPI_processed; i++)
		oids = lappend_oid(oids, DatumGetObjectId(column_value(SPI_tuptable, i, 1)));
	SPI_freetuptable(SPI_tuptable);
	return oids;
}

/* Add the tables that other extensions keep rows of. */
static void
add_kept_rows(RowTables *kept)
{
	for (int i = 0; i < (int) lengthof(row_keepers); i++)
	{
		if (reddict_extension_has(row_keepers[i].extension, row_keepers[i].schema, row_keepers[i].relation))
			kept->at[row_keepers[i].reach] = query_oids(row_keepers[i].tables);
	}
}

static Reach
reach_of(Oid relid, const RowTables *kept)
{
	for (int reach = REACH_HERE; reach < REACHES; reach++)
	{
		if (list_member_oid(kept->at[reach], relid))
			return (Reach) reach;
	}
	if (get_rel_relkind(relid) == RELKIND_FOREIGN_TABLE)
		return REACH_FOREIGN;
	if (isOtherTempNamespace(get_rel_namespace(relid)))
		return REACH_OTHER_SESSION;
	return check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED ? REACH_HIDDEN : REACH_HERE;
}

/*
 * The tables that have a table's rows: itself, its partitions, and the tables
 * that inherit from it.  A partitioned table has none, but where another
 * extension keeps them.
 */
static void
row_tables(Oid relid, RowTables *tables)
{
	RowTables	kept = {0};
	ListCell   *table;

	memset(tables, 0, sizeof(*tables));
	add_kept_rows(&kept);
	foreach(table, find_all_inheritors(relid, NoLock, NULL))
	{
		Reach		reach = reach_of(lfirst_oid(table), &kept);

		if (reach > REACH_HIDDEN || get_rel_relkind(lfirst_oid(table)) != RELKIND_PARTITIONED_TABLE)
			tables->at[reach] = lappend_oid(tables->at[reach], lfirst_oid(table));
	}
}

/* The names of tables, for a message; of many, the first. */
static char *
table_names(const List *tables)
{
	StringInfoData names;
	ListCell   *table;

	initStringInfo(&names);
	foreach(table, tables)
	{
		char	   *name = table_name(lfirst_oid(table));

		if (foreach_current_index(table) == NAMED_TABLES)
		{
			appendStringInfo(&names, " and %d more", list_length(tables) - NAMED_TABLES);
			break;
		}
		if (name != NULL)
			appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", name);
	}
	return names.data;
}

/* What is to be known of a table before its rows are read or written in parts */
typedef struct TableSize
{
	float8		pages;
	float8		density;		/* rows on a page; 0 if it was never analysed */
	bool		is_heap;		/* of core's access method */
	bool		by_page;		/* can be read by ranges of pages */
} TableSize;

/* Find the size of a table; false if it is gone. */
static bool
table_size(Oid relid, TableSize *size)
{
	Relation	rel = try_relation_open(relid, AccessShareLock);

	if (rel == NULL)
		return false;
	memset(size, 0, sizeof(*size));
	if (RELKIND_HAS_TABLE_AM(rel->rd_rel->relkind))
	{
		size->pages = RelationGetNumberOfBlocks(rel);
		if (rel->rd_rel->relpages > 0 && rel->rd_rel->reltuples > 0)
			size->density = rel->rd_rel->reltuples / rel->rd_rel->relpages;
		size->is_heap = rel->rd_tableam == GetHeapamTableAmRoutine();
		size->by_page = rel->rd_tableam->scan_set_tidrange != NULL;
	}
	relation_close(rel, AccessShareLock);
	return true;
}

/* An expression that is one thing for the rows of foreign tables, another for all others. */
static const char *
unless_foreign(const RowTables *tables, const char *foreign, const char *other)
{
	StringInfoData expression;
	ListCell   *table;

	if (tables->at[REACH_FOREIGN] == NIL)
		return other;
	initStringInfo(&expression);
	appendStringInfoString(&expression, "CASE");
	foreach(table, tables->at[REACH_FOREIGN])
		appendStringInfo(&expression, " WHEN tableoid OPERATOR(pg_catalog.=) %u::pg_catalog.oid THEN %s",
						 lfirst_oid(table), foreign);
	appendStringInfo(&expression, " ELSE %s END", other);
	return expression.data;
}

/*
 * A clause that has a table read in part, "" if all of it is to be read; and
 * how many rows one that is read stands for.
 *
 * All is read of what is no table; and where some rows are not in this
 * database's tables, as a sample of pages would miss these, but for foreign
 * partitions: all their rows are read, whatever the clause.
 */
static const char *
sample_clause(Oid relid, const RowTables *tables, const char **weight)
{
	float8		rows = 0;
	char		relkind = get_rel_relkind(relid);

	*weight = "1::pg_catalog.float8";
	if ((relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE && relkind != RELKIND_MATVIEW) ||
		tables->at[REACH_DISTRIBUTED] != NIL || tables->at[REACH_COMPRESSED] != NIL)
		return "";
	for (int reach = REACH_HERE; reach <= REACH_HIDDEN; reach++)
	{
		ListCell   *table;

		foreach(table, tables->at[reach])
		{
			TableSize	size;

			if (!table_size(lfirst_oid(table), &size))
				continue;
			/* other access methods need not have samples */
			if (!size.is_heap)
				return "";
			rows += size.pages * (size.density > 0 ? size.density : UNKNOWN_DENSITY);
		}
	}
	if (rows <= SAMPLE_ROWS)
		return "";
	*weight = psprintf("%.17g::pg_catalog.float8", rows / SAMPLE_ROWS);
	*weight = unless_foreign(tables, "1", *weight);
	return psprintf("TABLESAMPLE pg_catalog.system (%.17g) REPEATABLE (0)", 100 * SAMPLE_ROWS / rows);
}

/* Columns of what the sample is grouped to, one row for each key set */
enum
{
	GROUP_HASH = 1,
	GROUP_ROWS,					/* estimated */
	GROUP_SAVED,				/* bytes that they would take less */
	GROUP_SIZE,					/* bytes of the largest, packed */
	GROUP_MAP					/* a map of these keys */
};

/*
 * Count the key sets of a column, most frequent first.  Of foreign rows nothing
 * is saved: their key sets are not registered where they are.
 */
static void
count_key_sets(Oid relid, const RowTables *tables, const char *map, const char *sample, const char *weight)
{
	const char *here = unless_foreign(tables, "0", "1");

	/* max() over maps of the same keys is a map of these keys. */
	run(psprintf("SELECT h, pg_catalog.sum(w), "
				 "pg_catalog.sum(w OPERATOR(pg_catalog.*) here OPERATOR(pg_catalog.*) (pg_catalog.pg_column_size(m) "
				 "OPERATOR(pg_catalog.-) size)::pg_catalog.float8), pg_catalog.max(size), %s(m) "
				 "FROM (SELECT m, w, here, %s(m) AS size, %s(m) AS h "
				 "FROM (SELECT %s AS m, %s AS w, %s::pg_catalog.float8 AS here FROM %s %s) AS s WHERE m IS NOT NULL) AS s "
				 "GROUP BY h ORDER BY 2 DESC, 1",
				 reddict_extension_name("max"), reddict_extension_name("rd_packed_size"),
				 reddict_extension_name("rd_index_hash"), map, weight, here, table_name(relid), sample),
		SPI_OK_SELECT);
}

/*
 * Say so where packed values of some bytes leave their rows, as these are now,
 * and would fit into them: then nothing has to be detoasted to read one.
 */
static void
advise_storage(const RowTables *tables, int32 size)
{
	const int32 other_columns = 200;
	List	   *fit = NIL;

	if (size <= (int32) TOAST_TUPLE_TARGET || size > ROW_TARGET - other_columns)
		return;
	for (int reach = REACH_HERE; reach <= REACH_HIDDEN; reach++)
	{
		ListCell   *table;

		foreach(table, tables->at[reach])
		{
			Relation	rel = try_relation_open(lfirst_oid(table), AccessShareLock);

			if (rel == NULL)
				continue;
			if (rel->rd_rel->relkind == RELKIND_RELATION &&
				RelationGetToastTupleTarget(rel, (int32) TOAST_TUPLE_TARGET) < size)
				fit = lappend_oid(fit, lfirst_oid(table));
			relation_close(rel, AccessShareLock);
		}
	}
	if (fit != NIL)
		ereport(NOTICE,
				(errmsg("packed maps of %d bytes would fit into their rows", size),
				 errdetail("Tables: %s.", table_names(fit)),
				 errhint("ALTER TABLE ... SET (toast_tuple_target = %d) keeps them there, once they are written anew.",
						 ROW_TARGET)));
}

/* Register the keys of a map on all nodes. */
static void
share_everywhere(Datum map, Oid type)
{
	const char *query = psprintf("SELECT %s(%s($1))", reddict_extension_name("rd_share_keys_everywhere"),
								 reddict_extension_name("rd_keys"));
	int			result = SPI_execute_with_args(query, 1, &type, &map, NULL, false, 0);

	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(result));
}

/*
 * Register one of these key sets, if enough rows have it, and tell of it: on
 * all nodes, if it is of a distributed table.  Returns the bytes of the largest
 * of its maps, packed, or 0.
 */
static int32
share_key_set(SPITupleTable *table, uint64 row, int32 min_rows, bool everywhere, ReturnSetInfo *rsinfo)
{
	uint64		hash = (uint64) DatumGetInt64(column_value(table, row, GROUP_HASH));
	float8		rows = DatumGetFloat8(column_value(table, row, GROUP_ROWS));
	float8		saved = DatumGetFloat8(column_value(table, row, GROUP_SAVED));
	RedDictView view;
	Datum		values[5];
	bool		nulls[5] = {false};
	const char *action;

	reddict_view(column_value(table, row, GROUP_MAP), &view);
	if (rint(rows) < min_rows || view.index.n == 0 || view.index.hash != hash)
		return 0;
	reddict_own_keys(&view.index);
	if (everywhere)
	{
		share_everywhere(column_value(table, row, GROUP_MAP), SPI_gettypeid(table->tupdesc, GROUP_MAP));
		action = "registered on all nodes";
	}
	else
		action = reddict_register(&view.index, "rd_share_column()") ? "registered" : "was registered";
	values[0] = Int64GetDatum((int64) hash);
	values[1] = Int32GetDatum(view.index.n);
	values[2] = Int64GetDatum((int64) rint(rows));
	values[3] = Int64GetDatum((int64) rint(Max(saved, 0)));
	values[4] = CStringGetTextDatum(action);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	return DatumGetInt32(column_value(table, row, GROUP_SIZE));
}

/*
 * rd_share_column(tab regclass, col name, min_rows int4)
 * returns setof (hash int8, n int4, "rows" int8, saved int8, action text)
 *
 * Looks at a sample of a column, registers the key sets of at least so many
 * rows, as rd_share_keys() does, and tells of each the number of keys, the
 * rows that it estimates, the bytes that packing those and making them narrow
 * would save (of compressed and foreign ones none), and whether it was
 * registered before.  Key sets of distributed tables are registered on all
 * nodes, as rd_share_keys_everywhere() does.  A NOTICE where packed maps would
 * fit into their rows and do not stay there; and one where there are foreign
 * rows, since the key sets are not registered in their databases.  Strict.
 * Errors besides: undefined_table, undefined_column, datatype_mismatch,
 * insufficient_privilege, invalid_parameter_value for less than one row.
 */
Datum
rd_share_column(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	int32		min_rows = PG_GETARG_INT32(2);
	const char *map;
	RowTables	tables;
	const char *sample;
	const char *weight;
	SPITupleTable *groups;
	uint64		ngroups;
	int32		largest = 0;

	if (min_rows < 1)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("min_rows must be at least 1: %d", min_rows));
	(void) reddict_writable_registry("rd_share_column()");
	/* it must not go while its name is looked up */
	LockRelationOid(relid, AccessShareLock);
	map = map_column(relid, PG_GETARG_NAME(1));
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	row_tables(relid, &tables);
	if (tables.at[REACH_FOREIGN] != NIL)
		ereport(NOTICE,
				errmsg("key sets are not registered in the databases of foreign tables"),
				errdetail("Tables: %s.", table_names(tables.at[REACH_FOREIGN])),
				errhint("Register them where the rows are, too."));
	sample = sample_clause(relid, &tables, &weight);
	count_key_sets(relid, &tables, map, sample, weight);
	groups = SPI_tuptable;
	ngroups = SPI_processed;
	for (uint64 i = 0; i < ngroups; i++)
	{
		int32		size = share_key_set(groups, i, min_rows, tables.at[REACH_DISTRIBUTED] != NIL,
										 (ReturnSetInfo *) fcinfo->resultinfo);

		largest = Max(largest, size);
	}
	advise_storage(&tables, largest);
	SPI_finish();
	return (Datum) 0;
}

/* Refuse a call of rd_pack_column() that is not as it should be. */
static void
check_pack_call(FunctionCallInfo fcinfo)
{
	bool		atomic = fcinfo->context == NULL || !IsA(fcinfo->context, CallContext) ||
		castNode(CallContext, fcinfo->context)->atomic;

	for (int i = 0; i < 3; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("null value not allowed for argument %d of %s", i + 1, "rd_pack_column()"));
	}
	if (PG_GETARG_INT32(2) < 1)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("batch must be at least 1: %d", PG_GETARG_INT32(2)));
	if (atomic)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
				errmsg("%s cannot run inside a transaction block", "rd_pack_column()"));
	(void) reddict_writable_registry("rd_pack_column()");
}

/* A column whose values are to be packed */
typedef struct PackedColumn
{
	const char *raw_name;
	const char *name;			/* the same, quoted */
	const char *map;			/* as an expression, see map_column() */
	const char *pack;			/* names of functions */
	const char *is_packable;
	int32		batch;			/* rows */
} PackedColumn;

/*
 * Pack the values of a table that can be and are not: of some pages, or of all
 * if "end" is 0.
 */
static uint64
pack_rows(const PackedColumn *column, const char *table, int64 begin, int64 end)
{
	const char *pages = end == 0 ? "" :
		psprintf("ctid OPERATOR(pg_catalog.>=) '(" INT64_FORMAT ",0)'::pg_catalog.tid "
				 "AND ctid OPERATOR(pg_catalog.<) '(" INT64_FORMAT ",0)'::pg_catalog.tid AND ",
				 begin, end);

	run(psprintf("UPDATE ONLY %s SET %s = %s(%s) WHERE %s%s(%s)",
				 table, column->name, column->pack, column->map, pages,
				 column->is_packable, column->map),
		SPI_OK_UPDATE);
	return SPI_processed;
}

/*
 * As pack_rows(), for a table whose access method may not have UPDATE: false,
 * after a WARNING, if that is refused.  What it says has no SQLSTATE that one
 * could rely on.
 */
static bool
try_pack_rows(const PackedColumn *column, const char *table, int64 begin, int64 end, uint64 *packed)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile refusal = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		*packed = pack_rows(column, table, begin, end);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		refusal = CopyErrorData();
		if (refusal->sqlerrcode != ERRCODE_FEATURE_NOT_SUPPORTED && refusal->sqlerrcode != ERRCODE_INTERNAL_ERROR)
			PG_RE_THROW();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (refusal != NULL)
		ereport(WARNING,
				errmsg("rows of %s are not packed, for its access method does not update them", table),
				errdetail("It says: %s", refusal->message));
	return refusal == NULL;
}

/* Pack the rows of one table, in batches. */
static void
pack_table(const PackedColumn *column, Oid relid)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext batch_context = AllocSetContextCreate(context, "rd_pack_column batch",
														ALLOCSET_SMALL_SIZES);
	TableSize	size = {0};
	uint64		packed = 0;
	int64		page = 0;
	int64		pages;
	int64		step;

	if (table_size(relid, &size))
	{
		pages = size.pages;
		step = Max(column->batch / (size.density > 0 ? size.density : UNKNOWN_BATCH_DENSITY), 1);
		do
		{
			int64		end = size.by_page ? Min(page + step, pages) : pages;
			uint64		rows = 0;
			const char *name;

			/* SPI has a context of its own, which is current after each call. */
			MemoryContextSwitchTo(batch_context);
			MemoryContextReset(batch_context);
			/* Another transaction might have renamed or dropped it. */
			name = table_name(relid);
			if (name == NULL)
				break;
			if (size.is_heap)
				rows = page < end ? pack_rows(column, name, page, end) : 0;
			else if (!try_pack_rows(column, name, page, size.by_page ? end : 0, &rows))
				break;
			packed += rows;
			page = end;
			SPI_commit();
			ereport(NOTICE,
					errmsg("%s: " UINT64_FORMAT " rows packed, " INT64_FORMAT " of " INT64_FORMAT " pages",
						   name, packed, page, pages));
		} while (page < pages);
	}
	MemoryContextSwitchTo(context);
	MemoryContextDelete(batch_context);
}

/*
 * Pack the rows of a distributed table: each shard by a call of the procedure
 * where the shard is.  What that says does not come here, so the rows are
 * counted.
 */
static void
pack_shards(const PackedColumn *column, Oid relid)
{
	List	   *shards = reddict_shards(relid);
	char	   *procedure = reddict_extension_name("rd_pack_column");
	char	   *is_packed = reddict_extension_name("rd_is_packed");
	ListCell   *cell;

	foreach(cell, shards)
	{
		const Shard *shard = lfirst(cell);
		char	   *counts;
		char	   *rest;
		uint64		packed;
		uint64		maps;
		uint64		packable;

		CHECK_FOR_INTERRUPTS();
		SPI_commit();
		(void) reddict_run_on_shard(shard,
									psprintf("CALL %s(%s::pg_catalog.regclass, %s, %d)", procedure,
											 quote_literal_cstr(shard->name), quote_literal_cstr(column->raw_name),
											 column->batch));
		counts = reddict_run_on_shard(shard,
									  psprintf("SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*) FILTER (WHERE %s(%s)), "
											   "pg_catalog.count(%s), pg_catalog.count(*) FILTER (WHERE %s(%s))) FROM ONLY %s",
											   is_packed, column->map, column->name, column->is_packable, column->map,
											   shard->name));
		packed = strtou64(counts, &rest, 10);
		maps = strtou64(rest, &rest, 10);
		packable = strtou64(rest, &rest, 10);
		ereport(NOTICE,
				errmsg("%s on %s:%d: " UINT64_FORMAT " of " UINT64_FORMAT " maps are packed, %d of %d shards",
					   shard->name, shard->host, shard->port, packed, maps,
					   foreach_current_index(cell) + 1, list_length(shards)));
		if (packable > 0)
			ereport(WARNING,
					errmsg("rows of shard %s on %s:%d are not packed", shard->name, shard->host, shard->port),
					errdetail("Of its maps, " UINT64_FORMAT " could be.", packable),
					errhint("Call rd_pack_column() for the shard on its node, to see what it says."));
	}
}

/*
 * rd_pack_column(tab regclass, col name, batch int4), a procedure
 *
 * Rewrites the rows of a table, of its partitions and of what inherits from it,
 * whose maps can be packed and are not: about "batch" rows at a time, in a
 * transaction of their own, with a NOTICE after each; those of a distributed
 * table shard by shard, where the shards are.  A WARNING names the tables whose
 * rows it does not reach.  Ended early, it has done a part, and
 * can be called again.  Errors: null_value_not_allowed;
 * invalid_parameter_value; wrong_object_type; invalid_transaction_termination
 * within a transaction block; external_routine_exception for what a shard's node can't do; and those of
 * UPDATE.
 */
Datum
rd_pack_column(PG_FUNCTION_ARGS)
{
	Oid			relid;
	PackedColumn column;
	RowTables	tables;
	ListCell   *table;

	check_pack_call(fcinfo);
	relid = PG_GETARG_OID(0);
	column.batch = PG_GETARG_INT32(2);

	/* What this allocates is in SPI's memory, which outlives transactions. */
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	column.map = map_column(relid, PG_GETARG_NAME(1));
	if (get_rel_relkind(relid) != RELKIND_RELATION && get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is not a table", get_rel_name(relid)));
	column.raw_name = pstrdup(NameStr(*PG_GETARG_NAME(1)));
	column.name = pstrdup(quote_identifier(column.raw_name));
	column.pack = reddict_extension_name("rd_pack");
	column.is_packable = reddict_extension_name("rd_is_packable");

	row_tables(relid, &tables);
	for (int reach = REACH_HIDDEN; reach < REACHES; reach++)
	{
		if (tables.at[reach] != NIL && unpacked[reach].message != NULL)
			ereport(WARNING,
					errmsg("%s", unpacked[reach].message),
					errdetail("Tables: %s.", table_names(tables.at[reach])),
					errhint("%s", unpacked[reach].hint));
	}
	for (int reach = REACH_HERE; reach <= REACH_HIDDEN; reach++)
	{
		foreach(table, tables.at[reach])
			pack_table(&column, lfirst_oid(table));
	}
	foreach(table, tables.at[REACH_DISTRIBUTED])
	{
		/* a partitioned table's shards have no rows of their own either */
		if (get_rel_relkind(lfirst_oid(table)) != RELKIND_PARTITIONED_TABLE)
			pack_shards(&column, lfirst_oid(table));
	}
	SPI_finish();
	PG_RETURN_VOID();
}
