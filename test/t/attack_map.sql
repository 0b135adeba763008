-- What tiles, GeoJSON and the other JSON functions say, as rows; then what of it differs from the view value. Read by attack.sh as a reader; prints one line a source: rows, rows that differ, suppressed rows.
\ir mvt.sql
SET client_min_messages = warning;
CREATE TEMP TABLE said (source text, indicator text, area_id int, year int, class int, status text, value float8, lower float8, upper float8, events float8, at_risk float8, reliability float8, parent_value float8, others int);
CREATE TEMP TABLE asked AS SELECT i.indicator, l.level, y.year FROM atlas.indicator i, (SELECT DISTINCT level FROM atlas.map_area) l, (SELECT DISTINCT year FROM atlas.value) y;
-- All the tiles that hold the land, of every level: those with all years, and those of one.
CREATE TEMP TABLE spot AS SELECT z, x, y FROM generate_series(0, 4) z, generate_series(0, (1 << z) - 1) x, generate_series(0, (1 << z) - 1) y WHERE z IN (0, 4) AND length(atlas.tile(z, x, y, '{"level": "region"}')) > 0;
INSERT INTO said
SELECT DISTINCT 'tile', a.indicator, t.id, right(c.key, 4)::int, c.value::int, NULL, (t.properties ->> ('v' || right(c.key, 4)))::float8, NULL::float8, NULL::float8, NULL::float8, NULL::float8, NULL::float8, NULL::float8, 0
FROM (SELECT DISTINCT indicator, level FROM asked) a, spot s, pg_temp.mvt(atlas.tile(s.z, s.x, s.y, json_build_object('indicator', a.indicator, 'level', a.level))) t, jsonb_each(t.properties) c WHERE t.layer = 'areas' AND c.key ~ '^[cv][0-9]{4}$'
  AND (c.key LIKE 'c%' OR NOT t.properties ? ('c' || right(c.key, 4)));
INSERT INTO said
SELECT DISTINCT 'tile of a year', a.indicator, t.id, a.year, (t.properties ->> 'class')::int, t.properties ->> 'status', (t.properties ->> 'value')::float8, (t.properties ->> 'lower')::float8, (t.properties ->> 'upper')::float8, (t.properties ->> 'events')::float8, (t.properties ->> 'at_risk')::float8,
  (t.properties ->> 'reliability')::float8, NULL::float8, (SELECT count(*) FROM jsonb_object_keys(t.properties) k WHERE k NOT IN ('code', 'name', 'level', 'class', 'status', 'value', 'lower', 'upper', 'events', 'at_risk', 'reliability'))
FROM asked a, spot s, pg_temp.mvt(atlas.tile(s.z, s.x, s.y, json_build_object('indicator', a.indicator, 'level', a.level, 'year', a.year))) t WHERE t.layer = 'areas' AND s.z = 0;
INSERT INTO said
SELECT 'geojson', a.indicator, (f ->> 'id')::int, a.year, (f #>> '{properties,class}')::int, f #>> '{properties,status}', (f #>> '{properties,value}')::float8, (f #>> '{properties,lower}')::float8, (f #>> '{properties,upper}')::float8, (f #>> '{properties,events}')::float8, (f #>> '{properties,at_risk}')::float8,
  (f #>> '{properties,reliability}')::float8, (f #>> '{properties,parent_value}')::float8, 0
FROM asked a, jsonb_array_elements(atlas.geojson(a.indicator, a.level, a.year)::jsonb -> 'features') f;
INSERT INTO said
SELECT 'values_json', j ->> 'indicator', e.key::int, (j -> 'years' ->> n)::int, (e.value -> 'c' ->> n)::int, NULL, (e.value -> 'v' ->> n)::float8, (e.value -> 'l' ->> n)::float8, (e.value -> 'u' ->> n)::float8, (e.value -> 'e' ->> n)::float8, (e.value -> 'n' ->> n)::float8, (e.value -> 'r' ->> n)::float8,
  (e.value -> 'p' ->> n)::float8, CASE WHEN (e.value -> 'c' ->> n)::int < 0 THEN num_nonnulls(e.value -> 'k' ->> n, e.value -> 'kl' ->> n, e.value -> 'ku' ->> n, e.value -> 'f' ->> n) ELSE 0 END
FROM (SELECT atlas.values_json(indicator, 'all')::jsonb AS j FROM atlas.indicator) v, jsonb_each(j -> 'areas') e, generate_series(0, jsonb_array_length(j -> 'years') - 1) n;
-- The sheets: totals, and all groups.
CREATE TEMP TABLE sheet AS SELECT m.area_id, i ->> 'indicator' AS indicator, i FROM atlas.map_area m, jsonb_array_elements(atlas.area_json(m.area_id)::jsonb -> 'indicators') i;
INSERT INTO said
SELECT 'area_json', h.indicator, h.area_id, s.year, s.class, s.status, s.value, s.lower, s.upper, s.events, s.at_risk, s.reliability, s.parent_value,
  CASE WHEN s.status <> 'published' THEN num_nonnulls(s.dsr, s.dsr_lower, s.dsr_upper, s.smr, s.smr_lower, s.smr_upper, s.rank, s.rank_lower, s.rank_upper, s.ranked, s.funnel, s.smoothed) ELSE 0 END
FROM sheet h, jsonb_to_recordset(i -> 'series') s (year int, class int, status text, value float8, lower float8, upper float8, events float8, at_risk float8, reliability float8, parent_value float8, dsr float8, dsr_lower float8, dsr_upper float8, smr float8, smr_lower float8, smr_upper float8,
  rank int, rank_lower int, rank_upper int, ranked int, funnel int, smoothed float8);
-- One number beside another: to the digits that the source gives.
CREATE FUNCTION pg_temp.near(a float8, b float8, digits int) RETURNS boolean LANGUAGE sql AS $$SELECT a IS NULL AND b IS NULL OR abs(a - b) <= abs(b) * 0.51 * 10.0 ^ (1 - digits) + 1e-300$$;
SELECT format('%s: %s rows %s, differ %s, suppressed %s', s.source, CASE WHEN count(*) > 50 THEN 'more than 50' ELSE count(*)::text END, CASE WHEN count(DISTINCT s.class) > 3 THEN 'in all classes' END,
  count(*) FILTER (WHERE NOT coalesce(pg_temp.near(s.value, v.value, d.digits) AND s.class = coalesce(v.class, -2) AND coalesce(s.status, '') IN ('', v.status, CASE WHEN v.fid IS NULL THEN 'missing' END) AND s.others = 0
    AND (s.source = 'tile' OR pg_temp.near(s.lower, v.lower, d.digits) AND pg_temp.near(s.upper, v.upper, d.digits) AND s.events IS NOT DISTINCT FROM v.events AND s.at_risk IS NOT DISTINCT FROM v.at_risk AND pg_temp.near(s.reliability, v.reliability, 3))
    AND (s.source LIKE 'tile%' OR pg_temp.near(s.parent_value, v.parent_value, d.digits)), false)),
  CASE WHEN count(*) FILTER (WHERE s.class = -1) > 10 THEN 'more than 10' ELSE 'too few' END)
FROM said s LEFT JOIN atlas.value v ON v.area_id = s.area_id AND v.indicator = s.indicator AND v.year = s.year AND v.sex = 'all' AND v.age_from IS NULL
CROSS JOIN LATERAL (SELECT CASE s.source WHEN 'tile' THEN 4 ELSE 6 END AS digits) d
GROUP BY s.source ORDER BY s.source COLLATE "C";
SELECT format('groups: %s rows, differ %s', CASE WHEN count(*) > 1000 THEN 'more than 1000' ELSE count(*)::text END,
  count(*) FILTER (WHERE v.fid IS NULL OR (g.status, g.value, g.lower, g.upper, g.events, g.at_risk) IS DISTINCT FROM (v.status, v.value, v.lower, v.upper, v.events, v.at_risk)))
FROM sheet h CROSS JOIN LATERAL jsonb_to_recordset(h.i -> 'groups') g (year int, sex text, age_from int, age_to int, status text, value float8, lower float8, upper float8, events float8, at_risk float8)
LEFT JOIN atlas.value v ON v.area_id = h.area_id AND v.indicator = h.indicator AND v.year = g.year AND v.sex = g.sex AND v.age_from IS NOT DISTINCT FROM g.age_from;
-- What tiles are made from.
SELECT format('map_value: %s', count(*)) FROM atlas.map_value m CROSS JOIN LATERAL jsonb_each_text(m.properties) p JOIN atlas.value v ON v.area_id = m.area_id AND v.indicator = m.indicator AND v.year::text = right(p.key, 4) AND v.sex = 'all' AND v.age_from IS NULL
WHERE p.key LIKE 'v____' AND v.status <> 'published';
