/*
 * test_tally_text.c - the text of tallies and counts: read back, every way to
 * be wrong with its place, and no text that is half accepted.
 */
#include <stdio.h>

#include "sample.h"
#include "tap.h"

/* Reads a text (in a block of exactly its bytes) into a new tally; the caller frees it. */
static tm_status
parse(const char *text, size_t len, tm_tally **out, size_t *where)
{
	uint32_t	n = tm_tally_text_n(text, len);
	char	   *copy = sample_block(len);
	tm_entry   *work = sample_block(n * sizeof *work);
	tm_status	status;

	memcpy(copy, text, len);
	*out = sample_room(n);
	status = tm_tally_parse(copy, len, work, *out, where);
	free(copy);
	free(work);
	return status;
}

/* The text of a tally in a block of its own. */
static char *
text_of(const tm_tally *t)
{
	char	   *text = sample_block(TM_TALLY_TEXT(t->n));

	if (tm_tally_format(t, text) != strlen(text))
		tap_ok(false, "the length of %s", text);
	return text;
}

/* Random tallies of many schemes are read back byte for byte. */
static void
round_trip(void)
{
	static const tm_scheme schemes[] = {0, SEX, AGE(1), AGE(2), AGE(3), AGE(4), AGE(5) | SEX, AGE(6) | COMORBIDITY,
	AGE(1) | SEX | COMORBIDITY};
	uint64_t	seed = 1;
	int			good = 0;

	for (int r = 0; r < 300; r++)
	{
		tm_tally   *t = sample_tally(&seed, schemes[r % (sizeof schemes / sizeof *schemes)], 200),
				   *back;
		char	   *text = text_of(t);
		size_t		where;

		good += parse(text, strlen(text), &back, &where) == TM_OK && sample_same(t, back) &&
			tm_tally_text_n(text, strlen(text)) == t->n;
		free(text);
		free(t);
		free(back);
	}
	tap_is(good, 300, "random tallies are read back byte for byte");
}

/* The widest tally: the longest text of every level and the largest counts fit the buffer. */
static void
widest(void)
{
	tm_scheme	s = AGE(5) | SEX | COMORBIDITY | 0x11100;	/* and the last three */
	tm_entry	e = {{INT64_MAX, INT64_MAX}, 0, 0};
	tm_tally   *t;
	char	   *text;

	for (int d = 0; d < TM_DIMENSIONS; d++)
		e.levels = tm_level_set(e.levels, (tm_dimension) d, tm_level_unknown((tm_dimension) d));
	t = sample_build(s, &e, 1);
	text = text_of(t);
	tap_ok(sample_valid(t) && sample_same(t, sample_text(text)), "%s", text);
	free(text);
	free(t);
}

/* Texts that are not canonical but mean something, and their canonical form. */
static void
accepted(void)
{
	static const char *const cases[][2] = {
		{"tmap1 total {}", "tmap1 total {}"},
		{"tmap1 total {all: 0/1}", "tmap1 total {all: 0/1}"},
		{"tmap1 total {all: 0/0}", "tmap1 total {}"},
		{"tmap1 total {all: 007/0042}", "tmap1 total {all: 7/42}"},
		{"tmap1 sex+age {}", "tmap1 age90+sex {}"},
		{"tmap1 sex {sex-unknown: 1/2, male: 3/4, female: 5/6}", "tmap1 sex {female: 5/6, male: 3/4, sex-unknown: 1/2}"},
		{"tmap1 sex {male: 0/0, female: 5/6}", "tmap1 sex {female: 5/6}"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
	{
		tm_tally   *t = sample_text(cases[i][0]);
		char	   *text = text_of(t);

		tap_ok(strcmp(text, cases[i][1]) == 0 && sample_valid(t), "%s", cases[i][0]);
		free(text);
		free(t);
	}
}

/* Texts that are refused: why, and at which byte. */
static void
refused(void)
{
	static const struct
	{
		const char *text;
		tm_status	status;
		size_t		where;
	}			cases[] = {
		{"", TM_SYNTAX, 0},
		{"tmap1", TM_SYNTAX, 0},
		{"tmap2 sex {}", TM_SYNTAX, 0},
		{"TMAP1 sex {}", TM_SYNTAX, 0},
		{" tmap1 sex {}", TM_SYNTAX, 0},
		{"tmap1 ", TM_SCHEME_UNKNOWN, 6},
		{"tmap1  sex {}", TM_SCHEME_UNKNOWN, 6},
		{"tmap1 gender {}", TM_SCHEME_UNKNOWN, 6},
		{"tmap1 sex{}", TM_SCHEME_UNKNOWN, 6},
		{"tmap1 sex+sex {}", TM_DUPLICATE, 6},
		{"tmap1 sex", TM_SYNTAX, 9},
		{"tmap1 sex ", TM_SYNTAX, 9},
		{"tmap1 sex {", TM_SYNTAX, 9},
		{"tmap1 sex }", TM_SYNTAX, 9},
		{"tmap1 sex  {}", TM_SYNTAX, 9},
		{"tmap1 sex {} ", TM_SYNTAX, 9},
		{"tmap1 sex []", TM_SYNTAX, 9},
		{"tmap1 sex { }", TM_SYNTAX, 11},
		{"tmap1 sex {}}", TM_SYNTAX, 11},
		{"tmap1 sex {,}", TM_SYNTAX, 11},
		{"tmap1 sex {:}", TM_SYNTAX, 11},
		{"tmap1 sex {: 1/2}", TM_SCHEME_UNKNOWN, 11},
		{"tmap1 sex {female}", TM_SYNTAX, 11},
		{"tmap1 sex {female:1/2}", TM_SYNTAX, 11},
		{"tmap1 sex {female:  1/2}", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1}", TM_SYNTAX, 11},
		{"tmap1 sex {female: /2}", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1/}", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1/2/3}", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1/2 }", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1.0/2}", TM_SYNTAX, 11},
		{"tmap1 sex {female: +1/2}", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1/2,}", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1/2, }", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1/2,male: 1/2}", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1/2; male: 1/2}", TM_SYNTAX, 11},
		{"tmap1 sex {female: 1/2, , male: 1/2}", TM_SYNTAX, 24},
		{"tmap1 sex {female: 1/2,  male: 1/2}", TM_SCHEME_UNKNOWN, 24},
		{"tmap1 sex {female: 1/2, mal: 1/2}", TM_SCHEME_UNKNOWN, 24},
		{"tmap1 sex {female: 1/2, male: x/2}", TM_SYNTAX, 24},
		{"tmap1 sex {female: 1/2, male: 3/2}", TM_EVENTS_EXCEED, 24},
		{"tmap1 sex {female: 1/2, male: -1/2}", TM_NEGATIVE, 24},
		{"tmap1 sex {female: 1/2, male: 1/-2}", TM_NEGATIVE, 24},
		{"tmap1 sex {female: 1/2, male: -/2}", TM_SYNTAX, 24},
		{"tmap1 sex {female: 1/2, male: 0/9223372036854775808}", TM_OVERFLOW, 24},
		{"tmap1 sex {female: 1/2, male: 0/99999999999999999999}", TM_OVERFLOW, 24},
		{"tmap1 sex {female: 1/2, female: 1/2}", TM_DUPLICATE, 24},
		{"tmap1 sex {female: 1/2, male: 1/2, female: 0/0}", TM_DUPLICATE, 35},
		{"tmap1 sex {80-84: 1/2}", TM_SCHEME_UNKNOWN, 11},
		{"tmap1 age90+sex {female 80-84: 1/2}", TM_SCHEME_UNKNOWN, 17},
		{"tmap1 age90+sex {80-84: 1/2}", TM_SYNTAX, 17},
		{"tmap1 age90+sex {80-84 female low: 1/2}", TM_SYNTAX, 17},
		{"tmap1 age85 {90+: 1/2}", TM_SCHEME_UNKNOWN, 13},
		{"tmap1 total {: 1/2}", TM_SCHEME_UNKNOWN, 13},
		{"tmap1 total {all: 1/2, all: 1/2}", TM_DUPLICATE, 23},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
	{
		tm_tally   *t;
		size_t		where = 999;
		tm_status	status = parse(cases[i].text, strlen(cases[i].text), &t, &where);

		if (!tap_ok(status == cases[i].status && where == cases[i].where, "refused: %s", cases[i].text))
			printf("# status %d at %zu\n", (int) status, where);
		free(t);
	}
}

/* Every one-byte change of a text is refused at a place inside it, or is a text of a canonical tally. */
static void
mutations(void)
{
	static const char text[] = "tmap1 age90+sex {80-84 female: 12/345, 90+ male: 9/210}";
	static const char bytes[] = "\0 ,:/{}-+019amx\xff";
	int			wrong = 0,
				fine = 0,
				tried = 0;

	for (size_t i = 0; i < sizeof text - 1; i++)
		for (size_t k = 0; k <= sizeof bytes - 1; k++)
		{
			char		copy[sizeof text];
			size_t		len = sizeof text - 1,
						where = 999;
			tm_tally   *t;

			memcpy(copy, text, sizeof text);
			if (k == sizeof bytes - 1)	/* without this byte */
				memmove(copy + i, copy + i + 1, len-- - i);
			else
				copy[i] = bytes[k];
			tried++;
			if (parse(copy, len, &t, &where) == TM_OK)
			{
				char	   *again = text_of(t);
				tm_tally   *back = sample_text(again);

				fine++;
				wrong += !sample_valid(t) || !sample_same(t, back);
				free(again);
				free(back);
			}
			else
				wrong += where > len;
			free(t);
		}
	tap_is(wrong, 0, "a changed byte is refused with a place, or gives a canonical tally");
	tap_ok(fine > 50 && fine < tried / 2, "both happen (%d of %d fine)", fine, tried);
}

/* Counts as text. */
static void
counts(void)
{
	static const int64_t values[] = {0, 1, 9, 10, 99, 100, 4294967295, 4294967296, INT64_MAX - 1, INT64_MAX};
	int64_t		v = 77;
	char		buf[24];

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
	{
		size_t		n = tm_count_format(values[i], buf);

		tap_ok(n == strlen(buf) && tm_count_parse(buf, n, &v) == TM_OK && v == values[i], "count %s", buf);
	}
	v = 77;
	tap_is(tm_count_parse("", 0, &v), TM_SYNTAX, "no digit");
	tap_is(tm_count_parse("-", 1, &v), TM_SYNTAX, "a minus alone");
	tap_is(tm_count_parse("-1", 2, &v), TM_NEGATIVE, "a negative count");
	tap_is(tm_count_parse("1-", 2, &v), TM_SYNTAX, "a minus behind");
	tap_is(tm_count_parse(" 1", 2, &v), TM_SYNTAX, "a space");
	tap_is(tm_count_parse("1\0", 2, &v), TM_SYNTAX, "a zero byte");
	tap_is(tm_count_parse("\xd9\xa1", 2, &v), TM_SYNTAX, "a digit of another script");
	tap_is(tm_count_parse("9223372036854775808", 19, &v), TM_OVERFLOW, "2^63");
	tap_ok(v == 77, "nothing written without TM_OK");
	memset(buf, ':', sizeof buf);
	tap_is(tm_tally_text_n(buf, sizeof buf), sizeof buf, "as many strata as colons at most");
}

/* A text of more colons than a tally may have strata is counted no further than one above the limit. */
static void
too_many(void)
{
	size_t		len = TM_TALLY_MAX + 100;
	char	   *text = sample_block(len);

	memset(text, ':', len);
	tap_is(tm_tally_text_n(text, len), (long) TM_TALLY_MAX + 1, "counting strata stops above the limit");
	free(text);
}

int
main(void)
{
	round_trip();
	widest();
	accepted();
	refused();
	mutations();
	counts();
	too_many();
	return tap_done();
}
