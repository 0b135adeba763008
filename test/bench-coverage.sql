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
  SELECT a.v, b.v AS w, t, ST_MakePoint(a.x + (b.x - a.x) * t / 16 - (b.y - a.y) * d, a.y + (b.y - a.y) * t / 16 + (b.x - a.x) * d) AS p
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
