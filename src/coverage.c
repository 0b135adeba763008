/*
 * coverage.c - tmap.coverage_simplify: polygons of a window generalised together.
 */
#include "memory.h"

#include "partition.h"
#include "utils/memutils.h"
#include "windowapi.h"

#include "core/coverage.h"
#include "wkb.h"

/* What a partition's first row leaves for all. */
typedef struct coverage_rows
{
	bool		read;
	tm_coverage cover;
	struct coverage_row
	{
		bool		null;
		uint32		first;		/* its rings */
		uint32		n;
	}		   *row;
	uint32		srid;
} coverage_rows;

/* Why bytes are no geometry we take, as messages and hints. */
static const struct
{
	const char *message;
	const char *hint;
}			faults[] = {
	[TM_WKB_LENGTH] = {"WKB of wrong length", "Give a polygon as ST_AsBinary() or a cast to bytea gives it."},
	[TM_WKB_ORDER] = {"WKB with unknown byte order", "Give a polygon as ST_AsBinary() or a cast to bytea gives it."},
	[TM_WKB_TYPE] = {"geometry is neither polygon nor multipolygon", "Others have no borders to share."},
	[TM_WKB_DIMENSIONS] = {"geometry has Z or M", "ST_Force2D() takes them off."},
	[TM_WKB_SRID] = {"geometries of one coverage have different SRIDs", "Bring them to one with ST_Transform(), or PARTITION BY it."},
	[TM_WKB_NUMBER] = {"coordinate NaN, infinite or beyond 1e100", NULL},
	[TM_WKB_SHORT] = {"ring of fewer than four points", NULL},
	[TM_WKB_OPEN] = {"ring that is not closed", "Its last point must be its first."},
};

/* Raises the error of a geometry. */
void
tmap_raise_wkb(tm_wkb_fault fault, size_t where)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s", faults[fault].message),
			 fault != TM_WKB_SRID ? errdetail("At byte %zu of the geometry.", where) : 0,
			 faults[fault].hint ? errhint("%s", faults[fault].hint) : 0));
}

/* Raises unless a step of the core went well. */
static void
check_step(tm_status status)
{
	if (status == TM_TOO_MANY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many vertices in one coverage"),
				 errdetail("The limit is %u.", TM_COVERAGE_POINTS),
				 errhint("PARTITION BY what does not touch.")));
	tmap_check(status);
}

/* A ring of the row that is being read. */
typedef struct reading
{
	tm_coverage *cover;
	uint32		region;
} reading;

/* Adds a ring; the next one's points go behind it. */
static tm_point *
take_ring(void *context, const tm_wkb_ring *ring)
{
	reading    *r = context;

	check_step(tm_coverage_add(r->cover, r->region, ring));
	return r->cover->point + r->cover->n_points;
}

/* Adds a row's geometry to the coverage. */
static void
read_row(coverage_rows *rows, uint32 region, Datum value, bool first)
{
	bytea	   *wkb = DatumGetByteaPP(value);
	const uint8_t *bytes = (const uint8_t *) VARDATA_ANY(wkb);
	size_t		size = VARSIZE_ANY_EXHDR(wkb);
	tm_wkb_size held;
	size_t		where;
	tm_wkb_fault fault = tm_wkb_check(bytes, size, &held, &where);

	if (fault == TM_WKB_OK && !first && held.srid != rows->srid)
		fault = TM_WKB_SRID;
	if (fault != TM_WKB_OK)
		tmap_raise_wkb(fault, where);
	rows->srid = held.srid;
	rows->row[region].first = rows->cover.n_rings;
	check_step(tm_coverage_room(&rows->cover, held.points));
	tm_wkb_read(bytes, size, rows->cover.point + rows->cover.n_points, take_ring, &(reading) {&rows->cover, region});
	rows->row[region].n = rows->cover.n_rings - rows->row[region].first;
}

/* Reads all rows of the partition. */
static void
read_rows(WindowObject window, coverage_rows *rows, MemoryContext context)
{
	int64		n = WinGetPartitionRowCount(window);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "coverage row", ALLOCSET_DEFAULT_SIZES);
	bool		first = true;

	if (n > TMAP_PARTITION_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in one partition of the window"),
				 errdetail("It has %lld; the limit is %d.", (long long) n, TMAP_PARTITION_ROWS)));
	tm_coverage_start(&rows->cover, (tm_memory) {tmap_resize, tmap_tick, context});
	rows->row = MemoryContextAllocHuge(context, Max(n, 1) * sizeof *rows->row);
	for (int64 i = 0; i < n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);
		bool		out;
		Datum		value = WinGetFuncArgInPartition(window, 0, i, WINDOW_SEEK_HEAD, false, &rows->row[i].null, &out);

		if (!rows->row[i].null)
		{
			read_row(rows, i, value, first);
			first = false;
		}
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
		tmap_tick(NULL);
	}
	MemoryContextDelete(scratch);
}

/* An option in units of the coordinates: from 0 up. */
static double
size_option(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double		v = tmap_partition_number(fcinfo, arg, name);

	if (v < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" is negative", name)));
	return v;
}

/* The coverage of the current row's partition, generalised. */
static coverage_rows *
coverage_of(FunctionCallInfo fcinfo, WindowObject window)
{
	coverage_rows *rows = WinGetPartitionLocalMemory(window, sizeof *rows);
	double		tolerance,
				min_part = 0;

	if (rows->read)
		return rows;
	tolerance = size_option(fcinfo, 1, "tolerance");
	if (PG_NARGS() > 2)
		min_part = size_option(fcinfo, 2, "min_part");
	read_rows(window, rows, GetMemoryChunkContext(rows));
	check_step(tm_coverage_link(&rows->cover));
	if (min_part > 0)
		check_step(tm_coverage_drop(&rows->cover, min_part));
	check_step(tm_coverage_generalise(&rows->cover, tolerance));
	tm_coverage_settle(&rows->cover);
	rows->read = true;
	return rows;
}

PG_FUNCTION_INFO_V1(tmap_coverage_simplify);
/* coverage_simplify(geom, tolerance, min_part): the current row's polygons with the borders of the whole coverage made simpler. */
Datum
tmap_coverage_simplify(PG_FUNCTION_ARGS)
{
	WindowObject window = PG_WINDOW_OBJECT();
	coverage_rows *rows;
	struct coverage_row *row;
	Size		size;
	bytea	   *out;

	if (!WindowObjectIsValid(window))
		elog(ERROR, "called outside a window");
	rows = coverage_of(fcinfo, window);
	row = &rows->row[WinGetCurrentPosition(window)];
	if (row->null)
		PG_RETURN_NULL();
	size = tm_coverage_size(&rows->cover, row->first, row->n);
	if (size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("geometry larger than 1 GB")));
	out = palloc(VARHDRSZ + size);
	size = tm_coverage_write(&rows->cover, row->first, row->n, rows->srid, (uint8_t *) VARDATA(out));
	SET_VARSIZE(out, VARHDRSZ + size);
	PG_RETURN_BYTEA_P(out);
}
