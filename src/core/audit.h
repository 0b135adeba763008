/*
 * audit.h - what an outsider can know of every suppressed cell of linked
 * tables, who knows all published cells and that counts are not negative.
 *
 * Shares nothing with the suppression but the description of the tables.
 */
#ifndef TMAP_AUDIT_H
#define TMAP_AUDIT_H

#include "moves.h"

typedef enum tm_proof
{
	TM_PROOF_NONE,				/* a published cell */
	TM_PROOF_LINEAR,			/* a sum and difference of published cells: derivable without more */
	TM_PROOF_BOUNDS,			/* values by linear programming, no atom being negative; the extremes when less than 1 apart */
	TM_PROOF_WITNESS			/* tables of whole numbers exist with these values and all that is published */
} tm_proof;

/* What can be known of a count of a cell. */
typedef struct tm_bounds
{
	double		lower;
	double		upper;			/* INFINITY: no limit */
	bool		exact;			/* only one whole number is possible */
	uint8_t		proof;			/* tm_proof */
} tm_bounds;

/*
 * Linear programming, which the core leaves to others. open: n changes from
 * their lower limits (0 or less) up, rows of which each sums some of them to 0.
 * most: the largest sum of times × change, INFINITY if there is none, and the
 * changes that reach it. whole: of whole changes a sum more than 0 and changes
 * that reach it, or 0 when there is none; found: false when the search was given
 * up. close: gives back what open took.
 */
typedef struct tm_lp
{
	tm_status	(*open) (void *context, int32_t n, const double *lower, int32_t rows, const int64_t *first, const int32_t *place);
	tm_status	(*most) (void *context, int32_t n, const int32_t *place, const double *times, double *value, double *change);
	tm_status	(*whole) (void *context, int32_t n, const int32_t *place, const double *times, bool *found, double *value, double *change);
	void		(*close) (void *context);
	void	   *context;
} tm_lp;

typedef struct tm_audit
{
	tm_cells	cells;
	const uint8_t *published;	/* of each cell: 1 if the public knows it */
	int			n_counts;
	const int64_t *count[TM_COUNTS];	/* of each atom, not negative */
	tm_lp		lp;
	tm_memory	memory;
} tm_audit;

/* A search for other tables with the same published cells. */
typedef struct tm_search
{
	const tm_audit *task;
	const tm_moves *moves;
	const int64_t *count;		/* the true table */
	int64_t    *table;			/* the one that the walk has come to */
	int64_t    *now;			/* the cells of that, */
	int64_t    *low;			/* the least */
	int64_t    *high;			/* and the largest seen of each */
	tm_lists	changed;		/* of each move: the cells that it changes, */
	int64_t    *by;				/* and by how much */
	int64_t		n_moved;		/* how many cells were seen with more than one value */
	int32_t		n_programs;		/* how often a linear program was solved */
} tm_search;

extern tm_status tm_audit_cells(const tm_audit *task, tm_bounds *const *bounds);
extern tm_status tm_search_init(tm_search *s, const tm_audit *task, const tm_moves *moves, const int64_t *count);
extern tm_status tm_search_walk(tm_search *s);
extern tm_status tm_search_programs(tm_search *s, tm_bounds *bounds);
extern void tm_search_free(tm_search *s);

#endif
