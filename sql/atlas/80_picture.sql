-- The map as a picture: a choropleth in SVG, 1600 x 900, written from the views.

CREATE TABLE @atlas@.map_panel (
  layout text NOT NULL CHECK (layout <> ''),
  panel int4 NOT NULL,
  kind text NOT NULL DEFAULT 'areas' CHECK (kind IN ('areas', 'zoom', 'list')),
  title text,
  west float8 NOT NULL DEFAULT -180,
  south float8 NOT NULL DEFAULT -90,
  east float8 NOT NULL DEFAULT 180,
  north float8 NOT NULL DEFAULT 90,
  cut float8,
  projection text,
  x float8 NOT NULL,
  y float8 NOT NULL,
  width float8 NOT NULL CHECK (width > 0),
  height float8 NOT NULL CHECK (height > 0),
  PRIMARY KEY (layout, panel)
);
COMMENT ON TABLE @atlas@.map_panel IS 'Layouts of map_svg(): boxes on a picture of 1600 x 900, each with its part of the earth and its projection. Add your own.';
COMMENT ON COLUMN @atlas@.map_panel.layout IS 'Name of the layout.';
COMMENT ON COLUMN @atlas@.map_panel.panel IS 'Number of the box within the layout.';
COMMENT ON COLUMN @atlas@.map_panel.kind IS 'areas: every polygon is drawn in the smallest such box that holds its centre, or nowhere; zoom: draws its polygons once more; list: place of the list of values.';
COMMENT ON COLUMN @atlas@.map_panel.title IS 'Label above the box, which then gets a frame; NULL = neither.';
COMMENT ON COLUMN @atlas@.map_panel.west IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.south IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.east IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.north IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.cut IS 'Longitude at which the map is cut: polygons whose centre lies west of it are drawn at the eastern edge, joined with what they touch there; NULL = -180.';
COMMENT ON COLUMN @atlas@.map_panel.projection IS 'EPSG:NNNN or a PROJ string; NULL = Lambert azimuthal equal-area around the middle of what is drawn.';
COMMENT ON COLUMN @atlas@.map_panel.x IS 'Left edge on the picture, of 1600.';
COMMENT ON COLUMN @atlas@.map_panel.y IS 'Upper edge on the picture, of 900.';
COMMENT ON COLUMN @atlas@.map_panel.width IS 'Width on the picture.';
COMMENT ON COLUMN @atlas@.map_panel.height IS 'Height on the picture.';

-- world: Equal Earth (Savric, Patterson and Jenny 2019, Int J Geogr Inf Sci 33:454-465) around 11 degrees east, so that the
-- cut passes through the Bering Strait; without Antarctica. france: the official grids, overseas departements and the
-- middle of Paris each on a scale of its own.
INSERT INTO @atlas@.map_panel (layout, panel, kind, title, west, south, east, north, cut, projection, x, y, width, height) VALUES
  ('plain', 1, 'areas', NULL, -180, -90, 180, 90, NULL, NULL, 40, 104, 1060, 640),
  ('plain', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 1140, 120, 420, 610),
  ('world', 1, 'areas', NULL, -180, -60, 180, 90, -169, '+proj=eqearth +lon_0=11 +datum=WGS84 +units=m +over', 40, 92, 1520, 660),
  ('world', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 40, 430, 380, 320),
  ('france', 1, 'areas', NULL, -6, 41, 10, 52, NULL, 'EPSG:2154', 270, 100, 760, 645),
  ('france', 2, 'areas', 'Guadeloupe', -62, 15.7, -60.9, 16.7, NULL, 'EPSG:5490', 40, 128, 200, 96),
  ('france', 3, 'areas', 'Martinique', -61.4, 14.3, -60.7, 15, NULL, 'EPSG:5490', 40, 254, 200, 96),
  ('france', 4, 'areas', 'Guyane', -55, 2, -51, 6, NULL, 'EPSG:2972', 40, 380, 200, 96),
  ('france', 5, 'areas', 'La Réunion', 55, -21.5, 56, -20.7, NULL, 'EPSG:2975', 40, 506, 200, 96),
  ('france', 6, 'areas', 'Mayotte', 44.9, -13.2, 45.4, -12.5, NULL, 'EPSG:4471', 40, 632, 200, 96),
  ('france', 7, 'zoom', 'Paris and around', 2.2, 48.73, 2.52, 48.96, NULL, 'EPSG:2154', 900, 128, 150, 96),
  ('france', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 1120, 128, 440, 600);

CREATE FUNCTION @atlas@.xml_text(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT replace(replace(replace(replace(translate(regexp_replace(words, '[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]', '', 'g'), E'\n\r\t', '   '),
    '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;');
END;
COMMENT ON FUNCTION @atlas@.xml_text(text) IS 'Text made safe for XML, in elements and in quoted attributes; line breaks become spaces, characters that XML forbids go. NULL in, NULL out.';

CREATE FUNCTION @atlas@.map_number(value float8, digits int4) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT btrim(to_char(round(value::numeric, digits), 'FM999,999,999,990' || CASE WHEN digits > 0 THEN '.' || repeat('0', digits) ELSE '' END));
END;
COMMENT ON FUNCTION @atlas@.map_number(float8, int4) IS 'A number as text with so many decimals (0 to 6) and commas between thousands. NULL when an argument is.';

CREATE FUNCTION @atlas@.map_lines(words text, characters int4) RETURNS TABLE (line_no int4, line text)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  word text;
BEGIN
  line_no := 1;
  FOREACH word IN ARRAY regexp_split_to_array(btrim(words), '\s+') LOOP
    IF length(line) + 1 + length(word) > characters THEN
      RETURN NEXT;
      line_no := line_no + 1;
      line := word;
    ELSE
      line := concat_ws(' ', line, word);
    END IF;
  END LOOP;
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_lines(text, int4) IS 'Text broken at spaces into lines of at most so many characters; a longer word has a line of its own. No row for NULL.';

CREATE FUNCTION @atlas@.map_breaks(figures float8[], classes int4 DEFAULT 6) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  quantiles float8[];
  gap float8;
  step float8;
  result float8[];
BEGIN
  IF classes NOT BETWEEN 2 AND 7 THEN
    RAISE EXCEPTION 'number of classes out of range' USING ERRCODE = '22003', HINT = 'Give 2 to 7 classes.';
  END IF;
  SELECT percentile_cont(ARRAY(SELECT k::float8 / classes FROM generate_series(1, classes - 1) AS k)) WITHIN GROUP (ORDER BY v)
  INTO quantiles FROM unnest(figures) AS v;
  gap := (quantiles[classes - 1] - quantiles[1]) / greatest(classes - 2, 1);
  IF NOT gap > 0 THEN   -- nearly all the same: one limit
    RETURN ARRAY(SELECT DISTINCT q FROM unnest(quantiles) AS q WHERE q IS NOT NULL ORDER BY q);
  END IF;
  -- The largest of 1, 2, 5 x 10^n that is at most half a class wide on average.
  SELECT max(m * power(10::float8, e)) INTO step
  FROM unnest(ARRAY[1, 2, 5]::float8[]) AS m, generate_series(floor(log(gap))::int4 - 2, floor(log(gap))::int4) AS e
  WHERE m * power(10::float8, e) <= gap / 2;
  SELECT array_agg(DISTINCT (round((q / step)::numeric) * step::numeric)::float8) INTO result FROM unnest(quantiles) AS q;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_breaks(float8[], int4) IS
'Limits between the classes of a map: quantiles, so that every class has about as many areas, each rounded to a multiple of 1, 2 or 5 x 10^n; equal ones fall together, so that there may be fewer. Ascending; in the unit of the figures.
NULLs are ignored; an empty array when there is no figure, NULL when an argument is NULL. Error 22003 for a number of classes outside 2..7.';

CREATE FUNCTION @atlas@.map_colours(classes int4) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  -- One run from pale yellow over green to dark blue, lightness falling evenly.
  SELECT CASE WHEN classes <= 1 THEN ARRAY['#5fb8bb'] ELSE ARRAY(
    SELECT (ARRAY['#f3f1b8', '#d3e6ae', '#aedaaf', '#83cab4', '#5fb8bb', '#43a2bf', '#3388bc', '#2f6cb0', '#30509c', '#2b3580', '#211d5a'])
      [1 + round(10.0 * k / (classes - 1))::int4] FROM generate_series(0, classes - 1) AS k) END;
END;
COMMENT ON FUNCTION @atlas@.map_colours(int4) IS 'Colours of so many classes (1 to 11), low to high: sequential, darker is more, told apart with colour-blind eyes and in grey.';

CREATE FUNCTION @atlas@.map_figures(indicator text, level text, year int4 DEFAULT NULL, within text DEFAULT NULL, figure text DEFAULT 'value')
RETURNS TABLE (area_id int4, code_system text, code text, name text, figure_value float8, lower float8, upper float8, events float8, at_risk float8,
  period text, value_basis text, source text, origin text, definition text, boundary text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  top int4;
BEGIN
  PERFORM @atlas@.checked_level(level);
  IF NOT EXISTS (SELECT FROM @atlas@.indicator i WHERE i.indicator = map_figures.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', coalesce(indicator, 'NULL') USING ERRCODE = '22023', HINT = 'The table indicator lists them.';
  ELSIF figure IS NULL OR figure NOT IN ('value', 'dsr', 'isr', 'smr') THEN
    RAISE EXCEPTION 'no figure "%"', coalesce(figure, 'NULL')
      USING ERRCODE = '22023', HINT = 'The figures are value (crude), dsr, isr and smr, as in the view area_year.';
  END IF;
  IF within IS NOT NULL THEN
    SELECT a.area_id INTO top FROM @atlas@.area a WHERE a.code = within ORDER BY a.rank, a.code_system COLLATE "C", a.valid_to DESC NULLS FIRST LIMIT 1;
    IF top IS NULL THEN
      RAISE EXCEPTION 'no area "%"', within USING ERRCODE = '22023', HINT = 'Give the code of an area, for example of a country.';
    END IF;
  END IF;
  RETURN QUERY
  WITH RECURSIVE below AS (
    SELECT top AS area_id
    UNION ALL
    SELECT a.area_id FROM @atlas@.area a JOIN below b ON a.parent_id = b.area_id
  ), latest AS (
    SELECT DISTINCT ON (v.area_id) v.*
    FROM @atlas@.area_year v
    WHERE v.level = map_figures.level AND v.indicator = map_figures.indicator AND v.shown AND v.value_basis <> 'none'
      AND (map_figures.year IS NULL OR v.year = map_figures.year)
    ORDER BY v.area_id, v.valid_to DESC, v.valid_from DESC
  )
  SELECT a.area_id, a.code_system, a.code, a.name,
         CASE figure WHEN 'value' THEN y.value WHEN 'dsr' THEN y.dsr WHEN 'isr' THEN y.isr ELSE y.smr END,
         CASE figure WHEN 'value' THEN y.lower WHEN 'dsr' THEN y.dsr_lower WHEN 'isr' THEN y.isr_lower ELSE y.smr_lower END,
         CASE figure WHEN 'value' THEN y.upper WHEN 'dsr' THEN y.dsr_upper WHEN 'isr' THEN y.isr_upper ELSE y.smr_upper END,
         y.events, y.at_risk,
         CASE WHEN y.year IS NOT NULL THEN y.year::text
              WHEN y.valid_from = make_date(date_part('year', y.valid_from)::int4, 1, 1) AND y.valid_to = make_date(date_part('year', y.valid_to)::int4, 12, 31)
              THEN date_part('year', y.valid_from) || E'\u2013' || date_part('year', y.valid_to)
              ELSE y.valid_from || ' to ' || y.valid_to END,
         y.value_basis, y.source, y.origin,
         y.events_definition || ' / ' || y.at_risk_definition, a.source
  FROM @atlas@.area a
  LEFT JOIN latest y ON y.area_id = a.area_id
  WHERE a.level = map_figures.level AND a.geom IS NOT NULL
    AND (within IS NULL OR a.area_id IN (SELECT b.area_id FROM below b))
    AND CASE WHEN year IS NULL THEN a.valid_to IS NULL
             ELSE (a.valid_from IS NULL OR a.valid_from <= make_date(year, 7, 1)) AND (a.valid_to IS NULL OR a.valid_to >= make_date(year, 7, 1)) END
  ORDER BY a.code_system COLLATE "C", a.code COLLATE "C", a.area_id;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_figures(text, text, int4, text, text) IS
'What map_svg() draws: every area of the level that has a boundary, with its shown figure of the year, or of the latest period when year is NULL; without figure_value when there is none.
within: code of an area whose parts are taken; NULL = all. figure: value (crude), dsr, isr or smr, as in area_year, where the units stand. Errors: 22023 unknown level, indicator, figure or area.';

CREATE FUNCTION @atlas@.map_project(shape @postgis@.geometry, projection text) RETURNS @postgis@.geometry
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  middle @postgis@.geometry := @postgis@.ST_Centroid(@postgis@.ST_Envelope(shape));
BEGIN
  RETURN @postgis@.ST_Transform(shape, coalesce(projection, format('+proj=laea +lon_0=%s +lat_0=%s +datum=WGS84 +units=m',
    round(@postgis@.ST_X(middle)::numeric, 2), round(@postgis@.ST_Y(middle)::numeric, 2))));
END
$function$;
COMMENT ON FUNCTION @atlas@.map_project(@postgis@.geometry, text) IS
'A geometry in EPSG:4326 on the plane: by EPSG:NNNN or a PROJ string; NULL = Lambert azimuthal equal-area around the middle of the geometry. Errors: those of ST_Transform for a projection that does not exist.';

CREATE FUNCTION @atlas@.map_shapes(area_ids int4[], layout text)
RETURNS TABLE (area_id int4, panel int4, path text, x float8, y float8, small boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH piece AS MATERIALIZED (
    SELECT a.area_id, g.path[1] AS n, g.geom, @postgis@.ST_Centroid(@postgis@.ST_Envelope(g.geom)) AS middle
    FROM @atlas@.area a CROSS JOIN LATERAL @postgis@.ST_Dump(a.geom) g
    WHERE a.area_id = ANY (area_ids)
  ), placed AS (
    SELECT p.area_id, m.panel, p.n, p.geom, m.cut, coalesce(@postgis@.ST_X(p.middle) < m.cut, false) AS moved
    FROM piece p
    JOIN LATERAL (
      SELECT b.*, b.kind = 'areas' AND row_number() OVER (PARTITION BY b.kind ORDER BY (b.east - b.west) * (b.north - b.south), b.panel) > 1 AS outer_box
      FROM @atlas@.map_panel b
      WHERE b.layout = map_shapes.layout AND b.kind IN ('areas', 'zoom')
        AND @postgis@.ST_X(p.middle) BETWEEN b.west AND b.east AND @postgis@.ST_Y(p.middle) BETWEEN b.south AND b.north) m ON NOT m.outer_box
  ), joined AS (
    SELECT p.area_id, p.panel,
           CASE WHEN bool_or(p.moved)
                THEN @postgis@.ST_UnaryUnion(@postgis@.ST_Collect(CASE WHEN p.moved THEN @postgis@.ST_Translate(p.geom, 360, 0) ELSE p.geom END ORDER BY p.n))
                ELSE @postgis@.ST_Collect(p.geom ORDER BY p.n) END AS geom
    FROM placed p GROUP BY p.area_id, p.panel
  ), projected AS MATERIALIZED (   -- a whole panel at once, so that its middle is the same for all
    SELECT j.panel, @postgis@.ST_NumGeometries(w.geom) AS n, array_agg(j.area_id ORDER BY j.area_id) AS ids, w.geom
    FROM joined j
    JOIN LATERAL (
      SELECT @atlas@.map_project(@postgis@.ST_ForceCollection(@postgis@.ST_Collect(k.geom ORDER BY k.area_id)), b.projection) AS geom
      FROM joined k JOIN @atlas@.map_panel b ON b.layout = map_shapes.layout AND b.panel = k.panel
      WHERE k.panel = j.panel GROUP BY b.projection) w ON true
    GROUP BY j.panel, w.geom
  ) SELECT NULL::int4, NULL::int4, NULL::text, NULL::float8, NULL::float8, NULL::boolean;
END
$function$;
