/*
 * io.h
 *	  Reading and printing members, shared by text and JSON forms.
 */
#ifndef REDBEAR_IO_H
#define REDBEAR_IO_H

#include "lib/stringinfo.h"

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern struct varlena *reddict_parse(RedDictKind kind, char *json, int len,
									 FmgrInfo *flinfo, Node *escontext);
extern void reddict_print(RedDictKind kind, Datum value, FmgrInfo *flinfo,
						  StringInfo buf);
extern bool reddict_parse_number(char *number, const char *key, uint32 len,
								 Node *escontext, float8 *value);
extern bool reddict_parse_name(const char *string, int len, float8 *value);
extern void reddict_print_label(const KeyCursor *cursor, StringInfo key,
								StringInfo buf);
extern int	reddict_print_number(float8 value, char *digits);

/* All integers up to here are doubles, and their digits are exact. */
#define EXACT_INTEGER_LIMIT 9007199254740992.0

/* For reddict_print_number(): core's DOUBLE_SHORTEST_DECIMAL_LEN and quotes */
#define REDDICT_NUMBER_LEN 32

/* What the input is to be, for the hint of an error about one that is not */
#define REDDICT_OBJECT_HINT \
	"A reddict is a JSON object, such as {\"key\": 1.5}."

/* What a member may be, for the hint of an error about one that is not */
#define REDDICT_MEMBER_HINT \
	"Values must be numbers, or the strings \"NaN\", \"Infinity\" or \"-Infinity\". rd_from_json() and rd_from_jsonb() have choices for others."

#pragma GCC visibility pop

/* Input functions, by which the types are recognised */
extern PGDLLEXPORT Datum reddict_in(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum redstats_in(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum redsum_in(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum redhist_in(PG_FUNCTION_ARGS);

#endif							/* REDBEAR_IO_H */
