/*
 * spatial.c - rows of areas with their neighbours, read, checked and put in
 * canonical order.
 */
#include "spatial.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/conditional.h"

/* Memory for n elements; more than 1 GB is allowed, for rows are bounded. */
void *
tmap_spatial_alloc(MemoryContext context, int64 n, Size each)
{
	return MemoryContextAllocHuge(context, Max(n, 1) * each);
}

/* Rows of so many values, none yet. */
void
tmap_area_rows_start(tmap_area_rows *rows, int values, MemoryContext context)
{
	*rows = (tmap_area_rows) {.values = values,.room = 64,.link_room = 512,.context = context};
	rows->id = tmap_spatial_alloc(context, rows->room, sizeof(int32));
	rows->first = tmap_spatial_alloc(context, rows->room + 1, sizeof(int64));
	for (int v = 0; v < values; v++)
		rows->value[v] = tmap_spatial_alloc(context, rows->room, sizeof(double));
	rows->neighbour = tmap_spatial_alloc(context, rows->link_room, sizeof(int32));
	rows->weight = tmap_spatial_alloc(context, rows->link_room, sizeof(double));
	rows->first[0] = 0;
}

/* Makes room for one row more, and so many links. */
static void
grow(tmap_area_rows *rows, int64 links)
{
	if (rows->n == rows->room)
	{
		rows->room *= 2;
		rows->id = repalloc_huge(rows->id, rows->room * sizeof(int32));
		rows->first = repalloc_huge(rows->first, (rows->room + 1) * sizeof(int64));
		for (int v = 0; v < rows->values; v++)
			rows->value[v] = repalloc_huge(rows->value[v], rows->room * sizeof(double));
	}
	if (rows->links + links > rows->link_room)
	{
		rows->link_room = Max(rows->link_room * 2, rows->links + links);
		rows->neighbour = repalloc_huge(rows->neighbour, rows->link_room * sizeof(int32));
		rows->weight = repalloc_huge(rows->weight, rows->link_room * sizeof(double));
	}
}

/* Adds a row; weight is NULL when it has none. */
void
tmap_area_rows_add(tmap_area_rows *rows, int32 id, const double *value, const int32 *neighbour, const double *weight, int64 count)
{
	grow(rows, count);
	rows->id[rows->n] = id;
	for (int v = 0; v < rows->values; v++)
		rows->value[v][rows->n] = value[v];
	memcpy(rows->neighbour + rows->links, neighbour, count * sizeof(int32));
	if (weight)
		memcpy(rows->weight + rows->links, weight, count * sizeof(double));
	rows->links += count;
	rows->first[++rows->n] = rows->links;
	if (count > 0 && weight)
		rows->weighted++;
	else if (count > 0)
		rows->unweighted++;
}

/* Raises what is wrong with rows. */
static void
raise_fault(tm_links_fault fault, const tm_links_report *at)
{
	switch (fault)
	{
		case TM_LINKS_FINE:
			break;
		case TM_LINKS_ID_TWICE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("two rows have the same id"),
					 errdetail("The id is %d.", at->id),
					 errhint("One row is one area: is a PARTITION BY or GROUP BY missing?")));
			break;
		case TM_LINKS_SELF:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("an area is its own neighbour"),
					 errdetail("The id is %d.", at->id),
					 errhint("Statistics that count the area itself, as Gi*, add it on their own: array_remove(neighbours, id).")));
			break;
		case TM_LINKS_TWICE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("an area has the same neighbour twice"),
					 errdetail("Area %d names %d more than once.", at->id, at->neighbour)));
			break;
		case TM_LINKS_WEIGHT:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("weight out of range"),
					 errdetail("It is the weight of neighbour %d of area %d.", at->neighbour, at->id),
					 errhint("Weights are finite numbers from 0 up; 0 is no link.")));
			break;
	}
}

/* Room for links of as many areas and links as the rows have. */
static tm_links
links_room(const tmap_area_rows *rows)
{
	return (tm_links) {
		.first = tmap_spatial_alloc(rows->context, rows->n + 1, sizeof(int64)),
			.to = tmap_spatial_alloc(rows->context, rows->links, sizeof(int32)),
			.weight = tmap_spatial_alloc(rows->context, rows->links, sizeof(double))
	};
}

/* Builds the links of rows, islands out unless they are to stay, and the values in their order. */
void
tmap_areas_build(tmap_area_rows *rows, bool keep_islands, tmap_areas *out)
{
	tm_link_rows given = {.n = (int32_t) rows->n,.id = rows->id,.first = rows->first,.neighbour = rows->neighbour,
	.weight = rows->weighted ? rows->weight : NULL};
	int32	   *order = tmap_spatial_alloc(rows->context, rows->n, sizeof(int32));
	int32	   *work = tmap_spatial_alloc(rows->context, rows->n, sizeof(int32));
	tm_links_report at = {0};
	int32		n;

	if (rows->weighted && rows->unweighted)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("some areas have weights and some have none"),
				 errhint("Give weights for all areas with neighbours, or for none.")));
	out->weighted = rows->weighted > 0;
	out->links = links_room(rows);
	out->back = links_room(rows);
	raise_fault(tm_links_order(&given, order, work, &at), &at);
	raise_fault(tm_links_read(&given, order, &out->back, &out->links, &at), &at);
	out->outside = at.outside;
	if (!out->weighted)
		tm_links_style_apply(&out->links, TM_STYLE_W);
	n = tm_links_islands(&out->links, &out->back, work);
	out->islands = rows->n - n;
	if (keep_islands)
		for (int32 i = 0; i < rows->n; i++)
			work[i] = i;
	else
		tm_links_renumber(&out->links, work);
	tm_links_transpose(&out->links, &out->back);
	out->place = tmap_spatial_alloc(rows->context, rows->n, sizeof(int32));
	out->id = tmap_spatial_alloc(rows->context, rows->n, sizeof(int32));
	for (int v = 0; v < rows->values; v++)
		out->value[v] = tmap_spatial_alloc(rows->context, rows->n, sizeof(double));
	for (int32 i = 0; i < rows->n; i++)
	{
		out->place[order[i]] = work[i];
		if (work[i] >= 0)
			out->id[work[i]] = rows->id[order[i]];
		for (int v = 0; work[i] >= 0 && v < rows->values; v++)
			out->value[v][work[i]] = rows->value[v][order[i]];
	}
	pfree(order);
	pfree(work);
}

/* The place of an id in an ascending column, -1 when it is not there. */
int32
tmap_place_of_id(const int32 *ids, int32 n, int32 id)
{
	int32		low = 0;
	int32		high = n;

	while (low < high)
	{
		int32		middle = low + (high - low) / 2;

		if (ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && ids[low] == id ? low : -1;
}

/* The length of an array of one dimension without NULLs; raises otherwise. */
int64
tmap_array_length(ArrayType *array, const char *name)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s have more than one dimension", name)));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s with a NULL inside", name)));
	return ARR_NDIM(array) ? ARR_DIMS(array)[0] : 0;
}

/* An array of int4 or float8 from n values. */
Datum
tmap_array_of(const void *values, int64 n, Oid type)
{
	Size		each = type == INT4OID ? sizeof(int32) : sizeof(double);
	Size		bytes = ARR_OVERHEAD_NONULLS(1) + n * each;
	ArrayType  *array;

	if (n == 0)
		return PointerGetDatum(construct_empty_array(type));
	if (!AllocSizeIsValid(bytes))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many neighbours of one area")));
	array = palloc0(bytes);
	SET_VARSIZE(array, bytes);
	array->ndim = 1;
	array->elemtype = type;
	ARR_DIMS(array)[0] = (int) n;
	ARR_LBOUND(array)[0] = 1;
	memcpy(ARR_DATA_PTR(array), values, n * each);
	return PointerGetDatum(array);
}

/* A number of permutations, checked; 0 asks for none. */
uint32_t
tmap_permutations(int64 permutations)
{
	if (permutations < 0 || permutations > TM_PERMUTATIONS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of permutations out of range"),
				 errhint("Give 0 for none, or up to %d.", TM_PERMUTATIONS_MAX)));
	return (uint32_t) permutations;
}
