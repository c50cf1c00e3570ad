/*
 * steps.c
 *	  The table of all steps of expressions.
 */
#include "postgres.h"

#include "steps.h"

const RedDictStep *const *const reddict_step_tables[] = {
	reddict_algebra_steps,
	reddict_element_steps,
	reddict_reduction_steps
};

/* The step that a function is, and its number; NULL if it is none. */
const RedDictStep *
reddict_find_step(PGFunction function, int *number)
{
	for (int i = 0; i < (int) lengthof(reddict_step_tables); i++)
	{
		for (int j = 0; reddict_step_tables[i][j] != NULL; j++)
		{
			if (reddict_step_tables[i][j]->function == function)
			{
				*number = i * STEPS_IN_TABLE + j;
				return reddict_step_tables[i][j];
			}
		}
	}
	return NULL;
}
