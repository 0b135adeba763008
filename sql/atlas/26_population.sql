-- Inhabitants by stratum.

CREATE TABLE @atlas@.population (
  area_id int4 NOT NULL REFERENCES @atlas@.area,
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  stratum tmap.stratum NOT NULL,
  persons bigint NOT NULL CHECK (persons >= 0),
  source_id int4 NOT NULL REFERENCES @atlas@.source,
  PRIMARY KEY (area_id, valid_from, valid_to, stratum),
  CONSTRAINT population_period CHECK (valid_from <= valid_to)
);
COMMENT ON TABLE @atlas@.population IS 'Inhabitants of areas by stratum and period (usually a calendar year). Areas without rows take the sum of their parts when every part has rows.';
COMMENT ON COLUMN @atlas@.population.area_id IS 'The area.';
COMMENT ON COLUMN @atlas@.population.valid_from IS 'First day of the period.';
COMMENT ON COLUMN @atlas@.population.valid_to IS 'Last day of the period.';
COMMENT ON COLUMN @atlas@.population.stratum IS 'Who, for example 80-84 female; one scheme within an area and period.';
COMMENT ON COLUMN @atlas@.population.persons IS 'Person-years lived in the period: the mid-period number of inhabitants for a period of one year.';
COMMENT ON COLUMN @atlas@.population.source_id IS 'Where the number comes from.';

CREATE FUNCTION @atlas@.population_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  mixed record;
BEGIN
  SELECT p.area_id, p.valid_from, p.valid_to, min(tmap.scheme(p.stratum)) AS one, max(tmap.scheme(p.stratum)) AS other INTO mixed
  FROM @atlas@.population p
  JOIN (SELECT DISTINCT a.area_id, a.valid_from, a.valid_to FROM added a) d ON d.area_id = p.area_id AND d.valid_from = p.valid_from AND d.valid_to = p.valid_to
  GROUP BY p.area_id, p.valid_from, p.valid_to HAVING min(tmap.scheme(p.stratum)) <> max(tmap.scheme(p.stratum)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'population of area number % is cut in two ways', mixed.area_id
      USING ERRCODE = '42804', DETAIL = format('From %s to %s it has strata of the schemes %s and %s.', mixed.valid_from, mixed.valid_to, mixed.one, mixed.other),
        HINT = 'Use one scheme within an area and period, and leave totals out.';
  END IF;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.population_check() IS 'Internal: trigger of population: error 42804 when an area and period has strata of more than one scheme.';
CREATE TRIGGER population_check_insert AFTER INSERT ON @atlas@.population REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.population_check();
CREATE TRIGGER population_check_update AFTER UPDATE ON @atlas@.population REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.population_check();

CREATE FUNCTION @atlas@.population_tally(area_id int4, valid_from date, valid_to date) RETURNS tmap.tally
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  result tmap.tally;
  parts bigint;
  known bigint;
BEGIN
  -- The area's own rows, when their periods fill the period asked for without a gap and without an overlap.
  SELECT tmap.rollup(tmap.collapse(c.t, c.scheme)) INTO result
  FROM (SELECT b.*, tmap.common_scheme(tmap.scheme(b.t)) OVER () AS scheme
        FROM (SELECT p.valid_from, p.valid_to, tmap.tally_agg(p.stratum, 0::bigint, p.persons) AS t
              FROM @atlas@.population p
              WHERE p.area_id = population_tally.area_id AND p.valid_from >= population_tally.valid_from AND p.valid_to <= population_tally.valid_to
              GROUP BY p.valid_from, p.valid_to) b) c
  HAVING sum(c.valid_to - c.valid_from + 1) = population_tally.valid_to - population_tally.valid_from + 1
     AND range_agg(daterange(c.valid_from, c.valid_to, '[]')) = datemultirange(daterange(population_tally.valid_from, population_tally.valid_to, '[]'));
  IF FOUND THEN
    RETURN result;
  END IF;
  SELECT count(*), count(c.t), CASE WHEN count(*) = count(c.t) THEN tmap.rollup(tmap.collapse(c.t, c.scheme)) END
  INTO parts, known, result
  FROM (
    SELECT b.t, tmap.common_scheme(tmap.scheme(b.t)) OVER () AS scheme
    FROM (SELECT @atlas@.population_tally(a.area_id, population_tally.valid_from, population_tally.valid_to) AS t
          FROM @atlas@.area a
          WHERE a.parent_id = population_tally.area_id
            AND (a.valid_from IS NULL OR a.valid_from <= population_tally.valid_to)
            AND (a.valid_to IS NULL OR a.valid_to >= population_tally.valid_to)) b) c;
  RETURN result;
END
$function$;
COMMENT ON FUNCTION @atlas@.population_tally(int4, date, date) IS
'Inhabitants of an area in a period as a tally (at_risk = person-years, no events): its own rows of population, whose periods must fill the period exactly and not overlap, or else the sum of its parts (of the last day) when every part has them; NULL when neither.';
