/*
 * spatial_window.c - the areas of a window's partition. Columns are read one
 * after the other, for to read a row's second argument the executor would step
 * on and back in its store of rows.
 */
#include "spatial.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "partition.h"
#include "utils/memutils.h"
#include "windowapi.h"

/* Rows of arrays of the partition, one behind the other. */
typedef struct pile
{
	int64	   *first;			/* by row of the partition, one more at the end */
	char	   *data;
	int64		room;
	bool	   *null;			/* by row */
} pile;

/* One argument of one row of the partition. */
static Datum
value_at(WindowObject window, int arg, int64 row, bool *null)
{
	bool		out;

	CHECK_FOR_INTERRUPTS();
	return WinGetFuncArgInPartition(window, arg, row, WINDOW_SEEK_HEAD, false, null, &out);
}

/* Reads an argument that is a number (float8, bigint, integer, boolean) of all rows. */
static double *
read_numbers(FunctionCallInfo fcinfo, int arg, int64 rows, bool *null)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, arg);
	double	   *out = tmap_spatial_alloc(CurrentMemoryContext, rows, sizeof *out);

	for (int64 row = 0; row < rows; row++)
	{
		bool		is_null;
		Datum		d = value_at(tmap_window(fcinfo), arg, row, &is_null);

		null[row] |= is_null;
		out[row] = 0.0;
		if (is_null)
			continue;
		out[row] = type == INT4OID ? DatumGetInt32(d) : type == INT8OID ? (double) DatumGetInt64(d) :
			type == BOOLOID ? DatumGetBool(d) : DatumGetFloat8(d) + 0.0;
		if (!isfinite(out[row]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("NaN or infinite number in a row of the window"),
					 errhint("A number that is not known is NULL: the row then stays out and gets NULL.")));
	}
	return out;
}

/* Reads an argument that is an array of int4 or float8 of all rows. */
static pile
read_arrays(FunctionCallInfo fcinfo, int arg, int64 rows, Size each, const char *name)
{
	pile		p = {.room = 1024};
	int64		used = 0;

	p.first = tmap_spatial_alloc(CurrentMemoryContext, rows + 1, sizeof(int64));
	p.null = tmap_spatial_alloc(CurrentMemoryContext, rows, sizeof(bool));
	p.data = tmap_spatial_alloc(CurrentMemoryContext, p.room, each);
	for (int64 row = 0; row < rows; row++)
	{
		Datum		d = value_at(tmap_window(fcinfo), arg, row, p.null + row);
		ArrayType  *array;
		int64		count;

		p.first[row] = used;
		if (p.null[row])
			continue;
		array = DatumGetArrayTypeP(d);
		count = tmap_array_length(array, name);
		if (used + count > p.room)
		{
			p.room = Max(2 * p.room, used + count);
			p.data = repalloc_huge(p.data, p.room * each);
		}
		memcpy(p.data + used * each, ARR_DATA_PTR(array), count * each);
		used += count;
		if ((Pointer) array != DatumGetPointer(d))
			pfree(array);
	}
	p.first[rows] = used;
	return p;
}

/* Raises unless each row has as many weights as neighbours. */
static void
check_lengths(int64 neighbours, int64 weights, int32 id)
{
	if (neighbours != weights)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("as many weights as neighbours are needed"),
				 errdetail("Area %d has %lld neighbours and %lld weights.", id, (long long) neighbours, (long long) weights)));
}

/*
 * Gives the partition of the current row with its areas: the first arguments
 * are so many values, an id and an array of neighbours; weights, when there
 * are any, stand at that argument (else -1). True when this call read it, so
 * that the caller has to build and compute.
 */
bool
tmap_area_window_first(FunctionCallInfo fcinfo, int values, int weights, tmap_area_window **window)
{
	WindowObject object = tmap_window(fcinfo);
	tmap_area_window *w = WinGetPartitionLocalMemory(object, sizeof *w);
	double	   *value[TMAP_SPATIAL_VALUES];
	double	   *id;
	pile		neighbour;
	pile		weight = {0};
	bool	   *null;

	*window = w;
	if (w->read)
		return false;
	w->rows = WinGetPartitionRowCount(object);
	if (w->rows > TMAP_PARTITION_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in one partition of the window"),
				 errdetail("It has %lld; the limit is %d.", (long long) w->rows, TMAP_PARTITION_ROWS),
				 errhint("One row is one area in one period: is a PARTITION BY missing?")));
	w->context = GetMemoryChunkContext(w);
	null = tmap_spatial_alloc(CurrentMemoryContext, w->rows, sizeof(bool));
	memset(null, 0, w->rows * sizeof(bool));
	for (int v = 0; v < values; v++)
		value[v] = read_numbers(fcinfo, v, w->rows, null);
	id = read_numbers(fcinfo, values, w->rows, null);
	neighbour = read_arrays(fcinfo, values + 1, w->rows, sizeof(int32), "neighbours");
	if (weights >= 0)
		weight = read_arrays(fcinfo, weights, w->rows, sizeof(double), "weights");
	w->row = tmap_spatial_alloc(w->context, w->rows, sizeof(int32));
	tmap_area_rows_start(&w->given, values, w->context);
	for (int64 row = 0; row < w->rows; row++)
	{
		double		v[TMAP_SPATIAL_VALUES] = {0};
		int64		count = neighbour.first[row + 1] - neighbour.first[row];
		bool		weighted = weights >= 0 && !weight.null[row];

		w->row[row] = -1;
		if (null[row] || neighbour.null[row])
		{
			w->given.left_out++;
			continue;
		}
		for (int c = 0; c < values; c++)
			v[c] = value[c][row];
		if (weighted)
			check_lengths(count, weight.first[row + 1] - weight.first[row], (int32) id[row]);
		w->row[row] = (int32) w->given.n;
		tmap_area_rows_add(&w->given, (int32) id[row], v, (const int32 *) (void *) neighbour.data + neighbour.first[row],
						   weighted ? (const double *) (void *) weight.data + weight.first[row] : NULL, count);
	}
	w->read = true;
	return true;
}

/* Builds the areas of a partition; the option whether islands stay is at that argument, -1: they do. */
void
tmap_area_window_build(FunctionCallInfo fcinfo, tmap_area_window *w, int keep)
{
	tmap_areas_build(&w->given, keep < 0 || DatumGetBool(tmap_partition_option(fcinfo, keep, "keep_islands", NULL)), &w->areas);
}

/* The row as read of the current row; -1 when it has a NULL. */
int64
tmap_area_window_row(FunctionCallInfo fcinfo, const tmap_area_window *w)
{
	return w->row[WinGetCurrentPosition(tmap_window(fcinfo))];
}

/* The area of the current row; -1 when it has a NULL or is an island that is out. */
int32
tmap_area_window_place(FunctionCallInfo fcinfo, const tmap_area_window *w)
{
	int64		row = tmap_area_window_row(fcinfo, w);

	return row < 0 ? -1 : w->areas.place[row];
}
