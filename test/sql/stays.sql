-- Hospital stays: read line by line, loaded whole or not at all, under pseudonyms.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET client_min_messages = notice;
-- The key is shown nowhere.
SELECT tmap.pseudonym('x');
SET tmap.pseudonym_key = 'short';
SELECT tmap.pseudonym('x');
SET tmap.pseudonym_key = 'Jefe-Jefe-Jefe-Jefe';
SHOW tmap.pseudonym_key;
SELECT count(*) AS listed FROM pg_settings WHERE name = 'tmap.pseudonym_key';
ALTER DATABASE :"DBNAME" SET tmap.pseudonym_key = 'to be stored in the catalogue';
ALTER SYSTEM SET tmap.pseudonym_key = 'to be stored in a file';
-- HMAC-SHA-256 as other programs have it, blanks around left out.
SELECT tmap.pseudonym('what do ya want for nothing?') AS pseudonym, tmap.pseudonym(E' \u00A0what do ya want for nothing?\t') = tmap.pseudonym('what do ya want for nothing?') AS same, tmap.pseudonym('  ') IS NULL AS none;
SELECT tmap.pseudonym_key_fingerprint();
SELECT tmap.lines_sha256(l, E'\n' ORDER BY n) = ARRAY[encode(sha256(E'a\n\nb\n'), 'hex'), encode(sha256(E'a\n\nb'), 'hex')] AS lf, tmap.lines_sha256(l, E'\r\n' ORDER BY n) = ARRAY[encode(sha256(E'a\r\n\r\nb\r\n'), 'hex'), encode(sha256(E'a\r\n\r\nb'), 'hex')] AS crlf
FROM (VALUES (1, 'a'), (2, NULL), (3, 'b')) t (n, l);
SELECT tmap.lines_sha256(NULL, E'\n') IS NULL AS no_rows FROM (VALUES (1)) t WHERE false;
SELECT tmap.lines_sha256('a', E'\r');
SELECT tmap.lines_sha256('a', NULL);

-- One line.
SELECT tmap.stay_plan('{stay_id,patient_id,admitted,discharged,age,birth_date,sex,residence,lon,lat,hospital,principal,diagnosis_1,diagnosis_2,procedures,transfer_in,planned}', ';', 'dd/mm/yyyy', 'm/w', 'ICD-10-GM', 'OPS', '2025-12-31') AS plan \gset
SELECT (f).* FROM (SELECT tmap.stay_line(E'S1;P1;03.05.2019;07.05.2019 11:30;;04.05.1939;W;DE3;13.4;52.5;H7;i63.9 \u2020;"I10,48";E11.90 I50.13;8-836.80|xx;ja;nein', :'plan') AS f OFFSET 0) s \gx
SELECT tmap.stay_redacted(E'S1;P1;03.05.2019;07.05.2019;;04.05.1939;W;DE3;13.4;52.5;H7;i63.9;"I10;I48";E11.9;8-836.80;ja;nein', :'plan'), tmap.stay_redacted('S1;"P1;Müller', :'plan');
SELECT tmap.stay_plan('{stay_id,stay_id,admitted,principal}', ';', NULL, NULL, 'ICD-10', NULL, '2025-12-31');
SELECT tmap.stay_plan('{stay_id,principal}', ';', NULL, NULL, 'ICD-10', NULL, '2025-12-31');
SELECT tmap.stay_plan('{stay_id,admitted,principal}', '::', NULL, NULL, 'ICD-10', NULL, '2025-12-31');
SELECT tmap.stay_plan('{stay_id,admitted,principal}', ';', 'yy', NULL, 'ICD-10', NULL, '2025-12-31');
SELECT tmap.stay_plan('{stay_id,admitted,principal}', ';', NULL, 'x/y', 'ICD-10', NULL, '2025-12-31');
SELECT tmap.stay_plan('{stay_id,admitted,principal}', ';', NULL, NULL, 'ICD-0', NULL, '2025-12-31');
SELECT tmap.stay_line('x', '{1,2,3}');
SELECT tmap.stay_line('x', NULL) IS NULL AS null_plan;

SELECT tmap.create_atlas('st');
SET search_path = st, tmap, public;
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', area_id FROM area, unnest('{AAA,BBB}'::text[]) c;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', c, c, 'region', area_id FROM area, unnest('{R1,R2,R3}'::text[]) c WHERE code = 'AAA';
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-2', 'R3', 'another R3', 'region', area_id FROM area WHERE code = 'AAA';
UPDATE area SET valid_to = '2019-06-30' WHERE code = 'R2';
INSERT INTO source (source_key, title, origin) VALUES ('pmsi', 'Stays', 'submitted'), ('other', 'Other stays', 'submitted'), ('none', 'No stays', 'submitted');
INSERT INTO stay_source (source_id, diagnosis_system, procedure_system) SELECT source_id, 'CIM-10', 'CCAM' FROM source WHERE source_key <> 'none';
SELECT add_stay_year(2019), add_stay_year(2019);
CREATE FUNCTION upload(name text, document text) RETURNS bigint LANGUAGE sql AS $$
  WITH i AS (INSERT INTO st.inbox (upload, line) SELECT name, t.line FROM unnest(string_to_array(document, E'\n')) WITH ORDINALITY t (line, place) ORDER BY place RETURNING 1) SELECT count(*) FROM i $$;
\set doc 'stay_id,patient_id,admitted,discharged,age,sex,residence,hospital,principal,diagnoses,procedures,nom\nS1,P1,03/05/2019,13/05/2019,81,1,R1,H1,I63.9,I10;I48.0,EAJF341,Dupont\nS2,P1,14/05/2019,,81,2,R2,H2,I63.4+,zz9;I10,,Dupont\nS3,P2,14/07/2019,15/07/2019,70,1,R2,H2,I61,,,\nS4,,31/12/2020,,,0,R3,,G45.9,,,'
SELECT upload('AAA-2019', E:'doc');
SELECT * FROM load_stays('AAA-2019', 'AAA', 'pmsi', expected_lines => 5, expected_sha256 => encode(sha256(convert_to(E:'doc' || E'\n', 'UTF8')), 'hex'));
SELECT year, stay = pseudonym('S' || (line_no - 1)) AS stay, patient = pseudonym('P1') AS p1, admitted, discharged, age, sex, a.code AS area, residence, hospital, principal, diagnoses, procedures, unreadable, line_no, s.tableoid::regclass AS place
FROM stay s LEFT JOIN area a USING (area_id) ORDER BY line_no;
SELECT date_format, sex_scheme, years, unreadable, length(file_sha256) AS digest, key_fingerprint = pseudonym_key_fingerprint() AS this_key FROM stay_submission;
-- The same again changes nothing; a corrected file replaces, the old stays go to the history.
SELECT upload('AAA-2019', E:'doc');
SELECT * FROM load_stays('AAA-2019', 'AAA', 'pmsi');
SELECT upload('AAA-2019', replace(E:'doc', ',81,1,', ',82,1,'));
SELECT * FROM load_stays('AAA-2019', 'AAA', 'pmsi');
SELECT submission_id, status, superseded_by, (SELECT count(*) FROM stay WHERE stay.submission_id = s.submission_id) AS stays, (SELECT count(*) FROM stay_history h WHERE h.submission_id = s.submission_id) AS history FROM submission s ORDER BY 1;
SELECT age FROM stay WHERE stay = pseudonym('S1') UNION ALL SELECT age FROM stay_history WHERE stay = pseudonym('S1');
-- Every reason to reject a line; kept without identifiers.
SELECT upload('AAA-bad', E'\uFEFFstay_id,patient_id,admitted,discharged,age,birth_year,sex,lon,lat,transfer_in,principal,procedures,procedure_on,name
B1,P9,2019-03-01,2019-03-02,70,,F,2.35,48.85,1,I63.9,,,accepted
B1,P9,2019-03-01,2019-03-02,70,,F,2.35,48.85,1,I639,,,the same
B1,P9,2019-03-01,2019-03-02,71,,F,2.35,48.85,1,I63.9,,,another age
S1,P9,2019-03-01,2019-03-02,71,,F,2.35,48.85,1,I63.9,,,another stay
,P9,2019-03-01,,70,,F,,,,I63.9,,,Name
B2,P9,,,70,,F,,,,I63.9,,,Name
B2,P9,2019-02-29,,70,,F,,,,I63.9,,,Name
B2,P9,01/02/2019,,70,,F,,,,I63.9,,,Name
B2,P9,2093-02-01,,70,,F,,,,I63.9,,,Name
B2,P9,1919-02-01,,70,,F,,,,I63.9,,,Name
B2,P9,2019-02-02,2019-02-01,70,,F,,,,I63.9,,,Name
B2,P9,2019-02-02,2019-02-31,70,,F,,,,I63.9,,,Name
B2,P9,2019-02-02,,-1,,F,,,,I63.9,,,Name
B2,P9,2019-02-02,,121,,F,,,,I63.9,,,Name
B2,P9,2019-02-02,,old,,F,,,,I63.9,,,Name
B2,P9,2019-02-02,,,1890,F,,,,I63.9,,,Name
B2,P9,2019-02-02,,70,,Q,,,,I63.9,,,Name
B2,P9,2019-02-02,,70,,M,200,1,,I63.9,,,Name
B2,P9,2019-02-02,,70,,M,2,,,I63.9,,,Name
B2,P9,2019-02-02,,70,,M,,,maybe,I63.9,,,Name
B2,P9,2019-02-02,,70,,M,,,,,,,Name
B2,P9,2019-02-02,,70,,M,,,,stroke,,,Name
B2,P9,2019-02-02,,70,,M,,,,I63.9,,tomorrow,Name
B2,P9,2019-02-02,,70,,M,,,,I63.9,,2019-02-01,Name
B2,P9,2019-02-02,2019-02-05,70,,M,,,,I63.9,,2019-02-06,Name
B2,P9,2019-02-02,,70
B2,"P9,2019-02-02,,70,,M,,,,I63.9,,,Name

B3,P9,2019-02-02,,,1940,female,,,,I63.9,EAJF341,2019-02-02,accepted');
SELECT * FROM load_stays('AAA-bad', 'AAA', 'pmsi');
SELECT line_no, reason, column_name, detail, replace(replace(line, pseudonym('B2')::text, '<B2>'), pseudonym('P9')::text, '<P9>') AS line FROM rejected_line ORDER BY line_no;
SELECT * FROM rejected_by_reason((SELECT max(submission_id) FROM submission)) LIMIT 3;
SELECT count(*) AS raw_identifiers FROM rejected_line r WHERE r.line ~ '(^|,)(B[0-9]|S1|P9|Name)(,|$)';
SELECT ST_AsText(point) AS point, age, sex, transfer_in, procedures, procedure_on FROM stay WHERE submission_id = (SELECT max(submission_id) FROM submission) ORDER BY line_no;
-- Nothing acceptable: the previous submission stays in force.
SELECT upload('AAA-bad', E'stay_id,admitted,principal\nB1,2019-13-01,I63\nB2,2019-31-31,I63');
UPDATE stay_source SET date_format = 'yyyy-mm-dd' WHERE source_id = find_source('pmsi');
SELECT status, lines_read, accepted, rejected FROM load_stays('AAA-bad', 'AAA', 'pmsi');
SELECT count(*) AS in_force FROM submission JOIN stay USING (submission_id) WHERE submission_key = 'AAA-bad' AND status = 'in force';
-- After that the file in force, handed in again, is still unchanged; so is the refused one.
UPDATE stay_source SET date_format = NULL WHERE source_id = find_source('pmsi');
SELECT upload('AAA-2019', replace(E:'doc', ',81,1,', ',82,1,')) AS in_force, upload('AAA-2019-refused', E'stay_id,patient_id,admitted,principal,procedures\nB1,,2019-13-01,I63,');
UPDATE inbox SET upload = 'kept ' || upload;
UPDATE stay_source SET date_format = 'yyyy-mm-dd' WHERE source_id = find_source('pmsi');
SELECT upload('AAA-2019', E'stay_id,patient_id,admitted,principal,procedures\nB1,,2019-13-01,I63,') AS correction;
SELECT submission_id, status FROM load_stays('AAA-2019', 'AAA', 'pmsi');
UPDATE inbox SET upload = 'AAA-2019' WHERE upload = 'kept AAA-2019-refused';
SELECT submission_id, status FROM load_stays('AAA-2019', 'AAA', 'pmsi');
UPDATE stay_source SET date_format = NULL WHERE source_id = find_source('pmsi');
UPDATE inbox SET upload = 'AAA-2019' WHERE upload = 'kept AAA-2019';
SELECT submission_id, status FROM load_stays('AAA-2019', 'AAA', 'pmsi');
UPDATE stay_source SET date_format = 'yyyy-mm-dd' WHERE source_id = find_source('pmsi');
-- Mistakes in the call leave everything as it was.
SELECT * FROM load_stays('nothing', 'AAA', 'pmsi');
SELECT upload('x', E'stay_id,admitted,principal,sex\nX1,2020-01-02,I63,M');
SELECT * FROM load_stays('x', 'AAA', 'none');
SELECT * FROM load_stays('x', 'CCC', 'pmsi');
SELECT * FROM load_stays('x', 'AAA', 'pmsi');
SELECT * FROM load_stays('x', 'AAA', 'pmsi', expected_lines => 3);
SELECT * FROM load_stays('x', 'AAA', 'pmsi', expected_sha256 => 'abc');
SELECT * FROM load_stays('x', 'AAA', 'pmsi', column_map => '[]');
SELECT * FROM load_stays('x', 'AAA', 'pmsi', column_map => '{"sex": "admitted"}');
SELECT * FROM load_stays('x', 'AAA', 'pmsi', column_map => '{"Sexe": "sex", "sex": "sex"}');
SELECT * FROM load_stays('x', 'AAA', 'pmsi', column_map => '{"sex": "sx"}');
SELECT * FROM load_stays('x', 'AAA', 'pmsi', column_map => '{"sex": null}');
-- Typing errors in the header are told; a line of data in its place is shown to nobody.
SELECT upload('typo', E'stay_id,patient,admitted,principal,diagnosis,procedure\nX1,P1,2020-01-02,I63,I10,EAJF341'), upload('headless', 'X1,Dupont,2020-01-02,I63,I10,EAJF341');
SELECT * FROM load_stays('headless', 'AAA', 'pmsi');
SELECT * FROM load_stays('headless', 'AAA', 'pmsi', column_map => '{"Fall": "stay_id"}');
SELECT * FROM load_stays('typo', 'AAA', 'pmsi', column_map => '{"patient": "patient_id", "diagnosis": "diagnoses", "procedure": "procedures"}', expected_lines => 3);
BEGIN;
SELECT accepted FROM load_stays('typo', 'AAA', 'pmsi');
ROLLBACK;
DELETE FROM inbox WHERE upload IN ('typo', 'headless');
-- The names that the atlas knows are those that the library reads.
SELECT count(*) FILTER (WHERE is_stay_column(n)) AS known, count(*) FILTER (WHERE is_stay_column(n) <> (p[12] <> 0)) AS differ
FROM unnest('{patient_id,discharged,age,Birth_Year,birth_date,sex,residence,lon,lat,hospital,diagnoses,procedures,procedure_on,transfer_in,transfer_out,planned,diagnosis_1,procedure12,Procedure_3,diagnosis,procedure,patient,diagnosis__1,diagnoses_1,1,x}'::text[]) n,
     tmap.stay_plan(ARRAY['stay_id', 'admitted', 'principal', n], ';', NULL, NULL, 'ICD-10', NULL, '2025-12-31') p;
UPDATE stay_source SET sex_scheme = 'm/f' WHERE source_id = find_source('pmsi');
SET tmap.pseudonym_key = 'another key of enough bytes';
SELECT * FROM load_stays('x', 'AAA', 'pmsi');
SET tmap.pseudonym_key = '';
SELECT * FROM load_stays('x', 'AAA', 'pmsi');
SET tmap.pseudonym_key = 'Jefe-Jefe-Jefe-Jefe';
SELECT count(*) AS still_in_inbox FROM inbox;
SELECT status, accepted FROM load_stays('x', 'AAA', 'pmsi');
-- Counts and stays keep out of each other's names.
SELECT * FROM load_counts_text(E'area,period,strokes,thrombectomies\nR1,2019,60,6\n', 'x', 'AAA', 'pmsi');
SELECT status FROM load_counts_text(E'area,period,strokes,thrombectomies\nR1,2019,60,6\n', 'counts', 'AAA', 'pmsi');
SELECT upload('counts', E'stay_id,admitted,principal,sex\nX1,2020-01-02,I63,M');
SELECT status FROM load_stays('counts', 'AAA', 'pmsi');
-- Habits of a file, from its signs.
SELECT stay_date_format(1 << 1), stay_sex_scheme((1 << 16) | (1 << 19)) AS m_w, stay_sex_scheme((1 << 16) | (1 << 18)) AS h_m, stay_sex_scheme(0) AS words;
SELECT stay_date_format(6);
SELECT stay_sex_scheme(1 << 16);
-- Transfers as codes of admission and discharge; what cannot be one rejects the line.
INSERT INTO source (source_key, title, origin) VALUES ('modes', 'Stays with PMSI modes', 'submitted');
INSERT INTO stay_source (source_id, diagnosis_system, date_format, transfer_scheme) VALUES (find_source('modes'), 'CIM-10', 'yyyymmdd', 'pmsi');
SELECT upload('modes', E'id;entree;dp;me;ms\nT1;20180101;I63.9;85;71\nT2;20180101;I63.9;71;8\nT3;20180101;I63.9;6;9\nT4;20180101;I63.9;0;\nT5;20180101;I63.9;7;Z');
SELECT lines_read, accepted, rejected FROM load_stays('modes', 'AAA', 'modes', column_map => '{"id": "stay_id", "entree": "admitted", "dp": "principal", "me": "transfer_in", "ms": "transfer_out"}');
SELECT line_no, transfer_in, transfer_out, NULL AS reason FROM stay WHERE source_id = find_source('modes') UNION ALL SELECT line_no, NULL, NULL, reason || ' ' || column_name FROM rejected_line WHERE line LIKE '%;7;Z' ORDER BY 1;
INSERT INTO stay_source (source_id, diagnosis_system, transfer_scheme) VALUES (find_source('none'), 'CIM-10', 'hl7');
SELECT tmap.stay_plan('{stay_id,admitted,principal}', ';', NULL, NULL, 'ICD-10', NULL, '2025-12-31', 'hl7');
-- Code systems by any of their names; a name that is none is refused.
UPDATE stay_source SET diagnosis_system = ' cim10', procedure_system = 'ccam' WHERE source_id = find_source('other') RETURNING diagnosis_system, procedure_system;
UPDATE stay_source SET diagnosis_system = 'ICD-0' WHERE source_id = find_source('other');
-- Residences that are no area and no point are told when loading, and when the same file comes again.
\set where 'stay_id;patient_id;admitted;residence;lon;lat;principal;procedures\nU1;P;2014-01-13;R1;;;I63;\nU2;P;2014-01-14;1;;;I63;\nU3;P;2014-01-15;;;;I63;\nU4;P;2014-01-16;1;2;48;I63;\nU4;P;2014-01-16;1;2;48;I63;'
SELECT upload('where', E:'where');
SELECT status, accepted, rejected, unlocated FROM load_stays('where', 'AAA', 'other');
SELECT upload('where', E:'where');
SELECT status, unlocated FROM load_stays('where', 'AAA', 'other');
-- A corrected file under another name does not replace, and the loader says so.
SELECT upload('where else', E:'where' || E'\nU5;P;2014-01-17;R1;;;I63;');
SELECT accepted, rejected, duplicates FROM load_stays('where else', 'AAA', 'other');
-- What SAS and continental spreadsheets write: the format is found out.
SELECT upload('sas', E'stay_id;patient_id;admitted;age;lon;lat;principal;procedures\nG1;P;03MAY2015:00:00:00;78.0;13,4;52.5;I63;\nG2;P;4-May-2015;78.5;;;I63;\nG3;P;04MAI2015;78;;;I63;');
SELECT status, lines_read, accepted, rejected FROM load_stays('sas', 'AAA', 'other');
SELECT date_format, admitted, age, ST_AsText(point) AS point FROM stay JOIN stay_submission USING (submission_id) WHERE year = 2015;
SELECT line_no, reason, column_name FROM rejected_line WHERE submission_id = (SELECT max(submission_id) FROM submission) ORDER BY 1;
-- Lines that do not stand in their order are sorted; those of another upload stay in the inbox.
SELECT upload('kept', 'a');
INSERT INTO inbox (upload, line_no, line) OVERRIDING SYSTEM VALUE VALUES ('mixed', 9000003, 'M3,2017-01-03,I63'), ('mixed', 9000001, 'stay_id,admitted,principal'), ('mixed', 9000002, 'M2,2017-01-02,I63');
SELECT status, accepted FROM load_stays('mixed', 'AAA', 'other', expected_sha256 => encode(sha256(E'stay_id,admitted,principal\nM2,2017-01-02,I63\nM3,2017-01-03,I63'), 'hex'));
SELECT line_no, admitted FROM stay WHERE year = 2017 ORDER BY line_no;
SELECT upload, count(*) FROM inbox GROUP BY upload ORDER BY upload;
-- A large upload alone in the inbox is truncated, beside others it is deleted.
DELETE FROM inbox;
SELECT pg_relation_filenode('inbox') AS file \gset
SELECT upload('large', (SELECT 'stay_id,admitted,principal' || string_agg(format(E'\nL%s,2016-01-02,I63', i), '') FROM generate_series(1, 9999) i));
SELECT accepted FROM load_stays('large', 'AAA', 'other');
SELECT pg_relation_filenode('inbox') <> :file AS truncated, count(*) AS left FROM inbox;
SELECT pg_relation_filenode('inbox') AS file \gset
SELECT upload('large', (SELECT 'stay_id,admitted,principal' || string_agg(format(E'\nL%s,2016-01-02,I63.4', i), '') FROM generate_series(1, 9999) i)), upload('kept', 'a');
SELECT accepted FROM load_stays('large', 'AAA', 'other');
SELECT pg_relation_filenode('inbox') <> :file AS truncated, count(*) AS left FROM inbox;
SELECT empty_inbox('kept', 2);
-- The set of lines.
SELECT line_is_present(b, 0) AS no, line_is_present(b, 7) AS seven, line_is_present(b, 8) AS no, line_is_present(b, 100000) AS last, line_is_present(b, 100001) AS no, line_is_present(b, -1) AS no, line_is_present(b, NULL) IS NULL AS unknown
FROM (SELECT lines_present(n) AS b FROM unnest('{7,100000,NULL,7}'::int8[]) n) t;
SELECT lines_present(-1);
SELECT lines_present(n) IS NULL AS no_rows FROM (VALUES (1)) t (n) WHERE false;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA st CASCADE;
