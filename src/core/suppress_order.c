/*
 * suppress_order.c - the order in which cells are decided about.
 *
 * Zeros come first: a zero that is withheld protects nothing, because a count
 * is not negative. Then the largest, so that little is lost; among equals the
 * one whose atoms are in the largest cells (Langsrud 2024, see suppress.c).
 */
#include "suppress.h"
#include "heap_sort.h"

/* Says whether a comes before b. */
static bool
before(const tm_candidate *a, const tm_candidate *b)
{
	if (a->zero != b->zero)
		return a->zero;
	if (a->size != b->size)
		return a->size > b->size;
	if (a->tie != b->tie)
		return a->tie > b->tie;
	return a->cell < b->cell;
}

/* Sorts candidates in place. */
TM_HEAP_SORT(sort_candidates, tm_candidate, int32_t, before)

/*
 * Sets the counts of the cells, and puts the cells in the order of decision;
 * counts of cells and sizes of atoms come as 0.
 */
void
tm_suppress_order(const tm_suppression *task, int64_t *const *cell_count, int64_t *atom_size, tm_candidate *order)
{
	const tm_cells *t = &task->cells;

	for (int32_t j = 0; j < t->n_cells; j++)
	{
		order[j] = (tm_candidate) {.cell = j, .size = 1};
		for (int c = 0; c < task->n_counts; c++)
		{
			for (int64_t i = t->first[j]; i < t->first[j + 1]; i++)
				cell_count[c][j] += task->count[c][t->atom[i]];
			order[j].size += cell_count[c][j];
			order[j].zero |= cell_count[c][j] == 0;
		}
		for (int64_t i = t->first[j]; i < t->first[j + 1]; i++)
			atom_size[t->atom[i]] += order[j].size;
	}
	for (int32_t j = 0; j < t->n_cells; j++)
		for (int64_t i = t->first[j]; i < t->first[j + 1]; i++)
			order[j].tie += atom_size[t->atom[i]];
	sort_candidates(order, t->n_cells);
}
