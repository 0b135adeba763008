/*
 * tally.c - SQL type tmap.tally: input and output, parts, comparison. Built in tally_build.c.
 */
#include "glue.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "core/tally_text.h"

/* A new tally of n strata in the current context; its strata are for the caller to fill. */
tm_tally *
tmap_tally_new(tm_scheme s, uint32_t n)
{
	tm_tally   *t;

	if (n > TM_TALLY_MAX)
		tmap_raise(TM_TOO_MANY, NULL);
	t = palloc(tm_tally_size(n));
	tm_tally_start(t, s, n);
	SET_VARSIZE(t, tm_tally_size(n));
	return t;
}

/* The tally's length word after its strata became fewer. */
tm_tally *
tmap_tally_fit(tm_tally *t)
{
	SET_VARSIZE(t, tm_tally_size(t->n));
	return t;
}

/* The tally of a datum, its frame checked on every entry. */
tm_tally *
tmap_tally_datum(Datum d)
{
	tm_tally   *t = (tm_tally *) PG_DETOAST_DATUM(d);

	tmap_check(tm_tally_frame(t, VARSIZE(t)));
	return t;
}

/* A copy in the current context. */
tm_tally *
tmap_tally_copy(const tm_tally *t)
{
	tm_tally   *out = palloc(VARSIZE(t));

	memcpy(out, t, VARSIZE(t));
	return out;
}

/* The tally under a coarser scheme: itself when it already is. */
tm_tally *
tmap_tally_as(const tm_tally *t, tm_scheme to)
{
	tm_tally   *out;
	tm_entry   *work;

	if (t->scheme == to)
		return (tm_tally *) t;
	out = tmap_tally_new(to, t->n);
	work = palloc(Max(t->n, 1) * sizeof(tm_entry));
	if (tm_tally_collapse(t, to, work, out) == TM_SCHEME_COARSEN)
		tmap_raise_schemes(TM_SCHEME_COARSEN, t->scheme, to);
	pfree(work);
	return tmap_tally_fit(out);
}

PG_FUNCTION_INFO_V1(tmap_tally_in);
/* Text to tally, fully checked. */
Datum
tmap_tally_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	size_t		len = strlen(text),
				where;
	uint32_t	n = tm_tally_text_n(text, len);
	tm_tally   *t = tmap_tally_new(TM_SCHEME_TOTAL, n);
	tm_entry   *work = palloc(Max(n, 1) * sizeof(tm_entry));
	tm_status	status = tm_tally_parse(text, len, work, t, &where);

	if (status != TM_OK)
		tmap_raise(status, psprintf("Reading stopped at character %zu.", where + 1));
	pfree(work);
	PG_RETURN_POINTER(tmap_tally_fit(t));
}

PG_FUNCTION_INFO_V1(tmap_tally_out);
/* Tally to text. */
Datum
tmap_tally_out(PG_FUNCTION_ARGS)
{
	tm_tally   *t = PG_GETARG_TALLY(0);
	char	   *buf = palloc(TM_TALLY_TEXT(t->n));

	tm_tally_format(t, buf);
	PG_RETURN_CSTRING(buf);
}

PG_FUNCTION_INFO_V1(tmap_tally_send);
/* Tally to binary: version, scheme, n, then levels, events, at_risk a stratum, in network order. */
Datum
tmap_tally_send(PG_FUNCTION_ARGS)
{
	tm_tally   *t = PG_GETARG_TALLY(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint8(&buf, t->version);
	pq_sendint32(&buf, t->scheme);
	pq_sendint32(&buf, t->n);
	for (uint32_t i = 0; i < t->n; i++)
	{
		pq_sendint32(&buf, tm_tally_levels(t)[i]);
		pq_sendint64(&buf, t->counts[i].events);
		pq_sendint64(&buf, t->counts[i].at_risk);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(tmap_tally_recv);
/* Binary to tally; the size is checked before memory is taken, everything else after. */
Datum
tmap_tally_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	tm_scheme	scheme = pq_getmsgint(buf, 4);
	uint32_t	n = pq_getmsgint(buf, 4);
	tm_tally   *t;
	tm_status	status;

	if (version != TM_TALLY_VERSION || (int64) n * 20 != buf->len - buf->cursor)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type tmap.tally"),
				 errdetail("Version %d, %u strata, %d bytes left.", version, n, buf->len - buf->cursor)));
	t = tmap_tally_new(scheme, n);
	for (uint32_t i = 0; i < n; i++)
	{
		((tm_levels *) (t->counts + n))[i] = pq_getmsgint(buf, 4);
		t->counts[i].events = pq_getmsgint64(buf);
		t->counts[i].at_risk = pq_getmsgint64(buf);
	}
	status = tm_tally_validate(t, VARSIZE(t));
	if (status != TM_OK)
		tmap_raise(status == TM_SYNTAX || status == TM_SCHEME_UNKNOWN ? TM_UNSORTED : status, NULL);
	PG_RETURN_POINTER(t);
}

PG_FUNCTION_INFO_V1(tmap_tally_collapse);
/* The tally under a coarser scheme: fewer dimensions or wider age bands. */
Datum
tmap_tally_collapse(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(tmap_tally_as(PG_GETARG_TALLY(0), tmap_scheme_arg(PG_GETARG_TEXT_PP(1))));
}

/* Which levels of one dimension a filter keeps. */
typedef struct chosen
{
	tm_dimension d;
	uint64		codes;			/* bit c: level code c */
} chosen;

/* tm_keep callback of both filters. */
static bool
is_chosen(tm_levels l, const void *arg)
{
	const chosen *c = arg;

	return c->codes >> tm_level_get(l, c->d) & 1;
}

/* The strata of a tally whose level in a dimension is chosen. */
static Datum
filtered(tm_tally *t, const chosen *c)
{
	tm_tally   *out = tmap_tally_new(t->scheme, t->n);

	tm_tally_filter(t, is_chosen, c, out);
	PG_RETURN_POINTER(tmap_tally_fit(out));
}

PG_FUNCTION_INFO_V1(tmap_tally_filter);
/* The part of a tally with the given levels of a dimension. */
Datum
tmap_tally_filter(PG_FUNCTION_ARGS)
{
	tm_tally   *t = PG_GETARG_TALLY(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	ArrayType  *levels = PG_GETARG_ARRAYTYPE_P(2);
	chosen		c = {TM_AGE, 0};
	Datum	   *words;
	bool	   *nulls;
	int			n;

	if (tm_dimension_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &c.d) != TM_OK ||
		!tm_scheme_variant(t->scheme, c.d))
		tmap_raise(TM_SCHEME_UNKNOWN, psprintf("The tally has no dimension \"%s\".", text_to_cstring(name)));
	deconstruct_array(levels, TEXTOID, -1, false, TYPALIGN_INT, &words, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		char	   *word = nulls[i] ? NULL : TextDatumGetCString(words[i]);
		unsigned	code = tm_level_unknown(c.d);

		if (word && strcmp(word, "unknown") != 0 &&
			tm_level_parse(t->scheme, c.d, word, strlen(word), &code) != TM_OK)
			tmap_raise(TM_SCHEME_UNKNOWN, psprintf("The level given is \"%s\".", word));
		c.codes |= UINT64CONST(1) << code;
	}
	return filtered(t, &c);
}

PG_FUNCTION_INFO_V1(tmap_tally_filter_age);
/* The part of a tally between two ages; NULL at the upper end means open. */
Datum
tmap_tally_filter_age(PG_FUNCTION_ARGS)
{
	tm_tally   *t;
	chosen		c = {TM_AGE, 0};
	unsigned	variant,
				code;
	int			from,
				to;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	t = PG_GETARG_TALLY(0);
	variant = tm_scheme_variant(t->scheme, TM_AGE);
	if (!variant)
		tmap_raise(TM_SCHEME_UNKNOWN, "The tally has no dimension \"age\".");
	from = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
	to = PG_ARGISNULL(2) ? -1 : PG_GETARG_INT32(2);
	if (from < 0 || from > TM_AGE_MAX || to > TM_AGE_MAX || (to < 0 && !PG_ARGISNULL(2)))
		tmap_raise(TM_AGE_RANGE, NULL);
	code = tm_age_level(variant, from);
	if (tm_age_from(code) != from)
		tmap_raise(TM_AGE_BOUNDARY, NULL);
	if (to >= 0 && tm_age_next(variant, tm_age_level(variant, to)) != to + 1)
		tmap_raise(TM_AGE_BOUNDARY, NULL);
	for (; code < tm_level_unknown(TM_AGE) && (to < 0 || tm_age_from(code) <= to); code++)
		c.codes |= UINT64CONST(1) << code;
	return filtered(t, &c);
}

/* The total of a tally. */
tm_count
tmap_tally_total(const tm_tally *t)
{
	tm_count	c = {0, 0};

	tmap_check(tm_tally_total(t, &c));
	return c;
}

PG_FUNCTION_INFO_V1(tmap_tally_events);
/* All events. */
Datum
tmap_tally_events(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(tmap_tally_total(PG_GETARG_TALLY(0)).events);
}

PG_FUNCTION_INFO_V1(tmap_tally_at_risk);
/* Everybody at risk. */
Datum
tmap_tally_at_risk(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(tmap_tally_total(PG_GETARG_TALLY(0)).at_risk);
}

PG_FUNCTION_INFO_V1(tmap_tally_scheme);
/* The name of the tally's scheme. */
Datum
tmap_tally_scheme(PG_FUNCTION_ARGS)
{
	char		buf[TM_SCHEME_TEXT];

	tm_scheme_format(PG_GETARG_TALLY(0)->scheme, buf);
	PG_RETURN_TEXT_P(cstring_to_text(buf));
}

PG_FUNCTION_INFO_V1(tmap_tally_strata);
/* The strata as rows, in order. */
Datum
tmap_tally_strata(PG_FUNCTION_ARGS)
{
	FuncCallContext *fn;
	tm_tally   *t;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		fn = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(fn->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &fn->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fn->tuple_desc = BlessTupleDesc(fn->tuple_desc);
		t = tmap_tally_copy(PG_GETARG_TALLY(0));
		fn->user_fctx = t;
		fn->max_calls = t->n;
		MemoryContextSwitchTo(old);
	}
	fn = SRF_PERCALL_SETUP();
	t = fn->user_fctx;
	if (fn->call_cntr < fn->max_calls)
	{
		uint64		i = fn->call_cntr;
		bool		nulls[3] = {false, false, false};
		Datum		values[3] = {
			Int64GetDatum((int64) tm_stratum_of(t->scheme, tm_tally_levels(t)[i])),
			Int64GetDatum(t->counts[i].events),
			Int64GetDatum(t->counts[i].at_risk)
		};

		SRF_RETURN_NEXT(fn, HeapTupleGetDatum(heap_form_tuple(fn->tuple_desc, values, nulls)));
	}
	SRF_RETURN_DONE(fn);
}

/* Three-way comparison of the first two arguments. */
static int
compare(FunctionCallInfo fcinfo)
{
	return tm_tally_compare(PG_GETARG_TALLY(0), PG_GETARG_TALLY(1));
}

#define TALLY_COMPARISON(name, op) \
PG_FUNCTION_INFO_V1(tmap_tally_##name); \
Datum \
tmap_tally_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(compare(fcinfo) op 0); \
}

TALLY_COMPARISON(eq, ==)
TALLY_COMPARISON(ne, !=)
TALLY_COMPARISON(lt, <)
TALLY_COMPARISON(le, <=)
TALLY_COMPARISON(gt, >)
TALLY_COMPARISON(ge, >=)

PG_FUNCTION_INFO_V1(tmap_tally_cmp);
/* btree order: by scheme, then stratum by stratum. */
Datum
tmap_tally_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

PG_FUNCTION_INFO_V1(tmap_tally_hash);
/* Hash of the canonical bytes. */
Datum
tmap_tally_hash(PG_FUNCTION_ARGS)
{
	tm_tally   *t = PG_GETARG_TALLY(0);

	return hash_any((unsigned char *) VARDATA(t), VARSIZE(t) - VARHDRSZ);
}

PG_FUNCTION_INFO_V1(tmap_tally_hash_extended);
/* Hash with a seed. */
Datum
tmap_tally_hash_extended(PG_FUNCTION_ARGS)
{
	tm_tally   *t = PG_GETARG_TALLY(0);

	return hash_any_extended((unsigned char *) VARDATA(t), VARSIZE(t) - VARHDRSZ, PG_GETARG_INT64(1));
}
