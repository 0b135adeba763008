/*
 * codebook.c - SQL type tmap.codebook: input and output, building, merging,
 * listing, ordering. Probing is in classify.c.
 */
#include "code_glue.h"

#include "access/htup_details.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/date.h"

#include "core/codebook_text.h"

/* Raises the error of a list that has grown beyond the limits. */
static void
too_many(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("codebook too large"),
			 errdetail("A codebook holds at most %d rules and %d concepts.", TM_RULES_MAX, TM_CONCEPTS_MAX),
			 errhint("A prefix rule replaces the rules of the codes below it.")));
}

/* A draft with room for that many rules in the current context. */
static void
start_draft(tm_draft *d, uint32_t room)
{
	if (room > TM_RULES_MAX)
		room = TM_RULES_MAX;
	tm_draft_start(d, palloc(Max(room, 1) * sizeof(tm_rule)), room);
}

/* The draft as a codebook in the current context; the draft's room is given back. */
static tm_codebook *
finish_draft(tm_draft *d)
{
	size_t		size = tm_codebook_size(d->n, d->k);
	tm_codebook *b = palloc(size);

	tm_draft_write(d, b);
	SET_VARSIZE(b, size);
	pfree(d->rules);
	return b;
}

/* The codebook of a datum, its frame checked on every entry. */
tm_codebook *
tmap_codebook_datum(Datum d)
{
	tm_codebook *b = (tm_codebook *) PG_DETOAST_DATUM(d);

	tmap_check(tm_codebook_frame(b, VARSIZE(b)), "codebook");
	return b;
}

PG_FUNCTION_INFO_V1(tmap_codebook_in);
/* Text to codebook, fully checked. */
Datum
tmap_codebook_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	size_t		len = strlen(text),
				where;
	tm_draft	d;
	tm_status	status;

	start_draft(&d, tm_codebook_text_n(text, len));
	status = tm_codebook_parse(text, len, &d, &where);
	if (status == TM_TOO_MANY)
		too_many();
	if (status != TM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("malformed codebook"),
				 errdetail("The rule at character %d cannot be read.", (int) where + 1),
				 errhint("The form is: tmapbook1 {ICD-10 G45*: tia; ICD-10 G454 2020-01-01..: -tia}")));
	PG_RETURN_POINTER(finish_draft(&d));
}

PG_FUNCTION_INFO_V1(tmap_codebook_out);
/* Codebook to text. */
Datum
tmap_codebook_out(PG_FUNCTION_ARGS)
{
	tm_codebook *b = PG_GETARG_CODEBOOK(0);
	char	   *buf = palloc(tm_codebook_text_room(b));

	tm_codebook_format(b, buf);
	PG_RETURN_CSTRING(buf);
}

PG_FUNCTION_INFO_V1(tmap_codebook_send);
/* Codebook to binary: version, n, k, the names, then key, include, exclude, from, to a rule, in network order. */
Datum
tmap_codebook_send(PG_FUNCTION_ARGS)
{
	tm_codebook *b = PG_GETARG_CODEBOOK(0);
	const uint8 *names = (const uint8 *) tm_codebook_concepts(b);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint8(&buf, b->version);
	pq_sendint32(&buf, b->n);
	pq_sendint32(&buf, b->k);
	for (size_t i = 0; i < b->k * sizeof(tm_concept); i++)
		pq_sendint8(&buf, names[i]);
	for (uint32_t i = 0; i < b->n; i++)
	{
		const tm_rule *r = &b->rules[i];

		pq_sendint64(&buf, r->key);
		pq_sendint64(&buf, r->include);
		pq_sendint64(&buf, r->exclude);
		pq_sendint32(&buf, r->from);
		pq_sendint32(&buf, r->to);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Raises the error of bytes that are no codebook. */
static void
bad_binary(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value for type tmap.codebook"),
			 errdetail_internal("%s", detail)));
}

PG_FUNCTION_INFO_V1(tmap_codebook_recv);
/* Binary to codebook; the size is checked before memory is taken, everything else after. */
Datum
tmap_codebook_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	uint32_t	n = pq_getmsgint(buf, 4),
				k = pq_getmsgint(buf, 4);
	tm_draft	d;
	tm_codebook *b;

	if (version != TM_CODEBOOK_VERSION || n > TM_RULES_MAX || k > TM_CONCEPTS_MAX ||
		n * sizeof(tm_rule) + k * sizeof(tm_concept) != buf->len - buf->cursor)
		bad_binary(psprintf("Version %d, %u rules, %u concepts, %d bytes left.", version, n, k, buf->len - buf->cursor));
	start_draft(&d, n);
	pq_copymsgbytes(buf, (char *) d.concepts, (int) (k * sizeof(tm_concept)));
	d.k = k;
	d.n = n;
	for (uint32_t i = 0; i < n; i++)
	{
		tm_rule    *r = &d.rules[i];

		r->key = pq_getmsgint64(buf);
		r->include = pq_getmsgint64(buf);
		r->exclude = pq_getmsgint64(buf);
		r->from = pq_getmsgint(buf, 4);
		r->to = pq_getmsgint(buf, 4);
	}
	tm_draft_measure(&d);
	b = finish_draft(&d);
	if (tm_codebook_validate(b, VARSIZE(b)) != TM_OK)
		bad_binary("Rules or concepts are invalid or out of order.");
	PG_RETURN_POINTER(b);
}

/* Reads a rule's match: exact or prefix, with "not" in front when the rule excludes. */
static void
parse_match(text *arg, bool *prefix, bool *exclude)
{
	char	   *match = text_to_cstring(arg);
	char	   *kind = match;

	*exclude = strncmp(match, "not ", 4) == 0;
	if (*exclude)
		kind += 4;
	*prefix = strcmp(kind, "prefix") == 0;
	if (!*prefix && strcmp(kind, "exact") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown match \"%s\"", match),
				 errhint("A rule's match is exact, prefix, not exact or not prefix.")));
	pfree(match);
}

/* The key of a rule: its code checked, or its prefix. */
static tm_key
rule_key(tm_system s, text *code, bool prefix)
{
	tm_key		key = 0;
	tm_code_fault fault;
	size_t		where;

	if (tm_code_read(s, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code), prefix, &key, &fault, &where) != TM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is no %s of %s", text_to_cstring(code), prefix ? "prefix of codes" : "code", tm_system_name(s)),
				 errdetail_internal("At %s.", tmap_code_problem_text(code, fault, where)),
				 errhint("tmap.code_problem(system, code) checks a code; a rule for a group of codes has the match prefix.")));
	return prefix ? key : key | TM_KEY_EXACT;
}

/* Sets a rule's period; NULL and infinite ends are open. */
static void
set_period(FunctionCallInfo fcinfo, int from, int to, tm_rule *r)
{
	r->from = PG_ARGISNULL(from) || PG_GETARG_DATEADT(from) == DATEVAL_NOBEGIN ? TM_DAY_FIRST : PG_GETARG_DATEADT(from);
	r->to = PG_ARGISNULL(to) || PG_GETARG_DATEADT(to) == DATEVAL_NOEND ? TM_DAY_LAST : PG_GETARG_DATEADT(to);
	if (!tm_period_valid(r->from, r->to))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid period of a rule"),
				 errdetail("The first day is after the last, or an end is outside the years 1 to 9999."),
				 errhint("NULL leaves an end open.")));
}

/* Adds the rule in arguments 1 to 6 to a draft. */
static void
add_rule(FunctionCallInfo fcinfo, tm_draft *d)
{
	tm_rule		r = {0, 0, 0, 0, 0};
	text	   *concept = PG_GETARG_TEXT_PP(4);
	bool		prefix,
				exclude;
	unsigned	rank = 0;
	tm_status	status;

	parse_match(PG_GETARG_TEXT_PP(3), &prefix, &exclude);
	r.key = rule_key(tmap_system_arg(PG_GETARG_TEXT_PP(1)), PG_GETARG_TEXT_PP(2), prefix);
	set_period(fcinfo, 5, 6, &r);
	status = tm_draft_concept(d, VARDATA_ANY(concept), VARSIZE_ANY_EXHDR(concept), &rank);
	if (status == TM_SYNTAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid name of a concept \"%s\"", text_to_cstring(concept)),
				 errhint("Names have at most %d lower case letters, digits and underscores, a letter first.", TM_CONCEPT_NAME - 1)));
	*(exclude ? &r.exclude : &r.include) = UINT64CONST(1) << rank;
	if (status != TM_OK || tm_draft_rule(d, &r) != TM_OK)
		too_many();
}

PG_FUNCTION_INFO_V1(tmap_codebook_step);
/* Transition: the state (NULL at first) with one more rule. */
Datum
tmap_codebook_step(PG_FUNCTION_ARGS)
{
	tm_codebook *b = PG_ARGISNULL(0) ? NULL : PG_GETARG_CODEBOOK(0);
	tm_draft	d;

	for (int i = 1; i <= 4; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("rule without system, code, match or concept"),
					 errhint("Only the days of validity may be NULL.")));
	}
	start_draft(&d, b ? b->n + 1 : 1);
	if (b)
		tm_draft_load(&d, b);
	add_rule(fcinfo, &d);
	PG_RETURN_POINTER(finish_draft(&d));
}

PG_FUNCTION_INFO_V1(tmap_codebook_union);
/* a + b: the rules of both; operator and combine function in one. */
Datum
tmap_codebook_union(PG_FUNCTION_ARGS)
{
	tm_codebook *a = PG_GETARG_CODEBOOK(0),
			   *b = PG_GETARG_CODEBOOK(1);
	tm_draft	d;

	start_draft(&d, a->n + b->n);
	tm_draft_load(&d, a);
	if (tm_draft_merge(&d, b) != TM_OK)
		too_many();
	PG_RETURN_POINTER(finish_draft(&d));
}

/* Where a listing of rules stands. */
typedef struct listing
{
	tm_codebook *book;
	uint32_t	rule;
	uint64_t	left;			/* concepts of the rule still to be listed */
} listing;

/* One row of rules(): concept number rank of a rule. */
static Datum
rule_row(TupleDesc desc, const tm_codebook *b, const tm_rule *r, unsigned rank)
{
	bool		exact = r->key & TM_KEY_EXACT,
				exclude = r->exclude >> rank & 1,
				nulls[6] = {false, false, false, false, r->from == TM_DAY_FIRST, r->to == TM_DAY_LAST};
	char		code[TM_CODE_TEXT];
	Datum		values[6];

	tm_key_format(r->key, code);
	values[0] = CStringGetTextDatum(tm_system_name(tm_key_system(r->key)));
	values[1] = CStringGetTextDatum(code);
	values[2] = CStringGetTextDatum(exclude ? (exact ? "not exact" : "not prefix") : (exact ? "exact" : "prefix"));
	values[3] = CStringGetTextDatum(tm_codebook_concepts(b)[rank].name);
	values[4] = DateADTGetDatum(r->from);
	values[5] = DateADTGetDatum(r->to);
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

PG_FUNCTION_INFO_V1(tmap_codebook_rules);
/* rules(codebook): one row a rule and concept, in order. */
Datum
tmap_codebook_rules(PG_FUNCTION_ARGS)
{
	FuncCallContext *fn;
	listing    *at;
	unsigned	rank;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		fn = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(fn->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &fn->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fn->tuple_desc = BlessTupleDesc(fn->tuple_desc);
		at = palloc0(sizeof *at);
		at->book = (tm_codebook *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
		tmap_check(tm_codebook_frame(at->book, VARSIZE(at->book)), "codebook");
		at->left = at->book->n ? at->book->rules[0].include | at->book->rules[0].exclude : 0;
		fn->user_fctx = at;
		MemoryContextSwitchTo(old);
	}
	fn = SRF_PERCALL_SETUP();
	at = fn->user_fctx;
	while (at->left == 0 && at->rule + 1 < at->book->n)
	{
		at->rule++;
		at->left = at->book->rules[at->rule].include | at->book->rules[at->rule].exclude;
	}
	if (at->left == 0)
		SRF_RETURN_DONE(fn);
	rank = (unsigned) __builtin_ctzll(at->left);
	at->left &= at->left - 1;
	SRF_RETURN_NEXT(fn, rule_row(fn->tuple_desc, at->book, &at->book->rules[at->rule], rank));
}

/* Three-way comparison of the first two arguments. */
static int
compare(FunctionCallInfo fcinfo)
{
	return tm_codebook_compare(PG_GETARG_CODEBOOK(0), PG_GETARG_CODEBOOK(1));
}

#define CODEBOOK_COMPARISON(name, op) \
PG_FUNCTION_INFO_V1(tmap_codebook_##name); \
Datum \
tmap_codebook_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(compare(fcinfo) op 0); \
}

CODEBOOK_COMPARISON(eq, ==)
CODEBOOK_COMPARISON(ne, !=)
CODEBOOK_COMPARISON(lt, <)
CODEBOOK_COMPARISON(le, <=)
CODEBOOK_COMPARISON(gt, >)
CODEBOOK_COMPARISON(ge, >=)

PG_FUNCTION_INFO_V1(tmap_codebook_cmp);
/* btree order: by concepts, then rule by rule. */
Datum
tmap_codebook_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

PG_FUNCTION_INFO_V1(tmap_codebook_hash);
/* Hash of the canonical bytes. */
Datum
tmap_codebook_hash(PG_FUNCTION_ARGS)
{
	tm_codebook *b = PG_GETARG_CODEBOOK(0);

	return hash_any((unsigned char *) VARDATA(b), VARSIZE(b) - VARHDRSZ);
}

PG_FUNCTION_INFO_V1(tmap_codebook_hash_extended);
/* Hash with a seed. */
Datum
tmap_codebook_hash_extended(PG_FUNCTION_ARGS)
{
	tm_codebook *b = PG_GETARG_CODEBOOK(0);

	return hash_any_extended((unsigned char *) VARDATA(b), VARSIZE(b) - VARHDRSZ, PG_GETARG_INT64(1));
}
