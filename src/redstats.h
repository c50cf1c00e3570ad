/*
 * redstats.h
 *	  Statistics of many maps.
 */
#ifndef REDBEAR_REDSTATS_H
#define REDBEAR_REDSTATS_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* What the input is to be, for the hint of an error about one that is not */
#define REDSTATS_OBJECT_HINT \
	"A redstats is a JSON object, such as {\"key\": [2, 4, 2, 1, 3]}."

/* Likewise a member */
#define REDSTATS_MEMBER_HINT \
	"Values must be arrays of five numbers: count, sum, sum of squared differences from the mean, minimum, maximum."

extern bool redstats_valid(const float8 *numbers);

#pragma GCC visibility pop

#endif							/* REDBEAR_REDSTATS_H */
