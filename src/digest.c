/*
 * digest.c - the aggregate that gives the SHA-256 of a file from its lines.
 */
#include "pseudonym.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* The state of the aggregate: everything but the last line end. */
typedef struct lines_state
{
	tm_sha256	sha;
	bool		crlf;
} lines_state;

/* True when lines end with CRLF, false for LF; an error for anything else. */
static bool
line_end_arg(text *line_end)
{
	const char *p = VARDATA_ANY(line_end);
	size_t		n = VARSIZE_ANY_EXHDR(line_end);

	if (n == 1 && *p == '\n')
		return false;
	if (n == 2 && memcmp(p, "\r\n", 2) == 0)
		return true;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid line end"),
			 errhint("It is E'\\n' or E'\\r\\n'.")));
	return false;
}

/* Takes a line end into the digest. */
static void
add_line_end(lines_state *state, tm_sha256 *sha)
{
	tm_sha256_add(sha, state->crlf ? "\r\n" : "\n", state->crlf ? 2 : 1);
}

PG_FUNCTION_INFO_V1(tmap_lines_sha256_add);
/* lines_sha256's transition: takes one line; NULL is an empty one. */
Datum
tmap_lines_sha256_add(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	lines_state *state;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "lines_sha256 called outside an aggregate");
	if (PG_ARGISNULL(0))
	{
		if (PG_ARGISNULL(2))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("line end is NULL")));
		state = MemoryContextAllocZero(context, sizeof *state);
		tm_sha256_start(&state->sha);
		state->crlf = line_end_arg(PG_GETARG_TEXT_PP(2));
	}
	else
	{
		state = (lines_state *) PG_GETARG_POINTER(0);
		add_line_end(state, &state->sha);
	}
	if (!PG_ARGISNULL(1))
	{
		text	   *line = PG_GETARG_TEXT_PP(1);

		tm_sha256_add(&state->sha, VARDATA_ANY(line), VARSIZE_ANY_EXHDR(line));
	}
	PG_RETURN_POINTER(state);
}

/* The digest in hexadecimal. */
Datum
tmap_sha256_hex(const tm_sha256 *sha)
{
	uint8_t		digest[TM_SHA256_BYTES];
	char		hex[2 * TM_SHA256_BYTES];

	tm_sha256_digest(sha, digest);
	hex_encode((const char *) digest, sizeof digest, hex);
	return PointerGetDatum(cstring_to_text_with_len(hex, sizeof hex));
}

PG_FUNCTION_INFO_V1(tmap_lines_sha256_final);
/* lines_sha256's result: the digests with and without a line end behind the last line. */
Datum
tmap_lines_sha256_final(PG_FUNCTION_ARGS)
{
	lines_state *state;
	tm_sha256	ended;
	Datum		both[2];

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "lines_sha256 called outside an aggregate");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (lines_state *) PG_GETARG_POINTER(0);
	ended = state->sha;
	add_line_end(state, &ended);
	both[0] = tmap_sha256_hex(&ended);
	both[1] = tmap_sha256_hex(&state->sha);
	PG_RETURN_ARRAYTYPE_P(construct_array(both, 2, TEXTOID, -1, false, TYPALIGN_INT));
}
