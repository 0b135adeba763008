-- Generalising a coverage of about 35,000 polygons of 96 vertices: tmap.coverage_simplify against PostGIS polygon by polygon on the same table.
--   psql -v areas=35000 -f test/bench-coverage.sql      (database with tmap, role that may read /proc; each line a backend of its own)
\set ON_ERROR_STOP on
\if :{?areas}
\else
\set areas 35000
\endif
SET client_min_messages = warning;
SET jit = off;
-- Cells like bricks of hexagonal form, their corners moved, each edge a fractal of 16 pieces that both cells share; metres, about 15 km2 a cell.
DROP TABLE IF EXISTS bench_cell, bench_simple, bench_coverage;
CREATE TABLE bench_cell AS
WITH side AS (SELECT round(sqrt(:areas))::int AS n), around AS MATERIALIZED (
  SELECT j * n + i AS id, k, (j + dy) * 10000 + 2 * i + j % 2 + dx AS v, (j + ey) * 10000 + 2 * i + j % 2 + ex AS w
  FROM side, generate_series(0, n - 1) AS i, generate_series(0, n - 1) AS j,
    (VALUES (1, 0, 0, 1, 0), (2, 1, 0, 2, 0), (3, 2, 0, 2, 1), (4, 2, 1, 1, 1), (5, 1, 1, 0, 1), (6, 0, 1, 0, 0)) AS b (k, dx, dy, ex, ey)
), place AS MATERIALIZED (
  SELECT v, 2400 * (v % 10000 * 0.866 + sin(v * 12.9898) * 0.2) AS x, 2400 * (v / 10000 * 1.5 - (v % 10000 + v / 10000) % 2 * 0.5 + sin(v * 39.346) * 0.2) AS y
  FROM (SELECT DISTINCT v FROM around) AS u
), point AS MATERIALIZED (
  -- midpoints moved at four levels, each half as far
  SELECT a.v, b.v AS w, t, ST_MakePoint((a.x * (16 - t) + b.x * t) / 16 - (b.y - a.y) * d, (a.y * (16 - t) + b.y * t) / 16 + (b.x - a.x) * d) AS p
  FROM (SELECT DISTINCT least(v, w) AS v, greatest(v, w) AS w FROM around) AS e JOIN place AS a USING (v) JOIN place AS b ON b.v = e.w, generate_series(0, 16) AS t, LATERAL (
    SELECT sum(0.16 / 2 ^ l * (1 - abs(1 - (t << l) % 16 / 8.0)) * sin(e.v * 12.71 + e.w * 7.47 + l * 41.3 + (t << l) / 16 * 18.33)) AS d FROM generate_series(0, 3) AS l
  ) AS moved
)
SELECT id, ST_SetSRID(ST_MakePolygon(ST_AddPoint(line, ST_StartPoint(line))), 3857) AS geom
FROM (
  SELECT id, ST_MakeLine(p ORDER BY k, CASE WHEN a.v < a.w THEN t ELSE -t END) AS line
  FROM around AS a JOIN point AS p ON p.v = least(a.v, a.w) AND p.w = greatest(a.v, a.w) AND t <> CASE WHEN a.v < a.w THEN 16 ELSE 0 END GROUP BY id
) AS ring ORDER BY id;
VACUUM ANALYZE bench_cell;
CREATE TABLE bench_simple (what text, id int, geom geometry);
CREATE TABLE bench_coverage (what text, cpu_s float8, peak_mb float8);
-- CPU seconds and the most memory (shared buffers included) of this backend.
CREATE OR REPLACE FUNCTION bench_cpu() RETURNS float8 LANGUAGE sql AS $$SELECT (x[14]::float8 + x[15]::float8) / 100 FROM string_to_array(pg_read_file('/proc/self/stat'), ' ') AS x$$;
CREATE OR REPLACE FUNCTION bench_run(what text, expression text, source text DEFAULT 'bench_cell') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  began float8;
BEGIN
  PERFORM sum(length(geom::bytea)) FROM bench_cell;  -- all pages seen, so that peaks can be compared
  began := bench_cpu();
  EXECUTE format('INSERT INTO bench_simple SELECT %L, id, %s FROM %s', what, expression, source);
  INSERT INTO bench_coverage VALUES (what, bench_cpu() - began, substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\s*(\d+)')::float8 / 1024);
END
$$;
\c
SELECT bench_run('as it is', 'geom') \g /dev/null
\c
SELECT bench_run('ST_SimplifyPreserveTopology 153', 'ST_SimplifyPreserveTopology(geom, 153)') \g /dev/null
\c
SELECT bench_run('ST_SimplifyVW 153', 'ST_SimplifyVW(geom, 153 * 153)') \g /dev/null
\c
SELECT bench_run('coverage_simplify 153', 'tmap.coverage_simplify(geom::bytea, 153) OVER ()::geometry') \g /dev/null
\c
-- Five bands of half a pixel at zoom 9, 7, 5, 3, 1 (tiles of 512), each from the finer one.
SELECT bench_run('pyramid: 76', 'tmap.coverage_simplify(geom::bytea, 76) OVER ()::geometry') \g /dev/null
SELECT bench_run('pyramid: 306', 'tmap.coverage_simplify(geom::bytea, 306) OVER ()::geometry', 'bench_simple WHERE what = ''pyramid: 76''') \g /dev/null
SELECT bench_run('pyramid: 1223', 'tmap.coverage_simplify(geom::bytea, 1223) OVER ()::geometry', 'bench_simple WHERE what = ''pyramid: 306''') \g /dev/null
SELECT bench_run('pyramid: 4892', 'tmap.coverage_simplify(geom::bytea, 4892) OVER ()::geometry', 'bench_simple WHERE what = ''pyramid: 1223''') \g /dev/null
SELECT bench_run('pyramid: 19568', 'tmap.coverage_simplify(geom::bytea, 19568) OVER ()::geometry', 'bench_simple WHERE what = ''pyramid: 4892''') \g /dev/null
-- Overlap: area counted more than once; gap: holes of the union, of which the cells as they are have none.
SELECT what, round(cpu_s::numeric, 2) AS cpu_s, round(peak_mb) AS peak_mb, vertices, cells - present AS lost, invalid,
  CASE WHEN what !~ 'pyramid|as it is' THEN round((100 * (parts - covered) / covered)::numeric, 6) END AS overlap_percent, CASE WHEN what !~ 'pyramid|as it is' THEN round((100 * holes / covered)::numeric, 6) END AS gap_percent
FROM bench_coverage JOIN (
  SELECT what, sum(ST_NPoints(geom)) AS vertices, count(*) FILTER (WHERE NOT ST_IsEmpty(geom)) AS present, count(*) FILTER (WHERE NOT ST_IsValid(geom)) AS invalid, sum(ST_Area(geom)) AS parts FROM bench_simple GROUP BY what
) AS s USING (what) CROSS JOIN (SELECT count(*) AS cells FROM bench_cell) AS n CROSS JOIN LATERAL (
  SELECT ST_Area(u) AS covered, (SELECT sum(ST_Area(ST_MakePolygon(ST_ExteriorRing(d.geom)))) FROM ST_Dump(u) AS d) - ST_Area(u) AS holes
  FROM (SELECT ST_Union(geom) AS u FROM bench_simple WHERE bench_simple.what = bench_coverage.what AND bench_coverage.what !~ 'pyramid|as it is') AS t
) AS judged ORDER BY cpu_s, what;
SELECT round(sum(cpu_s)::numeric, 2) AS pyramid_cpu_s FROM bench_coverage WHERE what ~ 'pyramid';
DROP FUNCTION bench_run(text, text, text), bench_cpu();
DROP TABLE bench_cell, bench_simple, bench_coverage;
