/*
 * stratum.c - the text form of strata.
 *
 * Levels in the order of their dimensions, one space between: "80-84 female low".
 * The age cut is the default one unless the age carries another's name:
 * "80-84/age85 female". Without any dimension: "all".
 */
#include "stratum.h"

#include <string.h>

/* True when the scheme exists and the levels belong to it. */
bool
tm_stratum_valid(tm_stratum v)
{
	return tm_scheme_valid(tm_stratum_scheme(v)) &&
		tm_levels_valid(tm_stratum_scheme(v), tm_stratum_levels(v));
}

/* The length of the word that starts at text[at], up to the next space or the end. */
static size_t
word_length(const char *text, size_t len, size_t at)
{
	const char *end = at < len ? memchr(text + at, ' ', len - at) : NULL;

	return end ? (size_t) (end - text) - at : len - at;
}

/* Finds the dimension, not yet taken, one of whose levels the word names, and sets it in *out. */
static tm_status
take_word(const char *word, size_t len, tm_stratum *out)
{
	tm_scheme	s = tm_stratum_scheme(*out);
	const char *slash = memchr(word, '/', len);
	size_t		n = slash ? (size_t) (slash - word) : len;
	unsigned	code;

	for (int i = 0; i < TM_DIMENSIONS; i++)
	{
		tm_dimension d = (tm_dimension) i;

		for (unsigned v = 1; tm_cut_of(d, v); v++)
		{
			tm_scheme	with = tm_scheme_with(s, d, v);
			const char *name = tm_cut_of(d, v)->name;

			if (slash ? (strlen(name) != len - n - 1 || memcmp(slash + 1, name, len - n - 1) != 0) : v != 1)
				continue;
			if (tm_level_parse(with, d, word, n, &code) != TM_OK)
				continue;
			if (tm_scheme_variant(s, d))
				return TM_DUPLICATE;
			*out = tm_stratum_of(with, tm_level_set(tm_stratum_levels(*out), d, code));
			return TM_OK;
		}
	}
	return TM_SCHEME_UNKNOWN;
}

/* Reads a stratum's text; the words themselves say which dimensions it has. */
tm_status
tm_stratum_parse(const char *text, size_t len, tm_stratum *out)
{
	tm_stratum	v = 0;

	if (len == 3 && memcmp(text, "all", 3) == 0)
	{
		*out = v;
		return TM_OK;
	}
	for (size_t at = 0; at <= len;)
	{
		size_t		n = word_length(text, len, at);
		tm_status	status = n ? take_word(text + at, n, &v) : TM_SYNTAX;

		if (status != TM_OK)
			return status;
		at += n + 1;
	}
	*out = v;
	return TM_OK;
}

/* Writes the levels of a scheme as text, without naming the cut of age; returns the length. */
size_t
tm_levels_format(tm_scheme s, tm_levels l, char buf[TM_LEVELS_TEXT])
{
	size_t		at = 0;

	for (int i = 0; i < TM_DIMENSIONS; i++)
	{
		tm_dimension d = (tm_dimension) i;

		if (!tm_scheme_variant(s, d))
			continue;
		if (at)
			buf[at++] = ' ';
		at += tm_level_format(s, d, tm_level_get(l, d), buf + at);
	}
	if (at == 0)
	{
		memcpy(buf, "all", 4);
		at = 3;
	}
	return at;
}

/* Reads levels of a known scheme: exactly its dimensions, in their order. */
tm_status
tm_levels_parse(tm_scheme s, const char *text, size_t len, tm_levels *out)
{
	tm_levels	l = 0;
	size_t		at = 0;

	if (s == TM_SCHEME_TOTAL)
	{
		if (len != 3 || memcmp(text, "all", 3) != 0)
			return TM_SCHEME_UNKNOWN;
		*out = 0;
		return TM_OK;
	}
	for (int i = 0; i < TM_DIMENSIONS; i++)
	{
		tm_dimension d = (tm_dimension) i;
		unsigned	code;
		size_t		n;

		if (!tm_scheme_variant(s, d))
			continue;
		if (at > len)
			return TM_SYNTAX;
		n = word_length(text, len, at);
		if (tm_level_parse(s, d, text + at, n, &code) != TM_OK)
			return TM_SCHEME_UNKNOWN;
		l = tm_level_set(l, d, code);
		at += n + 1;
	}
	if (at != len + 1)
		return TM_SYNTAX;
	*out = l;
	return TM_OK;
}

/* Writes a stratum's text, naming the cut of age when it is not the default; returns the length. */
size_t
tm_stratum_format(tm_stratum v, char buf[TM_LEVELS_TEXT])
{
	tm_scheme	s = tm_stratum_scheme(v);
	unsigned	age = tm_scheme_variant(s, TM_AGE);
	char		rest[TM_LEVELS_TEXT];
	size_t		at = tm_levels_format(s, tm_stratum_levels(v), buf);

	if (age > TM_AGE_DEFAULT)
	{
		const char *name = tm_cut_of(TM_AGE, age)->name;
		size_t		first = word_length(buf, at, 0),
					n = strlen(name);

		memcpy(rest, buf + first, at - first + 1);
		buf[first] = '/';
		memcpy(buf + first + 1, name, n);
		memcpy(buf + first + 1 + n, rest, at - first + 1);
		at += n + 1;
	}
	return at;
}
