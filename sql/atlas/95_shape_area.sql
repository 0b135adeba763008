-- The map's own tables, filled: which area is drawn at which zoom, and what the tiles with all years say of it.

-- Not STRICT, or it would not be put in line; there are hundreds of thousands of calls.
CREATE FUNCTION @atlas@.short_number(x float8, digits int4) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN x = 0 THEN 0 ELSE round(x::numeric, digits - 1 - floor(log(abs(x)))::int4)::float8 END;
COMMENT ON FUNCTION @atlas@.short_number(float8, int4) IS 'Internal: significant(), for tiles and JSON. NULL in, NULL out.';
REVOKE EXECUTE ON FUNCTION @atlas@.short_number(float8, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.map_years() RETURNS SETOF int4
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT DISTINCT y.year FROM @atlas@.release AS r CROSS JOIN LATERAL pg_catalog.unnest(r.years) AS y (year) ORDER BY y.year;
END;
COMMENT ON FUNCTION @atlas@.map_years() IS 'Internal: the years of the public releases, ascending.';
REVOKE EXECUTE ON FUNCTION @atlas@.map_years() FROM PUBLIC;

CREATE FUNCTION @atlas@.place_on_map() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off SET datestyle = 'ISO, YMD'
AS $function$
DECLARE
  n bigint;
BEGIN
  DELETE FROM @atlas@.map_area;
  WITH RECURSIVE up AS (
    -- From each area with a boundary to the nearest such area above it.
    SELECT a.area_id, a.parent_id, false AS found FROM @atlas@.area a WHERE a.geom IS NOT NULL
    UNION ALL
    SELECT u.area_id, CASE WHEN p.geom IS NOT NULL THEN p.area_id ELSE p.parent_id END, p.geom IS NOT NULL
    FROM up u JOIN @atlas@.area p ON p.area_id = u.parent_id WHERE NOT u.found
  ), part AS MATERIALIZED (
    SELECT a.area_id, u.parent_id AS whole_id, CASE WHEN u.area_id IS NULL OR a.rank <= 1 THEN 0 WHEN a.rank = 2 THEN 4 ELSE 6 END AS from_zoom,
           @postgis@.ST_Area(a.geom) AS size, coalesce(a.valid_from, '-infinity') AS first_day, coalesce(a.valid_to, 'infinity') AS last_day
    FROM @atlas@.area a LEFT JOIN up u ON u.area_id = a.area_id AND u.found WHERE a.geom IS NOT NULL
  ), year AS (
    SELECT make_date(y, 7, 1) AS day FROM @atlas@.map_years() y UNION SELECT current_date
  ), together AS MATERIALIZED (
    SELECT p.whole_id, p.from_zoom, p.first_day, p.last_day, sum(p.size) AS size FROM part p WHERE p.whole_id IS NOT NULL GROUP BY p.whole_id, p.from_zoom, p.first_day, p.last_day
  ), covered AS (
    SELECT w.area_id, z.zoom, y.day, sum(p.size) FILTER (WHERE p.from_zoom <= z.zoom AND y.day BETWEEN p.first_day AND p.last_day) / w.size AS share
    FROM together p JOIN part w ON w.area_id = p.whole_id CROSS JOIN unnest('{0,4,6}'::int4[]) z (zoom) JOIN year y ON y.day BETWEEN w.first_day AND w.last_day
    GROUP BY w.area_id, w.size, z.zoom, y.day
  ), replaced AS (
    -- Parts take the place of an area from where they make it up in every year; else it stays beneath them, so that nothing goes blank.
    SELECT r.area_id, min(r.zoom) - 1 AS to_zoom FROM (SELECT c.area_id, c.zoom FROM covered c GROUP BY c.area_id, c.zoom HAVING bool_and(coalesce(c.share, 0) >= 0.98)) r GROUP BY r.area_id
  )
  INSERT INTO @atlas@.map_area (area_id, code_system, code, name, level, rank, country, parent_id, parent_code, valid_from, valid_to, source, from_zoom, to_zoom, bounds)
  SELECT a.area_id, a.code_system, a.code, a.name, a.level, a.rank, k.code, a.parent_id, p.code, a.valid_from, a.valid_to, a.source, t.from_zoom, CASE WHEN t.area_id IS NOT NULL THEN coalesce(r.to_zoom, 30) END,
         CASE WHEN t.area_id IS NOT NULL THEN @postgis@.ST_Envelope(s.geom) END
  FROM @atlas@.area a
  LEFT JOIN @atlas@.area k ON k.area_id = a.country_id
  LEFT JOIN @atlas@.area p ON p.area_id = a.parent_id
  LEFT JOIN part t ON t.area_id = a.area_id
  LEFT JOIN replaced r ON r.area_id = a.area_id
  LEFT JOIN @atlas@.area_shape s ON s.area_id = a.area_id AND s.band = 30;
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM @atlas@.analyze_edition('map_area');
  UPDATE @atlas@.map_level m SET title = coalesce(l.title, l.level) FROM @atlas@.area_level l WHERE l.level = m.level AND m.title <> coalesce(l.title, l.level);
  UPDATE @atlas@.map_level m SET places = d.digest
  FROM (SELECT a.level, encode(sha256(convert_to(string_agg(ROW(a.area_id, a.code, a.name, a.rank, a.valid_from, a.valid_to, a.from_zoom, a.to_zoom)::text, E'\n' ORDER BY a.area_id), 'UTF8')), 'hex') AS digest
        FROM @atlas@.map_area a WHERE a.from_zoom IS NOT NULL GROUP BY a.level) d
  WHERE d.level = m.level AND d.digest <> m.places;
  RETURN n;
END
$function$;
COMMENT ON FUNCTION @atlas@.place_on_map() IS 'Internal: fills map_area: areas, and from which zoom to which level auto draws them; returns how many. Countries from zoom 0, regions (rank 2) from 4, what lies deeper from 6; an area that has nothing above it from 0. An area ends where those below it make up 98 % of it in every year.';
REVOKE EXECUTE ON FUNCTION @atlas@.place_on_map() FROM PUBLIC;

CREATE FUNCTION @atlas@.refresh_map() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off SET enable_nestloop = off
AS $function$
DECLARE
  years int4[] := ARRAY(SELECT @atlas@.map_years());
  n bigint;
BEGIN
  DELETE FROM @atlas@.map_value;
  INSERT INTO @atlas@.map_value (indicator, area_id, properties)
  SELECT f.indicator, a.area_id, jsonb_build_object('code', a.code, 'name', a.name, 'level', a.level) || f.classes || coalesce(f.figures, '{}')
  FROM (
    SELECT i.indicator, m.area_id, jsonb_object_agg('c' || y.year, coalesce(v.class, -2)) AS classes,
           jsonb_object_agg('v' || y.year, @atlas@.short_number(v.value, 4)) FILTER (WHERE v.value IS NOT NULL) AS figures
    FROM @atlas@.map_area m CROSS JOIN @atlas@.indicator i CROSS JOIN unnest(years) y (year)
    LEFT JOIN @atlas@.published_value v ON v.area_id = m.area_id AND v.indicator = i.indicator AND v.year = y.year AND v.sex = 'all' AND v.age_from IS NULL
    WHERE m.from_zoom IS NOT NULL AND make_date(y.year, 7, 1) BETWEEN coalesce(m.valid_from, '-infinity') AND coalesce(m.valid_to, 'infinity')
    GROUP BY i.indicator, m.area_id) f
  JOIN @atlas@.map_area a ON a.area_id = f.area_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM @atlas@.analyze_edition('map_value');
  RETURN n;
END
$function$;
COMMENT ON FUNCTION @atlas@.refresh_map() IS 'Internal: for build_shapes(): fills map_value from the current figures, of areas that are valid in one of their years; returns how many rows.';
REVOKE EXECUTE ON FUNCTION @atlas@.refresh_map() FROM PUBLIC;
