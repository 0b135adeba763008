/*
 * glm_newton.c - maximum likelihood by Newton's method with step halving.
 *
 * For the canonical links this is iteratively re-weighted least squares
 * (McCullagh & Nelder 1989, 2.5). For the negative binomial the observed
 * information is used and log alpha is one more parameter of the same step
 * (Lawless 1987), so that theta and the coefficients converge together,
 * quadratically. All three log-likelihoods are concave in the coefficients.
 */
#include "glm_parts.h"

#include <math.h>
#include <string.h>

#include "linalg.h"

#define MAX_STEPS 100
#define MAX_HALVINGS 50
/* Mean squared change of the linear predictor at which the step just computed is the last one. */
#define FINISHED 1e-20
/* Below this mean squared change, a change that no longer falls is rounding. */
#define ROUNDING 1e-14
/* Separation is looked for from this step on: an existing maximum is reached long before. */
#define PATIENCE 20
#define SEPARATION 1e-6
/* The largest step in log alpha. */
#define MAX_TAU 2.0
#define SINGULAR 1e-14

/* The state of one maximisation. */
typedef struct newton
{
	tm_family	family;
	tm_walk		at;				/* at beta */
	double		tau;			/* step in log alpha */
	double		decrement;		/* Newton's decrement squared */
	int			steps;
} newton;

/* Walks over all rows at the given coefficients: log-likelihood and, if asked for, gradient and information (g->h, g->score, g->border). */
static void
walk(tm_work *g, tm_family f, const double *coef, bool derivatives, tm_walk *out)
{
	tm_block	b;
	size_t		k = g->k;

	memset(out, 0, sizeof *out);
	memset(g->h, 0, k * k * sizeof *g->h);
	memset(g->score, 0, k * sizeof *g->score);
	memset(g->border, 0, k * sizeof *g->border);
	for (size_t lo = 0; lo < g->n; lo += b.n)
	{
		b.n = g->n - lo < TM_BLOCK ? g->n - lo : TM_BLOCK;
		b.y = g->y + lo;
		b.m = g->m + lo;
		b.w = g->w + lo;
		for (size_t i = 0; i < b.n; i++)
			b.eta[i] = tm_eta(g, coef, lo + i);
		tm_family_block(f, g->nb, &b, out);
		if (derivatives)
			tm_add_gram(g->h, k, g->z + lo * g->q, g->q, b.weight, b.n);
		for (size_t i = 0; derivatives && i < b.n; i++)
		{
			const double *z = g->z + (lo + i) * g->q;

			for (size_t j = 0; j < k; j++)
				g->score[j] += b.score[i] * z[j];
			if (f == TM_NEGBIN)
				for (size_t j = 0; j < k; j++)
					g->border[j] += b.border[i] * z[j];
		}
		tm_tick(g);
	}
}

/* The inner product of two vectors. */
static double
dot(const double *a, const double *b, size_t n)
{
	double		sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* Newton's step from the walk just made, into g->step and s->tau; false when the information is singular. */
static bool
newton_step(tm_work *g, newton *s)
{
	size_t		k = g->k;

	if (tm_cholesky(g->h, k, SINGULAR, g->kept) < k)
		return false;
	memcpy(g->step, g->score, k * sizeof *g->step);
	tm_solve_lower(g->h, k, g->step);
	s->decrement = dot(g->step, g->step, k);
	s->tau = 0;
	if (s->family == TM_NEGBIN)
	{							/* the bordered system, by the Schur complement of the coefficients */
		double		slope,
					curvature;

		tm_solve_lower(g->h, k, g->border);
		slope = s->at.s_tau - dot(g->border, g->step, k);
		curvature = s->at.j_tau - dot(g->border, g->border, k);
		s->tau = curvature > 0 ? slope / curvature : slope > 0 ? MAX_TAU : -MAX_TAU;
		s->tau = fmax(-MAX_TAU, fmin(MAX_TAU, s->tau));
		s->decrement += fabs(slope * s->tau);
		for (size_t j = 0; j < k; j++)
			g->step[j] -= s->tau * g->border[j];
	}
	tm_solve_upper(g->h, k, g->step);
	return true;
}

/* Takes the step, halved until the log-likelihood does not fall; leaves the walk at the new coefficients. */
static bool
advance(tm_work *g, newton *s)
{
	double		alpha = g->nb->alpha;
	double		share = 1;
	double		slack = 1e-10 * (fabs(s->at.ll) + 1);

	for (int i = 0; i < MAX_HALVINGS; i++, share /= 2)
	{
		tm_walk		next;

		for (size_t j = 0; j < g->k; j++)
			g->trial[j] = g->beta[j] + share * g->step[j];
		if (s->family == TM_NEGBIN)
			tm_nb_set(g->nb, alpha * exp(share * s->tau));
		walk(g, s->family, g->trial, true, &next);
		if (isfinite(next.ll) && next.ll >= s->at.ll - slack && isfinite(next.weight))
		{
			s->at = next;
			memcpy(g->beta, g->trial, g->k * sizeof *g->beta);
			return true;
		}
	}
	return false;
}

/*
 * True when g->step is a direction of recession (Albert & Anderson 1984; for counts Santos Silva & Tenreyro 2010):
 * along it no row's likelihood falls and some rise for ever, so that no maximum exists. Such a row has no event,
 * or no failure; a row with both must not move.
 */
static bool
separated(tm_work *g, tm_family f)
{
	double		largest = 0;

	for (size_t i = 0; i < g->n; i++)
		largest = fmax(largest, fabs(tm_eta(g, g->step, i) - g->offset[i]));
	if (!(largest > 0.1) || !isfinite(largest))
		return false;
	for (size_t i = 0; i < g->n; i++)
	{
		double		move = (tm_eta(g, g->step, i) - g->offset[i]) / largest;

		if (move > SEPARATION && !(f == TM_LOGISTIC && g->y[i] == g->m[i]))
			return false;
		if (move < -SEPARATION && g->y[i] != 0)
			return false;
	}
	return true;
}

/* Iterates from g->beta, whose walk is made, to the maximum. */
static tm_glm_end
maximise(tm_work *g, newton *s)
{
	double		last = INFINITY;

	for (int i = 0; i < MAX_STEPS; i++)
	{
		double		change;

		if (!newton_step(g, s))
			return separated(g, s->family) ? TM_GLM_SEPARATED : TM_GLM_NOT_CONVERGED;
		s->steps++;
		change = s->decrement / s->at.weight;
		if (change <= FINISHED || (change <= ROUNDING && change > last / 4))
		{
			for (size_t j = 0; j < g->k; j++)
				g->beta[j] += g->step[j];
			if (s->family == TM_NEGBIN)
				tm_nb_set(g->nb, g->nb->alpha * exp(s->tau));
			return TM_GLM_CONVERGED;
		}
		last = change;
		if (i >= PATIENCE && separated(g, s->family))
			return TM_GLM_SEPARATED;
		if (!advance(g, s))
			return TM_GLM_NOT_CONVERGED;
	}
	return TM_GLM_NOT_CONVERGED;
}

/*
 * The dispersion to start from, by moments: sum w((y - mu)^2 - y) / sum w mu^2. Its numerator is twice the derivative
 * of the log-likelihood in alpha at 0 (Dean 1992): when it is not above 0 the likelihood is greatest at alpha = 0.
 */
static double
moment_alpha(const tm_work *g)
{
	double		over = 0,
				square = 0;

	for (size_t i = 0; i < g->n; i++)
	{
		double		mu = exp(tm_eta(g, g->beta, i));

		over += g->w[i] * ((g->y[i] - mu) * (g->y[i] - mu) - g->y[i]);
		square += g->w[i] * mu * mu;
	}
	return over / square;
}

/*
 * Maximum likelihood; the coefficients in g->beta, the dispersion in g->nb. The rows' first weights and targets stand
 * in start: their least-squares solution is the first step from the null model, the design being orthonormal under them.
 */
static tm_glm_end
fit_family(tm_work *g, newton *s, const double *start)
{
	double		all = 0;

	memset(g->beta, 0, g->k * sizeof *g->beta);
	if (g->task->intercept)
		g->beta[0] = tm_null_eta(g, s->family);
	walk(g, s->family, g->beta, false, &s->at);
	memset(g->step, 0, g->k * sizeof *g->step);
	for (size_t i = 0; i < g->n; i++)
	{
		const double *z = g->z + i * g->q;

		all += start[i];
		for (size_t j = 0; j < g->k; j++)
			g->step[j] += start[i] * start[g->n + i] * z[j];
	}
	for (size_t j = 0; j < g->k; j++)
		g->step[j] = g->step[j] / all - g->beta[j];
	if (!advance(g, s))			/* the null model is then the better start */
		walk(g, s->family, g->beta, true, &s->at);
	return maximise(g, s);
}

/*
 * Fits the family of the task, whose first weights and targets tm_design left where the order was: coefficients in
 * g->beta, theta, its standard error (from the observed information at the fitted means) and the steps in the fit.
 */
tm_glm_end
tm_newton(tm_work *g, tm_glm_fit *fit)
{
	newton		s = {.family = g->task->family == TM_NEGBIN ? TM_POISSON : g->task->family};
	tm_glm_end	end = fit_family(g, &s, (const double *) g->place);

	if (end == TM_GLM_CONVERGED && g->task->family == TM_NEGBIN)
	{
		double		alpha = moment_alpha(g);

		if (alpha > 0)
		{
			s.family = TM_NEGBIN;
			tm_nb_set(g->nb, alpha);
			walk(g, TM_NEGBIN, g->beta, true, &s.at);
			end = maximise(g, &s);
			tm_nb_set(g->nb, g->nb->alpha);
			walk(g, TM_NEGBIN, g->beta, true, &s.at);
			fit->theta = 1 / g->nb->alpha;
			fit->theta_se = fit->theta / sqrt(s.at.j_tau);
		}
		else
		{
			end = TM_GLM_NOT_OVERDISPERSED;
			fit->theta = INFINITY;
		}
	}
	fit->iterations = s.steps;
	return end;
}
