-- Layers for map clients: areas with their boundary and the figures of every indicator side by side. fid first (int4, unique), geometry last (typed).

CREATE FUNCTION @atlas@.layer_columns() RETURNS TABLE (place int4, suffix text, expression text, latest_only boolean, words text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT c.place, c.suffix, c.expression, c.suffix = '_year', c.words
  FROM (VALUES
    (1, '', 'v.value', 'crude value, %2$s; NULL when suppressed or missing'), (2, '_lower', 'v.lower', 'lower confidence limit'), (3, '_upper', 'v.upper', 'upper confidence limit'),
    (4, '_events', 'v.events', 'number of events (numerator)'), (5, '_at_risk', 'v.at_risk', 'number at risk (denominator)'),
    (6, '_dsr', 'v.dsr', 'directly standardised value, %2$s'), (7, '_smr', 'v.smr', 'observed over expected at the rates of the country'),
    (8, '_class', 'coalesce(v.class, -2)', 'class in the view legend, 1 = lowest; -1 suppressed, -2 no data'), (9, '_status', 'coalesce(v.status, ''missing'')', 'published, suppressed or missing'),
    (10, '_reliability', 'v.reliability', 'share of the variance that is between areas, 0 to 1; low where chance rules'), (11, '_smoothed', 'v.smoothed', 'value drawn towards the mean of its group where it is not reliable, %2$s'),
    (12, '_rank', 'v.rank', 'place among the areas of its level in its country (countries: in the world) whose counts are published, 1 = lowest value'), (13, '_rank_lower', 'v.rank_lower', 'lower limit of the rank'),
    (14, '_rank_upper', 'v.rank_upper', 'upper limit of the rank'),
    (15, '_funnel', 'v.funnel', 'against the total of its country (countries: of the world): -2 below the 99.8 %% limit, -1 below 95 %%, 0 within, 1 above 95 %%, 2 above 99.8 %%'),
    (16, '_parent_value', 'v.parent_value', 'in place of a suppressed value: that of the nearest area above, %2$s'), (17, '_quality', 'v.quality', 'grade of the source: A, B, C, or NULL'),
    (18, '_origin', 'v.origin', 'reported, derived, submitted or synthetic'), (19, '_source', 'v.source', 'where the figure comes from'), (20, '_edition', 'v.edition', 'edition of the figure'),
    (21, '_year', 'v.year', 'year of the figure: the newest of the area')
  ) AS c (place, suffix, expression, words);
END;
COMMENT ON FUNCTION @atlas@.layer_columns() IS 'Internal: the columns that build_layers() makes of an indicator: what is added to its name, the expression over v (published_value), whether only in country_latest and region_latest, and words, in which %2$s stands for the unit.';

CREATE FUNCTION @atlas@.layer_indicators() RETURNS TABLE (n int4, indicator text, title text, unit text, fits boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  taken text[] := '{fid,area_id,code_system,code,name,level,country,parent_code,year,valid_from,valid_to,geom}';
  names text[];
BEGIN
  n := 0;
  FOR indicator, title, unit IN SELECT i.indicator, i.title, i.unit FROM @atlas@.indicator_definition i ORDER BY i.sort, i.indicator COLLATE "C" LOOP
    names := ARRAY(SELECT indicator || c.suffix FROM @atlas@.layer_columns() c);
    -- Names that PostgreSQL would cut or that stand for something else; and a view has at most 1600 columns.
    fits := NOT names && taken AND n < 70 AND (SELECT max(octet_length(x)) FROM unnest(names) x) <= 63;
    IF fits THEN
      n := n + 1;
      taken := taken || names;
    END IF;
    RETURN NEXT;
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.layer_indicators() IS 'Internal: the indicators in the order of the layers; fits is false for one that gets no columns: its name is over 50 bytes, it would make a column that is there already, or 70 have columns.';
REVOKE EXECUTE ON FUNCTION @atlas@.layer_indicators() FROM PUBLIC;

CREATE FUNCTION @atlas@.build_layers() RETURNS int4
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  layer record;
  columns record;
  c record;
  had oid;
  granted text[];
  statement text;
  body text;
BEGIN
  FOR c IN SELECT i.indicator FROM @atlas@.layer_indicators() i WHERE NOT i.fits LOOP
    RAISE WARNING 'indicator "%" has no columns in the layers', c.indicator USING HINT = 'Its name is longer than 50 bytes or makes a column that is there already, or 70 indicators come before it. The view value has its figures.';
  END LOOP;
  FOR layer IN SELECT l.name, l.latest, l.areas, l.title, l.words FROM (VALUES
      ('country_latest', true, 'a.level = ''country''', 'Countries with their latest figures', 'of each indicator the newest year that has a figure, see the columns that end in _year'),
      ('country_year', false, 'a.level = ''country''', 'Countries by year', 'every year of the release'),
      ('region_latest', true, 'a.level NOT IN (''world'', ''country'')', 'Areas below the country with their latest figures', 'of each indicator the newest year that has a figure, see the columns that end in _year; filter by level'),
      ('region_year', false, 'a.level NOT IN (''world'', ''country'')', 'Areas below the country by year', 'every year of the release; filter by level and year')) AS l (name, latest, areas, title, words) LOOP
    -- Filters reach area and published_value as they are: nothing is cast but the number of the row.
    SELECT string_agg(format(', %s AS %I', replace(k.expression, 'v.', format('v%s.', i.n)), i.indicator || k.suffix), '' ORDER BY i.n, k.place) AS list,
           string_agg(format(E'\nLEFT JOIN @atlas@.published_value v%1$s ON v%1$s.area_id = a.area_id AND v%1$s.indicator = %2$L AND %3$s AND v%1$s.sex = ''all'' AND v%1$s.age_from IS NULL%4$s',
             i.n, i.indicator, CASE WHEN layer.latest THEN format('v%s.latest', i.n) ELSE format('v%s.year = y.year', i.n) END,
             CASE WHEN layer.name LIKE 'country%' THEN format(' AND v%s.level = ''country''', i.n) END), '' ORDER BY i.n) FILTER (WHERE k.place = 1) AS joins
    INTO columns
    FROM @atlas@.layer_indicators() i CROSS JOIN @atlas@.layer_columns() k WHERE i.fits AND (layer.latest OR NOT k.latest_only);
    body := format('SELECT %s AS fid, a.area_id, a.code_system, a.code, a.name, a.level, k.code AS country, p.code AS parent_code, y.year, make_date(y.year, 1, 1) AS valid_from, make_date(y.year, 12, 31) AS valid_to%s,
        a.geom::@postgis@.geometry(MultiPolygon, 4326) AS geom
      FROM %s y
      JOIN @atlas@.area a ON (a.valid_from IS NULL OR a.valid_from <= make_date(y.year, 7, 1)) AND (a.valid_to IS NULL OR a.valid_to >= make_date(y.year, 7, 1))
      LEFT JOIN @atlas@.area k ON k.area_id = a.country_id
      LEFT JOIN @atlas@.area p ON p.area_id = a.parent_id%s
      WHERE %s AND a.geom IS NOT NULL AND y.year IS NOT NULL',
      CASE WHEN layer.latest THEN 'a.area_id' ELSE 'a.area_id * 200 + y.year - 1900' END, coalesce(columns.list, ''),
      CASE WHEN layer.latest THEN '(SELECT max(e.year) AS year FROM @atlas@.current_edition e)' ELSE '@atlas@.current_edition' END, coalesce(columns.joins, ''), layer.areas);
    had := to_regclass(format('@atlas@.%I', layer.name));
    granted := NULL;
    IF had IS NOT NULL THEN
      BEGIN
        EXECUTE format('CREATE OR REPLACE VIEW @atlas@.%I AS %s', layer.name, body);
      EXCEPTION WHEN invalid_table_definition THEN   -- other columns than before
        granted := ARRAY(SELECT format('GRANT %s ON @atlas@.%I TO %s%s', x.privilege_type, layer.name, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
                                       CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' END)
                         FROM pg_class r CROSS JOIN LATERAL aclexplode(r.relacl) x WHERE r.oid = had AND x.grantee <> r.relowner);
        EXECUTE format('DROP VIEW @atlas@.%I', layer.name);
        had := NULL;
      END;
    END IF;
    IF had IS NULL THEN
      EXECUTE format('CREATE VIEW @atlas@.%I AS %s', layer.name, body);
    END IF;
    FOREACH statement IN ARRAY coalesce(granted, '{}') LOOP
      EXECUTE statement;
    END LOOP;
    EXECUTE format('COMMENT ON VIEW @atlas@.%I IS %L', layer.name, layer.title || E'\n' || format('All areas with a boundary, also those without a figure (class -2, status missing); figures of both sexes and all ages; %s.', layer.words));
    FOR c IN
      SELECT f.name, f.words FROM (VALUES
        ('fid', CASE WHEN layer.latest THEN 'Number of the row; unique; the number of the area.' ELSE 'Number of the row; unique; 200 times the number of the area, and the years since 1900.' END),
        ('area_id', 'Number of the area.'), ('code_system', 'System of the area code.'), ('code', 'Code of the area.'), ('name', 'Name of the area.'), ('level', 'Level of the area: country, region, department ...'),
        ('country', 'Code of the country.'), ('parent_code', 'Code of the area that it is part of.'), ('year', CASE WHEN layer.latest THEN 'Newest year of the release.' ELSE 'Calendar year.' END),
        ('valid_from', 'First day of the year.'), ('valid_to', 'Last day of the year.'), ('geom', 'Boundary in that year, EPSG:4326.')) AS f (name, words)
      UNION ALL
      SELECT i.indicator || k.suffix, format('%1$s: ' || k.words || '.', i.title, i.unit) FROM @atlas@.layer_indicators() i CROSS JOIN @atlas@.layer_columns() k WHERE i.fits AND (layer.latest OR NOT k.latest_only)
    LOOP
      EXECUTE format('COMMENT ON COLUMN @atlas@.%I.%I IS %L', layer.name, c.name, c.words);
    END LOOP;
  END LOOP;
  RETURN (SELECT count(*) FROM @atlas@.layer_indicators() i WHERE i.fits);
END
$function$;
COMMENT ON FUNCTION @atlas@.build_layers() IS
'Makes the views country_latest, country_year, region_latest and region_year with columns for every indicator, in the order of indicator.sort; returns how many indicators have columns. Call it after adding, renaming or removing an indicator. The views keep the rights that were given on the whole of them; a WARNING names an indicator that gets no columns.
For the owner. Errors: 42501 another caller; 2BP01 a view of yours uses one of these and their columns change: drop it before, make it again after.';
REVOKE EXECUTE ON FUNCTION @atlas@.build_layers() FROM PUBLIC;
SELECT @atlas@.build_layers();
