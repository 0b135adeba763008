-- What is measured, and the standards it is compared on.

CREATE TABLE @atlas@.standard (
  name text PRIMARY KEY CHECK (name <> ''),
  tally tmap.tally NOT NULL,
  title text,
  source_id int4 REFERENCES @atlas@.source,
  note text,
  CONSTRAINT standard_not_empty CHECK (tmap.at_risk(tally) > 0)
);
COMMENT ON TABLE @atlas@.standard IS 'Standard populations of this atlas, beside those of the library (SELECT * FROM tmap.standards()). A standard is a tally whose people at risk are the weights, for example the strokes of a reference country and year.';
COMMENT ON COLUMN @atlas@.standard.name IS 'Name that indicator.standard and standard_tally() take; hides a standard of the library with the same name.';
COMMENT ON COLUMN @atlas@.standard.tally IS 'Weights: the people at risk by stratum.';
COMMENT ON COLUMN @atlas@.standard.title IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.standard.source_id IS 'Where the weights come from.';
COMMENT ON COLUMN @atlas@.standard.note IS 'Remarks for readers.';

CREATE FUNCTION @atlas@.standard_tally(name text) RETURNS tmap.tally
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT coalesce((SELECT s.tally FROM @atlas@.standard AS s WHERE s.name = standard_tally.name), tmap.standard(standard_tally.name));
END;
COMMENT ON FUNCTION @atlas@.standard_tally(text) IS 'A standard population as a tally: of the table standard, or else of the library. NULL in, NULL out. Errors: as tmap.standard(text) when there is no such standard.';

CREATE TABLE @atlas@.indicator (
  indicator text PRIMARY KEY CHECK (indicator <> ''),
  title text NOT NULL,
  events_definition text NOT NULL,
  at_risk_definition text NOT NULL,
  measure text NOT NULL CHECK (measure IN ('proportion', 'rate')),
  per float8 NOT NULL CHECK (per > 0 AND per < 'Infinity'),
  unit text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('higher is better', 'lower is better', 'neither')),
  method text NOT NULL,
  confidence float8 NOT NULL DEFAULT 0.95 CHECK (confidence > 0.5 AND confidence < 1),
  standard text,
  min_coverage float8 NOT NULL DEFAULT 0.95 CHECK (min_coverage >= 0 AND min_coverage <= 1),
  sort int4 NOT NULL DEFAULT 0
);
COMMENT ON TABLE @atlas@.indicator IS 'What is measured: which events, among whom, on which scale, with which limits. Add your own.';
COMMENT ON COLUMN @atlas@.indicator.indicator IS 'Short name, as used by fact.indicator.';
COMMENT ON COLUMN @atlas@.indicator.title IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.indicator.events_definition IS 'What counts as an event (numerator), unless the source says otherwise.';
COMMENT ON COLUMN @atlas@.indicator.at_risk_definition IS 'Who counts as at risk (denominator), unless the source says otherwise.';
COMMENT ON COLUMN @atlas@.indicator.measure IS 'proportion: events among people (binomial limits); rate: events per person-years (Poisson limits).';
COMMENT ON COLUMN @atlas@.indicator.per IS 'Scale: values are given per so many at risk.';
COMMENT ON COLUMN @atlas@.indicator.unit IS 'Unit of the values, as shown to readers.';
COMMENT ON COLUMN @atlas@.indicator.direction IS 'Which way is good.';
COMMENT ON COLUMN @atlas@.indicator.method IS 'Limits of the crude value: a method of tmap.proportion_lower (wilson ...) or of tmap.rate_lower (exact ...).';
COMMENT ON COLUMN @atlas@.indicator.confidence IS 'Confidence level of all limits.';
COMMENT ON COLUMN @atlas@.indicator.standard IS 'Name of the standard population for direct standardisation, see standard_tally(); NULL = no directly standardised values.';
COMMENT ON COLUMN @atlas@.indicator.min_coverage IS 'Smallest share (0 to 1) of the standard that must have people at risk, and of the people at risk that must be in a stratum of the standard (age or sex known, for example), for a directly standardised value to be given; the value is then the one over these.';
COMMENT ON COLUMN @atlas@.indicator.sort IS 'Order in lists.';

CREATE FUNCTION @atlas@.indicator_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  PERFORM @atlas@.standard_tally(NEW.standard);
  IF NEW.measure = 'proportion' THEN
    PERFORM tmap.proportion_lower(1, 2, NEW.confidence, NEW.method, 1);
  ELSE
    PERFORM tmap.rate_lower(1, 2, NEW.confidence, NEW.method, 1);
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.indicator_check() IS 'Internal: trigger of indicator: error when the standard or the method does not exist, so that no view fails later.';
CREATE TRIGGER indicator_check BEFORE INSERT OR UPDATE ON @atlas@.indicator
  FOR EACH ROW EXECUTE FUNCTION @atlas@.indicator_check();

CREATE FUNCTION @atlas@.standard_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  PERFORM @atlas@.standard_tally(i.standard) FROM @atlas@.indicator i;
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.standard_check() IS 'Internal: trigger of standard: error 42704 when a standard that an indicator uses is removed or renamed, so that no view fails later.';
CREATE TRIGGER standard_check AFTER UPDATE OR DELETE OR TRUNCATE ON @atlas@.standard
  FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.standard_check();

INSERT INTO @atlas@.indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, standard, sort) VALUES
  ('thrombectomy_per_stroke', 'Thrombectomies per 100 ischaemic strokes', 'mechanical thrombectomies', 'ischaemic strokes',
   'proportion', 100, 'per 100 ischaemic strokes', 'higher is better', 'wilson', NULL, 1),
  ('thrombectomy_per_inhabitant', 'Thrombectomies per 100,000 inhabitants', 'mechanical thrombectomies', 'inhabitants (person-years)',
   'rate', 100000, 'per 100,000 inhabitants and year', 'higher is better', 'exact', 'ESP2013', 2);
