/*
 * csv.c - splits one line of comma-separated values (RFC 4180, section 2).
 *
 * Strict: what the RFC does not allow is a fault with its place, never a guess.
 * Spaces belong to the field. One line end at the end of the line is ignored.
 */
#include "csv.h"

/* What one call works on; at is the next byte to read, put the next to write. */
typedef struct reader
{
	const char *line;
	size_t		length;
	char		delimiter;
	size_t		at;
	char	   *text;
	size_t		put;
} reader;

/* True when a byte can separate fields: ASCII, and not a quote, a line end or NUL. */
bool
tm_csv_delimiter_valid(unsigned char delimiter)
{
	return delimiter != '\0' && delimiter < 128 && delimiter != '"' && delimiter != '\r' && delimiter != '\n';
}

/* The most fields a line can have: its delimiters and one. */
size_t
tm_csv_max_fields(const char *line, size_t length, char delimiter)
{
	size_t		n = 1;

	for (size_t i = 0; i < length; i++)
		n += line[i] == delimiter;
	return n;
}

/* The length of a line without the line end (LF, CRLF or CR) it may close with. */
static size_t
without_line_end(const char *line, size_t length)
{
	if (length > 0 && line[length - 1] == '\n')
		length--;
	if (length > 0 && line[length - 1] == '\r')
		length--;
	return length;
}

/* Copies a quoted field, r->at behind its opening quote; a doubled quote is one quote. */
static tm_csv_fault
read_quoted(reader *r)
{
	while (r->at < r->length)
	{
		char		c = r->line[r->at++];

		if (c != '"')
			r->text[r->put++] = c;
		else if (r->at < r->length && r->line[r->at] == '"')
			r->text[r->put++] = r->line[r->at++];
		else
			return r->at == r->length || r->line[r->at] == r->delimiter ? TM_CSV_FINE : TM_CSV_AFTER_QUOTE;
	}
	return TM_CSV_UNCLOSED;
}

/* Copies a field that has no quotes, up to the delimiter or the end. */
static tm_csv_fault
read_plain(reader *r)
{
	for (; r->at < r->length && r->line[r->at] != r->delimiter; r->at++)
	{
		char		c = r->line[r->at];

		if (c == '"')
			return TM_CSV_QUOTE_INSIDE;
		if (c == '\r' || c == '\n')
			return TM_CSV_LINE_BREAK;
		r->text[r->put++] = c;
	}
	return TM_CSV_FINE;
}

/*
 * Splits a line into fields, unquoted into `text` (as many bytes as the line).
 * TM_SYNTAX: *fault says what is wrong and *where at which byte, from 0.
 * TM_TOO_MANY: more fields than capacity. An empty line is one empty field.
 */
tm_status
tm_csv_split(const char *line, size_t length, char delimiter, char *text,
			 tm_csv_field *fields, size_t capacity,
			 size_t *count, tm_csv_fault *fault, size_t *where)
{
	reader		r = {line, without_line_end(line, length), delimiter, 0, text, 0};
	size_t		n = 0;

	*fault = TM_CSV_FINE;
	*where = 0;
	for (;;)
	{
		size_t		opening = r.at;
		size_t		start = r.put;

		if (n == capacity)
			return TM_TOO_MANY;
		if (r.at < r.length && r.line[r.at] == '"')
		{
			r.at++;
			*fault = read_quoted(&r);
		}
		else
			*fault = read_plain(&r);
		if (*fault != TM_CSV_FINE)
		{
			*where = *fault == TM_CSV_UNCLOSED ? opening : r.at;
			return TM_SYNTAX;
		}
		fields[n++] = (tm_csv_field) {start, r.put - start};
		if (r.at == r.length)
			break;
		r.at++;					/* the delimiter; one at the very end opens a last, empty field */
	}
	*count = n;
	return TM_OK;
}
