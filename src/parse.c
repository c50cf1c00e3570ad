/*
 * parse.c
 *	  From JSON text to a value.
 *
 * It is core's parser that reads JSON.  Beyond JSON, NaN, Infinity and
 * -Infinity may stand where a number may, without quotes, as Python writes
 * them: only where core's parser fails at one of these, its lexer is driven
 * once more from here, token by token.
 */
#include "postgres.h"

#include <math.h>

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/jsonfuncs.h"

#include "io.h"
#include "redstats.h"

/* State of the JSON parser's actions */
typedef struct ParseState
{
	const char *json;			/* the input */
	int			len;
	RedDictPairs pairs;
	const char *key;			/* of the member at hand; NULL: top level */
	int			in_array;		/* a redstats: numbers read so far, or -1 */
	float8		numbers[KERNEL_STATS_PLANES];
	Node	   *escontext;
} ParseState;

/*
 * Read a JSON number.
 *
 * A number that no double can stand for raises core's error, which this adds
 * the key to: so it is strtod's own ERANGE that is looked at, as in
 * float8in_internal(), which has nothing else to do for a JSON number.  False
 * only where "escontext" took the error.
 */
bool
reddict_parse_number(char *number, const char *key, uint32 len,
					 Node *escontext, float8 *value)
{
	errno = 0;
	*value = strtod(number, NULL);
	if (unlikely(errno == ERANGE) && (*value == 0.0 || isinf(*value)))
		ereturn(escontext, false,
				errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				errmsg("%s is out of range for type double precision",
					   reddict_key_quote(number, strlen(number))),
				errdetail("It is the value of key %s.", reddict_key_quote(key, len)));
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

static const char a_number[] = "a number";

/* The input without the white space around it. */
static char *
trimmed_input(const ParseState *state)
{
	const char *start = state->json;
	const char *end = start + state->len;

	while (start < end && scanner_isspace(*start))
		start++;
	while (end > start && scanner_isspace(end[-1]))
		end--;
	return pnstrdup(start, end - start);
}

/* Is a text, that need not be JSON, a number?  Any that float8 takes. */
static bool
is_number(const char *text)
{
	char	   *end;

	(void) strtod(text, &end);
	return end > text && *end == '\0';
}

/* Does a text, that need not be JSON, begin as no object and no array does? */
static bool
is_word(const char *text)
{
	return strchr("{}[]", *text) == NULL;
}

/* Is it pairs of hstore's? */
static bool
is_hstore(const char *text)
{
	return strstr(text, "=>") != NULL;
}

/* Is a text an array of text, such as {a,b}?  Then it has no colon. */
static bool
is_text_array(const char *text)
{
	return text[0] == '{' && text[strlen(text) - 1] == '}' &&
		strspn(text + 1, " \t\n\r") + 2 < strlen(text) &&
		strchr(text, ':') == NULL && !is_hstore(text);
}

/*
 * What to do instead, where the input is no object of numbers: habits of jsonb
 * and hstore lead to literals and parameters that are read as maps, though
 * another type was meant.  All there is to go by is the input.
 */
static const char *
input_hint(const ParseState *state)
{
	const char *text = trimmed_input(state);

	if (state->pairs.kind == REDDICT_STATISTICS)
		return REDSTATS_OBJECT_HINT;
	if (is_number(text))
		return "To compute with a number, say that it is one: m * 2::float8, or m * $1::float8.";
	if (is_text_array(text))
		return "To name keys, write an array: m - ARRAY['a', 'b'], or m -> ARRAY['a', 'b'].";
	if (is_word(text) && !is_hstore(text))
		return "To delete a key, write rd_delete(m, 'a'); to compute with values, (m -> 'a') / (m -> 'b'), or m['a'] / m['b'].";
	return REDDICT_OBJECT_HINT;
}

/* Refuse a member or the input; "what" has its article. */
static void
refuse(ParseState *state, const char *what)
{
	bool		is_map = state->pairs.kind == REDDICT_MAP;

	if (state->key)
		errsave(state->escontext,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s", reddict_types[state->pairs.kind].name),
				errdetail("The value of key %s is %s.",
						  reddict_key_quote(state->key, strlen(state->key)), what),
				is_map ? errhint(REDDICT_MEMBER_HINT) :
				what == a_number ?
				errhint("For the statistics of one map of numbers, cast it: '{\"key\": 1.5}'::reddict.") :
				errhint(REDSTATS_MEMBER_HINT));
	else
		errsave(state->escontext,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s", reddict_types[state->pairs.kind].name),
				errdetail("The input is %s.", what),
				errhint("%s", input_hint(state)));
}

/*
 * Refuse an input that is no JSON: with what core's parser says of it, but if
 * it is not meant as JSON either.
 */
static void
refuse_syntax(ParseState *state, JsonParseErrorType error, JsonLexContext *lex)
{
	const char *text = trimmed_input(state);

	if (*text == '\0' || is_word(text) || is_text_array(text))
		errsave(state->escontext,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s: %s",
					   reddict_types[state->pairs.kind].name,
					   reddict_key_quote(state->json, state->len)),
				errhint("%s", input_hint(state)));
	else
		report_json_error(error, lex, state->escontext);
}

static json_action_result
parse_object_start(void *arg)
{
	ParseState *state = arg;

	if (state->key)
	{
		refuse(state, "an object");
		json_action_failed;
	}
	json_action_ok;
}

static json_action_result
parse_array_start(void *arg)
{
	ParseState *state = arg;

	if (state->pairs.kind == REDDICT_MAP || state->key == NULL || state->in_array >= 0)
	{
		refuse(state, state->in_array >= 0 ? "an array in an array" : "an array");
		json_action_failed;
	}
	state->in_array = 0;
	json_action_ok;
}

static json_action_result
parse_array_end(void *arg)
{
	ParseState *state = arg;

	if (state->in_array != KERNEL_STATS_PLANES ||
		!redstats_valid(state->numbers))
	{
		refuse(state, "no valid statistics");
		json_action_failed;
	}
	memcpy(reddict_pairs_extend(&state->pairs, state->key, strlen(state->key)),
		   state->numbers, sizeof(state->numbers));
	state->in_array = -1;
	json_action_ok;
}

static json_action_result
parse_field_start(void *arg, char *key, bool isnull)
{
	ParseState *state = arg;

	CHECK_FOR_INTERRUPTS();
	state->key = key;
	json_action_ok;
}

static json_action_result
parse_scalar(void *arg, char *token, JsonTokenType type)
{
	ParseState *state = arg;
	bool		wanted = state->key != NULL &&
		(state->pairs.kind == REDDICT_MAP ||
		 (state->in_array >= 0 && state->in_array < KERNEL_STATS_PLANES));
	float8		value = 0;

	switch (type)
	{
		case JSON_TOKEN_NUMBER:
			if (!wanted)
			{
				refuse(state, state->in_array >= 0 ? "an array of more numbers" : a_number);
				json_action_failed;
			}
			if (!reddict_parse_number(token, state->key, strlen(state->key),
									  state->escontext, &value))
				json_action_failed;
			break;
		case JSON_TOKEN_STRING:
			if (!wanted || !reddict_parse_name(token, strlen(token), &value))
			{
				refuse(state, state->key == NULL ? "a string" :
					   psprintf("the string %s", reddict_key_quote(token, strlen(token))));
				json_action_failed;
			}
			break;
		case JSON_TOKEN_NULL:
			refuse(state, "null");
			json_action_failed;
		default:
			refuse(state, "a boolean");
			json_action_failed;
	}
	if (state->pairs.kind == REDDICT_MAP)
		reddict_pairs_add(&state->pairs, state->key, strlen(state->key), value);
	else
		state->numbers[state->in_array++] = value;
	json_action_ok;
}

/* Did the lexer fail at a bare NaN, Infinity or -Infinity? */
static bool
at_bare_name(const JsonLexContext *lex, JsonParseErrorType result)
{
	float8		ignored;

	return result == JSON_INVALID_TOKEN &&
		reddict_parse_name(lex->token_start, lex->token_terminator - lex->token_start, &ignored);
}

/* What core's parser says if a token is not what the grammar wants. */
static JsonParseErrorType
unexpected(JsonTokenType token, JsonParseErrorType error)
{
	return token == JSON_TOKEN_INVALID ? JSON_INVALID_TOKEN :
		token == JSON_TOKEN_END ? JSON_EXPECTED_MORE : error;
}

/*
 * The functions below read what is left of an input, of which they have the
 * next token, as core's parser does and with the same actions.  A token of
 * type JSON_TOKEN_INVALID is a bare name.
 */
static JsonParseErrorType
next_token(JsonLexContext *lex, JsonTokenType *token)
{
	JsonParseErrorType result = json_lex(lex);

	*token = lex->token_type;
	if (!at_bare_name(lex, result))
		return result;
	*token = JSON_TOKEN_INVALID;
	return JSON_SUCCESS;
}

static JsonParseErrorType
parse_bare_scalar(JsonLexContext *lex, ParseState *state, JsonTokenType *token)
{
	JsonTokenType type = *token;
	char	   *text;
	JsonParseErrorType result;

	switch (type)
	{
		case JSON_TOKEN_STRING:
			text = pstrdup(lex->strval->data);
			break;
		case JSON_TOKEN_INVALID:
			type = JSON_TOKEN_STRING;
			pg_fallthrough;
		case JSON_TOKEN_NUMBER:
		case JSON_TOKEN_TRUE:
		case JSON_TOKEN_FALSE:
		case JSON_TOKEN_NULL:
			text = pnstrdup(lex->token_start, lex->token_terminator - lex->token_start);
			break;
		default:
			return unexpected(type, JSON_EXPECTED_JSON);
	}
	result = next_token(lex, token);
	if (result != JSON_SUCCESS)
		return result;
	return json_acted(parse_scalar(state, text, type)) ? JSON_SUCCESS : JSON_SEM_ACTION_FAILED;
}

static JsonParseErrorType
parse_bare_value(JsonLexContext *lex, ParseState *state, JsonTokenType *token)
{
	JsonParseErrorType result;

	/* there is but one level of arrays, and of objects: the actions see to it */
	if (*token == JSON_TOKEN_OBJECT_START && !json_acted(parse_object_start(state)))
		return JSON_SEM_ACTION_FAILED;
	if (*token != JSON_TOKEN_ARRAY_START)
		return parse_bare_scalar(lex, state, token);

	if (!json_acted(parse_array_start(state)))
		return JSON_SEM_ACTION_FAILED;
	result = next_token(lex, token);
	if (result == JSON_SUCCESS && *token != JSON_TOKEN_ARRAY_END)
	{
		result = parse_bare_value(lex, state, token);
		while (result == JSON_SUCCESS && *token == JSON_TOKEN_COMMA)
		{
			result = next_token(lex, token);
			if (result == JSON_SUCCESS)
				result = parse_bare_value(lex, state, token);
		}
	}
	if (result != JSON_SUCCESS)
		return result;
	if (*token != JSON_TOKEN_ARRAY_END)
		return unexpected(*token, JSON_EXPECTED_ARRAY_NEXT);
	result = next_token(lex, token);
	if (result != JSON_SUCCESS)
		return result;
	return json_acted(parse_array_end(state)) ? JSON_SUCCESS : JSON_SEM_ACTION_FAILED;
}

static JsonParseErrorType
parse_bare_member(JsonLexContext *lex, ParseState *state, JsonTokenType *token)
{
	char	   *key;
	JsonParseErrorType result;

	if (*token != JSON_TOKEN_STRING)
		return unexpected(*token, JSON_EXPECTED_STRING);
	key = pstrdup(lex->strval->data);
	result = next_token(lex, token);
	if (result != JSON_SUCCESS)
		return result;
	if (*token != JSON_TOKEN_COLON)
		return unexpected(*token, JSON_EXPECTED_COLON);
	result = next_token(lex, token);
	if (result != JSON_SUCCESS)
		return result;
	(void) parse_field_start(state, key, false);
	return parse_bare_value(lex, state, token);
}

static JsonParseErrorType
parse_bare_object(JsonLexContext *lex, ParseState *state)
{
	JsonTokenType token;
	JsonParseErrorType result = next_token(lex, &token);

	/* an array, core's parser would not have come past */
	if (token != JSON_TOKEN_OBJECT_START)
		return unexpected(token, JSON_EXPECTED_JSON);
	result = next_token(lex, &token);
	if (result == JSON_SUCCESS && token != JSON_TOKEN_STRING && token != JSON_TOKEN_OBJECT_END)
		return unexpected(token, JSON_EXPECTED_OBJECT_FIRST);
	if (result == JSON_SUCCESS && token == JSON_TOKEN_STRING)
	{
		result = parse_bare_member(lex, state, &token);
		while (result == JSON_SUCCESS && token == JSON_TOKEN_COMMA)
		{
			result = next_token(lex, &token);
			if (result == JSON_SUCCESS)
				result = parse_bare_member(lex, state, &token);
		}
	}
	if (result == JSON_SUCCESS && token != JSON_TOKEN_OBJECT_END)
		return unexpected(token, JSON_EXPECTED_OBJECT_NEXT);
	if (result == JSON_SUCCESS)
		result = next_token(lex, &token);
	if (result == JSON_SUCCESS && token != JSON_TOKEN_END)
		return unexpected(token, JSON_EXPECTED_END);
	return result;
}

/* Start over; keys are remembered in "flinfo" if that is given. */
static void
start_parsing(ParseState *state, RedDictKind kind, FmgrInfo *flinfo)
{
	reddict_pairs_init(&state->pairs, kind, 16);
	reddict_pairs_use_memo(&state->pairs, flinfo);
	state->key = NULL;
	state->in_array = -1;
}

/*
 * Make a value of a JSON object, whose keys are remembered in "flinfo" if that
 * is given.  NaN, Infinity and -Infinity need no quotes.  Core raises its own
 * errors for what is no JSON.  Returns NULL only where "escontext" took an
 * error.
 */
struct varlena *
reddict_parse(RedDictKind kind, char *json, int len, FmgrInfo *flinfo,
			  Node *escontext)
{
	ParseState	state = {.json = json, .len = len, .escontext = escontext};
	JsonSemAction actions = {
		.semstate = &state,
		.object_start = parse_object_start,
		.array_start = parse_array_start,
		.array_end = parse_array_end,
		.object_field_start = parse_field_start,
		.scalar = parse_scalar
	};
	JsonLexContext *lex = make_json_lexer(json, len);
	JsonParseErrorType result;

	start_parsing(&state, kind, flinfo);
	result = pg_parse_json(lex, &actions);
	if (at_bare_name(lex, result))
	{
		start_parsing(&state, kind, flinfo);
		lex = make_json_lexer(json, len);
		result = parse_bare_object(lex, &state);
	}
	if (result != JSON_SUCCESS && result != JSON_SEM_ACTION_FAILED)
		refuse_syntax(&state, result, lex);
	if (result != JSON_SUCCESS)
		return NULL;
	return reddict_from_pairs(&state.pairs, NULL, escontext);
}
