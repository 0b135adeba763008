/*
 * test_scheme.c - schemes, levels and strata: every text form read back, every
 * refusal, and what may be derived from what, against a model of single ages.
 */

#include <stdio.h>

#include "sample.h"
#include "tap.h"

#define AGE_CUTS 6
#define SCHEMES ((AGE_CUTS + 1) << 5)

/* The i-th of all schemes: an age cut or none, each other dimension or not. */
static tm_scheme
scheme_number(unsigned i)
{
	tm_scheme	s = AGE(i >> 5);

	for (int d = TM_SEX; d < TM_DIMENSIONS; d++)
		s = tm_scheme_with(s, (tm_dimension) d, i >> (d - 1) & 1);
	return s;
}

/* Reads a scheme's name given as a string. */
static tm_status
scheme_of(const char *text, tm_scheme *s)
{
	return tm_scheme_parse(text, strlen(text), s);
}

/* Reads a stratum's text given as a string. */
static tm_status
stratum_of(const char *text, tm_stratum *v)
{
	return tm_stratum_parse(text, strlen(text), v);
}

/* Names: each scheme's is read back, and the parts may come in any order. */
static void
scheme_names(void)
{
	unsigned	good = 0,
				reversed = 0;
	char		buf[TM_SCHEME_TEXT];
	tm_scheme	s;

	for (unsigned i = 0; i < SCHEMES; i++)
	{
		tm_scheme	want = scheme_number(i);
		size_t		n = tm_scheme_format(want, buf),
					m = 0;
		char		back[TM_SCHEME_TEXT] = "";

		good += n == strlen(buf) && tm_scheme_valid(want) && scheme_of(buf, &s) == TM_OK && s == want;
		for (int d = TM_DIMENSIONS - 1; d >= 0; d--)
			if (tm_scheme_variant(want, (tm_dimension) d))
				m += (size_t) snprintf(back + m, sizeof back - m, "%s%s", m ? "+" : "",
									   tm_cut_of((tm_dimension) d, tm_scheme_variant(want, (tm_dimension) d))->name);
		reversed += want == TM_SCHEME_TOTAL || (scheme_of(back, &s) == TM_OK && s == want);
	}
	tap_is(good, SCHEMES, "the name of each of the 224 schemes is read back");
	tap_is(reversed, SCHEMES, "and with its parts in reverse");
	tm_scheme_format(AGE(5) | SEX | COMORBIDITY, buf);
	tap_ok(strcmp(buf, "age85us+sex+comorbidity") == 0, "age85us+sex+comorbidity");
	tm_scheme_format(TM_SCHEME_TOTAL, buf);
	tap_ok(strcmp(buf, "total") == 0 && scheme_of("total", &s) == TM_OK && s == 0, "total");
	tap_ok(scheme_of("age+sex", &s) == TM_OK && s == (AGE(1) | SEX), "age alone is age90");
	tap_ok(scheme_of("sex+age", &s) == TM_OK && s == (AGE(1) | SEX), "also behind");
}

/* Names that are refused, and what then stays untouched. */
static void
scheme_refusals(void)
{
	static const char *const unknown[] = {"", "+", "age90+", "+sex", "age90++sex", "Age90", "SEX", "age90 + sex",
		"age91", "age9", "age900", "total+sex", "sex+total", " total", "total ", "sex,age", "unknown"};
	tm_scheme	s = 77;
	unsigned	good = 0;
	tm_dimension d = TM_SEX;

	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		good += scheme_of(unknown[i], &s) == TM_SCHEME_UNKNOWN;
	tap_is(good, sizeof unknown / sizeof *unknown, "names of no scheme");
	tap_is(tm_scheme_parse("sex\0", 4, &s), TM_SCHEME_UNKNOWN, "a zero byte behind");
	tap_is(scheme_of("sex+sex", &s), TM_DUPLICATE, "a dimension twice");
	tap_is(scheme_of("age90+age85", &s), TM_DUPLICATE, "age cut in two ways");
	tap_is(scheme_of("age+age90", &s), TM_DUPLICATE, "age, then age90");
	tap_is(scheme_of("age90+age", &s), TM_DUPLICATE, "age90, then age");
	tap_ok(s == 77, "nothing written without TM_OK");
	for (int i = 0; i < TM_DIMENSIONS; i++)
	{
		const char *name = tm_dimension_name((tm_dimension) i);

		tap_ok(tm_dimension_parse(name, strlen(name), &d) == TM_OK && (int) d == i, "dimension %s", name);
	}
	tap_is(tm_dimension_parse("agee", 4, &d), TM_SCHEME_UNKNOWN, "no such dimension");
	tap_is(tm_dimension_parse("", 0, &d), TM_SCHEME_UNKNOWN, "empty dimension");
	tap_ok(!tm_cut_of(TM_AGE, 0) && !tm_cut_of(TM_AGE, AGE_CUTS + 1) && !tm_cut_of(TM_SEX, 2), "cuts that do not exist");
}

/* Which 32-bit numbers are schemes. */
static void
scheme_validity(void)
{
	unsigned	n = 0,
				low = 0;

	for (uint32_t i = 0; i < 1u << 24; i += 0x111)	/* many bit patterns of the upper nibbles */
		n += tm_scheme_valid(i << 8) && (i << 8 & 0x0EEEEE00u);
	tap_is(n, 0, "a nibble above 1 is no cut of sex and the rest");
	for (unsigned a = 0, good = 0; a < 16; a++)
	{
		good += tm_scheme_valid(AGE(a));
		if (a == 15)
			tap_is(good, AGE_CUTS + 1, "cuts of age and none");
	}
	for (uint32_t bits = 1; bits < 256; bits++)
		low += tm_scheme_valid(AGE(1) | bits);
	tap_is(low, 0, "the lowest eight bits are 0");
}

/* What round_trip counts. */
typedef struct trip
{
	size_t		good;
	size_t		every;			/* of how many strata one is tried */
	size_t		seen;
	tm_stratum	last;
	bool		ascending;
} trip;

/* Writes and reads one stratum, alone and as levels of its scheme. */
static void
round_trip(tm_scheme s, tm_levels l, void *arg)
{
	trip	   *t = arg;
	tm_stratum	v = tm_stratum_of(s, l),
				back = 1;
	tm_levels	levels = 1;
	char		text[TM_LEVELS_TEXT],
				plain[TM_LEVELS_TEXT];
	size_t		n,
				m;

	t->ascending = t->ascending && (t->seen == 0 || v > t->last);
	t->last = v;
	if (t->seen++ % t->every)
	{
		t->good++;
		return;
	}
	n = tm_stratum_format(v, text);
	m = tm_levels_format(s, l, plain);
	t->good += n == strlen(text) && m == strlen(plain) && tm_stratum_valid(v) &&
		tm_stratum_parse(text, n, &back) == TM_OK && back == v &&
		tm_levels_parse(s, plain, m, &levels) == TM_OK && levels == l;
}

/* Every stratum of every scheme of up to three dimensions, and one in 11 of the others. */
static void
strata_round_trip(void)
{
	size_t		total = 0,
				good = 0;
	bool		ascending = true;

	for (unsigned i = 0; i < SCHEMES; i++)
	{
		tm_scheme	s = scheme_number(i);
		int			dimensions = 0;
		trip		t = {0, 1, 0, 0, true};

		for (int d = 0; d < TM_DIMENSIONS; d++)
			dimensions += tm_scheme_variant(s, (tm_dimension) d) != 0;
		t.every = dimensions <= 3 ? 1 : 11;
		total += sample_each(s, 0, 0, round_trip, &t);
		good += t.good;
		ascending = ascending && t.ascending;
	}
	tap_is((long) total, 112L * 4 * 6 * 5 * 10 * 7, "as many strata as the tables say");
	tap_is((long) good, (long) total, "each stratum's text is read back as that stratum");
	tap_ok(ascending, "their numbers ascend by age, sex, comorbidity and so on, unknown last");
}

/* Texts of strata, as people read them. */
static void
stratum_texts(void)
{
	static const struct
	{
		const char *text,
				   *want;		/* NULL: the same */
	}			cases[] = {
		{"80-84 female low", NULL}, {"90+ male", NULL}, {"0-4", NULL}, {"all", NULL}, {"female", NULL},
		{"age-unknown sex-unknown comorbidity-unknown", NULL}, {"low", NULL}, {"85+/age85 female", NULL},
		{"85+/age85us", NULL}, {"5-14/age85us male", NULL}, {"100+/age100", NULL}, {"95+/age95", NULL},
		{"80+/age80", NULL}, {"age-unknown/age85 male", NULL}, {"80-84 M1 Q5", NULL}, {"6-24h no-occlusion", NULL},
		{"low female 80-84", "80-84 female low"}, {"80-84/age90 female", "80-84 female"}, {"female/sex", "female"},
		{"male 85+/age85", "85+/age85 male"},
	};
	tm_stratum	v,
				w;
	char		buf[TM_LEVELS_TEXT];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
	{
		const char *want = cases[i].want ? cases[i].want : cases[i].text;
		bool		read = stratum_of(cases[i].text, &v) == TM_OK;

		tap_ok(read && tm_stratum_format(v, buf) == strlen(want) && strcmp(buf, want) == 0, "%s", cases[i].text);
	}
	stratum_of("80-84", &v);
	stratum_of("80-84/age85", &w);
	tap_ok(v != w, "the same ages of two cuts are two strata");
	stratum_of("90+ male", &v);
	stratum_of("age-unknown female", &w);
	tap_ok(v < w, "unknown comes last");
}

/* Texts that are no stratum. */
static void
stratum_refusals(void)
{
	static const struct
	{
		const char *text;
		tm_status	want;
	}			cases[] = {
		{"", TM_SYNTAX}, {" ", TM_SYNTAX}, {"80-84  female", TM_SYNTAX}, {"80-84 female ", TM_SYNTAX},
		{" 80-84", TM_SYNTAX}, {"80-85", TM_SCHEME_UNKNOWN}, {"90-94", TM_SCHEME_UNKNOWN}, {"85+", TM_SCHEME_UNKNOWN},
		{"080-84", TM_SCHEME_UNKNOWN}, {"80-84/age99", TM_SCHEME_UNKNOWN}, {"80-84/", TM_SCHEME_UNKNOWN},
		{"/age90", TM_SCHEME_UNKNOWN}, {"80-84/sex", TM_SCHEME_UNKNOWN}, {"80-84/age85us", TM_SCHEME_UNKNOWN}, {"10-19/age85us", TM_SCHEME_UNKNOWN},
		{"90+/age85", TM_SCHEME_UNKNOWN}, {"all female", TM_SCHEME_UNKNOWN}, {"ALL", TM_SCHEME_UNKNOWN},
		{"Female", TM_SCHEME_UNKNOWN}, {"unknown", TM_SCHEME_UNKNOWN}, {"80-84\tfemale", TM_SCHEME_UNKNOWN},
		{"female female", TM_DUPLICATE}, {"female male", TM_DUPLICATE}, {"80-84 85-89", TM_DUPLICATE},
		{"80-84 85+/age85", TM_DUPLICATE}, {"80-84 age-unknown", TM_DUPLICATE},
	};
	tm_stratum	v = 99;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		tap_is(stratum_of(cases[i].text, &v), cases[i].want, cases[i].text);
	tap_ok(v == 99, "nothing written without TM_OK");
}

/* Levels of a known scheme: exactly its dimensions in their order. */
static void
levels_refusals(void)
{
	tm_levels	l = 99;
	tm_scheme	s = AGE(1) | SEX;

	tap_is(tm_levels_parse(s, "80-84", 5, &l), TM_SYNTAX, "a dimension too few");
	tap_is(tm_levels_parse(s, "80-84 female low", 16, &l), TM_SYNTAX, "a dimension too many");
	tap_is(tm_levels_parse(s, "80-84 female ", 13, &l), TM_SYNTAX, "a space behind");
	tap_is(tm_levels_parse(s, "female 80-84", 12, &l), TM_SCHEME_UNKNOWN, "the wrong order");
	tap_is(tm_levels_parse(s, "", 0, &l), TM_SCHEME_UNKNOWN, "nothing");
	tap_is(tm_levels_parse(s, "80-84/age90 female", 18, &l), TM_SCHEME_UNKNOWN, "a cut named where the scheme says it");
	tap_is(tm_levels_parse(0, "female", 6, &l), TM_SCHEME_UNKNOWN, "a level of the total");
	tap_is(tm_levels_parse(0, "", 0, &l), TM_SCHEME_UNKNOWN, "nothing for the total");
	tap_ok(l == 99, "nothing written without TM_OK");
	tap_ok(tm_levels_valid(s, 0), "0 is the first stratum: 0-4 female");
	tap_ok(!tm_levels_valid(s, tm_level_set(0, TM_AGE, 19)), "a band beyond the last");
	tap_ok(!tm_levels_valid(s, tm_level_set(0, TM_SEX, 2)), "a third sex that is not unknown");
	tap_ok(!tm_levels_valid(s, tm_level_set(0, TM_COMORBIDITY, 1)), "a level without its dimension");
	tap_ok(!tm_levels_valid(s, 1), "the lowest bits are 0");
	tap_ok(!tm_levels_valid(AGE(5), tm_level_set(0, TM_AGE, 2)), "a band that starts inside one of ten years");
	tap_ok(!tm_stratum_valid(tm_stratum_of(1, 0)) && !tm_stratum_valid(tm_stratum_of(0, 1)), "no stratum");
}

/* True when every two neighbouring ages that one cut has in one band, the other has too. */
static bool
model_coarsens(unsigned from, unsigned to)
{
	for (int age = 0; age < TM_AGE_MAX; age++)
		if (tm_age_level(from, age) == tm_age_level(from, age + 1) &&
			tm_age_level(to, age) != tm_age_level(to, age + 1))
			return false;
	return true;
}

/* Bands: an age lies in the band that says so, and bands follow one another. */
static void
age_bands(void)
{
	bool		inside = true,
				follow = true;

	for (unsigned v = 1; v <= AGE_CUTS; v++)
		for (int age = 0; age <= TM_AGE_MAX; age++)
		{
			unsigned	code = tm_age_level(v, age);
			int			next = tm_age_next(v, code);

			inside = inside && tm_age_from(code) <= age && (next == 0 || age < next);
			follow = follow && (next == 0 || tm_age_from(tm_age_level(v, next)) == next);
		}
	tap_ok(inside, "every age lies in its band");
	tap_ok(follow, "the next band starts where one ends");
}

/* Coarsening of schemes and of strata, and the scheme where two meet. */
static void
coarsening(void)
{
	bool		as_model = true,
				people = true,
				meets = true,
				symmetric = true,
				finest = true;

	for (unsigned f = 1; f <= AGE_CUTS; f++)
		for (unsigned t = 1; t <= AGE_CUTS; t++)
		{
			bool		may = tm_scheme_coarsens(AGE(f) | SEX, AGE(t));

			as_model = as_model && may == model_coarsens(f, t);
			for (int age = 0; may && age <= TM_AGE_MAX; age++)
			{
				tm_levels	fine = tm_level_set(tm_level_set(0, TM_SEX, 1), TM_AGE, tm_age_level(f, age)),
							coarse = tm_level_set(0, TM_AGE, tm_age_level(t, age));

				people = people && tm_levels_coarsen(fine, AGE(f) | SEX, AGE(t)) == coarse;
			}
		}
	tap_ok(as_model, "an age cut derives from another exactly when it splits none of its bands");
	tap_ok(people, "a person's coarsened stratum is the person's stratum in the coarser scheme");
	for (unsigned i = 0; i < SCHEMES; i++)
		for (unsigned j = 0; j < SCHEMES; j++)
		{
			tm_scheme	a = scheme_number(i),
						b = scheme_number(j),
						m = tm_scheme_meet(a, b);

			meets = meets && tm_scheme_valid(m) && tm_scheme_coarsens(a, m) && tm_scheme_coarsens(b, m);
			symmetric = symmetric && m == tm_scheme_meet(b, a) && (!tm_scheme_coarsens(a, b) || m == b);
			for (unsigned k = 0; k < SCHEMES; k += 7)
				if (tm_scheme_coarsens(a, scheme_number(k)) && tm_scheme_coarsens(b, scheme_number(k)))
					finest = finest && tm_scheme_coarsens(m, scheme_number(k));
		}
	tap_ok(meets, "two schemes both collapse to where they meet");
	tap_ok(symmetric, "in either order, and it is the coarser one when one derives from the other");
	tap_ok(finest, "whatever both collapse to derives from it");
}

/* Coarsening, as people read it. */
static void
coarsening_cases(void)
{
	tm_levels	unknown = tm_level_set(0, TM_AGE, tm_level_unknown(TM_AGE));

	tap_ok(tm_scheme_coarsens(AGE(1), AGE(5)), "age90 to age85us");
	tap_ok(tm_scheme_coarsens(AGE(2), AGE(5)), "age85 to age85us");
	tap_ok(!tm_scheme_coarsens(AGE(2), AGE(1)), "age85 not to age90");
	tap_ok(!tm_scheme_coarsens(AGE(5), AGE(2)), "age85us not to age85");
	tap_ok(!tm_scheme_coarsens(AGE(6), AGE(5)) && !tm_scheme_coarsens(AGE(5), AGE(6)), "age80 and age85us: neither");
	tap_ok(tm_scheme_meet(AGE(6) | SEX, AGE(5) | SEX) == SEX, "they meet without age");
	tap_ok(!tm_scheme_coarsens(SEX, AGE(1) | SEX), "no dimension out of nothing");
	tap_ok(tm_scheme_coarsens(AGE(1) | SEX, TM_SCHEME_TOTAL), "everything to the total");
	tap_ok(tm_levels_coarsen(tm_level_set(0, TM_AGE, 18), AGE(1), AGE(5)) == tm_level_set(0, TM_AGE, 17), "90+ lies in 85+");
	tap_ok(tm_levels_coarsen(unknown, AGE(1), AGE(5)) == unknown, "unknown stays unknown");
	tap_ok(tm_levels_coarsen(unknown, AGE(1), 0) == 0, "a dropped dimension leaves no bits");
}

int
main(void)
{
	scheme_names();
	scheme_refusals();
	scheme_validity();
	strata_round_trip();
	stratum_texts();
	stratum_refusals();
	levels_refusals();
	age_bands();
	coarsening();
	coarsening_cases();
	return tap_done();
}
