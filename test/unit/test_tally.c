/*
 * test_tally.c - tallies: their arithmetic as properties over random counts,
 * their order, their limits.
 */
#include <stdio.h>

#include "sample.h"
#include "tap.h"

#define ROUNDS 300

static const tm_scheme schemes[] = {
	TM_SCHEME_TOTAL, SEX, AGE(1), AGE(5) | SEX, AGE(1) | SEX, AGE(1) | SEX | COMORBIDITY
};

#define N_SCHEMES (sizeof schemes / sizeof *schemes)

/* The tally with one more count, as an aggregate's transition makes it; the old one is freed. */
static tm_tally *
with_one(tm_tally *t, const tm_entry *e)
{
	uint32_t	pos;
	tm_tally   *out;

	if (e->count.at_risk == 0)
		return t;
	if (tm_tally_find(t, e->levels, &pos))
	{
		tm_count_add(&t->counts[pos], e->count);
		return t;
	}
	out = sample_room(t->n + 1);
	tm_tally_insert(t, pos, e->levels, e->count, out);
	free(t);
	return out;
}

/* The union in a block of exactly its size. */
static tm_tally *
union_of(const tm_tally *a, const tm_tally *b)
{
	tm_tally   *out = sample_room(tm_tally_union_n(a, b));

	if (tm_tally_union(a, b, out) != TM_OK || out->n != tm_tally_union_n(a, b))
		tap_ok(false, "union fails");
	return out;
}

/* The tally under a coarser scheme. */
static tm_tally *
collapsed(const tm_tally *t, tm_scheme to)
{
	tm_entry   *work = sample_block(t->n * sizeof *work);
	tm_tally   *out = sample_room(t->n);

	if (tm_tally_collapse(t, to, work, out) != TM_OK)
		tap_ok(false, "collapse fails");
	free(work);
	return out;
}

/* Puts entries in another random order (Fisher & Yates). */
static void
shuffle(uint64_t *seed, tm_entry *e, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--)
	{
		uint32_t	j = sample_below(seed, i);
		tm_entry	hold = e[i - 1];

		e[i - 1] = e[j];
		e[j] = hold;
	}
}

/* One by one, in any order, or all at once: the same bytes. */
static void
building(void)
{
	uint64_t	seed = 1;
	int			valid = 0,
				same = 0,
				sums = 0;

	for (int r = 0; r < ROUNDS; r++)
	{
		tm_scheme	s = schemes[r % N_SCHEMES];
		uint32_t	n = sample_below(&seed, 200);
		tm_entry   *e = sample_entries(&seed, s, n);
		tm_tally   *all = sample_build(s, e, n),
				   *one = sample_room(0);
		tm_count	want = {0, 0},
					got = {-1, -1};

		for (uint32_t i = 0; i < n; i++)
			tm_count_add(&want, e[i].count);
		shuffle(&seed, e, n);
		tm_tally_start(one, s, 0);
		for (uint32_t i = 0; i < n; i++)
			one = with_one(one, &e[i]);
		valid += sample_valid(all) && sample_valid(one);
		same += sample_same(all, one);
		sums += tm_tally_total(all, &got) == TM_OK && got.events == want.events && got.at_risk == want.at_risk;
		free(all);
		free(one);
		free(e);
	}
	tap_is(valid, ROUNDS, "what is built is valid");
	tap_is(same, ROUNDS, "one by one in any order, or all at once: the same bytes");
	tap_is(sums, ROUNDS, "the total is the sum of what went in");
}

/* a + b, b + a, (a + b) + c, a + nothing, and the sum of the entries. */
static void
unions(void)
{
	uint64_t	seed = 2;
	int			commutes = 0,
				associates = 0,
				neutral = 0;

	for (int r = 0; r < ROUNDS; r++)
	{
		tm_scheme	s = schemes[r % N_SCHEMES];
		tm_tally   *a = sample_tally(&seed, s, 150),
				   *b = sample_tally(&seed, s, 150),
				   *c = sample_tally(&seed, s, 150),
				   *none = sample_build(s, NULL, 0),
				   *ab = union_of(a, b),
				   *ba = union_of(b, a),
				   *bc = union_of(b, c),
				   *left = union_of(ab, c),
				   *right = union_of(a, bc),
				   *alone = union_of(none, a);

		commutes += sample_same(ab, ba) && sample_valid(ab);
		associates += sample_same(left, right) && sample_valid(left);
		neutral += sample_same(alone, a);
		for (size_t i = 0; i < 10; i++)
			free((tm_tally *[]) {a, b, c, none, ab, ba, bc, left, right, alone}[i]);
	}
	tap_is(commutes, ROUNDS, "a + b = b + a, byte for byte");
	tap_is(associates, ROUNDS, "(a + b) + c = a + (b + c)");
	tap_is(neutral, ROUNDS, "nothing + a = a");
}

/* Adding in place is the union, or leaves everything as it was. */
static void
in_place(void)
{
	uint64_t	seed = 3;
	int			good = 0,
				contained = 0;

	for (int r = 0; r < ROUNDS; r++)
	{
		tm_scheme	s = schemes[r % N_SCHEMES];
		tm_tally   *a = sample_tally(&seed, s, 400),
				   *b = sample_tally(&seed, s, 12),
				   *ab = union_of(a, b),
				   *into = union_of(a, sample_build(s, NULL, 0));
		tm_status	status = tm_tally_union_into(into, b);

		contained += status == TM_OK;
		good += status == (ab->n == a->n ? TM_OK : TM_NOT_CONTAINED) && sample_same(into, status == TM_OK ? ab : a);
		free(a);
		free(b);
		free(ab);
		free(into);
	}
	tap_is(good, ROUNDS, "adding in place is the union, or changes nothing");
	tap_ok(contained > 50 && contained < ROUNDS - 50, "both happened (%d in place)", contained);
}

/* Subtraction undoes addition and nothing else. */
static void
differences(void)
{
	uint64_t	seed = 4;
	int			inverse = 0,
				empty = 0,
				refused = 0;

	for (int r = 0; r < ROUNDS; r++)
	{
		tm_scheme	s = schemes[r % N_SCHEMES];
		tm_tally   *a = sample_tally(&seed, s, 150),
				   *b = sample_tally(&seed, s, 150),
				   *ab = union_of(a, b),
				   *left = sample_room(ab->n),
				   *zero = sample_room(ab->n);
		tm_status	more = tm_tally_difference(b, ab, zero);

		inverse += tm_tally_contains(ab, b) && tm_tally_difference(ab, b, left) == TM_OK && sample_same(left, a);
		refused += more == (a->n ? TM_NOT_CONTAINED : TM_OK);
		empty += tm_tally_difference(ab, ab, zero) == TM_OK && zero->n == 0 && sample_valid(zero);
		free(a);
		free(b);
		free(ab);
		free(left);
		free(zero);
	}
	tap_is(inverse, ROUNDS, "(a + b) - b = a, byte for byte");
	tap_is(empty, ROUNDS, "a - a is empty");
	tap_is(refused, ROUNDS, "b - (a + b) is refused");
}

/* Subtractions that count people who are not there. */
static void
difference_cases(void)
{
	tm_tally   *a = sample_text("tmap1 sex {female: 2/10}"),
			   *out = sample_room(1);

	tap_is(tm_tally_difference(a, sample_text("tmap1 sex {female: 3/10}"), out), TM_NOT_CONTAINED, "more events");
	tap_is(tm_tally_difference(a, sample_text("tmap1 sex {female: 1/10}"), out), TM_NOT_CONTAINED,
		   "events left without people");
	tap_is(tm_tally_difference(a, sample_text("tmap1 sex {female: 0/9}"), out), TM_NOT_CONTAINED, "too many non-events");
	tap_is(tm_tally_difference(a, sample_text("tmap1 sex {male: 0/1}"), out), TM_NOT_CONTAINED, "another stratum");
	tap_is(tm_tally_difference(a, sample_text("tmap1 total {all: 0/1}"), out), TM_SCHEME_MIX, "another scheme");
	tap_ok(out->n == 0, "nothing written without TM_OK");
	tap_ok(tm_tally_difference(a, sample_text("tmap1 sex {female: 1/9}"), out) == TM_OK &&
		   sample_same(out, sample_text("tmap1 sex {female: 1/1}")), "1/1 is left");
}

/* Collapsing the whole is building from collapsed strata, and commutes with addition. */
static void
collapsing(void)
{
	static const tm_scheme to[] = {AGE(1) | SEX, AGE(2), AGE(5) | COMORBIDITY, AGE(6), SEX, TM_SCHEME_TOTAL};
	tm_scheme	from = AGE(1) | SEX | COMORBIDITY;
	uint64_t	seed = 5;
	int			built = 0,
				commutes = 0,
				totals = 0;

	for (int r = 0; r < ROUNDS; r++)
	{
		tm_scheme	s = to[r % (sizeof to / sizeof *to)];
		uint32_t	n = sample_below(&seed, 200);
		tm_entry   *e = sample_entries(&seed, from, n);
		tm_tally   *t = sample_build(from, e, n),
				   *other = sample_tally(&seed, from, 200),
				   *both = union_of(t, other),
				   *small = collapsed(t, s),
				   *small_other = collapsed(other, s),
				   *sum = union_of(small, small_other),
				   *sum_of = collapsed(both, s),
				   *direct;
		tm_count	a = {0, 0},
					b = {1, 1};

		for (uint32_t i = 0; i < n; i++)
			e[i].levels = tm_levels_coarsen(e[i].levels, from, s);
		direct = sample_build(s, e, n);
		built += sample_same(small, direct) && sample_valid(small);
		commutes += sample_same(sum, sum_of);
		totals += tm_tally_total(t, &a) == TM_OK && tm_tally_total(small, &b) == TM_OK &&
			a.events == b.events && a.at_risk == b.at_risk;
		free(e);
		for (size_t i = 0; i < 8; i++)
			free((tm_tally *[]) {t, other, both, small, small_other, sum, sum_of, direct}[i]);
	}
	tap_is(built, ROUNDS, "collapsing is building from collapsed strata");
	tap_is(commutes, ROUNDS, "and the sum collapsed is the sum of the collapsed");
	tap_is(totals, ROUNDS, "nobody is lost");
}

/* tm_keep: keeps one level of sex. */
static bool
of_sex(tm_levels l, const void *arg)
{
	return tm_level_get(l, TM_SEX) == *(const unsigned *) arg;
}

/* A tally is the sum of its parts by sex. */
static void
filtering(void)
{
	uint64_t	seed = 6;
	int			good = 0;

	for (int r = 0; r < ROUNDS; r++)
	{
		tm_scheme	s = AGE(1) | SEX;
		tm_tally   *t = sample_tally(&seed, s, 100),
				   *sum = sample_build(s, NULL, 0);
		bool		pure = true;

		for (unsigned sex = 0; sex < 8; sex++)
		{
			tm_tally   *part = sample_room(t->n),
					   *more;

			tm_tally_filter(t, of_sex, &sex, part);
			pure = pure && sample_valid(part) && tm_tally_contains(t, part);
			for (uint32_t i = 0; i < part->n; i++)
				pure = pure && tm_level_get(tm_tally_levels(part)[i], TM_SEX) == sex;
			more = union_of(sum, part);
			free(sum);
			free(part);
			sum = more;
		}
		good += pure && sample_same(sum, t);
		free(t);
		free(sum);
	}
	tap_is(good, ROUNDS, "a tally is the sum of its parts by sex");
}

/* Counts that do not fit, and what mixes schemes. */
static void
limits(void)
{
	tm_tally   *most = sample_text("tmap1 sex {female: 9223372036854775807/9223372036854775807}"),
			   *one = sample_text("tmap1 sex {female: 0/1}"),
			   *male = sample_text("tmap1 sex {male: 1/1}"),
			   *total = sample_text("tmap1 total {all: 1/2}"),
			   *out = sample_room(2),
			   *both = union_of(most, male);
	tm_entry	e[2] = {{{1, INT64_MAX}, 0, 0}, {{1, 1}, 0, 0}},
				work[2];
	tm_count	c = {5, INT64_MAX};

	tap_is(tm_count_add(&c, (tm_count) {0, 1}), TM_OVERFLOW, "one person too many");
	tap_ok(c.events == 5 && c.at_risk == INT64_MAX, "and nothing changed");
	tap_is(tm_count_check((tm_count) {-1, 0}), TM_NEGATIVE, "negative events");
	tap_is(tm_count_check((tm_count) {0, -1}), TM_NEGATIVE, "negative people");
	tap_is(tm_count_check((tm_count) {2, 1}), TM_EVENTS_EXCEED, "more events than people");
	tap_is(tm_count_check((tm_count) {1, 1}), TM_OK, "as many events as people");
	tap_is(tm_tally_union(most, one, out), TM_OVERFLOW, "union overflows");
	tap_is(tm_tally_union_into(most, one), TM_OVERFLOW, "union in place overflows");
	tap_is(tm_tally_union(most, total, out), TM_SCHEME_MIX, "union of two schemes");
	tap_is(tm_tally_union_into(most, total), TM_SCHEME_MIX, "in place too");
	tap_is(tm_tally_total(both, &c), TM_OVERFLOW, "total overflows");
	tap_is(tm_tally_collapse(both, TM_SCHEME_TOTAL, work, out), TM_OVERFLOW, "collapse overflows");
	tap_is(tm_tally_collapse(total, SEX, work, out), TM_SCHEME_COARSEN, "collapse to a finer scheme");
	tap_is(tm_tally_from_entries(SEX, e, 2, true, out), TM_OVERFLOW, "building overflows");
	e[0].count.at_risk = 1;
	tap_is(tm_tally_from_entries(SEX, e, 2, false, out), TM_DUPLICATE, "a stratum twice");
	e[1].count = (tm_count) {0, 0};
	tap_is(tm_tally_from_entries(SEX, e, 2, false, out), TM_DUPLICATE, "a stratum twice, once empty");
	e[1].count.events = 1;
	tap_is(tm_tally_from_entries(SEX, e, 2, true, out), TM_EVENTS_EXCEED, "an event without people");
	e[1].count.events = -1;
	tap_is(tm_tally_from_entries(SEX, e, 2, true, out), TM_NEGATIVE, "a negative count");
}

/* The order of tallies is total: antisymmetric, transitive, and equal only for equal bytes. */
static void
ordering(void)
{
	enum
	{
		N = 60
	};
	uint64_t	seed = 8;
	tm_tally   *t[N];
	bool		antisymmetric = true,
				equal = true,
				transitive = true;

	for (int i = 0; i < N; i++)
		t[i] = sample_tally(&seed, i % 2 ? SEX : AGE(1), 4);
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++)
		{
			int			c = tm_tally_compare(t[i], t[j]);

			antisymmetric = antisymmetric && c == -tm_tally_compare(t[j], t[i]);
			equal = equal && (c == 0) == sample_same(t[i], t[j]);
			for (int k = 0; k < N; k++)
				transitive = transitive &&
					(c > 0 || tm_tally_compare(t[j], t[k]) > 0 || tm_tally_compare(t[i], t[k]) <= 0);
		}
	tap_ok(antisymmetric, "a < b exactly when b > a");
	tap_ok(equal, "equal exactly when the same bytes");
	tap_ok(transitive, "a <= b <= c gives a <= c");
	tap_is(tm_tally_compare(sample_text("tmap1 sex {female: 1/2}"), sample_text("tmap1 sex {female: 0/3}")), -1,
		   "fewer people first");
	tap_is(tm_tally_compare(sample_text("tmap1 sex {female: 1/3}"), sample_text("tmap1 sex {female: 0/3}")), 1,
		   "then fewer events");
	tap_is(tm_tally_compare(sample_text("tmap1 sex {female: 1/3}"), sample_text("tmap1 sex {female: 1/3, male: 0/1}")), -1,
		   "then the shorter");
	for (int i = 0; i < N; i++)
		free(t[i]);
}

int
main(void)
{
	building();
	unions();
	in_place();
	differences();
	difference_cases();
	collapsing();
	filtering();
	limits();
	ordering();
	return tap_done();
}
