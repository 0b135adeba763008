-- A style of the map for MapLibre GL, from the legend.

CREATE FUNCTION @atlas@.maplibre_style(indicator text, year int4, tiles text DEFAULT '/tiles/{z}/{x}/{y}') RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
DECLARE
  the_indicator text := @atlas@.map_indicator(indicator);
  the_year int4 := coalesce(year, (SELECT max(d.d) FROM @atlas@.map_years() d));
  class_of_year text;
  title text;
  address text;
  colours jsonb;
BEGIN
  IF NOT EXISTS (SELECT FROM @atlas@.map_years() d WHERE d.d = the_year) THEN
    RAISE EXCEPTION 'no figures of the year %', coalesce(the_year::text, 'NULL') USING ERRCODE = '22023', HINT = 'map_info() lists the years.';
  ELSIF tiles IS NULL OR tiles NOT LIKE '%{z}%' OR tiles NOT LIKE '%{x}%' OR tiles NOT LIKE '%{y}%' THEN
    RAISE EXCEPTION 'no address of tiles' USING ERRCODE = '22023', HINT = 'It names {z}, {x} and {y}, for example https://example.org/tiles/{z}/{x}/{y}.';
  END IF;
  class_of_year := 'c' || the_year;
  SELECT i.title INTO title FROM @atlas@.indicator i WHERE i.indicator = the_indicator;
  address := tiles || CASE WHEN tiles LIKE '%?%' THEN '&' ELSE '?' END || 'indicator=' || (
    SELECT string_agg(CASE WHEN c.c ~ '[A-Za-z0-9_.~-]' THEN c.c ELSE upper(regexp_replace(encode(convert_to(c.c, 'UTF8'), 'hex'), '(..)', '%\1', 'g')) END, '' ORDER BY c.n)
    FROM regexp_split_to_table(the_indicator, '') WITH ORDINALITY c (c, n));
  -- ["match", the class, 1, "#...", ..., nothing]
  SELECT jsonb_build_array('match', jsonb_build_array('get', class_of_year)) || jsonb_agg(p.part ORDER BY l.class, p.n) || '["rgba(0, 0, 0, 0)"]' INTO colours
  FROM @atlas@.legend l CROSS JOIN LATERAL (VALUES (1, to_jsonb(l.class)), (2, to_jsonb(l.colour))) p (n, part) WHERE l.indicator = the_indicator AND l.measure = 'value';
  -- MapLibre refuses a style with null in it, such as the attribution of boundaries without a source.
  RETURN json_strip_nulls(json_build_object(
    'version', 8,
    'name', format('%s, %s', title, the_year),
    'sources', json_build_object('tmap', json_build_object('type', 'vector', 'tiles', json_build_array(address), 'minzoom', 0, 'maxzoom', 12,
      'attribution', (SELECT string_agg(b.source, '; ' ORDER BY b.source COLLATE "C") FROM (SELECT DISTINCT a.source FROM @atlas@.map_area a WHERE a.from_zoom IS NOT NULL AND a.source IS NOT NULL) b))),
    'layers', json_build_array(
      json_build_object('id', 'background', 'type', 'background', 'paint', json_build_object('background-color', '#f7fbff')),
      json_build_object('id', 'areas', 'type', 'fill', 'source', 'tmap', 'source-layer', 'areas', 'filter', json_build_array('has', class_of_year),
        'paint', json_build_object('fill-color', coalesce(colours, '"#e8e8e8"'), 'fill-antialias', true)),
      json_build_object('id', 'area-borders', 'type', 'line', 'source', 'tmap', 'source-layer', 'areas', 'filter', json_build_array('has', class_of_year),
        'paint', json_build_object('line-color', '#6b6b6b', 'line-width', json '["interpolate", ["linear"], ["zoom"], 0, 0.3, 6, 0.8, 12, 1.5]')),
      json_build_object('id', 'centres', 'type', 'circle', 'source', 'tmap', 'source-layer', 'centres',
        'filter', json_build_array('all', json_build_array('<=', json '["coalesce", ["get", "opened"], 0]', the_year), json_build_array('>=', json '["coalesce", ["get", "closed"], 9999]', the_year)),
        'paint', json_build_object('circle-radius', json '["interpolate", ["linear"], ["zoom"], 2, 1.5, 8, 5]', 'circle-color', '#111111', 'circle-stroke-color', '#ffffff', 'circle-stroke-width', 1)))));
END
$function$;
COMMENT ON FUNCTION @atlas@.maplibre_style(text, int4, text) IS
'A style for MapLibre GL
A whole style of version 8 from the view legend: source tmap, layers background, areas, area-borders and centres (those open in the year). It draws tiles with all years: for another year replace c<year> in filter and fill-color of two layers and the year in the filter of the third.
year: NULL = the latest. tiles: address of tile() with {z}, {x} and {y}; the indicator is added to it. MapLibre takes whole addresses, with https://.
Errors: 22023 no such indicator or year, no address.';
REVOKE EXECUTE ON FUNCTION @atlas@.maplibre_style(text, int4, text) FROM PUBLIC;
