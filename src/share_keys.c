/*
 * share_keys.c
 *	  Registering of shared key indexes: by SQL functions, and by rows that
 *	  arrive in the registry.
 *
 * registry.h says what makes a registration safe.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "access.h"
#include "compat.h"
#include "registry.h"
#include "share_keys.h"

PG_FUNCTION_INFO_V1(rd_share_keys);
PG_FUNCTION_INFO_V1(rd_share_keys_of);
PG_FUNCTION_INFO_V1(rd_guard_registry);

/* The name of something in the schema of the extension, quoted, for a statement. */
char *
reddict_extension_name(const char *name)
{
	Oid			schema;

	(void) reddict_extension(&schema);
	return quote_qualified_identifier(get_namespace_name(schema), name);
}

/* The registry; an error where there is none, or it can't be written to. */
Oid
reddict_writable_registry(const char *function)
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

/*
 * May the current user register?  Who may INSERT into the registry, and who owns
 * the extension.
 */
static void
check_rights(Oid registry)
{
	AclResult	result = pg_class_aclcheck(registry, GetUserId(), ACL_INSERT);
	Oid			schema;

	if (result != ACLCHECK_OK && !owns_extension(reddict_extension(&schema), GetUserId()))
		aclcheck_error(result, OBJECT_TABLE, get_rel_name(registry));
}

/*
 * Write a registration, in parts, as the registry's owner: an owner of the
 * extension may have no right of his own.
 */
static void
insert_parts(Oid registry, const KeyIndex *index)
{
	char	   *json = reddict_registry_json(index);
	Oid			types[] = {INT8OID, INT4OID, INT4OID, INT4OID, TEXTOID, NAMEOID};
	Datum		user = CStringGetDatum(GetUserNameFromId(GetUserId(), false));
	Relation	rel;
	Oid			save_user;
	int			save_context;
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
	rel = table_open(registry, RowExclusiveLock);
	GetUserIdAndSecContext(&save_user, &save_context);
	SetUserIdAndSecContext(rel->rd_rel->relowner,
						   save_context | SECURITY_LOCAL_USERID_CHANGE);
	table_close(rel, NoLock);
	SPI_connect();
	plan = SPI_prepare("INSERT INTO " REGISTRY_SCHEMA "." REGISTRY_TABLE
					   " (hash, part, parts, n, keys, registered_by) VALUES ($1, $2, $3, $4, $5, $6)",
					   lengthof(types), types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	foreach(piece, pieces)
	{
		Datum		values[] = {
			Int64GetDatum((int64) index->hash), Int32GetDatum(foreach_current_index(piece)),
			Int32GetDatum(list_length(pieces)), Int32GetDatum(index->n),
			PointerGetDatum(lfirst(piece)), user
		};
		int			result = SPI_execute_plan(plan, values, NULL, false, 0);

		if (result != SPI_OK_INSERT)
			elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
	}
	SPI_finish();
	SetUserIdAndSecContext(save_user, save_context);
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
uint64
reddict_register(const KeyIndex *index, const char *function)
{
	Oid			registry = reddict_writable_registry(function);
	KeyIndex	there;
	RegistryState state;

	if (index->n == 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("cannot share an empty set of keys"));
	check_rights(registry);

	/* What is registered takes no waiting. */
	state = reddict_registry_read(registry, index->hash, true, &there, NULL);
	if (state != REGISTRY_FOUND)
	{
		lock_registration(registry);
		state = reddict_registry_read(registry, index->hash, true, &there, NULL);
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
	PG_RETURN_INT64((int64) reddict_register(&index, "rd_share_keys()"));
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
	PG_RETURN_INT64((int64) reddict_register(&view.index, "rd_share_keys_of()"));
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
		state = reddict_registry_read(RelationGetRelid(rel), hash, true, &index, NULL);
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
