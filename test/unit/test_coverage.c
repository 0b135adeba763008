/*
 * test_coverage.c - coverages made simpler: small ones worked out by hand.
 */
#include "coverage_sample.h"
#include "tap.h"

static char got[SAMPLE_TEXT];

/* Expects a coverage to become another one. */
static void
becomes(const char *what, const char *text, double tolerance, double min_part, const char *want)
{
	sample_memory m = {.granted = -1};
	tm_status	status = sample_run(text, tolerance, min_part, &m, got);

	if (!tap_ok(status == TM_OK && strcmp(got, want) == 0 && m.live == 0, "%s", what))
		printf("# status %d, live %d\n# got  %s\n# want %s\n", status, m.live, got, want);
}

/* Borders: what goes, in which order, on both sides. */
static void
test_borders(void)
{
	/* vertices of the border from 10,0 to 10,10 have areas of 3, 4 and 5; the first gone, 5 and 5 */
	const char *pair = "/|0 0,10 0,11 2,9 4,11 6,10 10,0 10/|10 0,20 0,20 10,10 10,11 6,9 4,11 2";

	becomes("a tolerance of 0 leaves a border with corners", pair, 0, 0, pair);
	becomes("a shared border loses the same vertices for both", pair, 2, 0, "/|0 0,10 0,9 4,11 6,10 10,0 10/|10 0,20 0,20 10,10 10,11 6,9 4");
	becomes("all of it goes; where borders meet vertices stay", pair, 100, 0, "/|10 0,10 10,0 10/|10 0,20 10,10 10");
	becomes("tolerance 0 takes vertices out of straight lines", "/|0 0,5 0,10 0,10 10,0 10,0 5", 0, 0, "/|0 0,10 0,10 10,0 10");
	/* areas along the lower side: 2, 4, 6, 0.5, 1; 8,0 goes first and leaves 9,-1 with 3.5 */
	becomes("areas are taken anew when a neighbour goes", "/|0 0,2 1,4 0,6 3,8 0,9 -1,10 0,10 20,0 20", 1.5, 0, "/|0 0,4 0,6 3,9 -1,10 0,10 20,0 20");
	becomes("an island keeps three corners", "/|0 0,5 -1,10 0,11 5,10 10,5 11,0 10,-1 5", 100, 0, "/|10 0,10 10,0 10");
	becomes("so does a hole and who fills it", "/|0 0,100 0,100 100,0 100!10 10,10 20,20 20,20 10/|10 10,20 10,20 20,10 20", 8, 0,
			"/|0 0,100 0,100 100,0 100!10 20,20 20,20 10/|20 10,20 20,10 20");
	becomes("a lens between two nodes keeps a vertex", "/|0 0,10 0,12 5,10 10,0 10/|10 0,10 10,8 5/|10 0,20 0,20 10,10 10,12 5", 4, 0,
			"/|0 0,10 0,12 5,10 10,0 10/|10 0,10 10,8 5/|10 0,20 0,20 10,10 10,12 5");
}

/* Vertices that stay because something else is in their triangle. */
static void
test_blocked(void)
{
	becomes("without the island the bay goes", "/|0 0,100 0,100 100,50 90,0 100", 23, 0, "/|0 0,100 0,100 100,0 100");
	becomes("with an island in it the bay stays", "/|0 0,100 0,100 100,50 90,0 100/|40 95,60 95,50 97", 23, 0, "/|0 0,100 0,100 100,50 90,0 100/|40 95,60 95,50 97");
	becomes("and with one on its edge", "/|0 0,100 0,100 100,50 90,0 100/|40 100,60 100,50 120", 23, 0, "/|0 0,100 0,100 100,50 90,0 100/|40 100,60 100,50 120");
	/* the island's lower vertex bars the bay until it has gone itself */
	becomes("what barred the way and is gone bars it no more", "/|0 0,100 0,100 100,50 90,0 100/|0 102,50 99,100 102,50 300", 23, 0,
			"/|0 0,100 0,100 100,0 100/|0 102,100 102,50 300");
}

/* Neighbours whose vertices do not match. */
static void
test_unmatched(void)
{
	becomes("a vertex on a neighbour's straight edge goes", "/|0 0,10 0,10 10,0 10/|10 0,20 0,20 10,10 10,10 5", 1, 0, "/|0 0,10 0,10 10,0 10/|10 0,20 0,20 10,10 10");
	becomes("a sliver between two regions vanishes", "/|0 0,10 0,10 10,0 10/|10 0,20 0,20 10,10 10,10.5 5", 3, 0, "/|0 0,10 0,10 10,0 10/|10 0,20 0,20 10,10 10");
	becomes("but not between two parts of one", "/|0 0,10 0,10 10,0 10|10 0,20 0,20 10,10 10,10.5 5", 3, 0, "/|0 0,10 0,10 10,0 10|10 0,20 0,20 10,10 10,10.5 5");
	becomes("the same polygon three times stays three times the same", "/|0 0,5 1,10 0,10 10,0 10/|0 0,5 1,10 0,10 10,0 10/|0 0,5 1,10 0,10 10,0 10", 3, 0,
			"/|0 0,10 0,10 10,0 10/|0 0,10 0,10 10,0 10/|0 0,10 0,10 10,0 10");
}

/* Small parts and holes. */
static void
test_parts(void)
{
	becomes("small islands go, the largest part stays", "/|0 0,1 0,1 1,0 1|5 0,7 0,7 2,5 2|10 0,11 0,11 1,10 1", 0, 100, "/|5 0,7 0,7 2,5 2");
	becomes("of two equal parts the first stays", "/|0 0,1 0,1 1,0 1|5 0,6 0,6 1,5 1", 0, 100, "/|0 0,1 0,1 1,0 1");
	becomes("parts of min_part stay", "/|0 0,1 0,1 1,0 1|5 0,7 0,7 2,5 2", 0, 1, "/|0 0,1 0,1 1,0 1|5 0,7 0,7 2,5 2");
	becomes("an empty hole goes", "/|0 0,9 0,9 9,0 9!1 1,1 2,2 2,2 1", 0, 2, "/|0 0,9 0,9 9,0 9");
	becomes("a hole that another region fills stays", "/|0 0,9 0,9 9,0 9!1 1,1 2,2 2,2 1/|1 1,2 1,2 2,1 2", 0, 2,
			"/|0 0,9 0,9 9,0 9!1 1,1 2,2 2,2 1/|1 1,2 1,2 2,1 2");
	becomes("with a small part that fills it it goes", "/|0 0,9 0,9 9,0 9!1 1,1 2,2 2,2 1/|1 1,2 1,2 2,1 2|20 0,25 0,25 5,20 5", 0, 2,
			"/|0 0,9 0,9 9,0 9/|20 0,25 0,25 5,20 5");
	becomes("a hole with an island of another region stays", "/|0 0,9 0,9 9,0 9!1 1,1 4,4 4,4 1/|2 2,3 2,3 3,2 3", 0, 20,
			"/|0 0,9 0,9 9,0 9!1 1,1 4,4 4,4 1/|2 2,3 2,3 3,2 3");
	becomes("with a part that goes it goes", "/|0 0,9 0,9 9,0 9!1 1,1 4,4 4,4 1/|2 2,3 2,3 3,2 3|20 0,30 0,30 9,20 9", 0, 20,
			"/|0 0,9 0,9 9,0 9/|20 0,30 0,30 9,20 9");
	becomes("a small part along a neighbour stays", "/|0 0,9 0,9 9,0 9/|9 0,10 0,10 9,9 9|20 0,30 0,30 9,20 9", 0, 20,
			"/|0 0,9 0,9 9,0 9/|9 0,10 0,10 9,9 9|20 0,30 0,30 9,20 9");
	becomes("one that touches at a point goes", "/|0 0,9 0,9 9,0 9/|9 9,10 9,10 10,9 10|20 0,30 0,30 9,20 9", 0, 20, "/|0 0,9 0,9 9,0 9/|20 0,30 0,30 9,20 9");
	/* an enclave in an island in a lake: all three levels */
	becomes("nested rings go from the inside", "/|0 0,90 0,90 90,0 90!10 10,10 40,40 40,40 10/|20 20,30 20,30 30,20 30!22 22,22 24,24 24,24 22|100 0,190 0,190 90,100 90/|22 22,24 22,24 24,22 24|200 0,290 0,290 90,200 90", 0, 1000,
			"/|0 0,90 0,90 90,0 90/|100 0,190 0,190 90,100 90/|200 0,290 0,290 90,200 90");
	becomes("two regions in a hole keep it", "/|0 0,90 0,90 90,0 90!10 10,10 20,20 20,20 10/|10 10,20 10,10 20|300 0,390 0,390 90/|20 10,20 20,10 20|400 0,490 0,490 90", 0, 1000,
			"/|0 0,90 0,90 90,0 90!10 10,10 20,20 20,20 10/|10 10,20 10,10 20|300 0,390 0,390 90/|20 10,20 20,10 20|400 0,490 0,490 90");
	becomes("an island around an enclave that stays, stays", "/|0 0,9 0,9 9,0 9!2 2,2 4,4 4,4 2|100 0,190 0,190 90,100 90/|2 2,4 2,4 4,2 4", 0, 1000,
			"/|0 0,9 0,9 9,0 9!2 2,2 4,4 4,4 2|100 0,190 0,190 90,100 90/|2 2,4 2,4 4,2 4");
}

/* Rings that are none, spikes, and the ends of the numbers. */
static void
test_strange(void)
{
	becomes("nothing", "", 1, 1, "");
	becomes("a point as a ring", "/|5 5", 9, 9, "/|5 5");
	becomes("a line as a ring", "/|0 0,10 0/|0 0,5 9,10 0", 9, 9, "/|0 0,10 0/|0 0,5 9,10 0");
	becomes("a spike", "/|0 0,10 0,10 10,15 15,10 10,0 10", 1, 0, "/|0 0,10 0,10 10,15 15,10 10,0 10");
	becomes("all on one line", "/|0 0,1 0,2 0,3 0,4 0", 9, 0, "/|0 0,3 0,4 0");
	becomes("the largest coordinates", "/|-1e+100 -1e+100,1e+100 -1e+100,1e+100 1e+100,0 9e+99,-1e+100 1e+100", 1e99, 1e300, "/|-1e+100 -1e+100,1e+100 -1e+100,1e+100 1e+100,0 9e+99,-1e+100 1e+100");
	becomes("and a tolerance beyond", "/|-1e+100 -1e+100,1e+100 -1e+100,1e+100 1e+100,0 9e+99,-1e+100 1e+100", 1e200, 0, "/|1e+100 -1e+100,1e+100 1e+100,-1e+100 1e+100");
	becomes("the smallest", "/|0 0,4.94065645841247e-324 0,4.94065645841247e-324 4.94065645841247e-324,0 4.94065645841247e-324", 1, 1, "/|0 0,4.94065645841247e-324 0,4.94065645841247e-324 4.94065645841247e-324,0 4.94065645841247e-324");
}

/* A grid of cells with wiggly borders as text, the cells in any order; cells of the mask are left out. */
static void
cells(unsigned seed, const int *order, int side, char *out)
{
	*out = '\0';
	for (int k = 0; k < side * side; k++)
	{
		int			i = order[k] % side;
		int			j = order[k] / side;
		static const int step[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
		char		sep = '|';

		if (((unsigned) order[k] * 7 + seed) % 11 == 0)
			continue;
		out += sprintf(out, "/");
		for (int s = 0; s < 4; s++)
		{
			int			dx = step[s][0];
			int			dy = step[s][1];

			for (int t = 0; t < 8; t++)
			{
				/* the edge as its lower end sees it, so that both cells have the same points */
				int			u = dx + dy > 0 ? t : 8 - t;
				int			ex = dx < 0 ? i - 1 : i;
				int			ey = dy < 0 ? j - 1 : j;
				unsigned	h = (unsigned) (ex * 7919 + ey * 104729 + (dx != 0) * 1299709 + u * 15485863) * 2654435761u ^ seed * 40503u;
				int			reach = 100 * (u < 4 ? u : 8 - u) - 10;
				int			off = u % 8 == 0 ? 0 : (int) (h >> 8) % (2 * reach) - reach;

				if (off < 0 - reach)
					off = 0;
				out += sprintf(out, "%c%d %d", sep, dx ? 1000 * ex + 125 * u : 1000 * i + off, dx ? 1000 * j + off : 1000 * ey + 125 * u);
				sep = ',';
			}
			i += dx;
			j += dy;
		}
	}
}

/* Where a segment's end lies of another, exact for whole numbers. */
static int
turn(tm_point a, tm_point b, tm_point p)
{
	double		d = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);

	return (d > 0) - (d < 0);
}

/* Counts pairs of edges of a text that cross, and rings that run clockwise or have fewer than three corners. */
static int
faults(const char *text)
{
	static tm_point from[SAMPLE_POINTS],
				to[SAMPLE_POINTS];
	sample_memory m = {.granted = -1};
	tm_coverage c;
	int			n = 0,
				bad = 0;

	tm_coverage_start(&c, (tm_memory) {sample_resize, sample_tick, &m});
	(void) sample_add(&c, text);
	for (uint32_t r = 0; r < c.n_rings; r++)
	{
		const tm_point *p = c.point + c.ring[r].first;
		double		area = 0;

		for (uint32_t i = 0; i < c.ring[r].n; i++)
		{
			from[n] = p[i];
			to[n] = p[(i + 1) % c.ring[r].n];
			area += from[n].x * to[n].y - from[n].y * to[n].x;
			n++;
		}
		bad += c.ring[r].n < 3 || area <= 0;
	}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			bad += turn(from[i], to[i], from[j]) * turn(from[i], to[i], to[j]) < 0 && turn(from[j], to[j], from[i]) * turn(from[j], to[j], to[i]) < 0;
	tm_coverage_free(&c);
	return bad;
}

/* Wiggly grids: nothing crosses, no ring is lost or turned, and the order of the rows is none of the result's business. */
static void
test_grids(void)
{
	static char text[SAMPLE_TEXT],
				turned[SAMPLE_TEXT];
	enum {SIDE = 5};
	int			bad = 0,
				differ = 0,
				fewer = 0;

	for (unsigned seed = 0; seed < 60; seed++)
	{
		sample_memory m = {.granted = -1};
		int			order[SIDE * SIDE];
		size_t		length;

		for (int i = 0; i < SIDE * SIDE; i++)
			order[i] = i;
		cells(seed, order, SIDE, text);
		bad += faults(text) > 0;
		length = strlen(text);
		bad += sample_run(text, 100 << seed % 5, 0, &m, got) != TM_OK || faults(got) > 0;
		fewer += strlen(got) < length;
		for (int i = 0; i < SIDE * SIDE; i++)
			order[i] = SIDE * SIDE - 1 - i;
		cells(seed, order, SIDE, text);
		bad += sample_run(text, 100 << seed % 5, 0, &m, turned) != TM_OK;
		/* region by region from the end */
		for (char *end = turned + strlen(turned), *at = got; *at; at += strcspn(at + 1, "/") + 1)
		{
			size_t		n = strcspn(at + 1, "/") + 1;

			end -= n;
			differ += end < turned || memcmp(end, at, n) != 0;
		}
	}
	/* far away from a triangle all cells lie in one square of the index, and are searched by x */
	for (unsigned seed = 0; seed < 10; seed++)
	{
		sample_memory m = {.granted = -1};
		int			order[SIDE * SIDE];

		for (int i = 0; i < SIDE * SIDE; i++)
			order[i] = i;
		cells(seed, order, SIDE, text);
		strcat(text, "/|1e9 1e9,1.1e9 1e9,1.1e9 1.1e9");
		bad += sample_run(text, 100 << seed % 5, 0, &m, got) != TM_OK || faults(got) > 0;
	}
	tap_is(bad, 0, "60 wiggly grids and 10 far from the rest: no edges cross, no ring is lost or turned over");
	tap_is(fewer, 60, "and all have become simpler");
	tap_is(differ, 0, "the order of regions changes no bit");
}

/* A region as bytes: good WKB with what is left, dropped rings and closing points considered. */
static void
test_bytes(void)
{
	sample_memory m = {.granted = -1};
	tm_coverage c;
	uint8_t		bytes[1024];
	tm_wkb_size held;
	size_t		size,
				where;

	tm_coverage_start(&c, (tm_memory) {sample_resize, sample_tick, &m});
	(void) sample_add(&c, "/|0 0,9 0,9 5,9 9,0 9!1 1,1 2,2 2,2 1!4 4,4 6,6 6,6 4|20 0,21 0,21 1|3 3|5 5,5 6/|4 4,4 6,6 6,6 4");
	(void) tm_coverage_link(&c);
	(void) tm_coverage_drop(&c, 2);
	(void) tm_coverage_generalise(&c, 0);
	size = tm_coverage_size(&c, 0, 6);
	tap_is((long) size, 13 + (9 + 4 + 80 + 4 + 80) + 0 + 0 + (9 + 4 + 64), "room for a shell, the hole that another region fills, and a line");
	tap_is((long) tm_coverage_write(&c, 0, 6, 4326, bytes), (long) size, "as much is written with an SRID");
	tap_ok(tm_wkb_check(bytes, size, &held, &where) == TM_WKB_OK && held.rings == 3 && held.points == 14 && held.srid == 4326, "and can be read");
	tap_is((long) tm_coverage_write(&c, 6, 1, 0, bytes), 13 - 4 + 9 + 4 + 80, "four bytes fewer without");
	tap_is((long) tm_coverage_size(&c, 6, 0), 13, "a region without rings is a head");
	tm_coverage_settle(&c);
	tap_is((long) tm_coverage_write(&c, 6, 1, 1, bytes), 13 + 9 + 4 + 80, "what is settled can still be written");
	tm_coverage_free(&c);
	tap_is(m.live, 0, "all memory is given back");
}

/* What callers see: memory that runs out, nonsense, limits, ticks. */
static void
test_ends(void)
{
	const char *text = "/|0 0,9 0,9 9,0 9!1 1,1 2,2 2,2 1/|1 1,2 1,2 2,1 2|20 0,25 0,25 5,20 5";
	sample_memory m = {.granted = -1};
	tm_status	status = TM_TOO_MANY;
	tm_coverage c;
	int			served = 0;

	for (; status != TM_OK && served < 100; served++)
	{
		m = (sample_memory) {.granted = served};
		status = sample_run(text, 1, 2, &m, got);
		if ((status != TM_OK && status != TM_TOO_MANY) || m.live != 0)
			break;
	}
	tap_ok(status == TM_OK && served > 10 && served < 100 && m.live == 0, "wherever memory runs out, that is said and all is given back");
	m.granted = -1;
	tap_is(sample_run(text, -1, 0, &m, got), TM_NEGATIVE, "negative tolerance");
	tap_is(sample_run(text, NAN, 0, &m, got), TM_NEGATIVE, "tolerance NaN");
	tm_coverage_start(&c, (tm_memory) {sample_resize, NULL, &m});
	tap_is(tm_coverage_room(&c, (uint64_t) TM_COVERAGE_POINTS + 1), TM_TOO_MANY, "more vertices than the limit");
	tap_is(tm_coverage_drop(&c, -1), TM_NEGATIVE, "negative min_part");
	m.ticks = 0;
	(void) sample_run(text, 1, 2, &m, got);
	tap_ok(m.ticks > 3, "the caller is asked whether to go on");
}

/* Runs all tests. */
int
main(void)
{
	test_borders();
	test_blocked();
	test_unmatched();
	test_parts();
	test_strange();
	test_grids();
	test_bytes();
	test_ends();
	return tap_done();
}
