/*
 * moves.c - a basis of the moves of linked tables by elimination.
 *
 * At first every atom that is not known may move by itself. Each published cell
 * then takes one move away: the pivot, by which all others that would change
 * the cell are put right. What is left moves no published cell. The smallest
 * cells come first, so that moves stay local in trees of areas.
 */
#include "moves.h"

#include <stdlib.h>
#include <string.h>

/* Memory for n things of a size, zeroed; NULL when there is none. */
void *
tm_zeroed(tm_memory memory, int64_t n, size_t size)
{
	void	   *p = memory.resize(memory.context, NULL, (size_t) (n + 1) * size);

	if (p)
		memset(p, 0, (size_t) (n + 1) * size);
	return p;
}

/* Gives memory back, if there is any. */
void
tm_give_back(tm_memory memory, void *p)
{
	if (p)
		memory.resize(memory.context, p, 0);
}

/* The cells of each atom. */
tm_status
tm_cells_of_atoms(const tm_cells *cells, tm_memory memory, tm_lists *out)
{
	out->first = tm_zeroed(memory, cells->n_atoms + 2, sizeof(int64_t));
	out->item = tm_zeroed(memory, cells->first[cells->n_cells], sizeof(int32_t));
	if (out->first == NULL || out->item == NULL)
		return TM_TOO_MANY;
	for (int64_t k = 0; k < cells->first[cells->n_cells]; k++)
		out->first[cells->atom[k] + 2]++;
	for (int32_t i = 1; i <= cells->n_atoms + 1; i++)
		out->first[i] += out->first[i - 1];
	for (int32_t j = 0; j < cells->n_cells; j++)
		for (int64_t k = cells->first[j]; k < cells->first[j + 1]; k++)
			out->item[out->first[cells->atom[k] + 1]++] = j;
	return TM_OK;
}

/* The greatest common divisor; of 0 and b it is b. */
static int64_t
divisor(int64_t a, int64_t b)
{
	while (b != 0)
	{
		int64_t		rest = a % b;

		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

/* Makes room for n entries of a move. */
static tm_status
move_room(tm_move *v, int32_t n, tm_memory memory)
{
	void	   *grown;

	if (n <= v->room)
		return TM_OK;
	grown = memory.resize(memory.context, v->atom, (size_t) n * sizeof *v->atom);
	if (grown == NULL)
		return TM_TOO_MANY;
	v->atom = grown;
	grown = memory.resize(memory.context, v->times, (size_t) n * sizeof *v->times);
	if (grown == NULL)
		return TM_TOO_MANY;
	v->times = grown;
	v->room = n;
	return TM_OK;
}

/* Gives the memory of a move back. */
static void
move_free(tm_move *v, tm_memory memory)
{
	tm_give_back(memory, v->atom);
	tm_give_back(memory, v->times);
	*v = (tm_move) {0};
}

/* Notes that a move has an atom. */
static tm_status
note(tm_moves *m, int32_t atom, int32_t move)
{
	if (m->here_n[atom] == m->here_room[atom])
	{
		int32_t		room = m->here_room[atom] < 4 ? 4 : 2 * m->here_room[atom];
		void	   *grown = m->memory.resize(m->memory.context, m->here[atom], (size_t) room * sizeof(int32_t));

		if (grown == NULL)
			return TM_TOO_MANY;
		m->here[atom] = grown;
		m->here_room[atom] = room;
	}
	m->here[atom][m->here_n[atom]++] = move;
	return TM_OK;
}

/* a times v less b times w into the spare move, divided by what all entries share; notes atoms that v did not have. */
static tm_status
combine(tm_moves *m, int32_t move, int64_t a, int64_t b, const tm_move *w)
{
	tm_move    *v = &m->move[move];
	tm_move    *out = &m->spare;
	tm_status	status = move_room(out, v->n + w->n, m->memory);
	int64_t		common = 0;
	int32_t		i = 0,
				k = 0,
				n = 0;

	while (status == TM_OK && (i < v->n || k < w->n))
	{
		int32_t		atom = k == w->n || (i < v->n && v->atom[i] <= w->atom[k]) ? v->atom[i] : w->atom[k];
		int64_t		x = 0,
					y = 0;
		bool		fresh = true;

		if (i < v->n && v->atom[i] == atom)
		{
			if (__builtin_mul_overflow(a, v->times[i++], &x))
				return TM_OVERFLOW;
			fresh = false;
		}
		if (k < w->n && w->atom[k] == atom && __builtin_mul_overflow(b, w->times[k++], &y))
			return TM_OVERFLOW;
		if (__builtin_sub_overflow(x, y, &x) || x == INT64_MIN)
			return TM_OVERFLOW;
		if (x == 0)
			continue;
		if (fresh)
			status = note(m, atom, move);
		common = common == 1 ? 1 : divisor(common, x);
		out->atom[n] = atom;
		out->times[n++] = x;
	}
	for (int32_t e = 0; common > 1 && e < n; e++)
		out->times[e] /= common;
	out->n = n;
	return status;
}

/* Puts a move right by the pivot and keeps the pivot's share out of the lists of others. */
static tm_status
put_right(tm_moves *m, int32_t move, int64_t change, const tm_move *pivot, int64_t pivot_change)
{
	int64_t		g = divisor(change, pivot_change);
	tm_status	status = combine(m, move, pivot_change / g, change / g, pivot);
	tm_move		old = m->move[move];

	if (status != TM_OK)
		return status;
	m->entries += m->spare.n - old.n;
	if (m->entries > TM_MOVE_ENTRIES)
		return TM_TOO_MANY;
	/* The spare's memory goes to and fro; a move that is much longer than its room gets that of the spare. */
	if (m->spare.n > old.room)
	{
		m->move[move] = (tm_move) {0};
		status = move_room(&old, m->spare.n + m->spare.n / 4, m->memory);
	}
	if (status != TM_OK)
	{
		move_free(&old, m->memory);
		return status;
	}
	old.n = m->spare.n;
	memcpy(old.atom, m->spare.atom, (size_t) old.n * sizeof *old.atom);
	memcpy(old.times, m->spare.times, (size_t) old.n * sizeof *old.times);
	m->move[move] = old;
	return TM_OK;
}

/* By how much each move changes a cell, into value[move]; gives the moves that do and how many. */
static tm_status
changes(tm_moves *m, int32_t cell, int32_t step, const uint8_t *inside, int32_t *n)
{
	const tm_cells *c = m->cells;

	*n = 0;
	for (int64_t k = c->first[cell]; k < c->first[cell + 1]; k++)
	{
		int32_t		atom = c->atom[k];

		for (int32_t h = 0; h < m->here_n[atom]; h++)
		{
			int32_t		move = m->here[atom][h];
			const tm_move *v = &m->move[move];
			int64_t		sum = 0;

			if (m->stamp[move] == step)
				continue;
			m->stamp[move] = step;
			for (int32_t e = 0; e < v->n; e++)
				if (inside[v->atom[e]] && __builtin_add_overflow(sum, v->times[e], &sum))
					return TM_OVERFLOW;
			if (sum == INT64_MIN)
				return TM_OVERFLOW;
			if (sum != 0)
			{
				m->value[move] = sum;
				m->touched[(*n)++] = move;
			}
		}
	}
	return TM_OK;
}

/* The move to take away for a cell: one that changes it by 1, else by least; the shortest of these. */
static int32_t
choose(const tm_moves *m, int32_t n)
{
	int32_t		best = m->touched[0];

	for (int32_t i = 1; i < n; i++)
	{
		int32_t		move = m->touched[i];
		int64_t		more = llabs(m->value[move]) - llabs(m->value[best]);

		if (more < 0 || (more == 0 && m->move[move].n < m->move[best].n))
			best = move;
	}
	return best;
}

/* Makes a published cell one that no move changes. */
static tm_status
fix(tm_moves *m, int32_t cell, int32_t step, const uint8_t *inside)
{
	int32_t		n;
	tm_status	status = changes(m, cell, step, inside, &n);
	int32_t		pivot;

	if (status != TM_OK || n == 0)
		return status;
	pivot = choose(m, n);
	for (int32_t i = 0; i < n && status == TM_OK; i++)
		if (m->touched[i] != pivot)
			status = put_right(m, m->touched[i], m->value[m->touched[i]], &m->move[pivot], m->value[pivot]);
	m->entries -= m->move[pivot].n;
	move_free(&m->move[pivot], m->memory);
	m->pivot_cell[m->n_pivots++] = cell;
	return status;
}

/* Published cells by the number of their atoms that are not known, then by number: a counting sort. */
static tm_status
small_first(const tm_cells *c, const uint8_t *published, const uint8_t *known, tm_memory memory, int32_t **order, int32_t *n)
{
	int32_t    *size = tm_zeroed(memory, c->n_cells, sizeof(int32_t));
	int32_t    *place = tm_zeroed(memory, (int64_t) c->n_atoms + 2, sizeof(int32_t));

	*order = tm_zeroed(memory, c->n_cells, sizeof(int32_t));
	*n = 0;
	if (size == NULL || place == NULL || *order == NULL)
		return TM_TOO_MANY;
	for (int32_t j = 0; j < c->n_cells; j++)
	{
		for (int64_t k = c->first[j]; published[j] && k < c->first[j + 1]; k++)
			size[j] += !known[c->atom[k]];
		if (size[j] > 0)
			place[size[j] + 1]++;
		*n += size[j] > 0;
	}
	for (int32_t i = 1; i <= c->n_atoms + 1; i++)
		place[i] += place[i - 1];
	for (int32_t j = 0; j < c->n_cells; j++)
		if (size[j] > 0)
			(*order)[place[size[j]]++] = j;
	tm_give_back(memory, size);
	tm_give_back(memory, place);
	return TM_OK;
}

/* Allocates the working room, and one move for each atom that is not known. */
static tm_status
start(tm_moves *m, const uint8_t *known)
{
	int32_t		n = m->cells->n_atoms;
	tm_status	status = TM_OK;

	m->move = tm_zeroed(m->memory, n, sizeof *m->move);
	m->pivot_cell = tm_zeroed(m->memory, n, sizeof(int32_t));
	m->here = tm_zeroed(m->memory, n, sizeof *m->here);
	m->here_n = tm_zeroed(m->memory, n, sizeof(int32_t));
	m->here_room = tm_zeroed(m->memory, n, sizeof(int32_t));
	m->value = tm_zeroed(m->memory, n, sizeof(int64_t));
	m->touched = tm_zeroed(m->memory, n, sizeof(int32_t));
	m->stamp = tm_zeroed(m->memory, n, sizeof(int32_t));
	if (!m->move || !m->pivot_cell || !m->here || !m->here_n || !m->here_room || !m->value || !m->touched || !m->stamp)
		return TM_TOO_MANY;
	for (int32_t i = 0; i < n && status == TM_OK; i++)
	{
		if (known[i])
			continue;
		status = move_room(&m->move[i], 4, m->memory);
		if (status == TM_OK)
			status = note(m, i, i);
		if (status != TM_OK)
			break;
		m->move[i].atom[0] = i;
		m->move[i].times[0] = 1;
		m->move[i].n = 1;
		m->entries++;
	}
	return status;
}

/* A basis of the moves: changes of the atoms that are not known which leave every published cell as it is. */
tm_status
tm_moves_find(tm_moves *m, const tm_cells *cells, const uint8_t *published, const uint8_t *known, tm_lists cells_of, tm_memory memory)
{
	int32_t    *order = NULL;
	int32_t		n = 0;
	uint8_t    *inside = tm_zeroed(memory, cells->n_atoms, 1);
	tm_status	status;

	*m = (tm_moves) {.cells = cells, .cells_of = cells_of, .memory = memory};
	status = inside ? start(m, known) : TM_TOO_MANY;
	if (status == TM_OK)
		status = small_first(cells, published, known, memory, &order, &n);
	for (int32_t j = 0; j < n && status == TM_OK; j++)
	{
		if (memory.tick && j % 64 == 0)
			memory.tick(memory.context);
		for (int64_t k = cells->first[order[j]]; k < cells->first[order[j] + 1]; k++)
			inside[cells->atom[k]] = 1;
		status = fix(m, order[j], j + 1, inside);
		for (int64_t k = cells->first[order[j]]; k < cells->first[order[j] + 1]; k++)
			inside[cells->atom[k]] = 0;
	}
	/* The moves that are left move up. */
	for (int32_t i = 0; m->move && i < cells->n_atoms; i++)
		if (m->move[i].atom)
		{
			tm_move		v = m->move[i];

			m->move[i] = (tm_move) {0};
			m->move[m->n++] = v;
		}
	tm_give_back(memory, inside);
	tm_give_back(memory, order);
	return status;
}

/* TM_OK if indeed no move changes a published cell, worked out afresh; TM_NOT_CONTAINED if one does. */
tm_status
tm_moves_check(const tm_moves *m, const uint8_t *published)
{
	int64_t    *sum = tm_zeroed(m->memory, m->cells->n_cells, sizeof(int64_t));
	tm_status	status = sum ? TM_OK : TM_TOO_MANY;

	for (int32_t j = 0; j < m->n && status == TM_OK; j++)
	{
		const tm_move *v = &m->move[j];

		for (int pass = 0; pass < 2; pass++)
			for (int32_t e = 0; e < v->n; e++)
				for (int64_t k = m->cells_of.first[v->atom[e]]; k < m->cells_of.first[v->atom[e] + 1]; k++)
				{
					int64_t    *s = &sum[m->cells_of.item[k]];

					if (pass == 0 && __builtin_add_overflow(*s, v->times[e], s))
						status = TM_OVERFLOW;
					if (pass == 1 && published[m->cells_of.item[k]] && *s != 0)
						status = TM_NOT_CONTAINED;
				}
		for (int32_t e = 0; e < v->n; e++)
			for (int64_t k = m->cells_of.first[v->atom[e]]; k < m->cells_of.first[v->atom[e] + 1]; k++)
				sum[m->cells_of.item[k]] = 0;
	}
	tm_give_back(m->memory, sum);
	return status;
}

/* The atom that names the component of an atom, the way to it made shorter. */
static int32_t
find_root(int32_t *root, int32_t atom)
{
	while (root[atom] != atom)
	{
		root[atom] = root[root[atom]];
		atom = root[atom];
	}
	return atom;
}

/* Sets for each atom the atom that names its component: moves join their atoms; -1 for atoms without a move. */
void
tm_moves_components(const tm_moves *m, int32_t *root)
{
	for (int32_t i = 0; i < m->cells->n_atoms; i++)
		root[i] = -1;
	for (int32_t j = 0; j < m->n; j++)
		for (int32_t e = 0; e < m->move[j].n; e++)
		{
			int32_t		atom = m->move[j].atom[e];

			if (root[atom] < 0)
				root[atom] = atom;
			root[find_root(root, atom)] = find_root(root, m->move[j].atom[0]);
		}
	for (int32_t i = 0; i < m->cells->n_atoms; i++)
		if (root[i] >= 0)
			root[i] = find_root(root, i);
}

/* Gives all memory of the moves back. */
void
tm_moves_free(tm_moves *m)
{
	for (int32_t i = 0; m->cells && i < m->cells->n_atoms; i++)
	{
		if (m->move)
			move_free(&m->move[i], m->memory);
		if (m->here)
			tm_give_back(m->memory, m->here[i]);
	}
	move_free(&m->spare, m->memory);
	tm_give_back(m->memory, m->move);
	tm_give_back(m->memory, m->pivot_cell);
	tm_give_back(m->memory, m->here);
	tm_give_back(m->memory, m->here_n);
	tm_give_back(m->memory, m->here_room);
	tm_give_back(m->memory, m->value);
	tm_give_back(m->memory, m->touched);
	tm_give_back(m->memory, m->stamp);
	*m = (tm_moves) {0};
}
