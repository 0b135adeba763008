-- The map written as SVG.

CREATE FUNCTION @atlas@.xml_text(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT replace(replace(replace(replace(translate(regexp_replace(words, '[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]', '', 'g'), E'\n\r\t', '   '),
    '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;');
END;
COMMENT ON FUNCTION @atlas@.xml_text(text) IS 'Internal: text made safe for XML, in elements and in quoted attributes; line breaks become spaces, characters that XML forbids go. NULL in, NULL out.';

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
COMMENT ON FUNCTION @atlas@.map_lines(text, int4) IS 'Internal: text broken at spaces into lines of at most so many characters; a longer word has a line of its own. No row for NULL.';

CREATE FUNCTION @atlas@.svg_text(x float8, y float8, size float8, words text, attributes text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT '<text x="' || round(x::numeric, 1) || '" y="' || round(y::numeric, 1) || '" font-size="' || round(size::numeric, 1) || '"'
    || coalesce(' ' || nullif(attributes, ''), '') || '>' || @atlas@.xml_text(words) || '</text>';
END;
COMMENT ON FUNCTION @atlas@.svg_text(float8, float8, float8, text, text) IS 'Internal: an SVG text element at x, y in a size in pixels; words are made safe for XML, attributes are taken as they are. NULL when one of the first four is.';

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
COMMENT ON FUNCTION @atlas@.svg_legend(text[], text[], bigint[], text, bigint) IS 'Internal: the legend of a map as SVG: classes side by side with their numbers of areas, and the dot of marked areas when it has a title.';

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
COMMENT ON FUNCTION @atlas@.svg_list(text, text, text[], text[], text[], text[], boolean) IS 'Internal: the list of areas beside a map as SVG, as many as the list box of the layout holds, the others counted. NULL without such a box or without areas.';

CREATE FUNCTION @atlas@.svg_frames(layout text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT string_agg(format('<rect x="%s" y="%s" width="%s" height="%s" fill="#ffffff" stroke="#999999"/>', b.x - 8, b.y - 26, b.width + 16, b.height + 34)
      || E'\n' || @atlas@.svg_text(b.x, b.y - 8, 14, b.title, 'fill="#444444"'), E'\n' ORDER BY b.panel)
  FROM @atlas@.map_panel AS b WHERE b.layout = svg_frames.layout AND b.kind <> 'list' AND b.title IS NOT NULL;
END;
COMMENT ON FUNCTION @atlas@.svg_frames(text) IS 'Internal: frames and titles of the boxes of a layout that have a title, as SVG; NULL when none has.';

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
COMMENT ON FUNCTION @atlas@.svg_header(text, text, text) IS 'Internal: title and subtitle of a map as SVG, with a red label SYNTHETIC DATA and the words below it when synthetic is not NULL.';

CREATE FUNCTION @atlas@.map_svg(indicator text, level text, year int4 DEFAULT NULL, within text DEFAULT NULL, figure text DEFAULT 'value',
  layout text DEFAULT 'plain', breaks float8[] DEFAULT NULL, mark_below float8 DEFAULT NULL, mark_title text DEFAULT NULL,
  title text DEFAULT NULL, note text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
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
