/*
 * gradient.c - inequality of a value against a rank.
 *
 * The ridit of a row is the share of the weight below it plus half its own; rows
 * that tie in rank share one ridit, the middle of what they cover together, so
 * that no index depends on the order of rows.
 */
#include "gradient.h"

#include "interval.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LOWER_TAIL 1
#define NOT_LOG 0

/* Sorted rows with their totals; the ridits stand beside them. */
typedef struct ranked
{
	const double *rows;
	double	   *ridit;
	size_t		n;
	int			k;
	double		weight;
	double		mean;			/* of the value */
	double		centre;			/* weighted mean of the ridits: a half */
	double		spread;			/* sum of w (ridit - centre)^2 */
} ranked;

/* A number of a row. */
static double
get(const ranked *s, size_t i, int column)
{
	return s->rows[i * s->k + column];
}

/* The end of the rows that tie in rank with the one at a start, and their weight. */
static size_t
tie_end(const ranked *s, size_t start, double *tied)
{
	size_t		i = start;

	*tied = 0;
	while (i < s->n && get(s, i, TM_GRAD_RANK) == get(s, start, TM_GRAD_RANK))
		*tied += get(s, i++, TM_GRAD_WEIGHT);
	return i;
}

/* Sorts the rows by rank and gives each its ridit; work has room for the rows, its start becomes the ridits. */
static tm_status
rank_rows(double *rows, double *work, size_t n, int k, tm_tick tick, ranked *s)
{
	static const int order[] = {TM_GRAD_RANK, TM_GRAD_VALUE, TM_GRAD_WEIGHT, TM_GRAD_SE, 4, 5, 6, 7};
	double		below = 0;
	double		sum = 0;
	double		tied;

	*s = (ranked) {rows, work, n, k, 0, NAN, 0, 0};
	if (n == 0)
		return TM_UNDEFINED;
	tm_columns_sort(rows, work, n, k, order, tick);
	for (size_t i = 0; i < n; i++)
	{
		if (!(get(s, i, TM_GRAD_WEIGHT) > 0))
			return TM_NEGATIVE;
		s->weight += get(s, i, TM_GRAD_WEIGHT);
		sum += get(s, i, TM_GRAD_WEIGHT) * get(s, i, TM_GRAD_VALUE);
	}
	if (!isfinite(s->weight) || !isfinite(sum))
		return TM_OVERFLOW;
	s->mean = sum / s->weight;
	for (size_t start = 0, end; start < n; start = end, below += tied)
	{
		end = tie_end(s, start, &tied);
		for (size_t i = start; i < end; i++)
		{
			s->ridit[i] = (below + tied / 2) / s->weight;
			s->centre += get(s, i, TM_GRAD_WEIGHT) / s->weight * s->ridit[i];
		}
	}
	for (size_t i = 0; i < n; i++)
		s->spread += get(s, i, TM_GRAD_WEIGHT) * ((s->ridit[i] - s->centre) * (s->ridit[i] - s->centre));
	return TM_OK;
}

/*
 * The variance of a concentration index c: (sum f a^2 - (1 + c)^2) / n, with
 * a = r (2 ridit - 1 - c) + 2 - q before - q after, q the ordinate of the
 * concentration curve, taken before and after all rows of a tie (Kakwani, Wagstaff
 * & van Doorslaer 1997, for groups whose variance within is not known: n is the
 * number of rows).
 */
static double
concentration_variance(const ranked *s, double c)
{
	double		q = 0;
	double		sum = 0;
	double		tied;

	for (size_t start = 0, end; start < s->n; start = end)
	{
		double		before = q;

		end = tie_end(s, start, &tied);
		for (size_t i = start; i < end; i++)
			q += get(s, i, TM_GRAD_WEIGHT) / s->weight * (get(s, i, TM_GRAD_VALUE) / s->mean);
		for (size_t i = start; i < end; i++)
		{
			double		a = get(s, i, TM_GRAD_VALUE) / s->mean * (2 * s->ridit[i] - 1 - c) + 2 - before - q;

			/* sum f a = 1 + c */
			sum += get(s, i, TM_GRAD_WEIGHT) / s->weight * ((a - 1 - c) * (a - 1 - c));
		}
	}
	return sum / (double) s->n;
}

/* Sets the bounds that are NaN to the least and the greatest value. */
static void
bounds(const ranked *s, double *low, double *high)
{
	double		least = INFINITY;
	double		most = -INFINITY;

	for (size_t i = 0; i < s->n; i++)
	{
		least = fmin(least, get(s, i, TM_GRAD_VALUE));
		most = fmax(most, get(s, i, TM_GRAD_VALUE));
	}
	*low = isnan(*low) ? least : *low;
	*high = isnan(*high) ? most : *high;
}

/*
 * The concentration index of n rows of k columns (value, weight, rank …): 2 cov(value,
 * ridit) / mean (Kakwani, Wagstaff & van Doorslaer 1997), its limits by
 * the normal distribution, and the two indices for values between bounds low and
 * high (NaN: those of the data): Erreygers 2009, 4 mean c / (high - low); Wagstaff
 * 2005, c mean (high - low) / ((high - mean) (mean - low)).
 */
tm_status
tm_concentration(double *rows, double *work, size_t n, int k, double confidence,
				 double low, double high, tm_tick tick, double v[TM_CONC_PARTS])
{
	ranked		s;
	double		c = 0;
	double		room;
	tm_status	status = tm_check_confidence(confidence);

	for (int i = 0; i < TM_CONC_PARTS; i++)
		v[i] = NAN;
	if (status != TM_OK)
		return status;
	status = rank_rows(rows, work, n, k, tick, &s);
	if (status != TM_OK)
		return status;
	v[TM_CONC_N] = (double) n;
	v[TM_CONC_MEAN] = s.mean;
	if (!(s.mean > 0))
		return TM_OK;
	for (size_t i = 0; i < n; i++)
		c += 2 * (get(&s, i, TM_GRAD_WEIGHT) / s.weight) * (get(&s, i, TM_GRAD_VALUE) / s.mean - 1) * (s.ridit[i] - s.centre);
	v[TM_CONC_INDEX] = c;
	bounds(&s, &low, &high);
	room = high - low;
	if (room > 0)
	{
		v[TM_CONC_ERREYGERS] = 4 * c * (s.mean / room);
		if (s.mean > low && s.mean < high)
			v[TM_CONC_WAGSTAFF] = c * (s.mean / (s.mean - low)) * (room / (high - s.mean));
	}
	if (n < 2)
		return TM_OK;
	v[TM_CONC_SE] = sqrt(concentration_variance(&s, c));
	v[TM_CONC_LOWER] = c + qnorm((1 - confidence) / 2, 0, 1, LOWER_TAIL, NOT_LOG) * v[TM_CONC_SE];
	v[TM_CONC_UPPER] = c - qnorm((1 - confidence) / 2, 0, 1, LOWER_TAIL, NOT_LOG) * v[TM_CONC_SE];
	return TM_OK;
}

/* Variances of intercept and slope, and their covariance. */
typedef struct covariances
{
	double		intercept;
	double		slope;
	double		both;
	double		quantile;		/* of the distribution the limits are from, above 0 */
} covariances;

/* From the standard errors of the values: slope and intercept are linear in them. */
static void
from_errors(const ranked *s, double tail, covariances *c)
{
	*c = (covariances) {.quantile = -qnorm(tail, 0, 1, LOWER_TAIL, NOT_LOG)};
	for (size_t i = 0; i < s->n; i++)
	{
		double		w = get(s, i, TM_GRAD_WEIGHT);
		double		of_slope = w * (s->ridit[i] - s->centre) / s->spread;
		double		of_intercept = w / s->weight - s->centre * of_slope;
		double		variance = get(s, i, TM_GRAD_SE) * get(s, i, TM_GRAD_SE);

		c->slope += of_slope * of_slope * variance;
		c->intercept += of_intercept * of_intercept * variance;
		c->both += of_slope * of_intercept * variance;
	}
}

/* From the residuals, weighted, on n - 2 degrees of freedom. */
static void
from_residuals(const ranked *s, double slope, double tail, covariances *c)
{
	double		df = (double) s->n - 2;
	double		sum = 0;

	for (size_t i = 0; i < s->n; i++)
	{
		double		d = get(s, i, TM_GRAD_VALUE) - s->mean - slope * (s->ridit[i] - s->centre);

		sum += get(s, i, TM_GRAD_WEIGHT) * (d * d);
	}
	c->slope = sum / df / s->spread;
	c->intercept = sum / df / s->weight + s->centre * s->centre * c->slope;
	c->both = -s->centre * c->slope;
	c->quantile = -qt(tail, df, LOWER_TAIL, NOT_LOG);
}

/* The relative index top / bottom of the line and its limits by Fieller's theorem (Fieller 1954), NaN when the bottom is not clearly above 0. */
static void
relative_index(double bottom, double top, const covariances *c, double v[TM_SLOPE_PARTS])
{
	double		z2 = c->quantile * c->quantile;
	double		var_top = c->intercept + 2 * c->both + c->slope;
	double		a = bottom * bottom - z2 * c->intercept;
	double		b = bottom * top - z2 * (c->intercept + c->both);
	double		d = b * b - a * (top * top - z2 * var_top);

	if (!(bottom > 0))
		return;
	v[TM_SLOPE_RII] = top / bottom;
	if (!(a > 0) || !(d >= 0))
		return;
	v[TM_SLOPE_RII_LOWER] = (b - sqrt(d)) / a;
	v[TM_SLOPE_RII_UPPER] = (b + sqrt(d)) / a;
}

/*
 * The slope index of inequality of n rows of k columns (value, weight, rank, perhaps
 * standard error …): the weighted least-squares line of the value on the ridit, from
 * 0 to 1, its limits and the relative index (Preston, Haines & Pamuk 1981; Mackenbach
 * & Kunst 1997). Errors of the values give the limits when all rows have them, the
 * residuals when none has.
 */
tm_status
tm_gradient(double *rows, double *work, size_t n, int k, double confidence, tm_tick tick, double v[TM_SLOPE_PARTS])
{
	ranked		s;
	covariances c = {NAN, NAN, NAN, NAN};
	size_t		errors = 0;
	double		slope = 0;
	double		tail = (1 - confidence) / 2;
	tm_status	status = tm_check_confidence(confidence);

	for (int i = 0; i < TM_SLOPE_PARTS; i++)
		v[i] = NAN;
	if (status != TM_OK)
		return status;
	status = rank_rows(rows, work, n, k, tick, &s);
	if (status != TM_OK)
		return status;
	v[TM_SLOPE_N] = (double) n;
	for (size_t i = 0; k > TM_GRAD_SE && i < n; i++)
	{
		if (get(&s, i, TM_GRAD_SE) < 0)
			return TM_NEGATIVE;
		errors += !isnan(get(&s, i, TM_GRAD_SE));
	}
	if (!(s.spread > 0))
		return TM_OK;
	for (size_t i = 0; i < n; i++)
		slope += get(&s, i, TM_GRAD_WEIGHT) * (s.ridit[i] - s.centre) / s.spread * (get(&s, i, TM_GRAD_VALUE) - s.mean);
	v[TM_SLOPE_SII] = slope;
	v[TM_SLOPE_INTERCEPT] = s.mean - slope * s.centre;
	if (errors == n)
		from_errors(&s, tail, &c);
	else if (errors == 0 && n > 2)
	{
		from_residuals(&s, slope, tail, &c);
		v[TM_SLOPE_DF] = (double) n - 2;
	}
	v[TM_SLOPE_SE] = sqrt(c.slope);
	v[TM_SLOPE_LOWER] = slope - c.quantile * v[TM_SLOPE_SE];
	v[TM_SLOPE_UPPER] = slope + c.quantile * v[TM_SLOPE_SE];
	if (c.slope > 0)
		v[TM_SLOPE_P] = errors ? 2 * pnorm(-fabs(slope) / v[TM_SLOPE_SE], 0, 1, LOWER_TAIL, NOT_LOG)
			: 2 * pt(-fabs(slope) / v[TM_SLOPE_SE], (double) n - 2, LOWER_TAIL, NOT_LOG);
	relative_index(v[TM_SLOPE_INTERCEPT], v[TM_SLOPE_INTERCEPT] + slope, &c, v);
	return TM_OK;
}
