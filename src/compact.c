/*
 * compact.c
 *	  States of aggregates as the nodes of a cluster send them to each other.
 *
 * compact.h draws the form.  Nothing that is read is trusted; of the keys
 * nothing is accepted but what would be written.
 */
#include "postgres.h"

#include "common/base64.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/memutils.h"

#include "compact.h"
#include "planes.h"
#include "redstats.h"

int			redbear_partial_states = PARTIAL_STATES_COMPACT;

#define VERSION			1
#define VERSION_MASK	0x0F
#define KEYLESS			0x10
#define BIG_ENDIAN_FLAG 0x20

#ifdef WORDS_BIGENDIAN
#define BYTE_ORDER_FLAG BIG_ENDIAN_FLAG
#else
#define BYTE_ORDER_FLAG 0
#endif

/* Another seed than that of the hash of a key index */
#define CHECK_SEED UINT64CONST(0x636f6d70616374)

/*
 * Is this a call of an output function for a state inside partial aggregation?
 * Citus calls it so, with the context of its own final function; and so does
 * core, if the output function is a final function.  Casts, COPY and clients
 * have no such context.
 */
bool
reddict_compact_wanted(FunctionCallInfo fcinfo)
{
	return fcinfo->context != NULL && IsA(fcinfo->context, AggState) &&
		redbear_partial_states != PARTIAL_STATES_TEXT;
}

/* --- bytes ----------------------------------------------------------------- */

/* Bytes to be read */
typedef struct Reader
{
	const char *next;
	const char *end;
	bool		failed;			/* something was not there */
} Reader;

/* So many bytes, or NULL. */
static const char *
get_bytes(Reader *reader, Size size)
{
	const char *bytes = reader->next;

	if (reader->failed || (Size) (reader->end - bytes) < size)
	{
		reader->failed = true;
		return NULL;
	}
	reader->next += size;
	return bytes;
}

static uint8
get_byte(Reader *reader)
{
	const char *byte = get_bytes(reader, 1);

	return byte != NULL ? (uint8) *byte : 0;
}

static uint32
get_varint(Reader *reader)
{
	uint64		number;
	const unsigned char *next = (const unsigned char *) reader->next;

	if (reader->failed ||
		!reddict_read_varint(&next, (const unsigned char *) reader->end, &number) ||
		number > PG_INT32_MAX)
	{
		reader->failed = true;
		return 0;
	}
	reader->next = (const char *) next;
	return (uint32) number;
}

/* --- keys ------------------------------------------------------------------ */

/* Keys and how they are written */
typedef struct KeyCode
{
	KeyIndex	index;			/* with its block; no keys: nothing */
	StringInfoData bytes;
	uint32		check;			/* another hash */
	bool		portable;		/* do all nodes read the same keys? */
} KeyCode;

/*
 * The last ones that were written or read.  States mostly have the same keys,
 * and what calls the output and input functions has no FmgrInfo that lasts.
 */
static KeyCode last_code;
static MemoryContext last_context = NULL;

/* The largest that is kept */
#define KEPT_SIZE (256 * 1024)

static bool
is_ascii(const char *bytes, Size size)
{
	for (Size i = 0; i < size; i++)
	{
		if (IS_HIGHBIT_SET(bytes[i]))
			return false;
	}
	return true;
}

/* Write how many bytes two keys share and how many follow, and these. */
static void
put_key(StringInfo buf, const char *key, uint32 len, uint32 shared)
{
	uint32		rest = len - shared;

	appendStringInfoChar(buf, (char) (Min(shared, 15) << 4 | Min(rest, 15)));
	if (shared >= 15)
		reddict_append_varint(buf, shared - 15);
	if (rest >= 15)
		reddict_append_varint(buf, rest - 15);
	appendBinaryStringInfo(buf, key + shared, rest);
}

/* Write keys, in the current memory context, which gets a copy of them, too. */
static void
make_code(const KeyIndex *index, KeyCode *code)
{
	KeyCursor	cursor;
	const char *before = NULL;
	uint32		before_len = 0;

	initStringInfo(&code->bytes);
	code->portable = true;
	key_cursor_init(&cursor, index);
	while (key_cursor_next(&cursor))
	{
		uint32		shared = 0;

		CHECK_FOR_INTERRUPTS();
		while (shared < Min(before_len, cursor.len) && before[shared] == cursor.key[shared])
			shared++;
		put_key(&code->bytes, cursor.key, cursor.len, shared);
		before = cursor.key;
		before_len = cursor.len;
		code->portable = code->portable &&
			(GetDatabaseEncoding() == PG_UTF8 || is_ascii(cursor.key, cursor.len));
	}
	code->check = (uint32) hash_bytes_extended((const unsigned char *) index->block, (int) index->size, CHECK_SEED);
	code->index = *index;
	reddict_key_index_own(&code->index);
}

/* As make_code(), and remember what it makes, if that is not too large. */
static const KeyCode *
code_of(const KeyIndex *index)
{
	MemoryContext old;
	KeyCode    *code;

	if (last_code.index.n > 0 && key_index_same(&last_code.index, index))
		return &last_code;
	if (index->size > KEPT_SIZE)
	{
		code = palloc(sizeof(KeyCode));
		make_code(index, code);
		return code;
	}
	/* an error leaves nothing */
	last_code.index.n = 0;
	if (last_context == NULL)
		last_context = AllocSetContextCreate(TopMemoryContext, "redbear compact keys", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(last_context);
	old = MemoryContextSwitchTo(last_context);
	code = palloc(sizeof(KeyCode));
	make_code(index, code);
	MemoryContextSwitchTo(old);
	last_code = *code;
	return &last_code;
}

/* A key is valid in the encoding of the database, which is UTF-8 or knows ASCII. */
static bool
is_key(const char *key, uint32 len)
{
	return len <= KEY_INDEX_MAX_KEY_LEN && memchr(key, 0, len) == NULL &&
		(is_ascii(key, len) ||
		 (GetDatabaseEncoding() == PG_UTF8 && pg_verify_mbstr(PG_UTF8, key, len, true)));
}

/* Read n keys; false if they are not as they are written. */
static bool
read_keys(const char *bytes, Size size, int32 n, KeyIndex *index)
{
	Reader		reader = {bytes, bytes + size, false};
	KeyEntry   *entries;
	StringInfoData keys;
	const KeyCode *code;
	int			before = 0;		/* where the key before begins */
	uint32		before_len = 0;

	if (last_code.index.n == n && (Size) last_code.bytes.len == size &&
		memcmp(last_code.bytes.data, bytes, size) == 0)
	{
		*index = last_code.index;
		return true;
	}
	/* each takes a byte at least */
	if ((Size) n > size)
		return false;
	entries = palloc(n * sizeof(KeyEntry));
	initStringInfo(&keys);
	for (int32 i = 0; i < n; i++)
	{
		uint8		lens = get_byte(&reader);
		uint32		shared = lens >> 4;
		uint32		rest = lens & 0x0F;
		const char *bytes_of_rest;
		int			begin = keys.len;

		CHECK_FOR_INTERRUPTS();
		if (shared == 15)
			shared += get_varint(&reader);
		if (rest == 15)
			rest += get_varint(&reader);
		bytes_of_rest = get_bytes(&reader, rest);
		if (reader.failed || shared > before_len ||
			shared + rest > KEY_INDEX_MAX_KEY_LEN || (Size) begin + shared + rest > REDDICT_MAX_SIZE)
			return false;
		enlargeStringInfo(&keys, shared + rest);
		appendBinaryStringInfo(&keys, keys.data + before, shared);
		appendBinaryStringInfo(&keys, bytes_of_rest, rest);
		if (!is_key(keys.data + begin, shared + rest) ||
			(i > 0 && key_compare(keys.data + before, before_len, keys.data + begin, shared + rest) >= 0))
			return false;
		entries[i] = (KeyEntry) {NULL, shared + rest, begin};
		before = begin;
		before_len = shared + rest;
	}
	for (int32 i = 0; i < n; i++)
		entries[i].key = keys.data + entries[i].source;
	reddict_key_index_make(index, entries, n);
	code = code_of(index);
	*index = code->index;
	return (Size) code->bytes.len == size && memcmp(code->bytes.data, bytes, size) == 0;
}

/* --- states ---------------------------------------------------------------- */

/* A state that was read: its keys, and the body, which nobody has checked */
typedef struct CompactState
{
	KeyIndex	index;			/* with its block */
	bool		keyless;
	const char *body;
	Size		size;
} CompactState;

/*
 * Write a state with these keys and this body, or return NULL, if it has to be
 * JSON: without keys, or with keys that other nodes might read differently.
 */
static char *
write_state(RedDictKind kind, const KeyIndex *index, const char *body, int size)
{
	const KeyCode *code;
	KeyIndex	packed = *index;
	bool		keyless;
	StringInfoData buf;
	char	   *text;
	int			len;

	if (index->n == 0)
		return NULL;
	code = code_of(reddict_open_keys(index));
	if (!code->portable)
		return NULL;
	/* few short keys take no more than their hashes */
	keyless = redbear_partial_states == PARTIAL_STATES_KEYLESS &&
		code->bytes.len > (int) (sizeof(index->hash) + sizeof(code->check)) &&
		(index->shared || reddict_pack_keys_always(&packed));

	initStringInfo(&buf);
	appendStringInfoChar(&buf, VERSION | BYTE_ORDER_FLAG | (keyless ? KEYLESS : 0));
	appendStringInfoChar(&buf, (char) kind);
	reddict_append_varint(&buf, index->n);
	reddict_append_varint(&buf, keyless ? sizeof(index->hash) + sizeof(code->check) : (Size) code->bytes.len);
	reddict_append_varint(&buf, size);
	if (keyless)
	{
		appendBinaryStringInfo(&buf, (const char *) &index->hash, sizeof(index->hash));
		appendBinaryStringInfo(&buf, (const char *) &code->check, sizeof(code->check));
	}
	else
		appendBinaryStringInfo(&buf, code->bytes.data, code->bytes.len);
	appendBinaryStringInfo(&buf, body, size);

	len = pg_b64_enc_len(buf.len);
	text = palloc(1 + len + 1);
	text[0] = COMPACT_MARK;
	len = pg_b64_encode((const void *) buf.data, buf.len, text + 1, len);
	text[1 + len] = '\0';
	pfree(buf.data);
	return text;
}

/* Refuse what was not written so. */
static void
refuse(RedDictKind kind, Node *escontext)
{
	errsave(escontext,
			errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			errmsg("invalid input syntax for type %s", reddict_types[kind].name),
			errdetail("The compact form of a state is damaged."));
}

/* Read where the keys of a keyless state are; false after an error. */
static bool
read_registered_keys(Reader *reader, int32 n, RedDictKind kind, KeyIndex *index, Node *escontext)
{
	KeyIndex	wanted = {.n = n,.shared = true};
	uint32		check;
	const char *hash_bytes = get_bytes(reader, sizeof(wanted.hash));
	const char *check_bytes = get_bytes(reader, sizeof(check));
	const KeyIndex *keys;

	if (reader->failed || reader->next != reader->end)
	{
		refuse(kind, escontext);
		return false;
	}
	memcpy(&wanted.hash, hash_bytes, sizeof(wanted.hash));
	memcpy(&check, check_bytes, sizeof(check));
	keys = reddict_registered_keys(&wanted, true);
	if (keys != NULL)
	{
		const KeyCode *code = code_of(keys);

		*index = code->index;
		if (code->check == check && code->portable && keys->n == n)
			return true;
	}
	ereturn(escontext, false,
			errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			errmsg("shared key index " INT64_FORMAT " is not registered", (int64) wanted.hash),
			errdetail("The state of an aggregate came without its keys, since they are registered where it came from."),
			errhint("Call rd_sync_keys(), or set redbear.partial_states to \"compact\" on all nodes."));
}

/*
 * Read a state: its keys, and where its body is.  False only where "escontext"
 * took an error: invalid_text_representation for what was not written so, or is
 * of another version, kind or byte order; object_not_in_prerequisite_state for
 * keys that are not registered here.
 */
static bool
read_state(const char *text, RedDictKind kind, CompactState *state, Node *escontext)
{
	int			len = strlen(text + 1);
	int			size = pg_b64_dec_len(len);
	char	   *bytes = (char *) palloc(PLANES_ROOM_BEFORE + size + 1) + PLANES_ROOM_BEFORE;
	Reader		reader;
	Reader		keys;
	uint8		head;
	uint8		its_kind;
	uint32		n;
	uint32		keys_size;
	uint32		body_size;

	memset(bytes - PLANES_ROOM_BEFORE, 0, PLANES_ROOM_BEFORE);
	size = pg_b64_decode(text + 1, len, (void *) bytes, size);
	reader = (Reader) {bytes, bytes + Max(size, 0), false};
	head = get_byte(&reader);
	if (!reader.failed && ((head & VERSION_MASK) != VERSION || (head & BIG_ENDIAN_FLAG) != BYTE_ORDER_FLAG))
		ereturn(escontext, false,
				errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s", reddict_types[kind].name),
				(head & VERSION_MASK) != VERSION ?
				errdetail("The compact form of a state is of version %d.", head & VERSION_MASK) :
				errdetail("The compact form of a state is of a machine with another byte order."),
				errhint("Set redbear.partial_states to \"text\" where it comes from."));
	its_kind = get_byte(&reader);
	n = get_varint(&reader);
	keys_size = get_varint(&reader);
	body_size = get_varint(&reader);
	keys.next = get_bytes(&reader, keys_size);
	state->body = get_bytes(&reader, body_size);
	state->size = body_size;
	state->keyless = (head & KEYLESS) != 0;
	if (reader.failed || reader.next != reader.end || (head & ~(VERSION_MASK | KEYLESS | BIG_ENDIAN_FLAG)) != 0 ||
		its_kind != kind || n == 0 || n > REDDICT_N_MASK)
	{
		refuse(kind, escontext);
		return false;
	}
	if (state->keyless)
	{
		keys.end = keys.next + keys_size;
		keys.failed = false;
		return read_registered_keys(&keys, (int32) n, kind, &state->index, escontext);
	}
	if (!read_keys(keys.next, keys_size, (int32) n, &state->index))
	{
		refuse(kind, escontext);
		return false;
	}
	return true;
}

/* --- values ---------------------------------------------------------------- */

/* Write a map or statistics, or return NULL if it has to be JSON. */
char *
reddict_compact_out(Datum value, RedDictKind kind)
{
	RedDictView view;
	StringInfoData body;
	char	   *text;

	reddict_view_kind(value, kind, &view);
	if (view.index.n == 0)
		return NULL;
	initStringInfo(&body);
	for (int plane = 0; plane < reddict_planes(kind); plane++)
		reddict_put_plane(&body, reddict_plane(&view, plane), view.index.n);
	text = write_state(kind, &view.index, body.data, body.len);
	pfree(body.data);
	return text;
}

/* Are the numbers of all keys such as statistics can have? */
static bool
valid_statistics(const float8 *values, int32 n)
{
	for (int32 i = 0; i < n; i++)
	{
		float8		numbers[KERNEL_STATS_PLANES];

		for (int plane = 0; plane < KERNEL_STATS_PLANES; plane++)
			numbers[plane] = values[(Size) plane * n + i];
		if (!redstats_valid(numbers))
			return false;
	}
	return true;
}

/*
 * Read a map or statistics.  "context" is that of the input function: in an
 * aggregate the value lives for a moment, and is not made narrow, nor packed
 * unless its keys are at hand so.  Errors as of read_state(), and
 * program_limit_exceeded, soft where "context" takes them; then NULL.
 */
struct varlena *
reddict_compact_in(const char *text, RedDictKind kind, Node *context)
{
	bool		passing = context != NULL && IsA(context, AggState);
	CompactState state;
	Reader		body;
	struct varlena *value;
	float8	   *values;
	int32		n;

	if (!read_state(text, kind, &state, context) ||
		!reddict_check_size(kind, state.index.size, state.index.n, context))
		return NULL;
	n = state.index.n;
	if (!passing || state.keyless)
		(void) reddict_pack_keys(&state.index);
	value = reddict_new(kind, &state.index, &values);
	body = (Reader) {state.body, state.body + state.size, false};
	for (int plane = 0; plane < reddict_planes(kind); plane++)
	{
		Size		size = reddict_get_plane(body.next, body.end - body.next, values + (Size) plane * n, n);

		body.failed |= size == 0;
		body.next += size;
	}
	if (body.failed || body.next != body.end ||
		(kind == REDDICT_STATISTICS && !valid_statistics(values, n)))
	{
		refuse(kind, context);
		return NULL;
	}
	return passing ? value : reddict_narrow(value);
}

/* Write a value of parts, or return NULL if it has to be JSON. */
char *
reddict_compact_parts_out(RedDictKind kind, const KeyIndex *index, const unsigned char *parts, const unsigned char *end)
{
	return write_state(kind, index, (const char *) parts, (int) (end - parts));
}

/*
 * Read a value of parts, which "copy" checks.  As reddict_compact_in(), but that
 * the error for a value that is too large is not soft.
 */
struct varlena *
reddict_compact_parts_in(const char *text, RedDictKind kind, PartsCopier copy, Node *context)
{
	CompactState state;
	RedDictParts parts;
	const unsigned char *body;

	if (!read_state(text, kind, &state, context))
		return NULL;
	body = (const unsigned char *) state.body;
	reddict_parts_init(&parts, kind, 0);
	if (!copy(body, body + state.size, state.index.n, &parts))
	{
		refuse(kind, context);
		return NULL;
	}
	(void) reddict_pack_keys(&state.index);
	return reddict_parts_build(kind, &state.index, parts.parts.data, parts.parts.len, parts.weight);
}
