/*
 * witness.c - a walk over other tables of whole numbers that have the same
 * published cells as the true one. Every table on the way, and at both ends of
 * every step that it could take, is a witness: what cells it gives is possible.
 */
#include "audit.h"

#include <string.h>

#define MOST_SWEEPS 600
#define IDLE_SWEEPS 50
#define FARTHEST 1000000		/* longest step where nothing limits it */

/* The next of a fixed sequence of random numbers (splitmix64, Steele, Lea and Flood 2014). */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t	z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Adds a move's changes of suppressed cells to sum; gives how many cells it lists in touched. */
static int32_t
add_changes(const tm_search *s, const tm_move *v, int64_t *sum, uint8_t *listed, int32_t *touched)
{
	tm_lists	of = s->moves->cells_of;
	int32_t		n = 0;

	for (int32_t e = 0; e < v->n; e++)
		for (int64_t k = of.first[v->atom[e]]; k < of.first[v->atom[e] + 1]; k++)
		{
			int32_t		cell = of.item[k];

			if (s->task->published[cell])
				continue;
			sum[cell] += v->times[e];
			if (!listed[cell])
				touched[n++] = cell;
			listed[cell] = 1;
		}
	return n;
}

/* The lists of cells that each move changes, in memory that grows as they do. */
static tm_status
list_changes(tm_search *s)
{
	const tm_moves *m = s->moves;
	tm_memory	memory = s->task->memory;
	int64_t		room = 0;
	int64_t		n = 0;
	int64_t    *sum = tm_zeroed(memory, m->cells->n_cells, sizeof(int64_t));
	uint8_t    *listed = tm_zeroed(memory, m->cells->n_cells, 1);
	int32_t    *touched = tm_zeroed(memory, m->cells->n_cells, sizeof(int32_t));
	tm_status	status = sum && listed && touched ? TM_OK : TM_TOO_MANY;

	for (int32_t j = 0; j < m->n && status == TM_OK; j++)
	{
		int32_t		found = add_changes(s, &m->move[j], sum, listed, touched);

		if (n + found > room)
		{
			void	   *item = memory.resize(memory.context, s->changed.item, (size_t) (2 * (n + found)) * sizeof(int32_t));
			void	   *by = item ? memory.resize(memory.context, s->by, (size_t) (2 * (n + found)) * sizeof(int64_t)) : NULL;

			s->changed.item = item ? item : s->changed.item;
			s->by = by ? by : s->by;
			status = by ? TM_OK : TM_TOO_MANY;
			room = 2 * (n + found);
		}
		for (int32_t i = 0; i < found && status == TM_OK; i++)
		{
			if (sum[touched[i]] != 0)
			{
				s->changed.item[n] = touched[i];
				s->by[n++] = sum[touched[i]];
			}
			sum[touched[i]] = 0;
			listed[touched[i]] = 0;
		}
		s->changed.first[j + 1] = n;
	}
	tm_give_back(memory, sum);
	tm_give_back(memory, listed);
	tm_give_back(memory, touched);
	return status;
}

/* Starts a search at the true table; its cells are the least and the largest seen. */
tm_status
tm_search_init(tm_search *s, const tm_audit *task, const tm_moves *moves, const int64_t *count)
{
	const tm_cells *c = &task->cells;
	tm_memory	memory = task->memory;

	*s = (tm_search) {.task = task, .moves = moves, .count = count};
	s->table = tm_zeroed(memory, c->n_atoms, sizeof(int64_t));
	s->now = tm_zeroed(memory, c->n_cells, sizeof(int64_t));
	s->low = tm_zeroed(memory, c->n_cells, sizeof(int64_t));
	s->high = tm_zeroed(memory, c->n_cells, sizeof(int64_t));
	s->changed.first = tm_zeroed(memory, (int64_t) moves->n + 1, sizeof(int64_t));
	if (!s->table || !s->now || !s->low || !s->high || !s->changed.first)
		return TM_TOO_MANY;
	memcpy(s->table, count, (size_t) c->n_atoms * sizeof *count);
	for (int32_t j = 0; j < c->n_cells; j++)
	{
		for (int64_t k = c->first[j]; k < c->first[j + 1]; k++)
			if (__builtin_add_overflow(s->now[j], count[c->atom[k]], &s->now[j]))
				return TM_OVERFLOW;
		s->low[j] = s->high[j] = s->now[j];
	}
	return list_changes(s);
}

/* How often a move can be made backwards (0 or less) and forwards before an atom would be negative. */
static void
reach(const tm_search *s, const tm_move *v, int64_t *back, int64_t *forth)
{
	*back = -FARTHEST;
	*forth = FARTHEST;
	for (int32_t e = 0; e < v->n; e++)
	{
		int64_t		have = s->table[v->atom[e]];
		int64_t		times = v->times[e];

		if (times > 0 && have / times < -*back)
			*back = -(have / times);
		if (times < 0 && have / -times < *forth)
			*forth = have / -times;
	}
}

/* Notes the cells at both ends of a move, then makes it t times; nothing is negative after it. */
static tm_status
step(tm_search *s, int32_t move, int64_t back, int64_t forth, int64_t t)
{
	const tm_move *v = &s->moves->move[move];
	int64_t		far,
				here;

	for (int64_t k = s->changed.first[move]; k < s->changed.first[move + 1]; k++)
	{
		int32_t		cell = s->changed.item[k];
		int64_t		ends[2] = {back, forth};
		bool		still = s->low[cell] == s->high[cell];

		for (int i = 0; i < 2; i++)
		{
			if (__builtin_mul_overflow(ends[i], s->by[k], &far) || __builtin_add_overflow(s->now[cell], far, &far))
				return TM_OVERFLOW;
			if (far < s->low[cell])
				s->low[cell] = far;
			if (far > s->high[cell])
				s->high[cell] = far;
		}
		s->now[cell] += t * s->by[k];
		s->n_moved += still && s->low[cell] != s->high[cell];
	}
	for (int32_t e = 0; e < v->n; e++)
	{
		if (__builtin_mul_overflow(t, v->times[e], &here) || __builtin_add_overflow(s->table[v->atom[e]], here, &here))
			return TM_OVERFLOW;
		if (here < 0)
			return TM_NOT_CONTAINED;
		s->table[v->atom[e]] = here;
	}
	return TM_OK;
}

/* One sweep: takes all moves in turn, there or back, each for a random part of its reach. */
static tm_status
sweep(tm_search *s, bool there, uint64_t *state)
{
	tm_status	status = TM_OK;

	for (int32_t i = 0; i < s->moves->n && status == TM_OK; i++)
	{
		int32_t		move = there ? i : s->moves->n - 1 - i;
		int64_t		back,
					forth;

		if (s->task->memory.tick && i % 256 == 0)
			s->task->memory.tick(s->task->memory.context);
		reach(s, &s->moves->move[move], &back, &forth);
		if (back < forth)
			status = step(s, move, back, forth, back + (int64_t) (next_random(state) % (uint64_t) (forth - back + 1)));
	}
	return status;
}

/* Walks until so many sweeps have moved no cell that none had moved before. */
tm_status
tm_search_walk(tm_search *s)
{
	uint64_t	state = 1;
	int			idle = 0;
	tm_status	status = TM_OK;

	for (int n = 0; n < MOST_SWEEPS && idle < IDLE_SWEEPS && status == TM_OK; n++)
	{
		int64_t		before = s->n_moved;

		status = sweep(s, n % 2 == 0, &state);
		idle = s->n_moved == before ? idle + 1 : 0;
	}
	return status;
}

/* Gives all memory of a search back. */
void
tm_search_free(tm_search *s)
{
	if (s->task == NULL)
		return;
	tm_give_back(s->task->memory, s->table);
	tm_give_back(s->task->memory, s->now);
	tm_give_back(s->task->memory, s->low);
	tm_give_back(s->task->memory, s->high);
	tm_give_back(s->task->memory, s->changed.first);
	tm_give_back(s->task->memory, s->changed.item);
	tm_give_back(s->task->memory, s->by);
	*s = (tm_search) {0};
}
