-- The SQL functions against the values of test/oracles (R and mpmath): relative error at most 1e-10 for every row whose method exists.
-- psql variable oracles: the folder. SQL gives limits inside the parameter space, where the oracle gives the plain formula.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE FUNCTION pg_temp.agrees(have float8, want float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL THEN have IS NULL WHEN want = 0 THEN have = 0 ELSE coalesce(abs(have / want - 1) <= 1e-10, false) END;

CREATE TEMP TABLE prop (x bigint, n bigint, conf float8, method text, value float8, lower float8, upper float8);
CREATE TEMP TABLE rate (x float8, pop float8, conf float8, method text, value float8, lower float8, upper float8);
CREATE TEMP TABLE dsr (name text, conf float8, events float8, at_risk float8, value float8, variance float8, method text, lower float8, upper float8);
CREATE TEMP TABLE dsr_strata (name text, stratum text, events float8, at_risk float8, weight float8, i int GENERATED ALWAYS AS IDENTITY);
CREATE TEMP TABLE isr (name text, conf float8, observed float8, expected float8, value float8, ref_rate float8, isr float8, method text, lower float8, upper float8);
CREATE TEMP TABLE isr_strata (name text, stratum text, events float8, at_risk float8, ref_events float8, ref_at_risk float8, i int GENERATED ALWAYS AS IDENTITY);
\cd :oracles
\copy prop FROM 'oracle_prop_ci.csv' (FORMAT csv, HEADER)
\copy rate FROM 'oracle_rate_ci.csv' (FORMAT csv, HEADER)
\copy dsr FROM 'oracle_dsr.csv' (FORMAT csv, HEADER)
\copy dsr_strata (name, stratum, events, at_risk, weight) FROM 'oracle_dsr_strata.csv' (FORMAT csv, HEADER)
\copy isr FROM 'oracle_isr.csv' (FORMAT csv, HEADER)
\copy isr_strata (name, stratum, events, at_risk, ref_events, ref_at_risk) FROM 'oracle_isr_strata.csv' (FORMAT csv, HEADER)

-- One line a file and method: how many rows were read, and which disagree. fits: the row's counts are whole, as the arguments are.
CREATE TEMP TABLE checked (file text, method text, what text, fits boolean, agrees boolean, detail text);

INSERT INTO checked
SELECT 'prop_ci', o.method, w.what, true, pg_temp.agrees(w.have, w.want), format('%s of %s at %s: %s, oracle %s', o.x, o.n, o.conf, w.have, w.want)
FROM prop o, LATERAL tmap.proportion_estimate(o.x, o.n, o.conf, o.method) AS e, LATERAL (VALUES
  ('value', tmap.proportion(o.x, o.n), o.value), ('lower', tmap.proportion_lower(o.x, o.n, o.conf, o.method), greatest(0, o.lower)), ('upper', tmap.proportion_upper(o.x, o.n, o.conf, o.method), least(1, o.upper)),
  ('row value', e.value, o.value), ('row lower', e.lower, greatest(0, o.lower)), ('row upper', e.upper, least(1, o.upper)),
  ('tally lower', tmap.proportion_lower(tmap.tally('all', o.x, o.n), o.conf, o.method), greatest(0, o.lower)), ('tally upper', tmap.proportion_upper(tmap.tally('all', o.x, o.n), o.conf, o.method), least(1, o.upper))) AS w (what, have, want);

INSERT INTO checked
SELECT 'rate_ci', o.method, w.what, true, pg_temp.agrees(w.have, w.want), format('%s in %s at %s: %s, oracle %s', o.x, o.pop, o.conf, w.have, w.want)
FROM (SELECT * FROM rate WHERE x = floor(x)) AS o, LATERAL tmap.rate_estimate(o.x::bigint, o.pop, o.conf, o.method, 100000) AS e, LATERAL tmap.smr_estimate(o.x::bigint, o.pop, o.conf, o.method) AS r, LATERAL (VALUES
  ('value', tmap.rate(o.x::bigint, o.pop), o.value), ('lower', tmap.rate_lower(o.x::bigint, o.pop, o.conf, o.method), greatest(0, o.lower)), ('upper', tmap.rate_upper(o.x::bigint, o.pop, o.conf, o.method), o.upper),
  ('row value', e.value / 100000, o.value), ('row lower', e.lower / 100000, greatest(0, o.lower)), ('row upper', e.upper / 100000, o.upper),
  -- The limits of a ratio are those of a rate among the expected.
  ('smr', tmap.smr(o.x::bigint, o.pop), o.value), ('smr lower', tmap.smr_lower(o.x::bigint, o.pop, o.conf, o.method), greatest(0, o.lower)), ('smr upper', tmap.smr_upper(o.x::bigint, o.pop, o.conf, o.method), o.upper), ('smr row upper', r.upper, o.upper)) AS w (what, have, want);
INSERT INTO checked SELECT 'rate_ci', method, 'x', false, NULL, NULL FROM rate WHERE x <> floor(x);

-- A blank count or population is 0.
CREATE TEMP TABLE dsr_arrays AS SELECT name, array_agg(coalesce(events, 0) ORDER BY i) AS events, array_agg(coalesce(at_risk, 0) ORDER BY i) AS at_risk, array_agg(weight ORDER BY i) AS weight FROM dsr_strata GROUP BY name;
INSERT INTO checked
SELECT 'dsr', o.method, w.what, true, pg_temp.agrees(w.have, w.want), format('%s at %s: %s, oracle %s', o.name, o.conf, w.have, w.want)
FROM dsr o JOIN dsr_arrays a USING (name), LATERAL tmap.dsr_estimate(a.events, a.at_risk, a.weight, o.conf, o.method, 100) AS e, LATERAL (VALUES
  ('value', tmap.dsr(a.events, a.at_risk, a.weight), o.value), ('lower', tmap.dsr_lower(a.events, a.at_risk, a.weight, o.conf, o.method), greatest(o.lower, CASE WHEN o.lower IS NOT NULL THEN 0 END)),
  ('upper', tmap.dsr_upper(a.events, a.at_risk, a.weight, o.conf, o.method), o.upper),
  ('row value', e.value / 100, o.value), ('row lower', e.lower / 100, greatest(o.lower, CASE WHEN o.lower IS NOT NULL THEN 0 END)), ('row upper', e.upper / 100, o.upper)) AS w (what, have, want);
-- The same from tallies, where counts, people and weights are whole and the bands fit (the stratum's number stands for its band).
INSERT INTO checked
SELECT 'dsr as tally', o.method, w.what, true, pg_temp.agrees(w.have, w.want), format('%s at %s: %s, oracle %s', o.name, o.conf, w.have, w.want)
FROM dsr o JOIN (
  SELECT name, tmap.tally_agg(tmap.stratum('age100', (5 * k - 5)::int, NULL, NULL), events::bigint, at_risk::bigint) AS t, tmap.tally_agg(tmap.stratum('age100', (5 * k - 5)::int, NULL, NULL), 0, weight::bigint) AS standard
  FROM (SELECT name, coalesce(events, 0) AS events, at_risk, weight, row_number() OVER (PARTITION BY name ORDER BY i) AS k FROM dsr_strata) AS s
  GROUP BY name HAVING bool_and(events = floor(events) AND at_risk = floor(at_risk) AND weight = floor(weight) AND events <= at_risk)) AS a USING (name), LATERAL (VALUES
  ('value', tmap.dsr(a.t, a.standard), o.value), ('lower', tmap.dsr_lower(a.t, a.standard, o.conf, o.method), greatest(o.lower, CASE WHEN o.lower IS NOT NULL THEN 0 END)), ('upper', tmap.dsr_upper(a.t, a.standard, o.conf, o.method), o.upper)) AS w (what, have, want);

CREATE TEMP TABLE isr_arrays AS SELECT name, array_agg(coalesce(at_risk, 0) ORDER BY i) AS at_risk, array_agg(coalesce(ref_events, 0) ORDER BY i) AS ref_events, array_agg(coalesce(ref_at_risk, 0) ORDER BY i) AS ref_at_risk FROM isr_strata GROUP BY name;
INSERT INTO checked
SELECT 'isr', o.method, w.what, true, pg_temp.agrees(w.have, w.want), format('%s at %s: %s, oracle %s', o.name, o.conf, w.have, w.want)
FROM (SELECT * FROM isr WHERE observed = floor(observed)) AS o JOIN isr_arrays a USING (name), LATERAL (SELECT tmap.expected(a.at_risk, a.ref_events, a.ref_at_risk)) AS x (expected), LATERAL (VALUES
  ('expected', x.expected, o.expected), ('ratio', tmap.smr(o.observed::bigint, x.expected), o.value), ('lower', tmap.smr_lower(o.observed::bigint, x.expected, o.conf, o.method), greatest(0, o.lower)), ('upper', tmap.smr_upper(o.observed::bigint, x.expected, o.conf, o.method), o.upper),
  ('rate', tmap.smr(o.observed::bigint, x.expected) * o.ref_rate, o.isr)) AS w (what, have, want);
INSERT INTO checked
SELECT 'isr as tally', o.method, w.what, true, pg_temp.agrees(w.have, w.want), format('%s at %s: %s, oracle %s', o.name, o.conf, w.have, w.want)
FROM isr o JOIN (
  SELECT name, tmap.tally_agg(tmap.stratum('age100', (5 * k - 5)::int, NULL, NULL), events::bigint, at_risk::bigint) AS t, tmap.tally_agg(tmap.stratum('age100', (5 * k - 5)::int, NULL, NULL), ref_events::bigint, ref_at_risk::bigint) AS reference
  FROM (SELECT name, coalesce(events, 0) AS events, at_risk, coalesce(ref_events, 0) AS ref_events, ref_at_risk, row_number() OVER (PARTITION BY name ORDER BY i) AS k FROM isr_strata) AS s
  GROUP BY name HAVING bool_and(events = floor(events) AND at_risk = floor(at_risk) AND ref_events = floor(ref_events) AND ref_at_risk = floor(ref_at_risk) AND events <= at_risk AND ref_events <= ref_at_risk)) AS a USING (name),
  LATERAL tmap.isr_estimate(a.t, a.reference, o.conf, o.method) AS e, LATERAL (VALUES
  ('expected', tmap.expected(a.t, a.reference), o.expected), ('smr', tmap.smr(a.t, a.reference), o.value), ('lower', tmap.smr_lower(a.t, a.reference, o.conf, o.method), greatest(0, o.lower)), ('upper', tmap.smr_upper(a.t, a.reference, o.conf, o.method), o.upper),
  ('isr', tmap.isr(a.t, a.reference), o.isr), ('isr row value', e.value, o.isr), ('isr row lower', e.lower, greatest(0, o.lower) * o.ref_rate), ('isr upper', tmap.isr_upper(a.t, a.reference, o.conf, o.method), o.upper * o.ref_rate)) AS w (what, have, want);

SELECT is((SELECT count(*) FROM prop), 1260::bigint, 'all rows of prop_ci were read');
SELECT ok(count(*) FILTER (WHERE fits) > 0 AND coalesce(bool_and(agrees) FILTER (WHERE fits), false),
          format('%s, %s: %s comparisons agree to 1e-10 (%s rows left out: count not whole)', file, method, count(*) FILTER (WHERE fits), count(*) FILTER (WHERE NOT fits)))
FROM checked GROUP BY file, method ORDER BY file, method;
SELECT diag(format('%s, %s, %s: %s', file, method, what, detail)) FROM checked WHERE NOT agrees LIMIT 20;
SELECT is_empty($$SELECT DISTINCT file, method FROM checked WHERE fits GROUP BY file, method HAVING count(*) < 200$$, 'every method had at least 200 comparisons');

SELECT * FROM finish();
ROLLBACK;
