/*
 * root.c - the root of a function of one variable within a bracket.
 */
#include "root.h"

#include <float.h>
#include <math.h>

#define MOST_STEPS 200			/* bisection alone needs fewer for any two doubles that matter */

/* The step from b by inverse quadratic or linear interpolation, or half the bracket when that is no better. */
static double
next_step(double a, double b, double c, double fa, double fb, double fc, double half, double *before, double tolerance)
{
	double		s = fb / fa;
	double		p,
				q;

	if (fabs(*before) < tolerance || fabs(fa) <= fabs(fb))
		return *before = half;
	if (a == c)
	{
		p = 2.0 * half * s;
		q = 1.0 - s;
	}
	else
	{
		double		t = fa / fc;
		double		r = fb / fc;

		p = s * (2.0 * half * t * (t - r) - (b - a) * (r - 1.0));
		q = (t - 1.0) * (r - 1.0) * (s - 1.0);
	}
	if (p > 0.0)
		q = -q;
	p = fabs(p);
	if (2.0 * p < fmin(3.0 * half * q - fabs(tolerance * q), fabs(*before * q)))
		return p / q;
	return *before = half;
}

/*
 * The root of f between a and b, where its values fa and fb have different
 * signs, to the last digits of a double (Brent 1973, chapter 4: bisection
 * made quick by interpolation; it cannot fail to converge).
 */
double
tm_root(tm_function f, void *context, double a, double b, double fa, double fb)
{
	double		c = a,
				fc = fa;
	double		step = b - a,
				before = step;

	for (int i = 0; i < MOST_STEPS && fb != 0.0; i++)
	{
		double		tolerance,
					half,
					last = step;

		if ((fb > 0.0) == (fc > 0.0))
		{
			c = a;
			fc = fa;
			before = last = b - a;
		}
		if (fabs(fc) < fabs(fb))
		{
			a = b;
			b = c;
			c = a;
			fa = fb;
			fb = fc;
			fc = fa;
		}
		tolerance = 2.0 * DBL_EPSILON * fabs(b) + DBL_MIN;
		half = (c - b) / 2.0;
		if (fabs(half) <= tolerance)
			break;
		step = next_step(a, b, c, fa, fb, fc, half, &before, tolerance);
		if (step != half)
			before = last;		/* the step before last bounds the next one */
		a = b;
		fa = fb;
		b += fabs(step) > tolerance ? step : copysign(tolerance, half);
		fb = f(b, context);
	}
	return b;
}
