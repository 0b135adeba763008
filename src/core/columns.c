/*
 * columns.c - the canonical order of rows of a few doubles: a radix sort, whose
 * time does not depend on how the rows come.
 */
#include "columns.h"

#include <string.h>

/* A number's bits as an unsigned key that sorts as the number does, whatever the bits mean. */
static uint64_t
key(const double *number)
{
	uint64_t	v;

	memcpy(&v, number, sizeof v);
	return v >> 63 ? ~v : v | (uint64_t) 1 << 63;
}

/* One stable pass by one byte of one column; false when all rows share that byte and nothing was moved. */
static bool
pass(const double *from, double *to, size_t n, int k, int column, int shift)
{
	size_t		count[256] = {0};
	size_t		sum = 0;

	for (size_t i = 0; i < n; i++)
		count[key(from + i * k + column) >> shift & 255]++;
	if (count[key(from + column) >> shift & 255] == n)
		return false;
	for (int b = 0; b < 256; b++)
	{
		size_t		here = count[b];

		count[b] = sum;
		sum += here;
	}
	for (size_t i = 0; i < n; i++)
	{
		const double *row = from + i * k;
		double	   *place = to + k * count[key(row + column) >> shift & 255]++;

		for (int c = 0; c < k; c++)
			place[c] = row[c];
	}
	return true;
}

/* Sorts n rows of k numbers ascending by the columns in the order given, all k of them; work has room for the rows. */
void
tm_columns_sort(double *rows, double *work, size_t n, int k, const int *order, tm_tick tick)
{
	double	   *from = rows;
	double	   *to = work;

	if (n < 2)
		return;
	for (int c = k - 1; c >= 0; c--)
		for (int shift = 0; shift < 64; shift += 8)
		{
			if (tick)
				tick();
			if (pass(from, to, n, k, order[c], shift))
			{
				double	   *swap = from;

				from = to;
				to = swap;
			}
		}
	if (from != rows)
		memcpy(rows, from, n * k * sizeof *rows);
}
