/*
 * dispersion.h - how much more areas vary than chance allows: the factor phi
 * and the variance between areas tau^2 (Spiegelhalter 2005; Spiegelhalter,
 * Sherlaw-Johnson, Bardsley, Blunt, Wood & Grigg 2012), and limits with them.
 */
#ifndef TMAP_DISPERSION_H
#define TMAP_DISPERSION_H

#include "funnel.h"
#include "root.h"

/* The scale on which areas are compared with their target. */
typedef enum tm_scale
{
	TM_SCALE_NONE,				/* the figure itself */
	TM_SCALE_STABLE,			/* square root of a ratio, arcsine of a proportion's root: exists without events */
	TM_SCALE_LOG				/* log of a ratio, logit of a proportion */
} tm_scale;

/* What is done with the extreme areas. */
typedef enum tm_trim
{
	TM_WINSORISE,				/* z beyond the quantiles is set to them: Care Quality Commission */
	TM_TRUNCATE					/* the lowest and the highest z are left out: SHMI */
} tm_trim;

/* How limits take the dispersion in. */
typedef enum tm_adjust
{
	TM_ADJUST_NONE,
	TM_ADJUST_ADDITIVE,			/* variance + tau^2 */
	TM_ADJUST_MULTIPLICATIVE	/* variance times phi, when phi > 1 */
} tm_adjust;

/* One area, and the room to sort it. */
typedef struct tm_area_z
{
	double		z;
	double		weight;			/* 1 / variance on the scale */
} tm_area_z;

typedef struct tm_dispersion
{
	size_t		areas;			/* with a base */
	size_t		used;			/* after truncation */
	double		phi;			/* NaN: does not exist */
	double		tau2;			/* on the scale; NaN likewise */
} tm_dispersion;

extern tm_status tm_scale_of(tm_funnel_family family, const char *name, tm_scale *scale);
extern tm_status tm_trim_of(const char *name, tm_trim *trim);
extern tm_status tm_adjust_of(const char *name, tm_adjust *adjust);
extern tm_status tm_disperse(tm_funnel_family family, const double *observed, const double *base, size_t n,
							 double target, tm_scale scale, tm_trim trim, double share, tm_area_z *work,
							 const tm_ticker *ticker, tm_dispersion *d);
extern double tm_adjusted_z(tm_funnel_family family, double observed, double base, double target,
							tm_scale scale, tm_adjust adjust, const tm_dispersion *d);
extern tm_status tm_adjusted_limits(tm_funnel_family family, double base, double target, double conf,
									tm_scale scale, tm_adjust adjust, const tm_dispersion *d, tm_ci *ci);

#endif
