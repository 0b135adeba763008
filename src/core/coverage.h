/*
 * coverage.h - polygons that share their borders, generalised together.
 *
 * All rings are walks over one set of vertices: two polygons that have a point
 * in common have the same vertex there. A vertex at which rings part is a
 * node and stays; every other one lies between the same two neighbours for
 * all rings through it, so that what is decided about it holds for them all:
 * a shared border stays shared. How borders change is in generalise.c.
 *
 *	tm_coverage_start(&c, memory);
 *	tm_coverage_add(&c, region, ring) …		all rings of a region in a row, each shell before its holes
 *	tm_coverage_link(&c);
 *	tm_coverage_drop(&c, min_part);			when small parts shall go
 *	tm_coverage_generalise(&c, tolerance);
 *	tm_coverage_size(&c, first, n), tm_coverage_write(&c, first, n, srid, bytes)
 *	tm_coverage_free(&c);
 *
 * Memory, in bytes: 46 a vertex of a ring (a shared one counts for each ring)
 * while vertices are brought together, then 4 a vertex of a ring, 37 a
 * distinct vertex, 28 to 42 a vertex of the longest border and at most 36 each
 * time a ring comes through a node; 24 a ring.
 */
#ifndef TMAP_COVERAGE_H
#define TMAP_COVERAGE_H

#include "sparse.h"
#include "wkb.h"

#define TM_NO_VERTEX UINT32_MAX
#define TM_NO_RING UINT32_MAX
#define TM_COVERAGE_POINTS (1u << 26)	/* most vertices of all rings together: 3 to 6 GB */

/* What is known of a vertex. */
#define TM_NODE 1				/* rings part here: it stays */
#define TM_SEEN 2				/* its border has been simplified, or dropped */
#define TM_MANY 4				/* of more than two rings */

/* A ring as a walk over vertices. */
typedef struct tm_ring
{
	uint32_t	first;			/* its vertices stand in corner[first …] */
	uint32_t	n;
	uint32_t	region;
	uint32_t	shell;			/* the ring around it, itself when it is a shell */
	uint32_t	left;			/* vertices not removed; 0 when not known (a border of more than two rings) */
	bool		dropped;
} tm_ring;

/* Squares of equal size over all vertices, which are numbered square by square, row by row, by x and y within. */
typedef struct tm_grid
{
	uint32_t   *first;			/* of each square and behind the last: its first vertex */
	uint32_t	columns;
	uint32_t	rows;
	tm_point	low;
	tm_point	scale;			/* squares per unit */
} tm_grid;

typedef struct tm_coverage
{
	tm_memory	memory;
	tm_ring    *ring;
	uint32_t	n_rings;
	uint32_t	ring_room;
	tm_point   *point;			/* of all rings, until they are linked */
	uint32_t	n_points;
	uint32_t	point_room;
	uint32_t   *corner;			/* of each point: its vertex */
	tm_point   *vertex;			/* y is NaN once it is removed */
	uint32_t	n_vertices;
	uint32_t	(*link)[2];		/* the neighbours of a vertex that is no node, as they were at first, the lesser first */
	uint32_t	(*owner)[2];	/* the first two rings through a vertex */
	uint8_t    *flag;
	tm_grid		grid;
} tm_coverage;

extern void tm_coverage_start(tm_coverage *c, tm_memory memory);
extern tm_status tm_coverage_room(tm_coverage *c, uint64_t points);
extern tm_status tm_coverage_add(tm_coverage *c, uint32_t region, const tm_wkb_ring *ring);
extern tm_status tm_coverage_link(tm_coverage *c);
extern tm_status tm_coverage_drop(tm_coverage *c, double min_part);
extern tm_status tm_coverage_generalise(tm_coverage *c, double tolerance);
extern size_t tm_coverage_size(const tm_coverage *c, uint32_t first, uint32_t n);
extern size_t tm_coverage_write(const tm_coverage *c, uint32_t first, uint32_t n, uint32_t srid, uint8_t *bytes);
extern void tm_coverage_settle(tm_coverage *c);
extern void tm_coverage_free(tm_coverage *c);

/* Gives memory; NULL when there is none. */
static inline void *
tm_take(const tm_memory *m, size_t n, size_t each)
{
	return m->resize(m->context, NULL, (n > 0 ? n : 1) * each);
}

/* Gives memory back; NULL is nothing. */
static inline void
tm_give(const tm_memory *m, void *what)
{
	if (what)
		(void) m->resize(m->context, what, 0);
}

/* Lets the caller stop. */
static inline void
tm_tick(const tm_memory *m)
{
	if (m->tick)
		m->tick(m->context);
}

/* Says whether a vertex has been removed. */
static inline bool
tm_removed(const tm_coverage *c, uint32_t v)
{
	return c->vertex[v].y != c->vertex[v].y;
}

/* The column of an x, for any x. */
static inline uint32_t
tm_grid_column(const tm_grid *g, double x)
{
	double		at = (x - g->low.x) * g->scale.x;

	return at < 1 ? 0 : at < g->columns ? (uint32_t) at : g->columns - 1;
}

/* The row of a y, for any y. */
static inline uint32_t
tm_grid_row(const tm_grid *g, double y)
{
	double		at = (y - g->low.y) * g->scale.y;

	return at < 1 ? 0 : at < g->rows ? (uint32_t) at : g->rows - 1;
}

#endif
