/*
 * test_compare.c - two proportions and two rates against the expected values in
 * test/oracles, the papers' examples, exchange of the groups, and every status.
 */
#include "compare.h"

#include <string.h>

#include "interval.h"

#include "csv.h"
#include "tap.h"

#define TOLERANCE 1e-10

static const struct
{
	const char *name;
	tm_compared what;
	const char *methods[3];
}			kinds[] = {
	{"proportion_difference", TM_PROPORTION_DIFFERENCE, {"miettinen_nurminen", "newcombe"}},
	{"proportion_ratio", TM_PROPORTION_RATIO, {"miettinen_nurminen", "koopman", "log"}},
	{"odds_ratio", TM_ODDS_RATIO, {"miettinen_nurminen", "log"}},
	{"rate_ratio", TM_RATE_RATIO, {"exact", "mid_p", "log"}},
	{"rate_difference", TM_RATE_DIFFERENCE, {"miettinen_nurminen", "mover"}},
};

/* One comparison of either sort; NaN everywhere when it fails. */
static tm_comparison
compared(tm_compared what, const char *name, double x1, double n1, double x2, double n2, double conf)
{
	tm_comparison c = {NAN, NAN, NAN, NAN};
	tm_compare_method_t method;

	if (tm_compare_method(what, name, &method) != TM_OK)
		return c;
	if (what <= TM_ODDS_RATIO)
		tm_compare_proportions(what, (int64_t) x1, (int64_t) n1, (int64_t) x2, (int64_t) n2, conf, method, &c);
	else
		tm_compare_rates(what, x1, n1, x2, n2, conf, method, &c);
	return c;
}

/* The relative error, as that of the scale for a number near 0. */
static double
error_of(double got, double want, double scale)
{
	if (isinf(want) || isnan(want))
		return tap_error(got, want);
	return fmin(tap_error(got, want), fabs(got - want) / scale);
}

/* The rows of one comparison and method. A difference is judged on the scale of its interval: a limit near 0 has no digits of its own. */
static void
rows_of(const csv *t, const char *name, tm_compared what, const char *method)
{
	double		worst = 0.0;
	size_t		rows = 0,
				bad = 0;

	for (size_t i = 0; i < t->rows; i++)
	{
		tm_comparison c;
		double		want[4],
					scale = 0.0,
					error;

		if (!csv_is(t, i, "what", name) || !csv_is(t, i, "method", method))
			continue;
		c = compared(what, method, csv_num(t, i, "x1"), csv_num(t, i, "n1"), csv_num(t, i, "x2"), csv_num(t, i, "n2"), csv_num(t, i, "conf"));
		want[0] = csv_num(t, i, "value"), want[1] = csv_num(t, i, "lower"), want[2] = csv_num(t, i, "upper"), want[3] = csv_num(t, i, "p");
		if (what == TM_PROPORTION_DIFFERENCE || what == TM_RATE_DIFFERENCE)
			scale = want[2] - want[1];
		error = fmax(fmax(error_of(c.value, want[0], scale), error_of(c.lower, want[1], scale)),
					 fmax(error_of(c.upper, want[2], scale), error_of(c.p, want[3], 1e-290)));
		if (!(error <= TOLERANCE) && bad++ < 5)
			printf("# row %zu: %.17g %.17g %.17g %.17g, want %.17g %.17g %.17g %.17g\n", i + 2, c.value, c.lower, c.upper, c.p, want[0], want[1], want[2], want[3]);
		worst = fmax(worst, isnan(error) ? INFINITY : error);
		rows++;
	}
	tap_ok(rows > 0 && worst <= TOLERANCE, "oracle_compare %s, %s: %zu rows, worst relative error %.2g", name, method, rows, worst);
}

/* Limits that papers print. */
static void
published(void)
{
	tm_comparison c = compared(TM_PROPORTION_DIFFERENCE, "newcombe", 56, 70, 48, 80, 0.95);

	/* Newcombe 1998 (difference), table II, example (a): 56/70 - 48/80, method 10. */
	tap_ok(fabs(c.lower - 0.0524) < 5e-5 && fabs(c.upper - 0.3339) < 5e-5, "Newcombe 1998, 56/70 - 48/80, hybrid score");
	c = compared(TM_PROPORTION_DIFFERENCE, "miettinen_nurminen", 56, 70, 48, 80, 0.95);
	tap_ok(fabs(c.lower - 0.0528) < 5e-5 && fabs(c.upper - 0.3382) < 5e-5, "Newcombe 1998, 56/70 - 48/80, Miettinen-Nurminen");
	c = compared(TM_PROPORTION_DIFFERENCE, "newcombe", 10, 10, 0, 10, 0.95);
	tap_ok(fabs(c.lower - 0.6075) < 5e-5 && c.upper == 1.0, "Newcombe 1998, 10/10 - 0/10");
	c = compared(TM_PROPORTION_RATIO, "koopman", 36, 40, 16, 80, 0.95);
	/* Koopman 1984, section 4: (2.94, 7.15). */
	tap_ok(fabs(c.lower - 2.94) < 5e-3 && fabs(c.upper - 7.15) < 5e-3, "Koopman 1984, (36/40) / (16/80)");
}

/* Groups exchanged; limits ordered, on both sides of the value, wider at a higher level, inside the parameter space. */
static void
properties(void)
{
	static const double counts[] = {0, 1, 2, 17, 999, 1000, 1000000000};
	static const double levels[] = {0.5000001, 0.9, 0.99, 0.9999999};
	static const size_t n_counts = sizeof counts / sizeof counts[0];

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (size_t m = 0; m < 3 && kinds[k].methods[m]; m++)
		{
			bool		difference = strstr(kinds[k].name, "difference") != NULL;
			bool		ordered = true,
						swapped = true,
						wider = true;
			size_t		cases = 0;

			for (size_t i = 0; i < n_counts * n_counts * n_counts * n_counts; i++)
			{
				double		x1 = counts[i % n_counts],
							n1 = counts[i / n_counts % n_counts],
							x2 = counts[i / n_counts / n_counts % n_counts],
							n2 = counts[i / n_counts / n_counts / n_counts];
				double		lower = INFINITY,
							upper = -INFINITY;

				if (n1 == 0 || n2 == 0 || x1 > n1 || x2 > n2)
					continue;
				for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++)
				{
					tm_comparison c = compared(kinds[k].what, kinds[k].methods[m], x1, n1, x2, n2, levels[l]);
					tm_comparison back = compared(kinds[k].what, kinds[k].methods[m], x2, n2, x1, n1, levels[l]);

					if (isnan(c.lower) && isnan(c.upper) && strcmp(kinds[k].methods[m], "log") == 0 && x1 == n1 && x2 == n2)
						continue;
					cases++;
					ordered = ordered && c.lower <= c.upper && !(c.value < c.lower) && !(c.value > c.upper) &&
						c.lower >= (difference ? kinds[k].what == TM_RATE_DIFFERENCE ? -INFINITY : -1.0 : 0.0) &&
						(kinds[k].what != TM_PROPORTION_DIFFERENCE || c.upper <= 1.0) && (isnan(c.p) || (c.p >= 0.0 && c.p <= 1.0));
					wider = wider && c.lower <= lower && c.upper >= upper;
					lower = c.lower, upper = c.upper;
					if (difference)
						swapped = swapped && tap_error(back.lower, -c.upper) < 1e-15 && tap_error(back.value, -c.value) < 1e-15;
					else
						swapped = swapped && tap_error(back.lower, 1.0 / c.upper) < 1e-14 && tap_error(back.value, 1.0 / c.value) < 1e-15;
					swapped = swapped && (tap_error(back.p, c.p) < 1e-9 || fmax(back.p, c.p) < 1e-250);
					if (!(ordered && swapped && wider) && cases < 1000000)
					{
						printf("# %g of %g, %g of %g at %.9g: %.17g (%.17g to %.17g), p %g; exchanged %.17g (%.17g to %.17g), p %g, %s\n",
							   x1, n1, x2, n2, levels[l], c.value, c.lower, c.upper, c.p, back.value, back.lower, back.upper, back.p, ordered ? swapped ? "wider" : "swapped" : "ordered");
						cases = 1000000;
					}
				}
			}
			tap_ok(cases > 100 && ordered, "%s, %s: limits are ordered and inside", kinds[k].name, kinds[k].methods[m]);
			tap_ok(wider, "%s, %s: a higher level has wider limits", kinds[k].name, kinds[k].methods[m]);
			tap_ok(swapped, "%s, %s: groups exchanged", kinds[k].name, kinds[k].methods[m]);
		}
}

/* Every status of proportions and rates. */
static void
edges(void)
{
	tm_comparison c = {7.0, 7.0, 7.0, 7.0};
	tm_compare_method_t method = TM_KOOPMAN;

	tap_is(tm_compare_method(TM_RATE_RATIO, "koopman", &method), TM_METHOD, "no Koopman for rates");
	tap_is(tm_compare_method(TM_PROPORTION_RATIO, "", &method), TM_METHOD, "empty method");
	tap_is(tm_compare_proportions(TM_PROPORTION_RATIO, 1, 2, 1, 0, 0.95, method, &c), TM_EVENTS_EXCEED, "1 of 0");
	tap_is(tm_compare_proportions(TM_PROPORTION_RATIO, 1, 2, 0, 0, 0.95, method, &c), TM_UNDEFINED, "0 of 0");
	tap_is(tm_compare_proportions(TM_PROPORTION_RATIO, -1, 2, 0, 1, 0.95, method, &c), TM_NEGATIVE, "-1 of 2");
	tap_is(tm_compare_proportions(TM_PROPORTION_RATIO, 1, 2, 1, 2, 0.5, method, &c), TM_CONFIDENCE, "confidence 0.5");
	tap_is(tm_compare_proportions(TM_PROPORTION_RATIO, 1, INT64_MAX, 1, 2, 0.95, method, &c), TM_OVERFLOW, "beyond 2^53");
	tap_is(tm_compare_rates(TM_RATE_RATIO, 1, 0, 1, 2, 0.95, TM_CMP_EXACT, &c), TM_EVENTS_EXCEED, "events without person-years");
	tap_is(tm_compare_rates(TM_RATE_RATIO, 0, 0, 1, 2, 0.95, TM_CMP_EXACT, &c), TM_UNDEFINED, "no person-years");
	tap_is(tm_compare_rates(TM_RATE_RATIO, 0, NAN, 1, 2, 0.95, TM_CMP_EXACT, &c), TM_NEGATIVE, "person-years NaN");
	tap_is(tm_compare_rates(TM_RATE_RATIO, NAN, 1, 1, 2, 0.95, TM_CMP_EXACT, &c), TM_NEGATIVE, "count NaN");
	tap_is(tm_compare_rates(TM_RATE_RATIO, 1, 1, 1, 2, 1.0, TM_CMP_EXACT, &c), TM_CONFIDENCE, "confidence 1");
	tap_is(tm_compare_rates(TM_RATE_RATIO, 1, 1e-300, 1, 1e300, 0.95, TM_CMP_EXACT, &c), TM_OVERFLOW, "ratio out of range");
	tap_ok(c.value == 7.0, "no value written without TM_OK");
}

/* A DSR of one or two strata. */
static tm_dsr
dsr_of(double x1, double n1, double w1, double x2, double n2, double w2)
{
	tm_dsr_acc	acc;
	tm_dsr		dsr;

	tm_dsr_init(&acc);
	tm_dsr_binomial(&acc, 0.95);
	tm_dsr_add(&acc, x1, n1, w1);
	tm_dsr_add(&acc, x2, n2, w2);
	tm_dsr_finish(&acc, 1.0, &dsr);
	return dsr;
}

/* Ratios and differences of standardised rates: one stratum is a crude comparison, and the log form by hand. */
static void
standardised(void)
{
	tm_dsr		one = dsr_of(8, 200, 5, 0, 0, 0),
				two = dsr_of(3, 150, 5, 0, 0, 0),
				none = dsr_of(0, 150, 5, 0, 0, 0),
				a = dsr_of(10, 100, 3, 40, 200, 1),
				b = dsr_of(20, 400, 3, 10, 50, 1),
				empty = dsr_of(0, 0, 1, 0, 0, 0),
				plain;
	tm_dsr_acc	acc;
	tm_comparison c,
				crude;
	double		va = (9.0 * 10 / 1e4 + 40.0 / 4e4) / 16,
				vb = (9.0 * 20 / 16e4 + 10.0 / 2500) / 16,
				se;

	tap_is(tm_compare_dsrs(TM_DSR_RATIO, &one, &two, 0.95, TM_FAY, &c), TM_OK, "ratio of DSRs");
	crude = compared(TM_RATE_RATIO, "exact", 8, 200, 3, 150, 0.95);
	tap_ok(tap_error(c.value, crude.value) < 1e-15 && tap_error(c.lower, crude.lower) < 1e-12 && tap_error(c.upper, crude.upper) < 1e-12 && tap_error(c.p, crude.p) < 1e-12,
		   "with one stratum Fay's limits are the exact ones");
	tm_compare_dsrs(TM_DSR_RATIO, &one, &two, 0.95, TM_CMP_TIWARI, &c);
	tap_near(c.lower, crude.lower, 1e-12, "and Tiwari's too");
	tm_compare_dsrs(TM_DSR_RATIO, &one, &two, 0.95, TM_CMP_LOG, &c);
	tap_near(c.lower, compared(TM_RATE_RATIO, "log", 8, 200, 3, 150, 0.95).lower, 1e-14, "log limits with one stratum");
	tm_compare_dsrs(TM_DSR_RATIO, &one, &two, 0.95, TM_CMP_BINOMIAL, &c);
	tap_near(c.upper, compared(TM_PROPORTION_RATIO, "log", 8, 200, 3, 150, 0.95).upper, 1e-14, "binomial log limits with one stratum are Katz's");
	tm_compare_dsrs(TM_DSR_DIFFERENCE, &one, &two, 0.95, TM_CMP_BINOMIAL, &c);
	tap_near(c.upper, compared(TM_PROPORTION_DIFFERENCE, "newcombe", 8, 200, 3, 150, 0.95).upper, 1e-14, "binomial difference with one stratum is Newcombe's");
	tm_compare_dsrs(TM_DSR_DIFFERENCE, &one, &two, 0.95, TM_MOVER, &c);
	tap_near(c.lower, compared(TM_RATE_DIFFERENCE, "mover", 8, 200, 3, 150, 0.95).lower, 1e-12, "MOVER with one stratum");

	tm_compare_dsrs(TM_DSR_RATIO, &a, &b, 0.95, TM_CMP_LOG, &c);
	se = sqrt(va / 0.125 / 0.125 + vb / 0.0875 / 0.0875);
	tap_near(c.value, 0.125 / 0.0875, 1e-15, "two strata: (0.3 + 0.2) / 4 over (0.15 + 0.2) / 4");
	tap_near(c.lower, 0.125 / 0.0875 * exp(-1.959963984540054 * se), 1e-14, "lower log limit by hand");
	/* R 4.2, from the paper's formula with qf and pf: strata 20/120 and 45/180 over 10/100 and 40/200, weights 2 : 1. */
	a = dsr_of(20, 120, 2, 45, 180, 1), b = dsr_of(10, 100, 2, 40, 200, 1);
	tm_compare_dsrs(TM_DSR_RATIO, &a, &b, 0.95, TM_FAY, &c);
	tap_ok(tap_error(c.lower, 0.898096577505106) < 1e-12 && tap_error(c.upper, 2.37226256402053) < 1e-12 && tap_error(c.p, 0.139486172291094) < 1e-12, "Fay 1999, two strata");
	tm_compare_dsrs(TM_DSR_RATIO, &a, &b, 0.95, TM_CMP_TIWARI, &c);
	tap_ok(tap_error(c.lower, 0.914357956234609) < 1e-12 && tap_error(c.upper, 2.35051692361917) < 1e-12 && tap_error(c.p, 0.1191824805894) < 1e-12, "Tiwari's weights, two strata");
	tm_compare_dsrs(TM_DSR_RATIO, &none, &two, 0.95, TM_FAY, &c);
	tap_ok(c.value == 0.0 && c.lower == 0.0 && c.upper > 0.0 && c.upper < INFINITY, "no events above");
	tm_compare_dsrs(TM_DSR_RATIO, &two, &none, 0.95, TM_FAY, &crude);
	tap_ok(isinf(crude.value) && isinf(crude.upper) && tap_error(crude.lower, 1.0 / c.upper) < 1e-15, "no events below");
	tm_compare_dsrs(TM_DSR_RATIO, &none, &none, 0.95, TM_FAY, &c);
	tap_ok(isnan(c.value) && c.lower == 0.0 && isinf(c.upper) && c.p == 1.0, "no events at all");
	tm_compare_dsrs(TM_DSR_RATIO, &none, &two, 0.95, TM_CMP_LOG, &c);
	tap_ok(c.value == 0.0 && c.lower == 0.0 && isinf(c.upper) && c.p == 1.0, "no events above, log");
	tap_is(tm_compare_dsrs(TM_DSR_RATIO, &empty, &two, 0.95, TM_FAY, &c), TM_UNDEFINED, "nobody at risk");
	tap_is(tm_compare_dsrs(TM_DSR_RATIO, &one, &two, 1.5, TM_FAY, &c), TM_CONFIDENCE, "confidence 1.5");
	tm_dsr_init(&acc);
	tm_dsr_add(&acc, 1, 2, 3);
	tm_dsr_finish(&acc, 1.0, &plain);
	tap_is(tm_compare_dsrs(TM_DSR_RATIO, &plain, &two, 0.95, TM_CMP_BINOMIAL, &c), TM_METHOD, "binomial sums not asked for");
	tap_is(tm_dsr_limits(&plain, 0.95, TM_DSR_BINOMIAL), TM_METHOD, "nor for limits");
	tap_is(tm_dsr_limits(&plain, 0.95, TM_DSR_BINOMIAL_NORMAL), TM_METHOD, "nor for normal limits");
}

/* Binomial limits of a DSR: Wilson's for one stratum, by hand for two, the normal form. */
static void
binomial(void)
{
	tm_dsr		one = dsr_of(8, 200, 5, 0, 0, 0),
				none = dsr_of(0, 200, 1, 0, 300, 2),
				all = dsr_of(200, 200, 1, 300, 300, 2),
				a = dsr_of(10, 100, 3, 40, 200, 1);
	tm_ci		ci,
				cj;
	tm_dsr_acc	acc;

	tm_proportion(8, 200, 0.95, TM_WILSON, &ci);
	tm_dsr_limits(&one, 0.95, TM_DSR_BINOMIAL);
	tap_ok(tap_error(one.lower, ci.lower) < 1e-14 && tap_error(one.upper, ci.upper) < 1e-14, "one stratum has Wilson's limits");
	tm_proportion(10, 100, 0.95, TM_WILSON, &ci);
	tm_proportion(40, 200, 0.95, TM_WILSON, &cj);
	tm_dsr_limits(&a, 0.95, TM_DSR_BINOMIAL);
	tap_near(a.lower, 0.125 - hypot(0.75 * (ci.value - ci.lower), 0.25 * (cj.value - cj.lower)), 1e-14, "two strata: lower limit by hand");
	tap_near(a.upper, 0.125 + hypot(0.75 * (ci.upper - ci.value), 0.25 * (cj.upper - cj.value)), 1e-14, "two strata: upper limit by hand");
	tm_dsr_limits(&a, 0.95, TM_DSR_BINOMIAL_NORMAL);
	tap_near(a.upper, 0.125 + 1.959963984540054 * sqrt(0.5625 * 0.09 / 100 + 0.0625 * 0.16 / 200), 1e-14, "normal limits with the variance sum of w^2 p (1 - p) / n");
	tap_ok(tm_dsr_limits(&none, 0.95, TM_DSR_BINOMIAL) == TM_OK && none.lower == 0.0 && none.upper > 0.0 && none.upper < 0.05, "no events: a lower limit of 0, an upper one above");
	tap_ok(tm_dsr_limits(&all, 0.95, TM_DSR_BINOMIAL) == TM_OK && all.upper == 1.0 && all.lower < 1.0 && all.lower > 0.95, "all events: the mirror image");
	tap_is(tm_dsr_limits(&none, 0.95, TM_DSR_BINOMIAL_NORMAL), TM_UNDEFINED, "no normal limits without variance");
	tm_dsr_init(&acc);
	tm_dsr_binomial(&acc, 0.95);
	tm_dsr_add(&acc, 1, 1e10, 1e-150);
	tap_is(tm_dsr_finish(&acc, 1.0, &one), TM_OVERFLOW, "squares of weights that vanish");
	tm_dsr_init(&acc);
	tap_is(tm_dsr_binomial(&acc, 1.0), TM_CONFIDENCE, "binomial sums at level 1");
	tm_dsr_binomial(&acc, 0.9);
	tap_is(tm_dsr_add(&acc, 3, 2, 1), TM_EVENTS_EXCEED, "more events than person-years have no binomial limits");
}

int
main(int argc, char **argv)
{
	csv			t = csv_read(argc > 1 ? argv[1] : "test/oracles", "oracle_compare.csv");

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (size_t m = 0; m < 3 && kinds[k].methods[m]; m++)
			rows_of(&t, kinds[k].name, kinds[k].what, kinds[k].methods[m]);
	published();
	properties();
	edges();
	standardised();
	binomial();
	csv_free(&t);
	return tap_done();
}
