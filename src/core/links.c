/*
 * links.c - spatial weights from rows of neighbour ids: checked, in canonical
 * order, styled, summed.
 */
#include "links.h"

#include <math.h>
#include <string.h>

/* An id as a key that sorts as the number does. */
static uint32_t
key(int32_t id)
{
	return (uint32_t) id ^ 0x80000000u;
}

/* Sets order to the rows by ascending id (a radix sort; work has room for n) and says whether an id stands twice. */
tm_links_fault
tm_links_order(const tm_link_rows *rows, int32_t *order, int32_t *work, tm_links_report *report)
{
	int32_t    *from = order;
	int32_t    *to = work;

	for (int32_t i = 0; i < rows->n; i++)
		order[i] = i;
	for (int shift = 0; shift < 32; shift += 8)
	{
		int32_t		count[257] = {0};
		int32_t    *swap = from;

		for (int32_t i = 0; i < rows->n; i++)
			count[(key(rows->id[i]) >> shift & 255) + 1]++;
		for (int b = 0; b < 256; b++)
			count[b + 1] += count[b];
		for (int32_t i = 0; i < rows->n; i++)
			to[count[key(rows->id[from[i]]) >> shift & 255]++] = from[i];
		from = to;
		to = swap;
	}
	for (int32_t i = 1; i < rows->n; i++)
		if (rows->id[order[i]] == rows->id[order[i - 1]])
		{
			report->id = rows->id[order[i]];
			return TM_LINKS_ID_TWICE;
		}
	return TM_LINKS_FINE;
}

/* The place of an id in the order, or -1. */
static int32_t
place_of(const tm_link_rows *rows, const int32_t *order, int32_t id)
{
	int32_t		low = 0;
	int32_t		high = rows->n;

	while (low < high)
	{
		int32_t		middle = low + (high - low) / 2;

		if (rows->id[order[middle]] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rows->n && rows->id[order[low]] == id ? low : -1;
}

/* Reads the links of one row behind those already in out; weights of 0 are no links. */
static tm_links_fault
read_row(const tm_link_rows *rows, const int32_t *order, int32_t i, tm_links *out, tm_links_report *report)
{
	int32_t		row = order[i];
	int64_t		at = out->first[i];

	report->id = rows->id[row];
	for (int64_t l = rows->first[row]; l < rows->first[row + 1]; l++)
	{
		double		weight = rows->weight ? rows->weight[l] : 1.0;
		int32_t		to;

		report->neighbour = rows->neighbour[l];
		if (!(weight >= 0.0 && isfinite(weight)))
			return TM_LINKS_WEIGHT;
		if (rows->neighbour[l] == report->id)
			return TM_LINKS_SELF;
		to = place_of(rows, order, rows->neighbour[l]);
		if (to < 0)
			report->outside++;
		if (to < 0 || weight == 0.0)
			continue;
		out->to[at] = to;
		out->weight[at++] = weight;
	}
	out->first[i + 1] = at;
	return TM_LINKS_FINE;
}

/*
 * Reads rows into links between their places in the order. Both out and back
 * have room for all links of the rows; back gets the links the other way
 * round. Neighbours that are no row are passed over and counted.
 */
tm_links_fault
tm_links_read(const tm_link_rows *rows, const int32_t *order, tm_links *back, tm_links *out, tm_links_report *report)
{
	out->n = rows->n;
	out->first[0] = 0;
	report->outside = 0;
	for (int32_t i = 0; i < rows->n; i++)
	{
		tm_links_fault fault = read_row(rows, order, i, out, report);

		if (fault != TM_LINKS_FINE)
			return fault;
	}
	tm_links_transpose(out, back);	/* sorts the links back, and once more those out */
	tm_links_transpose(back, out);
	for (int32_t i = 0; i < out->n; i++)
		for (int64_t l = out->first[i] + 1; l < out->first[i + 1]; l++)
			if (out->to[l] == out->to[l - 1])
			{
				report->id = rows->id[order[i]];
				report->neighbour = rows->id[order[out->to[l]]];
				return TM_LINKS_TWICE;
			}
	return TM_LINKS_FINE;
}

/* Sets out to the links the other way round, ascending within each area. */
void
tm_links_transpose(const tm_links *a, tm_links *out)
{
	out->n = a->n;
	for (int32_t i = 0; i <= a->n; i++)
		out->first[i] = 0;
	for (int64_t l = 0; l < a->first[a->n]; l++)
		out->first[a->to[l] + 1]++;
	for (int32_t i = 0; i < a->n; i++)
		out->first[i + 1] += out->first[i];
	for (int32_t i = 0; i < a->n; i++)
		for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
		{
			int64_t		at = out->first[a->to[l]]++;

			out->to[at] = i;
			out->weight[at] = a->weight[l];
		}
	for (int32_t i = a->n; i > 0; i--)	/* each start has become the next one's */
		out->first[i] = out->first[i - 1];
	out->first[0] = 0;
}

/* The style of a name: W, B, C, U, S. */
tm_status
tm_style_named(const char *name, tm_links_style *style)
{
	static const char names[] = "WBCUS";
	const char *at = name[0] && !name[1] ? strchr(names, name[0]) : NULL;

	if (!at)
		return TM_METHOD;
	*style = (tm_links_style) (at - names);
	return TM_OK;
}

/* The sum of an area's weights, or of their squares. */
static double
row_sum(const tm_links *a, int32_t i, bool squares)
{
	double		sum = 0.0;

	for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
		sum += squares ? a->weight[l] * a->weight[l] : a->weight[l];
	return sum;
}

/* Brings the weights to a style; the number of areas in C and S is of those with neighbours. */
void
tm_links_style_apply(tm_links *a, tm_links_style style)
{
	int32_t		with = 0;
	double		all = 0.0;

	for (int32_t i = 0; i < a->n; i++)
	{
		double		by = style == TM_STYLE_W ? row_sum(a, i, false) : style == TM_STYLE_S ? sqrt(row_sum(a, i, true)) : 1.0;

		with += a->first[i + 1] > a->first[i];
		for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
			a->weight[l] = style == TM_STYLE_B ? 1.0 : a->weight[l] / by;
		all += row_sum(a, i, false);
	}
	if (style == TM_STYLE_W || style == TM_STYLE_B)
		return;
	for (int64_t l = 0; l < a->first[a->n]; l++)
		a->weight[l] *= (style == TM_STYLE_U ? 1.0 : (double) with) / all;
}

/* Sets each area's place among those with a link in either direction, -1 for islands; gives the number of the others. */
int32_t
tm_links_islands(const tm_links *a, const tm_links *back, int32_t *place)
{
	int32_t		n = 0;

	for (int32_t i = 0; i < a->n; i++)
		place[i] = tm_links_count(a, i) + tm_links_count(back, i) > 0 ? n++ : -1;
	return n;
}

/* Takes the areas without a place out, which have no links, and renumbers the others. */
void
tm_links_renumber(tm_links *a, const int32_t *place)
{
	int32_t		n = 0;

	for (int32_t i = 0; i < a->n; i++)
		if (place[i] >= 0)
			a->first[++n] = a->first[i + 1];
	for (int64_t l = 0; l < a->first[n]; l++)
		a->to[l] = place[a->to[l]];
	a->n = n;
}

/* Sums over the links; back are the same links the other way round. */
tm_links_sums
tm_links_sum(const tm_links *a, const tm_links *back)
{
	tm_links_sums s = {0.0, 0.0, 0.0};

	for (int32_t i = 0; i < a->n; i++)
	{
		int64_t		out = a->first[i];
		int64_t		in = back->first[i];
		double		both = row_sum(a, i, false) + row_sum(back, i, false);

		s.s0 += row_sum(a, i, false);
		s.s2 += both * both;
		while (out < a->first[i + 1] || in < back->first[i + 1])
		{
			int32_t		there = out < a->first[i + 1] ? a->to[out] : INT32_MAX;
			int32_t		here = in < back->first[i + 1] ? back->to[in] : INT32_MAX;
			double		w = 0.0;

			if (there <= here)
				w += a->weight[out++];
			if (here <= there)
				w += back->weight[in++];
			s.s1 += w * w / 2.0;
		}
	}
	return s;
}

/* Counts links, islands, and links that differ from the way back. */
tm_links_summary
tm_links_describe(const tm_links *a, const tm_links *back)
{
	tm_links_summary s = {.links = a->first[a->n],.least = a->n ? INT64_MAX : 0};

	for (int32_t i = 0; i < a->n; i++)
	{
		int64_t		in = back->first[i];
		int64_t		count = tm_links_count(a, i);

		s.islands += count + tm_links_count(back, i) == 0;
		s.least = count < s.least ? count : s.least;
		s.most = count > s.most ? count : s.most;
		for (int64_t l = a->first[i]; l < a->first[i + 1]; l++)
		{
			while (in < back->first[i + 1] && back->to[in] < a->to[l])
				in++;
			if (in == back->first[i + 1] || back->to[in] != a->to[l])
				s.one_way++;
			else if (fabs(a->weight[l] - back->weight[in]) > 1e-9 * a->weight[l])
				s.unequal++;
		}
	}
	return s;
}
