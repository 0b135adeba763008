-- Regression: the aggregates, the table of coefficients, the summary; NULLs, ends without estimates, orders and workers. Numbers rounded.
\set VERBOSITY terse
SET search_path = public, tmap;
CREATE FUNCTION pg_temp.r(v float8, digits integer DEFAULT 6) RETURNS numeric LANGUAGE sql RETURN round(v::numeric, digits);
CREATE TEMP TABLE area (i int, treated float8, strokes float8, km float8, hub float8, region bigint);
INSERT INTO area SELECT i, round((20 + i * 7919 % 83) * exp(-2 - 0.01 * (i * 104729 % 90) + 0.3 * (i % 3 = 0)::int + 0.4 * sin(i * 3.7))), 20 + i * 7919 % 83, i * 104729 % 90, (i % 3 = 0)::int, i % 8
FROM generate_series(1, 60) i;

-- Poisson with exposure: rate ratios per km and with a hub in the area.
SELECT c.term, c.name, pg_temp.r(c.estimate) AS estimate, pg_temp.r(c.se) AS se, pg_temp.r(c.z, 3) AS z, pg_temp.r(c.p) AS p, pg_temp.r(c.ratio, 4) AS ratio, pg_temp.r(c.ratio_lower, 4) AS lower, pg_temp.r(c.ratio_upper, 4) AS upper, c.status
FROM (SELECT tmap.poisson_reg(treated, ARRAY[km, hub], strokes) AS fit FROM area) f, tmap.coefficients(f.fit, names => '{km,hub}') c;
-- The same with the whole argument list: weight, cluster, intercept.
SELECT t AS se_type, array_agg(pg_temp.r(c.se) ORDER BY c.term) AS se
FROM (SELECT tmap.poisson_reg(treated, ARRAY[km, hub], strokes, 1, region, true) AS fit FROM area) f,
     unnest(ARRAY['model', 'quasi', 'hc0', 'hc1', 'hc3', 'stata', 'cluster', 'cluster_cr0', 'cluster_cr1']) WITH ORDINALITY u (t, o), tmap.coefficients(f.fit, se_type => t) c
GROUP BY o, t ORDER BY o;
-- A dispersion that is estimated: Student's t, as R's summary of a quasipoisson fit. R: p 0.00056499981, limits estimate -+ qt(0.975, 3) se.
SELECT pg_temp.r(c.p, 8) AS p, pg_temp.r(c.lower, 8) AS lower, pg_temp.r(c.upper, 8) AS upper FROM (SELECT tmap.poisson_reg(e, ARRAY[y], n) AS fit FROM (VALUES (2018, 420, 9800), (2019, 489, 9900), (2020, 480, 9100), (2021, 560, 9700), (2022, 640, 9850)) v (y, e, n)) f, tmap.coefficients(f.fit, se_type => 'quasi') c WHERE c.term = 1;
-- Three models in one pass over the rows.
SELECT s.model, s.status, s.n, s.n_dropped, s.n_estimates, s.n_aliased, s.df_residual, s.clusters, pg_temp.r(s.log_likelihood, 4) AS ll, pg_temp.r(s.aic, 4) AS aic, pg_temp.r(s.deviance, 4) AS deviance,
       pg_temp.r(s.null_deviance, 4) AS null_deviance, pg_temp.r(s.dispersion, 4) AS dispersion, pg_temp.r(s.theta, 4) AS theta, pg_temp.r(s.theta_se, 4) AS theta_se
FROM (SELECT tmap.poisson_reg(treated, ARRAY[km, hub], strokes) AS a, tmap.logistic_reg(treated, ARRAY[km, hub], strokes) AS b, tmap.negbin_reg(treated, ARRAY[km, hub], strokes) AS c FROM area) f,
     unnest(ARRAY[a, b, c]) AS m, tmap.fit_summary(m) s;
-- Single patients: no trials are one trial. Limits at 99 %.
SELECT c.term, pg_temp.r(c.estimate) AS estimate, pg_temp.r(c.lower) AS lower, pg_temp.r(c.upper) AS upper, pg_temp.r(c.ratio) AS odds_ratio
FROM (SELECT tmap.logistic_reg((i % 5 < hub * 2 + (km < 30)::int)::int, ARRAY[km, hub]) AS fit FROM area) f, tmap.coefficients(f.fit, 0.99) c;
-- No covariates: the log of the pooled rate. No intercept: a column of ones is the same.
SELECT pg_temp.r(((tmap.poisson_reg(treated, '{}', strokes)).estimates)[1]) AS fitted, pg_temp.r(ln(sum(treated) / sum(strokes))) AS pooled FROM area;
SELECT (tmap.poisson_reg(treated, ARRAY[1, km], strokes, 1, NULL, false)).estimates::numeric(9, 6)[] = (tmap.poisson_reg(treated, ARRAY[km], strokes)).estimates::numeric(9, 6)[] AS same FROM area;
-- A weight of 2 is two rows.
SELECT (SELECT (tmap.negbin_reg(treated, ARRAY[km], strokes, 2, NULL, true)).estimates::numeric(9, 6)[] FROM area) =
       (SELECT (tmap.negbin_reg(treated, ARRAY[km], strokes)).estimates::numeric(9, 6)[] FROM area, generate_series(1, 2)) AS same;

-- What cannot be used is left out and counted; no rows give NULL, unusable rows a fit that says so.
SELECT (f).status, (f).n, (f).n_dropped, pg_temp.r((f).estimates[2]) AS slope FROM (SELECT tmap.poisson_reg(y, x, m) AS f FROM (VALUES
  (1::float8, '{1}'::float8[], 1::float8), (3, '{2}', 1), (4, '{3}', 1), (NULL, '{1}', 1), (1, NULL, 1), (1, '{NULL}', 1), (1, '{1}', NULL), ('NaN', '{1}', 1), (1, '{NaN}', 1), (1, '{Infinity}', 1), ('Infinity', '{1}', 1), (1, '{1}', 0)) v (y, x, m)) s;
SELECT tmap.poisson_reg(1, '{1}') IS NULL AS no_rows FROM area WHERE false;
SELECT (tmap.poisson_reg(NULL, NULL)).*;
SELECT (f).status, c.* FROM (SELECT tmap.logistic_reg(NULL, '{1}') AS f) s, tmap.coefficients(f) c;
SELECT count(*) FROM tmap.coefficients(NULL) c;
SELECT tmap.fit_summary(NULL) IS NULL AS null_in_null_out;

-- Fits without estimates, or without some.
SELECT what, s.status, s.n, s.n_estimates, s.n_aliased, fit_numbers.estimates, s.log_likelihood IS NULL AS no_likelihood FROM (
  SELECT 'separated' AS what, tmap.logistic_reg((x > 4)::int, ARRAY[x]) AS f FROM generate_series(1, 8) x
  UNION ALL SELECT 'quasi-separated', tmap.poisson_reg(CASE WHEN x > 4 THEN x ELSE 0 END, ARRAY[(x > 4)::int]) FROM generate_series(1, 8) x
  UNION ALL SELECT 'all zero', tmap.negbin_reg(0, ARRAY[x]) FROM generate_series(1, 8) x
  UNION ALL SELECT 'all events', tmap.logistic_reg(2, ARRAY[x], 2) FROM generate_series(1, 8) x
  UNION ALL SELECT 'collinear', tmap.poisson_reg(x % 4 + 1, ARRAY[x, 2 * x, 7]) FROM generate_series(1, 8) x
  UNION ALL SELECT 'not overdispersed', tmap.negbin_reg(5 + x % 2, ARRAY[x]) FROM generate_series(1, 8) x) f,
  tmap.fit_summary(f.f) s, LATERAL (SELECT array_agg(pg_temp.r(e, 4)) AS estimates FROM unnest((f.f).estimates) e) fit_numbers;
SELECT c.term, pg_temp.r(c.estimate, 4) AS estimate, pg_temp.r(c.se, 4) AS se, c.status FROM (SELECT tmap.poisson_reg(x % 4 + 1, ARRAY[x, 2 * x]) AS f FROM generate_series(1, 8) x) s, tmap.coefficients(f) c;
SELECT c.term, c.estimate, c.status FROM (SELECT tmap.logistic_reg((x > 4)::int, ARRAY[x]) AS f FROM generate_series(1, 8) x) s, tmap.coefficients(f) c;

-- Errors.
SELECT tmap.poisson_reg(-1, '{1}');
SELECT tmap.poisson_reg(1, '{1}', -1);
SELECT tmap.poisson_reg(1, '{1}', 1, -1, NULL, true);
SELECT tmap.poisson_reg(1, '{{1}}');
SELECT tmap.poisson_reg(1, x) FROM (VALUES ('{1}'::float8[]), ('{1,2}')) v (x);
SELECT tmap.poisson_reg(1, array_fill(1::float8, ARRAY[257]));
SELECT tmap.poisson_reg(1, '{1}', 1, 1, NULL, NULL);
SELECT tmap.poisson_reg(1, '{1}', 1, 1, NULL, i = 1) FROM generate_series(1, 2) i;
SELECT tmap.poisson_reg(1, '{1}', 1, 1, -9223372036854775808, true);
SELECT tmap.logistic_reg(2, '{1}');
SELECT tmap.negbin_reg(1.5, '{1}');
SELECT count(*) FROM (SELECT tmap.poisson_reg(x, ARRAY[x]) AS f FROM generate_series(1, 9) x) s, tmap.coefficients(f, 0.5);
SELECT count(*) FROM (SELECT tmap.poisson_reg(x, ARRAY[x]) AS f FROM generate_series(1, 9) x) s, tmap.coefficients(f, 0.95, 'hc9');
SELECT count(*) FROM (SELECT tmap.poisson_reg(x, ARRAY[x]) AS f FROM generate_series(1, 9) x) s, tmap.coefficients(f, names => '{a,b}');
SELECT tmap.coefficients(ROW(NULL, NULL, 1, 0, true, NULL, 1, 1, 0, 0, 0, 0, NULL, NULL, '{1}', '{1}', NULL, NULL, NULL)::tmap.regression_fit);
SELECT tmap.coefficients(ROW('poisson', 'converged', 1, 0, true, NULL, 1, 1, 0, 0, 0, 0, NULL, NULL, '{1,2}', '{1}', NULL, NULL, NULL)::tmap.regression_fit);

-- Any order, plan and number of workers: the same fit to the last bit. Also over a window, and stored.
CREATE TABLE regression_rows AS SELECT i, round(30 * exp(-0.01 * (i % 97) + sin(i * 12.9))) AS y, 1 + i % 7 AS m, (i % 97)::float8 AS x1, i % 2 AS x2, i % 11 AS c FROM generate_series(1, 20000) i;
CREATE TEMP TABLE fitted AS SELECT 'serial' AS plan, tmap.poisson_reg(y, ARRAY[x1, x2], m, 1, c, true) AS p, tmap.negbin_reg(y, ARRAY[x1, x2], m) AS n FROM regression_rows;
INSERT INTO fitted SELECT 'backwards', tmap.poisson_reg(y, ARRAY[x1, x2], m, 1, c, true ORDER BY i DESC), tmap.negbin_reg(y, ARRAY[x1, x2], m ORDER BY i DESC) FROM regression_rows;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 3;
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; whole text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP whole := whole || line; END LOOP; RETURN whole; END $$;
SELECT pg_temp.plan('SELECT tmap.poisson_reg(y, ARRAY[x1, x2]) FROM regression_rows') ~ 'Partial Aggregate' AS parallel;
INSERT INTO fitted SELECT 'parallel', tmap.poisson_reg(y, ARRAY[x1, x2], m, 1, c, true), tmap.negbin_reg(y, ARRAY[x1, x2], m) FROM regression_rows;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
SELECT count(*) AS fits, count(DISTINCT p::text) AS poisson, count(DISTINCT n::text) AS negbin, min((p).status) AS status, min((p).clusters) AS clusters FROM fitted;
SELECT i, pg_temp.r((f).estimates[1], 4) AS intercept, (f).n FROM (SELECT i, tmap.poisson_reg(y, '{}') OVER (ORDER BY i) AS f FROM regression_rows WHERE i <= 4) s;
SELECT c, (f).status, (f).n FROM (SELECT c, tmap.poisson_reg(y, ARRAY[x1]) FILTER (WHERE x2 = 1) AS f FROM regression_rows WHERE c < 3 GROUP BY c) s ORDER BY c;
DROP TABLE regression_rows;

-- A fit that takes long can be cancelled: it ends well before the seconds it would take.
CREATE TABLE regression_wide AS SELECT i % 5 AS y, x FROM generate_series(1, 10000) i, LATERAL (SELECT array_agg((hashint8(i * 250 + k) % 1000)::float8) AS x FROM generate_series(1, 250) k) a;
SET statement_timeout = '300ms';
SELECT (tmap.poisson_reg(y, x)).status FROM regression_wide;
RESET statement_timeout;
DROP TABLE regression_wide;
