-- From hospital stays to strokes and figures: what counts, counted by hand.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SELECT tmap.create_atlas('cases') IS NOT NULL AS made;
SET search_path = cases, tmap, public;
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM cases.area a WHERE a.code = id.code);
INSERT INTO area (code_system, code, name, level) VALUES ('ISO 3166-1', 'FRA', 'France', 'country');
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('tmap', 'R', 'Region', 'region', id('FRA'));
INSERT INTO area (code_system, code, name, level, parent_id, geom) VALUES
  ('tmap', 'D1', 'West', 'department', id('R'), ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326))),
  ('tmap', 'D2', 'East', 'department', id('R'), ST_Multi(ST_MakeEnvelope(1, 0, 2, 1, 4326)));
INSERT INTO source (source_key, title, origin) VALUES ('pmsi', 'Stays made up for the test', 'synthetic'), ('empty', 'Without stays', 'synthetic');
INSERT INTO submission (submission_id, submission_key, country, source_id, status, sha256)
SELECT n, 'pmsi-' || n, 'FRA', s.source_id, 'in force', 'none' FROM generate_series(1, 4) n, source s WHERE s.source_key = 'pmsi';
INSERT INTO stay_source (source_id, diagnosis_system, procedure_system) SELECT s.source_id, 'CIM-10', 'CCAM' FROM source s WHERE s.source_key = 'pmsi';

-- Definitions: shipped ones in a sentence; they never change.
SELECT name, case_definition_text(name) FROM case_definition ORDER BY name;
UPDATE case_definition SET min_age = 18 WHERE name = 'frandon2024';
INSERT INTO case_definition (name, version, title, diagnosis_position, unspecified, planned_out, min_age, unknown_age, new_after_days, comorbidity) VALUES ('broad', 1, 'Everything', 'any', true, false, NULL, false, 0, 'none');
INSERT INTO case_definition (name, version, title, min_age, treated_scope) VALUES ('same_stay', 1, 'Treated in the stay for stroke', 18, 'stay');
INSERT INTO case_definition (name, version, title, min_age, treated_within_days) VALUES ('within', 1, 'Treated on the day', 18, 0);
SELECT case_definition_text('broad'), case_definition_text('within', 1);
INSERT INTO case_definition (name, version, title, stroke_concepts) VALUES ('x', 1, 'x', '{no_such_concept}');
INSERT INTO case_definition (name, version, title, comorbidity_weights) VALUES ('x', 1, 'x', 'mine');
INSERT INTO case_definition (name, version, title, comorbidity) VALUES ('x', 1, 'x', 'elixhauser');
INSERT INTO case_definition (name, version, title, comorbidity_bands) VALUES ('x', 1, 'x', '{3,1,5}');
INSERT INTO case_definition (name, version, title, min_age, max_age) VALUES ('x', 1, 'x', 80, 20);
INSERT INTO case_definition (name, version, title, new_after_days) VALUES ('x', 1, 'x', 100);
SELECT case_definition_text('none');
SELECT case_definition_text('broad', 2);

-- The stays. Each patient is a case.
CREATE TABLE made (sub int, patient text, stay text, admitted date, discharged date, age int, sex text, area text, lon float8, hospital text, principal text, diagnoses text[], procedures text[],
  procedure_on date, t_in boolean, t_out boolean, planned boolean);
INSERT INTO made VALUES
  -- Drip-and-ship and back: three stays, one stroke. Diabetes is coded at the last only: low.
  (1, 'p01', '1a', '2019-03-01', '2019-03-01', 70, 'female', 'D1', NULL, 'H1', 'I639', '{I10}', '{}', NULL, false, true, false),
  (1, 'p01', '1b', '2019-03-01', '2019-03-10', 70, 'female', 'D1', NULL, 'H2', 'I633', '{I10}', '{EAJF341,ACQN001}', '2019-03-02', true, true, false),
  (1, 'p01', '1c', '2019-03-10', '2019-03-20', 70, 'female', 'D1', NULL, 'H1', 'I639', '{E119}', '{}', NULL, true, false, false),
  -- Direct admission.
  (1, 'p02', '2a', '2019-03-05', '2019-03-15', 60, 'male', 'D2', NULL, 'H2', 'I634', '{}', '{EAJF341}', '2019-03-05', false, false, false),
  -- Not treated; heart failure and renal disease: 1 + 2, moderate.
  (1, 'p03', '3a', '2019-04-05', '2019-04-15', 85, 'female', 'D1', NULL, 'H1', 'I634', '{I500,N185,I693}', '{}', NULL, false, false, NULL),
  -- Age limits: 19 is too young for one definition, 17 for both.
  (1, 'p04', '4a', '2019-05-05', '2019-05-15', 19, 'male', 'D1', NULL, 'H2', 'I634', '{}', '{EAJF341}', NULL, false, false, false),
  (1, 'p05', '5a', '2019-05-05', '2019-05-15', 17, 'male', 'D1', NULL, 'H2', 'I634', '{}', '{EAJF341}', NULL, false, false, false),
  -- An early recurrence, treated; and one after exactly 28 days.
  (1, 'p06', '6a', '2019-05-01', '2019-05-05', 75, 'female', 'D2', NULL, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  (1, 'p06', '6b', '2019-05-15', '2019-05-20', 75, 'female', 'D2', NULL, 'H2', 'I639', '{}', '{EAJF341}', NULL, false, false, false),
  (1, 'p07', '7a', '2019-05-01', '2019-05-05', 75, 'male', 'D2', NULL, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  (1, 'p07', '7b', '2019-06-02', '2019-06-04', 75, 'male', 'D2', NULL, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  -- A planned readmission.
  (1, 'p08', '8a', '2019-02-01', '2019-02-05', 66, 'male', 'D1', NULL, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  (1, 'p08', '8b', '2019-06-01', '2019-06-02', 66, 'male', 'D1', NULL, 'H1', 'I639', '{}', '{}', NULL, false, false, true),
  -- Stroke unspecified; stroke as a further diagnosis.
  (1, 'p09', '9a', '2019-02-01', '2019-02-05', 90, 'female', 'D1', NULL, 'H1', 'I64', '{}', '{}', NULL, false, false, false),
  (1, 'p10', '10a', '2019-02-01', '2019-02-05', 91, 'female', 'D1', NULL, 'H1', 'I500', '{I639}', '{}', NULL, false, false, false),
  -- Residence: unknown, a point in D2, a point outside.
  (1, 'p11', '11a', '2019-02-01', '2019-02-05', 72, 'female', NULL, NULL, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  (1, 'p12', '12a', '2019-02-01', '2019-02-05', 73, 'female', NULL, 1.5, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  (1, 'p13', '13a', '2019-02-01', '2019-02-05', 74, 'female', NULL, 50, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  -- Age not known.
  (1, 'p14', '14a', '2019-02-01', '2019-02-05', NULL, 'unknown', 'D1', NULL, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  -- Over New Year: transferred for thrombectomy; an early recurrence.
  (1, 'p15', '15a', '2019-12-31', '2019-12-31', 55, 'male', 'D1', NULL, 'H1', 'I639', '{}', '{}', NULL, false, true, false),
  (2, 'p15', '15b', '2020-01-01', '2020-01-07', 55, 'male', 'D1', NULL, 'H2', 'I639', '{}', '{EAJF341}', '2020-01-01', true, false, false),
  (1, 'p16', '16a', '2019-12-20', '2019-12-28', 58, 'male', 'D1', NULL, 'H1', 'I639', '{}', '{}', NULL, false, false, false),
  (2, 'p16', '16b', '2020-01-10', '2020-01-15', 58, 'male', 'D1', NULL, 'H2', 'I639', '{}', '{EAJF341}', NULL, false, false, false),
  -- Thrombectomy without a stroke. Stroke in hospital. Thrombectomy in a stay with another diagnosis.
  (1, 'p17', '17a', '2019-02-01', '2019-02-05', 50, 'male', 'D1', NULL, 'H2', 'I672', '{}', '{EAJF341}', NULL, false, false, false),
  (1, 'p18', '18a', '2019-04-01', '2019-04-05', 80, 'female', 'D2', NULL, 'H3', 'S7200', '{}', '{}', NULL, false, false, false),
  (1, 'p18', '18b', '2019-04-05', '2019-04-12', 80, 'female', 'D2', NULL, 'H2', 'I634', '{}', '{EAJF341}', NULL, false, false, false),
  (1, 'p19', '19a', '2019-07-01', '2019-07-01', 62, 'female', 'D2', NULL, 'H1', 'I634', '{}', '{}', NULL, false, true, false),
  (1, 'p19', '19b', '2019-07-01', '2019-07-05', 62, 'female', 'D2', NULL, 'H2', 'G931', '{}', '{EAJF341}', NULL, true, false, false),
  -- 2020 was handed in without further diagnoses: comorbidity not known. This stay has no patient either.
  (2, NULL, '20a', '2020-03-05', '2020-03-15', 50, 'male', 'D1', NULL, 'H2', 'I634', '{}', '{EAJF341}', NULL, false, false, false),
  (2, NULL, '20b', '2020-03-15', '2020-03-20', 50, 'male', 'D1', NULL, 'H1', 'R470', '{}', '{}', NULL, false, false, false),
  -- Later years.
  (3, 'p21', '21a', '2023-03-05', '2023-03-15', 50, 'male', 'D1', NULL, 'H2', 'I634', '{}', '{}', NULL, false, false, false),
  (4, 'p21', '21a', '2023-03-05', '2023-03-15', 50, 'male', 'D1', NULL, 'H2', 'I634', '{}', '{EAJF341}', NULL, false, false, false);
CREATE FUNCTION load(sub int, seed text) RETURNS bigint LANGUAGE sql AS $$
  WITH a AS (
    INSERT INTO cases.stay (country, year, stay, patient, admitted, discharged, age, sex, area_id, residence, point, hospital, principal, diagnoses, procedures, procedure_on,
                            transfer_in, transfer_out, planned, source_id, submission_id, line_no)
    SELECT 'FRA', date_part('year', m.admitted), md5(m.stay)::uuid, md5(m.patient)::uuid, m.admitted, m.discharged, m.age, m.sex, cases.id(m.area), m.area,
           public.ST_SetSRID(public.ST_MakePoint(m.lon, 0.5), 4326), m.hospital, m.principal, m.diagnoses, m.procedures, m.procedure_on, m.t_in, m.t_out, m.planned, s.source_id, m.sub,
           row_number() OVER (ORDER BY md5(m.stay))
    FROM cases.made m JOIN cases.source s ON s.source_key = 'pmsi' WHERE m.sub = load.sub ORDER BY md5(seed || m.stay) RETURNING 1)
  SELECT count(*) FROM a $$;
CREATE VIEW figures AS SELECT s.source_key, a.code, f.indicator, f.valid_from, f.valid_to, f.unlocated, f.tally, f.events, f.at_risk_basis, f.basis, f.parts, f.parts_expected, f.shown, f.choice_reason
FROM fact f JOIN source s ON s.source_id = f.source_id JOIN area a ON a.area_id = f.area_id;
-- One text for everything that was counted.
CREATE FUNCTION fingerprint() RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(t, E'\n' ORDER BY t COLLATE "C")) FROM (
    SELECT f::text AS t FROM cases.figures f UNION ALL SELECT c::text FROM cases.stroke_count c UNION ALL SELECT y::text FROM cases.counted_year y
    UNION ALL SELECT p::text FROM cases.patient_characteristics p) x $$;
-- Patients by their names of the table made.
CREATE FUNCTION who(patient uuid) RETURNS text LANGUAGE sql AS $$ SELECT min(m.patient) FROM cases.made m WHERE md5(m.patient)::uuid = who.patient $$;

SELECT load(1, 'a'), load(2, 'a');
-- By hand: 17 strokes, 8 treated.
SELECT who(t.patient) AS patient, year, a.code AS area, starts, ends, stays, age, sex, comorbidity, comorbidity_score AS score, stratum, treated, treated_on, first_hospital AS first, treating_centre AS centre, transferred AS moved, path
FROM strokes_of_stays('frandon2024', 'pmsi') t LEFT JOIN area a ON a.area_id = t.area_id ORDER BY 1, starts;
-- 16 strokes, 7 treated: 19 years old in, early recurrences out.
SELECT who(patient) AS patient, starts, treated, path FROM strokes_of_stays('international', 'pmsi')
EXCEPT SELECT who(patient), starts, treated, path FROM strokes_of_stays('frandon2024', 'pmsi') ORDER BY 1;
SELECT who(patient) AS patient, starts, treated, path FROM strokes_of_stays('frandon2024', 'pmsi')
EXCEPT SELECT who(patient), starts, treated, path FROM strokes_of_stays('international', 'pmsi') ORDER BY 1;
-- Any position, unspecified, planned, any age.
SELECT who(patient) AS patient, starts, age, stratum, treated FROM strokes_of_stays('broad', 'pmsi') t
WHERE NOT EXISTS (SELECT FROM strokes_of_stays('frandon2024', 'pmsi') f WHERE f.stay = t.stay) ORDER BY 1, 2;
-- Treated in the stay for stroke, or on the day of admission.
SELECT who(patient) AS patient, path FROM strokes_of_stays('same_stay', 'pmsi') EXCEPT SELECT who(patient), path FROM strokes_of_stays('international', 'pmsi');
SELECT who(patient) AS patient, path FROM strokes_of_stays('within', 'pmsi') EXCEPT SELECT who(patient), path FROM strokes_of_stays('international', 'pmsi') ORDER BY 1;
-- A year alone is the same as that year among all.
SELECT count(*) FROM ((SELECT * FROM strokes_of_stays('broad', 'pmsi') t WHERE year = 2020) EXCEPT SELECT * FROM strokes_of_stays('broad', 'pmsi', years => '{2020}')) d;
SELECT count(*) FROM strokes_of_stays('broad', 'pmsi', years => '{2020}');
SELECT count(*) FROM strokes_of_stays('broad', 'pmsi', years => '{}');
SELECT * FROM strokes_of_stays('none', 'pmsi');
SELECT * FROM strokes_of_stays('broad', 'empty');
SELECT * FROM strokes_of_stays('broad', 'nobody');

-- Into figures. The second count finds nothing new.
DELETE FROM stay WHERE submission_id = 2;
SELECT * FROM refresh_tallies('pmsi');
SELECT * FROM tally_stays('frandon2024', 'pmsi');
SELECT * FROM tally_stays('frandon2024', 'pmsi');
SELECT * FROM tally_stays('international', 'pmsi');
SELECT source_key, title, left(definition, 60) AS definition, origin FROM source ORDER BY source_key COLLATE "C";
-- New submissions: only the years touched.
SELECT load(2, 'b');
SELECT * FROM refresh_tallies('pmsi');
SELECT * FROM refresh_tallies('pmsi');
SELECT load(3, 'b');
SELECT * FROM refresh_tallies('pmsi');
DELETE FROM stay WHERE submission_id = 3;
SELECT load(4, 'b');
SELECT * FROM refresh_tallies('pmsi');
-- Everything counted, area by area.
SELECT source_key, code, year, unlocated, events, tmap.at_risk(tally) AS strokes FROM (SELECT *, date_part('year', valid_from) AS year FROM figures) f ORDER BY source_key COLLATE "C", code COLLATE "C", year, unlocated;
SELECT name, year, value, source_key, left(definition, 24) AS definition, shown FROM area_year WHERE code = 'FRA' AND year = 2019 ORDER BY source_key;
SELECT * FROM compare_definitions('pmsi', 'frandon2024', 'international');
SELECT count(*) FILTER (WHERE difference = 0) = count(*) AS alike FROM compare_definitions('pmsi', 'frandon2024', 'frandon2024');
SELECT * FROM compare_definitions('pmsi', 'frandon2024', 'broad');
-- Bit by bit is the same as all at once, and as the same stays in another order.
CREATE TABLE kept AS SELECT fingerprint() AS print;
SELECT facts FROM tally_stays('frandon2024', 'pmsi') UNION ALL SELECT facts FROM tally_stays('international', 'pmsi');
SELECT fingerprint() = print AS same FROM kept;
DELETE FROM fact; DELETE FROM stroke_count; DELETE FROM counted_year;
SELECT strokes, treated FROM tally_stays('frandon2024', 'pmsi') UNION ALL SELECT strokes, treated FROM tally_stays('international', 'pmsi');
SELECT fingerprint() = print AS same FROM kept;
DELETE FROM fact; DELETE FROM stroke_count; DELETE FROM counted_year; DELETE FROM stay;
SELECT load(4, 'z'), load(2, 'z'), load(1, 'z');
SELECT array_agg(r.facts > 0) FROM refresh_tallies('pmsi') r;
SELECT fingerprint() = print AS same FROM kept;
-- A year whose stays are withdrawn goes.
DELETE FROM stay WHERE submission_id = 4;
SELECT definition, years, strokes FROM refresh_tallies('pmsi');
SELECT count(*) FROM fact WHERE valid_from >= '2023-01-01';

-- Table 1.
SELECT code, year, patients, n, round(age_mean::numeric, 2) AS mean, age_q1 AS q1, age_median AS median, age_q3 AS q3, female, round(female_share::numeric, 3) AS share,
       comorbidity_none AS none, comorbidity_low AS low, comorbidity_moderate AS moderate, comorbidity_high AS high, comorbidity_unknown AS unknown, transferred AS moved, direct_admission AS direct, drip_and_ship AS shipped
FROM patient_characteristics WHERE definition = 'frandon2024' ORDER BY level, code COLLATE "C", year, patients;
-- The same from the strokes themselves.
SELECT t.treated_only, count(*), avg(t.age)::float8, percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY t.age) = (SELECT ARRAY[c.age_q1, c.age_median, c.age_q3] FROM characteristics(definition_source('frandon2024', 'pmsi'), of_area => id('FRA')) c WHERE c.patients = CASE WHEN t.treated_only THEN 'treated' ELSE 'all' END) AS quartiles_agree
FROM (SELECT s.*, o AS treated_only FROM strokes_of_stays('frandon2024', 'pmsi') s, unnest(ARRAY[false, true]) o WHERE s.treated OR NOT o) t GROUP BY t.treated_only ORDER BY 1;
SELECT * FROM table_one('pmsi', 'frandon2024', 'FRA', 2019, 2020);
SELECT label, all_strokes, treated FROM table_one('pmsi', 'international', 'D2') WHERE line <= 5;
SELECT * FROM table_one('pmsi', 'broad', 'FRA');
SELECT * FROM table_one('pmsi', 'frandon2024', 'XX');
SELECT age_quantile('{80,60,NULL,70}', '{1,2,9,3}', 0.5) AS median, age_quantile('{}', '{}', 0.5) AS none, age_quantile('{50}', '{1}', 0.25) AS one;

-- Codes of one's own: a further act; one taken away. The count notices.
SELECT tmap.concept_names(codebook(), tmap.concepts(codebook(), 'CCAM', 'EAJF342')) AS before;
INSERT INTO code_rule (system, code, match, concept, source) VALUES ('ccam', 'eajf342', 'exact', 'mechanical_thrombectomy', 'test'), ('CIM-10 (PMSI)', 'I63.4', 'not prefix', 'ischaemic_stroke', 'test');
SELECT system, code, match, concept FROM code_rule ORDER BY rule_id;
SELECT tmap.concept_names(codebook(), tmap.concepts(codebook(), 'CCAM', 'EAJF342')) AS after, tmap.has_concept(codebook(), 'CIM-10', 'I634', 'ischaemic_stroke') AS i634, tmap.has_concept(codebook(), 'CIM-10', 'I633', 'ischaemic_stroke') AS i633;
SELECT definition, years, strokes, treated FROM refresh_tallies('pmsi');
INSERT INTO code_rule (system, code, match, concept, source) VALUES ('CCAM', 'I63', 'exact', 'x', 'test');
INSERT INTO code_rule (system, code, match, concept, source) VALUES ('no such', 'I63', 'exact', 'x', 'test');
INSERT INTO code_rule (system, code, match, concept, source) VALUES ('CIM-10', 'I63', 'exact', 'Upper Case', 'test');
DELETE FROM code_rule;
SELECT codebook() = tmap.codebook() AS shipped_again;
SELECT definition, years, strokes, treated FROM refresh_tallies('pmsi');
-- A definition in use stays; a new version stands beside the old.
DELETE FROM case_definition WHERE name = 'frandon2024';
INSERT INTO case_definition (name, version, title, min_age, new_after_days) VALUES ('frandon2024', 2, 'Ours', 18, 0);
SELECT strokes, treated FROM tally_stays('frandon2024', 'pmsi');
SELECT year, strokes_a, strokes_b, more_treated FROM compare_definitions('pmsi', 'frandon2024', 'frandon2024', 1, 2) WHERE code = 'FRA';
-- Stays of a country that the atlas does not have.
INSERT INTO stay (country, year, stay, patient, admitted, age, sex, hospital, principal, source_id, submission_id, line_no) SELECT 'BEL', 2019, md5('b')::uuid, md5('b')::uuid, '2019-01-01', 50, 'male', 'B', 'I63', source_id, 1, 999 FROM source WHERE source_key = 'pmsi';
SELECT * FROM tally_stays('international', 'pmsi');
DELETE FROM stay;

-- 3,000 stays of 1,200 patients over four years, all for stroke: the same strokes as tmap.care_agg makes of a patient's stays at once.
INSERT INTO stay (country, year, stay, patient, admitted, discharged, age, sex, hospital, principal, procedures, transfer_in, transfer_out, source_id, submission_id, line_no)
SELECT 'FRA', date_part('year', d), md5('r' || n)::uuid, md5('q' || n % 1200)::uuid, d, CASE WHEN h % 11 > 0 THEN d + h % 9 END, 50, 'male', 'H' || h % 4, 'I63',
       CASE WHEN h % 5 = 0 THEN '{EAJF341}' ELSE '{}' END::text[], h % 7 = 0, h % 6 = 0, source_id, 1, n
FROM (SELECT n, abs(hashint4(n)) AS h, date '2019-01-01' + abs(hashint4(n % 1200)) % 1400 + abs(hashint4(n)) % 40 AS d FROM generate_series(1, 3000) n) r, source WHERE source_key = 'pmsi';
CREATE TABLE at_once AS
SELECT DISTINCT ON (patient, (e).stroke) patient, (e).starts, (e).ends, (e).stays, (e).path, (e).transferred, (e).first_hospital, (e).treating_centre
FROM (SELECT patient, unnest(tmap.care_agg(('x' || left(stay::text, 8))::bit(32)::int8, admitted, discharged, transfer_in, transfer_out, procedures <> '{}', hospital, NULL)) AS e FROM stay GROUP BY patient) c
ORDER BY patient, (e).stroke, (e).episode;
CREATE TABLE by_year AS SELECT patient, starts, ends, stays, path, transferred, first_hospital, treating_centre FROM strokes_of_stays('international', 'pmsi');
SELECT (SELECT count(*) FROM at_once) = (SELECT count(*) FROM by_year) AS as_many, count(*) AS differences
FROM ((SELECT * FROM at_once EXCEPT SELECT * FROM by_year) UNION ALL (SELECT * FROM by_year EXCEPT SELECT * FROM at_once)) d;
SELECT path, transferred, count(*) > 20 AS some, max(stays) > 1 AS joined FROM by_year GROUP BY 1, 2 ORDER BY 1, 2;
-- Stays without a patient stand alone, though a patient or a stay of another year has the same identifier. A procedure before the
-- first admission was not within any number of days.
INSERT INTO source (source_key, title, origin) VALUES ('lone', 'Stays without patients', 'synthetic');
INSERT INTO submission (submission_id, submission_key, country, source_id, status, sha256) SELECT 9, 'lone', 'FRA', source_id, 'in force', 'none' FROM source WHERE source_key = 'lone';
INSERT INTO stay_source (source_id, diagnosis_system) SELECT source_id, 'CIM-10' FROM source WHERE source_key = 'lone';
INSERT INTO stay (country, year, stay, patient, admitted, discharged, age, area_id, hospital, principal, procedures, procedure_on, source_id, submission_id, line_no)
SELECT 'FRA', date_part('year', admitted), md5(stay)::uuid, md5(patient)::uuid, admitted, admitted + 2, 70, id('D1'), hospital, 'I639', procedures, procedure_on, s.source_id, 9, row_number() OVER ()
FROM source s, (VALUES ('1000', '5', date '2018-05-03', 'H1', '{}'::text[], NULL::date), ('5', NULL, '2018-05-05', 'H2', '{EAJF341}', NULL), ('6', NULL, '2018-12-31', 'H1', '{}', NULL),
  ('6', NULL, '2019-01-01', 'H2', '{EAJF341}', NULL), ('7', '7', '2018-03-01', 'H1', '{EAJF341}', '2018-01-01')) AS v (stay, patient, admitted, hospital, procedures, procedure_on)
WHERE s.source_key = 'lone';
-- Without procedures nobody was treated, which is no figure.
SELECT * FROM tally_stays('international', 'lone');
UPDATE stay_source SET procedure_system = 'CCAM' WHERE procedure_system IS NULL;
SELECT starts, stays, patient IS NULL AS alone, treated, treated_on, path FROM strokes_of_stays('international', 'lone') ORDER BY starts;
SELECT starts, treated FROM strokes_of_stays('within', 'lone') ORDER BY starts;
SELECT strokes, treated FROM tally_stays('international', 'lone');
-- Table 1 of an area without strokes is one of nobody.
SELECT line, all_strokes, treated FROM table_one('lone', 'international', 'D2') WHERE line IN (1, 2, 5, 15);
SELECT line, all_strokes, treated FROM table_one('lone', 'international', 'D1', 1990, 1991) WHERE line = 1;
-- What the first stay lacks, the next that has it gives; what it has stays. Counted bit by bit as all at once.
INSERT INTO source (source_key, title, origin) VALUES ('later', 'Stays of which the first knows little', 'synthetic');
INSERT INTO submission (submission_id, submission_key, country, source_id, status, sha256) SELECT n, 'later-' || n, 'FRA', source_id, 'in force', 'none' FROM source, generate_series(10, 11) n WHERE source_key = 'later';
INSERT INTO stay_source (source_id, diagnosis_system, procedure_system) SELECT source_id, 'cim10', 'ccam' FROM source WHERE source_key = 'later';
CREATE FUNCTION later(sub int) RETURNS bigint LANGUAGE sql AS $$
  WITH a AS (
    INSERT INTO cases.stay (country, year, stay, patient, admitted, discharged, age, sex, area_id, residence, point, hospital, principal, source_id, submission_id, line_no)
    SELECT 'FRA', date_part('year', admitted), md5(patient || n)::uuid, md5(patient)::uuid, admitted, admitted, age, sex, cases.id(area), coalesce(area, residence),
           public.ST_SetSRID(public.ST_MakePoint(lon, 0.5), 4326), 'H', 'I639', s.source_id, sub, row_number() OVER ()
    FROM (VALUES
      (10, 'a', 1, date '2018-02-01', NULL::int, 'unknown', NULL, NULL, NULL::float8), (10, 'a', 2, '2018-02-02', NULL, 'male', NULL, '99', NULL), (10, 'a', 3, '2018-02-03', 71, 'female', 'D2', NULL, NULL), (10, 'a', 4, '2018-02-04', 72, 'female', 'D1', NULL, NULL),
      (10, 'b', 1, '2018-02-01', 60, 'female', NULL, '99', NULL), (10, 'b', 2, '2018-02-02', 61, 'male', NULL, 'a/b', 1.5),
      (10, 'c', 1, '2018-02-01', 62, 'male', NULL, NULL, 0.5), (10, 'c', 2, '2018-02-02', 63, 'female', 'D2', NULL, NULL),
      (10, 'd', 1, '2018-12-31', NULL, 'unknown', NULL, NULL, NULL), (11, 'd', 2, '2019-01-01', 64, 'male', NULL, NULL, 0.5),
      (10, 'e', 1, '2018-02-01', NULL, 'unknown', 'D1', NULL, NULL), (11, 'e', 2, '2018-02-02', 15, 'unknown', NULL, NULL, NULL),
      (10, 'f', 1, '2018-02-01', 65, 'male', NULL, '98', NULL), (10, 'f', 2, '2018-02-02', 65, 'male', NULL, '97', NULL),
      (10, 'g', 1, '2018-02-01', 66, 'male', NULL, NULL, NULL), (10, 'g', 2, '2018-02-02', 65, 'male', NULL, NULL, 50), (10, 'g', 3, '2018-02-03', 65, 'male', 'D1', NULL, NULL))
      AS v (sub, patient, n, admitted, age, sex, area, residence, lon), cases.source s WHERE s.source_key = 'later' AND v.sub = later.sub RETURNING 1)
  SELECT count(*) FROM a $$;
SELECT later(10), (SELECT strokes FROM tally_stays('international', 'later')) AS strokes, (SELECT strokes FROM tally_stays('broad', 'later')) AS any_age, later(11);
SELECT definition, years, strokes, unlocated FROM refresh_tallies('later');
SELECT p AS patient, a.code AS area, t.residence, t.age, t.sex, t.stays
FROM unnest('{a,b,c,d,e,f,g}'::text[]) p LEFT JOIN strokes_of_stays('international', 'later') t ON t.patient = md5(p)::uuid LEFT JOIN area a USING (area_id) ORDER BY 1;
UPDATE kept SET print = fingerprint();
SELECT definition, facts FROM refresh_tallies('later');
DELETE FROM counted_year c USING definition_source d WHERE d.source_id = c.source_id AND d.stays_source_id = find_source('later');
DELETE FROM stroke_count c USING definition_source d WHERE d.source_id = c.source_id AND d.stays_source_id = find_source('later');
DELETE FROM fact c USING definition_source d WHERE d.source_id = c.source_id AND d.stays_source_id = find_source('later');
SELECT strokes FROM tally_stays('international', 'later') UNION ALL SELECT strokes FROM tally_stays('broad', 'later');
SELECT fingerprint() = print AS same FROM kept;
-- Groups of strokes are of areas and sources that exist; an area that was counted stays.
INSERT INTO stroke_count SELECT source_id, 999999, year, stratum, age, sex, comorbidity, path, transferred, strokes FROM stroke_count LIMIT 1;
UPDATE stroke_count SET source_id = 999999 WHERE ctid = (SELECT ctid FROM stroke_count LIMIT 1);
DELETE FROM area WHERE code = 'D2';
-- Points written into the stays change nothing.
SELECT located FROM locate_stays(source_key => 'later');
SELECT definition, years, facts FROM refresh_tallies('later');
SET client_min_messages = warning;
DROP SCHEMA cases CASCADE;
