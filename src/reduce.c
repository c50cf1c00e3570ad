/*
 * reduce.c
 *	  One map to one number.
 */
#include "postgres.h"

#include "algebra.h"

PG_FUNCTION_INFO_V1(rd_sum);
PG_FUNCTION_INFO_V1(rd_product);

/*
 * Fold the values in key order, starting from the first; "empty" is the
 * result where there is none.
 */
static float8
fold(FunctionCallInfo fcinfo, KernelOp kernel, float8 empty)
{
	RedDictView view;
	float8		result;
	KernelFault fault;

	PG_GETARG_REDDICT_VIEW(0, &view);
	if (view.index.n == 0)
		return empty;
	result = view.values[0];
	fault = reddict_kernel_fold(kernel, view.index.n - 1, view.values + 1, &result);
	fault.position += 1;
	reddict_check_fault(fault, &view.index);
	return result;
}

/*
 * rd_sum(reddict) returns float8
 *
 * The sum of the values, in key order; 0 for an empty map.  Strict.
 * Error: numeric_value_out_of_range.
 */
Datum
rd_sum(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(fold(fcinfo, KERNEL_ADD, 0.0));
}

/*
 * rd_product(reddict) returns float8
 *
 * The product of the values, in key order; 1 for an empty map.  Strict.
 * Error: numeric_value_out_of_range.
 */
Datum
rd_product(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(fold(fcinfo, KERNEL_MULTIPLY, 1.0));
}
