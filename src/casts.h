/*
 * casts.h
 *	  What a jsonb object is as a map, and a map as jsonb.
 */
#ifndef REDBEAR_CASTS_H
#define REDBEAR_CASTS_H

#include "utils/jsonb.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* What jsonb is built in; when all is pushed, "result" is it. */
#if PG_VERSION_NUM >= 190000
typedef JsonbInState JsonbBuilder;

static inline void
jsonb_push(JsonbBuilder *builder, JsonbIteratorToken token, JsonbValue *value)
{
	pushJsonbValue(builder, token, value);
}
#else
typedef struct JsonbBuilder
{
	JsonbParseState *state;
	JsonbValue *result;
} JsonbBuilder;

static inline void
jsonb_push(JsonbBuilder *builder, JsonbIteratorToken token, JsonbValue *value)
{
	builder->result = pushJsonbValue(&builder->state, token, value);
}
#endif

extern void reddict_check_jsonb_object(Jsonb *jsonb);
extern void reddict_jsonb_value(float8 value, JsonbValue *result);

#pragma GCC visibility pop

#endif							/* REDBEAR_CASTS_H */
