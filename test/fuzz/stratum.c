/*
 * stratum.c - any bytes as a stratum's text, a scheme's name and a stratum's
 * number: what is accepted is valid, and its text is read back as the same.
 */
#include "fuzz.h"

#include "../../src/core/stratum.h"

/* A valid stratum's texts are read back. */
static void
check_stratum(tm_stratum v)
{
	tm_scheme	s = tm_stratum_scheme(v);
	char	   *text = block(TM_LEVELS_TEXT);
	tm_stratum	back;
	tm_levels	l;
	size_t		n = tm_stratum_format(v, text);

	law(tm_stratum_valid(v));
	law(n < TM_LEVELS_TEXT && strlen(text) == n);
	law(tm_stratum_parse(text, n, &back) == TM_OK && back == v);
	n = tm_levels_format(s, tm_stratum_levels(v), text);
	law(tm_levels_parse(s, text, n, &l) == TM_OK && l == tm_stratum_levels(v));
	law(tm_levels_coarsen(l, s, s) == l && tm_levels_coarsen(l, s, TM_SCHEME_TOTAL) == 0);
	free(text);
}

/* A valid scheme's name is read back. */
static void
check_scheme(tm_scheme s)
{
	char	   *text = block(TM_SCHEME_TEXT);
	tm_scheme	back;
	size_t		n = tm_scheme_format(s, text);

	law(tm_scheme_valid(s));
	law(n < TM_SCHEME_TEXT && strlen(text) == n);
	law(tm_scheme_parse(text, n, &back) == TM_OK && back == s);
	law(tm_scheme_meet(s, s) == s);
	free(text);
}

/* One input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = block(size);
	tm_stratum	v;
	tm_scheme	s;

	memcpy(text, data, size);
	if (tm_stratum_parse(text, size, &v) == TM_OK)
		check_stratum(v);
	if (tm_scheme_parse(text, size, &s) == TM_OK)
		check_scheme(s);
	if (size == sizeof v)
	{
		memcpy(&v, data, sizeof v);
		if (tm_stratum_valid(v))
			check_stratum(v);
		if (tm_scheme_valid((tm_scheme) v))
			check_scheme((tm_scheme) v);
	}
	free(text);
	return 0;
}
