/*
 * test_care.c - one row an episode: cases by hand, the same rows whatever the
 * order of input, and rows that agree with a count made another way.
 */
#include <stdio.h>
#include <string.h>

#include "../../src/core/care.h"
#include "sample.h"
#include "tap.h"

#define ROUNDS 50000
#define MOST 40

static const char *const hospitals[] = {"A", "B", "BB", ""};

/* One of a few hospitals, or none. */
static tm_span
sample_span(uint64_t *seed)
{
	uint32_t	k = sample_below(seed, 5);

	return k == 4 ? (tm_span) {NULL, 0} : (tm_span) {hospitals[k], strlen(hospitals[k])};
}

/* A patient whose stays often share days and sometimes numbers. */
static size_t
sample_patient(uint64_t *seed, tm_care_stay *s)
{
	size_t		n = sample_below(seed, sample_below(seed, 8) ? 6 : MOST) + 1;

	for (size_t i = 0; i < n; i++)
	{
		int32_t		admitted = (int32_t) sample_below(seed, 60);
		bool		open = sample_below(seed, 6) == 0;

		s[i] = (tm_care_stay) {
			{admitted, admitted + (open ? 0 : (int32_t) sample_below(seed, 5)), sample_below(seed, 4) == 0, sample_below(seed, 4) == 0},
			sample_below(seed, 20), open, sample_below(seed, 5) == 0, sample_span(seed), sample_span(seed)
		};
	}
	return n;
}

/* Any order. */
static void
shuffle(uint64_t *seed, tm_care_stay *s, size_t n)
{
	for (size_t i = n - 1; i > 0; i--)
	{
		size_t		j = sample_below(seed, (uint32_t) i + 1);
		tm_care_stay hold = s[i];

		s[i] = s[j];
		s[j] = hold;
	}
}

/* True when two texts are the same. */
static bool
same_span(const tm_span *a, const tm_span *b)
{
	return a->text == b->text && a->length == b->length;
}

/* True when two stays are the same in everything. */
static bool
same_stay(const tm_care_stay *a, const tm_care_stay *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return memcmp(&a->stay, &b->stay, offsetof(tm_stay, transfer_out)) == 0 && a->stay.transfer_out == b->stay.transfer_out &&
		a->id == b->id && a->open == b->open && a->treated == b->treated &&
		same_span(&a->hospital, &b->hospital) && same_span(&a->residence, &b->residence);
}

/* True when the rows are right by a count over all stays between the dates. */
static bool
plausible(const tm_care_stay *s, size_t n, const tm_care *c, size_t episodes)
{
	size_t		stays = 0;

	for (size_t e = 0; e < episodes; e++)
	{
		const tm_care_stay *treated = NULL;
		bool		moved = false;

		stays += (size_t) c[e].stays;
		if (c[e].episode != (int32_t) e + 1 || c[e].starts != c[e].first->stay.admitted)
			return false;
		for (const tm_care_stay *a = c[e].first; a < c[e].first + c[e].stays; a++)
		{
			if (a->stay.discharged > c[e].ends || (treated == NULL && a->treated && (treated = a) != c[e].treated))
				return false;
			for (const tm_care_stay *b = c[e].first; b < a; b++)
				moved |= a->hospital.text && b->hospital.text && !same_span(&a->hospital, &b->hospital);
		}
		if (moved != c[e].transferred || (treated == NULL) != (c[e].treated == NULL))
			return false;
		if (e > 0 && (c[e].starts <= c[e - 1].ends || c[e].stroke - c[e - 1].stroke != (c[e].starts - c[e - 1].ends >= 14)))
			return false;
	}
	return stays == n && c[0].first == s;
}

/* Random patients, twice. */
static void
properties(void)
{
	uint64_t	seed = 11;
	int			right = 0,
				same = 0;
	tm_episode_rule rule = {1, 3, 14, false};

	for (int r = 0; r < ROUNDS; r++)
	{
		tm_care_stay s[MOST],
					t[MOST];
		tm_care		a[MOST],
					b[MOST];
		size_t		n = sample_patient(&seed, s),
					na = 0,
					nb = 0;
		bool		good;

		memcpy(t, s, n * sizeof *s);
		shuffle(&seed, t, n);
		tm_care_sort(s, n);
		tm_care_sort(t, n);
		good = tm_care_episodes(s, n, &rule, a, &na) == TM_STAY_FINE && tm_care_episodes(t, n, &rule, b, &nb) == TM_STAY_FINE;
		right += good && plausible(s, n, a, na);
		for (size_t e = 0; good && e < na; e++)
			good = na == nb && a[e].stroke == b[e].stroke && a[e].ends == b[e].ends && a[e].stays == b[e].stays &&
				a[e].transferred == b[e].transferred && tm_care_path_of(&a[e]) == tm_care_path_of(&b[e]) &&
				same_stay(a[e].first, b[e].first) && same_stay(a[e].treated, b[e].treated);
		same += good;
	}
	tap_is(right, ROUNDS, "rows agree with a count over their stays");
	tap_is(same, ROUNDS, "the order of input does not matter, even with numbers given twice");
}

#define TEXT(s) {s, sizeof s - 1}
#define NONE {NULL, 0}

/* The path of stays that are one episode. */
static tm_care_path
path_of(tm_care_stay *s, size_t n)
{
	tm_episode_rule rule = {1, 2, 28, false};
	tm_care		c[MOST];
	size_t		count = 0;

	tm_care_sort(s, n);
	if (tm_care_episodes(s, n, &rule, c, &count) != TM_STAY_FINE || count != 1)
		return (tm_care_path) -1;
	return tm_care_path_of(&c[0]);
}

int
main(void)
{
	tm_care_stay backwards = {{5, 4, false, false}, 1, false, false, NONE, NONE};
	tm_care		c;
	size_t		count;
	tm_episode_rule rule = {1, 2, 28, false};

	tap_is(path_of((tm_care_stay[]) {{{0, 3, false, false}, 1, false, false, TEXT("A"), NONE}}, 1), TM_PATH_NOT_TREATED, "not treated");
	tap_is(path_of((tm_care_stay[]) {{{0, 3, false, false}, 1, false, true, TEXT("A"), NONE}}, 1), TM_PATH_DIRECT, "direct");
	tap_is(path_of((tm_care_stay[]) {{{0, 3, false, false}, 2, false, true, TEXT("B"), NONE}, {{0, 0, false, false}, 3, false, false, TEXT("A"), NONE}}, 2),
		   TM_PATH_DRIP_AND_SHIP, "one day, discharged first");
	tap_is(path_of((tm_care_stay[]) {{{0, 3, false, false}, 2, false, true, TEXT("B"), NONE}, {{0, 3, false, false}, 1, false, false, TEXT("A"), NONE}}, 2),
		   TM_PATH_DRIP_AND_SHIP, "equal days: the smaller number first");
	tap_is(path_of((tm_care_stay[]) {{{0, 3, false, false}, 2, false, true, TEXT("B"), NONE}, {{0, 0, false, false}, 1, true, false, TEXT("A"), NONE}}, 2),
		   TM_PATH_DIRECT, "discharge not known: last of the day");
	tap_is(path_of((tm_care_stay[]) {{{0, 3, false, false}, 1, false, true, NONE, NONE}}, 1), TM_PATH_UNKNOWN, "hospital not known");
	tap_is(tm_care_episodes(&backwards, 1, &rule, &c, &count), TM_STAY_BACKWARDS, "discharged before admitted");
	properties();
	return tap_done();
}
