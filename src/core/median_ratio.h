/*
 * median_ratio.h - the difference between areas told as a ratio: the median of
 * the higher over the lower rate of two areas taken at random.
 */
#ifndef TMAP_MEDIAN_RATIO_H
#define TMAP_MEDIAN_RATIO_H

#include "core.h"

extern tm_status tm_median_ratio_normal(double variance, double *ratio);
extern tm_status tm_median_ratio_gamma(double theta, double *ratio);

#endif
