-- What a map shows: classes, colours, figures and shapes, and the words around them.

CREATE FUNCTION @atlas@.map_number(value float8, digits int4) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT btrim(to_char(round(value::numeric, digits), 'FM999,999,999,990' || CASE WHEN digits > 0 THEN '.' || repeat('0', digits) ELSE '' END));
END;
COMMENT ON FUNCTION @atlas@.map_number(float8, int4) IS 'Internal: a number as text with so many decimals (0 to 6) and commas between thousands. NULL when an argument is.';

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
      [1 + round(10.0 * k / (least(classes, 11) - 1))::int4] FROM generate_series(0, least(classes, 11) - 1) AS k) END;
END;
COMMENT ON FUNCTION @atlas@.map_colours(int4) IS 'Internal: colours of so many classes (1 to 11, more get 11), low to high: sequential, darker is more, told apart with colour-blind eyes and in grey.';

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
'Internal: what map_svg() draws: every area of the level that has a boundary, with its shown figure of the year, or of the latest period when year is NULL; without figure_value when there is none. basis: counts, reported (a rounded rate) or derived (the denominator is).
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
'Internal: boundaries of areas on the picture of a layout (1600 x 900): path for the attribute d of an SVG path, in pixels, simplified to 0.4; x, y a point inside; extent the square root of the area in pixels. An area with parts in several boxes has several rows; specks under 0.3 square pixels are left out, but never the largest part.
Projected in the plane of each box, which is filled as far as the shapes allow. No row for an unknown layout.';

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
'Internal: the words around a map_svg(): class limits and their labels, heading, subtitle and notes, and how many areas have a figure, how many of these a synthetic one, in how many different periods; confidence in percent. Arguments as map_svg().';
