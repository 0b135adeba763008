/*
 * regression_rows.c - the state of the regressions: the rows themselves.
 *
 * Every iteration reads every row, so all must be held. A flat typed state is
 * copied by the executor whenever it grows, which is quadratic over n rows: the
 * state is therefore `internal`, grown by doubling in the aggregate's memory,
 * and it travels between workers through the serialisation below.
 * A row takes 8 (4 + p) bytes; a group holds at most 1 GB of rows.
 */
#include "regression.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/memutils.h"

#define FIRST_ROOM 16
#define MAX_BYTES ((Size) MaxAllocSize - 1024)	/* what a serialised state may hold */

/* Bytes of one row. */
static Size
row_bytes(const regression_rows *s)
{
	return (TM_ROW_HEAD + Max(s->p, 0)) * sizeof(double);
}

/* The memory of the aggregate that calls; an error elsewhere. */
static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("function belongs to an aggregate")));
	return context;
}

/* A state without rows. */
static regression_rows *
new_rows(MemoryContext context, bool intercept)
{
	regression_rows *s = MemoryContextAllocZero(context, sizeof *s);

	s->p = -1;
	s->intercept = intercept;
	return s;
}

/* Makes room for more rows, at least doubling it. */
static void
reserve(MemoryContext context, regression_rows *s, int64 more)
{
	int64		most = MAX_BYTES / row_bytes(s);
	int64		room = Max(Max(s->room * 2, s->n + more), FIRST_ROOM);

	if (s->n + more <= s->room)
		return;
	if (s->n + more > most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows for one regression"),
				 errdetail("A row with %d covariates takes %zu bytes; a regression holds 1 GB, which is %lld rows.",
						   s->p, row_bytes(s), (long long) most),
				 errhint("Group equal rows into one with a sum of events and an exposure or a number of trials.")));
	room = Min(room, most);
	if (s->data)
		s->data = repalloc_huge(s->data, room * row_bytes(s));
	else
		s->data = MemoryContextAllocHuge(context, room * row_bytes(s));
	s->room = room;
}

/* Sets the number of covariates, or checks it. */
static void
check_width(regression_rows *s, int p)
{
	if (p > TM_GLM_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many covariates"),
				 errdetail("There are %d; the limit is %d.", p, TM_GLM_COLUMNS)));
	if (s->p < 0)
		s->p = p;
	if (s->p != p)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("rows differ in their number of covariates"),
				 errdetail("There are rows with %d and with %d.", s->p, p)));
}

/* Checks that the intercept is asked for in every row or in none. */
static void
check_intercept(const regression_rows *s, bool intercept)
{
	if (s->intercept != intercept)
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
	MemoryContext context = aggregate_context(fcinfo);
	bool		intercept = true;
	regression_rows *s;
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
	s = PG_ARGISNULL(0) ? new_rows(context, intercept) : (regression_rows *) PG_GETARG_POINTER(0);
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
		s->dropped++;
		PG_RETURN_POINTER(s);
	}
	reserve(context, s, 1);
	row = s->data + s->n * (TM_ROW_HEAD + s->p);
	memcpy(row, start, sizeof start);
	if (covariates(x, s->p, row + TM_ROW_HEAD))
		s->n++;
	else
		s->dropped++;
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_regression_combine);
/* The rows of both states, in the memory of the first. */
Datum
tmap_regression_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	regression_rows *a;
	regression_rows *b;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	b = (regression_rows *) PG_GETARG_POINTER(1);
	a = PG_ARGISNULL(0) ? new_rows(context, b->intercept) : (regression_rows *) PG_GETARG_POINTER(0);
	check_intercept(a, b->intercept);
	if (b->p >= 0)
		check_width(a, b->p);
	a->dropped += b->dropped;
	if (b->n > 0)
	{
		reserve(context, a, b->n);
		memcpy((char *) a->data + a->n * row_bytes(a), b->data, b->n * row_bytes(b));
		a->n += b->n;
	}
	PG_RETURN_POINTER(a);
}

PG_FUNCTION_INFO_V1(tmap_regression_serialize);
/* The state as bytes for another process of this server. */
Datum
tmap_regression_serialize(PG_FUNCTION_ARGS)
{
	regression_rows *s;
	StringInfoData buf;

	aggregate_context(fcinfo);
	s = (regression_rows *) PG_GETARG_POINTER(0);
	pq_begintypsend(&buf);
	pq_sendint32(&buf, s->p);
	pq_sendint8(&buf, s->intercept);
	pq_sendint64(&buf, s->n);
	pq_sendint64(&buf, s->dropped);
	if (s->n > 0)
		pq_sendbytes(&buf, (char *) s->data, s->n * row_bytes(s));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(tmap_regression_deserialize);
/* Bytes of the serialisation back to a state. */
Datum
tmap_regression_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData buf;
	regression_rows *s;

	aggregate_context(fcinfo);
	buf.data = VARDATA_ANY(bytes);
	buf.len = buf.maxlen = VARSIZE_ANY_EXHDR(bytes);
	buf.cursor = 0;
	s = new_rows(CurrentMemoryContext, false);
	s->p = pq_getmsgint(&buf, 4);
	s->intercept = pq_getmsgbyte(&buf);
	s->n = s->room = pq_getmsgint64(&buf);
	s->dropped = pq_getmsgint64(&buf);
	if (s->p < -1 || s->p > TM_GLM_COLUMNS || s->n < 0 || s->n > MAX_BYTES / row_bytes(s) ||
		s->n * row_bytes(s) != buf.len - buf.cursor)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid state of a regression")));
	if (s->n > 0)
	{
		s->data = MemoryContextAllocHuge(CurrentMemoryContext, s->n * row_bytes(s));
		pq_copymsgbytes(&buf, (char *) s->data, s->n * row_bytes(s));
	}
	PG_RETURN_POINTER(s);
}
