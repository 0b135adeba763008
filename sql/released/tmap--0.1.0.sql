\echo Use "CREATE EXTENSION tmap CASCADE" to load this file. \quit

-- The schema must be ours alone: whoever owned objects in it beforehand could shadow ours.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_depend d
             WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
               AND d.refobjid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'tmap')
               AND d.deptype = 'n' AND d.classid <> 'pg_catalog.pg_extension'::pg_catalog.regclass) THEN
    RAISE EXCEPTION 'schema "tmap" already holds objects'
      USING ERRCODE = 'duplicate_schema', HINT = 'Drop or rename that schema, then create the extension.';
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles r ON r.oid = n.nspowner
             WHERE n.nspname = 'tmap' AND NOT r.rolsuper AND r.rolname <> CURRENT_USER)
     OR EXISTS (SELECT FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
                WHERE n.nspname = 'tmap' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner) THEN
    RAISE EXCEPTION 'schema "tmap" is open to another role'
      USING ERRCODE = 'insufficient_privilege', HINT = 'Drop that schema, then create the extension.';
  END IF;
END $$;

COMMENT ON SCHEMA tmap IS 'The tmap library: exact tallies of events and people at risk, rates and standardised ratios with limits. Atlases are made by tmap.create_atlas.';
-- Strata: who a person is for standardisation. A stratum carries its stratification scheme.

CREATE TYPE tmap.stratum;

CREATE FUNCTION tmap.stratum_in(cstring) RETURNS tmap.stratum
AS 'MODULE_PATHNAME', 'tmap_stratum_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_in(cstring) IS 'Text to stratum. Errors: 22P02 malformed, unknown or repeated level.';

CREATE FUNCTION tmap.stratum_out(tmap.stratum) RETURNS cstring
AS 'MODULE_PATHNAME', 'tmap_stratum_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_out(tmap.stratum) IS 'Stratum to text, loss-free.';

CREATE FUNCTION tmap.stratum_recv(internal) RETURNS tmap.stratum
AS 'MODULE_PATHNAME', 'tmap_stratum_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_recv(internal) IS 'Binary to stratum. Errors: 22P03 not a stratum.';

CREATE FUNCTION tmap.stratum_send(tmap.stratum) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_stratum_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_send(tmap.stratum) IS 'Stratum to binary: 64 bits, network order.';

CREATE TYPE tmap.stratum (
  INPUT = tmap.stratum_in, OUTPUT = tmap.stratum_out, RECEIVE = tmap.stratum_recv, SEND = tmap.stratum_send,
  INTERNALLENGTH = 8, PASSEDBYVALUE, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE tmap.stratum IS 'One stratum of a stratification scheme, for example "80-84 female low" of age90+sex+comorbidity: 8 bytes, passed by value. Unknown is a level of its own ("age-unknown"). An age cut other than age90 stands behind the age: "80-84/age85 female".';

CREATE FUNCTION tmap.stratum_eq(tmap.stratum, tmap.stratum) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_stratum_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_eq(tmap.stratum, tmap.stratum) IS 'Behind the operator =: true when the first stratum is equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.stratum_ne(tmap.stratum, tmap.stratum) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_stratum_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_ne(tmap.stratum, tmap.stratum) IS 'Behind the operator <>: true when the first stratum is not equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.stratum_lt(tmap.stratum, tmap.stratum) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_stratum_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_lt(tmap.stratum, tmap.stratum) IS 'Behind the operator <: true when the first stratum comes before the second. NULL when an argument is.';

CREATE FUNCTION tmap.stratum_le(tmap.stratum, tmap.stratum) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_stratum_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_le(tmap.stratum, tmap.stratum) IS 'Behind the operator <=: true when the first stratum is before or equal the second. NULL when an argument is.';

CREATE FUNCTION tmap.stratum_gt(tmap.stratum, tmap.stratum) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_stratum_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_gt(tmap.stratum, tmap.stratum) IS 'Behind the operator >: true when the first stratum is after the second. NULL when an argument is.';

CREATE FUNCTION tmap.stratum_ge(tmap.stratum, tmap.stratum) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_stratum_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_ge(tmap.stratum, tmap.stratum) IS 'Behind the operator >=: true when the first stratum is after or equal the second. NULL when an argument is.';

CREATE OPERATOR tmap.= (
  LEFTARG = tmap.stratum, RIGHTARG = tmap.stratum, FUNCTION = tmap.stratum_eq,
  COMMUTATOR = OPERATOR(tmap.=), NEGATOR = OPERATOR(tmap.<>),
  RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR tmap.= (tmap.stratum, tmap.stratum) IS 'equal: scheme first, then age, sex, comorbidity and later dimensions, unknown last in each.';

CREATE OPERATOR tmap.<> (
  LEFTARG = tmap.stratum, RIGHTARG = tmap.stratum, FUNCTION = tmap.stratum_ne,
  COMMUTATOR = OPERATOR(tmap.<>), NEGATOR = OPERATOR(tmap.=),
  RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR tmap.<> (tmap.stratum, tmap.stratum) IS 'not equal: scheme first, then age, sex, comorbidity and later dimensions, unknown last in each.';

CREATE OPERATOR tmap.< (
  LEFTARG = tmap.stratum, RIGHTARG = tmap.stratum, FUNCTION = tmap.stratum_lt,
  COMMUTATOR = OPERATOR(tmap.>), NEGATOR = OPERATOR(tmap.>=),
  RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR tmap.< (tmap.stratum, tmap.stratum) IS 'before: scheme first, then age, sex, comorbidity and later dimensions, unknown last in each.';

CREATE OPERATOR tmap.<= (
  LEFTARG = tmap.stratum, RIGHTARG = tmap.stratum, FUNCTION = tmap.stratum_le,
  COMMUTATOR = OPERATOR(tmap.>=), NEGATOR = OPERATOR(tmap.>),
  RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR tmap.<= (tmap.stratum, tmap.stratum) IS 'before or equal: scheme first, then age, sex, comorbidity and later dimensions, unknown last in each.';

CREATE OPERATOR tmap.> (
  LEFTARG = tmap.stratum, RIGHTARG = tmap.stratum, FUNCTION = tmap.stratum_gt,
  COMMUTATOR = OPERATOR(tmap.<), NEGATOR = OPERATOR(tmap.<=),
  RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR tmap.> (tmap.stratum, tmap.stratum) IS 'after: scheme first, then age, sex, comorbidity and later dimensions, unknown last in each.';

CREATE OPERATOR tmap.>= (
  LEFTARG = tmap.stratum, RIGHTARG = tmap.stratum, FUNCTION = tmap.stratum_ge,
  COMMUTATOR = OPERATOR(tmap.<=), NEGATOR = OPERATOR(tmap.<),
  RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR tmap.>= (tmap.stratum, tmap.stratum) IS 'after or equal: scheme first, then age, sex, comorbidity and later dimensions, unknown last in each.';

CREATE FUNCTION tmap.stratum_cmp(tmap.stratum, tmap.stratum) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_stratum_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_cmp(tmap.stratum, tmap.stratum) IS 'btree support: -1, 0 or 1; scheme first, then age, sex, comorbidity and later dimensions, unknown last in each.';

CREATE OPERATOR CLASS tmap.stratum_ops DEFAULT FOR TYPE tmap.stratum USING btree AS
  OPERATOR 1 tmap.<, OPERATOR 2 tmap.<=, OPERATOR 3 tmap.=, OPERATOR 4 tmap.>=, OPERATOR 5 tmap.>,
  FUNCTION 1 tmap.stratum_cmp(tmap.stratum, tmap.stratum);
COMMENT ON OPERATOR CLASS tmap.stratum_ops USING btree IS 'Sorting, DISTINCT and btree indexes: scheme first, then age, sex, comorbidity and later dimensions, unknown last in each.';
COMMENT ON OPERATOR FAMILY tmap.stratum_ops USING btree IS 'Sorting of stratum values.';

CREATE FUNCTION tmap.stratum_hash(tmap.stratum) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_stratum_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_hash(tmap.stratum) IS 'Hash support: equal values have equal hashes.';

CREATE FUNCTION tmap.stratum_hash_extended(tmap.stratum, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_stratum_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum_hash_extended(tmap.stratum, bigint) IS 'Hash support with a seed, for hash partitioning.';

CREATE OPERATOR CLASS tmap.stratum_ops DEFAULT FOR TYPE tmap.stratum USING hash AS
  OPERATOR 1 tmap.=,
  FUNCTION 1 tmap.stratum_hash(tmap.stratum),
  FUNCTION 2 tmap.stratum_hash_extended(tmap.stratum, bigint);
COMMENT ON OPERATOR CLASS tmap.stratum_ops USING hash IS 'Hash joins, hash aggregation and hash indexes.';
COMMENT ON OPERATOR FAMILY tmap.stratum_ops USING hash IS 'Hashing of stratum values.';

CREATE FUNCTION tmap.stratum(age integer) RETURNS tmap.stratum
AS 'MODULE_PATHNAME', 'tmap_stratum_make' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum(integer) IS 'The stratum of a person in scheme age90. age: completed years 0 to 130, NULL = unknown. Errors: 22003 age out of range.';

CREATE FUNCTION tmap.stratum(age integer, sex text) RETURNS tmap.stratum
AS 'MODULE_PATHNAME', 'tmap_stratum_make' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum(integer, text) IS 'The stratum of a person in scheme age90+sex. age: completed years 0 to 130; sex: female, male, f, m, unknown; NULL = unknown. Errors: 22003 age out of range, 22P02 other sex.';

CREATE FUNCTION tmap.stratum(age integer, sex text, comorbidity text) RETURNS tmap.stratum
AS 'MODULE_PATHNAME', 'tmap_stratum_make' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum(integer, text, text) IS 'The stratum of a person in scheme age90+sex+comorbidity. age: completed years 0 to 130; sex: female, male, f, m, unknown; comorbidity: none, low, moderate, high, unknown; NULL = unknown. Errors: 22003 age out of range, 22P02 other sex or group.';

CREATE FUNCTION tmap.stratum(scheme text, age integer, sex text, comorbidity text) RETURNS tmap.stratum
AS 'MODULE_PATHNAME', 'tmap_stratum_make_in' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stratum(text, integer, text, text) IS 'The stratum of a person in a named scheme, for example age85+sex. What the scheme lacks is ignored, what is NULL or not an argument is unknown; NULL scheme gives NULL. Errors: 22003 age out of range, 22P02 unknown scheme or level.';

CREATE FUNCTION tmap.with_level(stratum tmap.stratum, dimension text, level text) RETURNS tmap.stratum
AS 'MODULE_PATHNAME', 'tmap_stratum_with' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.with_level(tmap.stratum, text, text) IS 'The stratum with one dimension (time_window, occlusion, deprivation, …) added or replaced; level "unknown" is allowed. NULL when an argument is. Errors: 22P02 no such dimension or level. tmap.levels() lists them.';

CREATE FUNCTION tmap.coarsen(stratum tmap.stratum, scheme text) RETURNS tmap.stratum
AS 'MODULE_PATHNAME', 'tmap_stratum_coarsen' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.coarsen(tmap.stratum, text) IS 'The stratum of a coarser scheme (fewer dimensions or wider age bands) in which this one lies. NULL when an argument is. Errors: 42804 the scheme is not coarser, 22P02 unknown scheme.';

CREATE FUNCTION tmap.scheme(stratum tmap.stratum) RETURNS text
AS 'MODULE_PATHNAME', 'tmap_stratum_scheme' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.scheme(tmap.stratum) IS 'The name of the stratum''s stratification scheme, for example age90+sex+comorbidity; "total" without any dimension. NULL for NULL.';

CREATE FUNCTION tmap.level(stratum tmap.stratum, dimension text) RETURNS text
AS 'MODULE_PATHNAME', 'tmap_stratum_level' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.level(tmap.stratum, text) IS 'The level of a dimension, for example "80-84" or "female"; "unknown"; NULL when the scheme lacks the dimension. Errors: 22P02 no such dimension.';

CREATE FUNCTION tmap.age_band(stratum tmap.stratum) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC SELECT tmap.level(stratum, 'age'); END;
COMMENT ON FUNCTION tmap.age_band(tmap.stratum) IS 'The age band, for example "80-84" or "90+"; "unknown"; NULL when the scheme has no age.';

CREATE FUNCTION tmap.sex(stratum tmap.stratum) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC SELECT tmap.level(stratum, 'sex'); END;
COMMENT ON FUNCTION tmap.sex(tmap.stratum) IS '"female", "male" or "unknown"; NULL when the scheme has no sex.';

CREATE FUNCTION tmap.comorbidity(stratum tmap.stratum) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC SELECT tmap.level(stratum, 'comorbidity'); END;
COMMENT ON FUNCTION tmap.comorbidity(tmap.stratum) IS '"none", "low", "moderate", "high" or "unknown"; NULL when the scheme has no comorbidity.';

CREATE FUNCTION tmap.age_from(stratum tmap.stratum) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_stratum_age_from' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.age_from(tmap.stratum) IS 'The first age of the band, completed years; NULL when unknown or without age.';

CREATE FUNCTION tmap.age_to(stratum tmap.stratum) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_stratum_age_to' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.age_to(tmap.stratum) IS 'The last age of the band, completed years; NULL when open-ended, unknown or without age.';
-- Stratification schemes by name: what there is, and where differently cut counts meet.

CREATE FUNCTION tmap.levels(OUT dimension text, OUT cut text, OUT level text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'tmap_levels' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 150;
COMMENT ON FUNCTION tmap.levels() IS 'Every dimension, the ways to cut it (the words of a scheme''s name) and their levels in order.';

CREATE FUNCTION tmap.common_scheme(a text, b text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_common_scheme';
COMMENT ON FUNCTION tmap.common_scheme(text, text) IS
'Finest stratification scheme that two schemes can both be collapsed to; total when they share no dimension.
A scheme x can be collapsed to y exactly when common_scheme(x, y) = y. NULL in, NULL out. Error 22P02 unknown scheme.';

-- A single scheme reaches the aggregate's end unread.
CREATE FUNCTION tmap.canonical_scheme(scheme text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN tmap.common_scheme(scheme, scheme);
COMMENT ON FUNCTION tmap.canonical_scheme(text) IS
'A scheme''s name as the library writes it: sex+age is age90+sex. Final function of common_scheme. NULL in, NULL out. Error 22P02 unknown scheme.';

CREATE AGGREGATE tmap.common_scheme(text) (
  SFUNC = tmap.common_scheme, STYPE = text, COMBINEFUNC = tmap.common_scheme, FINALFUNC = tmap.canonical_scheme, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.common_scheme(text) IS
'Finest stratification scheme that all the schemes can be collapsed to, for example before rolling up differently cut tallies: tmap.rollup(tmap.collapse(t, scheme)). NULLs are ignored; NULL when there is none. Error 22P02 unknown scheme.';
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
-- Standard populations. A standard is a tally: its people at risk are the weights, whatever they add to.

CREATE FUNCTION tmap.standards(OUT standard text, OUT title text, OUT stratum tmap.stratum, OUT weight bigint, OUT source text)
RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 104
BEGIN ATOMIC
  SELECT s.standard, s.title, tmap.stratum(s.scheme, w.age, NULL, NULL), w.weight, s.source
  FROM (VALUES
    ('ESP2013', 'European Standard Population 2013', 'age90',
     'Eurostat, Revision of the European Standard Population, KS-RA-13-028, doi:10.2785/11470',
     ARRAY[5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000]::bigint[]),
    ('ESP1976', 'European (Scandinavian) Standard Population 1976', 'age85',
     'Waterhouse et al., Cancer Incidence in Five Continents III, IARC 1976; values as in IARC CanReg5',
     ARRAY[8000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 6000, 5000, 4000, 3000, 2000, 1000, 1000]::bigint[]),
    ('WHO2000_2025', 'WHO World Standard 2000-2025, 18 bands', 'age85',
     'Ahmad et al., GPE Discussion Paper 31, WHO 2001; printed percentages × 100, which add to 10003',
     ARRAY[886, 869, 860, 847, 822, 793, 761, 715, 659, 604, 537, 455, 372, 296, 221, 152, 91, 63]::bigint[]),
    ('WHO2000_2025_21', 'WHO World Standard 2000-2025, 21 bands', 'age100',
     'Ahmad et al., GPE Discussion Paper 31, WHO 2001; printed percentages × 1000, which add to 100035',
     ARRAY[8860, 8690, 8600, 8470, 8220, 7930, 7610, 7150, 6590, 6040, 5370, 4550, 3720, 2960, 2210, 1520, 910, 440, 150, 40, 5]::bigint[]),
    ('SEGI1960', 'World (Segi 1960) Standard Population', 'age85',
     'Segi 1960, modified by Doll; values as in IARC CanReg5',
     ARRAY[12000, 10000, 9000, 9000, 8000, 8000, 6000, 6000, 6000, 6000, 5000, 4000, 4000, 3000, 2000, 1000, 500, 500]::bigint[]),
    ('US2000', 'US 2000 Standard Million', 'age85us',
     'Klein & Schoenborn, Healthy People Statistical Notes 20, NCHS 2001; <1 and 1-4 merged',
     ARRAY[69135, 145565, 138646, 135573, 162613, 134834, 87247, 66037, 44842, 15508]::bigint[])
  ) AS s (standard, title, scheme, source, weights),
  LATERAL pg_catalog.unnest(s.weights) WITH ORDINALITY AS u (weight, i),
  LATERAL (SELECT u.weight, CASE WHEN s.scheme = 'age85us' THEN GREATEST(0, 10 * u.i - 15) ELSE 5 * u.i - 5 END::integer AS age) AS w
  ORDER BY s.standard, w.age;
END;
COMMENT ON FUNCTION tmap.standards() IS 'The standard populations that ship, one row a stratum: weight in persons (printed percentages as whole numbers), with their source.';

CREATE FUNCTION tmap.standard(name text) RETURNS tmap.tally
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found tmap.tally;
BEGIN
  SELECT tmap.tally_agg(s.stratum, 0, s.weight) INTO found FROM tmap.standards() s WHERE s.standard = name;
  IF found IS NULL THEN
    RAISE EXCEPTION 'no standard population "%"', name
      USING ERRCODE = 'undefined_object', HINT = 'SELECT DISTINCT standard, title FROM tmap.standards() lists those that ship; any tally can be a standard.';
  END IF;
  RETURN found;
END $$;
COMMENT ON FUNCTION tmap.standard(text) IS 'A shipped standard population as a tally (weights = people at risk, events 0): ESP2013, ESP1976, WHO2000_2025, WHO2000_2025_21, SEGI1960, US2000. NULL for NULL. Errors: 42704 no such standard.';
-- Estimates: scalars over counts first, then from tallies. Each family has a value, two limits and a row.
-- Limits stay inside the parameter space: what a formula puts below 0 (or a proportion above 1) is given as 0 (1).

CREATE TYPE tmap.estimate AS (
  value float8, lower float8, upper float8, events bigint, at_risk bigint, expected float8,
  per float8, confidence float8, method text, coverage float8
);
COMMENT ON TYPE tmap.estimate IS 'An estimate with its limits and the counts behind it. value, lower, upper: on the scale per (a ratio: per 1), NULL when undefined; events, at_risk: the counts used; expected: events expected by a ratio; confidence: level of the limits; method: of the limits; coverage: share of the standard with people at risk.';

CREATE FUNCTION tmap.proportion(events bigint, at_risk bigint, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion(bigint, bigint, float8) IS 'Crude proportion events / at_risk, for example thrombectomies per ischaemic stroke on the scale per (1, 100, 100000 …). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 negative count, events > at risk or scale not above 0.';

CREATE FUNCTION tmap.proportion_lower(events bigint, at_risk bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_lower(bigint, bigint, float8, text, float8) IS 'Lower confidence limit of tmap.proportion on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 negative count, events > at risk or scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion_upper(events bigint, at_risk bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_upper(bigint, bigint, float8, text, float8) IS 'Upper confidence limit of tmap.proportion on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 negative count, events > at risk or scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion_estimate(events bigint, at_risk bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_proportion_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_estimate(bigint, bigint, float8, text, float8) IS 'tmap.proportion with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 negative count, events > at risk or scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion(tally tmap.tally, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion(tmap.tally, float8) IS 'Crude proportion of a tally: all events / everybody at risk on the scale per (1, 100, 100000 …). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0.';

CREATE FUNCTION tmap.proportion_lower(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_lower(tmap.tally, float8, text, float8) IS 'Lower confidence limit of tmap.proportion on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion_upper(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_upper(tmap.tally, float8, text, float8) IS 'Upper confidence limit of tmap.proportion on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion_estimate(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_proportion_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_estimate(tmap.tally, float8, text, float8) IS 'tmap.proportion with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate(events bigint, population float8, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate(bigint, float8, float8) IS 'Crude rate events / population (persons or person-years) on the scale per (1, 100, 100000 …). NULL when an argument is NULL or the population is 0 (22023 when there are events). Errors: 22003 a result beyond float8; 22023 negative count or population, events without population, scale not above 0.';

CREATE FUNCTION tmap.rate_lower(events bigint, population float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_lower(bigint, float8, float8, text, float8) IS 'Lower confidence limit of tmap.rate on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or the population is 0 (22023 when there are events). Errors: 22003 a result beyond float8; 22023 negative count or population, events without population, scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate_upper(events bigint, population float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_upper(bigint, float8, float8, text, float8) IS 'Upper confidence limit of tmap.rate on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or the population is 0 (22023 when there are events). Errors: 22003 a result beyond float8; 22023 negative count or population, events without population, scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate_estimate(events bigint, population float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_rate_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_estimate(bigint, float8, float8, text, float8) IS 'tmap.rate with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or the population is 0 (22023 when there are events). Errors: 22003 a result beyond float8; 22023 negative count or population, events without population, scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate(tally tmap.tally, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate(tmap.tally, float8) IS 'Crude rate of a tally: all events / everybody at risk, its count taken as Poisson on the scale per (1, 100, 100000 …). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0.';

CREATE FUNCTION tmap.rate_lower(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_lower(tmap.tally, float8, text, float8) IS 'Lower confidence limit of tmap.rate on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate_upper(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_upper(tmap.tally, float8, text, float8) IS 'Upper confidence limit of tmap.rate on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate_estimate(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_rate_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_estimate(tmap.tally, float8, text, float8) IS 'tmap.rate with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr(observed bigint, expected float8) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr(bigint, float8) IS 'Ratio of observed to expected events (SMR, SIR), per 1. NULL when an argument is NULL or nothing is expected. Errors: 22023 negative count or expected number, 22003 a result beyond float8.';

CREATE FUNCTION tmap.smr_lower(observed bigint, expected float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_lower(bigint, float8, float8, text) IS 'Lower confidence limit of tmap.smr. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nothing is expected. Errors: 22023 negative count or expected number, 22003 a result beyond float8; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr_upper(observed bigint, expected float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_upper(bigint, float8, float8, text) IS 'Upper confidence limit of tmap.smr. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nothing is expected. Errors: 22023 negative count or expected number, 22003 a result beyond float8; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr_estimate(observed bigint, expected float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_smr_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_estimate(bigint, float8, float8, text) IS 'tmap.smr with both limits and the counts behind it, as a row. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nothing is expected. Errors: 22023 negative count or expected number, 22003 a result beyond float8; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr(tally tmap.tally, reference tmap.tally) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr(tmap.tally, tmap.tally) IS 'Indirectly standardised ratio: a tally''s events / tmap.expected(tally, reference), per 1. NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference.';

CREATE FUNCTION tmap.smr_lower(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_lower(tmap.tally, tmap.tally, float8, text) IS 'Lower confidence limit of tmap.smr. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr_upper(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_upper(tmap.tally, tmap.tally, float8, text) IS 'Upper confidence limit of tmap.smr. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr_estimate(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_smr_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_estimate(tmap.tally, tmap.tally, float8, text) IS 'tmap.smr with both limits and the counts behind it, as a row. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.isr(tally tmap.tally, reference tmap.tally, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_isr_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr(tmap.tally, tmap.tally, float8) IS 'Indirectly standardised rate: tmap.smr(tally, reference) × the reference''s crude rate on the scale per (1, 100, 100000 …). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 scale not above 0.';

CREATE FUNCTION tmap.isr_lower(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_isr_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr_lower(tmap.tally, tmap.tally, float8, text, float8) IS 'Lower confidence limit of tmap.isr on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.isr_upper(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_isr_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr_upper(tmap.tally, tmap.tally, float8, text, float8) IS 'Upper confidence limit of tmap.isr on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.isr_estimate(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_isr_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr_estimate(tmap.tally, tmap.tally, float8, text, float8) IS 'tmap.isr with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr(tally tmap.tally, standard tmap.tally, per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr(tmap.tally, tmap.tally, float8, float8) IS 'Directly standardised rate: Σ weight × stratum rate / Σ weight, weights = the standard''s people at risk, on the scale per (1, 100, 100000 …). The standard says what is adjusted for: the tally is collapsed to its dimensions, both to the coarser age cut. A stratum of the standard with nobody at risk makes the rate undefined (NULL) unless the covered share of the standard reaches min_coverage; the rate is then the one over the covered part. NULL when an argument is. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the standard; 22023 scale not above 0, min_coverage outside 0..1.';

CREATE FUNCTION tmap.dsr_lower(tally tmap.tally, standard tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_lower(tmap.tally, tmap.tally, float8, text, float8, float8) IS 'Lower confidence limit of tmap.dsr on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). The standard says what is adjusted for: the tally is collapsed to its dimensions, both to the coarser age cut. A stratum of the standard with nobody at risk makes the rate undefined (NULL) unless the covered share of the standard reaches min_coverage; the rate is then the one over the covered part. NULL when an argument is. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the standard; 22023 scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr_upper(tally tmap.tally, standard tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_upper(tmap.tally, tmap.tally, float8, text, float8, float8) IS 'Upper confidence limit of tmap.dsr on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). The standard says what is adjusted for: the tally is collapsed to its dimensions, both to the coarser age cut. A stratum of the standard with nobody at risk makes the rate undefined (NULL) unless the covered share of the standard reaches min_coverage; the rate is then the one over the covered part. NULL when an argument is. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the standard; 22023 scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr_estimate(tally tmap.tally, standard tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_dsr_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_estimate(tmap.tally, tmap.tally, float8, text, float8, float8) IS 'tmap.dsr with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). The standard says what is adjusted for: the tally is collapsed to its dimensions, both to the coarser age cut. A stratum of the standard with nobody at risk makes the rate undefined (NULL) unless the covered share of the standard reaches min_coverage; the rate is then the one over the covered part. NULL when an argument is. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the standard; 22023 scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr(events float8[], at_risk float8[], weights float8[], per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr(float8[], float8[], float8[], float8, float8) IS 'Directly standardised rate from columns, one element a stratum: Σ weight × events/at_risk / Σ weight, on the scale per (1, 100, 100000 …). A weight with nobody at risk makes the rate undefined (NULL) unless the covered share reaches min_coverage. NULL when an argument is. The order of the elements fixes the last bits: use array_agg(… ORDER BY stratum). Errors: 22003 a result beyond float8; 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers, events without people at risk, scale not above 0, min_coverage outside 0..1.';

CREATE FUNCTION tmap.dsr_lower(events float8[], at_risk float8[], weights float8[], confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_lower(float8[], float8[], float8[], float8, text, float8, float8) IS 'Lower confidence limit of tmap.dsr on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). A weight with nobody at risk makes the rate undefined (NULL) unless the covered share reaches min_coverage. NULL when an argument is. The order of the elements fixes the last bits: use array_agg(… ORDER BY stratum). Errors: 22003 a result beyond float8; 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers, events without people at risk, scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr_upper(events float8[], at_risk float8[], weights float8[], confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_upper(float8[], float8[], float8[], float8, text, float8, float8) IS 'Upper confidence limit of tmap.dsr on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). A weight with nobody at risk makes the rate undefined (NULL) unless the covered share reaches min_coverage. NULL when an argument is. The order of the elements fixes the last bits: use array_agg(… ORDER BY stratum). Errors: 22003 a result beyond float8; 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers, events without people at risk, scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr_estimate(events float8[], at_risk float8[], weights float8[], confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_estimate(float8[], float8[], float8[], float8, text, float8, float8) IS 'tmap.dsr with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). A weight with nobody at risk makes the rate undefined (NULL) unless the covered share reaches min_coverage. NULL when an argument is. The order of the elements fixes the last bits: use array_agg(… ORDER BY stratum). Errors: 22003 a result beyond float8; 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers, events without people at risk, scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.expected(tally tmap.tally, reference tmap.tally) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_expected_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.expected(tmap.tally, tmap.tally) IS 'Events expected in the tally at the reference''s stratum rates: Σ at risk × reference events / reference at risk. NULL when an argument is, or the reference has nobody in a stratum of the tally. Errors: 42804 the tally lacks a dimension of the reference.';

CREATE FUNCTION tmap.expected(at_risk float8[], ref_events float8[], ref_at_risk float8[]) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_expected_arrays' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.expected(float8[], float8[], float8[]) IS 'Events expected from columns, one element a stratum: Σ at_risk × ref_events / ref_at_risk. NULL when an argument is, or a stratum at risk has an empty reference. Errors: 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers.';

CREATE FUNCTION tmap.can_standardise(tally tmap.tally, standard tmap.tally) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_can_standardise' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.can_standardise(tmap.tally, tmap.tally) IS 'True when the tally has every dimension of the standard (or reference) and the age cuts nest, so that dsr, smr and isr do not fail. NULL when an argument is.';
-- Target and alert levels of a service: quantiles over areas.

CREATE FUNCTION tmap.quantile(level_values float8[], share float8) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF NOT (share >= 0 AND share <= 1) OR share = 'NaN' THEN
    RAISE EXCEPTION 'share out of range' USING ERRCODE = '22003', HINT = 'Give a share from 0 to 1; 0.5 is the median.';
  END IF;
  IF EXISTS (SELECT FROM unnest(level_values) AS x WHERE x IN ('NaN', 'Infinity', '-Infinity')) THEN
    RAISE EXCEPTION 'value that is not finite' USING ERRCODE = '22003', HINT = 'Leave such values out with FILTER (WHERE ...), or give NULL.';
  END IF;
  RETURN (SELECT percentile_cont(share) WITHIN GROUP (ORDER BY x) FROM unnest(level_values) AS x);
END
$function$;
COMMENT ON FUNCTION tmap.quantile(float8[], float8) IS
'Quantile of an array of numbers, interpolated linearly between the two nearest; in the unit of the numbers. share: 0.5 = median.
NULL elements are ignored; NULL when there is no number or an argument is NULL. Errors: 22003 share outside 0..1, or an element that is not finite.
Source: Hyndman and Fan 1996, Am Stat 50:361-365, definition 7.';

CREATE FUNCTION tmap.median_of(float8[]) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN tmap.quantile($1, 0.5);
COMMENT ON FUNCTION tmap.median_of(float8[]) IS 'Internal: median: tmap.quantile(values, 0.5). Final function of tmap.target_level.';

CREATE FUNCTION tmap.lower_quartile_of(float8[]) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN tmap.quantile($1, 0.25);
COMMENT ON FUNCTION tmap.lower_quartile_of(float8[]) IS 'Internal: 25th percentile: tmap.quantile(values, 0.25). Final function of tmap.alert_level.';

CREATE AGGREGATE tmap.target_level(standardised float8) (
  SFUNC = pg_catalog.array_append, STYPE = float8[], COMBINEFUNC = pg_catalog.array_cat, FINALFUNC = tmap.median_of, INITCOND = '{}', SSPACE = 1024, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.target_level(float8) IS
'Thrombectomy target level: median over areas of their standardised thrombectomies per stroke; in the unit of the values.
NULLs are ignored; NULL when there is no value. Error 22003 for a value that is not finite. Same result whatever the order and the number of workers.
Source: definition of the French thrombectomy study 2018-2024 (median over administrative regions of the standardised ratio, each year); quantile: Hyndman and Fan 1996, definition 7.';

CREATE AGGREGATE tmap.alert_level(standardised float8) (
  SFUNC = pg_catalog.array_append, STYPE = float8[], COMBINEFUNC = pg_catalog.array_cat, FINALFUNC = tmap.lower_quartile_of, INITCOND = '{}', SSPACE = 1024, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.alert_level(float8) IS
'Thrombectomy alert level: 25th percentile over areas of their standardised thrombectomies per stroke; in the unit of the values.
NULLs are ignored; NULL when there is no value. Error 22003 for a value that is not finite. Same result whatever the order and the number of workers.
Source: definition of the French thrombectomy study 2018-2024 (25th percentile of the same values as the target level); quantile: Hyndman and Fan 1996, definition 7.';
-- Comma-separated values, one line at a time.

CREATE FUNCTION tmap.csv_fields(line text, delimiter text DEFAULT ',') RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_csv_fields';
COMMENT ON FUNCTION tmap.csv_fields(text, text) IS
'Fields of one line of comma-separated values.
Fields in double quotes may hold the delimiter, line breaks and doubled quotes; spaces belong to the field; one line end at the end is ignored; an empty line is one empty field.
delimiter: one ASCII character. NULL in, NULL out. Errors: 22P04 malformed line (with its place), 22023 bad delimiter, 54000 more than 10000 fields.
Source: RFC 4180, section 2.';

CREATE FUNCTION tmap.csv_problem(line text, delimiter text DEFAULT ',') RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_csv_problem';
COMMENT ON FUNCTION tmap.csv_problem(text, text) IS
'What makes a line malformed for tmap.csv_fields, with the place in characters from 1; NULL when the line is fine.
For checking a file line by line without stopping at the first bad one. NULL in, NULL out. Error 22023 bad delimiter.
Source: RFC 4180, section 2.';
-- Periods as people write them.

CREATE FUNCTION tmap.period(period text) RETURNS daterange
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  part text[];
  first_day date;
  last_day date;
BEGIN
  part := regexp_match(translate(btrim(period), E'\u2013\u2014', '--'), '^((?:19|20)\d\d)(?:-((?:19|20)\d\d))?$');
  IF part IS NOT NULL THEN
    first_day := make_date(part[1]::int4, 1, 1);
    last_day := make_date(coalesce(part[2], part[1])::int4, 12, 31);
  ELSE
    part := regexp_match(btrim(period), '^((?:19|20)\d\d)-(\d\d)-(\d\d)/((?:19|20)\d\d)-(\d\d)-(\d\d)$');
    IF part IS NULL OR part[2]::int4 NOT BETWEEN 1 AND 12 OR part[5]::int4 NOT BETWEEN 1 AND 12
       OR part[3]::int4 < 1 OR part[6]::int4 < 1 THEN
      RETURN NULL;
    END IF;
    -- Day 30 of February comes out in March, so a wrong day shows as another month.
    first_day := make_date(part[1]::int4, part[2]::int4, 1) + (part[3]::int4 - 1);
    last_day := make_date(part[4]::int4, part[5]::int4, 1) + (part[6]::int4 - 1);
    IF date_part('month', first_day) <> part[2]::float8 OR date_part('month', last_day) <> part[5]::float8 THEN
      RETURN NULL;
    END IF;
  END IF;
  RETURN CASE WHEN first_day <= last_day THEN daterange(first_day, last_day, '[]') END;
END
$function$;
COMMENT ON FUNCTION tmap.period(text) IS
'Days of a period written as a year (2019), a range of years (2018-2024) or two dates (2019-04-01/2020-03-31), first and last day included. Years 1900 to 2099.
NULL when it is none of these, or for NULL. The last day is upper(range) - 1.';
-- The atlas's DDL, embedded by sql/embed.sh.

CREATE FUNCTION tmap.atlas_layout() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1;
COMMENT ON FUNCTION tmap.atlas_layout() IS 'Number of the layout that tmap.create_atlas makes and tmap.upgrade_atlas brings an atlas to.';

CREATE FUNCTION tmap.atlas_ddl() RETURNS TABLE (part text, ddl text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $tmap_embed$ VALUES
('10_info', $tmap_atlas_ddl$
-- What this schema is.

CREATE TABLE @atlas@.atlas_info (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  layout int4 NOT NULL,
  library_version text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  upgraded_at timestamptz
);
COMMENT ON TABLE @atlas@.atlas_info IS 'One row that says this schema is an atlas of tmap, and of which layout. Written by tmap.create_atlas and tmap.upgrade_atlas.';
COMMENT ON COLUMN @atlas@.atlas_info.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN @atlas@.atlas_info.layout IS 'Number of the layout of tables, views and functions; tmap.upgrade_atlas raises it.';
COMMENT ON COLUMN @atlas@.atlas_info.library_version IS 'Version of the extension that last made or upgraded the atlas.';
COMMENT ON COLUMN @atlas@.atlas_info.created_at IS 'When the atlas was made.';
COMMENT ON COLUMN @atlas@.atlas_info.upgraded_at IS 'When it was last upgraded; NULL when never.';
$tmap_atlas_ddl$),
('15_source', $tmap_atlas_ddl$
-- Where figures come from.

CREATE TABLE @atlas@.source (
  source_id int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  source_key text NOT NULL UNIQUE CHECK (source_key <> ''),
  title text NOT NULL CHECK (title <> ''),
  definition text,
  denominator_definition text,
  denominator_differs boolean NOT NULL DEFAULT false,
  origin text NOT NULL CHECK (origin IN ('reported', 'derived', 'submitted', 'synthetic')),
  quality text CHECK (quality IN ('A', 'B', 'C')),
  note text,
  doi text,
  url text
);
COMMENT ON TABLE @atlas@.source IS 'A publication, a register or a submission that figures come from. One row for each set of figures with one definition.';
COMMENT ON COLUMN @atlas@.source.source_id IS 'Number of the source in this atlas.';
COMMENT ON COLUMN @atlas@.source.source_key IS 'Short name that functions take, for example DEU-weber-2021.';
COMMENT ON COLUMN @atlas@.source.title IS 'Citation or name, as shown to readers.';
COMMENT ON COLUMN @atlas@.source.definition IS 'What was counted as an event (numerator); NULL when not stated.';
COMMENT ON COLUMN @atlas@.source.denominator_definition IS 'Who was counted as at risk (denominator of proportions, the strokes); NULL when not stated.';
COMMENT ON COLUMN @atlas@.source.denominator_differs IS 'True when that is not what the indicator counts as at risk, for example all strokes instead of ischaemic strokes, so that its unit does not fit.';
COMMENT ON COLUMN @atlas@.source.origin IS 'reported (published as it stands), derived (calculated from published figures), submitted (handed in by a country), synthetic (made up for demonstration).';
COMMENT ON COLUMN @atlas@.source.quality IS 'Grade A (best), B or C given by whoever entered the source; NULL when not graded.';
COMMENT ON COLUMN @atlas@.source.note IS 'Remarks for readers.';
COMMENT ON COLUMN @atlas@.source.doi IS 'Digital object identifier, without https://doi.org/.';
COMMENT ON COLUMN @atlas@.source.url IS 'Address of the source.';

CREATE FUNCTION @atlas@.find_source(source_key text) RETURNS int4
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  found_id int4;
BEGIN
  SELECT s.source_id INTO found_id FROM @atlas@.source s WHERE s.source_key = find_source.source_key;
  IF found_id IS NULL THEN
    RAISE EXCEPTION 'no source "%"', coalesce(source_key, 'NULL')
      USING ERRCODE = '22023', HINT = 'Insert a row into the table source first; its source_key is the name to give.';
  END IF;
  RETURN found_id;
END
$function$;
COMMENT ON FUNCTION @atlas@.find_source(text) IS 'Number of the source with this key. Error 22023 when there is none, NULL included.';
$tmap_atlas_ddl$),
('20_area', $tmap_atlas_ddl$
-- The territory: levels, and areas as a tree.

CREATE TABLE @atlas@.code_system (
  code_system text PRIMARY KEY CHECK (code_system <> ''),
  title text NOT NULL,
  url text
);
COMMENT ON TABLE @atlas@.code_system IS 'Systems of area codes. Add your own.';
COMMENT ON COLUMN @atlas@.code_system.code_system IS 'Short name, as used by area.code_system.';
COMMENT ON COLUMN @atlas@.code_system.title IS 'Full name.';
COMMENT ON COLUMN @atlas@.code_system.url IS 'Where the codes are published.';
INSERT INTO @atlas@.code_system (code_system, title, url) VALUES
  ('tmap', 'Codes made up for this atlas', NULL),
  ('ISO 3166-1', 'ISO 3166-1 alpha-3 country codes', 'https://www.iso.org/iso-3166-country-codes.html'),
  ('ISO 3166-2', 'ISO 3166-2 codes of country subdivisions', 'https://www.iso.org/iso-3166-country-codes.html'),
  ('NUTS', 'Nomenclature of territorial units for statistics of the European Union', 'https://ec.europa.eu/eurostat/web/nuts'),
  ('INSEE region', 'INSEE codes of French regions', 'https://www.insee.fr/fr/information/2560452'),
  ('INSEE department', 'INSEE codes of French departments', 'https://www.insee.fr/fr/information/2560452'),
  ('ONS', 'Codes of the Office for National Statistics of the United Kingdom', 'https://geoportal.statistics.gov.uk');

CREATE TABLE @atlas@.area_level (
  level text PRIMARY KEY CHECK (level <> ''),
  rank int4 NOT NULL CHECK (rank >= 0),
  title text,
  UNIQUE (level, rank)
);
COMMENT ON TABLE @atlas@.area_level IS 'Levels of the territory. An area lies strictly below its parent: its level has a greater rank. Add your own; country has to stay, because ratios are taken against the country.';
COMMENT ON COLUMN @atlas@.area_level.level IS 'Name of the level, for example region.';
COMMENT ON COLUMN @atlas@.area_level.rank IS 'Depth: world 0, country 1, region 2, department 3. Several levels may share a rank.';
COMMENT ON COLUMN @atlas@.area_level.title IS 'Name as shown to readers.';
INSERT INTO @atlas@.area_level (level, rank, title) VALUES
  ('world', 0, 'World'), ('country', 1, 'Country'), ('region', 2, 'Region'), ('department', 3, 'Department');

-- rank, parent_rank and country_id are copies kept by the trigger below. The ranks are also part of foreign
-- keys, so that the tree stays a tree whatever two sessions change at the same time: ranks fall strictly from
-- child to parent, hence no cycle.
CREATE TABLE @atlas@.area (
  area_id int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  code_system text NOT NULL REFERENCES @atlas@.code_system ON UPDATE CASCADE,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  level text NOT NULL,
  rank int4 NOT NULL,
  parent_id int4,
  parent_rank int4,
  country_id int4,
  valid_from date,
  valid_to date,
  source text,
  geom @postgis@.geometry(MultiPolygon, 4326),
  UNIQUE (area_id, rank),
  FOREIGN KEY (level, rank) REFERENCES @atlas@.area_level (level, rank) ON UPDATE CASCADE,
  FOREIGN KEY (parent_id, parent_rank) REFERENCES @atlas@.area (area_id, rank) ON UPDATE CASCADE,
  CONSTRAINT area_parent_complete CHECK ((parent_id IS NULL) = (parent_rank IS NULL)),
  CONSTRAINT area_below_parent CHECK (parent_rank < rank),
  CONSTRAINT area_validity CHECK (valid_from <= valid_to),
  -- The same code twice at one time. A hash stands for the code, because text has no GiST operators of its own.
  CONSTRAINT area_code_once EXCLUDE USING gist (
    int8range(hashtextextended(code_system || E'\x1f' || code, 0), hashtextextended(code_system || E'\x1f' || code, 0), '[]') WITH &&,
    daterange(valid_from, valid_to, '[]') WITH &&)
);
CREATE INDEX area_geom ON @atlas@.area USING gist (geom);
CREATE INDEX area_parent ON @atlas@.area (parent_id);
CREATE INDEX area_country ON @atlas@.area (country_id);
CREATE INDEX area_code ON @atlas@.area (code, code_system);
CREATE INDEX area_at_level ON @atlas@.area (level);
COMMENT ON TABLE @atlas@.area IS 'Areas as a tree (world, country, region, department ...). Insert parents before children. An area whose boundary changes gets a second row with its own validity.';
COMMENT ON COLUMN @atlas@.area.area_id IS 'Number of the area in this atlas.';
COMMENT ON COLUMN @atlas@.area.code_system IS 'System that the code belongs to.';
COMMENT ON COLUMN @atlas@.area.code IS 'Code in its system; unique at any one day.';
COMMENT ON COLUMN @atlas@.area.name IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.area.level IS 'Level, see area_level.';
COMMENT ON COLUMN @atlas@.area.rank IS 'Rank of the level; kept by a trigger, do not set.';
COMMENT ON COLUMN @atlas@.area.parent_id IS 'The area that this one is part of; NULL at the top.';
COMMENT ON COLUMN @atlas@.area.parent_rank IS 'Rank of the parent; kept by a trigger, do not set.';
COMMENT ON COLUMN @atlas@.area.country_id IS 'The country that the area lies in (itself for a country, NULL above); kept by a trigger, do not set.';
COMMENT ON COLUMN @atlas@.area.valid_from IS 'First day on which the boundary is valid; NULL = since ever.';
COMMENT ON COLUMN @atlas@.area.valid_to IS 'Last day on which the boundary is valid; NULL = still.';
COMMENT ON COLUMN @atlas@.area.source IS 'Where the boundary comes from.';
COMMENT ON COLUMN @atlas@.area.geom IS 'Boundary, EPSG:4326 (degrees); NULL when there is none. Checked: valid, not empty, within -180..180 and -90..90.';

CREATE FUNCTION @atlas@.area_place() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  parent_name text;
  parent_level text;
  parent_country int4;
BEGIN
  SELECT l.rank INTO NEW.rank FROM @atlas@.area_level l WHERE l.level = NEW.level;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no level "%" for area "%"', coalesce(NEW.level, 'NULL'), NEW.name
      USING ERRCODE = '23503', HINT = 'The table area_level lists the levels; insert yours there first.';
  END IF;
  IF NEW.parent_id IS NULL THEN
    NEW.parent_rank := NULL;
  ELSE
    -- FOR SHARE: nobody moves the parent to another country between this look and the end of the transaction.
    SELECT p.name, p.level, p.country_id, p.rank INTO parent_name, parent_level, parent_country, NEW.parent_rank
    FROM @atlas@.area p WHERE p.area_id = NEW.parent_id FOR SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'area "%" has no parent with number %', NEW.name, NEW.parent_id
        USING ERRCODE = '23503', HINT = 'Insert parents before children.';
    ELSIF NEW.parent_rank >= NEW.rank THEN
      RAISE EXCEPTION 'area "%" (%) does not lie below its parent "%" (%)', NEW.name, NEW.level, parent_name, parent_level
        USING ERRCODE = '23514', HINT = 'A child''s level has a greater rank than its parent''s, see area_level.';
    END IF;
  END IF;
  NEW.country_id := CASE WHEN NEW.level = 'country' THEN NEW.area_id ELSE parent_country END;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.area_place() IS 'Internal: trigger of area: fills rank, parent_rank and country_id; errors 23503 (no such level or parent) and 23514 (not below its parent).';
CREATE TRIGGER area_place BEFORE INSERT OR UPDATE OF area_id, level, rank, parent_id, parent_rank, country_id ON @atlas@.area
  FOR EACH ROW EXECUTE FUNCTION @atlas@.area_place();

CREATE FUNCTION @atlas@.area_moved() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  UPDATE @atlas@.area SET country_id = NULL WHERE parent_id = NEW.area_id;  -- area_place fills the new one
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.area_moved() IS 'Internal: trigger of area: an area that comes to another country takes the areas below it along.';
CREATE TRIGGER area_moved AFTER UPDATE ON @atlas@.area
  FOR EACH ROW WHEN (OLD.country_id IS DISTINCT FROM NEW.country_id) EXECUTE FUNCTION @atlas@.area_moved();

CREATE FUNCTION @atlas@.area_check_code() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  other record;
BEGIN
  SELECT a.area_id, a.name, a.valid_from, a.valid_to INTO other FROM @atlas@.area a
  WHERE a.code_system = NEW.code_system AND a.code = NEW.code AND a.area_id <> NEW.area_id
    AND daterange(a.valid_from, a.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]')
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'code "%" of % stands for two areas at one time', NEW.code, NEW.code_system
      USING ERRCODE = '23P01',
        DETAIL = format('Area %s "%s" has it from %s to %s.', other.area_id, other.name, coalesce(to_char(other.valid_from, 'YYYY-MM-DD'), 'ever'), coalesce(to_char(other.valid_to, 'YYYY-MM-DD'), 'now')),
        HINT = 'Close the old area with valid_to before the new one starts.';
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.area_check_code() IS 'Internal: trigger of area: error 23P01 when a code would stand for two areas on one day. The constraint area_code_once guarantees it between sessions; this says it more clearly.';
CREATE TRIGGER area_check_code BEFORE INSERT OR UPDATE OF code_system, code, valid_from, valid_to ON @atlas@.area
  FOR EACH ROW WHEN (NEW.valid_from IS NULL OR NEW.valid_to IS NULL OR NEW.valid_from <= NEW.valid_to)
  EXECUTE FUNCTION @atlas@.area_check_code();

CREATE FUNCTION @atlas@.area_check_geometry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF NEW.geom IS NULL THEN
    RETURN NEW;
  END IF;
  IF @postgis@.ST_IsEmpty(NEW.geom) THEN
    RAISE EXCEPTION 'empty geometry for area "%"', NEW.name
      USING ERRCODE = '22023', HINT = 'Leave geom NULL when there is no boundary.';
  ELSIF @postgis@.ST_XMin(NEW.geom) < -180 OR @postgis@.ST_XMax(NEW.geom) > 180
     OR @postgis@.ST_YMin(NEW.geom) < -90 OR @postgis@.ST_YMax(NEW.geom) > 90 THEN
    RAISE EXCEPTION 'coordinates out of range for area "%"', NEW.name
      USING ERRCODE = '22023',
        DETAIL = format('The geometry reaches from (%s, %s) to (%s, %s).', @postgis@.ST_XMin(NEW.geom), @postgis@.ST_YMin(NEW.geom), @postgis@.ST_XMax(NEW.geom), @postgis@.ST_YMax(NEW.geom)),
        HINT = 'Give degrees, longitude first; ST_Transform(geom, 4326) brings metres to degrees.';
  ELSIF NOT @postgis@.ST_IsValid(NEW.geom) THEN
    RAISE EXCEPTION 'invalid geometry for area "%"', NEW.name
      USING ERRCODE = '22023',
        DETAIL = format('%s.', @postgis@.ST_IsValidReason(NEW.geom)),
        HINT = 'ST_Multi(ST_CollectionExtract(ST_MakeValid(geom), 3)) repairs most of them.';
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.area_check_geometry() IS 'Internal: trigger of area: error 22023 for a geometry that is empty, out of range or not valid, with the reason.';
CREATE TRIGGER area_check_geometry BEFORE INSERT OR UPDATE OF geom ON @atlas@.area
  FOR EACH ROW EXECUTE FUNCTION @atlas@.area_check_geometry();

CREATE FUNCTION @atlas@.find_country(country text) RETURNS int4[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  found_ids int4[] := ARRAY(SELECT a.area_id FROM @atlas@.area a WHERE a.level = 'country' AND a.code = country ORDER BY a.area_id);
BEGIN
  IF cardinality(found_ids) = 0 THEN
    RAISE EXCEPTION 'no country "%"', coalesce(country, 'NULL')
      USING ERRCODE = '22023', HINT = 'Give the code of an area of level country, ISO 3166-1 alpha-3; insert it into the table area first.';
  END IF;
  RETURN found_ids;
END
$function$;
COMMENT ON FUNCTION @atlas@.find_country(text) IS 'Numbers of the areas of level country with this code (several when its boundary changed). Error 22023 when there is none, NULL included.';
$tmap_atlas_ddl$),
('22_locate', $tmap_atlas_ddl$
-- From points to areas.
--
-- A point on a border belongs to exactly one area: of those whose closed polygons hold it, the one with the
-- smallest code (code_system first, both in byte order). Codes, unlike area numbers, are the same after a reload.

CREATE FUNCTION @atlas@.checked_point(point @postgis@.geometry) RETURNS @postgis@.geometry
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF @postgis@.ST_GeometryType(point) <> 'ST_Point' THEN
    RAISE EXCEPTION 'not a point but %', @postgis@.ST_GeometryType(point)
      USING ERRCODE = '22023', HINT = 'ST_PointOnSurface(geom) gives a point of an area.';
  ELSIF @postgis@.ST_SRID(point) <> 4326 THEN
    RAISE EXCEPTION 'point has SRID %, areas have 4326', @postgis@.ST_SRID(point)
      USING ERRCODE = '22023', HINT = 'Use ST_Transform(point, 4326), or ST_SetSRID(point, 4326) when the coordinates are degrees already.';
  END IF;
  RETURN point;
END
$function$;
COMMENT ON FUNCTION @atlas@.checked_point(@postgis@.geometry) IS 'Internal: the point itself when it is a point in EPSG:4326. NULL in, NULL out. Error 22023 for another type or SRID.';

CREATE FUNCTION @atlas@.checked_level(level text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF NOT EXISTS (SELECT FROM @atlas@.area_level l WHERE l.level = checked_level.level) THEN
    RAISE EXCEPTION 'no level "%"', coalesce(level, 'NULL')
      USING ERRCODE = '22023',
        HINT = format('The levels are: %s.', (SELECT string_agg(l.level, ', ' ORDER BY l.rank, l.level COLLATE "C") FROM @atlas@.area_level l));
  END IF;
  RETURN level;
END
$function$;
COMMENT ON FUNCTION @atlas@.checked_level(text) IS 'Internal: the level itself when area_level has it. Error 22023 otherwise, NULL included.';

CREATE FUNCTION @atlas@.locate(point @postgis@.geometry, level text, on_date date DEFAULT current_date)
RETURNS TABLE (area_id int4, code_system text, code text, name text, status text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
  SELECT a.area_id, a.code_system, a.code, a.name,
         CASE WHEN locate.point IS NULL OR @postgis@.ST_IsEmpty(locate.point) THEN 'no point'
              WHEN a.area_id IS NULL THEN 'outside' ELSE 'located' END
  FROM (VALUES (1)) AS one_row (n)
  LEFT JOIN LATERAL (
    SELECT c.area_id, c.code_system, c.code, c.name
    FROM @atlas@.area AS c
    WHERE c.level = (SELECT @atlas@.checked_level(locate.level))
      AND @postgis@.ST_Intersects(c.geom, @atlas@.checked_point(locate.point))
      AND (c.valid_from IS NULL OR c.valid_from <= locate.on_date)
      AND (c.valid_to IS NULL OR c.valid_to >= locate.on_date)
    ORDER BY c.code_system COLLATE "C", c.code COLLATE "C"
    LIMIT 1) AS a ON true;
END;
COMMENT ON FUNCTION @atlas@.locate(@postgis@.geometry, text, date) IS
'The area of a level that a point lies in, always one row; for joins: FROM points CROSS JOIN LATERAL locate(geom, ''department'').
point: EPSG:4326. on_date: the boundaries of that day, today by default. status: located, outside (in no area of the level), or no point (NULL or empty); the other columns are NULL unless located.
A point on a border belongs to the area with the smallest code (code_system, then code, in byte order). Uses the GiST index of area.
Errors: 22023 unknown level, other SRID, not a point.';

CREATE FUNCTION @atlas@.area_at(point @postgis@.geometry, level text, on_date date DEFAULT current_date) RETURNS int4
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT l.area_id FROM @atlas@.locate(area_at.point, area_at.level, area_at.on_date) AS l;
END;
COMMENT ON FUNCTION @atlas@.area_at(@postgis@.geometry, text, date) IS
'Number of the area of a level that a point lies in; NULL when it lies in none, or is NULL or empty. For many points locate() in a join is faster.
point: EPSG:4326. on_date: the boundaries of that day, today by default. A point on a border belongs to the area with the smallest code.
Errors: 22023 unknown level, other SRID, not a point.';
$tmap_atlas_ddl$),
('25_centre', $tmap_atlas_ddl$
-- Centres that treat strokes.

CREATE TABLE @atlas@.centre (
  centre_id int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  level text NOT NULL CHECK (level IN ('thrombectomy_capable', 'comprehensive', 'primary')),
  area_id int4 REFERENCES @atlas@.area,
  opened date,
  closed date,
  valid_from date GENERATED ALWAYS AS (opened) STORED,
  valid_to date GENERATED ALWAYS AS (closed) STORED,
  coordinate_quality text,
  note text,
  source_id int4 NOT NULL REFERENCES @atlas@.source,
  point @postgis@.geometry(Point, 4326) NOT NULL
    CHECK (NOT @postgis@.ST_IsEmpty(point) AND @postgis@.ST_X(point) BETWEEN -180 AND 180 AND @postgis@.ST_Y(point) BETWEEN -90 AND 90),
  CONSTRAINT centre_dates CHECK (opened <= closed)
);
CREATE INDEX centre_point ON @atlas@.centre USING gist (point);
COMMENT ON TABLE @atlas@.centre IS 'Centres that treat strokes, as points.';
COMMENT ON COLUMN @atlas@.centre.centre_id IS 'Number of the centre in this atlas.';
COMMENT ON COLUMN @atlas@.centre.name IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.centre.level IS 'thrombectomy_capable (does thrombectomies), comprehensive (thrombectomies and neurosurgery), primary (thrombolysis only).';
COMMENT ON COLUMN @atlas@.centre.area_id IS 'Area that the centre belongs to for administration; NULL when not stated.';
COMMENT ON COLUMN @atlas@.centre.opened IS 'First day of this level of service; NULL when not known.';
COMMENT ON COLUMN @atlas@.centre.closed IS 'Last day of this level of service; NULL = still open, or not known.';
COMMENT ON COLUMN @atlas@.centre.valid_from IS 'The same as opened, under the name that map clients look for.';
COMMENT ON COLUMN @atlas@.centre.valid_to IS 'The same as closed, under the name that map clients look for.';
COMMENT ON COLUMN @atlas@.centre.coordinate_quality IS 'How exact the point is, for example: city point, not the hospital.';
COMMENT ON COLUMN @atlas@.centre.note IS 'Remarks for readers.';
COMMENT ON COLUMN @atlas@.centre.source_id IS 'Where the row comes from.';
COMMENT ON COLUMN @atlas@.centre.point IS 'Place, EPSG:4326 (degrees).';
$tmap_atlas_ddl$),
('26_population', $tmap_atlas_ddl$
-- Inhabitants by stratum.

CREATE TABLE @atlas@.population (
  area_id int4 NOT NULL REFERENCES @atlas@.area,
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  stratum tmap.stratum NOT NULL,
  persons bigint NOT NULL CHECK (persons >= 0),
  source_id int4 NOT NULL REFERENCES @atlas@.source,
  PRIMARY KEY (area_id, valid_from, valid_to, stratum),
  CONSTRAINT population_period CHECK (valid_from <= valid_to)
);
COMMENT ON TABLE @atlas@.population IS 'Inhabitants of areas by stratum and period (usually a calendar year). Areas without rows take the sum of their parts when every part has rows.';
COMMENT ON COLUMN @atlas@.population.area_id IS 'The area.';
COMMENT ON COLUMN @atlas@.population.valid_from IS 'First day of the period.';
COMMENT ON COLUMN @atlas@.population.valid_to IS 'Last day of the period.';
COMMENT ON COLUMN @atlas@.population.stratum IS 'Who, for example 80-84 female; one scheme within an area and period.';
COMMENT ON COLUMN @atlas@.population.persons IS 'Person-years lived in the period: the mid-period number of inhabitants for a period of one year.';
COMMENT ON COLUMN @atlas@.population.source_id IS 'Where the number comes from.';

CREATE FUNCTION @atlas@.population_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  mixed record;
BEGIN
  SELECT p.area_id, p.valid_from, p.valid_to, min(tmap.scheme(p.stratum)) AS one, max(tmap.scheme(p.stratum)) AS other INTO mixed
  FROM @atlas@.population p
  JOIN (SELECT DISTINCT a.area_id, a.valid_from, a.valid_to FROM added a) d ON d.area_id = p.area_id AND d.valid_from = p.valid_from AND d.valid_to = p.valid_to
  GROUP BY p.area_id, p.valid_from, p.valid_to HAVING min(tmap.scheme(p.stratum)) <> max(tmap.scheme(p.stratum)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'population of area number % is cut in two ways', mixed.area_id
      USING ERRCODE = '42804', DETAIL = format('From %s to %s it has strata of the schemes %s and %s.', mixed.valid_from, mixed.valid_to, mixed.one, mixed.other),
        HINT = 'Use one scheme within an area and period, and leave totals out.';
  END IF;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.population_check() IS 'Internal: trigger of population: error 42804 when an area and period has strata of more than one scheme.';
CREATE TRIGGER population_check_insert AFTER INSERT ON @atlas@.population REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.population_check();
CREATE TRIGGER population_check_update AFTER UPDATE ON @atlas@.population REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.population_check();

CREATE FUNCTION @atlas@.population_tally(area_id int4, valid_from date, valid_to date) RETURNS tmap.tally
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  result tmap.tally;
  parts bigint;
  known bigint;
BEGIN
  -- The area's own rows, when their periods fill the period asked for without a gap and without an overlap.
  SELECT tmap.rollup(tmap.collapse(c.t, c.scheme)) INTO result
  FROM (SELECT b.*, tmap.common_scheme(tmap.scheme(b.t)) OVER () AS scheme
        FROM (SELECT p.valid_from, p.valid_to, tmap.tally_agg(p.stratum, 0::bigint, p.persons) AS t
              FROM @atlas@.population p
              WHERE p.area_id = population_tally.area_id AND p.valid_from >= population_tally.valid_from AND p.valid_to <= population_tally.valid_to
              GROUP BY p.valid_from, p.valid_to) b) c
  HAVING sum(c.valid_to - c.valid_from + 1) = population_tally.valid_to - population_tally.valid_from + 1
     AND range_agg(daterange(c.valid_from, c.valid_to, '[]')) = datemultirange(daterange(population_tally.valid_from, population_tally.valid_to, '[]'));
  IF FOUND THEN
    RETURN result;
  END IF;
  SELECT count(*), count(c.t), CASE WHEN count(*) = count(c.t) THEN tmap.rollup(tmap.collapse(c.t, c.scheme)) END
  INTO parts, known, result
  FROM (
    SELECT b.t, tmap.common_scheme(tmap.scheme(b.t)) OVER () AS scheme
    FROM (SELECT @atlas@.population_tally(a.area_id, population_tally.valid_from, population_tally.valid_to) AS t
          FROM @atlas@.area a
          WHERE a.parent_id = population_tally.area_id
            AND (a.valid_from IS NULL OR a.valid_from <= population_tally.valid_to)
            AND (a.valid_to IS NULL OR a.valid_to >= population_tally.valid_to)) b) c;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.population_tally(int4, date, date) IS
'Inhabitants of an area in a period as a tally (at_risk = person-years, no events): its own rows of population, whose periods must fill the period exactly and not overlap, or else the sum of its parts (of the last day) when every part has them; NULL when neither.';
$tmap_atlas_ddl$),
('30_indicator', $tmap_atlas_ddl$
-- What is measured, and the standards it is compared on.

CREATE TABLE @atlas@.standard (
  name text PRIMARY KEY CHECK (name <> ''),
  tally tmap.tally NOT NULL,
  title text,
  source_id int4 REFERENCES @atlas@.source,
  note text,
  CONSTRAINT standard_not_empty CHECK (tmap.at_risk(tally) > 0)
);
COMMENT ON TABLE @atlas@.standard IS 'Standard populations of this atlas, beside those of the library (SELECT * FROM tmap.standards()). A standard is a tally whose people at risk are the weights, for example the strokes of a reference country and year.';
COMMENT ON COLUMN @atlas@.standard.name IS 'Name that indicator.standard and standard_tally() take; hides a standard of the library with the same name.';
COMMENT ON COLUMN @atlas@.standard.tally IS 'Weights: the people at risk by stratum.';
COMMENT ON COLUMN @atlas@.standard.title IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.standard.source_id IS 'Where the weights come from.';
COMMENT ON COLUMN @atlas@.standard.note IS 'Remarks for readers.';

CREATE FUNCTION @atlas@.standard_tally(name text) RETURNS tmap.tally
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT coalesce((SELECT s.tally FROM @atlas@.standard AS s WHERE s.name = standard_tally.name), tmap.standard(standard_tally.name));
END;
COMMENT ON FUNCTION @atlas@.standard_tally(text) IS 'A standard population as a tally: of the table standard, or else of the library. NULL in, NULL out. Errors: as tmap.standard(text) when there is no such standard.';

CREATE TABLE @atlas@.indicator (
  indicator text PRIMARY KEY CHECK (indicator <> ''),
  title text NOT NULL,
  events_definition text NOT NULL,
  at_risk_definition text NOT NULL,
  measure text NOT NULL CHECK (measure IN ('proportion', 'rate')),
  per float8 NOT NULL CHECK (per > 0 AND per < 'Infinity'),
  unit text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('higher is better', 'lower is better', 'neither')),
  method text NOT NULL,
  confidence float8 NOT NULL DEFAULT 0.95 CHECK (confidence > 0.5 AND confidence < 1),
  standard text,
  min_coverage float8 NOT NULL DEFAULT 0.95 CHECK (min_coverage >= 0 AND min_coverage <= 1),
  sort int4 NOT NULL DEFAULT 0
);
COMMENT ON TABLE @atlas@.indicator IS 'What is measured: which events, among whom, on which scale, with which limits. Add your own.';
COMMENT ON COLUMN @atlas@.indicator.indicator IS 'Short name, as used by fact.indicator.';
COMMENT ON COLUMN @atlas@.indicator.title IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.indicator.events_definition IS 'What counts as an event (numerator), unless the source says otherwise.';
COMMENT ON COLUMN @atlas@.indicator.at_risk_definition IS 'Who counts as at risk (denominator), unless the source says otherwise.';
COMMENT ON COLUMN @atlas@.indicator.measure IS 'proportion: events among people (binomial limits); rate: events per person-years (Poisson limits).';
COMMENT ON COLUMN @atlas@.indicator.per IS 'Scale: values are given per so many at risk.';
COMMENT ON COLUMN @atlas@.indicator.unit IS 'Unit of the values, as shown to readers.';
COMMENT ON COLUMN @atlas@.indicator.direction IS 'Which way is good.';
COMMENT ON COLUMN @atlas@.indicator.method IS 'Limits of the crude value: a method of tmap.proportion_lower (wilson ...) or of tmap.rate_lower (exact ...).';
COMMENT ON COLUMN @atlas@.indicator.confidence IS 'Confidence level of all limits.';
COMMENT ON COLUMN @atlas@.indicator.standard IS 'Name of the standard population for direct standardisation, see standard_tally(); NULL = no directly standardised values.';
COMMENT ON COLUMN @atlas@.indicator.min_coverage IS 'Smallest share (0 to 1) of the standard that must have people at risk, and of the people at risk that must be in a stratum of the standard (age or sex known, for example), for a directly standardised value to be given; the value is then the one over these.';
COMMENT ON COLUMN @atlas@.indicator.sort IS 'Order in lists.';

CREATE FUNCTION @atlas@.indicator_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  PERFORM @atlas@.standard_tally(NEW.standard);
  IF NEW.measure = 'proportion' THEN
    PERFORM tmap.proportion_lower(1, 2, NEW.confidence, NEW.method, 1);
  ELSE
    PERFORM tmap.rate_lower(1, 2, NEW.confidence, NEW.method, 1);
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.indicator_check() IS 'Internal: trigger of indicator: error when the standard or the method does not exist, so that no view fails later.';
CREATE TRIGGER indicator_check BEFORE INSERT OR UPDATE ON @atlas@.indicator
  FOR EACH ROW EXECUTE FUNCTION @atlas@.indicator_check();

CREATE FUNCTION @atlas@.standard_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  PERFORM @atlas@.standard_tally(i.standard) FROM @atlas@.indicator i;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.standard_check() IS 'Internal: trigger of standard: error 42704 when a standard that an indicator uses is removed or renamed, so that no view fails later.';
CREATE TRIGGER standard_check AFTER UPDATE OR DELETE OR TRUNCATE ON @atlas@.standard
  FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.standard_check();

INSERT INTO @atlas@.indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, standard, sort) VALUES
  ('thrombectomy_per_stroke', 'Thrombectomies per 100 ischaemic strokes', 'mechanical thrombectomies', 'ischaemic strokes',
   'proportion', 100, 'per 100 ischaemic strokes', 'higher is better', 'wilson', NULL, 1),
  ('thrombectomy_per_inhabitant', 'Thrombectomies per 100,000 inhabitants', 'mechanical thrombectomies', 'inhabitants (person-years)',
   'rate', 100000, 'per 100,000 inhabitants and year', 'higher is better', 'exact', 'ESP2013', 2);
$tmap_atlas_ddl$),
('40_fact', $tmap_atlas_ddl$
-- The one table of facts: area x period x indicator x source.

CREATE TABLE @atlas@.fact (
  fact_id int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  area_id int4 NOT NULL REFERENCES @atlas@.area,
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  indicator text NOT NULL REFERENCES @atlas@.indicator ON UPDATE CASCADE,
  source_id int4 NOT NULL REFERENCES @atlas@.source,
  unlocated boolean NOT NULL DEFAULT false,
  tally tmap.tally,
  events bigint CHECK (events >= 0),
  at_risk bigint CHECK (at_risk >= 0),
  reported_value float8 CHECK (reported_value >= 0 AND reported_value < 'Infinity'),
  reported_per float8 CHECK (reported_per > 0 AND reported_per < 'Infinity'),
  at_risk_basis text CHECK (at_risk_basis IN ('reported', 'derived', 'computed')),
  basis text,
  parts int4,
  parts_expected int4,
  note text,
  shown boolean NOT NULL DEFAULT false,
  choice_reason text,
  UNIQUE (area_id, indicator, valid_from, valid_to, source_id, unlocated),
  CONSTRAINT fact_period CHECK (valid_from <= valid_to),
  CONSTRAINT fact_not_empty CHECK (tally IS NOT NULL OR events IS NOT NULL OR reported_value IS NOT NULL),
  CONSTRAINT fact_reported CHECK ((reported_value IS NULL) = (reported_per IS NULL)),
  CONSTRAINT fact_events_agree CHECK (events = tmap.events(tally)),
  CONSTRAINT fact_at_risk_agrees CHECK (at_risk = tmap.at_risk(tally)),
  CONSTRAINT fact_counts_in_tally CHECK (tally IS NOT NULL OR events IS NULL OR at_risk IS NULL),
  CONSTRAINT fact_choice_stated CHECK (NOT shown OR choice_reason IS NOT NULL),
  CONSTRAINT fact_unlocated_hidden CHECK (NOT (shown AND unlocated))
);
CREATE UNIQUE INDEX fact_one_shown ON @atlas@.fact (area_id, indicator, valid_to DESC, valid_from DESC) WHERE shown;
CREATE INDEX fact_source ON @atlas@.fact (source_id, indicator);
COMMENT ON TABLE @atlas@.fact IS 'What is known of an area, period and indicator according to one source. Conflicting figures of several sources stand side by side; at most one of them is shown, with the reason for the choice.';
COMMENT ON COLUMN @atlas@.fact.fact_id IS 'Number of the fact; kept when its figures are computed anew.';
COMMENT ON COLUMN @atlas@.fact.area_id IS 'The area (of residence).';
COMMENT ON COLUMN @atlas@.fact.valid_from IS 'First day of the period.';
COMMENT ON COLUMN @atlas@.fact.valid_to IS 'Last day of the period.';
COMMENT ON COLUMN @atlas@.fact.indicator IS 'What is measured.';
COMMENT ON COLUMN @atlas@.fact.source_id IS 'Who says so.';
COMMENT ON COLUMN @atlas@.fact.unlocated IS 'True: counts known to belong to the area but to none of its parts (residence not known more closely). Included in the area''s own fact by roll_up(), never shown on its own.';
COMMENT ON COLUMN @atlas@.fact.tally IS 'Events and people at risk by stratum, stratum ''all'' when only totals are known; NULL when either number is not known.';
COMMENT ON COLUMN @atlas@.fact.events IS 'Number of events; needed only when there is no tally.';
COMMENT ON COLUMN @atlas@.fact.at_risk IS 'Number of people at risk when it is known without the events, beside a reported value; otherwise the tally holds it.';
COMMENT ON COLUMN @atlas@.fact.reported_value IS 'Value as printed in the source, rounded, per reported_per at risk; NULL when none is printed.';
COMMENT ON COLUMN @atlas@.fact.reported_per IS 'Scale of reported_value, for example 100.';
COMMENT ON COLUMN @atlas@.fact.at_risk_basis IS 'The denominator was reported, derived (for example from a rounded rate) or computed (counted from rows or from population).';
COMMENT ON COLUMN @atlas@.fact.basis IS 'How the fact came about: strokes (counted from the table stroke), submission, population (with the population), rolled up (sum of the parts), or words of whoever entered it.';
COMMENT ON COLUMN @atlas@.fact.parts IS 'Rolled up: how many parts were added.';
COMMENT ON COLUMN @atlas@.fact.parts_expected IS 'Rolled up: how many parts the area has; more than parts means that some gave no counts.';
COMMENT ON COLUMN @atlas@.fact.note IS 'Remarks for readers; "lines left out of" a submission is written, carried up to sums and removed by the loader.';
COMMENT ON COLUMN @atlas@.fact.shown IS 'True for the one figure to show for this area, period and indicator.';
COMMENT ON COLUMN @atlas@.fact.choice_reason IS 'Why this figure is shown, or why it is not; an unshown figure with a reason is never chosen by choose_facts().';

CREATE FUNCTION @atlas@.show_fact(fact_id int4, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  chosen record;
BEGIN
  IF coalesce(btrim(reason), '') = '' THEN
    RAISE EXCEPTION 'a choice needs a reason' USING ERRCODE = '22023', HINT = 'Say in a few words why this figure is the one to show.';
  END IF;
  SELECT f.area_id, f.indicator, f.valid_from, f.valid_to, f.unlocated INTO chosen FROM @atlas@.fact f WHERE f.fact_id = show_fact.fact_id;
  IF NOT FOUND OR chosen.unlocated THEN
    RAISE EXCEPTION 'no fact % that can be shown', coalesce(fact_id::text, 'NULL')
      USING ERRCODE = '22023', HINT = 'The column fid of the view area_year numbers them.';
  END IF;
  UPDATE @atlas@.fact f SET shown = false, choice_reason = NULL
  WHERE f.area_id = chosen.area_id AND f.indicator = chosen.indicator AND f.valid_from = chosen.valid_from
    AND f.valid_to = chosen.valid_to AND f.shown AND f.fact_id <> show_fact.fact_id;
  UPDATE @atlas@.fact f SET shown = true, choice_reason = reason WHERE f.fact_id = show_fact.fact_id;
END
$function$;
COMMENT ON FUNCTION @atlas@.show_fact(int4, text) IS 'Shows this figure instead of the conflicting ones of the same area, period and indicator, and keeps the reason. Errors: 22023 no such fact, or no reason.';
REVOKE EXECUTE ON FUNCTION @atlas@.show_fact(int4, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.choose_facts(source_key text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  only_source int4 := CASE WHEN source_key IS NOT NULL THEN @atlas@.find_source(source_key) END;
  wanted int4[];
  reasons text[];
  chosen bigint;
BEGIN
  -- One chooser at a time, or two sources that arrive together would both be shown. Source numbers start at 1.
  PERFORM pg_advisory_xact_lock('@atlas@.fact'::regclass::oid::int8::bit(32)::int4, 0);
  -- The figures the rule may choose: not those chosen or refused by hand, nor beside one chosen by hand.
  WITH candidate AS (
    SELECT f.fact_id, s.quality, f.tally IS NOT NULL AS counted,
           row_number() OVER w AS place, count(*) OVER (PARTITION BY f.area_id, f.indicator, f.valid_from, f.valid_to) AS figures
    FROM @atlas@.fact f JOIN @atlas@.source s ON s.source_id = f.source_id
    WHERE NOT f.unlocated AND (f.choice_reason IS NULL OR f.shown AND f.choice_reason LIKE 'by rule: %')
      AND (only_source IS NULL OR EXISTS (
             SELECT FROM @atlas@.fact o WHERE o.indicator = f.indicator AND o.area_id = f.area_id AND o.valid_from = f.valid_from
                AND o.valid_to = f.valid_to AND o.source_id = only_source))
      AND NOT EXISTS (
             SELECT FROM @atlas@.fact o WHERE o.indicator = f.indicator AND o.area_id = f.area_id AND o.valid_from = f.valid_from
                AND o.valid_to = f.valid_to AND o.shown AND o.choice_reason NOT LIKE 'by rule: %')
    WINDOW w AS (PARTITION BY f.area_id, f.indicator, f.valid_from, f.valid_to
                 ORDER BY s.quality COLLATE "C" NULLS LAST, f.tally IS NULL, f.at_risk_basis = 'derived' NULLS LAST, s.source_key COLLATE "C"))
  SELECT array_agg(c.fact_id), array_agg(
           CASE WHEN c.figures = 1 THEN 'by rule: only figure'
                ELSE format('by rule: best of %s, quality %s, %s', c.figures, coalesce(c.quality, 'not graded'),
                            CASE WHEN c.counted THEN 'counts' ELSE 'no denominator' END) END)
  INTO wanted, reasons
  FROM candidate c WHERE c.place = 1;
  -- First hide, then show: there is never more than one.
  UPDATE @atlas@.fact f SET shown = false, choice_reason = NULL
  FROM unnest(wanted) AS w (fact_id) JOIN @atlas@.fact n ON n.fact_id = w.fact_id
  WHERE f.area_id = n.area_id AND f.indicator = n.indicator AND f.valid_from = n.valid_from AND f.valid_to = n.valid_to
    AND f.shown AND f.fact_id <> n.fact_id;
  UPDATE @atlas@.fact f SET shown = true, choice_reason = w.reason
  FROM unnest(wanted, reasons) AS w (fact_id, reason)
  WHERE f.fact_id = w.fact_id AND NOT (f.shown AND f.choice_reason = w.reason);
  GET DIAGNOSTICS chosen = ROW_COUNT;
  RETURN chosen;
END
$function$;
COMMENT ON FUNCTION @atlas@.choose_facts(text) IS
'Chooses the figure to show for every area, period and indicator, unless one was chosen by hand (show_fact, or any reason that does not start with "by rule: "); returns how many choices are new or have a new reason. Among conflicting figures: best quality of the source first, then counts before rounded values, then a denominator that is not derived, then source_key. The result does not depend on the order of loading. Unshown figures with a reason against them stay hidden.
source_key: only where this source has a figure; NULL = everywhere. Error 22023 for an unknown source.';
REVOKE EXECUTE ON FUNCTION @atlas@.choose_facts(text) FROM PUBLIC;
$tmap_atlas_ddl$),
('50_stroke', $tmap_atlas_ddl$
-- Patient level: one row per ischaemic stroke. Areas and sources are checked once a statement, not by foreign
-- keys: those made loading 3.6 times dearer, and deleting an area a scan of all strokes.

CREATE TABLE @atlas@.stroke (
  country text NOT NULL CHECK (country ~ '^[A-Z]{3}$'),
  year int4 NOT NULL CHECK (year BETWEEN 1900 AND 2099),
  stroke_id bigint NOT NULL,
  area_id int4,
  stratum tmap.stratum NOT NULL,
  treated boolean NOT NULL,
  source_id int4 NOT NULL,
  point @postgis@.geometry(Point, 4326),
  PRIMARY KEY (country, year, stroke_id)
) PARTITION BY LIST (year);
COMMENT ON TABLE @atlas@.stroke IS 'One row per ischaemic stroke, partitioned by year; add_stroke_year() makes a partition, years without one are kept in stroke_other. Patient data: not for the public. The key starts with the country, so that a duplicate-key error tells nothing of other countries.';
COMMENT ON COLUMN @atlas@.stroke.country IS 'Country that reports the stroke: the code of an area of level country, ISO 3166-1 alpha-3.';
COMMENT ON COLUMN @atlas@.stroke.year IS 'Year of admission.';
COMMENT ON COLUMN @atlas@.stroke.stroke_id IS 'Number of the stroke within country and year.';
COMMENT ON COLUMN @atlas@.stroke.area_id IS 'Area of residence; NULL when not known (filled from point by locate_strokes). Such strokes count for the country.';
COMMENT ON COLUMN @atlas@.stroke.stratum IS 'Age band, sex and comorbidity of the patient; unknown is a level of its own.';
COMMENT ON COLUMN @atlas@.stroke.treated IS 'True when the stroke was treated by mechanical thrombectomy.';
COMMENT ON COLUMN @atlas@.stroke.source_id IS 'Data set that the row belongs to.';
COMMENT ON COLUMN @atlas@.stroke.point IS 'Residence as a point, EPSG:4326; NULL when not known.';

CREATE TABLE @atlas@.stroke_other PARTITION OF @atlas@.stroke DEFAULT;
COMMENT ON TABLE @atlas@.stroke_other IS 'Strokes of years that have no partition of their own.';
CREATE FUNCTION @atlas@.stroke_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  unknown int4;
BEGIN
  SELECT d.source_id INTO unknown FROM (SELECT DISTINCT a.source_id FROM added a) d
  WHERE NOT EXISTS (SELECT FROM @atlas@.source s WHERE s.source_id = d.source_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'strokes of source number %, which does not exist', unknown
      USING ERRCODE = '23503', HINT = 'Insert the source first; find_source(key) gives its number.';
  END IF;
  SELECT d.area_id INTO unknown FROM (SELECT DISTINCT a.area_id FROM added a WHERE a.area_id IS NOT NULL) d
  WHERE NOT EXISTS (SELECT FROM @atlas@.area r WHERE r.area_id = d.area_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'strokes in area number %, which does not exist', unknown
      USING ERRCODE = '23503', HINT = 'Insert the area first, or leave area_id NULL when the residence is not known.';
  END IF;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.stroke_check() IS 'Internal: trigger of stroke and its partitions: error 23503 when a statement brings strokes of an area or a source that does not exist.';

CREATE FUNCTION @atlas@.check_strokes_of(partition text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  happening text;
BEGIN
  FOREACH happening IN ARRAY ARRAY['insert', 'update'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER stroke_check_%s AFTER %1$s ON @atlas@.%I REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.stroke_check()', happening, partition);
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.check_strokes_of(text) IS 'Internal: puts the trigger stroke_check on the table stroke or a partition of it: a statement on a partition does not fire the triggers of the whole.';
REVOKE EXECUTE ON FUNCTION @atlas@.check_strokes_of(text) FROM PUBLIC;
SELECT @atlas@.check_strokes_of('stroke'), @atlas@.check_strokes_of('stroke_other');

CREATE INDEX stroke_source ON @atlas@.stroke (source_id, year);

CREATE FUNCTION @atlas@.add_stroke_year(year int4) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  partition text := format('stroke_%s', year);
BEGIN
  IF year IS NULL OR year NOT BETWEEN 1900 AND 2099 THEN
    RAISE EXCEPTION 'year out of range' USING ERRCODE = '22003', HINT = 'Give a year from 1900 to 2099.';
  ELSIF to_regclass('@atlas@.' || partition) IS NOT NULL THEN
    RETURN;
  END IF;
  LOCK TABLE @atlas@.stroke IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE @atlas@.%I (LIKE @atlas@.stroke INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)', partition);
  EXECUTE format('COMMENT ON TABLE @atlas@.%I IS %L', partition, format('Strokes of %s.', year));
  EXECUTE format('WITH moved AS (DELETE FROM @atlas@.stroke_other o WHERE o.year = $1 RETURNING o.*) INSERT INTO @atlas@.%I SELECT * FROM moved', partition) USING year;
  PERFORM @atlas@.check_strokes_of(partition);
  EXECUTE format('ALTER TABLE @atlas@.stroke ATTACH PARTITION @atlas@.%I FOR VALUES IN (%s)', partition, year);
END
$function$;
COMMENT ON FUNCTION @atlas@.add_stroke_year(int4) IS 'Gives a year a partition of its own and moves its strokes there; does nothing when it has one. Owner only. Error 22003 for a year outside 1900..2099.';
REVOKE EXECUTE ON FUNCTION @atlas@.add_stroke_year(int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.locate_strokes(level text, source_key text DEFAULT NULL)
RETURNS TABLE (located bigint, outside bigint, no_point bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  only_source int4 := CASE WHEN source_key IS NOT NULL THEN @atlas@.find_source(source_key) END;
BEGIN
  PERFORM @atlas@.checked_level(level);
  WITH place AS (
    SELECT s.country, s.year, s.stroke_id, a.area_id
    FROM @atlas@.stroke s
    CROSS JOIN LATERAL (
      SELECT c.area_id
      FROM @atlas@.area c JOIN @atlas@.area n ON n.area_id = c.country_id
      WHERE c.level = locate_strokes.level AND n.code = s.country
        AND @postgis@.ST_Intersects(c.geom, s.point)
        AND (c.valid_from IS NULL OR c.valid_from <= make_date(s.year, 7, 1))
        AND (c.valid_to IS NULL OR c.valid_to >= make_date(s.year, 7, 1))
      ORDER BY c.code_system COLLATE "C", c.code COLLATE "C" LIMIT 1) a
    WHERE s.area_id IS NULL AND s.point IS NOT NULL AND (only_source IS NULL OR s.source_id = only_source))
  UPDATE @atlas@.stroke s SET area_id = p.area_id
  FROM place p WHERE s.country = p.country AND s.year = p.year AND s.stroke_id = p.stroke_id;
  GET DIAGNOSTICS located = ROW_COUNT;
  SELECT count(*) FILTER (WHERE NOT @postgis@.ST_IsEmpty(s.point)), count(*) FILTER (WHERE s.point IS NULL OR @postgis@.ST_IsEmpty(s.point))
  INTO outside, no_point
  FROM @atlas@.stroke s WHERE s.area_id IS NULL AND (only_source IS NULL OR s.source_id = only_source);
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.locate_strokes(text, text) IS
'Fills the area of strokes that have a point but no area: the area of the level in the stroke''s own country, boundaries of 1 July of its year; a point on a border belongs to the area with the smallest code, as in locate().
source_key: only strokes of this source; NULL = all. Returns how many were located now, and how many stay without an area: outside every area of the level in their country, or without a point. Those count for the country. Errors: 22023 unknown level or source.';
REVOKE EXECUTE ON FUNCTION @atlas@.locate_strokes(text, text) FROM PUBLIC;
$tmap_atlas_ddl$),
('55_tally', $tmap_atlas_ddl$
-- From strokes to facts, and up the tree.

CREATE FUNCTION @atlas@.lock_source(source_id int4) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $function$
  -- One writer a source at a time; the table's own number keeps two atlases apart.
  SELECT pg_advisory_xact_lock('@atlas@.fact'::regclass::oid::int8::bit(32)::int4, lock_source.source_id)
$function$;
COMMENT ON FUNCTION @atlas@.lock_source(int4) IS 'Internal: waits until no other transaction computes facts of this source.';
REVOKE EXECUTE ON FUNCTION @atlas@.lock_source(int4) FROM PUBLIC;

CREATE TYPE @atlas@.new_fact AS (
  area_id int4, valid_from date, valid_to date, indicator text, unlocated boolean, tally tmap.tally, at_risk_basis text,
  parts int4, parts_expected int4, incomplete text, note text);
COMMENT ON TYPE @atlas@.new_fact IS 'A fact computed by a function, for put_facts(); columns as in fact. incomplete: why it must not be shown; NULL when it may.';

CREATE FUNCTION @atlas@.put_facts(source_id int4, basis text, made @atlas@.new_fact[], old int4[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  written bigint;
BEGIN
  WITH made AS MATERIALIZED (
    SELECT n.*, f.fact_id, f.basis AS had
    FROM unnest(put_facts.made) WITH ORDINALITY AS n (area_id, valid_from, valid_to, indicator, unlocated, tally, at_risk_basis, parts, parts_expected, incomplete, note, place)
    LEFT JOIN @atlas@.fact f ON f.area_id = n.area_id AND f.indicator = n.indicator AND f.valid_from = n.valid_from AND f.valid_to = n.valid_to
      AND f.source_id = put_facts.source_id AND f.unlocated = n.unlocated
  ), gone AS (
    DELETE FROM @atlas@.fact f
    WHERE f.fact_id = ANY (old) AND NOT EXISTS (SELECT FROM made m WHERE m.fact_id = f.fact_id)
    RETURNING 1
  ), changed AS (   -- sums and rates per inhabitant leave what an area has of its own
    UPDATE @atlas@.fact f
    SET tally = m.tally, events = tmap.events(m.tally), at_risk = NULL, at_risk_basis = m.at_risk_basis, basis = put_facts.basis,
        parts = m.parts, parts_expected = m.parts_expected, shown = f.shown AND m.incomplete IS NULL,
        choice_reason = CASE WHEN m.incomplete IS NOT NULL THEN m.incomplete WHEN f.choice_reason LIKE 'adds up only %' THEN NULL ELSE f.choice_reason END,
        note = n.note
    FROM made m
    CROSS JOIN LATERAL (SELECT o.fact_id, coalesce(m.note, CASE WHEN o.note NOT LIKE 'lines left out %' THEN o.note END) AS note FROM @atlas@.fact o WHERE o.fact_id = m.fact_id) n
    WHERE f.fact_id = n.fact_id AND (m.had = put_facts.basis OR put_facts.basis IN ('strokes', 'submission'))
      AND NOT (m.had IS NOT DISTINCT FROM put_facts.basis AND f.tally OPERATOR(tmap.=) m.tally AND f.at_risk_basis IS NOT DISTINCT FROM m.at_risk_basis
               AND f.parts IS NOT DISTINCT FROM m.parts AND f.parts_expected IS NOT DISTINCT FROM m.parts_expected AND f.note IS NOT DISTINCT FROM n.note)
    RETURNING 1
  ), added AS (
    INSERT INTO @atlas@.fact (area_id, valid_from, valid_to, indicator, source_id, unlocated, tally, events, at_risk_basis, basis, parts, parts_expected, choice_reason, note)
    SELECT m.area_id, m.valid_from, m.valid_to, m.indicator, put_facts.source_id, m.unlocated, m.tally, tmap.events(m.tally), m.at_risk_basis, put_facts.basis,
           m.parts, m.parts_expected, m.incomplete, m.note
    FROM made m WHERE m.fact_id IS NULL ORDER BY m.place
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added) INTO written;
  RETURN written;
END
$function$;
COMMENT ON FUNCTION @atlas@.put_facts(int4, text, @atlas@.new_fact[], int4[]) IS
'Internal: writes what a function computed for a source, and nothing that is the same already: facts that are not there yet are added, facts of this basis changed (basis strokes and submission also take over facts of another), and those of the numbers old that are not among the made ones removed. Returns how many were added, changed or removed.';
REVOKE EXECUTE ON FUNCTION @atlas@.put_facts(int4, text, @atlas@.new_fact[], int4[]) FROM PUBLIC;

CREATE FUNCTION @atlas@.roll_up(source_key text, to_level text DEFAULT 'country') RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  top int4;
  depth int4;
  made @atlas@.new_fact[];
  written bigint := 0;
BEGIN
  SELECT l.rank INTO top FROM @atlas@.area_level l WHERE l.level = @atlas@.checked_level(to_level);
  PERFORM @atlas@.lock_source(this_source);
  FOR depth IN SELECT DISTINCT a.rank FROM @atlas@.area a WHERE a.rank >= top ORDER BY 1 DESC LOOP
    WITH part AS (
      SELECT c.parent_id AS area_id, f.indicator, f.valid_from, f.valid_to, f.tally, f.at_risk_basis, f.note, 0 AS extra
      FROM @atlas@.fact f JOIN @atlas@.area c ON c.area_id = f.area_id
      WHERE f.source_id = this_source AND NOT f.unlocated AND f.tally IS NOT NULL AND c.parent_rank = depth
        AND f.basis IS DISTINCT FROM 'population'   -- tally_inhabitants makes these for every area itself
      UNION ALL
      SELECT f.area_id, f.indicator, f.valid_from, f.valid_to, f.tally, f.at_risk_basis, f.note, 1
      FROM @atlas@.fact f JOIN @atlas@.area a ON a.area_id = f.area_id
      WHERE f.source_id = this_source AND f.unlocated AND a.rank = depth
    ), fitted AS (
      SELECT p.*, tmap.common_scheme(tmap.scheme(p.tally)) OVER (PARTITION BY p.area_id, p.indicator, p.valid_from, p.valid_to) AS scheme
      FROM part p
    ), whole AS (
      SELECT p.area_id, p.indicator, p.valid_from, p.valid_to, tmap.rollup(tmap.collapse(p.tally, p.scheme)) AS tally,
             CASE WHEN bool_or(p.at_risk_basis = 'derived') THEN 'derived' ELSE max(p.at_risk_basis COLLATE "C") END AS at_risk_basis,
             count(*)::int4 AS parts,
             (sum(p.extra) + (SELECT count(*) FROM @atlas@.area c   -- as it stood on the last day, which is also how areas are handed in
                WHERE c.parent_id = p.area_id AND (c.valid_from IS NULL OR c.valid_from <= p.valid_to)
                  AND (c.valid_to IS NULL OR c.valid_to >= p.valid_to)))::int4 AS parts_expected,
             string_agg(DISTINCT p.note, '; ') FILTER (WHERE p.note LIKE 'lines left out %') AS note
      FROM fitted p GROUP BY p.area_id, p.indicator, p.valid_from, p.valid_to
    ), reasoned AS (
      -- An area without a fact had no stroke when all strokes are rows here, but gave no counts otherwise.
      SELECT w.*, CASE WHEN w.parts < w.parts_expected
                            AND NOT EXISTS (SELECT FROM @atlas@.fact f WHERE f.source_id = this_source AND f.indicator = w.indicator AND f.basis = 'strokes')
                       THEN format('adds up only %s of %s areas', w.parts, w.parts_expected) END AS incomplete
      FROM whole w
    )
    SELECT array_agg((w.area_id, w.valid_from, w.valid_to, w.indicator, false, w.tally, w.at_risk_basis, w.parts, w.parts_expected, w.incomplete, w.note)::@atlas@.new_fact
                     ORDER BY w.indicator, w.area_id, w.valid_from, w.valid_to)
    INTO made FROM reasoned w;
    written := written + @atlas@.put_facts(this_source, 'rolled up', made,
      ARRAY(SELECT f.fact_id FROM @atlas@.fact f JOIN @atlas@.area a ON a.area_id = f.area_id
            WHERE a.rank = depth AND f.source_id = this_source AND f.basis = 'rolled up'));
  END LOOP;
  PERFORM @atlas@.choose_facts(source_key);
  RETURN written;
END
$function$;
COMMENT ON FUNCTION @atlas@.roll_up(text, text) IS
'Adds the tallies of a source up the tree, department to region to country, for every indicator and period, unlocated counts included; returns how many facts were made, changed or removed. The sums are exact: the same bytes as counting the rows of the whole area.
Areas that have a figure of their own from this source keep it. Parts that are cut differently are brought to their common scheme. When parts are missing (areas of the last day of the period without counts, unless the counts come from the table stroke) the sum says so and is not shown.
to_level: the highest level to make sums for; country by default, because a world of a few countries would mislead. Errors: 22023 unknown source or level.';
REVOKE EXECUTE ON FUNCTION @atlas@.roll_up(text, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.per_population(tally tmap.tally, population tmap.tally) RETURNS tmap.tally
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  common text := tmap.common_scheme(tmap.scheme(tally), tmap.scheme(population));
  scheme text;
  result tmap.tally;
  fits boolean;
BEGIN
  FOREACH scheme IN ARRAY ARRAY[common, tmap.common_scheme(common, 'age90'), tmap.common_scheme(common, 'sex'), 'total'] LOOP
    SELECT coalesce(bool_and(e.events <= coalesce(p.persons, 0)), true),
           tmap.tally_agg(p.stratum, coalesce(e.events, 0), p.persons) FILTER (WHERE coalesce(e.events, 0) <= p.persons)
    INTO fits, result
    FROM (SELECT s.stratum, s.events FROM tmap.strata(tmap.collapse(tally, scheme)) s WHERE s.events > 0) e
    FULL JOIN (SELECT s.stratum, s.at_risk AS persons FROM tmap.strata(tmap.collapse(population, scheme)) s) p
      ON e.stratum OPERATOR(tmap.=) p.stratum;
    IF fits THEN
      RETURN result;
    END IF;
  END LOOP;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.per_population(tmap.tally, tmap.tally) IS
'Internal: the events of one tally with the people of another as those at risk: under the finest scheme both have in which no stratum has more events than people (events of unknown age need a scheme without age). NULL when there is none, or an argument is NULL.';

CREATE FUNCTION @atlas@.tally_inhabitants(source_key text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  made @atlas@.new_fact[];
  written bigint;
BEGIN
  PERFORM @atlas@.lock_source(this_source);
  SELECT array_agg((p.area_id, p.valid_from, p.valid_to, 'thrombectomy_per_inhabitant', false, p.tally, 'computed', NULL, NULL, NULL, p.note)::@atlas@.new_fact
                   ORDER BY p.area_id, p.valid_from, p.valid_to) INTO made
  FROM (SELECT f.area_id, f.valid_from, f.valid_to,
               @atlas@.per_population(f.tally, @atlas@.population_tally(f.area_id, f.valid_from, f.valid_to)) AS tally,
               CASE WHEN f.note LIKE 'lines left out %' THEN f.note END AS note
        FROM @atlas@.fact f
        WHERE f.source_id = this_source AND f.indicator = 'thrombectomy_per_stroke' AND NOT f.unlocated AND f.tally IS NOT NULL
          AND coalesce(f.choice_reason, '') NOT LIKE 'adds up only %'
          AND EXISTS (SELECT FROM @atlas@.population)) p
  WHERE tmap.at_risk(p.tally) > 0;
  written := @atlas@.put_facts(this_source, 'population', made,
    ARRAY(SELECT f.fact_id FROM @atlas@.fact f WHERE f.source_id = this_source AND f.basis = 'population'));
  PERFORM @atlas@.choose_facts(source_key);
  RETURN written;
END
$function$;
COMMENT ON FUNCTION @atlas@.tally_inhabitants(text) IS
'Makes thrombectomies per inhabitant from the thrombectomies per stroke of a source wherever the table population has the area (or all its parts) and the period; returns how many facts were made, changed or removed. Error 22023 unknown source.';
REVOKE EXECUTE ON FUNCTION @atlas@.tally_inhabitants(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.tally_strokes(source_key text)
RETURNS TABLE (strokes bigint, treated bigint, unlocated bigint, facts bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  made @atlas@.new_fact[];
  missing text;
BEGIN
  PERFORM @atlas@.lock_source(this_source);
  SELECT string_agg(DISTINCT format('%s %s', s.country, s.year), ', ') INTO missing
  FROM (SELECT DISTINCT t.country, t.year FROM @atlas@.stroke t WHERE t.source_id = this_source AND t.area_id IS NULL) s
  WHERE NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.level = 'country' AND a.code = s.country
                      AND (a.valid_from IS NULL OR a.valid_from <= make_date(s.year, 7, 1))
                      AND (a.valid_to IS NULL OR a.valid_to >= make_date(s.year, 7, 1)));
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'strokes without an area are of countries that the atlas does not have'
      USING ERRCODE = '22023', DETAIL = format('Country and year: %s.', missing), HINT = 'Insert the country into the table area, with its ISO 3166-1 alpha-3 code.';
  END IF;
  SELECT string_agg(d.area_id::text, ', ' ORDER BY d.area_id) INTO missing
  FROM (SELECT DISTINCT s.area_id FROM @atlas@.stroke s WHERE s.source_id = this_source AND s.area_id IS NOT NULL) d
  WHERE NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.area_id = d.area_id);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'strokes lie in areas that no longer exist'
      USING ERRCODE = '23503', DETAIL = format('Area numbers: %s.', missing), HINT = 'Set their area_id to another area, or to NULL when the residence is not known.';
  END IF;
  WITH counted AS MATERIALIZED (
    SELECT s.country, s.year, s.area_id, tmap.tally_agg(s.stratum, s.treated) AS tally
    FROM @atlas@.stroke s WHERE s.source_id = this_source GROUP BY s.country, s.year, s.area_id
  ), placed AS (
    SELECT coalesce(c.area_id, n.area_id) AS area_id, c.year, tmap.rollup(c.tally) AS tally
    FROM counted c
    LEFT JOIN LATERAL (
      SELECT a.area_id FROM @atlas@.area a
      WHERE c.area_id IS NULL AND a.level = 'country' AND a.code = c.country
        AND (a.valid_from IS NULL OR a.valid_from <= make_date(c.year, 7, 1))
        AND (a.valid_to IS NULL OR a.valid_to >= make_date(c.year, 7, 1))
      ORDER BY a.code_system COLLATE "C" LIMIT 1) n ON true
    GROUP BY 1, c.year
  ), whole AS (
    SELECT p.area_id, make_date(p.year, 1, 1) AS valid_from, make_date(p.year, 12, 31) AS valid_to, p.tally,
           -- Directly on an area that has parts: in none of the parts, as far as anybody knows.
           EXISTS (SELECT FROM @atlas@.area a WHERE a.parent_id = p.area_id AND (a.valid_from IS NULL OR a.valid_from <= make_date(p.year, 12, 31))
                     AND (a.valid_to IS NULL OR a.valid_to >= make_date(p.year, 1, 1))) AS unlocated
    FROM placed p
  )
  SELECT coalesce(sum(tmap.at_risk(w.tally)), 0), coalesce(sum(tmap.events(w.tally)), 0), coalesce(sum(tmap.at_risk(w.tally)) FILTER (WHERE w.unlocated), 0),
         array_agg((w.area_id, w.valid_from, w.valid_to, 'thrombectomy_per_stroke', w.unlocated, w.tally, 'computed', NULL, NULL, NULL, NULL)::@atlas@.new_fact
                   ORDER BY w.area_id, w.valid_from, w.unlocated)
  INTO strokes, treated, unlocated, made FROM whole w;
  facts := @atlas@.put_facts(this_source, 'strokes', made, ARRAY(SELECT f.fact_id FROM @atlas@.fact f WHERE f.source_id = this_source AND f.basis = 'strokes'));
  facts := facts + @atlas@.roll_up(source_key) + @atlas@.tally_inhabitants(source_key);
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.tally_strokes(text) IS
'Counts the strokes of a source into facts (area of residence, year, thrombectomies per stroke), adds them up to regions and countries, and makes thrombectomies per inhabitant where the population is known. Replaces what it made before; choices of shown figures stay.
Strokes without an area count for their country, strokes on an area that has parts for that area: as a fact marked unlocated, which the area''s total includes.
Returns strokes, treated and unlocated strokes counted, and facts made, changed or removed (0 when nothing changed). Errors: 22023 unknown source, country not in the table area; 23503 strokes in areas that were deleted, 42804 strokes of one area and year in strata of different schemes.';
REVOKE EXECUTE ON FUNCTION @atlas@.tally_strokes(text) FROM PUBLIC;

CREATE VIEW @atlas@.unlocated AS
SELECT f.fact_id AS fid, f.area_id, a.code_system, a.code, a.name, a.level, f.indicator, f.valid_from, f.valid_to,
       tmap.events(f.tally)::float8 AS events, tmap.at_risk(f.tally)::float8 AS at_risk,
       tmap.at_risk(f.tally)::float8 / nullif(tmap.at_risk(t.tally), 0) AS share_of_total, s.source_key, s.title AS source
FROM @atlas@.fact f
JOIN @atlas@.area a ON a.area_id = f.area_id
JOIN @atlas@.source s ON s.source_id = f.source_id
LEFT JOIN @atlas@.fact t ON t.area_id = f.area_id AND t.indicator = f.indicator AND t.valid_from = f.valid_from AND t.valid_to = f.valid_to
  AND t.source_id = f.source_id AND NOT t.unlocated
WHERE f.unlocated;
COMMENT ON VIEW @atlas@.unlocated IS 'Counts whose place inside an area is not known
They are part of the area''s total and of none of its parts.';
COMMENT ON COLUMN @atlas@.unlocated.fid IS 'Number of the fact.';
COMMENT ON COLUMN @atlas@.unlocated.area_id IS 'The area (usually a country).';
COMMENT ON COLUMN @atlas@.unlocated.code_system IS 'System of its code.';
COMMENT ON COLUMN @atlas@.unlocated.code IS 'Its code.';
COMMENT ON COLUMN @atlas@.unlocated.name IS 'Its name.';
COMMENT ON COLUMN @atlas@.unlocated.level IS 'Its level.';
COMMENT ON COLUMN @atlas@.unlocated.indicator IS 'What is measured.';
COMMENT ON COLUMN @atlas@.unlocated.valid_from IS 'First day of the period.';
COMMENT ON COLUMN @atlas@.unlocated.valid_to IS 'Last day of the period.';
COMMENT ON COLUMN @atlas@.unlocated.events IS 'Events without a place.';
COMMENT ON COLUMN @atlas@.unlocated.at_risk IS 'People at risk without a place.';
COMMENT ON COLUMN @atlas@.unlocated.share_of_total IS 'Share of the area''s people at risk, 0 to 1; NULL when there is no total.';
COMMENT ON COLUMN @atlas@.unlocated.source_key IS 'Short name of the source.';
COMMENT ON COLUMN @atlas@.unlocated.source IS 'Title of the source.';
$tmap_atlas_ddl$),
('60_submission', $tmap_atlas_ddl$
-- Counts that countries hand in: the inbox, the submissions, what was accepted and what was not.

CREATE FUNCTION @atlas@.checked_upload(upload text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF coalesce(btrim(upload), '') = '' THEN
    RAISE EXCEPTION 'the upload has no name' USING ERRCODE = '22023', HINT = 'Name it as an argument, or before copying into the inbox: SET tmap.upload = ''DEU-2019'';';
  END IF;
  RETURN upload;
END
$function$;
COMMENT ON FUNCTION @atlas@.checked_upload(text) IS 'Internal: the name of an upload itself. Error 22023 when it is NULL or blank.';

CREATE FUNCTION @atlas@.current_upload() RETURNS text
LANGUAGE sql STABLE
RETURN @atlas@.checked_upload(current_setting('tmap.upload', true));
COMMENT ON FUNCTION @atlas@.current_upload() IS 'Internal: name of the upload under way: the setting tmap.upload of this session. Error 22023 when it is not set.';

CREATE TABLE @atlas@.inbox (
  upload text NOT NULL DEFAULT @atlas@.current_upload() CHECK (upload <> ''),
  line_no bigint GENERATED ALWAYS AS IDENTITY,
  line text,
  PRIMARY KEY (upload, line_no)
);
COMMENT ON TABLE @atlas@.inbox IS 'Raw lines of a file on their way in, header first; load_counts() empties it. In psql: SET tmap.upload = ''DEU-2019''; then \copy inbox(line) FROM ''file.csv'' WITH (FORMAT csv, DELIMITER E''\x02'', QUOTE E''\x01''). Those two bytes do not occur in real files, so that each line comes in whole.';
COMMENT ON COLUMN @atlas@.inbox.upload IS 'Name of the upload; the setting tmap.upload when not given.';
COMMENT ON COLUMN @atlas@.inbox.line_no IS 'Order of arrival.';
COMMENT ON COLUMN @atlas@.inbox.line IS 'The line as it came; NULL for an empty one.';

CREATE TABLE @atlas@.submission (
  submission_id int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  submission_key text NOT NULL CHECK (submission_key <> ''),
  country text NOT NULL,
  source_id int4 NOT NULL REFERENCES @atlas@.source,
  status text NOT NULL CHECK (status IN ('in force', 'superseded', 'refused')),
  sha256 text NOT NULL,
  lines_read bigint NOT NULL DEFAULT 0,
  accepted bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  duplicates bigint NOT NULL DEFAULT 0,
  unplaced bigint NOT NULL DEFAULT 0,
  loaded_at timestamptz NOT NULL DEFAULT now(),
  loaded_by text NOT NULL DEFAULT current_user,
  superseded_by int4 REFERENCES @atlas@.submission,
  CONSTRAINT submission_every_line CHECK (lines_read = accepted + rejected AND duplicates + unplaced <= rejected)
);
CREATE UNIQUE INDEX submission_one_in_force ON @atlas@.submission (submission_key) WHERE status = 'in force';
CREATE INDEX submission_source ON @atlas@.submission (source_id);
COMMENT ON TABLE @atlas@.submission IS 'Every submission of counts with its outcome. A corrected one replaces the old, which stays as history.';
COMMENT ON COLUMN @atlas@.submission.submission_id IS 'Number of the submission.';
COMMENT ON COLUMN @atlas@.submission.submission_key IS 'Name of the submission (the upload): the same name again replaces it.';
COMMENT ON COLUMN @atlas@.submission.country IS 'Country whose counts they are, ISO 3166-1 alpha-3.';
COMMENT ON COLUMN @atlas@.submission.source_id IS 'Source that the facts are filed under.';
COMMENT ON COLUMN @atlas@.submission.status IS 'in force (its counts are facts), superseded (replaced), refused (nothing of it was loaded, see load_counts).';
COMMENT ON COLUMN @atlas@.submission.sha256 IS 'SHA-256, in hexadecimal, of key, country, source, options and lines: tells whether the same comes again.';
COMMENT ON COLUMN @atlas@.submission.lines_read IS 'Lines handed in, without the header = accepted + rejected.';
COMMENT ON COLUMN @atlas@.submission.accepted IS 'Lines accepted.';
COMMENT ON COLUMN @atlas@.submission.rejected IS 'Lines rejected; each is kept in rejected_line.';
COMMENT ON COLUMN @atlas@.submission.duplicates IS 'How many of the rejected lines repeat another one exactly.';
COMMENT ON COLUMN @atlas@.submission.unplaced IS 'How many of the rejected lines could not be read as a line of any area and period of the country.';
COMMENT ON COLUMN @atlas@.submission.loaded_at IS 'When it was loaded.';
COMMENT ON COLUMN @atlas@.submission.loaded_by IS 'Role that loaded it.';
COMMENT ON COLUMN @atlas@.submission.superseded_by IS 'The submission that replaced it; NULL when none did.';

CREATE TABLE @atlas@.submitted_count (
  submission_id int4 NOT NULL REFERENCES @atlas@.submission,
  line_no bigint NOT NULL,
  area_id int4 NOT NULL REFERENCES @atlas@.area,
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  stratum tmap.stratum NOT NULL,
  strokes bigint NOT NULL CHECK (strokes >= 0),
  thrombectomies bigint NOT NULL CHECK (thrombectomies BETWEEN 0 AND strokes),
  PRIMARY KEY (submission_id, line_no)
);
CREATE UNIQUE INDEX submitted_count_once ON @atlas@.submitted_count (submission_id, area_id, valid_from, valid_to, stratum);
CREATE INDEX submitted_count_area ON @atlas@.submitted_count (area_id);
COMMENT ON TABLE @atlas@.submitted_count IS 'Accepted lines of submissions, superseded ones included.';
COMMENT ON COLUMN @atlas@.submitted_count.submission_id IS 'The submission.';
COMMENT ON COLUMN @atlas@.submitted_count.line_no IS 'Line of the file, the header being line 1.';
COMMENT ON COLUMN @atlas@.submitted_count.area_id IS 'The area.';
COMMENT ON COLUMN @atlas@.submitted_count.valid_from IS 'First day of the period.';
COMMENT ON COLUMN @atlas@.submitted_count.valid_to IS 'Last day of the period.';
COMMENT ON COLUMN @atlas@.submitted_count.stratum IS 'Who; ''all'' when the line gives a total.';
COMMENT ON COLUMN @atlas@.submitted_count.strokes IS 'Ischaemic strokes.';
COMMENT ON COLUMN @atlas@.submitted_count.thrombectomies IS 'Thrombectomies among them.';

CREATE TABLE @atlas@.rejected_line (
  submission_id int4 NOT NULL REFERENCES @atlas@.submission,
  line_no bigint NOT NULL,
  line text NOT NULL,
  reason text NOT NULL,
  column_name text,
  detail text,
  PRIMARY KEY (submission_id, line_no)
);
COMMENT ON TABLE @atlas@.rejected_line IS 'Every line that was not accepted, whole, with the reason.';
COMMENT ON COLUMN @atlas@.rejected_line.submission_id IS 'The submission.';
COMMENT ON COLUMN @atlas@.rejected_line.line_no IS 'Line of the file, the header being line 1.';
COMMENT ON COLUMN @atlas@.rejected_line.line IS 'The line as it came.';
COMMENT ON COLUMN @atlas@.rejected_line.reason IS 'blank_line, malformed_csv, wrong_field_count, unknown_area, ambiguous_area, area_not_valid, area_not_in_country, bad_period, bad_age_band, bad_sex, bad_comorbidity, missing_count, thousands_separator, negative_count, not_a_whole_number, too_large, thrombectomies_exceed_strokes, duplicate_line, conflicting_duplicate, mixed_stratification or in_other_submission, the first one that applies; incomplete_group (nothing wrong with it, but with another line of its area and period) or upload_refused (nothing wrong with its area and period, but the upload was refused as a whole).';
COMMENT ON COLUMN @atlas@.rejected_line.column_name IS 'Column at fault; NULL when the line as a whole is.';
COMMENT ON COLUMN @atlas@.rejected_line.detail IS 'The value at fault, or what would be right.';
$tmap_atlas_ddl$),
('65_check_counts', $tmap_atlas_ddl$
-- Checking submitted counts line by line.

CREATE FUNCTION @atlas@.check_header(upload text, delimiter text, column_map jsonb,
  OUT separator text, OUT fields int4, OUT area int4, OUT code_system int4, OUT period int4, OUT age_band int4, OUT sex int4,
  OUT comorbidity int4, OUT strokes int4, OUT thrombectomies int4)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  header text;
  raw text[];
  names text[];
  known CONSTANT text[] := ARRAY['area', 'code_system', 'period', 'age_band', 'sex', 'comorbidity', 'strokes', 'thrombectomies'];
  missing text;
BEGIN
  SELECT ltrim(i.line, E'\uFEFF') INTO header FROM @atlas@.inbox i WHERE i.upload = check_header.upload ORDER BY i.line_no LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nothing was uploaded as "%"', coalesce(upload, 'NULL')
      USING ERRCODE = '22023', HINT = 'SET tmap.upload = ''NAME''; and copy the lines of the file into the table inbox first.';
  END IF;
  -- The delimiter that occurs most often in the header, unless it is given.
  separator := coalesce(delimiter, (SELECT d FROM unnest(ARRAY[',', ';', E'\t', '|']) WITH ORDINALITY AS t (d, place)
                                    ORDER BY length(header) - length(replace(header, d, '')) DESC, place LIMIT 1));
  raw := tmap.csv_fields(coalesce(header, ''), separator);
  IF jsonb_typeof(coalesce(column_map, '{}')) <> 'object' THEN
    RAISE EXCEPTION 'column_map is not a JSON object' USING ERRCODE = '22023', HINT = 'For example: {"Anzahl": "strokes", "Region": "area"}.';
  END IF;
  SELECT array_agg(coalesce(column_map ->> btrim(h), lower(regexp_replace(btrim(h), '\s+', '_', 'g'))) ORDER BY place) INTO names
  FROM unnest(raw) WITH ORDINALITY AS t (h, place);
  SELECT string_agg(k, ', ') INTO missing FROM unnest(ARRAY['area', 'period', 'strokes', 'thrombectomies']) AS k WHERE k <> ALL (names);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'the header lacks columns: %', missing
      USING ERRCODE = '22023', DETAIL = format('Its columns are: %s.', array_to_string(names, ', ')),
        HINT = 'The first line names the columns; column_map => ''{"their name": "our name"}'' renames them.';
  END IF;
  SELECT string_agg(k, ', ') INTO missing FROM unnest(known) AS k WHERE (SELECT count(*) FROM unnest(names) AS n WHERE n = k) > 1;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'the header names columns twice: %', missing USING ERRCODE = '22023', HINT = 'Each column may occur once.';
  END IF;
  SELECT string_agg(n, ', ') INTO missing FROM unnest(names) AS n WHERE n <> ALL (known);
  IF missing IS NOT NULL THEN
    RAISE NOTICE 'columns that are not read: %', missing;
  END IF;
  fields := cardinality(names);
  area := array_position(names, 'area');
  code_system := array_position(names, 'code_system');
  period := array_position(names, 'period');
  age_band := array_position(names, 'age_band');
  sex := array_position(names, 'sex');
  comorbidity := array_position(names, 'comorbidity');
  strokes := array_position(names, 'strokes');
  thrombectomies := array_position(names, 'thrombectomies');
END
$function$;
COMMENT ON FUNCTION @atlas@.check_header(text, text, jsonb) IS
'Internal: reads the header of an upload: the delimiter (found out when NULL) and the position of each column, NULL when absent. Errors: 22023 nothing uploaded, columns missing or twice, 22P04 malformed header; a notice names columns that are not read.';

CREATE FUNCTION @atlas@.count_fault(value text, column_name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE
    WHEN coalesce(value, '') = '' THEN ARRAY['missing_count', column_name, 'write 0 for none']
    WHEN value ~ '^[0-9]{1,9}$' THEN NULL
    WHEN value ~ '^[0-9]+$' THEN ARRAY['too_large', column_name, 'at most 999999999']
    WHEN value ~ '^-[0-9]' THEN ARRAY['negative_count', column_name, value]
    WHEN value ~ E'^[0-9]{1,3}([ .,''\u00A0\u2009\u202F][0-9]{3})+$' THEN ARRAY['thousands_separator', column_name, value]
    ELSE ARRAY['not_a_whole_number', column_name, value] END;
END;
COMMENT ON FUNCTION @atlas@.count_fault(text, text) IS 'Internal: what is wrong with a count given as text: reason, column and detail; NULL when it is a whole number of at most nine digits.';

CREATE FUNCTION @atlas@.check_counts(upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL)
RETURNS TABLE (line_no bigint, line text, area_id int4, valid_from date, valid_to date, stratum tmap.stratum,
  strokes bigint, thrombectomies bigint, reason text, column_name text, detail text)
-- Nothing is known of lines that have just come in: nested loops over a wrong guess took minutes, hash joins take a second.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
  h record;
  this_source int4 := @atlas@.find_source(source_key);
  countries int4[] := @atlas@.find_country(country);
BEGIN
  SELECT * INTO h FROM @atlas@.check_header(upload, delimiter, column_map);
  RETURN QUERY
  WITH raw AS (
    SELECT row_number() OVER (ORDER BY i.line_no) AS n, coalesce(i.line, '') AS line
    FROM @atlas@.inbox i WHERE i.upload = check_counts.upload
  ), split AS MATERIALIZED (
    SELECT r.n, r.line, p.problem, CASE WHEN p.problem IS NULL THEN tmap.csv_fields(r.line, h.separator) END AS f
    FROM raw r CROSS JOIN LATERAL (SELECT tmap.csv_problem(r.line, h.separator) AS problem) p
    WHERE r.n > 1
  ), named AS MATERIALIZED (
    SELECT s.n, s.line, s.problem, cardinality(s.f) AS fields, btrim(s.f[h.area]) AS area, coalesce(btrim(s.f[h.code_system]), '') AS code_system,
           btrim(s.f[h.period]) AS period, btrim(s.f[h.strokes]) AS strokes, btrim(s.f[h.thrombectomies]) AS thrombectomies,
           nullif(lower(replace(translate(s.f[h.age_band], E'\u2013\u2014', '--'), ' ', '')), '') AS age,
           nullif(lower(btrim(s.f[h.sex])), '') AS sex, nullif(lower(btrim(s.f[h.comorbidity])), '') AS comorbidity
    FROM split s
  ), period AS MATERIALIZED (
    SELECT d.period, tmap.period(d.period) AS days FROM (SELECT DISTINCT n.period FROM named n) d
  ), place AS MATERIALIZED (   -- each (area, code system, period) looked up once
    SELECT d.area, d.code_system, d.period, lower(d.days) AS valid_from, upper(d.days) - 1 AS valid_to,
           min(a.area_id) FILTER (WHERE c.inside AND c.valid) AS area_id, count(*) FILTER (WHERE c.inside AND c.valid) AS n_valid,
           count(*) FILTER (WHERE c.inside) AS n_inside, count(a.area_id) AS n_anywhere,
           string_agg(DISTINCT a.code_system, ', ') FILTER (WHERE c.inside AND c.valid) AS systems
    FROM (SELECT DISTINCT n.area, n.code_system, n.period, p.days FROM named n JOIN period p ON p.period = n.period) d
    LEFT JOIN @atlas@.area a ON a.code = d.area AND d.code_system IN ('', a.code_system)
    CROSS JOIN LATERAL (SELECT coalesce(a.country_id = ANY (countries), false) AS inside,
                               (a.valid_from IS NULL OR a.valid_from < upper(d.days)) AND (a.valid_to IS NULL OR a.valid_to >= upper(d.days) - 1) AS valid) c
    GROUP BY d.area, d.code_system, d.period, d.days
  ), checked AS (
    SELECT n.n, n.line, CASE WHEN p.n_valid = 1 AND n.fields = h.fields THEN p.area_id END AS area_id, p.valid_from, p.valid_to, n.strokes, n.thrombectomies, n.sex, n.comorbidity,
           n.age IS NOT NULL AS by_age,
           CASE WHEN n.age ~ '^[0-9]{1,3}(-[0-9]{1,3}|[+])$' THEN substring(n.age FROM '^[0-9]+')::int4 END AS age_from,
           n.age ~ '[+]$' AS open_band,
           CASE
             WHEN btrim(n.line, E' \t\r') = '' THEN ARRAY['blank_line', NULL, NULL]
             WHEN n.problem IS NOT NULL THEN ARRAY['malformed_csv', NULL, n.problem]
             WHEN n.fields <> h.fields THEN ARRAY['wrong_field_count', NULL, format('%s instead of %s', n.fields, h.fields)]
             WHEN p.valid_from IS NULL THEN ARRAY['bad_period', 'period', n.period]
             WHEN p.n_anywhere = 0 THEN ARRAY['unknown_area', 'area', n.area]
             WHEN p.n_inside = 0 THEN ARRAY['area_not_in_country', 'area', n.area]
             WHEN p.n_valid = 0 THEN ARRAY['area_not_valid', 'area', format('%s did not exist on %s', n.area, to_char(p.valid_to, 'YYYY-MM-DD'))]
             WHEN p.n_valid > 1 THEN ARRAY['ambiguous_area', 'area', format('%s stands in: %s', n.area, p.systems)]
             WHEN n.age IS NOT NULL AND NOT (
                    n.age = 'unknown' OR n.age ~ '^(80|85|90|95|100)[+]$'
                    OR (n.age ~ '^[0-9]{1,2}-[0-9]{1,3}$' AND split_part(n.age, '-', 1)::int4 % 5 = 0
                        AND split_part(n.age, '-', 2)::int4 = split_part(n.age, '-', 1)::int4 + 4))
               THEN ARRAY['bad_age_band', 'age_band', n.age]
             WHEN n.sex NOT IN ('female', 'male', 'unknown', 'f', 'm', 'u') THEN ARRAY['bad_sex', 'sex', n.sex]
             WHEN n.comorbidity NOT IN ('none', 'low', 'moderate', 'high', 'unknown') THEN ARRAY['bad_comorbidity', 'comorbidity', n.comorbidity]
             ELSE coalesce(@atlas@.count_fault(n.strokes, 'strokes'), @atlas@.count_fault(n.thrombectomies, 'thrombectomies'),
                    CASE WHEN n.thrombectomies::bigint > n.strokes::bigint
                         THEN ARRAY['thrombectomies_exceed_strokes', 'thrombectomies', format('%s of %s', n.thrombectomies, n.strokes)] END)
           END AS fault
    FROM named n LEFT JOIN place p ON p.area = n.area AND p.code_system = n.code_system AND p.period = n.period
  ), good AS (   -- lines without a fault of their own: now against each other
    SELECT c.n, c.line, c.area_id, c.valid_from, c.valid_to, c.strokes::bigint AS strokes, c.thrombectomies::bigint AS thrombectomies,
           c.by_age, c.age_from, coalesce(c.open_band, false) AS open_band, left(c.sex, 1) AS sex, c.comorbidity
    FROM checked c WHERE c.fault IS NULL
  ), numbered AS (
    SELECT g.*, row_number() OVER w AS copy, first_value(g.n) OVER w AS first_line,
           first_value(g.strokes) OVER w AS first_strokes, first_value(g.thrombectomies) OVER w AS first_thrombectomies,
           concat_ws(' and ', CASE WHEN g.by_age THEN 'age' END, CASE WHEN g.sex IS NOT NULL THEN 'sex' END,
                              CASE WHEN g.comorbidity IS NOT NULL THEN 'comorbidity' END) AS dimensions
    FROM good g
    WINDOW w AS (PARTITION BY g.area_id, g.valid_from, g.valid_to, g.by_age, g.age_from, g.sex, g.comorbidity ORDER BY g.n)
  ), cut AS (   -- how the area and period of each line is cut
    SELECT m.*, min(m.dimensions) OVER u AS one_way, max(m.dimensions) OVER u AS other_way, max(m.age_from) OVER u AS oldest,
           min(m.age_from) FILTER (WHERE m.open_band) OVER u AS first_end, max(m.age_from) FILTER (WHERE m.open_band) OVER u AS last_end
    FROM numbered m
    WINDOW u AS (PARTITION BY m.area_id, m.valid_from, m.valid_to)
  ), taken AS (
    SELECT DISTINCT k.area_id, k.valid_from, k.valid_to, s.submission_key
    FROM @atlas@.submitted_count k JOIN @atlas@.submission s ON s.submission_id = k.submission_id
    WHERE s.status = 'in force' AND s.source_id = this_source AND s.submission_key <> check_counts.upload
  ), verdict AS (
    SELECT m.n, m.line, m.area_id, m.valid_from, m.valid_to, m.strokes, m.thrombectomies, m.age_from, m.sex, m.comorbidity, m.one_way,
           coalesce(m.first_end, CASE WHEN coalesce(m.oldest, 0) < 90 THEN 90 WHEN m.oldest < 95 THEN 95 ELSE 100 END) AS last_band,
           CASE
             WHEN t.submission_key IS NOT NULL THEN ARRAY['in_other_submission', 'area', format('given by %s', t.submission_key)]
             WHEN m.copy > 1 AND m.strokes = m.first_strokes AND m.thrombectomies = m.first_thrombectomies
               THEN ARRAY['duplicate_line', NULL, format('same as line %s', m.first_line)]
             WHEN m.copy > 1 THEN ARRAY['conflicting_duplicate', NULL, format('line %s says %s of %s', m.first_line, m.first_thrombectomies, m.first_strokes)]
             WHEN m.one_way <> m.other_way
               THEN ARRAY['mixed_stratification', NULL, format('this area and period is also cut by %s',
                      coalesce(nullif(CASE WHEN m.one_way = m.dimensions THEN m.other_way ELSE m.one_way END, ''), 'nothing (totals)'))]
             WHEN m.first_end < m.last_end OR m.first_end < m.oldest
               THEN ARRAY['mixed_stratification', 'age_band', 'age bands of this area and period end in several ways']
           END AS fault
    FROM cut m
    LEFT JOIN taken t ON t.area_id = m.area_id AND t.valid_from = m.valid_from AND t.valid_to = m.valid_to
    UNION ALL
    SELECT c.n, c.line, c.area_id, c.valid_from, c.valid_to, NULL, NULL, NULL, NULL, NULL, NULL, NULL, c.fault FROM checked c WHERE c.fault IS NOT NULL
  ), grouped AS (   -- an area and period with a line at fault would be a count too low: none of its lines stands
    SELECT v.*, min(v.n) FILTER (WHERE v.fault[1] <> 'duplicate_line') OVER (PARTITION BY v.area_id, v.valid_from, v.valid_to) AS at_fault
    FROM verdict v
  )
  SELECT g.n, g.line, g.area_id, CASE WHEN g.area_id IS NOT NULL THEN g.valid_from END, CASE WHEN g.area_id IS NOT NULL THEN g.valid_to END,
         CASE WHEN k.fault IS NULL THEN tmap.stratum(coalesce(nullif(replace(replace(g.one_way, 'age', 'age' || g.last_band), ' and ', '+'), ''), 'total'), g.age_from, g.sex, g.comorbidity) END,
         CASE WHEN k.fault IS NULL THEN g.strokes END, CASE WHEN k.fault IS NULL THEN g.thrombectomies END, k.fault[1], k.fault[2], k.fault[3]
  FROM grouped g
  CROSS JOIN LATERAL (SELECT coalesce(g.fault, CASE WHEN g.at_fault IS NOT NULL
                                                    THEN ARRAY['incomplete_group', NULL, format('line %s of this area and period is at fault', g.at_fault)] END) AS fault) k;
END
$function$;
COMMENT ON FUNCTION @atlas@.check_counts(text, text, text, text, jsonb) IS
'Checks every line of an upload without loading anything: either what it says (area, period, stratum, counts) or why it is rejected; the arguments are those of load_counts(). Lines are numbered as in the file, the header being line 1, and come in no particular order.
A line at fault rejects its whole area and period, for the other lines alone would be a count too low: these are incomplete_group. So do lines that repeat one another with other counts (conflicting_duplicate), and an area and period that is cut in two ways, for example totals beside age bands. Of lines that are the same the first stands, the later are duplicate_line and do no harm.
area_id and period are NULL when they cannot be read. Age bands are of five years, the last one open (80+, 85+, 90+, 95+ or 100+); age, sex and comorbidity may be the word unknown; columns left out or empty mean a total.
Errors: 22023 unknown source or country, nothing uploaded, bad header; 22P04 malformed header.';
$tmap_atlas_ddl$),
('67_load_counts', $tmap_atlas_ddl$
-- Loading submitted counts.

CREATE FUNCTION @atlas@.submission_facts(source_id int4, area_ids int4[], first_days date[], last_days date[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  made @atlas@.new_fact[];
  old int4[];
BEGIN
  SELECT array_agg((m.area_id, m.valid_from, m.valid_to, 'thrombectomy_per_stroke', false, m.tally, 'reported', NULL, NULL, NULL, m.note)::@atlas@.new_fact
                   ORDER BY m.area_id, m.valid_from, m.valid_to) INTO made
  FROM (SELECT k.area_id, k.valid_from, k.valid_to, tmap.tally_agg(k.stratum, k.thrombectomies, k.strokes) AS tally,
               max(format('lines left out of %s: %s', s.submission_key, s.unplaced)) FILTER (WHERE s.unplaced > 0) AS note
        FROM @atlas@.submission s
        JOIN @atlas@.submitted_count k ON k.submission_id = s.submission_id
        JOIN (SELECT DISTINCT * FROM unnest(area_ids, first_days, last_days)) AS t (area_id, valid_from, valid_to)
          ON t.area_id = k.area_id AND t.valid_from = k.valid_from AND t.valid_to = k.valid_to
        WHERE s.source_id = submission_facts.source_id AND s.status = 'in force'
        GROUP BY k.area_id, k.valid_from, k.valid_to) m;
  SELECT array_agg(f.fact_id) INTO old
  FROM @atlas@.fact f JOIN unnest(area_ids, first_days, last_days) AS t (area_id, valid_from, valid_to)
    ON t.area_id = f.area_id AND t.valid_from = f.valid_from AND t.valid_to = f.valid_to
  WHERE f.source_id = submission_facts.source_id AND f.basis = 'submission';
  RETURN @atlas@.put_facts(source_id, 'submission', made, old);
END
$function$;
COMMENT ON FUNCTION @atlas@.submission_facts(int4, int4[], date[], date[]) IS 'Internal: makes the facts of these areas and periods anew from the submissions of a source that are in force, and removes those that no submission gives any more; returns how many changed. Used by load_counts().';
REVOKE EXECUTE ON FUNCTION @atlas@.submission_facts(int4, int4[], date[], date[]) FROM PUBLIC;

CREATE FUNCTION @atlas@.load_counts(upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL,
  expected_lines bigint DEFAULT NULL, again boolean DEFAULT false, accept_partial boolean DEFAULT false)
RETURNS TABLE (submission_id int4, status text, lines_read bigint, accepted bigint, rejected bigint, duplicates bigint, facts_changed bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  digest text;
  uploaded bigint;
  last @atlas@.submission;
  old @atlas@.submission;
  lost bigint;
BEGIN
  PERFORM @atlas@.checked_upload(upload);
  PERFORM @atlas@.find_country(country);
  -- Two sessions that load the same name, or facts of the same source, one after the other.
  PERFORM pg_advisory_xact_lock('@atlas@.submission'::regclass::oid::int8::bit(32)::int4, hashtext(upload));
  PERFORM @atlas@.lock_source(this_source);
  SELECT count(*), encode(sha256(convert_to(jsonb_build_array(load_counts.upload, country, source_key, delimiter, column_map, accept_partial)::text || E'\n'
                                            || coalesce(string_agg(rtrim(coalesce(i.line, ''), E'\r'), E'\n' ORDER BY i.line_no), ''), 'UTF8')), 'hex')
  INTO uploaded, digest
  FROM @atlas@.inbox i WHERE i.upload = load_counts.upload;
  IF expected_lines <> uploaded THEN
    RAISE EXCEPTION '% lines arrived instead of %', uploaded, expected_lines
      USING ERRCODE = '22023', DETAIL = 'Lines are lost when a file holds NUL bytes or a line with \. alone, and doubled when it is copied twice.',
        HINT = format('Empty the inbox, DELETE FROM inbox WHERE upload = %L, and copy the file again.', upload);
  END IF;
  SELECT * INTO last FROM @atlas@.submission s WHERE s.submission_key = upload ORDER BY s.submission_id DESC LIMIT 1;
  IF uploaded > 0 AND last.sha256 = digest AND NOT coalesce(again, false) THEN
    DELETE FROM @atlas@.inbox i WHERE i.upload = load_counts.upload;
    RETURN QUERY SELECT last.submission_id, 'unchanged'::text, last.lines_read, last.accepted, last.rejected, last.duplicates, 0::bigint;
    RETURN;
  END IF;
  SELECT * INTO old FROM @atlas@.submission s WHERE s.submission_key = upload AND s.status = 'in force';
  IF old.source_id <> this_source OR old.country <> country THEN
    RAISE EXCEPTION 'submission "%" was filed under another source or country', upload
      USING ERRCODE = '22023', DETAIL = format('It is filed under source "%s", country %s.', (SELECT s.source_key FROM @atlas@.source s WHERE s.source_id = old.source_id), old.country),
        HINT = 'Give these, or another name for the upload.';
  END IF;

  INSERT INTO @atlas@.submission (submission_key, country, source_id, status, sha256)
  VALUES (upload, country, this_source, 'refused', digest) RETURNING submission.submission_id INTO submission_id;
  WITH checked AS MATERIALIZED (
    SELECT * FROM @atlas@.check_counts(upload, country, source_key, delimiter, column_map)
  ), refusal AS (   -- why the upload as a whole is refused; NULL when it is not
    SELECT n.lost, CASE WHEN accept_partial THEN NULL
                        WHEN n.lost > 0 THEN format('lines without a known area and period: %s', n.lost)
                        WHEN n.at_fault > 0 AND old.submission_id IS NOT NULL THEN format('would replace submission %s, with lines at fault: %s', old.submission_id, n.at_fault) END AS why
    FROM (SELECT count(*) FILTER (WHERE c.area_id IS NULL AND c.reason <> 'blank_line') AS lost,
                 count(*) FILTER (WHERE c.reason NOT IN ('blank_line', 'duplicate_line', 'incomplete_group')) AS at_fault FROM checked c) n
  ), kept AS (
    INSERT INTO @atlas@.submitted_count (submission_id, line_no, area_id, valid_from, valid_to, stratum, strokes, thrombectomies)
    SELECT load_counts.submission_id, c.line_no, c.area_id, c.valid_from, c.valid_to, c.stratum, c.strokes, c.thrombectomies
    FROM checked c, refusal r WHERE c.reason IS NULL AND r.why IS NULL ORDER BY c.line_no
    RETURNING 1
  ), refused AS (
    INSERT INTO @atlas@.rejected_line (submission_id, line_no, line, reason, column_name, detail)
    SELECT load_counts.submission_id, c.line_no, c.line, coalesce(c.reason, 'upload_refused'), c.column_name, CASE WHEN c.reason IS NULL THEN r.why ELSE c.detail END
    FROM checked c, refusal r WHERE c.reason IS NOT NULL OR r.why IS NOT NULL ORDER BY c.line_no
    RETURNING reason
  )
  SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM refused), (SELECT count(*) FROM refused r WHERE r.reason = 'duplicate_line'), (SELECT r.lost FROM refusal r)
  INTO accepted, rejected, duplicates, lost;
  lines_read := uploaded - 1;
  status := CASE WHEN accepted > 0 THEN 'loaded' ELSE 'refused' END;
  IF accepted > 0 AND old.submission_id IS NOT NULL THEN
    UPDATE @atlas@.submission s SET status = 'superseded', superseded_by = load_counts.submission_id WHERE s.submission_id = old.submission_id;
  END IF;
  -- The table's own constraint checks that every line is accounted for.
  UPDATE @atlas@.submission s
  SET status = CASE WHEN load_counts.accepted > 0 THEN 'in force' ELSE 'refused' END, lines_read = load_counts.lines_read,
      accepted = load_counts.accepted, rejected = load_counts.rejected, duplicates = load_counts.duplicates, unplaced = lost
  WHERE s.submission_id = load_counts.submission_id;
  DELETE FROM @atlas@.inbox i WHERE i.upload = load_counts.upload;
  facts_changed := 0;
  IF accepted > 0 THEN
    SELECT @atlas@.submission_facts(this_source, array_agg(t.area_id), array_agg(t.valid_from), array_agg(t.valid_to)) INTO facts_changed
    FROM (SELECT DISTINCT k.area_id, k.valid_from, k.valid_to FROM @atlas@.submitted_count k
          WHERE k.submission_id IN (load_counts.submission_id, old.submission_id)) t;
    facts_changed := facts_changed + @atlas@.roll_up(source_key) + @atlas@.tally_inhabitants(source_key);
  END IF;
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.load_counts(text, text, text, text, jsonb, bigint, boolean, boolean) IS
'Checks and loads the lines of an upload (table inbox) as the submission of that name, all in one transaction: the counts of areas and periods become facts of the source, sums of regions and countries follow.
upload: its name, also the key of the submission; the same lines again change nothing (status unchanged), other lines replace the old submission, which stays as history. country: whose areas may occur, ISO 3166-1 alpha-3. source_key: source to file under. delimiter: one character; found out from the header when NULL. column_map: {"their column": "our column"}.
The header names the columns, in any order: area, period, strokes, thrombectomies; may have age_band, sex, comorbidity, code_system. expected_lines: lines of the file, header included (wc -l), to be sure that all arrived. again: check anew although the lines are the same, for example after adding areas.
A line at fault rejects its whole area and period, see check_counts(). The upload as a whole is refused when it has lines of no known area and period, for nobody can say which sum they belong to, or when it would replace a submission and has lines at fault; accept_partial => true loads what is good all the same, and the facts then carry a note of the lines without a place.
Returns status loaded, unchanged or refused (nothing loaded; a previous submission stays in force) and lines_read = accepted + rejected; duplicates are among the rejected, each of which is kept in rejected_line. Limit: 1 GB of lines.
Errors, after which nothing has changed and the inbox is as it was: 22023 no name, nothing uploaded, lines missing, unknown source or country, bad header, another source or country than before; 22P04 malformed header.';
REVOKE EXECUTE ON FUNCTION @atlas@.load_counts(text, text, text, text, jsonb, bigint, boolean, boolean) FROM PUBLIC;

CREATE FUNCTION @atlas@.load_counts_text(document text, upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL, again boolean DEFAULT false,
  accept_partial boolean DEFAULT false)
RETURNS TABLE (submission_id int4, status text, lines_read bigint, accepted bigint, rejected bigint, duplicates bigint, facts_changed bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  PERFORM @atlas@.checked_upload(upload);
  IF EXISTS (SELECT FROM @atlas@.inbox i WHERE i.upload = load_counts_text.upload) THEN
    RAISE EXCEPTION 'the inbox already holds lines of "%"', upload
      USING ERRCODE = '55000', HINT = 'Load them with load_counts(), or delete them.';
  END IF;
  INSERT INTO @atlas@.inbox (upload, line)
  SELECT load_counts_text.upload, t.line
  FROM unnest(string_to_array(regexp_replace(replace(replace(document, E'\r\n', E'\n'), E'\r', E'\n'), E'\n$', ''), E'\n')) WITH ORDINALITY AS t (line, place)
  ORDER BY t.place;
  RETURN QUERY SELECT * FROM @atlas@.load_counts(upload, country, source_key, delimiter, column_map, NULL, again, accept_partial);
END
$function$;
COMMENT ON FUNCTION @atlas@.load_counts_text(text, text, text, text, text, jsonb, boolean, boolean) IS
'The same as load_counts() for a whole document in one argument, for web clients. Lines end with LF, CRLF or CR. Errors: as load_counts(), and 55000 when the inbox already holds lines of that name.';
REVOKE EXECUTE ON FUNCTION @atlas@.load_counts_text(text, text, text, text, text, jsonb, boolean, boolean) FROM PUBLIC;
$tmap_atlas_ddl$),
('70_view', $tmap_atlas_ddl$
-- The answer as views. fid first (int4, unique) and geometry last (typed), so that every map client takes them as they are.

CREATE VIEW @atlas@.area_year AS
WITH standard AS MATERIALIZED (
  -- Not standard_tally(): a function would need rights on the table standard from every reader.
  SELECT i.indicator, coalesce(s.tally, tmap.standard(i.standard)) AS tally FROM @atlas@.indicator i LEFT JOIN @atlas@.standard s ON s.name = i.standard
)
SELECT f.fact_id AS fid,
       a.area_id, a.code_system, a.code, a.name, a.level, p.code AS parent_code, p.name AS parent_name,
       f.indicator, i.title AS indicator_title, i.unit, i.direction,
       f.valid_from, f.valid_to,
       CASE WHEN date_part('month', f.valid_from) = 1 AND date_part('day', f.valid_from) = 1
             AND f.valid_to = (f.valid_from + interval '1 year' - interval '1 day')::date
            THEN date_part('year', f.valid_from)::int4 END AS year,
       coalesce(n.events, f.events)::float8 AS events,
       coalesce(n.at_risk, f.at_risk)::float8 AS at_risk,
       coalesce(s.definition, i.events_definition) AS events_definition,
       coalesce(CASE WHEN i.measure = 'proportion' THEN s.denominator_definition END, i.at_risk_definition) AS at_risk_definition,
       i.measure = 'proportion' AND s.denominator_differs AS denominator_differs,
       f.at_risk_basis,
       coalesce((crude.e).value, f.reported_value * (i.per / f.reported_per)) AS value,
       CASE WHEN f.at_risk_basis IS DISTINCT FROM 'derived' THEN (crude.e).lower END AS lower,
       CASE WHEN f.at_risk_basis IS DISTINCT FROM 'derived' THEN (crude.e).upper END AS upper,
       CASE WHEN (crude.e).value IS NOT NULL THEN 'counts' WHEN f.reported_value IS NOT NULL THEN 'reported' ELSE 'none' END AS value_basis,
       f.reported_value * (i.per / f.reported_per) AS reported_value,
       CASE WHEN direct.used THEN (direct.e).value END AS dsr, CASE WHEN direct.used THEN (direct.e).lower END AS dsr_lower, CASE WHEN direct.used THEN (direct.e).upper END AS dsr_upper,
       i.standard AS dsr_standard, (direct.e).coverage AS dsr_coverage, (direct.e).at_risk::float8 AS dsr_at_risk,
       (ratio.e).expected, (ratio.e).value AS smr, (ratio.e).lower AS smr_lower, (ratio.e).upper AS smr_upper,
       (ratio.e).value * c.crude AS isr, (ratio.e).lower * c.crude AS isr_lower, (ratio.e).upper * c.crude AS isr_upper,
       country.code AS reference_code, c.crude AS reference_value,
       i.per, i.confidence,
       f.basis, f.parts, f.parts_expected, f.note,
       s.source_key, s.title AS source, s.definition, s.doi, s.url, s.origin, s.quality, f.shown, f.choice_reason,
       a.geom::@postgis@.geometry(MultiPolygon, 4326) AS geom
FROM @atlas@.fact f
JOIN @atlas@.area a ON a.area_id = f.area_id
JOIN @atlas@.indicator i ON i.indicator = f.indicator
JOIN @atlas@.source s ON s.source_id = f.source_id
JOIN standard ON standard.indicator = f.indicator
LEFT JOIN @atlas@.area p ON p.area_id = a.parent_id
LEFT JOIN @atlas@.area country ON country.area_id = a.country_id
LEFT JOIN @atlas@.fact r ON r.indicator = f.indicator AND r.area_id = a.country_id AND r.valid_from = f.valid_from AND r.valid_to = f.valid_to
  AND r.source_id = f.source_id AND NOT r.unlocated
-- OFFSET 0: each row of estimates is computed once, not once for each of its columns.
CROSS JOIN LATERAL (SELECT tmap.events(f.tally) AS events, tmap.at_risk(f.tally) AS at_risk) n
CROSS JOIN LATERAL (
  SELECT CASE WHEN f.tally IS NULL THEN NULL
              WHEN i.measure = 'proportion' THEN tmap.proportion_estimate(f.tally, i.confidence, i.method, i.per)
              ELSE tmap.rate_estimate(f.tally, i.confidence, i.method, i.per) END AS e OFFSET 0) crude
CROSS JOIN LATERAL (
  SELECT d.e, (d.e).at_risk >= i.min_coverage * n.at_risk AS used
  FROM (SELECT CASE WHEN tmap.can_standardise(f.tally, standard.tally)
                    THEN tmap.dsr_estimate(f.tally, standard.tally, i.confidence, 'fay_feuer', i.per, i.min_coverage) END AS e OFFSET 0) d) direct
CROSS JOIN LATERAL (
  SELECT CASE WHEN tmap.can_standardise(f.tally, r.tally)
              THEN tmap.smr_estimate(f.tally, r.tally, i.confidence) END AS e OFFSET 0) ratio
CROSS JOIN LATERAL (SELECT tmap.proportion(r.tally, i.per) AS crude) c
WHERE NOT f.unlocated;

CREATE VIEW @atlas@.area_latest AS
SELECT y.*
FROM @atlas@.area_year y
WHERE y.shown AND NOT EXISTS (
  SELECT FROM @atlas@.fact later
  WHERE later.shown AND later.area_id = y.area_id AND later.indicator = y.indicator
    AND (coalesce(later.reported_value IS NOT NULL OR tmap.at_risk(later.tally) > 0, false), later.valid_to, later.valid_from)
        > (y.value_basis <> 'none', y.valid_to, y.valid_from));

COMMENT ON VIEW @atlas@.area_year IS 'Every figure of every area, period and indicator
One row per figure and source; conflicting figures stand side by side, the one to show has shown = true. Filter by indicator, level and year. Values are per "per" at risk, see unit; standardised values are NULL when the strata for them are missing.';
COMMENT ON VIEW @atlas@.area_latest IS 'The latest shown figure of every area and indicator
One row per area and indicator: a figure with a value before one without, of those the period that ends last, of those the one that starts last. Columns as in area_year.';

-- The two views have the same columns, hence the same comments.
DO $block$
DECLARE
  c record;
  v text;
BEGIN
  FOR c IN SELECT * FROM (VALUES
    ('fid', 'Number of the figure; unique.'),
    ('area_id', 'Number of the area in this atlas.'),
    ('code_system', 'System of the area code.'),
    ('code', 'Code of the area.'),
    ('name', 'Name of the area.'),
    ('level', 'Level of the area: country, region, department ...'),
    ('parent_code', 'Code of the area that it is part of; NULL at the top.'),
    ('parent_name', 'Name of the area that it is part of; NULL at the top.'),
    ('indicator', 'What is measured, short name.'),
    ('indicator_title', 'What is measured.'),
    ('unit', 'Unit of value, dsr, isr and their limits.'),
    ('direction', 'Which way is good.'),
    ('valid_from', 'First day of the period.'),
    ('valid_to', 'Last day of the period.'),
    ('year', 'The year when the period is a calendar year, NULL otherwise.'),
    ('events', 'Number of events (numerator); NULL when not reported.'),
    ('at_risk', 'Number at risk (denominator): strokes, or person-years; NULL when not reported.'),
    ('events_definition', 'What was counted as an event.'),
    ('at_risk_definition', 'Who was counted as at risk.'),
    ('denominator_differs', 'True when the source counts others at risk than the indicator, so that unit does not fit; at_risk_definition says whom.'),
    ('at_risk_basis', 'reported, derived (for example from a rounded rate) or computed.'),
    ('value', 'Crude value from the counts, or the rounded value as reported when there are no counts; per unit. NULL when nobody was at risk.'),
    ('lower', 'Lower confidence limit of the crude value; NULL without counts, and where the denominator was derived from a rounded rate (limits would feign precision). Method of the indicator: Wilson 1927 for proportions, Garwood 1936 for rates by default.'),
    ('upper', 'Upper confidence limit of the crude value; NULL without counts.'),
    ('value_basis', 'What value rests on: counts, reported, or none.'),
    ('reported_value', 'Value as printed in the source, on the scale of the indicator; NULL when none is.'),
    ('dsr', 'Directly standardised value on dsr_standard; NULL when the indicator has no standard, the counts lack its strata, or too little of the standard has people at risk, or too few of the people at risk are in its strata (indicator.min_coverage). Over the covered part of the standard, see dsr_coverage, and the people in its strata, see dsr_at_risk.'),
    ('dsr_lower', 'Lower limit of dsr (Fay and Feuer 1997).'),
    ('dsr_upper', 'Upper limit of dsr (Fay and Feuer 1997).'),
    ('dsr_standard', 'Name of the standard population.'),
    ('dsr_coverage', 'Share of the standard in strata with people at risk, 0 to 1.'),
    ('dsr_at_risk', 'People at risk that the directly standardised value uses: those in strata of the standard. Fewer than at_risk where age or sex is unknown.'),
    ('expected', 'Events expected at the stratum rates of the country in the same period and source; NULL when the country has no counts or other strata.'),
    ('smr', 'Indirectly standardised ratio: events / expected; 1 = as the country.'),
    ('smr_lower', 'Lower limit of smr (exact Poisson, Garwood 1936).'),
    ('smr_upper', 'Upper limit of smr (exact Poisson, Garwood 1936).'),
    ('isr', 'Indirectly standardised value: smr times the crude value of the country; per unit.'),
    ('isr_lower', 'Lower limit of isr.'),
    ('isr_upper', 'Upper limit of isr.'),
    ('reference_code', 'Code of the country that smr and isr compare with.'),
    ('reference_value', 'Crude value of that country from the same source and period; per unit.'),
    ('per', 'Scale: values are per so many at risk.'),
    ('confidence', 'Confidence level of all limits.'),
    ('basis', 'How the figure came about: strokes, submission, population, rolled up, or words of the source.'),
    ('parts', 'Rolled up: how many parts were added.'),
    ('parts_expected', 'Rolled up: how many parts there are.'),
    ('note', 'Remarks for readers.'),
    ('source_key', 'Short name of the source.'),
    ('source', 'Title of the source.'),
    ('definition', 'Definition that the source gives; NULL when it gives none.'),
    ('doi', 'Digital object identifier of the source.'),
    ('url', 'Address of the source.'),
    ('origin', 'reported, derived, submitted or synthetic.'),
    ('quality', 'Grade of the source: A, B, C, or NULL.'),
    ('shown', 'True for the one figure to show among conflicting ones.'),
    ('choice_reason', 'Why this figure is shown, or why it is not.'),
    ('geom', 'Boundary, EPSG:4326; NULL when the area has none.')) AS t (name, comment) LOOP
    FOREACH v IN ARRAY ARRAY['area_year', 'area_latest'] LOOP
      EXECUTE format('COMMENT ON COLUMN @atlas@.%I.%I IS %L', v, c.name, c.comment);
    END LOOP;
  END LOOP;
END
$block$;
$tmap_atlas_ddl$),
('75_target', $tmap_atlas_ddl$
-- The service's own two indicators: target level and alert level.

CREATE FUNCTION @atlas@.standardised_ratio(level text, indicator text, source_key text DEFAULT NULL)
RETURNS TABLE (year int4, area_id int4, code text, name text, events float8, at_risk float8, ratio float8, country_value float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
  PERFORM @atlas@.checked_level(level), CASE WHEN source_key IS NOT NULL THEN @atlas@.find_source(source_key) END;
  IF NOT EXISTS (SELECT FROM @atlas@.indicator i WHERE i.indicator = standardised_ratio.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', coalesce(indicator, 'NULL') USING ERRCODE = '22023', HINT = 'The table indicator lists them.';
  END IF;
  RETURN QUERY
  SELECT y.year, y.area_id, y.code, y.name, y.events, y.at_risk, y.isr, y.reference_value
  FROM @atlas@.area_year y
  WHERE y.level = standardised_ratio.level AND y.indicator = standardised_ratio.indicator AND y.year IS NOT NULL
    AND CASE WHEN standardised_ratio.source_key IS NULL THEN y.shown ELSE y.source_key = standardised_ratio.source_key END
    AND y.events IS NOT NULL AND y.at_risk IS NOT NULL AND y.reference_value IS NOT NULL
  ORDER BY y.year, y.code_system COLLATE "C", y.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION @atlas@.standardised_ratio(text, text, text) IS
'Indirectly standardised value of every area of a level and calendar year: events / expected at the rates of the country, times the crude value of the country (country_value); on the scale of the indicator, for example per 100 ischaemic strokes.
ratio is NULL when nothing was expected or the strata differ from the country''s. Areas whose country has no counts that year are left out. source_key: figures of this source; NULL = the shown ones. Errors: 22023 unknown level, indicator or source.
Source: indirect standardisation, see tmap.isr.';

CREATE FUNCTION @atlas@.target_levels(level text DEFAULT 'region', indicator text DEFAULT 'thrombectomy_per_stroke', source_key text DEFAULT NULL)
RETURNS TABLE (year int4, target_level float8, alert_level float8, areas int4, country_value float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.year, tmap.target_level(r.ratio), tmap.alert_level(r.ratio), count(r.ratio)::int4, max(r.country_value)
  FROM @atlas@.standardised_ratio(level, indicator, source_key) r
  GROUP BY r.year ORDER BY r.year;
END
$function$;
COMMENT ON FUNCTION @atlas@.target_levels(text, text, text) IS
'Thrombectomy target level and alert level of each year: median and 25th percentile over the areas of a level of their indirectly standardised value, on the scale of the indicator; with the number of areas and the crude national value. source_key: figures of this source; NULL = the shown ones. Meant for the areas of one country.
Errors: 22023 unknown level, indicator or source. Source: definition of the French thrombectomy study 2018-2024; quantiles: Hyndman and Fan 1996, definition 7.';

CREATE FUNCTION @atlas@.below_alert_level(listed_level text, level text DEFAULT 'region', indicator text DEFAULT 'thrombectomy_per_stroke', source_key text DEFAULT NULL)
RETURNS TABLE (year int4, area_id int4, code text, name text, events float8, at_risk float8, ratio float8, alert_level float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.year, r.area_id, r.code, r.name, r.events, r.at_risk, r.ratio, t.alert_level
  FROM @atlas@.standardised_ratio(listed_level, indicator, source_key) r
  JOIN @atlas@.target_levels(level, indicator, source_key) t ON t.year = r.year
  WHERE r.ratio < t.alert_level
  ORDER BY r.year, r.ratio, r.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION @atlas@.below_alert_level(text, text, text, text) IS
'Areas of listed_level whose indirectly standardised value lies below the alert level, which the areas of another level define; lowest first. Scale and errors as target_levels().';
$tmap_atlas_ddl$),
('80_layout', $tmap_atlas_ddl$
-- The map as a picture: a choropleth in SVG, 1600 x 900, written from the views. Here: its layouts.

CREATE TABLE @atlas@.map_panel (
  layout text NOT NULL CHECK (layout <> ''),
  panel int4 NOT NULL,
  kind text NOT NULL DEFAULT 'areas' CHECK (kind IN ('areas', 'zoom', 'list')),
  title text,
  west float8 NOT NULL DEFAULT -180,
  south float8 NOT NULL DEFAULT -90,
  east float8 NOT NULL DEFAULT 180,
  north float8 NOT NULL DEFAULT 90,
  cut float8,
  projection text,
  x float8 NOT NULL,
  y float8 NOT NULL,
  width float8 NOT NULL CHECK (width > 0),
  height float8 NOT NULL CHECK (height > 0),
  PRIMARY KEY (layout, panel)
);
COMMENT ON TABLE @atlas@.map_panel IS 'Layouts of map_svg(): boxes on a picture of 1600 x 900, each with its part of the earth and its projection. Add your own.';
COMMENT ON COLUMN @atlas@.map_panel.layout IS 'Name of the layout.';
COMMENT ON COLUMN @atlas@.map_panel.panel IS 'Number of the box within the layout.';
COMMENT ON COLUMN @atlas@.map_panel.kind IS 'areas: every polygon is drawn in the smallest such box that holds its centre, or nowhere; zoom: draws its polygons once more; list: place of the list of values.';
COMMENT ON COLUMN @atlas@.map_panel.title IS 'Label above the box, which then gets a frame; NULL = neither.';
COMMENT ON COLUMN @atlas@.map_panel.west IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.south IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.east IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.north IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.cut IS 'Longitude at which the map is cut: polygons whose centre lies west of it are drawn at the eastern edge, joined with what they touch there; NULL = -180.';
COMMENT ON COLUMN @atlas@.map_panel.projection IS 'EPSG:NNNN or a PROJ string; NULL = Lambert azimuthal equal-area around the middle of what is drawn.';
COMMENT ON COLUMN @atlas@.map_panel.x IS 'Left edge on the picture, of 1600.';
COMMENT ON COLUMN @atlas@.map_panel.y IS 'Upper edge on the picture, of 900.';
COMMENT ON COLUMN @atlas@.map_panel.width IS 'Width on the picture.';
COMMENT ON COLUMN @atlas@.map_panel.height IS 'Height on the picture.';

-- world: Equal Earth (Savric, Patterson and Jenny 2019, Int J Geogr Inf Sci 33:454-465) around 11 degrees east, so that the
-- cut passes through the Bering Strait; without Antarctica. france: the official grids (Lambert-93, EPSG:2154, and UTM on
-- GRS 80), written out so that PROJ needs no search; overseas departements and Paris each on a scale of its own.
INSERT INTO @atlas@.map_panel (layout, panel, kind, title, west, south, east, north, cut, projection, x, y, width, height) VALUES
  ('plain', 1, 'areas', NULL, -180, -90, 180, 90, NULL, NULL, 40, 104, 1060, 656),
  ('plain', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 1140, 120, 420, 630),
  ('world', 1, 'areas', NULL, -180, -60, 180, 90, -169, '+proj=eqearth +lon_0=11 +datum=WGS84 +units=m +over', 110, 92, 1450, 676),
  ('world', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 40, 486, 400, 290),
  ('france', 1, 'areas', NULL, -6, 41, 10, 52, NULL, '+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80', 270, 100, 760, 664),
  ('france', 2, 'areas', 'Guadeloupe', -62, 15.7, -60.9, 16.7, NULL, '+proj=utm +zone=20 +ellps=GRS80', 40, 128, 200, 86),
  ('france', 3, 'areas', 'Martinique', -61.4, 14.3, -60.7, 15, NULL, '+proj=utm +zone=20 +ellps=GRS80', 40, 258, 200, 86),
  ('france', 4, 'areas', 'Guyane', -55, 2, -51, 6, NULL, '+proj=utm +zone=22 +ellps=GRS80', 40, 388, 200, 86),
  ('france', 5, 'areas', 'La Réunion', 55, -21.5, 56, -20.7, NULL, '+proj=utm +zone=40 +south +ellps=GRS80', 40, 518, 200, 86),
  ('france', 6, 'areas', 'Mayotte', 44.9, -13.2, 45.4, -12.5, NULL, '+proj=utm +zone=38 +south +ellps=GRS80', 40, 648, 200, 86),
  ('france', 7, 'zoom', 'Paris and around', 2.2, 48.73, 2.52, 48.96, NULL, '+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80', 930, 128, 130, 100),
  ('france', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 1120, 128, 440, 620);
$tmap_atlas_ddl$),
('82_figures', $tmap_atlas_ddl$
-- What a map shows: classes, colours, figures and shapes, and the words around them.

CREATE FUNCTION @atlas@.map_number(value float8, digits int4) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT btrim(to_char(round(value::numeric, digits), 'FM999,999,999,990' || CASE WHEN digits > 0 THEN '.' || repeat('0', digits) ELSE '' END));
END;
COMMENT ON FUNCTION @atlas@.map_number(float8, int4) IS 'Internal: a number as text with so many decimals (0 to 6) and commas between thousands. NULL when an argument is.';

CREATE FUNCTION @atlas@.map_breaks(figures float8[], classes int4 DEFAULT 6) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  n int4 := least(classes, (SELECT count(DISTINCT v) FROM unnest(figures) AS v));
  quantiles float8[];
  gap float8;
  step float8;
  result float8[];
BEGIN
  IF classes NOT BETWEEN 2 AND 7 THEN
    RAISE EXCEPTION 'number of classes out of range' USING ERRCODE = '22003', HINT = 'Give 2 to 7 classes.';
  ELSIF n < 2 THEN
    RETURN '{}';
  END IF;
  SELECT percentile_cont(ARRAY(SELECT k::float8 / n FROM generate_series(1, n - 1) AS k)) WITHIN GROUP (ORDER BY v),
         CASE WHEN n = 2 THEN (max(v) - min(v)) / 2 END
  INTO quantiles, gap FROM unnest(figures) AS v;
  gap := coalesce(gap, (quantiles[n - 1] - quantiles[1]) / (n - 2));
  IF gap = 0 THEN   -- nearly all the same
    RETURN '{}';
  END IF;
  -- The largest of 1, 2, 5 x 10^n that is at most half a class wide on average.
  SELECT max(m * power(10::float8, e)) INTO step
  FROM unnest(ARRAY[1, 2, 5]::float8[]) AS m, generate_series(floor(log(gap))::int4 - 2, floor(log(gap))::int4) AS e
  WHERE m * power(10::float8, e) <= gap / 2;
  SELECT array_agg(DISTINCT (round((q / step)::numeric) * step::numeric)::float8) INTO result FROM unnest(quantiles) AS q;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_breaks(float8[], int4) IS
'Limits between the classes of a map: quantiles, so that every class has about as many areas, each rounded to a multiple of 1, 2 or 5 x 10^n; equal ones fall together, so that there may be fewer classes, as there are with few figures. Ascending; in the unit of the figures.
NULLs are ignored; an empty array when there is no figure or nearly all are the same, NULL when an argument is NULL. Error 22003 for a number of classes outside 2..7.';

CREATE FUNCTION @atlas@.map_colours(classes int4) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  -- One run from pale yellow over green to dark blue, lightness falling evenly.
  SELECT CASE WHEN classes <= 1 THEN ARRAY['#5fb8bb'] ELSE ARRAY(
    SELECT (ARRAY['#f3f1b8', '#d3e6ae', '#aedaaf', '#83cab4', '#5fb8bb', '#43a2bf', '#3388bc', '#2f6cb0', '#30509c', '#2b3580', '#211d5a'])
      [1 + round(10.0 * k / (least(classes, 11) - 1))::int4] FROM generate_series(0, least(classes, 11) - 1) AS k) END;
END;
COMMENT ON FUNCTION @atlas@.map_colours(int4) IS 'Internal: colours of so many classes (1 to 11, more get 11), low to high: sequential, darker is more, told apart with colour-blind eyes and in grey.';

CREATE FUNCTION @atlas@.map_figures(indicator text, level text, year int4 DEFAULT NULL, within text DEFAULT NULL, figure text DEFAULT 'value')
RETURNS TABLE (area_id int4, code_system text, code text, name text, figure_value float8, lower float8, upper float8, events float8, at_risk float8,
  period text, last_year text, basis text, source text, origin text, definition text, boundary text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  top int4;
BEGIN
  PERFORM @atlas@.checked_level(level);
  IF NOT EXISTS (SELECT FROM @atlas@.indicator i WHERE i.indicator = map_figures.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', coalesce(indicator, 'NULL') USING ERRCODE = '22023', HINT = 'The table indicator lists them.';
  ELSIF figure IS NULL OR figure NOT IN ('value', 'dsr', 'isr', 'smr') THEN
    RAISE EXCEPTION 'no figure "%"', coalesce(figure, 'NULL')
      USING ERRCODE = '22023', HINT = 'The figures are value (crude), dsr, isr and smr, as in the view area_year.';
  END IF;
  IF within IS NOT NULL THEN
    SELECT a.area_id INTO top FROM @atlas@.area a WHERE a.code = within ORDER BY a.rank, a.code_system COLLATE "C", a.valid_to DESC NULLS FIRST LIMIT 1;
    IF top IS NULL THEN
      RAISE EXCEPTION 'no area "%"', within USING ERRCODE = '22023', HINT = 'Give the code of an area, for example of a country.';
    END IF;
  END IF;
  RETURN QUERY
  WITH RECURSIVE below AS (
    SELECT top AS area_id
    UNION ALL
    SELECT a.area_id FROM @atlas@.area a JOIN below b ON a.parent_id = b.area_id
  ), latest AS (
    SELECT DISTINCT ON (v.area_id) v.*
    FROM @atlas@.area_year v
    WHERE v.level = map_figures.level AND v.indicator = map_figures.indicator AND v.shown AND v.value_basis <> 'none'
      AND (map_figures.year IS NULL OR v.year = map_figures.year)
    ORDER BY v.area_id, v.valid_to DESC, v.valid_from DESC
  )
  SELECT a.area_id, a.code_system, a.code, a.name,
         CASE figure WHEN 'value' THEN y.value WHEN 'dsr' THEN y.dsr WHEN 'isr' THEN y.isr ELSE y.smr END,
         CASE figure WHEN 'value' THEN y.lower WHEN 'dsr' THEN y.dsr_lower WHEN 'isr' THEN y.isr_lower ELSE y.smr_lower END,
         CASE figure WHEN 'value' THEN y.upper WHEN 'dsr' THEN y.dsr_upper WHEN 'isr' THEN y.isr_upper ELSE y.smr_upper END,
         y.events, y.at_risk,
         CASE WHEN y.year IS NOT NULL THEN y.year::text
              WHEN y.valid_from = make_date(date_part('year', y.valid_from)::int4, 1, 1) AND y.valid_to = make_date(date_part('year', y.valid_to)::int4, 12, 31)
              THEN date_part('year', y.valid_from) || E'\u2013' || date_part('year', y.valid_to)
              ELSE y.valid_from || ' to ' || y.valid_to END,
         date_part('year', y.valid_to)::text,
         CASE WHEN figure <> 'value' THEN 'counts' WHEN y.value_basis = 'counts' AND y.at_risk_basis = 'derived' THEN 'derived' ELSE y.value_basis END, y.source, y.origin,
         y.events_definition || ' / ' || y.at_risk_definition, a.source
  FROM @atlas@.area a
  LEFT JOIN latest y ON y.area_id = a.area_id
  WHERE a.level = map_figures.level AND a.geom IS NOT NULL
    AND (within IS NULL OR a.area_id IN (SELECT b.area_id FROM below b))
    AND CASE WHEN year IS NULL THEN a.valid_to IS NULL
             ELSE (a.valid_from IS NULL OR a.valid_from <= make_date(year, 7, 1)) AND (a.valid_to IS NULL OR a.valid_to >= make_date(year, 7, 1)) END
  ORDER BY a.code_system COLLATE "C", a.code COLLATE "C", a.area_id;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_figures(text, text, int4, text, text) IS
'Internal: what map_svg() draws: every area of the level that has a boundary, with its shown figure of the year, or of the latest period when year is NULL; without figure_value when there is none. basis: counts, reported (a rounded rate) or derived (the denominator is).
within: code of an area whose parts are taken; NULL = all. figure: value (crude), dsr, isr or smr, as in area_year, where the units stand. Errors: 22023 unknown level, indicator, figure or area.';

CREATE FUNCTION @atlas@.map_shapes(area_ids int4[], layout text)
RETURNS TABLE (area_id int4, panel int4, kind text, path text, x float8, y float8, extent float8)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH piece AS MATERIALIZED (
    SELECT a.area_id, g.path[1] AS n, g.geom, @postgis@.ST_Centroid(@postgis@.ST_Envelope(g.geom)) AS middle
    FROM @atlas@.area a CROSS JOIN LATERAL @postgis@.ST_Dump(a.geom) g
    WHERE a.area_id = ANY (area_ids)
  ), placed AS (
    SELECT p.area_id, p.n, b.panel, coalesce(@postgis@.ST_X(p.middle) < b.cut, false) AS moved, p.geom, b.kind,
           row_number() OVER (PARTITION BY p.area_id, p.n, b.kind ORDER BY (b.east - b.west) * (b.north - b.south), b.panel) AS size_rank
    FROM piece p
    JOIN @atlas@.map_panel b ON b.layout = map_shapes.layout AND b.kind <> 'list'
      AND @postgis@.ST_X(p.middle) BETWEEN b.west AND b.east AND @postgis@.ST_Y(p.middle) BETWEEN b.south AND b.north
  ), joined AS (
    SELECT p.area_id, p.panel,
           CASE WHEN bool_or(p.moved)
                THEN @postgis@.ST_UnaryUnion(@postgis@.ST_Collect(CASE WHEN p.moved THEN @postgis@.ST_Translate(p.geom, 360, 0) ELSE p.geom END ORDER BY p.n))
                ELSE @postgis@.ST_Collect(p.geom ORDER BY p.n) END AS geom
    FROM placed p WHERE p.kind = 'zoom' OR p.size_rank = 1
    GROUP BY p.area_id, p.panel
  ), middle AS (
    SELECT j.panel, @postgis@.ST_Centroid(@postgis@.ST_Extent(j.geom)::@postgis@.geometry) AS point FROM joined j GROUP BY j.panel
  ), flat AS MATERIALIZED (   -- the three-argument form: the other reads spatial_ref_sys by the search path
    SELECT j.area_id, j.panel,
           @postgis@.ST_Transform(j.geom, '+proj=longlat +datum=WGS84 +no_defs', coalesce(b.projection, format('+proj=laea +lon_0=%s +lat_0=%s +datum=WGS84 +units=m',
             round(@postgis@.ST_X(m.point)::numeric, 2), round(@postgis@.ST_Y(m.point)::numeric, 2)))) AS geom
    FROM joined j JOIN middle m ON m.panel = j.panel JOIN @atlas@.map_panel b ON b.layout = map_shapes.layout AND b.panel = j.panel
  ), frame AS (
    SELECT e.panel, b.kind, e.west, e.north, f.scale,
           b.x + (b.width - f.scale * (e.east - e.west)) / 2 AS x, b.y + (b.height - f.scale * (e.north - e.south)) / 2 AS y
    FROM (SELECT f.panel, min(@postgis@.ST_XMin(f.geom)) AS west, max(@postgis@.ST_XMax(f.geom)) AS east,
                 min(@postgis@.ST_YMin(f.geom)) AS south, max(@postgis@.ST_YMax(f.geom)) AS north FROM flat f GROUP BY f.panel) e
    JOIN @atlas@.map_panel b ON b.layout = map_shapes.layout AND b.panel = e.panel
    CROSS JOIN LATERAL (SELECT least(b.width / (e.east - e.west), b.height / (e.north - e.south)) AS scale) f
  ), pixel AS MATERIALIZED (   -- on the picture, y upwards from 0 because ST_AsSVG turns it round
    SELECT f.area_id, f.panel, r.kind, d.path[1] AS n,
           @postgis@.ST_SimplifyPreserveTopology(@postgis@.ST_Affine(d.geom, r.scale, 0, 0, r.scale, r.x - r.scale * r.west, - r.y - r.scale * r.north), 0.4) AS geom,
           row_number() OVER (PARTITION BY f.area_id, f.panel ORDER BY @postgis@.ST_Area(d.geom) DESC, d.path[1]) AS size_rank
    FROM flat f JOIN frame r ON r.panel = f.panel CROSS JOIN LATERAL @postgis@.ST_Dump(f.geom) d
  )
  SELECT p.area_id, p.panel, p.kind, string_agg(@postgis@.ST_AsSVG(p.geom, 1, 1), ' ' ORDER BY p.n),
         max(@postgis@.ST_X(t.point)), max(- @postgis@.ST_Y(t.point)), sqrt(sum(@postgis@.ST_Area(p.geom)))
  FROM pixel p
  LEFT JOIN LATERAL (SELECT @postgis@.ST_PointOnSurface(p.geom) AS point WHERE p.size_rank = 1) t ON true
  WHERE p.size_rank = 1 OR @postgis@.ST_Area(p.geom) > 0.3
  GROUP BY p.area_id, p.panel, p.kind
  ORDER BY p.panel, p.area_id;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_shapes(int4[], text) IS
'Internal: boundaries of areas on the picture of a layout (1600 x 900): path for the attribute d of an SVG path, in pixels, simplified to 0.4; x, y a point inside; extent the square root of the area in pixels. An area with parts in several boxes has several rows; specks under 0.3 square pixels are left out, but never the largest part.
Projected in the plane of each box, which is filled as far as the shapes allow. No row for an unknown layout.';

CREATE FUNCTION @atlas@.map_words(indicator text, level text, year int4, within text, figure text, breaks float8[], title text, note text,
  OUT limits float8[], OUT labels text[], OUT heading text, OUT subtitle text, OUT notes text, OUT shown bigint, OUT synthetic bigint,
  OUT periods bigint, OUT confidence numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  i record;
  about record;
  digits int4;
BEGIN
  SELECT k.title, k.standard, CASE figure WHEN 'smr' THEN 'ratio to the country (1 = as the country)' ELSE k.unit END AS unit,
         round(100 * k.confidence::numeric) AS confidence
  INTO i FROM @atlas@.indicator k WHERE k.indicator = map_words.indicator;
  SELECT array_agg(f.figure_value) FILTER (WHERE f.figure_value IS NOT NULL) AS figures, count(f.figure_value) AS n,
         count(f.figure_value) FILTER (WHERE f.origin = 'synthetic') AS synthetic,
         count(DISTINCT f.source) AS sources, min(f.source COLLATE "C") AS source,
         count(DISTINCT f.definition) AS definitions, min(f.definition COLLATE "C") AS definition,
         count(DISTINCT f.period) AS periods, left(min(f.period COLLATE "C"), 4) AS first_year, max(f.last_year) AS last_year,
         coalesce(bool_or(f.basis = 'reported'), false) AS rounded, coalesce(bool_or(f.basis = 'derived'), false) AS derived,
         string_agg(DISTINCT f.boundary, '; ') AS boundary
  INTO about FROM @atlas@.map_figures(indicator, level, year, within, figure) f;
  shown := about.n;
  synthetic := about.synthetic;
  periods := about.periods;
  confidence := i.confidence;
  limits := coalesce(breaks, @atlas@.map_breaks(about.figures), '{}');
  digits := (SELECT coalesce(max(scale(trim_scale(round(b::numeric, 6)))), 0) FROM unnest(limits) AS b);
  labels := CASE WHEN limits = '{}' THEN ARRAY['all']
                 ELSE ARRAY['< ' || @atlas@.map_number(limits[1], digits)]
                   || ARRAY(SELECT @atlas@.map_number(limits[k], digits) || ' to < ' || @atlas@.map_number(limits[k + 1], digits)
                            FROM generate_series(1, cardinality(limits) - 1) AS k ORDER BY k)
                   || ARRAY[E'\u2265 ' || @atlas@.map_number(limits[cardinality(limits)], digits)] END;
  heading := coalesce(title, i.title);
  subtitle := concat_ws(E' \u00b7 ', CASE WHEN position(i.unit IN heading) = 0 THEN i.unit END,
    CASE figure WHEN 'value' THEN 'not standardised' WHEN 'dsr' THEN 'directly standardised (' || i.standard || ')' ELSE 'indirectly standardised to the country' END,
    CASE WHEN about.periods > 1 THEN format('latest period shown of each area, %s to %s', about.first_year, about.last_year)
         WHEN about.first_year = about.last_year THEN about.first_year ELSE about.first_year || E'\u2013' || about.last_year END);
  notes := concat_ws(' ', note,
    CASE WHEN about.definitions = 1 THEN 'Counted: ' || about.definition || '.'
         WHEN about.definitions > 1 THEN format('Counted as the sources define it: %s different definitions, compare with care.', about.definitions) END,
    CASE WHEN about.sources = 1 THEN 'Source: ' || about.source || '.'
         WHEN about.sources > 1 THEN format('Sources: %s, each named with its area (tooltips of the SVG, view area_year).', about.sources) END,
    CASE WHEN about.rounded THEN 'Rounded: published as a rounded rate only.' END,
    CASE WHEN about.derived THEN 'Derived: denominator worked back from a rounded rate.' END,
    CASE WHEN breaks IS NULL AND limits <> '{}' THEN 'Classes: about equal numbers of areas, limits rounded.' END,
    'Hatched grey: no figure in the atlas.', 'Boundaries: ' || about.boundary || '.');
END
$function$;
COMMENT ON FUNCTION @atlas@.map_words(text, text, int4, text, text, float8[], text, text) IS
'Internal: the words around a map_svg(): class limits and their labels, heading, subtitle and notes, and how many areas have a figure, how many of these a synthetic one, in how many different periods; confidence in percent. Arguments as map_svg().';
$tmap_atlas_ddl$),
('84_svg', $tmap_atlas_ddl$
-- The map written as SVG.

CREATE FUNCTION @atlas@.xml_text(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT replace(replace(replace(replace(translate(regexp_replace(words, '[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]', '', 'g'), E'\n\r\t', '   '),
    '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;');
END;
COMMENT ON FUNCTION @atlas@.xml_text(text) IS 'Internal: text made safe for XML, in elements and in quoted attributes; line breaks become spaces, characters that XML forbids go. NULL in, NULL out.';

CREATE FUNCTION @atlas@.map_lines(words text, characters int4) RETURNS TABLE (line_no int4, line text)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  word text;
BEGIN
  line_no := 1;
  FOREACH word IN ARRAY regexp_split_to_array(btrim(words), '\s+') LOOP
    IF length(line) + 1 + length(word) > characters THEN
      RETURN NEXT;
      line_no := line_no + 1;
      line := word;
    ELSE
      line := concat_ws(' ', line, word);
    END IF;
  END LOOP;
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_lines(text, int4) IS 'Internal: text broken at spaces into lines of at most so many characters; a longer word has a line of its own. No row for NULL.';

CREATE FUNCTION @atlas@.svg_text(x float8, y float8, size float8, words text, attributes text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT '<text x="' || round(x::numeric, 1) || '" y="' || round(y::numeric, 1) || '" font-size="' || round(size::numeric, 1) || '"'
    || coalesce(' ' || nullif(attributes, ''), '') || '>' || @atlas@.xml_text(words) || '</text>';
END;
COMMENT ON FUNCTION @atlas@.svg_text(float8, float8, float8, text, text) IS 'Internal: an SVG text element at x, y in a size in pixels; words are made safe for XML, attributes are taken as they are. NULL when one of the first four is.';

CREATE FUNCTION @atlas@.svg_legend(labels text[], colours text[], counts bigint[], mark_title text, marked bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  WITH item AS (
    SELECT t.place, t.label, t.colour, t.n FROM unnest(labels, colours, counts) WITH ORDINALITY AS t (label, colour, n, place)
    UNION ALL
    SELECT cardinality(labels) + 1, mark_title, NULL AS colour, marked WHERE mark_title IS NOT NULL
  ), placed AS (
    SELECT i.*, 40 + (i.place - 1) * CASE WHEN mark_title IS NULL THEN least(200, 1520.0 / count(*) OVER ()) ELSE least(165, 1200.0 / cardinality(labels)) END AS x FROM item AS i
  )
  SELECT string_agg(
      CASE WHEN p.colour IS NULL THEN format('<circle cx="%s" cy="790" r="6" fill="#d0202e" stroke="#ffffff" stroke-width="1.5"/>', round(p.x + 26, 1))
           ELSE format('<rect x="%s" y="780" width="36" height="20" fill="%s" stroke="#777777" stroke-width="0.5"/>', round(p.x, 1), p.colour) END
      || E'\n' || @atlas@.svg_text(p.x + 44, 796, 16, p.label)
      || E'\n' || @atlas@.svg_text(p.x + 44, 816, 14, p.n || CASE WHEN p.n = 1 THEN ' area' ELSE ' areas' END, 'fill="#555555"'),
    E'\n' ORDER BY p.place)
  FROM placed AS p;
END;
COMMENT ON FUNCTION @atlas@.svg_legend(text[], text[], bigint[], text, bigint) IS 'Internal: the legend of a map as SVG: classes side by side with their numbers of areas, and the dot of marked areas when it has a title.';

CREATE FUNCTION @atlas@.svg_list(layout text, title text, names text[], periods text[], figures text[], colours text[], marks boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT @atlas@.svg_text(b.x, b.y + 4, 17, svg_list.title, 'font-weight="bold"') || E'\n'
    || string_agg(
      CASE WHEN t.place > s.fits THEN @atlas@.svg_text(b.x + 24, r.y, 15, '... and ' || cardinality(names) - s.fits || ' more', 'fill="#555555"')
           ELSE format('<rect x="%s" y="%s" width="16" height="14" fill="%s" stroke="#777777" stroke-width="0.5"/>', b.x, r.y - 12, t.colour) || E'\n'
             || CASE WHEN marks THEN format('<circle cx="%s" cy="%s" r="4" fill="#d0202e" stroke="#ffffff"/>', b.x + 8, r.y - 5) || E'\n' ELSE '' END
             || @atlas@.svg_text(b.x + 24, r.y, 14.5, t.name)
             || coalesce(E'\n' || @atlas@.svg_text(b.x + b.width - 136, r.y, 12, t.period, 'fill="#555555" text-anchor="end"'), '')
             || E'\n' || @atlas@.svg_text(b.x + b.width, r.y, 14.5, t.figure, 'text-anchor="end"') END,
      E'\n' ORDER BY t.place)
  FROM @atlas@.map_panel AS b
  CROSS JOIN LATERAL (SELECT CASE WHEN cardinality(names) <= floor((b.height - 20) / 24) THEN cardinality(names) ELSE floor((b.height - 20) / 24)::int4 - 1 END AS fits) AS s
  CROSS JOIN LATERAL unnest(names, periods, figures, colours) WITH ORDINALITY AS t (name, period, figure, colour, place)
  CROSS JOIN LATERAL (SELECT b.y + 10 + 24 * t.place AS y) AS r
  WHERE b.layout = svg_list.layout AND b.kind = 'list' AND t.place <= s.fits + 1
  GROUP BY b.layout, b.panel, b.x, b.y;
END;
COMMENT ON FUNCTION @atlas@.svg_list(text, text, text[], text[], text[], text[], boolean) IS 'Internal: the list of areas beside a map as SVG, as many as the list box of the layout holds, the others counted. NULL without such a box or without areas.';

CREATE FUNCTION @atlas@.svg_notes(notes text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  -- Three lines of ordinary or four of small print.
  SELECT string_agg(@atlas@.svg_text(40, 846 + (l.line_no - 1) * s.size * 1.25, s.size, l.line, 'fill="#444444"'), E'\n' ORDER BY l.line_no)
  FROM (SELECT CASE WHEN length(notes) <= 540 THEN 14.0 ELSE 11.5 END AS size) AS s
  CROSS JOIN LATERAL @atlas@.map_lines(notes, CASE WHEN s.size = 14 THEN 190 ELSE 235 END) AS l
  WHERE l.line_no <= 4;
END;
COMMENT ON FUNCTION @atlas@.svg_notes(text) IS 'Internal: the notes below a map as SVG, in smaller print when they are long; what is beyond some 900 characters is cut off.';

CREATE FUNCTION @atlas@.svg_frames(layout text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT string_agg(format('<rect x="%s" y="%s" width="%s" height="%s" fill="#ffffff" stroke="#999999"/>', b.x - 8, b.y - 26, b.width + 16, b.height + 34)
      || E'\n' || @atlas@.svg_text(b.x, b.y - 8, 14, b.title, 'fill="#444444"'), E'\n' ORDER BY b.panel)
  FROM @atlas@.map_panel AS b WHERE b.layout = svg_frames.layout AND b.kind <> 'list' AND b.title IS NOT NULL;
END;
COMMENT ON FUNCTION @atlas@.svg_frames(text) IS 'Internal: frames and titles of the boxes of a layout that have a title, as SVG; NULL when none has.';

CREATE FUNCTION @atlas@.svg_header(title text, subtitle text, synthetic text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  -- A long title gets smaller letters; 0.7 is the width of a bold letter as a part of its height, at most.
  SELECT @atlas@.svg_text(40, 50, least(32, CASE WHEN synthetic IS NULL THEN 1520 ELSE 1130 END / (0.7 * greatest(length(title), 1))), title, 'font-weight="bold"')
    || E'\n' || @atlas@.svg_text(40, 80, 18, subtitle, 'fill="#444444"')
    || CASE WHEN synthetic IS NULL THEN ''
            ELSE E'\n<rect x="1200" y="18" width="360" height="66" fill="#b3121d"/>'
              || E'\n' || @atlas@.svg_text(1380, 50, 30, 'SYNTHETIC DATA', 'fill="#ffffff" font-weight="bold" text-anchor="middle"')
              || E'\n' || @atlas@.svg_text(1380, 73, 15, synthetic, 'fill="#ffffff" text-anchor="middle"') END;
END;
COMMENT ON FUNCTION @atlas@.svg_header(text, text, text) IS 'Internal: title and subtitle of a map as SVG, with a red label SYNTHETIC DATA and the words below it when synthetic is not NULL.';

CREATE FUNCTION @atlas@.map_svg(indicator text, level text, year int4 DEFAULT NULL, within text DEFAULT NULL, figure text DEFAULT 'value',
  layout text DEFAULT 'plain', breaks float8[] DEFAULT NULL, mark_below float8 DEFAULT NULL, mark_title text DEFAULT NULL,
  title text DEFAULT NULL, note text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  words record;
  colours text[];
  result text;
BEGIN
  IF NOT EXISTS (SELECT FROM @atlas@.map_panel b WHERE b.layout = map_svg.layout AND b.kind = 'areas') THEN
    RAISE EXCEPTION 'no layout "%"', coalesce(layout, 'NULL') USING ERRCODE = '22023', HINT = 'The table map_panel holds the layouts.';
  ELSIF breaks IS DISTINCT FROM (SELECT array_agg(DISTINCT b) FROM unnest(breaks) AS b WHERE b > '-Infinity' AND b < 'Infinity') OR cardinality(breaks) > 6 THEN
    RAISE EXCEPTION 'class limits are not 1 to 6 ascending numbers' USING ERRCODE = '22023', HINT = 'Give for example ''{2,4,6,8}'', or NULL for limits chosen by map_breaks().';
  END IF;
  SELECT * INTO words FROM @atlas@.map_words(indicator, level, year, within, figure, breaks, title, note);
  colours := ARRAY['url(#no-data)'] || @atlas@.map_colours(cardinality(words.labels));
  WITH f AS MATERIALIZED (
    SELECT m.*, CASE WHEN m.figure_value IS NULL THEN 0 ELSE 1 + width_bucket(m.figure_value, words.limits) END AS class,
           coalesce(m.figure_value < mark_below, false) AS marked, t.number
    FROM @atlas@.map_figures(indicator, level, year, within, figure) m
    CROSS JOIN LATERAL (SELECT CASE WHEN m.figure_value IS NULL THEN 'no data'
      WHEN m.basis = 'reported' THEN trim_scale(round(m.figure_value::numeric, 2)) || ' (rounded)'
      WHEN m.basis = 'derived' THEN @atlas@.map_number(m.figure_value, 1) || ' (derived)'
      WHEN m.lower IS NULL THEN @atlas@.map_number(m.figure_value, 2)
      ELSE format(E'%s (%s\u2013%s)', @atlas@.map_number(m.figure_value, 2), @atlas@.map_number(m.lower, 2), @atlas@.map_number(m.upper, 2)) END AS number) t
  ), shape AS MATERIALIZED (
    SELECT s.*, f.class, f.marked, row_number() OVER (ORDER BY s.panel, f.code_system COLLATE "C", f.code COLLATE "C", f.area_id) AS place,
           '<title>' || @atlas@.xml_text(concat_ws('; ', format('%s: %s', f.name, f.number),
             CASE WHEN f.figure_value IS NOT NULL AND f.at_risk IS NOT NULL THEN format('%s of %s', @atlas@.map_number(f.events, 0), @atlas@.map_number(f.at_risk, 0)) END,
             CASE WHEN f.figure_value IS NOT NULL THEN f.period END, CASE WHEN f.figure_value IS NOT NULL THEN f.source END,
             CASE WHEN f.figure_value IS NOT NULL AND f.origin = 'synthetic' THEN 'SYNTHETIC' END)) || '</title>' AS tooltip
    FROM @atlas@.map_shapes(ARRAY(SELECT f.area_id FROM f), layout) s JOIN f ON f.area_id = s.area_id
  ), class AS (
    SELECT c.class, (SELECT count(*) FROM f WHERE f.class = c.class AND f.area_id IN (SELECT s.area_id FROM shape s)) AS n
    FROM generate_series(0, cardinality(colours) - 1) AS c (class)
  ), list AS (
    SELECT f.*, row_number() OVER (ORDER BY CASE WHEN mark_below IS NULL THEN - f.figure_value ELSE f.figure_value END, f.code_system COLLATE "C", f.code COLLATE "C", f.area_id) AS place
    FROM f WHERE CASE WHEN mark_below IS NULL THEN f.figure_value IS NOT NULL AND words.shown <= 24 ELSE f.marked END
  )
  SELECT concat_ws(E'\n',
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="900" viewBox="0 0 1600 900" role="img" aria-labelledby="map-title map-desc"'
      || ' font-family="Arial, Helvetica, ''Liberation Sans'', ''DejaVu Sans'', sans-serif" fill="#1a1a1a">',
    '<title id="map-title">' || @atlas@.xml_text(words.heading || CASE WHEN words.synthetic > 0 THEN ' (SYNTHETIC DATA)' ELSE '' END) || '</title>',
    '<desc id="map-desc">' || @atlas@.xml_text(format('Map of %s areas, %s with a figure, %s classes: %s. %s. %s', (SELECT sum(c.n) FROM class c), words.shown,
      cardinality(words.labels), array_to_string(words.labels, ', '), words.subtitle, words.notes)) || '</desc>',
    '<defs><pattern id="no-data" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
      || '<rect width="5" height="5" fill="#ebebeb"/><rect width="1.4" height="5" fill="#d3d3d3"/></pattern></defs>',
    '<rect width="1600" height="900" fill="#ffffff"/>',
    @atlas@.svg_frames(layout),
    '<g stroke="#ffffff" stroke-width="0.6" stroke-linejoin="round" fill-rule="evenodd">',
    (SELECT string_agg(format(E'<g fill="%s">\n%s\n</g>', colours[1 + g.class], g.paths), E'\n' ORDER BY g.class)
     FROM (SELECT s.class, string_agg(format('<path d="%s">%s</path>', s.path, s.tooltip), E'\n' ORDER BY s.place) AS paths FROM shape s GROUP BY s.class) g),
    '</g>',
    -- An area too small to be seen gets a dot in the colour of its class.
    (SELECT string_agg(format('<circle cx="%s" cy="%s" r="4" fill="%s" stroke="#333333" stroke-width="0.8">%s</circle>', round(s.x::numeric, 1), round(s.y::numeric, 1),
       colours[1 + s.class], s.tooltip), E'\n' ORDER BY s.place) FROM shape s WHERE s.class > 0 AND s.extent < 4 AND s.kind = 'areas'),
    (SELECT string_agg(format('<circle cx="%s" cy="%s" r="5" fill="#d0202e" stroke="#ffffff" stroke-width="1.3"/>', round(s.x::numeric, 1), round(s.y::numeric, 1)),
       E'\n' ORDER BY s.place) FROM shape s WHERE s.marked),
    @atlas@.svg_header(words.heading, words.subtitle, CASE WHEN words.synthetic = words.shown AND words.shown > 0 THEN 'made up for demonstration, no real patient'
      WHEN words.synthetic > 0 THEN format('%s of %s areas are made up', words.synthetic, words.shown) END),
    (SELECT @atlas@.svg_list(layout, CASE WHEN mark_below IS NULL THEN format('Areas with a figure (%s %% limits)', words.confidence) ELSE format('%s: %s', coalesce(mark_title, 'marked'), CASE count(*) WHEN 1 THEN '1 area' ELSE count(*) || ' areas' END) END,
       array_agg(l.name ORDER BY l.place), array_agg(CASE WHEN words.periods > 1 THEN l.period END ORDER BY l.place), array_agg(l.number ORDER BY l.place),
       array_agg(colours[1 + l.class] ORDER BY l.place), mark_below IS NOT NULL) FROM list l),
    (SELECT @atlas@.svg_legend(words.labels || ARRAY['no data'], colours[2:] || colours[1:1], array_agg(c.n ORDER BY (c.class + 99) % 100),
       CASE WHEN mark_below IS NOT NULL THEN coalesce(mark_title, 'marked') END, (SELECT count(*) FROM f WHERE f.marked)) FROM class c),
    @atlas@.svg_notes(words.notes),
    '</svg>') INTO result;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_svg(text, text, int4, text, text, text, float8[], float8, text, text, text) IS
'A choropleth as an SVG document of 1600 x 900, from the shown figures of area_year: areas in classes from pale to dark, areas without a figure hatched grey, legend with numbers of areas, list of values, definition, source and a tooltip for each area; a red label when figures are synthetic. Same data, same bytes.
year: a calendar year; NULL = latest period of each area. within: code of an area whose parts are drawn, for example a country. figure: value (crude), dsr, isr or smr. layout: plain (any territory), world, france, or your own in map_panel. breaks: up to 6 limits between classes (a value on a limit belongs to the class above); NULL = map_breaks(). mark_below: areas below this value get a red dot and are listed, under mark_title. title, note: words of your own.
Errors: 22023 unknown indicator, level, area, figure or layout, or limits that do not ascend.';
$tmap_atlas_ddl$)
$tmap_embed$;
COMMENT ON FUNCTION tmap.atlas_ddl() IS 'Internal: DDL of a new atlas in the order to run it; @atlas@ and @postgis@ stand for the quoted schemas of the atlas and of PostGIS.';

CREATE FUNCTION tmap.atlas_updates() RETURNS TABLE (layout integer, ddl text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $tmap_embed$
SELECT 0, NULL::text WHERE false

$tmap_embed$;
COMMENT ON FUNCTION tmap.atlas_updates() IS 'Internal: steps that bring an older atlas to the present layout, each with the layout it leads to; same placeholders as tmap.atlas_ddl.';

-- Atlases: ordinary schemas made and upgraded by functions, so that the extension owns no table.

CREATE FUNCTION tmap.check_atlas_name(schema text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF coalesce(schema, '') = '' THEN
    RAISE EXCEPTION 'an atlas needs a name' USING ERRCODE = '42602', HINT = 'Give the schema to make, for example ''atlas''.';
  ELSIF octet_length(schema) > 63 THEN
    RAISE EXCEPTION 'name of the atlas is too long' USING ERRCODE = '42622',
      DETAIL = format('It has %s bytes; a schema name has at most 63.', octet_length(schema));
  ELSIF schema ~ '[''"$@%\\[:cntrl:]]' THEN
    -- The name is written into DDL, inside quotes of several kinds: keep it free of them.
    RAISE EXCEPTION 'name of the atlas holds a quote, dollar, at or percent sign, backslash or control character' USING ERRCODE = '42602',
      HINT = 'Letters, digits, underscores, hyphens and spaces are fine.';
  ELSIF schema ~ '^pg_' OR schema IN ('tmap', 'information_schema') THEN
    RAISE EXCEPTION 'schema "%" is reserved', schema USING ERRCODE = '42939', HINT = 'Choose another name for the atlas.';
  END IF;
END
$function$;
COMMENT ON FUNCTION tmap.check_atlas_name(text) IS 'Internal: checks the name of an atlas. Errors: 42602 NULL, empty or with quotes, 42622 longer than 63 bytes, 42939 reserved (pg_..., tmap, information_schema).';

CREATE FUNCTION tmap.fill_atlas_ddl(ddl text, schema text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  postgis text;
BEGIN
  SELECT quote_ident(n.nspname) INTO postgis
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis';
  IF postgis IS NULL THEN
    RAISE EXCEPTION 'PostGIS is not installed in this database' USING ERRCODE = '55000', HINT = 'CREATE EXTENSION postgis;';
  END IF;
  RETURN replace(replace(ddl, '@atlas@', quote_ident(schema)), '@postgis@', postgis);
END
$function$;
COMMENT ON FUNCTION tmap.fill_atlas_ddl(text, text) IS 'Internal: DDL of tmap.atlas_ddl or tmap.atlas_updates with the placeholders filled in: the schema of the atlas, and that of PostGIS in this database. Error 55000 without PostGIS.';

CREATE FUNCTION tmap.create_atlas(schema text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  part record;
BEGIN
  PERFORM tmap.check_atlas_name(schema);
  IF NOT EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = schema) THEN
    EXECUTE format('CREATE SCHEMA %I', schema);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', schema, 'Atlas of thrombectomy for ischaemic stroke
Territory, counts, facts and the views area_year and area_latest; made by tmap.create_atlas.');
  ELSIF EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass AND d.deptype = 'n'
                  AND d.refobjid = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = schema)) THEN
    RAISE EXCEPTION 'schema "%" is not empty', schema USING ERRCODE = '55000',
      HINT = CASE WHEN to_regclass(format('%I.atlas_info', schema)) IS NOT NULL
                  THEN 'It seems to be an atlas already: tmap.upgrade_atlas brings it up to date.'
                  ELSE 'Choose a name that is not in use; an atlas has a schema of its own.' END;
  END IF;
  FOR part IN SELECT d.ddl FROM tmap.atlas_ddl() d ORDER BY d.part COLLATE "C" LOOP
    EXECUTE tmap.fill_atlas_ddl(part.ddl, schema);
  END LOOP;
  EXECUTE format('INSERT INTO %I.atlas_info (layout, library_version) SELECT tmap.atlas_layout(), e.extversion FROM pg_extension e WHERE e.extname = ''tmap''', schema);
  RETURN format('atlas %I made, layout %s', schema, tmap.atlas_layout());
END
$function$;
COMMENT ON FUNCTION tmap.create_atlas(text) IS
'Makes an atlas: a schema with the tables, views and functions of a mapping service, owned by the caller. Returns a line that says so.
A caller who is no superuser needs CREATE on the database, USAGE on the schema tmap and EXECUTE on tmap.create_atlas(text) and tmap.upgrade_atlas(text).
Errors: 42602, 42622, 42939 for names that cannot be, 55000 when the schema is not empty or PostGIS is missing; nothing is made then. After ALTER SCHEMA ... RENAME its functions no longer find their tables.';
REVOKE EXECUTE ON FUNCTION tmap.create_atlas(text) FROM PUBLIC;

CREATE FUNCTION tmap.upgrade_atlas(schema text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  had int4;
  step record;
BEGIN
  PERFORM tmap.check_atlas_name(schema);
  IF to_regclass(format('%I.atlas_info', schema)) IS NULL THEN
    RAISE EXCEPTION 'schema "%" is not an atlas', schema USING ERRCODE = '55000',
      HINT = 'tmap.create_atlas makes one.';
  END IF;
  EXECUTE format('SELECT layout FROM %I.atlas_info FOR UPDATE', schema) INTO had;
  IF had IS NULL OR had > tmap.atlas_layout() THEN
    RAISE EXCEPTION 'atlas "%" has layout %, this library knows layouts up to %', schema, coalesce(had::text, 'unknown'), tmap.atlas_layout()
      USING ERRCODE = '55000', HINT = 'Update the extension first: ALTER EXTENSION tmap UPDATE.';
  ELSIF had = tmap.atlas_layout() THEN
    RETURN format('atlas %I is up to date, layout %s', schema, had);
  END IF;
  FOR step IN SELECT u.layout, u.ddl FROM tmap.atlas_updates() u WHERE u.layout > had ORDER BY u.layout LOOP
    EXECUTE tmap.fill_atlas_ddl(step.ddl, schema);
  END LOOP;
  EXECUTE format('UPDATE %I.atlas_info SET layout = tmap.atlas_layout(), upgraded_at = now(), library_version = e.extversion FROM pg_extension e WHERE e.extname = ''tmap''', schema);
  RETURN format('atlas %I upgraded from layout %s to %s', schema, had, tmap.atlas_layout());
END
$function$;
COMMENT ON FUNCTION tmap.upgrade_atlas(text) IS
'Brings an atlas to the layout of this library, all or nothing; does nothing when it has it. Returns a line that says which. Run it as the owner of the atlas after ALTER EXTENSION tmap UPDATE.
Errors: 55000 when the schema is not an atlas, or is newer than the library.';
REVOKE EXECUTE ON FUNCTION tmap.upgrade_atlas(text) FROM PUBLIC;

CREATE FUNCTION tmap.atlas_catalog(schema text) RETURNS TABLE (kind text, name text, definition text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  WITH space AS (
    SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname = schema
  ), relation AS (
    SELECT c.* FROM pg_class c JOIN space s ON c.relnamespace = s.oid WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  ), object AS (
    SELECT 'relation' AS kind, c.relname::text AS name,
           format('%s rls=%s forced=%s options=%s rights=%s partition=%s %s %s', c.relkind, c.relrowsecurity, c.relforcerowsecurity,
                  c.reloptions, c.relacl, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), obj_description(c.oid, 'pg_class')) AS definition
    FROM relation c
    UNION ALL
    SELECT 'column', format('%s.%s', c.relname, a.attname),
           format('%s %s null=%s default=%s identity=%s generated=%s rights=%s %s',
                  row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
                  pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attacl, col_description(c.oid, a.attnum))
    FROM relation c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind <> 'S'
    UNION ALL
    SELECT 'constraint', format('%s.%s', c.relname, k.conname), format('%s valid=%s', pg_get_constraintdef(k.oid), k.convalidated)
    FROM relation c JOIN pg_constraint k ON k.conrelid = c.oid
    UNION ALL
    SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM relation c JOIN pg_index i ON i.indrelid = c.oid
    UNION ALL
    SELECT 'view', c.relname::text, pg_get_viewdef(c.oid) FROM relation c WHERE c.relkind IN ('v', 'm')
    UNION ALL
    SELECT 'trigger', format('%s.%s', c.relname, t.tgname), format('%s %s', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM relation c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT 'policy', format('%s.%s', c.relname, p.polname),
           format('%s permissive=%s roles=%s using=%s check=%s', p.polcmd, p.polpermissive, p.polroles::regrole[],
                  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM relation c JOIN pg_policy p ON p.polrelid = c.oid
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text,
           format('%s rights=%s %s', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, p.proacl, obj_description(p.oid, 'pg_proc'))
    FROM pg_proc p JOIN space s ON p.pronamespace = s.oid
    UNION ALL
    SELECT 'type', format_type(t.oid, NULL), format('%s %s', t.typtype, obj_description(t.oid, 'pg_type'))
    FROM pg_type t JOIN space s ON t.typnamespace = s.oid WHERE t.typtype <> 'c' AND t.typelem = 0
  )
  -- Names of this schema are written with a placeholder, so that two atlases compare equal.
  SELECT o.kind, replace(o.name, quote_ident(schema) || '.', '@atlas@.'), replace(o.definition, quote_ident(schema) || '.', '@atlas@.')
  FROM object o
  ORDER BY o.kind COLLATE "C", o.name COLLATE "C"
$function$;
COMMENT ON FUNCTION tmap.atlas_catalog(text) IS
'Everything a schema is made of, one row for each table, column, constraint, index, view, trigger, policy, function and type, with its definition, rights and comment; the schema''s own name is written @atlas@.
Two atlases of one owner are built alike when the difference of their catalogues is empty; so are an upgraded and a new one, or one before a dump and after its restore. No rows for a schema that does not exist or NULL.';
