-- The service's own indicators: target level, alert level, areas below them and missing procedures, for any areas, level and period.

CREATE FUNCTION @atlas@.chosen_areas(within text, area_ids int4[]) RETURNS int4[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  wrong text;
  inside int4[];
BEGIN
  SELECT string_agg(coalesce(i::text, 'NULL'), ', ') INTO wrong FROM unnest(area_ids) i WHERE NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.area_id = i);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'no area with the number %', wrong USING ERRCODE = '22023', HINT = 'area_id in the table area numbers them.';
  END IF;
  IF within IS NULL THEN
    RETURN area_ids;
  END IF;
  WITH RECURSIVE below AS (
    SELECT a.area_id FROM @atlas@.area a WHERE a.code = chosen_areas.within
    UNION
    SELECT a.area_id FROM below b JOIN @atlas@.area a ON a.parent_id = b.area_id
  )
  SELECT array_agg(b.area_id) INTO inside FROM below b;
  IF inside IS NULL THEN
    RAISE EXCEPTION 'no area "%"', within USING ERRCODE = '22023', HINT = 'Give the code of an area, for example of a country.';
  END IF;
  RETURN ARRAY(SELECT i FROM unnest(inside) i WHERE area_ids IS NULL OR i = ANY (area_ids));
END
$function$;
COMMENT ON FUNCTION @atlas@.chosen_areas(text, int4[]) IS 'Internal: the areas asked for: those of this code and all below it (every area of that code, whatever the code system), of these numbers, or both; NULL = all. Errors: 22023 unknown code or number.';

CREATE FUNCTION @atlas@.standardised_ratio(level text, indicator text, source_key text DEFAULT NULL, within text DEFAULT NULL, period text DEFAULT NULL, area_ids int4[] DEFAULT NULL)
RETURNS TABLE (year int4, area_id int4, code text, name text, events float8, at_risk float8, ratio float8, country_value float8, valid_from date, valid_to date, expected float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
  days daterange := tmap.period(period);
  first_day date := lower(days);
  last_day date := upper(days) - 1;
  chosen int4[] := @atlas@.chosen_areas(within, area_ids);
BEGIN
  PERFORM @atlas@.checked_level(level), CASE WHEN source_key IS NOT NULL THEN @atlas@.find_source(source_key) END;
  IF NOT EXISTS (SELECT FROM @atlas@.indicator_definition i WHERE i.indicator = standardised_ratio.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', coalesce(indicator, 'NULL') USING ERRCODE = '22023', HINT = 'The table indicator lists them.';
  ELSIF period IS NOT NULL AND days IS NULL THEN
    RAISE EXCEPTION 'not a period: "%"', period USING ERRCODE = '22023', HINT = 'Write 2019, 2018-2024 or 2019-04-01/2020-03-31.';
  END IF;
  RETURN QUERY
  WITH figure AS (
    SELECT y.area_id, y.code_system, y.code, y.name, y.year, y.valid_from, y.valid_to, y.events, y.at_risk, y.expected, y.per,
           tmap.events(r.tally)::float8 AS country_events, tmap.at_risk(r.tally)::float8 AS country_at_risk,
           coalesce(bool_or(y.valid_from = first_day AND y.valid_to = last_day) OVER (PARTITION BY y.area_id), true) AS at_once
    FROM @atlas@.area_year y
    JOIN @atlas@.fact f ON f.fact_id = y.fid
    JOIN @atlas@.area a ON a.area_id = y.area_id
    JOIN @atlas@.fact r ON r.indicator = f.indicator AND r.area_id = a.country_id AND r.valid_from = f.valid_from AND r.valid_to = f.valid_to
      AND r.source_id = f.source_id AND NOT r.unlocated
    WHERE y.level = standardised_ratio.level AND y.indicator = standardised_ratio.indicator
      AND CASE WHEN standardised_ratio.source_key IS NULL THEN y.shown ELSE y.source_key = standardised_ratio.source_key END
      AND CASE WHEN standardised_ratio.period IS NULL THEN y.year IS NOT NULL ELSE y.valid_from >= first_day AND y.valid_to <= last_day END
      AND (chosen IS NULL OR y.area_id = ANY (chosen))
      AND y.events IS NOT NULL AND y.at_risk IS NOT NULL AND tmap.at_risk(r.tally) > 0
  ), used AS (   -- the figure of the period itself, or else those it is made of
    SELECT f.*, CASE WHEN f.at_once OR standardised_ratio.period IS NULL THEN f.valid_from ELSE first_day END AS pool_from,
           CASE WHEN f.at_once OR standardised_ratio.period IS NULL THEN f.valid_to ELSE last_day END AS pool_to
    FROM figure f WHERE standardised_ratio.period IS NULL OR NOT f.at_once OR (f.valid_from = first_day AND f.valid_to = last_day)
  ), pooled AS (
    SELECT u.pool_from, u.pool_to, u.area_id, u.code_system, u.code, u.name, min(u.year) AS year, sum(u.events) AS events, sum(u.at_risk) AS at_risk,
           CASE WHEN count(u.expected) = count(*) THEN sum(u.expected ORDER BY u.valid_from) END AS expected,
           max(u.per) * (sum(u.country_events) / sum(u.country_at_risk)) AS country_value, count(*) AS figures
    FROM used u
    GROUP BY u.pool_from, u.pool_to, u.area_id, u.code_system, u.code, u.name
    HAVING sum(u.valid_to - u.valid_from + 1) = u.pool_to - u.pool_from + 1
       AND range_agg(daterange(u.valid_from, u.valid_to, '[]')) = datemultirange(daterange(u.pool_from, u.pool_to, '[]'))
  )
  SELECT CASE WHEN p.figures = 1 THEN p.year END, p.area_id, p.code, p.name, p.events, p.at_risk, p.events / nullif(p.expected, 0) * p.country_value, p.country_value, p.pool_from, p.pool_to, p.expected
  FROM pooled p
  ORDER BY p.pool_from, p.pool_to, p.code_system COLLATE "C", p.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION @atlas@.standardised_ratio(text, text, text, text, text, int4[]) IS
'Indirectly standardised value of every area of a level: events / expected at the rates of the country, times the crude value of the country (country_value); on the scale of the indicator, for example per 100 ischaemic strokes.
period: 2019, 2018-2024 or two dates; an area without a figure of exactly this period is given by its figures that fill it without gap or overlap (events, people at risk and expected events added up, each year against the country of that year); an area with neither is left out. NULL = every calendar year. within: the areas below the area of this code, for example a country. area_ids: these areas. source_key: figures of this source; NULL = the shown ones.
ratio is NULL when nothing was expected or the strata differ from the country''s; areas whose country has no counts in the period are left out. year: NULL for periods that are no calendar year. Errors: 22023 unknown level, indicator, source, area, or no period.
Source: indirect standardisation, see tmap.isr.';

CREATE FUNCTION @atlas@.target_levels(level text DEFAULT 'region', indicator text DEFAULT 'thrombectomy_per_stroke', source_key text DEFAULT NULL,
  within text DEFAULT NULL, period text DEFAULT NULL, area_ids int4[] DEFAULT NULL, draws int4 DEFAULT 1000, seed int8 DEFAULT 1, prior text DEFAULT 'exchangeable')
RETURNS TABLE (year int4, target_level float8, alert_level float8, areas int4, country_value float8, valid_from date, valid_to date,
  target_lower float8, target_upper float8, alert_lower float8, alert_upper float8, below_target int4, below_alert int4,
  missing float8, missing_lower float8, missing_upper float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
  sure float8 := (SELECT i.confidence FROM @atlas@.indicator_definition i WHERE i.indicator = target_levels.indicator);
BEGIN
  RETURN QUERY
  SELECT t.year, t.target_level, t.alert_level, t.areas, t.country_value, t.valid_from, t.valid_to, (t.target).target_lower, (t.target).target_upper, (t.alert).target_lower, (t.alert).target_upper,
         (t.target).below::int4, (t.alert).below::int4, (t.target).missing, (t.target).missing_lower, (t.target).missing_upper
  FROM (SELECT r.year, r.valid_from, r.valid_to, tmap.target_level(r.ratio) AS target_level, tmap.alert_level(r.ratio) AS alert_level, count(r.ratio)::int4 AS areas, max(r.country_value) AS country_value,
               tmap.target_summary(r.events::bigint, r.expected, r.country_value, 0.5, draws, seed, sure, prior) AS target,
               tmap.target_summary(r.events::bigint, r.expected, r.country_value, 0.25, draws, seed, sure, prior) AS alert
        FROM @atlas@.standardised_ratio(level, indicator, source_key, within, period, area_ids) r
        GROUP BY r.year, r.valid_from, r.valid_to) t
  ORDER BY t.valid_from, t.valid_to;
END
$function$;
COMMENT ON FUNCTION @atlas@.target_levels(text, text, text, text, text, int4[], int4, int8, text) IS
'Thrombectomy target level and alert level of each period: median and 25th percentile over a set of areas of their indirectly standardised value, on the scale of the indicator, with limits; the number of areas and of those below either; the crude national value; and the missing procedures of the areas below the target, all together, with limits: see tmap.target_summary. The set: areas of a level, within the area of a code, of these numbers; period: NULL = every calendar year, see standardised_ratio(). source_key: figures of this source; NULL = the shown ones.
Limits by simulation at the confidence level of the indicator: draws 100 to 100000, 0 = no limits; seed: any up to 2^53; prior: exchangeable or jeffreys, see tmap.target_gap, also for what the limits cover: measured, 94 to 99 of 100 with the former; missing is of the counts as they are, and with many small areas it may lie above its limits, for chance makes areas seem to lack. country_value: that of one country, when all areas lie in one.
Errors: 22023 unknown level, indicator, source, area, no period, prior, draws out of range. Source: definition of the French thrombectomy study 2018-2024; quantiles: Hyndman and Fan 1996, definition 7.';

CREATE FUNCTION @atlas@.below_alert_level(listed_level text, level text DEFAULT 'region', indicator text DEFAULT 'thrombectomy_per_stroke', source_key text DEFAULT NULL,
  within text DEFAULT NULL, period text DEFAULT NULL)
RETURNS TABLE (year int4, area_id int4, code text, name text, events float8, at_risk float8, ratio float8, alert_level float8, valid_from date, valid_to date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.year, r.area_id, r.code, r.name, r.events, r.at_risk, r.ratio, t.alert_level, r.valid_from, r.valid_to
  FROM @atlas@.standardised_ratio(listed_level, indicator, source_key, within, period) r
  JOIN @atlas@.target_levels(level, indicator, source_key, within, period, draws => 0) t ON t.valid_from = r.valid_from AND t.valid_to = r.valid_to
  WHERE r.ratio < t.alert_level
  ORDER BY r.valid_from, r.valid_to, r.ratio, r.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION @atlas@.below_alert_level(text, text, text, text, text, text) IS
'Areas of listed_level whose indirectly standardised value lies below the alert level, which the areas of another level define; lowest first. within, period, scale and errors as target_levels().';

CREATE FUNCTION @atlas@.missing_procedures(listed_level text DEFAULT 'region', level text DEFAULT NULL, indicator text DEFAULT 'thrombectomy_per_stroke', source_key text DEFAULT NULL,
  within text DEFAULT NULL, period text DEFAULT NULL, area_ids int4[] DEFAULT NULL, share float8 DEFAULT 0.5, draws int4 DEFAULT 1000, seed int8 DEFAULT 1, prior text DEFAULT 'exchangeable')
RETURNS TABLE (year int4, valid_from date, valid_to date, area_id int4, code text, name text, events float8, at_risk float8, expected float8, ratio float8,
  target float8, target_lower float8, target_upper float8, below boolean, p_below float8, missing float8, missing_lower float8, missing_upper float8, missing_per_year float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
  sure float8 := (SELECT i.confidence FROM @atlas@.indicator_definition i WHERE i.indicator = missing_procedures.indicator);
  same boolean := coalesce(level, listed_level) = listed_level AND area_ids IS NULL;
BEGIN
  RETURN QUERY
  WITH compared AS (
    SELECT r.*, true AS listed, same AS defining FROM @atlas@.standardised_ratio(listed_level, indicator, source_key, within, period, area_ids) r
    UNION ALL
    SELECT r.*, false, true FROM @atlas@.standardised_ratio(coalesce(level, listed_level), indicator, source_key, within, period) r WHERE NOT same
  ), gap AS (
    SELECT c.*, tmap.target_gap(c.events::bigint, c.expected, c.country_value, c.defining, share, draws, seed, sure, prior) OVER (PARTITION BY c.valid_from, c.valid_to) AS g
    FROM compared c
  )
  SELECT g.year, g.valid_from, g.valid_to, g.area_id, g.code, g.name, g.events, g.at_risk, g.expected, g.ratio,
         (g.g).target, (g.g).target_lower, (g.g).target_upper, (g.g).below, (g.g).p_below, (g.g).missing, (g.g).missing_lower, (g.g).missing_upper,
         (g.g).missing / (date_part('year', d.span) + date_part('month', d.span) / 12 + date_part('day', d.span) / 365)
  FROM gap g CROSS JOIN LATERAL (SELECT age(g.valid_to + 1, g.valid_from) AS span) d
  WHERE g.listed
  ORDER BY g.valid_from, g.valid_to, (g.g).missing DESC NULLS LAST, g.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION @atlas@.missing_procedures(text, text, text, text, text, text, int4[], float8, int4, int8, text) IS
'What each area lacks to reach the target: whole procedures more that would bring its indirectly standardised value there, target × expected / country_value - events, in the period (missing, with limits) and a year (missing_per_year); 0 at or above the target. below, p_below: whether it lies below, and in which share of the draws. Most missing first.
listed_level: areas to list, all or those of area_ids, within the area of a code. level: areas that define the target, all of this level there (NULL = all areas of listed_level). share: which quantile is the target: 0.5 = Thrombectomy Target Level, 0.25 = Alert Level. period: see standardised_ratio(). draws, seed, prior: of the simulation, see tmap.target_gap; limits at the confidence level of the indicator. With exchangeable areas (default) the measured coverage of an area''s limits of 95 % is 97 to 99 of 100. missing is of the counts as they are: where areas are small it may lie outside its limits, towards more.
Missing procedures of areas add up where areas do: not those of regions to those of their departments. Errors: 22023 unknown level, indicator, source, area, no period, prior, draws out of range; 22003 share outside 0..1.
Source: target level of the French thrombectomy study 2018-2024.';
