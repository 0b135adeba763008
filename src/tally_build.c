/*
 * tally_build.c - makes tallies: from people, from counts, by addition and subtraction.
 *
 * The transition state of the aggregates is the tally itself. A state that
 * grows is made anew in the current context (the executor copies it to the
 * aggregate's); counts are changed in place only when an aggregate calls.
 */
#include "glue.h"

/* Checks one stratum's count and raises with the stratum in the detail. */
static void
check_count(tm_stratum v, tm_count c)
{
	tm_status	status = tm_count_check(c);
	char		buf[TM_LEVELS_TEXT];

	if (likely(status == TM_OK))
		return;
	tm_stratum_format(v, buf);
	tmap_raise(status,
			   psprintf("Stratum \"%s\" has %lld events and %lld at risk.", buf,
						(long long) c.events, (long long) c.at_risk));
}

/* A tally of one stratum (of none when nobody is at risk). */
static tm_tally *
single(tm_stratum v, tm_count c)
{
	tm_tally   *t = tmap_tally_new(tm_stratum_scheme(v), c.at_risk > 0 ? 1 : 0);

	if (c.at_risk > 0)
	{
		t->counts[0] = c;
		*(tm_levels *) (t->counts + 1) = tm_stratum_levels(v);
	}
	return t;
}

/* True when the first argument may be changed in place. */
static bool
own_state(FunctionCallInfo fcinfo)
{
	return AggCheckCallContext(fcinfo, NULL) == AGG_CONTEXT_AGGREGATE;
}

/* The state (NULL at first) with one more count. */
static Datum
step(FunctionCallInfo fcinfo, tm_count c)
{
	tm_tally   *t,
			   *grown;
	tm_stratum	v;
	uint32_t	pos;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("stratum is null"),
				 errhint("A person of unknown age and sex has the stratum tmap.stratum(NULL, NULL).")));
	v = PG_GETARG_STRATUM(1);
	check_count(v, c);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(single(v, c));
	t = PG_GETARG_TALLY(0);
	if (t->scheme != tm_stratum_scheme(v))
		tmap_raise_schemes(TM_SCHEME_MIX, t->scheme, tm_stratum_scheme(v));
	if (tm_tally_find(t, tm_stratum_levels(v), &pos))
	{
		if (!own_state(fcinfo))
			t = tmap_tally_copy(t);
		tmap_check(tm_count_add(&t->counts[pos], c));
		PG_RETURN_POINTER(t);
	}
	if (c.at_risk == 0)
		PG_RETURN_POINTER(t);
	grown = tmap_tally_new(t->scheme, t->n + 1);
	tm_tally_insert(t, pos, tm_stratum_levels(v), c, grown);
	PG_RETURN_POINTER(grown);
}

/* The state as it came in. */
static Datum
unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

PG_FUNCTION_INFO_V1(tmap_tally_step_boolean);
/* Transition: one person, treated or not; unknown treatment is skipped. */
Datum
tmap_tally_step_boolean(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(2))
		return unchanged(fcinfo);
	return step(fcinfo, (tm_count) {PG_GETARG_BOOL(2), 1});
}

PG_FUNCTION_INFO_V1(tmap_tally_step_counts);
/* Transition: a stratum's counts; a row without one of them is skipped. */
Datum
tmap_tally_step_counts(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return unchanged(fcinfo);
	return step(fcinfo, (tm_count) {PG_GETARG_INT64(2), PG_GETARG_INT64(3)});
}

PG_FUNCTION_INFO_V1(tmap_tally_make);
/* A tally of one stratum. */
Datum
tmap_tally_make(PG_FUNCTION_ARGS)
{
	tm_count	c = {PG_GETARG_INT64(1), PG_GETARG_INT64(2)};

	check_count(PG_GETARG_STRATUM(0), c);
	PG_RETURN_POINTER(single(PG_GETARG_STRATUM(0), c));
}

PG_FUNCTION_INFO_V1(tmap_tally_union);
/* a + b: operator, combine function and rollup in one. */
Datum
tmap_tally_union(PG_FUNCTION_ARGS)
{
	tm_tally   *a = PG_GETARG_TALLY(0),
			   *b = PG_GETARG_TALLY(1),
			   *out;
	tm_status	status = TM_NOT_CONTAINED;

	if (a->scheme != b->scheme)
		tmap_raise_schemes(TM_SCHEME_MIX, a->scheme, b->scheme);
	if (own_state(fcinfo))
		status = tm_tally_union_into(a, b);
	if (status == TM_OK)
		PG_RETURN_POINTER(a);
	if (status != TM_NOT_CONTAINED)
		tmap_raise(status, NULL);
	out = tmap_tally_new(a->scheme, tm_tally_union_n(a, b));
	tmap_check(tm_tally_union(a, b, out));
	PG_RETURN_POINTER(out);
}

PG_FUNCTION_INFO_V1(tmap_tally_difference);
/* a - b: what is left of a without the people of b. */
Datum
tmap_tally_difference(PG_FUNCTION_ARGS)
{
	tm_tally   *a = PG_GETARG_TALLY(0),
			   *b = PG_GETARG_TALLY(1),
			   *out = tmap_tally_new(a->scheme, a->n);

	if (a->scheme != b->scheme)
		tmap_raise_schemes(TM_SCHEME_MIX, a->scheme, b->scheme);
	tmap_check(tm_tally_difference(a, b, out));
	PG_RETURN_POINTER(tmap_tally_fit(out));
}
