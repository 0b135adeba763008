/*
 * generalise.c - borders of a coverage made simpler, its topology kept.
 *
 * Vertices go in the order of their effective area, the triangle with their
 * two neighbours, smallest first (Visvalingam and Whyatt 1993, Cartogr J
 * 30:46), along one border between two nodes at a time. One stays when
 *
 * - another vertex lies in its triangle. Where edges do not cross, removing it
 *   then makes none cross: an edge through the new side would have to end in
 *   the triangle or cross an old side (de Berg, van Kreveld and Schirra 1998,
 *   Cartogr Geogr Inf Syst 25:243, on consistent simplification);
 * - the new side is an edge already: two borders would become one and what
 *   lies between them would be gone.
 *
 * So no ring gets fewer than three vertices, none is turned over, and the faces
 * between the borders stay what they are. Two borders may become one after all
 * where they belong to two different regions, one ring each, and nothing is
 * between: the gap or overlap of neighbours whose vertices do not match.
 */
#include "coverage_index.h"

#include <math.h>

#define NOT_QUEUED UINT32_MAX
#define PASSES 8				/* over borders on which a vertex stood in the way of another */
#define TICK 65536				/* vertices looked at */

/* A vertex of the border that is being simplified. */
typedef struct stop
{
	double		area;			/* twice that of its triangle */
	uint32_t	vertex;
	uint32_t	before;			/* places of its neighbours along the border */
	uint32_t	after;
	uint32_t	queued;			/* its place in the queue */
} stop;

/* A border and the room to work on it. */
typedef struct border
{
	tm_coverage *c;
	tm_edges	edges;
	double		limit;			/* twice the area up to which vertices go */
	stop	   *stop;
	uint32_t   *queue;			/* a heap of places, smallest area first */
	uint32_t	n;				/* stops, both nodes included */
	uint32_t	room;
	uint32_t	queued;
	uint32_t	left;			/* vertices between the nodes, or of the whole ring */
	uint32_t	least;			/* so many have to stay */
	bool		closed;			/* a ring without a node */
	bool		blocked;		/* a vertex stayed because of another */
	uint32_t	work;
} border;

/* Says whether one stop goes before another: smaller area, then lower vertex. */
static bool
goes_before(const border *b, uint32_t i, uint32_t j)
{
	return b->stop[i].area != b->stop[j].area ? b->stop[i].area < b->stop[j].area : b->stop[i].vertex < b->stop[j].vertex;
}

/* Puts a stop at a place of the queue. */
static void
put(border *b, uint32_t at, uint32_t i)
{
	b->queue[at] = i;
	b->stop[i].queued = at;
}

/* Moves a stop towards the front of the queue as far as it goes. */
static void
rise(border *b, uint32_t at, uint32_t i)
{
	while (at > 0 && goes_before(b, i, b->queue[(at - 1) / 2]))
	{
		put(b, at, b->queue[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(b, at, i);
}

/* Moves a stop towards the end of the queue as far as it goes. */
static void
sink(border *b, uint32_t at, uint32_t i)
{
	for (uint32_t child = 2 * at + 1; child < b->queued; child = 2 * at + 1)
	{
		if (child + 1 < b->queued && goes_before(b, b->queue[child + 1], b->queue[child]))
			child++;
		if (!goes_before(b, b->queue[child], i))
			break;
		put(b, at, b->queue[child]);
		at = child;
	}
	put(b, at, i);
}

/* Takes a stop out of the queue. */
static void
unqueue(border *b, uint32_t i)
{
	uint32_t	at = b->stop[i].queued;
	uint32_t	last = b->queue[--b->queued];

	b->stop[i].queued = NOT_QUEUED;
	if (last == i)
		return;
	if (at > 0 && goes_before(b, last, b->queue[(at - 1) / 2]))
		rise(b, at, last);
	else
		sink(b, at, last);
}

/* Says whether a stop is an end of the border. */
static bool
is_end(const border *b, uint32_t i)
{
	return !b->closed && (i == 0 || i == b->n - 1);
}

/* Twice the area of a stop's triangle: the same bits whichever way the border is walked. */
static double
area_at(const border *b, const stop *s)
{
	tm_point	v = b->c->vertex[s->vertex];
	tm_point	a = b->c->vertex[b->stop[s->before].vertex];
	tm_point	z = b->c->vertex[b->stop[s->after].vertex];

	return fabs((a.x - v.x) * (z.y - v.y) - (a.y - v.y) * (z.x - v.x));
}

/* Sets the area of a stop anew and its place in the queue: in it when the area is small enough. */
static void
weigh(border *b, uint32_t i)
{
	stop	   *s = &b->stop[i];

	if (is_end(b, i))
		return;
	if (s->queued != NOT_QUEUED)
		unqueue(b, i);
	s->area = area_at(b, s);
	if (s->area <= b->limit)
		rise(b, b->queued++, i);
}

/* Adds a vertex to the border; false when there is no memory. */
static bool
append(border *b, uint32_t v)
{
	if (b->n == b->room)
	{
		const tm_memory *m = &b->c->memory;
		uint32_t	room = b->room + b->room / 2 + 256;
		stop	   *stops = m->resize(m->context, b->stop, room * sizeof *stops);
		uint32_t   *queue;

		if (!stops)
			return false;
		b->stop = stops;
		queue = m->resize(m->context, b->queue, room * sizeof *queue);
		if (!queue)
			return false;
		b->queue = queue;
		b->room = room;
	}
	b->stop[b->n] = (stop) {0, v, b->n - 1, b->n + 1, NOT_QUEUED};
	b->n++;
	return true;
}

/* The vertex behind v when one comes from another; neighbours are as they were at first. */
static uint32_t
onward(const tm_coverage *c, uint32_t from, uint32_t v)
{
	return c->link[v][0] == from ? c->link[v][1] : c->link[v][0];
}

/* Lays out the border that a vertex is on, from node to node or all round, without what was removed. */
static tm_status
lay_out(border *b, uint32_t v)
{
	tm_coverage *c = b->c;
	uint32_t	from = c->link[v][1];
	uint32_t	at = v;
	uint32_t	next;
	uint32_t	start;

	/* back to the node before, or to v */
	do
	{
		next = onward(c, from, at);
		from = at;
		at = next;
	} while (at != v && !(c->flag[at] & TM_NODE));
	b->closed = at == v && !(c->flag[v] & TM_NODE);
	b->n = 0;
	b->queued = 0;
	b->blocked = false;
	if (!b->closed && !append(b, at))
		return TM_TOO_MANY;
	/* and forth */
	if (b->closed)
	{
		from = c->link[v][1];
		at = v;
	}
	else
	{
		uint32_t	node = at;

		at = from;
		from = node;
	}
	start = at;
	do
	{
		c->flag[at] |= TM_SEEN;
		if (!tm_removed(c, at) && !append(b, at))
			return TM_TOO_MANY;
		next = onward(c, from, at);
		from = at;
		at = next;
	} while (at != start && !(c->flag[at] & TM_NODE));
	if (!b->closed && !append(b, at))
		return TM_TOO_MANY;
	b->left = b->closed ? b->n : b->n - 2;
	b->least = b->closed ? 3 : b->stop[0].vertex == b->stop[b->n - 1].vertex ? 2 : 0;
	if (b->closed && b->n > 0)
	{
		b->stop[0].before = b->n - 1;
		b->stop[b->n - 1].after = 0;
	}
	return TM_OK;
}

/* Says whether two borders may become one: of one ring each, of different regions, and v's ring has vertices to spare. */
static bool
may_heal(const tm_coverage *c, uint32_t v, const tm_edge *edge)
{
	uint32_t	ring = c->owner[v][0];

	return edge->ring != TM_NO_RING && c->owner[v][1] == TM_NO_RING &&
		c->ring[edge->ring].region != c->ring[ring].region && c->ring[ring].left > 3;
}

/* Says whether the last vertex between two nodes may go, and enters the edge that takes its place. */
static bool
becomes_edge(border *b, const stop *s)
{
	tm_coverage *c = b->c;
	uint32_t	one = b->stop[s->before].vertex;
	uint32_t	other = b->stop[s->after].vertex;
	tm_edge    *edge = tm_edges_slot(&b->edges, one, other);
	bool		there = edge->low != TM_NO_VERTEX;

	if (there && !may_heal(c, s->vertex, edge))
		return false;
	*edge = (tm_edge) {
		.low = one < other ? one : other,
		.high = one < other ? other : one,
		.ring = there || c->owner[s->vertex][1] != TM_NO_RING ? TM_NO_RING : c->owner[s->vertex][0]
	};
	return true;
}

/* Says whether a stop may go. */
static bool
may_go(border *b, const stop *s)
{
	if (!tm_triangle_free(b->c, b->stop[s->before].vertex, s->vertex, b->stop[s->after].vertex, &b->work))
		return false;
	return b->closed || b->left > 1 || becomes_edge(b, s);
}

/* Takes one from what a ring has left. */
static void
lose(tm_coverage *c, uint32_t ring)
{
	if (ring != TM_NO_RING && c->ring[ring].left > 0)
		c->ring[ring].left--;
}

/* Removes a stop's vertex. */
static void
remove_stop(border *b, const stop *s)
{
	tm_coverage *c = b->c;

	c->vertex[s->vertex].y = NAN;
	lose(c, c->owner[s->vertex][0]);
	lose(c, c->owner[s->vertex][1]);
	b->stop[s->before].after = s->after;
	b->stop[s->after].before = s->before;
	b->left--;
	weigh(b, s->before);
	weigh(b, s->after);
}

/* Simplifies the border that a vertex is on. */
static tm_status
simplify(border *b, uint32_t v)
{
	tm_status	status = lay_out(b, v);

	if (status != TM_OK)
		return status;
	for (uint32_t i = 0; i < b->n; i++)
		weigh(b, i);
	while (b->queued > 0 && b->left > b->least)
	{
		stop	   *s = &b->stop[b->queue[0]];

		unqueue(b, b->queue[0]);
		if (b->work++ >= TICK)
		{
			b->work = 0;
			tm_tick(&b->c->memory);
		}
		if (may_go(b, s))
			remove_stop(b, s);
		else
			b->blocked = true;
	}
	return TM_OK;
}

/* Simplifies all borders, then again those on which a vertex stood in the way of another that may be gone since. */
static tm_status
simplify_all(border *b, uint32_t *again)
{
	tm_coverage *c = b->c;
	tm_status	status = TM_OK;
	uint32_t	n = 0;

	for (uint32_t v = 0; v < c->n_vertices && status == TM_OK; v++)
	{
		if (c->flag[v] & (TM_NODE | TM_SEEN))
			continue;
		status = simplify(b, v);
		if (b->blocked)
			again[n++] = v;
	}
	for (int pass = 1; pass < PASSES && n > 0 && status == TM_OK; pass++)
	{
		uint32_t	m = 0;

		for (uint32_t i = 0; i < n && status == TM_OK; i++)
		{
			status = simplify(b, again[i]);
			if (b->blocked)
				again[m++] = again[i];
		}
		n = m;
	}
	return status;
}

/*
 * Removes vertices whose triangle has an area of at most tolerance squared, in
 * square units of the coordinates.
 */
tm_status
tm_coverage_generalise(tm_coverage *c, double tolerance)
{
	border		b = {.c = c, .limit = 2 * (tolerance * tolerance)};
	uint32_t   *again;
	tm_status	status;

	if (!(tolerance >= 0))
		return TM_NEGATIVE;
	again = tm_take(&c->memory, c->n_vertices, sizeof *again);
	status = again ? tm_edges_find(c, &b.edges) : TM_TOO_MANY;
	if (status == TM_OK)
		status = simplify_all(&b, again);
	tm_give(&c->memory, b.edges.slot);
	tm_give(&c->memory, b.stop);
	tm_give(&c->memory, b.queue);
	tm_give(&c->memory, again);
	return status;
}
