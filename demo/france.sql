-- SYNTHETIC France 2018-2024 by the road that real data take: files of hospital stays, loaded and checked, joined to
-- episodes, counted as strokes by two case definitions, by département, région and country.
--   PGOPTIONS="-c tmap.pseudonym_key=..." psql -v data=demo/data -v files=FOLDER -f demo/france.sql      (after demo/load.sql)
-- files: an existing folder, absolute; the CSV files stay there (107 MB).
\set ON_ERROR_STOP on
\if :{?data} \else
\set data demo/data
\endif
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET work_mem = '256MB';

\echo progress: drawing 803,058 strokes and who of them is treated
CREATE TEMP TABLE stroke (id bigint, year int4, department text, age int4, sex text, comorbidity text, treated boolean, synthetic boolean);
\set strokes stroke
\ir synthetic.sql
SET client_min_messages = warning;
\echo progress: writing them as hospital stays, with transfers, other patients and faulty lines
\ir stays.sql

INSERT INTO atlas.source (source_key, title, origin, note) VALUES
  ('FRA-SYNTHETIC', 'SYNTHETIC hospital stays of France 2018-2024, made by demo/synthetic.sql and demo/stays.sql: no real patient', 'synthetic',
   'Only the national totals and the target and alert levels of 2018 and 2024 follow published figures; the place of every département and région is invented, save Guyane as the lowest and Paris as the highest. Transfers, lengths of stay and codes are invented.');
-- How the files code. The sex scheme is given because 1, 2 and 9 are certain only in a file that has all three and no X.
INSERT INTO atlas.stay_source (source_id, diagnosis_system, procedure_system, residence_system, date_format, sex_scheme) VALUES
  (atlas.find_source('FRA-SYNTHETIC'), 'CIM-10', 'CCAM', 'INSEE department', 'dd/mm/yyyy', 'iso5218');
\set map '{"NUM_SEJOUR": "stay_id", "NUM_PATIENT": "patient_id", "DATE_ENTREE": "admitted", "DATE_SORTIE": "discharged", "SEXE": "sex", "DEPT_RESIDENCE": "residence", "ETABLISSEMENT": "hospital", "DP": "principal", "DAS": "diagnoses", "ACTES": "procedures", "DATE_ACTE": "procedure_on", "TRANSF_ENTREE": "transfer_in", "TRANSF_SORTIE": "transfer_out", "PROGRAMME": "planned"}'
\o /dev/null
SELECT atlas.add_stay_year(y) FROM generate_series(2018, 2024) AS y;
\o

-- One file a year. For 2024 a provisional one, of January, comes first: the whole year under the same name replaces it.
\set load_one 'SELECT :year AS year, \'FRA-PMSI-\' || :year AS upload, :\'files\' || \'/SYNTHETIC_PMSI_\' || :year || \'.csv\' AS file, make_date(:year + 1, 12, 31) AS upto'
\set year 2018
:load_one \gset
\ir load_year.sql
