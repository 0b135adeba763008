-- Editions: from cells to figures.

CREATE FUNCTION @atlas@.significant(x float8, digits int4 DEFAULT 3) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN x = 0 THEN 0 ELSE round(x::numeric, digits - 1 - floor(log(abs(x)))::int4)::float8 END;
COMMENT ON FUNCTION @atlas@.significant(float8, int4) IS 'A number rounded to so many significant digits, halves away from zero. NULL when an argument is.';

CREATE FUNCTION @atlas@.edition_values(edition_id int4) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off SET enable_nestloop = off
AS $function$
DECLARE
  this @atlas@.edition;
  n bigint;
BEGIN
  -- The planner takes results within a statement for small; by nested loops 35,000 areas would not come to an end.
  SELECT * INTO this FROM @atlas@.edition e WHERE e.edition_id = edition_values.edition_id;
  INSERT INTO @atlas@.edition_value (edition_id, fid, year, area_id, sex, age_from, age_to, indicator, source_id, status, events, at_risk, value, lower, upper,
    dsr, dsr_lower, dsr_upper, smr, smr_lower, smr_upper, basis)
  WITH facts AS MATERIALIZED (
    SELECT f.* FROM @atlas@.edition_facts(this.edition_id) f
  ), standard AS MATERIALIZED (
    SELECT i.indicator, @atlas@.standard_tally(i.standard) AS tally FROM @atlas@.indicator_definition i
  ), cell AS MATERIALIZED (
    -- A figure that its source has printed stays public, whatever became of the cell's others.
    SELECT c.year, c.area_id, c.sex, c.age_from, k.indicator, c.status = 0 OR c.sex = 'all' AND c.age_from IS NULL AND s.origin IN ('reported', 'derived') AS published, k.events, k.at_risk, f.tally, f.source_id
    FROM @atlas@.edition_cell c JOIN (
      SELECT m.year, m.cell, n.indicator, sum(n.events)::int8 AS events, sum(n.at_risk)::int8 AS at_risk
      FROM @atlas@.edition_cell_atom m JOIN @atlas@.edition_atom_count n ON n.edition_id = m.edition_id AND n.year = m.year AND n.atom = m.atom
      WHERE m.edition_id = this.edition_id GROUP BY m.year, m.cell, n.indicator) k ON k.year = c.year AND k.cell = c.cell
    JOIN facts f ON f.area_id = c.area_id AND f.year = c.year AND f.indicator = k.indicator JOIN @atlas@.source s ON s.source_id = f.source_id
    WHERE c.edition_id = this.edition_id
  ), shown AS MATERIALIZED (
    -- How many of an area's finest groups are published.
    SELECT c.year, c.area_id, count(*) FILTER (WHERE c.status = 0 AND (c.sex <> 'all' OR NOT c.sexes) AND (c.age_from IS NOT NULL OR NOT c.ages)) AS groups
    FROM (SELECT d.*, bool_or(d.sex <> 'all') OVER w AS sexes, bool_or(d.age_from IS NOT NULL) OVER w AS ages FROM @atlas@.edition_cell d WHERE d.edition_id = this.edition_id
          WINDOW w AS (PARTITION BY d.year, d.area_id)) c
    GROUP BY c.year, c.area_id
  ), figure AS MATERIALIZED (
    SELECT c.year, c.area_id, c.sex, c.age_from, c.indicator, f.source_id, CASE WHEN c.published THEN 'published' ELSE 'suppressed' END AS status, 'counts' AS basis,
           CASE WHEN c.published THEN c.events END AS events, CASE WHEN c.published THEN c.at_risk END AS at_risk,
           CASE WHEN c.published THEN CASE i.measure WHEN 'proportion' THEN tmap.proportion_estimate(c.events, c.at_risk, i.confidence, i.method, i.per)
                                      ELSE tmap.rate_estimate(c.events, c.at_risk::float8, i.confidence, i.method, i.per) END END AS crude,
           CASE WHEN c.blurred AND tmap.can_standardise(f.tally, s.tally)
                THEN tmap.dsr_estimate(f.tally, s.tally, i.confidence, 'fay_feuer', i.per, i.min_coverage) END AS direct, i.min_coverage,
           CASE WHEN c.blurred AND tmap.can_standardise(f.tally, r.tally)
                THEN tmap.smr_estimate(f.tally, r.tally, i.confidence) END AS ratio, NULL::float8 AS reported
    FROM (
      -- Standardised figures weigh every stratum, shown or not. They are given where no stratum is small, or where so many are hidden that they tell of none.
      SELECT x.*, x.published AND x.sex = 'all' AND x.age_from IS NULL
             AND (NOT z.small OR z.strata <= g.groups OR z.strata - g.groups >= 12) AS blurred
      FROM cell x
      JOIN @atlas@.indicator_definition i ON i.indicator = x.indicator JOIN @atlas@.area a ON a.area_id = x.area_id JOIN shown g ON g.area_id = x.area_id AND g.year = x.year
      LEFT JOIN @atlas@.area k ON k.area_id = a.country_id LEFT JOIN @atlas@.disclosure_rule q ON q.country = k.code
      CROSS JOIN LATERAL (
        SELECT count(*) AS strata, bool_or(least(nullif(t.events, 0), t.at_risk, CASE WHEN i.measure = 'proportion' THEN nullif(t.at_risk - t.events, 0) END) <= coalesce(q.threshold, 10)
                 OR q.zeros = 'protect' AND (t.events = 0 OR i.measure = 'proportion' AND t.at_risk = t.events)) AS small
        FROM tmap.strata(CASE WHEN x.published AND x.sex = 'all' AND x.age_from IS NULL THEN x.tally END) t WHERE t.at_risk > 0) z
    ) c
    CROSS JOIN LATERAL (SELECT c.tally, c.source_id) f
    JOIN @atlas@.indicator_definition i ON i.indicator = c.indicator
    JOIN @atlas@.area a ON a.area_id = c.area_id
    LEFT JOIN facts r ON r.area_id = a.country_id AND r.year = c.year AND r.indicator = c.indicator AND r.source_id = f.source_id
    JOIN standard s ON s.indicator = c.indicator
    UNION ALL
    -- What a source printed as a rounded value alone.
    SELECT y.year, f.area_id, 'all', NULL, f.indicator, f.source_id, 'published', 'reported', f.events, f.at_risk, NULL, NULL, i.min_coverage, NULL, f.reported_value * (i.per / f.reported_per)
    FROM unnest(this.years) y (year) JOIN @atlas@.fact f ON f.valid_from = make_date(y.year, 1, 1) AND f.valid_to = make_date(y.year, 12, 31)
    JOIN @atlas@.indicator_definition i ON i.indicator = f.indicator JOIN @atlas@.source s ON s.source_id = f.source_id
    WHERE f.shown AND f.tally IS NULL AND this.parameters -> 'indicators' ? f.indicator AND s.origin IN ('reported', 'derived')
  )
  SELECT this.edition_id, row_number() OVER (ORDER BY g.year, a.code_system COLLATE "C", a.code COLLATE "C", g.area_id, g.indicator COLLATE "C", g.sex COLLATE "C", g.age_from NULLS FIRST),
         g.year, g.area_id, g.sex, g.age_from, (SELECT min(b) - 1 FROM unnest(this.age_groups) b WHERE b > g.age_from), g.indicator, g.source_id, g.status, g.events, g.at_risk,
         coalesce((g.crude).value, g.reported), (g.crude).lower, (g.crude).upper,
         CASE WHEN d.used THEN @atlas@.significant((g.direct).value) END, CASE WHEN d.used THEN @atlas@.significant((g.direct).lower) END, CASE WHEN d.used THEN @atlas@.significant((g.direct).upper) END,
         @atlas@.significant((g.ratio).value), @atlas@.significant((g.ratio).lower), @atlas@.significant((g.ratio).upper), g.basis
  FROM figure g JOIN @atlas@.area a ON a.area_id = g.area_id
  CROSS JOIN LATERAL (SELECT (g.direct).at_risk >= g.min_coverage * g.at_risk AS used) d;
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM @atlas@.analyze_edition('edition_value');
  -- In place of a suppressed figure: the nearest published one above.
  WITH RECURSIVE up AS (
    SELECT v.fid, v.year, v.indicator, v.sex, v.age_from, coalesce(a.parent_id, nullif(a.country_id, a.area_id)) AS parent_id FROM @atlas@.edition_value v JOIN @atlas@.area a ON a.area_id = v.area_id
    WHERE v.edition_id = this.edition_id AND v.status = 'suppressed'
    UNION ALL
    SELECT u.fid, u.year, u.indicator, u.sex, u.age_from, a.parent_id FROM up u JOIN @atlas@.area a ON a.area_id = u.parent_id
    WHERE NOT EXISTS (SELECT FROM @atlas@.edition_value p WHERE p.edition_id = this.edition_id AND p.area_id = u.parent_id AND p.year = u.year AND p.indicator = u.indicator
                        AND p.sex = u.sex AND p.age_from IS NOT DISTINCT FROM u.age_from AND p.value IS NOT NULL)
  )
  UPDATE @atlas@.edition_value v SET parent_value = p.value, parent_area_id = p.area_id
  FROM up u JOIN @atlas@.edition_value p ON p.edition_id = this.edition_id AND p.area_id = u.parent_id AND p.year = u.year AND p.indicator = u.indicator
    AND p.sex = u.sex AND p.age_from IS NOT DISTINCT FROM u.age_from AND p.value IS NOT NULL
  WHERE v.edition_id = this.edition_id AND v.fid = u.fid;
  RETURN n;
END
$function$;
COMMENT ON FUNCTION @atlas@.edition_values(int4) IS 'Internal: the figures of an edition from its cells; returns how many. Standardised figures are rounded to three significant digits, and given only where no stratum is small, all groups are published, or at least 12 strata are hidden; or they would give the counts of groups that are withheld.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_values(int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_text(edition_id int4) RETURNS TABLE (fid int4, line text)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT v.fid, concat_ws('|', v.fid, v.year, a.code_system, a.code, v.indicator, v.sex, coalesce(v.age_from::text, '-'), coalesce(v.age_to::text, '-'), v.status, v.basis, s.source_key,
    coalesce(v.events::text, '-'), coalesce(v.at_risk::text, '-'), coalesce(v.value::text, '-'), coalesce(v.lower::text, '-'), coalesce(v.upper::text, '-'),
    coalesce(v.dsr::text, '-'), coalesce(v.dsr_lower::text, '-'), coalesce(v.dsr_upper::text, '-'), coalesce(v.smr::text, '-'), coalesce(v.smr_lower::text, '-'), coalesce(v.smr_upper::text, '-'),
    coalesce(v.parent_value::text, '-'))
  FROM @atlas@.edition_value AS v JOIN @atlas@.area AS a ON a.area_id = v.area_id JOIN @atlas@.source AS s ON s.source_id = v.source_id
  WHERE v.edition_id = edition_text.edition_id;
END;
COMMENT ON FUNCTION @atlas@.edition_text(int4) IS 'Internal: the figures of an edition as lines of text; the digest of an edition is the SHA-256 of these in the order of fid, each ended by LF.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_text(int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_digest(edition_id int4) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1
AS $function$
  SELECT (tmap.lines_sha256(t.line, E'\n'))[1] FROM (SELECT l.line FROM @atlas@.edition_text(edition_digest.edition_id) l ORDER BY l.fid) t
$function$;
COMMENT ON FUNCTION @atlas@.edition_digest(int4) IS 'SHA-256 of the figures of an edition, in hexadecimal: equal for equal figures.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_digest(int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_inputs(edition_id int4) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  WITH used AS (SELECT DISTINCT f.source_id FROM @atlas@.edition_facts(edition_inputs.edition_id) f),
  stays AS (SELECT u.source_id, coalesce(d.stays_source_id, u.source_id) AS from_id, d.definition, d.version FROM used u LEFT JOIN @atlas@.definition_source d ON d.source_id = u.source_id)
  SELECT jsonb_build_object(
    'sources', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('source', s.source_key, 'title', s.title, 'origin', s.origin, 'definition', t.definition, 'version', t.version)) ORDER BY s.source_key COLLATE "C")
                FROM stays t JOIN @atlas@.source s ON s.source_id = t.source_id),
    'submissions', (SELECT jsonb_agg(DISTINCT jsonb_build_object('submission', b.submission_key, 'country', b.country, 'number', b.submission_id, 'sha256', b.sha256))
                    FROM stays t JOIN @atlas@.submission b ON b.source_id = t.from_id AND b.status = 'in force'),
    'takes', (SELECT jsonb_agg(jsonb_build_object('country', l.country, 'source', s.source_key, 'take', l.take_id, 'sha256', l.sha256) ORDER BY l.country, s.source_key COLLATE "C")
              FROM (SELECT DISTINCT ON (k.source_id, k.country) k.* FROM @atlas@.federated_take k ORDER BY k.source_id, k.country, k.take_id DESC) l
              JOIN used u ON u.source_id = l.source_id JOIN @atlas@.source s ON s.source_id = l.source_id),
    'facts', (SELECT (tmap.lines_sha256(l.line, E'\n'))[1] FROM (
                SELECT format('%s|%s|%s|%s|%s|%s', f.year, a.code_system, a.code, f.indicator, s.source_key, f.tally) AS line
                FROM @atlas@.edition_facts(edition_inputs.edition_id) f JOIN @atlas@.area a ON a.area_id = f.area_id JOIN @atlas@.source s ON s.source_id = f.source_id
                ORDER BY f.year, a.code_system COLLATE "C", a.code COLLATE "C", a.area_id, f.indicator COLLATE "C") l),
    'rules', (SELECT jsonb_object_agg(r.country, jsonb_build_object('threshold', r.threshold, 'zeros', r.zeros)) FROM @atlas@.disclosure_rule r),
    'standards', (SELECT jsonb_object_agg(i.indicator, i.standard) FROM @atlas@.indicator_definition i WHERE i.standard IS NOT NULL
                    AND EXISTS (SELECT FROM @atlas@.edition_facts(edition_inputs.edition_id) f WHERE f.indicator = i.indicator)),
    'tmap', (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'tmap'),
    'postgis', (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'postgis'),
    'postgresql', current_setting('server_version'))
$function$;
COMMENT ON FUNCTION @atlas@.edition_inputs(int4) IS 'Internal: what an edition rests on: sources with definitions, submissions and takes from countries with digests, SHA-256 of the tallies, rules, standards, versions.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_inputs(int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.compute_edition(edition text, years int4[], age_groups int4[] DEFAULT '{0,60,70,80}', by_sex boolean DEFAULT true, indicators text[] DEFAULT NULL, corrects text DEFAULT NULL)
RETURNS TABLE (edition_id int4, cells bigint, protected bigint, withheld bigint, figures bigint, suppressed bigint, sha256 text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  this int4;
  corrected int4;
  y int4;
  other text;
BEGIN
  IF coalesce(btrim(edition), '') = '' OR coalesce(cardinality(years), 0) = 0 OR age_groups IS NULL OR by_sex IS NULL THEN
    RAISE EXCEPTION 'an edition needs a name and years' USING ERRCODE = '22023', HINT = 'For example compute_edition(''2024'', ''{2023,2024}'').';
  ELSIF EXISTS (SELECT FROM unnest(years) x WHERE x IS NULL OR x NOT BETWEEN 1900 AND 2099) OR EXISTS (SELECT FROM unnest(age_groups) x WHERE x IS NULL OR x NOT BETWEEN 0 AND 120) THEN
    RAISE EXCEPTION 'year or age out of range' USING ERRCODE = '22003', HINT = 'Years are 1900 to 2099, first ages of groups 0 to 120.';
  ELSIF EXISTS (SELECT FROM @atlas@.edition e WHERE e.edition = compute_edition.edition AND e.status <> 'draft') THEN
    RAISE EXCEPTION 'edition "%" was published already', edition USING ERRCODE = '55000', HINT = 'Give the correction another name and say in "corrects" which edition it corrects.';
  END IF;
  SELECT e.edition_id INTO corrected FROM @atlas@.edition e WHERE e.edition = compute_edition.corrects AND e.status = 'published';
  IF compute_edition.corrects IS NOT NULL AND corrected IS NULL THEN
    RAISE EXCEPTION 'no published edition "%" to correct', corrects USING ERRCODE = '22023';
  END IF;
  SELECT e.edition INTO other FROM @atlas@.edition e
  WHERE (e.status = 'published' OR e.status = 'withdrawn' AND e.stays_known) AND e.years && compute_edition.years
    AND NOT (e.age_groups @> compute_edition.age_groups AND e.age_groups <@ compute_edition.age_groups);
  IF FOUND THEN
    RAISE EXCEPTION 'edition "%" is public, or was, with other age groups', other
      USING ERRCODE = '22023', DETAIL = 'The difference of two groups could be a small one.', HINT = 'Take the same age groups. If nobody can have read that edition, withdraw it with stays_known => false.';
  END IF;
  DELETE FROM @atlas@.edition e WHERE e.edition = compute_edition.edition;
  INSERT INTO @atlas@.edition (edition, years, age_groups, by_sex, corrects, parameters)
  VALUES (edition, ARRAY(SELECT DISTINCT x FROM unnest(years) x ORDER BY x), ARRAY(SELECT DISTINCT x FROM unnest(age_groups) x ORDER BY x), by_sex, corrected,
          jsonb_build_object('indicators', (SELECT jsonb_agg(i.indicator ORDER BY i.sort, i.indicator) FROM @atlas@.indicator_definition i WHERE indicators IS NULL OR i.indicator = ANY (indicators))))
  RETURNING edition.edition_id INTO this;
  UPDATE @atlas@.edition e SET parameters = e.parameters || @atlas@.edition_inputs(this)
    || jsonb_build_object('known', (SELECT coalesce(jsonb_agg(k.edition ORDER BY k.edition_id), '[]') FROM @atlas@.edition_others(this) o JOIN @atlas@.edition k ON k.edition_id = o.other_id))
  WHERE e.edition_id = this;
  FOR y IN SELECT DISTINCT x FROM unnest(years) x ORDER BY x LOOP
    PERFORM @atlas@.edition_atoms(this, y);
    PERFORM @atlas@.edition_rules(this, y);
    PERFORM @atlas@.edition_suppress(this, y);
    PERFORM @atlas@.edition_mend(this, y);
    RAISE DEBUG 'edition %: year % is computed', edition, y;
  END LOOP;
  figures := @atlas@.edition_values(this);
  UPDATE @atlas@.edition e SET sha256 = @atlas@.edition_digest(this), changes = CASE WHEN corrected IS NOT NULL THEN @atlas@.edition_changes(this, corrected) END WHERE e.edition_id = this
  RETURNING e.sha256 INTO sha256;
  SELECT this, count(*), count(*) FILTER (WHERE c.status IN (1, 3)), count(*) FILTER (WHERE c.status = 2) INTO edition_id, cells, protected, withheld
  FROM @atlas@.edition_cell c WHERE c.edition_id = this;
  SELECT count(*) INTO suppressed FROM @atlas@.edition_value v WHERE v.edition_id = this AND v.status = 'suppressed';
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.compute_edition(text, int4[], int4[], boolean, text[], text) IS
'Computes an edition as a draft from the shown facts of calendar years, under disclosure control; a draft of that name is replaced. The same facts, rules and public editions give the same figures, see sha256.
edition: its name; years: calendar years; age_groups: first ages of the age groups to give, empty for none; by_sex: give women and men too; indicators: which, NULL for all; corrects: the published edition that it is to replace.
A cell (area, year, sex, age group) is published or suppressed for all indicators and with all that is derived from it. Protected: events, people at risk or (of proportions) people at risk without an event from 1 to the threshold of the country (table disclosure_rule, 10 by default). Returns one row: cells, how many are protected and how many withheld for their sake, figures, how many are suppressed.
Errors: 22023 no name or years, an edition to correct that is not public, other age groups than a public edition; 22003 year or age out of range; 55000 the edition was published.';
REVOKE EXECUTE ON FUNCTION @atlas@.compute_edition(text, int4[], int4[], boolean, text[], text) FROM PUBLIC;
