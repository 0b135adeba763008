/*
 * care.c - all stays of one patient, in any order, to one row an episode.
 */
#include "care.h"

#include <string.h>

/* Order of two numbers: negative, 0 or positive. */
static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Order of two texts by their bytes, unknown last. */
static int
compare_spans(const tm_span *a, const tm_span *b)
{
	size_t		shorter = a->length < b->length ? a->length : b->length;
	int			c;

	if (a->text == NULL || b->text == NULL)
		return compare(a->text == NULL, b->text == NULL);
	c = shorter > 0 ? memcmp(a->text, b->text, shorter) : 0;
	return c != 0 ? c : compare((int64_t) a->length, (int64_t) b->length);
}

/*
 * Order of two stays: admission, discharge (unknown last), number; then all
 * the rest, so that a number given twice cannot let the input's order through.
 */
static int
compare_stays(const tm_care_stay *a, const tm_care_stay *b)
{
	int			c = compare(a->stay.admitted, b->stay.admitted);

	c = c ? c : compare(a->open, b->open);
	c = c ? c : compare(a->stay.discharged, b->stay.discharged);
	c = c ? c : compare(a->id, b->id);
	c = c ? c : compare(a->stay.transfer_in, b->stay.transfer_in);
	c = c ? c : compare(a->stay.transfer_out, b->stay.transfer_out);
	c = c ? c : compare(a->treated, b->treated);
	c = c ? c : compare_spans(&a->hospital, &b->hospital);
	return c ? c : compare_spans(&a->residence, &b->residence);
}

/* Sorts stays into the order of episodes (Shell's sort, gaps of Ciura 2001: patients have few stays, and it needs no memory). */
void
tm_care_sort(tm_care_stay *stays, size_t n)
{
	static const size_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};

	for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
		for (size_t i = gaps[g]; i < n; i++)
		{
			tm_care_stay hold = stays[i];
			size_t		j = i;

			for (; j >= gaps[g] && compare_stays(&stays[j - gaps[g]], &hold) > 0; j -= gaps[g])
				stays[j] = stays[j - gaps[g]];
			stays[j] = hold;
		}
}

/* The stay as the chain takes it: transfer_in is raised when it decides and another stay of the day has it. */
static tm_stay
flagged(const tm_care_stay *stays, size_t n, size_t i, const tm_episode_run *run, const tm_episode_rule *rule)
{
	tm_stay		stay = stays[i].stay;

	if (tm_episode_flag_decides(run, rule, &stay))
		for (size_t j = i + 1; j < n && stays[j].stay.admitted == stay.admitted; j++)
			stay.transfer_in |= stays[j].stay.transfer_in;
	return stay;
}

/* Adds a stay to the row of its episode. */
static void
add(tm_care *care, const tm_care_stay *s, const tm_episode_run *run)
{
	if (run->stay == 1)
		*care = (tm_care) {.episode = run->episode, .stroke = run->stroke, .starts = s->stay.admitted, .first = s};
	care->stays = run->stay;
	care->ends = run->end;
	if (s->treated && care->treated == NULL)
		care->treated = s;
	/* a first stay without a hospital leaves the comparison to those that know theirs */
	if (s->hospital.text != NULL && s > care->first)
		for (const tm_care_stay *e = care->first; e < s && !care->transferred; e++)
			if (e->hospital.text != NULL)
			{
				care->transferred = compare_spans(&e->hospital, &s->hospital) != 0;
				break;
			}
}

/* The episodes of sorted stays into out, which has room for n; their number into count. */
tm_stay_fault
tm_care_episodes(const tm_care_stay *stays, size_t n, const tm_episode_rule *rule, tm_care *out, size_t *count)
{
	tm_episode_run run = {0};

	for (size_t i = 0; i < n; i++)
	{
		tm_stay		stay = flagged(stays, n, i, &run, rule);
		tm_stay_fault fault = tm_episode_next(&run, rule, &stay);

		if (fault != TM_STAY_FINE)
			return fault;
		add(&out[run.episode - 1], &stays[i], &run);
	}
	*count = (size_t) run.episode;
	return TM_STAY_FINE;
}

/* How the patient of an episode came to treatment. */
tm_care_path
tm_care_path_of(const tm_care *care)
{
	if (care->treated == NULL)
		return TM_PATH_NOT_TREATED;
	if (care->first->hospital.text == NULL || care->treated->hospital.text == NULL)
		return TM_PATH_UNKNOWN;
	return compare_spans(&care->first->hospital, &care->treated->hospital) == 0 ? TM_PATH_DIRECT : TM_PATH_DRIP_AND_SHIP;
}
