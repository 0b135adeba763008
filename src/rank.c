/*
 * rank.c - ranks with their intervals, and areas against a target level, as
 * window functions over all areas of a partition.
 */
#include "simulate.h"

#include <math.h>

#include "miscadmin.h"
#include "partition.h"
#include "utils/memutils.h"

#include "core/rank.h"
#include "core/target.h"

/* The core's tick: a cancelled query leaves here. */
static void
tick(void *arg)
{
	CHECK_FOR_INTERRUPTS();
}

/* The prior of that name. */
tm_draw_prior
tmap_draw_prior(const char *name)
{
	tm_draw_prior prior = TM_EXCHANGEABLE;

	if (tm_draw_prior_named(name, &prior) != TM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no such prior"),
				 errhint("Give exchangeable or jeffreys.")));
	return prior;
}

/* What a simulation is asked for, checked; 0 draws ask for none where that is allowed. */
tm_draws
tmap_draws(int32 draws, int64 seed, float8 confidence, tm_draw_prior prior, bool may_be_none)
{
	tmap_check(confidence > 0.5 && confidence < 1 ? TM_OK : TM_CONFIDENCE);
	if ((draws < TM_DRAWS_MIN || draws > TM_DRAWS_MAX) && !(may_be_none && draws == 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of draws out of range"),
				 errhint("Give %d to %d%s.", TM_DRAWS_MIN, TM_DRAWS_MAX, may_be_none ? ", or 0 for no limits" : "")));
	return (tm_draws) {.prior = prior,.seed = (uint64_t) seed,.draws = (uint32_t) draws,.confidence = confidence,.tick = tick};
}

/* Memory for a simulation, at most 1 GB. */
void *
tmap_draws_room(Size room)
{
	if (room > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many areas for so many draws"),
				 errdetail("They would take %zu MB; the limit is 1 GB.", room >> 20),
				 errhint("Ask for fewer draws, or PARTITION BY what sets the areas apart.")));
	return palloc(room);
}

/* The options of a window function from an argument on: draws, seed, confidence, prior. */
static tm_draws
window_draws(FunctionCallInfo fcinfo, int at, bool may_be_none)
{
	int32		draws = DatumGetInt32(tmap_partition_option(fcinfo, at, "draws", NULL));
	int64		seed = DatumGetInt64(tmap_partition_option(fcinfo, at + 1, "seed", NULL));
	float8		confidence = DatumGetFloat8(tmap_partition_option(fcinfo, at + 2, "confidence", NULL));

	return tmap_draws(draws, seed, confidence, tmap_draw_prior(tmap_partition_text(fcinfo, at + 3, "prior")), may_be_none);
}

/* Numbers as a row of the result; NaN is NULL. */
static Datum
number_row(FunctionCallInfo fcinfo, const double *v, int n)
{
	Datum		values[16];
	bool		nulls[16];

	Assert(n <= lengthof(values));
	for (int i = 0; i < n; i++)
	{
		values[i] = Float8GetDatum(v[i]);
		nulls[i] = isnan(v[i]);
	}
	return tmap_tuple(fcinfo, n, values, nulls);
}

/* Ranks the areas of a partition, those with a size; the others stand behind them with NaN. */
static void
rank_partition(FunctionCallInfo fcinfo, tm_events_kind kind, tmap_partition *p)
{
	tm_draws	how = window_draws(fcinfo, 2, false);
	tm_rank    *out = tmap_partition_alloc(p, sizeof *out);
	tm_rank    *ranked = palloc(Max(p->n, 1) * sizeof *ranked);
	double	   *events = palloc(Max(p->n, 1) * sizeof(double));
	double	   *size = palloc(Max(p->n, 1) * sizeof(double));
	void	   *room;
	int64		m = 0;

	for (int64 i = 0; i < p->n; i++)
	{
		if (p->column[1][i] == 0 && p->column[0][i] > 0)
			tmap_raise(TM_EVENTS_EXCEED, NULL);
		if (p->column[1][i] == 0)
			continue;
		events[m] = p->column[0][i];
		size[m++] = p->column[1][i];
	}
	room = tmap_draws_room(tm_rank_room(m, how.draws));
	tmap_check(tm_ranks(kind, m, events, size, &how, room, ranked));
	pfree(room);
	m = 0;
	for (int64 i = 0; i < p->n; i++)
	{
		if (p->column[1][i] == 0)
			out[i].value = NAN;
		else
			out[i] = ranked[m++];
	}
	p->result = out;
}

/* The rank of the current row; NULL for a row without counts or without anybody at risk. */
static Datum
window_rank(FunctionCallInfo fcinfo, tm_events_kind kind)
{
	tmap_partition *p;
	tm_rank		r;
	int64		i;

	if (tmap_partition_first(fcinfo, 2, &p))
		rank_partition(fcinfo, kind, p);
	i = tmap_partition_place(fcinfo, p);
	if (i < 0 || isnan(((tm_rank *) p->result)[i].value))
		PG_RETURN_NULL();
	r = ((tm_rank *) p->result)[i];
	return number_row(fcinfo, (double[]) {r.value, r.rank, r.median, r.lower, r.upper}, 5);
}

PG_FUNCTION_INFO_V1(tmap_proportion_rank);
/* Rank of a proportion among those of the partition. */
Datum
tmap_proportion_rank(PG_FUNCTION_ARGS)
{
	return window_rank(fcinfo, TM_EVENTS_BINOMIAL);
}

PG_FUNCTION_INFO_V1(tmap_rate_rank);
/* Rank of a rate, or of a ratio to the expected number, among those of the partition. */
Datum
tmap_rate_rank(PG_FUNCTION_ARGS)
{
	return window_rank(fcinfo, TM_EVENTS_POISSON);
}

/* What the areas of a partition are against their target. */
typedef struct target_result
{
	tm_target	all;
	tm_target_area area[FLEXIBLE_ARRAY_MEMBER];
} target_result;

/* Computes the target of a partition: observed, expected, reference, defining; then share, draws, seed, confidence, prior. */
static void
target_partition(FunctionCallInfo fcinfo, tmap_partition *p)
{
	float8		share = DatumGetFloat8(tmap_partition_option(fcinfo, 4, "share", NULL));
	tm_draws	how = window_draws(fcinfo, 5, true);
	target_result *result = MemoryContextAllocHuge(p->context, offsetof(target_result, area) + p->n * sizeof(tm_target_area));
	tm_target_task task = {.n = p->n,.observed = p->column[0],.expected = p->column[1],
	.reference = p->column[2],.defining = p->column[3],.share = share};
	void	   *room;

	if (!(share >= 0 && share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("share out of range"),
				 errhint("Give a share from 0 to 1; 0.5 is the median.")));
	room = tmap_draws_room(tm_target_room(p->n, how.draws));
	tmap_check(tm_targets(&task, &how, room, result->area, &result->all));
	pfree(room);
	p->result = result;
}

PG_FUNCTION_INFO_V1(tmap_target_gap);
/* The current area against the target of its partition: value, target with limits, below, missing events with limits. */
Datum
tmap_target_gap(PG_FUNCTION_ARGS)
{
	tmap_partition *p;
	target_result *result;
	const tm_target *all;
	tm_target_area a = {NAN, NAN, NAN, NAN, NAN, NAN};
	double		v[9];
	Datum		values[9];
	bool		nulls[9];
	int64		i;

	if (tmap_partition_first(fcinfo, 4, &p))
		target_partition(fcinfo, p);
	result = p->result;
	all = &result->all;
	i = tmap_partition_place(fcinfo, p);
	if (i >= 0)
		a = result->area[i];
	memcpy(v, (double[9]) {a.value, all->level, all->lower, all->upper, a.below, a.p_below, a.missing, a.missing_lower, a.missing_upper}, sizeof v);
	for (int c = 0; c < 9; c++)
	{
		nulls[c] = isnan(v[c]);
		values[c] = c == 4 ? BoolGetDatum(v[c] == 1) : Float8GetDatum(v[c]);
	}
	return tmap_tuple(fcinfo, 9, values, nulls);
}
