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
 */
#include "suppress.h"

#include <string.h>

/* The part of a protected cell, or of an atom of one person, outside the span. */
typedef struct part
{
	tm_sparse	v;
	uint64_t	direction;
	int32_t		next;			/* in its chain of the table of directions, or -1 */
	int32_t		cell;			/* -1: an atom's */
	int32_t		seen;			/* the publication that last looked at it */
	uint8_t		singleton;		/* bit c: known to the one person counted by count c */
	int64_t		count[TM_COUNTS];
} part;

typedef struct work
{
	const tm_suppression *task;
	tm_span		span;
	part	   *parts;
	int32_t		n_parts;
	int32_t    *chain;			/* heads of the table of directions */
	int32_t		chains;			/* a power of 2 */
	int32_t   **here;			/* of each place: the parts that may have an entry there */
	int32_t    *here_n;
	int32_t    *here_room;
	int64_t    *cell_count[TM_COUNTS];
	int32_t    *changed;		/* parts that publishing a cell would change, */
	tm_sparse  *instead;		/* and what they would be */
	int32_t		n_changed;
	int32_t		changed_room;
	int32_t		publication;
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

/* Frees what may be NULL. */
static void
release(const work *w, void *p)
{
	if (p)
		w->task->memory.resize(w->task->memory.context, p, 0);
}

/* Notes that a part may have an entry at a place. */
static tm_status
note(work *w, int32_t place, int32_t which)
{
	if (w->here_n[place] == w->here_room[place])
	{
		int32_t		more = w->here_room[place] * 2 + 4;
		void	   *grown = w->task->memory.resize(w->task->memory.context, w->here[place], (size_t) more * sizeof(int32_t));

		if (grown == NULL)
			return TM_TOO_MANY;
		w->here[place] = grown;
		w->here_room[place] = more;
	}
	w->here[place][w->here_n[place]++] = which;
	return TM_OK;
}

/* Puts a part into the table of directions. */
static void
file_part(work *w, int32_t which)
{
	part	   *p = &w->parts[which];
	int32_t    *head = &w->chain[p->direction & (uint64_t) (w->chains - 1)];

	p->direction = tm_sparse_direction(&p->v);
	head = &w->chain[p->direction & (uint64_t) (w->chains - 1)];
	p->next = *head;
	*head = which;
}

/* Takes a part out of the table of directions. */
static void
unfile_part(work *w, int32_t which)
{
	int32_t    *at = &w->chain[w->parts[which].direction & (uint64_t) (w->chains - 1)];

	while (*at != which)
		at = &w->parts[*at].next;
	*at = w->parts[which].next;
}

/* Says whether a protected cell's part has that direction. */
static bool
gives_away(const work *w, uint64_t direction)
{
	for (int32_t i = w->chain[direction & (uint64_t) (w->chains - 1)]; i >= 0; i = w->parts[i].next)
		if (w->parts[i].direction == direction && w->parts[i].cell >= 0)
			return true;
	return false;
}

/*
 * Says whether the one person behind part a would learn about cell b, of the
 * same direction: b = f a + what is published. That tells nothing when the
 * published rest is 0: b then holds nobody else.
 */
static bool
tells(const part *a, const part *b, int n_counts)
{
	uint32_t	f;

	if (a->singleton == 0 || b->cell < 0)
		return false;
	f = tm_mod_times(b->v.value[0], tm_mod_inverse(a->v.value[0]));
	for (int c = 0; c < n_counts; c++)
	{
		uint32_t	known = (uint32_t) ((uint64_t) a->count[c] % TM_PRIME);
		uint32_t	learnt = (uint32_t) ((uint64_t) b->count[c] % TM_PRIME);

		if ((a->singleton & (1u << c)) && tm_mod_times(f, known) != learnt)
			return true;
	}
	return false;
}

/* Says whether a part's person, or its cell, is in such a relation with a filed part. */
static bool
betrays(const work *w, int32_t which)
{
	const part *p = &w->parts[which];

	for (int32_t i = w->chain[p->direction & (uint64_t) (w->chains - 1)]; i >= 0; i = w->parts[i].next)
	{
		const part *q = &w->parts[i];

		if (i != which && q->direction == p->direction &&
			(tells(p, q, w->task->n_counts) || tells(q, p, w->task->n_counts)))
			return true;
	}
	return false;
}

/* Chooses the pivot of a vector: the place where the fewest parts have an entry. */
static int32_t
choose_pivot(const work *w, const tm_sparse *v)
{
	int32_t		best = v->place[0];

	for (int32_t i = 1; i < v->n; i++)
		if (w->here_n[v->place[i]] < w->here_n[best])
			best = v->place[i];
	return best;
}

/* Works out what the parts with an entry at the pivot become when v is published. */
static tm_status
foresee(work *w, const tm_sparse *v, int32_t pivot)
{
	tm_status	status = TM_OK;
	uint32_t	scale = tm_mod_inverse(tm_sparse_at(v, pivot));

	w->n_changed = 0;
	w->publication++;
	if (w->here_n[pivot] > w->changed_room)
	{
		tm_memory	m = w->task->memory;
		int32_t		more = w->here_n[pivot] * 2;
		void	   *changed = m.resize(m.context, w->changed, (size_t) more * sizeof *w->changed);
		void	   *instead = m.resize(m.context, w->instead, (size_t) more * sizeof *w->instead);

		if (changed == NULL || instead == NULL)
			return TM_TOO_MANY;
		w->changed = changed;
		w->instead = instead;
		memset(w->instead + w->changed_room, 0, (size_t) (more - w->changed_room) * sizeof *w->instead);
		w->changed_room = more;
	}
	for (int32_t i = 0; i < w->here_n[pivot] && status == TM_OK; i++)
	{
		int32_t		which = w->here[pivot][i];
		uint32_t	entry = tm_sparse_at(&w->parts[which].v, pivot);

		if (entry == 0 || w->parts[which].seen == w->publication)
			continue;
		w->parts[which].seen = w->publication;
		status = tm_sparse_less(&w->parts[which].v, tm_mod_times(entry, scale), v, &w->instead[w->n_changed], w->task->memory);
		w->changed[w->n_changed++] = which;
	}
	return status;
}

/* Exchanges the parts foreseen with those there are; again takes it back. */
static void
exchange(work *w)
{
	for (int32_t i = 0; i < w->n_changed; i++)
		unfile_part(w, w->changed[i]);
	for (int32_t i = 0; i < w->n_changed; i++)
	{
		part	   *p = &w->parts[w->changed[i]];
		tm_sparse	old = p->v;

		p->v = w->instead[i];
		w->instead[i] = old;
		file_part(w, w->changed[i]);
	}
}

/*
 * Publishes a cell with part v outside the span, unless somebody alone would
 * then learn another's cell; forced says that it is public already.
 */
static tm_status
publish(work *w, const tm_sparse *v, bool forced, bool *done)
{
	int32_t		pivot = choose_pivot(w, v);
	tm_status	status = foresee(w, v, pivot);

	*done = false;
	if (status != TM_OK)
		return status;
	exchange(w);
	for (int32_t i = 0; i < w->n_changed && !forced && w->task->singletons; i++)
		if (betrays(w, w->changed[i]))
		{
			exchange(w);
			return TM_OK;
		}
	for (int32_t i = 0; i < w->n_changed && status == TM_OK; i++)
		for (int32_t k = 0; k < v->n && status == TM_OK; k++)
			if (v->place[k] != pivot && tm_sparse_at(&w->instead[i], v->place[k]) == 0)
				status = note(w, v->place[k], w->changed[i]);
	*done = true;
	return status == TM_OK ? tm_span_add(&w->span, v, pivot) : status;
}

/* Adds one more part of the given atoms. */
static tm_status
add_part(work *w, const int32_t *atom, int64_t n, int32_t cell)
{
	part	   *p = &w->parts[w->n_parts];
	tm_status	status = tm_span_reduce(&w->span, atom, n, &p->v);

	if (status != TM_OK || p->v.n == 0)
		return status;
	p->cell = cell;
	for (int c = 0; c < w->task->n_counts; c++)
	{
		p->count[c] = cell >= 0 ? w->cell_count[c][cell] : w->task->count[c][atom[0]];
		if (n == 1 && p->count[c] == 1 && w->task->singletons)
			p->singleton |= (uint8_t) (1u << c);
	}
	for (int32_t i = 0; i < p->v.n && status == TM_OK; i++)
		status = note(w, p->v.place[i], w->n_parts);
	file_part(w, w->n_parts++);
	return status;
}

/* Adds the parts of the protected cells and of the atoms of one person. */
static tm_status
add_parts(work *w, uint8_t *status)
{
	const tm_cells *t = &w->task->cells;
	tm_status	result = TM_OK;

	for (int32_t j = 0; j < t->n_cells && result == TM_OK; j++)
		if (w->task->rule[j] == TM_CELL_PROTECTED)
		{
			int32_t		had = w->n_parts;

			result = add_part(w, t->atom + t->first[j], t->first[j + 1] - t->first[j], j);
			status[j] = w->n_parts > had ? TM_CELL_PRIMARY : TM_CELL_EXPOSED;
		}
	for (int32_t i = 0; i < t->n_atoms && result == TM_OK && w->task->singletons; i++)
	{
		bool		alone = false;

		for (int c = 0; c < w->task->n_counts; c++)
			alone |= w->task->count[c][i] == 1;
		if (alone)
			result = add_part(w, &i, 1, -1);
	}
	return result;
}

/* Decides about all cells: what is public first, then the parts, then the candidates in their order. */
static tm_status
decide(work *w, const tm_candidate *order, uint8_t *status)
{
	const tm_cells *t = &w->task->cells;
	tm_sparse	v = {0};
	tm_status	result = TM_OK;

	for (int round = 0; round < 2 && result == TM_OK; round++)
	{
		for (int32_t i = 0; i < t->n_cells && result == TM_OK; i++)
		{
			int32_t		j = order[i].cell;
			bool		published = true;

			if (w->task->rule[j] != (round == 0 ? TM_CELL_PUBLIC : TM_CELL_FREE))
				continue;
			if (w->task->memory.tick)
				w->task->memory.tick(w->task->memory.context);
			result = tm_span_reduce(&w->span, t->atom + t->first[j], t->first[j + 1] - t->first[j], &v);
			if (result == TM_OK && v.n > 0)
			{
				published = false;
				if (round == 0 || !gives_away(w, tm_sparse_direction(&v)))
					result = publish(w, &v, round == 0, &published);
			}
			status[j] = published ? TM_CELL_PUBLISHED : TM_CELL_SECONDARY;
		}
		if (round == 0 && result == TM_OK)
			result = add_parts(w, status);
	}
	tm_sparse_free(&v, w->task->memory);
	return result;
}

/* Gives all working memory back. */
static void
finish(work *w, int64_t *atom_size, tm_candidate *order)
{
	void	   *all[] = {w->parts, w->chain, w->here, w->here_n, w->here_room, w->cell_count[0], w->cell_count[1], w->changed, w->instead, atom_size, order};

	for (int32_t i = 0; w->parts && i < w->n_parts; i++)
		tm_sparse_free(&w->parts[i].v, w->task->memory);
	for (int32_t i = 0; w->here && i < w->task->cells.n_atoms; i++)
		release(w, w->here[i]);
	for (int32_t i = 0; i < w->changed_room; i++)
		tm_sparse_free(&w->instead[i], w->task->memory);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		release(w, all[i]);
	tm_span_free(&w->span);
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
	const tm_cells *t = &task->cells;
	work		w = {.task = task, .chains = 1};
	int64_t    *atom_size = zeroed(&w, t->n_atoms, sizeof *atom_size);
	tm_candidate *order = zeroed(&w, t->n_cells, sizeof *order);
	tm_status	result = TM_OK;

	for (int c = 0; c < task->n_counts; c++)
		for (int32_t i = 0; i < t->n_atoms; i++)
			if (task->count[c][i] < 0)
				result = TM_NEGATIVE;
	while (w.chains < t->n_cells && w.chains < 1 << 24)
		w.chains *= 2;
	w.chain = zeroed(&w, w.chains, sizeof *w.chain);
	w.parts = zeroed(&w, (int64_t) t->n_cells + t->n_atoms, sizeof *w.parts);
	w.here = zeroed(&w, t->n_atoms, sizeof *w.here);
	w.here_n = zeroed(&w, t->n_atoms, sizeof *w.here_n);
	w.here_room = zeroed(&w, t->n_atoms, sizeof *w.here_room);
	for (int c = 0; c < TM_COUNTS; c++)
		w.cell_count[c] = zeroed(&w, t->n_cells, sizeof *w.cell_count[c]);
	if (!atom_size || !order || !w.chain || !w.parts || !w.here || !w.here_n || !w.here_room || !w.cell_count[0] || !w.cell_count[1])
		result = TM_TOO_MANY;
	else if (result == TM_OK)
		result = tm_span_init(&w.span, t->n_atoms, task->memory);
	if (result == TM_OK)
	{
		memset(w.chain, 0xff, (size_t) w.chains * sizeof *w.chain);
		tm_suppress_order(task, w.cell_count, atom_size, order);
		result = decide(&w, order, status);
	}
	finish(&w, atom_size, order);
	return result;
}
