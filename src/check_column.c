/*
 * check_column.c
 *	  What would become of a column of JSON as maps.
 */
#include "postgres.h"

#include <math.h>

#include "access/detoast.h"
#include "access/heaptoast.h"
#include "access/toast_compression.h"
#include "access/toast_internals.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "io.h"
#include "members.h"

/* Rows that are looked at, about; and how many at a time */
#define SAMPLE_ROWS 30000
#define FETCHED_ROWS 1000

/* Bytes of an example */
#define EXAMPLE_LEN 64

/* A double's digits that every decimal number comes back with */
#define SAFE_DIGITS 15

PG_FUNCTION_INFO_V1(rd_check_column);

/* What there is to find, in the order that it is told in */
typedef enum Finding
{
	ROWS_SEEN,
	ROWS_NULL,
	ROWS_CONVERT,
	BYTES_NOW,
	BYTES_AS_MAP,
	NO_OBJECT,
	/* of a key */
	MEMBER_FOUND,				/* and this many kinds of members */
	MEMBER_FOUND_LAST = MEMBER_FOUND + MEMBER_OBJECT,
	KEY_TWICE,
	KEY_TOO_LONG,
	NUMBER_CHANGES
} Finding;

static const char *const finding_names[] = {
	[ROWS_SEEN] = "rows looked at",
	[ROWS_NULL] = "rows that are null",
	[ROWS_CONVERT] = "rows that convert",
	[BYTES_NOW] = "bytes of these rows now",
	[BYTES_AS_MAP] = "bytes of these rows as reddict",
	[NO_OBJECT] = "is no object",
	[MEMBER_FOUND + MEMBER_OUT_OF_RANGE] = "number is out of range",
	[MEMBER_FOUND + MEMBER_STRING] = "member is a string",
	[MEMBER_FOUND + MEMBER_BOOLEAN] = "member is a boolean",
	[MEMBER_FOUND + MEMBER_NULL] = "member is null",
	[MEMBER_FOUND + MEMBER_ARRAY] = "member is an array",
	[MEMBER_FOUND + MEMBER_OBJECT] = "member is an object",
	[KEY_TWICE] = "two members get one key",
	[KEY_TOO_LONG] = "key is too long",
	[NUMBER_CHANGES] = "number changes"
};

/* How often something was found, of a key or, if that is NULL, at all */
typedef struct FindingKey
{
	Finding		finding;
	uint32		len;
	const char *key;
} FindingKey;

typedef struct FindingCount
{
	FindingKey	key;
	int64		n;
	char	   *example;		/* or NULL */
} FindingCount;

/* State of a check */
typedef struct ColumnCheck
{
	HTAB	   *findings;
	MemoryContext context;		/* of the table, its keys and examples */
	bool		converts;		/* the row at hand, so far */
} ColumnCheck;

static uint32
finding_hash(const void *data, Size size)
{
	const FindingKey *key = data;

	return hash_bytes((const unsigned char *) key->key, key->len) ^ (uint32) key->finding;
}

static int
finding_match(const void *a, const void *b, Size size)
{
	const FindingKey *left = a;
	const FindingKey *right = b;

	return left->finding != right->finding ||
		key_compare(left->key, left->len, right->key, right->len) != 0;
}

/* A text, clipped to a length that one can read. */
static char *
clip(const char *text)
{
	int			len = strlen(text);
	int			shown = pg_mbcliplen(text, len, EXAMPLE_LEN);

	return psprintf("%.*s%s", shown, text, shown < len ? "..." : "");
}

/* Count something, with an example of the first. */
static void
count_finding(ColumnCheck *check, Finding finding, const KeyEntry *entry, int64 n,
			  const char *example)
{
	FindingKey	key = {finding, 0, ""};
	FindingCount *count;
	bool		found;

	if (entry)
	{
		key.len = entry->len;
		key.key = entry->key;
	}
	count = hash_search(check->findings, &key, HASH_ENTER, &found);
	if (!found)
	{
		count->key.key = MemoryContextAlloc(check->context, key.len + 1);
		memcpy(unconstify(char *, count->key.key), key.key, key.len);
		count->n = 0;
		count->example = example ? MemoryContextStrdup(check->context, example) : NULL;
	}
	count->n += n;
}

/*
 * A number as its double is printed, if that is another number: else NULL.
 * Through numeric, which takes the digits as they are.
 */
static char *
changed_number(const char *number)
{
	char		digits[REDDICT_NUMBER_LEN];
	float8		value = strtod(number, NULL);
	Datum		before;
	Datum		after;

	if (strlen(number) <= SAFE_DIGITS && strpbrk(number, "eE") == NULL)
		return NULL;
	/* true, inf, 0x1F and the like are no decimal numbers */
	if (number[strspn(number, "0123456789+-.eE \t\n\r\f\v")] != '\0' || !isfinite(value))
		return NULL;
	digits[reddict_print_number(value, digits)] = '\0';
	before = DirectFunctionCall3(numeric_in, CStringGetDatum(number),
								 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	after = DirectFunctionCall3(numeric_in, CStringGetDatum(digits),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	return DatumGetBool(DirectFunctionCall2(numeric_eq, before, after)) ? NULL : pstrdup(digits);
}

/* Look at a member of the row at hand. */
static void
inspect_member(Members *members, MemberKind kind, const char *text)
{
	ColumnCheck *check = members->inspector;
	char	   *changed = kind == MEMBER_NUMBER ? changed_number(text) : NULL;
	KeyEntry	key;

	if ((Size) members->path.len + members->key.len > KEY_INDEX_MAX_KEY_LEN)
	{
		count_finding(check, KEY_TOO_LONG, NULL, 1, NULL);
		check->converts = false;
		return;
	}
	if (kind == MEMBER_NUMBER && changed == NULL)
		return;
	key = reddict_member_key(members);
	if (kind == MEMBER_NUMBER)
		count_finding(check, NUMBER_CHANGES, &key, 1, psprintf("%s becomes %s", clip(text), changed));
	else
	{
		count_finding(check, MEMBER_FOUND + kind, &key, 1, text ? clip(text) : NULL);
		if ((members->choices & CHOICE_SKIP) == 0 || kind == MEMBER_OUT_OF_RANGE)
			check->converts = false;
	}
}

/* Bytes that a map takes in a table, about: as TOAST would compress it. */
static Size
stored_size(struct varlena *value)
{
	Size		size = VARSIZE(value);

	if (size > TOAST_TUPLE_TARGET)
	{
		Datum		compressed = toast_compress_datum(PointerGetDatum(value), default_toast_compression);

		if (DatumGetPointer(compressed) != NULL)
			size = VARSIZE(DatumGetPointer(compressed));
	}
	return VARATT_CAN_MAKE_SHORT(value) ? VARATT_CONVERTED_SHORT_SIZE(value) : size;
}

/* Look at a row. */
static void
check_row(ColumnCheck *check, Members *settings, Datum object)
{
	Members		members;
	const KeyEntry *repeated;
	struct varlena *map;

	check->converts = true;
	reddict_members_init(&members, settings->type, settings->choices,
						 settings->separator, settings->separator_len, NULL);
	members.inspect = inspect_member;
	members.inspector = check;
	if (!reddict_members_is_object(settings->type, object))
	{
		count_finding(check, NO_OBJECT, NULL, 1, NULL);
		return;
	}
	reddict_members_inspect(&members, object);
	if (!check->converts)
		return;

	reddict_members_init(&members, settings->type, settings->choices,
						 settings->separator, settings->separator_len, NULL);
	map = reddict_members_map(&members, object, &repeated);
	if (repeated)
		count_finding(check, KEY_TWICE, repeated, 1, NULL);
	else
	{
		count_finding(check, ROWS_CONVERT, NULL, 1, NULL);
		count_finding(check, BYTES_NOW, NULL, toast_datum_size(object), NULL);
		count_finding(check, BYTES_AS_MAP, NULL, stored_size(map), NULL);
	}
}

/* What a table is read with: a part of it, if it is known to be large. */
static const char *
sample_clause(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class class;
	const char *result = "";

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("relation with OID %u does not exist", relid));
	class = (Form_pg_class) GETSTRUCT(tuple);
	if (class->reltuples > SAMPLE_ROWS &&
		(class->relkind == RELKIND_RELATION || class->relkind == RELKIND_MATVIEW ||
		 class->relkind == RELKIND_PARTITIONED_TABLE))
		result = psprintf("TABLESAMPLE pg_catalog.system (%.17g) REPEATABLE (0)",
						  100.0 * SAMPLE_ROWS / class->reltuples);
	ReleaseSysCache(tuple);
	return result;
}

/* json or jsonb, whichever a column is of.  Errors: undefined_column, datatype_mismatch. */
static const char *
column_type(Oid relid, const char *column)
{
	AttrNumber	number = get_attnum(relid, column);

	if (number <= 0)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" does not exist",
					   column, get_rel_name(relid)));
	switch (getBaseType(get_atttype(relid, number)))
	{
		case JSONOID:
			return "json";
		case JSONBOID:
			return "jsonb";
		default:
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" of relation \"%s\" is not of type %s",
						   column, get_rel_name(relid), "json or jsonb"));
	}
}

/* In the order of findings, then the most frequent first, then by key. */
static int
compare_counts(const void *a, const void *b)
{
	const FindingCount *left = *(FindingCount *const *) a;
	const FindingCount *right = *(FindingCount *const *) b;

	if (left->key.finding != right->key.finding)
		return left->key.finding < right->key.finding ? -1 : 1;
	if (left->n != right->n)
		return left->n > right->n ? -1 : 1;
	return key_compare(left->key.key, left->key.len, right->key.key, right->key.len);
}

/* Give what was found as the rows of the result. */
static void
return_findings(ColumnCheck *check, ReturnSetInfo *rsinfo)
{
	int64		n = hash_get_num_entries(check->findings);
	FindingCount **counts = MemoryContextAllocHuge(CurrentMemoryContext, n * sizeof(FindingCount *));
	HASH_SEQ_STATUS status;
	FindingCount *count;
	int64		i = 0;

	hash_seq_init(&status, check->findings);
	while ((count = hash_seq_search(&status)) != NULL)
		counts[i++] = count;
	qsort(counts, n, sizeof(FindingCount *), compare_counts);
	for (i = 0; i < n; i++)
	{
		Datum		values[4];
		bool		nulls[4] = {false};

		count = counts[i];
		values[0] = CStringGetTextDatum(finding_names[count->key.finding]);
		nulls[1] = count->key.finding < MEMBER_FOUND || count->key.finding == KEY_TOO_LONG;
		values[1] = PointerGetDatum(cstring_to_text_with_len(count->key.key, count->key.len));
		values[2] = Int64GetDatum(count->n);
		nulls[3] = count->example == NULL;
		values[3] = nulls[3] ? (Datum) 0 : CStringGetTextDatum(count->example);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/*
 * rd_check_column(tab regclass, col name, on_other text, separator text)
 * returns setof (finding text, key text, n int8, example text)
 *
 * Looks at a sample of a column of json or jsonb, and tells what would become
 * of it as maps, by rd_from_jsonb() with the same choices: how many rows
 * convert, and the bytes of these before and after; what members are no
 * numbers, by key; which numbers change, since no double is the number.
 * Strict.  Errors: undefined_table, undefined_column, datatype_mismatch,
 * insufficient_privilege, invalid_parameter_value.
 */
Datum
rd_check_column(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	const char *column = NameStr(*PG_GETARG_NAME(1));
	text	   *separator = PG_GETARG_TEXT_PP(3);
	const char *sample;
	HASHCTL		control = {.keysize = sizeof(FindingKey), .entrysize = sizeof(FindingCount),
	.hash = finding_hash, .match = finding_match, .hcxt = CurrentMemoryContext};
	ColumnCheck check;
	Members		settings;
	MemoryContext row_context;
	Portal		portal;
	uint64		rows = 0;
	uint64		fetched;

	/* A table that is dropped meanwhile has no name any more. */
	LockRelationOid(relid, AccessShareLock);
	sample = sample_clause(relid);
	reddict_members_init(&settings, column_type(relid, column),
						 reddict_member_choices(PG_GETARG_TEXT_PP(2)),
						 VARDATA_ANY(separator), VARSIZE_ANY_EXHDR(separator), NULL);
	check.context = CurrentMemoryContext;
	check.findings = hash_create("rd_check_column findings", 64, &control,
								 HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	for (Finding finding = ROWS_SEEN; finding <= BYTES_AS_MAP; finding++)
		count_finding(&check, finding, NULL, 0, NULL);
	InitMaterializedSRF(fcinfo, 0);

	SPI_connect();
	row_context = AllocSetContextCreate(CurrentMemoryContext, "rd_check_column row",
										ALLOCSET_DEFAULT_SIZES);
	portal = SPI_cursor_open_with_args(NULL,
									   psprintf("SELECT %s::pg_catalog.%s FROM %s %s",
												quote_identifier(column), settings.type,
												quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
																		   get_rel_name(relid)),
												sample),
									   0, NULL, NULL, NULL, true, 0);
	do
	{
		SPITupleTable *table;

		SPI_cursor_fetch(portal, true, FETCHED_ROWS);
		table = SPI_tuptable;
		fetched = SPI_processed;
		for (uint64 i = 0; i < fetched; i++)
		{
			bool		isnull;
			Datum		object = SPI_getbinval(table->vals[i], table->tupdesc, 1, &isnull);
			MemoryContext caller = MemoryContextSwitchTo(row_context);

			CHECK_FOR_INTERRUPTS();
			count_finding(&check, ROWS_SEEN, NULL, 1, NULL);
			if (isnull)
				count_finding(&check, ROWS_NULL, NULL, 1, NULL);
			else
				check_row(&check, &settings, object);
			MemoryContextSwitchTo(caller);
			MemoryContextReset(row_context);
		}
		rows += fetched;
		SPI_freetuptable(table);
		/* of what is not known to be large, the first rows */
	} while (fetched == FETCHED_ROWS && rows < 2 * SAMPLE_ROWS);
	SPI_cursor_close(portal);
	return_findings(&check, (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}
