/*
 * percentile.c
 *	  Percentiles of numbers, and of the values of a map.
 *
 * The numbers that are wanted are selected: those of many fractions in parts of
 * what is left by the ones before, so it never takes longer than a sort.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"

#include "percentile.h"
#include "reddict.h"

PG_FUNCTION_INFO_V1(rd_percentile);
PG_FUNCTION_INFO_V1(rd_median);

/* Fractions for which memory on the stack is enough */
#define FEW_FRACTIONS 8

#define ST_SORT sort_numbers
#define ST_ELEMENT_TYPE float8
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

#define ST_SORT sort_places
#define ST_ELEMENT_TYPE int32
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define SELECT_NAME select_number
#define SELECT_TYPE float8
#define SELECT_BEFORE(a, b) (*(a) < *(b))
#define SELECT_SORT(numbers, n) sort_numbers(numbers, n)
#include "selection.h"

/*
 * Refuse a fraction that is not between 0 and 1, as core does:
 * numeric_value_out_of_range.
 */
void
reddict_check_fraction(float8 fraction)
{
	if (!(fraction >= 0 && fraction <= 1))
		ereport(ERROR,
				errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				errmsg("percentile value %g is not between 0 and 1", fraction));
}

/*
 * The fractions of an array, in the current memory context.  Error:
 * numeric_value_out_of_range.
 */
void
reddict_read_fractions(ArrayType *array, PercentileFractions *fractions)
{
	Datum	   *elements;

	fractions->array = array;
	fractions->given = 0;
	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &elements, &fractions->nulls, &fractions->n);
	fractions->fractions = palloc(fractions->n * sizeof(float8));
	for (int i = 0; i < fractions->n; i++)
	{
		float8		fraction = DatumGetFloat8(elements[i]);

		if (fractions->nulls[i])
			continue;
		reddict_check_fraction(fraction);
		fractions->fractions[fractions->given++] = fraction;
	}
	pfree(elements);
}

/*
 * An array of the same shape: what there is for each fraction that is not NULL,
 * of one of our types, and NULL for the others.
 */
ArrayType *
reddict_fractions_result(const PercentileFractions *fractions, const Datum *results, Oid type)
{
	const ArrayType *array = fractions->array;
	Datum	   *elements = palloc0(fractions->n * sizeof(Datum));
	int			next = 0;

	for (int i = 0; i < fractions->n; i++)
	{
		if (!fractions->nulls[i])
			elements[i] = results[next++];
	}
	if (fractions->n == 0)
		return construct_empty_array(type);
	return construct_md_array(elements, fractions->nulls, ARR_NDIM(array), ARR_DIMS(array),
							  ARR_LBOUND(array), type, -1, false, TYPALIGN_INT);
}

/* Move NaN, which is the largest, behind all other numbers; returns how many these are. */
static int32
move_nan_last(float8 *numbers, int32 n)
{
	int32		i = 0;

	while (i < n)
	{
		float8		number = numbers[i];

		if (likely(!isnan(number)))
			i++;
		else
		{
			numbers[i] = numbers[--n];
			numbers[n] = number;
		}
	}
	return n;
}

/*
 * Bring to some places, in ascending order, from "low" to before "high", the
 * numbers that a sort would bring there, of which all before and after these
 * are where they belong.
 */
static void
select_places(float8 *numbers, int32 low, int32 high, const int32 *places, int nplaces)
{
	while (nplaces > 0)
	{
		int			middle = (nplaces - 1) / 2;
		int32		place = places[middle];

		select_number(numbers + low, high - low, place - low);
		select_places(numbers, low, place, places, middle);
		low = place + 1;
		places += middle + 1;
		nplaces -= middle + 1;
	}
}

/*
 * The values below which some fractions of n numbers are, at least one.  The
 * numbers are left in another order.
 */
void
reddict_percentiles(float8 *numbers, int32 n, const float8 *fractions, int nfractions,
					float8 *results)
{
	int32		few[2 * FEW_FRACTIONS];
	int32	   *places = nfractions > FEW_FRACTIONS ? palloc(2 * nfractions * sizeof(int32)) : few;
	int32		high = move_nan_last(numbers, n);
	int			wanted = 0;

	for (int i = 0; i < nfractions; i++)
	{
		PercentilePlace place = reddict_percentile_place(fractions[i], n);

		places[2 * i] = place.first;
		places[2 * i + 1] = place.second;
	}
	if (nfractions > 1)
		sort_places(places, 2 * nfractions);
	/* each of them once; NaN is where it belongs */
	for (int i = 0; i < 2 * nfractions; i++)
	{
		if (places[i] < high && (wanted == 0 || places[i] != places[wanted - 1]))
			places[wanted++] = places[i];
	}
	select_places(numbers, 0, high, places, wanted);
	for (int i = 0; i < nfractions; i++)
	{
		PercentilePlace place = reddict_percentile_place(fractions[i], n);

		results[i] = reddict_percentile_at(&place, numbers[place.first], numbers[place.second]);
	}
	if (places != few)
		pfree(places);
}

/* The percentile of a map's values; false for an empty map. */
static bool
percentile(Datum datum, float8 fraction, float8 *result)
{
	RedDictView map;
	Size		size;
	float8	   *numbers;

	reddict_view(datum, &map);
	if (map.index.n == 0)
		return false;
	size = map.index.n * sizeof(float8);
	numbers = memcpy(palloc(size), map.values, size);
	reddict_percentiles(numbers, map.index.n, &fraction, 1, result);
	pfree(numbers);
	return true;
}

/*
 * rd_percentile(m reddict, fraction float8) returns float8
 *
 * What percentile_cont(fraction) gives over the values of a map, but for the
 * sign of zero: between two values it interpolates; NaN is the largest.  NULL
 * for an empty map.  Error: numeric_value_out_of_range for a fraction that is
 * not between 0 and 1.
 */
Datum
rd_percentile(PG_FUNCTION_ARGS)
{
	float8		fraction = PG_GETARG_FLOAT8(1);
	float8		result;

	reddict_check_fraction(fraction);
	if (!percentile(PG_GETARG_DATUM(0), fraction, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

/* rd_median(m reddict) returns float8: rd_percentile(m, 0.5). */
Datum
rd_median(PG_FUNCTION_ARGS)
{
	float8		result;

	if (!percentile(PG_GETARG_DATUM(0), 0.5, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}
