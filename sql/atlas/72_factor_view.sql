-- Factors beside the figures they may explain.

CREATE VIEW @atlas@.area_factor AS
SELECT y.fid, y.area_id, y.code_system, y.code, y.name, y.level, y.indicator, y.valid_from, y.valid_to, y.year,
       y.events, y.at_risk, y.expected, y.value, y.smr, y.unit, y.source_key, y.shown,
       n.name AS factor, n.title AS factor_title, n.unit AS factor_unit, v.value AS factor_value, v.value IS NULL AS missing,
       v.valid_from AS factor_from, v.valid_to AS factor_to, v.inherited_from, v.source_key AS factor_source, v.note AS factor_note
FROM @atlas@.area_year y
CROSS JOIN @atlas@.factor_name n
LEFT JOIN LATERAL (
  WITH RECURSIVE upwards AS (   -- the area, and the areas it lies in when they hand their value down
    SELECT a.area_id, a.parent_id, NULL::text AS inherited_from, 0 AS steps FROM @atlas@.area a WHERE a.area_id = y.area_id
    UNION ALL
    SELECT a.area_id, a.parent_id, a.code, u.steps + 1 FROM upwards u JOIN @atlas@.area a ON a.area_id = u.parent_id WHERE n.inherited
  )
  SELECT f.value, f.valid_from, f.valid_to, u.inherited_from, s.source_key, f.note
  FROM upwards u
  JOIN @atlas@.factor f ON f.area_id = u.area_id AND f.name = n.name AND f.valid_from <= y.valid_from AND f.valid_to >= y.valid_to
  JOIN @atlas@.source s ON s.source_id = f.source_id
  ORDER BY u.steps, f.valid_to - f.valid_from, f.valid_from DESC, s.quality COLLATE "C" NULLS LAST, s.source_key COLLATE "C"
  LIMIT 1) v ON true;
COMMENT ON VIEW @atlas@.area_factor IS 'Every figure of area_year beside every factor, one row for each pair; key (fid, factor)
The value taken is the one whose period holds the figure''s: the area''s own, or, for factors that are handed down, that of the nearest area it lies in; of several the shortest period, then the latest, the best source, the smallest source_key. A figure without a value stays, with missing = true; values are never carried to other periods.';
DO $block$
DECLARE
  c record;
BEGIN
  -- The figure's columns have the comments they have in area_year.
  FOR c IN SELECT a.attname, col_description('@atlas@.area_year'::regclass, o.attnum) AS comment
           FROM pg_attribute a JOIN pg_attribute o ON o.attrelid = '@atlas@.area_year'::regclass AND o.attname = a.attname
           WHERE a.attrelid = '@atlas@.area_factor'::regclass AND a.attnum > 1 LOOP
    EXECUTE format('COMMENT ON COLUMN @atlas@.area_factor.%I IS %L', c.attname, c.comment);
  END LOOP;
END
$block$;
COMMENT ON COLUMN @atlas@.area_factor.fid IS 'Number of the figure; occurs once for each factor.';
COMMENT ON COLUMN @atlas@.area_factor.factor IS 'The factor, short name.';
COMMENT ON COLUMN @atlas@.area_factor.factor_title IS 'The factor.';
COMMENT ON COLUMN @atlas@.area_factor.factor_unit IS 'Unit of factor_value.';
COMMENT ON COLUMN @atlas@.area_factor.factor_value IS 'Value of the factor; NULL when none holds for the period.';
COMMENT ON COLUMN @atlas@.area_factor.missing IS 'True when there is no value.';
COMMENT ON COLUMN @atlas@.area_factor.factor_from IS 'First day of the period that the value holds for.';
COMMENT ON COLUMN @atlas@.area_factor.factor_to IS 'Last day of the period that the value holds for.';
COMMENT ON COLUMN @atlas@.area_factor.inherited_from IS 'Code of the area whose value was handed down; NULL for the area''s own.';
COMMENT ON COLUMN @atlas@.area_factor.factor_source IS 'Short name of the source of the value.';
COMMENT ON COLUMN @atlas@.area_factor.factor_note IS 'Remarks on the value.';

CREATE FUNCTION @atlas@.factor_rows(factors text[], level text DEFAULT 'region', indicator text DEFAULT 'thrombectomy_per_stroke', source_key text DEFAULT NULL)
RETURNS TABLE (fid int4, area_id int4, code text, name text, valid_from date, valid_to date, year int4, events float8, at_risk float8, expected float8,
  covariates float8[], missing text[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  wrong text;
BEGIN
  PERFORM @atlas@.checked_level(level), CASE WHEN source_key IS NOT NULL THEN @atlas@.find_source(source_key) END;
  SELECT string_agg(format('"%s"', coalesce(f, 'NULL')), ', ') INTO wrong FROM unnest(factors) f WHERE NOT EXISTS (SELECT FROM @atlas@.factor_name n WHERE n.name = f);
  IF wrong IS NOT NULL OR factors IS NULL OR array_ndims(factors) > 1 THEN
    RAISE EXCEPTION 'no factor %', coalesce(wrong, 'given') USING ERRCODE = '22023', HINT = 'Give an array of names; the table factor_name lists them.';
  ELSIF NOT EXISTS (SELECT FROM @atlas@.indicator_definition i WHERE i.indicator = factor_rows.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', coalesce(indicator, 'NULL') USING ERRCODE = '22023', HINT = 'The table indicator lists them.';
  END IF;
  RETURN QUERY
  SELECT y.fid, y.area_id, y.code, y.name, y.valid_from, y.valid_to, y.year, y.events, y.at_risk, y.expected, c.covariates, c.missing
  FROM @atlas@.area_year y
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(v.factor_value ORDER BY w.place), '{}') AS covariates, coalesce(array_agg(w.factor ORDER BY w.place) FILTER (WHERE v.missing), '{}') AS missing
    FROM unnest(factors) WITH ORDINALITY w (factor, place) JOIN @atlas@.area_factor v ON v.fid = y.fid AND v.factor = w.factor) c
  WHERE y.level = factor_rows.level AND y.indicator = factor_rows.indicator
    AND CASE WHEN factor_rows.source_key IS NULL THEN y.shown ELSE y.source_key = factor_rows.source_key END
  ORDER BY y.valid_from, y.valid_to, y.code_system COLLATE "C", y.code COLLATE "C", y.source_key COLLATE "C";
END
$function$;
COMMENT ON FUNCTION @atlas@.factor_rows(text[], text, text, text) IS
'Figures of a level and indicator with the values of some factors as covariates, ready for a regression: SELECT tmap.poisson_reg(events, covariates, expected) FROM factor_rows(ARRAY[''mt_centres'', ''income'']).
factors: names of factor_name, in the order of the covariates. source_key: figures of this source; NULL = the shown ones. All periods; restrict them with WHERE year = …. expected: events at the rates of the country, the exposure of a Poisson regression; NULL as in area_year.
A figure that lacks a factor is there with NULL among its covariates and the names in missing; a regression leaves it out and counts it in n_dropped. A regression''s name argument takes the same array. Errors: 22023 unknown factor, level, indicator or source.';
