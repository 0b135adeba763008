/*
 * funnel.c - the control limits of a funnel plot.
 *
 * A limit is first a count x; the limit of the figure is x / base. The exact
 * limits let the tail probability run on between whole counts by the
 * incomplete gamma (beta) function, so that an area lies beyond the limit
 * exactly when its tail probability is below (1 - confidence) / 2.
 */
#include "funnel.h"

#include <math.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "interval.h"
#include "root.h"

#define LOWER_TAIL 1
#define UPPER_TAIL 0
#define LOG 1
#define NOT_LOG 0
#define COUNT_MAX 9007199254740992.0	/* 2^53: above, x and x + 1 are one double */

/* What a tail of a count's distribution under the target depends on. */
typedef struct tail
{
	tm_funnel_family family;
	double		mean;			/* events expected under the target */
	double		base;
	double		target;
	double		log_p;			/* log of the tail probability sought */
} tail;

/* Gives the method of that name for the family, or TM_METHOD. */
tm_status
tm_funnel_method_of(tm_funnel_family family, const char *name, tm_funnel_method *method)
{
	bool		ratio = family == TM_FUNNEL_RATIO;

	if (strcmp(name, "exact") == 0)
		*method = TM_FUNNEL_EXACT;
	else if (strcmp(name, "interpolated") == 0)
		*method = TM_FUNNEL_INTERPOLATED;
	else if (strcmp(name, ratio ? "garwood" : "clopper_pearson") == 0)
		*method = TM_FUNNEL_INTERVAL;
	else if (strcmp(name, "normal") == 0)
		*method = TM_FUNNEL_NORMAL;
	else if (strcmp(name, ratio ? "log" : "arcsine") == 0)
		*method = TM_FUNNEL_STABLE;
	else
		return TM_METHOD;
	return TM_OK;
}

/* Says whether limits exist: TM_UNDEFINED without a base or with a target that leaves no variance. */
tm_status
tm_funnel_check(tm_funnel_family family, double base, double target)
{
	if (!isfinite(base) || base < 0.0 || !isfinite(target) || target < 0.0)
		return TM_NEGATIVE;
	if (family == TM_FUNNEL_PROPORTION && target > 1.0)
		return TM_EVENTS_EXCEED;
	if (base == 0.0 || target == 0.0 || (family == TM_FUNNEL_PROPORTION && target == 1.0))
		return TM_UNDEFINED;
	return isfinite(base * target) && base * target >= 1e-300 ? TM_OK : TM_OVERFLOW;
}

/* log P(X <= x) - log p, whole or not: rises with x. */
static double
below(double x, void *context)
{
	const tail *t = context;
	double		log_tail = t->family == TM_FUNNEL_RATIO ?
		pgamma(t->mean, x + 1.0, 1.0, UPPER_TAIL, LOG) :
		pbeta(t->target, x + 1.0, t->base - x, UPPER_TAIL, LOG);

	return log_tail - t->log_p;
}

/* log P(X >= x) - log p, whole or not: falls with x. */
static double
above(double x, void *context)
{
	const tail *t = context;
	double		log_tail = t->family == TM_FUNNEL_RATIO ?
		pgamma(t->mean, x, 1.0, LOWER_TAIL, LOG) :
		pbeta(t->target, x, t->base - x + 1.0, LOWER_TAIL, LOG);

	return log_tail - t->log_p;
}

/* The count under which less than p lies; 0 when no events at all are more probable than p. */
static double
exact_lower(tail *t, double reach)
{
	double		hi = t->mean;
	double		lo = hi - reach;

	if (below(0.0, t) >= 0.0)
		return 0.0;
	lo = lo > 0.0 ? lo : 0.0;
	if (below(lo, t) >= 0.0)
	{
		hi = lo;
		lo = 0.0;
	}
	return tm_root(below, t, lo, hi);
}

/* The count above which less than p lies; at most everybody at risk. */
static double
exact_upper(tail *t, double reach)
{
	double		most = t->family == TM_FUNNEL_PROPORTION ? t->base : INFINITY;
	double		lo = t->mean;
	double		hi;

	if (isfinite(most) && above(most, t) >= 0.0)
		return most;
	for (;; reach *= 2.0)
	{
		hi = lo + reach < most ? lo + reach : most;
		if (above(hi, t) < 0.0)
			break;
		lo = hi;
	}
	return tm_root(above, t, hi, lo);
}

/* The limits as counts whose tail probability is p. */
static void
exact(tail *t, double z, double variance, tm_ci *ci)
{
	double		reach = 1.2 * z * sqrt(variance) + z * z;

	ci->lower = exact_lower(t, reach);
	ci->upper = exact_upper(t, reach);
}

/*
 * The limits as interpolated quantiles: with r the smallest count that leaves
 * at most p above it (at least p at or below it), r less the part of its
 * probability that is too much (Spiegelhalter 2005, appendix A.1.1).
 */
static tm_status
interpolated(const tail *t, double p, tm_ci *ci)
{
	double		r;

	if (t->base > COUNT_MAX || t->mean > COUNT_MAX)
		return TM_OVERFLOW;
	if (t->family == TM_FUNNEL_RATIO)
	{
		r = qpois(p, t->mean, LOWER_TAIL, NOT_LOG);
		ci->lower = r - (ppois(r, t->mean, LOWER_TAIL, NOT_LOG) - p) / dpois(r, t->mean, NOT_LOG);
		r = qpois(p, t->mean, UPPER_TAIL, NOT_LOG);
		ci->upper = r - (p - ppois(r, t->mean, UPPER_TAIL, NOT_LOG)) / dpois(r, t->mean, NOT_LOG);
	}
	else
	{
		double		n = t->base;

		r = qbinom(p, n, t->target, LOWER_TAIL, NOT_LOG);
		ci->lower = r - (pbinom(r, n, t->target, LOWER_TAIL, NOT_LOG) - p) / dbinom(r, n, t->target, NOT_LOG);
		r = qbinom(p, n, t->target, UPPER_TAIL, NOT_LOG);
		ci->upper = r - (p - pbinom(r, n, t->target, UPPER_TAIL, NOT_LOG)) / dbinom(r, n, t->target, NOT_LOG);
	}
	return TM_OK;
}

/* The confidence interval of a count equal to its expectation, which need not be whole. */
static tm_status
interval(const tail *t, double p, tm_ci *ci)
{
	double		x = t->mean;

	if (t->family == TM_FUNNEL_RATIO)
	{
		ci->lower = tm_gamma_quantile(p, x, LOWER_TAIL);
		ci->upper = tm_gamma_quantile(p, x + 1.0, UPPER_TAIL);
		return TM_OK;
	}
	if (t->base > COUNT_MAX)
		return TM_OVERFLOW;
	ci->lower = t->base * qbeta(p, x, t->base * (1.0 - t->target) + 1.0, LOWER_TAIL, NOT_LOG);
	ci->upper = t->base * qbeta(p, x + 1.0, t->base * (1.0 - t->target), UPPER_TAIL, NOT_LOG);
	return TM_OK;
}

/* The normal limits on a scale where the variance is (nearly) the same for all targets. */
static void
stable(const tail *t, double z, tm_ci *ci)
{
	if (t->family == TM_FUNNEL_RATIO)
	{
		ci->lower = t->mean * exp(-z / sqrt(t->mean));
		ci->upper = t->mean * exp(z / sqrt(t->mean));
	}
	else
	{
		double		angle = asin(sqrt(t->target));
		double		step = z / (2.0 * sqrt(t->base));

		/* past the ends of a quarter turn the sine comes back: the limit is 0 or 1 there */
		ci->lower = step < angle ? t->base * pow(sin(angle - step), 2.0) : 0.0;
		ci->upper = angle + step < M_PI_2 ? t->base * pow(sin(angle + step), 2.0) : t->base;
	}
}

/*
 * The control limits of an area with this base, per 1, and the target as the
 * value: not below 0, and a proportion's not above 1. TM_UNDEFINED as in
 * tm_funnel_check.
 */
tm_status
tm_funnel_limits(tm_funnel_family family, double base, double target, double conf,
				 tm_funnel_method method, tm_ci *ci)
{
	tail		t = {.family = family, .mean = base * target, .base = base, .target = target};
	double		most = family == TM_FUNNEL_PROPORTION ? 1.0 : INFINITY;
	tm_ci		count = {0};
	tm_status	status = tm_check_confidence(conf);
	double		p = (1.0 - conf) / 2.0;
	double		variance,
				z;

	if (status == TM_OK)
		status = tm_funnel_check(family, base, target);
	if (status != TM_OK)
		return status;

	t.log_p = log(p);
	z = -qnorm(p, 0.0, 1.0, LOWER_TAIL, NOT_LOG);
	variance = family == TM_FUNNEL_RATIO ? t.mean : t.mean * (1.0 - target);
	switch (method)
	{
		case TM_FUNNEL_EXACT:
			exact(&t, z, variance, &count);
			break;
		case TM_FUNNEL_INTERPOLATED:
			status = interpolated(&t, p, &count);
			break;
		case TM_FUNNEL_INTERVAL:
			status = interval(&t, p, &count);
			break;
		case TM_FUNNEL_NORMAL:
			count.lower = t.mean - z * sqrt(variance);
			count.upper = t.mean + z * sqrt(variance);
			break;
		case TM_FUNNEL_STABLE:
			stable(&t, z, &count);
			break;
		default:
			return TM_METHOD;
	}
	if (status != TM_OK)
		return status;
	if (!isfinite(count.upper / base))
		return TM_OVERFLOW;
	ci->value = target;
	ci->lower = fmax(count.lower / base, 0.0);
	ci->upper = fmin(fmax(count.upper / base, 0.0), most);
	return TM_OK;
}

/*
 * The points of the exact limits of a ratio or rate at a whole count: on the
 * lower limit lies the base at which this count or fewer have probability p,
 * on the upper the base at which this count or more have it. Upper: infinite
 * at base 0 without events.
 */
tm_status
tm_funnel_at(double observed, double target, double conf, tm_funnel_curve *curve)
{
	tm_ci		count;
	tm_status	status = tm_poisson(observed, conf, TM_EXACT, &count);

	if (status == TM_OK)
		status = tm_check_quantity(target);
	if (status != TM_OK)
		return status;
	if (target == 0.0)
		return TM_UNDEFINED;
	if (!isfinite(count.upper / target))
		return TM_OVERFLOW;
	curve->lower_base = count.upper / target;
	curve->upper_base = count.lower / target;
	curve->lower = observed / curve->lower_base;
	curve->upper = observed > 0.0 ? observed / curve->upper_base : INFINITY;
	return TM_OK;
}

/* How many standard deviations an area lies above its target; NaN when there is no deviation to measure by. */
double
tm_funnel_z(tm_funnel_family family, double observed, double base, double target)
{
	double		variance = base * target;

	if (family == TM_FUNNEL_PROPORTION)
		variance *= 1.0 - target;
	return variance > 0.0 ? (observed - base * target) / sqrt(variance) : NAN;
}
