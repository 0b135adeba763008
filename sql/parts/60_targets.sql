-- Target and alert levels of a service: quantiles over areas.

CREATE FUNCTION tmap.quantile(level_values float8[], share float8) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF NOT (share >= 0 AND share <= 1) OR share = 'NaN' THEN
    RAISE EXCEPTION 'share out of range' USING ERRCODE = '22003', HINT = 'Give a share from 0 to 1; 0.5 is the median.';
  END IF;
  IF EXISTS (SELECT FROM unnest(level_values) AS x WHERE x IN ('NaN', 'Infinity', '-Infinity')) THEN
    RAISE EXCEPTION 'value that is not finite' USING ERRCODE = '22003', HINT = 'Leave such values out with FILTER (WHERE ...), or give NULL.';
  END IF;
  RETURN (SELECT percentile_cont(share) WITHIN GROUP (ORDER BY x) FROM unnest(level_values) AS x);
END
$function$;
COMMENT ON FUNCTION tmap.quantile(float8[], float8) IS
'Quantile of an array of numbers, interpolated linearly between the two nearest; in the unit of the numbers. share: 0.5 = median.
NULL elements are ignored; NULL when there is no number or an argument is NULL. Errors: 22003 share outside 0..1, or an element that is not finite.
Source: Hyndman and Fan 1996, Am Stat 50:361-365, definition 7.';

CREATE FUNCTION tmap.median_of(float8[]) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN tmap.quantile($1, 0.5);
COMMENT ON FUNCTION tmap.median_of(float8[]) IS 'Internal: median: tmap.quantile(values, 0.5). Final function of tmap.target_level.';

CREATE FUNCTION tmap.lower_quartile_of(float8[]) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN tmap.quantile($1, 0.25);
COMMENT ON FUNCTION tmap.lower_quartile_of(float8[]) IS 'Internal: 25th percentile: tmap.quantile(values, 0.25). Final function of tmap.alert_level.';

CREATE AGGREGATE tmap.target_level(standardised float8) (
  SFUNC = pg_catalog.array_append, STYPE = float8[], COMBINEFUNC = pg_catalog.array_cat, FINALFUNC = tmap.median_of, INITCOND = '{}', SSPACE = 1024, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.target_level(float8) IS
'Thrombectomy target level: median over areas of their standardised thrombectomies per stroke; in the unit of the values.
NULLs are ignored; NULL when there is no value. Error 22003 for a value that is not finite. Same result whatever the order and the number of workers.
Source: definition of the French thrombectomy study 2018-2024 (median over administrative regions of the standardised ratio, each year); quantile: Hyndman and Fan 1996, definition 7.';

CREATE AGGREGATE tmap.alert_level(standardised float8) (
  SFUNC = pg_catalog.array_append, STYPE = float8[], COMBINEFUNC = pg_catalog.array_cat, FINALFUNC = tmap.lower_quartile_of, INITCOND = '{}', SSPACE = 1024, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.alert_level(float8) IS
'Thrombectomy alert level: 25th percentile over areas of their standardised thrombectomies per stroke; in the unit of the values.
NULLs are ignored; NULL when there is no value. Error 22003 for a value that is not finite. Same result whatever the order and the number of workers.
Source: definition of the French thrombectomy study 2018-2024 (25th percentile of the same values as the target level); quantile: Hyndman and Fan 1996, definition 7.';
