/*
 * coverage_index.c - which vertices lie in a triangle, which nodes an edge joins.
 */
#include "coverage_index.h"

#include <math.h>
#include <string.h>

#define SCAN 24					/* so many vertices are looked through faster than searched */

/*
 * The side of the line a - b on which p lies: 1, -1, or 0 when rounding leaves
 * it open (the error bound of Shewchuk 1997, Discrete Comput Geom 18:305,
 * section 4.1, rounded up). Swapping a and b gives the opposite, bit for bit.
 */
static int
side(tm_point p, tm_point a, tm_point b)
{
	double		left = (a.x - p.x) * (b.y - p.y);
	double		right = (a.y - p.y) * (b.x - p.x);
	double		det = left - right;
	double		error = 4e-16 * (fabs(left) + fabs(right));

	return det > error ? 1 : det < -error ? -1 : 0;
}

/* A triangle with the box around it. */
typedef struct triangle
{
	uint32_t	corner[3];
	tm_point	a,
				v,
				b;
	tm_point	low,
				high;
} triangle;

/* Says whether a vertex other than its corners lies in a triangle or on its border, or may by rounding. */
static bool
holds(const triangle *t, uint32_t id, tm_point p)
{
	int			one,
				two,
				three;

	/* what was removed has NaN for y and is in no box */
	if (!(p.x >= t->low.x && p.x <= t->high.x && p.y >= t->low.y && p.y <= t->high.y))
		return false;
	if (id == t->corner[0] || id == t->corner[1] || id == t->corner[2])
		return false;
	one = side(p, t->a, t->v);
	two = side(p, t->v, t->b);
	three = side(p, t->b, t->a);
	return !((one > 0 || two > 0 || three > 0) && (one < 0 || two < 0 || three < 0));
}

/* The first of the vertices from … to, sorted by x, whose x is at least that. */
static uint32_t
search(const tm_point *vertex, uint32_t from, uint32_t to, double x)
{
	while (from < to)
	{
		uint32_t	middle = from + (to - from) / 2;

		if (vertex[middle].x < x)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Says whether a vertex of one square lies in the triangle. */
static bool
square_holds(const tm_coverage *c, const triangle *t, uint32_t from, uint32_t to, uint32_t *work)
{
	if (to - from > SCAN)
		from = search(c->vertex, from, to, t->low.x);
	for (uint32_t i = from; i < to && c->vertex[i].x <= t->high.x; i++)
	{
		++*work;
		if (holds(t, i, c->vertex[i]))
			return true;
	}
	return false;
}

/* Says whether a vertex of a row of squares lies in the triangle. */
static bool
row_holds(const tm_coverage *c, const triangle *t, uint32_t from, uint32_t to, uint32_t *work)
{
	const uint32_t *first = c->grid.first;

	if (first[to + 1] - first[from] > SCAN)
	{
		for (uint32_t s = from; s <= to; s++)
		{
			++*work;
			if (square_holds(c, t, first[s], first[s + 1], work))
				return true;
		}
		return false;
	}
	for (uint32_t i = first[from]; i < first[to + 1]; i++)
	{
		++*work;
		if (holds(t, i, c->vertex[i]))
			return true;
	}
	return false;
}

/* Says whether v lies on the line from a to b for certain: a line along an axis. */
static bool
lies_between(tm_point a, tm_point v, tm_point b)
{
	return (a.x == v.x && v.x == b.x && (a.y < v.y) == (v.y < b.y)) ||
		(a.y == v.y && v.y == b.y && (a.x < v.x) == (v.x < b.x));
}

/* Says whether the triangle of three vertices holds no other that is left, inside or on its border; adds to work what was looked at. */
bool
tm_triangle_free(const tm_coverage *c, uint32_t a, uint32_t v, uint32_t b, uint32_t *work)
{
	triangle	t = {.corner = {a, v, b}, .a = c->vertex[a], .v = c->vertex[v], .b = c->vertex[b]};
	uint32_t	left,
				right,
				top;

	if (lies_between(t.a, t.v, t.b))
		return true;			/* the line stays the same line */
	t.low = (tm_point) {fmin(t.v.x, fmin(t.a.x, t.b.x)), fmin(t.v.y, fmin(t.a.y, t.b.y))};
	t.high = (tm_point) {fmax(t.v.x, fmax(t.a.x, t.b.x)), fmax(t.v.y, fmax(t.a.y, t.b.y))};
	left = tm_grid_column(&c->grid, t.low.x);
	right = tm_grid_column(&c->grid, t.high.x);
	top = tm_grid_row(&c->grid, t.high.y);
	for (uint32_t row = tm_grid_row(&c->grid, t.low.y); row <= top; row++)
	{
		if (row_holds(c, &t, row * c->grid.columns + left, row * c->grid.columns + right, work))
			return false;
	}
	return true;
}

/* The place of an edge in the table, or the empty one where it belongs. */
tm_edge *
tm_edges_slot(const tm_edges *e, uint32_t a, uint32_t b)
{
	uint32_t	low = a < b ? a : b;
	uint32_t	high = a < b ? b : a;
	uint64_t	key = (uint64_t) low << 32 | high;
	uint32_t	at;

	/* Fibonacci hashing: Knuth, The Art of Computer Programming, vol. 3, section 6.4 */
	at = (uint32_t) (key * 0x9e3779b97f4a7c15u >> 32) & e->mask;
	while (e->slot[at].low != TM_NO_VERTEX && (e->slot[at].low != low || e->slot[at].high != high))
		at = (at + 1) & e->mask;
	return &e->slot[at];
}

/* Counts the edges between nodes, and the borders that may become one; both count once for each ring. */
static uint64_t
count_edges(const tm_coverage *c)
{
	uint64_t	edges = 0;

	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		const uint32_t *at = c->corner + c->ring[r].first;
		uint32_t	n = c->ring[r].n;

		for (uint32_t i = 0; i < n; i++)
			edges += (c->flag[at[i]] & TM_NODE) != 0;	/* one goes out of every node */
	}
	return edges;
}

/* Enters an edge between nodes that a ring goes along. */
static void
enter(const tm_edges *e, uint32_t a, uint32_t b, uint32_t ring)
{
	tm_edge    *slot = tm_edges_slot(e, a, b);

	*slot = (tm_edge) {a < b ? a : b, a < b ? b : a, slot->low == TM_NO_VERTEX ? ring : TM_NO_RING};
}

/* Makes the table of edges between nodes, with room for all that borders may become. */
tm_status
tm_edges_find(const tm_coverage *c, tm_edges *e)
{
	uint64_t	room = 16;

	for (uint64_t need = count_edges(c); room < need + need / 2;)
		room *= 2;
	e->mask = (uint32_t) (room - 1);
	e->slot = tm_take(&c->memory, room, sizeof *e->slot);
	if (!e->slot)
		return TM_TOO_MANY;
	memset(e->slot, 0xff, room * sizeof *e->slot);
	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		const uint32_t *at = c->corner + c->ring[r].first;
		uint32_t	n = c->ring[r].n;

		if (r % 4096 == 0)
			tm_tick(&c->memory);
		for (uint32_t i = 0; i < n && !c->ring[r].dropped; i++)
		{
			uint32_t	next = at[i + 1 < n ? i + 1 : 0];

			if (c->flag[at[i]] & c->flag[next] & TM_NODE)
				enter(e, at[i], next, r);
		}
	}
	return TM_OK;
}
