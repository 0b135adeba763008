/*
 * exchange.c - the common distribution of exchangeable areas, drawn.
 *
 * Drawing every area by itself adds the chance of the draw to the chance in the
 * counts: the drawn areas differ more than the true ones, by twice as much as
 * the counts do. With a common distribution they differ as the areas do (Shen &
 * Louis 1998). Taking its parameters as known would leave out what is not known
 * of them, much when areas are few; so they are drawn as well.
 *
 * The precision has the uniform shrinkage prior: precision / (precision + mean
 * size), the share by which a middling area is drawn towards the mean, is
 * uniform on 0..1 (Christiansen & Morris 1997; Daniels 1999). It is proper,
 * and allows for areas that hardly differ. The mean has a flat prior and, given
 * the precision, a gamma or beta distribution with the moments of the weighted
 * mean of the areas; it is integrated out by Laplace's method.
 */
#include "exchange.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define COARSE_FROM (-44.0)		/* logs of precision over mean size: counts to 1e19 leave their mark above */
#define COARSE_POINTS 53		/* one a log */
#define NEGLIGIBLE 15.0			/* logs of probability below the highest that are not looked at again */

/* The areas as the grid reads them. */
typedef struct areas
{
	tm_events_kind kind;
	size_t		n;
	const double *events;
	const double *size;
	double		mean_size;
} areas;

/* Sets the mean of the values at a precision, and on how many at risk it rests: Var(x / n) is as 1 / size + 1 / precision. */
static void
mean_at(const areas *a, double precision, double *mean, double *rests)
{
	double		events = 0.0;
	double		weight = 0.0;

	for (size_t i = 0; i < a->n; i++)
	{
		events += a->events[i] / (a->size[i] + precision);
		weight += a->size[i] / (a->size[i] + precision);
	}
	*mean = events / weight;
	*rests = a->kind == TM_EVENTS_POISSON ? precision * weight : (precision + 1.0) * weight - 1.0;
}

/* ln Gamma(a + x) - ln Gamma(a). */
static double
rise(double a, double x)
{
	return x == 0.0 ? 0.0 : lgammafn(a + x) - lgammafn(a);
}

/* The log likelihood of the counts, but for what depends on them alone: negative binomial, or beta-binomial. */
static double
likelihood(const areas *a, double mean, double precision)
{
	double		nu = mean * precision;
	double		sum = 0.0;

	for (size_t i = 0; i < a->n; i++)
	{
		double		x = a->events[i];
		double		n = a->size[i];

		if (a->kind == TM_EVENTS_POISSON)
			sum += rise(nu, x) - x * log1p(precision / n) - nu * log1p(n / precision);
		else
			sum += rise(nu, x) + rise(precision - nu, n - x) - rise(precision, n);
	}
	return sum;
}

/* Sets mean and what it rests on at the log of a precision over the mean size; gives the log posterior density there. */
static double
density(const areas *a, double log_odds, double *precision, double *mean, double *rests)
{
	double		shrinkage = log_odds - 2.0 * log1p(exp(log_odds));
	double		m,
				log_variance;

	*precision = exp(log_odds) * a->mean_size;
	mean_at(a, *precision, mean, rests);
	if (a->kind == TM_EVENTS_POISSON)
	{
		m = (*mean * *rests + 0.5) / *rests;
		log_variance = log(m) - log(*rests);
	}
	else
	{
		m = (*mean * *rests + 0.5) / (*rests + 1.0);
		log_variance = log(m) + log1p(-m) - log(*rests + 2.0);
	}
	return likelihood(a, m, *precision) + log_variance / 2.0 + shrinkage;
}

/* Sets the two logs between which the density is not negligible, a step beyond on either side. */
static void
reach(const areas *a, const tm_draws *how, double *from, double *to)
{
	double		log_density[COARSE_POINTS];
	double		most = -INFINITY;
	int			first = 0;
	int			last = COARSE_POINTS - 1;

	for (int k = 0; k < COARSE_POINTS; k++)
	{
		double		precision,
					mean,
					rests;

		log_density[k] = density(a, COARSE_FROM + k, &precision, &mean, &rests);
		most = log_density[k] > most ? log_density[k] : most;
		how->tick(how->tick_arg);
	}
	while (first < last && !(log_density[first] > most - NEGLIGIBLE))
		first++;
	while (last > first && !(log_density[last] > most - NEGLIGIBLE))
		last--;
	*from = COARSE_FROM + first - 1;
	*to = COARSE_FROM + last + 1;
}

/*
 * Fits the common distribution of n areas in canonical order, all of them with
 * a size above 0 and, for proportions, no more events than that.
 */
tm_status
tm_exchange_fit(tm_events_kind kind, size_t n, const double *events, const double *size, const tm_draws *how, tm_exchange *e)
{
	areas		a = {kind, n, events, size, 0.0};
	double		log_density[TM_EXCHANGE_POINTS];
	double		from,
				to,
				most = -INFINITY,
				sum = 0.0;

	*e = (tm_exchange) {.kind = kind};
	if (n == 0)
		return TM_OK;
	for (size_t i = 0; i < n; i++)
		a.mean_size += size[i] / (double) n;
	if (!isnormal(a.mean_size * exp(COARSE_FROM)) || !isfinite(a.mean_size * exp(COARSE_FROM + COARSE_POINTS)))
		return TM_OVERFLOW;
	reach(&a, how, &from, &to);
	for (int k = 0; k < TM_EXCHANGE_POINTS; k++)
	{
		double		at = from + (to - from) * k / (TM_EXCHANGE_POINTS - 1);

		log_density[k] = density(&a, at, &e->precision[k], &e->mean[k], &e->rests[k]);
		most = log_density[k] > most ? log_density[k] : most;
		how->tick(how->tick_arg);
	}
	if (!isfinite(most))
		return TM_OVERFLOW;
	for (int k = 0; k < TM_EXCHANGE_POINTS; k++)
	{
		double		p = exp(log_density[k] - most);

		sum += p > 0.0 ? p : 0.0;
		e->share[k] = sum;
	}
	for (int k = 0; k < TM_EXCHANGE_POINTS; k++)
		e->share[k] /= sum;
	return TM_OK;
}

/* The common distribution in one draw, as what it adds to every area's counts. Each group of areas draws by itself. */
tm_shape
tm_exchange_draw(const tm_exchange *e, const tm_draws *how, uint32_t group, uint32_t draw)
{
	tm_random	r;
	double		u;
	double		m;
	int			k = 0;

	tm_random_start(&r, how->seed, UINT64_MAX - group, draw);	/* no row has such a number */
	u = tm_random_uniform(&r);
	while (k < TM_EXCHANGE_POINTS - 1 && e->share[k] < u)
		k++;
	m = e->mean[k] * e->rests[k];
	if (e->kind == TM_EVENTS_POISSON)
	{
		m = tm_random_gamma(&r, m + 0.5) / e->rests[k];
		return (tm_shape) {m * e->precision[k], e->precision[k]};
	}
	m = tm_random_beta(&r, m + 0.5, fmax(e->rests[k] - m, 0.0) + 0.5);
	return (tm_shape) {m * e->precision[k], (1.0 - m) * e->precision[k]};
}
