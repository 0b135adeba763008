/*
 * columns.h - an aggregate's state that holds rows of a few float8: what the
 * aggregates share that must see all rows at once.
 */
#ifndef TMAP_COLUMNS_GLUE_H
#define TMAP_COLUMNS_GLUE_H

#include "glue.h"

#include "core/columns.h"

typedef struct tmap_columns
{
	int			k;				/* numbers a row, 0 until it is known */
	bool		flag;			/* the caller's, the same for all rows */
	int64		n;				/* rows held */
	int64		left_out;		/* rows passed over */
	int64		room;			/* rows there is memory for */
	double	   *data;
} tmap_columns;

extern MemoryContext tmap_aggregate_context(FunctionCallInfo fcinfo);
extern tmap_columns *tmap_columns_state(FunctionCallInfo fcinfo, int k);
extern double *tmap_columns_next(FunctionCallInfo fcinfo, tmap_columns *s);
extern double *tmap_columns_more(FunctionCallInfo fcinfo, tmap_columns *s, int64 rows);
extern bool tmap_columns_floats(FunctionCallInfo fcinfo, int first, int n, double *row);
extern tmap_columns *tmap_columns_final(FunctionCallInfo fcinfo);
extern double *tmap_columns_used(const tmap_columns *s, int weight, int keep, int64 *n, double **work);
extern double tmap_columns_constant(const tmap_columns *s, int column, const char *name);
extern Datum tmap_columns_number(FunctionCallInfo fcinfo, double v);
extern Datum tmap_columns_result(FunctionCallInfo fcinfo, const double *v, int n);
extern void tmap_columns_tick(void);
extern PGDLLEXPORT Datum tmap_columns_combine(PG_FUNCTION_ARGS);

#endif
