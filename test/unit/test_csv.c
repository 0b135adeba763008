/*
 * test_csv.c - tm_csv_split on lines that RFC 4180 allows and on those it does not.
 */
#include "../../src/core/csv.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* Splits a line (malloc'd exactly, so that a sanitizer sees any byte too far) and joins the fields with '|'. */
static tm_status
joined(const char *line, size_t length, char delimiter, char *out, tm_csv_fault *fault, size_t *where)
{
	size_t		capacity = tm_csv_max_fields(line, length, delimiter);
	char	   *copy = malloc(length ? length : 1);
	char	   *text = malloc(length ? length : 1);
	tm_csv_field *fields = malloc(capacity * sizeof(tm_csv_field));
	size_t		n = 0,
				at = 0;
	tm_status	status;

	memcpy(copy, line, length);
	status = tm_csv_split(copy, length, delimiter, text, fields, capacity, &n, fault, where);
	for (size_t i = 0; status == TM_OK && i < n; i++)
	{
		if (i)
			out[at++] = '|';
		memcpy(out + at, text + fields[i].start, fields[i].length);
		at += fields[i].length;
	}
	out[at] = '\0';
	free(copy);
	free(text);
	free(fields);
	return status;
}

/* Expects a line to give these fields. */
static void
good(const char *line, char delimiter, const char *want)
{
	char		got[256];
	tm_csv_fault fault;
	size_t		where;
	tm_status	status = joined(line, strlen(line), delimiter, got, &fault, &where);

	if (!tap_ok(status == TM_OK && fault == TM_CSV_FINE && strcmp(got, want) == 0, "%.*s", (int) strcspn(want, "\n"), want))
		printf("# status %d, got %s\n", (int) status, got);
}

/* Expects a fault at a byte. */
static void
bad(const char *line, tm_csv_fault want, size_t place)
{
	char		got[256];
	tm_csv_fault fault;
	size_t		where;
	tm_status	status = joined(line, strlen(line), ',', got, &fault, &where);

	if (!tap_ok(status == TM_SYNTAX && fault == want && where == place, "fault %d at %zu", (int) want, place))
		printf("# status %d, fault %d at %zu\n", (int) status, (int) fault, where);
}

/* Every string of up to six bytes of a nasty alphabet: never a byte outside, and a faultless line rejoins to itself. */
static void
exhaustive(void)
{
	static const char alphabet[] = {'a', ',', '"', '\r', '\n', ' '};
	long		total = 0,
				fine = 0;

	for (size_t length = 0; length <= 6; length++)
	{
		size_t		n = 1;

		for (size_t i = 0; i < length; i++)
			n *= sizeof alphabet;
		for (size_t k = 0; k < n; k++)
		{
			char		line[6],
						got[32];
			tm_csv_fault fault;
			size_t		where,
						rest = k;

			for (size_t i = 0; i < length; i++, rest /= sizeof alphabet)
				line[i] = alphabet[rest % sizeof alphabet];
			total++;
			if (joined(line, length, ',', got, &fault, &where) == TM_OK)
				fine += fault == TM_CSV_FINE;
			else if (fault == TM_CSV_FINE || where > length)
				tap_ok(false, "fault without a place");
		}
	}
	tap_is(total, 55987, "every string of up to six bytes is answered");
	tap_ok(fine > 4000 && fine < total, "some are fine, some are not (%ld fine)", fine);
}

int
main(void)
{
	tm_csv_field fields[2];
	char		text[8];
	size_t		count,
				where;
	tm_csv_fault fault;

	good("a,b,c", ',', "a|b|c");
	good("", ',', "");
	good(",", ',', "|");
	good("a,,", ',', "a||");
	good(" a , b ", ',', " a | b ");
	good("a;b,c;d", ';', "a|b,c|d");
	good("a\tb", '\t', "a|b");
	good("\"a,b\",c", ',', "a,b|c");
	good("\"say \"\"hello\"\"\"", ',', "say \"hello\"");
	good("\"\",x", ',', "|x");
	good("\"\"\"\"", ',', "\"");
	good("\"line\nbreak\",x", ',', "line\nbreak|x");
	good("a,b\r\n", ',', "a|b");
	good("a,b\n", ',', "a|b");
	good("a,\"b\"\r", ',', "a|b");
	good("R\xc3\xa9union,974", ',', "R\xc3\xa9union|974");
	bad("\"abc", TM_CSV_UNCLOSED, 0);
	bad("a,\"b,c", TM_CSV_UNCLOSED, 2);
	bad("a,\"b\"\"", TM_CSV_UNCLOSED, 2);
	bad("\"a\"b,c", TM_CSV_AFTER_QUOTE, 3);
	bad("\"a\" ,c", TM_CSV_AFTER_QUOTE, 3);
	bad("a\"b,c", TM_CSV_QUOTE_INSIDE, 1);
	bad(" \"a\"", TM_CSV_QUOTE_INSIDE, 1);
	bad("a\rb,c", TM_CSV_LINE_BREAK, 1);
	bad("a,b\n\n", TM_CSV_LINE_BREAK, 3);
	tap_is(tm_csv_split("a,b,c", 5, ',', text, fields, 2, &count, &fault, &where), TM_TOO_MANY, "more fields than capacity");
	tap_is(tm_csv_split("a,b", 3, ',', text, fields, 2, &count, &fault, &where), TM_OK, "exactly the capacity");
	tap_is((long) count, 2, "two fields");
	tap_is((long) tm_csv_max_fields("a,b,,", 5, ','), 4, "most fields: delimiters and one");
	tap_ok(tm_csv_delimiter_valid(';') && tm_csv_delimiter_valid('\t') && tm_csv_delimiter_valid('|'), "usual delimiters");
	tap_ok(!tm_csv_delimiter_valid('"') && !tm_csv_delimiter_valid('\n') && !tm_csv_delimiter_valid('\r') &&
		   !tm_csv_delimiter_valid(0) && !tm_csv_delimiter_valid(0xc3), "what cannot be a delimiter");
	exhaustive();
	return tap_done();
}
