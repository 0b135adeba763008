-- Comparisons in SQL against test/oracles/oracle_compare.csv (mpmath, from the definitions) and R, and what must hold for any data:
-- order, exchange, levels, agreement of the forms. psql variable oracles: the folder.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

-- Relative error; for a difference also on the scale of its interval, for a limit near 0 has no digits of its own.
CREATE FUNCTION pg_temp.agrees(have float8, want float8, width float8 DEFAULT 0) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL THEN have IS NULL WHEN want = 0 OR want = 'Infinity' THEN have = want ELSE coalesce(abs(have - want) <= 1e-10 * greatest(abs(want), width) OR (want < 1e-250 AND have < 1e-250), false) END;

CREATE TEMP TABLE compared (what text, x1 bigint, n1 float8, x2 bigint, n2 float8, conf float8, method text, value float8, lower float8, upper float8, p float8);
\cd :oracles
\copy compared FROM 'oracle_compare.csv' (FORMAT csv, HEADER)
SELECT is((SELECT count(*) FROM compared), 579::bigint, 'all rows were read');
CREATE FUNCTION pg_temp.run(what text, x1 bigint, n1 float8, x2 bigint, n2 float8, conf float8, method text) RETURNS tmap.comparison LANGUAGE sql IMMUTABLE
RETURN CASE what WHEN 'proportion_difference' THEN tmap.proportion_difference(x1, n1::bigint, x2, n2::bigint, conf, method) WHEN 'proportion_ratio' THEN tmap.proportion_ratio(x1, n1::bigint, x2, n2::bigint, conf, method)
  WHEN 'odds_ratio' THEN tmap.odds_ratio(x1, n1::bigint, x2, n2::bigint, conf, method) WHEN 'rate_ratio' THEN tmap.rate_ratio(x1, n1, x2, n2, conf, method) WHEN 'rate_difference' THEN tmap.rate_difference(x1, n1, x2, n2, conf, method) END;
SELECT ok(count(*) > 20 AND bool_and(pg_temp.agrees(c.value, o.value, width) AND pg_temp.agrees(c.lower, o.lower, width) AND pg_temp.agrees(c.upper, o.upper, width) AND pg_temp.agrees(c.p, o.p) AND (c.reason IS NULL) = (o.value IS NOT NULL AND o.lower IS NOT NULL)),
          format('%s, %s: %s rows agree to 1e-10', o.what, o.method, count(*)))
FROM (SELECT *, CASE WHEN what ~ 'difference' THEN upper - lower ELSE 0 END AS width FROM compared) AS o, LATERAL pg_temp.run(o.what, o.x1, o.n1, o.x2, o.n2, o.conf, o.method) AS c GROUP BY o.what, o.method;

-- R 4.2, poisson.test(c(41, 15), c(28010, 19017)); prop.test(c(16, 36), c(80, 40), correct = FALSE) has Koopman's p.
SELECT ok(pg_temp.agrees(round(c.lower::numeric, 6)::float8, 1.005684) AND pg_temp.agrees(round(c.upper::numeric, 6)::float8, 3.609300), 'rate_ratio has the limits of R''s poisson.test') FROM tmap.rate_ratio(41, 28010, 15, 19017) AS c;

-- Any data: small and huge counts, empty and full cells.
CREATE TEMP TABLE sample AS SELECT row_number() OVER () AS i, x1, n1, x2, n2 FROM unnest('{0,1,5,40,1000000000}'::bigint[]) x1, unnest('{1,40,41,1000000000}'::bigint[]) n1, unnest('{0,1,7,39}'::bigint[]) x2, unnest('{1,7,60,1000000000}'::bigint[]) n2 WHERE x1 <= n1 AND x2 <= n2;
CREATE TEMP TABLE kind (what text, method text, ratio boolean);
INSERT INTO kind SELECT w, m, w ~ 'ratio' FROM (VALUES ('proportion_difference', '{miettinen_nurminen,newcombe}'::text[]), ('proportion_ratio', '{miettinen_nurminen,koopman,log}'), ('odds_ratio', '{miettinen_nurminen,log}'), ('rate_ratio', '{exact,mid_p,log}'), ('rate_difference', '{miettinen_nurminen,mover}')) AS v (w, ms), unnest(ms) AS m;
CREATE TEMP TABLE run AS SELECT k.*, s.*, conf, c.value, c.lower, c.upper, c.p, c.reason, d.value AS value_back, d.lower AS lower_back, d.upper AS upper_back, d.p AS p_back
FROM kind k, sample s, unnest('{0.5000001,0.9,0.95,0.999999}'::float8[]) AS conf, pg_temp.run(k.what, s.x1, s.n1, s.x2, s.n2, conf, k.method) AS c, pg_temp.run(k.what, s.x2, s.n2, s.x1, s.n1, conf, k.method) AS d;
SELECT cmp_ok((SELECT count(*) FROM run), '>', 4000::bigint, 'there are cases');
SELECT is_empty($$SELECT * FROM run WHERE NOT (coalesce(lower, 0) <= coalesce(value, lower, 0) AND coalesce(value, upper, 0) <= coalesce(upper, value, 0)) OR (ratio AND lower < 0) OR (what = 'proportion_difference' AND (lower < -1 OR upper > 1)) OR p NOT BETWEEN 0 AND 1$$, 'limits are ordered and inside the parameter space');
SELECT is_empty($$SELECT * FROM run WHERE (value IS NULL OR lower IS NULL OR upper IS NULL) <> (reason IS NOT NULL)$$, 'a NULL has a reason, and no reason is given without one');
SELECT is_empty($$SELECT * FROM (SELECT *, lag(lower) OVER w AS narrower, lag(upper) OVER w AS higher FROM run WINDOW w AS (PARTITION BY what, method, i ORDER BY conf)) AS l WHERE lower > narrower OR upper < higher$$, 'a higher level has wider limits');
SELECT is_empty($$SELECT * FROM run WHERE NOT ratio AND (value_back IS DISTINCT FROM -value OR lower_back IS DISTINCT FROM -upper OR upper_back IS DISTINCT FROM -lower)$$, 'groups exchanged, a difference changes its sign, to the bit');
SELECT is_empty($$SELECT * FROM (SELECT *, CASE WHEN value = 0 THEN 'Infinity' ELSE 1 / value END AS value_inverse, CASE WHEN lower = 0 THEN 'Infinity' ELSE 1 / lower END AS upper_inverse, CASE WHEN upper = 0 THEN 'Infinity' ELSE 1 / upper END AS lower_inverse FROM run WHERE ratio) AS r
  WHERE NOT (pg_temp.agrees(value_back, value_inverse) AND pg_temp.agrees(lower_back, lower_inverse) AND pg_temp.agrees(upper_back, upper_inverse))$$, 'groups exchanged, a ratio is inverted');
-- Test and interval say the same where both come from one statistic.
SELECT is_empty($$SELECT * FROM run WHERE method IN ('miettinen_nurminen', 'exact', 'mid_p', 'koopman') AND abs(p - (1 - conf)) > 1e-9 AND (p < 1 - conf) <> CASE WHEN ratio THEN lower > 1 OR upper < 1 ELSE lower > 0 OR upper < 0 END$$, 'p below 1 - confidence when the limits leave out no difference, and only then');

-- Standardised rates. Two areas and a standard with strata drawn from a fixed formula.
CREATE TEMP TABLE area AS SELECT a, tmap.tally_agg(tmap.stratum(5 * b), (a * 7 + b * 3) % 11, (40 + (a * 13 + b * 17) % 90)) AS t FROM generate_series(1, 8) a, generate_series(0, 17) b GROUP BY a;
CREATE TEMP TABLE pairs AS SELECT x.t AS t1, y.t AS t2, tmap.rollup(z.t) AS standard FROM area x, area y, area z WHERE x.a < y.a GROUP BY x.a, y.a, x.t, y.t;
SELECT is_empty($$SELECT 1 FROM area WHERE abs(tmap.dsr(t, t) - tmap.proportion(t)) > 1e-15 OR abs(tmap.cmf(t, t) - 1) > 1e-14$$, 'with an area as its own standard the DSR is the crude rate, the CMF 1');
SELECT is_empty($$SELECT 1 FROM area, (SELECT tmap.rollup(t) AS r FROM area) AS s WHERE abs(tmap.cmf(t, r) - tmap.dsr(t, r) / tmap.proportion(r)) > 1e-14 OR abs(tmap.cmf_upper(t, r, 0.9, 'tiwari') - tmap.dsr_upper(t, r, 0.9, 'tiwari') / tmap.proportion(r)) > 1e-14$$, 'any tally is a standard: the CMF is the DSR over the standard''s own rate');
SELECT is_empty($$SELECT m, conf, e FROM area, (SELECT tmap.rollup(t) AS r FROM area) AS s, unnest('{fay_feuer,tiwari,dobson_exact,dobson_byar,log,binomial,binomial_normal}'::text[]) AS m, unnest('{0.5000001,0.95,0.9999999}'::float8[]) AS conf, tmap.dsr_estimate(t, r, conf, m) AS e
  WHERE NOT (0 <= e.lower AND e.lower <= e.value AND e.value <= e.upper) OR (m = 'binomial' AND e.upper > 1)$$, 'limits of the DSR are ordered by every method at every level');
SELECT is_empty($$SELECT m FROM pairs, unnest('{fay,tiwari,log,binomial}'::text[]) AS m, tmap.dsr_ratio(t1, t2, standard, 0.99, m) AS c, tmap.dsr_ratio(t2, t1, standard, 0.99, m) AS d, tmap.dsr_ratio(t1, t2, standard, 0.8, m) AS n
  WHERE NOT (c.lower < n.lower AND n.lower < c.value AND c.value < n.upper AND n.upper < c.upper) OR NOT (pg_temp.agrees(d.value, 1 / c.value) AND pg_temp.agrees(d.lower, 1 / c.upper) AND pg_temp.agrees(d.upper, 1 / c.lower) AND pg_temp.agrees(d.p, c.p)) OR NOT pg_temp.agrees(c.value, tmap.dsr(t1, standard) / tmap.dsr(t2, standard))$$, 'ratios of DSRs: ordered, wider at a higher level, inverted by exchange');
SELECT is_empty($$SELECT m FROM pairs, unnest('{mover,binomial}'::text[]) AS m, tmap.dsr_difference(t1, t2, standard, 0.99, m) AS c, tmap.dsr_difference(t2, t1, standard, 0.99, m) AS d, tmap.dsr_difference(t1, t2, standard, 0.8, m) AS n
  WHERE NOT (c.lower < n.lower AND n.lower < c.value AND c.value < n.upper AND n.upper < c.upper) OR NOT (d.value = -c.value AND d.lower = -c.upper AND d.upper = -c.lower)$$, 'differences of DSRs likewise, with the sign changed');
SELECT is_empty($$SELECT 1 FROM area x, area y, LATERAL (SELECT tmap.collapse(x.t, 'total') AS one, tmap.collapse(y.t, 'total') AS two) AS s, tmap.dsr_ratio(one, two, one) AS c, tmap.rate_ratio(one, two) AS d, tmap.dsr_difference(one, two, two, 0.95, 'binomial') AS e, tmap.proportion_difference(one, two, 0.95, 'newcombe') AS f
  WHERE tmap.events(x.t) > 0 AND tmap.events(y.t) > 0 AND NOT (pg_temp.agrees(c.lower, d.lower) AND pg_temp.agrees(c.upper, d.upper) AND pg_temp.agrees(c.p, d.p) AND pg_temp.agrees(e.lower, f.lower, 1) AND pg_temp.agrees(e.upper, f.upper, 1))$$, 'with one stratum a standardised comparison is the crude one');

-- Every method of a single figure at the ends: no events, all events, a billion, tiny rates, levels near 0.5 and 1.
SELECT is_empty($$SELECT m, x, n, conf FROM unnest('{wilson,wilson_cc,clopper_pearson,jeffreys,agresti_coull,mid_p}'::text[]) AS m, (VALUES (0, 1), (1, 1), (0, 1000000000), (1, 1000000000), (999999999, 1000000000), (1000000000, 1000000000), (500000000, 1000000000), (3, 4503599627370496)) AS v (x, n), unnest('{0.5000001,0.95,0.9999999}'::float8[]) AS conf, tmap.proportion_estimate(x, n, conf, m) AS e
  WHERE NOT (0 <= e.lower AND e.lower <= e.value AND e.value <= e.upper AND e.upper <= 1 AND e.lower < e.upper)$$, 'proportions at the ends');
SELECT is_empty($$SELECT m, x, n, conf FROM unnest('{exact,byar,mid_p,phe}'::text[]) AS m, (VALUES (0, 1e-6), (1, 1e12), (9, 1), (10, 1), (1000000000, 1e3), (9007199254740992, 1e16)) AS v (x, n), unnest('{0.5000001,0.95,0.9999999}'::float8[]) AS conf, tmap.rate_estimate(x, n, conf, m) AS e
  WHERE NOT (0 <= e.lower AND e.lower <= e.value AND e.value <= e.upper AND e.lower < e.upper)$$, 'rates at the ends');
SELECT is_empty($$SELECT x, n, conf FROM (VALUES (0, 7), (3, 7), (7, 7), (1000, 1000000000)) AS v (x, n), unnest('{0.6,0.95,0.9999}'::float8[]) AS conf
  WHERE NOT (tmap.proportion_lower(x, n, conf, 'mid_p') >= tmap.proportion_lower(x, n, conf, 'clopper_pearson') AND tmap.proportion_upper(x, n, conf, 'mid_p') <= tmap.proportion_upper(x, n, conf, 'clopper_pearson')
  AND tmap.rate_lower(x, n, conf, 'mid_p') >= tmap.rate_lower(x, n, conf) AND tmap.rate_upper(x, n, conf, 'mid_p') <= tmap.rate_upper(x, n, conf))$$, 'mid-P limits lie within the exact ones');
-- R 4.2: the mid-P limits of 5 of 20 solved with uniroot (tol 1e-14) on pbinom(4) + dbinom(5) / 2.
SELECT ok(pg_temp.agrees(round(tmap.proportion_lower(5, 20, method => 'mid_p')::numeric, 9)::float8, 0.097860085) AND pg_temp.agrees(round(tmap.proportion_upper(5, 20, method => 'mid_p')::numeric, 9)::float8, 0.470223800), 'mid-P limits of 5 of 20');

-- The rule of a minimum changes nothing but what it is for.
SELECT is_empty($$SELECT 1 FROM area, (SELECT tmap.rollup(t) AS r FROM area) AS s, tmap.dsr_estimate(t, r, min_events => 0) AS z, tmap.dsr_estimate(t, r) AS b, tmap.dsr_estimate(t, r, min_events => tmap.events(t)) AS c, tmap.dsr_estimate(t, r, min_events => tmap.events(t) + 1) AS d
  WHERE z IS DISTINCT FROM b OR c IS DISTINCT FROM b OR (d.value, d.lower, d.upper, d.reason, d.events, d.coverage) IS DISTINCT FROM (NULL::float8, NULL::float8, NULL::float8, 'min_events', b.events, b.coverage)$$, 'min_events takes value and limits below it, and nothing else');
SELECT is_empty($$SELECT 1 WHERE tmap.proportion_estimate(1, 2, min_events => NULL) IS NOT NULL OR tmap.rate_ratio(1, 2, NULL, 2) IS NOT NULL OR tmap.proportion_difference(1, 2, 1, 2, NULL) IS NOT NULL OR tmap.dsr_ratio('tmap1 sex {}', NULL, 'tmap1 sex {}') IS NOT NULL$$, 'NULL in, NULL out');
SELECT * FROM finish();
ROLLBACK;
