/*
 * registry.c
 *	  What a backend knows of shared key indexes.
 *
 * registry.h says when a value may be packed.  What is known is of two kinds:
 *
 * Keys that were loaded are good for ever, since their hash is their address:
 * they are used without a lock and without asking again.  Of a hash:
 *
 *		not loaded -- load() finds it whole and true --> loaded
 *		loaded     -- make_room(), or another table --> not loaded
 *
 * Which hashes are registered is known for an epoch, which ends with each
 * invalidation of the table, and with a transaction that has registered some
 * itself.  It decides only whether a new value is packed; not to know means a
 * value that carries its keys, which is correct.  Of a hash, in an epoch:
 *
 *		unknown -- asked for --> present or absent
 *
 *	and of all of them
 *
 *		one by one -- many were asked for --> all read: what is unknown is absent
 *
 * A new epoch begins with nothing known.  So what a registration costs other
 * sessions does not depend on how many there are.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_type.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "registration.h"
#include "registry.h"

/*
 * Bytes that loaded keys take at the most; and how many of the key indexes that
 * were opened last stay in any case, so that a caller can walk along two.
 */
#define CACHE_SIZE	(16 * 1024 * 1024)
#define CACHE_KEPT	16

/*
 * All hashes are read after so many questions a page of the table: what that
 * costs is then about what the questions have cost.
 */
#define QUESTIONS_PER_PAGE 1

bool		redbear_pack = true;

/* A key index that is loaded */
typedef struct Loaded
{
	uint64		hash;			/* hash key: must be first */
	KeyIndex	index;
	Size		size;			/* bytes that it takes */
	uint64		confirmed;		/* the last epoch in which it was found present */
	dlist_node	node;
} Loaded;

/* What is known of a hash in an epoch */
typedef struct Known
{
	uint64		hash;			/* hash key: must be first */
	bool		present;
} Known;

static struct
{
	Oid			table;			/* the registry; InvalidOid: none is known */
	bool		located;		/* is "table" up to date? */
	uint64		epoch;
	bool		own_skipped;	/* has this transaction registered some? */

	/* loaded keys */
	Oid			source;			/* the table that they are from */
	MemoryContext context;
	MemoryContext retired;		/* that of the table before */
	HTAB	   *loaded;
	dlist_head	order;			/* the ones opened last come first */
	Size		size;			/* bytes that all take */
	Loaded	   *last;			/* the one opened last, as a short cut */

	/* known hashes */
	uint64		known_epoch;	/* the epoch that the rest is of */
	MemoryContext known_context;
	HTAB	   *known;
	bool		all_read;
	uint64		questions;
} registry = {.epoch = 1};

static void
schema_invalidated(Datum arg, int cacheid, uint32 hashvalue)
{
	registry.located = false;
	registry.epoch++;
}

static void
table_invalidated(Datum arg, Oid relid)
{
	if (relid == InvalidOid || relid == registry.table || !OidIsValid(registry.table))
	{
		registry.located = false;
		registry.epoch++;
	}
}

/* With the end of a transaction its own registrations begin to count. */
static void
transaction_ended(XactEvent event, void *arg)
{
	if (registry.own_skipped)
		registry.epoch++;
	registry.own_skipped = false;
}

/* To be called once, as the module is loaded. */
void
reddict_registry_init(void)
{
	CacheRegisterRelcacheCallback(table_invalidated, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, schema_invalidated, (Datum) 0);
	RegisterXactCallback(transaction_ended, NULL);
}

/*
 * The extension, and its schema; InvalidOid while there is none.  And, if that
 * is asked for, whether dumps have the rows of a table of it.
 */
Oid
reddict_extension(Oid *schema, Oid table, bool *dumped)
{
	Relation	extension = table_open(ExtensionRelationId, AccessShareLock);
	Oid			oid = InvalidOid;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	*schema = InvalidOid;
	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("redbear"));
	scan = systable_beginscan(extension, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_extension form = (Form_pg_extension) GETSTRUCT(tuple);

		oid = form->oid;
		*schema = form->extnamespace;
		if (dumped != NULL)
		{
			bool		isnull;
			Datum		tables = heap_getattr(tuple, Anum_pg_extension_extconfig,
											  RelationGetDescr(extension), &isnull);
			Datum	   *elements;
			int			n = 0;

			if (!isnull)
				deconstruct_array(DatumGetArrayTypeP(tables), OIDOID, sizeof(Oid), true,
								  TYPALIGN_INT, &elements, NULL, &n);
			*dumped = false;
			for (int i = 0; i < n; i++)
				*dumped |= DatumGetObjectId(elements[i]) == table;
		}
	}
	systable_endscan(scan);
	table_close(extension, AccessShareLock);
	return oid;
}

/*
 * The registry: the table of its name in its schema, if it is a member of the
 * extension.  Nobody but their owner, a superuser, puts another table there.
 * InvalidOid while there is none.
 *
 * While a page is locked no catalogue is asked again: the table that was the
 * registry when it was last looked up is as good, or gone.
 */
Oid
reddict_registry(void)
{
	uint64		before = registry.epoch;
	Oid			schema;
	Oid			found;

	if (registry.located || (OidIsValid(registry.table) && !INTERRUPTS_CAN_BE_PROCESSED()))
		return registry.table;

	schema = get_namespace_oid(REGISTRY_SCHEMA, true);
	found = OidIsValid(schema) ? get_relname_relid(REGISTRY_TABLE, schema) : InvalidOid;
	if (OidIsValid(found))
	{
		Oid			extension = reddict_extension(&schema, InvalidOid, NULL);

		if (!OidIsValid(extension) ||
			getExtensionOfObject(RelationRelationId, found) != extension)
			found = InvalidOid;
	}
	registry.table = found;

	/*
	 * If it was dropped on the way, nobody would say so again.  Nor does anybody
	 * say that a table has become a member.
	 */
	registry.located = OidIsValid(found) && registry.epoch == before;
	return found;
}

/* Open the registry to load from it; see reddict_registry_open(). */
static Relation
open_table(bool *busy)
{
	Oid			table = reddict_registry();
	Relation	rel = reddict_registry_open(table, busy);

	/* The keys of another registry are not those of this one. */
	if (rel != NULL && registry.source != table)
	{
		HASHCTL		info = {.keysize = sizeof(uint64), .entrysize = sizeof(Loaded)};

		/* (A caller may still have one of them: they go the next time.) */
		if (registry.retired != NULL)
			MemoryContextDelete(registry.retired);
		registry.retired = registry.context;
		registry.context = NULL;
		registry.loaded = NULL;
		registry.last = NULL;
		registry.source = InvalidOid;
		registry.size = 0;
		dlist_init(&registry.order);

		registry.context = AllocSetContextCreate(CacheMemoryContext, "redbear registry",
												 ALLOCSET_DEFAULT_SIZES);
		info.hcxt = registry.context;
		registry.loaded = hash_create("redbear key indexes", 64, &info,
									  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		registry.source = table;
	}
	return rel;
}

static Loaded *
find_loaded(uint64 hash)
{
	return registry.loaded == NULL ? NULL : hash_search(registry.loaded, &hash, HASH_FIND, NULL);
}

/* Note that a key index is opened now. */
static void
touch(Loaded *entry)
{
	if (entry == registry.last)
		return;
	dlist_move_head(&registry.order, &entry->node);
	registry.last = entry;
}

/* Forget the keys that were opened longest ago, where there are too many. */
static void
make_room(void)
{
	while (registry.size > CACHE_SIZE && hash_get_num_entries(registry.loaded) > CACHE_KEPT)
	{
		Loaded	   *oldest = dlist_tail_element(Loaded, node, &registry.order);

		dlist_delete(&oldest->node);
		registry.size -= oldest->size;
		pfree(unconstify(char *, oldest->index.block));
		hash_search(registry.loaded, &oldest->hash, HASH_REMOVE, NULL);
	}
}

/* Load the keys of a hash that has none yet; NULL if that finds none. */
static Loaded *
load(Relation rel, uint64 hash, uint64 epoch, RegistryState *state)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "redbear registration",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	KeyIndex	index;
	Loaded	   *entry = NULL;

	*state = reddict_registration_read(rel, hash, &registry.own_skipped, &index, NULL);
	if (*state == REGISTRY_FOUND)
	{
		char	   *block = MemoryContextAlloc(registry.context, index.size);

		index.block = memcpy(block, index.block, index.size);
		entry = hash_search(registry.loaded, &hash, HASH_ENTER, NULL);
		entry->index = index;
		/* dynahash has a header of two words, and a bucket */
		entry->size = GetMemoryChunkSpace(block) + MAXALIGN(sizeof(Loaded)) + 3 * sizeof(void *);
		entry->confirmed = epoch;
		dlist_push_head(&registry.order, &entry->node);
		registry.last = entry;
		registry.size += entry->size;
		make_room();
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return entry;
}

/*
 * The key index, with its block, that a packed value has the hash of.
 *
 * Errors: data_corrupted, if it is not in the registry, or not as it was;
 * lock_not_available, if it must be loaded while a page is locked, and somebody
 * has locked the registry.  But NULL if it may be missing.
 */
const KeyIndex *
reddict_registered_keys(const KeyIndex *index, bool missing_ok)
{
	Loaded	   *entry = registry.last;
	RegistryState state = REGISTRY_FALSE;

	if (unlikely(entry == NULL || entry->hash != index->hash))
	{
		entry = find_loaded(index->hash);
		if (entry == NULL)
		{
			bool		busy;
			Relation	rel = open_table(&busy);

			state = busy ? REGISTRY_BUSY : REGISTRY_NONE;
			if (rel != NULL)
			{
				/* What is loaded to be read is not confirmed to be packed against. */
				entry = load(rel, index->hash, 0, &state);
				reddict_registry_close(rel);
			}
		}
		else
			touch(entry);
	}
	if (likely(entry != NULL && entry->index.n == index->n))
		return &entry->index;
	if (missing_ok)
		return NULL;
	if (state == REGISTRY_BUSY)
		ereport(ERROR,
				errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				errmsg("could not obtain lock on relation \"%s\"", REGISTRY_SCHEMA "." REGISTRY_TABLE),
				errdetail("The keys of a packed value are needed while a page is locked, where waiting could last for ever."),
				errhint("Try again when nobody has locked the registry. It needs no VACUUM FULL."));
	ereport(ERROR,
			errcode(ERRCODE_DATA_CORRUPTED),
			state == REGISTRY_FALSE || state == REGISTRY_FOREIGN ?
			errmsg("shared key index " INT64_FORMAT " is not what it was", (int64) index->hash) :
			errmsg("shared key index " INT64_FORMAT " is not registered", (int64) index->hash),
			errhint("The registry of redbear has been damaged. Values with this key index can be read once its keys are registered again, by rd_share_keys()."));
}

/* Begin a new epoch, if need be, with nothing known. */
static void
renew_known(void)
{
	HASHCTL		info = {.keysize = sizeof(uint64), .entrysize = sizeof(Known)};

	if (likely(registry.known != NULL && registry.known_epoch == registry.epoch))
		return;
	if (registry.known_context == NULL)
		registry.known_context = AllocSetContextCreate(CacheMemoryContext, "redbear registered hashes",
													   ALLOCSET_DEFAULT_SIZES);
	registry.known = NULL;
	MemoryContextReset(registry.known_context);
	info.hcxt = registry.known_context;
	registry.known = hash_create("redbear registered hashes", 64, &info,
								 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	registry.all_read = false;
	registry.questions = 0;
	registry.known_epoch = registry.epoch;
}

static void
learn(uint64 hash, bool present)
{
	((Known *) hash_search(registry.known, &hash, HASH_ENTER, NULL))->present = present;
}

static void
learn_present(bool isnull, uint64 hash, void *arg)
{
	if (!isnull)
		learn(hash, true);
}

/*
 * A key index that may be packed against, by its hash: loaded, and registered
 * now.  NULL if there is none, or the table is locked and we can't wait.
 */
static Loaded *
find_registered(uint64 hash)
{
	Loaded	   *entry = find_loaded(hash);
	uint64		epoch;
	Known	   *known;
	Relation	rel;
	bool		busy;
	RegistryState state;

	if (likely(entry != NULL && entry->confirmed == registry.epoch))
		return entry;
	renew_known();
	known = hash_search(registry.known, &hash, HASH_FIND, NULL);
	if (known == NULL ? registry.all_read : !known->present)
		return NULL;
	if (known != NULL && entry != NULL)
	{
		entry->confirmed = registry.known_epoch;
		return entry;
	}

	/*
	 * Opening may begin an epoch.  What is read from then on is of this one; if
	 * another begins meanwhile, it is asked for again.
	 */
	rel = open_table(&busy);
	renew_known();
	epoch = registry.known_epoch;
	if (rel == NULL)
	{
		registry.all_read = !busy;
		return NULL;
	}
	if (!registry.all_read &&
		++registry.questions > QUESTIONS_PER_PAGE * (uint64) RelationGetNumberOfBlocks(rel))
	{
		reddict_registry_scan(rel, &registry.own_skipped, learn_present, NULL);
		registry.all_read = true;
	}
	known = hash_search(registry.known, &hash, HASH_FIND, NULL);
	entry = find_loaded(hash);
	if (registry.all_read ? known == NULL :
		entry != NULL && !reddict_registry_has(rel, hash, &registry.own_skipped))
		entry = NULL;
	else if (entry == NULL)
		entry = load(rel, hash, epoch, &state);
	else
		entry->confirmed = epoch;
	if (entry == NULL && (known != NULL || !registry.all_read))
		learn(hash, false);
	reddict_registry_close(rel);
	return entry;
}

#ifdef REDBEAR_RECORD_KEYS
/*
 * In this test build, a key set that is not registered goes to the server's
 * log, once a session, so that it can be registered for the next run.  Loops
 * that let a map grow make thousands of large ones, of which 300 are enough.
 */
static void
record(const KeyIndex *index)
{
	static HTAB *recorded = NULL;
	static int	large = 0;
	bool		found;

	if (recorded == NULL)
	{
		HASHCTL		info = {.keysize = sizeof(uint64), .entrysize = sizeof(Known)};

		recorded = hash_create("redbear recorded key sets", 64, &info, HASH_ELEM | HASH_BLOBS);
	}
	hash_search(recorded, &index->hash, HASH_ENTER, &found);
	if (found || (index->size > BLCKSZ && ++large > 300))
		return;
	ereport(LOG, errhidestmt(true), errhidecontext(true),
			errmsg_internal("key set %s", reddict_registration_json(index)));
}
#else
#define record(index) ((void) 0)
#endif

/* As reddict_pack_keys(), whatever the setting redbear.pack. */
bool
reddict_pack_keys_always(KeyIndex *index)
{
	Loaded	   *entry;

	Assert(!index->shared);
	if (index->n == 0 || !IsTransactionState() || HistoricSnapshotActive())
		return false;
	entry = find_registered(index->hash);
	if (entry == NULL)
	{
		record(index);
		return false;
	}
	touch(entry);
	if (!key_index_same(&entry->index, index))
		return false;
	index->shared = true;
	index->block = NULL;
	index->size = 0;
	index->wide = false;
	return true;
}

/*
 * Make a key index shared if its keys are registered; then it has no block any
 * more, so a value of it is packed.  The functions that build a key index for a
 * value ask this, and no other has to.  It may wait for locks, but raises no
 * error: where it can't find out, the answer is false.
 */
bool
reddict_pack_keys(KeyIndex *index)
{
	bool		none = registry.all_read && registry.known_epoch == registry.epoch &&
		hash_get_num_entries(registry.known) == 0;

#ifdef REDBEAR_RECORD_KEYS
	none = false;
#endif
	if (!redbear_pack || none)
		return false;
	return reddict_pack_keys_always(index);
}
