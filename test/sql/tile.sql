-- Shapes for every zoom, tiles, and the JSON functions of the map.
\set VERBOSITY terse
\pset format unaligned
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SET search_path = public;
SELECT tmap.create_atlas('ti') \g /dev/null
SET search_path = ti, tmap, public;
CREATE FUNCTION box(w float8, s float8, e float8, n float8) RETURNS geometry LANGUAGE sql RETURN ST_Multi(ST_MakeEnvelope(w, s, e, n, 4326));
-- FRX: two regions (one has departments, the other none), and an islet. FJX lies on both sides of 180 degrees, AQX around the pole. OLD and NEW share a place at different times.
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id, source, geom) SELECT 'ISO 3166-1', v.code, v.name, 'country', a.area_id, 'Made up', v.geom
FROM area a, (VALUES ('FRX', 'Square land', ST_Union(box(0, 40, 8, 48), box(20, 40, 20.001, 40.001))::geometry), ('FJX', 'Both sides', ST_Collect(ST_MakeEnvelope(177, -19, 180, -16, 4326), ST_MakeEnvelope(-180, -19, -178, -16, 4326))),
  ('AQX', 'Polar land', box(-180, -90, 180, -70))) v (code, name, geom) WHERE a.code = 'W';
INSERT INTO area (code_system, code, name, level, parent_id, geom) SELECT 'tmap', v.code, v.name, 'region', a.area_id, v.geom
FROM area a, (VALUES ('R1', 'West region', box(0, 40, 4, 48)), ('R2', 'East region', box(4, 40, 8, 48))) v (code, name, geom) WHERE a.code = 'FRX';
INSERT INTO area (code_system, code, name, level, parent_id, geom, valid_from, valid_to) SELECT 'tmap', v.code, v.name, 'department', a.area_id, v.geom, v.f, v.t
FROM area a, (VALUES ('D1', 'South department', box(0, 40, 4, 44), NULL::date, NULL::date), ('OLD', 'Old department', box(0, 44, 4, 48), NULL, '2023-12-31'), ('NEW', 'New department', box(0, 44, 4, 48), '2024-01-01', NULL)) v (code, name, geom, f, t) WHERE a.code = 'R1';
INSERT INTO source (source_key, title, origin, quality) VALUES ('count', 'Counts handed in', 'submitted', 'B'), ('paper', 'A printed figure', 'reported', 'C');
INSERT INTO stroke_centre (name, level, area_id, opened, closed, source_id, point) SELECT v.name, v.level, a.area_id, v.opened, v.closed, find_source('paper'), v.point
FROM area a, (VALUES ('First centre', 'comprehensive', '2019-05-01'::date, NULL::date, ST_Point(2, 42, 4326)), ('Polar centre', 'primary', NULL, '2022-06-30', ST_Point(10, -89, 4326)), ('Dateline centre', 'primary', NULL, NULL, ST_Point(180, -17, 4326))) v (name, level, opened, closed, point)
WHERE a.code = 'D1';
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT a.area_id, make_date(y, 1, 1), make_date(y, 12, 31), 'thrombectomy_per_stroke', find_source('count'), tmap.tally(tmap.stratum('total', NULL, NULL, NULL), e, n), 'reported'
FROM (VALUES ('D1', 3, 77), ('OLD', 50, 700), ('NEW', 52, 702), ('R2', 33, 800)) v (code, e, n) JOIN area a USING (code), generate_series(2023, 2024) y WHERE NOT (y = 2024 AND code = 'OLD' OR y = 2023 AND code = 'NEW');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT p.area_id, f.valid_from, f.valid_to, f.indicator, f.source_id, tmap.rollup(f.tally), 'computed' FROM fact f JOIN area a USING (area_id) JOIN area p ON p.area_id = CASE WHEN a.level = 'department' THEN a.parent_id END GROUP BY 1, 2, 3, 4, 5;
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT c.area_id, f.valid_from, f.valid_to, f.indicator, f.source_id, tmap.rollup(f.tally), 'computed' FROM fact f JOIN area a USING (area_id) JOIN area c ON c.code = 'FRX' WHERE a.level = 'region' GROUP BY 1, 2, 3, 4, 5;
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, reported_value, reported_per) SELECT area_id, '2024-01-01', '2024-12-31', 'thrombectomy_per_stroke', find_source('paper'), 4.2, 100 FROM area WHERE code = 'FJX';
SELECT choose_facts() > 0 AS chosen;

-- Before anything is published there is no map; a draft is none.
CREATE FUNCTION named(tile bytea) RETURNS text LANGUAGE sql AS $$SELECT string_agg(a.name, ', ' ORDER BY a.area_id) FROM (SELECT area_id, name FROM ti.area UNION ALL SELECT 1000 + centre_id, name FROM ti.stroke_centre) a WHERE position(convert_to(a.name, 'UTF8') IN tile) > 0$$;
SELECT length(mvt(0, 0, 0)), length(tile(0, 0, 0)), map_info()::jsonb #> '{release,editions}' AS editions, map_info()::jsonb -> 'years' AS years;
SELECT suppressed FROM compute_edition('first', '{2023,2024}', '{}', false);
SELECT named(tile(0, 0, 0)) AS "of a draft";
SELECT publish_edition('first') AS figures;
SELECT named(tile(0, 0, 0)) AS published;

-- Shapes: every area in every band, valid, on the grid; cut at the pole; outer rings clockwise; a second call finds nothing to do.
SELECT count(*) = 11 * (SELECT count(*) FROM area WHERE geom IS NOT NULL) AS "all areas in all bands", bool_and(ST_IsValid(geom)) AS valid, bool_and(ST_IsPolygonCW(geom)) AS clockwise,
  min(ST_YMin(geom)) > -20037509 AS cut, max(ST_XMax(geom)) < 20037509 AS "within the world" FROM area_shape;
SELECT bool_and(abs(u - round(u)) < 1e-6) AS "corners lie on the grid"
FROM area_shape s CROSS JOIN LATERAL ST_DumpPoints(s.geom) p CROSS JOIN LATERAL (VALUES ((ST_X(p.geom) + 20037508.342789244) * 4096 * 2 ^ s.band / 40075016.685578488), ((ST_Y(p.geom) + 20037508.342789244) * 4096 * 2 ^ s.band / 40075016.685578488)) g (u) WHERE s.band < 10;
SELECT build_shapes() AS "nothing to do";
UPDATE area SET geom = box(4, 40, 8, 48.5) WHERE code = 'R2';
SELECT build_shapes() AS "one level anew";
UPDATE area SET geom = box(4, 40, 8, 48) WHERE code = 'R2';
SELECT build_shapes() AS "and back";
SELECT a.code, m.from_zoom, m.to_zoom FROM map_area m JOIN area a USING (area_id) ORDER BY a.area_id;

-- Level by zoom: nothing goes blank. East region has no departments.
SELECT z, named(tile(z, x, y)) AS shown FROM (VALUES (0, 0, 0), (3, 4, 2), (4, 8, 5), (5, 16, 11), (6, 32, 23), (10, 522, 376), (6, 35, 24)) t (z, x, y);
SELECT named(tile(3, 4, 2, '{"level": "department"}')) AS departments, named(tile(3, 4, 2, '{"level": "region"}')) AS regions, named(tile(6, 32, 23, '{"level": "country"}')) AS country;
SELECT named(tile_year(6, 32, 22, 2023)) AS "2023", named(tile_year(6, 32, 22)) AS "2024", named(tile(6, 32, 22)) AS "both";
-- The antimeridian and the poles.
SELECT named(tile(2, 0, 2)) AS west, named(tile(2, 3, 2)) AS east, named(tile(2, 1, 2)) AS between, named(tile(5, 16, 31)) AS pole, named(tile(5, 16, 0)) AS north;
SELECT max(ST_XMax(d.geom) - ST_XMin(d.geom)) < 400000 AS "no streak around the world" FROM area_shape s JOIN area a USING (area_id) CROSS JOIN LATERAL ST_Dump(s.geom) d WHERE a.code = 'FJX';

-- Outside the grid: empty, not an error. Nonsense: 22023.
SELECT length(tile(0, 1, 0)), length(tile(0, 0, -1)), length(tile(-1, 0, 0)), length(tile(31, 0, 0)), length(tile(30, 1073741824, 0)), length(tile(2147483647, 2147483647, 2147483647)), length(tile(5, 16, 14, '{"level": "department"}'));
\set VERBOSITY sqlstate
SELECT tile(0, 0, 0, '[]');
SELECT tile(0, 0, 0, '"x"');
SELECT tile(0, 0, 0, '{"indicator": "nothing"}');
SELECT tile(0, 0, 0, '{"level": "parish"}');
SELECT tile(0, 0, 0, '{"year": 1999}');
SELECT tile(0, 0, 0, '{"year": "20x4"}');
SELECT tile(0, 0, 0, '{"year": 2024.5}');
SELECT tile(0, 0, 0, '{"year": [2024]}');
SELECT tile(0, 0, 0, '{"level": 1}');
SELECT tile(0, 0, NULL);
SELECT tile(0, 5, 0, '{"level": "parish"}');
SELECT tile_year(0, 0, 0, 1999);
SELECT mvt(0, 0, 0, 2024, 'x'' OR true --');
SELECT geojson('thrombectomy_per_stroke', 'auto', 2024);
SELECT geojson('thrombectomy_per_stroke', 'country', 1999);
SELECT geojson('thrombectomy_per_stroke', 'country', 2024, 31);
SELECT geojson('thrombectomy_per_stroke', 'country', 2024, 3, 16);
SELECT geojson('thrombectomy_per_stroke', NULL, 2024);
SELECT geojson('thrombectomy_per_stroke', 'parish', 2024);
SELECT values_json('nothing');
SELECT values_json('thrombectomy_per_stroke', 'parish');
SELECT area_json(0);
SELECT area_json(NULL);
SELECT maplibre_style('thrombectomy_per_stroke', 1999);
SELECT maplibre_style('thrombectomy_per_stroke', 2024, 'https://example.org/{z}/{x}');
\set VERBOSITY terse
SELECT tile(0, 0, 0, NULL) = tile(0, 0, 0) AS "no parameters", tile(0, 0, 0, '{"token": [1], "year": null, "level": "", "indicator": null}') = tile(0, 0, 0) AS "others' and empty ones",
  tile(0, 0, 0, '{"year": "2024"}') = tile_year(0, 0, 0) AS "a year as text", mvt(0, 0, 0) = tile(0, 0, 0) AS "for PostgREST";

-- Equal bytes under any plan, and in a read-only transaction.
CREATE FUNCTION digests() RETURNS text LANGUAGE sql AS $$SELECT md5(string_agg(md5(t.tile), ' ' ORDER BY z, x, y, p)) FROM (
  SELECT z, x, y, p, ti.tile(z, x, y, p::json) FROM generate_series(0, 5) z, generate_series(0, (1 << z) - 1, 1 + (z / 3) * 3) x, generate_series(0, (1 << z) - 1, 1 + (z / 3) * 3) y, unnest(ARRAY['{}', '{"year": 2024, "level": "region"}']) p) t$$;
CREATE TABLE digest AS SELECT 'default' AS plan, digests();
BEGIN READ ONLY; SELECT digests() = (SELECT d.digests FROM digest d) AS "the same read only"; COMMIT;
SET enable_seqscan = off; SET enable_hashjoin = off; INSERT INTO digest SELECT 'nested loops', digests();
RESET enable_seqscan; RESET enable_hashjoin; SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_nestloop = off; INSERT INTO digest SELECT 'no index', digests();
RESET enable_indexscan; RESET enable_bitmapscan; SET enable_hashjoin = off; INSERT INTO digest SELECT 'merge joins', digests();
RESET enable_nestloop; RESET enable_hashjoin; SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; INSERT INTO digest SELECT 'parallel', digests();
RESET ALL;
SET client_min_messages = warning; SET search_path = ti, tmap, public; SET datestyle = 'ISO, YMD';
SELECT count(*) AS plans, count(DISTINCT digests) AS "different bytes" FROM digest;

-- JSON.
SELECT j -> 'indicator' AS indicator, j -> 'level' AS level, j -> 'years' AS years FROM (SELECT values_json('thrombectomy_per_stroke', 'department')::jsonb AS j) x;
SELECT e.key, e.value FROM jsonb_each(values_json('thrombectomy_per_stroke', 'department')::jsonb -> 'areas') e;
SELECT jsonb_object_keys(values_json('thrombectomy_per_stroke', 'all')::jsonb -> 'areas')::int AS area_id ORDER BY 1;
SELECT i ->> 'indicator' AS indicator, jsonb_array_length(i -> 'series') AS series, i #> '{series,0,status}' AS status, i #> '{series,0,value}' AS value, i #> '{series,0,parent_value}' AS parent_value, j -> 'children' AS children, jsonb_path_query_array(j, '$.centres[*].name') AS centres,
  j #>> '{area,parent,name}' AS parent FROM area a, LATERAL (SELECT area_json(a.area_id)::jsonb AS j) x, jsonb_array_elements(j -> 'indicators') i WHERE a.code IN ('D1', 'FRX') ORDER BY a.area_id;
SELECT area_json(area_id)::jsonb - 'area' AS sheet FROM area WHERE code = 'W';
SELECT j ->> 'type' AS type, j -> 'bbox' AS bbox, j ? 'crs' AS crs, f ->> 'id' AS id, f #>> '{geometry,type}' AS geometry, f -> 'properties' AS properties
FROM (SELECT geojson('thrombectomy_per_stroke', 'department', 2024)::jsonb AS j) x, jsonb_array_elements(j -> 'features') f;
SELECT geojson('thrombectomy_per_stroke', 'department', 2023)::jsonb #>> '{features,1,properties,code}' AS "2023", geojson('thrombectomy_per_stroke', 'department', 2024)::jsonb #>> '{features,1,properties,code}' AS "2024";
SELECT z, d, length(geojson('thrombectomy_per_stroke', 'region', NULL, z, d)::jsonb #>> '{features,0,geometry,coordinates,0,0,2}') AS "length of a corner", bool_and(ST_IsPolygonCCW(ST_GeomFromGeoJSON(f -> 'geometry')) AND ST_IsValid(ST_GeomFromGeoJSON(f -> 'geometry'))) AS "right-hand rule"
FROM (VALUES (0, NULL), (3, NULL), (9, NULL), (12, 7), (3, 0)) v (z, d), LATERAL jsonb_array_elements(geojson('thrombectomy_per_stroke', 'region', 2024, z, d::int)::jsonb -> 'features') f GROUP BY z, d ORDER BY z, d;
SELECT map_info()::jsonb - '{release,legend}'::text[];
SELECT jsonb_array_length(map_info()::jsonb -> 'legend') = (SELECT count(*) FROM legend) AS "the whole legend";
SELECT jsonb_pretty(maplibre_style('thrombectomy_per_stroke', NULL, 'https://example.org/{z}/{x}/{y}')::jsonb #> '{layers,1}') AS areas, maplibre_style('thrombectomy_per_stroke', 2023, 'https://example.org/{z}/{x}/{y}?k=1')::jsonb #>> '{sources,tmap,tiles,0}' AS address;

-- The release id and the tiles follow classes, centres and boundaries; a withdrawn edition is gone.
CREATE FUNCTION id() RETURNS text LANGUAGE sql AS $$SELECT ti.map_info()::jsonb #>> '{release,id}'$$;
SELECT id() AS id, md5(tile(6, 32, 23)) AS tile \gset
SELECT set_classes('thrombectomy_per_stroke', '{1,2,3}');
SELECT id() <> :'id' AS "id follows classes", md5(tile(6, 32, 23)) <> :'tile' AS "tiles do";
SELECT id() AS id \gset
UPDATE stroke_centre SET name = 'Second centre' WHERE name = 'First centre';
SELECT id() <> :'id' AS "id follows centres";
SELECT id() AS id \gset
UPDATE area SET name = 'Westernmost region' WHERE code = 'R1';
UPDATE area SET source = NULL WHERE source IS NOT NULL;
SELECT build_shapes() AS "no boundary is new";
SELECT id() <> :'id' AS "id follows names", named(tile(6, 32, 22, '{"level": "region"}')) AS "all years", named(tile_year(6, 32, 22, 2024, 'thrombectomy_per_stroke', 'region')) AS "one year";
SELECT maplibre_style('thrombectomy_per_stroke', NULL, 'https://example.org/{z}/{x}/{y}')::text LIKE '%null%' AS "null in a style";
SELECT id() AS id \gset
SET datestyle = 'SQL, DMY'; SET extra_float_digits = 0;
SELECT id() = :'id' AS "id whatever the style of dates", build_shapes() AS "nor are shapes made anew";
RESET extra_float_digits; SET datestyle = 'ISO, YMD';
-- Nor does an area that is smaller than a unit of the grid become a line.
INSERT INTO area (code_system, code, name, level, parent_id, geom) SELECT 'ISO 3166-1', 'TNY', 'Tiny land', 'country', area_id, box(0.36, -10.001, 0.361, -10) FROM area WHERE code = 'W';
SELECT build_shapes() AS "one level anew";
SELECT z, bool_and(ST_IsPolygonCCW(g) AND ST_Area(g) > 0) AS "rings with an inside" FROM generate_series(0, 12, 3) z, LATERAL jsonb_array_elements(geojson('thrombectomy_per_stroke', 'country', 2024, z)::jsonb -> 'features') f, ST_GeomFromGeoJSON(f -> 'geometry') g GROUP BY z ORDER BY z;
SELECT bool_or(ST_Area(ST_GeomFromGeoJSON(f -> 'geometry')) = 0) AS "it would with fewer digits" FROM jsonb_array_elements(geojson('thrombectomy_per_stroke', 'country', 2024, 0, 1)::jsonb -> 'features') f;
DELETE FROM area WHERE code = 'TNY';
SELECT withdraw_edition('first', 'a test') AS figures;
SELECT named(tile(6, 32, 22)) AS "areas without figures", map_info()::jsonb -> 'years' AS years, values_json('thrombectomy_per_stroke', 'all')::jsonb -> 'areas' AS areas;
-- An area that is deleted is gone from the map at once.
DELETE FROM area WHERE code = 'AQX';
SELECT named(tile(0, 0, 0)) AS "without it";
DROP SCHEMA ti CASCADE;
