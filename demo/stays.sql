-- From the SYNTHETIC strokes in the temporary table stroke (synthetic.sql) to files of hospital stays as a national
-- discharge database hands them out (after the French PMSI): one CSV file a year of discharge.
--   \ir stays.sql with :seed set; needs the atlas's areas, inhabitants and centres
-- Leaves the temporary table stay_line, the lines of the files, which load_year.sql writes and loads, and the table
-- synthetic.drawn: what was drawn, to hold against what comes out of the stays. No real patient, no real hospital.
-- All of it is assumed: shares of transfers, lengths of stay, mixes of codes. The only fixed things are the strokes.

SET client_min_messages = warning;
CREATE FUNCTION pg_temp.uniform(seed bigint, stream int, id bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (hashint8extended(id, seed * 1000 + stream) >> 20) & 2147483647;   -- as in synthetic.sql

-- 1. Codes -------------------------------------------------------------------------------------------------------------

-- Principal diagnoses of ischaemic stroke, per 1,000 (assumed).
CREATE TEMP TABLE stay_stroke_code AS
SELECT array_agg(code ORDER BY code) AS codes, (array_agg(upto ORDER BY code))[:8] AS thresholds
FROM (SELECT code, sum(share) OVER (ORDER BY code)::bigint AS upto
      FROM (VALUES ('I630', 50), ('I631', 30), ('I632', 60), ('I633', 140), ('I634', 260), ('I635', 120), ('I636', 5), ('I638', 95), ('I639', 240)) AS s (code, share)) AS c;

-- Other diagnoses whose Charlson score is in the band that was drawn (0, 1-2, 3-4, 5 and over).
CREATE TEMP TABLE stay_other_codes (band text, sets text[]);
INSERT INTO stay_other_codes VALUES
  ('none', ARRAY['', 'I10', 'I10,E780', 'I10,I480,Z921', 'E780', 'I480,Z921', 'I10,F172']),
  ('low', ARRAY['E119,I10', 'I509,I480', 'J449,F172', 'I252,I10,E780', 'F03', 'I700,I10', 'N183,I10', 'C61', 'E114,I10', 'G819,I10', 'E119,J449', 'C509', 'I252,I509']),
  ('moderate', ARRAY['E114,I509', 'N183,I509,I10', 'E119,I509,J449', 'C189,I252', 'G819,E119,I10', 'N184,E114', 'F03,E119,I509', 'I702,I252,I509,J449']),
  ('high', ARRAY['C787,C189', 'E114,N184,I509', 'I509,I252,J449,E114', 'N184,E114,G819', 'F03,I509,N183,I702', 'C349,C787,J449']);
DO $$
BEGIN
  -- A wrong list would move patients to another stratum without anybody noticing.
  IF EXISTS (SELECT FROM stay_other_codes AS o, unnest(o.sets) AS codes
             WHERE tmap.comorbidity_band(tmap.charlson_score(tmap.charlson(string_to_array('I639,' || codes, ',')), 'charlson1987')) <> o.band) THEN
    RAISE EXCEPTION 'a list of other diagnoses is not in its comorbidity band';
  END IF;
END
$$;

-- 2. Hospitals ---------------------------------------------------------------------------------------------------------

-- Numbers that no hospital has: X, département, 001 ... A centre is 001 of a département that a source names or that is the
-- most populous of its région; patients of the others go to the latter.
CREATE TEMP TABLE stay_place AS
SELECT d.code AS department, row_number() OVER (ORDER BY d.code COLLATE "C") AS place, 2 + least(p.persons / 250000, 10)::int AS hospitals, c.area_id IS NOT NULL AS named,
  first_value(d.code) OVER (PARTITION BY d.parent_id ORDER BY p.persons DESC) AS largest
FROM atlas.area AS d
JOIN (SELECT area_id, tmap.at_risk(atlas.population_tally(area_id, '2024-01-01', '2024-12-31')) AS persons FROM atlas.area WHERE code_system = 'INSEE department') AS p USING (area_id)
LEFT JOIN (SELECT DISTINCT area_id FROM atlas.stroke_centre) AS c USING (area_id)
WHERE d.code_system = 'INSEE department';

-- 3. What became of each stroke ----------------------------------------------------------------------------------------

-- About 3 % of strokes are second strokes of a patient: of the same year, département, age, sex and comorbidity as the one
-- before it in stroke, begun when that is over. One random number serves several draws: its rest, its quotient, and so on.
CREATE TEMP TABLE stay_patient AS
WITH drawn AS MATERIALIZED (
  SELECT s.id, s.year, s.department, s.age, s.sex, s.comorbidity, s.treated, p.hospitals, p.named OR p.largest = p.department AS own_centre,
    'X' || CASE WHEN p.named THEN p.department ELSE p.largest END || '001' AS centre,
    -- One number for the cell: sorting by five columns took four times as long.
    ((s.year * 200::bigint + p.place) * 2000 + s.age * 10 + length(s.sex)) * 128 + ascii(s.comorbidity) AS cell,
    pg_temp.uniform(:seed, 21, s.id) AS u, pg_temp.uniform(:seed, 22, s.id)::int AS v
  FROM stroke AS s JOIN stay_place AS p USING (department)),
routed AS (
  SELECT *, make_date(year, 1, 1) + (u % 365)::int AS first_day,
    u / 365 % 1000 < CASE WHEN NOT treated THEN 76 WHEN own_centre THEN 200 ELSE 750 END AS shipped,
    u / 365000 % 100 AS for_third, v % 1000 AS for_length, v / 1000 % 1000 AS for_hospital, v / 1000000 % 1000 AS for_second
  FROM drawn),
staying AS (   -- days in the first hospital, the second, the third
  SELECT *, CASE WHEN NOT shipped THEN CASE WHEN treated AND for_third < 8 THEN 2 ELSE 1 END WHEN treated AND for_third < 30 THEN 3 ELSE 2 END AS stays,
    CASE WHEN NOT shipped THEN 2 + for_length % 14 WHEN for_length % 100 < 85 THEN 0 ELSE 1 END AS days_1, 4 + for_length % 11 AS days_2, 5 + for_length % 15 AS days_3
  FROM routed),
paired AS (
  SELECT *, row_number() OVER w % 2 = 0 AND for_second < 60 AS second, lag(id) OVER w AS id_before,
    lag(first_day + days_1 + CASE WHEN stays > 1 THEN days_2 ELSE 0 END + CASE WHEN stays > 2 THEN days_3 ELSE 0 END) OVER w + 3 + for_length % 90 AS again
  FROM staying WINDOW w AS (PARTITION BY cell ORDER BY id))
SELECT id, CASE WHEN second AND again <= make_date(year, 12, 31) THEN id_before ELSE id END AS patient,
  CASE WHEN second AND again <= make_date(year, 12, 31) THEN again ELSE first_day END AS admitted,
  department, age, sex, comorbidity, treated, stays, days_1, days_2, days_3,
  CASE WHEN treated AND NOT shipped THEN centre
       ELSE 'X' || department || to_char(CASE WHEN shipped THEN 2 + for_hospital % (hospitals - 1) ELSE 1 + for_hospital % hospitals END, 'FM000') END AS hospital_1,
  CASE WHEN shipped AND treated THEN centre WHEN shipped THEN 'X' || department || '001'
       ELSE 'X' || department || to_char(2 + for_hospital % (hospitals - 1), 'FM000') END AS hospital_2,
  CASE WHEN shipped THEN 2 ELSE 1 END AS treated_in
FROM paired;

-- 4. The stays ---------------------------------------------------------------------------------------------------------

-- number: ten times the stroke and the place of the stay. kind: ischaemic stroke, or what a case definition has to leave out.
CREATE TEMP TABLE stay_row AS
SELECT p.id * 10 + k AS number, p.patient,
  CASE k WHEN 1 THEN p.admitted WHEN 2 THEN p.admitted + p.days_1 ELSE p.admitted + p.days_1 + p.days_2 END AS admitted,
  CASE k WHEN 1 THEN p.admitted + p.days_1 WHEN 2 THEN p.admitted + p.days_1 + p.days_2 ELSE p.admitted + p.days_1 + p.days_2 + p.days_3 END AS discharged,
  p.age, p.sex, p.department, CASE k WHEN 2 THEN p.hospital_2 ELSE p.hospital_1 END AS hospital, NULL::text AS code,
  p.comorbidity, p.treated AND k = p.treated_in AS treated, k > 1 AS came, k < p.stays AS went, false AS planned,
  pg_temp.uniform(:seed, 23, p.id) AS same, pg_temp.uniform(:seed, 24, p.id * 10 + k) AS own
FROM stay_patient AS p CROSS JOIN LATERAL generate_series(1, p.stays) AS k;

-- Planned readmissions: the same patient and diagnosis, no new stroke.
INSERT INTO stay_row
SELECT number + 3, patient, discharged + 20 + (own % 60)::int, discharged + 21 + (own % 60)::int, age, sex, department, hospital, code, comorbidity, false, false, false, true, same, own
FROM stay_row WHERE own / 60 % 180 = 0 AND number % 10 = 1 AND NOT went AND discharged < '2024-10-01'
  AND patient NOT IN (SELECT patient FROM stay_patient WHERE patient <> id);   -- no bridge to a second stroke

-- People without an ischaemic stroke at age 20 or more: TIA, haemorrhages, unspecified strokes, sequelae, children.
INSERT INTO stay_row
SELECT (1000000 + n) * 10 + 1, 1000000 + n, day, day + 1 + (u % 9)::int, CASE WHEN k.code = 'I63' THEN (u / 9 % 20)::int ELSE 40 + (u / 9 % 55)::int END,
  CASE WHEN u / 500 % 2 = 0 THEN 'male' ELSE 'female' END, p.department, 'X' || p.department || to_char(1 + u / 1000 % p.hospitals, 'FM000'),
  CASE WHEN k.code <> 'I63' THEN k.code END, 'none', k.code = 'I63' AND u / 11 % 12 = 0, false, false, false, u, u
FROM (VALUES ('G459', 0, 1500), ('I619', 1500, 2200), ('I609', 2200, 2350), ('I620', 2350, 2500), ('I64', 2500, 2700), ('I693', 2700, 2850), ('I63', 2850, 3000)) AS k (code, low, high)
CROSS JOIN LATERAL generate_series(k.low * 7 + 1, k.high * 7) AS n
CROSS JOIN LATERAL (SELECT pg_temp.uniform(:seed, 25, n) AS u, (pg_temp.uniform(:seed, 26, n) % 2550)::int AS d) AS r
CROSS JOIN LATERAL (SELECT date '2018-01-01' + r.d AS day) AS t
JOIN stay_place AS p ON p.place = 1 + n % 101;

-- 5. The lines ---------------------------------------------------------------------------------------------------------

\set header 'NUM_SEJOUR;NUM_PATIENT;DATE_ENTREE;DATE_SORTIE;AGE;SEXE;DEPT_RESIDENCE;ETABLISSEMENT;DP;DAS;ACTES;DATE_ACTE;TRANSF_ENTREE;TRANSF_SORTIE;PROGRAMME;MODE_SORTIE'
-- A file holds the stays that ended in its year; that of 2024 was closed when all who came in 2024 had left.
-- A few codes are written as some hospitals write them (small letters, dots, daggers, blanks), a few other diagnoses are no
-- codes, a few residences no département: all of these load.
SET datestyle = 'SQL, DMY';
CREATE TEMP TABLE stay_line AS
SELECT least(date_part('year', r.discharged), 2024)::int AS file, r.discharged AS sorted_by, r.number, 0 AS extra, r.own,
  concat_ws(';', 'S' || r.number, 'P' || r.patient, r.admitted, r.discharged, r.age,
    CASE r.sex WHEN 'male' THEN 1 WHEN 'female' THEN 2 ELSE 9 END,
    CASE WHEN r.same % 1000 = 7 THEN '99' ELSE r.department END, r.hospital,
    CASE r.own % 500 WHEN 0 THEN lower(overlay(c.code PLACING '.' || substr(c.code, 4) FROM 4)) WHEN 1 THEN c.code || '†' WHEN 2 THEN ' ' || overlay(c.code PLACING '.' || substr(c.code, 4) FROM 4) || ' ' ELSE c.code END,
    -- The first hospital of a transferred patient often codes little: the episode has what any of its stays has.
    ltrim(CASE WHEN r.went AND r.number % 10 = 1 AND r.own / 500 % 2 = 0 THEN 'I10' ELSE o.sets[1 + r.same / 1000 % cardinality(o.sets)] END
      || CASE WHEN r.own / 1000 % 4 = 0 THEN ',R470' ELSE '' END || CASE WHEN r.own / 4000 % 300 = 7 THEN ',ZZZ' ELSE '' END, ','),
    ltrim(CASE WHEN r.own / 1000 % 3 > 0 THEN 'ACQK001' ELSE '' END || CASE WHEN r.treated THEN ',EAJF341' ELSE '' END, ','),
    CASE WHEN r.treated THEN r.admitted::text ELSE '' END, CASE WHEN r.came THEN 'O' ELSE 'N' END, CASE WHEN r.went THEN 'O' ELSE 'N' END,
    CASE WHEN r.planned THEN 'O' ELSE 'N' END, CASE WHEN r.went THEN 7 WHEN r.own / 7 % 9 = 0 THEN 9 ELSE 8 END) AS line
FROM stay_row AS r CROSS JOIN stay_stroke_code AS k
CROSS JOIN LATERAL (SELECT coalesce(r.code, k.codes[1 + width_bucket(r.same / 1000 % 1000, k.thresholds)]) AS code) AS c
JOIN stay_other_codes AS o ON o.band = r.comorbidity;
RESET datestyle;

-- 0.5 % of lines more, wrong on purpose: each is a line of the file once more, with one thing wrong.
INSERT INTO stay_line
SELECT l.file, l.sorted_by, l.number, 1, 0,
  CASE kind
    WHEN 0 THEN l.line                                                              -- the same line twice
    WHEN 1 THEN array_to_string(a[:7] || 'X99999'::text || a[9:], ';')              -- the same stay, another hospital
    WHEN 2 THEN NULL                                                                -- an empty line
    WHEN 3 THEN array_to_string(b[:7], ';')                                         -- a line cut short
    ELSE array_to_string(b[:w.field - 1] || w.value || b[w.field + 1:], ';') END
FROM (SELECT *, string_to_array(line, ';') AS a, own / 4000 % 200 AS draw, (own / 800000 % 13)::int AS kind FROM stay_line) AS l
CROSS JOIN LATERAL (SELECT ('S' || l.number + 5)::text || a[2:] AS b) AS n
LEFT JOIN (VALUES (4, 3, '31/02/2020'), (5, 4, '01/01/2093'), (6, 4, '02/01/2001'), (7, 6, 'X'), (8, 5, '135'), (9, 9, ''), (10, 9, 'I6O9'), (11, 9, '"I639'), (12, 15, '?'))
  AS w (kind, field, value) USING (kind)
WHERE l.draw = 0;

-- What was drawn, by the residence that the files tell: to hold against what comes out of them.
CREATE SCHEMA synthetic;
CREATE TABLE synthetic.drawn AS
SELECT year, CASE WHEN pg_temp.uniform(:seed, 23, id) % 1000 <> 7 THEN department END AS department, tmap.stratum(age, sex, comorbidity) AS stratum,
  count(*) AS strokes, count(*) FILTER (WHERE treated) AS treated
FROM stroke GROUP BY 1, 2, 3;
COMMENT ON SCHEMA synthetic IS 'SYNTHETIC: made by the demo, no real patient.';
COMMENT ON TABLE synthetic.drawn IS 'SYNTHETIC ischaemic strokes as drawn by demo/synthetic.sql, in groups, before they were written as hospital stays.';
DROP TABLE stay_row, stay_patient, stay_place, stay_other_codes, stay_stroke_code;
