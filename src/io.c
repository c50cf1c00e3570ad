/*
 * io.c
 *	  Text input and output.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/json.h"

#include "compact.h"
#include "io.h"

PG_FUNCTION_INFO_V1(reddict_in);
PG_FUNCTION_INFO_V1(reddict_out);
PG_FUNCTION_INFO_V1(redstats_in);
PG_FUNCTION_INFO_V1(redstats_out);

/*
 * Print a value so that it reads back to the same double, as JSON: integers up
 * to 2^53 in plain digits, non-finite values as strings.  Returns the length;
 * "digits" has REDDICT_NUMBER_LEN bytes.
 *
 * Not float8out(), which obeys extra_float_digits, and writes 1e+15.
 */
int
reddict_print_number(float8 value, char *digits)
{
	if (fabs(value) <= EXACT_INTEGER_LIMIT && value == (float8) (int64) value &&
		(value != 0 || !signbit(value)))
		return pg_lltoa((int64) value, digits);
	if (unlikely(isnan(value)))
		return strlen(strcpy(digits, "\"NaN\""));
	if (unlikely(isinf(value)))
		return strlen(strcpy(digits, value > 0 ? "\"Infinity\"" : "\"-Infinity\""));
	return double_to_shortest_decimal_buf(value, digits);
}

/* Append a number. */
static void
print_number(float8 value, StringInfo buf)
{
	char		digits[REDDICT_NUMBER_LEN];

	appendBinaryStringInfo(buf, digits, reddict_print_number(value, digits));
}

/*
 * The text before each number, of keys that come again: it spares quoting them.
 */
typedef struct Labels
{
	StringInfoData text;
	int		   *ends;			/* where in text the label of each key ends */
} Labels;

/*
 * Append what stands before the value of the key that a cursor is at: a comma,
 * unless it is the first, the key, and a colon.  "key" is a buffer to work in.
 */
void
reddict_print_label(const KeyCursor *cursor, StringInfo key, StringInfo buf)
{
	if (cursor->position > 0)
		appendBinaryStringInfo(buf, ", ", 2);
	/* escape_json() wants a terminator */
	resetStringInfo(key);
	appendBinaryStringInfo(key, cursor->key, cursor->len);
	escape_json(buf, key->data);
	appendBinaryStringInfo(buf, ": ", 2);
}

/* Make the labels of keys. */
static void *
make_labels(const KeyIndex *index, const void *unused)
{
	Labels	   *labels = palloc(sizeof(Labels));
	KeyCursor	cursor;
	StringInfoData key;

	labels->ends = palloc(index->n * sizeof(int));
	initStringInfo(&key);
	initStringInfo(&labels->text);
	key_cursor_init(&cursor, reddict_open_keys(index));
	while (key_cursor_next(&cursor))
	{
		reddict_print_label(&cursor, &key, &labels->text);
		labels->ends[cursor.position] = labels->text.len;
	}
	return labels;
}

/* The labels of keys that came before, else NULL. */
static const Labels *
get_labels(FmgrInfo *flinfo, const KeyIndex *index)
{
	KeyMemo    *memo = reddict_key_memo(flinfo);
	const Labels *labels;

	if (memo == NULL)
		return NULL;
	labels = reddict_key_memo_find(memo, index);
	if (labels != NULL)
		return labels;
	reddict_key_memo_make(memo, index, make_labels, NULL);
	return reddict_key_memo_find(memo, index);
}

/*
 * Print a value to a buffer, which this initializes.  The SQL function that is
 * called by "flinfo" has no other memo.
 */
void
reddict_print(RedDictKind kind, Datum value, FmgrInfo *flinfo, StringInfo buf)
{
	RedDictView view;
	const Labels *labels;
	KeyCursor	cursor = {0};	/* these two are used without labels only */
	StringInfoData key = {0};
	int			start = 0;

	reddict_view_kind(value, kind, &view);
	labels = get_labels(flinfo, &view.index);
	initStringInfo(buf);
	if (labels == NULL)
	{
		initStringInfo(&key);
		key_cursor_init(&cursor, reddict_open_keys(&view.index));
	}
	appendStringInfoChar(buf, '{');
	for (int32 i = 0; i < view.index.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (labels != NULL)
		{
			appendBinaryStringInfo(buf, labels->text.data + start, labels->ends[i] - start);
			start = labels->ends[i];
		}
		else
		{
			(void) key_cursor_next(&cursor);
			reddict_print_label(&cursor, &key, buf);
		}
		if (kind == REDDICT_MAP)
		{
			print_number(view.values[i], buf);
			continue;
		}
		for (int plane = 0; plane < reddict_planes(kind); plane++)
		{
			appendBinaryStringInfo(buf, plane == 0 ? "[" : ", ", plane == 0 ? 1 : 2);
			print_number(reddict_plane(&view, plane)[i], buf);
		}
		appendStringInfoChar(buf, ']');
	}
	appendStringInfoChar(buf, '}');
	if (labels == NULL)
		pfree(key.data);
}

/* The value of a text, an argument. */
static struct varlena *
value_of(FunctionCallInfo fcinfo, RedDictKind kind)
{
	char	   *text = PG_GETARG_CSTRING(0);

	if (unlikely(*text == COMPACT_MARK))
		return reddict_compact_in(text, kind, fcinfo->context);
	return reddict_parse(kind, text, strlen(text), fcinfo->flinfo, fcinfo->context);
}

/* The text of an argument. */
static char *
text_of(FunctionCallInfo fcinfo, RedDictKind kind)
{
	StringInfoData buf;
	char	   *compact;

	if (unlikely(reddict_compact_wanted(fcinfo)) &&
		(compact = reddict_compact_out(PG_GETARG_DATUM(0), kind)) != NULL)
		return compact;
	reddict_print(kind, PG_GETARG_DATUM(0), fcinfo->flinfo, &buf);
	return buf.data;
}

/*
 * reddict_in(cstring) returns reddict
 *
 * Takes a JSON object whose members are numbers or the strings "NaN",
 * "Infinity" and "-Infinity"; of a key given twice the last wins.  Or what
 * compact.h describes.
 * Errors: invalid_text_representation for anything else,
 * untranslatable_character for \u0000, numeric_value_out_of_range,
 * program_limit_exceeded.  From PostgreSQL 16 on they are soft.
 */
Datum
reddict_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_REDDICT(value_of(fcinfo, REDDICT_MAP));
}

/*
 * reddict_out(reddict) returns cstring
 *
 * A JSON object, keys in byte order, spaced as jsonb spaces it; each value in
 * the shortest digits that read back to the same double, or a string.  Inside
 * of partial aggregation what compact.h describes.
 */
Datum
reddict_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_of(fcinfo, REDDICT_MAP));
}

/*
 * redstats_in(cstring) returns redstats
 *
 * Takes a JSON object whose members are arrays of five numbers, as
 * redstats_out() prints them: the count, which is a positive whole number; the
 * sum; the sum of squared differences from the mean, not negative; the minimum
 * and the maximum.  Errors as reddict_in()'s, soft likewise.
 */
Datum
redstats_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_REDDICT(value_of(fcinfo, REDDICT_STATISTICS));
}

/* redstats_out(redstats) returns cstring: what redstats_in() takes. */
Datum
redstats_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_of(fcinfo, REDDICT_STATISTICS));
}
