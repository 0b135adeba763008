/*
 * suppress.c - secondary suppression by elimination.
 *
 * Cells are taken one after the other, zeros first, then the largest. A cell is
 * published unless a protected cell would then be a linear combination of
 * published ones (Langsrud 2024, Privacy in Statistical Databases, LNCS 14915).
 * For that the part of every protected cell outside the span of the published
 * ones is kept: a cell gives it away exactly when its own such part points in
 * the same direction.
 *
 * A person alone in an atom knows the atom. Two parts of one direction, one of
 * them such an atom's, would let that person work out the other cell: a cell
 * whose publication made this so is withheld as well.
 *
 * Events and people without one are two tables over the same atoms, because an
 * atom of 0 in one of them is known as soon as a sum of 0 is: such atoms count
 * as public in that table from the start. A cell is published when it gives
 * nothing away in either.
 */
#include "suppress.h"

#include <string.h>

#include "suppress_table.h"

typedef struct work
{
	const tm_suppression *task;
	tm_table	table[TM_COUNTS];
	int64_t    *cell_count[TM_COUNTS];
	int64_t    *atom_size;
	tm_candidate *order;
} work;

/* Memory for n things of a size, zeroed; NULL when there is none. */
static void *
zeroed(const work *w, int64_t n, size_t size)
{
	tm_memory	m = w->task->memory;
	void	   *p = m.resize(m.context, NULL, (size_t) (n + 1) * size);

	if (p)
		memset(p, 0, (size_t) (n + 1) * size);
	return p;
}

/* Lets the caller stop. */
static void
tick(const work *w)
{
	if (w->task->memory.tick)
		w->task->memory.tick(w->task->memory.context);
}

/* Looks at a cell in all tables. */
static tm_status
look(work *w, int32_t cell)
{
	const tm_cells *t = &w->task->cells;
	tm_status	status = TM_OK;

	for (int c = 0; c < w->task->n_counts && status == TM_OK; c++)
		status = tm_table_look(&w->table[c], t->atom + t->first[cell], t->first[cell + 1] - t->first[cell]);
	return status;
}

/* Publishes the cell looked at unless it may not be; forced: it is public already. */
static tm_status
publish(work *w, bool forced, bool *published)
{
	tm_status	status = TM_OK;
	bool		refused = false;
	int			tried = 0;

	*published = false;
	for (int c = 0; c < w->task->n_counts && !forced; c++)
		if (tm_table_gives_away(&w->table[c]))
			return TM_OK;
	for (; tried < w->task->n_counts && status == TM_OK && !refused; tried++)
	{
		status = tm_table_try(&w->table[tried], &refused);
		refused &= !forced;
	}
	if (status != TM_OK)
		return status;
	if (refused)
	{
		while (tried > 0)
			tm_table_undo(&w->table[--tried]);
		return TM_OK;
	}
	*published = true;
	for (int c = 0; c < w->task->n_counts && status == TM_OK; c++)
		status = tm_table_keep(&w->table[c]);
	return status;
}

/* Makes the atoms of 0 public in their table. */
static tm_status
publish_zeros(work *w)
{
	tm_status	status = TM_OK;
	bool		told;

	for (int c = 0; c < w->task->n_counts; c++)
		for (int32_t i = 0; i < w->task->cells.n_atoms && status == TM_OK; i++)
			if (w->task->count[c][i] == 0)
			{
				status = tm_table_look(&w->table[c], &i, 1);
				if (status == TM_OK)
					status = tm_table_try(&w->table[c], &told);
				if (status == TM_OK)
					status = tm_table_keep(&w->table[c]);
			}
	return status;
}

/* Adds the part of a protected cell in each table; it is exposed where it lies in the span and is not an allowed 0. */
static tm_status
protect_cell(work *w, int32_t cell, uint8_t *cell_status)
{
	const tm_cells *t = &w->task->cells;
	tm_status	status = look(w, cell);

	*cell_status = TM_CELL_PRIMARY;
	for (int c = 0; c < w->task->n_counts && status == TM_OK; c++)
	{
		int64_t		count = w->cell_count[c][cell];

		if (count == 0 && w->task->zeros)
			continue;
		if (w->table[c].v.n == 0)
			*cell_status = TM_CELL_EXPOSED;
		status = tm_table_protect(&w->table[c], count, true, t->first[cell + 1] - t->first[cell] == 1);
	}
	return status;
}

/* Adds the parts of the protected cells and of the atoms of one person. */
static tm_status
protect(work *w, uint8_t *status)
{
	tm_status	result = TM_OK;

	for (int32_t j = 0; j < w->task->cells.n_cells && result == TM_OK; j++)
		if (w->task->rule[j] == TM_CELL_PROTECTED)
		{
			tick(w);
			result = protect_cell(w, j, &status[j]);
		}
	for (int c = 0; c < w->task->n_counts && w->task->singletons; c++)
		for (int32_t i = 0; i < w->task->cells.n_atoms && result == TM_OK; i++)
			if (w->task->count[c][i] == 1)
			{
				result = tm_table_look(&w->table[c], &i, 1);
				if (result == TM_OK)
					result = tm_table_protect(&w->table[c], 1, false, true);
			}
	return result;
}

/* Decides about the cells of a rule in their order. */
static tm_status
decide(work *w, tm_cell_rule rule, uint8_t *status)
{
	tm_status	result = TM_OK;

	for (int32_t i = 0; i < w->task->cells.n_cells && result == TM_OK; i++)
	{
		int32_t		j = w->order[i].cell;
		bool		published = false;

		if (w->task->rule[j] != rule)
			continue;
		tick(w);
		result = look(w, j);
		if (result == TM_OK)
			result = publish(w, rule == TM_CELL_PUBLIC, &published);
		status[j] = published ? TM_CELL_PUBLISHED : TM_CELL_SECONDARY;
	}
	return result;
}

/* Sets the working memory up. */
static tm_status
start(work *w)
{
	const tm_suppression *task = w->task;
	const tm_cells *t = &task->cells;
	tm_status	status = TM_OK;

	for (int c = 0; c < task->n_counts; c++)
		for (int32_t i = 0; i < t->n_atoms; i++)
			if (task->count[c][i] < 0)
				return TM_NEGATIVE;
	w->atom_size = zeroed(w, t->n_atoms, sizeof *w->atom_size);
	w->order = zeroed(w, t->n_cells, sizeof *w->order);
	for (int c = 0; c < task->n_counts && status == TM_OK; c++)
	{
		w->cell_count[c] = zeroed(w, t->n_cells, sizeof *w->cell_count[c]);
		status = w->cell_count[c] ? tm_table_init(&w->table[c], t->n_atoms, t->n_cells + t->n_atoms, task->singletons, task->memory) : TM_TOO_MANY;
	}
	if (!w->atom_size || !w->order)
		status = TM_TOO_MANY;
	if (status == TM_OK)
		tm_suppress_order(task, w->cell_count, w->atom_size, w->order);
	return status;
}

/* Gives all working memory back. */
static void
finish(work *w)
{
	void	   *all[] = {w->atom_size, w->order, w->cell_count[0], w->cell_count[1]};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i])
			w->task->memory.resize(w->task->memory.context, all[i], 0);
	for (int c = 0; c < w->task->n_counts; c++)
		tm_table_free(&w->table[c]);
}

/*
 * Sets the status of every cell, so that no protected cell is a linear
 * combination of published ones. TM_TOO_MANY without memory; TM_NEGATIVE for a
 * negative count. Time grows with the entries that the parts come to have,
 * memory likewise.
 */
tm_status
tm_suppress(const tm_suppression *task, uint8_t *status)
{
	work		w = {.task = task};
	tm_status	result = start(&w);

	if (result == TM_OK && task->zeros)
		result = publish_zeros(&w);
	if (result == TM_OK)
		result = decide(&w, TM_CELL_PUBLIC, status);
	if (result == TM_OK)
		result = protect(&w, status);
	if (result == TM_OK)
		result = decide(&w, TM_CELL_FREE, status);
	finish(&w);
	return result;
}
