/*
 * regression.h - what the glue files of the regressions share.
 */
#ifndef TMAP_REGRESSION_H
#define TMAP_REGRESSION_H

#include "columns.h"

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

#endif
