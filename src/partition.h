/*
 * partition.h - for window functions that need their whole partition at once.
 *
 * The first call in a partition reads the given arguments of all its rows as
 * columns of float8, computes, and leaves its result in the partition's
 * memory; every call then hands out the row it stands on:
 *
 *	tmap_partition *p;
 *	int64		i;
 *
 *	if (tmap_partition_first(fcinfo, 2, &p))
 *		p->result = ...			 allocated in p->context, one element for each of p->n
 *	i = tmap_partition_place(fcinfo, p);
 *	if (i < 0)
 *		PG_RETURN_NULL();			 a column is NULL in this row
 *
 * Columns hold the rows without a NULL, in an order that depends on the values
 * alone: whatever is summed along them has the same bits for any order of the
 * rows, any frame and any ORDER BY of the window. Equal rows get equal results.
 */
#ifndef TMAP_PARTITION_H
#define TMAP_PARTITION_H

#include "glue.h"

#include "windowapi.h"

#include "core/root.h"

#define TMAP_PARTITION_COLUMNS 4	/* most columns of one function */
#define TMAP_PARTITION_ROWS 8388608	/* most rows of one partition: 2^23, 0.5 GB while two columns are sorted */

typedef struct tmap_partition
{
	bool		read;			/* the columns are there */
	int			columns;
	int64		rows;			/* rows of the partition, with NULLs or without */
	int64		n;				/* rows without a NULL: the length of each column */
	double	   *column[TMAP_PARTITION_COLUMNS]; /* finite, no negative zero */
	int32	   *place;			/* by row: its place in the columns, -1 when it has a NULL */
	MemoryContext context;		/* lives as long as the partition */
	void	   *result;			/* of the caller */
} tmap_partition;

extern WindowObject tmap_window(FunctionCallInfo fcinfo);
extern bool tmap_partition_first(FunctionCallInfo fcinfo, int columns, tmap_partition **partition);
extern int64 tmap_partition_place(FunctionCallInfo fcinfo, const tmap_partition *p);
extern void *tmap_partition_alloc(const tmap_partition *p, Size each);
extern Datum tmap_partition_option(FunctionCallInfo fcinfo, int arg, const char *name, bool *is_null);
extern double tmap_partition_number(FunctionCallInfo fcinfo, int arg, const char *name);
extern char *tmap_partition_text(FunctionCallInfo fcinfo, int arg, const char *name);
extern const tm_ticker tmap_ticker;
extern Datum tmap_tuple(FunctionCallInfo fcinfo, int natts, Datum *values, bool *nulls);

#endif
