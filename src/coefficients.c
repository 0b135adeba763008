/*
 * coefficients.c - the table of coefficients of a stored tmap.regression_fit:
 * standard errors of any kind, z, p, limits, and the ratios they stand for.
 *
 * The fit is a composite value that anybody can build, so everything read from
 * it is checked.
 */
#include "regression.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* A fit as its readers need it. */
typedef struct fit_value
{
	int			q;
	bool		intercept;
	double		n;
	double		rank;
	double		clusters;
	double		pearson;
	char	   *status;
	double	   *estimate;
	double	   *cov[TM_COV_N];	/* NULL: not there */
} fit_value;

/* One kind of standard error: a covariance matrix and a factor. */
typedef struct se_kind
{
	const char *name;
	int			cov;
	double		(*factor) (const fit_value *f);
} se_kind;

/* The factor of the plain matrices. */
static double
one(const fit_value *f)
{
	return 1;
}

/* Pearson's dispersion: quasi-likelihood (McCullagh & Nelder 1989, 4.5 and 9.2). */
static double
dispersion(const fit_value *f)
{
	return f->n > f->rank ? f->pearson / (f->n - f->rank) : NAN;
}

/* n / (n - p): HC1 (MacKinnon & White 1985). */
static double
residual_degrees(const fit_value *f)
{
	return f->n > f->rank ? f->n / (f->n - f->rank) : NAN;
}

/* n / (n - 1): what Stata's glm calls robust. */
static double
rows_less_one(const fit_value *f)
{
	return f->n > 1 ? f->n / (f->n - 1) : NAN;
}

/* G / (G - 1). */
static double
groups(const fit_value *f)
{
	return f->clusters > 1 ? f->clusters / (f->clusters - 1) : NAN;
}

/* G / (G - 1) (n - 1) / (n - p): CR1. */
static double
groups_and_degrees(const fit_value *f)
{
	return f->n > f->rank ? groups(f) * (f->n - 1) / (f->n - f->rank) : NAN;
}

static const se_kind kinds[] = {
	{"model", TM_COV_MODEL, one},
	{"quasi", TM_COV_MODEL, dispersion},
	{"hc0", TM_COV_HC0, one},
	{"hc1", TM_COV_HC0, residual_degrees},
	{"hc3", TM_COV_HC3, one},
	{"stata", TM_COV_HC0, rows_less_one},
	{"cluster", TM_COV_CLUSTER, groups},
	{"cluster_cr0", TM_COV_CLUSTER, one},
	{"cluster_cr1", TM_COV_CLUSTER, groups_and_degrees},
};

/* The kind of that name. */
static const se_kind *
kind_arg(text *name)
{
	char	   *word = text_to_cstring(name);

	for (int i = 0; i < lengthof(kinds); i++)
		if (strcmp(word, kinds[i].name) == 0)
			return kinds + i;
	tmap_raise(TM_METHOD, psprintf("The kind of standard error given is \"%s\".", word));
}

/* The field of a fit, or an error when it is needed and NULL. */
static Datum
field(HeapTupleHeader row, int column, bool needed, bool *isnull)
{
	Datum		d = GetAttributeByNum(row, column + 1, isnull);

	if (needed && *isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("value is not a whole regression fit")));
	return d;
}

/* The numbers of an array field, NULL as NaN; NULL for a NULL field. */
static double *
array_field(HeapTupleHeader row, int column, bool needed, int *n)
{
	bool		isnull;
	Datum		d = field(row, column, needed, &isnull);
	Datum	   *values;
	bool	   *nulls;
	double	   *v;

	if (isnull)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(d), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls, n);
	v = palloc(Max(*n, 1) * sizeof *v);
	for (int i = 0; i < *n; i++)
		v[i] = nulls[i] ? NAN : DatumGetFloat8(values[i]);
	return v;
}

/* Reads a fit, checked. */
static void
read_fit(HeapTupleHeader row, fit_value *f)
{
	bool		isnull;
	Datum		d;
	int			n;

	f->status = TextDatumGetCString(field(row, FIT_STATUS, true, &isnull));
	f->intercept = DatumGetBool(field(row, FIT_INTERCEPT, true, &isnull));
	f->n = (double) DatumGetInt64(field(row, FIT_N, true, &isnull));
	d = field(row, FIT_RANK, false, &isnull);
	f->rank = isnull ? NAN : DatumGetInt32(d);
	d = field(row, FIT_CLUSTERS, false, &isnull);
	f->clusters = isnull ? NAN : (double) DatumGetInt64(d);
	d = field(row, FIT_PEARSON, false, &isnull);
	f->pearson = isnull ? NAN : DatumGetFloat8(d);
	f->estimate = array_field(row, FIT_ESTIMATES, true, &f->q);
	for (int i = 0; i < TM_COV_N; i++)
	{
		f->cov[i] = array_field(row, FIT_COV + i, false, &n);
		if (f->cov[i] && (f->q > TM_GLM_COLUMNS + 1 || n != f->q * f->q))
			ereport(ERROR,
					(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					 errmsg("covariances of a regression fit do not match its estimates")));
	}
}

/* What the rows are made of; lives as long as they are being read. */
typedef struct coefficient_rows
{
	fit_value	fit;
	const double *cov;			/* NULL: not there */
	double		factor;
	double		df;				/* of a dispersion that was estimated, else infinite */
	double		confidence;
	Datum	   *names;
	bool	   *name_nulls;
	int			n_names;
} coefficient_rows;

/* Reads and checks the arguments: fit, confidence, kind of standard error, names of the covariates. */
static coefficient_rows *
read_arguments(FunctionCallInfo fcinfo)
{
	coefficient_rows *r = palloc0(sizeof *r);
	const se_kind *kind = kind_arg(PG_GETARG_TEXT_PP(2));

	r->confidence = PG_GETARG_FLOAT8(1);
	if (!(r->confidence > 0.5 && r->confidence < 1))
		tmap_raise(TM_CONFIDENCE, NULL);
	read_fit(PG_GETARG_HEAPTUPLEHEADER(0), &r->fit);
	r->cov = r->fit.cov[kind->cov];
	r->factor = kind->factor(&r->fit);
	r->df = kind->factor == dispersion && r->fit.n > r->fit.rank ? r->fit.n - r->fit.rank : INFINITY;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P_COPY(3), TEXTOID, -1, false, TYPALIGN_INT,
					  &r->names, &r->name_nulls, &r->n_names);
	if (r->n_names != 0 && r->n_names != r->fit.q - r->fit.intercept)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("names do not match the covariates"),
				 errdetail("There are %d names and %d covariates.", r->n_names, r->fit.q - r->fit.intercept)));
	return r;
}

/* One row: term, name, estimate to the ratio's upper limit, status. */
static HeapTuple
coefficient(const coefficient_rows *r, int i, TupleDesc desc)
{
	const fit_value *f = &r->fit;
	int			covariate = i - f->intercept;
	double		v[TM_WALD_N];
	bool		nulls[3 + TM_WALD_N] = {false};
	Datum		values[3 + TM_WALD_N];

	tm_wald(f->estimate[i], r->cov ? r->factor * r->cov[i * f->q + i] : NAN, r->df, r->confidence, v);
	values[0] = Int32GetDatum(covariate + 1);
	if (covariate < 0)
		values[1] = CStringGetTextDatum("(intercept)");
	else if (covariate < r->n_names && !r->name_nulls[covariate])
		values[1] = r->names[covariate];
	else
		nulls[1] = true;
	for (int j = 0; j < TM_WALD_N; j++)
	{
		values[2 + j] = Float8GetDatum(v[j]);
		nulls[2 + j] = isnan(v[j]);
	}
	values[2 + TM_WALD_N] = CStringGetTextDatum(isnan(f->estimate[i]) && !isnan(f->rank) ? "aliased" : f->status);
	return heap_form_tuple(desc, values, nulls);
}

PG_FUNCTION_INFO_V1(tmap_coefficients);
/* The coefficients of a fit as rows, the intercept first, then in the order of the covariates. */
Datum
tmap_coefficients(PG_FUNCTION_ARGS)
{
	FuncCallContext *fn;
	coefficient_rows *r;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		fn = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(fn->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &fn->tuple_desc) != TYPEFUNC_COMPOSITE ||
			fn->tuple_desc->natts != 3 + TM_WALD_N)
			elog(ERROR, "return type must be a row of coefficients");
		fn->tuple_desc = BlessTupleDesc(fn->tuple_desc);
		r = read_arguments(fcinfo);
		fn->user_fctx = r;
		fn->max_calls = r->fit.q;
		MemoryContextSwitchTo(old);
	}
	fn = SRF_PERCALL_SETUP();
	r = fn->user_fctx;
	if (fn->call_cntr < fn->max_calls)
	{							/* SRF_RETURN_NEXT counts before it looks at the result */
		HeapTuple	row = coefficient(r, fn->call_cntr, fn->tuple_desc);

		SRF_RETURN_NEXT(fn, HeapTupleGetDatum(row));
	}
	SRF_RETURN_DONE(fn);
}
