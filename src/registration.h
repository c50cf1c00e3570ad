/*
 * registration.h
 *	  Registrations: rows of the registry's table, and the keys they stand for.
 *
 * A registration of a key set is a few rows of the table.  Together their texts
 * are the keys as a JSON array of strings, in byte order.  Rows are only ever
 * added, also to mend what is wrong: of one hash there may be several
 * generations, and the lowest that is whole and true is the registration.
 *
 * Nothing that the table may hold raises an error here, whoever wrote to it:
 * values are looked at through this that have nothing to do with a row but its
 * hash.
 */
#ifndef REDBEAR_REGISTRATION_H
#define REDBEAR_REGISTRATION_H

#include "access/htup.h"
#include "datatype/timestamp.h"
#include "utils/relcache.h"

#include "key_index.h"

#pragma GCC visibility push(hidden)

/* The registry is a table in a schema that the extension's script makes. */
#define REGISTRY_SCHEMA "_redbear"
#define REGISTRY_TABLE	"key_indexes"
#define REGISTRY_RIGHT	"may_register"

/* Its columns: a part of a registration is a row. */
#define REGISTRY_HASH	1
#define REGISTRY_GENERATION 2
#define REGISTRY_PART	3		/* from 0 */
#define REGISTRY_PARTS	4		/* how many parts there are */
#define REGISTRY_N		5		/* number of keys */
#define REGISTRY_KEYS	6		/* a piece of the keys as a JSON array */
#define REGISTRY_ENCODING 7		/* of keys beyond ASCII; NULL: ours */
#define REGISTRY_AT		8		/* when it was registered */
#define REGISTRY_BY		9		/* and by whom */

/*
 * Bytes of JSON in a part: so few that a row fits in a page, even where a
 * restore into another encoding makes four bytes of one, and is never toasted.
 */
#define REGISTRY_PART_SIZE 1900
#define REGISTRY_MAX_PART_SIZE (4 * REGISTRY_PART_SIZE)

/* What the table says of a hash, from bad to good */
typedef enum RegistryState
{
	REGISTRY_NONE,				/* nothing */
	REGISTRY_BUSY,				/* the table is locked, and we can't wait */
	REGISTRY_INCOMPLETE,		/* parts are missing */
	REGISTRY_FALSE,				/* the keys are not those of the hash */
	REGISTRY_FOREIGN,			/* nor are these, but they may have been in
								 * another encoding */
	REGISTRY_FOUND
} RegistryState;

/* A row */
typedef struct RegistryRow
{
	uint64		hash;
	int32		generation;
	int32		part;
	int32		parts;
	int32		n;
	char	   *keys;			/* zero-terminated */
	char	   *encoding;		/* NULL: not given */
	TimestampTz at;
	NameData	by;
} RegistryRow;

extern bool reddict_registry_is_as_made(Relation rel);
extern Relation reddict_registry_open(Oid registry, bool *busy);
extern void reddict_registry_close(Relation rel);
extern bool reddict_registry_has_index(Relation rel);
extern bool reddict_registry_row(Relation rel, HeapTuple tuple, RegistryRow *row);
extern bool reddict_registry_has(Relation rel, uint64 hash, bool *own_skipped);
extern bool reddict_registry_find(Relation rel, uint64 hash, int32 generation,
								  int32 part, RegistryRow *row);
extern int32 reddict_registry_next_generation(Relation rel, uint64 hash);
extern RegistryRow *reddict_registry_rows(Relation rel, uint64 hash,
										  bool *own_skipped, int *n);
extern void reddict_registry_scan(Relation rel, bool *own_skipped,
								  void (*callback) (bool isnull, uint64 hash, void *arg),
								  void *arg);
extern RegistryState reddict_registration_assemble(RegistryRow *rows, int nrows,
												   KeyIndex *index,
												   RegistryRow *first);
extern RegistryState reddict_registration_read(Relation rel, uint64 hash,
											   bool *own_skipped,
											   KeyIndex *index,
											   RegistryRow *first);
extern const char *reddict_registration_problem(RegistryState state);
extern char *reddict_registration_json(const KeyIndex *index);
extern const char *reddict_registration_encoding(const KeyIndex *index);

#pragma GCC visibility pop

#endif							/* REDBEAR_REGISTRATION_H */
