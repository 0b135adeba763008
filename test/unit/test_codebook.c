/*
 * test_codebook.c - compiled lists against a plain reading of their rules:
 * whatever order they come in, the same bytes and the same answers.
 */
#include <stdio.h>

#include "../../src/core/codebook_text.h"
#include "sample.h"
#include "tap.h"

#define MAX_ROWS 40

/* One row of a list, as a table has it. */
typedef struct row
{
	tm_system	system;
	char		code[8];
	bool		prefix;
	bool		exclude;
	int			concept;		/* its name is names[concept] */
	int32_t		from;
	int32_t		to;
} row;

static const char *const names[] = {"tia", "ischaemic_stroke", "a", "zz_9", "mechanical_thrombectomy", "b1"};

#define N_NAMES (sizeof names / sizeof *names)

/* A random row of a small world, so that rules meet. */
static row
random_row(uint64_t *seed)
{
	row			r = {TM_ICD10, "", sample_below(seed, 2), sample_below(seed, 4) == 0, (int) sample_below(seed, N_NAMES),
	TM_DAY_FIRST, TM_DAY_LAST};
	unsigned	len = 3 + sample_below(seed, 3);

	if (sample_below(seed, 4) == 0)
		r.system = TM_ICD10GM;
	if (r.prefix)
		len = 1 + sample_below(seed, 5);
	for (unsigned i = 0; i < len; i++)
		r.code[i] = (char) (i == 0 ? 'G' + sample_below(seed, 2) : '0' + sample_below(seed, 2));
	if (sample_below(seed, 3) == 0)
		r.from = (int32_t) sample_below(seed, 10);
	if (sample_below(seed, 3) == 0)
		r.to = 5 + (int32_t) sample_below(seed, 10);
	if (r.from > r.to)
		r.from = TM_DAY_FIRST;
	return r;
}

/* The key of a code or prefix that is known to be one. */
static tm_key
key_of(tm_system s, const char *code, bool prefix)
{
	tm_key		key = 0;
	tm_code_fault fault;
	size_t		where;

	if (tm_code_read(s, code, strlen(code), prefix, &key, &fault, &where) != TM_OK)
		tap_ok(false, "%s is a code", code);
	return key;
}

/* Adds a row to a draft. */
static tm_status
add(tm_draft *d, const row *r)
{
	unsigned	rank = 0;
	tm_status	status = tm_draft_concept(d, names[r->concept], strlen(names[r->concept]), &rank);
	tm_rule		rule = {key_of(r->system, r->code, r->prefix) | (r->prefix ? 0 : TM_KEY_EXACT), 0, 0, r->from, r->to};

	if (status != TM_OK)
		return status;
	*(r->exclude ? &rule.exclude : &rule.include) = (uint64_t) 1 << rank;
	return tm_draft_rule(d, &rule);
}

/* The draft in a block of exactly its size. */
static tm_codebook *
written(const tm_draft *d)
{
	tm_codebook *b = sample_block(tm_codebook_size(d->n, d->k));

	tm_draft_write(d, b);
	return b;
}

/* The codebook of rows in the given order. */
static tm_codebook *
build(const row *rows, int n)
{
	tm_draft	d;
	tm_codebook *b;

	tm_draft_start(&d, sample_block((size_t) n * sizeof(tm_rule)), (uint32_t) n);
	for (int i = 0; i < n; i++)
	{
		if (add(&d, &rows[i]) != TM_OK)
			tap_ok(false, "row %d is added", i);
	}
	b = written(&d);
	free(d.rules);
	return b;
}

/* The union of two codebooks. */
static tm_codebook *
united(const tm_codebook *a, const tm_codebook *b)
{
	tm_draft	d;
	tm_codebook *out;

	tm_draft_start(&d, sample_block((a->n + b->n) * sizeof(tm_rule)), a->n + b->n);
	tm_draft_load(&d, a);
	if (tm_draft_merge(&d, b) != TM_OK)
		tap_ok(false, "merge fails");
	out = written(&d);
	free(d.rules);
	return out;
}

/* True when two codebooks are the same bytes. */
static bool
same(const tm_codebook *a, const tm_codebook *b)
{
	return a->n == b->n && a->k == b->k && memcmp(a, b, tm_codebook_size(a->n, a->k)) == 0;
}

/* The plain reading: the most specific rows about the concept decide, an exclusion among them first. */
static bool
plain(const row *rows, int n, tm_system s, const char *code, int64_t day, int concept)
{
	int			best = -1;
	bool		answer = false;

	for (int i = 0; i < n; i++)
	{
		const row  *r = &rows[i];
		int			rank = r->prefix ? (int) strlen(r->code) : 100;

		if (r->system != s || r->concept != concept || (day != TM_DAY_ANY && (day < r->from || day > r->to)))
			continue;
		if (r->prefix ? strncmp(r->code, code, strlen(r->code)) != 0 : strcmp(r->code, code) != 0)
			continue;
		if (rank > best)
			answer = true;
		if (rank >= best)
			answer = answer && !r->exclude;
		if (rank > best)
			best = rank;
	}
	return answer;
}

/* Counts the probes of random codes that differ from the plain reading. */
static long
differences(uint64_t *seed, const row *rows, int n, const tm_codebook *b)
{
	long		wrong = 0;

	for (int i = 0; i < 60; i++)
	{
		row			probe = random_row(seed);
		int64_t		day = sample_below(seed, 5) ? (int64_t) sample_below(seed, 20) : TM_DAY_ANY;
		uint64_t	bits;

		while (strlen(probe.code) < 3)
			strcat(probe.code, "0");
		bits = tm_codebook_probe(b, key_of(probe.system, probe.code, false), day);
		for (int c = 0; c < (int) N_NAMES; c++)
		{
			unsigned	rank;
			bool		got = tm_codebook_rank(b, names[c], strlen(names[c]), &rank) && (bits >> rank & 1);

			wrong += got != plain(rows, n, probe.system, probe.code, day, c);
		}
	}
	return wrong;
}

/* True when the text form leads back to the same bytes. */
static bool
text_round_trip(const tm_codebook *b)
{
	char	   *text = sample_block(tm_codebook_text_room(b));
	size_t		len = tm_codebook_format(b, text),
				where;
	uint32_t	room = tm_codebook_text_n(text, len);
	tm_draft	d;
	tm_codebook *back;
	bool		good;

	tm_draft_start(&d, sample_block(room * sizeof(tm_rule)), room);
	good = len == strlen(text) && len < tm_codebook_text_room(b) && tm_codebook_parse(text, len, &d, &where) == TM_OK;
	back = written(&d);
	good = good && same(b, back);
	if (!good)
		printf("# %s\n", text);
	free(text);
	free(d.rules);
	free(back);
	return good;
}

/* Random lists: order does not matter, text is loss-free, probes agree with the plain reading. */
static void
properties(void)
{
	uint64_t	seed = 1;
	long		invalid = 0,
				order = 0,
				text = 0,
				probe = 0,
				merge = 0,
				compare = 0;

	for (int round = 0; round < 400; round++)
	{
		row			rows[MAX_ROWS],
					shuffled[MAX_ROWS];
		int			n = 1 + (int) sample_below(&seed, MAX_ROWS),
					cut = (int) sample_below(&seed, (uint32_t) n + 1);
		tm_codebook *a,
				   *b,
				   *left,
				   *right,
				   *ab,
				   *ba;

		for (int i = 0; i < n; i++)
			rows[i] = shuffled[i] = random_row(&seed);
		for (int i = n; i > 1; i--)
		{
			int			j = (int) sample_below(&seed, (uint32_t) i);
			row			hold = shuffled[i - 1];

			shuffled[i - 1] = shuffled[j];
			shuffled[j] = hold;
		}
		a = build(rows, n);
		b = build(shuffled, n);
		left = build(rows, cut);
		right = build(rows + cut, n - cut);
		ab = united(left, right);
		ba = united(right, left);
		invalid += tm_codebook_validate(a, tm_codebook_size(a->n, a->k)) != TM_OK;
		order += !same(a, b) || tm_codebook_compare(a, b) != 0;
		text += !text_round_trip(a);
		probe += differences(&seed, rows, n, a);
		merge += !same(a, ab) || !same(a, ba);
		compare += tm_codebook_compare(left, right) != -tm_codebook_compare(right, left) ||
			(tm_codebook_compare(left, right) == 0) != same(left, right);
		free(a);
		free(b);
		free(left);
		free(right);
		free(ab);
		free(ba);
	}
	tap_is(invalid, 0, "what is built is valid");
	tap_is(order, 0, "the order of rows does not matter");
	tap_is(text, 0, "the text form is loss-free");
	tap_is(probe, 0, "probes agree with a plain reading of the rows");
	tap_is(merge, 0, "a list cut in two and merged, either way round, is the same");
	tap_is(compare, 0, "comparison is antisymmetric, and 0 for equal bytes alone");
}

/* A codebook with any byte changed is refused or canonical. */
static void
corruption(void)
{
	uint64_t	seed = 3;
	row			rows[12];
	tm_codebook *b;
	size_t		size;
	long		accepted = 0,
				wrong = 0;

	for (int i = 0; i < 12; i++)
		rows[i] = random_row(&seed);
	b = build(rows, 12);
	size = tm_codebook_size(b->n, b->k);
	for (size_t at = 4; at < size; at++)
	{
		for (int bit = 0; bit < 8; bit++)
		{
			uint8_t    *bytes = sample_block(size);

			memcpy(bytes, b, size);
			bytes[at] ^= (uint8_t) (1u << bit);
			if (tm_codebook_validate((tm_codebook *) bytes, size) == TM_OK)
			{
				accepted++;
				wrong += !text_round_trip((tm_codebook *) bytes);
			}
			free(bytes);
		}
	}
	wrong += tm_codebook_validate(b, size - 1) == TM_OK;
	tap_is(wrong, 0, "a changed bit is refused or makes another canonical codebook");
	tap_ok(accepted > 0 && accepted < (long) size * 4, "%ld of %zu changes make another", accepted, size * 8);
	free(b);
}

/* Limits: names, periods, 64 concepts, room. */
static void
limits(void)
{
	tm_rule		rules[2];
	tm_draft	d;
	tm_rule		rule = {key_of(TM_CCAM, "EAJF341", false) | TM_KEY_EXACT, 1, 0, TM_DAY_FIRST, TM_DAY_LAST};
	tm_codebook *b;
	char		name[TM_CONCEPT_NAME + 1];
	unsigned	rank;

	tm_draft_start(&d, rules, 2);
	for (int i = TM_CONCEPTS_MAX - 1; i >= 0; i--)
	{
		snprintf(name, sizeof name, "c%02d", i);
		tap_ok(tm_draft_concept(&d, name, 3, &rank) == TM_OK && rank == 0, "concept %s comes first", name);
		if (tm_draft_rule(&d, &rule) != TM_OK)
			tap_ok(false, "rule for %s", name);
	}
	tap_is(tm_draft_concept(&d, "one_more", 8, &rank), TM_TOO_MANY, "65 concepts are too many");
	b = written(&d);
	tap_is(tm_codebook_validate(b, tm_codebook_size(b->n, b->k)), TM_OK, "64 concepts are valid");
	tap_ok(tm_codebook_probe(b, key_of(TM_CCAM, "eajf 341", false), 0) == UINT64_MAX, "a code with all 64");
	tap_ok(text_round_trip(b), "its text leads back");
	free(b);
	rule.from = 1;
	tap_is(tm_draft_rule(&d, &rule), TM_OK, "the last room is taken");
	rule.from = 2;
	tap_is(tm_draft_rule(&d, &rule), TM_TOO_MANY, "no room is left");
	memset(name, 'x', sizeof name);
	tap_ok(tm_concept_valid(name, TM_CONCEPT_NAME - 1) && !tm_concept_valid(name, TM_CONCEPT_NAME), "names have 39 characters");
	tap_ok(!tm_concept_valid("", 0) && !tm_concept_valid("1a", 2) && !tm_concept_valid("_a", 2) && !tm_concept_valid("A", 1) &&
		   !tm_concept_valid("a-b", 3) && tm_concept_valid("a_1", 3), "names are lower case words");
	tap_ok(tm_period_valid(TM_DAY_FIRST, TM_DAY_LAST) && tm_period_valid(5, 5) && !tm_period_valid(6, 5) &&
		   !tm_period_valid(-730120, 0) && tm_period_valid(-730119, 2921939) && !tm_period_valid(0, 2921940), "periods");
}

/* Dates by their text, against days that are known. */
static void
dates(void)
{
	static const struct
	{
		int32_t		day;
		const char *text;
	}			known[] = {
		{0, "2000-01-01"}, {59, "2000-02-29"}, {-1, "1999-12-31"}, {-10957, "1970-01-01"}, {6391, "2017-07-01"},
		{8035, "2021-12-31"}, {-730119, "0001-01-01"}, {2921939, "9999-12-31"}, {-36465, "1900-03-01"}
	};
	static const char *const none[] = {"2019-02-29", "2019-13-01", "2019-00-01", "2019-01-00", "2019-04-31", "0000-01-01", "2019-1-01", "19-01-01", "2019/01/01", "2019-01-0x"};
	char		text[TM_DAY_TEXT];
	int32_t		day = 0;
	long		wrong = 0;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
	{
		tm_day_format(known[i].day, text);
		tap_ok(strcmp(text, known[i].text) == 0 && tm_day_parse(text, 10, &day) == TM_OK && day == known[i].day, "%s", known[i].text);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		tap_ok(tm_day_parse(none[i], strlen(none[i]), &day) == TM_SYNTAX, "%s is no date", none[i]);
	for (int32_t d = -730119; d <= 2921939; d += 1 + (d & 7))
	{
		tm_day_format(d, text);
		wrong += tm_day_parse(text, 10, &day) != TM_OK || day != d;
	}
	tap_is(wrong, 0, "every day leads back");
}

/* Texts that are no codebook, and where reading stops. */
static void
texts(void)
{
	static const struct
	{
		const char *text;
		size_t		where;
	}			none[] = {
		{"", 0}, {"tmapbook2 {}", 0}, {"tmapbook1 {", 0}, {"tmapbook1 { }", 11}, {"tmapbook1 {ICD-10 I63}", 11}, {"tmapbook1 {ICD-10 I63:}", 11},
		{"tmapbook1 {ICD-10 I63: }", 11}, {"tmapbook1 {ICD-10: tia}", 11}, {"tmapbook1 {ICD-11 I63: tia}", 11}, {"tmapbook1 {ICD-10 XYZ: tia}", 11},
		{"tmapbook1 {ICD-10 I63: Tia}", 11}, {"tmapbook1 {ICD-10 I63: --tia}", 11}, {"tmapbook1 {ICD-10 I63: tia,a}", 11}, {"tmapbook1 {ICD-10 I63: tia, }", 11},
		{"tmapbook1 {ICD-10 I63 ..: tia}", 11}, {"tmapbook1 {ICD-10 I63 2020-01-01: tia}", 11}, {"tmapbook1 {ICD-10 I63 2020-01-01..2019-01-01: tia}", 11},
		{"tmapbook1 {ICD-10 I63 2020-02-30..: tia}", 11}, {"tmapbook1 {ICD-10 *: tia}", 11}, {"tmapbook1 {ICD-10 I63: tia;}", 11}, {"tmapbook1 {ICD-10 I63: tia; }", 11},
		{"tmapbook1 {ICD-10 I63: tia; x}", 28}, {"tmapbook1 {ICD-10 I63: tia} ", 0}
	};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
	{
		size_t		len = strlen(none[i].text),
					where = 99;
		char	   *text = sample_block(len);
		tm_draft	d;

		memcpy(text, none[i].text, len);
		tm_draft_start(&d, sample_block(2 * sizeof(tm_rule)), 2);
		if (!tap_ok(tm_codebook_parse(text, len, &d, &where) == TM_SYNTAX && where == none[i].where, "'%s' is refused", none[i].text))
			printf("# at %zu\n", where);
		free(d.rules);
		free(text);
	}
}

int
main(void)
{
	properties();
	corruption();
	limits();
	dates();
	texts();
	return tap_done();
}
