/*
 * tally_text.c - writes and reads the text form of a tally. Nothing is
 * guessed: one space where the form has one, decimal digits, nothing behind.
 */
#include "tally_text.h"

#include <string.h>

#define PREFIX "tmap1 "

/* Writes a non-negative count in decimal and returns its length. */
size_t
tm_count_format(int64_t v, char *buf)
{
	char		digits[20];
	size_t		n = 0,
				at = 0;

	do
		digits[n++] = (char) ('0' + v % 10);
	while (v /= 10);
	while (n)
		buf[at++] = digits[--n];
	buf[at] = '\0';
	return at;
}

/* Reads a decimal count of digits only. */
tm_status
tm_count_parse(const char *text, size_t len, int64_t *out)
{
	int64_t		v = 0;

	if (len == 0)
		return TM_SYNTAX;
	for (size_t i = 0; i < len; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return i == 0 && text[i] == '-' && len > 1 ? TM_NEGATIVE : TM_SYNTAX;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, text[i] - '0', &v))
			return TM_OVERFLOW;
	}
	*out = v;
	return TM_OK;
}

/* Writes the tally's text and returns its length; buf holds TM_TALLY_TEXT(n) bytes. */
size_t
tm_tally_format(const tm_tally *t, char *buf)
{
	size_t		at = sizeof PREFIX - 1;

	memcpy(buf, PREFIX, at);
	at += tm_scheme_format(t->scheme, buf + at);
	buf[at++] = ' ';
	buf[at++] = '{';
	for (uint32_t i = 0; i < t->n; i++)
	{
		if (i)
		{
			buf[at++] = ',';
			buf[at++] = ' ';
		}
		at += tm_levels_format(t->scheme, tm_tally_levels(t)[i], buf + at);
		buf[at++] = ':';
		buf[at++] = ' ';
		at += tm_count_format(t->counts[i].events, buf + at);
		buf[at++] = '/';
		at += tm_count_format(t->counts[i].at_risk, buf + at);
	}
	buf[at++] = '}';
	buf[at] = '\0';
	return at;
}

/* An upper bound of the strata that a text can hold: its colons. */
uint32_t
tm_tally_text_n(const char *text, size_t len)
{
	uint32_t	n = 0;

	for (size_t i = 0; i < len && n <= TM_TALLY_MAX; i++)
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

/* Reads "levels: events/at_risk" that fills text[at, end). */
static tm_status
parse_entry(tm_scheme s, const char *text, size_t at, size_t end, tm_entry *e)
{
	size_t		colon = next(text, end, at, ':'),
				slash = next(text, end, colon, '/');
	tm_status	status;

	if (slash == end || text[colon + 1] != ' ')
		return TM_SYNTAX;
	status = tm_levels_parse(s, text + at, colon - at, &e->levels);
	if (status == TM_OK)
		status = tm_count_parse(text + colon + 2, slash - colon - 2, &e->count.events);
	if (status == TM_OK)
		status = tm_count_parse(text + slash + 1, end - slash - 1, &e->count.at_risk);
	e->zero = 0;
	return status == TM_OK ? tm_count_check(e->count) : status;
}

/*
 * Reads a tally; work and out have room for tm_tally_text_n strata. *where is
 * the byte at which reading stopped. Strata may come in any order, once each.
 */
tm_status
tm_tally_parse(const char *text, size_t len, tm_entry *work, tm_tally *out, size_t *where)
{
	size_t		at = sizeof PREFIX - 1,
				end;
	tm_scheme	s;
	tm_status	status;
	uint32_t	n = 0;

	*where = 0;
	if (len < at || memcmp(text, PREFIX, at) != 0)
		return TM_SYNTAX;
	*where = at;
	end = next(text, len, at, ' ');
	status = tm_scheme_parse(text + at, end - at, &s);
	if (status != TM_OK)
		return status;
	*where = end;
	if (len - end < 3 || text[end + 1] != '{' || text[len - 1] != '}')
		return TM_SYNTAX;
	at = end + 2;
	while (at < len - 1)
	{
		end = next(text, len - 1, at, ',');
		*where = at;
		status = parse_entry(s, text, at, end, &work[n++]);
		if (status != TM_OK)
			return status;
		if (end == len - 1)
			break;
		if (end + 2 >= len - 1 || text[end + 1] != ' ')
			return TM_SYNTAX;
		at = end + 2;
	}
	return tm_tally_from_entries(s, work, n, false, out);
}
