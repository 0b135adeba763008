/*
 * csv.c - SQL functions that take one line of comma-separated values apart.
 */
#include "glue.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "core/csv.h"

#define MAX_FIELDS 10000		/* far above any real table; bounds the work for hostile input */

/* A line that has been split: the fields point into text. */
typedef struct split_line
{
	char	   *text;
	tm_csv_field *fields;
	size_t		count;
	tm_csv_fault fault;
	size_t		where;			/* byte of the fault, from 0 */
} split_line;

/* Why a line is not valid CSV, as a phrase. */
static const char *
fault_text(tm_csv_fault fault)
{
	switch (fault)
	{
		case TM_CSV_UNCLOSED:
			return "quoted field is not closed";
		case TM_CSV_AFTER_QUOTE:
			return "text after a closing quote";
		case TM_CSV_QUOTE_INSIDE:
			return "quote inside a field that does not start with one";
		case TM_CSV_LINE_BREAK:
			return "line break outside quotes";
		case TM_CSV_FINE:
			break;
	}
	return "no fault";
}

/* The delimiter as a byte; an error unless it is one ASCII character that can separate fields. */
static char
delimiter_arg(text *arg)
{
	if (VARSIZE_ANY_EXHDR(arg) != 1 || !tm_csv_delimiter_valid((unsigned char) *VARDATA_ANY(arg)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid delimiter"),
				 errdetail("A delimiter is one ASCII character, and neither a double quote nor a line end."),
				 errhint("Comma, semicolon and tab are the usual ones.")));
	return *VARDATA_ANY(arg);
}

/* Splits a line and returns the status: TM_OK, TM_SYNTAX or TM_TOO_MANY. */
static tm_status
split(text *line, char delimiter, split_line *out)
{
	const char *data = VARDATA_ANY(line);
	size_t		length = VARSIZE_ANY_EXHDR(line);
	size_t		capacity = Min(tm_csv_max_fields(data, length, delimiter), MAX_FIELDS);

	out->text = palloc(length + 1);
	out->fields = palloc(capacity * sizeof(tm_csv_field));
	return tm_csv_split(data, length, delimiter, out->text, out->fields, capacity,
						&out->count, &out->fault, &out->where);
}

/* The place of a fault in characters, from 1. */
static int
fault_place(text *line, const split_line *s)
{
	return pg_mbstrlen_with_len(VARDATA_ANY(line), (int) s->where) + 1;
}

PG_FUNCTION_INFO_V1(tmap_csv_fields);
/* csv_fields(line, delimiter): the fields of the line as text[]. */
Datum
tmap_csv_fields(PG_FUNCTION_ARGS)
{
	text	   *line = PG_GETARG_TEXT_PP(0);
	split_line	s;
	tm_status	status = split(line, delimiter_arg(PG_GETARG_TEXT_PP(1)), &s);
	Datum	   *values;

	if (status == TM_TOO_MANY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many fields in one line"),
				 errdetail("At most %d fields are read.", MAX_FIELDS)));
	if (status != TM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
				 errmsg("malformed line of comma-separated values"),
				 errdetail("At character %d: %s.", fault_place(line, &s), fault_text(s.fault)),
				 errhint("Fields that hold quotes, delimiters or line breaks stand in double quotes, quotes inside doubled (RFC 4180).")));
	values = palloc(s.count * sizeof(Datum));
	for (size_t i = 0; i < s.count; i++)
		values[i] = PointerGetDatum(cstring_to_text_with_len(s.text + s.fields[i].start, (int) s.fields[i].length));
	PG_RETURN_ARRAYTYPE_P(construct_array(values, (int) s.count, TEXTOID, -1, false, TYPALIGN_INT));
}

PG_FUNCTION_INFO_V1(tmap_csv_problem);
/* csv_problem(line, delimiter): what is wrong with the line, NULL when nothing is. */
Datum
tmap_csv_problem(PG_FUNCTION_ARGS)
{
	text	   *line = PG_GETARG_TEXT_PP(0);
	split_line	s;
	tm_status	status = split(line, delimiter_arg(PG_GETARG_TEXT_PP(1)), &s);

	if (status == TM_OK)
		PG_RETURN_NULL();
	if (status == TM_TOO_MANY)
		PG_RETURN_TEXT_P(cstring_to_text(psprintf("more than %d fields", MAX_FIELDS)));
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("character %d: %s", fault_place(line, &s), fault_text(s.fault))));
}
