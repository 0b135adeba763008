/*
 * midp.h - mid-P limits of a Poisson count and of a binomial proportion.
 */
#ifndef TMAP_MIDP_H
#define TMAP_MIDP_H

extern double tm_midp_poisson_lower(double x, double tail);
extern double tm_midp_poisson_upper(double x, double tail);
extern double tm_midp_odds_lower(double x, double y, double tail);
extern double tm_odds_lower(double x, double y, double tail);

#endif
