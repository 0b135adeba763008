/*
 * glm_sample.h - fits with their memory, and a generator of random numbers,
 * for the unit tests of the regressions.
 */
#ifndef TMAP_TEST_GLM_SAMPLE_H
#define TMAP_TEST_GLM_SAMPLE_H

#include "glm_parts.h"

#include "csv.h"
#include "tap.h"

/* A fit with all its memory. */
typedef struct fitted
{
	tm_glm_task task;
	tm_glm_fit	fit;
	double	   *rows;
	tm_status	status;
} fitted;

/* Zeroed memory of exactly that size. */
static inline void *
block(size_t bytes)
{
	void	   *p = calloc(bytes ? bytes : 1, 1);

	if (p == NULL)
		csv_die("no memory", "");
	return p;
}

/* Room for n rows of p covariates. */
static inline fitted
make(tm_family family, size_t n, size_t p, bool intercept)
{
	fitted		f = {0};
	size_t		q = p + intercept;

	f.rows = block(n * (p + TM_ROW_HEAD) * sizeof(double));
	f.task = (tm_glm_task) {family, f.rows, n, p, intercept, NULL, NULL};
	f.fit.estimate = block(q * sizeof(double));
	for (int i = 0; i < TM_COV_N; i++)
		f.fit.cov[i] = block(q * q * sizeof(double));
	return f;
}

/* Gives the memory back. */
static inline void
drop(fitted *f)
{
	free(f->rows);
	free(f->fit.estimate);
	for (int i = 0; i < TM_COV_N; i++)
		free(f->fit.cov[i]);
}

/* Sets a row's head; the covariates are for the caller. */
static inline double *
set_row(fitted *f, size_t i, double y, double m, double w, int64_t cluster)
{
	double	   *row = f->rows + i * (f->task.p + TM_ROW_HEAD);

	row[TM_ROW_Y] = y;
	row[TM_ROW_M] = m;
	row[TM_ROW_W] = w;
	memcpy(row + TM_ROW_CLUSTER, &cluster, sizeof cluster);
	return row + TM_ROW_HEAD;
}

/* Fits in a block of exactly the size asked for. */
static inline void
run(fitted *f)
{
	void	   *room = block(tm_glm_room(f->task.n, f->task.p));

	f->status = tm_glm(&f->task, room, &f->fit);
	free(room);
}

/* The standard error of an estimate by one kind of covariance. */
static inline double
se(const fitted *f, int cov, size_t j)
{
	return sqrt(f->fit.cov[cov][j * (f->task.p + f->task.intercept) + j]);
}

/* A small generator of numbers in [0, 1): the same on every machine. */
static inline double
uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double) (*state >> 11) / 9007199254740992.0;
}

#endif
