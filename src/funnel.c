/*
 * funnel.c - control limits of a funnel plot as functions of one area, and the
 * position of every area in the funnel as window functions.
 */
#include "partition.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"

#include "core/dispersion.h"

/* Positions of the arguments of the window functions after the two of data. */
enum
{
	ARG_TARGET = 2,
	ARG_OVERDISPERSION,
	ARG_SCALE,
	ARG_TRIM,
	ARG_SHARE,
	ARG_METHOD,
	ARG_INNER,
	ARG_OUTER,
	ARG_PER						/* not of ratios */
};

enum
{
	POINT_VALUE,
	POINT_TARGET,
	POINT_Z,
	POINT_Z_ADJUSTED,
	POINT_PHI,
	POINT_TAU2,
	POINT_LOWER2,
	POINT_UPPER2,
	POINT_LOWER3,
	POINT_UPPER3,
	POINT_CLASS,
	POINT_LABEL,
	POINT_COLUMNS
};

/* What holds for all areas of a partition. */
typedef struct funnel
{
	tm_funnel_family family;
	tm_funnel_method method;
	tm_scale	scale;
	tm_adjust	adjust;
	double		target;			/* per 1 */
	double		per;
	double		inner;
	double		outer;
	tm_dispersion dispersion;
} funnel;

/* Labels of the classes -2 to 2. */
static const char *const labels[] = {"low 3σ", "low 2σ", "within", "high 2σ", "high 3σ"};

/* A scale: raises unless it is a finite number above 0. */
static double
check_per(double per)
{
	if (!(per > 0) || isinf(per))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("scale out of range"),
				 errhint("\"per\" is a number above 0, for example 100 or 100000.")));
	return per;
}

/* A number on its scale, or NULL for NaN; beyond the range of a double is an error, as for SQL's own *. */
static Datum
number(FunctionCallInfo fcinfo, double v, double per)
{
	if (isnan(v))
		PG_RETURN_NULL();
	if (isinf(v * per))
		float_overflow_error();
	PG_RETURN_FLOAT8(v * per);
}

/* One limit of the area whose base is the first argument: NaN where there is none. Arguments from conf on: confidence, method. */
static double
limit(FunctionCallInfo fcinfo, tm_funnel_family family, double base, double target, int conf, bool upper)
{
	tm_funnel_method method = TM_FUNNEL_EXACT;
	tm_ci		ci = {NAN, NAN, NAN};
	tm_status	status;

	tmap_check(tm_funnel_method_of(family, text_to_cstring(PG_GETARG_TEXT_PP(conf + 1)), &method));
	status = tm_funnel_limits(family, base, target, PG_GETARG_FLOAT8(conf), method, &ci);
	if (status != TM_UNDEFINED)
		tmap_check(status);
	return upper ? ci.upper : ci.lower;
}

/* Two SQL functions of one family: lower and upper control limit. */
#define LIMITS(name, family, base, target, conf, scale) \
PG_FUNCTION_INFO_V1(tmap_##name##_funnel_lower); \
Datum tmap_##name##_funnel_lower(PG_FUNCTION_ARGS) \
{ double per = scale; return number(fcinfo, limit(fcinfo, family, base, (target) / per, conf, false), per); } \
PG_FUNCTION_INFO_V1(tmap_##name##_funnel_upper); \
Datum tmap_##name##_funnel_upper(PG_FUNCTION_ARGS) \
{ double per = scale; return number(fcinfo, limit(fcinfo, family, base, (target) / per, conf, true), per); }

LIMITS(smr, TM_FUNNEL_RATIO, PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(3), 1, 1)
LIMITS(rate, TM_FUNNEL_RATIO, PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), 2, check_per(PG_GETARG_FLOAT8(4)))
LIMITS(proportion, TM_FUNNEL_PROPORTION, (double) PG_GETARG_INT64(0), PG_GETARG_FLOAT8(1), 2, check_per(PG_GETARG_FLOAT8(4)))

/* Raises unless an area's numbers are possible; events need a base except in a ratio, which is undefined then. */
static void
check_area(tm_funnel_family family, double events, double base, bool ratio)
{
	tmap_check(tm_check_count(events));
	tmap_check(tm_check_quantity(base));
	if ((family == TM_FUNNEL_PROPORTION && events > base) || (base == 0 && events > 0 && !ratio))
		tmap_raise(TM_EVENTS_EXCEED, NULL);
}

/* z of one area; NaN where it does not exist. */
static double
z_of(tm_funnel_family family, double events, double base, double target, bool ratio)
{
	tm_status	status;

	check_area(family, events, base, ratio);
	status = tm_funnel_check(family, base, target);
	if (status == TM_UNDEFINED)
		return NAN;
	tmap_check(status);
	return tm_funnel_z(family, events, base, target);
}

PG_FUNCTION_INFO_V1(tmap_smr_z);
/* smr_z(observed, expected, target): standard deviations above the target. */
Datum
tmap_smr_z(PG_FUNCTION_ARGS)
{
	return number(fcinfo, z_of(TM_FUNNEL_RATIO, (double) PG_GETARG_INT64(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2), true), 1);
}

PG_FUNCTION_INFO_V1(tmap_rate_z);
/* rate_z(events, population, target, per): standard deviations above the target. */
Datum
tmap_rate_z(PG_FUNCTION_ARGS)
{
	double		target = PG_GETARG_FLOAT8(2) / check_per(PG_GETARG_FLOAT8(3));

	return number(fcinfo, z_of(TM_FUNNEL_RATIO, (double) PG_GETARG_INT64(0), PG_GETARG_FLOAT8(1), target, false), 1);
}

PG_FUNCTION_INFO_V1(tmap_proportion_z);
/* proportion_z(events, at_risk, target, per): standard deviations above the target. */
Datum
tmap_proportion_z(PG_FUNCTION_ARGS)
{
	double		target = PG_GETARG_FLOAT8(2) / check_per(PG_GETARG_FLOAT8(3));

	return number(fcinfo, z_of(TM_FUNNEL_PROPORTION, (double) PG_GETARG_INT64(0), (double) PG_GETARG_INT64(1), target, false), 1);
}

PG_FUNCTION_INFO_V1(tmap_funnel_curve);
/* funnel_curve(events, target, confidence, per): the points of the exact limits at a whole count. */
Datum
tmap_funnel_curve(PG_FUNCTION_ARGS)
{
	double		per = check_per(PG_GETARG_FLOAT8(3));
	tm_funnel_curve c = {NAN, NAN, NAN, NAN};
	tm_status	status = tm_funnel_at((double) PG_GETARG_INT64(0), PG_GETARG_FLOAT8(1) / per, PG_GETARG_FLOAT8(2), &c);
	Datum		values[4];
	bool		nulls[4];

	if (status == TM_UNDEFINED)
		PG_RETURN_NULL();
	tmap_check(status);
	values[0] = Float8GetDatum(c.lower * per);
	values[1] = Float8GetDatum(c.upper * per);
	values[2] = Float8GetDatum(c.lower_base);
	values[3] = Float8GetDatum(c.upper_base);
	for (int i = 0; i < 4; i++)
		nulls[i] = !isfinite(DatumGetFloat8(values[i]));
	PG_RETURN_DATUM(tmap_tuple(fcinfo, 4, values, nulls));
}

/* The pooled figure of the columns; NaN without a base. */
static double
pooled(const tmap_partition *p)
{
	double		events = 0,
				base = 0;

	for (int64 i = 0; i < p->n; i++)
	{
		events += p->column[0][i];
		base += p->column[1][i];
	}
	return base > 0 ? events / base : NAN;
}

/* Raises that a word is none of its argument's, naming both. */
static void
check_word(tm_status status, const char *argument, const char *word)
{
	if (status == TM_METHOD)
		tmap_raise(status, psprintf("The argument \"%s\" is \"%s\".", argument, word));
}

/* Reads the options of a partition and measures its dispersion. */
static funnel *
prepare(FunctionCallInfo fcinfo, const tmap_partition *p, tm_funnel_family family, bool ratio)
{
	funnel	   *f = MemoryContextAllocZero(p->context, sizeof *f);
	bool		no_target;
	double		share = tmap_partition_number(fcinfo, ARG_SHARE, "share");
	tm_trim		trim = TM_WINSORISE;
	tm_area_z  *work;
	const char *word;

	f->family = family;
	f->per = ratio ? 1 : check_per(tmap_partition_number(fcinfo, ARG_PER, "per"));
	f->target = DatumGetFloat8(tmap_partition_option(fcinfo, ARG_TARGET, "target", &no_target)) / f->per;
	f->inner = tmap_partition_number(fcinfo, ARG_INNER, "inner_level");
	f->outer = tmap_partition_number(fcinfo, ARG_OUTER, "outer_level");
	tmap_check(tm_check_confidence(f->inner));
	tmap_check(tm_check_confidence(f->outer));
	if (f->inner > f->outer || !(share >= 0 && share < 0.5))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 f->inner > f->outer ? errmsg("inner limits are wider than the outer ones") : errmsg("share out of range"),
				 f->inner > f->outer ? errhint("Give the level of the inner limits first, for example 0.95 and 0.998.") :
				 errhint("It is the share of areas tamed at each end, from 0 to below 0.5.")));
	word = tmap_partition_text(fcinfo, ARG_METHOD, "method");
	check_word(tm_funnel_method_of(family, word, &f->method), "method", word);
	word = tmap_partition_text(fcinfo, ARG_OVERDISPERSION, "overdispersion");
	check_word(tm_adjust_of(word, &f->adjust), "overdispersion", word);
	word = tmap_partition_text(fcinfo, ARG_SCALE, "scale");
	check_word(tm_scale_of(family, word, &f->scale), "scale", word);
	word = tmap_partition_text(fcinfo, ARG_TRIM, "extremes");
	check_word(tm_trim_of(word, &trim), "extremes", word);
	for (int64 i = 0; i < p->n; i++)
		check_area(family, p->column[0][i], p->column[1][i], ratio);
	if (no_target)
		f->target = pooled(p);
	else if (!isfinite(f->target) || f->target < 0 || (family == TM_FUNNEL_PROPORTION && f->target > 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("target out of range"),
				 errhint("It is a rate, ratio or proportion from 0 up, on the scale \"per\".")));

	work = MemoryContextAllocHuge(p->context, Max(p->n, 1) * sizeof *work);
	tmap_check(tm_disperse(family, p->column[0], p->column[1], p->n, f->target, f->scale, trim, share, work, &tmap_ticker, &f->dispersion));
	pfree(work);
	return f;
}

/* Sets the two limits of a level, from position at on. */
static void
set_limits(const funnel *f, double base, double conf, double *v, int at)
{
	tm_ci		ci = {NAN, NAN, NAN};
	tm_status	status = f->adjust == TM_ADJUST_NONE ?
		tm_funnel_limits(f->family, base, f->target, conf, f->method, &ci) :
		tm_adjusted_limits(f->family, base, f->target, conf, f->scale, f->adjust, &f->dispersion, &ci);

	if (status != TM_UNDEFINED)
		tmap_check(status);
	v[at] = ci.lower;
	v[at + 1] = ci.upper;
}

/* The class of a figure among its limits, -2 to 2. */
static int
class_of(const double *v)
{
	if (v[POINT_VALUE] < v[POINT_LOWER3])
		return -2;
	if (v[POINT_VALUE] > v[POINT_UPPER3])
		return 2;
	return v[POINT_VALUE] < v[POINT_LOWER2] ? -1 : v[POINT_VALUE] > v[POINT_UPPER2] ? 1 : 0;
}

/* True when the area has a place among its limits: they exist, and so does its figure on their scale (no events have no log). */
static bool
placed(const funnel *f, double events, const double *v)
{
	if (f->adjust != TM_ADJUST_NONE)
		return isfinite(v[POINT_LOWER2]) && isfinite(v[POINT_Z_ADJUSTED]);
	return isfinite(v[POINT_LOWER2]) && !(f->method == TM_FUNNEL_STABLE && f->family == TM_FUNNEL_RATIO && events == 0);
}

/* The point of one area as a row of tmap.funnel_point. */
static Datum
point(FunctionCallInfo fcinfo, const funnel *f, double events, double base)
{
	double		v[POINT_COLUMNS];
	Datum		values[POINT_COLUMNS];
	bool		nulls[POINT_COLUMNS];

	v[POINT_VALUE] = events / base;
	v[POINT_TARGET] = f->target;
	v[POINT_PHI] = f->dispersion.phi;
	v[POINT_TAU2] = f->dispersion.tau2;
	set_limits(f, base, f->inner, v, POINT_LOWER2);
	set_limits(f, base, f->outer, v, POINT_LOWER3);
	v[POINT_Z] = v[POINT_Z_ADJUSTED] = tm_funnel_z(f->family, events, base, f->target);
	if (f->adjust != TM_ADJUST_NONE && !isnan(v[POINT_Z]))
		v[POINT_Z_ADJUSTED] = tm_adjusted_z(f->family, events, base, f->target, f->scale, f->adjust, &f->dispersion);
	for (int i = 0; i < POINT_CLASS; i++)
	{
		bool		scaled = i <= POINT_TARGET || i >= POINT_LOWER2;

		nulls[i] = !isfinite(v[i]);
		if (scaled && isinf(v[i] * f->per))
			float_overflow_error();
		values[i] = Float8GetDatum(scaled ? v[i] * f->per : v[i]);
	}
	nulls[POINT_CLASS] = nulls[POINT_LABEL] = !placed(f, events, v);
	values[POINT_CLASS] = Int32GetDatum(class_of(v));
	values[POINT_LABEL] = CStringGetTextDatum(labels[class_of(v) + 2]);
	return tmap_tuple(fcinfo, POINT_COLUMNS, values, nulls);
}

/* The point of the current row in the funnel of its partition; NULL without numbers or without a base. */
static Datum
funnel_row(FunctionCallInfo fcinfo, tm_funnel_family family, bool ratio)
{
	tmap_partition *p;
	int64		i;

	if (tmap_partition_first(fcinfo, 2, &p))
		p->result = prepare(fcinfo, p, family, ratio);
	i = tmap_partition_place(fcinfo, p);
	if (i < 0 || p->column[1][i] == 0)
		PG_RETURN_NULL();
	return point(fcinfo, p->result, p->column[0][i], p->column[1][i]);
}

PG_FUNCTION_INFO_V1(tmap_smr_funnel);
/* smr_funnel(observed, expected, ...): the area in the funnel of ratios. */
Datum
tmap_smr_funnel(PG_FUNCTION_ARGS)
{
	return funnel_row(fcinfo, TM_FUNNEL_RATIO, true);
}

PG_FUNCTION_INFO_V1(tmap_rate_funnel);
/* rate_funnel(events, population, ...): the area in the funnel of rates. */
Datum
tmap_rate_funnel(PG_FUNCTION_ARGS)
{
	return funnel_row(fcinfo, TM_FUNNEL_RATIO, false);
}

PG_FUNCTION_INFO_V1(tmap_proportion_funnel);
/* proportion_funnel(events, at_risk, ...): the area in the funnel of proportions. */
Datum
tmap_proportion_funnel(PG_FUNCTION_ARGS)
{
	return funnel_row(fcinfo, TM_FUNNEL_PROPORTION, false);
}
