/*
 * parts.c
 *	  Values whose keys have parts that vary in size: view, build, read JSON.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonfuncs.h"

#include "parts.h"

/* Where the parts of a settled value begin */
#define PARTS_OFFSET (REDDICT_VALUES_OFFSET + sizeof(uint32))

/* --- looking at one, building one ------------------------------------------ */

/* Look at a settled value; false if it is none. */
bool
reddict_parts_view(const char *data, Size size, RedDictKind kind, KeyIndex *index,
				   const unsigned char **parts, const unsigned char **end)
{
	uint32		bytes;

	if (!reddict_read_start(data, size, reddict_head_is(kind), index) || size < PARTS_OFFSET)
		return false;
	memcpy(&bytes, data + REDDICT_VALUES_OFFSET, sizeof(bytes));
	if (bytes > size - PARTS_OFFSET ||
		!reddict_block_fits(index, size, PARTS_OFFSET + bytes))
		return false;
	*parts = (const unsigned char *) data + PARTS_OFFSET;
	*end = *parts + bytes;
	index->block = (const char *) *end;
	return true;
}

/*
 * Bytes of keys, also where they are shared: with these a value has its limit.
 * They are not asked for where with any keys it could not be too large.
 */
Size
reddict_keys_size(const KeyIndex *index, Size others)
{
	if (index->shared &&
		(index->n > REDDICT_FEW_KEYS ||
		 others + index->n * (Size) (KEY_INDEX_MAX_KEY_LEN + 3) > REDDICT_MAX_SIZE))
		return reddict_open_keys(index)->size;
	return index->size;
}

/*
 * Make a settled value of a complete key index and the parts of its keys.
 * "weight" is what counts as bytes besides: where a part's text may be longer
 * than six bytes for a byte of it.
 */
struct varlena *
reddict_parts_build(RedDictKind kind, const KeyIndex *index, const void *parts, Size bytes, Size weight)
{
	Size		size = VARHDRSZ + PARTS_OFFSET + bytes + index->size;
	uint32		bytes_field = (uint32) bytes;
	struct varlena *value;

	reddict_check_size(kind, sizeof(uint32) + bytes + weight + reddict_keys_size(index, bytes + weight),
					   index->n, NULL);
	value = palloc(size);
	reddict_write_head(value, kind, index);
	SET_VARSIZE(value, size);
	memcpy(VARDATA(value) + REDDICT_VALUES_OFFSET, &bytes_field, sizeof(bytes_field));
	memcpy(VARDATA(value) + PARTS_OFFSET, parts, bytes);
	if (!index->shared)
		memcpy(VARDATA(value) + PARTS_OFFSET + bytes, index->block, index->size);
	return value;
}

void
reddict_append_varint(StringInfo buf, uint64 number)
{
	for (; number > 0x7F; number >>= 7)
		appendStringInfoChar(buf, (char) (number | 0x80));
	appendStringInfoChar(buf, (char) number);
}

/* Read the number at "next", which then is behind it; false if there is none. */
bool
reddict_read_varint(const unsigned char **next, const unsigned char *end, uint64 *number)
{
	*number = 0;
	for (int shift = 0; shift < 63 && *next < end; shift += 7)
	{
		unsigned char byte = *(*next)++;

		*number |= (uint64) (byte & 0x7F) << shift;
		if ((byte & 0x80) == 0)
			return true;
	}
	return false;
}

/* --- keys and parts in any order ------------------------------------------- */

void
reddict_parts_init(RedDictParts *parts, RedDictKind kind, int32 capacity)
{
	parts->kind = kind;
	parts->n = 0;
	parts->capacity = Max(capacity, 16);
	parts->entries = palloc(sizeof(KeyEntry) * parts->capacity);
	parts->ends = palloc(sizeof(int) * parts->capacity);
	parts->weight = 0;
	initStringInfo(&parts->parts);
}

/* Add a key, whose part has been appended. */
void
reddict_parts_add(RedDictParts *parts, const char *key, Size len)
{
	if (parts->n == parts->capacity)
	{
		/* a part has three bytes at least, and all are below 1 GB: no overflow */
		parts->capacity *= 2;
		parts->entries = repalloc_huge(parts->entries, sizeof(KeyEntry) * parts->capacity);
		parts->ends = repalloc_huge(parts->ends, sizeof(int) * parts->capacity);
	}
	parts->entries[parts->n] = (KeyEntry) {key, (uint32) len, parts->n};
	parts->ends[parts->n++] = parts->parts.len;
}

/*
 * Make a value of them; of the parts of one key the last wins.  As
 * reddict_from_pairs().
 */
struct varlena *
reddict_parts_value(RedDictParts *parts, const KeyEntry **repeated, Node *escontext)
{
	KeyIndex	index;
	StringInfoData sorted;
	Size		block_size;
	int32		n;

	for (int32 i = 0; i < parts->n; i++)
	{
		if (!reddict_check_key(&parts->entries[i], escontext))
			return NULL;
	}
	n = reddict_key_sort(parts->entries, parts->n, repeated);
	block_size = reddict_key_index_measure(&index, parts->entries, n);
	initStringInfo(&sorted);
	enlargeStringInfo(&sorted, parts->parts.len);
	for (int32 i = 0; i < n; i++)
	{
		int32		source = parts->entries[i].source;
		int			start = source > 0 ? parts->ends[source - 1] : 0;

		appendBinaryStringInfo(&sorted, parts->parts.data + start, parts->ends[source] - start);
	}
	if (!reddict_check_size(parts->kind, block_size + sorted.len + parts->weight, n, escontext))
		return NULL;
	reddict_make_keys(&index, parts->entries, n);
	return reddict_parts_build(parts->kind, &index, sorted.data, sorted.len, parts->weight);
}

/* --- JSON ------------------------------------------------------------------ */

/* Refuse a member or the input; "what" has its article. */
void
reddict_parts_refuse(PartsParser *parser, const char *what)
{
	const char *type = reddict_types[parser->parts.kind].name;

	if (parser->key)
		errsave(parser->escontext,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s", type),
				errdetail("The value of key %s is %s.",
						  reddict_key_quote(parser->key, strlen(parser->key)), what),
				errhint("%s", parser->member_hint));
	else
		errsave(parser->escontext,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s", type),
				errdetail("The input is %s.", what),
				errhint("%s", parser->object_hint));
}

/* The JSON parser's action for a key. */
json_action_result
reddict_parts_field(PartsParser *parser, char *key)
{
	CHECK_FOR_INTERRUPTS();
	parser->key = key;
	json_action_ok;
}

/*
 * Read a count, a whole number from 0 to 2^53 however it is written; false if
 * it is none.
 */
bool
reddict_parts_count(const char *token, int64 *count)
{
	ExactNumber number;
	double		value;

	if (exact_number_parse(token, strlen(token), &number) != EXACT_PARSED || number.negative ||
		(number.n > 0 && number.position < EXACT_UNIT_BITS) ||
		exact_number_bits(&number) - number.position > EXACT_MANTISSA ||
		!exact_sum_round(&(ExactSum) {.number = number}, &value) || value > EXACT_MAX_COUNT)
		return false;
	*count = (int64) value;
	return true;
}

/*
 * Make a value of a JSON object by actions that add a part for each member.
 * Core raises its own errors for what is no JSON.  Returns NULL only where
 * "escontext" took an error.
 */
struct varlena *
reddict_parts_parse(PartsParser *parser, char *json, JsonSemAction *actions)
{
	JsonLexContext *lex = make_json_lexer(json, strlen(json));

#if PG_VERSION_NUM >= 160000
	if (!pg_parse_json_or_errsave(lex, actions, parser->escontext))
		return NULL;
#else
	pg_parse_json_or_ereport(lex, actions);
#endif
	return reddict_parts_value(&parser->parts, NULL, parser->escontext);
}
