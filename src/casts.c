/*
 * casts.c
 *	  From and to json, jsonb and arrays.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "casts.h"
#include "io.h"

PG_FUNCTION_INFO_V1(reddict_from_json);
PG_FUNCTION_INFO_V1(reddict_from_jsonb);
PG_FUNCTION_INFO_V1(reddict_from_arrays);
PG_FUNCTION_INFO_V1(reddict_from_pair);
PG_FUNCTION_INFO_V1(reddict_to_json);
PG_FUNCTION_INFO_V1(redstats_to_json);
PG_FUNCTION_INFO_V1(reddict_to_jsonb);

/*
 * reddict(json) returns reddict
 *
 * Takes what reddict_in() takes, with the same errors.
 */
Datum
reddict_from_json(PG_FUNCTION_ARGS)
{
	text	   *json = PG_GETARG_TEXT_PP(0);

	PG_RETURN_REDDICT(reddict_parse(REDDICT_MAP, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json),
									fcinfo->flinfo, NULL));
}

/* What core's casts call a jsonb value that is not what they want */
static const char *
jsonb_type_name(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return "null";
		case jbvString:
			return "string";
		case jbvNumeric:
			return "numeric";
		case jbvBool:
			return "boolean";
		case jbvBinary:
			return JsonContainerIsArray(value->val.binary.data) ? "array" : "object";
		default:
			return "array or object";
	}
}

/*
 * The double that a member of a jsonb object stands for: through the digits,
 * so that what is printed in the shortest digits comes back the same.
 *
 * Errors: invalid_parameter_value for what is no number, nor the name of a
 * non-finite one; numeric_value_out_of_range.  They name the key.
 */
static float8
member_value(const JsonbValue *key, const JsonbValue *value)
{
	float8		result;

	if (value->type == jbvNumeric)
	{
		char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out,
																 NumericGetDatum(value->val.numeric)));

		(void) reddict_parse_number(digits, key->val.string.val, key->val.string.len,
									NULL, &result);
		return result;
	}
	if (value->type == jbvString &&
		reddict_parse_name(value->val.string.val, value->val.string.len, &result))
		return result;

	ereport(ERROR,
			errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("cannot cast jsonb %s to type %s", jsonb_type_name(value),
				   "double precision"),
			errdetail("It is the value of key %s.",
					  reddict_key_quote(key->val.string.val, key->val.string.len)),
			errhint(REDDICT_MEMBER_HINT));
}

/* Refuse what is no object: invalid_parameter_value, as core's casts. */
void
reddict_check_jsonb_object(Jsonb *jsonb)
{
	JsonbValue	value;
	bool		scalar;

	if (JB_ROOT_IS_OBJECT(jsonb))
		return;
	scalar = JsonbExtractScalar(&jsonb->root, &value);
	ereport(ERROR,
			errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("cannot cast jsonb %s to type %s",
				   scalar ? jsonb_type_name(&value) : "array", "reddict"),
			errhint(REDDICT_OBJECT_HINT));
}

/*
 * reddict(jsonb) returns reddict
 *
 * Takes an object whose members are numbers or the strings "NaN", "Infinity"
 * and "-Infinity".  Errors: invalid_parameter_value for anything else, as
 * core's casts of jsonb to numbers; numeric_value_out_of_range;
 * program_limit_exceeded.
 */
Datum
reddict_from_jsonb(PG_FUNCTION_ARGS)
{
	Jsonb	   *jsonb = PG_GETARG_JSONB_P(0);
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	key;
	JsonbValue	value;
	RedDictPairs pairs;

	reddict_check_jsonb_object(jsonb);
	reddict_pairs_init(&pairs, REDDICT_MAP, JB_ROOT_COUNT(jsonb));
	reddict_pairs_use_memo(&pairs, fcinfo->flinfo);
	it = JsonbIteratorInit(&jsonb->root);
	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&it, &value, true);
		reddict_pairs_add(&pairs, key.val.string.val, key.val.string.len,
						  member_value(&key, &value));
	}
	PG_RETURN_REDDICT(reddict_from_pairs(&pairs, NULL, NULL));
}

/*
 * reddict(keys text[], vals float8[]) returns reddict
 *
 * Two one-dimensional arrays of the same length; of a key given twice the last
 * wins.  Errors: array_subscript_error for other shapes,
 * null_value_not_allowed for NULL elements, program_limit_exceeded.
 */
Datum
reddict_from_arrays(PG_FUNCTION_ARGS)
{
	ArrayType  *keys = PG_GETARG_ARRAYTYPE_P(0);
	ArrayType  *vals = PG_GETARG_ARRAYTYPE_P(1);
	Datum	   *key_datums;
	Datum	   *val_datums;
	bool	   *key_nulls;
	bool	   *val_nulls;
	int			nkeys;
	int			nvals;
	RedDictPairs pairs;

	if (ARR_NDIM(keys) > 1 || ARR_NDIM(vals) > 1)
		ereport(ERROR,
				errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				errmsg("wrong number of array subscripts"),
				errdetail("Keys and values must be one-dimensional arrays."));

	deconstruct_array(keys, TEXTOID, -1, false, TYPALIGN_INT,
					  &key_datums, &key_nulls, &nkeys);
	deconstruct_array(vals, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &val_datums, &val_nulls, &nvals);
	if (nkeys != nvals)
		ereport(ERROR,
				errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				errmsg("mismatched array dimensions"),
				errdetail("The array of keys has %d elements, that of values %d.",
						  nkeys, nvals));

	reddict_pairs_init(&pairs, REDDICT_MAP, nkeys);
	reddict_pairs_use_memo(&pairs, fcinfo->flinfo);
	for (int i = 0; i < nkeys; i++)
	{
		text	   *key;

		CHECK_FOR_INTERRUPTS();
		if (key_nulls[i])
			ereport(ERROR,
					errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("null value not allowed for reddict key"),
					errdetail("Element %d of the keys is null.", i + 1));
		key = DatumGetTextPP(key_datums[i]);
		if (val_nulls[i])
			ereport(ERROR,
					errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("null value not allowed for reddict value"),
					errdetail("The value of key %s is null.",
							  reddict_key_quote(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key))),
					errhint("Leave the key out, or use 0 or 'NaN'."));
		reddict_pairs_add(&pairs, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key),
						  DatumGetFloat8(val_datums[i]));
	}
	PG_RETURN_REDDICT(reddict_from_pairs(&pairs, NULL, NULL));
}

/*
 * reddict(key text, val float8) returns reddict
 *
 * A value of one key.  Error: program_limit_exceeded.
 */
Datum
reddict_from_pair(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(0);

	PG_RETURN_REDDICT(reddict_pair(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key),
								   PG_GETARG_FLOAT8(1)));
}

/* The text form of an argument, which is JSON, as json. */
static text *
json_of(FunctionCallInfo fcinfo, RedDictKind kind)
{
	StringInfoData buf;
	text	   *result;

	reddict_print(kind, PG_GETARG_DATUM(0), fcinfo->flinfo, &buf);
	result = cstring_to_text_with_len(buf.data, buf.len);
	pfree(buf.data);
	return result;
}

/* rd_to_json(reddict) returns json: the text form, which is JSON.  Strict. */
Datum
reddict_to_json(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(json_of(fcinfo, REDDICT_MAP));
}

/* rs_to_json(redstats) returns json: the text form, which is JSON.  Strict. */
Datum
redstats_to_json(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(json_of(fcinfo, REDDICT_STATISTICS));
}

/*
 * A value as a member of a jsonb object: numbers through the shortest digits,
 * never through core's float8-to-numeric cast, which keeps 15 digits;
 * non-finite values as strings.
 */
void
reddict_jsonb_value(float8 value, JsonbValue *result)
{
	char		digits[REDDICT_NUMBER_LEN];
	int			len;

	result->type = jbvNumeric;
	if (value == rint(value) && fabs(value) < EXACT_INTEGER_LIMIT)
	{
		result->val.numeric = int64_to_numeric((int64) value);
		return;
	}

	len = reddict_print_number(value, digits);
	if (digits[0] == '"')
	{
		result->type = jbvString;
		result->val.string.len = len - 2;
		result->val.string.val = pnstrdup(digits + 1, len - 2);
		return;
	}
	digits[len] = '\0';
	result->val.numeric = DatumGetNumeric(DirectFunctionCall3(numeric_in,
															  CStringGetDatum(digits),
															  ObjectIdGetDatum(InvalidOid),
															  Int32GetDatum(-1)));
}

/* By length and then bytewise, which in key order the keys are already. */
static inline int
compare_lengths(const KeyEntry *a, const KeyEntry *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return a->source < b->source ? -1 : 1;
}

#define ST_SORT sort_by_length
#define ST_ELEMENT_TYPE KeyEntry
#define ST_COMPARE(a, b) compare_lengths(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

/*
 * The keys of a key index in the order that jsonb keeps them in, which spares
 * jsonb its slower sort; the source of an entry is the position in key order.
 */
static void *
make_jsonb_order(const KeyIndex *index, const void *unused)
{
	KeyEntry   *entries = palloc(index->n * sizeof(KeyEntry));
	KeyCursor	cursor;

	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
		entries[cursor.position] = (KeyEntry) {cursor.key, cursor.len, cursor.position};
	sort_by_length(entries, index->n);
	return entries;
}

/*
 * rd_to_jsonb(reddict) returns jsonb
 *
 * Lossless, but that jsonb has no -0.  Error: program_limit_exceeded, where
 * jsonb's own limit of 256 MB is reached.
 */
Datum
reddict_to_jsonb(PG_FUNCTION_ARGS)
{
	RedDictView view;
	const KeyEntry *keys;
	JsonbValue	key;
	JsonbValue	value;
	JsonbBuilder builder = {0};

	PG_GETARG_REDDICT_VIEW(0, &view);
	jsonb_push(&builder, WJB_BEGIN_OBJECT, NULL);
	keys = reddict_key_memo_get(reddict_key_memo(fcinfo->flinfo), &view.index,
								make_jsonb_order, NULL);
	for (int32 i = 0; i < view.index.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		key.type = jbvString;
		key.val.string.val = unconstify(char *, keys[i].key);
		key.val.string.len = keys[i].len;
		jsonb_push(&builder, WJB_KEY, &key);
		reddict_jsonb_value(view.values[keys[i].source], &value);
		jsonb_push(&builder, WJB_VALUE, &value);
	}
	jsonb_push(&builder, WJB_END_OBJECT, NULL);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(builder.result));
}
