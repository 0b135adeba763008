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

/* What is taken to be known of areas before their counts. */
typedef enum tm_draw_prior
{
	TM_EXCHANGEABLE,			/* their values come from one distribution, see exchange.h */
	TM_INDEPENDENT				/* Jeffreys's prior for each by itself */
} tm_draw_prior;

/* A prior distribution as counts that it adds: events and size (gamma), or events and others (beta). */
typedef struct tm_shape
{
	double		events;
	double		more;
} tm_shape;

/* What a simulation is asked for. */
typedef struct tm_draws
{
	tm_draw_prior prior;
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

extern tm_status tm_draw_prior_named(const char *name, tm_draw_prior *prior);
extern tm_shape tm_jeffreys(tm_events_kind kind);
extern double tm_posterior_draw(tm_random *r, tm_events_kind kind, double events, double size, tm_shape prior);
extern void tm_draw_sort(tm_draw_place *place, tm_draw_place *work, size_t n);
extern size_t tm_draw_rank(size_t n, double share);
extern void tm_draw_limits(double *v, size_t n, double confidence, double *median, double *lower, double *upper);
extern double tm_quantile7(const tm_draw_place *sorted, size_t n, double share);

#endif
