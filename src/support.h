/*
 * support.h
 *	  What the planner asks of redbear's functions.
 */
#ifndef REDBEAR_SUPPORT_H
#define REDBEAR_SUPPORT_H

#include "nodes/nodes.h"

#pragma GCC visibility push(hidden)

extern void reddict_unpack_constants(Node *request);

#pragma GCC visibility pop

#endif							/* REDBEAR_SUPPORT_H */
