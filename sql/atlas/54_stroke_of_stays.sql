-- From hospital stays to ischaemic strokes.
--
-- The stays of a patient are sorted once, numbered by the window functions of the library, and grouped into
-- episodes; all codes are looked up in a codebook that is built once. A year is counted from its own stays and
-- those of margin_days around it, so that a year counted alone is the same as one counted among all.

CREATE FUNCTION @atlas@.strokes_of_stays(definition text, source_key text, version int4 DEFAULT NULL, years int4[] DEFAULT NULL)
RETURNS TABLE (country text, year int4, stay uuid, patient uuid, area_id int4, residence text, starts date, ends date, stays int4,
               age int4, sex text, comorbidity text, comorbidity_score int4, stratum tmap.stratum,
               treated boolean, treated_on date, first_hospital text, treating_centre text, transferred boolean, path text)
-- Sorts of a year's stays in memory; compiling the one large query takes longer than it saves.
LANGUAGE plpgsql STABLE ROWS 100000 SET search_path = pg_catalog, pg_temp SET work_mem = '256MB' SET jit = off
AS $function$
DECLARE
  d @atlas@.case_definition := @atlas@.find_definition(definition, version);
  this_source int4 := @atlas@.find_source(source_key);
  book tmap.codebook := @atlas@.codebook();
  stroke_bits bigint := tmap.concept_bits(book, VARIADIC d.stroke_concepts);
  treated_bits bigint := tmap.concept_bits(book, VARIADIC d.treated_concepts);
  systems record;
  charlson boolean;
  elixhauser boolean;
  any_position boolean := d.diagnosis_position = 'any';
  known boolean;
  from_onset boolean := d.new_after_from = 'admission';
  y int4;
BEGIN
  SELECT s.diagnosis_system, s.procedure_system INTO systems FROM @atlas@.stay_source s WHERE s.source_id = this_source;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'source "%" has no hospital stays', source_key
      USING ERRCODE = '22023', HINT = 'Load them first; the table stay_source says in which code systems they are.';
  END IF;
  IF d.unspecified THEN
    stroke_bits := stroke_bits | tmap.concept_bits(book, 'stroke_unspecified');
  END IF;
  -- The comorbidity groups are lists of ICD-10 codes: with others nothing is known, rather than no disease.
  charlson := d.comorbidity = 'charlson' AND tmap.code_system(systems.diagnosis_system) LIKE ANY ('{ICD-10%,CIM-10}');
  elixhauser := d.comorbidity = 'elixhauser' AND tmap.code_system(systems.diagnosis_system) LIKE ANY ('{ICD-10%,CIM-10}');
  IF years IS NULL THEN
    years := ARRAY(SELECT DISTINCT s.year FROM @atlas@.stay s WHERE s.source_id = this_source);
  END IF;
  FOR y IN SELECT DISTINCT u.year FROM unnest(years) AS u (year) WHERE u.year IS NOT NULL ORDER BY u.year LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM @atlas@.stay s WHERE s.source_id = this_source AND s.year = y);
    -- A year in which no stay has another diagnosis was handed in without them.
    known := EXISTS (SELECT FROM @atlas@.stay s WHERE s.source_id = this_source AND s.year = y AND cardinality(s.diagnoses) > 0);
    RETURN QUERY
    WITH coded AS (
      -- Codes first: what is sorted then are short rows. A stay without a patient stands alone, under a person of its own:
      -- the stay's pseudonym is also that of a patient with the same identifier, and of a stay of another year.
      SELECT coalesce(s.patient, encode(substr(sha256(uuid_send(s.stay) || int4send(s.year)), 1, 16), 'hex')::uuid) AS person, s.country, s.stay, s.patient, s.admitted, s.discharged, s.transfer_in, s.transfer_out,
             s.year, s.area_id, s.residence, s.point, s.age, s.sex, s.hospital, coalesce(s.procedure_on, s.admitted) AS day,
             NOT (d.planned_out AND coalesce(s.planned, false))
               AND (coalesce(tmap.concepts(book, systems.diagnosis_system, s.principal, s.admitted), 0)
                    | CASE WHEN any_position THEN coalesce(tmap.concepts(book, systems.diagnosis_system, s.diagnoses, s.admitted), 0) ELSE 0 END) & stroke_bits <> 0 AS stroke,
             coalesce(tmap.concepts(book, systems.procedure_system, s.procedures, coalesce(s.procedure_on, s.admitted)), 0) & treated_bits <> 0 AS treated,
             CASE WHEN NOT known THEN NULL WHEN charlson THEN tmap.charlson(s.diagnoses || s.principal) WHEN elixhauser THEN tmap.elixhauser(s.diagnoses || s.principal) END AS diseases
      FROM @atlas@.stay s
      WHERE s.source_id = this_source AND s.year BETWEEN y - 1 AND y + 1
        AND s.admitted <= make_date(y, 12, 31) + d.margin_days AND coalesce(s.discharged, s.admitted) >= make_date(y, 1, 1) - d.margin_days
    ), numbered AS (
      SELECT c.*,
             tmap.episode(c.admitted, c.discharged, c.transfer_in, c.transfer_out, d.gap_days, d.transfer_gap_days) OVER w AS episode,
             tmap.episode_stay(c.admitted, c.discharged, c.transfer_in, c.transfer_out, d.gap_days, d.transfer_gap_days) OVER w AS place
      FROM coded c
      WINDOW w AS (PARTITION BY c.person, c.country ORDER BY c.admitted, c.discharged, c.stay)
    ), episode AS (
      -- place 1 is one row: max() of it is its value. The first treated stay: the smallest of its number, day and hospital.
      SELECT n.person, n.country, (array_agg(n.patient) FILTER (WHERE n.place = 1))[1] AS patient,
             min(n.admitted) AS starts, max(coalesce(n.discharged, n.admitted)) AS ends, count(*)::int4 AS stays,
             (array_agg(n.stay) FILTER (WHERE n.place = 1))[1] AS stay,
             max(n.area_id) FILTER (WHERE n.place = 1) AS area_id, max(n.residence) FILTER (WHERE n.place = 1) AS residence,
             (array_agg(n.point) FILTER (WHERE n.place = 1 AND n.area_id IS NULL AND n.point IS NOT NULL))[1] AS point,
             max(n.age) FILTER (WHERE n.place = 1) AS age, max(n.sex) FILTER (WHERE n.place = 1) AS sex,
             -- What the first stay lacks, of the next that has it: place before value, in whole numbers where they will do.
             min(n.place::int8 * 1000 + n.age) FILTER (WHERE n.place > 1) AS later_age,
             min(n.place::int8 * 2 + CASE n.sex WHEN 'male' THEN 1 ELSE 0 END) FILTER (WHERE n.place > 1 AND n.sex <> 'unknown') AS later_sex,
             min((1000000000 + n.place)::text || n.year || CASE WHEN n.area_id IS NULL THEN '/' || n.point::text ELSE n.area_id || '/' END || '/' || coalesce(n.residence, '') COLLATE "C")
               FILTER (WHERE n.place > 1 AND (n.area_id IS NOT NULL OR n.point IS NOT NULL)) AS later_home,
             max(n.hospital) FILTER (WHERE n.place = 1) AS first_hospital,
             min(n.hospital COLLATE "C") IS DISTINCT FROM max(n.hospital COLLATE "C") AS transferred,
             min(CASE WHEN n.treated AND (n.stroke OR d.treated_scope = 'episode')
                      THEN to_char(n.place, 'FM0000000000') || to_char(n.day, 'YYYY-MM-DD') || coalesce(n.hospital, '') END COLLATE "C") AS treatment,
             tmap.rollup(n.diseases) AS diseases
      FROM numbered n GROUP BY n.person, n.country, n.episode
      HAVING bool_or(n.stroke)
    ), chained AS (
      SELECT e.*, tmap.stroke_number(e.starts, e.ends, false, false, 0, 0, d.new_after_days, from_onset) OVER w AS stroke_no
      FROM episode e
      WINDOW w AS (PARTITION BY e.person, e.country ORDER BY e.starts, e.ends, e.stay)
    ), marked AS (
      SELECT h.person, h.country, h.patient, h.starts, h.ends, h.stays, h.stay, h.first_hospital, h.transferred, h.treatment, h.diseases,
             coalesce(h.age, (h.later_age % 1000)::int4) AS age, CASE WHEN h.sex <> 'unknown' OR h.later_sex IS NULL THEN h.sex WHEN h.later_sex % 2 = 1 THEN 'male' ELSE 'female' END AS sex,
             CASE WHEN h.area_id IS NULL AND h.point IS NULL THEN h.later_home END AS home, h.area_id, h.point, h.residence,
             lag(h.stroke_no) OVER (PARTITION BY h.person, h.country ORDER BY h.starts, h.ends, h.stay) IS DISTINCT FROM h.stroke_no AS new_stroke,
             substr(h.treatment, 11, 10)::date AS treated_on, nullif(substr(h.treatment, 21), '') AS treating_centre
      FROM chained h
    ), counted AS (
      SELECT m.*, d.treated_within_days IS NULL AND m.treatment IS NOT NULL OR coalesce(m.treated_on - m.starts BETWEEN 0 AND d.treated_within_days, false) AS treated,
             CASE WHEN charlson THEN tmap.charlson_score(m.diseases, d.comorbidity_weights, true, d.comorbidity_left_out)
                  WHEN elixhauser THEN tmap.elixhauser_score(m.diseases, d.comorbidity_weights, true, d.comorbidity_left_out) END AS score
      FROM marked m
      WHERE m.new_stroke AND m.starts BETWEEN make_date(y, 1, 1) AND make_date(y, 12, 31)
        AND (d.min_age IS NULL OR coalesce(m.age >= d.min_age, d.unknown_age)) AND (d.max_age IS NULL OR coalesce(m.age <= d.max_age, d.unknown_age))
    ), banded AS (
      SELECT c.country, c.stay, c.patient, c.starts, c.ends, c.stays, c.age, c.sex, c.score, c.treated, c.treated_on, c.first_hospital, c.treating_centre, c.transferred,
             CASE WHEN c.home IS NULL THEN c.area_id ELSE nullif(split_part(substr(c.home, 15), '/', 1), '')::int4 END AS area_id,
             CASE WHEN c.home IS NULL THEN c.point ELSE nullif(split_part(c.home, '/', 2), '')::@postgis@.geometry END AS point,
             CASE WHEN c.home IS NULL THEN c.residence ELSE nullif(regexp_replace(c.home, '^[^/]*/[^/]*/', ''), '') END AS residence,
             CASE WHEN c.home IS NULL THEN y ELSE substr(c.home, 11, 4)::int4 END AS home_year,
             CASE WHEN c.score < d.comorbidity_bands[1] THEN 'none' WHEN c.score < d.comorbidity_bands[2] THEN 'low'
                       WHEN c.score < d.comorbidity_bands[3] THEN 'moderate' WHEN c.score IS NOT NULL THEN 'high' END AS band
      FROM counted c
    )
    SELECT b.country, y, b.stay, b.patient, coalesce(b.area_id, a.area_id), b.residence, b.starts, b.ends, b.stays,
           b.age::int4, b.sex, b.band, b.score,
           CASE WHEN d.comorbidity = 'none' THEN tmap.stratum(b.age, b.sex) ELSE tmap.stratum(b.age, b.sex, b.band) END,
           b.treated, CASE WHEN b.treated THEN b.treated_on END, b.first_hospital, CASE WHEN b.treated THEN b.treating_centre END,
           b.transferred, tmap.care_path(b.treated, b.first_hospital, b.treating_centre)
    FROM banded b
    LEFT JOIN LATERAL (
      -- The smallest area of the patient's own country that holds the point; on a border, as in locate().
      SELECT r.area_id
      FROM @atlas@.area r JOIN @atlas@.area n ON n.area_id = r.country_id
      WHERE b.area_id IS NULL AND b.point IS NOT NULL AND n.code = b.country AND @postgis@.ST_Intersects(r.geom, b.point)
        AND (r.valid_from IS NULL OR r.valid_from <= make_date(b.home_year, 7, 1)) AND (r.valid_to IS NULL OR r.valid_to >= make_date(b.home_year, 7, 1))
      ORDER BY r.rank DESC, r.code_system COLLATE "C", r.code COLLATE "C" LIMIT 1) a ON true;
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.strokes_of_stays(text, text, int4, int4[]) IS
'The ischaemic strokes among the hospital stays of a source by a case definition: one row a stroke. version: NULL takes the highest; years: of the first admission, NULL takes all.
Stays are joined to episodes (tmap.episode, by patient and country; a stay whose patient is not known is an episode of its own); an episode with a stay that the definition takes for a stroke is a stroke, unless it begins too soon after the one before (tmap.stroke_number). Later strokes and treatments of such an early recurrence do not count.
year, stay, first_hospital: of the first stay of the episode. age, sex: of the first stay that has one. residence, area_id: of the first stay whose residence is an area or a point, else of the first. area_id: by code, else the smallest area of the country that holds the point (boundaries of 1 July of the year of that stay), else NULL. starts, ends: first admission and latest discharge; stays: how many.
comorbidity: none, low, moderate, high by the score over all diagnoses of the episode; NULL when no stay of the year has other diagnoses, or they are not in ICD-10. treated_on: day of the procedure, or admission of its stay; one before the first admission is within no number of days; treating_centre: hospital of the first stay with it. transferred: stays in two hospitals or more. path: as tmap.care_path.
Patient data. The result does not depend on the order of rows. Memory: one sort of the stays of a year and its margins. Errors: 22023 unknown source, definition or version, or a source without stays; 42704 a concept that codebook() no longer has.';
