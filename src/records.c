/*
 * records.c
 *	  From and to rows.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/typcache.h"

#include "io.h"

PG_FUNCTION_INFO_V1(rd_from_record);
PG_FUNCTION_INFO_V1(rd_populate);

/* 2^63: an int8 is less than this, and at least its negative */
#define INT64_LIMIT 9223372036854775808.0

/* A column, on its way into a map or out of one */
typedef struct RowColumn
{
	int			number;			/* from 0; where it is in the row */
	Oid			type;			/* below any domain */

	/* for rd_populate() only, which keeps columns in the row's order */
	FmgrInfo	input;			/* input function; fn_oid 0: not looked up */
	Oid			ioparam;
} RowColumn;

/*
 * A memo of a row type: it is good for the rows of one type, as that was
 * defined when it was looked at.
 */
typedef struct RowMemo
{
	uint64		identifier;		/* of the definition; 0: nothing is remembered */
	MemoryContext context;		/* owns what follows */
	RowColumn  *columns;
	KeyIndex	index;			/* for rd_from_record(): of the columns */

	/* for rd_populate(): the type of its argument */
	Oid			declared;		/* InvalidOid: not looked up */
	Oid			row_type;		/* below any domain */
	int32		row_typmod;
	void	   *domain_info;
} RowMemo;

static RowMemo *
row_memo(FunctionCallInfo fcinfo)
{
	RowMemo    *memo = reddict_memo(fcinfo->flinfo, sizeof(RowMemo));

	if (memo->context == NULL)
		memo->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "redbear row memo",
											  ALLOCSET_SMALL_SIZES);
	return memo;
}

/* Can a column of this type, which is no domain, go into a map? */
static bool
is_numeric(Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return true;
		default:
			return false;
	}
}

/*
 * Fill the memo of rd_from_record(): the columns in the order of their names
 * as keys, and the key index of all.  Errors: datatype_mismatch,
 * duplicate_column.
 */
static void
learn_row(RowMemo *memo, TupleDesc desc, uint64 identifier)
{
	MemoryContext caller;
	KeyEntry   *entries;
	const KeyEntry *repeated;
	int			n = 0;

	memo->identifier = 0;
	MemoryContextReset(memo->context);
	caller = MemoryContextSwitchTo(memo->context);
	entries = palloc(desc->natts * sizeof(KeyEntry));
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (attribute->attisdropped)
			continue;
		if (!is_numeric(getBaseType(attribute->atttypid)))
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column %s is of type %s, which is not numeric",
						   reddict_key_quote(NameStr(attribute->attname),
											 strlen(NameStr(attribute->attname))),
						   format_type_be(attribute->atttypid)),
					errhint("Leave the column out of the row, or cast it to double precision."));
		entries[n].key = pstrdup(NameStr(attribute->attname));
		entries[n].len = strlen(NameStr(attribute->attname));
		entries[n].source = i;
		n++;
	}

	(void) reddict_key_sort(entries, n, &repeated);
	if (repeated)
		ereport(ERROR,
				errcode(ERRCODE_DUPLICATE_COLUMN),
				errmsg("column %s specified more than once",
					   reddict_key_quote(repeated->key, repeated->len)));
	memo->columns = palloc(n * sizeof(RowColumn));
	for (int i = 0; i < n; i++)
	{
		memo->columns[i].number = entries[i].source;
		memo->columns[i].type = getBaseType(TupleDescAttr(desc, entries[i].source)->atttypid);
	}
	reddict_build_keys(&memo->index, entries, n);
	MemoryContextSwitchTo(caller);
	memo->identifier = identifier;
}

/*
 * The double that a numeric stands for: through its digits.  Error:
 * numeric_value_out_of_range, with the key.
 */
static float8
numeric_value(Datum value, const KeyCursor *cursor)
{
	Numeric		number = DatumGetNumeric(value);
	float8		result;

	if (numeric_is_nan(number) || numeric_is_inf(number))
		return DatumGetFloat8(DirectFunctionCall1(numeric_float8, NumericGetDatum(number)));
	(void) reddict_parse_number(DatumGetCString(DirectFunctionCall1(numeric_out,
																	NumericGetDatum(number))),
								cursor->key, cursor->len, NULL, &result);
	return result;
}

/* The double that a column's value, not NULL, stands for, as core's cast. */
static float8
column_value(Oid type, Datum value, const KeyCursor *cursor)
{
	switch (type)
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		case INT8OID:
			return (float8) DatumGetInt64(value);
		case FLOAT4OID:
			return DatumGetFloat4(value);
		case FLOAT8OID:
			return DatumGetFloat8(value);
		default:
			return numeric_value(value, cursor);
	}
}

/* The columns, deformed, as a map; NULLs are left out. */
static struct varlena *
map_of_columns(const RowMemo *memo, const Datum *values, const bool *nulls)
{
	int32	   *present = palloc(memo->index.n * sizeof(int32));
	int32		n = 0;
	KeyIndex	index;
	KeyCursor	cursor;
	struct varlena *result;
	float8	   *doubles;

	for (int32 i = 0; i < memo->index.n; i++)
	{
		if (!nulls[memo->columns[i].number])
			present[n++] = i;
	}
	reddict_subset_keys(&index, &memo->index, present, n);
	result = reddict_new(REDDICT_MAP, &index, &doubles);
	key_cursor_init(&cursor, reddict_open_keys(&index));
	while (key_cursor_next(&cursor))
	{
		const RowColumn *column = &memo->columns[present[cursor.position]];

		doubles[cursor.position] = column_value(column->type, values[column->number], &cursor);
	}
	return result;
}

/* Take a row apart.  The arrays are allocated. */
static void
deform_row(HeapTupleHeader row, TupleDesc desc, Datum **values, bool **nulls)
{
	HeapTupleData tuple;

	tuple.t_len = HeapTupleHeaderGetDatumLength(row);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = row;
	*values = palloc(desc->natts * sizeof(Datum));
	*nulls = palloc(desc->natts * sizeof(bool));
	heap_deform_tuple(&tuple, desc, *values, *nulls);
}

/*
 * rd_from_record(record) returns reddict
 *
 * The columns of a row: their names become keys.  NULLs are left out.  int2,
 * int4, int8, float4, float8, numeric and domains over them become double
 * precision as core's casts make it.  Strict.
 *
 * Errors: datatype_mismatch for a column of another type, NULL or not;
 * duplicate_column where two columns of an anonymous row have one name;
 * numeric_value_out_of_range.
 */
Datum
rd_from_record(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	Oid			type = HeapTupleHeaderGetTypeId(row);
	int32		typmod = HeapTupleHeaderGetTypMod(row);
	TupleDesc	desc = lookup_rowtype_tupdesc(type, typmod);
	uint64		identifier = assign_record_type_identifier(type, typmod);
	RowMemo    *memo = row_memo(fcinfo);
	Datum	   *values;
	bool	   *nulls;

	if (memo->identifier != identifier)
		learn_row(memo, desc, identifier);
	deform_row(row, desc, &values, &nulls);
	ReleaseTupleDesc(desc);
	PG_RETURN_REDDICT(map_of_columns(memo, values, nulls));
}

/*
 * Find the row type that rd_populate() is called for.  Errors:
 * datatype_mismatch where it is no row type.
 */
static void
learn_declared(FunctionCallInfo fcinfo, RowMemo *memo)
{
	Oid			declared = get_fn_expr_argtype(fcinfo->flinfo, 0);

	if (OidIsValid(memo->declared))
		return;
	memo->row_typmod = -1;
	memo->row_type = getBaseTypeAndTypmod(declared, &memo->row_typmod);
	if (!type_is_rowtype(memo->row_type))
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("first argument of %s must be a row type", "rd_populate"));
	memo->declared = declared;
}

/*
 * The text that a column's input function gets: the shortest digits, as a map
 * is printed, but an integer in full, because an input function of integers
 * takes no exponent.  "digits" has REDDICT_NUMBER_LEN bytes.
 */
static char *
column_text(float8 value, char *digits)
{
	bool		negative_zero = value == 0 && signbit(value);
	int			len;

	if (value == rint(value) && value >= -INT64_LIMIT && value < INT64_LIMIT && !negative_zero)
	{
		(void) pg_lltoa((int64) value, digits);
		return digits;
	}
	len = reddict_print_number(value, digits);
	if (digits[0] == '"')
	{
		digits[len - 1] = '\0';
		return digits + 1;
	}
	digits[len] = '\0';
	return digits;
}

/* Adds the column to an input function's error. */
static void
column_error(void *arg)
{
	errcontext("column \"%s\"", NameStr(((Form_pg_attribute) arg)->attname));
}

/*
 * What a column becomes: a value by way of its type's input function, or,
 * without one, NULL, where a domain may not allow it.
 */
static Datum
input_column(RowMemo *memo, Form_pg_attribute attribute, const float8 *value)
{
	RowColumn  *column = &memo->columns[attribute->attnum - 1];
	char		digits[REDDICT_NUMBER_LEN];
	ErrorContextCallback callback = {error_context_stack, column_error, attribute};
	Datum		result;

	if (value && attribute->atttypid == FLOAT8OID)
		return Float8GetDatum(*value);
	if (!OidIsValid(column->input.fn_oid))
	{
		Oid			function;

		getTypeInputInfo(attribute->atttypid, &function, &column->ioparam);
		fmgr_info_cxt(function, &column->input, memo->context);
	}
	error_context_stack = &callback;
	result = InputFunctionCall(&column->input, value ? column_text(*value, digits) : NULL,
							   column->ioparam, attribute->atttypmod);
	error_context_stack = callback.previous;
	return result;
}

/*
 * Give the columns the values of the keys of their names.  Without "base" the
 * others have to allow NULL; with it they are right already.
 */
static void
populate_columns(RowMemo *memo, TupleDesc desc, const RedDictView *map,
				 bool has_base, Datum *values, bool *nulls)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		int32		position;
		float8		value;

		if (attribute->attisdropped)
			continue;
		position = reddict_key_index_find(reddict_open_keys(&map->index), NameStr(attribute->attname),
										  strlen(NameStr(attribute->attname)));
		if (position < 0 && has_base)
			continue;
		if (position >= 0)
			value = map->values[position];
		values[i] = input_column(memo, attribute, position >= 0 ? &value : NULL);
		nulls[i] = position < 0;
	}
}

/*
 * The row type that a query gives the columns of, as in AS x(a float8), by its
 * typmod.  Error: invalid_parameter_value where it gives none.
 */
static int32
queried_row_type(FunctionCallInfo fcinfo)
{
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("could not determine row type for result of %s", "rd_populate"),
				errhint("Provide a non-null record argument, "
						"or call the function in the FROM clause "
						"using a column definition list."));
	return BlessTupleDesc(desc)->tdtypmod;
}

/*
 * rd_populate(base anyelement, m reddict) returns anyelement
 *
 * The row "base" with the values of m in the columns that are named as its
 * keys, each through the input function of the column's type; other columns
 * keep what they have in "base", and are NULL where that is a NULL of a row
 * type; keys without a column are ignored.  For a NULL map "base" as it is.
 *
 * Errors: those of input functions and of domains; datatype_mismatch where
 * "base" is no row; invalid_parameter_value where it is a NULL of no certain
 * row type.
 */
Datum
rd_populate(PG_FUNCTION_ARGS)
{
	RowMemo    *memo = row_memo(fcinfo);
	HeapTupleHeader base = NULL;
	Oid			type;
	int32		typmod;
	TupleDesc	desc;
	uint64		identifier;
	RedDictView map;
	Datum	   *values;
	bool	   *nulls;
	Datum		result;

	learn_declared(fcinfo, memo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	type = memo->row_type;
	typmod = memo->row_typmod;
	if (!PG_ARGISNULL(0))
	{
		base = PG_GETARG_HEAPTUPLEHEADER(0);
		type = HeapTupleHeaderGetTypeId(base);
		typmod = HeapTupleHeaderGetTypMod(base);
	}
	else if (type == RECORDOID)
		typmod = queried_row_type(fcinfo);

	desc = lookup_rowtype_tupdesc(type, typmod);
	identifier = assign_record_type_identifier(type, typmod);
	if (memo->identifier != identifier)
	{
		memo->identifier = 0;
		MemoryContextReset(memo->context);
		memo->columns = MemoryContextAllocZero(memo->context,
												desc->natts * sizeof(RowColumn));
		memo->identifier = identifier;
	}

	if (base)
		deform_row(base, desc, &values, &nulls);
	else
	{
		values = palloc0(desc->natts * sizeof(Datum));
		nulls = palloc(desc->natts * sizeof(bool));
		memset(nulls, true, desc->natts * sizeof(bool));
	}
	PG_GETARG_REDDICT_VIEW(1, &map);
	populate_columns(memo, desc, &map, base != NULL, values, nulls);
	result = HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
	ReleaseTupleDesc(desc);

	if (memo->declared != memo->row_type)
		domain_check(result, false, memo->declared, &memo->domain_info,
					 fcinfo->flinfo->fn_mcxt);
	PG_RETURN_DATUM(result);
}
