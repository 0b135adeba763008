/*
 * standardise.c - direct and indirect standardisation over strata.
 *
 * All sums are of non-negative terms, so plain addition in the given order
 * loses at most one rounding per stratum.
 */
#include "standardise.h"

#include "interval.h"

#include <math.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LOWER_TAIL 1
#define UPPER_TAIL 0
#define NOT_LOG 0

/* Gives the method for directly standardised rates of that name, or TM_METHOD. */
tm_status
tm_dsr_method(const char *name, tm_dsr_method_t *method)
{
	static const char *const names[] = {
		[TM_FAY_FEUER] = "fay_feuer",
		[TM_TIWARI] = "tiwari",
		[TM_DOBSON_EXACT] = "dobson_exact",
		[TM_DOBSON_BYAR] = "dobson_byar",
		[TM_DSR_LOG] = "log",
		[TM_DSR_BINOMIAL] = "binomial",
		[TM_DSR_BINOMIAL_NORMAL] = "binomial_normal",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
	{
		if (strcmp(name, names[i]) == 0)
		{
			*method = (tm_dsr_method_t) i;
			return TM_OK;
		}
	}
	return TM_METHOD;
}

/* Says whether the method takes the strata as proportions, and so needs tm_dsr_binomial first. */
bool
tm_dsr_is_binomial(tm_dsr_method_t method)
{
	return method == TM_DSR_BINOMIAL || method == TM_DSR_BINOMIAL_NORMAL;
}

/* Says whether one stratum's events and at_risk can stand together. */
static tm_status
check_stratum(double events, double at_risk)
{
	tm_status	status = tm_check_count(events);

	if (status == TM_OK)
		status = tm_check_quantity(at_risk);
	if (status == TM_OK && events > 0.0 && at_risk == 0.0)
		status = TM_EVENTS_EXCEED;
	return status;
}

/* Starts a directly standardised rate with no strata. */
void
tm_dsr_init(tm_dsr_acc *acc)
{
	*acc = (tm_dsr_acc) {0};
}

/* Asks for the sums of binomial limits at that level, before strata are added: no more events than at risk then. */
tm_status
tm_dsr_binomial(tm_dsr_acc *acc, double conf)
{
	tm_status	status = tm_check_confidence(conf);

	acc->z = status == TM_OK ? tm_normal_z(conf) : 0.0;
	return status;
}

/* Adds the binomial sums of one stratum. */
static tm_status
add_binomial(tm_dsr_acc *acc, double events, double at_risk, double weight)
{
	double		w = weight / at_risk;
	double		y = at_risk - events;
	double		below,
				above;

	if (y < 0.0)
		return TM_EVENTS_EXCEED;
	tm_wilson_arms(events, y, acc->z, &below, &above);
	acc->binomial += w * w * events * (y / at_risk);
	acc->below += weight * below * (weight * below);
	acc->above += weight * above * (weight * above);
	return TM_OK;
}

/* Adds one stratum: events among at_risk (persons or person-time), weight in the standard. */
tm_status
tm_dsr_add(tm_dsr_acc *acc, double events, double at_risk, double weight)
{
	tm_status	status = check_stratum(events, at_risk);
	double		w;

	if (status == TM_OK)
		status = tm_check_quantity(weight);
	if (status != TM_OK || weight == 0.0)
		return status;
	if (at_risk == 0.0)
	{
		acc->uncovered += weight;
		return TM_OK;
	}

	w = weight / at_risk;
	acc->events += events;
	acc->at_risk += at_risk;
	acc->covered += weight;
	acc->wx += w * events;
	acc->wwx += w * w * events;
	acc->w += w;
	acc->ww += w * w;
	if (w > acc->w_max)
		acc->w_max = w;
	acc->strata += 1.0;
	return acc->z > 0.0 ? add_binomial(acc, events, at_risk, weight) : TM_OK;
}

/* Says whether the sums of squared weights kept their digits, standardised or not. */
static bool
squares_hold(const tm_dsr_acc *acc)
{
	double		c = acc->covered;
	bool		ww = isnormal(acc->ww) && isnormal(acc->ww / c / c);
	bool		wwx = isnormal(acc->wwx) && isnormal(acc->wwx / c / c);

	return ww && (wwx || acc->events == 0.0);
}

/* Says whether the sums of binomial limits kept their digits; they are 0 only without events, or without non-events. */
static bool
distances_hold(const tm_dsr_acc *acc)
{
	bool		below = isnormal(acc->below) || acc->events == 0.0;
	bool		above = isnormal(acc->above) || acc->events == acc->at_risk;

	return acc->z == 0.0 || (below && above && isfinite(acc->binomial));
}

/*
 * The directly standardised rate sum(w x) and its variance sum(w^2 x), w being
 * standardised weight over at_risk (Fay & Feuer 1997, section 2), per 1, without
 * limits. Undefined without weight or below the coverage asked for; coverage,
 * events and at_risk are set even then. TM_OVERFLOW when the squares of the
 * weights leave the range of a double.
 */
tm_status
tm_dsr_finish(const tm_dsr_acc *acc, double min_coverage, tm_dsr *dsr)
{
	double		c = acc->covered;
	double		weight = c + acc->uncovered;

	*dsr = (tm_dsr) {NAN, NAN, NAN, NAN, NAN, acc->events, acc->at_risk, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
	if (!isfinite(weight) || !isfinite(acc->at_risk))
		return TM_OVERFLOW;
	if (weight == 0.0)
		return TM_UNDEFINED;
	dsr->coverage = c / weight;
	if (c == 0.0 || !(dsr->coverage >= min_coverage))
		return TM_UNDEFINED;
	if (!squares_hold(acc) || !distances_hold(acc))
		return TM_OVERFLOW;

	dsr->value = acc->wx / c;
	dsr->variance = acc->wwx / c / c;
	dsr->w_max = acc->w_max / c;
	dsr->w_mean = acc->w / c / acc->strata;
	dsr->ww_mean = acc->ww / c / c / acc->strata;
	dsr->ref_value = acc->ref_events / c;
	if (acc->z > 0.0)
	{
		dsr->binomial = acc->binomial / c / c;
		dsr->below = sqrt(acc->below) / c;
		dsr->above = sqrt(acc->above) / c;
	}
	return TM_OK;
}

/* The gamma quantile with that mean and variance, leaving tail on the side asked for. */
static double
gamma_limit(double mean, double variance, double tail, int side)
{
	double		shape = mean * (mean / variance);
	double		scale = variance / mean;

	/* Scaled by qgamma itself where that can be trusted: the last digit may differ. */
	if (shape >= TM_SERIES_FROM)
		return tm_gamma_quantile(tail, shape, side) * scale;
	return qgamma(tail, shape, scale, side, NOT_LOG);
}

/*
 * Sets gamma limits: below from the rate itself (0 without events), above from
 * the rate raised by add in mean and add_variance in variance. Fay & Feuer 1997
 * raise by the largest w and its square, Tiwari, Clegg & Zou 2006 by the means
 * of w and of w^2 (one event spread evenly over the strata).
 */
static void
gamma_limits(tm_dsr *dsr, double conf, double add, double add_variance, tm_sides sides)
{
	double		tail = (1.0 - conf) / 2.0;

	if (sides & TM_LOWER)
		dsr->lower = dsr->value > 0.0 ? gamma_limit(dsr->value, dsr->variance, tail, LOWER_TAIL) : 0.0;
	if (sides & TM_UPPER)
		dsr->upper = gamma_limit(dsr->value + add, dsr->variance + add_variance, tail, UPPER_TAIL);
}

/*
 * Sets the limits of Dobson et al. 1991: those of the total count, brought to
 * the scale of the rate by sqrt(variance / count); none without events. The
 * lower one can be below 0 when few events carry very unequal weights.
 */
static tm_status
dobson_limits(tm_dsr *dsr, double conf, tm_poisson_method_t method, tm_sides sides)
{
	tm_ci		count;
	double		scale;
	tm_status	status = tm_poisson_sides(dsr->events, conf, method, sides, &count);

	if (status != TM_OK)
		return status;
	if (dsr->events == 0.0)
		return TM_UNDEFINED;
	scale = sqrt(dsr->variance / dsr->events);
	if (isinf(scale) || isinf(scale * (count.lower - dsr->events)))
		return TM_OVERFLOW;
	dsr->lower = dsr->value + scale * (count.lower - dsr->events);
	dsr->upper = dsr->value + scale * (count.upper - dsr->events);
	return TM_OK;
}

/*
 * Sets normal limits with the binomial variance; none when it is 0, for limits
 * without any width would be a quiet falsehood. They can be below 0 and above 1.
 */
static tm_status
normal_limits(tm_dsr *dsr, double conf)
{
	double		half = tm_normal_z(conf) * sqrt(dsr->binomial);

	if (!(dsr->binomial > 0.0))
		return isnan(dsr->binomial) ? TM_METHOD : TM_UNDEFINED;
	dsr->lower = dsr->value - half;
	dsr->upper = dsr->value + half;
	return TM_OK;
}

/* Sets normal limits on the log scale, the variance of the log being variance / value^2; none without events. */
static tm_status
log_limits(tm_dsr *dsr, double conf)
{
	double		factor = exp(tm_normal_z(conf) * sqrt(dsr->variance) / dsr->value);

	if (dsr->value == 0.0)
		return TM_UNDEFINED;
	if (!isfinite(dsr->value * factor))
		return TM_OVERFLOW;
	dsr->lower = dsr->value / factor;
	dsr->upper = dsr->value * factor;
	return TM_OK;
}

/*
 * Sets the limits of Zou, Huang & Zhang 2009 for a weighted sum of proportions:
 * the square root of the sum of the squared weighted distances of the strata's
 * Wilson limits. One stratum has Wilson's own limits; they stay within 0 and 1.
 */
static tm_status
binomial_limits(tm_dsr *dsr)
{
	if (isnan(dsr->below))
		return TM_METHOD;
	dsr->lower = fmax(dsr->value - dsr->below, 0.0);
	dsr->upper = fmin(dsr->value + dsr->above, 1.0);
	return TM_OK;
}

/*
 * Sets the limits asked for of a finished rate. Undefined when the rate is, for Dobson's
 * methods and log without events, and for the normal ones without variance; the
 * limits are then NaN. TM_METHOD also for a binomial method whose sums were not
 * asked for with tm_dsr_binomial, at the same level.
 */
tm_status
tm_dsr_limits_sides(tm_dsr *dsr, double conf, tm_dsr_method_t method, tm_sides sides)
{
	tm_status	status = tm_check_confidence(conf);

	dsr->lower = dsr->upper = NAN;
	if (status != TM_OK)
		return status;
	if (isnan(dsr->value))
		return TM_UNDEFINED;

	switch (method)
	{
		case TM_FAY_FEUER:
			gamma_limits(dsr, conf, dsr->w_max, dsr->w_max * dsr->w_max, sides);
			return TM_OK;
		case TM_TIWARI:
			gamma_limits(dsr, conf, dsr->w_mean, dsr->ww_mean, sides);
			return TM_OK;
		case TM_DOBSON_EXACT:
			return dobson_limits(dsr, conf, TM_EXACT, sides);
		case TM_DOBSON_BYAR:
			return dobson_limits(dsr, conf, TM_BYAR, sides);
		case TM_DSR_LOG:
			return log_limits(dsr, conf);
		case TM_DSR_BINOMIAL:
			return binomial_limits(dsr);
		case TM_DSR_BINOMIAL_NORMAL:
			return normal_limits(dsr, conf);
		default:
			return TM_METHOD;
	}
}

/* Sets both limits of a finished rate. */
tm_status
tm_dsr_limits(tm_dsr *dsr, double conf, tm_dsr_method_t method)
{
	return tm_dsr_limits_sides(dsr, conf, method, TM_BOTH);
}

/*
 * The directly standardised rate over arrays of strata, limits included, per 1.
 * TM_UNDEFINED says that the rate or its limits do not exist (they are NaN).
 */
tm_status
tm_dsr_arrays(size_t n, const double *events, const double *at_risk, const double *weight,
			  double conf, tm_dsr_method_t method, double min_coverage, tm_dsr *dsr)
{
	tm_dsr_acc	acc;
	tm_status	status = tm_check_confidence(conf);

	tm_dsr_init(&acc);
	if (tm_dsr_is_binomial(method))
		status = tm_dsr_binomial(&acc, conf);
	for (size_t i = 0; i < n && status == TM_OK; i++)
		status = tm_dsr_add(&acc, events[i], at_risk[i], weight[i]);
	if (status == TM_OK)
		status = tm_dsr_finish(&acc, min_coverage, dsr);
	if (status == TM_OK)
		status = tm_dsr_limits(dsr, conf, method);
	return status;
}

/*
 * Adds to *expected the events expected in one stratum: at_risk times the
 * reference's rate there. Undefined when people are at risk in a stratum the
 * reference lacks.
 */
tm_status
tm_expected_add(double at_risk, double ref_events, double ref_at_risk, double *expected)
{
	tm_status	status = check_stratum(ref_events, ref_at_risk);

	if (status == TM_OK)
		status = tm_check_quantity(at_risk);
	if (status != TM_OK || at_risk == 0.0)
		return status;
	if (ref_at_risk == 0.0)
		return TM_UNDEFINED;
	*expected += at_risk * (ref_events / ref_at_risk);
	return isfinite(*expected) ? TM_OK : TM_OVERFLOW;
}

/* The events expected over arrays of strata at the reference's stratum rates. */
tm_status
tm_expected(size_t n, const double *at_risk, const double *ref_events,
			const double *ref_at_risk, double *expected)
{
	double		sum = 0.0;

	for (size_t i = 0; i < n; i++)
	{
		tm_status	status = tm_expected_add(at_risk[i], ref_events[i], ref_at_risk[i], &sum);

		if (status != TM_OK)
			return status;
	}
	*expected = sum;
	return TM_OK;
}
