/*
 * operands.c
 *	  The two maps that a function is called with, row after row.
 *
 * A query's constant comes with its keys (support.c), while rows may be packed.
 * To look at it anew for each row is to compare all of its keys with registered
 * ones each time.  So a view of it is remembered; and once a packed row had the
 * same keys, another view that says so by their hash alone.
 */
#include "postgres.h"

#include "nodes/primnodes.h"

#include "memo.h"
#include "operands.h"

/* What a call site remembers */
typedef struct ConstantMemo
{
	int			argument;		/* which one it is; -1: neither */
	bool		seen;			/* was this the first call? */
	bool		viewed;			/* is there a view? */
	bool		registered;		/* had a packed row the same keys? */
	RedDictView view;			/* with its keys */
	RedDictView packed;			/* the same, with those of a packed row */
} ConstantMemo;

/* Which of two arguments is a constant; -1 for neither. */
static int
constant_argument(const FmgrInfo *function)
{
	Node	   *call = function->fn_expr;
	List	   *args = NIL;

	if (call != NULL && IsA(call, FuncExpr))
		args = ((FuncExpr *) call)->args;
	else if (call != NULL && IsA(call, OpExpr))
		args = ((OpExpr *) call)->args;
	for (int i = 0; i < list_length(args) && i < 2; i++)
	{
		if (IsA(list_nth(args, i), Const))
			return i;
	}
	return -1;
}

/* Look at a constant for good, in the memory of the function. */
static void
keep_view(ConstantMemo *memo, Datum constant, MemoryContext context)
{
	MemoryContext caller = MemoryContextSwitchTo(context);
	RedDictView *view = &memo->view;
	Size		size;

	reddict_view(PointerGetDatum(PG_DETOAST_DATUM_COPY(constant)), view);
	size = view->index.n * sizeof(float8);
	view->values = memcpy(palloc(size), view->values, size);
	reddict_own_keys(&view->index);
	MemoryContextSwitchTo(caller);
	memo->viewed = true;
}

/*
 * Look at the first two arguments of a function, which are maps.  A constant
 * is remembered from the second call on: most functions that are called but once,
 * with constants, are called by the planner.
 */
void
reddict_operands(FunctionCallInfo fcinfo, RedDictOperands *operands)
{
	FmgrInfo   *function = fcinfo->flinfo;
	ConstantMemo *memo = reddict_memo(function, sizeof(ConstantMemo));
	const RedDictView *constant;
	RedDictView *row;

	operands->a = &operands->views[0];
	operands->b = &operands->views[1];
	if (memo != NULL && !memo->seen)
	{
		memo->argument = constant_argument(function);
		memo->seen = true;
	}
	else if (memo != NULL && memo->argument >= 0 && !memo->viewed)
		keep_view(memo, PG_GETARG_DATUM(memo->argument), function->fn_mcxt);
	if (memo == NULL || !memo->viewed)
	{
		PG_GETARG_REDDICT_VIEW(0, &operands->views[0]);
		PG_GETARG_REDDICT_VIEW(1, &operands->views[1]);
		return;
	}

	constant = &memo->view;
	row = &operands->views[1 - memo->argument];
	reddict_view(PG_GETARG_DATUM(1 - memo->argument), row);
	if (row->index.shared)
	{
		if (!memo->registered && reddict_same_keys(&row->index, &memo->view.index))
		{
			memo->packed = memo->view;
			memo->packed.index = row->index;
			memo->packed.index.block = NULL;
			memo->registered = true;
		}
		if (memo->registered)
			constant = &memo->packed;
	}
	if (memo->argument == 0)
		operands->a = constant;
	else
		operands->b = constant;
}
