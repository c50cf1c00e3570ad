/*
 * arguments.c
 *	  Arguments as SQL gives them: names of choices, arrays of keys.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"

#include "arguments.h"

/* Which of some names an argument is, from 0; -1 for none of them. */
int
reddict_find_choice(const text *name, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (strlen(names[i]) == VARSIZE_ANY_EXHDR(name) &&
			memcmp(names[i], VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0)
			return i;
	}
	return -1;
}

/* The same.  Error: invalid_parameter_value, for none, with all in the hint. */
int
reddict_choice(const text *name, const char *argument,
			   const char *const *names, int n)
{
	StringInfoData all;
	int			choice = reddict_find_choice(name, names, n);

	if (choice >= 0)
		return choice;

	initStringInfo(&all);
	for (int i = 0; i < n; i++)
		appendStringInfo(&all, "%s%s", i > 0 ? ", " : "", names[i]);
	ereport(ERROR,
			errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("invalid value for argument \"%s\": %s", argument,
				   reddict_key_quote(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name))),
			errhint("Available values: %s.", all.data));
}

/*
 * The elements of a text[]; see reddict_array_entries() for one that will be
 * sorted.  Any number of dimensions, as core's operators on arrays of keys.
 */
void
reddict_array_elements(ArrayType *array, Datum **keys, bool **nulls, int *n)
{
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, keys, nulls, n);
}

/*
 * The elements of a text[] as entries of a key index, whose source is the
 * number of the element.  Errors, if "for_result": null_value_not_allowed,
 * program_limit_exceeded; otherwise NULL elements are left out, and keys too
 * long for any map are among the entries.
 */
KeyEntry *
reddict_array_entries(ArrayType *array, bool for_result, int32 *n)
{
	Datum	   *keys;
	bool	   *nulls;
	int			nkeys;
	KeyEntry   *entries;

	reddict_array_elements(array, &keys, &nulls, &nkeys);
	entries = palloc(nkeys * sizeof(KeyEntry));
	*n = 0;
	for (int i = 0; i < nkeys; i++)
	{
		text	   *key;
		KeyEntry   *entry = &entries[*n];

		if (nulls[i] && for_result)
			ereport(ERROR,
					errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("null value not allowed for reddict key"),
					errdetail("Element %d of the keys is null.", i + 1));
		if (nulls[i])
			continue;
		key = DatumGetTextPP(keys[i]);
		entry->key = VARDATA_ANY(key);
		entry->len = VARSIZE_ANY_EXHDR(key);
		entry->source = i;
		if (for_result)
			(void) reddict_check_key(entry, NULL);
		(*n)++;
	}
	return entries;
}
