/*
 * glm_rows.c - the canonical order of the rows of a regression, and the rows
 * in that order.
 *
 * Sums of doubles depend on their order, and the rows of an aggregate come in
 * the order of the plan and its workers. They are sorted by cluster, then by a
 * hash of their bits, then by the bits themselves: equal rows are all that can
 * tie, and they are interchangeable.
 */
#include "glm_parts.h"

#include <math.h>
#include <string.h>

/* The 64 bits of a row's number. */
static uint64_t
bits(const double *number)
{
	uint64_t	v;

	memcpy(&v, number, sizeof v);
	return v;
}

/* A hash of a row's bits that depends on nothing else. */
static uint64_t
hash_row(const double *row, size_t width)
{
	uint64_t	h = 0x9E3779B97F4A7C15u;

	for (size_t i = 0; i < width; i++)
	{
		h = (h ^ bits(row + i)) * 0xD6E8FEB86659FD93u;
		h ^= h >> 32;
	}
	return h;
}

/* True when a stands strictly before b. */
static bool
before(const double *rows, size_t width, const tm_place *a, const tm_place *b)
{
	if (a->cluster != b->cluster)
		return a->cluster < b->cluster;
	if (a->hash != b->hash)
		return a->hash < b->hash;
	for (size_t i = 0; i < width; i++)
	{
		uint64_t	va = bits(rows + a->row * width + i);
		uint64_t	vb = bits(rows + b->row * width + i);

		if (va != vb)
			return va < vb;
	}
	return false;
}

/* Merges from[lo, mid) and from[mid, hi) into to[lo, hi). */
static void
merge(const tm_glm_task *t, const tm_place *from, tm_place *to, size_t lo, size_t mid, size_t hi)
{
	size_t		width = t->p + TM_ROW_HEAD;
	size_t		a = lo;
	size_t		b = mid;

	for (size_t i = lo; i < hi; i++)
	{
		if (t->tick && i % 65536 == 0)
			t->tick(t->tick_arg);
		if (b >= hi || (a < mid && !before(t->rows, width, from + b, from + a)))
			to[i] = from[a++];
		else
			to[i] = from[b++];
	}
}

/* Merge sort of n places that tie in cluster and hash, or that are few: never worse than n log n. */
static void
merge_sort(const tm_glm_task *t, tm_place *place, tm_place *work, size_t n)
{
	tm_place   *from = place;
	tm_place   *to = work;

	for (size_t run = 1; run < n; run *= 2)
	{
		tm_place   *swap = from;

		for (size_t lo = 0; lo < n; lo += 2 * run)
		{
			size_t		mid = lo + run < n ? lo + run : n;
			size_t		hi = mid + run < n ? mid + run : n;

			merge(t, from, to, lo, mid, hi);
		}
		from = to;
		to = swap;
	}
	if (from != place)
		memcpy(place, from, n * sizeof *place);
}

/* A byte of the key that places are sorted by, 0 the lowest of the hash, 8 the lowest of the cluster. */
static unsigned
key_byte(const tm_place *p, int byte)
{
	uint64_t	key = byte < 8 ? p->hash : (uint64_t) p->cluster ^ (uint64_t) 1 << 63;

	return key >> 8 * (byte % 8) & 255;
}

/* One stable pass of a radix sort; false when all bytes are equal and nothing was moved. */
static bool
radix_pass(const tm_place *from, tm_place *to, size_t n, int byte)
{
	size_t		count[256] = {0};
	size_t		sum = 0;

	for (size_t i = 0; i < n; i++)
		count[key_byte(from + i, byte)]++;
	if (count[key_byte(from, byte)] == n)
		return false;
	for (int b = 0; b < 256; b++)
	{
		size_t		here = count[b];

		count[b] = sum;
		sum += here;
	}
	for (size_t i = 0; i < n; i++)
		to[count[key_byte(from + i, byte)]++] = from[i];
	return true;
}

/* Sorts by cluster and by the upper half of the hash, then what still ties. */
static void
sort(const tm_glm_task *t, tm_place *place, tm_place *work)
{
	tm_place   *from = place;
	tm_place   *to = work;

	for (int byte = 4; byte < 16; byte++)
	{
		if (t->tick)
			t->tick(t->tick_arg);
		if (radix_pass(from, to, t->n, byte))
		{
			tm_place   *swap = from;

			from = to;
			to = swap;
		}
	}
	if (from != place)
		memcpy(place, from, t->n * sizeof *place);
	for (size_t lo = 0, hi; lo < t->n; lo = hi)
	{
		for (hi = lo + 1; hi < t->n && place[hi].cluster == place[lo].cluster && place[hi].hash >> 32 == place[lo].hash >> 32;)
			hi++;
		if (hi - lo > 1)
			merge_sort(t, place + lo, work, hi - lo);
	}
}

/* Checks the rows and gives their canonical order in place[0 .. n); work holds n places too. */
tm_status
tm_rows_order(const tm_glm_task *t, tm_place *place, tm_place *work)
{
	size_t		width = t->p + TM_ROW_HEAD;

	for (size_t i = 0; i < t->n; i++)
	{
		const double *row = t->rows + i * width;

		if (!(row[TM_ROW_Y] >= 0) || !(row[TM_ROW_M] > 0) || !(row[TM_ROW_W] > 0))
			return TM_NEGATIVE;
		if (t->family == TM_LOGISTIC && row[TM_ROW_Y] > row[TM_ROW_M])
			return TM_EVENTS_EXCEED;
		memcpy(&place[i].cluster, row + TM_ROW_CLUSTER, sizeof place[i].cluster);
		place[i].hash = hash_row(row, width);
		place[i].row = i;
	}
	sort(t, place, work);
	return TM_OK;
}

/* Copies the rows in order into the columns of the fit; z takes the covariates as they are, after a 1 for the intercept. */
void
tm_rows_gather(tm_work *g)
{
	const tm_glm_task *t = g->task;
	size_t		width = t->p + TM_ROW_HEAD;

	g->clustered = g->place[g->n - 1].cluster != TM_ALONE;	/* the alone come first */
	for (size_t i = 0; i < g->n; i++)
	{
		const double *row = t->rows + g->place[i].row * width;
		double	   *z = g->z + i * g->q;

		g->y[i] = row[TM_ROW_Y];
		g->m[i] = row[TM_ROW_M];
		g->w[i] = row[TM_ROW_W];
		g->offset[i] = t->family == TM_LOGISTIC ? 0 : log(row[TM_ROW_M]);
		g->first[i] = i == 0 || g->place[i].cluster == TM_ALONE || g->place[i].cluster != g->place[i - 1].cluster;
		if (t->intercept)
			*z++ = 1;
		memcpy(z, row + TM_ROW_HEAD, t->p * sizeof *z);
		if (i % TM_BLOCK == 0)
			tm_tick(g);
	}
}
