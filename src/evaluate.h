/*
 * evaluate.h
 *	  Run programs.
 */
#ifndef REDBEAR_EVALUATE_H
#define REDBEAR_EVALUATE_H

#include "fmgr.h"

#pragma GCC visibility push(hidden)
extern bool reddict_runs_programs(Oid function);
#pragma GCC visibility pop

extern PGDLLEXPORT Datum rd_evaluate(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_evaluate_number(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum rd_evaluate_text(PG_FUNCTION_ARGS);

#endif							/* REDBEAR_EVALUATE_H */
