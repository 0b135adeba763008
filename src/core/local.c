/*
 * local.c - local Moran (Anselin 1995, Geographical Analysis 27:93-115), Gi
 * and Gi* (Ord & Getis 1995, Geographical Analysis 27:286-306), local Geary
 * (Anselin 1995; 2019, Geographical Analysis 51:133-150).
 *
 * All three compare a weighted sum over an area's neighbours with what the
 * other areas, dealt out without replacement, would give: for numbers u_j of
 * N others with mean u and variance s2 (N below) the sum of w_j u_j has mean
 * W1 u and variance s2 (N W2 - W1^2) / (N - 1), W1 and W2 being the sums of
 * the weights and of their squares (Sokal, Oden & Thomson 1998, Geographical
 * Analysis 30:331-354; Ord & Getis 1995, eq. 10).
 */
#include "local.h"

#include <math.h>

#include "conditional.h"

#define NOTHING 1e-13			/* a variance that is this part of its terms is rounding */

/* What holds for all areas. */
typedef struct common
{
	tm_moments	m;
	const double *z;			/* deviations */
	double		total;			/* of the values, on the scale of z */
} common;

/* Sums over an area's neighbours. */
typedef struct sums
{
	double		w, w2;			/* weights, their squares */
	double		z;				/* w_ij z_j */
	double		x;				/* w_ij x_j */
	double		difference;		/* w_ij (z_i - z_j)^2 */
	double		most;			/* the largest weight */
} sums;

/* Sums over the neighbours of an area. */
static sums
add_up(const tm_local_task *task, const common *c, int32_t i)
{
	const tm_links *a = task->links;
	sums		s = {0};

	for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
	{
		double		w = a->weight[l];
		double		z = c->z[a->to[l]];

		s.w += w;
		s.w2 += w * w;
		s.z += w * z;
		s.x += w * ldexp(task->x[a->to[l]], -c->m.exponent);
		s.difference += w * (c->z[i] - z) * (c->z[i] - z);
		s.most = fmax(s.most, w);
	}
	return s;
}

/* The variance of a weighted sum over others drawn without replacement, whose mean of squares and mean are given; NaN when there is none. */
static double
sum_variance(double others, double squares, double mean, double w, double w2)
{
	double		s2 = squares - mean * mean;
	double		spread = others * w2 - w * w;

	if (others < 2.0 || !(s2 > NOTHING * squares) || !(spread > NOTHING * others * w2))
		return NAN;
	return s2 * spread / (others - 1.0);
}

/* Sets value, expectation, variance and z of a sum: all over a divisor, z with a sign. */
static void
settle(tm_local *out, double sum, double mean, double variance, double divisor, double sign)
{
	out->value = divisor != 0.0 ? sum / divisor : NAN;
	out->expectation = divisor != 0.0 ? mean / divisor : NAN;
	out->variance = isnan(out->value) ? NAN : isnan(variance) ? 0.0 : variance / (divisor * divisor);
	out->z = sign * (sum - mean) / sqrt(variance);
}

/* The statistic of one area that has neighbours. */
static void
statistic(const tm_local_task *task, const common *c, int32_t i, tm_local *out)
{
	const tm_moments *m = &c->m;
	sums		s = add_up(task, c, i);
	double		n = task->links->n;
	double		z = c->z[i];
	double		x = ldexp(task->x[i], -m->exponent);
	double		mean = -z / (n - 1.0);	/* of the others' deviations */
	double		variance = sum_variance(n - 1.0, (n * m->m2 - z * z) / (n - 1.0), mean, s.w, s.w2);

	out->standardised = z / sqrt(m->m2);
	out->standardised_lag = s.z / sqrt(m->m2);
	out->lag = ldexp(s.x, m->exponent);
	if (task->kind == TM_LOCAL_MORAN)
	{
		settle(out, z * s.z / m->m2, z * s.w * mean / m->m2, variance * z * z / (m->m2 * m->m2), 1.0, 1.0);
		if (z == 0.0)
			out->z = NAN;
	}
	else if (task->kind == TM_LOCAL_GI)
	{
		settle(out, s.x, s.w * (c->total - x) / (n - 1.0), variance, c->total - x, 1.0);
		out->z = (s.z - s.w * mean) / sqrt(variance);
	}
	else if (task->kind == TM_LOCAL_GI_STAR)
	{
		double		own = s.most;
		double		w = s.w + own;
		double		w2 = s.w2 + own * own;
		double		by = task->row_standardised ? w : 1.0;

		variance = sum_variance(n, m->m2, 0.0, w, w2);
		settle(out, (s.x + own * x) / by, w / by * c->total / n, variance / (by * by), c->total, 1.0);
		out->z = (s.z + own * z) / sqrt(variance);
	}
	else
	{
		double		squares = n * (z * z * z * z + 6.0 * z * z * m->m2 - 4.0 * z * m->m3 + m->m4) / (n - 1.0);

		mean = n * (z * z + m->m2) / (n - 1.0);
		variance = sum_variance(n - 1.0, squares, mean, s.w, s.w2);
		settle(out, s.difference, s.w * mean, variance, m->m2, -1.0);
	}
}

/* An area without a statistic. */
static tm_local
nothing(void)
{
	return (tm_local) {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

/* The task of conditional permutation that a statistic asks for. */
static tm_conditional
permutation(const tm_local_task *task, const double *z)
{
	return (tm_conditional) {
		.links = task->links,
		.z = z,
		.differences = task->kind == TM_LOCAL_GEARY,
		.permutations = task->how.permutations,
		.seed = task->how.seed,
		.ticker = task->how.ticker
	};
}

/* Bytes of workspace. */
size_t
tm_local_room(const tm_local_task *task)
{
	size_t		n = (size_t) task->links->n;
	tm_conditional by = permutation(task, NULL);
	size_t		counts = task->how.permutations ? tm_conditional_room(&by) : 0;
	size_t		adjust = tm_adjust_room(n);

	return n * (sizeof(double) + 2 * sizeof(uint32_t)) + (counts > adjust ? counts : adjust);
}

/* Sets the p of all areas from their permutations. */
static void
permute(const tm_local_task *task, double *z, const tm_moments *m, void *room, tm_local *out)
{
	int32_t		n = task->links->n;
	uint32_t   *greater = room;
	uint32_t   *less = greater + n;
	tm_conditional by = permutation(task, z);
	double		all = task->how.permutations + 1.0;

	for (int32_t i = 0; i < n; i++)
		z[i] /= sqrt(m->m2);
	tm_conditional_count(&by, less + n, greater, less);
	for (int32_t i = 0; i < n; i++)
	{
		bool		turned = task->kind == TM_LOCAL_MORAN && z[i] < 0.0;	/* a large lag makes a small value */
		bool		still = task->kind == TM_LOCAL_MORAN && z[i] == 0.0;

		if (tm_links_count(task->links, i) == 0)
			continue;
		out[i].p_greater = still ? 1.0 : ((turned ? less : greater)[i] + 1.0) / all;
		out[i].p_less = still ? 1.0 : ((turned ? greater : less)[i] + 1.0) / all;
		out[i].p_two = tm_doubled_tail(out[i].p_greater, out[i].p_less);
	}
	tm_adjust(TM_ADJUST_BH, &out->p_two, (size_t) n, sizeof *out, less + n, &out->p_adjusted);
}

/* The local statistics of all areas; nothing for areas without neighbours, nor for any when all values are equal. */
void
tm_local_statistics(const tm_local_task *task, void *room, tm_local *out)
{
	int32_t		n = task->links->n;
	double	   *z = room;
	common		c = {.m = tm_centre(task->x, n, z),.z = z};
	bool		defined = n > 1 && !c.m.constant && c.m.m2 > 0.0;

	for (int32_t i = 0; i < n; i++)
		c.total += ldexp(task->x[i], -c.m.exponent);
	for (int32_t i = 0; i < n; i++)
	{
		out[i] = nothing();
		if (defined && tm_links_count(task->links, i) > 0)
			statistic(task, &c, i, out + i);
	}
	if (defined && task->how.permutations > 0)
		permute(task, z, &c.m, z + n, out);
}
