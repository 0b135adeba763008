-- Facts of the catalogue that hold for every object of the extension.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE TEMP VIEW member AS
SELECT d.classid, d.objid, (pg_identify_object(d.classid, d.objid, 0)).type AS kind, (pg_identify_object(d.classid, d.objid, 0)).identity
FROM pg_depend d WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'tmap');
CREATE TEMP VIEW f AS
SELECT p.*, p.oid::regprocedure::text AS signature, l.lanname FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid JOIN pg_language l ON l.oid = p.prolang;

SELECT cmp_ok((SELECT count(*) FROM member WHERE kind = 'function'), '>', 100::bigint, 'functions are members of the extension');
SELECT is_empty($$SELECT kind, identity FROM member WHERE identity !~ '(^|[ .])tmap(\.|$)' $$, 'every member lives in schema tmap');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'tmap'::regnamespace AND p.oid NOT IN (SELECT objid FROM member)$$, 'every function of schema tmap is a member');
SELECT is_empty($$SELECT c.relname, c.relkind FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid WHERE c.relkind <> 'c'$$, 'the extension owns no table, sequence, view or index');
SELECT is_empty($$SELECT relname, relkind FROM pg_class WHERE relnamespace = 'tmap'::regnamespace AND relkind <> 'c'$$, 'schema tmap holds no relation but composite types');

-- Comments. Array types are made with their type; operator families and schema carry one of their own.
SELECT is_empty($$SELECT m.kind, m.identity FROM member m LEFT JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
  WHERE obj_description(m.objid, m.classid::regclass::name) IS NULL AND NOT (t.oid IS NOT NULL AND t.typelem <> 0 AND t.typlen = -1)$$, 'every member object has a comment');
SELECT isnt(obj_description('tmap'::regnamespace, 'pg_namespace'), NULL, 'schema tmap has a comment');
SELECT is_empty($$SELECT signature FROM f WHERE obj_description(oid, 'pg_proc') ~ '[;,]$|  '$$, 'comments of functions end properly');

-- Functions.
SELECT is_empty($$SELECT signature, provolatile FROM f WHERE provolatile <> 'i' AND signature NOT IN (
  'tmap.create_atlas(text)', 'tmap.upgrade_atlas(text)', -- make and change atlases
  'tmap.atlas_catalog(text)', 'tmap.fill_atlas_ddl(text,text)', -- read the catalogue
  'tmap.pseudonym(text)', 'tmap.pseudonym_key_fingerprint()', 'tmap.stay_line(text,integer[])', 'tmap.stay_redacted(text,integer[])', 'tmap.stay_rows(refcursor,integer[],text[],integer[])')$$, -- read the session''s pseudonym key
  'functions are IMMUTABLE, but those that read or write the database, or the key');
SELECT is_empty($$SELECT signature, proparallel FROM f WHERE proparallel <> 's' AND provolatile = 'i'$$, 'IMMUTABLE functions and aggregates are PARALLEL SAFE');
SELECT is_empty($$SELECT signature FROM f WHERE NOT proisstrict AND prokind = 'f' AND provolatile = 'i' AND pronargs > 0 AND signature NOT IN (
  'tmap.stratum(integer)', 'tmap.stratum(integer,text)', 'tmap.stratum(integer,text,text)', 'tmap.stratum(text,integer,text,text)', -- NULL is unknown
  'tmap.filter_age(tmap.tally,integer,integer)', -- NULL is open
  'tmap.tally_step(tmap.tally,tmap.stratum,boolean)', 'tmap.tally_step(tmap.tally,tmap.stratum,bigint,bigint)', -- NULL state at first; a NULL stratum is an error
  'tmap.codebook_step(tmap.codebook,text,text,text,text,date,date)', -- NULL dates are open
  'tmap.concepts(tmap.codebook,text,text,date)', 'tmap.concepts(tmap.codebook,text,text[],date)', 'tmap.has_concept(tmap.codebook,text,text,text,date)', 'tmap.has_concept(tmap.codebook,text,text[],text,date)',
  'tmap.classify(text,text,date)', 'tmap.classify(text,text[],date)', -- a NULL date is any
  'tmap.lines_sha256_add(internal,text,text)', 'tmap.lines_sha256_final(internal)', 'tmap.stay_survey_add(internal,bigint,text,integer[])', 'tmap.stay_survey_final(internal)', 'tmap.lines_present_add(internal,bigint)', 'tmap.lines_present_final(internal)', 'tmap.stay_plan(text[],text,text,text,text,text,date)', 'tmap.stay_plan(text[],text,text,text,text,text,date,text)', -- NULL state, line or choice means something
  'tmap.regression_step(internal,double precision,double precision[])', 'tmap.regression_step(internal,double precision,double precision[],double precision)', 'tmap.regression_step(internal,double precision,double precision[],double precision,double precision,bigint,boolean)', 'tmap.regression_combine(internal,internal)', -- NULL state and NULL values are counted
  'tmap.poisson_reg_final(internal)', 'tmap.logistic_reg_final(internal)', 'tmap.negbin_reg_final(internal)', -- NULL without rows
  'tmap.columns_step(internal,double precision)', 'tmap.columns_step(internal,double precision,double precision)', 'tmap.columns_step(internal,double precision,double precision,double precision)', 'tmap.columns_step(internal,double precision,double precision,double precision,double precision,double precision,double precision)', 'tmap.columns_combine(internal,internal)', -- NULL state and NULL values are counted
  'tmap.variation_step(internal,bigint,double precision)', 'tmap.proportion_variation_step(internal,bigint,bigint)', 'tmap.theil_step(internal,double precision,text)', 'tmap.theil_step(internal,double precision,double precision,text)',
  'tmap.gradient_step(internal,double precision,double precision)', 'tmap.gradient_step(internal,double precision,double precision,double precision,double precision)', 'tmap.gradient_step(internal,double precision,double precision,double precision,double precision,double precision)',
  'tmap.variation_final(internal)', 'tmap.rate_variation_final(internal)', 'tmap.proportion_variation_final(internal)', 'tmap.gini_final(internal)', 'tmap.hoover_final(internal)', 'tmap.theil_t_final(internal)', 'tmap.theil_l_final(internal)', 'tmap.atkinson_final(internal)', 'tmap.lorenz_final(internal)', 'tmap.inequality_final(internal)', 'tmap.theil_final(internal)', 'tmap.concentration_index_final(internal)', 'tmap.concentration_final(internal)', 'tmap.slope_index_final(internal)', 'tmap.relative_index_final(internal)', 'tmap.gradient_final(internal)', -- NULL without rows
  'tmap.areas_step(internal,integer,integer[])', 'tmap.areas_step(internal,integer,integer[],double precision[])', 'tmap.areas_step(internal,double precision,integer,integer[])', 'tmap.areas_step(internal,double precision,integer,integer[],double precision[])', 'tmap.areas_step(internal,double precision,integer,integer[],double precision[],integer,bigint)', 'tmap.areas_step(internal,double precision,integer,integer[],double precision[],integer,bigint,boolean)', 'tmap.areas_step(internal,double precision,double precision,integer,integer[])', 'tmap.areas_step(internal,double precision,double precision,integer,integer[],double precision[])', 'tmap.areas_step(internal,double precision,double precision,integer,integer[],double precision[],integer,bigint)', 'tmap.areas_step(internal,bigint,double precision,integer,integer[])', 'tmap.areas_step(internal,bigint,double precision,integer,integer[],double precision[])', 'tmap.areas_step(internal,bigint,double precision,integer,integer[],double precision[],integer,bigint)', 'tmap.areas_step(internal,double precision,integer,integer[],integer)', -- NULL state, NULL values are counted
  'tmap.neighbour_summary_final(internal)', 'tmap.moran_final(internal)', 'tmap.geary_final(internal)', 'tmap.getis_ord_g_final(internal)', 'tmap.moran_rate_final(internal)', 'tmap.moran_bivariate_final(internal)', 'tmap.correlogram_final(internal)', -- NULL without rows
  'tmap.rate_trend_step(internal,bigint,double precision,double precision)', 'tmap.rate_trend_step(internal,bigint,double precision,double precision,double precision,text)', 'tmap.period_change_step(internal,bigint,double precision,bigint,double precision)', 'tmap.period_change_step(internal,bigint,double precision,bigint,double precision,double precision,text)', 'tmap.target_summary_step(internal,bigint,double precision,double precision)', 'tmap.target_summary_step(internal,bigint,double precision,double precision,double precision,integer,bigint,double precision)', 'tmap.target_summary_step(internal,bigint,double precision,double precision,double precision,integer,bigint,double precision,text)', -- NULL state, NULL values are counted
  'tmap.rate_trend_final(internal)', 'tmap.period_change_final(internal)', 'tmap.target_summary_final(internal)', -- NULL without rows
  'tmap.overdispersion_step(internal,bigint,double precision,double precision,text,text,double precision)', 'tmap.proportion_overdispersion_step(internal,bigint,bigint,double precision,text,text,double precision)', 'tmap.overdispersion_final(internal)', 'tmap.rate_overdispersion_final(internal)', 'tmap.proportion_overdispersion_final(internal)',
  'tmap.care_path(boolean,text,text)', -- NULL is unknown
  'tmap.care_step(bytea,bigint,date,date,boolean,boolean,boolean,text,text)', 'tmap.care_step(bytea,bigint,date,date,boolean,boolean,boolean,text,text,integer,integer,integer,boolean)', -- NULL state at first, NULL flags are no
  'tmap.check_atlas_name(text)')$$, 'functions are STRICT, but those for which NULL means something');
SELECT is_empty($$SELECT signature FROM f WHERE proleakproof$$, 'nothing is LEAKPROOF');
SELECT is_empty($$SELECT signature FROM f WHERE prosecdef$$, 'nothing is SECURITY DEFINER');
SELECT is_empty($$SELECT signature FROM f WHERE provolatile = 'v' AND has_function_privilege('public', oid, 'EXECUTE')$$, 'PUBLIC may not execute what writes');
SELECT is_empty($$SELECT signature FROM f WHERE provolatile <> 'v' AND NOT has_function_privilege('public', oid, 'EXECUTE')$$, 'everybody may execute what only reads');
SELECT is_empty($$SELECT signature FROM f WHERE lanname = 'sql' AND prosqlbody IS NULL AND NOT coalesce(proconfig::text ~ 'search_path=pg_catalog, pg_temp', false)$$, 'SQL functions are parsed at creation or have a fixed search_path');
SELECT is_empty($$SELECT signature FROM f WHERE lanname = 'plpgsql' AND NOT coalesce(proconfig::text ~ 'search_path=pg_catalog, pg_temp', false)$$, 'PL/pgSQL functions have a fixed search_path');
SELECT is_empty($$SELECT signature, lanname FROM f WHERE lanname NOT IN ('c', 'sql', 'plpgsql', 'internal') OR (lanname = 'internal' AND prokind <> 'a')$$, 'languages are C, SQL and PL/pgSQL');
SELECT is_empty($$SELECT signature FROM f WHERE prokind = 'a' AND pronargdefaults > 0$$, 'aggregates have no default arguments');
SELECT is_empty($$SELECT signature FROM f WHERE prokind = 'a' AND oid NOT IN (SELECT aggfnoid FROM pg_aggregate WHERE aggcombinefn <> 0)
  AND signature NOT IN ('tmap.lines_sha256(text,text)', 'tmap.stay_survey(bigint,text,integer[])', 'tmap.lines_present(bigint)')$$, 'every aggregate can be combined, but those over the lines of one file');
SELECT is_empty($$SELECT f.signature FROM f JOIN pg_aggregate a ON a.aggfnoid = f.oid JOIN pg_type t ON t.oid = a.aggtranstype WHERE NOT t.typbyval AND t.typname NOT IN ('text') AND a.aggtransspace = 0$$, 'aggregates with a state by reference tell its size');
SELECT is_empty($$SELECT signature FROM f WHERE lanname = 'c' AND probin <> '$libdir/tmap'$$, 'C functions are of this library');
SELECT is_empty($$SELECT s.name FROM pg_settings s WHERE s.name LIKE 'tmap.%'$$, 'no setting changes a result, and the pseudonym key is in no list');

-- Operators, classes, families.
SELECT is((SELECT count(*) FROM member m WHERE m.kind = 'operator'), 34::bigint, 'six comparisons of five types, and + + + -');
SELECT is_empty($$SELECT m.identity, p.proname FROM member m JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid JOIN pg_type t ON t.oid = o.oprleft JOIN pg_proc p ON p.oid = o.oprcode
  WHERE p.proname <> t.typname || CASE o.oprname WHEN '=' THEN '_eq' WHEN '<>' THEN '_ne' WHEN '<' THEN '_lt' WHEN '<=' THEN '_le' WHEN '>' THEN '_gt' WHEN '>=' THEN '_ge' WHEN '+' THEN '_union' WHEN '-' THEN '_difference' END
  OR o.oprright <> o.oprleft OR p.pronamespace <> 'tmap'::regnamespace$$, 'every operator calls the function of its name and type');
SELECT is_empty($$SELECT m.identity FROM member m JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid JOIN pg_operator c ON c.oid = o.oprcom
  WHERE c.oprcom <> o.oid OR c.oprname <> translate(o.oprname, '<>', CASE WHEN o.oprname = '<>' THEN '<>' ELSE '><' END)$$, 'commutators are mutual and mirrored');
SELECT is_empty($$SELECT m.identity FROM member m JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid LEFT JOIN pg_operator n ON n.oid = o.oprnegate
  WHERE o.oprresult = 'boolean'::regtype AND (n.oprname, n.oprnegate) IS DISTINCT FROM (CASE o.oprname WHEN '=' THEN '<>' WHEN '<>' THEN '=' WHEN '<' THEN '>=' WHEN '<=' THEN '>' WHEN '>' THEN '<=' ELSE '<' END, o.oid)$$, 'negators are mutual and right');
SELECT is((SELECT count(*) FROM member WHERE kind = 'operator class'), 10::bigint, 'a btree and a hash class for each of five types');
SELECT is_empty($$SELECT identity FROM member WHERE CASE kind WHEN 'operator class' THEN NOT amvalidate(objid) END$$, 'operator classes are valid');
SELECT is_empty($$SELECT t.typname FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid WHERE t.typtype = 'b' AND t.typelem = 0
  AND (t.typreceive = 0 OR t.typsend = 0 OR NOT EXISTS (SELECT FROM pg_opclass c WHERE c.opcintype = t.oid AND c.opcdefault AND c.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'hash')))$$, 'every base type has binary input and output and default classes');
SELECT is_empty($$SELECT castsource::regtype, casttarget::regtype FROM pg_cast c WHERE 'tmap'::regnamespace IN (SELECT typnamespace FROM pg_type WHERE oid IN (c.castsource, c.casttarget))$$, 'no cast goes round the checks of input');
-- PostgreSQL's own checks of operator classes (opr_sanity): strictness and result type of support functions.
SELECT is_empty($$SELECT a.amprocfamily, a.amproc FROM pg_amproc a JOIN pg_proc p ON p.oid = a.amproc WHERE p.pronamespace = 'tmap'::regnamespace AND (NOT p.proisstrict OR p.provolatile <> 'i')$$, 'support functions are strict and immutable');

-- A role without rights can read and compute but not make atlases.
CREATE ROLE tmap_reader;
GRANT USAGE ON SCHEMA tmap TO tmap_reader;
SET LOCAL ROLE tmap_reader;
SELECT throws_ok($$SELECT tmap.create_atlas('x')$$, '42501', NULL, 'create_atlas is refused to a plain role');
SELECT throws_ok($$SELECT tmap.upgrade_atlas('x')$$, '42501', NULL, 'upgrade_atlas is refused to a plain role');
SELECT throws_ok($$CREATE FUNCTION tmap.mine() RETURNS int LANGUAGE sql RETURN 1$$, '42501', NULL, 'a plain role cannot create in schema tmap');
SELECT is(tmap.proportion(1, 2), 0.5::float8, 'a plain role can compute');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
