/*
 * quantile_group.c - the quantile group of each row of a window's partition, as
 * groups of deprivation are made: areas that tie are in one group.
 */
#include "glue.h"

#include <math.h>

#include "core/columns.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "windowapi.h"

/* What the first row of a partition leaves for the others: their groups, 0 for NULL. */
typedef struct quantile_groups
{
	bool		done;
	int32	   *group;
} quantile_groups;

/* The core's tick: a cancelled query leaves here. */
static void
tick(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* Reads the values of the partition into rows of value and place; gives how many are not NULL. */
static int64
read_values(WindowObject window, int64 rows, double *v)
{
	int64		n = 0;

	for (int64 i = 0; i < rows; i++)
	{
		bool		isnull;
		bool		isout;
		Datum		d = WinGetFuncArgInPartition(window, 0, i, WINDOW_SEEK_HEAD, false, &isnull, &isout);

		if (isnull)
			continue;
		v[2 * n] = DatumGetFloat8(d) + 0.0;
		if (!isfinite(v[2 * n]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("value that is not finite"),
					 errhint("Give NULL for areas without a value.")));
		v[2 * n++ + 1] = (double) i;
	}
	return n;
}

/* Numbers the groups of the whole partition: floor((rank - 1) groups / n) + 1, rank the lowest of those that tie. */
static void
number_groups(WindowObject window, int64 rows, int32 groups, bool highest_first, int32 *group)
{
	static const int order[] = {0, 1};
	double	   *v = MemoryContextAllocHuge(CurrentMemoryContext, Max(rows, 1) * 2 * sizeof *v);
	double	   *work = MemoryContextAllocHuge(CurrentMemoryContext, Max(rows, 1) * 2 * sizeof *v);
	int64		n = read_values(window, rows, v);
	int64		rank = 0;

	for (int64 i = 0; highest_first && i < n; i++)
		v[2 * i] = -v[2 * i];
	tm_columns_sort(v, work, n, 2, order, tick);
	for (int64 i = 0; i < n && n >= groups; i++)
	{
		if (i > 0 && v[2 * i] != v[2 * (i - 1)])
			rank = i;
		group[(int64) v[2 * i + 1]] = (int32) (rank * groups / n) + 1;
	}
	pfree(v);
	pfree(work);
}

PG_FUNCTION_INFO_V1(tmap_quantile_group);
/* The quantile group of the current row, from 1; NULL for NULL and where there are fewer values than groups. */
Datum
tmap_quantile_group(PG_FUNCTION_ARGS)
{
	WindowObject window = PG_WINDOW_OBJECT();
	quantile_groups *state = WinGetPartitionLocalMemory(window, sizeof *state);
	bool		isnull;
	bool		highest_first;
	int32		groups;
	int32		mine;

	groups = DatumGetInt32(WinGetFuncArgCurrent(window, 1, &isnull));
	if (isnull)
		PG_RETURN_NULL();
	highest_first = DatumGetBool(WinGetFuncArgCurrent(window, 2, &isnull));
	if (isnull)
		PG_RETURN_NULL();
	if (groups < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of groups is not positive"),
				 errhint("5 makes fifths, 10 makes tenths.")));
	if (!state->done)
	{
		int64		rows = WinGetPartitionRowCount(window);

		state->group = MemoryContextAllocExtended(GetMemoryChunkContext(state), Max(rows, 1) * sizeof *state->group,
												  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
		number_groups(window, rows, groups, highest_first, state->group);
		state->done = true;
	}
	mine = state->group[WinGetCurrentPosition(window)];
	if (mine == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(mine);
}
