/*
 * program.c - linear programs for the cells that the walk could not move.
 *
 * The moves fall into components that share no atom; what one component does
 * is no business of the others, so each is a program of its own: changes of its
 * atoms that are not below their negated counts and leave the published cells
 * as they are. A corner that is found is rounded and checked in whole numbers:
 * if it holds it is a witness for every cell, like the tables of the walk. What
 * fractions alone move is tried in whole numbers, by branch and bound.
 */
#include "audit.h"

#include <math.h>
#include <string.h>

#define WHOLE_ATOMS 2000		/* most atoms of a component in which whole numbers are sought */
#define SLACK 1e-6				/* what a limit found in floating point may be wrong by, in units of its size or 1 */

typedef struct program
{
	tm_search  *search;
	tm_bounds  *bounds;
	int32_t    *root;			/* of each atom: the atom that names its component, or -1 */
	int32_t    *place;			/* of each atom: its place in the component at hand */
	int32_t    *atom;			/* the atoms of that, */
	int32_t		n;
	double	   *lower;			/* their lower limits, */
	double	   *change;			/* the changes found, */
	int64_t    *whole;			/* and these rounded */
	int64_t    *first;			/* rows: the published cells in the component */
	int32_t    *item;
	int32_t    *objective;		/* places in the objective, */
	int32_t		n_objective;
	double	   *weight;			/* how often each is, */
	double	   *times;			/* and the same by place */
	int64_t    *sum;			/* of each cell, */
	double	   *grow;			/* and by how much it can grow in the component at hand, as far as seen, */
	double	   *shrink;			/* and shrink */
	tm_lists	cells_in;		/* of each root: suppressed cells with an atom there that nothing moved */
} program;

/* Opens the program of a component; the rows are the published cells that took a move away, cut to its atoms. */
static tm_status
open_component(program *p, int32_t root)
{
	const tm_search *s = p->search;
	const tm_moves *m = s->moves;
	const tm_cells *c = m->cells;
	int64_t		n = 0;
	int32_t		rows = 0;

	p->n = 0;
	for (int32_t i = 0; i < c->n_atoms; i++)
		if (p->root[i] == root)
		{
			p->place[i] = p->n;
			p->lower[p->n] = -(double) s->count[i];
			p->atom[p->n++] = i;
		}
	p->first[0] = 0;
	for (int32_t r = 0; r < m->n_pivots; r++)
	{
		int32_t		cell = m->pivot_cell[r];

		for (int64_t k = c->first[cell]; k < c->first[cell + 1]; k++)
			if (p->root[c->atom[k]] == root)
				p->item[n++] = p->place[c->atom[k]];
		if (n > p->first[rows])
			p->first[++rows] = n;
	}
	return s->task->lp.open(s->task->lp.context, p->n, p->lower, rows, p->first, p->item);
}

/* Rounds the changes found; if they are a table of whole numbers with all published cells, notes the cells that it gives. */
static tm_status
round_off(program *p)
{
	tm_search  *s = p->search;
	tm_lists	of = s->moves->cells_of;
	bool		good = true;
	tm_status	status = TM_OK;

	for (int32_t i = 0; i < p->n && good; i++)
	{
		good = fabs(p->change[i]) < 1e15;
		p->whole[i] = good ? llround(p->change[i]) : 0;
		good = good && s->count[p->atom[i]] + p->whole[i] >= 0;
	}
	for (int pass = 0; pass < 3 && good; pass++)
		for (int32_t i = 0; i < p->n; i++)
			for (int64_t k = of.first[p->atom[i]]; p->whole[i] != 0 && k < of.first[p->atom[i] + 1]; k++)
			{
				int32_t		cell = of.item[k];

				if (pass == 0 && __builtin_add_overflow(p->sum[cell], p->whole[i], &p->sum[cell]))
					return TM_OVERFLOW;
				if (pass == 1 && s->task->published[cell] && p->sum[cell] != 0)
					good = false;
			}
	for (int32_t i = 0; i < p->n; i++)
		for (int64_t k = of.first[p->atom[i]]; k < of.first[p->atom[i] + 1]; k++)
		{
			int32_t		cell = of.item[k];
			int64_t		truth = 0;

			if (p->sum[cell] == 0)
				continue;
			for (int64_t a = p->search->task->cells.first[cell]; good && a < p->search->task->cells.first[cell + 1]; a++)
				truth += s->count[s->task->cells.atom[a]];
			if (good && truth + p->sum[cell] < s->low[cell])
				s->low[cell] = truth + p->sum[cell];
			if (good && truth + p->sum[cell] > s->high[cell])
				s->high[cell] = truth + p->sum[cell];
			p->sum[cell] = 0;
		}
	return status;
}

/* Adds a cell's atoms of the component at hand to the objective. */
static void
add_objective(program *p, int32_t root, int32_t cell, double direction)
{
	const tm_cells *c = p->search->moves->cells;

	for (int64_t k = c->first[cell]; k < c->first[cell + 1]; k++)
	{
		int32_t		place = p->place[c->atom[k]];

		if (p->root[c->atom[k]] != root)
			continue;
		if (p->times[place] == 0.0)
			p->objective[p->n_objective++] = place;
		p->times[place] += direction;
	}
}

/* Moves the objective to weights of its places. */
static void
empty_objective(program *p)
{
	for (int32_t i = 0; i < p->n_objective; i++)
	{
		p->weight[i] = p->times[p->objective[i]];
		p->times[p->objective[i]] = 0.0;
	}
}

/* The largest value of the objective, which is emptied; its corner is tried as a table of whole numbers. */
static tm_status
farthest(program *p, double *value)
{
	const tm_search *s = p->search;
	tm_status	status;

	if (s->task->memory.tick)
		s->task->memory.tick(s->task->memory.context);
	empty_objective(p);
	status = s->task->lp.most(s->task->lp.context, p->n_objective, p->objective, p->weight, value, p->change);
	p->n_objective = 0;
	p->search->n_programs++;
	if (status == TM_OK && isfinite(*value))
		status = round_off(p);
	return status;
}

/* Adds what a component does to the bounds of a cell that no table has moved yet. */
static tm_status
bound(program *p, int32_t root, int32_t cell)
{
	double		up = 0.0;
	double		down = 0.0;
	tm_status	status;

	add_objective(p, root, cell, 1.0);
	status = farthest(p, &up);
	if (status == TM_OK && p->search->low[cell] > 0)
	{
		add_objective(p, root, cell, -1.0);
		status = farthest(p, &down);
	}
	p->grow[cell] = up;
	p->shrink[cell] = down;
	p->bounds[cell].proof = TM_PROOF_BOUNDS;
	return status;
}

/* How far the changes at hand move a cell. */
static double
change_of(const program *p, int32_t root, int32_t cell)
{
	const tm_cells *c = p->search->moves->cells;
	double		sum = 0.0;

	for (int64_t k = c->first[cell]; k < c->first[cell + 1]; k++)
		if (p->root[c->atom[k]] == root)
			sum += p->change[p->place[c->atom[k]]];
	return sum;
}

/* Replaces how far a cell can go one way by nothing when no whole number lies there, or notes a table where one does. */
static tm_status
try_whole(program *p, int32_t root, int32_t cell, double direction, double *reach)
{
	const tm_search *s = p->search;
	double		value;
	bool		found;
	tm_status	status;

	if (*reach < 1.0 - SLACK)
	{
		*reach = 0.0;
		return TM_OK;
	}
	if (isinf(*reach) || p->n > WHOLE_ATOMS)
		return TM_OK;
	if (s->task->memory.tick)
		s->task->memory.tick(s->task->memory.context);
	add_objective(p, root, cell, direction);
	empty_objective(p);
	status = s->task->lp.whole(s->task->lp.context, p->n_objective, p->objective, p->weight, &found, &value, p->change);
	p->n_objective = 0;
	p->search->n_programs++;
	if (status != TM_OK || !found)
		return status;
	if (value < 0.5)
		*reach = 0.0;
	else
		status = round_off(p);
	return status;
}

/*
 * Of n cells that are 0 in the component, those that it must leave so, which
 * are settled and taken out: while some can grow, so does their sum.
 */
static tm_status
settle_zeros(program *p, int32_t root, int32_t *cell, int32_t *n)
{
	int32_t		others = 0;		/* at the front of cell: those that can grow, then those in question */
	tm_status	status = TM_OK;

	while (others < *n && status == TM_OK)
	{
		int32_t		before = others;
		double		value;

		for (int32_t i = others; i < *n; i++)
			add_objective(p, root, cell[i], 1.0);
		status = farthest(p, &value);
		if (status != TM_OK || isinf(value))
			break;
		for (int32_t i = 0; i < *n; i++)
		{
			int32_t		this = cell[i];

			p->grow[this] = fmax(p->grow[this], change_of(p, root, this));
			p->bounds[this].proof = TM_PROOF_BOUNDS;
			if (i >= others && p->grow[this] > SLACK)
			{
				cell[i] = cell[others];
				cell[others++] = this;
			}
		}
		if (others > before)
			continue;
		*n = others;
	}
	return status;
}

/* Says whether only one whole number lies in bounds that floating point has found. */
static bool
only_one(const tm_bounds *b)
{
	double		slack = SLACK * fmax(1.0, fabs(b->lower));

	return floor(b->upper + slack) <= ceil(b->lower - slack);
}

/* The unmoved suppressed cells of each component, as lists by root. */
static tm_status
list_unmoved(program *p)
{
	const tm_search *s = p->search;
	const tm_cells *c = s->moves->cells;
	tm_memory	memory = s->task->memory;
	int64_t		n = 0;

	for (int pass = 0; pass < 2; pass++)
	{
		for (int32_t j = 0; j < c->n_cells; j++)
		{
			if (p->bounds[j].proof != TM_PROOF_WITNESS || s->low[j] != s->high[j])
				continue;
			for (int64_t k = c->first[j]; k < c->first[j + 1]; k++)
			{
				int32_t		root = p->root[c->atom[k]];
				bool		fresh = root >= 0 && p->place[root] != 2 * j + pass + 1;

				if (!fresh)
					continue;
				p->place[root] = 2 * j + pass + 1;
				if (pass == 0)
					p->cells_in.first[root + 2]++;
				else
					p->cells_in.item[p->cells_in.first[root + 1]++] = j;
				n += pass == 0;
			}
		}
		if (pass == 0)
		{
			p->cells_in.item = tm_zeroed(memory, n, sizeof(int32_t));
			if (p->cells_in.item == NULL)
				return TM_TOO_MANY;
			for (int32_t i = 1; i <= c->n_atoms + 1; i++)
				p->cells_in.first[i] += p->cells_in.first[i - 1];
		}
	}
	return TM_OK;
}

/* Solves the programs of a component: cells of zero at once, what then may have moved one by one. */
static tm_status
solve_component(program *p, int32_t root)
{
	const tm_search *s = p->search;
	int32_t    *cell = p->cells_in.item + p->cells_in.first[root];
	int32_t		n = (int32_t) (p->cells_in.first[root + 1] - p->cells_in.first[root]);
	int32_t		zeros = 0;
	tm_status	status = open_component(p, root);

	for (int32_t i = 0; i < n; i++)
		if (s->low[cell[i]] == 0)
		{
			int32_t		swap = cell[zeros];

			cell[zeros++] = cell[i];
			cell[i] = swap;
		}
	for (int32_t i = zeros; i < n && status == TM_OK; i++)
		if (s->low[cell[i]] == s->high[cell[i]])
			status = bound(p, root, cell[i]);
	if (status == TM_OK)
		status = settle_zeros(p, root, cell, &zeros);
	/* A corner in which a cell is 1 or more has shown that it is not bound to be 0. */
	for (int32_t i = 0; i < zeros && status == TM_OK; i++)
		if (s->low[cell[i]] == s->high[cell[i]] && p->grow[cell[i]] < 1.0 + SLACK)
			status = bound(p, root, cell[i]);
	/* Fractions may move what whole numbers do not. */
	for (int32_t i = 0; i < n && status == TM_OK; i++)
	{
		if (s->low[cell[i]] == s->high[cell[i]])
			status = try_whole(p, root, cell[i], 1.0, &p->grow[cell[i]]);
		if (status == TM_OK && s->low[cell[i]] == s->high[cell[i]])
			status = try_whole(p, root, cell[i], -1.0, &p->shrink[cell[i]]);
	}
	for (int32_t i = 0; i < n; i++)
	{
		p->bounds[cell[i]].upper += p->grow[cell[i]];
		p->bounds[cell[i]].lower -= p->shrink[cell[i]];
		p->grow[cell[i]] = 0.0;
		p->shrink[cell[i]] = 0.0;
	}
	return status;
}

/* Solves the programs of all components that hold an unmoved cell. */
static tm_status
solve(program *p)
{
	tm_search  *s = p->search;
	tm_status	status;

	tm_moves_components(s->moves, p->root);
	status = list_unmoved(p);
	for (int32_t root = 0; root < s->moves->cells->n_atoms && status == TM_OK; root++)
		if (p->cells_in.first[root + 1] > p->cells_in.first[root])
		{
			status = solve_component(p, root);
			s->task->lp.close(s->task->lp.context);
		}
	return status;
}

/* The bounds of cells: those seen, or for cells that no table moved those of linear programs. */
tm_status
tm_search_programs(tm_search *s, tm_bounds *bounds)
{
	const tm_cells *c = s->moves->cells;
	tm_memory	memory = s->task->memory;
	int64_t		atoms = c->n_atoms;
	program		p = {.search = s, .bounds = bounds};
	tm_status	status = TM_TOO_MANY;

	p.root = tm_zeroed(memory, atoms, sizeof(int32_t));
	p.place = tm_zeroed(memory, atoms, sizeof(int32_t));
	p.atom = tm_zeroed(memory, atoms, sizeof(int32_t));
	p.lower = tm_zeroed(memory, atoms, sizeof(double));
	p.change = tm_zeroed(memory, atoms, sizeof(double));
	p.whole = tm_zeroed(memory, atoms, sizeof(int64_t));
	p.first = tm_zeroed(memory, atoms + 1, sizeof(int64_t));
	p.item = tm_zeroed(memory, c->first[c->n_cells], sizeof(int32_t));
	p.objective = tm_zeroed(memory, atoms, sizeof(int32_t));
	p.weight = tm_zeroed(memory, atoms, sizeof(double));
	p.times = tm_zeroed(memory, atoms, sizeof(double));
	p.sum = tm_zeroed(memory, c->n_cells, sizeof(int64_t));
	p.grow = tm_zeroed(memory, c->n_cells, sizeof(double));
	p.shrink = tm_zeroed(memory, c->n_cells, sizeof(double));
	p.cells_in.first = tm_zeroed(memory, atoms + 2, sizeof(int64_t));
	if (p.root && p.place && p.atom && p.lower && p.change && p.whole && p.first && p.item && p.objective && p.weight && p.times && p.sum && p.grow && p.shrink && p.cells_in.first)
		status = solve(&p);
	for (int32_t j = 0; j < c->n_cells && status == TM_OK; j++)
	{
		if (bounds[j].proof == TM_PROOF_BOUNDS && only_one(&bounds[j]))
			bounds[j] = (tm_bounds) {(double) s->low[j], (double) s->low[j], true, TM_PROOF_BOUNDS};
		if (s->low[j] == s->high[j] || s->task->published[j])
			continue;
		/* Tables of whole numbers that differ exist: no floating point has a say in that. */
		bounds[j] = (tm_bounds) {(double) s->low[j], (double) s->high[j], false, TM_PROOF_WITNESS};
	}
	for (void **q = (void *[]) {p.root, p.place, p.atom, p.lower, p.change, p.whole, p.first, p.item, p.objective, p.weight, p.times, p.sum, p.grow, p.shrink, p.cells_in.first, p.cells_in.item, &p}; *q != &p; q++)
		tm_give_back(memory, *q);
	return status;
}
