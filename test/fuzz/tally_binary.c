/*
 * tally_binary.c - any bytes as a stored tally: refused, or a canonical one on
 * which the arithmetic holds. Two inputs in one, cut by the first byte.
 */
#include "fuzz.h"

#include "../../src/core/tally_text.h"

/* The tally of a valid block's text is the block. */
static void
check_text(const tm_tally *t)
{
	char	   *text = block(TM_TALLY_TEXT(t->n));
	size_t		n = tm_tally_format(t, text),
				where;
	tm_entry   *work = block(t->n * sizeof *work);
	tm_tally   *back = block(tm_tally_size(t->n));

	law(tm_tally_text_n(text, n) == t->n);
	back->word = t->word;
	law(tm_tally_parse(text, n, work, back, &where) == TM_OK);
	law(memcmp(back, t, tm_tally_size(t->n)) == 0);
	free(text);
	free(work);
	free(back);
}

/* Collapsed to the total it is its total. */
static void
check_total(const tm_tally *t)
{
	tm_entry   *work = block(t->n * sizeof *work);
	tm_tally   *out = block(tm_tally_size(t->n));
	tm_count	c = {0, 0};
	tm_status	status = tm_tally_total(t, &c);

	law(tm_tally_collapse(t, TM_SCHEME_TOTAL, work, out) == status);
	if (status == TM_OK)
		law(out->n == 0 ? c.at_risk == 0 : out->counts[0].at_risk == c.at_risk && out->counts[0].events == c.events);
	free(work);
	free(out);
}

/* (a + b) - b = a, unless the sum does not fit. */
static void
check_pair(const tm_tally *a, const tm_tally *b)
{
	tm_tally   *sum = block(tm_tally_size(tm_tally_union_n(a, b))),
			   *left = block(tm_tally_size(tm_tally_union_n(a, b)));
	tm_status	status = tm_tally_union(a, b, sum);

	law((status == TM_SCHEME_MIX) == (a->scheme != b->scheme));
	if (status == TM_OK)
	{
		left->word = a->word;
		law(tm_tally_validate(sum, tm_tally_size(sum->n)) == TM_OK);
		law(tm_tally_difference(sum, b, left) == TM_OK);
		law(left->n == a->n && memcmp(left, a, tm_tally_size(a->n)) == 0);
	}
	law(tm_tally_compare(a, b) == -tm_tally_compare(b, a));
	free(sum);
	free(left);
}

/* The bytes as a tally in a block of their size, or NULL when they are none. */
static tm_tally *
tally_of(const uint8_t *data, size_t size)
{
	tm_tally   *t = block(size);
	tm_status	frame;

	memcpy(t, data, size);
	frame = tm_tally_frame(t, size);
	if (tm_tally_validate(t, size) == TM_OK)
	{
		law(frame == TM_OK);
		return t;
	}
	free(t);
	return NULL;
}

/* One input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t		cut = size && data[0] < size ? data[0] : size;
	tm_tally   *a,
			   *b;

	if (size == 0)
		return 0;
	if (cut == 0)
		cut = size;
	a = tally_of(data + 1, cut - 1);
	b = tally_of(data + cut, size - cut);
	if (a)
	{
		check_text(a);
		check_total(a);
		check_pair(a, a);
	}
	if (a && b)
		check_pair(a, b);
	free(a);
	free(b);
	return 0;
}
