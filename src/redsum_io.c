/*
 * redsum_io.c
 *	  Text, JSON and binary form of a redsum.
 *
 * The text is a JSON object: {"key": [rows, sum]}, the sum with all its digits;
 * and where there are any, followed by how many of the rows have NaN, Infinity
 * and -Infinity: {"key": [rows, sum of the others, 1, 0, 2]}.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "compact.h"
#include "io.h"
#include "parts.h"
#include "redsum.h"
#include "wire.h"

/* Numbers of a key in the text: rows, sum, and rows of NaN and so on */
#define MEMBER_NUMBERS 5

/* Bytes of a key in the binary form, but for those of its name and digits */
#define MEMBER_MIN_SIZE (sizeof(int32) + 4 * sizeof(int64) + 1 + 2 * sizeof(int32))

/* Add a key and its sum, which is valid and of some rows. */
static void
add_sum(RedDictParts *parts, const char *key, Size len, const ExactSum *sum)
{
	redsum_append(&parts->parts, sum);
	reddict_parts_add(parts, key, len);
}

/* --- text ------------------------------------------------------------------ */

/* State of the JSON parser's actions */
typedef struct ParseState
{
	PartsParser parser;
	int			in_array;		/* numbers read so far, or -1 */
	ExactSum	sum;			/* of these */
} ParseState;

static json_action_result
parse_object_start(void *arg)
{
	ParseState *state = arg;

	if (state->parser.key)
	{
		reddict_parts_refuse(&state->parser, "an object");
		json_action_failed;
	}
	json_action_ok;
}

static json_action_result
parse_array_start(void *arg)
{
	ParseState *state = arg;

	if (state->parser.key == NULL || state->in_array >= 0)
	{
		reddict_parts_refuse(&state->parser, state->in_array >= 0 ? "an array in an array" : "an array");
		json_action_failed;
	}
	state->in_array = 0;
	state->sum.nan = state->sum.plus = state->sum.minus = 0;
	json_action_ok;
}

static json_action_result
parse_array_end(void *arg)
{
	ParseState *state = arg;

	if ((state->in_array != 2 && state->in_array != MEMBER_NUMBERS) ||
		state->sum.count == 0 || !exact_sum_valid(&state->sum))
	{
		reddict_parts_refuse(&state->parser, "no valid sum");
		json_action_failed;
	}
	add_sum(&state->parser.parts, state->parser.key, strlen(state->parser.key), &state->sum);
	state->in_array = -1;
	json_action_ok;
}

static json_action_result
parse_field_start(void *arg, char *key, bool isnull)
{
	return reddict_parts_field(&((ParseState *) arg)->parser, key);
}

/* Read the number that comes next; false only where "escontext" took an error. */
static bool
parse_number(ParseState *state, const char *token)
{
	ExactSum   *sum = &state->sum;
	int64	   *const counts[MEMBER_NUMBERS] = {&sum->count, NULL, &sum->nan, &sum->plus, &sum->minus};

	if (counts[state->in_array] != NULL)
	{
		if (!reddict_parts_count(token, counts[state->in_array]))
		{
			reddict_parts_refuse(&state->parser, "no valid sum");
			return false;
		}
		return true;
	}
	switch (exact_number_parse(token, strlen(token), &sum->number))
	{
		case EXACT_PARSED:
			return true;
		case EXACT_TOO_LARGE:
			ereturn(state->parser.escontext, false,
					errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("%s is out of range for type %s",
						   reddict_key_quote(token, strlen(token)), "redsum"),
					errdetail("It is the sum of key %s.",
							  reddict_key_quote(state->parser.key, strlen(state->parser.key))));
		default:
			ereturn(state->parser.escontext, false,
					errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s", "redsum"),
					errdetail("The sum of key %s, %s, is the exact sum of no double precision numbers.",
							  reddict_key_quote(state->parser.key, strlen(state->parser.key)),
							  reddict_key_quote(token, strlen(token))),
					errhint("An exact sum has all digits: that of 0.1 is 0.1000000000000000055511151231257827021181583404541015625."));
	}
}

static json_action_result
parse_scalar(void *arg, char *token, JsonTokenType type)
{
	ParseState *state = arg;

	if (type != JSON_TOKEN_NUMBER)
		reddict_parts_refuse(&state->parser, type == JSON_TOKEN_NULL ? "null" : type != JSON_TOKEN_STRING ? "a boolean" :
			   state->parser.key == NULL ? "a string" :
			   psprintf("the string %s", reddict_key_quote(token, strlen(token))));
	else if (state->in_array < 0)
		reddict_parts_refuse(&state->parser, "a number");
	else if (state->in_array == MEMBER_NUMBERS)
		reddict_parts_refuse(&state->parser, "an array of more numbers");
	else if (parse_number(state, token))
	{
		state->in_array++;
		json_action_ok;
	}
	json_action_failed;
}

PG_FUNCTION_INFO_V1(redsum_in);
PG_FUNCTION_INFO_V1(redsum_out);
PG_FUNCTION_INFO_V1(redsum_to_json);
PG_FUNCTION_INFO_V1(redsum_recv);
PG_FUNCTION_INFO_V1(redsum_send);

/*
 * redsum_in(cstring) returns redsum
 *
 * Takes a JSON object whose members are arrays: of a number of rows, from 1 to
 * 2^53, and the exact sum, a multiple of 2^-1074; or of the number of rows, the
 * sum of those with finite numbers, and the numbers of those with NaN, Infinity
 * and -Infinity.  Of a key given twice the last wins.  Or what compact.h
 * describes.  Errors:
 * invalid_text_representation for anything else, untranslatable_character for
 * \u0000, numeric_value_out_of_range, program_limit_exceeded.  From PostgreSQL
 * 16 on they are soft.
 */
Datum
redsum_in(PG_FUNCTION_ARGS)
{
	ParseState	state = {
		.in_array = -1,
		.parser.object_hint = "A redsum is a JSON object, such as {\"key\": [2, 4.5]}.",
		.parser.member_hint = "Values must be arrays of two numbers, how many rows there are and their exact sum; "
		"or of five, with how many of the rows have NaN, Infinity and -Infinity.",
		.parser.escontext = fcinfo->context
	};
	JsonSemAction actions = {
		.semstate = &state,
		.object_start = parse_object_start,
		.array_start = parse_array_start,
		.array_end = parse_array_end,
		.object_field_start = parse_field_start,
		.scalar = parse_scalar
	};
	char	   *text = PG_GETARG_CSTRING(0);
	struct varlena *value;

	reddict_parts_init(&state.parser.parts, REDDICT_SUMS, 0);
	value = *text == COMPACT_MARK ?
		reddict_compact_parts_in(text, REDDICT_SUMS, redsum_copy_parts, fcinfo->context) :
		reddict_parts_parse(&state.parser, text, &actions);
	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(value);
}

/* Print a redsum; equal ones have equal text. */
static void
print(Datum value, StringInfo buf)
{
	RedSumView	view;
	KeyCursor	cursor;
	StringInfoData key;
	ExactSum	sum;
	char		digits[EXACT_TEXT_LEN];

	redsum_view_settled(value, &view);
	initStringInfo(buf);
	initStringInfo(&key);
	appendStringInfoChar(buf, '{');
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
	while (key_cursor_next(&cursor))
	{
		CHECK_FOR_INTERRUPTS();
		redsum_get(&view, cursor.position, &sum);
		reddict_print_label(&cursor, &key, buf);
		appendStringInfo(buf, "[" INT64_FORMAT ", ", sum.count);
		appendBinaryStringInfo(buf, digits, exact_number_print(&sum.number, digits));
		if (sum.nan > 0 || sum.plus > 0 || sum.minus > 0)
			appendStringInfo(buf, ", " INT64_FORMAT ", " INT64_FORMAT ", " INT64_FORMAT,
							 sum.nan, sum.plus, sum.minus);
		appendStringInfoChar(buf, ']');
	}
	appendStringInfoChar(buf, '}');
	pfree(key.data);
}

/* Write a value as compact.h has it, or return NULL if it has to be JSON. */
static char *
compact_out(Datum value)
{
	RedSumView	view;

	redsum_view_settled(value, &view);
	return reddict_compact_parts_out(REDDICT_SUMS, &view.index, view.sums, view.end);
}

/*
 * redsum_out(redsum) returns cstring
 *
 * See above; keys in byte order.  Inside of partial aggregation what compact.h
 * describes.  Strict.
 */
Datum
redsum_out(PG_FUNCTION_ARGS)
{
	StringInfoData buf;
	char	   *compact;

	if (reddict_compact_wanted(fcinfo) && (compact = compact_out(PG_GETARG_DATUM(0))) != NULL)
		PG_RETURN_CSTRING(compact);
	print(PG_GETARG_DATUM(0), &buf);
	PG_RETURN_CSTRING(buf.data);
}

/* rx_to_json(redsum) returns json: the text form, which is JSON.  Strict. */
Datum
redsum_to_json(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	print(PG_GETARG_DATUM(0), &buf);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
}

/* --- binary ---------------------------------------------------------------- */

/* Read a sum; false if it is none that redsum_send() would have sent. */
static bool
receive_sum(StringInfo buf, ExactSum *sum)
{
	ExactNumber *number = &sum->number;
	int			sign;
	int			exponent;
	int			bytes;
	const unsigned char *digits;

	sum->count = pq_getmsgint64(buf);
	sum->nan = pq_getmsgint64(buf);
	sum->plus = pq_getmsgint64(buf);
	sum->minus = pq_getmsgint64(buf);
	sign = pq_getmsgbyte(buf);
	exponent = (int) pq_getmsgint(buf, sizeof(int32));
	bytes = (int) pq_getmsgint(buf, sizeof(int32));
	if (sign > 1 || exponent < -EXACT_UNIT_BITS || exponent > EXACT_BITS ||
		bytes < 0 || bytes > (int) sizeof(number->digits))
		return false;
	digits = (const unsigned char *) pq_getmsgbytes(buf, bytes);
	*number = (ExactNumber) {.negative = sign, .n = (bytes + 3) / 4, .position = exponent + EXACT_UNIT_BITS};
	for (int i = 0; i < bytes; i++)
		number->digits[i / 4] |= (uint32) digits[bytes - 1 - i] << 8 * (i % 4);
	exact_number_trim(number);
	return sum->count > 0 && exact_sum_valid(sum);
}

/*
 * redsum_recv(internal) returns redsum
 *
 * Trusts nothing.  Errors: invalid_binary_representation for what redsum_send()
 * would not send, in any order of the keys; those of reddict_recv().
 */
Datum
redsum_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int32		n = reddict_receive_head(buf, "redsum", MEMBER_MIN_SIZE);
	RedDictParts parts;
	const KeyEntry *repeated;
	struct varlena *value;

	reddict_parts_init(&parts, REDDICT_SUMS, n);
	for (int32 i = 0; i < n; i++)
	{
		int			len;
		char	   *key = reddict_receive_key(buf, "redsum", NULL, &len);
		ExactSum	sum;

		if (!receive_sum(buf, &sum))
			ereport(ERROR,
					errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid sum of key %s in external \"%s\" value",
						   reddict_key_quote(key, len), "redsum"));
		add_sum(&parts, key, len, &sum);
	}
	value = reddict_parts_value(&parts, &repeated, NULL);
	reddict_refuse_repeated(repeated, "redsum");
	PG_RETURN_POINTER(value);
}

/* redsum_send(redsum) returns bytea: see doc/storage-format.md.  Strict. */
Datum
redsum_send(PG_FUNCTION_ARGS)
{
	RedSumView	view;
	KeyCursor	cursor;
	StringInfoData buf;
	ExactSum	sum;

	redsum_view_settled(PG_GETARG_DATUM(0), &view);
	pq_begintypsend(&buf);
	reddict_send_head(&buf, view.index.n);
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
	while (key_cursor_next(&cursor))
	{
		const ExactNumber *number = &sum.number;
		int			bytes;

		redsum_get(&view, cursor.position, &sum);
		reddict_send_key(&buf, &cursor);
		pq_sendint64(&buf, sum.count);
		pq_sendint64(&buf, sum.nan);
		pq_sendint64(&buf, sum.plus);
		pq_sendint64(&buf, sum.minus);
		pq_sendint8(&buf, number->negative);
		pq_sendint32(&buf, number->n > 0 ? number->position - EXACT_UNIT_BITS : 0);
		bytes = (exact_number_bits(number) - number->position + 7) / 8;
		pq_sendint32(&buf, bytes);
		for (int i = bytes - 1; i >= 0; i--)
			pq_sendint8(&buf, (uint8) (number->digits[i / 4] >> 8 * (i % 4)));
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
