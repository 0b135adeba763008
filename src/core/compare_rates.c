/*
 * compare_rates.c - two rates, crude or directly standardised: difference and
 * ratio with limits and p.
 */
#include "compare.h"

#include <float.h>
#include <math.h>

#include "interval.h"
#include "midp.h"
#include "root.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LOWER_TAIL 1
#define UPPER_TAIL 0
#define NOT_LOG 0

/* Two groups of events in person-years, and z. */
typedef struct pair
{
	tm_group	a;
	tm_group	b;
	double		z;
	double		estimate;
} pair;

/*
 * The variance of the difference of two rates at the best fitting pair that is
 * delta apart (a above b, delta not negative): the rate in b is the positive root
 * of T r^2 + (T delta - c) r - x_b delta (Miettinen & Nurminen 1985, eq. 21).
 */
static double
difference_variance_up(tm_group a, tm_group b, double delta)
{
	double		t = a.n + b.n;
	double		lead = a.x + b.x - t * delta;
	double		root = hypot(lead, 2.0 * sqrt(t * b.x * delta));
	double		r = lead >= 0.0 ? (lead + root) / 2.0 / t : 2.0 * b.x * delta / (root - lead);

	return (r + delta) / a.n + r / b.n;
}

/* How far a tried difference lies inside the score limits: rises. */
static double
difference_inside(double delta, void *data)
{
	const pair *d = data;
	double		variance = delta < 0.0 ? difference_variance_up(d->b, d->a, -delta) : difference_variance_up(d->a, d->b, delta);

	return d->z * sqrt(variance) - (d->estimate - delta);
}

/* The lower score limit of the difference of two rates a - b (Miettinen & Nurminen 1985, section 4). */
static double
difference_lower(tm_group a, tm_group b, double z)
{
	double		estimate = tm_group_difference(a, b);
	pair		d = {a, b, z, estimate};
	double		step = fmax(fabs(estimate), 1.0 / b.n);

	while (isfinite(step) && difference_inside(estimate - step, &d) > 0.0)
		step *= 2.0;
	return tm_root(difference_inside, &d, estimate - step, estimate);
}

/* The lower limit of the difference of two rates from the exact limits of both (Zou & Donner 2008, eq. 6). */
static double
mover_lower(double difference, tm_ci a, tm_ci b)
{
	return difference - hypot(a.value - a.lower, b.upper - b.value);
}

/* Sets the limits of a difference of rates, and p of the score test. */
static tm_status
rate_difference(tm_group a, tm_group b, double conf, tm_compare_method_t method, tm_comparison *c)
{
	double		z = tm_normal_z(conf);
	double		variance = (a.x + b.x) / a.n / b.n;

	c->value = tm_group_difference(a, b);
	if (method == TM_MIETTINEN_NURMINEN)
	{
		c->lower = difference_lower(a, b, z);
		c->upper = -difference_lower(b, a, z);
		c->p = variance > 0.0 ? tm_two_sided(c->value / sqrt(variance)) : 1.0;
	}
	else
	{
		tm_ci		ca,
					cb;
		tm_status	status = tm_rate(a.x, a.n, conf, TM_EXACT, &ca);

		if (status == TM_OK)
			status = tm_rate(b.x, b.n, conf, TM_EXACT, &cb);
		if (status != TM_OK)
			return status;
		c->lower = mover_lower(c->value, ca, cb);
		c->upper = -mover_lower(-c->value, cb, ca);
	}
	return isfinite(c->lower) && isfinite(c->upper) ? TM_OK : TM_OVERFLOW;
}

/* P(X >= x), or half of P(X = x) less, for x of x + y events, each in this group with probability p = 1 - q. */
static double
as_many(double x, double y, double p, double q, bool half)
{
	double		least = x == 0.0 ? 1.0 : p < 0.5 ? pbeta(p, x, y + 1.0, LOWER_TAIL, NOT_LOG) : pbeta(q, y + 1.0, x, UPPER_TAIL, NOT_LOG);
	double		more = y == 0.0 ? 0.0 : p < 0.5 ? pbeta(p, x + 1.0, y, LOWER_TAIL, NOT_LOG) : pbeta(q, y, x + 1.0, UPPER_TAIL, NOT_LOG);

	return half ? (least + more) / 2.0 : least;
}

/*
 * Sets limits and p of a ratio of rates, given the sum of both counts: the share
 * of group a is binomial (Przyborowski & Wilenski 1940), its odds times the
 * inverse ratio of the person-years is the ratio. p is twice the smaller tail.
 */
static void
conditional(tm_group a, tm_group b, double tail, bool half, tm_comparison *c)
{
	double		scale = b.n / a.n;
	double		lower = half ? tm_midp_odds_lower(a.x, b.x, tail) : tm_odds_lower(a.x, b.x, tail);
	double		upper = half ? tm_midp_odds_lower(b.x, a.x, tail) : tm_odds_lower(b.x, a.x, tail);
	double		p = 1.0 / (1.0 + scale),
				q = 1.0 / (1.0 + a.n / b.n);

	c->lower = lower * scale;
	c->upper = scale / upper;
	c->p = fmin(1.0, 2.0 * fmin(as_many(a.x, b.x, p, q, half), as_many(b.x, a.x, q, p, half)));
}

/*
 * The comparison of x1 events in t1 person-years with x2 in t2, per 1: difference
 * 1 - 2 or ratio 1 / 2. Undefined when a group has no person-years.
 */
tm_status
tm_compare_rates(tm_compared what, double x1, double t1, double x2, double t2,
				 double conf, tm_compare_method_t method, tm_comparison *c)
{
	tm_status	status = tm_check_confidence(conf);
	tm_group	a = {x1, 0.0, t1},
				b = {x2, 0.0, t2};
	const tm_group *groups[] = {&a, &b};

	for (int i = 0; i < 2 && status == TM_OK; i++)
	{
		status = tm_check_count(groups[i]->x);
		if (status == TM_OK)
			status = tm_check_quantity(groups[i]->n);
		if (status == TM_OK && groups[i]->x > 0.0 && groups[i]->n == 0.0)
			status = TM_EVENTS_EXCEED;
	}
	if (status != TM_OK)
		return status;
	if (t1 == 0.0 || t2 == 0.0)
		return TM_UNDEFINED;
	if (!isfinite(t1 + t2) || !isnormal(t2 / t1) || !isnormal(t1 / t2) || !isfinite(x1 / t1) || !isfinite(x2 / t2))
		return TM_OVERFLOW;

	*c = (tm_comparison) {NAN, NAN, NAN, NAN};
	if (what == TM_RATE_DIFFERENCE)
		return rate_difference(a, b, conf, method, c);
	if (x1 == 0.0 && x2 == 0.0)
	{
		*c = (tm_comparison) {NAN, 0.0, INFINITY, 1.0};
		return TM_OK;
	}
	c->value = x1 / x2 * (t2 / t1);
	if (method == TM_CMP_LOG)
		tm_log_limits(c, tm_group_log_ratio(a, b), 1.0 / x1 + 1.0 / x2, tm_normal_z(conf));
	else if (x1 + x2 > TM_EXACT_MAX)
		return TM_OVERFLOW;		/* beyond it a double cannot tell a count from the next, nor a tail from its neighbour */
	else
		conditional(a, b, (1.0 - conf) / 2.0, method == TM_CMP_MID_P, c);
	/* Infinite without events in b, never else. */
	if (isinf(c->lower) || (x2 > 0.0 && (isinf(c->value) || (isinf(c->upper) && x1 > 0.0))))
		return TM_OVERFLOW;
	return TM_OK;
}

/* A gamma variable's mean and variance, raised as the upper limit of a DSR has them. */
typedef struct gamma_law
{
	double		mean;
	double		shape;
} gamma_law;

/* The gamma law behind one limit of a DSR, raised by that many times add (and add_variance). */
static gamma_law
law(const tm_dsr *d, double add, double add_variance)
{
	double		mean = d->value + add;

	return (gamma_law) {mean, mean * (mean / (d->variance + add_variance))};
}

/*
 * The lower limit of the ratio of two DSRs from the F distribution, a as for its
 * own lower limit, b as for its upper one (Fay 1999); *p_low: the probability of
 * a ratio as high when both are equal. One stratum: the exact conditional limit.
 */
static double
f_lower(const tm_dsr *a, const tm_dsr *b, bool mean, double tail, double *p_low)
{
	gamma_law	low,
				high = mean ? law(b, b->w_mean, b->ww_mean) : law(b, b->w_max, b->w_max * b->w_max);

	*p_low = 1.0;
	if (a->value == 0.0)
		return 0.0;
	low = law(a, 0.0, 0.0);
	*p_low = pf(high.mean / low.mean, 2.0 * low.shape, 2.0 * high.shape, LOWER_TAIL, NOT_LOG);
	return low.mean / high.mean * qf(tail, 2.0 * low.shape, 2.0 * high.shape, LOWER_TAIL, NOT_LOG);
}

/* Sets limits and p of the ratio of two DSRs. */
static void
dsr_ratio(const tm_dsr *a, const tm_dsr *b, double conf, tm_compare_method_t method, tm_comparison *c)
{
	double		tail = (1.0 - conf) / 2.0;
	double		p_low,
				p_high;

	if (a->value == 0.0 && b->value == 0.0)
	{
		*c = (tm_comparison) {NAN, 0.0, INFINITY, 1.0};
		return;
	}
	c->value = a->value / b->value;
	if (a->value == 0.0 || b->value == 0.0)
	{
		/* On the log scale nothing can be said without events. */
		c->lower = 0.0;
		c->upper = INFINITY;
		c->p = 1.0;
	}
	else if (method == TM_CMP_LOG)
		tm_log_limits(c, log(c->value), a->variance / a->value / a->value + b->variance / b->value / b->value, tm_normal_z(conf));
	else if (method == TM_CMP_BINOMIAL)
		tm_log_limits(c, log(c->value), a->binomial / a->value / a->value + b->binomial / b->value / b->value, tm_normal_z(conf));
	if (method == TM_FAY || method == TM_CMP_TIWARI)
	{
		bool		mean = method == TM_CMP_TIWARI;

		c->lower = f_lower(a, b, mean, tail, &p_low);
		c->upper = 1.0 / f_lower(b, a, mean, tail, &p_high);
		c->p = fmin(1.0, 2.0 * fmin(p_low, p_high));
	}
}

/*
 * The comparison of two finished DSRs on one standard, limits not needed: ratio
 * a / b or difference a - b, per 1. For binomial methods both must have their
 * sums. Undefined when either rate is.
 */
tm_status
tm_compare_dsrs(tm_compared what, const tm_dsr *a, const tm_dsr *b,
				double conf, tm_compare_method_t method, tm_comparison *c)
{
	tm_status	status = tm_check_confidence(conf);
	tm_dsr		da = *a,
				db = *b;

	if (status != TM_OK)
		return status;
	if (isnan(a->value) || isnan(b->value))
		return TM_UNDEFINED;
	if (method == TM_CMP_BINOMIAL && (isnan(a->below) || isnan(b->below)))
		return TM_METHOD;
	*c = (tm_comparison) {NAN, NAN, NAN, NAN};
	if (what == TM_DSR_RATIO)
	{
		dsr_ratio(a, b, conf, method, c);
		return TM_OK;
	}
	c->value = a->value - b->value;
	if (method == TM_CMP_BINOMIAL)
	{
		c->lower = fmax(c->value - hypot(a->below, b->above), -1.0);
		c->upper = fmin(c->value + hypot(a->above, b->below), 1.0);
		return TM_OK;
	}
	status = tm_dsr_limits(&da, conf, TM_FAY_FEUER);
	if (status == TM_OK)
		status = tm_dsr_limits(&db, conf, TM_FAY_FEUER);
	c->lower = mover_lower(c->value, (tm_ci) {da.value, da.lower, da.upper}, (tm_ci) {db.value, db.lower, db.upper});
	c->upper = -mover_lower(-c->value, (tm_ci) {db.value, db.lower, db.upper}, (tm_ci) {da.value, da.lower, da.upper});
	return status;
}
