/*
 * operands.h
 *	  The two maps that a function is called with, row after row.
 */
#ifndef REDBEAR_OPERANDS_H
#define REDBEAR_OPERANDS_H

#include "reddict.h"

#pragma GCC visibility push(hidden)

/* Views of both; where one is a constant, its view is kept from call to call */
typedef struct RedDictOperands
{
	const RedDictView *a;
	const RedDictView *b;
	RedDictView views[2];		/* of those that are not kept */
} RedDictOperands;

extern void reddict_operands(FunctionCallInfo fcinfo, RedDictOperands *operands);

#pragma GCC visibility pop

#endif							/* REDBEAR_OPERANDS_H */
