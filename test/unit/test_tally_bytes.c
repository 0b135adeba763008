/*
 * test_tally_bytes.c - the bytes of a tally under truncation and corruption.
 */
#include <stdio.h>

#include "sample.h"
#include "tap.h"

/* Every truncation and every changed bit of a tally's bytes: refused, or a canonical tally. */
static void
corruption(void)
{
	uint64_t	seed = 7;
	tm_tally   *t = sample_tally(&seed, AGE(1) | SEX, 40);
	size_t		size = tm_tally_size(t->n);
	int			short_ok = 0,
				accepted = 0,
				sloppy = 0;

	for (size_t cut = 0; cut <= size; cut++)
	{
		tm_tally   *part = malloc(cut ? cut : 1);

		memcpy(part, t, cut);
		short_ok += tm_tally_frame(part, cut) == TM_OK || tm_tally_validate(part, cut) == TM_OK;
		free(part);
	}
	tap_is(short_ok, 1, "of every truncation only the whole is valid");
	for (size_t bit = 32; bit < size * 8; bit++)	/* behind the glue's length word */
	{
		tm_tally   *bad = malloc(size);
		char		text[TM_TALLY_TEXT(40)];
		tm_tally   *back;

		memcpy(bad, t, size);
		((uint8_t *) bad)[bit / 8] ^= (uint8_t) (1 << bit % 8);
		if (tm_tally_validate(bad, size) == TM_OK)
		{
			accepted++;
			tm_tally_format(bad, text);
			back = sample_text(text);
			bad->word = 0;
			sloppy += !sample_same(back, bad);
			free(back);
		}
		free(bad);
	}
	tap_ok(accepted > 0 && accepted < (int) size * 4, "some changed bits still make a tally (%d of %zu)", accepted, size * 8 - 32);
	tap_is(sloppy, 0, "and every one of those is canonical: its text gives the same bytes");
	free(t);
}

/* One corruption of a valid tally of two strata, and what validation says. */
static void
validation(void)
{
	struct
	{
		tm_tally	head;
		tm_count	counts[2];
		tm_levels	levels[2];
	}			good = {{0, 1, {0}, SEX, 2}, {{1, 2}, {0, 3}}, {0, 1u << 23}},
				bad;
	size_t		size = tm_tally_size(2);

	tap_is(tm_tally_validate(&good.head, size), TM_OK, "two strata");
	tap_is(tm_tally_validate(&good.head, size + 4), TM_SYNTAX, "bytes behind");
	bad = good, bad.head.version = 2;
	tap_is(tm_tally_validate(&bad.head, size), TM_SYNTAX, "another version");
	bad = good, bad.head.zero[2] = 1;
	tap_is(tm_tally_validate(&bad.head, size), TM_SYNTAX, "a reserved byte");
	bad = good, bad.head.n = TM_TALLY_MAX + 1;
	tap_is(tm_tally_validate(&bad.head, size), TM_TOO_MANY, "too many strata");
	bad = good, bad.head.n = 1;
	tap_is(tm_tally_validate(&bad.head, size), TM_SYNTAX, "fewer strata than bytes");
	bad = good, bad.head.scheme = 1;
	tap_is(tm_tally_validate(&bad.head, size), TM_SCHEME_UNKNOWN, "no scheme");
	bad = good, bad.levels[1] = 2u << 23;
	tap_is(tm_tally_validate(&bad.head, size), TM_SCHEME_UNKNOWN, "no level");
	bad = good, bad.levels[1] = 0;
	tap_is(tm_tally_validate(&bad.head, size), TM_UNSORTED, "a stratum twice");
	bad = good, bad.levels[0] = 1u << 23, bad.levels[1] = 0;
	tap_is(tm_tally_validate(&bad.head, size), TM_UNSORTED, "descending");
	bad = good, bad.counts[1] = (tm_count) {0, 0};
	tap_is(tm_tally_validate(&bad.head, size), TM_SYNTAX, "a stratum with nobody at risk");
	bad = good, bad.counts[1].at_risk = -1;
	tap_is(tm_tally_validate(&bad.head, size), TM_NEGATIVE, "a negative count");
	bad = good, bad.counts[1].events = 4;
	tap_is(tm_tally_validate(&bad.head, size), TM_EVENTS_EXCEED, "more events than people");
}

int
main(void)
{
	corruption();
	validation();
	return tap_done();
}
