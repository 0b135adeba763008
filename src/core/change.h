/*
 * change.h - two periods compared over areas: one rate ratio for all of them,
 * and whether one is enough.
 */
#ifndef TMAP_CHANGE_H
#define TMAP_CHANGE_H

#include "core.h"

/* Areas: events and population (person-years, or expected events) in the first and the second period. */
typedef struct tm_change_task
{
	size_t		n;
	const double *events[2];
	const double *population[2];
	double		confidence;
	bool		quasi;			/* variances times Pearson's dispersion */
} tm_change_task;

/* What changed; NaN where nothing can be said. */
typedef struct tm_change
{
	size_t		areas;			/* with a population in both periods */
	size_t		informative;	/* of these, with an event in either */
	double		events[2];
	double		ratio, ratio_lower, ratio_upper;	/* second period over first, maximum likelihood */
	double		mh_ratio, mh_ratio_lower, mh_ratio_upper;	/* Mantel-Haenszel */
	double		difference, difference_lower, difference_upper; /* of rates, Mantel-Haenszel */
	double		chi2, p;		/* no change in any common direction: score test of ratio 1, 1 degree of freedom */
	double		any_chi2, any_p;	/* no change in any area; informative degrees of freedom */
	double		homogeneity_chi2, homogeneity_p;	/* the same ratio in all areas; one degree less */
	double		dispersion;		/* homogeneity_chi2 over its degrees of freedom */
} tm_change;

extern tm_status tm_period_change(const tm_change_task *task, tm_change *out);

#endif
