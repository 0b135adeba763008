-- Periods as people write them.

CREATE FUNCTION tmap.period(period text) RETURNS daterange
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  part text[];
  first_day date;
  last_day date;
BEGIN
  part := regexp_match(translate(btrim(period), E'\u2013\u2014', '--'), '^((?:19|20)\d\d)(?:-((?:19|20)\d\d))?$');
  IF part IS NOT NULL THEN
    first_day := make_date(part[1]::int4, 1, 1);
    last_day := make_date(coalesce(part[2], part[1])::int4, 12, 31);
  ELSE
    part := regexp_match(btrim(period), '^((?:19|20)\d\d)-(\d\d)-(\d\d)/((?:19|20)\d\d)-(\d\d)-(\d\d)$');
    IF part IS NULL OR part[2]::int4 NOT BETWEEN 1 AND 12 OR part[5]::int4 NOT BETWEEN 1 AND 12
       OR part[3]::int4 < 1 OR part[6]::int4 < 1 THEN
      RETURN NULL;
    END IF;
    -- Day 30 of February comes out in March, so a wrong day shows as another month.
    first_day := make_date(part[1]::int4, part[2]::int4, 1) + (part[3]::int4 - 1);
    last_day := make_date(part[4]::int4, part[5]::int4, 1) + (part[6]::int4 - 1);
    IF date_part('month', first_day) <> part[2]::float8 OR date_part('month', last_day) <> part[5]::float8 THEN
      RETURN NULL;
    END IF;
  END IF;
  RETURN CASE WHEN first_day <= last_day THEN daterange(first_day, last_day, '[]') END;
END
$function$;
COMMENT ON FUNCTION tmap.period(text) IS
'Days of a period written as a year (2019), a range of years (2018-2024) or two dates (2019-04-01/2020-03-31), first and last day included. Years 1900 to 2099.
NULL when it is none of these, or for NULL. The last day is upper(range) - 1.';
