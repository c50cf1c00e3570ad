/*
 * redhist_io.c
 *	  Print a redhist; its binary form.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/json.h"

#include "compact.h"
#include "io.h"
#include "parts.h"
#include "redhist.h"
#include "redhist_io.h"
#include "wire.h"

/* --- text ------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(redhist_out);
PG_FUNCTION_INFO_V1(redhist_to_json);
PG_FUNCTION_INFO_V1(redhist_recv);
PG_FUNCTION_INFO_V1(redhist_send);

static void
print_count(StringInfo buf, PointMember member, uint64 count)
{
	appendStringInfo(buf, ", \"%s\": " UINT64_FORMAT, point_member_names[member], count);
}

static void
print_double(StringInfo buf, PointMember member, double value)
{
	char		digits[REDDICT_NUMBER_LEN];

	appendStringInfo(buf, ", \"%s\": ", point_member_names[member]);
	appendBinaryStringInfo(buf, digits, reddict_print_number(value, digits));
}

/* Print the buckets of a side, if one has a count. */
static void
print_side(StringInfo buf, PointMember member, const HistogramSide *side)
{
	BucketWalk	walk;
	int32		low;
	int32		high;
	int32		next;

	if (!histogram_side_ends(side, &low, &high))
		return;
	appendStringInfo(buf, ", \"%s\": {\"%s\": %d, \"%s\": [", point_member_names[member],
					 point_member_names[MEMBER_OFFSET], low, point_member_names[MEMBER_BUCKET_COUNTS]);
	next = low;
	bucket_walk_init(&walk, side);
	while (bucket_walk_next(&walk))
	{
		for (; next < walk.index; next++)
			appendStringInfoString(buf, "0, ");
		appendStringInfo(buf, next < high ? UINT64_FORMAT ", " : UINT64_FORMAT, walk.count);
		next++;
	}
	appendStringInfoString(buf, "]}");
}

/* Print the histogram of a key. */
static void
print_point(StringInfo buf, const Histogram *histogram)
{
	uint64		count = histogram_count(histogram);

	appendStringInfo(buf, "{\"%s\": " UINT64_FORMAT, point_member_names[MEMBER_COUNT], count);
	if (histogram->has_sum)
		print_double(buf, MEMBER_SUM, histogram->sum);
	appendStringInfo(buf, ", \"%s\": %d", point_member_names[MEMBER_SCALE], histogram->scale);
	if (histogram->zero > 0)
		print_count(buf, MEMBER_ZERO_COUNT, histogram->zero);
	print_side(buf, MEMBER_POSITIVE, &histogram->sides[0]);
	print_side(buf, MEMBER_NEGATIVE, &histogram->sides[1]);
	if (histogram->has_min && count > 0)
		print_double(buf, MEMBER_MIN, histogram->min);
	if (histogram->has_max && count > 0)
		print_double(buf, MEMBER_MAX, histogram->max);
	if (histogram->threshold != 0)
		print_double(buf, MEMBER_ZERO_THRESHOLD, histogram->threshold);
	if (histogram->max_buckets != HISTOGRAM_DEFAULT_BUCKETS)
		print_count(buf, MEMBER_MAX_BUCKETS, histogram->max_buckets);
	if (histogram->max_scale != HISTOGRAM_DEFAULT_SCALE)
		appendStringInfo(buf, ", \"%s\": %d", point_member_names[MEMBER_MAX_SCALE], histogram->max_scale);
	if (histogram->nan > 0)
		print_count(buf, MEMBER_NAN_COUNT, histogram->nan);
	if (histogram->plus > 0)
		print_count(buf, MEMBER_INFINITY_COUNT, histogram->plus);
	if (histogram->minus > 0)
		print_count(buf, MEMBER_MINUS_INFINITY_COUNT, histogram->minus);
	appendStringInfoChar(buf, '}');
}

/* Print a redhist; equal ones have equal text but for their sums. */
static void
print(Datum value, StringInfo buf)
{
	RedHistView view;
	KeyCursor	cursor;
	StringInfoData key;

	redhist_view_settled(value, &view);
	redhist_read(&view);
	initStringInfo(buf);
	initStringInfo(&key);
	appendStringInfoChar(buf, '{');
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
	while (key_cursor_next(&cursor))
	{
		CHECK_FOR_INTERRUPTS();
		reddict_print_label(&cursor, &key, buf);
		print_point(buf, &view.histograms[cursor.position]);
	}
	appendStringInfoChar(buf, '}');
	pfree(key.data);
}

/* Write a value as compact.h has it, or return NULL if it has to be JSON. */
static char *
compact_out(Datum value)
{
	RedHistView	view;

	redhist_view_settled(value, &view);
	return reddict_compact_parts_out(REDDICT_HISTOGRAMS, &view.index, view.parts, view.end);
}

/*
 * redhist_out(redhist) returns cstring
 *
 * See above; keys in byte order.  Inside of partial aggregation what compact.h
 * describes.  Strict.
 */
Datum
redhist_out(PG_FUNCTION_ARGS)
{
	StringInfoData buf;
	char	   *compact;

	if (reddict_compact_wanted(fcinfo) && (compact = compact_out(PG_GETARG_DATUM(0))) != NULL)
		PG_RETURN_CSTRING(compact);
	print(PG_GETARG_DATUM(0), &buf);
	PG_RETURN_CSTRING(buf.data);
}

/* rh_to_json(redhist) returns json: the text form, which is JSON.  Strict. */
Datum
redhist_to_json(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	print(PG_GETARG_DATUM(0), &buf);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
}

/* --- binary ---------------------------------------------------------------- */

/* Bytes of a key in the binary form, but for those of its name and counts */
#define MEMBER_MIN_SIZE (sizeof(int32) + 3 + sizeof(int32) + 4 * sizeof(float8) + 4 * sizeof(int64) + 4 * sizeof(int32))

/* What a histogram has, in the binary form */
#define SENT_SUM 1
#define SENT_MIN 2
#define SENT_MAX 4

static uint64
receive_count(StringInfo buf)
{
	uint64		count = 0;

	for (int shift = 0; shift < 56; shift += 7)
	{
		int			byte = pq_getmsgbyte(buf);

		count |= (uint64) (byte & 0x7F) << shift;
		if ((byte & 0x80) == 0)
			return count;
	}
	return PG_UINT64_MAX;
}

/* Read the buckets of a side; false if they can't be any. */
static bool
receive_side(StringInfo buf, HistogramSide *side)
{
	uint64	   *counts;

	side->first = (int32) pq_getmsgint(buf, sizeof(int32));
	side->n = (int32) pq_getmsgint(buf, sizeof(int32));
	if (side->n < 0 || side->n > HISTOGRAM_MOST_BUCKETS || side->n > buf->len - buf->cursor ||
		side->first > PG_INT32_MAX - HISTOGRAM_MOST_BUCKETS)
		return false;
	counts = palloc(side->n * sizeof(uint64));
	for (int32 i = 0; i < side->n; i++)
	{
		counts[i] = receive_count(buf);
		if (counts[i] > HISTOGRAM_MAX_COUNT)
			return false;
	}
	side->width = HISTOGRAM_MAX_WIDTH;
	side->counts = (unsigned char *) counts;
	return true;
}

/* Read a histogram; false if it is none that redhist_send() would have sent. */
static bool
receive_histogram(StringInfo buf, Histogram *histogram)
{
	int			has;

	histogram_init(histogram, 0, 0);
	histogram->scale = (int8) pq_getmsgbyte(buf);
	histogram->max_scale = (int8) pq_getmsgbyte(buf);
	has = pq_getmsgbyte(buf);
	histogram->has_sum = (has & SENT_SUM) != 0;
	histogram->has_min = (has & SENT_MIN) != 0;
	histogram->has_max = (has & SENT_MAX) != 0;
	histogram->max_buckets = (int32) pq_getmsgint(buf, sizeof(int32));
	histogram->sum = canonical_value(pq_getmsgfloat8(buf));
	histogram->min = canonical_value(pq_getmsgfloat8(buf));
	histogram->max = canonical_value(pq_getmsgfloat8(buf));
	histogram->threshold = canonical_value(pq_getmsgfloat8(buf));
	histogram->zero = pq_getmsgint64(buf);
	histogram->nan = pq_getmsgint64(buf);
	histogram->plus = pq_getmsgint64(buf);
	histogram->minus = pq_getmsgint64(buf);
	if (has > (SENT_SUM | SENT_MIN | SENT_MAX) ||
		histogram->max_scale > HISTOGRAM_MAX_SCALE || histogram->max_scale < HISTOGRAM_MIN_SCALE ||
		histogram->max_buckets < HISTOGRAM_LEAST_BUCKETS || histogram->max_buckets > HISTOGRAM_MOST_BUCKETS ||
		!receive_side(buf, &histogram->sides[0]) || !receive_side(buf, &histogram->sides[1]) ||
		histogram_problem(histogram) != NULL)
		return false;
	if (histogram_count(histogram) == 0)
	{
		if (has != (SENT_SUM | SENT_MIN | SENT_MAX))
			return false;
		histogram->min = get_float8_infinity();
		histogram->max = -get_float8_infinity();
	}
	return true;
}

/*
 * redhist_recv(internal) returns redhist
 *
 * Trusts nothing.  Errors: invalid_binary_representation for what redhist_send()
 * would not send, in any order of the keys; those of reddict_recv().
 */
Datum
redhist_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int32		n = reddict_receive_head(buf, "redhist", MEMBER_MIN_SIZE);
	RedDictParts parts;
	const KeyEntry *repeated;
	struct varlena *value;

	reddict_parts_init(&parts, REDDICT_HISTOGRAMS, n);
	for (int32 i = 0; i < n; i++)
	{
		int			len;
		char	   *key = reddict_receive_key(buf, "redhist", NULL, &len);
		Histogram	histogram;

		if (!receive_histogram(buf, &histogram))
			ereport(ERROR,
					errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid histogram of key %s in external \"%s\" value",
						   reddict_key_quote(key, len), "redhist"));
		histogram_append(&parts.parts, &histogram, &parts.weight);
		reddict_parts_add(&parts, key, len);
		for (int sign = 0; sign < 2; sign++)
			pfree(unconstify(unsigned char *, histogram.sides[sign].counts));
	}
	value = reddict_parts_value(&parts, &repeated, NULL);
	reddict_refuse_repeated(repeated, "redhist");
	PG_RETURN_POINTER(value);
}

/* Send the buckets of a side. */
static void
send_side(StringInfo buf, const HistogramSide *side)
{
	BucketWalk	walk;
	int32		next = side->first;

	pq_sendint32(buf, side->n > 0 ? side->first : 0);
	pq_sendint32(buf, side->n);
	bucket_walk_init(&walk, side);
	while (bucket_walk_next(&walk))
	{
		for (; next < walk.index; next++)
			pq_sendint8(buf, 0);
		reddict_append_varint(buf, walk.count);
		next++;
	}
}

/* redhist_send(redhist) returns bytea: see doc/storage-format.md.  Strict. */
Datum
redhist_send(PG_FUNCTION_ARGS)
{
	RedHistView view;
	KeyCursor	cursor;
	StringInfoData buf;

	redhist_view_settled(PG_GETARG_DATUM(0), &view);
	redhist_read(&view);
	pq_begintypsend(&buf);
	reddict_send_head(&buf, view.index.n);
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
	while (key_cursor_next(&cursor))
	{
		const Histogram *histogram = &view.histograms[cursor.position];
		bool		some = histogram_count(histogram) > 0;

		reddict_send_key(&buf, &cursor);
		pq_sendint8(&buf, histogram->scale);
		pq_sendint8(&buf, histogram->max_scale);
		pq_sendint8(&buf, (histogram->has_sum ? SENT_SUM : 0) | (histogram->has_min ? SENT_MIN : 0) |
					(histogram->has_max ? SENT_MAX : 0));
		pq_sendint32(&buf, histogram->max_buckets);
		pq_sendfloat8(&buf, histogram->sum);
		pq_sendfloat8(&buf, some && histogram->has_min ? histogram->min : 0);
		pq_sendfloat8(&buf, some && histogram->has_max ? histogram->max : 0);
		pq_sendfloat8(&buf, histogram->threshold);
		pq_sendint64(&buf, histogram->zero);
		pq_sendint64(&buf, histogram->nan);
		pq_sendint64(&buf, histogram->plus);
		pq_sendint64(&buf, histogram->minus);
		send_side(&buf, &histogram->sides[0]);
		send_side(&buf, &histogram->sides[1]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
