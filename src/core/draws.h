/*
 * draws.h - what the methods by simulation share: what is asked for, the
 * posterior of a rate or a proportion, quantiles of draws.
 */
#ifndef TMAP_DRAWS_H
#define TMAP_DRAWS_H

#include "core.h"
#include "random.h"

#define TM_DRAWS_MIN 100
#define TM_DRAWS_MAX 100000

/* How events come about. */
typedef enum tm_events_kind
{
	TM_EVENTS_BINOMIAL,			/* among so many at risk */
	TM_EVENTS_POISSON			/* over a population, person-time or expected number */
} tm_events_kind;

/* What a simulation is asked for. */
typedef struct tm_draws
{
	uint64_t	seed;
	uint32_t	draws;			/* TM_DRAWS_MIN to TM_DRAWS_MAX */
	double		confidence;
	void		(*tick) (void *);	/* called after every draw, so that the caller can stop by leaving */
	void	   *tick_arg;
} tm_draws;

/* A number and the row it is of. */
typedef struct tm_draw_place
{
	double		v;
	uint32_t	row;
} tm_draw_place;

extern double tm_posterior_draw(tm_random *r, tm_events_kind kind, double events, double size);
extern void tm_draw_sort(tm_draw_place *place, tm_draw_place *work, size_t n);
extern size_t tm_draw_rank(size_t n, double share);
extern void tm_draw_limits(double *v, size_t n, double confidence, double *median, double *lower, double *upper);
extern double tm_quantile7(const tm_draw_place *sorted, size_t n, double share);

#endif
