/*
 * nodes.c
 *	  What other extensions keep, and how Citus is asked to do something where a
 *	  shard is.
 *
 * None of these extensions is needed.  What is of their name has to be their
 * own, since anybody may have made another one.  All of this runs within SPI.
 */
#include "postgres.h"

#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "nodes.h"

/* Is this a relation of this extension, which is there? */
bool
reddict_extension_has(const char *extension, const char *schema, const char *relation)
{
	Oid			owner = get_extension_oid(extension, true);
	Oid			namespace = get_namespace_oid(schema, true);
	Oid			relid = OidIsValid(namespace) ? get_relname_relid(relation, namespace) : InvalidOid;

	return OidIsValid(owner) && OidIsValid(relid) &&
		getExtensionOfObject(RelationRelationId, relid) == owner;
}

/* Run a query for rows of text. */
static void
ask(const char *query)
{
	int			result = SPI_execute(query, false, 0);

	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
}

/* A column of a row of the answer, in the current memory context; NULL: "". */
static char *
answer(uint64 row, int column)
{
	char	   *value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);

	return value != NULL ? value : pstrdup("");
}

/* The shards of a distributed table of Citus, and their copies, in order; none if it is gone. */
List *
reddict_shards(Oid table)
{
	MemoryContext context = CurrentMemoryContext;
	const char *schema = get_namespace_name(get_rel_namespace(table));
	List	   *shards = NIL;

	if (schema == NULL)
		return NIL;
	/* Citus does not say it where the schema is "public" */
	ask(psprintf("SELECT %s OPERATOR(pg_catalog.||) pg_catalog.shard_name(s.logicalrelid, s.shardid), "
				 "n.nodename, n.nodeport FROM pg_catalog.pg_dist_shard AS s "
				 "JOIN pg_catalog.pg_dist_placement AS p ON p.shardid OPERATOR(pg_catalog.=) s.shardid "
				 "JOIN pg_catalog.pg_dist_node AS n ON n.groupid OPERATOR(pg_catalog.=) p.groupid "
				 "WHERE s.logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) %u::pg_catalog.oid "
				 "AND n.noderole::pg_catalog.text OPERATOR(pg_catalog.=) 'primary' "
				 "ORDER BY s.shardid, 2, 3",
				 strcmp(schema, "public") == 0 ? "'public.'" : "''", table));
	MemoryContextSwitchTo(context);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		Shard	   *shard = palloc(sizeof(Shard));

		shard->name = answer(i, 1);
		shard->host = answer(i, 2);
		shard->port = atoi(answer(i, 3));
		shards = lappend(shards, shard);
	}
	SPI_freetuptable(SPI_tuptable);
	return shards;
}

/*
 * Run a command where a shard is, in a transaction of its own there, and return
 * what it gives: of a query the one value.  Error:
 * external_routine_exception, if it fails, or the node can't be reached.
 */
char *
reddict_run_on_shard(const Shard *shard, const char *command)
{
	MemoryContext context = CurrentMemoryContext;
	bool		success;
	char	   *result;

	ask(psprintf("SELECT success, result FROM pg_catalog.master_run_on_worker(ARRAY[%s], ARRAY[%d], ARRAY[%s], false)",
				 quote_literal_cstr(shard->host), shard->port, quote_literal_cstr(command)));
	MemoryContextSwitchTo(context);
	success = SPI_processed == 1 && strcmp(answer(0, 1), "t") == 0;
	result = SPI_processed == 1 ? answer(0, 2) : pstrdup("");
	SPI_freetuptable(SPI_tuptable);
	if (!success)
		ereport(ERROR,
				errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				errmsg("node %s:%d did not do what it was asked for shard %s", shard->host, shard->port, shard->name),
				errdetail("It says: %s", result));
	return result;
}
