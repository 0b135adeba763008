/*
 * coverage_index.h - questions about the vertices and edges of a coverage:
 * which lie in a triangle, which nodes an edge joins.
 */
#ifndef TMAP_COVERAGE_INDEX_H
#define TMAP_COVERAGE_INDEX_H

#include "coverage.h"

/* An edge between two nodes. */
typedef struct tm_edge
{
	uint32_t	low;			/* TM_NO_VERTEX where the table is empty */
	uint32_t	high;
	uint32_t	ring;			/* the only ring along it, or TM_NO_RING */
} tm_edge;

/* A table of them, open addressing; its size is a power of 2. */
typedef struct tm_edges
{
	tm_edge    *slot;
	uint32_t	mask;
} tm_edges;

extern bool tm_triangle_free(const tm_coverage *c, uint32_t a, uint32_t v, uint32_t b, uint32_t *work);
extern tm_status tm_edges_find(const tm_coverage *c, tm_edges *e);
extern tm_edge *tm_edges_slot(const tm_edges *e, uint32_t a, uint32_t b);

#endif
