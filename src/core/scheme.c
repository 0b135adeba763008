/*
 * scheme.c - the dimensions, their cuts and levels, and the bits that hold them.
 *
 * A new dimension or cut is a new row in the tables below; rows are never
 * reordered or removed, because stored tallies carry their numbers.
 */
#include "scheme.h"

#include <string.h>

static const char *const sex_labels[] = {"female", "male"};
static const char *const comorbidity_labels[] = {"none", "low", "moderate", "high"};
static const char *const window_labels[] = {"0-6h", "6-24h", "over-24h"};
static const char *const occlusion_labels[] = {"ICA", "M1", "M2", "ACA", "PCA", "basilar", "vertebral", "no-occlusion"};
static const char *const quintile_labels[] = {"Q1", "Q2", "Q3", "Q4", "Q5"};

/* The level code of an age band is its first age divided by five, in every cut. */
static const tm_cut age_cuts[] = {
	{"age90", 18, NULL, false},
	{"age85", 17, NULL, false},
	{"age95", 19, NULL, false},
	{"age100", 20, NULL, false},
	{"age85us", 17, NULL, true},
	{"age80", 16, NULL, false},
};
static const tm_cut sex_cuts[] = {{"sex", 2, sex_labels, false}};
static const tm_cut comorbidity_cuts[] = {{"comorbidity", 4, comorbidity_labels, false}};
static const tm_cut window_cuts[] = {{"time_window", 3, window_labels, false}};
static const tm_cut occlusion_cuts[] = {{"occlusion", 8, occlusion_labels, false}};
static const tm_cut deprivation_cuts[] = {{"deprivation", 5, quintile_labels, false}};

static const struct
{
	const char *name;
	unsigned	shift,
				bits;			/* the field in tm_levels */
	const tm_cut *cuts;
	unsigned	n_cuts;
}			dims[TM_DIMENSIONS] = {
	[TM_AGE] = {"age", 26, 6, age_cuts, sizeof age_cuts / sizeof *age_cuts},
	[TM_SEX] = {"sex", 23, 3, sex_cuts, 1},
	[TM_COMORBIDITY] = {"comorbidity", 20, 3, comorbidity_cuts, 1},
	[TM_TIME_WINDOW] = {"time_window", 17, 3, window_cuts, 1},
	[TM_OCCLUSION] = {"occlusion", 13, 4, occlusion_cuts, 1},
	[TM_DEPRIVATION] = {"deprivation", 9, 4, deprivation_cuts, 1},
};

/* True when text[0..len) is exactly the word. */
static bool
same(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* Appends a word to buf at position at and returns the new end. */
static size_t
put(char *buf, size_t at, const char *word)
{
	size_t		n = strlen(word);

	memcpy(buf + at, word, n + 1);
	return at + n;
}

/* Appends a non-negative number below 1000 and returns the new end. */
static size_t
put_number(char *buf, size_t at, int v)
{
	if (v >= 100)
		buf[at++] = (char) ('0' + v / 100);
	if (v >= 10)
		buf[at++] = (char) ('0' + v / 10 % 10);
	buf[at++] = (char) ('0' + v % 10);
	buf[at] = '\0';
	return at;
}

/* The dimension's name, e.g. "age". */
const char *
tm_dimension_name(tm_dimension d)
{
	return dims[d].name;
}

/* Finds a dimension by name. */
tm_status
tm_dimension_parse(const char *name, size_t len, tm_dimension *d)
{
	for (int i = 0; i < TM_DIMENSIONS; i++)
		if (same(name, len, dims[i].name))
		{
			*d = (tm_dimension) i;
			return TM_OK;
		}
	return TM_SCHEME_UNKNOWN;
}

/* The variant-th way to cut a dimension (from 1), or NULL when there is none. */
const tm_cut *
tm_cut_of(tm_dimension d, unsigned variant)
{
	return variant >= 1 && variant <= dims[d].n_cuts ? &dims[d].cuts[variant - 1] : NULL;
}

/* How a scheme cuts a dimension: the variant, 0 when the dimension is absent. */
unsigned
tm_scheme_variant(tm_scheme s, tm_dimension d)
{
	return s >> (28 - 4 * (unsigned) d) & 15;
}

/* The scheme with one dimension cut in another way (0 = without it). */
tm_scheme
tm_scheme_with(tm_scheme s, tm_dimension d, unsigned variant)
{
	unsigned	shift = 28 - 4 * (unsigned) d;

	return (s & ~((tm_scheme) 15 << shift)) | (tm_scheme) variant << shift;
}

/* True when every nibble names a cut that exists. */
bool
tm_scheme_valid(tm_scheme s)
{
	tm_scheme	known = 0;

	for (int d = 0; d < TM_DIMENSIONS; d++)
	{
		unsigned	v = tm_scheme_variant(s, (tm_dimension) d);

		if (v && !tm_cut_of((tm_dimension) d, v))
			return false;
		known = tm_scheme_with(known, (tm_dimension) d, v);
	}
	return known == s;
}

/* True when an age band of the cut starts at this code. */
static bool
age_starts(const tm_cut *c, unsigned code)
{
	return code <= (unsigned) c->levels && (!c->decades || code == 0 || code % 2 == 1);
}

/* True when every boundary of `to` is one of `from`: `to` is `from` with levels merged. */
bool
tm_scheme_coarsens(tm_scheme from, tm_scheme to)
{
	for (int d = 0; d < TM_DIMENSIONS; d++)
	{
		unsigned	f = tm_scheme_variant(from, (tm_dimension) d),
					t = tm_scheme_variant(to, (tm_dimension) d);

		if (t == 0 || t == f)
			continue;
		if (f == 0 || d != TM_AGE)
			return false;
		for (unsigned code = 0; code <= (unsigned) age_cuts[t - 1].levels; code++)
			if (age_starts(&age_cuts[t - 1], code) && !age_starts(&age_cuts[f - 1], code))
				return false;
	}
	return true;
}

/* Reads a scheme's name: cuts joined by '+', each dimension once, in any order; or "total". */
tm_status
tm_scheme_parse(const char *text, size_t len, tm_scheme *s)
{
	tm_scheme	out = TM_SCHEME_TOTAL;

	if (!same(text, len, "total"))
		for (size_t at = 0; at <= len;)
		{
			const char *end = memchr(text + at, '+', len - at);
			size_t		n = end ? (size_t) (end - text) - at : len - at;
			bool		found = false;

			for (int d = 0; d < TM_DIMENSIONS && !found; d++)
				for (unsigned v = 1; v <= dims[d].n_cuts && !found; v++)
					if (same(text + at, n, dims[d].cuts[v - 1].name))
					{
						if (tm_scheme_variant(out, (tm_dimension) d))
							return TM_DUPLICATE;
						out = tm_scheme_with(out, (tm_dimension) d, v);
						found = true;
					}
			if (!found && same(text + at, n, "age"))
			{
				if (tm_scheme_variant(out, TM_AGE))
					return TM_DUPLICATE;
				out = tm_scheme_with(out, TM_AGE, TM_AGE_DEFAULT);
				found = true;
			}
			if (!found)
				return TM_SCHEME_UNKNOWN;
			at += n + 1;
		}
	*s = out;
	return TM_OK;
}

/* Writes the scheme's name and returns its length. */
size_t
tm_scheme_format(tm_scheme s, char buf[TM_SCHEME_TEXT])
{
	size_t		at = 0;

	for (int d = 0; d < TM_DIMENSIONS; d++)
	{
		const tm_cut *c = tm_cut_of((tm_dimension) d, tm_scheme_variant(s, (tm_dimension) d));

		if (!c)
			continue;
		if (at)
			at = put(buf, at, "+");
		at = put(buf, at, c->name);
	}
	return at ? at : put(buf, 0, "total");
}

/* The code that means "unknown" in a dimension. */
unsigned
tm_level_unknown(tm_dimension d)
{
	return (1u << dims[d].bits) - 1;
}

/* The level code of one dimension. */
unsigned
tm_level_get(tm_levels l, tm_dimension d)
{
	return l >> dims[d].shift & tm_level_unknown(d);
}

/* The levels with one dimension set to a code. */
tm_levels
tm_level_set(tm_levels l, tm_dimension d, unsigned code)
{
	return (l & ~(tm_level_unknown(d) << dims[d].shift)) | code << dims[d].shift;
}

/* True when every dimension of the scheme has a level that exists and every other bit is 0. */
bool
tm_levels_valid(tm_scheme s, tm_levels l)
{
	tm_levels	known = 0;

	for (int d = 0; d < TM_DIMENSIONS; d++)
	{
		const tm_cut *c = tm_cut_of((tm_dimension) d, tm_scheme_variant(s, (tm_dimension) d));
		unsigned	code = tm_level_get(l, (tm_dimension) d);

		if (!c)
			continue;
		if (code != tm_level_unknown((tm_dimension) d) &&
			!(d == TM_AGE ? age_starts(c, code) : code < (unsigned) c->levels))
			return false;
		known = tm_level_set(known, (tm_dimension) d, code);
	}
	return known == l;
}

/* The stratum of the coarser scheme that a stratum of the finer one falls in (see tm_scheme_coarsens). */
tm_levels
tm_levels_coarsen(tm_levels l, tm_scheme from, tm_scheme to)
{
	tm_levels	out = 0;

	for (int d = 0; d < TM_DIMENSIONS; d++)
	{
		unsigned	f = tm_scheme_variant(from, (tm_dimension) d),
					t = tm_scheme_variant(to, (tm_dimension) d),
					code = tm_level_get(l, (tm_dimension) d);

		if (t == 0)
			continue;
		if (t != f && code != tm_level_unknown((tm_dimension) d))
			code = tm_age_level(t, tm_age_from(code));
		out = tm_level_set(out, (tm_dimension) d, code);
	}
	return out;
}

/* The code of the band that holds an age in completed years; the caller checks the range. */
unsigned
tm_age_level(unsigned variant, int age)
{
	const tm_cut *c = &age_cuts[variant - 1];
	unsigned	code = (unsigned) age / 5;

	if (code > (unsigned) c->levels)
		code = (unsigned) c->levels;
	return c->decades && code && code % 2 == 0 ? code - 1 : code;
}

/* The first age of a band, in completed years. */
int
tm_age_from(unsigned code)
{
	return (int) code * 5;
}

/* The first age of the next band, or 0 when this is the last one. */
int
tm_age_next(unsigned variant, unsigned code)
{
	const tm_cut *c = &age_cuts[variant - 1];

	if (code >= (unsigned) c->levels)
		return 0;
	return (int) (code + (c->decades && code ? 2 : 1)) * 5;
}

/* Writes the text of one level ("80-84", "90+", "female", "sex-unknown"); returns its length. */
size_t
tm_level_format(tm_scheme s, tm_dimension d, unsigned code, char *buf)
{
	unsigned	v = tm_scheme_variant(s, d);
	int			next;
	size_t		at;

	if (code == tm_level_unknown(d))
		return put(buf, put(buf, 0, dims[d].name), "-unknown");
	if (d != TM_AGE)
		return put(buf, 0, dims[d].cuts[v - 1].labels[code]);
	next = tm_age_next(v, code);
	at = put_number(buf, 0, tm_age_from(code));
	return next ? put_number(buf, put(buf, at, "-"), next - 1) : put(buf, at, "+");
}

/* Reads the text of one level of a dimension that the scheme has. */
tm_status
tm_level_parse(tm_scheme s, tm_dimension d, const char *text, size_t len, unsigned *code)
{
	unsigned	v = tm_scheme_variant(s, d),
				last = (unsigned) dims[d].cuts[v - 1].levels - (d != TM_AGE);
	char		buf[TM_LEVELS_TEXT];

	for (unsigned c = 0; c <= last + 1; c++)
	{
		unsigned	candidate = c > last ? tm_level_unknown(d) : c;

		if (d == TM_AGE && c <= last && !age_starts(&age_cuts[v - 1], c))
			continue;
		tm_level_format(s, d, candidate, buf);
		if (same(text, len, buf))
		{
			*code = candidate;
			return TM_OK;
		}
	}
	return TM_SCHEME_UNKNOWN;
}

/* How many bands a cut of age has: the finer, the more. */
static int
age_bands(unsigned variant)
{
	const tm_cut *c = &age_cuts[variant - 1];

	return c->decades ? c->levels / 2 + 2 : c->levels + 1;
}

/* The finest cut of age whose bands are unions of those of both cuts; 0 when there is none. */
static unsigned
common_age(unsigned a, unsigned b)
{
	tm_scheme	from_a = tm_scheme_with(TM_SCHEME_TOTAL, TM_AGE, a);
	tm_scheme	from_b = tm_scheme_with(TM_SCHEME_TOTAL, TM_AGE, b);
	unsigned	best = 0;

	for (unsigned v = 1; tm_cut_of(TM_AGE, v); v++)
	{
		tm_scheme	to = tm_scheme_with(TM_SCHEME_TOTAL, TM_AGE, v);

		if (tm_scheme_coarsens(from_a, to) && tm_scheme_coarsens(from_b, to) &&
			(best == 0 || age_bands(v) > age_bands(best)))
			best = v;
	}
	return best;
}

/* The finest scheme that both schemes can be collapsed to; total when they share no dimension. */
tm_scheme
tm_scheme_meet(tm_scheme a, tm_scheme b)
{
	tm_scheme	common = TM_SCHEME_TOTAL;

	for (int i = 0; i < TM_DIMENSIONS; i++)
	{
		tm_dimension d = (tm_dimension) i;
		unsigned	va = tm_scheme_variant(a, d),
					vb = tm_scheme_variant(b, d);

		if (va == 0 || vb == 0)
			continue;
		if (va == vb)
			common = tm_scheme_with(common, d, va);
		else if (d == TM_AGE)
			common = tm_scheme_with(common, d, common_age(va, vb));
	}
	return common;
}
