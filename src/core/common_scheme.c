/*
 * common_scheme.c - where differently cut counts meet.
 */
#include "common_scheme.h"

/* How many bands a cut of age has: the finer, the more. */
static int
age_bands(unsigned variant)
{
	const tm_cut *c = tm_cut_of(TM_AGE, variant);

	return c->decades ? c->levels / 2 + 2 : c->levels + 1;
}

/* The finest cut of age whose bands are unions of those of both cuts; 0 when there is none. */
static unsigned
common_age(unsigned a, unsigned b)
{
	tm_scheme	from_a = tm_scheme_with(TM_SCHEME_TOTAL, TM_AGE, a);
	tm_scheme	from_b = tm_scheme_with(TM_SCHEME_TOTAL, TM_AGE, b);
	unsigned	best = 0;

	for (unsigned v = 1; tm_cut_of(TM_AGE, v); v++)
	{
		tm_scheme	to = tm_scheme_with(TM_SCHEME_TOTAL, TM_AGE, v);

		if (tm_scheme_coarsens(from_a, to) && tm_scheme_coarsens(from_b, to) &&
			(best == 0 || age_bands(v) > age_bands(best)))
			best = v;
	}
	return best;
}

/* The finest scheme that both schemes can be collapsed to; total when they share no dimension. */
tm_scheme
tm_scheme_meet(tm_scheme a, tm_scheme b)
{
	tm_scheme	common = TM_SCHEME_TOTAL;

	for (int i = 0; i < TM_DIMENSIONS; i++)
	{
		tm_dimension d = (tm_dimension) i;
		unsigned	va = tm_scheme_variant(a, d),
					vb = tm_scheme_variant(b, d);

		if (va == 0 || vb == 0)
			continue;
		if (va == vb)
			common = tm_scheme_with(common, d, va);
		else if (d == TM_AGE)
			common = tm_scheme_with(common, d, common_age(va, vb));
	}
	return common;
}
