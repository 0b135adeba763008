-- Regressions of 100,000 rows on 6 covariates against R's glm and MASS::glm.nb; read by bench.sql, whose cpu() and :rounds it uses.
-- R stops where the deviance changes by 1e-8, so that its negative binomial agrees to about 1e-5 only; tests compare with oracles of 1e-14.
-- Read a second time, from itself, it does one round: R, which times its fits itself, then tmap.
\if :{?round}
\copy r_fit (family, cpu, term, estimate) FROM PROGRAM 'Rscript --vanilla test/bench-regression.R' WITH (FORMAT csv)
UPDATE r_fit SET round = :round WHERE round IS NULL;
SELECT tmap_fit(family, query, :round) FROM (VALUES
  ('poisson', 'SELECT tmap.poisson_reg(events, ARRAY[x1, x2, x3, x4, x5, x6], exposure) FROM regression_row'),
  ('logistic', 'SELECT tmap.logistic_reg(treated, ARRAY[x1, x2, x3, x4, x5, x6]) FROM regression_row'),
  ('negbin', 'SELECT tmap.negbin_reg(events, ARRAY[x1, x2, x3, x4, x5, x6], exposure) FROM regression_row')) f (family, query) \g /dev/null
SELECT :round + 1 AS round, :round < :rounds AS more \gset
\if :more
\ir bench-regression.sql
\endif

\else
-- A rate with a gamma-distributed part of its own (theta about 2), and an outcome of yes or no, on the same covariates.
CREATE UNLOGGED TABLE regression_row AS
SELECT x1, x2, x3, x4, x5, x6, exposure, (u < 1 / (1 + exp(0.4 - 0.5 * x1 + 0.3 * x2 - 0.2 * x4)))::int::float8 AS treated,
       floor(-ln(v) * -ln(w) * exposure * exp(-1 + 0.2 * x1 + 0.1 * x3 - 0.3 * x5)) AS events
FROM (SELECT h.x[1] * 2 - 1 AS x1, h.x[2] * 2 - 1 AS x2, (h.x[3] - 0.5) AS x3, (h.x[4] < 0.5)::int::float8 AS x4, (h.x[5] < 0.2)::int::float8 AS x5,
             h.x[6] AS x6, 1 + 20 * h.x[7] AS exposure, h.x[8] AS u, h.x[9] AS v, h.x[10] AS w
      FROM generate_series(1, 100000) i, LATERAL (SELECT array_agg(((hashint8extended(i, k) & 1048575) + 0.5) / 1048576.0) ::float8[] AS x FROM generate_series(1, 10) k) h) s;
VACUUM (ANALYZE, FREEZE) regression_row;
CREATE TABLE r_fit (round int, family text, cpu float8, term int, estimate float8);
CREATE TABLE our_fit (round int, family text, cpu float8, fit tmap.regression_fit);
CREATE FUNCTION tmap_fit(family text, query text, round int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  started float8 := cpu();
BEGIN
  FOR i IN 1 .. 5 LOOP          -- the clock ticks a hundred times a second
    EXECUTE format('INSERT INTO our_fit SELECT $1, $2, NULL, (%s)', query) USING round, family;
  END LOOP;
  UPDATE our_fit o SET cpu = (cpu() - started) / 5 WHERE o.cpu IS NULL;
END $$;
SET max_parallel_workers_per_gather = 0;
\set have_r `Rscript --vanilla -e 'library(MASS)' >/dev/null 2>&1 && echo on || echo off`
\if :have_r
\set file `mktemp /tmp/tmap-regression.XXXXXX`
\setenv TMAP_BENCH_FILE :file
\copy (SELECT * FROM regression_row) TO PROGRAM 'cat > "$TMAP_BENCH_FILE"' WITH (FORMAT csv, HEADER)
\set round 0
\ir bench-regression.sql
\unset round
\! rm -f "$TMAP_BENCH_FILE"
\echo 'Regression, 100,000 rows, 6 covariates, CPU time, median of alternating runs (the first warms up); covariances of four kinds are made too:'
SELECT r.family, round(r.cpu::numeric, 3) AS "R s", round(o.cpu::numeric, 3) AS "tmap s", round((r.cpu / o.cpu)::numeric, 1) AS "times as fast", d.worst::float4 AS "worst relative difference"
FROM (SELECT family, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) AS cpu FROM r_fit WHERE round > 0 AND term = 1 GROUP BY 1) r
JOIN (SELECT family, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) AS cpu FROM our_fit WHERE round > 0 GROUP BY 1) o USING (family)
JOIN (SELECT f.family, max(abs(c.estimate / f.estimate - 1)) AS worst
      FROM r_fit f JOIN our_fit o ON o.family = f.family AND o.round = 0 AND f.round = 0
      JOIN LATERAL (SELECT x.*, row_number() OVER () AS place FROM tmap.coefficients(o.fit) x) c ON c.place = f.term GROUP BY 1) d USING (family) ORDER BY 1;
\else
\echo 'Regression: R with its package MASS is not installed, nothing to compare with.'
\endif
\endif
