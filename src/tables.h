/*
 * tables.h - linked tables as SQL hands them over: pairs of a cell and an atom,
 * and arrays with one element a cell or an atom.
 */
#ifndef TMAP_TABLES_H
#define TMAP_TABLES_H

#include "glue.h"

#include "core/suppress.h"
#include "utils/array.h"

extern const void *tmap_flat_array(ArrayType *array, Oid type, int *n, const char *what);
extern void tmap_read_cells(ArrayType *cells, ArrayType *atoms, int n_cells, int n_atoms, tm_cells *out);
extern int32 tmap_read_counts(ArrayType *events, ArrayType *others, const int64 **count);

#endif
