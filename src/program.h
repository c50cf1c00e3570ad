/*
 * program.h
 *	  Programs: expressions over maps that are evaluated in one pass.
 *
 * The planner's support functions make one call of nested calls of steps
 * (steps.h): rd_evaluate(program, operand, ...), and of what makes a number or
 * a text of the result rd_evaluate_number() and rd_evaluate_text().  A program
 * is a constant of the type rd_program.  It is never stored, and there is no
 * way to put one in: views, indexes and constraints keep the expressions as they
 * were written, and the planner makes the same of them each time.
 *
 * What a program says, in the order in which the steps would be taken one by
 * one: which step, and of what: operands of the call, constants, or the results
 * of steps before.  The result of each step but the last is used once.
 */
#ifndef REDBEAR_PROGRAM_H
#define REDBEAR_PROGRAM_H

#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"

#include "steps.h"

#pragma GCC visibility push(hidden)

#define PROGRAM_MAX_OPERANDS	32
#define PROGRAM_MAX_CONSTANTS	32
#define PROGRAM_MAX_STEPS		32

/* Results in use at a time, and one to write to: half the steps wait at most. */
#define PROGRAM_MAX_REGISTERS	(PROGRAM_MAX_STEPS / 2 + 1)

/* The register that the last step writes to, which is the result itself */
#define PROGRAM_LAST_REGISTER	0

/* An argument of a step is one of these, and a number. */
#define PROGRAM_OPERAND		0
#define PROGRAM_CONSTANT	(PROGRAM_OPERAND + PROGRAM_MAX_OPERANDS)
#define PROGRAM_RESULT		(PROGRAM_CONSTANT + PROGRAM_MAX_CONSTANTS)
#define PROGRAM_NEGATED		(PROGRAM_RESULT + PROGRAM_MAX_STEPS)	/* NEGATED_FROM */

/* A step; what is in the table of steps is here again where running needs it. */
typedef struct ProgramStep
{
	uint8		number;			/* reddict_step() */
	uint8		keys;			/* KeyMode, of STEP_FILLED */
	uint8		args[3];
	uint8		into;			/* register */
	bool		has_kernel;		/* or else it is STEP_ELEMENTS */
	uint8		kernel;			/* KernelOp */
	uint8		shape;			/* KernelShape */
	uint8		left;			/* the kernel's arguments; PROGRAM_NEGATED */
	uint8		right;
	bool		checked;		/* has the kernel to look for what is wrong? */
	bool		paired;			/* is it done in one loop with the next one? */
} ProgramStep;

typedef struct Program
{
	int32		vl_len_;
	uint8		noperands;
	uint8		nconstants;
	uint8		nsteps;
	uint8		nregisters;		/* but the last step's */
	uint32		maps;			/* bits: which operands are maps */
	uint32		computed;		/* which of these are not where rows are */
	uint32		narrowing;		/* which make the result narrow, if they are */
	bool		may_fail;		/* is there a step that raises errors itself? */
	float8		constants[FLEXIBLE_ARRAY_MEMBER];
	/* ProgramStep steps[nsteps] follow */
} Program;

/* The setting redbear.one_pass */
extern bool redbear_one_pass;

static inline Size
program_size(int nconstants, int nsteps)
{
	return offsetof(Program, constants) + nconstants * sizeof(float8) + nsteps * sizeof(ProgramStep);
}

static inline const ProgramStep *
program_steps(const Program *program)
{
	return (const ProgramStep *) (program->constants + program->nconstants);
}

extern Node *reddict_fuse(SupportRequestSimplify *request);
extern Node *reddict_program_cost(SupportRequestCost *request);

#pragma GCC visibility pop

#endif							/* REDBEAR_PROGRAM_H */
