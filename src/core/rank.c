/*
 * rank.c - ranks with their intervals, by simulation: each draw takes every
 * area's true value from its posterior and ranks the areas (Laird & Louis 1989;
 * Goldstein & Spiegelhalter 1996; Marshall & Spiegelhalter 1998).
 *
 * Rows come in a canonical order, in which rows with the same counts stand
 * together. They are interchangeable and their ranks have one distribution, so
 * that they share their draws: no row's result depends on where it came from.
 */
#include "rank.h"

#include "exchange.h"

#include <math.h>

/* Bytes of workspace: two sorted columns, a histogram, and every rank of every draw. */
size_t
tm_rank_room(size_t n, uint32_t draws)
{
	return n * (2 * sizeof(tm_draw_place) + sizeof(size_t)) + n * (size_t) draws * sizeof(uint32_t);
}

/* Sets the ranks of the values themselves; equal values share the average of their places. */
static void
rank_values(tm_rank *out, tm_draw_place *place, tm_draw_place *work, size_t n)
{
	for (size_t i = 0; i < n; i++)
		place[i] = (tm_draw_place) {out[i].value, (uint32_t) i};
	tm_draw_sort(place, work, n);
	for (size_t i = 0, end; i < n; i = end)
	{
		for (end = i + 1; end < n && place[end].v == place[i].v; end++);
		for (size_t j = i; j < end; j++)
			out[place[j].row].rank = (double) (i + 1 + end) / 2.0;
	}
}

/* The rank below or at which at least the wanted number of counted ranks lie. */
static double
rank_at(const size_t *histogram, size_t first, size_t wanted)
{
	size_t		seen = histogram[first];

	while (seen < wanted)
		seen += histogram[++first];
	return (double) (first + 1);
}

/* Sets the median and limits of areas with the same counts from all their ranks (from 0) in all draws. */
static void
settle(tm_rank *out, size_t areas, const uint32_t *ranks, size_t count, double confidence, size_t *histogram)
{
	double		tail = (1.0 - confidence) / 2.0;
	uint32_t	first = ranks[0];
	uint32_t	last = ranks[0];
	tm_rank		shared;

	for (size_t i = 0; i < count; i++)
	{
		first = ranks[i] < first ? ranks[i] : first;
		last = ranks[i] > last ? ranks[i] : last;
	}
	for (size_t i = first; i <= last; i++)
		histogram[i] = 0;
	for (size_t i = 0; i < count; i++)
		histogram[ranks[i]]++;
	shared.median = rank_at(histogram, first, tm_draw_rank(count, 0.5));
	shared.lower = rank_at(histogram, first, tm_draw_rank(count, tail));
	shared.upper = rank_at(histogram, first, count + 1 - tm_draw_rank(count, tail));
	for (size_t i = 0; i < areas; i++)
	{
		out[i].median = shared.median;
		out[i].lower = shared.lower;
		out[i].upper = shared.upper;
	}
}

/* Says whether rows can be ranked: events within size, sizes above 0, draws and confidence in range. */
static tm_status
check(tm_events_kind kind, size_t n, const double *events, const double *size, const tm_draws *how)
{
	if (!(how->confidence > 0.5 && how->confidence < 1.0))
		return TM_CONFIDENCE;
	if (how->draws < TM_DRAWS_MIN || how->draws > TM_DRAWS_MAX || n > UINT32_MAX)
		return TM_TOO_MANY;
	for (size_t i = 0; i < n; i++)
	{
		if (!(events[i] >= 0.0 && isfinite(events[i]) && size[i] > 0.0 && isfinite(size[i])))
			return TM_NEGATIVE;
		if (kind == TM_EVENTS_BINOMIAL && events[i] > size[i])
			return TM_EVENTS_EXCEED;
	}
	return TM_OK;
}

/* Ranks n areas in canonical order, with room as told by tm_rank_room. */
tm_status
tm_ranks(tm_events_kind kind, size_t n, const double *events, const double *size, const tm_draws *how, void *room, tm_rank *out)
{
	tm_status	status = check(kind, n, events, size, how);
	tm_draw_place *place = room;
	tm_draw_place *work = place + n;
	size_t	   *histogram = (size_t *) (work + n);
	uint32_t   *ranks = (uint32_t *) (histogram + n);
	tm_exchange common;

	if (status == TM_OK && how->prior == TM_EXCHANGEABLE)
		status = tm_exchange_fit(kind, n, events, size, how, &common);
	if (status != TM_OK)
		return status;
	for (size_t i = 0; i < n; i++)
		out[i] = (tm_rank) {.value = events[i] / size[i]};
	rank_values(out, place, work, n);
	for (uint32_t d = 0; d < how->draws; d++)
	{
		tm_shape	prior = how->prior == TM_EXCHANGEABLE ? tm_exchange_draw(&common, how, 0, d) : tm_jeffreys(kind);

		for (size_t i = 0; i < n; i++)
		{
			tm_random	r;

			tm_random_start(&r, how->seed, i, d);
			place[i] = (tm_draw_place) {tm_posterior_draw(&r, kind, events[i], size[i], prior), (uint32_t) i};
		}
		tm_draw_sort(place, work, n);
		for (size_t i = 0; i < n; i++)
			ranks[place[i].row * (size_t) how->draws + d] = (uint32_t) i;
		how->tick(how->tick_arg);
	}
	for (size_t i = 0, end; i < n; i = end)
	{
		for (end = i + 1; end < n && events[end] == events[i] && size[end] == size[i]; end++);
		settle(out + i, end - i, ranks + i * how->draws, (end - i) * how->draws, how->confidence, histogram);
	}
	return TM_OK;
}
