/*
 * dispersion.c - the overdispersion of areas as aggregates.
 */
#include "columns.h"

#include <math.h>

#include "utils/builtins.h"

#include "core/dispersion.h"

/* A row: the two numbers of the area, and then the options when there are any. */
enum
{
	ROW_EVENTS,
	ROW_BASE,
	ROW_TARGET,
	ROW_SHARE,
	ROW_METHOD,					/* 2 x scale + trim */
	ROW_COLUMNS
};

/* The core's tick: a cancelled query leaves here. */
static void
tick(void *arg)
{
	(void) arg;
	tmap_columns_tick();
}

/* One more area with its options; left out and counted when one of its numbers is NULL or the base is 0. */
static Datum
step(FunctionCallInfo fcinfo, tm_funnel_family family)
{
	tmap_columns *s = tmap_columns_state(fcinfo, ROW_COLUMNS);
	double	   *row = tmap_columns_next(fcinfo, s);
	bool		known = !PG_ARGISNULL(1) && !PG_ARGISNULL(2);
	tm_scale	scale = TM_SCALE_STABLE;
	tm_trim		trim = TM_WINSORISE;

	for (int i = 4; i <= 6; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("option of the overdispersion is NULL"),
					 errhint("Only the target may be NULL: the pooled figure is then taken.")));
	tmap_check(tm_scale_of(family, text_to_cstring(PG_GETARG_TEXT_PP(4)), &scale));
	tmap_check(tm_trim_of(text_to_cstring(PG_GETARG_TEXT_PP(5)), &trim));
	row[ROW_TARGET] = PG_ARGISNULL(3) ? -1 : PG_GETARG_FLOAT8(3);
	row[ROW_SHARE] = PG_GETARG_FLOAT8(6);
	row[ROW_METHOD] = 2 * scale + trim;
	if ((!PG_ARGISNULL(3) && !(row[ROW_TARGET] >= 0 && isfinite(row[ROW_TARGET]))) || !(row[ROW_SHARE] >= 0 && row[ROW_SHARE] < 0.5))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("target or share out of range"),
				 errhint("The target is a figure from 0 up, the share tamed at each end from 0 to below 0.5.")));
	if (known)
	{
		row[ROW_EVENTS] = (double) PG_GETARG_INT64(1);
		row[ROW_BASE] = (family == TM_FUNNEL_PROPORTION ? (double) PG_GETARG_INT64(2) : PG_GETARG_FLOAT8(2)) + 0.0;
		tmap_check(tm_check_count(row[ROW_EVENTS]));
		tmap_check(tm_check_quantity(row[ROW_BASE]));
		if (family == TM_FUNNEL_PROPORTION && row[ROW_EVENTS] > row[ROW_BASE])
			tmap_raise(TM_EVENTS_EXCEED, NULL);
	}
	if (known && row[ROW_BASE] > 0)
		s->n++;
	else
		s->left_out++;
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_overdispersion_step);
/* Transition: an area's events and expected events or population, and the options. */
Datum
tmap_overdispersion_step(PG_FUNCTION_ARGS)
{
	return step(fcinfo, TM_FUNNEL_RATIO);
}

PG_FUNCTION_INFO_V1(tmap_proportion_overdispersion_step);
/* Transition: an area's events among people at risk, and the options. */
Datum
tmap_proportion_overdispersion_step(PG_FUNCTION_ARGS)
{
	return step(fcinfo, TM_FUNNEL_PROPORTION);
}

/* The pooled figure of columns in canonical order. */
static double
pooled(const double *events, const double *base, int64 n)
{
	double		e = 0,
				b = 0;

	for (int64 i = 0; i < n; i++)
	{
		e += events[i];
		b += base[i];
	}
	return b > 0 ? e / b : NAN;
}

/* The overdispersion of the areas; NULL when the aggregate saw no row. fallback: the target when none was given, NaN for the pooled figure. */
static Datum
summary(FunctionCallInfo fcinfo, tm_funnel_family family, double fallback)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	bool		options;
	double	   *rows,
			   *work,
			   *events,
			   *base;
	int64		n;
	double		target = -1,
				share = 0.1;
	int			method = 2 * TM_SCALE_STABLE + TM_WINSORISE;
	tm_ticker	ticker = {tick, NULL};
	tm_dispersion d;
	double		v[6];

	if (s == NULL)
		PG_RETURN_NULL();
	options = s->k == ROW_COLUMNS;
	rows = tmap_columns_used(s, ROW_BASE, 2, &n, &work);
	tm_columns_sort(rows, work, n, 2, (const int[]) {0, 1}, tmap_columns_tick);
	if (options && n > 0)
	{
		target = tmap_columns_constant(s, ROW_TARGET, "target");
		share = tmap_columns_constant(s, ROW_SHARE, "share");
		method = (int) tmap_columns_constant(s, ROW_METHOD, "scale or treatment of extremes");
	}
	events = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof *events);
	base = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof *base);
	for (int64 i = 0; i < n; i++)
	{
		events[i] = rows[2 * i];
		base[i] = rows[2 * i + 1];
	}
	if (target < 0)
		target = options || isnan(fallback) ? pooled(events, base, n) : fallback;
	if (family == TM_FUNNEL_PROPORTION && target > 1)
		tmap_raise(TM_EVENTS_EXCEED, "The target of a proportion is at most 1.");
	tmap_check(tm_disperse(family, events, base, n, n > 0 ? target : 1, method / 2, method % 2, share,
						   MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(tm_area_z)), &ticker, &d));
	v[0] = (double) n;
	v[1] = (double) s->left_out;
	v[2] = (double) d.used;
	v[3] = n > 0 ? target : NAN;
	v[4] = d.phi;
	v[5] = d.tau2;
	return tmap_columns_result(fcinfo, v, 6);
}

PG_FUNCTION_INFO_V1(tmap_overdispersion_final);
/* Overdispersion of ratios around the target, 1 when none is given. */
Datum
tmap_overdispersion_final(PG_FUNCTION_ARGS)
{
	return summary(fcinfo, TM_FUNNEL_RATIO, 1);
}

PG_FUNCTION_INFO_V1(tmap_rate_overdispersion_final);
/* Overdispersion of rates around the target, the pooled rate when none is given. */
Datum
tmap_rate_overdispersion_final(PG_FUNCTION_ARGS)
{
	return summary(fcinfo, TM_FUNNEL_RATIO, NAN);
}

PG_FUNCTION_INFO_V1(tmap_proportion_overdispersion_final);
/* Overdispersion of proportions around the target, the pooled proportion when none is given. */
Datum
tmap_proportion_overdispersion_final(PG_FUNCTION_ARGS)
{
	return summary(fcinfo, TM_FUNNEL_PROPORTION, NAN);
}
