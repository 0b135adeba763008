-- Comorbidity: Charlson's and Elixhauser's groups of ICD-10 codes as a set, their scores, and the bands of strata.

CREATE TYPE tmap.comorbidities;

CREATE FUNCTION tmap.comorbidities_in(cstring) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_comorbidities_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_in(cstring) IS 'Text to comorbidities. Errors: 22P02 malformed, unknown scheme or group, group twice.';

CREATE FUNCTION tmap.comorbidities_out(tmap.comorbidities) RETURNS cstring
AS 'MODULE_PATHNAME', 'tmap_comorbidities_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_out(tmap.comorbidities) IS 'Comorbidities to text, loss-free: charlson{chf,pvd}.';

CREATE FUNCTION tmap.comorbidities_recv(internal) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_comorbidities_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_recv(internal) IS 'Binary to comorbidities. Errors: 22P03 no such scheme or group.';

CREATE FUNCTION tmap.comorbidities_send(tmap.comorbidities) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_comorbidities_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_send(tmap.comorbidities) IS 'Comorbidities to binary: 64 bits, network order; scheme (1 Charlson, 2 Elixhauser) in the upper half, groups as bits in the lower.';

CREATE TYPE tmap.comorbidities (
  INPUT = tmap.comorbidities_in, OUTPUT = tmap.comorbidities_out, RECEIVE = tmap.comorbidities_recv, SEND = tmap.comorbidities_send,
  INTERNALLENGTH = 8, PASSEDBYVALUE, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE tmap.comorbidities IS 'The comorbidity groups of a person by one scheme, for example charlson{chf,pvd} or elixhauser{}: 8 bytes, passed by value. No group is a value of its own; NULL is unknown.';

CREATE FUNCTION tmap.comorbidities_eq(tmap.comorbidities, tmap.comorbidities) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_comorbidities_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_eq(tmap.comorbidities, tmap.comorbidities) IS 'Behind the operator =: true when the first set is equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.comorbidities_ne(tmap.comorbidities, tmap.comorbidities) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_comorbidities_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_ne(tmap.comorbidities, tmap.comorbidities) IS 'Behind the operator <>: true when the first set is not equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.comorbidities_lt(tmap.comorbidities, tmap.comorbidities) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_comorbidities_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_lt(tmap.comorbidities, tmap.comorbidities) IS 'Behind the operator <: true when the first set is before the second. NULL when an argument is.';

CREATE FUNCTION tmap.comorbidities_le(tmap.comorbidities, tmap.comorbidities) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_comorbidities_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_le(tmap.comorbidities, tmap.comorbidities) IS 'Behind the operator <=: true when the first set is before or equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.comorbidities_gt(tmap.comorbidities, tmap.comorbidities) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_comorbidities_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_gt(tmap.comorbidities, tmap.comorbidities) IS 'Behind the operator >: true when the first set is after the second. NULL when an argument is.';

CREATE FUNCTION tmap.comorbidities_ge(tmap.comorbidities, tmap.comorbidities) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_comorbidities_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_ge(tmap.comorbidities, tmap.comorbidities) IS 'Behind the operator >=: true when the first set is after or equal to the second. NULL when an argument is.';

CREATE OPERATOR tmap.= (
  LEFTARG = tmap.comorbidities, RIGHTARG = tmap.comorbidities, FUNCTION = tmap.comorbidities_eq,
  COMMUTATOR = OPERATOR(tmap.=), NEGATOR = OPERATOR(tmap.<>),
  RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR tmap.= (tmap.comorbidities, tmap.comorbidities) IS 'equal: scheme first, then the set of groups as a number, the scheme''s last group weighing most.';

CREATE OPERATOR tmap.<> (
  LEFTARG = tmap.comorbidities, RIGHTARG = tmap.comorbidities, FUNCTION = tmap.comorbidities_ne,
  COMMUTATOR = OPERATOR(tmap.<>), NEGATOR = OPERATOR(tmap.=),
  RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR tmap.<> (tmap.comorbidities, tmap.comorbidities) IS 'not equal: scheme first, then the set of groups as a number, the scheme''s last group weighing most.';

CREATE OPERATOR tmap.< (
  LEFTARG = tmap.comorbidities, RIGHTARG = tmap.comorbidities, FUNCTION = tmap.comorbidities_lt,
  COMMUTATOR = OPERATOR(tmap.>), NEGATOR = OPERATOR(tmap.>=),
  RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR tmap.< (tmap.comorbidities, tmap.comorbidities) IS 'before: scheme first, then the set of groups as a number, the scheme''s last group weighing most.';

CREATE OPERATOR tmap.<= (
  LEFTARG = tmap.comorbidities, RIGHTARG = tmap.comorbidities, FUNCTION = tmap.comorbidities_le,
  COMMUTATOR = OPERATOR(tmap.>=), NEGATOR = OPERATOR(tmap.>),
  RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR tmap.<= (tmap.comorbidities, tmap.comorbidities) IS 'before or equal: scheme first, then the set of groups as a number, the scheme''s last group weighing most.';

CREATE OPERATOR tmap.> (
  LEFTARG = tmap.comorbidities, RIGHTARG = tmap.comorbidities, FUNCTION = tmap.comorbidities_gt,
  COMMUTATOR = OPERATOR(tmap.<), NEGATOR = OPERATOR(tmap.<=),
  RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR tmap.> (tmap.comorbidities, tmap.comorbidities) IS 'after: scheme first, then the set of groups as a number, the scheme''s last group weighing most.';

CREATE OPERATOR tmap.>= (
  LEFTARG = tmap.comorbidities, RIGHTARG = tmap.comorbidities, FUNCTION = tmap.comorbidities_ge,
  COMMUTATOR = OPERATOR(tmap.<=), NEGATOR = OPERATOR(tmap.<),
  RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR tmap.>= (tmap.comorbidities, tmap.comorbidities) IS 'after or equal: scheme first, then the set of groups as a number, the scheme''s last group weighing most.';

CREATE FUNCTION tmap.comorbidities_cmp(tmap.comorbidities, tmap.comorbidities) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_comorbidities_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_cmp(tmap.comorbidities, tmap.comorbidities) IS 'btree support: -1, 0 or 1; scheme first, then the set of groups as a number, the scheme''s last group weighing most.';

CREATE OPERATOR CLASS tmap.comorbidities_ops DEFAULT FOR TYPE tmap.comorbidities USING btree AS
  OPERATOR 1 tmap.<, OPERATOR 2 tmap.<=, OPERATOR 3 tmap.=, OPERATOR 4 tmap.>=, OPERATOR 5 tmap.>,
  FUNCTION 1 tmap.comorbidities_cmp(tmap.comorbidities, tmap.comorbidities);
COMMENT ON OPERATOR CLASS tmap.comorbidities_ops USING btree IS 'Sorting, DISTINCT and btree indexes: scheme first, then the set of groups as a number, the scheme''s last group weighing most.';
COMMENT ON OPERATOR FAMILY tmap.comorbidities_ops USING btree IS 'Sorting of comorbidities values.';

CREATE FUNCTION tmap.comorbidities_hash(tmap.comorbidities) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_comorbidities_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_hash(tmap.comorbidities) IS 'Hash support: equal values have equal hashes.';

CREATE FUNCTION tmap.comorbidities_hash_extended(tmap.comorbidities, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_comorbidities_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_hash_extended(tmap.comorbidities, bigint) IS 'Hash support with a seed, for hash partitioning.';

CREATE OPERATOR CLASS tmap.comorbidities_ops DEFAULT FOR TYPE tmap.comorbidities USING hash AS
  OPERATOR 1 tmap.=,
  FUNCTION 1 tmap.comorbidities_hash(tmap.comorbidities),
  FUNCTION 2 tmap.comorbidities_hash_extended(tmap.comorbidities, bigint);
COMMENT ON OPERATOR CLASS tmap.comorbidities_ops USING hash IS 'Hash joins, hash aggregation and hash indexes.';
COMMENT ON OPERATOR FAMILY tmap.comorbidities_ops USING hash IS 'Hashing of comorbidities values.';

-- From codes. For one code there is a name of its own: under the name for arrays a plain '{I50,I21}' in a query would be taken for one code.

CREATE FUNCTION tmap.charlson(codes text[]) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_charlson' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.charlson(text[]) IS 'Charlson''s 17 comorbidity groups of a person''s ICD-10 codes (Quan et al., Med Care 2005;43:1130-9). Case, dots, spaces, daggers and other signs do not count; a code is listed under every group with a prefix of it, so a bare E10 is no diabetes group. NULL elements and texts that are no code of the lists give no group, an empty array none; NULL gives NULL: unknown. No errors.';

CREATE FUNCTION tmap.charlson_code(code text) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_charlson_code' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.charlson_code(text) IS 'Charlson''s 17 comorbidity groups of one ICD-10 code (Quan et al., Med Care 2005;43:1130-9). Case, dots, spaces, daggers and other signs do not count; a code is listed under every group with a prefix of it, so a bare E10 is no diabetes group. A text that is no code of the lists gives no group; NULL gives NULL: unknown. No errors.';

CREATE FUNCTION tmap.elixhauser(codes text[]) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_elixhauser' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.elixhauser(text[]) IS 'Elixhauser''s 31 comorbidity groups of a person''s ICD-10 codes (Quan et al., Med Care 2005;43:1130-9). Case, dots, spaces, daggers and other signs do not count; a code is listed under every group with a prefix of it, so a bare E10 is no diabetes group. NULL elements and texts that are no code of the lists give no group, an empty array none; NULL gives NULL: unknown. No errors.';

CREATE FUNCTION tmap.elixhauser_code(code text) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_elixhauser_code' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.elixhauser_code(text) IS 'Elixhauser''s 31 comorbidity groups of one ICD-10 code (Quan et al., Med Care 2005;43:1130-9). Case, dots, spaces, daggers and other signs do not count; a code is listed under every group with a prefix of it, so a bare E10 is no diabetes group. A text that is no code of the lists gives no group; NULL gives NULL: unknown. No errors.';

-- Aggregates. The state is the value itself, so that the order of rows and the number of workers cannot matter.

CREATE FUNCTION tmap.comorbidities_step(state tmap.comorbidities, code text) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_comorbidities_step_code' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_step(tmap.comorbidities, text) IS 'Transition function of charlson_agg(text) and elixhauser_agg(text): the groups with those of one more code.';

CREATE FUNCTION tmap.comorbidities_step(state tmap.comorbidities, codes text[]) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_comorbidities_step_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_step(tmap.comorbidities, text[]) IS 'Transition function of charlson_agg(text[]) and elixhauser_agg(text[]): the groups with those of one more array of codes.';

CREATE FUNCTION tmap.comorbidities_union(tmap.comorbidities, tmap.comorbidities) RETURNS tmap.comorbidities
AS 'MODULE_PATHNAME', 'tmap_comorbidities_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidities_union(tmap.comorbidities, tmap.comorbidities) IS 'Behind rollup, and combining parallel workers: the groups of both. NULL when an argument is. Errors: 42804 different schemes.';

CREATE AGGREGATE tmap.charlson_agg(code text) (
  SFUNC = tmap.comorbidities_step, STYPE = tmap.comorbidities, INITCOND = 'charlson{}', COMBINEFUNC = tmap.comorbidities_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.charlson_agg(text) IS 'Charlson''s comorbidity groups of all codes of the rows, as tmap.charlson(codes) gives for an array. Rows with NULL are skipped; no rows, or all NULL, give no group, never NULL: a patient whose codes are not known is for the caller to tell apart. No errors.';

CREATE AGGREGATE tmap.charlson_agg(codes text[]) (
  SFUNC = tmap.comorbidities_step, STYPE = tmap.comorbidities, INITCOND = 'charlson{}', COMBINEFUNC = tmap.comorbidities_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.charlson_agg(text[]) IS 'Charlson''s comorbidity groups of all codes of the rows'' arrays, as tmap.charlson(codes) gives for one. Rows with NULL are skipped; no rows, or all NULL, give no group, never NULL: a patient whose codes are not known is for the caller to tell apart. No errors.';

CREATE AGGREGATE tmap.elixhauser_agg(code text) (
  SFUNC = tmap.comorbidities_step, STYPE = tmap.comorbidities, INITCOND = 'elixhauser{}', COMBINEFUNC = tmap.comorbidities_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.elixhauser_agg(text) IS 'Elixhauser''s comorbidity groups of all codes of the rows, as tmap.elixhauser(codes) gives for an array. Rows with NULL are skipped; no rows, or all NULL, give no group, never NULL: a patient whose codes are not known is for the caller to tell apart. No errors.';

CREATE AGGREGATE tmap.elixhauser_agg(codes text[]) (
  SFUNC = tmap.comorbidities_step, STYPE = tmap.comorbidities, INITCOND = 'elixhauser{}', COMBINEFUNC = tmap.comorbidities_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.elixhauser_agg(text[]) IS 'Elixhauser''s comorbidity groups of all codes of the rows'' arrays, as tmap.elixhauser(codes) gives for one. Rows with NULL are skipped; no rows, or all NULL, give no group, never NULL: a patient whose codes are not known is for the caller to tell apart. No errors.';

CREATE AGGREGATE tmap.rollup(comorbidities tmap.comorbidities) (
  SFUNC = tmap.comorbidities_union, STYPE = tmap.comorbidities, COMBINEFUNC = tmap.comorbidities_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rollup(tmap.comorbidities) IS 'The groups of all rows together, for example of a person''s stays. Rows with NULL are skipped; no rows, or all NULL, give NULL. Errors: 42804 different schemes.';

-- What is in a set.

CREATE FUNCTION tmap.scheme(comorbidities tmap.comorbidities) RETURNS text
AS 'MODULE_PATHNAME', 'tmap_comorbidities_scheme' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.scheme(tmap.comorbidities) IS '"charlson" or "elixhauser". NULL for NULL.';

CREATE FUNCTION tmap.groups(comorbidities tmap.comorbidities) RETURNS text[]
AS 'MODULE_PATHNAME', 'tmap_comorbidities_groups' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.groups(tmap.comorbidities) IS 'The names of the groups, in the scheme''s order; an empty array for none. NULL for NULL. tmap.comorbidity_codes() has their labels.';

CREATE FUNCTION tmap.has_group(comorbidities tmap.comorbidities, name text) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_comorbidities_has_group' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.has_group(tmap.comorbidities, text) IS 'True when the set has the group of that name. NULL when an argument is. Errors: 22P02 no such group in the set''s scheme.';

-- Scores.

CREATE FUNCTION tmap.charlson_score(comorbidities tmap.comorbidities, weights text DEFAULT 'quan2011', hierarchy boolean DEFAULT true, leave_out text[] DEFAULT '{cevd}') RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_charlson_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.charlson_score(tmap.comorbidities, text, boolean, text[]) IS 'Charlson score: the points of the groups. weights: quan2011 (Quan et al., Am J Epidemiol 2011;173:676-82), charlson1987 (Charlson et al., J Chronic Dis 1987;40:373-83) or unweighted (the number of groups). Under the hierarchy the milder form of a disease counts nothing beside the severer: mld/msld, diab/diabwc, canc/metacanc. Groups in leave_out count as absent, before the hierarchy; cevd is left out unless told otherwise, as the stroke itself is no comorbidity of a stroke. NULL when an argument is. Errors: 42804 not Charlson''s groups, 22023 unknown weights, 22P02 unknown group to leave out.';

CREATE FUNCTION tmap.charlson_age_score(comorbidities tmap.comorbidities, age integer, weights text DEFAULT 'charlson1987', hierarchy boolean DEFAULT true, leave_out text[] DEFAULT '{cevd}') RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_charlson_age_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.charlson_age_score(tmap.comorbidities, integer, text, boolean, text[]) IS 'Charlson score with points for age: one for each decade from 50 (50-59: 1, 60-69: 2, 70-79: 3), at most 4 from 80 on (Charlson et al., J Clin Epidemiol 1994;47:1245-51, whose examples end at 70-79; 4 for all older is the customary form). age: completed years. The weights are those of 1987, as published, unless told otherwise; the rest as in tmap.charlson_score. NULL when an argument is. Errors: 22003 age outside 0 to 130, 42804 not Charlson''s groups, 22023 unknown weights, 22P02 unknown group to leave out.';

CREATE FUNCTION tmap.elixhauser_score(comorbidities tmap.comorbidities, weights text DEFAULT 'van_walraven', hierarchy boolean DEFAULT true, leave_out text[] DEFAULT '{}') RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_elixhauser_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.elixhauser_score(tmap.comorbidities, text, boolean, text[]) IS 'Elixhauser score: the points of the groups, which can be negative. weights: van_walraven (van Walraven et al., Med Care 2009;47:626-33), swiss (Sharma et al., BMC Health Serv Res 2021;21:13) or unweighted (the number of groups). Under the hierarchy the milder form of a disease counts nothing beside the severer: hypunc/hypc, diabunc/diabc, solidtum/metacanc. Groups in leave_out count as absent, before the hierarchy. NULL when an argument is. Errors: 42804 not Elixhauser''s groups, 22023 unknown weights, 22P02 unknown group to leave out.';

CREATE FUNCTION tmap.comorbidity_band(score integer) RETURNS text
AS 'MODULE_PATHNAME', 'tmap_comorbidity_band' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.comorbidity_band(integer) IS 'The comorbidity level of a stratum for a Charlson score: 0 none, 1-2 low, 3-4 moderate, 5 and over high, the bands of Charlson et al., J Chronic Dis 1987;40:373-83 (one-year mortality 12, 26, 52 and 85 %), for scores without points for age: tmap.stratum(age, sex, tmap.comorbidity_band(score)). NULL for NULL: unknown. Errors: 22023 negative score.';

CREATE FUNCTION tmap.comorbidity_codes(
  OUT scheme text, OUT name text, OUT label text, OUT prefix text,
  OUT charlson1987 integer, OUT quan2011 integer, OUT van_walraven integer, OUT swiss integer, OUT overruled_by text, OUT source text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'tmap_comorbidity_codes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 688;
COMMENT ON FUNCTION tmap.comorbidity_codes() IS 'The code lists as compiled in: one row for each scheme, group (name) and ICD-10 prefix of 3 or 4 characters without dot, with the group''s points under each set of weights (NULL: made for the other scheme), the severer group that overrules it in a hierarchy, and the sources. No errors.';
