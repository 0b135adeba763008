-- Counts: events and people at risk in 8 bytes, for those who want one number fast.

CREATE TYPE tmap.counts;

CREATE FUNCTION tmap.counts_in(cstring) RETURNS tmap.counts
AS 'MODULE_PATHNAME', 'tmap_counts_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_in(cstring) IS 'Text "events/at risk" to counts. Errors: 22P02 malformed, 22023 negative or more events than at risk, 22003 more than 4294967295 at risk.';

CREATE FUNCTION tmap.counts_out(tmap.counts) RETURNS cstring
AS 'MODULE_PATHNAME', 'tmap_counts_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_out(tmap.counts) IS 'Counts to text: events/at risk.';

CREATE FUNCTION tmap.counts_recv(internal) RETURNS tmap.counts
AS 'MODULE_PATHNAME', 'tmap_counts_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_recv(internal) IS 'Binary to counts. Errors: 22023 more events than at risk.';

CREATE FUNCTION tmap.counts_send(tmap.counts) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_counts_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_send(tmap.counts) IS 'Counts to binary: 64 bits, network order.';

CREATE TYPE tmap.counts (
  INPUT = tmap.counts_in, OUTPUT = tmap.counts_out, RECEIVE = tmap.counts_recv, SEND = tmap.counts_send,
  INTERNALLENGTH = 8, PASSEDBYVALUE, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE tmap.counts IS 'Events and people at risk without strata, for example 12/345: 8 bytes, passed by value, at most 4294967295 at risk.';

CREATE FUNCTION tmap.counts(events bigint, at_risk bigint) RETURNS tmap.counts
AS 'MODULE_PATHNAME', 'tmap_counts_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts(bigint, bigint) IS 'Counts from two numbers. NULL when an argument is. Errors: 22023 negative or events > at_risk, 22003 too large.';

CREATE FUNCTION tmap.events(counts tmap.counts) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_counts_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.events(tmap.counts) IS 'The events. NULL for NULL.';

CREATE FUNCTION tmap.at_risk(counts tmap.counts) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_counts_at_risk' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.at_risk(tmap.counts) IS 'The people at risk. NULL for NULL.';

CREATE FUNCTION tmap.counts_eq(tmap.counts, tmap.counts) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_counts_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_eq(tmap.counts, tmap.counts) IS 'Behind the operator =: true when the first counts is equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.counts_ne(tmap.counts, tmap.counts) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_counts_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_ne(tmap.counts, tmap.counts) IS 'Behind the operator <>: true when the first counts is not equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.counts_lt(tmap.counts, tmap.counts) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_counts_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_lt(tmap.counts, tmap.counts) IS 'Behind the operator <: true when the first counts comes before the second. NULL when an argument is.';

CREATE FUNCTION tmap.counts_le(tmap.counts, tmap.counts) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_counts_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_le(tmap.counts, tmap.counts) IS 'Behind the operator <=: true when the first counts is before or equal the second. NULL when an argument is.';

CREATE FUNCTION tmap.counts_gt(tmap.counts, tmap.counts) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_counts_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_gt(tmap.counts, tmap.counts) IS 'Behind the operator >: true when the first counts is after the second. NULL when an argument is.';

CREATE FUNCTION tmap.counts_ge(tmap.counts, tmap.counts) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_counts_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_ge(tmap.counts, tmap.counts) IS 'Behind the operator >=: true when the first counts is after or equal the second. NULL when an argument is.';

CREATE OPERATOR tmap.= (
  LEFTARG = tmap.counts, RIGHTARG = tmap.counts, FUNCTION = tmap.counts_eq,
  COMMUTATOR = OPERATOR(tmap.=), NEGATOR = OPERATOR(tmap.<>),
  RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR tmap.= (tmap.counts, tmap.counts) IS 'equal: at risk first, then events.';

CREATE OPERATOR tmap.<> (
  LEFTARG = tmap.counts, RIGHTARG = tmap.counts, FUNCTION = tmap.counts_ne,
  COMMUTATOR = OPERATOR(tmap.<>), NEGATOR = OPERATOR(tmap.=),
  RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR tmap.<> (tmap.counts, tmap.counts) IS 'not equal: at risk first, then events.';

CREATE OPERATOR tmap.< (
  LEFTARG = tmap.counts, RIGHTARG = tmap.counts, FUNCTION = tmap.counts_lt,
  COMMUTATOR = OPERATOR(tmap.>), NEGATOR = OPERATOR(tmap.>=),
  RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR tmap.< (tmap.counts, tmap.counts) IS 'before: at risk first, then events.';

CREATE OPERATOR tmap.<= (
  LEFTARG = tmap.counts, RIGHTARG = tmap.counts, FUNCTION = tmap.counts_le,
  COMMUTATOR = OPERATOR(tmap.>=), NEGATOR = OPERATOR(tmap.>),
  RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR tmap.<= (tmap.counts, tmap.counts) IS 'before or equal: at risk first, then events.';

CREATE OPERATOR tmap.> (
  LEFTARG = tmap.counts, RIGHTARG = tmap.counts, FUNCTION = tmap.counts_gt,
  COMMUTATOR = OPERATOR(tmap.<), NEGATOR = OPERATOR(tmap.<=),
  RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR tmap.> (tmap.counts, tmap.counts) IS 'after: at risk first, then events.';

CREATE OPERATOR tmap.>= (
  LEFTARG = tmap.counts, RIGHTARG = tmap.counts, FUNCTION = tmap.counts_ge,
  COMMUTATOR = OPERATOR(tmap.<=), NEGATOR = OPERATOR(tmap.<),
  RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR tmap.>= (tmap.counts, tmap.counts) IS 'after or equal: at risk first, then events.';

CREATE FUNCTION tmap.counts_cmp(tmap.counts, tmap.counts) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_counts_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_cmp(tmap.counts, tmap.counts) IS 'btree support: -1, 0 or 1; at risk first, then events.';

CREATE OPERATOR CLASS tmap.counts_ops DEFAULT FOR TYPE tmap.counts USING btree AS
  OPERATOR 1 tmap.<, OPERATOR 2 tmap.<=, OPERATOR 3 tmap.=, OPERATOR 4 tmap.>=, OPERATOR 5 tmap.>,
  FUNCTION 1 tmap.counts_cmp(tmap.counts, tmap.counts);
COMMENT ON OPERATOR CLASS tmap.counts_ops USING btree IS 'Sorting, DISTINCT and btree indexes: at risk first, then events.';
COMMENT ON OPERATOR FAMILY tmap.counts_ops USING btree IS 'Sorting of counts values.';

CREATE FUNCTION tmap.counts_hash(tmap.counts) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_counts_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_hash(tmap.counts) IS 'Hash support: equal values have equal hashes.';

CREATE FUNCTION tmap.counts_hash_extended(tmap.counts, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_counts_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_hash_extended(tmap.counts, bigint) IS 'Hash support with a seed, for hash partitioning.';

CREATE OPERATOR CLASS tmap.counts_ops DEFAULT FOR TYPE tmap.counts USING hash AS
  OPERATOR 1 tmap.=,
  FUNCTION 1 tmap.counts_hash(tmap.counts),
  FUNCTION 2 tmap.counts_hash_extended(tmap.counts, bigint);
COMMENT ON OPERATOR CLASS tmap.counts_ops USING hash IS 'Hash joins, hash aggregation and hash indexes.';
COMMENT ON OPERATOR FAMILY tmap.counts_ops USING hash IS 'Hashing of counts values.';


CREATE FUNCTION tmap.counts_step(state tmap.counts, treated boolean) RETURNS tmap.counts
AS 'MODULE_PATHNAME', 'tmap_counts_step' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_step(tmap.counts, boolean) IS 'Transition function: one more person at risk, treated or not.';

CREATE FUNCTION tmap.counts_step(state tmap.counts, at_risk boolean, treated boolean) RETURNS tmap.counts
AS 'MODULE_PATHNAME', 'tmap_counts_step_if' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_step(tmap.counts, boolean, boolean) IS 'Transition function: one more person, counted only when at risk.';

CREATE FUNCTION tmap.counts_union(tmap.counts, tmap.counts) RETURNS tmap.counts
AS 'MODULE_PATHNAME', 'tmap_counts_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_union(tmap.counts, tmap.counts) IS 'Behind + and rollup: the counts of both. NULL when an argument is. Errors: 22003 too large.';

CREATE OPERATOR tmap.+ (LEFTARG = tmap.counts, RIGHTARG = tmap.counts, FUNCTION = tmap.counts_union, COMMUTATOR = OPERATOR(tmap.+));
COMMENT ON OPERATOR tmap.+ (tmap.counts, tmap.counts) IS 'The counts of both.';

CREATE FUNCTION tmap.counts_rate(tmap.counts) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_counts_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.counts_rate(tmap.counts) IS 'Final function of rate: events per person at risk; NULL when nobody is.';

CREATE AGGREGATE tmap.rate(treated boolean) (
  SFUNC = tmap.counts_step, STYPE = tmap.counts, INITCOND = '0/0', COMBINEFUNC = tmap.counts_union,
  FINALFUNC = tmap.counts_rate, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rate(boolean) IS 'Share of the rows that are treated, per 1: count(treated)/count(*) over rows where treated is not NULL; no such rows give NULL. Errors: 22003 more than 4294967295 rows.';

CREATE AGGREGATE tmap.rate(at_risk boolean, treated boolean) (
  SFUNC = tmap.counts_step, STYPE = tmap.counts, INITCOND = '0/0', COMBINEFUNC = tmap.counts_union,
  FINALFUNC = tmap.counts_rate, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rate(boolean, boolean) IS 'Share of the rows at risk that are treated, per 1. Rows with a NULL are skipped; nobody at risk gives NULL. Errors: 22003 more than 4294967295 at risk.';

CREATE AGGREGATE tmap.counts_agg(treated boolean) (
  SFUNC = tmap.counts_step, STYPE = tmap.counts, INITCOND = '0/0', COMBINEFUNC = tmap.counts_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.counts_agg(boolean) IS 'Counts people: one row a person at risk, treated or not; rows with NULL are skipped, no rows give 0/0. The result can be stored and merged. Errors: 22003 more than 4294967295 rows.';

CREATE AGGREGATE tmap.rollup(counts tmap.counts) (
  SFUNC = tmap.counts_union, STYPE = tmap.counts, COMBINEFUNC = tmap.counts_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rollup(tmap.counts) IS 'Merges counts. NULLs are skipped; no rows give NULL. Errors: 22003 too large.';
