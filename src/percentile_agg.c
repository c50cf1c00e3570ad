/*
 * percentile_agg.c
 *	  Exact percentiles over rows, key by key.
 *
 * The state has all numbers that the rows bring, a column for each key, in any
 * order.  So it is no value of a type, as other states are, and what parallel
 * workers send is made for that alone.
 *
 * To select from a column is to put it into another order, which changes nothing
 * that the state stands for.  So final functions may be called again, and rows
 * may come after them, as in windows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "columns.h"
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

typedef struct PercentileState
{
	KeyColumns	columns;		/* all numbers */
	ArrayType  *fractions;		/* of the first row; NULL: that was NULL */
	bool		several;		/* are fractions given as an array? */
	float8		fraction;		/* if not, and it is not NULL */
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

/* A state without rows, in a memory context, with a copy of some fractions. */
static PercentileState *
make_state(MemoryContext context, const ArrayType *fractions, bool several)
{
	PercentileState *state = MemoryContextAllocZero(context, sizeof(PercentileState));

	reddict_columns_init(&state->columns, context);
	state->several = several;
	if (fractions != NULL)
	{
		Size		size = VARSIZE(fractions);

		reddict_columns_account(&state->columns, size);
		state->fractions = memcpy(MemoryContextAlloc(context, size), fractions, size);
		if (!several)
			state->fraction = get_fraction(fractions);
	}
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
	places = reddict_columns_find(&state->columns, &row.index);
	for (int32 i = 0; i < row.index.n; i++)
	{
		Column	   *column = reddict_column_of(&state->columns, places, i);

		if (unlikely(column->next == column->end))
			reddict_column_extend(&state->columns, column, 1);
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
	places = reddict_columns_find(&state->columns, &other->columns.index);
	for (int32 i = 0; i < other->columns.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		reddict_column_append(&state->columns, reddict_column_of(&state->columns, places, i),
							  &other->columns.columns[i]);
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
	int32	   *places = reddict_columns_list(&state->columns, &keys);
	Size		block_size = keys.shared ? 0 : keys.size;
	Size		size = VARHDRSZ + sizeof(bool) + sizeof(uint32) + fractions_size + sizeof(KeyIndex) + block_size;
	bytea	   *result;
	char	   *to;

	for (int32 i = 0; i < keys.n; i++)
		size += sizeof(int32) + reddict_column_count(reddict_column_of(&state->columns, places, i)) * sizeof(float8);
	result = palloc(size);
	SET_VARSIZE(result, size);
	to = put(VARDATA(result), &state->several, sizeof(bool));
	to = put(to, &fractions_size, sizeof(uint32));
	to = put(to, state->fractions, fractions_size);
	to = put(to, &keys, sizeof(KeyIndex));
	to = put(to, keys.block, block_size);
	for (int32 i = 0; i < keys.n; i++)
	{
		const Column *column = reddict_column_of(&state->columns, places, i);
		int32		n = reddict_column_count(column);

		CHECK_FOR_INTERRUPTS();
		to = put(to, &n, sizeof(int32));
		reddict_column_copy(column, to);
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
	KeyColumns *columns;
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
	columns = &state->columns;
	get(&message, &columns->index, sizeof(KeyIndex));
	columns->index.block = get(&message, NULL, columns->index.shared ? 0 : columns->index.size);
	columns->n = columns->index.n;
	columns->columns = palloc_extended(Max(columns->n, 1) * sizeof(Column), MCXT_ALLOC_HUGE);
	for (int32 i = 0; i < columns->n; i++)
	{
		int32		n;
		Column	   *column = &columns->columns[i];

		get(&message, &n, sizeof(int32));
		column->last = NULL;
		column->next = (float8 *) get(&message, NULL, n * sizeof(float8));
		column->end = column->next + n;
	}
	pq_getmsgend(&message);
	PG_RETURN_POINTER(state);
}

/* --- results ------------------------------------------------------------------ */

/* The maps of percentiles, one for each fraction that is given. */
static void
make_maps(PercentileState *state, const PercentileFractions *fractions, Datum *maps)
{
	KeyIndex	keys;
	int32	   *places = reddict_columns_list(&state->columns, &keys);
	float8	  **values = palloc(fractions->given * sizeof(float8 *));
	float8	   *percentiles = palloc(fractions->given * sizeof(float8));
	ColumnCopies copies = {0};

	for (int i = 0; i < fractions->given; i++)
		maps[i] = PointerGetDatum(reddict_new(REDDICT_MAP, &keys, &values[i]));
	for (int32 key = 0; key < keys.n; key++)
	{
		Column	   *column = reddict_column_of(&state->columns, places, key);
		int32		n = reddict_column_count(column);

		CHECK_FOR_INTERRUPTS();
		reddict_percentiles(reddict_column_gather(&state->columns, column, &copies), n,
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
