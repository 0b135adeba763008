/*
 * order.c - neighbours of higher order: those a number of steps away and not fewer.
 */
#include "links.h"

/* Sorts numbers ascending (Shell's sort). */
static void
sort(int32_t *v, int64_t n)
{
	int64_t		gap = 1;

	while (gap < n / 9)
		gap = 3 * gap + 1;
	for (; gap > 0; gap /= 3)
		for (int64_t i = gap; i < n; i++)
		{
			int32_t		x = v[i];
			int64_t		j = i;

			for (; j >= gap && v[j - gap] > x; j -= gap)
				v[j] = v[j - gap];
			v[j] = x;
		}
}

/*
 * Sets out to the neighbours of this order (from 1), or up to it, with weights
 * of 1. Without room in it (to is NULL) only their numbers are counted: first.
 * work holds 2 n numbers.
 */
void
tm_links_of_order(const tm_links *a, int32_t order, bool up_to, tm_ticker ticker, int32_t *work, tm_links *out)
{
	int32_t    *queue = work;
	int32_t    *seen = work + a->n; /* the last area from which an area was reached, + 1 */

	out->n = a->n;
	out->first[0] = 0;
	for (int32_t i = 0; i < a->n; i++)
		seen[i] = 0;
	for (int32_t i = 0; i < a->n; i++)
	{
		int32_t		start = 0;	/* of the last order in the queue */
		int32_t		end = 1;
		int32_t		from;

		queue[0] = i;
		seen[i] = i + 1;
		for (int32_t step = 0; step < order && start < end; step++)
		{
			int32_t		last = end;

			for (int32_t q = start; q < last; q++)
				for (int64_t l = a->first[queue[q]]; l < a->first[queue[q] + 1]; l++)
					if (seen[a->to[l]] != i + 1)
					{
						seen[a->to[l]] = i + 1;
						queue[end++] = a->to[l];
					}
			start = last;
		}
		from = up_to ? 1 : start;
		out->first[i + 1] = out->first[i] + (end - from);
		if (out->to)
		{
			for (int32_t q = from; q < end; q++)
			{
				out->to[out->first[i] + q - from] = queue[q];
				out->weight[out->first[i] + q - from] = 1.0;
			}
			sort(out->to + out->first[i], end - from);
		}
		if (ticker.call)
			ticker.call(ticker.arg);
	}
}
