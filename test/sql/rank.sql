-- Ranks with their intervals, areas against a target: the same for any order of rows, any frame and any plan.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = tmap, public;
CREATE TEMP TABLE region (year int, code text, events bigint, at_risk bigint, expected float8);
INSERT INTO region SELECT 2018 + y, 'R' || r, 40 + r * r + 3 * y, 1000 + 10 * r, 60 + r FROM generate_series(0, 1) y, generate_series(1, 12) r;
INSERT INTO region VALUES (2018, 'NOBODY', 0, 0, 0), (2018, 'UNKNOWN', NULL, 100, 3), (2018, 'TIE', 41, 1010, 61), (2019, 'ALONE', 1, NULL, NULL);
SELECT code, round(((r).value * 100)::numeric, 3) AS value, (r).rank, (r).median, (r).lower, (r).upper FROM (SELECT *, proportion_rank(events, at_risk) OVER (PARTITION BY year) AS r FROM region) t WHERE year = 2018 ORDER BY (r).rank, code COLLATE "C";
SELECT code, (r).rank, (r).median, (r).lower, (r).upper FROM (SELECT *, rate_rank(events, expected, 2000, 7, 0.9) OVER (PARTITION BY year) AS r FROM region) t WHERE year = 2019 ORDER BY (r).rank, code COLLATE "C";
-- Laws: rank and median inside the limits; a higher level is wider; a higher proportion ranks higher; equal counts, equal results.
SELECT bool_and((a).lower <= (a).median AND (a).median <= (a).upper AND (b).lower <= (a).lower AND (a).upper <= (b).upper) AS ordered, bool_and((a).rank BETWEEN (a).lower AND (a).upper) AS around
FROM (SELECT proportion_rank(events, at_risk) OVER w AS a, proportion_rank(events, at_risk, confidence => 0.99) OVER w AS b FROM region WHERE at_risk > 0 AND events IS NOT NULL WINDOW w AS (PARTITION BY year)) t;
SELECT sum((r).rank) = count(r) * (count(r) + 1) / 2 AS all_ranks FROM (SELECT year, proportion_rank(events, at_risk) OVER (PARTITION BY year) AS r FROM region) t WHERE r IS NOT NULL AND year = 2018;
SELECT count(DISTINCT (r).lower) = 1 AND count(DISTINCT (r).upper) = 1 AND count(DISTINCT (r).rank) = 1 AS ties_alike FROM (SELECT code, proportion_rank(events, at_risk) OVER (PARTITION BY year) AS r FROM region WHERE year = 2018) t WHERE code IN ('R1', 'TIE');
-- The same whatever the order of rows, the frame and the order of the window; another seed, another answer.
SELECT count(DISTINCT md5) AS answers FROM (SELECT s, md5(string_agg(code || r::text || g::text, ',' ORDER BY code COLLATE "C")) FROM (
  SELECT s, code, proportion_rank(events, at_risk) OVER w AS r, target_gap(events, expected) OVER w AS g FROM (SELECT * FROM region, generate_series(1, 4) s WHERE year = 2018 ORDER BY s, md5(code || s)) x WINDOW w AS (PARTITION BY s)) t GROUP BY s) u;
SELECT bool_and(a = b AND a = c) AS any_frame FROM (SELECT proportion_rank(events, at_risk) OVER (PARTITION BY year) AS a, proportion_rank(events, at_risk) OVER (PARTITION BY year ORDER BY code DESC) AS b,
  proportion_rank(events, at_risk) OVER (PARTITION BY year ORDER BY events ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS c FROM region) t WHERE a IS NOT NULL;
SELECT bool_or(a <> b) AS another_seed FROM (SELECT proportion_rank(events, at_risk, seed => 1) OVER w AS a, proportion_rank(events, at_risk, seed => 2) OVER w AS b FROM region WINDOW w AS (PARTITION BY year)) t;
-- One area is first of one; certain differences leave no doubt.
SELECT (proportion_rank(5, 10) OVER ()).*;
SELECT o, (r).lower, (r).upper FROM (SELECT o, rate_rank(o, 1e6) OVER () AS r FROM (VALUES (100), (100000), (1000000)) v (o)) t ORDER BY o;
SELECT proportion_rank(5, 4) OVER ();
SELECT proportion_rank(-5, 4) OVER ();
SELECT rate_rank(5, 0) OVER ();
SELECT rate_rank(5, 'NaN') OVER ();
SELECT rate_rank(5, 1, 99) OVER ();
SELECT rate_rank(5, 1, 100001) OVER ();
SELECT rate_rank(5, 1, 100, NULL) OVER ();
SELECT rate_rank(5, 1, 100, 1, 1) OVER ();
SELECT rate_rank(events, at_risk, 100, events) OVER () FROM region WHERE events > 0;
SELECT rate_rank(5, 1);
SELECT sum((r).rank) FROM (SELECT rate_rank(g, 10 + g, 100000) OVER () AS r FROM generate_series(1, 5000) g) t;

-- Against the target: the median is that of target_level; the summary says the same; only those that define it count.
SELECT code, round((g).value::numeric, 4) AS value, round((g).target::numeric, 4) AS target, round((g).target_lower::numeric, 4) AS lower, round((g).target_upper::numeric, 4) AS upper, (g).below, (g).p_below AS p, (g).missing, (g).missing_lower AS lower, (g).missing_upper AS upper
FROM (SELECT *, target_gap(events, expected, 6.5) OVER (PARTITION BY year) AS g FROM region) t WHERE year = 2018 ORDER BY (g).value, code COLLATE "C";
SELECT year, bool_and((g).target = t.level) AS median, max((g).target_lower) = ((min(ARRAY[t.s]))[1]).target_lower AND max((g).target_upper) = ((min(ARRAY[t.s]))[1]).target_upper AS same_limits, sum((g).missing) = ((min(ARRAY[t.s]))[1]).missing AS same_missing, count(*) FILTER (WHERE (g).below) = ((min(ARRAY[t.s]))[1]).below AS same_below
FROM (SELECT year, target_gap(events, expected, 6.5) OVER (PARTITION BY year) AS g FROM region) r JOIN (SELECT year, target_level(events / nullif(expected, 0) * 6.5) AS level, target_summary(events, expected, 6.5) AS s FROM region GROUP BY year) t USING (year) GROUP BY year ORDER BY year;
SELECT bool_and((g).target = a.level) AS alert FROM (SELECT year, target_gap(events, expected, share => 0.25) OVER (PARTITION BY year) AS g FROM region) r JOIN (SELECT year, alert_level(events / nullif(expected, 0)) AS level FROM region GROUP BY year) a USING (year);
SELECT bool_and((g).target = s.level) AS defined_by_some FROM (SELECT target_gap(events, expected, 1, code < 'R5') OVER () AS g FROM region WHERE year = 2018) r, (SELECT target_level(events / nullif(expected, 0)) AS level FROM region WHERE year = 2018 AND code < 'R5') s;
SELECT (g).target, (g).missing, (g).value FROM (SELECT target_gap(5, 4, 1, false) OVER () AS g) t;
SELECT (g).target_lower, (g).p_below, (g).missing FROM (SELECT target_gap(o, 10, draws => 0) OVER () AS g FROM (VALUES (4), (10), (12)) v (o)) t;
SELECT (target_summary(o, e, 1, 0.5, 0, 1, 0.95)).* FROM (VALUES (4, 10.0), (10, 10), (12, 10), (3, 0), (NULL, 1)) v (o, e);
SELECT count(DISTINCT s) AS results FROM (SELECT target_summary(events, expected, 1 ORDER BY md5(code || i)) FROM region, generate_series(1, 4) i GROUP BY i) x (s);
SELECT target_summary(1, 1, 1) FROM region WHERE false;
SELECT target_gap(-1, 1) OVER ();
SELECT target_gap(1, -1) OVER ();
SELECT target_gap(1, 1, share => 'NaN') OVER ();
SELECT target_gap(1, 1, draws => 1) OVER ();
SELECT target_gap(1, 1, confidence => 0.5) OVER ();
SELECT target_summary(-1, 1, 1);
SELECT target_summary(1, 'NaN', 1);
SELECT target_summary(1, 1, 1, 2, 100, 1, 0.95);
SELECT target_summary(1, 1, 1, 0.5, 100, 9007199254740993, 0.95);
SELECT target_summary(1, 1, 1, 0.5, 100, NULL, 0.95);
SELECT target_summary(events, 1, 1, 0.5, 100, events, 0.95) FROM region WHERE events > 0;

-- Priors: independent areas seem to lack more, and their ranks are surer than they should be; the summary agrees with the rows.
SELECT (j).missing = (e).missing AND (j).target = (e).target AS same_estimate, (j).missing_lower > (e).missing_lower AS more_for_sure
FROM (SELECT target_summary(events, expected, 1, 0.25, 1000, 1, 0.95, 'jeffreys') AS j, target_summary(events, expected, 1, 0.25, 1000, 1, 0.95, 'exchangeable') AS e FROM region) t;
SELECT code, (r).lower, (r).upper, (g).missing_lower, (g).missing_upper FROM (SELECT *, rate_rank(events, expected, prior => 'jeffreys') OVER w AS r, target_gap(events, expected, prior => 'jeffreys') OVER w AS g FROM region WINDOW w AS (PARTITION BY year)) t WHERE year = 2019 ORDER BY (r).rank, code COLLATE "C" LIMIT 4;
SELECT max((g).target_lower) = max((s).target_lower) AND max((g).target_upper) = max((s).target_upper) AS same FROM (SELECT target_gap(events, expected, 1, prior => 'jeffreys') OVER () AS g FROM region) r, (SELECT target_summary(events, expected, 1, 0.5, 1000, 1, 0.95, 'jeffreys') AS s FROM region) t;
-- Areas that do not define the target have a distribution of their own: one far off does not draw the others.
SELECT count(DISTINCT ((g).target_lower, (g).target_upper)) AS limits FROM (SELECT far, code, target_gap(CASE WHEN code = 'ALONE' THEN 1 ELSE events END, CASE WHEN code = 'ALONE' THEN far ELSE expected END, 1, code <> 'ALONE') OVER (PARTITION BY far) AS g
  FROM region, unnest('{1,1000}'::float8[]) far WHERE year = 2019) t WHERE code = 'R1';
-- Equal areas, no events, one area: limits all the same.
SELECT round((s).target_lower::numeric, 2) AS lower, round((s).target_upper::numeric, 2) AS upper, (s).missing, (s).missing_lower < 100 AS few FROM (SELECT target_summary(20, 20, 1) AS s FROM generate_series(1, 50)) t;
SELECT (s).target, (s).target_lower >= 0 AND (s).target_upper < 0.2 AS about_none FROM (SELECT target_summary(0, 20, 1) AS s FROM generate_series(1, 10)) t;
SELECT (s).missing_upper, round((s).target_upper::numeric, 1) AS upper FROM (SELECT target_summary(9, 9, 1) AS s) t;
SELECT (r).* FROM (SELECT proportion_rank(10, 10) OVER () AS r) t;
SELECT target_gap(1, 1, prior => 'flat') OVER ();
SELECT rate_rank(1, 1, prior => NULL) OVER ();
SELECT proportion_rank(1, 2, prior => CASE g WHEN 1 THEN 'jeffreys' ELSE 'exchangeable' END) OVER () FROM generate_series(1, 2) g;
SELECT target_summary(1, 1, 1, 0.5, 100, 1, 0.95, 'flat');
SELECT target_summary(1, 1, 1, 0.5, 100, 1, 0.95, NULL);
SELECT target_summary(1, 1, 1, 0.5, 100, 1, 0.95, CASE g WHEN 1 THEN 'jeffreys' ELSE 'exchangeable' END) FROM generate_series(1, 2) g;
SELECT target_summary(1, 1e308, 1e-300);
SELECT rate_rank(1, 1e300) OVER ();
SELECT rate_rank(1, 1e-310) OVER ();
