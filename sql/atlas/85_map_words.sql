-- The figures of a map and the words around it; and the notes below.

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
  IF NOT EXISTS (SELECT FROM @atlas@.indicator_definition i WHERE i.indicator = map_figures.indicator) THEN
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
         CASE WHEN y.events_definition = y.at_risk_definition THEN y.events_definition ELSE y.events_definition || ' / ' || y.at_risk_definition END, a.source
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
'Internal: what map_svg() draws: every area of the level that has a boundary, with its shown figure of the year, or of the latest period when year is NULL; without figure_value when there is none. basis: counts, reported (a rounded rate) or derived (the denominator is).
within: code of an area whose parts are taken; NULL = all. figure: value (crude), dsr, isr or smr, as in area_year, where the units stand. Errors: 22023 unknown level, indicator, figure or area.';

CREATE FUNCTION @atlas@.shortened(words text, characters int4) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN length(words) <= greatest(characters, 40) THEN words ELSE left(words, greatest(characters, 40) - 1) || E'\u2026' END;
COMMENT ON FUNCTION @atlas@.shortened(text, int4) IS 'Internal: a text of at most so many characters, at least 40; an ellipsis ends what was longer. NULL when an argument is.';

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
  credits text;
  room int4;
BEGIN
  SELECT k.title, k.standard, CASE figure WHEN 'smr' THEN 'ratio to the country (1 = as the country)' ELSE k.unit END AS unit,
         round(100 * k.confidence::numeric) AS confidence
  INTO i FROM @atlas@.indicator_definition k WHERE k.indicator = map_words.indicator;
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
  credits := concat_ws(' ',
    CASE WHEN about.sources = 1 THEN 'Source: ' || about.source || '.'
         WHEN about.sources > 1 THEN format('Sources: %s, each named with its area (tooltips of the SVG, view area_year).', about.sources) END,
    CASE WHEN about.rounded THEN 'Rounded: published as a rounded rate only.' END,
    CASE WHEN about.derived THEN 'Derived: denominator worked back from a rounded rate.' END,
    CASE WHEN breaks IS NULL AND limits <> '{}' THEN 'Classes: about equal numbers of areas, limits rounded.' END,
    'Hatched grey: no figure in the atlas.', 'Boundaries: ' || about.boundary || '.');
  -- The credits always stand: what is too long for the picture is the note or the definition.
  room := 1900 - length(credits);
  notes := concat_ws(' ', @atlas@.shortened(note, room / 2),
    CASE WHEN about.definitions = 1 THEN 'Counted: ' || @atlas@.shortened(rtrim(about.definition, ' .'), room - length(concat(left(note, room / 2)))) || '.'
         WHEN about.definitions > 1 THEN format('Counted as the sources define it: %s different definitions, compare with care.', about.definitions) END, credits);
END
$function$;
COMMENT ON FUNCTION @atlas@.map_words(text, text, int4, text, text, float8[], text, text) IS
'Internal: the words around a map_svg(): class limits and their labels, heading, subtitle and notes, and how many areas have a figure, how many of these a synthetic one, in how many different periods; confidence in percent. Arguments as map_svg().';

CREATE FUNCTION @atlas@.svg_notes(notes text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  -- Three lines of ordinary print, or up to six of smaller print.
  SELECT string_agg(@atlas@.svg_text(40, 846 + (l.line_no - 1) * s.size * 1.25, s.size, l.line, 'fill="#444444"'), E'\n' ORDER BY l.line_no)
  FROM (SELECT CASE WHEN length(notes) <= 540 THEN 14.0 WHEN length(notes) <= 900 THEN 11.5 WHEN length(notes) <= 1350 THEN 9.5 ELSE 8.0 END AS size) AS s
  CROSS JOIN LATERAL @atlas@.map_lines(notes, CASE s.size WHEN 14 THEN 190 WHEN 11.5 THEN 235 WHEN 9.5 THEN 285 ELSE 340 END) AS l
  WHERE l.line_no <= 6;
END;
COMMENT ON FUNCTION @atlas@.svg_notes(text) IS 'Internal: the notes below a map as SVG, in the smaller print the longer they are; what is beyond some 2000 characters is cut off.';
