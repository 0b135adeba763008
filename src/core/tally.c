/*
 * tally.c - exact, canonical arithmetic of tallies.
 *
 * Every function that makes a tally writes it canonically, so that the same
 * counts are the same bytes whatever order they were added in.
 */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

/* The level words behind the counts of a tally under construction. */
static inline tm_levels *
levels_of(tm_tally *t)
{
	return (tm_levels *) (t->counts + t->n);
}

/* Checks 0 <= events <= at_risk. */
tm_status
tm_count_check(tm_count c)
{
	if (c.events < 0 || c.at_risk < 0)
		return TM_NEGATIVE;
	return c.events > c.at_risk ? TM_EVENTS_EXCEED : TM_OK;
}

/* Adds a checked count to another; events cannot overflow when at_risk does not. */
tm_status
tm_count_add(tm_count *into, tm_count c)
{
	int64_t		at_risk;

	if (__builtin_add_overflow(into->at_risk, c.at_risk, &at_risk))
		return TM_OVERFLOW;
	into->at_risk = at_risk;
	into->events += c.events;
	return TM_OK;
}

/* Checks in constant time that the header and the number of strata fit the size in bytes. */
tm_status
tm_tally_frame(const tm_tally *t, size_t size)
{
	if (size < sizeof(tm_tally) || t->version != TM_TALLY_VERSION)
		return TM_SYNTAX;
	if (t->n > TM_TALLY_MAX)
		return TM_TOO_MANY;
	return tm_tally_size(t->n) == size ? TM_OK : TM_SYNTAX;
}

/* Checks everything: frame, scheme, order, levels and counts. */
tm_status
tm_tally_validate(const tm_tally *t, size_t size)
{
	tm_status	status = tm_tally_frame(t, size);

	if (status != TM_OK)
		return status;
	if (t->zero[0] || t->zero[1] || t->zero[2])
		return TM_SYNTAX;
	if (!tm_scheme_valid(t->scheme))
		return TM_SCHEME_UNKNOWN;
	for (uint32_t i = 0; i < t->n; i++)
	{
		tm_levels	l = tm_tally_levels(t)[i];

		if (!tm_levels_valid(t->scheme, l))
			return TM_SCHEME_UNKNOWN;
		if (i > 0 && l <= tm_tally_levels(t)[i - 1])
			return TM_UNSORTED;
		if ((status = tm_count_check(t->counts[i])) != TM_OK)
			return status;
		if (t->counts[i].at_risk == 0)
			return TM_SYNTAX;
	}
	return TM_OK;
}

/* Finds a stratum; *pos is where it stands, or where it would be inserted. */
bool
tm_tally_find(const tm_tally *t, tm_levels l, uint32_t *pos)
{
	const tm_levels *levels = tm_tally_levels(t);
	uint32_t	low = 0,
				high = t->n;

	while (low < high)
	{
		uint32_t	mid = (low + high) / 2;

		if (levels[mid] < l)
			low = mid + 1;
		else
			high = mid;
	}
	*pos = low;
	return low < t->n && levels[low] == l;
}

/* Writes the header of a tally of n strata; the caller's length word is left alone. */
void
tm_tally_start(tm_tally *t, tm_scheme s, uint32_t n)
{
	t->version = TM_TALLY_VERSION;
	memset(t->zero, 0, sizeof t->zero);
	t->scheme = s;
	t->n = n;
}

/* Copies strata [from, to) of one tally to position at of another. */
static void
copy_run(const tm_tally *t, uint32_t from, uint32_t to, tm_tally *out, uint32_t at)
{
	if (to == from)
		return;
	memcpy(out->counts + at, t->counts + from, (to - from) * sizeof(tm_count));
	memcpy(levels_of(out) + at, tm_tally_levels(t) + from, (to - from) * sizeof(tm_levels));
}

/* Writes to out (room for n + 1 strata) the tally with one new stratum at position pos. */
void
tm_tally_insert(const tm_tally *t, uint32_t pos, tm_levels l, tm_count c, tm_tally *out)
{
	tm_tally_start(out, t->scheme, t->n + 1);
	copy_run(t, 0, pos, out, 0);
	out->counts[pos] = c;
	levels_of(out)[pos] = l;
	copy_run(t, pos, t->n, out, pos + 1);
}

/* The number of strata that the union of two tallies has. */
uint32_t
tm_tally_union_n(const tm_tally *a, const tm_tally *b)
{
	const tm_levels *la = tm_tally_levels(a),
			   *lb = tm_tally_levels(b);
	uint32_t	i = 0,
				j = 0,
				n = 0;

	while (i < a->n && j < b->n)
	{
		tm_levels	x = la[i],
					y = lb[j];

		i += x <= y;
		j += y <= x;
		n++;
	}
	return n + (a->n - i) + (b->n - j);
}

/* Writes the union, counts added, to out (room for tm_tally_union_n strata). */
tm_status
tm_tally_union(const tm_tally *a, const tm_tally *b, tm_tally *out)
{
	const tm_levels *la = tm_tally_levels(a),
			   *lb = tm_tally_levels(b);
	uint32_t	i = 0,
				j = 0,
				k = 0;

	if (a->scheme != b->scheme)
		return TM_SCHEME_MIX;
	tm_tally_start(out, a->scheme, tm_tally_union_n(a, b));
	for (; i < a->n && j < b->n; k++)
	{
		bool		from_a = la[i] <= lb[j],
					both = la[i] == lb[j];

		levels_of(out)[k] = from_a ? la[i] : lb[j];
		out->counts[k] = from_a ? a->counts[i] : b->counts[j];
		if (both && tm_count_add(&out->counts[k], b->counts[j]) != TM_OK)
			return TM_OVERFLOW;
		i += from_a;
		j += both || !from_a;
	}
	copy_run(a, i, a->n, out, k);
	copy_run(b, j, b->n, out, k + a->n - i);
	return TM_OK;
}

/* Adds b to a tally in place when that has every stratum of b; TM_NOT_CONTAINED when it has not. */
tm_status
tm_tally_union_into(tm_tally *into, const tm_tally *b)
{
	const tm_levels *li = tm_tally_levels(into),
			   *lb = tm_tally_levels(b);
	tm_status	status = TM_OK;
	uint32_t	i = 0,
				done = 0;

	if (into->scheme != b->scheme)
		return TM_SCHEME_MIX;
	if (tm_tally_union_n(into, b) != into->n)
		return TM_NOT_CONTAINED;
	for (; done < b->n && status == TM_OK; done++, i++)
	{
		while (li[i] < lb[done])
			i++;
		status = tm_count_add(&into->counts[i], b->counts[done]);
	}
	return status;
}

/* True when every stratum of b is in a with at least as many events, and non-events. */
bool
tm_tally_contains(const tm_tally *a, const tm_tally *b)
{
	for (uint32_t j = 0, i; j < b->n; j++)
	{
		tm_count	have,
					want = b->counts[j];

		if (!tm_tally_find(a, tm_tally_levels(b)[j], &i))
			return false;
		have = a->counts[i];
		if (want.events > have.events || want.at_risk - want.events > have.at_risk - have.events)
			return false;
	}
	return true;
}

/* Writes a minus b to out (room for a's strata); strata that become empty disappear. */
tm_status
tm_tally_difference(const tm_tally *a, const tm_tally *b, tm_tally *out)
{
	uint32_t	left = 0,
				k = 0,
				j;

	if (a->scheme != b->scheme)
		return TM_SCHEME_MIX;
	if (!tm_tally_contains(a, b))
		return TM_NOT_CONTAINED;
	for (uint32_t i = 0; i < a->n; i++)
		if (!tm_tally_find(b, tm_tally_levels(a)[i], &j) || a->counts[i].at_risk > b->counts[j].at_risk)
			left++;
	tm_tally_start(out, a->scheme, left);
	for (uint32_t i = 0; i < a->n; i++)
	{
		tm_count	c = a->counts[i];

		if (tm_tally_find(b, tm_tally_levels(a)[i], &j))
		{
			c.events -= b->counts[j].events;
			c.at_risk -= b->counts[j].at_risk;
		}
		if (c.at_risk == 0)
			continue;
		out->counts[k] = c;
		levels_of(out)[k++] = tm_tally_levels(a)[i];
	}
	return TM_OK;
}

/* qsort order of entries: by stratum. */
static int
by_levels(const void *a, const void *b)
{
	tm_levels	x = ((const tm_entry *) a)->levels,
				y = ((const tm_entry *) b)->levels;

	return (x > y) - (x < y);
}

/*
 * Sorts entries, adds up (merge) or refuses equal strata, drops empty ones and
 * writes the tally to out (room for n strata). The entries are overwritten.
 */
tm_status
tm_tally_from_entries(tm_scheme s, tm_entry *e, uint32_t n, bool merge, tm_tally *out)
{
	uint32_t	used = 0;

	if (n > 1)
		qsort(e, n, sizeof *e, by_levels);
	for (uint32_t i = 0; i < n; i++)
	{
		tm_status	status = tm_count_check(e[i].count);

		if (status != TM_OK)
			return status;
		if (!merge && i > 0 && e[i].levels == e[i - 1].levels)
			return TM_DUPLICATE;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		if (e[i].count.at_risk == 0)
			continue;
		if (merge && used > 0 && e[used - 1].levels == e[i].levels)
		{
			if (tm_count_add(&e[used - 1].count, e[i].count) != TM_OK)
				return TM_OVERFLOW;
		}
		else
			e[used++] = e[i];
	}
	tm_tally_start(out, s, used);
	for (uint32_t i = 0; i < used; i++)
	{
		out->counts[i] = e[i].count;
		levels_of(out)[i] = e[i].levels;
	}
	return TM_OK;
}

/* Writes the tally under a coarser scheme to out (room for as many strata); work holds t->n entries. */
tm_status
tm_tally_collapse(const tm_tally *t, tm_scheme to, tm_entry *work, tm_tally *out)
{
	if (!tm_scheme_coarsens(t->scheme, to))
		return TM_SCHEME_COARSEN;
	for (uint32_t i = 0; i < t->n; i++)
	{
		work[i].count = t->counts[i];
		work[i].levels = tm_levels_coarsen(tm_tally_levels(t)[i], t->scheme, to);
		work[i].zero = 0;
	}
	return tm_tally_from_entries(to, work, t->n, true, out);
}

/* Writes to out (room for as many strata) those strata that keep() says. */
void
tm_tally_filter(const tm_tally *t, tm_keep keep, const void *arg, tm_tally *out)
{
	uint32_t	n = 0,
				k = 0;

	for (uint32_t i = 0; i < t->n; i++)
		n += keep(tm_tally_levels(t)[i], arg);
	tm_tally_start(out, t->scheme, n);
	for (uint32_t i = 0; i < t->n; i++)
		if (keep(tm_tally_levels(t)[i], arg))
			copy_run(t, i, i + 1, out, k++);
}

/* The sum over all strata. */
tm_status
tm_tally_total(const tm_tally *t, tm_count *total)
{
	tm_count	sum = {0, 0};

	for (uint32_t i = 0; i < t->n; i++)
		if (tm_count_add(&sum, t->counts[i]) != TM_OK)
			return TM_OVERFLOW;
	*total = sum;
	return TM_OK;
}

/* Three-way comparison of two numbers. */
static int
order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* A total order: by scheme, then stratum by stratum (levels, at_risk, events), then the shorter first. */
int
tm_tally_compare(const tm_tally *a, const tm_tally *b)
{
	int			c = order(a->scheme, b->scheme);

	for (uint32_t i = 0; c == 0 && i < a->n && i < b->n; i++)
	{
		c = order(tm_tally_levels(a)[i], tm_tally_levels(b)[i]);
		if (c == 0)
			c = order(a->counts[i].at_risk, b->counts[i].at_risk);
		if (c == 0)
			c = order(a->counts[i].events, b->counts[i].events);
	}
	return c ? c : order(a->n, b->n);
}
