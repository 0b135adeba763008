/*
 * variation.c - small-area variation of one measure.
 *
 * Notation: O events, E expected events, W what events are divided by (E itself,
 * people, people at risk), y = O / W, k areas.
 */
#include "variation.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define UPPER_TAIL 0
#define MOST_EVENTS 9007199254740992.0	/* from 2^53 on a double does not hold every count */

/* The areas with what depends on all of them. */
typedef struct areas
{
	const double *rows;			/* events and denominator of each */
	size_t		k;
	double		per;			/* expected events per unit of the denominator */
	double		chance;			/* variance of a count over its expectation: 1, or 1 - p */
	tm_tick		tick;
} areas;

/* The events of an area. */
static double
observed(const areas *a, size_t i)
{
	return a->rows[2 * i];
}

/* The events expected in an area. */
static double
expected(const areas *a, size_t i)
{
	return a->rows[2 * i + 1] * a->per;
}

/* A quantile of sorted numbers: Hyndman & Fan 1996, definition 7. */
static double
quantile(const double *y, size_t k, double share)
{
	double		h = (double) (k - 1) * share;
	size_t		below = (size_t) floor(h);

	return below + 1 < k ? y[below] + (h - (double) below) * (y[below + 1] - y[below]) : y[k - 1];
}

/* A quotient; undefined when the divisor is not positive. */
static double
quotient(double above, double below)
{
	return below > 0 ? above / below : NAN;
}

/* Totals and overall value; says whether the rows can be used. */
static tm_status
totals(tm_variation_kind kind, const double *rows, size_t k, double v[TM_VAR_N])
{
	double		o = 0;
	double		w = 0;

	for (size_t i = 0; i < k; i++)
	{
		if (!(rows[2 * i] >= 0 && rows[2 * i + 1] > 0) || !isfinite(rows[2 * i + 1]))
			return TM_NEGATIVE;
		if (kind == TM_VARIATION_PROPORTION && rows[2 * i] > rows[2 * i + 1])
			return TM_EVENTS_EXCEED;
		o += rows[2 * i];
		w += rows[2 * i + 1];
	}
	if (o >= MOST_EVENTS || !isfinite(w))
		return TM_OVERFLOW;
	v[TM_VAR_AREAS] = (double) k;
	v[TM_VAR_OBSERVED] = o;
	v[TM_VAR_EXPECTED] = w;
	v[TM_VAR_OVERALL] = quotient(o, w);
	return TM_OK;
}

/* What needs the areas' values y alone, sorted: extremes, percentiles, coefficients of variation. */
static void
values(const double *y, size_t k, double v[TM_VAR_N])
{
	double		sum = 0;
	double		squares = 0;
	double		mean;

	for (size_t i = 0; i < k; i++)
		sum += y[i];
	/* equal areas have exactly no variation */
	v[TM_VAR_MEAN] = mean = y[0] == y[k - 1] ? y[0] : sum / (double) k;
	v[TM_VAR_MIN] = y[0];
	v[TM_VAR_MAX] = y[k - 1];
	if (k < 2)
		return;
	for (size_t i = 0; i < k; i++)
		squares += (y[i] - mean) * (y[i] - mean);
	v[TM_VAR_RANGE] = y[k - 1] - y[0];
	v[TM_VAR_EQ] = quotient(y[k - 1], y[0]);
	v[TM_VAR_EQ95] = quotient(quantile(y, k, 0.95), quantile(y, k, 0.05));
	v[TM_VAR_EQ90] = quotient(quantile(y, k, 0.9), quantile(y, k, 0.1));
	v[TM_VAR_EQ75] = quotient(quantile(y, k, 0.75), quantile(y, k, 0.25));
	v[TM_VAR_SD] = sqrt(squares / (double) (k - 1));
	v[TM_VAR_CV] = quotient(v[TM_VAR_SD], mean);
	v[TM_VAR_CV_POPULATION] = quotient(sqrt(squares / (double) k), mean);
}

/*
 * Clayton & Kaldor 1987: true ratios vary as gamma(nu, alpha). For a
 * given alpha their equation for the mean gives m = sum O/(E+alpha) / sum E/(E+alpha);
 * with it the equation for the variance nu / alpha^2 = m / alpha is F(alpha) = 1,
 * F = sum alpha/(E+alpha) (O - m E)^2 / E / ((k-1) m). This is F; *mean is set to m.
 */
static double
dispersion(const areas *a, double alpha, double *mean)
{
	double		above = 0;
	double		below = 0;
	double		sum = 0;
	double		m;

	if (a->tick)
		a->tick();
	for (size_t i = 0; i < a->k; i++)
	{
		double		share = 1 / (expected(a, i) + alpha);

		above += observed(a, i) * share;
		below += expected(a, i) * share;
	}
	*mean = m = above / below;
	for (size_t i = 0; i < a->k; i++)
	{
		double		e = expected(a, i);
		double		d = observed(a, i) - m * e;

		sum += alpha / (e + alpha) * (d * (d / e));
	}
	return sum / ((double) (a->k - 1) * m);
}

/* Clayton & Kaldor's variance m / alpha of the true ratios, 0 when counts vary no more than by chance. */
static double
gamma_variance(const areas *a)
{
	double		m;
	double		low = expected(a, 0);
	double		high = low;

	for (int i = 0; dispersion(a, high, &m) <= 1; i++, high *= 16)
		if (i == 60)
			return 0;
	for (int i = 0; dispersion(a, low, &m) >= 1; i++, low /= 16)
		if (i == 200)
			return NAN;
	for (int i = 0; i < 200 && high / low > 1 + 4e-16; i++)
	{
		double		mid = sqrt(low) * sqrt(high);

		if (mid <= low || mid >= high)
			break;
		if (dispersion(a, mid, &m) < 1)
			low = mid;
		else
			high = mid;
	}
	dispersion(a, high, &m);
	return m / high;
}

/*
 * Marshall 1991: the weighted variance of the values less what chance
 * adds, unclamped, over the squared overall value. Binomial: chance adds
 * (p (1 - p) - a) / n, solved for a (Martuzzi & Elliott 1996).
 */
static double
moment_variance(tm_variation_kind kind, const areas *a, const double v[TM_VAR_N])
{
	double		each = v[TM_VAR_EXPECTED] / (double) a->k;
	double		cv = v[TM_VAR_CV_WEIGHTED];
	double		component = cv * cv - a->chance / (v[TM_VAR_OVERALL] * each);

	if (kind == TM_VARIATION_PROPORTION)
		return each > 1 ? component / (1 - 1 / each) : NAN;
	return component;
}

/* What compares events with expected events. */
static void
against_chance(const areas *a, double v[TM_VAR_N])
{
	double		k = (double) a->k;
	double		squares = 0;
	double		logs = 0;
	double		chi2 = 0;
	double		weighted = 0;
	double		reference = v[TM_VAR_OBSERVED] / (v[TM_VAR_EXPECTED] * a->per);

	for (size_t i = 0; i < a->k; i++)
	{
		double		e = expected(a, i);
		double		ratio = observed(a, i) / e;
		double		d = ratio - 1;
		double		l = log(ratio);

		squares += d * d - a->chance / e;
		logs += l * l - a->chance / e;
		chi2 += d * d * e / a->chance;
		weighted += e * (ratio - reference) * (ratio - reference);
	}
	v[TM_VAR_SCV] = squares / k;
	v[TM_VAR_SCV_LOG] = isfinite(logs) ? logs / k : NAN;
	v[TM_VAR_CV_WEIGHTED] = quotient(sqrt(weighted / (v[TM_VAR_EXPECTED] * a->per)), reference);
	if (!(a->chance > 0))
		return;
	v[TM_VAR_CHI2] = chi2;
	v[TM_VAR_DF] = k - 1;
	v[TM_VAR_P] = pchisq(chi2, k - 1, UPPER_TAIL, 0);
	v[TM_VAR_LOG_P] = pchisq(chi2, k - 1, UPPER_TAIL, 1);
}

/*
 * The variation over n areas, rows of events and denominator > 0; both arrays are
 * changed, work has room for the rows. TM_UNDEFINED without areas.
 */
tm_status
tm_variation(tm_variation_kind kind, double *rows, double *work, size_t n, tm_tick tick, double v[TM_VAR_N])
{
	static const int order[] = {0, 1};
	areas		a = {rows, n, 1, 1, tick};
	tm_status	status;

	for (int i = 0; i < TM_VAR_N; i++)
		v[i] = NAN;
	if (n == 0)
		return TM_UNDEFINED;
	tm_columns_sort(rows, work, n, 2, order, tick);
	status = totals(kind, rows, n, v);
	if (status != TM_OK)
		return status;
	for (size_t i = 0; i < n; i++)
		work[i] = rows[2 * i] / rows[2 * i + 1];
	tm_columns_sort(work, work + n, n, 1, order, tick);
	if (work[n - 1] > 1e150 || (v[TM_VAR_OBSERVED] > 0 && v[TM_VAR_OVERALL] < 1e-150))
		return TM_OVERFLOW;
	values(work, n, v);
	if (kind != TM_VARIATION_RATIO)
		a.per = v[TM_VAR_OVERALL];
	if (kind == TM_VARIATION_PROPORTION)
		a.chance = 1 - v[TM_VAR_OVERALL];
	if (n < 2 || a.per == 0)
		return TM_OK;
	against_chance(&a, v);
	if (v[TM_VAR_OBSERVED] > 0)
	{
		v[TM_VAR_MOMENT] = moment_variance(kind, &a, v);
		if (kind != TM_VARIATION_PROPORTION)
			v[TM_VAR_EB] = gamma_variance(&a);
	}
	for (int i = 0; i < TM_VAR_N; i++)
		if (isinf(v[i]))
			return TM_OVERFLOW;
	return TM_OK;
}
