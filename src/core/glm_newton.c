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
/* From here on the negative binomial uses the observed information, whose steps are wild far from the maximum; expected information may never arrive. */
#define NEAR 0.01
#define FISHER_STEPS 10
/* Separation is looked for from this step on: an existing maximum is reached long before. */
#define PATIENCE 20
#define SEPARATION 1e-6
/* The two ridge penalties, per unit of weight, between which a separated fit moves far. */
#define RIDGE 1e-10
#define LESS_RIDGE 1e-12
#define RIDGE_SEPARATION 1e-5
/* The largest step in log alpha, and in the linear predictor of any row while far from a negative binomial maximum. */
#define MAX_TAU 2.0
#define MAX_ETA 3.0
#define SINGULAR 1e-15
/* What rounding may take from a log-likelihood of millions of rows. */
#define ROUGH 1e-11

/* The state of one maximisation. */
typedef struct newton
{
	tm_family	family;
	tm_walk		at;				/* at beta */
	double		tau;			/* step in log alpha */
	double		decrement;		/* Newton's decrement squared */
	double		least_alpha;	/* below it the search is given up */
	int			steps;
} newton;

/* Adds the sums of a block, which are formed apart: fewer roundings over millions of rows. */
static void
add_walk(tm_walk *to, const tm_walk *from)
{
	to->ll += from->ll;
	to->weight += from->weight;
	to->s_tau += from->s_tau;
	to->j_tau += from->j_tau;
}

/* Walks over all rows at the given coefficients: log-likelihood and, if asked for, gradient and information (g->h, g->score, g->border). */
static void
walk(tm_work *g, tm_family f, const double *coef, bool derivatives, tm_walk *out)
{
	tm_block	b;
	tm_walk		part;
	size_t		k = g->k;

	memset(out, 0, sizeof *out);
	memset(g->h, 0, k * k * sizeof *g->h);
	memset(g->score, 0, k * sizeof *g->score);
	memset(g->border, 0, k * sizeof *g->border);
	for (size_t lo = 0; lo < g->n; lo += b.n)
	{
		memset(&part, 0, sizeof part);
		b.n = g->n - lo < TM_BLOCK ? g->n - lo : TM_BLOCK;
		b.y = g->y + lo;
		b.m = g->m + lo;
		b.w = g->w + lo;
		for (size_t i = 0; i < b.n; i++)
			b.eta[i] = tm_eta(g, coef, lo + i);
		tm_family_block(f, g->nb, &b, &part);
		add_walk(out, &part);
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
	for (size_t j = 0; j < k && g->ridge > 0; j++)
	{
		out->ll -= g->ridge * coef[j] * coef[j] / 2;
		g->h[j * k + j] += g->ridge;
		g->score[j] -= g->ridge * coef[j];
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

/*
 * The step in tau by the Schur complement of the coefficients, and its part of theirs (u = R'^-1 score in g->step).
 * Where the joint information is not positive the two are stepped as if they did not mix, which still rises.
 */
static void
step_tau(tm_work *g, newton *s)
{
	double		slope = s->at.s_tau;
	double		curvature = s->at.j_tau;
	size_t		k = g->k;

	tm_solve_lower(g->h, k, g->border);
	if (curvature > dot(g->border, g->border, k))
	{
		slope -= dot(g->border, g->step, k);
		curvature -= dot(g->border, g->border, k);
	}
	else
		memset(g->border, 0, k * sizeof *g->border);
	s->tau = curvature > 0 ? slope / curvature : slope > 0 ? MAX_TAU : -MAX_TAU;
	s->tau = fmax(-MAX_TAU, fmin(MAX_TAU, s->tau));
	s->decrement += fabs(slope * s->tau);
	for (size_t j = 0; j < k; j++)
		g->step[j] -= s->tau * g->border[j];
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
		step_tau(g, s);
	tm_solve_upper(g->h, k, g->step);
	return true;
}

/* The largest change of a row's linear predictor by the step. */
static double
largest_move(const tm_work *g)
{
	double		largest = 0;

	for (size_t i = 0; i < g->n; i++)
		largest = fmax(largest, fabs(tm_eta(g, g->step, i) - g->offset[i]));
	return largest;
}

/* Takes the step, halved until the log-likelihood does not fall; leaves the walk at the new coefficients. */
static bool
advance(tm_work *g, newton *s)
{
	double		alpha = g->nb->alpha;
	double		share = 1;
	double		slack = ROUGH * (fabs(s->at.ll) + 1);

	if (s->family == TM_NEGBIN && s->decrement > NEAR * s->at.weight)
	{
		double		shrink = fmin(1, MAX_ETA / largest_move(g));

		for (size_t j = 0; j < g->k; j++)
			g->step[j] *= shrink;
		if (!g->nb->fisher)		/* the two belong together */
			s->tau *= shrink;
	}
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
 * or no failure; a row with both must not move, by more than a tolerance of the largest move.
 */
static bool
recession(tm_work *g, tm_family f, double tolerance)
{
	double		largest = largest_move(g);

	if (!(largest > 0.1) || !isfinite(largest))
		return false;
	for (size_t i = 0; i < g->n; i++)
	{
		double		move = (tm_eta(g, g->step, i) - g->offset[i]) / largest;

		if (move > tolerance && !(f == TM_LOGISTIC && g->y[i] == g->m[i]))
			return false;
		if (move < -tolerance && g->y[i] != 0)
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
			return TM_GLM_NOT_CONVERGED;
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
		if (i >= PATIENCE && g->ridge == 0 && recession(g, s->family, SEPARATION))
			return TM_GLM_SEPARATED;
		g->nb->fisher = g->nb->fisher && change > NEAR && i < FISHER_STEPS;
		if (!advance(g, s) || (s->family == TM_NEGBIN && g->nb->alpha < s->least_alpha))
			return TM_GLM_NOT_CONVERGED;
	}
	return TM_GLM_NOT_CONVERGED;
}

/*
 * Why no maximum was found. With a small ridge penalty one always exists; as the penalty goes to 0 it stays, or moves
 * without end in a direction of recession (Rosset, Zhu & Hastie 2004), which the difference of two of them shows.
 */
static tm_glm_end
diagnose(tm_work *g, newton *s, double all)
{
	tm_glm_end	end = TM_GLM_NOT_CONVERGED;

	memset(g->beta, 0, g->k * sizeof *g->beta);
	g->ridge = RIDGE * all;
	walk(g, s->family, g->beta, true, &s->at);
	if (maximise(g, s) == TM_GLM_CONVERGED)
	{
		memcpy(g->scratch, g->beta, g->k * sizeof *g->beta);
		g->ridge = LESS_RIDGE * all;
		walk(g, s->family, g->beta, true, &s->at);
		if (maximise(g, s) == TM_GLM_CONVERGED)
		{
			for (size_t j = 0; j < g->k; j++)
				g->step[j] = g->beta[j] - g->scratch[j];
			if (recession(g, s->family, RIDGE_SEPARATION))
				end = TM_GLM_SEPARATED;
		}
	}
	g->ridge = 0;
	return end;
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
	tm_glm_end	end;

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
	end = maximise(g, s);
	return end == TM_GLM_NOT_CONVERGED ? diagnose(g, s, all) : end;
}

/* Least squares of the first targets under negative binomial weights, into g->trial; false when singular. */
static bool
least_squares(tm_work *g, const double *target, double alpha)
{
	size_t		k = g->k;

	memset(g->h, 0, k * k * sizeof *g->h);
	memset(g->trial, 0, k * sizeof *g->trial);
	for (size_t i = 0; i < g->n; i++)
	{
		double		weight = g->w[i] * (g->y[i] + 0.1) / (1 + alpha * (g->y[i] + 0.1));
		const double *z = g->z + i * g->q;

		tm_add_outer(g->h, k, weight, z);
		for (size_t j = 0; j < k; j++)
			g->trial[j] += weight * target[i] * z[j];
	}
	if (tm_cholesky(g->h, k, SINGULAR, g->kept) < k)
		return false;
	tm_solve_lower(g->h, k, g->trial);
	tm_solve_upper(g->h, k, g->trial);
	return true;
}

/*
 * A dispersion and coefficients to start the negative binomial from. Where the Poisson fit in g->beta shows
 * overdispersion: its, or those of least squares, whichever is likelier; elsewhere those of least squares, from which
 * a maximum far from Poisson's is found if there is one. False when neither shows overdispersion.
 */
static bool
start_negbin(tm_work *g, double poisson_alpha, const double *target)
{
	tm_walk		poisson,
				other;
	double		alpha = poisson_alpha > 0 ? poisson_alpha : 1;
	bool		found = least_squares(g, target, alpha);

	if (poisson_alpha > 0 && found)
	{
		tm_nb_set(g->nb, alpha);
		walk(g, TM_NEGBIN, g->beta, false, &poisson);
		walk(g, TM_NEGBIN, g->trial, false, &other);
		found = isfinite(other.ll) && other.ll > poisson.ll;
	}
	if (found)
		memcpy(g->beta, g->trial, g->k * sizeof *g->beta);
	if (poisson_alpha <= 0)
		alpha = found ? moment_alpha(g) : 0;
	if (alpha > 0)
		tm_nb_set(g->nb, alpha);
	return alpha > 0;
}

/*
 * The negative binomial maximum from the Poisson fit in g->beta. Where the likelihood is locally greatest at alpha = 0
 * and no other maximum is greater, the fit stays Poisson's and theta is infinite.
 */
static tm_glm_end
fit_negbin(tm_work *g, newton *s, tm_glm_fit *fit)
{
	double		alpha = moment_alpha(g);
	double		poisson_ll;
	tm_glm_end	end = TM_GLM_NOT_CONVERGED;

	walk(g, TM_POISSON, g->beta, false, &s->at);
	poisson_ll = s->at.ll;
	memcpy(g->scratch, g->beta, g->k * sizeof *g->beta);
	if (start_negbin(g, alpha, (const double *) g->place + g->n))
	{
		s->family = TM_NEGBIN;
		s->least_alpha = alpha > 0 ? 0 : 1e-6 * g->nb->alpha;
		g->nb->fisher = true;
		walk(g, TM_NEGBIN, g->beta, true, &s->at);
		end = maximise(g, s);
		g->nb->fisher = false;
		walk(g, TM_NEGBIN, g->beta, true, &s->at);
	}
	if (alpha <= 0 && (end != TM_GLM_CONVERGED || !(s->at.ll > poisson_ll)))
	{
		memcpy(g->beta, g->scratch, g->k * sizeof *g->beta);
		tm_nb_set(g->nb, 0);
		fit->theta = INFINITY;
		return TM_GLM_NOT_OVERDISPERSED;
	}
	fit->theta = 1 / g->nb->alpha;
	fit->theta_se = fit->theta / sqrt(s->at.j_tau);
	return end;
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
		end = fit_negbin(g, &s, fit);
	fit->iterations = s.steps;
	return end;
}
