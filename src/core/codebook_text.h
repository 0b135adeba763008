/*
 * codebook_text.h - the text form of a codebook:
 *
 *   tmapbook1 {ICD-10 G45*: tia; ICD-10 G454: -tia; OPS 883B80 ..2021-12-31: thrombectomy_device}
 *
 * A star makes a prefix, a minus an exclusion; a period has its first and last
 * day, either of them open. Loss-free.
 */
#ifndef TMAP_CODEBOOK_TEXT_H
#define TMAP_CODEBOOK_TEXT_H

#include "codebook.h"

#define TM_DAY_TEXT 11			/* bytes of a date with its zero */

size_t		tm_codebook_text_room(const tm_codebook *b);
size_t		tm_codebook_format(const tm_codebook *b, char *buf);
uint32_t	tm_codebook_text_n(const char *text, size_t len);
tm_status	tm_codebook_parse(const char *text, size_t len, tm_draft *d, size_t *where);
size_t		tm_day_format(int32_t day, char *buf);
tm_status	tm_day_parse(const char *text, size_t len, int32_t *out);

#endif
