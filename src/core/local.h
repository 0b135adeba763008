/*
 * local.h - local spatial autocorrelation: one statistic an area, with its
 * moments when the other areas' values are dealt out at random.
 */
#ifndef TMAP_LOCAL_H
#define TMAP_LOCAL_H

#include "autocorrelation.h"

typedef enum tm_local_kind
{
	TM_LOCAL_MORAN,
	TM_LOCAL_GI,
	TM_LOCAL_GI_STAR,
	TM_LOCAL_GEARY
} tm_local_kind;

/* The statistic of an area; NaN where undefined, all of it for an area without neighbours. */
typedef struct tm_local
{
	double		value;
	double		expectation;
	double		variance;
	double		z;
	double		standardised;	/* the area's own value */
	double		lag;			/* sum of w_ij x_j */
	double		standardised_lag;	/* sum of w_ij of the standardised values */
	double		p_greater;		/* shares of permutations, itself counted */
	double		p_less;
	double		p_two;
	double		p_adjusted;		/* p_two after Benjamini & Hochberg 1995 */
} tm_local;

/* The joins of an area that has the mark; NaN for others. */
typedef struct tm_join
{
	double		joins;			/* marked neighbours */
	double		neighbours;
	double		expectation;
	double		variance;
	double		p_greater;		/* of as many or more, exact */
	double		p_adjusted;
} tm_join;

typedef struct tm_local_task
{
	tm_local_kind kind;
	const tm_links *links;
	bool		row_standardised;	/* each area's weights add up to 1, with itself among them too (Gi*) */
	const double *x;
	tm_shuffle	how;
} tm_local_task;

/* How p are adjusted for their number. */
typedef enum tm_adjustment
{
	TM_ADJUST_BH,				/* Benjamini & Hochberg 1995: false discovery rate */
	TM_ADJUST_BY,				/* Benjamini & Yekutieli 2001: the same under any dependence */
	TM_ADJUST_HOLM,				/* Holm 1979: family-wise error */
	TM_ADJUST_BONFERRONI
} tm_adjustment;

extern size_t tm_local_room(const tm_local_task *task);
extern void tm_local_statistics(const tm_local_task *task, void *room, tm_local *out);
extern size_t tm_adjust_room(size_t n);
extern tm_status tm_adjustment_named(const char *name, tm_adjustment *how);
extern void tm_adjust(tm_adjustment how, const double *p, size_t n, size_t stride, void *room, double *out);
extern void tm_local_joins(const tm_links *a, const double *mark, void *room, tm_join *out);

#endif
