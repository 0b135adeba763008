-- The funnel plot of an indicator: every area of a level against its limits, as rows and as SVG.

CREATE FUNCTION @atlas@.funnel_points(indicator text, level text, year int4, within text DEFAULT NULL, figure text DEFAULT 'value', overdispersion text DEFAULT 'none')
RETURNS TABLE (area_id int4, code text, name text, events float8, base float8, value float8, target float8, z float8, z_adjusted float8, phi float8, tau2 float8,
  lower2 float8, upper2 float8, lower3 float8, upper3 float8, class int4, label text, period text, source text, origin text, definition text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
#variable_conflict use_column
DECLARE   -- jit off: compiling the views takes longer than running them once
  measure text := (SELECT i.measure FROM @atlas@.indicator_definition AS i WHERE i.indicator = funnel_points.indicator);
BEGIN
  IF figure IS NULL OR figure NOT IN ('value', 'smr') THEN
    RAISE EXCEPTION 'no funnel of figure "%"', coalesce(figure, 'NULL') USING ERRCODE = '22023', HINT = 'Give value (crude) or smr (observed / expected).';
  ELSIF year IS NULL THEN
    RAISE EXCEPTION 'year is NULL' USING ERRCODE = '22004', HINT = 'A funnel plot compares areas in one year.';
  END IF;
  RETURN QUERY
  WITH f AS MATERIALIZED (   -- map_figures() checks the words and finds the areas
    SELECT m.area_id, m.code, m.name, v.events, CASE figure WHEN 'smr' THEN v.expected ELSE v.at_risk END AS base, v.per, m.period, v.source, v.origin, m.definition
    FROM @atlas@.map_figures(indicator, level, year, within, figure) AS m
    JOIN @atlas@.area_year AS v ON v.area_id = m.area_id AND v.indicator = funnel_points.indicator AND v.year = funnel_points.year AND v.shown
    WHERE m.figure_value IS NOT NULL AND v.value_basis = 'counts' AND v.at_risk_basis IS DISTINCT FROM 'derived'
  ), p AS (
    -- A CASE around window functions would not keep them from being computed: those that do not fit get no counts.
    SELECT f.*, tmap.smr_funnel(CASE WHEN figure = 'smr' THEN f.events END::bigint, f.base, overdispersion => funnel_points.overdispersion) OVER () AS ratio,
           tmap.rate_funnel(CASE WHEN figure = 'value' AND measure = 'rate' THEN f.events END::bigint, f.base, overdispersion => funnel_points.overdispersion, per => f.per) OVER () AS rate,
           tmap.proportion_funnel(CASE WHEN figure = 'value' AND measure = 'proportion' THEN f.events END::bigint, f.base::bigint, overdispersion => funnel_points.overdispersion, per => f.per) OVER () AS part
    FROM f
  )
  SELECT p.area_id, p.code, p.name, p.events, p.base, (q.f).value, (q.f).target, (q.f).z, (q.f).z_adjusted, (q.f).phi, (q.f).tau2,
         (q.f).lower2, (q.f).upper2, (q.f).lower3, (q.f).upper3, (q.f).class, (q.f).label, p.period, p.source, p.origin, p.definition
  FROM p CROSS JOIN LATERAL (SELECT CASE WHEN figure = 'smr' THEN p.ratio WHEN measure = 'rate' THEN p.rate ELSE p.part END AS f) AS q
  WHERE q.f IS DISTINCT FROM NULL
  ORDER BY p.code COLLATE "C", p.area_id;
END
$function$;
COMMENT ON FUNCTION @atlas@.funnel_points(text, text, int4, text, text, text) IS
'Every area of a level in the funnel of an indicator in a year, from the shown figures with counts of area_year: events, base (at risk, population or expected events), value and the columns of tmap.funnel_point, on the scale of the indicator; a map layer when joined to area.
indicator, level, year as map_svg(). within: code of an area whose parts are taken, which make the target; NULL = all. figure: value (crude: the target is the pooled figure) or smr (indirectly standardised: the target is 1). overdispersion: none, additive or multiplicative (tmap.proportion_funnel).
Errors: 22023 unknown indicator, level, area, figure or overdispersion; 22004 year NULL.';

CREATE FUNCTION @atlas@.funnel_ticks(low float8, high float8, log_axis boolean, most int4) RETURNS SETOF float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  -- The finest of steps 1, 2, 5 x 10^n that gives at most so many ticks; on a log axis 1, 2, 5 of each power of ten, or the powers alone.
  SELECT tick.v FROM (
    SELECT min(m * power(10::float8, e)) AS step FROM unnest(ARRAY[1, 2, 5]::float8[]) AS m, generate_series(-9, 12) AS e WHERE (high - low) / (m * power(10::float8, e)) <= most) AS s,
  LATERAL (SELECT (k * s.step::numeric)::float8 AS v FROM generate_series(ceil(low / s.step)::numeric, floor(high / s.step)::numeric) AS k WHERE NOT log_axis
    UNION ALL
    SELECT (m * power(10::numeric, e))::float8 FROM unnest(ARRAY[1, 2, 5]) AS m, generate_series(floor(log(greatest(low, 1e-9)))::int4, ceil(log(greatest(high, 1e-9)))::int4) AS e
    WHERE log_axis AND (m = 1 OR high / low < power(10::float8, most / 2.5)) AND m * power(10::float8, e) BETWEEN low AND high) AS tick
  ORDER BY tick.v;
END;
COMMENT ON FUNCTION @atlas@.funnel_ticks(float8, float8, boolean, int4) IS 'Internal: round numbers between two ends of an axis, linear or logarithmic, about so many at most. No row when an argument is NULL.';

CREATE FUNCTION @atlas@.funnel_labels(names text[], x float8[], y float8[], others_x float8[], others_y float8[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  taken box[] := ARRAY(SELECT box(point(px - 5, py - 5), point(px + 5, py + 5)) FROM unnest(others_x, others_y) AS p (px, py));
  width float8;
  spot box;
  place int4;
  result text := '';
BEGIN
  FOR k IN 1 .. coalesce(cardinality(names), 0) LOOP
    width := 7.2 * length(names[k]) + 2;
    FOR place IN 1 .. 6 LOOP   -- right, left, above, below, and askew on the right
      spot := CASE place WHEN 1 THEN box(point(x[k] + 9, y[k] - 8), point(x[k] + 9 + width, y[k] + 7))
        WHEN 2 THEN box(point(x[k] - 9 - width, y[k] - 8), point(x[k] - 9, y[k] + 7))
        WHEN 3 THEN box(point(x[k] - width / 2, y[k] - 24), point(x[k] + width / 2, y[k] - 9))
        WHEN 4 THEN box(point(x[k] - width / 2, y[k] + 9), point(x[k] + width / 2, y[k] + 24))
        WHEN 5 THEN box(point(x[k] + 6, y[k] - 22), point(x[k] + 6 + width, y[k] - 7))
        ELSE box(point(x[k] + 6, y[k] + 7), point(x[k] + 6 + width, y[k] + 22)) END;
      CONTINUE WHEN EXISTS (SELECT FROM unnest(taken) AS t (b) WHERE t.b && spot) OR (spot[0])[0] > 1300 OR (spot[1])[0] < 102 OR (spot[1])[1] < 122 OR (spot[0])[1] > 742;
      taken := taken || spot;
      result := result || @atlas@.svg_text((spot[1])[0] + 1, (spot[0])[1] - 3, 13, names[k], 'fill="#222222" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"') || E'\n';
      EXIT;
    END LOOP;
  END LOOP;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.funnel_labels(text[], float8[], float8[], float8[], float8[]) IS 'Internal: names beside points of the plot as SVG, the first first, each where it covers no point (others_x, others_y: all points) and no earlier name; a name without room is left out. NULL when an argument is.';

CREATE FUNCTION @atlas@.funnel_curves(measure text, target float8, per float8, low float8, high float8, log_axis boolean, overdispersion text, phi float8, tau2 float8)
RETURNS TABLE (base float8, lower2 float8, upper2 float8, lower3 float8, upper3 float8)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  -- With a dispersion the limits are normal on the scale of the root (of a proportion: its arcsine), as in tmap.funnel_point.
  WITH x AS (
    SELECT CASE WHEN funnel_curves.measure = 'proportion' THEN greatest(1, round(v)) ELSE v END AS base
    FROM generate_series(0, 240) AS k, LATERAL (SELECT CASE WHEN log_axis THEN low * power(high / low, k / 240.0) ELSE greatest(low, high / 2000) + (high - greatest(low, high / 2000)) * power(k / 240.0, 2) END AS v) AS s
  ), z AS (
    SELECT tmap.smr_funnel_upper(1, 0.95, 'normal') - 1 AS two, tmap.smr_funnel_upper(1, 0.998, 'normal') - 1 AS three
  ), c AS (
    SELECT DISTINCT x.base, z.two, z.three, CASE WHEN funnel_curves.measure = 'proportion' THEN asin(sqrt(target / per)) ELSE sqrt(target / per) END AS middle,
           sqrt(CASE overdispersion WHEN 'additive' THEN 1 / (4 * x.base) + tau2 ELSE greatest(phi, 1) / (4 * x.base) END) AS sd
    FROM x, z
  )
  SELECT c.base, l.limit_of[1], l.limit_of[2], l.limit_of[3], l.limit_of[4]
  FROM c CROSS JOIN LATERAL (SELECT CASE
    WHEN overdispersion = 'none' AND funnel_curves.measure = 'proportion' THEN ARRAY[tmap.proportion_funnel_lower(c.base::bigint, target, 0.95, 'exact', per), tmap.proportion_funnel_upper(c.base::bigint, target, 0.95, 'exact', per),
      tmap.proportion_funnel_lower(c.base::bigint, target, 0.998, 'exact', per), tmap.proportion_funnel_upper(c.base::bigint, target, 0.998, 'exact', per)]
    WHEN overdispersion = 'none' THEN ARRAY[tmap.rate_funnel_lower(c.base, target, 0.95, 'exact', per), tmap.rate_funnel_upper(c.base, target, 0.95, 'exact', per),
      tmap.rate_funnel_lower(c.base, target, 0.998, 'exact', per), tmap.rate_funnel_upper(c.base, target, 0.998, 'exact', per)]
    WHEN funnel_curves.measure = 'proportion' THEN ARRAY[per * power(sin(greatest(0, c.middle - c.two * c.sd)), 2), per * power(sin(least(pi() / 2, c.middle + c.two * c.sd)), 2),
      per * power(sin(greatest(0, c.middle - c.three * c.sd)), 2), per * power(sin(least(pi() / 2, c.middle + c.three * c.sd)), 2)]
    ELSE ARRAY[per * power(greatest(0, c.middle - c.two * c.sd), 2), per * power(c.middle + c.two * c.sd, 2), per * power(greatest(0, c.middle - c.three * c.sd), 2), per * power(c.middle + c.three * c.sd, 2)] END AS limit_of) AS l
  ORDER BY c.base;
END;
COMMENT ON FUNCTION @atlas@.funnel_curves(text, float8, float8, float8, float8, boolean, text, float8, float8) IS 'Internal: the limits of a funnel (95 and 99.8 %) at some 240 bases from low to high, for a measure proportion, rate or ratio; phi and tau2 are used as overdispersion says.';

CREATE FUNCTION @atlas@.funnel_svg(indicator text, level text, year int4, within text DEFAULT NULL, figure text DEFAULT 'value', overdispersion text DEFAULT 'none',
  log_axis boolean DEFAULT NULL, title text DEFAULT NULL, note text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
  about record;
  i record;
  measure text;
  colours text[] := ARRAY['#a50026', '#f08a5d', '#8c8c8c', '#5aa2d6', '#08519c'];
  x0 float8; x1 float8; y0 float8; y1 float8;   -- ends of the axes
  points text; curves text; ticks text; names text; legend text;
BEGIN
  SELECT k.title, k.unit, k.per, k.measure, k.at_risk_definition INTO i FROM @atlas@.indicator_definition AS k WHERE k.indicator = funnel_svg.indicator;
  SELECT count(*) AS n, count(*) FILTER (WHERE p.origin = 'synthetic') AS synthetic, min(p.base) AS low, max(p.base) AS high, min(p.value) AS least, max(p.value) AS most,
         min(p.target) AS target, min(p.phi) AS phi, min(p.tau2) AS tau2, count(DISTINCT p.source) AS sources, min(p.source COLLATE "C") AS source,
         count(DISTINCT p.definition) AS definitions, min(p.definition COLLATE "C") AS definition, count(p.class) AS classed,
         ARRAY[count(*) FILTER (WHERE p.class = 2), count(*) FILTER (WHERE p.class = 1), count(*) FILTER (WHERE p.class = 0), count(*) FILTER (WHERE p.class = -1), count(*) FILTER (WHERE p.class = -2)] AS counts
  INTO about FROM @atlas@.funnel_points(indicator, level, year, within, figure, overdispersion) AS p;
  IF about.classed = 0 THEN
    RAISE EXCEPTION 'no areas with counts for a funnel plot' USING ERRCODE = '22023', HINT = 'SELECT * FROM funnel_points(...) shows what there is: figures with counts, and at least one event.';
  END IF;
  measure := CASE figure WHEN 'smr' THEN 'ratio' ELSE i.measure END;
  log_axis := coalesce(log_axis, about.high / about.low > 40);
  x0 := CASE WHEN log_axis THEN about.low / 1.25 ELSE 0 END;
  x1 := about.high * CASE WHEN log_axis THEN 1.25 ELSE 1.06 END;
  -- The outer limits of a middling area and every point are inside; the mouth of the funnel may leave.
  y0 := least(about.least, about.target) - 0.25 * (about.most - about.least);
  y0 := CASE WHEN y0 > 0.2 * about.most THEN y0 ELSE 0 END;
  y1 := greatest(about.most, about.target) + 0.2 * (greatest(about.most, about.target) - y0);


  WITH p AS (
    SELECT q.*, 100 + 1200 * CASE WHEN log_axis THEN ln(q.base / x0) / ln(x1 / x0) ELSE (q.base - x0) / (x1 - x0) END AS x, 740 - 620 * (q.value - y0) / (y1 - y0) AS y
    FROM @atlas@.funnel_points(indicator, level, year, within, figure, overdispersion) AS q WHERE q.class IS NOT NULL
  )
  SELECT string_agg(format('<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="#ffffff" stroke-width="0.8"><title>%s</title></circle>', round(p.x::numeric, 1), round(p.y::numeric, 1),
           CASE WHEN p.class = 0 THEN 4.5 ELSE 5.5 END, colours[p.class + 3], @atlas@.xml_text(concat_ws('; ', format('%s: %s', p.name, @atlas@.map_number(p.value, 2)),
             format(CASE figure WHEN 'smr' THEN '%s observed, %s expected' ELSE '%s of %s' END, @atlas@.map_number(p.events, 0), @atlas@.map_number(p.base, CASE figure WHEN 'smr' THEN 1 ELSE 0 END)),
             p.label, p.source, CASE WHEN p.origin = 'synthetic' THEN 'SYNTHETIC' END))), E'\n' ORDER BY abs(p.class), p.code COLLATE "C", p.area_id),
         @atlas@.funnel_labels(array_agg(p.name ORDER BY abs(p.z_adjusted) DESC NULLS LAST, p.area_id) FILTER (WHERE p.class <> 0), array_agg(p.x ORDER BY abs(p.z_adjusted) DESC NULLS LAST, p.area_id) FILTER (WHERE p.class <> 0),
           array_agg(p.y ORDER BY abs(p.z_adjusted) DESC NULLS LAST, p.area_id) FILTER (WHERE p.class <> 0), array_agg(p.x ORDER BY p.area_id), array_agg(p.y ORDER BY p.area_id))
  INTO points, names FROM p;

  WITH l AS (
    SELECT 100 + 1200 * CASE WHEN log_axis THEN ln(c.base / x0) / ln(x1 / x0) ELSE (c.base - x0) / (x1 - x0) END AS x, v.kind,
           740 - 620 * (least(v.y, y1 + 2 * (y1 - y0)) - y0) / (y1 - y0) AS y
    FROM @atlas@.funnel_curves(measure, about.target, CASE figure WHEN 'smr' THEN 1 ELSE i.per END, CASE WHEN log_axis THEN x0 ELSE 0 END, x1, log_axis, overdispersion, about.phi, about.tau2) AS c
    CROSS JOIN LATERAL (VALUES (2, c.lower2), (2.5, c.upper2), (3, c.lower3), (3.5, c.upper3)) AS v (kind, y)
  )
  SELECT string_agg(format('<polyline points="%s" fill="none" stroke="#333333" stroke-width="1.5"%s/>', g.line, CASE WHEN g.kind < 3 THEN ' stroke-dasharray="7 5"' ELSE '' END), E'\n' ORDER BY g.kind)
  INTO curves FROM (SELECT l.kind, string_agg(round(l.x::numeric, 1) || ',' || round(l.y::numeric, 1), ' ' ORDER BY l.x) AS line FROM l GROUP BY l.kind) AS g;

  SELECT string_agg(t.svg, E'\n' ORDER BY t.axis, t.v) INTO ticks FROM (
    SELECT 1 AS axis, v, format('<line x1="%1$s" y1="740" x2="%1$s" y2="747" stroke="#333333"/>', round(s.x::numeric, 1)) || E'\n'
      || @atlas@.svg_text(s.x, 766, 15, CASE WHEN v > 0 AND v < 1 THEN trim_scale(round(v::numeric, 6))::text ELSE @atlas@.map_number(v, 0) END, 'text-anchor="middle"') AS svg
    FROM @atlas@.funnel_ticks(x0, x1, log_axis, 12) AS v CROSS JOIN LATERAL (SELECT 100 + 1200 * CASE WHEN log_axis THEN ln(v / x0) / ln(x1 / x0) ELSE (v - x0) / (x1 - x0) END AS x) AS s
    UNION ALL
    SELECT 2, v, format('<line x1="93" y1="%1$s" x2="100" y2="%1$s" stroke="#333333"/><line x1="100" y1="%1$s" x2="1300" y2="%1$s" stroke="#e6e6e6"/>', round(s.y::numeric, 1)) || E'\n'
      || @atlas@.svg_text(86, s.y + 5, 15, trim_scale(round(v::numeric, 6))::text, 'text-anchor="end"')
    FROM @atlas@.funnel_ticks(y0, y1, false, 9) AS v CROSS JOIN LATERAL (SELECT 740 - 620 * (v - y0) / (y1 - y0) AS y) AS s) AS t;

  SELECT string_agg(format('<circle cx="1340" cy="%s" r="6" fill="%s"/>', 148 + 26 * k.place, colours[k.class + 3]) || E'\n' || @atlas@.svg_text(1356, 153 + 26 * k.place, 15,
           (ARRAY[E'below the 99.8 % limit', 'below the 95 % limit', 'within the limits', 'above the 95 % limit', 'above the 99.8 % limit'])[k.class + 3]
             || ': ' || about.counts[k.place + 1]), E'\n' ORDER BY k.place)
  INTO legend FROM (SELECT 2 - j AS class, j AS place FROM generate_series(0, 4) AS j) AS k;

  RETURN concat_ws(E'\n',
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="900" viewBox="0 0 1600 900" role="img" aria-labelledby="funnel-title funnel-desc"'
      || ' font-family="Arial, Helvetica, ''Liberation Sans'', ''DejaVu Sans'', sans-serif" fill="#1a1a1a">',
    '<title id="funnel-title">' || @atlas@.xml_text(coalesce(title, i.title) || CASE WHEN about.synthetic > 0 THEN ' (SYNTHETIC DATA)' ELSE '' END) || '</title>',
    '<desc id="funnel-desc">' || @atlas@.xml_text(format('Funnel plot of %s areas, %s: each against its size, with the target %s and control limits of 95 and 99.8 percent.', about.n, year, round(about.target::numeric, 4))) || '</desc>',
    '<defs><clipPath id="plot"><rect x="100" y="120" width="1200" height="620"/></clipPath></defs>',
    '<rect width="1600" height="900" fill="#ffffff"/>',
    @atlas@.svg_header(coalesce(title, i.title), concat_ws(E' \u00b7 ', 'funnel plot', CASE figure WHEN 'smr' THEN 'observed / expected' ELSE i.unit || ', not standardised' END, year::text, about.n || ' areas'),
      CASE WHEN about.synthetic = about.n THEN 'made up for demonstration, no real patient' WHEN about.synthetic > 0 THEN format('%s of %s areas are made up', about.synthetic, about.n) END),
    ticks,
    '<g clip-path="url(#plot)">',
    format('<line x1="100" y1="%1$s" x2="1300" y2="%1$s" stroke="#b3121d" stroke-width="1.6"/>', round((740 - 620 * (about.target - y0) / (y1 - y0))::numeric, 1)),
    curves, '</g>',
    '<path d="M100 120V740H1300" fill="none" stroke="#333333" stroke-width="1.2"/>',
    points, names,
    @atlas@.svg_text(700, 796, 17, concat_ws(' ', CASE figure WHEN 'smr' THEN 'expected events' ELSE i.at_risk_definition END, CASE WHEN log_axis THEN '(logarithmic)' END), 'text-anchor="middle"'),
    format('<g transform="translate(34 430) rotate(-90)">%s</g>', @atlas@.svg_text(0, 0, 17, CASE figure WHEN 'smr' THEN 'observed / expected' ELSE i.unit END, 'text-anchor="middle"')),
    @atlas@.svg_text(1332, 130, 17, 'Areas', 'font-weight="bold"'), legend,
    @atlas@.svg_text(1332, 310, 17, 'Lines', 'font-weight="bold"'),
    '<line x1="1332" y1="330" x2="1368" y2="330" stroke="#b3121d" stroke-width="1.6"/>',
    @atlas@.svg_text(1378, 335, 15, format(CASE figure WHEN 'smr' THEN 'target: %s' ELSE 'target, all areas: %s' END, trim_scale(round(about.target::numeric, 2)))),
    '<line x1="1332" y1="356" x2="1368" y2="356" stroke="#333333" stroke-width="1.5" stroke-dasharray="7 5"/>', @atlas@.svg_text(1378, 361, 15, '95 % control limits'),
    '<line x1="1332" y1="382" x2="1368" y2="382" stroke="#333333" stroke-width="1.5"/>', @atlas@.svg_text(1378, 387, 15, '99.8 % control limits'),
    @atlas@.svg_text(1332, 430, 17, 'Overdispersion', 'font-weight="bold"'),
    @atlas@.svg_text(1332, 455, 15, coalesce(format(E'\u03c6 = %s, \u03c4\u00b2 = %s', trim_scale(round(about.phi::numeric, 2)), trim_scale(round(about.tau2::numeric, 6))), 'not estimable')),
    @atlas@.svg_text(1332, 478, 13, CASE overdispersion WHEN 'none' THEN 'limits show chance alone' WHEN 'additive' THEN E'\u03c4\u00b2 is in the limits' ELSE E'\u03c6 is in the limits' END, 'fill="#555555"'),
    @atlas@.svg_text(1332, 497, 13, '10 % winsorised at each end', 'fill="#555555"'),
    @atlas@.svg_notes(concat_ws(' ', note, CASE overdispersion WHEN 'none' THEN CASE WHEN measure = 'proportion' THEN 'Limits: exact binomial.' ELSE 'Limits: exact Poisson.' END
        ELSE format('Limits: normal on the %s scale (Spiegelhalter 2005).', CASE WHEN measure = 'proportion' THEN 'arcsine' ELSE 'square root' END) END,
      CASE WHEN about.definitions = 1 THEN 'Counted: ' || rtrim(about.definition, ' .') || '.' END,
      CASE WHEN about.sources = 1 THEN 'Source: ' || about.source || '.' ELSE format('Sources: %s, named in the tooltips of the SVG.', about.sources) END)),
    '</svg>');
END
$function$;
COMMENT ON FUNCTION @atlas@.funnel_svg(text, text, int4, text, text, text, boolean, text, text) IS
'A funnel plot as an SVG document of 1600 x 900: the areas of funnel_points() against their size, target, control limits of 95 and 99.8 %, areas beyond them named where there is room, phi and tau2 of the overdispersion, definition, source and a tooltip for each area; a red label when figures are synthetic.
indicator, level, year, within, figure, overdispersion as funnel_points(). log_axis: logarithmic sizes; NULL = when the largest area is more than 40 times the smallest. title: instead of the indicator''s. note: a sentence before the source.
Errors: as funnel_points(); 22023 no areas with counts.';
