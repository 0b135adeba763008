/*
 * gradient.h - inequality of a value against a rank (deprivation, income): the
 * concentration index, and the slope and relative index of inequality.
 */
#ifndef TMAP_GRADIENT_H
#define TMAP_GRADIENT_H

#include "columns.h"

/* The columns of a row, as the SQL arguments come: value, weight, rank, standard error of the value. */
enum
{
	TM_GRAD_VALUE,
	TM_GRAD_WEIGHT,
	TM_GRAD_RANK,
	TM_GRAD_SE					/* NaN: not known */
};

/* The concentration index and its limits, in the order of tmap.concentration_summary. */
typedef enum tm_concentration_part
{
	TM_CONC_N,
	TM_CONC_LEFT_OUT,			/* set by the caller */
	TM_CONC_MEAN,
	TM_CONC_INDEX,
	TM_CONC_SE,
	TM_CONC_LOWER,
	TM_CONC_UPPER,
	TM_CONC_ERREYGERS,
	TM_CONC_WAGSTAFF,
	TM_CONC_PARTS
} tm_concentration_part;

/* The regression on the rank, in the order of tmap.gradient_summary. */
typedef enum tm_gradient_part
{
	TM_SLOPE_N,
	TM_SLOPE_LEFT_OUT,			/* set by the caller */
	TM_SLOPE_INTERCEPT,
	TM_SLOPE_SII,
	TM_SLOPE_SE,
	TM_SLOPE_LOWER,
	TM_SLOPE_UPPER,
	TM_SLOPE_P,
	TM_SLOPE_RII,
	TM_SLOPE_RII_LOWER,
	TM_SLOPE_RII_UPPER,
	TM_SLOPE_DF,
	TM_SLOPE_PARTS
} tm_gradient_part;

extern tm_status tm_concentration(double *rows, double *work, size_t n, int k, double confidence,
								  double low, double high, tm_tick tick, double v[TM_CONC_PARTS]);
extern tm_status tm_gradient(double *rows, double *work, size_t n, int k, double confidence,
							 tm_tick tick, double v[TM_SLOPE_PARTS]);

#endif
