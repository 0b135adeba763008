/*
 * estimate.c - proportions, rates and ratios with limits.
 *
 * Each family has one compute function; its SQL functions read the value, a
 * limit, or the whole row tmap.estimate from the same struct. NaN is SQL NULL.
 */
#include "estimate.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/float.h"


/* Copies the name of a method, without an allocation: limits are asked for by the million. */
static void
method_arg(FunctionCallInfo fcinfo, int n, estimate *e)
{
	const text *name = PG_GETARG_TEXT_PP(n);
	Size		length = VARSIZE_ANY_EXHDR(name);

	if (length >= sizeof e->method)
		tmap_raise(TM_METHOD, NULL);
	memcpy(e->method, VARDATA_ANY(name), length);
	e->method[length] = 0;
}

/* The scale: a finite number above 0. */
double
tmap_per_arg(FunctionCallInfo fcinfo, int n)
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
void
tmap_estimate_start(estimate *e)
{
	e->ci.value = e->ci.lower = e->ci.upper = NAN;
	e->expected = e->coverage = e->confidence = NAN;
	e->per = 1;
	e->at_risk = -1;
	e->method[0] = 0;
	e->reason = NULL;
	e->counted = 0;
}

/* Raises unless the status is fine or means NULL, for the reason given. */
static void
settle(tm_status status, estimate *e, const char *reason)
{
	if (status == TM_UNDEFINED)
	{
		e->ci.value = e->ci.lower = e->ci.upper = NAN;
		e->reason = reason;
	}
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
int64
tmap_whole(double v)
{
	return v >= 0 && v < TM_COUNT_MAX && v == floor(v) ? (int64) v : -1;
}

/* A result on its scale; beyond the range of a double is an error, as for SQL's own *. */
double
tmap_scaled(double v, double per)
{
	if (unlikely(isinf(v * per)))
		float_overflow_error();
	return v * per;
}

/* The scaled number, or NULL. */
Datum
tmap_estimate_number(FunctionCallInfo fcinfo, double v, double per)
{
	if (isnan(v))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(tmap_scaled(v, per));
}

/* The lower limit on its scale, inside the parameter space, or NULL. */
Datum
tmap_estimate_lower(FunctionCallInfo fcinfo, const estimate *e)
{
	return tmap_estimate_number(fcinfo, not_negative(e->ci.lower), e->per);
}

/* The row type of the call, looked up once a query; its columns are within those bounds. */
TupleDesc
tmap_row_desc(FunctionCallInfo fcinfo, int least, int most)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;

	if (!desc)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts < least || desc->natts > most)
			elog(ERROR, "return type is not the one of this function");
		desc = BlessTupleDesc(desc);
		fcinfo->flinfo->fn_extra = desc;
		MemoryContextSwitchTo(old);
	}
	return desc;
}

/* The estimate as a row of type tmap.estimate. */
Datum
tmap_estimate_row(FunctionCallInfo fcinfo, const estimate *e)
{
	/* Before ALTER EXTENSION UPDATE the type lacks its last column, reason. */
	TupleDesc	desc = tmap_row_desc(fcinfo, 10, 11);
	double		v[] = {tmap_scaled(e->ci.value, e->per), tmap_scaled(not_negative(e->ci.lower), e->per), tmap_scaled(e->ci.upper, e->per)};
	Datum		values[11];
	bool		nulls[11] = {false};

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
	values[10] = e->reason ? CStringGetTextDatum(e->reason) : (Datum) 0;
	nulls[10] = !e->reason;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/* Reads confidence and method, at the given position. */
void
tmap_estimate_options(FunctionCallInfo fcinfo, int at, estimate *e)
{
	e->confidence = PG_GETARG_FLOAT8(at);
	method_arg(fcinfo, at + 1, e);
	tmap_check(tm_check_confidence(e->confidence));
}

/* Takes value and limits away when there are fewer events than argument "at" asks for. */
void
tmap_estimate_minimum(FunctionCallInfo fcinfo, int at, estimate *e)
{
	int64		least = PG_GETARG_INT64(at);

	if (least < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_events out of range"),
				 errhint("It is the least number of events that is shown, 0 for no such rule.")));
	if (isnan(e->ci.value) || e->counted >= (double) least)
		return;
	e->ci.value = e->ci.lower = e->ci.upper = NAN;
	e->reason = "min_events";
}

/*
 * The compute functions. "at" is the position of the confidence argument
 * (followed by method and per), or of "per" when only the value is asked for.
 */

/* events / at_risk with the limits of a binomial proportion. */
static void
proportion(FunctionCallInfo fcinfo, int at, tm_count c, tm_sides limits, estimate *e)
{
	tm_prop_method_t method = TM_WILSON;

	tmap_estimate_start(e);
	e->events = c.events;
	e->counted = (double) c.events;
	e->at_risk = c.at_risk;
	tmap_check(tm_count_check(c));
	e->per = tmap_per_arg(fcinfo, limits ? at + 2 : at);
	if (!limits)
	{
		if (c.at_risk > 0)
			e->ci.value = (double) c.events / (double) c.at_risk;
		return;
	}
	tmap_estimate_options(fcinfo, at, e);
	tmap_check(tm_prop_method(e->method, &method));
	settle(tm_proportion_sides(c.events, c.at_risk, e->confidence, method, limits, &e->ci), e, "nobody_at_risk");
	e->ci.upper = e->ci.upper > 1 ? 1 : e->ci.upper;
}

/* events / population with the limits of a Poisson count. */
static void
rate(FunctionCallInfo fcinfo, int at, int64 events, double population, tm_sides limits, estimate *e)
{
	tm_poisson_method_t method = TM_EXACT;

	tmap_estimate_start(e);
	e->events = events;
	e->counted = (double) events;
	e->at_risk = tmap_whole(population);
	e->per = tmap_per_arg(fcinfo, limits ? at + 2 : at);
	tmap_check(tm_check_count((double) events));
	tmap_check(tm_check_quantity(population));
	if (population == 0 && events > 0)
		tmap_raise(TM_EVENTS_EXCEED, NULL);
	if (limits)
	{
		tmap_estimate_options(fcinfo, at, e);
		tmap_check(tm_poisson_method(e->method, &method));
		settle(tm_rate_sides((double) events, population, e->confidence, method, limits, &e->ci), e, "nobody_at_risk");
	}
	else if (population > 0)
		e->ci.value = (double) events / population;
}

/* observed / expected with the limits of a Poisson count, times a reference rate; NaN expected: the reference lacks a stratum. */
void
tmap_estimate_ratio(FunctionCallInfo fcinfo, int at, int64 observed, double expected, double ref_rate, tm_sides limits, estimate *e)
{
	tm_poisson_method_t method = TM_EXACT;

	e->events = observed;
	e->counted = (double) observed;
	e->expected = expected;
	if (limits)
	{
		tmap_estimate_options(fcinfo, at, e);
		tmap_check(tm_poisson_method(e->method, &method));
	}
	if (isnan(expected))
	{
		e->reason = "reference_incomplete";
		return;
	}
	if (limits)
		settle(tm_isr_sides((double) observed, expected, ref_rate, e->confidence, method, limits, &e->ci), e, "nothing_expected");
	else
	{
		tmap_check(tm_check_count((double) observed));
		tmap_check(tm_check_quantity(expected));
		if (expected > 0)
			e->ci.value = (double) observed / expected * ref_rate;
	}
}

ESTIMATE_FAMILY(proportion, 2, proportion(fcinfo, at, ((tm_count) {PG_GETARG_INT64(0), PG_GETARG_INT64(1)}), limits, &e))
ESTIMATE_FAMILY(proportion_tally, 1, proportion(fcinfo, at, tmap_tally_total(PG_GETARG_TALLY(0)), limits, &e))
ESTIMATE_FAMILY(rate, 2, rate(fcinfo, at, PG_GETARG_INT64(0), PG_GETARG_FLOAT8(1), limits, &e))
ESTIMATE_FAMILY(rate_tally, 1, tm_count c = tmap_tally_total(PG_GETARG_TALLY(0)); rate(fcinfo, at, c.events, (double) c.at_risk, limits, &e))
ESTIMATE_FAMILY(smr, 2, tmap_estimate_start(&e); tmap_check(tm_check_quantity(PG_GETARG_FLOAT8(1))); tmap_estimate_ratio(fcinfo, at, PG_GETARG_INT64(0), PG_GETARG_FLOAT8(1), 1, limits, &e))
