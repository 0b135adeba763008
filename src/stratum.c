/*
 * stratum.c - SQL type tmap.stratum: a by-value stratum of a stratification scheme.
 */
#include "glue.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

/* Case-insensitive comparison of a text argument with a lower-case word. */
static bool
text_is(text *t, const char *word)
{
	return VARSIZE_ANY_EXHDR(t) == strlen(word) &&
		pg_strncasecmp(VARDATA_ANY(t), word, strlen(word)) == 0;
}

/* The dimension that a text argument names. */
static tm_dimension
dimension_arg(text *name)
{
	tm_dimension d;
	tm_status	status = tm_dimension_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &d);

	if (status != TM_OK)
		tmap_raise(status, psprintf("The dimension given is \"%s\".", text_to_cstring(name)));
	return d;
}

/* The code of a level given as text; NULL, "unknown" and "u" are unknown. */
static unsigned
level_code(tm_scheme s, tm_dimension d, text *t)
{
	unsigned	code;

	if (t == NULL || text_is(t, "unknown") || text_is(t, "u"))
		return tm_level_unknown(d);
	if (d == TM_SEX && (text_is(t, "female") || text_is(t, "f")))
		return 0;
	if (d == TM_SEX && (text_is(t, "male") || text_is(t, "m")))
		return 1;
	if (tm_level_parse(s, d, VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &code) != TM_OK)
		tmap_raise(TM_SCHEME_UNKNOWN,
				   psprintf("The level given of %s is \"%s\".", tm_dimension_name(d), text_to_cstring(t)));
	return code;
}

/* The levels with age (argument n, NULL = unknown) set, when the scheme has age. */
static tm_levels
with_age(FunctionCallInfo fcinfo, int n, tm_scheme s, tm_levels l)
{
	unsigned	variant = tm_scheme_variant(s, TM_AGE),
				code = tm_level_unknown(TM_AGE);

	if (variant == 0)
		return l;
	if (!PG_ARGISNULL(n))
	{
		int32		age = PG_GETARG_INT32(n);

		if (age < 0 || age > TM_AGE_MAX)
			tmap_raise(TM_AGE_RANGE, NULL);
		code = tm_age_level(variant, age);
	}
	return tm_level_set(l, TM_AGE, code);
}

/* The levels with a text argument (n, NULL or absent = unknown) set, when the scheme has the dimension. */
static tm_levels
with_text(FunctionCallInfo fcinfo, int n, tm_scheme s, tm_dimension d, tm_levels l)
{
	text	   *t = n < PG_NARGS() && !PG_ARGISNULL(n) ? PG_GETARG_TEXT_PP(n) : NULL;

	return tm_scheme_variant(s, d) ? tm_level_set(l, d, level_code(s, d, t)) : l;
}

PG_FUNCTION_INFO_V1(tmap_stratum_in);
/* Text to stratum. */
Datum
tmap_stratum_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	tm_stratum	v;
	tm_status	status = tm_stratum_parse(text, strlen(text), &v);

	if (status == TM_SYNTAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "tmap.stratum", text),
				 errhint("Levels stand in one line with one space between, for example: 80-84 female low")));
	if (status != TM_OK)
		tmap_raise(status, psprintf("The text given is \"%s\".", text));
	PG_RETURN_STRATUM(v);
}

PG_FUNCTION_INFO_V1(tmap_stratum_out);
/* Stratum to text. */
Datum
tmap_stratum_out(PG_FUNCTION_ARGS)
{
	char	   *buf = palloc(TM_LEVELS_TEXT);

	tm_stratum_format(PG_GETARG_STRATUM(0), buf);
	PG_RETURN_CSTRING(buf);
}

PG_FUNCTION_INFO_V1(tmap_stratum_recv);
/* Binary to stratum, fully checked. */
Datum
tmap_stratum_recv(PG_FUNCTION_ARGS)
{
	tm_stratum	v = (tm_stratum) pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0));

	if (!tm_stratum_valid(v))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type tmap.stratum")));
	PG_RETURN_STRATUM(v);
}

PG_FUNCTION_INFO_V1(tmap_stratum_send);
/* Stratum to binary: 64 bits in network order. */
Datum
tmap_stratum_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_STRATUM(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(tmap_stratum_make);
/* The stratum age90+sex+comorbidity (or its first dimensions) of a person. */
Datum
tmap_stratum_make(PG_FUNCTION_ARGS)
{
	tm_scheme	s = tm_scheme_with(TM_SCHEME_TOTAL, TM_AGE, TM_AGE_DEFAULT);
	tm_levels	l = 0;

	if (PG_NARGS() > 1)
		s = tm_scheme_with(s, TM_SEX, 1);
	if (PG_NARGS() > 2)
		s = tm_scheme_with(s, TM_COMORBIDITY, 1);
	l = with_age(fcinfo, 0, s, l);
	l = with_text(fcinfo, 1, s, TM_SEX, l);
	l = with_text(fcinfo, 2, s, TM_COMORBIDITY, l);
	PG_RETURN_STRATUM(tm_stratum_of(s, l));
}

PG_FUNCTION_INFO_V1(tmap_stratum_make_in);
/* The stratum of a person in a named scheme; what the scheme lacks is ignored, what is not given is unknown. */
Datum
tmap_stratum_make_in(PG_FUNCTION_ARGS)
{
	tm_scheme	s;
	tm_levels	l = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	s = tmap_scheme_arg(PG_GETARG_TEXT_PP(0));
	l = with_age(fcinfo, 1, s, l);
	l = with_text(fcinfo, 2, s, TM_SEX, l);
	l = with_text(fcinfo, 3, s, TM_COMORBIDITY, l);
	for (int d = TM_COMORBIDITY + 1; d < TM_DIMENSIONS; d++)
		if (tm_scheme_variant(s, (tm_dimension) d))
			l = tm_level_set(l, (tm_dimension) d, tm_level_unknown((tm_dimension) d));
	PG_RETURN_STRATUM(tm_stratum_of(s, l));
}

PG_FUNCTION_INFO_V1(tmap_stratum_with);
/* The stratum with one dimension added or replaced: (stratum, dimension, level). */
Datum
tmap_stratum_with(PG_FUNCTION_ARGS)
{
	tm_stratum	v = PG_GETARG_STRATUM(0);
	tm_dimension d = dimension_arg(PG_GETARG_TEXT_PP(1));
	tm_scheme	s = tm_stratum_scheme(v);

	if (!tm_scheme_variant(s, d))
		s = tm_scheme_with(s, d, 1);
	PG_RETURN_STRATUM(tm_stratum_of(s, tm_level_set(tm_stratum_levels(v), d,
													level_code(s, d, PG_GETARG_TEXT_PP(2)))));
}

PG_FUNCTION_INFO_V1(tmap_stratum_coarsen);
/* The stratum of a coarser scheme in which this one lies. */
Datum
tmap_stratum_coarsen(PG_FUNCTION_ARGS)
{
	tm_stratum	v = PG_GETARG_STRATUM(0);
	tm_scheme	from = tm_stratum_scheme(v),
				to = tmap_scheme_arg(PG_GETARG_TEXT_PP(1));

	if (!tm_scheme_coarsens(from, to))
		tmap_raise_schemes(TM_SCHEME_COARSEN, from, to);
	PG_RETURN_STRATUM(tm_stratum_of(to, tm_levels_coarsen(tm_stratum_levels(v), from, to)));
}

PG_FUNCTION_INFO_V1(tmap_stratum_scheme);
/* The name of the stratum's scheme. */
Datum
tmap_stratum_scheme(PG_FUNCTION_ARGS)
{
	char		buf[TM_SCHEME_TEXT];

	tm_scheme_format(tm_stratum_scheme(PG_GETARG_STRATUM(0)), buf);
	PG_RETURN_TEXT_P(cstring_to_text(buf));
}

PG_FUNCTION_INFO_V1(tmap_stratum_level);
/* The text of the stratum's level in a named dimension; NULL when its scheme lacks it. */
Datum
tmap_stratum_level(PG_FUNCTION_ARGS)
{
	tm_stratum	v = PG_GETARG_STRATUM(0);
	tm_dimension d = dimension_arg(PG_GETARG_TEXT_PP(1));
	tm_scheme	s = tm_stratum_scheme(v);
	unsigned	code = tm_level_get(tm_stratum_levels(v), d);
	char		buf[TM_LEVELS_TEXT];

	if (!tm_scheme_variant(s, d))
		PG_RETURN_NULL();
	if (code == tm_level_unknown(d))
		PG_RETURN_TEXT_P(cstring_to_text("unknown"));
	tm_level_format(s, d, code, buf);
	PG_RETURN_TEXT_P(cstring_to_text(buf));
}

/* True and *code when the stratum has a known age band. */
static bool
known_age(tm_stratum v, unsigned *variant, unsigned *code)
{
	*variant = tm_scheme_variant(tm_stratum_scheme(v), TM_AGE);
	*code = tm_level_get(tm_stratum_levels(v), TM_AGE);
	return *variant && *code != tm_level_unknown(TM_AGE);
}

PG_FUNCTION_INFO_V1(tmap_stratum_age_from);
/* The first age of the band in completed years; NULL when unknown or without age. */
Datum
tmap_stratum_age_from(PG_FUNCTION_ARGS)
{
	unsigned	variant,
				code;

	if (!known_age(PG_GETARG_STRATUM(0), &variant, &code))
		PG_RETURN_NULL();
	PG_RETURN_INT32(tm_age_from(code));
}

PG_FUNCTION_INFO_V1(tmap_stratum_age_to);
/* The last age of the band in completed years; NULL when open, unknown or without age. */
Datum
tmap_stratum_age_to(PG_FUNCTION_ARGS)
{
	unsigned	variant,
				code;

	if (!known_age(PG_GETARG_STRATUM(0), &variant, &code) || tm_age_next(variant, code) == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(tm_age_next(variant, code) - 1);
}

#define STRATUM_COMPARISON(name, op) \
PG_FUNCTION_INFO_V1(tmap_stratum_##name); \
Datum \
tmap_stratum_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(PG_GETARG_STRATUM(0) op PG_GETARG_STRATUM(1)); \
}

STRATUM_COMPARISON(eq, ==)
STRATUM_COMPARISON(ne, !=)
STRATUM_COMPARISON(lt, <)
STRATUM_COMPARISON(le, <=)
STRATUM_COMPARISON(gt, >)
STRATUM_COMPARISON(ge, >=)

PG_FUNCTION_INFO_V1(tmap_stratum_cmp);
/* btree order: scheme, then age, sex, comorbidity and so on; unknown last in each. */
Datum
tmap_stratum_cmp(PG_FUNCTION_ARGS)
{
	tm_stratum	a = PG_GETARG_STRATUM(0),
				b = PG_GETARG_STRATUM(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

PG_FUNCTION_INFO_V1(tmap_stratum_hash);
/* Hash for hash joins and hash aggregation. */
Datum
tmap_stratum_hash(PG_FUNCTION_ARGS)
{
	tm_stratum	v = PG_GETARG_STRATUM(0);

	return hash_any((unsigned char *) &v, sizeof v);
}

PG_FUNCTION_INFO_V1(tmap_stratum_hash_extended);
/* Hash with a seed, for hash partitioning. */
Datum
tmap_stratum_hash_extended(PG_FUNCTION_ARGS)
{
	tm_stratum	v = PG_GETARG_STRATUM(0);

	return hash_any_extended((unsigned char *) &v, sizeof v, PG_GETARG_INT64(1));
}
