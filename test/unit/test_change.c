/*
 * test_change.c - two periods over areas: R 4.2 glm(poisson) with a term for each
 * area, the closed form of one area, and what has no answer.
 */
#include "../../src/core/change.h"
#include "../../src/core/median_ratio.h"

#include "tap.h"

static const double x1[] = {30, 55, 12, 80, 5}, x2[] = {45, 60, 25, 95, 4};
static const double n1[] = {1000, 2100, 600, 2500.5, 300}, n2[] = {1010, 2000, 650, 2600, 310};

/* The change of the first n of these areas. */
static tm_change
change(size_t n, const double *a, const double *b, bool quasi)
{
	tm_change_task t = {.n = n, .events = {a, b}, .population = {n1, n2}, .confidence = 0.95, .quasi = quasi};
	tm_change	c = {0};

	tap_is(tm_period_change(&t, &c), TM_OK, "computed");
	return c;
}

/* Median rate ratios: R's qf(0.75, 2 theta, 2 theta), and exp(sqrt(2 v) qnorm(0.75)). */
static void
test_median_ratio(void)
{
	double		r = 0;

	tap_ok(tm_median_ratio_gamma(10, &r) == TM_OK && tap_error(r, 1.3580093303706) < 1e-12, "gamma: R's qf(0.75, 20, 20)");
	tap_ok(tm_median_ratio_gamma(1, &r) == TM_OK && tap_error(r, 3) < 1e-14, "gamma(1): 3");
	tap_ok(tm_median_ratio_normal(0, &r) == TM_OK && r == 1, "no variance: 1");
	tap_ok(tm_median_ratio_normal(0.1, &r) == TM_OK && tap_error(r, 1.3520757258726042) < 1e-14, "variance 0.1");
	tap_is(tm_median_ratio_gamma(0, &r), TM_NEGATIVE, "theta 0");
	tap_is(tm_median_ratio_gamma(1e-4, &r), TM_OVERFLOW, "theta so small that the ratio is beyond a double");
	tap_is(tm_median_ratio_normal(-1, &r), TM_NEGATIVE, "negative variance");
	tap_is(tm_median_ratio_normal(1e9, &r), TM_OVERFLOW, "huge variance");
}

int
main(void)
{
	static const double none[] = {0, 0, 0, 0, 0}, bad[] = {-1, 0, 0, 0, 0}, nobody[] = {0, 1, 1, 1, 1};
	tm_change	c = change(5, x1, x2, false), q = change(5, x1, x2, true), one = change(1, x1, x2, false);
	tm_change_task t = {.n = 5, .events = {bad, x2}, .population = {n1, n2}, .confidence = 0.95};

	tap_near(c.ratio, 1.2424829138894504, 1e-11, "ratio as R");
	tap_near(c.ratio_lower, 1.022690122628038, 1e-11, "ratio_lower as R");
	tap_near(c.ratio_upper, 1.5095127616370858, 1e-11, "ratio_upper as R");
	tap_near(c.homogeneity_chi2, 3.1513713249473274, 1e-11, "homogeneity_chi2 as R");
	tap_near(c.any_chi2, 7.8889327886257714, 1e-11, "any_chi2 as R");
	tap_near(c.mh_ratio, 1.2426623702389092, 1e-11, "mh_ratio as R");
	tap_near(c.mh_ratio_lower, 1.0227043502758577, 1e-11, "mh_ratio_lower as R");
	tap_near(c.difference, 0.0067958726707221606, 1e-11, "difference as R");
	tap_near(c.difference_lower, 0.00072238190528070133, 1e-11, "difference_lower as R");
	tap_near(c.chi2, 4.7967219926113884, 1e-11, "chi2 as R");
	tap_near(c.any_chi2, c.homogeneity_chi2 + c.chi2, 0.02, "chi-squared of any change is about that of a common one and that of heterogeneity");
	tap_near(log(q.ratio_upper / q.ratio) / log(c.ratio_upper / c.ratio), sqrt(c.dispersion) * 2.7764451051977987 / 1.9599639845400545, 1e-12, "quasi: limits wider by the root of the dispersion and Student's t on 4 degrees of freedom");
	tap_near(log(q.mh_ratio_upper / q.mh_ratio) / log(c.mh_ratio_upper / c.mh_ratio), sqrt(c.dispersion) * 2.7764451051977987 / 1.9599639845400545, 1e-12, "Mantel and Haenszel's too");
	tap_near(one.ratio, (45.0 / 1010) / (30.0 / 1000), 1e-14, "one area: its own ratio");
	tap_near(one.ratio_upper, one.ratio * exp(1.9599639845400545 * sqrt(1 / 45.0 + 1 / 30.0)), 1e-13, "and the limits of 1/x1 + 1/x2");
	tap_near(one.mh_ratio, one.ratio, 1e-14, "as Mantel and Haenszel's");
	tap_near(one.difference, 45.0 / 1010 - 30.0 / 1000, 1e-14, "its own difference");
	tap_ok(isnan(one.homogeneity_p) && isnan(one.dispersion), "one area cannot be heterogeneous");
	c = change(5, x1, none, false);
	tap_ok(c.ratio == 0 && isnan(c.ratio_upper) && c.p < 1e-10, "no event later: ratio 0, a p-value, no limits");
	c = change(5, none, x2, false);
	tap_ok(isnan(c.ratio) && isnan(c.mh_ratio) && c.p < 1e-10 && c.difference_lower > 0, "no event before: no ratio, a difference");
	c = change(5, none, none, false);
	tap_ok(isnan(c.ratio) && isnan(c.p) && c.informative == 0 && c.difference == 0, "no event at all");
	c = change(0, none, none, false);
	tap_ok(isnan(c.difference) && c.areas == 0, "no area at all");
	tap_is(tm_period_change(&t, &c), TM_NEGATIVE, "negative events are refused");
	t.events[0] = x1;
	t.population[0] = nobody;
	tap_is(tm_period_change(&t, &c), TM_EVENTS_EXCEED, "events without population are refused");
	t.events[0] = none;
	tap_is(tm_period_change(&t, &c), TM_OK, "an area without population in one period");
	tap_is((long) c.areas, 4, "stays out");
	t.confidence = 1;
	tap_is(tm_period_change(&t, &c), TM_CONFIDENCE, "confidence 1 is refused");
	test_median_ratio();
	return tap_done();
}
