/*
 * estimate.h - what the files of estimates share: the figures of one estimate,
 * its options, and its ways out to SQL.
 */
#ifndef TMAP_ESTIMATE_H
#define TMAP_ESTIMATE_H

#include "glue.h"

#include "access/tupdesc.h"

#include "core/interval.h"

/* What every estimate is made of. */
typedef struct estimate
{
	tm_ci		ci;				/* per 1; NaN is SQL NULL */
	double		counted;		/* events, for the rule of a minimum */
	int64		events;			/* -1: not a whole number that fits */
	int64		at_risk;		/* likewise */
	double		expected;
	double		per;
	double		confidence;
	char		method[24];		/* the name; longer ones are none of ours */
	double		coverage;
	const char *reason;			/* why a number is NULL, as a stable code */
} estimate;

extern void tmap_estimate_start(estimate *e);
extern void tmap_estimate_options(FunctionCallInfo fcinfo, int at, estimate *e);
extern void tmap_estimate_ratio(FunctionCallInfo fcinfo, int at, int64 observed, double expected, double ref_rate, tm_sides limits, estimate *e);
extern void tmap_estimate_minimum(FunctionCallInfo fcinfo, int at, estimate *e);
extern Datum tmap_estimate_number(FunctionCallInfo fcinfo, double v, double per);
extern Datum tmap_estimate_lower(FunctionCallInfo fcinfo, const estimate *e);
extern Datum tmap_estimate_row(FunctionCallInfo fcinfo, const estimate *e);
extern double tmap_per_arg(FunctionCallInfo fcinfo, int n);
extern double tmap_min_coverage_arg(FunctionCallInfo fcinfo, int n);
extern int64 tmap_whole(double v);
extern double tmap_scaled(double v, double per);
extern TupleDesc tmap_row_desc(FunctionCallInfo fcinfo, int least, int most);
extern void tmap_align(tm_tally **t, tm_tally **standard);

/*
 * Five SQL functions of one family with n arguments of data: value, lower limit,
 * upper limit, row, and the row under a minimum number of events, which stands
 * behind the data. A limit alone costs half of both. The computation finds its options from argument "at" on.
 */
#define ESTIMATE_FAMILY(name, n, compute) \
PG_FUNCTION_INFO_V1(tmap_##name); \
Datum tmap_##name(PG_FUNCTION_ARGS) \
{ estimate e; tm_sides limits = TM_NO_LIMIT; int at = n; compute; return tmap_estimate_number(fcinfo, e.ci.value, e.per); } \
PG_FUNCTION_INFO_V1(tmap_##name##_lower); \
Datum tmap_##name##_lower(PG_FUNCTION_ARGS) \
{ estimate e; tm_sides limits = TM_LOWER; int at = n; compute; return tmap_estimate_lower(fcinfo, &e); } \
PG_FUNCTION_INFO_V1(tmap_##name##_upper); \
Datum tmap_##name##_upper(PG_FUNCTION_ARGS) \
{ estimate e; tm_sides limits = TM_UPPER; int at = n; compute; return tmap_estimate_number(fcinfo, e.ci.upper, e.per); } \
PG_FUNCTION_INFO_V1(tmap_##name##_estimate); \
Datum tmap_##name##_estimate(PG_FUNCTION_ARGS) \
{ estimate e; tm_sides limits = TM_BOTH; int at = n; compute; return tmap_estimate_row(fcinfo, &e); } \
PG_FUNCTION_INFO_V1(tmap_##name##_minimum); \
Datum tmap_##name##_minimum(PG_FUNCTION_ARGS) \
{ estimate e; tm_sides limits = TM_BOTH; int at = n + 1; compute; tmap_estimate_minimum(fcinfo, n, &e); return tmap_estimate_row(fcinfo, &e); }

#endif
