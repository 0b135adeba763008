/*
 * glm.c - one regression from rows to estimates: the order of the work, its
 * memory, the null model and the ends that are no estimates.
 */
#include "glm_parts.h"

#include <math.h>
#include <string.h>

#define NULL_STEPS 200
#define MATRICES 5				/* back, h, b[3] */
#define VECTORS 6

/* The numbers of the design's rows: at least 3, for the order's second half stands there first. */
static size_t
stride(size_t p)
{
	return p + 1 < 3 ? 3 : p + 1;
}

/* Bytes of memory that a fit of n rows and p covariates works in: 8 max(p + 1, 3) + 57 a row and the matrices. */
size_t
tm_glm_room(size_t n, size_t p)
{
	size_t		q = p + 1;

	return n * (stride(p) * sizeof(double) + sizeof(tm_place) + 4 * sizeof(double) + 1) +
		(MATRICES * q * q + VECTORS * q) * sizeof(double) + sizeof(tm_nb) + 2 * q * sizeof(bool);
}

/* Takes a part of the room. */
static void *
take(char **room, size_t bytes)
{
	void	   *part = *room;

	*room += bytes;
	return part;
}

/* Lays the scratch arrays out in the room, the widest alignments first. */
static void
lay_out(tm_work *g, const tm_glm_task *t, char *room)
{
	size_t		n = t->n;
	size_t		q = t->p + t->intercept;
	double	  **columns[] = {&g->y, &g->m, &g->w, &g->offset};
	double	  **matrices[MATRICES] = {&g->back, &g->h, &g->b[0], &g->b[1], &g->b[2]};
	double	  **vectors[VECTORS] = {&g->beta, &g->trial, &g->score, &g->border, &g->step, &g->scratch};

	memset(g, 0, sizeof *g);
	g->task = t;
	g->n = n;
	g->q = q;
	g->nb = take(&room, sizeof(tm_nb));
	g->place = take(&room, n * sizeof(tm_place));
	g->z = take(&room, n * stride(t->p) * sizeof(double));
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		*columns[i] = take(&room, n * sizeof(double));
	for (size_t i = 0; i < MATRICES; i++)
		*matrices[i] = take(&room, q * q * sizeof(double));
	for (size_t i = 0; i < VECTORS; i++)
		*vectors[i] = take(&room, q * sizeof(double));
	g->used = take(&room, q * sizeof(bool));
	g->kept = take(&room, q * sizeof(bool));
	g->first = take(&room, n);
	tm_nb_set(g->nb, 0);
	g->nb->fisher = false;
}

/* Newton's step towards the intercept of the negative binomial null model. */
static double
null_step(const tm_work *g, double eta)
{
	double		score = 0,
				information = 0;

	for (size_t i = 0; i < g->n; i++)
	{
		double		mu = exp(eta + g->offset[i]);
		double		v = 1 / (1 + g->nb->alpha * mu);

		score += g->w[i] * (g->y[i] - mu) * v;
		information += g->w[i] * mu * (1 + g->nb->alpha * g->y[i]) * v * v;
	}
	return fmax(-1, fmin(1, score / information));
}

/* The linear predictor, less the offset, of the model with an intercept alone; theta is the fitted one. */
double
tm_null_eta(tm_work *g, tm_family f)
{
	double		events = 0,
				all = 0,
				eta;

	for (size_t i = 0; i < g->n; i++)
	{
		events += g->w[i] * g->y[i];
		all += g->w[i] * g->m[i];
	}
	if (f == TM_LOGISTIC)
		return log(events) - log(all - events);
	eta = log(events) - log(all);
	for (int i = 0; f == TM_NEGBIN && i < NULL_STEPS; i++)
	{
		double		step = null_step(g, eta);

		eta += step;
		tm_tick(g);
		if (fabs(step) <= 1e-12 * (1 + fabs(eta)))
			break;
	}
	return eta;
}

/*
 * Log-likelihood, deviance, Pearson's chi-squared at the estimates; the deviance of the null model. Leaves every row's
 * expected information in g->m and its score in g->w, which nothing after this reads as trials and weight.
 */
static void
sum_up(tm_work *g, tm_family f, tm_glm_fit *fit)
{
	double		null_eta = g->task->intercept ? tm_null_eta(g, f) : 0;

	fit->log_likelihood = fit->deviance = fit->pearson = fit->null_deviance = 0;
	for (size_t i = 0; i < g->n; i++)
	{
		tm_final	r = tm_family_final(f, g->nb, g->y[i], g->m[i], g->w[i], tm_eta(g, g->beta, i));

		fit->null_deviance += g->w[i] * tm_family_deviance(f, g->nb->alpha, g->y[i], g->m[i], null_eta + g->offset[i]);
		fit->log_likelihood += r.log_likelihood;
		fit->deviance += r.deviance;
		fit->pearson += r.pearson;
		g->m[i] = r.weight;
		g->w[i] = r.score;
		if (i % TM_BLOCK == 0)
			tm_tick(g);
	}
}

/* Every number of a fit undefined. */
static void
no_estimates(const tm_glm_task *t, tm_glm_fit *fit)
{
	size_t		q = t->p + t->intercept;

	fit->end = TM_GLM_NO_DATA;
	fit->rank = fit->clusters = 0;
	fit->iterations = 0;
	fit->log_likelihood = fit->deviance = fit->null_deviance = fit->pearson = fit->theta = fit->theta_se = NAN;
	for (size_t i = 0; i < q; i++)
		fit->estimate[i] = NAN;
	for (int c = 0; c < TM_COV_N; c++)
		for (size_t i = 0; i < q * q; i++)
			fit->cov[c][i] = NAN;
}

/* With an intercept the likelihood of no events, or of no failures, has no maximum. */
static bool
one_sided(const tm_work *g, tm_glm_end *end)
{
	bool		events = false;
	bool		failures = g->task->family != TM_LOGISTIC;

	for (size_t i = 0; i < g->n && !(events && failures); i++)
	{
		events = events || g->y[i] > 0;
		failures = failures || g->y[i] < g->m[i];
	}
	*end = events ? TM_GLM_ALL_EVENTS : TM_GLM_ALL_ZERO;
	return g->task->intercept && !(events && failures);
}

/* The estimates in terms of the covariates as given. */
static void
estimates(const tm_work *g, tm_glm_fit *fit)
{
	for (size_t i = 0; i < g->q; i++)
	{
		double		sum = 0;

		for (size_t j = 0; j < g->k; j++)
			sum += g->back[i * g->k + j] * g->beta[j];
		fit->estimate[i] = g->used[i] ? sum : NAN;
	}
}

/*
 * Fits a regression in tm_glm_room(n, p) bytes of room. TM_NEGATIVE: a row with y < 0, exposure or weight not above 0;
 * TM_EVENTS_EXCEED: more successes than trials; TM_TOO_MANY: more than TM_GLM_COLUMNS covariates.
 */
tm_status
tm_glm(const tm_glm_task *t, void *room, tm_glm_fit *fit)
{
	tm_work		g;
	tm_status	status;
	tm_family	f = t->family;
	tm_glm_end	end;

	if (t->p > TM_GLM_COLUMNS)
		return TM_TOO_MANY;
	no_estimates(t, fit);
	if (t->n == 0 || t->p + t->intercept == 0)
		return TM_OK;
	lay_out(&g, t, room);
	status = tm_rows_order(t, g.place, (tm_place *) (void *) g.z);
	if (status != TM_OK)
		return status;
	tm_rows_gather(&g);
	if (one_sided(&g, &end))
	{
		fit->end = end;
		return TM_OK;
	}
	if (!tm_design(&g, (double *) (void *) g.place))
		return TM_OK;
	end = tm_newton(&g, fit);
	fit->end = end;
	if (end != TM_GLM_CONVERGED && end != TM_GLM_NOT_OVERDISPERSED)
	{
		fit->theta = fit->theta_se = NAN;
		return TM_OK;
	}
	fit->rank = g.k;
	if (g.k < g.q)
		fit->end = TM_GLM_COLLINEAR;
	if (end == TM_GLM_NOT_OVERDISPERSED)
		f = TM_POISSON;
	estimates(&g, fit);
	sum_up(&g, f, fit);
	tm_covariances(&g, fit);
	return TM_OK;
}
