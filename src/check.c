/*
 * check.c
 *	  Is a stored value sound?
 *
 * Readers of a value look at its head, and take the rest for what the builder
 * promised: to look at all of a key index takes longer than to add its values.
 * This looks at everything, for those who search a table for damage.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/resowner.h"

#include "redhist.h"
#include "redstats.h"
#include "redsum.h"

PG_FUNCTION_INFO_V1(reddict_check);
PG_FUNCTION_INFO_V1(redstats_check);
PG_FUNCTION_INFO_V1(redsum_check);
PG_FUNCTION_INFO_V1(redhist_check);

/* Is this an error that tells of damage? */
static bool
is_damage(const ErrorData *error)
{
	return ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INTERNAL_ERROR ||
		ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_SYSTEM_ERROR;
}

/* A value that is checked, and what reading it finds */
typedef struct CheckedValue
{
	struct varlena *value;
	KeyIndex	index;
	const char *problem;
} CheckedValue;

/*
 * Read a value by a function that raises errors where it can't be read: what
 * these say is the problem.  A subtransaction gives back what they left open.
 */
static void
read_guarded(void (*read) (CheckedValue *), CheckedValue *checked)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		read(checked);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (!is_damage(error))
			ReThrowError(error);
		checked->problem = error->message;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
}

/* Fetch and decompress a value. */
static void
detoast(CheckedValue *checked)
{
	checked->value = pg_detoast_datum_packed(checked->value);
}

/* Read all sums of a redsum. */
static void
read_sums(CheckedValue *checked)
{
	RedSumView	view;
	ExactSum	sum;

	redsum_view(PointerGetDatum(checked->value), &view);
	for (int32 i = 0; i < view.index.n; i++)
		redsum_get(&view, i, &sum);
	checked->index = view.index;
	if (view.settled && view.next != view.end)
		checked->problem = "size of the sums is wrong";
}

/* Read all histograms of a redhist. */
static void
read_histograms(CheckedValue *checked)
{
	RedHistView view;

	redhist_view(PointerGetDatum(checked->value), &view);
	redhist_read(&view);
	checked->index = view.index;
	for (int32 i = 0; i < view.index.n && checked->problem == NULL; i++)
	{
		const char *problem = histogram_problem(&view.histograms[i]);
		const char *key;
		uint32		len;

		if (problem == NULL)
			continue;
		reddict_key_index_get(reddict_open_keys(&view.index), i, &key, &len);
		checked->problem = psprintf("histogram of key %s %s", reddict_key_quote(key, len), problem);
	}
}

/* What is wrong with what comes before the keys of a payload, or NULL. */
static const char *
check_front(const char *data, Size size, RedDictKind kind)
{
	KeyIndex	index;
	NarrowNumbers numbers;

	if (reddict_read_head(data, size, kind, &index))
		return NULL;
	if (kind == REDDICT_MAP && reddict_read_narrow(data, size, &index, &numbers))
	{
		const char *problem = reddict_narrow_check(&numbers);

		index.block = data + REDDICT_VALUES_OFFSET + numbers.size;
		if (problem == NULL && !index.shared && !reddict_key_index_fits(&index))
			problem = "lengths of keys are wrong";
		return problem;
	}
	return reddict_head_problem(data, size, kind);
}

/* What is wrong with the statistics of a view, or NULL. */
static const char *
check_statistics(const RedDictView *view)
{
	for (int32 i = 0; i < view->index.n; i++)
	{
		float8		numbers[KERNEL_STATS_PLANES];
		const char *key;
		uint32		len;

		for (int plane = 0; plane < KERNEL_STATS_PLANES; plane++)
			numbers[plane] = reddict_plane(view, plane)[i];
		if (redstats_valid(numbers))
			continue;
		reddict_key_index_get(reddict_open_keys(&view->index), i, &key, &len);
		return psprintf("no valid statistics of key %s", reddict_key_quote(key, len));
	}
	return NULL;
}

/* What is wrong with the keys of a value, or NULL. */
static const char *
check_keys(const KeyIndex *index)
{
	if (reddict_try_open_keys(index) == NULL)
		return psprintf("shared key index " INT64_FORMAT " of %d keys is not registered",
						(int64) index->hash, index->n);
	return reddict_key_index_check(index);
}

/* What is wrong with a map or statistics, or NULL. */
static const char *
check_numbers(struct varlena *value, RedDictKind kind)
{
	CheckedValue checked = {.value = value};
	RedDictView view;

	if (VARATT_IS_EXTERNAL_EXPANDED(value))
		reddict_view_kind(PointerGetDatum(value), kind, &view);
	else
	{
		if (VARATT_IS_COMPRESSED(value) || VARATT_IS_EXTERNAL(value))
			read_guarded(detoast, &checked);
		value = checked.value;
		if (checked.problem == NULL)
			checked.problem = check_front(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), kind);
		if (checked.problem != NULL)
			return checked.problem;
		reddict_view_flat(value, kind, &view);
	}
	checked.problem = check_keys(&view.index);
	if (checked.problem == NULL && kind == REDDICT_STATISTICS)
		checked.problem = check_statistics(&view);
	return checked.problem;
}

/* What is wrong with what a function reads, or NULL. */
static const char *
check_parts(struct varlena *value, void (*read) (CheckedValue *))
{
	CheckedValue checked = {.value = value};

	read_guarded(read, &checked);
	return checked.problem != NULL ? checked.problem : check_keys(&checked.index);
}

static Datum
problem_datum(FunctionCallInfo fcinfo, const char *problem)
{
	if (problem == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem));
}

/*
 * rd_check(m reddict) returns text
 *
 * NULL for a value that is sound; else what is wrong: that it can't be fetched
 * or decompressed, its head or size, the lengths, offsets, order or hash of its
 * keys, or that they are not registered.  Numbers can't be wrong, but those of
 * statistics, sums and histograms.  Strict; no errors but of what has nothing to do with the value,
 * such as a cancel or a lack of memory.
 */
Datum
reddict_check(PG_FUNCTION_ARGS)
{
	return problem_datum(fcinfo, check_numbers((struct varlena *) PG_GETARG_POINTER(0), REDDICT_MAP));
}

/* rd_check(s redstats) returns text: as for a map. */
Datum
redstats_check(PG_FUNCTION_ARGS)
{
	return problem_datum(fcinfo, check_numbers((struct varlena *) PG_GETARG_POINTER(0), REDDICT_STATISTICS));
}

/* rd_check(s redsum) returns text: as for a map. */
Datum
redsum_check(PG_FUNCTION_ARGS)
{
	return problem_datum(fcinfo, check_parts((struct varlena *) PG_GETARG_POINTER(0), read_sums));
}

/* rd_check(h redhist) returns text: as for a map. */
Datum
redhist_check(PG_FUNCTION_ARGS)
{
	return problem_datum(fcinfo, check_parts((struct varlena *) PG_GETARG_POINTER(0), read_histograms));
}
