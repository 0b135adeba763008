/*
 * median_ratio.c - median rate ratios of two models of how areas differ.
 */
#include "median_ratio.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* Of log rates that are normal with this variance: exp(sqrt(2 variance) z(3/4)) (Larsen & Merlo 2005, the median odds ratio). */
tm_status
tm_median_ratio_normal(double variance, double *ratio)
{
	if (!(variance >= 0.0 && isfinite(variance)))
		return TM_NEGATIVE;
	*ratio = exp(sqrt(2.0 * variance) * qnorm(0.75, 0.0, 1.0, 1, 0));
	return isfinite(*ratio) ? TM_OK : TM_OVERFLOW;
}

/*
 * Of rates that are gamma with shape theta, as in negative binomial regression:
 * the quotient of two is F with (2 theta, 2 theta) degrees of freedom, and the
 * median of the higher over the lower its upper quartile; (1 - b) / b with b the
 * lower quartile of beta(theta, theta).
 */
tm_status
tm_median_ratio_gamma(double theta, double *ratio)
{
	double		b;

	if (!(theta > 0.0 && isfinite(theta)))
		return TM_NEGATIVE;
	b = qbeta(0.25, theta, theta, 1, 0);
	*ratio = (1.0 - b) / b;
	return isfinite(*ratio) ? TM_OK : TM_OVERFLOW;
}
