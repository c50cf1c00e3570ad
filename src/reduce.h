/*
 * reduce.h
 *	  One map to one number.
 */
#ifndef REDBEAR_REDUCE_H
#define REDBEAR_REDUCE_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern float8 reddict_view_sum(const RedDictView *map);

#pragma GCC visibility pop

#endif							/* REDBEAR_REDUCE_H */
