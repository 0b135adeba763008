/*
 * dispersion.c - overdispersion of areas around their target.
 *
 * Each area has z = (y - theta) / s with y, theta and s on one scale; phi is
 * the mean of z^2 once the extremes are tamed, tau^2 the moment estimate of
 * the variance between areas (DerSimonian & Laird 1986) from the same z.
 */
#include "dispersion.h"

#include <math.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define TICK_EVERY 4096

/* Gives the scale of that name for the family, or TM_METHOD. */
tm_status
tm_scale_of(tm_funnel_family family, const char *name, tm_scale *scale)
{
	bool		ratio = family == TM_FUNNEL_RATIO;

	if (strcmp(name, "none") == 0)
		*scale = TM_SCALE_NONE;
	else if (strcmp(name, ratio ? "sqrt" : "arcsine") == 0)
		*scale = TM_SCALE_STABLE;
	else if (strcmp(name, ratio ? "log" : "logit") == 0)
		*scale = TM_SCALE_LOG;
	else
		return TM_METHOD;
	return TM_OK;
}

/* Gives the treatment of extremes of that name, or TM_METHOD. */
tm_status
tm_trim_of(const char *name, tm_trim *trim)
{
	if (strcmp(name, "winsorise") == 0)
		*trim = TM_WINSORISE;
	else if (strcmp(name, "truncate") == 0)
		*trim = TM_TRUNCATE;
	else
		return TM_METHOD;
	return TM_OK;
}

/* Gives the use of the dispersion of that name, or TM_METHOD. */
tm_status
tm_adjust_of(const char *name, tm_adjust *adjust)
{
	if (strcmp(name, "none") == 0)
		*adjust = TM_ADJUST_NONE;
	else if (strcmp(name, "additive") == 0)
		*adjust = TM_ADJUST_ADDITIVE;
	else if (strcmp(name, "multiplicative") == 0)
		*adjust = TM_ADJUST_MULTIPLICATIVE;
	else
		return TM_METHOD;
	return TM_OK;
}

/* A ratio or proportion y on the scale. */
static double
onto(tm_funnel_family family, tm_scale scale, double y)
{
	if (scale == TM_SCALE_STABLE)
		return family == TM_FUNNEL_RATIO ? sqrt(y) : asin(sqrt(y));
	if (scale == TM_SCALE_LOG)
		return family == TM_FUNNEL_RATIO ? log(y) : log(y) - log1p(-y);
	return y;
}

/* What onto() made of a figure, back as a figure inside its range. */
static double
back(tm_funnel_family family, tm_scale scale, double v)
{
	if (scale == TM_SCALE_STABLE)
	{
		v = fmax(v, 0.0);
		return family == TM_FUNNEL_RATIO ? v * v : pow(sin(fmin(v, M_PI_2)), 2.0);
	}
	if (scale == TM_SCALE_LOG)
		return family == TM_FUNNEL_RATIO ? exp(v) : 1.0 / (1.0 + exp(-v));
	v = fmax(v, 0.0);
	return family == TM_FUNNEL_RATIO ? v : fmin(v, 1.0);
}

/* 1 / variance of an area's figure on the scale, under the target. */
static double
weight_of(tm_funnel_family family, tm_scale scale, double base, double target)
{
	double		rest = family == TM_FUNNEL_RATIO ? 1.0 : 1.0 - target;

	if (scale == TM_SCALE_STABLE)
		return 4.0 * base;		/* delta method: the target drops out */
	if (scale == TM_SCALE_LOG)
		return base * target * rest;
	return base / (target * rest);
}

/* z of an area on the scale; infinite where the scale has no end for it (log of 0). */
static double
z_of(tm_funnel_family family, tm_scale scale, double observed, double base, double target)
{
	double		y = family == TM_FUNNEL_PROPORTION ? fmin(observed / base, 1.0) : observed / base;

	return (onto(family, scale, y) - onto(family, scale, target)) * sqrt(weight_of(family, scale, base, target));
}

/* Calls the tick now and then. */
static void
tick(const tm_ticker *ticker, size_t i)
{
	if (ticker && ticker->call && i % TICK_EVERY == 0)
		ticker->call(ticker->arg);
}

/* True when a stands before b: by z, then by weight. */
static bool
before(const tm_area_z *a, const tm_area_z *b)
{
	return a->z != b->z ? a->z < b->z : a->weight < b->weight;
}

/* Lets the area at the root of a heap of n sink to its place. */
static void
sink(tm_area_z *heap, size_t root, size_t n)
{
	tm_area_z	a = heap[root];
	size_t		child;

	while ((child = 2 * root + 1) < n)
	{
		if (child + 1 < n && before(&heap[child], &heap[child + 1]))
			child++;
		if (!before(&a, &heap[child]))
			break;
		heap[root] = heap[child];
		root = child;
	}
	heap[root] = a;
}

/* Sorts areas by z, then weight: heapsort, for it needs no memory and has no worst case. */
static void
sort(tm_area_z *area, size_t n, const tm_ticker *ticker)
{
	for (size_t i = n / 2; i > 0; i--)
		sink(area, i - 1, n);
	for (size_t i = n; i > 1; i--)
	{
		tm_area_z	last = area[i - 1];

		tick(ticker, i);
		area[i - 1] = area[0];
		area[0] = last;
		sink(area, 0, i - 1);
	}
}

/* The quantile of sorted areas' z, linear between order statistics (type 7 of Hyndman & Fan 1996). */
static double
quantile(const tm_area_z *area, size_t n, double p)
{
	double		h = (double) (n - 1) * p;
	size_t		i = (size_t) h;
	double		part = h - (double) i;

	return part > 0.0 ? area[i].z + part * (area[i + 1].z - area[i].z) : area[i].z;
}

/* phi and tau^2 of sorted areas, z set to lo and hi outside them. */
static void
moments(const tm_area_z *area, size_t n, double lo, double hi, tm_dispersion *d)
{
	double		squares = 0.0,
				w = 0.0,
				w2 = 0.0;
	double		spread;

	for (size_t i = 0; i < n; i++)
	{
		double		z = fmin(fmax(area[i].z, lo), hi);

		squares += z * z;
		w += area[i].weight;
		w2 += area[i].weight * area[i].weight;
	}
	d->used = n;
	d->phi = isfinite(squares) && n > 0 ? squares / (double) n : NAN;
	spread = w - w2 / w;
	d->tau2 = isnan(d->phi) || n < 2 || !(spread > 0.0) ? NAN : fmax(0.0, (squares - (double) (n - 1)) / spread);
}

/*
 * The dispersion of areas around the target. The share (0 to below 0.5) of the
 * lowest and of the highest z is tamed. An area without a base stays out; one
 * whose figure has no end on the scale makes phi and tau2 NaN unless trimmed.
 * The same set of areas gives the same bits in any order.
 */
tm_status
tm_disperse(tm_funnel_family family, const double *observed, const double *base, size_t n,
			double target, tm_scale scale, tm_trim trim, double share, tm_area_z *work,
			const tm_ticker *ticker, tm_dispersion *d)
{
	size_t		m = 0;

	d->areas = d->used = 0;
	d->phi = d->tau2 = NAN;
	if (!(share >= 0.0 && share < 0.5))
		return TM_NEGATIVE;
	for (size_t i = 0; i < n; i++)
	{
		tick(ticker, i);
		if (base[i] == 0.0 || tm_funnel_check(family, base[i], target) != TM_OK)
			continue;
		work[m++] = (tm_area_z) {z_of(family, scale, observed[i], base[i], target), weight_of(family, scale, base[i], target)};
	}
	if (m == 0)
		return TM_OK;
	sort(work, m, ticker);
	if (trim == TM_TRUNCATE)
	{
		size_t		cut = (size_t) (share * (double) m);

		moments(work + cut, m - 2 * cut, -INFINITY, INFINITY, d);
	}
	else
		moments(work, m, quantile(work, m, share), quantile(work, m, 1.0 - share), d);
	d->areas = m;
	return TM_OK;
}

/* The variance of an area's figure on the scale once the dispersion is in it; NaN when the one asked for does not exist. */
static double
variance_with(double weight, tm_adjust adjust, const tm_dispersion *d)
{
	if (adjust == TM_ADJUST_ADDITIVE)
		return 1.0 / weight + d->tau2;
	if (adjust == TM_ADJUST_MULTIPLICATIVE)
		return (d->phi < 1.0 ? 1.0 : d->phi) / weight;
	return 1.0 / weight;
}

/* z of an area with the dispersion in its denominator, on the scale; infinite or NaN where it does not exist. */
double
tm_adjusted_z(tm_funnel_family family, double observed, double base, double target,
			  tm_scale scale, tm_adjust adjust, const tm_dispersion *d)
{
	double		weight = weight_of(family, scale, base, target);

	return z_of(family, scale, observed, base, target) / sqrt(weight * variance_with(weight, adjust, d));
}

/* The control limits with the dispersion, normal on the scale, per 1; TM_UNDEFINED without that dispersion and as in tm_funnel_check. */
tm_status
tm_adjusted_limits(tm_funnel_family family, double base, double target, double conf,
				   tm_scale scale, tm_adjust adjust, const tm_dispersion *d, tm_ci *ci)
{
	tm_status	status = tm_check_confidence(conf);
	double		theta,
				variance,
				half;

	if (status == TM_OK)
		status = tm_funnel_check(family, base, target);
	if (status != TM_OK)
		return status;
	variance = variance_with(weight_of(family, scale, base, target), adjust, d);
	if (isnan(variance))
		return TM_UNDEFINED;
	theta = onto(family, scale, target);
	half = -qnorm((1.0 - conf) / 2.0, 0.0, 1.0, 1, 0) * sqrt(variance);
	if (!isfinite(back(family, scale, theta + half)))
		return TM_OVERFLOW;
	ci->value = target;
	ci->lower = back(family, scale, theta - half);
	ci->upper = back(family, scale, theta + half);
	return TM_OK;
}
