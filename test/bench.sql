-- Benchmarks inside one session: CPU time of this backend and of its ended workers, alternating, median of :rounds.
\set ON_ERROR_STOP on
SET client_min_messages = notice;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '512MB';

CREATE TEMP TABLE setting AS SELECT :rows::bigint AS rows, :rounds::int AS rounds;

CREATE UNLOGGED TABLE stroke AS
SELECT (i * 7919 % 100)::int4 AS area100, (i * 104729 % 35000)::int4 AS area35k,
       b.band, b.sex, tmap.stratum('age90+sex', (b.band * 5)::int, CASE WHEN b.sex = 0 THEN 'female' ELSE 'male' END, NULL) AS stratum,
       hashint8(i) % 16 = 0 AS treated
FROM setting, generate_series(1, rows) i,
     LATERAL (SELECT ((hashint8(i + 77) & 1023) * 19 / 1024)::int2 AS band, (hashint8(i + 99) & 1)::int2 AS sex) b;
VACUUM (ANALYZE, FREEZE) stroke;
CREATE UNLOGGED TABLE stored AS SELECT area35k AS area, tmap.tally_agg(stratum, treated) AS tally FROM stroke GROUP BY 1;
VACUUM (ANALYZE, FREEZE) stored;
CREATE UNLOGGED TABLE reference AS SELECT tmap.rollup(tally) AS tally FROM stored;

-- CPU seconds so far: own user + system time and that of the postmaster's children that ended (fields 14 to 17).
CREATE FUNCTION cpu() RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
  own text[] := string_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '^.*\) ', ''), ' ');
  master text[] := string_to_array(regexp_replace(pg_read_file('/proc/' || own[2] || '/stat'), '^.*\) ', ''), ' ');
BEGIN
  RETURN (own[12]::float8 + own[13]::float8 + master[14]::float8 + master[15]::float8) / 100;
END $$;

CREATE TABLE result (pair text, workers int, who text, cpu float8);

CREATE FUNCTION alternate(pair text, workers int, base text, ours text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  started float8;
BEGIN
  PERFORM set_config('max_parallel_workers_per_gather', workers::text, false);
  FOR round IN 0 .. (SELECT rounds FROM setting) LOOP
    FOR side IN 1 .. 2 LOOP
      PERFORM pg_sleep(0.1);
      started := cpu();
      IF side = 1 THEN EXECUTE base; ELSE EXECUTE ours; END IF;
      PERFORM pg_sleep(0.1);    -- workers must have been reaped before they count
      IF round > 0 THEN         -- the first round warms up
        INSERT INTO result VALUES (pair, workers, CASE side WHEN 1 THEN 'base' ELSE 'tmap' END, cpu() - started);
      END IF;
    END LOOP;
  END LOOP;
  RAISE NOTICE '% with % workers: done', pair, workers;
END $$;

SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
\o /dev/null
SELECT alternate(f.pair, w, f.base, f.ours) FROM (VALUES (0), (2)) workers (w), (VALUES
  ('a1: rate, 100 areas', 'SELECT area100, count(*), count(*) FILTER (WHERE treated) FROM stroke GROUP BY 1',
                          'SELECT area100, tmap.rate(treated) FROM stroke GROUP BY 1'),
  ('a2: rate, 35,000 areas', 'SELECT area35k, count(*), count(*) FILTER (WHERE treated) FROM stroke GROUP BY 1',
                             'SELECT area35k, tmap.rate(treated) FROM stroke GROUP BY 1'),
  ('b1: tally_agg, 100 areas', 'SELECT area100, sum(n), sum(k) FROM (SELECT area100, band, sex, count(*) n, count(*) FILTER (WHERE treated) k FROM stroke GROUP BY 1, 2, 3) s GROUP BY 1',
                               'SELECT area100, tmap.tally_agg(stratum, treated) FROM stroke GROUP BY 1'),
  ('b2: tally_agg, 35,000 areas', 'SELECT area35k, sum(n), sum(k) FROM (SELECT area35k, band, sex, count(*) n, count(*) FILTER (WHERE treated) k FROM stroke GROUP BY 1, 2, 3) s GROUP BY 1',
                                  'SELECT area35k, tmap.tally_agg(stratum, treated) FROM stroke GROUP BY 1')) f (pair, base, ours);

SELECT alternate('c: ' || f.what, w, 'SELECT count(*) FROM stored WHERE tmap.scheme(tally) <> ''''', f.query)
FROM (VALUES (0), (2)) workers (w), (VALUES
  ('proportion, Wilson limits', 'SELECT tmap.proportion_estimate(tally) FROM stored'),
  ('rate, Garwood limits', 'SELECT tmap.rate_estimate(tally) FROM stored'),
  ('DSR, Fay-Feuer limits', 'SELECT tmap.dsr_estimate(s.tally, r.tally, min_coverage => 0) FROM stored s, reference r'),
  ('DSR, Dobson limits', 'SELECT tmap.dsr_estimate(s.tally, r.tally, method => ''dobson_byar'', min_coverage => 0) FROM stored s, reference r'),
  ('SMR, exact limits', 'SELECT tmap.smr_estimate(s.tally, r.tally) FROM stored s, reference r')) f (what, query);

\ir bench-comorbidity.sql
\ir bench-episode.sql
\ir bench-standardise.sql
\ir bench-variation.sql
\ir bench-regression.sql

\o
\pset footer off
\echo 'CPU time, median of alternating runs:'
SELECT pair, workers, round(base::numeric, 2) AS "base s", round(ours::numeric, 2) AS "tmap s", round((ours / base)::numeric, 2) AS ratio
FROM (SELECT pair, workers, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) FILTER (WHERE who = 'base') AS base,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) FILTER (WHERE who = 'tmap') AS ours
      FROM result WHERE pair !~ '^c' GROUP BY 1, 2) m ORDER BY pair, workers;
\echo 'Estimates from stored tallies, less the scan that reads them:'
SELECT substr(pair, 4) AS estimate, workers, strata, round((1e6 * (ours - base) / strata)::numeric, 3) AS "µs per stratum"
FROM (SELECT pair, workers, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) FILTER (WHERE who = 'base') AS base,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) FILTER (WHERE who = 'tmap') AS ours
      FROM result WHERE pair ~ '^c' GROUP BY 1, 2) m,
     (SELECT sum((length(tmap.tally_send(tally)) - 9) / 20) AS strata FROM stored) n ORDER BY 1, 2;
SELECT 'all five together' AS estimates, workers, round((1e6 * sum(ours - base) / min(strata))::numeric, 3) AS "µs per stratum"
FROM (SELECT pair, workers, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) FILTER (WHERE who = 'base') AS base,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) FILTER (WHERE who = 'tmap') AS ours
      FROM result WHERE pair ~ '^c' GROUP BY 1, 2) m,
     (SELECT sum((length(tmap.tally_send(tally)) - 9) / 20) AS strata FROM stored) n GROUP BY workers ORDER BY 2;
