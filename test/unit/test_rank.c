/*
 * test_rank.c - the generator against its published answers, the draws against
 * their distributions, ranks and targets against laws and exact probabilities.
 */
#include "../../src/core/exchange.h"
#include "../../src/core/rank.h"
#include "../../src/core/target.h"

#include <stdlib.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "tap.h"

#define MANY 20000

/* A tick that does nothing. */
static void
tick(void *arg)
{
	(void) arg;
}

/* qsort order of numbers. */
static int
by_number(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* The known answers of Philox4x32-10 that its authors publish with Random123. */
static void
test_philox(void)
{
	static const uint32_t cases[3][10] = {
		{0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
		{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
		{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
	};

	for (int i = 0; i < 3; i++)
	{
		uint32_t	out[4];

		tm_philox(cases[i], cases[i] + 4, out);
		tap_ok(memcmp(out, cases[i] + 6, sizeof out) == 0, "Philox4x32-10, known answer %d", i + 1);
	}
}

/* The largest distance of sorted numbers' distribution from uniform, times root n (Kolmogorov & Smirnov). */
static double
distance(double *p, int n)
{
	double		d = 0;

	qsort(p, n, sizeof *p, by_number);
	for (int i = 0; i < n; i++)
		d = fmax(d, fmax(p[i] - (double) i / n, (i + 1.0) / n - p[i]));
	return d * sqrt(n);
}

/* Draws follow their distributions: the statistic exceeds 2.2 once in ten thousand times, and the seed is fixed. */
static void
test_draws(void)
{
	static const double shapes[] = {0.5, 1, 1.5, 7.3, 1000.5, 1e9};
	static double p[MANY];
	tm_random	r;
	double		first;

	for (int k = 0; k < 6; k++)
	{
		for (int i = 0; i < MANY; i++)
		{
			tm_random_start(&r, 42, i, k);
			p[i] = pgamma(tm_random_gamma(&r, shapes[k]), shapes[k], 1, 1, 0);
		}
		tap_ok(distance(p, MANY) < 2.2, "gamma(%g)", shapes[k]);
		for (int i = 0; i < MANY; i++)
		{
			tm_random_start(&r, 42, 7, i);
			p[i] = pbeta(tm_random_beta(&r, shapes[k], 3.5), shapes[k], 3.5, 1, 0);
		}
		tap_ok(distance(p, MANY) < 2.2, "beta(%g, 3.5)", shapes[k]);
	}
	for (int i = 0; i < MANY; i++)
	{
		tm_random_start(&r, i, 7, 3);
		p[i] = tm_random_uniform(&r);
	}
	tap_ok(distance(p, MANY) < 2.2 && p[0] > 0 && p[MANY - 1] < 1, "first numbers of successive seeds");
	tm_random_start(&r, 1, 2, 3);
	first = tm_random_uniform(&r);
	tm_random_uniform(&r);
	tap_ok(tm_random_uniform(&r) != first, "numbers of a draw go on");
	tm_random_start(&r, 1, 2, 3);
	tap_ok(tm_random_uniform(&r) == first, "and start again the same");
	tm_random_start(&r, 1, 2, 4);
	tap_ok(tm_random_uniform(&r) != first, "another draw has others");
}

/* Ranks of areas given in canonical order. */
static tm_rank *
ranks(tm_events_kind kind, size_t n, const double *events, const double *size, uint32_t draws, double confidence)
{
	tm_draws	how = {.seed = 1, .draws = draws, .confidence = confidence, .tick = tick};
	tm_rank    *out = malloc((n + 1) * sizeof *out);
	void	   *room = malloc(tm_rank_room(n, draws) + 1);

	tap_is(tm_ranks(kind, n, events, size, &how, room, out), TM_OK, "ranked");
	free(room);
	return out;
}

/* The posterior mean and variance of one area's value by draws from a fitted common distribution. */
static void
moments(const tm_exchange *e, double events, double size, double *mean, double *variance)
{
	tm_draws	how = {.seed = 3};
	double		sum = 0,
				squares = 0;

	for (int d = 0; d < MANY; d++)
	{
		tm_shape	prior = tm_exchange_draw(e, &how, 0, d);
		tm_random	r;
		double		v;

		tm_random_start(&r, 3, 5, d);
		v = tm_posterior_draw(&r, e->kind, events, size, prior);
		sum += v;
		squares += v * v;
	}
	*mean = sum / MANY;
	*variance = squares / MANY - *mean * *mean;
}

/* The common distribution: its posterior against integrals over two dimensions, and its ends. */
static void
test_exchange(void)
{
	/* Values: sums over a grid of 601 log precisions and 1600 means in R 4.2, uniform shrinkage and a flat prior of the mean. */
	static const double x[] = {3, 5, 8, 10, 12, 14, 19, 30}, n[] = {10, 10, 12, 9, 11, 10, 8, 12};
	static const double people[] = {40, 40, 48, 36, 44, 40, 32, 48};
	static const double none[] = {0, 0, 0, 0}, huge[] = {1e9, 1.3e9, 1.7e9, 2.2e9}, one[] = {1e9, 1e9, 1e9, 1e9};
	tm_draws	how = {.confidence = 0.95, .tick = tick};
	tm_exchange e;
	double		mean, variance;

	tap_is(tm_exchange_fit(TM_EVENTS_POISSON, 8, x, n, &how, &e), TM_OK, "fitted, gamma");
	moments(&e, 3, 10, &mean, &variance);
	tap_ok(fabs(mean / 0.5216 - 1) < 0.02 && fabs(sqrt(variance) / 0.2248 - 1) < 0.03, "gamma, the lowest: mean %g, sd %g", mean, sqrt(variance));
	moments(&e, 30, 12, &mean, &variance);
	tap_ok(fabs(mean / 2.2503 - 1) < 0.02 && fabs(sqrt(variance) / 0.4177 - 1) < 0.03, "gamma, the highest: mean %g, sd %g", mean, sqrt(variance));
	tap_is(tm_exchange_fit(TM_EVENTS_BINOMIAL, 8, x, people, &how, &e), TM_OK, "fitted, beta");
	moments(&e, 3, 40, &mean, &variance);
	tap_ok(fabs(mean / 0.11328 - 1) < 0.02 && fabs(sqrt(variance) / 0.04859 - 1) < 0.03, "beta, the lowest: mean %g, sd %g", mean, sqrt(variance));
	tap_is(tm_exchange_fit(TM_EVENTS_POISSON, 4, huge, one, &how, &e), TM_OK, "fitted, huge counts");
	moments(&e, 1.3e9, 1e9, &mean, &variance);
	tap_ok(fabs(mean - 1.3) < 1e-5 && fabs(variance / 1.3e-9 - 1) < 0.05, "huge counts are not drawn anywhere");
	tap_is(tm_exchange_fit(TM_EVENTS_POISSON, 4, none, n, &how, &e), TM_OK, "fitted, no events");
	moments(&e, 0, 10, &mean, &variance);
	tap_ok(mean > 0 && mean < 0.05, "nothing happened: about nothing");
	tap_is(tm_exchange_fit(TM_EVENTS_BINOMIAL, 4, n, n, &how, &e), TM_OK, "fitted, everybody");
	moments(&e, 10, 10, &mean, &variance);
	tap_ok(mean > 0.9 && mean <= 1 && !isnan(variance), "everybody: about all");
	tap_is(tm_exchange_fit(TM_EVENTS_POISSON, 1, x, n, &how, &e), TM_OK, "fitted, one area");
	moments(&e, 3, 10, &mean, &variance);
	tap_ok(mean > 0.2 && mean < 0.5 && variance > 0.02, "one area alone is not sure of itself");
}

static void
test_ranks(void)
{
	static const double x[] = {0, 10, 10, 500, 900, 990}, n[] = {10, 100, 100, 1000, 1000, 1000};
	static const double apart[] = {0, 100000, 400000, 900000};
	static const double one[] = {1000000, 1000000, 1000000, 1000000};
	tm_draws	how = {.seed = 1, .draws = 1000, .confidence = 0.95, .tick = tick};
	tm_rank    *r = ranks(TM_EVENTS_BINOMIAL, 6, x, n, 1000, 0.95);
	tm_rank    *wide = ranks(TM_EVENTS_BINOMIAL, 6, x, n, 1000, 0.99);
	tm_rank    *p = ranks(TM_EVENTS_POISSON, 4, apart, one, 1000, 0.95);
	tm_rank		none;

	for (int i = 0; i < 6; i++)
	{
		tap_ok(r[i].lower <= r[i].median && r[i].median <= r[i].upper && r[i].lower >= 1 && r[i].upper <= 6, "area %d: ordered", i);
		tap_ok(wide[i].lower <= r[i].lower && wide[i].upper >= r[i].upper, "area %d: a higher level is wider", i);
	}
	tap_ok(r[1].rank == 2.5 && r[2].rank == 2.5, "ties share the average rank");
	tap_ok(r[1].median == r[2].median && r[1].lower == r[2].lower && r[1].upper == r[2].upper, "and their limits");
	tap_ok(r[5].rank == 6 && r[5].lower == 6, "0.99 of 1000 is the highest, surely");
	for (int i = 0; i < 4; i++)
		tap_ok(p[i].rank == i + 1 && p[i].lower == i + 1 && p[i].upper == i + 1, "rates far apart leave no doubt: %d", i);
	free(r);
	free(wide);
	free(p);
	tap_is(tm_ranks(TM_EVENTS_BINOMIAL, 1, n + 1, n, &how, NULL, &none), TM_EVENTS_EXCEED, "more events than people");
	tap_is(tm_ranks(TM_EVENTS_POISSON, 1, n, x, &how, NULL, &none), TM_NEGATIVE, "nobody at risk");
	how.draws = 99;
	tap_is(tm_ranks(TM_EVENTS_POISSON, 0, n, x, &how, NULL, &none), TM_TOO_MANY, "too few draws");
	how.confidence = 0.5;
	tap_is(tm_ranks(TM_EVENTS_POISSON, 0, n, x, &how, NULL, &none), TM_CONFIDENCE, "confidence 0.5");
}

/* Places of quantiles among draws. */
static void
test_quantiles(void)
{
	double		v[1000];
	double		median, lower, upper;

	for (int i = 0; i < 1000; i++)
		v[i] = (i * 7 + 1) % 1000 + 1;
	tm_draw_limits(v, 1000, 0.95, &median, &lower, &upper);
	tap_ok(median == 500 && lower == 25 && upper == 976, "1 to 1000: the 25th from either end");
	tap_is((long) tm_draw_rank(1000, 0.025), 25, "2.5 % of 1000 is the 25th");
	tap_is((long) tm_draw_rank(1000, (1 - 0.95) / 2), 25, "whatever 1 - 0.95 rounds to");
	tap_is((long) tm_draw_rank(1001, 0.025), 26, "2.5 % of 1001 is the 26th");
	tap_is((long) tm_draw_rank(10, 0), 1, "never before the first");
}

/* Targets of areas in canonical order. */
static tm_target
targets(const tm_target_task *t, tm_draw_prior prior, uint32_t draws, tm_target_area *out)
{
	tm_draws	how = {.prior = prior, .seed = 1, .draws = draws, .confidence = 0.95, .tick = tick};
	void	   *room = malloc(tm_target_room(t->n, draws) + 1);
	tm_target	all;

	tap_is(tm_targets(t, &how, room, out, &all), TM_OK, "computed");
	free(room);
	return all;
}

static void
test_targets(void)
{
	static const double o[] = {40, 60, 90, 120, 150, 10}, e[] = {80, 75, 90, 100, 110, 0}, ref[] = {6.1, 6.1, 6.1, 6.1, 6.1, 6.1};
	static const double define[] = {1, 0, 1, 1, 0, 1};
	tm_target_task t = {.n = 6, .observed = o, .expected = e, .reference = ref, .share = 0.5};
	tm_target_area a[6];
	tm_target	all = targets(&t, TM_INDEPENDENT, 10000, a);
	tm_target	by_itself = all;
	double		p;

	tap_ok(all.areas == 5 && all.defining == 5 && isnan(a[5].value) && isnan(a[5].missing), "an area where nothing is expected has no value");
	tap_near(all.level, 6.1, 1e-15, "the target is the median value");
	tap_ok(all.below == 2 && a[0].below == 1 && a[2].below == 0 && a[2].missing == 0, "two below; the median area lacks nothing, whatever rounding does");
	tap_ok(a[0].missing == 40 && a[1].missing == 15 && all.missing == 55, "what they lack: target x expected / reference - observed");
	tap_ok(all.lower < all.level && all.level < all.upper && all.below_lower <= 2 && all.below_upper >= 2, "limits enclose");
	tap_ok(a[0].missing_lower <= 40 && a[0].missing_upper >= 40 && a[0].p_below > 0.999 && a[4].p_below < 0.02, "of areas too");
	tap_ok(all.missing_lower <= 55 && all.missing_upper >= 55, "and of all together");

	all = targets(&t, TM_EXCHANGEABLE, 10000, a);
	tap_ok(all.level == by_itself.level && all.missing == 55 && all.missing_lower < by_itself.missing_lower, "exchangeable: the same target, less missing for sure");
	tap_ok(a[0].p_below > 0.9 && isnan(a[5].p_below), "of areas too, but not of one without a value");

	/* Two areas and their maximum: below it is the lower one; two gamma numbers compare as a beta. */
	t.n = 2;
	t.share = 1;
	targets(&t, TM_INDEPENDENT, 100000, a);
	p = pbeta(80.0 / (80.0 + 75.0), 40.5, 60.5, 1, 0);
	tap_ok(fabs(a[0].p_below - p) < 5 * sqrt(p * (1 - p) / 100000), "exact probability of the order of two areas");
	tap_near(a[0].p_below + a[1].p_below, 1, 1e-12, "one of two lies below the maximum");

	t.n = 6;
	t.share = 0.5;
	t.defining = define;
	all = targets(&t, TM_EXCHANGEABLE, 0, a);
	tap_ok(all.defining == 3 && fabs(all.level - 6.1) < 1e-14 && isnan(all.lower) && isnan(a[0].p_below) && a[1].missing == 15, "some areas define it; no draws, no limits");
	t.n = 0;
	all = targets(&t, TM_EXCHANGEABLE, 100, a);
	tap_ok(all.areas == 0 && isnan(all.level) && isnan(all.missing), "no area, no target");
}

int
main(void)
{
	test_philox();
	test_draws();
	test_exchange();
	test_ranks();
	test_quantiles();
	test_targets();
	return tap_done();
}
