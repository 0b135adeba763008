/*
 * adjust.h - standardisation of tallies: the sums of standardise.h over matching strata.
 *
 * The standard (or the reference) says what is adjusted for. The tally must
 * have every dimension of it; where the age cuts differ, both are brought to
 * the coarser one.
 */
#ifndef TMAP_ADJUST_H
#define TMAP_ADJUST_H

#include "standardise.h"
#include "tally.h"

tm_status	tm_scheme_adjusted(tm_scheme tally, tm_scheme standard, tm_scheme *common);
tm_status	tm_tally_dsr(const tm_tally *t, const tm_tally *standard, tm_dsr_acc *acc);
tm_status	tm_tally_dsr_add(const tm_tally *t, const tm_tally *standard, tm_dsr_acc *acc);
tm_status	tm_tally_dsr_pair(const tm_tally *a, const tm_tally *b, const tm_tally *standard,
							  tm_dsr_acc *acc_a, tm_dsr_acc *acc_b);
tm_status	tm_tally_expected(const tm_tally *t, const tm_tally *reference, double *expected);

#endif
