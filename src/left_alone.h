/*
 * left_alone.h
 *	  Which expressions stay as they are written (left_alone.c).
 */
#ifndef REDBEAR_LEFT_ALONE_H
#define REDBEAR_LEFT_ALONE_H

#include "nodes/pathnodes.h"

#pragma GCC visibility push(hidden)

/* A walker of expressions; "root" is the PlannerInfo, or NULL. */
extern bool reddict_is_left_alone(Node *node, void *root);
#if PG_VERSION_NUM < 180000
extern bool reddict_groups_by_computed(const Query *query, Oid map_type);
#endif

#pragma GCC visibility pop

#endif							/* REDBEAR_LEFT_ALONE_H */
