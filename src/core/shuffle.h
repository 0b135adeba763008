/*
 * shuffle.h - values dealt to all areas anew, many times, and how often a
 * global statistic comes out at least, and at most, as large as observed.
 */
#ifndef TMAP_SHUFFLE_H
#define TMAP_SHUFFLE_H

#include "autocorrelation.h"

/* A statistic: square sum c_i z_i^2 + linear sum c_i z_i + product sum w_ij z_i z_j, c_i the row and column sum. */
typedef struct tm_shuffle_form
{
	double		square;
	double		linear;
	double		product;
} tm_shuffle_form;

extern size_t tm_shuffle_room(const tm_links *a);
extern void tm_shuffle_count(const tm_links *a, const tm_links *back, const double *z, const tm_shuffle_form *form, const tm_shuffle *how, void *room, uint32_t count[2]);
extern void tm_shuffle_pairs(const double *pull, const double *z, int32_t n, const tm_shuffle *how, void *room, uint32_t count[2]);

#endif
