/*
 * variation.h - how much one measure varies over the areas of a map beyond
 * chance: extremal quotients, coefficients of variation, the systematic
 * component of variation, variance components, chi-squared.
 */
#ifndef TMAP_VARIATION_H
#define TMAP_VARIATION_H

#include "columns.h"

/* What is compared, and so how counts vary by chance. */
typedef enum tm_variation_kind
{
	TM_VARIATION_RATIO,			/* observed / expected: Poisson, expectations as given */
	TM_VARIATION_RATE,			/* events / population: Poisson, expectations from the pooled rate */
	TM_VARIATION_PROPORTION		/* events / at risk: binomial, expectations from the pooled proportion */
} tm_variation_kind;

/* The statistics, NaN where undefined. */
typedef enum tm_variation_statistic
{
	TM_VAR_AREAS,				/* areas counted */
	TM_VAR_LEFT_OUT,			/* set by the caller */
	TM_VAR_OBSERVED,			/* events in all */
	TM_VAR_EXPECTED,			/* expected events, people or people at risk in all */
	TM_VAR_OVERALL,				/* the first over the second */
	TM_VAR_MEAN,				/* unweighted mean over areas */
	TM_VAR_MIN,
	TM_VAR_MAX,
	TM_VAR_RANGE,
	TM_VAR_EQ,					/* max / min */
	TM_VAR_EQ95,				/* 95th over 5th percentile */
	TM_VAR_EQ90,
	TM_VAR_EQ75,
	TM_VAR_SD,
	TM_VAR_CV,					/* sd / mean, n - 1 below */
	TM_VAR_CV_POPULATION,		/* the same, n below */
	TM_VAR_CV_WEIGHTED,			/* weighted by expected, population, at risk */
	TM_VAR_SCV,
	TM_VAR_SCV_LOG,
	TM_VAR_EB,					/* Clayton & Kaldor's variance of the true ratios */
	TM_VAR_MOMENT,				/* Marshall's */
	TM_VAR_CHI2,
	TM_VAR_DF,
	TM_VAR_P,
	TM_VAR_LOG_P,
	TM_VAR_N
} tm_variation_statistic;

extern tm_status tm_variation(tm_variation_kind kind, double *rows, double *work, size_t n, tm_tick tick, double v[TM_VAR_N]);

#endif
