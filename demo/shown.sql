-- What SYNTHETIC France lends to the atlas, its strokes as a standard, and what it does not: a figure of France.
--   psql -f demo/shown.sql      (after demo/count.sql with the definition frandon2024)
\set ON_ERROR_STOP on

-- The strokes of France in 2024 as a standard population: rates per stroke can then be compared directly, not only as ratios.
SELECT atlas.definition_source('frandon2024', 'FRA-SYNTHETIC') AS figures \gset
INSERT INTO atlas.standard (name, title, tally, source_id, note)
SELECT 'FRA-STROKES-2024', 'SYNTHETIC ischaemic strokes of France 2024, by age and sex', tmap.collapse(f.tally, 'age90+sex'), f.source_id,
  'Weights are its people at risk, the strokes. Comorbidity is left out: small départements lack strokes in too many of its strata.'
FROM atlas.fact AS f JOIN atlas.area AS a ON a.area_id = f.area_id AND a.level = 'country'
WHERE f.source_id = :figures AND f.indicator = 'thrombectomy_per_stroke' AND f.valid_from = '2024-01-01' AND NOT f.unlocated;
UPDATE atlas.indicator SET standard = 'FRA-STROKES-2024' WHERE indicator = 'thrombectomy_per_stroke';

-- France as a country has real published figures: the synthetic sums are kept beside them and never shown as France's.
UPDATE atlas.fact AS f SET shown = false, choice_reason = 'SYNTHETIC: never shown as a figure of France'
FROM atlas.area AS a, atlas.source AS s
WHERE a.area_id = f.area_id AND a.level = 'country' AND s.source_id = f.source_id AND s.origin = 'synthetic';
