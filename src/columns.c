/*
 * columns.c - an aggregate's state that holds rows of a few float8.
 *
 * A flat typed state would be copied by the executor whenever it grows, which is
 * quadratic over n rows: the state is `internal`, grown by doubling in the
 * aggregate's memory, and travels between workers through the serialisation
 * below. A row takes 8 bytes a number; a group holds at most 1 GB. The rows are
 * in no order: whoever sums over them sorts them first.
 */
#include "columns.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define FIRST_ROOM 16
#define MOST_COLUMNS 1024
#define MAX_BYTES ((Size) MaxAllocSize - 1024)	/* what a serialised state may hold */

/* Bytes of one row. */
static Size
row_bytes(const tmap_columns *s)
{
	return Max(s->k, 1) * sizeof(double);
}

/* The memory of the aggregate that calls; an error elsewhere. */
MemoryContext
tmap_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("function belongs to an aggregate")));
	return context;
}

/* A state without rows. */
static tmap_columns *
new_state(MemoryContext context, int k)
{
	tmap_columns *s = MemoryContextAllocZero(context, sizeof *s);

	s->k = k;
	return s;
}

/* The state a transition function was called with, a new one for rows of k numbers at first. */
tmap_columns *
tmap_columns_state(FunctionCallInfo fcinfo, int k)
{
	MemoryContext context = tmap_aggregate_context(fcinfo);

	return PG_ARGISNULL(0) ? new_state(context, k) : (tmap_columns *) PG_GETARG_POINTER(0);
}

/* Makes room for more rows, at least doubling it. */
static void
reserve(MemoryContext context, tmap_columns *s, int64 more)
{
	int64		most = MAX_BYTES / row_bytes(s);
	int64		room = Min(Max(Max(s->room * 2, s->n + more), FIRST_ROOM), most);

	if (s->n + more <= s->room)
		return;
	if (s->n + more > most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in one group"),
				 errdetail("A row takes %zu bytes; a group holds 1 GB, which is %lld rows.", row_bytes(s), (long long) most),
				 errhint("Group equal rows into one and add up their weights.")));
	if (s->data)
		s->data = repalloc_huge(s->data, room * row_bytes(s));
	else
		s->data = MemoryContextAllocHuge(context, room * row_bytes(s));
	s->room = room;
}

/* Where the next row is to be written; it counts once the caller adds 1 to n. */
double *
tmap_columns_next(FunctionCallInfo fcinfo, tmap_columns *s)
{
	if (s->n == s->room)
		reserve(tmap_aggregate_context(fcinfo), s, 1);
	return s->data + s->n * s->k;
}

/* Where the next rows are to be written, that many at most; they count once the caller adds them to n. */
double *
tmap_columns_more(FunctionCallInfo fcinfo, tmap_columns *s, int64 rows)
{
	if (s->n + rows > s->room)
		reserve(tmap_aggregate_context(fcinfo), s, rows);
	return s->data + s->n * s->k;
}

/* Reads n float8 arguments into a row; false when one is NULL, an error when one is not finite. */
bool
tmap_columns_floats(FunctionCallInfo fcinfo, int first, int n, double *row)
{
	bool		whole = true;

	for (int i = 0; i < n; i++)
	{
		if (PG_ARGISNULL(first + i))
		{
			whole = false;
			continue;
		}
		row[i] = PG_GETARG_FLOAT8(first + i) + 0.0; /* no negative zero: equal rows are equal bytes */
		if (!isfinite(row[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("value that is not finite"),
					 errhint("Leave such values out with FILTER (WHERE ...), or give NULL.")));
	}
	return whole;
}

PG_FUNCTION_INFO_V1(tmap_columns_step);
/* Transition: one more row of the float8 arguments; a row with a NULL is left out and counted. */
Datum
tmap_columns_step(PG_FUNCTION_ARGS)
{
	int			k = PG_NARGS() - 1;
	tmap_columns *s = tmap_columns_state(fcinfo, k);

	if (tmap_columns_floats(fcinfo, 1, k, tmap_columns_next(fcinfo, s)))
		s->n++;
	else
		s->left_out++;
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_columns_combine);
/* The rows of both states, in the memory of the first. */
Datum
tmap_columns_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = tmap_aggregate_context(fcinfo);
	tmap_columns *a;
	tmap_columns *b;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	b = (tmap_columns *) PG_GETARG_POINTER(1);
	a = PG_ARGISNULL(0) ? new_state(context, b->k) : (tmap_columns *) PG_GETARG_POINTER(0);
	a->flag |= b->flag;
	a->k = a->k ? a->k : b->k;
	if (b->k != 0 && a->k != b->k)
		elog(ERROR, "states hold rows of different width");
	a->left_out += b->left_out;
	if (b->n > 0)
	{
		reserve(context, a, b->n);
		memcpy(a->data + a->n * a->k, b->data, b->n * row_bytes(b));
		a->n += b->n;
	}
	PG_RETURN_POINTER(a);
}

PG_FUNCTION_INFO_V1(tmap_columns_serialize);
/* The state as bytes for another process of this server. */
Datum
tmap_columns_serialize(PG_FUNCTION_ARGS)
{
	tmap_columns *s;
	StringInfoData buf;

	tmap_aggregate_context(fcinfo);
	s = (tmap_columns *) PG_GETARG_POINTER(0);
	pq_begintypsend(&buf);
	pq_sendint32(&buf, s->k);
	pq_sendint8(&buf, s->flag);
	pq_sendint64(&buf, s->n);
	pq_sendint64(&buf, s->left_out);
	if (s->n > 0)
		pq_sendbytes(&buf, (char *) s->data, s->n * row_bytes(s));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(tmap_columns_deserialize);
/* Bytes of the serialisation back to a state. */
Datum
tmap_columns_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData buf;
	tmap_columns *s;

	tmap_aggregate_context(fcinfo);
	buf.data = VARDATA_ANY(bytes);
	buf.len = buf.maxlen = VARSIZE_ANY_EXHDR(bytes);
	buf.cursor = 0;
	s = new_state(CurrentMemoryContext, pq_getmsgint(&buf, 4));
	s->flag = pq_getmsgbyte(&buf) != 0;
	s->n = s->room = pq_getmsgint64(&buf);
	s->left_out = pq_getmsgint64(&buf);
	if (s->k < 0 || s->k > MOST_COLUMNS || s->n < 0 || s->n > MAX_BYTES / row_bytes(s) || s->n * row_bytes(s) != buf.len - buf.cursor)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid state of an aggregate")));
	if (s->n > 0)
	{
		s->data = MemoryContextAllocHuge(CurrentMemoryContext, s->n * row_bytes(s));
		pq_copymsgbytes(&buf, (char *) s->data, s->n * row_bytes(s));
	}
	PG_RETURN_POINTER(s);
}

/* The state a final function was called with; NULL when the aggregate saw no row. */
tmap_columns *
tmap_columns_final(FunctionCallInfo fcinfo)
{
	tmap_aggregate_context(fcinfo);
	return PG_ARGISNULL(0) ? NULL : (tmap_columns *) PG_GETARG_POINTER(0);
}

/*
 * The first keep numbers of the rows whose weight (the column of that number; -1:
 * none) is not 0, copied, for the state must outlive its final function in a
 * window; *n counts them, *work has room for as many.
 */
double *
tmap_columns_used(const tmap_columns *s, int weight, int keep, int64 *n, double **work)
{
	Size		bytes = keep * sizeof(double);
	double	   *rows = MemoryContextAllocHuge(CurrentMemoryContext, Max(s->n, 1) * bytes);

	*work = MemoryContextAllocHuge(CurrentMemoryContext, Max(s->n, 1) * bytes);
	*n = 0;
	for (int64 i = 0; i < s->n; i++)
	{
		const double *row = s->data + i * s->k;

		if (weight < 0 || row[weight] != 0)
			memcpy(rows + (*n)++ * keep, row, bytes);
	}
	return rows;
}

/* The number a column holds in every row; an error when rows differ, NaN without rows. */
double
tmap_columns_constant(const tmap_columns *s, int column, const char *name)
{
	for (int64 i = 1; i < s->n; i++)
		if (s->data[i * s->k + column] != s->data[column])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s differs between rows", name),
					 errdetail("There are rows with %g and with %g.", s->data[column], s->data[i * s->k + column]),
					 errhint("Give the same value in every row of a group.")));
	return s->n > 0 ? s->data[column] : NAN;
}

/* A number as a result, NaN as NULL. */
Datum
tmap_columns_number(FunctionCallInfo fcinfo, double v)
{
	if (isnan(v))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(v);
}

/* A composite result from n numbers, one a column of type bigint or float8, NaN as NULL. */
Datum
tmap_columns_result(FunctionCallInfo fcinfo, const double *v, int n)
{
	TupleDesc	desc;
	Datum	   *values = palloc(n * sizeof *values);
	bool	   *nulls = palloc(n * sizeof *nulls);

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != n)
		elog(ERROR, "return type must have %d columns", n);
	for (int i = 0; i < n; i++)
	{
		nulls[i] = isnan(v[i]);
		if (nulls[i])
			values[i] = (Datum) 0;
		else if (TupleDescAttr(desc, i)->atttypid == INT8OID)
			values[i] = Int64GetDatum((int64) v[i]);
		else
			values[i] = Float8GetDatum(v[i]);
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

/* The core's tick: a cancelled query leaves here. */
void
tmap_columns_tick(void)
{
	CHECK_FOR_INTERRUPTS();
}
