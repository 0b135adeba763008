/*
 * interval.c - confidence limits for a proportion, a Poisson count, a rate and
 * a ratio of observed to expected.
 *
 * Two habits keep the last digits: the tail is formed as (1 - conf) / 2, for
 * 1 - alpha / 2 would lose it near confidence 1; and a limit near zero is never
 * a difference of two near-equal numbers but a quotient (the smaller root of a
 * quadratic is the product of the roots over the larger one).
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

/* Beyond 2^53 at risk a double cannot tell x from x + 1, and qbeta gives NaN. */
#define TM_BETA_MAX 9007199254740992.0

/* Gives the proportion method of that name, or TM_METHOD. */
tm_status
tm_prop_method(const char *name, tm_prop_method_t *method)
{
	static const char *const names[] = {
		[TM_WILSON] = "wilson",
		[TM_WILSON_CC] = "wilson_cc",
		[TM_CLOPPER_PEARSON] = "clopper_pearson",
		[TM_JEFFREYS] = "jeffreys",
		[TM_AGRESTI_COULL] = "agresti_coull",
		[TM_PROP_MID_P] = "mid_p",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
	{
		if (strcmp(name, names[i]) == 0)
		{
			*method = (tm_prop_method_t) i;
			return TM_OK;
		}
	}
	return TM_METHOD;
}

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

/* Says whether a confidence level lies strictly between 0.5 and 1. */
tm_status
tm_check_confidence(double conf)
{
	return conf > 0.5 && conf < 1.0 ? TM_OK : TM_CONFIDENCE;
}

/* Says whether a number (whole or not) can be a count of events. */
tm_status
tm_check_count(double x)
{
	if (!isfinite(x) || x < 0.0)
		return TM_NEGATIVE;
	return x <= TM_COUNT_MAX ? TM_OK : TM_OVERFLOW;
}

/* Says whether a number can be a population, person-time, weight or expectation. */
tm_status
tm_check_quantity(double q)
{
	return isfinite(q) && q >= 0.0 ? TM_OK : TM_NEGATIVE;
}

/* The standard normal quantile that leaves half of 1 - conf above it. */
double
tm_normal_z(double conf)
{
	return -qnorm((1.0 - conf) / 2.0, 0.0, 1.0, LOWER_TAIL, NOT_LOG);
}

/* Half the width of the Wilson interval times (n + z^2), for x events and y non-events. */
static double
wilson_half(double x, double y, double n, double z)
{
	return z * sqrt(x * (y / n) + z * z / 4.0);
}

/* The Wilson lower limit: the smaller root of (p - x/n)^2 = z^2 p (1 - p) / n (Wilson 1927). */
static double
wilson_lower(double x, double y, double n, double z)
{
	return x * (x / n) / (x + z * z / 2.0 + wilson_half(x, y, n, z));
}

/* The Wilson upper limit: the larger root of the same quadratic. */
static double
wilson_upper(double x, double y, double n, double z)
{
	if (y < x)
		return 1.0 - wilson_lower(y, x, n, z);
	return (x + z * z / 2.0 + wilson_half(x, y, n, z)) / (n + z * z);
}

/*
 * The distances of the Wilson limits from x / n, below and above, n being x + y:
 * quotients, so that they keep their digits at any count.
 */
void
tm_wilson_arms(double x, double y, double z, double *below, double *above)
{
	double		n = x + y;
	double		add = z * z / 2.0 + wilson_half(x, y, n, z);

	*below = x / n * (add / (x + add));
	*above = y / n * (add / (y + add));
}

/*
 * The Wilson lower limit with continuity correction, 0 without events (Newcombe
 * 1998, method 4). With b = 2x - 1 + z^2 and d = z^2 (z^2 - 2 - 1/n + 4 x (y+1) / n)
 * the paper's (b - sqrt d) / (2 (n + z^2)) equals (2x - 1)^2 / (2 n (b + sqrt d)).
 */
static double
wilson_cc_lower(double x, double y, double n, double z)
{
	double		z2 = z * z;
	double		odd = 2.0 * x - 1.0;
	double		root;

	if (x == 0.0)
		return 0.0;
	root = z * sqrt(z2 - 2.0 - 1.0 / n + 4.0 * x * ((y + 1.0) / n));
	return odd * (odd / n) / (2.0 * (odd + z2 + root));
}

/* The Wilson upper limit with continuity correction, 1 without non-events. */
static double
wilson_cc_upper(double x, double y, double n, double z)
{
	double		z2 = z * z;
	double		root;

	if (y < x)
		return 1.0 - wilson_cc_lower(y, x, n, z);
	root = z * sqrt(z2 + 2.0 - 1.0 / n + 4.0 * x * ((y - 1.0) / n));
	return (2.0 * x + 1.0 + z2 + root) / (2.0 * (n + z2));
}

/*
 * The Agresti-Coull lower limit p - z sqrt(p (1-p) / m), with m = n + z^2 and
 * p = (x + z^2/2) / m (Agresti & Coull 1998), as the quotient
 * (p^2 - z^2 p (1-p) / m) / (p + z sqrt(...)).
 */
static double
agresti_coull_lower(double x, double y, double n, double z)
{
	double		z2 = z * z;
	double		m = n + z2;
	double		p = (x + z2 / 2.0) / m;
	double		q = (y + z2 / 2.0) / m;
	double		above = p * ((x * n + z2 * (3.0 * x - y) / 2.0) / m / m);

	return above / (p + z * sqrt(p * q / m));
}

/* The Agresti-Coull upper limit. */
static double
agresti_coull_upper(double x, double y, double n, double z)
{
	double		z2 = z * z;
	double		m = n + z2;
	double		p = (x + z2 / 2.0) / m;
	double		q = (y + z2 / 2.0) / m;

	if (y < x)
		return 1.0 - agresti_coull_lower(y, x, n, z);
	return p + z * sqrt(p * q / m);
}

/*
 * A quantile of Beta(a, b), tail lying below it or above it. Near 1 it is taken
 * as 1 minus the mirrored quantile: qbeta cannot resolve its target there and
 * prints a warning.
 */
static double
beta_quantile(double tail, double a, double b, int side)
{
	if (a > b)
	{
		double		mirrored = qbeta(tail, b, a, !side, NOT_LOG);

		if (mirrored < 0.5)
			return 1.0 - mirrored;
	}
	return qbeta(tail, a, b, side, NOT_LOG);
}

/*
 * Sets the limits of Clopper & Pearson 1934: beta quantiles, 0 and 1 at the
 * ends. A quantile with a parameter of 1 is a power of tail.
 */
static void
clopper_pearson(double x, double y, double tail, tm_ci *ci)
{
	if (x == 0.0)
		ci->lower = 0.0;
	else if (y == 0.0)
		ci->lower = exp(log(tail) / x);
	else
		ci->lower = beta_quantile(tail, x, y + 1.0, LOWER_TAIL);

	if (y == 0.0)
		ci->upper = 1.0;
	else if (x == 0.0)
		ci->upper = -expm1(log(tail) / y);
	else
		ci->upper = beta_quantile(tail, x + 1.0, y, UPPER_TAIL);
}

/*
 * Sets the equal-tailed limits under Jeffreys's prior, 0 without events and 1
 * without non-events (Brown, Cai & DasGupta 2001, section 3.1).
 */
static void
jeffreys(double x, double y, double tail, tm_ci *ci)
{
	double		a = x + 0.5;
	double		b = y + 0.5;

	ci->lower = x == 0.0 ? 0.0 : beta_quantile(tail, a, b, LOWER_TAIL);
	ci->upper = y == 0.0 ? 1.0 : beta_quantile(tail, a, b, UPPER_TAIL);
}

/* Sets the mid-P limits, 0 without events and 1 without non-events (Berry & Armitage 1995). */
static void
prop_mid_p(double x, double y, double tail, tm_ci *ci)
{
	double		lower = tm_midp_odds_lower(x, y, tail);
	double		upper = tm_midp_odds_lower(y, x, tail);

	ci->lower = isinf(lower) ? 1.0 : lower / (1.0 + lower);
	ci->upper = 1.0 / (1.0 + upper);
}

/*
 * The proportion x / n and its limits, per 1; undefined when n is 0. The methods
 * on beta quantiles answer TM_OVERFLOW beyond 2^53 at risk.
 */
tm_status
tm_proportion(int64_t x, int64_t n, double conf, tm_prop_method_t method, tm_ci *ci)
{
	tm_status	status = tm_check_confidence(conf);
	double		xd = (double) x;
	double		nd = (double) n;
	double		tail = (1.0 - conf) / 2.0;
	double		yd;
	double		z;

	if (status != TM_OK)
		return status;
	if (x < 0 || n < 0)
		return TM_NEGATIVE;
	if (x > n)
		return TM_EVENTS_EXCEED;
	if (n == 0)
		return TM_UNDEFINED;
	if (nd > TM_BETA_MAX && (method == TM_CLOPPER_PEARSON || method == TM_JEFFREYS || method == TM_PROP_MID_P))
		return TM_OVERFLOW;

	/* Non-events are counted before rounding to double. */
	yd = (double) (n - x);
	z = tm_normal_z(conf);
	switch (method)
	{
		case TM_WILSON:
			ci->lower = wilson_lower(xd, yd, nd, z);
			ci->upper = wilson_upper(xd, yd, nd, z);
			break;
		case TM_WILSON_CC:
			ci->lower = wilson_cc_lower(xd, yd, nd, z);
			ci->upper = wilson_cc_upper(xd, yd, nd, z);
			break;
		case TM_CLOPPER_PEARSON:
			clopper_pearson(xd, yd, tail, ci);
			break;
		case TM_JEFFREYS:
			jeffreys(xd, yd, tail, ci);
			break;
		case TM_AGRESTI_COULL:
			ci->lower = agresti_coull_lower(xd, yd, nd, z);
			ci->upper = agresti_coull_upper(xd, yd, nd, z);
			break;
		case TM_PROP_MID_P:
			prop_mid_p(xd, yd, tail, ci);
			break;
		default:
			return TM_METHOD;
	}
	ci->value = xd / nd;
	return TM_OK;
}

/* Sets the exact limits of a Poisson count: gamma quantiles, 0 at 0 (Garwood 1936). */
static void
garwood(double x, double tail, tm_ci *ci)
{
	ci->lower = x == 0.0 ? 0.0 : qgamma(tail, x, 1.0, LOWER_TAIL, NOT_LOG);
	ci->upper = qgamma(tail, x + 1.0, 1.0, UPPER_TAIL, NOT_LOG);
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
byar(double x, double z, tm_ci *ci)
{
	ci->lower = x == 0.0 ? 0.0 : byar_side(x, -z);
	ci->upper = byar_side(x + 1.0, z);
}

/*
 * A Poisson count (which need not be whole) and the limits of its expectation.
 * TM_OVERFLOW when the count is so near 0 that Byar's cube leaves the range.
 */
tm_status
tm_poisson(double x, double conf, tm_poisson_method_t method, tm_ci *ci)
{
	tm_ci		limits = {.value = x};
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
			garwood(x, (1.0 - conf) / 2.0, &limits);
			break;
		case TM_MID_P:
			limits.lower = tm_midp_poisson_lower(x, (1.0 - conf) / 2.0);
			limits.upper = tm_midp_poisson_upper(x, (1.0 - conf) / 2.0);
			break;
		case TM_BYAR:
			byar(x, tm_normal_z(conf), &limits);
			break;
		default:
			return TM_METHOD;
	}
	if (!isfinite(limits.lower))
		return TM_OVERFLOW;
	*ci = limits;
	return TM_OK;
}

/* The rate x / population and its limits, per 1; undefined when the population is 0. */
tm_status
tm_rate(double x, double population, double conf, tm_poisson_method_t method, tm_ci *ci)
{
	tm_ci		count;
	tm_status	status = tm_poisson(x, conf, method, &count);

	if (status != TM_OK)
		return status;
	status = tm_check_quantity(population);
	if (status != TM_OK)
		return status;
	if (population == 0.0)
		return TM_UNDEFINED;
	if (!isfinite(count.lower / population) || !isfinite(count.upper / population))
		return TM_OVERFLOW;

	ci->value = count.value / population;
	ci->lower = count.lower / population;
	ci->upper = count.upper / population;
	return TM_OK;
}

/* The ratio observed / expected (SMR, SIR) and its limits; undefined when nothing is expected. */
tm_status
tm_ratio(double observed, double expected, double conf, tm_poisson_method_t method, tm_ci *ci)
{
	/* The expectation counts as known, so the limits are those of a rate. */
	return tm_rate(observed, expected, conf, method, ci);
}

/*
 * The indirectly standardised rate and its limits, per 1: the ratio of observed
 * to expected times the crude rate of the reference.
 */
tm_status
tm_isr(double observed, double expected, double ref_rate, double conf,
	   tm_poisson_method_t method, tm_ci *ci)
{
	tm_ci		ratio;
	tm_status	status = tm_ratio(observed, expected, conf, method, &ratio);

	if (status != TM_OK)
		return status;
	status = tm_check_quantity(ref_rate);
	if (status != TM_OK)
		return status;
	if (!isfinite(ratio.lower * ref_rate) || !isfinite(ratio.upper * ref_rate))
		return TM_OVERFLOW;

	ci->value = ratio.value * ref_rate;
	ci->lower = ratio.lower * ref_rate;
	ci->upper = ratio.upper * ref_rate;
	return TM_OK;
}
