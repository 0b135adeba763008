-- Patient level: one row per ischaemic stroke. Areas and sources are checked once a statement, not by foreign
-- keys: those made loading 3.6 times dearer, and deleting an area a scan of all strokes.

CREATE TABLE @atlas@.stroke (
  country text NOT NULL CHECK (country ~ '^[A-Z]{3}$'),
  year int4 NOT NULL CHECK (year BETWEEN 1900 AND 2099),
  stroke_id bigint NOT NULL,
  area_id int4,
  stratum tmap.stratum NOT NULL,
  treated boolean NOT NULL,
  source_id int4 NOT NULL,
  point @postgis@.geometry(Point, 4326),
  PRIMARY KEY (country, year, stroke_id)
) PARTITION BY LIST (year);
COMMENT ON TABLE @atlas@.stroke IS 'One row per ischaemic stroke, partitioned by year; add_stroke_year() makes a partition, years without one are kept in stroke_other. Patient data: not for the public. The key starts with the country, so that a duplicate-key error tells nothing of other countries.';
COMMENT ON COLUMN @atlas@.stroke.country IS 'Country that reports the stroke: the code of an area of level country, ISO 3166-1 alpha-3.';
COMMENT ON COLUMN @atlas@.stroke.year IS 'Year of admission.';
COMMENT ON COLUMN @atlas@.stroke.stroke_id IS 'Number of the stroke within country and year.';
COMMENT ON COLUMN @atlas@.stroke.area_id IS 'Area of residence; NULL when not known (filled from point by locate_strokes). Such strokes count for the country.';
COMMENT ON COLUMN @atlas@.stroke.stratum IS 'Age band, sex and comorbidity of the patient; unknown is a level of its own.';
COMMENT ON COLUMN @atlas@.stroke.treated IS 'True when the stroke was treated by mechanical thrombectomy.';
COMMENT ON COLUMN @atlas@.stroke.source_id IS 'Data set that the row belongs to.';
COMMENT ON COLUMN @atlas@.stroke.point IS 'Residence as a point, EPSG:4326; NULL when not known.';

CREATE TABLE @atlas@.stroke_other PARTITION OF @atlas@.stroke DEFAULT;
COMMENT ON TABLE @atlas@.stroke_other IS 'Strokes of years that have no partition of their own.';
CREATE FUNCTION @atlas@.stroke_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  unknown int4;
BEGIN
  SELECT d.source_id INTO unknown FROM (SELECT DISTINCT a.source_id FROM added a) d
  WHERE NOT EXISTS (SELECT FROM @atlas@.source s WHERE s.source_id = d.source_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'strokes of source number %, which does not exist', unknown
      USING ERRCODE = '23503', HINT = 'Insert the source first; find_source(key) gives its number.';
  END IF;
  SELECT d.area_id INTO unknown FROM (SELECT DISTINCT a.area_id FROM added a WHERE a.area_id IS NOT NULL) d
  WHERE NOT EXISTS (SELECT FROM @atlas@.area r WHERE r.area_id = d.area_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'strokes in area number %, which does not exist', unknown
      USING ERRCODE = '23503', HINT = 'Insert the area first, or leave area_id NULL when the residence is not known.';
  END IF;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.stroke_check() IS 'Internal: trigger of stroke and its partitions: error 23503 when a statement brings strokes of an area or a source that does not exist.';

CREATE FUNCTION @atlas@.check_strokes_of(partition text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  happening text;
BEGIN
  FOREACH happening IN ARRAY ARRAY['insert', 'update'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER stroke_check_%s AFTER %1$s ON @atlas@.%I REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.stroke_check()', happening, partition);
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.check_strokes_of(text) IS 'Internal: puts the trigger stroke_check on the table stroke or a partition of it: a statement on a partition does not fire the triggers of the whole.';
REVOKE EXECUTE ON FUNCTION @atlas@.check_strokes_of(text) FROM PUBLIC;
SELECT @atlas@.check_strokes_of('stroke'), @atlas@.check_strokes_of('stroke_other');

CREATE INDEX stroke_source ON @atlas@.stroke (source_id, year);

CREATE FUNCTION @atlas@.locate_strokes(level text, source_key text DEFAULT NULL)
RETURNS TABLE (located bigint, outside bigint, no_point bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  only_source int4 := CASE WHEN source_key IS NOT NULL THEN @atlas@.find_source(source_key) END;
BEGIN
  PERFORM @atlas@.checked_level(level);
  WITH place AS (
    SELECT s.country, s.year, s.stroke_id, a.area_id
    FROM @atlas@.stroke s
    CROSS JOIN LATERAL (
      SELECT c.area_id
      FROM @atlas@.area c JOIN @atlas@.area n ON n.area_id = c.country_id
      WHERE c.level = locate_strokes.level AND n.code = s.country
        AND @postgis@.ST_Intersects(c.geom, s.point)
        AND (c.valid_from IS NULL OR c.valid_from <= make_date(s.year, 7, 1))
        AND (c.valid_to IS NULL OR c.valid_to >= make_date(s.year, 7, 1))
      ORDER BY c.code_system COLLATE "C", c.code COLLATE "C" LIMIT 1) a
    WHERE s.area_id IS NULL AND s.point IS NOT NULL AND (only_source IS NULL OR s.source_id = only_source))
  UPDATE @atlas@.stroke s SET area_id = p.area_id
  FROM place p WHERE s.country = p.country AND s.year = p.year AND s.stroke_id = p.stroke_id;
  GET DIAGNOSTICS located = ROW_COUNT;
  SELECT count(*) FILTER (WHERE NOT @postgis@.ST_IsEmpty(s.point)), count(*) FILTER (WHERE s.point IS NULL OR @postgis@.ST_IsEmpty(s.point))
  INTO outside, no_point
  FROM @atlas@.stroke s WHERE s.area_id IS NULL AND (only_source IS NULL OR s.source_id = only_source);
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.locate_strokes(text, text) IS
'Fills the area of strokes that have a point but no area: the area of the level in the stroke''s own country, boundaries of 1 July of its year; a point on a border belongs to the area with the smallest code, as in locate().
source_key: only strokes of this source; NULL = all. Returns how many were located now, and how many stay without an area: outside every area of the level in their country, or without a point. Those count for the country. Errors: 22023 unknown level or source.';
REVOKE EXECUTE ON FUNCTION @atlas@.locate_strokes(text, text) FROM PUBLIC;
