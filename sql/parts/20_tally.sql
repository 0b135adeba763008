-- The tally: an exact, mergeable, storable count of events and people at risk by stratum.

CREATE TYPE tmap.tally;

CREATE FUNCTION tmap.tally_in(cstring) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_in(cstring) IS 'Text to tally. Errors: 22P02 malformed, unknown scheme or level, stratum twice; 22023 negative count or more events than at risk; 22003 count beyond 64 bits.';

CREATE FUNCTION tmap.tally_out(tmap.tally) RETURNS cstring
AS 'MODULE_PATHNAME', 'tmap_tally_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_out(tmap.tally) IS 'Tally to text, loss-free: tmap1 age90+sex {80-84 female: 12/345, …}, events/at risk by stratum.';

CREATE FUNCTION tmap.tally_recv(internal) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_recv(internal) IS 'Binary to tally. Errors: 22P03 malformed or out of order; 22023 impossible counts.';

CREATE FUNCTION tmap.tally_send(tmap.tally) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_tally_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_send(tmap.tally) IS 'Tally to binary: version, scheme, number of strata, then levels, events, at risk; network order.';

CREATE TYPE tmap.tally (
  INPUT = tmap.tally_in, OUTPUT = tmap.tally_out, RECEIVE = tmap.tally_recv, SEND = tmap.tally_send,
  INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);
COMMENT ON TYPE tmap.tally IS 'Stratum → (events, at risk), 64-bit integers, canonical: equal tallies are equal bytes. 16 bytes + 20 a stratum. 0 <= events <= at risk; strata with nobody at risk are not stored.';

CREATE FUNCTION tmap.tally(stratum tmap.stratum, events bigint, at_risk bigint) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally(tmap.stratum, bigint, bigint) IS 'A tally of one stratum; of none when at_risk is 0. NULL when an argument is. Errors: 22023 negative count or events > at_risk.';

CREATE FUNCTION tmap.tally_eq(tmap.tally, tmap.tally) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_tally_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_eq(tmap.tally, tmap.tally) IS 'Behind the operator =: true when the first tally is equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.tally_ne(tmap.tally, tmap.tally) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_tally_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_ne(tmap.tally, tmap.tally) IS 'Behind the operator <>: true when the first tally is not equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.tally_lt(tmap.tally, tmap.tally) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_tally_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_lt(tmap.tally, tmap.tally) IS 'Behind the operator <: true when the first tally comes before the second. NULL when an argument is.';

CREATE FUNCTION tmap.tally_le(tmap.tally, tmap.tally) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_tally_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_le(tmap.tally, tmap.tally) IS 'Behind the operator <=: true when the first tally is before or equal the second. NULL when an argument is.';

CREATE FUNCTION tmap.tally_gt(tmap.tally, tmap.tally) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_tally_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_gt(tmap.tally, tmap.tally) IS 'Behind the operator >: true when the first tally is after the second. NULL when an argument is.';

CREATE FUNCTION tmap.tally_ge(tmap.tally, tmap.tally) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_tally_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_ge(tmap.tally, tmap.tally) IS 'Behind the operator >=: true when the first tally is after or equal the second. NULL when an argument is.';

CREATE OPERATOR tmap.= (
  LEFTARG = tmap.tally, RIGHTARG = tmap.tally, FUNCTION = tmap.tally_eq,
  COMMUTATOR = OPERATOR(tmap.=), NEGATOR = OPERATOR(tmap.<>),
  RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR tmap.= (tmap.tally, tmap.tally) IS 'equal: by scheme, then stratum by stratum (levels, at risk, events).';

CREATE OPERATOR tmap.<> (
  LEFTARG = tmap.tally, RIGHTARG = tmap.tally, FUNCTION = tmap.tally_ne,
  COMMUTATOR = OPERATOR(tmap.<>), NEGATOR = OPERATOR(tmap.=),
  RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR tmap.<> (tmap.tally, tmap.tally) IS 'not equal: by scheme, then stratum by stratum (levels, at risk, events).';

CREATE OPERATOR tmap.< (
  LEFTARG = tmap.tally, RIGHTARG = tmap.tally, FUNCTION = tmap.tally_lt,
  COMMUTATOR = OPERATOR(tmap.>), NEGATOR = OPERATOR(tmap.>=),
  RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR tmap.< (tmap.tally, tmap.tally) IS 'before: by scheme, then stratum by stratum (levels, at risk, events).';

CREATE OPERATOR tmap.<= (
  LEFTARG = tmap.tally, RIGHTARG = tmap.tally, FUNCTION = tmap.tally_le,
  COMMUTATOR = OPERATOR(tmap.>=), NEGATOR = OPERATOR(tmap.>),
  RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR tmap.<= (tmap.tally, tmap.tally) IS 'before or equal: by scheme, then stratum by stratum (levels, at risk, events).';

CREATE OPERATOR tmap.> (
  LEFTARG = tmap.tally, RIGHTARG = tmap.tally, FUNCTION = tmap.tally_gt,
  COMMUTATOR = OPERATOR(tmap.<), NEGATOR = OPERATOR(tmap.<=),
  RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR tmap.> (tmap.tally, tmap.tally) IS 'after: by scheme, then stratum by stratum (levels, at risk, events).';

CREATE OPERATOR tmap.>= (
  LEFTARG = tmap.tally, RIGHTARG = tmap.tally, FUNCTION = tmap.tally_ge,
  COMMUTATOR = OPERATOR(tmap.<=), NEGATOR = OPERATOR(tmap.<),
  RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR tmap.>= (tmap.tally, tmap.tally) IS 'after or equal: by scheme, then stratum by stratum (levels, at risk, events).';

CREATE FUNCTION tmap.tally_cmp(tmap.tally, tmap.tally) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_tally_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_cmp(tmap.tally, tmap.tally) IS 'btree support: -1, 0 or 1; by scheme, then stratum by stratum (levels, at risk, events).';

CREATE OPERATOR CLASS tmap.tally_ops DEFAULT FOR TYPE tmap.tally USING btree AS
  OPERATOR 1 tmap.<, OPERATOR 2 tmap.<=, OPERATOR 3 tmap.=, OPERATOR 4 tmap.>=, OPERATOR 5 tmap.>,
  FUNCTION 1 tmap.tally_cmp(tmap.tally, tmap.tally);
COMMENT ON OPERATOR CLASS tmap.tally_ops USING btree IS 'Sorting, DISTINCT and btree indexes: by scheme, then stratum by stratum (levels, at risk, events).';
COMMENT ON OPERATOR FAMILY tmap.tally_ops USING btree IS 'Sorting of tally values.';

CREATE FUNCTION tmap.tally_hash(tmap.tally) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_tally_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_hash(tmap.tally) IS 'Hash support: equal values have equal hashes.';

CREATE FUNCTION tmap.tally_hash_extended(tmap.tally, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_tally_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_hash_extended(tmap.tally, bigint) IS 'Hash support with a seed, for hash partitioning.';

CREATE OPERATOR CLASS tmap.tally_ops DEFAULT FOR TYPE tmap.tally USING hash AS
  OPERATOR 1 tmap.=,
  FUNCTION 1 tmap.tally_hash(tmap.tally),
  FUNCTION 2 tmap.tally_hash_extended(tmap.tally, bigint);
COMMENT ON OPERATOR CLASS tmap.tally_ops USING hash IS 'Hash joins, hash aggregation and hash indexes.';
COMMENT ON OPERATOR FAMILY tmap.tally_ops USING hash IS 'Hashing of tally values.';

CREATE FUNCTION tmap.tally_union(tmap.tally, tmap.tally) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_union(tmap.tally, tmap.tally) IS 'Behind + and rollup: the counts of both, stratum by stratum. NULL when an argument is. Errors: 42804 different schemes, 22003 a count beyond 64 bits.';

CREATE OPERATOR tmap.+ (LEFTARG = tmap.tally, RIGHTARG = tmap.tally, FUNCTION = tmap.tally_union, COMMUTATOR = OPERATOR(tmap.+));
COMMENT ON OPERATOR tmap.+ (tmap.tally, tmap.tally) IS 'The people of both tallies.';

CREATE FUNCTION tmap.tally_difference(tmap.tally, tmap.tally) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_difference' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_difference(tmap.tally, tmap.tally) IS 'Behind -: the people of the first tally without those of the second. NULL when an argument is. Errors: 42804 different schemes, 22003 the second is not part of the first.';

CREATE OPERATOR tmap.- (LEFTARG = tmap.tally, RIGHTARG = tmap.tally, FUNCTION = tmap.tally_difference);
COMMENT ON OPERATOR tmap.- (tmap.tally, tmap.tally) IS 'The people of the first tally without those of the second.';

CREATE FUNCTION tmap.tally_step(state tmap.tally, stratum tmap.stratum, treated boolean) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_step_boolean' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_step(tmap.tally, tmap.stratum, boolean) IS 'Internal: transition function of tally_agg(stratum, boolean).';

CREATE FUNCTION tmap.tally_step(state tmap.tally, stratum tmap.stratum, events bigint, at_risk bigint) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_step_counts' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.tally_step(tmap.tally, tmap.stratum, bigint, bigint) IS 'Internal: transition function of tally_agg(stratum, bigint, bigint).';

CREATE AGGREGATE tmap.tally_agg(stratum tmap.stratum, treated boolean) (
  SFUNC = tmap.tally_step, STYPE = tmap.tally, SSPACE = 2000, COMBINEFUNC = tmap.tally_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.tally_agg(tmap.stratum, boolean) IS 'Counts people: one row a person at risk, treated or not. Rows with treated NULL are skipped; no rows give NULL. Errors: 22004 stratum NULL (unknown is a stratum: tmap.stratum(NULL, NULL)), 42804 strata of different schemes.';

CREATE AGGREGATE tmap.tally_agg(stratum tmap.stratum, events bigint, at_risk bigint) (
  SFUNC = tmap.tally_step, STYPE = tmap.tally, SSPACE = 2000, COMBINEFUNC = tmap.tally_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.tally_agg(tmap.stratum, bigint, bigint) IS 'Adds up counts: one row a stratum (repeats add up). Rows with a NULL count are skipped; no rows give NULL. Errors: 22004 stratum NULL, 22023 negative or events > at_risk, 22003 beyond 64 bits, 42804 different schemes.';

CREATE AGGREGATE tmap.rollup(tally tmap.tally) (
  SFUNC = tmap.tally_union, STYPE = tmap.tally, SSPACE = 2000, COMBINEFUNC = tmap.tally_union, PARALLEL = SAFE,
  MSFUNC = tmap.tally_union, MINVFUNC = tmap.tally_difference, MSTYPE = tmap.tally, MSSPACE = 2000
);
COMMENT ON AGGREGATE tmap.rollup(tmap.tally) IS 'Merges tallies: years to a period, departments to a region. Also a window function (moving totals). NULLs are skipped; no rows give NULL. Errors: 42804 different schemes, 22003 beyond 64 bits.';

CREATE FUNCTION tmap.strata(tally tmap.tally, OUT stratum tmap.stratum, OUT events bigint, OUT at_risk bigint) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'tmap_tally_strata' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION tmap.strata(tmap.tally) IS 'The strata of a tally as rows, in order. No rows for NULL.';

CREATE FUNCTION tmap.events(tally tmap.tally) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_tally_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.events(tmap.tally) IS 'All events, for example thrombectomies. NULL for NULL. Errors: 22003 the sum is beyond 64 bits.';

CREATE FUNCTION tmap.at_risk(tally tmap.tally) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_tally_at_risk' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.at_risk(tmap.tally) IS 'Everybody at risk, for example ischaemic strokes. NULL for NULL. Errors: 22003 the sum is beyond 64 bits.';

CREATE FUNCTION tmap.scheme(tally tmap.tally) RETURNS text
AS 'MODULE_PATHNAME', 'tmap_tally_scheme' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.scheme(tmap.tally) IS 'The name of the tally''s stratification scheme. NULL for NULL.';

CREATE FUNCTION tmap.collapse(tally tmap.tally, scheme text) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_collapse' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.collapse(tmap.tally, text) IS 'The same people under a coarser scheme: ''age90+sex'', ''age85'', ''sex'', ''total''. NULL when an argument is. Errors: 42804 the scheme is not coarser, 22P02 unknown scheme.';

CREATE FUNCTION tmap.filter(tally tmap.tally, dimension text, VARIADIC levels text[]) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_filter' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.filter(tmap.tally, text, text[]) IS 'The sub-group with one of the levels of a dimension: filter(t, ''sex'', ''female''). NULL or "unknown" among the levels is the unknown level. NULL when an argument is. Errors: 22P02 the tally lacks the dimension or level.';

CREATE FUNCTION tmap.filter_age(tally tmap.tally, from_age integer, to_age integer) RETURNS tmap.tally
AS 'MODULE_PATHNAME', 'tmap_tally_filter_age' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.filter_age(tmap.tally, integer, integer) IS 'The sub-group from one age to another, both included, completed years; NULL is open. Unknown ages are left out. NULL tally gives NULL. Errors: 22023 a limit lies inside a band, 22003 out of range, 22P02 the tally has no age.';
