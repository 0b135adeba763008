-- Global empirical Bayes over 35,000 areas (a row each): tmap against the formula in plain SQL, in turns on the same table; R's base formula when Rscript is there.
--   psql -f test/bench-smoothing.sql      (database with tmap; milliseconds, the least and the median of 11 runs)
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
CREATE TEMP TABLE bench_area AS
SELECT i AS area, (k * (0.5 + (i::bigint * 7919 % 1000) / 1000.0) / 800)::bigint AS events, k AS population FROM (SELECT i, 300.0::float8 + i::bigint * 104729 % 90000 AS k FROM generate_series(1, 35000) AS i) AS s;
ANALYZE bench_area;
CREATE TEMP TABLE bench_time (what text, ms float8);
DO $$
DECLARE
  q record;
  began timestamptz;
BEGIN
  FOR run IN 1 .. 11 LOOP
    FOR q IN SELECT * FROM (VALUES
      ('plain SQL, Marshall', 'SELECT sum(b + CASE WHEN a > 0 THEN a / (a + b / population) * (events / population - b) ELSE 0 END) FROM bench_area,
        (SELECT b, greatest(0, sum(population * (events / population - b) ^ 2) / sum(population) - b / avg(population)) AS a FROM bench_area, (SELECT sum(events)::float8 / sum(population) AS b FROM bench_area) AS t GROUP BY b) AS p'),
      ('plain SQL, Marshall, as windows', 'SELECT sum(b + CASE WHEN a > 0 THEN a / (a + b / population) * (events / population - b) ELSE 0 END) FROM (SELECT *, greatest(0, sum(population * (events / population - b) ^ 2) OVER () / sum(population) OVER () - b / avg(population) OVER ()) AS a
        FROM (SELECT *, sum(events) OVER ()::float8 / sum(population) OVER () AS b FROM bench_area) AS t) AS p'),
      ('eb_marshall', 'SELECT sum((s).value) FROM (SELECT tmap.eb_marshall(events, population) OVER () AS s FROM bench_area) AS t'),
      ('eb_gamma_poisson, with limits and exceedance', 'SELECT sum((s).value) FROM (SELECT tmap.eb_gamma_poisson(events, population) OVER () AS s FROM bench_area) AS t'),
      ('eb_gamma_poisson, most likelihood', 'SELECT sum((s).value) FROM (SELECT tmap.eb_gamma_poisson(events, population, method => ''ml'') OVER () AS s FROM bench_area) AS t'),
      ('eb_beta_binomial, with limits and exceedance', 'SELECT sum((s).value) FROM (SELECT tmap.eb_beta_binomial(events, population::bigint) OVER () AS s FROM bench_area) AS t'),
      ('rate_funnel, exact limits', 'SELECT count((s).class) FROM (SELECT tmap.rate_funnel(events, population) OVER () AS s FROM bench_area) AS t')) AS v (what, query) LOOP
      began := clock_timestamp();
      EXECUTE q.query;
      INSERT INTO bench_time VALUES (q.what, 1000 * extract(epoch FROM clock_timestamp() - began));
    END LOOP;
  END LOOP;
END
$$;
SELECT what, round(min(ms)::numeric, 1) AS least_ms, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms))::numeric, 1) AS median_ms,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) / (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FROM bench_time WHERE what = 'plain SQL, Marshall'))::numeric, 2) AS of_plain_sql
FROM bench_time GROUP BY what ORDER BY 3;
\copy (SELECT events, population FROM bench_area ORDER BY area) TO 'bench-smoothing.csv' (FORMAT csv, HEADER)
\! command -v Rscript > /dev/null && Rscript -e 'd <- read.csv("bench-smoothing.csv"); f <- function(n, x) { m <- length(n); p <- n / x; b <- sum(n) / sum(x); s2 <- sum(x * (p - b)^2) / sum(x); a <- max(0, s2 - b / (sum(x) / m)); sum(b + a / (a + b / x) * (p - b)) }; t <- replicate(11, system.time(for (i in 1:20) f(d$events, d$population))[["elapsed"]] / 20); cat(sprintf("R, the formula on vectors in memory: least %.2f ms, median %.2f ms\n", 1000 * min(t), 1000 * median(t))); t <- replicate(5, system.time({a <- d$events + 2; b <- d$population + 1000; qgamma(.025, a, b); qgamma(.975, a, b); pgamma(.001, a, b, lower.tail = FALSE)})[["elapsed"]]); cat(sprintf("R, gamma limits and exceedance: least %.1f ms\n", 1000 * min(t)))'
\! rm -f bench-smoothing.csv
