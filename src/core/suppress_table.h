/*
 * suppress_table.h - what is known of one count while cells are decided about.
 */
#ifndef TMAP_SUPPRESS_TABLE_H
#define TMAP_SUPPRESS_TABLE_H

#include "sparse.h"

/* The part of a protected cell, or of an atom of one person, outside the span. */
typedef struct tm_part
{
	tm_sparse	v;
	uint64_t	direction;
	int64_t		count;
	int32_t		next;			/* in its chain of the table of directions, or -1 */
	int32_t		seen;			/* the publication that last looked at it */
	bool		cell;			/* a protected cell's */
	bool		singleton;		/* the one person counted knows it */
} tm_part;

typedef struct tm_table
{
	tm_memory	memory;
	int32_t		n_atoms;
	bool		singletons;
	tm_span		span;
	tm_part    *parts;
	int32_t		n_parts;
	int32_t    *chain;			/* heads of the table of directions */
	int32_t		chains;			/* a power of 2 */
	int32_t   **here;			/* of each place: the parts that may have an entry there */
	int32_t    *here_n;
	int32_t    *here_room;
	int32_t    *changed;		/* parts that publishing a cell would change, */
	tm_sparse  *instead;		/* and what they would be */
	int32_t		n_changed;
	int32_t		changed_room;
	int32_t		publication;
	tm_sparse	v;				/* the cell looked at: its part outside the span, */
	int32_t		pivot;			/* and the place by which it would be taken out of the others */
} tm_table;

extern tm_status tm_table_init(tm_table *t, int32_t n_atoms, int32_t most_parts, bool singletons, tm_memory memory);
extern void tm_table_free(tm_table *t);
extern tm_status tm_table_look(tm_table *t, const int32_t *atom, int64_t n);
extern bool tm_table_gives_away(const tm_table *t);
extern tm_status tm_table_try(tm_table *t, bool *betrays);
extern void tm_table_undo(tm_table *t);
extern tm_status tm_table_keep(tm_table *t);
extern tm_status tm_table_protect(tm_table *t, int64_t count, bool cell, bool one_atom);

#endif
