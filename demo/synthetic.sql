-- SYNTHETIC patient-level France, 2018-2024: 803,058 strokes, 49,154 thrombectomies, 101 départements. No real patient.
--
--   psql -v strokes=my.stroke [-v seed=20181] [-v data=demo/data] -f demo/synthetic.sql
--
-- :strokes an existing, empty table with the columns id bigint, year int4, department text, age int4, sex text,
--         comorbidity text, treated boolean, synthetic boolean. The script fills it and leaves a comment on it.
-- :seed   another seed gives other people and moves the départements a little (Paris 20 to 23); national totals and the
--         regions' targets stay.
-- :data   the folder with fr_departement_population.csv, fr_mt_centres_named_in_sources.csv, england_first_stroke_profile.csv.
--
-- The same seed gives the same rows on any machine and under any plan: random numbers are hashes of the row number
-- (hashint8extended, on which hash partitioning relies too), and all arithmetic is on integers and numeric, never float.
-- Every calibration target names its source; what no source gives is marked "assumed".
\set ON_ERROR_STOP on
\if :{?seed} \else
\set seed 20181
\endif
\if :{?data} \else
\set data demo/data
\endif
\set synthetic_here `pwd`
SET client_min_messages = warning;

-- 1. What is known -----------------------------------------------------------------------------------------------------

CREATE TEMP TABLE synthetic_department (department text, name text, region text, region_name text, zone text,
  n_communes int, population bigint, source text);
CREATE TEMP TABLE synthetic_centre (city text, department text, status text, lat numeric, lon numeric, quality text,
  evidence text, source text);
CREATE TEMP TABLE synthetic_profile (area text, period text, people text, variable text, level text, count bigint,
  percent numeric, source text);
\cd :data
\copy synthetic_department FROM 'fr_departement_population.csv' WITH (FORMAT csv, HEADER)
\copy synthetic_centre FROM 'fr_mt_centres_named_in_sources.csv' WITH (FORMAT csv, HEADER)
\copy synthetic_profile FROM 'england_first_stroke_profile.csv' WITH (FORMAT csv, HEADER)
\cd :synthetic_here
DELETE FROM synthetic_department WHERE zone = 'com';   -- the study is about the 101 départements

-- National targets by year: strokes, thrombectomies, Target Level and Alert Level (per 100 strokes).
-- Sources (french_preliminary_study_facts.csv): 803,058 strokes and 49,154 thrombectomies in all; 231,947 strokes in
-- 2018-2019; TTL 4.4 in 2018 and 7.0 in 2024; TAL 3.6 and 5.6; thrombectomies per 100,000 11.8 in 2018, 13.4 in 2019,
-- their number +14.7 %. That rate must be per adult: over all 66.9 million inhabitants it would mean 16,900
-- thrombectomies in two years and a falling ratio after, over the 50.92 and 51.15 million aged 20 or more (UN WPP 2019,
-- France with its five overseas départements, between 2015 and 2020) it gives 5,990 and 6,870: 11.8, 13.4 and +14.7 %.
-- Assumed: the split of strokes by year (a dip in 2020), the thrombectomies of 2020-2024 within their total of 36,294,
-- TTL and TAL between the two ends (2019 follows the +14.7 %).
CREATE TEMP TABLE synthetic_year (year int, strokes bigint, thrombectomies bigint, ttl numeric, tal numeric);
INSERT INTO synthetic_year VALUES
  (2018, 115200, 5990, 4.40, 3.60), (2019, 116747, 6870, 5.00, 4.05), (2020, 111000, 6538, 5.30, 4.30),
  (2021, 113400, 6827, 5.60, 4.55), (2022, 114700, 7192, 6.00, 4.85), (2023, 115600, 7627, 6.50, 5.20),
  (2024, 116411, 8110, 7.00, 5.60);

-- Regions (18, INSEE). Assumed throughout: risk, strokes per inhabitant relative to France; young, younger patients;
-- and the region's standardised ratio = a * TAL + b * TTL + c + spread * (what is left for that year).
-- The order is built so that the 5th and 6th of 18 give the Alert Level (percentile 0.25 lies a quarter of the way between
-- them) and the 9th and 10th the Target Level; large regions hold these ranks, where one patient more changes nothing.
-- From sources only (french_preliminary_study_facts.csv): Guyane lowest of the départements in 2018-2019, 0.32 per 100,000
-- (one patient in two years), and Paris highest, 20.04. All other places in this order are invented, not findings.
CREATE TEMP TABLE synthetic_region (region text, from_year int, to_year int, risk numeric, young boolean,
  a numeric, b numeric, c numeric, spread numeric);
INSERT INTO synthetic_region VALUES
  ('03', 2018, 2018, 0.55, true,  0.00, 0.00,  0.00, 0.0),   -- Guyane: nobody in 2018,
  ('03', 2019, 2019, 0.55, true,  0.09, 0.00,  0.00, 0.0),   -- one patient in 2019
  ('03', 2020, 2024, 0.55, true,  0.50, 0.00,  0.00, 0.0),   -- Guyane, later
  ('06', 2018, 2024, 0.35, true,  0.65, 0.00,  0.00, 0.0),   -- Mayotte
  ('94', 2018, 2024, 1.05, false, 0.75, 0.00,  0.00, 0.0),   -- Corse
  ('02', 2018, 2024, 1.05, true,  0.86, 0.00,  0.00, 0.0),   -- Martinique
  ('28', 2018, 2024, 1.12, false, 1.00, 0.00, -0.03, 0.0),   -- Normandie: 5th
  ('32', 2018, 2024, 1.08, false, 1.00, 0.00,  0.09, 0.0),   -- Hauts-de-France: 6th
  ('01', 2018, 2024, 0.95, true,  0.55, 0.45,  0.00, 0.0),   -- Guadeloupe
  ('75', 2018, 2024, 1.20, false, 0.50, 0.50,  0.00, 0.0),   -- Nouvelle-Aquitaine
  ('84', 2018, 2024, 0.95, false, 0.00, 1.00, -0.05, 0.0),   -- Auvergne-Rhône-Alpes: 9th
  ('44', 2018, 2024, 1.05, false, 0.00, 1.00,  0.05, 0.0),   -- Grand Est: 10th
  ('24', 2018, 2024, 1.15, false, 0.00, 1.00,  0.10, 0.2),   -- Centre-Val de Loire
  ('27', 2018, 2024, 1.20, false, 0.00, 1.00,  0.10, 0.4),   -- Bourgogne-Franche-Comté
  ('04', 2018, 2024, 0.80, true,  0.00, 1.00,  0.10, 0.5),   -- La Réunion
  ('52', 2018, 2024, 1.00, false, 0.00, 1.00,  0.10, 0.7),   -- Pays de la Loire
  ('53', 2018, 2024, 1.15, false, 0.00, 1.00,  0.10, 0.8),   -- Bretagne
  ('76', 2018, 2024, 1.08, false, 0.00, 1.00,  0.10, 1.0),   -- Occitanie
  ('93', 2018, 2024, 1.08, false, 0.00, 1.00,  0.10, 1.3),   -- Provence-Alpes-Côte d'Azur
  ('11', 2018, 2024, 0.78, true,  0.00, 1.00,  0.10, 2.0);   -- Île-de-France

-- Female share by age, per 1,000. Assumed, such that with England's ages the whole has its 47.6 % women.
-- Comorbidity by age, per 1,000. Assumed: the profile gives single diseases only (28.0 % diabetes), which bounds
-- "none" below 72 %. Unknown sex (2 per 1,000): assumed, so that the map must cope. Comorbidity is always known: in a file
-- of stays it is a list of diagnoses, and an empty list is no disease.
CREATE TEMP TABLE synthetic_band (level text, young_share numeric, from_age int, to_age int,
  female int, none int, low int, moderate int);
INSERT INTO synthetic_band VALUES          -- the rest to 1,000 is 'high'; young_share: ages of young regions, assumed
  ('18-59', 0.24, 20,  59, 400, 560, 270, 120),
  ('60-69', 0.20, 60,  69, 380, 420, 320, 180),
  ('70-79', 0.26, 70,  79, 420, 330, 330, 220),
  ('80+',   0.30, 80, 104, 599, 260, 330, 260);

-- Chance of treatment relative to a healthy patient of 50-79, per 100. Assumed: falls after 80, steeply after 85.
CREATE TEMP TABLE synthetic_propensity_age (from_age int, weight int);
INSERT INTO synthetic_propensity_age VALUES (20, 90), (50, 100), (80, 85), (85, 55), (90, 30);
CREATE TEMP TABLE synthetic_propensity_comorbidity (comorbidity text, weight int);
INSERT INTO synthetic_propensity_comorbidity VALUES ('none', 100), ('low', 90), ('moderate', 70), ('high', 45);

-- 2. Strokes by département and year -----------------------------------------------------------------------------------

-- A uniform integer below 2^31 from the seed, a stream number and a row number.
CREATE FUNCTION pg_temp.uniform(seed bigint, stream int, id bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (hashint8extended(id, seed * 1000 + stream) >> 20) & 2147483647;

-- Stroke weight: inhabitants x regional risk x (0.94 to 1.06 by département). Treatment weight within the region: 0.80 to
-- 1.05, more where a named centre is open; Paris's is found so that 2018-2019 gives its 20.04 per adult
-- (adults: 0.747 of the inhabitants, the national share). All assumed.
CREATE TEMP TABLE synthetic_place AS
SELECT d.department, d.region, row_number() OVER (ORDER BY d.department COLLATE "C") AS ordinal,
  d.population * r.risk * (940 + pg_temp.uniform(:seed, 1, d.n) % 121) / 1000 AS stroke_weight,
  CASE WHEN d.department = '75' THEN 1516
       WHEN d.department IN (SELECT department FROM synthetic_centre WHERE status LIKE 'open%') THEN 1150
       ELSE 800 + pg_temp.uniform(:seed, 2, d.n) % 251 END AS access
FROM (SELECT *, row_number() OVER (ORDER BY department COLLATE "C") AS n FROM synthetic_department) AS d
JOIN synthetic_region AS r ON r.region = d.region AND 2018 BETWEEN r.from_year AND r.to_year;

-- Largest remainders: every cell the floor of its share, the largest fractions one more, until the year's total is met.
CREATE TEMP TABLE synthetic_cell AS
WITH share AS (
  SELECT y.year, p.department, p.region, p.ordinal, y.strokes AS total,
    y.strokes * p.stroke_weight / sum(p.stroke_weight) OVER (PARTITION BY y.year) AS exact
  FROM synthetic_year AS y CROSS JOIN synthetic_place AS p),
ranked AS (
  SELECT *, floor(exact) AS base, total - sum(floor(exact)) OVER (PARTITION BY year) AS missing,
    row_number() OVER (PARTITION BY year ORDER BY exact - floor(exact) DESC, ordinal) AS place
  FROM share),
whole AS (SELECT *, (base + CASE WHEN place <= missing THEN 1 ELSE 0 END)::bigint AS strokes FROM ranked)
SELECT year, department, region, ordinal, strokes,
  (sum(strokes) OVER (ORDER BY year, ordinal) - strokes)::bigint AS id_before
FROM whole;

-- 3. The patients ------------------------------------------------------------------------------------------------------

-- Ages: England's first strokes 2022-2025 by band (56,925 + 54,525 + 81,850 + 114,755 = its total of 308,055; the printed
-- percents add to 100.1 by rounding). "18-59" is used from 20, the study's lower limit. Young regions get younger bands
-- (assumed), the others what is left, so that France as a whole has England's bands. Single years within a band: assumed,
-- rising to 79 and falling after. Thresholds of the cumulated shares, scaled to 2^31, for width_bucket.
CREATE TEMP TABLE synthetic_age AS
WITH stroke AS (
  SELECT sum(c.strokes) AS n, sum(c.strokes) FILTER (WHERE r.young) AS n_young
  FROM synthetic_cell AS c JOIN synthetic_region AS r ON r.region = c.region AND c.year BETWEEN r.from_year AND r.to_year),
band AS (
  SELECT b.from_age, b.to_age, b.young_share,
    (p.count / sum(p.count) OVER () * s.n - b.young_share * s.n_young) / (s.n - s.n_young) AS other_share
  FROM synthetic_band AS b JOIN synthetic_profile AS p ON p.variable = 'age' AND p.level = b.level CROSS JOIN stroke AS s),
single AS (
  SELECT g.young, a.age, CASE WHEN g.young THEN young_share ELSE other_share END
    * CASE WHEN a.age < 60 THEN (a.age - 17) * (a.age - 17) WHEN a.age < 80 THEN a.age - 40
           ELSE (106 - a.age) * (106 - a.age) END::numeric
    / sum(CASE WHEN a.age < 60 THEN (a.age - 17) * (a.age - 17) WHEN a.age < 80 THEN a.age - 40
           ELSE (106 - a.age) * (106 - a.age) END) OVER (PARTITION BY g.young, b.from_age) AS share
  FROM band AS b CROSS JOIN (VALUES (true), (false)) AS g(young) CROSS JOIN LATERAL generate_series(b.from_age, b.to_age) AS a(age)),
cumulated AS (
  SELECT young, age, floor(2147483648 * sum(share) OVER (PARTITION BY young ORDER BY age))::bigint AS threshold FROM single)
SELECT young, array_agg(threshold ORDER BY age) FILTER (WHERE age < 104) AS thresholds FROM cumulated GROUP BY young;

-- MATERIALIZED keeps the planner from working the hashes out again for every use of an age (four times the run time).
CREATE TEMP TABLE synthetic_patient AS
WITH drawn AS MATERIALIZED (
  SELECT c.id_before + k AS id, c.year, c.department, c.region,
    20 + width_bucket(pg_temp.uniform(:seed, 3, c.id_before + k), t.thresholds) AS age,
    pg_temp.uniform(:seed, 4, c.id_before + k) % 1000 AS for_sex,
    pg_temp.uniform(:seed, 5, c.id_before + k) % 1000 AS for_sex_unknown,
    pg_temp.uniform(:seed, 6, c.id_before + k) % 1000 AS for_comorbidity
  FROM synthetic_cell AS c
  JOIN synthetic_region AS r ON r.region = c.region AND c.year BETWEEN r.from_year AND r.to_year
  JOIN synthetic_age AS t ON t.young = r.young
  CROSS JOIN LATERAL generate_series(1, c.strokes) AS k),
known AS MATERIALIZED (
  SELECT d.id, d.year, d.department, d.region, d.age,
    CASE WHEN d.for_sex_unknown < 2 THEN 'unknown' WHEN d.for_sex < b.female THEN 'female' ELSE 'male' END AS sex,
    CASE WHEN d.for_comorbidity < b.none THEN 'none' WHEN d.for_comorbidity < b.none + b.low THEN 'low'
         WHEN d.for_comorbidity < b.none + b.low + b.moderate THEN 'moderate' ELSE 'high' END AS comorbidity
  FROM drawn AS d JOIN synthetic_band AS b ON b.from_age =
    CASE WHEN d.age < 60 THEN 20 WHEN d.age < 70 THEN 60 WHEN d.age < 80 THEN 70 ELSE 80 END)
SELECT k.id, k.year, k.department, k.region, k.age, k.sex, k.comorbidity, w.weight * c.weight AS weight
FROM known AS k
JOIN synthetic_propensity_comorbidity AS c ON c.comorbidity = k.comorbidity
JOIN synthetic_propensity_age AS w ON w.from_age =
  CASE WHEN k.age < 50 THEN 20 WHEN k.age < 80 THEN 50 WHEN k.age < 85 THEN 80 WHEN k.age < 90 THEN 85 ELSE 90 END;

-- 4. Thrombectomies by département and year ----------------------------------------------------------------------------

-- The expected number of a region is the national number shared out by its patients' weights; observed is the region's
-- ratio times that. What the fixed ranks leave of the year's total goes to the regions with a spread, in that proportion.
CREATE TEMP TABLE synthetic_quota AS
WITH cell AS (SELECT year, region, department, sum(weight) AS weight FROM synthetic_patient GROUP BY year, region, department),
region AS (
  SELECT y.year, r.region, y.thrombectomies AS total, r.spread,
    c.weight / sum(c.weight) OVER (PARTITION BY y.year) * y.strokes AS weighted_strokes,
    r.a * y.tal + r.b * y.ttl + r.c AS fixed_ratio
  FROM synthetic_year AS y
  JOIN synthetic_region AS r ON y.year BETWEEN r.from_year AND r.to_year
  JOIN (SELECT year, region, sum(weight) AS weight FROM cell GROUP BY year, region) AS c USING (year, region)),
exact_region AS (
  SELECT year, region, total, weighted_strokes / 100 * (fixed_ratio + spread
    * (100 * total - sum(fixed_ratio * weighted_strokes) OVER (PARTITION BY year))
    / sum(spread * weighted_strokes) OVER (PARTITION BY year)) AS exact
  FROM region),
ranked_region AS (
  SELECT *, total - sum(floor(exact)) OVER (PARTITION BY year) AS missing,
    row_number() OVER (PARTITION BY year ORDER BY exact - floor(exact) DESC, region COLLATE "C") AS place
  FROM exact_region),
whole_region AS (
  SELECT year, region, floor(exact) + CASE WHEN place <= missing THEN 1 ELSE 0 END AS total FROM ranked_region),
exact_department AS (
  SELECT year, region, department, w.total, p.ordinal,
    w.total * c.weight * p.access / sum(c.weight * p.access) OVER (PARTITION BY year, region) AS exact
  FROM whole_region AS w JOIN cell AS c USING (year, region) JOIN synthetic_place AS p USING (department, region)),
ranked_department AS (
  SELECT *, total - sum(floor(exact)) OVER (PARTITION BY year, region) AS missing,
    row_number() OVER (PARTITION BY year, region ORDER BY exact - floor(exact) DESC, ordinal) AS place
  FROM exact_department)
SELECT year, department, (floor(exact) + CASE WHEN place <= missing THEN 1 ELSE 0 END)::bigint AS thrombectomies
FROM ranked_department;

-- 5. Who is treated ----------------------------------------------------------------------------------------------------

-- Within a département and year the patients with the smallest uniform / weight are treated: sequential Poisson sampling
-- (Ohlsson, J Off Stat 1998;14:149-62), whose chances are proportional to the weights and whose number is exact.
INSERT INTO :strokes (id, year, department, age, sex, comorbidity, treated, synthetic)
SELECT p.id, p.year, p.department, p.age, p.sex, p.comorbidity,
  row_number() OVER (PARTITION BY p.year, p.department
    ORDER BY pg_temp.uniform(:seed, 8, p.id) * 1048576 / p.weight, p.id) <= q.thrombectomies,
  true
FROM synthetic_patient AS p JOIN synthetic_quota AS q USING (year, department)
ORDER BY p.id;

COMMENT ON TABLE :strokes IS 'SYNTHETIC strokes of France 2018-2024, generated by demo/synthetic.sql: no real patient. One row an ischaemic stroke (age 20 or more); treated: mechanical thrombectomy; department: INSEE code of residence.';

DROP TABLE synthetic_quota, synthetic_patient, synthetic_age, synthetic_cell, synthetic_place,
  synthetic_propensity_comorbidity, synthetic_propensity_age, synthetic_band, synthetic_region, synthetic_year,
  synthetic_profile, synthetic_centre, synthetic_department;
DROP FUNCTION pg_temp.uniform(bigint, int, bigint);
RESET client_min_messages;
