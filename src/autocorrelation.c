/*
 * autocorrelation.c - global spatial autocorrelation and the summary of
 * neighbours: what the aggregates over areas answer.
 */
#include "spatial.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "partition.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#define MOST_ORDERS 100
#define RESULT_COLUMNS 15

/* The numbers of a tmap.autocorrelation. */
static void
result_numbers(const tmap_area_rows *rows, const tmap_areas *areas, const tm_global *g, double v[RESULT_COLUMNS])
{
	memcpy(v, (double[RESULT_COLUMNS]) {
		areas->links.n, (double) areas->islands, (double) areas->links.first[areas->links.n], (double) rows->left_out,
			g->value, g->expectation, g->variance_normality, g->z_normality, g->p_normality,
			g->variance_randomisation, g->z_randomisation, g->p_randomisation, g->p_greater, g->p_less, g->p_two
	}, RESULT_COLUMNS * sizeof(double));
}

/* A row of tmap.autocorrelation. */
static Datum
result_row(FunctionCallInfo fcinfo, const tmap_area_rows *rows, const tmap_areas *areas, const tm_global *g)
{
	double		v[RESULT_COLUMNS];

	result_numbers(rows, areas, g, v);
	return tmap_columns_result(fcinfo, v, RESULT_COLUMNS);
}

/* Workspace for a statistic. */
static void *
workspace(const tmap_areas *areas, const tm_shuffle *how)
{
	return tmap_spatial_alloc(CurrentMemoryContext, tm_global_room(&areas->links, how), 1);
}

/* What the options ask of a permutation. */
static tm_shuffle
shuffle_of(const tmap_area_options *o)
{
	return (tm_shuffle) {.permutations = tmap_permutations(o->permutations),.seed = o->seed,.ticker = tmap_ticker};
}

/* A statistic of one value; of rates, standardised first, when there are two. NULL when the aggregate saw no row. */
static Datum
final(FunctionCallInfo fcinfo, tm_global_kind kind, int values)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	tmap_area_rows rows;
	tmap_areas	areas;
	tmap_area_options o;
	tm_shuffle	how;
	tm_global	g;
	tm_status	status = TM_OK;
	double	   *x;

	if (s == NULL)
		PG_RETURN_NULL();
	tmap_area_state_read(s, values, &rows, &o);
	tmap_areas_build(&rows, o.keep_islands, &areas);
	how = shuffle_of(&o);
	x = areas.value[0];
	if (values == 2)
	{
		x = tmap_spatial_alloc(CurrentMemoryContext, areas.links.n, sizeof *x);
		status = tm_rates_standardised(areas.value[0], areas.value[1], areas.links.n, x);
		for (int32 i = 0; status != TM_OK && i < areas.links.n; i++)
			x[i] = 0.0;			/* no events: no spread */
	}
	status = tm_global_statistic(kind, &areas.links, &areas.back, x, &how, workspace(&areas, &how), &g);
	if (status != TM_UNDEFINED)
		tmap_check(status);
	return result_row(fcinfo, &rows, &areas, &g);
}

PG_FUNCTION_INFO_V1(tmap_moran_final);
/* Moran's I. */
Datum
tmap_moran_final(PG_FUNCTION_ARGS)
{
	return final(fcinfo, TM_MORAN, 1);
}

PG_FUNCTION_INFO_V1(tmap_geary_final);
/* Geary's C. */
Datum
tmap_geary_final(PG_FUNCTION_ARGS)
{
	return final(fcinfo, TM_GEARY, 1);
}

PG_FUNCTION_INFO_V1(tmap_getis_ord_g_final);
/* Getis and Ord's G. */
Datum
tmap_getis_ord_g_final(PG_FUNCTION_ARGS)
{
	return final(fcinfo, TM_GETIS_ORD, 1);
}

PG_FUNCTION_INFO_V1(tmap_moran_rate_final);
/* Moran's I of rates standardised by what chance does to them. */
Datum
tmap_moran_rate_final(PG_FUNCTION_ARGS)
{
	return final(fcinfo, TM_MORAN, 2);
}

PG_FUNCTION_INFO_V1(tmap_moran_bivariate_final);
/* Bivariate Moran's I. */
Datum
tmap_moran_bivariate_final(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	tmap_area_rows rows;
	tmap_areas	areas;
	tmap_area_options o;
	tm_shuffle	how;
	tm_global	g;
	tm_status	status;

	if (s == NULL)
		PG_RETURN_NULL();
	tmap_area_state_read(s, 2, &rows, &o);
	tmap_areas_build(&rows, o.keep_islands, &areas);
	how = shuffle_of(&o);
	status = tm_moran_bivariate(&areas.links, &areas.back, areas.value[0], areas.value[1], &how, workspace(&areas, &how), &g);
	if (status != TM_UNDEFINED)
		tmap_check(status);
	return result_row(fcinfo, &rows, &areas, &g);
}

/* Moran's I of one order of neighbours; areas without any of that order are out. */
static void
moran_of_order(const tmap_area_rows *rows, const tmap_areas *areas, int order, double *v)
{
	int32		n = areas->links.n;
	int32	   *work = tmap_spatial_alloc(CurrentMemoryContext, n, 2 * sizeof(int32));
	double	   *x = tmap_spatial_alloc(CurrentMemoryContext, n, sizeof *x);
	tm_shuffle	how = {0};
	tm_global	g;
	tmap_areas	at = {.links.first = tmap_spatial_alloc(CurrentMemoryContext, n + 1, sizeof(int64))};
	int32		with;

	tm_links_of_order(&areas->links, order, false, tmap_ticker, work, &at.links);
	at.links.to = tmap_spatial_alloc(CurrentMemoryContext, at.links.first[n], sizeof(int32));
	at.links.weight = tmap_spatial_alloc(CurrentMemoryContext, at.links.first[n], sizeof(double));
	tm_links_of_order(&areas->links, order, false, tmap_ticker, work, &at.links);
	tm_links_style_apply(&at.links, TM_STYLE_W);
	at.back.first = tmap_spatial_alloc(CurrentMemoryContext, n + 1, sizeof(int64));
	at.back.to = tmap_spatial_alloc(CurrentMemoryContext, at.links.first[n], sizeof(int32));
	at.back.weight = tmap_spatial_alloc(CurrentMemoryContext, at.links.first[n], sizeof(double));
	tm_links_transpose(&at.links, &at.back);
	with = tm_links_islands(&at.links, &at.back, work);
	at.islands = n - with;
	tm_links_renumber(&at.links, work);
	tm_links_transpose(&at.links, &at.back);
	for (int32 i = 0; i < n; i++)
		if (work[i] >= 0)
			x[work[i]] = areas->value[0][i];
	if (tm_global_statistic(TM_MORAN, &at.links, &at.back, x, &how, workspace(&at, &how), &g) != TM_OK)
		g.value = NAN;
	result_numbers(rows, &at, &g, v);
}

PG_FUNCTION_INFO_V1(tmap_correlogram_final);
/* Moran's I by order of neighbours, an array of tmap.autocorrelation. */
Datum
tmap_correlogram_final(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	tmap_area_rows rows;
	tmap_areas	areas;
	tmap_area_options o;
	Oid			type = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
	TupleDesc	desc;
	Datum		out[MOST_ORDERS];

	if (s == NULL)
		PG_RETURN_NULL();
	tmap_area_state_read(s, 1, &rows, &o);
	if (s->n > 0 && (o.permutations < 1 || o.permutations > MOST_ORDERS))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of orders out of range"),
				 errhint("Give 1 to %d.", MOST_ORDERS)));
	tmap_areas_build(&rows, true, &areas);
	desc = lookup_rowtype_tupdesc_copy(type, -1);
	if (desc->natts != RESULT_COLUMNS)
		elog(ERROR, "return type must be an array of rows of %d columns", RESULT_COLUMNS);
	for (int order = 1; order <= o.permutations; order++)
	{
		Datum		values[RESULT_COLUMNS];
		bool		nulls[RESULT_COLUMNS];
		MemoryContext own = AllocSetContextCreate(CurrentMemoryContext, "order of neighbours", ALLOCSET_DEFAULT_SIZES);
		MemoryContext old = MemoryContextSwitchTo(own);
		double		v[RESULT_COLUMNS];

		moran_of_order(&rows, &areas, order, v);
		MemoryContextSwitchTo(old);
		MemoryContextDelete(own);
		for (int c = 0; c < RESULT_COLUMNS; c++)
		{
			nulls[c] = isnan(v[c]);
			values[c] = nulls[c] ? (Datum) 0 : c < 4 ? Int64GetDatum((int64) v[c]) : Float8GetDatum(v[c]);
		}
		out[order - 1] = HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(out, (int) o.permutations, type, -1, false, TYPALIGN_DOUBLE));
}

PG_FUNCTION_INFO_V1(tmap_neighbour_summary_final);
/* Counts of areas, links, islands and what is not symmetric. */
Datum
tmap_neighbour_summary_final(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_final(fcinfo);
	tmap_area_rows rows;
	tmap_areas	areas;
	tm_links_summary all;
	tmap_area_options o;
	double		n;

	if (s == NULL)
		PG_RETURN_NULL();
	tmap_area_state_read(s, 0, &rows, &o);
	tmap_areas_build(&rows, true, &areas);
	all = tm_links_describe(&areas.links, &areas.back);
	n = areas.links.n;
	return tmap_columns_result(fcinfo, (double[]) {
		n, (double) all.links, (double) all.islands, (double) all.one_way, areas.weighted ? (double) all.unequal : 0.0, (double) areas.outside,
			(double) rows.left_out, n > 0 ? (double) all.least : NAN, n > 0 ? all.links / n : NAN, n > 0 ? (double) all.most : NAN
	}, 10);
}
