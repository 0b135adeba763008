/*
 * test_neighbours.c - the k-d tree against looking at every point, polygons
 * that touch in every way, neighbours of higher order.
 */
#include "../../src/core/contiguity.h"
#include "../../src/core/links.h"
#include "../../src/core/near.h"
#include "../../src/core/random.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define POINTS 400

/* Memory for the core. */
static void *
resize(void *context, void *old, size_t size)
{
	(void) context;
	if (size == 0)
	{
		free(old);
		return NULL;
	}
	return realloc(old, size);
}

/* A tick that does nothing. */
static void
tick(void *context)
{
	(void) context;
}

/* Whether the tree finds what looking at every point finds: the k nearest and those within a distance. */
static bool
agrees(const tm_near *t, int32_t k, double within)
{
	int32_t		found[POINTS];
	double		squares[POINTS];

	for (int32_t i = 0; i < t->n; i++)
	{
		int32_t		n = tm_near_nearest(t, i, k, found, squares);
		int32_t		all = 0;

		if (n != (k < t->n - 1 ? k : t->n - 1))
			return false;
		for (int32_t j = 0; j < n; j++)
		{
			int32_t		nearer = 0;
			double		d = squares[j];

			for (int32_t p = 0; p < t->n; p++)
			{
				double		s = 0;

				for (int c = 0; c < 3; c++)
					s += (t->at[i][c] - t->at[p][c]) * (t->at[i][c] - t->at[p][c]);
				nearer += p != i && (s < d || (s == d && p < found[j]));
			}
			if (nearer >= k)
				return false;
		}
		for (int32_t p = 0; p < t->n; p++)
			all += p != i && tm_near_distance(t, i, p) <= within;
		n = tm_near_within(t, i, within, found);
		if (n != all)
			return false;
		for (int32_t j = 0; j < n; j++)
			if (found[j] == i || tm_near_distance(t, i, found[j]) > within)
				return false;
	}
	return true;
}

/* Points on a plane, on a lattice with ties and repeats, and on the sphere across the date line and the poles. */
static void
test_near(void)
{
	static double at[POINTS][3];
	static int32_t tree[POINTS];
	static uint8_t axis[POINTS];
	tm_near		t = {.at = (const double (*)[3]) at,.tree = tree,.axis = axis};

	for (int set = 0; set < 3; set++)
	{
		tm_random	r;

		t.n = POINTS;
		t.sphere = set == 2;
		tm_random_start(&r, 5, (uint64_t) set, 0);
		for (int i = 0; i < POINTS; i++)
		{
			double		x = set == 1 ? tm_random_below(&r, 15) : tm_random_uniform(&r);
			double		y = set == 1 ? tm_random_below(&r, 15) : tm_random_uniform(&r);

			tm_near_point(t.sphere, set == 2 ? x * 360 - 180 : x, set == 2 ? y * 180 - 90 : y, at[i]);
		}
		tm_near_build(&t);
		tap_ok(agrees(&t, 1, 0.0) && agrees(&t, 6, set == 2 ? 800000 : set == 1 ? 2 : 0.1), "set %d: nearest and within a distance", set);
		t.n = 5;
		tm_near_build(&t);
		tap_ok(agrees(&t, 9, set == 2 ? 3e7 : 1e6), "set %d: more asked for than there are, and all of them", set);
	}
	tm_near_point(true, 179.5, 0, at[0]);
	tm_near_point(true, -179.5, 0, at[1]);
	t.sphere = true;
	tap_near(tm_near_distance(&t, 0, 1), TM_EARTH_RADIUS * acos(-1.0) / 180, 1e-12, "one degree across the date line");
	tap_ok(!tm_near_point(true, 0, 91, at[2]), "no latitude");
	tap_ok(!tm_near_point(false, 1e101, 0, at[2]) && !tm_near_point(false, NAN, 0, at[2]), "no coordinate");
}

/* Rings of areas: area, then the points x, y without the closing one, up to 8. */
typedef struct sample
{
	uint32_t	area;
	uint32_t	n;
	double		xy[16];
} sample;

/* The pairs of areas as "a-b ", lower first, found in rings; near misses are set. */
static const char *
pairs(const sample *s, int n, bool rook, double snap, tm_near_miss *missed)
{
	static char text[200];
	tm_contiguity c;

	tm_contiguity_start(&c, (tm_memory) {resize, tick, NULL});
	for (int i = 0; i < n; i++)
	{
		tm_wkb_ring ring = {.n = s[i].n};

		tm_contiguity_room(&c, s[i].n);
		ring.point = c.point + c.n_points;
		for (uint32_t p = 0; p < s[i].n; p++)
			ring.point[p] = (tm_point) {s[i].xy[2 * p], s[i].xy[2 * p + 1]};
		tm_contiguity_add(&c, s[i].area, &ring);
	}
	if (tm_contiguity_find(&c, rook, snap, 0.5, missed) != TM_OK)
		return "no memory";
	text[0] = '\0';
	for (size_t p = 0; p < c.n_pairs; p++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%u-%u ", c.pair[p].b, c.pair[p].a);
	free(c.point);
	free(c.ring);
	free(c.ring_area);
	free(c.shared);
	free(c.stamp);
	free(c.pair);
	return text;
}

/* One line of the tests: pairs as queen and as rook. */
static void
touch(const char *name, const sample *s, int n, double snap, const char *queen, const char *rook)
{
	tm_near_miss missed;
	const char *got = pairs(s, n, false, snap, &missed);

	tap_ok(strcmp(got, queen) == 0, "%s: queen %s(%s)", name, queen, got);
	got = pairs(s, n, true, snap, &missed);
	tap_ok(strcmp(got, rook) == 0, "%s: rook %s(%s)", name, rook, got);
}

/* Polygons that touch in a border, a corner, a T, across a gap or a sliver, as hole and filling. */
static void
test_touch(void)
{
	static const sample squares[] = {
		{0, 4, {0, 0, 1, 0, 1, 1, 0, 1}}, {1, 4, {1, 0, 2, 0, 2, 1, 1, 1}}, {2, 4, {0, 1, 1, 1, 1, 2, 0, 2}}, {3, 4, {2, 2, 1, 2, 1, 1, 2, 1}}
	};
	static const sample tee[] = {
		{0, 4, {0, 0, 3, 0, 3, 1, 0, 1}}, {1, 4, {0, 1, 1, 1, 1, 2, 0, 2}}, {2, 4, {1, 1, 3, 1, 3, 2, 1, 2}}, {3, 4, {3.5, 1.5, 4, 2, 3.5, 2.5, 3, 2}}
	};
	static const sample staggered[] = {
		{0, 4, {0, 0, 2, 0, 2, 1, 0, 1}}, {1, 4, {1, 1, 3, 1, 3, 2, 1, 2}}, {2, 3, {2.5, 1, 2, 0.5, 3, 0}}
	};
	static const sample gap[] = {
		{0, 4, {0, 0, 1, 0, 1, 1, 0, 1}}, {1, 4, {1.01, 0, 2, 0, 2, 1, 1.01, 1}}, {2, 4, {2.3, 0, 3, 0, 3, 1, 2.3, 1}}
	};
	static const sample sliver[] = {
		{0, 4, {0, 0, 1.001, 0, 1.002, 1, 0, 1}}, {1, 4, {1, -0.5, 2, 0, 2, 1, 1, 1.5}}
	};
	static const sample hole[] = {
		{0, 4, {0, 0, 4, 0, 4, 4, 0, 4}}, {0, 4, {1, 1, 1, 2, 2, 2, 2, 1}}, {1, 4, {1, 1, 2, 1, 2, 2, 1, 2}}, {2, 4, {3, 3, 3.5, 3, 3.5, 3.5, 3, 3.5}}
	};
	static const sample parts[] = {
		{0, 4, {0, 0, 1, 0, 1, 1, 0, 1}}, {0, 4, {1, 0, 2, 0, 2, 1, 1, 1}}, {1, 4, {5, 0, 6, 0, 6, 1, 5, 1}}, {2, 4, {2, 0, 3, 0, 3, 1, 2, 1}}
	};
	static const sample two_points[] = {
		{0, 4, {0, 0, 4, 0, 4, 1, 0, 1}}, {1, 5, {0, 1, 2, 1.5, 4, 1, 4, 3, 0, 3}}
	};
	tm_near_miss missed;

	touch("four squares", squares, 4, 0, "0-1 0-2 1-2 0-3 1-3 2-3 ", "0-1 0-2 1-3 2-3 ");
	touch("a T, and a corner on it", tee, 4, 0, "0-1 0-2 1-2 2-3 ", "0-1 0-2 1-2 ");
	touch("staggered edges, a corner on an edge", staggered, 3, 0, "0-1 0-2 1-2 ", "0-1 ");
	touch("a gap", gap, 3, 0, "", "");
	touch("a gap, snapped", gap, 3, 0.02, "0-1 ", "0-1 ");
	touch("a sliver", sliver, 2, 0, "0-1 ", "");
	touch("a sliver, snapped", sliver, 2, 0.01, "0-1 ", "0-1 ");
	touch("a hole and its filling", hole, 4, 0, "0-1 ", "0-1 ");
	touch("parts of an area", parts, 4, 0, "0-2 ", "0-2 ");
	touch("two points and a gap between", two_points, 2, 0, "0-1 ", "");
	pairs(gap, 3, false, 0, &missed);
	tap_is(missed.islands, 3, "islands that nearly touch");
	tap_near(missed.distance, 0.3, 1e-12, "and how nearly");
	pairs(gap, 3, false, 0.02, &missed);
	tap_is(missed.islands, 1, "one is left");
	tap_ok(strcmp(pairs(NULL, 0, false, 0, &missed), "") == 0 && missed.islands == 0, "no areas");
}

/* A rectangle of whole numbers. */
typedef struct rectangle
{
	int			x[2];
	int			y[2];
} rectangle;

/* Whether borders of rectangles meet in a point (1) or along a stretch (2), by their sides. */
static int
meet(const rectangle *a, const rectangle *b)
{
	int			found = 0;

	for (int turned = 0; turned < 2; turned++)
		for (int i = 0; i < 2; i++)
			for (int j = 0; j < 2; j++)
			{
				/* an upright side of one and an upright side of the other; then both lying */
				const int  *at = turned ? a->y : a->x;
				const int  *bt = turned ? b->y : b->x;
				const int  *as = turned ? a->x : a->y;
				const int  *bs = turned ? b->x : b->y;
				int			low = as[0] > bs[0] ? as[0] : bs[0];
				int			high = as[1] < bs[1] ? as[1] : bs[1];

				if (at[i] == bt[j] && low < high)
					return 2;
				if (at[i] == bt[j] && low == high)
					found = 1;
				/* an upright side of one across a lying side of the other */
				if (at[i] >= bt[0] && at[i] <= bt[1] && bs[j] >= as[0] && bs[j] <= as[1])
					found = 1;
			}
	return found;
}

/* The points of a rectangle's border: its corners, and by chance others between them. */
static void
ring_of(const rectangle *r, tm_random *random, sample *out)
{
	static const int corner[5][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};

	out->n = 0;
	for (int c = 0; c < 4; c++)
	{
		int			x = r->x[corner[c][0]];
		int			y = r->y[corner[c][1]];
		int			dx = r->x[corner[c + 1][0]] - x;
		int			dy = r->y[corner[c + 1][1]] - y;
		int			length = abs(dx + dy);

		out->xy[2 * out->n] = x;
		out->xy[2 * out->n++ + 1] = y;
		if (length > 1 && tm_random_below(random, 2))
		{
			int			step = 1 + (int) tm_random_below(random, (uint32_t) length - 1);

			out->xy[2 * out->n] = x + dx / length * step;
			out->xy[2 * out->n++ + 1] = y + dy / length * step;
		}
	}
}

/* Cuts a square into so many rectangles: each time one of them, anywhere. */
static void
cut(rectangle *r, int many, tm_random *random)
{
	int			n = 1;

	r[0] = (rectangle) {{0, 12}, {0, 12}};
	while (n < many)
	{
		rectangle  *one = r + tm_random_below(random, (uint32_t) n);
		bool		turned = tm_random_below(random, 2);
		int		   *v = turned ? one->y : one->x;

		if (v[1] - v[0] < 2)
			continue;
		r[n] = *one;
		v[1] = v[0] + 1 + (int) tm_random_below(random, (uint32_t) (v[1] - v[0] - 1));
		(turned ? r[n].y : r[n].x)[0] = v[1];
		n++;
	}
}

/* A square cut into rectangles, some of them left out, vertices anywhere on their sides, against the sides compared one by one. */
static void
test_rectangles(void)
{
	long		wrong = 0;
	long		shaken = 0;
	long		met[3] = {0};

	for (uint64_t round = 0; round < 300; round++)
	{
		rectangle	r[14];
		sample		s[9];
		char		want[2][200] = {"", ""};
		tm_near_miss missed;
		tm_random	random;

		tm_random_start(&random, 11, round, 0);
		cut(r, 14, &random);
		for (int i = 0; i < 9; i++)
		{
			s[i].area = (uint32_t) i;
			ring_of(r + i, &random, s + i);
		}
		for (int b = 0; b < 9; b++)
			for (int a = 0; a < b; a++)
			{
				int			how = meet(r + a, r + b);

				met[how]++;
				for (int k = 0; k < how; k++)
					snprintf(want[k] + strlen(want[k]), sizeof want[k] - strlen(want[k]), "%d-%d ", a, b);
			}
		wrong += strcmp(pairs(s, 9, false, 0, &missed), want[0]) != 0;
		wrong += strcmp(pairs(s, 9, true, 0, &missed), want[1]) != 0;
		for (int i = 0; i < 9; i++)
			for (uint32_t p = 0; p < 2 * s[i].n; p++)
				s[i].xy[p] += 0.006 * tm_random_uniform(&random);
		shaken += strcmp(pairs(s, 9, false, 0.01, &missed), want[0]) != 0;
		shaken += strcmp(pairs(s, 9, true, 0.01, &missed), want[1]) != 0;
	}
	tap_is(wrong, 0, "rectangles: queen and rook as by comparing all sides");
	tap_is(shaken, 0, "the same, snapped, when every vertex is moved a little");
	tap_ok(met[0] > 500 && met[1] > 200 && met[2] > 500, "%ld pairs apart, %ld in points, %ld along stretches", met[0], met[1], met[2]);
}

/* Orders along a path and round a ring. */
static void
test_order(void)
{
	int64_t		first[7] = {0, 1, 3, 5, 7, 9, 10};
	int32_t		to[10] = {1, 0, 2, 1, 3, 2, 4, 3, 5, 4};
	double		weight[10] = {0};
	tm_links	path = {6, first, to, weight};
	int64_t		first_out[7];
	int32_t		to_out[36];
	double		weight_out[36];
	int32_t		work[12];
	tm_links	out = {6, first_out, NULL, NULL};
	tm_ticker	none = {NULL, NULL};

	tm_links_of_order(&path, 2, false, none, work, &out);
	tap_is((long) first_out[6], 8, "links of order 2 along a path of 6");
	out = (tm_links) {6, first_out, to_out, weight_out};
	tm_links_of_order(&path, 2, false, none, work, &out);
	tap_ok(to_out[0] == 2 && to_out[2] == 0 && to_out[3] == 4, "which they are, ascending");
	tm_links_of_order(&path, 3, true, none, work, &out);
	tap_ok(first_out[1] == 3 && to_out[0] == 1 && to_out[2] == 3, "up to order 3");
	tm_links_of_order(&path, 6, false, none, work, &out);
	tap_is((long) first_out[6], 0, "none of order 6");
}

int
main(void)
{
	test_near();
	test_touch();
	test_rectangles();
	test_order();
	return tap_done();
}
