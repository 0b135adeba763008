/*
 * stratum.h - one stratum: a scheme and its levels in 64 bits, ordered as a number.
 */
#ifndef TMAP_STRATUM_H
#define TMAP_STRATUM_H

#include "scheme.h"

typedef uint64_t tm_stratum;

/* The stratum of a scheme and levels. */
static inline tm_stratum
tm_stratum_of(tm_scheme s, tm_levels l)
{
	return (tm_stratum) s << 32 | l;
}

/* The scheme of a stratum. */
static inline tm_scheme
tm_stratum_scheme(tm_stratum v)
{
	return (tm_scheme) (v >> 32);
}

/* The levels of a stratum. */
static inline tm_levels
tm_stratum_levels(tm_stratum v)
{
	return (tm_levels) v;
}

bool		tm_stratum_valid(tm_stratum v);
tm_status	tm_stratum_parse(const char *text, size_t len, tm_stratum *out);
size_t		tm_stratum_format(tm_stratum v, char buf[TM_LEVELS_TEXT]);
tm_status	tm_levels_parse(tm_scheme s, const char *text, size_t len, tm_levels *out);
size_t		tm_levels_format(tm_scheme s, tm_levels l, char buf[TM_LEVELS_TEXT]);

#endif
