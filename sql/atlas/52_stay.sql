-- Hospital stays: one row per stay as handed in, normalised, with pseudonyms. Areas and sources are no foreign
-- keys, as in stroke.

CREATE TABLE @atlas@.stay_source (
  source_id int4 PRIMARY KEY REFERENCES @atlas@.source ON DELETE CASCADE,
  diagnosis_system text NOT NULL CHECK (tmap.code_system(diagnosis_system) = diagnosis_system),
  procedure_system text CHECK (tmap.code_system(procedure_system) = procedure_system),
  residence_system text REFERENCES @atlas@.code_system ON UPDATE CASCADE,
  date_format text CHECK (date_format IN ('yyyy-mm-dd', 'dd/mm/yyyy', 'mm/dd/yyyy', 'yyyymmdd', 'ddmmyyyy', 'yyyy/mm/dd', 'ddmonyyyy')),
  sex_scheme text CHECK (sex_scheme IN ('iso5218', 'm/f', 'h/f', 'm/w', 'm/k', 'h/m', '0/1', '1/0', 'words')),
  transfer_scheme text NOT NULL DEFAULT 'yes/no' CHECK (transfer_scheme IN ('yes/no', 'pmsi', 'ub-04', '301'))
);
CREATE FUNCTION @atlas@.stay_source_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  NEW.diagnosis_system := tmap.code_system(NEW.diagnosis_system);
  NEW.procedure_system := tmap.code_system(NEW.procedure_system);
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.stay_source_check() IS 'Internal: trigger of stay_source: brings other names of code systems to their own. Error 42704 for a name that is none.';
CREATE TRIGGER stay_source_check BEFORE INSERT OR UPDATE ON @atlas@.stay_source FOR EACH ROW EXECUTE FUNCTION @atlas@.stay_source_check();

COMMENT ON TABLE @atlas@.stay_source IS 'How a source of hospital stays codes. One row for each source that load_stays() takes files of.';
COMMENT ON COLUMN @atlas@.stay_source.source_id IS 'The source.';
COMMENT ON COLUMN @atlas@.stay_source.diagnosis_system IS 'Code system of its diagnoses, see tmap.code_systems(); other names of it are brought to its own.';
COMMENT ON COLUMN @atlas@.stay_source.procedure_system IS 'Code system of its procedures, likewise; NULL when it has none, procedures are then not read.';
COMMENT ON COLUMN @atlas@.stay_source.residence_system IS 'System of its area codes; NULL: any in which the code stands for one area of the country only.';
COMMENT ON COLUMN @atlas@.stay_source.date_format IS 'Format of its dates, see tmap.stay_plan(); NULL: found out from the whole file, an error when that is not certain.';
COMMENT ON COLUMN @atlas@.stay_source.sex_scheme IS 'Its codes of the sex, see tmap.stay_plan(); NULL: found out from the whole file, an error when that is not certain.';
COMMENT ON COLUMN @atlas@.stay_source.transfer_scheme IS 'What its transfer_in and transfer_out hold: yes/no, or codes of admission and discharge: pmsi (mode d''entrée, mode de sortie), ub-04 (point of origin, discharge status), 301 (Aufnahmeanlass, Entlassungsgrund); see tmap.stay_plan().';

CREATE TABLE @atlas@.stay (
  country text NOT NULL CHECK (octet_length(country) = 3),
  year int4 NOT NULL CHECK (year BETWEEN 1900 AND 2099),
  stay uuid NOT NULL,
  patient uuid,
  admitted date NOT NULL,
  discharged date CHECK (discharged >= admitted),
  age int2 CHECK (age BETWEEN 0 AND 120),
  sex text NOT NULL DEFAULT 'unknown' CHECK (sex IN ('female', 'male', 'unknown')),
  area_id int4,
  residence text,
  point @postgis@.geometry(Point, 4326),
  hospital text,
  principal text NOT NULL,
  diagnoses text[] NOT NULL DEFAULT '{}',
  procedures text[] NOT NULL DEFAULT '{}',
  procedure_on date,
  transfer_in boolean,
  transfer_out boolean,
  planned boolean,
  unreadable int2 NOT NULL DEFAULT 0,
  source_id int4 NOT NULL,
  submission_id int4,
  line_no bigint,
  PRIMARY KEY (country, year, stay)
) PARTITION BY LIST (year);
COMMENT ON TABLE @atlas@.stay IS 'One row per hospital stay in force, partitioned by year; add_stay_year() makes a partition, years without one are kept in stay_other. Patient data under pseudonyms: not for the public. Filled by load_stays(); what a later submission replaced is in stay_history.';
COMMENT ON COLUMN @atlas@.stay.country IS 'Country that reports the stay: the code of an area of level country, ISO 3166-1 alpha-3.';
COMMENT ON COLUMN @atlas@.stay.year IS 'Year of admission.';
COMMENT ON COLUMN @atlas@.stay.stay IS 'Pseudonym of the stay, unique in country and year: tmap.pseudonym() of its identifier.';
COMMENT ON COLUMN @atlas@.stay.patient IS 'Pseudonym of the patient; NULL when not given, the stay then cannot be linked to others.';
COMMENT ON COLUMN @atlas@.stay.admitted IS 'Day of admission.';
COMMENT ON COLUMN @atlas@.stay.discharged IS 'Day of discharge; NULL when not given.';
COMMENT ON COLUMN @atlas@.stay.age IS 'Age at admission in completed years; NULL when not known.';
COMMENT ON COLUMN @atlas@.stay.sex IS 'female, male or unknown.';
COMMENT ON COLUMN @atlas@.stay.area_id IS 'Area of residence; NULL when the code is not known or ambiguous: unlocated.';
COMMENT ON COLUMN @atlas@.stay.residence IS 'Code of the residence as handed in.';
COMMENT ON COLUMN @atlas@.stay.point IS 'Residence as a point, EPSG:4326; NULL when not known.';
COMMENT ON COLUMN @atlas@.stay.hospital IS 'Code of the hospital as handed in.';
COMMENT ON COLUMN @atlas@.stay.principal IS 'Principal diagnosis in canonical form, of the code system in stay_source.';
COMMENT ON COLUMN @atlas@.stay.diagnoses IS 'Other diagnoses in canonical form, in the order handed in.';
COMMENT ON COLUMN @atlas@.stay.procedures IS 'Procedures in canonical form, of the code system in stay_source, in the order handed in.';
COMMENT ON COLUMN @atlas@.stay.procedure_on IS 'Day of the procedure (thrombectomy) when given.';
COMMENT ON COLUMN @atlas@.stay.transfer_in IS 'True when the patient came from another hospital; NULL when not said.';
COMMENT ON COLUMN @atlas@.stay.transfer_out IS 'True when the patient went to another hospital; NULL when not said.';
COMMENT ON COLUMN @atlas@.stay.planned IS 'True for a planned admission; NULL when not said.';
COMMENT ON COLUMN @atlas@.stay.unreadable IS 'How many other diagnoses and procedures were left out because they cannot be codes of their system.';
COMMENT ON COLUMN @atlas@.stay.source_id IS 'Source that the row belongs to. In a query source_id = (SELECT find_source(''KEY'')): without the SELECT the function is called for every row.';
COMMENT ON COLUMN @atlas@.stay.submission_id IS 'The submission that brought it.';
COMMENT ON COLUMN @atlas@.stay.line_no IS 'Line of the file, the header being line 1.';

CREATE TABLE @atlas@.stay_other PARTITION OF @atlas@.stay DEFAULT;
COMMENT ON TABLE @atlas@.stay_other IS 'Stays of years that have no partition of their own.';

CREATE TABLE @atlas@.stay_history (LIKE @atlas@.stay INCLUDING COMMENTS, PRIMARY KEY (submission_id, line_no));
COMMENT ON TABLE @atlas@.stay_history IS 'Stays of submissions that were replaced. Patient data under pseudonyms: not for the public.';

CREATE FUNCTION @atlas@.stay_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  unknown int4;
BEGIN
  SELECT d.source_id INTO unknown FROM (SELECT DISTINCT a.source_id FROM added a) d
  WHERE NOT EXISTS (SELECT FROM @atlas@.source s WHERE s.source_id = d.source_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'stays of source number %, which does not exist', unknown
      USING ERRCODE = '23503', HINT = 'Insert the source first; find_source(key) gives its number.';
  END IF;
  SELECT d.area_id INTO unknown FROM (SELECT DISTINCT a.area_id FROM added a WHERE a.area_id IS NOT NULL) d
  WHERE NOT EXISTS (SELECT FROM @atlas@.area r WHERE r.area_id = d.area_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'stays in area number %, which does not exist', unknown
      USING ERRCODE = '23503', HINT = 'Insert the area first, or leave area_id NULL when the residence is not known.';
  END IF;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.stay_check() IS 'Internal: trigger of stay: error 23503 when a statement brings stays of an area or a source that does not exist.';
-- Not on insert: a trigger with transition rows keeps a copy of every row, which made loading dearer, and PostgreSQL makes that copy whatever
-- the trigger's WHEN says; one per row costs a call per row. load_stays() takes area and source from their tables, and people load with it.
CREATE TRIGGER stay_check_update AFTER UPDATE ON @atlas@.stay REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.stay_check();

CREATE FUNCTION @atlas@.add_stay_year(year int4) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  partition text := format('stay_%s', year);
BEGIN
  IF year IS NULL OR year NOT BETWEEN 1900 AND 2099 THEN
    RAISE EXCEPTION 'year out of range' USING ERRCODE = '22003', HINT = 'Give a year from 1900 to 2099.';
  ELSIF to_regclass('@atlas@.' || partition) IS NOT NULL THEN
    RETURN;
  END IF;
  LOCK TABLE @atlas@.stay IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE @atlas@.%I (LIKE @atlas@.stay INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)', partition);
  EXECUTE format('ALTER TABLE @atlas@.%I ENABLE ROW LEVEL SECURITY', partition);
  EXECUTE format('COMMENT ON TABLE @atlas@.%I IS %L', partition, format('Stays of %s.', year));
  EXECUTE format('WITH moved AS (DELETE FROM @atlas@.stay_other o WHERE o.year = $1 RETURNING o.*) INSERT INTO @atlas@.%I SELECT * FROM moved', partition) USING year;
  EXECUTE format('ALTER TABLE @atlas@.stay ATTACH PARTITION @atlas@.%I FOR VALUES IN (%s)', partition, year);
END
$function$;
COMMENT ON FUNCTION @atlas@.add_stay_year(int4) IS 'Gives a year of stays a partition of its own and moves its stays there; does nothing when it has one. Owner only. Error 22003 for a year outside 1900..2099.';
REVOKE EXECUTE ON FUNCTION @atlas@.add_stay_year(int4) FROM PUBLIC;
