-- The service's own two indicators: target level and alert level.

CREATE FUNCTION @atlas@.standardised_ratio(level text, indicator text, source_key text DEFAULT NULL)
RETURNS TABLE (year int4, area_id int4, code text, name text, events float8, at_risk float8, ratio float8, country_value float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
  PERFORM @atlas@.checked_level(level), CASE WHEN source_key IS NOT NULL THEN @atlas@.find_source(source_key) END;
  IF NOT EXISTS (SELECT FROM @atlas@.indicator i WHERE i.indicator = standardised_ratio.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', coalesce(indicator, 'NULL') USING ERRCODE = '22023', HINT = 'The table indicator lists them.';
  END IF;
  RETURN QUERY
  SELECT y.year, y.area_id, y.code, y.name, y.events, y.at_risk, y.isr, y.reference_value
  FROM @atlas@.area_year y
  WHERE y.level = standardised_ratio.level AND y.indicator = standardised_ratio.indicator AND y.year IS NOT NULL
    AND CASE WHEN standardised_ratio.source_key IS NULL THEN y.shown ELSE y.source_key = standardised_ratio.source_key END
    AND y.events IS NOT NULL AND y.at_risk IS NOT NULL AND y.reference_value IS NOT NULL
  ORDER BY y.year, y.code_system COLLATE "C", y.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION @atlas@.standardised_ratio(text, text, text) IS
'Indirectly standardised value of every area of a level and calendar year: events / expected at the rates of the country, times the crude value of the country (country_value); on the scale of the indicator, for example per 100 ischaemic strokes.
ratio is NULL when nothing was expected or the strata differ from the country''s. Areas whose country has no counts that year are left out. source_key: figures of this source; NULL = the shown ones. Errors: 22023 unknown level, indicator or source.
Source: indirect standardisation, see tmap.isr.';

CREATE FUNCTION @atlas@.target_levels(level text DEFAULT 'region', indicator text DEFAULT 'thrombectomy_per_stroke', source_key text DEFAULT NULL)
RETURNS TABLE (year int4, target_level float8, alert_level float8, areas int4, country_value float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.year, tmap.target_level(r.ratio), tmap.alert_level(r.ratio), count(r.ratio)::int4, max(r.country_value)
  FROM @atlas@.standardised_ratio(level, indicator, source_key) r
  GROUP BY r.year ORDER BY r.year;
END
$function$;
COMMENT ON FUNCTION @atlas@.target_levels(text, text, text) IS
'Thrombectomy target level and alert level of each year: median and 25th percentile over the areas of a level of their indirectly standardised value, on the scale of the indicator; with the number of areas and the crude national value. source_key: figures of this source; NULL = the shown ones. Meant for the areas of one country.
Errors: 22023 unknown level, indicator or source. Source: definition of the French thrombectomy study 2018-2024; quantiles: Hyndman and Fan 1996, definition 7.';

CREATE FUNCTION @atlas@.below_alert_level(listed_level text, level text DEFAULT 'region', indicator text DEFAULT 'thrombectomy_per_stroke', source_key text DEFAULT NULL)
RETURNS TABLE (year int4, area_id int4, code text, name text, events float8, at_risk float8, ratio float8, alert_level float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.year, r.area_id, r.code, r.name, r.events, r.at_risk, r.ratio, t.alert_level
  FROM @atlas@.standardised_ratio(listed_level, indicator, source_key) r
  JOIN @atlas@.target_levels(level, indicator, source_key) t ON t.year = r.year
  WHERE r.ratio < t.alert_level
  ORDER BY r.year, r.ratio, r.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION @atlas@.below_alert_level(text, text, text, text) IS
'Areas of listed_level whose indirectly standardised value lies below the alert level, which the areas of another level define; lowest first. Scale and errors as target_levels().';
