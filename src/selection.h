/*
 * selection.h
 *	  Select from some elements, for the file that includes this.
 *
 * As core's lib/sort_template.h, this may be included several times.  Define
 * before it
 *
 *		SELECT_NAME		the name of the function
 *		SELECT_TYPE		the type of an element
 *		SELECT_BEFORE(a, b)	does the element that a points to come before b's?
 *		SELECT_SORT(elements, n)	a sort in the same order
 *
 * and it defines a function
 *
 *		static void SELECT_NAME(SELECT_TYPE *elements, int32 n, int32 k)
 *
 * that brings the element to place k, counted from 0, that a sort would bring
 * there, and before it those that do not come after it.
 *
 * This is Hoare's FIND (CACM 4, 1961) with the median of three for a pivot;
 * where it makes too little progress the rest is sorted.  So it takes time by n,
 * or at the worst by n log n.
 */
#include "miscadmin.h"
#include "port/pg_bitutils.h"

static void
SELECT_NAME(SELECT_TYPE *elements, int32 n, int32 k)
{
	int32		low = 0;
	int32		high = n - 1;
	int			rounds = 2 * pg_leftmost_one_pos32(n) + 2;

	Assert(k >= 0 && k < n);
	while (low < high)
	{
		SELECT_TYPE pivot = elements[low + (high - low) / 2];
		SELECT_TYPE first = elements[low];
		SELECT_TYPE last = elements[high];
		int32		i = low;
		int32		j = high;

		CHECK_FOR_INTERRUPTS();
		if (rounds-- == 0)
		{
			SELECT_SORT(&elements[low], high - low + 1);
			return;
		}

		/* the first or the last one of all takes one pass */
		if (k == low || k == high)
		{
			int32		place = k;

			for (; i <= high; i++)
			{
				if (k == low ? SELECT_BEFORE(&elements[i], &elements[place]) :
					SELECT_BEFORE(&elements[place], &elements[i]))
					place = i;
			}
			pivot = elements[place];
			elements[place] = elements[k];
			elements[k] = pivot;
			return;
		}

		if (SELECT_BEFORE(&last, &first))
		{
			SELECT_TYPE swap = first;

			first = last;
			last = swap;
		}
		if (SELECT_BEFORE(&pivot, &first))
			pivot = first;
		else if (SELECT_BEFORE(&last, &pivot))
			pivot = last;
		while (i <= j)
		{
			while (SELECT_BEFORE(&elements[i], &pivot))
				i++;
			while (SELECT_BEFORE(&pivot, &elements[j]))
				j--;
			if (i <= j)
			{
				SELECT_TYPE swap = elements[i];

				elements[i++] = elements[j];
				elements[j--] = swap;
			}
		}
		/* what is between j and i is where it belongs */
		if (k <= j)
			high = j;
		else if (k >= i)
			low = i;
		else
			return;
	}
}

#undef SELECT_NAME
#undef SELECT_TYPE
#undef SELECT_BEFORE
#undef SELECT_SORT
