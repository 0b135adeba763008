-- Tallies: text form, building, merging, reading.
\set VERBOSITY terse
SET search_path = public, tmap; -- the operators live in tmap
CREATE TEMP TABLE stroke (year integer, department text, age integer, sex text, treated boolean);
INSERT INTO stroke VALUES
  (2019, '01', 82, 'f', true), (2019, '01', 83, 'f', false), (2019, '01', 61, 'm', false), (2019, '02', 95, 'f', true), (2019, '02', NULL, 'm', false),
  (2020, '01', 80, 'f', false), (2020, '01', 80, NULL, true), (2020, '02', 61, 'm', true), (2020, '02', 62, 'm', NULL), (2020, '02', 0, 'f', false);

-- Text form: canonical whatever the order given; strata with nobody at risk are dropped; no strata at all.
SELECT 'tmap1 age90+sex {80-84 male: 1/2, 0-4 female: 0/7}'::tmap.tally;
SELECT 'tmap1 sex+age {80-84 female: 0/0, 0-4 female: 0/7}'::tmap.tally;
SELECT 'tmap1 total {all: 16135/225531}'::tmap.tally, 'tmap1 total {}'::tmap.tally, 'tmap1 age85us {5-14: 0/9223372036854775807}'::tmap.tally;
SELECT encode(tmap.tally_send('tmap1 sex {male: 1/2}'), 'hex');

-- Building: from people (unknown treatment is skipped: 9 of 10 rows), from counts, from one stratum.
SELECT tmap.tally_agg(tmap.stratum(age, sex), treated) FROM stroke;
SELECT tmap.tally_agg(s::tmap.stratum, e, n) FROM (VALUES ('female', 1, 10), ('male', 2, 20), ('female', 3, 30), ('sex-unknown', 0, 0), ('male', NULL, 5), ('male', 5, NULL)) AS v (s, e, n);
SELECT tmap.tally('female', 3, 10), tmap.tally('female', 0, 0), tmap.tally(NULL, 3, 10) IS NULL AS null_in_null_out;
SELECT tmap.tally_agg(tmap.stratum(age), treated) IS NULL AS no_rows FROM stroke WHERE false;
SELECT tmap.tally_agg(tmap.stratum(age), NULL::boolean) IS NULL AS all_null, tmap.rollup(NULL::tmap.tally) IS NULL AS no_tallies FROM stroke;
SELECT tmap.tally_agg('female', 0, 0) AS empty_strata FROM stroke;

-- Reading.
WITH t AS (SELECT tmap.tally_agg(tmap.stratum(age, sex), treated) AS t FROM stroke)
SELECT s.*, tmap.scheme(t), tmap.events(t), tmap.at_risk(t) FROM t, tmap.strata(t) AS s;
SELECT count(*) AS rows_of_null FROM tmap.strata(NULL);

-- Rolling up: departments to years to everything is the same as from the rows.
CREATE TEMP TABLE by_department AS SELECT year, department, tmap.tally_agg(tmap.stratum(age, sex), treated) AS t FROM stroke GROUP BY year, department;
CREATE TEMP TABLE by_year AS SELECT year, tmap.rollup(t) AS t FROM by_department GROUP BY year;
SELECT year, tmap.events(t), tmap.at_risk(t) FROM by_year ORDER BY year;
SELECT (SELECT tmap.rollup(t) FROM by_year) = (SELECT tmap.tally_agg(tmap.stratum(age, sex), treated) FROM stroke) AS same;
-- As a window function: moving totals; a frame without rows is NULL.
SELECT year, department, tmap.at_risk(tmap.rollup(t) OVER (ORDER BY year, department ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS moving,
       tmap.at_risk(tmap.rollup(t) OVER (ORDER BY year, department)) AS running, tmap.at_risk(tmap.rollup(t) OVER (PARTITION BY year)) AS year_total,
       tmap.at_risk(tmap.rollup(t) OVER (ORDER BY year, department ROWS BETWEEN 2 PRECEDING AND 2 PRECEDING)) AS before_last
FROM by_department ORDER BY year, department;

-- Arithmetic.
SELECT a + b AS sum, (a + b) - b = a AS back, a - a AS nobody, (a + NULL) IS NULL AS null_in_null_out
FROM (VALUES ('tmap1 sex {female: 1/2}'::tmap.tally, 'tmap1 sex {female: 3/4, male: 0/1}'::tmap.tally)) AS v (a, b);

-- Coarser schemes.
SELECT c, tmap.collapse(t, c) FROM (SELECT tmap.rollup(t) AS t FROM by_year) AS r, unnest(ARRAY['age90+sex', 'age85+sex', 'age85us', 'sex', 'total']) AS c;
-- Sub-groups.
WITH r AS (SELECT tmap.rollup(t) AS t FROM by_year)
SELECT tmap.filter(t, 'sex', 'female') AS women, tmap.filter(t, 'sex', 'unknown') AS sex_unknown, tmap.filter(t, 'age', '60-64', NULL) AS age_60_64_or_unknown,
       tmap.filter(t, 'sex', VARIADIC '{}'::text[]) AS nobody FROM r;
WITH r AS (SELECT tmap.rollup(t) AS t FROM by_year)
SELECT tmap.filter_age(t, 80, NULL) AS "80+", tmap.filter_age(t, NULL, 64) AS "0-64", tmap.filter_age(t, 60, 64) = tmap.filter(t, 'age', '60-64') AS same,
       tmap.at_risk(t) - tmap.at_risk(tmap.filter_age(t, NULL, NULL)) AS age_unknown FROM r;

-- Order: scheme, then stratum by stratum (levels, at risk, events), the shorter first.
SELECT t FROM unnest(ARRAY['tmap1 sex {female: 1/3}', 'tmap1 sex {male: 0/1}', 'tmap1 sex {female: 2/2}', 'tmap1 sex {female: 1/2}', 'tmap1 sex {female: 1/2, male: 0/1}', 'tmap1 sex {}', 'tmap1 total {all: 9/9}', 'tmap1 age90 {0-4: 0/1}']::tmap.tally[]) AS t ORDER BY t;
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt, tmap.tally_cmp(a, b), tmap.tally_hash(a) = tmap.tally_hash(b) AS same_hash,
       tmap.tally_hash_extended(a, 1) = tmap.tally_hash_extended(b, 1) AS same_seeded
FROM (VALUES ('tmap1 sex {female: 1/2}'::tmap.tally, 'tmap1 sex {female: 2/2}'::tmap.tally), ('tmap1 sex {female: 1/2}', 'tmap1 sex {female: 1/2, male: 0/0}'), ('tmap1 sex {male: 0/1}', 'tmap1 sex {female: 2/2}')) AS v (a, b);

-- Where differently cut tallies meet.
SELECT a, b, tmap.common_scheme(a, b) FROM (VALUES ('age90+sex', 'age85'), ('sex+age90', 'sex'), ('age90', 'sex'), ('age100', 'age85us'), ('age85us', 'age85'), ('total', 'age90')) AS v (a, b);
SELECT tmap.common_scheme(s) FROM unnest(ARRAY['age90+sex+comorbidity', NULL, 'sex+age85']) AS s;
SELECT tmap.common_scheme(s) AS single_in_canonical_order FROM unnest(ARRAY['sex+age']) AS s;
SELECT tmap.common_scheme(s) IS NULL AS no_rows FROM unnest(ARRAY[]::text[]) AS s;
SELECT tmap.canonical_scheme('deprivation+sex+age85');

-- Errors.
SELECT ''::tmap.tally;
SELECT 'tmap2 sex {}'::tmap.tally;
SELECT 'tmap1 sex {female: 1/2'::tmap.tally;
SELECT 'tmap1 sex {female: 1/2} '::tmap.tally;
SELECT 'tmap1 sex {female:1/2}'::tmap.tally;
SELECT 'tmap1 sex {female: 1/2,male: 1/2}'::tmap.tally;
SELECT 'tmap1 sex {female: 1}'::tmap.tally;
SELECT 'tmap1 sex {female: +1/2}'::tmap.tally;
SELECT 'tmap1 sex {female: 1/2.0}'::tmap.tally;
SELECT 'tmap1 sex {80-84: 1/2}'::tmap.tally;
SELECT 'tmap1 size {}'::tmap.tally;
SELECT 'tmap1 sex {female: 1/2, female: 1/2}'::tmap.tally;
SELECT 'tmap1 sex {female: 3/2}'::tmap.tally;
SELECT 'tmap1 sex {female: -1/2}'::tmap.tally;
SELECT 'tmap1 sex {female: 1/9223372036854775808}'::tmap.tally;
SELECT tmap.tally('female', 3, 2);
SELECT tmap.tally('female', 0, -1);
SELECT tmap.tally_agg(NULL, true);
SELECT tmap.tally_agg(NULL, 1, 2);
SELECT tmap.tally_agg(s::tmap.stratum, true) FROM unnest(ARRAY['female', '0-4']) AS s;
SELECT tmap.tally_agg('female', 0, 9223372036854775807) FROM generate_series(1, 2);
SELECT tmap.tally_agg('female', 2, 1);
SELECT 'tmap1 sex {}'::tmap.tally + 'tmap1 age90 {}';
SELECT 'tmap1 sex {female: 1/2}'::tmap.tally - 'tmap1 sex {female: 0/3}';
SELECT 'tmap1 sex {female: 2/2}'::tmap.tally - 'tmap1 sex {female: 0/1}';
SELECT 'tmap1 sex {female: 0/2}'::tmap.tally - 'tmap1 sex {male: 0/1}';
SELECT 'tmap1 sex {female: 0/9223372036854775807}'::tmap.tally + 'tmap1 sex {female: 0/1}';
SELECT tmap.rollup(t) FROM (VALUES ('tmap1 sex {}'::tmap.tally), ('tmap1 total {}')) AS v (t);
SELECT tmap.at_risk('tmap1 sex {female: 0/9223372036854775807, male: 0/1}'::tmap.tally);
SELECT tmap.collapse('tmap1 sex {}', 'age90');
SELECT tmap.collapse('tmap1 sex {}', 'gender');
SELECT tmap.filter('tmap1 sex {}', 'age', '0-4');
SELECT tmap.filter('tmap1 sex {}', 'sex', 'fem');
SELECT tmap.filter_age('tmap1 age90 {}', 81, NULL);
SELECT tmap.filter_age('tmap1 age90 {}', NULL, 80);
SELECT tmap.filter_age('tmap1 age90 {}', -1, NULL);
SELECT tmap.filter_age('tmap1 age90 {}', NULL, 131);
SELECT tmap.filter_age('tmap1 sex {}', NULL, NULL);
SELECT tmap.common_scheme('age90', 'gender');
SELECT tmap.common_scheme(s) FROM unnest(ARRAY['gender']) AS s;
