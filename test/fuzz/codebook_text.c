/*
 * codebook_text.c - any bytes as a codebook's text: refused at a place inside
 * it, or a valid codebook whose own text is a fixed point.
 */
#include "fuzz.h"

#include "../../src/core/codebook_text.h"

/* Reads a text in exactly the room the interface asks for; NULL when it is refused. */
static tm_codebook *
parse(const char *text, size_t size, size_t *where)
{
	uint32_t	room = tm_codebook_text_n(text, size);
	tm_draft	d;
	tm_codebook *b = NULL;

	tm_draft_start(&d, block(room * sizeof(tm_rule)), room);
	if (tm_codebook_parse(text, size, &d, where) == TM_OK)
	{
		b = block(tm_codebook_size(d.n, d.k));
		b->word = 0;
		tm_draft_write(&d, b);
	}
	free(d.rules);
	return b;
}

/* A codebook that was accepted: valid, and its text gives the same bytes. */
static void
check(const tm_codebook *b)
{
	char	   *text = block(tm_codebook_text_room(b));
	size_t		n = tm_codebook_format(b, text),
				where;
	tm_codebook *back = parse(text, n, &where);

	law(tm_codebook_validate(b, tm_codebook_size(b->n, b->k)) == TM_OK);
	law(n < tm_codebook_text_room(b) && strlen(text) == n);
	law(back && back->n == b->n && back->k == b->k && memcmp(back, b, tm_codebook_size(b->n, b->k)) == 0);
	law(tm_codebook_compare(b, back) == 0);
	free(text);
	free(back);
}

/* One input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = block(size);
	size_t		where = SIZE_MAX;
	tm_codebook *b;

	memcpy(text, data, size);
	b = parse(text, size, &where);
	if (b)
		check(b);
	else
		law(where <= size);
	free(text);
	free(b);
	return 0;
}
