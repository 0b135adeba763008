/*
 * test_local.c - local statistics and the bivariate one against all
 * permutations of eight values; rates; adjusted p.
 */
#include "../../src/core/autocorrelation.h"
#include "../../src/core/local.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define N 8

static int64_t first[2][N + 1];
static int32_t to[2][N * N];
static double weight[2][N * N];
static tm_links a = {N, first[0], to[0], weight[0]};
static tm_links back = {N, first[1], to[1], weight[1]};
static double room[1 << 16];

static const double x[N] = {3, 1, 4, 1, 5, 9, 2, 6};
static const double y[N] = {2, 7, 1, 8, 2, 8, 1, 8};

/* A grid of 4 x 2, rook's neighbours, weights all 1 or not. */
static void
grid(bool equal)
{
	int64_t		at = 0;

	for (int i = 0; i < N; i++)
	{
		for (int j = 0; j < N; j++)
			if (abs(i % 4 - j % 4) + abs(i / 4 - j / 4) == 1)
			{
				to[0][at] = j;
				weight[0][at++] = equal ? 1.0 : 1.0 + (i + 2 * j) % 3;
			}
		first[0][i + 1] = at;
	}
	tm_links_transpose(&a, &back);
}

/* The next permutation of the places, that one excepted, in lexical order; false after the last. */
static bool
next(int *p, int n)
{
	int			i = n - 2;
	int			j = n - 1;
	int			swap;

	while (i >= 0 && p[i] > p[i + 1])
		i--;
	if (i < 0)
		return false;
	while (p[j] < p[i])
		j--;
	swap = p[i];
	p[i] = p[j];
	p[j] = swap;
	for (int low = i + 1, high = n - 1; low < high; low++, high--)
	{
		swap = p[low];
		p[low] = p[high];
		p[high] = swap;
	}
	return true;
}

/* What all permutations of the other values give for one area. */
typedef struct share
{
	double		mean,
				variance,
				greater,
				less;
} share;

/* Goes through all permutations of the others' values (Gi*: of all, for the moments). */
static share
enumerate(tm_local_kind kind, bool standard, int area, double seen, bool all)
{
	int			p[N] = {0, 1, 2, 3, 4, 5, 6, 7};
	int			n = all ? N : N - 1;
	double		count = 0;
	double		sum = 0,
				squares = 0;
	share		s = {0, 0, 0, 0};

	for (int i = 0; !all && i < N - 1; i++)
		p[i] = i < area ? i : i + 1;
	do
	{
		double		v[N];
		tm_local	out[N];
		tm_local_task task = {.kind = kind,.links = &a,.row_standardised = standard,.x = v};

		for (int i = 0; i < n; i++)
			v[all ? i : i < area ? i : i + 1] = x[p[i]];
		if (!all)
			v[area] = x[area];
		tm_local_statistics(&task, room, out);
		sum += out[area].value;
		squares += (out[area].value - seen) * (out[area].value - seen);
		s.greater += out[area].value >= seen - 1e-9;
		s.less += out[area].value <= seen + 1e-9;
		count++;
	} while (next(p, n));
	s.mean = sum / count;
	s.variance = squares / count - (s.mean - seen) * (s.mean - seen);
	s.greater /= count;
	s.less /= count;
	return s;
}

/* Expectation, variance and p of every statistic, for equal weights and others. */
static void
test_statistics(void)
{
	static const char *const names[] = {"Moran", "Gi", "Gi*", "Geary"};

	for (int equal = 0; equal < 2; equal++)
		for (int kind = 0; kind < 4; kind++)
		{
			tm_local	out[N];
			tm_local_task task = {.kind = (tm_local_kind) kind,.links = &a,.row_standardised = equal,.x = x,.how = {.permutations = 40000,.seed = 9}};
			double		worst = 0;
			double		far = 0;

			grid(equal);
			if (equal)
				tm_links_style_apply(&a, TM_STYLE_W);
			tap_ok(tm_local_room(&task) < sizeof room, "room");
			tm_local_statistics(&task, room, out);
			for (int i = 0; i < N; i += 3)
			{
				share		s = enumerate((tm_local_kind) kind, equal, i, out[i].value, false);

				far = fmax(far, fabs(out[i].p_greater - s.greater) / sqrt(s.greater * (1 - s.greater) / 40000 + 1e-9));
				far = fmax(far, fabs(out[i].p_less - s.less) / sqrt(s.less * (1 - s.less) / 40000 + 1e-9));
				if (kind == TM_LOCAL_GI_STAR)
					s = i == 3 ? enumerate((tm_local_kind) kind, equal, i, out[i].value, true) : (share) {out[i].expectation, out[i].variance, 0, 0};
				worst = fmax(worst, tap_error(out[i].expectation, s.mean));
				worst = fmax(worst, tap_error(out[i].variance, s.variance));
			}
			tap_ok(worst < 1e-10, "%s, %s weights: expectation and variance of all permutations, relative error %.1e", names[kind], equal ? "equal" : "other", worst);
			tap_ok(far < 5, "%s: p of permutations within %.1f standard errors", names[kind], far);
		}
}

/* Bivariate I: expectation 0 and the variance of all permutations of y. */
static void
test_bivariate(void)
{
	int			p[N] = {0, 1, 2, 3, 4, 5, 6, 7};
	double		sum = 0,
				squares = 0,
				count = 0,
				greater = 0;
	tm_shuffle	none = {0};
	tm_shuffle	how = {.permutations = 40000,.seed = 2};
	tm_global	seen;

	grid(false);
	tm_moran_bivariate(&a, &back, x, y, &how, room, &seen);
	do
	{
		double		v[N];
		tm_global	g;

		for (int i = 0; i < N; i++)
			v[i] = y[p[i]];
		tm_moran_bivariate(&a, &back, x, v, &none, room, &g);
		sum += g.value;
		squares += g.value * g.value;
		greater += g.value >= seen.value - 1e-9;
		count++;
	} while (next(p, N));
	tap_ok(fabs(sum / count) < 1e-12, "bivariate: expectation 0");
	tap_near(seen.variance_randomisation, squares / count, 1e-11, "and the variance of all permutations");
	tap_ok(fabs(seen.p_greater - greater / count) < 5 * sqrt(0.25 / 40000), "p %g of permutations, %g of all", seen.p_greater, greater / count);
	tap_is(tm_moran_bivariate(&a, &back, x, (double[N]) {0}, &none, room, &seen), TM_UNDEFINED, "none of a constant");
}

/* Rates are compared with what chance leaves: without spread beyond it, b / n alone. */
static void
test_rates(void)
{
	static const double events[3] = {1, 2, 3};
	static const double people[3] = {100, 100, 400};
	double		z[3];
	double		b = 0.01;
	/* s2 = sum n (p - b)^2 / sum n; a = s2 - b / mean n, below 0 here */
	double		s2 = (100 * 0 + 100 * 1e-4 + 400 * 0.0025 * 0.0025) / 600;
	double		v = s2 - b / 200 + b / 100;

	tap_is(tm_rates_standardised(events, people, 3, z), TM_OK, "rates");
	tap_near(z[1], (0.02 - b) / sqrt(v > 0 ? v : b / 100), 1e-13, "standardised");
	tap_near(z[2], (0.0075 - b) / sqrt(b / 400), 1e-13, "with a variance that would be below 0: of chance alone");
	tap_is(tm_rates_standardised((double[3]) {0}, people, 3, z), TM_UNDEFINED, "none without events");
}

/* Adjusted p by hand; a NaN stays out. */
static void
test_adjusted(void)
{
	static const double p[5] = {0.04, NAN, 0.01, 0.03, 0.9};
	static const double want[4][5] = {
		{0.16 / 3, NAN, 0.04, 0.16 / 3, 0.9}, {0.16 / 3 * 25 / 12, NAN, 0.04 * 25 / 12, 0.16 / 3 * 25 / 12, 1}, {0.09, NAN, 0.04, 0.09, 0.9}, {0.16, NAN, 0.04, 0.12, 1}
	};
	static const char *const names[] = {"bh", "by", "holm", "bonferroni"};
	double		out[5];

	for (int m = 0; m < 4; m++)
	{
		tm_adjustment how;
		double		worst = 0;

		tm_adjustment_named(names[m], &how);
		tap_ok(tm_adjust_room(5) <= sizeof room, "room");
		tm_adjust(how, p, 5, sizeof *p, room, out);
		for (int i = 0; i < 5; i++)
			worst = fmax(worst, tap_error(out[i], want[m][i]));
		tap_ok(worst < 1e-14, "%s", names[m]);
	}
	tap_is(tm_adjustment_named("fdr", &(tm_adjustment) {0}), TM_METHOD, "no such adjustment");
}

int
main(void)
{
	test_statistics();
	test_bivariate();
	test_rates();
	test_adjusted();
	return tap_done();
}
