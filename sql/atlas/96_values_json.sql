-- Figures as JSON for web pages: all of an indicator, and the sheet of an area.

CREATE FUNCTION @atlas@.values_json(indicator text, level text DEFAULT 'country') RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
AS $function$
DECLARE
  the_indicator text := @atlas@.map_indicator(indicator);
  result json;
BEGIN
  PERFORM @atlas@.check_map_level(level, 'all');
  WITH year AS (
    SELECT y, row_number() OVER (ORDER BY y) AS place FROM @atlas@.map_years() y
  ), one AS (
    -- Places of years without a figure are filled by the join: every array has one entry a year.
    SELECT a.area_id, json_build_object('code', a.code, 'name', a.name, 'level', a.level, 'parent', a.parent_code, 'country', a.country,
        'v', json_agg(@atlas@.short_number(v.value, 6) ORDER BY y.y), 'l', json_agg(@atlas@.short_number(v.lower, 6) ORDER BY y.y), 'u', json_agg(@atlas@.short_number(v.upper, 6) ORDER BY y.y),
        'e', json_agg(v.events ORDER BY y.y), 'n', json_agg(v.at_risk ORDER BY y.y), 'c', json_agg(coalesce(v.class, -2) ORDER BY y.y), 'r', json_agg(@atlas@.short_number(v.reliability, 3) ORDER BY y.y),
        'p', json_agg(@atlas@.short_number(v.parent_value, 6) ORDER BY y.y), 'k', json_agg(v.rank ORDER BY y.y), 'kl', json_agg(v.rank_lower ORDER BY y.y), 'ku', json_agg(v.rank_upper ORDER BY y.y),
        'f', json_agg(v.funnel ORDER BY y.y), 's', CASE WHEN bool_or(v.origin = 'synthetic') THEN json_agg((v.origin = 'synthetic')::int ORDER BY y.y) END, 'q', (array_agg(v.quality ORDER BY v.year DESC NULLS LAST))[1]) AS figures
    FROM @atlas@.map_area a CROSS JOIN year y
    LEFT JOIN @atlas@.value v ON v.area_id = a.area_id AND v.indicator = the_indicator AND v.year = y.y AND v.sex = 'all' AND v.age_from IS NULL
    WHERE values_json.level IN ('all', a.level)
    GROUP BY a.area_id HAVING count(v.fid) > 0
  )
  SELECT json_build_object('indicator', the_indicator, 'level', values_json.level, 'years', (SELECT coalesce(json_agg(y.y ORDER BY y.y), '[]') FROM year y),
                           'areas', coalesce((SELECT json_object_agg(o.area_id, o.figures ORDER BY o.area_id) FROM one o), '{}')) INTO result;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.values_json(text, text) IS
'All years of an indicator, for a web page
The figures of both sexes and all ages of the areas of a level (or of all) that have one, published or suppressed, in any year: {"indicator", "level", "years": [...], "areas": {"<area_id>": {"code", "name", "level", "parent", "country", "v", "l", "u", "e", "n", "c", "r", "p", "k", "kl", "ku", "f", "s", "q"}}}. Arrays run parallel to years, null where there is none: v value, l and u its limits (six significant digits), e events, n people at risk, c class (-1 suppressed, -2 no figure), r reliability, p value of the area above in place of a suppressed one, k rank with kl to ku, f place in the funnel, s 1 where the figure is made up (synthetic), no array at all where none is; q is the grade of the latest source.
Errors: 22023 no such indicator or level.';
REVOKE EXECUTE ON FUNCTION @atlas@.values_json(text, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.area_json(area_id int4) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
AS $function$
DECLARE
  here @atlas@.map_area;
  result json;
BEGIN
  SELECT * INTO here FROM @atlas@.map_area a WHERE a.area_id = area_json.area_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no area %', coalesce(area_id::text, 'NULL') USING ERRCODE = '22023', HINT = 'The feature ids of tiles, and the keys of values_json(), are numbers of areas.';
  END IF;
  SELECT json_build_object(
    'area', json_build_object('area_id', here.area_id, 'code_system', here.code_system, 'code', here.code, 'name', here.name, 'level', here.level, 'country', here.country,
      'valid_from', here.valid_from, 'valid_to', here.valid_to,
      'parent', (SELECT json_build_object('area_id', p.area_id, 'code', p.code, 'name', p.name, 'level', p.level) FROM @atlas@.map_area p WHERE p.area_id = here.parent_id)),
    'indicators', (
      SELECT coalesce(json_agg(json_build_object('indicator', i.indicator, 'title', i.title, 'unit', i.unit, 'direction', i.direction, 'per', i.per,
        'definition', json_build_object('events', i.events_definition, 'at_risk', i.at_risk_definition, 'confidence', i.confidence, 'method', i.method, 'standard', i.standard),
        'series', (SELECT json_agg(json_build_object('year', v.year, 'status', v.status, 'class', v.class, 'value', v.value, 'lower', v.lower, 'upper', v.upper, 'events', v.events, 'at_risk', v.at_risk,
                     'dsr', v.dsr, 'dsr_lower', v.dsr_lower, 'dsr_upper', v.dsr_upper, 'smr', v.smr, 'smr_lower', v.smr_lower, 'smr_upper', v.smr_upper,
                     'rank', v.rank, 'rank_lower', v.rank_lower, 'rank_upper', v.rank_upper, 'ranked', v.ranked, 'funnel', v.funnel, 'smoothed', v.smoothed, 'reliability', v.reliability,
                     'parent_value', v.parent_value, 'value_parent_code', v.value_parent_code, 'basis', v.basis, 'source', v.source, 'quality', v.quality, 'origin', v.origin, 'edition', v.edition) ORDER BY v.year)
                   FROM @atlas@.value v WHERE v.area_id = here.area_id AND v.indicator = i.indicator AND v.sex = 'all' AND v.age_from IS NULL),
        'groups', (SELECT coalesce(json_agg(json_build_object('year', v.year, 'sex', v.sex, 'age_from', v.age_from, 'age_to', v.age_to, 'status', v.status, 'value', v.value, 'lower', v.lower, 'upper', v.upper,
                     'events', v.events, 'at_risk', v.at_risk) ORDER BY v.year, v.sex COLLATE "C", v.age_from NULLS FIRST), '[]')
                   FROM @atlas@.value v WHERE v.area_id = here.area_id AND v.indicator = i.indicator AND (v.sex <> 'all' OR v.age_from IS NOT NULL))) ORDER BY i.sort, i.indicator COLLATE "C"), '[]')
      FROM @atlas@.indicator i WHERE EXISTS (SELECT FROM @atlas@.value v WHERE v.area_id = here.area_id AND v.indicator = i.indicator)),
    'centres', (
      WITH RECURSIVE below AS (
        SELECT here.area_id UNION SELECT a.area_id FROM below b JOIN @atlas@.map_area a ON a.parent_id = b.area_id
      )
      SELECT coalesce(json_agg(json_build_object('fid', c.fid, 'name', c.name, 'level', c.level, 'opened', c.opened, 'closed', c.closed,
               'lon', round(@postgis@.ST_X(c.geom)::numeric, 5), 'lat', round(@postgis@.ST_Y(c.geom)::numeric, 5)) ORDER BY c.name COLLATE "C", c.fid), '[]')
      FROM @atlas@.centre c WHERE c.area_id IN (SELECT b.area_id FROM below b)),
    'children', (SELECT coalesce(json_agg(json_build_object('area_id', c.area_id, 'code', c.code, 'name', c.name, 'level', c.level) ORDER BY c.name COLLATE "C", c.area_id), '[]') FROM @atlas@.map_area c WHERE c.parent_id = here.area_id))
  INTO result;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.area_json(int4) IS
'The sheet of an area
{"area", "indicators": [{"indicator", "title", "unit", "direction", "per", "definition", "series": [one entry a year], "groups": [by sex and age]}], "centres": [of the area and all that lies below it], "children": [areas whose parent it is]}. Names in series and groups are those of the view value. A suppressed figure has no number of its own.
area_id: number of the area, as the feature ids of tiles. Error 22023 when there is none.';
REVOKE EXECUTE ON FUNCTION @atlas@.area_json(int4) FROM PUBLIC;
