/*
 * tables.c - reads linked tables from SQL arrays.
 */
#include "tables.h"

#include "catalog/pg_type.h"

/* The elements of a one-dimensional array without NULLs of a type of fixed length; sets how many there are. */
const void *
tmap_flat_array(ArrayType *array, Oid type, int *n, const char *what)
{
	if (ARR_NDIM(array) > 1 || array_contains_nulls(array) || ARR_ELEMTYPE(array) != type)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_ELEMENT_ERROR),
				 errmsg("array %s has NULLs or more than one dimension", what)));
	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return ARR_DATA_PTR(array);
}

/* Raises unless all counts are from 0 up. */
static void
check_counts(const int64 *counts, int n, const char *what)
{
	for (int i = 0; i < n; i++)
		if (counts[i] < 0 || counts[i] > PG_INT64_MAX / 1000000000)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s out of range", what),
					 errdetail("Element %d is outside 0 to %lld.", i + 1, (long long) (PG_INT64_MAX / 1000000000))));
}

/* Sets both counts of the atoms, which must be as many of each; gives how many atoms there are. */
int32
tmap_read_counts(ArrayType *events, ArrayType *others, const int64 **count)
{
	int			n,
				n_others;

	count[0] = tmap_flat_array(events, INT8OID, &n, "events");
	check_counts(count[0], n, "events");
	count[1] = tmap_flat_array(others, INT8OID, &n_others, "others");
	if (n != n_others)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("arrays events and others differ in length"),
				 errdetail("There are %d and %d elements.", n, n_others)));
	check_counts(count[1], n, "others");
	return n;
}

/* Raises the error of a number that is none of 1 to n. */
static void
check_number(int32 number, int n, const char *what)
{
	if (number < 1 || number > n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no such %s", what),
				 errdetail("Number %d is given; there are %d, numbered from 1.", number, n)));
}

/*
 * The atoms of each cell from pairs of numbers in any order, numbers from 1 as
 * given becoming numbers from 0. A pair given twice is an error.
 */
void
tmap_read_cells(ArrayType *cells, ArrayType *atoms, int n_cells, int n_atoms, tm_cells *out)
{
	int			n,
				n_other;
	const int32 *cell = tmap_flat_array(cells, INT4OID, &n, "cells");
	const int32 *atom = tmap_flat_array(atoms, INT4OID, &n_other, "atoms");
	int64	   *first = palloc0(sizeof(int64) * (n_cells + 2));
	int32	   *member = palloc(sizeof(int32) * (n + 1));
	int32	   *seen = palloc0(sizeof(int32) * (n_atoms + 1));

	if (n != n_other)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("arrays cells and atoms differ in length"),
				 errdetail("There are %d and %d elements.", n, n_other)));
	for (int i = 0; i < n; i++)
	{
		check_number(cell[i], n_cells, "cell");
		check_number(atom[i], n_atoms, "atom");
		first[cell[i] + 1]++;
	}
	/* A counting sort by cell: first[j] is for the moment where cell j + 1 puts its next atom. */
	for (int j = 1; j <= n_cells + 1; j++)
		first[j] += first[j - 1];
	for (int i = 0; i < n; i++)
		member[first[cell[i]]++] = atom[i] - 1;
	for (int j = 0; j < n_cells; j++)
		for (int64 i = first[j]; i < first[j + 1]; i++)
		{
			if (seen[member[i]] == j + 1)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("atom given twice in one cell"),
						 errdetail("Cell %d has atom %d twice.", j + 1, member[i] + 1)));
			seen[member[i]] = j + 1;
		}
	pfree(seen);
	*out = (tm_cells) {n_atoms, n_cells, first, member};
}
