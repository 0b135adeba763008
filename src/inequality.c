/*
 * inequality.c - inequality of a value over people as aggregates: Gini, Hoover,
 * Lorenz, Theil with its parts, Atkinson.
 */
#include "columns.h"

#include <math.h>

#include "core/inequality.h"
#include "core/sha256.h"

/* The rows of value and, when k is 2, weight, sorted; false without any. *left_out counts the others. */
static bool
sorted_values(const tmap_columns *s, int k, tm_values *values, int64 *left_out)
{
	double	   *work;
	int64		n;
	double	   *rows = tmap_columns_used(s, k > 1 ? 1 : -1, k, &n, &work);
	tm_status	status = tm_values_sort(rows, work, n, k, tmap_columns_tick, values);

	*left_out = s->left_out + s->n - n;
	pfree(work);
	if (status == TM_UNDEFINED)
		return false;
	tmap_check(status);
	return true;
}

/* An index of value and perhaps weight; NULL without rows. */
static Datum
index_of(FunctionCallInfo fcinfo, double (*index) (const tm_values *))
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	tm_values	values;
	int64		left_out;

	if (s == NULL || !sorted_values(s, s->k, &values, &left_out))
		PG_RETURN_NULL();
	return tmap_columns_number(fcinfo, index(&values));
}

/* An index with an argument, which is the last column of every row; NULL without rows. */
static Datum
index_with(FunctionCallInfo fcinfo, double (*index) (const tm_values *, double), double argument, int k)
{
	tm_values	values;
	int64		left_out;

	if (!sorted_values(tmap_columns_final(fcinfo), k, &values, &left_out))
		PG_RETURN_NULL();
	return tmap_columns_number(fcinfo, index(&values, argument));
}

PG_FUNCTION_INFO_V1(tmap_gini_final);
/* Gini's coefficient. */
Datum
tmap_gini_final(PG_FUNCTION_ARGS)
{
	return index_of(fcinfo, tm_gini);
}

PG_FUNCTION_INFO_V1(tmap_hoover_final);
/* Hoover's index. */
Datum
tmap_hoover_final(PG_FUNCTION_ARGS)
{
	return index_of(fcinfo, tm_hoover);
}

PG_FUNCTION_INFO_V1(tmap_theil_t_final);
/* Theil's T. */
Datum
tmap_theil_t_final(PG_FUNCTION_ARGS)
{
	return index_of(fcinfo, tm_theil_t);
}

PG_FUNCTION_INFO_V1(tmap_theil_l_final);
/* Theil's L. */
Datum
tmap_theil_l_final(PG_FUNCTION_ARGS)
{
	return index_of(fcinfo, tm_theil_l);
}

PG_FUNCTION_INFO_V1(tmap_atkinson_final);
/* Atkinson's index. */
Datum
tmap_atkinson_final(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	double		epsilon;

	if (s == NULL || s->n == 0)
		PG_RETURN_NULL();
	epsilon = tmap_columns_constant(s, s->k - 1, "epsilon");
	if (epsilon < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("negative epsilon"),
				 errhint("0 is indifference to inequality; 0.5, 1 and 2 are usual.")));
	return index_with(fcinfo, tm_atkinson, epsilon, s->k - 1);
}

PG_FUNCTION_INFO_V1(tmap_lorenz_final);
/* A point of Lorenz's curve. */
Datum
tmap_lorenz_final(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	double		share;

	if (s == NULL || s->n == 0)
		PG_RETURN_NULL();
	share = tmap_columns_constant(s, s->k - 1, "share");
	if (!(share >= 0 && share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("share out of range"),
				 errhint("Give a share from 0 to 1.")));
	return index_with(fcinfo, tm_lorenz, share, s->k - 1);
}

PG_FUNCTION_INFO_V1(tmap_inequality_final);
/* All indices without an argument as a row. */
Datum
tmap_inequality_final(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	double		v[TM_INEQ_N_INDICES];
	tm_values	values;
	int64		left_out;

	if (s == NULL)
		PG_RETURN_NULL();
	for (int i = 0; i < TM_INEQ_N_INDICES; i++)
		v[i] = NAN;
	if (sorted_values(s, s->k, &values, &left_out))
		tm_inequality(&values, v);
	else
		v[TM_INEQ_N] = 0;
	v[TM_INEQ_LEFT_OUT] = (double) left_out;
	return tmap_columns_result(fcinfo, v, TM_INEQ_N_INDICES);
}

PG_FUNCTION_INFO_V1(tmap_theil_step);
/* Transition: value, perhaps weight, and group; the group stands in a row as 128 bits of its SHA-256. */
Datum
tmap_theil_step(PG_FUNCTION_ARGS)
{
	int			floats = PG_NARGS() - 2;
	tmap_columns *s = tmap_columns_state(fcinfo, TM_THEIL_COLUMNS);
	double	   *row = tmap_columns_next(fcinfo, s);
	uint8_t		digest[TM_SHA256_BYTES];
	tm_sha256	hash;
	text	   *group;

	row[1] = 1;
	if (!tmap_columns_floats(fcinfo, 1, floats, row) || PG_ARGISNULL(floats + 1))
	{
		s->left_out++;
		PG_RETURN_POINTER(s);
	}
	group = PG_GETARG_TEXT_PP(floats + 1);
	tm_sha256_start(&hash);
	tm_sha256_add(&hash, VARDATA_ANY(group), VARSIZE_ANY_EXHDR(group));
	tm_sha256_digest(&hash, digest);
	memcpy(row + 2, digest, 2 * sizeof *row);
	s->n++;
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_theil_final);
/* Theil's indices and their parts as a row. */
Datum
tmap_theil_final(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	double		v[TM_THEIL_PARTS];
	double	   *rows;
	double	   *work;
	int64		n;

	if (s == NULL)
		PG_RETURN_NULL();
	rows = tmap_columns_used(s, 1, TM_THEIL_COLUMNS, &n, &work);
	tmap_check(tm_theil_parts(rows, work, n, tmap_columns_tick, v));
	v[TM_THEIL_LEFT_OUT] = (double) (s->left_out + s->n - n);
	return tmap_columns_result(fcinfo, v, TM_THEIL_PARTS);
}
