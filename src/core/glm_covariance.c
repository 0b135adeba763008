/*
 * glm_covariance.c - covariance matrices of the estimates: from the model, and robust.
 *
 * With A the expected information, s_i the score of row i and h_i its hat value, A^-1 B A^-1 where
 * B = sum s_i^2 z z' (HC0; White 1980, Huber 1967), sum (s_i / (1 - h_i))^2 z z' (HC3; MacKinnon & White 1985),
 * or the sum over clusters of the outer product of their summed scores (CR0; Liang & Zeger 1986).
 */
#include "glm_parts.h"

#include <math.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "linalg.h"

/* Clears a k by k matrix. */
static void
clear(const tm_work *g, double *m)
{
	memset(m, 0, g->k * g->k * sizeof *m);
}

/* The expected information, factored, in g->h, and the factor's inverse in root; false when singular. */
static bool
information(tm_work *g, double *root)
{
	clear(g, g->h);
	for (size_t lo = 0; lo < g->n; lo += TM_BLOCK)
	{
		tm_add_gram(g->h, g->k, g->z + lo * g->q, g->q, g->m + lo, g->n - lo < TM_BLOCK ? g->n - lo : TM_BLOCK);
		tm_tick(g);
	}
	if (tm_cholesky(g->h, g->k, 0, g->kept) < g->k)
		return false;
	memcpy(root, g->h, g->k * g->k * sizeof *root);
	tm_invert_upper(root, g->k);
	return true;
}

/* The squared scores of a block's rows, and those over (1 - hat)^2; false when a hat value is 1. */
static bool
squares(tm_work *g, const double *root, size_t lo, size_t rows, double *plain, double *hc3)
{
	bool		good = true;

	for (size_t i = 0; i < rows; i++)
	{
		double		score = g->w[lo + i];
		double		rest = 1;

		tm_times_upper(root, g->k, g->z + (lo + i) * g->q, g->scratch);
		for (size_t j = 0; j < g->k; j++)
			rest -= g->m[lo + i] * g->scratch[j] * g->scratch[j];
		plain[i] = score * score;
		good = good && rest > 1e-12;
		hc3[i] = plain[i] / (rest * rest);
	}
	return good;
}

/* The middle matrices B of HC0 and HC3 in g->b[0] and g->b[1]; false when HC3 does not exist. Root stands in g->b[2]. */
static bool
middle(tm_work *g, const double *root)
{
	bool		good = true;
	double		plain[TM_BLOCK];
	double		hc3[TM_BLOCK];

	clear(g, g->b[0]);
	clear(g, g->b[1]);
	for (size_t lo = 0; lo < g->n; lo += TM_BLOCK)
	{
		size_t		rows = g->n - lo < TM_BLOCK ? g->n - lo : TM_BLOCK;

		good = squares(g, root, lo, rows, plain, hc3) && good;
		tm_add_gram(g->b[0], g->k, g->z + lo * g->q, g->q, plain, rows);
		tm_add_gram(g->b[1], g->k, g->z + lo * g->q, g->q, hc3, rows);
		tm_tick(g);
	}
	return good;
}

/* The middle matrix of the clusters in b; gives their number. */
static size_t
cluster_middle(tm_work *g, double *b)
{
	size_t		clusters = 0;
	double	   *sum = g->score;

	clear(g, b);
	memset(sum, 0, g->k * sizeof *sum);
	for (size_t i = 0; i < g->n; i++)
	{
		if (g->first[i])
		{
			tm_add_outer(b, g->k, 1, sum);
			memset(sum, 0, g->k * sizeof *sum);
			clusters++;
		}
		for (size_t j = 0; j < g->k; j++)
			sum[j] += g->w[i] * g->z[i * g->q + j];
		if (i % TM_BLOCK == 0)
			tm_tick(g);
	}
	tm_add_outer(b, g->k, 1, sum);
	return clusters;
}

/* Replaces a matrix by NaN. */
static void
undefined(double *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		m[i] = NAN;
}

/* M M', both triangles, for M of q rows by k. */
static void
square(const double *m, size_t q, size_t k, double *out)
{
	for (size_t i = 0; i < q; i++)
		for (size_t j = 0; j <= i; j++)
		{
			double		sum = 0;

			for (size_t l = 0; l < k; l++)
				sum += m[i * k + l] * m[j * k + l];
			out[i * q + j] = out[j * q + i] = sum;
		}
}

/*
 * Fills the fit's covariances, in terms of the covariates as given, and its number of clusters. Every row's expected
 * information stands in g->m and its score in g->w. Uses up g->back.
 */
void
tm_covariances(tm_work *g, tm_glm_fit *fit)
{
	size_t		q = g->q;
	size_t		k = g->k;

	if (!information(g, g->b[2]))
		return;
	if (!middle(g, g->b[2]))
		undefined(g->b[1], k * k);
	for (size_t i = 0; i < q; i++)	/* back R^-1, a square root of the model's covariance back A^-1 back' */
		tm_solve_lower(g->h, k, g->back + i * k);
	square(g->back, q, k, fit->cov[TM_COV_MODEL]);
	for (size_t i = 0; i < q; i++)	/* back A^-1, the outer part of the sandwiches */
		tm_solve_upper(g->h, k, g->back + i * k);
	tm_sandwich(g->back, q, k, g->b[0], g->scratch, fit->cov[TM_COV_HC0]);
	tm_sandwich(g->back, q, k, g->b[1], g->scratch, fit->cov[TM_COV_HC3]);
	if (g->clustered)
	{
		fit->clusters = cluster_middle(g, g->b[2]);
		tm_sandwich(g->back, q, k, g->b[2], g->scratch, fit->cov[TM_COV_CLUSTER]);
	}
	for (int c = 0; c < TM_COV_N; c++)
		for (size_t i = 0; i < q * q; i++)
			if (!g->used[i / q] || !g->used[i % q])
				fit->cov[c][i] = NAN;
}

/*
 * Standard error, z, two-sided p, limits and the ratios exp(estimate), NaN where the variance is not above 0. Normal
 * (erfc, which reaches further down than Rmath's pnorm) when df is infinite, else Student's t, for a variance whose
 * scale was estimated on df degrees of freedom.
 */
void
tm_wald(double estimate, double variance, double df, double confidence, double out[TM_WALD_N])
{
	double		se = variance > 0 ? sqrt(variance) : NAN;
	double		tail = (1 - confidence) / 2;
	double		quantile = isinf(df) ? qnorm(tail, 0, 1, 0, 0) : qt(tail, df, 0, 0);

	out[TM_WALD_ESTIMATE] = estimate;
	out[TM_WALD_SE] = se;
	out[TM_WALD_Z] = estimate / se;
	out[TM_WALD_P] = isinf(df) ? erfc(fabs(estimate / se) / sqrt(2.0)) : 2 * pt(fabs(estimate / se), df, 0, 0);
	out[TM_WALD_LOWER] = estimate - quantile * se;
	out[TM_WALD_UPPER] = estimate + quantile * se;
	for (int i = 0; i < 3; i++)
		out[TM_WALD_RATIO + i] = exp(i == 0 ? estimate : out[TM_WALD_LOWER + i - 1]);
}
