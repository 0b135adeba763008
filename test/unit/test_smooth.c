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

/* psi(a + x) - psi(a) against the sum of 1 / (a + j) added from its small end. */
static void
digamma_rise(void)
{
	static const double as[] = {1e-4, 0.3, 1, 7.5, 11.99, 12, 300, 1e6, 1e12};
	double		worst = 0;

	for (int i = 0; i < 9; i++)
		for (int x = 0; x <= 3000; x = 2 * x + 1)
		{
			double		sum = 0;

			for (int j = x - 1; j >= 0; j--)
				sum += 1 / (as[i] + j);
			worst = fmax(worst, tap_error(tm_digamma_rise(as[i], x), sum));
		}
	tap_ok(worst <= 1e-13, "rise of digamma, worst relative error %.1e", worst);
}

/* The maximum of a beta-binomial likelihood found in R by Newton's method, digamma and trigamma. */
static void
beta_binomial(void)
{
	static const double x[] = {5, 12, 30, 2, 40, 18, 0, 9};
	static const double n[] = {20, 30, 100, 15, 90, 60, 5, 22};
	tm_areas	a = {.events = x,.base = n,.n = 8};
	tm_prior	p;

	tap_is(tm_prior_fit(&a, TM_BETA_ML, &p), TM_OK, "beta-binomial fits");
	tap_near(p.mean, 0.33139480713054315, 1e-12, "its mean");
	tap_near(p.variance, 0.0023294434900673336, 1e-10, "its variance");
	tap_near(p.mean * p.precision, 31.19025672508921, 1e-10, "its first parameter");
}

/* The estimates between own figure and mean, limits around them, for many made-up sets. */
static void
between(void)
{
	bool		inside = true,
				enclosed = true;
	size_t		varied = 0;

	for (unsigned int seed = 1; seed <= 200; seed++)
	{
		size_t		n = 2 + seed % 40;
		unsigned int state = seed * 2654435761u;

		for (size_t i = 0; i < n; i++)
		{
			state = state * 1664525u + 1013904223u;
			base[i] = 1 + (state >> 16) % (seed % 3 == 0 ? 20 : 5000);
			state = state * 1664525u + 1013904223u;
			events[i] = floor(base[i] * (seed % 2 ? 0.3 : 0.02) * (0.2 + (state >> 16) % 1000 / 600.0));
			events[i] = fmin(events[i], base[i]);
		}
		for (int m = TM_MARSHALL_POISSON; m <= TM_BETA_ML; m++)
		{
			tm_areas	a = areas_of(n);
			tm_prior	p;

			inside &= tm_prior_fit(&a, m, &p) == TM_OK && p.variance >= 0 && isfinite(p.mean);
			varied += p.variance > 0;
			for (size_t i = 0; i < n; i++)
			{
				tm_smoothed s;
				double		own = events[i] / base[i];

				tm_smooth(&p, events[i], base[i], &s);
				inside &= s.value >= fmin(own, p.mean) * (1 - 1e-14) && s.value <= fmax(own, p.mean) * (1 + 1e-14);
				inside &= s.weight >= 0 && s.weight <= 1;
				tm_posterior(&p, events[i], base[i], 0.95, p.mean, &s);
				if (m >= TM_GAMMA_MOMENTS && p.variance > 0)
					enclosed &= s.lower >= 0 && s.lower < s.upper && s.lower < s.value && s.value < s.upper &&
						s.exceedance >= 0 && s.exceedance <= 1 && (m != TM_BETA_ML || s.upper <= 1);
				else
					enclosed &= isnan(s.lower) && isnan(s.exceedance);
			}
		}
	}
	tap_ok(inside && varied > 200, "between the own figure and the mean (%zu priors with a variance)", varied);
	tap_ok(enclosed, "limits enclose the value; none without a distribution");
}

/* Sets at the edge of what can be fitted. */
static void
edges(void)
{
	static const double zero[] = {0, 0, 0},
				two[] = {2, 2, 2},
				ten[] = {10, 10, 10},
				nothing[] = {0, 50, 0, 40},
				fifty[] = {50, 50, 30, 40},
				huge[] = {1e300, 1e300};

	for (int m = TM_MARSHALL_POISSON; m <= TM_BETA_ML; m++)
	{
		tm_areas	none = {.events = zero,.base = ten,.n = 0},
					empty = {.events = zero,.base = ten,.n = 3},
					equal = {.events = two,.base = ten,.n = 3},
					one = {.events = two,.base = ten,.n = 1},
					all = {.events = ten,.base = ten,.n = 3},
					beyond = {.events = huge,.base = (const double[]) {1e-300, 1e-300},.n = 2};
		tm_prior	p;
		tm_smoothed s;

		tap_ok(tm_prior_fit(&none, m, &p) == TM_OK && isnan(p.mean), "no areas, no mean");
		tap_ok(tm_prior_fit(&empty, m, &p) == TM_OK && p.mean == 0 && p.variance == 0, "no events: 0");
		tap_ok(tm_prior_fit(&equal, m, &p) == TM_OK && p.mean == 0.2 && p.variance == 0, "equal areas");
		tap_ok(tm_prior_fit(&one, m, &p) == TM_OK && p.mean == 0.2 && p.variance == 0, "one area");
		tm_smooth(&p, 0, 0, &s);
		tap_ok(s.value == 0.2 && s.weight == 0, "an area without a base gets the mean");
		tap_ok(tm_prior_fit(&all, m, &p) == TM_OK && p.mean == 1, "all events");
		tap_is(tm_prior_fit(&beyond, m, &p), TM_OVERFLOW, "figures beyond a double");
	}
	{
		tm_areas	a = {.events = nothing,.base = fifty,.n = 4};
		tm_prior	p;

		tap_ok(tm_prior_fit(&a, TM_BETA_ML, &p) == TM_OK && fabs(p.precision / 1e-4 - 1) < 1e-12, "all or nothing: the least precision");
		tap_is(tm_prior_fit(&a, (tm_smooth_method) 99, &p), TM_METHOD, "no such method");
	}
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
	digamma_rise();
	beta_binomial();
	between();
	edges();
	return tap_done();
}
