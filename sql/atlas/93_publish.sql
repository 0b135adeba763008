-- Editions: publishing and withdrawing, and what the public reads.

-- A table with a key of its own, so that every server of maps finds real numbers; refreshed when an edition is published or withdrawn.
CREATE TABLE @atlas@.published_value (
  fid int4 PRIMARY KEY,
  edition text NOT NULL,
  area_id int4 NOT NULL,
  code_system text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  level text NOT NULL,
  country text,
  parent_code text,
  indicator text NOT NULL,
  indicator_title text NOT NULL,
  unit text NOT NULL,
  year int4 NOT NULL,
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  sex text NOT NULL,
  age_from int4,
  age_to int4,
  status text NOT NULL,
  class int4 NOT NULL,
  reliability float8,
  smoothed float8,
  rank int4,
  rank_lower int4,
  rank_upper int4,
  ranked int4,
  funnel int4,
  latest boolean NOT NULL,
  events float8,
  at_risk float8,
  value float8,
  lower float8,
  upper float8,
  dsr float8,
  dsr_lower float8,
  dsr_upper float8,
  smr float8,
  smr_lower float8,
  smr_upper float8,
  parent_value float8,
  value_parent_code text,
  basis text NOT NULL,
  per float8 NOT NULL,
  confidence float8 NOT NULL,
  source text NOT NULL,
  origin text NOT NULL,
  quality text
);
CREATE INDEX published_value_area ON @atlas@.published_value (area_id, indicator, year);
CREATE INDEX published_value_map ON @atlas@.published_value (indicator, year, level) WHERE sex = 'all' AND age_from IS NULL;
CREATE INDEX published_value_latest ON @atlas@.published_value (indicator, level) WHERE latest AND sex = 'all' AND age_from IS NULL;

CREATE VIEW @atlas@.current_edition AS
SELECT DISTINCT ON (y.year) y.year, e.edition_id FROM @atlas@.edition e CROSS JOIN LATERAL unnest(e.years) AS y (year)
WHERE e.status = 'published' ORDER BY y.year, e.published_at DESC, e.edition_id DESC;
COMMENT ON VIEW @atlas@.current_edition IS 'The edition that the public views show of each year: the one published last among those that hold it. For the views; not for clients.';
COMMENT ON COLUMN @atlas@.current_edition.year IS 'The year.';
COMMENT ON COLUMN @atlas@.current_edition.edition_id IS 'The edition.';

-- Barriers: a function of the reader's own must not be asked about rows that the view leaves out.
CREATE VIEW @atlas@.release WITH (security_barrier = true) AS
SELECT e.edition_id AS fid, e.edition, e.edition_id IN (SELECT c.edition_id FROM @atlas@.current_edition c) AS current, e.years, e.age_groups, e.by_sex,
       (SELECT c.edition FROM @atlas@.edition c WHERE c.edition_id = e.corrects) AS corrects, e.changes,
       -- Not how near to known a cell is, by year and indicator; and of few cells not which kind they are of: of two withheld, one protected, one is small.
       e.audit - CASE WHEN least((e.audit ->> 'primary')::int8, (e.audit ->> 'secondary')::int8) < 10 THEN '{primary,secondary}'::text[] ELSE '{}' END
               - '{narrowest,parts,exact_allowed,exposed}'::text[] AS audit,
       -- Not the digests of submissions, takes and tallies: who knows all counts but one could try out that one.
       e.parameters - '{submissions,takes,facts}'::text[] AS parameters, e.sha256, e.published_at
FROM @atlas@.edition e WHERE e.status = 'published';

-- A view of its own, because a function would be called with the rights of every reader.
CREATE VIEW @atlas@.edition_figure (fid, edition, area_id, code_system, code, name, level, country, parent_code, indicator, indicator_title, unit, year, valid_from, valid_to, sex,
  age_from, age_to, status, events, at_risk, value, lower, upper, dsr, dsr_lower, dsr_upper, smr, smr_lower, smr_upper, parent_value, value_parent_code, basis, per, confidence,
  source, origin, quality, edition_id, edition_status) AS
SELECT v.fid, e.edition, v.area_id, a.code_system, a.code, a.name, a.level, k.code, p.code, v.indicator, i.title, i.unit, v.year, make_date(v.year, 1, 1), make_date(v.year, 12, 31),
       v.sex, v.age_from, v.age_to, v.status, v.events::float8, v.at_risk::float8, v.value, v.lower, v.upper, v.dsr, v.dsr_lower, v.dsr_upper, v.smr, v.smr_lower, v.smr_upper,
       v.parent_value, above.code, v.basis, i.per, i.confidence, s.title, s.origin, s.quality, e.edition_id, e.status
FROM @atlas@.edition_value AS v
JOIN @atlas@.edition AS e ON e.edition_id = v.edition_id
JOIN @atlas@.area AS a ON a.area_id = v.area_id
JOIN @atlas@.indicator_definition AS i ON i.indicator = v.indicator
JOIN @atlas@.source AS s ON s.source_id = v.source_id
LEFT JOIN @atlas@.area AS k ON k.area_id = a.country_id
LEFT JOIN @atlas@.area AS p ON p.area_id = a.parent_id
LEFT JOIN @atlas@.area AS above ON above.area_id = v.parent_area_id;
COMMENT ON VIEW @atlas@.edition_figure IS 'The figures of all editions, drafts and withdrawn ones included
Not for the public.';

CREATE FUNCTION @atlas@.edition_figures(edition_id int4) RETURNS SETOF @atlas@.edition_figure
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT g.* FROM @atlas@.edition_figure AS g WHERE g.edition_id = edition_figures.edition_id;
END;
COMMENT ON FUNCTION @atlas@.edition_figures(int4) IS 'Internal: the figures of an edition.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_figures(int4) FROM PUBLIC;

CREATE VIEW @atlas@.value AS SELECT v.* FROM @atlas@.published_value v;
CREATE VIEW @atlas@.value_by_edition WITH (security_barrier = true) AS
SELECT e.fid_offset + f.fid AS fid, f.edition, f.area_id, f.code_system, f.code, f.name, f.level, f.country, f.parent_code, f.indicator, f.indicator_title, f.unit, f.year, f.valid_from, f.valid_to,
  f.sex, f.age_from, f.age_to, f.status, f.events, f.at_risk, f.value, f.lower, f.upper, f.dsr, f.dsr_lower, f.dsr_upper, f.smr, f.smr_lower, f.smr_upper, f.parent_value,
  f.value_parent_code, f.basis, f.per, f.confidence, f.source, f.origin, f.quality FROM @atlas@.edition_figure f JOIN @atlas@.edition e ON e.edition_id = f.edition_id WHERE f.edition_status = 'published';

COMMENT ON TABLE @atlas@.published_value IS 'The current figures: of each year those of the edition published last; filled by publish_edition() and withdraw_edition() alone.';
COMMENT ON VIEW @atlas@.release IS 'The releases that are public
One row per edition; current is true for those that the other views show: of each year the one published last. audit is the summary of the audit, changes what differs from the edition that it corrects.';
COMMENT ON VIEW @atlas@.value IS 'Every current figure
One row per area, year, indicator, sex and age group. A suppressed figure has no number of its own; parent_value is that of the nearest area above.';
COMMENT ON VIEW @atlas@.value_by_edition IS 'Every figure of every public edition
As the view value, for older editions too: filter by edition.';
COMMENT ON COLUMN @atlas@.release.fid IS 'Number of the edition.';
COMMENT ON COLUMN @atlas@.release.edition IS 'Name of the edition.';
COMMENT ON COLUMN @atlas@.release.current IS 'True when the edition is the one published last of at least one of its years.';
COMMENT ON COLUMN @atlas@.release.years IS 'Calendar years that it holds.';
COMMENT ON COLUMN @atlas@.release.age_groups IS 'First ages of its age groups.';
COMMENT ON COLUMN @atlas@.release.by_sex IS 'True: it also gives women and men.';
COMMENT ON COLUMN @atlas@.release.corrects IS 'The edition that it corrects; that one is no longer public.';
COMMENT ON COLUMN @atlas@.release.changes IS 'Numbers of figures that are new, gone, or have other values than in that edition.';
COMMENT ON COLUMN @atlas@.release.audit IS 'Summary of the audit: passed; exact: suppressed cells that can be worked out (0); cells; primary: protected ones, secondary: withheld for their sake, both left out when there are fewer than 10 of either; withheld: share of people in them. The full report is in the table edition, for the steward.';
COMMENT ON COLUMN @atlas@.release.parameters IS 'Sources, definitions, rules, standards, versions. Submissions and takes with their digests are in the table edition, for the steward.';
COMMENT ON COLUMN @atlas@.release.sha256 IS 'SHA-256 of the figures.';
COMMENT ON COLUMN @atlas@.release.published_at IS 'When it was published.';
DO $block$
DECLARE
  c record;
  v text;
BEGIN
  FOR c IN SELECT * FROM (VALUES
    ('fid', 'Number of the figure; unique.'), ('edition', 'Name of the edition.'), ('area_id', 'Number of the area.'), ('code_system', 'System of the area code.'),
    ('code', 'Code of the area.'), ('name', 'Name of the area.'), ('level', 'Level of the area: country, region, department ...'), ('country', 'Code of the country.'),
    ('parent_code', 'Code of the area that it is part of.'), ('indicator', 'What is measured, short name.'), ('indicator_title', 'What is measured.'), ('unit', 'Unit of value and dsr.'),
    ('year', 'Calendar year.'), ('valid_from', 'First day of the year.'), ('valid_to', 'Last day of the year.'), ('sex', 'all, female or male.'),
    ('age_from', 'First age of the group; NULL: all ages.'), ('age_to', 'Last age of the group; NULL: open.'), ('status', 'published or suppressed.'),
    ('events', 'Number of events; NULL when suppressed or not reported.'), ('at_risk', 'People at risk; NULL when suppressed or not reported.'),
    ('value', 'Crude value, in unit; NULL when suppressed.'), ('lower', 'Lower confidence limit of value.'), ('upper', 'Upper confidence limit of value.'),
    ('dsr', 'Directly standardised value, three significant digits.'), ('dsr_lower', 'Lower limit of dsr.'), ('dsr_upper', 'Upper limit of dsr.'),
    ('smr', 'Observed over expected at the rates of the country, three significant digits.'), ('smr_lower', 'Lower limit of smr.'), ('smr_upper', 'Upper limit of smr.'),
    ('parent_value', 'In place of a suppressed value: that of the nearest area above.'), ('value_parent_code', 'Code of the area that parent_value is of.'),
    ('class', 'Class of value in the view legend, 1 = lowest; -1 suppressed, -2 no value. The same limits for all years.'),
    ('latest', 'True for the newest year of this area and indicator (and sex and age group).'),
    ('basis', 'counts, or reported: a value as its source printed it.'), ('per', 'Scale: values are per so many at risk.'), ('confidence', 'Confidence level of all limits.'),
    ('source', 'Where the figure comes from.'), ('origin', 'reported, derived, submitted or synthetic.'), ('quality', 'Grade of the source: A, B, C, or NULL.'),
    ('edition_id', 'Number of the edition.'), ('edition_status', 'draft, published or withdrawn.')) AS t (name, comment) LOOP
    FOREACH v IN ARRAY '{published_value,value,value_by_edition,edition_figure}'::text[] LOOP
      CONTINUE WHEN c.name IN ('class', 'latest') AND v IN ('value_by_edition', 'edition_figure');
      IF c.name NOT IN ('edition_id', 'edition_status') OR v = 'edition_figure' THEN
        EXECUTE format('COMMENT ON COLUMN @atlas@.%I.%I IS %L', v, c.name, c.comment);
      END IF;
    END LOOP;
  END LOOP;
  FOR c IN SELECT a.attname AS name, col_description(a.attrelid, a.attnum) AS comment FROM pg_attribute a
           WHERE a.attrelid = '@atlas@.edition_derived'::regclass AND a.attnum > 2 LOOP
    FOREACH v IN ARRAY '{published_value,value}'::text[] LOOP
      EXECUTE format('COMMENT ON COLUMN @atlas@.%I.%I IS %L', v, c.name, c.comment);
    END LOOP;
  END LOOP;
END
$block$;

CREATE FUNCTION @atlas@.edition_changes(edition_id int4, before_id int4) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  WITH pair AS (
    SELECT n.fid IS NULL AS gone, o.fid IS NULL AS new, coalesce(n.year, o.year) AS year, coalesce(n.area_id, o.area_id) AS area_id,
           (n.status, n.events, n.at_risk, n.value, n.dsr, n.smr) IS DISTINCT FROM (o.status, o.events, o.at_risk, o.value, o.dsr, o.smr) AS differs
    FROM (SELECT * FROM @atlas@.edition_value v WHERE v.edition_id = edition_changes.edition_id) n
    FULL JOIN (SELECT * FROM @atlas@.edition_value v WHERE v.edition_id = before_id) o
      ON o.year = n.year AND o.area_id = n.area_id AND o.indicator = n.indicator AND o.sex = n.sex AND o.age_from IS NOT DISTINCT FROM n.age_from
  ), counted AS (
    SELECT count(*) FILTER (WHERE new) AS new, count(*) FILTER (WHERE gone) AS gone, count(*) FILTER (WHERE differs AND NOT new AND NOT gone) AS changed, count(*) FILTER (WHERE NOT differs) AS same FROM pair
  )
  SELECT jsonb_build_object('corrects', (SELECT e.edition FROM @atlas@.edition e WHERE e.edition_id = before_id), 'new', c.new, 'gone', c.gone, 'changed', c.changed, 'same', c.same,
    'years', (SELECT coalesce(jsonb_agg(DISTINCT p.year ORDER BY p.year), '[]') FROM pair p WHERE p.differs),
    'areas', (SELECT coalesce(jsonb_agg(DISTINCT a.code ORDER BY a.code), '[]') FROM pair p JOIN @atlas@.area a ON a.area_id = p.area_id WHERE p.differs))
  FROM counted c
$function$;
COMMENT ON FUNCTION @atlas@.edition_changes(int4, int4) IS 'Internal: what differs between two editions: numbers of figures, years and areas.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_changes(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.refresh_published() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
DECLARE
  n bigint;
BEGIN
  PERFORM @atlas@.edition_derive(c.edition_id)
  FROM (SELECT DISTINCT c.edition_id FROM @atlas@.current_edition c) c WHERE NOT EXISTS (SELECT FROM @atlas@.edition_derived d WHERE d.edition_id = c.edition_id);
  -- Classes stay as they are, unless there is but one, as after a first edition with a single figure.
  PERFORM @atlas@.make_classes(f.indicator, @atlas@.map_breaks(f.figures, 5))
  FROM (SELECT v.indicator, array_agg(v.value) AS figures FROM @atlas@.current_edition c JOIN @atlas@.edition_value v ON v.edition_id = c.edition_id AND v.year = c.year
        WHERE v.sex = 'all' AND v.age_from IS NULL AND v.value IS NOT NULL AND NOT EXISTS (SELECT FROM @atlas@.map_class m WHERE m.indicator = v.indicator AND m.class > 1) GROUP BY v.indicator) f;
  -- DELETE, not TRUNCATE: who reads meanwhile sees the old release whole.
  DELETE FROM @atlas@.published_value;
  -- Numbers anew over all years; of a year they change only with the years before it.
  INSERT INTO @atlas@.published_value
  SELECT (row_number() OVER (ORDER BY f.year, f.fid))::int4, f.edition, f.area_id, f.code_system, f.code, f.name, f.level, f.country, f.parent_code, f.indicator, f.indicator_title, f.unit,
         f.year, f.valid_from, f.valid_to, f.sex, f.age_from, f.age_to, f.status, @atlas@.class_of(f.status, f.value, m.breaks),
         d.reliability, d.smoothed, d.rank, d.rank_lower, d.rank_upper, d.ranked, d.funnel,
         f.year = max(f.year) OVER (PARTITION BY f.area_id, f.indicator, f.sex, f.age_from),
         f.events, f.at_risk, f.value, f.lower, f.upper, f.dsr, f.dsr_lower, f.dsr_upper,
         f.smr, f.smr_lower, f.smr_upper, f.parent_value, f.value_parent_code, f.basis, f.per, f.confidence, f.source, f.origin, f.quality
  FROM @atlas@.current_edition c CROSS JOIN LATERAL @atlas@.edition_figures(c.edition_id) f
  LEFT JOIN @atlas@.edition_derived d ON d.edition_id = c.edition_id AND d.fid = f.fid
  LEFT JOIN (SELECT m.indicator, array_agg(m.lower ORDER BY m.class) FILTER (WHERE m.class > 1) AS breaks FROM @atlas@.map_class m GROUP BY m.indicator) m ON m.indicator = f.indicator
  WHERE f.year = c.year;
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM @atlas@.analyze_edition('published_value');
  PERFORM @atlas@.build_shapes();
  RETURN n;
END
$function$;
COMMENT ON FUNCTION @atlas@.refresh_published() IS 'Internal: puts the figures of the current editions into published_value, and on the map; returns how many.';
REVOKE EXECUTE ON FUNCTION @atlas@.refresh_published() FROM PUBLIC;

CREATE FUNCTION @atlas@.publish_edition(edition text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this @atlas@.edition;
  report jsonb;
  bare text;
BEGIN
  PERFORM pg_advisory_xact_lock('@atlas@.edition'::regclass::oid::int8::bit(32)::int4, 0);
  SELECT * INTO this FROM @atlas@.edition e WHERE e.edition = publish_edition.edition FOR UPDATE;
  IF this.status IS DISTINCT FROM 'draft' THEN
    RAISE EXCEPTION 'no draft of edition "%"', coalesce(edition, 'NULL')
      USING ERRCODE = '55000', DETAIL = coalesce('It is ' || this.status || '.', 'There is no edition of that name.'), HINT = 'Call compute_edition() first.';
  ELSIF this.corrects IS NOT NULL AND NOT EXISTS (SELECT FROM @atlas@.edition e WHERE e.edition_id = this.corrects AND e.status = 'published') THEN
    RAISE EXCEPTION 'the edition that "%" corrects is no longer public', edition USING ERRCODE = '55000', HINT = 'Compute the edition again without "corrects".';
  ELSIF EXISTS (SELECT FROM @atlas@.edition e WHERE e.status = 'published' AND e.edition_id <> this.edition_id
                  AND greatest(e.published_at, (e.parameters #>> '{imported,at}')::timestamptz) > this.computed_at) THEN
    RAISE EXCEPTION 'another edition was published since "%" was computed', edition
      USING ERRCODE = '55000', DETAIL = 'The two together could give small counts away.', HINT = 'Compute the edition again.';
  ELSIF this.sha256 <> @atlas@.edition_digest(this.edition_id) THEN
    RAISE EXCEPTION 'the figures of edition "%" were changed since it was computed', edition USING ERRCODE = '55000', HINT = 'Compute the edition again.';
  END IF;
  -- It would be current for such a year, and hide the edition before it.
  SELECT string_agg(y.year::text, ', ' ORDER BY y.year) INTO bare FROM unnest(this.years) y (year)
  WHERE NOT EXISTS (SELECT FROM @atlas@.edition_value v WHERE v.edition_id = this.edition_id AND v.year = y.year);
  IF bare IS NOT NULL THEN
    RAISE EXCEPTION 'edition "%" has no figure of %', edition, bare
      USING ERRCODE = '55000', DETAIL = 'No fact of such a year is shown, or of no indicator of the edition.', HINT = 'Call choose_facts(), or compute the edition of the other years alone.';
  END IF;
  report := @atlas@.audit_edition(edition);
  IF NOT (report ->> 'passed')::boolean THEN
    RAISE EXCEPTION 'edition "%" did not pass the audit', edition
      USING ERRCODE = '55000', DETAIL = format('%s suppressed cells can be worked out.', report ->> 'exact'), HINT = 'SELECT * FROM audit_findings(edition) lists them.';
  END IF;
  UPDATE @atlas@.edition e SET audit = report, status = 'published', published_at = clock_timestamp(), published_by = session_user WHERE e.edition_id = this.edition_id;
  IF this.corrects IS NOT NULL THEN
    UPDATE @atlas@.edition e SET status = 'withdrawn', withdrawn_at = clock_timestamp(), withdrawn_by = session_user, withdrawal_reason = format('corrected by edition %s', publish_edition.edition)
    WHERE e.edition_id = this.corrects;
  END IF;
  RETURN @atlas@.refresh_published();
END
$function$;
COMMENT ON FUNCTION @atlas@.publish_edition(text) IS
'Publishes a draft: audits it, makes it the current edition of its years and withdraws the edition that it corrects, all in one transaction; returns how many figures the public now reads.
Errors, after which the public sees what it saw: 55000 no draft, a year without a figure, failed audit, an edition published meanwhile, figures changed since.';
REVOKE EXECUTE ON FUNCTION @atlas@.publish_edition(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.withdraw_edition(edition text, reason text, stays_known boolean DEFAULT true) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF coalesce(btrim(reason), '') = '' THEN
    RAISE EXCEPTION 'a withdrawal needs a reason' USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock('@atlas@.edition'::regclass::oid::int8::bit(32)::int4, 0);
  UPDATE @atlas@.edition e SET status = 'withdrawn', withdrawn_at = clock_timestamp(), withdrawn_by = session_user, withdrawal_reason = reason, stays_known = coalesce(withdraw_edition.stays_known, true)
  WHERE e.edition = withdraw_edition.edition AND e.status = 'published';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no published edition "%"', coalesce(edition, 'NULL') USING ERRCODE = '22023';
  END IF;
  RETURN @atlas@.refresh_published();
END
$function$;
COMMENT ON FUNCTION @atlas@.withdraw_edition(text, text, boolean) IS
'Withdraws a published edition: it is gone from every public view at once; of its years the editions published before it are current again. Returns how many figures the public now reads.
stays_known: somebody may have kept it, so later editions of its years count its figures as known where theirs are equal, and have its age groups; false only when nobody can have read it. Errors: 22023 no such edition, no reason.';
REVOKE EXECUTE ON FUNCTION @atlas@.withdraw_edition(text, text, boolean) FROM PUBLIC;
