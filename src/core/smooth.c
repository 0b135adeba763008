/*
 * smooth.c - Marshall's estimators, and what a fitted prior makes of an area.
 */
#include "smooth.h"

#include "interval.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LOWER_TAIL 1
#define UPPER_TAIL 0
#define NOT_LOG 0
#define TICK_EVERY 4096

/* The pooled figure and the mean base. */
static void
pool(const tm_areas *areas, double *mean, double *mean_base)
{
	double		events = 0.0,
				base = 0.0;

	for (size_t i = 0; i < areas->n; i++)
	{
		events += areas->events[i];
		base += areas->base[i];
	}
	*mean = events / base;
	*mean_base = base / (double) areas->n;
}

/* The variance of the figures around their pooled mean, weighted by base. */
static double
weighted_variance(const tm_areas *areas, double mean)
{
	double		sum = 0.0,
				base = 0.0;

	for (size_t i = 0; i < areas->n; i++)
	{
		double		away = areas->events[i] / areas->base[i] - mean;

		if (i % TICK_EVERY == 0 && areas->ticker && areas->ticker->call)
			areas->ticker->call(areas->ticker->arg);
		sum += areas->base[i] * (away * away);
		base += areas->base[i];
	}
	return sum / base;
}

/*
 * Marshall's global estimator for Poisson counts: the variance between areas
 * is s^2 - b / n-bar, at least 0 (Marshall 1991, eq. 5).
 */
static void
marshall_poisson(const tm_areas *areas, double mean_base, tm_prior *prior)
{
	double		s2 = weighted_variance(areas, prior->mean);

	prior->variance = fmax(0.0, s2 - prior->mean / mean_base);
	prior->noise = prior->mean;
}

/*
 * The same for binomial counts (Martuzzi & Elliott 1996): E(s^2) is
 * sigma^2 (1 - 1/n-bar) + p q / n-bar, and an area's figure of base n has the
 * variance (p q - sigma^2) / n around its own proportion. sigma^2 is held
 * between 0 and p q.
 */
static void
marshall_binomial(const tm_areas *areas, double mean_base, tm_prior *prior)
{
	double		pq = prior->mean * (1.0 - prior->mean);
	double		s2 = weighted_variance(areas, prior->mean);
	double		between = mean_base > 1.0 ? (s2 - pq / mean_base) / (1.0 - 1.0 / mean_base) : 0.0;

	prior->variance = fmin(fmax(0.0, between), pq);
	prior->noise = pq - prior->variance;
}

/* Fits the prior of a method to the areas: TM_OK also without any, with a mean of NaN. */
tm_status
tm_prior_fit(const tm_areas *areas, tm_smooth_method method, tm_prior *prior)
{
	double		mean_base = 0.0;
	tm_status	status = TM_OK;

	*prior = (tm_prior) {.method = method, .mean = NAN};
	if (areas->n == 0)
		return TM_OK;
	pool(areas, &prior->mean, &mean_base);
	if (!isfinite(prior->mean) || !isfinite(mean_base))
		return TM_OVERFLOW;
	if (prior->mean == 0.0)
		return TM_OK;			/* nothing happened anywhere: 0 for all */
	switch (method)
	{
		case TM_MARSHALL_POISSON:
			marshall_poisson(areas, mean_base, prior);
			break;
		case TM_MARSHALL_BINOMIAL:
			marshall_binomial(areas, mean_base, prior);
			break;
		case TM_GAMMA_MOMENTS:
		case TM_GAMMA_ML:
			status = tm_gamma_fit(areas, prior);
			break;
		case TM_BETA_ML:
			status = tm_beta_fit(areas, prior);
			break;
		default:
			return TM_METHOD;
	}
	return status;
}

/* The base to which the prior mean is worth as much as an area's own figure; infinite without variance. */
static double
worth(const tm_prior *prior)
{
	if (prior->variance == 0.0)
		return INFINITY;
	if (prior->method == TM_MARSHALL_POISSON || prior->method == TM_MARSHALL_BINOMIAL)
		return prior->noise / prior->variance;
	return prior->precision;
}

/*
 * An area's smoothed figure: weight x own + (1 - weight) x prior mean, which
 * for gamma and beta priors is the posterior mean. An area without a base gets
 * the prior mean.
 */
void
tm_smooth(const tm_prior *prior, double events, double base, tm_smoothed *s)
{
	double		prior_base = worth(prior);

	if (isfinite(prior_base) && base > 0.0)
	{
		s->weight = base / (base + prior_base);
		s->value = s->weight * (events / base) + prior_base / (base + prior_base) * prior->mean;
	}
	else
	{
		s->weight = 0.0;
		s->value = prior->mean;
	}
	s->lower = s->upper = s->exceedance = NAN;
}

/*
 * Sets the equal-tailed posterior limits of the area and the posterior
 * probability that its figure lies above the threshold. They stay NaN for
 * Marshall's estimators, which name no distribution, and with a prior variance
 * of 0, whose posterior of no width would claim certainty.
 */
void
tm_posterior(const tm_prior *prior, double events, double base, double conf, double threshold, tm_smoothed *s)
{
	double		tail = (1.0 - conf) / 2.0;
	double		a,
				b;

	if (prior->variance == 0.0 || isnan(prior->mean))
		return;
	if (prior->method == TM_GAMMA_MOMENTS || prior->method == TM_GAMMA_ML)
	{
		a = events + prior->mean * prior->precision;
		b = base + prior->precision;
		s->lower = tm_gamma_quantile(tail, a, LOWER_TAIL) / b;
		s->upper = tm_gamma_quantile(tail, a, UPPER_TAIL) / b;
		s->exceedance = pgamma(threshold * b, a, 1.0, UPPER_TAIL, NOT_LOG);
	}
	else if (prior->method == TM_BETA_ML)
	{
		a = events + prior->mean * prior->precision;
		b = base - events + (1.0 - prior->mean) * prior->precision;
		s->lower = qbeta(tail, a, b, LOWER_TAIL, NOT_LOG);
		s->upper = qbeta(tail, a, b, UPPER_TAIL, NOT_LOG);
		s->exceedance = pbeta(threshold < 1.0 ? threshold : 1.0, a, b, UPPER_TAIL, NOT_LOG);
	}
}
