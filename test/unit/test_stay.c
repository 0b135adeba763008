/*
 * test_stay.c - SHA-256 and HMAC against published vectors, and lines of hospital stays.
 */
#include "../../src/core/sha256.h"
#include "../../src/core/stay.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* True when a digest is this in hexadecimal. */
static bool
digest_is(const uint8_t digest[TM_SHA256_BYTES], const char *hex)
{
	char		got[2 * TM_SHA256_BYTES + 1];

	for (int i = 0; i < TM_SHA256_BYTES; i++)
		snprintf(got + 2 * i, 3, "%02x", digest[i]);
	return strcmp(got, hex) == 0;
}

/* FIPS 180-4's examples (NIST), taken in pieces of every size. */
static void
sha256(void)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	uint8_t		digest[TM_SHA256_BYTES];
	char	   *million = malloc(1000000);
	tm_sha256	s;

	tm_sha256_start(&s);
	tm_sha256_digest(&s, digest);
	tap_ok(digest_is(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), "SHA-256 of nothing");
	for (size_t part = 1; part <= sizeof two - 1; part += 11)
	{
		tm_sha256_start(&s);
		for (size_t at = 0; at < sizeof two - 1; at += part)
			tm_sha256_add(&s, two + at, sizeof two - 1 - at < part ? sizeof two - 1 - at : part);
		tm_sha256_digest(&s, digest);
		tap_ok(digest_is(digest, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"), "two blocks in pieces of %zu", part);
	}
	memset(million, 'a', 1000000);
	tm_sha256_start(&s);
	for (size_t at = 0, part = 1; at < 1000000; at += part, part = part * 7 % 997)
		tm_sha256_add(&s, million + at, 1000000 - at < part ? 1000000 - at : part);
	tm_sha256_digest(&s, digest);
	tap_ok(digest_is(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"), "a million a");
	free(million);
}

/* The portable code and the processor's instructions give the same digest; where the processor has none both are the portable code. */
static void
sha256_both_ways(void)
{
	uint8_t		data[700],
				a[TM_SHA256_BYTES],
				b[TM_SHA256_BYTES];
	size_t		differ = 0;

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t) (i * i * 31 + i / 3);
	for (size_t n = 0; n <= sizeof data; n++)
	{
		tm_sha256	s,
					portable;

		tm_sha256_start(&s);
		portable = s;
		portable.cpu = false;
		tm_sha256_add(&s, data, n / 3);
		tm_sha256_add(&s, data + n / 3, n - n / 3);
		tm_sha256_digest(&s, a);
		tm_sha256_add(&portable, data, n);
		tm_sha256_digest(&portable, b);
		differ += memcmp(a, b, sizeof a) != 0;
	}
	tap_is((long) differ, 0, "701 digests, portable and with the processor's instructions");
}

/* RFC 4231, test cases 1, 2, 3, 4, 6 and 7. */
static void
hmac(void)
{
	uint8_t		digest[TM_SHA256_BYTES],
				secret[131],
				data[50];
	tm_hmac_key key;
	static const char long_data[] = "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.";

	memset(secret, 0x0b, 20);
	tm_hmac_prepare(&key, secret, 20);
	tm_hmac(&key, "Hi There", 8, digest);
	tap_ok(digest_is(digest, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"), "RFC 4231 case 1");
	tm_hmac_prepare(&key, "Jefe", 4);
	tm_hmac(&key, "what do ya want for nothing?", 28, digest);
	tap_ok(digest_is(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"), "RFC 4231 case 2");
	memset(secret, 0xaa, 131);
	memset(data, 0xdd, 50);
	tm_hmac_prepare(&key, secret, 20);
	tm_hmac(&key, data, 50, digest);
	tap_ok(digest_is(digest, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"), "RFC 4231 case 3");
	tm_hmac_prepare(&key, secret, 131);
	tm_hmac(&key, "Test Using Larger Than Block-Size Key - Hash Key First", 54, digest);
	tap_ok(digest_is(digest, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"), "RFC 4231 case 6");
	tm_hmac(&key, long_data, sizeof long_data - 1, digest);
	tap_ok(digest_is(digest, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"), "RFC 4231 case 7");
}

/* A text as a piece. */
static tm_piece
piece(const char *s)
{
	return (tm_piece) {s, strlen(s)};
}

/* Expects a text to be a date, or none when want is TM_STAY_NO_DATE. */
static void
date(tm_date_format format, const char *text, int32_t want)
{
	int32_t		days = TM_STAY_NO_DATE;

	(void) tm_date_read(format, piece(text), &days);
	tap_is(days, want, text);
}

/* Dates in every format; 2019-05-03 is day 7062 from 2000-01-01. */
static void
dates(void)
{
	int32_t		before = TM_STAY_NO_DATE;

	date(TM_DATE_ISO, "2019-05-03", 7062);
	date(TM_DATE_ISO, "2019-05-03T23:59:59Z", 7062);
	date(TM_DATE_DMY, "03/05/2019", 7062);
	date(TM_DATE_DMY, "3.5.2019 11:30", 7062);
	date(TM_DATE_MDY, "05/03/2019", 7062);
	date(TM_DATE_YMD8, "20190503", 7062);
	date(TM_DATE_DMY8, "03052019", 7062);
	date(TM_DATE_YMD, "2019/5/3", 7062);
	date(TM_DATE_DMONY, "03MAY2019", 7062);
	date(TM_DATE_DMONY, "3-may-2019", 7062);
	date(TM_DATE_DMONY, "03MAY2019:23:59:59", 7062);
	date(TM_DATE_DMONY, "29FEB2000", 59);
	date(TM_DATE_DMONY, "03MAI2019", TM_STAY_NO_DATE);
	date(TM_DATE_DMONY, "03MAY-2019", TM_STAY_NO_DATE);
	date(TM_DATE_DMONY, "03-MAY2019", TM_STAY_NO_DATE);
	date(TM_DATE_DMONY, "03MAY19", TM_STAY_NO_DATE);
	date(TM_DATE_DMONY, "31APR2019", TM_STAY_NO_DATE);
	date(TM_DATE_DMONY, "MAY2019", TM_STAY_NO_DATE);
	date(TM_DATE_DMONY, "3", TM_STAY_NO_DATE);
	date(TM_DATE_DMONY, "03/05/2019", TM_STAY_NO_DATE);
	date(TM_DATE_ISO, "2000-01-01", 0);
	date(TM_DATE_ISO, "2000-02-29", 59);
	date(TM_DATE_ISO, "1999-12-31", -1);
	date(TM_DATE_ISO, "1900-02-29", TM_STAY_NO_DATE);
	date(TM_DATE_ISO, "2019-02-29", TM_STAY_NO_DATE);
	date(TM_DATE_ISO, "2019-04-31", TM_STAY_NO_DATE);
	date(TM_DATE_ISO, "2019-00-01", TM_STAY_NO_DATE);
	date(TM_DATE_ISO, "2019-5-3", TM_STAY_NO_DATE);
	date(TM_DATE_ISO, "03/05/2019", TM_STAY_NO_DATE);
	date(TM_DATE_DMY, "03/05-2019", TM_STAY_NO_DATE);
	date(TM_DATE_DMY, "03/05/19", TM_STAY_NO_DATE);
	date(TM_DATE_DMY, "2019/05/03", TM_STAY_NO_DATE);
	date(TM_DATE_YMD8, "2019050", TM_STAY_NO_DATE);
	date(TM_DATE_YMD8, "2019 503", TM_STAY_NO_DATE);
	date(TM_DATE_ISO, "", TM_STAY_NO_DATE);
	date(TM_DATE_ISO, "2019-05-03-", TM_STAY_NO_DATE);
	tap_is(tm_year_of(0), 2000, "year of the first day");
	tap_is(tm_year_of(-1), 1999, "and of the day before");
	/* Every day of three centuries, in order and read back. */
	for (int year = 1850, good = 1; year <= 2099; year++)
	{
		for (int day = 0; day < 366; day++)
		{
			static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
			char		text[48];
			int			month = 0,
						rest = day;
			bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
			int32_t		days = 0;

			if (day == 365 && !leap)
				break;
			for (; rest >= lengths[month] + (month == 1 && leap); month++)
				rest -= lengths[month] + (month == 1 && leap);
			snprintf(text, sizeof text, "%04d-%02d-%02d", year, month + 1, rest + 1);
			good &= tm_date_read(TM_DATE_ISO, piece(text), &days) == TM_OK && tm_year_of(days) == year
				&& (before == TM_STAY_NO_DATE || days == before + 1);
			before = days;
		}
		if (year == 2099)
			tap_ok(good, "every day from 1850 to 2099 follows the one before");
	}
	tap_is(tm_years_between(7062 - 365, 7062), 1, "a year to the day");
	tap_is(tm_years_between(7062 - 364, 7062), 0, "a year less a day");
	tap_is(tm_years_between(59, 59 + 365), 0, "born on 29 February: not yet on the 28th");
	tap_is(tm_years_between(59, 59 + 366), 1, "but on 1 March");
}

/* Numbers as statistics programs and continental spreadsheets write them. */
static void
numbers(void)
{
	static const char *const whole[] = {"78", "78.0", "78,00", "-0"};
	static const char *const none[] = {"78.", "78.5", "78.0.0", ".0", ",", "0x", "78 0", "1,000", "1000000", ""};
	static const char *const decimals[] = {"13.4", "13,4", "+13,40", "013.400000000000"};
	static const char *const not_decimals[] = {"1.013,4", "13,4,0", "1013,4", ",4", "13;4", "13,4 E"};
	int32_t		n;
	double		x;

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		tap_ok(tm_whole_read(piece(whole[i]), &n) == TM_OK && n == (i < 3 ? 78 : 0), "%s is whole", whole[i]);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		tap_ok(tm_whole_read(piece(none[i]), &n) != TM_OK, "\"%s\" is not", none[i]);
	for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++)
		tap_ok(tm_decimal_read(piece(decimals[i]), &x) == TM_OK && x == 13.4, "%s is 13.4", decimals[i]);
	for (size_t i = 0; i < sizeof not_decimals / sizeof *not_decimals; i++)
		tap_ok(tm_decimal_read(piece(not_decimals[i]), &x) != TM_OK, "%s is no coordinate", not_decimals[i]);
}

static const int32_t columns[] = {
	TM_STAY_ID, TM_STAY_PATIENT, TM_STAY_ADMITTED, TM_STAY_AGE, TM_STAY_SEX, TM_STAY_PRINCIPAL, TM_STAY_DIAGNOSES, TM_STAY_PROCEDURES, TM_STAY_PLANNED
};

static const tm_stay_plan plan = {
	',', TM_DATE_ISO, TM_SEX_HF, TM_CIM10, TM_CCAM, TM_TRANSFER_FLAG, 9000, 9, columns
};

/* Reads a line from memory of exactly its size. */
static void
read_line(const char *line, tm_stay *stay)
{
	size_t		length = strlen(line);
	char	   *copy = malloc(length + 1);
	char	   *text = malloc(length + 1);
	tm_csv_field fields[9];

	memcpy(copy, line, length);
	tm_stay_read(&plan, copy, length, text, fields, stay);
	(void) tm_stay_signs(&plan, copy, length, text, fields);
	stay->id.at = stay->patient.at = NULL;
	free(copy);
	free(text);
}

/* Expects a line to be refused for a reason, at a column. */
static void
refused(const char *line, tm_stay_reason reason, tm_stay_column column)
{
	tm_stay		stay;

	read_line(line, &stay);
	if (!tap_ok(stay.reason == reason && stay.column == column, "%s", reason == TM_STAY_FINE ? "fine" : tm_stay_reason_name(reason)))
		printf("# %s: reason %d, column %d\n", line, (int) stay.reason, (int) stay.column);
}

/* Lines, and names of columns. */
static void
lines(void)
{
	tm_stay		stay;

	read_line(" 1 ,P,2019-05-03,80,h,i63.9\xE2\x80\xA0,I10;I48 . 0;?;zz,\"EAJF341 ,\",oui", &stay);
	tap_ok(stay.reason == TM_STAY_FINE && stay.id.length == 1 && stay.admitted == 7062 && stay.age == 80 && stay.sex == TM_SEX_MALE
		   && stay.diagnosis_count == 2 && stay.procedure_count == 1 && stay.unreadable == 2 && stay.planned == 1 && stay.transfer_in == -1, "a line in full");
	read_line("1,P,2019-05-03,,,I63,I48 0,,", &stay);
	tap_ok(stay.reason == TM_STAY_FINE && stay.age == -1 && stay.sex == TM_SEX_UNKNOWN && stay.diagnosis_count == 1, "a code with a space inside stays one");
	read_line("1,P,2019-05-03,,,I63,I10 I48.0,,", &stay);
	tap_is(stay.diagnosis_count, 2, "two codes with a space between are two");
	refused("1,P,2019-05-03,80,F,I63,,,", TM_STAY_FINE, TM_STAY_NOT_READ);
	refused("", TM_STAY_BLANK, TM_STAY_NOT_READ);
	refused(" \t\xC2\xA0", TM_STAY_BLANK, TM_STAY_NOT_READ);
	refused("1,\"P,2019-05-03,80,F,I63,,,", TM_STAY_MALFORMED, TM_STAY_NOT_READ);
	refused("1,P", TM_STAY_FIELDS, TM_STAY_NOT_READ);
	refused("1,P,2019-05-03,80,F,I63,,,,", TM_STAY_FIELDS, TM_STAY_NOT_READ);
	refused(",P,2019-05-03,80,F,I63,,,", TM_STAY_MISSING, TM_STAY_ID);
	refused("1,P,2024-10-01,80,F,I63,,,", TM_STAY_FUTURE, TM_STAY_ADMITTED);
	refused("1,P,1989-12-31,80,F,I63,,,", TM_STAY_OLD, TM_STAY_ADMITTED);
	refused("1,P,2019-05-03,121,F,I63,,,", TM_STAY_AGE_RANGE, TM_STAY_AGE);
	refused("1,P,2019-05-03,8O,F,I63,,,", TM_STAY_BAD_AGE, TM_STAY_AGE);
	refused("1,P,2019-05-03,80,M,I63,,,", TM_STAY_BAD_SEX, TM_STAY_SEX);
	refused("1,P,2019-05-03,80,F,163,,,", TM_STAY_BAD_CODE, TM_STAY_PRINCIPAL);
	refused("1,P,2019-05-03,80,F,,,,", TM_STAY_MISSING, TM_STAY_PRINCIPAL);
	refused("1,P,2019-05-03,80,F,I63,,,2", TM_STAY_BAD_FLAG, TM_STAY_PLANNED);
	tap_is(tm_stay_column_of("Diagnosis_12", 12), TM_STAY_DIAGNOSES, "numbered columns");
	tap_is(tm_stay_column_of("diagnosis", 9), TM_STAY_NOT_READ, "which need a number");
	tap_is(tm_stay_column_of("_1", 2), TM_STAY_NOT_READ, "and a name");
	tap_is(tm_stay_column_of("", 0), TM_STAY_NOT_READ, "no name");
}

/* What a code of transfers is read as: 1, 0, -1 not known, or -2 refused. */
static int
transfer(tm_transfer_scheme scheme, bool out, const char *code)
{
	int8_t		flag;

	return tm_transfer_read(scheme, out, (tm_piece) {code, strlen(code)}, &flag) == TM_OK ? flag : -2;
}

/* Transfers in the codes of three countries, against the published lists. */
static void
transfers(void)
{
	static const struct
	{
		tm_transfer_scheme scheme;
		bool		out;
		const char *code;
		int			want;
	}			cases[] = {
		{TM_TRANSFER_FLAG, false, "oui", 1}, {TM_TRANSFER_FLAG, true, "0", 0}, {TM_TRANSFER_FLAG, false, "7", -2}, {TM_TRANSFER_FLAG, false, "", -1},
		{TM_TRANSFER_PMSI, false, "7", 1}, {TM_TRANSFER_PMSI, false, "0", 1}, {TM_TRANSFER_PMSI, false, "71", 1}, {TM_TRANSFER_PMSI, false, "6", 0},
		{TM_TRANSFER_PMSI, false, "85", 0}, {TM_TRANSFER_PMSI, false, "n", 0}, {TM_TRANSFER_PMSI, false, "9", -2}, {TM_TRANSFER_PMSI, true, "9", 0},
		{TM_TRANSFER_PMSI, true, "N", -2}, {TM_TRANSFER_PMSI, true, "7X", -2}, {TM_TRANSFER_PMSI, true, "711", -2}, {TM_TRANSFER_PMSI, true, "1", -2},
		{TM_TRANSFER_UB04, false, "4", 1}, {TM_TRANSFER_UB04, false, "5", 0}, {TM_TRANSFER_UB04, false, "D", 0}, {TM_TRANSFER_UB04, false, "9", -1},
		{TM_TRANSFER_UB04, false, "04", -2}, {TM_TRANSFER_UB04, true, "02", 1}, {TM_TRANSFER_UB04, true, "2", 1}, {TM_TRANSFER_UB04, true, "01", 0},
		{TM_TRANSFER_UB04, true, "82", 1}, {TM_TRANSFER_UB04, true, "62", 0}, {TM_TRANSFER_UB04, true, "2A", -2}, {TM_TRANSFER_UB04, true, "002", -2},
		{TM_TRANSFER_301, false, "V", 1}, {TM_TRANSFER_301, false, "a", 1}, {TM_TRANSFER_301, false, "N", 0}, {TM_TRANSFER_301, false, "1", -2},
		{TM_TRANSFER_301, true, "06", 1}, {TM_TRANSFER_301, true, "069", 1}, {TM_TRANSFER_301, true, "019", 0}, {TM_TRANSFER_301, true, "31", -2},
		{TM_TRANSFER_301, true, "06X", -2}
	};
	tm_transfer_scheme scheme;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		tap_ok(transfer(cases[i].scheme, cases[i].out, cases[i].code) == cases[i].want, "scheme %d, %s %s is %d",
			   (int) cases[i].scheme, cases[i].out ? "to" : "from", cases[i].code, cases[i].want);
	tap_ok(tm_transfer_scheme_parse((tm_piece) {"PMSI", 4}, &scheme) == TM_OK && scheme == TM_TRANSFER_PMSI
		   && tm_transfer_scheme_parse((tm_piece) {"pms", 3}, &scheme) != TM_OK, "names of the schemes");
}

int
main(void)
{
	sha256();
	sha256_both_ways();
	hmac();
	dates();
	numbers();
	lines();
	transfers();
	return tap_done();
}
