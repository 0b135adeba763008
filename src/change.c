/*
 * change.c - change over time: the trend of a rate over years, and two periods
 * compared over areas, as aggregates.
 */
#include "columns.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/memutils.h"

#include "core/change.h"
#include "core/glm.h"
#include "core/interval.h"
#include "core/median_ratio.h"

#define DEFAULT_CONFIDENCE 0.95

/* What stands behind the numbers of a row when the options are arguments. */
enum
{
	OPTION_CONFIDENCE,
	OPTION_QUASI,
	OPTIONS
};

/* Reads a count and the population it arose in; false when one is NULL. */
static bool
count_and_population(FunctionCallInfo fcinfo, int arg, double *events, double *population)
{
	*events = PG_ARGISNULL(arg) ? 0 : (double) PG_GETARG_INT64(arg);
	*population = PG_ARGISNULL(arg + 1) ? 1 : PG_GETARG_FLOAT8(arg + 1) + 0.0;
	if (*events < 0)
		tmap_raise(TM_NEGATIVE, psprintf("There are " INT64_FORMAT " events.", PG_GETARG_INT64(arg)));
	if (!(*population >= 0 && isfinite(*population)))
		tmap_raise(TM_NEGATIVE, psprintf("The population is %g.", *population));
	if (*population == 0 && *events > 0)
		tmap_raise(TM_EVENTS_EXCEED, psprintf("There are %.0f events and nobody at risk.", *events));
	return !PG_ARGISNULL(arg) && !PG_ARGISNULL(arg + 1);
}

/* Writes confidence and kind of standard error behind a row, from the arguments when they are given. */
static void
options(FunctionCallInfo fcinfo, int arg, double *row)
{
	row[OPTION_CONFIDENCE] = DEFAULT_CONFIDENCE;
	row[OPTION_QUASI] = 0;
	if (PG_NARGS() <= arg)
		return;
	if (PG_ARGISNULL(arg) || PG_ARGISNULL(arg + 1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("confidence or se_type is NULL")));
	row[OPTION_CONFIDENCE] = PG_GETARG_FLOAT8(arg);
	tmap_check(tm_check_confidence(row[OPTION_CONFIDENCE]));
	row[OPTION_QUASI] = strcmp(text_to_cstring(PG_GETARG_TEXT_PP(arg + 1)), "quasi") == 0;
	if (row[OPTION_QUASI] == 0 && strcmp(text_to_cstring(PG_GETARG_TEXT_PP(arg + 1)), "model") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown kind of standard error"),
				 errdetail("The kind given is \"%s\".", text_to_cstring(PG_GETARG_TEXT_PP(arg + 1))),
				 errhint("The kinds are \"model\" and \"quasi\".")));
}

/* The options that all rows of a state have. */
static double
state_options(const tmap_columns *s, int at, bool *quasi)
{
	double		confidence = tmap_columns_constant(s, at + OPTION_CONFIDENCE, "confidence");

	*quasi = tmap_columns_constant(s, at + OPTION_QUASI, "se_type") == 1;
	return isnan(confidence) ? DEFAULT_CONFIDENCE : confidence;
}

/* The core's tick: a cancelled query leaves here. */
static void
tick(void *arg)
{
	CHECK_FOR_INTERRUPTS();
}

/* A year's row of a trend. */
enum
{
	TREND_EVENTS,
	TREND_POPULATION,
	TREND_YEAR,
	TREND_OPTIONS
};

PG_FUNCTION_INFO_V1(tmap_rate_trend_step);
/* Transition: events, population, year; then confidence and kind of standard error. */
Datum
tmap_rate_trend_step(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_state(fcinfo, TREND_OPTIONS + OPTIONS);
	double	   *row = tmap_columns_next(fcinfo, s);
	bool		usable = count_and_population(fcinfo, 1, row + TREND_EVENTS, row + TREND_POPULATION);

	usable = tmap_columns_floats(fcinfo, 3, 1, row + TREND_YEAR) && usable;
	options(fcinfo, 4, row + TREND_OPTIONS);
	if (usable && row[TREND_POPULATION] > 0)
		s->n++;
	else
		s->left_out++;
	PG_RETURN_POINTER(s);
}

/* The rows of a state as those of a regression on the year. */
static double *
regression_rows_of(const tmap_columns *s)
{
	int64		alone = TM_ALONE;
	double	   *rows = MemoryContextAllocHuge(CurrentMemoryContext, Max(s->n, 1) * (TM_ROW_HEAD + 1) * sizeof(double));

	for (int64 i = 0; i < s->n; i++)
	{
		const double *from = s->data + i * s->k;
		double	   *to = rows + i * (TM_ROW_HEAD + 1);

		to[TM_ROW_Y] = from[TREND_EVENTS];
		to[TM_ROW_M] = from[TREND_POPULATION];
		to[TM_ROW_W] = 1;
		memcpy(to + TM_ROW_CLUSTER, &alone, sizeof alone);
		to[TM_ROW_HEAD] = from[TREND_YEAR];
	}
	return rows;
}

/* How a fit ended, in words. */
static const char *
trend_status(const tm_glm_fit *fit)
{
	switch (fit->end)
	{
		case TM_GLM_CONVERGED:
			return "converged";
		case TM_GLM_COLLINEAR:
			return "one year";
		case TM_GLM_SEPARATED:
			return "separated";
		case TM_GLM_ALL_ZERO:
			return "all zero";
		case TM_GLM_NO_DATA:
			return "no data";
		default:
			return "not converged";
	}
}

/* The trend as a row of type tmap.trend_estimate. */
static Datum
trend_row(FunctionCallInfo fcinfo, const double *v, int n, const tmap_columns *s, const char *status)
{
	TupleDesc	desc;
	Datum		values[10];
	bool		nulls[10] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != n + 3 || n + 3 > lengthof(values))
		elog(ERROR, "return type must be tmap.trend_estimate");
	for (int i = 0; i < n; i++)
	{
		values[i] = Float8GetDatum(v[i]);
		nulls[i] = isnan(v[i]);
	}
	values[n] = Int64GetDatum(s->n);
	values[n + 1] = Int64GetDatum(s->left_out);
	values[n + 2] = CStringGetTextDatum(status);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

PG_FUNCTION_INFO_V1(tmap_rate_trend_final);
/* Annual change in percent with limits, from a log-linear Poisson regression on the year. */
Datum
tmap_rate_trend_final(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	double		estimates[2];
	double		cov[TM_COV_N][4];
	tm_glm_fit	fit = {.estimate = estimates,.cov = {cov[0], cov[1], cov[2], cov[3]}};
	tm_glm_task task = {.family = TM_POISSON,.p = 1,.intercept = true,.tick = tick};
	double		wald[TM_WALD_N];
	double		confidence;
	double		dispersion;
	bool		quasi;
	void	   *room;

	if (s == NULL)
		PG_RETURN_NULL();
	confidence = state_options(s, TREND_OPTIONS, &quasi);
	task.n = s->n;
	task.rows = regression_rows_of(s);
	room = MemoryContextAllocHuge(CurrentMemoryContext, tm_glm_room(task.n, task.p));
	tmap_check(tm_glm(&task, room, &fit));
	pfree(room);
	dispersion = fit.rank == 2 && s->n > 2 ? fit.pearson / (s->n - 2) : NAN;
	if (fit.rank == 2)
		tm_wald(estimates[1], cov[TM_COV_MODEL][3] * (quasi ? dispersion : 1), quasi && s->n > 2 ? s->n - 2 : INFINITY, confidence, wald);
	else
		for (int i = 0; i < TM_WALD_N; i++)
			wald[i] = NAN;
	return trend_row(fcinfo, (double[]) {100 * expm1(wald[TM_WALD_ESTIMATE]), 100 * expm1(wald[TM_WALD_LOWER]),
					 100 * expm1(wald[TM_WALD_UPPER]), wald[TM_WALD_P], wald[TM_WALD_ESTIMATE], wald[TM_WALD_SE], dispersion}, 7,
					 s, trend_status(&fit));
}

/* An area's row of a comparison. */
enum
{
	AREA_EVENTS_BEFORE,
	AREA_POPULATION_BEFORE,
	AREA_EVENTS_AFTER,
	AREA_POPULATION_AFTER,
	AREA_OPTIONS
};

PG_FUNCTION_INFO_V1(tmap_period_change_step);
/* Transition: events and population before and after; then confidence and kind of standard error. */
Datum
tmap_period_change_step(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_state(fcinfo, AREA_OPTIONS + OPTIONS);
	double	   *row = tmap_columns_next(fcinfo, s);
	bool		usable = count_and_population(fcinfo, 1, row + AREA_EVENTS_BEFORE, row + AREA_POPULATION_BEFORE);

	usable = count_and_population(fcinfo, 3, row + AREA_EVENTS_AFTER, row + AREA_POPULATION_AFTER) && usable;
	options(fcinfo, 5, row + AREA_OPTIONS);
	if (usable && row[AREA_POPULATION_BEFORE] > 0 && row[AREA_POPULATION_AFTER] > 0)
		s->n++;
	else
		s->left_out++;
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_period_change_final);
/* The ratio common to all areas, and whether it is. */
Datum
tmap_period_change_final(PG_FUNCTION_ARGS)
{
	static const int order[AREA_OPTIONS] = {AREA_EVENTS_BEFORE, AREA_POPULATION_BEFORE, AREA_EVENTS_AFTER, AREA_POPULATION_AFTER};
	tmap_columns *s = tmap_columns_final(fcinfo);
	tm_change_task task;
	tm_change	c;
	double	   *rows;
	double	   *work;
	int64		n;

	if (s == NULL)
		PG_RETURN_NULL();
	task.confidence = state_options(s, AREA_OPTIONS, &task.quasi);
	rows = tmap_columns_used(s, -1, AREA_OPTIONS, &n, &work);
	tm_columns_sort(rows, work, n, AREA_OPTIONS, order, tmap_columns_tick);
	for (int c = 0; c < AREA_OPTIONS; c++)
		for (int64 i = 0; i < n; i++)
			work[c * n + i] = rows[i * AREA_OPTIONS + c];
	task.n = n;
	for (int period = 0; period < 2; period++)
	{
		task.events[period] = work + 2 * period * n;
		task.population[period] = work + (2 * period + 1) * n;
	}
	tmap_check(tm_period_change(&task, &c));
	return tmap_columns_result(fcinfo, (double[]) {c.areas, s->left_out, c.events[0], c.events[1],
							   c.ratio, c.ratio_lower, c.ratio_upper, c.mh_ratio, c.mh_ratio_lower, c.mh_ratio_upper,
							   c.difference, c.difference_lower, c.difference_upper, c.chi2, c.p, c.any_chi2, c.informative, c.any_p,
							   c.homogeneity_chi2, c.informative > 0 ? c.informative - 1.0 : NAN, c.homogeneity_p, c.dispersion}, 22);
}

/* A median rate ratio, or the error of its argument. */
static Datum
median_ratio(tm_status status, double ratio, const char *what, double given)
{
	if (status == TM_OVERFLOW)
		float_overflow_error();
	if (status != TM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s out of range", what),
				 errdetail("The value is %g.", given)));
	PG_RETURN_FLOAT8(ratio);
}

PG_FUNCTION_INFO_V1(tmap_median_rate_ratio);
/* Median rate ratio of areas whose log rates have this variance. */
Datum
tmap_median_rate_ratio(PG_FUNCTION_ARGS)
{
	double		ratio = NAN;
	tm_status	status = tm_median_ratio_normal(PG_GETARG_FLOAT8(0), &ratio);

	return median_ratio(status, ratio, "variance", PG_GETARG_FLOAT8(0));
}

PG_FUNCTION_INFO_V1(tmap_gamma_median_ratio);
/* Median rate ratio of areas whose rates are gamma with this shape. */
Datum
tmap_gamma_median_ratio(PG_FUNCTION_ARGS)
{
	double		ratio = NAN;
	tm_status	status = tm_median_ratio_gamma(PG_GETARG_FLOAT8(0), &ratio);

	return median_ratio(status, ratio, "theta", PG_GETARG_FLOAT8(0));
}

PG_FUNCTION_INFO_V1(tmap_gamma_median_limit);
/* A limit of that ratio: theta a normal quantile up (lower limit) or down (upper) on the log scale, where its standard error is se / theta. */
Datum
tmap_gamma_median_limit(PG_FUNCTION_ARGS)
{
	double		theta = PG_GETARG_FLOAT8(0);
	double		step = tm_normal_z(PG_GETARG_FLOAT8(2)) * PG_GETARG_FLOAT8(1) / theta;
	double		ratio = NAN;
	tm_status	status;

	tmap_check(tm_check_confidence(PG_GETARG_FLOAT8(2)));
	theta *= exp(PG_GETARG_BOOL(3) ? -step : step);
	status = tm_median_ratio_gamma(theta, &ratio);
	return median_ratio(status, ratio, "theta", theta);
}
