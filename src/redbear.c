/*
 * redbear.c
 *	  The module itself.
 */
#include "postgres.h"

#include "common/pg_prng.h"
#include "fmgr.h"
#include "utils/guc.h"

#include "compact.h"
#include "program.h"
#include "registry.h"

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "redbear", .version = "1.0.0");
#else
PG_MODULE_MAGIC;
#endif

extern PGDLLEXPORT void _PG_init(void);

static const struct config_enum_entry partial_states[] = {
	{"text", PARTIAL_STATES_TEXT, false},
	{"compact", PARTIAL_STATES_COMPACT, false},
	{"keyless", PARTIAL_STATES_KEYLESS, false},
	{NULL, 0, false}
};

void
_PG_init(void)
{
	DefineCustomBoolVariable("redbear.pack",
							 "Packs new values whose key set is registered.",
							 "A packed value carries the hash of its keys in place of the keys.",
							 &redbear_pack,
							 true,
							 PGC_USERSET,
							 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("redbear.narrow",
							 "Keeps the numbers of new values in as few bytes as give them back.",
							 "Integers, and numbers with few decimals, take 1, 2 or 4 bytes in place of 8.",
							 &redbear_narrow,
							 true,
							 PGC_USERSET,
							 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("redbear.one_pass",
							 "Evaluates expressions of several operators and functions of maps in one pass.",
							 "For tests; the results are the same.",
							 &redbear_one_pass,
							 true,
							 PGC_USERSET,
							 0,
							 NULL, NULL, NULL);
	DefineCustomEnumVariable("redbear.partial_states",
							 "How states of aggregates are sent from node to node.",
							 "\"text\" is JSON, \"compact\" shorter; \"keyless\" also leaves out registered keys, which all nodes have to know.",
							 &redbear_partial_states,
							 PARTIAL_STATES_COMPACT,
							 partial_states,
							 PGC_USERSET,
							 0,
							 NULL, NULL, NULL);
	MarkGUCPrefixReserved("redbear");
	reddict_hash_seed = pg_prng_uint64(&pg_global_prng_state);
	reddict_registry_init();
}
