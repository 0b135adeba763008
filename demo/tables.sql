-- What the demo prints. Plain queries on the atlas's views: copy any of them.
\set ON_ERROR_STOP on
\pset footer off
\pset null ''
\pset linestyle ascii

\echo
\echo '1. COUNTRIES: thrombectomies per 100 ischaemic strokes, latest published figure (95 % Wilson limits)'
\echo '   rounded: only a rounded rate was published. derived: denominator worked back from a rounded rate, hence no limits.'
\echo '   * grade C: a press report, the weakest evidence here.'
SELECT name || CASE WHEN quality = 'C' THEN ' *' ELSE '' END AS country, coalesce(year::text, date_part('year', valid_from) || '-' || date_part('year', valid_to)) AS period,
  events AS thrombectomies, at_risk AS strokes, round(value::numeric, 2) AS per_100,
  round(lower::numeric, 2) AS lower, round(upper::numeric, 2) AS upper,
  CASE WHEN value_basis = 'reported' THEN 'rounded' WHEN at_risk_basis = 'derived' THEN 'derived' ELSE 'counts' END AS basis, quality AS grade, source_key AS source
FROM atlas.area_latest
WHERE indicator = 'thrombectomy_per_stroke' AND level = 'country' AND value IS NOT NULL
ORDER BY value DESC, name COLLATE "C";

\echo '2. GERMANY over the years (shown figures; 2019: 16,135 of 225,531)'
SELECT year, events AS thrombectomies, at_risk AS strokes, round(value::numeric, 2) AS per_100, round(lower::numeric, 2) AS lower,
  round(upper::numeric, 2) AS upper, CASE WHEN value_basis = 'reported' THEN 'rounded' ELSE value_basis END AS basis, doi
FROM atlas.area_year
WHERE indicator = 'thrombectomy_per_stroke' AND level = 'country' AND code = 'DEU' AND shown
ORDER BY year;

\echo '3. CONFLICTING FIGURES of one country and year: all kept, one shown, with the reason'
SELECT c.code, c.year, CASE c.indicator WHEN 'thrombectomy_per_stroke' THEN 'strokes' ELSE 'inhabitants' END AS per, c.events, c.at_risk,
  round(c.value::numeric, 2) AS value, CASE WHEN c.shown THEN 'yes' ELSE 'no' END AS shown, c.source_key AS source, 
  (SELECT string_agg(l.line, E'\n' ORDER BY l.line_no) FROM atlas.map_lines(c.choice_reason, 60) AS l) AS reason
FROM (SELECT y.*, count(*) OVER (PARTITION BY area_id, indicator, valid_from, valid_to) AS figures
      FROM atlas.area_year AS y WHERE level = 'country' AND origin NOT IN ('synthetic', 'submitted')) AS c
WHERE c.figures > 1
ORDER BY c.code COLLATE "C", c.year, c.indicator COLLATE "C", c.shown DESC, c.source_key COLLATE "C";

\echo '4. COUNTRIES: thrombectomies per 100,000 inhabitants, where counts and inhabitants are known (exact Poisson limits)'
SELECT name AS country, year, events AS thrombectomies, at_risk AS inhabitants, round(value::numeric, 1) AS per_100000, round(lower::numeric, 1) AS lower,
  round(upper::numeric, 1) AS upper, source_key AS source
FROM atlas.area_year
WHERE indicator = 'thrombectomy_per_inhabitant' AND level = 'country' AND origin <> 'synthetic' AND value_basis = 'counts'
ORDER BY name COLLATE "C", year;

\echo '5. COUNTS HANDED IN (demo/data/counts_example_DEU.csv): what the loader took and what it refused'
SELECT submission_key AS submission, status, lines_read, accepted, rejected, duplicates FROM atlas.submission WHERE country = 'DEU' ORDER BY submission_id;
SELECT r.line_no, r.line, r.reason, r.column_name, r.detail
FROM atlas.rejected_line AS r JOIN atlas.submission AS s USING (submission_id) WHERE s.country = 'DEU' ORDER BY r.submission_id, r.line_no;
SELECT name AS country, year, events AS thrombectomies, at_risk AS strokes, round(value::numeric, 2) AS per_100, CASE WHEN shown THEN 'yes' ELSE 'no' END AS shown, source_key AS source
FROM atlas.area_year WHERE source_key = 'DEU-EXAMPLE' AND indicator = 'thrombectomy_per_stroke' ORDER BY year;

\echo '6. SYNTHETIC FRANCE: files of hospital stays handed in, one a year; that of 2024 replaced a provisional one'
SELECT s.submission_key AS "submission (SYNTHETIC)", s.status, s.lines_read, s.accepted, s.rejected, s.duplicates, t.unreadable AS codes_left_out,
  array_to_string(t.years, ' ') AS years_of_admission
FROM atlas.submission AS s JOIN atlas.stay_submission AS t USING (submission_id) ORDER BY s.submission_id;

\echo '7. SYNTHETIC FRANCE: what the loader refused, and why (0.5 % of the lines are wrong on purpose)'
SELECT r.reason AS "reason (SYNTHETIC)", r.column_name AS "column", sum(r.lines) AS lines, count(*) AS files, round(1000 * sum(r.lines) / sum(s.lines_read), 2) AS per_1000
FROM atlas.submission AS s CROSS JOIN atlas.rejected_by_reason(s.submission_id) AS r
WHERE s.country = 'FRA' AND s.status = 'in force'
GROUP BY r.reason, r.column_name ORDER BY sum(r.lines) DESC, r.reason COLLATE "C";

\echo '8. SYNTHETIC FRANCE: episodes, by the path to treatment (definition frandon2024, 2018-2024)'
SELECT coalesce(path, 'all') AS "path (SYNTHETIC)", sum(strokes) AS strokes, sum(strokes) FILTER (WHERE transferred) AS in_two_hospitals_or_more,
  round(100 * sum(strokes) / max(sum(strokes)) OVER (), 1) AS percent
FROM atlas.stroke_count WHERE source_id = atlas.definition_source('frandon2024', 'FRA-SYNTHETIC')
GROUP BY ROLLUP (path) ORDER BY stroke_count.path COLLATE "C" NULLS LAST;

\echo '9. SYNTHETIC FRANCE: stays counted as if each were a stroke, beside episodes. Transfers make the rate fall'
WITH book AS MATERIALIZED (SELECT atlas.codebook() AS book),
stays AS (
  SELECT s.year, count(*) AS stays, count(*) FILTER (WHERE tmap.has_concept(b.book, 'CCAM', s.procedures, 'mechanical_thrombectomy')) AS treated
  FROM atlas.stay AS s CROSS JOIN book AS b
  WHERE s.source_id = (SELECT atlas.find_source('FRA-SYNTHETIC')) AND s.age >= 20 AND NOT s.planned AND tmap.has_concept(b.book, 'CIM-10', s.principal, 'ischaemic_stroke')
  GROUP BY s.year),
strokes AS (
  SELECT year, sum(strokes) AS strokes, sum(strokes) FILTER (WHERE path <> 'not treated') AS treated
  FROM atlas.stroke_count WHERE source_id = atlas.definition_source('frandon2024', 'FRA-SYNTHETIC') GROUP BY year)
SELECT coalesce(year::text, 'all') AS "year (SYNTHETIC)", sum(y.stays) AS stays, sum(y.treated) AS treated_stays, round(100.0 * sum(y.treated) / sum(y.stays), 2) AS per_100_stays,
  sum(e.strokes) AS strokes, sum(e.treated) AS treated, round(100.0 * sum(e.treated) / sum(e.strokes), 2) AS per_100_strokes
FROM stays AS y JOIN strokes AS e USING (year) GROUP BY ROLLUP (year) ORDER BY year;

\echo '10. SYNTHETIC FRANCE: two case definitions over the same stays'
SELECT name AS definition, line AS "in words" FROM unnest('{frandon2024,international}'::text[]) AS name CROSS JOIN atlas.map_lines(atlas.case_definition_text(name), 120) AS l ORDER BY name, l.line_no;
SELECT year AS "year (SYNTHETIC)", strokes_a AS frandon2024, treated_a AS treated, round(value_a::numeric, 2) AS per_100,
  strokes_b AS international, treated_b AS treated, round(value_b::numeric, 2) AS per_100, more_strokes, more_treated
FROM atlas.compare_definitions('FRA-SYNTHETIC', 'frandon2024', 'international') WHERE level = 'country' ORDER BY year;

\echo '11. SYNTHETIC FRANCE 2018-2024: table 1, the patients (definition frandon2024)'
SELECT label AS "characteristic (SYNTHETIC)", all_strokes AS "all strokes", treated FROM atlas.table_one('FRA-SYNTHETIC', 'frandon2024', 'FRA') ORDER BY line;

\echo '12. SYNTHETIC FRANCE, regions 2024: thrombectomies per 100 strokes, standardised to the country by age, sex and comorbidity'
SELECT name AS "region (SYNTHETIC)", at_risk AS strokes, events AS thrombectomies, round(value::numeric, 2) AS crude, round(isr::numeric, 2) AS standardised,
  round(isr_lower::numeric, 2) AS lower, round(isr_upper::numeric, 2) AS upper, round(smr::numeric, 2) AS ratio
FROM atlas.area_year
WHERE indicator = 'thrombectomy_per_stroke' AND level = 'region' AND source_key = 'FRA-SYNTHETIC:frandon2024:1' AND year = 2024
ORDER BY isr, code COLLATE "C";

\echo '13. SYNTHETIC FRANCE: target level (median) and alert level (25th percentile) over the 18 regions, beside the published study'
WITH published (year, target, alert) AS (VALUES (2018, 4.4, 3.6), (2024, 7.0, 5.6))
SELECT t.year AS "year (SYNTHETIC)", s.at_risk AS strokes, s.events AS thrombectomies, round(t.country_value::numeric, 2) AS france,
  round(t.target_level::numeric, 2) AS target_level, p.target AS published_target, round(t.alert_level::numeric, 2) AS alert_level, p.alert AS published_alert
FROM atlas.target_levels('region', 'thrombectomy_per_stroke', 'FRA-SYNTHETIC:frandon2024:1') AS t
JOIN atlas.area_year AS s ON s.year = t.year AND s.source_key = 'FRA-SYNTHETIC:frandon2024:1' AND s.level = 'country' AND s.indicator = 'thrombectomy_per_stroke'
LEFT JOIN published AS p ON p.year = t.year
ORDER BY t.year;

\echo '14. SYNTHETIC FRANCE: départements below the alert level of 2024'
SELECT b.code, b.name AS "département (SYNTHETIC)", b.at_risk AS strokes, b.events AS thrombectomies, round(b.ratio::numeric, 4) AS standardised,
  round(y.isr_lower::numeric, 2) AS lower, round(y.isr_upper::numeric, 2) AS upper, round(b.alert_level::numeric, 4) AS alert_level
FROM atlas.below_alert_level('department', 'region', 'thrombectomy_per_stroke', 'FRA-SYNTHETIC:frandon2024:1') AS b
JOIN atlas.area_year AS y ON y.area_id = b.area_id AND y.year = b.year AND y.source_key = 'FRA-SYNTHETIC:frandon2024:1' AND y.indicator = 'thrombectomy_per_stroke'
WHERE b.year = 2024
ORDER BY b.ratio, b.code COLLATE "C";

\echo '15. SYNTHETIC FRANCE, regions 2024: thrombectomies per 100 strokes, directly standardised to the strokes of France 2024 by age and sex'
\echo '   Fay and Feuer limits; coverage: share of the standard in strata that have strokes here. Below 0.95 no value is given.'
SELECT name AS "region (SYNTHETIC)", at_risk AS strokes, events AS thrombectomies, round(value::numeric, 2) AS crude, round(dsr::numeric, 2) AS standardised,
  round(dsr_lower::numeric, 2) AS lower, round(dsr_upper::numeric, 2) AS upper, round(dsr_coverage::numeric, 3) AS coverage, dsr_standard AS standard
FROM atlas.area_year
WHERE indicator = 'thrombectomy_per_stroke' AND level = 'region' AND source_key = 'FRA-SYNTHETIC:frandon2024:1' AND year = 2024
ORDER BY dsr, code COLLATE "C";

\echo '16. SYNTHETIC FRANCE 2020: thrombectomies per 100,000 inhabitants, crude and directly standardised (ESP 2013; Fay and Feuer limits)'
SELECT name AS "country (SYNTHETIC)", year, events AS thrombectomies, at_risk AS inhabitants, round(value::numeric, 2) AS crude,
  round(dsr::numeric, 2) AS standardised, round(dsr_lower::numeric, 2) AS lower, round(dsr_upper::numeric, 2) AS upper, dsr_standard AS standard
FROM atlas.area_year
WHERE indicator = 'thrombectomy_per_inhabitant' AND level = 'country' AND source_key = 'FRA-SYNTHETIC:frandon2024:1' AND year = 2020;

\echo '17. SYNTHETIC FRANCE: variation between the 101 départements, by year: observed over expected by age, sex and comorbidity'
\echo '   Quotients of extremes, of the 95th and 5th, 90th and 10th percentiles; weighted coefficient of variation; Gini of people with a stroke;'
\echo '   systematic component of variation (McPherson) and empirical-Bayes variance, both without chance; phi of the funnel; areas beyond its 99.8 % limits.'
SELECT v.year AS "year (SYNTHETIC)", (v.v).areas, round((v.v).extremal_quotient::numeric, 2) AS eq, round((v.v).extremal_quotient_95_5::numeric, 2) AS eq_95_5,
  round((v.v).extremal_quotient_90_10::numeric, 2) AS eq_90_10, round((v.v).cv_weighted::numeric, 3) AS cv, round(v.gini::numeric, 3) AS gini, round((v.v).scv::numeric, 4) AS scv,
  round((v.v).eb_variance::numeric, 4) AS eb_variance, round((v.v).chi2::numeric, 0) AS chi2, (v.v).df, round((v.o).phi::numeric, 2) AS phi, f.low, f.high
FROM (SELECT year, tmap.variation(events::bigint, expected) AS v, tmap.gini(smr, at_risk) AS gini, tmap.overdispersion(events::bigint, expected) AS o
      FROM atlas.area_year WHERE indicator = 'thrombectomy_per_stroke' AND level = 'department' AND source_key = 'FRA-SYNTHETIC:frandon2024:1' GROUP BY year) AS v
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE class = -2) AS low, count(*) FILTER (WHERE class = 2) AS high
  FROM atlas.funnel_points('thrombectomy_per_stroke', 'department', v.year, 'FRA', 'smr')) AS f
ORDER BY v.year;
\echo '18. RELEASES: what the public may read, and the audit of each'
SELECT edition, current, audit ->> 'cells' AS cells, audit ->> 'primary' AS protected, audit ->> 'secondary' AS withheld, audit ->> 'exact' AS worked_out_exactly,
  audit ->> 'narrowest' AS narrowest_interval, left(sha256, 12) AS sha256
FROM atlas.release ORDER BY edition;

\echo '19. RELEASES: the role reader looks at the smallest départements of 2024 (SYNTHETIC). What is suppressed has no number; in its place stands the region above'
SET ROLE reader;
SELECT name AS "département (SYNTHETIC)", status, events, at_risk, round(value::numeric, 2) AS value, round(lower::numeric, 2) AS lower, round(upper::numeric, 2) AS upper,
  round(parent_value::numeric, 2) AS instead, value_parent_code AS of
FROM atlas.value WHERE indicator = 'thrombectomy_per_stroke' AND year = 2024 AND level = 'department' AND sex = 'all' AND age_from IS NULL ORDER BY at_risk NULLS FIRST, code COLLATE "C" LIMIT 12;
SELECT sex, age_from, count(*) AS cells, count(*) FILTER (WHERE status = 'suppressed') AS suppressed FROM atlas.value
WHERE indicator = 'thrombectomy_per_stroke' AND year = 2024 AND level = 'department' GROUP BY sex, age_from ORDER BY sex, age_from NULLS FIRST;
RESET ROLE;
