/*
 * redsum.c
 *	  The layout of a redsum: look at one, settle one, compare, read sums.
 *
 * redsum.h draws the layout.  redsum_state.c adds to states, redsum_io.c reads
 * and prints.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "compare.h"
#include "redsum.h"
#include "redsum_state.h"
#include "subset.h"

/* --- looking at one -------------------------------------------------------- */

/* Look at a settled value; false if it is none. */
static bool
view_settled(const char *data, Size size, RedSumView *view)
{
	if (!reddict_parts_view(data, size, REDDICT_SUMS, &view->index, &view->sums, &view->end))
		return false;
	view->settled = true;
	view->maps = 1;
	view->next = view->sums;
	return true;
}

/*
 * Do all elements lie where they can, and have their ExactFars?  A state may
 * come from a table.
 */
static bool
is_sound(const TailedState *state)
{
	uint32		used = redsum_tail(state)->used;

	if (used > (uint32) state->index.n || redsum_tail_size(used) > state->tail_size)
		return false;
	for (int32 i = 0; i < state->index.n; i++)
	{
		if (!exact_sum_is_sound(redsum_element(state->elements, i), (int) used))
			return false;
	}
	return true;
}

/* Look at a state, expanded or not; an error if it is neither that nor settled. */
void
redsum_state_view(Datum value, TailedState *state)
{
	struct varlena *ptr = (struct varlena *) DatumGetPointer(value);

	if (VARATT_IS_EXTERNAL_EXPANDED(ptr))
		reddict_tailed_expanded(reddict_expanded_get(value), state);
	else if (!reddict_tailed_flat(&redsum_state_kind, ptr, state))
		reddict_refuse(VARDATA_ANY(ptr), VARSIZE_ANY_EXHDR(ptr), REDDICT_SUMS);
	else if (!is_sound(state))
		ereport(ERROR,
				errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("invalid redsum: its state is damaged"));
}

/* Look at a redsum, a state or settled; an expanded one is a state. */
void
redsum_view(Datum value, RedSumView *view)
{
	struct varlena *ptr = (struct varlena *) DatumGetPointer(value);
	TailedState state;

	view->detoasted = NULL;
	if (!VARATT_IS_EXTERNAL_EXPANDED(ptr))
	{
		struct varlena *flat = PG_DETOAST_DATUM_PACKED(value);

		if (flat != ptr)
			view->detoasted = ptr = flat;
		if (view_settled(VARDATA_ANY(ptr), VARSIZE_ANY_EXHDR(ptr), view))
			return;
	}
	redsum_state_view(PointerGetDatum(ptr), &state);
	view->index = state.index;
	view->settled = false;
	view->maps = redsum_tail(&state)->maps;
	view->elements = state.elements;
	view->fars = redsum_state_fars(&state);
	view->pending = redsum_tail(&state)->pending;
}

/* Free what a view copied; see reddict_view_release(). */
void
redsum_release(RedSumView *view)
{
	if (view->detoasted)
		pfree(view->detoasted);
}

/* Look at what is stored, printed and compared of a redsum. */
void
redsum_view_settled(Datum value, RedSumView *view)
{
	redsum_view(value, view);
	if (!view->settled)
	{
		struct varlena *settled = redsum_settle(view);

		redsum_release(view);
		redsum_view(PointerGetDatum(settled), view);
		view->detoasted = settled;
	}
}

/* --- sums as bytes --------------------------------------------------------- */

pg_noreturn static void
refuse_sums(void)
{
	ereport(ERROR,
			errcode(ERRCODE_DATA_CORRUPTED),
			errmsg("invalid redsum: its sums are damaged"));
}

/* Read a count, or what else is a varint of at most 63 bits; -1 if there is none. */
static int64
read_varint(RedSumView *view)
{
	uint64		number;

	return reddict_read_varint(&view->next, view->end, &number) ? (int64) number : -1;
}

/* Append a sum, which is valid and of some rows, to those of a value. */
void
redsum_append(StringInfo sums, const ExactSum *sum)
{
	const ExactNumber *number = &sum->number;
	bool		special = sum->nan > 0 || sum->plus > 0 || sum->minus > 0;
	int			bytes = (exact_number_bits(number) - number->position + 7) / 8;

	reddict_append_varint(sums, sum->count);
	reddict_append_varint(sums, 4 * bytes + 2 * special + number->negative);
	if (bytes > 0)
	{
		uint16		position = number->position;

		appendBinaryStringInfo(sums, (char *) &position, sizeof(position));
	}
	for (int i = 0; i < bytes; i++)
		appendStringInfoChar(sums, (char) (number->digits[i / 4] >> 8 * (i % 4)));
	if (special)
	{
		reddict_append_varint(sums, sum->nan);
		reddict_append_varint(sums, sum->plus);
		reddict_append_varint(sums, sum->minus);
	}
}

/* Read the next sum of a settled value; false if it is none. */
static bool
read_sum(RedSumView *view, ExactSum *sum)
{
	ExactNumber *number = &sum->number;
	int64		shape;
	int			bytes;
	uint16		position = 0;

	sum->count = read_varint(view);
	shape = read_varint(view);
	if (sum->count <= 0 || shape < 0 || shape / 4 > (int64) sizeof(number->digits))
		return false;
	bytes = (int) (shape / 4);
	if (bytes > 0)
	{
		if (view->end - view->next < (ptrdiff_t) sizeof(position) + bytes)
			return false;
		memcpy(&position, view->next, sizeof(position));
		view->next += sizeof(position);
	}
	number->negative = (shape & 1) != 0;
	number->position = position;
	number->n = (bytes + 3) / 4;
	for (int i = 0; i < number->n; i++)
	{
		number->digits[i] = 0;
		for (int byte = 4 * i; byte < Min(4 * i + 4, bytes); byte++)
			number->digits[i] |= (uint32) *view->next++ << 8 * (byte % 4);
	}
	sum->nan = sum->plus = sum->minus = 0;
	if ((shape & 2) != 0)
	{
		sum->nan = read_varint(view);
		sum->plus = read_varint(view);
		sum->minus = read_varint(view);
		if (sum->nan < 0 || sum->plus < 0 || sum->minus < 0)
			return false;
	}
	exact_number_trim(number);
	return exact_sum_valid(sum);
}

/*
 * The sum of the key at a position; to be called for one position after the
 * other, from 0.  Of a state its count may be 0, which means: no such key.
 */
void
redsum_get(RedSumView *view, int32 position, ExactSum *sum)
{
	if (view->settled)
	{
		if (!read_sum(view, sum))
			refuse_sums();
	}
	else
	{
		exact_sum_get(redsum_element(view->elements, position), view->fars, sum);
		sum->count += view->pending;
	}
}

/*
 * Append the sums of n keys to parts, if that is what these bytes are and
 * nothing else.
 */
bool
redsum_copy_parts(const unsigned char *bytes, const unsigned char *end, int32 n, RedDictParts *parts)
{
	RedSumView	view = {.settled = true,.next = bytes,.end = end};
	ExactSum	sum;

	for (int32 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!read_sum(&view, &sum))
			return false;
		redsum_append(&parts->parts, &sum);
	}
	return view.next == view.end;
}

/* --- building one ---------------------------------------------------------- */

/* Make a settled value of a complete key index and the sums of its keys. */
struct varlena *
redsum_build(const KeyIndex *index, const StringInfoData *sums)
{
	return reddict_parts_build(REDDICT_SUMS, index, sums->data, sums->len, 0);
}

/* Refuse a count that is larger than all doubles up to it are exact. */
void
redsum_refuse_count(const char *key, uint32 len)
{
	ereport(ERROR,
			errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			errmsg("too many rows in a redsum"),
			errdetail("The key is %s; the limit is " INT64_FORMAT " rows.",
					  reddict_key_quote(key, len), (int64) EXACT_MAX_COUNT));
}

/*
 * Raise an error if the counts or the sum of a key can't be those of any rows:
 * some were subtracted that had not been added, or there are too many.
 */
static void
check_sum(const ExactSum *sum, const KeyIndex *index, int32 position)
{
	const char *key;
	uint32		len;

	if (likely(exact_sum_valid(sum) && (sum->count > 0 || sum->number.n == 0)))
		return;
	reddict_key_index_get(reddict_open_keys(index), position, &key, &len);
	if (sum->count > EXACT_MAX_COUNT)
		redsum_refuse_count(key, len);
	ereport(ERROR,
			errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			errmsg("rows can't be subtracted that are not in the redsum"),
			errdetail("The key is %s.", reddict_key_quote(key, len)));
}

/*
 * What a redsum is without keys that have gone, as a new settled value.
 *
 * Errors: numeric_value_out_of_range where rows were subtracted that had not
 * been added, with the key; program_limit_exceeded.
 */
struct varlena *
redsum_settle(RedSumView *view)
{
	int32	   *positions = palloc(view->index.n * sizeof(int32));
	int32		n = 0;
	StringInfoData sums;
	KeyIndex	index;
	ExactSum	sum;

	initStringInfo(&sums);
	for (int32 i = 0; i < view->index.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		redsum_get(view, i, &sum);
		check_sum(&sum, &view->index, i);
		if (sum.count == 0)
			continue;
		positions[n++] = i;
		redsum_append(&sums, &sum);
	}
	reddict_subset_keys(&index, &view->index, positions, n);
	return redsum_build(&index, &sums);
}

/* --- reading sums ---------------------------------------------------------- */

/* What can be had from an exact sum; false if it is beyond DBL_MAX */
typedef bool (*SumReader) (RedSumView *view, int32 position, ExactSum *sum, float8 *result);

/*
 * A map of what each key's sum gives; NULL from the state of an aggregate over
 * no maps.  It is made narrow where the numbers may allow that and it is likely
 * to be kept, as what a window gives for each row is not.
 */
static Datum
read_sums(FunctionCallInfo fcinfo, SumReader reader, bool narrow)
{
	struct varlena *map;
	RedSumView	view;
	RedDictView all;
	float8	   *results;
	int32	   *positions;
	int32		n = 0;
	ExactSum	sum;

	redsum_view(PG_GETARG_DATUM(0), &view);
	if (view.maps == 0)
		PG_RETURN_NULL();
	results = palloc(view.index.n * sizeof(float8));
	positions = palloc(view.index.n * sizeof(int32));
	for (int32 i = 0; i < view.index.n; i++)
	{
		bool		representable = reader(&view, i, &sum, &results[i]);

		CHECK_FOR_INTERRUPTS();
		if (sum.count == 0)
			continue;
		positions[n++] = i;
		if (unlikely(!representable))
			reddict_check_fault((KernelFault) {KERNEL_OVERFLOW, i}, &view.index);
	}
	reddict_view_numbers(&view.index, results, false, &all);
	map = reddict_take(&all, positions, n);
	PG_RETURN_REDDICT(narrow && AggCheckCallContext(fcinfo, NULL) != AGG_CONTEXT_WINDOW ?
					  reddict_narrow(map) : map);
}

static bool
read_rounded(RedSumView *view, int32 position, ExactSum *sum, float8 *result)
{
	if (!view->settled)
	{
		ExactElements element = redsum_element(view->elements, position);

		sum->count = *exact_plane(element, EXACT_COUNT) + view->pending;
		return exact_sum_read(element, view->fars, result);
	}
	redsum_get(view, position, sum);
	return exact_sum_round(sum, result);
}

static bool
read_average(RedSumView *view, int32 position, ExactSum *sum, float8 *result)
{
	redsum_get(view, position, sum);
	return sum->count == 0 || exact_sum_average(sum, result);
}

static bool
read_count(RedSumView *view, int32 position, ExactSum *sum, float8 *result)
{
	if (view->settled)
		redsum_get(view, position, sum);
	else
		sum->count = *exact_plane(redsum_element(view->elements, position), EXACT_COUNT) + view->pending;
	*result = sum->count;
	return true;
}

PG_FUNCTION_INFO_V1(rx_sum);
PG_FUNCTION_INFO_V1(rx_avg);
PG_FUNCTION_INFO_V1(rx_count);

/*
 * rx_sum(redsum) returns reddict, and rd_exact_sum_agg()'s final function
 *
 * Strict.  The sum of each key, rounded once; +0 if it is exactly 0, and NaN or
 * an infinity by float8's rules.  Error: numeric_value_out_of_range where it is
 * beyond DBL_MAX, with the key.
 */
Datum
rx_sum(PG_FUNCTION_ARGS)
{
	return read_sums(fcinfo, read_rounded, true);
}

/*
 * rx_avg(redsum) returns reddict, and rd_exact_avg_agg()'s final function
 *
 * Strict; no errors.  The average of each key over the rows that have it: the
 * exact quotient, rounded once.
 */
Datum
rx_avg(PG_FUNCTION_ARGS)
{
	return read_sums(fcinfo, read_average, false);
}

/*
 * rx_count(redsum) returns reddict, and rd_count_agg()'s final function
 *
 * Strict; no errors.  How many rows had each key.
 */
Datum
rx_count(PG_FUNCTION_ARGS)
{
	return read_sums(fcinfo, read_count, true);
}

/* --- equality, order and hashing ------------------------------------------- */

/*
 * Less than, equal to, or greater than 0: by keys as maps are, then key by key:
 * by counts, then by the sums.
 */
static int
compare_arguments(FunctionCallInfo fcinfo)
{
	RedSumView	a;
	RedSumView	b;
	int			cmp;

	redsum_view_settled(PG_GETARG_DATUM(0), &a);
	redsum_view_settled(PG_GETARG_DATUM(1), &b);
	cmp = reddict_compare_keys(&a.index, &b.index);
	for (int32 i = 0; cmp == 0 && i < a.index.n; i++)
	{
		ExactSum	left;
		ExactSum	right;

		redsum_get(&a, i, &left);
		redsum_get(&b, i, &right);
#define COMPARE(x, y) ((x) < (y) ? -1 : (x) > (y))
		cmp = COMPARE(left.count, right.count);
		cmp = cmp ? cmp : COMPARE(left.nan, right.nan);
		cmp = cmp ? cmp : COMPARE(left.plus, right.plus);
		cmp = cmp ? cmp : COMPARE(left.minus, right.minus);
		cmp = cmp ? cmp : exact_number_compare(&left.number, &right.number);
	}
	redsum_release(&a);
	redsum_release(&b);
	return cmp;
}

/* Equal sums have equal bytes. */
static bool
equal_arguments(FunctionCallInfo fcinfo)
{
	RedSumView	a;
	RedSumView	b;
	bool		equal;

	redsum_view_settled(PG_GETARG_DATUM(0), &a);
	redsum_view_settled(PG_GETARG_DATUM(1), &b);
	equal = reddict_same_keys(&a.index, &b.index) && a.end - a.sums == b.end - b.sums &&
		memcmp(a.sums, b.sums, a.end - a.sums) == 0;
	redsum_release(&a);
	redsum_release(&b);
	return equal;
}

static uint64
hash_argument(FunctionCallInfo fcinfo, uint64 seed)
{
	RedSumView	view;
	uint64		hash;

	redsum_view_settled(PG_GETARG_DATUM(0), &view);
	hash = hash_bytes_extended((const unsigned char *) &view.index.hash,
							   sizeof(view.index.hash), seed);
	hash = hash_bytes_extended(view.sums, view.end - view.sums, hash);
	redsum_release(&view);
	return hash;
}

COMPARISON_FUNCTIONS(redsum, equal_arguments(fcinfo), compare_arguments(fcinfo),
					 hash_argument(fcinfo, seed))
