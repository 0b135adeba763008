/*
 * partition.c - a window function's whole partition as columns of float8.
 *
 * The executor keeps the rows of a partition (in memory up to work_mem, then
 * on disk); this keeps 8 bytes a column and 4 bytes a row of them, and as much
 * again while they are sorted.
 */
#include "partition.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "windowapi.h"

/* The window of the call; an error outside one. */
WindowObject
tmap_window(FunctionCallInfo fcinfo)
{
	WindowObject window = PG_WINDOW_OBJECT();

	if (!WindowObjectIsValid(window))
		elog(ERROR, "called outside a window");
	return window;
}

/* An argument's value as float8, by its declared type; raises unless it is finite. */
static double
as_float8(Datum value, Oid type)
{
	double		v = type == INT8OID ? (double) DatumGetInt64(value) :
		type == INT4OID ? (double) DatumGetInt32(value) :
		type == BOOLOID ? (double) DatumGetBool(value) : DatumGetFloat8(value);

	if (!isfinite(v))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("NaN or infinite number in a row of the window"),
				 errhint("A number that is not known is NULL: the row then stays out and gets NULL.")));
	return v + 0.0;				/* no negative zero: equal numbers are equal bits */
}

/* pg_qsort order of records: by each column in turn; the record's row stands behind them. */
static int
by_columns(const void *a, const void *b, void *columns)
{
	const double *x = a;
	const double *y = b;

	CHECK_FOR_INTERRUPTS();
	for (int c = 0; c < *(int *) columns; c++)
	{
		if (x[c] != y[c])
			return x[c] < y[c] ? -1 : 1;
	}
	return 0;
}

/* Memory of the partition for n elements; more than 1 GB is allowed, the rows are bounded. */
static void *
alloc_many(const tmap_partition *p, int64 n, Size each)
{
	return MemoryContextAllocHuge(p->context, Max(n, 1) * each);
}

/* Memory of the partition for one element of this size for every place. */
void *
tmap_partition_alloc(const tmap_partition *p, Size each)
{
	return alloc_many(p, p->n, each);
}

/* Reads one argument of all rows into its column of the records and marks rows where it is NULL. */
static void
read_column(WindowObject window, tmap_partition *p, int c, Oid type, double *records)
{
	for (int64 row = 0; row < p->rows; row++)
	{
		bool		null,
					out;
		Datum		value = WinGetFuncArgInPartition(window, c, row, WINDOW_SEEK_HEAD, false, &null, &out);

		CHECK_FOR_INTERRUPTS();
		if (null)
			p->place[row] = -1;
		else
			records[row * (p->columns + 1) + c] = as_float8(value, type);
	}
}

/*
 * Reads the rows without a NULL as records of columns + 1 numbers, the last
 * one the row, and counts them. A column at a time, for to read a row's second
 * argument the executor would step on and back in its store of rows.
 */
static double *
read_records(FunctionCallInfo fcinfo, WindowObject window, tmap_partition *p)
{
	Size		width = (Size) p->columns + 1;
	double	   *records = alloc_many(p, p->rows, width * sizeof(double));

	memset(p->place, 0, p->rows * sizeof *p->place);
	for (int c = 0; c < p->columns; c++)
		read_column(window, p, c, get_fn_expr_argtype(fcinfo->flinfo, c), records);
	for (int64 row = 0; row < p->rows; row++)
	{
		double	   *record = records + p->n * width;

		if (p->place[row] < 0)
			continue;
		if (p->n < row)
			memcpy(record, records + row * width, p->columns * sizeof(double));
		record[p->columns] = (double) row;
		p->n++;
	}
	return records;
}

/* Reads, sorts and lays out the columns of a partition. */
static void
read_partition(FunctionCallInfo fcinfo, WindowObject window, tmap_partition *p)
{
	double	   *records;

	p->rows = WinGetPartitionRowCount(window);
	if (p->rows > TMAP_PARTITION_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in one partition of the window"),
				 errdetail("It has %lld; the limit is %d.", (long long) p->rows, TMAP_PARTITION_ROWS),
				 errhint("One row is one area in one period: is a PARTITION BY missing?")));
	p->place = alloc_many(p, p->rows, sizeof(int32));
	records = read_records(fcinfo, window, p);
	qsort_arg(records, p->n, (p->columns + 1) * sizeof(double), by_columns, &p->columns);
	for (int c = 0; c < p->columns; c++)
		p->column[c] = tmap_partition_alloc(p, sizeof(double));
	for (int64 i = 0; i < p->n; i++)
	{
		const double *record = records + i * (p->columns + 1);

		for (int c = 0; c < p->columns; c++)
			p->column[c][i] = record[c];
		p->place[(int64) record[p->columns]] = (int32) i;
	}
	pfree(records);
}

/*
 * Gives the partition of the current row with its first arguments as columns
 * (float8, bigint, integer or boolean); true when it was read by this call, so that the
 * caller has to compute.
 */
bool
tmap_partition_first(FunctionCallInfo fcinfo, int columns, tmap_partition **partition)
{
	WindowObject window = tmap_window(fcinfo);
	tmap_partition *p = WinGetPartitionLocalMemory(window, sizeof *p);

	*partition = p;
	if (p->read)
		return false;
	p->context = GetMemoryChunkContext(p);
	p->columns = columns;
	read_partition(fcinfo, window, p);
	p->read = true;
	return true;
}

/* The place of the current row in the columns, -1 when a column is NULL in it. */
int64
tmap_partition_place(FunctionCallInfo fcinfo, const tmap_partition *p)
{
	return p->place[WinGetCurrentPosition(tmap_window(fcinfo))];
}

/* The core's tick: a cancelled query leaves here. */
static void
check_interrupts(void *arg)
{
	(void) arg;
	CHECK_FOR_INTERRUPTS();
}

const tm_ticker tmap_ticker = {check_interrupts, NULL};

/*
 * An argument that holds for the whole partition (a level, a method). It may
 * not differ between rows: the result would depend on which of them is first.
 * It may be NULL when is_null can say so.
 */
Datum
tmap_partition_option(FunctionCallInfo fcinfo, int arg, const char *name, bool *is_null)
{
	WindowObject window = tmap_window(fcinfo);
	bool		null;
	Datum		value = WinGetFuncArgCurrent(window, arg, &null);
	int64		rows;
	int16		length;
	bool		by_value;

	if (null && !is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" is NULL", name),
				 errhint("Leave it out to take its default.")));
	if (is_null)
		*is_null = null;
	if (get_fn_expr_arg_stable(fcinfo->flinfo, arg))
		return value;

	get_typlenbyval(get_fn_expr_argtype(fcinfo->flinfo, arg), &length, &by_value);
	if (!null)
		value = datumCopy(value, by_value, length); /* the row's slot is about to move */
	rows = WinGetPartitionRowCount(window);
	for (int64 row = 0; row < rows; row++)
	{
		bool		out,
					other_null;
		Datum		other = WinGetFuncArgInPartition(window, arg, row, WINDOW_SEEK_HEAD, false, &other_null, &out);

		CHECK_FOR_INTERRUPTS();
		if (null != other_null || (!null && !datum_image_eq(value, other, by_value, length)))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("argument \"%s\" differs between rows of one partition", name),
					 errhint("Give one value, or PARTITION BY what it depends on.")));
	}
	return value;
}

/* An option that is a float8: finite. */
double
tmap_partition_number(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double		v = DatumGetFloat8(tmap_partition_option(fcinfo, arg, name, NULL));

	if (!isfinite(v))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" is NaN or infinite", name)));
	return v;
}

/* An option that is a text. */
char *
tmap_partition_text(FunctionCallInfo fcinfo, int arg, const char *name)
{
	return text_to_cstring(DatumGetTextPP(tmap_partition_option(fcinfo, arg, name, NULL)));
}

/* A row of the function's composite result type. The type is looked up once a query. */
Datum
tmap_tuple(FunctionCallInfo fcinfo, int natts, Datum *values, bool *nulls)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;

	if (!desc)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != natts)
			elog(ERROR, "return type must be a row of %d columns", natts);
		desc = BlessTupleDesc(desc);
		fcinfo->flinfo->fn_extra = desc;
		MemoryContextSwitchTo(old);
	}
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}
