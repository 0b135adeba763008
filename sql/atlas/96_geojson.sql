-- GeoJSON of a level and year, and what a page must know before it draws anything.

CREATE FUNCTION @atlas@.geojson(indicator text, level text, year int4, zoom int4 DEFAULT 3, digits int4 DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
AS $function$
DECLARE
  the_indicator text := @atlas@.map_indicator(indicator);
  the_year int4 := coalesce(year, (SELECT max(d.d) FROM @atlas@.map_years() d));
  the_digits int4;
  result json;
BEGIN
  PERFORM @atlas@.check_map_level(level, NULL);
  IF NOT EXISTS (SELECT FROM @atlas@.map_years() y WHERE y = the_year) THEN
    RAISE EXCEPTION 'no figures of the year %', coalesce(the_year::text, 'NULL') USING ERRCODE = '22023', HINT = 'map_info() lists the years.';
  ELSIF zoom IS NULL OR zoom NOT BETWEEN 0 AND 30 OR digits NOT BETWEEN 0 AND 15 THEN
    RAISE EXCEPTION 'zoom or digits out of range' USING ERRCODE = '22023', HINT = 'zoom is 0 to 30, digits 0 to 15 or NULL.';
  END IF;
  -- Half a pixel of the zoom, in degrees; never so few that an area of one unit of the grid would become a line.
  the_digits := coalesce(digits, least(9, greatest(2, ceil(log(1024 * 2 ^ zoom / 360))::int4)));
  WITH shape AS (
    SELECT s.area_id, @postgis@.ST_ForcePolygonCCW(CASE WHEN @postgis@.ST_IsEmpty(r.geom) THEN p.geom ELSE r.geom END) AS geom
    FROM @atlas@.area_shape s
    JOIN @atlas@.map_area a ON a.area_id = s.area_id
    CROSS JOIN LATERAL (SELECT @postgis@.ST_Transform(s.geom, 4326) AS geom OFFSET 0) p
    CROSS JOIN LATERAL (SELECT @postgis@.ST_SnapToGrid(p.geom, 10.0 ^ -the_digits) AS geom OFFSET 0) r
    WHERE s.band = @atlas@.map_band(zoom) AND a.level = geojson.level AND make_date(the_year, 7, 1) BETWEEN coalesce(a.valid_from, '-infinity') AND coalesce(a.valid_to, 'infinity')
  ), feature AS (
    SELECT s.area_id, s.geom, json_build_object('type', 'Feature', 'id', s.area_id, 'geometry', @postgis@.ST_AsGeoJSON(s.geom, the_digits, 0)::json,
      'properties', json_build_object('code', a.code, 'name', a.name, 'level', a.level, 'country', a.country, 'parent_code', a.parent_code, 'year', the_year,
        'status', coalesce(v.status, 'missing'), 'class', coalesce(v.class, -2), 'value', @atlas@.short_number(v.value, 6), 'lower', @atlas@.short_number(v.lower, 6), 'upper', @atlas@.short_number(v.upper, 6),
        'events', v.events, 'at_risk', v.at_risk, 'reliability', @atlas@.short_number(v.reliability, 3), 'parent_value', @atlas@.short_number(v.parent_value, 6), 'edition', v.edition)) AS json
    FROM shape s JOIN @atlas@.map_area a ON a.area_id = s.area_id
    LEFT JOIN @atlas@.value v ON v.area_id = s.area_id AND v.indicator = the_indicator AND v.year = the_year AND v.sex = 'all' AND v.age_from IS NULL
  )
  SELECT json_build_object('type', 'FeatureCollection',
    'bbox', CASE WHEN b.box IS NOT NULL THEN json_build_array(round(@postgis@.ST_XMin(b.box)::numeric, the_digits), round(@postgis@.ST_YMin(b.box)::numeric, the_digits),
                                                             round(@postgis@.ST_XMax(b.box)::numeric, the_digits), round(@postgis@.ST_YMax(b.box)::numeric, the_digits)) END,
    'features', b.features) INTO result
  FROM (SELECT coalesce(json_agg(f.json ORDER BY f.area_id), '[]') AS features, @postgis@.ST_Extent(f.geom) AS box FROM feature f) b;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.geojson(text, text, int4, int4, int4) IS
'Areas of a level with their figures of a year, as GeoJSON (RFC 7946)
A FeatureCollection: id = area_id, outer rings counterclockwise, longitude and latitude without crs. Properties: code, name, level, country, parent_code, year, status (published, suppressed, missing), class, value, lower, upper (six significant digits), events, at_risk, reliability, parent_value (of the area above, in place of a suppressed value), edition.
year: NULL = the latest. zoom: boundaries as generalised for this zoom of a web map, 10 and more: as they are. digits: decimals of coordinates; NULL = as the zoom needs (2 up to 5, 4 at 9). Boundaries end at 85.0511 degrees of latitude.
Errors: 22023 no such indicator, level or year, zoom or digits out of range.';
REVOKE EXECUTE ON FUNCTION @atlas@.geojson(text, text, int4, int4, int4) FROM PUBLIC;

-- The id of the release is made of texts of dates and numbers, so that their style is fixed.
CREATE FUNCTION @atlas@.map_info() RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off SET datestyle = 'ISO, YMD' SET extra_float_digits = 1
AS $function$
DECLARE
  result json;
BEGIN
  SELECT json_build_object(
    -- Of all that a tile shows: figures, classes, boundaries, centres.
    'release', (SELECT json_build_object('id', left(encode(sha256(convert_to(concat_ws(E'\n', string_agg(format('%s|%s', r.edition, r.sha256), E'\n' ORDER BY r.fid),
                    (SELECT string_agg(l::text, E'\n' ORDER BY l.fid) FROM @atlas@.legend l), (SELECT string_agg(format('%s|%s|%s', m.level, m.digest, m.places), E'\n' ORDER BY m.level COLLATE "C") FROM @atlas@.map_level m),
                    (SELECT string_agg(format('%s|%s|%s|%s|%s|%s', c.fid, c.name, c.level, c.opened, c.closed, c.geom), E'\n' ORDER BY c.fid) FROM @atlas@.centre c)), 'UTF8')), 'hex'), 12),
                  'editions', coalesce(json_agg(r.edition ORDER BY r.fid), '[]'), 'published_at', max(r.published_at)) FROM @atlas@.release r WHERE r.current),
    'years', (SELECT coalesce(json_agg(y ORDER BY y), '[]') FROM @atlas@.map_years() y),
    'indicators', (SELECT coalesce(json_agg(json_build_object('indicator', i.indicator, 'title', i.title, 'unit', i.unit, 'direction', i.direction, 'per', i.per, 'confidence', i.confidence,
                     'events_definition', i.events_definition, 'at_risk_definition', i.at_risk_definition, 'years', f.years, 'levels', f.levels) ORDER BY i.sort, i.indicator COLLATE "C"), '[]')
                   FROM @atlas@.indicator i CROSS JOIN LATERAL (
                     SELECT coalesce(json_agg(DISTINCT v.year ORDER BY v.year), '[]') AS years, coalesce(json_agg(DISTINCT v.level), '[]') AS levels FROM @atlas@.value v WHERE v.indicator = i.indicator AND v.sex = 'all' AND v.age_from IS NULL) f),
    'levels', (SELECT coalesce(json_agg(json_build_object('level', l.level, 'title', l.title, 'rank', l.rank, 'areas', l.areas, 'min_zoom', l.min_zoom) ORDER BY l.rank, l.level COLLATE "C"), '[]')
               FROM (SELECT m.level, m.title, a.rank, count(*) AS areas, min(a.from_zoom) AS min_zoom FROM @atlas@.map_level m JOIN @atlas@.map_area a ON a.level = m.level AND a.from_zoom IS NOT NULL GROUP BY m.level, a.rank) l),
    'legend', (SELECT coalesce(json_agg(json_build_object('fid', l.fid, 'indicator', l.indicator, 'measure', l.measure, 'class', l.class, 'lower', l.lower, 'upper', l.upper, 'colour', l.colour, 'label', l.label) ORDER BY l.fid), '[]') FROM @atlas@.legend l),
    'synthetic', EXISTS (SELECT FROM @atlas@.value v WHERE v.origin = 'synthetic'),
    'attribution', (SELECT coalesce(json_agg(s.source ORDER BY s.source COLLATE "C"), '[]') FROM (SELECT v.source FROM @atlas@.value v UNION SELECT 'Boundaries: ' || a.source FROM @atlas@.map_area a WHERE a.from_zoom IS NOT NULL AND a.source IS NOT NULL) s))
  INTO result;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_info() IS
'What a page must know before it draws: release, years, indicators, levels, legend
{"release": {"id", "editions", "published_at"}, "years", "indicators", "levels", "legend", "synthetic", "attribution"}. release.id changes with all that a tile shows: figures, classes, boundaries and names of areas, centres; put it into the addresses of tiles, so that they can be kept for ever. levels: those with boundaries; min_zoom: first zoom at which level auto draws it. synthetic: some figure is made up. attribution: sources of figures and of boundaries.';
REVOKE EXECUTE ON FUNCTION @atlas@.map_info() FROM PUBLIC;
