/*
 * wire.c
 *	  The binary form of values.
 */
#include "postgres.h"

#include <math.h>

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/float.h"

#include "redstats.h"
#include "registry.h"
#include "wire.h"

PG_FUNCTION_INFO_V1(reddict_recv);
PG_FUNCTION_INFO_V1(reddict_send);
PG_FUNCTION_INFO_V1(redstats_recv);
PG_FUNCTION_INFO_V1(redstats_send);

/* doc/storage-format.md describes it. */
#define BINARY_VERSION 1

/*
 * Receive the version and the number of keys, of which each takes at least
 * "member_min" bytes.
 */
int32
reddict_receive_head(StringInfo buf, const char *type, int member_min)
{
	int			version = pq_getmsgbyte(buf);
	int32		n;

	if (version != BINARY_VERSION)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("unsupported %s version number %d", type, version));
	n = pq_getmsgint(buf, sizeof(int32));
	if (n < 0 || n > (buf->len - buf->cursor) / member_min)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("invalid number of keys in external \"%s\" value: %d", type, n));
	return n;
}

/*
 * Receive a key; where its bytes need no conversion they are the message's.
 * "pairs" are those so far, if the client's encoding is the server's, else NULL:
 * a key that they expect next is known to be valid.
 */
char *
reddict_receive_key(StringInfo buf, const char *type, const RedDictPairs *pairs,
					int *len)
{
	int32		rawlen = pq_getmsgint(buf, sizeof(int32));
	const char *raw;
	char	   *key;

	CHECK_FOR_INTERRUPTS();
	if (rawlen < 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("invalid key length in external \"%s\" value: %d", type, rawlen));
	raw = pq_getmsgbytes(buf, rawlen);
	*len = rawlen;
	if (pairs != NULL && reddict_pairs_expect(pairs, raw, rawlen))
		return unconstify(char *, raw);
	key = pg_client_to_server(raw, rawlen);
	if (key != raw)
		*len = strlen(key);
	return key;
}

/* Raise the error for a key that came twice, unless it is NULL. */
void
reddict_refuse_repeated(const KeyEntry *repeated, const char *type)
{
	if (repeated)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("duplicate key %s in external \"%s\" value",
					   reddict_key_quote(repeated->key, repeated->len), type));
}

/* Send the version and the number of keys. */
void
reddict_send_head(StringInfo buf, int32 n)
{
	pq_sendint8(buf, BINARY_VERSION);
	pq_sendint32(buf, n);
}

/* Send the key that a cursor is at, in the client's encoding. */
void
reddict_send_key(StringInfo buf, const KeyCursor *cursor)
{
	char	   *converted = pg_server_to_client(cursor->key, cursor->len);
	int			len = converted != cursor->key ? strlen(converted) : cursor->len;

	CHECK_FOR_INTERRUPTS();
	pq_sendint32(buf, len);
	pq_sendbytes(buf, converted, len);
	if (converted != cursor->key)
		pfree(converted);
}

/* Receive a value of a type whose keys have doubles. */
static struct varlena *
receive_value(FunctionCallInfo fcinfo, RedDictKind kind)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	const char *type = reddict_types[kind].name;
	int			planes = reddict_planes(kind);
	int32		n = reddict_receive_head(buf, type, sizeof(int32) + planes * sizeof(float8));
	bool		converts = pg_get_client_encoding() != GetDatabaseEncoding();
	RedDictPairs pairs;
	const KeyEntry *repeated;
	struct varlena *value;

	reddict_pairs_init(&pairs, kind, n);
	reddict_pairs_use_memo(&pairs, fcinfo->flinfo);
	for (int32 i = 0; i < n; i++)
	{
		int			len;
		char	   *key = reddict_receive_key(buf, type, converts ? NULL : &pairs, &len);
		float8	   *values = reddict_pairs_extend(&pairs, key, len);

		for (int plane = 0; plane < planes; plane++)
		{
			values[plane] = pq_getmsgfloat8(buf);
			if (isnan(values[plane]))
				values[plane] = get_float8_nan();
		}
		if (kind == REDDICT_STATISTICS && !redstats_valid(values))
			ereport(ERROR,
					errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid statistics of key %s in external \"%s\" value",
						   reddict_key_quote(key, len), type));
	}
	value = reddict_from_pairs(&pairs, &repeated, NULL);
	reddict_refuse_repeated(repeated, type);
	return value;
}

/* Send a value of a type whose keys have doubles. */
static bytea *
send_value(FunctionCallInfo fcinfo, RedDictKind kind)
{
	RedDictView view;
	KeyCursor	cursor;
	StringInfoData buf;

	reddict_view_kind(PG_GETARG_DATUM(0), kind, &view);
	pq_begintypsend(&buf);
	reddict_send_head(&buf, view.index.n);
	key_cursor_init(&cursor, reddict_open_keys(&view.index));
	while (key_cursor_next(&cursor))
	{
		reddict_send_key(&buf, &cursor);
		for (int plane = 0; plane < reddict_planes(kind); plane++)
		{
			float8		value = reddict_plane(&view, plane)[cursor.position];

			pq_sendfloat8(&buf, isnan(value) ? get_float8_nan() : value);
		}
	}
	return pq_endtypsend(&buf);
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
	PG_RETURN_REDDICT(receive_value(fcinfo, REDDICT_MAP));
}

/*
 * reddict_send(reddict) returns bytea
 *
 * For each key a float8, the value; NaN in its canonical form.
 */
Datum
reddict_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(send_value(fcinfo, REDDICT_MAP));
}

/*
 * redstats_recv(internal) returns redstats
 *
 * Like reddict_recv(), with five float8 for each key.
 */
Datum
redstats_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_REDDICT(receive_value(fcinfo, REDDICT_STATISTICS));
}

/* redstats_send(redstats) returns bytea: what redstats_recv() takes. */
Datum
redstats_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(send_value(fcinfo, REDDICT_STATISTICS));
}
