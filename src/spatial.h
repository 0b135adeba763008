/*
 * spatial.h - what the functions over areas and their neighbours share: rows
 * with an id, values, the ids of neighbours and perhaps weights, from a
 * window's partition or an aggregate's state, as links in canonical order.
 */
#ifndef TMAP_SPATIAL_H
#define TMAP_SPATIAL_H

#include "glue.h"

#include "utils/array.h"

#include "columns.h"
#include "core/autocorrelation.h"

#define TMAP_SPATIAL_VALUES 2	/* most values of a row */

/* Rows as they are read, growing. */
typedef struct tmap_area_rows
{
	int			values;
	int64		n;				/* rows without a NULL */
	int64		left_out;		/* the others */
	int64		links;
	int64		room,
				link_room;
	int32	   *id;
	double	   *value[TMAP_SPATIAL_VALUES];
	int64	   *first;			/* n + 1 */
	int32	   *neighbour;
	double	   *weight;
	int64		weighted;		/* rows with neighbours that have weights, */
	int64		unweighted;		/* and that have none */
	MemoryContext context;
} tmap_area_rows;

/* Areas and their links in the order of ids; islands are out unless they are to stay. */
typedef struct tmap_areas
{
	tm_links	links;
	tm_links	back;			/* the other way round */
	int32	   *place;			/* by row as read: its area, -1 for an island that is out */
	int32	   *id;				/* by area */
	double	   *value[TMAP_SPATIAL_VALUES]; /* by area */
	int64		islands;
	int64		outside;		/* neighbours that are no row */
	bool		weighted;		/* weights were given; else each area's add up to 1 */
} tmap_areas;

/* What a window function over areas keeps for its partition. */
typedef struct tmap_area_window
{
	bool		read;
	int64		rows;			/* of the partition */
	int32	   *row;			/* by row of the partition: its row as read, -1 with a NULL */
	tmap_area_rows given;
	tmap_areas	areas;
	MemoryContext context;		/* lives as long as the partition */
	void	   *result;			/* of the caller */
} tmap_area_window;

/* What an aggregate's options ask of all areas at once. */
typedef struct tmap_area_options
{
	int64		permutations;	/* or orders */
	uint64_t	seed;
	bool		keep_islands;
} tmap_area_options;

extern void tmap_area_state_read(const tmap_columns *s, int values, tmap_area_rows *rows, tmap_area_options *o);
extern void tmap_area_rows_start(tmap_area_rows *rows, int values, MemoryContext context);
extern void tmap_area_rows_add(tmap_area_rows *rows, int32 id, const double *value, const int32 *neighbour, const double *weight, int64 count);
extern void tmap_areas_build(tmap_area_rows *rows, bool keep_islands, tmap_areas *out);
extern int32 tmap_place_of_id(const int32 *ids, int32 n, int32 id);
extern int64 tmap_array_length(ArrayType *array, const char *name);
extern bool tmap_area_window_first(FunctionCallInfo fcinfo, int values, int weights, tmap_area_window **window);
extern void tmap_area_window_build(FunctionCallInfo fcinfo, tmap_area_window *w, int keep);
extern int64 tmap_area_window_row(FunctionCallInfo fcinfo, const tmap_area_window *w);
extern int32 tmap_area_window_place(FunctionCallInfo fcinfo, const tmap_area_window *w);
extern void *tmap_spatial_alloc(MemoryContext context, int64 n, Size each);
extern uint32_t tmap_permutations(int64 permutations);
extern Datum tmap_array_of(const void *values, int64 n, Oid type);

#endif
