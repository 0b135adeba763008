/*
 * counts.c - SQL type tmap.counts: events and people at risk in 8 bytes, by value.
 *
 * The state of the one-step aggregates: at risk in the upper half, events in
 * the lower, so that one more person is one addition and an overflow of the
 * 2^32 - 1 people at risk is a sum that became smaller.
 */
#include "glue.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"

#include "core/tally_text.h"

#define AT_RISK(v) ((int64) ((v) >> 32))
#define EVENTS(v) ((int64) ((v) & 0xFFFFFFFF))
#define PG_GETARG_COUNTS(n) ((uint64) PG_GETARG_INT64(n))
#define PG_RETURN_COUNTS(v) PG_RETURN_INT64((int64) (v))

/* Packs checked counts. */
static uint64
pack(int64 events, int64 at_risk)
{
	tmap_check(tm_count_check((tm_count) {events, at_risk}));
	if (at_risk > PG_UINT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("count out of range"),
				 errdetail("At most 4294967295 people at risk fit in tmap.counts."),
				 errhint("Use tmap.tally for more.")));
	return (uint64) at_risk << 32 | (uint64) events;
}

PG_FUNCTION_INFO_V1(tmap_counts_in);
/* Text "events/at_risk" to counts. */
Datum
tmap_counts_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	char	   *slash = strchr(text, '/');
	int64		events = 0,
				at_risk = 0;
	tm_status	status = slash ? tm_count_parse(text, slash - text, &events) : TM_SYNTAX;

	if (status == TM_OK)
		status = tm_count_parse(slash + 1, strlen(slash + 1), &at_risk);
	if (status == TM_SYNTAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "tmap.counts", text),
				 errhint("Write events, a slash, people at risk: 12/345")));
	tmap_check(status);
	PG_RETURN_COUNTS(pack(events, at_risk));
}

PG_FUNCTION_INFO_V1(tmap_counts_out);
/* Counts to text. */
Datum
tmap_counts_out(PG_FUNCTION_ARGS)
{
	uint64		v = PG_GETARG_COUNTS(0);

	PG_RETURN_CSTRING(psprintf("%lld/%lld", (long long) EVENTS(v), (long long) AT_RISK(v)));
}

PG_FUNCTION_INFO_V1(tmap_counts_recv);
/* Binary to counts, checked. */
Datum
tmap_counts_recv(PG_FUNCTION_ARGS)
{
	uint64		v = (uint64) pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0));

	PG_RETURN_COUNTS(pack(EVENTS(v), AT_RISK(v)));
}

PG_FUNCTION_INFO_V1(tmap_counts_send);
/* Counts to binary. */
Datum
tmap_counts_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_COUNTS(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(tmap_counts_make);
/* Counts from two numbers. */
Datum
tmap_counts_make(PG_FUNCTION_ARGS)
{
	PG_RETURN_COUNTS(pack(PG_GETARG_INT64(0), PG_GETARG_INT64(1)));
}

/* The state with more people; the sum of two states is the combine function too. */
static inline Datum
add(uint64 v, uint64 more)
{
	uint64		sum = v + more;

	if (unlikely(sum < v))
		pack(0, (int64) PG_UINT32_MAX + 1);
	PG_RETURN_COUNTS(sum);
}

PG_FUNCTION_INFO_V1(tmap_counts_step);
/* Transition: one person at risk, treated or not. */
Datum
tmap_counts_step(PG_FUNCTION_ARGS)
{
	return add(PG_GETARG_COUNTS(0), UINT64CONST(1) << 32 | PG_GETARG_BOOL(1));
}

PG_FUNCTION_INFO_V1(tmap_counts_step_if);
/* Transition: one person, counted only when at risk. */
Datum
tmap_counts_step_if(PG_FUNCTION_ARGS)
{
	if (!PG_GETARG_BOOL(1))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	return add(PG_GETARG_COUNTS(0), UINT64CONST(1) << 32 | PG_GETARG_BOOL(2));
}

PG_FUNCTION_INFO_V1(tmap_counts_union);
/* The counts of both. */
Datum
tmap_counts_union(PG_FUNCTION_ARGS)
{
	return add(PG_GETARG_COUNTS(0), PG_GETARG_COUNTS(1));
}

PG_FUNCTION_INFO_V1(tmap_counts_rate);
/* Events per person at risk; NULL when nobody is. */
Datum
tmap_counts_rate(PG_FUNCTION_ARGS)
{
	uint64		v = PG_GETARG_COUNTS(0);

	if (AT_RISK(v) == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) EVENTS(v) / (double) AT_RISK(v));
}

PG_FUNCTION_INFO_V1(tmap_counts_events);
/* The events. */
Datum
tmap_counts_events(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(EVENTS(PG_GETARG_COUNTS(0)));
}

PG_FUNCTION_INFO_V1(tmap_counts_at_risk);
/* The people at risk. */
Datum
tmap_counts_at_risk(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(AT_RISK(PG_GETARG_COUNTS(0)));
}

#define COUNTS_COMPARISON(name, op) \
PG_FUNCTION_INFO_V1(tmap_counts_##name); \
Datum \
tmap_counts_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(PG_GETARG_COUNTS(0) op PG_GETARG_COUNTS(1)); \
}

COUNTS_COMPARISON(eq, ==)
COUNTS_COMPARISON(ne, !=)
COUNTS_COMPARISON(lt, <)
COUNTS_COMPARISON(le, <=)
COUNTS_COMPARISON(gt, >)
COUNTS_COMPARISON(ge, >=)

PG_FUNCTION_INFO_V1(tmap_counts_cmp);
/* btree order: at risk, then events. */
Datum
tmap_counts_cmp(PG_FUNCTION_ARGS)
{
	uint64		a = PG_GETARG_COUNTS(0),
				b = PG_GETARG_COUNTS(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

PG_FUNCTION_INFO_V1(tmap_counts_hash);
/* Hash for hash joins and hash aggregation. */
Datum
tmap_counts_hash(PG_FUNCTION_ARGS)
{
	uint64		v = PG_GETARG_COUNTS(0);

	return hash_any((unsigned char *) &v, sizeof v);
}

PG_FUNCTION_INFO_V1(tmap_counts_hash_extended);
/* Hash with a seed. */
Datum
tmap_counts_hash_extended(PG_FUNCTION_ARGS)
{
	uint64		v = PG_GETARG_COUNTS(0);

	return hash_any_extended((unsigned char *) &v, sizeof v, PG_GETARG_INT64(1));
}
