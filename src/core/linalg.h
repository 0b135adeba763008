/*
 * linalg.h - dense linear algebra of a few hundred columns: Cholesky factors
 * of Gram matrices and triangular systems.
 *
 * Matrices are row-major and square, n by n without gaps. A symmetric matrix
 * G is given by its upper triangle; its factor R (upper, G = R'R) replaces it,
 * and what stands below the diagonal is never read.
 */
#ifndef TMAP_LINALG_H
#define TMAP_LINALG_H

#include "core.h"

extern size_t tm_cholesky(double *g, size_t n, double tolerance, bool *kept);
extern void tm_solve_upper(const double *r, size_t n, double *x);
extern void tm_solve_lower(const double *r, size_t n, double *x);
extern void tm_invert_upper(double *r, size_t n);
extern void tm_add_outer(double *g, size_t n, double w, const double *x);
extern void tm_add_gram(double *g, size_t n, const double *x, size_t stride, const double *w, size_t rows);
extern void tm_times_upper(const double *u, size_t n, const double *x, double *out);
extern void tm_sandwich(const double *m, size_t rows, size_t n, const double *b, double *work, double *out);

#endif
