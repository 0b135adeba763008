/*
 * test_standardise.c - direct and indirect standardisation against the expected
 * values in test/oracles, strata with nobody at risk, and every status.
 */
#include "interval.h"
#include "standardise.h"

#include "csv.h"
#include "tap.h"

#define TOLERANCE 1e-12
#define MAX_STRATA 256

typedef struct strata
{
	size_t		n;
	double		a[MAX_STRATA];
	double		b[MAX_STRATA];
	double		c[MAX_STRATA];
	double		d[MAX_STRATA];
} strata;

/* The number in a cell, 0 when blank: the expected values take a blank stratum figure as 0. */
static double
num_or_zero(const csv *t, size_t row, const char *column)
{
	double		number = csv_num(t, row, column);

	return isnan(number) ? 0.0 : number;
}

/* The strata of one case, four columns (the last may be NULL). */
static void
load_case(const csv *t, const char *name, const char *const columns[4], strata *s)
{
	double	   *into[4] = {s->a, s->b, s->c, s->d};

	s->n = 0;
	for (size_t i = 0; i < t->rows; i++)
	{
		if (!csv_is(t, i, "case", name))
			continue;
		if (s->n == MAX_STRATA)
			csv_die("too many strata in", name);
		for (int k = 0; k < 4 && columns[k] != NULL; k++)
			into[k][s->n] = num_or_zero(t, i, columns[k]);
		s->n++;
	}
}

/* Compares the rows of one method of direct standardisation. */
static void
dsr_rows(const csv *t, const csv *strata_of, const char *name)
{
	static const char *const columns[4] = {"count", "pop", "stdpop", NULL};
	tm_dsr_method_t method;
	size_t		rows = 0;
	double		rate = 0.0;
	double		limits = 0.0;

	if (!tap_ok(tm_dsr_method(name, &method) == TM_OK, "DSR method %s", name))
		return;
	for (size_t i = 0; i < t->rows; i++)
	{
		strata		s;
		tm_dsr		dsr = {0};

		if (!csv_is(t, i, "method", name))
			continue;
		load_case(strata_of, csv_text(t, i, "case"), columns, &s);
		tm_dsr_arrays(s.n, s.a, s.b, s.c, csv_num(t, i, "conf"), method, 1.0, &dsr);
		rate = fmax(rate, tap_error(dsr.value, csv_num(t, i, "dsr")));
		rate = fmax(rate, tap_error(dsr.variance, csv_num(t, i, "var_dsr")));
		rate = fmax(rate, tap_error(dsr.events, csv_num(t, i, "total_count")));
		rate = fmax(rate, tap_error(dsr.at_risk, csv_num(t, i, "total_pop")));
		limits = fmax(limits, tap_error(dsr.lower, csv_num(t, i, "lower")));
		limits = fmax(limits, tap_error(dsr.upper, csv_num(t, i, "upper")));
		rows++;
	}
	tap_ok(rows > 0 && rate <= TOLERANCE,
		   "oracle_dsr %s, rate and variance: %zu rows, worst relative error %.2g",
		   name, rows, rate);
	tap_ok(rows > 0 && limits <= TOLERANCE,
		   "oracle_dsr %s, limits: %zu rows, worst relative error %.2g", name, rows, limits);
}

/* The sum of n numbers. */
static double
sum(size_t n, const double *numbers)
{
	double		total = 0.0;

	for (size_t i = 0; i < n; i++)
		total += numbers[i];
	return total;
}

/* Compares the rows of one method of indirect standardisation. */
static void
isr_rows(const csv *t, const csv *strata_of, const char *name)
{
	static const char *const columns[4] = {"count", "pop", "ref_count", "ref_pop"};
	tm_poisson_method_t method = TM_EXACT;
	size_t		rows = 0;
	double		worst = 0.0;

	tm_poisson_method(name, &method);
	for (size_t i = 0; i < t->rows; i++)
	{
		strata		s;
		double		expected = NAN;
		double		ref_rate;
		tm_ci		ci = {NAN, NAN, NAN};

		if (!csv_is(t, i, "method", name))
			continue;
		load_case(strata_of, csv_text(t, i, "case"), columns, &s);
		tm_expected(s.n, s.b, s.c, s.d, &expected);
		ref_rate = sum(s.n, s.c) / sum(s.n, s.d);
		tm_isr(sum(s.n, s.a), expected, ref_rate, csv_num(t, i, "conf"), method, &ci);
		worst = fmax(worst, tap_error(expected, csv_num(t, i, "expected")));
		worst = fmax(worst, tap_error(ci.value, csv_num(t, i, "israte")));
		ref_rate = csv_num(t, i, "ref_rate");
		worst = fmax(worst, tap_error(ci.lower, csv_num(t, i, "ratio_lower") * ref_rate));
		worst = fmax(worst, tap_error(ci.upper, csv_num(t, i, "ratio_upper") * ref_rate));
		rows++;
	}
	tap_ok(rows > 0 && worst <= TOLERANCE,
		   "oracle_isr expected and rate %s: %zu rows, worst relative error %.2g",
		   name, rows, worst);
}

/* Strata with nobody at risk: undefined over the whole standard, renormalised when allowed. */
static void
coverage_edges(void)
{
	double		events[] = {4.0, 0.0, 6.0};
	double		at_risk[] = {100.0, 0.0, 200.0};
	double		weight[] = {1.0, 2.0, 5.0};
	double		no_weight[] = {1.0, 0.0, 5.0};
	double		want = (1.0 * 0.04 + 5.0 * 0.03) / 6.0;
	tm_dsr		dsr;
	tm_dsr		same;

	tap_is(tm_dsr_arrays(3, events, at_risk, weight, 0.95, TM_FAY_FEUER, 1.0, &dsr),
		   TM_UNDEFINED, "a weighted stratum with nobody at risk: undefined");
	tap_near(dsr.coverage, 0.75, 0.0, "its coverage is told");
	tap_ok(isnan(dsr.value) && isnan(dsr.lower) && isnan(dsr.variance), "its figures are NaN");
	tap_is(tm_dsr_arrays(3, events, at_risk, weight, 0.95, TM_FAY_FEUER, 0.75, &dsr),
		   TM_OK, "coverage as low as asked for is enough");
	tap_near(dsr.value, want, 1e-15, "the rate over the covered part");
	tap_is(tm_dsr_arrays(3, events, at_risk, weight, 0.95, TM_FAY_FEUER, 0.76, &dsr),
		   TM_UNDEFINED, "coverage below what is asked for");
	tap_is(tm_dsr_arrays(3, events, at_risk, no_weight, 0.95, TM_TIWARI, 1.0, &same),
		   TM_OK, "a stratum without weight needs nobody at risk");
	tap_near(same.coverage, 1.0, 0.0, "coverage is then exactly 1");
	tm_dsr_arrays(3, events, at_risk, weight, 0.95, TM_TIWARI, 0.5, &dsr);
	tap_ok(dsr.value == same.value && dsr.lower == same.lower && dsr.upper == same.upper,
		   "renormalised and left out are the same");

	at_risk[0] = at_risk[2] = 0.0;
	events[0] = events[2] = 0.0;
	tap_is(tm_dsr_arrays(3, events, at_risk, weight, 0.95, TM_TIWARI, 0.0, &dsr),
		   TM_UNDEFINED, "nobody at risk anywhere");
	tap_near(dsr.coverage, 0.0, 0.0, "coverage is then 0");
}

/* Weights need not add to 1, and a stratum without weight changes nothing. */
static void
weight_edges(void)
{
	double		events[] = {4.0, 6.0, 9.0};
	double		at_risk[] = {100.0, 200.0, 50.0};
	double		weight[] = {3.0, 5.0, 0.0};
	double		scaled[] = {3e6, 5e6, 0.0};
	double		nothing[] = {0.0, 0.0, 0.0};
	tm_dsr		dsr;
	tm_dsr		other;

	tm_dsr_arrays(3, events, at_risk, weight, 0.95, TM_FAY_FEUER, 1.0, &dsr);
	tm_dsr_arrays(3, events, at_risk, scaled, 0.95, TM_FAY_FEUER, 1.0, &other);
	tap_near(other.upper, dsr.upper, 1e-15, "weights scaled by a million");
	tm_dsr_arrays(2, events, at_risk, weight, 0.95, TM_FAY_FEUER, 1.0, &other);
	tap_ok(other.upper == dsr.upper && other.events == 10.0 && dsr.events == 10.0,
		   "a stratum without weight is left out");
	tap_is(tm_dsr_arrays(3, events, at_risk, nothing, 0.95, TM_FAY_FEUER, 0.0, &dsr),
		   TM_UNDEFINED, "no weight at all");
	tap_ok(isnan(dsr.coverage), "coverage is then NaN");
	tap_is(tm_dsr_arrays(0, NULL, NULL, NULL, 0.95, TM_FAY_FEUER, 1.0, &dsr),
		   TM_UNDEFINED, "no strata at all");
}

/* Without events: rate 0, gamma limits from 0, no limits by Dobson's methods. */
static void
no_events(void)
{
	double		events[] = {0.0, 0.0};
	double		at_risk[] = {100.0, 200.0};
	double		weight[] = {1.0, 1.0};
	tm_dsr		dsr;

	tap_is(tm_dsr_arrays(2, events, at_risk, weight, 0.95, TM_FAY_FEUER, 1.0, &dsr),
		   TM_OK, "no events, gamma");
	tap_ok(dsr.value == 0.0 && dsr.lower == 0.0, "value and lower limit are 0");
	tap_near(dsr.upper, -log(0.025) * 0.005, 1e-13, "upper limit is -w_max ln(alpha/2)");
	tap_is(tm_dsr_arrays(2, events, at_risk, weight, 0.95, TM_DOBSON_EXACT, 1.0, &dsr),
		   TM_UNDEFINED, "no events, Dobson");
	tap_ok(dsr.value == 0.0 && isnan(dsr.lower) && isnan(dsr.upper),
		   "the rate is 0, the limits are NaN");
}

/* Every other status of direct standardisation. */
static void
dsr_statuses(void)
{
	tm_dsr_acc	acc;
	tm_dsr		dsr;
	tm_dsr_method_t method = TM_TIWARI;

	tap_is(tm_dsr_method("normal", &method), TM_METHOD, "unknown DSR method");
	tm_dsr_init(&acc);
	tap_is(tm_dsr_add(&acc, 1.0, 0.0, 1.0), TM_EVENTS_EXCEED, "events among nobody");
	tap_is(tm_dsr_add(&acc, 1.0, 0.0, 0.0), TM_EVENTS_EXCEED, "the same without weight");
	tap_is(tm_dsr_add(&acc, -1.0, 1.0, 1.0), TM_NEGATIVE, "events -1");
	tap_is(tm_dsr_add(&acc, 1.0, NAN, 1.0), TM_NEGATIVE, "at risk NaN");
	tap_is(tm_dsr_add(&acc, 1.0, 1.0, -1.0), TM_NEGATIVE, "weight -1");
	tap_is(tm_dsr_add(&acc, 1e19, 1e20, 1.0), TM_OVERFLOW, "events beyond 64 bits");
	tap_is(tm_dsr_finish(&acc, 1.0, &dsr), TM_UNDEFINED, "refused strata add nothing");
	tap_is(tm_dsr_limits(&dsr, 0.95, TM_TIWARI), TM_UNDEFINED, "no rate, no limits");

	tm_dsr_add(&acc, 1.0, 2.0, 1.0);
	tap_is(tm_dsr_finish(&acc, 1.0, &dsr), TM_OK, "one stratum");
	tap_is(tm_dsr_finish(&acc, NAN, &dsr), TM_UNDEFINED, "no coverage is enough for NaN");
	tm_dsr_finish(&acc, 1.0, &dsr);
	tap_is(tm_dsr_limits(&dsr, 1.5, TM_TIWARI), TM_CONFIDENCE, "confidence 1.5");
	tap_is(tm_dsr_limits(&dsr, 0.95, (tm_dsr_method_t) 99), TM_METHOD,
		   "DSR method out of range");
	dsr = (tm_dsr) {.value = 1.0, .variance = 1e200, .events = 1e-90};
	tap_is(tm_dsr_limits(&dsr, 0.95, TM_DOBSON_BYAR), TM_OVERFLOW, "limits out of range");
	tap_ok(isnan(dsr.lower) && isnan(dsr.upper), "they are NaN");
	dsr.events = -1.0;
	tap_is(tm_dsr_limits(&dsr, 0.95, TM_DOBSON_BYAR), TM_NEGATIVE, "a spoilt rate");
}

/* Weights and populations out of all range are refused, not turned into nonsense. */
static void
dsr_extremes(void)
{
	double		event = 1.0;
	double		none = 0.0;
	double		person = 1.0;
	double		weight = 1e200;
	double		sizes[] = {1e308, 1e308};
	double		two[] = {1.0, 1.0};
	tm_dsr		dsr;

	tap_is(tm_dsr_arrays(1, &event, &person, &weight, 0.95, TM_TIWARI, 1.0, &dsr),
		   TM_OVERFLOW, "weight 1e200");
	weight = 1e-200;
	tap_is(tm_dsr_arrays(1, &event, &person, &weight, 0.95, TM_TIWARI, 1.0, &dsr),
		   TM_OVERFLOW, "weight 1e-200");
	tap_is(tm_dsr_arrays(1, &none, &person, &weight, 0.95, TM_TIWARI, 1.0, &dsr),
		   TM_OVERFLOW, "the same without events");
	tap_is(tm_dsr_arrays(2, two, sizes, two, 0.95, TM_TIWARI, 1.0, &dsr),
		   TM_OVERFLOW, "populations whose sum is infinite");
	tap_is(tm_dsr_arrays(2, two, two, sizes, 0.95, TM_TIWARI, 1.0, &dsr),
		   TM_OVERFLOW, "weights whose sum is infinite");
	tap_is(tm_dsr_arrays(1, &event, &person, &person, 0.2, TM_TIWARI, 1.0, &dsr),
		   TM_CONFIDENCE, "confidence 0.2");
}

/* The statuses of indirect standardisation. */
static void
expected_edges(void)
{
	double		at_risk[] = {10.0, 20.0};
	double		ref_events[] = {1.0, 0.0};
	double		ref_at_risk[] = {4.0, 0.0};
	double		expected = 7.0;
	double		sum_of = 0.0;

	tap_is(tm_expected(2, at_risk, ref_events, ref_at_risk, &expected), TM_UNDEFINED,
		   "people at risk where the reference has nobody");
	tap_ok(expected == 7.0, "nothing written without TM_OK");
	at_risk[1] = 0.0;
	tap_is(tm_expected(2, at_risk, ref_events, ref_at_risk, &expected), TM_OK,
		   "nobody at risk in either");
	tap_near(expected, 2.5, 0.0, "expected 10 * 1 / 4");
	tap_is(tm_expected(0, NULL, NULL, NULL, &expected), TM_OK, "no strata");
	tap_near(expected, 0.0, 0.0, "nothing expected");
	tap_is(tm_expected_add(1.0, 1.0, 0.0, &sum_of), TM_EVENTS_EXCEED,
		   "reference events among nobody");
	tap_is(tm_expected_add(1.0, -1.0, 1.0, &sum_of), TM_NEGATIVE, "reference events -1");
	tap_is(tm_expected_add(1.0, 1.0, -1.0, &sum_of), TM_NEGATIVE, "reference at risk -1");
	tap_is(tm_expected_add(-1.0, 1.0, 1.0, &sum_of), TM_NEGATIVE, "at risk -1");
	tap_is(tm_expected_add(1e300, 1e10, 1.0, &sum_of), TM_OVERFLOW, "expected out of range");
}

int
main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "test/oracles";
	csv			dsr = csv_read(dir, "oracle_dsr.csv");
	csv			dsr_strata = csv_read(dir, "oracle_dsr_strata.csv");
	csv			isr = csv_read(dir, "oracle_isr.csv");
	csv			isr_strata = csv_read(dir, "oracle_isr_strata.csv");

	dsr_rows(&dsr, &dsr_strata, "fay_feuer");
	dsr_rows(&dsr, &dsr_strata, "tiwari");
	dsr_rows(&dsr, &dsr_strata, "log");
	dsr_rows(&dsr, &dsr_strata, "dobson_exact");
	dsr_rows(&dsr, &dsr_strata, "dobson_byar");
	isr_rows(&isr, &isr_strata, "exact");
	isr_rows(&isr, &isr_strata, "byar");
	coverage_edges();
	weight_edges();
	no_events();
	dsr_statuses();
	dsr_extremes();
	expected_edges();

	csv_free(&dsr);
	csv_free(&dsr_strata);
	csv_free(&isr);
	csv_free(&isr_strata);
	return tap_done();
}
