/*
 * test_variation.c - variation between areas against the expected values in
 * test/oracles, the sort beneath it, and every status and edge.
 */
#include "variation.h"

#include "csv.h"
#include "tap.h"

#include <string.h>

#define MOST 256

static int	ticks;

/* Counts the calls a caller could leave from. */
static void
tick(void)
{
	ticks++;
}

/* The areas of a set into rows of events and denominator; says whether the denominator is a population. */
static bool
read_set(const csv *t, const char *name, double *rows, size_t *n)
{
	bool		rate = false;

	*n = 0;
	for (size_t i = 0; i < t->rows; i++)
		if (csv_is(t, i, "set", name))
		{
			rate = !isnan(csv_num(t, i, "pop"));
			rows[2 * *n] = csv_num(t, i, "observed");
			rows[2 * *n + 1] = csv_num(t, i, rate ? "pop" : "expected");
			(*n)++;
		}
	return rate;
}

/* The statistic the oracle calls so; -1 for those of other functions. */
static int
statistic(const char *name)
{
	static const struct
	{
		const char *name;
		int			statistic;
	}			names[] = {
		{"n_areas", TM_VAR_AREAS}, {"mean_rate", TM_VAR_MEAN}, {"overall_rate", TM_VAR_OVERALL}, {"extremal_quotient", TM_VAR_EQ},
		{"eq_p95_p5", TM_VAR_EQ95}, {"eq_p90_p10", TM_VAR_EQ90}, {"iq_ratio_p75_p25", TM_VAR_EQ75}, {"range", TM_VAR_RANGE},
		{"sd_sample", TM_VAR_SD}, {"cv_sample", TM_VAR_CV}, {"cv_population", TM_VAR_CV_POPULATION}, {"cv_weighted", TM_VAR_CV_WEIGHTED},
		{"scv", TM_VAR_SCV}, {"scv_log", TM_VAR_SCV_LOG}, {"chi2", TM_VAR_CHI2}, {"chi2_p", TM_VAR_P},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].statistic;
	return -1;
}

/* Compares one set with the oracle. */
static void
one_set(const csv *input, const csv *oracle, const char *name)
{
	double		rows[2 * MOST];
	double		work[2 * MOST];
	double		v[TM_VAR_N];
	double		worst = 0;
	size_t		n;
	int			compared = 0;
	bool		rate = read_set(input, name, rows, &n);

	if (!tap_ok(n <= MOST && tm_variation(rate ? TM_VARIATION_RATE : TM_VARIATION_RATIO, rows, work, n, tick, v) == TM_OK, "%s: %zu areas", name, n))
		return;
	for (size_t i = 0; i < oracle->rows; i++)
	{
		int			s = csv_is(oracle, i, "set", name) ? statistic(csv_text(oracle, i, "statistic")) : -1;

		/* the oracle's p has 50 digits behind the point */
		if (s < 0 || (s == TM_VAR_P && csv_num(oracle, i, "value") == 0))
			continue;
		worst = fmax(worst, tap_error(v[s], csv_num(oracle, i, "value")));
		compared++;
	}
	tap_ok(compared >= 15 && worst <= 1e-12, "%s: %d statistics, worst relative error %.2g", name, compared, worst);
}

/* The variation of a few areas given as numbers. */
static tm_status
of(tm_variation_kind kind, size_t n, const double *given, double v[TM_VAR_N])
{
	double		rows[2 * MOST];
	double		work[2 * MOST];

	memcpy(rows, given, 2 * n * sizeof *rows);
	return tm_variation(kind, rows, work, n, NULL, v);
}

/* Statuses and what is undefined. */
static void
edges(void)
{
	double		v[TM_VAR_N];

	tap_is(of(TM_VARIATION_RATE, 0, (double[]) {0}, v), TM_UNDEFINED, "no area");
	tap_is(of(TM_VARIATION_RATE, 1, (double[]) {1, 0}, v), TM_NEGATIVE, "nobody");
	tap_is(of(TM_VARIATION_RATE, 1, (double[]) {-1, 1}, v), TM_NEGATIVE, "negative events");
	tap_is(of(TM_VARIATION_RATE, 1, (double[]) {1, INFINITY}, v), TM_NEGATIVE, "infinite population");
	tap_is(of(TM_VARIATION_RATE, 1, (double[]) {NAN, 1}, v), TM_NEGATIVE, "NaN events");
	tap_is(of(TM_VARIATION_PROPORTION, 1, (double[]) {2, 1}, v), TM_EVENTS_EXCEED, "more events than people at risk");
	tap_is(of(TM_VARIATION_RATE, 2, (double[]) {1e16, 1, 1, 1}, v), TM_OVERFLOW, "more events than a double holds");
	tap_is(of(TM_VARIATION_RATE, 2, (double[]) {1, 1e308, 1, 1e308}, v), TM_OVERFLOW, "people overflow");
	tap_is(of(TM_VARIATION_RATIO, 2, (double[]) {1, 1e-200, 1, 1}, v), TM_OVERFLOW, "a ratio whose square overflows");
	tap_is(of(TM_VARIATION_RATE, 2, (double[]) {1, 1e200, 1, 1e201}, v), TM_OVERFLOW, "a rate whose square is 0");
	tap_is(of(TM_VARIATION_RATIO, 2, (double[]) {0, 1e-320, 1, 1}, v), TM_OVERFLOW, "one over an expectation overflows");
	tap_ok(of(TM_VARIATION_RATE, 1, (double[]) {3, 10}, v) == TM_OK && v[TM_VAR_MEAN] == 0.3 && isnan(v[TM_VAR_SD]) && isnan(v[TM_VAR_SCV]) && isnan(v[TM_VAR_EQ]) && isnan(v[TM_VAR_P]), "one area has no variation");
	tap_ok(of(TM_VARIATION_RATE, 2, (double[]) {0, 10, 0, 20}, v) == TM_OK && v[TM_VAR_RANGE] == 0 && isnan(v[TM_VAR_CV]) && isnan(v[TM_VAR_SCV]) && isnan(v[TM_VAR_CHI2]), "no event at all");
	tap_ok(of(TM_VARIATION_RATIO, 2, (double[]) {0, 1, 0, 2}, v) == TM_OK && v[TM_VAR_CHI2] == 3 && isnan(v[TM_VAR_CV_WEIGHTED]) && isnan(v[TM_VAR_EB]) && v[TM_VAR_SCV] == 0.25, "events expected, none observed");
	tap_ok(of(TM_VARIATION_PROPORTION, 2, (double[]) {10, 10, 20, 20}, v) == TM_OK && v[TM_VAR_SCV] == 0 && isnan(v[TM_VAR_CHI2]) && v[TM_VAR_CV] == 0, "everybody");
	tap_ok(of(TM_VARIATION_PROPORTION, 2, (double[]) {1, 1, 0, 1}, v) == TM_OK && isnan(v[TM_VAR_MOMENT]) && isnan(v[TM_VAR_EB]) && v[TM_VAR_CHI2] == 2, "one person in each area");
	tap_ok(of(TM_VARIATION_RATE, 3, (double[]) {5, 10, 5, 10, 5, 10}, v) == TM_OK && v[TM_VAR_EB] == 0 && v[TM_VAR_SCV] < 0 && v[TM_VAR_MOMENT] < 0 && v[TM_VAR_SD] == 0 && v[TM_VAR_P] == 1, "less variation than by chance: negative components, EB 0");
	tap_ok(of(TM_VARIATION_RATE, 2, (double[]) {1000000, 10, 0, 1e9}, v) == TM_OK && v[TM_VAR_EB] > 1, "enormous variation: EB is %g", v[TM_VAR_EB]);
}

/* The sort: any bits, negative numbers, ties by the later columns, an order of columns. */
static void
sorting(void)
{
	static const int order[] = {1, 0};
	double		rows[] = {3, 1, -2, 1, 5, -INFINITY, -7, 1, 0, 0};
	const double want[] = {5, -INFINITY, 0, 0, -7, 1, -2, 1, 3, 1};
	double		work[10];
	int			before = ticks;

	tm_columns_sort(rows, work, 5, 2, order, tick);
	tap_ok(memcmp(rows, want, sizeof want) == 0, "rows are sorted by the second column, then the first");
	tap_ok(ticks > before, "the sort can be left");
	tm_columns_sort(rows, work, 1, 2, order, NULL);
	tap_ok(rows[1] == -INFINITY, "one row is sorted");
}

int
main(void)
{
	csv			input = csv_read("test/oracles", "oracle_sav_input.csv");
	csv			oracle = csv_read("test/oracles", "oracle_sav.csv");

	for (size_t i = 0; i < oracle.rows; i++)
		if (csv_is(&oracle, i, "statistic", "n_areas"))
			one_set(&input, &oracle, csv_text(&oracle, i, "set"));
	edges();
	sorting();
	csv_free(&input);
	csv_free(&oracle);
	return tap_done();
}
