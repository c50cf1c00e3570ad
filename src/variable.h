/*
 * variable.h
 *	  Maps in variables of PL/pgSQL.
 */
#ifndef REDBEAR_VARIABLE_H
#define REDBEAR_VARIABLE_H

#include "nodes/nodes.h"

#pragma GCC visibility push(hidden)

extern bool reddict_is_variable(const Node *expr);
extern Datum reddict_expand_variable(Datum map);
extern Node *reddict_in_place(Node *request);

#pragma GCC visibility pop

#endif							/* REDBEAR_VARIABLE_H */
