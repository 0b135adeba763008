/*
 * coverage.c - any rings over a small lattice as a coverage: every region
 * stays, rings that have three corners keep three, the order of regions does
 * not matter, and where no two edges cross none do afterwards.
 */
#include "fuzz.h"

#include "../../src/core/coverage.h"

#define POINTS 48
#define RINGS 12

/* What one input is read as: a byte a point, four bits x and four bits y. */
typedef struct input
{
	double		tolerance;
	double		min_part;
	uint32_t	n_rings;
	uint32_t	n_points;
	uint32_t	first[RINGS + 1];
	bool		hole[RINGS];
	uint32_t	region[RINGS];
	tm_point	point[POINTS];
} input;

/* An edge of the result, by its vertices' coordinates. */
typedef struct edge
{
	tm_point	a,
				b;
} edge;

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

/* Reads an input: tolerance, min_part, then for each ring its length with two bits for hole and region, and its points. */
static void
read_input(const uint8_t *data, size_t size, input *in)
{
	size_t		at = 2;

	memset(in, 0, sizeof *in);
	if (size < 2)
		return;
	in->tolerance = data[0] / 16.0;
	in->min_part = data[1] & 1 ? data[1] / 4.0 : 0;
	while (at < size && in->n_rings < RINGS)
	{
		uint32_t	n = 1 + (data[at] & 31);
		uint32_t	r = in->n_rings;

		in->region[r] = r == 0 ? 0 : in->region[r - 1] + (data[at] >> 6 == 0);
		in->hole[r] = r > 0 && data[at] >> 6 == 1;
		for (at++; n > 0 && at < size && in->n_points < POINTS; n--, at++)
		{
			tm_point	p = {data[at] >> 4, data[at] & 15};

			if (in->n_points > in->first[r] && p.x == in->point[in->n_points - 1].x && p.y == in->point[in->n_points - 1].y)
				continue;
			in->point[in->n_points++] = p;
		}
		while (in->n_points > in->first[r] + 1 && in->point[in->first[r]].x == in->point[in->n_points - 1].x && in->point[in->first[r]].y == in->point[in->n_points - 1].y)
			in->n_points--;
		if (in->n_points == in->first[r])
			return;
		in->first[++in->n_rings] = in->n_points;
	}
}

/* Builds and generalises the coverage, its regions from the first or from the last. */
static void
run(const input *in, bool backwards, tm_coverage *c, int *live)
{
	uint32_t	regions = in->n_rings ? in->region[in->n_rings - 1] + 1 : 0;

	tm_coverage_start(c, (tm_memory) {resize, NULL, live});
	for (uint32_t k = 0; k < regions; k++)
	{
		uint32_t	region = backwards ? regions - 1 - k : k;

		for (uint32_t r = 0; r < in->n_rings; r++)
		{
			tm_point	copy[POINTS];
			uint32_t	n = in->first[r + 1] - in->first[r];

			if (in->region[r] != region)
				continue;
			memcpy(copy, in->point + in->first[r], n * sizeof *copy);
			law(tm_coverage_add(c, region, &(tm_wkb_ring) {copy, n, in->hole[r]}) == TM_OK);
		}
	}
	law(tm_coverage_link(c) == TM_OK);
	if (in->min_part > 0)
		law(tm_coverage_drop(c, in->min_part) == TM_OK);
	law(tm_coverage_generalise(c, in->tolerance) == TM_OK);
}

/* The rings of a region: the first, and how many. */
static uint32_t
rings_of(const tm_coverage *c, uint32_t region, uint32_t *first)
{
	uint32_t	n = 0;

	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		if (c->ring[r].region == region && n++ == 0)
			*first = r;
	}
	return n;
}

/* Both orders give the same bytes for every region, and a polygon for each. */
static void
check_order(const tm_coverage *c, const tm_coverage *d)
{
	for (uint32_t region = 0; c->n_rings > 0 && region <= c->ring[c->n_rings - 1].region; region++)
	{
		uint32_t	p,
					q,
					n = rings_of(c, region, &p);
		size_t		size,
					written;
		uint8_t    *a,
				   *b;

		law(n > 0 && rings_of(d, region, &q) == n);
		size = tm_coverage_size(c, p, n);
		law(size > TM_WKB_HEADER && tm_coverage_size(d, q, n) == size);
		a = block(size);
		b = block(size);
		written = tm_coverage_write(c, p, n, 1, a);
		law(written == size && tm_coverage_write(d, q, n, 1, b) == size && memcmp(a, b, size) == 0);
		free(a);
		free(b);
	}
}

/* The side of a - b on which p lies; exact on the lattice. */
static int
side(tm_point a, tm_point b, tm_point p)
{
	double		d = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);

	return (d > 0) - (d < 0);
}

/* Says whether p lies on the edge, its ends left out. */
static bool
on(const edge *e, tm_point p)
{
	return side(e->a, e->b, p) == 0 && (p.x - e->a.x) * (p.x - e->b.x) + (p.y - e->a.y) * (p.y - e->b.y) < 0;
}

/* Says whether two points are one. */
static bool
same(tm_point a, tm_point b)
{
	return a.x == b.x && a.y == b.y;
}

/* Says whether edges have no point in common but ends. */
static bool
plane(const edge *e, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
	{
		for (uint32_t j = 0; j < i; j++)
		{
			const edge *f = &e[i],
					   *g = &e[j];

			if ((same(f->a, g->a) && same(f->b, g->b)) || (same(f->a, g->b) && same(f->b, g->a)))
				continue;
			if (on(f, g->a) || on(f, g->b) || on(g, f->a) || on(g, f->b))
				return false;
			if (side(f->a, f->b, g->a) * side(f->a, f->b, g->b) < 0 && side(g->a, g->b, f->a) * side(g->a, g->b, f->b) < 0)
				return false;
		}
	}
	return true;
}

/* The edges of the input; simple is false when a ring comes to a point twice or has fewer than three. */
static uint32_t
edges_of_input(const input *in, edge *e, bool *simple)
{
	uint32_t	n = 0;

	*simple = true;
	for (uint32_t r = 0; r < in->n_rings; r++)
	{
		uint32_t	from = in->first[r],
					to = in->first[r + 1];

		*simple &= to - from >= 3;
		for (uint32_t i = from; i < to; i++)
		{
			e[n++] = (edge) {in->point[i], in->point[i + 1 < to ? i + 1 : from]};
			for (uint32_t j = from; j < i; j++)
				*simple &= !same(in->point[i], in->point[j]);
		}
	}
	return n;
}

/* The edges of the result; each ring has three corners if simple ones came in. */
static uint32_t
edges_of_result(const tm_coverage *c, edge *e, bool simple)
{
	uint32_t	n = 0;

	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		uint32_t	from = n;

		for (uint32_t i = 0; i < c->ring[r].n && !c->ring[r].dropped; i++)
		{
			uint32_t	v = c->corner[c->ring[r].first + i];

			if (tm_removed(c, v))
				continue;
			if (n > from)
				e[n - 1].b = c->vertex[v];
			e[n++].a = c->vertex[v];
		}
		if (n > from)
			e[n - 1].b = e[from].a;
		law(!simple || c->ring[r].dropped || n - from >= 3);
	}
	return n;
}

/* One input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static input in;
	static edge e[POINTS];
	tm_coverage c,
				d;
	int			live = 0;
	bool		simple,
				flat;

	read_input(data, size, &in);
	flat = plane(e, edges_of_input(&in, e, &simple));
	run(&in, false, &c, &live);
	run(&in, true, &d, &live);
	check_order(&c, &d);
	law(!flat || !simple || plane(e, edges_of_result(&c, e, simple)));
	(void) edges_of_result(&c, e, simple);
	tm_coverage_free(&c);
	tm_coverage_free(&d);
	law(live == 0);
	return 0;
}
