/*
 * gradient.c - inequality of a value against a rank as aggregates: the
 * concentration index, the slope and the relative index of inequality.
 */
#include "columns.h"

#include <math.h>

#include "core/gradient.h"

PG_FUNCTION_INFO_V1(tmap_gradient_step);
/* Transition: value and rank; or value, weight, rank, then standard error (NULL: not known), then confidence. */
Datum
tmap_gradient_step(PG_FUNCTION_ARGS)
{
	int			args = PG_NARGS() - 1;
	tmap_columns *s = tmap_columns_state(fcinfo, Max(args, TM_GRAD_SE));
	double	   *row = tmap_columns_next(fcinfo, s);
	bool		whole;

	if (args == 2)
	{
		whole = tmap_columns_floats(fcinfo, 1, 1, row + TM_GRAD_VALUE) &&
			tmap_columns_floats(fcinfo, 2, 1, row + TM_GRAD_RANK);
		row[TM_GRAD_WEIGHT] = 1;
	}
	else
		whole = tmap_columns_floats(fcinfo, 1, TM_GRAD_SE, row);
	if (args > TM_GRAD_SE && !tmap_columns_floats(fcinfo, 1 + TM_GRAD_SE, 1, row + TM_GRAD_SE))
		row[TM_GRAD_SE] = NAN;
	if (args > TM_GRAD_SE + 1)
		whole = tmap_columns_floats(fcinfo, 2 + TM_GRAD_SE, args - TM_GRAD_SE - 1, row + TM_GRAD_SE + 1) && whole;
	if (whole)
		s->n++;
	else
		s->left_out++;
	PG_RETURN_POINTER(s);
}

/* The level all rows give, 0.95 where they give none. */
static double
confidence_of(const tmap_columns *s, int column)
{
	return s->k > column && s->n > 0 ? tmap_columns_constant(s, column, "confidence") : 0.95;
}

/* The concentration index and all that goes with it; false when the aggregate saw no row. */
static bool
concentration(FunctionCallInfo fcinfo, double v[TM_CONC_PARTS])
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	double		low = NAN;
	double		high = NAN;
	double	   *rows;
	double	   *work;
	int64		n;
	tm_status	status;

	if (s == NULL)
		return false;
	if (s->k > TM_GRAD_SE)
	{
		low = tmap_columns_constant(s, TM_GRAD_SE + 1, "lower bound");
		high = tmap_columns_constant(s, TM_GRAD_SE + 2, "upper bound");
		if (low >= high)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("lower bound not below upper bound"),
					 errdetail("The bounds are %g and %g.", low, high)));
	}
	rows = tmap_columns_used(s, TM_GRAD_WEIGHT, TM_GRAD_SE, &n, &work);
	for (int64 i = 0; i < n; i++)
		if (rows[i * TM_GRAD_SE + TM_GRAD_VALUE] < low || rows[i * TM_GRAD_SE + TM_GRAD_VALUE] > high)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("value outside its bounds"),
					 errdetail("The value is %g, the bounds are %g and %g.", rows[i * TM_GRAD_SE + TM_GRAD_VALUE], low, high)));
	status = tm_concentration(rows, work, n, TM_GRAD_SE, confidence_of(s, TM_GRAD_SE), low, high, tmap_columns_tick, v);
	if (status == TM_UNDEFINED)
		v[TM_CONC_N] = 0;
	else
		tmap_check(status);
	v[TM_CONC_LEFT_OUT] = (double) (s->left_out + s->n - n);
	return true;
}

/* The line of the value on the rank; false when the aggregate saw no row. */
static bool
gradient(FunctionCallInfo fcinfo, double v[TM_SLOPE_PARTS])
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	int			keep;
	double	   *rows;
	double	   *work;
	int64		n;
	tm_status	status;

	if (s == NULL)
		return false;
	keep = Min(s->k, TM_GRAD_SE + 1);
	rows = tmap_columns_used(s, TM_GRAD_WEIGHT, keep, &n, &work);
	status = tm_gradient(rows, work, n, keep, confidence_of(s, TM_GRAD_SE + 1), tmap_columns_tick, v);
	if (status == TM_UNDEFINED)
		v[TM_SLOPE_N] = 0;
	else
		tmap_check(status);
	v[TM_SLOPE_LEFT_OUT] = (double) (s->left_out + s->n - n);
	return true;
}

PG_FUNCTION_INFO_V1(tmap_concentration_final);
/* The concentration index with limits as a row. */
Datum
tmap_concentration_final(PG_FUNCTION_ARGS)
{
	double		v[TM_CONC_PARTS];

	if (!concentration(fcinfo, v))
		PG_RETURN_NULL();
	return tmap_columns_result(fcinfo, v, TM_CONC_PARTS);
}

PG_FUNCTION_INFO_V1(tmap_concentration_index_final);
/* The concentration index alone. */
Datum
tmap_concentration_index_final(PG_FUNCTION_ARGS)
{
	double		v[TM_CONC_PARTS];

	if (!concentration(fcinfo, v))
		PG_RETURN_NULL();
	return tmap_columns_number(fcinfo, v[TM_CONC_INDEX]);
}

PG_FUNCTION_INFO_V1(tmap_gradient_final);
/* Slope and relative index with limits as a row. */
Datum
tmap_gradient_final(PG_FUNCTION_ARGS)
{
	double		v[TM_SLOPE_PARTS];

	if (!gradient(fcinfo, v))
		PG_RETURN_NULL();
	return tmap_columns_result(fcinfo, v, TM_SLOPE_PARTS);
}

PG_FUNCTION_INFO_V1(tmap_slope_index_final);
/* The slope index of inequality alone. */
Datum
tmap_slope_index_final(PG_FUNCTION_ARGS)
{
	double		v[TM_SLOPE_PARTS];

	if (!gradient(fcinfo, v))
		PG_RETURN_NULL();
	return tmap_columns_number(fcinfo, v[TM_SLOPE_SII]);
}

PG_FUNCTION_INFO_V1(tmap_relative_index_final);
/* The relative index of inequality alone. */
Datum
tmap_relative_index_final(PG_FUNCTION_ARGS)
{
	double		v[TM_SLOPE_PARTS];

	if (!gradient(fcinfo, v))
		PG_RETURN_NULL();
	return tmap_columns_number(fcinfo, v[TM_SLOPE_RII]);
}
