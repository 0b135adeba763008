/*
 * smooth.h - empirical Bayes smoothing of rates, ratios and proportions of
 * areas: each is drawn towards the mean of all, the more the less it rests on.
 *
 * Areas come as columns of events and base (population, expected events,
 * people at risk) in a canonical order, all of them with base > 0.
 */
#ifndef TMAP_SMOOTH_H
#define TMAP_SMOOTH_H

#include "interval.h"
#include "root.h"

typedef enum tm_smooth_method
{
	TM_MARSHALL_POISSON,		/* Marshall 1991, global, eq. 4-6 */
	TM_MARSHALL_BINOMIAL,		/* Martuzzi & Elliott 1996 */
	TM_GAMMA_MOMENTS,			/* gamma-Poisson, Clayton & Kaldor 1987, eq. 3 and 5 */
	TM_GAMMA_ML,				/* gamma-Poisson, maximum of the negative binomial likelihood */
	TM_BETA_ML					/* beta-binomial, maximum likelihood: Griffiths 1973 */
} tm_smooth_method;

/* What all areas say of one. With variance 0 all areas are taken as equal. */
typedef struct tm_prior
{
	tm_smooth_method method;
	double		mean;			/* NaN: no area has a base */
	double		variance;		/* 0: chance alone explains the differences */
	double		precision;		/* of the prior: alpha (gamma, in units of base), a + b (beta) */
	double		noise;			/* Marshall: variance of a figure of base 1 */
} tm_prior;

/* One area smoothed. Limits and exceedance are NaN without a posterior distribution. */
typedef struct tm_smoothed
{
	double		value;
	double		weight;			/* of the area's own figure, 0 to 1 */
	double		lower;
	double		upper;
	double		exceedance;
} tm_smoothed;

/* Areas as the fits read them. */
typedef struct tm_areas
{
	const double *events;
	const double *base;
	size_t		n;
	const tm_ticker *ticker;
} tm_areas;

extern tm_status tm_prior_fit(const tm_areas *areas, tm_smooth_method method, tm_prior *prior);
extern tm_status tm_gamma_fit(const tm_areas *areas, tm_prior *prior);
extern tm_status tm_beta_fit(const tm_areas *areas, tm_prior *prior);
extern double tm_digamma_rise(double a, double x);
extern void tm_smooth(const tm_prior *prior, double events, double base, tm_smoothed *s);
extern void tm_posterior(const tm_prior *prior, double events, double base, double conf, double threshold, tm_smoothed *s);

#endif
