/*
 * stay.c - SQL functions that read lines of hospital stays by a plan made once a load.
 */
#include "stay_glue.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"

/* Where the parts of a plan stand in its int4[]. */
enum
{
	PLAN_MARK,
	PLAN_DELIMITER,
	PLAN_DATES,
	PLAN_SEXES,
	PLAN_DIAGNOSES,
	PLAN_PROCEDURES,
	PLAN_TODAY,
	PLAN_TRANSFERS,
	PLAN_COLUMNS
};

#define PLAN_IS 0x746d5332		/* tells a plan from any other array */

/* A text argument as a piece. */
static tm_piece
piece_of(text *t)
{
	return (tm_piece) {VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)};
}

/* Raises the error of an argument that is none of the names it can be. */
static void
raise_name(const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown %s", what),
			 errhint("%s", hint)));
}

/* The columns of the header as an array of numbers; an error when one that must not occurs twice. */
static int
plan_columns(ArrayType *names, int32 *out)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;
	bool		seen[TM_STAY_COLUMNS] = {false};

	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	if (ARR_NDIM(names) != 1 || n > TM_STAY_MAX_FIELDS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid list of columns"),
				 errdetail("It has from 1 to %d names.", TM_STAY_MAX_FIELDS)));
	for (int i = 0; i < n; i++)
	{
		tm_piece	name = nulls[i] ? (tm_piece) {"", 0} : piece_of(DatumGetTextPP(values[i]));
		tm_stay_column c = tm_stay_column_of(name.at, name.length);

		if (seen[c] && c != TM_STAY_NOT_READ && !tm_stay_column_repeats(c))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" occurs twice", tm_stay_column_name(c)),
					 errhint("Only diagnoses and procedures may have several columns.")));
		seen[c] = true;
		out[i] = c;
	}
	if (!seen[TM_STAY_ID] || !seen[TM_STAY_ADMITTED] || !seen[TM_STAY_PRINCIPAL])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the header lacks the column \"%s\"",
						tm_stay_column_name(!seen[TM_STAY_ID] ? TM_STAY_ID : !seen[TM_STAY_ADMITTED] ? TM_STAY_ADMITTED : TM_STAY_PRINCIPAL)),
				 errhint("The first line names the columns; column_map => '{\"their name\": \"our name\"}' renames them.")));
	return n;
}

PG_FUNCTION_INFO_V1(tmap_stay_plan);
/* stay_plan(columns, delimiter, date_format, sex_scheme, diagnosis_system, procedure_system, today[, transfer_scheme]): how lines are read. */
Datum
tmap_stay_plan(PG_FUNCTION_ARGS)
{
	int32		plan[PLAN_COLUMNS + TM_STAY_MAX_FIELDS];
	tm_date_format dates = TM_DATE_UNKNOWN;
	tm_sex_scheme sexes = TM_SEX_UNKNOWN_SCHEME;
	tm_transfer_scheme transfers = TM_TRANSFER_FLAG;
	text	   *delimiter;
	Datum	   *values;
	int			n;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(4) || PG_ARGISNULL(6))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("columns, delimiter, diagnosis system or day is NULL")));
	delimiter = PG_GETARG_TEXT_PP(1);
	if (VARSIZE_ANY_EXHDR(delimiter) != 1 || !tm_csv_delimiter_valid((unsigned char) *VARDATA_ANY(delimiter)))
		raise_name("delimiter", "It is one ASCII character, and neither a double quote nor a line end.");
	if (!PG_ARGISNULL(2) && tm_date_format_parse(piece_of(PG_GETARG_TEXT_PP(2)), &dates) != TM_OK)
		raise_name("date format", "It is yyyy-mm-dd, dd/mm/yyyy, mm/dd/yyyy, yyyymmdd, ddmmyyyy, yyyy/mm/dd or ddmonyyyy.");
	if (!PG_ARGISNULL(3) && tm_sex_scheme_parse(piece_of(PG_GETARG_TEXT_PP(3)), &sexes) != TM_OK)
		raise_name("scheme of sex codes", "It is iso5218, m/f, h/f, m/w, m/k, h/m, 0/1, 1/0 or words.");
	if (PG_NARGS() > 7 && !PG_ARGISNULL(7) && tm_transfer_scheme_parse(piece_of(PG_GETARG_TEXT_PP(7)), &transfers) != TM_OK)
		raise_name("scheme of transfers", "It is yes/no, pmsi, ub-04 or 301.");
	plan[PLAN_MARK] = PLAN_IS;
	plan[PLAN_DELIMITER] = *VARDATA_ANY(delimiter);
	plan[PLAN_DATES] = dates;
	plan[PLAN_SEXES] = sexes;
	plan[PLAN_DIAGNOSES] = tmap_system_arg(PG_GETARG_TEXT_PP(4));
	plan[PLAN_PROCEDURES] = PG_ARGISNULL(5) ? TM_NO_SYSTEM : tmap_system_arg(PG_GETARG_TEXT_PP(5));
	plan[PLAN_TRANSFERS] = transfers;
	plan[PLAN_TODAY] = PG_GETARG_DATEADT(6);
	n = PLAN_COLUMNS + plan_columns(PG_GETARG_ARRAYTYPE_P(0), plan + PLAN_COLUMNS);
	values = palloc(n * sizeof(Datum));
	for (int i = 0; i < n; i++)
		values[i] = Int32GetDatum(plan[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(values, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* Reads a plan; an error when it is none of stay_plan's. The plan points into the array. */
void
tmap_stay_plan_arg(ArrayType *a, tm_stay_plan *plan)
{
	const int32 *p = (const int32 *) ARR_DATA_PTR(a);
	bool		good = ARR_NDIM(a) == 1 && ARR_ELEMTYPE(a) == INT4OID && !ARR_HASNULL(a) && ARR_DIMS(a)[0] > PLAN_COLUMNS
		&& p[PLAN_MARK] == PLAN_IS && p[PLAN_DELIMITER] > 0 && p[PLAN_DELIMITER] < 128;

	if (good)
	{
		plan->delimiter = (char) p[PLAN_DELIMITER];
		plan->dates = (tm_date_format) p[PLAN_DATES];
		plan->sexes = (tm_sex_scheme) p[PLAN_SEXES];
		plan->diagnosis_system = (tm_system) p[PLAN_DIAGNOSES];
		plan->procedure_system = (tm_system) p[PLAN_PROCEDURES];
		plan->transfers = (tm_transfer_scheme) p[PLAN_TRANSFERS];
		plan->today = p[PLAN_TODAY];
		plan->fields = ARR_DIMS(a)[0] - PLAN_COLUMNS;
		plan->columns = p + PLAN_COLUMNS;
		good = tm_stay_plan_valid(plan);
	}
	if (!good)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid plan"),
				 errhint("tmap.stay_plan() makes one.")));
}

/* A line on its way through the core: the line, and room for what it is split into. */
typedef struct line_room
{
	tm_stay_plan plan;
	const char *line;
	size_t		length;
	char	   *text;
	tm_csv_field *fields;
} line_room;

/* Fetches line and plan of a call, and makes room. */
static void
line_args(FunctionCallInfo fcinfo, line_room *room)
{
	text	   *line = PG_GETARG_TEXT_PP(0);

	tmap_stay_plan_arg(PG_GETARG_ARRAYTYPE_P(1), &room->plan);
	room->line = VARDATA_ANY(line);
	room->length = VARSIZE_ANY_EXHDR(line);
	room->text = palloc(room->length + 1);
	room->fields = palloc(room->plan.fields * sizeof(tm_csv_field));
}

/* What a rejected line needs said beside reason and column: nothing that a field holds. */
static char *
detail_of(const line_room *room, const tm_stay *s)
{
	switch (s->reason)
	{
		case TM_STAY_FIELDS:
			return psprintf("%zu instead of %zu", s->fields, room->plan.fields);
		case TM_STAY_MALFORMED:
			return psprintf("character %d: %s", pg_mbstrlen_with_len(room->line, (int) s->where) + 1,
							s->fault == TM_CSV_UNCLOSED ? "quoted field is not closed" :
							s->fault == TM_CSV_AFTER_QUOTE ? "text after a closing quote" :
							s->fault == TM_CSV_QUOTE_INSIDE ? "quote inside a field that does not start with one" :
							"line break outside quotes");
		default:
			return NULL;
	}
}

/* The row type of the result, looked up once a query. */
static TupleDesc
row_type(FunctionCallInfo fcinfo)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;

	if (desc == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != F_COUNT)
			elog(ERROR, "stay_line does not return stay_fields");
		desc = BlessTupleDesc(CreateTupleDescCopy(desc));
		fcinfo->flinfo->fn_extra = desc;
		MemoryContextSwitchTo(old);
	}
	return desc;
}

PG_FUNCTION_INFO_V1(tmap_stay_line);
/* stay_line(line, plan): the line read, checked and normalised, or the reason why not. */
Datum
tmap_stay_line(PG_FUNCTION_ARGS)
{
	line_room	room;
	tm_stay		stay;
	Datum		values[F_COUNT] = {0};
	bool		nulls[F_COUNT];

	line_args(fcinfo, &room);
	if (room.plan.dates == TM_DATE_UNKNOWN)
		raise_name("date format", "The plan says none.");
	tm_stay_read(&room.plan, room.line, room.length, room.text, room.fields, &stay);
	memset(nulls, true, sizeof nulls);
	if (stay.reason == TM_STAY_FINE)
		tmap_stay_set(&stay, values, nulls);
	else
	{
		char	   *detail = detail_of(&room, &stay);

		nulls[F_REASON] = false;
		values[F_REASON] = CStringGetTextDatum(tm_stay_reason_name(stay.reason));
		if (stay.column != TM_STAY_NOT_READ)
		{
			nulls[F_COLUMN] = false;
			values[F_COLUMN] = CStringGetTextDatum(tm_stay_column_name(stay.column));
		}
		if (detail != NULL)
		{
			nulls[F_DETAIL] = false;
			values[F_DETAIL] = CStringGetTextDatum(detail);
		}
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row_type(fcinfo), values, nulls)));
}

PG_FUNCTION_INFO_V1(tmap_stay_signs);
/* stay_signs(line, plan): what the line tells of the file's date format and sex codes, as bits. */
Datum
tmap_stay_signs(PG_FUNCTION_ARGS)
{
	line_room	room;

	line_args(fcinfo, &room);
	PG_RETURN_INT32((int32) tm_stay_signs(&room.plan, room.line, room.length, room.text, room.fields));
}

/* Writes one field, in quotes when it needs them. */
static void
append_field(StringInfo out, const char *p, size_t length, char delimiter)
{
	bool		quote = false;

	for (size_t i = 0; i < length; i++)
		quote |= p[i] == '"' || p[i] == delimiter || p[i] == '\r' || p[i] == '\n';
	if (!quote)
	{
		appendBinaryStringInfo(out, p, (int) length);
		return;
	}
	appendStringInfoChar(out, '"');
	for (size_t i = 0; i < length; i++)
	{
		if (p[i] == '"')
			appendStringInfoChar(out, '"');
		appendStringInfoChar(out, p[i]);
	}
	appendStringInfoChar(out, '"');
}

/* Writes the shape of a line that cannot be taken apart: every letter an a, every digit a 9. */
static void
append_shape(StringInfo out, const line_room *room)
{
	for (size_t i = 0; i < room->length; i += pg_mblen(room->line + i))
	{
		char		c = room->line[i];

		if (c >= '0' && c <= '9')
			c = '9';
		else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IS_HIGHBIT_SET(c))
			c = 'a';
		appendStringInfoChar(out, c);
	}
}

PG_FUNCTION_INFO_V1(tmap_stay_redacted);
/* stay_redacted(line, plan): the line without identifiers, as it may be kept. */
Datum
tmap_stay_redacted(PG_FUNCTION_ARGS)
{
	line_room	room;
	size_t		count,
				where;
	tm_csv_fault fault;
	StringInfoData out;

	line_args(fcinfo, &room);
	initStringInfo(&out);
	if (room.length > TM_STAY_MAX_LINE
		|| tm_csv_split(room.line, room.length, room.plan.delimiter, room.text, room.fields, room.plan.fields, &count, &fault, &where) != TM_OK
		|| count != room.plan.fields)
	{
		append_shape(&out, &room);
		PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
	}
	for (size_t i = 0; i < count; i++)
	{
		const char *field = room.text + room.fields[i].start;
		size_t		length = room.fields[i].length;
		tm_piece	p = tm_piece_trim(field, length);
		int32		column = room.plan.columns[i];

		if (i > 0)
			appendStringInfoChar(&out, room.plan.delimiter);
		if (column == TM_STAY_ID || column == TM_STAY_PATIENT)
		{
			Datum		u;
			bool		null;

			tmap_stay_set_pseudonym(&u, &null, p);
			if (!null)
				appendStringInfoString(&out, DatumGetCString(DirectFunctionCall1(uuid_out, u)));
		}
		else if (column == TM_STAY_NOT_READ || column == TM_STAY_BIRTH_DATE)
			appendStringInfoString(&out, p.length > 0 ? "*" : "");
		else
			append_field(&out, field, length, room.plan.delimiter);
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
