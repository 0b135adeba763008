/*
 * wkb.h - polygons as Well-Known Binary: reading with full validation, and writing.
 *
 * Read are polygons and multipolygons in two dimensions, as OGC and ISO write
 * them (WKB) or PostGIS (EWKB, with an SRID), in either byte order, each
 * polygon of a multipolygon in its own. Written are multipolygons, little end
 * first.
 */
#ifndef TMAP_WKB_H
#define TMAP_WKB_H

#include "core.h"

#define TM_WKB_FARTHEST 1e100	/* largest coordinate, so that products of four stay finite */

typedef struct tm_point
{
	double		x;
	double		y;
} tm_point;

/* Why bytes are not such a geometry. */
typedef enum tm_wkb_fault
{
	TM_WKB_OK,
	TM_WKB_LENGTH,				/* too short for what it announces, or bytes behind its end */
	TM_WKB_ORDER,				/* no such byte order */
	TM_WKB_TYPE,				/* neither polygon nor multipolygon */
	TM_WKB_DIMENSIONS,			/* Z or M */
	TM_WKB_SRID,				/* a polygon with another SRID than the multipolygon it is in */
	TM_WKB_NUMBER,				/* coordinate NaN, infinite or beyond TM_WKB_FARTHEST */
	TM_WKB_SHORT,				/* ring of fewer than 4 points */
	TM_WKB_OPEN					/* ring whose last point is not its first */
} tm_wkb_fault;

/* What a geometry holds. */
typedef struct tm_wkb_size
{
	uint32_t	srid;			/* 0 when it has none */
	uint32_t	rings;
	uint64_t	points;			/* with the closing one of each ring */
} tm_wkb_size;

/* A ring as it is read: its points, without the closing one and without repeats. */
typedef struct tm_wkb_ring
{
	tm_point   *point;
	uint32_t	n;				/* at least 1 */
	bool		hole;			/* of the shell before it */
} tm_wkb_ring;

/* Takes a ring and answers where the points of the next one are to go. */
typedef tm_point *(*tm_wkb_taker) (void *context, const tm_wkb_ring *ring);

/* Bytes being written. */
typedef struct tm_wkb_out
{
	uint8_t    *at;
} tm_wkb_out;

#define TM_WKB_HEADER 13		/* bytes of a multipolygon before its polygons, at most */
#define TM_WKB_POLYGON 9		/* bytes of a polygon before its rings */
#define TM_WKB_RING 4			/* bytes of a ring before its points */
#define TM_WKB_POINT 16

extern tm_wkb_fault tm_wkb_check(const uint8_t *bytes, size_t size, tm_wkb_size *out, size_t *where);
extern void tm_wkb_read(const uint8_t *bytes, size_t size, tm_point *room, tm_wkb_taker take, void *context);
extern void tm_wkb_put_multipolygon(tm_wkb_out *out, uint32_t srid, uint32_t polygons);
extern void tm_wkb_put_polygon(tm_wkb_out *out, uint32_t rings);
extern void tm_wkb_put_ring(tm_wkb_out *out, uint32_t points);
extern void tm_wkb_put_point(tm_wkb_out *out, tm_point p);

#endif
