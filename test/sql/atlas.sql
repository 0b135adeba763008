-- Making and upgrading atlases.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SELECT tmap.create_atlas('atlas_one');
SELECT only_row, layout = tmap.atlas_layout() AS current, library_version = (SELECT extversion FROM pg_extension WHERE extname = 'tmap') AS this_version, upgraded_at
FROM atlas_one.atlas_info;
SELECT c.relkind, c.relname FROM pg_class c WHERE c.relnamespace = 'atlas_one'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S') ORDER BY c.relkind, c.relname COLLATE "C";
SELECT p.oid::regprocedure, p.provolatile FROM pg_proc p WHERE p.pronamespace = 'atlas_one'::regnamespace ORDER BY p.oid::regprocedure::text COLLATE "C";

-- It belongs to the caller, not to the extension; nothing in it runs with another's rights; what writes is not for everybody.
SELECT count(*) AS extension_members FROM pg_depend d WHERE d.deptype = 'e' AND d.classid = 'pg_class'::regclass
  AND d.objid IN (SELECT oid FROM pg_class WHERE relnamespace = 'atlas_one'::regnamespace);
SELECT count(*) FILTER (WHERE prosecdef) AS definer, count(*) FILTER (WHERE proleakproof) AS leakproof,
       count(*) FILTER (WHERE provolatile = 'v' AND prorettype <> 'trigger'::regtype AND has_function_privilege('public', oid, 'EXECUTE')) AS open_writers
FROM pg_proc WHERE pronamespace = 'atlas_one'::regnamespace;
SELECT p.oid::regprocedure AS closed FROM pg_proc p
WHERE p.pronamespace = 'tmap'::regnamespace AND NOT has_function_privilege('public', p.oid, 'EXECUTE') ORDER BY 1;

-- Every table, column, view and function says what it is.
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'atlas_one'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND obj_description(c.oid, 'pg_class') IS NULL;
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'atlas_one'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND col_description(c.oid, a.attnum) IS NULL;
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'atlas_one'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL;
SELECT obj_description('atlas_one'::regnamespace, 'pg_namespace') IS NOT NULL AS schema_has_comment;

-- What cannot be an atlas.
SELECT tmap.create_atlas('atlas_one');
CREATE SCHEMA taken;
CREATE FUNCTION taken.f() RETURNS int LANGUAGE sql RETURN 1;
SELECT tmap.create_atlas('taken');
DROP SCHEMA taken CASCADE;
SELECT tmap.create_atlas('');
SELECT tmap.create_atlas(NULL);
SELECT tmap.create_atlas('pg_atlas');
SELECT tmap.create_atlas('tmap');
SELECT tmap.create_atlas('information_schema');
SELECT tmap.create_atlas(repeat('x', 64));
SELECT tmap.create_atlas('x"; DROP SCHEMA atlas_one; --');
SELECT tmap.create_atlas('$function$');
SELECT tmap.create_atlas('@postgis@');
-- A failure leaves nothing behind.
SELECT count(*) FROM pg_namespace WHERE nspname IN ('taken', 'pg_atlas', '@postgis@');

-- An existing empty schema is taken as it is; any ordinary name does, also one that needs quotes; 63 bytes are not too long.
CREATE SCHEMA "Study 2024-b";
SELECT tmap.create_atlas('Study 2024-b');
SELECT tmap.create_atlas(repeat('x', 63)) = 'atlas ' || repeat('x', 63) || ' made, layout ' || tmap.atlas_layout() AS made;
SELECT count(*) AS objects, count(DISTINCT kind) AS kinds FROM tmap.atlas_catalog('atlas_one') HAVING count(*) < 100;
-- Atlases are built alike.
SELECT * FROM tmap.atlas_catalog('atlas_one') EXCEPT SELECT * FROM tmap.atlas_catalog('Study 2024-b');
SELECT * FROM tmap.atlas_catalog('Study 2024-b') EXCEPT SELECT * FROM tmap.atlas_catalog('atlas_one');
SELECT kind, count(*) > 0 AS some FROM tmap.atlas_catalog('atlas_one') GROUP BY kind ORDER BY kind;
SELECT count(*) AS of_nothing FROM tmap.atlas_catalog('no_such_schema');

-- Two atlases do not mix.
INSERT INTO atlas_one.area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World one', 'world');
INSERT INTO "Study 2024-b".area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World of the study', 'world');
INSERT INTO "Study 2024-b".source (source_key, title, origin) VALUES ('s', 'Only here', 'synthetic');
SELECT (SELECT name FROM atlas_one.area) AS one, (SELECT name FROM "Study 2024-b".area) AS other, atlas_one.area_at(NULL, 'world') AS nowhere;
SELECT atlas_one.find_source('s');
SELECT "Study 2024-b".find_source('s') IS NOT NULL AS found;
INSERT INTO "Study 2024-b".stroke (country, year, stroke_id, stratum, treated, source_id) VALUES ('AAA', 2020, 1, 'all', true, "Study 2024-b".find_source('s'));
SELECT "Study 2024-b".add_stroke_year(2020);
SELECT tableoid::regclass, country, year FROM "Study 2024-b".stroke;

-- Upgrading: nothing to do, not an atlas, newer than the library.
SELECT tmap.upgrade_atlas('atlas_one');
SELECT tmap.upgrade_atlas('public');
SELECT tmap.upgrade_atlas('no_such_schema');
SELECT tmap.upgrade_atlas(NULL);
BEGIN;
UPDATE atlas_one.atlas_info SET layout = tmap.atlas_layout() + 1;
SELECT tmap.upgrade_atlas('atlas_one');
ROLLBACK;
-- The steps an old atlas has not had are run in their order, all or nothing; then it is as a new one.
BEGIN;
SELECT tmap.create_atlas('atlas_old');
UPDATE atlas_old.atlas_info SET layout = -2;
DROP VIEW atlas_old.unlocated;
ALTER TABLE atlas_old.fact DROP CONSTRAINT fact_period;
COMMENT ON FUNCTION atlas_old.area_at(public.geometry, text, date) IS 'old';
SELECT kind, name FROM (SELECT * FROM tmap.atlas_catalog('atlas_one') EXCEPT SELECT * FROM tmap.atlas_catalog('atlas_old')) d ORDER BY 1, 2;
CREATE OR REPLACE FUNCTION tmap.atlas_updates() RETURNS TABLE (layout integer, ddl text) LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  VALUES (1, 'SELECT 1/(SELECT count(*) FROM @atlas@.step); DROP TABLE @atlas@.step; ALTER TABLE @atlas@.fact ADD CONSTRAINT fact_period CHECK (valid_from <= valid_to)'),
         (-3, 'SELECT 1/0'), (-2, 'SELECT 1/0'), (0, 'CREATE TABLE @atlas@.step AS SELECT 1; '
   || (SELECT substring(ddl FROM 'CREATE VIEW @atlas@.unlocated.*$') FROM tmap.atlas_ddl() WHERE part = '55_tally')
   || (SELECT substring(ddl FROM 'COMMENT ON FUNCTION @atlas@.area_at.*$') FROM tmap.atlas_ddl() WHERE part = '22_locate')) $$;
SELECT tmap.upgrade_atlas('atlas_old');
SELECT tmap.upgrade_atlas('atlas_old');
SELECT upgraded_at IS NOT NULL AS noted FROM atlas_old.atlas_info;
SELECT * FROM tmap.atlas_catalog('atlas_one') EXCEPT SELECT * FROM tmap.atlas_catalog('atlas_old');
SELECT * FROM tmap.atlas_catalog('atlas_old') EXCEPT SELECT * FROM tmap.atlas_catalog('atlas_one');
ROLLBACK;

-- Look-alikes of a hostile user in the search path change nothing.
CREATE SCHEMA trap;
CREATE FUNCTION trap.trapped(text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.quote_ident(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.text_eq(text, text) RETURNS boolean LANGUAGE sql RETURN trap.trapped($1);
CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.text_eq);
SET search_path = trap, pg_catalog;
SELECT tmap.create_atlas('atlas_trapped');
INSERT INTO atlas_trapped.area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
SELECT area_id, status FROM atlas_trapped.locate(public.ST_SetSRID(public.ST_MakePoint(0, 0), 4326), 'world');
SELECT tmap.upgrade_atlas('atlas_trapped');
RESET search_path;
DROP SCHEMA trap CASCADE;

-- A role without rights can neither make an atlas nor write to one.
CREATE ROLE regress_atlas_guest;
GRANT USAGE ON SCHEMA tmap, atlas_one TO regress_atlas_guest;
SET ROLE regress_atlas_guest;
SELECT tmap.create_atlas('guest');
SELECT atlas_one.roll_up('s');
RESET ROLE;
DROP OWNED BY regress_atlas_guest;
DROP ROLE regress_atlas_guest;
-- An ordinary role that may create schemas owns what it makes.
CREATE ROLE regress_atlas_owner;
GRANT EXECUTE ON FUNCTION tmap.create_atlas(text), tmap.upgrade_atlas(text) TO regress_atlas_owner;
GRANT USAGE ON SCHEMA tmap TO regress_atlas_owner;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_atlas_owner', current_database()); END $$;
SET ROLE regress_atlas_owner;
SELECT tmap.create_atlas('atlas_owned');
SELECT tmap.upgrade_atlas('atlas_owned');
SELECT tmap.upgrade_atlas('atlas_one');
INSERT INTO atlas_owned.source (source_key, title, origin) VALUES ('s', 'Mine', 'synthetic');
SELECT * FROM atlas_owned.tally_strokes('s');
RESET ROLE;
SELECT count(*) FILTER (WHERE relowner <> 'regress_atlas_owner'::regrole) AS owned_by_others FROM pg_class WHERE relnamespace = 'atlas_owned'::regnamespace;
DROP SCHEMA atlas_one, atlas_owned, atlas_trapped, "Study 2024-b" CASCADE;
DO $$ BEGIN EXECUTE format('DROP SCHEMA %I CASCADE', repeat('x', 63)); END $$;
DROP OWNED BY regress_atlas_owner;
DROP ROLE regress_atlas_owner;
