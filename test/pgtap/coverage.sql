-- coverage_simplify with PostGIS as the judge: what comes out is valid, shares its borders and covers what it covered.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE TEMP TABLE given (coverage text, id text, geom geometry);
-- The demo's countries, regions and départements: Natural Earth and others, 230,000 vertices, thousands of islands.
CREATE TEMP TABLE boundary (code_system text, code text, name text, level text, parent_code_system text, parent_code text, geom geometry);
\cd :oracles
\copy boundary FROM PROGRAM 'gzip -dc ../../demo/data/boundaries.csv.gz' WITH (FORMAT csv, HEADER)
INSERT INTO given SELECT level, code, geom FROM boundary WHERE geom IS NOT NULL;

-- Four made-up ones of 144 cells whose sides are zigzags that both neighbours share, cells united by a label: parts, holes, enclaves, islands, lakes (label 0), parts that touch at a point.
INSERT INTO given
WITH cell AS (
  SELECT seed, i, j, CASE h % 6 WHEN 0 THEN 10 + h / 6 % 4 WHEN 1 THEN h / 6 % 5 ELSE 1 + i / 6 + 2 * (j / 6) END AS label
  FROM generate_series(1, 4) AS seed, generate_series(0, 11) AS i, generate_series(0, 11) AS j,
    LATERAL (SELECT hashint8((i * 100 + j) * 100 + seed) & 65535 AS h) AS hash
), around AS (
  SELECT seed, i, j, label, k, t, CASE WHEN k IN (1, 2) THEN t ELSE 8 - t END AS u, (ARRAY[i, i + 1, i, i])[k] AS x, (ARRAY[j, j, j + 1, j])[k] AS y, k IN (1, 3) AS lies
  FROM cell, generate_series(1, 4) AS k, generate_series(0, 7) AS t
), moved AS (
  SELECT *, CASE u % 8 WHEN 0 THEN 0 ELSE (hashint8((x * 100 + y) * 100 + u + lies::int * 50 + seed * 1000003) % 1000) / 1000.0 * 0.1 * least(u, 8 - u) END AS off FROM around
), ring AS (
  SELECT seed, i, j, label, ST_MakeLine(CASE WHEN lies THEN ST_MakePoint(x + u / 8.0, y + off) ELSE ST_MakePoint(x + off, y + u / 8.0) END ORDER BY k, t) AS line FROM moved GROUP BY seed, i, j, label
)
SELECT 'made up ' || seed, label::text, ST_SetSRID(ST_Union(ST_MakePolygon(ST_AddPoint(line, ST_StartPoint(line)))), 3857) FROM ring WHERE label > 0 GROUP BY seed, label;
SELECT cmp_ok(sum(ST_NumInteriorRings(d.geom)), '>', 20::bigint, 'the made-up ones have holes') FROM given, ST_Dump(geom) AS d WHERE coverage ~ 'made';
SELECT is(count(*) FILTER (WHERE ST_IsValid(geom)), count(*), 'what is given is valid') FROM given;

CREATE TEMP TABLE simple AS
SELECT given.*, tolerance, min_part, tmap.coverage_simplify(geom::bytea, tolerance, min_part) OVER (PARTITION BY coverage, tolerance, min_part)::geometry AS simple
FROM given, (VALUES (0.05, 0), (0.3, 0), (0.3, 0.05), (2, 1.5), (0, 1e9)) AS how (tolerance, min_part) WHERE coverage <> 'country' OR tolerance IN (0, 0.3);
CREATE INDEX ON simple USING gist (simple);
ANALYZE simple;

SELECT is((SELECT count(*) FROM simple WHERE NOT ST_IsValid(simple) OR ST_IsEmpty(simple) OR ST_SRID(simple) <> ST_SRID(geom)), 0::bigint, format('all %s polygons are valid and there', (SELECT count(*) FROM simple)));
SELECT is((SELECT count(*) FROM simple WHERE NOT (SELECT bool_and(ST_NPoints(r.geom) >= 4 AND ST_Area(r.geom) > 0) FROM ST_Dump(simple) AS d, ST_DumpRings(d.geom) AS r)), 0::bigint, 'every ring has an area');
SELECT is((SELECT count(*) FROM simple WHERE min_part = 0 AND (ST_NumGeometries(simple) <> ST_NumGeometries(geom) OR ST_NRings(simple) <> ST_NRings(geom))), 0::bigint, 'without min_part no part and no hole is lost');
SELECT is((SELECT count(*) FROM simple AS a JOIN simple AS b USING (coverage, tolerance, min_part) WHERE a.id < b.id AND a.simple && b.simple AND ST_Overlaps(a.simple, b.simple)), 0::bigint, 'no two overlap');
SELECT ok(bool_and(abs(parts / whole - 1) < 1e-12), format('areas of %s coverages add up to that of their union', count(*)))
FROM (SELECT sum(ST_Area(simple)) AS parts, ST_Area(ST_Union(simple)) AS whole FROM simple GROUP BY coverage, tolerance, min_part) AS t;
-- A gap would be a hole of the union that was not there.
SELECT is((SELECT count(*) FROM (SELECT ST_NRings(ST_Union(simple)) - ST_NumGeometries(ST_Union(simple)) AS holes, ST_NRings(ST_Union(geom)) - ST_NumGeometries(ST_Union(geom)) AS given
    FROM simple WHERE coverage ~ 'made' GROUP BY coverage, tolerance, min_part) AS t WHERE holes > given), 0::bigint, 'no gap between neighbours');
-- Neighbours have the same border, point by point: what they share is as long as it is for one of them alone along the other.
SELECT is((SELECT count(*) FROM simple AS a JOIN simple AS b USING (coverage, tolerance, min_part) WHERE coverage ~ 'made' AND min_part = 0 AND a.id < b.id AND ST_Touches(a.geom, b.geom)
    AND ST_Dimension(ST_Intersection(a.geom, b.geom)) <> ST_Dimension(ST_Intersection(a.simple, b.simple))), 0::bigint, 'neighbours along a border stay neighbours along a border');
SELECT is((SELECT count(*) FROM simple AS a, ST_DumpPoints(a.simple) AS p WHERE coverage = 'made up 1' AND NOT EXISTS (SELECT FROM ST_DumpPoints(a.geom) AS q WHERE q.geom ~= p.geom)), 0::bigint, 'every corner is one that was given');
SELECT cmp_ok(sum(ST_NPoints(simple)) FILTER (WHERE tolerance = 0.3), '<', sum(ST_NPoints(geom)) FILTER (WHERE tolerance = 0.3) / 3, 'and they are far fewer') FROM simple;
SELECT ok(bool_and(n2 <= n1), 'a larger tolerance leaves no more of a coverage')
FROM (SELECT sum(ST_NPoints(simple)) FILTER (WHERE tolerance = 0.05) AS n1, sum(ST_NPoints(simple)) FILTER (WHERE tolerance = 0.3 AND min_part = 0) AS n2 FROM simple GROUP BY coverage) AS t;

-- min_part: nothing below it but the largest part and what has neighbours; the largest part of each stays.
SELECT is((SELECT count(*) FROM simple, ST_Dump(simple) AS d WHERE tolerance = 0 AND coverage = 'country' AND ST_Area(d.geom) < (SELECT max(ST_Area(m.geom)) FROM ST_Dump(simple) AS m)
    AND NOT EXISTS (SELECT FROM given AS g WHERE g.coverage = 'country' AND g.id <> simple.id AND ST_Intersects(g.geom, d.geom))), 0::bigint, 'no island is left but the largest part');
SELECT ok(bool_and(most <= left_area * (1 + 1e-12)), 'every region keeps its largest part')
FROM (SELECT (SELECT max(ST_Area(d.geom)) FROM ST_Dump(geom) AS d) AS most, (SELECT max(ST_Area(d.geom)) FROM ST_Dump(simple) AS d) AS left_area FROM simple WHERE tolerance = 0) AS t;

-- The same bits for any order of rows, frame and plan, and once more for what is simple already.
CREATE TEMP TABLE again AS
SELECT coverage, id, tmap.coverage_simplify(geom::bytea, 0.3) OVER (PARTITION BY coverage ORDER BY hashtext(id || 'x') ROWS 1 PRECEDING) AS other,
  tmap.coverage_simplify(geom::bytea, 0.3) OVER (PARTITION BY coverage ORDER BY id DESC) AS back FROM given;
SELECT ok(bool_and(simple::bytea = other AND other = back), format('the same bits in any order: %s polygons', count(*))) FROM again JOIN simple USING (coverage, id) WHERE tolerance = 0.3 AND min_part = 0;
SELECT ok(bool_and(encode(a.other, 'hex') = encode(b, 'hex')), 'a region given twice becomes the same twice')
FROM again AS a JOIN (SELECT id, tmap.coverage_simplify(geom::bytea, 0.3) OVER () AS b FROM (SELECT * FROM given WHERE coverage = 'department' UNION ALL SELECT * FROM given WHERE coverage = 'department' AND id IN (SELECT min(id) FROM given WHERE coverage = 'department')) AS g) AS d USING (id)
WHERE coverage = 'department';

-- Alone against PostGIS's own Visvalingam-Whyatt: without neighbours and narrows the corners left are as many.
SELECT ok(abs(sum(ST_NPoints(mine)) / sum(ST_NPoints(theirs))::float8 - 1) < 0.02, format('as many corners as ST_SimplifyVW leaves: %s and %s', sum(ST_NPoints(mine)), sum(ST_NPoints(theirs))))
FROM (SELECT tmap.coverage_simplify(geom::bytea, 0.05) OVER (PARTITION BY id)::geometry AS mine, ST_SimplifyVW(geom, 0.0025) AS theirs FROM given WHERE coverage = 'department') AS t;

-- Hostile bytes end in an error of the right kind.
CREATE FUNCTION pg_temp.state(wkb bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tmap.coverage_simplify(wkb, 1) OVER ();
  RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END $$;
CREATE TEMP TABLE good AS SELECT geom::bytea AS wkb FROM given WHERE coverage = 'department' ORDER BY length(geom::bytea) LIMIT 1;
SELECT is((SELECT array_agg(DISTINCT pg_temp.state(substr(wkb, 1, n))) FROM good, generate_series(0, length(wkb) - 1) AS n), '{22023}', 'cut short anywhere: 22023');
SELECT is((SELECT array_agg(DISTINCT pg_temp.state(set_byte(wkb, n, 255))) FILTER (WHERE n < 26 AND n NOT BETWEEN 5 AND 8) FROM good, generate_series(0, length(wkb) - 1) AS n), '{22023}', 'a byte of the head set to 255: 22023');
SELECT ok((SELECT bool_and(pg_temp.state(set_byte(wkb, n, 255)) IN ('22023', 'taken')) FROM good, generate_series(0, length(wkb) - 1) AS n), 'any byte set to 255: refused or taken');

SELECT * FROM finish();
ROLLBACK;
