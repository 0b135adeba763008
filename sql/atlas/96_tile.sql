-- Tiles of the map (Mapbox Vector Tiles 2.1) for Martin, pg_tileserv, PostgREST or a server of one's own.

CREATE FUNCTION @atlas@.map_indicator(indicator text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  found_one text;
BEGIN
  IF indicator IS NULL THEN
    SELECT i.indicator INTO found_one FROM @atlas@.indicator i ORDER BY i.indicator <> 'thrombectomy_per_stroke', i.sort, i.indicator COLLATE "C" LIMIT 1;
    RETURN found_one;
  ELSIF NOT EXISTS (SELECT FROM @atlas@.indicator i WHERE i.indicator = map_indicator.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', indicator USING ERRCODE = '22023', HINT = 'The view indicator lists them.';
  END IF;
  RETURN indicator;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_indicator(text) IS 'Internal: the name of an indicator itself; for NULL thrombectomy_per_stroke, or the first one where there is none of that name. Error 22023 when there is none of that name.';
REVOKE EXECUTE ON FUNCTION @atlas@.map_indicator(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.check_map_level(level text, other text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF level IS NULL OR level IS DISTINCT FROM other AND NOT EXISTS (SELECT FROM @atlas@.map_area a WHERE a.level = check_map_level.level) THEN
    RAISE EXCEPTION 'no level "%"', coalesce(level, 'NULL') USING ERRCODE = '22023', HINT = concat('Take one of the levels that map_info() lists', ', or ' || other, '.');
  END IF;
END
$function$;
COMMENT ON FUNCTION @atlas@.check_map_level(text, text) IS 'Internal: error 22023 when there is no such level of areas; other: a word that is allowed beside them, or NULL.';
REVOKE EXECUTE ON FUNCTION @atlas@.check_map_level(text, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.map_tile_box(z int4, x int4, y int4) RETURNS @postgis@.geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  -- Units of 1/4096 of a tile, 64 of them as margin on each side.
  SELECT @postgis@.ST_MakeEnvelope((4096.0::float8 * map_tile_box.x - 64) * t.unit - 20037508.342789244, 20037508.342789244 - (4096.0::float8 * map_tile_box.y + 4160) * t.unit,
                                   (4096.0::float8 * map_tile_box.x + 4160) * t.unit - 20037508.342789244, 20037508.342789244 - (4096.0::float8 * map_tile_box.y - 64) * t.unit, 3857)
  FROM (SELECT 40075016.685578488::float8 / 4096 / 2::float8 ^ map_tile_box.z AS unit) AS t;
END;
COMMENT ON FUNCTION @atlas@.map_tile_box(int4, int4, int4) IS 'Internal: a tile with its margin of 1/64, EPSG:3857. NULL in, NULL out.';
REVOKE EXECUTE ON FUNCTION @atlas@.map_tile_box(int4, int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.map_tile_areas(z int4, x int4, y int4, level text)
RETURNS TABLE (area_id int4, code text, name text, level text, rank int4, valid_from date, valid_to date, geom @postgis@.geometry)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT a.area_id, a.code, a.name, a.level, a.rank, a.valid_from, a.valid_to,
         -- What lies wholly in the tile is only moved: it lies on this grid already, and is valid on it.
         @postgis@.ST_SnapToGrid(@postgis@.ST_Affine(
           CASE WHEN s.geom OPERATOR(@postgis@.@) b.box THEN s.geom ELSE @postgis@.ST_ForcePolygonCW(@postgis@.ST_CollectionExtract(@postgis@.ST_ClipByBox2D(s.geom, b.box::@postgis@.box2d), 3)) END,
           b.scale, 0, 0, -b.scale, 20037508.342789244 * b.scale - 4096.0::float8 * map_tile_areas.x, 20037508.342789244 * b.scale - 4096.0::float8 * map_tile_areas.y), 1)
  FROM (SELECT @atlas@.map_tile_box(map_tile_areas.z, map_tile_areas.x, map_tile_areas.y) AS box, 4096 * 2::float8 ^ map_tile_areas.z / 40075016.685578488 AS scale, @atlas@.map_band(map_tile_areas.z) AS band) AS b
  JOIN @atlas@.map_area AS a ON a.bounds OPERATOR(@postgis@.&&) b.box
  JOIN @atlas@.area_shape AS s ON s.area_id = a.area_id AND s.band = b.band AND NOT s.covered AND s.geom OPERATOR(@postgis@.&&) b.box
  WHERE CASE map_tile_areas.level WHEN 'auto' THEN map_tile_areas.z BETWEEN a.from_zoom AND a.to_zoom ELSE a.level = map_tile_areas.level END;
END;
COMMENT ON FUNCTION @atlas@.map_tile_areas(int4, int4, int4, text) IS 'Internal: the areas in a tile, cut to it with its margin, in its units; the geometry may be empty.';
REVOKE EXECUTE ON FUNCTION @atlas@.map_tile_areas(int4, int4, int4, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.map_tile_centres(z int4, x int4, y int4)
RETURNS TABLE (fid int4, name text, level text, opened int4, closed int4, geom @postgis@.geometry)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  -- The formulas of Web Mercator themselves: many times as fast as ST_Transform.
  SELECT p.fid, p.name, p.level, p.opened, p.closed,
         @postgis@.ST_Point(floor((p.lon + 180) / 360 * p.n) - 4096.0::float8 * map_tile_centres.x, floor((0.5 - ln(tan(pi() / 4 + radians(p.lat) / 2)) / (2 * pi())) * p.n) - 4096.0::float8 * map_tile_centres.y)
  FROM (SELECT c.fid, c.name, c.level, extract(year FROM c.opened)::int4 AS opened, extract(year FROM c.closed)::int4 AS closed,
               @postgis@.ST_X(c.geom) AS lon, @postgis@.ST_Y(c.geom) AS lat, 4096 * 2::float8 ^ map_tile_centres.z AS n
        FROM @atlas@.centre AS c
        WHERE c.geom OPERATOR(@postgis@.&&) @postgis@.ST_Transform(@postgis@.ST_Intersection(@atlas@.map_tile_box(map_tile_centres.z, map_tile_centres.x, map_tile_centres.y),
                @postgis@.ST_MakeEnvelope(-20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244, 3857)), 4326)) AS p;
END;
COMMENT ON FUNCTION @atlas@.map_tile_centres(int4, int4, int4) IS 'Internal: the centres in a tile with its margin, in its units; opened and closed as years.';
REVOKE EXECUTE ON FUNCTION @atlas@.map_tile_centres(int4, int4, int4) FROM PUBLIC;

-- Named otherwise than z, x, y: by these names and the type bytea servers of tiles find what they offer.
CREATE FUNCTION @atlas@.map_centre_layer(tile_z int4, tile_x int4, tile_y int4) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
BEGIN
  -- A function of its own: one plan is good for all tiles, and planning would take longer than the answer.
  RETURN (SELECT @postgis@.ST_AsMVT(t, 'centres', 4096, 'geom', 'fid') FROM (SELECT * FROM @atlas@.map_tile_centres(tile_z, tile_x, tile_y) c ORDER BY c.fid) t);
END
$function$;
COMMENT ON FUNCTION @atlas@.map_centre_layer(int4, int4, int4) IS 'Internal: the layer of centres of a tile.';
REVOKE EXECUTE ON FUNCTION @atlas@.map_centre_layer(int4, int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.map_tile(tile_z int4, tile_x int4, tile_y int4, indicator text, level text, year int4) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
AS $function$
DECLARE
  the_indicator text := @atlas@.map_indicator(indicator);
  areas bytea;
BEGIN
  PERFORM @atlas@.check_map_level(level, 'auto');
  IF year IS NOT NULL AND NOT EXISTS (SELECT FROM @atlas@.release r WHERE year = ANY (r.years)) THEN
    RAISE EXCEPTION 'no figures of the year %', year USING ERRCODE = '22023', HINT = 'map_info() lists the years.';
  ELSIF num_nulls(tile_z, tile_x, tile_y) > 0 THEN
    RAISE EXCEPTION 'z, x or y is missing' USING ERRCODE = '22023', HINT = 'For example tile(0, 0, 0).';
  ELSIF tile_z NOT BETWEEN 0 AND 30 OR tile_x < 0 OR tile_y < 0 OR tile_x >= 1::int8 << tile_z OR tile_y >= 1::int8 << tile_z THEN
    RETURN '';
  END IF;
  -- Ordered, so that equal requests give equal bytes. OFFSET 0: each shape is computed once.
  IF year IS NULL THEN
    SELECT @postgis@.ST_AsMVT(t, 'areas', 4096, 'geom', 'area_id') INTO areas FROM (
      SELECT a.area_id, coalesce(v.properties, jsonb_build_object('code', a.code, 'name', a.name, 'level', a.level)) AS properties, a.geom
      FROM @atlas@.map_tile_areas(tile_z, tile_x, tile_y, map_tile.level) a LEFT JOIN @atlas@.map_value v ON v.indicator = the_indicator AND v.area_id = a.area_id
      ORDER BY a.rank, a.area_id OFFSET 0) t WHERE NOT @postgis@.ST_IsEmpty(t.geom);
  ELSE
    SELECT @postgis@.ST_AsMVT(t, 'areas', 4096, 'geom', 'area_id') INTO areas FROM (
      SELECT a.area_id, a.code, a.name, a.level, coalesce(v.class, -2) AS class, v.value, v.lower, v.upper, v.events, v.at_risk, coalesce(v.status, 'missing') AS status, v.reliability, a.geom
      FROM @atlas@.map_tile_areas(tile_z, tile_x, tile_y, map_tile.level) a
      LEFT JOIN @atlas@.value v ON v.area_id = a.area_id AND v.indicator = the_indicator AND v.year = map_tile.year AND v.sex = 'all' AND v.age_from IS NULL
      WHERE make_date(map_tile.year, 7, 1) BETWEEN coalesce(a.valid_from, '-infinity') AND coalesce(a.valid_to, 'infinity')
      ORDER BY a.rank, a.area_id OFFSET 0) t WHERE NOT @postgis@.ST_IsEmpty(t.geom);
  END IF;
  RETURN areas || @atlas@.map_centre_layer(tile_z, tile_x, tile_y);
END
$function$;
COMMENT ON FUNCTION @atlas@.map_tile(int4, int4, int4, text, text, int4) IS 'Internal: the tile that tile(), tile_year() and mvt() give; year NULL: all years.';
REVOKE EXECUTE ON FUNCTION @atlas@.map_tile(int4, int4, int4, text, text, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.tile(z int4, x int4, y int4, query_params json DEFAULT '{}') RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  asked jsonb := coalesce(query_params, '{}');
  year_text text;
  k text;
BEGIN
  IF jsonb_typeof(asked) <> 'object' THEN
    RAISE EXCEPTION 'query_params is not a JSON object' USING ERRCODE = '22023', HINT = 'For example {"indicator": "thrombectomy_per_stroke", "level": "auto", "year": 2024}.';
  END IF;
  FOREACH k IN ARRAY '{indicator,level,year}'::text[] LOOP
    IF jsonb_typeof(asked -> k) NOT IN ('string', 'null') AND NOT (k = 'year' AND jsonb_typeof(asked -> k) = 'number') THEN
      RAISE EXCEPTION 'parameter "%" is of type %', k, jsonb_typeof(asked -> k) USING ERRCODE = '22023', HINT = 'Give one word, or for the year a number.';
    END IF;
  END LOOP;
  year_text := nullif(asked ->> 'year', '');
  IF year_text !~ '^[0-9]{4}$' THEN
    RAISE EXCEPTION 'not a year: "%"', left(year_text, 40) USING ERRCODE = '22023', HINT = 'Give a year of four digits, or none for all years.';
  END IF;
  RETURN @atlas@.map_tile(z, x, y, nullif(asked ->> 'indicator', ''), coalesce(nullif(asked ->> 'level', ''), 'auto'), year_text::int4);
END
$function$;
-- As TileJSON: Martin gives it to its clients.
COMMENT ON FUNCTION @atlas@.tile(int4, int4, int4, json) IS '{"description": "A tile of the map (Mapbox Vector Tile), all years of one indicator in it. z, x, y: tile of the usual grid; outside of it the tile is empty. query_params, a JSON object: indicator (thrombectomy_per_stroke unless given); level (auto unless given: countries up to zoom 3, regions at 4 and 5, departments and what lies deeper from 6, and an area that has no parts itself; or one level); year (all years unless given). Other keys are passed over. Equal requests give equal bytes until the next release. Errors: 22023 for a parameter that is nonsense.", "minzoom": 0, "maxzoom": 12, "vector_layers": [{"id": "areas", "description": "Areas; the feature id is area_id. Without year: for each year Y a class cY (1 is the lowest; -1 suppressed, -2 no figure) and a value vY (four significant digits; absent unless published). With year: class, value, lower, upper, events, at_risk, status, reliability.", "fields": {"code": "String", "name": "String", "level": "String", "class": "Number", "value": "Number", "lower": "Number", "upper": "Number", "events": "Number", "at_risk": "Number", "status": "String", "reliability": "Number"}}, {"id": "centres", "description": "Centres that treat strokes; opened and closed are years.", "fields": {"name": "String", "level": "String", "opened": "Number", "closed": "Number"}}]}';
REVOKE EXECUTE ON FUNCTION @atlas@.tile(int4, int4, int4, json) FROM PUBLIC;

CREATE FUNCTION @atlas@.tile_year(z int4, x int4, y int4, year int4 DEFAULT NULL, indicator text DEFAULT 'thrombectomy_per_stroke', level text DEFAULT 'auto') RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  RETURN @atlas@.map_tile(z, x, y, indicator, level, coalesce(year, (SELECT max(d.d) FROM @atlas@.map_years() d)));
END
$function$;
COMMENT ON FUNCTION @atlas@.tile_year(int4, int4, int4, int4, text, text) IS 'A tile of the map for one year
Mapbox Vector Tile with the layers areas (code, name, level, class, value, lower, upper, events, at_risk, status, reliability; the feature id is area_id) and centres. year: NULL = the latest. indicator: see the view indicator. level: auto (by zoom), country, region, ... Outside the grid the tile is empty. Errors: 22023 no such indicator, level or year.';
REVOKE EXECUTE ON FUNCTION @atlas@.tile_year(int4, int4, int4, int4, text, text) FROM PUBLIC;

-- PostgREST serves raw bytes from functions that return a domain with the name of the media type.
CREATE DOMAIN @atlas@."application/vnd.mapbox-vector-tile" AS bytea;
COMMENT ON DOMAIN @atlas@."application/vnd.mapbox-vector-tile" IS 'A Mapbox Vector Tile; PostgREST sends it under this media type.';

CREATE FUNCTION @atlas@.mvt(z int4, x int4, y int4, year int4 DEFAULT NULL, indicator text DEFAULT 'thrombectomy_per_stroke', level text DEFAULT 'auto') RETURNS @atlas@."application/vnd.mapbox-vector-tile"
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  RETURN @atlas@.map_tile(z, x, y, indicator, level, year);
END
$function$;
COMMENT ON FUNCTION @atlas@.mvt(int4, int4, int4, int4, text, text) IS 'A tile of the map, for PostgREST
As tile(), with named arguments; year NULL: all years in the tile. Errors: 22023 no such indicator, level or year.';
REVOKE EXECUTE ON FUNCTION @atlas@.mvt(int4, int4, int4, int4, text, text) FROM PUBLIC;
