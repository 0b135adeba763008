-- Counts: events and people at risk in eight bytes, and the one-step aggregates on them.
\set VERBOSITY terse
SET search_path = public, tmap; -- the operators live in tmap
SELECT '12/345'::tmap.counts, '0/0'::tmap.counts, '4294967295/4294967295'::tmap.counts, tmap.counts(12, 345), tmap.counts(NULL, 345) IS NULL AS null_in_null_out;
SELECT tmap.events('12/345'::tmap.counts), tmap.at_risk('12/345'::tmap.counts), tmap.counts_rate('3/4'), tmap.counts_rate('0/0') IS NULL AS nobody;
SELECT '1/2'::tmap.counts + '3/4'::tmap.counts AS sum, '0/4294967294'::tmap.counts + '1/1'::tmap.counts AS most;
SELECT encode(tmap.counts_send('12/345'), 'hex') AS "12/345", encode(tmap.counts_send('4294967295/4294967295'), 'hex') AS most;
-- Order: at risk first, then events.
SELECT c FROM unnest(ARRAY['3/4', '0/5', '2/4', '9/9', '0/0']::tmap.counts[]) AS c ORDER BY c;
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt, tmap.counts_cmp(a, b), tmap.counts_hash(a) = tmap.counts_hash(b) AS same_hash,
       tmap.counts_hash_extended(a, 1) = tmap.counts_hash_extended(b, 1) AS same_seeded
FROM (VALUES ('2/4'::tmap.counts, '3/4'::tmap.counts), ('2/4', '2/4'), ('4000000000/4000000000', '4/4')) AS v (a, b);

-- One step: 3 of the 4 rows with an answer are treated; among those at risk 1 of 2.
CREATE TEMP TABLE person (ischaemic boolean, treated boolean);
INSERT INTO person VALUES (true, true), (true, false), (false, true), (NULL, true), (true, NULL);
SELECT tmap.rate(treated), tmap.rate(ischaemic, treated), tmap.counts_agg(treated) FROM person;
SELECT tmap.rate(treated) IS NULL AS rate, tmap.rate(ischaemic, treated) IS NULL AS rate_if, tmap.counts_agg(treated), tmap.rollup(NULL::tmap.counts) IS NULL AS rollup FROM person WHERE false;
SELECT tmap.rate(NULL::boolean) IS NULL AS rate, tmap.rate(NULL, treated) IS NULL AS rate_if, tmap.rate(false, treated) IS NULL AS nobody_at_risk, tmap.counts_agg(NULL) AS counts_agg FROM person;
SELECT tmap.rollup(c) FROM unnest(ARRAY['1/2', NULL, '3/4']::tmap.counts[]) AS c;
-- Same state, same answer as built-in counts.
SELECT n % 3 AS g, tmap.rate(n % 7 = 0) = count(*) FILTER (WHERE n % 7 = 0)::float8 / count(*) AS same, tmap.counts_agg(n % 7 = 0) FROM generate_series(1, 100) AS n GROUP BY 1 ORDER BY 1;
SELECT tmap.counts_step('1/2', true), tmap.counts_step('1/2', false), tmap.counts_step('1/2', false, true), tmap.counts_step('1/2', true, true), tmap.counts_step(NULL, true) IS NULL AS null_state;

-- Errors.
SELECT '12'::tmap.counts;
SELECT '12/'::tmap.counts;
SELECT '1 / 2'::tmap.counts;
SELECT '1/2/3'::tmap.counts;
SELECT '3/2'::tmap.counts;
SELECT '-1/2'::tmap.counts;
SELECT '0/4294967296'::tmap.counts;
SELECT '0/99999999999999999999'::tmap.counts;
SELECT tmap.counts(3, 2);
SELECT tmap.counts(-1, 2);
SELECT tmap.counts(0, 4294967296);
SELECT '0/4294967295'::tmap.counts + '0/1'::tmap.counts;
SELECT '4294967295/4294967295'::tmap.counts + '4294967295/4294967295'::tmap.counts;
SELECT tmap.counts_step('4294967295/4294967295', true);
