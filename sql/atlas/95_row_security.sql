-- Who may see which rows: a contributor those of its own country.
--
-- Row security is on in every table with rows or counts of a country, from the start: a right granted too widely shows
-- nothing. It is not forced on the owner, who loads and computes for all countries, whose dumps have to be whole, and
-- who could turn it off anyway: the owner is the steward, and nobody works as the owner by day. It is not on area and
-- stroke_centre: PostGIS's functions are not leakproof, so that it would turn their spatial indexes off.

CREATE TABLE @atlas@.role_country (
  role name NOT NULL,
  country text NOT NULL CHECK (country <> ''),
  PRIMARY KEY (role, country)
);
COMMENT ON TABLE @atlas@.role_country IS 'Which role sees the rows of which country; kept by set_up_roles(), add_contributor() and remove_contributor(). By name, so that it outlives a dump.';
COMMENT ON COLUMN @atlas@.role_country.role IS 'Name of the role; its members see what it sees.';
COMMENT ON COLUMN @atlas@.role_country.country IS 'ISO 3166-1 alpha-3 code, or * for all countries.';

ALTER TABLE @atlas@.source ADD COLUMN country text;
COMMENT ON COLUMN @atlas@.source.country IS 'Country whose contributors may see the source and file under it; NULL: those of all countries.';
ALTER TABLE @atlas@.inbox ADD COLUMN uploaded_by text NOT NULL DEFAULT current_user;
COMMENT ON COLUMN @atlas@.inbox.uploaded_by IS 'Role that brought the line; who is no owner sees its own lines only.';

-- Keys that a contributor can run into begin with the country, so that an error tells nothing of other countries: foreign keys too, which are checked with the owner's rights.
DROP INDEX @atlas@.submission_one_in_force;
CREATE UNIQUE INDEX submission_one_in_force ON @atlas@.submission (country, submission_key) WHERE status = 'in force';
ALTER TABLE @atlas@.submission ADD CONSTRAINT submission_of_country UNIQUE (country, submission_id), DROP CONSTRAINT submission_superseded_by_fkey,
  ADD CONSTRAINT submission_superseded_by_fkey FOREIGN KEY (country, superseded_by) REFERENCES @atlas@.submission (country, submission_id);
ALTER TABLE @atlas@.stay_history DROP CONSTRAINT stay_history_pkey, ADD CONSTRAINT stay_history_pkey PRIMARY KEY (country, submission_id, line_no);

CREATE FUNCTION @atlas@.my_countries() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT coalesce(pg_catalog.array_agg(DISTINCT c.country), '{}')
  FROM @atlas@.role_country AS c JOIN pg_catalog.pg_roles AS r ON r.rolname = c.role
  WHERE pg_catalog.pg_has_role(r.oid, 'USAGE');
END;
COMMENT ON FUNCTION @atlas@.my_countries() IS 'Codes of the countries whose rows the present role sees, through itself or a role that it is a member of and inherits from; * stands for all, {} for none.';

CREATE FUNCTION @atlas@.sees_all_countries() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN '*' = ANY (@atlas@.my_countries());
COMMENT ON FUNCTION @atlas@.sees_all_countries() IS 'True when the present role sees the rows of all countries: analysts and publishers.';

CREATE FUNCTION @atlas@.my_areas() RETURNS TABLE (area_id int4)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT a.area_id FROM @atlas@.area AS k JOIN @atlas@.area AS a ON a.country_id = k.area_id
  WHERE k.level = 'country' AND k.code = ANY ((SELECT @atlas@.my_countries())::text[]);
END;
COMMENT ON FUNCTION @atlas@.my_areas() IS 'Numbers of the areas of the countries in my_countries(); none for *.';

ALTER TABLE @atlas@.role_country ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_roles ON @atlas@.role_country
  USING (EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = role AND pg_catalog.pg_has_role(r.oid, 'USAGE')));

-- In sub-selects, so that each is asked once a query and not once a row; IN, so that the areas are looked up in a hash.
-- plan_guard(): so that EXPLAIN, which tells how many rows were left out, is refused to who does not see all of them.
DO $block$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES
    -- The area, too, has to be of the country: or strokes of one would be counted in the figures of another.
    -- And the source, or it would be counted with what another country hands in.
    ('stay', 'country = ANY ((SELECT @atlas@.my_countries())::text[])', ' AND (area_id IS NULL OR area_id IN (SELECT m.area_id FROM @atlas@.my_areas() m)) AND source_id IN (SELECT s.source_id FROM @atlas@.source s)'),
    ('stroke', 'country = ANY ((SELECT @atlas@.my_countries())::text[])', ' AND (area_id IS NULL OR area_id IN (SELECT m.area_id FROM @atlas@.my_areas() m)) AND source_id IN (SELECT s.source_id FROM @atlas@.source s)'),
    ('stay_history', 'country = ANY ((SELECT @atlas@.my_countries())::text[])', ''),
    ('submission', 'country = ANY ((SELECT @atlas@.my_countries())::text[])', ' AND source_id IN (SELECT s.source_id FROM @atlas@.source s)'),
    ('stay_submission', 'submission_id IN (SELECT s.submission_id FROM @atlas@.submission s)', ''),
    ('submitted_count', 'submission_id IN (SELECT s.submission_id FROM @atlas@.submission s)', ' AND area_id IN (SELECT m.area_id FROM @atlas@.my_areas() m)'),
    ('rejected_line', 'submission_id IN (SELECT s.submission_id FROM @atlas@.submission s)', ''),
    ('factor_submission', 'submission_id IN (SELECT s.submission_id FROM @atlas@.submission s)', ''),
    ('fact', 'area_id IN (SELECT m.area_id FROM @atlas@.my_areas() m)', ' AND source_id IN (SELECT s.source_id FROM @atlas@.source s)'),
    ('population', 'area_id IN (SELECT m.area_id FROM @atlas@.my_areas() m)', ''),
    ('stroke_count', 'area_id IN (SELECT m.area_id FROM @atlas@.my_areas() m)', ''),
    ('source', 'country IS NULL OR country = ANY ((SELECT @atlas@.my_countries())::text[])', ''),
    ('stay_source', 'source_id IN (SELECT s.source_id FROM @atlas@.source s)', ''),
    -- Counts of other countries in disguise: standards made of strokes, numbers of stays, editions before they are public.
    ('standard', 'false', ''), ('definition_source', 'false', ''), ('counted_year', 'false', ''), ('edition', 'false', ''), ('edition_atom', 'false', ''),
    ('edition_atom_count', 'false', ''), ('edition_cell', 'false', ''), ('edition_cell_atom', 'false', ''), ('edition_value', 'false', ''), ('edition_derived', 'false', ''),
    -- What countries that keep their rows offer to a centre, who may read what this one offers; factors are for analysts.
    ('federated_offer', 'false', ''), ('federated_take', 'country = ANY ((SELECT @atlas@.my_countries())::text[])', ''), ('tally_agreement', 'false', ''), ('factor', 'false', '')) AS p (name, mine, also) LOOP
    EXECUTE format('ALTER TABLE @atlas@.%I ENABLE ROW LEVEL SECURITY', t.name);
    EXECUTE format('CREATE POLICY all_countries ON @atlas@.%I USING (tmap.plan_guard() AND (SELECT @atlas@.sees_all_countries()))', t.name);
    IF t.mine <> 'false' THEN
      EXECUTE format('CREATE POLICY own_country ON @atlas@.%I USING (%s) WITH CHECK (%2$s%s)', t.name, t.mine, t.also);
    END IF;
  END LOOP;
  ALTER TABLE @atlas@.inbox ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own_lines ON @atlas@.inbox USING (tmap.plan_guard() AND uploaded_by = CURRENT_USER::text);
  -- Partitions are read through the whole; by themselves they show nothing to anybody but the owner.
  FOR t IN SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
           WHERE i.inhparent IN ('@atlas@.stay'::regclass, '@atlas@.stroke'::regclass) LOOP
    EXECUTE format('ALTER TABLE @atlas@.%I ENABLE ROW LEVEL SECURITY', t.name);
  END LOOP;
END
$block$;

CREATE OR REPLACE FUNCTION @atlas@.add_stroke_year(year int4) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  partition text := format('stroke_%s', year);
BEGIN
  IF year IS NULL OR year NOT BETWEEN 1900 AND 2099 THEN
    RAISE EXCEPTION 'year out of range' USING ERRCODE = '22003', HINT = 'Give a year from 1900 to 2099.';
  ELSIF to_regclass('@atlas@.' || partition) IS NOT NULL THEN
    RETURN;
  END IF;
  LOCK TABLE @atlas@.stroke IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE @atlas@.%I (LIKE @atlas@.stroke INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)', partition);
  EXECUTE format('ALTER TABLE @atlas@.%I ENABLE ROW LEVEL SECURITY', partition);
  EXECUTE format('COMMENT ON TABLE @atlas@.%I IS %L', partition, format('Strokes of %s.', year));
  EXECUTE format('WITH moved AS (DELETE FROM @atlas@.stroke_other o WHERE o.year = $1 RETURNING o.*) INSERT INTO @atlas@.%I SELECT * FROM moved', partition) USING year;
  PERFORM @atlas@.check_strokes_of(partition);
  EXECUTE format('ALTER TABLE @atlas@.stroke ATTACH PARTITION @atlas@.%I FOR VALUES IN (%s)', partition, year);
END
$function$;
COMMENT ON FUNCTION @atlas@.add_stroke_year(int4) IS 'Gives a year a partition of its own and moves its strokes there; does nothing when it has one. Owner only. Error 22003 for a year outside 1900..2099.';
REVOKE EXECUTE ON FUNCTION @atlas@.add_stroke_year(int4) FROM PUBLIC;

-- Views of small counts, drafts and withdrawn editions read with the rights of whoever reads them, so that a right given too widely shows
-- nothing here either; unlocated in atlases made before this. value_by_edition has to read the tables itself then.
ALTER VIEW @atlas@.unlocated SET (security_invoker = true);
ALTER VIEW @atlas@.stroke_count_area SET (security_invoker = true);
ALTER VIEW @atlas@.patient_characteristics SET (security_invoker = true);
DO $block$
BEGIN
  EXECUTE format('CREATE OR REPLACE VIEW @atlas@.value_by_edition WITH (security_barrier = true) AS SELECT %s FROM (%s) f JOIN @atlas@.edition e ON e.edition_id = f.edition_id WHERE f.edition_status = %L',
    (SELECT string_agg(CASE a.attname WHEN 'fid' THEN 'e.fid_offset + f.fid AS fid' ELSE format('f.%I', a.attname) END, ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = '@atlas@.value_by_edition'::regclass AND a.attnum > 0),
    rtrim(pg_get_viewdef('@atlas@.edition_figure'::regclass), ';'), 'published');
END
$block$;
ALTER VIEW @atlas@.edition_figure SET (security_invoker = true);

-- PostgreSQL does not copy into a table with row security, but into a view with a trigger of its own.
CREATE VIEW @atlas@.my_inbox WITH (security_invoker = true) AS SELECT i.upload, i.line_no, i.line FROM @atlas@.inbox i;
COMMENT ON VIEW @atlas@.my_inbox IS 'The inbox as a contributor sees and fills it
Its own lines. As for the inbox: SET tmap.upload = ''DEU-2019''; then \copy my_inbox(line) FROM ''file.csv'' WITH (FORMAT csv, DELIMITER E''\x02'', QUOTE E''\x01''). For millions of lines copy into a temporary table and INSERT INTO inbox (line) SELECT from that: faster.';
COMMENT ON COLUMN @atlas@.my_inbox.upload IS 'Name of the upload; the setting tmap.upload when not given.';
COMMENT ON COLUMN @atlas@.my_inbox.line_no IS 'Order of arrival.';
COMMENT ON COLUMN @atlas@.my_inbox.line IS 'The line as it came.';

CREATE FUNCTION @atlas@.my_inbox_insert() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF NEW.upload IS NULL THEN
    INSERT INTO @atlas@.inbox (line) VALUES (NEW.line);
  ELSE
    INSERT INTO @atlas@.inbox (upload, line) VALUES (NEW.upload, NEW.line);
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.my_inbox_insert() IS 'Internal: trigger of my_inbox: puts a line into the inbox. Error 22023 when the upload has no name.';
CREATE TRIGGER my_inbox_insert INSTEAD OF INSERT ON @atlas@.my_inbox FOR EACH ROW EXECUTE FUNCTION @atlas@.my_inbox_insert();

CREATE FUNCTION @atlas@.one_uploader() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  -- Only who sees the lines of others can mix them up; without contributors there are no others, and nothing to look for.
  IF NOT row_security_active('@atlas@.inbox') AND EXISTS (SELECT FROM @atlas@.role_country)
     AND (SELECT min(i.uploaded_by) <> max(i.uploaded_by) FROM @atlas@.inbox i WHERE i.upload = NEW.submission_key) THEN
    RAISE EXCEPTION 'the inbox holds lines of several people named "%"', NEW.submission_key
      USING ERRCODE = '55000', HINT = 'Each may load its own; the column inbox.uploaded_by says whose they are.';
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.one_uploader() IS 'Internal: trigger of submission: error 55000 when the owner would load lines of several contributors as one submission.';
CREATE TRIGGER one_uploader BEFORE INSERT ON @atlas@.submission FOR EACH ROW EXECUTE FUNCTION @atlas@.one_uploader();

-- area_year reads with the owner's rights; this is what a contributor may see of it. A barrier, because of that.
CREATE VIEW @atlas@.my_area_year WITH (security_barrier = true) AS
SELECT y.* FROM @atlas@.area_year y WHERE tmap.plan_guard() AND y.area_id IN (SELECT m.area_id FROM @atlas@.my_areas() m);
COMMENT ON VIEW @atlas@.my_area_year IS 'Every figure of the countries that the reader contributes to
As area_year; small counts and all, not for the public.';
DO $block$
DECLARE
  c record;
BEGIN
  FOR c IN SELECT a.attname, col_description(a.attrelid, a.attnum) AS words FROM pg_attribute a WHERE a.attrelid = '@atlas@.area_year'::regclass AND a.attnum > 0 LOOP
    EXECUTE format('COMMENT ON COLUMN @atlas@.my_area_year.%I IS %L', c.attname, c.words);
  END LOOP;
END
$block$;
