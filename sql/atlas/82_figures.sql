-- What a map shows: classes, colours and shapes. Figures and words are in 85_map_words.sql.

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
