/*
 * csv.c - any line and delimiter: a fault inside the line, or fields that,
 * quoted again, give the same fields.
 */
#include "fuzz.h"

#include "../../src/core/csv.h"

/* Writes fields as one line, every one quoted; returns its length. */
static size_t
quote(const char *text, const tm_csv_field *fields, size_t n, char delimiter, char *out)
{
	size_t		at = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (i)
			out[at++] = delimiter;
		out[at++] = '"';
		for (size_t k = 0; k < fields[i].length; k++)
		{
			char		c = text[fields[i].start + k];

			if (c == '"')
				out[at++] = '"';
			out[at++] = c;
		}
		out[at++] = '"';
	}
	return at;
}

/* The same fields come back from the quoted line. */
static void
check(const char *text, const tm_csv_field *fields, size_t n, size_t size, char delimiter)
{
	char	   *line = block(2 * size + 3 * n),
			   *again = block(2 * size + 3 * n);
	size_t		len = quote(text, fields, n, delimiter, line),
				m,
				where;
	tm_csv_field *back = block(n * sizeof *back);
	tm_csv_fault fault;

	law(tm_csv_split(line, len, delimiter, again, back, n, &m, &fault, &where) == TM_OK && m == n);
	for (size_t i = 0; i < n; i++)
		law(back[i].length == fields[i].length &&
			memcmp(again + back[i].start, text + fields[i].start, fields[i].length) == 0);
	free(line);
	free(again);
	free(back);
}

/* One input: the delimiter, then the line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char		delimiter;
	char	   *line,
			   *text;
	tm_csv_field *fields;
	size_t		room,
				n = 0,
				where = SIZE_MAX;
	tm_csv_fault fault;
	tm_status	status;

	if (size == 0 || !tm_csv_delimiter_valid(data[0]))
		return 0;
	delimiter = (char) data[0];
	size--;
	line = block(size);
	memcpy(line, data + 1, size);
	room = tm_csv_max_fields(line, size, delimiter);
	text = block(size);
	fields = block(room * sizeof *fields);
	status = tm_csv_split(line, size, delimiter, text, fields, room, &n, &fault, &where);
	law(status == TM_OK || (status == TM_SYNTAX && fault != TM_CSV_FINE && where <= size));
	if (status == TM_OK)
		check(text, fields, n, size, delimiter);
	free(line);
	free(text);
	free(fields);
	return 0;
}
