/*
 * root.c - the root of a function of one number between two ends.
 */
#include "root.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

/* More steps than bisection needs from the ends of a double's range to its last bit. */
#define STEPS 4000

/*
 * The root of a function that is below 0 beside low and above 0 beside high (which may be the smaller),
 * to the last bits of the root: inverse quadratic steps where they are safe,
 * else bisection (Chandrupatla 1997). The values at the ends themselves may be
 * 0 (a score statistic of nothing is), so only their signs are taken as known.
 */
double
tm_root(tm_function f, void *data, double low, double high)
{
	double		a = high,
				b = low,
				c;
	double		fa = f(high, data),
				fb = f(low, data),
				fc;
	double		t = 0.5;

	if (!(fa > 0.0))
		fa = fb < 0.0 ? -fb : 1.0;
	if (!(fb < 0.0))
		fb = -fa;

	for (int i = 0; i < STEPS && a != b; i++)
	{
		double		x = a + t * (b - a);
		double		fx = f(x, data);
		double		best,
					least,
					xi,
					phi;

		if ((fx > 0.0) == (fa > 0.0))
			c = a, fc = fa;
		else
			c = b, fc = fb, b = a, fb = fa;
		a = x, fa = fx;

		best = fabs(fa) < fabs(fb) ? a : b;
		least = 2.0 * DBL_EPSILON * fabs(best) / fabs(b - a);
		if (fa == 0.0)
			return a;
		if (!(least < 0.5))
			return best;
		xi = (a - b) / (c - b);
		phi = (fa - fb) / (fc - fb);
		t = 0.5;
		if (phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi)
			t = fa / (fb - fa) * (fc / (fb - fc)) + (c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb));
		t = fmin(fmax(t, least), 1.0 - least);
	}
	return a;
}
