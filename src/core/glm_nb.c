/*
 * glm_nb.c - the dispersion of the negative binomial (NB2: variance mu + alpha mu^2, alpha = 1 / theta).
 *
 * Lawless 1987, equations 2.2 to 2.4: with whole counts the ratio of gamma
 * functions is a sum, log(Gamma(y + theta) / Gamma(theta)) - y log theta =
 * sum of log(1 + alpha k), k = 0 .. y - 1. Written in alpha, nothing cancels as
 * the data become Poisson (alpha to 0). The sums are tabulated; beyond the table
 * Euler and Maclaurin's formula adds the rest.
 */
#include "glm_parts.h"

#include <math.h>

/* Below this the closed forms lose digits and series are used. */
#define SMALL 0.05
#define TERMS 16				/* 0.05^16 is below the last digit */

/* Starts the sums for an alpha; the table fills as counts ask for it. */
void
tm_nb_set(tm_nb *nb, double alpha)
{
	nb->alpha = alpha;
	nb->filled = 0;
	nb->table[0] = (tm_nb_sum) {0, 0, 0, 0, 0};
}

/* The terms of the sums at k. */
static tm_nb_sum
term(double alpha, double k)
{
	double		v = 1 / (1 + alpha * k);

	return (tm_nb_sum) {log1p(alpha * k), k * v, k * v * k * v, v, v * v};
}

/* The integrals of the terms from 0 to k, in powers of u = alpha k where u is small. */
static tm_nb_sum
integral(double alpha, double k)
{
	double		u = alpha * k;
	double		log_u = log1p(u);
	double		power = 1;
	tm_nb_sum	s = {0, 0, 0, u > 0 ? k * (log_u / u) : k, k / (1 + u)};

	if (u >= SMALL)
	{
		s.l = ((1 + u) * log_u - u) / u;
		s.k1 = (u - log_u) / (u * u);
		s.k2 = (u - 2 * log_u + u / (1 + u)) / (u * u * u);
	}
	for (int n = 0; n < TERMS && u < SMALL; n++, power *= -u)
	{
		s.l += power * u / ((n + 2.0) * (n + 1.0));
		s.k1 += power / (n + 2.0);
		s.k2 += power * (1 - 2 / (n + 3.0));
	}
	s.l *= k;
	s.k1 *= k * k;
	s.k2 *= k * k * k;
	return s;
}

/* The derivatives of the terms at k. */
static tm_nb_sum
slope(double alpha, double k)
{
	double		v = 1 / (1 + alpha * k);

	return (tm_nb_sum) {alpha * v, v * v, 2 * k * v * v * v, -alpha * v * v, -2 * alpha * v * v * v};
}

/* What one sum gains from x to y - 1, by Euler and Maclaurin: F(y) - F(x) + (f(x) - f(y)) / 2 + (f'(y) - f'(x)) / 12. */
#define GAIN(sum) (above.sum - below.sum + (f_below.sum - f_above.sum) / 2 + (d_above.sum - d_below.sum) / 12)

/* The sums from the end of the table to y - 1. */
static tm_nb_sum
beyond(double alpha, double y)
{
	tm_nb_sum	below = integral(alpha, TM_NB_TABLE),
				above = integral(alpha, y),
				f_below = term(alpha, TM_NB_TABLE),
				f_above = term(alpha, y),
				d_below = slope(alpha, TM_NB_TABLE),
				d_above = slope(alpha, y);

	return (tm_nb_sum) {GAIN(l), GAIN(k1), GAIN(k2), GAIN(s1), GAIN(s2)};
}

/* Adds two sets of sums. */
static tm_nb_sum
plus(tm_nb_sum a, tm_nb_sum b)
{
	return (tm_nb_sum) {a.l + b.l, a.k1 + b.k1, a.k2 + b.k2, a.s1 + b.s1, a.s2 + b.s2};
}

/* The sums over k = 0 .. y - 1 of a whole count y. */
tm_nb_sum
tm_nb_sums(tm_nb *nb, double y)
{
	size_t		top = y < TM_NB_TABLE ? (size_t) y : TM_NB_TABLE;

	for (; nb->filled < top; nb->filled++)
		nb->table[nb->filled + 1] = plus(nb->table[nb->filled], term(nb->alpha, (double) nb->filled));
	return y <= TM_NB_TABLE ? nb->table[top] : plus(nb->table[top], beyond(nb->alpha, y));
}

/*
 * g = (log(1 + t) - t / (1 + t)) / t^2 and h = (1 / (1 + t)^2 - 2 g) / t, t = alpha mu:
 * what the first and second derivatives in alpha hold besides the sums.
 */
static void
curve(double t, double log1p_t, double *g, double *h)
{
	double		power = 1;

	if (t >= SMALL)
	{
		*g = (log1p_t - t / (1 + t)) / (t * t);
		*h = (1 / ((1 + t) * (1 + t)) - 2 * *g) / t;
		return;
	}
	*g = *h = 0;
	for (int n = 0; n < TERMS; n++, power *= -t)
	{
		*g += power * (n + 1.0) / (n + 2.0);
		*h -= power * (n + 1.0) * (n + 2.0) / (n + 3.0);
	}
}

/*
 * Adds a row's derivatives of the log-likelihood in tau = log alpha (Lawless 1987, 2.4, differentiated again):
 * d/d alpha = K1 + mu^2 g - y mu / (1 + t), -d2/d alpha2 = K2 - mu^3 h - y mu^2 / (1 + t)^2. Where alpha y or t is
 * large these terms cancel, and the same is written with v = 1 / (1 + t) and the sums S of (1 / (1 + alpha k))^1, ^2.
 */
void
tm_nb_tau(tm_nb *nb, double y, double mu, double log1p_t, double w, tm_walk *walk)
{
	tm_nb_sum	sum = tm_nb_sums(nb, y);
	double		alpha = nb->alpha;
	double		t = alpha * mu;
	double		v = 1 / (1 + t);
	double		first,
				second;

	if (alpha * y > 1 || t > 1)
	{
		double		rest = log1p_t - (1 - v);

		first = y * v - sum.s1 + rest / alpha;
		second = 2 * (y * v - sum.s1) + sum.s2 - y * v * v + (2 * rest - (1 - v) * (1 - v)) / alpha;
	}
	else
	{
		double		g,
					h;

		curve(t, log1p_t, &g, &h);
		first = alpha * (sum.k1 + mu * mu * g - y * mu * v);
		second = alpha * alpha * (sum.k2 - mu * mu * mu * h - y * mu * mu * v * v);
	}
	walk->s_tau += w * first;
	walk->j_tau += w * (second - first);
}
