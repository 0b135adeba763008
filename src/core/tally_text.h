/*
 * tally_text.h - the readable, loss-free text form of a tally:
 *
 *   tmap1 age90+sex {80-84 female: 12/345, 85-89 female: 9/210}
 *
 * format version, scheme, then "levels: events/at_risk" by stratum.
 */
#ifndef TMAP_TALLY_TEXT_H
#define TMAP_TALLY_TEXT_H

#include "tally.h"

/* Bytes that hold the text of a tally of n strata. */
#define TM_TALLY_TEXT(n) (TM_SCHEME_TEXT + 16 + (size_t) (n) * (TM_LEVELS_TEXT + 48))

size_t		tm_tally_format(const tm_tally *t, char *buf);
uint32_t	tm_tally_text_n(const char *text, size_t len);
tm_status	tm_tally_parse(const char *text, size_t len, tm_entry *work, tm_tally *out, size_t *where);
tm_status	tm_count_parse(const char *text, size_t len, int64_t *out);
size_t		tm_count_format(int64_t v, char *buf);

#endif
