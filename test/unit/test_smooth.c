/*
 * test_smooth.c - empirical Bayes against test/oracles, the equations its fits
 * must solve, and what holds for any set of areas.
 */
#include "smooth.h"

#include "csv.h"
#include "tap.h"

#define MOST 1000

static double events[MOST];
static double base[MOST];
static const char *name[MOST];

/* The areas read last. */
static tm_areas
areas_of(size_t n)
{
	return (tm_areas) {.events = events,.base = base,.n = n};
}

/* Reads the areas of a set; how many. The base is what is expected, from the pooled rate when the set has populations and ratios are wanted. */
static size_t
read_set(const csv *t, const char *set, bool expected)
{
	size_t		n = 0;
	double		all_events = 0,
				all_base = 0;
	bool		people = false;

	for (size_t i = 0; i < t->rows; i++)
		if (csv_is(t, i, "set", set))
		{
			events[n] = csv_num(t, i, "observed");
			people = !isnan(csv_num(t, i, "pop"));
			base[n] = csv_num(t, i, people ? "pop" : "expected");
			name[n] = csv_text(t, i, "area");
			all_events += events[n];
			all_base += base[n++];
		}
	for (size_t i = 0; expected && people && i < n; i++)
		base[i] *= all_events / all_base;
	return n;
}

/* Compares the smoothed figures of every set with one method of the oracle. */
static void
estimate_rows(const csv *input, const csv *t, const char *method, tm_smooth_method m, double tolerance)
{
	size_t		rows = 0,
				n = 0;
	double		worst = 0;
	const char *set = "";
	tm_prior	prior = {0};

	for (size_t i = 0; i < t->rows; i++)
	{
		tm_smoothed s = {NAN, NAN, NAN, NAN, NAN};
		size_t		j = 0;

		if (!csv_is(t, i, "method", method))
			continue;
		if (!csv_is(t, i, "set", set))
		{
			tm_areas	a;

			set = csv_text(t, i, "set");
			n = read_set(input, set, m == TM_GAMMA_MOMENTS || m == TM_GAMMA_ML);
			a = areas_of(n);
			tm_prior_fit(&a, m, &prior);
		}
		while (j < n && !csv_is(t, i, "area", name[j]))
			j++;
		if (j == n)
			csv_die("no such area", csv_text(t, i, "area"));
		rows++;
		if (m == TM_MARSHALL_BINOMIAL && prior.variance == 0)
			continue;			/* the oracle leaves a negative variance as it is */
		tm_smooth(&prior, events[j], base[j], &s);
		worst = fmax(worst, tap_error(s.value, csv_num(t, i, "estimate")));
	}
	tap_ok(rows > 0 && worst <= tolerance, "%s: %zu rows, worst relative error %.1e", method, rows, worst);
}

/* Compares the priors. */
static void
parameter_rows(const csv *input, const csv *t)
{
	double		worst[3] = {0, 0, 0};
	size_t		rows = 0;

	for (size_t i = 0; i < t->rows; i++)
	{
		bool		marshall = csv_is(t, i, "method", "marshall_poisson"),
					ml = csv_is(t, i, "method", "gamma_poisson_ml");
		tm_prior	p;
		tm_areas	a = areas_of(read_set(input, csv_text(t, i, "set"), !marshall));
		double		want = csv_num(t, i, "value"),
					have;

		if (csv_is(t, i, "param", "iterations") || csv_is(t, i, "param", "a_raw"))
			continue;
		rows++;
		tm_prior_fit(&a, marshall ? TM_MARSHALL_POISSON : ml ? TM_GAMMA_ML : TM_GAMMA_MOMENTS, &p);
		if (isnan(want))
			have = p.variance == 0 ? NAN : 0;
		else if (csv_is(t, i, "param", "b"))
			have = p.mean;
		else if (csv_is(t, i, "param", "a") || csv_is(t, i, "param", "scv_eb"))
			have = p.variance;
		else
			have = csv_is(t, i, "param", "nu") ? p.mean * p.precision : p.precision;
		if (tap_error(have, want) > worst[marshall ? 0 : ml ? 2 : 1])
			worst[marshall ? 0 : ml ? 2 : 1] = tap_error(have, want);
	}
	tap_ok(rows > 0 && worst[0] <= 1e-10, "Marshall's parameters: worst relative error %.1e", worst[0]);
	tap_ok(worst[1] <= 1e-8, "Clayton & Kaldor's parameters: worst relative error %.1e", worst[1]);
	tap_ok(worst[2] <= 1e-8, "parameters of most likelihood: worst relative error %.1e", worst[2]);
}

int
main(void)
{
	csv			input = csv_read("test/oracles", "oracle_sav_input.csv");
	csv			eb = csv_read("test/oracles", "oracle_eb.csv");
	csv			params = csv_read("test/oracles", "oracle_eb_params.csv");

	estimate_rows(&input, &eb, "marshall_poisson", TM_MARSHALL_POISSON, 1e-10);
	estimate_rows(&input, &eb, "marshall_binomial_unclamped", TM_MARSHALL_BINOMIAL, 1e-10);
	estimate_rows(&input, &eb, "clayton_kaldor", TM_GAMMA_MOMENTS, 1e-8);
	estimate_rows(&input, &eb, "gamma_poisson_ml", TM_GAMMA_ML, 1e-8);
	parameter_rows(&input, &params);
	return tap_done();
}
