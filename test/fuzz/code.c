/*
 * code.c - any bytes as a code of any system: refused at a place inside, or a
 * code whose canonical form is a fixed point and whose beginnings are prefixes.
 */
#include "fuzz.h"

#include "../../src/core/code.h"

/* Reads from a block of exactly the text's size. */
static tm_status
read_code(tm_system s, const void *text, size_t len, bool prefix, tm_key *key, tm_code_fault *fault, size_t *where)
{
	char	   *copy = block(len);
	tm_status	status;

	memcpy(copy, text, len);
	status = tm_code_read(s, copy, len, prefix, key, fault, where);
	free(copy);
	return status;
}

/* The laws of a key that was accepted. */
static void
check(tm_system s, bool prefix, tm_key key)
{
	char		form[TM_CODE_TEXT],
				cut[TM_CODE_TEXT];
	size_t		n = tm_key_format(key, form),
				where;
	tm_key		back;
	tm_code_fault fault;

	law(n >= 1 && n <= TM_CODE_MAX && strlen(form) == n && tm_key_length(key) == n && tm_key_system(key) == s);
	law(read_code(s, form, n, prefix, &back, &fault, &where) == TM_OK && back == key);
	/* What is a code is also a prefix of itself. */
	law(read_code(s, form, n, true, &back, &fault, &where) == TM_OK && back == key);
	for (unsigned i = 1; i <= n; i++)
	{
		tm_key		p = tm_key_prefix(key, i);

		law(tm_key_format(p, cut) == i && memcmp(cut, form, i) == 0 && p <= key);
	}
}

/* One input: the system and whether it is a prefix, then the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tm_system	s,
				named = TM_NO_SYSTEM;
	bool		prefix;
	tm_key		key;
	tm_code_fault fault;
	size_t		where;

	if (size == 0)
		return 0;
	s = (tm_system) (1 + (data[0] & 127) % (TM_SYSTEMS - 1));
	prefix = data[0] >> 7;
	if (read_code(s, data + 1, size - 1, prefix, &key, &fault, &where) == TM_OK)
	{
		law(fault == TM_CODE_FINE);
		check(s, prefix, key);
	}
	else
		law(fault != TM_CODE_FINE && where <= size - 1);
	if (tm_system_parse((const char *) data + 1, size - 1, &named) == TM_OK)
		law(tm_system_name(named) != NULL);
	return 0;
}
