/*
 * random.c - a counter-based generator and the draws of the distributions.
 *
 * Integer arithmetic gives the same words on any machine; what is made of them
 * uses log, sqrt, pow and libRmath's normal quantile, in a fixed order.
 */
#include "random.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define ROUNDS 10
#define GOLDEN 0x9E3779B9u		/* the key's increments: Weyl sequences of the golden ratio and of sqrt(3) - 1 */
#define SQRT3 0xBB67AE85u

/* Four words from a counter and a key: Philox4x32-10 (Salmon et al. 2011, section 3.3). */
void
tm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
	uint32_t	c[4] = {counter[0], counter[1], counter[2], counter[3]};
	uint32_t	k[2] = {key[0], key[1]};

	for (int i = 0; i < ROUNDS; i++)
	{
		uint64_t	a = (uint64_t) 0xD2511F53u * c[0];
		uint64_t	b = (uint64_t) 0xCD9E8D57u * c[2];

		c[0] = (uint32_t) (b >> 32) ^ c[1] ^ k[0];
		c[1] = (uint32_t) b;
		c[2] = (uint32_t) (a >> 32) ^ c[3] ^ k[1];
		c[3] = (uint32_t) a;
		k[0] += GOLDEN;
		k[1] += SQRT3;
	}
	for (int i = 0; i < 4; i++)
		out[i] = c[i];
}

/* Starts the numbers of one draw of one row. */
void
tm_random_start(tm_random *r, uint64_t seed, uint64_t row, uint32_t draw)
{
	*r = (tm_random) {
		.key = {(uint32_t) seed, (uint32_t) (seed >> 32)},
		.counter = {(uint32_t) row, (uint32_t) (row >> 32), draw, 0},
	};
}

/* The next word of a draw. */
static uint32_t
word(tm_random *r)
{
	if (r->left == 0)
	{
		tm_philox(r->counter, r->key, r->out);
		r->counter[3]++;
		r->left = 4;
	}
	return r->out[4 - r->left--];
}

/*
 * A number strictly between 0 and 1, uniform on the odd multiples of 2^-53: 52
 * bits and a half, so that neither end can come out.
 */
double
tm_random_uniform(tm_random *r)
{
	double		high = (double) (word(r) >> 6);
	double		low = (double) (word(r) >> 6);

	return (high * 67108864.0 + low + 0.5) * 0x1p-52;
}

/*
 * A whole number below n (at least 1), all equally likely: the upper half of a
 * product, and another word where the lower half would favour some (Lemire 2019).
 */
uint32_t
tm_random_below(tm_random *r, uint32_t n)
{
	uint64_t	product = (uint64_t) word(r) * n;

	if ((uint32_t) product < n)
	{
		uint32_t	least = -n % n;	/* 2^32 modulo n */

		while ((uint32_t) product < least)
			product = (uint64_t) word(r) * n;
	}
	return (uint32_t) (product >> 32);
}

/* A standard normal number, by inversion. */
double
tm_random_normal(tm_random *r)
{
	return qnorm(tm_random_uniform(r), 0.0, 1.0, 1, 0);
}

/* A gamma number of this shape (at least 1) and rate 1, by rejection from a cubed normal (Marsaglia & Tsang 2000). */
static double
gamma_above_1(tm_random *r, double shape)
{
	double		d = shape - 1.0 / 3.0;
	double		c = 1.0 / sqrt(9.0 * d);

	for (;;)
	{
		double		x = tm_random_normal(r);
		double		v = 1.0 + c * x;
		double		u;

		if (v <= 0.0)
			continue;
		v = v * v * v;
		u = tm_random_uniform(r);
		if (u < 1.0 - 0.0331 * (x * x) * (x * x))
			return d * v;
		if (log(u) < 0.5 * x * x + d * (1.0 - v + log(v)))
			return d * v;
	}
}

/* A gamma number of this shape (above 0) and rate 1; below 1 as gamma(shape + 1) u^(1/shape) (Marsaglia & Tsang 2000, section 6). */
double
tm_random_gamma(tm_random *r, double shape)
{
	double		g;

	if (shape >= 1.0)
		return gamma_above_1(r, shape);
	g = gamma_above_1(r, shape + 1.0);
	return g * pow(tm_random_uniform(r), 1.0 / shape);
}

/* A beta number: a gamma(a) number over its sum with a gamma(b) number. */
double
tm_random_beta(tm_random *r, double a, double b)
{
	double		x = tm_random_gamma(r, a);
	double		y = tm_random_gamma(r, b);

	return x / (x + y);
}
