/*
 * random.h - random numbers that depend on nothing but what they are for:
 * a seed, the place of a row, the number of a draw. Philox4x32-10, a
 * counter-based generator (Salmon, Moraes, Dror & Shaw 2011): no state is
 * carried from one draw to the next, so that rows and draws may be computed in
 * any order, and an area's draws do not depend on how many its neighbours took.
 */
#ifndef TMAP_RANDOM_H
#define TMAP_RANDOM_H

#include "core.h"

/* The numbers of one draw of one row; a struct of plain values, to be copied at will. */
typedef struct tm_random
{
	uint32_t	key[2];			/* the seed */
	uint32_t	counter[4];		/* row (two words), draw, block within the draw */
	uint32_t	out[4];			/* words of the last block */
	int			left;			/* of them not yet used */
} tm_random;

extern void tm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
extern void tm_random_start(tm_random *r, uint64_t seed, uint64_t row, uint32_t draw);
extern double tm_random_uniform(tm_random *r);
extern uint32_t tm_random_below(tm_random *r, uint32_t n);
extern double tm_random_normal(tm_random *r);
extern double tm_random_gamma(tm_random *r, double shape);
extern double tm_random_beta(tm_random *r, double a, double b);

#endif
