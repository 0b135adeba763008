/*
 * local.c - local spatial autocorrelation as window functions over all areas
 * of a partition.
 */
#include "spatial.h"

#include <math.h>

#include "miscadmin.h"
#include "partition.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/memutils.h"

#include "core/local.h"

enum
{
	LOCAL_VALUE,
	LOCAL_EXPECTATION,
	LOCAL_VARIANCE,
	LOCAL_Z,
	LOCAL_QUADRANT,
	LOCAL_STANDARDISED,
	LOCAL_LAG,
	LOCAL_STANDARDISED_LAG,
	LOCAL_P_GREATER,
	LOCAL_P_LESS,
	LOCAL_P_TWO,
	LOCAL_P_ADJUSTED,
	LOCAL_COLUMNS
};

/* Workspace of a statistic, at most 1 GB. */
static void *
workspace(Size room)
{
	if (room > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many neighbours of one area"),
				 errdetail("Their permutations would take %zu MB; the limit is 1 GB.", room >> 20)));
	return palloc(room);
}

/* Computes the statistics of a partition: value, id, neighbours, weights, permutations, seed, keep_islands. */
static void
compute(FunctionCallInfo fcinfo, tm_local_kind kind, tmap_area_window *w)
{
	tm_local_task task = {.kind = kind,.links = &w->areas.links};
	tm_local   *out;
	void	   *room;

	task.how.permutations = tmap_permutations(DatumGetInt32(tmap_partition_option(fcinfo, 4, "permutations", NULL)));
	task.how.seed = (uint64_t) DatumGetInt64(tmap_partition_option(fcinfo, 5, "seed", NULL));
	task.how.ticker = tmap_ticker;
	tmap_area_window_build(fcinfo, w, 6);
	task.x = w->areas.value[0];
	task.row_standardised = !w->areas.weighted;
	out = tmap_spatial_alloc(w->context, w->areas.links.n, sizeof *out);
	room = workspace(tm_local_room(&task));
	tm_local_statistics(&task, room, out);
	pfree(room);
	w->result = out;
}

/* The quadrant of the Moran scatterplot; a value or lag that is the mean counts as low. */
static const char *
quadrant(const tm_local *a)
{
	if (a->standardised > 0)
		return a->standardised_lag > 0 ? "High-High" : "High-Low";
	return a->standardised_lag > 0 ? "Low-High" : "Low-Low";
}

/* The statistic of the current row; NULL for an area without a value or without neighbours. */
static Datum
local_row(FunctionCallInfo fcinfo, tm_local_kind kind)
{
	tmap_area_window *w;
	const tm_local *a;
	int32		place;
	double		v[LOCAL_COLUMNS];
	Datum		values[LOCAL_COLUMNS];
	bool		nulls[LOCAL_COLUMNS];

	if (tmap_area_window_first(fcinfo, 1, 3, &w))
		compute(fcinfo, kind, w);
	place = tmap_area_window_place(fcinfo, w);
	if (place < 0)
		PG_RETURN_NULL();
	a = (tm_local *) w->result + place;
	if (isnan(a->standardised))
		PG_RETURN_NULL();
	memcpy(v, (double[LOCAL_COLUMNS]) {a->value, a->expectation, a->variance, a->z, 0, a->standardised, a->lag, a->standardised_lag,
		   a->p_greater, a->p_less, a->p_two, a->p_adjusted}, sizeof v);
	for (int c = 0; c < LOCAL_COLUMNS; c++)
	{
		if (isinf(v[c]))
			float_overflow_error();
		nulls[c] = isnan(v[c]);
		values[c] = c == LOCAL_QUADRANT ? CStringGetTextDatum(quadrant(a)) : Float8GetDatum(v[c]);
	}
	return tmap_tuple(fcinfo, LOCAL_COLUMNS, values, nulls);
}

PG_FUNCTION_INFO_V1(tmap_local_moran);
/* Local Moran's I. */
Datum
tmap_local_moran(PG_FUNCTION_ARGS)
{
	return local_row(fcinfo, TM_LOCAL_MORAN);
}

PG_FUNCTION_INFO_V1(tmap_local_gi);
/* Getis and Ord's Gi. */
Datum
tmap_local_gi(PG_FUNCTION_ARGS)
{
	return local_row(fcinfo, TM_LOCAL_GI);
}

PG_FUNCTION_INFO_V1(tmap_local_gi_star);
/* Getis and Ord's Gi*. */
Datum
tmap_local_gi_star(PG_FUNCTION_ARGS)
{
	return local_row(fcinfo, TM_LOCAL_GI_STAR);
}

PG_FUNCTION_INFO_V1(tmap_local_geary);
/* Local Geary's c. */
Datum
tmap_local_geary(PG_FUNCTION_ARGS)
{
	return local_row(fcinfo, TM_LOCAL_GEARY);
}

/* Computes the join counts of a partition: mark, id, neighbours. */
static void
count_joins(FunctionCallInfo fcinfo, tmap_area_window *w)
{
	tm_join    *out;
	void	   *room;

	tmap_areas_build(&w->given, false, &w->areas);
	out = tmap_spatial_alloc(w->context, w->areas.links.n, sizeof *out);
	room = tmap_spatial_alloc(CurrentMemoryContext, tm_adjust_room(w->areas.links.n), 1);
	tm_local_joins(&w->areas.links, w->areas.value[0], room, out);
	pfree(room);
	w->result = out;
}

PG_FUNCTION_INFO_V1(tmap_local_join_count);
/* Marked neighbours of a marked area, with exact p. */
Datum
tmap_local_join_count(PG_FUNCTION_ARGS)
{
	tmap_area_window *w;
	const tm_join *a;
	int32		place;
	Datum		values[6];
	bool		nulls[6] = {0};

	if (tmap_area_window_first(fcinfo, 1, -1, &w))
		count_joins(fcinfo, w);
	place = tmap_area_window_place(fcinfo, w);
	if (place < 0)
		PG_RETURN_NULL();
	a = (tm_join *) w->result + place;
	if (isnan(a->joins))
		PG_RETURN_NULL();
	values[0] = Int64GetDatum((int64) a->joins);
	values[1] = Int64GetDatum((int64) a->neighbours);
	values[2] = Float8GetDatum(a->expectation);
	values[3] = Float8GetDatum(a->variance);
	values[4] = Float8GetDatum(a->p_greater);
	values[5] = Float8GetDatum(a->p_adjusted);
	return tmap_tuple(fcinfo, 6, values, nulls);
}

/* p adjusted, by place of the columns. */
static void
adjust(FunctionCallInfo fcinfo, tmap_partition *p)
{
	tm_adjustment how;
	double	   *out = tmap_partition_alloc(p, sizeof *out);
	void	   *room = tmap_spatial_alloc(CurrentMemoryContext, tm_adjust_room(p->n), 1);

	tmap_check(tm_adjustment_named(tmap_partition_text(fcinfo, 1, "method"), &how));
	for (int64 i = 0; i < p->n; i++)
		if (p->column[0][i] < 0 || p->column[0][i] > 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("p out of range"),
					 errdetail("It is %g.", p->column[0][i])));
	tm_adjust(how, p->column[0], p->n, sizeof(double), room, out);
	pfree(room);
	p->result = out;
}

PG_FUNCTION_INFO_V1(tmap_adjusted_p);
/* A p adjusted for the number of p in its partition. */
Datum
tmap_adjusted_p(PG_FUNCTION_ARGS)
{
	tmap_partition *p;
	int64		i;

	if (tmap_partition_first(fcinfo, 1, &p))
		adjust(fcinfo, p);
	i = tmap_partition_place(fcinfo, p);
	if (i < 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(((double *) p->result)[i]);
}
