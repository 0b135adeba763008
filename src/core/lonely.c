/*
 * lonely.c - edges that only one ring has, against each other: where borders
 * are cut at different vertices, or leave gaps and slivers. A tree of boxes,
 * packed by sorted tiles (Leutenegger, Lopez & Edgington 1997, ICDE), finds
 * those near an edge.
 */
#include "contiguity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAN 16					/* boxes under one */
#define LEVELS 10

/* An edge. */
typedef struct line
{
	tm_point	from;
	tm_point	to;
	uint32_t	area;
} line;

typedef struct box
{
	tm_point	low;
	tm_point	high;
} box;

/* The tree: level 0 are boxes of FAN lines, each level above has boxes of FAN boxes. */
typedef struct tree
{
	line	   *line;
	uint32_t	n;
	box		   *box[LEVELS];
	uint32_t	count[LEVELS];
	int			levels;
} tree;

/* What is asked about the lines near one. */
typedef struct question
{
	tm_contiguity *c;
	const tree *t;
	bool		rook;
	double		within;			/* touching */
	double		near;			/* 0, or how near is to be measured, */
	double		least;			/* and the least distance found */
	tm_status	status;
} question;

/* qsort order by the middle of lines, from west to east. */
static int
by_x(const void *a, const void *b)
{
	double		x = ((const line *) a)->from.x / 2.0 + ((const line *) a)->to.x / 2.0;
	double		y = ((const line *) b)->from.x / 2.0 + ((const line *) b)->to.x / 2.0;

	return (x > y) - (x < y);
}

/* The same from south to north. */
static int
by_y(const void *a, const void *b)
{
	double		x = ((const line *) a)->from.y / 2.0 + ((const line *) a)->to.y / 2.0;
	double		y = ((const line *) b)->from.y / 2.0 + ((const line *) b)->to.y / 2.0;

	return (x > y) - (x < y);
}

/* The box around a line. */
static box
around(const line *l)
{
	return (box) {
		{fmin(l->from.x, l->to.x), fmin(l->from.y, l->to.y)},
		{fmax(l->from.x, l->to.x), fmax(l->from.y, l->to.y)}
	};
}

/* Lets a box take another one in. */
static void
take_in(box *b, const box *other)
{
	b->low.x = fmin(b->low.x, other->low.x);
	b->low.y = fmin(b->low.y, other->low.y);
	b->high.x = fmax(b->high.x, other->high.x);
	b->high.y = fmax(b->high.y, other->high.y);
}

/* Sorts the lines into tiles and builds the boxes. */
static tm_status
build(tree *t, const tm_memory *m)
{
	uint32_t	strip = (uint32_t) ceil(sqrt((double) t->n / FAN)) * FAN;

	qsort(t->line, t->n, sizeof *t->line, by_x);
	for (uint32_t from = 0; from < t->n; from += strip)
		qsort(t->line + from, t->n - from < strip ? t->n - from : strip, sizeof *t->line, by_y);
	for (uint32_t below = t->n; t->levels == 0 || below > 1; t->levels++)
	{
		uint32_t	count = (below + FAN - 1) / FAN;
		box		   *boxes = m->resize(m->context, NULL, count * sizeof *boxes);

		if (!boxes)
			return TM_TOO_MANY;
		t->box[t->levels] = boxes;
		t->count[t->levels] = count;
		for (uint32_t i = 0; i < below; i++)
		{
			box			b = t->levels == 0 ? around(t->line + i) : t->box[t->levels - 1][i];

			if (i % FAN == 0)
				boxes[i / FAN] = b;
			else
				take_in(boxes + i / FAN, &b);
		}
		below = count;
	}
	return TM_OK;
}

/* Whether boxes are no farther apart than this in either direction. */
static bool
meet(const box *a, const box *b, double within)
{
	return a->low.x <= b->high.x + within && b->low.x <= a->high.x + within
		&& a->low.y <= b->high.y + within && b->low.y <= a->high.y + within;
}

/* The distance of a point from a line. */
static double
from_line(tm_point p, const line *l)
{
	double		x = l->to.x - l->from.x;
	double		y = l->to.y - l->from.y;
	double		length = x * x + y * y;
	double		t = length > 0.0 ? ((p.x - l->from.x) * x + (p.y - l->from.y) * y) / length : 0.0;

	t = fmax(0.0, fmin(1.0, t));
	return hypot(l->from.x + t * x - p.x, l->from.y + t * y - p.y);
}

/* Twice the area of a triangle, above 0 when it turns left. */
static double
turn(tm_point a, tm_point b, tm_point p)
{
	return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

/* The distance of two lines. */
static double
apart(const line *a, const line *b)
{
	double		one = turn(a->from, a->to, b->from);
	double		two = turn(a->from, a->to, b->to);
	double		three = turn(b->from, b->to, a->from);
	double		four = turn(b->from, b->to, a->to);

	if (((one > 0.0 && two < 0.0) || (one < 0.0 && two > 0.0)) && ((three > 0.0 && four < 0.0) || (three < 0.0 && four > 0.0)))
		return 0.0;
	return fmin(fmin(from_line(b->from, a), from_line(b->to, a)), fmin(from_line(a->from, b), from_line(a->to, b)));
}

/* Narrows a stretch 0 to 1 of a line to where a number that goes from one value to another along it is in a range. */
static void
narrow(double from, double to, double low, double high, double *start, double *end)
{
	double		a = (low - from) / (to - from);
	double		b = (high - from) / (to - from);

	if (to == from)
	{
		if (from < low || from > high)
			*end = -1.0;
		return;
	}
	*start = fmax(*start, fmin(a, b));
	*end = fmin(*end, fmax(a, b));
}

/*
 * Whether lines run along each other: b is within that distance of a, beside
 * it, over ten times the distance or half the shorter of them, so that lines
 * that meet in a corner do not.
 */
static bool
along(const line *a, const line *b, double within)
{
	double		length = hypot(a->to.x - a->from.x, a->to.y - a->from.y);
	double		other = hypot(b->to.x - b->from.x, b->to.y - b->from.y);
	double		x = (a->to.x - a->from.x) / length;
	double		y = (a->to.y - a->from.y) / length;
	double		start = 0.0;
	double		end = 1.0;

	if (!(length > 0.0 && other > 0.0))
		return false;
	narrow((b->from.y - a->from.y) * x - (b->from.x - a->from.x) * y, (b->to.y - a->from.y) * x - (b->to.x - a->from.x) * y, -within, within, &start, &end);
	narrow((b->from.x - a->from.x) * x + (b->from.y - a->from.y) * y, (b->to.x - a->from.x) * x + (b->to.y - a->from.y) * y, 0.0, length, &start, &end);
	return (end - start) * other > fmin(10.0 * within, 0.5 * fmin(length, other));
}

/* Answers for one line that is near. */
static void
answer(question *q, const line *l, const line *other)
{
	if (other->area == l->area)
		return;
	if (q->near > 0.0)
		q->least = fmin(q->least, apart(l, other));
	else if (other->area < l->area && (q->rook ? along(l, other, q->within) || along(other, l, q->within) : apart(l, other) <= q->within))
		q->status = tm_contiguity_pair(q->c, l->area, other->area);
}

/* Asks about all lines near one, in a box of a level. */
static void
look(question *q, const line *l, const box *b, int level, uint32_t at)
{
	const tree *t = q->t;
	uint32_t	last = (at + 1) * FAN;
	double		within = q->near > 0.0 ? fmin(q->near, q->least) : q->within;

	if (!meet(t->box[level] + at, b, within))
		return;
	if (level > 0)
	{
		for (uint32_t i = at * FAN; i < last && i < t->count[level - 1] && q->status == TM_OK; i++)
			look(q, l, b, level - 1, i);
		return;
	}
	for (uint32_t i = at * FAN; i < last && i < t->n && q->status == TM_OK; i++)
	{
		box			there = around(t->line + i);

		if (meet(&there, b, within))
			answer(q, l, t->line + i);
	}
}

/* Collects the edges that one ring alone has. */
static tm_status
collect(tm_contiguity *c, tree *t)
{
	uint32_t	n = 0;

	for (uint32_t v = 0; v < c->n_points; v++)
		n += !c->shared[v];
	t->line = c->memory.resize(c->memory.context, NULL, ((size_t) n + 1) * sizeof *t->line);
	if (!t->line)
		return TM_TOO_MANY;
	for (uint32_t r = 0; r < c->n_rings; r++)
		for (uint32_t v = c->ring[r]; v < c->ring[r + 1]; v++)
			if (!c->shared[v])
				t->line[t->n++] = (line) {c->point[v], c->point[tm_contiguity_next(c, r, v)], c->ring_area[r]};
	return TM_OK;
}

/* Asks about the lines; of islands alone when distances are measured. */
static void
ask(question *q, const uint8_t *linked, double *distance)
{
	const tree *t = q->t;

	for (uint32_t i = 0; i < t->n && q->status == TM_OK; i++)
	{
		const line *l = t->line + i;
		box			b = around(l);

		if (i % 64 == 0)
			q->c->memory.tick(q->c->memory.context);
		if (linked && linked[l->area])
			continue;
		q->least = linked ? distance[l->area] : INFINITY;
		look(q, l, &b, t->levels - 1, 0);
		if (linked)
			distance[l->area] = q->least;
	}
}

/* Counts islands that are within a distance of another area. */
static tm_status
near_misses(question *q, double near, tm_near_miss *missed)
{
	tm_contiguity *c = q->c;
	uint8_t    *linked = c->memory.resize(c->memory.context, NULL, (size_t) c->n_areas + 1);
	double	   *distance = c->memory.resize(c->memory.context, NULL, ((size_t) c->n_areas + 1) * sizeof *distance);

	if (!linked || !distance)
		return TM_TOO_MANY;
	memset(linked, 0, c->n_areas);
	for (size_t i = 0; i < c->n_pairs; i++)
		linked[c->pair[i].a] = linked[c->pair[i].b] = 1;
	for (uint32_t a = 0; a < c->n_areas; a++)
		distance[a] = INFINITY;
	q->near = near;
	ask(q, linked, distance);
	for (uint32_t a = 0; a < c->n_areas; a++)
		if (!linked[a] && distance[a] <= near)
		{
			missed->islands++;
			missed->distance = fmax(missed->distance, distance[a]);
		}
	c->memory.resize(c->memory.context, linked, 0);
	c->memory.resize(c->memory.context, distance, 0);
	return TM_OK;
}

/* Pairs areas whose edges touch though no two of them are the same; then looks for near misses among the islands. */
tm_status
tm_contiguity_lonely(tm_contiguity *c, bool rook, double within, double near, tm_near_miss *missed)
{
	tree		t = {0};
	question	q = {.c = c,.t = &t,.rook = rook,.within = within,.least = INFINITY};
	tm_status	status = collect(c, &t);

	if (status != TM_OK || t.n == 0)
		return status;
	status = build(&t, &c->memory);
	if (status != TM_OK)
		return status;
	ask(&q, NULL, NULL);
	status = q.status;
	if (status == TM_OK && near > 0.0)
		status = near_misses(&q, near, missed);
	for (int i = 0; i < t.levels; i++)
		c->memory.resize(c->memory.context, t.box[i], 0);
	c->memory.resize(c->memory.context, t.line, 0);
	return status;
}
