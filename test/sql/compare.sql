-- Comparisons of two figures, binomial limits of standardised rates, the comparative figure, the minimum-count rule and its reasons; numbers rounded.
\set VERBOSITY terse
SET search_path = public, tmap; -- the operators live in tmap
CREATE FUNCTION pg_temp.r(v float8, digits integer DEFAULT 4) RETURNS text LANGUAGE sql RETURN CASE WHEN v = 'Infinity' THEN 'Infinity' ELSE round(v::numeric, digits)::text END;
CREATE FUNCTION pg_temp.c(c tmap.comparison, digits integer DEFAULT 4) RETURNS text LANGUAGE sql
RETURN format('%s (%s to %s), p %s; %s and %s per %s, confidence %s, %s%s', coalesce(pg_temp.r((c).value, digits), 'NULL'), pg_temp.r((c).lower, digits), pg_temp.r((c).upper, digits), coalesce(pg_temp.r((c).p, 6), 'NULL'),
              pg_temp.r((c).value1, digits), pg_temp.r((c).value2, digits), (c).per, (c).confidence, (c).method, ': ' || (c).reason);

-- Published: Newcombe 1998 (difference), table II, 56/70 - 48/80: 0.0524 to 0.3339 (method 10), 0.0528 to 0.3382 (Miettinen-Nurminen); Koopman 1984, 36/40 over 16/80: 2.94 to 7.15.
SELECT m AS method, pg_temp.c(tmap.proportion_difference(56, 70, 48, 80, 0.95, m)) FROM unnest(ARRAY['miettinen_nurminen', 'newcombe']) AS m;
SELECT m AS method, pg_temp.c(tmap.proportion_ratio(36, 40, 16, 80, 0.95, m)) FROM unnest(ARRAY['miettinen_nurminen', 'koopman', 'log']) AS m;
SELECT m AS method, pg_temp.c(tmap.odds_ratio(36, 40, 16, 80, 0.95, m)) FROM unnest(ARRAY['miettinen_nurminen', 'log']) AS m;
-- Rates: 41 in 28,010 and 15 in 19,017 person-years (breast cancer after fluoroscopy, Boice & Monson 1977); R's poisson.test: 1.8558, 1.0057 to 3.6093.
SELECT m AS method, pg_temp.c(tmap.rate_ratio(41, 28010, 15, 19017, 0.95, m)) FROM unnest(ARRAY['exact', 'mid_p', 'log']) AS m;
SELECT m AS method, pg_temp.c(tmap.rate_difference(41, 28010, 15, 19017, 0.95, m, 1000)) FROM unnest(ARRAY['miettinen_nurminen', 'mover']) AS m;

-- Empty cells: what is infinite, what does not exist, and what a method cannot say.
SELECT x1, n1, x2, n2, pg_temp.c(tmap.proportion_ratio(x1, n1, x2, n2)) AS ratio, pg_temp.c(tmap.proportion_ratio(x1, n1, x2, n2, method => 'log')) AS log, pg_temp.c(tmap.odds_ratio(x1, n1, x2, n2)) AS odds,
       pg_temp.c(tmap.proportion_difference(x1, n1, x2, n2)) AS difference, pg_temp.c(tmap.rate_ratio(x1, n1, x2, n2)) AS rates, pg_temp.c(tmap.rate_difference(x1, n1, x2, n2)) AS rate_difference
FROM (VALUES (0, 10, 0, 20), (3, 10, 0, 20), (0, 10, 3, 20), (10, 10, 20, 20), (10, 10, 0, 20), (0, 0, 3, 20)) AS v (x1, n1, x2, n2) \gx
-- Counts of a billion.
SELECT pg_temp.c(tmap.proportion_difference(500000000, 1000000000, 500100000, 1000000000, 0.9999), 8) AS difference, pg_temp.c(tmap.proportion_ratio(3, 1000000000, 1, 1000000000, 0.9999)) AS ratio, pg_temp.c(tmap.rate_ratio(1000000000, 1e12, 1000100000, 1e12, method => 'mid_p'), 8) AS rates;

-- From tallies and counts: two years of one area, people and events together.
CREATE TEMP TABLE years AS SELECT 'tmap1 sex {female: 10/100, male: 40/200}'::tmap.tally AS before, 'tmap1 sex {female: 20/120, male: 45/180}'::tmap.tally AS after, 'tmap1 sex {female: 50/1000, male: 50/500}'::tmap.tally AS reference;
SELECT pg_temp.c(tmap.proportion_difference(after, before, per => 100)) AS tallies, tmap.proportion_difference(after, before, per => 100) = tmap.proportion_difference(65, 300, 50, 300, per => 100) AS same, tmap.proportion_difference('65/300'::tmap.counts, '50/300', per => 100) = tmap.proportion_difference(65, 300, 50, 300, per => 100) AS same_from_counts,
       tmap.proportion_ratio(after, before) = tmap.proportion_ratio('65/300'::tmap.counts, '50/300') AND tmap.odds_ratio(after, before) = tmap.odds_ratio('65/300'::tmap.counts, '50/300') AS same_ratio,
       tmap.rate_ratio(after, before) = tmap.rate_ratio('65/300'::tmap.counts, '50/300') AND tmap.rate_difference(after, before) = tmap.rate_difference('65/300'::tmap.counts, '50/300') AS same_rates FROM years;
-- Standardised: (2/3) * 20/120 + (1/3) * 45/180 = 0.194444 over (2/3) * 0.1 + (1/3) * 0.2 = 0.133333.
SELECT m AS method, pg_temp.c(tmap.dsr_ratio(after, before, reference, 0.95, m)) FROM years, unnest(ARRAY['fay', 'tiwari', 'log', 'binomial']) AS m;
SELECT m AS method, pg_temp.c(tmap.dsr_difference(after, before, reference, 0.95, m, 100)) FROM years, unnest(ARRAY['mover', 'binomial']) AS m;
-- A stratum that one of the two lacks counts for neither.
SELECT pg_temp.c(tmap.dsr_ratio(tmap.filter(after, 'sex', 'male'), before, reference)) AS not_covered, pg_temp.c(tmap.dsr_ratio(tmap.filter(after, 'sex', 'male'), before, reference, min_coverage => 0.3)) AS men, pg_temp.c(tmap.rate_ratio(45, 180, 40, 200)) AS the_same,
       pg_temp.c(tmap.dsr_difference(after, tmap.filter(before, 'sex', 'unknown'), reference)) AS nobody, pg_temp.c(tmap.dsr_difference(after, before, 'tmap1 sex {}')) AS nothing FROM years;
-- Finer tallies meet on the standard's dimensions and the coarsest age cut.
SELECT pg_temp.c(tmap.dsr_ratio('tmap1 age90+sex {85-89 female: 1/10, 85-89 male: 2/10, 90+ female: 3/20}', 'tmap1 age85 {85+: 5/50}', 'tmap1 age90 {85-89: 0/7, 90+: 0/3}')) AS "0.15 to 0.1";

-- Binomial limits of a standardised rate: with one stratum Wilson's.
SELECT pg_temp.r(tmap.dsr_lower(t, t, method => 'binomial'), 12) = pg_temp.r(tmap.proportion_lower(t), 12) AND pg_temp.r(tmap.dsr_upper(t, t, method => 'binomial'), 12) = pg_temp.r(tmap.proportion_upper(t), 12) AS wilson FROM (SELECT 'tmap1 sex {female: 10/100}'::tmap.tally AS t) AS s;
SELECT m AS method, round(e.value::numeric, 6) AS value, round(e.lower::numeric, 6) AS lower, round(e.upper::numeric, 6) AS upper, e.reason FROM years, unnest(ARRAY['fay_feuer', 'log', 'binomial', 'binomial_normal']) AS m, tmap.dsr_estimate(before, reference, 0.95, m) AS e;
SELECT m AS method, e.value, round(e.lower::numeric, 6) AS lower, round(e.upper::numeric, 6) AS upper, e.reason FROM unnest(ARRAY['log', 'binomial', 'binomial_normal', 'dobson_exact', 'fay_feuer']) AS m, tmap.dsr_estimate('{0,0}'::float8[], '{100,200}', '{2,1}', 0.95, m) AS e;
SELECT m AS method, e.value, round(e.lower::numeric, 6) AS lower, e.upper, e.reason FROM unnest(ARRAY['binomial', 'binomial_normal']) AS m, tmap.dsr_estimate('{100,200}'::float8[], '{100,200}', '{2,1}', 0.95, m) AS e;

-- The comparative figure: standardised to the reference's people, over the reference's rate. (2/3 * 0.1 + 1/3 * 0.2) / (100/1500) = 2.
SELECT pg_temp.r(tmap.cmf(before, reference)) AS cmf, pg_temp.r(tmap.cmf_lower(before, reference)) AS lower, pg_temp.r(tmap.cmf_upper(before, reference)) AS upper, pg_temp.r(tmap.cmf(reference, reference)) AS of_itself,
       pg_temp.r(tmap.cmf(tmap.filter(before, 'sex', 'male'), reference, 0.3)) AS men, tmap.cmf(tmap.filter(before, 'sex', 'male'), reference) IS NULL AS not_covered, pg_temp.r(tmap.cmf_upper(before, reference, 0.95, 'log')) AS log_upper FROM years;
SELECT e.value, e.events, e.at_risk, e.coverage, e.method, e.reason FROM years, tmap.cmf_estimate(before, 'tmap1 sex {female: 0/1000, male: 0/500}') AS e;

-- The rule of a minimum: NULL with a reason, never a quiet number; the counts stay.
SELECT 'proportion' AS of, e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM tmap.proportion_estimate(9, 40, min_events => 10) AS e
UNION ALL SELECT 'at the limit', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM tmap.proportion_estimate(10, 40, min_events => 10, per => 100, method => 'clopper_pearson') AS e WHERE e.value = 25
UNION ALL SELECT 'no rule', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM tmap.rate_estimate(0, 40, min_events => 0, method => 'byar') AS e WHERE e.lower = 0
UNION ALL SELECT 'tally', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM years, tmap.proportion_estimate(before, min_events => 51) AS e
UNION ALL SELECT 'tally rate', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM years, tmap.rate_estimate(before, min_events => 51) AS e
UNION ALL SELECT 'smr', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM tmap.smr_estimate(3, 2.5, min_events => 10) AS e
UNION ALL SELECT 'tally smr', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM years, tmap.smr_estimate(before, reference, min_events => 51) AS e
UNION ALL SELECT 'isr', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM years, tmap.isr_estimate(before, reference, min_events => 51, per => 100) AS e
UNION ALL SELECT 'dsr', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM years, tmap.dsr_estimate(before, reference, min_events => 51, method => 'binomial') AS e
UNION ALL SELECT 'dsr of columns', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM tmap.dsr_estimate('{4.5,5}'::float8[], '{10,20}', '{1,1}', min_events => 10) AS e
UNION ALL SELECT 'cmf', e.value, e.lower IS NULL AND e.upper IS NULL AS no_limits, e.events, e.at_risk, e.expected, e.per, e.method, e.coverage, e.reason FROM years, tmap.cmf_estimate(before, reference, min_events => 51) AS e;
-- Other reasons.
SELECT e.value, e.events, e.at_risk, e.reason FROM tmap.proportion_estimate(0, 0) AS e UNION ALL SELECT e.value, e.events, e.at_risk, e.reason FROM tmap.rate_estimate(0, 0) AS e UNION ALL SELECT e.value, e.events, e.at_risk, e.reason FROM tmap.smr_estimate(3, 0, min_events => 10) AS e
UNION ALL SELECT e.value, e.events, e.at_risk, e.reason FROM tmap.smr_estimate('tmap1 sex {female: 1/2}'::tmap.tally, 'tmap1 sex {male: 1/2}') AS e UNION ALL SELECT e.value, e.events, e.at_risk, e.reason FROM tmap.isr_estimate('tmap1 sex {female: 1/2}', 'tmap1 sex {female: 0/2}') AS e
UNION ALL SELECT e.value, e.events, e.at_risk, e.reason FROM tmap.dsr_estimate('tmap1 sex {female: 1/2}'::tmap.tally, 'tmap1 sex {}') AS e UNION ALL SELECT e.value, e.events, e.at_risk, e.reason FROM tmap.dsr_estimate('tmap1 sex {female: 1/2}'::tmap.tally, 'tmap1 sex {male: 1/2}') AS e
UNION ALL SELECT e.value, e.events, e.at_risk, e.reason FROM tmap.dsr_estimate('tmap1 sex {female: 1/2}'::tmap.tally, 'tmap1 sex {female: 1/2, male: 1/2}') AS e;
-- The third number is a confidence when it has a point, and when it has none: a bigint has to be called one, or by name.
SELECT tmap.proportion_estimate(9, 40, 0.9) = tmap.proportion_estimate(9, 40, confidence => 0.9) AS confidence, (tmap.proportion_estimate(9, 40, 10::bigint)).reason;
SELECT tmap.proportion_estimate(9, 40, 10);

-- Mid-P and the rule of Public Health England: below 10 exact, else Byar.
SELECT x, pg_temp.r(tmap.rate_lower(x, 1, method => 'mid_p')) AS lower, pg_temp.r(tmap.rate_upper(x, 1, method => 'mid_p')) AS upper, tmap.rate_upper(x, 1, method => 'phe') = tmap.rate_upper(x, 1, method => CASE WHEN x < 10 THEN 'exact' ELSE 'byar' END) AS phe FROM unnest('{0,1,9,10}'::int[]) AS x;
SELECT x, pg_temp.r(tmap.proportion_lower(x, 20, method => 'mid_p'), 6) AS lower, pg_temp.r(tmap.proportion_upper(x, 20, method => 'mid_p'), 6) AS upper FROM unnest('{0,1,10,20}'::int[]) AS x;

-- Errors.
SELECT tmap.proportion_difference(3, 2, 1, 2);
SELECT tmap.proportion_ratio(1, 2, -1, 2);
SELECT tmap.proportion_ratio(1, 9007199254740994, 1, 2);
SELECT tmap.proportion_difference(9007199254740993, 9007199254740993, 1, 5);
SELECT tmap.proportion_ratio(1, 2, 1, 9223372036854775807);
SELECT tmap.proportion_difference(tally 'tmap1 sex {female: 1/9223372036854775807}', tally 'tmap1 sex {female: 1/2}');
SELECT tmap.odds_ratio(1, 2, 1, 2, 0.5);
SELECT tmap.proportion_difference(1, 2, 1, 2, 0.95, 'koopman');
SELECT tmap.proportion_difference(1, 2, 1, 2, per => 0);
SELECT tmap.rate_ratio(1, 'NaN', 1, 2);
SELECT tmap.rate_ratio(1, 2, 1, 0);
SELECT tmap.rate_difference(1, 1e-300, 1, 1e300);
SELECT tmap.rate_difference(1, 1e-8, 1, 1, per => 1e305);
SELECT tmap.dsr_ratio('tmap1 sex {}', 'tmap1 age90 {}', 'tmap1 sex {female: 0/1}');
SELECT tmap.dsr_ratio('tmap1 sex {}', 'tmap1 sex {}', 'tmap1 sex {}', min_coverage => 2);
SELECT tmap.dsr_difference('tmap1 sex {}', 'tmap1 sex {}', 'tmap1 sex {}', method => 'fay');
SELECT tmap.dsr_upper('{3}'::float8[], '{2}', '{1}', method => 'binomial');
SELECT tmap.rate_estimate(3, 2, min_events => -1);
