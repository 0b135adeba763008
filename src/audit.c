/*
 * audit.c - tmap.audit_cells: what can be worked out of suppressed cells.
 */
#include "tables.h"

#include "lp.h"
#include "memory.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

static const char *const proofs[] = {
	[TM_PROOF_LINEAR] = "linear",
	[TM_PROOF_BOUNDS] = "bounds",
	[TM_PROOF_WITNESS] = "witness",
};

/* Raises the error of an audit that did not come to an end: nothing may be published then. */
static void
check_end(tm_status status)
{
	if (status == TM_TOO_MANY || status == TM_OVERFLOW)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("tables too large or too entangled to be audited"),
				 errhint("Audit years or countries that share no cell separately.")));
	tmap_check(status);
}

/* Puts the bounds of suppressed cells into the result set, events before others. */
static void
put_rows(ReturnSetInfo *rsinfo, const tm_audit *task, tm_bounds *const *bounds)
{
	static const char *const counts[] = {"events", "others"};

	for (int j = 0; j < task->cells.n_cells; j++)
		for (int c = 0; c < task->n_counts && !task->published[j]; c++)
		{
			tm_bounds	b = bounds[c][j];
			Datum		values[6] = {
				Int32GetDatum(j + 1), CStringGetTextDatum(counts[c]), Float8GetDatum(b.lower), Float8GetDatum(b.upper),
				BoolGetDatum(b.exact), CStringGetTextDatum(proofs[b.proof]),
			};
			bool		nulls[6] = {false};

			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
}

PG_FUNCTION_INFO_V1(tmap_audit_cells);

/* tmap.audit_cells(cells, atoms, published, events, others): a row for each suppressed cell and count. */
Datum
tmap_audit_cells(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "audit", ALLOCSET_DEFAULT_SIZES);
	MemoryContextCallback *closing = MemoryContextAllocZero(work, sizeof *closing);
	tmap_lp_state *programs = MemoryContextAllocZero(work, sizeof *programs);
	tm_audit	task = {.memory = {tmap_resize, tmap_tick, work}};
	tm_bounds  *bounds[TM_COUNTS];
	int			n_cells;

	InitMaterializedSRF(fcinfo, 0);
	task.published = tmap_flat_array(PG_GETARG_ARRAYTYPE_P(2), BOOLOID, &n_cells, "published");
	task.n_counts = TM_COUNTS;
	task.cells.n_atoms = tmap_read_counts(PG_GETARG_ARRAYTYPE_P(3), PG_GETARG_ARRAYTYPE_P(4), task.count);
	tmap_read_cells(PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_ARRAYTYPE_P(1), n_cells, task.cells.n_atoms, &task.cells);
	/* A cancelled query leaves from a tick: the program goes with its memory. */
	*programs = (tmap_lp_state) {.tick = tmap_tick};
	closing->func = tmap_lp_close;
	closing->arg = programs;
	MemoryContextRegisterResetCallback(work, closing);
	task.lp = tmap_lp(programs);
	for (int c = 0; c < task.n_counts; c++)
		bounds[c] = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(tm_bounds) * ((Size) n_cells + 1));
	check_end(tm_audit_cells(&task, bounds));
	put_rows(rsinfo, &task, bounds);
	MemoryContextDelete(work);
	return (Datum) 0;
}
