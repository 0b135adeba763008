/*
 * interval.h - confidence limits for a proportion, a Poisson count, a rate and
 * a ratio of observed to expected.
 *
 * A limit is the value its published formula gives. Agresti-Coull and Byar can
 * leave the parameter space (below 0, above 1) at small counts; nothing is
 * clamped here, so that a figure can be checked against its paper.
 */
#ifndef TMAP_INTERVAL_H
#define TMAP_INTERVAL_H

#include "core.h"

/* The largest count accepted: counts are 64-bit integers outside the core. */
#define TM_COUNT_MAX 9223372036854775808.0

typedef struct tm_ci
{
	double		value;
	double		lower;
	double		upper;
} tm_ci;

/* Which limits are wanted, to be joined with |; the other one is NaN. A limit has the same bits alone as beside the other. */
typedef enum tm_sides
{
	TM_NO_LIMIT = 0,
	TM_LOWER = 1,
	TM_UPPER = 2,
	TM_BOTH = 3
} tm_sides;

typedef enum tm_prop_method_t
{
	TM_WILSON,					/* Wilson 1927 */
	TM_WILSON_CC,				/* the same with continuity correction: Newcombe 1998, method 4 */
	TM_CLOPPER_PEARSON,			/* Clopper & Pearson 1934 */
	TM_JEFFREYS,				/* Brown, Cai & DasGupta 2001 */
	TM_AGRESTI_COULL,			/* Agresti & Coull 1998, centred on (x + z^2/2) / (n + z^2) */
	TM_PROP_MID_P				/* Clopper-Pearson with half the probability of x: Berry & Armitage 1995 */
} tm_prop_method_t;

typedef enum tm_poisson_method_t
{
	TM_EXACT,					/* Garwood 1936 */
	TM_BYAR,					/* Breslow & Day 1987 */
	TM_MID_P,					/* Cohen & Yang 1994 */
	TM_PHE						/* exact below 10, else Byar: Eayres 2008 */
} tm_poisson_method_t;

extern tm_status tm_prop_method(const char *name, tm_prop_method_t *method);
extern tm_status tm_poisson_method(const char *name, tm_poisson_method_t *method);

extern double tm_normal_z(double conf);
extern void tm_wilson_arms(double x, double y, double z, double *below, double *above);

extern tm_status tm_check_confidence(double conf);
extern tm_status tm_check_count(double x);
extern tm_status tm_check_quantity(double q);

extern tm_status tm_proportion(int64_t x, int64_t n, double conf,
							   tm_prop_method_t method, tm_ci *ci);
extern tm_status tm_proportion_sides(int64_t x, int64_t n, double conf,
									 tm_prop_method_t method, tm_sides sides, tm_ci *ci);
extern tm_status tm_poisson(double x, double conf,
							tm_poisson_method_t method, tm_ci *ci);
extern tm_status tm_poisson_sides(double x, double conf, tm_poisson_method_t method,
								  tm_sides sides, tm_ci *ci);
extern tm_status tm_rate(double x, double population, double conf,
						 tm_poisson_method_t method, tm_ci *ci);
extern tm_status tm_rate_sides(double x, double population, double conf,
							   tm_poisson_method_t method, tm_sides sides, tm_ci *ci);
extern tm_status tm_ratio(double observed, double expected, double conf,
						  tm_poisson_method_t method, tm_ci *ci);
extern tm_status tm_isr(double observed, double expected, double ref_rate,
						double conf, tm_poisson_method_t method, tm_ci *ci);
extern tm_status tm_isr_sides(double observed, double expected, double ref_rate, double conf,
							  tm_poisson_method_t method, tm_sides sides, tm_ci *ci);
/* Shapes from which the series of Cornish & Fisher is right to the last digit; qgamma's search ends wide of the mark for some near 2e15. */
#define TM_SERIES_FROM 1e12

extern double tm_gamma_quantile(double tail, double shape, int lower_tail);

#endif
