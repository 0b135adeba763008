/*
 * rank.h - the ranks of areas and how uncertain they are.
 */
#ifndef TMAP_RANK_H
#define TMAP_RANK_H

#include "draws.h"

/* One area: rank 1 is the lowest value. */
typedef struct tm_rank
{
	double		value;			/* events / size, per 1 */
	double		rank;			/* of the value; ties share their average */
	double		median;			/* of the ranks in the draws */
	double		lower;
	double		upper;
} tm_rank;

extern size_t tm_rank_room(size_t n, uint32_t draws);
extern tm_status tm_ranks(tm_events_kind kind, size_t n, const double *events, const double *size, const tm_draws *how, void *room, tm_rank *out);

#endif
