/*
 * share.c
 *	  SQL functions of shared key indexes: register, pack, watch.
 *
 * registry.h says what makes a registration safe.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "access.h"
#include "registry.h"

/* Rows that rd_share_column() looks at, about */
#define SAMPLE_ROWS 30000

PG_FUNCTION_INFO_V1(rd_share_keys);
PG_FUNCTION_INFO_V1(rd_share_keys_of);
PG_FUNCTION_INFO_V1(rd_share_column);
PG_FUNCTION_INFO_V1(rd_pack_column);
PG_FUNCTION_INFO_V1(rd_pack);
PG_FUNCTION_INFO_V1(rd_unpack);
PG_FUNCTION_INFO_V1(rd_is_packed);
PG_FUNCTION_INFO_V1(rd_index_hash);
PG_FUNCTION_INFO_V1(rd_guard_registry);

/* The name of something in the schema of the extension, quoted, for a statement. */
static char *
extension_name(const char *name)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(reddict_registry())),
									  name);
}

/* The registry; an error where there is none, or it can't be written to. */
static Oid
writable_registry(const char *function)
{
	Oid			registry = reddict_registry();

	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);
	PreventCommandDuringRecovery(function);
	if (!OidIsValid(registry))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("extension \"%s\" has no registry of key indexes", "redbear"));
	return registry;
}

/* Write a registration, in parts. */
static void
insert_parts(Oid registry, const KeyIndex *index)
{
	char	   *json = reddict_registry_json(index);
	char	   *statement = psprintf("INSERT INTO %s (hash, part, parts, n, keys) VALUES ($1, $2, $3, $4, $5)",
									 extension_name(get_rel_name(registry)));
	Oid			types[] = {INT8OID, INT4OID, INT4OID, INT4OID, TEXTOID};
	SPIPlanPtr	plan;
	List	   *pieces = NIL;
	ListCell   *piece;

	for (int len = strlen(json); len > 0;)
	{
		int			size = pg_mbcliplen(json, len, REGISTRY_PART_SIZE);

		pieces = lappend(pieces, cstring_to_text_with_len(json, size));
		json += size;
		len -= size;
	}
	SPI_connect();
	plan = SPI_prepare(statement, lengthof(types), types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	foreach(piece, pieces)
	{
		Datum		values[] = {
			Int64GetDatum((int64) index->hash), Int32GetDatum(foreach_current_index(piece)),
			Int32GetDatum(list_length(pieces)), Int32GetDatum(index->n),
			PointerGetDatum(lfirst(piece))
		};
		int			result = SPI_execute_plan(plan, values, NULL, false, 0);

		if (result != SPI_OK_INSERT)
			elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
	}
	SPI_finish();
}

/* Refuse a second registration of a hash, of other keys. */
static void
refuse_other_keys(uint64 hash)
{
	ereport(ERROR,
			errcode(ERRCODE_UNIQUE_VIOLATION),
			errmsg("other keys with the hash " INT64_FORMAT " are registered", (int64) hash),
			errhint("Values with these keys keep them."));
}

/*
 * Of two transactions that register at once, one waits for the other's end.
 *
 * It is no lock of the table: one that excludes itself would also exclude
 * VACUUM, ANALYZE and REINDEX CONCURRENTLY, and the last of these waits for
 * everybody with a snapshot, so for who waits here.
 */
static void
lock_registration(Oid registry)
{
	LockDatabaseObject(RelationRelationId, registry, 0, ExclusiveLock);
}

/* Let others go on who register, where there turned out to be nothing to do. */
static void
unlock_registration(Oid registry)
{
	UnlockDatabaseObject(RelationRelationId, registry, 0, ExclusiveLock);
}

/*
 * Register a key index, which has its block, unless it is registered.  Values
 * are packed against it when this transaction has committed.
 *
 * Errors: invalid_parameter_value for no keys; unique_violation where other
 * keys with this hash are registered; data_corrupted.
 */
static uint64
share(const KeyIndex *index, const char *function)
{
	Oid			registry = writable_registry(function);
	KeyIndex	there;
	RegistryState state;

	if (index->n == 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("cannot share an empty set of keys"));

	/* What is registered takes no waiting. */
	state = reddict_registry_read(registry, index->hash, true, &there);
	if (state != REGISTRY_FOUND)
	{
		lock_registration(registry);
		state = reddict_registry_read(registry, index->hash, true, &there);
		if (state == REGISTRY_FOUND)
			unlock_registration(registry);
	}
	switch (state)
	{
		case REGISTRY_NONE:
		case REGISTRY_INCOMPLETE:	/* a restore ended on the way */
			insert_parts(registry, index);
			break;
		case REGISTRY_FOUND:
			if (!key_index_same(&there, index))
				refuse_other_keys(index->hash);
			break;
		default:
			ereport(ERROR,
					errcode(ERRCODE_DATA_CORRUPTED),
					errmsg("shared key index " INT64_FORMAT " is not what it was",
						   (int64) index->hash));
	}
	return index->hash;
}

/*
 * rd_share_keys(keys text[]) returns int8
 *
 * Registers a key set, unless it is registered, and returns the hash of its
 * key index.  A key given twice counts once.  Strict; volatile.  Errors:
 * insufficient_privilege, for whoever may not insert into the registry;
 * read_only_sql_transaction; null_value_not_allowed for a NULL key;
 * invalid_parameter_value for no keys; program_limit_exceeded;
 * unique_violation, where other keys with this hash are registered.
 */
Datum
rd_share_keys(PG_FUNCTION_ARGS)
{
	int32		n;
	KeyEntry   *entries = reddict_array_entries(PG_GETARG_ARRAYTYPE_P(0), true, &n);
	KeyIndex	index;
	Size		size;

	n = reddict_key_sort(entries, n, NULL);
	size = reddict_key_index_measure(&index, entries, n);
	reddict_check_size(REDDICT_MAP, size, n, NULL);
	reddict_key_index_write(&index, entries, palloc(size));
	PG_RETURN_INT64((int64) share(&index, "rd_share_keys()"));
}

/*
 * rd_share_keys_of(m reddict) returns int8
 *
 * As rd_share_keys(rd_keys(m)).
 */
Datum
rd_share_keys_of(PG_FUNCTION_ARGS)
{
	RedDictView view;

	PG_GETARG_REDDICT_VIEW(0, &view);
	reddict_key_index_own(&view.index);
	PG_RETURN_INT64((int64) share(&view.index, "rd_share_keys_of()"));
}

/*
 * rd_pack(m reddict) returns reddict
 *
 * The same map, packed if its keys are registered, whatever the setting
 * redbear.pack; else as it is.  Strict.
 */
Datum
rd_pack(PG_FUNCTION_ARGS)
{
	RedDictView view;
	KeyIndex	index;

	PG_GETARG_REDDICT_VIEW(0, &view);
	index = view.index;
	if (view.index.shared || !reddict_share_always(&index))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_REDDICT(reddict_reform(&view, REDDICT_MAP, &index));
}

/*
 * rd_unpack(m reddict) returns reddict
 *
 * The same map with its keys.  Strict.  Error: data_corrupted.
 */
Datum
rd_unpack(PG_FUNCTION_ARGS)
{
	RedDictView view;

	PG_GETARG_REDDICT_VIEW(0, &view);
	if (!view.index.shared)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_REDDICT(reddict_reform(&view, REDDICT_MAP, key_index_open(&view.index)));
}

/* rd_is_packed(m reddict) returns boolean: are the keys elsewhere?  Strict. */
Datum
rd_is_packed(PG_FUNCTION_ARGS)
{
	KeyIndex	index;

	reddict_view_head(PG_GETARG_DATUM(0), REDDICT_MAP, &index);
	PG_RETURN_BOOL(index.shared);
}

/*
 * rd_index_hash(m reddict) returns int8
 *
 * The hash of the key index, packed or not.  Strict.
 */
Datum
rd_index_hash(PG_FUNCTION_ARGS)
{
	KeyIndex	index;

	reddict_view_head(PG_GETARG_DATUM(0), REDDICT_MAP, &index);
	PG_RETURN_INT64((int64) index.hash);
}

/* The column of a row of the registry, an error if it is NULL. */
static Datum
registry_column(Relation rel, HeapTuple tuple, int column)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, column, RelationGetDescr(rel), &isnull);

	if (isnull)
		ereport(ERROR,
				errcode(ERRCODE_NOT_NULL_VIOLATION),
				errmsg("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
					   NameStr(TupleDescAttr(RelationGetDescr(rel), column - 1)->attname),
					   RelationGetRelationName(rel)));
	return value;
}

/*
 * Refuse a registration whose keys are not those of its hash.  A dump from a
 * database of another encoding has such: a warning, so that the rest of it is
 * restored.
 */
static void
refuse_registration(uint64 hash, RegistryState state)
{
	ereport(state == REGISTRY_FOREIGN ? WARNING : ERROR,
			errcode(ERRCODE_CHECK_VIOLATION),
			errmsg("keys do not have the hash " INT64_FORMAT, (int64) hash),
			state == REGISTRY_FOREIGN ?
			errdetail("They may have been registered in a database of another encoding.") :
			errdetail("A registration says how many keys there are, and gives them in byte order, in all its parts."),
			errhint("Use rd_share_keys() to register keys."));
}

/*
 * Triggers of the registry.
 *
 * BEFORE UPDATE, DELETE or TRUNCATE: refused.  BEFORE INSERT: a part that is
 * there is skipped, for dumps and subscribers bring what may be registered
 * already; a registration in one part is checked.  AFTER INSERT of a part of
 * several, deferred: the registration must be right, once it is complete.  That
 * it need not be, for a dump of INSERT commands brings each part in a
 * transaction of its own; until it is, nothing is packed against it.  Errors:
 * check_violation, object_not_in_prerequisite_state, unique_violation.
 */
Datum
rd_guard_registry(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Relation	rel;
	HeapTuple	tuple;
	uint64		hash;
	int32		part;
	int32		parts;
	bool		same;
	RegistryState state;
	KeyIndex	index;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				errmsg("function \"%s\" was not called by trigger manager", "rd_guard_registry"));
	rel = trigger->tg_relation;
	/* Of another table the columns might be of any type. */
	if (RelationGetRelid(rel) != reddict_registry())
		ereport(ERROR,
				errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				errmsg("function \"%s\" was called for another table than the registry",
					   "rd_guard_registry"));
	if (!TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("cannot change or remove rows of \"%s\"", RelationGetRelationName(rel)),
				errdetail("Packed values may depend on them."));

	tuple = trigger->tg_trigtuple;
	hash = (uint64) DatumGetInt64(registry_column(rel, tuple, REGISTRY_HASH));
	part = DatumGetInt32(registry_column(rel, tuple, REGISTRY_PART));
	parts = DatumGetInt32(registry_column(rel, tuple, REGISTRY_PARTS));
	if (TRIGGER_FIRED_AFTER(trigger->tg_event))
	{
		/*
		 * Deferred, the first of its parts finds a registration complete, and
		 * the others need not look.  The number of the subtransaction is one
		 * that ends with a rollback of what was seen.
		 */
		static uint64 right_hash = 0;
		static TransactionId right_xid = InvalidTransactionId;
		static SubTransactionId right_subid = InvalidSubTransactionId;

		if (right_hash == hash && right_xid == GetTopTransactionIdIfAny() &&
			right_subid == GetCurrentSubTransactionId())
			PG_RETURN_POINTER(NULL);
		state = reddict_registry_read(RelationGetRelid(rel), hash, true, &index);
		if (state == REGISTRY_FALSE || state == REGISTRY_FOREIGN)
			refuse_registration(hash, state);
		if (state == REGISTRY_FOUND)
		{
			right_hash = hash;
			right_xid = GetTopTransactionIdIfAny();
			right_subid = GetCurrentSubTransactionId();
		}
		PG_RETURN_POINTER(NULL);
	}

	lock_registration(RelationGetRelid(rel));
	/* The backends are to look again, when this has committed. */
	CacheInvalidateRelcache(rel);
	if (reddict_registry_has_part(rel, tuple, part, REGISTRY_KEYS, &same))
	{
		if (!same)
			refuse_other_keys(hash);
		PG_RETURN_POINTER(NULL);
	}
	if (part < 0 || part >= parts ||
		(reddict_registry_has_part(rel, tuple, 0, REGISTRY_N, &same) && !same))
		refuse_registration(hash, REGISTRY_FALSE);
	if (parts == 1)
	{
		state = reddict_registry_parse(TextDatumGetCString(registry_column(rel, tuple, REGISTRY_KEYS)),
									   hash, DatumGetInt32(registry_column(rel, tuple, REGISTRY_N)),
									   &index);
		if (state != REGISTRY_FOUND)
		{
			refuse_registration(hash, state);
			PG_RETURN_POINTER(NULL);
		}
	}
	PG_RETURN_POINTER(tuple);
}

/*
 * A column that holds maps, as an expression: of the type itself, since of a
 * domain somebody might have functions with our names.  Errors:
 * undefined_table, undefined_column, datatype_mismatch.
 */
static const char *
map_column(Oid relid, Name column)
{
	Oid			schema = get_rel_namespace(reddict_registry());
	AttrNumber	number = get_attnum(relid, NameStr(*column));

	if (get_rel_name(relid) == NULL)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("relation with OID %u does not exist", relid));
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
	return psprintf("%s::%s", quote_identifier(NameStr(*column)), extension_name("reddict"));
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
fetch(SPITupleTable *table, uint64 row, int column)
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
	Oid			registry = writable_registry("rd_share_column()");
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
				 extension_name("max"), extension_name("rd_index_hash"), extension_name("rd_is_packed"),
				 map, table_name(relid), sample), SPI_OK_SELECT);
	table = SPI_tuptable;
	groups = SPI_processed;
	for (uint64 i = 0; i < groups; i++)
	{
		uint64		hash = (uint64) DatumGetInt64(fetch(table, i, 1));
		float8		rows = DatumGetInt64(fetch(table, i, 2)) * factor;
		int64		unpacked = DatumGetInt64(fetch(table, i, 3));
		int64		bytes = unpacked == 0 ? 0 : DatumGetInt64(fetch(table, i, 4));
		Size		packed_size;
		Datum		values[5];
		bool		nulls[5] = {false};
		RedDictView view;
		bool		registered;

		reddict_view(fetch(table, i, 5), &view);
		if (rows < min_rows || view.index.n == 0 || view.index.hash != hash)
			continue;
		registered = reddict_registry_read(registry, hash, true, &(KeyIndex) {0}) == REGISTRY_FOUND;
		reddict_key_index_own(&view.index);
		(void) share(&view.index, "rd_share_column()");
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
		leaves = lappend_oid(leaves, DatumGetObjectId(fetch(SPI_tuptable, i, 1)));
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
	(void) writable_registry("rd_pack_column()");

	/* What this allocates is in SPI's memory, which outlives transactions. */
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	map = map_column(relid, PG_GETARG_NAME(1));
	if (get_rel_relkind(relid) != RELKIND_RELATION && get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is not a table", get_rel_name(relid)));
	column = pstrdup(quote_identifier(NameStr(*PG_GETARG_NAME(1))));
	pack = extension_name("rd_pack");
	is_packed = extension_name("rd_is_packed");
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
