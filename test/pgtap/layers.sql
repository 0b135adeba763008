-- What is public, as clients find it: the rules by which Martin, pg_tileserv, pg_featureserv, PostgREST and QGIS discover layers, as queries of the catalogue.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();
SELECT tmap.create_atlas('shown') \g /dev/null
CREATE TEMP VIEW seen AS
SELECT c.oid, c.relname, c.relkind, c.relnatts FROM pg_class c
WHERE c.relnamespace = 'shown'::regnamespace AND c.relname IN (SELECT relation FROM shown.relation_rights() WHERE kind = 'reader') AND c.relkind IN ('r', 'v', 'm');
CREATE TEMP VIEW col AS
SELECT s.relname, s.oid, a.attname, a.attnum, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod) AS type, a.attnum = 1 AS first, a.attnum = s.relnatts AS last FROM seen s JOIN pg_attribute a ON a.attrelid = s.oid AND a.attnum > 0;
CREATE TEMP VIEW layer AS SELECT * FROM seen s WHERE EXISTS (SELECT FROM col c WHERE c.oid = s.oid AND c.type LIKE '%geometry%');

SELECT bag_has($$SELECT relname::text FROM seen$$, $$VALUES ('release'), ('value'), ('value_by_edition'), ('country_latest'), ('country_year'), ('region_latest'), ('region_year'), ('centre'), ('indicator'), ('legend')$$, 'the public lists and layers are there');
SELECT bag_has($$SELECT relname::text FROM layer$$, $$VALUES ('country_latest'), ('country_year'), ('region_latest'), ('region_year'), ('centre')$$, 'and the layers have a geometry');

-- QGIS: an int4 key first, one geometry with type and SRID, a name to label with, dates of its time slider, comments as its tooltips; it ignores ranges, and opens bigint and numeric keys slowly or as text.
SELECT is_empty($$SELECT relname, attname, type FROM col WHERE first AND relname <> 'area_shape' AND (attname, type) IS DISTINCT FROM ('fid'::name, 'integer')$$, 'fid is first, and int4');
SELECT is_empty($$SELECT relname FROM col WHERE type LIKE '%geometry%' GROUP BY relname HAVING count(*) <> 1 OR NOT bool_and(last)$$, 'one geometry, last');
SELECT is_empty($$SELECT relname, type FROM col WHERE type LIKE '%geometry%' AND type !~ 'geometry\((MultiPolygon|Point),(4326|3857)\)$'$$, 'it tells its type and SRID');
SELECT is_empty($$SELECT relname FROM layer l WHERE relname <> 'area_shape' AND (SELECT count(*) FROM col c WHERE c.oid = l.oid AND (c.attname, c.type) IN (('name', 'text'), ('valid_from', 'date'), ('valid_to', 'date'))) <> 3$$, 'a layer has a name, valid_from and valid_to');
SELECT is_empty($$SELECT relname, attname, type FROM col WHERE type ~ 'range$|^(numeric|bigint|smallint|real|money|character)'$$, 'no type that a client drops or turns into a string');
-- PostgREST, Martin, pg_featureserv: comments of the view itself, first line the summary; Martin takes a JSON comment for TileJSON, so words do not begin like JSON.
SELECT is_empty($$SELECT relname FROM seen WHERE relkind = 'v' AND coalesce(obj_description(oid, 'pg_class'), '') !~ '^[A-Z][^\n.]*\n.'$$, 'a comment: a line of summary, then what is in it');
SELECT is_empty($$SELECT relname, attname FROM col WHERE coalesce(col_description(oid, attnum), '') !~ '^[A-Za-z].*[.]$'$$, 'every column has a comment, a sentence');
-- pg_tileserv and pg_featureserv list what geometry_columns shows with an SRID; Martin likewise.
SELECT is_empty($$SELECT l.relname FROM layer l LEFT JOIN geometry_columns g ON g.f_table_schema = 'shown' AND g.f_table_name = l.relname WHERE g.srid IS NULL OR g.srid = 0 OR g.type NOT IN ('MULTIPOLYGON', 'POINT')$$, 'geometry_columns knows them, with an SRID');
-- Names: an API has them in its addresses.
SELECT is_empty($$SELECT relname, attname FROM col WHERE relname !~ '^[a-z_]+$' OR attname !~ '^[a-z0-9_]+$'$$, 'names need no quotes');
-- Readers read through views with the owner's rights; a barrier where a view leaves rows out.
SELECT is_empty($$SELECT relname FROM pg_class c JOIN seen s USING (oid, relname) WHERE c.relkind = 'v' AND c.reloptions::text LIKE '%security_invoker=%'$$, 'no public view reads with the rights of its reader');
SELECT bag_eq($$SELECT c.relname::text FROM pg_class c JOIN seen s USING (oid) WHERE c.reloptions::text LIKE '%security_barrier=true%'$$, $$VALUES ('release'), ('value_by_edition')$$, 'a barrier where rows of the tables are left out');
-- No cast on a filter column: what a filter names is a column of a table, but for numbers of rows and the days of a year.
SELECT is_empty($$SELECT relname, line FROM seen s, regexp_split_to_table(pg_get_viewdef(s.oid, true), '\n') line WHERE relname ~ '^(country|region)_' AND line ~ '::' AND line !~ 'geom::|''::(text|integer)' $$, 'the layers cast no column');
SELECT is_empty($$SELECT relname, line FROM seen s, regexp_split_to_table(pg_get_viewdef(s.oid, true), '\n') line WHERE relname ~ '^(country|region)_' AND line ~ '(year|level|code|indicator|area_id)\)?::' $$, 'least of all one to filter by');

-- The view indicator is the table to whoever adds to it.
SELECT is((SELECT is_insertable_into FROM information_schema.tables WHERE table_schema = 'shown' AND table_name = 'indicator'), 'YES', 'INSERT INTO indicator goes on working');
SELECT lives_ok($$INSERT INTO shown.indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method) VALUES ('door_to_groin', 'x', 'x', 'x', 'rate', 1, 'x', 'neither', 'exact')$$, 'and takes the defaults of the table');
SELECT results_eq($$SELECT confidence, sort, fid FROM shown.indicator_definition WHERE indicator = 'door_to_groin'$$, $$VALUES (0.95::float8, 0, 3)$$, 'with a number of its own');
SELECT is(shown.build_layers(), 3, 'the layers know it');
SELECT columns_are('shown', 'country_latest', ARRAY(SELECT attname FROM col WHERE relname = 'region_latest'), 'as every layer of the kind');
SELECT is((SELECT count(*)::int FROM col WHERE relname = 'region_year' AND attname LIKE 'door\_to\_groin%'), 20, 'in 20 columns a year');
SELECT finish();
ROLLBACK;
