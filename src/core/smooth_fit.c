/*
 * smooth_fit.c - the priors of empirical Bayes that need an iteration.
 *
 * Each fit is brought down to one equation in the precision of the prior: for
 * a given precision the mean follows (in closed form, or as the maximum of a
 * concave function). One bracketed root cannot diverge, as iterations of the
 * two equations in turn can. When chance alone explains the differences there
 * is no root: the variance is 0 then, and every area gets the pooled figure.
 */
#include "smooth.h"

#include <math.h>

#define TICK_EVERY 4096
#define STEP 2.0				/* of a bracket's growth, in logs */
#define REACH 34.0				/* farthest bracket, in logs: precisions to 6e14 times the start */
#define LEAST_PRECISION 1e-4	/* of a beta prior; below, areas are all or nothing */

/* An equation in the log of the precision, and what it leaves behind. */
typedef struct fit
{
	const tm_areas *areas;
	double		mean;			/* of the prior, at the precision asked for last */
	double		precision;
} fit;

/* Calls the tick now and then. */
static void
tick(const tm_areas *areas, size_t i)
{
	if (i % TICK_EVERY == 0 && areas->ticker && areas->ticker->call)
		areas->ticker->call(areas->ticker->arg);
}

/* What psi(1 / sqrt t) is below its leading terms: the asymptotic series of Abramowitz & Stegun 6.3.18, for t below 1/144. */
static double
series(double t)
{
	return t * (1.0 / 12.0 - t * (1.0 / 120.0 - t * (1.0 / 252.0 - t * (1.0 / 240.0 - t / 132.0))));
}

/*
 * psi(a + x) - psi(a) for a > 0 and a count x, without the cancellation of
 * the difference: the sum of 1 / (a + j) for few events, else the asymptotic
 * series from 12 on and the recurrence below (Abramowitz & Stegun 6.3.6).
 */
double
tm_digamma_rise(double a, double x)
{
	double		sum = 0.0;
	double		u,
				v;

	if (x <= 8.0 && x == floor(x))
	{
		for (double j = 0.0; j < x; j++)
			sum += 1.0 / (a + j);
		return sum;
	}
	for (; a < 12.0; a++)
		sum += x / (a * (a + x));
	u = 1.0 / a;
	v = 1.0 / (a + x);
	return sum + log1p(x * u) + x * u * v / 2.0 + (series(u * u) - series(v * v));
}

/*
 * The root in the log of the precision of an equation that is above 0 for
 * small precisions: true with the fit left at it, or at the least precision
 * (in logs) when it lies below. False when the equation stays above 0 as far
 * as one can see: the variance is 0.
 */
static bool
solve(tm_function f, fit *fit, double start, double least)
{
	double		a = log(start),
				b = a;
	double		fa = f(a, fit),
				fb = fa;

	while (fa <= 0.0)			/* the root lies below */
	{
		b = a;
		fb = fa;
		if (a - STEP < least)
		{
			f(least, fit);
			return true;
		}
		a -= STEP;
		fa = f(a, fit);
	}
	while (fb > 0.0)			/* the root lies above */
	{
		a = b;
		fa = fb;
		if (b > log(start) + REACH)
			return false;
		b += STEP;
		fb = f(b, fit);
	}
	f(tm_root(f, fit, b, a), fit);
	return true;
}

/* The mean of a gamma prior of this precision: sum x / (E + alpha) over sum E / (E + alpha). Sets it in the fit. */
static void
gamma_mean(fit *fit, double precision)
{
	const tm_areas *areas = fit->areas;
	double		events = 0.0,
				base = 0.0;

	for (size_t i = 0; i < areas->n; i++)
	{
		double		w = 1.0 / (areas->base[i] + precision);

		tick(areas, i);
		events += areas->events[i] * w;
		base += areas->base[i] * w;
	}
	fit->mean = events / base;
	fit->precision = precision;
}

/*
 * Clayton & Kaldor 1987, the equation for the prior variance nu / alpha^2,
 * with their estimates written out: mean - sum (x - m E)^2 alpha / (E (E + alpha)) / (n - 1).
 */
static double
gamma_moments(double log_alpha, void *context)
{
	fit		   *f = context;
	const tm_areas *areas = f->areas;
	double		alpha = exp(log_alpha);
	double		sum = 0.0;

	gamma_mean(f, alpha);
	for (size_t i = 0; i < areas->n; i++)
	{
		double		away = areas->events[i] - f->mean * areas->base[i];

		tick(areas, i);
		sum += away / areas->base[i] * away * (alpha / (areas->base[i] + alpha));
	}
	return f->mean - sum / (double) (areas->n - 1);
}

/* The score of the negative binomial likelihood in nu, at the mean that makes the score in alpha 0. */
static double
gamma_score(double log_alpha, void *context)
{
	fit		   *f = context;
	const tm_areas *areas = f->areas;
	double		alpha = exp(log_alpha);
	double		nu,
				sum = 0.0;

	gamma_mean(f, alpha);
	nu = f->mean * alpha;
	for (size_t i = 0; i < areas->n; i++)
	{
		tick(areas, i);
		sum += tm_digamma_rise(nu, areas->events[i]) - log1p(areas->base[i] / alpha);
	}
	return sum;
}

/*
 * Whether the counts vary more than Poisson's around the pooled mean: by
 * Pearson's chi^2 for the moments, by the score at variance 0 for the likelihood.
 */
static bool
overdispersed(const tm_areas *areas, double mean, bool moments)
{
	double		sum = 0.0;

	for (size_t i = 0; i < areas->n; i++)
	{
		double		expected = mean * areas->base[i];
		double		away = areas->events[i] - expected;

		sum += moments ? away / expected * away : away * away - areas->events[i];
	}
	return moments ? sum > (double) (areas->n - 1) : sum > 0.0;
}

/*
 * The gamma prior of Poisson counts (prior->method says by which equations):
 * mean, variance and precision. Variance 0 and the pooled mean stay when the
 * counts vary no more than Poisson's, or there is one area alone.
 */
tm_status
tm_gamma_fit(const tm_areas *areas, tm_prior *prior)
{
	bool		moments = prior->method == TM_GAMMA_MOMENTS;
	fit			f = {.areas = areas};
	double		base = 0.0;

	if (areas->n < 2 || !overdispersed(areas, prior->mean, moments))
		return TM_OK;
	for (size_t i = 0; i < areas->n; i++)
		base += areas->base[i];
	base /= (double) areas->n;
	if (!solve(moments ? gamma_moments : gamma_score, &f, base, log(base) - REACH))
		return TM_OK;
	prior->mean = f.mean;
	prior->precision = f.precision;
	prior->variance = f.mean / f.precision;
	return isfinite(prior->variance) ? TM_OK : TM_OVERFLOW;
}

/* The score of the beta-binomial likelihood in the logit of the mean, over the precision: falls with the mean. */
static double
beta_mean_score(double logit, void *context)
{
	fit		   *f = context;
	const tm_areas *areas = f->areas;
	double		sum = 0.0;

	f->mean = 1.0 / (1.0 + exp(-logit));
	for (size_t i = 0; i < areas->n; i++)
	{
		double		x = areas->events[i];

		tick(areas, i);
		sum += tm_digamma_rise(f->mean * f->precision, x);
		sum -= tm_digamma_rise(f->precision / (1.0 + exp(logit)), areas->base[i] - x);
	}
	return sum;
}

/* Sets the mean of a beta prior of this precision that is most likely: the likelihood is concave in it. */
static void
beta_mean(fit *f)
{
	double		a = log(f->mean) - log1p(-f->mean),
				b = a;
	double		fa = beta_mean_score(a, f),
				fb = fa;
	double		step = 0.05;

	for (; fa < 0.0; step *= 4.0)
	{
		b = a;
		fb = fa;
		a -= step;
		fa = beta_mean_score(a, f);
	}
	for (; fb > 0.0; step *= 4.0)
	{
		a = b;
		fa = fb;
		b += step;
		fb = beta_mean_score(b, f);
	}
	beta_mean_score(tm_root(beta_mean_score, f, b, a), f);
}

/* The score of the beta-binomial likelihood in the precision, at the mean that is then most likely. */
static double
beta_score(double log_precision, void *context)
{
	fit		   *f = context;
	const tm_areas *areas = f->areas;
	double		s = exp(log_precision);
	double		sum = 0.0;
	double		rest;

	f->precision = s;
	beta_mean(f);
	rest = 1.0 - f->mean;
	for (size_t i = 0; i < areas->n; i++)
	{
		double		x = areas->events[i];
		double		n = areas->base[i];

		tick(areas, i);
		sum += f->mean * tm_digamma_rise(f->mean * s, x) + rest * tm_digamma_rise(rest * s, n - x) - tm_digamma_rise(s, n);
	}
	return sum;
}

/*
 * The beta prior of binomial counts, by maximum likelihood (Griffiths 1973):
 * mean, variance and precision a + b. Variance 0 and the pooled mean stay when
 * the counts vary no more than binomial ones (Tarone 1979, the score at
 * variance 0). Areas that are all or nothing have a precision of LEAST_PRECISION.
 */
tm_status
tm_beta_fit(const tm_areas *areas, tm_prior *prior)
{
	fit			f = {.areas = areas,.mean = prior->mean};
	double		pq = prior->mean * (1.0 - prior->mean);
	double		excess = 0.0,
				base = 0.0;

	if (areas->n < 2 || !(pq > 0.0))
		return TM_OK;
	for (size_t i = 0; i < areas->n; i++)
	{
		double		away = areas->events[i] - prior->mean * areas->base[i];

		excess += away * away / pq - areas->base[i];
		base += areas->base[i];
	}
	if (!(excess > 0.0))
		return TM_OK;
	base /= (double) areas->n;
	if (!solve(beta_score, &f, base, log(LEAST_PRECISION)))
		return TM_OK;
	prior->mean = f.mean;
	prior->precision = f.precision;
	prior->variance = f.mean * (1.0 - f.mean) / (f.precision + 1.0);
	return TM_OK;
}
