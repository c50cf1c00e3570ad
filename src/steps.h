/*
 * steps.h
 *	  Steps of expressions: what the functions of numbers do to the numbers.
 *
 * Each function that takes maps and gives one, number by number, is a row of a
 * table, beside the function itself: so an expression of several of them can be
 * evaluated in one pass (program.h), by the same kernels, with the same errors.
 * What makes one number of a map's is a row, too.
 */
#ifndef REDBEAR_STEPS_H
#define REDBEAR_STEPS_H

#include "algebra.h"

#pragma GCC visibility push(hidden)

/*
 * The number that a value is subtracted from where it is negated: -0 - x is -x
 * for every x, where 0 - x is 0, not -0, for 0.
 */
#define NEGATED_FROM (-0.0)

typedef enum StepShape
{
	STEP_MAPS,					/* (map, map) */
	STEP_FILLED,				/* (map, map, fill, keys [, on_zero]) */
	STEP_MAP_NUMBER,			/* (map, number) */
	STEP_NUMBER_MAP,			/* (number, map) */
	STEP_NEGATION,				/* (map) */
	STEP_ELEMENTS,				/* (map [, number [, number]]) */
	STEP_REDUCTION				/* (map), to what is no map */
} StepShape;

/* What is done to a value; "args" are the other arguments of the function. */
typedef float8 (*element_function) (float8 value, const NullableDatum *args);

/* Raises an error if the other arguments of the function are wrong. */
typedef void (*element_check) (const NullableDatum *args);

/* What becomes of all values. */
typedef Datum (*reduction) (const RedDictView *map, bool *isnull);

typedef struct RedDictStep
{
	PGFunction	function;
	const char *name;			/* of the function in SQL; NULL: it is an operator's */
	StepShape	shape;
	const RedDictOperation *operation;	/* of two maps */
	KernelOp	kernel;			/* of a map and a number */
	element_function element;
	element_check check;		/* or NULL */
	int			nargs;			/* of "element", "args" */
	bool		integers;		/* are these int4, not float8? */
	bool		may_fail;		/* may "element" raise an error? */
	reduction	reduce;
} RedDictStep;

/* The functions of algebra.c, elements.c and reduce.c; NULL ends each. */
extern const RedDictStep *const reddict_algebra_steps[];
extern const RedDictStep *const reddict_element_steps[];
extern const RedDictStep *const reddict_reduction_steps[];

/* Each table's steps */
extern const RedDictStep *const *const reddict_step_tables[];

/* A step's number is that of its table, and its own there. */
#define STEPS_IN_TABLE 64

static inline const RedDictStep *
reddict_step(int number)
{
	return reddict_step_tables[number / STEPS_IN_TABLE][number % STEPS_IN_TABLE];
}

extern const RedDictStep *reddict_find_step(PGFunction function, int *number);

#pragma GCC visibility pop

#endif							/* REDBEAR_STEPS_H */
