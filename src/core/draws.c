/*
 * draws.c - posterior draws of rates and proportions, and quantiles.
 */
#include "draws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gives the prior of that name, or TM_METHOD. */
tm_status
tm_draw_prior_named(const char *name, tm_draw_prior *prior)
{
	if (strcmp(name, "exchangeable") == 0)
		*prior = TM_EXCHANGEABLE;
	else if (strcmp(name, "jeffreys") == 0)
		*prior = TM_INDEPENDENT;
	else
		return TM_METHOD;
	return TM_OK;
}

/* Jeffreys's prior: half an event, and half a person without one. */
tm_shape
tm_jeffreys(tm_events_kind kind)
{
	return (tm_shape) {0.5, kind == TM_EVENTS_BINOMIAL ? 0.5 : 0.0};
}

/* A draw of an area's true proportion (events among size) or rate (events over size) from its beta or gamma posterior. */
double
tm_posterior_draw(tm_random *r, tm_events_kind kind, double events, double size, tm_shape prior)
{
	if (kind == TM_EVENTS_BINOMIAL)
		return tm_random_beta(r, events + prior.events, size - events + prior.more);
	return tm_random_gamma(r, events + prior.events) / (size + prior.more);
}

/* Merges from[lo, mid) and from[mid, hi) into to[lo, hi), equal numbers in the order they had. */
static void
merge(const tm_draw_place *from, tm_draw_place *to, size_t lo, size_t mid, size_t hi)
{
	size_t		a = lo;
	size_t		b = mid;

	for (size_t i = lo; i < hi; i++)
		to[i] = a < mid && (b >= hi || from[a].v <= from[b].v) ? from[a++] : from[b++];
}

/* Sorts places by their numbers, from the lowest; stable. */
void
tm_draw_sort(tm_draw_place *place, tm_draw_place *work, size_t n)
{
	tm_draw_place *from = place;
	tm_draw_place *to = work;

	for (size_t width = 1; width < n; width *= 2)
	{
		tm_draw_place *swap = from;

		for (size_t lo = 0; lo < n; lo += 2 * width)
		{
			size_t		mid = lo + width < n ? lo + width : n;

			merge(from, to, lo, mid, lo + 2 * width < n ? lo + 2 * width : n);
		}
		from = to;
		to = swap;
	}
	if (from != place)
		for (size_t i = 0; i < n; i++)
			place[i] = from[i];
}

/*
 * The number, from 1, of the sorted draw that is the quantile of a share: the
 * first that has this share at or below it (Hyndman & Fan 1996, definition 1).
 * What rounding adds to a whole number does not count.
 */
size_t
tm_draw_rank(size_t n, double share)
{
	double		place = ceil((double) n * share * (1.0 - 1e-12));

	return place < 1.0 ? 1 : place > (double) n ? n : (size_t) place;
}

/* qsort order of numbers. */
static int
by_number(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* Sorts draws and gives their median and the limits that leave half of 1 - confidence of them outside on either side. */
void
tm_draw_limits(double *v, size_t n, double confidence, double *median, double *lower, double *upper)
{
	double		tail = (1.0 - confidence) / 2.0;

	qsort(v, n, sizeof *v, by_number);
	*median = v[tm_draw_rank(n, 0.5) - 1];
	*lower = v[tm_draw_rank(n, tail) - 1];
	*upper = v[n - tm_draw_rank(n, tail)];
}

/* The quantile of sorted numbers, interpolated (Hyndman & Fan 1996, definition 7); at least one number. */
double
tm_quantile7(const tm_draw_place *sorted, size_t n, double share)
{
	double		place = share * (double) (n - 1);
	size_t		below = (size_t) floor(place);

	if (below + 1 >= n)
		return sorted[n - 1].v;
	return sorted[below].v + (place - (double) below) * (sorted[below + 1].v - sorted[below].v);
}
