-- SYNTHETIC patient-level France 2018-2024 into the atlas: strokes, tallies by département, sums for régions and France.
--   psql -v data=demo/data -f demo/france.sql      (after demo/load.sql)
\set ON_ERROR_STOP on
\if :{?data} \else
\set data demo/data
\endif
SET client_min_messages = warning;
SET work_mem = '256MB';

\echo progress: 803,058 strokes and who of them is treated
CREATE TEMP TABLE stay (id bigint, year int4, department text, age int4, sex text, comorbidity text, treated boolean, synthetic boolean);
\set stays stay
\ir synthetic.sql
SET client_min_messages = warning;

INSERT INTO atlas.source (source_key, title, definition, denominator_definition, origin, note) VALUES
  ('FRA-SYNTHETIC', 'SYNTHETIC patients of France 2018-2024, made by demo/synthetic.sql: no real patient',
   'mechanical thrombectomies (SYNTHETIC)', 'ischaemic strokes at age 20 or more (SYNTHETIC)', 'synthetic',
   'Only the national totals and the target and alert levels of 2018 and 2024 follow published figures; the place of every département and région is invented, save Guyane as the lowest and Paris as the highest.');

SELECT atlas.find_source('FRA-SYNTHETIC') AS synthetic_source \gset

\echo progress: storing them by year
-- What add_stroke_year() does, but filled before it is attached: keys are then checked once a year instead of once a row
-- (a few seconds instead of half a minute).
\o /dev/null
SELECT format(s.statement, y.year, :synthetic_source)
FROM generate_series(2018, 2024) AS y (year), (VALUES
  (1, 'CREATE TABLE atlas.stroke_%s (LIKE atlas.stroke INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)'),
  (2, 'COMMENT ON TABLE atlas.stroke_%1$s IS ''Strokes of %1$s.'''),
  (3, 'SELECT atlas.check_strokes_of(''stroke_%1$s'')'),
  (4, 'INSERT INTO atlas.stroke_%1$s (country, year, stroke_id, area_id, stratum, treated, source_id)
       SELECT ''FRA'', s.year, s.id, a.area_id, tmap.stratum(s.age, s.sex, s.comorbidity), s.treated, %2$s
       FROM stay AS s JOIN atlas.area AS a ON a.code_system = ''INSEE department'' AND a.code = s.department
       WHERE s.year = %1$s ORDER BY s.id'),
  (5, 'ALTER TABLE atlas.stroke ATTACH PARTITION atlas.stroke_%1$s FOR VALUES IN (%1$s)')) AS s (step, statement)
ORDER BY y.year, s.step
\gexec
\o
DROP TABLE stay;
\echo progress: counting them by département, région and country
ANALYZE atlas.stroke;

SELECT strokes, treated, unlocated, facts FROM atlas.tally_strokes('FRA-SYNTHETIC') \g /dev/null

-- The strokes of France in 2024 as a standard population: rates per stroke can then be compared directly, not only as ratios.
INSERT INTO atlas.standard (name, title, tally, source_id, note)
SELECT 'FRA-STROKES-2024', 'SYNTHETIC ischaemic strokes of France 2024, by age and sex', tmap.collapse(f.tally, 'age90+sex'), f.source_id,
  'Weights are its people at risk, the strokes. Comorbidity is left out: small départements lack strokes in too many of its strata.'
FROM atlas.fact AS f JOIN atlas.area AS a ON a.area_id = f.area_id AND a.level = 'country'
WHERE f.source_id = :synthetic_source AND f.indicator = 'thrombectomy_per_stroke' AND f.valid_from = '2024-01-01' AND NOT f.unlocated;
UPDATE atlas.indicator SET standard = 'FRA-STROKES-2024' WHERE indicator = 'thrombectomy_per_stroke';

-- France as a country has real published figures: the synthetic sum is kept beside them and never shown as France's.
UPDATE atlas.fact AS f SET shown = false, choice_reason = 'SYNTHETIC: never shown as a figure of France'
FROM atlas.area AS a
WHERE a.area_id = f.area_id AND a.level = 'country' AND f.source_id = :synthetic_source;
RESET client_min_messages;
RESET work_mem;
