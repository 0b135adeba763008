-- Empirical Bayes against test/oracles (1e-10 relative, 1e-8 for the priors that are fitted), and what holds for any set of areas.
-- psql variable oracles: the folder.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE FUNCTION pg_temp.agrees(have float8, want float8, tolerance float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL THEN have IS NULL WHEN want = 0 THEN have = 0 ELSE coalesce(abs(have / want - 1) <= tolerance, false) END;

CREATE TEMP TABLE area (set text, area text, observed bigint, expected float8, pop float8);
CREATE TEMP TABLE eb (set text, area text, method text, estimate float8);
CREATE TEMP TABLE prior (set text, method text, param text, value float8, note text);
CREATE TEMP TABLE spatial (set text, n_var text, i int, n bigint, p float8, marshall float8, binomial float8);
\cd :oracles
\copy area FROM 'oracle_sav_input.csv' (FORMAT csv, HEADER)
\copy eb FROM 'oracle_eb.csv' (FORMAT csv, HEADER)
\copy prior FROM 'oracle_eb_params.csv' (FORMAT csv, HEADER)
\copy spatial FROM 'oracle_eb_global.csv' (FORMAT csv, HEADER)

-- What is expected: as given, or at the pooled rate.
CREATE TEMP TABLE base AS SELECT set, area, observed, pop, coalesce(expected, pop * sum(observed) OVER w / sum(pop) OVER w) AS e FROM area WINDOW w AS (PARTITION BY set);
CREATE TEMP TABLE mine AS
SELECT set, area, 'marshall_poisson' AS method, tmap.eb_marshall(observed, pop) OVER w AS s FROM base WHERE pop IS NOT NULL WINDOW w AS (PARTITION BY set)
UNION ALL SELECT set, area, 'marshall_binomial_unclamped', tmap.eb_marshall(observed, pop, 'binomial') OVER w FROM base WHERE pop IS NOT NULL WINDOW w AS (PARTITION BY set)
UNION ALL SELECT set, area, 'clayton_kaldor', tmap.eb_gamma_poisson(observed, e) OVER w FROM base WINDOW w AS (PARTITION BY set)
UNION ALL SELECT set, area, 'gamma_poisson_ml', tmap.eb_gamma_poisson(observed, e, method => 'ml') OVER w FROM base WINDOW w AS (PARTITION BY set);

SELECT is((SELECT count(*) FROM eb LEFT JOIN mine USING (set, area, method) WHERE s IS NULL), 0::bigint, 'every area of the oracle has an estimate');
-- tiny_1e-12: the oracle's binomial variance is below 0 and its estimates lie outside the figures; the pooled rate is right.
SELECT ok(bool_and(pg_temp.agrees((s).value, CASE WHEN set = 'tiny_1e-12' AND method = 'marshall_binomial_unclamped' THEN (s).prior_mean ELSE estimate END, CASE WHEN method ~ 'marshall' THEN 1e-10 ELSE 1e-8 END)),
  format('%s: %s areas, worst relative error %s', method, count(*), to_char(max(abs((s).value / estimate - 1)) FILTER (WHERE set <> 'tiny_1e-12'), '9.9EEEE')))
FROM eb JOIN mine USING (set, area, method) GROUP BY method ORDER BY method;
SELECT ok(bool_and(pg_temp.agrees(CASE WHEN param IN ('a', 'scv_eb') THEN (s).prior_variance WHEN param = 'b' THEN (s).prior_mean WHEN param = 'alpha' THEN (s).prior_mean / (s).prior_variance
    ELSE (s).prior_mean ^ 2 / nullif((s).prior_variance, 0) END, value, CASE WHEN method ~ 'marshall' THEN 1e-10 ELSE 1e-8 END)), format('parameters of %s: %s', method, count(*)))
FROM prior JOIN (SELECT DISTINCT ON (set, method) set, method, s FROM mine) AS m USING (set, method) WHERE param NOT IN ('iterations', 'a_raw') GROUP BY method ORDER BY method;
SELECT ok(bool_and((s).prior_variance = 0 AND (s).value = (s).prior_mean AND (s).own_weight = 0 AND (s).lower IS NULL AND (s).exceedance IS NULL), 'where the oracle''s iteration collapses the pooled figure stands, without limits')
FROM prior JOIN mine USING (set, method) WHERE prior.value IS NULL;
SELECT ok(bool_and(pg_temp.agrees((s).value, want, 1e-10)), format('spatial oracle, %s: %s areas', method, count(*)))
FROM (SELECT 'marshall' AS method, marshall AS want, tmap.eb_marshall(n, p) OVER w AS s FROM spatial WINDOW w AS (PARTITION BY set, n_var)
  UNION ALL SELECT 'binomial', binomial, tmap.eb_marshall(n, p, 'binomial') OVER w FROM spatial WHERE set = 'nc' WINDOW w AS (PARTITION BY set, n_var)) AS t GROUP BY method;

-- Beta-binomial: Newton's method on the likelihood in R (digamma, trigamma; 200 steps), then qbeta and pbeta.
CREATE TEMP TABLE beta (x bigint, n bigint, value float8, lower float8, upper float8, above float8);
INSERT INTO beta VALUES
  (5, 20, 0.31712979714720679, 0.23535614705063373, 0.40497484945140616, 0.64495533261205051),
  (12, 30, 0.34797704154607295, 0.26700218307997869, 0.43359309759037978, 0.87049006359287873),
  (30, 100, 0.31522176419852277, 0.25192470948833828, 0.38212529217720725, 0.6703742355331852),
  (2, 15, 0.30416814609695098, 0.22185929591901937, 0.39327614703027469, 0.5268866798192926),
  (40, 90, 0.38665535006266788, 0.3177583930708604, 0.45788509228985741, 0.99363841082260684),
  (18, 60, 0.31917243892760622, 0.24816346722123631, 0.39462686423314375, 0.68956096379918996),
  (0, 5, 0.3146776416877341, 0.22750266368542868, 0.40893641901477285, 0.61402068778483943),
  (9, 22, 0.34611528504483674, 0.26265375594915802, 0.43459852503020546, 0.85255980523585917);
CREATE TEMP TABLE beta_mine AS SELECT b.*, tmap.eb_beta_binomial(x, n, threshold => 0.3) OVER () AS s FROM beta AS b;
SELECT ok(bool_and(pg_temp.agrees((s).prior_mean, 0.33139480713054315, 1e-10) AND pg_temp.agrees((s).prior_variance, 0.0023294434900673336, 1e-8)), 'beta-binomial: the prior') FROM beta_mine;
SELECT ok(bool_and(pg_temp.agrees((s).value, value, 1e-10) AND pg_temp.agrees((s).lower, lower, 1e-8) AND pg_temp.agrees((s).upper, upper, 1e-8) AND pg_temp.agrees((s).exceedance, above, 1e-8)), 'beta-binomial: means, limits, exceedance') FROM beta_mine;
-- Gamma-Poisson: the same from R's qgamma and pgamma at the oracle's nu and alpha.
SELECT ok(bool_and(pg_temp.agrees((s).lower, w.lower, 1e-8) AND pg_temp.agrees((s).upper, w.upper, 1e-8) AND pg_temp.agrees((s).exceedance, w.above, 1e-8)) AND count(*) = 3, 'gamma-Poisson: limits and exceedance')
FROM (SELECT area, tmap.eb_gamma_poisson(observed, e, 0.9, 1.5) OVER () AS s FROM base WHERE set = 'scotland_lip') AS g
JOIN (VALUES ('skye-lochalsh', 2.3159062120122096, 6.4798710865768179, 0.99698750533572122), ('roxburgh', 0.79997938987266826, 2.5191988759732777, 0.49858445917668887), ('annandale', 0.075583356959429221, 1.4087572792672576, 0.039491585278047005)) AS w (area, lower, upper, above) USING (area);

-- Between the own figure and the mean; limits enclose the value, are ordered in the level; exceedance falls with the threshold.
CREATE TEMP TABLE every AS
SELECT set, area, method, observed / e AS own, s FROM mine JOIN base USING (set, area) WHERE method ~ 'gamma|clayton'
UNION ALL SELECT set, area, method, observed / pop, s FROM mine JOIN base USING (set, area) WHERE method ~ 'marshall'
UNION ALL SELECT set, area, 'beta', observed / pop, tmap.eb_beta_binomial(observed, pop::bigint) OVER (PARTITION BY set) FROM base WHERE pop IS NOT NULL;
SELECT ok(bool_and((s).value BETWEEN least(own, (s).prior_mean) * (1 - 1e-14) AND greatest(own, (s).prior_mean) * (1 + 1e-14) AND (s).own_weight BETWEEN 0 AND 1 AND (s).prior_variance >= 0), 'between the own figure and the mean: ' || method) FROM every GROUP BY method ORDER BY method;
SELECT ok(bool_and((a).lower < (b).lower AND (b).lower < (b).value AND (b).value < (b).upper AND (b).upper < (a).upper AND (a).exceedance < (b).exceedance AND (a).value = (b).value AND (a).lower >= 0), 'limits are ordered in the level, exceedance in the threshold: ' || method)
FROM (SELECT 'gamma' AS method, tmap.eb_gamma_poisson(observed, pop, 0.998, 0.0012) OVER w AS a, tmap.eb_gamma_poisson(observed, pop, 0.9, 0.0008) OVER w AS b FROM base WHERE set = 'syn_42_areas' WINDOW w AS (PARTITION BY set)
  UNION ALL SELECT 'beta', tmap.eb_beta_binomial(observed, pop::bigint, 0.998, 0.0012) OVER w, tmap.eb_beta_binomial(observed, pop::bigint, 0.9, 0.0008) OVER w FROM base WHERE set = 'syn_42_areas' WINDOW w AS (PARTITION BY set)) AS t GROUP BY method;
-- The unit of what is expected does not matter, nor the scale.
SELECT ok(bool_and(pg_temp.agrees((a).value * f, (b).value, 1e-9) AND pg_temp.agrees((a).upper * f, (b).upper, 1e-9) AND pg_temp.agrees((a).value * 1e5, (c).value, 1e-14) AND pg_temp.agrees((a).prior_variance * 1e10, (c).prior_variance, 1e-14) AND pg_temp.agrees((a).exceedance, (c).exceedance, 1e-9)), 'units and scale')
FROM (SELECT sum(pop) OVER () / sum(observed) OVER () AS f, tmap.eb_gamma_poisson(observed, pop) OVER () AS a, tmap.eb_gamma_poisson(observed, e) OVER () AS b, tmap.eb_gamma_poisson(observed, pop, per => 1e5) OVER () AS c FROM base WHERE set = 'nc_sids74') AS t;

-- The same bits for any order of rows, frame and ORDER BY.
CREATE FUNCTION pg_temp.bits(window_clause text, from_clause text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE t text; BEGIN EXECUTE format('SELECT md5(string_agg(concat(a, b, c), '','' ORDER BY set, area)) FROM (SELECT set, area, tmap.eb_marshall(observed, pop) OVER w AS a, tmap.eb_gamma_poisson(observed, pop) OVER w AS b, tmap.eb_beta_binomial(observed, pop::bigint) OVER w AS c FROM %s WINDOW w AS (%s)) AS s', from_clause, window_clause) INTO t; RETURN t; END $$;
SELECT is(count(DISTINCT b)::int, 1, 'the same bits in any order and frame') FROM (VALUES
  (pg_temp.bits('PARTITION BY set', '(SELECT * FROM base WHERE pop IS NOT NULL ORDER BY area) AS r')), (pg_temp.bits('PARTITION BY set', '(SELECT * FROM base WHERE pop IS NOT NULL ORDER BY md5(area)) AS r')),
  (pg_temp.bits('PARTITION BY set ORDER BY pop DESC, area', '(SELECT * FROM base WHERE pop IS NOT NULL) AS r')),
  (pg_temp.bits('PARTITION BY set ORDER BY observed ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING', '(SELECT * FROM base WHERE pop IS NOT NULL) AS r'))) AS v (b);

-- NULLs and empty areas; one area; equal areas; nothing at all; huge numbers; all or nothing.
SELECT results_eq($$SELECT i, s IS NULL, (s).value, (s).own_weight FROM (SELECT i, tmap.eb_marshall(o, n) OVER () AS s FROM (VALUES (1, 2::bigint, 10::float8), (2, 30, 100), (3, NULL, 10), (4, 5, NULL), (5, 0, 0)) AS v (i, o, n)) AS t WHERE i > 2 ORDER BY i$$,
  $$VALUES (3, true, NULL::float8, NULL::float8), (4, true, NULL, NULL), (5, false, 32 / 110.0::float8, 0)$$, 'a NULL gives NULL, an empty area the mean');
SELECT ok(bool_and(a = b), 'and neither moves the others') FROM (SELECT i, tmap.eb_gamma_poisson(o, n) OVER () AS a FROM (VALUES (1, 2::bigint, 10::float8), (2, 90, 100), (3, NULL, 10), (4, 0, 0)) AS v (i, o, n)) AS x
JOIN (SELECT i, tmap.eb_gamma_poisson(o, n) OVER () AS b FROM (VALUES (1, 2::bigint, 10::float8), (2, 90, 100)) AS v (i, o, n)) AS y USING (i);
CREATE FUNCTION pg_temp.all_three(o bigint[], n bigint[]) RETURNS TABLE (i bigint, method text, s tmap.smoothed) LANGUAGE sql AS $$
  WITH v AS (SELECT * FROM unnest(o, n) WITH ORDINALITY AS t (o, n, i))
  SELECT i, 'marshall', tmap.eb_marshall(o, n) OVER () FROM v UNION ALL SELECT i, 'binomial', tmap.eb_marshall(o, n, 'binomial') OVER () FROM v UNION ALL SELECT i, 'gamma', tmap.eb_gamma_poisson(o, n) OVER () FROM v
  UNION ALL SELECT i, 'ml', tmap.eb_gamma_poisson(o, n, method => 'ml') OVER () FROM v UNION ALL SELECT i, 'beta', tmap.eb_beta_binomial(o, n) OVER () FROM v $$;
SELECT ok(count(*) = 5 AND bool_and((s).value = 0.2 AND (s).own_weight = 0 AND (s).upper IS NULL), 'one area keeps its figure') FROM pg_temp.all_three('{2}', '{10}');
SELECT ok(count(*) = 15 AND bool_and((s).value = 0.2 AND (s).prior_variance = 0), 'equal areas keep it') FROM pg_temp.all_three('{2,2,2}', '{10,10,10}');
SELECT ok(count(*) = 10 AND bool_and((s).value = 0 AND (s).prior_variance = 0), 'no events at all: 0') FROM pg_temp.all_three('{0,0}', '{10,20}');
SELECT ok(count(*) = 10 AND bool_and(s IS NULL), 'nobody at all: NULL') FROM pg_temp.all_three('{0,0}', '{0,0}');
SELECT ok(bool_and((s).value = 1), 'everybody: 1') FROM pg_temp.all_three('{10,20}', '{10,20}') WHERE method IN ('beta', 'binomial');
SELECT ok(count(*) = 15 AND bool_and(abs((s).value / (i * 0.1) - 1) < 1e-6 AND (s).own_weight > 0.999999), 'numbers near 9e18 keep their own figures') FROM pg_temp.all_three('{900000000000000000,1800000000000000000,2700000000000000000}', '{9000000000000000000,9000000000000000000,9000000000000000000}');
SELECT ok(bool_and((s).own_weight > 0.999 AND (s).value BETWEEN 0 AND 1 AND (s).lower >= 0 AND (s).upper <= 1), 'all or nothing') FROM pg_temp.all_three('{0,50,0,40}', '{50,50,30,40}') WHERE method = 'beta';
SELECT throws_ok(format('SELECT %s', call), state, NULL, call) FROM (VALUES
  ('tmap.eb_marshall(-1, 5) OVER ()', '22023'), ('tmap.eb_marshall(1, ''NaN'') OVER ()', '22023'), ('tmap.eb_marshall(1, 0) OVER ()', '22023'), ('tmap.eb_marshall(1, 5, ''gamma'') OVER ()', '22023'), ('tmap.eb_marshall(1, 5, NULL) OVER ()', '22004'),
  ('tmap.eb_marshall(6, 5, ''binomial'') OVER ()', '22023'), ('tmap.eb_marshall(1, 5, per => -1) OVER ()', '22023'), ('tmap.eb_gamma_poisson(1, 0) OVER ()', '22023'), ('tmap.eb_gamma_poisson(1, ''Infinity'') OVER ()', '22023'),
  ('tmap.eb_gamma_poisson(1, 5, 1) OVER ()', '22023'), ('tmap.eb_gamma_poisson(1, 5, 0.95, -1) OVER ()', '22023'), ('tmap.eb_gamma_poisson(1, 5, method => ''moments'') OVER ()', '22023'), ('tmap.eb_gamma_poisson(1, 5, per => c) OVER () FROM (VALUES (1), (2)) AS v (c)', '22023'),
  ('tmap.eb_beta_binomial(6, 5) OVER ()', '22023'), ('tmap.eb_beta_binomial(1, 5, NULL) OVER ()', '22004')) AS t (call, state);
SELECT lives_ok('SELECT tmap.eb_marshall(6, 5) OVER ()', 'a rate may exceed 1');
SELECT * FROM finish();
ROLLBACK;
