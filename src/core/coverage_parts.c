/*
 * coverage_parts.c - small parts and small holes of a coverage left out.
 *
 * What goes leaves neither a gap nor an overlap: an island that touches
 * nothing, an empty hole, or a part that fills a hole of another polygon, and
 * that hole with it. Whatever else a small part is to its neighbours, it
 * stays, and so does the largest part of each region.
 */
#include "coverage.h"
#include "heap_sort.h"

#include <math.h>

/* A ring that may go. */
typedef struct candidate
{
	double		area;
	uint32_t	low;			/* its lowest vertex */
	uint32_t	ring;
	uint64_t	sum;			/* of all their numbers, mixed */
} candidate;

/* What is known of the rings. */
typedef struct parts
{
	tm_coverage *c;
	double	   *area;			/* of each ring */
	uint32_t   *holes;			/* of each shell: holes not dropped */
	bool	   *largest;		/* of each shell: that of its region */
} parts;

/* The area a ring encloses, in square units (the shoelace formula, from the ring's first vertex). */
static double
ring_area(const tm_coverage *c, uint32_t ring)
{
	const uint32_t *at = c->corner + c->ring[ring].first;
	tm_point	o = c->vertex[at[0]];
	double		sum = 0;

	for (uint32_t i = 1; i + 1 < c->ring[ring].n; i++)
	{
		tm_point	p = c->vertex[at[i]];
		tm_point	q = c->vertex[at[i + 1]];

		sum += (p.x - o.x) * (q.y - o.y) - (p.y - o.y) * (q.x - o.x);
	}
	return fabs(sum) / 2;
}

/* Measures all rings, counts holes and finds the largest part of each region, the first among equals. */
static void
measure(parts *p)
{
	const tm_coverage *c = p->c;
	double		most = 0;
	double		net = 0;
	uint32_t	best = 0;

	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		p->area[r] = ring_area(c, r);
		p->holes[r] = 0;
		p->largest[r] = false;
		if (c->ring[r].shell != r)
			p->holes[c->ring[r].shell]++;
	}
	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		uint32_t	region = c->ring[r].region;

		if (c->ring[r].shell != r)
			continue;
		net = p->area[r];
		for (uint32_t h = r + 1; h < c->n_rings && c->ring[h].shell == r; h++)
			net -= p->area[h];
		if (r == 0 || c->ring[r - 1].region != region || net > most)
		{
			most = net;
			best = r;
		}
		if (r + 1 + p->holes[r] >= c->n_rings || c->ring[r + 1 + p->holes[r]].region != region)
			p->largest[best] = true;
	}
}

/* A ring with what it is sorted by. */
static candidate
candidate_of(const parts *p, uint32_t ring)
{
	const uint32_t *at = p->c->corner + p->c->ring[ring].first;
	candidate	out = {p->area[ring], at[0], ring, 0};

	for (uint32_t i = 0; i < p->c->ring[ring].n; i++)
	{
		out.low = at[i] < out.low ? at[i] : out.low;
		out.sum += (at[i] + 1) * UINT64_C(0x9e3779b97f4a7c15) >> 20;
	}
	return out;
}

/* Says whether a comes before b: smaller, then by where it is, so that the order of rows does not matter. */
static bool
before(const candidate *a, const candidate *b)
{
	if (a->area != b->area)
		return a->area < b->area;
	if (a->low != b->low)
		return a->low < b->low;
	return a->sum != b->sum ? a->sum < b->sum : a->ring < b->ring;
}

/* Sorts candidates by area. */
TM_HEAP_SORT(sort_candidates, candidate, uint32_t, before)

/* Counts the nodes of a ring, and says whether no other ring goes through the rest of it. */
static bool
lonely(const tm_coverage *c, uint32_t ring, uint32_t *nodes)
{
	const uint32_t *at = c->corner + c->ring[ring].first;
	bool		alone = true;

	*nodes = 0;
	for (uint32_t i = 0; i < c->ring[ring].n; i++)
	{
		if (c->flag[at[i]] & TM_NODE)
			++*nodes;
		else if (c->owner[at[i]][1] != TM_NO_RING)
			alone = false;
	}
	return alone && *nodes <= 1;
}

/* Says whether a vertex that is none of a ring's lies within it (crossing number; Hormann and Agathos 2001, Comput Geom 20:131). */
static bool
within(const tm_coverage *c, uint32_t ring, uint32_t v)
{
	const uint32_t *at = c->corner + c->ring[ring].first;
	uint32_t	n = c->ring[ring].n;
	tm_point	p = c->vertex[v];
	bool		in = false;

	if (tm_removed(c, v))
		return false;
	for (uint32_t i = 0; i < n; i++)
	{
		tm_point	a = c->vertex[at[i]];
		tm_point	b = c->vertex[at[i + 1 < n ? i + 1 : 0]];

		if (at[i] == v)
			return false;
		if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
			in = !in;
	}
	return in;
}

/* Says whether any vertex lies within a ring. */
static bool
holds_any(const tm_coverage *c, uint32_t ring)
{
	const uint32_t *at = c->corner + c->ring[ring].first;
	tm_point	low = c->vertex[at[0]];
	tm_point	high = low;
	uint32_t	left,
				right,
				top;

	for (uint32_t i = 1; i < c->ring[ring].n; i++)
	{
		tm_point	p = c->vertex[at[i]];

		low = (tm_point) {fmin(low.x, p.x), fmin(low.y, p.y)};
		high = (tm_point) {fmax(high.x, p.x), fmax(high.y, p.y)};
	}
	left = tm_grid_column(&c->grid, low.x);
	right = tm_grid_column(&c->grid, high.x);
	top = tm_grid_row(&c->grid, high.y);
	for (uint32_t row = tm_grid_row(&c->grid, low.y); row <= top; row++)
	{
		const uint32_t *first = c->grid.first + row * c->grid.columns;

		tm_tick(&c->memory);
		for (uint32_t v = first[left]; v < first[right + 1]; v++)
		{
			if (c->owner[v][0] != ring && within(c, ring, v))
				return true;
		}
	}
	return false;
}

/* Takes a ring out, and its vertices but for a node that others go through. */
static void
drop(parts *p, uint32_t ring)
{
	tm_coverage *c = p->c;
	const uint32_t *at = c->corner + c->ring[ring].first;

	c->ring[ring].dropped = true;
	if (c->ring[ring].shell != ring)
		p->holes[c->ring[ring].shell]--;
	for (uint32_t i = 0; i < c->ring[ring].n; i++)
	{
		if (c->flag[at[i]] & TM_NODE)
			continue;
		c->flag[at[i]] |= TM_SEEN;
		c->vertex[at[i]].y = NAN;
	}
}

/* The hole that a shell without nodes fills, or TM_NO_RING. */
static uint32_t
filled_hole(const tm_coverage *c, uint32_t shell)
{
	uint32_t	v = c->corner[c->ring[shell].first];
	uint32_t	other = c->owner[v][0] == shell ? c->owner[v][1] : c->owner[v][0];

	if (other == TM_NO_RING || c->flag[v] & TM_MANY || c->ring[other].shell == other)
		return TM_NO_RING;
	return c->ring[other].n == c->ring[shell].n ? other : TM_NO_RING;
}

/* Drops a ring if that leaves neither gap nor overlap. */
static void
try_to_drop(parts *p, uint32_t ring)
{
	const tm_coverage *c = p->c;
	uint32_t	nodes;
	bool		alone = lonely(c, ring, &nodes);
	uint32_t	hole;

	if (c->ring[ring].shell != ring)
	{
		if (alone && !holds_any(c, ring))
			drop(p, ring);
		return;
	}
	if (p->largest[ring] || p->holes[ring] > 0)
		return;
	if (alone)
	{
		drop(p, ring);
		return;
	}
	hole = nodes == 0 ? filled_hole(c, ring) : TM_NO_RING;
	if (hole == TM_NO_RING)
		return;
	drop(p, ring);
	drop(p, hole);
}

/* Drops what may go, smallest first, so that what lies in a ring is decided before it. */
static void
drop_small(parts *p, candidate *order, double min_part)
{
	uint32_t	n = 0;

	for (uint32_t r = 0; r < p->c->n_rings; r++)
	{
		if (p->area[r] < min_part)
			order[n++] = candidate_of(p, r);
	}
	sort_candidates(order, n);
	for (uint32_t i = 0; i < n; i++)
	{
		tm_tick(&p->c->memory);
		if (!p->c->ring[order[i].ring].dropped)
			try_to_drop(p, order[i].ring);
	}
}

/* Leaves out parts and holes of less than that area (square units), as far as that leaves neither gaps nor overlaps. */
tm_status
tm_coverage_drop(tm_coverage *c, double min_part)
{
	const tm_memory *m = &c->memory;
	parts		p = {
		c, tm_take(m, c->n_rings, sizeof *p.area), tm_take(m, c->n_rings, sizeof *p.holes), tm_take(m, c->n_rings, sizeof *p.largest)
	};
	candidate  *order = tm_take(m, c->n_rings, sizeof *order);
	tm_status	status = min_part >= 0 ? TM_OK : TM_NEGATIVE;

	if (!p.area || !p.holes || !p.largest || !order)
		status = TM_TOO_MANY;
	if (status == TM_OK)
	{
		measure(&p);
		drop_small(&p, order, min_part);
	}
	tm_give(m, order);
	tm_give(m, p.largest);
	tm_give(m, p.holes);
	tm_give(m, p.area);
	return status;
}
