/*
 * stay_survey.c - aggregates over the lines of an upload: what the file is, and which lines of it are there.
 */
#include "stay_glue.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"

/* What is known of the lines so far. */
typedef struct survey
{
	tm_sha256	sha;			/* everything but the last line end */
	int64		lines,
				first,
				last;
	bool		in_order;
	uint32		signs;
	bool		planned;		/* signs are asked for */
	tm_stay_plan plan;
	char	   *text;
	tm_csv_field *fields;
} survey;

/* Begins a survey; the plan is kept, so that it is checked once. */
static survey *
survey_new(MemoryContext context, ArrayType *plan)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	survey	   *s = palloc0(sizeof *s);

	tm_sha256_start(&s->sha);
	s->in_order = true;
	s->planned = plan != NULL;
	if (s->planned)
	{
		tmap_stay_plan_arg((ArrayType *) pg_detoast_datum_copy((struct varlena *) plan), &s->plan);
		s->text = palloc(TM_STAY_MAX_LINE + 1);
		s->fields = palloc(s->plan.fields * sizeof(tm_csv_field));
	}
	MemoryContextSwitchTo(old);
	return s;
}

PG_FUNCTION_INFO_V1(tmap_stay_survey_add);
/* stay_survey's transition: takes one line; NULL is an empty one. */
Datum
tmap_stay_survey_add(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	survey	   *s;
	int64		number;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "stay_survey called outside an aggregate");
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("line number is NULL")));
	number = PG_GETARG_INT64(1);
	if (PG_ARGISNULL(0))
	{
		s = survey_new(context, PG_ARGISNULL(3) ? NULL : PG_GETARG_ARRAYTYPE_P(3));
		s->first = number;
	}
	else
	{
		s = (survey *) PG_GETARG_POINTER(0);
		tm_sha256_add(&s->sha, "\n", 1);
		s->in_order &= number > s->last;
		s->first = Min(s->first, number);
	}
	s->last = s->lines == 0 ? number : Max(s->last, number);
	s->lines++;
	if (!PG_ARGISNULL(2))
	{
		text	   *line = PG_GETARG_TEXT_PP(2);

		tm_sha256_add(&s->sha, VARDATA_ANY(line), VARSIZE_ANY_EXHDR(line));
		if (s->planned)
			s->signs |= tm_stay_signs(&s->plan, VARDATA_ANY(line), VARSIZE_ANY_EXHDR(line), s->text, s->fields);
	}
	PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(tmap_stay_survey_final);
/* stay_survey's result: lines, smallest and largest number, in_order, digests with and without a last line end, signs. */
Datum
tmap_stay_survey_final(PG_FUNCTION_ARGS)
{
	survey	   *s;
	tm_sha256	ended;
	TupleDesc	desc;
	Datum		both[2];
	Datum		values[6];
	bool		nulls[6] = {false};

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "stay_survey called outside an aggregate");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != lengthof(values))
		elog(ERROR, "stay_survey does not return stay_file");
	s = (survey *) PG_GETARG_POINTER(0);
	ended = s->sha;
	tm_sha256_add(&ended, "\n", 1);
	both[0] = tmap_sha256_hex(&ended);
	both[1] = tmap_sha256_hex(&s->sha);
	values[0] = Int64GetDatum(s->lines);
	values[1] = Int64GetDatum(s->first);
	values[2] = Int64GetDatum(s->last);
	values[3] = BoolGetDatum(s->in_order);
	values[4] = PointerGetDatum(construct_array(both, 2, TEXTOID, -1, false, TYPALIGN_INT));
	values[5] = Int32GetDatum((int32) s->signs);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* Bits by number, growing: a varlena from the start, so that it is its own result. */
typedef struct present
{
	Size		room;			/* bytes of bits */
	bytea	   *bits;
} present;

PG_FUNCTION_INFO_V1(tmap_lines_present_add);
/* lines_present's transition: sets the bit of one number. */
Datum
tmap_lines_present_add(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	present    *p = PG_ARGISNULL(0) ? NULL : (present *) PG_GETARG_POINTER(0);
	int64		number;
	Size		size;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "lines_present called outside an aggregate");
	if (p == NULL)
	{
		p = MemoryContextAllocZero(context, sizeof *p);
		p->room = 1024;
		p->bits = MemoryContextAllocZero(context, VARHDRSZ + p->room);
		SET_VARSIZE(p->bits, VARHDRSZ);
	}
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(p);
	number = PG_GETARG_INT64(1);
	if (number < 0 || number >= ((int64) MaxAllocSize - 64) * 4)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("line number out of range")));
	size = (Size) (number / 8) + 1;
	if (size > p->room)
	{
		Size		room = Min(Max(size, 2 * p->room), MaxAllocSize - VARHDRSZ);

		p->bits = repalloc(p->bits, VARHDRSZ + room);
		memset(VARDATA(p->bits) + p->room, 0, room - p->room);
		p->room = room;
	}
	if (VARSIZE(p->bits) < VARHDRSZ + size)
		SET_VARSIZE(p->bits, VARHDRSZ + size);
	VARDATA(p->bits)[number / 8] |= (char) (1 << number % 8);	/* as get_bit() counts */
	PG_RETURN_POINTER(p);
}

PG_FUNCTION_INFO_V1(tmap_lines_present_final);
/* lines_present's result: the bits. */
Datum
tmap_lines_present_final(PG_FUNCTION_ARGS)
{
	bytea	   *bits;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "lines_present called outside an aggregate");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	bits = ((present *) PG_GETARG_POINTER(0))->bits;
	PG_RETURN_BYTEA_P(pg_detoast_datum_copy((struct varlena *) bits));
}

PG_FUNCTION_INFO_V1(tmap_line_is_present);
/* line_is_present(bits, number): whether the bit of the number is set; false behind the last. */
Datum
tmap_line_is_present(PG_FUNCTION_ARGS)
{
	bytea	   *bits = PG_GETARG_BYTEA_PP(0);
	int64		number = PG_GETARG_INT64(1);

	PG_RETURN_BOOL(number >= 0 && number / 8 < (int64) VARSIZE_ANY_EXHDR(bits)
				   && (VARDATA_ANY(bits)[number / 8] >> number % 8 & 1) != 0);
}
