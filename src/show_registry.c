/*
 * show_registry.c
 *	  SQL functions that show what is registered, and what is wrong with it.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "lib/qunique.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/reltrigger.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "registration.h"
#include "registry.h"

PG_FUNCTION_INFO_V1(rd_shared_indexes);
PG_FUNCTION_INFO_V1(rd_check_registry);

/* The hashes of rows, as many as there are rows; those of NULL are counted */
typedef struct HashList
{
	int64	   *hashes;
	Size		n;
	Size		capacity;
	Size		nulls;
} HashList;

static void
add_hash(bool isnull, uint64 hash, void *arg)
{
	HashList   *list = arg;

	if (isnull)
	{
		list->nulls++;
		return;
	}
	if (list->n == list->capacity)
	{
		list->capacity *= 2;
		list->hashes = repalloc_huge(list->hashes, list->capacity * sizeof(int64));
	}
	list->hashes[list->n++] = (int64) hash;
}

static int
compare_hashes(const void *a, const void *b)
{
	int64		left = *(const int64 *) a;
	int64		right = *(const int64 *) b;

	return left < right ? -1 : left > right;
}

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

/* Add a row: hash, NULL if it is not given, and what is wrong. */
static void
put_problem(ReturnSetInfo *rsinfo, const int64 *hash, const char *problem)
{
	Datum		values[2] = {hash != NULL ? Int64GetDatum(*hash) : (Datum) 0, CStringGetTextDatum(problem)};
	bool		nulls[2] = {hash == NULL, false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* What is wrong with the table itself. */
static void
check_table(ReturnSetInfo *rsinfo, Relation rel)
{
	Oid			schema;
	bool		dumped = false;
	static const char *const names[] = {"check_part", "refuse_change", "refuse_truncate"};

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		bool		always = false;

		for (int j = 0; rel->trigdesc != NULL && j < rel->trigdesc->numtriggers; j++)
		{
			Trigger    *trigger = &rel->trigdesc->triggers[j];

			always |= strcmp(trigger->tgname, names[i]) == 0 && trigger->tgenabled == TRIGGER_FIRES_ALWAYS;
		}
		if (!always)
			put_problem(rsinfo, NULL, psprintf("trigger \"%s\" is not enabled always", names[i]));
	}
	if (!reddict_registry_has_index(rel))
		put_problem(rsinfo, NULL, "the primary key is missing");
	(void) reddict_extension(&schema, RelationGetRelid(rel), &dumped);
	if (!dumped)
		put_problem(rsinfo, NULL, "the extension's script has not marked the table to be dumped");
}

/*
 * For each hash of the registry, in ascending order: its registration, or, if
 * it has none that is whole and true, what is wrong.
 */
static void
show(FunctionCallInfo fcinfo, bool problems)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	HashList	list = {.capacity = 1024};
	bool		busy;
	Relation	rel = reddict_registry_open(reddict_registry(), &busy);
	MemoryContext scratch;
	MemoryContext caller;

	InitMaterializedSRF(fcinfo, 0);
	if (rel == NULL)
	{
		if (problems)
			put_problem(rsinfo, NULL, "there is no table " REGISTRY_SCHEMA "." REGISTRY_TABLE
						" in the extension, as its script made it");
		return;
	}
	list.hashes = palloc(list.capacity * sizeof(int64));
	reddict_registry_scan(rel, NULL, add_hash, &list);
	qsort(list.hashes, list.n, sizeof(int64), compare_hashes);
	list.n = qunique(list.hashes, list.n, sizeof(int64), compare_hashes);
	if (problems)
		check_table(rsinfo, rel);
	if (problems && list.nulls > 0)
		put_problem(rsinfo, NULL, "a row has no hash");

	scratch = AllocSetContextCreate(CurrentMemoryContext, "redbear registrations",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	for (Size i = 0; i < list.n; i++)
	{
		KeyIndex	index;
		RegistryRow row;
		RegistryState state;

		CHECK_FOR_INTERRUPTS();
		state = reddict_registration_read(rel, (uint64) list.hashes[i], NULL, &index, &row);
		if (problems && state != REGISTRY_FOUND)
			put_problem(rsinfo, &list.hashes[i], reddict_registration_problem(state));
		if (!problems && state == REGISTRY_FOUND)
		{
			Datum		values[4];
			bool		nulls[4] = {false};

			values[0] = Int64GetDatum(list.hashes[i]);
			values[1] = key_array(&index);
			values[2] = TimestampTzGetDatum(row.at);
			values[3] = NameGetDatum(&row.by);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	reddict_registry_close(rel);
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
	show(fcinfo, false);
	return (Datum) 0;
}

/*
 * rd_check_registry()
 * returns setof (hash int8, problem text)
 *
 * What is wrong with the registry: a row for each hash of which it has rows and
 * no registration that is whole and true, and, with a NULL hash, for what is
 * wrong with the table.  No rows: all is well.
 */
Datum
rd_check_registry(PG_FUNCTION_ARGS)
{
	show(fcinfo, true);
	return (Datum) 0;
}
