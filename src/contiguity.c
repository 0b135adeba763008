/*
 * contiguity.c - queen and rook neighbours of polygons as window functions:
 * the whole partition is read and matched once.
 */
#include "spatial.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "memory.h"
#include "miscadmin.h"
#include "partition.h"
#include "utils/memutils.h"
#include "windowapi.h"

#include "core/contiguity.h"
#include "wkb.h"

#define NEAR_METRES 10.0
#define METRES_A_DEGREE 111320.0

/* What is kept of a partition: the neighbours' ids by area. */
typedef struct touching
{
	bool		read;
	uint32		n;
	int32	   *id;				/* by area */
	int32	   *area;			/* by row, -1 with a NULL */
	int64	   *first;			/* by area, one more at the end */
	int32	   *neighbour;
} touching;

/* A geometry that is being read. */
typedef struct reading
{
	tm_contiguity *c;
	uint32		area;
} reading;

/* Raises unless a step of the core went well. */
static void
check_step(tm_status status)
{
	if (status == TM_TOO_MANY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many vertices in one partition of the window"),
				 errdetail("The limit is %u.", TM_CONTIGUITY_POINTS),
				 errhint("PARTITION BY what does not touch, or simplify the polygons.")));
	tmap_check(status);
}

/* Takes a ring; the next one's points go behind it. */
static tm_point *
take_ring(void *context, const tm_wkb_ring *ring)
{
	reading    *r = context;

	check_step(tm_contiguity_add(r->c, r->area, ring));
	return r->c->point + r->c->n_points;
}

/* Reads the geometry of an area; gives its SRID. */
static uint32
read_geometry(tm_contiguity *c, uint32 area, Datum value)
{
	bytea	   *wkb = DatumGetByteaPP(value);
	const uint8_t *bytes = (const uint8_t *) VARDATA_ANY(wkb);
	size_t		size = VARSIZE_ANY_EXHDR(wkb);
	tm_wkb_size held;
	size_t		where;
	tm_wkb_fault fault = tm_wkb_check(bytes, size, &held, &where);

	if (fault != TM_WKB_OK)
		tmap_raise_wkb(fault, where);
	check_step(tm_contiguity_room(c, held.points));
	tm_wkb_read(bytes, size, c->point + c->n_points, take_ring, &(reading) {c, area});
	if (held.rings == 0)
		c->n_areas = area + 1;	/* an empty polygon touches nothing */
	return held.srid;
}

/* Reads all rows: id, geometry. Gives their common SRID. */
static uint32
read_rows(WindowObject window, touching *t, tm_contiguity *c, int64 rows)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "geometry of a row", ALLOCSET_DEFAULT_SIZES);
	uint32		srid = 0;

	for (int64 row = 0; row < rows; row++)
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);
		bool		out,
					null,
					no_id;
		int32		id = DatumGetInt32(WinGetFuncArgInPartition(window, 0, row, WINDOW_SEEK_HEAD, false, &no_id, &out));
		Datum		value = WinGetFuncArgInPartition(window, 1, row, WINDOW_SEEK_HEAD, false, &null, &out);

		t->area[row] = -1;
		if (!null && !no_id)
		{
			uint32		own = read_geometry(c, t->n, value);

			if (t->n > 0 && own != srid)
				tmap_raise_wkb(TM_WKB_SRID, 0);
			srid = own;
			t->id[t->n] = id;
			t->area[row] = (int32) t->n++;
		}
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
		CHECK_FOR_INTERRUPTS();
	}
	MemoryContextDelete(scratch);
	return srid;
}

/* pg_qsort order of int32. */
static int
by_number(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

/* Raises when an id stands twice. */
static void
check_ids(const touching *t)
{
	int32	   *sorted = tmap_spatial_alloc(CurrentMemoryContext, t->n, sizeof(int32));

	memcpy(sorted, t->id, t->n * sizeof(int32));
	qsort(sorted, t->n, sizeof(int32), by_number);
	for (uint32 i = 1; i < t->n; i++)
		if (sorted[i] == sorted[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("two rows have the same id"),
					 errdetail("The id is %d.", sorted[i]),
					 errhint("One row is one area: is a PARTITION BY missing? ST_Union() makes one area of several parts.")));
	pfree(sorted);
}

/* Lays the pairs out by area, the neighbours' ids ascending. */
static void
lay_out(touching *t, const tm_contiguity *c, MemoryContext context)
{
	t->first = tmap_spatial_alloc(context, (int64) t->n + 2, sizeof(int64));
	t->neighbour = tmap_spatial_alloc(context, 2 * (int64) c->n_pairs, sizeof(int32));
	memset(t->first, 0, ((Size) t->n + 2) * sizeof(int64));
	for (size_t p = 0; p < c->n_pairs; p++)
	{
		t->first[c->pair[p].a + 2]++;
		t->first[c->pair[p].b + 2]++;
	}
	for (uint32 i = 2; i < t->n + 2; i++)
		t->first[i] += t->first[i - 1];
	for (size_t p = 0; p < c->n_pairs; p++)	/* the start of each moves to its end */
	{
		t->neighbour[t->first[c->pair[p].a + 1]++] = t->id[c->pair[p].b];
		t->neighbour[t->first[c->pair[p].b + 1]++] = t->id[c->pair[p].a];
	}
	for (uint32 i = 0; i < t->n; i++)
		qsort(t->neighbour + t->first[i], t->first[i + 1] - t->first[i], sizeof(int32), by_number);
}

/* Tells of islands that nearly touch another area. */
static void
tell(const tm_near_miss *missed)
{
	if (missed->islands > 0)
		ereport(NOTICE,
				(errmsg_plural("%u area without neighbours nearly touches another", "%u areas without neighbours nearly touch another", missed->islands, missed->islands),
				 errdetail("Their distance is at most %g, in units of the coordinates.", missed->distance),
				 errhint("snap => %g joins them.", nextafter((float) (missed->distance * 1.001), INFINITY))));
}

/* Finds the neighbours of a partition: id, geom, snap. */
static touching *
find(FunctionCallInfo fcinfo, WindowObject window, bool rook)
{
	touching   *t = WinGetPartitionLocalMemory(window, sizeof *t);
	MemoryContext context = GetMemoryChunkContext(t);
	MemoryContext work;
	tm_contiguity c;
	tm_near_miss missed;
	double		snap,
				near;
	uint32		srid;
	int64		rows;

	if (t->read)
		return t;
	snap = tmap_partition_number(fcinfo, 2, "snap");
	if (snap < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" is negative", "snap")));
	rows = WinGetPartitionRowCount(window);
	if (rows > TMAP_PARTITION_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in one partition of the window"),
				 errdetail("It has %lld; the limit is %d.", (long long) rows, TMAP_PARTITION_ROWS)));
	t->id = tmap_spatial_alloc(context, rows, sizeof(int32));
	t->area = tmap_spatial_alloc(context, rows, sizeof(int32));
	work = AllocSetContextCreate(CurrentMemoryContext, "contiguity", ALLOCSET_DEFAULT_SIZES);
	tm_contiguity_start(&c, (tm_memory) {tmap_resize, tmap_tick, work});
	srid = read_rows(window, t, &c, rows);
	check_ids(t);
	near = (srid >= 4000 && srid < 5000) || (srid == 0 && c.largest <= 180) ? NEAR_METRES / METRES_A_DEGREE : NEAR_METRES;
	check_step(tm_contiguity_find(&c, rook, snap, snap < near ? near : 0, &missed));
	lay_out(t, &c, context);
	MemoryContextDelete(work);
	tell(&missed);
	t->read = true;
	return t;
}

/* The neighbours of the current row; NULL for a row with a NULL. */
static Datum
neighbours_of(FunctionCallInfo fcinfo, bool rook)
{
	WindowObject window = PG_WINDOW_OBJECT();
	const touching *t;
	int32		area;

	if (!WindowObjectIsValid(window))
		elog(ERROR, "called outside a window");
	t = find(fcinfo, window, rook);
	area = t->area[WinGetCurrentPosition(window)];
	if (area < 0)
		PG_RETURN_NULL();
	return tmap_array_of(t->neighbour + t->first[area], t->first[area + 1] - t->first[area], INT4OID);
}

PG_FUNCTION_INFO_V1(tmap_queen_neighbours);
/* Areas with a point of their borders in common. */
Datum
tmap_queen_neighbours(PG_FUNCTION_ARGS)
{
	return neighbours_of(fcinfo, false);
}

PG_FUNCTION_INFO_V1(tmap_rook_neighbours);
/* Areas with a stretch of their borders in common. */
Datum
tmap_rook_neighbours(PG_FUNCTION_ARGS)
{
	return neighbours_of(fcinfo, true);
}
