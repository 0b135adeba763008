-- Estimates: every family as value, lower and upper limit, and row; numbers rounded.
\set VERBOSITY terse
SET search_path = public, tmap; -- the operators live in tmap
CREATE FUNCTION pg_temp.r(v float8, digits integer DEFAULT 6) RETURNS numeric LANGUAGE sql RETURN round(v::numeric, digits);
CREATE FUNCTION pg_temp.e(e tmap.estimate, digits integer DEFAULT 6) RETURNS text LANGUAGE sql
RETURN format('%s (%s to %s), events %s, at risk %s, expected %s, per %s, confidence %s, %s, coverage %s', pg_temp.r((e).value, digits), pg_temp.r((e).lower, digits), pg_temp.r((e).upper, digits),
              (e).events, (e).at_risk, pg_temp.r((e).expected, digits), (e).per, (e).confidence, (e).method, pg_temp.r((e).coverage, 4));

-- Proportions. Germany 2019: 16,135 thrombectomies of 225,531 ischaemic strokes.
SELECT pg_temp.r(tmap.proportion(16135, 225531, 100)) AS value, pg_temp.r(tmap.proportion_lower(16135, 225531, per => 100)) AS lower, pg_temp.r(tmap.proportion_upper(16135, 225531, per => 100)) AS upper;
SELECT m AS method, pg_temp.e(tmap.proportion_estimate(16135, 225531, 0.95, m, 100)) FROM unnest(ARRAY['wilson', 'wilson_cc', 'clopper_pearson', 'jeffreys', 'agresti_coull']) AS m;
-- Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29.
SELECT x, n, m AS method, pg_temp.r(tmap.proportion_lower(x, n, 0.95, m), 4) AS lower, pg_temp.r(tmap.proportion_upper(x, n, 0.95, m), 4) AS upper
FROM (VALUES (81, 263), (15, 148), (0, 20), (1, 29)) AS v (x, n), unnest(ARRAY['wilson', 'wilson_cc', 'clopper_pearson']) AS m;
-- Limits stay between 0 and 1; nobody at risk has no proportion.
SELECT x, n, m AS method, pg_temp.e(tmap.proportion_estimate(x, n, 0.99, m), 4) FROM (VALUES (0, 3), (3, 3)) AS v (x, n), unnest(ARRAY['wilson', 'wilson_cc', 'clopper_pearson', 'jeffreys', 'agresti_coull']) AS m;
SELECT tmap.proportion(0, 0) IS NULL AND tmap.proportion_lower(0, 0) IS NULL AND tmap.proportion_upper(0, 0) IS NULL AS undefined, pg_temp.e(tmap.proportion_estimate(0, 0));
SELECT tmap.proportion(NULL, 3) IS NULL AND tmap.proportion_lower(1, 3, NULL) IS NULL AND tmap.proportion_estimate(1, 3, 0.95, NULL) IS NULL AS null_in_null_out;
-- From a tally.
SELECT pg_temp.r(tmap.proportion(t, 100)) AS value, pg_temp.r(tmap.proportion_lower(t, 0.95, 'clopper_pearson', 100)) AS lower, pg_temp.r(tmap.proportion_upper(t, 0.95, 'clopper_pearson', 100)) AS upper, pg_temp.e(tmap.proportion_estimate(t, per => 100))
FROM (VALUES ('tmap1 sex {female: 8000/115531, male: 8135/110000}'::tmap.tally)) AS v (t);

-- Rates per population, Poisson limits. 16,135 thrombectomies among 83,092,962 inhabitants; Garwood's limits of 0, 1 and 10 events.
SELECT pg_temp.e(tmap.rate_estimate(16135, 83092962, per => 100000)), pg_temp.r(tmap.rate(16135, 83092962, 100000)) AS value, pg_temp.r(tmap.rate_lower(16135, 83092962, per => 100000)) AS lower, pg_temp.r(tmap.rate_upper(16135, 83092962, per => 100000)) AS upper;
SELECT x, m AS method, pg_temp.r(tmap.rate(x, 1)) AS value, pg_temp.r(tmap.rate_lower(x, 1, 0.95, m), 4) AS lower, pg_temp.r(tmap.rate_upper(x, 1, 0.95, m), 4) AS upper FROM (VALUES (0), (1), (10)) AS v (x), unnest(ARRAY['exact', 'byar']) AS m;
SELECT pg_temp.e(tmap.rate_estimate(10, 1234.5, per => 1000)) AS person_years, pg_temp.e(tmap.rate_estimate(0, 0)) AS nobody;
SELECT pg_temp.r(tmap.rate(t, 100)) AS value, pg_temp.r(tmap.rate_lower(t, per => 100)) AS lower, pg_temp.r(tmap.rate_upper(t, per => 100)) AS upper, pg_temp.e(tmap.rate_estimate(t, 0.99, 'byar', 100)) FROM (VALUES ('tmap1 sex {female: 10/100, male: 0/100}'::tmap.tally)) AS v (t);

-- Ratios of observed to expected. 15 observed, 10 expected.
SELECT pg_temp.r(tmap.smr(15, 10)) AS smr, pg_temp.r(tmap.smr_lower(15, 10)) AS lower, pg_temp.r(tmap.smr_upper(15, 10)) AS upper, pg_temp.r(tmap.smr_lower(15, 10, 0.95, 'byar')) AS byar_lower, pg_temp.r(tmap.smr_upper(15, 10, 0.95, 'byar')) AS byar_upper, pg_temp.e(tmap.smr_estimate(15, 10, 0.9));
SELECT tmap.smr(15, 0) IS NULL AND tmap.smr_lower(15, 0) IS NULL AS nothing_expected, pg_temp.e(tmap.smr_estimate(15, 0));

-- Standardisation: two strata. Rates 10/100 and 40/200 in the area; the standard counts 3:1; the reference has 5% and 10%.
CREATE TEMP TABLE area AS SELECT 'tmap1 sex {female: 10/100, male: 40/200}'::tmap.tally AS t, 'tmap1 sex {female: 0/3000, male: 0/1000}'::tmap.tally AS standard, 'tmap1 sex {female: 50/1000, male: 50/500}'::tmap.tally AS reference;
-- Directly: (3 * 0.1 + 1 * 0.2) / 4 = 0.125.
SELECT m AS method, pg_temp.r(tmap.dsr(t, standard, 100)) AS value, pg_temp.r(tmap.dsr_lower(t, standard, 0.95, m, 100)) AS lower, pg_temp.r(tmap.dsr_upper(t, standard, 0.95, m, 100)) AS upper, pg_temp.e(tmap.dsr_estimate(t, standard, 0.95, m, 100))
FROM area, unnest(ARRAY['fay_feuer', 'tiwari', 'dobson_exact', 'dobson_byar']) AS m;
-- Indirectly: expected 100 * 0.05 + 200 * 0.1 = 25, ratio 50 / 25 = 2, times the reference's 100 of 1500.
SELECT pg_temp.r(tmap.expected(t, reference)) AS expected, pg_temp.r(tmap.smr(t, reference)) AS smr, pg_temp.r(tmap.smr_lower(t, reference)) AS lower, pg_temp.r(tmap.smr_upper(t, reference)) AS upper, pg_temp.e(tmap.smr_estimate(t, reference, 0.95, 'byar')) FROM area;
SELECT pg_temp.r(tmap.isr(t, reference, 100)) AS isr, pg_temp.r(tmap.isr_lower(t, reference, per => 100)) AS lower, pg_temp.r(tmap.isr_upper(t, reference, per => 100)) AS upper, pg_temp.e(tmap.isr_estimate(t, reference, 0.95, 'exact', 100)) FROM area;
-- The same from columns, and the same bits.
SELECT pg_temp.r(tmap.dsr(e, n, w)) AS dsr, tmap.dsr(e, n, w) = tmap.dsr(t, standard) AND tmap.dsr_lower(e, n, w) = tmap.dsr_lower(t, standard) AND tmap.dsr_upper(e, n, w) = tmap.dsr_upper(t, standard) AS same,
       pg_temp.e(tmap.dsr_estimate(e, n, w)), tmap.expected(n, '{50,50}', '{1000,500}') = tmap.expected(t, reference) AS same_expected
FROM area, (VALUES (ARRAY[10, 40]::float8[], ARRAY[100, 200]::float8[], ARRAY[3000, 1000]::float8[])) AS v (e, n, w);
SELECT pg_temp.e(tmap.dsr_estimate('{1.5,0}'::float8[], '{10.5,20}', '{1,1}')) AS counts_not_whole;

-- A stratum of the standard with nobody at risk: no silent zero. Here a quarter of the standard is not covered.
SELECT tmap.dsr(t, standard) IS NULL AS undefined, pg_temp.r(tmap.dsr(t, standard, 100, 0.75)) AS over_the_covered_part, pg_temp.e(tmap.dsr_estimate(t, standard, min_coverage => 0.75)), pg_temp.e(tmap.dsr_estimate(t, standard)) FROM (SELECT tmap.filter(t, 'sex', 'female') AS t, standard FROM area) AS f;
-- People outside the standard (sex unknown) do not count in the rate, but nothing can be expected of them.
SELECT pg_temp.e(tmap.dsr_estimate(t, standard)), tmap.expected(t, reference) IS NULL AS expected, tmap.smr(t, reference) IS NULL AS smr, pg_temp.e(tmap.smr_estimate(t, reference)) FROM (SELECT t + 'tmap1 sex {sex-unknown: 5/50}' AS t, standard, reference FROM area) AS f;
-- Without events: a rate of 0 whose Dobson limits do not exist.
SELECT m AS method, pg_temp.e(tmap.dsr_estimate('tmap1 sex {female: 0/100, male: 0/200}', standard, 0.95, m, 100)) FROM area, unnest(ARRAY['fay_feuer', 'tiwari', 'dobson_exact', 'dobson_byar']) AS m;
-- The standard says what is adjusted for: a finer tally is collapsed, both to the coarser age cut.
SELECT pg_temp.r(tmap.dsr('tmap1 age90+sex {85-89 female: 1/10, 85-89 male: 2/10, 90+ female: 3/20}', 'tmap1 age85 {85+: 0/7}')) AS "6 of 40",
       pg_temp.r(tmap.dsr('tmap1 age85 {80-84: 1/10, 85+: 5/10}', 'tmap1 age90 {80-84: 0/1, 85-89: 0/2, 90+: 0/1}')) AS "0.1 * 1/4 + 0.5 * 3/4";
-- The country as reference: ratios of departments against rollup over the year.
SELECT d, pg_temp.r(tmap.smr(t, tmap.rollup(t) OVER ())) AS smr FROM (VALUES (1, 'tmap1 sex {female: 1/10}'::tmap.tally), (2, 'tmap1 sex {female: 3/10}')) AS v (d, t);

-- Errors.
SELECT tmap.proportion(-1, 10);
SELECT tmap.proportion(11, 10);
SELECT tmap.proportion(1, 10, 0);
SELECT tmap.proportion(1, 10, 'NaN');
SELECT tmap.proportion_lower(1, 10, 0.5);
SELECT tmap.proportion_lower(1, 10, 95);
SELECT tmap.proportion_lower(1, 10, 'NaN');
SELECT tmap.proportion_lower(1, 10, 0.95, 'wald');
SELECT tmap.proportion_upper(1, 9007199254740994, 0.95, 'jeffreys');
SELECT tmap.rate(-1, 10);
SELECT tmap.rate(1, -10);
SELECT tmap.rate(1, 'NaN');
SELECT tmap.rate(1, 0);
SELECT tmap.rate_lower(1, 0);
SELECT tmap.rate_upper(1, 10, 0.95, 'wilson');
SELECT tmap.rate(1, 1e-300, 1e300);
SELECT tmap.rate_upper(1, 1e-300, per => 1e300);
SELECT (tmap.rate_estimate(1, 1e-300, per => 1e300)).value;
SELECT tmap.smr(-1, 10);
SELECT tmap.smr(1, -1);
SELECT tmap.smr(1, 'NaN');
SELECT tmap.smr_lower(1, 'Infinity');
SELECT tmap.dsr('tmap1 age90 {}', 'tmap1 sex {female: 0/1}');
SELECT tmap.smr('tmap1 age90 {}'::tmap.tally, 'tmap1 sex {female: 0/1}');
SELECT tmap.expected('tmap1 age90 {}', 'tmap1 age90+sex {}');
SELECT tmap.dsr('tmap1 sex {}', 'tmap1 sex {female: 0/1}', 100, 1.5);
SELECT tmap.dsr_lower('tmap1 sex {female: 0/1}', 'tmap1 sex {female: 0/1}', 0.95, 'exact');
SELECT tmap.isr('tmap1 sex {}', 'tmap1 sex {}', -1);
SELECT tmap.dsr('{1}'::float8[], '{1,2}', '{1,2}');
SELECT tmap.dsr('{NULL}'::float8[], '{1}', '{1}');
SELECT tmap.dsr('{{1}}'::float8[], '{{1}}', '{{1}}');
SELECT tmap.dsr('{-1}'::float8[], '{1}', '{1}');
SELECT tmap.dsr('{1}'::float8[], '{0}', '{1}');
SELECT tmap.dsr('{0}'::float8[], '{1}', '{Infinity}');
SELECT tmap.expected('{1}', '{1}', '{NaN}');
