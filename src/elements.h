/*
 * elements.h
 *	  One map to one map with the same keys, value by value.
 */
#ifndef REDBEAR_ELEMENTS_H
#define REDBEAR_ELEMENTS_H

#include "steps.h"

#pragma GCC visibility push(hidden)

extern void reddict_apply_elements(const RedDictStep *step,
								   const NullableDatum *args,
								   const KeyIndex *index, int32 n,
								   const unaligned_double *values,
								   unaligned_double *result);
extern struct varlena *reddict_map_elements(const RedDictStep *step,
											const RedDictView *map,
											const NullableDatum *args);

#pragma GCC visibility pop

#endif							/* REDBEAR_ELEMENTS_H */
