/*
 * comorbidity.c - SQL type tmap.comorbidities: Charlson or Elixhauser groups of a person, by value.
 */
#include "glue.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/arrayaccess.h"
#include "utils/builtins.h"

#include "core/comorbidity.h"
#include "core/scheme.h"

#define PG_GETARG_COMORBIDITIES(n) ((tm_comorbidities) PG_GETARG_INT64(n))
#define PG_RETURN_COMORBIDITIES(v) PG_RETURN_INT64((int64) (v))
#define ARRAY_PAUSE 65536		/* array elements between two looks for an interrupt */

PG_FUNCTION_INFO_V1(tmap_comorbidities_in);
/* Text to comorbidities. */
Datum
tmap_comorbidities_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	tm_comorbidities v;
	tm_status	status = tm_comorbidities_parse(text, strlen(text), &v);

	if (status != TM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "tmap.comorbidities", text),
				 status == TM_SCHEME_UNKNOWN ? errdetail("A group is not one of the scheme.") :
				 status == TM_DUPLICATE ? errdetail("A group stands twice.") : 0,
				 errhint("Groups stand in braces behind their scheme, for example: charlson{chf,pvd}")));
	PG_RETURN_COMORBIDITIES(v);
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_out);
/* Comorbidities to text. */
Datum
tmap_comorbidities_out(PG_FUNCTION_ARGS)
{
	char	   *buf = palloc(TM_COMORBIDITY_TEXT);

	tm_comorbidities_format(PG_GETARG_COMORBIDITIES(0), buf);
	PG_RETURN_CSTRING(buf);
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_recv);
/* Binary to comorbidities, fully checked. */
Datum
tmap_comorbidities_recv(PG_FUNCTION_ARGS)
{
	tm_comorbidities v = (tm_comorbidities) pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0));

	if (!tm_comorbidities_valid(v))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type tmap.comorbidities")));
	PG_RETURN_COMORBIDITIES(v);
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_send);
/* Comorbidities to binary: 64 bits in network order. */
Datum
tmap_comorbidities_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_INT64(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* The groups of a text Datum's code, read where it lies. */
static uint32
code_groups(tm_comorbidity_scheme s, text *code)
{
	return tm_comorbidity_of_code(s, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code));
}

/* The groups of all codes of an array argument, read where they lie; NULLs are skipped. */
static uint32
array_groups(FunctionCallInfo fcinfo, int arg, tm_comorbidity_scheme s)
{
	AnyArrayType *codes = PG_GETARG_ANY_ARRAY_P(arg);
	int			n = ArrayGetNItems(AARR_NDIM(codes), AARR_DIMS(codes));
	array_iter	it;
	uint32		groups = 0;

	array_iter_setup(&it, codes);
	for (int i = 0; i < n; i++)
	{
		bool		null;
		Datum		code = array_iter_next(&it, &null, i, -1, false, TYPALIGN_INT);

		if (!null)
			groups |= code_groups(s, (text *) DatumGetPointer(code));
		if (i % ARRAY_PAUSE == ARRAY_PAUSE - 1)
			CHECK_FOR_INTERRUPTS();
	}
	return groups;
}

PG_FUNCTION_INFO_V1(tmap_charlson_code);
/* Charlson's groups of one code. */
Datum
tmap_charlson_code(PG_FUNCTION_ARGS)
{
	PG_RETURN_COMORBIDITIES(tm_comorbidities_of(TM_CHARLSON, code_groups(TM_CHARLSON, PG_GETARG_TEXT_PP(0))));
}

PG_FUNCTION_INFO_V1(tmap_elixhauser_code);
/* Elixhauser's groups of one code. */
Datum
tmap_elixhauser_code(PG_FUNCTION_ARGS)
{
	PG_RETURN_COMORBIDITIES(tm_comorbidities_of(TM_ELIXHAUSER, code_groups(TM_ELIXHAUSER, PG_GETARG_TEXT_PP(0))));
}

PG_FUNCTION_INFO_V1(tmap_charlson);
/* Charlson's groups of an array of codes. */
Datum
tmap_charlson(PG_FUNCTION_ARGS)
{
	PG_RETURN_COMORBIDITIES(tm_comorbidities_of(TM_CHARLSON, array_groups(fcinfo, 0, TM_CHARLSON)));
}

PG_FUNCTION_INFO_V1(tmap_elixhauser);
/* Elixhauser's groups of an array of codes. */
Datum
tmap_elixhauser(PG_FUNCTION_ARGS)
{
	PG_RETURN_COMORBIDITIES(tm_comorbidities_of(TM_ELIXHAUSER, array_groups(fcinfo, 0, TM_ELIXHAUSER)));
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_step_code);
/* Transition: the groups with those of one more code; the state tells the scheme. */
Datum
tmap_comorbidities_step_code(PG_FUNCTION_ARGS)
{
	tm_comorbidities v = PG_GETARG_COMORBIDITIES(0);

	PG_RETURN_COMORBIDITIES(v | code_groups(tm_comorbidities_scheme(v), PG_GETARG_TEXT_PP(1)));
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_step_array);
/* Transition: the groups with those of one more array of codes. */
Datum
tmap_comorbidities_step_array(PG_FUNCTION_ARGS)
{
	tm_comorbidities v = PG_GETARG_COMORBIDITIES(0);

	PG_RETURN_COMORBIDITIES(v | array_groups(fcinfo, 1, tm_comorbidities_scheme(v)));
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_union);
/* The groups of both. */
Datum
tmap_comorbidities_union(PG_FUNCTION_ARGS)
{
	tm_comorbidities a = PG_GETARG_COMORBIDITIES(0),
				b = PG_GETARG_COMORBIDITIES(1);

	if (tm_comorbidities_scheme(a) != tm_comorbidities_scheme(b))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("comorbidities: different schemes"),
				 errdetail("Charlson's and Elixhauser's groups cannot be put together.")));
	PG_RETURN_COMORBIDITIES(a | b);
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_scheme);
/* The name of the scheme. */
Datum
tmap_comorbidities_scheme(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(tm_comorbidity_scheme_name(tm_comorbidities_scheme(PG_GETARG_COMORBIDITIES(0)))));
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_groups);
/* The names of the groups, in the scheme's order. */
Datum
tmap_comorbidities_groups(PG_FUNCTION_ARGS)
{
	tm_comorbidities v = PG_GETARG_COMORBIDITIES(0);
	tm_comorbidity_scheme s = tm_comorbidities_scheme(v);
	Datum		names[32];
	int			n = 0;

	for (int g = 0; g < tm_comorbidity_groups(s); g++)
		if (tm_comorbidities_groups(v) >> g & 1)
			names[n++] = CStringGetTextDatum(tm_comorbidity_group_of(s, g)->name);
	PG_RETURN_ARRAYTYPE_P(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* The bit of the group that a text names. */
static uint32
group_bit(tm_comorbidity_scheme s, text *name)
{
	int			g = tm_comorbidity_group_named(s, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (g >= 0)
		return (uint32) 1 << g;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("%s: unknown group \"%s\"", tm_comorbidity_scheme_name(s), text_to_cstring(name)),
			 errhint("SELECT DISTINCT scheme, name FROM tmap.comorbidity_codes() lists them.")));
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_has_group);
/* True when the named group is among them. */
Datum
tmap_comorbidities_has_group(PG_FUNCTION_ARGS)
{
	tm_comorbidities v = PG_GETARG_COMORBIDITIES(0);

	PG_RETURN_BOOL(tm_comorbidities_groups(v) & group_bit(tm_comorbidities_scheme(v), PG_GETARG_TEXT_PP(1)));
}

/* The bits of the groups that an array argument names; a NULL names none. */
static uint32
groups_arg(FunctionCallInfo fcinfo, int arg, tm_comorbidity_scheme s)
{
	AnyArrayType *names = PG_GETARG_ANY_ARRAY_P(arg);
	int			n = ArrayGetNItems(AARR_NDIM(names), AARR_DIMS(names));
	array_iter	it;
	uint32		groups = 0;

	array_iter_setup(&it, names);
	for (int i = 0; i < n; i++)
	{
		bool		null;
		Datum		name = array_iter_next(&it, &null, i, -1, false, TYPALIGN_INT);

		if (!null)
			groups |= group_bit(s, (text *) DatumGetPointer(name));
		if (i % ARRAY_PAUSE == ARRAY_PAUSE - 1)
			CHECK_FOR_INTERRUPTS();
	}
	return groups;
}

/* The score of argument 0, which must be of the scheme, with weights, hierarchy and groups to leave out from argument first on. */
static int
score_args(FunctionCallInfo fcinfo, tm_comorbidity_scheme s, int first)
{
	tm_comorbidities v = PG_GETARG_COMORBIDITIES(0);
	text	   *name = PG_GETARG_TEXT_PP(first);
	tm_comorbidity_weights w;

	if (tm_comorbidities_scheme(v) != s)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the groups are not %s's", s == TM_CHARLSON ? "Charlson" : "Elixhauser"),
				 errhint("Make them with tmap.%s(codes).", tm_comorbidity_scheme_name(s))));
	if (tm_comorbidity_weights_parse(s, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &w) != TM_OK)
		tmap_raise(TM_METHOD, "weights", psprintf("The weights given are \"%s\".", text_to_cstring(name)));
	return tm_comorbidity_score(v & ~(tm_comorbidities) groups_arg(fcinfo, first + 2, s), w, PG_GETARG_BOOL(first + 1));
}

PG_FUNCTION_INFO_V1(tmap_charlson_score);
/* Charlson score: (groups, weights, hierarchy, leave_out). */
Datum
tmap_charlson_score(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(score_args(fcinfo, TM_CHARLSON, 1));
}

PG_FUNCTION_INFO_V1(tmap_elixhauser_score);
/* Elixhauser score: (groups, weights, hierarchy, leave_out). */
Datum
tmap_elixhauser_score(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(score_args(fcinfo, TM_ELIXHAUSER, 1));
}

PG_FUNCTION_INFO_V1(tmap_charlson_age_score);
/* Charlson score with points for age: (groups, age, weights, hierarchy, leave_out). */
Datum
tmap_charlson_age_score(PG_FUNCTION_ARGS)
{
	int32		age = PG_GETARG_INT32(1);

	if (age < 0 || age > TM_AGE_MAX)
		tmap_raise(TM_AGE_RANGE, "charlson_age_score", NULL);
	PG_RETURN_INT32(score_args(fcinfo, TM_CHARLSON, 2) + tm_charlson_age_points(age));
}

PG_FUNCTION_INFO_V1(tmap_comorbidity_band);
/* The stratum's comorbidity level of a Charlson score. */
Datum
tmap_comorbidity_band(PG_FUNCTION_ARGS)
{
	const char *band = tm_comorbidity_band(PG_GETARG_INT32(0));

	if (band == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("comorbidity score is negative"),
				 errdetail("The bands are those of the Charlson score, which starts at 0.")));
	PG_RETURN_TEXT_P(cstring_to_text(band));
}

#define COMORBIDITIES_COMPARISON(name, op) \
PG_FUNCTION_INFO_V1(tmap_comorbidities_##name); \
Datum \
tmap_comorbidities_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(PG_GETARG_COMORBIDITIES(0) op PG_GETARG_COMORBIDITIES(1)); \
}

COMORBIDITIES_COMPARISON(eq, ==)
COMORBIDITIES_COMPARISON(ne, !=)
COMORBIDITIES_COMPARISON(lt, <)
COMORBIDITIES_COMPARISON(le, <=)
COMORBIDITIES_COMPARISON(gt, >)
COMORBIDITIES_COMPARISON(ge, >=)

PG_FUNCTION_INFO_V1(tmap_comorbidities_cmp);
/* btree order: scheme, then the sets as numbers. */
Datum
tmap_comorbidities_cmp(PG_FUNCTION_ARGS)
{
	tm_comorbidities a = PG_GETARG_COMORBIDITIES(0),
				b = PG_GETARG_COMORBIDITIES(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_hash);
/* Hash for hash joins and hash aggregation. */
Datum
tmap_comorbidities_hash(PG_FUNCTION_ARGS)
{
	tm_comorbidities v = PG_GETARG_COMORBIDITIES(0);

	return hash_any((unsigned char *) &v, sizeof v);
}

PG_FUNCTION_INFO_V1(tmap_comorbidities_hash_extended);
/* Hash with a seed, for hash partitioning. */
Datum
tmap_comorbidities_hash_extended(PG_FUNCTION_ARGS)
{
	tm_comorbidities v = PG_GETARG_COMORBIDITIES(0);

	return hash_any_extended((unsigned char *) &v, sizeof v, PG_GETARG_INT64(1));
}

/* Where the listing of the code lists stands: the next place to look at. */
typedef struct listing
{
	tm_comorbidity_scheme scheme;
	int			group;
	int			block;
	int			digit;			/* -1 for the category as a whole */
} listing;

/* Moves to the next place; false behind the last. */
static bool
listing_next(listing *at)
{
	if (++at->digit < TM_ICD10_WHOLE)
		return true;
	at->digit = -1;
	if (++at->block < TM_ICD10_BLOCKS)
		return true;
	at->block = 0;
	if (++at->group < tm_comorbidity_groups(at->scheme))
		return true;
	at->group = 0;
	return ++at->scheme <= TM_ELIXHAUSER;
}

/* The row of a place: scheme, name, label, prefix, weights, the severer group, source. */
static HeapTuple
listing_row(const listing *at, const char *prefix, TupleDesc desc)
{
	const tm_comorbidity_group *g = tm_comorbidity_group_of(at->scheme, at->group);
	Datum		values[10];
	bool		nulls[10] = {false};

	values[0] = CStringGetTextDatum(tm_comorbidity_scheme_name(at->scheme));
	values[1] = CStringGetTextDatum(g->name);
	values[2] = CStringGetTextDatum(g->label);
	values[3] = CStringGetTextDatum(prefix);
	for (int w = TM_CHARLSON_1987; w <= TM_SWISS; w++)
	{
		nulls[3 + w] = !tm_comorbidity_weighs((tm_comorbidity_weights) w, at->scheme);
		values[3 + w] = nulls[3 + w] ? (Datum) 0 : Int32GetDatum(tm_comorbidity_weight((tm_comorbidity_weights) w, at->scheme, at->group));
	}
	nulls[8] = g->overruled_by < 0;
	values[8] = nulls[8] ? (Datum) 0 : CStringGetTextDatum(tm_comorbidity_group_of(at->scheme, g->overruled_by)->name);
	values[9] = CStringGetTextDatum(at->scheme == TM_CHARLSON ?
									"Codes: Quan et al., Med Care 2005;43:1130-9. Weights: Charlson et al., J Chronic Dis 1987;40:373-83; Quan et al., Am J Epidemiol 2011;173:676-82" :
									"Codes: Quan et al., Med Care 2005;43:1130-9. Weights: van Walraven et al., Med Care 2009;47:626-33; Sharma et al., BMC Health Serv Res 2021;21:13");
	return heap_form_tuple(desc, values, nulls);
}

PG_FUNCTION_INFO_V1(tmap_comorbidity_codes);
/* Every (scheme, group, prefix) of the code lists, one row a call. */
Datum
tmap_comorbidity_codes(PG_FUNCTION_ARGS)
{
	FuncCallContext *fn;
	listing    *at;
	bool		more = true;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		fn = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(fn->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &fn->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fn->tuple_desc = BlessTupleDesc(fn->tuple_desc);
		at = palloc0(sizeof *at);
		at->scheme = TM_CHARLSON;
		at->digit = -1;
		fn->user_fctx = at;
		MemoryContextSwitchTo(old);
	}
	fn = SRF_PERCALL_SETUP();
	at = fn->user_fctx;
	while (more && at->scheme <= TM_ELIXHAUSER)
	{
		listing		here = *at;
		char		prefix[TM_ICD10_PREFIX];

		more = listing_next(at);
		if (tm_comorbidity_prefix(here.scheme, here.group, here.block, here.digit < 0 ? TM_ICD10_WHOLE : here.digit, prefix))
			SRF_RETURN_NEXT(fn, HeapTupleGetDatum(listing_row(&here, prefix, fn->tuple_desc)));
	}
	SRF_RETURN_DONE(fn);
}
