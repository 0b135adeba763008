-- What may explain the differences between areas: centres, operators, physicians, income, deprivation, rurality, policy.

CREATE TABLE @atlas@.factor_name (
  name text PRIMARY KEY CHECK (name <> ''),
  title text NOT NULL CHECK (title <> ''),
  unit text NOT NULL CHECK (unit <> ''),
  definition text,
  lowest float8 CHECK (lowest > '-Infinity' AND lowest < 'Infinity'),
  highest float8 CHECK (highest > '-Infinity' AND highest < 'Infinity'),
  whole boolean NOT NULL DEFAULT false,
  inherited boolean NOT NULL DEFAULT false,
  sort int4 NOT NULL DEFAULT 0,
  UNIQUE (name, unit),
  CONSTRAINT factor_name_range CHECK (lowest <= highest)
);
COMMENT ON TABLE @atlas@.factor_name IS 'Which factors there are, each with its one unit. Add your own.';
COMMENT ON COLUMN @atlas@.factor_name.name IS 'Short name, as used by factor.name and by factor_rows().';
COMMENT ON COLUMN @atlas@.factor_name.title IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.factor_name.unit IS 'Unit of its values, the same for all areas.';
COMMENT ON COLUMN @atlas@.factor_name.definition IS 'What exactly is counted or measured; NULL when left to the source.';
COMMENT ON COLUMN @atlas@.factor_name.lowest IS 'Smallest value that can be; NULL = any.';
COMMENT ON COLUMN @atlas@.factor_name.highest IS 'Largest value that can be; NULL = any.';
COMMENT ON COLUMN @atlas@.factor_name.whole IS 'True when values are whole numbers: counts, and flags (0 = no, 1 = yes).';
COMMENT ON COLUMN @atlas@.factor_name.inherited IS 'True when an area without a value of its own has that of the area it lies in, as a policy of the country holds in its regions.';
COMMENT ON COLUMN @atlas@.factor_name.sort IS 'Order in lists.';
INSERT INTO @atlas@.factor_name (name, title, unit, definition, lowest, highest, whole, inherited, sort) VALUES
  ('mt_centres', 'Thrombectomy centres', 'centres', 'centres in the area that do thrombectomies in the period', 0, NULL, true, false, 1),
  ('operators', 'Thrombectomy operators', 'physicians', 'physicians in the area who do thrombectomies in the period', 0, NULL, true, false, 2),
  ('physicians', 'Physicians', 'per 100,000 inhabitants', 'physicians in practice', 0, NULL, false, false, 3),
  ('income', 'Income', 'euros a year', 'median disposable income of a household for each consumption unit', 0, NULL, false, false, 4),
  ('deprivation', 'Deprivation', 'index', 'index of material deprivation of the residents, higher = more deprived; which one, says the source', NULL, NULL, false, false, 5),
  ('rurality', 'Rurality', 'percent of inhabitants', 'inhabitants who live in rural communes', 0, 100, false, false, 6),
  ('policy_reimbursed', 'Thrombectomy reimbursed', '0 = no, 1 = yes', 'thrombectomy is paid for by the public insurance during the whole period', 0, 1, true, true, 7),
  ('policy_stroke_plan', 'Stroke plan', '0 = no, 1 = yes', 'a national or regional stroke plan is in force during the whole period', 0, 1, true, true, 8);

CREATE TABLE @atlas@.factor (
  area_id int4 NOT NULL REFERENCES @atlas@.area,
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  name text NOT NULL,
  value float8 NOT NULL CHECK (value > '-Infinity' AND value < 'Infinity'),
  unit text NOT NULL,
  source_id int4 NOT NULL REFERENCES @atlas@.source,
  submission_id int4 REFERENCES @atlas@.submission,
  line_no bigint,
  note text,
  PRIMARY KEY (area_id, name, valid_from, valid_to, source_id),
  FOREIGN KEY (name, unit) REFERENCES @atlas@.factor_name (name, unit) ON UPDATE CASCADE,
  CONSTRAINT factor_period CHECK (valid_from <= valid_to)
);
CREATE INDEX factor_of_submission ON @atlas@.factor (submission_id);
CREATE INDEX factor_of_source ON @atlas@.factor (source_id);
COMMENT ON TABLE @atlas@.factor IS 'Values of factors by area and period. Several sources may say different things; the view area_factor shows which one it takes.';
COMMENT ON COLUMN @atlas@.factor.area_id IS 'The area.';
COMMENT ON COLUMN @atlas@.factor.valid_from IS 'First day of the period that the value holds for.';
COMMENT ON COLUMN @atlas@.factor.valid_to IS 'Last day of the period that the value holds for.';
COMMENT ON COLUMN @atlas@.factor.name IS 'The factor.';
COMMENT ON COLUMN @atlas@.factor.value IS 'Its value, in the unit.';
COMMENT ON COLUMN @atlas@.factor.unit IS 'Unit, the one of factor_name; written again so that the row says it itself.';
COMMENT ON COLUMN @atlas@.factor.source_id IS 'Who says so.';
COMMENT ON COLUMN @atlas@.factor.submission_id IS 'Submission that it came with; NULL when entered by hand.';
COMMENT ON COLUMN @atlas@.factor.line_no IS 'Line of the submission, the header being line 1.';
COMMENT ON COLUMN @atlas@.factor.note IS 'Remarks for readers.';

CREATE FUNCTION @atlas@.factor_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  n @atlas@.factor_name;
BEGIN
  SELECT * INTO n FROM @atlas@.factor_name f WHERE f.name = NEW.name;
  IF FOUND AND (NEW.value < n.lowest OR NEW.value > n.highest OR n.whole AND NEW.value <> floor(NEW.value)) THEN
    RAISE EXCEPTION 'value % of factor "%" cannot be', NEW.value, NEW.name
      USING ERRCODE = '23514', DETAIL = format('It is a %snumber from %s to %s.', CASE WHEN n.whole THEN 'whole ' ELSE '' END, coalesce(n.lowest::text, 'any'), coalesce(n.highest::text, 'any'));
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.factor_check() IS 'Internal: trigger of factor: error 23514 for a value outside the range of factor_name, or not whole where it has to be.';
CREATE TRIGGER factor_check BEFORE INSERT OR UPDATE OF name, value ON @atlas@.factor FOR EACH ROW EXECUTE FUNCTION @atlas@.factor_check();

CREATE FUNCTION @atlas@.factor_name_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  wrong float8;
BEGIN
  SELECT f.value INTO wrong FROM @atlas@.factor f
  WHERE f.name = NEW.name AND (f.value < NEW.lowest OR f.value > NEW.highest OR NEW.whole AND f.value <> floor(f.value)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'factor "%" has the value %, which could no longer be', NEW.name, wrong USING ERRCODE = '23514', HINT = 'Correct the values first.';
  END IF;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.factor_name_check() IS 'Internal: trigger of factor_name: error 23514 when its range would no longer hold the values there are.';
CREATE TRIGGER factor_name_check AFTER UPDATE OF lowest, highest, whole ON @atlas@.factor_name FOR EACH ROW EXECUTE FUNCTION @atlas@.factor_name_check();

CREATE TABLE @atlas@.factor_submission (
  submission_id int4 PRIMARY KEY REFERENCES @atlas@.submission,
  names text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE @atlas@.factor_submission IS 'Which submissions are of factors. Their lines are those rows of factor; of a superseded one only its row in submission stays.';
COMMENT ON COLUMN @atlas@.factor_submission.submission_id IS 'The submission.';
COMMENT ON COLUMN @atlas@.factor_submission.names IS 'Factors that its accepted lines give.';

CREATE FUNCTION @atlas@.factor_submission_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF EXISTS (SELECT FROM @atlas@.factor_submission s WHERE s.submission_id = OLD.submission_id)
     AND NOT EXISTS (SELECT FROM @atlas@.factor_submission s WHERE s.submission_id = NEW.superseded_by) THEN
    RAISE EXCEPTION 'submission "%" is one of factors', OLD.submission_key
      USING ERRCODE = '22023', HINT = 'Give another name for the upload.';
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.factor_submission_check() IS 'Internal: trigger of submission: error 22023 when something else would replace factors, which would stay where they are.';
CREATE TRIGGER factor_submission_check BEFORE UPDATE OF status ON @atlas@.submission FOR EACH ROW
  WHEN (OLD.status = 'in force' AND NEW.status <> 'in force') EXECUTE FUNCTION @atlas@.factor_submission_check();
