/*
 * regression_rows.c - the rows of the regressions: every iteration reads every
 * row, so all are held, in the state of columns.h.
 *
 * A row takes 8 (4 + p) bytes. The state's flag says whether there is an intercept.
 */
#include "regression.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"

/* Sets the number of covariates, or checks it. */
static void
check_width(tmap_columns *s, int p)
{
	if (p > TM_GLM_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many covariates"),
				 errdetail("There are %d; the limit is %d.", p, TM_GLM_COLUMNS)));
	if (s->k == 0)
		s->k = TM_ROW_HEAD + p;
	if (s->k != TM_ROW_HEAD + p)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("rows differ in their number of covariates"),
				 errdetail("There are rows with %d and with %d.", s->k - TM_ROW_HEAD, p)));
}

/* Checks that the intercept is asked for in every row or in none. */
static void
check_intercept(const tmap_columns *s, bool intercept)
{
	if (s->flag != intercept)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("intercept is true for some rows and false for others")));
}

/* A number of the row that may not be negative: false when it is missing or not finite. */
static bool
quantity(FunctionCallInfo fcinfo, int n, const char *what, double *value)
{
	if (PG_ARGISNULL(n) || !isfinite(PG_GETARG_FLOAT8(n)))
		return false;
	*value = PG_GETARG_FLOAT8(n) + 0.0; /* no negative zero: equal rows are equal bytes */
	if (*value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("negative %s", what),
				 errdetail("The value is %g.", *value)));
	return true;
}

/* The covariates of a row into the array; false when one is missing or not finite. */
static bool
covariates(const ArrayType *a, int p, double *x)
{
	const double *from = (const double *) ARR_DATA_PTR(a);

	if (array_contains_nulls((ArrayType *) a))
		return false;
	for (int i = 0; i < p; i++)
	{
		if (!isfinite(from[i]))
			return false;
		x[i] = from[i] + 0.0;
	}
	return true;
}

/* The head of a row from the arguments after the covariates; false when the row cannot be used. */
static bool
head(FunctionCallInfo fcinfo, double *row)
{
	int64		cluster = TM_ALONE;
	bool		usable = quantity(fcinfo, 1, "outcome", row + TM_ROW_Y);

	row[TM_ROW_M] = row[TM_ROW_W] = 1;
	if (PG_NARGS() > 3)
		usable = quantity(fcinfo, 3, "exposure or number of trials", row + TM_ROW_M) && usable;
	if (PG_NARGS() > 4)
	{
		usable = quantity(fcinfo, 4, "weight", row + TM_ROW_W) && usable;
		if (!PG_ARGISNULL(5))
		{
			cluster = PG_GETARG_INT64(5);
			if (cluster == TM_ALONE)
				ereport(ERROR,
						(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						 errmsg("cluster out of range")));
		}
	}
	memcpy(row + TM_ROW_CLUSTER, &cluster, sizeof cluster);
	return usable && row[TM_ROW_M] > 0 && row[TM_ROW_W] > 0;
}

PG_FUNCTION_INFO_V1(tmap_regression_step);
/* Transition: one more row; outcome, covariates, then exposure or trials, then weight, cluster and intercept. */
Datum
tmap_regression_step(PG_FUNCTION_ARGS)
{
	bool		intercept = true;
	tmap_columns *s;
	ArrayType  *x = NULL;
	double		start[TM_ROW_HEAD];
	double	   *row;

	if (PG_NARGS() > 4)
	{
		if (PG_ARGISNULL(6))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("intercept is null")));
		intercept = PG_GETARG_BOOL(6);
	}
	s = tmap_columns_state(fcinfo, 0);
	if (PG_ARGISNULL(0))
		s->flag = intercept;
	check_intercept(s, intercept);
	if (!PG_ARGISNULL(2))
	{
		x = PG_GETARG_ARRAYTYPE_P(2);
		if (ARR_NDIM(x) > 1)
			ereport(ERROR,
					(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					 errmsg("covariates must be a one-dimensional array")));
		check_width(s, ArrayGetNItems(ARR_NDIM(x), ARR_DIMS(x)));
	}
	if (!head(fcinfo, start) || x == NULL)
	{
		s->left_out++;
		PG_RETURN_POINTER(s);
	}
	row = tmap_columns_next(fcinfo, s);
	memcpy(row, start, sizeof start);
	if (covariates(x, s->k - TM_ROW_HEAD, row + TM_ROW_HEAD))
		s->n++;
	else
		s->left_out++;
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_regression_combine);
/* The rows of both states, in the memory of the first, once they are known to agree. */
Datum
tmap_regression_combine(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1))
	{
		tmap_columns *a = (tmap_columns *) PG_GETARG_POINTER(0);
		tmap_columns *b = (tmap_columns *) PG_GETARG_POINTER(1);

		tmap_aggregate_context(fcinfo);
		check_intercept(a, b->flag);
		if (b->k > 0)
			check_width(a, b->k - TM_ROW_HEAD);
	}
	return tmap_columns_combine(fcinfo);
}
