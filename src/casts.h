/*
 * casts.h
 *	  What a jsonb object is as a map.
 */
#ifndef REDBEAR_CASTS_H
#define REDBEAR_CASTS_H

#include "utils/jsonb.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern void reddict_check_jsonb_object(Jsonb *jsonb);
extern float8 reddict_jsonb_member_value(const JsonbValue *key,
										 const JsonbValue *value);

#pragma GCC visibility pop

#endif							/* REDBEAR_CASTS_H */
