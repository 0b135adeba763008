/*
 * smooth.c - empirical Bayes smoothing of areas as window functions: the
 * prior is fitted once a partition, an area is smoothed when its row comes.
 */
#include "partition.h"

#include <math.h>

#include "utils/float.h"

#include "core/smooth.h"

enum
{
	SMOOTHED_VALUE,
	SMOOTHED_LOWER,
	SMOOTHED_UPPER,
	SMOOTHED_EXCEEDANCE,
	SMOOTHED_MEAN,
	SMOOTHED_VARIANCE,
	SMOOTHED_WEIGHT,
	SMOOTHED_COLUMNS
};

/* What holds for all areas of a partition. */
typedef struct smoothing
{
	tm_prior	prior;
	double		confidence;
	double		threshold;		/* per 1 */
	double		per;
} smoothing;

/* The method of a name that the function knows, of two. */
static tm_smooth_method
method_option(FunctionCallInfo fcinfo, int arg, const char *first, tm_smooth_method a, const char *second, tm_smooth_method b)
{
	char	   *name = tmap_partition_text(fcinfo, arg, "method");

	if (strcmp(name, first) != 0 && strcmp(name, second) != 0)
		tmap_raise(TM_METHOD, NULL);
	return strcmp(name, first) == 0 ? a : b;
}

/* Raises unless the areas' numbers are possible: no more events than people for binomial counts, none without a base. */
static void
check_areas(const tmap_partition *p, bool binomial)
{
	for (int64 i = 0; i < p->n; i++)
	{
		double		events = p->column[0][i],
					base = p->column[1][i];

		tmap_check(tm_check_count(events));
		tmap_check(tm_check_quantity(base));
		if (events > 0 && (base == 0 || (binomial && events > base)))
			tmap_raise(TM_EVENTS_EXCEED, NULL);
	}
}

/* Fits the prior to the areas with a base. The option "per" stands at that position. */
static smoothing *
prepare(FunctionCallInfo fcinfo, const tmap_partition *p, tm_smooth_method method, int per)
{
	smoothing  *s = MemoryContextAllocZero(p->context, sizeof *s);
	int64		empty = 0;
	tm_areas	areas;

	s->per = tmap_partition_number(fcinfo, per, "per");
	if (!(s->per > 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("scale out of range"),
				 errhint("\"per\" is a number above 0, for example 100 or 100000.")));
	check_areas(p, method == TM_BETA_ML || method == TM_MARSHALL_BINOMIAL);
	while (empty < p->n && p->column[1][empty] == 0)
		empty++;				/* without events as well, so they come first */
	areas = (tm_areas) {
		.events = p->column[0] + empty,
		.base = p->column[1] + empty,
		.n = p->n - empty,
		.ticker = &tmap_ticker
	};
	tmap_check(tm_prior_fit(&areas, method, &s->prior));
	return s;
}

/* Reads the options of a posterior, confidence at the first position and threshold behind it. */
static void
posterior_options(FunctionCallInfo fcinfo, int first, smoothing *s)
{
	bool		no_threshold;

	s->confidence = tmap_partition_number(fcinfo, first, "confidence");
	tmap_check(tm_check_confidence(s->confidence));
	s->threshold = DatumGetFloat8(tmap_partition_option(fcinfo, first + 1, "threshold", &no_threshold)) / s->per;
	if (no_threshold)
		s->threshold = s->prior.mean;
	else if (!(s->threshold >= 0) || isinf(s->threshold))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold out of range"),
				 errhint("It is a rate, ratio or proportion from 0 up, on the scale \"per\".")));
}

/* The current row smoothed, as a row of tmap.smoothed; NULL when it has a NULL or no area of its partition has a base. */
static Datum
smoothed_row(FunctionCallInfo fcinfo, const tmap_partition *p, bool posterior)
{
	const smoothing *s = p->result;
	int64		i = tmap_partition_place(fcinfo, p);
	tm_smoothed area;
	double		v[SMOOTHED_COLUMNS];
	Datum		values[SMOOTHED_COLUMNS];
	bool		nulls[SMOOTHED_COLUMNS];

	if (i < 0 || isnan(s->prior.mean))
		PG_RETURN_NULL();
	tm_smooth(&s->prior, p->column[0][i], p->column[1][i], &area);
	if (posterior)
		tm_posterior(&s->prior, p->column[0][i], p->column[1][i], s->confidence, s->threshold, &area);
	v[SMOOTHED_VALUE] = area.value * s->per;
	v[SMOOTHED_LOWER] = area.lower * s->per;
	v[SMOOTHED_UPPER] = area.upper * s->per;
	v[SMOOTHED_EXCEEDANCE] = area.exceedance;
	v[SMOOTHED_MEAN] = s->prior.mean * s->per;
	v[SMOOTHED_VARIANCE] = s->prior.variance * s->per * s->per;
	v[SMOOTHED_WEIGHT] = area.weight;
	for (int c = 0; c < SMOOTHED_COLUMNS; c++)
	{
		if (isinf(v[c]))
			float_overflow_error();
		nulls[c] = isnan(v[c]);
		values[c] = Float8GetDatum(v[c]);
	}
	return tmap_tuple(fcinfo, SMOOTHED_COLUMNS, values, nulls);
}

PG_FUNCTION_INFO_V1(tmap_eb_marshall);
/* eb_marshall(events, population, method, per): Marshall's global estimator. */
Datum
tmap_eb_marshall(PG_FUNCTION_ARGS)
{
	tmap_partition *p;

	if (tmap_partition_first(fcinfo, 2, &p))
		p->result = prepare(fcinfo, p, method_option(fcinfo, 2, "poisson", TM_MARSHALL_POISSON, "binomial", TM_MARSHALL_BINOMIAL), 3);
	return smoothed_row(fcinfo, p, false);
}

PG_FUNCTION_INFO_V1(tmap_eb_gamma_poisson);
/* eb_gamma_poisson(events, expected, confidence, threshold, method, per): mean and limits of the gamma posterior. */
Datum
tmap_eb_gamma_poisson(PG_FUNCTION_ARGS)
{
	tmap_partition *p;

	if (tmap_partition_first(fcinfo, 2, &p))
	{
		p->result = prepare(fcinfo, p, method_option(fcinfo, 4, "clayton_kaldor", TM_GAMMA_MOMENTS, "ml", TM_GAMMA_ML), 5);
		posterior_options(fcinfo, 2, p->result);
	}
	return smoothed_row(fcinfo, p, true);
}

PG_FUNCTION_INFO_V1(tmap_eb_beta_binomial);
/* eb_beta_binomial(events, at_risk, confidence, threshold, per): mean and limits of the beta posterior. */
Datum
tmap_eb_beta_binomial(PG_FUNCTION_ARGS)
{
	tmap_partition *p;

	if (tmap_partition_first(fcinfo, 2, &p))
	{
		p->result = prepare(fcinfo, p, TM_BETA_ML, 4);
		posterior_options(fcinfo, 2, p->result);
	}
	return smoothed_row(fcinfo, p, true);
}
