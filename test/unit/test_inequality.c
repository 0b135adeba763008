/*
 * test_inequality.c - inequality indices and gradients against the expected
 * values in test/oracles, closed forms, and every status and edge.
 */
#include "inequality.h"

#include "csv.h"
#include "gradient.h"
#include "tap.h"

#include <string.h>

#define MOST 2048

/* The indices of a few values and weights given as numbers; NaN indices where there are none. */
static tm_status
of(size_t n, const double *given, tm_values *s)
{
	static double rows[2 * MOST];
	double		work[2 * MOST];

	memcpy(rows, given, 2 * n * sizeof *rows);
	return tm_values_sort(rows, work, n, 2, NULL, s);
}

/* Compares the indices of one case with the oracle. */
static void
one_case(const csv *data, const csv *oracle, const char *name)
{
	static double given[2 * MOST];
	static double ranked[3 * MOST];
	static double work[3 * MOST];
	double		c[TM_CONC_PARTS];
	double		worst = 0;
	size_t		n = 0;
	int			compared = 0;
	tm_values	s;

	for (size_t i = 0; i < data->rows; i++)
		if (csv_is(data, i, "case", name) && csv_num(data, i, "weight") > 0)
		{
			given[2 * n] = ranked[3 * n] = csv_num(data, i, "y");
			given[2 * n + 1] = ranked[3 * n + 1] = csv_num(data, i, "weight");
			ranked[3 * n++ + 2] = csv_num(data, i, "rank_var");
		}
	if (!tap_ok(of(n, given, &s) == TM_OK && tm_concentration(ranked, work, n, 3, 0.95, NAN, NAN, NULL, c) == TM_OK, "%s: %zu rows", name, n))
		return;
	for (size_t i = 0; i < oracle->rows; i++)
	{
		const char *stat = csv_text(oracle, i, "stat");
		double		have;

		if (!csv_is(oracle, i, "case", name) || strcmp(stat, "n") == 0 || strncmp(stat, "gini_unbiased", 13) == 0)
			continue;
		if (strncmp(stat, "lorenz_p", 8) == 0)
			have = tm_lorenz(&s, atof(stat + 8) / 100);
		else
			have = strcmp(stat, "gini") == 0 ? tm_gini(&s) : strcmp(stat, "hoover") == 0 ? tm_hoover(&s) :
				strcmp(stat, "theil_t") == 0 ? tm_theil_t(&s) : strcmp(stat, "theil_l_mld") == 0 ? tm_theil_l(&s) :
				strcmp(stat, "atkinson_1") == 0 ? tm_atkinson(&s, 1) : strcmp(stat, "atkinson_0.5") == 0 ? tm_atkinson(&s, 0.5) :
				strcmp(stat, "weighted_mean") == 0 ? s.mean : c[stat[0] == 'e' ? TM_CONC_ERREYGERS : stat[0] == 'w' ? TM_CONC_WAGSTAFF : TM_CONC_INDEX];
		worst = fmax(worst, tap_error(have, csv_num(oracle, i, "value")));
		compared++;
	}
	tap_ok(compared >= 15 && worst <= 1e-12, "%s: %d indices, worst relative error %.2g", name, compared, worst);
}

/* Statuses, zeros, one row, near equality. */
static void
edges(void)
{
	tm_values	s;
	double		v[TM_INEQ_N_INDICES];

	tap_is(of(0, (double[]) {0}, &s), TM_UNDEFINED, "no row");
	tap_is(of(1, (double[]) {-1, 1}, &s), TM_NEGATIVE, "negative value");
	tap_is(of(1, (double[]) {1, -1}, &s), TM_NEGATIVE, "negative weight");
	tap_is(of(2, (double[]) {1e308, 1, 1e308, 1}, &s), TM_OVERFLOW, "total overflows");
	tap_ok(of(2, (double[]) {0, 1, 0, 2}, &s) == TM_OK && isnan(tm_gini(&s)) && isnan(tm_hoover(&s)) && isnan(tm_theil_t(&s)) && isnan(tm_atkinson(&s, 0.5)) && isnan(tm_lorenz(&s, 0.5)), "all zero");
	tap_ok(of(1, (double[]) {7, 2}, &s) == TM_OK && tm_gini(&s) == 0 && tm_theil_t(&s) == 0 && tm_theil_l(&s) == 0 && tm_hoover(&s) == 0 && tm_lorenz(&s, 1) == 1 && tm_lorenz(&s, 0.5) == 0.5, "one row");
	tm_inequality(&s, v);
	tap_ok(v[TM_INEQ_N] == 1 && v[TM_INEQ_WEIGHT] == 2 && isnan(v[TM_INEQ_GINI_CORRECTED]), "the corrected Gini needs rows without weights");
	tap_ok(of(2, (double[]) {0, 1, 5, 1}, &s) == TM_OK && isnan(tm_theil_l(&s)) && isnan(tm_atkinson(&s, 1)) && isnan(tm_atkinson(&s, 2)) && tap_error(tm_atkinson(&s, 0.5), 0.5) < 1e-15 &&
		   tap_error(tm_theil_t(&s), log(2)) < 1e-15 && tm_atkinson(&s, 0) == 0, "a zero: T is ln 2, L is undefined");
	/* values 1 - d and 1 + d: Gini d/2, Hoover d/2, T d^2/2, L d^2/2, Atkinson(1) d^2/2, Atkinson(2) d^2 to first order */
	of(2, (double[]) {1 - 1e-6, 1, 1 + 1e-6, 1}, &s);
	tap_near(tm_gini(&s), 0.5e-6, 1e-9, "Gini near equality");
	tap_near(tm_theil_t(&s), 0.5e-12, 1e-4, "T near equality");
	tap_near(tm_theil_l(&s), 0.5e-12, 1e-4, "L near equality");
	tap_near(tm_atkinson(&s, 1), 0.5e-12, 1e-4, "Atkinson 1 near equality");
	tap_near(tm_atkinson(&s, 2), 1e-12, 1e-4, "Atkinson 2 near equality");
}

/* Theil's parts of a few rows of value, weight and group. */
static tm_status
parts(size_t n, const double *given, double v[TM_THEIL_PARTS])
{
	double		rows[4 * 8];
	double		work[4 * 8];

	memcpy(rows, given, 4 * n * sizeof *rows);
	return tm_theil_parts(rows, work, n, NULL, v);
}

/* Theil's decomposition. */
static void
decomposition(void)
{
	double		v[TM_THEIL_PARTS];

	tap_ok(parts(0, (double[]) {0}, v) == TM_OK && v[TM_THEIL_GROUPS] == 0 && isnan(v[TM_THEIL_T]) && isnan(v[TM_THEIL_L]), "no row, no parts");
	tap_is(parts(1, (double[]) {-1, 1, 0, 0}, v), TM_NEGATIVE, "negative value in a group");
	tap_is(parts(2, (double[]) {1e308, 1, 0, 0, 1e308, 1, 0, 0}, v), TM_OVERFLOW, "total of groups overflows");
	tap_ok(parts(2, (double[]) {0, 1, 1, 0, 0, 1, 2, 0}, v) == TM_OK && v[TM_THEIL_GROUPS] == 2 && isnan(v[TM_THEIL_T]) && isnan(v[TM_THEIL_T_WITHIN]) && isnan(v[TM_THEIL_L]), "groups of zeros");
	tap_ok(parts(4, (double[]) {1, 1, 7, 0, 3, 1, 7, 1, 1, 1, 7, 0, 3, 1, 7, 1}, v) == TM_OK && v[TM_THEIL_GROUPS] == 2 && v[TM_THEIL_T_WITHIN] == 0 && v[TM_THEIL_T] == v[TM_THEIL_T_BETWEEN] && v[TM_THEIL_L_WITHIN] == 0,
		   "both numbers name a group; equal within");
	tap_near(v[TM_THEIL_T], 0.5 * (0.5 * log(0.5) + 1.5 * log(1.5)), 1e-14, "T between");
	tap_near(v[TM_THEIL_L], -0.5 * (log(0.5) + log(1.5)), 1e-14, "L between");
	tap_ok(parts(3, (double[]) {0, 1, 1, 0, 2, 1, 1, 0, 1, 2, 2, 0}, v) == TM_OK && v[TM_THEIL_T_BETWEEN] == 0 && tap_error(v[TM_THEIL_T_WITHIN], 0.5 * log(2)) < 1e-14 && isnan(v[TM_THEIL_L_BETWEEN]), "equal between; a zero has no L");
	tap_ok(parts(3, (double[]) {0, 1, 1, 0, 0, 1, 1, 0, 1, 2, 2, 0}, v) == TM_OK && tap_error(v[TM_THEIL_T], log(2)) < 1e-14 && v[TM_THEIL_T_WITHIN] == 0, "a group of zeros has nothing within");
}

/* The concentration index of a few rows of value, weight and rank. */
static tm_status
concentration(size_t n, const double *given, double confidence, double low, double high, double v[TM_CONC_PARTS])
{
	double		rows[3 * 8];
	double		work[3 * 8];

	memcpy(rows, given, 3 * n * sizeof *rows);
	return tm_concentration(rows, work, n, 3, confidence, low, high, NULL, v);
}

/* The line through a few rows of value, weight, rank and error. */
static tm_status
gradient(size_t n, const double *given, double confidence, double v[TM_SLOPE_PARTS])
{
	double		rows[4 * 8];
	double		work[4 * 8];

	memcpy(rows, given, 4 * n * sizeof *rows);
	return tm_gradient(rows, work, n, 4, confidence, NULL, v);
}

/* Statuses and edges of the indices against a rank. */
static void
ranks(void)
{
	static const double four[] = {4, 1, 1, 0, 3, 1, 2, 0, 2, 1, 3, 0, 1.5, 1, 4, 0};
	double		c[TM_CONC_PARTS];
	double		v[TM_SLOPE_PARTS];
	double		errors[16];

	tap_is(concentration(0, (double[]) {0}, 0.95, NAN, NAN, c), TM_UNDEFINED, "no row");
	tap_is(concentration(1, (double[]) {1, 1, 1}, 1, NAN, NAN, c), TM_CONFIDENCE, "confidence 1");
	tap_is(concentration(1, (double[]) {1, 0, 1}, 0.95, NAN, NAN, c), TM_NEGATIVE, "weight 0");
	tap_is(concentration(1, (double[]) {1e308, 10, 1}, 0.95, NAN, NAN, c), TM_OVERFLOW, "total overflows");
	tap_ok(concentration(2, (double[]) {0, 1, 1, 0, 1, 2}, 0.95, NAN, NAN, c) == TM_OK && c[TM_CONC_N] == 2 && isnan(c[TM_CONC_INDEX]), "mean 0");
	tap_ok(concentration(1, (double[]) {2, 1, 1}, 0.95, NAN, NAN, c) == TM_OK && c[TM_CONC_INDEX] == 0 && isnan(c[TM_CONC_SE]) && isnan(c[TM_CONC_ERREYGERS]), "one row: no limits, no room between the bounds");
	/* two people, one has all: C = 1/2; Kakwani's a are 1/2 and 5/2 - ... of equal squares about 1 + C = 3/2 */
	tap_ok(concentration(2, (double[]) {0, 1, 1, 2, 1, 2}, 0.95, 0, 2, c) == TM_OK && tap_error(c[TM_CONC_INDEX], 0.5) < 1e-15 && tap_error(c[TM_CONC_ERREYGERS], 1) < 1e-15 && tap_error(c[TM_CONC_WAGSTAFF], 1) < 1e-15,
		   "one of two has all");
	/* a: 0 + 2 - 0 - 0 = 2; 2 (3/2 - 1 - 1/2) + 2 - 0 - 1 = 1; mean 3/2, variance 1/4 over 2 */
	tap_near(c[TM_CONC_SE], sqrt(0.125), 1e-14, "its standard error");
	tap_near(c[TM_CONC_UPPER] - c[TM_CONC_LOWER], 2 * 1.959963984540054 * sqrt(0.125), 1e-13, "its limits");
	tap_ok(concentration(3, (double[]) {1, 1, 5, 2, 1, 5, 9, 1, 5}, 0.95, NAN, NAN, c) == TM_OK && fabs(c[TM_CONC_INDEX]) < 1e-16, "all tie in rank");

	tap_is(gradient(4, four, 0.5, v), TM_CONFIDENCE, "confidence 0.5");
	tap_is(gradient(0, four, 0.95, v), TM_UNDEFINED, "no row");
	tap_ok(gradient(4, four, 0.95, v) == TM_OK && v[TM_SLOPE_SE] == 0 && isnan(v[TM_SLOPE_P]) && isnan(v[TM_SLOPE_DF]) && v[TM_SLOPE_LOWER] == v[TM_SLOPE_SII] && tap_error(v[TM_SLOPE_RII_LOWER], v[TM_SLOPE_RII]) < 1e-7, "values without error");
	/* ridits 1/8, 3/8, 5/8, 7/8: slope -3.4, height 4.325 at 0 and 0.925 at 1 */
	tap_near(v[TM_SLOPE_SII], -3.4, 1e-14, "slope");
	tap_near(v[TM_SLOPE_INTERCEPT], 4.325, 1e-14, "intercept");
	tap_near(v[TM_SLOPE_RII], 0.925 / 4.325, 1e-13, "relative index");
	memcpy(errors, four, sizeof errors);
	for (int i = 0; i < 4; i++)
		errors[4 * i + 3] = NAN;
	/* residuals -0.1, 0.05, 0.1... about the line: sum of squares 0.075, over 2 df, over 5/16 */
	tap_ok(gradient(4, errors, 0.95, v) == TM_OK && v[TM_SLOPE_DF] == 2 && tap_error(v[TM_SLOPE_SE], sqrt(0.075 / 2 / 0.3125)) < 1e-12, "from the residuals: se %.17g", v[TM_SLOPE_SE]);
	tap_near(v[TM_SLOPE_UPPER] - v[TM_SLOPE_LOWER], 2 * 0.95 / sqrt(2 * 0.975 * 0.025) * v[TM_SLOPE_SE], 1e-12, "Student's limits on 2 degrees of freedom");
	tap_ok(v[TM_SLOPE_RII_LOWER] < v[TM_SLOPE_RII] && v[TM_SLOPE_RII] < v[TM_SLOPE_RII_UPPER] && v[TM_SLOPE_P] > 0.001 && v[TM_SLOPE_P] < 0.05, "limits of the relative index on both sides");
	errors[3] = 1;
	tap_ok(gradient(4, errors, 0.95, v) == TM_OK && v[TM_SLOPE_SII] < 0 && isnan(v[TM_SLOPE_SE]) && isnan(v[TM_SLOPE_LOWER]) && isnan(v[TM_SLOPE_P]) && isnan(v[TM_SLOPE_RII_LOWER]), "some errors not known: no limits");
	errors[3] = -1;
	tap_is(gradient(4, errors, 0.95, v), TM_NEGATIVE, "negative error");
	tap_ok(gradient(2, (double[]) {1, 1, 1, NAN, 3, 1, 2, NAN}, 0.95, v) == TM_OK && v[TM_SLOPE_SII] == 4 && isnan(v[TM_SLOPE_SE]) && isnan(v[TM_SLOPE_RII]), "two rows: a line without limits, from 0");
	tap_ok(gradient(2, (double[]) {1, 1, 1, 1, 3, 1, 1, 1}, 0.95, v) == TM_OK && v[TM_SLOPE_N] == 2 && isnan(v[TM_SLOPE_SII]), "all tie in rank: no line");
	tap_ok(gradient(2, (double[]) {2, 1, 1, 9, 3, 1, 2, 9}, 0.95, v) == TM_OK && v[TM_SLOPE_RII] > 0 && isnan(v[TM_SLOPE_RII_LOWER]), "an intercept not clearly above 0: no limits of the relative index");
}

int
main(void)
{
	csv			data = csv_read("test/oracles", "data_inequality.csv");
	csv			oracle = csv_read("test/oracles", "oracle_inequality.csv");

	for (size_t i = 0; i < oracle.rows; i++)
		if (csv_is(&oracle, i, "stat", "n"))
			one_case(&data, &oracle, csv_text(&oracle, i, "case"));
	edges();
	decomposition();
	ranks();
	csv_free(&data);
	csv_free(&oracle);
	return tap_done();
}
