/*
 * wkb.c - polygons as Well-Known Binary (OGC 06-103r4, section 8; SRID and
 * dimensions in the type's high bits as PostGIS writes them).
 */
#include "wkb.h"

#include <math.h>
#include <string.h>

#define WKB_POLYGON 3
#define WKB_MULTIPOLYGON 6
#define EWKB_Z 0x80000000u
#define EWKB_M 0x40000000u
#define EWKB_SRID 0x20000000u

/* Where reading stands. */
typedef struct cursor
{
	const uint8_t *bytes;
	size_t		size;
	size_t		at;
	bool		big;			/* byte order of the polygon that is being read */
} cursor;

/* The bytes that are left. */
static size_t
left(const cursor *c)
{
	return c->size - c->at;
}

/* The next 32-bit number; four bytes are there. */
static uint32_t
take_u32(cursor *c)
{
	const uint8_t *b = c->bytes + c->at;

	c->at += 4;
	return c->big ? (uint32_t) b[0] << 24 | (uint32_t) b[1] << 16 | (uint32_t) b[2] << 8 | b[3] :
		(uint32_t) b[3] << 24 | (uint32_t) b[2] << 16 | (uint32_t) b[1] << 8 | b[0];
}

/* The next coordinate, never a negative zero; eight bytes are there. */
static double
take_double(cursor *c)
{
	uint64_t	first = take_u32(c);
	uint64_t	second = take_u32(c);
	uint64_t	bits = c->big ? first << 32 | second : second << 32 | first;
	double		v;

	memcpy(&v, &bits, sizeof v);
	return v + 0.0;
}

/* The next point; sixteen bytes are there. */
static tm_point
take_point(cursor *c)
{
	tm_point	p;

	p.x = take_double(c);
	p.y = take_double(c);
	return p;
}

/* Reads byte order, type and SRID; has_srid tells whether one stands there. */
static tm_wkb_fault
take_header(cursor *c, uint32_t *type, bool *has_srid, uint32_t *srid)
{
	if (left(c) < 5)
		return TM_WKB_LENGTH;
	if (c->bytes[c->at] > 1)
		return TM_WKB_ORDER;
	c->big = c->bytes[c->at++] == 0;
	*type = take_u32(c);
	if (*type & (EWKB_Z | EWKB_M) || (*type & ~EWKB_SRID) / 1000 % 4 != 0)
		return TM_WKB_DIMENSIONS;
	*has_srid = (*type & EWKB_SRID) != 0;
	*type &= ~EWKB_SRID;
	*srid = 0;
	if (!*has_srid)
		return TM_WKB_OK;
	if (left(c) < 4)
		return TM_WKB_LENGTH;
	*srid = take_u32(c);
	return TM_WKB_OK;
}

/* Reads how many parts follow, each of at least so many bytes. */
static tm_wkb_fault
take_count(cursor *c, size_t each, uint32_t *n)
{
	if (left(c) < 4)
		return TM_WKB_LENGTH;
	*n = take_u32(c);
	return *n <= left(c) / each ? TM_WKB_OK : TM_WKB_LENGTH;
}

/* Checks a ring from its count on. */
static tm_wkb_fault
check_ring(cursor *c, tm_wkb_size *out)
{
	uint32_t	n;
	tm_point	first = {0, 0},
				p = {0, 0};
	tm_wkb_fault fault = take_count(c, TM_WKB_POINT, &n);

	if (fault != TM_WKB_OK)
		return fault;
	if (n < 4)
		return TM_WKB_SHORT;
	for (uint32_t i = 0; i < n; i++)
	{
		p = take_point(c);
		if (!(fabs(p.x) <= TM_WKB_FARTHEST && fabs(p.y) <= TM_WKB_FARTHEST))
			return TM_WKB_NUMBER;
		if (i == 0)
			first = p;
	}
	out->rings++;
	out->points += n;
	return p.x == first.x && p.y == first.y ? TM_WKB_OK : TM_WKB_OPEN;
}

/* Checks a polygon from its count of rings on. */
static tm_wkb_fault
check_polygon(cursor *c, tm_wkb_size *out)
{
	uint32_t	n;
	tm_wkb_fault fault = take_count(c, TM_WKB_RING, &n);

	for (uint32_t i = 0; i < n && fault == TM_WKB_OK; i++)
		fault = check_ring(c, out);
	return fault;
}

/* Checks the polygons of a multipolygon from their count on. */
static tm_wkb_fault
check_polygons(cursor *c, tm_wkb_size *out)
{
	uint32_t	n;
	tm_wkb_fault fault = take_count(c, TM_WKB_POLYGON, &n);
	bool		big = c->big;

	for (uint32_t i = 0; i < n && fault == TM_WKB_OK; i++)
	{
		uint32_t	type,
					srid;
		bool		has_srid;

		fault = take_header(c, &type, &has_srid, &srid);
		if (fault == TM_WKB_OK && type != WKB_POLYGON)
			fault = TM_WKB_TYPE;
		if (fault == TM_WKB_OK && has_srid && srid != out->srid)
			fault = TM_WKB_SRID;
		if (fault == TM_WKB_OK)
			fault = check_polygon(c, out);
	}
	c->big = big;
	return fault;
}

/* Says whether bytes are a polygon or multipolygon and what it holds; where is the byte at which it turned out not to be one. */
tm_wkb_fault
tm_wkb_check(const uint8_t *bytes, size_t size, tm_wkb_size *out, size_t *where)
{
	cursor		c = {bytes, size, 0, false};
	tm_wkb_size held = {0, 0, 0};
	uint32_t	type;
	bool		has_srid;
	tm_wkb_fault fault = take_header(&c, &type, &has_srid, &held.srid);

	if (fault == TM_WKB_OK)
		fault = type == WKB_POLYGON ? check_polygon(&c, &held) : type == WKB_MULTIPOLYGON ? check_polygons(&c, &held) : TM_WKB_TYPE;
	if (fault == TM_WKB_OK && left(&c) > 0)
		fault = TM_WKB_LENGTH;
	*where = c.at;
	*out = held;
	return fault;
}

/* Reads a ring of a geometry that was checked and hands it on; answers the room for the next. */
static tm_point *
read_ring(cursor *c, bool hole, tm_point *room, tm_wkb_taker take, void *context)
{
	uint32_t	n = take_u32(c);
	uint32_t	kept = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		tm_point	p = take_point(c);

		if (kept == 0 || p.x != room[kept - 1].x || p.y != room[kept - 1].y)
			room[kept++] = p;
	}
	if (kept > 1 && room[0].x == room[kept - 1].x && room[0].y == room[kept - 1].y)
		kept--;					/* the closing point */
	return take(context, &(tm_wkb_ring) {room, kept, hole});
}

/* Reads a polygon of a geometry that was checked; answers the room for the next. */
static tm_point *
read_polygon(cursor *c, tm_point *room, tm_wkb_taker take, void *context)
{
	uint32_t	n = take_u32(c);

	for (uint32_t i = 0; i < n; i++)
		room = read_ring(c, i > 0, room, take, context);
	return room;
}

/*
 * Hands on the rings of a geometry that tm_wkb_check() found good, each shell
 * before its holes; room is for as many points as the geometry has, from
 * where the points of the last ring end.
 */
void
tm_wkb_read(const uint8_t *bytes, size_t size, tm_point *room, tm_wkb_taker take, void *context)
{
	cursor		c = {bytes, size, 0, false};
	uint32_t	type,
				srid,
				n;
	bool		has_srid;

	(void) take_header(&c, &type, &has_srid, &srid);
	if (type == WKB_POLYGON)
	{
		(void) read_polygon(&c, room, take, context);
		return;
	}
	n = take_u32(&c);
	for (uint32_t i = 0; i < n; i++)
	{
		(void) take_header(&c, &type, &has_srid, &srid);
		room = read_polygon(&c, room, take, context);
	}
}

/* Writes a 32-bit number. */
static void
put_u32(tm_wkb_out *out, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		*out->at++ = (uint8_t) (v >> 8 * i);
}

/* Writes a coordinate. */
static void
put_double(tm_wkb_out *out, double v)
{
	uint64_t	bits;

	memcpy(&bits, &v, sizeof bits);
	put_u32(out, (uint32_t) bits);
	put_u32(out, (uint32_t) (bits >> 32));
}

/* Writes the head of a multipolygon; an SRID of 0 is left out. */
void
tm_wkb_put_multipolygon(tm_wkb_out *out, uint32_t srid, uint32_t polygons)
{
	*out->at++ = 1;
	put_u32(out, WKB_MULTIPOLYGON | (srid ? EWKB_SRID : 0));
	if (srid)
		put_u32(out, srid);
	put_u32(out, polygons);
}

/* Writes the head of a polygon. */
void
tm_wkb_put_polygon(tm_wkb_out *out, uint32_t rings)
{
	*out->at++ = 1;
	put_u32(out, WKB_POLYGON);
	put_u32(out, rings);
}

/* Writes the head of a ring; points counts the closing one too. */
void
tm_wkb_put_ring(tm_wkb_out *out, uint32_t points)
{
	put_u32(out, points);
}

/* Writes a point. */
void
tm_wkb_put_point(tm_wkb_out *out, tm_point p)
{
	put_double(out, p.x);
	put_double(out, p.y);
}
