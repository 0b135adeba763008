-- Tiles of the demo's countries and of about 35,000 areas with ten years of made-up figures, z0 to z10: CPU milliseconds of the backend, tile() against plain ST_AsMVT over the layer views, in turns.
--   psql -v data=demo/data -v areas=35000 -f test/bench-tiles.sql      (database with tmap; role that may read /proc)
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
\pset fieldsep '|'
SET client_min_messages = warning;
SET jit = off;
SELECT tmap.create_atlas('atlas') \g /dev/null
\o /dev/null
\ir ../demo/load.sql
\o
-- CPU milliseconds of this backend so far; the kernel brings the number up to date when the process rests.
CREATE FUNCTION public.cpu() RETURNS numeric LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(0.0005); RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1e6; END$$;
SELECT cpu() AS before \gset
SELECT count(atlas.build_shapes()) \g /dev/null
SELECT cpu() AS world \gset

-- One more country, of cells like bricks of hexagonal form, their corners moved, each border a fractal of 16 pieces that both cells share.
CREATE TABLE public.bench_cell AS
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
SET search_path = atlas, public;
INSERT INTO area_level (level, rank, title) VALUES ('commune', 4, 'Commune');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', 'XXC', 'Land of communes', 'country', area_id FROM area WHERE level = 'world';
INSERT INTO area (code_system, code, name, level, parent_id, geom)
SELECT 'tmap', 'C' || b.id, 'Commune ' || b.id, 'commune', a.area_id, ST_Multi(ST_Transform(ST_Translate(b.geom, 0, 5500000), 4326)) FROM bench_cell b, area a WHERE a.code = 'XXC' AND ST_IsValid(b.geom) ORDER BY b.id;
INSERT INTO edition (edition, years, age_groups, by_sex, parameters, status, published_at, sha256, audit) VALUES ('bench', ARRAY(SELECT generate_series(2016, 2025)), '{0}', false, '{}', 'published', now(), repeat('0', 64), '{}');
-- One in ten is suppressed.
INSERT INTO published_value (fid, edition, area_id, code_system, code, name, level, country, parent_code, indicator, indicator_title, unit, year, valid_from, valid_to, sex, status, class, latest, events, at_risk, value, lower, upper, reliability, basis, per, confidence, source, origin)
SELECT row_number() OVER (ORDER BY y, a.area_id), 'bench', a.area_id, a.code_system, a.code, a.name, a.level, 'X', 'X', i.indicator, i.title, i.unit, y, make_date(y, 1, 1), make_date(y, 12, 31), 'all', CASE WHEN shown THEN 'published' ELSE 'suppressed' END,
  CASE WHEN shown THEN 1 + h / 52 ELSE -1 END, y = 2025, CASE WHEN shown THEN h END, CASE WHEN shown THEN 1000 END, CASE WHEN shown THEN h / 7.3 END, CASE WHEN shown THEN h / 8.3 END, CASE WHEN shown THEN h / 6.3 END, CASE WHEN shown THEN 0.5 + h / 1000.0 END, 'counts', 100, 0.95, 'made up', 'synthetic'
FROM area a, generate_series(2016, 2025) y, indicator i, LATERAL (SELECT hashint8(a.area_id * 100::int8 + y) & 255 AS h) h, LATERAL (SELECT h >= 25 AS shown) s WHERE a.level IN ('country', 'commune') AND i.indicator = 'thrombectomy_per_stroke';
VACUUM ANALYZE area, published_value;
SELECT cpu() AS after \gset
-- It puts the figures onto the map, too: what that takes alone is seen next.
SELECT count(build_shapes()) \g /dev/null
SELECT cpu() AS shapes \gset
SELECT count(refresh_map()) \g /dev/null
SELECT cpu() AS filled \gset
VACUUM ANALYZE;
SELECT format('  shapes of %s areas of %s points in 11 bands: %s s CPU', count(*), sum(ST_NPoints(geom)), round((CASE level WHEN 'commune' THEN 2 * :shapes - :filled - :after ELSE :world - :before END) / 1000, 1)) || CASE level WHEN 'commune' THEN ' (aim: 15)' ELSE '' END
FROM (SELECT CASE level WHEN 'commune' THEN level ELSE 'world' END AS level, geom FROM area WHERE geom IS NOT NULL) a GROUP BY level ORDER BY level DESC;
SELECT format('  lost %s, not valid %s; figures onto the map %s s CPU', (SELECT count(*) * 11 FROM area WHERE geom IS NOT NULL) - count(*), count(*) FILTER (WHERE NOT ST_IsValid(geom)), round((:filled - :shapes) / 1000, 1)) FROM area_shape;
-- Neighbours against each other, and the whole land against its parts.
SELECT format('  communes in band 9, %s points: overlaps %s %%, gaps %s %% of the land (aim: 0.003 together)', points, round((100 * (parts - whole - gaps) / whole)::numeric, 5), round((100 * gaps / whole)::numeric, 5))
FROM (SELECT sum(ST_NPoints(s.geom)) AS points, sum(ST_Area(s.geom)) AS parts, ST_Union(s.geom) AS land FROM area_shape s JOIN area a USING (area_id) WHERE a.level = 'commune' AND s.band = 9) c
CROSS JOIN LATERAL (SELECT ST_Area(c.land) AS whole, (SELECT coalesce(sum(ST_Area(ST_MakePolygon(ST_ExteriorRing(d.geom))) - ST_Area(d.geom)), 0) FROM ST_Dump(c.land) d) AS gaps) g;

-- Up to eight tiles a zoom, over an inner point of areas. plain: what a server of tiles asks a layer view, one year.
CREATE TABLE public.spot AS
SELECT w.what, z, x, y FROM (VALUES ('countries', 'country'), ('communes', 'commune')) w (what, level), generate_series(0, 10) z, LATERAL (
  SELECT DISTINCT ON (md5(format('%s %s %s', z, floor(lon * 2 ^ z), floor(lat * 2 ^ z)))) floor(lon * 2 ^ z)::int AS x, floor(lat * 2 ^ z)::int AS y
  FROM (SELECT (ST_X(p) + 20037508.342789244) / 40075016.685578488 AS lon, (20037508.342789244 - ST_Y(p)) / 40075016.685578488 AS lat FROM (SELECT ST_PointOnSurface(s.geom) AS p FROM area_shape s JOIN area a USING (area_id) WHERE s.band = 5 AND a.level = w.level) q) r
  ORDER BY md5(format('%s %s %s', z, floor(lon * 2 ^ z), floor(lat * 2 ^ z))) LIMIT 8) t;
CREATE FUNCTION public.plain(what text, z int, x int, y int) RETURNS bytea LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  tile bytea;
BEGIN
  EXECUTE format($q$SELECT ST_AsMVT(t, 'areas', 4096, 'geom', 'fid') FROM (
    SELECT fid, code, name, level, thrombectomy_per_stroke_class AS class, thrombectomy_per_stroke AS value, thrombectomy_per_stroke_lower AS lower, thrombectomy_per_stroke_upper AS upper, thrombectomy_per_stroke_events AS events,
           thrombectomy_per_stroke_at_risk AS at_risk, thrombectomy_per_stroke_status AS status, thrombectomy_per_stroke_reliability AS reliability, ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS geom
    FROM atlas.%I WHERE %s geom && ST_Transform(ST_Intersection(ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096), ST_TileEnvelope(0, 0, 0)), 4326)) t$q$,
    CASE what WHEN 'countries' THEN 'country_latest' ELSE 'region_latest' END, CASE what WHEN 'countries' THEN '' ELSE 'level = ''commune'' AND' END) INTO tile USING z, x, y;
  RETURN tile;
END $$;
CREATE TABLE public.took (what text, z int, x int, y int, kind text, ms numeric, tile bytea);
CREATE PROCEDURE public.measure(rounds int) LANGUAGE plpgsql AS $$
DECLARE
  s record;
  k text;
  r bytea;
  before numeric;
  times int;
  level text;
BEGIN
  FOR s IN SELECT * FROM spot ORDER BY what DESC, z, x, y LOOP
    level := CASE s.what WHEN 'countries' THEN 'country' ELSE 'commune' END;
    FOR i IN 0 .. rounds LOOP
      FOREACH k IN ARRAY '{plain,year,all years}'::text[] LOOP
        before := cpu();
        r := CASE k WHEN 'plain' THEN plain(s.what, s.z, s.x, s.y) WHEN 'year' THEN atlas.tile(s.z, s.x, s.y, json_build_object('level', level, 'year', 2025)) ELSE atlas.tile(s.z, s.x, s.y, json_build_object('level', level)) END;
        IF i > 0 THEN  -- the first round warms up
          INSERT INTO took VALUES (s.what, s.z, s.x, s.y, k, cpu() - before, CASE WHEN i = 1 THEN r END);
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
END $$;
CALL public.measure(3);
