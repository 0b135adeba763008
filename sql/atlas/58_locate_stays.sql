-- Residences of hospital stays from points to areas.
--
-- Counting finds the area of a stroke that has only a point by itself; here it is written into the stay, once
-- and for all to see. The boundaries are those that counting takes, 1 July of the year of admission, so that
-- the figures are the same before and after.

CREATE FUNCTION @atlas@.locate_stays(level text DEFAULT NULL, source_key text DEFAULT NULL)
RETURNS TABLE (located bigint, outside bigint, no_point bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  only_source int4 := CASE WHEN source_key IS NOT NULL THEN @atlas@.find_source(source_key) END;
BEGIN
  IF level IS NOT NULL THEN
    PERFORM @atlas@.checked_level(level);
  END IF;
  -- A count under way would not see what is marked below; in the order of refresh_tallies().
  PERFORM @atlas@.lock_source(o.source_id)
  FROM (SELECT d.source_id FROM @atlas@.definition_source d WHERE only_source IS NULL OR d.stays_source_id = only_source
        ORDER BY d.stays_source_id, d.definition COLLATE "C", d.version OFFSET 0) o;
  WITH place AS (
    SELECT s.country, s.year, s.stay, a.area_id
    FROM @atlas@.stay s
    CROSS JOIN LATERAL (
      SELECT c.area_id
      FROM @atlas@.area c JOIN @atlas@.area n ON n.area_id = c.country_id
      WHERE (locate_stays.level IS NULL OR c.level = locate_stays.level) AND n.code = s.country
        AND @postgis@.ST_Intersects(c.geom, s.point)
        AND (c.valid_from IS NULL OR c.valid_from <= make_date(s.year, 7, 1))
        AND (c.valid_to IS NULL OR c.valid_to >= make_date(s.year, 7, 1))
      ORDER BY c.rank DESC, c.code_system COLLATE "C", c.code COLLATE "C" LIMIT 1) a
    WHERE s.area_id IS NULL AND s.point IS NOT NULL AND (only_source IS NULL OR s.source_id = only_source)
  ), done AS (
    UPDATE @atlas@.stay s SET area_id = p.area_id
    FROM place p WHERE s.country = p.country AND s.year = p.year AND s.stay = p.stay
    RETURNING s.source_id, s.year
  ), marked AS (
    -- No submission has such inputs: refresh_tallies() counts the year anew.
    UPDATE @atlas@.counted_year c SET inputs = 'residences located since'
    FROM @atlas@.definition_source d
    WHERE d.source_id = c.source_id AND EXISTS (SELECT FROM done t WHERE t.source_id = d.stays_source_id AND t.year = c.year)
  )
  SELECT count(*) INTO located FROM done;
  SELECT count(*) FILTER (WHERE NOT @postgis@.ST_IsEmpty(s.point)), count(*) FILTER (WHERE s.point IS NULL OR @postgis@.ST_IsEmpty(s.point))
  INTO outside, no_point
  FROM @atlas@.stay s WHERE s.area_id IS NULL AND (only_source IS NULL OR s.source_id = only_source);
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.locate_stays(text, text) IS
'Fills the area of hospital stays that have a point but no area: the area in the stay''s own country that holds the point, boundaries of 1 July of the year of admission; a point on a border belongs to the area with the smallest code, as in locate().
level: areas of this level only; NULL takes the smallest area, as counting does: the figures then stay what they are, unless boundaries changed since the count. A level above the smallest gives up what the point knows: strokes then count for that area as unlocated inside it.
source_key: only stays of this source; NULL = all. Returns how many were located now, and how many stay without an area: outside every such area of their country, or without a point (NULL or empty). Those count for the country. Stays that have an area are not touched, nor replaced ones in stay_history; a second call finds nothing. refresh_tallies() counts the years of what was located anew.
Errors: 22023 unknown level or source.';
REVOKE EXECUTE ON FUNCTION @atlas@.locate_stays(text, text) FROM PUBLIC;
