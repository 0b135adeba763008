/*
 * change.c - a rate ratio common to all areas, between two periods.
 *
 * Given an area's events of both periods together, t, those of the second are
 * binomial with p = r n2 / (n1 + r n2): the areas' own levels drop out, however
 * many areas there are. The maximum of that conditional likelihood is also the
 * one of the Poisson model with a term for each area (Breslow & Day 1987,
 * sections 3.4 and 3.6, and p. 136).
 */
#include "change.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define MOST_STEPS 200

/* Both counts of an area in the second period's terms. */
typedef struct area
{
	double		x1, x2, n1, n2;
} area;

/* The i-th area. */
static area
area_at(const tm_change_task *t, size_t i)
{
	return (area) {t->events[0][i], t->events[1][i], t->population[0][i], t->population[1][i]};
}

/* True when the area says something of a change. */
static bool
informative(const area *a)
{
	return a->n1 > 0.0 && a->n2 > 0.0 && a->x1 + a->x2 > 0.0;
}

/* The share of an area's events that falls into the second period at this log ratio, and that of the first. */
static void
shares(const area *a, double log_ratio, double *second, double *first)
{
	double		odds = a->n2 / a->n1 * exp(log_ratio);

	*second = isinf(odds) ? 1.0 : odds / (1.0 + odds);
	*first = 1.0 / (1.0 + odds);
}

/* Score and information of the log ratio, and Pearson's chi-squared: sums over areas of t (x2 / t - p) and its variance. */
static void
score(const tm_change_task *t, double log_ratio, double *u, double *information, double *chi2)
{
	*u = *information = *chi2 = 0.0;
	for (size_t i = 0; i < t->n; i++)
	{
		area		a = area_at(t, i);
		double		second;
		double		first;
		double		surplus;
		double		variance;

		if (!informative(&a))
			continue;
		shares(&a, log_ratio, &second, &first);
		surplus = a.x2 * first - a.x1 * second;
		variance = (a.x1 + a.x2) * second * first;
		*u += surplus;
		*information += variance;
		*chi2 += surplus * surplus / variance;
	}
}

/* The log ratio that maximises the likelihood, from a start: Newton's steps, halved while they do not lower the score; NaN if it does not settle. */
static double
maximum(const tm_change_task *t, double log_ratio)
{
	double		u;
	double		information;
	double		chi2;

	score(t, log_ratio, &u, &information, &chi2);
	for (int i = 0; i < MOST_STEPS; i++)
	{
		double		step = u / information;
		double		next = log_ratio + step;
		double		next_u;

		score(t, next, &next_u, &information, &chi2);
		for (int half = 0; half < 60 && !(fabs(next_u) <= fabs(u)) && fabs(step) > 1e-14 * (1.0 + fabs(log_ratio)); half++)
		{
			step /= 2.0;
			next = log_ratio + step;
			score(t, next, &next_u, &information, &chi2);
		}
		log_ratio = next;
		u = next_u;
		if (fabs(step) <= 1e-14 * (1.0 + fabs(log_ratio)))
			return log_ratio;
	}
	return NAN;
}

/* Adds up the areas; raises what is wrong with one. */
static tm_status
count(const tm_change_task *t, tm_change *out)
{
	for (size_t i = 0; i < t->n; i++)
	{
		area		a = area_at(t, i);

		if (!(a.x1 >= 0.0 && a.x2 >= 0.0 && a.n1 >= 0.0 && a.n2 >= 0.0 && isfinite(a.x1) && isfinite(a.x2) && isfinite(a.n1) && isfinite(a.n2)))
			return TM_NEGATIVE;
		if ((a.n1 == 0.0 && a.x1 > 0.0) || (a.n2 == 0.0 && a.x2 > 0.0))
			return TM_EVENTS_EXCEED;
		if (!(a.n1 > 0.0 && a.n2 > 0.0))
			continue;
		out->areas++;
		out->informative += informative(&a);
		out->events[0] += a.x1;
		out->events[1] += a.x2;
	}
	return TM_OK;
}

/* The Mantel-Haenszel ratio and difference with their variances (Greenland & Robins 1985, for person-time data). */
static void
mantel_haenszel(const tm_change_task *t, double z, double scale, tm_change *out)
{
	double		second = 0.0;
	double		first = 0.0;
	double		both = 0.0;
	double		weight = 0.0;
	double		surplus = 0.0;
	double		spread = 0.0;
	double		half;

	for (size_t i = 0; i < t->n; i++)
	{
		area		a = area_at(t, i);
		double		p1 = a.n1 / (a.n1 + a.n2);
		double		p2 = a.n2 / (a.n1 + a.n2);

		if (!(a.n1 > 0.0 && a.n2 > 0.0))
			continue;
		second += a.x2 * p1;
		first += a.x1 * p2;
		both += (a.x1 + a.x2) * p1 * p2;
		weight += a.n1 * p2;
		surplus += a.x2 * p1 - a.x1 * p2;
		spread += a.x2 * p1 * p1 + a.x1 * p2 * p2;
	}
	if (weight > 0.0)
	{
		half = z * sqrt(scale * spread) / weight;
		out->difference = surplus / weight;
		out->difference_lower = out->difference - half;
		out->difference_upper = out->difference + half;
	}
	if (first > 0.0)
		out->mh_ratio = second / first;
	if (first > 0.0 && second > 0.0)
	{
		half = z * sqrt(scale * both / (first * second));
		out->mh_ratio_lower = out->mh_ratio * exp(-half);
		out->mh_ratio_upper = out->mh_ratio * exp(half);
	}
}

/* The upper tail of chi-squared; NaN without degrees of freedom. */
static double
tail(double chi2, size_t df)
{
	return df > 0 && isfinite(chi2) ? pchisq(chi2, (double) df, 0, 0) : NAN;
}

/* What changed between two periods over areas; the sums depend on the order of the areas, which is the caller's. */
tm_status
tm_period_change(const tm_change_task *task, tm_change *out)
{
	tm_change	c = {.ratio = NAN, .ratio_lower = NAN, .ratio_upper = NAN, .mh_ratio = NAN, .mh_ratio_lower = NAN, .mh_ratio_upper = NAN,
		.difference = NAN, .difference_lower = NAN, .difference_upper = NAN, .chi2 = NAN, .p = NAN, .any_chi2 = NAN, .any_p = NAN,
	.homogeneity_chi2 = NAN, .homogeneity_p = NAN, .dispersion = NAN};
	double		z = -qnorm((1.0 - task->confidence) / 2.0, 0.0, 1.0, 1, 0);
	double		information = NAN;
	double		log_ratio = NAN;
	double		u;
	double		scale = 1.0;
	tm_status	status;

	if (!(task->confidence > 0.5 && task->confidence < 1.0))
		return TM_CONFIDENCE;
	status = count(task, &c);
	if (status != TM_OK)
		return status;
	if (c.informative > 0)
	{
		score(task, 0.0, &u, &information, &c.any_chi2);
		c.any_p = tail(c.any_chi2, c.informative);
		c.chi2 = u * u / information;
		c.p = tail(c.chi2, 1);
	}
	mantel_haenszel(task, z, 1.0, &c);
	if (c.events[0] > 0.0 && c.events[1] > 0.0)
		log_ratio = maximum(task, log(c.mh_ratio));
	else if (c.events[0] > 0.0)
		c.ratio = 0.0;			/* no event in the second period: the limits do not exist on the log scale */
	if (!isnan(log_ratio))
	{
		score(task, log_ratio, &u, &information, &c.homogeneity_chi2);
		c.homogeneity_p = tail(c.homogeneity_chi2, c.informative - 1);
		if (c.informative > 1)
			c.dispersion = c.homogeneity_chi2 / (double) (c.informative - 1);
		if (task->quasi)
		{
			scale = c.dispersion;
			z = c.informative > 1 ? qt((1.0 - task->confidence) / 2.0, (double) c.informative - 1.0, 0, 0) : NAN;
		}
		c.ratio = exp(log_ratio);
		c.ratio_lower = exp(log_ratio - z * sqrt(scale / information));
		c.ratio_upper = exp(log_ratio + z * sqrt(scale / information));
	}
	if (task->quasi)
	{
		c.chi2 /= c.dispersion;
		c.p = isfinite(c.chi2) ? 2.0 * pt(sqrt(c.chi2), (double) c.informative - 1.0, 0, 0) : NAN;
		mantel_haenszel(task, z, c.dispersion, &c);
	}
	*out = c;
	return TM_OK;
}
