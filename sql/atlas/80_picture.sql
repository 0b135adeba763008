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
-- cut passes through the Bering Strait; without Antarctica. france: the official grids (Lambert-93, EPSG:2154, and UTM on
-- GRS 80), written out so that PROJ needs no search; overseas departements and Paris each on a scale of its own.
INSERT INTO @atlas@.map_panel (layout, panel, kind, title, west, south, east, north, cut, projection, x, y, width, height) VALUES
  ('plain', 1, 'areas', NULL, -180, -90, 180, 90, NULL, NULL, 40, 104, 1060, 656),
  ('plain', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 1140, 120, 420, 630),
  ('world', 1, 'areas', NULL, -180, -60, 180, 90, -169, '+proj=eqearth +lon_0=11 +datum=WGS84 +units=m +over', 110, 92, 1450, 676),
  ('world', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 40, 486, 400, 290),
  ('france', 1, 'areas', NULL, -6, 41, 10, 52, NULL, '+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80', 270, 100, 760, 664),
  ('france', 2, 'areas', 'Guadeloupe', -62, 15.7, -60.9, 16.7, NULL, '+proj=utm +zone=20 +ellps=GRS80', 40, 128, 200, 86),
  ('france', 3, 'areas', 'Martinique', -61.4, 14.3, -60.7, 15, NULL, '+proj=utm +zone=20 +ellps=GRS80', 40, 258, 200, 86),
  ('france', 4, 'areas', 'Guyane', -55, 2, -51, 6, NULL, '+proj=utm +zone=22 +ellps=GRS80', 40, 388, 200, 86),
  ('france', 5, 'areas', 'La Réunion', 55, -21.5, 56, -20.7, NULL, '+proj=utm +zone=40 +south +ellps=GRS80', 40, 518, 200, 86),
  ('france', 6, 'areas', 'Mayotte', 44.9, -13.2, 45.4, -12.5, NULL, '+proj=utm +zone=38 +south +ellps=GRS80', 40, 648, 200, 86),
  ('france', 7, 'zoom', 'Paris and around', 2.2, 48.73, 2.52, 48.96, NULL, '+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80', 930, 128, 130, 100),
  ('france', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 1120, 128, 440, 620);

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
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
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
  n int4 := least(classes, (SELECT count(DISTINCT v) FROM unnest(figures) AS v));
  quantiles float8[];
  gap float8;
  step float8;
  result float8[];
BEGIN
  IF classes NOT BETWEEN 2 AND 7 THEN
    RAISE EXCEPTION 'number of classes out of range' USING ERRCODE = '22003', HINT = 'Give 2 to 7 classes.';
  ELSIF n < 2 THEN
    RETURN '{}';
  END IF;
  SELECT percentile_cont(ARRAY(SELECT k::float8 / n FROM generate_series(1, n - 1) AS k)) WITHIN GROUP (ORDER BY v),
         CASE WHEN n = 2 THEN (max(v) - min(v)) / 2 END
  INTO quantiles, gap FROM unnest(figures) AS v;
  gap := coalesce(gap, (quantiles[n - 1] - quantiles[1]) / (n - 2));
  IF gap = 0 THEN   -- nearly all the same
    RETURN '{}';
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
'Limits between the classes of a map: quantiles, so that every class has about as many areas, each rounded to a multiple of 1, 2 or 5 x 10^n; equal ones fall together, so that there may be fewer classes, as there are with few figures. Ascending; in the unit of the figures.
NULLs are ignored; an empty array when there is no figure or nearly all are the same, NULL when an argument is NULL. Error 22003 for a number of classes outside 2..7.';

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
  period text, last_year text, basis text, source text, origin text, definition text, boundary text)
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
         date_part('year', y.valid_to)::text,
         CASE WHEN figure <> 'value' THEN 'counts' WHEN y.value_basis = 'counts' AND y.at_risk_basis = 'derived' THEN 'derived' ELSE y.value_basis END, y.source, y.origin,
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
'What map_svg() draws: every area of the level that has a boundary, with its shown figure of the year, or of the latest period when year is NULL; without figure_value when there is none. basis: counts, reported (a rounded rate) or derived (the denominator is).
within: code of an area whose parts are taken; NULL = all. figure: value (crude), dsr, isr or smr, as in area_year, where the units stand. Errors: 22023 unknown level, indicator, figure or area.';

CREATE FUNCTION @atlas@.map_shapes(area_ids int4[], layout text)
RETURNS TABLE (area_id int4, panel int4, kind text, path text, x float8, y float8, extent float8)
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
    SELECT p.area_id, p.n, b.panel, coalesce(@postgis@.ST_X(p.middle) < b.cut, false) AS moved, p.geom, b.kind,
           row_number() OVER (PARTITION BY p.area_id, p.n, b.kind ORDER BY (b.east - b.west) * (b.north - b.south), b.panel) AS size_rank
    FROM piece p
    JOIN @atlas@.map_panel b ON b.layout = map_shapes.layout AND b.kind <> 'list'
      AND @postgis@.ST_X(p.middle) BETWEEN b.west AND b.east AND @postgis@.ST_Y(p.middle) BETWEEN b.south AND b.north
  ), joined AS (
    SELECT p.area_id, p.panel,
           CASE WHEN bool_or(p.moved)
                THEN @postgis@.ST_UnaryUnion(@postgis@.ST_Collect(CASE WHEN p.moved THEN @postgis@.ST_Translate(p.geom, 360, 0) ELSE p.geom END ORDER BY p.n))
                ELSE @postgis@.ST_Collect(p.geom ORDER BY p.n) END AS geom
    FROM placed p WHERE p.kind = 'zoom' OR p.size_rank = 1
    GROUP BY p.area_id, p.panel
  ), middle AS (
    SELECT j.panel, @postgis@.ST_Centroid(@postgis@.ST_Extent(j.geom)::@postgis@.geometry) AS point FROM joined j GROUP BY j.panel
  ), flat AS MATERIALIZED (   -- the three-argument form: the other reads spatial_ref_sys by the search path
    SELECT j.area_id, j.panel,
           @postgis@.ST_Transform(j.geom, '+proj=longlat +datum=WGS84 +no_defs', coalesce(b.projection, format('+proj=laea +lon_0=%s +lat_0=%s +datum=WGS84 +units=m',
             round(@postgis@.ST_X(m.point)::numeric, 2), round(@postgis@.ST_Y(m.point)::numeric, 2)))) AS geom
    FROM joined j JOIN middle m ON m.panel = j.panel JOIN @atlas@.map_panel b ON b.layout = map_shapes.layout AND b.panel = j.panel
  ), frame AS (
    SELECT e.panel, b.kind, e.west, e.north, f.scale,
           b.x + (b.width - f.scale * (e.east - e.west)) / 2 AS x, b.y + (b.height - f.scale * (e.north - e.south)) / 2 AS y
    FROM (SELECT f.panel, min(@postgis@.ST_XMin(f.geom)) AS west, max(@postgis@.ST_XMax(f.geom)) AS east,
                 min(@postgis@.ST_YMin(f.geom)) AS south, max(@postgis@.ST_YMax(f.geom)) AS north FROM flat f GROUP BY f.panel) e
    JOIN @atlas@.map_panel b ON b.layout = map_shapes.layout AND b.panel = e.panel
    CROSS JOIN LATERAL (SELECT least(b.width / (e.east - e.west), b.height / (e.north - e.south)) AS scale) f
  ), pixel AS MATERIALIZED (   -- on the picture, y upwards from 0 because ST_AsSVG turns it round
    SELECT f.area_id, f.panel, r.kind, d.path[1] AS n,
           @postgis@.ST_SimplifyPreserveTopology(@postgis@.ST_Affine(d.geom, r.scale, 0, 0, r.scale, r.x - r.scale * r.west, - r.y - r.scale * r.north), 0.4) AS geom,
           row_number() OVER (PARTITION BY f.area_id, f.panel ORDER BY @postgis@.ST_Area(d.geom) DESC, d.path[1]) AS size_rank
    FROM flat f JOIN frame r ON r.panel = f.panel CROSS JOIN LATERAL @postgis@.ST_Dump(f.geom) d
  )
  SELECT p.area_id, p.panel, p.kind, string_agg(@postgis@.ST_AsSVG(p.geom, 1, 1), ' ' ORDER BY p.n),
         max(@postgis@.ST_X(t.point)), max(- @postgis@.ST_Y(t.point)), sqrt(sum(@postgis@.ST_Area(p.geom)))
  FROM pixel p
  LEFT JOIN LATERAL (SELECT @postgis@.ST_PointOnSurface(p.geom) AS point WHERE p.size_rank = 1) t ON true
  WHERE p.size_rank = 1 OR @postgis@.ST_Area(p.geom) > 0.3
  GROUP BY p.area_id, p.panel, p.kind
  ORDER BY p.panel, p.area_id;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_shapes(int4[], text) IS
'Boundaries of areas on the picture of a layout (1600 x 900): path for the attribute d of an SVG path, in pixels, simplified to 0.4; x, y a point inside; extent the square root of the area in pixels. An area with parts in several boxes has several rows; specks under 0.3 square pixels are left out, but never the largest part.
Projected in the plane of each box, which is filled as far as the shapes allow. No row for an unknown layout.';

CREATE FUNCTION @atlas@.svg_text(x float8, y float8, size float8, words text, attributes text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT '<text x="' || round(x::numeric, 1) || '" y="' || round(y::numeric, 1) || '" font-size="' || round(size::numeric, 1) || '"'
    || coalesce(' ' || nullif(attributes, ''), '') || '>' || @atlas@.xml_text(words) || '</text>';
END;
COMMENT ON FUNCTION @atlas@.svg_text(float8, float8, float8, text, text) IS 'An SVG text element at x, y in a size in pixels; words are made safe for XML, attributes are taken as they are. NULL when one of the first four is.';

CREATE FUNCTION @atlas@.svg_legend(labels text[], colours text[], counts bigint[], mark_title text, marked bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  WITH item AS (
    SELECT t.place, t.label, t.colour, t.n FROM unnest(labels, colours, counts) WITH ORDINALITY AS t (label, colour, n, place)
    UNION ALL
    SELECT cardinality(labels) + 1, mark_title, NULL AS colour, marked WHERE mark_title IS NOT NULL
  ), placed AS (
    SELECT i.*, 40 + (i.place - 1) * CASE WHEN mark_title IS NULL THEN least(200, 1520.0 / count(*) OVER ()) ELSE least(165, 1200.0 / cardinality(labels)) END AS x FROM item AS i
  )
  SELECT string_agg(
      CASE WHEN p.colour IS NULL THEN format('<circle cx="%s" cy="790" r="6" fill="#d0202e" stroke="#ffffff" stroke-width="1.5"/>', round(p.x + 26, 1))
           ELSE format('<rect x="%s" y="780" width="36" height="20" fill="%s" stroke="#777777" stroke-width="0.5"/>', round(p.x, 1), p.colour) END
      || E'\n' || @atlas@.svg_text(p.x + 44, 796, 16, p.label)
      || E'\n' || @atlas@.svg_text(p.x + 44, 816, 14, p.n || CASE WHEN p.n = 1 THEN ' area' ELSE ' areas' END, 'fill="#555555"'),
    E'\n' ORDER BY p.place)
  FROM placed AS p;
END;
COMMENT ON FUNCTION @atlas@.svg_legend(text[], text[], bigint[], text, bigint) IS 'The legend of a map as SVG: classes side by side with their numbers of areas, and the dot of marked areas when it has a title.';

CREATE FUNCTION @atlas@.svg_list(layout text, title text, names text[], periods text[], figures text[], colours text[], marks boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT @atlas@.svg_text(b.x, b.y + 4, 17, svg_list.title, 'font-weight="bold"') || E'\n'
    || string_agg(
      CASE WHEN t.place > s.fits THEN @atlas@.svg_text(b.x + 24, r.y, 15, '... and ' || cardinality(names) - s.fits || ' more', 'fill="#555555"')
           ELSE format('<rect x="%s" y="%s" width="16" height="14" fill="%s" stroke="#777777" stroke-width="0.5"/>', b.x, r.y - 12, t.colour) || E'\n'
             || CASE WHEN marks THEN format('<circle cx="%s" cy="%s" r="4" fill="#d0202e" stroke="#ffffff"/>', b.x + 8, r.y - 5) || E'\n' ELSE '' END
             || @atlas@.svg_text(b.x + 24, r.y, 14.5, t.name)
             || coalesce(E'\n' || @atlas@.svg_text(b.x + b.width - 136, r.y, 12, t.period, 'fill="#555555" text-anchor="end"'), '')
             || E'\n' || @atlas@.svg_text(b.x + b.width, r.y, 14.5, t.figure, 'text-anchor="end"') END,
      E'\n' ORDER BY t.place)
  FROM @atlas@.map_panel AS b
  CROSS JOIN LATERAL (SELECT CASE WHEN cardinality(names) <= floor((b.height - 20) / 24) THEN cardinality(names) ELSE floor((b.height - 20) / 24)::int4 - 1 END AS fits) AS s
  CROSS JOIN LATERAL unnest(names, periods, figures, colours) WITH ORDINALITY AS t (name, period, figure, colour, place)
  CROSS JOIN LATERAL (SELECT b.y + 10 + 24 * t.place AS y) AS r
  WHERE b.layout = svg_list.layout AND b.kind = 'list' AND t.place <= s.fits + 1
  GROUP BY b.layout, b.panel, b.x, b.y;
END;
COMMENT ON FUNCTION @atlas@.svg_list(text, text, text[], text[], text[], text[], boolean) IS 'The list of areas beside a map as SVG, as many as the list box of the layout holds, the others counted. NULL without such a box or without areas.';

CREATE FUNCTION @atlas@.svg_notes(notes text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  -- Three lines of ordinary or four of small print.
  SELECT string_agg(@atlas@.svg_text(40, 846 + (l.line_no - 1) * s.size * 1.25, s.size, l.line, 'fill="#444444"'), E'\n' ORDER BY l.line_no)
  FROM (SELECT CASE WHEN length(notes) <= 540 THEN 14.0 ELSE 11.5 END AS size) AS s
  CROSS JOIN LATERAL @atlas@.map_lines(notes, CASE WHEN s.size = 14 THEN 190 ELSE 235 END) AS l
  WHERE l.line_no <= 4;
END;
COMMENT ON FUNCTION @atlas@.svg_notes(text) IS 'The notes below a map as SVG, in smaller print when they are long; what is beyond some 900 characters is cut off.';

CREATE FUNCTION @atlas@.svg_frames(layout text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT string_agg(format('<rect x="%s" y="%s" width="%s" height="%s" fill="#ffffff" stroke="#999999"/>', b.x - 8, b.y - 26, b.width + 16, b.height + 34)
      || E'\n' || @atlas@.svg_text(b.x, b.y - 8, 14, b.title, 'fill="#444444"'), E'\n' ORDER BY b.panel)
  FROM @atlas@.map_panel AS b WHERE b.layout = svg_frames.layout AND b.kind <> 'list' AND b.title IS NOT NULL;
END;
COMMENT ON FUNCTION @atlas@.svg_frames(text) IS 'Frames and titles of the boxes of a layout that have a title, as SVG; NULL when none has.';

CREATE FUNCTION @atlas@.svg_header(title text, subtitle text, synthetic text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  -- A long title gets smaller letters; 0.7 is the width of a bold letter as a part of its height, at most.
  SELECT @atlas@.svg_text(40, 50, least(32, CASE WHEN synthetic IS NULL THEN 1520 ELSE 1130 END / (0.7 * greatest(length(title), 1))), title, 'font-weight="bold"')
    || E'\n' || @atlas@.svg_text(40, 80, 18, subtitle, 'fill="#444444"')
    || CASE WHEN synthetic IS NULL THEN ''
            ELSE E'\n<rect x="1200" y="18" width="360" height="66" fill="#b3121d"/>'
              || E'\n' || @atlas@.svg_text(1380, 50, 30, 'SYNTHETIC DATA', 'fill="#ffffff" font-weight="bold" text-anchor="middle"')
              || E'\n' || @atlas@.svg_text(1380, 73, 15, synthetic, 'fill="#ffffff" text-anchor="middle"') END;
END;
COMMENT ON FUNCTION @atlas@.svg_header(text, text, text) IS 'Title and subtitle of a map as SVG, with a red label SYNTHETIC DATA and the words below it when synthetic is not NULL.';

CREATE FUNCTION @atlas@.map_words(indicator text, level text, year int4, within text, figure text, breaks float8[], title text, note text,
  OUT limits float8[], OUT labels text[], OUT heading text, OUT subtitle text, OUT notes text, OUT shown bigint, OUT synthetic bigint,
  OUT periods bigint, OUT confidence numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  i record;
  about record;
  digits int4;
BEGIN
  SELECT k.title, k.standard, CASE figure WHEN 'smr' THEN 'ratio to the country (1 = as the country)' ELSE k.unit END AS unit,
         round(100 * k.confidence::numeric) AS confidence
  INTO i FROM @atlas@.indicator k WHERE k.indicator = map_words.indicator;
  SELECT array_agg(f.figure_value) FILTER (WHERE f.figure_value IS NOT NULL) AS figures, count(f.figure_value) AS n,
         count(f.figure_value) FILTER (WHERE f.origin = 'synthetic') AS synthetic,
         count(DISTINCT f.source) AS sources, min(f.source COLLATE "C") AS source,
         count(DISTINCT f.definition) AS definitions, min(f.definition COLLATE "C") AS definition,
         count(DISTINCT f.period) AS periods, left(min(f.period COLLATE "C"), 4) AS first_year, max(f.last_year) AS last_year,
         coalesce(bool_or(f.basis = 'reported'), false) AS rounded, coalesce(bool_or(f.basis = 'derived'), false) AS derived,
         string_agg(DISTINCT f.boundary, '; ') AS boundary
  INTO about FROM @atlas@.map_figures(indicator, level, year, within, figure) f;
  shown := about.n;
  synthetic := about.synthetic;
  periods := about.periods;
  confidence := i.confidence;
  limits := coalesce(breaks, @atlas@.map_breaks(about.figures), '{}');
  digits := (SELECT coalesce(max(scale(trim_scale(round(b::numeric, 6)))), 0) FROM unnest(limits) AS b);
  labels := CASE WHEN limits = '{}' THEN ARRAY['all']
                 ELSE ARRAY['< ' || @atlas@.map_number(limits[1], digits)]
                   || ARRAY(SELECT @atlas@.map_number(limits[k], digits) || ' to < ' || @atlas@.map_number(limits[k + 1], digits)
                            FROM generate_series(1, cardinality(limits) - 1) AS k ORDER BY k)
                   || ARRAY[E'\u2265 ' || @atlas@.map_number(limits[cardinality(limits)], digits)] END;
  heading := coalesce(title, i.title);
  subtitle := concat_ws(E' \u00b7 ', CASE WHEN position(i.unit IN heading) = 0 THEN i.unit END,
    CASE figure WHEN 'value' THEN 'not standardised' WHEN 'dsr' THEN 'directly standardised (' || i.standard || ')' ELSE 'indirectly standardised to the country' END,
    CASE WHEN about.periods > 1 THEN format('latest period shown of each area, %s to %s', about.first_year, about.last_year)
         WHEN about.first_year = about.last_year THEN about.first_year ELSE about.first_year || E'\u2013' || about.last_year END);
  notes := concat_ws(' ', note,
    CASE WHEN about.definitions = 1 THEN 'Counted: ' || about.definition || '.'
         WHEN about.definitions > 1 THEN format('Counted as the sources define it: %s different definitions, compare with care.', about.definitions) END,
    CASE WHEN about.sources = 1 THEN 'Source: ' || about.source || '.'
         WHEN about.sources > 1 THEN format('Sources: %s, each named with its area (tooltips of the SVG, view area_year).', about.sources) END,
    CASE WHEN about.rounded THEN 'Rounded: published as a rounded rate only.' END,
    CASE WHEN about.derived THEN 'Derived: denominator worked back from a rounded rate.' END,
    CASE WHEN breaks IS NULL AND limits <> '{}' THEN 'Classes: about equal numbers of areas, limits rounded.' END,
    'Hatched grey: no figure in the atlas.', 'Boundaries: ' || about.boundary || '.');
END
$function$;
COMMENT ON FUNCTION @atlas@.map_words(text, text, int4, text, text, float8[], text, text) IS
'The words around a map_svg(): class limits and their labels, heading, subtitle and notes, and how many areas have a figure, how many of these a synthetic one, in how many different periods; confidence in percent. Arguments as map_svg().';

CREATE FUNCTION @atlas@.map_svg(indicator text, level text, year int4 DEFAULT NULL, within text DEFAULT NULL, figure text DEFAULT 'value',
  layout text DEFAULT 'plain', breaks float8[] DEFAULT NULL, mark_below float8 DEFAULT NULL, mark_title text DEFAULT NULL,
  title text DEFAULT NULL, note text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  words record;
  colours text[];
  result text;
BEGIN
  IF NOT EXISTS (SELECT FROM @atlas@.map_panel b WHERE b.layout = map_svg.layout AND b.kind = 'areas') THEN
    RAISE EXCEPTION 'no layout "%"', coalesce(layout, 'NULL') USING ERRCODE = '22023', HINT = 'The table map_panel holds the layouts.';
  ELSIF breaks IS DISTINCT FROM (SELECT array_agg(DISTINCT b) FROM unnest(breaks) AS b WHERE b > '-Infinity' AND b < 'Infinity') OR cardinality(breaks) > 6 THEN
    RAISE EXCEPTION 'class limits are not 1 to 6 ascending numbers' USING ERRCODE = '22023', HINT = 'Give for example ''{2,4,6,8}'', or NULL for limits chosen by map_breaks().';
  END IF;
  SELECT * INTO words FROM @atlas@.map_words(indicator, level, year, within, figure, breaks, title, note);
  colours := ARRAY['url(#no-data)'] || @atlas@.map_colours(cardinality(words.labels));
  WITH f AS MATERIALIZED (
    SELECT m.*, CASE WHEN m.figure_value IS NULL THEN 0 ELSE 1 + width_bucket(m.figure_value, words.limits) END AS class,
           coalesce(m.figure_value < mark_below, false) AS marked, t.number
    FROM @atlas@.map_figures(indicator, level, year, within, figure) m
    CROSS JOIN LATERAL (SELECT CASE WHEN m.figure_value IS NULL THEN 'no data'
      WHEN m.basis = 'reported' THEN trim_scale(round(m.figure_value::numeric, 2)) || ' (rounded)'
      WHEN m.basis = 'derived' THEN @atlas@.map_number(m.figure_value, 1) || ' (derived)'
      WHEN m.lower IS NULL THEN @atlas@.map_number(m.figure_value, 2)
      ELSE format(E'%s (%s\u2013%s)', @atlas@.map_number(m.figure_value, 2), @atlas@.map_number(m.lower, 2), @atlas@.map_number(m.upper, 2)) END AS number) t
  ), shape AS MATERIALIZED (
    SELECT s.*, f.class, f.marked, row_number() OVER (ORDER BY s.panel, f.code_system COLLATE "C", f.code COLLATE "C", f.area_id) AS place,
           '<title>' || @atlas@.xml_text(concat_ws('; ', format('%s: %s', f.name, f.number),
             CASE WHEN f.figure_value IS NOT NULL AND f.at_risk IS NOT NULL THEN format('%s of %s', @atlas@.map_number(f.events, 0), @atlas@.map_number(f.at_risk, 0)) END,
             CASE WHEN f.figure_value IS NOT NULL THEN f.period END, CASE WHEN f.figure_value IS NOT NULL THEN f.source END,
             CASE WHEN f.figure_value IS NOT NULL AND f.origin = 'synthetic' THEN 'SYNTHETIC' END)) || '</title>' AS tooltip
    FROM @atlas@.map_shapes(ARRAY(SELECT f.area_id FROM f), layout) s JOIN f ON f.area_id = s.area_id
  ), class AS (
    SELECT c.class, (SELECT count(*) FROM f WHERE f.class = c.class AND f.area_id IN (SELECT s.area_id FROM shape s)) AS n
    FROM generate_series(0, cardinality(colours) - 1) AS c (class)
  ), list AS (
    SELECT f.*, row_number() OVER (ORDER BY CASE WHEN mark_below IS NULL THEN - f.figure_value ELSE f.figure_value END, f.code_system COLLATE "C", f.code COLLATE "C", f.area_id) AS place
    FROM f WHERE CASE WHEN mark_below IS NULL THEN f.figure_value IS NOT NULL AND words.shown <= 24 ELSE f.marked END
  )
  SELECT concat_ws(E'\n',
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="900" viewBox="0 0 1600 900" role="img" aria-labelledby="map-title map-desc"'
      || ' font-family="Arial, Helvetica, ''Liberation Sans'', ''DejaVu Sans'', sans-serif" fill="#1a1a1a">',
    '<title id="map-title">' || @atlas@.xml_text(words.heading || CASE WHEN words.synthetic > 0 THEN ' (SYNTHETIC DATA)' ELSE '' END) || '</title>',
    '<desc id="map-desc">' || @atlas@.xml_text(format('Map of %s areas, %s with a figure, %s classes: %s. %s. %s', (SELECT sum(c.n) FROM class c), words.shown,
      cardinality(words.labels), array_to_string(words.labels, ', '), words.subtitle, words.notes)) || '</desc>',
    '<defs><pattern id="no-data" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
      || '<rect width="5" height="5" fill="#ebebeb"/><rect width="1.4" height="5" fill="#d3d3d3"/></pattern></defs>',
    '<rect width="1600" height="900" fill="#ffffff"/>',
    @atlas@.svg_frames(layout),
    '<g stroke="#ffffff" stroke-width="0.6" stroke-linejoin="round" fill-rule="evenodd">',
    (SELECT string_agg(format(E'<g fill="%s">\n%s\n</g>', colours[1 + g.class], g.paths), E'\n' ORDER BY g.class)
     FROM (SELECT s.class, string_agg(format('<path d="%s">%s</path>', s.path, s.tooltip), E'\n' ORDER BY s.place) AS paths FROM shape s GROUP BY s.class) g),
    '</g>',
    -- An area too small to be seen gets a dot in the colour of its class.
    (SELECT string_agg(format('<circle cx="%s" cy="%s" r="4" fill="%s" stroke="#333333" stroke-width="0.8">%s</circle>', round(s.x::numeric, 1), round(s.y::numeric, 1),
       colours[1 + s.class], s.tooltip), E'\n' ORDER BY s.place) FROM shape s WHERE s.class > 0 AND s.extent < 4 AND s.kind = 'areas'),
    (SELECT string_agg(format('<circle cx="%s" cy="%s" r="5" fill="#d0202e" stroke="#ffffff" stroke-width="1.3"/>', round(s.x::numeric, 1), round(s.y::numeric, 1)),
       E'\n' ORDER BY s.place) FROM shape s WHERE s.marked),
    @atlas@.svg_header(words.heading, words.subtitle, CASE WHEN words.synthetic = words.shown AND words.shown > 0 THEN 'made up for demonstration, no real patient'
      WHEN words.synthetic > 0 THEN format('%s of %s areas are made up', words.synthetic, words.shown) END),
    (SELECT @atlas@.svg_list(layout, CASE WHEN mark_below IS NULL THEN format('Areas with a figure (%s %% limits)', words.confidence) ELSE format('%s: %s', coalesce(mark_title, 'marked'), CASE count(*) WHEN 1 THEN '1 area' ELSE count(*) || ' areas' END) END,
       array_agg(l.name ORDER BY l.place), array_agg(CASE WHEN words.periods > 1 THEN l.period END ORDER BY l.place), array_agg(l.number ORDER BY l.place),
       array_agg(colours[1 + l.class] ORDER BY l.place), mark_below IS NOT NULL) FROM list l),
    (SELECT @atlas@.svg_legend(words.labels || ARRAY['no data'], colours[2:] || colours[1:1], array_agg(c.n ORDER BY (c.class + 99) % 100),
       CASE WHEN mark_below IS NOT NULL THEN coalesce(mark_title, 'marked') END, (SELECT count(*) FROM f WHERE f.marked)) FROM class c),
    @atlas@.svg_notes(words.notes),
    '</svg>') INTO result;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.map_svg(text, text, int4, text, text, text, float8[], float8, text, text, text) IS
'A choropleth as an SVG document of 1600 x 900, from the shown figures of area_year: areas in classes from pale to dark, areas without a figure hatched grey, legend with numbers of areas, list of values, definition, source and a tooltip for each area; a red label when figures are synthetic. Same data, same bytes.
year: a calendar year; NULL = latest period of each area. within: code of an area whose parts are drawn, for example a country. figure: value (crude), dsr, isr or smr. layout: plain (any territory), world, france, or your own in map_panel. breaks: up to 6 limits between classes (a value on a limit belongs to the class above); NULL = map_breaks(). mark_below: areas below this value get a red dot and are listed, under mark_title. title, note: words of your own.
Errors: 22023 unknown indicator, level, area, figure or layout, or limits that do not ascend.';
