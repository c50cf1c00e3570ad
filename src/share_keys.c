/*
 * share_keys.c
 *	  Registering of shared key indexes: by SQL functions, and by rows that
 *	  arrive in the registry.
 *
 * registry.h says what makes a registration safe.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_proc.h"
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
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "arguments.h"
#include "compat.h"
#include "registration.h"
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

	(void) reddict_extension(&schema, InvalidOid, NULL);
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
 * Refuse a role that may not register.  The right is to execute a function, for
 * the reason that the script has; or to own the extension.
 */
static void
check_rights(Oid registry)
{
	oidvector  *no_arguments = buildoidvector(NULL, 0);
	Oid			right = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(REGISTRY_RIGHT),
										PointerGetDatum(no_arguments),
										ObjectIdGetDatum(get_rel_namespace(registry)));
	Oid			schema;

	if (OidIsValid(right) && may_execute(right, GetUserId()))
		return;
	if (!owns_extension(reddict_extension(&schema, InvalidOid, NULL), GetUserId()))
		ereport(ERROR,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied to register key sets"),
				errhint("Only roles with the privilege EXECUTE on function %s.%s() may register key sets.",
						REGISTRY_SCHEMA, REGISTRY_RIGHT));
}

static Datum
user_name(Oid user)
{
	return DirectFunctionCall1(namein, CStringGetDatum(GetUserNameFromId(user, false)));
}

/*
 * Write a registration, in parts, as the registry's owner: a role that may
 * register need not have a right to the table.
 */
static void
insert_parts(Oid registry, const KeyIndex *index, int32 generation)
{
	char	   *json = reddict_registration_json(index);
	const char *encoding = reddict_registration_encoding(index);
	Oid			types[] = {INT8OID, INT4OID, INT4OID, INT4OID, INT4OID, TEXTOID, TEXTOID, NAMEOID};
	Datum		values[lengthof(types)];
	char		nulls[lengthof(types)];
	Relation	rel;
	Oid			user;
	int			security;
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
	GetUserIdAndSecContext(&user, &security);
	memset(nulls, ' ', sizeof(nulls));
	values[0] = Int64GetDatum((int64) index->hash);
	values[1] = Int32GetDatum(generation);
	values[3] = Int32GetDatum(list_length(pieces));
	values[4] = Int32GetDatum(index->n);
	values[6] = encoding != NULL ? CStringGetTextDatum(encoding) : (Datum) 0;
	nulls[6] = encoding != NULL ? ' ' : 'n';
	values[7] = user_name(user);

	SetUserIdAndSecContext(rel->rd_rel->relowner, security | SECURITY_LOCAL_USERID_CHANGE);
	SPI_connect();
	plan = SPI_prepare("INSERT INTO " REGISTRY_SCHEMA "." REGISTRY_TABLE
					   " (hash, generation, part, parts, n, keys, encoding, registered_by)"
					   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", lengthof(types), types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	foreach(piece, pieces)
	{
		int			result;

		values[2] = Int32GetDatum(foreach_current_index(piece));
		values[5] = PointerGetDatum(lfirst(piece));
		result = SPI_execute_plan(plan, values, nulls, false, 0);
		if (result != SPI_OK_INSERT)
			elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
	}
	SPI_finish();
	SetUserIdAndSecContext(user, security);
	table_close(rel, NoLock);
}

/*
 * Of two transactions that register at once, one waits for the other's end.
 *
 * It is no lock of the table: one that excludes itself would also exclude
 * VACUUM, ANALYZE and REINDEX CONCURRENTLY, and the last of these waits for
 * all sessions with a snapshot, so also for one that waits here.
 */
static void
lock_registration(Oid registry)
{
	LockDatabaseObject(RelationRelationId, registry, 0, ExclusiveLock);
}

/* Let other sessions register, where there turned out to be nothing to do. */
static void
unlock_registration(Oid registry)
{
	UnlockDatabaseObject(RelationRelationId, registry, 0, ExclusiveLock);
}

/* What the registry says of a hash, and where a new registration of it would be. */
static RegistryState
look_up(Oid registry, uint64 hash, KeyIndex *index, int32 *generation)
{
	bool		busy;
	Relation	rel = reddict_registry_open(registry, &busy);
	RegistryState state;

	if (rel == NULL)
		ereport(ERROR,
				errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("table \"%s\" is not as the extension's script made it",
					   REGISTRY_SCHEMA "." REGISTRY_TABLE));
	state = reddict_registration_read(rel, hash, NULL, index, NULL);
	*generation = state == REGISTRY_FOUND ? 0 : reddict_registry_next_generation(rel, hash);
	reddict_registry_close(rel);
	return state;
}

/*
 * Register a key index, which has its block, unless it is registered; true if
 * it was not.  Values are packed against it when this transaction has
 * committed.  What is there of its hash and is not whole, or not true, stays:
 * a registration is a generation of its own.
 *
 * Errors: invalid_parameter_value for no keys; insufficient_privilege;
 * unique_violation where other keys with this hash are registered;
 * object_not_in_prerequisite_state where the registry has been altered.
 */
bool
reddict_register(const KeyIndex *index, const char *function)
{
	Oid			registry = reddict_writable_registry(function);
	KeyIndex	there;
	RegistryState state;
	int32		generation;

	if (index->n == 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("cannot share an empty set of keys"));
	check_rights(registry);

	/* What is registered takes no waiting. */
	state = look_up(registry, index->hash, &there, &generation);
	if (state != REGISTRY_FOUND)
	{
		lock_registration(registry);
		state = look_up(registry, index->hash, &there, &generation);
		if (state != REGISTRY_FOUND)
		{
			insert_parts(registry, index, generation);
			return true;
		}
		unlock_registration(registry);
	}
	if (!key_index_same(&there, index))
		ereport(ERROR,
				errcode(ERRCODE_UNIQUE_VIOLATION),
				errmsg("other keys with the hash " INT64_FORMAT " are registered", (int64) index->hash),
				errhint("Values with these keys keep them."));
	return false;
}

/*
 * rd_share_keys(keys text[]) returns int8
 *
 * Registers a key set, unless it is registered, and returns the hash of its
 * key index.  A key given twice counts once.  Strict; volatile.  Errors:
 * insufficient_privilege, for a role that may not register;
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
	(void) reddict_register(&index, "rd_share_keys()");
	PG_RETURN_INT64((int64) index.hash);
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
	reddict_own_keys(&view.index);
	(void) reddict_register(&view.index, "rd_share_keys_of()");
	PG_RETURN_INT64((int64) view.index.hash);
}

/*
 * What is known of the hash whose rows arrive, for the time of a
 * subtransaction: the number of one ends with a rollback of what was seen.
 */
static struct
{
	uint64		hash;
	TransactionId xid;
	SubTransactionId subid;
	bool		registered;		/* is it, whole and true, in some generation? */
	bool		warned;			/* has a row been skipped with a warning? */
	int32		from;			/* the last row came with this generation, */
	int32		to;				/* and went to that one */
	int32		generation;
	int32		present;		/* the parts below this one are there, of that
								 * generation */
} arriving;

static void
look_at_arriving(Relation rel, uint64 hash)
{
	TransactionId xid = GetTopTransactionId();
	SubTransactionId subid = GetCurrentSubTransactionId();
	KeyIndex	index;

	if (arriving.hash == hash && arriving.xid == xid && arriving.subid == subid)
		return;
	arriving.xid = InvalidTransactionId;
	arriving.registered = reddict_registration_read(rel, hash, NULL, &index, NULL) == REGISTRY_FOUND;
	arriving.warned = false;
	arriving.from = -1;
	arriving.generation = -1;
	arriving.hash = hash;
	arriving.subid = subid;
	arriving.xid = xid;
}

/* Warn that a row is skipped: once, for all the rows of a hash. */
static void
warn_of_skipped(uint64 hash, const char *problem)
{
	if (!arriving.warned || arriving.hash != hash)
		ereport(WARNING,
				errcode(ERRCODE_CHECK_VIOLATION),
				errmsg("skipping a registration of shared key index " INT64_FORMAT, (int64) hash),
				errdetail("Its %s.", problem),
				errhint("Use rd_share_keys() to register keys."));
	arriving.warned = true;
}

/*
 * Find the generation for a row: its own, or a later one, in which it has
 * room; a new one only if "anew".  False if there is none, or it is there
 * already.
 */
static bool
find_place(Relation rel, RegistryRow *row, bool anew)
{
	for (; row->generation < PG_INT32_MAX; row->generation++)
	{
		RegistryRow there;

		CHECK_FOR_INTERRUPTS();
		if (reddict_registry_find(rel, row->hash, row->generation, row->part, &there))
		{
			if (there.parts == row->parts && there.n == row->n && strcmp(there.keys, row->keys) == 0)
				return false;
		}
		else if (!reddict_registry_find(rel, row->hash, row->generation, -1, &there))
			return anew;
		else if (there.parts == row->parts && there.n == row->n)
			return true;
	}
	return false;
}

/* Are all the other parts of its generation there?  The last one tells soonest. */
static bool
is_completing(Relation rel, const RegistryRow *row)
{
	RegistryRow there;

	if (row->part != row->parts - 1 &&
		!reddict_registry_find(rel, row->hash, row->generation, row->parts - 1, &there))
		return false;
	if (arriving.generation != row->generation)
		arriving.present = 0;
	arriving.generation = row->generation;
	while (arriving.present < row->parts &&
		   (arriving.present == row->part ||
			reddict_registry_find(rel, row->hash, row->generation, arriving.present, &there)))
		arriving.present++;
	return arriving.present == row->parts;
}

/* What a generation stands for with a row that it still lacks. */
static RegistryState
complete(Relation rel, const RegistryRow *row, KeyIndex *index)
{
	int			n = 0;
	RegistryRow *rows;
	int			same = 0;

	if (row->parts == 1)
		rows = palloc(sizeof(RegistryRow));
	else
	{
		rows = reddict_registry_rows(rel, row->hash, NULL, &n);
		rows = repalloc_huge(rows, (n + 1) * sizeof(RegistryRow));
	}
	for (int i = 0; i < n; i++)
	{
		if (rows[i].generation == row->generation)
			rows[same++] = rows[i];
	}
	rows[same++] = *row;
	return reddict_registration_assemble(rows, same, index, NULL);
}

/*
 * Is a row that arrives to be kept?  Then its generation is the one that it
 * gets.  What is registered already is skipped, for dumps and subscribers bring
 * that; what is false, foreign or senseless is skipped with a warning, so that
 * the rest of a dump is restored.
 */
static bool
take_row(Relation rel, RegistryRow *row)
{
	KeyIndex	index;
	RegistryState state;
	int32		from;

	look_at_arriving(rel, row->hash);
	if (row->parts == 1)
	{
		state = complete(rel, row, &index);
		if (state != REGISTRY_FOUND)
		{
			warn_of_skipped(row->hash, reddict_registration_problem(state));
			return false;
		}
		if (arriving.registered)
		{
			KeyIndex	there;

			if (reddict_registration_read(rel, row->hash, NULL, &there, NULL) == REGISTRY_FOUND &&
				!key_index_same(&there, &index))
				warn_of_skipped(row->hash, "keys are not those that are registered under this hash");
			return false;
		}
		return find_place(rel, row, true);
	}

	if (arriving.registered)
		return false;
	/* One part of some may be in ASCII, where the keys are not. */
	if (row->encoding != NULL && strcmp(row->encoding, "SQL_ASCII") != 0 &&
		pg_char_to_encoding(row->encoding) != GetDatabaseEncoding())
	{
		warn_of_skipped(row->hash, reddict_registration_problem(REGISTRY_FOREIGN));
		return false;
	}
	/* What goes to another generation than its own goes there together. */
	from = row->generation;
	if (arriving.from == from)
		row->generation = arriving.to;
	state = REGISTRY_INCOMPLETE;
	while (find_place(rel, row, state == REGISTRY_INCOMPLETE))
	{
		if (is_completing(rel, row))
			state = complete(rel, row, &index);
		else
			state = REGISTRY_INCOMPLETE;
		if (state == REGISTRY_INCOMPLETE || state == REGISTRY_FOUND)
		{
			arriving.registered = state == REGISTRY_FOUND;
			arriving.from = from;
			arriving.to = row->generation;
			return true;
		}
		/* With it that generation would be false: it may belong to a later one. */
		arriving.generation = -1;
		row->generation++;
	}
	if (state != REGISTRY_INCOMPLETE)
		warn_of_skipped(row->hash, reddict_registration_problem(state));
	return false;
}

/*
 * Triggers of the registry.
 *
 * BEFORE UPDATE, DELETE or TRUNCATE: refused.  BEFORE INSERT: see take_row().
 * Nothing that a row may have raises an error.  When and by whom a key set was
 * registered is for us to say, but that a superuser brings it, as a dump does.
 * Errors: object_not_in_prerequisite_state; trigger_protocol_violated for any
 * other trigger.
 */
Datum
rd_guard_registry(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Relation	rel;
	HeapTuple	tuple;
	RegistryRow row;
	bool		by_superuser = superuser();
	int			columns[3];
	Datum		values[3];
	bool		nulls[3] = {false};
	int			n = 0;
	bool		isnull;
	int32		generation;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				errmsg("function \"%s\" was not called by trigger manager", "guard_key_indexes"));
	rel = trigger->tg_relation;
	/* Of another table the columns might be of any type. */
	if (RelationGetRelid(rel) != reddict_registry() || !reddict_registry_is_as_made(rel))
		ereport(ERROR,
				errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				errmsg("function \"%s\" was called for another table than the registry",
					   "guard_key_indexes"));
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event) &&
		(!TRIGGER_FIRED_BEFORE(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event)))
		ereport(ERROR,
				errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				errmsg("function \"%s\" must be fired BEFORE INSERT FOR EACH ROW", "guard_key_indexes"));
	if (!TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("cannot change or remove rows of \"%s\"", RelationGetRelationName(rel)),
				errdetail("Packed values may depend on them."));

	tuple = trigger->tg_trigtuple;
	if (!reddict_registry_row(rel, tuple, &row))
	{
		ereport(WARNING,
				errcode(ERRCODE_CHECK_VIOLATION),
				errmsg("skipping a row of \"%s\" that makes no sense", RelationGetRelationName(rel)),
				errhint("Use rd_share_keys() to register keys."));
		PG_RETURN_POINTER(NULL);
	}
	lock_registration(RelationGetRelid(rel));
	generation = row.generation;
	if (!take_row(rel, &row))
		PG_RETURN_POINTER(NULL);

	/* The backends are to look again, when this has committed. */
	CacheInvalidateRelcache(rel);
	if (row.generation != generation)
	{
		columns[n] = REGISTRY_GENERATION;
		values[n++] = Int32GetDatum(row.generation);
	}
	(void) heap_getattr(tuple, REGISTRY_AT, RelationGetDescr(rel), &isnull);
	if (!by_superuser || isnull)
	{
		columns[n] = REGISTRY_AT;
		values[n++] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	}
	(void) heap_getattr(tuple, REGISTRY_BY, RelationGetDescr(rel), &isnull);
	if (!by_superuser || isnull)
	{
		columns[n] = REGISTRY_BY;
		values[n++] = user_name(GetUserId());
	}
	if (n > 0)
		tuple = heap_modify_tuple_by_cols(tuple, RelationGetDescr(rel), n, columns, values, nulls);
	PG_RETURN_POINTER(tuple);
}
