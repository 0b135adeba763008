/*
 * interval.c - confidence limits for a proportion, and what may be asked of any limits.
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
clopper_pearson(double x, double y, double tail, tm_sides sides, tm_ci *ci)
{
	if (sides & TM_LOWER)
	{
		if (x == 0.0)
			ci->lower = 0.0;
		else if (y == 0.0)
			ci->lower = exp(log(tail) / x);
		else
			ci->lower = beta_quantile(tail, x, y + 1.0, LOWER_TAIL);
	}
	if (sides & TM_UPPER)
	{
		if (y == 0.0)
			ci->upper = 1.0;
		else if (x == 0.0)
			ci->upper = -expm1(log(tail) / y);
		else
			ci->upper = beta_quantile(tail, x + 1.0, y, UPPER_TAIL);
	}
}

/*
 * Sets the equal-tailed limits under Jeffreys's prior, 0 without events and 1
 * without non-events (Brown, Cai & DasGupta 2001, section 3.1).
 */
static void
jeffreys(double x, double y, double tail, tm_sides sides, tm_ci *ci)
{
	double		a = x + 0.5;
	double		b = y + 0.5;

	if (sides & TM_LOWER)
		ci->lower = x == 0.0 ? 0.0 : beta_quantile(tail, a, b, LOWER_TAIL);
	if (sides & TM_UPPER)
		ci->upper = y == 0.0 ? 1.0 : beta_quantile(tail, a, b, UPPER_TAIL);
}

/* Sets the mid-P limits, 0 without events and 1 without non-events (Berry & Armitage 1995). */
static void
prop_mid_p(double x, double y, double tail, tm_sides sides, tm_ci *ci)
{
	double		odds;

	if (sides & TM_LOWER)
	{
		odds = tm_midp_odds_lower(x, y, tail);
		ci->lower = isinf(odds) ? 1.0 : odds / (1.0 + odds);
	}
	if (sides & TM_UPPER)
		ci->upper = 1.0 / (1.0 + tm_midp_odds_lower(y, x, tail));
}

/*
 * The proportion x / n and the limits asked for, per 1; undefined when n is 0. The methods
 * on beta quantiles answer TM_OVERFLOW beyond 2^53 at risk.
 */
tm_status
tm_proportion_sides(int64_t x, int64_t n, double conf, tm_prop_method_t method, tm_sides sides, tm_ci *ci)
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
	z = method == TM_WILSON || method == TM_WILSON_CC || method == TM_AGRESTI_COULL ? tm_normal_z(conf) : 0.0;
	ci->lower = ci->upper = NAN;
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
			clopper_pearson(xd, yd, tail, sides, ci);
			break;
		case TM_JEFFREYS:
			jeffreys(xd, yd, tail, sides, ci);
			break;
		case TM_AGRESTI_COULL:
			ci->lower = agresti_coull_lower(xd, yd, nd, z);
			ci->upper = agresti_coull_upper(xd, yd, nd, z);
			break;
		case TM_PROP_MID_P:
			prop_mid_p(xd, yd, tail, sides, ci);
			break;
		default:
			return TM_METHOD;
	}
	if (!(sides & TM_LOWER))
		ci->lower = NAN;
	if (!(sides & TM_UPPER))
		ci->upper = NAN;
	ci->value = xd / nd;
	return TM_OK;
}

/* The proportion x / n and both its limits. */
tm_status
tm_proportion(int64_t x, int64_t n, double conf, tm_prop_method_t method, tm_ci *ci)
{
	return tm_proportion_sides(x, n, conf, method, TM_BOTH, ci);
}
