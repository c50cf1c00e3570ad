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

#include "utils/builtins.h"

#include "algebra.h"

/*
 * A missing key counts as 0 in a sum.  It is -0 that is added, because x + -0
 * is x for every x, -0 and NaN included, where -0 + 0 is 0: so a key's sum
 * depends on nothing but the values of that key.  In a difference it is
 * x - 0 that is x.
 */
const RedDictOperation reddict_plus = {KERNEL_ADD, KEYS_EITHER, FILL_CONSTANT, -0.0};
static const RedDictOperation minus = {KERNEL_SUBTRACT, KEYS_EITHER, FILL_CONSTANT, 0.0};
static const RedDictOperation times = {KERNEL_MULTIPLY, KEYS_BOTH, FILL_CONSTANT, 1.0};
static const RedDictOperation over = {KERNEL_DIVIDE, KEYS_BOTH, FILL_CONSTANT, 1.0};
static const RedDictOperation concat = {KERNEL_RIGHT, KEYS_EITHER, FILL_OTHER, 0.0};
const RedDictOperation reddict_least = {KERNEL_LEAST, KEYS_EITHER, FILL_OTHER, 0.0};
const RedDictOperation reddict_greatest = {KERNEL_GREATEST, KEYS_EITHER, FILL_OTHER, 0.0};

/* The names of the fourth argument of rd_add() and its like */
static const struct
{
	const char *name;
	KeyMode		mode;
}			key_modes[] = {
	{"left", KEYS_LEFT},
	{"right", KEYS_RIGHT},
	{"both", KEYS_BOTH},
	{"either", KEYS_EITHER}
};

/* Raise the error that core raises for an element, naming its key. */
void
reddict_raise(KernelError error, const char *key, uint32 len)
{
	if (error == KERNEL_ZERO_DIVIDE)
		ereport(ERROR,
				errcode(ERRCODE_DIVISION_BY_ZERO),
				errmsg("division by zero"),
				errdetail("The key is %s.", reddict_key_quote(key, len)));
	ereport(ERROR,
			errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			error == KERNEL_OVERFLOW ?
			errmsg("value out of range: overflow") :
			errmsg("value out of range: underflow"),
			errdetail("The key is %s.", reddict_key_quote(key, len)));
}

/* Raise an error if a kernel found one in a value with these keys. */
void
reddict_check_fault(KernelFault fault, const KeyIndex *index)
{
	const char *key;
	uint32		len;

	if (likely(fault.error == KERNEL_OK))
		return;
	reddict_key_index_get(index, fault.position, &key, &len);
	reddict_raise(fault.error, key, len);
}

/*
 * The values of one side in the order of an alignment.  "positions" says where
 * each is on this side, or -1, and then "fill" or the other side's stands in.
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
 * The result of an operation on two values, as a new value in the current
 * memory context.
 *
 * Errors: those of core's float8 operator, with the key; program_limit_exceeded.
 */
struct varlena *
reddict_operate(const RedDictOperation *operation,
				const RedDictView *a, const RedDictView *b)
{
	struct varlena *result;
	float8	   *values;

	if (likely(key_index_same(&a->index, &b->index)))
	{
		result = reddict_new(&a->index, &values);
		reddict_check_fault(reddict_kernel(operation->kernel, KERNEL_MAP_MAP,
										   a->index.n, a->values, b->values, values),
							&a->index);
	}
	else
	{
		KeyAlignment aligned;
		float8	   *left;
		float8	   *right;

		reddict_key_index_align(&a->index, &b->index, operation->keys, &aligned);
		result = reddict_new(&aligned.index, &values);
		left = gather(operation, aligned.index.n,
					  a->values, aligned.left, b->values, aligned.right);
		right = gather(operation, aligned.index.n,
					   b->values, aligned.right, a->values, aligned.left);
		reddict_check_fault(reddict_kernel(operation->kernel, KERNEL_MAP_MAP,
										   aligned.index.n, left, right, values),
							&aligned.index);
		pfree(left);
		pfree(right);
		pfree(aligned.left);
		pfree(aligned.right);
	}
	return result;
}

/* The result of an operation on a value and a number, on either side. */
static struct varlena *
operate_scalar(KernelOp kernel, KernelShape shape,
			   const RedDictView *map, float8 scalar)
{
	float8	   *values;
	struct varlena *result = reddict_new(&map->index, &values);
	const unaligned_double *left = shape == KERNEL_SCALAR_MAP ? &scalar : map->values;
	const unaligned_double *right = shape == KERNEL_MAP_SCALAR ? &scalar : map->values;

	reddict_check_fault(reddict_kernel(kernel, shape, map->index.n, left, right, values),
						&map->index);
	return result;
}

/* The mode that the fourth argument of rd_add() and its like names. */
static KeyMode
key_mode_of(const text *name)
{
	for (int i = 0; i < (int) lengthof(key_modes); i++)
	{
		if (strlen(key_modes[i].name) == VARSIZE_ANY_EXHDR(name) &&
			memcmp(key_modes[i].name, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0)
			return key_modes[i].mode;
	}
	ereport(ERROR,
			errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("invalid value for argument \"%s\": %s", "keys",
				   reddict_key_quote(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name))),
			errhint("Available values: left, right, both, either."));
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
	RedDictView a; \
	RedDictView b; \
	PG_GETARG_REDDICT_VIEW(0, &a); \
	PG_GETARG_REDDICT_VIEW(1, &b); \
	PG_RETURN_REDDICT(reddict_operate(&(operation), &a, &b)); \
}

#define FILLED(name, operation) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	RedDictOperation filled = {(operation).kernel, \
		key_mode_of(PG_GETARG_TEXT_PP(3)), FILL_CONSTANT, PG_GETARG_FLOAT8(2)}; \
	RedDictView a; \
	RedDictView b; \
	PG_GETARG_REDDICT_VIEW(0, &a); \
	PG_GETARG_REDDICT_VIEW(1, &b); \
	PG_RETURN_REDDICT(reddict_operate(&filled, &a, &b)); \
}

#define MAP_SCALAR(name, kernel) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	RedDictView map; \
	PG_GETARG_REDDICT_VIEW(0, &map); \
	PG_RETURN_REDDICT(operate_scalar(kernel, KERNEL_MAP_SCALAR, &map, \
									 PG_GETARG_FLOAT8(1))); \
}

#define SCALAR_MAP(name, kernel) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	RedDictView map; \
	PG_GETARG_REDDICT_VIEW(1, &map); \
	PG_RETURN_REDDICT(operate_scalar(kernel, KERNEL_SCALAR_MAP, &map, \
									 PG_GETARG_FLOAT8(0))); \
}

MAP_MAP(reddict_pl, reddict_plus)
MAP_MAP(reddict_mi, minus)
MAP_MAP(reddict_mul, times)
MAP_MAP(reddict_div, over)
MAP_MAP(reddict_concat, concat)

FILLED(rd_add, reddict_plus)
FILLED(rd_subtract, minus)
FILLED(rd_multiply, times)
FILLED(rd_divide, over)

MAP_SCALAR(reddict_pl_float8, KERNEL_ADD)
MAP_SCALAR(reddict_mi_float8, KERNEL_SUBTRACT)
MAP_SCALAR(reddict_mul_float8, KERNEL_MULTIPLY)
MAP_SCALAR(reddict_div_float8, KERNEL_DIVIDE)

SCALAR_MAP(float8_pl_reddict, KERNEL_ADD)
SCALAR_MAP(float8_mi_reddict, KERNEL_SUBTRACT)
SCALAR_MAP(float8_mul_reddict, KERNEL_MULTIPLY)
SCALAR_MAP(float8_div_reddict, KERNEL_DIVIDE)

/* rd_reset(m reddict, v float8) returns reddict: the same keys, every value v. */
MAP_SCALAR(rd_reset, KERNEL_RIGHT)

PG_FUNCTION_INFO_V1(reddict_um);

/*
 * - reddict returns reddict
 *
 * -0 - x is -x for every x, where 0 - x is 0, not -0, for 0.
 */
Datum
reddict_um(PG_FUNCTION_ARGS)
{
	RedDictView map;

	PG_GETARG_REDDICT_VIEW(0, &map);
	PG_RETURN_REDDICT(operate_scalar(KERNEL_SUBTRACT, KERNEL_SCALAR_MAP, &map, -0.0));
}
