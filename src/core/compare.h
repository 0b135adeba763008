/*
 * compare.h - two proportions, two rates, two directly standardised rates:
 * their difference or ratio with limits and p.
 *
 * The value is NaN when it does not exist (0 events over 0 events); a ratio to
 * no events is infinite. Limits are ordered and inside the parameter space, the
 * upper one of a ratio infinite where the data allow any. p is two-sided and
 * belongs to the test behind the limits; NaN when there is none. Groups
 * exchanged, a difference and its limits change sign, a ratio is inverted.
 */
#ifndef TMAP_COMPARE_H
#define TMAP_COMPARE_H

#include "core.h"
#include "standardise.h"

/* Beyond 2^53 at risk a double cannot tell x from x + 1: proportions are refused. */
#define TM_EXACT_MAX 9007199254740992.0

typedef struct tm_comparison
{
	double		value;
	double		lower;
	double		upper;
	double		p;
} tm_comparison;

typedef enum tm_compare_method_t
{
	TM_MIETTINEN_NURMINEN,		/* score limits: Miettinen & Nurminen 1985 */
	TM_NEWCOMBE,				/* Newcombe 1998, method 10 */
	TM_KOOPMAN,					/* score limits of a ratio: Koopman 1984 */
	TM_CMP_LOG,					/* normal on the log scale: Katz et al. 1978; Woolf 1955; Breslow & Day 1987 */
	TM_CMP_EXACT,				/* conditional on the sum of two Poisson counts: Przyborowski & Wilenski 1940 */
	TM_CMP_MID_P,				/* the same, half the probability of what was observed */
	TM_MOVER,					/* from the limits of both: Zou & Donner 2008 */
	TM_FAY,						/* F distribution, ratio of DSRs: Fay 1999 */
	TM_CMP_TIWARI,				/* the same with the means of the weights: Tiwari, Clegg & Zou 2006 */
	TM_CMP_BINOMIAL				/* strata taken as proportions */
} tm_compare_method_t;

typedef enum tm_compared
{
	TM_PROPORTION_DIFFERENCE,
	TM_PROPORTION_RATIO,
	TM_ODDS_RATIO,
	TM_RATE_RATIO,
	TM_RATE_DIFFERENCE,
	TM_DSR_RATIO,
	TM_DSR_DIFFERENCE
} tm_compared;

/* One of two groups: x events, y non-events, n at risk; or x events in n person-years. */
typedef struct tm_group
{
	double		x;
	double		y;
	double		n;
} tm_group;

extern tm_status tm_compare_method(tm_compared what, const char *name, tm_compare_method_t *method);

extern tm_status tm_compare_proportions(tm_compared what, int64_t x1, int64_t n1, int64_t x2, int64_t n2,
										double conf, tm_compare_method_t method, tm_comparison *c);
extern tm_status tm_compare_rates(tm_compared what, double x1, double t1, double x2, double t2,
								  double conf, tm_compare_method_t method, tm_comparison *c);
extern tm_status tm_compare_dsrs(tm_compared what, const tm_dsr *a, const tm_dsr *b,
								 double conf, tm_compare_method_t method, tm_comparison *c);

extern double tm_two_sided(double z);
extern double tm_group_difference(tm_group a, tm_group b);
extern double tm_group_log_ratio(tm_group a, tm_group b);
extern void tm_log_limits(tm_comparison *c, double log_value, double variance, double z);

#endif
