-- Who did what and when, and the way from a public figure back to the submissions it rests on.

CREATE TABLE @atlas@.event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  who text NOT NULL DEFAULT session_user,
  acting_as text,
  transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  action text NOT NULL,
  country text,
  object text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX event_object ON @atlas@.event (object, action);
COMMENT ON TABLE @atlas@.event IS 'Log of what was loaded, corrected, counted, computed, published, withdrawn and ruled, by whom and when. Numbers and names only, no patient data. Rows are added by triggers; nobody changes or deletes them.';
COMMENT ON COLUMN @atlas@.event.event_id IS 'Number of the event.';
COMMENT ON COLUMN @atlas@.event.at IS 'When, to the microsecond, within the transaction that did it: what was rolled back is not here.';
COMMENT ON COLUMN @atlas@.event.who IS 'Role that logged in.';
COMMENT ON COLUMN @atlas@.event.acting_as IS 'Role that it had taken on by SET ROLE; NULL when none.';
COMMENT ON COLUMN @atlas@.event.transaction_id IS 'Transaction: events of one call have one number.';
COMMENT ON COLUMN @atlas@.event.action IS 'submission in force, submission superseded, submission refused, submission changed, submission deleted; facts added, facts changed, facts chosen, facts removed; year counted; edition computed, edition published, edition withdrawn, edition changed, draft removed; rule added, rule changed, rule removed.';
COMMENT ON COLUMN @atlas@.event.country IS 'Country concerned, which decides who may read the event; NULL: several or none.';
COMMENT ON COLUMN @atlas@.event.object IS 'What it happened to: submission and its number, source and its key, edition and its name, table.';
COMMENT ON COLUMN @atlas@.event.detail IS 'Numbers, digests and the values of rules.';

ALTER TABLE @atlas@.event ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_countries ON @atlas@.event USING (tmap.plan_guard() AND (SELECT @atlas@.sees_all_countries()));
CREATE POLICY own_country ON @atlas@.event FOR SELECT USING (country = ANY ((SELECT @atlas@.my_countries())::text[]));

CREATE FUNCTION @atlas@.event_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  RAISE EXCEPTION 'the log of events is not changed' USING ERRCODE = '55000';
END
$function$;
COMMENT ON FUNCTION @atlas@.event_stays() IS 'Internal: trigger of event: error 55000 for any change of the log.';
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON @atlas@.event FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.event_stays();

-- The triggers write with the owner's rights: whoever is watched must not be able to write the log. They take nothing
-- from the caller but the rows, hold no dynamic SQL, and cannot be called or put on another table by anybody else.
CREATE FUNCTION @atlas@.log_submission() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this @atlas@.submission := coalesce(NEW, OLD);
  was text := CASE WHEN TG_OP <> 'INSERT' THEN OLD.status END;
BEGIN
  INSERT INTO @atlas@.event (acting_as, action, country, object, detail)
  SELECT nullif(current_setting('role'), 'none'),
         CASE WHEN TG_OP = 'DELETE' THEN 'submission deleted'
              WHEN this.status <> coalesce(was, 'refused') THEN 'submission ' || this.status
              WHEN this.status = 'refused' THEN 'submission refused' ELSE 'submission changed' END,
         this.country, format('submission %s', this.submission_id),
         jsonb_strip_nulls(jsonb_build_object('submission', this.submission_key, 'source', (SELECT s.source_key FROM @atlas@.source s WHERE s.source_id = this.source_id), 'sha256', this.sha256,
           'lines_read', this.lines_read, 'accepted', this.accepted, 'rejected', this.rejected, 'superseded_by', this.superseded_by));
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.log_submission() IS 'Internal: trigger of submission: writes the event.';
-- Loaders insert a submission before they know its outcome: that is not an event yet.
CREATE TRIGGER log_insert AFTER INSERT ON @atlas@.submission FOR EACH ROW WHEN (NEW.status <> 'refused' OR NEW.lines_read > 0) EXECUTE FUNCTION @atlas@.log_submission();
CREATE TRIGGER log_change AFTER UPDATE ON @atlas@.submission FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION @atlas@.log_submission();
CREATE TRIGGER log_delete AFTER DELETE ON @atlas@.submission FOR EACH ROW EXECUTE FUNCTION @atlas@.log_submission();

CREATE FUNCTION @atlas@.log_facts() RETURNS trigger
-- A plan made for a statement of few rows and kept took a hundred times as long for many.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
AS $function$
BEGIN
  IF NOT EXISTS (SELECT FROM added) THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO @atlas@.event (acting_as, action, country, object, detail)
    SELECT nullif(current_setting('role'), 'none'), CASE WHEN c.figures THEN 'facts changed' ELSE 'facts chosen' END, k.code, format('source %s', s.source_key),
           jsonb_build_object('facts', count(*), 'from', min(c.valid_from), 'to', max(c.valid_to))
    FROM (SELECT n.source_id, n.area_id, n.valid_from, n.valid_to,
                 (n.tally::text, n.events, n.at_risk, n.reported_value, n.reported_per, n.area_id, n.indicator, n.source_id, n.valid_from, n.valid_to)
                   IS DISTINCT FROM (o.tally::text, o.events, o.at_risk, o.reported_value, o.reported_per, o.area_id, o.indicator, o.source_id, o.valid_from, o.valid_to) AS figures
          FROM added n JOIN gone o ON o.fact_id = n.fact_id) c
    JOIN @atlas@.source s ON s.source_id = c.source_id JOIN @atlas@.area a ON a.area_id = c.area_id LEFT JOIN @atlas@.area k ON k.area_id = a.country_id
    GROUP BY c.figures, k.code, s.source_key;
  ELSE
    INSERT INTO @atlas@.event (acting_as, action, country, object, detail)
    SELECT nullif(current_setting('role'), 'none'), CASE TG_OP WHEN 'INSERT' THEN 'facts added' ELSE 'facts removed' END, k.code, format('source %s', s.source_key),
           jsonb_build_object('facts', count(*), 'from', min(c.valid_from), 'to', max(c.valid_to))
    FROM added c JOIN @atlas@.source s ON s.source_id = c.source_id JOIN @atlas@.area a ON a.area_id = c.area_id LEFT JOIN @atlas@.area k ON k.area_id = a.country_id
    GROUP BY k.code, s.source_key;
  END IF;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.log_facts() IS 'Internal: trigger of fact: writes an event a statement, source and country. "chosen": only what is shown, or a remark, changed.';
CREATE TRIGGER log_insert AFTER INSERT ON @atlas@.fact REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.log_facts();
CREATE TRIGGER log_change AFTER UPDATE ON @atlas@.fact REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.log_facts();
CREATE TRIGGER log_delete AFTER DELETE ON @atlas@.fact REFERENCING OLD TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.log_facts();

CREATE FUNCTION @atlas@.log_edition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this @atlas@.edition := coalesce(NEW, OLD);
BEGIN
  INSERT INTO @atlas@.event (acting_as, action, object, detail)
  SELECT nullif(current_setting('role'), 'none'),
         CASE WHEN TG_OP = 'DELETE' THEN 'draft removed' WHEN NEW.status <> OLD.status THEN 'edition ' || NEW.status WHEN OLD.sha256 IS NULL THEN 'edition computed' ELSE 'edition changed' END,
         format('edition %s', this.edition),
         jsonb_strip_nulls(jsonb_build_object('edition_id', this.edition_id, 'sha256', this.sha256, 'years', this.years, 'withdrawal_reason', this.withdrawal_reason,
           'corrects', (SELECT e.edition FROM @atlas@.edition e WHERE e.edition_id = this.corrects)));
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.log_edition() IS 'Internal: trigger of edition: writes the event.';
CREATE TRIGGER log_change AFTER UPDATE ON @atlas@.edition FOR EACH ROW
  WHEN (OLD.status <> NEW.status OR OLD.sha256 IS DISTINCT FROM NEW.sha256) EXECUTE FUNCTION @atlas@.log_edition();
CREATE TRIGGER log_delete AFTER DELETE ON @atlas@.edition FOR EACH ROW EXECUTE FUNCTION @atlas@.log_edition();

CREATE FUNCTION @atlas@.log_rule() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - '{tally,codebook}'::text[] END;
  new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - '{tally,codebook}'::text[] END;
BEGIN
  INSERT INTO @atlas@.event (acting_as, action, country, object, detail)
  SELECT nullif(current_setting('role'), 'none'),
         CASE WHEN TG_TABLE_NAME = 'counted_year' THEN 'year counted' WHEN TG_OP = 'INSERT' THEN 'rule added' WHEN TG_OP = 'UPDATE' THEN 'rule changed' ELSE 'rule removed' END,
         nullif(coalesce(new_row, old_row) ->> 'country', '*'), format('table %s', TG_TABLE_NAME),
         jsonb_strip_nulls(jsonb_build_object('now', new_row, 'before', old_row, 'source', (SELECT s.source_key FROM @atlas@.source s WHERE s.source_id = (new_row ->> 'source_id')::int4)));
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.log_rule() IS 'Internal: trigger of the tables of rules and of counted_year: writes the event with the row before and after.';

DO $block$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY '{disclosure_rule,code_rule,case_definition,indicator_definition,standard,role_country,source,stay_source,factor_name,tally_agreement}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER log_rule AFTER INSERT OR UPDATE OR DELETE ON @atlas@.%I FOR EACH ROW EXECUTE FUNCTION @atlas@.log_rule()', t);
  END LOOP;
  CREATE TRIGGER log_rule AFTER INSERT ON @atlas@.counted_year FOR EACH ROW EXECUTE FUNCTION @atlas@.log_rule();
  FOREACH t IN ARRAY '{log_submission,log_facts,log_edition,log_rule}'::text[] LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION @atlas@.%I() FROM PUBLIC', t);
  END LOOP;
END
$block$;

CREATE FUNCTION @atlas@.trace(edition text, area text, year int4, indicator text)
RETURNS TABLE (step int4, kind text, name text, status text, who text, at timestamptz, sha256 text, lines bigint, detail jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  this @atlas@.edition;
  areas int4[];
BEGIN
  SELECT * INTO this FROM @atlas@.edition e WHERE e.edition = trace.edition;
  SELECT array_agg(DISTINCT v.area_id) INTO areas FROM @atlas@.edition_value v JOIN @atlas@.area a ON a.area_id = v.area_id
  WHERE v.edition_id = this.edition_id AND a.code = trace.area AND v.year = trace.year AND v.indicator = trace.indicator;
  IF areas IS NULL OR cardinality(areas) > 1 THEN
    RAISE EXCEPTION '% in edition "%"', CASE WHEN areas IS NULL THEN 'no such figure' ELSE 'several areas of that code' END, coalesce(edition, 'NULL')
      USING ERRCODE = '22023', DETAIL = format('Area "%s", year %s, indicator "%s".', area, year, indicator), HINT = 'The table edition_value has the figures of an edition.';
  END IF;
  RETURN QUERY
  WITH RECURSIVE cell AS (
    SELECT v.*, c.rule, c.status AS decision,
           (SELECT sum(n.events) FROM @atlas@.edition_cell_atom m JOIN @atlas@.edition_atom_count n USING (edition_id, year, atom)
            WHERE m.edition_id = c.edition_id AND m.year = c.year AND m.cell = c.cell AND n.indicator = v.indicator) AS counted_events,
           (SELECT sum(n.at_risk) FROM @atlas@.edition_cell_atom m JOIN @atlas@.edition_atom_count n USING (edition_id, year, atom)
            WHERE m.edition_id = c.edition_id AND m.year = c.year AND m.cell = c.cell AND n.indicator = v.indicator) AS counted_at_risk
    FROM @atlas@.edition_value v
    LEFT JOIN @atlas@.edition_cell c ON c.edition_id = v.edition_id AND c.year = v.year AND c.area_id = v.area_id AND c.sex = v.sex AND c.age_from IS NULL
    WHERE v.edition_id = this.edition_id AND v.area_id = areas[1] AND v.year = trace.year AND v.indicator = trace.indicator AND v.sex = 'all' AND v.age_from IS NULL
  ), fact AS (   -- of the figure's source: the area's own, and those it was added up from
    SELECT f.*, u.depth FROM cell c
    JOIN LATERAL (SELECT m.member_id AS area_id, 1 AS depth FROM @atlas@.area_member m WHERE m.area_id = c.area_id
                  UNION ALL SELECT c.area_id, 0 WHERE NOT EXISTS (SELECT FROM @atlas@.area_member m WHERE m.area_id = c.area_id)) u ON true
    JOIN @atlas@.fact f ON f.area_id = u.area_id AND f.source_id = c.source_id AND f.indicator = c.indicator AND NOT f.unlocated
      AND f.valid_from = make_date(c.year, 1, 1) AND f.valid_to = make_date(c.year, 12, 31)
    UNION ALL
    SELECT f.*, p.depth + 1 FROM fact p JOIN @atlas@.area a ON p.basis = 'rolled up' AND (a.parent_id = p.area_id OR a.area_id = p.area_id)
    JOIN @atlas@.fact f ON f.area_id = a.area_id AND f.source_id = p.source_id AND f.indicator = p.indicator AND f.valid_from = p.valid_from AND f.valid_to = p.valid_to
      AND f.unlocated = (a.area_id = p.area_id)
  ), used AS (
    SELECT c.source_id, coalesce(d.stays_source_id, c.source_id) AS from_id, d.definition, d.version FROM cell c LEFT JOIN @atlas@.definition_source d ON d.source_id = c.source_id
  ), given AS (   -- the submissions that were in force when the edition was computed, with what became of them
    SELECT s.*, j.value ->> 'sha256' AS digest FROM jsonb_array_elements(coalesce(nullif(this.parameters -> 'submissions', 'null'), '[]')) j
    JOIN @atlas@.submission s ON s.submission_id = (j.value ->> 'number')::int4 JOIN used u ON u.from_id = s.source_id
  ), area_line AS (
    SELECT g.submission_id, coalesce(
      (SELECT nullif(count(*), 0) FROM @atlas@.submitted_count k JOIN (SELECT DISTINCT f.area_id, f.valid_from, f.valid_to FROM fact f) w
         ON w.area_id = k.area_id AND w.valid_from = k.valid_from AND w.valid_to = k.valid_to WHERE k.submission_id = g.submission_id),
      (SELECT g.accepted FROM @atlas@.stay_submission t WHERE t.submission_id = g.submission_id AND t.years && ARRAY[trace.year - 1, trace.year, trace.year + 1])) AS n
    FROM given g
  )
  SELECT 1, 'edition', this.edition, this.status, coalesce(this.withdrawn_by, this.published_by, this.computed_by), coalesce(this.withdrawn_at, this.published_at, this.computed_at), this.sha256, NULL::bigint,
         jsonb_strip_nulls(jsonb_build_object('computed_by', this.computed_by, 'published_by', this.published_by, 'withdrawn_by', this.withdrawn_by, 'withdrawal_reason', this.withdrawal_reason,
           'facts_sha256', this.parameters -> 'facts', 'tmap', this.parameters -> 'tmap'))
  UNION ALL
  SELECT 2, 'cell', trace.area, c.status, NULL, NULL, NULL, NULL,
         jsonb_strip_nulls(jsonb_build_object('decision', (ARRAY['published', 'protected', 'withheld for others', 'protected'])[c.decision + 1], 'events', c.counted_events, 'at_risk', c.counted_at_risk, 'value', c.value))
  FROM cell c
  UNION ALL
  SELECT 3 + f.depth, CASE WHEN f.depth = 0 THEN 'fact' ELSE 'part' END, a.code || CASE WHEN f.unlocated THEN ' (unlocated)' ELSE '' END, f.basis, NULL, NULL, NULL, NULL,
         jsonb_strip_nulls(jsonb_build_object('fact_id', f.fact_id, 'events', coalesce(tmap.events(f.tally), f.events), 'at_risk', coalesce(tmap.at_risk(f.tally), f.at_risk), 'parts', f.parts,
           'as_in_edition', CASE WHEN f.depth = 0 THEN (SELECT c.counted_events = tmap.events(f.tally) AND c.counted_at_risk = tmap.at_risk(f.tally) FROM cell c) END, 'choice', f.choice_reason))
  FROM fact f JOIN @atlas@.area a ON a.area_id = f.area_id
  UNION ALL
  SELECT 20, 'source', s.source_key, s.origin, NULL, NULL, NULL, NULL, jsonb_strip_nulls(jsonb_build_object('title', s.title, 'definition', u.definition, 'version', u.version))
  FROM used u JOIN @atlas@.source s ON s.source_id = u.source_id
  UNION ALL
  SELECT 21, 'submission', g.submission_key, g.status, g.loaded_by, g.loaded_at, g.sha256, l.n,
         jsonb_strip_nulls(jsonb_build_object('number', g.submission_id, 'country', g.country, 'lines_read', g.lines_read, 'accepted', g.accepted, 'rejected', g.rejected,
           'digest_as_in_edition', g.sha256 = g.digest, 'superseded_by', g.superseded_by))
  FROM given g JOIN area_line l ON l.submission_id = g.submission_id WHERE l.n > 0
  ORDER BY 1, 2, 3;
END
$function$;
COMMENT ON FUNCTION @atlas@.trace(text, text, int4, text) IS
'The way from a figure of an edition back to where it comes from, one row a station: the edition (who published it), the cell (all ages, both sexes: what disclosure control decided, and the counts, withheld ones too), the fact and, when it was added up, the parts, the source, and the submissions in force when the edition was computed with their digests and how many of their lines speak of it (of stays: all accepted lines when the submission has stays of the year or its neighbours).
edition: its name; area: code of the area; year: calendar year; indicator: short name. as_in_edition is false when the fact has changed since. For the steward: shows withheld counts. Error 22023 no such figure, or several areas with the code.';
REVOKE EXECUTE ON FUNCTION @atlas@.trace(text, text, int4, text) FROM PUBLIC;
