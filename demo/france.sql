-- SYNTHETIC patient-level France 2018-2024 into the atlas: strokes, tallies by département, sums for régions and France.
--   psql -v data=demo/data -f demo/france.sql      (after demo/load.sql)
\set ON_ERROR_STOP on
\if :{?data} \else
\set data demo/data
\endif
SET client_min_messages = warning;
SET work_mem = '256MB';

CREATE TEMP TABLE stay (id bigint, year int4, department text, age int4, sex text, comorbidity text, treated boolean, synthetic boolean);
\set stays stay
\ir synthetic.sql
SET client_min_messages = warning;

INSERT INTO atlas.source (source_key, title, definition, denominator_definition, origin, note) VALUES
  ('FRA-SYNTHETIC', 'SYNTHETIC patients of France 2018-2024, made by demo/synthetic.sql: no real patient',
   'mechanical thrombectomies (SYNTHETIC)', 'ischaemic strokes at age 20 or more (SYNTHETIC)', 'synthetic',
   'Only the national totals and the target and alert levels of 2018 and 2024 follow published figures; the place of every département and région is invented, save Guyane as the lowest and Paris as the highest.');

SELECT atlas.add_stroke_year(year) FROM generate_series(2018, 2024) AS year ORDER BY year \g /dev/null

SELECT atlas.find_source('FRA-SYNTHETIC') AS synthetic_source \gset
INSERT INTO atlas.stroke (country, year, stroke_id, area_id, stratum, treated, source_id)
SELECT 'FRA', s.year, s.id, a.area_id, tmap.stratum(s.age, s.sex, s.comorbidity), s.treated, :synthetic_source
FROM stay AS s JOIN atlas.area AS a ON a.code_system = 'INSEE department' AND a.code = s.department;
DROP TABLE stay;
ANALYZE atlas.stroke;

SELECT strokes, treated, unlocated, facts FROM atlas.tally_strokes('FRA-SYNTHETIC') \g /dev/null

-- France as a country has real published figures: the synthetic sum is kept beside them and never shown as France's.
UPDATE atlas.fact AS f SET shown = false, choice_reason = 'SYNTHETIC: never shown as a figure of France'
FROM atlas.area AS a
WHERE a.area_id = f.area_id AND a.level = 'country' AND f.source_id = :synthetic_source;
RESET client_min_messages;
RESET work_mem;
