/*
 * areas.c - the state of the aggregates over areas.
 *
 * It is that of columns.c with one number a row: an area is a run of
 * numbers, its header first, then its neighbours' ids and their weights.
 */
#include "spatial.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "columns.h"
#include "partition.h"
#include "utils/float.h"
#include "utils/memutils.h"

enum
{
	RUN_ID,
	RUN_COUNT,					/* of neighbours */
	RUN_WEIGHTED,				/* 1: as many weights stand behind them */
	RUN_PERMUTATIONS,			/* or orders */
	RUN_SEED,					/* the bits of an int64 */
	RUN_KEEP,
	RUN_VALUE,
	RUN_HEADER = RUN_VALUE + TMAP_SPATIAL_VALUES
};

/* An array argument, NULL when it is. */
static ArrayType *
array_arg(FunctionCallInfo fcinfo, int arg, const char *name, int64 *length)
{
	ArrayType  *array;

	*length = 0;
	if (arg >= PG_NARGS() || PG_ARGISNULL(arg))
		return NULL;
	array = PG_GETARG_ARRAYTYPE_P(arg);
	*length = tmap_array_length(array, name);
	return array;
}

/* Writes the options of a call, from an argument on: permutations (or orders), seed, keep_islands; those not there are 0. */
static void
write_options(FunctionCallInfo fcinfo, int first, bool orders, double *run)
{
	const char *const names[] = {orders ? "orders" : "permutations", "seed", "keep_islands"};
	int64		seed = 0;

	run[RUN_PERMUTATIONS] = run[RUN_KEEP] = 0.0;
	for (int arg = first; arg < PG_NARGS(); arg++)
		if (PG_ARGISNULL(arg))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" is NULL", names[arg - first])));
	if (PG_NARGS() > first)
		run[RUN_PERMUTATIONS] = PG_GETARG_INT32(first);
	if (PG_NARGS() > first + 1)
		seed = PG_GETARG_INT64(first + 1);
	if (PG_NARGS() > first + 2)
		run[RUN_KEEP] = PG_GETARG_BOOL(first + 2);
	memcpy(run + RUN_SEED, &seed, sizeof seed);
}

/* One more area: so many values, then id, neighbours, and the arguments from there on. */
static Datum
step(FunctionCallInfo fcinfo, int values, const double *value, bool usable, bool weights_there)
{
	tmap_columns *s = tmap_columns_state(fcinfo, 1);
	int			at = 1 + values;
	int64		count;
	int64		weights;
	ArrayType  *neighbours = array_arg(fcinfo, at + 1, "neighbours", &count);
	ArrayType  *weight = array_arg(fcinfo, weights_there ? at + 2 : PG_NARGS(), "weights", &weights);
	double	   *run;

	s->flag = !weights_there;
	if (!usable || PG_ARGISNULL(at) || !neighbours)
	{
		s->left_out++;
		PG_RETURN_POINTER(s);
	}
	if (weight && weights != count)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("as many weights as neighbours are needed"),
				 errdetail("Area %d has %lld neighbours and %lld weights.", PG_GETARG_INT32(at), (long long) count, (long long) weights)));
	run = tmap_columns_more(fcinfo, s, RUN_HEADER + 2 * count);
	run[RUN_ID] = PG_GETARG_INT32(at);
	run[RUN_COUNT] = count;
	run[RUN_WEIGHTED] = weight != NULL;
	write_options(fcinfo, weights_there ? at + 3 : at + 2, !weights_there, run);
	for (int v = 0; v < TMAP_SPATIAL_VALUES; v++)
		run[RUN_VALUE + v] = v < values ? value[v] : 0.0;
	for (int64 i = 0; i < count; i++)
		run[RUN_HEADER + i] = ((int32 *) ARR_DATA_PTR(neighbours))[i];
	if (weight)
		memcpy(run + RUN_HEADER + count, ARR_DATA_PTR(weight), count * sizeof(double));
	s->n += RUN_HEADER + count + weights;
	PG_FREE_IF_COPY(neighbours, at + 1);
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_areas_step);
/* Transition without a value: id, neighbours, weights. */
Datum
tmap_areas_step(PG_FUNCTION_ARGS)
{
	return step(fcinfo, 0, NULL, true, true);
}

PG_FUNCTION_INFO_V1(tmap_areas_value_step);
/* Transition: value, id, neighbours, and the rest. */
Datum
tmap_areas_value_step(PG_FUNCTION_ARGS)
{
	double		v[1] = {0};
	bool		usable = tmap_columns_floats(fcinfo, 1, 1, v);

	return step(fcinfo, 1, v, usable, true);
}

PG_FUNCTION_INFO_V1(tmap_areas_orders_step);
/* Transition: value, id, neighbours, orders. */
Datum
tmap_areas_orders_step(PG_FUNCTION_ARGS)
{
	double		v[1] = {0};
	bool		usable = tmap_columns_floats(fcinfo, 1, 1, v);

	return step(fcinfo, 1, v, usable, false);
}

PG_FUNCTION_INFO_V1(tmap_areas_pair_step);
/* Transition: two values, id, neighbours, and the rest. */
Datum
tmap_areas_pair_step(PG_FUNCTION_ARGS)
{
	double		v[2] = {0};
	bool		usable = tmap_columns_floats(fcinfo, 1, 2, v);

	return step(fcinfo, 2, v, usable, true);
}

PG_FUNCTION_INFO_V1(tmap_areas_rate_step);
/* Transition: events (bigint), population, id, neighbours, and the rest; an area without people is left out. */
Datum
tmap_areas_rate_step(PG_FUNCTION_ARGS)
{
	double		v[2] = {0};
	bool		usable = tmap_columns_floats(fcinfo, 2, 1, v + 1) && !PG_ARGISNULL(1);

	if (usable)
	{
		v[0] = (double) PG_GETARG_INT64(1);
		if (v[0] < 0 || v[1] < 0)
			tmap_raise(TM_NEGATIVE, psprintf("There are %.0f events among %g.", v[0], v[1]));
		if (v[1] == 0 && v[0] > 0)
			tmap_raise(TM_EVENTS_EXCEED, psprintf("There are %.0f events among nobody.", v[0]));
	}
	return step(fcinfo, 2, v, usable && v[1] > 0, true);
}

/* Raises when an option differs between areas. */
static void
check_option(const double *run, const double *first, int option, const char *name)
{
	if (memcmp(run + option, first + option, sizeof(double)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" differs between rows of one group", name),
				 errhint("Give one value, or GROUP BY what it depends on.")));
}

/* Reads the areas of a state, and their options. */
void
tmap_area_state_read(const tmap_columns *s, int values, tmap_area_rows *rows, tmap_area_options *o)
{
	int32	   *neighbour = NULL;
	int64		room = 0;

	tmap_area_rows_start(rows, values, CurrentMemoryContext);
	rows->left_out = s->left_out;
	*o = (tmap_area_options) {0};
	for (int64 at = 0; at < s->n;)
	{
		const double *run = s->data + at;
		int64		count = (int64) run[RUN_COUNT];

		check_option(run, s->data, RUN_PERMUTATIONS, s->flag ? "orders" : "permutations");
		check_option(run, s->data, RUN_SEED, "seed");
		check_option(run, s->data, RUN_KEEP, "keep_islands");
		if (count >= room)
		{
			room = Max(64, 2 * count);
			neighbour = tmap_spatial_alloc(CurrentMemoryContext, room, sizeof(int32));
		}
		for (int64 i = 0; i < count; i++)
			neighbour[i] = (int32) run[RUN_HEADER + i];
		tmap_area_rows_add(rows, (int32) run[RUN_ID], run + RUN_VALUE, neighbour, run[RUN_WEIGHTED] != 0 ? run + RUN_HEADER + count : NULL, count);
		at += RUN_HEADER + count * (run[RUN_WEIGHTED] != 0 ? 2 : 1);
	}
	if (rows->n > TMAP_PARTITION_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many areas in one group"),
				 errdetail("There are %lld; the limit is %d.", (long long) rows->n, TMAP_PARTITION_ROWS)));
	if (s->n > 0)
	{
		o->permutations = (int64) s->data[RUN_PERMUTATIONS];
		memcpy(&o->seed, s->data + RUN_SEED, sizeof o->seed);
		o->keep_islands = s->data[RUN_KEEP] != 0;
	}
}
