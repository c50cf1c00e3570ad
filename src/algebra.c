/*
 * algebra.c
 *	  Operators and functions of two values, or of a value and a number.
 *
 * Each is a row of a table: which kernel, which keys the result has, and what
 * stands in for a value that one side lacks.  With the same key index on both
 * sides the kernel runs straight down the two arrays; otherwise the two are
 * aligned first, and the same kernel runs over the aligned copies.
 */
#include "postgres.h"

#include <math.h>

#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/lsyscache.h"

#include "algebra.h"
#include "arguments.h"
#include "pending.h"
#include "steps.h"
#include "subset.h"
#include "variable.h"

/*
 * The operations whose result has the keys of either side, as updates of a
 * state (state.h).  A new element is a number x such that x op y is y.
 */
#define UPDATE(name, kernel, start) \
static void \
name##_init(RedDictElements elements, int32 position) \
{ \
	elements.values[position] = (start); \
} \
static KernelFault \
name##_take_in(RedDictElements elements, const RedDictView *row) \
{ \
	return reddict_kernel_update(kernel, KERNEL_MAP_MAP, row->index.n, \
								 elements.values, row->values); \
} \
static const RedDictUpdate name##_update = {REDDICT_MAP, REDDICT_MAP, name##_init, name##_take_in};

UPDATE(plus, KERNEL_ADD, -0.0)
UPDATE(minus, KERNEL_SUBTRACT, 0.0)
UPDATE(right, KERNEL_RIGHT, 0.0)
UPDATE(least, KERNEL_LEAST, get_float8_nan())
UPDATE(greatest, KERNEL_GREATEST, -get_float8_infinity())

/*
 * A missing key counts as 0 in a sum.  It is -0 that is added, because x + -0
 * is x for every x, -0 and NaN included, where -0 + 0 is 0: so a key's sum
 * depends on nothing but the values of that key.  In a difference it is
 * x - 0 that is x.
 */
const RedDictOperation reddict_plus = {KERNEL_ADD, KEYS_EITHER, FILL_CONSTANT, -0.0, &plus_update};
const RedDictOperation reddict_minus = {KERNEL_SUBTRACT, KEYS_EITHER, FILL_CONSTANT, 0.0, &minus_update};
const RedDictOperation reddict_times = {KERNEL_MULTIPLY, KEYS_BOTH, FILL_CONSTANT, 1.0, NULL};
static const RedDictOperation over = {KERNEL_DIVIDE, KEYS_BOTH, FILL_CONSTANT, 1.0, NULL};
const RedDictOperation reddict_right = {KERNEL_RIGHT, KEYS_EITHER, FILL_OTHER, 0.0, &right_update};
const RedDictOperation reddict_least = {KERNEL_LEAST, KEYS_EITHER, FILL_OTHER, 0.0, &least_update};
const RedDictOperation reddict_greatest = {KERNEL_GREATEST, KEYS_EITHER, FILL_OTHER, 0.0, &greatest_update};

/* The values of the fourth argument of rd_add() and its like, and what they mean */
static const char *const key_mode_names[] = {"left", "right", "both", "either"};
static const KeyMode key_modes[] = {KEYS_LEFT, KEYS_RIGHT, KEYS_BOTH, KEYS_EITHER};

/*
 * Copy the values of one side in the order of an alignment, which says where
 * each is on this side and on the other.  Where it is not on this side, with
 * the position -1, the operation's fill or the other side's value stands in.
 */
static float8 *
gather(const RedDictOperation *operation, int32 n,
	   const unaligned_double *values, const int32 *positions,
	   const unaligned_double *other, const int32 *other_positions)
{
	float8	   *result = palloc(n * sizeof(float8));

	for (int32 i = 0; i < n; i++)
	{
		if (positions[i] >= 0)
			result[i] = values[positions[i]];
		else if (operation->rule == FILL_OTHER)
			result[i] = other[other_positions[i]];
		else
			result[i] = operation->fill;
	}
	return result;
}

/*
 * The values of two sides in the order of the keys of an operation's result,
 * with what stands in for missing ones: the sides' own arrays if both have the
 * same keys, which are shared if one side's are; else copies in the current
 * memory context.
 */
void
reddict_align_values(const RedDictOperation *operation,
					 const RedDictView *a, const RedDictView *b,
					 AlignedValues *aligned)
{
	KeyAlignment keys;

	if (likely(reddict_same_keys(&a->index, &b->index)))
	{
		aligned->index = b->index.shared ? b->index : a->index;
		aligned->left = a->values;
		aligned->right = b->values;
		return;
	}

	reddict_align_keys(&a->index, &b->index, operation->keys, &keys);
	aligned->index = keys.index;
	aligned->left = gather(operation, keys.index.n,
						   a->values, keys.left, b->values, keys.right);
	aligned->right = gather(operation, keys.index.n,
							b->values, keys.right, a->values, keys.left);
	pfree(keys.left);
	pfree(keys.right);
}

/*
 * The result of an operation on two values, as a new value in the current
 * memory context.
 *
 * Errors: those of core's float8 operator, with the key; program_limit_exceeded.
 */
struct varlena *
reddict_operate(const RedDictOperation *operation,
				const RedDictView *a, const RedDictView *b)
{
	AlignedValues aligned;
	struct varlena *result;
	float8	   *values;

	reddict_align_values(operation, a, b, &aligned);
	result = reddict_new(REDDICT_MAP, &aligned.index, &values);
	reddict_check_fault(reddict_kernel(operation->kernel, KERNEL_MAP_MAP,
									   aligned.index.n, aligned.left, aligned.right,
									   values),
						&aligned.index);
	return a->narrow || b->narrow ? reddict_narrow(result) : result;
}

/* The result of an operation on a value and a number, on either side. */
struct varlena *
reddict_operate_scalar(KernelOp kernel, KernelShape shape,
					   const RedDictView *map, float8 scalar)
{
	const unaligned_double *left = shape == KERNEL_SCALAR_MAP ? &scalar : map->values;
	const unaligned_double *right = shape == KERNEL_MAP_SCALAR ? &scalar : map->values;
	float8	   *values;
	struct varlena *result = reddict_new(REDDICT_MAP, &map->index, &values);

	reddict_check_fault(reddict_kernel(kernel, shape, map->index.n, left, right, values),
						&map->index);
	return reddict_narrow_like(result, map);
}

/*
 * If both have the same keys, put the result of an operation in the place of the
 * left one's values, which are the caller's to modify; else false.
 */
bool
reddict_update_maps(const RedDictOperation *operation,
					const RedDictView *a, const RedDictView *b)
{
	if (a->values == b->values || !reddict_same_keys(&a->index, &b->index))
		return false;
	reddict_check_fault(reddict_kernel_update(operation->kernel, KERNEL_MAP_MAP, a->index.n,
											  unconstify(unaligned_double *, a->values),
											  b->values),
						&a->index);
	return true;
}

/* Likewise, of an operation on a value and a number. */
void
reddict_update_scalar(KernelOp kernel, KernelShape shape,
					  const RedDictView *map, float8 scalar)
{
	reddict_check_fault(reddict_kernel_update(kernel, shape, map->index.n,
											  unconstify(unaligned_double *, map->values),
											  &scalar),
						&map->index);
}

/*
 * Make a value of pairs in any order; the values of the pairs of one key are
 * added, in the order of the pairs.  Errors: those of float8 addition, with
 * the key; program_limit_exceeded.
 */
struct varlena *
reddict_sum_pairs(const RedDictPairs *pairs)
{
	RedDictPairs none;
	RedDictView view;
	ExpandedRedDict *sums;
	struct varlena *result;
	float8	   *values;

	reddict_pairs_init(&none, REDDICT_MAP, 0);
	reddict_view(PointerGetDatum(reddict_from_pairs(&none, NULL, NULL)), &view);
	sums = reddict_expand(REDDICT_MAP, &view, CurrentMemoryContext);
	for (int32 i = 0; i < pairs->n; i++)
	{
		const KeyEntry *entry = &pairs->entries[i];
		int32		slot;
		KernelFault fault;

		(void) reddict_check_key(entry, NULL);
		slot = reddict_expanded_find(sums, entry->key, entry->len);
		if (slot < 0)
		{
			reddict_expanded_reserve(sums, 1, entry->len, entry->len);
			slot = reddict_expanded_add(sums, entry->key, entry->len);
			reddict_expanded_values(sums, 0)[slot] = pairs->values[i];
			continue;
		}
		fault = reddict_kernel_update(KERNEL_ADD, KERNEL_MAP_MAP, 1,
									  reddict_expanded_values(sums, 0) + slot,
									  &pairs->values[i]);
		if (unlikely(fault.error != KERNEL_OK))
			reddict_raise(fault.error, entry->key, entry->len);
	}
	reddict_expanded_view(sums, &view);
	result = reddict_new(REDDICT_MAP, &view.index, &values);
	memcpy(values, view.values, view.index.n * sizeof(float8));
	return result;
}

/* A memo of what the arguments of a call are */
typedef struct Operands
{
	bool		known;
	bool		fresh[2];		/* made by a step, for this call */
	bool		variable;		/* is the first a variable of PL/pgSQL's? */
} Operands;

/*
 * Is an expression a call of a function that has this support function?  All
 * steps have one, and what they return is new, or an argument that was theirs
 * to modify.
 */
static bool
is_step(const Node *expr, Oid support)
{
	Oid			function = IsA(expr, OpExpr) ? ((const OpExpr *) expr)->opfuncid :
		IsA(expr, FuncExpr) ? ((const FuncExpr *) expr)->funcid : InvalidOid;

	return OidIsValid(function) && OidIsValid(support) &&
		get_func_support(function) == support;
}

static pg_noinline void
learn_operands(Operands *operands, const FmgrInfo *function)
{
	const Node *call = function->fn_expr;
	List	   *args = call == NULL ? NIL :
		IsA(call, OpExpr) ? ((const OpExpr *) call)->args :
		IsA(call, FuncExpr) ? ((const FuncExpr *) call)->args : NIL;
	Oid			support = get_func_support(function->fn_oid);

	for (int i = 0; i < Min(list_length(args), 2); i++)
		operands->fresh[i] = is_step(list_nth(args, i), support);
	operands->variable = args != NIL && reddict_is_variable(linitial(args));
	operands->known = true;
}

/* What is known of a call's arguments; NULL if there is no call site. */
static inline Operands *
find_operands(FunctionCallInfo fcinfo)
{
	Operands   *operands = reddict_memo(fcinfo->flinfo, sizeof(Operands));

	if (operands != NULL && unlikely(!operands->known))
		learn_operands(operands, fcinfo->flinfo);
	return operands;
}

static inline const Operands *
get_operands(FunctionCallInfo fcinfo)
{
	static const Operands unknown = {0};
	const Operands *operands = find_operands(fcinfo);

	return likely(operands != NULL) ? operands : &unknown;
}

/*
 * The result of a step, which is narrow where it is stored, if an operand was;
 * but not for a variable, where that would be for each assignment.
 */
static Datum
finish_step(FunctionCallInfo fcinfo, struct varlena *result, bool narrow)
{
	const Operands *operands = find_operands(fcinfo);

	return narrow && operands != NULL && !operands->variable ?
		reddict_pending(result) : PointerGetDatum(result);
}

/*
 * An argument that a result may take the place of.
 *
 * In m := m + x, PL/pgSQL keeps an expanded result in the variable and, from
 * 18 on, gives it back read-write, as reddict_inplace_support() allows.  So
 * there the variable's map is expanded to begin with.
 */
static Datum
target_argument(FunctionCallInfo fcinfo, int n)
{
	Datum		map = PG_GETARG_DATUM(n);

#if PG_VERSION_NUM >= 180000
	if (n == 0 && get_operands(fcinfo)->variable)
		map = reddict_expand_variable(map);
#endif
	return map;
}

/*
 * May a flat argument be modified?  If a function of ours made it, for this
 * call: in a chain such as (m + 1) * w the keys are then copied once, and the
 * values stay in the processor's cache.
 */
static bool
argument_is_fresh(FunctionCallInfo fcinfo, int n, Datum map)
{
	return get_operands(fcinfo)->fresh[n] &&
		reddict_is_plain(reddict_settled((struct varlena *) DatumGetPointer(map)));
}

/*
 * The result of an operation on two arguments of a function.
 *
 * A read-write expanded argument is ours to modify, by the rules of
 * utils/expandeddatum.h: nobody else looks at it.
 */
static Datum
operate_arguments(const RedDictOperation *operation, FunctionCallInfo fcinfo)
{
	Datum		left = target_argument(fcinfo, 0);
	ExpandedRedDict *expanded = reddict_expanded_writable(left);
	bool		narrow;
	RedDictView a;
	RedDictView b;

	PG_GETARG_REDDICT_VIEW(1, &b);
	/* m + m has one object on both sides */
	if (expanded != NULL && operation->update != NULL &&
		b.values != reddict_expanded_values(expanded, 0))
	{
		reddict_update_expanded(operation->update, expanded, &b);
		return left;
	}
	reddict_view(left, &a);
	narrow = a.narrow || b.narrow;
	if ((expanded != NULL || argument_is_fresh(fcinfo, 0, left)) &&
		reddict_update_maps(operation, &a, &b))
	{
		if (expanded != NULL)
			return left;
		return finish_step(fcinfo, reddict_settled((struct varlena *) DatumGetPointer(left)), narrow);
	}
	a.narrow = b.narrow = false;
	return finish_step(fcinfo, reddict_operate(operation, &a, &b), narrow);
}

/*
 * The result of an operation on a map and a number, on either side; in place
 * where operate_arguments() does that.
 */
static Datum
operate_argument_scalar(KernelOp kernel, KernelShape shape,
						FunctionCallInfo fcinfo, int n, float8 scalar)
{
	Datum		map = target_argument(fcinfo, n);
	bool		expanded = reddict_expanded_writable(map) != NULL;
	bool		narrow;
	RedDictView view;

	reddict_view(map, &view);
	narrow = view.narrow;
	if (expanded || argument_is_fresh(fcinfo, n, map))
	{
		reddict_update_scalar(kernel, shape, &view, scalar);
		if (expanded)
			return map;
		return finish_step(fcinfo, reddict_settled((struct varlena *) DatumGetPointer(map)), narrow);
	}
	view.narrow = false;
	return finish_step(fcinfo, reddict_operate_scalar(kernel, shape, &view, scalar), narrow);
}

/* Which keys a text names; false if it is none of the names. */
bool
reddict_key_mode(const text *name, KeyMode *keys)
{
	int			choice = reddict_find_choice(name, key_mode_names, lengthof(key_mode_names));

	if (choice >= 0)
		*keys = key_modes[choice];
	return choice >= 0;
}

/* The name of some keys. */
const char *
reddict_key_mode_name(KeyMode keys)
{
	int			i = 0;

	while (key_modes[i] != keys)
		i++;
	return key_mode_names[i];
}

/* An operation with another fill, and the keys that are wanted. */
RedDictOperation
reddict_filled(const RedDictOperation *operation, float8 fill, KeyMode keys)
{
	RedDictOperation filled = *operation;

	filled.keys = keys;
	filled.rule = FILL_CONSTANT;
	filled.fill = fill;
	return filled;
}

/* The same, as a function's arguments say. */
static RedDictOperation
filled_operation(const RedDictOperation *operation, FunctionCallInfo fcinfo)
{
	return reddict_filled(operation, PG_GETARG_FLOAT8(2),
						  key_modes[reddict_choice(PG_GETARG_TEXT_PP(3), "keys",
												   key_mode_names, lengthof(key_mode_names))]);
}

/* The result of such an operation. */
static Datum
operate_filled(const RedDictOperation *filled, FunctionCallInfo fcinfo)
{
	RedDictView a;
	RedDictView b;
	bool		narrow;

	PG_GETARG_REDDICT_VIEW(0, &a);
	PG_GETARG_REDDICT_VIEW(1, &b);
	narrow = a.narrow || b.narrow;
	a.narrow = b.narrow = false;
	return finish_step(fcinfo, reddict_operate(filled, &a, &b), narrow);
}

/*
 * The fmgr functions.  All are strict.
 *
 * map_map(a reddict, b reddict) returns reddict: the operator, with its own
 * rule for keys that one side lacks.
 *
 * filled(a reddict, b reddict, fill float8, keys text) returns reddict: the
 * result has the keys that "keys" names, and "fill" stands in for whichever
 * side lacks one.  Error besides the operation's: invalid_parameter_value, for
 * another name.
 *
 * map_scalar(m reddict, s float8) and scalar_map(s float8, m reddict) return
 * reddict: the operator on every value of m.
 */
#define MAP_MAP(name, operation) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return operate_arguments(&(operation), fcinfo); \
}

#define FILLED(name, operation) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	RedDictOperation filled = filled_operation(&(operation), fcinfo); \
	return operate_filled(&filled, fcinfo); \
}

#define MAP_SCALAR(name, kernel) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return operate_argument_scalar(kernel, KERNEL_MAP_SCALAR, fcinfo, 0, \
								   PG_GETARG_FLOAT8(1)); \
}

#define SCALAR_MAP(name, kernel) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return operate_argument_scalar(kernel, KERNEL_SCALAR_MAP, fcinfo, 1, \
								   PG_GETARG_FLOAT8(0)); \
}

/* - reddict returns reddict */
#define NEGATED(name) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return operate_argument_scalar(KERNEL_SUBTRACT, KERNEL_SCALAR_MAP, fcinfo, 0, NEGATED_FROM); \
}

/* rd_reset(m reddict, v float8) returns reddict: the same keys, every value v. */
MAP_MAP(reddict_pl, reddict_plus)
MAP_MAP(reddict_mi, reddict_minus)
MAP_MAP(reddict_mul, reddict_times)
MAP_MAP(reddict_div, over)
MAP_MAP(reddict_concat, reddict_right)
MAP_MAP(rd_greatest, reddict_greatest)
MAP_MAP(rd_least, reddict_least)
FILLED(rd_add, reddict_plus)
FILLED(rd_subtract, reddict_minus)
FILLED(rd_multiply, reddict_times)
MAP_SCALAR(reddict_pl_float8, KERNEL_ADD)
MAP_SCALAR(reddict_mi_float8, KERNEL_SUBTRACT)
MAP_SCALAR(reddict_mul_float8, KERNEL_MULTIPLY)
MAP_SCALAR(reddict_div_float8, KERNEL_DIVIDE)
MAP_SCALAR(rd_reset, KERNEL_RIGHT)
SCALAR_MAP(float8_pl_reddict, KERNEL_ADD)
SCALAR_MAP(float8_mi_reddict, KERNEL_SUBTRACT)
SCALAR_MAP(float8_mul_reddict, KERNEL_MULTIPLY)
SCALAR_MAP(float8_div_reddict, KERNEL_DIVIDE)
NEGATED(reddict_um)

PG_FUNCTION_INFO_V1(rd_divide);

/* What becomes of a quotient whose divisor is 0 */
typedef enum ZeroRule
{
	ZERO_ERROR,
	ZERO_SKIP,					/* the key is left out */
	ZERO_VALUE					/* a number stands in for the quotient */
} ZeroRule;

/* The rule that a text names, or the number in it.  Error: invalid_parameter_value. */
static ZeroRule
zero_rule(const text *name, float8 *value)
{
	char	   *rule = text_to_cstring(name);
	char	   *end;

	if (strcmp(rule, "error") == 0)
		return ZERO_ERROR;
	if (strcmp(rule, "skip") == 0)
		return ZERO_SKIP;
	*value = strtod(rule, &end);
	if (end == rule || *end != '\0')
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid value for argument \"%s\": %s", "on_zero",
					   reddict_key_quote(rule, strlen(rule))),
				errhint("Available values: error, skip, or a number."));
	return ZERO_VALUE;
}

/*
 * rd_divide(a reddict, b reddict, fill float8, keys text, on_zero text)
 * returns reddict
 *
 * filled(), where a division by zero, of any number but NaN, is an error, or
 * has its key left out, or gives a number.  Strict.
 */
Datum
rd_divide(PG_FUNCTION_ARGS)
{
	RedDictOperation filled = filled_operation(&over, fcinfo);
	float8		quotient = 0;
	ZeroRule	rule = zero_rule(PG_GETARG_TEXT_PP(4), &quotient);
	RedDictView a;
	RedDictView b;
	AlignedValues aligned;
	RedDictView result;
	float8	   *divisors;
	float8	   *quotients;
	int32	   *positions;
	int32		n = 0;

	if (rule == ZERO_ERROR)
		return operate_filled(&filled, fcinfo);
	PG_GETARG_REDDICT_VIEW(0, &a);
	PG_GETARG_REDDICT_VIEW(1, &b);

	reddict_align_values(&filled, &a, &b, &aligned);
	divisors = palloc(aligned.index.n * sizeof(float8));
	quotients = palloc(aligned.index.n * sizeof(float8));
	positions = palloc(aligned.index.n * sizeof(int32));
	/* what is divided by 1 instead is not used */
	for (int32 i = 0; i < aligned.index.n; i++)
		divisors[i] = aligned.right[i] == 0 && !isnan(aligned.left[i]) ? 1 : aligned.right[i];
	reddict_check_fault(reddict_kernel(KERNEL_DIVIDE, KERNEL_MAP_MAP, aligned.index.n,
									   aligned.left, divisors, quotients),
						&aligned.index);
	for (int32 i = 0; i < aligned.index.n; i++)
	{
		bool		by_zero = divisors[i] != aligned.right[i] && aligned.right[i] == 0;

		if (by_zero)
			quotients[i] = quotient;
		if (!by_zero || rule == ZERO_VALUE)
			positions[n++] = i;
	}
	reddict_view_numbers(&aligned.index, quotients, a.narrow || b.narrow, &result);
	PG_RETURN_REDDICT(reddict_take(&result, positions, n));
}

/*
 * These functions as steps of an expression; but for ||, which takes one side's
 * numbers as they are.  Of rd_divide() the one that raises errors is a step.
 */
#define MAPS_STEP(function, name, rule) &(const RedDictStep) {function, name, STEP_MAPS, .operation = &(rule)}
#define FILLED_STEP(function, rule) &(const RedDictStep) {function, #function, STEP_FILLED, .operation = &(rule)}
#define MAP_NUMBER_STEP(function, name, op) &(const RedDictStep) {function, name, STEP_MAP_NUMBER, .kernel = (op)}
#define NUMBER_MAP_STEP(function, op) &(const RedDictStep) {function, NULL, STEP_NUMBER_MAP, .kernel = (op)}

const RedDictStep *const reddict_algebra_steps[] = {
	MAPS_STEP(reddict_pl, NULL, reddict_plus),
	MAPS_STEP(reddict_mi, NULL, reddict_minus),
	MAPS_STEP(reddict_mul, NULL, reddict_times),
	MAPS_STEP(reddict_div, NULL, over),
	MAPS_STEP(rd_greatest, "rd_greatest", reddict_greatest),
	MAPS_STEP(rd_least, "rd_least", reddict_least),
	FILLED_STEP(rd_add, reddict_plus),
	FILLED_STEP(rd_subtract, reddict_minus),
	FILLED_STEP(rd_multiply, reddict_times),
	FILLED_STEP(rd_divide, over),
	MAP_NUMBER_STEP(reddict_pl_float8, NULL, KERNEL_ADD),
	MAP_NUMBER_STEP(reddict_mi_float8, NULL, KERNEL_SUBTRACT),
	MAP_NUMBER_STEP(reddict_mul_float8, NULL, KERNEL_MULTIPLY),
	MAP_NUMBER_STEP(reddict_div_float8, NULL, KERNEL_DIVIDE),
	MAP_NUMBER_STEP(rd_reset, "rd_reset", KERNEL_RIGHT),
	NUMBER_MAP_STEP(float8_pl_reddict, KERNEL_ADD),
	NUMBER_MAP_STEP(float8_mi_reddict, KERNEL_SUBTRACT),
	NUMBER_MAP_STEP(float8_mul_reddict, KERNEL_MULTIPLY),
	NUMBER_MAP_STEP(float8_div_reddict, KERNEL_DIVIDE),
	&(const RedDictStep) {reddict_um, NULL, STEP_NEGATION, .kernel = KERNEL_SUBTRACT},
	NULL
};
