/*
 * target.c - the target level of a set of areas, how many lie below it and what
 * they lack together, as an aggregate.
 */
#include "columns.h"
#include "simulate.h"

#include <math.h>

#include "utils/builtins.h"

#include "core/target.h"

#define SEED_MOST INT64CONST(9007199254740992)	/* 2^53: the state holds doubles */

/* An area's row. */
enum
{
	AREA_OBSERVED,
	AREA_EXPECTED,
	AREA_REFERENCE,
	AREA_NUMBERS,
	AREA_SHARE = AREA_NUMBERS,
	AREA_DRAWS,
	AREA_SEED,
	AREA_CONFIDENCE,
	AREA_PRIOR,
	AREA_COLUMNS
};

/* Writes the options of the rows, from the arguments when they are given. */
static void
options(FunctionCallInfo fcinfo, double *row)
{
	row[AREA_SHARE] = 0.5;
	row[AREA_DRAWS] = 1000;
	row[AREA_SEED] = 1;
	row[AREA_CONFIDENCE] = 0.95;
	row[AREA_PRIOR] = TM_EXCHANGEABLE;
	if (PG_NARGS() <= 4)
		return;
	for (int i = 4; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("share, draws, seed, confidence or prior is NULL")));
	row[AREA_SHARE] = PG_GETARG_FLOAT8(4);
	row[AREA_DRAWS] = PG_GETARG_INT32(5);
	row[AREA_SEED] = (double) PG_GETARG_INT64(6);
	row[AREA_CONFIDENCE] = PG_GETARG_FLOAT8(7);
	if (!(row[AREA_SHARE] >= 0 && row[AREA_SHARE] <= 1) || PG_GETARG_INT64(6) > SEED_MOST || PG_GETARG_INT64(6) < -SEED_MOST)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("share or seed out of range"),
				 errhint("Give a share from 0 to 1 (0.5 is the median) and a seed of at most 2^53.")));
	if (PG_NARGS() > 8)
		row[AREA_PRIOR] = tmap_draw_prior(text_to_cstring(PG_GETARG_TEXT_PP(8)));
	tmap_draws(PG_GETARG_INT32(5), PG_GETARG_INT64(6), PG_GETARG_FLOAT8(7), TM_EXCHANGEABLE, true);
}

PG_FUNCTION_INFO_V1(tmap_target_summary_step);
/* Transition: observed, expected, reference; then share, draws, seed, confidence, prior. */
Datum
tmap_target_summary_step(PG_FUNCTION_ARGS)
{
	tmap_columns *s = tmap_columns_state(fcinfo, AREA_COLUMNS);
	double	   *row = tmap_columns_next(fcinfo, s);
	bool		usable = tmap_columns_floats(fcinfo, 2, 2, row + AREA_EXPECTED) && !PG_ARGISNULL(1);

	options(fcinfo, row);
	if (!PG_ARGISNULL(1))
		row[AREA_OBSERVED] = (double) PG_GETARG_INT64(1);
	if (usable && (row[AREA_OBSERVED] < 0 || row[AREA_EXPECTED] < 0 || row[AREA_REFERENCE] < 0))
		tmap_raise(TM_NEGATIVE, NULL);
	if (usable)
		s->n++;
	else
		s->left_out++;
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_target_summary_final);
/* The target of the areas with limits, areas below it and what they lack. */
Datum
tmap_target_summary_final(PG_FUNCTION_ARGS)
{
	static const int order[AREA_NUMBERS] = {AREA_OBSERVED, AREA_EXPECTED, AREA_REFERENCE};
	tmap_columns *s = tmap_columns_final(fcinfo);
	tm_target_task task = {.defining = NULL};
	tm_target	t;
	tm_target_area *areas;
	tm_draws	how;
	double	   *rows;
	double	   *work;
	void	   *room;
	int64		n;

	if (s == NULL)
		PG_RETURN_NULL();
	task.share = tmap_columns_constant(s, AREA_SHARE, "share");
	how = s->n == 0 ? tmap_draws(0, 1, 0.95, TM_EXCHANGEABLE, true) :
		tmap_draws((int32) tmap_columns_constant(s, AREA_DRAWS, "draws"), (int64) tmap_columns_constant(s, AREA_SEED, "seed"),
				   tmap_columns_constant(s, AREA_CONFIDENCE, "confidence"), (tm_draw_prior) tmap_columns_constant(s, AREA_PRIOR, "prior"), true);
	rows = tmap_columns_used(s, -1, AREA_NUMBERS, &n, &work);
	tm_columns_sort(rows, work, n, AREA_NUMBERS, order, tmap_columns_tick);
	for (int c = 0; c < AREA_NUMBERS; c++)
		for (int64 i = 0; i < n; i++)
			work[c * n + i] = rows[i * AREA_NUMBERS + c];
	task.n = n;
	task.observed = work;
	task.expected = work + n;
	task.reference = work + 2 * n;
	room = tmap_draws_room(tm_target_room(n, how.draws));
	areas = tmap_draws_room(n * sizeof *areas);
	tmap_check(tm_targets(&task, &how, room, areas, &t));
	pfree(room);
	return tmap_columns_result(fcinfo, (double[]) {t.areas, s->left_out + (n - (double) t.areas), t.level, t.lower, t.upper,
							   t.below, t.below_lower, t.below_upper, t.missing, t.missing_lower, t.missing_upper}, 11);
}
