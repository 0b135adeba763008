/*
 * test_code.c - codes as files have them: their canonical form, what is
 * refused and where, and that the canonical form is a fixed point.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/core/code.h"
#include "sample.h"
#include "tap.h"

/* Reads from a block of exactly the text's size, so that a sanitizer sees any byte too far. */
static tm_status
read_code(tm_system s, const char *text, size_t len, bool prefix, tm_key *key, tm_code_fault *fault, size_t *where)
{
	char	   *copy = sample_block(len);
	tm_status	status;

	memcpy(copy, text, len);
	status = tm_code_read(s, copy, len, prefix, key, fault, where);
	free(copy);
	return status;
}

/* The text with what would break a line of the test's output blanked. */
static const char *
shown(const char *text)
{
	static char line[64];
	size_t		n = 0;

	for (; text[n] && n < sizeof line - 1; n++)
		line[n] = text[n] < ' ' && text[n] >= 0 ? '?' : text[n];
	line[n] = '\0';
	return line;
}

/* Expects a text to be a code with this canonical form. */
static void
good(tm_system s, const char *text, const char *want)
{
	char		got[TM_CODE_TEXT] = "";
	tm_key		key = 0;
	tm_code_fault fault;
	size_t		where;
	tm_status	status = read_code(s, text, strlen(text), false, &key, &fault, &where);

	if (status == TM_OK)
		tm_key_format(key, got);
	if (!tap_ok(status == TM_OK && fault == TM_CODE_FINE && tm_key_system(key) == s && strcmp(got, want) == 0,
				"%s '%s' is %s", tm_system_name(s), shown(text), want))
		printf("# status %d, fault %d at %zu, got %s\n", (int) status, (int) fault, where, got);
}

/* Expects a fault at a byte. */
static void
bad(tm_system s, const char *text, tm_code_fault want, size_t place)
{
	tm_key		key;
	tm_code_fault fault;
	size_t		where;
	tm_status	status = read_code(s, text, strlen(text), false, &key, &fault, &where);

	if (!tap_ok(status == TM_SYNTAX && fault == want && where == place, "%s '%s' is no code", tm_system_name(s), shown(text)))
		printf("# status %d, fault %d at %zu, want %d at %zu\n", (int) status, (int) fault, where, (int) want, place);
}

/* ICD-10 and its national forms. */
static void
diagnoses(void)
{
	const tm_system family[] = {TM_ICD10, TM_CIM10, TM_ICD10GM, TM_ICD10CM};

	for (size_t i = 0; i < 4; i++)
	{
		tm_system	s = family[i];

		good(s, "I639", "I639");
		good(s, "i63.9", "I639");
		good(s, "  I63.9\t\r\n", "I639");
		good(s, "I63", "I63");
		good(s, "I63.-", "I63");
		good(s, "I63.9\xE2\x80\xA0", "I639");
		good(s, "I63.9 *", "I639");
		good(s, "I63.9!,", "I639");
		good(s, "\xEF\xBC\xA9\xEF\xBC\x96\xEF\xBC\x93\xEF\xBC\x8E\xEF\xBC\x99", "I639");
		bad(s, "", TM_CODE_EMPTY, 0);
		bad(s, " .-", TM_CODE_EMPTY, 3);
		bad(s, "I6", TM_CODE_SHORT, 2);
		bad(s, "639", TM_CODE_LETTER, 0);
		bad(s, "IO3", TM_CODE_DIGIT, 1);
		bad(s, "I6.39", TM_CODE_SEPARATOR, 2);
		bad(s, "I63.9.9", TM_CODE_SEPARATOR, 5);
		bad(s, ".I63", TM_CODE_SEPARATOR, 0);
		bad(s, "*I63", TM_CODE_STRANGE, 0);
		bad(s, "I63/9", TM_CODE_STRANGE, 3);
		bad(s, "I\xC3\xA9", TM_CODE_STRANGE, 1);
	}
	good(TM_ICD10, "I64X", "I64");
	good(TM_ICD10, "I64X-D", "I64");
	good(TM_ICD10, "N083-A", "N083");
	good(TM_ICD10, "H360A", "H360");
	good(TM_ICD10, "M45X9", "M45X9");
	bad(TM_ICD10, "I639-1", TM_CODE_SEPARATOR, 4);
	bad(TM_ICD10, "I639G", TM_CODE_DIGIT, 4);
	bad(TM_ICD10, "I63-9", TM_CODE_SEPARATOR, 3);
	bad(TM_ICD10, "I63999", TM_CODE_LONG, 5);
	good(TM_CIM10, "J96.1+0", "J961+0");
	good(TM_CIM10, "E10.4+", "E104");
	good(TM_CIM10, "E10.4+*", "E104");
	bad(TM_CIM10, "I64X", TM_CODE_DIGIT, 3);
	bad(TM_ICD10GM, "I63.9G", TM_CODE_DIGIT, 5);
	bad(TM_ICD10GM, "I64X", TM_CODE_DIGIT, 3);
	good(TM_ICD10CM, "I63.412", "I63412");
	good(TM_ICD10CM, "c7a.00", "C7A00");
	good(TM_ICD10CM, "S06.5X4A", "S065X4A");
	bad(TM_ICD10CM, "I63 I64", TM_CODE_SEPARATOR, 3);
	bad(TM_ICD10CM, "S06.5X4AB", TM_CODE_LONG, 8);
	good(TM_ICD9CM, "433.11", "43311");
	good(TM_ICD9CM, "436", "436");
	good(TM_ICD9CM, "v12.54", "V1254");
	good(TM_ICD9CM, "E878.8", "E8788");
	bad(TM_ICD9CM, "38.9", TM_CODE_SEPARATOR, 2);
	bad(TM_ICD9CM, "E87.8", TM_CODE_SEPARATOR, 3);
	bad(TM_ICD9CM, "I639", TM_CODE_DIGIT, 0);
	bad(TM_ICD9CM, "436*", TM_CODE_STRANGE, 3);
}

/* Procedures and groups. */
static void
procedures(void)
{
	good(TM_ICD9CM_PX, "39.74", "3974");
	bad(TM_ICD9CM_PX, "9.910", TM_CODE_SEPARATOR, 1);
	good(TM_CCAM, "eajf 341;", "EAJF341");
	bad(TM_CCAM, "EAJF3410", TM_CODE_LONG, 7);
	bad(TM_CCAM, "EAJFO41", TM_CODE_DIGIT, 4);
	good(TM_OPS, "8-836.80", "883680");
	good(TM_OPS, "8-83b.84", "883B84");
	good(TM_OPS, "883680", "883680");
	good(TM_OPS, "8\xE2\x80\x91" "836.80", "883680");
	bad(TM_OPS, "88-36.80", TM_CODE_SEPARATOR, 2);
	bad(TM_OPS, "8-83", TM_CODE_SHORT, 4);
	good(TM_OPCS4, "L35.4", "L354");
	good(TM_OPCS4, "L354", "L354");
	bad(TM_OPCS4, "L3544", TM_CODE_LONG, 4);
	good(TM_ICD10PCS, "03cg3zz", "03CG3ZZ");
	bad(TM_ICD10PCS, "O3CG3ZZ", TM_CODE_STRANGE, 0);
	bad(TM_ICD10PCS, "03CGIZZ", TM_CODE_STRANGE, 4);
	bad(TM_ICD10PCS, "03CG3Z", TM_CODE_SHORT, 6);
	bad(TM_ICD10PCS, "03C G3ZZ", TM_CODE_SEPARATOR, 3);
	good(TM_CPT, "61645", "61645");
	good(TM_CPT, "0042t", "0042T");
	bad(TM_CPT, "61645-26", TM_CODE_SEPARATOR, 5);
	bad(TM_CPT, "6164A", TM_CODE_DIGIT, 4);
	good(TM_KCODE, "k178-4", "K178-4");
	good(TM_KCODE, "K178-", "K178");
	good(TM_KCODE, "\xEF\xBC\xAB\xEF\xBC\x91\xEF\xBC\x97\xEF\xBC\x98\xEF\xBC\x8D\xEF\xBC\x94", "K178-4");
	good(TM_KCODE, "K920-2-1", "K920-2-1");
	bad(TM_KCODE, "K1784", TM_CODE_HYPHEN, 4);
	bad(TM_KCODE, "J178", TM_CODE_STRANGE, 0);
	bad(TM_KCODE, "178-4", TM_CODE_LETTER, 0);
	bad(TM_KCODE, "K178--4", TM_CODE_DIGIT, 5);
	good(TM_MBS, "35414", "35414");
	good(TM_MBS, "3", "3");
	bad(TM_MBS, "035414", TM_CODE_ZERO, 0);
	bad(TM_MBS, "35414.0", TM_CODE_SEPARATOR, 5);
	good(TM_MSDRG, "023", "023");
	bad(TM_MSDRG, "23", TM_CODE_SHORT, 2);
	bad(TM_MSDRG, "12345678901", TM_CODE_LONG, 10);
}

/* Names of systems in any writing; no others. */
static void
systems(void)
{
	static const struct
	{
		const char *name;
		tm_system	want;
	}			names[] = {
		{"icd10", TM_ICD10}, {"ICD 10", TM_ICD10}, {"CIM-10 (PMSI)", TM_CIM10}, {"cim10", TM_CIM10},
		{"ICD_10_GM", TM_ICD10GM}, {"ICD-9-CM dx", TM_ICD9CM}, {"ICD-9-CM procedures", TM_ICD9CM_PX},
		{"opcs4", TM_OPCS4}, {"K-code", TM_KCODE}, {"MSDRG", TM_MSDRG}, {"", TM_NO_SYSTEM},
		{"ICD-11", TM_NO_SYSTEM}, {"ICD-10!", TM_NO_SYSTEM}, {"ICD-10-CM-and-more-than-fits", TM_NO_SYSTEM}
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
	{
		tm_system	s = TM_NO_SYSTEM;

		tm_system_parse(names[i].name, strlen(names[i].name), &s);
		tap_is(s, names[i].want, names[i].name);
	}
	for (int s = TM_NO_SYSTEM + 1; s < TM_SYSTEMS; s++)
	{
		tm_system	back = TM_NO_SYSTEM;
		const char *name = tm_system_name((tm_system) s);

		tap_ok(name && strlen(name) < TM_SYSTEM_TEXT && tm_system_parse(name, strlen(name), &back) == TM_OK &&
			   back == (tm_system) s, "system %d has a name that leads back", s);
	}
	tap_ok(tm_system_name(TM_NO_SYSTEM) == NULL && tm_system_name(TM_SYSTEMS) == NULL, "no other system has one");
	tap_ok(TM_SYSTEMS <= TM_SYSTEM_ROOM, "codebooks have room for every system");
}

/* Random texts: the canonical form is a fixed point, a fault lies inside, keys sort as texts. */
static void
random_texts(void)
{
	static const char letters[] = "IiK0123456789XADVE.-+ *!,\xE2\x80\xA0\xEF\xBC\x91O";
	uint64_t	seed = 7;
	long		codes = 0,
				wrong = 0,
				disorder = 0;
	tm_key		last = 0;
	char		last_text[TM_CODE_TEXT] = "";

	for (int round = 0; round < 400000; round++)
	{
		tm_system	s = (tm_system) (1 + sample_below(&seed, TM_SYSTEMS - 1));
		char		text[12],
					form[TM_CODE_TEXT],
					again[TM_CODE_TEXT];
		size_t		len = sample_below(&seed, sizeof text),
					where;
		bool		prefix = sample_below(&seed, 2);
		tm_key		key = 0,
					back = 0;
		tm_code_fault fault;

		for (size_t i = 0; i < len; i++)
			text[i] = letters[sample_below(&seed, sizeof letters - 1)];
		if (read_code(s, text, len, prefix, &key, &fault, &where) != TM_OK)
		{
			wrong += fault == TM_CODE_FINE || where > len;
			continue;
		}
		codes++;
		tm_key_format(key, form);
		wrong += read_code(s, form, strlen(form), prefix, &back, &fault, &where) != TM_OK || back != key;
		tm_key_format(back, again);
		wrong += strcmp(form, again) != 0 || tm_key_length(key) != strlen(form);
		for (unsigned n = 1; n <= strlen(form); n++)
		{
			char		cut[TM_CODE_TEXT];

			tm_key_format(tm_key_prefix(key, n), cut);
			wrong += strlen(cut) != n || memcmp(cut, form, n) != 0;
		}
		if (tm_key_system(key) == tm_key_system(last))
			disorder += (key < last) != (strcmp(form, last_text) < 0);
		last = key;
		memcpy(last_text, form, sizeof form);
	}
	tap_ok(codes > 1000, "%ld random texts are codes", codes);
	tap_is(wrong, 0, "the canonical form reads as itself, faults lie inside, prefixes are prefixes");
	tap_is(disorder, 0, "keys sort as their texts");
}

int
main(void)
{
	diagnoses();
	procedures();
	systems();
	random_texts();
	return tap_done();
}
