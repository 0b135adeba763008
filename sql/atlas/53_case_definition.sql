-- Who counts as an ischaemic stroke, and what counts as treated: named, versioned, never changed.

CREATE TABLE @atlas@.case_definition (
  name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]*$'),
  version int4 NOT NULL CHECK (version >= 1),
  title text NOT NULL CHECK (title <> ''),
  min_age int4 CHECK (min_age BETWEEN 0 AND 130),
  max_age int4 CHECK (max_age BETWEEN 0 AND 130),
  unknown_age boolean NOT NULL DEFAULT false,
  diagnosis_position text NOT NULL DEFAULT 'principal' CHECK (diagnosis_position IN ('principal', 'any')),
  stroke_concepts text[] NOT NULL DEFAULT '{ischaemic_stroke}' CHECK (cardinality(stroke_concepts) > 0 AND array_position(stroke_concepts, NULL) IS NULL),
  unspecified boolean NOT NULL DEFAULT false,
  planned_out boolean NOT NULL DEFAULT true,
  treated_concepts text[] NOT NULL DEFAULT '{mechanical_thrombectomy}' CHECK (cardinality(treated_concepts) > 0 AND array_position(treated_concepts, NULL) IS NULL),
  treated_scope text NOT NULL DEFAULT 'episode' CHECK (treated_scope IN ('stay', 'episode')),
  treated_within_days int4 CHECK (treated_within_days >= 0),
  gap_days int4 NOT NULL DEFAULT 1 CHECK (gap_days >= 0),
  transfer_gap_days int4 NOT NULL DEFAULT 2 CHECK (transfer_gap_days >= gap_days),
  new_after_days int4 NOT NULL DEFAULT 28 CHECK (new_after_days >= 0),
  new_after_from text NOT NULL DEFAULT 'discharge' CHECK (new_after_from IN ('discharge', 'admission')),
  margin_days int4 NOT NULL DEFAULT 92 CHECK (margin_days BETWEEN 1 AND 365),
  comorbidity text NOT NULL DEFAULT 'charlson' CHECK (comorbidity IN ('charlson', 'elixhauser', 'none')),
  comorbidity_weights text NOT NULL DEFAULT 'charlson1987',
  comorbidity_left_out text[] NOT NULL DEFAULT '{cevd}',
  comorbidity_bands int4[] NOT NULL DEFAULT '{1,3,5}',
  note text,
  source text,
  doi text,
  PRIMARY KEY (name, version),
  CONSTRAINT case_definition_ages CHECK (min_age <= max_age),
  CONSTRAINT case_definition_margin CHECK (margin_days >= greatest(transfer_gap_days, new_after_days)),
  CONSTRAINT case_definition_bands CHECK (cardinality(comorbidity_bands) = 3 AND array_lower(comorbidity_bands, 1) = 1
    AND coalesce(comorbidity_bands[1] < comorbidity_bands[2] AND comorbidity_bands[2] < comorbidity_bands[3], false))
);
COMMENT ON TABLE @atlas@.case_definition IS 'Case definitions: which strokes are counted and which of them as treated. Add your own. A definition never changes, because figures carry its name: insert a new version instead. case_definition_text(name) says one in words.';
COMMENT ON COLUMN @atlas@.case_definition.name IS 'Short name that functions take: small letters, digits, underscores.';
COMMENT ON COLUMN @atlas@.case_definition.version IS 'Version of the definition, from 1; the highest is taken when none is given.';
COMMENT ON COLUMN @atlas@.case_definition.title IS 'Name as shown to readers.';
COMMENT ON COLUMN @atlas@.case_definition.min_age IS 'Youngest age in completed years at the first stay; NULL = no limit.';
COMMENT ON COLUMN @atlas@.case_definition.max_age IS 'Oldest age in completed years at the first stay; NULL = no limit.';
COMMENT ON COLUMN @atlas@.case_definition.unknown_age IS 'True: patients of unknown age count in spite of an age limit.';
COMMENT ON COLUMN @atlas@.case_definition.diagnosis_position IS 'principal: the principal diagnosis of a stay has to be a stroke; any: any diagnosis of it.';
COMMENT ON COLUMN @atlas@.case_definition.stroke_concepts IS 'Concepts of codebook() that make a diagnosis a stroke that counts.';
COMMENT ON COLUMN @atlas@.case_definition.unspecified IS 'True: strokes not specified as haemorrhage or infarction (concept stroke_unspecified) count too.';
COMMENT ON COLUMN @atlas@.case_definition.planned_out IS 'True: a planned stay (a readmission for examination or rehabilitation) is no stroke of its own. It still belongs to its episode.';
COMMENT ON COLUMN @atlas@.case_definition.treated_concepts IS 'Concepts of codebook() that make a procedure a treatment that counts.';
COMMENT ON COLUMN @atlas@.case_definition.treated_scope IS 'stay: the procedure has to be in a stay with the stroke diagnosis; episode: in any stay of the episode, transfers included.';
COMMENT ON COLUMN @atlas@.case_definition.treated_within_days IS 'Longest time in days from the first admission to the procedure (to the admission of its stay when its day is not known), 0 = the same day; NULL = no limit.';
COMMENT ON COLUMN @atlas@.case_definition.gap_days IS 'A stay admitted at most so many days after the latest discharge carries on the episode (tmap.episode).';
COMMENT ON COLUMN @atlas@.case_definition.transfer_gap_days IS 'The same for stays flagged as transfers.';
COMMENT ON COLUMN @atlas@.case_definition.new_after_days IS 'An episode with a stroke that begins fewer days after the episode with the stroke before is an early recurrence, which does not count; 0 = every episode counts (tmap.stroke_number).';
COMMENT ON COLUMN @atlas@.case_definition.new_after_from IS 'From when these days run: discharge (end of the episode before) or admission (first day of the stroke before).';
COMMENT ON COLUMN @atlas@.case_definition.margin_days IS 'A year is counted from its own stays and those so many days before and after it, so that a year can be counted anew without the whole history; at least new_after_days.';
COMMENT ON COLUMN @atlas@.case_definition.comorbidity IS 'Scheme of the comorbidity levels: charlson, elixhauser or none.';
COMMENT ON COLUMN @atlas@.case_definition.comorbidity_weights IS 'Points of the groups: a name that tmap.charlson_score or tmap.elixhauser_score takes.';
COMMENT ON COLUMN @atlas@.case_definition.comorbidity_left_out IS 'Groups that do not count, as cevd, the stroke itself.';
COMMENT ON COLUMN @atlas@.case_definition.comorbidity_bands IS 'Lowest scores of the levels low, moderate and high; below the first the level is none.';
COMMENT ON COLUMN @atlas@.case_definition.note IS 'Remarks for readers.';
COMMENT ON COLUMN @atlas@.case_definition.source IS 'Where the definition is published.';
COMMENT ON COLUMN @atlas@.case_definition.doi IS 'Digital object identifier of that, without https://doi.org/.';

CREATE FUNCTION @atlas@.case_definition_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'a case definition does not change' USING ERRCODE = '55006',
      DETAIL = format('Figures made with "%s" version %s carry its name.', OLD.name, OLD.version),
      HINT = format('Insert a new version: (''%s'', %s, ...).', OLD.name, OLD.version + 1);
  END IF;
  -- Names are tried out here, so that no count fails later.
  IF NEW.comorbidity = 'charlson' THEN
    PERFORM tmap.charlson_score('charlson{}'::tmap.comorbidities, NEW.comorbidity_weights, true, NEW.comorbidity_left_out);
  ELSIF NEW.comorbidity = 'elixhauser' THEN
    IF NEW.comorbidity_weights = 'charlson1987' OR 'cevd' = ANY (NEW.comorbidity_left_out) THEN   -- the columns' defaults
      RAISE EXCEPTION 'weights and groups of Charlson do not go with Elixhauser''s' USING ERRCODE = '22023',
        HINT = 'Give comorbidity_weights too (van_walraven, swiss or unweighted), and comorbidity_left_out (''{}'' for none), and think of comorbidity_bands.';
    END IF;
    PERFORM tmap.elixhauser_score('elixhauser{}'::tmap.comorbidities, NEW.comorbidity_weights, true, NEW.comorbidity_left_out);
  END IF;
  PERFORM tmap.concept_bits(@atlas@.codebook(), VARIADIC NEW.stroke_concepts), tmap.concept_bits(@atlas@.codebook(), VARIADIC NEW.treated_concepts);
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.case_definition_check() IS 'Internal: trigger of case_definition. Errors: 55006 a change of a definition; 42704 a concept that codebook() does not have; 22023 and 22P02 weights or groups that do not exist.';
CREATE TRIGGER case_definition_check BEFORE INSERT OR UPDATE ON @atlas@.case_definition FOR EACH ROW EXECUTE FUNCTION @atlas@.case_definition_check();

CREATE FUNCTION @atlas@.find_definition(name text, version int4 DEFAULT NULL) RETURNS @atlas@.case_definition
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  found_one @atlas@.case_definition;
BEGIN
  SELECT d.* INTO found_one FROM @atlas@.case_definition d
  WHERE d.name = find_definition.name AND (find_definition.version IS NULL OR d.version = find_definition.version)
  ORDER BY d.version DESC LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no case definition "%"%', coalesce(name, 'NULL'), coalesce(' version ' || version, '')
      USING ERRCODE = '22023', HINT = 'The table case_definition has those there are; insert yours there.';
  END IF;
  RETURN found_one;
END
$function$;
COMMENT ON FUNCTION @atlas@.find_definition(text, int4) IS 'The case definition of this name and version (NULL: the highest). Error 22023 when there is none, NULL included.';

CREATE FUNCTION @atlas@.case_definition_text(name text, version int4 DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT pg_catalog.format('%s (%s version %s): %s %s%s%s; %s%s; stays at most %s day(s) apart (%s when transferred) are one episode, %s; comorbidity: %s.',
    d.title, d.name, d.version,
    CASE WHEN d.min_age IS NULL AND d.max_age IS NULL THEN 'patients of any age'
         WHEN d.max_age IS NULL THEN pg_catalog.format('patients aged %s or over', d.min_age)
         WHEN d.min_age IS NULL THEN pg_catalog.format('patients aged %s or under', d.max_age)
         ELSE pg_catalog.format('patients aged %s to %s', d.min_age, d.max_age) END
      || CASE WHEN d.unknown_age AND coalesce(d.min_age, d.max_age) IS NOT NULL THEN ' or of unknown age' ELSE '' END,
    CASE d.diagnosis_position WHEN 'principal' THEN 'whose principal diagnosis is ' ELSE 'with any diagnosis of ' END,
    pg_catalog.replace(pg_catalog.array_to_string(d.stroke_concepts, ' or '), '_', ' '),
    CASE WHEN d.unspecified THEN ' or stroke unspecified' ELSE '' END || CASE WHEN d.planned_out THEN ', planned stays left out' ELSE '' END,
    CASE d.treated_scope WHEN 'stay' THEN 'treated by ' || pg_catalog.replace(pg_catalog.array_to_string(d.treated_concepts, ' or '), '_', ' ') || ' in the stay for stroke'
                         ELSE 'treated by ' || pg_catalog.replace(pg_catalog.array_to_string(d.treated_concepts, ' or '), '_', ' ') || ' in the same episode' END,
    CASE d.treated_within_days WHEN 0 THEN ' on the day of admission' ELSE coalesce(' within ' || d.treated_within_days || ' day(s) of admission', '') END,
    d.gap_days, d.transfer_gap_days,
    CASE WHEN d.new_after_days = 0 THEN 'each of which with a stroke counts'
         ELSE pg_catalog.format('a further stroke counts %s days or more after %s', d.new_after_days,
                CASE d.new_after_from WHEN 'discharge' THEN 'the end of the one before' ELSE 'the admission for the one before' END) END,
    CASE d.comorbidity WHEN 'none' THEN 'not used'
      ELSE pg_catalog.format('%s, weights %s%s, low from %s, moderate from %s, high from %s', pg_catalog.initcap(d.comorbidity), d.comorbidity_weights,
             CASE WHEN pg_catalog.cardinality(d.comorbidity_left_out) > 0 THEN ' without ' || pg_catalog.array_to_string(d.comorbidity_left_out, ', ') ELSE '' END,
             d.comorbidity_bands[1], d.comorbidity_bands[2], d.comorbidity_bands[3]) END)
  FROM @atlas@.find_definition(case_definition_text.name, case_definition_text.version) AS d;
END;
COMMENT ON FUNCTION @atlas@.case_definition_text(text, int4) IS 'The case definition in one sentence. version: NULL takes the highest. Error 22023 when there is none.';

INSERT INTO @atlas@.case_definition (name, version, title, min_age, new_after_days, note, source) VALUES
  ('frandon2024', 1, 'French study of 2018 and 2019', 20, 0,
   'Ages from 20, principal diagnosis I63 (the paper prints I63.0) and CCAM act EAJF341 as published; first and recurrent strokes count, early recurrences in the stay do not. How stays of one stroke were joined, whether planned stays counted, and the form of the comorbidity score are not in the extracts at hand: joined by episode, left out, and Charlson''s own weights, are choices of this atlas.',
   'Eur J Epidemiol 2024, methods');
INSERT INTO @atlas@.case_definition (name, version, title, min_age, note) VALUES
  ('international', 1, 'International comparison', 18,
   'A choice of this atlas, not of a publication. Adults, because childhood stroke differs in cause and thrombectomy is rare; the principal diagnosis, because it is the reason of the stay in all systems; 28 days as in WHO MONICA, but from discharge.');
