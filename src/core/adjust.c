/*
 * adjust.c - walks two tallies of one scheme side by side and feeds the sums in canonical order.
 */
#include "adjust.h"

/* The scheme in which a tally is standardised: the standard's dimensions, the coarser age cut. */
tm_status
tm_scheme_adjusted(tm_scheme tally, tm_scheme standard, tm_scheme *common)
{
	tm_scheme	s = tm_scheme_meet(tally, standard);

	for (int d = 0; d < TM_DIMENSIONS; d++)
		if (tm_scheme_variant(standard, (tm_dimension) d) && !tm_scheme_variant(s, (tm_dimension) d))
			return TM_SCHEME_COARSEN;
	*common = s;
	return TM_OK;
}

/* The count of a stratum, searched from *at on, which moves forward; zero when absent. */
static tm_count
count_of(const tm_tally *t, tm_levels l, uint32_t *at)
{
	const tm_levels *levels = tm_tally_levels(t);

	while (*at < t->n && levels[*at] < l)
		++*at;
	return *at < t->n && levels[*at] == l ? t->counts[*at] : (tm_count) {0, 0};
}

/* Feeds the strata of the standard, its people at risk being the weights. */
tm_status
tm_tally_dsr(const tm_tally *t, const tm_tally *standard, tm_dsr_acc *acc)
{
	tm_status	status = TM_OK;
	uint32_t	at = 0;

	if (t->scheme != standard->scheme)
		return TM_SCHEME_MIX;
	tm_dsr_init(acc);
	for (uint32_t i = 0; i < standard->n && status == TM_OK; i++)
	{
		tm_count	c = count_of(t, tm_tally_levels(standard)[i], &at);

		status = tm_dsr_add(acc, (double) c.events, (double) c.at_risk,
							(double) standard->counts[i].at_risk);
	}
	return status;
}

/* The events expected at the reference's rates; TM_UNDEFINED when the reference lacks a stratum. */
tm_status
tm_tally_expected(const tm_tally *t, const tm_tally *reference, double *expected)
{
	tm_status	status = TM_OK;
	double		sum = 0;
	uint32_t	at = 0;

	if (t->scheme != reference->scheme)
		return TM_SCHEME_MIX;
	for (uint32_t i = 0; i < t->n && status == TM_OK; i++)
	{
		tm_count	c = count_of(reference, tm_tally_levels(t)[i], &at);

		status = tm_expected_add((double) t->counts[i].at_risk, (double) c.events, (double) c.at_risk, &sum);
	}
	if (status == TM_OK)
		*expected = sum;
	return status;
}
