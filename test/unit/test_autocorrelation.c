/*
 * test_autocorrelation.c - links from rows, moments against full enumeration,
 * conditional permutation against drawing one by one, adjusted p.
 */
#include "../../src/core/conditional.h"
#include "../../src/core/local.h"
#include "../../src/core/random.h"
#include "../../src/core/shuffle.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define MOST 64

/* Links with their room. */
typedef struct map
{
	tm_links	links;
	tm_links	back;
	int64_t		first[2][MOST + 1];
	int32_t		to[2][MOST * MOST];
	double		weight[2][MOST * MOST];
} map;

static map	m;

/* Reads rows into the map; the fault. */
static tm_links_fault
read_rows(int32_t n, const int32_t *id, const int64_t *first, const int32_t *neighbour, const double *weight, tm_links_report *report)
{
	tm_link_rows rows = {n, id, first, neighbour, weight};
	int32_t		order[MOST];
	int32_t		work[MOST];
	tm_links_fault fault;

	m.links = (tm_links) {n, m.first[0], m.to[0], m.weight[0]};
	m.back = (tm_links) {n, m.first[1], m.to[1], m.weight[1]};
	fault = tm_links_order(&rows, order, work, report);
	return fault == TM_LINKS_FINE ? tm_links_read(&rows, order, &m.back, &m.links, report) : fault;
}

/* A grid of so many columns and rows, rook's neighbours. */
static void
grid(int columns, int rows)
{
	int32_t		id[MOST];
	int64_t		first[MOST + 1] = {0};
	int32_t		neighbour[4 * MOST];
	int64_t		at = 0;
	tm_links_report report;

	for (int i = 0; i < columns * rows; i++)
	{
		id[i] = i;
		for (int j = 0; j < columns * rows; j++)
			if (abs(i % columns - j % columns) + abs(i / columns - j / columns) == 1)
				neighbour[at++] = j;
		first[i + 1] = at;
	}
	read_rows(columns * rows, id, first, neighbour, NULL, &report);
}

/* Rows in any order give the same links; faults are found and named. */
static void
test_links(void)
{
	static const int32_t id[4] = {30, -5, 20, 10};
	static const int64_t first[5] = {0, 2, 4, 5, 5};
	static const int32_t neighbour[5] = {20, -5, 30, 99, 30};
	static const double weight[5] = {2, 1, 3, 1, 0};
	static const double bad[5] = {2, 1, -3, 1, 0};
	static const int32_t twice[4] = {30, -5, 20, 30};
	static const int32_t self[5] = {20, -5, -5, 99, 30};
	static const int32_t double_[5] = {20, 20, 30, 99, 30};
	tm_links_report r;
	int32_t		place[MOST];

	tap_is(read_rows(4, id, first, neighbour, weight, &r), TM_LINKS_FINE, "rows are read");
	tap_is(r.outside, 1, "a neighbour that is no row is counted");
	tap_ok(m.links.first[4] == 3 && m.links.to[0] == 3 && m.links.weight[0] == 3 && m.links.to[1] == 0 && m.links.to[2] == 2,
		   "places in the order of ids, links sorted, a weight of 0 is none");
	tap_ok(m.back.first[1] == 1 && m.back.to[0] == 3 && m.back.weight[0] == 1 && m.back.to[2] == 0, "the way back");
	tap_is(tm_links_describe(&m.links, &m.back).unequal, 2, "weights that differ from the way back");
	tap_is(tm_links_describe(&m.links, &m.back).one_way, 1, "a way back that is missing");
	tap_is(tm_links_islands(&m.links, &m.back, place), 3, "one island");
	tap_ok(place[1] == -1 && place[3] == 2, "the others move up");
	tap_is(read_rows(4, id, first, neighbour, bad, &r), TM_LINKS_WEIGHT, "a negative weight");
	tap_is(r.id, -5, "of that area");
	tap_is(read_rows(4, twice, first, neighbour, weight, &r), TM_LINKS_ID_TWICE, "an id twice");
	tap_is(read_rows(4, id, first, self, weight, &r), TM_LINKS_SELF, "an area its own neighbour");
	tap_is(read_rows(4, id, first, double_, weight, &r), TM_LINKS_TWICE, "a neighbour twice");
	tap_is(read_rows(0, id, first, neighbour, NULL, &r), TM_LINKS_FINE, "no rows");
}

/* Styles keep their sums. */
static void
test_styles(void)
{
	static const char *const names[] = {"W", "B", "C", "U", "S"};
	static const double sum[] = {12, 34, 12, 1, 12};

	for (int s = 0; s < 5; s++)
	{
		tm_links_style style;
		double		all = 0;

		grid(4, 3);
		tm_style_named(names[s], &style);
		tm_links_style_apply(&m.links, style);
		for (int64_t l = 0; l < m.links.first[12]; l++)
			all += m.links.weight[l];
		tap_near(all, sum[s], 1e-14, names[s]);
	}
	tap_is(tm_style_named("V", &(tm_links_style) {0}), TM_METHOD, "no such style");
	tap_is(tm_style_named("WW", &(tm_links_style) {0}), TM_METHOD, "nor two letters");
}

/* The next permutation in lexical order; false after the last. */
static bool
next(int *p, int n)
{
	int			i = n - 2;
	int			j = n - 1;

	while (i >= 0 && p[i] > p[i + 1])
		i--;
	if (i < 0)
		return false;
	while (p[j] < p[i])
		j--;
	for (int swap = p[i]; true; swap = p[i])
	{
		p[i] = p[j];
		p[j] = swap;
		break;
	}
	for (int a = i + 1, b = n - 1; a < b; a++, b--)
	{
		int			swap = p[a];

		p[a] = p[b];
		p[b] = swap;
	}
	return true;
}

/* Expectation and variance of each statistic under randomisation, against all permutations of eight values. */
static void
test_moments(void)
{
	static const double x[8] = {3, 1, 4, 1, 5, 9, 2, 6};
	static const char *const names[] = {"Moran", "Geary", "Getis and Ord"};
	static double room[4096];
	tm_shuffle	none = {0};

	for (int asymmetric = 0; asymmetric < 2; asymmetric++)
		for (int kind = 0; kind < 3; kind++)
		{
			int			p[8] = {0, 1, 2, 3, 4, 5, 6, 7};
			double		sum = 0,
						squares = 0,
						count = 0;
			tm_global	seen;

			grid(4, 2);
			for (int64_t l = 0; asymmetric && l < m.links.first[8]; l++)
				m.links.weight[l] = 1.0 + (double) (l % 5);
			tm_links_transpose(&m.links, &m.back);
			tm_global_statistic((tm_global_kind) kind, &m.links, &m.back, x, &none, room, &seen);
			do
			{
				double		y[8];
				tm_global	g;

				for (int i = 0; i < 8; i++)
					y[i] = x[p[i]];
				tm_global_statistic((tm_global_kind) kind, &m.links, &m.back, y, &none, room, &g);
				sum += g.value;
				squares += (g.value - seen.expectation) * (g.value - seen.expectation);
				count++;
			} while (next(p, 8));
			tap_is((long) count, 40320, "all permutations");
			tap_near(sum / count, seen.expectation, 1e-11, names[kind]);
			tap_near(squares / count, seen.variance_randomisation, 1e-11, "its variance under randomisation");
		}
}

/* The counts of conditional permutation, against drawing each permutation and each area by itself. */
static void
test_conditional(void)
{
	static double room[1 << 20];
	double		z[25];
	uint32_t	greater[25],
				less[25];

	for (int mode = 0; mode < 4; mode++)
	{
		tm_conditional task = {.links = &m.links,.z = z,.differences = mode & 1,.permutations = 4500,.seed = 7};
		long		wrong = 0;

		grid(5, 5);
		tm_links_style_apply(&m.links, TM_STYLE_W);
		for (int i = 0; i < 25; i++)
			z[i] = (i * 7 % 11 - 5.0) / 3.0;
		for (int64_t l = 0; mode >= 2 && l < m.links.first[25]; l++)
			m.links.weight[l] = 1.0 + (double) (l % 3);
		if (tm_conditional_room(&task) > sizeof room)
			break;
		tm_conditional_count(&task, room, greater, less);
		for (int i = 0; i < 25; i++)
		{
			uint32_t	g = 0,
						s = 0;

			for (uint32_t permutation = 0; permutation < task.permutations; permutation++)
			{
				int32_t		deck[24];
				double		drawn = 0,
							seen = 0,
							all = 0;
				tm_random	r;
				int64_t		k = tm_links_count(&m.links, i);
				const double *w = m.links.weight + m.links.first[i];

				for (int j = 0; j < 24; j++)
					deck[j] = j;
				tm_random_start(&r, 7, permutation, 0);
				for (int j = 0; j < k; j++)
				{
					int32_t		t = j + (int32_t) tm_random_below(&r, 24 - (uint32_t) j);
					int32_t		place = deck[t];
					double		v = z[place + (place >= i)];
					double		o = z[m.links.to[m.links.first[i] + j]];

					deck[t] = deck[j];
					deck[j] = place;
					drawn += w[j] * (task.differences ? (v - z[i]) * (v - z[i]) : v);
					seen += w[j] * (task.differences ? (o - z[i]) * (o - z[i]) : o);
					all += w[j];
				}
				g += drawn >= seen - 1e-8 * all;
				s += drawn <= seen + 1e-8 * all;
			}
			wrong += g != greater[i] || s != less[i];
		}
		tap_is(wrong, 0, mode & 1 ? "differences: the counts of drawing one by one" : "lags: the counts of drawing one by one");
	}
}

/* Permutations of all values: counts against the exact shares, for a statistic with ties. */
static void
test_shuffle(void)
{
	static double room[4096];
	static const double x[8] = {3, 1, 4, 1, 5, 9, 2, 6};
	tm_shuffle	how = {.permutations = 99999,.seed = 3};
	tm_global	g;
	tm_global	again;

	grid(4, 2);
	tm_links_style_apply(&m.links, TM_STYLE_W);
	tm_links_transpose(&m.links, &m.back);
	tm_global_statistic(TM_MORAN, &m.links, &m.back, x, &how, room, &g);
	/* 33,456 of 40,320 by enumeration: test/oracles/spatial_permutation.csv */
	tap_ok(fabs(g.p_greater - 33456.0 / 40320) < 5 * sqrt(0.83 * 0.17 / 1e5), "p of permutations: %g", g.p_greater);
	tap_ok(fabs(g.p_less - 6912.0 / 40320) < 5 * sqrt(0.83 * 0.17 / 1e5), "and of the other tail: %g", g.p_less);
	how.permutations = 999;
	tm_global_statistic(TM_MORAN, &m.links, &m.back, x, &how, room, &g);
	tm_global_statistic(TM_MORAN, &m.links, &m.back, x, &how, room, &again);
	tap_ok(g.p_greater == again.p_greater, "the same seed, the same answer");
	tap_near(g.p_greater * 1000, round(g.p_greater * 1000), 1e-12, "thousandths of 999 permutations and the map itself");
}

/* Whole numbers below a bound are equally likely. */
static void
test_below(void)
{
	tm_random	r;
	double		count[7] = {0};
	double		chi2 = 0;

	tm_random_start(&r, 1, 2, 3);
	for (int i = 0; i < 70000; i++)
		count[tm_random_below(&r, 7)]++;
	for (int i = 0; i < 7; i++)
		chi2 += (count[i] - 10000) * (count[i] - 10000) / 10000;
	tap_ok(chi2 < 30, "numbers below 7 are equally likely: chi2 %g with 6 degrees of freedom", chi2);
	tap_is(tm_random_below(&r, 1), 0, "below 1 there is 0");
}

/* Local statistics add up to the global one; what is undefined is NaN. */
static void
test_local(void)
{
	static double room[1 << 18];
	double		x[24];
	tm_local	out[24];
	tm_join		joins[24];
	tm_global	g;
	tm_local_task task = {.kind = TM_LOCAL_MORAN,.links = &m.links,.row_standardised = true,.x = x};
	double		sum = 0;

	grid(6, 4);
	tm_links_style_apply(&m.links, TM_STYLE_W);
	tm_links_transpose(&m.links, &m.back);
	for (int i = 0; i < 24; i++)
		x[i] = 1e300 * (1 + i * 5 % 7);
	tm_global_statistic(TM_MORAN, &m.links, &m.back, x, &task.how, room, &g);
	tm_local_statistics(&task, room, out);
	for (int i = 0; i < 24; i++)
		sum += out[i].value;
	tap_near(sum / 24, g.value, 1e-12, "local I of huge values add up to S0 times the global one");
	task.kind = TM_LOCAL_GEARY;
	tm_global_statistic(TM_GEARY, &m.links, &m.back, x, &task.how, room, &g);
	tm_local_statistics(&task, room, out);
	sum = 0;
	for (int i = 0; i < 24; i++)
		sum += out[i].value;
	tap_near(sum * 23 / (2 * 24 * 24), g.value, 1e-12, "local c likewise");
	for (int i = 0; i < 24; i++)
		x[i] = 0.1;
	tm_local_statistics(&task, room, out);
	tap_ok(isnan(out[3].value) && isnan(out[3].z), "constant values have no local statistic");
	tap_is(tm_global_statistic(TM_MORAN, &m.links, &m.back, x, &task.how, room, &g), TM_UNDEFINED, "nor a global one");
	x[5] = -1;
	tap_is(tm_global_statistic(TM_GETIS_ORD, &m.links, &m.back, x, &task.how, room, &g), TM_NEGATIVE, "G takes no negative value");
	for (int i = 0; i < 24; i++)
		x[i] = i < 3;
	tm_local_joins(&m.links, x, room, joins);
	/* area 1 has 3 neighbours, 2 of them marked; of the other 23 areas 2 are: C(21,1) / C(23,3) */
	tap_near(joins[1].p_greater, 21.0 / 1771, 1e-13, "join count: the hypergeometric tail");
	tap_near(joins[1].expectation, 3 * 2 / 23.0, 1e-14, "and its expectation");
	tap_ok(isnan(joins[10].joins), "none for an area that is not marked");
}

int
main(void)
{
	test_links();
	test_styles();
	test_moments();
	test_conditional();
	test_shuffle();
	test_below();
	test_local();
	return tap_done();
}
