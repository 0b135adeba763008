/*
 * inequality.c - inequality of a value over people.
 *
 * Notation: f share of the weight, r = value / mean. Every sum has terms of one
 * sign (from sum f (r - 1) = 0), so that near equality nothing cancels.
 */
#include "inequality.h"

#include <math.h>
#include <string.h>

/* The value of a row. */
static double
value(const tm_values *s, size_t i)
{
	return s->rows[i * s->k];
}

/* The weight of a row, 1 when there is no such column. */
static double
weight(const tm_values *s, size_t i)
{
	return s->k > 1 ? s->rows[i * s->k + 1] : 1;
}

/* Sorts rows of a value and, when k > 1, a weight, by value, and takes their totals; TM_UNDEFINED without rows. */
tm_status
tm_values_sort(double *rows, double *work, size_t n, int k, tm_tick tick, tm_values *s)
{
	static const int order[] = {0, 1, 2, 3, 4, 5, 6, 7};
	double		sum = 0;

	*s = (tm_values) {rows, n, k, 0, NAN};
	tm_columns_sort(rows, work, n, k, order, tick);
	for (size_t i = 0; i < n; i++)
	{
		if (!(value(s, i) >= 0 && weight(s, i) > 0))
			return TM_NEGATIVE;
		s->weight += weight(s, i);
		sum += weight(s, i) * value(s, i);
	}
	if (!isfinite(sum) || !isfinite(s->weight))
		return TM_OVERFLOW;
	if (n == 0)
		return TM_UNDEFINED;
	/* equal values have exactly no inequality */
	s->mean = value(s, 0) == value(s, n - 1) ? value(s, 0) : sum / s->weight;
	return TM_OK;
}

/*
 * Gini's coefficient of people, NaN when all values are 0. Half the mean absolute
 * difference over the mean (Gini 1912) is, over the gaps between neighbours in
 * the order of value, sum F (1 - F) gap / mean, F the share of people below the gap.
 */
double
tm_gini(const tm_values *s)
{
	double		below = 0;
	double		sum = 0;

	for (size_t i = 0; i + 1 < s->n; i++)
	{
		below += weight(s, i);
		sum += below / s->weight * ((s->weight - below) / s->weight) * (value(s, i + 1) - value(s, i));
	}
	return s->mean > 0 ? sum / s->mean : NAN;
}

/* Hoover's index: the share of the total that would have to move for equality (Hoover 1936). */
double
tm_hoover(const tm_values *s)
{
	double		sum = 0;

	for (size_t i = 0; i < s->n && value(s, i) < s->mean; i++)
		sum += weight(s, i) / s->weight * (1 - value(s, i) / s->mean);
	return s->mean > 0 ? sum : NAN;
}

/* Lorenz's curve: the share of the total held by that share of people with the lowest values, linear between rows (Lorenz 1905). */
double
tm_lorenz(const tm_values *s, double share)
{
	double		people = share * s->weight;
	double		sum = 0;

	if (!(s->mean > 0))
		return NAN;
	if (share >= 1)
		return 1;
	for (size_t i = 0; i < s->n && people > 0; i++)
	{
		double		w = fmin(weight(s, i), people);

		sum += w * value(s, i);
		people -= w;
	}
	return sum / s->mean / s->weight;
}

/* r ln r - (r - 1), 0 ln 0 = 0: Theil's T of one person. */
static double
t_term(double r)
{
	double		d = r - 1;

	return r > 0 ? fmax(r * log1p(d) - d, 0) : 1;
}

/* (r - 1) - ln r: Theil's L of one person, infinite at 0. */
static double
l_term(double r)
{
	return r > 0 ? fmax(r - 1 - log1p(r - 1), 0) : INFINITY;
}

/* The mean over people of a term of r. */
static double
mean_of(const tm_values *s, double (*term) (double))
{
	double		sum = 0;

	if (!(s->mean > 0))
		return NAN;
	for (size_t i = 0; i < s->n; i++)
		sum += weight(s, i) / s->weight * term(value(s, i) / s->mean);
	return isfinite(sum) ? sum : NAN;
}

/* Theil's T: sum f r ln r (Theil 1967). */
double
tm_theil_t(const tm_values *s)
{
	return mean_of(s, t_term);
}

/* Theil's L, the mean logarithmic deviation: - sum f ln r; NaN when a value is 0. */
double
tm_theil_l(const tm_values *s)
{
	return mean_of(s, l_term);
}

/*
 * Atkinson's index: 1 - (sum f r^(1-e))^(1/(1-e)), for e = 1 one less the geometric
 * mean of r (Atkinson 1970); NaN when e is 1 or more and a value is 0.
 */
double
tm_atkinson(const tm_values *s, double epsilon)
{
	double		power = 1 - epsilon;
	double		sum = 0;

	if (!(s->mean > 0) || (epsilon >= 1 && value(s, 0) == 0))
		return NAN;
	if (epsilon == 1)
		return -expm1(-tm_theil_l(s));
	if (epsilon == 0)
		return 0;
	for (size_t i = 0; i < s->n; i++)
	{
		double		r = value(s, i) / s->mean;

		sum += weight(s, i) / s->weight * ((r > 0 ? expm1(power * log(r)) : -1) - power * (r - 1));
	}
	return -expm1(log1p(sum) / power);
}

/* All indices without an argument. */
void
tm_inequality(const tm_values *s, double v[TM_INEQ_N_INDICES])
{
	double		n = (double) s->n;

	v[TM_INEQ_N] = n;
	v[TM_INEQ_WEIGHT] = s->weight;
	v[TM_INEQ_MEAN] = s->mean;
	v[TM_INEQ_GINI] = tm_gini(s);
	v[TM_INEQ_GINI_CORRECTED] = s->k == 1 && s->n > 1 ? v[TM_INEQ_GINI] * (n / (n - 1)) : NAN;
	v[TM_INEQ_HOOVER] = tm_hoover(s);
	v[TM_INEQ_THEIL_T] = tm_theil_t(s);
	v[TM_INEQ_THEIL_L] = tm_theil_l(s);
}

/* The end of the group that starts at a row. */
static size_t
group_end(const double *rows, size_t n, size_t start)
{
	size_t		i = start;

	while (i < n && memcmp(rows + i * TM_THEIL_COLUMNS + 2, rows + start * TM_THEIL_COLUMNS + 2, 2 * sizeof *rows) == 0)
		i++;
	return i;
}

/*
 * Theil's indices and what lies between and within groups (Shorrocks 1980): T within weighs a group's T by its share of the total, L within by its share
 * of people. Rows of value, weight and two numbers that name the group.
 */
tm_status
tm_theil_parts(double *rows, double *work, size_t n, tm_tick tick, double v[TM_THEIL_PARTS])
{
	static const int order[] = {2, 3, 0, 1};
	tm_values	all = {rows, n, TM_THEIL_COLUMNS, 0, NAN};
	double		sum = 0;

	for (int i = 0; i < TM_THEIL_PARTS; i++)
		v[i] = NAN;
	v[TM_THEIL_N] = (double) n;
	v[TM_THEIL_GROUPS] = 0;
	tm_columns_sort(rows, work, n, TM_THEIL_COLUMNS, order, tick);
	for (size_t i = 0; i < n; i++)
	{
		if (!(value(&all, i) >= 0 && weight(&all, i) > 0))
			return TM_NEGATIVE;
		all.weight += weight(&all, i);
		sum += weight(&all, i) * value(&all, i);
	}
	if (!isfinite(sum) || !isfinite(all.weight))
		return TM_OVERFLOW;
	all.mean = sum / all.weight;
	if (n > 0)
		v[TM_THEIL_T_BETWEEN] = v[TM_THEIL_T_WITHIN] = v[TM_THEIL_L_BETWEEN] = v[TM_THEIL_L_WITHIN] = 0;
	for (size_t start = 0, end; start < n; start = end)
	{
		tm_values	g = {rows + start * TM_THEIL_COLUMNS, 0, TM_THEIL_COLUMNS, 0, 0};
		double		r;

		end = group_end(rows, n, start);
		g.n = end - start;
		for (size_t i = 0; i < g.n; i++)
		{
			g.weight += weight(&g, i);
			g.mean += weight(&g, i) * value(&g, i);
		}
		g.mean /= g.weight;
		r = g.mean / all.mean;
		v[TM_THEIL_GROUPS]++;
		v[TM_THEIL_T_BETWEEN] += g.weight / all.weight * t_term(r);
		v[TM_THEIL_L_BETWEEN] += g.weight / all.weight * l_term(r);
		if (r > 0)				/* a group of zeros has no inequality within */
			v[TM_THEIL_T_WITHIN] += g.weight / all.weight * r * tm_theil_t(&g);
		v[TM_THEIL_L_WITHIN] += g.weight / all.weight * tm_theil_l(&g);
	}
	if (!(all.mean > 0))
		v[TM_THEIL_T_BETWEEN] = v[TM_THEIL_T_WITHIN] = NAN;
	if (!isfinite(v[TM_THEIL_L_BETWEEN]) || isnan(v[TM_THEIL_L_WITHIN]))
		v[TM_THEIL_L_BETWEEN] = v[TM_THEIL_L_WITHIN] = NAN;
	v[TM_THEIL_T] = v[TM_THEIL_T_BETWEEN] + v[TM_THEIL_T_WITHIN];
	v[TM_THEIL_L] = v[TM_THEIL_L_BETWEEN] + v[TM_THEIL_L_WITHIN];
	return TM_OK;
}
