/*
 * regression.h - what the glue files of the regressions share.
 */
#ifndef TMAP_REGRESSION_H
#define TMAP_REGRESSION_H

#include "glue.h"

#include "core/glm.h"

/* The columns of tmap.regression_fit, in order. */
enum
{
	FIT_MODEL,
	FIT_STATUS,
	FIT_N,
	FIT_DROPPED,
	FIT_INTERCEPT,
	FIT_CLUSTERS,
	FIT_RANK,
	FIT_ITERATIONS,
	FIT_LOG_LIKELIHOOD,
	FIT_DEVIANCE,
	FIT_NULL_DEVIANCE,
	FIT_PEARSON,
	FIT_THETA,
	FIT_THETA_SE,
	FIT_ESTIMATES,
	FIT_COV,					/* and three more */
	FIT_COLUMNS = FIT_COV + TM_COV_N
};

/* The rows an aggregate has seen. */
typedef struct regression_rows
{
	int			p;				/* covariates, -1 until the first row that has them */
	bool		intercept;
	int64		n;				/* rows held */
	int64		dropped;		/* rows passed over */
	int64		room;			/* rows there is memory for */
	double	   *data;			/* TM_ROW_HEAD + p numbers a row */
} regression_rows;

#endif
