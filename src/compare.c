/*
 * compare.c - two areas or periods beside each other: differences and ratios of
 * proportions, rates and standardised rates, as rows of type tmap.comparison.
 */
#include "estimate.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "core/adjust.h"
#include "core/compare.h"

/* A comparison with what stands in its row. */
typedef struct comparison
{
	tm_comparison c;			/* per 1; NaN is SQL NULL */
	double		value1;
	double		value2;
	double		per;			/* 1 for ratios */
	double		confidence;
	const char *method;
	const char *reason;			/* why a number is NULL, as a stable code */
} comparison;

/* Events and people or person-years of one of the two. */
typedef struct side
{
	int64		events;
	double		at_risk;
} side;

/* Reads confidence and method from argument "at" on; nothing is known yet. */
static tm_compare_method_t
start(FunctionCallInfo fcinfo, int at, tm_compared what, comparison *r)
{
	tm_compare_method_t method = TM_MIETTINEN_NURMINEN;

	*r = (comparison) {.c = {NAN, NAN, NAN, NAN}, .value1 = NAN, .value2 = NAN, .per = 1};
	r->confidence = PG_GETARG_FLOAT8(at);
	r->method = text_to_cstring(PG_GETARG_TEXT_PP(at + 1));
	tmap_check(tm_check_confidence(r->confidence));
	tmap_check(tm_compare_method(what, r->method, &method));
	return method;
}

/* Takes over a comparison that may not exist, and says why. */
static void
settle(comparison *r, tm_status status, const char *undefined)
{
	if (status == TM_UNDEFINED)
		r->reason = undefined;
	else
		tmap_check(status);
	if (status == TM_OK && isnan(r->c.value))
		r->reason = "no_events";
	else if (status == TM_OK && isnan(r->c.lower))
		r->reason = "no_variance";
}

/* A number of the row on its scale, infinite ones as they are. */
static double
on_scale(double v, double per)
{
	return isinf(v) ? v : tmap_scaled(v, per);
}

/* The comparison as a row of type tmap.comparison. */
static Datum
row(FunctionCallInfo fcinfo, const comparison *r)
{
	TupleDesc	desc = tmap_row_desc(fcinfo, 10, 10);
	bool		ratio = r->per == 1;
	double		v[] = {r->c.value, r->c.lower, r->c.upper, r->c.p, r->value1, r->value2};
	Datum		values[10];
	bool		nulls[10] = {false};

	for (int i = 0; i < 6; i++)
	{
		nulls[i] = isnan(v[i]);
		values[i] = Float8GetDatum(i == 3 || ratio ? v[i] : on_scale(v[i], r->per));
	}
	values[6] = Float8GetDatum(r->per);
	values[7] = Float8GetDatum(r->confidence);
	values[8] = CStringGetTextDatum(r->method);
	values[9] = r->reason ? CStringGetTextDatum(r->reason) : (Datum) 0;
	nulls[9] = !r->reason;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/* What is compared: the proportion, the rate or the odds (infinite when all have events); NaN when nobody is at risk. */
static double
figure(tm_compared what, side s)
{
	double		under = what == TM_ODDS_RATIO ? s.at_risk - (double) s.events : s.at_risk;

	return s.at_risk > 0 ? (double) s.events / under : NAN;
}

/* Compares two groups: confidence and method from argument "at" on, then "per" for a difference. */
static Datum
crude(FunctionCallInfo fcinfo, int at, tm_compared what, side a, side b)
{
	comparison	r;
	tm_compare_method_t method = start(fcinfo, at, what, &r);
	tm_status	status;

	/* As doubles, so that 2^53 and less are the whole numbers they were; 2^53 + 1 at risk is 2^53 by now, its events are not. */
	if (what <= TM_ODDS_RATIO && (Max(a.at_risk, b.at_risk) > TM_EXACT_MAX || Max(a.events, b.events) > (int64) TM_EXACT_MAX))
		tmap_raise(TM_OVERFLOW, NULL);
	if (what <= TM_ODDS_RATIO)
		status = tm_compare_proportions(what, a.events, (int64) a.at_risk, b.events, (int64) b.at_risk, r.confidence, method, &r.c);
	else
		status = tm_compare_rates(what, (double) a.events, a.at_risk, (double) b.events, b.at_risk, r.confidence, method, &r.c);
	if (what == TM_PROPORTION_DIFFERENCE || what == TM_RATE_DIFFERENCE)
		r.per = tmap_per_arg(fcinfo, at + 2);
	settle(&r, status, "nobody_at_risk");
	r.value1 = figure(what, a);
	r.value2 = figure(what, b);
	/* Odds of nobody without an event are 0 over 0 too. */
	if (status == TM_OK && isnan(r.c.value) && isinf(r.value1))
		r.reason = "all_events";
	return row(fcinfo, &r);
}

/* Arguments n and n + 1: events, whole people at risk. */
static side
people(FunctionCallInfo fcinfo, int n)
{
	side		s = {PG_GETARG_INT64(n), (double) PG_GETARG_INT64(n + 1)};

	/* Checked before rounding to double. */
	tmap_check(tm_count_check((tm_count) {s.events, PG_GETARG_INT64(n + 1)}));
	return s;
}

/* Argument n, events, and n + 1, person-years. */
static side
years(FunctionCallInfo fcinfo, int n)
{
	return (side) {PG_GETARG_INT64(n), PG_GETARG_FLOAT8(n + 1)};
}

/* The totals of a tally. */
static side
total(FunctionCallInfo fcinfo, int n)
{
	tm_count	c = tmap_tally_total(PG_GETARG_TALLY(n));

	return (side) {c.events, (double) c.at_risk};
}

/* The totals of counts: at risk in the upper half, events in the lower. */
static side
packed(FunctionCallInfo fcinfo, int n)
{
	uint64		v = (uint64) PG_GETARG_INT64(n);

	return (side) {(int64) (v & 0xFFFFFFFF), (double) (v >> 32)};
}

/* Three SQL functions of one comparison: from numbers, two tallies, two counts. */
#define COMPARISON(name, what, numbers) \
PG_FUNCTION_INFO_V1(tmap_##name); \
Datum tmap_##name(PG_FUNCTION_ARGS) \
{ return crude(fcinfo, 4, what, numbers(fcinfo, 0), numbers(fcinfo, 2)); } \
PG_FUNCTION_INFO_V1(tmap_##name##_tally); \
Datum tmap_##name##_tally(PG_FUNCTION_ARGS) \
{ return crude(fcinfo, 2, what, total(fcinfo, 0), total(fcinfo, 1)); } \
PG_FUNCTION_INFO_V1(tmap_##name##_counts); \
Datum tmap_##name##_counts(PG_FUNCTION_ARGS) \
{ return crude(fcinfo, 2, what, packed(fcinfo, 0), packed(fcinfo, 1)); }

COMPARISON(proportion_difference, TM_PROPORTION_DIFFERENCE, people)
COMPARISON(proportion_ratio, TM_PROPORTION_RATIO, people)
COMPARISON(odds_ratio, TM_ODDS_RATIO, people)
COMPARISON(rate_difference, TM_RATE_DIFFERENCE, years)
COMPARISON(rate_ratio, TM_RATE_RATIO, years)

/* Compares two tallies, each directly standardised, in the strata of the standard in which both have people. */
static Datum
standardised(FunctionCallInfo fcinfo, tm_compared what)
{
	comparison	r;
	tm_compare_method_t method = start(fcinfo, 3, what, &r);
	tm_tally   *a = PG_GETARG_TALLY(0),
			   *b = PG_GETARG_TALLY(1),
			   *standard = PG_GETARG_TALLY(2);
	int			at = 5;
	double		min_coverage;
	tm_dsr_acc	acc_a,
				acc_b;
	tm_dsr		dsr_a,
				dsr_b;
	tm_status	status;

	if (what == TM_DSR_DIFFERENCE)
		r.per = tmap_per_arg(fcinfo, at++);
	min_coverage = tmap_min_coverage_arg(fcinfo, at);

	/* The first brings the standard to what both can have, the last brings a to it too. */
	tmap_align(&a, &standard);
	tmap_align(&b, &standard);
	tmap_align(&a, &standard);
	tm_dsr_init(&acc_a);
	tm_dsr_init(&acc_b);
	if (method == TM_CMP_BINOMIAL)
	{
		tmap_check(tm_dsr_binomial(&acc_a, r.confidence));
		tmap_check(tm_dsr_binomial(&acc_b, r.confidence));
	}
	tmap_check(tm_tally_dsr_pair(a, b, standard, &acc_a, &acc_b));
	status = tm_dsr_finish(&acc_a, min_coverage, &dsr_a);
	if (status == TM_OK)
		status = tm_dsr_finish(&acc_b, min_coverage, &dsr_b);
	if (status == TM_OK)
	{
		r.value1 = dsr_a.value;
		r.value2 = dsr_b.value;
		status = tm_compare_dsrs(what, &dsr_a, &dsr_b, r.confidence, method, &r.c);
	}
	settle(&r, status, isnan(dsr_a.coverage) ? "empty_standard" : dsr_a.coverage > 0 ? "not_covered" : "nobody_at_risk");
	return row(fcinfo, &r);
}

PG_FUNCTION_INFO_V1(tmap_dsr_ratio);
/* The ratio of two directly standardised rates. */
Datum
tmap_dsr_ratio(PG_FUNCTION_ARGS)
{
	return standardised(fcinfo, TM_DSR_RATIO);
}

PG_FUNCTION_INFO_V1(tmap_dsr_difference);
/* The difference of two directly standardised rates. */
Datum
tmap_dsr_difference(PG_FUNCTION_ARGS)
{
	return standardised(fcinfo, TM_DSR_DIFFERENCE);
}
