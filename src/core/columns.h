/*
 * columns.h - rows of a few doubles, and their canonical order.
 *
 * Sums of doubles depend on their order, and the rows of an aggregate come in
 * the order of the plan and its workers: whoever sums over rows sorts them
 * first. Rows that tie in all columns are equal and interchangeable.
 */
#ifndef TMAP_COLUMNS_H
#define TMAP_COLUMNS_H

#include "core.h"

#define TM_COLUMNS 8			/* most columns a sort can take */

/* Called often in long loops, so that the caller can stop by leaving; may be NULL. */
typedef void (*tm_tick) (void);

extern void tm_columns_sort(double *rows, double *work, size_t n, int k, const int *order, tm_tick tick);

#endif
