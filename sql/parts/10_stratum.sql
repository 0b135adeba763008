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
