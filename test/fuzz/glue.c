/*
 * glue.c - the input and receive functions as PostgreSQL calls them, on any
 * bytes. A value that is accepted goes out as text and binary and comes back
 * the same; a refusal carries an SQLSTATE of its own, never an internal error.
 */
#include "server.h"

#include "libpq/pqformat.h"

#include "../../src/glue.h"

extern Datum tmap_stratum_in(PG_FUNCTION_ARGS);
extern Datum tmap_stratum_out(PG_FUNCTION_ARGS);
extern Datum tmap_stratum_recv(PG_FUNCTION_ARGS);
extern Datum tmap_stratum_send(PG_FUNCTION_ARGS);
extern Datum tmap_tally_in(PG_FUNCTION_ARGS);
extern Datum tmap_tally_out(PG_FUNCTION_ARGS);
extern Datum tmap_tally_recv(PG_FUNCTION_ARGS);
extern Datum tmap_tally_send(PG_FUNCTION_ARGS);
extern Datum tmap_counts_in(PG_FUNCTION_ARGS);
extern Datum tmap_counts_out(PG_FUNCTION_ARGS);
extern Datum tmap_counts_recv(PG_FUNCTION_ARGS);
extern Datum tmap_counts_send(PG_FUNCTION_ARGS);
extern Datum tmap_codebook_in(PG_FUNCTION_ARGS);
extern Datum tmap_codebook_out(PG_FUNCTION_ARGS);
extern Datum tmap_codebook_recv(PG_FUNCTION_ARGS);
extern Datum tmap_codebook_send(PG_FUNCTION_ARGS);
extern Datum tmap_comorbidities_in(PG_FUNCTION_ARGS);
extern Datum tmap_comorbidities_out(PG_FUNCTION_ARGS);
extern Datum tmap_comorbidities_recv(PG_FUNCTION_ARGS);
extern Datum tmap_comorbidities_send(PG_FUNCTION_ARGS);
extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A type's four functions. */
static const struct
{
	PGFunction	in,
				out,
				recv,
				send;
	bool		by_value;
}			types[] = {
	{tmap_stratum_in, tmap_stratum_out, tmap_stratum_recv, tmap_stratum_send, true},
	{tmap_tally_in, tmap_tally_out, tmap_tally_recv, tmap_tally_send, false},
	{tmap_counts_in, tmap_counts_out, tmap_counts_recv, tmap_counts_send, true},
	{tmap_codebook_in, tmap_codebook_out, tmap_codebook_recv, tmap_codebook_send, false},
	{tmap_comorbidities_in, tmap_comorbidities_out, tmap_comorbidities_recv, tmap_comorbidities_send, true},
};

/* Stops the run unless the law holds. */
static void
law(bool holds)
{
	if (!holds)
		__builtin_trap();
}

/* Calls a function of one argument, as the executor does. */
static Datum
call(PGFunction f, Datum argument)
{
	LOCAL_FCINFO(fcinfo, 1);
	Datum		result;

	InitFunctionCallInfoData(*fcinfo, NULL, 1, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = argument;
	fcinfo->args[0].isnull = false;
	result = f(fcinfo);
	law(!fcinfo->isnull);
	return result;
}

/* Calls a receive function on a message in a block of exactly its bytes. */
static Datum
receive(PGFunction f, const void *data, size_t size)
{
	StringInfoData message = {palloc(size), (int) size, (int) size, 0};
	Datum		result;

	memcpy(message.data, data, size);
	result = call(f, PointerGetDatum(&message));
	law(message.cursor == message.len);
	return result;
}

/* True when two values are the same bytes. */
static bool
same(Datum a, Datum b, bool by_value)
{
	struct varlena *x = (struct varlena *) a,
			   *y = (struct varlena *) b;

	if (by_value)
		return a == b;
	return VARSIZE(x) == VARSIZE(y) && memcmp(x, y, VARSIZE(x)) == 0;
}

/* The value goes out in both forms and comes back the same. */
static void
check(int type, Datum value)
{
	struct varlena *sent = (struct varlena *) call(types[type].send, value);

	law(same(value, call(types[type].in, call(types[type].out, value)), types[type].by_value));
	law(same(value, receive(types[type].recv, VARDATA(sent), VARSIZE(sent) - VARHDRSZ), types[type].by_value));
}

/* One input: which type and form, then the bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int			type;

	if (size == 0)
		return 0;
	type = data[0] % 3;
	if (setjmp(server_error) == 0)
	{
		if (data[0] / 3 % 2)
		{
			char	   *text = palloc(size);	/* a zero byte in the place of the selector */

			memcpy(text, data + 1, size - 1);
			text[size - 1] = '\0';
			check(type, call(types[type].in, CStringGetDatum(text)));
		}
		else if (size - 1 == 8 || type == 1 || data[0] >= 128)
			check(type, call(types[type].recv, PointerGetDatum(server_message(data + 1, size - 1))));
	}
	else
		law(server_sqlstate != 0 && server_sqlstate != ERRCODE_INTERNAL_ERROR);
	server_free();
	return 0;
}
