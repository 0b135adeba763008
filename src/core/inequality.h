/*
 * inequality.h - inequality of a value over people: Gini, Hoover, Lorenz, Theil
 * with its decomposition, Atkinson, and the indices against a rank
 * (concentration, slope and relative index).
 *
 * Rows are arrays of doubles in the order of the columns named at each function,
 * with weights above 0; they are sorted in place. An index is NaN where undefined.
 */
#ifndef TMAP_INEQUALITY_H
#define TMAP_INEQUALITY_H

#include "columns.h"

/* The indices of one value, in the order of tmap.inequality_summary. */
typedef enum tm_inequality_index
{
	TM_INEQ_N,
	TM_INEQ_LEFT_OUT,			/* set by the caller */
	TM_INEQ_WEIGHT,
	TM_INEQ_MEAN,
	TM_INEQ_GINI,
	TM_INEQ_GINI_CORRECTED,		/* times n / (n - 1), unweighted only */
	TM_INEQ_HOOVER,
	TM_INEQ_THEIL_T,
	TM_INEQ_THEIL_L,
	TM_INEQ_N_INDICES
} tm_inequality_index;

/* The Theil indices and their parts, in the order of tmap.theil_summary. */
typedef enum tm_theil_part
{
	TM_THEIL_N,
	TM_THEIL_LEFT_OUT,			/* set by the caller */
	TM_THEIL_GROUPS,
	TM_THEIL_T,
	TM_THEIL_T_BETWEEN,
	TM_THEIL_T_WITHIN,
	TM_THEIL_L,
	TM_THEIL_L_BETWEEN,
	TM_THEIL_L_WITHIN,
	TM_THEIL_PARTS
} tm_theil_part;

/* A row is value, weight, two numbers that name its group. */
#define TM_THEIL_COLUMNS 4

/* A sorted set of values with its totals. */
typedef struct tm_values
{
	const double *rows;			/* k numbers a row: value, then weight when k > 1 */
	size_t		n;
	int			k;
	double		weight;			/* total */
	double		mean;
} tm_values;

extern tm_status tm_values_sort(double *rows, double *work, size_t n, int k, tm_tick tick, tm_values *s);
extern double tm_gini(const tm_values *s);
extern double tm_hoover(const tm_values *s);
extern double tm_lorenz(const tm_values *s, double share);
extern double tm_theil_t(const tm_values *s);
extern double tm_theil_l(const tm_values *s);
extern double tm_atkinson(const tm_values *s, double epsilon);
extern void tm_inequality(const tm_values *s, double v[TM_INEQ_N_INDICES]);
extern tm_status tm_theil_parts(double *rows, double *work, size_t n, tm_tick tick, double v[TM_THEIL_PARTS]);

#endif
