/*
 * midp.c - mid-P limits of a Poisson count and of a binomial proportion.
 *
 * A mid-P limit counts only half the probability of what was observed: it solves
 * P(X < x) + P(X = x) / 2 = tail above, the mirror image below (Lancaster 1961;
 * Berry & Armitage 1995; Cohen & Yang 1994 for the Poisson). That sum is the mean
 * of P(X < x) and P(X <= x), two gamma (or beta) probabilities, so the limit lies
 * between the two quantiles: a bracket without any search, and counts that are
 * not whole have limits too.
 */
#include "midp.h"

#include <math.h>
#include <stdbool.h>

#include "interval.h"
#include "root.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LOWER_TAIL 1
#define UPPER_TAIL 0
#define NOT_LOG 0

typedef struct midp
{
	double		x;
	double		y;
	double		tail;
} midp;

/* The mean of P(X >= x) and P(X > x) at the Poisson mean mu over the tail, less 1: rises with mu. */
static double
poisson_above(double mu, void *data)
{
	const midp *m = data;

	return (pgamma(mu, m->x, 1.0, LOWER_TAIL, NOT_LOG) + pgamma(mu, m->x + 1.0, 1.0, LOWER_TAIL, NOT_LOG)) / 2.0 / m->tail - 1.0;
}

/* 1 less the mean of P(X < x) and P(X <= x) at the Poisson mean mu over the tail: rises with mu. */
static double
poisson_below(double mu, void *data)
{
	const midp *m = data;

	return 1.0 - (pgamma(mu, m->x, 1.0, UPPER_TAIL, NOT_LOG) + pgamma(mu, m->x + 1.0, 1.0, UPPER_TAIL, NOT_LOG)) / 2.0 / m->tail;
}

/* The lower mid-P limit of the mean of a Poisson count, 0 at 0. */
double
tm_midp_poisson_lower(double x, double tail)
{
	midp		m = {.x = x, .tail = tail};

	if (x == 0.0)
		return 0.0;
	return tm_root(poisson_above, &m, tm_gamma_quantile(tail, x, LOWER_TAIL), tm_gamma_quantile(tail, x + 1.0, LOWER_TAIL));
}

/* The upper mid-P limit of the mean of a Poisson count, -ln(2 tail) at 0. */
double
tm_midp_poisson_upper(double x, double tail)
{
	midp		m = {.x = x, .tail = tail};

	if (x == 0.0)
		return -log(2.0 * tail);
	return tm_root(poisson_below, &m, tm_gamma_quantile(tail, x, UPPER_TAIL), tm_gamma_quantile(tail, x + 1.0, UPPER_TAIL));
}

/* P(Beta(a, b) <= p) for p = odds / (1 + odds), from the smaller of p and 1 - p. */
static double
beta_below(double odds, double a, double b)
{
	if (odds <= 1.0)
		return pbeta(odds / (1.0 + odds), a, b, LOWER_TAIL, NOT_LOG);
	return pbeta(1.0 / (1.0 + odds), b, a, UPPER_TAIL, NOT_LOG);
}

/* The odds p / (1 - p) of the quantile p of Beta(a, b) that has tail below it; a parameter of 1 has a closed form. */
static double
beta_odds(double tail, double a, double b)
{
	double		p;

	if (b == 1.0)
		return 1.0 / expm1(-log(tail) / a);
	if (a == 1.0)
		return expm1(-log1p(-tail) / b);
	/* The smaller one of p and 1 - p keeps its digits. */
	if (a > b && (p = qbeta(tail, b, a, UPPER_TAIL, NOT_LOG)) < 0.5)
		return (1.0 - p) / p;
	p = qbeta(tail, a, b, LOWER_TAIL, NOT_LOG);
	return p / (1.0 - p);
}

/*
 * The odds of the exact lower limit of a binomial proportion with x events and y
 * non-events, 0 without events (Clopper & Pearson 1934). Those of the upper limit
 * are 1 / the same with x and y exchanged.
 */
double
tm_odds_lower(double x, double y, double tail)
{
	return x == 0.0 ? 0.0 : beta_odds(tail, x, y + 1.0);
}

/* The mean of P(X >= x) and P(X > x) at binomial odds over the tail, less 1: rises with the odds. */
static double
binomial_above(double odds, void *data)
{
	const midp *m = data;
	double		more = m->y == 0.0 ? 0.0 : beta_below(odds, m->x + 1.0, m->y);

	return (beta_below(odds, m->x, m->y + 1.0) + more) / 2.0 / m->tail - 1.0;
}

/* The odds of the lower mid-P limit of a binomial proportion, 0 without events; upper as with tm_odds_lower. */
double
tm_midp_odds_lower(double x, double y, double tail)
{
	midp		m = {x, y, tail};

	if (x == 0.0)
		return 0.0;
	if (y == 0.0)				/* p^x / 2 = tail */
		return 1.0 / expm1(-log(2.0 * tail) / x);
	return tm_root(binomial_above, &m, beta_odds(tail, x, y + 1.0), beta_odds(tail, x + 1.0, y));
}
