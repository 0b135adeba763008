/*
 * glue.h - what the glue files share: error raising and text arguments.
 */
#ifndef TMAP_GLUE_H
#define TMAP_GLUE_H

#include "compat.h"
#include "fmgr.h"
#include "core/tally.h"

/* Raises the SQL error of a core status; detail may be NULL. */
extern void tmap_raise(tm_status status, const char *detail) pg_attribute_noreturn();

/* Raises unless the status is TM_OK. */
static inline void
tmap_check(tm_status status)
{
	if (unlikely(status != TM_OK))
		tmap_raise(status, NULL);
}

extern tm_scheme tmap_scheme_arg(text *name);
extern tm_tally *tmap_tally_new(tm_scheme s, uint32_t n);
extern tm_tally *tmap_tally_datum(Datum d);
extern tm_tally *tmap_tally_as(const tm_tally *t, tm_scheme to);
extern tm_tally *tmap_tally_fit(tm_tally *t);
extern tm_tally *tmap_tally_copy(const tm_tally *t);
extern tm_count tmap_tally_total(const tm_tally *t);
extern void tmap_raise_schemes(tm_status status, tm_scheme a, tm_scheme b) pg_attribute_noreturn();

#define PG_GETARG_TALLY(n) tmap_tally_datum(PG_GETARG_DATUM(n))
#define PG_GETARG_STRATUM(n) ((tm_stratum) PG_GETARG_INT64(n))
#define PG_RETURN_STRATUM(v) PG_RETURN_INT64((int64) (v))

#endif
