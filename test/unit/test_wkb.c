/*
 * test_wkb.c - WKB and EWKB of polygons: what is read, what is refused and where.
 */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "wkb.h"

/* Bytes under construction. */
typedef struct bytes
{
	uint8_t		b[1024];
	size_t		n;
	bool		big;
} bytes;

/* Appends the lowest bytes of a number in the byte order that is set. */
static void
put(bytes *w, uint64_t v, int width)
{
	for (int i = 0; i < width; i++)
		w->b[w->n++] = (uint8_t) (v >> 8 * (w->big ? width - 1 - i : i));
}

/* Appends byte order and type. */
static void
head(bytes *w, uint32_t type)
{
	put(w, w->big ? 0 : 1, 1);
	put(w, type, 4);
}

/* Appends a ring of so many points from a list of coordinates. */
static void
ring(bytes *w, int n, const double *xy)
{
	put(w, (uint64_t) n, 4);
	for (int i = 0; i < 2 * n; i++)
	{
		uint64_t	bits;

		memcpy(&bits, &xy[i], 8);
		put(w, bits, 8);
	}
}

static const double square[] = {0, 0, 4, 0, 4, 4, 0, 4, 0, 0};
static const double repeated[] = {1, 1, 1, 1, 2, 1, 2, 2, 2, 2, 1, 1};
static const double open_ring[] = {0, 0, 4, 0, 4, 4, 0, 4, 0, 1};

/* A polygon of a square with a hole. */
static bytes
polygon(bool big, uint32_t flags, uint32_t srid)
{
	bytes		w = {.big = big};

	head(&w, 3 | flags);
	if (flags & 0x20000000)
		put(&w, srid, 4);
	put(&w, 2, 4);
	ring(&w, 5, square);
	ring(&w, 6, repeated);
	return w;
}

/* The fault of bytes in a block of exactly their size. */
static tm_wkb_fault
fault_of(const bytes *w, size_t n, tm_wkb_size *out, size_t *where)
{
	uint8_t    *copy = malloc(n ? n : 1);
	tm_wkb_fault fault;

	memcpy(copy, w->b, n);
	fault = tm_wkb_check(copy, n, out, where);
	free(copy);
	return fault;
}

/* Expects a fault at a byte. */
static void
refused(const char *what, bytes w, tm_wkb_fault want, size_t at)
{
	tm_wkb_size held;
	size_t		where = 0;
	tm_wkb_fault fault = fault_of(&w, w.n, &held, &where);

	if (!tap_ok(fault == want && where == at, "refused: %s", what))
		printf("# fault %d at %zu, want %d at %zu\n", fault, where, want, at);
}

/* What was read, as text. */
typedef struct heard
{
	char		text[512];
	tm_point	room[64];
	tm_point   *next;
} heard;

/* Notes a ring. */
static tm_point *
note(void *context, const tm_wkb_ring *r)
{
	heard	   *h = context;
	size_t		n = strlen(h->text);

	n += (size_t) snprintf(h->text + n, sizeof h->text - n, "%s", r->hole ? " hole" : " shell");
	for (uint32_t i = 0; i < r->n; i++)
		n += (size_t) snprintf(h->text + n, sizeof h->text - n, "%c%g %g", i ? ',' : ' ', r->point[i].x, r->point[i].y);
	h->next += r->n;
	return h->next;
}

/* Expects bytes to be taken and to hold these rings. */
static void
taken(const char *what, bytes w, uint32_t srid, const char *want)
{
	tm_wkb_size held;
	size_t		where;
	heard		h = {.text = ""};

	h.next = h.room;
	if (fault_of(&w, w.n, &held, &where) == TM_WKB_OK)
		tm_wkb_read(w.b, w.n, h.room, note, &h);
	if (!tap_ok(held.srid == srid && strcmp(h.text, want) == 0, "taken: %s", what))
		printf("# srid %u:%s\n", held.srid, h.text);
}

#define SQUARE " shell 0 0,4 0,4 4,0 4 hole 1 1,2 1,2 2"

/* Polygons and multipolygons in both byte orders and mixed. */
static void
test_taken(void)
{
	bytes		w = {.big = true};
	bytes		part = polygon(false, 0, 0);

	taken("polygon, little end first", part, 0, SQUARE);
	taken("polygon, big end first", polygon(true, 0, 0), 0, SQUARE);
	taken("EWKB", polygon(false, 0x20000000, 4326), 4326, SQUARE);
	taken("EWKB, big end first", polygon(true, 0x20000000, 3857), 3857, SQUARE);

	head(&w, 6 | 0x20000000);
	put(&w, 4326, 4);
	put(&w, 3, 4);
	memcpy(w.b + w.n, part.b, part.n);
	w.n += part.n;
	part = polygon(true, 0x20000000, 4326);
	memcpy(w.b + w.n, part.b, part.n);
	w.n += part.n;
	head(&w, 3);
	put(&w, 0, 4);
	taken("multipolygon of polygons of both byte orders, the last empty", w, 4326, SQUARE SQUARE);

	w = (bytes) {.big = false};
	head(&w, 6);
	put(&w, 0, 4);
	taken("empty multipolygon", w, 0, "");
	w = (bytes) {.big = false};
	head(&w, 3);
	put(&w, 1, 4);
	ring(&w, 4, (double[]) {-0.0, 0, 5, 5, 5, 5, 0, -0.0});
	taken("two points; no negative zero", w, 0, " shell 0 0,5 5");
}

/* What is no polygon, and the byte at which that shows. */
static void
test_refused(void)
{
	bytes		w = polygon(false, 0, 0);
	bytes		v;
	tm_wkb_size held;
	size_t		where;
	size_t		bad = 0;

	for (size_t n = 0; n < w.n; n++)
		bad += fault_of(&w, n, &held, &where) != TM_WKB_LENGTH || where > n;
	tap_is((long) bad, 0, "every beginning of a polygon is too short");
	v = w;
	v.b[v.n++] = 0;
	refused("a byte behind the end", v, TM_WKB_LENGTH, w.n);
	v = w;
	v.b[0] = 2;
	refused("byte order 2", v, TM_WKB_ORDER, 0);
	v = w;
	v.b[1] = 1;
	refused("a point", v, TM_WKB_TYPE, 5);
	refused("Z", polygon(false, 0x80000000, 0), TM_WKB_DIMENSIONS, 5);
	refused("M", polygon(false, 0x40000000, 0), TM_WKB_DIMENSIONS, 5);
	for (uint32_t iso = 1000; iso <= 3000; iso += 1000)
	{
		v = (bytes) {.big = false};
		head(&v, 3 + iso);
		put(&v, 0, 4);
		refused("Z or M as ISO writes it", v, TM_WKB_DIMENSIONS, 5);
	}
	v = w;
	memset(v.b + 5, 0xff, 4);
	refused("4,294,967,295 rings", v, TM_WKB_LENGTH, 9);
	v = w;
	memset(v.b + 9, 0xff, 4);
	refused("4,294,967,295 points", v, TM_WKB_LENGTH, 13);
	v = (bytes) {.big = false};
	head(&v, 6);
	put(&v, 0xffffffff, 4);
	refused("4,294,967,295 polygons", v, TM_WKB_LENGTH, 9);
	v = (bytes) {.big = false};
	head(&v, 6);
	put(&v, 1, 4);
	head(&v, 6);
	put(&v, 0, 4);
	refused("a multipolygon in a multipolygon", v, TM_WKB_TYPE, 14);
	v = (bytes) {.big = false};
	head(&v, 6 | 0x20000000);
	put(&v, 4326, 4);
	put(&v, 1, 4);
	head(&v, 3 | 0x20000000);
	put(&v, 3857, 4);
	put(&v, 0, 4);
	refused("two SRIDs", v, TM_WKB_SRID, 22);
	v = (bytes) {.big = false};
	head(&v, 3);
	put(&v, 1, 4);
	ring(&v, 3, square);
	refused("three points", v, TM_WKB_SHORT, 13);
	v = (bytes) {.big = false};
	head(&v, 3);
	put(&v, 1, 4);
	ring(&v, 5, open_ring);
	refused("an open ring", v, TM_WKB_OPEN, v.n);
	for (int i = 0; i < 3; i++)
	{
		double		xy[] = {0, 0, 4, 0, (double[]) {NAN, -INFINITY, 1.1e100}[i], 4, 0, 0};

		v = (bytes) {.big = false};
		head(&v, 3);
		put(&v, 1, 4);
		ring(&v, 4, xy);
		refused("a coordinate that is no number, infinite or too far", v, TM_WKB_NUMBER, 13 + 48);
	}
}

/* What is written is read again. */
static void
test_written(void)
{
	bytes		w = {.big = false};
	bytes		want = {.big = false};
	tm_wkb_out	out = {w.b};

	tm_wkb_put_multipolygon(&out, 4326, 1);
	tm_wkb_put_polygon(&out, 1);
	tm_wkb_put_ring(&out, 5);
	for (int i = 0; i < 5; i++)
		tm_wkb_put_point(&out, (tm_point) {square[2 * i], square[2 * i + 1]});
	w.n = (size_t) (out.at - w.b);
	head(&want, 6 | 0x20000000);
	put(&want, 4326, 4);
	put(&want, 1, 4);
	head(&want, 3);
	put(&want, 1, 4);
	ring(&want, 5, square);
	tap_ok(w.n == want.n && memcmp(w.b, want.b, w.n) == 0, "written as it is read");
	out.at = w.b;
	tm_wkb_put_multipolygon(&out, 0, 0);
	tap_is(out.at - w.b, 9, "without an SRID nine bytes are enough for an empty one");
}

/* Runs all tests. */
int
main(void)
{
	test_taken();
	test_refused();
	test_written();
	return tap_done();
}
