/*
 * ship.h
 *	  Calls as foreign servers take them.
 */
#ifndef REDBEAR_SHIP_H
#define REDBEAR_SHIP_H

#include "nodes/primnodes.h"

#pragma GCC visibility push(hidden)

extern Node *reddict_without_collation(const FuncExpr *call);

#pragma GCC visibility pop

#endif							/* REDBEAR_SHIP_H */
