/*
 * codebook_binary.c - any bytes as a stored codebook: refused, or a canonical
 * one on which probes and merging hold. Two inputs in one, cut by the first byte.
 */
#include "fuzz.h"

#include "../../src/core/codebook_text.h"

/* The union of two codebooks, NULL when it has too many concepts. */
static tm_codebook *
united(const tm_codebook *a, const tm_codebook *b)
{
	tm_draft	d;
	tm_codebook *out = NULL;
	tm_status	status;

	tm_draft_start(&d, block((a->n + b->n) * sizeof(tm_rule)), a->n + b->n);
	tm_draft_load(&d, a);
	status = tm_draft_merge(&d, b);
	law(status == TM_OK || (status == TM_TOO_MANY && a->k + b->k > TM_CONCEPTS_MAX));
	if (status == TM_OK)
	{
		out = block(tm_codebook_size(d.n, d.k));
		out->word = a->word;
		tm_draft_write(&d, out);
		law(tm_codebook_validate(out, tm_codebook_size(out->n, out->k)) == TM_OK);
	}
	free(d.rules);
	return out;
}

/* a + b is b + a, and holds a. */
static void
check_pair(const tm_codebook *a, const tm_codebook *b)
{
	tm_codebook *ab = united(a, b),
			   *ba = united(b, a);

	law((ab == NULL) == (ba == NULL));
	if (ab)
	{
		tm_codebook *again = united(ab, a);

		law(tm_codebook_compare(ab, ba) == 0);
		law(again && tm_codebook_compare(again, ab) == 0);
		free(again);
	}
	law(tm_codebook_compare(a, b) == -tm_codebook_compare(b, a));
	free(ab);
	free(ba);
}

/* Every rule's own code has no more concepts than there are, with and without a day. */
static void
check_probes(const tm_codebook *b)
{
	uint64_t	all = b->k >= 64 ? UINT64_MAX : ((uint64_t) 1 << b->k) - 1;

	for (uint32_t i = 0; i < b->n; i++)
	{
		tm_key		key = b->rules[i].key & ~(tm_key) TM_KEY_EXACT;

		law((tm_codebook_probe(b, key, TM_DAY_ANY) & ~all) == 0);
		law((tm_codebook_probe(b, key, b->rules[i].from) & ~all) == 0);
	}
}

/* The text of a valid codebook leads back to its bytes. */
static void
check_text(const tm_codebook *b)
{
	char	   *text = block(tm_codebook_text_room(b));
	size_t		n = tm_codebook_format(b, text),
				where;
	tm_draft	d;
	tm_codebook *back;

	tm_draft_start(&d, block(b->n * sizeof(tm_rule)), b->n);
	law(tm_codebook_text_n(text, n) == b->n && tm_codebook_parse(text, n, &d, &where) == TM_OK);
	back = block(tm_codebook_size(d.n, d.k));
	back->word = b->word;
	tm_draft_write(&d, back);
	law(d.n == b->n && d.k == b->k && memcmp(back, b, tm_codebook_size(b->n, b->k)) == 0);
	free(text);
	free(d.rules);
	free(back);
}

/* The bytes as a codebook in a block of their size, or NULL when they are none. */
static tm_codebook *
codebook_of(const uint8_t *data, size_t size)
{
	tm_codebook *b = block(size);
	tm_status	frame;

	memcpy(b, data, size);
	frame = tm_codebook_frame(b, size);
	if (tm_codebook_validate(b, size) == TM_OK)
	{
		law(frame == TM_OK);
		return b;
	}
	free(b);
	return NULL;
}

/* One input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t		cut = size && data[0] < size ? data[0] : size;
	tm_codebook *a,
			   *b;

	if (size == 0)
		return 0;
	if (cut == 0)
		cut = size;
	a = codebook_of(data + 1, cut - 1);
	b = codebook_of(data + cut, size - cut);
	if (a)
	{
		check_text(a);
		check_probes(a);
		check_pair(a, a);
	}
	if (a && b)
		check_pair(a, b);
	free(a);
	free(b);
	return 0;
}
