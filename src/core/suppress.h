/*
 * suppress.h - which cells of linked tables must stay unpublished so that no
 * small cell can be worked out from the others.
 *
 * A cell is a sum over atoms (the finest cells, published or not). Tables that
 * share atoms are linked by that alone: margins, hierarchies of areas, years,
 * overlapping geographies, earlier editions that are still public.
 */
#ifndef TMAP_SUPPRESS_H
#define TMAP_SUPPRESS_H

#include "sparse.h"

typedef struct tm_cells
{
	int32_t		n_atoms;
	int32_t		n_cells;
	const int64_t *first;		/* n_cells + 1 places in atom: where each cell's atoms start */
	const int32_t *atom;		/* 0 …, each once in a cell */
} tm_cells;

/* What is known of a cell before anything is decided. */
typedef enum tm_cell_rule
{
	TM_CELL_FREE,				/* publish it unless it would give a protected cell away */
	TM_CELL_PROTECTED,			/* must not be published nor worked out */
	TM_CELL_PUBLIC				/* is public already */
} tm_cell_rule;

typedef enum tm_cell_status
{
	TM_CELL_PUBLISHED,
	TM_CELL_PRIMARY,			/* protected */
	TM_CELL_SECONDARY,			/* withheld to protect others */
	TM_CELL_EXPOSED				/* protected, but worked out from what is public already */
} tm_cell_status;

#define TM_COUNTS 2				/* most counts of a cell: events, and people at risk without one */

typedef struct tm_suppression
{
	tm_cells	cells;
	const uint8_t *rule;		/* tm_cell_rule of each cell */
	int			n_counts;
	const int64_t *count[TM_COUNTS];	/* of each atom, not negative */
	bool		singletons;		/* protect cells from the one person behind a count of 1, who knows it */
	bool		zeros;			/* zeros may be public: atoms of 0 protect nothing, cells of 0 need no protection */
	tm_memory	memory;
} tm_suppression;

/* A cell in the order of decision: zeros first, then by size, then by the size of all that share its atoms. */
typedef struct tm_candidate
{
	int32_t		cell;
	bool		zero;
	int64_t		size;
	int64_t		tie;
} tm_candidate;

extern void tm_suppress_order(const tm_suppression *task, int64_t *const *cell_count, int64_t *atom_size, tm_candidate *order);
extern tm_status tm_suppress(const tm_suppression *task, uint8_t *status);

#endif
