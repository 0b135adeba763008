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
	nb->table[0] = (tm_nb_sum) {0, 0, 0};
}

/* The terms of the three sums at k. */
static tm_nb_sum
term(double alpha, double k)
{
	double		f = k / (1 + alpha * k);

	return (tm_nb_sum) {log1p(alpha * k), f, f * f};
}

/* The integrals of the three terms from 0 to k, in powers of u = alpha k where u is small. */
static tm_nb_sum
integral(double alpha, double k)
{
	double		u = alpha * k;
	double		l = 0,
				a = 0,
				b = 0,
				power = 1;

	if (u >= SMALL)
	{
		double		log_u = log1p(u);

		l = ((1 + u) * log_u - u) / u;
		a = (u - log_u) / (u * u);
		b = (u - 2 * log_u + u / (1 + u)) / (u * u * u);
		return (tm_nb_sum) {k * l, k * k * a, k * k * k * b};
	}
	for (int n = 0; n < TERMS; n++, power *= -u)
	{
		l += power * u / ((n + 2.0) * (n + 1.0));
		a += power / (n + 2.0);
		b += power * (1 - 2 / (n + 3.0));
	}
	return (tm_nb_sum) {k * l, k * k * a, k * k * k * b};
}

/* The derivatives of the three terms at k. */
static tm_nb_sum
slope(double alpha, double k)
{
	double		v = 1 / (1 + alpha * k);

	return (tm_nb_sum) {alpha * v, v * v, 2 * k * v * v * v};
}

/* a + (F(y) - F(x)) + (f(x) - f(y)) / 2 + (f'(y) - f'(x)) / 12: Euler-Maclaurin from x to y - 1. */
static double
add_rest(double a, const double integral_of[2], const double f[2], const double d[2])
{
	return a + (integral_of[1] - integral_of[0]) + (f[0] - f[1]) / 2 + (d[1] - d[0]) / 12;
}

/* The sums over k = 0 .. y - 1 of a whole count y. */
tm_nb_sum
tm_nb_sums(tm_nb *nb, double y)
{
	size_t		top = y < TM_NB_TABLE ? (size_t) y : TM_NB_TABLE;
	tm_nb_sum	s,
				in[2],
				f[2],
				d[2];

	for (; nb->filled < top; nb->filled++)
	{
		const tm_nb_sum *last = nb->table + nb->filled;
		tm_nb_sum	t = term(nb->alpha, (double) nb->filled);

		nb->table[nb->filled + 1] = (tm_nb_sum) {last->l + t.l, last->k1 + t.k1, last->k2 + t.k2};
	}
	s = nb->table[top];
	if (y <= TM_NB_TABLE)
		return s;
	for (int i = 0; i < 2; i++)
	{
		double		k = i ? y : TM_NB_TABLE;

		in[i] = integral(nb->alpha, k);
		f[i] = term(nb->alpha, k);
		d[i] = slope(nb->alpha, k);
	}
	s.l = add_rest(s.l, (double[]) {in[0].l, in[1].l}, (double[]) {f[0].l, f[1].l}, (double[]) {d[0].l, d[1].l});
	s.k1 = add_rest(s.k1, (double[]) {in[0].k1, in[1].k1}, (double[]) {f[0].k1, f[1].k1}, (double[]) {d[0].k1, d[1].k1});
	s.k2 = add_rest(s.k2, (double[]) {in[0].k2, in[1].k2}, (double[]) {f[0].k2, f[1].k2}, (double[]) {d[0].k2, d[1].k2});
	return s;
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
 * d/d alpha = K1 + mu^2 g - y mu / (1 + t), -d2/d alpha2 = K2 - mu^3 h - y mu^2 / (1 + t)^2.
 */
void
tm_nb_tau(tm_nb *nb, double y, double mu, double log1p_t, double w, tm_walk *walk)
{
	tm_nb_sum	sum = tm_nb_sums(nb, y);
	double		t = nb->alpha * mu;
	double		r = mu / (1 + t);
	double		g,
				h,
				first,
				second;

	curve(t, log1p_t, &g, &h);
	first = nb->alpha * (sum.k1 + mu * mu * g - y * r);
	second = nb->alpha * nb->alpha * (sum.k2 - mu * mu * mu * h - y * r * r);
	walk->s_tau += w * first;
	walk->j_tau += w * (second - first);
}
