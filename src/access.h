/*
 * access.h
 *	  Keys as SQL gives them.
 */
#ifndef REDBEAR_ACCESS_H
#define REDBEAR_ACCESS_H

#include "utils/array.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern int	reddict_choice(const text *name, const char *argument,
						   const char *const *names, int n);
extern KeyEntry *reddict_array_entries(ArrayType *array, bool for_result,
									   int32 *n);

#pragma GCC visibility pop

/* SQL functions by which operators are recognised */
extern PGDLLEXPORT Datum rd_exists(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_exists_any(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_exists_all(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_contains(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_contained(PG_FUNCTION_ARGS);

#endif							/* REDBEAR_ACCESS_H */
