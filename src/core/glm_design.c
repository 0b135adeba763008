/*
 * glm_design.c - the design of a regression in an almost orthonormal basis.
 *
 * Columns are centred (with an intercept) and scaled, dependent ones found and
 * left out, and the rest orthonormalised under the weights of the first
 * iteration (Cholesky QR; Golub & Van Loan 2013, 5.2.8). The Newton iterations
 * then work on matrices near the identity, so that years around 2020, incomes
 * in euros or nearly collinear factors cost no digits.
 */
#include "glm_parts.h"

#include <math.h>

#include "linalg.h"

/* A column whose unexplained share of variance 1 - R^2 is below this depends on the columns before it. */
#define COLLINEAR 1e-12
/* A column whose largest deviation is this share of its size is constant. */
#define CONSTANT 1e-13

/* The weighted means of the columns, formed from deviations from the first row so that a constant column gives its value exactly. */
static void
means(const tm_glm_task *t, const tm_work *g, const double *v, double *mean)
{
	double		all = 0;

	for (size_t j = 0; j < g->q; j++)
		mean[j] = 0;
	if (!t->intercept)
		return;
	for (size_t i = 0; i < g->n; i++)
	{
		const double *x = g->z + i * g->q;

		all += v[i];
		for (size_t j = 1; j < g->q; j++)
			mean[j] += v[i] * (x[j] - g->z[j]);
		if (i % TM_BLOCK == 0)
			tm_tick(g);
	}
	for (size_t j = 1; j < g->q; j++)
		mean[j] = g->z[j] + mean[j] / all;
}

/* Centres the columns; the scale of each is its largest deviation, 0 for a column that does not vary. */
static void
centre(tm_work *g, const double *mean, double *scale, double *size)
{
	for (size_t j = 0; j < g->q; j++)
		scale[j] = size[j] = 0;
	for (size_t i = 0; i < g->n; i++)
	{
		double	   *x = g->z + i * g->q;

		for (size_t j = 0; j < g->q; j++)
		{
			double		whole = fabs(x[j]);

			x[j] -= mean[j];
			size[j] = whole > size[j] ? whole : size[j];
			scale[j] = fabs(x[j]) > scale[j] ? fabs(x[j]) : scale[j];
		}
		if (i % TM_BLOCK == 0)
			tm_tick(g);
	}
	for (size_t j = 0; j < g->q; j++)
		if (!isfinite(scale[j]) || scale[j] <= CONSTANT * size[j])
			scale[j] = 0;
}

/* Scales the columns to at most 1 and gives their weighted Gram matrix per unit of weight; a column of scale 0 becomes 0. */
static void
scaled_gram(tm_work *g, const double *v, const double *scale, double *out)
{
	double		all = 0;

	for (size_t j = 0; j < g->q * g->q; j++)
		out[j] = 0;
	for (size_t lo = 0; lo < g->n; lo += TM_BLOCK)
	{
		size_t		rows = g->n - lo < TM_BLOCK ? g->n - lo : TM_BLOCK;

		for (size_t i = lo; i < lo + rows; i++)
		{
			double	   *x = g->z + i * g->q;

			all += v[i];
			for (size_t j = 0; j < g->q; j++)
				x[j] = scale[j] > 0 ? x[j] / scale[j] : 0;
		}
		tm_add_gram(out, g->q, g->z + lo * g->q, g->q, v + lo, rows);
		tm_tick(g);
	}
	for (size_t j = 0; j < g->q * g->q; j++)
		out[j] /= all;
}

/* Moves the kept rows and columns of the factor together: r becomes k by k. */
static void
compact(tm_work *g, const double *full, double *r)
{
	size_t		a = 0;

	for (size_t i = 0; i < g->q; i++)
	{
		size_t		b = 0;

		if (!g->used[i])
			continue;
		for (size_t j = 0; j < g->q; j++)
			if (g->used[j])
				r[a * g->k + b++] = full[i * g->q + j];
		a++;
	}
}

/* Replaces every row of z by its coordinates in the new basis, x'U with U the inverse of the factor. */
static void
transform(tm_work *g, const double *u)
{
	for (size_t i = 0; i < g->n; i++)
	{
		double	   *z = g->z + i * g->q;
		size_t		a = 0;

		for (size_t j = 0; j < g->q; j++)
			if (g->used[j])
				g->scratch[a++] = z[j];
		tm_times_upper(u, g->k, g->scratch, z);
		if (i % TM_BLOCK == 0)
			tm_tick(g);
	}
}

/* The way back to the covariates as given: estimate_j = sum_b U_ab c_b / scale_j, and the intercept less the means. */
static void
way_back(tm_work *g, const double *u, const double *mean, const double *scale)
{
	size_t		a = 0;

	for (size_t j = 0; j < g->q * g->k; j++)
		g->back[j] = 0;
	for (size_t j = 0; j < g->q; j++)
	{
		if (!g->used[j])
			continue;
		for (size_t b = a; b < g->k; b++)
		{
			g->back[j * g->k + b] = u[a * g->k + b] / scale[j];
			if (g->task->intercept && j > 0)
				g->back[b] -= mean[j] * g->back[j * g->k + b];
		}
		a++;
	}
}

/* Makes the design; start[0 .. n) gets the weights of the first iteration, start[n .. 2n) its targets. False when no column is left. */
bool
tm_design(tm_work *g, double *start)
{
	double	   *mean = g->score;
	double	   *scale = g->border;

	for (size_t i = 0; i < g->n; i++)
	{
		tm_family_start(g->task->family, g->y[i], g->m[i], g->w[i], start + i, start + g->n + i);
		start[g->n + i] -= g->offset[i];
	}
	means(g->task, g, start, mean);
	centre(g, mean, scale, g->step);
	scaled_gram(g, start, scale, g->b[0]);
	g->k = tm_cholesky(g->b[0], g->q, COLLINEAR, g->used);
	if (g->k == 0)
		return false;
	compact(g, g->b[0], g->h);
	tm_invert_upper(g->h, g->k);
	transform(g, g->h);
	way_back(g, g->h, mean, scale);
	return true;
}
