/*
 * nodes.h
 *	  Tables whose rows another extension keeps, on this node or on others.
 */
#ifndef REDBEAR_NODES_H
#define REDBEAR_NODES_H

#include "nodes/pg_list.h"

#pragma GCC visibility push(hidden)

/* A shard of a distributed table, on one of the nodes that have it */
typedef struct Shard
{
	const char *name;			/* quoted, with its schema */
	const char *host;
	int			port;
} Shard;

extern bool reddict_extension_has(const char *extension, const char *schema, const char *relation);
extern List *reddict_shards(Oid table);
extern char *reddict_run_on_shard(const Shard *shard, const char *command);

#pragma GCC visibility pop

#endif							/* REDBEAR_NODES_H */
