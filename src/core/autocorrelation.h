/*
 * autocorrelation.h - global spatial autocorrelation: Moran's I, Geary's C,
 * Getis and Ord's G, with their moments and permutations.
 */
#ifndef TMAP_AUTOCORRELATION_H
#define TMAP_AUTOCORRELATION_H

#include "links.h"
#include "root.h"

typedef enum tm_global_kind
{
	TM_MORAN,
	TM_GEARY,
	TM_GETIS_ORD
} tm_global_kind;

/* A statistic, its moments when values are dealt to areas at random, and the permutations; NaN where undefined. */
typedef struct tm_global
{
	double		value;
	double		expectation;
	double		variance_normality;
	double		z_normality;
	double		p_normality;	/* two-sided */
	double		variance_randomisation;
	double		z_randomisation;
	double		p_randomisation;
	double		p_greater;		/* share of permutations with a statistic as large or larger, itself counted */
	double		p_less;
	double		p_two;
} tm_global;

/* What is permuted, and how often. */
typedef struct tm_shuffle
{
	uint32_t	permutations;	/* 0: none */
	uint64_t	seed;
	tm_ticker	ticker;
} tm_shuffle;

/* Central moments of values, and the values as deviations from their mean. */
typedef struct tm_moments
{
	int			exponent;		/* values were divided by 2 to this power first */
	double		mean;
	double		m2, m3, m4;		/* means of powers of the deviations */
	bool		constant;		/* all values are equal */
} tm_moments;

extern tm_moments tm_centre(const double *x, int32_t n, double *z);
extern size_t tm_global_room(const tm_links *a, const tm_shuffle *how);
extern tm_status tm_global_statistic(tm_global_kind kind, const tm_links *a, const tm_links *back, const double *x, const tm_shuffle *how, void *room, tm_global *out);
extern tm_status tm_moran_bivariate(const tm_links *a, const tm_links *back, const double *x, const double *y, const tm_shuffle *how, void *room, tm_global *out);
extern tm_status tm_rates_standardised(const double *events, const double *population, int32_t n, double *z);
extern double tm_doubled_tail(double greater, double less);

#endif
