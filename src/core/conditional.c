/*
 * conditional.c - all areas' conditional permutations from one table.
 *
 * A permutation is a random sequence of distinct places among n - 1, as long
 * as the most neighbours any area has; an area of k neighbours takes the first
 * k of them, which is a sample without replacement. Place p means area p for
 * an area behind it and area p + 1 for one at or before it. From one area to
 * the next only one place changes its meaning, so the sums of the first k
 * values are kept for all areas at once, and are set anew only in the few
 * permutations that hold that place. An area then costs one comparison a
 * permutation, however many neighbours it has. With unequal weights the values
 * are kept the same way, and weighted for every area.
 *
 * Permutations go through in blocks, so that a block's sums stay in the cache
 * and memory does not grow with their number.
 */
#include "conditional.h"

#include <math.h>
#include <string.h>

#include "random.h"

#define CHUNK 64				/* comparisons in one go */
#define BLOCK_NUMBERS 24576		/* of one table of a block, about */
#define BLOCK_MOST 4096
#define TIE 1e-9

/* Two numbers that are compared at once, aligned as one is. */
typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));
typedef int64_t int_pair __attribute__((vector_size(16)));

/* A block of permutations: tables of k rows, one a place in the sequence, by permutation. */
typedef struct block
{
	int32_t		k;				/* most neighbours */
	int32_t		size;			/* permutations there is room for */
	int32_t		used;
	int32_t		area;			/* the places' meaning is as for this area */
	bool		sums;			/* some area's weights are equal: sum (and square) are kept */
	bool		values;			/* some area's are not: value is kept */
	double	   *sum;			/* of the first values */
	double	   *square;			/* of their squares, for differences */
	double	   *value;
	double	   *weighted;		/* by permutation: the area's own sums */
	int32_t    *place;			/* by permutation and place in the sequence */
	int32_t    *first;			/* by place: where its entries start */
	int32_t    *entry;			/* permutation x k + place in the sequence, by place */
	int32_t    *deck;			/* 0 ... n - 2 between permutations */
	int32_t    *swapped;
} block;

/* Whether the weights of an area are all equal. */
static bool
is_equal(const tm_links *a, int32_t i)
{
	for (int64_t l = a->first[i] + 1; l < a->first[i + 1]; l++)
		if (a->weight[l] != a->weight[l - 1])
			return false;
	return true;
}

/* The sizes of a block; the pointers are not set. */
static block
plan(const tm_conditional *task)
{
	block		b = {.k = 1};

	for (int32_t i = 0; i < task->links->n; i++)
	{
		int64_t		count = tm_links_count(task->links, i);

		b.k = count > b.k ? (int32_t) count : b.k;
		if (is_equal(task->links, i))
			b.sums = true;
		else
			b.values = true;
	}
	b.size = BLOCK_NUMBERS / b.k;
	b.size = b.size > BLOCK_MOST ? BLOCK_MOST : b.size < CHUNK ? CHUNK : b.size;
	return b;
}

/* Bytes of workspace. */
size_t
tm_conditional_room(const tm_conditional *task)
{
	block		b = plan(task);
	size_t		table = (size_t) b.k * (size_t) b.size;

	return (3 * table + (size_t) b.size) * sizeof(double)
		+ (2 * table + 2 * ((size_t) task->links->n + 1) + (size_t) b.k) * sizeof(int32_t);
}

/* Lays a block out in the workspace. */
static block
lay_out(const tm_conditional *task, void *room)
{
	block		b = plan(task);
	size_t		table = (size_t) b.k * (size_t) b.size;

	b.sum = room;
	b.square = b.sum + table;
	b.value = b.square + table;
	b.weighted = b.value + table;
	b.place = (void *) (b.weighted + b.size);
	b.entry = b.place + table;
	b.first = b.entry + table;
	b.deck = b.first + task->links->n + 1;
	b.swapped = b.deck + task->links->n + 1;
	for (int32_t i = 0; i < task->links->n; i++)
		b.deck[i] = i;
	return b;
}

/* Draws the sequence of a permutation: the start of a Fisher-Yates shuffle, which is then undone. */
static void
draw(const tm_conditional *task, block *b, uint32_t permutation, int32_t *place)
{
	uint32_t	others = (uint32_t) task->links->n - 1;
	tm_random	r;

	tm_random_start(&r, task->seed, permutation, 0);
	for (int32_t j = 0; j < b->k; j++)
	{
		int32_t		t = j + (int32_t) tm_random_below(&r, others - (uint32_t) j);

		place[j] = b->deck[t];
		b->deck[t] = b->deck[j];
		b->deck[j] = place[j];
		b->swapped[j] = t;
	}
	for (int32_t j = b->k - 1; j >= 0; j--)
	{
		int32_t		t = b->swapped[j];
		int32_t		swap = b->deck[t];

		b->deck[t] = b->deck[j];
		b->deck[j] = swap;
	}
}

/* Sets values and sums of a permutation from a place of its sequence on. */
static void
set_from(const tm_conditional *task, block *b, int32_t m, int32_t from)
{
	const int32_t *place = b->place + (size_t) m * (size_t) b->k;
	size_t		step = (size_t) b->size;
	size_t		at = (size_t) from * step + (size_t) m;
	double		sum = from ? b->sum[at - step] : 0.0;
	double		square = from ? b->square[at - step] : 0.0;

	if (b->values)
		for (int32_t j = from; j < b->k; j++)
			b->value[(size_t) j * step + (size_t) m] = task->z[place[j] + (place[j] >= b->area)];
	if (!b->sums)
		return;
	for (int32_t j = from; j < b->k; j++, at += step)
	{
		double		z = task->z[place[j] + (place[j] >= b->area)];

		b->sum[at] = sum += z;
		if (task->differences)
			b->square[at] = square += z * z;
	}
}

/* Draws a block of permutations from a number on, and lists by place which hold it. */
static void
fill(const tm_conditional *task, block *b, uint32_t from, int32_t used)
{
	int32_t    *count = b->first;
	int32_t		n = task->links->n;
	int32_t		entries = used * b->k;

	b->used = used;
	b->area = 0;
	memset(count, 0, ((size_t) n + 1) * sizeof *count);
	for (int32_t m = 0; m < used; m++)
	{
		draw(task, b, from + (uint32_t) m, b->place + (size_t) m * (size_t) b->k);
		if (task->ticker.call)
			task->ticker.call(task->ticker.arg);
	}
	for (int32_t e = 0; e < entries; e++)
		count[b->place[e] + 1]++;
	for (int32_t p = 0; p < n; p++)
		count[p + 1] += count[p];
	for (int32_t e = entries - 1; e >= 0; e--)	/* each place's end becomes its start */
		b->entry[--count[b->place[e] + 1]] = e;
	memmove(count, count + 1, (size_t) n * sizeof *count);
	count[n] = entries;
	for (int32_t m = 0; m < used; m++)
		set_from(task, b, m, 0);
}

/* Steps to the next area: the place that meant it now means the one before. */
static void
step(const tm_conditional *task, block *b)
{
	int32_t		place = b->area++;

	for (int32_t e = b->first[place]; e < b->first[place + 1]; e++)
		set_from(task, b, b->entry[e] / b->k, b->entry[e] % b->k);
}

/* Adds to the counts how many of n numbers are at least low, and at most high; pair by pair, which every processor of 64 bits can. */
static void
compare(const double *v, int32_t n, double low, double high, uint32_t *greater, uint32_t *less)
{
	const pair	least = {low, low};
	const pair	most = {high, high};
	int_pair	above = {0, 0};
	int_pair	below = {0, 0};
	int32_t		i = 0;

	for (; i + CHUNK <= n; i += CHUNK)
		for (int j = 0; j < CHUNK; j += 2)
		{
			pair		x = *(const pair *) (v + i + j);

			above -= x >= least;	/* true is -1 */
			below -= x <= most;
		}
	for (; i < n; i++)
	{
		above[0] += v[i] >= low;
		below[0] += v[i] <= high;
	}
	*greater += (uint32_t) (above[0] + above[1]);
	*less += (uint32_t) (below[0] + below[1]);
}

/* An area's sums over all permutations of the block, where they are not in a table as they stand. */
static const double *
own_sums(const tm_conditional *task, block *b, bool equal)
{
	const tm_links *a = task->links;
	const double *weight = a->weight + a->first[b->area];
	int64_t		k = tm_links_count(a, b->area);
	double		twice = 2.0 * task->z[b->area];
	double		all = 0.0;

	if (equal)
	{
		const double *sum = b->sum + (size_t) (k - 1) * (size_t) b->size;
		const double *square = b->square + (size_t) (k - 1) * (size_t) b->size;

		if (!task->differences)
			return sum;
		for (int32_t m = 0; m < b->used; m++)
			b->weighted[m] = square[m] - twice * sum[m];
		return b->weighted;
	}
	for (int64_t j = 0; j < k; j++)
		all += weight[j];
	memset(b->weighted, 0, (size_t) b->used * sizeof(double));
	for (int64_t j = 0; j < k; j++)
	{
		const double *value = b->value + (size_t) j * (size_t) b->size;
		double		w = weight[j] / all;

		if (task->differences)
			for (int32_t m = 0; m < b->used; m++)
				b->weighted[m] += w * (value[m] * (value[m] - twice));
		else
			for (int32_t m = 0; m < b->used; m++)
				b->weighted[m] += w * value[m];
	}
	return b->weighted;
}

/* The sum observed, on the scale of own_sums. */
static double
observed(const tm_conditional *task, int32_t i, bool equal)
{
	const tm_links *a = task->links;
	double		sum = 0.0;
	double		all = 0.0;

	for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
		all += a->weight[l];
	for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
	{
		double		z = task->z[a->to[l]];
		double		w = equal ? 1.0 : a->weight[l] / all;

		sum += w * (task->differences ? z * (z - 2.0 * task->z[i]) : z);
	}
	return sum;
}

/*
 * Counts for every area the permutations in which its sum is at least, and at
 * most, the one observed; sums within 1e-9 (of them, or of a standard deviation
 * when that is more) are equal. 0 for areas without neighbours.
 */
void
tm_conditional_count(const tm_conditional *task, void *room, uint32_t *greater, uint32_t *less)
{
	const tm_links *a = task->links;
	block		b = lay_out(task, room);

	memset(greater, 0, (size_t) a->n * sizeof *greater);
	memset(less, 0, (size_t) a->n * sizeof *less);
	if (a->n < 2)
		return;
	for (uint32_t from = 0; from < task->permutations; from += (uint32_t) b.used)
	{
		uint32_t	left = task->permutations - from;

		fill(task, &b, from, left < (uint32_t) b.size ? (int32_t) left : b.size);
		for (int32_t i = 0; i < a->n; i++)
		{
			if (tm_links_count(a, i) > 0)
			{
				bool		equal = is_equal(a, i);
				double		t = observed(task, i, equal);
				double		tie = TIE * fmax(1.0, fabs(t));

				compare(own_sums(task, &b, equal), b.used, t - tie, t + tie, greater + i, less + i);
			}
			if (i + 1 < a->n)
				step(task, &b);
			if (task->ticker.call)
				task->ticker.call(task->ticker.arg);
		}
	}
}
