/*
 * funnel.h - the control limits of a funnel plot: where an area of a given
 * size would lie if it were as the target says (Spiegelhalter 2005).
 *
 * The base is what the target multiplies: expected events of a ratio (target
 * 1), a population of a rate, people at risk of a proportion.
 */
#ifndef TMAP_FUNNEL_H
#define TMAP_FUNNEL_H

#include "interval.h"

typedef enum tm_funnel_family
{
	TM_FUNNEL_RATIO,			/* Poisson counts: ratios and rates */
	TM_FUNNEL_PROPORTION		/* binomial counts */
} tm_funnel_family;

typedef enum tm_funnel_method
{
	TM_FUNNEL_EXACT,			/* the count whose tail probability is the level's, by the incomplete gamma or beta function */
	TM_FUNNEL_INTERPOLATED,		/* quantiles interpolated between counts: Spiegelhalter 2005, appendix A.1.1 */
	TM_FUNNEL_INTERVAL,			/* Garwood's or Clopper & Pearson's interval of the expected count */
	TM_FUNNEL_NORMAL,
	TM_FUNNEL_STABLE			/* normal on the scale of log (ratio) or arcsine (proportion) */
} tm_funnel_method;

/* The curve at an observed count: the ratios on the limits and the bases at which they lie. */
typedef struct tm_funnel_curve
{
	double		lower;
	double		upper;
	double		lower_base;
	double		upper_base;
} tm_funnel_curve;

extern tm_status tm_funnel_method_of(tm_funnel_family family, const char *name, tm_funnel_method *method);
extern tm_status tm_funnel_check(tm_funnel_family family, double base, double target);
extern tm_status tm_funnel_limits(tm_funnel_family family, double base, double target, double conf,
								  tm_funnel_method method, tm_ci *ci);
extern tm_status tm_funnel_at(double observed, double target, double conf, tm_funnel_curve *curve);
extern double tm_funnel_z(tm_funnel_family family, double observed, double base, double target);

#endif
