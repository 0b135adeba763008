-- How servers find the functions of the map: the rules of Martin, pg_tileserv and PostgREST, as queries of the catalogue.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();
SELECT tmap.create_atlas('served') \g /dev/null
CREATE TEMP VIEW f AS
SELECT p.oid, p.proname::text AS name, p.proargnames::text[] AS names, p.proargtypes::oid[]::regtype[]::text[] AS types, p.pronargs, p.pronargdefaults, p.prorettype, p.proretset, t.typtype, t.typname, p.provolatile, p.proparallel, p.prosecdef, p.proconfig,
       obj_description(p.oid, 'pg_proc') AS comment
FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype WHERE p.pronamespace = 'served'::regnamespace;

-- Martin: three integers z (zoom), x, y and perhaps a json, returning bytea; the comment is JSON and lists the layers.
CREATE TEMP VIEW martin AS SELECT * FROM f WHERE pronargs IN (3, 4) AND names[1] IN ('z', 'zoom') AND names[2:3] = '{x,y}' AND types[0:2] = '{integer,integer,integer}' AND (pronargs = 3 OR types[3] IN ('json', 'jsonb')) AND prorettype = 'bytea'::regtype AND NOT proretset;
SELECT set_eq($$SELECT name FROM martin$$, ARRAY['tile'], 'Martin finds tile');
SELECT is((SELECT count(*) FROM f WHERE name = 'tile'), 1::bigint, 'under that name there is one function');
SELECT lives_ok($$SELECT comment::json FROM martin WHERE name = 'tile'$$, 'its comment is JSON');
SELECT is((SELECT jsonb_path_query_array(comment::jsonb, '$.vector_layers[*].id') FROM martin WHERE name = 'tile'), '["areas", "centres"]'::jsonb, 'and names the layers');
SELECT ok((SELECT bool_and(jsonb_typeof(l -> 'fields') = 'object') FROM martin, jsonb_array_elements(comment::jsonb -> 'vector_layers') l WHERE name = 'tile'), 'with their fields');
SELECT lives_ok($$PREPARE asked AS SELECT served.tile($1::integer, $2::integer, $3::integer, $4::json)$$, 'as Martin calls it');
-- pg_tileserv: bytea, no domain, the first arguments are named z, x, y and integer; whatever else it asks for comes by its name.
SELECT set_eq($$SELECT name FROM f WHERE prorettype = 'bytea'::regtype AND NOT proretset AND names[1:3] = '{z,x,y}' AND types[0:2] = '{integer,integer,integer}'$$, ARRAY['tile', 'tile_year'], 'pg_tileserv finds tile and tile_year');
SELECT is_empty($$SELECT name FROM f WHERE name IN ('tile', 'tile_year') AND pronargs - pronargdefaults <> 3$$, 'of which z, x, y alone must be given');
SELECT is((SELECT names[4:6] FROM f WHERE name = 'tile_year'), '{year,indicator,level}', 'whose further arguments have names');
SELECT unalike((SELECT comment FROM f WHERE name = 'tile_year'), '{%', 'and whose comment is prose');
-- PostgREST: bytes come from a function that returns a domain named as the media type.
SELECT is((SELECT format('%s %s', typtype, typname) FROM f WHERE name = 'mvt'), 'd application/vnd.mapbox-vector-tile', 'PostgREST sends mvt under its media type');
SELECT set_eq($$SELECT name FROM f WHERE prorettype = 'json'::regtype AND comment NOT LIKE 'Internal: %' AND name IN ('geojson', 'values_json', 'area_json', 'map_info', 'maplibre_style')$$, ARRAY['geojson', 'values_json', 'area_json', 'map_info', 'maplibre_style'], 'and JSON');
SELECT is_empty($$SELECT name FROM f WHERE (name IN ('mvt', 'tile_year') OR prorettype = 'json'::regtype) AND comment !~ '^[A-Z][^\n]{10,120}[^.\n]\n.'$$, 'the first line of a comment is a summary');
-- GET runs in a read-only transaction, as a role with no other rights.
SELECT is_empty($$SELECT name FROM f WHERE (name ~ '^(map_|tile)' OR name IN ('mvt', 'geojson', 'values_json', 'area_json', 'maplibre_style')) AND name NOT IN ('map_svg', 'map_words', 'map_figures', 'map_shapes', 'map_breaks', 'map_colours', 'map_number', 'map_lines') AND (provolatile = 'v' OR proparallel <> 's' OR prosecdef)$$,
  'functions of the map are STABLE or IMMUTABLE, PARALLEL SAFE and run with the rights of the caller');
SELECT is_empty($$SELECT f.name FROM f, aclexplode((SELECT proacl FROM pg_proc p WHERE p.oid = f.oid)) a WHERE a.grantee = 0$$, 'none is for everybody');
-- Layers: a typed geometry, an integer first.
SELECT is((SELECT format('%s %s', type, srid) FROM geometry_columns WHERE f_table_schema = 'served' AND f_table_name = 'area_shape'), 'MULTIPOLYGON 3857', 'area_shape is typed');
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relname = 'layer_styles' AND c.relnamespace = 'served'::regnamespace$$, 'no table of the atlas hides the styles of QGIS');
SELECT is((SELECT attstattarget FROM pg_attribute WHERE attrelid = 'served.map_value'::regclass AND attname = 'properties'), 0, 'no statistics are kept of what tiles say');
SELECT * FROM finish();
ROLLBACK;
