/*
 * tally_text.c - any bytes as a tally's text: refused at a place inside it, or
 * a valid tally whose own text is a fixed point.
 */
#include "fuzz.h"

#include "../../src/core/tally_text.h"

/* Reads a text into a new tally of exactly the room the interface asks for. */
static tm_status
parse(const char *text, size_t size, tm_tally **t, size_t *where)
{
	uint32_t	n = tm_tally_text_n(text, size);
	tm_entry   *work = block(n * sizeof *work);
	tm_status	status;

	*t = block(tm_tally_size(n));
	(*t)->word = 0;
	status = tm_tally_parse(text, size, work, *t, where);
	law(status != TM_OK || (*t)->n <= n);
	free(work);
	return status;
}

/* A tally that was accepted: valid, and its text gives the same bytes. */
static void
check(const tm_tally *t)
{
	char	   *text = block(TM_TALLY_TEXT(t->n));
	size_t		n = tm_tally_format(t, text),
				where;
	tm_tally   *back;

	law(tm_tally_validate(t, tm_tally_size(t->n)) == TM_OK);
	law(strlen(text) == n);
	law(parse(text, n, &back, &where) == TM_OK);
	law(back->n == t->n && memcmp(back, t, tm_tally_size(t->n)) == 0);
	free(text);
	free(back);
}

/* One input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = block(size);
	tm_tally   *t;
	size_t		where = SIZE_MAX;

	memcpy(text, data, size);
	if (parse(text, size, &t, &where) == TM_OK)
		check(t);
	else
		law(where <= size);
	free(text);
	free(t);
	return 0;
}
