/*
 * standardise.h - direct and indirect standardisation over strata.
 *
 * Strata are fed one at a time, always in the same (canonical) order, so that
 * the sums have the same bits whatever the plan that collected them.
 *
 * Direct standardisation: a stratum without weight is left out of everything.
 * A stratum with weight and nobody at risk has no rate: the standardised rate
 * over the whole standard is then undefined, unless the caller accepts a lower
 * coverage (share of the standard's weight in strata with somebody at risk);
 * the rate is then the one over the covered part, its weights adding to 1.
 */
#ifndef TMAP_STANDARDISE_H
#define TMAP_STANDARDISE_H

#include "interval.h"

typedef enum tm_dsr_method_t
{
	TM_FAY_FEUER,				/* Fay & Feuer 1997 */
	TM_TIWARI,					/* Tiwari, Clegg & Zou 2006 */
	TM_DOBSON_EXACT,			/* Dobson et al. 1991 on Garwood's limits */
	TM_DOBSON_BYAR,				/* Dobson et al. 1991 on Byar's limits */
	TM_DSR_LOG,					/* normal on the log scale: Breslow & Day 1987, chapter 2 */
	TM_DSR_BINOMIAL,			/* Wilson's limits of the strata: Zou, Huang & Zhang 2009 */
	TM_DSR_BINOMIAL_NORMAL		/* normal, with the binomial variance */
} tm_dsr_method_t;

/* Running sums; w stands for weight / at_risk of one stratum, weights as given. */
typedef struct tm_dsr_acc
{
	double		events;
	double		at_risk;
	double		covered;		/* weight of strata with somebody at risk */
	double		uncovered;		/* weight of strata with nobody at risk */
	double		wx;				/* sum of w * events */
	double		wwx;			/* sum of w^2 * events */
	double		w;				/* sum of w */
	double		ww;				/* sum of w^2 */
	double		w_max;
	double		strata;			/* covered strata */
	double		ref_events;		/* of the standard, in covered strata */
	double		z;				/* normal quantile for binomial limits, 0: no such sums */
	double		binomial;		/* sum of w^2 * events * non-events / at_risk */
	double		below;			/* sum of (weight * distance of Wilson's lower limit)^2 */
	double		above;			/* likewise, upper limit */
} tm_dsr_acc;

/* A directly standardised rate, per 1; what does not exist is NaN. */
typedef struct tm_dsr
{
	double		value;
	double		variance;		/* under Poisson counts */
	double		lower;
	double		upper;
	double		coverage;
	double		events;			/* of the covered strata */
	double		at_risk;		/* of the covered strata */
	double		w_max;			/* largest standardised weight / at_risk */
	double		w_mean;			/* mean of the same */
	double		ww_mean;		/* mean of its square */
	double		ref_value;		/* the standard's own rate over the covered strata */
	double		binomial;		/* variance under binomial counts; NaN when not summed, as the next two */
	double		below;			/* distance of the binomial lower limit */
	double		above;			/* of the upper one */
} tm_dsr;

extern tm_status tm_dsr_method(const char *name, tm_dsr_method_t *method);

extern bool tm_dsr_is_binomial(tm_dsr_method_t method);

extern void tm_dsr_init(tm_dsr_acc *acc);
extern tm_status tm_dsr_binomial(tm_dsr_acc *acc, double conf);
extern tm_status tm_dsr_add(tm_dsr_acc *acc, double events, double at_risk, double weight);
extern tm_status tm_dsr_finish(const tm_dsr_acc *acc, double min_coverage, tm_dsr *dsr);
extern tm_status tm_dsr_limits(tm_dsr *dsr, double conf, tm_dsr_method_t method);
extern tm_status tm_dsr_limits_sides(tm_dsr *dsr, double conf, tm_dsr_method_t method, tm_sides sides);
extern tm_status tm_dsr_arrays(size_t n, const double *events, const double *at_risk,
							   const double *weight, double conf, tm_dsr_method_t method,
							   double min_coverage, tm_dsr *dsr);

extern tm_status tm_expected_add(double at_risk, double ref_events, double ref_at_risk,
								 double *expected);
extern tm_status tm_expected(size_t n, const double *at_risk, const double *ref_events,
							 const double *ref_at_risk, double *expected);

#endif
