/*
 * suppress_table.c - what is known of one count (events, or people without
 * one): the span of the published cells, and the parts of protected cells and
 * of atoms of one person that lie outside it.
 */
#include "suppress_table.h"

#include <string.h>

/* Memory for n things of a size, zeroed; NULL when there is none. */
static void *
zeroed(const tm_table *w, int64_t n, size_t size)
{
	tm_memory	m = w->memory;
	void	   *p = m.resize(m.context, NULL, (size_t) (n + 1) * size);

	if (p)
		memset(p, 0, (size_t) (n + 1) * size);
	return p;
}

/* Frees what may be NULL. */
static void
release(const tm_table *w, void *p)
{
	if (p)
		w->memory.resize(w->memory.context, p, 0);
}

/* Notes that a part may have an entry at a place. */
static tm_status
note(tm_table *w, int32_t place, int32_t which)
{
	if (w->here_n[place] == w->here_room[place])
	{
		int32_t		more = w->here_room[place] * 2 + 4;
		void	   *grown = w->memory.resize(w->memory.context, w->here[place], (size_t) more * sizeof(int32_t));

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
file_part(tm_table *w, int32_t which)
{
	tm_part	   *p = &w->parts[which];
	int32_t    *head = &w->chain[p->direction & (uint64_t) (w->chains - 1)];

	p->direction = tm_sparse_direction(&p->v);
	head = &w->chain[p->direction & (uint64_t) (w->chains - 1)];
	p->next = *head;
	*head = which;
}

/* Takes a part out of the table of directions. */
static void
unfile_part(tm_table *w, int32_t which)
{
	int32_t    *at = &w->chain[w->parts[which].direction & (uint64_t) (w->chains - 1)];

	while (*at != which)
		at = &w->parts[*at].next;
	*at = w->parts[which].next;
}

/* Says whether publishing the cell looked at gives a protected one away: a part has its direction. */
bool
tm_table_gives_away(const tm_table *w)
{
	uint64_t	direction;

	if (w->v.n == 0)
		return false;
	direction = tm_sparse_direction(&w->v);
	for (int32_t i = w->chain[direction & (uint64_t) (w->chains - 1)]; i >= 0; i = w->parts[i].next)
		if (w->parts[i].direction == direction && w->parts[i].cell)
			return true;
	return false;
}

/*
 * Says whether the one person behind part a would learn about cell b, of the
 * same direction: b = f a + what is published. That tells nothing when the
 * published rest is 0: b then holds nobody else.
 */
static bool
tells(const tm_part *a, const tm_part *b)
{
	uint32_t	f;

	if (!a->singleton || !b->cell)
		return false;
	f = tm_mod_times(b->v.value[0], tm_mod_inverse(a->v.value[0]));
	return tm_mod_times(f, (uint32_t) ((uint64_t) a->count % TM_PRIME)) != (uint32_t) ((uint64_t) b->count % TM_PRIME);
}

/* Says whether a part's person, or its cell, is in such a relation with a filed part. */
static bool
betrays(const tm_table *w, int32_t which)
{
	const tm_part *p = &w->parts[which];

	for (int32_t i = w->chain[p->direction & (uint64_t) (w->chains - 1)]; i >= 0; i = w->parts[i].next)
	{
		const tm_part *q = &w->parts[i];

		if (i != which && q->direction == p->direction &&
			(tells(p, q) || tells(q, p)))
			return true;
	}
	return false;
}

/* Chooses the pivot of a vector: the place where the fewest parts have an entry. */
static int32_t
choose_pivot(const tm_table *w, const tm_sparse *v)
{
	int32_t		best = v->place[0];

	for (int32_t i = 1; i < v->n; i++)
		if (w->here_n[v->place[i]] < w->here_n[best])
			best = v->place[i];
	return best;
}

/* Works out what the parts with an entry at the pivot become when v is published. */
static tm_status
foresee(tm_table *w, const tm_sparse *v, int32_t pivot)
{
	tm_status	status = TM_OK;
	uint32_t	scale = tm_mod_inverse(tm_sparse_at(v, pivot));

	w->n_changed = 0;
	w->publication++;
	if (w->here_n[pivot] > w->changed_room)
	{
		tm_memory	m = w->memory;
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
		status = tm_sparse_less(&w->parts[which].v, tm_mod_times(entry, scale), v, &w->instead[w->n_changed], w->memory);
		w->changed[w->n_changed++] = which;
	}
	return status;
}

/* Exchanges the parts foreseen with those there are; again takes it back. */
static void
exchange(tm_table *w)
{
	for (int32_t i = 0; i < w->n_changed; i++)
		unfile_part(w, w->changed[i]);
	for (int32_t i = 0; i < w->n_changed; i++)
	{
		tm_part	   *p = &w->parts[w->changed[i]];
		tm_sparse	old = p->v;

		p->v = w->instead[i];
		w->instead[i] = old;
		file_part(w, w->changed[i]);
	}
}

/* Looks at a cell: what is left of it outside the span. */
tm_status
tm_table_look(tm_table *w, const int32_t *atom, int64_t n)
{
	return tm_span_reduce(&w->span, atom, n, &w->v);
}

/* Publishes the cell looked at for a try, which is to be kept or undone; says whether somebody alone would learn of others. */
tm_status
tm_table_try(tm_table *w, bool *tells_others)
{
	tm_status	status;

	*tells_others = false;
	w->n_changed = 0;
	if (w->v.n == 0)
		return TM_OK;
	w->pivot = choose_pivot(w, &w->v);
	status = foresee(w, &w->v, w->pivot);
	if (status != TM_OK)
		return status;
	exchange(w);
	for (int32_t i = 0; i < w->n_changed && w->singletons && !*tells_others; i++)
		*tells_others = betrays(w, w->changed[i]);
	return TM_OK;
}

/* Takes a try back. */
void
tm_table_undo(tm_table *w)
{
	exchange(w);
	w->n_changed = 0;
}

/* Keeps a try: the cell is published. */
tm_status
tm_table_keep(tm_table *w)
{
	tm_status	status = TM_OK;
	const tm_sparse *v = &w->v;

	if (v->n == 0)
		return TM_OK;
	for (int32_t i = 0; i < w->n_changed && status == TM_OK; i++)
		for (int32_t k = 0; k < v->n && status == TM_OK; k++)
			if (v->place[k] != w->pivot && tm_sparse_at(&w->instead[i], v->place[k]) == 0)
				status = note(w, v->place[k], w->changed[i]);
	return status == TM_OK ? tm_span_add(&w->span, v, w->pivot) : status;
}

/* Adds what was looked at as a part: a protected cell's, or an atom's that one person knows. */
tm_status
tm_table_protect(tm_table *w, int64_t count, bool cell, bool one_atom)
{
	tm_part    *p = &w->parts[w->n_parts];
	tm_status	status = TM_OK;

	if (w->v.n == 0)
		return TM_OK;
	p->v = w->v;
	w->v = (tm_sparse) {0};
	p->cell = cell;
	p->count = count;
	p->singleton = one_atom && count == 1 && w->singletons;
	for (int32_t i = 0; i < p->v.n && status == TM_OK; i++)
		status = note(w, p->v.place[i], w->n_parts);
	file_part(w, w->n_parts++);
	return status;
}

/* Starts a table in which nothing is public. */
tm_status
tm_table_init(tm_table *w, int32_t n_atoms, int32_t most_parts, bool singletons, tm_memory memory)
{
	*w = (tm_table) {.memory = memory, .n_atoms = n_atoms, .singletons = singletons, .chains = 1};
	while (w->chains < most_parts && w->chains < 1 << 24)
		w->chains *= 2;
	w->chain = zeroed(w, w->chains, sizeof *w->chain);
	w->parts = zeroed(w, most_parts, sizeof *w->parts);
	w->here = zeroed(w, n_atoms, sizeof *w->here);
	w->here_n = zeroed(w, n_atoms, sizeof *w->here_n);
	w->here_room = zeroed(w, n_atoms, sizeof *w->here_room);
	if (!w->chain || !w->parts || !w->here || !w->here_n || !w->here_room)
		return TM_TOO_MANY;
	memset(w->chain, 0xff, (size_t) w->chains * sizeof *w->chain);
	return tm_span_init(&w->span, n_atoms, memory);
}

/* Gives a table's memory back. */
void
tm_table_free(tm_table *w)
{
	void	   *all[] = {w->parts, w->chain, w->here, w->here_n, w->here_room, w->changed, w->instead};

	if (w->memory.resize == NULL)
		return;
	for (int32_t i = 0; w->parts && i < w->n_parts; i++)
		tm_sparse_free(&w->parts[i].v, w->memory);
	for (int32_t i = 0; w->here && i < w->n_atoms; i++)
		release(w, w->here[i]);
	for (int32_t i = 0; i < w->changed_room; i++)
		tm_sparse_free(&w->instead[i], w->memory);
	tm_sparse_free(&w->v, w->memory);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		release(w, all[i]);
	tm_span_free(&w->span);
}
