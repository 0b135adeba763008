-- SYNTHETIC France 2018-2024 by the road that real data take: files of hospital stays, checked and loaded. count.sql counts
-- them afterwards.
--   PGOPTIONS="-c tmap.pseudonym_key=..." psql -v data=demo/data -v files=FOLDER -f demo/france.sql      (after demo/load.sql)
-- files: an existing folder, as an absolute path; the CSV files stay there (80 MB).
\set ON_ERROR_STOP on
\if :{?data} \else
\set data demo/data
\endif
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET work_mem = '256MB';
SET jit = off;   -- compiling takes longer here than it saves

\echo progress: drawing 803,058 strokes and who of them is treated
CREATE TEMP TABLE stroke (id bigint, year int4, department text, age int4, sex text, comorbidity text, treated boolean, synthetic boolean);
\set strokes stroke
\ir synthetic.sql
\echo progress: making hospital stays of them, with transfers, other patients and faulty lines
\ir stays.sql
SET client_min_messages = warning;

INSERT INTO atlas.source (source_key, title, origin, note) VALUES
  ('FRA-SYNTHETIC', 'SYNTHETIC hospital stays of France 2018-2024, made by demo/synthetic.sql and demo/stays.sql: no real patient', 'synthetic',
   'Only the national totals and the target and alert levels of 2018 and 2024 follow published figures; the place of every département and région is invented, save Guyane as the lowest and Paris as the highest. Hospitals, transfers, lengths of stay and codes are invented.');
-- How the files code. All 101 codes of départements could stand for régions too (01): hence the system of the residences.
INSERT INTO atlas.stay_source (source_id, diagnosis_system, procedure_system, residence_system, date_format, sex_scheme) VALUES
  (atlas.find_source('FRA-SYNTHETIC'), 'CIM-10', 'CCAM', 'INSEE department', 'dd/mm/yyyy', 'iso5218');
\set map '{"NUM_SEJOUR": "stay_id", "NUM_PATIENT": "patient_id", "DATE_ENTREE": "admitted", "DATE_SORTIE": "discharged", "SEXE": "sex", "DEPT_RESIDENCE": "residence", "ETABLISSEMENT": "hospital", "DP": "principal", "DAS": "diagnoses", "ACTES": "procedures", "DATE_ACTE": "procedure_on", "TRANSF_ENTREE": "transfer_in", "TRANSF_SORTIE": "transfer_out", "PROGRAMME": "planned"}'
SELECT atlas.add_stay_year(y) FROM generate_series(2018, 2024) AS y \g /dev/null

-- One file a year. That of 2024 comes twice, first a provisional one of January: the second, under the same name, replaces it.
\set upto 2025-12-31
\set year 2018
\set upload FRA-PMSI-2018
\set file :files/SYNTHETIC_PMSI_2018.csv
\ir load_year.sql
\set year 2019
\set upload FRA-PMSI-2019
\set file :files/SYNTHETIC_PMSI_2019.csv
\ir load_year.sql
\set year 2020
\set upload FRA-PMSI-2020
\set file :files/SYNTHETIC_PMSI_2020.csv
\ir load_year.sql
\set year 2021
\set upload FRA-PMSI-2021
\set file :files/SYNTHETIC_PMSI_2021.csv
\ir load_year.sql
\set year 2022
\set upload FRA-PMSI-2022
\set file :files/SYNTHETIC_PMSI_2022.csv
\ir load_year.sql
\set year 2023
\set upload FRA-PMSI-2023
\set file :files/SYNTHETIC_PMSI_2023.csv
\ir load_year.sql
\set year 2024
\set upload FRA-PMSI-2024
\set upto 2024-01-31
\set file :files/SYNTHETIC_PMSI_2024_provisional.csv
\ir load_year.sql
\set upto 2025-12-31
\set file :files/SYNTHETIC_PMSI_2024.csv
\ir load_year.sql
DROP TABLE stroke, stay_line;
ANALYZE atlas.stay;

