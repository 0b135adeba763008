/*
 * classify.c - which concepts codes stand for: probes of a codebook, one code
 * or an array of them a call. The codebook is read in place; what a call has
 * to work out about it and the system's name is kept for the next row.
 */
#include "code_glue.h"

#include "access/tupmacs.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"

/* What one call site remembers from row to row. */
typedef struct memory
{
	tm_system	system;
	size_t		name_size;		/* 0: no name yet */
	char		name[32];
	struct varlena *stored;		/* the codebook as it lay in the table, NULL: none yet */
	tm_codebook *book;			/* the same, unpacked */
} memory;

/* The memory of this call site. */
static memory *
memory_of(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(memory));
	return fcinfo->flinfo->fn_extra;
}

/* The system named in an argument. */
static tm_system
system_arg(memory *m, text *name)
{
	size_t		size = VARSIZE_ANY_EXHDR(name);

	if (m->name_size != size || size == 0 || memcmp(m->name, VARDATA_ANY(name), size) != 0)
	{
		m->system = tmap_system_arg(name);
		m->name_size = 0;
		if (size <= sizeof m->name)
		{
			memcpy(m->name, VARDATA_ANY(name), size);
			m->name_size = size;
		}
	}
	return m->system;
}

/*
 * The codebook in argument 0. A constant or a computed one lies flat already.
 * One that comes packed from a table is unpacked once: the next row's is the
 * same when its stored bytes (or the pointer to the TOAST table) are.
 */
static const tm_codebook *
book_arg(FunctionCallInfo fcinfo, memory *m)
{
	struct varlena *v = (struct varlena *) PG_GETARG_POINTER(0);
	MemoryContext old;

	if (!VARATT_IS_EXTENDED(v) || (VARATT_IS_EXTERNAL(v) && !VARATT_IS_EXTERNAL_ONDISK(v)))
		return PG_GETARG_CODEBOOK(0);
	if (m->stored && VARSIZE_ANY(m->stored) == VARSIZE_ANY(v) && memcmp(m->stored, v, VARSIZE_ANY(v)) == 0)
		return m->book;
	if (m->stored)
	{
		pfree(m->stored);
		pfree(m->book);
		m->stored = NULL;
	}
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	m->book = PG_GETARG_CODEBOOK(0);
	m->stored = palloc(VARSIZE_ANY(v));
	memcpy(m->stored, v, VARSIZE_ANY(v));
	MemoryContextSwitchTo(old);
	return m->book;
}

/* The day to probe: NULL takes rules of any period. */
static int64
day_arg(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? TM_DAY_ANY : (int64) PG_GETARG_DATEADT(n);
}

/* The concepts of one code; none when it is no code of the system. */
static uint64
probe_text(const tm_codebook *b, tm_system s, const char *code, size_t len, int64 day)
{
	tm_key		key;
	tm_code_fault fault;
	size_t		where;

	if (tm_code_read(s, code, len, false, &key, &fault, &where) != TM_OK)
		return 0;
	return tm_codebook_probe(b, key, day);
}

/* The concepts of the codes of a text[], NULLs skipped; elements are read where they lie. */
static uint64
probe_array(const tm_codebook *b, tm_system s, ArrayType *codes, int64 day)
{
	int			n = ArrayGetNItems(ARR_NDIM(codes), ARR_DIMS(codes));
	char	   *at = ARR_DATA_PTR(codes);
	bits8	   *present = ARR_NULLBITMAP(codes);
	uint64		bits = 0;

	for (int i = 0; i < n; i++)
	{
		if (present && !(present[i / 8] & 1 << i % 8))
			continue;
		at = (char *) att_align_pointer(at, TYPALIGN_INT, -1, at);
		bits |= probe_text(b, s, VARDATA_ANY(at), VARSIZE_ANY_EXHDR(at), day);
		at = att_addlength_pointer(at, -1, at);
		if (unlikely((i & 0xFFFF) == 0xFFFF))
			CHECK_FOR_INTERRUPTS();
	}
	return bits;
}

/* Probes arguments (codebook, system, code or codes); none of them may be NULL. */
static uint64
probe(FunctionCallInfo fcinfo, bool array, int day, const tm_codebook **b)
{
	memory	   *m = memory_of(fcinfo);
	tm_system	s = system_arg(m, PG_GETARG_TEXT_PP(1));
	text	   *code;

	*b = book_arg(fcinfo, m);
	if (array)
		return probe_array(*b, s, PG_GETARG_ARRAYTYPE_P(2), day_arg(fcinfo, day));
	code = PG_GETARG_TEXT_PP(2);
	return probe_text(*b, s, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code), day_arg(fcinfo, day));
}

/* True when one of the first n arguments is NULL. */
static bool
any_null(FunctionCallInfo fcinfo, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (PG_ARGISNULL(i))
			return true;
	}
	return false;
}

PG_FUNCTION_INFO_V1(tmap_concepts_code);
/* concepts(codebook, system, code, on_date): the concepts of a code as bits. */
Datum
tmap_concepts_code(PG_FUNCTION_ARGS)
{
	const tm_codebook *b;

	if (any_null(fcinfo, 3))
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) probe(fcinfo, false, 3, &b));
}

PG_FUNCTION_INFO_V1(tmap_concepts_codes);
/* concepts(codebook, system, codes, on_date): the concepts of any of the codes as bits. */
Datum
tmap_concepts_codes(PG_FUNCTION_ARGS)
{
	const tm_codebook *b;

	if (any_null(fcinfo, 3))
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) probe(fcinfo, true, 3, &b));
}

/* The bit of a concept; an error when the codebook does not have it. */
static uint64
concept_bit(const tm_codebook *b, text *name)
{
	unsigned	rank = 0;

	if (!tm_codebook_rank(b, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &rank))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("no concept \"%s\" in the codebook", text_to_cstring(name)),
				 errhint("tmap.concept_names(codebook) lists its concepts.")));
	return UINT64CONST(1) << rank;
}

/* has_concept: true when a code, or one of several, stands for the concept in argument 3. */
static Datum
has_concept(FunctionCallInfo fcinfo, bool array)
{
	const tm_codebook *b;
	uint64		bits;

	if (any_null(fcinfo, 4))
		PG_RETURN_NULL();
	bits = probe(fcinfo, array, 4, &b);
	PG_RETURN_BOOL((bits & concept_bit(b, PG_GETARG_TEXT_PP(3))) != 0);
}

PG_FUNCTION_INFO_V1(tmap_has_concept_code);
/* has_concept(codebook, system, code, concept, on_date). */
Datum
tmap_has_concept_code(PG_FUNCTION_ARGS)
{
	return has_concept(fcinfo, false);
}

PG_FUNCTION_INFO_V1(tmap_has_concept_codes);
/* has_concept(codebook, system, codes, concept, on_date). */
Datum
tmap_has_concept_codes(PG_FUNCTION_ARGS)
{
	return has_concept(fcinfo, true);
}

/* The names of concepts as text[], ascending. */
static Datum
names_of(const tm_codebook *b, uint64 bits)
{
	Datum		names[TM_CONCEPTS_MAX];
	int			n = 0;

	for (; bits != 0; bits &= bits - 1)
		names[n++] = CStringGetTextDatum(tm_codebook_concepts(b)[__builtin_ctzll(bits)].name);
	PG_RETURN_ARRAYTYPE_P(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

PG_FUNCTION_INFO_V1(tmap_concept_names_bits);
/* concept_names(codebook, bits). */
Datum
tmap_concept_names_bits(PG_FUNCTION_ARGS)
{
	tm_codebook *b = PG_GETARG_CODEBOOK(0);
	uint64		bits = (uint64) PG_GETARG_INT64(1);

	if (b->k < 64 && bits >> b->k != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bits beyond the concepts of the codebook"),
				 errdetail("It has %u concepts; the bits are %lld.", b->k, (long long) bits),
				 errhint("Bits have a meaning only with the codebook that gave them.")));
	return names_of(b, bits);
}

PG_FUNCTION_INFO_V1(tmap_concept_names);
/* concept_names(codebook): all its concepts. */
Datum
tmap_concept_names(PG_FUNCTION_ARGS)
{
	tm_codebook *b = PG_GETARG_CODEBOOK(0);

	return names_of(b, b->k >= 64 ? ~UINT64CONST(0) : (UINT64CONST(1) << b->k) - 1);
}

PG_FUNCTION_INFO_V1(tmap_concept_bits);
/* concept_bits(codebook, names): their bits together; NULL names are skipped. */
Datum
tmap_concept_bits(PG_FUNCTION_ARGS)
{
	tm_codebook *b = PG_GETARG_CODEBOOK(0);
	Datum	   *names;
	bool	   *nulls;
	int			n;
	uint64		bits = 0;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			bits |= concept_bit(b, DatumGetTextPP(names[i]));
	}
	PG_RETURN_INT64((int64) bits);
}
