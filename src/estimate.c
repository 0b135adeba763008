/*
 * estimate.c - proportions, rates, standardised rates and ratios with limits.
 *
 * Each family has one compute function; its SQL functions read the value, a
 * limit, or the whole row tmap.estimate from the same struct. NaN is SQL NULL.
 */
#include "glue.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "core/adjust.h"
#include "core/interval.h"

/* What every estimate is made of. */
typedef struct estimate
{
	tm_ci		ci;				/* per 1 */
	int64		events;			/* -1: not a whole number that fits */
	int64		at_risk;		/* likewise */
	double		expected;
	double		per;
	double		confidence;
	const char *method;
	double		coverage;
} estimate;

/* What a call wants: the first argument after the data, or -1 when only the value. */
#define VALUE_ONLY (-1)

/* A text argument as a C string. */
static char *
method_arg(FunctionCallInfo fcinfo, int n)
{
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* The scale: a finite number above 0. */
static double
per_arg(FunctionCallInfo fcinfo, int n)
{
	double		per = PG_GETARG_FLOAT8(n);

	if (!(per > 0) || isinf(per))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("scale out of range"),
				 errhint("\"per\" is a number above 0, for example 100 or 100000.")));
	return per;
}

/* Sets what is the same for all: nothing known yet. */
static void
start(estimate *e)
{
	e->ci.value = e->ci.lower = e->ci.upper = NAN;
	e->expected = e->coverage = e->confidence = NAN;
	e->per = 1;
	e->at_risk = -1;
	e->method = NULL;
}

/* Raises unless the status is fine or means NULL. */
static void
settle(tm_status status, estimate *e)
{
	if (status == TM_UNDEFINED)
		e->ci.value = e->ci.lower = e->ci.upper = NAN;
	else
		tmap_check(status);
}

/* A lower limit inside the parameter space; NaN stays NaN. */
static double
not_negative(double v)
{
	return v < 0 ? 0 : v;
}

/* A number of people or events as an integer, -1 when it is not whole or does not fit. */
static int64
whole(double v)
{
	return v >= 0 && v < TM_COUNT_MAX && v == floor(v) ? (int64) v : -1;
}

/* A result on its scale; beyond the range of a double is an error, as for SQL's own *. */
static double
scaled(double v, double per)
{
	if (unlikely(isinf(v * per)))
		float_overflow_error();
	return v * per;
}

/* The scaled number, or NULL. */
static Datum
number(FunctionCallInfo fcinfo, double v, double per)
{
	if (isnan(v))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(scaled(v, per));
}

/* The estimate as a row of type tmap.estimate. */
static Datum
row(FunctionCallInfo fcinfo, const estimate *e)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;
	double		v[] = {scaled(e->ci.value, e->per), scaled(not_negative(e->ci.lower), e->per), scaled(e->ci.upper, e->per)};
	Datum		values[10];
	bool		nulls[10] = {false};

	if (!desc)					/* looked up once a query, not once a row */
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != lengthof(values))
			elog(ERROR, "return type must be tmap.estimate");
		desc = BlessTupleDesc(desc);
		fcinfo->flinfo->fn_extra = desc;
		MemoryContextSwitchTo(old);
	}
	for (int i = 0; i < 3; i++)
	{
		nulls[i] = isnan(v[i]);
		values[i] = Float8GetDatum(v[i]);
	}
	values[3] = Int64GetDatum(e->events);
	nulls[3] = e->events < 0;
	values[4] = Int64GetDatum(e->at_risk);
	nulls[4] = e->at_risk < 0;
	values[5] = Float8GetDatum(e->expected);
	nulls[5] = isnan(e->expected);
	values[6] = Float8GetDatum(e->per);
	values[7] = Float8GetDatum(e->confidence);
	values[8] = CStringGetTextDatum(e->method);
	values[9] = Float8GetDatum(e->coverage);
	nulls[9] = isnan(e->coverage);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/*
 * The compute functions. "at" is the position of the confidence argument
 * (followed by method and per), or VALUE_ONLY, when "per" stands where the
 * confidence would.
 */

/* Reads confidence and method, at the given position. */
static void
options(FunctionCallInfo fcinfo, int at, estimate *e)
{
	e->confidence = PG_GETARG_FLOAT8(at);
	e->method = method_arg(fcinfo, at + 1);
	tmap_check(tm_check_confidence(e->confidence));
}

/* events / at_risk with the limits of a binomial proportion. */
static void
proportion(FunctionCallInfo fcinfo, int data, tm_count c, bool limits, estimate *e)
{
	tm_prop_method_t method = TM_WILSON;

	start(e);
	e->events = c.events;
	e->at_risk = c.at_risk;
	tmap_check(tm_count_check(c));
	e->per = per_arg(fcinfo, limits ? data + 2 : data);
	if (!limits)
	{
		if (c.at_risk > 0)
			e->ci.value = (double) c.events / (double) c.at_risk;
		return;
	}
	options(fcinfo, data, e);
	tmap_check(tm_prop_method(e->method, &method));
	settle(tm_proportion(c.events, c.at_risk, e->confidence, method, &e->ci), e);
	e->ci.upper = e->ci.upper > 1 ? 1 : e->ci.upper;
}

/* events / population with the limits of a Poisson count. */
static void
rate(FunctionCallInfo fcinfo, int data, int64 events, double population, bool limits, estimate *e)
{
	tm_poisson_method_t method = TM_EXACT;

	start(e);
	e->events = events;
	e->at_risk = whole(population);
	e->per = per_arg(fcinfo, limits ? data + 2 : data);
	tmap_check(tm_check_count((double) events));
	tmap_check(tm_check_quantity(population));
	if (population == 0 && events > 0)
		tmap_raise(TM_EVENTS_EXCEED, NULL);
	if (limits)
	{
		options(fcinfo, data, e);
		tmap_check(tm_poisson_method(e->method, &method));
		settle(tm_rate((double) events, population, e->confidence, method, &e->ci), e);
	}
	else if (population > 0)
		e->ci.value = (double) events / population;
}

/* observed / expected with the limits of a Poisson count, times a reference rate; NaN expected is undefined. */
static void
ratio(FunctionCallInfo fcinfo, int data, int64 observed, double expected, double ref_rate, bool limits, estimate *e)
{
	tm_poisson_method_t method = TM_EXACT;

	e->events = observed;
	e->expected = expected;
	if (limits)
	{
		options(fcinfo, data, e);
		tmap_check(tm_poisson_method(e->method, &method));
	}
	if (isnan(expected))
		return;
	if (limits)
		settle(tm_isr((double) observed, expected, ref_rate, e->confidence, method, &e->ci), e);
	else
	{
		tmap_check(tm_check_count((double) observed));
		tmap_check(tm_check_quantity(expected));
		if (expected > 0)
			e->ci.value = (double) observed / expected * ref_rate;
	}
}

/* Both tallies in the scheme in which one is standardised by the other. */
static void
align(tm_tally **t, tm_tally **standard)
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

	align(&t, &reference);
	status = tm_tally_expected(t, reference, &expected);
	if (status != TM_UNDEFINED)
		tmap_check(status);
	return expected;
}

/* The standardised ratio of a tally against a reference, times the reference's crude rate when asked. */
static void
tally_ratio(FunctionCallInfo fcinfo, bool isr, bool limits, estimate *e)
{
	tm_tally   *t = PG_GETARG_TALLY(0),
			   *reference = PG_GETARG_TALLY(1);
	tm_count	c = tmap_tally_total(t),
				ref = tmap_tally_total(reference);
	double		ref_rate = 1;

	start(e);
	e->at_risk = c.at_risk;
	if (isr)
	{
		ref_rate = ref.at_risk > 0 ? (double) ref.events / (double) ref.at_risk : 0;
		e->per = per_arg(fcinfo, limits ? 4 : 2);
	}
	ratio(fcinfo, 2, c.events, expected_of(t, reference), ref_rate, limits, e);
}

/* Value, limits and coverage of sums of a directly standardised rate; arguments from data on. */
static void
dsr_finish(FunctionCallInfo fcinfo, int data, const tm_dsr_acc *acc, bool limits, estimate *e)
{
	tm_dsr_method_t method = TM_FAY_FEUER;
	tm_dsr		dsr;
	tm_status	status;

	if (limits)
	{
		options(fcinfo, data, e);
		tmap_check(tm_dsr_method(e->method, &method));
		data += 2;
	}
	e->per = per_arg(fcinfo, data);
	if (!(PG_GETARG_FLOAT8(data + 1) >= 0 && PG_GETARG_FLOAT8(data + 1) <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_coverage out of range"),
				 errhint("It is the share of the standard that must have people at risk, from 0 to 1.")));
	status = tm_dsr_finish(acc, PG_GETARG_FLOAT8(data + 1), &dsr);
	e->coverage = dsr.coverage;
	e->events = whole(dsr.events);
	e->at_risk = whole(dsr.at_risk);
	if (status == TM_OK && limits)
		status = tm_dsr_limits(&dsr, e->confidence, method);
	if (status != TM_UNDEFINED)
		tmap_check(status);
	/* Without events the rate exists while Dobson's limits do not: they are NaN then. */
	e->ci = (tm_ci) {dsr.value, dsr.lower, dsr.upper};
}

/* The directly standardised rate of a tally; the standard's people at risk are the weights. */
static void
tally_dsr(FunctionCallInfo fcinfo, bool limits, estimate *e)
{
	tm_tally   *t = PG_GETARG_TALLY(0),
			   *standard = PG_GETARG_TALLY(1);
	tm_dsr_acc	acc;

	start(e);
	align(&t, &standard);
	tmap_check(tm_tally_dsr(t, standard, &acc));
	dsr_finish(fcinfo, 2, &acc, limits, e);
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
array_dsr(FunctionCallInfo fcinfo, bool limits, estimate *e)
{
	double	   *a[3];
	int			n = three_arrays(fcinfo, a);
	tm_dsr_acc	acc;

	start(e);
	tm_dsr_init(&acc);
	for (int i = 0; i < n; i++)
		tmap_check(tm_dsr_add(&acc, a[0][i], a[1][i], a[2][i]));
	dsr_finish(fcinfo, 3, &acc, limits, e);
}

/* Four SQL functions of one family: value, lower limit, upper limit, row. */
#define FAMILY(name, compute) \
PG_FUNCTION_INFO_V1(tmap_##name); \
Datum tmap_##name(PG_FUNCTION_ARGS) \
{ estimate e; bool limits = false; compute; return number(fcinfo, e.ci.value, e.per); } \
PG_FUNCTION_INFO_V1(tmap_##name##_lower); \
Datum tmap_##name##_lower(PG_FUNCTION_ARGS) \
{ estimate e; bool limits = true; compute; return number(fcinfo, not_negative(e.ci.lower), e.per); } \
PG_FUNCTION_INFO_V1(tmap_##name##_upper); \
Datum tmap_##name##_upper(PG_FUNCTION_ARGS) \
{ estimate e; bool limits = true; compute; return number(fcinfo, e.ci.upper, e.per); } \
PG_FUNCTION_INFO_V1(tmap_##name##_estimate); \
Datum tmap_##name##_estimate(PG_FUNCTION_ARGS) \
{ estimate e; bool limits = true; compute; return row(fcinfo, &e); }

FAMILY(proportion, proportion(fcinfo, 2, ((tm_count) {PG_GETARG_INT64(0), PG_GETARG_INT64(1)}), limits, &e))
FAMILY(proportion_tally, proportion(fcinfo, 1, tmap_tally_total(PG_GETARG_TALLY(0)), limits, &e))
FAMILY(rate, rate(fcinfo, 2, PG_GETARG_INT64(0), PG_GETARG_FLOAT8(1), limits, &e))
FAMILY(rate_tally, tm_count c = tmap_tally_total(PG_GETARG_TALLY(0)); rate(fcinfo, 1, c.events, (double) c.at_risk, limits, &e))
FAMILY(smr, start(&e); tmap_check(tm_check_quantity(PG_GETARG_FLOAT8(1))); ratio(fcinfo, 2, PG_GETARG_INT64(0), PG_GETARG_FLOAT8(1), 1, limits, &e))
FAMILY(smr_tally, tally_ratio(fcinfo, false, limits, &e))
FAMILY(isr_tally, tally_ratio(fcinfo, true, limits, &e))
FAMILY(dsr_tally, tally_dsr(fcinfo, limits, &e))
FAMILY(dsr_arrays, array_dsr(fcinfo, limits, &e))

PG_FUNCTION_INFO_V1(tmap_expected_tally);
/* Events expected in a tally at the stratum rates of a reference tally. */
Datum
tmap_expected_tally(PG_FUNCTION_ARGS)
{
	return number(fcinfo, expected_of(PG_GETARG_TALLY(0), PG_GETARG_TALLY(1)), 1);
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
	return number(fcinfo, expected, 1);
}

PG_FUNCTION_INFO_V1(tmap_can_standardise);
/* True when a tally has the dimensions and age bands of a standard. */
Datum
tmap_can_standardise(PG_FUNCTION_ARGS)
{
	tm_scheme	s;

	PG_RETURN_BOOL(tm_scheme_adjusted(PG_GETARG_TALLY(0)->scheme, PG_GETARG_TALLY(1)->scheme, &s) == TM_OK);
}
