/*
 * registration.c
 *	  Read registrations from the registry's table, and write their text.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/jsonapi.h"
#include "common/string.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "registration.h"

/* A scan of the registry */
typedef struct RegistryScan
{
	Relation	rel;
	Oid			index;			/* locked for it; InvalidOid: none */
	bool	   *own_skipped;	/* NULL: with this transaction's own rows */
	SysScanDesc scan;
} RegistryScan;

/*
 * May we wait for a lock?  Not where interrupts are held off, as while a btree
 * compares with a page locked: the session that holds the lock may wait for the
 * page, and neither the deadlock detector nor a cancel would end that.
 */
static bool
may_wait(void)
{
	return INTERRUPTS_CAN_BE_PROCESSED();
}

/* Does the table have the columns that the extension's script gave it? */
bool
reddict_registry_is_as_made(Relation rel)
{
	static const Oid types[] = {INT8OID, INT4OID, INT4OID, INT4OID, INT4OID, TEXTOID, TEXTOID,
	TIMESTAMPTZOID, NAMEOID};
	TupleDesc	desc = RelationGetDescr(rel);

	StaticAssertDecl(lengthof(types) == REGISTRY_BY, "each column has a type");
	if (rel->rd_rel->relkind != RELKIND_RELATION || rel->rd_rel->relam != HEAP_TABLE_AM_OID ||
		desc->natts < REGISTRY_BY)
		return false;
	for (int i = 0; i < REGISTRY_BY; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (column->attisdropped || column->atttypid != types[i])
			return false;
	}
	return true;
}

/*
 * Open the registry to read it.  NULL if it is gone, or somebody has changed
 * its columns; and also, which "busy" says, if it is locked and we can't wait.
 */
Relation
reddict_registry_open(Oid registry, bool *busy)
{
	Relation	rel;

	*busy = false;
	if (!OidIsValid(registry))
		return NULL;
	if (may_wait())
		LockRelationOid(registry, AccessShareLock);
	else if (!ConditionalLockRelationOid(registry, AccessShareLock))
	{
		*busy = true;
		return NULL;
	}
	rel = try_relation_open(registry, NoLock);
	if (rel != NULL && reddict_registry_is_as_made(rel))
		return rel;
	if (rel != NULL)
		relation_close(rel, NoLock);
	UnlockRelationOid(registry, AccessShareLock);
	return NULL;
}

void
reddict_registry_close(Relation rel)
{
	relation_close(rel, AccessShareLock);
}

/*
 * The primary key, locked; InvalidOid if it has other columns now, or is locked
 * by somebody and we can't wait.
 */
static Oid
lock_index(Relation rel)
{
	Oid			oid = primary_key_index(rel);
	Relation	index;
	Form_pg_index form;
	bool		fits;

	if (!OidIsValid(oid))
		return InvalidOid;
	if (may_wait())
		LockRelationOid(oid, AccessShareLock);
	else if (!ConditionalLockRelationOid(oid, AccessShareLock))
		return InvalidOid;
	index = index_open(oid, NoLock);
	form = index->rd_index;
	fits = form->indnkeyatts >= 3 && form->indkey.values[0] == REGISTRY_HASH &&
		form->indkey.values[1] == REGISTRY_GENERATION && form->indkey.values[2] == REGISTRY_PART;
	index_close(index, NoLock);
	if (fits)
		return oid;
	UnlockRelationOid(oid, AccessShareLock);
	return InvalidOid;
}

/* Has the registry the primary key that the extension's script gave it? */
bool
reddict_registry_has_index(Relation rel)
{
	Oid			index = lock_index(rel);

	if (OidIsValid(index))
		UnlockRelationOid(index, AccessShareLock);
	return OidIsValid(index);
}

/*
 * Scan the registry for rows: those with the first "nkeys" of hash, generation
 * and part.
 *
 * What is read is what has committed by now, and this transaction's own: not
 * what the transaction's snapshot shows, which may be old.  In logical
 * decoding it is what a historic snapshot shows, and by the heap, since the
 * indexes of a user catalogue table are not mapped back in time.
 */
static void
begin_scan(RegistryScan *scan, Relation rel, bool *own_skipped, int nkeys, uint64 hash,
		   int32 generation, int32 part)
{
	bool		historic = HistoricSnapshotActive();
	ScanKeyData key[3];

	ScanKeyInit(&key[0], REGISTRY_HASH, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum((int64) hash));
	ScanKeyInit(&key[1], REGISTRY_GENERATION, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(generation));
	ScanKeyInit(&key[2], REGISTRY_PART, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(part));
	scan->rel = rel;
	scan->own_skipped = own_skipped;
	scan->index = nkeys > 0 && !historic ? lock_index(rel) : InvalidOid;
	scan->scan = systable_beginscan(rel, scan->index, OidIsValid(scan->index),
									historic ? NULL : SnapshotSelf, nkeys, key);
}

static void
end_scan(RegistryScan *scan)
{
	systable_endscan(scan->scan);
	if (OidIsValid(scan->index))
		UnlockRelationOid(scan->index, AccessShareLock);
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

/* The next row, NULL at the end. */
static HeapTuple
next_row(RegistryScan *scan)
{
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan->scan)))
	{
		CHECK_FOR_INTERRUPTS();
		if (scan->own_skipped == NULL || !is_own(scan->rel, tuple))
			break;
		*scan->own_skipped = true;
	}
	return tuple;
}

/*
 * Take a row apart, in the current memory context.  False if it can't be one of
 * ours: NULL in it (NOT NULL may have been dropped), or a text that is out of
 * line, or numbers that make no sense.
 */
bool
reddict_registry_row(Relation rel, HeapTuple tuple, RegistryRow *row)
{
	Datum		values[REGISTRY_BY];
	bool		nulls[REGISTRY_BY];

	for (int i = 0; i < REGISTRY_BY; i++)
		values[i] = heap_getattr(tuple, i + 1, RelationGetDescr(rel), &nulls[i]);
	for (int i = 0; i < REGISTRY_KEYS; i++)
	{
		if (nulls[i])
			return false;
	}
	row->hash = (uint64) DatumGetInt64(values[REGISTRY_HASH - 1]);
	row->generation = DatumGetInt32(values[REGISTRY_GENERATION - 1]);
	row->part = DatumGetInt32(values[REGISTRY_PART - 1]);
	row->parts = DatumGetInt32(values[REGISTRY_PARTS - 1]);
	row->n = DatumGetInt32(values[REGISTRY_N - 1]);
	if (row->generation < 0 || row->part < 0 || row->part >= row->parts || row->n < 1 ||
		VARATT_IS_EXTERNAL(DatumGetPointer(values[REGISTRY_KEYS - 1])))
		return false;
	row->keys = TextDatumGetCString(values[REGISTRY_KEYS - 1]);
	if (strlen(row->keys) > REGISTRY_MAX_PART_SIZE)
		return false;
	row->encoding = nulls[REGISTRY_ENCODING - 1] ||
		VARATT_IS_EXTERNAL(DatumGetPointer(values[REGISTRY_ENCODING - 1])) ? NULL :
		TextDatumGetCString(values[REGISTRY_ENCODING - 1]);
	row->at = nulls[REGISTRY_AT - 1] ? 0 : DatumGetTimestampTz(values[REGISTRY_AT - 1]);
	if (nulls[REGISTRY_BY - 1])
		namestrcpy(&row->by, "");
	else
		row->by = *DatumGetName(values[REGISTRY_BY - 1]);
	return true;
}

/*
 * Has the registry a row of a hash that is not of this transaction?  If there
 * are some of this transaction, own_skipped is set.
 */
bool
reddict_registry_has(Relation rel, uint64 hash, bool *own_skipped)
{
	RegistryScan scan;
	bool		found;

	begin_scan(&scan, rel, own_skipped, 1, hash, 0, 0);
	found = HeapTupleIsValid(next_row(&scan));
	end_scan(&scan);
	return found;
}

/*
 * Find a row of a generation, this transaction's own too: that of a part, or,
 * if the part is -1, any.  One that can't be ours has no parts.
 */
bool
reddict_registry_find(Relation rel, uint64 hash, int32 generation, int32 part,
					  RegistryRow *row)
{
	RegistryScan scan;
	HeapTuple	tuple;

	begin_scan(&scan, rel, NULL, part < 0 ? 2 : 3, hash, generation, part);
	tuple = next_row(&scan);
	if (HeapTupleIsValid(tuple) && !reddict_registry_row(rel, tuple, row))
		row->parts = 0;
	end_scan(&scan);
	return HeapTupleIsValid(tuple);
}

/* The first generation of a hash that comes after all that have rows. */
int32
reddict_registry_next_generation(Relation rel, uint64 hash)
{
	int32		next = 0;
	RegistryScan scan;
	HeapTuple	tuple;

	begin_scan(&scan, rel, NULL, 1, hash, 0, 0);
	while (HeapTupleIsValid(tuple = next_row(&scan)))
	{
		bool		isnull;
		int32		generation = DatumGetInt32(heap_getattr(tuple, REGISTRY_GENERATION,
															RelationGetDescr(rel), &isnull));

		if (!isnull && generation >= next)
			next = generation < PG_INT32_MAX ? generation + 1 : PG_INT32_MAX;
	}
	end_scan(&scan);
	return next;
}

/*
 * All rows of a hash, copied to the current memory context; without those of
 * this transaction, if own_skipped is given.
 */
RegistryRow *
reddict_registry_rows(Relation rel, uint64 hash, bool *own_skipped, int *n)
{
	int			capacity = 4;
	RegistryRow *rows = palloc(capacity * sizeof(RegistryRow));
	RegistryScan scan;
	HeapTuple	tuple;

	*n = 0;
	begin_scan(&scan, rel, own_skipped, 1, hash, 0, 0);
	while (HeapTupleIsValid(tuple = next_row(&scan)))
	{
		if (*n == capacity)
		{
			capacity *= 2;
			rows = repalloc_huge(rows, capacity * sizeof(RegistryRow));
		}
		if (reddict_registry_row(rel, tuple, &rows[*n]))
			(*n)++;
	}
	end_scan(&scan);
	return rows;
}

/* Tell of the hash of each row; without those of this transaction, as above. */
void
reddict_registry_scan(Relation rel, bool *own_skipped,
					  void (*callback) (bool isnull, uint64 hash, void *arg), void *arg)
{
	RegistryScan scan;
	HeapTuple	tuple;

	begin_scan(&scan, rel, own_skipped, 0, 0, 0, 0);
	while (HeapTupleIsValid(tuple = next_row(&scan)))
	{
		bool		isnull;
		Datum		hash = heap_getattr(tuple, REGISTRY_HASH, RelationGetDescr(rel), &isnull);

		callback(isnull, isnull ? 0 : (uint64) DatumGetInt64(hash), arg);
	}
	end_scan(&scan);
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

/* The keys of an index, which has its block, as a JSON array. */
char *
reddict_registration_json(const KeyIndex *index)
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

/* The encoding of the keys of an index, which has its block; NULL if they are ASCII. */
const char *
reddict_registration_encoding(const KeyIndex *index)
{
	KeyCursor	cursor;

	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
	{
		for (uint32 i = 0; i < cursor.len; i++)
		{
			if (IS_HIGHBIT_SET(cursor.key[i]))
				return GetDatabaseEncodingName();
		}
	}
	return NULL;
}

/* What is wrong with a registration that is not to be used. */
const char *
reddict_registration_problem(RegistryState state)
{
	switch (state)
	{
		case REGISTRY_INCOMPLETE:
			return "parts are missing";
		case REGISTRY_FALSE:
			return "keys do not have this hash";
		case REGISTRY_FOREIGN:
			return "keys do not have this hash, and may be of another encoding";
		case REGISTRY_NONE:
		case REGISTRY_BUSY:
		case REGISTRY_FOUND:
			break;
	}
	return "no row makes sense";
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

/* Go through an array of n strings; copy them to "entries", if that is given. */
static bool
walk_strings(JsonLexContext *lex, int32 n, KeyEntry *entries)
{
	Size		size = 0;

	if (next_token(lex) != JSON_TOKEN_ARRAY_START)
		return false;
	for (int32 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (next_token(lex) != JSON_TOKEN_STRING)
			return false;
		if (entries != NULL)
		{
			uint32		len = lex->strval->len;

			size += len;
			if (len > KEY_INDEX_MAX_KEY_LEN || size > MaxAllocSize / 2)
				return false;
			entries[i].key = memcpy(palloc(len), lex->strval->data, len);
			entries[i].len = len;
			entries[i].source = i;
		}
		if (next_token(lex) != (i + 1 < n ? JSON_TOKEN_COMMA : JSON_TOKEN_ARRAY_END))
			return false;
	}
	return next_token(lex) == JSON_TOKEN_END;
}

/* What an array of strings is that is not what it should be. */
static RegistryState
wrong_keys(const char *json)
{
	return pg_is_ascii(json) ? REGISTRY_FALSE : REGISTRY_FOREIGN;
}

/*
 * Make the key index that a JSON array of strings stands for, in the current
 * memory context; FOUND if its keys are in order, so many, and have that hash.
 */
static RegistryState
parse(char *json, uint64 hash, int32 n, KeyIndex *index)
{
	int			len = strlen(json);
	KeyEntry   *entries;

	/* a key takes two quotes, and a comma or bracket */
	if (n > len / 3 || n > (int32) (MaxAllocSize / sizeof(KeyEntry)))
		return REGISTRY_FALSE;
	if (is_foreign(json))
		return walk_strings(make_json_scanner(json, len), n, NULL) ? REGISTRY_FOREIGN : REGISTRY_FALSE;
	entries = palloc(n * sizeof(KeyEntry));
	if (!walk_strings(make_json_lexer(json, len), n, entries))
		return REGISTRY_FALSE;
	for (int32 i = 1; i < n; i++)
	{
		if (key_compare(entries[i - 1].key, entries[i - 1].len, entries[i].key, entries[i].len) >= 0)
			return wrong_keys(json);
	}
	reddict_key_index_write(index, entries,
							palloc(reddict_key_index_measure(index, entries, n)));
	return index->hash == hash ? REGISTRY_FOUND : wrong_keys(json);
}

/* Order by generation, then part. */
static int
compare_rows(const void *a, const void *b)
{
	const RegistryRow *left = a;
	const RegistryRow *right = b;

	if (left->generation != right->generation)
		return left->generation < right->generation ? -1 : 1;
	return left->part < right->part ? -1 : left->part > right->part;
}

/* What the rows of one generation, in order, stand for. */
static RegistryState
assemble_generation(RegistryRow *rows, int nrows, KeyIndex *index)
{
	StringInfoData json;

	if (nrows != rows[0].parts)
		return REGISTRY_INCOMPLETE;
	initStringInfo(&json);
	for (int i = 0; i < nrows; i++)
	{
		Size		len = strlen(rows[i].keys);

		if (rows[i].part != i || rows[i].parts != nrows || rows[i].n != rows[0].n ||
			json.len + len >= MaxAllocSize)
			return REGISTRY_FALSE;
		appendBinaryStringInfo(&json, rows[i].keys, len);
	}
	return parse(json.data, rows[0].hash, rows[0].n, index);
}

/*
 * What the rows of one hash stand for: the key index of the lowest generation
 * that is whole and true, in the current memory context, with its first row, if
 * that is asked for.  Of an earlier one values may be packed, so a later one
 * never comes before it.  The rows end up sorted.
 */
RegistryState
reddict_registration_assemble(RegistryRow *rows, int nrows, KeyIndex *index,
							  RegistryRow *first)
{
	RegistryState best = REGISTRY_NONE;
	int			end;

	qsort(rows, nrows, sizeof(RegistryRow), compare_rows);
	for (int start = 0; start < nrows; start = end)
	{
		RegistryState state;

		for (end = start + 1; end < nrows && rows[end].generation == rows[start].generation; end++)
			continue;
		state = assemble_generation(&rows[start], end - start, index);
		best = Max(best, state);
		if (state == REGISTRY_FOUND)
		{
			if (first != NULL)
				*first = rows[start];
			break;
		}
	}
	return best;
}

/*
 * What the table says of a hash, with its key index, in the current memory
 * context, if it is found; without what this transaction has registered, if
 * own_skipped is given.
 */
RegistryState
reddict_registration_read(Relation rel, uint64 hash, bool *own_skipped, KeyIndex *index,
						  RegistryRow *first)
{
	int			n;
	RegistryRow *rows = reddict_registry_rows(rel, hash, own_skipped, &n);

	return reddict_registration_assemble(rows, n, index, first);
}
