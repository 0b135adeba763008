/*
 * codebook_text.c - writes and reads the text form of a codebook. Rules may
 * come in any order; the form itself is strict.
 */
#include "codebook_text.h"

#include <string.h>

#define PREFIX "tmapbook1 {"
#define RULE_TEXT (TM_SYSTEM_TEXT + TM_CODE_TEXT + 2 * TM_DAY_TEXT + 8)

/* Days from 2000-01-01 of a date of the Gregorian calendar. */
static int32_t
day_of(int year, int month, int day)
{
	/* Years that start in March put the leap day last: no table, no special case. */
	int			y = year - (month <= 2),
				era = y / 400,
				of_era = y - era * 400,
				of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 730425;
}

/* Writes a day of the years 1 to 9999 as YYYY-MM-DD and returns its length; buf holds TM_DAY_TEXT bytes. */
size_t
tm_day_format(int32_t day, char *buf)
{
	int			z = day + 730425,
				era = z / 146097,
				of_era = z - era * 146097,
				y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365,
				of_year = of_era - (365 * y + y / 4 - y / 100),
				m = (5 * of_year + 2) / 153,
				d = of_year - (153 * m + 2) / 5 + 1,
				month = m < 10 ? m + 3 : m - 9,
				year = y + era * 400 + (month <= 2);

	for (int i = 3; i >= 0; i--, year /= 10)
		buf[i] = (char) ('0' + year % 10);
	buf[4] = buf[7] = '-';
	buf[5] = (char) ('0' + month / 10);
	buf[6] = (char) ('0' + month % 10);
	buf[8] = (char) ('0' + d / 10);
	buf[9] = (char) ('0' + d % 10);
	buf[10] = '\0';
	return 10;
}

/* Reads a date written YYYY-MM-DD of the years 1 to 9999. */
tm_status
tm_day_parse(const char *text, size_t len, int32_t *out)
{
	int			part[3] = {0, 0, 0};
	char		back[TM_DAY_TEXT];

	if (len != 10 || text[4] != '-' || text[7] != '-')
		return TM_SYNTAX;
	for (size_t i = 0; i < len; i++)
	{
		if (i == 4 || i == 7)
			continue;
		if (text[i] < '0' || text[i] > '9')
			return TM_SYNTAX;
		part[(i > 4) + (i > 7)] = part[(i > 4) + (i > 7)] * 10 + (text[i] - '0');
	}
	if (part[0] == 0 || part[1] == 0 || part[1] > 12 || part[2] == 0 || part[2] > 31)
		return TM_SYNTAX;
	*out = day_of(part[0], part[1], part[2]);
	/* A day that its month does not have comes back as another. */
	tm_day_format(*out, back);
	return memcmp(back, text, 10) == 0 ? TM_OK : TM_SYNTAX;
}

/* Bytes that the text of a codebook takes at most, with its zero. */
size_t
tm_codebook_text_room(const tm_codebook *b)
{
	size_t		room = sizeof PREFIX + 2;

	for (uint32_t i = 0; i < b->n; i++)
	{
		uint64_t	bits = b->rules[i].include | b->rules[i].exclude;

		room += RULE_TEXT + (size_t) __builtin_popcountll(bits) * (TM_CONCEPT_NAME + 3);
	}
	return room;
}

/* Copies a string without its zero; returns its length. */
static size_t
put(char *buf, const char *text)
{
	size_t		n = strlen(text);

	memcpy(buf, text, n);
	return n;
}

/* Writes " FROM..TO" unless both ends are open; returns its length. */
static size_t
put_period(char *buf, const tm_rule *r)
{
	size_t		at = 0;

	if (r->from == TM_DAY_FIRST && r->to == TM_DAY_LAST)
		return 0;
	buf[at++] = ' ';
	if (r->from != TM_DAY_FIRST)
		at += tm_day_format(r->from, buf + at);
	at += put(buf + at, "..");
	if (r->to != TM_DAY_LAST)
		at += tm_day_format(r->to, buf + at);
	return at;
}

/* Writes one rule; returns its length. */
static size_t
put_rule(char *buf, const tm_rule *r, const tm_concept *names)
{
	size_t		at = put(buf, tm_system_name(tm_key_system(r->key)));
	bool		first = true;

	buf[at++] = ' ';
	at += tm_key_format(r->key & ~(tm_key) TM_KEY_EXACT, buf + at);
	if (!(r->key & TM_KEY_EXACT))
		buf[at++] = '*';
	at += put_period(buf + at, r);
	buf[at++] = ':';
	for (uint64_t bits = r->include | r->exclude; bits != 0; bits &= bits - 1)
	{
		unsigned	rank = (unsigned) __builtin_ctzll(bits);

		at += put(buf + at, first ? " " : ", ");
		if (r->exclude >> rank & 1)
			buf[at++] = '-';
		at += put(buf + at, names[rank].name);
		first = false;
	}
	return at;
}

/* Writes a valid codebook's text and returns its length; buf holds tm_codebook_text_room bytes. */
size_t
tm_codebook_format(const tm_codebook *b, char *buf)
{
	size_t		at = put(buf, PREFIX);

	for (uint32_t i = 0; i < b->n; i++)
	{
		if (i)
			at += put(buf + at, "; ");
		at += put_rule(buf + at, &b->rules[i], tm_codebook_concepts(b));
	}
	buf[at++] = '}';
	buf[at] = '\0';
	return at;
}

/* An upper bound of the rules that a text can hold: its colons. */
uint32_t
tm_codebook_text_n(const char *text, size_t len)
{
	uint32_t	n = 0;

	for (size_t i = 0; i < len && n <= TM_RULES_MAX; i++)
		n += text[i] == ':';
	return n;
}

/* Finds the next of a character in [at, len), or len. */
static size_t
next(const char *text, size_t len, size_t at, char c)
{
	const char *p = at < len ? memchr(text + at, c, len - at) : NULL;

	return p ? (size_t) (p - text) : len;
}

/* Reads "FROM..TO" that fills text[at, end). */
static tm_status
parse_period(const char *text, size_t at, size_t end, tm_rule *r)
{
	size_t		dots = next(text, end, at, '.');

	if (dots + 1 >= end || text[dots + 1] != '.' || end - at == 2)
		return TM_SYNTAX;
	if (dots > at && tm_day_parse(text + at, dots - at, &r->from) != TM_OK)
		return TM_SYNTAX;
	if (dots + 2 < end && tm_day_parse(text + dots + 2, end - dots - 2, &r->to) != TM_OK)
		return TM_SYNTAX;
	return r->from <= r->to ? TM_OK : TM_SYNTAX;
}

/* Reads "SYSTEM CODE[*][ PERIOD]" that fills text[at, end). */
static tm_status
parse_pattern(const char *text, size_t at, size_t end, tm_rule *r)
{
	size_t		space = next(text, end, at, ' '),
				stop = next(text, end, space + 1, ' '),
				where;
	bool		prefix;
	tm_system	s;
	tm_code_fault fault;

	*r = (tm_rule) {0, 0, 0, TM_DAY_FIRST, TM_DAY_LAST};
	if (space + 1 >= stop || tm_system_parse(text + at, space - at, &s) != TM_OK)
		return TM_SYNTAX;
	prefix = text[stop - 1] == '*';
	if (tm_code_read(s, text + space + 1, stop - prefix - space - 1, prefix, &r->key, &fault, &where) != TM_OK)
		return TM_SYNTAX;
	r->key |= prefix ? 0 : TM_KEY_EXACT;
	return stop == end ? TM_OK : parse_period(text, stop + 1, end, r);
}

/* Reads one rule that fills text[at, end): its pattern, then its concepts, each of them added at once. */
static tm_status
parse_rule(const char *text, size_t at, size_t end, tm_draft *d)
{
	size_t		colon = next(text, end, at, ':'),
				comma;
	tm_rule		r;
	tm_status	status = parse_pattern(text, at, colon, &r);

	for (at = colon; status == TM_OK && (at == colon || at < end); at = comma)
	{
		bool		minus;
		unsigned	rank;

		if (at + 2 >= end || text[at + 1] != ' ')
			return TM_SYNTAX;
		at += 2;
		minus = text[at] == '-';
		comma = next(text, end, at, ',');
		status = tm_draft_concept(d, text + at + minus, comma - at - minus, &rank);
		if (status != TM_OK)
			return status;
		r.include = minus ? 0 : (uint64_t) 1 << rank;
		r.exclude = minus ? (uint64_t) 1 << rank : 0;
		status = tm_draft_rule(d, &r);
	}
	return status;
}

/*
 * Reads a codebook into a draft that has been started with room for
 * tm_codebook_text_n rules. *where is the byte at which reading stopped.
 */
tm_status
tm_codebook_parse(const char *text, size_t len, tm_draft *d, size_t *where)
{
	size_t		at = sizeof PREFIX - 1,
				end;

	*where = 0;
	if (len <= at || memcmp(text, PREFIX, at) != 0 || text[len - 1] != '}')
		return TM_SYNTAX;
	while (at < len - 1)
	{
		tm_status	status;

		end = next(text, len - 1, at, ';');
		*where = at;
		status = parse_rule(text, at, end, d);
		if (status != TM_OK)
			return status;
		if (end == len - 1)
			break;
		if (end + 2 >= len - 1 || text[end + 1] != ' ')
			return TM_SYNTAX;
		at = end + 2;
	}
	return TM_OK;
}
