/*
 * interval_poisson.c - confidence limits for a Poisson count, a rate and a
 * ratio of observed to expected; the tail is formed as in interval.c.
 */
#include "interval.h"

#include <math.h>
#include <string.h>

#include "midp.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LOWER_TAIL 1
#define UPPER_TAIL 0
#define NOT_LOG 0

/* Gives the method for Poisson counts of that name, or TM_METHOD. */
tm_status
tm_poisson_method(const char *name, tm_poisson_method_t *method)
{
	if (strcmp(name, "exact") == 0)
		*method = TM_EXACT;
	else if (strcmp(name, "byar") == 0)
		*method = TM_BYAR;
	else if (strcmp(name, "mid_p") == 0)
		*method = TM_MID_P;
	else if (strcmp(name, "phe") == 0)
		*method = TM_PHE;
	else
		return TM_METHOD;
	return TM_OK;
}

/*
 * The quantile of a gamma distribution of scale 1 that leaves tail below it, or
 * above it. For huge shapes the expansion of Cornish & Fisher in the normal
 * quantile (Abramowitz & Stegun 1964, 26.4.14 and 26.2.49): its next term is
 * below 1e-30 of the quantile.
 */
double
tm_gamma_quantile(double tail, double shape, int lower_tail)
{
	double		z,
				root;

	if (!(shape >= TM_SERIES_FROM))
		return qgamma(tail, shape, 1.0, lower_tail, NOT_LOG);
	z = qnorm(tail, 0.0, 1.0, lower_tail, NOT_LOG);
	root = sqrt(shape);
	return shape + z * root + (z * z - 1.0) / 3.0 + z * (z * z - 7.0) / (36.0 * root);
}

/* Sets the exact limits of a Poisson count: gamma quantiles, 0 at 0 (Garwood 1936). */
static void
garwood(double x, double tail, tm_sides sides, tm_ci *ci)
{
	if (sides & TM_LOWER)
		ci->lower = x == 0.0 ? 0.0 : tm_gamma_quantile(tail, x, LOWER_TAIL);
	if (sides & TM_UPPER)
		ci->upper = tm_gamma_quantile(tail, x + 1.0, UPPER_TAIL);
}

/* One side of Byar's approximation, x (1 - 1/(9x) + z / (3 sqrt x))^3. */
static double
byar_side(double x, double z)
{
	double		root = 1.0 - 1.0 / (9.0 * x) + z / (3.0 * sqrt(x));

	return x * (root * root * root);
}

/*
 * Sets Byar's limits of a Poisson count, from x below and x + 1 above, 0 at 0
 * (Breslow & Day 1987, p. 69); not the variant of Rothman & Boice in x + 0.5.
 */
static void
byar(double x, double z, tm_sides sides, tm_ci *ci)
{
	if (sides & TM_LOWER)
		ci->lower = x == 0.0 ? 0.0 : byar_side(x, -z);
	if (sides & TM_UPPER)
		ci->upper = byar_side(x + 1.0, z);
}

/*
 * A Poisson count (which need not be whole) and the limits asked for of its expectation.
 * TM_OVERFLOW when the count is so near 0 that Byar's cube leaves the range.
 */
tm_status
tm_poisson_sides(double x, double conf, tm_poisson_method_t method, tm_sides sides, tm_ci *ci)
{
	tm_ci		limits = {x, NAN, NAN};
	tm_status	status = tm_check_confidence(conf);

	if (status != TM_OK)
		return status;
	status = tm_check_count(x);
	if (status != TM_OK)
		return status;

	if (method == TM_PHE)
		method = x < 10.0 ? TM_EXACT : TM_BYAR;
	switch (method)
	{
		case TM_EXACT:
			garwood(x, (1.0 - conf) / 2.0, sides, &limits);
			break;
		case TM_MID_P:
			if (sides & TM_LOWER)
				limits.lower = tm_midp_poisson_lower(x, (1.0 - conf) / 2.0);
			if (sides & TM_UPPER)
				limits.upper = tm_midp_poisson_upper(x, (1.0 - conf) / 2.0);
			break;
		case TM_BYAR:
			byar(x, tm_normal_z(conf), sides, &limits);
			break;
		default:
			return TM_METHOD;
	}
	if ((sides & TM_LOWER) && !isfinite(limits.lower))
		return TM_OVERFLOW;
	*ci = limits;
	return TM_OK;
}

/* A Poisson count and both limits of its expectation. */
tm_status
tm_poisson(double x, double conf, tm_poisson_method_t method, tm_ci *ci)
{
	return tm_poisson_sides(x, conf, method, TM_BOTH, ci);
}

/* The rate x / population and the limits asked for, per 1; undefined when the population is 0. */
tm_status
tm_rate_sides(double x, double population, double conf, tm_poisson_method_t method, tm_sides sides, tm_ci *ci)
{
	tm_ci		count;
	tm_status	status = tm_poisson_sides(x, conf, method, sides, &count);

	if (status != TM_OK)
		return status;
	status = tm_check_quantity(population);
	if (status != TM_OK)
		return status;
	if (population == 0.0)
		return TM_UNDEFINED;
	if (isinf(count.value / population) || isinf(count.lower / population) || isinf(count.upper / population))
		return TM_OVERFLOW;

	ci->value = count.value / population;
	ci->lower = count.lower / population;
	ci->upper = count.upper / population;
	return TM_OK;
}

/* The rate x / population and both its limits. */
tm_status
tm_rate(double x, double population, double conf, tm_poisson_method_t method, tm_ci *ci)
{
	return tm_rate_sides(x, population, conf, method, TM_BOTH, ci);
}

/* The ratio observed / expected (SMR, SIR) and its limits; undefined when nothing is expected. */
tm_status
tm_ratio(double observed, double expected, double conf, tm_poisson_method_t method, tm_ci *ci)
{
	/* The expectation counts as known, so the limits are those of a rate. */
	return tm_rate(observed, expected, conf, method, ci);
}

/*
 * The indirectly standardised rate and the limits asked for, per 1: the ratio of
 * observed to expected times the crude rate of the reference.
 */
tm_status
tm_isr_sides(double observed, double expected, double ref_rate, double conf,
			 tm_poisson_method_t method, tm_sides sides, tm_ci *ci)
{
	tm_ci		ratio;
	tm_status	status = tm_rate_sides(observed, expected, conf, method, sides, &ratio);

	if (status != TM_OK)
		return status;
	status = tm_check_quantity(ref_rate);
	if (status != TM_OK)
		return status;
	if (isinf(ratio.value * ref_rate) || isinf(ratio.lower * ref_rate) || isinf(ratio.upper * ref_rate))
		return TM_OVERFLOW;

	ci->value = ratio.value * ref_rate;
	ci->lower = ratio.lower * ref_rate;
	ci->upper = ratio.upper * ref_rate;
	return TM_OK;
}

/* The indirectly standardised rate and both its limits. */
tm_status
tm_isr(double observed, double expected, double ref_rate, double conf,
	   tm_poisson_method_t method, tm_ci *ci)
{
	return tm_isr_sides(observed, expected, ref_rate, conf, method, TM_BOTH, ci);
}
