/*
 * autocorrelation.c - Moran's I, Geary's C and Getis and Ord's G: statistics
 * and moments as in Cliff & Ord 1981 (Spatial Processes, ch. 1-2) and Getis &
 * Ord 1992 (Geographical Analysis 24:189-206).
 */
#include "autocorrelation.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "shuffle.h"

/* Sets z to the deviations of n values from their mean, scaled by a power of 2 that keeps powers finite; gives the moments. */
tm_moments
tm_centre(const double *x, int32_t n, double *z)
{
	tm_moments	m = {.constant = true};
	double		most = 0.0;
	double		rest = 0.0;

	for (int32_t i = 0; i < n; i++)
	{
		most = fmax(most, fabs(x[i]));
		m.constant = m.constant && x[i] == x[0];
	}
	frexp(most, &m.exponent);
	for (int32_t i = 0; i < n; i++)
		m.mean += ldexp(x[i], -m.exponent) / n;
	for (int32_t i = 0; i < n; i++)
		rest += (z[i] = ldexp(x[i], -m.exponent) - m.mean);
	rest /= n;
	m.mean += rest;
	for (int32_t i = 0; i < n; i++)
	{
		z[i] = m.constant ? 0.0 : z[i] - rest;
		m.m2 += z[i] * z[i] / n;
		m.m3 += z[i] * z[i] * z[i] / n;
		m.m4 += z[i] * z[i] * z[i] * z[i] / n;
	}
	return m;
}

/* The sum of w_ij x_i x_j. */
static double
cross(const tm_links *a, const double *x, const double *y)
{
	double		sum = 0.0;

	for (int32_t i = 0; i < a->n; i++)
	{
		double		lag = 0.0;

		for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
			lag += a->weight[l] * y[a->to[l]];
		sum += x[i] * lag;
	}
	return sum;
}

/* Moran's I and its moments (Cliff & Ord 1981, eqs. 1.44, 2.11, 2.24, 2.31). */
static void
moran(const tm_links *a, const tm_links_sums *s, const double *z, const tm_moments *m, tm_global *out)
{
	double		n = a->n;
	double		b2 = m->m4 / (m->m2 * m->m2);
	double		square = 1.0 / ((n - 1.0) * (n - 1.0));
	double		s02 = s->s0 * s->s0;

	out->value = cross(a, z, z) / (s->s0 * m->m2);
	out->expectation = -1.0 / (n - 1.0);
	out->variance_normality = (n * n * s->s1 - n * s->s2 + 3.0 * s02) / ((n * n - 1.0) * s02) - square;
	out->variance_randomisation = (n * ((n * n - 3.0 * n + 3.0) * s->s1 - n * s->s2 + 3.0 * s02)
								   - b2 * ((n * n - n) * s->s1 - 2.0 * n * s->s2 + 6.0 * s02))
		/ ((n - 1.0) * (n - 2.0) * (n - 3.0) * s02) - square;
}

/* Geary's C and its moments (Cliff & Ord 1981, eqs. 1.45, 2.12, 2.26, 2.32). */
static void
geary(const tm_links *a, const tm_links_sums *s, const double *z, const tm_moments *m, tm_global *out)
{
	double		n = a->n;
	double		b2 = m->m4 / (m->m2 * m->m2);
	double		s02 = s->s0 * s->s0;
	double		sum = 0.0;

	for (int32_t i = 0; i < a->n; i++)
		for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
			sum += a->weight[l] * (z[i] - z[a->to[l]]) * (z[i] - z[a->to[l]]);
	out->value = (n - 1.0) * sum / (2.0 * s->s0 * n * m->m2);
	out->expectation = 1.0;
	out->variance_normality = ((2.0 * s->s1 + s->s2) * (n - 1.0) - 4.0 * s02) / (2.0 * (n + 1.0) * s02);
	out->variance_randomisation = ((n - 1.0) * s->s1 * (n * n - 3.0 * n + 3.0 - (n - 1.0) * b2)
								   - 0.25 * (n - 1.0) * s->s2 * (n * n + 3.0 * n - 6.0 - (n * n - n + 2.0) * b2)
								   + s02 * (n * n - 3.0 - (n - 1.0) * (n - 1.0) * b2))
		/ (n * (n - 2.0) * (n - 3.0) * s02);
}

/* The sum of (row + column sum) z. */
static double
margins(const tm_links *a, const tm_links *back, const double *z)
{
	double		all = 0.0;

	for (int32_t i = 0; i < a->n; i++)
	{
		double		sum = 0.0;

		for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
			sum += a->weight[l];
		for (int64_t l = back->first[i]; l < back->first[i + 1]; l++)
			sum += back->weight[l];
		all += sum * z[i];
	}
	return all;
}

/*
 * Getis & Ord's G = sum w_ij x_i x_j / sum over i <> j of x_i x_j, with its
 * moments under randomisation (1992, eqs. 5-8). They are taken over deviations:
 * with x = mean + z the numerator is s0 mean^2 + mean L + A, L = sum of (row +
 * column sum) z, A = sum w_ij z_i z_j, which loses no digits when the mean is large.
 */
static void
getis_ord(const tm_links *a, const tm_links *back, const tm_links_sums *s, const double *x, const double *z, const tm_moments *m, tm_global *out)
{
	double		n = a->n;
	double		b2 = m->m4 / (m->m2 * m->m2);
	double		s02 = s->s0 * s->s0;
	double		mean = m->mean;
	double		total = 0.0;
	double		below = 0.0;
	double		var_a,
				var_l,
				both;

	for (int32_t i = 0; i < a->n; i++)
		total += ldexp(x[i], -m->exponent);
	for (int32_t i = 0; i < a->n; i++)
		below += ldexp(x[i], -m->exponent) * (total - ldexp(x[i], -m->exponent));
	var_a = m->m2 * m->m2 * ((n * ((n * n - 3.0 * n + 3.0) * s->s1 - n * s->s2 + 3.0 * s02)
							  - b2 * ((n * n - n) * s->s1 - 2.0 * n * s->s2 + 6.0 * s02))
							 / ((n - 1.0) * (n - 2.0) * (n - 3.0)) - s02 / ((n - 1.0) * (n - 1.0)));
	var_l = m->m2 * (n * s->s2 - 4.0 * s02) / (n - 1.0);
	/* E(z_a z_b z_c) is 2 m3 / ((n-1)(n-2)) for three areas, -m3 / (n-1) when two of them are one */
	both = m->m3 * (2.0 * (2.0 * s02 - s->s2) / ((n - 1.0) * (n - 2.0)) - s->s2 / (n - 1.0));
	out->value = (s->s0 * mean * mean + mean * margins(a, back, z) + cross(a, z, z)) / below;
	out->expectation = s->s0 / (n * (n - 1.0));
	out->variance_randomisation = (var_a + mean * mean * var_l + 2.0 * mean * both) / (below * below);
}

/* z and two-sided p of a variance; NaN without one. Sign -1 where small values mean what large ones mean elsewhere. */
static void
normal(const tm_global *g, double sign, double variance, double *z, double *p)
{
	*z = *p = NAN;
	if (!(variance > 0.0))
		return;
	*z = sign * (g->value - g->expectation) / sqrt(variance);
	*p = 2.0 * pnorm(-fabs(*z), 0.0, 1.0, 1, 0);
}

/* The doubled smaller tail, at most 1. */
double
tm_doubled_tail(double greater, double less)
{
	return fmin(1.0, 2.0 * fmin(greater, less));
}

/* Sets the p of permutations. */
static void
pseudo(const tm_shuffle *how, const uint32_t count[2], tm_global *out)
{
	double		all = how->permutations + 1.0;

	if (how->permutations == 0)
		return;
	out->p_greater = (count[0] + 1.0) / all;
	out->p_less = (count[1] + 1.0) / all;
	out->p_two = tm_doubled_tail(out->p_greater, out->p_less);
}

/* A result without numbers. */
static tm_global
nothing(void)
{
	return (tm_global) {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

/* Bytes of workspace for tm_global_statistic and tm_moran_bivariate. */
size_t
tm_global_room(const tm_links *a, const tm_shuffle *how)
{
	return 3 * (size_t) a->n * sizeof(double) + (how->permutations ? tm_shuffle_room(a) : 0);
}

/*
 * A global statistic of the values x. TM_UNDEFINED: fewer than two areas, no
 * links, all values equal, or (G) sums that leave no statistic. Moments that
 * need more areas are NaN. TM_NEGATIVE: a value below 0 in G.
 */
tm_status
tm_global_statistic(tm_global_kind kind, const tm_links *a, const tm_links *back, const double *x, const tm_shuffle *how, void *room, tm_global *out)
{
	double	   *z = room;
	double		sign = kind == TM_GEARY ? -1.0 : 1.0;
	tm_links_sums s = tm_links_sum(a, back);
	tm_moments	m = tm_centre(x, a->n, z);
	tm_shuffle_form form = {.product = kind == TM_GEARY ? -2.0 : 1.0,.square = kind == TM_GEARY ? 1.0 : 0.0};
	uint32_t	count[2];

	*out = nothing();
	for (int32_t i = 0; kind == TM_GETIS_ORD && i < a->n; i++)
		if (x[i] < 0.0)
			return TM_NEGATIVE;
	if (a->n < 2 || !(s.s0 > 0.0) || m.constant || !(m.m2 > 0.0))
		return TM_UNDEFINED;
	if (kind == TM_MORAN)
		moran(a, &s, z, &m, out);
	else if (kind == TM_GEARY)
		geary(a, &s, z, &m, out);
	else
		getis_ord(a, back, &s, x, z, &m, out);
	if (!isfinite(out->value))
	{
		*out = nothing();
		return TM_UNDEFINED;
	}
	if (a->n < 4)
		out->variance_randomisation = NAN;
	normal(out, sign, out->variance_normality, &out->z_normality, &out->p_normality);
	normal(out, sign, out->variance_randomisation, &out->z_randomisation, &out->p_randomisation);
	if (how->permutations == 0)
		return TM_OK;
	form.linear = kind == TM_GETIS_ORD ? m.mean / sqrt(m.m2) : 0.0;
	for (int32_t i = 0; i < a->n; i++)
		z[i] /= sqrt(m.m2);
	tm_shuffle_count(a, back, z, &form, how, z + a->n, count);
	pseudo(how, count, out);
	return TM_OK;
}

/*
 * Bivariate Moran's I: sum w_ij zx_i zy_j / S0 of the standardised x of areas
 * and y of their neighbours (Wartenberg 1985; Anselin, Syabri & Smirnov 2002).
 * x stays where it is and y is dealt to the areas at random, so that the
 * expectation is 0 and the variance that of a linear rank statistic (Hoeffding 1951).
 */
tm_status
tm_moran_bivariate(const tm_links *a, const tm_links *back, const double *x, const double *y, const tm_shuffle *how, void *room, tm_global *out)
{
	double	   *zx = room;
	double	   *zy = zx + a->n;
	double	   *pull = zy + a->n;	/* what an area's y adds to I, by y */
	tm_links_sums s = tm_links_sum(a, back);
	tm_moments	mx = tm_centre(x, a->n, zx);
	tm_moments	my = tm_centre(y, a->n, zy);
	double		n = a->n;
	double		mean = 0.0;
	double		spread = 0.0;
	uint32_t	count[2];

	*out = nothing();
	if (a->n < 2 || !(s.s0 > 0.0) || mx.constant || my.constant || !(mx.m2 > 0.0 && my.m2 > 0.0))
		return TM_UNDEFINED;
	for (int32_t i = 0; i < a->n; i++)
	{
		zx[i] /= sqrt(mx.m2);
		zy[i] /= sqrt(my.m2);
	}
	for (int32_t j = 0; j < a->n; j++)
	{
		pull[j] = 0.0;
		for (int64_t l = back->first[j]; l < back->first[j + 1]; l++)
			pull[j] += back->weight[l] * zx[back->to[l]] / s.s0;
		mean += pull[j] / n;
	}
	for (int32_t j = 0; j < a->n; j++)
		spread += (pull[j] - mean) * (pull[j] - mean);
	out->value = cross(a, zx, zy) / s.s0;
	out->expectation = 0.0;
	out->variance_randomisation = spread * n / (n - 1.0);
	normal(out, 1.0, out->variance_randomisation, &out->z_randomisation, &out->p_randomisation);
	if (how->permutations == 0)
		return TM_OK;
	tm_shuffle_pairs(pull, zy, a->n, how, pull + a->n, count);
	pseudo(how, count, out);
	return TM_OK;
}

/*
 * Sets z to rates less their mean, over the standard deviation that an area of
 * this population is expected to have (Assuncao & Reis 1999, Stat Med
 * 18:2147-2162, eqs. 5-7). Populations are above 0. TM_UNDEFINED without events.
 */
tm_status
tm_rates_standardised(const double *events, const double *population, int32_t n, double *z)
{
	double		all = 0.0;
	double		people = 0.0;
	double		spread = 0.0;
	double		b,
				a;

	for (int32_t i = 0; i < n; i++)
	{
		all += events[i];
		people += population[i];
	}
	b = all / people;
	if (!(b > 0.0 && isfinite(b)))
		return TM_UNDEFINED;
	for (int32_t i = 0; i < n; i++)
		spread += population[i] * (events[i] / population[i] - b) * (events[i] / population[i] - b);
	a = spread / people - b / (people / n);
	for (int32_t i = 0; i < n; i++)
	{
		double		v = a + b / population[i];

		z[i] = (events[i] / population[i] - b) / sqrt(v > 0.0 ? v : b / population[i]);
	}
	return TM_OK;
}
