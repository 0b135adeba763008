-- SYNTHETIC France for the clients' atlas: the strokes of demo/synthetic.sql as they are, without the detour over stays.
--   psql -f test/clients/france.sql      (after demo/load.sql)
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET work_mem = '256MB';
SET jit = off;
CREATE TEMP TABLE stroke_row (id bigint, year int4, department text, age int4, sex text, comorbidity text, treated boolean, synthetic boolean);
\set strokes stroke_row
\ir ../../demo/synthetic.sql
SET client_min_messages = warning;
INSERT INTO atlas.source (source_key, title, definition, denominator_definition, origin, note) VALUES
  ('FRA-SYNTHETIC', 'SYNTHETIC patients of France 2018-2024, made by demo/synthetic.sql: no real patient', 'mechanical thrombectomies (SYNTHETIC)',
   'ischaemic strokes at age 20 or more (SYNTHETIC)', 'synthetic', 'Every place of a département or région is invented.');
SELECT atlas.add_stroke_year(y) FROM generate_series(2018, 2024) AS y \g /dev/null
SELECT atlas.find_source('FRA-SYNTHETIC') AS synthetic_source \gset
INSERT INTO atlas.stroke (country, year, stroke_id, area_id, stratum, treated, source_id)
SELECT 'FRA', s.year, s.id, a.area_id, tmap.stratum(s.age, s.sex, s.comorbidity), s.treated, :synthetic_source
FROM stroke_row AS s JOIN atlas.area AS a ON a.code_system = 'INSEE department' AND a.code = s.department;
ANALYZE atlas.stroke;
SELECT atlas.tally_strokes('FRA-SYNTHETIC') \g /dev/null
-- France as a country has real published figures: the synthetic sums are never shown as France's.
UPDATE atlas.fact AS f SET shown = false, choice_reason = 'SYNTHETIC: never shown as a figure of France'
FROM atlas.area AS a WHERE a.area_id = f.area_id AND a.level = 'country' AND f.source_id = :synthetic_source;
ANALYZE;
