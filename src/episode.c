/*
 * episode.c - window functions that number a patient's episodes, the stays in them and the strokes.
 *
 * They are true window functions: the stays come one by one in the window's
 * order, the state is one small struct per patient, and no stay is kept. Error
 * messages hold no date: a log is not the place for a patient's stays.
 */
#include "stay.h"

#include "nodes/nodes.h"
#include "windowapi.h"

#define MARK_EVERY 64			/* rows; how often the window may forget rows that are done */

enum
{
	ARG_ADMITTED,
	ARG_DISCHARGED,
	ARG_TRANSFER_IN,
	ARG_TRANSFER_OUT,
	ARG_GAP,
	ARG_TRANSFER_GAP,
	ARG_NEW_AFTER,				/* stroke_number only */
	ARG_FROM_ONSET				/* stroke_number only */
};

/* State of one partition, zero at its start. */
typedef struct patient
{
	bool		has_rule;
	tm_episode_rule rule;
	tm_episode_run run;
} patient;

/* An argument that is a number of days, of the current row. */
static int32
days_arg(WindowObject window, int arg)
{
	bool		is_null;
	Datum		value = WinGetFuncArgCurrent(window, arg, &is_null);

	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("number of days is NULL"),
				 errhint("Leave the argument out to take its default.")));
	return DatumGetInt32(value);
}

/* A flag of the current row; unknown is no. */
static bool
flag_arg(WindowObject window, int arg)
{
	bool		is_null;
	Datum		value = WinGetFuncArgCurrent(window, arg, &is_null);

	return !is_null && DatumGetBool(value);
}

/* Raises unless a rule's numbers of days are from 0 up. */
void
tmap_rule_check(const tm_episode_rule *rule)
{
	if (!tm_episode_rule_valid(rule))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("negative number of days"),
				 errhint("Give 0 for the same day, 1 for the next day at the latest.")));
}

/* Reads the rule from the patient's first row. */
static void
read_rule(FunctionCallInfo fcinfo, WindowObject window, patient *p)
{
	p->rule.gap = days_arg(window, ARG_GAP);
	p->rule.transfer_gap = days_arg(window, ARG_TRANSFER_GAP);
	if (PG_NARGS() > ARG_NEW_AFTER)
	{
		p->rule.new_after = days_arg(window, ARG_NEW_AFTER);
		p->rule.from_onset = flag_arg(window, ARG_FROM_ONSET);
	}
	tmap_rule_check(&p->rule);
	p->has_rule = true;
}

/* Raises unless the day is one of the calendar. */
void
tmap_day_check(DateADT day)
{
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date of a stay is infinite"),
				 errhint("Give NULL for a day of discharge that is not known.")));
}

/* Reads the stay of the current row; false when it has no day of admission. */
static bool
read_stay(WindowObject window, tm_stay *stay)
{
	bool		is_null;

	stay->admitted = DatumGetDateADT(WinGetFuncArgCurrent(window, ARG_ADMITTED, &is_null));
	if (is_null)
		return false;
	tmap_day_check(stay->admitted);
	stay->discharged = DatumGetDateADT(WinGetFuncArgCurrent(window, ARG_DISCHARGED, &is_null));
	if (is_null)
		stay->discharged = stay->admitted;
	tmap_day_check(stay->discharged);
	stay->transfer_in = flag_arg(window, ARG_TRANSFER_IN);
	stay->transfer_out = flag_arg(window, ARG_TRANSFER_OUT);
	return true;
}

/* True when a later row of the same day of admission has transfer_in. */
static bool
same_day_transfer(WindowObject window, DateADT admitted)
{
	for (int ahead = 1;; ahead++)
	{
		bool		is_null,
					out;
		Datum		day = WinGetFuncArgInPartition(window, ARG_ADMITTED, ahead, WINDOW_SEEK_CURRENT, false, &is_null, &out);
		Datum		flag;

		if (out || is_null || DatumGetDateADT(day) != admitted)
			return false;
		flag = WinGetFuncArgInPartition(window, ARG_TRANSFER_IN, ahead, WINDOW_SEEK_CURRENT, false, &is_null, &out);
		if (!is_null && DatumGetBool(flag))
			return true;
	}
}

/* Raises the error of a stay that cannot be chained; nothing when it can. */
void
tmap_stay_check(tm_stay_fault fault)
{
	switch (fault)
	{
		case TM_STAY_FINE:
			return;
		case TM_STAY_BACKWARDS:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("stay ends before it begins"),
					 errhint("WHERE discharged < admitted finds such stays. Correct them, leave them out, or give NULL for a day of discharge that is not known.")));
			break;
		case TM_STAY_OUT_OF_ORDER:
			ereport(ERROR,
					(errcode(ERRCODE_WINDOWING_ERROR),
					 errmsg("stays are not in order of admission"),
					 errhint("Write OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id).")));
			break;
		case TM_STAY_TOO_MANY:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many stays of one patient")));
			break;
	}
}

/*
 * Raises when the window has no ORDER BY. Stays that happen to come in order
 * would hide it until the day they do not: rows of different days that are
 * peers show it at once. One look per query is enough; fn_extra remembers it.
 */
static void
check_ordered(FunctionCallInfo fcinfo, WindowObject window, int64 row)
{
	static const char looked = 1;

	if (fcinfo->flinfo->fn_extra != NULL)
		return;
	if (WinRowsArePeers(window, row - 1, row))
		tmap_stay_check(TM_STAY_OUT_OF_ORDER);
	fcinfo->flinfo->fn_extra = unconstify(char *, &looked);
}

/* Raises when the window's order does not tell the current row from the one before. */
static void
check_apart(WindowObject window)
{
	int64		row = WinGetCurrentPosition(window);

	if (WinRowsArePeers(window, row - 1, row))
		ereport(ERROR,
				(errcode(ERRCODE_WINDOWING_ERROR),
				 errmsg("order of stays is not unique"),
				 errdetail("Two stays that are equal in the window's ORDER BY cannot be numbered."),
				 errhint("End the ORDER BY with the number of the stay: ORDER BY admitted, discharged, stay_id.")));
}

/* Takes the stay of the current row in; NULL when it has no day of admission. */
static const tm_episode_run *
advance(FunctionCallInfo fcinfo)
{
	WindowObject window = PG_WINDOW_OBJECT();
	patient    *p;
	tm_stay		stay;
	int64		row;
	bool		later;

	if (!WindowObjectIsValid(window))
		elog(ERROR, "called outside a window");
	p = WinGetPartitionLocalMemory(window, sizeof(patient));
	row = WinGetCurrentPosition(window);
	if (!p->has_rule)
		read_rule(fcinfo, window, p);
	if (!read_stay(window, &stay))
		return NULL;
	later = p->run.episode > 0 && stay.admitted != p->run.admitted;
	if (!stay.transfer_in && tm_episode_flag_decides(&p->run, &p->rule, &stay))
		stay.transfer_in = same_day_transfer(window, stay.admitted);
	tmap_stay_check(tm_episode_next(&p->run, &p->rule, &stay));
	if (later)
		check_ordered(fcinfo, window, row);
	if (row % MARK_EVERY == MARK_EVERY - 1)
		WinSetMarkPosition(window, row - 1);
	return &p->run;
}

PG_FUNCTION_INFO_V1(tmap_episode);
/* episode(...): number of the episode of the stay, from 1 per patient. */
Datum
tmap_episode(PG_FUNCTION_ARGS)
{
	const tm_episode_run *run = advance(fcinfo);

	if (run == NULL)
		PG_RETURN_NULL();
	PG_RETURN_INT32(run->episode);
}

PG_FUNCTION_INFO_V1(tmap_episode_stay);
/* episode_stay(...): number of the stay within its episode, from 1. */
Datum
tmap_episode_stay(PG_FUNCTION_ARGS)
{
	WindowObject window = PG_WINDOW_OBJECT();
	const tm_episode_run *run = advance(fcinfo);

	if (run == NULL)
		PG_RETURN_NULL();
	if (run->tied)
		check_apart(window);
	PG_RETURN_INT32(run->stay);
}

PG_FUNCTION_INFO_V1(tmap_stroke_number);
/* stroke_number(...): number of the stroke of the stay, from 1 per patient. */
Datum
tmap_stroke_number(PG_FUNCTION_ARGS)
{
	const tm_episode_run *run = advance(fcinfo);

	if (run == NULL)
		PG_RETURN_NULL();
	PG_RETURN_INT32(run->stroke);
}
