-- From hospital stays to facts, by case definition; and only what is new, when little is.

-- What a definition makes of a source's stays is a source of its own, so that the figures of several
-- definitions stand side by side like those of several publications, each with its name.
CREATE TABLE @atlas@.definition_source (
  source_id int4 PRIMARY KEY REFERENCES @atlas@.source,
  stays_source_id int4 NOT NULL REFERENCES @atlas@.source,
  definition text NOT NULL,
  version int4 NOT NULL,
  codebook tmap.codebook NOT NULL,
  UNIQUE (stays_source_id, definition, version),
  FOREIGN KEY (definition, version) REFERENCES @atlas@.case_definition (name, version)
);
COMMENT ON TABLE @atlas@.definition_source IS 'Which sources of figures were made from which hospital stays by which case definition; kept by tally_stays().';
COMMENT ON COLUMN @atlas@.definition_source.source_id IS 'The source of the figures.';
COMMENT ON COLUMN @atlas@.definition_source.stays_source_id IS 'The source of the stays.';
COMMENT ON COLUMN @atlas@.definition_source.definition IS 'Name of the case definition.';
COMMENT ON COLUMN @atlas@.definition_source.version IS 'Its version.';
COMMENT ON COLUMN @atlas@.definition_source.codebook IS 'The code list that was in force.';

CREATE TABLE @atlas@.counted_year (
  source_id int4 NOT NULL REFERENCES @atlas@.definition_source,
  year int4 NOT NULL,
  inputs text NOT NULL,
  PRIMARY KEY (source_id, year)
);
COMMENT ON TABLE @atlas@.counted_year IS 'Which years were counted from which submissions: tells refresh_tallies() what is new.';
COMMENT ON COLUMN @atlas@.counted_year.source_id IS 'The source of the figures.';
COMMENT ON COLUMN @atlas@.counted_year.year IS 'Year of admission.';
COMMENT ON COLUMN @atlas@.counted_year.inputs IS 'Year, number of the submission and number of stays, of the year and its neighbours.';

-- One row a group of like strokes: the figures and the patient characteristics are sums of these.
CREATE TABLE @atlas@.stroke_count (
  source_id int4 NOT NULL,
  area_id int4 NOT NULL,
  year int4 NOT NULL,
  stratum tmap.stratum NOT NULL,
  age int4,
  sex text NOT NULL,
  comorbidity text,
  path text NOT NULL,
  transferred boolean NOT NULL,
  strokes bigint NOT NULL CHECK (strokes > 0),
  UNIQUE NULLS NOT DISTINCT (source_id, year, area_id, age, sex, comorbidity, path, transferred)
);
CREATE INDEX stroke_count_residence ON @atlas@.stroke_count (area_id);
-- Checked once a statement, as stroke is: foreign keys look every row up. A counted area has facts, which keep it from being deleted.
CREATE TRIGGER stroke_count_check_insert AFTER INSERT ON @atlas@.stroke_count REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.stroke_check();
CREATE TRIGGER stroke_count_check_update AFTER UPDATE ON @atlas@.stroke_count REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.stroke_check();
COMMENT ON TABLE @atlas@.stroke_count IS 'Ischaemic strokes by residence, year, age, sex, comorbidity and path to treatment, as counted by tally_stays(). Small groups: not for the public.';
COMMENT ON COLUMN @atlas@.stroke_count.source_id IS 'Source of the figures: stays and case definition, see definition_source.';
COMMENT ON COLUMN @atlas@.stroke_count.area_id IS 'Area of residence; the country when it is not known.';
COMMENT ON COLUMN @atlas@.stroke_count.year IS 'Year of the first admission.';
COMMENT ON COLUMN @atlas@.stroke_count.stratum IS 'The stratum of all of them.';
COMMENT ON COLUMN @atlas@.stroke_count.age IS 'Age in completed years; NULL when not known.';
COMMENT ON COLUMN @atlas@.stroke_count.sex IS 'female, male or unknown.';
COMMENT ON COLUMN @atlas@.stroke_count.comorbidity IS 'none, low, moderate, high; NULL when not known or not used.';
COMMENT ON COLUMN @atlas@.stroke_count.path IS 'not treated, direct admission, drip-and-ship, or unknown (treated, hospital not known).';
COMMENT ON COLUMN @atlas@.stroke_count.transferred IS 'True: stays in two hospitals or more.';
COMMENT ON COLUMN @atlas@.stroke_count.strokes IS 'Number of strokes.';

CREATE FUNCTION @atlas@.definition_source(definition text, source_key text, version int4 DEFAULT NULL) RETURNS int4
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  stays_source int4 := @atlas@.find_source(source_key);
  found_id int4;
BEGIN
  SELECT d.source_id INTO found_id FROM @atlas@.definition_source d
  WHERE d.stays_source_id = stays_source AND d.definition = definition_source.definition
    AND (definition_source.version IS NULL OR d.version = definition_source.version)
  ORDER BY d.version DESC LIMIT 1;
  IF found_id IS NULL THEN
    RAISE EXCEPTION 'source "%" was not counted by case definition "%"%', source_key, coalesce(definition, 'NULL'), coalesce(' version ' || version, '')
      USING ERRCODE = '22023', HINT = 'Call tally_stays(definition, source_key) first; the table definition_source lists what was counted.';
  END IF;
  RETURN found_id;
END
$function$;
COMMENT ON FUNCTION @atlas@.definition_source(text, text, int4) IS 'Number of the source of figures made from the stays of a source by a case definition (version NULL: the highest counted). Error 22023 when there is none.';

CREATE FUNCTION @atlas@.stay_inputs(source_key text) RETURNS TABLE (year int4, inputs text)
LANGUAGE sql STABLE
BEGIN ATOMIC
  WITH had AS MATERIALIZED (
    SELECT s.year, s.submission_id, pg_catalog.count(*) AS n
    FROM @atlas@.stay AS s WHERE s.source_id = (SELECT @atlas@.find_source(stay_inputs.source_key))
    GROUP BY s.year, s.submission_id
  )
  SELECT y.year, pg_catalog.string_agg(pg_catalog.format('%s:%s:%s', h.year, h.submission_id, h.n), ' ' ORDER BY h.year, h.submission_id)
  FROM (SELECT DISTINCT h.year FROM had AS h) AS y JOIN had AS h ON h.year BETWEEN y.year - 1 AND y.year + 1
  GROUP BY y.year;
END;
COMMENT ON FUNCTION @atlas@.stay_inputs(text) IS 'Internal: for every year with stays of a source, which submissions it rests on: those of the year and its neighbours, with numbers of stays. Error 22023 unknown source.';

CREATE FUNCTION @atlas@.count_years(source_id int4, years int4[], inputs jsonb) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET work_mem = '256MB' SET jit = off
AS $function$
DECLARE
  this record;
  missing text;
  written bigint;
BEGIN
  SELECT d.definition, d.version, d.stays_source_id, s.source_key INTO this
  FROM @atlas@.definition_source d JOIN @atlas@.source s ON s.source_id = d.stays_source_id WHERE d.source_id = count_years.source_id;
  IF EXISTS (SELECT FROM @atlas@.stay_source s WHERE s.source_id = this.stays_source_id AND s.procedure_system IS NULL) THEN
    -- Nobody treated would be a figure, and a wrong one.
    RAISE EXCEPTION 'the stays of source "%" have no procedures', this.source_key
      USING ERRCODE = '22023', HINT = 'Set procedure_system in the table stay_source and load the stays anew; strokes_of_stays() gives strokes without it.';
  END IF;
  DELETE FROM @atlas@.stroke_count c WHERE c.source_id = count_years.source_id AND c.year = ANY (years);
  SELECT string_agg(format('%s %s', s.country, s.year), ', ' ORDER BY s.country, s.year) INTO missing
  FROM (SELECT DISTINCT t.country, t.year FROM @atlas@.stay t WHERE t.source_id = this.stays_source_id AND t.year = ANY (years)) s
  WHERE NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.level = 'country' AND a.code = s.country
                      AND (a.valid_from IS NULL OR a.valid_from <= make_date(s.year, 7, 1))
                      AND (a.valid_to IS NULL OR a.valid_to >= make_date(s.year, 7, 1)));
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'stays are of countries that the atlas does not have'
      USING ERRCODE = '22023', DETAIL = format('Country and year: %s.', missing), HINT = 'Insert the country into the table area, with its ISO 3166-1 alpha-3 code.';
  END IF;
  INSERT INTO @atlas@.stroke_count (source_id, area_id, year, stratum, age, sex, comorbidity, path, transferred, strokes)
  SELECT count_years.source_id, coalesce(s.area_id, n.area_id), s.year, s.stratum, s.age, coalesce(s.sex, 'unknown'), s.comorbidity, s.path, s.transferred, sum(s.n)
  FROM (SELECT t.country, t.area_id, t.year, t.stratum, t.age, t.sex, t.comorbidity, t.path, t.transferred, count(*) AS n
        FROM @atlas@.strokes_of_stays(this.definition, this.source_key, this.version, years) t
        GROUP BY t.country, t.area_id, t.year, t.stratum, t.age, t.sex, t.comorbidity, t.path, t.transferred) s
  LEFT JOIN LATERAL (
    SELECT a.area_id FROM @atlas@.area a
    WHERE s.area_id IS NULL AND a.level = 'country' AND a.code = s.country
      AND (a.valid_from IS NULL OR a.valid_from <= make_date(s.year, 7, 1)) AND (a.valid_to IS NULL OR a.valid_to >= make_date(s.year, 7, 1))
    ORDER BY a.code_system COLLATE "C" LIMIT 1) n ON true
  GROUP BY coalesce(s.area_id, n.area_id), s.year, s.stratum, s.age, coalesce(s.sex, 'unknown'), s.comorbidity, s.path, s.transferred;
  -- The facts of these years: made, changed, or removed.
  WITH made AS MATERIALIZED (
    SELECT c.area_id, make_date(c.year, 1, 1) AS valid_from, make_date(c.year, 12, 31) AS valid_to,
           tmap.tally_agg(c.stratum, CASE WHEN c.path = 'not treated' THEN 0 ELSE c.strokes END, c.strokes) AS tally,
           -- Directly on an area that has parts: in none of the parts, as far as anybody knows.
           EXISTS (SELECT FROM @atlas@.area a WHERE a.parent_id = c.area_id AND (a.valid_from IS NULL OR a.valid_from <= make_date(c.year, 12, 31))
                     AND (a.valid_to IS NULL OR a.valid_to >= make_date(c.year, 1, 1))) AS unlocated
    FROM @atlas@.stroke_count c WHERE c.source_id = count_years.source_id AND c.year = ANY (years)
    GROUP BY c.area_id, c.year
  ), gone AS (
    DELETE FROM @atlas@.fact f
    WHERE f.source_id = count_years.source_id AND f.indicator = 'thrombectomy_per_stroke' AND f.basis = 'strokes' AND date_part('year', f.valid_from) = ANY (years)
      AND NOT EXISTS (SELECT FROM made m WHERE m.area_id = f.area_id AND m.valid_from = f.valid_from AND m.valid_to = f.valid_to AND m.unlocated = f.unlocated)
    RETURNING 1
  ), changed AS (
    UPDATE @atlas@.fact f SET tally = m.tally, events = tmap.events(m.tally), at_risk_basis = 'computed', basis = 'strokes', parts = NULL, parts_expected = NULL
    FROM made m
    WHERE f.area_id = m.area_id AND f.valid_from = m.valid_from AND f.valid_to = m.valid_to AND f.unlocated = m.unlocated
      AND f.source_id = count_years.source_id AND f.indicator = 'thrombectomy_per_stroke'
      AND NOT (f.basis IS NOT DISTINCT FROM 'strokes' AND f.tally OPERATOR(tmap.=) m.tally)
    RETURNING 1
  ), added AS (
    INSERT INTO @atlas@.fact (area_id, valid_from, valid_to, indicator, source_id, unlocated, tally, events, at_risk_basis, basis)
    SELECT m.area_id, m.valid_from, m.valid_to, 'thrombectomy_per_stroke', count_years.source_id, m.unlocated, m.tally, tmap.events(m.tally), 'computed', 'strokes'
    FROM made m
    WHERE NOT EXISTS (SELECT FROM @atlas@.fact f WHERE f.area_id = m.area_id AND f.valid_from = m.valid_from AND f.valid_to = m.valid_to
                        AND f.unlocated = m.unlocated AND f.source_id = count_years.source_id AND f.indicator = 'thrombectomy_per_stroke')
    ORDER BY m.area_id, m.valid_from, m.unlocated
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added) INTO written;
  DELETE FROM @atlas@.counted_year c WHERE c.source_id = count_years.source_id AND c.year = ANY (years);
  INSERT INTO @atlas@.counted_year (source_id, year, inputs)
  SELECT count_years.source_id, i.key::int4, i.value FROM jsonb_each_text(count_years.inputs) i WHERE i.key::int4 = ANY (years);
  RETURN written;
END
$function$;
COMMENT ON FUNCTION @atlas@.count_years(int4, int4[], jsonb) IS 'Internal: counts these years of a source in definition_source anew: stroke_count, facts and counted_year. inputs: those of stay_inputs(), read once, by year. Returns facts made, changed or removed. Errors: 22023 a country that is not in the table area, or a source without a procedure_system. Called by tally_stays() and refresh_tallies().';
REVOKE EXECUTE ON FUNCTION @atlas@.count_years(int4, int4[], jsonb) FROM PUBLIC;

CREATE FUNCTION @atlas@.refresh_tallies(source_key text)
RETURNS TABLE (definition text, version int4, years int4[], strokes bigint, treated bigint, unlocated bigint, facts bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  stays_source int4 := @atlas@.find_source(source_key);
  book tmap.codebook := @atlas@.codebook();
  all_inputs jsonb;
  this record;
BEGIN
  FOR this IN
    SELECT d.*, s.source_key AS figures_key FROM @atlas@.definition_source d JOIN @atlas@.source s ON s.source_id = d.source_id
    WHERE d.stays_source_id = stays_source ORDER BY d.definition COLLATE "C", d.version LOOP
    PERFORM @atlas@.lock_source(this.source_id);
    definition := this.definition;
    version := this.version;
    all_inputs := (SELECT coalesce(jsonb_object_agg(i.year, i.inputs), '{}') FROM @atlas@.stay_inputs(source_key) i);
    SELECT array_agg(coalesce(i.year, c.year) ORDER BY coalesce(i.year, c.year)) INTO years
    FROM (SELECT e.key::int4 AS year, e.value AS inputs FROM jsonb_each_text(all_inputs) e) i
    FULL JOIN (SELECT o.year, o.inputs FROM @atlas@.counted_year o WHERE o.source_id = this.source_id) c ON c.year = i.year
    -- Another code list may change any year.
    WHERE i.inputs IS DISTINCT FROM c.inputs OR this.codebook OPERATOR(tmap.<>) book;
    facts := 0;
    IF years IS NOT NULL THEN
      UPDATE @atlas@.definition_source d SET codebook = book WHERE d.source_id = this.source_id;
      facts := @atlas@.count_years(this.source_id, years, all_inputs);
    END IF;
    facts := facts + @atlas@.roll_up(this.figures_key) + @atlas@.tally_inhabitants(this.figures_key);
    SELECT coalesce(sum(tmap.at_risk(f.tally)), 0), coalesce(sum(tmap.events(f.tally)), 0), coalesce(sum(tmap.at_risk(f.tally)) FILTER (WHERE f.unlocated), 0)
    INTO strokes, treated, unlocated
    FROM @atlas@.fact f WHERE f.source_id = this.source_id AND f.indicator = 'thrombectomy_per_stroke' AND f.basis = 'strokes';
    RETURN NEXT;
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.refresh_tallies(text) IS
'Brings the figures of all case definitions that a source of stays was counted by up to date: counts anew only the years whose own stays or those of the year before or after came with another submission since, and all years when codebook() changed. The outcome is the same as that of a full count.
Returns a row a definition: the years counted, all strokes, treated and unlocated strokes now, and facts made, changed or removed. Stays changed by hand without a new submission or number of stays, and changed boundaries, are not noticed: tally_stays() counts everything. Errors: 22023 unknown source, a source without a procedure_system, country not in the table area.';
REVOKE EXECUTE ON FUNCTION @atlas@.refresh_tallies(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.tally_stays(definition text, source_key text, version int4 DEFAULT NULL)
RETURNS TABLE (strokes bigint, treated bigint, unlocated bigint, facts bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  d @atlas@.case_definition := @atlas@.find_definition(definition, version);
  stays_source int4 := @atlas@.find_source(source_key);
  figures_key text := format('%s:%s:%s', source_key, d.name, d.version);
  words text := @atlas@.case_definition_text(d.name, d.version);
  figures int4;
  all_inputs jsonb;
BEGIN
  INSERT INTO @atlas@.source (source_key, title, definition, denominator_definition, origin, quality, note, doi, url, country)
  SELECT figures_key, format('%s, case definition %s version %s', s.title, d.name, d.version), words, words, s.origin, s.quality, s.note, s.doi, s.url, s.country
  FROM @atlas@.source s WHERE s.source_id = stays_source
  ON CONFLICT DO NOTHING;
  figures := @atlas@.find_source(figures_key);
  PERFORM @atlas@.lock_source(figures);
  INSERT INTO @atlas@.definition_source (source_id, stays_source_id, definition, version, codebook)
  VALUES (figures, stays_source, d.name, d.version, @atlas@.codebook())
  ON CONFLICT ON CONSTRAINT definition_source_pkey DO UPDATE SET codebook = excluded.codebook;
  all_inputs := (SELECT coalesce(jsonb_object_agg(i.year, i.inputs), '{}') FROM @atlas@.stay_inputs(source_key) i);
  facts := @atlas@.count_years(figures, ARRAY(
    SELECT k::int4 FROM jsonb_object_keys(all_inputs) k UNION SELECT c.year FROM @atlas@.counted_year c WHERE c.source_id = figures ORDER BY 1), all_inputs);
  facts := facts + @atlas@.roll_up(figures_key) + @atlas@.tally_inhabitants(figures_key);
  SELECT coalesce(sum(tmap.at_risk(f.tally)), 0), coalesce(sum(tmap.events(f.tally)), 0), coalesce(sum(tmap.at_risk(f.tally)) FILTER (WHERE f.unlocated), 0)
  INTO strokes, treated, unlocated
  FROM @atlas@.fact f WHERE f.source_id = figures AND f.indicator = 'thrombectomy_per_stroke' AND f.basis = 'strokes';
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.tally_stays(text, text, int4) IS
'Counts the hospital stays of a source by a case definition into facts: area of residence, year, thrombectomies per stroke; regions and countries, and thrombectomies per inhabitant, as tally_strokes() does. version: NULL takes the highest.
The figures are filed under a source of their own, <source_key>:<definition>:<version>, whose definition is case_definition_text(): several definitions stand side by side in area_year, see compare_definitions(). choose_facts() shows one of them by its rule; show_fact() shows another.
Strokes whose area is not known count for their country, as a fact marked unlocated. Counts all years; refresh_tallies() only those that are new.
Returns strokes, treated and unlocated strokes, and facts made, changed or removed (0 when nothing changed). Errors: 22023 unknown definition or source, source without stays or without a procedure_system (nobody treated would be wrong), country not in the table area; 23503 stays in areas that were deleted.';
REVOKE EXECUTE ON FUNCTION @atlas@.tally_stays(text, text, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.compare_definitions(source_key text, a text, b text, version_a int4 DEFAULT NULL, version_b int4 DEFAULT NULL)
RETURNS TABLE (level text, code_system text, code text, name text, year int4, strokes_a bigint, treated_a bigint, value_a float8,
               strokes_b bigint, treated_b bigint, value_b float8, more_strokes bigint, more_treated bigint, difference float8)
LANGUAGE sql STABLE
BEGIN ATOMIC
  WITH side AS (
    SELECT f.area_id, f.valid_from, f.valid_to, f.source_id = s.a AS is_a, f.source_id = s.b AS is_b, tmap.at_risk(f.tally) AS strokes, tmap.events(f.tally) AS treated
    FROM (SELECT @atlas@.definition_source(compare_definitions.a, compare_definitions.source_key, compare_definitions.version_a) AS a,
                 @atlas@.definition_source(compare_definitions.b, compare_definitions.source_key, compare_definitions.version_b) AS b) AS s
    JOIN @atlas@.fact AS f ON f.source_id IN (s.a, s.b) AND f.indicator = 'thrombectomy_per_stroke' AND NOT f.unlocated
  ), both_sides AS (
    SELECT x.area_id, pg_catalog.date_part('year', x.valid_from)::int4 AS year,
           coalesce(pg_catalog.sum(x.strokes) FILTER (WHERE x.is_a), 0)::int8 AS strokes_a, coalesce(pg_catalog.sum(x.treated) FILTER (WHERE x.is_a), 0)::int8 AS treated_a,
           coalesce(pg_catalog.sum(x.strokes) FILTER (WHERE x.is_b), 0)::int8 AS strokes_b, coalesce(pg_catalog.sum(x.treated) FILTER (WHERE x.is_b), 0)::int8 AS treated_b
    FROM side AS x GROUP BY x.area_id, x.valid_from
  )
  SELECT r.level, r.code_system, r.code, r.name, x.year, x.strokes_a, x.treated_a, tmap.proportion(x.treated_a, x.strokes_a, 100),
         x.strokes_b, x.treated_b, tmap.proportion(x.treated_b, x.strokes_b, 100), x.strokes_b - x.strokes_a, x.treated_b - x.treated_a,
         tmap.proportion(x.treated_b, x.strokes_b, 100) - tmap.proportion(x.treated_a, x.strokes_a, 100)
  FROM both_sides AS x JOIN @atlas@.area AS r ON r.area_id = x.area_id
  ORDER BY r.rank, r.code_system COLLATE "C", r.code COLLATE "C", x.year;
END;
COMMENT ON FUNCTION @atlas@.compare_definitions(text, text, text, int4, int4) IS
'What two case definitions make of the same hospital stays: one row an area and year with the strokes, the treated and the treated per 100 strokes of each, and what b has more than a (difference: in percentage points). Both have to be counted by tally_stays() first, and from the same stays and code list: refresh_tallies() brings both up to date; versions: NULL takes the highest counted. Error 22023 unknown source, or not counted.';
