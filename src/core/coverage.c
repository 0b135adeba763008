/*
 * coverage.c - rings of polygons as walks over shared vertices, and back to bytes.
 *
 * Points are brought together by a grid: sorted into squares by counting, and
 * within a square by x and y. That also numbers the vertices by where they
 * are and not by which row came first, so that everything done in the order of
 * their numbers gives the same result for any order of the rows.
 */
#include "coverage.h"
#include "heap_sort.h"

#include <math.h>
#include <string.h>

#define POINTS_A_SQUARE 2		/* so many of all rings, on average */
#define TICK 4096

/* A point on its way to being a vertex. */
typedef struct spot
{
	tm_point	p;
	uint32_t	at;				/* its place among the points */
} spot;

/* An empty coverage. */
void
tm_coverage_start(tm_coverage *c, tm_memory memory)
{
	memset(c, 0, sizeof *c);
	c->memory = memory;
}

/* Makes room for so many points more behind those that are there. */
tm_status
tm_coverage_room(tm_coverage *c, uint64_t points)
{
	uint64_t	need = c->n_points + points;
	uint64_t	room = c->point_room + (uint64_t) c->point_room / 2;
	tm_point   *larger;

	if (need > TM_COVERAGE_POINTS)
		return TM_TOO_MANY;
	if (need <= c->point_room)
		return TM_OK;
	room = room < need ? need : room;
	room = room < 1024 ? 1024 : room;
	larger = c->memory.resize(c->memory.context, c->point, room * sizeof *larger);
	if (!larger)
		return TM_TOO_MANY;
	c->point = larger;
	c->point_room = (uint32_t) room;
	return TM_OK;
}

/* Adds a ring; its points may stand in the room behind the others already. */
tm_status
tm_coverage_add(tm_coverage *c, uint32_t region, const tm_wkb_ring *ring)
{
	tm_status	status = tm_coverage_room(c, ring->n);

	if (status != TM_OK)
		return status;
	if (c->n_rings == c->ring_room)
	{
		uint32_t	room = c->ring_room + c->ring_room / 2 + 256;
		tm_ring    *larger = c->memory.resize(c->memory.context, c->ring, room * sizeof *larger);

		if (!larger)
			return TM_TOO_MANY;
		c->ring = larger;
		c->ring_room = room;
	}
	if (ring->point != c->point + c->n_points)
		memcpy(c->point + c->n_points, ring->point, ring->n * sizeof *ring->point);
	c->ring[c->n_rings] = (tm_ring) {
		.first = c->n_points,
		.n = ring->n,
		.region = region,
		.shell = ring->hole ? c->ring[c->n_rings - 1].shell : c->n_rings,
		.left = ring->n
	};
	c->n_points += ring->n;
	c->n_rings++;
	return TM_OK;
}

/* Lays a grid over all points, of so many squares at most; without its squares. */
static void
lay_grid(tm_coverage *c, double squares)
{
	tm_point	low = {INFINITY, INFINITY},
				high = {-INFINITY, -INFINITY};
	double		wide,
				tall,
				columns;

	for (uint32_t i = 0; i < c->n_points; i++)
	{
		tm_point	p = c->point[i];

		low.x = p.x < low.x ? p.x : low.x;
		low.y = p.y < low.y ? p.y : low.y;
		high.x = p.x > high.x ? p.x : high.x;
		high.y = p.y > high.y ? p.y : high.y;
	}
	wide = high.x - low.x;
	tall = high.y - low.y;
	columns = tall > 0 ? sqrt(squares * (wide / tall)) : squares;
	columns = columns > 1 ? floor(columns < squares ? columns : squares) : 1;
	c->grid.low = low;
	c->grid.columns = (uint32_t) columns;
	c->grid.rows = (uint32_t) (squares / columns > 1 ? squares / columns : 1);
	c->grid.scale = (tm_point) {c->grid.columns / wide, c->grid.rows / tall};
	if (!isfinite(c->grid.scale.x))
		c->grid.scale.x = 0;
	if (!isfinite(c->grid.scale.y))
		c->grid.scale.y = 0;
}

/* Says whether a comes before b by x, then y. */
static bool
before(const spot *a, const spot *b)
{
	return a->p.x != b->p.x ? a->p.x < b->p.x : a->p.y < b->p.y;
}

/* Sorts many spots by x and y. */
TM_HEAP_SORT(sort_many_spots, spot, uint32_t, before)

/* Sorts spots by x and y: by insertion when they are few, else as a heap. */
static void
sort_spots(spot *a, uint32_t n)
{
	if (n <= 12)
	{
		for (uint32_t i = 1; i < n; i++)
		{
			spot		x = a[i];
			uint32_t	j = i;

			for (; j > 0 && before(&x, &a[j - 1]); j--)
				a[j] = a[j - 1];
			a[j] = x;
		}
		return;
	}
	sort_many_spots(a, n);
}

/* The square of a point. */
static uint32_t
square_of(const tm_grid *g, tm_point p)
{
	return tm_grid_row(g, p.y) * g->columns + tm_grid_column(g, p.x);
}

/* Lays the points out by square; first then tells where each square begins. */
static void
scatter(const tm_coverage *c, uint32_t squares, spot *out)
{
	uint32_t   *first = c->grid.first;
	uint32_t	sum = 0;

	memset(first, 0, (squares + 1) * sizeof *first);
	for (uint32_t i = 0; i < c->n_points; i++)
		first[square_of(&c->grid, c->point[i])]++;
	for (uint32_t s = 0; s <= squares; s++)
	{
		sum += first[s];
		first[s] = sum;
	}
	tm_tick(&c->memory);
	/* backwards, so that each square's end becomes its beginning */
	for (uint32_t i = c->n_points; i-- > 0;)
		out[--first[square_of(&c->grid, c->point[i])]] = (spot) {c->point[i], i};
}

/* Numbers the vertices, each where points are equal, and says of each point which it is; first then counts vertices. */
static void
number(tm_coverage *c, uint32_t squares, spot *spots)
{
	uint32_t	n = 0;
	uint32_t   *first = c->grid.first;

	for (uint32_t s = 0; s < squares; s++)
	{
		uint32_t	from = first[s];
		uint32_t	to = first[s + 1];

		if (s % TICK == 0 || to - from > TICK)
			tm_tick(&c->memory);
		sort_spots(spots + from, to - from);
		first[s] = n;
		for (uint32_t i = from; i < to; i++)
		{
			if (i == from || spots[i].p.x != spots[i - 1].p.x || spots[i].p.y != spots[i - 1].p.y)
				c->vertex[n++] = spots[i].p;
			c->corner[spots[i].at] = n - 1;
		}
	}
	first[squares] = n;
	c->n_vertices = n;
}

/* Brings equal points together as vertices in a grid. */
static tm_status
find_vertices(tm_coverage *c)
{
	uint32_t	squares;
	spot	   *spots;
	tm_point   *fitting;

	lay_grid(c, c->n_points / POINTS_A_SQUARE + 1);
	squares = c->grid.columns * c->grid.rows;
	c->grid.first = tm_take(&c->memory, squares + 1, sizeof *c->grid.first);
	c->corner = tm_take(&c->memory, c->n_points, sizeof *c->corner);
	spots = tm_take(&c->memory, c->n_points, sizeof *spots);
	if (!c->grid.first || !c->corner || !spots)
	{
		tm_give(&c->memory, spots);
		return TM_TOO_MANY;
	}
	scatter(c, squares, spots);
	c->vertex = c->point;		/* the points are in the spots now, and vertices are no more than they */
	c->point = NULL;
	c->point_room = 0;
	number(c, squares, spots);
	tm_give(&c->memory, spots);
	if (c->n_vertices == 0)
		return TM_OK;
	fitting = c->memory.resize(c->memory.context, c->vertex, c->n_vertices * sizeof *fitting);
	c->vertex = fitting ? fitting : c->vertex;
	return TM_OK;
}

/* Takes note that a ring goes through a vertex between two others. */
static void
pass(tm_coverage *c, uint32_t ring, uint32_t v, uint32_t a, uint32_t b)
{
	uint32_t	low = a < b ? a : b;
	uint32_t	high = a < b ? b : a;
	uint32_t   *link = c->link[v];
	uint32_t   *owner = c->owner[v];

	if (owner[0] == TM_NO_RING)
	{
		owner[0] = ring;
		owner[1] = TM_NO_RING;
		link[0] = low;
		link[1] = high;
		c->flag[v] = low == high ? TM_NODE : 0;
		return;
	}
	if (link[0] != low || link[1] != high)
		c->flag[v] |= TM_NODE;
	if (owner[1] == TM_NO_RING)
		owner[1] = ring;
	else
		c->flag[v] |= TM_MANY;
}

/* Walks all rings: neighbours and rings of each vertex, and which are nodes. */
static void
pass_all(tm_coverage *c)
{
	memset(c->owner, 0xff, c->n_vertices * sizeof *c->owner);
	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		uint32_t	n = c->ring[r].n;
		const uint32_t *at = c->corner + c->ring[r].first;

		if (r % TICK == 0 || n > TICK)
			tm_tick(&c->memory);
		for (uint32_t i = 0; i < n; i++)
			pass(c, r, at[i], at[i > 0 ? i - 1 : n - 1], at[i + 1 < n ? i + 1 : 0]);
	}
}

/* Of rings with a border of more than two, forgets how many vertices are left: a vertex knows only two of them. */
static void
forget_many(tm_coverage *c)
{
	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		const uint32_t *at = c->corner + c->ring[r].first;

		for (uint32_t i = 0; i < c->ring[r].n; i++)
		{
			if ((c->flag[at[i]] & (TM_MANY | TM_NODE)) == TM_MANY)
				c->ring[r].left = 0;
		}
	}
}

/* Turns the points of all rings into vertices, with what is known of each. */
tm_status
tm_coverage_link(tm_coverage *c)
{
	tm_status	status = find_vertices(c);

	if (status != TM_OK)
		return status;
	c->link = tm_take(&c->memory, c->n_vertices, sizeof *c->link);
	c->owner = tm_take(&c->memory, c->n_vertices, sizeof *c->owner);
	c->flag = tm_take(&c->memory, c->n_vertices, sizeof *c->flag);
	if (!c->link || !c->owner || !c->flag)
		return TM_TOO_MANY;
	pass_all(c);
	forget_many(c);
	return TM_OK;
}

/* The vertices of a ring that are left. */
static uint32_t
count_left(const tm_coverage *c, uint32_t ring)
{
	const uint32_t *at = c->corner + c->ring[ring].first;
	uint32_t	n = 0;

	for (uint32_t i = 0; i < c->ring[ring].n; i++)
		n += !tm_removed(c, at[i]);
	return n;
}

/* The points a ring is written with, the closing one included: at least four, as the form demands. */
static uint32_t
written(uint32_t left)
{
	return left < 3 ? 4 : left + 1;
}

/* Bytes of a region as a multipolygon: its n rings from the first on. */
size_t
tm_coverage_size(const tm_coverage *c, uint32_t first, uint32_t n)
{
	size_t		size = TM_WKB_HEADER;

	for (uint32_t r = first; r < first + n; r++)
	{
		if (c->ring[r].dropped)
			continue;
		size += TM_WKB_RING + (size_t) written(count_left(c, r)) * TM_WKB_POINT;
		if (c->ring[r].shell == r)
			size += TM_WKB_POLYGON;
	}
	return size;
}

/* Writes a ring from its first vertex that is left. */
static void
write_ring(const tm_coverage *c, uint32_t ring, tm_wkb_out *out)
{
	const uint32_t *at = c->corner + c->ring[ring].first;
	uint32_t	left = count_left(c, ring);
	tm_point	start = {0, 0};
	uint32_t	n = 0;

	tm_wkb_put_ring(out, written(left));
	for (uint32_t i = 0; i < c->ring[ring].n; i++)
	{
		if (tm_removed(c, at[i]))
			continue;
		if (n++ == 0)
			start = c->vertex[at[i]];
		tm_wkb_put_point(out, c->vertex[at[i]]);
	}
	for (; n < written(left); n++)
		tm_wkb_put_point(out, start);
}

/* Writes a region as a multipolygon into tm_coverage_size() bytes; answers how many were written, 4 fewer without an SRID. */
size_t
tm_coverage_write(const tm_coverage *c, uint32_t first, uint32_t n, uint32_t srid, uint8_t *bytes)
{
	tm_wkb_out	out = {bytes};
	uint32_t	polygons = 0;

	for (uint32_t r = first; r < first + n; r++)
		polygons += c->ring[r].shell == r && !c->ring[r].dropped;
	tm_wkb_put_multipolygon(&out, srid, polygons);
	for (uint32_t r = first; r < first + n; r++)
	{
		if (c->ring[r].dropped)
			continue;
		if (c->ring[r].shell == r)
		{
			uint32_t	rings = 1;

			for (uint32_t h = r + 1; h < first + n && c->ring[h].shell == r; h++)
				rings += !c->ring[h].dropped;
			tm_wkb_put_polygon(&out, rings);
		}
		write_ring(c, r, &out);
	}
	return (size_t) (out.at - bytes);
}

/* Gives back what only generalising needs. */
void
tm_coverage_settle(tm_coverage *c)
{
	tm_give(&c->memory, c->link);
	tm_give(&c->memory, c->owner);
	tm_give(&c->memory, c->flag);
	tm_give(&c->memory, c->grid.first);
	c->link = NULL;
	c->owner = NULL;
	c->flag = NULL;
	c->grid.first = NULL;
}

/* Gives back all memory. */
void
tm_coverage_free(tm_coverage *c)
{
	tm_coverage_settle(c);
	tm_give(&c->memory, c->ring);
	tm_give(&c->memory, c->point);
	tm_give(&c->memory, c->corner);
	tm_give(&c->memory, c->vertex);
	tm_coverage_start(c, c->memory);
}
