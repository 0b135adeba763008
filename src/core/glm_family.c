/*
 * glm_family.c - the three families row by row: log-likelihood, its derivatives
 * in the linear predictor eta, deviance and Pearson's chi-squared.
 *
 * Poisson: log mu = eta (McCullagh & Nelder 1989, chapter 6); logistic: log(p / (1 - p)) = eta, y of m trials
 * (chapter 4); negative binomial: log mu = eta, variance mu + alpha mu^2 (Lawless 1987).
 */
#include "glm_parts.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LOG_SQRT_2PI 0.91893853320467274178

/* Probability of success and of failure at a linear predictor, both exact in the tails. */
static void
logistic(double eta, double *p, double *q)
{
	double		e = exp(-fabs(eta));
	double		large = 1 / (1 + e);
	double		small = e * large;

	*p = eta >= 0 ? large : small;
	*q = eta >= 0 ? small : large;
}

/* The working weight and target of the first iteration, from means near the outcomes (McCullagh & Nelder 1989, 2.5). */
void
tm_family_start(tm_family f, double y, double m, double w, double *weight, double *target)
{
	if (f == TM_LOGISTIC)
	{
		double		p = (y + 0.5) / (m + 1);

		*weight = w * m * p * (1 - p);
		*target = log((y + 0.5) / (m - y + 0.5)) + (y - m * p) / (m * p * (1 - p));
	}
	else
	{
		*weight = w * (y + 0.1);
		*target = log(y + 0.1) - 0.1 / (y + 0.1);
	}
}

/* Derivatives of Poisson rows. */
static void
poisson_block(tm_block *b, tm_walk *walk)
{
	for (size_t i = 0; i < b->n; i++)
	{
		double		mu = exp(b->eta[i]);

		b->weight[i] = b->w[i] * mu;
		b->score[i] = b->w[i] * (b->y[i] - mu);
		walk->ll += b->w[i] * (b->y[i] * b->eta[i] - mu);
		walk->weight += b->weight[i];
	}
}

/*
 * Derivatives of logistic rows. Of single trials of weight 1 the failing part of the likelihood is one product a block,
 * each factor from 1 to 2, so that one logarithm does for up to TM_BLOCK rows.
 */
static void
logistic_block(tm_block *b, tm_walk *walk)
{
	double		product = 1;

	for (size_t i = 0; i < b->n; i++)
	{
		double		eta = b->eta[i];
		double		e = exp(-fabs(eta));
		double		large = 1 / (1 + e);
		double		small = e * large;
		double		p = eta >= 0 ? large : small;
		double		q = eta >= 0 ? small : large;
		double		trials = b->w[i] * b->m[i];

		b->weight[i] = trials * p * q;
		b->score[i] = b->w[i] * (b->y[i] * q - (b->m[i] - b->y[i]) * p);
		walk->ll += b->w[i] * (eta >= 0 ? b->y[i] - b->m[i] : b->y[i]) * eta;
		if (trials == 1)
			product *= 1 + e;
		else
			walk->ll -= trials * log1p(e);
		walk->weight += b->weight[i];
	}
	walk->ll -= log(product);
}

/* Derivatives of negative binomial rows in eta and in tau = log alpha; in expectation the two do not mix. */
static void
negbin_block(tm_nb *nb, tm_block *b, tm_walk *walk)
{
	double		alpha = nb->alpha;

	for (size_t i = 0; i < b->n; i++)
	{
		double		y = b->y[i];
		double		w = b->w[i];
		double		mu = exp(b->eta[i]);
		double		v = 1 / (1 + alpha * mu);
		double		log1p_t = log1p(alpha * mu);

		b->weight[i] = w * mu * v * (nb->fisher ? 1 : (1 + alpha * y) * v);
		b->score[i] = w * (y - mu) * v;
		b->border[i] = nb->fisher ? 0 : w * alpha * (y - mu) * mu * v * v;
		walk->ll += w * (tm_nb_sums(nb, y).l + y * b->eta[i] - (1 / alpha + y) * log1p_t);
		walk->weight += b->weight[i];
		tm_nb_tau(nb, y, mu, log1p_t, w, walk);
	}
}

/* Fills a block's derivatives and adds its log-likelihood. */
void
tm_family_block(tm_family f, tm_nb *nb, tm_block *b, tm_walk *walk)
{
	if (f == TM_POISSON)
		poisson_block(b, walk);
	else if (f == TM_LOGISTIC)
		logistic_block(b, walk);
	else
		negbin_block(nb, b, walk);
}

/* Half a Poisson unit deviance, y log(y / mu) - y + mu, without cancellation near y = mu (Loader 2000, bd0). */
double
tm_unit_deviance(double y, double mu)
{
	double		v,
				s,
				term;

	if (y == 0 || y == mu)
		return y == mu ? 0 : mu;
	v = (y - mu) / (y + mu);
	s = (y - mu) * v;
	term = 2 * y * v;
	if (fabs(v) >= 0.1)
		return y * log(y / mu) - y + mu;
	for (int j = 1; j < 1000; j++)
	{
		double		next;

		term *= v * v;
		next = s + term / (2 * j + 1);
		if (next == s)
			break;
		s = next;
	}
	return s;
}

/* The logarithm of the gamma function below 21: whole arguments by their factorial, which a double holds exactly. */
static double
log_gamma(double x)
{
	double		product = 1;

	if (x != floor(x) || x > 19)
		return lgammafn(x);
	for (double k = 2; k < x; k++)
		product *= k;
	return log(product);
}

/* log y! less (y log y - y), 0 at y = 0: the rest of Stirling's formula. */
double
tm_log_factorial_rest(double y)
{
	double		y2 = y * y;

	if (y == 0)
		return 0;
	if (y < 20)
		return log_gamma(y + 1) - y * log(y) + y;
	return LOG_SQRT_2PI + 0.5 * log(y) + (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 / y2) / y2) / y2) / y;
}

/* The square of a residual over its variance; 0 of 0 is nothing. */
static double
pearson(double residual, double variance)
{
	return residual == 0 ? 0 : residual * residual / variance;
}

/* Half the unit deviance of a row whose fitted mean is mu, or m p of m trials. */
static double
half_deviance(tm_family f, double alpha, double y, double m, double mu, double q)
{
	if (f == TM_LOGISTIC)
		return tm_unit_deviance(y, mu) + tm_unit_deviance(m - y, m * q);
	if (f == TM_POISSON)
		return tm_unit_deviance(y, mu);
	return tm_unit_deviance(y, mu) - tm_unit_deviance(y + 1 / alpha, mu + 1 / alpha);
}

/* The unit deviance of a row at eta. */
double
tm_family_deviance(tm_family f, double alpha, double y, double m, double eta)
{
	double		p,
				q = 0;

	if (f == TM_LOGISTIC)
		logistic(eta, &p, &q);
	else
		p = exp(eta);
	return 2 * half_deviance(f, alpha, y, m, f == TM_LOGISTIC ? m * p : p, q);
}

/* Everything a row gives at the estimates. */
tm_final
tm_family_final(tm_family f, tm_nb *nb, double y, double m, double w, double eta)
{
	tm_final	r;
	double		mu,
				half,
				p,
				q = 0;

	if (f == TM_LOGISTIC)
	{
		logistic(eta, &p, &q);
		mu = m * p;
		half = half_deviance(f, 0, y, m, mu, q);
		r.log_likelihood = (y == 0 || y == m ? 0 :
							tm_log_factorial_rest(m) - tm_log_factorial_rest(y) - tm_log_factorial_rest(m - y)) - half;
		r.score = y * q - (m - y) * p;
		r.weight = mu * q;
		r.pearson = pearson(r.score, r.weight);
	}
	else
	{
		double		alpha = f == TM_NEGBIN ? nb->alpha : 0;
		double		factorial = tm_log_factorial_rest(y);

		mu = exp(eta);
		half = half_deviance(f, alpha, y, m, mu, q);
		r.log_likelihood = -half - factorial;
		if (f == TM_NEGBIN)
			r.log_likelihood = tm_nb_sums(nb, y).l + y * eta - (1 / alpha + y) * log1p(alpha * mu) - factorial - (y > 0 ? y * log(y) - y : 0);
		r.score = (y - mu) / (1 + alpha * mu);
		r.weight = mu / (1 + alpha * mu);
		r.pearson = pearson(y - mu, mu * (1 + alpha * mu));
	}
	r.deviance = 2 * w * half;
	r.log_likelihood *= w;
	r.pearson *= w;
	r.weight *= w;
	r.score *= w;
	return r;
}
