/*
 * arguments.h
 *	  Arguments as SQL gives them: names of choices, arrays of keys.
 */
#ifndef REDBEAR_ARGUMENTS_H
#define REDBEAR_ARGUMENTS_H

#include "utils/array.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern int	reddict_find_choice(const text *name, const char *const *names, int n);
extern int	reddict_choice(const text *name, const char *argument,
						   const char *const *names, int n);
extern void reddict_array_elements(ArrayType *array, Datum **keys,
								   bool **nulls, int *n);
extern KeyEntry *reddict_array_entries(ArrayType *array, bool for_result,
									   int32 *n);

#pragma GCC visibility pop

#endif							/* REDBEAR_ARGUMENTS_H */
