/*
 * target.c - target level, areas below it and missing procedures, with limits by simulation.
 *
 * An area's standardised value is observed / expected x reference. It reaches
 * the target T when observed = T x expected / reference: what it lacks is that
 * less observed, in whole procedures. Multiplying the gap by the people at risk
 * instead would forget whom the area treats.
 *
 * The areas are all there are, not a sample: what is uncertain is the counts.
 * Each draw takes every area's true value from its posterior, and with them
 * target, areas below and missing procedures. Areas that define the target are
 * exchangeable with one another, and so are those that are only compared
 * (departments with a target of regions): two common distributions.
 */
#include "target.h"

#include "exchange.h"

#include <math.h>

/* Rounding may put the area that defines the target below it by so much. */
#define SLACK 1e-9

/* The workspace, laid out. */
typedef struct workspace
{
	tm_draw_place *place;		/* n, being sorted */
	tm_draw_place *work;		/* n */
	double	   *truth;			/* n: the true numbers of events in one draw */
	double	   *base;			/* n: expected / reference, so that the value is events / base */
	double	   *events;			/* n: of the areas of a group */
	double	   *size;			/* n: their bases */
	double	   *lack;			/* what each area lacks in each draw: n times draws */
	double	   *all[3];			/* by draw: level, areas below, missing events */
} workspace;

/* Bytes of workspace. */
size_t
tm_target_room(size_t n, uint32_t draws)
{
	return n * (2 * sizeof(tm_draw_place) + 4 * sizeof(double)) + (n + 3) * (size_t) draws * sizeof(double);
}

/* Lays the workspace out. */
static workspace
lay_out(void *room, size_t n, uint32_t draws)
{
	workspace	w = {.place = room};

	w.work = w.place + n;
	w.truth = (double *) (w.work + n);
	w.base = w.truth + n;
	w.events = w.base + n;
	w.size = w.events + n;
	w.lack = w.size + n;
	for (size_t k = 0; k < 3; k++)
		w.all[k] = w.lack + (n + k) * (size_t) draws;
	return w;
}

/* Whole events that an area with so many lacks to have as many as it needs. */
static double
lacking(double needed, double has)
{
	double		gap = needed - has;

	return gap <= SLACK * (needed + 1.0) ? 0.0 : ceil(gap - SLACK * (needed + 1.0));
}

/* True when the area has a standardised value. */
static bool
has_value(const tm_target_task *t, size_t i)
{
	return t->expected[i] > 0.0 && t->reference[i] > 0.0;
}

/* True when the area is one of those that define the target. */
static bool
defines(const tm_target_task *t, size_t i)
{
	return has_value(t, i) && (t->defining == NULL || t->defining[i] != 0.0);
}

/* Says whether the areas, the share and what is asked for are in range; draws of 0 ask for no limits. */
static tm_status
check(const tm_target_task *t, const tm_draws *how)
{
	if (!(how->confidence > 0.5 && how->confidence < 1.0))
		return TM_CONFIDENCE;
	if (how->draws != 0 && (how->draws < TM_DRAWS_MIN || how->draws > TM_DRAWS_MAX))
		return TM_TOO_MANY;
	for (size_t i = 0; i < t->n; i++)
	{
		if (!(t->observed[i] >= 0.0 && isfinite(t->observed[i]) && t->expected[i] >= 0.0 && isfinite(t->expected[i]) &&
			  t->reference[i] >= 0.0 && isfinite(t->reference[i])))
			return TM_NEGATIVE;
		if (has_value(t, i) && !(isfinite(t->observed[i] / t->expected[i] * t->reference[i]) && isnormal(t->expected[i] / t->reference[i])))
			return TM_OVERFLOW;
	}
	return TM_OK;
}

/* The target of these numbers of events: the quantile over the areas that define it. */
static double
level(const tm_target_task *t, const double *events, const workspace *w)
{
	size_t		m = 0;

	for (size_t i = 0; i < t->n; i++)
		if (defines(t, i))
			w->place[m++] = (tm_draw_place) {events[i] / t->expected[i] * t->reference[i], (uint32_t) i};
	tm_draw_sort(w->place, w->work, m);
	return tm_quantile7(w->place, m, t->share);
}

/* Sets what is known without draws. */
static void
estimate(const tm_target_task *t, const workspace *w, tm_target_area *out, tm_target *all)
{
	if (all->defining > 0)
	{
		all->level = level(t, t->observed, w);
		all->below = all->missing = 0.0;
	}
	for (size_t i = 0; i < t->n; i++)
	{
		if (!has_value(t, i))
			continue;
		out[i].value = t->observed[i] / t->expected[i] * t->reference[i];
		if (all->defining == 0)
			continue;
		out[i].below = out[i].value < all->level;
		out[i].missing = lacking(all->level * t->expected[i] / t->reference[i], t->observed[i]);
		all->below += out[i].below;
		all->missing += out[i].missing;
	}
}

/* Fits the common distributions of the areas that define the target (1) and of the others (0). */
static tm_status
fit(const tm_target_task *t, const tm_draws *how, const workspace *w, tm_exchange common[2])
{
	tm_status	status = TM_OK;

	for (int group = 0; group < 2 && status == TM_OK; group++)
	{
		size_t		m = 0;

		for (size_t i = 0; i < t->n; i++)
			if (has_value(t, i) && defines(t, i) == (group == 1))
			{
				w->events[m] = t->observed[i];
				w->size[m++] = w->base[i];
			}
		status = tm_exchange_fit(TM_EVENTS_POISSON, m, w->events, w->size, how, &common[group]);
	}
	return status;
}

/* One draw: the true values, their target, and against it each area, into the columns of the draws. */
static void
draw(const tm_target_task *t, const tm_draws *how, const tm_exchange *common, uint32_t d, const workspace *w, tm_target_area *out)
{
	tm_shape	prior[2] = {tm_jeffreys(TM_EVENTS_POISSON), tm_jeffreys(TM_EVENTS_POISSON)};
	double		target;
	double		areas = 0.0;
	double		events = 0.0;

	for (uint32_t group = 0; group < 2 && how->prior == TM_EXCHANGEABLE; group++)
		prior[group] = tm_exchange_draw(&common[group], how, group, d);
	for (size_t i = 0; i < t->n; i++)
	{
		tm_random	r;

		if (!has_value(t, i))
			continue;
		tm_random_start(&r, how->seed, i, d);
		w->truth[i] = w->base[i] * tm_posterior_draw(&r, TM_EVENTS_POISSON, t->observed[i], w->base[i], prior[defines(t, i)]);
	}
	target = level(t, w->truth, w);
	for (size_t i = 0; i < t->n; i++)
	{
		double		below;
		double		missing;

		if (!has_value(t, i))
			continue;
		below = w->truth[i] / t->expected[i] * t->reference[i] < target;
		missing = lacking(target * t->expected[i] / t->reference[i], w->truth[i]);
		out[i].p_below += below;
		w->lack[i * how->draws + d] = missing;
		areas += below;
		events += missing;
	}
	w->all[0][d] = target;
	w->all[1][d] = areas;
	w->all[2][d] = events;
}

/* True when two neighbours in canonical order are the same row. */
static bool
same(const tm_target_task *t, size_t i, size_t j)
{
	return t->observed[i] == t->observed[j] && t->expected[i] == t->expected[j] && t->reference[i] == t->reference[j] &&
		(t->defining == NULL || (t->defining[i] != 0.0) == (t->defining[j] != 0.0));
}

/* Sets an area's limits from its draws; areas with the same counts are interchangeable and share theirs. */
static void
settle(const tm_target_task *t, const tm_draws *how, double *lack, tm_target_area *out)
{
	for (size_t i = 0, end; i < t->n; i = end)
	{
		tm_target_area shared = {.p_below = 0.0};
		double		median;

		for (end = i + 1; end < t->n && same(t, i, end); end++);
		if (!has_value(t, i))
			continue;
		tm_draw_limits(lack + i * how->draws, (end - i) * how->draws, how->confidence, &median, &shared.missing_lower, &shared.missing_upper);
		for (size_t j = i; j < end; j++)
			shared.p_below += out[j].p_below;
		for (size_t j = i; j < end; j++)
		{
			out[j].p_below = shared.p_below / ((double) (end - i) * how->draws);
			out[j].missing_lower = shared.missing_lower;
			out[j].missing_upper = shared.missing_upper;
		}
	}
}

/* Sets the limits by simulation. */
static tm_status
simulate(const tm_target_task *t, const tm_draws *how, const workspace *w, tm_target_area *out, tm_target *all)
{
	tm_exchange common[2];
	tm_status	status;
	double		median;

	for (size_t i = 0; i < t->n; i++)
	{
		out[i].p_below = has_value(t, i) ? 0.0 : NAN;
		w->base[i] = t->expected[i] / t->reference[i];
	}
	status = how->prior == TM_EXCHANGEABLE ? fit(t, how, w, common) : TM_OK;
	if (status != TM_OK)
		return status;
	for (uint32_t d = 0; d < how->draws; d++)
	{
		draw(t, how, common, d, w, out);
		how->tick(how->tick_arg);
	}
	settle(t, how, w->lack, out);
	tm_draw_limits(w->all[0], how->draws, how->confidence, &median, &all->lower, &all->upper);
	tm_draw_limits(w->all[1], how->draws, how->confidence, &median, &all->below_lower, &all->below_upper);
	tm_draw_limits(w->all[2], how->draws, how->confidence, &median, &all->missing_lower, &all->missing_upper);
	return TM_OK;
}

/*
 * Target, areas below and missing events of n areas in canonical order, with
 * room as told by tm_target_room. What does not exist is NaN: all but the
 * values without an area that defines the target, limits without draws.
 */
tm_status
tm_targets(const tm_target_task *task, const tm_draws *how, void *room, tm_target_area *out, tm_target *all)
{
	tm_status	status = check(task, how);
	workspace	w = lay_out(room, task->n, how->draws);

	if (status != TM_OK)
		return status;
	*all = (tm_target) {0, 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
	for (size_t i = 0; i < task->n; i++)
	{
		out[i] = (tm_target_area) {NAN, NAN, NAN, NAN, NAN, NAN};
		all->areas += has_value(task, i);
		all->defining += defines(task, i);
	}
	estimate(task, &w, out, all);
	if (how->draws > 0 && all->defining > 0)
		return simulate(task, how, &w, out, all);
	return TM_OK;
}
