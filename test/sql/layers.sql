-- The public layers: classes, legend, figures derived from what is published, and the wide views that build_layers() makes.
\set VERBOSITY terse
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SET search_path = public;
SELECT tmap.create_atlas('ly') \g /dev/null
SET search_path = ly, tmap, public;
CREATE FUNCTION box(x float8, y float8) RETURNS geometry LANGUAGE sql RETURN ST_Multi(ST_MakeEnvelope(x, y, x + 1, y + 1, 4326));
-- AAA: seven regions; R5 is small, R6 has no boundary, R7 came from R8 in 2024. BBB has no figure; CCC only a printed one.
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id, geom) SELECT 'ISO 3166-1', c, c || ' land', 'country', area_id, box(n * 10, 0) FROM area, unnest('{AAA,BBB,CCC}'::text[]) WITH ORDINALITY u (c, n) WHERE code = 'W';
INSERT INTO area (code_system, code, name, level, parent_id, geom, valid_from, valid_to)
SELECT 'tmap', 'R' || i, 'Region ' || i, 'region', area_id, CASE WHEN i <> 6 THEN box(10 + i, 0) END, CASE i WHEN 7 THEN '2024-01-01'::date END, CASE i WHEN 8 THEN '2023-12-31'::date END
FROM area, generate_series(1, 8) i WHERE code = 'AAA';
INSERT INTO source (source_key, title, origin, quality) VALUES ('count', 'Counts handed in', 'submitted', 'B'), ('paper', 'A printed figure', 'reported', 'C');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT a.area_id, make_date(y, 1, 1), make_date(y, 12, 31), i.indicator, find_source('count'), tmap.tally(tmap.stratum('total', NULL, NULL, NULL), e, CASE i.measure WHEN 'rate' THEN n * 400 ELSE n END), 'reported'
FROM (VALUES ('R1', 20, 400), ('R2', 50, 700), ('R3', 30, 800), ('R4', 90, 900), ('R5', 3, 60), ('R6', 40, 500), ('R7', 60, 1000), ('R8', 55, 990)) v (code, e, n)
JOIN area a USING (code), generate_series(2023, 2024) y, indicator_definition i WHERE NOT (y = 2024 AND code = 'R8' OR y = 2023 AND code = 'R7') AND NOT (i.measure = 'rate' AND y = 2024 AND code = 'R1');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT c.area_id, f.valid_from, f.valid_to, f.indicator, f.source_id, tmap.tally(tmap.stratum('total', NULL, NULL, NULL), 20, 1000) + tmap.rollup(f.tally), 'reported'
FROM area c CROSS JOIN fact f WHERE c.code = 'AAA' GROUP BY 1, 2, 3, 4, 5;
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, reported_value, reported_per)
SELECT area_id, '2024-01-01', '2024-12-31', 'thrombectomy_per_stroke', find_source('paper'), 4.2, 100 FROM area WHERE code = 'CCC';
SELECT choose_facts() > 0 AS chosen;

-- A draft shows nothing, nor does a withdrawn edition.
CREATE FUNCTION public.layer_rows() RETURNS bigint LANGUAGE sql AS $$SELECT (SELECT count(*) FROM ly.country_latest) + (SELECT count(*) FROM ly.country_year) + (SELECT count(*) FROM ly.region_latest) + (SELECT count(*) FROM ly.region_year) + (SELECT count(*) FROM ly.value)$$;
SELECT suppressed FROM compute_edition('2023 and 2024', '{2023,2024}', '{}', false);
SELECT layer_rows() AS "shown of a draft";
SELECT count(*) FILTER (WHERE measure = 'value' AND class > 0) AS classes, count(*) = count(DISTINCT fid) AS "unique fid" FROM legend;
SELECT publish_edition('2023 and 2024') AS figures;
SELECT layer_rows() AS shown;

-- Classes are those of the first figures, and stay.
SELECT class, lower, upper, colour, label, fid FROM legend WHERE indicator = 'thrombectomy_per_stroke' AND measure = 'value' ORDER BY class;
SELECT measure, class, colour, label FROM legend WHERE indicator = 'thrombectomy_per_inhabitant' AND measure <> 'value' ORDER BY fid;
SELECT code, year, status, class, round(value::numeric, 3) AS value, latest FROM value WHERE indicator = 'thrombectomy_per_stroke' ORDER BY year, code;
SELECT count(*) AS "classes that differ from the legend" FROM value v LEFT JOIN legend l ON l.indicator = v.indicator AND l.measure = 'value' AND l.class = v.class
WHERE l.class IS NULL OR v.status = 'suppressed' AND l.class <> -1 OR v.value < l.lower OR v.value >= l.upper OR (v.class > 0) <> (v.value IS NOT NULL);
SELECT set_classes('thrombectomy_per_stroke', '{4,6.25,8}');
SELECT class, lower, upper, label FROM legend WHERE indicator = 'thrombectomy_per_stroke' AND measure = 'value' ORDER BY class;
SELECT code, class, round(value::numeric, 3) AS value FROM value WHERE year = 2024 AND indicator = 'thrombectomy_per_stroke' ORDER BY code;
SELECT set_classes('nothing', '{4,6}');
SELECT set_classes('thrombectomy_per_stroke', '{4,4}');
SELECT set_classes('thrombectomy_per_stroke', '{4,NaN}');
SELECT set_classes('thrombectomy_per_stroke', '{4,NULL}');
SELECT set_classes('thrombectomy_per_stroke', '{1,2,3,4,5,6,7,8,9,10,11}');
SELECT set_classes(NULL, '{4}');
SELECT set_classes('thrombectomy_per_stroke', '{}'), set_classes('thrombectomy_per_stroke', '{7}');
SELECT DISTINCT class FROM value WHERE indicator = 'thrombectomy_per_stroke' AND value IS NOT NULL ORDER BY 1;
SELECT set_classes('thrombectomy_per_stroke') > 2 AS anew, refresh_published() AS figures;

-- Derived figures are those of the library over what is published, by level and country; a suppressed one has none, and nobody's depends on it.
CREATE TABLE public.seen AS SELECT *, CASE WHEN level = 'country' THEN 'W' ELSE country END AS within FROM value WHERE status = 'published' AND basis = 'counts';
WITH again AS (
  SELECT fid, indicator, reliability, smoothed, rank, rank_lower, rank_upper, ranked, funnel, count(*) OVER g AS n, rank() OVER (g ORDER BY value) AS place,
         eb_marshall(events::bigint, at_risk, CASE WHEN indicator LIKE '%stroke' THEN 'binomial' ELSE 'poisson' END, per) OVER g AS eb,
         proportion_rank(CASE WHEN indicator LIKE '%stroke' THEN events::bigint END, at_risk::bigint, confidence => confidence) OVER g AS p, rate_rank(CASE WHEN indicator NOT LIKE '%stroke' THEN events::bigint END, at_risk, confidence => confidence) OVER g AS r
  FROM seen WINDOW g AS (PARTITION BY indicator, year, level, within))
SELECT count(*) AS figures, count(*) FILTER (WHERE (reliability, smoothed) IS DISTINCT FROM (CASE WHEN n > 2 THEN (eb).own_weight END, CASE WHEN n > 2 THEN (eb).value END)) AS smoothed_else,
       count(*) FILTER (WHERE (rank, ranked) IS DISTINCT FROM (place::int, n::int) OR (rank_lower, rank_upper) IS DISTINCT FROM (coalesce((p).lower, (r).lower)::int, coalesce((p).upper, (r).upper)::int)) AS ranked_else FROM again;
SELECT count(*) AS "not against the published country" FROM seen s JOIN value c ON c.code = s.country AND c.year = s.year AND c.indicator = s.indicator AND c.source = s.source WHERE s.level = 'region' AND s.funnel IS DISTINCT FROM
  CASE WHEN s.indicator LIKE '%stroke' THEN CASE WHEN s.value < proportion_funnel_lower(s.at_risk::bigint, c.value, 0.998, per => s.per) THEN -2 WHEN s.value < proportion_funnel_lower(s.at_risk::bigint, c.value, 0.95, per => s.per) THEN -1
    WHEN s.value > proportion_funnel_upper(s.at_risk::bigint, c.value, 0.998, per => s.per) THEN 2 WHEN s.value > proportion_funnel_upper(s.at_risk::bigint, c.value, 0.95, per => s.per) THEN 1 ELSE 0 END
  ELSE CASE WHEN s.value < rate_funnel_lower(s.at_risk, c.value, 0.998, per => s.per) THEN -2 WHEN s.value < rate_funnel_lower(s.at_risk, c.value, 0.95, per => s.per) THEN -1
    WHEN s.value > rate_funnel_upper(s.at_risk, c.value, 0.998, per => s.per) THEN 2 WHEN s.value > rate_funnel_upper(s.at_risk, c.value, 0.95, per => s.per) THEN 1 ELSE 0 END END;
SELECT count(*) AS "suppressed figures with a number" FROM value WHERE status = 'suppressed' AND num_nonnulls(events, at_risk, value, lower, upper, reliability, smoothed, rank, rank_lower, rank_upper, ranked, funnel) > 0;
SELECT code, rank, rank_lower, rank_upper, ranked, funnel, round(reliability::numeric, 4) AS reliability, round(smoothed::numeric, 4) AS smoothed FROM value WHERE year = 2024 AND indicator = 'thrombectomy_per_stroke' ORDER BY code;

-- The layers.
SELECT c.relname, min(a.attname) FILTER (WHERE a.attnum = 1) AS first, min(format_type(a.atttypid, a.atttypmod)) FILTER (WHERE a.attnum = 1) AS type, min(a.attname) FILTER (WHERE a.attnum = c.relnatts) AS last,
       min(format_type(a.atttypid, a.atttypmod)) FILTER (WHERE a.attnum = c.relnatts) AS type, c.relnatts AS columns, count(*) FILTER (WHERE a.atttypid NOT IN ('int4'::regtype, 'float8'::regtype, 'text'::regtype, 'date'::regtype)) AS other_types,
       count(*) FILTER (WHERE col_description(c.oid, a.attnum) IS NULL) AS uncommented, split_part(obj_description(c.oid, 'pg_class'), E'\n', 1) AS summary
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'ly'::regnamespace AND c.relname ~ '^(country|region)_(latest|year)$' GROUP BY c.oid, c.relname, c.relnatts ORDER BY 1;
SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'region_latest'::regclass AND attnum > 0;
SELECT fid = area_id AS key, code, name, level, country, parent_code AS parent, year, valid_from, valid_to, thrombectomy_per_stroke AS value, thrombectomy_per_stroke_status AS status, thrombectomy_per_stroke_class AS class, thrombectomy_per_stroke_year AS figure_of FROM country_latest ORDER BY code;
SELECT code, thrombectomy_per_stroke_status AS status, thrombectomy_per_stroke_class AS class, thrombectomy_per_stroke_events AS events, thrombectomy_per_stroke_at_risk AS at_risk, round(thrombectomy_per_stroke::numeric, 2) AS value, round(thrombectomy_per_stroke_parent_value::numeric, 2) AS instead,
       thrombectomy_per_stroke_year AS year, thrombectomy_per_inhabitant_year AS other_year, thrombectomy_per_stroke_quality AS quality, thrombectomy_per_stroke_edition AS edition FROM region_latest ORDER BY code;
SELECT fid = area_id * 200 + year - 1900 AS key, code, year, valid_from, valid_to, thrombectomy_per_inhabitant_status AS status, thrombectomy_per_inhabitant_class AS class FROM region_year ORDER BY year, code;
SELECT count(*) AS rows, count(DISTINCT fid) AS fids, count(thrombectomy_per_stroke_class) AS classes, count(geom) AS shapes FROM region_year UNION ALL SELECT count(*), count(DISTINCT fid), count(thrombectomy_per_inhabitant_class), count(geom) FROM country_year;
-- Filters reach the tables: the index of the year and indicator is used, and nothing is cast on the way.
CREATE FUNCTION public.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (VERBOSE, COSTS off) ' || query; END $$;
SET enable_seqscan = off;
SELECT count(*) FILTER (WHERE p ~ 'Index Cond.*indicator.*year = 2024') AS by_year, count(*) FILTER (WHERE p ~ '\((year|v[0-9]|a|y)\.?\w*\)::') AS casts FROM public.plan('SELECT * FROM ly.region_year WHERE year = 2024') p;
SELECT count(*) > 0 AS "boxes find areas by their index" FROM public.plan('SELECT * FROM ly.region_latest WHERE geom && ST_MakeEnvelope(11, 0, 12, 1, 4326)') p WHERE p ~ 'area_geom';
RESET enable_seqscan;

-- An indicator more: its columns come with build_layers(), rights stay, views of others are not lost unasked.
CREATE ROLE layers_reader;
GRANT SELECT ON country_latest, region_year TO layers_reader;
GRANT SELECT ON region_year TO PUBLIC;
SELECT build_layers() AS again;
CREATE VIEW public.mine AS SELECT fid, name FROM ly.region_latest;
INSERT INTO indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, sort)
VALUES ('lysis', 'Thromboses dissolved', 'thrombolyses', 'ischaemic strokes', 'proportion', 100, 'per 100 strokes', 'higher is better', 'wilson', 3),
  ('name', 'A name that is taken', 'x', 'x', 'rate', 1, 'x', 'neither', 'exact', 4), ('lysis_lower', 'A column that is taken', 'x', 'x', 'rate', 1, 'x', 'neither', 'exact', 5), (repeat('x', 51), 'Long', 'x', 'x', 'rate', 1, 'x', 'neither', 'exact', 6);
SELECT build_layers();
DROP VIEW public.mine;
SELECT build_layers();
DELETE FROM indicator WHERE indicator IN ('name', 'lysis_lower', repeat('x', 51));
SELECT build_layers();
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'country_year'::regclass AND attname LIKE 'lysis%';
SELECT code, lysis, lysis_status, lysis_class FROM country_latest ORDER BY code;
SELECT relname, has_table_privilege('layers_reader', oid, 'SELECT') AS reader, EXISTS (SELECT FROM aclexplode(relacl) x WHERE x.grantee = 0) AS everybody FROM pg_class WHERE relnamespace = 'ly'::regnamespace AND relname ~ '^(country|region)_(latest|year)$' ORDER BY 1;
SELECT col_description('region_year'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'region_year'::regclass AND attname IN ('lysis', 'lysis_funnel') ORDER BY attnum;
SELECT fid, indicator, sort FROM indicator ORDER BY fid;
UPDATE indicator SET title = 'Thrombolyses per 100 strokes' WHERE indicator = 'lysis' RETURNING fid, title;

-- Ranks of many areas come from their limits: compared with every pair.
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'M' || i, 'M' || i, 'department', (SELECT area_id FROM area WHERE code = 'R1') FROM generate_series(1, 1100) i;
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT area_id, '2022-01-01', '2022-12-31', 'thrombectomy_per_stroke', find_source('count'), tmap.tally(tmap.stratum('total', NULL, NULL, NULL), 11 + (hashint4(area_id) & 127), 400 + (hashint4(area_id * 7) & 1023)), 'reported' FROM area WHERE code LIKE 'M%';
SELECT choose_facts() > 0 AS chosen;
SELECT figures FROM compute_edition('2022', '{2022}', '{}', false);
SELECT publish_edition('2022') AS figures;
CREATE TABLE public.many AS SELECT fid, value, lower, upper, rank, rank_lower, rank_upper, ranked FROM value WHERE year = 2022 AND status = 'published' AND level = 'department';
SELECT count(*) > 1000 AS many, bool_and(rank BETWEEN rank_lower AND rank_upper) AS within, min(rank_lower), max(rank_upper) = max(ranked) AS all_of_them, min(rank_upper - rank_lower) < 500 AS tell_something FROM public.many;
SELECT count(*) AS "that differ from comparing pairs" FROM (
  SELECT m.rank_lower, m.rank_upper, 1 + count(*) FILTER (WHERE o.upper < m.lower) AS low, m.ranked - count(*) FILTER (WHERE o.lower > m.upper) AS high FROM public.many m CROSS JOIN public.many o GROUP BY m.fid, m.rank_lower, m.rank_upper, m.ranked) x
WHERE (rank_lower, rank_upper) IS DISTINCT FROM (low::int, high::int);

SELECT withdraw_edition('2022', 'a test') AS figures, withdraw_edition('2023 and 2024', 'a test') AS figures;
SELECT layer_rows() AS "shown after withdrawal";
DROP FUNCTION public.layer_rows();
DROP TABLE public.many, public.seen;
DROP FUNCTION public.plan(text);
RESET search_path;
SET client_min_messages = error;
DROP SCHEMA ly CASCADE;
DROP ROLE layers_reader;
