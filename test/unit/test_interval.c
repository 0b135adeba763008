/*
 * test_interval.c - limits of proportions, Poisson counts, rates and ratios
 * against the expected values in test/oracles, and every status.
 */
#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "interval.h"

#include "csv.h"
#include "tap.h"

#define TOLERANCE 1e-12

/* The larger of a worst error so far and the errors of three figures; an error that is NaN counts as infinite. */
static double
worst_of(double worst, tm_ci got, double value, double lower, double upper)
{
	worst = fmax(worst, tap_error(got.value, value));
	worst = fmax(worst, tap_error(got.lower, lower));
	return fmax(worst, tap_error(got.upper, upper));
}

/* Compares the rows of one proportion method. */
static void
proportion_rows(const csv *t, const char *name)
{
	tm_prop_method_t method;
	size_t		rows = 0;
	double		worst = 0.0;

	if (!tap_ok(tm_prop_method(name, &method) == TM_OK, "proportion method %s", name))
		return;
	for (size_t i = 0; i < t->rows; i++)
	{
		tm_ci		ci = {NAN, NAN, NAN};

		if (!csv_is(t, i, "method", name))
			continue;
		tm_proportion(csv_int(t, i, "x"), csv_int(t, i, "n"), csv_num(t, i, "conf"),
					  method, &ci);
		worst = worst_of(worst, ci, csv_num(t, i, "estimate"), csv_num(t, i, "lower"),
						 csv_num(t, i, "upper"));
		rows++;
	}
	tap_ok(rows > 0 && worst <= TOLERANCE,
		   "oracle_prop_ci %s: %zu rows, worst relative error %.2g", name, rows, worst);
}

/* Compares the mid-P limits of proportions. */
static void
mid_p_rows(const csv *t)
{
	double		worst = 0.0;

	for (size_t i = 0; i < t->rows; i++)
	{
		tm_ci		ci = {NAN, NAN, NAN};

		tm_proportion(csv_int(t, i, "x"), csv_int(t, i, "n"), csv_num(t, i, "conf"), TM_PROP_MID_P, &ci);
		worst = worst_of(worst, ci, ci.value, csv_num(t, i, "lower"), csv_num(t, i, "upper"));
	}
	tap_ok(t->rows > 50 && worst <= TOLERANCE, "oracle_midp: %zu rows, worst relative error %.2g", t->rows, worst);
}

/* Compares the rows of one Poisson method. */
static void
rate_rows(const csv *t, const char *name)
{
	tm_poisson_method_t method;
	size_t		rows = 0;
	double		worst = 0.0;

	if (!tap_ok(tm_poisson_method(name, &method) == TM_OK, "Poisson method %s", name))
		return;
	for (size_t i = 0; i < t->rows; i++)
	{
		tm_ci		ci = {NAN, NAN, NAN};

		if (!csv_is(t, i, "method", name))
			continue;
		tm_rate(csv_num(t, i, "x"), csv_num(t, i, "pop"), csv_num(t, i, "conf"), method, &ci);
		worst = worst_of(worst, ci, csv_num(t, i, "rate"), csv_num(t, i, "lower"),
						 csv_num(t, i, "upper"));
		rows++;
	}
	tap_ok(rows > 0 && worst <= TOLERANCE,
		   "oracle_rate_ci %s: %zu rows, worst relative error %.2g", name, rows, worst);
}

/* Compares the rows of one Poisson method in the ratios of observed to expected. */
static void
ratio_rows(const csv *t, const char *name)
{
	tm_poisson_method_t method = TM_EXACT;
	size_t		rows = 0;
	double		worst = 0.0;

	tm_poisson_method(name, &method);
	for (size_t i = 0; i < t->rows; i++)
	{
		tm_ci		ci = {NAN, NAN, NAN};

		if (!csv_is(t, i, "method", name))
			continue;
		tm_ratio(csv_num(t, i, "observed"), csv_num(t, i, "expected"),
				 csv_num(t, i, "conf"), method, &ci);
		worst = worst_of(worst, ci, csv_num(t, i, "ratio"), csv_num(t, i, "ratio_lower"),
						 csv_num(t, i, "ratio_upper"));
		rows++;
	}
	tap_ok(rows > 0 && worst <= TOLERANCE,
		   "oracle_isr ratio %s: %zu rows, worst relative error %.2g", name, rows, worst);
}

/* Every status tm_proportion can answer, and the exact ends. */
static void
proportion_edges(void)
{
	tm_ci		ci = {7.0, 7.0, 7.0};
	tm_prop_method_t method = TM_JEFFREYS;

	tap_is(tm_prop_method("wald", &method), TM_METHOD, "unknown proportion method");
	tap_is(tm_prop_method("", &method), TM_METHOD, "empty proportion method");
	tap_is(tm_prop_method("Wilson", &method), TM_METHOD, "method names are lower case");
	tap_is(tm_proportion(0, 0, 0.95, TM_WILSON, &ci), TM_UNDEFINED, "0 of 0 is undefined");
	tap_is(tm_proportion(1, 0, 0.95, TM_WILSON, &ci), TM_EVENTS_EXCEED, "1 of 0");
	tap_is(tm_proportion(3, 2, 0.95, TM_WILSON, &ci), TM_EVENTS_EXCEED, "3 of 2");
	tap_is(tm_proportion(-1, 2, 0.95, TM_WILSON, &ci), TM_NEGATIVE, "-1 of 2");
	tap_is(tm_proportion(-3, -2, 0.95, TM_WILSON, &ci), TM_NEGATIVE, "-3 of -2");
	tap_is(tm_proportion(1, 2, 0.5, TM_WILSON, &ci), TM_CONFIDENCE, "confidence 0.5");
	tap_is(tm_proportion(1, 2, 1.0, TM_WILSON, &ci), TM_CONFIDENCE, "confidence 1");
	tap_is(tm_proportion(1, 2, NAN, TM_WILSON, &ci), TM_CONFIDENCE, "confidence NaN");
	tap_is(tm_proportion(1, 2, 0.95, (tm_prop_method_t) 99, &ci), TM_METHOD,
		   "proportion method out of range");
	tap_is(tm_proportion(5, INT64_MAX, 0.95, TM_JEFFREYS, &ci), TM_OVERFLOW,
		   "beyond 2^53, Jeffreys");
	tap_is(tm_proportion(5, INT64_MAX, 0.95, TM_CLOPPER_PEARSON, &ci), TM_OVERFLOW,
		   "beyond 2^53, Clopper-Pearson");
	tap_is(tm_proportion(5, INT64_MAX, 0.95, TM_PROP_MID_P, &ci), TM_OVERFLOW, "beyond 2^53, mid-P");
	tap_ok(ci.value == 7.0, "no value written without TM_OK");
	tap_ok(tm_proportion(INT64_MAX, INT64_MAX, 0.95, TM_WILSON, &ci) == TM_OK &&
		   ci.upper == 1.0, "beyond 2^53, Wilson");
}

/* The limits at no events and no non-events are exactly 0 and 1, up to the largest counts. */
static void
proportion_ends(void)
{
	static const int64_t sizes[] = {1, 2, 7, 1000, 1000000000, (int64_t) 1 << 53};
	bool		ends = true;
	bool		inside = true;

	for (int m = TM_WILSON; m <= TM_JEFFREYS; m++)
	{
		for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		{
			int64_t		n = sizes[i];
			tm_ci		none;
			tm_ci		all;

			ends = ends &&
				tm_proportion(0, n, 0.999, (tm_prop_method_t) m, &none) == TM_OK &&
				tm_proportion(n, n, 0.999, (tm_prop_method_t) m, &all) == TM_OK &&
				none.value == 0.0 && none.lower == 0.0 &&
				all.value == 1.0 && all.upper == 1.0;
			inside = inside && none.upper > 0.0 && none.upper < 1.0 &&
				all.lower > 0.0 && all.lower <= 1.0;
		}
	}
	tap_ok(ends, "limits at x = 0 and x = n are exactly 0 and 1");
	tap_ok(inside, "the other limits lie inside");
}

/* Every status of counts, rates, ratios and indirectly standardised rates. */
static void
poisson_edges(void)
{
	tm_ci		ci = {7.0, 7.0, 7.0};
	tm_poisson_method_t method = TM_EXACT;

	tap_is(tm_poisson_method("score", &method), TM_METHOD, "unknown Poisson method");
	tap_is(tm_poisson(-1.0, 0.95, TM_EXACT, &ci), TM_NEGATIVE, "count -1");
	tap_is(tm_poisson(NAN, 0.95, TM_EXACT, &ci), TM_NEGATIVE, "count NaN");
	tap_is(tm_poisson(INFINITY, 0.95, TM_EXACT, &ci), TM_NEGATIVE, "count infinite");
	tap_is(tm_poisson(1e19, 0.95, TM_EXACT, &ci), TM_OVERFLOW, "count beyond 64 bits");
	tap_is(tm_poisson(1e-150, 0.95, TM_BYAR, &ci), TM_OVERFLOW, "Byar at a count of 1e-150");
	tap_is(tm_poisson(1.0, 0.3, TM_EXACT, &ci), TM_CONFIDENCE, "confidence 0.3");
	tap_is(tm_poisson(1.0, 0.95, (tm_poisson_method_t) 99, &ci), TM_METHOD,
		   "Poisson method out of range");
	tap_is(tm_rate(1.0, 0.0, 0.95, TM_EXACT, &ci), TM_UNDEFINED, "population 0 is undefined");
	tap_is(tm_rate(1.0, -5.0, 0.95, TM_EXACT, &ci), TM_NEGATIVE, "population -5");
	tap_is(tm_rate(1.0, INFINITY, 0.95, TM_EXACT, &ci), TM_NEGATIVE, "population infinite");
	tap_is(tm_rate(1.0, 1e-320, 0.95, TM_EXACT, &ci), TM_OVERFLOW, "rate out of range");
	tap_is(tm_ratio(1.0, 0.0, 0.95, TM_BYAR, &ci), TM_UNDEFINED, "expected 0 is undefined");
	tap_is(tm_ratio(-1.0, 1.0, 0.95, TM_BYAR, &ci), TM_NEGATIVE, "observed -1");
	tap_is(tm_isr(1.0, 0.0, 0.1, 0.95, TM_BYAR, &ci), TM_UNDEFINED, "rate, expected 0");
	tap_is(tm_isr(1.0, 1.0, -0.1, 0.95, TM_BYAR, &ci), TM_NEGATIVE, "reference rate -0.1");
	tap_is(tm_isr(1.0, 1e-9, 1e300, 0.95, TM_BYAR, &ci), TM_OVERFLOW, "rate out of range");
	tap_ok(ci.value == 7.0, "no value written without TM_OK");

	tm_isr(3.0, 2.0, 0.5, 0.95, TM_EXACT, &ci);
	tap_near(ci.value, 0.75, 0.0, "indirectly standardised rate 3 / 2 * 0.5");
	tap_ok(tm_poisson(0.0, 0.95, TM_EXACT, &ci) == TM_OK && ci.lower == 0.0,
		   "exact lower limit at 0 is 0");
	tap_near(ci.upper, -log(0.025), 1e-14, "exact upper limit at 0 is -ln(alpha/2)");
	tap_ok(tm_poisson(0.0, 0.95, TM_BYAR, &ci) == TM_OK && ci.lower == 0.0,
		   "Byar lower limit at 0 is 0");
	tap_ok(tm_poisson(TM_COUNT_MAX, 0.95, TM_EXACT, &ci) == TM_OK && ci.lower < ci.upper,
		   "exact limits at the largest count");
	tap_near(ci.upper, TM_COUNT_MAX + 1.959963984540054 * sqrt(TM_COUNT_MAX), 1e-15,
			 "they are those of the normal law");
}

/* A limit asked for alone has the bits it has beside the other, which is NaN then. */
static void
test_sides(void)
{
	static const double x[] = {0, 1, 9, 10, 77, 100};
	tm_ci		both, lower, upper;
	bool		same = true;

	for (int i = 0; i < 6; i++)
	{
		for (int m = TM_WILSON; m <= TM_PROP_MID_P; m++)
		{
			tm_proportion((int64_t) x[i], 100, 0.9, (tm_prop_method_t) m, &both);
			tm_proportion_sides((int64_t) x[i], 100, 0.9, (tm_prop_method_t) m, TM_LOWER, &lower);
			tm_proportion_sides((int64_t) x[i], 100, 0.9, (tm_prop_method_t) m, TM_UPPER, &upper);
			same = same && lower.lower == both.lower && upper.upper == both.upper;
			same = same && isnan(lower.upper) && isnan(upper.lower) && upper.value == both.value;
		}
		for (int m = TM_EXACT; m <= TM_PHE; m++)
		{
			tm_isr(x[i], 37, 2, 0.9, (tm_poisson_method_t) m, &both);
			tm_isr_sides(x[i], 37, 2, 0.9, (tm_poisson_method_t) m, TM_LOWER, &lower);
			tm_isr_sides(x[i], 37, 2, 0.9, (tm_poisson_method_t) m, TM_UPPER, &upper);
			same = same && lower.lower == both.lower && upper.upper == both.upper;
			same = same && isnan(lower.upper) && isnan(upper.lower) && upper.value == both.value;
		}
	}
	tap_ok(same, "one side alone: the same bits");
}

/* Exact limits of counts so large that qgamma alone misses: their tail probabilities are those asked for. */
static void
huge_counts(void)
{
	const double counts[] = {1e12, 1971147373543424.0, 2e15, 9007199254740992.0};

	for (size_t i = 0; i < 4; i++)
	{
		double		x = counts[i];
		tm_ci		ci;
		tm_status	status = tm_poisson(x, 0.95, TM_EXACT, &ci);

		tap_ok(status == TM_OK && ci.lower < x && x < ci.upper, "limits of %g lie around it", x);
		tap_ok(fabs(pgamma(ci.lower, x, 1.0, 1, 0) - 0.025) < 1e-7 && fabs(pgamma(ci.upper, x + 1.0, 1.0, 0, 0) - 0.025) < 1e-7,
			   "limits of %g leave 2.5 %% on either side", x);
	}
}

int
main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "test/oracles";
	csv			prop = csv_read(dir, "oracle_prop_ci.csv");
	csv			rate = csv_read(dir, "oracle_rate_ci.csv");
	csv			isr = csv_read(dir, "oracle_isr.csv");
	csv			midp = csv_read(dir, "oracle_midp.csv");

	proportion_rows(&prop, "wilson");
	proportion_rows(&prop, "wilson_cc");
	proportion_rows(&prop, "clopper_pearson");
	proportion_rows(&prop, "jeffreys");
	proportion_rows(&prop, "agresti_coull");
	mid_p_rows(&midp);
	rate_rows(&rate, "exact");
	rate_rows(&rate, "byar");
	rate_rows(&rate, "mid_p");
	rate_rows(&rate, "phe");
	ratio_rows(&isr, "exact");
	ratio_rows(&isr, "byar");
	ratio_rows(&isr, "phe");
	proportion_edges();
	proportion_ends();
	poisson_edges();
	huge_counts();

	csv_free(&prop);
	csv_free(&midp);
	csv_free(&rate);
	csv_free(&isr);
	test_sides();
	return tap_done();
}
