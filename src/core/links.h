/*
 * links.h - spatial weights: which area counts which others as neighbours,
 * and how much, as compressed rows.
 *
 * Areas stand in the order of their ids, the neighbours of each likewise:
 * whatever is summed along them has the same bits for any order of the rows
 * they were read from.
 */
#ifndef TMAP_LINKS_H
#define TMAP_LINKS_H

#include "root.h"

/* Rows as they are given: an id, the ids of its neighbours, their weights. */
typedef struct tm_link_rows
{
	int32_t		n;
	const int32_t *id;
	const int64_t *first;		/* n + 1 places in neighbour and weight */
	const int32_t *neighbour;
	const double *weight;		/* NULL: all weigh the same */
} tm_link_rows;

/* The links of n areas; those of area i are first[i] to first[i + 1] - 1. */
typedef struct tm_links
{
	int32_t		n;
	int64_t    *first;
	int32_t    *to;				/* ascending within an area */
	double	   *weight;			/* above 0 */
} tm_links;

/* What is wrong with rows. */
typedef enum tm_links_fault
{
	TM_LINKS_FINE = 0,
	TM_LINKS_ID_TWICE,			/* two rows have one id */
	TM_LINKS_SELF,				/* an area is its own neighbour */
	TM_LINKS_TWICE,				/* an area has the same neighbour twice */
	TM_LINKS_WEIGHT				/* a weight is negative, NaN or infinite */
} tm_links_fault;

/* Where a fault was found, and what was passed over. */
typedef struct tm_links_report
{
	int32_t		id;
	int32_t		neighbour;
	int64_t		outside;		/* neighbours that are no row */
} tm_links_report;

/* How the weights of an area and of all areas relate (Tiefelsdorf, Griffith & Boots 1999). */
typedef enum tm_links_style
{
	TM_STYLE_W,					/* each area's add up to 1 */
	TM_STYLE_B,					/* 1 each */
	TM_STYLE_C,					/* all add up to the number of areas */
	TM_STYLE_U,					/* all add up to 1 */
	TM_STYLE_S					/* variance-stabilising: divided by the root of the sum of squares, then as C */
} tm_links_style;

/* The sums over links that the moments of global statistics need (Cliff & Ord 1981). */
typedef struct tm_links_sums
{
	double		s0;				/* of w_ij */
	double		s1;				/* half the sum of (w_ij + w_ji) squared */
	double		s2;				/* sum over areas of (row sum + column sum) squared */
} tm_links_sums;

/* What links look like. */
typedef struct tm_links_summary
{
	int64_t		links;
	int64_t		islands;		/* areas without a link in either direction */
	int64_t		one_way;		/* links whose way back is not there */
	int64_t		unequal;		/* links whose way back has another weight, by more than 1e-9 of it */
	int64_t		least;			/* neighbours of an area */
	int64_t		most;
} tm_links_summary;

extern tm_links_fault tm_links_order(const tm_link_rows *rows, int32_t *order, int32_t *work, tm_links_report *report);
extern tm_links_fault tm_links_read(const tm_link_rows *rows, const int32_t *order, tm_links *back, tm_links *out, tm_links_report *report);
extern void tm_links_transpose(const tm_links *a, tm_links *out);
extern tm_status tm_style_named(const char *name, tm_links_style *style);
extern void tm_links_style_apply(tm_links *a, tm_links_style style);
extern int32_t tm_links_islands(const tm_links *a, const tm_links *back, int32_t *place);
extern void tm_links_renumber(tm_links *a, const int32_t *place);
extern tm_links_sums tm_links_sum(const tm_links *a, const tm_links *back);
extern tm_links_summary tm_links_describe(const tm_links *a, const tm_links *back);

extern void tm_links_of_order(const tm_links *a, int32_t order, bool up_to, tm_ticker ticker, int32_t *work, tm_links *out);

/* Number of neighbours of an area. */
static inline int64_t
tm_links_count(const tm_links *a, int32_t i)
{
	return a->first[i + 1] - a->first[i];
}

#endif
