/*
 * contiguity.c - touching polygons from a hash of their vertices: every vertex
 * and every edge is looked up once. What is not found so - borders cut at
 * different vertices, gaps and slivers - is left to the edges that only one
 * ring has: lonely.c.
 */
#include "contiguity.h"

#include <math.h>
#include <string.h>

#define EMPTY UINT32_MAX

/* No areas yet. */
void
tm_contiguity_start(tm_contiguity *c, tm_memory memory)
{
	*c = (tm_contiguity) {.memory = memory};
}

/* Grows an array to hold so many elements, by half again at least; NULL when there is no memory. */
static void *
grown(const tm_memory *m, void *old, uint64_t room, size_t each)
{
	return m->resize(m->context, old, (size_t) room * each);
}

/* Makes room for more points, and a ring. */
tm_status
tm_contiguity_room(tm_contiguity *c, uint64_t points)
{
	uint64_t	need = c->n_points + points;

	if (need > TM_CONTIGUITY_POINTS)
		return TM_TOO_MANY;
	if (need > c->room)
	{
		uint64_t	room = need + need / 4 + 1024;

		c->room = (uint32_t) (room > TM_CONTIGUITY_POINTS ? TM_CONTIGUITY_POINTS : room);
		c->point = grown(&c->memory, c->point, c->room, sizeof *c->point);
		if (!c->point)
			return TM_TOO_MANY;
	}
	return TM_OK;
}

/* Takes a ring whose points stand behind those there are. Areas come in ascending order. */
tm_status
tm_contiguity_add(tm_contiguity *c, uint32_t area, const tm_wkb_ring *ring)
{
	if (c->n_rings + 1 >= c->ring_room)
	{
		c->ring_room = c->ring_room + c->ring_room / 2 + 1024;
		c->ring = grown(&c->memory, c->ring, c->ring_room, sizeof *c->ring);
		c->ring_area = grown(&c->memory, c->ring_area, c->ring_room, sizeof *c->ring_area);
		if (!c->ring || !c->ring_area)
			return TM_TOO_MANY;
	}
	for (uint32_t i = 0; i < ring->n; i++)
	{
		c->largest = fmax(c->largest, fabs(ring->point[i].x));
		c->largest = fmax(c->largest, fabs(ring->point[i].y));
	}
	c->ring[c->n_rings] = c->n_points;
	c->ring_area[c->n_rings++] = area;
	c->n_points += ring->n;
	c->ring[c->n_rings] = c->n_points;
	if (area >= c->n_areas)
		c->n_areas = area + 1;
	return TM_OK;
}

/* Notes that two areas touch. */
tm_status
tm_contiguity_pair(tm_contiguity *c, uint32_t a, uint32_t b)
{
	if (c->n_pairs == c->pair_room)
	{
		c->pair_room = 2 * c->pair_room + 1024;
		c->pair = grown(&c->memory, c->pair, c->pair_room, sizeof *c->pair);
		if (!c->pair)
			return TM_TOO_MANY;
	}
	c->pair[c->n_pairs++] = a > b ? (tm_pair) {a, b} : (tm_pair) {b, a};
	return TM_OK;
}

/* The same, once while the areas of one come one after the other. */
static tm_status
pair_once(tm_contiguity *c, uint32_t here, uint32_t other)
{
	if (c->stamp[other] == here + 1)
		return TM_OK;
	c->stamp[other] = here + 1;
	return tm_contiguity_pair(c, here, other);
}

/* The bits of two numbers, mixed (the finaliser of MurmurHash3). */
static uint32_t
mix(uint64_t a, uint64_t b)
{
	uint64_t	h = a * 0x9E3779B97F4A7C15u ^ (b << 31 | b >> 33);

	h ^= h >> 33;
	h *= 0xFF51AFD7ED558CCDu;
	h ^= h >> 33;
	h *= 0xC4CEB9FE1A85EC53u;
	return (uint32_t) (h ^ h >> 33);
}

/* A hash of two numbers by their bits. */
static uint32_t
hash(double x, double y)
{
	uint64_t	a;
	uint64_t	b;

	memcpy(&a, &x, sizeof a);
	memcpy(&b, &y, sizeof b);
	return mix(a, b);
}

/* The ring of a vertex; likely the one that the hint names, which it sets. */
static uint32_t
ring_of(const tm_contiguity *c, uint32_t v, uint32_t *hint)
{
	uint32_t	low = 0;
	uint32_t	high = c->n_rings;

	if (c->ring[*hint] <= v && v < c->ring[*hint + 1])
		return *hint;
	while (high - low > 1)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (c->ring[middle] <= v)
			low = middle;
		else
			high = middle;
	}
	*hint = low;
	return low;
}

/* Empties the table. */
static void
clear(tm_contiguity *c)
{
	memset(c->table, 0xFF, ((size_t) c->mask + 1) * sizeof *c->table);
}

/* Whether a vertex lies at a point. */
static bool
lies_at(const tm_contiguity *c, uint32_t v, tm_point p)
{
	return c->point[v].x == p.x && c->point[v].y == p.y;
}

/*
 * The first vertex at the place of v, v itself when it is that one. A border is
 * walked along by both its rings: where the vertex before v met another one,
 * v meets that one's neighbour, and the table need not be asked.
 */
static uint32_t
first_at(tm_contiguity *c, uint32_t v, uint32_t met)
{
	tm_point	p = c->point[v];
	uint32_t	at;

	if (met != EMPTY && met > 0 && lies_at(c, met - 1, p))
		return c->same[met - 1];
	if (met != EMPTY && met + 1 < v && lies_at(c, met + 1, p))
		return c->same[met + 1];
	for (at = hash(p.x, p.y) & c->mask; c->table[at] != EMPTY; at = (at + 1) & c->mask)
		if (lies_at(c, c->table[at], p))
			return c->table[at];
	c->table[at] = v;
	return v;
}

/*
 * Finds for every vertex the first at its place, and chains those at one place:
 * the first links to the last, every other to the one before it. An area is in
 * a chain once. Pairs areas that share a place, when asked to.
 */
static tm_status
match_vertices(tm_contiguity *c, bool pairs)
{
	tm_status	status = TM_OK;
	uint32_t	hint = 0;

	clear(c);
	for (uint32_t r = 0; r < c->n_rings && status == TM_OK; r++)
	{
		uint32_t	area = c->ring_area[r];
		uint32_t	met = EMPTY;

		for (uint32_t v = c->ring[r]; v < c->ring[r + 1] && status == TM_OK; v++)
		{
			uint32_t	first = first_at(c, v, met);
			bool		there = false;

			c->same[v] = first;
			c->link[v] = v;
			met = EMPTY;
			if (first == v)
				continue;
			met = c->link[first];
			for (uint32_t u = met; status == TM_OK; u = c->link[u])
			{
				uint32_t	whose = c->ring_area[ring_of(c, u, &hint)];

				if (whose == area)
					there = true;
				else if (pairs)
					status = pair_once(c, area, whose);
				if (u == first)
					break;
			}
			if (!there)
			{
				c->link[v] = met;
				c->link[first] = v;
			}
		}
		c->memory.tick(c->memory.context);
	}
	return status;
}

/* Marks the edge from v of a ring, and the one from or to u, at the same place, when they end at one place too. */
static tm_status
match_edge(tm_contiguity *c, bool pairs, uint32_t r, uint32_t v, uint32_t u, uint32_t *hint)
{
	uint32_t	end = c->same[tm_contiguity_next(c, r, v)];
	uint32_t	ring = ring_of(c, u, hint);
	uint32_t	before = u > c->ring[ring] ? u - 1 : c->ring[ring + 1] - 1;
	bool		ahead = c->same[tm_contiguity_next(c, ring, u)] == end;

	if (!ahead && c->same[before] != end)
		return TM_OK;
	c->shared[v] = c->shared[ahead ? u : before] = 1;
	return pairs && c->ring_area[ring] != c->ring_area[r] ? pair_once(c, c->ring_area[r], c->ring_area[ring]) : TM_OK;
}

/* Marks the edges that two rings have, by the places of their ends; pairs the areas, when asked to. */
static tm_status
match_edges(tm_contiguity *c, bool pairs)
{
	tm_status	status = TM_OK;
	uint32_t	hint = 0;

	memset(c->stamp, 0, (size_t) c->n_areas * sizeof *c->stamp);
	memset(c->shared, 0, c->n_points);
	for (uint32_t r = 0; r < c->n_rings && status == TM_OK; r++)
	{
		for (uint32_t v = c->ring[r]; v < c->ring[r + 1] && status == TM_OK; v++)
		{
			uint32_t	first = c->same[v];

			if (c->link[first] == first)
				continue;
			for (uint32_t u = c->link[first]; status == TM_OK; u = c->link[u])
			{
				if (u != v)
					status = match_edge(c, pairs, r, v, u, &hint);
				if (u == first)
					break;
			}
		}
		c->memory.tick(c->memory.context);
	}
	return status;
}

/* Pairs areas that have vertices within a distance, by a grid of cells twice as wide: four of them hold all that is so near. */
static tm_status
match_near_vertices(tm_contiguity *c, double snap)
{
	tm_status	status = TM_OK;
	double		width = 2.0 * snap;
	uint32_t	hint = 0;

	clear(c);
	memset(c->stamp, 0, (size_t) c->n_areas * sizeof *c->stamp);
	for (uint32_t r = 0; r < c->n_rings && status == TM_OK; r++)
	{
		for (uint32_t v = c->ring[r]; v < c->ring[r + 1] && status == TM_OK; v++)
		{
			tm_point	p = c->point[v];
			double		x[2] = {floor(p.x / width)};
			double		y[2] = {floor(p.y / width)};
			uint32_t	at;

			x[1] = p.x / width - x[0] < 0.5 ? x[0] - 1.0 : x[0] + 1.0;
			y[1] = p.y / width - y[0] < 0.5 ? y[0] - 1.0 : y[0] + 1.0;
			for (int cell = 0; cell < 4; cell++)
				for (at = hash(x[cell & 1] + 0.0, y[cell >> 1] + 0.0) & c->mask; c->table[at] != EMPTY && status == TM_OK; at = (at + 1) & c->mask)
				{
					uint32_t	other = c->table[at];
					uint32_t	whose;

					if (hypot(c->point[other].x - p.x, c->point[other].y - p.y) > snap)
						continue;
					whose = c->ring_area[ring_of(c, other, &hint)];
					if (whose != c->ring_area[r])
						status = pair_once(c, c->ring_area[r], whose);
				}
			for (at = hash(x[0] + 0.0, y[0] + 0.0) & c->mask; c->table[at] != EMPTY; at = (at + 1) & c->mask);
			c->table[at] = v;
		}
		c->memory.tick(c->memory.context);
	}
	return status;
}

/* Takes memory for the tables; a table of the next power of 2 from one and a half times the vertices. */
static tm_status
take_tables(tm_contiguity *c)
{
	uint64_t	slots = 16;

	while (slots < c->n_points + (uint64_t) c->n_points / 2)
		slots *= 2;
	c->mask = (uint32_t) (slots - 1);
	c->table = grown(&c->memory, NULL, slots, sizeof *c->table);
	c->same = grown(&c->memory, NULL, c->n_points + 1, sizeof *c->same);
	c->link = grown(&c->memory, NULL, c->n_points + 1, sizeof *c->link);
	c->shared = grown(&c->memory, NULL, c->n_points + 1, 1);
	c->stamp = grown(&c->memory, NULL, c->n_areas + 1, sizeof *c->stamp);
	if (!c->table || !c->same || !c->link || !c->shared || !c->stamp)
		return TM_TOO_MANY;
	memset(c->stamp, 0, ((size_t) c->n_areas + 1) * sizeof *c->stamp);
	return TM_OK;
}

/* Sorts the pairs by one of their numbers, a digit of 16 bits at a time; work holds as many. */
static void
radix(tm_pair *from, tm_pair *to, size_t n, bool by_a, int shift, size_t *count)
{
	memset(count, 0, 65537 * sizeof *count);
	for (size_t i = 0; i < n; i++)
		count[((by_a ? from[i].a : from[i].b) >> shift & 65535) + 1]++;
	for (int d = 0; d < 65536; d++)
		count[d + 1] += count[d];
	for (size_t i = 0; i < n; i++)
		to[count[(by_a ? from[i].a : from[i].b) >> shift & 65535]++] = from[i];
}

/* Sorts the pairs and takes out those that stand twice. */
static tm_status
settle_pairs(tm_contiguity *c)
{
	tm_pair    *work = grown(&c->memory, NULL, c->n_pairs + 1, sizeof *work);
	size_t	   *count = grown(&c->memory, NULL, 65537, sizeof *count);
	size_t		n = 0;

	if (!work || !count)
		return TM_TOO_MANY;
	for (int pass = 0; pass < 2; pass++)
	{
		radix(c->pair, work, c->n_pairs, pass == 1, 0, count);
		radix(work, c->pair, c->n_pairs, pass == 1, 16, count);
	}
	for (size_t i = 0; i < c->n_pairs; i++)
		if (n == 0 || c->pair[n - 1].a != c->pair[i].a || c->pair[n - 1].b != c->pair[i].b)
			c->pair[n++] = c->pair[i];
	c->n_pairs = n;
	c->memory.resize(c->memory.context, work, 0);
	c->memory.resize(c->memory.context, count, 0);
	return TM_OK;
}

/*
 * Finds the pairs of areas that touch, ascending: within snap of each other,
 * in a point or (rook) along a stretch. Islands that are within near of
 * another area are counted. All but the points and pairs is given back.
 */
tm_status
tm_contiguity_find(tm_contiguity *c, bool rook, double snap, double near, tm_near_miss *missed)
{
	double		within = fmax(snap, TM_TOUCH * c->largest);
	tm_status	status = take_tables(c);

	*missed = (tm_near_miss) {0};
	if (status == TM_OK)
		status = match_vertices(c, !rook);
	if (status == TM_OK)
		status = match_edges(c, rook);
	if (status == TM_OK && !rook && snap > TM_TOUCH * c->largest)
		status = match_near_vertices(c, snap);
	c->table = c->memory.resize(c->memory.context, c->table, 0);
	c->same = c->memory.resize(c->memory.context, c->same, 0);
	c->link = c->memory.resize(c->memory.context, c->link, 0);
	if (status == TM_OK)
		status = tm_contiguity_lonely(c, rook, within, near, missed);
	if (status == TM_OK)
		status = settle_pairs(c);
	return status;
}
