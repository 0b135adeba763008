-- From points to areas.
--
-- A point on a border belongs to exactly one area: of those whose closed polygons hold it, the one with the
-- smallest code (code_system first, both in byte order). Codes, unlike area numbers, are the same after a reload.

CREATE FUNCTION @atlas@.checked_point(point @postgis@.geometry) RETURNS @postgis@.geometry
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF @postgis@.ST_GeometryType(point) <> 'ST_Point' THEN
    RAISE EXCEPTION 'not a point but %', @postgis@.ST_GeometryType(point)
      USING ERRCODE = '22023', HINT = 'ST_PointOnSurface(geom) gives a point of an area.';
  ELSIF @postgis@.ST_SRID(point) <> 4326 THEN
    RAISE EXCEPTION 'point has SRID %, areas have 4326', @postgis@.ST_SRID(point)
      USING ERRCODE = '22023', HINT = 'Use ST_Transform(point, 4326), or ST_SetSRID(point, 4326) when the coordinates are degrees already.';
  END IF;
  RETURN point;
END
$function$;
COMMENT ON FUNCTION @atlas@.checked_point(@postgis@.geometry) IS 'Internal: the point itself when it is a point in EPSG:4326. NULL in, NULL out. Error 22023 for another type or SRID.';

CREATE FUNCTION @atlas@.checked_level(level text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF NOT EXISTS (SELECT FROM @atlas@.area_level l WHERE l.level = checked_level.level) THEN
    RAISE EXCEPTION 'no level "%"', coalesce(level, 'NULL')
      USING ERRCODE = '22023',
        HINT = format('The levels are: %s.', (SELECT string_agg(l.level, ', ' ORDER BY l.rank, l.level COLLATE "C") FROM @atlas@.area_level l));
  END IF;
  RETURN level;
END
$function$;
COMMENT ON FUNCTION @atlas@.checked_level(text) IS 'Internal: the level itself when area_level has it. Error 22023 otherwise, NULL included.';

CREATE FUNCTION @atlas@.locate(point @postgis@.geometry, level text, on_date date DEFAULT current_date)
RETURNS TABLE (area_id int4, code_system text, code text, name text, status text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
  SELECT a.area_id, a.code_system, a.code, a.name,
         CASE WHEN locate.point IS NULL OR @postgis@.ST_IsEmpty(locate.point) THEN 'no point'
              WHEN a.area_id IS NULL THEN 'outside' ELSE 'located' END
  FROM (VALUES (1)) AS one_row (n)
  LEFT JOIN LATERAL (
    SELECT c.area_id, c.code_system, c.code, c.name
    FROM @atlas@.area AS c
    WHERE c.level = (SELECT @atlas@.checked_level(locate.level))
      AND @postgis@.ST_Intersects(c.geom, @atlas@.checked_point(locate.point))
      AND (c.valid_from IS NULL OR c.valid_from <= locate.on_date)
      AND (c.valid_to IS NULL OR c.valid_to >= locate.on_date)
    ORDER BY c.code_system COLLATE "C", c.code COLLATE "C"
    LIMIT 1) AS a ON true;
END;
COMMENT ON FUNCTION @atlas@.locate(@postgis@.geometry, text, date) IS
'The area of a level that a point lies in, always one row; for joins: FROM points CROSS JOIN LATERAL locate(geom, ''department'').
point: EPSG:4326. on_date: the boundaries of that day, today by default. status: located, outside (in no area of the level), or no point (NULL or empty); the other columns are NULL unless located.
A point on a border belongs to the area with the smallest code (code_system, then code, in byte order). Uses the GiST index of area.
Errors: 22023 unknown level, other SRID, not a point.';

CREATE FUNCTION @atlas@.area_at(point @postgis@.geometry, level text, on_date date DEFAULT current_date) RETURNS int4
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT l.area_id FROM @atlas@.locate(area_at.point, area_at.level, area_at.on_date) AS l;
END;
COMMENT ON FUNCTION @atlas@.area_at(@postgis@.geometry, text, date) IS
'Number of the area of a level that a point lies in; NULL when it lies in none, or is NULL or empty. For many points locate() in a join is faster.
point: EPSG:4326. on_date: the boundaries of that day, today by default. A point on a border belongs to the area with the smallest code.
Errors: 22023 unknown level, other SRID, not a point.';
