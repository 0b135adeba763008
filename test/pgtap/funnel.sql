-- Funnel limits and overdispersion against test/oracles, relative error at most 1e-10, and what holds for any funnel.
-- psql variable oracles: the folder. SQL gives limits inside the parameter space, where the oracle gives the plain formula.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE FUNCTION pg_temp.agrees(have float8, want float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL THEN have IS NULL WHEN want = 0 THEN have = 0 ELSE coalesce(abs(have / want - 1) <= 1e-10, false) END;

CREATE TEMP TABLE o (family text, p float8, x float8, avg_rate float8, target float8, lower float8, upper float8, lower_at float8, upper_at float8);
CREATE TEMP TABLE od (set text, method text, n_used bigint, phi float8, tau2 float8);
CREATE TEMP TABLE area (set text, area int, observed bigint, expected float8);
\cd :oracles
\copy o FROM 'oracle_funnel.csv' (FORMAT csv, HEADER)
\copy od FROM 'oracle_funnel_od.csv' (FORMAT csv, HEADER)
\copy area FROM 'oracle_funnel_od_input.csv' (FORMAT csv, HEADER)

CREATE TEMP TABLE checked (family text, agrees boolean, detail text);
INSERT INTO checked
SELECT o.family, pg_temp.agrees(w.have, w.want), format('%s at %s, %s: %s, oracle %s', o.x, o.p, o.target, w.have, w.want)
FROM o JOIN (VALUES ('ratio_normal', 'normal'), ('ratio_log', 'log'), ('ratio_exp', 'garwood'), ('ratio_exp_interp', 'interpolated')) AS m (family, method) USING (family), LATERAL (VALUES
  (tmap.smr_funnel_lower(o.x, 1 - 2 * o.p, m.method), greatest(0, o.lower)), (tmap.smr_funnel_upper(o.x, 1 - 2 * o.p, m.method), o.upper),
  (tmap.rate_funnel_lower(o.x / 0.001, 1, 1 - 2 * o.p, m.method, 1000), greatest(0, o.lower)), (tmap.rate_funnel_upper(o.x / 0.001, 1, 1 - 2 * o.p, m.method, 1000), o.upper)) AS w (have, want);
-- A sine beyond a quarter turn comes back: the limit is 0 or 1 there.
INSERT INTO checked
SELECT o.family, pg_temp.agrees(w.have, w.want), format('%s at %s, %s: %s, oracle %s', o.x, o.p, o.target, w.have, w.want)
FROM o JOIN (VALUES ('prop_normal', 'normal'), ('prop_exact_interp', 'interpolated'), ('prop_arcsin_raw', 'arcsine')) AS m (family, method) USING (family),
LATERAL (SELECT (SELECT n.upper - 1 FROM o AS n WHERE n.family = 'ratio_normal' AND n.p = o.p AND n.x = 1) / (2 * sqrt(o.x)) AS step, asin(sqrt(o.target)) AS angle) AS a, LATERAL (VALUES
  (tmap.proportion_funnel_lower(o.x::bigint, o.target, 1 - 2 * o.p, m.method), CASE WHEN m.method = 'arcsine' AND a.step >= a.angle THEN 0 ELSE greatest(0, o.lower) END),
  (tmap.proportion_funnel_upper(o.x::bigint, 100 * o.target, 1 - 2 * o.p, m.method, 100) / 100, CASE WHEN m.method = 'arcsine' AND a.step + a.angle >= pi() / 2 THEN 1 ELSE least(1, greatest(0, o.upper)) END)) AS w (have, want);
INSERT INTO checked
SELECT o.family, pg_temp.agrees(w.have, w.want), format('%s at %s: %s, oracle %s', o.x, o.p, w.have, w.want)
FROM o CROSS JOIN LATERAL tmap.funnel_curve(o.x::bigint, coalesce(o.avg_rate, 1), 1 - 2 * o.p) AS c, LATERAL (VALUES
  (c.lower, o.lower), (c.upper, o.upper), (c.lower_at, o.lower_at), (c.upper_at, o.upper_at),
  -- at the oracle's denominators lie whole counts
  (tmap.rate_funnel_lower(o.lower_at, coalesce(o.avg_rate, 1), 1 - 2 * o.p), o.lower), (tmap.rate_funnel_upper(o.upper_at, coalesce(o.avg_rate, 1), 1 - 2 * o.p), o.upper)) AS w (have, want)
WHERE o.family IN ('ratio_obs', 'rate_obs');

SELECT is((SELECT count(*) FROM o WHERE family NOT IN (SELECT family FROM checked)), 0::bigint, 'every family of limits was compared');
SELECT ok(bool_and(agrees), format('%s: %s numbers', family, count(*))) || coalesce(E'\n# ' || min(detail) FILTER (WHERE NOT agrees), '') FROM checked GROUP BY family ORDER BY family;

-- Overdispersion, as aggregate and as window function.
SELECT ok(pg_temp.agrees(a.phi, od.phi) AND pg_temp.agrees(a.tau2, od.tau2) AND a.areas_used = od.n_used, format('overdispersion of %s, %s', od.set, od.method))
FROM od JOIN (
  SELECT set, 'CQC' AS method, (tmap.overdispersion(observed, expected)).* FROM area GROUP BY set
  UNION ALL SELECT set, 'SHMI', (tmap.overdispersion(observed, expected, 1, 'log', 'truncate', 0.1)).* FROM area GROUP BY set) AS a USING (set, method);
SELECT ok(bool_and(pg_temp.agrees((w.f).phi, od.phi) AND pg_temp.agrees((w.f).tau2, od.tau2)) AND count(*) = 207 * 2, 'and in every row of the window')
FROM od JOIN (
  SELECT set, 'CQC' AS method, tmap.smr_funnel(observed, expected) OVER (PARTITION BY set) AS f FROM area
  UNION ALL SELECT set, 'SHMI', tmap.smr_funnel(observed, expected, scale => 'log', extremes => 'truncate') OVER (PARTITION BY set) FROM area) AS w USING (set, method);

-- Limits and classes of the window are those of the functions of one area; with a dispersion the class is that of the adjusted z.
CREATE TEMP TABLE point AS SELECT a.*, (tmap.smr_funnel(observed, expected) OVER w).* FROM area AS a WINDOW w AS (PARTITION BY set);
SELECT ok(bool_and(lower2 = tmap.smr_funnel_lower(expected) AND upper2 = tmap.smr_funnel_upper(expected) AND lower3 = tmap.smr_funnel_lower(expected, 0.998)
  AND upper3 = tmap.smr_funnel_upper(expected, 0.998) AND z = tmap.smr_z(observed, expected) AND z_adjusted = z AND value = tmap.smr(observed, expected)), 'the window gives the limits of the functions') FROM point;
SELECT ok(bool_and(class = CASE WHEN value < lower3 THEN -2 WHEN value < lower2 THEN -1 WHEN value > upper3 THEN 2 WHEN value > upper2 THEN 1 ELSE 0 END
  AND label = (ARRAY['low 3σ', 'low 2σ', 'within', 'high 2σ', 'high 3σ'])[class + 3]) AND count(DISTINCT class) = 5, 'classes follow the limits, and all five occur') FROM point;
SELECT ok(bool_and(lower3 <= lower2 AND lower2 < target AND target < upper2 AND upper2 <= upper3 AND lower3 >= 0), 'limits are ordered') FROM point;
SELECT ok(bool_and((f).class = CASE WHEN abs((f).z_adjusted) <= 1.959963984540054 THEN 0 WHEN abs((f).z_adjusted) <= 3.090232306167813 THEN 1 ELSE 2 END * sign((f).z_adjusted)),
  format('with a dispersion (%s, %s) the class is that of the adjusted z', adjust, scale))
FROM (SELECT 'additive' AS adjust, 'sqrt' AS scale, tmap.smr_funnel(observed, expected, overdispersion => 'additive') OVER (PARTITION BY set) AS f FROM area
  UNION ALL SELECT 'multiplicative', 'log', tmap.smr_funnel(observed, expected, overdispersion => 'multiplicative', scale => 'log', extremes => 'truncate') OVER (PARTITION BY set) FROM area
  UNION ALL SELECT 'additive', 'logit', tmap.proportion_funnel(observed, (3 * expected)::bigint, overdispersion => 'additive', scale => 'logit') OVER (PARTITION BY set) FROM area) AS s GROUP BY adjust, scale;
SELECT ok(bool_and((f).upper2 >= tmap.smr_funnel_upper(expected, 0.95, 'normal') AND (f).lower3 <= tmap.smr_funnel_lower(expected, 0.998, 'normal') AND abs((f).z_adjusted) <= abs((f).z) * (1 + 1e-15)), 'limits with tau2 are wider, z smaller')
FROM (SELECT observed, expected, tmap.smr_funnel(observed, expected, overdispersion => 'additive', scale => 'none') OVER (PARTITION BY set) AS f FROM area) AS s;

-- The same bits for any order of rows, frame, ORDER BY, and number of workers.
SELECT is(count(DISTINCT t)::int, 1, 'the same bits in any order and frame') FROM (
  SELECT md5(string_agg(f::text, ',' ORDER BY set, area)) AS t FROM (SELECT set, area, tmap.smr_funnel(observed, expected, NULL, 'additive') OVER (PARTITION BY set) AS f FROM (SELECT * FROM area ORDER BY area) AS r) AS s
  UNION ALL SELECT md5(string_agg(f::text, ',' ORDER BY set, area)) FROM (SELECT set, area, tmap.smr_funnel(observed, expected, NULL, 'additive') OVER (PARTITION BY set ORDER BY expected DESC) AS f FROM area) AS s
  UNION ALL SELECT md5(string_agg(f::text, ',' ORDER BY set, area)) FROM (SELECT set, area, tmap.smr_funnel(observed, expected, NULL, 'additive') OVER (PARTITION BY set ORDER BY md5(area::text) ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS f FROM area) AS s) AS u;
CREATE TEMP TABLE many AS SELECT (i * 7919 % 400)::bigint AS o, 100 + i * 104729 % 3000 / 7.0 AS e FROM generate_series(1, 20000) AS i;
CREATE FUNCTION pg_temp.both() RETURNS text LANGUAGE sql AS $$ SELECT tmap.overdispersion(o, e)::text || tmap.rate_overdispersion(o, e)::text || tmap.overdispersion(o, e, NULL, 'sqrt', 'truncate', 0.05)::text FROM many $$;
CREATE TEMP TABLE serial AS SELECT pg_temp.both() AS t;
CREATE TABLE public.many_shared AS SELECT * FROM many ORDER BY e, o DESC;
ANALYZE public.many_shared;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 3;
CREATE FUNCTION pg_temp.plan() RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) SELECT tmap.overdispersion(o, e) FROM public.many_shared'; END $$;
SELECT ok(bool_or(p ~ 'Partial Aggregate'), 'overdispersion runs in workers') FROM pg_temp.plan() AS p;
SELECT is((SELECT tmap.overdispersion(o, e)::text || tmap.rate_overdispersion(o, e)::text || tmap.overdispersion(o, e, NULL, 'sqrt', 'truncate', 0.05)::text FROM public.many_shared), (SELECT t FROM serial), 'and gives the same bits there');

-- NULLs stay out, an area without a base has no place; what is not possible is an error.
SELECT results_eq($$SELECT f IS NULL, (f).class FROM (SELECT i, tmap.smr_funnel(o, e) OVER () AS f FROM (VALUES (1, 5::bigint, 10::float8), (2, NULL, 10), (3, 5, NULL), (4, 0, 0), (5, 3, 0), (6, 30, 10)) AS v (i, o, e)) AS s ORDER BY i$$,
  $$VALUES (false, 0), (true, NULL), (true, NULL), (true, NULL), (true, NULL), (false, 2)$$, 'NULLs, nothing expected');
SELECT ok(pg_temp.agrees((SELECT (f).phi FROM (SELECT tmap.smr_funnel(o, e) OVER () AS f, i FROM (VALUES (1, 5::bigint, 10::float8), (2, NULL, 10), (3, 3, 0)) AS v (i, o, e)) AS s WHERE i = 1), (2 * (sqrt(5) - sqrt(10))) ^ 2), 'and they do not move the others');
SELECT is((SELECT array_agg((f).class) FROM (SELECT tmap.proportion_funnel(0, n) OVER () AS f FROM generate_series(1, 3) AS n) AS s), ARRAY[NULL, NULL, NULL]::int[], 'no events at all: no variance, no class');
SELECT throws_ok(format('SELECT %s', call), state, NULL, call) FROM (VALUES
  ('tmap.smr_funnel(-1, 5) OVER ()', '22023'), ('tmap.smr_funnel(1, ''NaN'') OVER ()', '22023'), ('tmap.smr_funnel(1, ''Infinity'') OVER ()', '22023'), ('tmap.rate_funnel(1, 0) OVER ()', '22023'),
  ('tmap.proportion_funnel(5, 4) OVER ()', '22023'), ('tmap.smr_funnel(1, 5, -1) OVER ()', '22023'), ('tmap.smr_funnel(1, 5, ''NaN'') OVER ()', '22023'), ('tmap.smr_funnel(1, 5, overdispersion => ''yes'') OVER ()', '22023'),
  ('tmap.smr_funnel(1, 5, scale => ''logit'') OVER ()', '22023'), ('tmap.smr_funnel(1, 5, extremes => ''cut'') OVER ()', '22023'), ('tmap.smr_funnel(1, 5, share => 0.5) OVER ()', '22023'), ('tmap.smr_funnel(1, 5, method => ''wilson'') OVER ()', '22023'),
  ('tmap.smr_funnel(1, 5, inner_level => 0.999) OVER ()', '22023'), ('tmap.smr_funnel(1, 5, outer_level => 1) OVER ()', '22023'), ('tmap.smr_funnel(1, 5, share => NULL) OVER ()', '22004'), ('tmap.rate_funnel(1, 5, per => 0) OVER ()', '22023'),
  ('tmap.smr_funnel(1, 5, share => s) OVER () FROM (VALUES (0.1), (0.2)) AS v (s)', '22023'), ('tmap.proportion_funnel(1, 5, 1.5) OVER ()', '22023'),
  ('tmap.smr_funnel_lower(''Infinity'')', '22023'), ('tmap.smr_funnel_lower(5, 1)', '22023'), ('tmap.smr_funnel_upper(5, 0.95, ''arcsine'')', '22023'), ('tmap.proportion_funnel_lower(-5, 0.5)', '22023'), ('tmap.proportion_funnel_lower(5, 1.5)', '22023'),
  ('tmap.smr_z(-1, 5)', '22023'), ('tmap.rate_z(1, 0, 1)', '22023'), ('tmap.proportion_z(5, 4, 0.5)', '22023'), ('tmap.funnel_curve(-1)', '22023'), ('tmap.rate_funnel_upper(1e300, 1e300)', '22003'), ('tmap.proportion_funnel_upper(9223372036854775807, 0.5, 0.95, ''interpolated'')', '22003'),
  ('tmap.overdispersion(-1, 5)', '22023'), ('tmap.overdispersion(1, 5, 1, ''arcsine'', ''winsorise'', 0.1)', '22023'), ('tmap.overdispersion(1, 5, 1, ''sqrt'', ''winsorise'', 0.7)', '22023'), ('tmap.overdispersion(1, 5, 1, ''sqrt'', NULL, 0.1)', '22004'),
  ('tmap.overdispersion(1, 5, s, ''sqrt'', ''winsorise'', 0.1) FROM (VALUES (1), (2)) AS v (s)', '22023'), ('tmap.proportion_overdispersion(5, 4)', '22023')) AS t (call, state);
SELECT ok(lower > 0.4999 AND lower < 0.5 AND upper > 0.5 AND upper < 0.5001, 'limits among 9e18 people') FROM (SELECT tmap.proportion_funnel_lower(9000000000000000000, 0.5) AS lower, tmap.proportion_funnel_upper(9000000000000000000, 0.5) AS upper) AS s;
SELECT * FROM finish();
ROLLBACK;
