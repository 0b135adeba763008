/*
 * multiple.c - p adjusted for their number, and the local join count with its
 * exact p.
 */
#include "local.h"

#include <math.h>
#include <string.h>

#include "draws.h"

/* The adjustment of a name. */
tm_status
tm_adjustment_named(const char *name, tm_adjustment *how)
{
	static const char *const names[] = {"bh", "by", "holm", "bonferroni"};

	for (int i = 0; i < 4; i++)
		if (strcmp(name, names[i]) == 0)
		{
			*how = (tm_adjustment) i;
			return TM_OK;
		}
	return TM_METHOD;
}

/* Bytes of workspace. */
size_t
tm_adjust_room(size_t n)
{
	return 2 * n * sizeof(tm_draw_place);
}

/* The number of that place in an array of structs this many bytes apart. */
static double *
at(const double *first, size_t stride, size_t i)
{
	return (void *) ((char *) first + stride * i);
}

/* Adjusts p, numbers this many bytes apart, into out likewise; a NaN stays one and does not count. */
void
tm_adjust(tm_adjustment how, const double *p, size_t n, size_t stride, void *room, double *out)
{
	tm_draw_place *place = room;
	size_t		k = 0;
	double		sum = 0.0;		/* 1 + 1/2 + ... + 1/k */
	double		limit;

	for (size_t i = 0; i < n; i++)
	{
		*at(out, stride, i) = NAN;
		if (!isnan(*at(p, stride, i)))
			place[k++] = (tm_draw_place) {*at(p, stride, i), (uint32_t) i};
	}
	tm_draw_sort(place, place + n, k);
	for (size_t i = 1; i <= k; i++)
		sum += 1.0 / (double) i;
	limit = how == TM_ADJUST_HOLM ? 0.0 : 1.0;
	for (size_t i = 0; i < k; i++)
	{
		/* down from the largest, or for Holm up from the smallest: no p is adjusted across its neighbour */
		size_t		rank = how == TM_ADJUST_HOLM ? i : k - 1 - i;
		double		factor = how == TM_ADJUST_BONFERRONI ? (double) k
			: how == TM_ADJUST_HOLM ? (double) (k - rank)
			: (double) k / (double) (rank + 1) * (how == TM_ADJUST_BY ? sum : 1.0);
		double		adjusted = fmin(1.0, factor * place[rank].v);

		if (how == TM_ADJUST_HOLM)
			limit = fmax(limit, adjusted);
		else if (how != TM_ADJUST_BONFERRONI)
			limit = fmin(limit, adjusted);
		*at(out, stride, place[rank].row) = how == TM_ADJUST_BONFERRONI ? adjusted : limit;
	}
}

/*
 * The probability of at least so many marked among k drawn without replacement
 * from N of which K are marked (hypergeometric), from the ratios of successive
 * terms around the largest, so that nothing is too small or too large.
 */
static double
hypergeometric_upper(double seen, double k, double K, double N)
{
	double		least = fmax(0.0, k + K - N);
	double		most = fmin(k, K);
	double		mode = fmin(most, fmax(least, floor((k + 1.0) * (K + 1.0) / (N + 2.0))));
	double		upper = mode >= seen ? 1.0 : 0.0;
	double		lower = 1.0 - upper;
	double		term = 1.0;

	for (double t = mode; t < most && term > 0.0; t++)
	{
		term *= (K - t) * (k - t) / ((t + 1.0) * (N - K - k + t + 1.0));
		*(t + 1.0 >= seen ? &upper : &lower) += term;
	}
	term = 1.0;
	for (double t = mode; t > least && term > 0.0; t--)
	{
		term *= t * (N - K - k + t) / ((K - t + 1.0) * (k - t + 1.0));
		*(t - 1.0 >= seen ? &upper : &lower) += term;
	}
	return upper / (upper + lower);
}

/*
 * Local join counts (Anselin & Li 2019, J Geogr Syst 21:189-210): of each area
 * that is marked, how many of its neighbours are. The weights do not count.
 */
void
tm_local_joins(const tm_links *a, const double *mark, void *room, tm_join *out)
{
	double		marked = 0.0;
	double		n = a->n - 1.0;

	for (int32_t i = 0; i < a->n; i++)
		marked += mark[i];
	for (int32_t i = 0; i < a->n; i++)
	{
		double		k = (double) tm_links_count(a, i);
		double		share = (marked - 1.0) / n;
		double		joins = 0.0;

		out[i] = (tm_join) {NAN, NAN, NAN, NAN, NAN, NAN};
		if (mark[i] == 0.0 || k == 0.0)
			continue;
		for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
			joins += mark[a->to[l]];
		out[i].joins = joins;
		out[i].neighbours = k;
		out[i].expectation = k * share;
		out[i].variance = n > 1.0 ? k * share * (1.0 - share) * (n - k) / (n - 1.0) : 0.0;
		out[i].p_greater = hypergeometric_upper(joins, k, marked - 1.0, n);
	}
	tm_adjust(TM_ADJUST_BH, &out->p_greater, (size_t) a->n, sizeof *out, room, &out->p_adjusted);
}
