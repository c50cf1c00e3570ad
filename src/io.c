/*
 * io.c
 *	  Text and binary input and output.
 */
#include "postgres.h"

#include <math.h>

#include "common/jsonapi.h"
#include "common/shortest_dec.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/json.h"
#include "utils/jsonfuncs.h"

#include "io.h"

/* Of the binary form; doc/storage-format.md describes it. */
#define BINARY_VERSION 1

/* Bytes of a member in the binary form at the least: length, no key, value */
#define BINARY_MEMBER_MIN (sizeof(int32) + sizeof(float8))

PG_FUNCTION_INFO_V1(reddict_in);
PG_FUNCTION_INFO_V1(reddict_out);
PG_FUNCTION_INFO_V1(reddict_recv);
PG_FUNCTION_INFO_V1(reddict_send);

/* State of the JSON parser's actions */
typedef struct ParseState
{
	RedDictPairs pairs;
	const char *key;			/* of the member at hand; NULL: top level */
	Node	   *escontext;
} ParseState;

/* From PostgreSQL 16 on, an action says whether to go on. */
#if PG_VERSION_NUM >= 160000
#define ACTION_RESULT JsonParseErrorType
#define ACTION_OK return JSON_SUCCESS
#define ACTION_FAILED return JSON_SEM_ACTION_FAILED
#else
#define ACTION_RESULT void
#define ACTION_OK return
#define ACTION_FAILED return
#endif

/*
 * Read a JSON number.
 *
 * A number that no double can stand for raises core's error, which this adds
 * the key to: so it is strtod's own ERANGE that is looked at, as in
 * float8in_internal(), which has nothing else to do for a JSON number.  False
 * only where "escontext" took the error.
 */
bool
reddict_parse_number(char *number, const char *key, Node *escontext,
					 float8 *value)
{
	errno = 0;
	*value = strtod(number, NULL);
	if (unlikely(errno == ERANGE) && (*value == 0.0 || isinf(*value)))
		ereturn(escontext, false,
				errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				errmsg("%s is out of range for type double precision",
					   reddict_key_quote(number, strlen(number))),
				errdetail("It is the value of key %s.",
						  reddict_key_quote(key, strlen(key))));
	return true;
}

/* Read the name of a non-finite value; false if the string is none. */
bool
reddict_parse_name(const char *string, int len, float8 *value)
{
	if (len == 3 && memcmp(string, "NaN", len) == 0)
		*value = get_float8_nan();
	else if (len == 8 && memcmp(string, "Infinity", len) == 0)
		*value = get_float8_infinity();
	else if (len == 9 && memcmp(string, "-Infinity", len) == 0)
		*value = -get_float8_infinity();
	else
		return false;
	return true;
}

/* Refuse what is no number; "what" has its article. */
static void
refuse_member(ParseState *state, const char *what)
{
	if (state->key)
		errsave(state->escontext,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s", "reddict"),
				errdetail("The value of key %s is %s.",
						  reddict_key_quote(state->key, strlen(state->key)), what),
				errhint(REDDICT_MEMBER_HINT));
	else
		errsave(state->escontext,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s", "reddict"),
				errdetail("The input is %s.", what),
				errhint(REDDICT_OBJECT_HINT));
}

static ACTION_RESULT
parse_object_start(void *arg)
{
	ParseState *state = arg;

	if (state->key)
	{
		refuse_member(state, "an object");
		ACTION_FAILED;
	}
	ACTION_OK;
}

static ACTION_RESULT
parse_array_start(void *arg)
{
	refuse_member(arg, "an array");
	ACTION_FAILED;
}

static ACTION_RESULT
parse_field_start(void *arg, char *key, bool isnull)
{
	ParseState *state = arg;

	CHECK_FOR_INTERRUPTS();
	state->key = key;
	ACTION_OK;
}

static ACTION_RESULT
parse_scalar(void *arg, char *token, JsonTokenType type)
{
	ParseState *state = arg;
	float8		value;

	switch (type)
	{
		case JSON_TOKEN_NUMBER:
			if (state->key == NULL)
			{
				refuse_member(state, "a number");
				ACTION_FAILED;
			}
			if (!reddict_parse_number(token, state->key, state->escontext, &value))
				ACTION_FAILED;
			break;
		case JSON_TOKEN_STRING:
			if (state->key == NULL ||
				!reddict_parse_name(token, strlen(token), &value))
			{
				refuse_member(state, state->key == NULL ? "a string" :
							  psprintf("the string %s",
									   reddict_key_quote(token, strlen(token))));
				ACTION_FAILED;
			}
			break;
		case JSON_TOKEN_NULL:
			refuse_member(state, "null");
			ACTION_FAILED;
		default:
			refuse_member(state, "a boolean");
			ACTION_FAILED;
	}
	reddict_pairs_add(&state->pairs, state->key, strlen(state->key), value);
	ACTION_OK;
}

/*
 * Make a value of a JSON object.  Core's parser raises core's errors for what
 * is no JSON.  Returns NULL only where "escontext" took an error.
 */
struct varlena *
reddict_parse(char *json, int len, Node *escontext)
{
	ParseState	state;
	JsonSemAction actions = {
		.semstate = &state,
		.object_start = parse_object_start,
		.array_start = parse_array_start,
		.object_field_start = parse_field_start,
		.scalar = parse_scalar
	};
	JsonLexContext *lex;

#if PG_VERSION_NUM >= 170000
	lex = makeJsonLexContextCstringLen(NULL, json, len, GetDatabaseEncoding(), true);
#else
	lex = makeJsonLexContextCstringLen(json, len, GetDatabaseEncoding(), true);
#endif
	reddict_pairs_init(&state.pairs, 16);
	state.key = NULL;
	state.escontext = escontext;

#if PG_VERSION_NUM >= 160000
	if (!pg_parse_json_or_errsave(lex, &actions, escontext))
		return NULL;
#else
	pg_parse_json_or_ereport(lex, &actions);
#endif
	return reddict_from_pairs(&state.pairs, NULL, escontext);
}

/*
 * Print a value so that it reads back to the same double, as JSON: non-finite
 * ones as strings.  Returns the length; "digits" has REDDICT_NUMBER_LEN bytes.
 *
 * Not float8out(), which obeys extra_float_digits.
 */
int
reddict_print_number(float8 value, char *digits)
{
	if (unlikely(isnan(value)))
		return strlen(strcpy(digits, "\"NaN\""));
	if (unlikely(isinf(value)))
		return strlen(strcpy(digits, value > 0 ? "\"Infinity\"" : "\"-Infinity\""));
	return double_to_shortest_decimal_buf(value, digits);
}

/* Append a value's text. */
void
reddict_print(const RedDictView *view, StringInfo buf)
{
	KeyCursor	cursor;
	StringInfoData key;

	initStringInfo(&key);
	appendStringInfoChar(buf, '{');
	key_cursor_init(&cursor, &view->index);
	while (key_cursor_next(&cursor))
	{
		char		digits[REDDICT_NUMBER_LEN];

		CHECK_FOR_INTERRUPTS();
		if (cursor.position > 0)
			appendBinaryStringInfo(buf, ", ", 2);
		/* escape_json() wants a terminator */
		resetStringInfo(&key);
		appendBinaryStringInfo(&key, cursor.key, cursor.len);
		escape_json(buf, key.data);
		appendBinaryStringInfo(buf, ": ", 2);
		appendBinaryStringInfo(buf, digits,
							   reddict_print_number(view->values[cursor.position], digits));
	}
	appendStringInfoChar(buf, '}');
	pfree(key.data);
}

/*
 * reddict_in(cstring) returns reddict
 *
 * Takes a JSON object whose members are numbers or the strings "NaN",
 * "Infinity" and "-Infinity"; of a key given twice the last wins.
 * Errors: invalid_text_representation for anything else,
 * untranslatable_character for \u0000, numeric_value_out_of_range,
 * program_limit_exceeded.  From PostgreSQL 16 on they are soft.
 */
Datum
reddict_in(PG_FUNCTION_ARGS)
{
	char	   *json = PG_GETARG_CSTRING(0);

	PG_RETURN_REDDICT(reddict_parse(json, strlen(json), fcinfo->context));
}

/*
 * reddict_out(reddict) returns cstring
 *
 * A JSON object, keys in byte order, spaced as jsonb spaces it; each value in
 * the shortest digits that read back to the same double, or a string.
 */
Datum
reddict_out(PG_FUNCTION_ARGS)
{
	RedDictView view;
	StringInfoData buf;

	PG_GETARG_REDDICT_VIEW(0, &view);
	initStringInfo(&buf);
	reddict_print(&view, &buf);
	PG_RETURN_CSTRING(buf.data);
}

/*
 * reddict_recv(internal) returns reddict
 *
 * Nothing from the wire is trusted: keys are converted from the client's
 * encoding, sorted and hashed anew, and any NaN becomes the canonical one.
 * Errors: invalid_binary_representation, for an unknown version, a number of
 * keys that the message is too short for, or a repeated key;
 * protocol_violation for a truncated message; character_not_in_repertoire.
 */
Datum
reddict_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int32		n;
	RedDictPairs pairs;
	const KeyEntry *repeated;
	struct varlena *value;

	if (version != BINARY_VERSION)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("unsupported reddict version number %d", version));

	n = pq_getmsgint(buf, sizeof(int32));
	if (n < 0 || n > (buf->len - buf->cursor) / (int) BINARY_MEMBER_MIN)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("invalid number of keys in external \"reddict\" value: %d", n));

	reddict_pairs_init(&pairs, n);
	for (int32 i = 0; i < n; i++)
	{
		int32		rawlen = pq_getmsgint(buf, sizeof(int32));
		int			len;
		char	   *key;
		float8		number;

		CHECK_FOR_INTERRUPTS();
		if (rawlen < 0)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid key length in external \"reddict\" value: %d",
						   rawlen));
		key = pq_getmsgtext(buf, rawlen, &len);
		number = pq_getmsgfloat8(buf);
		reddict_pairs_add(&pairs, key, len,
						  isnan(number) ? get_float8_nan() : number);
	}

	value = reddict_from_pairs(&pairs, &repeated, NULL);
	if (repeated)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("duplicate key %s in external \"reddict\" value",
					   reddict_key_quote(repeated->key, repeated->len)));
	PG_RETURN_REDDICT(value);
}

/*
 * reddict_send(reddict) returns bytea
 *
 *		int8	version, 1
 *		int32	number of keys
 *		for each, in the byte order of the server's encoding:
 *			int32	length of the key in the client's encoding
 *			text	key, in the client's encoding
 *			float8	value; NaN in its canonical form
 */
Datum
reddict_send(PG_FUNCTION_ARGS)
{
	RedDictView view;
	KeyCursor	cursor;
	StringInfoData buf;

	PG_GETARG_REDDICT_VIEW(0, &view);
	pq_begintypsend(&buf);
	pq_sendint8(&buf, BINARY_VERSION);
	pq_sendint32(&buf, view.index.n);
	key_cursor_init(&cursor, &view.index);
	while (key_cursor_next(&cursor))
	{
		float8		value = view.values[cursor.position];
		char	   *converted;

		CHECK_FOR_INTERRUPTS();
		converted = pg_server_to_client(cursor.key, cursor.len);
		if (converted != cursor.key)
		{
			int			len = strlen(converted);

			pq_sendint32(&buf, len);
			pq_sendbytes(&buf, converted, len);
			pfree(converted);
		}
		else
		{
			pq_sendint32(&buf, cursor.len);
			pq_sendbytes(&buf, cursor.key, cursor.len);
		}
		pq_sendfloat8(&buf, isnan(value) ? get_float8_nan() : value);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
