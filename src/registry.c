/*
 * registry.c
 *	  What a backend knows of shared key indexes.
 *
 * registry.h says when a value may be packed.  A backend keeps the set of all
 * registered hashes, which is read anew after an invalidation of the table;
 * and, of those that were needed, the keys, as many as fit.  A set that is
 * behind means values that carry their keys, which are correct.
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
#include "common/jsonapi.h"
#include "common/string.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "compat.h"
#include "reddict.h"
#include "registry.h"

/*
 * Bytes of keys that a backend keeps; and how many of the key indexes that
 * were opened last stay in any case, so that who walks along two is safe.
 */
#define CACHE_SIZE	(16 * 1024 * 1024)
#define CACHE_KEPT	16

bool		redbear_pack = true;

/* A registered hash */
typedef struct Registered
{
	uint64		hash;			/* hash key: must be first */
	KeyIndex	index;			/* block is NULL until the keys are needed */
	uint64		opened;			/* when it was last opened, in openings */
	bool		refused;		/* not to be packed against */
} Registered;

static HTAB *registered = NULL;
static Oid	registered_in = InvalidOid; /* the table whose hashes these are */
static MemoryContext cache = NULL;	/* of all of that */
static Size cached = 0;			/* bytes of keys */
static int	ncached = 0;		/* key indexes with keys */
static uint64 openings = 0;
static Registered *last_opened = NULL;

/* Both are to be found out again after an invalidation. */
static Oid	registry = InvalidOid;	/* the table, once it was found */
static bool current = false;	/* are the hashes up to date? */
static uint64 invalidations = 0;

static bool own_skipped = false;	/* did this transaction register some? */

static void
schema_invalidated(Datum arg, int cacheid, uint32 hashvalue)
{
	registry = InvalidOid;
	current = false;
	invalidations++;
}

static void
registry_invalidated(Datum arg, Oid relid)
{
	if (relid == InvalidOid || relid == registry || registry == InvalidOid)
	{
		registry = InvalidOid;
		current = false;
		invalidations++;
	}
}

/* With the end of a transaction its own registrations begin to count. */
static void
transaction_ended(XactEvent event, void *arg)
{
	if (own_skipped)
		current = false;
	own_skipped = false;
}

/* To be called once, as the module is loaded. */
void
reddict_registry_init(void)
{
	CacheRegisterRelcacheCallback(registry_invalidated, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, schema_invalidated, (Datum) 0);
	RegisterXactCallback(transaction_ended, NULL);
}

/* The extension, and its schema; InvalidOid while there is none. */
Oid
reddict_extension(Oid *schema)
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
	}
	systable_endscan(scan);
	table_close(extension, AccessShareLock);
	return oid;
}

/*
 * The registry: the table of its name in its schema, if it is a member of the
 * extension.  Nobody but their owner, a superuser, puts another table there.
 * InvalidOid while there is none.
 */
Oid
reddict_registry(void)
{
	uint64		before = invalidations;
	Oid			schema;
	Oid			found;

	if (OidIsValid(registry))
		return registry;

	schema = get_namespace_oid(REGISTRY_SCHEMA, true);
	found = OidIsValid(schema) ? get_relname_relid(REGISTRY_TABLE, schema) : InvalidOid;
	if (OidIsValid(found))
	{
		Oid			extension = reddict_extension(&schema);

		if (!OidIsValid(extension) ||
			getExtensionOfObject(RelationRelationId, found) != extension)
			found = InvalidOid;
	}
	/* If it was dropped on the way, nobody would say so again. */
	if (invalidations == before)
		registry = found;
	return found;
}

/*
 * Scan the registry for rows, by its index where a hash is given and there is
 * one.
 *
 * What is read is what has committed by now, and this transaction's own: not
 * what the transaction's snapshot shows, which may be old.  In logical
 * decoding it is what a historic snapshot shows, and by the heap, since the
 * indexes of a user catalogue table are not mapped back in time.
 */
static SysScanDesc
begin_scan(Relation rel, ScanKeyData *key, int nkeys)
{
	bool		historic = HistoricSnapshotActive();
	Oid			index = key->sk_attno == REGISTRY_HASH && !historic ?
		primary_key_index(rel) : InvalidOid;

	return systable_beginscan(rel, index, OidIsValid(index),
							  historic ? NULL : SnapshotSelf, nkeys, key);
}

static void
hash_key(ScanKeyData *key, uint64 hash)
{
	ScanKeyInit(key, REGISTRY_HASH, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum((int64) hash));
}

static void
part_key(ScanKeyData *key, int32 part)
{
	ScanKeyInit(key, REGISTRY_PART, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(part));
}

/*
 * Append a key as a JSON string; from UTF-8 in ASCII, so that a dump goes into
 * a database of any encoding, with whatever other keys it has.
 */
static void
append_json_key(StringInfo json, const char *key, uint32 len)
{
	StringInfoData string;

	initStringInfo(&string);
	escape_json(&string, pnstrdup(key, len));
	for (const char *p = string.data; *p != '\0';)
	{
		pg_wchar	c;

		if (!IS_HIGHBIT_SET(*p) || GetDatabaseEncoding() != PG_UTF8)
		{
			appendStringInfoChar(json, *p++);
			continue;
		}
		c = utf8_to_unicode((const unsigned char *) p);
		p += pg_utf_mblen((const unsigned char *) p);
		if (c >= 0x10000)
		{
			c -= 0x10000;
			appendStringInfo(json, "\\u%04x", 0xd800 + (c >> 10));
			c = 0xdc00 + (c & 0x3ff);
		}
		appendStringInfo(json, "\\u%04x", c);
	}
}

/* The keys of an index as a JSON array. */
char *
reddict_registry_json(const KeyIndex *index)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "redbear registration",
												  ALLOCSET_DEFAULT_SIZES);
	StringInfoData json;
	KeyCursor	cursor;

	initStringInfo(&json);
	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
	{
		MemoryContext caller = MemoryContextSwitchTo(scratch);

		appendStringInfoString(&json, cursor.position == 0 ? "[" : ", ");
		append_json_key(&json, cursor.key, cursor.len);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	appendStringInfoChar(&json, ']');
	return json.data;
}

/*
 * Was JSON written in a database of another encoding?  Where ours is not UTF-8,
 * characters beyond ASCII are not escaped here, and the lexer might raise an
 * error for one that our encoding lacks.
 */
static bool
is_foreign(const char *json)
{
	if (GetDatabaseEncoding() == PG_UTF8)
		return false;
	for (; *json != '\0'; json++)
	{
		if (*json != '\\')
			continue;
		json++;
		if (*json == 'u' && (strncmp(json + 1, "00", 2) != 0 || json[3] > '7'))
			return true;
		if (*json == '\0')
			break;
	}
	return false;
}

static JsonTokenType
next_token(JsonLexContext *lex)
{
	return json_lex(lex) == JSON_SUCCESS ? lex->token_type : JSON_TOKEN_INVALID;
}

/*
 * Make the key index that a JSON array of strings stands for, in the current
 * memory context; FOUND if its keys are in order, so many, and have that hash.
 * Nothing that the text may be raises an error: values are looked at through
 * this that have nothing to do with the registration but its hash.
 */
RegistryState
reddict_registry_parse(char *json, uint64 hash, int32 n, KeyIndex *index)
{
	bool		foreign = is_foreign(json);
	RegistryState wrong = foreign || !pg_is_ascii(json) ? REGISTRY_FOREIGN : REGISTRY_FALSE;
	int			len = strlen(json);
	JsonLexContext *lex = make_json_lexer(json, len);
	KeyEntry   *entries;
	Size		size = 0;

	/* a key takes two quotes, and a comma or bracket */
	if (foreign || n < 1 || n > len / 3 || n > REDDICT_MAX_SIZE / (int32) sizeof(float8) ||
		next_token(lex) != JSON_TOKEN_ARRAY_START)
		return wrong;
	entries = palloc(n * sizeof(KeyEntry));
	for (int32 i = 0; i < n; i++)
	{
		KeyEntry   *entry = &entries[i];

		CHECK_FOR_INTERRUPTS();
		if (next_token(lex) != JSON_TOKEN_STRING)
			return wrong;
		entry->len = lex->strval->len;
		entry->source = i;
		size += entry->len;
		if (entry->len > KEY_INDEX_MAX_KEY_LEN || size > REDDICT_MAX_SIZE)
			return wrong;
		entry->key = memcpy(palloc(entry->len), lex->strval->data, entry->len);
		if (i > 0 && key_compare(entry[-1].key, entry[-1].len, entry->key, entry->len) >= 0)
			return wrong;
		if (next_token(lex) != (i + 1 < n ? JSON_TOKEN_COMMA : JSON_TOKEN_ARRAY_END))
			return wrong;
	}
	if (next_token(lex) != JSON_TOKEN_END)
		return wrong;
	reddict_key_index_write(index, entries,
							palloc(reddict_key_index_measure(index, entries, n)));
	return index->hash == hash ? REGISTRY_FOUND : wrong;
}

/*
 * Was a row of the registry written by this transaction?
 *
 * COPY FREEZE freezes rows before their transaction has ended, in a table whose
 * file is as new.  A row that was frozen long ago may have this transaction's
 * number from an earlier round.
 */
static bool
is_own(Relation rel, HeapTuple tuple)
{
	bool		fresh = rel->rd_createSubid != InvalidSubTransactionId ||
		relation_new_file(rel) != InvalidSubTransactionId;

	return TransactionIdIsCurrentTransactionId(fresh ?
											   HeapTupleHeaderGetRawXmin(tuple->t_data) :
											   HeapTupleHeaderGetXmin(tuple->t_data));
}

/*
 * What the registry says of a hash, with or without this transaction's own
 * rows; with its key index, in the current memory context, if it is found, and
 * who registered it, if that is asked for.
 */
RegistryState
reddict_registry_read(Oid registry_oid, uint64 hash, bool with_own, KeyIndex *index,
					  Registration *registration)
{
	Relation	rel = table_open(registry_oid, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	char	  **pieces = NULL;
	int32		parts = 0;
	int32		read = 0;
	int32		n = 0;
	StringInfoData json;

	hash_key(&key, hash);
	scan = begin_scan(rel, &key, 1);
	/* Copy, and end the scan, before anything else is read. */
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Datum		values[REGISTRY_BY];
		bool		nulls[REGISTRY_BY];
		bool		null = false;
		int32		part;

		if (!with_own && is_own(rel, tuple))
		{
			own_skipped = true;
			continue;
		}
		for (int i = 0; i < REGISTRY_BY; i++)
		{
			values[i] = heap_getattr(tuple, i + 1, RelationGetDescr(rel), &nulls[i]);
			null |= nulls[i];
		}
		/* NOT NULL may have been dropped. */
		if (null)
			continue;
		part = DatumGetInt32(values[REGISTRY_PART - 1]);
		if (pieces == NULL)
		{
			parts = DatumGetInt32(values[REGISTRY_PARTS - 1]);
			n = DatumGetInt32(values[REGISTRY_N - 1]);
			if (parts < 1 || parts > REDDICT_MAX_SIZE / REGISTRY_PART_SIZE * 8)
				break;
			pieces = palloc0(parts * sizeof(char *));
		}
		if (part < 0 || part >= parts || pieces[part] != NULL ||
			DatumGetInt32(values[REGISTRY_PARTS - 1]) != parts ||
			DatumGetInt32(values[REGISTRY_N - 1]) != n)
			continue;
		pieces[part] = TextDatumGetCString(values[REGISTRY_KEYS - 1]);
		if (registration != NULL)
		{
			registration->at = DatumGetTimestampTz(values[REGISTRY_AT - 1]);
			registration->by = *DatumGetName(values[REGISTRY_BY - 1]);
		}
		read++;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);

	if (pieces == NULL)
		return REGISTRY_NONE;
	if (read < parts)
		return REGISTRY_INCOMPLETE;
	initStringInfo(&json);
	for (int32 i = 0; i < parts; i++)
	{
		Size		len = strlen(pieces[i]);

		if (json.len + len >= MaxAllocSize)
			return REGISTRY_FALSE;
		appendBinaryStringInfo(&json, pieces[i], len);
	}
	return reddict_registry_parse(json.data, hash, n, index);
}

static int
compare_hashes(const void *a, const void *b)
{
	int64		left = *(const int64 *) a;
	int64		right = *(const int64 *) b;

	return left < right ? -1 : left > right;
}

/*
 * All hashes of which the registry has rows, in ascending order, in the current
 * memory context.
 */
int64 *
reddict_registry_hashes(Oid registry_oid, Size *n)
{
	Relation	rel = table_open(registry_oid, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, SnapshotSelf, 0, NULL);
	Size		capacity = 1024;
	int64	   *hashes = palloc(capacity * sizeof(int64));
	Size		count = 0;
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		hash = heap_getattr(tuple, REGISTRY_HASH, RelationGetDescr(rel), &isnull);

		CHECK_FOR_INTERRUPTS();
		if (isnull)
			continue;
		if (count == capacity)
		{
			capacity *= 2;
			hashes = repalloc_huge(hashes, capacity * sizeof(int64));
		}
		hashes[count++] = DatumGetInt64(hash);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);

	qsort(hashes, count, sizeof(int64), compare_hashes);
	*n = 0;
	for (Size i = 0; i < count; i++)
	{
		if (i == 0 || hashes[i] != hashes[i - 1])
			hashes[(*n)++] = hashes[i];
	}
	return hashes;
}

/*
 * Is there a certain part of the registration that a row is a part of?  If
 * so, "same" says whether it has the same as the row has in the columns from
 * REGISTRY_PARTS to "last".
 */
bool
reddict_registry_has_part(Relation rel, HeapTuple row, int32 part, int last, bool *same)
{
	TupleDesc	desc = RelationGetDescr(rel);
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		isnull;

	hash_key(&key[0], (uint64) DatumGetInt64(heap_getattr(row, REGISTRY_HASH, desc, &isnull)));
	part_key(&key[1], part);
	scan = begin_scan(rel, key, lengthof(key));
	tuple = systable_getnext(scan);
	*same = true;
	for (int i = REGISTRY_PARTS; HeapTupleIsValid(tuple) && i <= last; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i - 1);
		Datum		there = heap_getattr(tuple, i, desc, &isnull);
		Datum		value = heap_getattr(row, i, desc, &isnull);

		*same &= !isnull && datum_image_eq(there, value, column->attbyval, column->attlen);
	}
	systable_endscan(scan);
	return HeapTupleIsValid(tuple);
}

/* Forget the keys that were opened longest ago, where there are too many. */
static void
make_room(void)
{
	while (cached > CACHE_SIZE && ncached > CACHE_KEPT)
	{
		HASH_SEQ_STATUS status;
		Registered *entry;
		Registered *oldest = NULL;

		hash_seq_init(&status, registered);
		while ((entry = hash_seq_search(&status)) != NULL)
		{
			if (entry->index.block != NULL &&
				(oldest == NULL || entry->opened < oldest->opened))
				oldest = entry;
		}
		pfree(unconstify(char *, oldest->index.block));
		oldest->index.block = NULL;
		cached -= oldest->index.size;
		ncached--;
	}
}

/* Forget all: the table is not the one that this was read from. */
static void
forget(Oid registry_oid)
{
	HASHCTL		info = {.keysize = sizeof(uint64), .entrysize = sizeof(Registered)};

	if (cache != NULL)
		MemoryContextDelete(cache);
	cache = NULL;
	registered = NULL;
	last_opened = NULL;
	current = false;
	cached = 0;
	ncached = 0;

	cache = AllocSetContextCreate(CacheMemoryContext, "redbear registry",
								  ALLOCSET_DEFAULT_SIZES);
	info.hcxt = cache;
	registered = hash_create("redbear registered key indexes", 64, &info,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	registered_in = registry_oid;
}

/* Find or enter a hash; a new one is good to read, until refresh() finds it. */
static Registered *
enter_hash(uint64 hash)
{
	bool		found;
	Registered *entry = hash_search(registered, &hash, HASH_ENTER, &found);

	if (!found)
	{
		memset(&entry->index, 0, sizeof(entry->index));
		entry->opened = 0;
		entry->refused = true;
	}
	return entry;
}

/* Bring the set of hashes up to date, if need be; false if there is no registry. */
static bool
refresh(void)
{
	uint64		before;
	Oid			oid;
	Relation	rel;
	HASH_SEQ_STATUS status;
	Registered *entry;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (likely(current))
		return true;
	before = invalidations;
	oid = reddict_registry();
	if (!OidIsValid(oid))
		return false;
	if (registered_in != oid)
		forget(oid);

	rel = table_open(oid, AccessShareLock);
	/* Rows go only where somebody has had them removed: take no chances. */
	hash_seq_init(&status, registered);
	while ((entry = hash_seq_search(&status)) != NULL)
		entry->refused = true;
	part_key(&key, 0);
	scan = begin_scan(rel, &key, 1);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		hash = heap_getattr(tuple, REGISTRY_HASH, RelationGetDescr(rel), &isnull);

		if (is_own(rel, tuple))
			own_skipped = true;
		else
			enter_hash((uint64) DatumGetInt64(hash))->refused = false;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	/* an invalidation on the way says that this missed something */
	current = invalidations == before;
	return true;
}

/* Load the keys of a registered hash. */
static RegistryState
load(Oid registry_oid, Registered *entry)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "redbear registration",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	KeyIndex	index;
	RegistryState state = reddict_registry_read(registry_oid, entry->hash, false, &index, NULL);

	if (state == REGISTRY_FOUND)
	{
		MemoryContextSwitchTo(cache);
		reddict_key_index_own(&index);
		entry->index = index;
		cached += index.size;
		ncached++;
		entry->opened = ++openings;
		make_room();
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return state;
}

/*
 * Find the keys of a hash that a packed value has, NULL if they are not to be
 * had.
 */
static Registered *
open_registered(uint64 hash, RegistryState *state)
{
	Oid			oid = reddict_registry();
	Registered *entry;

	*state = REGISTRY_NONE;
	if (!OidIsValid(oid))
		return NULL;
	if (registered_in != oid)
		forget(oid);
	entry = enter_hash(hash);
	if (entry->index.block == NULL)
		*state = load(oid, entry);
	return entry->index.block != NULL ? entry : NULL;
}

/*
 * The key index, with its block, that a packed value has the hash of; see
 * key_index_open().
 *
 * Error: data_corrupted, if it is not in the registry, or not as it was; but
 * NULL if it may be missing.
 */
const KeyIndex *
reddict_registered_keys(const KeyIndex *index, bool missing_ok)
{
	Registered *entry = last_opened;
	RegistryState state = REGISTRY_FALSE;

	if (unlikely(entry == NULL || entry->hash != index->hash || entry->index.block == NULL ||
				 !OidIsValid(registry) || registry != registered_in))
		entry = open_registered(index->hash, &state);
	if (unlikely(entry == NULL || entry->index.n != index->n))
	{
		if (missing_ok)
			return NULL;
		ereport(ERROR,
				errcode(ERRCODE_DATA_CORRUPTED),
				state == REGISTRY_FALSE || state == REGISTRY_FOREIGN ?
				errmsg("shared key index " INT64_FORMAT " is not what it was", (int64) index->hash) :
				errmsg("shared key index " INT64_FORMAT " is not registered", (int64) index->hash),
				errhint("The registry of redbear has been damaged. Values with this key index can be read once its keys are registered again."));
	}
	entry->opened = ++openings;
	last_opened = entry;
	return &entry->index;
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
	static int	large = 0;

	enter_hash(index->hash)->refused = true;
	if (index->size > BLCKSZ && ++large > 300)
		return;
	ereport(LOG, errhidestmt(true), errhidecontext(true),
			errmsg_internal("key set %s", reddict_registry_json(index)));
}
#else
#define record(index) ((void) 0)
#endif

/* As reddict_share(), whatever the setting redbear.pack. */
bool
reddict_share_always(KeyIndex *index)
{
	Registered *entry;
	bool		same;

	Assert(!index->shared);
	if (index->n == 0 || !IsTransactionState() || HistoricSnapshotActive() || !refresh())
		return false;
	entry = hash_search(registered, &index->hash, HASH_FIND, NULL);
	if (entry == NULL)
		record(index);
	if (entry == NULL || entry->refused)
		return false;
	if (entry->index.block == NULL && load(registered_in, entry) != REGISTRY_FOUND)
	{
		entry->refused = true;
		return false;
	}
	entry->opened = ++openings;
	same = key_index_same(&entry->index, index);
	if (same)
	{
		index->shared = true;
		index->block = NULL;
		index->size = 0;
		index->wide = false;
	}
	return same;
}

/*
 * Make a key index shared if its keys are registered; then it has no block any
 * more.  Whoever builds a key index for a value asks this, and nobody else
 * has to know of it.
 */
bool
reddict_share(KeyIndex *index)
{
	bool		none = current && hash_get_num_entries(registered) == 0;

#ifdef REDBEAR_RECORD_KEYS
	none = false;
#endif
	if (!redbear_pack || none)
		return false;
	return reddict_share_always(index);
}
