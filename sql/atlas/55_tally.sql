-- From strokes to facts, and up the tree.

CREATE FUNCTION @atlas@.lock_source(source_id int4) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $function$
  -- One writer a source at a time; the table's own number keeps two atlases apart.
  SELECT pg_advisory_xact_lock('@atlas@.fact'::regclass::oid::int8::bit(32)::int4, lock_source.source_id)
$function$;
COMMENT ON FUNCTION @atlas@.lock_source(int4) IS 'Internal: waits until no other transaction computes facts of this source.';
REVOKE EXECUTE ON FUNCTION @atlas@.lock_source(int4) FROM PUBLIC;

CREATE TYPE @atlas@.new_fact AS (
  area_id int4, valid_from date, valid_to date, indicator text, unlocated boolean, tally tmap.tally, at_risk_basis text,
  parts int4, parts_expected int4, incomplete text, note text);
COMMENT ON TYPE @atlas@.new_fact IS 'A fact computed by a function, for put_facts(); columns as in fact. incomplete: why it must not be shown; NULL when it may.';

CREATE FUNCTION @atlas@.put_facts(source_id int4, basis text, made @atlas@.new_fact[], old int4[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  written bigint;
BEGIN
  WITH made AS MATERIALIZED (
    SELECT n.*, f.fact_id, f.basis AS had
    FROM unnest(put_facts.made) WITH ORDINALITY AS n (area_id, valid_from, valid_to, indicator, unlocated, tally, at_risk_basis, parts, parts_expected, incomplete, note, place)
    LEFT JOIN @atlas@.fact f ON f.area_id = n.area_id AND f.indicator = n.indicator AND f.valid_from = n.valid_from AND f.valid_to = n.valid_to
      AND f.source_id = put_facts.source_id AND f.unlocated = n.unlocated
  ), gone AS (
    DELETE FROM @atlas@.fact f
    WHERE f.fact_id = ANY (old) AND NOT EXISTS (SELECT FROM made m WHERE m.fact_id = f.fact_id)
    RETURNING 1
  ), changed AS (   -- sums and rates per inhabitant leave what an area has of its own
    UPDATE @atlas@.fact f
    SET tally = m.tally, events = tmap.events(m.tally), at_risk = NULL, at_risk_basis = m.at_risk_basis, basis = put_facts.basis,
        parts = m.parts, parts_expected = m.parts_expected, shown = f.shown AND m.incomplete IS NULL,
        choice_reason = CASE WHEN m.incomplete IS NOT NULL THEN m.incomplete WHEN f.choice_reason LIKE 'adds up only %' THEN NULL ELSE f.choice_reason END,
        note = n.note
    FROM made m
    CROSS JOIN LATERAL (SELECT o.fact_id, coalesce(m.note, CASE WHEN o.note NOT LIKE 'lines left out %' THEN o.note END) AS note FROM @atlas@.fact o WHERE o.fact_id = m.fact_id) n
    WHERE f.fact_id = n.fact_id AND (m.had = put_facts.basis OR put_facts.basis IN ('strokes', 'submission'))
      AND NOT (m.had IS NOT DISTINCT FROM put_facts.basis AND f.tally OPERATOR(tmap.=) m.tally AND f.at_risk_basis IS NOT DISTINCT FROM m.at_risk_basis
               AND f.parts IS NOT DISTINCT FROM m.parts AND f.parts_expected IS NOT DISTINCT FROM m.parts_expected AND f.note IS NOT DISTINCT FROM n.note)
    RETURNING 1
  ), added AS (
    INSERT INTO @atlas@.fact (area_id, valid_from, valid_to, indicator, source_id, unlocated, tally, events, at_risk_basis, basis, parts, parts_expected, choice_reason, note)
    SELECT m.area_id, m.valid_from, m.valid_to, m.indicator, put_facts.source_id, m.unlocated, m.tally, tmap.events(m.tally), m.at_risk_basis, put_facts.basis,
           m.parts, m.parts_expected, m.incomplete, m.note
    FROM made m WHERE m.fact_id IS NULL ORDER BY m.place
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added) INTO written;
  RETURN written;
END
$function$;
COMMENT ON FUNCTION @atlas@.put_facts(int4, text, @atlas@.new_fact[], int4[]) IS
'Internal: writes what a function computed for a source, and nothing that is the same already: facts that are not there yet are added, facts of this basis changed (basis strokes and submission also take over facts of another), and those of the numbers old that are not among the made ones removed. Returns how many were added, changed or removed.';
REVOKE EXECUTE ON FUNCTION @atlas@.put_facts(int4, text, @atlas@.new_fact[], int4[]) FROM PUBLIC;

CREATE FUNCTION @atlas@.roll_up(source_key text, to_level text DEFAULT 'country') RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  top int4;
  depth int4;
  made @atlas@.new_fact[];
  written bigint := 0;
BEGIN
  SELECT l.rank INTO top FROM @atlas@.area_level l WHERE l.level = @atlas@.checked_level(to_level);
  PERFORM @atlas@.lock_source(this_source);
  FOR depth IN SELECT DISTINCT a.rank FROM @atlas@.area a WHERE a.rank >= top ORDER BY 1 DESC LOOP
    WITH part AS (
      SELECT c.parent_id AS area_id, f.indicator, f.valid_from, f.valid_to, f.tally, f.at_risk_basis, f.note, 0 AS extra
      FROM @atlas@.fact f JOIN @atlas@.area c ON c.area_id = f.area_id
      WHERE f.source_id = this_source AND NOT f.unlocated AND f.tally IS NOT NULL AND c.parent_rank = depth
        AND f.basis IS DISTINCT FROM 'population'   -- tally_inhabitants makes these for every area itself
      UNION ALL
      SELECT f.area_id, f.indicator, f.valid_from, f.valid_to, f.tally, f.at_risk_basis, f.note, 1
      FROM @atlas@.fact f JOIN @atlas@.area a ON a.area_id = f.area_id
      WHERE f.source_id = this_source AND f.unlocated AND a.rank = depth
    ), fitted AS (
      SELECT p.*, tmap.common_scheme(tmap.scheme(p.tally)) OVER (PARTITION BY p.area_id, p.indicator, p.valid_from, p.valid_to) AS scheme
      FROM part p
    ), whole AS (
      SELECT p.area_id, p.indicator, p.valid_from, p.valid_to, tmap.rollup(tmap.collapse(p.tally, p.scheme)) AS tally,
             CASE WHEN bool_or(p.at_risk_basis = 'derived') THEN 'derived' ELSE max(p.at_risk_basis COLLATE "C") END AS at_risk_basis,
             count(*)::int4 AS parts,
             (sum(p.extra) + (SELECT count(*) FROM @atlas@.area c   -- as it stood on the last day, which is also how areas are handed in
                WHERE c.parent_id = p.area_id AND (c.valid_from IS NULL OR c.valid_from <= p.valid_to)
                  AND (c.valid_to IS NULL OR c.valid_to >= p.valid_to)))::int4 AS parts_expected,
             string_agg(DISTINCT p.note, '; ') FILTER (WHERE p.note LIKE 'lines left out %') AS note
      FROM fitted p GROUP BY p.area_id, p.indicator, p.valid_from, p.valid_to
    ), reasoned AS (
      -- An area without a fact had no stroke when all strokes are rows here, but gave no counts otherwise.
      SELECT w.*, CASE WHEN w.parts < w.parts_expected
                            AND NOT EXISTS (SELECT FROM @atlas@.fact f WHERE f.source_id = this_source AND f.indicator = w.indicator AND f.basis = 'strokes')
                       THEN format('adds up only %s of %s areas', w.parts, w.parts_expected) END AS incomplete
      FROM whole w
    )
    SELECT array_agg((w.area_id, w.valid_from, w.valid_to, w.indicator, false, w.tally, w.at_risk_basis, w.parts, w.parts_expected, w.incomplete, w.note)::@atlas@.new_fact
                     ORDER BY w.indicator, w.area_id, w.valid_from, w.valid_to)
    INTO made FROM reasoned w;
    written := written + @atlas@.put_facts(this_source, 'rolled up', made,
      ARRAY(SELECT f.fact_id FROM @atlas@.fact f JOIN @atlas@.area a ON a.area_id = f.area_id
            WHERE a.rank = depth AND f.source_id = this_source AND f.basis = 'rolled up'));
  END LOOP;
  PERFORM @atlas@.choose_facts(source_key);
  RETURN written;
END
$function$;
COMMENT ON FUNCTION @atlas@.roll_up(text, text) IS
'Adds the tallies of a source up the tree, department to region to country, for every indicator and period, unlocated counts included; returns how many facts were made, changed or removed. The sums are exact: the same bytes as counting the rows of the whole area.
Areas that have a figure of their own from this source keep it. Parts that are cut differently are brought to their common scheme. When parts are missing (areas of the last day of the period without counts, unless the counts come from the table stroke) the sum says so and is not shown.
to_level: the highest level to make sums for; country by default, because a world of a few countries would mislead. Errors: 22023 unknown source or level.';
REVOKE EXECUTE ON FUNCTION @atlas@.roll_up(text, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.per_population(tally tmap.tally, population tmap.tally) RETURNS tmap.tally
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  common text := tmap.common_scheme(tmap.scheme(tally), tmap.scheme(population));
  scheme text;
  result tmap.tally;
  fits boolean;
BEGIN
  FOREACH scheme IN ARRAY ARRAY[common, tmap.common_scheme(common, 'age90'), tmap.common_scheme(common, 'sex'), 'total'] LOOP
    SELECT coalesce(bool_and(e.events <= coalesce(p.persons, 0)), true),
           tmap.tally_agg(p.stratum, coalesce(e.events, 0), p.persons) FILTER (WHERE coalesce(e.events, 0) <= p.persons)
    INTO fits, result
    FROM (SELECT s.stratum, s.events FROM tmap.strata(tmap.collapse(tally, scheme)) s WHERE s.events > 0) e
    FULL JOIN (SELECT s.stratum, s.at_risk AS persons FROM tmap.strata(tmap.collapse(population, scheme)) s) p
      ON e.stratum OPERATOR(tmap.=) p.stratum;
    IF fits THEN
      RETURN result;
    END IF;
  END LOOP;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.per_population(tmap.tally, tmap.tally) IS
'Internal: the events of one tally with the people of another as those at risk: under the finest scheme both have in which no stratum has more events than people (events of unknown age need a scheme without age). NULL when there is none, or an argument is NULL.';

CREATE FUNCTION @atlas@.tally_inhabitants(source_key text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  made @atlas@.new_fact[];
  written bigint;
BEGIN
  PERFORM @atlas@.lock_source(this_source);
  SELECT array_agg((p.area_id, p.valid_from, p.valid_to, 'thrombectomy_per_inhabitant', false, p.tally, 'computed', NULL, NULL, NULL, p.note)::@atlas@.new_fact
                   ORDER BY p.area_id, p.valid_from, p.valid_to) INTO made
  FROM (SELECT f.area_id, f.valid_from, f.valid_to,
               @atlas@.per_population(f.tally, @atlas@.population_tally(f.area_id, f.valid_from, f.valid_to)) AS tally,
               CASE WHEN f.note LIKE 'lines left out %' THEN f.note END AS note
        FROM @atlas@.fact f
        WHERE f.source_id = this_source AND f.indicator = 'thrombectomy_per_stroke' AND NOT f.unlocated AND f.tally IS NOT NULL
          AND coalesce(f.choice_reason, '') NOT LIKE 'adds up only %'
          AND EXISTS (SELECT FROM @atlas@.population)) p
  WHERE tmap.at_risk(p.tally) > 0;
  written := @atlas@.put_facts(this_source, 'population', made,
    ARRAY(SELECT f.fact_id FROM @atlas@.fact f WHERE f.source_id = this_source AND f.basis = 'population'));
  PERFORM @atlas@.choose_facts(source_key);
  RETURN written;
END
$function$;
COMMENT ON FUNCTION @atlas@.tally_inhabitants(text) IS
'Makes thrombectomies per inhabitant from the thrombectomies per stroke of a source wherever the table population has the area (or all its parts) and the period; returns how many facts were made, changed or removed. Error 22023 unknown source.';
REVOKE EXECUTE ON FUNCTION @atlas@.tally_inhabitants(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.tally_strokes(source_key text)
RETURNS TABLE (strokes bigint, treated bigint, unlocated bigint, facts bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  made @atlas@.new_fact[];
  missing text;
BEGIN
  PERFORM @atlas@.lock_source(this_source);
  SELECT string_agg(DISTINCT format('%s %s', s.country, s.year), ', ') INTO missing
  FROM (SELECT DISTINCT t.country, t.year FROM @atlas@.stroke t WHERE t.source_id = this_source AND t.area_id IS NULL) s
  WHERE NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.level = 'country' AND a.code = s.country
                      AND (a.valid_from IS NULL OR a.valid_from <= make_date(s.year, 7, 1))
                      AND (a.valid_to IS NULL OR a.valid_to >= make_date(s.year, 7, 1)));
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'strokes without an area are of countries that the atlas does not have'
      USING ERRCODE = '22023', DETAIL = format('Country and year: %s.', missing), HINT = 'Insert the country into the table area, with its ISO 3166-1 alpha-3 code.';
  END IF;
  SELECT string_agg(d.area_id::text, ', ' ORDER BY d.area_id) INTO missing
  FROM (SELECT DISTINCT s.area_id FROM @atlas@.stroke s WHERE s.source_id = this_source AND s.area_id IS NOT NULL) d
  WHERE NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.area_id = d.area_id);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'strokes lie in areas that no longer exist'
      USING ERRCODE = '23503', DETAIL = format('Area numbers: %s.', missing), HINT = 'Set their area_id to another area, or to NULL when the residence is not known.';
  END IF;
  WITH counted AS MATERIALIZED (
    SELECT s.country, s.year, s.area_id, tmap.tally_agg(s.stratum, s.treated) AS tally
    FROM @atlas@.stroke s WHERE s.source_id = this_source GROUP BY s.country, s.year, s.area_id
  ), placed AS (
    SELECT coalesce(c.area_id, n.area_id) AS area_id, c.year, tmap.rollup(c.tally) AS tally
    FROM counted c
    LEFT JOIN LATERAL (
      SELECT a.area_id FROM @atlas@.area a
      WHERE c.area_id IS NULL AND a.level = 'country' AND a.code = c.country
        AND (a.valid_from IS NULL OR a.valid_from <= make_date(c.year, 7, 1))
        AND (a.valid_to IS NULL OR a.valid_to >= make_date(c.year, 7, 1))
      ORDER BY a.code_system COLLATE "C" LIMIT 1) n ON true
    GROUP BY 1, c.year
  ), whole AS (
    SELECT p.area_id, make_date(p.year, 1, 1) AS valid_from, make_date(p.year, 12, 31) AS valid_to, p.tally,
           -- Directly on an area that has parts: in none of the parts, as far as anybody knows.
           EXISTS (SELECT FROM @atlas@.area a WHERE a.parent_id = p.area_id AND (a.valid_from IS NULL OR a.valid_from <= make_date(p.year, 12, 31))
                     AND (a.valid_to IS NULL OR a.valid_to >= make_date(p.year, 1, 1))) AS unlocated
    FROM placed p
  )
  SELECT coalesce(sum(tmap.at_risk(w.tally)), 0), coalesce(sum(tmap.events(w.tally)), 0), coalesce(sum(tmap.at_risk(w.tally)) FILTER (WHERE w.unlocated), 0),
         array_agg((w.area_id, w.valid_from, w.valid_to, 'thrombectomy_per_stroke', w.unlocated, w.tally, 'computed', NULL, NULL, NULL, NULL)::@atlas@.new_fact
                   ORDER BY w.area_id, w.valid_from, w.unlocated)
  INTO strokes, treated, unlocated, made FROM whole w;
  facts := @atlas@.put_facts(this_source, 'strokes', made, ARRAY(SELECT f.fact_id FROM @atlas@.fact f WHERE f.source_id = this_source AND f.basis = 'strokes'));
  facts := facts + @atlas@.roll_up(source_key) + @atlas@.tally_inhabitants(source_key);
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.tally_strokes(text) IS
'Counts the strokes of a source into facts (area of residence, year, thrombectomies per stroke), adds them up to regions and countries, and makes thrombectomies per inhabitant where the population is known. Replaces what it made before; choices of shown figures stay.
Strokes without an area count for their country, strokes on an area that has parts for that area: as a fact marked unlocated, which the area''s total includes.
Returns strokes, treated and unlocated strokes counted, and facts made, changed or removed (0 when nothing changed). Errors: 22023 unknown source, country not in the table area; 23503 strokes in areas that were deleted, 42804 strokes of one area and year in strata of different schemes.';
REVOKE EXECUTE ON FUNCTION @atlas@.tally_strokes(text) FROM PUBLIC;

CREATE VIEW @atlas@.unlocated WITH (security_invoker = true) AS
SELECT f.fact_id AS fid, f.area_id, a.code_system, a.code, a.name, a.level, f.indicator, f.valid_from, f.valid_to,
       tmap.events(f.tally)::float8 AS events, tmap.at_risk(f.tally)::float8 AS at_risk,
       tmap.at_risk(f.tally)::float8 / nullif(tmap.at_risk(t.tally), 0) AS share_of_total, s.source_key, s.title AS source
FROM @atlas@.fact f
JOIN @atlas@.area a ON a.area_id = f.area_id
JOIN @atlas@.source s ON s.source_id = f.source_id
LEFT JOIN @atlas@.fact t ON t.area_id = f.area_id AND t.indicator = f.indicator AND t.valid_from = f.valid_from AND t.valid_to = f.valid_to
  AND t.source_id = f.source_id AND NOT t.unlocated
WHERE f.unlocated;
COMMENT ON VIEW @atlas@.unlocated IS 'Counts whose place inside an area is not known
They are part of the area''s total and of none of its parts.';
COMMENT ON COLUMN @atlas@.unlocated.fid IS 'Number of the fact.';
COMMENT ON COLUMN @atlas@.unlocated.area_id IS 'The area (usually a country).';
COMMENT ON COLUMN @atlas@.unlocated.code_system IS 'System of its code.';
COMMENT ON COLUMN @atlas@.unlocated.code IS 'Its code.';
COMMENT ON COLUMN @atlas@.unlocated.name IS 'Its name.';
COMMENT ON COLUMN @atlas@.unlocated.level IS 'Its level.';
COMMENT ON COLUMN @atlas@.unlocated.indicator IS 'What is measured.';
COMMENT ON COLUMN @atlas@.unlocated.valid_from IS 'First day of the period.';
COMMENT ON COLUMN @atlas@.unlocated.valid_to IS 'Last day of the period.';
COMMENT ON COLUMN @atlas@.unlocated.events IS 'Events without a place.';
COMMENT ON COLUMN @atlas@.unlocated.at_risk IS 'People at risk without a place.';
COMMENT ON COLUMN @atlas@.unlocated.share_of_total IS 'Share of the area''s people at risk, 0 to 1; NULL when there is no total.';
COMMENT ON COLUMN @atlas@.unlocated.source_key IS 'Short name of the source.';
COMMENT ON COLUMN @atlas@.unlocated.source IS 'Title of the source.';
