/*
 * steps.c
 *	  The table of all steps of expressions.
 */
#include "postgres.h"

#include "steps.h"

static const RedDictStep *const *const tables[] = {
	reddict_algebra_steps,
	reddict_element_steps,
	reddict_reduction_steps
};

/* A step's number is that of its table, and its own there. */
#define STEPS_IN_TABLE 64

const RedDictStep *
reddict_step(int number)
{
	return tables[number / STEPS_IN_TABLE][number % STEPS_IN_TABLE];
}

/* The step that a function is, and its number; NULL if it is none. */
const RedDictStep *
reddict_find_step(PGFunction function, int *number)
{
	for (int i = 0; i < (int) lengthof(tables); i++)
	{
		for (int j = 0; tables[i][j] != NULL; j++)
		{
			if (tables[i][j]->function == function)
			{
				*number = i * STEPS_IN_TABLE + j;
				return tables[i][j];
			}
		}
	}
	return NULL;
}
