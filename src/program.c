/*
 * program.c
 *	  Make programs of nested calls, and show them (program.h).
 *
 * The planner simplifies from the inside to the outside.  So what an outer call
 * sees is a call of one step, or of a program, which is then part of its own:
 * nothing is looked at twice, but for the bytes of a program, which are few.
 *
 * An operand is any expression, evaluated as often as before: variables,
 * parameters and constants that come again are one operand, anything else is
 * one for each time it is written.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "evaluate.h"
#include "io.h"
#include "left_alone.h"
#include "program.h"
#include "variable.h"

PG_FUNCTION_INFO_V1(rd_program_in);
PG_FUNCTION_INFO_V1(rd_program_out);
PG_FUNCTION_INFO_V1(reddict_step_support);

bool		redbear_one_pass = true;

/* A program on its way; "head" is without what varies in size */
typedef struct Compiler
{
	PlannerInfo *root;			/* or NULL */
	Program		head;
	float8		constants[PROGRAM_MAX_CONSTANTS];
	ProgramStep steps[PROGRAM_MAX_STEPS];
	Node	   *operands[PROGRAM_MAX_OPERANDS];
	bool		declined;		/* is there what is to be left alone? */
} Compiler;

/* A call as the planner has it */
typedef struct Call
{
	Oid			function;
	List	   *args;
	const RedDictStep *step;	/* NULL: it is a program's */
	int			number;			/* of the step */
} Call;

/*
 * The fill and the keys of a step that has them, and that it raises errors: all
 * of these have to be constants.
 */
static bool
get_fill(const List *args, float8 *fill, KeyMode *keys)
{
	for (int i = 2; i < list_length(args); i++)
	{
		Const	   *constant = list_nth(args, i);

		if (!IsA(constant, Const) || constant->constisnull)
			return false;
		if (i == 2)
			*fill = DatumGetFloat8(constant->constvalue);
		else if (i == 3 && !reddict_key_mode(DatumGetTextPP(constant->constvalue), keys))
			return false;
		else if (i == 4 && strcmp(TextDatumGetCString(constant->constvalue), "error") != 0)
			return false;
	}
	return true;
}

/*
 * Is this what the planner makes?  Anybody may call what runs programs with a
 * column or a parameter of the type, which are NULL.
 */
static bool
is_program(const Node *node)
{
	return IsA(node, Const) && !((const Const *) node)->constisnull;
}

/*
 * Is this a call of a step, or of a program that gives a map?  All of these
 * have one support function.
 */
static bool
get_call(Node *node, Call *call)
{
	FmgrInfo	function;
	Oid			support;
	float8		fill;
	KeyMode		keys;

	if (IsA(node, FuncExpr))
	{
		call->function = ((FuncExpr *) node)->funcid;
		call->args = ((FuncExpr *) node)->args;
	}
	else if (IsA(node, OpExpr))
	{
		call->function = ((OpExpr *) node)->opfuncid;
		call->args = ((OpExpr *) node)->args;
	}
	else
		return false;
	support = get_func_support(call->function);
	if (!OidIsValid(support))
		return false;
	fmgr_info(support, &function);
	if (function.fn_addr != reddict_step_support)
		return false;
	fmgr_info(call->function, &function);
	call->step = reddict_find_step(function.fn_addr, &call->number);
	if (call->step == NULL)
		return function.fn_addr == rd_evaluate && is_program(linitial(call->args));
	return call->step->shape != STEP_FILLED || get_fill(call->args, &fill, &keys);
}

/* How many arguments of a step are in a program */
static int
count_args(const RedDictStep *step)
{
	switch (step->shape)
	{
		case STEP_MAPS:
		case STEP_MAP_NUMBER:
		case STEP_NUMBER_MAP:
			return 2;
		case STEP_FILLED:
			return 3;
		case STEP_ELEMENTS:
			return 1 + step->nargs;
		case STEP_NEGATION:
		case STEP_REDUCTION:
			break;
	}
	return 1;
}

/* Is an argument of a step a map? */
static bool
is_map_argument(const RedDictStep *step, int n)
{
	switch (step->shape)
	{
		case STEP_MAPS:
		case STEP_FILLED:
			return n < 2;
		case STEP_NUMBER_MAP:
			return n == 1;
		case STEP_MAP_NUMBER:
		case STEP_ELEMENTS:
		case STEP_NEGATION:
		case STEP_REDUCTION:
			break;
	}
	return n == 0;
}

/* Is any map among the arguments of a call the result of a step? */
static bool
has_nested(const Call *call)
{
	Call		inner;

	for (int i = 0; i < count_args(call->step); i++)
	{
		if (is_map_argument(call->step, i) && get_call(list_nth(call->args, i), &inner))
			return true;
	}
	return false;
}

/*
 * From calls to programs
 */

/* Is an expression evaluated at no cost, so that it need not be twice? */
static bool
is_plain(const Node *node)
{
	if (IsA(node, RelabelType))
		node = (const Node *) ((const RelabelType *) node)->arg;
	return IsA(node, Var) || IsA(node, Param) || IsA(node, Const);
}

/*
 * Is this a reduction of what steps give?  That would be a program's, had it not
 * been left alone; and so is what it is an argument of.
 */
static bool
was_left_alone(Node *node)
{
	FuncExpr   *function = (FuncExpr *) node;
	FmgrInfo	info;
	Call		call;

	if (!IsA(node, FuncExpr) || !OidIsValid(get_func_support(function->funcid)))
		return false;
	fmgr_info(function->funcid, &info);
	call.args = function->args;
	call.step = reddict_find_step(info.fn_addr, &call.number);
	return call.step != NULL && call.step->shape == STEP_REDUCTION && has_nested(&call);
}

/* Have an operand, which was seen to before if it is "checked"; false if it can't be. */
static bool
add_operand(Compiler *compiler, Node *node, bool map, bool checked, uint8 *arg)
{
	Program    *head = &compiler->head;
	bool		plain = is_plain(node);

	for (int i = 0; plain && i < head->noperands; i++)
	{
		if (equal(compiler->operands[i], node))
		{
			*arg = i;
			return true;
		}
	}
	if (!checked && (was_left_alone(node) || reddict_is_left_alone(node, compiler->root)))
	{
		compiler->declined = true;
		return false;
	}
	if (head->noperands == PROGRAM_MAX_OPERANDS)
		return false;
	*arg = head->noperands;
	if (map)
		head->maps |= (uint32) 1 << head->noperands;
	if (map && !plain)
		head->computed |= (uint32) 1 << head->noperands;
	compiler->operands[head->noperands++] = node;
	return true;
}

static bool
add_constant(Compiler *compiler, float8 value, uint8 *arg)
{
	if (compiler->head.nconstants == PROGRAM_MAX_CONSTANTS)
		return false;
	*arg = PROGRAM_CONSTANT + compiler->head.nconstants;
	compiler->constants[compiler->head.nconstants++] = value;
	return true;
}

/* Have a number that is an argument of a step: a constant, or any expression. */
static bool
add_number(Compiler *compiler, Node *node, uint8 *arg)
{
	Const	   *constant = (Const *) node;

	if (IsA(node, Const) && !constant->constisnull && constant->consttype == FLOAT8OID)
		return add_constant(compiler, DatumGetFloat8(constant->constvalue), arg);
	if (IsA(node, Const) && !constant->constisnull && constant->consttype == INT4OID)
		return add_constant(compiler, DatumGetInt32(constant->constvalue), arg);
	return add_operand(compiler, node, false, false, arg);
}

static bool
add_step(Compiler *compiler, const ProgramStep *step, uint8 *arg)
{
	if (compiler->head.nsteps == PROGRAM_MAX_STEPS)
		return false;
	*arg = PROGRAM_RESULT + compiler->head.nsteps;
	compiler->steps[compiler->head.nsteps++] = *step;
	return true;
}

static bool add_map(Compiler *compiler, Node *node, bool nested, uint8 *arg, uint32 *narrowing);

/*
 * Have a call of a step, and what its arguments are, if it is not itself an
 * argument: "nested".  "narrowing" is the set of operands that make the result
 * narrow; that of a variable's map has the form that keeps it fast.
 */
static bool
add_call(Compiler *compiler, const Call *call, bool nested, uint8 *arg, uint32 *narrowing)
{
	const RedDictStep *step = call->step;
	ProgramStep at = {.number = call->number};
	uint32		part;
	float8		fill = 0;
	KeyMode		keys = KEYS_LEFT;

	*narrowing = 0;
	if (!may_execute(call->function, GetUserId()))
	{
		compiler->declined = true;
		return false;
	}
	if (step->shape == STEP_FILLED && !get_fill(call->args, &fill, &keys))
	{
		compiler->declined = true;
		return false;
	}
	at.keys = keys;
	for (int i = 0; i < count_args(step); i++)
	{
		Node	   *node = list_nth(call->args, i);

		if (is_map_argument(step, i))
		{
			if (!add_map(compiler, node, nested, &at.args[i], &part))
				return false;
			*narrowing |= part;
		}
		else if (step->shape == STEP_FILLED)
		{
			if (!add_constant(compiler, fill, &at.args[i]))
				return false;
		}
		else if (!add_number(compiler, node, &at.args[i]))
			return false;
	}
	if (reddict_is_variable(linitial(call->args)))
		*narrowing = 0;
	compiler->head.may_fail |= step->may_fail;
	return add_step(compiler, &at, arg);
}

/* Have the program of a call, as a part of this one. */
static bool
add_program(Compiler *compiler, const Call *call, uint8 *arg, uint32 *narrowing)
{
	const Program *program = (const Program *)
		DatumGetPointer(linitial_node(Const, call->args)->constvalue);
	uint8		args[PROGRAM_RESULT + PROGRAM_MAX_STEPS];

	*narrowing = 0;
	for (int i = 0; i < program->noperands; i++)
	{
		uint32		bit = (uint32) 1 << i;

		if (!add_operand(compiler, list_nth(call->args, 1 + i), (program->maps & bit) != 0, true,
						 &args[i]))
			return false;
		if ((program->narrowing & bit) != 0)
			*narrowing |= (uint32) 1 << args[i];
	}
	for (int i = 0; i < program->nconstants; i++)
	{
		if (!add_constant(compiler, program->constants[i], &args[PROGRAM_CONSTANT + i]))
			return false;
	}
	for (int i = 0; i < program->nsteps; i++)
	{
		ProgramStep at = program_steps(program)[i];

		for (int j = 0; j < count_args(reddict_step(at.number)); j++)
			at.args[j] = args[at.args[j]];
		if (!add_step(compiler, &at, &args[PROGRAM_RESULT + i]))
			return false;
	}
	compiler->head.may_fail |= program->may_fail;
	*arg = args[PROGRAM_RESULT + program->nsteps - 1];
	return true;
}

/*
 * Have a map that is an argument: as the result of steps, if it is one of them
 * and not "nested", and there is room; else as an operand.
 *
 * Nested calls that are no program were left alone, and for the same reason is
 * what they are an argument of.
 */
static bool
add_map(Compiler *compiler, Node *node, bool nested, uint8 *arg, uint32 *narrowing)
{
	Call		call;
	Program		saved = compiler->head;

	if (get_call(node, &call))
	{
		if (nested && call.step != NULL)
		{
			compiler->declined = true;
			return false;
		}
		if (!nested &&
			(call.step == NULL ? add_program(compiler, &call, arg, narrowing) :
			 add_call(compiler, &call, true, arg, narrowing)))
			return true;
		/* as an operand it would come before steps that it comes after */
		compiler->declined |= saved.nsteps > 0;
		if (compiler->declined)
			return false;
		compiler->head = saved;
	}
	if (!add_operand(compiler, node, true, false, arg))
		return false;
	*narrowing = (uint32) 1 << (*arg);
	return true;
}

/* The registers of results that a step takes are free again. */
static void
release_arguments(const Compiler *compiler, const ProgramStep *at, bool *used)
{
	for (int i = 0; i < count_args(reddict_step(at->number)); i++)
	{
		const ProgramStep *from;

		if (at->args[i] < PROGRAM_RESULT)
			continue;
		from = &compiler->steps[at->args[i] - PROGRAM_RESULT];
		if (!from->paired)
			used[from->into - PROGRAM_LAST_REGISTER - 1] = false;
	}
}

/*
 * Give the result of each step a register, which is free again after the step
 * that takes the result.  A step does not write where it reads.  Only the last
 * step writes where the result is: its doubles are not aligned as wide vectors
 * are best stored.
 */
static void
assign_registers(Compiler *compiler)
{
	int			last = compiler->head.nsteps - 1;
	bool		used[PROGRAM_MAX_REGISTERS] = {0};

	/* a reduction's argument is the last one */
	if (reddict_step(compiler->steps[last].number)->shape == STEP_REDUCTION)
		last--;
	for (int i = 0; i <= last; i++)
	{
		ProgramStep *at = &compiler->steps[i];
		int			into = 0;

		/* what is paired writes nothing, and is read until the next one is done */
		if (at->paired)
			continue;
		if (i == last)
		{
			at->into = PROGRAM_LAST_REGISTER;
			break;
		}
		while (used[into])
			into++;
		used[into] = true;
		at->into = PROGRAM_LAST_REGISTER + 1 + into;
		compiler->head.nregisters = Max(compiler->head.nregisters, into + 1);
		release_arguments(compiler, at, used);
		if (i > 0 && compiler->steps[i - 1].paired)
			release_arguments(compiler, &compiler->steps[i - 1], used);
	}
}

/* Note what a step's kernel needs to know. */
static void
assign_kernel(ProgramStep *at)
{
	const RedDictStep *step = reddict_step(at->number);

	at->has_kernel = step->shape != STEP_ELEMENTS && step->shape != STEP_REDUCTION;
	at->kernel = step->operation != NULL ? step->operation->kernel : step->kernel;
	at->shape = step->shape == STEP_MAP_NUMBER ? KERNEL_MAP_SCALAR :
		step->operation != NULL ? KERNEL_MAP_MAP : KERNEL_SCALAR_MAP;
	at->left = step->shape == STEP_NEGATION ? PROGRAM_NEGATED : at->args[0];
	at->right = step->shape == STEP_NEGATION ? at->args[0] : at->args[1];
}

/* Is a step's kernel one of arithmetic? */
static bool
is_arithmetic(const ProgramStep *at)
{
	return at->has_kernel && at->kernel <= KERNEL_DIVIDE;
}

/*
 * Which steps have to look for what is wrong?  Not those that add or subtract,
 * if what takes the result is arithmetic and does, since an infinity there stays
 * one or becomes NaN; but that a divisor may be infinite.  Nor is there a reason
 * to stop before the end, unless a step after it may raise an error itself.
 */
static void
assign_checks(Compiler *compiler)
{
	for (int i = 0; i < compiler->head.nsteps; i++)
	{
		ProgramStep *at = &compiler->steps[i];

		at->checked = true;
		for (int j = 0; j < count_args(reddict_step(at->number)); j++)
		{
			ProgramStep *from;

			if (at->args[j] < PROGRAM_RESULT)
				continue;
			from = &compiler->steps[at->args[j] - PROGRAM_RESULT];
			if (is_arithmetic(at) && !(at->kernel == KERNEL_DIVIDE && j == 1) &&
				is_arithmetic(from) && from->kernel <= KERNEL_SUBTRACT && !compiler->head.may_fail)
				from->checked = false;
		}
	}
}

/*
 * Which steps are done in one loop with the next one, so that their results are
 * stored nowhere: those that need not look, where the next one takes them on its
 * left, and both have the shapes that there are such loops for.
 */
static void
assign_pairs(Compiler *compiler)
{
	for (int i = 0; i < compiler->head.nsteps; i++)
		compiler->steps[i].paired = false;
	for (int i = 0; i + 1 < compiler->head.nsteps; i++)
	{
		ProgramStep *at = &compiler->steps[i];
		const ProgramStep *next = at + 1;

		at->paired = !at->checked && at->shape != KERNEL_SCALAR_MAP &&
			is_arithmetic(next) && next->shape != KERNEL_SCALAR_MAP &&
			next->left == PROGRAM_RESULT + i;
		if (at->paired)
			i++;
	}
}

/* The program as a datum. */
static Datum
make_program(const Compiler *compiler)
{
	const Program *head = &compiler->head;
	Size		size = program_size(head->nconstants, head->nsteps);
	Program    *program = palloc0(size);

	memcpy(program, head, offsetof(Program, constants));
	memcpy(program->constants, compiler->constants, head->nconstants * sizeof(float8));
	memcpy(program->constants + head->nconstants, compiler->steps,
		   head->nsteps * sizeof(ProgramStep));
	SET_VARSIZE(program, size);
	return PointerGetDatum(program);
}

/*
 * The type of programs and the function that runs them, in the schema of a
 * function; false if not everybody may call that.  The expression of an index is
 * planned once for all users of a session, and has to be that of their queries.
 */
static bool
find_evaluator(Oid function, Oid result_type, Oid *program_type, Oid *evaluator)
{
	Oid			schema = get_func_namespace(function);
	Oid			types[2];

	*program_type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									CStringGetDatum("rd_program"), ObjectIdGetDatum(schema));
	types[0] = *program_type;
	types[1] = ANYOID;
	*evaluator = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
								 CStringGetDatum(result_type == FLOAT8OID ? "rd_evaluate_number" :
												 result_type == TEXTOID ? "rd_evaluate_text" :
												 "rd_evaluate"),
								 PointerGetDatum(buildoidvector(types, 2)),
								 ObjectIdGetDatum(schema));
	return OidIsValid(*program_type) && OidIsValid(*evaluator) &&
		may_execute(*evaluator, ACL_ID_PUBLIC);
}

/*
 * What a call of a step or a reduction becomes if its arguments are results of
 * steps: a call of a program; NULL if it stays what it is.
 */
Node *
reddict_fuse(SupportRequestSimplify *request)
{
	FuncExpr   *fcall = request->fcall;
	PlannerInfo *root = request->root;
	FmgrInfo	function;
	Call		call = {.function = fcall->funcid,.args = fcall->args};
	Compiler	compiler;
	Oid			program_type;
	Oid			evaluator;
	uint8		result;
	uint32		narrowing;
	List	   *args;

	if (!redbear_one_pass)
		return NULL;
	fmgr_info(fcall->funcid, &function);
	call.step = reddict_find_step(function.fn_addr, &call.number);
	if (call.step == NULL || !has_nested(&call))
		return NULL;
#if PG_VERSION_NUM < 180000
	if (root != NULL && reddict_groups_by_computed(root->parse, exprType(list_nth(fcall->args,
																		  call.step->shape == STEP_NUMBER_MAP ? 1 : 0))))
		return NULL;
#endif

	compiler.root = root;
	compiler.declined = false;
	memset(&compiler.head, 0, sizeof(compiler.head));
	if (!add_call(&compiler, &call, false, &result, &narrowing) || compiler.head.nsteps < 2 ||
		!find_evaluator(fcall->funcid, fcall->funcresulttype, &program_type, &evaluator))
		return NULL;
	compiler.head.narrowing = narrowing;
	for (int i = 0; i < compiler.head.nsteps; i++)
		assign_kernel(&compiler.steps[i]);
	assign_checks(&compiler);
	assign_pairs(&compiler);
	assign_registers(&compiler);

	args = list_make1(makeConst(program_type, -1, InvalidOid, -1, make_program(&compiler), false, false));
	for (int i = 0; i < compiler.head.noperands; i++)
		args = lappend(args, compiler.operands[i]);
	return (Node *) makeFuncExpr(evaluator, fcall->funcresulttype, args,
								 fcall->funccollid, C_COLLATION_OID, COERCE_EXPLICIT_CALL);
}

/*
 * Say what running a program costs, if the request is of one; else NULL.  A step
 * takes what one over a few doubles takes, and the rest is for looking at the
 * operands and making the result.
 */
Node *
reddict_program_cost(SupportRequestCost *request)
{
	FuncExpr   *call = (FuncExpr *) request->node;
	Const	   *program;

	if (call == NULL || !IsA(call, FuncExpr) || !reddict_runs_programs(request->funcid))
		return NULL;
	program = linitial(call->args);
	if (!is_program((const Node *) program))
		return NULL;
	request->startup = 0;
	request->per_tuple = cpu_operator_cost *
		(7 + 3 * ((const Program *) DatumGetPointer(program->constvalue))->nsteps);
	return (Node *) request;
}

/*
 * reddict_step_support(internal) returns internal
 *
 * The support function of all steps that give a map, and of programs that do.
 * Asked to simplify a step, it makes a program of it; asked what a program
 * costs, it counts its steps; and what reddict_inplace_support() answers, it
 * answers, too.
 */
Datum
reddict_step_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSimplify))
		PG_RETURN_POINTER(reddict_fuse((SupportRequestSimplify *) request));
	if (IsA(request, SupportRequestCost))
		PG_RETURN_POINTER(reddict_program_cost((SupportRequestCost *) request));
	PG_RETURN_POINTER(reddict_in_place(request));
}

/*
 * Showing programs
 */

/* What stands for a kernel between two operands */
static const char *const symbols[] = {
	[KERNEL_ADD] = "+",
	[KERNEL_SUBTRACT] = "-",
	[KERNEL_MULTIPLY] = "*",
	[KERNEL_DIVIDE] = "/"
};

static void
show_number(StringInfo buf, float8 number)
{
	char		digits[REDDICT_NUMBER_LEN];

	if (isfinite(number))
		appendBinaryStringInfo(buf, digits, reddict_print_number(number, digits));
	else
		appendStringInfoString(buf, float8out_internal(number));
}

/* Show an argument of a step, in parentheses if it is an operator's result. */
static void
show_argument(StringInfo buf, const Program *program, uint8 arg, bool parentheses)
{
	const ProgramStep *at;
	const RedDictStep *step;

	if (arg < PROGRAM_CONSTANT)
	{
		appendStringInfo(buf, "$%d", arg + 1);
		return;
	}
	if (arg < PROGRAM_RESULT)
	{
		show_number(buf, program->constants[arg - PROGRAM_CONSTANT]);
		return;
	}

	at = &program_steps(program)[arg - PROGRAM_RESULT];
	step = reddict_step(at->number);
	if (step->name != NULL)
	{
		appendStringInfo(buf, "%s(", step->name);
		for (int i = 0; i < count_args(step); i++)
		{
			if (i > 0)
				appendStringInfoString(buf, ", ");
			show_argument(buf, program, at->args[i], false);
		}
		if (step->shape == STEP_FILLED)
			appendStringInfo(buf, ", %s", reddict_key_mode_name(at->keys));
		appendStringInfoChar(buf, ')');
		return;
	}

	if (parentheses)
		appendStringInfoChar(buf, '(');
	if (step->shape == STEP_NEGATION)
		appendStringInfoString(buf, "- ");
	else
	{
		show_argument(buf, program, at->args[0], true);
		appendStringInfo(buf, " %s ",
						 symbols[step->operation != NULL ? step->operation->kernel : step->kernel]);
	}
	show_argument(buf, program, at->args[count_args(step) - 1], true);
	if (parentheses)
		appendStringInfoChar(buf, ')');
}

/*
 * rd_program_in(cstring) returns rd_program
 *
 * Error, whatever comes: feature_not_supported.
 */
Datum
rd_program_in(PG_FUNCTION_ARGS)
{
	ereport(ERROR,
			errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("cannot accept a value of type %s", "rd_program"));
}

/* rd_program_out(rd_program) returns cstring: the expression; $1 is the first operand. */
Datum
rd_program_out(PG_FUNCTION_ARGS)
{
	const Program *program = (const Program *) PG_GETARG_POINTER(0);
	StringInfoData buf;

	initStringInfo(&buf);
	show_argument(&buf, program, PROGRAM_RESULT + program->nsteps - 1, false);
	PG_RETURN_CSTRING(buf.data);
}
