/*
 * algebra.h
 *	  Operations on two values.
 */
#ifndef REDBEAR_ALGEBRA_H
#define REDBEAR_ALGEBRA_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* What stands in for the value of a key that one side lacks */
typedef enum FillRule
{
	FILL_CONSTANT,
	FILL_OTHER					/* the value of the side that has it */
} FillRule;

typedef struct RedDictOperation
{
	KernelOp	kernel;
	KeyMode		keys;
	FillRule	rule;
	float8		fill;			/* for FILL_CONSTANT */
} RedDictOperation;

extern const RedDictOperation reddict_plus;
extern const RedDictOperation reddict_least;
extern const RedDictOperation reddict_greatest;

extern struct varlena *reddict_operate(const RedDictOperation *operation,
									   const RedDictView *a,
									   const RedDictView *b);
pg_noreturn extern void reddict_raise(KernelError error, const char *key,
									  uint32 len);
extern void reddict_check_fault(KernelFault fault, const KeyIndex *index);

#pragma GCC visibility pop

#endif							/* REDBEAR_ALGEBRA_H */
