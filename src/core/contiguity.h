/*
 * contiguity.h - which polygons touch: queen (any point in common) and rook
 * (a stretch of border in common).
 */
#ifndef TMAP_CONTIGUITY_H
#define TMAP_CONTIGUITY_H

#include "sparse.h"
#include "wkb.h"

#define TM_CONTIGUITY_POINTS 1000000000u	/* most vertices */
#define TM_TOUCH 1e-12			/* of the largest coordinate: closer is touching */

/* Two areas that touch. */
typedef struct tm_pair
{
	uint32_t	a;
	uint32_t	b;				/* below a, once sorted */
} tm_pair;

/* The polygons of areas as rings, and what is found out about them. */
typedef struct tm_contiguity
{
	tm_memory	memory;
	uint32_t	n_areas;
	uint32_t	n_points;
	uint32_t	room;
	tm_point   *point;			/* ring after ring */
	uint32_t	n_rings;
	uint32_t	ring_room;
	uint32_t   *ring;			/* n_rings + 1: where each starts */
	uint32_t   *ring_area;
	uint32_t   *same;			/* by vertex: the first at the same place */
	uint32_t   *link;			/* by vertex: another at the same place */
	uint32_t   *table;			/* open addressing: vertices */
	uint32_t	mask;
	uint8_t    *shared;			/* by edge (that from its vertex to the next): another ring has the same */
	uint32_t   *stamp;			/* by area: the area last paired with it */
	tm_pair    *pair;
	size_t		n_pairs;
	size_t		pair_room;
	double		largest;		/* coordinate */
} tm_contiguity;

/* An island that nearly touches. */
typedef struct tm_near_miss
{
	uint32_t	islands;		/* without a neighbour, but not farther than asked from one */
	double		distance;		/* the most of their distances */
} tm_near_miss;

extern void tm_contiguity_start(tm_contiguity *c, tm_memory memory);
extern tm_status tm_contiguity_room(tm_contiguity *c, uint64_t points);
extern tm_status tm_contiguity_add(tm_contiguity *c, uint32_t area, const tm_wkb_ring *ring);
extern tm_status tm_contiguity_find(tm_contiguity *c, bool rook, double snap, double near, tm_near_miss *missed);
extern tm_status tm_contiguity_pair(tm_contiguity *c, uint32_t a, uint32_t b);
extern tm_status tm_contiguity_lonely(tm_contiguity *c, bool rook, double within, double near, tm_near_miss *missed);
extern void tm_contiguity_sort(tm_contiguity *c);

/* The vertex behind one in its ring. */
static inline uint32_t
tm_contiguity_next(const tm_contiguity *c, uint32_t ring, uint32_t v)
{
	return v + 1 < c->ring[ring + 1] ? v + 1 : c->ring[ring];
}

#endif
