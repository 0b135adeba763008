-- Spatial weights and autocorrelation over a Voronoi map of :n areas with about 111 vertices each (35,000 unless -v n=...), against PostGIS in the same run; R's spdep when Rscript has it.
--   psql -f test/bench-spatial.sql      (database with tmap; CPU seconds of the backend, least of the runs)
\set ON_ERROR_STOP on
\if :{?n} \else \set n 35000 \endif
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SELECT setseed(0.5);
CREATE TEMP TABLE bench_cell AS
SELECT row_number() OVER ()::int AS id, d.geom FROM ST_Dump(ST_VoronoiPolygons((SELECT ST_Collect(ST_MakePoint(random() * 1000000, random() * 1000000)) FROM generate_series(1, :n)))) AS d;
-- Every edge cut in 18, the same way from both sides: the ends are put in order first.
CREATE TEMP TABLE bench_map AS
SELECT id, ST_MakePolygon(ST_AddPoint(line, ST_StartPoint(line))) AS geom, x, y FROM (
  SELECT id, ST_MakeLine(p ORDER BY e, t) AS line, avg(ST_X(p)) AS x, avg(ST_Y(p)) AS y FROM (
    SELECT id, e, t, CASE WHEN (ST_X(a), ST_Y(a)) < (ST_X(b), ST_Y(b)) THEN ST_MakePoint(ST_X(a) + (ST_X(b) - ST_X(a)) * t / 18, ST_Y(a) + (ST_Y(b) - ST_Y(a)) * t / 18)
      ELSE ST_MakePoint(ST_X(b) + (ST_X(a) - ST_X(b)) * (18 - t) / 18, ST_Y(b) + (ST_Y(a) - ST_Y(b)) * (18 - t) / 18) END AS p
    FROM (SELECT id, d.path[2] AS e, d.geom AS a, lead(d.geom) OVER (PARTITION BY id ORDER BY d.path[2]) AS b FROM bench_cell, ST_DumpPoints(geom) AS d) AS s, generate_series(0, 17) AS t WHERE b IS NOT NULL) AS k GROUP BY id) AS l;
CREATE INDEX ON bench_map USING gist (geom);
ANALYZE bench_map;
SELECT count(*) AS areas, round(avg(ST_NPoints(geom)), 1) AS vertices FROM bench_map;
CREATE TEMP TABLE bench_time (what text, n int, s float8);
CREATE FUNCTION pg_temp.cpu() RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE own text[] := string_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '^.*\) ', ''), ' ');
BEGIN RETURN (own[12]::float8 + own[13]::float8) / 100; END
$$;
CREATE TEMP TABLE bench_nb AS SELECT id, x, y, tmap.queen_neighbours(id, geom) OVER () AS js, sin(x / 100000) + random() AS z FROM bench_map;
DO $$
DECLARE
  q record;
  began float8;
BEGIN
  FOR q IN SELECT * FROM (VALUES
    (1, 'PostGIS: ST_Intersects, self-join', 'SELECT count(*) FROM bench_map AS a JOIN bench_map AS b ON ST_Intersects(a.geom, b.geom) AND a.id <> b.id'),
    (3, 'queen_neighbours', 'SELECT sum(cardinality(js)) FROM (SELECT tmap.queen_neighbours(id, geom) OVER () AS js FROM bench_map) AS t'),
    (3, 'rook_neighbours', 'SELECT sum(cardinality(js)) FROM (SELECT tmap.rook_neighbours(id, geom) OVER () AS js FROM bench_map) AS t'),
    (3, 'nearest_neighbours, 6', 'SELECT sum(cardinality(js)) FROM (SELECT tmap.nearest_neighbours(id, x, y, 6) OVER () AS js FROM bench_map) AS t'),
    (3, 'moran', 'SELECT tmap.moran(z, id, js) FROM bench_nb'),
    (3, 'moran, 999 permutations', 'SELECT tmap.moran(z, id, js, NULL, 999, 1) FROM bench_nb'),
    (3, 'local_moran, no permutations', 'SELECT sum((m).z) FROM (SELECT tmap.local_moran(z, id, js, NULL, 0) OVER () AS m FROM bench_nb) AS t'),
    (3, 'local_moran, 999 permutations', 'SELECT sum((m).p_two) FROM (SELECT tmap.local_moran(z, id, js, NULL, 999) OVER () AS m FROM bench_nb) AS t'),
    (3, 'local_moran, 9,999 permutations', 'SELECT sum((m).p_two) FROM (SELECT tmap.local_moran(z, id, js, NULL, 9999) OVER () AS m FROM bench_nb) AS t'),
    (2, 'local_moran, 99,999 permutations', 'SELECT sum((m).p_two) FROM (SELECT tmap.local_moran(z, id, js) OVER () AS m FROM bench_nb) AS t'),
    (2, 'local_gi_star, 99,999 permutations', 'SELECT sum((m).p_two) FROM (SELECT tmap.local_gi_star(z, id, js) OVER () AS m FROM bench_nb) AS t')) AS v (runs, what, query) LOOP
    FOR run IN 1 .. q.runs LOOP
      began := pg_temp.cpu();
      EXECUTE q.query;
      INSERT INTO bench_time VALUES (q.what, run, pg_temp.cpu() - began);
    END LOOP;
  END LOOP;
END
$$;
SELECT what, round(min(s)::numeric, 3) AS cpu_s FROM bench_time GROUP BY what ORDER BY min(s);
SELECT count(*) AS differing_areas FROM bench_nb AS a LEFT JOIN (SELECT a.id, array_agg(b.id ORDER BY b.id) AS want FROM bench_map AS a JOIN bench_map AS b ON ST_Intersects(a.geom, b.geom) AND a.id <> b.id GROUP BY a.id) AS w USING (id) WHERE js IS DISTINCT FROM want;
SELECT (tmap.moran(z, id, js)).value AS moran FROM bench_nb;
\copy (SELECT n.id, encode(ST_AsBinary(m.geom), 'hex') AS wkb, n.z FROM bench_nb AS n JOIN bench_map AS m USING (id) ORDER BY n.id) TO 'bench-spatial.csv' (FORMAT csv, HEADER)
\! command -v Rscript > /dev/null && Rscript -e 'quit(status = !requireNamespace("spdep", quietly = TRUE))' && Rscript test/bench-spatial.R || echo "R's spdep is not installed: its part is left out (apt install r-cran-spdep)."
\! rm -f bench-spatial.csv
