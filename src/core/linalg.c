/*
 * linalg.c - Cholesky factorisation that keeps the order of the columns and
 * passes over dependent ones, triangular solves, symmetric products.
 */
#include "linalg.h"

#include <math.h>

/*
 * Factors G = R'R in place (Cholesky; Golub & Van Loan 2013, algorithm 4.2.1) and gives the rank.
 * A column whose part not explained by the kept columns before it, 1 - R^2, is at most the
 * tolerance is dependent: kept[j] becomes false and its row of R has no meaning. As in R's glm
 * the first of two equal columns stays.
 */
size_t
tm_cholesky(double *g, size_t n, double tolerance, bool *kept)
{
	size_t		rank = 0;

	for (size_t j = 0; j < n; j++)
	{
		double	   *row = g + j * n;
		double		left = row[j];
		double		whole = left;

		for (size_t i = 0; i < j; i++)	/* the diagonal before the columns i took their part */
			if (kept[i])
				whole += g[i * n + j] * g[i * n + j];
		kept[j] = left > tolerance * whole && left > 0 && isfinite(whole);
		if (!kept[j])
			continue;
		rank++;
		left = sqrt(left);
		for (size_t l = j; l < n; l++)
			row[l] /= left;
		for (size_t i = j + 1; i < n; i++)
			for (size_t l = i; l < n; l++)
				g[i * n + l] -= row[i] * row[l];
	}
	return rank;
}

/* Replaces x by the solution of R x = b, b in x. */
void
tm_solve_upper(const double *r, size_t n, double *x)
{
	for (size_t i = n; i-- > 0;)
	{
		for (size_t l = i + 1; l < n; l++)
			x[i] -= r[i * n + l] * x[l];
		x[i] /= r[i * n + i];
	}
}

/* Replaces x by the solution of R'x = b, b in x. */
void
tm_solve_lower(const double *r, size_t n, double *x)
{
	for (size_t i = 0; i < n; i++)
	{
		x[i] /= r[i * n + i];
		for (size_t l = i + 1; l < n; l++)
			x[l] -= r[i * n + l] * x[i];
	}
}

/* Replaces R by its inverse, also upper triangular. */
void
tm_invert_upper(double *r, size_t n)
{
	for (size_t j = n; j-- > 0;)	/* from the last column: those before it are still R's */
	{
		r[j * n + j] = 1 / r[j * n + j];
		for (size_t i = j; i-- > 0;)
		{
			double		sum = 0;

			for (size_t l = i + 1; l <= j; l++)
				sum += r[i * n + l] * r[l * n + j];
			r[i * n + j] = -sum / r[i * n + i];
		}
	}
}

/* Adds w x x' to the upper triangle of G. */
void
tm_add_outer(double *g, size_t n, double w, const double *x)
{
	for (size_t i = 0; i < n; i++)
	{
		double		a = w * x[i];

		for (size_t l = i; l < n; l++)
			g[i * n + l] += a * x[l];
	}
}

/*
 * Adds sum w x x' over rows (a row every stride numbers) to the upper triangle of G. Four rows at a time:
 * the sum of four products is formed before G is read, in an order that depends on nothing but the rows.
 */
void
tm_add_gram(double *g, size_t n, const double *x, size_t stride, const double *w, size_t rows)
{
	size_t		r = 0;

	for (; r + 4 <= rows; r += 4)
	{
		const double *a = x + r * stride;
		const double *b = a + stride;
		const double *c = b + stride;
		const double *d = c + stride;

		for (size_t i = 0; i < n; i++)
		{
			double		wa = w[r] * a[i];
			double		wb = w[r + 1] * b[i];
			double		wc = w[r + 2] * c[i];
			double		wd = w[r + 3] * d[i];

			for (size_t l = i; l < n; l++)
				g[i * n + l] += (wa * a[l] + wb * b[l]) + (wc * c[l] + wd * d[l]);
		}
	}
	for (; r < rows; r++)
		tm_add_outer(g, n, w[r], x + r * stride);
}

/* out' = x'U for an upper triangular U. */
void
tm_times_upper(const double *u, size_t n, const double *x, double *out)
{
	for (size_t l = 0; l < n; l++)
	{
		double		sum = 0;

		for (size_t i = 0; i <= l; i++)
			sum += x[i] * u[i * n + l];
		out[l] = sum;
	}
}

/* Gives M B M' (rows by rows, both triangles) for M rows by n and the upper triangle of B; work holds n numbers. */
void
tm_sandwich(const double *m, size_t rows, size_t n, const double *b, double *work, double *out)
{
	for (size_t i = 0; i < rows; i++)
	{
		const double *mi = m + i * n;

		for (size_t l = 0; l < n; l++)
		{
			work[l] = 0;
			for (size_t j = 0; j < n; j++)
				work[l] += mi[j] * (j <= l ? b[j * n + l] : b[l * n + j]);
		}
		for (size_t j = 0; j <= i; j++)
		{
			double		sum = 0;

			for (size_t l = 0; l < n; l++)
				sum += work[l] * m[j * n + l];
			out[i * rows + j] = out[j * rows + i] = sum;
		}
	}
}
