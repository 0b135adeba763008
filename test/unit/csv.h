/*
 * csv.h - reads a comma-separated file with a header line into memory, for
 * unit tests: quoted fields, doubled quotes, LF or CRLF. Blank means missing.
 */
#ifndef TMAP_TEST_CSV_H
#define TMAP_TEST_CSV_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct csv
{
	char	   *text;			/* the file, cells cut by zero bytes */
	char	  **cell;			/* header cells first, then row by row */
	size_t		cols;
	size_t		rows;			/* without the header */
} csv;

/* Ends the test program: a missing or broken file is no test result. */
__attribute__((noreturn))
static inline void
csv_die(const char *what, const char *which)
{
	printf("Bail out! %s: %s\n", what, which);
	exit(2);
}

/* The whole file as a string, at most a few megabytes; the caller frees it. */
static inline char *
csv_slurp(const char *path)
{
	FILE	   *file = fopen(path, "rb");
	char	   *text;
	long		size;

	if (file == NULL)
		csv_die("cannot open", path);
	if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
		csv_die("cannot measure", path);
	rewind(file);
	text = malloc((size_t) size + 1);
	if (text == NULL || fread(text, 1, (size_t) size, file) != (size_t) size)
		csv_die("cannot read", path);
	fclose(file);
	text[size] = '\0';
	return text;
}

/* Cuts the cell that starts at *at, unquotes it in place, moves *at behind it; gives the byte that ended it. */
static inline char
csv_cut(char **at, char **cell)
{
	char	   *in = *at;
	char	   *out = in;
	bool		quoted = *in == '"';
	char		end;

	*cell = in;
	if (quoted)
		in++;
	while (*in != '\0' && (quoted || (*in != ',' && *in != '\n' && *in != '\r')))
	{
		if (quoted && *in == '"' && *++in != '"')
			quoted = false;
		else
			*out++ = *in++;
	}
	if (*in == '\r')
		in++;
	end = *in;
	*at = end == '\0' ? in : in + 1;
	*out = '\0';
	return end;
}

/* An upper limit of the cells in a text: one more than its separators. */
static inline size_t
csv_count(const char *text)
{
	size_t		n = 1;

	for (; *text != '\0'; text++)
		n += *text == ',' || *text == '\n';
	return n;
}

/* Reads a file; ends the program if a row is not as long as the header. */
static inline csv
csv_read(const char *dir, const char *name)
{
	char		path[4096];
	csv			t = {0};
	size_t		n = 0;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	t.text = csv_slurp(path);
	t.cell = malloc(csv_count(t.text) * sizeof *t.cell);
	if (t.cell == NULL)
		csv_die("no memory for", path);
	for (char *at = t.text; *at != '\0';)
	{
		char		end = csv_cut(&at, &t.cell[n++]);

		if (end != ',' && t.cols == 0)
			t.cols = n;
		if (t.cols != 0 && (end == ',') == (n % t.cols == 0))
			csv_die("ragged row in", path);
	}
	if (t.cols == 0)
		csv_die("no header line in", path);
	t.rows = n / t.cols - 1;
	return t;
}

/* Gives the file's memory back. */
static inline void
csv_free(csv *t)
{
	free(t->text);
	free(t->cell);
	*t = (csv) {0};
}

/* The cell of a row (0 is the first below the header) in the column of that name. */
static inline const char *
csv_text(const csv *t, size_t row, const char *column)
{
	for (size_t c = 0; c < t->cols; c++)
	{
		if (strcmp(t->cell[c], column) == 0)
			return t->cell[(row + 1) * t->cols + c];
	}
	csv_die("no such column", column);
}

/* Says whether a cell holds exactly that text. */
static inline bool
csv_is(const csv *t, size_t row, const char *column, const char *text)
{
	return strcmp(csv_text(t, row, column), text) == 0;
}

/* The number in a cell, NaN when blank; ends the program if it is not a number. */
static inline double
csv_num(const csv *t, size_t row, const char *column)
{
	const char *text = csv_text(t, row, column);
	char	   *end;
	double		number = strtod(text, &end);

	if (*text == '\0')
		return NAN;
	if (*end != '\0')
		csv_die("not a number", text);
	return number;
}

/* The whole number in a cell; ends the program if it is not one. */
static inline long long
csv_int(const csv *t, size_t row, const char *column)
{
	const char *text = csv_text(t, row, column);
	char	   *end;
	long long	number = strtoll(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		csv_die("not a whole number", text);
	return number;
}

#endif
