/*
 * suppress.c - tmap.suppress: which cells of linked tables stay unpublished.
 */
#include "memory.h"
#include "tables.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The rules of the cells as the core takes them. */
static uint8 *
read_rules(ArrayType *array, int *n)
{
	const int16 *given = tmap_flat_array(array, INT2OID, n, "rules");
	uint8	   *rules = palloc(*n + 1);

	for (int i = 0; i < *n; i++)
	{
		if (given[i] < TM_CELL_FREE || given[i] > TM_CELL_PUBLIC)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown rule of a cell"),
					 errdetail("Cell %d has rule %d.", i + 1, given[i]),
					 errhint("Rules are 0 (free), 1 (protected) and 2 (public already).")));
		rules[i] = (uint8) given[i];
	}
	return rules;
}

PG_FUNCTION_INFO_V1(tmap_suppress);

/* tmap.suppress(cells, atoms, rules, events, others, singletons, zeros): the status of each cell. */
Datum
tmap_suppress(PG_FUNCTION_ARGS)
{
	tm_suppression task = {.singletons = PG_GETARG_BOOL(5), .zeros = PG_GETARG_BOOL(6), .memory = {tmap_resize, tmap_tick, NULL}};
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "suppression", ALLOCSET_DEFAULT_SIZES);
	int			n_cells;
	uint8	   *status;
	Datum	   *answer;
	int			dim,
				from = 1;

	task.memory.context = work;
	task.rule = read_rules(PG_GETARG_ARRAYTYPE_P(2), &n_cells);
	task.n_counts = TM_COUNTS;
	task.cells.n_atoms = tmap_read_counts(PG_GETARG_ARRAYTYPE_P(3), PG_GETARG_ARRAYTYPE_P(4), task.count);
	tmap_read_cells(PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_ARRAYTYPE_P(1), n_cells, task.cells.n_atoms, &task.cells);
	status = palloc0(n_cells + 1);
	tmap_check(tm_suppress(&task, status));
	MemoryContextDelete(work);

	dim = n_cells;
	answer = palloc(sizeof(Datum) * (n_cells + 1));
	for (int i = 0; i < n_cells; i++)
		answer[i] = Int16GetDatum(status[i]);
	if (n_cells == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT2OID));
	PG_RETURN_ARRAYTYPE_P(construct_md_array(answer, NULL, 1, &dim, &from, INT2OID, 2, true, TYPALIGN_SHORT));
}
