/*
 * neighbours.c - neighbours by distance, of higher order, and their weights.
 */
#include "spatial.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "partition.h"
#include "utils/builtins.h"
#include "windowapi.h"

#include "core/near.h"

/* The points of a partition. */
typedef struct points
{
	tm_near		near;
	int32	   *id;				/* by point */
	double		limit;			/* how many nearest, or within what distance */
	int32	   *found;			/* workspace */
	double	   *squares;
} points;

/* Raises for ids that stand in two rows; they are ascending. */
static void
check_ids(const tmap_partition *p)
{
	for (int64 i = 1; i < p->n; i++)
		if (p->column[0][i] == p->column[0][i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("two rows have the same id"),
					 errdetail("The id is %d.", (int32) p->column[0][i]),
					 errhint("One row is one area: is a PARTITION BY missing?")));
}

/* Whether the points lie on the sphere: the option at that position. */
static bool
sphere_option(FunctionCallInfo fcinfo, int arg)
{
	char	   *name = tmap_partition_text(fcinfo, arg, "metric");

	if (strcmp(name, "plane") != 0 && strcmp(name, "sphere") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no such metric"),
				 errhint("Give plane (coordinates in one unit) or sphere (degrees of longitude and latitude, distances in metres).")));
	return name[0] == 's';
}

/* Reads the points of a partition: id, x, y; the metric at that argument. */
static points *
read_points(FunctionCallInfo fcinfo, tmap_partition *p, int metric)
{
	points	   *all = MemoryContextAllocZero(p->context, sizeof *all);
	double		(*at)[3] = tmap_partition_alloc(p, sizeof *at);

	check_ids(p);
	all->near = (tm_near) {.n = (int32) p->n,.sphere = sphere_option(fcinfo, metric),.at = (const double (*)[3]) at};
	all->near.tree = tmap_partition_alloc(p, sizeof(int32));
	all->near.axis = tmap_partition_alloc(p, sizeof(uint8));
	all->id = tmap_partition_alloc(p, sizeof(int32));
	all->found = tmap_partition_alloc(p, sizeof(int32));
	all->squares = tmap_partition_alloc(p, sizeof(double));
	for (int64 i = 0; i < p->n; i++)
	{
		all->id[i] = (int32) p->column[0][i];
		if (!tm_near_point(all->near.sphere, p->column[1][i], p->column[2][i], at[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("coordinates out of range"),
					 errdetail("Area %d lies at (%g, %g).", all->id[i], p->column[1][i], p->column[2][i]),
					 errhint("On the sphere x is a longitude and y a latitude, in degrees.")));
	}
	tm_near_build(&all->near);
	return all;
}

/* pg_qsort order of int32. */
static int
by_number(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

/* The ids of n points, ascending, as points are in the order of ids. */
static Datum
ids_of(const points *all, int32 *found, int32 n)
{
	qsort(found, n, sizeof *found, by_number);
	for (int32 j = 0; j < n; j++)
		found[j] = all->id[found[j]];
	return tmap_array_of(found, n, INT4OID);
}

PG_FUNCTION_INFO_V1(tmap_nearest_neighbours);
/* nearest_neighbours(id, x, y, k, metric): ids of the k nearest. */
Datum
tmap_nearest_neighbours(PG_FUNCTION_ARGS)
{
	tmap_partition *p;
	points	   *all;
	int64		i;

	if (tmap_partition_first(fcinfo, 3, &p))
	{
		int32		k = DatumGetInt32(tmap_partition_option(fcinfo, 3, "k", NULL));

		if (k < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("number of neighbours out of range"),
					 errhint("Give 1 or more.")));
		all = p->result = read_points(fcinfo, p, 4);
		all->limit = Min(k, p->n);	/* p->n are one more than there can be */
	}
	all = p->result;
	i = tmap_partition_place(fcinfo, p);
	if (i < 0)
		PG_RETURN_NULL();
	CHECK_FOR_INTERRUPTS();
	return ids_of(all, all->found, tm_near_nearest(&all->near, (int32) i, (int32) all->limit, all->found, all->squares));
}

PG_FUNCTION_INFO_V1(tmap_distance_neighbours);
/* distance_neighbours(id, x, y, within, metric): ids of those within a distance. */
Datum
tmap_distance_neighbours(PG_FUNCTION_ARGS)
{
	tmap_partition *p;
	points	   *all;
	int64		i;

	if (tmap_partition_first(fcinfo, 3, &p))
	{
		double		within = tmap_partition_number(fcinfo, 3, "within");

		if (!(within >= 0))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("distance out of range"),
					 errhint("Give a distance from 0 up, in units of the coordinates or, on the sphere, in metres.")));
		all = p->result = read_points(fcinfo, p, 4);
		all->limit = within;
	}
	all = p->result;
	i = tmap_partition_place(fcinfo, p);
	if (i < 0)
		PG_RETURN_NULL();
	CHECK_FOR_INTERRUPTS();
	return ids_of(all, all->found, tm_near_within(&all->near, (int32) i, all->limit, all->found));
}

PG_FUNCTION_INFO_V1(tmap_neighbour_distances);
/* neighbour_distances(id, x, y, neighbours, metric): the distance to each of the current row's neighbours. */
Datum
tmap_neighbour_distances(PG_FUNCTION_ARGS)
{
	tmap_partition *p;
	const points *all;
	ArrayType  *neighbours;
	const int32 *id;
	double	   *out;
	int64		i,
				n;
	bool		null;
	Datum		d;

	if (tmap_partition_first(fcinfo, 3, &p))
		p->result = read_points(fcinfo, p, 4);
	all = p->result;
	i = tmap_partition_place(fcinfo, p);
	d = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), 3, &null);
	if (i < 0 || null)
		PG_RETURN_NULL();
	neighbours = DatumGetArrayTypeP(d);
	n = tmap_array_length(neighbours, "neighbours");
	id = (int32 *) ARR_DATA_PTR(neighbours);
	out = palloc(Max(n, 1) * sizeof *out);
	for (int64 j = 0; j < n; j++)
	{
		int32		to = tmap_place_of_id(all->id, all->near.n, id[j]);

		if (to < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a neighbour has no coordinates"),
					 errdetail("Area %d names %d, which is no row of the partition or has a NULL.", all->id[i], id[j])));
		out[j] = tm_near_distance(&all->near, (int32) i, to);
	}
	return tmap_array_of(out, n, FLOAT8OID);
}

/* Computes the neighbours of higher order of a partition: id, neighbours, steps, up_to. */
static void
find_order(FunctionCallInfo fcinfo, tmap_area_window *w)
{
	int32		steps = DatumGetInt32(tmap_partition_option(fcinfo, 2, "steps", NULL));
	bool		up_to = DatumGetBool(tmap_partition_option(fcinfo, 3, "up_to", NULL));
	tm_links   *out = MemoryContextAllocZero(w->context, sizeof *out);
	int32	   *work;

	if (steps < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("order of neighbours out of range"),
				 errhint("Give 1 or more; 1 are the neighbours themselves.")));
	tmap_area_window_build(fcinfo, w, -1);
	work = tmap_spatial_alloc(CurrentMemoryContext, w->areas.links.n, 2 * sizeof(int32));
	out->first = tmap_spatial_alloc(w->context, w->areas.links.n + 1, sizeof(int64));
	tm_links_of_order(&w->areas.links, steps, up_to, tmap_ticker, work, out);
	out->to = tmap_spatial_alloc(w->context, out->first[out->n], sizeof(int32));
	out->weight = tmap_spatial_alloc(w->context, out->first[out->n], sizeof(double));
	tm_links_of_order(&w->areas.links, steps, up_to, tmap_ticker, work, out);
	pfree(work);
	w->result = out;
}

PG_FUNCTION_INFO_V1(tmap_higher_order);
/* higher_order(id, neighbours, steps, up_to): ids of the neighbours so many steps away. */
Datum
tmap_higher_order(PG_FUNCTION_ARGS)
{
	tmap_area_window *w;
	const tm_links *out;
	int32		i;
	int32	   *ids;

	if (tmap_area_window_first(fcinfo, 0, -1, &w))
		find_order(fcinfo, w);
	out = w->result;
	i = tmap_area_window_place(fcinfo, w);
	if (i < 0)
		PG_RETURN_NULL();
	ids = palloc(Max(tm_links_count(out, i), 1) * sizeof *ids);
	for (int64 l = 0; l < tm_links_count(out, i); l++)
		ids[l] = w->areas.id[out->to[out->first[i] + l]];
	return tmap_array_of(ids, tm_links_count(out, i), INT4OID);
}

/* The weight of the link between two areas, 0 when there is none. */
static double
weight_between(const tm_links *a, int32 i, int32 to)
{
	int32		n = (int32) tm_links_count(a, i);
	int32		at = to < 0 ? -1 : tmap_place_of_id(a->to + a->first[i], n, to);

	return at < 0 ? 0.0 : a->weight[a->first[i] + at];
}

PG_FUNCTION_INFO_V1(tmap_weights_style);
/* weights_style(id, neighbours, weights, style): the weights of the current row's neighbours in a style. */
Datum
tmap_weights_style(PG_FUNCTION_ARGS)
{
	tmap_area_window *w;
	int64		row;
	int64		n;
	double	   *out;

	if (tmap_area_window_first(fcinfo, 0, 2, &w))
	{
		char	   *name = tmap_partition_text(fcinfo, 3, "style");
		tm_links_style style;

		if (tm_style_named(name, &style) != TM_OK)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("no such style of weights"),
					 errhint("Give W, B, C, U or S.")));
		tmap_area_window_build(fcinfo, w, -1);
		if (!w->areas.weighted)
			tm_links_style_apply(&w->areas.links, TM_STYLE_B);
		tm_links_style_apply(&w->areas.links, style);
	}
	row = tmap_area_window_row(fcinfo, w);
	if (row < 0)
		PG_RETURN_NULL();
	n = w->given.first[row + 1] - w->given.first[row];
	out = palloc(Max(n, 1) * sizeof *out);
	for (int64 l = 0; l < n; l++)
		out[l] = weight_between(&w->areas.links, w->areas.place[row],
								tmap_place_of_id(w->areas.id, w->areas.links.n, w->given.neighbour[w->given.first[row] + l]));
	return tmap_array_of(out, n, FLOAT8OID);
}
