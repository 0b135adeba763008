/*
 * compare.c - two proportions: difference, ratio and odds ratio with limits and p.
 *
 * Score limits are the roots of (estimate - tried)^2 = z^2 variance, the variance
 * taken at the best fitting pair of proportions that has the tried difference or
 * ratio. Each is found as a lower limit; the upper one is the lower one of the
 * groups exchanged, so that exchanging them is exact.
 */
#include "compare.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "interval.h"
#include "root.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LOWER_TAIL 1
#define NOT_LOG 0

/* Two groups, what is tried on them, and the square of z with Miettinen & Nurminen's N / (N - 1) in it. */
typedef struct pair
{
	tm_group	a;
	tm_group	b;
	double		delta;
	double		zz;
	double		estimate;
} pair;

/* Gives the method of that name, or TM_METHOD when it does not exist for this comparison. */
tm_status
tm_compare_method(tm_compared what, const char *name, tm_compare_method_t *method)
{
#define ON(x) (1u << (x))
	static const struct
	{
		const char *name;
		tm_compare_method_t method;
		unsigned	on;
	}			methods[] = {
		{"miettinen_nurminen", TM_MIETTINEN_NURMINEN, ON(TM_PROPORTION_DIFFERENCE) | ON(TM_PROPORTION_RATIO) | ON(TM_ODDS_RATIO) | ON(TM_RATE_DIFFERENCE)},
		{"newcombe", TM_NEWCOMBE, ON(TM_PROPORTION_DIFFERENCE)},
		{"koopman", TM_KOOPMAN, ON(TM_PROPORTION_RATIO)},
		{"log", TM_CMP_LOG, ON(TM_PROPORTION_RATIO) | ON(TM_ODDS_RATIO) | ON(TM_RATE_RATIO) | ON(TM_DSR_RATIO)},
		{"exact", TM_CMP_EXACT, ON(TM_RATE_RATIO)},
		{"mid_p", TM_CMP_MID_P, ON(TM_RATE_RATIO)},
		{"mover", TM_MOVER, ON(TM_RATE_DIFFERENCE) | ON(TM_DSR_DIFFERENCE)},
		{"fay", TM_FAY, ON(TM_DSR_RATIO)},
		{"tiwari", TM_CMP_TIWARI, ON(TM_DSR_RATIO)},
		{"binomial", TM_CMP_BINOMIAL, ON(TM_DSR_RATIO) | ON(TM_DSR_DIFFERENCE)},
	};

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
	{
		if (strcmp(name, methods[i].name) == 0 && methods[i].on & ON(what))
		{
			*method = methods[i].method;
			return TM_OK;
		}
	}
	return TM_METHOD;
#undef ON
}

/* The two-sided p of a standard normal deviate; NaN stays NaN. */
double
tm_two_sided(double z)
{
	return 2.0 * pnorm(-fabs(z), 0.0, 1.0, LOWER_TAIL, NOT_LOG);
}

/*
 * The difference a.x / a.n - b.x / b.n. Two quotients near each other would
 * cancel, so the cross products are subtracted with their rounding errors.
 */
double
tm_group_difference(tm_group a, tm_group b)
{
	double		first = a.x * b.n,
				second = b.x * a.n;
	double		rest = fma(a.x, b.n, -first) - fma(b.x, a.n, -second);
	double		under = a.n * b.n;

	if (!isnormal(under) || !isfinite(first) || !isfinite(second))
		return a.x / a.n - b.x / b.n;
	return (first - second + rest) / under;
}

/* The log of the ratio of a.x / a.n to b.x / b.n, with its digits also near 0. */
double
tm_group_log_ratio(tm_group a, tm_group b)
{
	double		ratio = a.x / a.n / (b.x / b.n);

	return ratio > 0.5 && ratio < 2.0 ? log1p(tm_group_difference(a, b) / (b.x / b.n)) : log(ratio);
}

/*
 * Sets normal limits and p on the log scale, given the log and its variance. An
 * infinite variance (no events in a group) says nothing: 0 to infinity, p 1.
 * Without variance there are none.
 */
void
tm_log_limits(tm_comparison *c, double log_value, double variance, double z)
{
	double		se = sqrt(variance);

	if (isinf(variance))
	{
		c->lower = 0.0;
		c->upper = INFINITY;
		c->p = 1.0;
	}
	else if (variance > 0.0)
	{
		c->lower = c->value * exp(-z * se);
		c->upper = c->value * exp(z * se);
		c->p = tm_two_sided(log_value / se);
	}
}

/* The slope of the log likelihood at p in b and p + delta in a, without its poles at the ends. */
static double
difference_slope(double p, void *data)
{
	const pair *d = data;
	double		r = 1.0 - d->delta - p;
	double		pole_p = d->b.x > 0.0 ? p : 1.0;
	double		pole_r = d->a.y > 0.0 ? r : 1.0;
	double		gain = d->a.x > 0.0 ? d->a.x / (p + d->delta) * pole_p * pole_r : 0.0;
	double		loss = d->b.y > 0.0 ? d->b.y / (1.0 - p) * pole_p * pole_r : 0.0;

	/* Turned round: tm_root wants a function that rises. */
	return loss - gain + (d->a.y > 0.0 ? d->a.y * pole_p : 0.0) - (d->b.x > 0.0 ? d->b.x * pole_r : 0.0);
}

/*
 * The variance of the difference at the best fitting proportions p + delta in a
 * and p in b, delta not negative. The sum of both likelihood slopes is monotone
 * in p, so its root is bracketed by the ends of the range of p.
 */
static double
difference_variance_up(tm_group a, tm_group b, double delta)
{
	pair		d = {.a = a, .b = b, .delta = delta};
	double		top = 1.0 - delta;
	double		p;

	if (delta == 0.0)
		p = (a.x + b.x) / (a.n + b.n);
	else if (b.x == 0.0 && difference_slope(0.0, &d) >= 0.0)
		p = 0.0;
	else if (a.y == 0.0 && difference_slope(top, &d) <= 0.0)
		p = top;
	else
		p = tm_root(difference_slope, &d, 0.0, top);
	return (p + delta) * (top - p) / a.n + p * (1.0 - p) / b.n;
}

/* The same for any delta: groups exchanged, events and non-events exchanged, so that p is small. */
static double
difference_variance(tm_group a, tm_group b, double delta)
{
	if (delta < 0.0)
	{
		tm_group	swap = a;

		a = b, b = swap, delta = -delta;
	}
	if (a.x + b.x > a.y + b.y)
	{
		tm_group	lost = {a.y, a.x, a.n};

		a = (tm_group) {b.y, b.x, b.n}, b = lost;
	}
	return difference_variance_up(a, b, delta);
}

/* How far a tried difference lies inside the score limits: rises from below 0 at -1. */
static double
difference_inside(double delta, void *data)
{
	const pair *d = data;

	return sqrt(d->zz * difference_variance(d->a, d->b, delta)) - (d->estimate - delta);
}

/* The lower score limit of the difference a - b (Miettinen & Nurminen 1985, eq. 8 and 9). */
static double
difference_lower(tm_group a, tm_group b, double zz)
{
	pair		d = {.a = a, .b = b, .zz = zz, .estimate = tm_group_difference(a, b)};

	if (a.x == 0.0 && b.y == 0.0)
		return -1.0;
	return tm_root(difference_inside, &d, -1.0, d.estimate);
}

/* The lower limit of Newcombe 1998, method 10: from the Wilson limits of both. */
static double
newcombe_lower(tm_group a, tm_group b, double z)
{
	double		below,
				above,
				unused;

	tm_wilson_arms(a.x, a.y, z, &below, &unused);
	tm_wilson_arms(b.x, b.y, z, &unused, &above);
	return tm_group_difference(a, b) - sqrt(below * below + above * above);
}

/*
 * The variance of a / n - ratio * b / n at the best fitting proportions whose
 * ratio is tried: p in b is a root of a quadratic (Koopman 1984, eq. 2; Miettinen
 * & Nurminen 1985, eq. 12), whose discriminant is a sum of two terms not negative.
 */
static double
ratio_variance(tm_group a, tm_group b, double ratio)
{
	double		up = (a.n + b.x) * ratio;
	double		down = a.x + b.n;
	double		root = hypot(up - down, 2.0 * sqrt(ratio * a.y * b.y));
	double		p = 2.0 * (a.x + b.x) / (up + down + root);
	double		pa = fmin(ratio * p, 1.0);

	return pa * (1.0 - pa) / a.n + ratio * ratio * p * fmax(1.0 - p, 0.0) / b.n;
}

/* How far a tried ratio lies inside the score limits: rises from below 0 at 0. */
static double
ratio_inside(double ratio, void *data)
{
	const pair *d = data;

	return sqrt(d->zz * ratio_variance(d->a, d->b, ratio)) - (d->a.x / d->a.n - ratio * (d->b.x / d->b.n));
}

/* The best fitting proportion in b when the odds in a are that many times those in b, c of all having an event. */
static double
odds_fit(double n_a, double n_b, double c, double odds)
{
	double		u = odds * (n_a - c) + c;

	return 2.0 * c / (u + n_b + hypot(u - n_b, 2.0 * sqrt(n_a * n_b * odds)));
}

/*
 * How far a tried odds ratio lies inside the score limits: rises (Miettinen &
 * Nurminen 1985, eq. 16 and 17). The fitted proportions and their complements
 * are found each on its own, so that none is lost in 1 - p.
 */
static double
odds_inside(double odds, void *data)
{
	const pair *d = data;
	tm_group	a = d->a,
				b = d->b;
	double		p = odds_fit(a.n, b.n, a.x + b.x, odds),
				q = odds_fit(a.n, b.n, a.y + b.y, 1.0 / odds);
	double		pa = odds * p / (odds * p + q),
				qa = q / (odds * p + q);
	double		va = a.n * pa * qa,
				vb = b.n * p * q;
	double		above;

	/* What a has above its fit b lacks: taken where less is subtracted. */
	if (va < vb)
		above = pa < 0.5 ? a.x - a.n * pa : a.n * qa - a.y;
	else
		above = p < 0.5 ? b.n * p - b.x : b.y - b.n * q;
	return sqrt(d->zz) - above * sqrt(1.0 / va + 1.0 / vb);
}

/* The lower score limit of a ratio of proportions or of odds, 0 when the value is. */
static double
ratio_lower(tm_group a, tm_group b, double zz, tm_function inside, double value)
{
	pair		d = {.a = a, .b = b, .zz = zz};
	double		high = value;

	if (!(value > 0.0))
		return 0.0;
	if (isinf(value))
	{
		/* Nothing bounds it from above: double until outside is left behind. */
		for (high = 1.0; high < DBL_MAX / 4.0 && !(inside(high, &d) > 0.0); high *= 2.0)
			continue;
	}
	return tm_root(inside, &d, 0.0, high);
}

/* Sets both score limits of a ratio; without a value everything is possible. */
static void
ratio_limits(tm_comparison *c, tm_group a, tm_group b, double zz, tm_function inside)
{
	c->lower = ratio_lower(a, b, zz, inside, c->value);
	c->upper = 1.0 / ratio_lower(b, a, zz, inside, 1.0 / c->value);
}

/* The two-sided p of no difference, from the pooled proportion; 1 when nobody or everybody had an event. */
static double
pooled_p(tm_group a, tm_group b, double correction)
{
	double		n = a.n + b.n;
	double		variance = (a.x + b.x) / n * ((a.y + b.y) / n) * (1.0 / a.n + 1.0 / b.n) * correction;

	return variance > 0.0 ? tm_two_sided(tm_group_difference(a, b) / sqrt(variance)) : 1.0;
}

/* Sets value, limits and p of the odds ratio; the log method is Woolf's (1955). */
static void
odds_ratio(tm_group a, tm_group b, double z, double zz, tm_compare_method_t method, tm_comparison *c)
{
	c->value = a.x * b.y / (b.x * a.y);
	if ((a.x == 0.0 || b.y == 0.0) != (b.x == 0.0 || a.y == 0.0))
		c->value = a.x == 0.0 || b.y == 0.0 ? 0.0 : INFINITY;
	if (method == TM_CMP_LOG)
		tm_log_limits(c, log(c->value), 1.0 / a.x + 1.0 / a.y + 1.0 / b.x + 1.0 / b.y, z);
	else
		ratio_limits(c, a, b, zz, odds_inside);
}

/* Says whether a count of events and of people can be compared. */
static tm_status
check_group(int64_t x, int64_t n)
{
	if (x < 0 || n < 0)
		return TM_NEGATIVE;
	if (x > n)
		return TM_EVENTS_EXCEED;
	return (double) n > TM_EXACT_MAX ? TM_OVERFLOW : TM_OK;
}

/*
 * The comparison of x1 of n1 with x2 of n2, per 1: difference 1 - 2, ratio or
 * odds ratio 1 / 2. Undefined when nobody is at risk in a group.
 */
tm_status
tm_compare_proportions(tm_compared what, int64_t x1, int64_t n1, int64_t x2, int64_t n2,
					   double conf, tm_compare_method_t method, tm_comparison *c)
{
	tm_status	status = tm_check_confidence(conf);
	tm_group	a = {(double) x1, (double) n1 - (double) x1, (double) n1},
				b = {(double) x2, (double) n2 - (double) x2, (double) n2};
	double		z,
				correction = 1.0;

	if (status == TM_OK)
		status = check_group(x1, n1);
	if (status == TM_OK)
		status = check_group(x2, n2);
	if (status != TM_OK)
		return status;
	if (n1 == 0 || n2 == 0)
		return TM_UNDEFINED;

	z = tm_normal_z(conf);
	if (method == TM_MIETTINEN_NURMINEN)
		correction = (a.n + b.n) / (a.n + b.n - 1.0);
	*c = (tm_comparison) {NAN, NAN, NAN, NAN};
	if (what == TM_PROPORTION_DIFFERENCE)
	{
		c->value = tm_group_difference(a, b);
		c->lower = method == TM_NEWCOMBE ? newcombe_lower(a, b, z) : difference_lower(a, b, z * z * correction);
		c->upper = -(method == TM_NEWCOMBE ? newcombe_lower(b, a, z) : difference_lower(b, a, z * z * correction));
	}
	else if (what == TM_ODDS_RATIO)
		odds_ratio(a, b, z, z * z * correction, method, c);
	else
	{
		c->value = a.x / a.n / (b.x / b.n);
		if (method == TM_CMP_LOG)
			tm_log_limits(c, tm_group_log_ratio(a, b), a.y / a.x / a.n + b.y / b.x / b.n, z);
		else
			ratio_limits(c, a, b, z * z * correction, ratio_inside);
	}
	/* What stands in no cell can have any ratio. */
	if (what != TM_PROPORTION_DIFFERENCE && isnan(c->value))
		*c = (tm_comparison) {NAN, 0.0, INFINITY, 1.0};
	else if (method == TM_MIETTINEN_NURMINEN || method == TM_KOOPMAN)
		c->p = pooled_p(a, b, correction);
	return TM_OK;
}
