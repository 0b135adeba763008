/*
 * variation.c - small-area variation of one measure as aggregates.
 */
#include "columns.h"

#include <math.h>

#include "core/variation.h"

/* One more area of events and denominator; left out and counted when one is NULL or the denominator is 0. */
static Datum
step(FunctionCallInfo fcinfo, bool whole)
{
	tmap_columns *s = tmap_columns_state(fcinfo, 2);
	double	   *row = tmap_columns_next(fcinfo, s);
	bool		usable = !PG_ARGISNULL(1) && !PG_ARGISNULL(2);

	if (!PG_ARGISNULL(1))
	{
		if (PG_GETARG_INT64(1) < 0)
			tmap_raise(TM_NEGATIVE, psprintf("There are " INT64_FORMAT " events.", PG_GETARG_INT64(1)));
		row[0] = (double) PG_GETARG_INT64(1);
	}
	if (!PG_ARGISNULL(2))
	{
		row[1] = (whole ? (double) PG_GETARG_INT64(2) : PG_GETARG_FLOAT8(2)) + 0.0;
		if (!(row[1] >= 0 && isfinite(row[1])))
			tmap_raise(TM_NEGATIVE, psprintf("The value is %g.", row[1]));
	}
	if (usable && whole && row[0] > row[1])
		tmap_raise(TM_EVENTS_EXCEED, psprintf("There are %.0f events among %.0f.", row[0], row[1]));
	if (usable && row[1] > 0)
		s->n++;
	else
		s->left_out++;
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_variation_step);
/* Transition: an area's events (bigint) and expected events or population (float8). */
Datum
tmap_variation_step(PG_FUNCTION_ARGS)
{
	return step(fcinfo, false);
}

PG_FUNCTION_INFO_V1(tmap_proportion_variation_step);
/* Transition: an area's events among people at risk (both bigint). */
Datum
tmap_proportion_variation_step(PG_FUNCTION_ARGS)
{
	return step(fcinfo, true);
}

/* The summary of the areas; NULL when the aggregate saw no row. */
static Datum
summary(FunctionCallInfo fcinfo, tm_variation_kind kind)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	double		v[TM_VAR_N];
	double	   *rows;
	double	   *work;
	int64		n;
	tm_status	status;

	if (s == NULL)
		PG_RETURN_NULL();
	rows = tmap_columns_used(s, -1, 2, &n, &work);
	status = tm_variation(kind, rows, work, n, tmap_columns_tick, v);
	if (status == TM_UNDEFINED)
		v[TM_VAR_AREAS] = 0;
	else
		tmap_check(status);
	v[TM_VAR_LEFT_OUT] = (double) s->left_out;
	return tmap_columns_result(fcinfo, v, TM_VAR_N);
}

PG_FUNCTION_INFO_V1(tmap_variation_final);
/* Variation of observed over expected. */
Datum
tmap_variation_final(PG_FUNCTION_ARGS)
{
	return summary(fcinfo, TM_VARIATION_RATIO);
}

PG_FUNCTION_INFO_V1(tmap_rate_variation_final);
/* Variation of rates. */
Datum
tmap_rate_variation_final(PG_FUNCTION_ARGS)
{
	return summary(fcinfo, TM_VARIATION_RATE);
}

PG_FUNCTION_INFO_V1(tmap_proportion_variation_final);
/* Variation of proportions. */
Datum
tmap_proportion_variation_final(PG_FUNCTION_ARGS)
{
	return summary(fcinfo, TM_VARIATION_PROPORTION);
}
