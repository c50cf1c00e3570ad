/*
 * pending.h
 *	  Results that are made narrow when they are stored, and not before.
 */
#ifndef REDBEAR_PENDING_H
#define REDBEAR_PENDING_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

extern Datum reddict_pending(struct varlena *map);
extern struct varlena *reddict_pending_try(const struct varlena *value);

/* The plain map behind a pending one; any other value is what it is. */
static inline struct varlena *
reddict_settled(struct varlena *value)
{
	if (unlikely(VARATT_IS_EXTERNAL_EXPANDED(value)))
	{
		struct varlena *map = reddict_pending_try(value);

		if (map != NULL)
			return map;
	}
	return value;
}

#pragma GCC visibility pop

#endif							/* REDBEAR_PENDING_H */
