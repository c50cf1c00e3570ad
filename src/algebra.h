/*
 * algebra.h
 *	  Operations on two values.
 */
#ifndef REDBEAR_ALGEBRA_H
#define REDBEAR_ALGEBRA_H

#include "state.h"

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
	const RedDictUpdate *update;	/* in place, or NULL: it can't be */
} RedDictOperation;

/* Two sides' values, key by key */
typedef struct AlignedValues
{
	KeyIndex	index;
	const unaligned_double *left;
	const unaligned_double *right;
} AlignedValues;

extern const RedDictOperation reddict_plus;
extern const RedDictOperation reddict_minus;
extern const RedDictOperation reddict_times;
extern const RedDictOperation reddict_right;
extern const RedDictOperation reddict_least;
extern const RedDictOperation reddict_greatest;

extern void reddict_align_values(const RedDictOperation *operation,
								 const RedDictView *a, const RedDictView *b,
								 AlignedValues *aligned);
extern struct varlena *reddict_operate_scalar(KernelOp kernel,
											  KernelShape shape,
											  const RedDictView *map,
											  float8 scalar);
extern bool reddict_update_maps(const RedDictOperation *operation,
								const RedDictView *a, const RedDictView *b);
extern void reddict_update_scalar(KernelOp kernel, KernelShape shape,
								  const RedDictView *map, float8 scalar);
extern bool reddict_key_mode(const text *name, KeyMode *keys);
extern const char *reddict_key_mode_name(KeyMode keys);
extern RedDictOperation reddict_filled(const RedDictOperation *operation,
									   float8 fill, KeyMode keys);
extern struct varlena *reddict_sum_pairs(const RedDictPairs *pairs);
extern struct varlena *reddict_operate(const RedDictOperation *operation,
									   const RedDictView *a,
									   const RedDictView *b);

#pragma GCC visibility pop

#endif							/* REDBEAR_ALGEBRA_H */
