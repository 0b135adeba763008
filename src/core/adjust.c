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

/* Feeds the strata of the standard, its people at risk being the weights, to sums that were started. */
tm_status
tm_tally_dsr_add(const tm_tally *t, const tm_tally *standard, tm_dsr_acc *acc)
{
	tm_status	status = TM_OK;
	uint32_t	at = 0;

	if (t->scheme != standard->scheme)
		return TM_SCHEME_MIX;
	for (uint32_t i = 0; i < standard->n && status == TM_OK; i++)
	{
		tm_count	c = count_of(t, tm_tally_levels(standard)[i], &at);

		status = tm_dsr_add(acc, (double) c.events, (double) c.at_risk,
							(double) standard->counts[i].at_risk);
		if (c.at_risk > 0)
			acc->ref_events += (double) standard->counts[i].events;
	}
	return status;
}

/* The sums of a directly standardised rate of a tally. */
tm_status
tm_tally_dsr(const tm_tally *t, const tm_tally *standard, tm_dsr_acc *acc)
{
	tm_dsr_init(acc);
	return tm_tally_dsr_add(t, standard, acc);
}

/*
 * Feeds the strata of the standard to the sums of two tallies that are to be
 * compared: a stratum in which either has nobody at risk counts for neither.
 */
tm_status
tm_tally_dsr_pair(const tm_tally *a, const tm_tally *b, const tm_tally *standard,
				  tm_dsr_acc *acc_a, tm_dsr_acc *acc_b)
{
	tm_status	status = TM_OK;
	uint32_t	at_a = 0,
				at_b = 0;

	if (a->scheme != standard->scheme || b->scheme != standard->scheme)
		return TM_SCHEME_MIX;
	for (uint32_t i = 0; i < standard->n && status == TM_OK; i++)
	{
		tm_levels	l = tm_tally_levels(standard)[i];
		tm_count	ca = count_of(a, l, &at_a);
		tm_count	cb = count_of(b, l, &at_b);
		double		weight = (double) standard->counts[i].at_risk;

		if (ca.at_risk == 0 || cb.at_risk == 0)
			ca = cb = (tm_count) {0, 0};
		status = tm_dsr_add(acc_a, (double) ca.events, (double) ca.at_risk, weight);
		if (status == TM_OK)
			status = tm_dsr_add(acc_b, (double) cb.events, (double) cb.at_risk, weight);
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
