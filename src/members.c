/*
 * members.c
 *	  From and to JSON objects that are more than flat maps of numbers.
 *
 * One walk serves json and jsonb: core's parser and core's iterator both tell
 * it of containers, keys and scalars as they come.  What becomes of what is no
 * number is a set of choices.
 */
#include "postgres.h"

#include <math.h>

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonfuncs.h"

#include "arguments.h"
#include "casts.h"
#include "io.h"
#include "members.h"

PG_FUNCTION_INFO_V1(rd_from_json);
PG_FUNCTION_INFO_V1(rd_from_jsonb);
PG_FUNCTION_INFO_V1(rd_to_nested);

/* The names of choices, in the order of their bits */
static const char *const choice_names[] = {
	"error", "skip", "flatten", "arrays", "strings", "booleans", "nulls"
};

/* What members are called in messages */
static const char *const member_names[] = {
	[MEMBER_NUMBER] = "numeric",
	[MEMBER_OUT_OF_RANGE] = "numeric",
	[MEMBER_STRING] = "string",
	[MEMBER_BOOLEAN] = "boolean",
	[MEMBER_NULL] = "null",
	[MEMBER_ARRAY] = "array",
	[MEMBER_OBJECT] = "object"
};

/*
 * The choices in a list such as 'flatten,skip'.  Errors:
 * invalid_parameter_value, for another name, and for 'error' with 'skip'.
 */
int
reddict_member_choices(const text *list)
{
	char	   *rest = text_to_cstring(list);
	int			choices = 0;

	while (rest != NULL)
	{
		char	   *name = rest;
		char	   *comma = strchr(rest, ',');
		int			len;

		rest = NULL;
		if (comma != NULL)
		{
			*comma = '\0';
			rest = comma + 1;
		}
		name += strspn(name, " ");
		len = strlen(name);
		while (len > 0 && name[len - 1] == ' ')
			len--;
		choices |= 1 << reddict_choice(cstring_to_text_with_len(name, len),
									   "on_other", choice_names, lengthof(choice_names));
	}
	if ((choices & CHOICE_ERROR) != 0 && (choices & CHOICE_SKIP) != 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid value for argument \"%s\": %s", "on_other",
					   reddict_key_quote(VARDATA_ANY(list), VARSIZE_ANY_EXHDR(list))),
				errdetail("Either \"error\" or \"skip\" can be chosen."));
	return choices;
}

/*
 * Start a walk.  "type" is json or jsonb.  The keys are remembered in "flinfo",
 * if that is given.
 */
void
reddict_members_init(Members *members, const char *type, int choices,
					 const char *separator, int separator_len, FmgrInfo *flinfo)
{
	members->type = type;
	members->choices = choices;
	members->separator = separator;
	members->separator_len = separator_len;
	members->inspect = NULL;
	initStringInfo(&members->path);
	members->max_depth = 8;
	members->levels = palloc(members->max_depth * sizeof(MemberLevel));
	members->depth = 0;
	members->skipped = 0;
	members->key_bytes = 0;
	members->keys_repeat = false;
	members->out_of_range = NULL;
	reddict_pairs_init(&members->pairs, REDDICT_MAP, 16);
	reddict_pairs_use_memo(&members->pairs, flinfo);
	reddict_pairs_init(&members->others, REDDICT_MAP, 0);
}

/*
 * The key of the member at hand: the path and its own.  Keys of a small object
 * may be very long together, so too many are refused before they are made.
 */
KeyEntry
reddict_member_key(Members *members)
{
	KeyEntry	entry = members->key;
	char	   *key;

	if (members->path.len == 0)
		return entry;
	entry.len += members->path.len;
	(void) reddict_check_key(&entry, NULL);
	members->key_bytes += entry.len;
	(void) reddict_check_size(REDDICT_MAP, members->key_bytes, members->pairs.n, NULL);
	key = palloc(entry.len);
	memcpy(key, members->path.data, members->path.len);
	memcpy(key + members->path.len, members->key.key, members->key.len);
	entry.key = key;
	return entry;
}

/* The member at hand makes no pair. */
static void
take_other(Members *members)
{
	KeyEntry	key;

	if (members->inspect)
		return;
	key = reddict_member_key(members);
	reddict_pairs_add(&members->others, key.key, key.len, 0);
}

/* The member at hand is what no choice but CHOICE_SKIP allows. */
static void
refuse_member(Members *members, MemberKind kind, const char *text)
{
	if (members->inspect)
		members->inspect(members, kind, text);
	else if ((members->choices & CHOICE_SKIP) == 0)
	{
		KeyEntry	key = reddict_member_key(members);

		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("cannot cast %s %s to type %s", members->type, member_names[kind],
					   "double precision"),
				errdetail("It is the value of key %s.", reddict_key_quote(key.key, key.len)),
				errhint(REDDICT_MEMBER_HINT));
	}
	take_other(members);
}

/* The input is no object. */
static void
refuse_input(const Members *members, MemberKind kind)
{
	ereport(ERROR,
			errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("cannot cast %s %s to type %s", members->type, member_names[kind],
				   "reddict"),
			errhint(REDDICT_OBJECT_HINT));
}

/* A member of an object has this key. */
static void
begin_member(Members *members, const char *key, int len)
{
	CHECK_FOR_INTERRUPTS();
	members->key.key = key;
	members->key.len = len;
}

/* Within an array, the next element: its position is its key. */
static void
begin_element(Members *members)
{
	MemberLevel *level = members->levels + members->depth - 1;

	CHECK_FOR_INTERRUPTS();
	if (members->skipped > 0 || members->depth == 0 || level->elements < 0)
		return;
	members->key.key = psprintf("%d", level->elements++);
	members->key.len = strlen(members->key.key);
}

/* The member at hand is a container, whose members come next. */
static void
begin_container(Members *members, MemberKind kind)
{
	MemberChoices wanted = kind == MEMBER_ARRAY ? CHOICE_ARRAYS : CHOICE_FLATTEN;
	MemberLevel *level;

	if (members->skipped == 0 && members->depth == 0 && kind != MEMBER_OBJECT)
		refuse_input(members, kind);
	if (members->skipped == 0 && members->depth > 0)
	{
		if ((members->choices & wanted) != 0)
			take_other(members);
		else
		{
			refuse_member(members, kind, NULL);
			members->skipped = 1;
			return;
		}
	}
	if (members->skipped > 0)
	{
		members->skipped++;
		return;
	}

	if (members->depth == members->max_depth)
	{
		members->max_depth *= 2;
		members->levels = repalloc(members->levels, members->max_depth * sizeof(MemberLevel));
	}
	level = &members->levels[members->depth++];
	level->path_len = members->path.len;
	level->elements = kind == MEMBER_ARRAY ? 0 : -1;
	if (members->depth > 1)
	{
		appendBinaryStringInfo(&members->path, members->key.key, members->key.len);
		appendBinaryStringInfo(&members->path, members->separator, members->separator_len);
	}
}

static void
end_container(Members *members)
{
	if (members->skipped > 0)
		members->skipped--;
	else
		members->path.len = members->levels[--members->depth].path_len;
}

/*
 * Is a string a number?  Any that float8's input takes, which is what strtod()
 * takes there, too.
 */
static bool
is_number(const char *string)
{
	char	   *end;

	(void) strtod(string, &end);
	return end > string && end[strspn(end, " \t\n\r\f\v")] == '\0';
}

/* What a scalar is, by the choices; and its value, if it is a number. */
static MemberKind
classify_scalar(const Members *members, JsonTokenType type, char *text, float8 *value)
{
	switch (type)
	{
		case JSON_TOKEN_STRING:
			if (reddict_parse_name(text, strlen(text), value))
				return MEMBER_NUMBER;
			if ((members->choices & CHOICE_STRINGS) == 0 || !is_number(text))
				return MEMBER_STRING;
			pg_fallthrough;
		case JSON_TOKEN_NUMBER:
			errno = 0;
			*value = strtod(text, NULL);
			return errno == ERANGE && (*value == 0.0 || isinf(*value)) ?
				MEMBER_OUT_OF_RANGE : MEMBER_NUMBER;
		case JSON_TOKEN_NULL:
			return MEMBER_NULL;
		default:
			*value = type == JSON_TOKEN_TRUE;
			return (members->choices & CHOICE_BOOLEANS) != 0 ? MEMBER_NUMBER : MEMBER_BOOLEAN;
	}
}

/* The member at hand is a scalar; "text" has a terminator. */
static void
take_scalar(Members *members, JsonTokenType type, char *text)
{
	MemberKind	kind;
	KeyEntry	key;
	float8		value;

	if (members->skipped > 0)
		return;
	kind = classify_scalar(members, type, text, &value);
	if (members->depth == 0)
		refuse_input(members, kind);
	if (kind == MEMBER_NULL && (members->choices & CHOICE_NULLS) != 0)
		take_other(members);
	else if (kind != MEMBER_NUMBER && kind != MEMBER_OUT_OF_RANGE)
		refuse_member(members, kind, text);
	else if (members->inspect)
		members->inspect(members, kind, text);
	else
	{
		key = reddict_member_key(members);
		if (kind == MEMBER_OUT_OF_RANGE && members->keys_repeat)
		{
			/* an error only if no later member takes its place */
			if (members->out_of_range == NULL)
			{
				members->out_of_range = pstrdup(text);
				members->out_of_range_key = key;
			}
			take_other(members);
			return;
		}
		if (kind == MEMBER_OUT_OF_RANGE)
			(void) reddict_parse_number(text, key.key, key.len, NULL, &value);
		reddict_pairs_add(&members->pairs, key.key, key.len, value);
	}
}

/* Of core's parser */

static json_action_result
json_begin_object(void *members)
{
	begin_container(members, MEMBER_OBJECT);
	json_action_ok;
}

static json_action_result
json_begin_array(void *members)
{
	begin_container(members, MEMBER_ARRAY);
	json_action_ok;
}

static json_action_result
json_end_container(void *members)
{
	end_container(members);
	json_action_ok;
}

static json_action_result
json_begin_member(void *members, char *key, bool isnull)
{
	begin_member(members, key, strlen(key));
	json_action_ok;
}

static json_action_result
json_begin_element(void *members, bool isnull)
{
	begin_element(members);
	json_action_ok;
}

static json_action_result
json_take_scalar(void *members, char *token, JsonTokenType type)
{
	take_scalar(members, type, token);
	json_action_ok;
}

/* Walk through json.  Errors besides the walk's own: of \u0000. */
static void
walk_json(Members *members, text *json)
{
	JsonSemAction actions = {
		.semstate = members,
		.object_start = json_begin_object,
		.object_end = json_end_container,
		.array_start = json_begin_array,
		.array_end = json_end_container,
		.object_field_start = json_begin_member,
		.array_element_start = json_begin_element,
		.scalar = json_take_scalar
	};

	pg_parse_json_or_ereport(make_json_lexer(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json)), &actions);
}

/* A scalar, or a container that the iterator does not go into. */
static void
jsonb_take_value(Members *members, const JsonbValue *value)
{
	MemberKind	kind;

	switch (value->type)
	{
		case jbvNull:
			take_scalar(members, JSON_TOKEN_NULL, "null");
			break;
		case jbvBool:
			take_scalar(members, value->val.boolean ? JSON_TOKEN_TRUE : JSON_TOKEN_FALSE,
						value->val.boolean ? "true" : "false");
			break;
		case jbvString:
			take_scalar(members, JSON_TOKEN_STRING,
						pnstrdup(value->val.string.val, value->val.string.len));
			break;
		case jbvNumeric:
			take_scalar(members, JSON_TOKEN_NUMBER,
						DatumGetCString(DirectFunctionCall1(numeric_out,
															NumericGetDatum(value->val.numeric))));
			break;
		default:
			kind = JsonContainerIsArray(value->val.binary.data) ? MEMBER_ARRAY : MEMBER_OBJECT;
			begin_container(members, kind);
			end_container(members);
	}
}

/* Walk through jsonb. */
static void
walk_jsonb(Members *members, Jsonb *jsonb)
{
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	value;
	bool		nested = (members->choices & (CHOICE_FLATTEN | CHOICE_ARRAYS)) != 0;

	reddict_check_jsonb_object(jsonb);
	it = JsonbIteratorInit(&jsonb->root);
	while ((token = JsonbIteratorNext(&it, &value, !nested)) != WJB_DONE)
	{
		switch (token)
		{
			case WJB_KEY:
				begin_member(members, value.val.string.val, value.val.string.len);
				break;
			case WJB_ELEM:
				begin_element(members);
				pg_fallthrough;
			case WJB_VALUE:
				jsonb_take_value(members, &value);
				break;
			case WJB_BEGIN_ARRAY:
			case WJB_BEGIN_OBJECT:
				begin_element(members);
				begin_container(members, token == WJB_BEGIN_ARRAY ? MEMBER_ARRAY : MEMBER_OBJECT);
				break;
			default:
				end_container(members);
		}
	}
}

/*
 * Does a key come twice, of pairs or of what made none?  Only a key of a member
 * that made none is looked for: of the pairs alone the last wins.
 */
static bool
is_ambiguous(const Members *members)
{
	int32		n = members->pairs.n;
	int32		nothers = members->others.n;
	KeyEntry   *entries;
	const KeyEntry *repeated;

	if (nothers == 0)
		return false;
	entries = palloc((n + nothers) * sizeof(KeyEntry));
	memcpy(entries, members->pairs.entries, n * sizeof(KeyEntry));
	memcpy(entries + n, members->others.entries, nothers * sizeof(KeyEntry));
	(void) reddict_key_sort(entries, n + nothers, &repeated);
	pfree(entries);
	return repeated != NULL;
}

/*
 * The map of an object, which is jsonb or json by members->type, that a walk
 * was started for.  "repeated" is set to an entry whose key two members got,
 * or to NULL.
 *
 * Of a key given twice in one object of json the last member counts, whatever
 * it is, as in jsonb: where keys come twice in a way that leaves that open,
 * jsonb decides.
 */
struct varlena *
reddict_members_map(Members *members, Datum object, const KeyEntry **repeated)
{
	text	   *json;
	Members		again;

	*repeated = NULL;
	if (strcmp(members->type, "jsonb") == 0)
	{
		walk_jsonb(members, DatumGetJsonbP(object));
		return reddict_from_pairs(&members->pairs, repeated, NULL);
	}

	json = DatumGetTextPP(object);
	members->keys_repeat = true;
	walk_json(members, json);
	if (!is_ambiguous(members))
	{
		float8		value;

		if (members->out_of_range != NULL)
			(void) reddict_parse_number(members->out_of_range, members->out_of_range_key.key,
										members->out_of_range_key.len, NULL, &value);
		return reddict_from_pairs(&members->pairs, NULL, NULL);
	}
	reddict_members_init(&again, members->type, members->choices,
						 members->separator, members->separator_len, NULL);
	walk_jsonb(&again, DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
														  CStringGetDatum(text_to_cstring(json)))));
	return reddict_from_pairs(&again.pairs, repeated, NULL);
}

/* Is json or jsonb an object? */
bool
reddict_members_is_object(const char *type, Datum value)
{
	text	   *json;
	int			space = 0;

	if (strcmp(type, "jsonb") == 0)
		return JB_ROOT_IS_OBJECT(DatumGetJsonbP(value));
	/* of json, which is valid, the first character says it */
	json = DatumGetTextPP(value);
	while (space < (int) VARSIZE_ANY_EXHDR(json) && strchr(" \t\n\r", VARDATA_ANY(json)[space]) != NULL)
		space++;
	return space < (int) VARSIZE_ANY_EXHDR(json) && VARDATA_ANY(json)[space] == '{';
}

/* Walk through an object for the inspector alone. */
void
reddict_members_inspect(Members *members, Datum object)
{
	if (strcmp(members->type, "jsonb") == 0)
		walk_jsonb(members, DatumGetJsonbP(object));
	else
		walk_json(members, DatumGetTextPP(object));
}

/* The map of an argument; the others are choices and separator. */
static Datum
map_of_argument(FunctionCallInfo fcinfo, const char *type)
{
	text	   *separator = PG_GETARG_TEXT_PP(2);
	Members		members;
	const KeyEntry *repeated;
	struct varlena *result;

	reddict_members_init(&members, type, reddict_member_choices(PG_GETARG_TEXT_PP(1)),
						 VARDATA_ANY(separator), VARSIZE_ANY_EXHDR(separator), fcinfo->flinfo);
	result = reddict_members_map(&members, PG_GETARG_DATUM(0), &repeated);
	if (repeated)
		ereport(ERROR,
				errcode(ERRCODE_DUPLICATE_JSON_OBJECT_KEY_VALUE),
				errmsg("duplicate JSON object key value: %s",
					   reddict_key_quote(repeated->key, repeated->len)),
				errdetail("Two members of nested objects or arrays have this key."));
	PG_RETURN_REDDICT(result);
}

/*
 * rd_from_jsonb(j jsonb, on_other text, separator text) returns reddict
 *
 * The numbers of an object.  "on_other" says what becomes of its other
 * members, that is of all but numbers and the strings "NaN", "Infinity" and
 * "-Infinity".  It is a list of choices with commas:
 *
 *		error		what none of the choices below takes is an error, the default
 *		skip		or it is left out
 *		flatten		the members of an object k in it become k.member
 *		arrays		the elements of an array k in it become k.0, k.1 and so on
 *		strings		strings that float8's input takes become numbers
 *		booleans	become 0 and 1
 *		nulls		are left out
 *
 * An empty object or array that is taken apart leaves nothing.  The separator
 * is put in place of the dot.  Strict.
 *
 * Errors: those of the cast, with the whole key; duplicate_json_object_key_value
 * where two members get the same key; invalid_parameter_value for another
 * "on_other".
 */
Datum
rd_from_jsonb(PG_FUNCTION_ARGS)
{
	return map_of_argument(fcinfo, "jsonb");
}

/*
 * rd_from_json(j json, on_other text, separator text) returns reddict
 *
 * As rd_from_jsonb(); see reddict_members_map() for keys that come twice.
 */
Datum
rd_from_json(PG_FUNCTION_ARGS)
{
	return map_of_argument(fcinfo, "json");
}

/* Where a separator begins in a key at or after a position, or -1. */
static int
find_separator(const KeyCursor *cursor, uint32 start, const text *separator)
{
	uint32		len = VARSIZE_ANY_EXHDR(separator);

	for (uint32 i = start; i + len <= cursor->len; i++)
	{
		if (memcmp(cursor->key + i, VARDATA_ANY(separator), len) == 0)
			return i;
	}
	return -1;
}

/* Give the builder a piece of a key as the key of the next value. */
static void
push_key(JsonbBuilder *builder, const char *key, uint32 len)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, key);
	value.val.string.len = len;
	jsonb_push(builder, WJB_KEY, &value);
}

/*
 * rd_to_nested(m reddict, separator text) returns jsonb
 *
 * What rd_from_jsonb() with 'flatten' made the map of: a key with separators
 * becomes a path through objects.  Keys that begin alike are neighbours in byte
 * order, so one walk opens each object once.  Strict.
 *
 * Errors: invalid_parameter_value for an empty separator, and where a key with
 * a value is also the path of an object; those of jsonb.
 */
Datum
rd_to_nested(PG_FUNCTION_ARGS)
{
	text	   *separator = PG_GETARG_TEXT_PP(1);
	int			separator_len = VARSIZE_ANY_EXHDR(separator);
	RedDictView view;
	KeyCursor	cursor;
	const char *previous = NULL;
	JsonbBuilder builder = {0};
	JsonbValue	value;
	int		   *ends;			/* of the paths of open objects, with separators */
	int			depth = 0;

	if (separator_len == 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("separator must not be empty"));
	PG_GETARG_REDDICT_VIEW(0, &view);
	ends = palloc((KEY_INDEX_MAX_KEY_LEN / separator_len + 1) * sizeof(int));
	jsonb_push(&builder, WJB_BEGIN_OBJECT, NULL);
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
	while (key_cursor_next(&cursor))
	{
		int			start = 0;
		int			common = 0;
		int			found;

		CHECK_FOR_INTERRUPTS();
		while (common < depth && ends[common] <= (int) cursor.len &&
			   memcmp(previous + start, cursor.key + start, ends[common] - start) == 0)
			start = ends[common++];
		for (; depth > common; depth--)
			jsonb_push(&builder, WJB_END_OBJECT, NULL);
		while ((found = find_separator(&cursor, start, separator)) >= 0)
		{
			if (reddict_key_index_find(cursor.index, cursor.key, found) >= 0)
				ereport(ERROR,
						errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("key %s would be both a number and an object",
							   reddict_key_quote(cursor.key, found)),
						errdetail("There is a key %s, too.", reddict_key_quote(cursor.key, cursor.len)));
			push_key(&builder, cursor.key + start, found - start);
			jsonb_push(&builder, WJB_BEGIN_OBJECT, NULL);
			start = ends[depth++] = found + separator_len;
		}
		push_key(&builder, cursor.key + start, cursor.len - start);
		reddict_jsonb_value(view.values[cursor.position], &value);
		jsonb_push(&builder, WJB_VALUE, &value);
		previous = cursor.key;
	}
	for (; depth >= 0; depth--)
		jsonb_push(&builder, WJB_END_OBJECT, NULL);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(builder.result));
}
