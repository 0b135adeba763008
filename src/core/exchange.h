/*
 * exchange.h - what the areas together say of each: the true values of
 * exchangeable areas come from one distribution, gamma for rates and ratios,
 * beta for proportions, whose mean and precision are not known either.
 */
#ifndef TMAP_EXCHANGE_H
#define TMAP_EXCHANGE_H

#include "draws.h"

#define TM_EXCHANGE_POINTS 64

/* The posterior of precision and mean of that distribution, on a grid of precisions. */
typedef struct tm_exchange
{
	tm_events_kind kind;
	double		precision[TM_EXCHANGE_POINTS];	/* alpha (gamma, in units of size), a + b (beta) */
	double		mean[TM_EXCHANGE_POINTS];	/* of the values, given the precision */
	double		rests[TM_EXCHANGE_POINTS];	/* on so many at risk the mean rests */
	double		share[TM_EXCHANGE_POINTS];	/* probability of this precision or a lower one */
} tm_exchange;

extern tm_status tm_exchange_fit(tm_events_kind kind, size_t n, const double *events, const double *size, const tm_draws *how, tm_exchange *e);
extern tm_shape tm_exchange_draw(const tm_exchange *e, const tm_draws *how, uint32_t group, uint32_t draw);

#endif
