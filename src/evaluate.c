/*
 * evaluate.c
 *	  Run programs: expressions over maps in one pass (program.h).
 *
 * Where all maps have the same keys, all steps are done for a block of values
 * before the next block, so that what one step makes is in the processor's
 * nearest cache when the next one reads it; and there is one look at the keys,
 * and memory for nothing but the result.
 *
 * Where keys differ, or where a number may be wrong somewhere, the steps are done
 * one by one, as the functions do them that they stand for: the error is the one
 * of the step that comes first, whichever block it is in.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/float.h"

#include "elements.h"
#include "evaluate.h"
#include "pending.h"
#include "program.h"

/* Values in a block: two registers of it, and as much of an operand, take 12 kB */
#define BLOCK 512

/* Values, of a reduction or in all registers, for which the stack is enough */
#define FEW_VALUES 160

/* What a call site remembers */
typedef struct EvaluationMemo
{
	float8	   *registers;		/* for blocks, or NULL */
} EvaluationMemo;

/* A call on its way */
typedef struct Evaluation
{
	const Program *program;
	const ProgramStep *steps;
	int			nsteps;			/* but a reduction */
	const NullableDatum *operands;
	FmgrInfo   *function;		/* or NULL */
	EvaluationMemo *memo;		/* of the function, or NULL */
	RedDictView views[PROGRAM_MAX_OPERANDS];	/* of operands that are maps */
} Evaluation;

PG_FUNCTION_INFO_V1(rd_evaluate);
PG_FUNCTION_INFO_V1(rd_evaluate_number);
PG_FUNCTION_INFO_V1(rd_evaluate_text);

/* An argument of a step that is a float8. */
static inline float8
number_argument(const Evaluation *evaluation, uint8 arg)
{
	if (arg >= PROGRAM_CONSTANT)
		return evaluation->program->constants[arg - PROGRAM_CONSTANT];
	return DatumGetFloat8(evaluation->operands[arg].value);
}

/*
 * The other arguments of a step that is a function of each value.  Constants are
 * doubles, also where the function takes integers.
 */
static void
element_arguments(const Evaluation *evaluation, const RedDictStep *step,
				  const uint8 *from, NullableDatum *args)
{
	for (int i = 0; i < step->nargs; i++)
	{
		args[i].isnull = false;
		if (from[i] < PROGRAM_CONSTANT)
			args[i].value = evaluation->operands[from[i]].value;
		else if (step->integers)
			args[i].value = Int32GetDatum((int32) number_argument(evaluation, from[i]));
		else
			args[i].value = Float8GetDatum(number_argument(evaluation, from[i]));
	}
}

/* Where a number is that is an operand. */
static inline const unaligned_double *
number_operand(const NullableDatum *operand)
{
#ifdef USE_FLOAT8_BYVAL
	return (const unaligned_double *) &operand->value;
#else
	return (const unaligned_double *) DatumGetPointer(operand->value);
#endif
}

/* The values from "start" on that are in a register, or are to be. */
static inline unaligned_double *
in_register(float8 *registers, int32 block, unaligned_double *result, uint8 into)
{
	return into == PROGRAM_LAST_REGISTER ? result : registers + (into - 1) * (Size) block;
}

/* Where an argument of a step is: a number, or values from "start" on. */
static inline const unaligned_double *
get_argument(const Evaluation *evaluation, uint8 arg, int32 start,
			 float8 *registers, int32 block, unaligned_double *result)
{
	static const float8 negated_from = NEGATED_FROM;

	if (arg == PROGRAM_NEGATED)
		return &negated_from;
	if (arg >= PROGRAM_RESULT)
		return in_register(registers, block, result, evaluation->steps[arg - PROGRAM_RESULT].into);
	if (arg >= PROGRAM_CONSTANT)
		return &evaluation->program->constants[arg - PROGRAM_CONSTANT];
	if ((evaluation->program->maps >> arg & 1) != 0)
		return evaluation->views[arg].values + start;
	return number_operand(&evaluation->operands[arg]);
}

/*
 * Do all steps for the values from "start" on, of which there are "n", and put
 * what the last one gives to "result"; false if a number may be wrong.
 * Registers have room for "block" values.
 */
static inline bool
evaluate_block(const Evaluation *evaluation, const KeyIndex *index, int32 start, int32 n,
			   float8 *registers, int32 block, unaligned_double *result)
{
	for (int i = 0; i < evaluation->nsteps; i++)
	{
		const ProgramStep *at = &evaluation->steps[i];
		unaligned_double *out = in_register(registers, block, result, at->into);

		if (at->paired)
		{
			const ProgramStep *next = &evaluation->steps[++i];

			if (unlikely(reddict_kernel_pair_suspects(at->kernel, at->shape,
													  next->kernel, next->shape, n,
													  get_argument(evaluation, at->left, start,
																   registers, block, result),
													  get_argument(evaluation, at->right, start,
																   registers, block, result),
													  get_argument(evaluation, next->right, start,
																   registers, block, result),
													  in_register(registers, block, result, next->into),
													  next->checked)))
				return false;
		}
		else if (likely(at->has_kernel))
		{
			if (unlikely(reddict_kernel_suspects(at->kernel, at->shape, n,
												 get_argument(evaluation, at->left, start,
															  registers, block, result),
												 get_argument(evaluation, at->right, start,
															  registers, block, result),
												 out, at->checked)))
				return false;
		}
		else
		{
			const RedDictStep *step = reddict_step(at->number);
			NullableDatum args[2];

			element_arguments(evaluation, step, &at->args[1], args);
			reddict_apply_elements(step, args, index, n,
								   get_argument(evaluation, at->args[0], start,
												registers, block, result),
								   out);
		}
	}
	return true;
}

/* Memory for the registers of a call whose block is so large. */
static float8 *
get_registers(const Evaluation *evaluation, int32 block)
{
	EvaluationMemo *memo = evaluation->memo;
	Size		size = evaluation->program->nregisters * (Size) block * sizeof(float8);

	if (memo == NULL || block > BLOCK)
		return MemoryContextAllocHuge(CurrentMemoryContext, size);
	/* as a line of the cache begins: wide vectors are stored faster there */
	if (memo->registers == NULL)
		memo->registers = (float8 *)
			TYPEALIGN(PG_CACHE_LINE_SIZE,
					  MemoryContextAlloc(evaluation->function->fn_mcxt,
										 evaluation->program->nregisters * BLOCK * sizeof(float8) +
										 PG_CACHE_LINE_SIZE));
	return memo->registers;
}

/*
 * Put the values of the result to "result", all maps having these keys; false
 * if a number may be wrong.
 *
 * Where a step raises errors itself there is only one block, since all numbers
 * of the steps before it have to be right.
 */
static bool
evaluate_values(const Evaluation *evaluation, const KeyIndex *index,
				unaligned_double *result)
{
	const Program *program = evaluation->program;
	float8		few[FEW_VALUES];
	int32		block = program->may_fail ? index->n : Min(index->n, BLOCK);
	float8	   *registers = few;

	if (program->nregisters * (Size) block > FEW_VALUES)
		registers = get_registers(evaluation, block);
	if (block == index->n)
		return evaluate_block(evaluation, index, 0, block, registers, block, result);
	for (int32 start = 0; start < index->n; start += block)
	{
		CHECK_FOR_INTERRUPTS();
		if (!evaluate_block(evaluation, index, start, Min(block, index->n - start),
							registers, block, result + start))
			return false;
	}
	return true;
}

/*
 * Do one step after the other, as the functions do that they stand for.  Returns
 * the result, and a view of it.
 */
static pg_noinline struct varlena *
evaluate_steps(const Evaluation *evaluation, RedDictView *view)
{
	struct varlena *maps[PROGRAM_MAX_STEPS];
	RedDictView results[PROGRAM_MAX_STEPS];
	int			last = evaluation->nsteps - 1;

#define IS_RESULT(arg) ((arg) >= PROGRAM_RESULT)
#define VIEW(arg) (IS_RESULT(arg) ? &results[(arg) - PROGRAM_RESULT] : \
	&evaluation->views[arg])

	for (int i = 0; i <= last; i++)
	{
		const ProgramStep *at = &evaluation->steps[i];
		const RedDictStep *step = reddict_step(at->number);
		uint8		arg = at->args[step->shape == STEP_NUMBER_MAP ? 1 : 0];
		const RedDictView *map = VIEW(arg);
		KernelShape shape = step->shape == STEP_MAP_NUMBER ? KERNEL_MAP_SCALAR : KERNEL_SCALAR_MAP;
		RedDictOperation operation;
		float8		number = NEGATED_FROM;
		NullableDatum args[2];

		maps[i] = NULL;
		switch (step->shape)
		{
			case STEP_MAPS:
			case STEP_FILLED:
				operation = *step->operation;
				if (step->shape == STEP_FILLED)
					operation = reddict_filled(&operation, number_argument(evaluation, at->args[2]),
											   at->keys);
				if (!IS_RESULT(arg) || !reddict_update_maps(&operation, map, VIEW(at->args[1])))
					maps[i] = reddict_operate(&operation, map, VIEW(at->args[1]));
				break;
			case STEP_MAP_NUMBER:
			case STEP_NUMBER_MAP:
				number = number_argument(evaluation, at->args[step->shape == STEP_MAP_NUMBER ? 1 : 0]);
				pg_fallthrough;
			case STEP_NEGATION:
				if (IS_RESULT(arg))
					reddict_update_scalar(step->kernel, shape, map, number);
				else
					maps[i] = reddict_operate_scalar(step->kernel, shape, map, number);
				break;
			case STEP_ELEMENTS:
				element_arguments(evaluation, step, &at->args[1], args);
				maps[i] = reddict_map_elements(step, map, args);
				break;
			case STEP_REDUCTION:
				pg_unreachable();
		}
		/* what was modified where it is goes on as this step's result */
		if (maps[i] == NULL)
			maps[i] = maps[arg - PROGRAM_RESULT];
		reddict_view_flat(maps[i], REDDICT_MAP, &results[i]);
	}
	*view = results[last];
	return maps[last];
#undef IS_RESULT
#undef VIEW
}

/*
 * Look at the operands.  Have all maps the same keys?  Then the index is what
 * the result has: shared, if one of theirs is.  "narrow" says whether the result
 * is to be; that its operands were is then forgotten.
 */
static bool
view_operands(Evaluation *evaluation, KeyIndex *index, bool *narrow)
{
	const Program *program = evaluation->program;
	const RedDictView *first = NULL;
	bool		same = true;

	*narrow = false;
	for (int i = 0; i < program->noperands; i++)
	{
		RedDictView *view = &evaluation->views[i];
		Datum		map = evaluation->operands[i].value;
		uint32		bit = (uint32) 1 << i;

		if ((program->maps & bit) == 0)
			continue;
		reddict_view(map, view);
		if ((program->narrowing & bit) != 0)
			*narrow |= view->narrow;
		view->narrow = false;
		if (first == NULL)
		{
			if ((program->computed & bit) == 0)
				reddict_prefetch_next(map);
			first = view;
			*index = view->index;
		}
		else if (!same || !reddict_same_keys(&first->index, &view->index))
			same = false;
		else if (view->index.shared)
			*index = view->index;
	}
	return same;
}

/* Run a program on its operands. */
static Datum
evaluate(FunctionCallInfo fcinfo)
{
	Evaluation	evaluation;
	const Program *program = (const Program *) PG_GETARG_POINTER(0);
	const ProgramStep *steps = program_steps(program);
	const RedDictStep *last = reddict_step(steps[program->nsteps - 1].number);
	KeyIndex	index;
	RedDictView view;
	bool		narrow;
	bool		same;
	struct varlena *result = NULL;

	evaluation.program = program;
	evaluation.steps = steps;
	evaluation.nsteps = program->nsteps - (last->shape == STEP_REDUCTION ? 1 : 0);
	evaluation.operands = &fcinfo->args[1];
	evaluation.function = fcinfo->flinfo;
	evaluation.memo = reddict_memo(fcinfo->flinfo, sizeof(EvaluationMemo));
	same = view_operands(&evaluation, &index, &narrow);

	if (last->shape == STEP_REDUCTION)
	{
		float8		few[FEW_VALUES];
		float8	   *values = few;

		if (same && index.n > FEW_VALUES)
			values = MemoryContextAllocHuge(CurrentMemoryContext, index.n * sizeof(float8));
		if (same && likely(evaluate_values(&evaluation, &index, values)))
			reddict_view_numbers(&index, values, false, &view);
		else
			(void) evaluate_steps(&evaluation, &view);
		return last->reduce(&view, &fcinfo->isnull);
	}

	if (same)
	{
		float8	   *values;

		result = reddict_new(REDDICT_MAP, &index, &values);
		if (unlikely(!evaluate_values(&evaluation, &index, values)))
			result = NULL;
	}
	if (result == NULL)
		result = evaluate_steps(&evaluation, &view);
	return narrow ? reddict_pending(result) : PointerGetDatum(result);
}

/*
 * rd_evaluate(program rd_program, VARIADIC "any") returns reddict
 * rd_evaluate_number(program rd_program, VARIADIC "any") returns float8
 * rd_evaluate_text(program rd_program, VARIADIC "any") returns text
 *
 * The result of an expression, which the planner has made a program of.  Strict:
 * NULL if an operand is.  Errors: those of the expression's functions.
 */
Datum
rd_evaluate(PG_FUNCTION_ARGS)
{
	return evaluate(fcinfo);
}

Datum
rd_evaluate_number(PG_FUNCTION_ARGS)
{
	return evaluate(fcinfo);
}

Datum
rd_evaluate_text(PG_FUNCTION_ARGS)
{
	return evaluate(fcinfo);
}

/* Is a function one that runs programs? */
bool
reddict_runs_programs(Oid function)
{
	FmgrInfo	info;

	fmgr_info(function, &info);
	return info.fn_addr == rd_evaluate || info.fn_addr == rd_evaluate_number ||
		info.fn_addr == rd_evaluate_text;
}
