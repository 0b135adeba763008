/*
 * common_scheme.c - SQL form of the common scheme.
 */
#include "glue.h"

#include "utils/builtins.h"

#include "core/common_scheme.h"

PG_FUNCTION_INFO_V1(tmap_common_scheme);
/* common_scheme(a, b): the name of the finest scheme that both can be collapsed to. */
Datum
tmap_common_scheme(PG_FUNCTION_ARGS)
{
	char		buf[TM_SCHEME_TEXT];

	tm_scheme_format(tm_scheme_meet(tmap_scheme_arg(PG_GETARG_TEXT_PP(0)), tmap_scheme_arg(PG_GETARG_TEXT_PP(1))), buf);
	PG_RETURN_TEXT_P(cstring_to_text(buf));
}
