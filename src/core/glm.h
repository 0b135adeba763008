/*
 * glm.h - generalised linear models of counts over rows: Poisson and negative
 * binomial regression with log link, logistic regression of successes in trials
 * (McCullagh & Nelder 1989; Lawless 1987 for the negative binomial).
 *
 * The same set of rows gives the same bits in whatever order it comes: rows are
 * put in a canonical order before anything is summed.
 */
#ifndef TMAP_GLM_H
#define TMAP_GLM_H

#include "core.h"

/* A row is TM_ROW_HEAD numbers and then its covariates. */
enum
{
	TM_ROW_Y,					/* outcome: a count, or successes */
	TM_ROW_M,					/* exposure of a count (its logarithm is the offset), or trials */
	TM_ROW_W,					/* prior weight */
	TM_ROW_CLUSTER,				/* bits of an int64: the cluster, TM_ALONE for a row that is its own */
	TM_ROW_HEAD
};

#define TM_ALONE INT64_MIN
#define TM_GLM_COLUMNS 256		/* most covariates */

typedef enum tm_family
{
	TM_POISSON,
	TM_LOGISTIC,
	TM_NEGBIN
} tm_family;

/* How a fit ended; only the first three have estimates. */
typedef enum tm_glm_end
{
	TM_GLM_CONVERGED,
	TM_GLM_COLLINEAR,			/* converged without the columns that depend on earlier ones */
	TM_GLM_NOT_OVERDISPERSED,	/* negative binomial: theta is infinite, the fit is Poisson's */
	TM_GLM_SEPARATED,			/* the likelihood rises without end: no estimates exist */
	TM_GLM_NOT_CONVERGED,
	TM_GLM_ALL_ZERO,			/* no event at all */
	TM_GLM_ALL_EVENTS,			/* every trial a success */
	TM_GLM_NO_DATA				/* no row, or no column that varies */
} tm_glm_end;

/* Covariance matrices of the estimates. */
enum
{
	TM_COV_MODEL,
	TM_COV_HC0,
	TM_COV_HC3,
	TM_COV_CLUSTER,				/* without any factor (CR0) */
	TM_COV_N
};

typedef struct tm_glm_task
{
	tm_family	family;
	const double *rows;			/* n rows of TM_ROW_HEAD + p numbers: y >= 0, exposure, weight > 0 */
	size_t		n;
	size_t		p;
	bool		intercept;		/* a column of ones comes first */
	void		(*tick) (void *);	/* called often, so that the caller can stop by leaving */
	void	   *tick_arg;
} tm_glm_task;

/* A fit. The arrays are the caller's: q = p + intercept estimates, q by q covariances; NaN where there is none. */
typedef struct tm_glm_fit
{
	tm_glm_end	end;
	size_t		rank;			/* estimates that are not NaN */
	size_t		clusters;		/* 0 when every row is its own */
	int			iterations;
	double		log_likelihood;
	double		deviance;
	double		null_deviance;	/* of the intercept alone; without intercept: of the exposure alone */
	double		pearson;		/* Pearson's chi-squared */
	double		theta;			/* negative binomial: the variance is mu + mu^2 / theta */
	double		theta_se;
	double	   *estimate;
	double	   *cov[TM_COV_N];
} tm_glm_fit;

/* What Wald's approximation makes of an estimate on the log scale and its variance. */
enum
{
	TM_WALD_ESTIMATE,
	TM_WALD_SE,
	TM_WALD_Z,
	TM_WALD_P,
	TM_WALD_LOWER,
	TM_WALD_UPPER,
	TM_WALD_RATIO,				/* exp of estimate, lower, upper */
	TM_WALD_RATIO_LOWER,
	TM_WALD_RATIO_UPPER,
	TM_WALD_N
};

extern void tm_wald(double estimate, double variance, double df, double confidence, double out[TM_WALD_N]);
extern size_t tm_glm_room(size_t n, size_t p);
extern tm_status tm_glm(const tm_glm_task *task, void *room, tm_glm_fit *fit);

#endif
