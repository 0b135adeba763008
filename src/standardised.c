/*
 * standardised.c - rates and ratios standardised by a tally or by columns.
 */
#include "estimate.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "core/adjust.h"

/* Both tallies in the scheme in which one is standardised by the other. */
void
tmap_align(tm_tally **t, tm_tally **standard)
{
	tm_scheme	s;

	if (tm_scheme_adjusted((*t)->scheme, (*standard)->scheme, &s) != TM_OK)
	{
		char		have[TM_SCHEME_TEXT],
					want[TM_SCHEME_TEXT];

		tm_scheme_format((*t)->scheme, have);
		tm_scheme_format((*standard)->scheme, want);
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("tally cannot be standardised by this standard"),
				 errdetail("The tally is stratified by %s, the standard by %s.", have, want),
				 errhint("Collapse the standard to dimensions that the tally has.")));
	}
	*t = tmap_tally_as(*t, s);
	*standard = tmap_tally_as(*standard, s);
}

/* The events expected in a tally at the reference's rates; NaN when undefined. */
static double
expected_of(tm_tally *t, tm_tally *reference)
{
	double		expected = NAN;
	tm_status	status;

	tmap_align(&t, &reference);
	status = tm_tally_expected(t, reference, &expected);
	if (status != TM_UNDEFINED)
		tmap_check(status);
	return expected;
}

/* The standardised ratio of a tally against a reference, times the reference's crude rate when asked. */
static void
tally_ratio(FunctionCallInfo fcinfo, int at, bool isr, tm_sides limits, estimate *e)
{
	tm_tally   *t = PG_GETARG_TALLY(0),
			   *reference = PG_GETARG_TALLY(1);
	tm_count	c = tmap_tally_total(t),
				ref = tmap_tally_total(reference);
	double		ref_rate = 1;

	tmap_estimate_start(e);
	e->at_risk = c.at_risk;
	if (isr)
	{
		ref_rate = ref.at_risk > 0 ? (double) ref.events / (double) ref.at_risk : 0;
		e->per = tmap_per_arg(fcinfo, limits ? at + 2 : at);
	}
	tmap_estimate_ratio(fcinfo, at, c.events, expected_of(t, reference), ref_rate, limits, e);
}

/* A share of the standard, argument n, from 0 to 1. */
double
tmap_min_coverage_arg(FunctionCallInfo fcinfo, int n)
{
	double		share = PG_GETARG_FLOAT8(n);

	if (!(share >= 0 && share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_coverage out of range"),
				 errhint("It is the share of the standard that must have people at risk, from 0 to 1.")));
	return share;
}

/* Starts the sums of a directly standardised rate: binomial limits need theirs from the first stratum on. */
static tm_dsr_method_t
dsr_start(FunctionCallInfo fcinfo, int at, tm_sides limits, tm_dsr_acc *acc, estimate *e)
{
	tm_dsr_method_t method = TM_FAY_FEUER;

	tmap_estimate_start(e);
	tm_dsr_init(acc);
	if (!limits)
		return method;
	tmap_estimate_options(fcinfo, at, e);
	tmap_check(tm_dsr_method(e->method, &method));
	if (tm_dsr_is_binomial(method))
		tmap_check(tm_dsr_binomial(acc, e->confidence));
	return method;
}

/*
 * Value, limits and coverage of sums of a directly standardised rate; with cmf
 * over the standard's own rate in the same strata, which counts as known.
 */
static void
dsr_finish(FunctionCallInfo fcinfo, int at, const tm_dsr_acc *acc, tm_dsr_method_t method, tm_sides limits, bool cmf, estimate *e)
{
	tm_dsr		dsr;
	tm_status	status;
	double		over;

	at += limits ? 2 : 0;
	if (!cmf)
		e->per = tmap_per_arg(fcinfo, at++);
	status = tm_dsr_finish(acc, tmap_min_coverage_arg(fcinfo, at), &dsr);
	e->coverage = dsr.coverage;
	e->counted = dsr.events;
	e->events = tmap_whole(dsr.events);
	e->at_risk = tmap_whole(dsr.at_risk);
	if (status == TM_UNDEFINED)
		e->reason = isnan(dsr.coverage) ? "empty_standard" : dsr.coverage > 0 ? "not_covered" : "nobody_at_risk";
	if (status == TM_OK && limits)
	{
		status = tm_dsr_limits_sides(&dsr, e->confidence, method, limits);
		/* The rate exists while the method has no limits for it: they are NaN then. */
		if (status == TM_UNDEFINED)
			e->reason = dsr.events > 0 ? "no_variance" : "no_events";
	}
	if (status != TM_UNDEFINED)
		tmap_check(status);
	over = cmf ? dsr.ref_value : 1;
	if (over > 0)
		e->ci = (tm_ci) {dsr.value / over, dsr.lower / over, dsr.upper / over};
	else if (!e->reason)
		e->reason = "nothing_expected";
}

/* The directly standardised rate, or with cmf the ratio to the standard's own, of a tally; the standard's people at risk are the weights. */
static void
tally_dsr(FunctionCallInfo fcinfo, int at, tm_sides limits, bool cmf, estimate *e)
{
	tm_tally   *t = PG_GETARG_TALLY(0),
			   *standard = PG_GETARG_TALLY(1);
	tm_dsr_acc	acc;
	tm_dsr_method_t method = dsr_start(fcinfo, at, limits, &acc, e);

	tmap_align(&t, &standard);
	tmap_check(tm_tally_dsr_add(t, standard, &acc));
	dsr_finish(fcinfo, at, &acc, method, limits, cmf, e);
}

/* A one-dimensional float8 array without NULLs as C numbers. */
static double *
floats(FunctionCallInfo fcinfo, int n, int *count)
{
	ArrayType  *a = PG_GETARG_ARRAYTYPE_P(n);

	if (ARR_NDIM(a) > 1 || ARR_ELEMTYPE(a) != FLOAT8OID || array_contains_nulls(a))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("array must be one-dimensional and without nulls")));
	*count = ArrayGetNItems(ARR_NDIM(a), ARR_DIMS(a));
	return (double *) ARR_DATA_PTR(a);
}

/* Three arrays of one length. */
static int
three_arrays(FunctionCallInfo fcinfo, double *a[3])
{
	int			n[3];

	for (int i = 0; i < 3; i++)
		a[i] = floats(fcinfo, i, &n[i]);
	if (n[0] != n[1] || n[0] != n[2])
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("arrays differ in length"),
				 errdetail("They have %d, %d and %d elements.", n[0], n[1], n[2])));
	return n[0];
}

/* The directly standardised rate of three arrays: events, at risk, weights. */
static void
array_dsr(FunctionCallInfo fcinfo, int at, tm_sides limits, estimate *e)
{
	double	   *a[3];
	int			n = three_arrays(fcinfo, a);
	tm_dsr_acc	acc;
	tm_dsr_method_t method = dsr_start(fcinfo, at, limits, &acc, e);

	for (int i = 0; i < n; i++)
		tmap_check(tm_dsr_add(&acc, a[0][i], a[1][i], a[2][i]));
	dsr_finish(fcinfo, at, &acc, method, limits, false, e);
}

ESTIMATE_FAMILY(smr_tally, 2, tally_ratio(fcinfo, at, false, limits, &e))
ESTIMATE_FAMILY(isr_tally, 2, tally_ratio(fcinfo, at, true, limits, &e))
ESTIMATE_FAMILY(dsr_tally, 2, tally_dsr(fcinfo, at, limits, false, &e))
ESTIMATE_FAMILY(cmf_tally, 2, tally_dsr(fcinfo, at, limits, true, &e))
ESTIMATE_FAMILY(dsr_arrays, 3, array_dsr(fcinfo, at, limits, &e))

PG_FUNCTION_INFO_V1(tmap_expected_tally);
/* Events expected in a tally at the stratum rates of a reference tally. */
Datum
tmap_expected_tally(PG_FUNCTION_ARGS)
{
	return tmap_estimate_number(fcinfo, expected_of(PG_GETARG_TALLY(0), PG_GETARG_TALLY(1)), 1);
}

PG_FUNCTION_INFO_V1(tmap_expected_arrays);
/* Events expected: at risk, reference events, reference at risk by stratum. */
Datum
tmap_expected_arrays(PG_FUNCTION_ARGS)
{
	double	   *a[3],
				expected = NAN;
	int			n = three_arrays(fcinfo, a);
	tm_status	status = tm_expected(n, a[0], a[1], a[2], &expected);

	if (status == TM_UNDEFINED)
		PG_RETURN_NULL();
	tmap_check(status);
	return tmap_estimate_number(fcinfo, expected, 1);
}

PG_FUNCTION_INFO_V1(tmap_can_standardise);
/* True when a tally has the dimensions and age bands of a standard. */
Datum
tmap_can_standardise(PG_FUNCTION_ARGS)
{
	tm_scheme	s;

	PG_RETURN_BOOL(tm_scheme_adjusted(PG_GETARG_TALLY(0)->scheme, PG_GETARG_TALLY(1)->scheme, &s) == TM_OK);
}
