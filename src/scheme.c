/*
 * scheme.c - stratification schemes by name: what there is, and where two meet.
 */
#include "glue.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"

/* The scheme that a text argument names. */
tm_scheme
tmap_scheme_arg(text *name)
{
	tm_scheme	s;
	tm_status	status = tm_scheme_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &s);

	if (status != TM_OK)
		tmap_raise(status, psprintf("The scheme given is \"%s\".", text_to_cstring(name)));
	return s;
}

PG_FUNCTION_INFO_V1(tmap_common_scheme);
/* common_scheme(a, b): the name of the finest scheme that both can be collapsed to. */
Datum
tmap_common_scheme(PG_FUNCTION_ARGS)
{
	char		buf[TM_SCHEME_TEXT];

	tm_scheme_format(tm_scheme_meet(tmap_scheme_arg(PG_GETARG_TEXT_PP(0)), tmap_scheme_arg(PG_GETARG_TEXT_PP(1))), buf);
	PG_RETURN_TEXT_P(cstring_to_text(buf));
}

PG_FUNCTION_INFO_V1(tmap_levels);
/* Every (dimension, cut, level) there is, one row a call. */
Datum
tmap_levels(PG_FUNCTION_ARGS)
{
	FuncCallContext *fn;
	unsigned   *at;				/* dimension, variant, code */

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		fn = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(fn->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &fn->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fn->tuple_desc = BlessTupleDesc(fn->tuple_desc);
		at = palloc0(3 * sizeof(unsigned));
		at[1] = 1;
		fn->user_fctx = at;
		MemoryContextSwitchTo(old);
	}
	fn = SRF_PERCALL_SETUP();
	at = fn->user_fctx;
	for (; at[0] < TM_DIMENSIONS; at[0]++, at[1] = 1, at[2] = 0)
		for (; tm_cut_of((tm_dimension) at[0], at[1]); at[1]++, at[2] = 0)
		{
			tm_dimension d = (tm_dimension) at[0];
			tm_scheme	s = tm_scheme_with(TM_SCHEME_TOTAL, d, at[1]);

			for (; at[2] <= tm_level_unknown(d); at[2]++)
			{
				char		buf[TM_LEVELS_TEXT];
				Datum		values[3];
				bool		nulls[3] = {false, false, false};

				if (!tm_levels_valid(s, tm_level_set(0, d, at[2])))
					continue;
				tm_level_format(s, d, at[2]++, buf);
				values[0] = CStringGetTextDatum(tm_dimension_name(d));
				values[1] = CStringGetTextDatum(tm_cut_of(d, at[1])->name);
				values[2] = CStringGetTextDatum(buf);
				SRF_RETURN_NEXT(fn, HeapTupleGetDatum(heap_form_tuple(fn->tuple_desc, values, nulls)));
			}
		}
	SRF_RETURN_DONE(fn);
}
