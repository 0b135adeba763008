/*
 * conditional.h - conditional permutation: an area keeps its value, the others
 * are dealt out anew, and the sum over its neighbours is compared with the one
 * observed (Anselin 1995, Geographical Analysis 27:93-115, section 2).
 */
#ifndef TMAP_CONDITIONAL_H
#define TMAP_CONDITIONAL_H

#include "links.h"
#include "root.h"

#define TM_PERMUTATIONS_MAX 9999999

typedef struct tm_conditional
{
	const tm_links *links;
	const double *z;			/* standardised values, by area */
	bool		differences;	/* the statistic is the sum of w_ij (z_i - z_j)^2, not of w_ij z_j */
	uint32_t	permutations;
	uint64_t	seed;
	tm_ticker	ticker;
} tm_conditional;

extern size_t tm_conditional_room(const tm_conditional *task);
extern void tm_conditional_count(const tm_conditional *task, void *room, uint32_t *greater, uint32_t *less);

#endif
