/*
 * test_comorbidity.c - classification of codes as real files have them, every
 * patient of the oracle, text form, scores and bands.
 */
#include "../../src/core/comorbidity.h"

#include <string.h>

#include "csv.h"
#include "sample.h"
#include "tap.h"

#define PATIENTS 10000			/* the numbers of the oracle's patients lie below */

/* The groups of a code that lies in a block of exactly its size. */
static uint32_t
groups_of(tm_comorbidity_scheme s, const char *code, size_t len)
{
	char	   *copy = sample_block(len);
	uint32_t	groups;

	memcpy(copy, code, len);
	groups = tm_comorbidity_of_code(s, copy, len);
	free(copy);
	return groups;
}

/* Expects the text form of a code's groups. */
static void
expect_code(tm_comorbidity_scheme s, const char *code, const char *want)
{
	char		text[TM_COMORBIDITY_TEXT];

	tm_comorbidities_format(tm_comorbidities_of(s, groups_of(s, code, strlen(code))), text);
	if (!tap_ok(strcmp(text, want) == 0, "[%s] is %s", code, want))
		printf("# got %s\n", text);
}

/* Codes as real files have them. */
static void
messy_codes(void)
{
	const char *chf[] = {"I50", "i50", "I50.0", "I500", " I50.9 ", "I 5 0 . 0", "I50.0+", "I50.0*", "(I50)", "\tI50.0/", "I50-", "I50.\xE2\x80\xA0", "\xEF\xBB\xBFI50", "I50\xC2\xA0", "I50\xC3\xA9", "I50ABC", "I509X12345678901234567890"};
	const char *none[] = {"", " ", "I", "I5", "50", "I5O", "5I0", "II50", "\xC3\x8E" "50", "\xD0\x86" "50", "I\xC3\xA9" "50", "...", "\xE2", "\xC2", "\xEF\xBB", "\xFF\xFF\xFF\xFF", "[50", "@50", "`50", "{50", "I/:"};

	for (size_t i = 0; i < sizeof chf / sizeof *chf; i++)
		expect_code(TM_CHARLSON, chf[i], "charlson{chf}");
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		expect_code(TM_CHARLSON, none[i], "charlson{}");
	expect_code(TM_CHARLSON, "E10", "charlson{}");
	expect_code(TM_ELIXHAUSER, "E10", "elixhauser{}");
	expect_code(TM_CHARLSON, "E10.0", "charlson{diab}");
	expect_code(TM_CHARLSON, "E10l", "charlson{}");
	expect_code(TM_CHARLSON, "e11.21", "charlson{diabwc}");
	expect_code(TM_ELIXHAUSER, "E11.6", "elixhauser{diabc}");
	expect_code(TM_CHARLSON, "E11.6", "charlson{diab}");
	expect_code(TM_ELIXHAUSER, "I42.6", "elixhauser{chf,alcohol}");
	expect_code(TM_ELIXHAUSER, "I11.0", "elixhauser{chf,hypc}");
	expect_code(TM_ELIXHAUSER, "I11", "elixhauser{hypc}");
	expect_code(TM_ELIXHAUSER, "F31.5", "elixhauser{psycho,depre}");
	expect_code(TM_CHARLSON, "I63.9", "charlson{cevd}");
	expect_code(TM_ELIXHAUSER, "I63.9", "elixhauser{}");
	expect_code(TM_CHARLSON, "A00", "charlson{}");
	expect_code(TM_CHARLSON, "Z99", "charlson{}");
	expect_code(TM_CHARLSON, "Z99.2", "charlson{rend}");
	tap_ok(groups_of(TM_CHARLSON, "I\0" "50", 4) == (uint32_t) 1 << TM_C_CHF, "a zero byte is a sign");
}

/* A column of the oracle's scores and how tmap makes it. */
typedef struct score
{
	const char *column;
	tm_comorbidity_weights weights;
	bool		hierarchy;
} score;

/* Every patient's groups and scores under a scheme. */
static void
oracle(tm_comorbidity_scheme s, const char *file, const score *scores, size_t n)
{
	static uint32_t groups[PATIENTS];
	csv			codes = csv_read("test/oracles", "oracle_comorb_codes.csv");
	csv			want = csv_read("test/oracles", file);
	int			wrong = 0;

	memset(groups, 0, sizeof groups);
	for (size_t r = 0; r < codes.rows; r++)
	{
		const char *code = csv_text(&codes, r, "code");
		long long	patient = csv_int(&codes, r, "patient_id");

		if (patient < 0 || patient >= PATIENTS)
			csv_die("patient number out of range", csv_text(&codes, r, "patient_id"));
		groups[patient] |= groups_of(s, code, strlen(code));
	}
	for (int g = 0; g < tm_comorbidity_groups(s); g++)
		for (size_t r = 0; r < want.rows; r++)
			wrong += csv_int(&want, r, tm_comorbidity_group_of(s, g)->name) != (groups[csv_int(&want, r, "patient_id")] >> g & 1);
	tap_ok(want.rows == 1252 && wrong == 0, "%s: %d groups of %zu patients, %d wrong", tm_comorbidity_scheme_name(s), tm_comorbidity_groups(s), want.rows, wrong);
	for (size_t i = 0; i < n; i++)
	{
		wrong = 0;
		for (size_t r = 0; r < want.rows; r++)
			wrong += csv_int(&want, r, scores[i].column) !=
				tm_comorbidity_score(tm_comorbidities_of(s, groups[csv_int(&want, r, "patient_id")]), scores[i].weights, scores[i].hierarchy);
		tap_ok(wrong == 0, "%s: score %s of %zu patients, %d wrong", tm_comorbidity_scheme_name(s), scores[i].column, want.rows, wrong);
	}
	csv_free(&codes);
	csv_free(&want);
}

/* The prefixes of a list are those of the oracle, and each is classified by itself. */
static void
prefixes(void)
{
	csv			list = csv_read("test/oracles", "oracle_comorb_map.csv");
	size_t		found = 0,
				listed = 0;
	char		prefix[TM_ICD10_PREFIX];

	for (size_t r = 0; r < list.rows; r++)
	{
		const char *name = csv_text(&list, r, "category"),
				   *code = csv_text(&list, r, "prefix");
		tm_comorbidity_scheme s = csv_is(&list, r, "map", "elixhauser_icd10_quan") ? TM_ELIXHAUSER : TM_CHARLSON;
		int			g = tm_comorbidity_group_named(s, name, strlen(name));
		int			block = (code[0] - 'A') * 100 + (code[1] - '0') * 10 + code[2] - '0';

		found += g >= 0 && tm_comorbidity_prefix(s, g, block, code[3] ? code[3] - '0' : TM_ICD10_WHOLE, prefix) &&
			strcmp(prefix, code) == 0 && groups_of(s, code, strlen(code)) >> g & 1;
	}
	for (int s = TM_CHARLSON; s <= TM_ELIXHAUSER; s++)
		for (int g = 0; g < tm_comorbidity_groups((tm_comorbidity_scheme) s); g++)
			for (int block = 0; block < TM_ICD10_BLOCKS; block++)
				for (int digit = 0; digit <= TM_ICD10_WHOLE; digit++)
					listed += tm_comorbidity_prefix((tm_comorbidity_scheme) s, g, block, digit, prefix);
	tap_is((long) list.rows, 688, "the oracle lists 688 prefixes");
	tap_is((long) found, 688, "all are listed under their group");
	tap_is((long) listed, 688, "and no others");
	csv_free(&list);
}

/* Expects the status of a text. */
static void
expect_parse(const char *text, tm_status want)
{
	size_t		len = strlen(text);
	char	   *copy = sample_block(len);
	tm_comorbidities v;

	memcpy(copy, text, len);
	tap_ok(tm_comorbidities_parse(copy, len, &v) == want, "[%s] gives status %d", text, want);
	free(copy);
}

/* Every set of a few thousand comes back from its text; what is none is refused. */
static void
text_form(void)
{
	uint64_t	seed = 7;
	int			same = 0;
	char		text[TM_COMORBIDITY_TEXT];
	tm_comorbidities back;

	for (int i = 0; i < 4000; i++)
	{
		tm_comorbidity_scheme s = i % 2 ? TM_ELIXHAUSER : TM_CHARLSON;
		tm_comorbidities v = tm_comorbidities_of(s, (uint32_t) sample_next(&seed) & (((uint32_t) 1 << tm_comorbidity_groups(s)) - 1));
		size_t		n = tm_comorbidities_format(v, text);

		same += tm_comorbidities_valid(v) && n == strlen(text) && n < TM_COMORBIDITY_TEXT && tm_comorbidities_parse(text, n, &back) == TM_OK && back == v;
	}
	tap_is(same, 4000, "text comes back as the same value");
	tap_ok(tm_comorbidities_format(tm_comorbidities_of(TM_ELIXHAUSER, 0x7FFFFFFF), text) < TM_COMORBIDITY_TEXT, "the longest text fits");
	expect_parse("charlson{}", TM_OK);
	expect_parse("charlson{pvd,chf}", TM_OK);
	expect_parse("", TM_SYNTAX);
	expect_parse("}", TM_SYNTAX);
	expect_parse("{}", TM_SYNTAX);
	expect_parse("charlson", TM_SYNTAX);
	expect_parse("charlson{", TM_SYNTAX);
	expect_parse("charlson{chf", TM_SYNTAX);
	expect_parse("CHARLSON{}", TM_SYNTAX);
	expect_parse("charlson{}}", TM_SCHEME_UNKNOWN);
	expect_parse("charlson{,}", TM_SCHEME_UNKNOWN);
	expect_parse("charlson{chf,}", TM_SCHEME_UNKNOWN);
	expect_parse("charlson{alcohol}", TM_SCHEME_UNKNOWN);
	expect_parse("elixhauser{chf,chf}", TM_DUPLICATE);
	tap_ok(!tm_comorbidities_valid(0) && !tm_comorbidities_valid((uint64_t) 3 << 32) && !tm_comorbidities_valid((uint64_t) 1 << 32 | 1 << 17) &&
		   !tm_comorbidities_valid((uint64_t) 2 << 32 | (uint32_t) 1 << 31) && !tm_comorbidities_valid((uint64_t) 1 << 63), "other numbers are not valid");
}

/* Weights by name, points for age, bands. */
static void
scores(void)
{
	tm_comorbidity_weights w;
	const int	age[] = {0, 49, 50, 59, 60, 69, 70, 79, 80, 89, 90, 130};
	const int	points[] = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4};

	tap_ok(tm_comorbidity_weights_parse(TM_CHARLSON, "quan2011", 8, &w) == TM_OK && w == TM_QUAN_2011, "quan2011");
	tap_is(tm_comorbidity_weights_parse(TM_CHARLSON, "swiss", 5, &w), TM_METHOD, "swiss is not made for Charlson's groups");
	tap_is(tm_comorbidity_weights_parse(TM_ELIXHAUSER, "quan2011", 8, &w), TM_METHOD, "quan2011 is not made for Elixhauser's groups");
	for (size_t i = 0; i < sizeof age / sizeof *age; i++)
		tap_ok(tm_charlson_age_points(age[i]) == points[i], "age %d: %d points", age[i], points[i]);
	tap_ok(tm_comorbidity_band(-1) == NULL, "no band below 0");
	for (int s = 0; s < 8; s++)
	{
		const char *want[] = {"none", "low", "low", "moderate", "moderate", "high", "high", "high"};

		tap_ok(strcmp(tm_comorbidity_band(s), want[s]) == 0, "score %d: %s", s, want[s]);
	}
}

/* All tests. */
int
main(void)
{
	const score charlson[] = {
		{"unweighted", TM_UNWEIGHTED, false}, {"unweighted_assign0", TM_UNWEIGHTED, true}, {"charlson", TM_CHARLSON_1987, false},
		{"charlson_assign0", TM_CHARLSON_1987, true}, {"quan", TM_QUAN_2011, false}, {"quan_assign0", TM_QUAN_2011, true}};
	const score elixhauser[] = {
		{"unweighted", TM_UNWEIGHTED, false}, {"unweighted_assign0", TM_UNWEIGHTED, true}, {"vw", TM_VAN_WALRAVEN, false},
		{"vw_assign0", TM_VAN_WALRAVEN, true}, {"swiss", TM_SWISS, false}, {"swiss_assign0", TM_SWISS, true}};

	messy_codes();
	prefixes();
	oracle(TM_CHARLSON, "oracle_charlson.csv", charlson, 6);
	oracle(TM_ELIXHAUSER, "oracle_elixhauser.csv", elixhauser, 6);
	text_form();
	scores();
	return tap_done();
}
