/*
 * code.c - SQL functions that clean and check one code.
 */
#include "code_glue.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

/* Why a text is no code, as a phrase. */
static const char *
fault_text(tm_code_fault fault)
{
	switch (fault)
	{
		case TM_CODE_EMPTY:
			return "there is no code";
		case TM_CODE_SHORT:
			return "the code is too short";
		case TM_CODE_LONG:
			return "the code is too long";
		case TM_CODE_STRANGE:
			return "a character that does not belong here";
		case TM_CODE_DIGIT:
			return "a digit is expected";
		case TM_CODE_LETTER:
			return "a letter is expected";
		case TM_CODE_HYPHEN:
			return "a hyphen is expected";
		case TM_CODE_ZERO:
			return "a leading zero";
		case TM_CODE_SEPARATOR:
			return "a dot, hyphen, space or mark that does not belong here";
		case TM_CODE_FINE:
			break;
	}
	return "no fault";
}

/* A fault with its place in characters, from 1. */
char *
tmap_code_problem_text(text *code, tm_code_fault fault, size_t where)
{
	return psprintf("character %d: %s", pg_mbstrlen_with_len(VARDATA_ANY(code), (int) where) + 1, fault_text(fault));
}

/* The code system of a name; an error when there is none. */
tm_system
tmap_system_arg(text *name)
{
	tm_system	s = TM_NO_SYSTEM;

	if (tm_system_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &s) != TM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("no code system \"%s\"", text_to_cstring(name)),
				 errhint("SELECT * FROM tmap.code_systems() lists them.")));
	return s;
}

PG_FUNCTION_INFO_V1(tmap_code_system);
/* code_system(name): the system's own name. */
Datum
tmap_code_system(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(tm_system_name(tmap_system_arg(PG_GETARG_TEXT_PP(0)))));
}

PG_FUNCTION_INFO_V1(tmap_normalise_code);
/* normalise_code(system, code): the canonical form, NULL when it is no code of the system. */
Datum
tmap_normalise_code(PG_FUNCTION_ARGS)
{
	tm_system	s = tmap_system_arg(PG_GETARG_TEXT_PP(0));
	text	   *code = PG_GETARG_TEXT_PP(1);
	char		buf[TM_CODE_TEXT];
	tm_key		key;
	tm_code_fault fault;
	size_t		where;

	if (tm_code_read(s, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code), false, &key, &fault, &where) != TM_OK)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf, (int) tm_key_format(key, buf)));
}

PG_FUNCTION_INFO_V1(tmap_code_problem);
/* code_problem(system, code): why it is no code of the system, NULL when it is one. */
Datum
tmap_code_problem(PG_FUNCTION_ARGS)
{
	tm_system	s = tmap_system_arg(PG_GETARG_TEXT_PP(0));
	text	   *code = PG_GETARG_TEXT_PP(1);
	tm_key		key;
	tm_code_fault fault;
	size_t		where;

	if (tm_code_read(s, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code), false, &key, &fault, &where) == TM_OK)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(tmap_code_problem_text(code, fault, where)));
}
