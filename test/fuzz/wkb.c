/*
 * wkb.c - any bytes as WKB: refused at a place inside them, or rings that,
 * generalised and written, are good WKB again with as many polygons.
 */
#include "fuzz.h"

#include "../../src/core/coverage.h"

/* The core's allocator; counts blocks. */
static void *
resize(void *context, void *old, size_t size)
{
	int		   *live = context;

	if (size == 0)
	{
		--*live;
		free(old);
		return NULL;
	}
	*live += old == NULL;
	return realloc(old, size);
}

/* Adds a ring, whose points are finite, not repeated and not negative zero. */
static tm_point *
take(void *context, const tm_wkb_ring *ring)
{
	tm_coverage *c = context;

	law(ring->n >= 1);
	for (uint32_t i = 0; i < ring->n; i++)
	{
		law(ring->point[i].x >= -TM_WKB_FARTHEST && ring->point[i].y <= TM_WKB_FARTHEST);
		law(i == 0 || ring->point[i].x != ring->point[i - 1].x || ring->point[i].y != ring->point[i - 1].y);
	}
	law(tm_coverage_add(c, 0, ring) == TM_OK);
	return c->point + c->n_points;
}

/* Makes a coverage of one region, generalises it with that tolerance and writes it. */
static uint8_t *
through(const uint8_t *bytes, size_t size, const tm_wkb_size *held, double tolerance, size_t *written)
{
	int			live = 0;
	tm_coverage c;
	uint8_t    *out;
	size_t		room;

	tm_coverage_start(&c, (tm_memory) {resize, NULL, &live});
	law(tm_coverage_room(&c, held->points) == TM_OK);
	tm_wkb_read(bytes, size, c.point, take, &c);
	law(c.n_rings == held->rings && c.n_points <= held->points);
	law(tm_coverage_link(&c) == TM_OK);
	law(tm_coverage_generalise(&c, tolerance) == TM_OK);
	room = tm_coverage_size(&c, 0, c.n_rings);
	out = block(room);
	*written = tm_coverage_write(&c, 0, c.n_rings, held->srid, out);
	law(*written == room - (held->srid ? 0 : 4));
	tm_coverage_free(&c);
	law(live == 0);
	return out;
}

/* One input: a byte of tolerance, then WKB. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tm_wkb_size held,
				again;
	size_t		where,
				written;
	uint8_t    *copy,
			   *out;

	if (size == 0)
		return 0;
	copy = block(size - 1);
	memcpy(copy, data + 1, size - 1);
	if (tm_wkb_check(copy, size - 1, &held, &where) != TM_WKB_OK)
		law(where <= size - 1);
	else
	{
		out = through(copy, size - 1, &held, data[0], &written);
		law(tm_wkb_check(out, written, &again, &where) == TM_WKB_OK && where == written);
		law(again.rings == held.rings && again.points <= held.points && again.srid == held.srid);
		free(out);
	}
	free(copy);
	return 0;
}
