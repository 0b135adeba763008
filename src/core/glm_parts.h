/*
 * glm_parts.h - what the files of the regression share among themselves.
 */
#ifndef TMAP_GLM_PARTS_H
#define TMAP_GLM_PARTS_H

#include "glm.h"

#define TM_BLOCK 256			/* rows worked on at a time */
#define TM_NB_TABLE 1024		/* counts up to here are tabulated exactly */

/* A row's place in the canonical order. */
typedef struct tm_place
{
	int64_t		cluster;
	uint64_t	hash;
	size_t		row;
} tm_place;

/* Sums over k = 0 .. y - 1 that the negative binomial needs, for a dispersion alpha = 1 / theta. */
typedef struct tm_nb_sum
{
	double		l;				/* log(1 + alpha k) */
	double		k1;				/* k / (1 + alpha k) */
	double		k2;				/* (k / (1 + alpha k))^2 */
	double		s1;				/* 1 / (1 + alpha k) */
	double		s2;				/* (1 / (1 + alpha k))^2 */
} tm_nb_sum;

typedef struct tm_nb
{
	double		alpha;
	bool		fisher;			/* expected instead of observed information: for steps from afar */
	size_t		filled;			/* table[0 .. filled] hold */
	tm_nb_sum	table[TM_NB_TABLE + 1];
} tm_nb;

/* The design and every scratch array of one fit; all point into the caller's room. */
typedef struct tm_work
{
	const tm_glm_task *task;
	size_t		n;
	size_t		q;				/* columns asked for, also the stride of z */
	size_t		k;				/* columns kept */
	double	   *z;				/* kept columns in an almost orthonormal basis */
	double	   *y,
			   *m,				/* exposure or trials */
			   *w,
			   *offset;
	unsigned char *first;		/* 1: the row starts a cluster */
	bool		clustered;		/* some row names its cluster */
	double	   *back;			/* q by k: estimates = back times the coefficients of z */
	double	   *h;				/* the matrices: k by k, room for q by q */
	double	   *b[3];
	double	   *beta,			/* vectors of q */
			   *trial,
			   *score,
			   *border,
			   *step,
			   *scratch;
	bool	   *used,			/* of the q columns: in the design */
			   *kept;			/* scratch of factorisations */
	tm_place   *place;
	tm_nb	   *nb;
	double		ridge;			/* penalty on the squared coefficients, 0 but to find separation */
} tm_work;

/* What one walk over the rows gives at the given coefficients. */
typedef struct tm_walk
{
	double		ll;				/* log-likelihood less what does not change with the coefficients */
	double		weight;			/* sum of the working weights */
	double		s_tau;			/* first derivative in tau = log alpha */
	double		j_tau;			/* minus the second */
} tm_walk;

/* The rows of a block: linear predictor in, derivatives of the log-likelihood in it out. */
typedef struct tm_block
{
	size_t		n;
	const double *y,
			   *m,
			   *w;
	double		eta[TM_BLOCK];
	double		weight[TM_BLOCK];	/* minus the second derivative, or its expectation */
	double		score[TM_BLOCK];	/* the first */
	double		border[TM_BLOCK];	/* minus the mixed derivative in tau */
} tm_block;

/* What one row at the estimates adds to the fit and to its covariances. */
typedef struct tm_final
{
	double		log_likelihood; /* with all constants */
	double		deviance;
	double		pearson;
	double		weight;			/* expected information in eta */
	double		score;
} tm_final;

extern tm_status tm_rows_order(const tm_glm_task *task, tm_place *place, tm_place *work);
extern void tm_rows_gather(tm_work *g);
extern bool tm_design(tm_work *g, double *start);

extern void tm_family_start(tm_family f, double y, double m, double w, double *weight, double *target);
extern void tm_family_block(tm_family f, tm_nb *nb, tm_block *b, tm_walk *walk);
extern tm_final tm_family_final(tm_family f, tm_nb *nb, double y, double m, double w, double eta);
extern double tm_family_deviance(tm_family f, double alpha, double y, double m, double eta);
extern double tm_unit_deviance(double y, double mu);
extern double tm_log_factorial_rest(double y);

extern void tm_nb_set(tm_nb *nb, double alpha);
extern tm_nb_sum tm_nb_sums(tm_nb *nb, double y);
extern void tm_nb_tau(tm_nb *nb, double y, double mu, double log1p_t, double w, tm_walk *walk);

extern tm_glm_end tm_newton(tm_work *g, tm_glm_fit *fit);
extern double tm_null_eta(tm_work *g, tm_family f);
extern void tm_covariances(tm_work *g, tm_glm_fit *fit);

/* Lets the caller stop the fit. */
static inline void
tm_tick(const tm_work *g)
{
	if (g->task->tick)
		g->task->tick(g->task->tick_arg);
}

/* The linear predictor of one row. */
static inline double
tm_eta(const tm_work *g, const double *coef, size_t i)
{
	const double *z = g->z + i * g->q;
	double		eta = g->offset[i];

	for (size_t j = 0; j < g->k; j++)
		eta += z[j] * coef[j];
	return eta;
}

#endif
