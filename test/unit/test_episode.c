/*
 * test_episode.c - chaining of stays: cases by hand, every chain against a
 * slow reference, and the same answer whatever the order of input.
 */
#include <stdio.h>
#include <string.h>

#include "../../src/core/episode.h"
#include "sample.h"
#include "tap.h"

#define ROUNDS 200000
#define MOST 9

typedef struct numbered
{
	tm_stay		stay;
	int			id;
	int32_t		episode;
	int32_t		stroke;
} numbered;

/* Chains stays that are in order, as the window function does. */
static bool
chain(const tm_episode_rule *rule, numbered *s, int n)
{
	tm_episode_run run = {0};

	for (int i = 0; i < n; i++)
	{
		tm_stay		stay = s[i].stay;

		if (tm_episode_flag_decides(&run, rule, &stay))
			for (int j = i + 1; j < n && s[j].stay.admitted == stay.admitted; j++)
				stay.transfer_in |= s[j].stay.transfer_in;
		if (tm_episode_next(&run, rule, &stay) != TM_STAY_FINE)
			return false;
		s[i].episode = run.episode;
		s[i].stroke = run.stroke;
	}
	return true;
}

/* True when a stay admitted earlier, of the episode whose last number is given, is near enough to the day of admission. */
static bool
reference_follows(const tm_episode_rule *rule, const numbered *s, int n, int32_t episode, int32_t day)
{
	bool		same_day_flag = false;

	for (int i = 0; i < n; i++)
		same_day_flag |= s[i].stay.admitted == day && s[i].stay.transfer_in;
	for (int i = 0; i < n; i++)
	{
		const tm_stay *e = &s[i].stay;

		if (e->admitted >= day || s[i].episode != episode)
			continue;
		if (e->discharged + rule->gap >= day)
			return true;
		if ((e->transfer_out || same_day_flag) && e->discharged + rule->transfer_gap >= day)
			return true;
	}
	return false;
}

/* Reference: day by day over the calendar, looking at all stays each time; n squared, needs no order. */
static void
reference(const tm_episode_rule *rule, numbered *s, int n)
{
	int32_t		episode = 0,
				stroke = 0,
				onset = 0;

	for (int i = 0; i < n; i++)
		s[i].episode = 0;
	for (int32_t day = -100; day < 400; day++)
	{
		bool		any = false;
		int32_t		end = INT32_MIN;

		for (int i = 0; i < n; i++)
			any |= s[i].stay.admitted == day;
		if (!any)
			continue;
		for (int i = 0; i < n; i++)
			if (s[i].episode == episode && episode > 0 && s[i].stay.discharged > end)
				end = s[i].stay.discharged;
		if (episode == 0 || !reference_follows(rule, s, n, episode, day))
		{
			if (episode == 0 || day - (rule->from_onset ? onset : end) >= rule->new_after)
			{
				stroke++;
				onset = day;
			}
			episode++;
		}
		for (int i = 0; i < n; i++)
			if (s[i].stay.admitted == day)
			{
				s[i].episode = episode;
				s[i].stroke = stroke;
			}
	}
}

/* Order of admission; ties stay as they are. */
static void
sort_stays(numbered *s, int n)
{
	for (int i = 1; i < n; i++)
		for (int j = i; j > 0 && s[j].stay.admitted < s[j - 1].stay.admitted; j--)
		{
			numbered	hold = s[j];

			s[j] = s[j - 1];
			s[j - 1] = hold;
		}
}

/* Any order. */
static void
shuffle(uint64_t *seed, numbered *s, int n)
{
	for (int i = n - 1; i > 0; i--)
	{
		int			j = (int) sample_below(seed, (uint32_t) i + 1);
		numbered	hold = s[i];

		s[i] = s[j];
		s[j] = hold;
	}
}

/* A patient: crowded or spread stays, so that every rule comes to bear. */
static int
sample_patient(uint64_t *seed, numbered *s)
{
	int			n = (int) sample_below(seed, MOST) + 1;
	uint32_t	span = sample_below(seed, 2) ? 12 : 120;

	for (int i = 0; i < n; i++)
	{
		int32_t		admitted = (int32_t) sample_below(seed, span) - 5;

		s[i] = (numbered) {.id = i};
		s[i].stay.admitted = admitted;
		s[i].stay.discharged = admitted + (int32_t) sample_below(seed, sample_below(seed, 4) ? 4 : 40);
		s[i].stay.transfer_in = sample_below(seed, 4) == 0;
		s[i].stay.transfer_out = sample_below(seed, 4) == 0;
	}
	return n;
}

/* Against the reference, and in another order of input. */
static void
properties(void)
{
	uint64_t	seed = 7;
	int			like = 0,
				same = 0,
				nested = 0;

	for (int r = 0; r < ROUNDS; r++)
	{
		numbered	s[MOST],
					again[MOST];
		int			n = sample_patient(&seed, s);
		tm_episode_rule rule = {
			(int32_t) sample_below(&seed, 4), (int32_t) sample_below(&seed, 6),
			(int32_t) sample_below(&seed, 40), sample_below(&seed, 2)
		};
		bool		good,
					twice = true,
					inside = true;
		int32_t		episode[MOST],
					stroke[MOST];

		memcpy(again, s, sizeof s);
		sort_stays(s, n);
		good = chain(&rule, s, n);
		for (int i = 0; i < n; i++)
		{
			episode[s[i].id] = s[i].episode;
			stroke[s[i].id] = s[i].stroke;
			for (int j = 0; j < i; j++)
				inside &= s[i].episode != s[j].episode || s[i].stroke == s[j].stroke;
		}
		reference(&rule, s, n);
		for (int i = 0; i < n; i++)
			good &= s[i].episode == episode[s[i].id] && s[i].stroke == stroke[s[i].id];
		shuffle(&seed, again, n);
		sort_stays(again, n);
		twice &= chain(&rule, again, n);
		for (int i = 0; i < n; i++)
			twice &= again[i].episode == episode[again[i].id] && again[i].stroke == stroke[again[i].id];
		like += good;
		same += twice;
		nested += inside;
	}
	tap_is(like, ROUNDS, "episodes and strokes are those of the reference");
	tap_is(same, ROUNDS, "the order of stays admitted on one day does not matter");
	tap_is(nested, ROUNDS, "an episode lies inside one stroke");
}

/* One chain: stays as "admitted discharged flags" and the episodes and strokes wanted. */
static void
hand(const char *name, tm_episode_rule rule, int n, const tm_stay *stays, const int32_t *episodes, const int32_t *strokes)
{
	numbered	s[MOST];
	bool		good;

	for (int i = 0; i < n; i++)
		s[i] = (numbered) {.stay = stays[i]};
	good = chain(&rule, s, n);
	for (int i = 0; i < n; i++)
		good &= s[i].episode == episodes[i] && s[i].stroke == strokes[i];
	tap_ok(good, "%s", name);
}

#define STAYS(...) (const tm_stay[]) {__VA_ARGS__}
#define NUMBERS(...) (const int32_t[]) {__VA_ARGS__}

/* The ends of the calendar, and what is refused. */
static void
limits(void)
{
	tm_episode_rule rule = {INT32_MAX, INT32_MAX, INT32_MAX, false};
	tm_episode_run run = {0},
				before;

	tap_is(tm_episode_next(&run, &rule, &(tm_stay) {INT32_MIN, INT32_MIN, true, true}), TM_STAY_FINE, "first day of the calendar");
	tap_is(tm_episode_next(&run, &rule, &(tm_stay) {INT32_MAX, INT32_MAX, true, true}), TM_STAY_FINE, "last day of the calendar");
	tap_is(run.episode, 2, "the calendar is longer than any gap");
	tap_is(run.stroke, 2, "and than any time to a new stroke");
	before = run;
	tap_is(tm_episode_next(&run, &rule, &(tm_stay) {5, 4, false, false}), TM_STAY_BACKWARDS, "discharged before admitted");
	tap_is(tm_episode_next(&run, &rule, &(tm_stay) {5, 5, false, false}), TM_STAY_OUT_OF_ORDER, "out of order");
	tap_ok(memcmp(&run, &before, sizeof run) == 0, "a refused stay changes nothing");
	run.episode = INT32_MAX;
	tap_is(tm_episode_next(&run, &rule, &(tm_stay) {INT32_MAX, INT32_MAX, false, false}), TM_STAY_TOO_MANY, "numbers end at 2^31 - 1");
	tap_ok(tm_episode_rule_valid(&rule), "lengths from 0 up");
	rule.gap = -1;
	tap_ok(!tm_episode_rule_valid(&rule), "no negative gap");
	rule = (tm_episode_rule) {0, -1, 0, false};
	tap_ok(!tm_episode_rule_valid(&rule), "no negative transfer gap");
	rule = (tm_episode_rule) {0, 0, -1, false};
	tap_ok(!tm_episode_rule_valid(&rule), "no negative time to a new stroke");
}

int
main(void)
{
	tm_episode_rule usual = {1, 2, 28, false},
				onset = {1, 2, 28, true},
				each = {1, 2, 0, false};

	hand("one stay", usual, 1, STAYS({0, 0, false, false}), NUMBERS(1), NUMBERS(1));
	hand("same day, next day, two days later", usual, 4, STAYS({0, 3, false, false}, {3, 5, false, false}, {6, 7, false, false}, {9, 9, false, false}),
		 NUMBERS(1, 1, 1, 2), NUMBERS(1, 1, 1, 1));
	hand("transfer_in reaches two days, not three", usual, 3, STAYS({0, 3, false, false}, {5, 6, true, false}, {9, 9, true, false}), NUMBERS(1, 1, 2), NUMBERS(1, 1, 1));
	hand("so does transfer_out", usual, 3, STAYS({0, 3, false, true}, {5, 6, false, true}, {9, 9, false, false}), NUMBERS(1, 1, 2), NUMBERS(1, 1, 1));
	hand("transfer_out of a stay that another outlasts", usual, 3, STAYS({0, 9, false, false}, {1, 8, false, true}, {11, 12, false, false}), NUMBERS(1, 1, 2), NUMBERS(1, 1, 1));
	hand("transfer_out of the episode before is over", (tm_episode_rule) {0, 9, 0, false}, 3,
		 STAYS({0, 0, false, true}, {10, 11, false, false}, {15, 15, false, false}), NUMBERS(1, 2, 3), NUMBERS(1, 2, 3));
	hand("a short stay inside a long one", usual, 3, STAYS({0, 20, false, false}, {2, 3, false, false}, {15, 16, false, false}), NUMBERS(1, 1, 1), NUMBERS(1, 1, 1));
	hand("27 days on: the same stroke; 28: a new one", usual, 3, STAYS({0, 3, false, false}, {30, 31, false, false}, {59, 60, false, false}), NUMBERS(1, 2, 3), NUMBERS(1, 1, 2));
	hand("from the onset", onset, 4, STAYS({0, 3, false, false}, {27, 27, false, false}, {29, 31, false, false}, {56, 56, false, false}), NUMBERS(1, 2, 3, 4), NUMBERS(1, 1, 2, 2));
	hand("a long episode is one stroke", onset, 2, STAYS({0, 40, false, false}, {41, 50, false, false}), NUMBERS(1, 1), NUMBERS(1, 1));
	hand("every episode a stroke", each, 3, STAYS({0, 3, false, false}, {5, 5, false, false}, {6, 6, false, false}), NUMBERS(1, 2, 2), NUMBERS(1, 2, 2));
	hand("a flag on another stay of the day", usual, 3, STAYS({0, 0, false, false}, {2, 2, false, false}, {2, 9, true, false}), NUMBERS(1, 1, 1), NUMBERS(1, 1, 1));
	limits();
	properties();
	return tap_done();
}
