/*
 * csv.h - one line of comma-separated values, taken apart as RFC 4180 says.
 */
#ifndef TMAP_CSV_H
#define TMAP_CSV_H

#include "core.h"

/* What is wrong with a line. */
typedef enum tm_csv_fault
{
	TM_CSV_FINE = 0,
	TM_CSV_UNCLOSED,			/* the line ends inside a quoted field */
	TM_CSV_AFTER_QUOTE,			/* something stands between a closing quote and the delimiter */
	TM_CSV_QUOTE_INSIDE,		/* a quote inside a field that does not start with one */
	TM_CSV_LINE_BREAK			/* a line break outside quotes, before the end */
} tm_csv_fault;

/* One field: where its text starts in the caller's buffer, and its bytes. */
typedef struct tm_csv_field
{
	size_t		start;
	size_t		length;
} tm_csv_field;

bool		tm_csv_delimiter_valid(unsigned char delimiter);
size_t		tm_csv_max_fields(const char *line, size_t length, char delimiter);
tm_status	tm_csv_split(const char *line, size_t length, char delimiter, char *text,
						 tm_csv_field *fields, size_t capacity,
						 size_t *count, tm_csv_fault *fault, size_t *where);

#endif
