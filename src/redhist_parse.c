/*
 * redhist_parse.c
 *	  From JSON text to a redhist.
 */
#include "postgres.h"

#include "utils/float.h"

#include "compact.h"
#include "io.h"
#include "parts.h"
#include "redhist.h"
#include "redhist_io.h"

/* Where the parser is */
typedef enum PointPlace
{
	AT_TOP,						/* in no object yet, or in that of the keys */
	IN_POINT,
	IN_BUCKETS,
	IN_COUNTS
} PointPlace;

/* The buckets of a side, as they are read */
typedef struct PointBuckets
{
	int64		offset;
	uint64	   *counts;
	int32		n;
	int32		capacity;
} PointBuckets;

/* State of the JSON parser's actions */
typedef struct PointParser
{
	PartsParser parser;
	bool		in_object;		/* has the object of the keys begun? */
	PointPlace	place;
	PointMember member;			/* of the point */
	PointMember inner;			/* of its buckets */
	int			ignored;		/* objects and arrays of unknown members */
	Histogram	histogram;
	int64		count;			/* as it is said */
	int64		scale;
	int64		max_buckets;	/* 0: not given */
	int64		max_scale;		/* PG_INT64_MAX: not given */
	PointBuckets buckets[2];	/* positive, negative */
} PointParser;

static const char point_hint[] =
"The value of a key must be the data point of an exponential histogram, such as "
"{\"count\": 3, \"sum\": 5, \"scale\": 0, \"positive\": {\"offset\": -1, \"bucketCounts\": [1, 2]}, \"min\": 1, \"max\": 2}.";

/* The member that is being read. */
static PointMember
member_at_hand(const PointParser *state)
{
	return state->place == IN_BUCKETS || state->place == IN_COUNTS ? state->inner : state->member;
}

/* Is what is being read, of whatever shape, to be ignored? */
static bool
is_ignored(const PointParser *state)
{
	return state->ignored > 0 || (state->place != AT_TOP && member_at_hand(state) == MEMBER_UNKNOWN);
}

/* Refuse what a member is; "what" has its article. */
static void
refuse_member(PointParser *state, const char *what)
{
	if (state->place == AT_TOP)
		reddict_parts_refuse(&state->parser, what);
	else
		errsave(state->parser.escontext,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s", "redhist"),
				errdetail("\"%s\" of the histogram of key %s is %s.", point_member_names[member_at_hand(state)],
						  reddict_key_quote(state->parser.key, strlen(state->parser.key)), what),
				errhint("%s", point_hint));
}

/* Refuse a histogram; "problem" is a predicate. */
static void
refuse_point(PointParser *state, const char *problem)
{
	errsave(state->parser.escontext,
			errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			errmsg("invalid input syntax for type %s", "redhist"),
			errdetail("The histogram of key %s %s.",
					  reddict_key_quote(state->parser.key, strlen(state->parser.key)), problem));
}

static json_action_result
parse_object_start(void *arg)
{
	PointParser *state = arg;

	if (is_ignored(state))
		state->ignored++;
	else if (state->place == AT_TOP && !state->in_object)
		state->in_object = true;
	else if (state->place == AT_TOP)
	{
		state->place = IN_POINT;
		state->member = MEMBER_UNKNOWN;
		histogram_init(&state->histogram, HISTOGRAM_DEFAULT_BUCKETS, HISTOGRAM_DEFAULT_SCALE);
		state->histogram.has_sum = state->histogram.has_min = state->histogram.has_max = false;
		state->count = state->scale = state->max_buckets = 0;
		state->max_scale = PG_INT64_MAX;
		state->buckets[0].n = state->buckets[1].n = 0;
	}
	else if (state->place == IN_POINT &&
			 (state->member == MEMBER_POSITIVE || state->member == MEMBER_NEGATIVE))
	{
		state->place = IN_BUCKETS;
		state->inner = MEMBER_UNKNOWN;
		state->buckets[state->member == MEMBER_NEGATIVE].offset = 0;
		state->buckets[state->member == MEMBER_NEGATIVE].n = 0;
	}
	else
	{
		refuse_member(state, "an object");
		json_action_failed;
	}
	json_action_ok;
}

/*
 * The buckets of a side as they were read, from the first to the last that has a
 * count; false if an index is beyond int32.
 */
static bool
read_buckets(PointBuckets *buckets, HistogramSide *side)
{
	int32		skipped = 0;

	while (buckets->n > 0 && buckets->counts[buckets->n - 1] == 0)
		buckets->n--;
	while (skipped < buckets->n && buckets->counts[skipped] == 0)
		skipped++;
	side->n = buckets->n - skipped;
	if (side->n == 0)
		return true;
	if (buckets->offset + skipped < PG_INT32_MIN || buckets->offset + buckets->n - 1 > PG_INT32_MAX)
		return false;
	side->first = (int32) (buckets->offset + skipped);
	side->width = HISTOGRAM_MAX_WIDTH;
	side->counts = (unsigned char *) (buckets->counts + skipped);
	return true;
}

/*
 * Complete the histogram of what was read of it; false if it can't be one, which
 * then has been refused, and if only "escontext" took the error.
 */
static bool
complete_point(PointParser *state)
{
	Histogram  *histogram = &state->histogram;
	const char *problem;

	for (int sign = 0; sign < 2; sign++)
	{
		if (!read_buckets(&state->buckets[sign], &histogram->sides[sign]))
		{
			refuse_point(state, "has buckets whose index is beyond 32 bits");
			return false;
		}
		if (histogram->sides[sign].n > HISTOGRAM_MOST_BUCKETS)
			ereturn(state->parser.escontext, false,
					errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("too many buckets in a redhist"),
					errdetail("The histogram of key %s has %d; the limit is %d.",
							  reddict_key_quote(state->parser.key, strlen(state->parser.key)),
							  histogram->sides[sign].n, HISTOGRAM_MOST_BUCKETS));
		/* a limit that is not given is one that this keeps */
		histogram->max_buckets = Max(histogram->max_buckets, histogram->sides[sign].n);
	}
	if (state->scale < HISTOGRAM_MIN_SCALE || state->scale > HISTOGRAM_MAX_SCALE)
	{
		refuse_point(state, psprintf("has the scale " INT64_FORMAT ", which is not between %d and %d",
									 state->scale, HISTOGRAM_MIN_SCALE, HISTOGRAM_MAX_SCALE));
		return false;
	}
	histogram->scale = (int) state->scale;
	histogram->max_scale = Max(histogram->max_scale, histogram->scale);
	if ((state->max_buckets != 0 && (state->max_buckets < HISTOGRAM_LEAST_BUCKETS ||
									 state->max_buckets > HISTOGRAM_MOST_BUCKETS)) ||
		(state->max_scale != PG_INT64_MAX && (state->max_scale < HISTOGRAM_MIN_SCALE ||
											  state->max_scale > HISTOGRAM_MAX_SCALE)))
	{
		refuse_point(state, psprintf("has limits that are not between %d and %d buckets, or scales from %d to %d",
									 HISTOGRAM_LEAST_BUCKETS, HISTOGRAM_MOST_BUCKETS,
									 HISTOGRAM_MIN_SCALE, HISTOGRAM_MAX_SCALE));
		return false;
	}
	if (state->max_buckets != 0)
		histogram->max_buckets = (int32) state->max_buckets;
	if (state->max_scale != PG_INT64_MAX)
		histogram->max_scale = (int) state->max_scale;
	if (histogram_count(histogram) != (uint64) state->count)
	{
		refuse_point(state, psprintf("has the count " INT64_FORMAT ", but " UINT64_FORMAT " in its buckets",
									 state->count, histogram_count(histogram)));
		return false;
	}
	problem = histogram_problem(histogram);
	if (problem != NULL)
	{
		refuse_point(state, problem);
		return false;
	}
	if (state->count == 0)
	{
		/* of nothing the sum is 0, and there is no least or greatest */
		histogram->has_sum = histogram->has_min = histogram->has_max = true;
		histogram->sum = 0;
		histogram->min = get_float8_infinity();
		histogram->max = -get_float8_infinity();
	}
	return true;
}

static json_action_result
parse_object_end(void *arg)
{
	PointParser *state = arg;

	if (state->ignored > 0)
		state->ignored--;
	else if (state->place == IN_BUCKETS)
		state->place = IN_POINT;
	else if (state->place == IN_POINT)
	{
		if (!complete_point(state))
			json_action_failed;
		histogram_append(&state->parser.parts.parts, &state->histogram, &state->parser.parts.weight);
		reddict_parts_add(&state->parser.parts, state->parser.key, strlen(state->parser.key));
		state->place = AT_TOP;
	}
	json_action_ok;
}

static json_action_result
parse_array_start(void *arg)
{
	PointParser *state = arg;

	if (is_ignored(state))
		state->ignored++;
	else if (state->place == IN_BUCKETS && state->inner == MEMBER_BUCKET_COUNTS)
	{
		state->place = IN_COUNTS;
		state->buckets[state->member == MEMBER_NEGATIVE].n = 0;
	}
	else
	{
		refuse_member(state, state->place == IN_COUNTS ? "an array in an array" : "an array");
		json_action_failed;
	}
	json_action_ok;
}

static json_action_result
parse_array_end(void *arg)
{
	PointParser *state = arg;

	if (state->ignored > 0)
		state->ignored--;
	else
		state->place = IN_BUCKETS;
	json_action_ok;
}

/* The member of a name, among those from one to another. */
static PointMember
find_member(const char *name, PointMember first, PointMember last)
{
	for (PointMember member = first; member <= last; member++)
	{
		if (strcmp(name, point_member_names[member]) == 0)
			return member;
	}
	return MEMBER_UNKNOWN;
}

static json_action_result
parse_field_start(void *arg, char *name, bool isnull)
{
	PointParser *state = arg;

	if (state->ignored > 0)
		json_action_ok;
	if (state->place == AT_TOP)
		return reddict_parts_field(&state->parser, name);
	if (state->place == IN_POINT)
		state->member = find_member(name, MEMBER_COUNT, MEMBER_MINUS_INFINITY_COUNT);
	else
		state->inner = find_member(name, MEMBER_OFFSET, MEMBER_BUCKET_COUNTS);
	/* null stands for what is not given */
	if (isnull && state->place == IN_POINT)
		state->member = MEMBER_UNKNOWN;
	else if (isnull)
		state->inner = MEMBER_UNKNOWN;
	json_action_ok;
}

/* Read an integer, which may be negative; false if it is none. */
static bool
parse_integer(const char *token, int64 *number)
{
	bool		negative = *token == '-';

	if (!reddict_parts_count(token + negative, number))
		return false;
	if (negative)
		*number = -*number;
	return true;
}

/* Add a count to the buckets at hand. */
static void
add_count(PointBuckets *buckets, uint64 count)
{
	if (buckets->n == buckets->capacity)
	{
		buckets->capacity = Max(2 * buckets->capacity, 256);
		buckets->counts = buckets->counts ?
			repalloc_huge(buckets->counts, buckets->capacity * sizeof(uint64)) :
			palloc(buckets->capacity * sizeof(uint64));
	}
	buckets->counts[buckets->n++] = count;
}

/* Take in the number of a member; false if it is not such a number as that has. */
static bool
take_number(PointParser *state, char *token)
{
	Histogram  *histogram = &state->histogram;
	PointMember member = member_at_hand(state);
	int64		number = 0;
	float8		value = 0;
	bool		is_double = member == MEMBER_SUM || member == MEMBER_MIN || member == MEMBER_MAX ||
		member == MEMBER_ZERO_THRESHOLD;
	bool		is_signed = member == MEMBER_SCALE || member == MEMBER_MAX_SCALE || member == MEMBER_OFFSET;

	if (is_double)
	{
		if (!reddict_parse_name(token, strlen(token), &value))
		{
			if (!IsValidJsonNumber(token, strlen(token)) ||
				!reddict_parse_number(token, state->parser.key, strlen(state->parser.key),
									  state->parser.escontext, &value))
				return false;
		}
	}
	else if (!IsValidJsonNumber(token, strlen(token)) || !parse_integer(token, &number) ||
			 (number < 0 && !is_signed))
		return false;
	switch (member)
	{
		case MEMBER_COUNT:
			state->count = number;
			break;
		case MEMBER_SUM:
			histogram->has_sum = true;
			histogram->sum = canonical_value(value);
			break;
		case MEMBER_SCALE:
			state->scale = number;
			break;
		case MEMBER_ZERO_COUNT:
			histogram->zero = number;
			break;
		case MEMBER_MIN:
			histogram->has_min = true;
			histogram->min = canonical_value(value);
			break;
		case MEMBER_MAX:
			histogram->has_max = true;
			histogram->max = canonical_value(value);
			break;
		case MEMBER_ZERO_THRESHOLD:
			histogram->threshold = canonical_value(value);
			break;
		case MEMBER_MAX_BUCKETS:
			/* 0 is no limit, either */
			state->max_buckets = number == 0 ? 1 : number;
			break;
		case MEMBER_MAX_SCALE:
			state->max_scale = number;
			break;
		case MEMBER_NAN_COUNT:
			histogram->nan = number;
			break;
		case MEMBER_INFINITY_COUNT:
			histogram->plus = number;
			break;
		case MEMBER_MINUS_INFINITY_COUNT:
			histogram->minus = number;
			break;
		case MEMBER_OFFSET:
			state->buckets[state->member == MEMBER_NEGATIVE].offset = number;
			break;
		default:
			add_count(&state->buckets[state->member == MEMBER_NEGATIVE], number);
	}
	return true;
}

static json_action_result
parse_scalar(void *arg, char *token, JsonTokenType type)
{
	PointParser *state = arg;
	PointMember member = member_at_hand(state);
	const char *what = type == JSON_TOKEN_NULL ? "null" :
		type == JSON_TOKEN_STRING ? psprintf("the string %s", reddict_key_quote(token, strlen(token))) :
		type == JSON_TOKEN_NUMBER ? psprintf("the number %s", token) : "a boolean";

	if (is_ignored(state))
		json_action_ok;
	if (state->place == AT_TOP)
	{
		refuse_member(state, type == JSON_TOKEN_NUMBER ? "a number" :
					  type == JSON_TOKEN_STRING && state->parser.key == NULL ? "a string" : what);
		json_action_failed;
	}
	if ((type == JSON_TOKEN_NUMBER || type == JSON_TOKEN_STRING) &&
		member != MEMBER_POSITIVE && member != MEMBER_NEGATIVE &&
		(member != MEMBER_BUCKET_COUNTS || state->place == IN_COUNTS) &&
		take_number(state, token))
		json_action_ok;
#if PG_VERSION_NUM >= 160000
	/* a number out of range has been refused as that */
	if (SOFT_ERROR_OCCURRED(state->parser.escontext))
		json_action_failed;
#endif
	refuse_member(state, what);
	json_action_failed;
}

PG_FUNCTION_INFO_V1(redhist_in);

/*
 * redhist_in(cstring) returns redhist
 *
 * Takes a JSON object whose members are data points of exponential histograms.
 * Of a key given twice the last wins.  Or what compact.h describes.  Errors:
 * invalid_text_representation for anything else, and for a histogram that
 * contradicts itself, with the key; untranslatable_character for \u0000;
 * numeric_value_out_of_range; program_limit_exceeded.  From PostgreSQL 16 on
 * they are soft.
 */
Datum
redhist_in(PG_FUNCTION_ARGS)
{
	PointParser state = {
		.parser.object_hint = "A redhist is a JSON object of keys and their histograms.",
		.parser.member_hint = point_hint,
		.parser.escontext = fcinfo->context
	};
	JsonSemAction actions = {
		.semstate = &state,
		.object_start = parse_object_start,
		.object_end = parse_object_end,
		.array_start = parse_array_start,
		.array_end = parse_array_end,
		.object_field_start = parse_field_start,
		.scalar = parse_scalar
	};
	char	   *text = PG_GETARG_CSTRING(0);
	struct varlena *value;

	reddict_parts_init(&state.parser.parts, REDDICT_HISTOGRAMS, 0);
	value = *text == COMPACT_MARK ?
		reddict_compact_parts_in(text, REDDICT_HISTOGRAMS, redhist_copy_parts, fcinfo->context) :
		reddict_parts_parse(&state.parser, text, &actions);
	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(value);
}
