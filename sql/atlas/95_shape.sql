-- The map's own tables: boundaries in the map's projection, generalised for every zoom, and what tiles say of each area.

CREATE TABLE @atlas@.map_area (
  area_id int4 PRIMARY KEY REFERENCES @atlas@.area ON DELETE CASCADE,
  code_system text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  level text NOT NULL,
  rank int4 NOT NULL,
  country text,
  parent_id int4,
  parent_code text,
  valid_from date,
  valid_to date,
  source text,
  from_zoom int4,
  to_zoom int4,
  bounds @postgis@.geometry(Polygon, 3857)
);
CREATE INDEX map_area_level ON @atlas@.map_area (level);
CREATE INDEX map_area_zoom ON @atlas@.map_area (from_zoom, to_zoom);
-- One index for the shapes of all bands: they have the same bounds, but for less than a unit of the grid.
CREATE INDEX map_area_bounds ON @atlas@.map_area USING gist (bounds);
CREATE INDEX map_area_parent ON @atlas@.map_area (parent_id);
COMMENT ON TABLE @atlas@.map_area IS 'Areas as the map knows them
One row per area of the territory; filled by build_shapes().';
COMMENT ON COLUMN @atlas@.map_area.area_id IS 'Number of the area; the feature id in tiles and GeoJSON.';
COMMENT ON COLUMN @atlas@.map_area.code_system IS 'System of the area code.';
COMMENT ON COLUMN @atlas@.map_area.code IS 'Code of the area.';
COMMENT ON COLUMN @atlas@.map_area.name IS 'Name of the area.';
COMMENT ON COLUMN @atlas@.map_area.level IS 'Level of the area: country, region, department ...';
COMMENT ON COLUMN @atlas@.map_area.rank IS 'Depth of the level: world 0, country 1, region 2 ...';
COMMENT ON COLUMN @atlas@.map_area.country IS 'Code of the country.';
COMMENT ON COLUMN @atlas@.map_area.parent_id IS 'Number of the area that it is part of.';
COMMENT ON COLUMN @atlas@.map_area.parent_code IS 'Code of the area that it is part of.';
COMMENT ON COLUMN @atlas@.map_area.valid_from IS 'First day of the boundary; NULL = since ever.';
COMMENT ON COLUMN @atlas@.map_area.valid_to IS 'Last day of the boundary; NULL = still.';
COMMENT ON COLUMN @atlas@.map_area.source IS 'Where the boundary comes from.';
COMMENT ON COLUMN @atlas@.map_area.from_zoom IS 'First zoom at which level auto draws it; NULL when it has no boundary.';
COMMENT ON COLUMN @atlas@.map_area.to_zoom IS 'Last zoom at which level auto draws it; smaller than from_zoom: never.';
COMMENT ON COLUMN @atlas@.map_area.bounds IS 'Box around its shapes, EPSG:3857; NULL when it has no boundary.';

CREATE TABLE @atlas@.area_shape (
  area_id int4 NOT NULL,
  band int4 NOT NULL CHECK (band BETWEEN 0 AND 9 OR band = 30),
  covered boolean NOT NULL DEFAULT false,
  geom @postgis@.geometry(MultiPolygon, 3857) NOT NULL,
  PRIMARY KEY (area_id, band)
);
COMMENT ON TABLE @atlas@.area_shape IS 'Boundaries generalised for the map
Web Mercator (EPSG:3857), cut at latitudes of 85.0511 degrees. Neighbours share their borders in every band. Filled by build_shapes().';
COMMENT ON COLUMN @atlas@.area_shape.area_id IS 'Number of the area.';
COMMENT ON COLUMN @atlas@.area_shape.band IS 'Zoom that it is made for, 0 to 9: to half a pixel of tiles of 512 pixels, on the grid of their 4096 units; 30: all that the boundary has, for zooms from 10.';
COMMENT ON COLUMN @atlas@.area_shape.covered IS 'True: smaller than one unit of the grid, and a larger area of its level takes that unit; tiles leave it out.';
COMMENT ON COLUMN @atlas@.area_shape.geom IS 'Boundary, EPSG:3857 (metres of Web Mercator); outer rings run clockwise, as tiles want it.';

CREATE TABLE @atlas@.map_level (
  level text PRIMARY KEY,
  title text NOT NULL,
  digest text NOT NULL,
  places text NOT NULL DEFAULT '',
  built_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE @atlas@.map_level IS 'Levels that the map can draw
One row per level with boundaries; kept by build_shapes().';
COMMENT ON COLUMN @atlas@.map_level.level IS 'Level.';
COMMENT ON COLUMN @atlas@.map_level.title IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.map_level.digest IS 'SHA-256 of the boundaries that its shapes were made from.';
COMMENT ON COLUMN @atlas@.map_level.places IS 'SHA-256 of the names of its areas, of when they are valid and where they are drawn.';
COMMENT ON COLUMN @atlas@.map_level.built_at IS 'When they were made.';

CREATE TABLE @atlas@.map_value (
  indicator text NOT NULL,
  area_id int4 NOT NULL,
  properties jsonb NOT NULL,
  PRIMARY KEY (indicator, area_id)
);
-- Statistics of a table that readers may read are theirs too, and would outlast what is withdrawn.
ALTER TABLE @atlas@.map_value ALTER COLUMN properties SET STATISTICS 0;
COMMENT ON TABLE @atlas@.map_value IS 'What tiles with all years say of an area
Filled from the current figures when an edition is published or withdrawn.';
COMMENT ON COLUMN @atlas@.map_value.indicator IS 'What is measured.';
COMMENT ON COLUMN @atlas@.map_value.area_id IS 'Number of the area.';
COMMENT ON COLUMN @atlas@.map_value.properties IS 'code, name, level, and for each year in which the area is valid its class (c2024: 1 is the lowest, -1 suppressed, -2 no figure) and, when published, its value (v2024, four significant digits).';

CREATE FUNCTION @atlas@.map_band(zoom int4) RETURNS int4
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE WHEN map_band.zoom > 9 THEN 30 ELSE greatest(map_band.zoom, 0) END;
END;
COMMENT ON FUNCTION @atlas@.map_band(int4) IS 'Internal: the band of area_shape that a zoom draws. NULL in, NULL out.';

CREATE FUNCTION @atlas@.build_level(level text, epoch date) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning SET jit = off
AS $function$
DECLARE
  -- Metres around the equator of Web Mercator; one pixel of the tile of zoom 0, and one unit of its grid.
  pixel constant float8 := 40075016.685578488 / 512;
  unit constant float8 := 40075016.685578488 / 4096;
  edge constant float8 := 20037508.342789244;
  repair constant text := 'method=structure keepcollapsed=false';
  n bigint;
BEGIN
  -- One coverage: areas that are valid on one day. Each band is made from the finer one before it, so that the work falls with the number of points.
  WITH base AS MATERIALIZED (
    SELECT a.area_id, @postgis@.ST_Multi(@postgis@.ST_Transform(CASE WHEN @postgis@.ST_YMin(a.geom) >= -85.05112877980659 AND @postgis@.ST_YMax(a.geom) <= 85.05112877980659 THEN a.geom
             ELSE @postgis@.ST_CollectionExtract(@postgis@.ST_Intersection(a.geom, @postgis@.ST_MakeEnvelope(-180, -85.05112877980659, 180, 85.05112877980659, 4326)), 3) END, 3857)) AS geom
    FROM @atlas@.area a
    WHERE a.level = build_level.level AND a.geom IS NOT NULL AND epoch BETWEEN coalesce(a.valid_from, '-infinity') AND coalesce(a.valid_to, 'infinity')
  ), b10 AS MATERIALIZED (
    SELECT b.area_id, @postgis@.ST_AsBinary(b.geom) AS shape FROM base b WHERE NOT @postgis@.ST_IsEmpty(b.geom)
  ), b9 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 10, (pixel / 2 ^ 9) ^ 2) OVER () AS shape FROM b10 p
  ), b8 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 9, (pixel / 2 ^ 8) ^ 2) OVER () AS shape FROM b9 p
  ), b7 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 8, (pixel / 2 ^ 7) ^ 2) OVER () AS shape FROM b8 p
  ), b6 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 7, (pixel / 2 ^ 6) ^ 2) OVER () AS shape FROM b7 p
  ), b5 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 6, (pixel / 2 ^ 5) ^ 2) OVER () AS shape FROM b6 p
  ), b4 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 5, (pixel / 2 ^ 4) ^ 2) OVER () AS shape FROM b5 p
  ), b3 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 4, (pixel / 2 ^ 3) ^ 2) OVER () AS shape FROM b4 p
  ), b2 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 3, (pixel / 2 ^ 2) ^ 2) OVER () AS shape FROM b3 p
  ), b1 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 2, (pixel / 2 ^ 1) ^ 2) OVER () AS shape FROM b2 p
  ), b0 AS MATERIALIZED (
    SELECT p.area_id, tmap.coverage_simplify(p.shape, pixel / 2 ^ 1, (pixel / 2 ^ 0) ^ 2) OVER () AS shape FROM b1 p
  ), banded AS MATERIALIZED (
    -- OFFSET 0 and MATERIALIZED: nothing is computed twice.
    SELECT b.area_id, 30 AS band, b.geom AS whole, @postgis@.ST_ForcePolygonCW(b.geom) AS geom FROM base b WHERE NOT @postgis@.ST_IsEmpty(b.geom)
    UNION ALL
    -- Repaired part by part, which is quicker; as a whole where parts touch.
    SELECT g.area_id, g.band, g.whole, CASE WHEN g.valid THEN g.geom WHEN @postgis@.ST_IsValid(m.geom) THEN m.geom ELSE @postgis@.ST_CollectionExtract(@postgis@.ST_MakeValid(m.geom, repair), 3) END
    FROM (SELECT h.*, @postgis@.ST_IsValid(h.geom) AS valid
          FROM (SELECT s.area_id, s.band, s.whole, @postgis@.ST_SnapToGrid(s.whole, -edge, -edge, unit / 2 ^ s.band, unit / 2 ^ s.band) AS geom
          FROM (SELECT b.area_id, b.band, @postgis@.ST_GeomFromWKB(b.shape, 3857) AS whole
                FROM (SELECT 0 AS band, * FROM b0
                      UNION ALL SELECT 1 AS band, * FROM b1
                      UNION ALL SELECT 2 AS band, * FROM b2
                      UNION ALL SELECT 3 AS band, * FROM b3
                      UNION ALL SELECT 4 AS band, * FROM b4
                      UNION ALL SELECT 5 AS band, * FROM b5
                      UNION ALL SELECT 6 AS band, * FROM b6
                      UNION ALL SELECT 7 AS band, * FROM b7
                      UNION ALL SELECT 8 AS band, * FROM b8
                      UNION ALL SELECT 9 AS band, * FROM b9) b OFFSET 0) s OFFSET 0) h OFFSET 0) g
    CROSS JOIN LATERAL (SELECT @postgis@.ST_CollectionExtract(@postgis@.ST_Collect(CASE WHEN @postgis@.ST_IsValid(d.geom) THEN d.geom ELSE @postgis@.ST_MakeValid(d.geom, repair) END), 3) AS geom
                        FROM @postgis@.ST_Dump(g.geom) d WHERE NOT g.valid) m
  ), tiny AS MATERIALIZED (
    -- Smaller than a unit of the grid: one unit of it, or the area would be lost.
    SELECT c.area_id, c.band, c.x, c.y, row_number() OVER (PARTITION BY c.band, c.x, c.y ORDER BY c.size DESC, c.area_id) AS place
    FROM (SELECT b.area_id, b.band, @postgis@.ST_Area(b.whole) AS size, floor((@postgis@.ST_XMin(b.whole) + edge) / unit * 2 ^ b.band) AS x, floor((@postgis@.ST_YMin(b.whole) + edge) / unit * 2 ^ b.band) AS y
          FROM banded b WHERE @postgis@.ST_IsEmpty(b.geom)) c
  )
  INSERT INTO @atlas@.area_shape (area_id, band, covered, geom)
  SELECT b.area_id, b.band, coalesce(t.place > 1, false), @postgis@.ST_Multi(@postgis@.ST_ForcePolygonCW(CASE WHEN t.area_id IS NULL THEN b.geom
    ELSE @postgis@.ST_MakeEnvelope(t.x * unit / 2 ^ b.band - edge, t.y * unit / 2 ^ b.band - edge, (t.x + 1) * unit / 2 ^ b.band - edge, (t.y + 1) * unit / 2 ^ b.band - edge, 3857) END))
  FROM banded b
  JOIN @atlas@.area a ON a.area_id = b.area_id
  LEFT JOIN tiny t ON t.area_id = b.area_id AND t.band = b.band
  -- Areas of an earlier day are drawn as in their last one.
  WHERE a.valid_to IS NULL AND epoch = 'infinity' OR a.valid_to = epoch;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END
$function$;
COMMENT ON FUNCTION @atlas@.build_level(text, date) IS 'Internal: makes the shapes of the areas of a level whose last day is epoch (infinity: those that are still valid), simplified together with the others of that day (tmap.coverage_simplify); returns how many.';
REVOKE EXECUTE ON FUNCTION @atlas@.build_level(text, date) FROM PUBLIC;

-- Digests hold dates, so that their style is fixed.
CREATE FUNCTION @atlas@.build_shapes() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $function$
DECLARE
  n bigint := 0;
  l record;
  epoch date;
BEGIN
  PERFORM pg_advisory_xact_lock('@atlas@.area_shape'::regclass::oid::int8::bit(32)::int4, 0);
  FOR l IN
    SELECT a.level, encode(sha256(convert_to('1|' || string_agg(format('%s|%s|%s', a.area_id, a.valid_to, encode(sha256(a.geom::bytea), 'hex')), '|' ORDER BY a.area_id), 'UTF8')), 'hex') AS digest
    FROM @atlas@.area a WHERE a.geom IS NOT NULL GROUP BY a.level ORDER BY a.level COLLATE "C"
  LOOP
    CONTINUE WHEN EXISTS (SELECT FROM @atlas@.map_level m WHERE m.level = l.level AND m.digest = l.digest);
    DELETE FROM @atlas@.area_shape s USING @atlas@.area a WHERE a.area_id = s.area_id AND a.level = l.level;
    FOR epoch IN SELECT DISTINCT coalesce(a.valid_to, 'infinity') AS day FROM @atlas@.area a WHERE a.level = l.level AND a.geom IS NOT NULL ORDER BY 1 LOOP
      n := n + @atlas@.build_level(l.level, epoch);
    END LOOP;
    INSERT INTO @atlas@.map_level AS m (level, title, digest) VALUES (l.level, l.level, l.digest) ON CONFLICT (level) DO UPDATE SET digest = l.digest, built_at = now();
  END LOOP;
  -- What lost its boundary, or is no more.
  DELETE FROM @atlas@.area_shape s WHERE NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.area_id = s.area_id AND a.geom IS NOT NULL);
  IF n > 0 THEN
    PERFORM @atlas@.analyze_edition('area_shape');
  END IF;
  DELETE FROM @atlas@.map_level m WHERE NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.level = m.level AND a.geom IS NOT NULL);
  PERFORM @atlas@.place_on_map();
  PERFORM @atlas@.refresh_map();
  RETURN n;
END
$function$;
COMMENT ON FUNCTION @atlas@.build_shapes() IS
'Makes the boundaries of the map (area_shape) anew for every level whose boundaries changed since: cut, projected and simplified for each zoom so that neighbours keep one common border and no area is lost; returns how many shapes it wrote, 0 when no boundary had changed. Names and dates of areas on the map are made anew too. publish_edition() and withdraw_edition() call it; call it yourself after changing boundaries or names between editions.
Readers see the old shapes until it has ended. It can be cancelled: nothing is changed then.';
REVOKE EXECUTE ON FUNCTION @atlas@.build_shapes() FROM PUBLIC;
