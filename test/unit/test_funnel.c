/*
 * test_funnel.c - funnel limits, the dispersion and the root finder against
 * test/oracles, and what holds for any funnel.
 */
#include "dispersion.h"

#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "csv.h"
#include "tap.h"

#define TOLERANCE 1e-10

/* The limits of a row of the oracle; NaN when there are none. */
static tm_ci
limits_of(tm_funnel_family family, double base, double target, double p, tm_funnel_method method)
{
	tm_ci		ci = {NAN, NAN, NAN};

	tm_funnel_limits(family, base, target, 1.0 - 2.0 * p, method, &ci);
	return ci;
}

/* Compares the limits of one family of the oracle, put inside the parameter space as tmap does. */
static void
limit_rows(const csv *t, const char *family, tm_funnel_family f, tm_funnel_method method)
{
	size_t		rows = 0;
	double		worst = 0.0;

	for (size_t i = 0; i < t->rows; i++)
	{
		double		target = f == TM_FUNNEL_RATIO ? 1.0 : csv_num(t, i, "target");
		double		p = csv_num(t, i, "p"),
					x = csv_num(t, i, "x");
		double		lower = fmax(0.0, csv_num(t, i, "lower")),
					upper = csv_num(t, i, "upper");
		tm_ci		ci;

		if (!csv_is(t, i, "family", family))
			continue;
		rows++;
		if (f == TM_FUNNEL_PROPORTION)
			upper = fmin(1.0, fmax(0.0, upper));
		if (f == TM_FUNNEL_PROPORTION && method == TM_FUNNEL_STABLE)
		{
			/* the oracle's sine comes back beyond a quarter turn */
			double		step = -qnorm(p, 0.0, 1.0, 1, 0) / (2.0 * sqrt(x));

			if (asin(sqrt(target)) <= step)
				lower = 0.0;
			if (asin(sqrt(target)) + step >= M_PI_2)
				upper = 1.0;
		}
		ci = limits_of(f, x, target, p, method);
		worst = fmax(worst, tap_error(ci.lower, lower));
		worst = fmax(worst, tap_error(ci.upper, upper));
	}
	tap_ok(rows > 0 && worst <= TOLERANCE, "%s: %zu rows, worst relative error %.1e", family, rows, worst);
}

/* The exact limits at the bases where whole counts lie on them, for ratios and for a rate; and the curve itself. */
static void
curve_rows(const csv *t, const char *family)
{
	size_t		rows = 0;
	double		worst = 0.0;

	for (size_t i = 0; i < t->rows; i++)
	{
		double		target = csv_is(t, i, "family", "rate_obs") ? csv_num(t, i, "avg_rate") : 1.0;
		double		p = csv_num(t, i, "p");
		tm_funnel_curve c = {NAN, NAN, NAN, NAN};

		if (!csv_is(t, i, "family", family))
			continue;
		rows++;
		tm_funnel_at(csv_num(t, i, "x"), target, 1.0 - 2.0 * p, &c);
		worst = fmax(worst, tap_error(c.lower, csv_num(t, i, "lower")));
		worst = fmax(worst, tap_error(c.upper, csv_num(t, i, "upper")));
		worst = fmax(worst, tap_error(c.lower_base, csv_num(t, i, "lower_denominator")));
		worst = fmax(worst, tap_error(c.upper_base, csv_num(t, i, "upper_denominator")));
		worst = fmax(worst, tap_error(limits_of(TM_FUNNEL_RATIO, csv_num(t, i, "lower_denominator"), target, p, TM_FUNNEL_EXACT).lower,
									  csv_num(t, i, "lower")));
		worst = fmax(worst, tap_error(limits_of(TM_FUNNEL_RATIO, csv_num(t, i, "upper_denominator"), target, p, TM_FUNNEL_EXACT).upper,
									  csv_num(t, i, "upper")));
	}
	tap_ok(rows > 0 && worst <= TOLERANCE, "%s and the limits there: %zu rows, worst relative error %.1e", family, rows, worst);
}

/* Exact limits of proportions: a whole count beyond them has a tail probability below p, the next one inside has not. */
static void
exact_proportions(void)
{
	static const double targets[] = {1e-6, 0.02, 0.3, 0.5, 0.95, 0.999};
	static const double sizes[] = {1, 2, 10, 97, 1000, 123456};
	static const double ps[] = {0.025, 0.001, 1e-6};
	bool		good = true;

	for (int i = 0; i < 6; i++)
		for (int j = 0; j < 6; j++)
			for (int k = 0; k < 3; k++)
			{
				double		t = targets[i],
							n = sizes[j],
							p = ps[k];
				tm_ci		ci = limits_of(TM_FUNNEL_PROPORTION, n, t, p, TM_FUNNEL_EXACT);
				double		below = ceil(ci.lower * n - 1e-9) - 1.0;
				double		above = floor(ci.upper * n + 1e-9) + 1.0;

				good &= ci.lower >= 0 && ci.lower <= t && t <= ci.upper && ci.upper <= 1;
				good &= below < 0 || pbinom(below, n, t, 1, 0) <= p * (1 + 1e-9);
				good &= pbinom(below + 1, n, t, 1, 0) >= p * (1 - 1e-6);
				good &= above > n || pbinom(above - 1, n, t, 0, 0) <= p * (1 + 1e-9);
				good &= pbinom(above - 2, n, t, 0, 0) >= p * (1 - 1e-6);
			}
	tap_ok(good, "beyond exact limits of proportions lies less than the tail, inside them more");
}

/* Limits are ordered in the level, enclose the target, and close in as the base grows. */
static void
ordered(void)
{
	static const double levels[] = {0.6, 0.8, 0.95, 0.998, 0.99999};
	bool		nested = true,
				closing = true;

	for (int f = TM_FUNNEL_RATIO; f <= TM_FUNNEL_PROPORTION; f++)
		for (double target = 0.001; target < 1; target *= 3)
		{
			tm_ci		before = {.lower = 0, .upper = INFINITY};

			for (double base = 1; base < 1e13; base *= 7)
			{
				tm_ci		inner = {.lower = target, .upper = target};

				for (int i = 0; i < 5; i++)
				{
					tm_ci		ci = {NAN, NAN, NAN};

					nested &= tm_funnel_limits(f, base, target, levels[i], TM_FUNNEL_EXACT, &ci) == TM_OK;
					nested &= ci.lower <= inner.lower && ci.upper >= inner.upper && ci.lower >= 0;
					inner = ci;
				}
				closing &= inner.lower >= before.lower && inner.upper <= before.upper;
				before = inner;
			}
		}
	tap_ok(nested, "exact limits enclose the target and widen with the level");
	tap_ok(closing, "exact limits close in as the base grows, to 1e12");
}

/* The dispersion of the oracle's sets, forwards and backwards. */
static void
dispersion_rows(const csv *areas, const csv *t)
{
	static double observed[1000],
				base[1000];
	static tm_area_z work[1000];

	for (size_t i = 0; i < t->rows; i++)
	{
		bool		shmi = csv_is(t, i, "method", "SHMI");
		size_t		n = 0;
		tm_dispersion d,
					r;

		for (size_t j = 0; j < areas->rows; j++)
			if (csv_is(areas, j, "set", csv_text(t, i, "set")))
			{
				observed[n] = csv_num(areas, j, "observed");
				base[n++] = csv_num(areas, j, "expected");
			}
		tm_disperse(TM_FUNNEL_RATIO, observed, base, n, 1.0, shmi ? TM_SCALE_LOG : TM_SCALE_STABLE,
					shmi ? TM_TRUNCATE : TM_WINSORISE, 0.1, work, NULL, &d);
		tap_is((long) d.used, csv_int(t, i, "n_used"), "areas used");
		tap_ok(tap_error(d.phi, csv_num(t, i, "phi")) <= TOLERANCE && tap_error(d.tau2, csv_num(t, i, "tau2")) <= TOLERANCE,
			   "%s %s: phi %.4g, tau2 %.4g, errors %.1e and %.1e", csv_text(t, i, "set"), csv_text(t, i, "method"), d.phi, d.tau2,
			   tap_error(d.phi, csv_num(t, i, "phi")), tap_error(d.tau2, csv_num(t, i, "tau2")));
		for (size_t j = 0; j < n / 2; j++)
		{
			double		o = observed[j],
						b = base[j];

			observed[j] = observed[n - 1 - j];
			base[j] = base[n - 1 - j];
			observed[n - 1 - j] = o;
			base[n - 1 - j] = b;
		}
		tm_disperse(TM_FUNNEL_RATIO, observed, base, n, 1.0, shmi ? TM_SCALE_LOG : TM_SCALE_STABLE,
					shmi ? TM_TRUNCATE : TM_WINSORISE, 0.1, work, NULL, &r);
		tap_ok(memcmp(&d.phi, &r.phi, sizeof d.phi) == 0 && memcmp(&d.tau2, &r.tau2, sizeof d.tau2) == 0, "the same bits backwards");
	}
}

/* Limits and z with a dispersion: what they reduce to, and that they say the same. */
static void
adjusted(void)
{
	tm_dispersion none = {.phi = NAN, .tau2 = NAN},
				chance = {.phi = 0.7, .tau2 = 0.0},
				some = {.phi = 4.0, .tau2 = 0.01};
	tm_ci		a,
				b;
	bool		same = true;

	tm_adjusted_limits(TM_FUNNEL_RATIO, 50, 1, 0.95, TM_SCALE_LOG, TM_ADJUST_ADDITIVE, &chance, &a);
	tm_funnel_limits(TM_FUNNEL_RATIO, 50, 1, 0.95, TM_FUNNEL_STABLE, &b);
	tap_near(a.upper, b.upper, 1e-14, "with tau2 0 the log limits are the plain ones");
	tm_adjusted_limits(TM_FUNNEL_PROPORTION, 50, 0.3, 0.95, TM_SCALE_STABLE, TM_ADJUST_MULTIPLICATIVE, &chance, &a);
	tm_funnel_limits(TM_FUNNEL_PROPORTION, 50, 0.3, 0.95, TM_FUNNEL_STABLE, &b);
	tap_near(a.lower, b.lower, 1e-13, "and so are those on the arcsine scale with phi below 1");
	for (int adjust = 1; adjust <= 2; adjust++)
		tap_ok(tm_adjusted_limits(TM_FUNNEL_RATIO, 50, 1, 0.95, TM_SCALE_LOG, adjust, &none, &a) == TM_UNDEFINED &&
			   isnan(tm_adjusted_z(TM_FUNNEL_RATIO, 60, 50, 1, TM_SCALE_LOG, adjust, &none)), "a dispersion that does not exist is not taken for none");
	tap_near(tm_adjusted_z(TM_FUNNEL_RATIO, 60, 50, 1, TM_SCALE_NONE, TM_ADJUST_MULTIPLICATIVE, &some),
			 tm_funnel_z(TM_FUNNEL_RATIO, 60, 50, 1) / 2, 1e-14, "phi 4 halves z");
	tap_near(tm_adjusted_z(TM_FUNNEL_PROPORTION, 20, 50, 0.3, TM_SCALE_NONE, TM_ADJUST_ADDITIVE, &some),
			 (0.4 - 0.3) / sqrt(0.21 / 50 + 0.01), 1e-13, "tau2 adds to the variance");
	for (int f = 0; f <= 1; f++)
		for (int scale = 0; scale <= 2; scale++)
			for (int adjust = 1; adjust <= 2; adjust++)
				for (double x = 1; x < 40; x++)
				{
					double		target = f == 0 ? 1.0 : 0.4,
								base = f == 0 ? 16.5 : 41;
					double		z = tm_adjusted_z(f, x, base, target, scale, adjust, &some);

					tm_adjusted_limits(f, base, target, 0.95, scale, adjust, &some, &a);
					same &= (x / base < a.lower) == (z < -1.959963984540054) && (x / base > a.upper) == (z > 1.959963984540054);
				}
	tap_ok(same, "an area lies beyond adjusted limits exactly when its adjusted z does");
}

/* What cannot be, and what does not exist. */
static void
statuses(void)
{
	tm_ci		ci;
	tm_funnel_curve c;
	tm_funnel_method method;
	tm_scale	scale;
	tm_trim		trim;
	tm_adjust	adjust;
	tm_dispersion d;
	tm_area_z	work[2];
	double		none[2] = {0, 3},
				base[2] = {0, 3};

	tap_is(tm_funnel_limits(TM_FUNNEL_RATIO, 0, 1, 0.95, TM_FUNNEL_EXACT, &ci), TM_UNDEFINED, "no base, no limits");
	tap_is(tm_funnel_limits(TM_FUNNEL_RATIO, NAN, 1, 0.95, TM_FUNNEL_EXACT, &ci), TM_NEGATIVE, "NaN is no base");
	tap_is(tm_funnel_limits(TM_FUNNEL_RATIO, 5, -1, 0.95, TM_FUNNEL_EXACT, &ci), TM_NEGATIVE, "nor -1 a target");
	tap_is(tm_funnel_limits(TM_FUNNEL_RATIO, 5, 1, 1, TM_FUNNEL_EXACT, &ci), TM_CONFIDENCE, "nor 1 a level");
	tap_is(tm_funnel_limits(TM_FUNNEL_PROPORTION, 5, 1.1, 0.95, TM_FUNNEL_EXACT, &ci), TM_EVENTS_EXCEED, "nor 1.1 a proportion");
	tap_is(tm_funnel_limits(TM_FUNNEL_PROPORTION, 5, 1, 0.95, TM_FUNNEL_EXACT, &ci), TM_UNDEFINED, "a target of 1 has no variance");
	tap_is(tm_funnel_limits(TM_FUNNEL_RATIO, 1e300, 1e300, 0.95, TM_FUNNEL_EXACT, &ci), TM_OVERFLOW, "beyond a double");
	tap_is(tm_funnel_limits(TM_FUNNEL_PROPORTION, 1e17, 0.5, 0.95, TM_FUNNEL_INTERPOLATED, &ci), TM_OVERFLOW, "beyond 2^53 no quantiles");
	tap_is(tm_funnel_limits(TM_FUNNEL_PROPORTION, 1e17, 0.5, 0.95, TM_FUNNEL_INTERVAL, &ci), TM_OVERFLOW, "nor an interval");
	tap_is(tm_funnel_limits(TM_FUNNEL_RATIO, 5, 1, 0.95, (tm_funnel_method) 99, &ci), TM_METHOD, "no such method");
	tap_is(tm_funnel_at(0, 1, 0.95, &c), TM_OK, "a curve without events");
	tap_ok(c.lower == 0 && c.upper_base == 0 && isinf(c.upper), "starts at 0");
	tap_is(tm_funnel_at(5, 0, 0.95, &c), TM_UNDEFINED, "no target, no curve");
	tap_is(tm_funnel_at(-1, 1, 0.95, &c), TM_NEGATIVE, "no negative count");
	tap_is(tm_funnel_method_of(TM_FUNNEL_RATIO, "arcsine", &method), TM_METHOD, "arcsine is for proportions");
	tap_is(tm_funnel_method_of(TM_FUNNEL_PROPORTION, "arcsine", &method), TM_OK, "as here");
	tap_is(tm_scale_of(TM_FUNNEL_RATIO, "logit", &scale), TM_METHOD, "logit is for proportions");
	tap_is(tm_scale_of(TM_FUNNEL_PROPORTION, "logit", &scale), TM_OK, "as here");
	tap_is(tm_trim_of("cut", &trim), TM_METHOD, "no such treatment");
	tap_is(tm_adjust_of("both", &adjust), TM_METHOD, "no such adjustment");
	tap_is(tm_disperse(TM_FUNNEL_RATIO, none, base, 2, 1, TM_SCALE_LOG, TM_WINSORISE, 0.5, work, NULL, &d), TM_NEGATIVE, "half of each end is too much");
	tm_disperse(TM_FUNNEL_RATIO, none, base, 2, 1, TM_SCALE_LOG, TM_WINSORISE, 0, work, NULL, &d);
	tap_ok(d.areas == 1 && d.phi == 0 && isnan(d.tau2), "one area with a base: phi exists, tau2 does not");
	none[1] = 0;
	tm_disperse(TM_FUNNEL_RATIO, none, base, 2, 1, TM_SCALE_LOG, TM_WINSORISE, 0, work, NULL, &d);
	tap_ok(isnan(d.phi) && isnan(d.tau2), "no events have no log");
	tm_disperse(TM_FUNNEL_RATIO, none, base, 2, 1, TM_SCALE_STABLE, TM_WINSORISE, 0, work, NULL, &d);
	tap_near(d.phi, 12, 1e-15, "but a root");
}

int
main(void)
{
	csv			funnel = csv_read("test/oracles", "oracle_funnel.csv");
	csv			od = csv_read("test/oracles", "oracle_funnel_od.csv");
	csv			input = csv_read("test/oracles", "oracle_funnel_od_input.csv");

	limit_rows(&funnel, "ratio_normal", TM_FUNNEL_RATIO, TM_FUNNEL_NORMAL);
	limit_rows(&funnel, "ratio_log", TM_FUNNEL_RATIO, TM_FUNNEL_STABLE);
	limit_rows(&funnel, "ratio_exp", TM_FUNNEL_RATIO, TM_FUNNEL_INTERVAL);
	limit_rows(&funnel, "ratio_exp_interp", TM_FUNNEL_RATIO, TM_FUNNEL_INTERPOLATED);
	limit_rows(&funnel, "prop_normal", TM_FUNNEL_PROPORTION, TM_FUNNEL_NORMAL);
	limit_rows(&funnel, "prop_arcsin_raw", TM_FUNNEL_PROPORTION, TM_FUNNEL_STABLE);
	limit_rows(&funnel, "prop_exact_interp", TM_FUNNEL_PROPORTION, TM_FUNNEL_INTERPOLATED);
	curve_rows(&funnel, "ratio_obs");
	curve_rows(&funnel, "rate_obs");
	exact_proportions();
	ordered();
	dispersion_rows(&input, &od);
	adjusted();
	statuses();
	csv_free(&funnel);
	csv_free(&od);
	csv_free(&input);
	return tap_done();
}
