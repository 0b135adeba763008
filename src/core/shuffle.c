/*
 * shuffle.c - permutations of all areas' values, eight at a time: the eight
 * values an area has in them stand side by side, so that a link is followed
 * once for all eight. A permutation depends on the seed and its number alone.
 */
#include "shuffle.h"

#include <math.h>
#include <string.h>

#include "random.h"

#define LANES 8
#define TIE 1e-9

/* What is computed over and over: each pair of areas once, with both its weights. */
typedef struct plan
{
	int32_t		n;
	tm_shuffle_form form;
	double	   *margin;			/* c_i */
	double	   *weight;			/* w_ij + w_ji, i < j */
	int64_t    *first;
	int32_t    *to;
	double	   *deck;			/* one permutation */
	double	   *lanes;			/* n x LANES */
} plan;

/* Bytes of workspace. */
size_t
tm_shuffle_room(const tm_links *a)
{
	size_t		n = (size_t) a->n;
	size_t		links = (size_t) a->first[a->n];

	return (n * (2 + LANES) + links) * sizeof(double) + (n + 1) * sizeof(int64_t) + links * sizeof(int32_t);
}

/* Lays the workspace out and fills in the pairs of areas. */
static plan
prepare(const tm_links *a, const tm_links *back, const tm_shuffle_form *form, void *room)
{
	plan		p = {.n = a->n,.form = *form};
	int64_t		at = 0;

	p.margin = room;
	p.deck = p.margin + a->n;
	p.lanes = p.deck + a->n;
	p.weight = p.lanes + (size_t) a->n * LANES;
	p.first = (void *) (p.weight + a->first[a->n]);
	p.to = (void *) (p.first + a->n + 1);
	for (int32_t i = 0; i < a->n; i++)
	{
		int64_t		out = a->first[i];
		int64_t		in = back->first[i];

		p.first[i] = at;
		p.margin[i] = 0.0;
		while (out < a->first[i + 1] || in < back->first[i + 1])
		{
			int32_t		there = out < a->first[i + 1] ? a->to[out] : INT32_MAX;
			int32_t		here = in < back->first[i + 1] ? back->to[in] : INT32_MAX;
			int32_t		to = there < here ? there : here;
			double		w = 0.0;

			if (there == to)
				w += a->weight[out++];
			if (here == to)
				w += back->weight[in++];
			p.margin[i] += w;
			if (to > i)
			{
				p.to[at] = to;
				p.weight[at++] = w;
			}
		}
	}
	p.first[a->n] = at;
	return p;
}

/* The statistic of each lane. */
static void
evaluate(const plan *p, double out[LANES])
{
	double		product[LANES] = {0};
	double		square[LANES] = {0};
	double		linear[LANES] = {0};

	for (int32_t i = 0; i < p->n; i++)
	{
		const double *z = p->lanes + (size_t) i * LANES;
		double		lag[LANES] = {0};

		for (int64_t l = p->first[i]; l < p->first[i + 1]; l++)
		{
			const double *other = p->lanes + (size_t) p->to[l] * LANES;
			double		w = p->weight[l];

			for (int j = 0; j < LANES; j++)
				lag[j] += w * other[j];
		}
		for (int j = 0; j < LANES; j++)
			product[j] += z[j] * lag[j];
		if (p->form.square != 0.0)
			for (int j = 0; j < LANES; j++)
				square[j] += p->margin[i] * z[j] * z[j];
		if (p->form.linear != 0.0)
			for (int j = 0; j < LANES; j++)
				linear[j] += p->margin[i] * z[j];
	}
	for (int j = 0; j < LANES; j++)
		out[j] = p->form.product * product[j] + p->form.square * square[j] + p->form.linear * linear[j];
}

/* Deals the values anew (Fisher & Yates): permutation number m of a seed. */
static void
deal(const double *z, int32_t n, const tm_shuffle *how, uint32_t m, double *deck)
{
	tm_random	r;

	memcpy(deck, z, (size_t) n * sizeof *deck);
	tm_random_start(&r, how->seed, m, 1);
	for (int32_t i = n - 1; i > 0; i--)
	{
		uint32_t	j = tm_random_below(&r, (uint32_t) i + 1);
		double		swap = deck[i];

		deck[i] = deck[j];
		deck[j] = swap;
	}
}

/* Counts the permutations whose statistic is at least, and at most, that of the values as they stand. */
void
tm_shuffle_count(const tm_links *a, const tm_links *back, const double *z, const tm_shuffle_form *form, const tm_shuffle *how, void *room, uint32_t count[2])
{
	plan		p = prepare(a, back, form, room);
	double		out[LANES];
	double		seen;
	double		tie = 0.0;

	for (int32_t i = 0; i < p.n; i++)
	{
		tie += p.margin[i] / 2.0;
		for (int j = 0; j < LANES; j++)
			p.lanes[(size_t) i * LANES + (size_t) j] = z[i];
	}
	evaluate(&p, out);
	seen = out[0];
	tie = TIE * fmax(fabs(seen), tie);
	count[0] = count[1] = 0;
	for (uint32_t m = 0; m < how->permutations; m += LANES)
	{
		uint32_t	left = how->permutations - m;

		for (uint32_t j = 0; j < LANES && j < left; j++)
		{
			deal(z, p.n, how, m + j, p.deck);
			for (int32_t i = 0; i < p.n; i++)
				p.lanes[(size_t) i * LANES + j] = p.deck[i];
			if (how->ticker.call)
				how->ticker.call(how->ticker.arg);
		}
		evaluate(&p, out);
		for (uint32_t j = 0; j < LANES && j < left; j++)
		{
			count[0] += out[j] >= seen - tie;
			count[1] += out[j] <= seen + tie;
		}
	}
}

/* The same for the sum of products of a fixed and a permuted column; room for n numbers. */
void
tm_shuffle_pairs(const double *pull, const double *z, int32_t n, const tm_shuffle *how, void *room, uint32_t count[2])
{
	double	   *deck = room;
	double		seen = 0.0;
	double		tie;

	for (int32_t i = 0; i < n; i++)
		seen += pull[i] * z[i];
	tie = TIE * fmax(1.0, fabs(seen));
	count[0] = count[1] = 0;
	for (uint32_t m = 0; m < how->permutations; m++)
	{
		double		sum = 0.0;

		deal(z, n, how, m, deck);
		for (int32_t i = 0; i < n; i++)
			sum += pull[i] * deck[i];
		count[0] += sum >= seen - tie;
		count[1] += sum <= seen + tie;
		if (how->ticker.call)
			how->ticker.call(how->ticker.arg);
	}
}
