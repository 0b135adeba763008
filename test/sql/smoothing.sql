-- Empirical Bayes smoothing as window functions.
SET client_min_messages = warning;
SET search_path = tmap, public;
\pset null '-'
CREATE TEMP TABLE place AS SELECT * FROM (VALUES ('A', 21::bigint, 290::bigint, 29.1), ('B', 64, 410, 43.0), ('C', 9, 230, 24.8), ('D', 71, 380, 38.7), ('E', 0, 40, 3.9), ('F', NULL, 100, 10), ('G', 0, 0, 0)) AS p (name, events, at_risk, expected);

SELECT name, round((p).value::numeric, 4) AS poisson, round((p).own_weight::numeric, 4) AS weight, round((b).value::numeric, 4) AS binomial, round((b).prior_mean::numeric, 4) AS mean, round((b).prior_variance::numeric, 4) AS variance, (b).lower, (b).exceedance
FROM (SELECT name, eb_marshall(events, at_risk, per => 100) OVER () AS p, eb_marshall(events, at_risk, 'binomial', 100) OVER () AS b FROM place) AS s ORDER BY name;
SELECT name, round((c).value::numeric, 4) AS clayton_kaldor, round((m).value::numeric, 4) AS ml, round((c).lower::numeric, 4) AS lower, round((c).upper::numeric, 4) AS upper, round((c).exceedance::numeric, 4) AS above_1, round((m).exceedance::numeric, 4) AS above_mean, round((c).prior_mean::numeric, 4) AS mean, round((c).prior_variance::numeric, 4) AS variance, round((c).own_weight::numeric, 4) AS weight
FROM (SELECT name, eb_gamma_poisson(events, expected, threshold => 1) OVER () AS c, eb_gamma_poisson(events, expected, method => 'ml') OVER () AS m FROM place) AS s ORDER BY name;
SELECT name, round(b.value::numeric, 3) AS value, round(b.lower::numeric, 3) AS lower, round(b.upper::numeric, 3) AS upper, round(b.exceedance::numeric, 4) AS above_10, round(b.prior_mean::numeric, 3) AS mean, round(b.prior_variance::numeric, 3) AS variance, round(b.own_weight::numeric, 4) AS weight
FROM (SELECT name, (eb_beta_binomial(events, at_risk, 0.9, 10, 100) OVER ()).* FROM place) AS b ORDER BY name;
-- Each partition has its own prior; the frame and the order of rows mean nothing.
SELECT name < 'C' AS half, count(DISTINCT (s).prior_mean) AS priors FROM (SELECT name, eb_beta_binomial(events, at_risk) OVER (PARTITION BY name < 'C') AS s FROM place) AS t WHERE s IS NOT NULL GROUP BY 1 ORDER BY 1;
SELECT count(DISTINCT s) AS same FROM (SELECT name, eb_gamma_poisson(events, expected) OVER (ORDER BY name DESC ROWS 1 PRECEDING) AS s FROM place UNION ALL SELECT name, eb_gamma_poisson(events, expected) OVER () FROM place) AS t WHERE name < 'F';
-- Chance alone; nothing; one area; nobody; an empty table.
SELECT eb_marshall(o, 10) OVER w AS marshall, eb_gamma_poisson(o, 10) OVER w AS gamma, eb_beta_binomial(o, 10) OVER w AS beta FROM (VALUES (2), (2), (3)) AS v (o) WINDOW w AS ();
SELECT eb_marshall(0, 10) OVER w AS marshall, eb_gamma_poisson(0, 10) OVER w AS gamma, eb_beta_binomial(0, 10) OVER w AS beta FROM generate_series(1, 2) WINDOW w AS ();
SELECT eb_marshall(2, 10) OVER w AS marshall, eb_gamma_poisson(2, 10) OVER w AS gamma, eb_beta_binomial(2, 10) OVER w AS beta WINDOW w AS ();
SELECT eb_marshall(0, 0) OVER w AS marshall, eb_gamma_poisson(0, 0) OVER w AS gamma, eb_beta_binomial(NULL, 0) OVER w AS beta WINDOW w AS ();
SELECT eb_marshall(events, at_risk) OVER () FROM place WHERE false;

-- Errors say what to do.
SELECT eb_marshall(6, 5, 'binomial') OVER ();
SELECT eb_marshall(1, 0) OVER ();
SELECT eb_marshall(1, 5, 'gamma') OVER ();
SELECT eb_gamma_poisson(1, 'NaN') OVER ();
SELECT eb_gamma_poisson(1, 5, 1.5) OVER ();
SELECT eb_gamma_poisson(1, 5, threshold => -1) OVER ();
SELECT eb_beta_binomial(1, 5, confidence => NULL) OVER ();
SELECT eb_beta_binomial(1, 5, per => at_risk) OVER () FROM place;
