/*
 * regression.c - Poisson, logistic and negative binomial regression: from the
 * rows of the aggregate to a value of type tmap.regression_fit.
 */
#include "regression.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

static const char *const models[] = {
	[TM_POISSON] = "poisson",
	[TM_LOGISTIC] = "logistic",
	[TM_NEGBIN] = "negbin",
};

static const char *const ends[] = {
	[TM_GLM_CONVERGED] = "converged",
	[TM_GLM_COLLINEAR] = "collinear",
	[TM_GLM_NOT_OVERDISPERSED] = "not overdispersed",
	[TM_GLM_SEPARATED] = "separated",
	[TM_GLM_NOT_CONVERGED] = "not converged",
	[TM_GLM_ALL_ZERO] = "all zero",
	[TM_GLM_ALL_EVENTS] = "all events",
	[TM_GLM_NO_DATA] = "no data",
};

/* The core's tick: a cancelled query leaves here. */
static void
tick(void *arg)
{
	CHECK_FOR_INTERRUPTS();
}

/* The number of covariates; 0 when no row had any. */
static int
covariates(const tmap_columns *s)
{
	return s->k > 0 ? s->k - TM_ROW_HEAD : 0;
}

/* Memory for numbers, also above 1 GB. */
static double *
numbers(Size n)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(double));
}

/* Raises unless every outcome is a whole number that a double holds exactly. */
static void
check_whole(const tmap_columns *s)
{
	for (int64 i = 0; i < s->n; i++)
	{
		double		y = s->data[i * s->k + TM_ROW_Y];

		if (y != floor(y) || y > 9007199254740992.0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("negative binomial outcome is not a whole number"),
					 errdetail("The outcome is %g.", y)));
	}
}

/* An array of numbers, NaN as NULL, of one dimension or square. */
static Datum
float_array(const double *v, int q, bool is_square)
{
	int			n = is_square ? q * q : q;
	int			dims[2] = {q, q};
	int			lower[2] = {1, 1};
	Datum	   *values = palloc(Max(n, 1) * sizeof(Datum));
	bool	   *nulls = palloc(Max(n, 1) * sizeof(bool));

	for (int i = 0; i < n; i++)
	{
		values[i] = Float8GetDatum(v[i]);
		nulls[i] = isnan(v[i]);
	}
	return PointerGetDatum(construct_md_array(values, nulls, q == 0 ? 0 : is_square ? 2 : 1, dims, lower,
											  FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* The fit as a row of type tmap.regression_fit. */
static Datum
fit_row(FunctionCallInfo fcinfo, tm_family f, const tmap_columns *s, const tm_glm_fit *fit)
{
	TupleDesc	desc;
	int			q = covariates(s) + s->flag;
	bool		done = fit->rank > 0;
	double		sums[] = {fit->log_likelihood, fit->deviance, fit->null_deviance, fit->pearson, fit->theta, fit->theta_se};
	Datum		values[FIT_COLUMNS];
	bool		nulls[FIT_COLUMNS] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != FIT_COLUMNS)
		elog(ERROR, "return type must be tmap.regression_fit");
	values[FIT_MODEL] = CStringGetTextDatum(models[f]);
	values[FIT_STATUS] = CStringGetTextDatum(ends[fit->end]);
	values[FIT_N] = Int64GetDatum(s->n);
	values[FIT_DROPPED] = Int64GetDatum(s->left_out);
	values[FIT_INTERCEPT] = BoolGetDatum(s->flag);
	values[FIT_CLUSTERS] = Int64GetDatum(fit->clusters);
	nulls[FIT_CLUSTERS] = fit->clusters == 0;
	values[FIT_RANK] = Int32GetDatum(fit->rank);
	nulls[FIT_RANK] = !done;
	values[FIT_ITERATIONS] = Int32GetDatum(fit->iterations);
	for (int i = 0; i < lengthof(sums); i++)
	{
		values[FIT_LOG_LIKELIHOOD + i] = Float8GetDatum(sums[i]);
		nulls[FIT_LOG_LIKELIHOOD + i] = !done || isnan(sums[i]);
	}
	values[FIT_ESTIMATES] = float_array(fit->estimate, q, false);
	for (int i = 0; i < TM_COV_N; i++)
	{
		values[FIT_COV + i] = float_array(fit->cov[i], q, true);
		nulls[FIT_COV + i] = !done || (i == TM_COV_CLUSTER && fit->clusters == 0);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* Fits a family to the rows of the state; NULL when the aggregate saw no row. */
static Datum
regression(FunctionCallInfo fcinfo, tm_family f)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	tm_glm_task task = {.family = f, .tick = tick};
	tm_glm_fit	fit;
	int			q;
	void	   *room;

	if (s == NULL)
		PG_RETURN_NULL();
	if (f == TM_NEGBIN)
		check_whole(s);
	task.rows = s->data;
	task.n = s->n;
	task.p = covariates(s);
	task.intercept = s->flag;
	q = task.p + task.intercept;
	fit.estimate = numbers(q);
	for (int i = 0; i < TM_COV_N; i++)
		fit.cov[i] = numbers(q * q);
	room = MemoryContextAllocHuge(CurrentMemoryContext, tm_glm_room(task.n, task.p));
	tmap_check(tm_glm(&task, room, &fit));
	pfree(room);
	return fit_row(fcinfo, f, s, &fit);
}

PG_FUNCTION_INFO_V1(tmap_poisson_reg_final);
/* Poisson regression of the rows. */
Datum
tmap_poisson_reg_final(PG_FUNCTION_ARGS)
{
	return regression(fcinfo, TM_POISSON);
}

PG_FUNCTION_INFO_V1(tmap_logistic_reg_final);
/* Logistic regression of the rows. */
Datum
tmap_logistic_reg_final(PG_FUNCTION_ARGS)
{
	return regression(fcinfo, TM_LOGISTIC);
}

PG_FUNCTION_INFO_V1(tmap_negbin_reg_final);
/* Negative binomial regression of the rows. */
Datum
tmap_negbin_reg_final(PG_FUNCTION_ARGS)
{
	return regression(fcinfo, TM_NEGBIN);
}
