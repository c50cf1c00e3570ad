/*
 * registry.h
 *	  Shared key indexes: kept once per database, in a table of the extension.
 *
 * A value that is packed carries the hash of its key index in place of the
 * keys, so a registered key index must be there for ever, and must be the one
 * that the value was packed against.  Hence:
 *
 *	- Rows are only ever added.
 *	- Values are packed only against registrations that have committed, as any
 *	  snapshot from now on will see, and that are not of this transaction.  So
 *	  no rollback can leave a value whose keys are lost, whatever keeps it: a
 *	  row, a cached plan, a variable.
 *	- Of one hash one key set is registered.
 *	- Whatever the table says, who loads a key index checks order, number and
 *	  hash of its keys.
 */
#ifndef REDBEAR_REGISTRY_H
#define REDBEAR_REGISTRY_H

#include "access/htup.h"
#include "datatype/timestamp.h"
#include "utils/relcache.h"

#include "key_index.h"

#pragma GCC visibility push(hidden)

/* The registry is a table in a schema that the extension's script makes. */
#define REGISTRY_SCHEMA "_redbear"
#define REGISTRY_TABLE	"key_indexes"

/* Its columns: a part of a registration is a row. */
#define REGISTRY_HASH	1
#define REGISTRY_GENERATION 2
#define REGISTRY_PART	3		/* from 0 */
#define REGISTRY_PARTS	4		/* how many parts there are */
#define REGISTRY_N		5		/* number of keys */
#define REGISTRY_KEYS	6		/* a piece of the keys as a JSON array */
#define REGISTRY_AT		7		/* when it was registered */
#define REGISTRY_BY		8		/* and by whom */

/*
 * Bytes of JSON in a part: so few that a row fits in a page, even where a
 * restore into another encoding makes four bytes of one, and is never toasted.
 */
#define REGISTRY_PART_SIZE 1900

/* What the table says of a hash */
typedef enum RegistryState
{
	REGISTRY_NONE,				/* nothing */
	REGISTRY_INCOMPLETE,		/* parts are missing */
	REGISTRY_FALSE,				/* its keys are not those of the hash */
	REGISTRY_FOREIGN,			/* nor are these, but they may have been in
								 * another encoding */
	REGISTRY_FOUND
} RegistryState;

/* When and by whom a key set was registered */
typedef struct Registration
{
	TimestampTz at;
	NameData	by;
} Registration;

/* The setting redbear.pack */
extern bool redbear_pack;

extern Oid	reddict_extension(Oid *schema);
extern Oid	reddict_registry(void);
extern int64 *reddict_registry_hashes(Oid registry, Size *n);
extern bool reddict_share(KeyIndex *index);
extern bool reddict_share_always(KeyIndex *index);
extern RegistryState reddict_registry_read(Oid registry, uint64 hash,
										   bool with_own, KeyIndex *index,
										   Registration *registration);
extern bool reddict_registry_has_part(Relation rel, HeapTuple row, int32 part,
									  int last, bool *same);
extern char *reddict_registry_json(const KeyIndex *index);
extern RegistryState reddict_registry_parse(char *json, uint64 hash, int32 n,
								   KeyIndex *index);
extern void reddict_registry_init(void);

#pragma GCC visibility pop

#endif							/* REDBEAR_REGISTRY_H */
