-- Funnel plots: limits, positions, overdispersion, and the picture.
SET client_min_messages = warning;
SET search_path = tmap, public;
\pset null '-'
CREATE TEMP TABLE place AS SELECT * FROM (VALUES ('A', 21::bigint, 290::bigint, 29.1), ('B', 64, 410, 43.0), ('C', 9, 230, 24.8), ('D', 71, 380, 38.7), ('E', 0, 40, 3.9), ('F', NULL, 100, 10), ('G', 0, 0, 0)) AS p (name, events, at_risk, expected);

-- One area: limits by every method, ordered in the level; z; the curve.
SELECT m AS method, round(smr_funnel_lower(4, 0.95, m)::numeric, 4) AS lower, round(smr_funnel_upper(4, 0.95, m)::numeric, 4) AS upper, round(rate_funnel_upper(200, 2, 0.998, m, 100)::numeric, 3) AS rate_upper
FROM unnest(ARRAY['exact', 'interpolated', 'garwood', 'normal', 'log']) AS m;
SELECT m AS method, round(proportion_funnel_lower(40, 10, 0.95, m, 100)::numeric, 3) AS lower, round(proportion_funnel_upper(40, 10, 0.998, m, 100)::numeric, 3) AS upper
FROM unnest(ARRAY['exact', 'interpolated', 'clopper_pearson', 'normal', 'arcsine']) AS m;
SELECT smr_z(36, 25), rate_z(36, 20000, 125, 100000), round(proportion_z(9, 100, 20, 100)::numeric, 6) AS proportion_z, smr_z(3, 0), rate_z(0, 5, 0), proportion_z(5, 5, 1), smr_z(NULL, 5);
SELECT events, round(c.lower::numeric, 4) AS lower, round(c.upper::numeric, 4) AS upper, round(c.lower_at::numeric, 4) AS lower_at, round(c.upper_at::numeric, 4) AS upper_at FROM generate_series(0, 2) AS events, funnel_curve(events) AS c;
SELECT smr_funnel_lower(0), proportion_funnel_upper(0, 0.5), rate_funnel_lower(5, 0), proportion_funnel_lower(5, 1), funnel_curve(5, 0);

-- All areas: NULL and empty ones have no place.
SELECT name, round(f.value::numeric, 2) AS value, round(f.target::numeric, 2) AS target, round(f.z::numeric, 2) AS z, round(f.lower2::numeric, 2) AS lower2, round(f.upper2::numeric, 2) AS upper2, round(f.lower3::numeric, 2) AS lower3, round(f.upper3::numeric, 2) AS upper3, class, label
FROM (SELECT name, (proportion_funnel(events, at_risk, per => 100) OVER ()).* FROM place) AS f ORDER BY name;
SELECT name, round((s).phi::numeric, 4) AS phi, round((s).tau2::numeric, 4) AS tau2, round((s).z_adjusted::numeric, 3) AS z_sqrt, (s).class, round((l).z_adjusted::numeric, 3) AS z_log, (l).class, round((r).z_adjusted::numeric, 3) AS z_rate, (r).label
FROM (SELECT name, smr_funnel(events, expected, overdispersion => 'additive') OVER () AS s, smr_funnel(events, expected, overdispersion => 'multiplicative', scale => 'log', extremes => 'truncate', share => 0.2) OVER () AS l,
  rate_funnel(events, at_risk, overdispersion => 'additive', scale => 'none', per => 100) OVER () AS r FROM place) AS f ORDER BY name;
-- The frame and the order of rows mean nothing; each partition is a funnel of its own.
SELECT count(DISTINCT f) AS same FROM (SELECT name, smr_funnel(events, expected) OVER (ORDER BY name DESC ROWS 1 PRECEDING) AS f FROM place UNION ALL SELECT name, smr_funnel(events, expected) OVER () FROM place) AS s WHERE name < 'F';
SELECT half, areas_used, round(target::numeric, 4) AS target, round(phi::numeric, 4) AS phi, round(tau2::numeric, 5) AS tau2 FROM (SELECT name < 'C' AS half, (proportion_overdispersion(events, at_risk)).* FROM place GROUP BY 1) AS o ORDER BY half;
SELECT areas, areas_left_out, areas_used, target, round(phi::numeric, 4) AS phi, round(tau2::numeric, 5) AS tau2 FROM (SELECT (overdispersion(events, expected, 1, 'log', 'truncate', 0.2)).* FROM place) AS o;
SELECT overdispersion(events, expected), rate_overdispersion(events, expected) FROM place WHERE false;
SELECT overdispersion(NULL, 5), rate_overdispersion(1, 5);

-- A dispersion that does not exist is not taken for none: one area without events leaves the log scale without tau2, one area has none. No events have no place on a log scale.
SELECT name, round((f).phi::numeric, 4) AS phi, (f).tau2, (f).z_adjusted, (f).lower2, (f).upper3, (f).class, (f).label FROM (SELECT name, smr_funnel(events, expected, overdispersion => o, scale => 'log') OVER (PARTITION BY o) AS f, o FROM place, unnest('{additive,multiplicative}'::text[]) AS o) AS s WHERE name IN ('B', 'E') ORDER BY name, o;
SELECT round((smr_funnel(9, 5, overdispersion => 'additive') OVER ()).upper2::numeric, 3) AS additive, round((smr_funnel(9, 5, overdispersion => 'multiplicative') OVER ()).upper2::numeric, 3) AS multiplicative;
SELECT name, (l).class AS log_method, (t).class AS log_scale, (t).lower2 > 0 AS limits, (g).class AS logit_scale, (s).class AS root_scale FROM (SELECT name, smr_funnel(events, expected, method => 'log') OVER () AS l, smr_funnel(events, expected, overdispersion => 'additive', scale => 'log', extremes => 'truncate', share => 0.2) OVER () AS t,
  proportion_funnel(events, at_risk, overdispersion => 'additive', scale => 'logit', extremes => 'truncate', share => 0.2) OVER () AS g, smr_funnel(events, expected, overdispersion => 'additive') OVER () AS s FROM place) AS f WHERE name IN ('D', 'E') ORDER BY name;

-- The interval of a count calls an area without events low where it is not: one is expected, none has a probability of 37 %.
SELECT m, smr_funnel_lower(1, 0.998, m) > 0 AS above_0, (smr_funnel(0, 1, method => m) OVER ()).label FROM (VALUES ('garwood')) AS v (m) UNION ALL SELECT 'exact', smr_funnel_lower(1, 0.998) > 0, (smr_funnel(0, 1) OVER ()).label;

-- Errors say what to do.
SELECT smr_funnel(1, 5, inner_level => 0.999) OVER ();
SELECT smr_funnel(1, 5, overdispersion => 'some') OVER ();
SELECT smr_funnel(1, 5, share => 0.5) OVER ();
SELECT smr_funnel(1, 5, share => NULL) OVER ();
SELECT smr_funnel(events, 5, target => events) OVER () FROM place;
SELECT smr_funnel(1, 'Infinity') OVER ();
SELECT smr_funnel(1, 5, -1) OVER ();
SELECT proportion_funnel(5, 4) OVER ();
SELECT overdispersion(1, 5, 1, 'sqrt', 'winsorise', NULL);

-- The picture.
SELECT tmap.create_atlas('funn');
SET search_path = funn, tmap, public;
INSERT INTO area (code_system, code, name, level, source) VALUES ('ISO 3166-1', 'ZZZ', 'Zed', 'country', 'made up');
INSERT INTO area (code_system, code, name, level, parent_id, source, geom)
SELECT 'tmap', 'R' || i, CASE i WHEN 2 THEN 'A & <B>' ELSE 'Region ' || i END, 'region', (SELECT area_id FROM area WHERE code = 'ZZZ'), 'made up', ST_Multi(ST_MakeEnvelope(i, 50, i + 1, 51, 4326)) FROM generate_series(1, 12) AS i;
INSERT INTO source (source_key, title, definition, origin) VALUES ('made-up', 'Made & up', 'thrombectomies', 'synthetic');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis, shown, choice_reason)
SELECT a.area_id, '2020-01-01', '2020-12-31', 'thrombectomy_per_stroke', find_source('made-up'), t.t, tmap.events(t.t), 'reported', true, 'only figure'
FROM generate_series(1, 11) AS i JOIN area AS a ON a.code = 'R' || i CROSS JOIN LATERAL (SELECT tmap.tally('all', CASE i WHEN 2 THEN 60 * i ELSE 9 * i + i % 3 END, 130 * i) AS t) AS t;
SELECT code, events, base, round(value::numeric, 2) AS value, class, label, origin FROM funnel_points('thrombectomy_per_stroke', 'region', 2020, 'ZZZ') ORDER BY base;
CREATE FUNCTION count_of(svg text, what text) RETURNS bigint LANGUAGE sql
RETURN cardinality(xpath(what, XMLPARSE(DOCUMENT svg), ARRAY[ARRAY['s', 'http://www.w3.org/2000/svg']]));
SELECT over, log_axis, count_of(svg, '//s:circle/s:title') AS points, count_of(svg, '//s:polyline') AS limits, count_of(svg, '//s:text[.="A & <B>"]') AS named, count_of(svg, '//s:text[.="SYNTHETIC DATA"]') AS synthetic, svg ~ 'NaN|Infinity' AS broken,
  svg = funnel_svg('thrombectomy_per_stroke', 'region', 2020, 'ZZZ', overdispersion => over, log_axis => log_axis) AS same_again
FROM unnest(ARRAY['none', 'additive', 'multiplicative']) AS over, unnest(ARRAY[false, true]) AS log_axis, funnel_svg('thrombectomy_per_stroke', 'region', 2020, 'ZZZ', overdispersion => over, log_axis => log_axis) AS svg ORDER BY 1, 2;
-- The legend counts the classes, from above to below.
SELECT t FROM unnest(xpath('//s:text/text()', XMLPARSE(DOCUMENT funnel_svg('thrombectomy_per_stroke', 'region', 2020, 'ZZZ')), ARRAY[ARRAY['s', 'http://www.w3.org/2000/svg']])::text[]) AS t WHERE t ~ ': [0-9]|φ';
-- Round ticks.
SELECT * FROM funnel_ticks(0, 1000, false, 5), funnel_ticks(30, 4000, true, 9) AS log_tick WHERE log_tick < 200;
-- Of observed over expected, with fewer expected than there are events: no other funnel is computed from these bases.
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis, shown, choice_reason)
SELECT (SELECT area_id FROM area WHERE code = 'ZZZ'), '2020-01-01', '2020-12-31', 'thrombectomy_per_stroke', find_source('made-up'), t, tmap.events(t), 'reported', true, 'only figure'
FROM (SELECT tmap.rollup(tally) AS t FROM fact WHERE source_id = find_source('made-up')) AS s;
SELECT code, events, round(base::numeric, 1) AS expected, round(value::numeric, 2) AS smr, target, class FROM funnel_points('thrombectomy_per_stroke', 'region', 2020, 'ZZZ', 'smr') ORDER BY base LIMIT 3;
SELECT count_of(funnel_svg('thrombectomy_per_stroke', 'region', 2020, 'ZZZ', 'smr'), '//s:circle/s:title') AS points;
\set VERBOSITY terse
SELECT funnel_svg('thrombectomy_per_stroke', 'region', 1999, 'ZZZ');
SELECT funnel_svg('thrombectomy_per_stroke', 'region', NULL);
SELECT funnel_svg('thrombectomy_per_stroke', 'region', 2020, figure => 'dsr');
SELECT funnel_svg('no such', 'region', 2020);
SELECT funnel_svg('thrombectomy_per_stroke', 'region', 2020, overdispersion => 'yes');
DROP SCHEMA funn CASCADE;
