/*
 * audit.c - what an outsider can know of every suppressed cell.
 *
 * First without a thought of signs: a cell that no move changes (moves.h) is a
 * linear combination of published cells. Then for each count with the knowledge
 * that nothing is negative: atoms of published zeros are zeros, and what moves
 * are left is walked (witness.c) for other tables of whole numbers with the
 * same published cells. Where none is found, linear programming says how far
 * the cell can go (program.c).
 */
#include "audit.h"

#include <math.h>
#include <string.h>


/* Cells waiting to be looked at again as one of their atoms became known. */
typedef struct queue
{
	const tm_audit *task;
	const int64_t *count;		/* NULL: without zeros */
	tm_lists	cells_of;
	uint8_t    *known;			/* of each atom */
	int32_t    *unknown;		/* of each cell: how many atoms are not known, */
	int64_t    *rest;			/* and their sum */
	int32_t    *cell;
	int32_t		n;
} queue;

/* Puts a published cell in the queue when what is left of it is one atom or no one at all. */
static void
look(queue *q, int32_t cell)
{
	if (q->task->published[cell] && q->unknown[cell] > 0 && (q->unknown[cell] == 1 || (q->count && q->rest[cell] == 0)))
		q->cell[q->n++] = cell;
}

/* Makes an atom known and looks at the cells of it. */
static void
learn(queue *q, int32_t atom)
{
	q->known[atom] = 1;
	for (int64_t k = q->cells_of.first[atom]; k < q->cells_of.first[atom + 1]; k++)
	{
		int32_t		cell = q->cells_of.item[k];

		q->unknown[cell]--;
		if (q->count)
			q->rest[cell] -= q->count[atom];
		/* Whoever sits at the front is worked on by our caller and empties anyway. */
		look(q, cell);
	}
}

/* Marks atoms that are known: alone in what is left of a published cell, or (given counts) in a rest of zero; again and again. */
static tm_status
presolve(const tm_audit *task, const int64_t *count, tm_lists cells_of, uint8_t *known)
{
	const tm_cells *c = &task->cells;
	tm_memory	memory = task->memory;
	queue		q = {.task = task, .count = count, .cells_of = cells_of, .known = known};
	tm_status	status = TM_TOO_MANY;

	q.unknown = tm_zeroed(memory, c->n_cells, sizeof(int32_t));
	q.rest = tm_zeroed(memory, c->n_cells, sizeof(int64_t));
	/* A cell joins when it is down to one atom, when its rest becomes 0, and at each atom fewer after that. */
	q.cell = tm_zeroed(memory, c->first[c->n_cells] + c->n_cells, sizeof(int32_t));
	if (q.unknown && q.rest && q.cell)
	{
		for (int32_t j = 0; j < c->n_cells; j++)
		{
			for (int64_t k = c->first[j]; k < c->first[j + 1]; k++)
				if (!known[c->atom[k]])
				{
					q.unknown[j]++;
					q.rest[j] += count ? count[c->atom[k]] : 0;
				}
			look(&q, j);
		}
		while (q.n > 0)
		{
			int32_t		cell = q.cell[--q.n];

			for (int64_t k = c->first[cell]; k < c->first[cell + 1]; k++)
				if (!known[c->atom[k]])
					learn(&q, c->atom[k]);
		}
		status = TM_OK;
	}
	tm_give_back(memory, q.unknown);
	tm_give_back(memory, q.rest);
	tm_give_back(memory, q.cell);
	return status;
}

/* Marks the cells that some move changes. */
static tm_status
mark_moved(const tm_moves *m, uint8_t *moved)
{
	int64_t    *sum = tm_zeroed(m->memory, m->cells->n_cells, sizeof(int64_t));

	if (sum == NULL)
		return TM_TOO_MANY;
	for (int32_t j = 0; j < m->n; j++)
	{
		const tm_move *v = &m->move[j];

		/* The check of the moves has shown that these sums do not overflow. */
		for (int32_t e = 0; e < v->n; e++)
			for (int64_t k = m->cells_of.first[v->atom[e]]; k < m->cells_of.first[v->atom[e] + 1]; k++)
				sum[m->cells_of.item[k]] += v->times[e];
		for (int32_t e = 0; e < v->n; e++)
			for (int64_t k = m->cells_of.first[v->atom[e]]; k < m->cells_of.first[v->atom[e] + 1]; k++)
			{
				int32_t		cell = m->cells_of.item[k];

				moved[cell] |= sum[cell] != 0;
				sum[cell] = 0;
			}
	}
	tm_give_back(m->memory, sum);
	return TM_OK;
}

/* The bounds of the cells that no other table was sought for: those that no move changes. */
static void
settle(const tm_audit *task, const tm_search *s, const uint8_t *loose, const uint8_t *moved, tm_bounds *bounds)
{
	for (int32_t j = 0; j < task->cells.n_cells; j++)
	{
		bounds[j] = (tm_bounds) {(double) s->low[j], (double) s->high[j], !moved[j], TM_PROOF_NONE};
		if (!task->published[j])
			bounds[j].proof = moved[j] ? TM_PROOF_WITNESS : loose[j] ? TM_PROOF_BOUNDS : TM_PROOF_LINEAR;
	}
}

/* The bounds of one count; loose says which cells moves change when nothing is known of signs. */
static tm_status
audit_count(const tm_audit *task, const int64_t *count, const uint8_t *known, const uint8_t *loose, tm_lists cells_of, tm_bounds *bounds)
{
	tm_memory	memory = task->memory;
	uint8_t    *now_known = tm_zeroed(memory, task->cells.n_atoms, 1);
	uint8_t    *moved = tm_zeroed(memory, task->cells.n_cells, 1);
	tm_moves	moves = {0};
	tm_search	search = {0};
	tm_status	status = now_known && moved ? TM_OK : TM_TOO_MANY;

	if (status == TM_OK)
	{
		memcpy(now_known, known, (size_t) task->cells.n_atoms);
		status = presolve(task, count, cells_of, now_known);
	}
	if (status == TM_OK)
		status = tm_moves_find(&moves, &task->cells, task->published, now_known, cells_of, memory);
	if (status == TM_OK)
		status = tm_moves_check(&moves, task->published);
	if (status == TM_OK)
		status = mark_moved(&moves, moved);
	if (status == TM_OK)
		status = tm_search_init(&search, task, &moves, count);
	if (status == TM_OK)
		status = tm_search_walk(&search);
	if (status == TM_OK)
	{
		settle(task, &search, loose, moved, bounds);
		status = tm_search_programs(&search, bounds);
	}
	tm_search_free(&search);
	tm_moves_free(&moves);
	tm_give_back(memory, now_known);
	tm_give_back(memory, moved);
	return status;
}

/* Lifts the upper bound of cells with an atom that no published cell holds: nothing limits that. */
static void
lift_limits(const tm_audit *task, tm_lists cells_of, tm_bounds *bounds)
{
	for (int32_t i = 0; i < task->cells.n_atoms; i++)
	{
		bool		held = false;

		for (int64_t k = cells_of.first[i]; k < cells_of.first[i + 1]; k++)
			held |= task->published[cells_of.item[k]];
		for (int64_t k = cells_of.first[i]; !held && k < cells_of.first[i + 1]; k++)
			bounds[cells_of.item[k]].upper = INFINITY;
	}
}

/* TM_OK if all counts are from 0 up. */
static tm_status
check_counts(const tm_audit *task)
{
	for (int c = 0; c < task->n_counts; c++)
		for (int32_t i = 0; i < task->cells.n_atoms; i++)
			if (task->count[c][i] < 0)
				return TM_NEGATIVE;
	return TM_OK;
}

/* The bounds of every cell for each count; published cells have their value and proof TM_PROOF_NONE. */
tm_status
tm_audit_cells(const tm_audit *task, tm_bounds *const *bounds)
{
	tm_memory	memory = task->memory;
	tm_lists	cells_of = {0};
	tm_moves	moves = {0};
	uint8_t    *known = tm_zeroed(memory, task->cells.n_atoms, 1);
	uint8_t    *loose = tm_zeroed(memory, task->cells.n_cells, 1);
	tm_status	status = known && loose ? check_counts(task) : TM_TOO_MANY;

	if (status == TM_OK)
		status = tm_cells_of_atoms(&task->cells, memory, &cells_of);
	if (status == TM_OK)
		status = presolve(task, NULL, cells_of, known);
	if (status == TM_OK)
		status = tm_moves_find(&moves, &task->cells, task->published, known, cells_of, memory);
	if (status == TM_OK)
		status = tm_moves_check(&moves, task->published);
	if (status == TM_OK)
		status = mark_moved(&moves, loose);
	tm_moves_free(&moves);
	for (int c = 0; c < task->n_counts && status == TM_OK; c++)
	{
		status = audit_count(task, task->count[c], known, loose, cells_of, bounds[c]);
		if (status == TM_OK)
			lift_limits(task, cells_of, bounds[c]);
	}
	tm_give_back(memory, known);
	tm_give_back(memory, loose);
	tm_give_back(memory, cells_of.first);
	tm_give_back(memory, cells_of.item);
	return status;
}
