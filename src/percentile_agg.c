/*
 * percentile_agg.c
 *	  Exact percentiles over rows, key by key.
 *
 * The state has all numbers that the rows bring, a column for each key, in any
 * order.  So it is no value of a type, as other states are, and what parallel
 * workers send is made for that alone.
 *
 * While rows have the keys of the state, they are appended to its columns without
 * a look at any key.  As in state.c, rows with other keys are found by a walk
 * along those of the state as long as these are few, or few more than the row's;
 * then by a table of keys, so that a row costs what its own keys cost.
 *
 * To select from a column is to put it into another order, which changes nothing
 * that the state stands for.  So final functions may be called again, and rows
 * may come after them, as in windows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "key_table.h"
#include "percentile.h"
#include "reddict.h"
#include "state.h"

PG_FUNCTION_INFO_V1(reddict_percentile_trans);
PG_FUNCTION_INFO_V1(reddict_percentiles_trans);
PG_FUNCTION_INFO_V1(reddict_median_trans);
PG_FUNCTION_INFO_V1(reddict_percentile_combine);
PG_FUNCTION_INFO_V1(reddict_percentile_serial);
PG_FUNCTION_INFO_V1(reddict_percentile_deserial);
PG_FUNCTION_INFO_V1(reddict_percentile_final);
PG_FUNCTION_INFO_V1(reddict_percentiles_final);

/*
 * Bytes that a state may take: so many as a datum may have, so that what workers
 * send always fits into one.
 */
#define STATE_MAX_SIZE MaxAllocSize

/* What a key takes besides its bytes and numbers, in a table, about */
#define KEY_SIZE 128

/*
 * Bytes of the smallest chunk, with what the allocator adds, and of the largest
 * one of a size that the allocator has.
 */
#define CHUNK_MIN_SIZE 64
#define CHUNK_MAX_SIZE 8192
#define CHUNK_OVERHEAD (offsetof(Chunk, numbers) + 16)

/* Numbers that are copied to select from them, whatever part of the state they are */
#define FEW_NUMBERS 1024

/*
 * The numbers of a key are in chunks.  A chunk never moves, so columns that grow
 * together, of many keys or groups, leave no memory behind; and it adds a half to
 * a small column at most, a quarter to a large one.
 */
typedef struct Chunk
{
	struct Chunk *before;		/* the one before it, or NULL */
	int32		start;			/* numbers in those before */
	int32		capacity;
	float8		numbers[FLEXIBLE_ARRAY_MEMBER];
} Chunk;

/* The numbers of a key; of a state that was received they are in no chunk. */
typedef struct Column
{
	Chunk	   *last;			/* or NULL: none yet, or numbers from "next" to "end" */
	float8	   *next;			/* where the next number goes, */
	float8	   *end;			/* unless this is there */
} Column;

typedef struct PercentileState
{
	MemoryContext context;		/* all of it is in */
	Size		size;			/* bytes that it takes, about */
	ArrayType  *fractions;		/* of the first row; NULL: that was NULL */
	bool		several;		/* are fractions given as an array? */
	float8		fraction;		/* if not, and it is not NULL */
	KeyIndex	index;			/* of the columns, in this order; or */
	KeyTable   *table;			/* their keys, by number */
	Column	   *columns;
	int32		n;				/* columns */
	int32		capacity;
} PercentileState;

/* --- fractions --------------------------------------------------------------- */

/* An array of one fraction, which is not NULL.  Error as of core. */
static ArrayType *
one_fraction(float8 fraction)
{
	Datum		element = Float8GetDatum(fraction);

	return construct_array(&element, 1, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
						   TYPALIGN_DOUBLE);
}

/* The fraction of such an array. */
static float8
get_fraction(const ArrayType *fractions)
{
	return *(const float8 *) ((const char *) fractions + ARR_OVERHEAD_NONULLS(1));
}

/* Fractions as text, for an error. */
static const char *
print_fractions(const ArrayType *fractions, bool several)
{
	if (fractions == NULL)
		return "NULL";
	if (several)
		return OidOutputFunctionCall(F_ARRAY_OUT, PointerGetDatum(fractions));
	return float8out_internal(get_fraction(fractions));
}

/* Refuse another fraction, or other fractions, than those of the rows before. */
pg_noreturn static void
refuse_fractions(const PercentileState *state, const ArrayType *other)
{
	ereport(ERROR,
			errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("percentile value must be the same in all rows that are aggregated"),
			errdetail("It was %s, and then %s.",
					  print_fractions(state->fractions, state->several),
					  print_fractions(other, state->several)),
			errhint("rd_percentiles_agg() takes several percentile values."));
}

/* See to it that a row, or another state, has the fractions of the state. */
static void
check_same_fractions(const PercentileState *state, ArrayType *other)
{
	const ArrayType *own = state->fractions;

	if (own == NULL && other == NULL)
		return;
	if (own != NULL && other != NULL)
	{
		if (VARSIZE(own) == VARSIZE(other) && memcmp(own, other, VARSIZE(own)) == 0)
			return;
		/* other bytes may be equal numbers, 0 and -0 */
		if (DatumGetBool(OidFunctionCall2(F_ARRAY_EQ, PointerGetDatum(own), PointerGetDatum(other))))
			return;
	}
	refuse_fractions(state, other);
}

/* --- states ------------------------------------------------------------------ */

/* Have the state take so many bytes more.  Error: program_limit_exceeded. */
static void
account(PercentileState *state, Size size)
{
	if (unlikely(size > STATE_MAX_SIZE - state->size))
		ereport(ERROR,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("too many numbers for exact percentiles"),
				errdetail("They would take more than %zu bytes, with their keys.",
						  (Size) STATE_MAX_SIZE));
	state->size += size;
}

/* A state without rows, in a memory context, with a copy of some fractions. */
static PercentileState *
make_state(MemoryContext context, const ArrayType *fractions, bool several)
{
	PercentileState *state = MemoryContextAllocZero(context, sizeof(PercentileState));
	MemoryContext caller = MemoryContextSwitchTo(context);

	state->context = context;
	state->several = several;
	if (fractions != NULL)
	{
		account(state, VARSIZE(fractions));
		state->fractions = memcpy(palloc(VARSIZE(fractions)), fractions, VARSIZE(fractions));
		if (!several)
			state->fraction = get_fraction(fractions);
	}
	reddict_make_keys(&state->index, NULL, 0);
	MemoryContextSwitchTo(caller);
	return state;
}

/* The same in the memory of the aggregate that calls a transition function. */
static PercentileState *
first_state(FunctionCallInfo fcinfo, const ArrayType *fractions, bool several)
{
	MemoryContext context;

	(void) AggCheckCallContext(fcinfo, &context);
	return make_state(context, fractions, several);
}

/* How many numbers are in a column? */
static int32
count_numbers(const Column *column)
{
	return column->last == NULL ? column->end - column->next :
		column->last->start + (column->next - column->last->numbers);
}

/*
 * Make room in a column that has none left for some numbers more.  Error:
 * program_limit_exceeded.
 */
static void
extend_column(PercentileState *state, Column *column, int32 more)
{
	int32		n = count_numbers(column);
	Size		size = Max(n * sizeof(float8) / 2, CHUNK_MIN_SIZE);
	Size		left = STATE_MAX_SIZE - state->size;
	Size		capacity = n / 4;
	Chunk	   *chunk;

	if (size < 2 * CHUNK_MAX_SIZE)
	{
		size = (Size) 1 << pg_leftmost_one_pos64(size);
		capacity = (size - offsetof(Chunk, numbers)) / sizeof(float8);
	}
	/* no more than the limit leaves, if that is enough */
	if (left > CHUNK_OVERHEAD)
		capacity = Min(capacity, (left - CHUNK_OVERHEAD) / sizeof(float8));
	capacity = Max(capacity, (Size) more);
	account(state, CHUNK_OVERHEAD + capacity * sizeof(float8));
	chunk = MemoryContextAllocHuge(state->context,
								   offsetof(Chunk, numbers) + capacity * sizeof(float8));
	chunk->before = column->last;
	chunk->start = n;
	chunk->capacity = capacity;
	column->last = chunk;
	column->next = chunk->numbers;
	column->end = chunk->numbers + capacity;
}

/* Append the numbers of a column that was received, which may be unaligned. */
static void
append_received(PercentileState *state, Column *column, const Column *received)
{
	const char *from = (const char *) received->next;
	int32		more = count_numbers(received);

	/* a chunk is full before there is another one */
	while (more > 0)
	{
		int32		n;

		if (column->next == column->end)
			extend_column(state, column, more);
		n = Min(more, column->end - column->next);
		memcpy(column->next, from, n * sizeof(float8));
		column->next += n;
		from += n * sizeof(float8);
		more -= n;
	}
}

/* Copy the numbers of a column. */
static void
copy_numbers(const Column *column, char *to)
{
	int32		end = count_numbers(column);

	for (const Chunk *chunk = column->last; chunk != NULL; chunk = chunk->before)
	{
		memcpy(to + chunk->start * sizeof(float8), chunk->numbers,
			   (end - chunk->start) * sizeof(float8));
		end = chunk->start;
	}
}

/*
 * Have the numbers of a column, which has some, side by side in one chunk, and
 * return them.  The chunk has the room that the column had, so where rows come
 * after results, as in windows, not each of them makes a new one.
 */
static float8 *
join_chunks(PercentileState *state, Column *column)
{
	int32		end = count_numbers(column);
	Chunk	   *chunk = column->last;
	int32		capacity = chunk->start + chunk->capacity;
	Chunk	   *joined;

	if (chunk->before == NULL)
		return chunk->numbers;
	joined = MemoryContextAllocHuge(state->context,
									offsetof(Chunk, numbers) + capacity * sizeof(float8));
	*joined = (Chunk) {.before = NULL,.start = 0,.capacity = capacity};
	column->last = joined;
	column->next = joined->numbers + end;
	column->end = joined->numbers + capacity;
	state->size += CHUNK_OVERHEAD;
	/* each chunk goes once it is copied, so this takes little memory more */
	while (chunk != NULL)
	{
		Chunk	   *before = chunk->before;

		memcpy(joined->numbers + chunk->start, chunk->numbers,
			   (end - chunk->start) * sizeof(float8));
		end = chunk->start;
		pfree(chunk);
		state->size -= CHUNK_OVERHEAD;
		chunk = before;
	}
	return joined->numbers;
}

/* Make room for so many columns in all. */
static void
reserve_columns(PercentileState *state, int32 wanted)
{
	if (wanted <= state->capacity)
		return;
	wanted = Max(wanted, state->capacity + state->capacity / 2);
	state->columns = state->columns == NULL ?
		MemoryContextAllocHuge(state->context, wanted * sizeof(Column)) :
		repalloc_huge(state->columns, wanted * sizeof(Column));
	state->capacity = wanted;
}

/* Give a flat state a copy of a key index, and columns in its order. */
static void
set_keys(PercentileState *state, const KeyIndex *index, Column *columns)
{
	MemoryContext caller = MemoryContextSwitchTo(state->context);
	KeyIndex	own = *index;

	if (!own.shared)
		reddict_key_index_own(&own);
	MemoryContextSwitchTo(caller);
	account(state, (index->n - state->n) * (Size) KEY_SIZE);
	if (index->size > state->index.size)
		account(state, index->size - state->index.size);
	if (!state->index.shared)
		pfree(unconstify(char *, state->index.block));
	state->index = own;
	reserve_columns(state, index->n);
	if (index->n > 0)
		memcpy(state->columns, columns, index->n * sizeof(Column));
	state->n = index->n;
}

/* Give a flat state more keys. */
static void
add_keys(PercentileState *state, const KeyIndex *keys)
{
	KeyAlignment aligned;
	Column	   *columns;

	reddict_align_keys(&state->index, keys, KEYS_EITHER, &aligned);
	columns = palloc_extended(Max(aligned.index.n, 1) * sizeof(Column), MCXT_ALLOC_HUGE);
	for (int32 i = 0; i < aligned.index.n; i++)
		columns[i] = aligned.left[i] >= 0 ? state->columns[aligned.left[i]] : (Column) {0};
	set_keys(state, &aligned.index, columns);
	pfree(columns);
	pfree(aligned.left);
	pfree(aligned.right);
}

/* Put a flat state's keys into a table. */
static void
make_table(PercentileState *state)
{
	KeyCursor	cursor;

	state->table = reddict_key_table_make(state->context);
	key_cursor_init(&cursor, reddict_open_keys(&state->index));
	while (key_cursor_next(&cursor))
		(void) reddict_key_table_slot(state->table, cursor.key, cursor.len);
	if (!state->index.shared)
		pfree(unconstify(char *, state->index.block));
}

/* The numbers of the columns of a row's keys, by the table; they may be new. */
static const int32 *
find_in_table(PercentileState *state, const KeyIndex *keys)
{
	const KeyTable *table = state->table;
	const int32 *places = reddict_key_table_slots(state->table, keys)->slots;

	reserve_columns(state, table->n);
	for (; state->n < table->n; state->n++)
	{
		account(state, KEY_SIZE + table->keys[state->n].len);
		state->columns[state->n] = (Column) {0};
	}
	return places;
}

/*
 * The numbers of the columns of a row's keys, which may be new; NULL if all
 * columns are these, in this order.
 */
static const int32 *
find_columns(PercentileState *state, const KeyIndex *keys)
{
	int32	   *places;

	if (state->table == NULL)
	{
		if (likely(reddict_same_keys(&state->index, keys)))
			return NULL;
		if (!reddict_should_expand(&state->index, keys))
		{
			places = state->n == 0 ? NULL :
				reddict_key_index_find_all(reddict_open_keys(&state->index),
										   reddict_open_keys(keys));
			if (places != NULL)
				return places;
			add_keys(state, keys);
			return reddict_same_keys(&state->index, keys) ? NULL :
				reddict_key_index_find_all(reddict_open_keys(&state->index),
										   reddict_open_keys(keys));
		}
		make_table(state);
	}
	return find_in_table(state, keys);
}

/* The column of a key, as find_columns() and list_keys() give them. */
static inline Column *
column_of(PercentileState *state, const int32 *places, int32 key)
{
	return &state->columns[places ? places[key] : key];
}

/* Take a row in.  Error: program_limit_exceeded. */
static void
add_row(PercentileState *state, Datum datum)
{
	RedDictView row;
	const int32 *places;

	/* a NULL fraction gives NULL, whatever there is */
	if (state->fractions == NULL)
		return;
	reddict_prefetch_next(datum);
	reddict_view(datum, &row);
	places = find_columns(state, &row.index);
	for (int32 i = 0; i < row.index.n; i++)
	{
		Column	   *column = column_of(state, places, i);

		if (unlikely(column->next == column->end))
			extend_column(state, column, 1);
		*column->next++ = row.values[i];
	}
}

/* --- transition --------------------------------------------------------------- */

/* The state that a transition function was called with, or NULL. */
static PercentileState *
get_state(FunctionCallInfo fcinfo)
{
	reddict_check_in_aggregate(fcinfo);
	return PG_ARGISNULL(0) ? NULL : (PercentileState *) PG_GETARG_POINTER(0);
}

static Datum
return_state(FunctionCallInfo fcinfo, PercentileState *state)
{
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/*
 * Transition function of rd_percentile_agg(reddict, float8): (state internal, m
 * reddict, fraction float8) returns internal.
 *
 * Not strict: rows whose map is NULL are skipped, whatever the fraction; it is
 * that of the first other row, and may be NULL.  Errors:
 * numeric_value_out_of_range for a fraction that is not between 0 and 1;
 * invalid_parameter_value for another one than the first;
 * program_limit_exceeded.
 */
Datum
reddict_percentile_trans(PG_FUNCTION_ARGS)
{
	PercentileState *state = get_state(fcinfo);
	bool		isnull = PG_ARGISNULL(2);
	float8		fraction = isnull ? 0 : PG_GETARG_FLOAT8(2);

	if (PG_ARGISNULL(1))
		return return_state(fcinfo, state);
	if (state == NULL)
	{
		if (!isnull)
			reddict_check_fraction(fraction);
		state = first_state(fcinfo, isnull ? NULL : one_fraction(fraction), false);
	}
	else if (unlikely(isnull != (state->fractions == NULL) ||
					  (!isnull && fraction != state->fraction)))
		refuse_fractions(state, isnull ? NULL : one_fraction(fraction));
	add_row(state, PG_GETARG_DATUM(1));
	PG_RETURN_POINTER(state);
}

/*
 * Transition function of rd_percentiles_agg(reddict, float8[]): likewise, with
 * an array of fractions, or NULL.
 */
Datum
reddict_percentiles_trans(PG_FUNCTION_ARGS)
{
	PercentileState *state = get_state(fcinfo);
	ArrayType  *fractions;
	PercentileFractions read;

	if (PG_ARGISNULL(1))
		return return_state(fcinfo, state);
	fractions = PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2);
	if (state == NULL)
	{
		if (fractions != NULL)
			reddict_read_fractions(fractions, &read);
		state = first_state(fcinfo, fractions, true);
	}
	else
		check_same_fractions(state, fractions);
	add_row(state, PG_GETARG_DATUM(1));
	PG_RETURN_POINTER(state);
}

/*
 * Transition function of rd_median_agg(reddict): (state internal, m reddict)
 * returns internal.  Not strict, as the others.  Error: program_limit_exceeded.
 */
Datum
reddict_median_trans(PG_FUNCTION_ARGS)
{
	PercentileState *state = get_state(fcinfo);

	if (PG_ARGISNULL(1))
		return return_state(fcinfo, state);
	if (state == NULL)
		state = first_state(fcinfo, one_fraction(0.5), false);
	add_row(state, PG_GETARG_DATUM(1));
	PG_RETURN_POINTER(state);
}

/* --- parallel workers --------------------------------------------------------- */

/*
 * The keys of a state, and the numbers of their columns, in the current memory
 * context; NULL if all columns are these, in this order.
 */
static int32 *
list_keys(PercentileState *state, KeyIndex *keys)
{
	KeyTable   *table = state->table;
	int32	   *places;

	if (table == NULL)
	{
		*keys = state->index;
		return NULL;
	}
	reddict_key_table_sort(table);
	*keys = *reddict_key_table_index(table);
	(void) reddict_pack_keys(keys);
	places = palloc_extended(state->n * sizeof(int32), MCXT_ALLOC_HUGE);
	for (int32 i = 0; i < state->n; i++)
		places[i] = table->sorted[i].source;
	return places;
}

/*
 * Combine function of all of them: (a internal, b internal) returns internal.
 * Takes the numbers of b into a.  Not strict: the first state is a copy of b,
 * which lives for this call only.  Errors as for transition functions.
 */
Datum
reddict_percentile_combine(PG_FUNCTION_ARGS)
{
	PercentileState *state = get_state(fcinfo);
	PercentileState *other;
	const int32 *places;

	if (PG_ARGISNULL(1))
		return return_state(fcinfo, state);
	other = (PercentileState *) PG_GETARG_POINTER(1);
	if (state == NULL)
		state = first_state(fcinfo, other->fractions, other->several);
	else
		check_same_fractions(state, other->fractions);
	places = find_columns(state, &other->index);
	for (int32 i = 0; i < other->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		append_received(state, column_of(state, places, i), &other->columns[i]);
	}
	PG_RETURN_POINTER(state);
}

/*
 * What a worker sends, in the server's byte order:
 *
 *		bool	several
 *		uint32	size of the array of fractions, which follows; 0: NULL
 *		KeyIndex	of the keys; its block, unless it is shared, follows
 *		for each key in order:
 *			int32	number of numbers
 *			float8	numbers[]
 *
 * It goes no further than to the leader.
 */

static char *
put(char *to, const void *from, Size size)
{
	if (size > 0)
		memcpy(to, from, size);
	return to + size;
}

/* Serialization function of all of them: (state internal) returns bytea.  Strict. */
Datum
reddict_percentile_serial(PG_FUNCTION_ARGS)
{
	PercentileState *state = get_state(fcinfo);
	uint32		fractions_size = state->fractions ? VARSIZE(state->fractions) : 0;
	KeyIndex	keys;
	int32	   *places = list_keys(state, &keys);
	Size		block_size = keys.shared ? 0 : keys.size;
	Size		size = VARHDRSZ + sizeof(bool) + sizeof(uint32) + fractions_size + sizeof(KeyIndex) + block_size;
	bytea	   *result;
	char	   *to;

	for (int32 i = 0; i < keys.n; i++)
		size += sizeof(int32) + count_numbers(column_of(state, places, i)) * sizeof(float8);
	result = palloc(size);
	SET_VARSIZE(result, size);
	to = put(VARDATA(result), &state->several, sizeof(bool));
	to = put(to, &fractions_size, sizeof(uint32));
	to = put(to, state->fractions, fractions_size);
	to = put(to, &keys, sizeof(KeyIndex));
	to = put(to, keys.block, block_size);
	for (int32 i = 0; i < keys.n; i++)
	{
		const Column *column = column_of(state, places, i);
		int32		n = count_numbers(column);

		CHECK_FOR_INTERRUPTS();
		to = put(to, &n, sizeof(int32));
		copy_numbers(column, to);
		to += n * sizeof(float8);
	}
	Assert(to == (char *) result + size);
	PG_RETURN_BYTEA_P(result);
}

/* The next bytes of a message; its end before them is an error. */
static const char *
get(StringInfo message, void *to, Size size)
{
	const char *from = pq_getmsgbytes(message, size);

	if (to != NULL && size > 0)
		memcpy(to, from, size);
	return from;
}

/*
 * Deserialization function of all of them: (message bytea, internal) returns
 * internal.  Strict.  What it gives is for the combine function: its numbers are
 * those of the message, where they lie.
 */
Datum
reddict_percentile_deserial(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData message = {
		.data = VARDATA_ANY(bytes),
		.len = VARSIZE_ANY_EXHDR(bytes)
	};
	PercentileState *state;
	ArrayType  *fractions = NULL;
	bool		several;
	uint32		size;

	reddict_check_in_aggregate(fcinfo);
	get(&message, &several, sizeof(bool));
	get(&message, &size, sizeof(uint32));
	if (size > 0)
	{
		fractions = palloc(size);
		get(&message, fractions, size);
	}
	state = make_state(CurrentMemoryContext, fractions, several);
	get(&message, &state->index, sizeof(KeyIndex));
	state->index.block = get(&message, NULL, state->index.shared ? 0 : state->index.size);
	state->n = state->index.n;
	state->columns = palloc_extended(Max(state->n, 1) * sizeof(Column), MCXT_ALLOC_HUGE);
	for (int32 i = 0; i < state->n; i++)
	{
		int32		n;
		Column	   *column = &state->columns[i];

		get(&message, &n, sizeof(int32));
		column->last = NULL;
		column->next = (float8 *) get(&message, NULL, n * sizeof(float8));
		column->end = column->next + n;
	}
	pq_getmsgend(&message);
	PG_RETURN_POINTER(state);
}

/* --- results ------------------------------------------------------------------ */

/* Memory for copies of a column's numbers */
typedef struct Copies
{
	float8	   *numbers;
	int32		capacity;
} Copies;

/*
 * The numbers of a column side by side, to be put in another order.  They are
 * copied, into memory that is used for one column after another, if that is
 * little beside what the state takes; else their chunks are joined.
 */
static float8 *
gather_numbers(PercentileState *state, Column *column, int32 n, Copies *copies)
{
	if (n > FEW_NUMBERS && n * sizeof(float8) > state->size / 8)
		return join_chunks(state, column);
	if (copies->capacity < n)
	{
		if (copies->numbers != NULL)
			pfree(copies->numbers);
		copies->capacity = Max(n, FEW_NUMBERS);
		copies->numbers = palloc_extended(copies->capacity * sizeof(float8), MCXT_ALLOC_HUGE);
	}
	copy_numbers(column, (char *) copies->numbers);
	return copies->numbers;
}

/* The maps of percentiles, one for each fraction that is given. */
static void
make_maps(PercentileState *state, const PercentileFractions *fractions, Datum *maps)
{
	KeyIndex	keys;
	int32	   *places = list_keys(state, &keys);
	float8	  **values = palloc(fractions->given * sizeof(float8 *));
	float8	   *percentiles = palloc(fractions->given * sizeof(float8));
	Copies		copies = {0};

	for (int i = 0; i < fractions->given; i++)
		maps[i] = PointerGetDatum(reddict_new(REDDICT_MAP, &keys, &values[i]));
	for (int32 key = 0; key < keys.n; key++)
	{
		Column	   *column = column_of(state, places, key);
		int32		n = count_numbers(column);

		CHECK_FOR_INTERRUPTS();
		reddict_percentiles(gather_numbers(state, column, n, &copies), n,
							fractions->fractions, fractions->given, percentiles);
		for (int i = 0; i < fractions->given; i++)
			values[i][key] = percentiles[i];
	}
	for (int i = 0; i < fractions->given; i++)
		maps[i] = PointerGetDatum(reddict_narrow((struct varlena *) DatumGetPointer(maps[i])));
	if (copies.numbers != NULL)
		pfree(copies.numbers);
}

/*
 * Final function of rd_percentile_agg() and rd_median_agg(): (state internal)
 * returns reddict: key by key, the percentile of the rows that have the key;
 * NULL for a NULL fraction.  Strict.  Error: program_limit_exceeded.
 */
Datum
reddict_percentile_final(PG_FUNCTION_ARGS)
{
	PercentileState *state = get_state(fcinfo);
	PercentileFractions fractions = {.given = 1,.fractions = &state->fraction};
	Datum		map;

	if (state->fractions == NULL)
		PG_RETURN_NULL();
	Assert(!state->several);
	make_maps(state, &fractions, &map);
	PG_RETURN_DATUM(map);
}

/*
 * Final function of rd_percentiles_agg(): (state internal) returns reddict[],
 * of the shape of the array of fractions, with NULL for a NULL fraction; NULL for
 * a NULL array.  Strict.  Error: program_limit_exceeded.
 */
Datum
reddict_percentiles_final(PG_FUNCTION_ARGS)
{
	PercentileState *state = get_state(fcinfo);
	PercentileFractions fractions;
	Datum	   *maps;

	if (state->fractions == NULL)
		PG_RETURN_NULL();
	Assert(state->several);
	reddict_read_fractions(state->fractions, &fractions);
	maps = palloc(fractions.given * sizeof(Datum));
	make_maps(state, &fractions, maps);
	PG_RETURN_ARRAYTYPE_P(reddict_fractions_result(&fractions, maps,
												   get_element_type(get_fn_expr_rettype(fcinfo->flinfo))));
}
