-- The answer as views, and the service's target and alert levels.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SELECT tmap.create_atlas('vw');
SET search_path = vw, tmap, public;
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM vw.area a WHERE a.code = id.code);
CREATE FUNCTION box(x float8, y float8, w float8, h float8) RETURNS geometry LANGUAGE sql RETURN ST_Multi(ST_MakeEnvelope(x, y, x + w, y + h, 4326));

-- What map clients look at: key first, int4; geometry last, typed; no type that turns into a string on the way.
SELECT c.relname, min(a.attname) FILTER (WHERE a.attnum = 1) AS first, min(format_type(a.atttypid, a.atttypmod)) FILTER (WHERE a.attnum = 1) AS type,
       min(a.attname) FILTER (WHERE a.attnum = c.relnatts) AS last, min(format_type(a.atttypid, a.atttypmod)) FILTER (WHERE a.attnum = c.relnatts) AS type,
       count(*) AS columns, count(*) FILTER (WHERE a.atttypid IN ('numeric'::regtype, 'int8'::regtype, 'float4'::regtype, 'int2'::regtype, 'varchar'::regtype)) AS awkward
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'vw'::regnamespace AND c.relkind = 'v' AND c.relname <> ALL ('{stroke_count_area,current_edition,edition_figure,my_inbox,tally_offer,tally_offer_suppressed}') -- for the other views, for loading and for federation, not for map clients
  GROUP BY c.relname ORDER BY 1;
SELECT f_table_name, f_geometry_column, srid, type FROM public.geometry_columns WHERE f_table_schema = 'vw' ORDER BY 1;
SELECT string_agg(attname, ' ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid = 'area_year'::regclass AND attnum > 0;

SELECT indicator, measure, per, unit, direction, method, standard FROM indicator ORDER BY sort;
INSERT INTO indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, standard) VALUES ('x', 'x', 'x', 'x', 'rate', 1, 'x', 'neither', 'wilson', NULL);
INSERT INTO indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, standard) VALUES ('x', 'x', 'x', 'x', 'rate', 1, 'x', 'neither', 'exact', 'nonsense');

-- Published national figures: counts, a rounded value only, a derived denominator, two that conflict.
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id, geom) VALUES ('ISO 3166-1', 'DEU', 'Germany', 'country', id('WORLD'), box(6, 47, 9, 8)),
  ('ISO 3166-1', 'SWE', 'Sweden', 'country', id('WORLD'), box(11, 55, 13, 14)), ('ISO 3166-1', 'FRA', 'France', 'country', id('WORLD'), box(-5, 42, 13, 9)), ('ISO 3166-1', 'ITA', 'Italy', 'country', id('WORLD'), NULL);
INSERT INTO source (source_key, title, denominator_definition, origin, quality, doi) VALUES
  ('weber2019', 'Weber R et al. Neurol Res Pract 2019;1:4', 'hospitalised cases, main diagnosis I63', 'reported', 'A', '10.1186/s42466-019-0010-8'),
  ('nrp2021', 'Acute ischemic stroke care in Germany. Neurol Res Pract 2021;3', 'hospitalised cases, main diagnosis I63', 'reported', 'A', '10.1186/s42466-021-00115-2'),
  ('riksstroke', 'Riksstroke', NULL, 'derived', 'B', '10.1177/23969873231247098');
UPDATE source SET denominator_differs = true WHERE source_key = 'weber2019';
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, at_risk, reported_value, reported_per, at_risk_basis, basis) VALUES
  (id('DEU'), '2010-01-01', '2010-12-31', 'thrombectomy_per_stroke', find_source('weber2019'), 206688, 0.8, 100, 'reported', 'percentage as printed');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, reported_value, reported_per, at_risk_basis, basis) VALUES
  (id('DEU'), '2016-01-01', '2016-12-31', 'thrombectomy_per_stroke', find_source('weber2019'), NULL, NULL, 4.7, 100, 'reported', 'percentage as printed'),
  (id('DEU'), '2016-01-01', '2016-12-31', 'thrombectomy_per_stroke', find_source('nrp2021'), tally('all', 9795, 227687), 9795, 4.3, 100, 'reported', 'counts as printed'),
  (id('DEU'), '2019-01-01', '2019-12-31', 'thrombectomy_per_stroke', find_source('nrp2021'), tally('all', 16135, 225531), NULL, 7.2, 100, 'reported', 'counts as printed'),
  (id('DEU'), '2019-01-01', '2019-12-31', 'thrombectomy_per_inhabitant', find_source('nrp2021'), tally('all', 16135, 83783945), 16135, NULL, NULL, 'computed', 'with the population'),
  (id('SWE'), '2022-01-01', '2022-12-31', 'thrombectomy_per_stroke', find_source('riksstroke'), tally('all', 1474, 20192), 1474, 7.3, 100, 'derived', 'denominator from the rounded rate'),
  (id('SWE'), '2021-04-01', '2022-03-31', 'thrombectomy_per_stroke', find_source('riksstroke'), NULL, 1400, NULL, NULL, NULL, 'number only');
SELECT choose_facts();
SELECT code, indicator, valid_from, year, events, at_risk, round(value::numeric, 2) AS value, round(lower::numeric, 2) AS lower, round(upper::numeric, 2) AS upper, value_basis, reported_value, at_risk_basis, denominator_differs AS differs, shown
FROM area_year ORDER BY code, indicator, valid_from, source_key;
SELECT valid_from, source_key, choice_reason FROM area_year WHERE code = 'DEU' AND year = 2016 ORDER BY 2;
SELECT code, name, level, parent_code, indicator, unit, valid_from, valid_to, round(value::numeric, 2) AS value, at_risk_definition, source, doi, quality, GeometryType(geom), ST_SRID(geom)
FROM area_latest ORDER BY code, indicator;
SELECT count(*) = count(DISTINCT fid) AS unique_key FROM area_year;
-- 7.15 per 100 with Wilson's limits; 19.26 per 100,000 with the exact ones: as the library gives them for the counts.
SELECT value = proportion(16135, 225531, 100) AND lower = proportion_lower(16135, 225531, per => 100) AND upper = proportion_upper(16135, 225531, per => 100) AS wilson
FROM area_latest WHERE code = 'DEU' AND indicator = 'thrombectomy_per_stroke';
SELECT value = rate(16135, 83783945, 100000) AND lower = rate_lower(16135, 83783945, per => 100000) AND upper = rate_upper(16135, 83783945, per => 100000) AS exact
FROM area_latest WHERE code = 'DEU' AND indicator = 'thrombectomy_per_inhabitant';
-- The indicator's own method and scale are followed.
BEGIN;
UPDATE indicator SET method = 'clopper_pearson', confidence = 0.99, per = 1000 WHERE measure = 'proportion';
SELECT value = proportion(16135, 225531, 1000) AND lower = proportion_lower(16135, 225531, 0.99, 'clopper_pearson', 1000) AS followed, reported_value FROM area_latest WHERE code = 'DEU' AND indicator = 'thrombectomy_per_stroke';
ROLLBACK;

-- A country by strata, two periods that end together: the shorter is the latest; regions against their country.
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'R' || n, 'Region ' || n, 'region', id('FRA') FROM generate_series(1, 5) n;
INSERT INTO area (code_system, code, name, level, parent_id, geom) SELECT 'tmap', format('D%s%s', r, d), format('Department %s of %s', d, r), 'department', id('R' || r), box(r, 42 + d, 1, 1) FROM generate_series(1, 5) r, generate_series(1, 3) d;
INSERT INTO source (source_key, title, origin) VALUES ('syn', 'Synthetic strokes', 'synthetic'), ('pop', 'Synthetic people', 'synthetic'), ('tot', 'Totals only', 'submitted');
INSERT INTO stroke (country, year, stroke_id, area_id, stratum, treated, source_id)
SELECT 'FRA', 2020 + g % 2, g, id(format('D%s%s', 1 + g % 5, 1 + g / 5 % 3)), stratum(20 + g / 15 * 7 % 80, CASE WHEN g / 15 % 3 = 0 THEN 'male' ELSE 'female' END), g * 31 % 101 < 6 + g % 5 - g / 15 * 7 % 80 / 20, find_source('syn')
FROM generate_series(1, 30000) g;
INSERT INTO population SELECT id(format('D%s%s', r, d)), make_date(y, 1, 1), make_date(y, 12, 31), stratum('age90+sex', a, s, NULL), 5000 - 50 * a + r, find_source('pop')
FROM generate_series(1, 5) r, generate_series(1, 3) d, generate_series(2020, 2021) y, generate_series(0, 90, 5) a, unnest(ARRAY['female', 'male']) s;
SELECT * FROM tally_strokes('syn');
INSERT INTO standard (name, tally, title) SELECT 'FRA 2020', (SELECT f.tally FROM fact f WHERE f.area_id = id('FRA') AND f.valid_from = '2020-01-01' AND indicator = 'thrombectomy_per_stroke'), 'Strokes of France 2020';
UPDATE indicator SET standard = 'FRA 2020' WHERE indicator = 'thrombectomy_per_stroke';
SELECT code, events, at_risk, round(value::numeric, 3) AS value, round(dsr::numeric, 3) AS dsr, round(dsr_lower::numeric, 3) AS lo, round(dsr_upper::numeric, 3) AS up, round(expected::numeric, 2) AS expected,
       round(smr::numeric, 4) AS smr, round(smr_lower::numeric, 4) AS lo, round(smr_upper::numeric, 4) AS up, round(isr::numeric, 3) AS isr, reference_code AS ref
FROM area_year WHERE source_key = 'syn' AND year = 2020 AND indicator = 'thrombectomy_per_stroke' AND level <> 'department' ORDER BY level, code;
-- Every number is the library's own for the same tallies.
SELECT y.indicator, count(*) AS rows,
       bool_and(y.dsr IS NOT DISTINCT FROM dsr(f.tally, standard_tally(y.dsr_standard), y.per, 0.95) AND y.dsr_upper IS NOT DISTINCT FROM dsr_upper(f.tally, standard_tally(y.dsr_standard), per => y.per, min_coverage => 0.95)) AS dsr,
       bool_and(y.expected = expected(f.tally, n.tally) AND y.smr = smr(f.tally, n.tally) AND y.smr_lower = smr_lower(f.tally, n.tally) AND y.smr_upper = smr_upper(f.tally, n.tally)) AS smr,
       bool_and(abs(y.isr / isr(f.tally, n.tally, y.per) - 1) < 1e-12 AND abs(y.isr_lower / isr_lower(f.tally, n.tally, per => y.per) - 1) < 1e-12) AS isr,
       count(y.dsr) AS with_dsr, bool_and(y.value = CASE y.indicator WHEN 'thrombectomy_per_stroke' THEN proportion(f.tally, y.per) ELSE rate(f.tally, y.per) END) AS crude
FROM area_year y JOIN fact f ON f.fact_id = y.fid JOIN fact n ON (n.indicator, n.valid_from, n.valid_to, n.source_id) = (f.indicator, f.valid_from, f.valid_to, f.source_id) WHERE y.source_key = 'syn' AND n.area_id = id('FRA') GROUP BY 1 ORDER BY 1;
SELECT code, round(value::numeric, 2) AS value, round(dsr::numeric, 2) AS dsr, dsr_standard, dsr_coverage, round(smr::numeric, 3) AS smr FROM area_year WHERE indicator = 'thrombectomy_per_inhabitant' AND year = 2021 AND level IN ('country', 'region') ORDER BY level, code;
-- Totals only: crude values and a ratio that adjusts for nothing are possible, a directly standardised rate is not; no ratio when the country has strata that the area lacks.
SELECT status FROM load_counts_text(E'area,period,strokes,thrombectomies\nR1,2021,100,9\nR2,2021,0,0\nFRA,2021,1000,60\nR3,2020-2021,10,1\n', 'tot', 'FRA', 'tot');
SELECT code, valid_from, year, per, events, at_risk, round(value::numeric, 3) AS value, lower IS NULL AS no_limits, dsr, dsr_standard, round(smr::numeric, 3) AS smr, round(isr::numeric, 3) AS isr, shown FROM area_year WHERE source_key = 'tot' ORDER BY per, code, valid_from;
SELECT status FROM load_counts_text(E'area,period,sex,strokes,thrombectomies\nR4,2021,female,100,9\n', 'sex', 'FRA', 'tot');
SELECT status FROM load_counts_text(E'area,period,sex,strokes,thrombectomies\nFRA,2022,female,500,25\nFRA,2022,male,500,40\nR4,2022,,100,9\nR5,2022,male,100,9\n', 'sex2', 'FRA', 'tot');
SELECT code, year, value, round(smr::numeric, 3) AS smr FROM area_year WHERE source_key = 'tot' AND code IN ('R4', 'R5') AND indicator = 'thrombectomy_per_stroke' ORDER BY 1, 2;
-- The latest: one row per area and indicator.
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, shown, choice_reason, basis) VALUES (id('FRA'), '2018-01-01', '2021-12-31', 'thrombectomy_per_stroke', find_source('syn'), tally('all', 1, 20), true, 'a pool of years', 'pool');
SELECT indicator, count(*) AS rows, count(DISTINCT area_id) AS areas, min(valid_from) AS first, bool_and(shown) AS shown FROM area_latest WHERE reference_code = 'FRA' GROUP BY 1 ORDER BY 1;

-- A later figure without a value does not hide one with a value.
BEGIN;
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, events, shown, choice_reason) VALUES (id('FRA'), '2022-01-01', '2023-12-31', 'thrombectomy_per_stroke', 1, 6, true, 'number only'), (id('ITA'), '2022-01-01', '2023-12-31', 'thrombectomy_per_stroke', 1, 6, true, 'number only');
SELECT code, valid_from, events, value_basis FROM area_latest WHERE code IN ('FRA', 'ITA') AND indicator = 'thrombectomy_per_stroke' ORDER BY 1;
ROLLBACK;
-- Strokes of unknown sex are not in a standard by sex: the rate of the others is given while they are few.
BEGIN;
INSERT INTO standard (name, tally) VALUES ('sexes', 'tmap1 sex {female: 0/1, male: 0/1}');
UPDATE indicator SET standard = 'sexes', min_coverage = 0.95 WHERE indicator = 'thrombectomy_per_stroke';
UPDATE fact SET tally = v.t::tally, events = events(v.t::tally) FROM (VALUES ('R1', 'tmap1 sex {female: 1/10, male: 1/10, sex-unknown: 90/100}'), ('R2', 'tmap1 sex {female: 10/100, male: 10/90, sex-unknown: 0/10}')) AS v (code, t)
WHERE area_id = id(v.code) AND source_id = find_source('syn') AND valid_from = '2020-01-01' AND indicator = 'thrombectomy_per_stroke';
SELECT code, at_risk, dsr_at_risk, dsr_coverage, round(dsr::numeric, 2) AS dsr, round(value::numeric, 2) AS value FROM area_year WHERE code IN ('R1', 'R2') AND source_key = 'syn' AND year = 2020 AND indicator = 'thrombectomy_per_stroke' ORDER BY 1;
ROLLBACK;
-- A reader of the views needs rights on them alone, whatever standard they use; a standard in use stays.
CREATE ROLE regress_view_reader;
GRANT USAGE ON SCHEMA tmap, vw TO regress_view_reader;
GRANT SELECT ON area_year, area_latest TO regress_view_reader;
SET ROLE regress_view_reader;
SELECT count(*) > 0 AS rows, count(dsr) > 0 AS standardised FROM vw.area_year;
SELECT count(*) > 0 AS rows, count(dsr) > 0 AS standardised FROM vw.area_latest;
SELECT count(*) FROM vw.standard;
RESET ROLE;
DROP OWNED BY regress_view_reader;
DROP ROLE regress_view_reader;
DELETE FROM standard WHERE name = 'FRA 2020';
UPDATE standard SET name = 'other' WHERE name = 'FRA 2020';
TRUNCATE standard;

-- Target level and alert level: median and 25th percentile of the regions' standardised values.
SELECT year, round(target_level::numeric, 4) AS target_level, round(alert_level::numeric, 4) AS alert_level, areas, round(country_value::numeric, 4) AS country_value FROM target_levels(source_key => 'syn');
SELECT y.year, percentile_cont(0.5) WITHIN GROUP (ORDER BY y.isr) / t.target_level BETWEEN 1 - 1e-12 AND 1 + 1e-12 AS median, percentile_cont(0.25) WITHIN GROUP (ORDER BY y.isr) / t.alert_level BETWEEN 1 - 1e-12 AND 1 + 1e-12 AS quartile
FROM area_year y JOIN target_levels('region', 'thrombectomy_per_stroke', 'syn') t ON t.year = y.year
WHERE y.level = 'region' AND y.indicator = 'thrombectomy_per_stroke' AND y.source_key = 'syn' GROUP BY y.year, t.target_level, t.alert_level ORDER BY 1;
SELECT year, code, name, events, at_risk, round(ratio::numeric, 3) AS ratio, round(alert_level::numeric, 3) AS alert_level FROM below_alert_level('department', source_key => 'syn');
SELECT year, count(*) FROM below_alert_level('region', 'region', 'thrombectomy_per_stroke', 'syn') GROUP BY year ORDER BY 1;
SELECT * FROM target_levels('region', 'thrombectomy_per_stroke', 'pop');
SELECT * FROM target_levels('canton', 'thrombectomy_per_stroke', 'syn');
SELECT * FROM target_levels('region', 'nonsense', 'syn');
-- Without a source, the shown figures.
SELECT year, areas, round(country_value::numeric, 2) AS country_value FROM target_levels();
SELECT year, count(*) FROM below_alert_level('department') GROUP BY year ORDER BY 1;
SELECT * FROM target_levels(source_key => 'nobody');
-- Facts check themselves.
\set VERBOSITY terse
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id) VALUES (id('FRA'), '2001-01-01', '2001-12-31', 'thrombectomy_per_stroke', 1);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events) VALUES (id('FRA'), '2001-01-01', '2001-12-31', 'thrombectomy_per_stroke', 1, tally('all', 5, 10), 6);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk) VALUES (id('FRA'), '2001-01-01', '2001-12-31', 'thrombectomy_per_stroke', 1, tally('all', 5, 10), 11);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, events, at_risk) VALUES (id('FRA'), '2001-01-01', '2001-12-31', 'thrombectomy_per_stroke', 1, 5, 10);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, events) VALUES (id('FRA'), '2001-12-31', '2001-01-01', 'thrombectomy_per_stroke', 1, 6);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, reported_value) VALUES (id('FRA'), '2001-01-01', '2001-12-31', 'thrombectomy_per_stroke', 1, 6);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, events, shown) VALUES (id('FRA'), '2001-01-01', '2001-12-31', 'thrombectomy_per_stroke', 1, 6, true);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, events, shown, choice_reason) VALUES (id('DEU'), '2016-01-01', '2016-12-31', 'thrombectomy_per_stroke', 3, 6, true, 'also');
INSERT INTO standard (name, tally) VALUES ('empty', 'tmap1 age90 {}');
\set VERBOSITY default
SELECT at_risk(standard_tally('FRA 2020')) AS own, at_risk(standard_tally('ESP2013')) AS shipped, standard_tally(NULL) AS none;
SELECT standard_tally('nonsense');
RESET search_path;
DROP SCHEMA vw CASCADE;
