-- Submitted counts: checked line by line, loaded whole or not at all, replaceable.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET client_min_messages = notice;
SELECT tmap.create_atlas('sub');
SET search_path = sub, tmap, public;
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM sub.area a WHERE a.code = id.code ORDER BY code_system COLLATE "C" LIMIT 1);
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('ISO 3166-1', 'AAA', 'Aland', 'country', id('WORLD')), ('ISO 3166-1', 'BBB', 'Bland', 'country', id('WORLD'));
INSERT INTO area (code_system, code, name, level, parent_id, valid_to) VALUES ('INSEE region', '84', 'Region 84', 'region', id('AAA'), NULL), ('INSEE region', '11', 'Region 11', 'region', id('AAA'), NULL),
  ('tmap', 'OLD', 'Gone', 'region', id('AAA'), '2015-12-31'), ('tmap', 'B1', 'In Bland', 'region', id('BBB'), NULL);
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('INSEE department', '84', 'Department 84', 'department', id('11')), ('INSEE department', '75', 'Department 75', 'department', id('11'));
INSERT INTO source (source_key, title, origin) VALUES ('moh', 'Ministry of Health', 'submitted'), ('other', 'Somebody else', 'submitted');

-- Without a name for the upload nothing comes in.
INSERT INTO inbox (line) VALUES ('x');
SET tmap.upload = '  ';
INSERT INTO inbox (line) VALUES ('x');
-- The way of psql's \copy: raw lines through COPY.
SET tmap.upload = 'AAA-2019';
COPY inbox (line) FROM STDIN WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01');
Area,Period,"Age band",Sex,Strokes,Thrombectomies
11,2019,80-84,female,1000,70
11,2019,80-84,male,900,80
11,2019,85-89,Female,800,50
11,2019,85-89,male,500,30
11,2019,90+,f,300,10
11,2019,90+,m,100,5
11,2019,unknown,unknown,7,0
"11","2019","75-79","u",3,1
\.
SELECT upload, line FROM inbox ORDER BY line_no LIMIT 3;
SELECT * FROM check_header('AAA-2019', NULL, NULL);
SELECT line_no, area_id = id('11') AS area, valid_from, valid_to, stratum, strokes, thrombectomies, reason FROM check_counts('AAA-2019', 'AAA', 'moh') ORDER BY line_no;
SELECT * FROM load_counts('AAA-2019', 'AAA', 'moh', expected_lines => 8);
SELECT * FROM load_counts('AAA-2019', 'AAA', 'moh', expected_lines => 9);
SELECT count(*) AS left_in_inbox FROM inbox;
SELECT submission_key, country, status, lines_read, accepted, rejected, duplicates, length(sha256) AS digest, loaded_by = current_user AS me FROM submission;
SELECT a.code, f.valid_from, f.valid_to, f.tally, f.events, f.basis, f.at_risk_basis, f.parts, f.parts_expected, f.shown, f.choice_reason FROM fact f JOIN area a USING (area_id) ORDER BY a.rank;

-- The same again changes nothing, also with other line ends and through the function for web clients.
CREATE FUNCTION doc(e text) RETURNS text LANGUAGE sql RETURN
  'Area,Period,"Age band",Sex,Strokes,Thrombectomies' || e || '11,2019,80-84,female,1000,70' || e || '11,2019,80-84,male,900,80' || e || '11,2019,85-89,Female,800,50' || e
  || '11,2019,85-89,male,500,30' || e || '11,2019,90+,f,300,10' || e || '11,2019,90+,m,100,5' || e || '11,2019,unknown,unknown,7,0' || e || '"11","2019","75-79","u",3,1' || e;
CREATE TABLE state AS SELECT fact_id, ctid AS place, tally FROM fact;
SELECT * FROM load_counts_text(doc(E'\n'), 'AAA-2019', 'AAA', 'moh');
SELECT * FROM load_counts_text(doc(E'\r\n'), 'AAA-2019', 'AAA', 'moh');
SELECT * FROM load_counts_text(doc(E'\r'), 'AAA-2019', 'AAA', 'moh');
SELECT count(*) AS facts, count(s.place) AS untouched FROM fact f LEFT JOIN state s ON s.fact_id = f.fact_id AND s.place = f.ctid;
SELECT count(*) AS submissions, (SELECT count(*) FROM inbox) AS inbox FROM submission;

-- A corrected submission replaces the old one, which stays as history; only the touched areas and periods change.
SELECT * FROM load_counts_text(E'area;period;strokes;thrombectomies\n84;2019;50;5\n75;2018-2024;700;49\n', 'AAA-old', 'AAA', 'moh', again => true);
SELECT line_no, reason, column_name, detail FROM rejected_line ORDER BY 1;
SELECT * FROM load_counts_text(E'area;code_system;period;strokes;thrombectomies\n84;INSEE department;2019;50;5\n75;;2018-2024;700;49\n', 'AAA-old', 'AAA', 'moh');
DROP TABLE state;
CREATE TABLE state AS SELECT fact_id, ctid AS place, tally FROM fact;
SELECT * FROM load_counts_text(replace(doc(E'\n'), '900,80', '900,81'), 'AAA-2019', 'AAA', 'moh');
SELECT a.code, f.valid_from, f.valid_to, events(f.tally), at_risk(f.tally), f.basis, f.shown, f.choice_reason, f.note, s.fact_id IS NOT NULL AS same_fact, s.place IS DISTINCT FROM f.ctid AS rewritten
FROM fact f JOIN area a USING (area_id) LEFT JOIN state s USING (fact_id) ORDER BY a.rank, a.code COLLATE "C";
SELECT submission_id, submission_key, status, superseded_by, accepted, rejected FROM submission ORDER BY 1;
SELECT submission_id, count(*), sum(thrombectomies) FROM submitted_count GROUP BY 1 ORDER BY 1;
-- A correction that drops an area takes its fact away, and the sums with it.
SELECT * FROM load_counts_text(E'area,period,strokes,thrombectomies\nAAA,2020,60,6\n', 'AAA-old', 'AAA', 'moh');
SELECT a.code, f.valid_from, events(f.tally), at_risk(f.tally), f.basis FROM fact f JOIN area a USING (area_id) ORDER BY a.rank, f.valid_from, a.code COLLATE "C";
-- Nothing acceptable: nothing loaded, the previous submission stays in force, the rejects are kept.
SELECT * FROM load_counts_text(E'area,period,strokes,thrombectomies\nXXX,2020,60,6\nAAA,2020,-5,6\n', 'AAA-old', 'AAA', 'moh');
SELECT * FROM load_counts_text(E'area,period,strokes,thrombectomies\nXXX,2020,60,6\nAAA,2020,-5,6\n', 'AAA-old', 'AAA', 'moh');
SELECT * FROM load_counts_text(E'area,period,strokes,thrombectomies\n', 'AAA-empty', 'AAA', 'moh');
SELECT submission_id, status, lines_read FROM submission WHERE submission_key LIKE 'AAA-%' ORDER BY 1;
SELECT events(f.tally), at_risk(f.tally) FROM fact f WHERE valid_from = '2020-01-01' AND area_id = id('AAA');
-- An area that comes later: the same lines are looked at again when asked for.
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('tmap', 'XXX', 'Late', 'region', id('AAA'));
SELECT status, accepted, rejected FROM load_counts_text(E'area,period,strokes,thrombectomies\nXXX,2020,60,6\nAAA,2020,-5,6\n', 'AAA-old', 'AAA', 'moh', again => true);

-- Every reason to reject a line; each is kept whole.
CREATE TABLE bad AS SELECT E'\uFEFFperiod,area,age_band,sex,comorbidity,strokes,thrombectomies,remark
2021,75,80-84,female,low,100,10,accepted
2021,75,80–84,FEMALE , low ,100,10,the same
2021,75,80-84,f,low,100,11,the same but other counts
2021,75,80-84,female,low,100,10,"unclosed
2021,75,80-84,female,low,100
 , 	

2021,Q9,80-84,female,low,100,10,
2021,B1,80-84,female,low,100,10,
2021,OLD,80-84,female,low,100,10,
2021,84,80-84,female,low,100,10,
21,75,80-84,female,low,100,10,
2021-02-30/2021-12-31,75,80-84,female,low,100,10,
,75,80-84,female,low,100,10,
2021,75,80-83,female,low,100,10,
2021,75,81-85,female,low,100,10,
2021,75,110+,female,low,100,10,
2021,75,old,female,low,100,10,
2021,75,80-84,2,low,100,10,
2021,75,80-84,female,severe,100,10,
2021,75,85-89,female,low,,10,
2021,75,85-89,female,low,100,,
2021,75,85-89,female,low,"1,000",10,
2021,75,85-89,female,low,1 000,10,
2021,75,85-89,female,low,1.000,10,
2021,75,85-89,female,low,100.5,10,
2021,75,85-89,female,low,1e3,10,
2021,75,85-89,female,low,100,-1,
2021,75,85-89,female,low,9999999999,10,
2021,75,85-89,female,low,99999999999999999999999999999,10,
2021,75,85-89,female,low,10,11,
2021,75,85-89,female,low,0,0,accepted
2021,11,,female,,500,50,sex only
2021,11,80-84,female,,100,10,age and sex
2022,75,90+,,,10,1,ends at 90
2022,75,85+,,,10,1,ends at 85
2021,"a ""quoted"" area",80-84,female,low,100,10,
2021,,80-84,female,low,100,10,
AAA,75,80-84,female,low,100,10,
2023,75,85+,,,10,1,accepted
2023,75,80-84,,,10,1,accepted
2024,AAA,100+,u,unknown,5,5,accepted
2024,AAA,95-99,u,unknown,000000005,5,accepted' AS document;
SELECT status, lines_read, accepted, rejected, duplicates, lines_read = accepted + rejected AS every_line FROM bad, load_counts_text(document, 'AAA-bad', 'AAA', 'moh');
SELECT reason, count(*), max(detail) AS detail FROM rejected_line WHERE submission_id = (SELECT max(submission_id) FROM submission) AND reason = 'upload_refused' GROUP BY reason;
SELECT status, lines_read, accepted, rejected, duplicates, lines_read = accepted + rejected AS every_line FROM bad, load_counts_text(document, 'AAA-bad', 'AAA', 'moh', accept_partial => true);
SELECT line_no, reason, column_name, detail, line FROM rejected_line WHERE submission_id = (SELECT max(submission_id) FROM submission) ORDER BY line_no;
SELECT line_no, stratum, strokes FROM submitted_count WHERE submission_id = (SELECT max(submission_id) FROM submission) ORDER BY line_no;
SELECT a.code, f.valid_from, f.tally, f.note FROM fact f JOIN area a USING (area_id) WHERE f.valid_from >= '2021-01-01' AND f.basis = 'submission' ORDER BY f.valid_from;

-- A line at fault takes its area and period along, so that no count is too low; the rest is loaded, and the country says that it lacks a part.
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('tmap', 'B2', 'In Bland too', 'region', id('BBB'));
INSERT INTO source (source_key, title, origin) VALUES ('bland', 'Ministry of Bland', 'submitted');
CREATE FUNCTION bland(line text) RETURNS text LANGUAGE sql RETURN E'area,period,age_band,strokes,thrombectomies\nB1,2017,70-74,5000,10\nB2,2017,70-74,900,60\nB2,2017,75-79,800,50\n' || line;
CREATE VIEW bland_facts AS SELECT a.code, events(f.tally), at_risk(f.tally), f.parts, f.shown, f.choice_reason, f.note FROM fact f JOIN area a USING (area_id) WHERE f.source_id = find_source('bland') ORDER BY a.code COLLATE "C";
SELECT status, accepted, rejected FROM load_counts_text(bland('B1,2017,75-79,"5,000",600'), 'BBB-1', 'BBB', 'bland');
SELECT line_no, reason, column_name, detail FROM rejected_line WHERE submission_id = (SELECT max(submission_id) FROM submission) ORDER BY 1;
SELECT * FROM bland_facts;
-- So do two lines that contradict each other. What was loaded is not replaced by less, unless that is wanted.
SELECT status, accepted, rejected FROM load_counts_text(bland('B1,2017,70-74,5000,11'), 'BBB-1', 'BBB', 'bland');
SELECT line_no, reason, detail FROM rejected_line WHERE submission_id = (SELECT max(submission_id) FROM submission) ORDER BY 1;
SELECT status, accepted, rejected FROM load_counts_text(bland('B1,2017,70-74,5000,11'), 'BBB-1', 'BBB', 'bland', accept_partial => true);
SELECT status, accepted, rejected FROM load_counts_text(bland('B1,2017,75-79,5000,600'), 'BBB-1', 'BBB', 'bland');
SELECT * FROM bland_facts;
-- A line without a place refuses the upload, or is noted on what it may belong to; the note goes with the next good one. Blank and equal lines do no harm.
SELECT status, accepted, rejected FROM load_counts_text(bland('B3,2017,75-79,1,0'), 'BBB-1', 'BBB', 'bland');
SELECT status, accepted, rejected FROM load_counts_text(bland('B3,2017,75-79,1,0'), 'BBB-1', 'BBB', 'bland', accept_partial => true);
SELECT * FROM bland_facts;
SELECT status, accepted, rejected, duplicates FROM load_counts_text(bland(E'B1,2017,70-74,5000,10\n\n\n'), 'BBB-1', 'BBB', 'bland');
SELECT * FROM bland_facts;
-- Nor does a region that was redrawn within the period: the parts are those of its last day.
INSERT INTO area (code_system, code, name, level, parent_id, valid_to) VALUES ('tmap', 'B0', 'Both, before', 'region', id('BBB'), '2015-12-31');
SELECT status, accepted FROM load_counts_text(E'area,period,strokes,thrombectomies\nB1,2014-2016,100,5\nB2,2014-2016,100,7\n', 'BBB-2', 'BBB', 'bland');
SELECT a.code, f.parts, f.parts_expected, f.shown FROM fact f JOIN area a USING (area_id) WHERE f.source_id = find_source('bland') AND f.valid_from = '2014-01-01' ORDER BY 1;

-- One area and period belongs to one submission of a source; another source may say otherwise, and a choice is made and stated.
SELECT status, accepted, rejected FROM load_counts_text(E'area,period,strokes,thrombectomies\n11,2019,60,6\n', 'AAA-again', 'AAA', 'moh');
SELECT reason, column_name, detail FROM rejected_line WHERE submission_id = (SELECT max(submission_id) FROM submission);
SELECT status, accepted, rejected FROM load_counts_text(E'area,period,strokes,thrombectomies\n11,2019,60,6\n', 'AAA-other', 'AAA', 'other');
SELECT s.source_key, events(f.tally), f.shown, f.choice_reason FROM fact f JOIN source s USING (source_id) WHERE area_id = id('11') AND valid_from = '2019-01-01' ORDER BY 1;
SELECT show_fact(fact_id, 'counted by the hospitals themselves') FROM fact f JOIN source s USING (source_id) WHERE source_key = 'other' AND area_id = id('11');
SELECT s.source_key, events(f.tally), f.shown, f.choice_reason FROM fact f JOIN source s USING (source_id) WHERE area_id = id('11') AND valid_from = '2019-01-01' ORDER BY 1;
SELECT status FROM load_counts_text(E'area,period,strokes,thrombectomies\n11,2019,61,6\n', 'AAA-other', 'AAA', 'other');
SELECT events(tally), at_risk(tally), shown, choice_reason FROM fact WHERE shown AND area_id = id('11') AND valid_from = '2019-01-01';
-- Without the shown one, the rule chooses again.
DELETE FROM fact WHERE source_id = find_source('other');
SELECT choose_facts();
SELECT s.source_key, f.shown, f.choice_reason FROM fact f JOIN source s USING (source_id) WHERE area_id = id('11') AND valid_from = '2019-01-01';
SELECT show_fact(-1, 'none');
SELECT show_fact(1, ' ');
\set VERBOSITY terse
UPDATE fact SET shown = true, choice_reason = NULL WHERE fact_id = (SELECT min(fact_id) FROM fact WHERE NOT shown);
\set VERBOSITY default

-- Mistakes in the call leave everything as it was.
SELECT * FROM load_counts('nothing', 'AAA', 'moh');
SELECT * FROM load_counts(NULL, 'AAA', 'moh');
SELECT * FROM load_counts_text(doc(E'\n'), NULL, 'AAA', 'moh');
SELECT * FROM load_counts_text(doc(E'\n'), '', 'AAA', 'moh');
SELECT * FROM load_counts_text('', 'AAA-x', 'AAA', 'moh');
SELECT * FROM load_counts_text(NULL, 'AAA-x', 'AAA', 'moh');
SELECT * FROM load_counts_text(E'Region,Jahr,Anzahl\n11,2019,5\n', 'AAA-x', 'AAA', 'moh');
SELECT * FROM load_counts_text(E'area,area,period,strokes,thrombectomies\n', 'AAA-x', 'AAA', 'moh');
SELECT * FROM load_counts_text(E'area,"period,strokes,thrombectomies\n', 'AAA-x', 'AAA', 'moh');
SELECT * FROM load_counts_text(doc(E'\n'), 'AAA-x', 'CCC', 'moh');
SELECT * FROM load_counts_text(doc(E'\n'), 'AAA-x', NULL, 'moh');
SELECT * FROM load_counts_text(doc(E'\n'), 'AAA-x', 'AAA', 'nobody');
SELECT * FROM load_counts_text(doc(E'\n'), 'AAA-x', 'AAA', 'moh', '::');
SELECT * FROM load_counts_text(doc(E'\n'), 'AAA-x', 'AAA', 'moh', NULL, '["area"]');
SELECT * FROM load_counts_text(doc(E'\n'), 'AAA-2019', 'AAA', 'other');
SELECT * FROM load_counts_text(doc(E'\n'), 'AAA-2019', 'BBB', 'moh');
SELECT count(*) FROM inbox;
-- Column names of their own, another delimiter.
SELECT status, accepted FROM load_counts_text(E'Region|Jahr|Schlaganfälle|MT\n11|2025|100|7\n', 'AAA-names', 'AAA', 'moh', NULL, '{"Region": "area", "Jahr": "period", "Schlaganfälle": "strokes", "MT": "thrombectomies"}');
-- An interrupted load leaves the lines in the inbox and can be done again.
SET tmap.upload = 'AAA-late';
INSERT INTO inbox (line) VALUES ('area,period,strokes,thrombectomies'), ('11,2026,100,7');
SELECT * FROM load_counts_text(E'area,period,strokes,thrombectomies\n', 'AAA-late', 'AAA', 'moh');
BEGIN;
SELECT status, accepted FROM load_counts('AAA-late', 'AAA', 'moh');
ROLLBACK;
SELECT count(*) AS facts, (SELECT count(*) FROM inbox) AS inbox FROM fact WHERE valid_from = '2026-01-01';
SELECT status, accepted FROM load_counts('AAA-late', 'AAA', 'moh');
SELECT count(*) AS facts, (SELECT count(*) FROM inbox) AS inbox FROM fact WHERE valid_from = '2026-01-01' AND basis = 'submission';
-- Whatever was loaded in whatever order: facts are those of the submissions in force, every line is accounted for.
SELECT count(*) AS facts, count(*) FILTER (WHERE f.tally = k.tally) AS as_submitted
FROM fact f FULL JOIN (SELECT s.source_id, k.area_id, k.valid_from, k.valid_to, tally_agg(stratum, thrombectomies, strokes) AS tally FROM submitted_count k JOIN submission s USING (submission_id)
  WHERE status = 'in force' AND s.source_id <> find_source('other') GROUP BY 1, 2, 3, 4) k USING (source_id, area_id, valid_from, valid_to)
WHERE f.basis IS DISTINCT FROM 'rolled up' ;
SELECT bool_and(s.accepted = (SELECT count(*) FROM submitted_count k WHERE k.submission_id = s.submission_id)
            AND s.rejected = (SELECT count(*) FROM rejected_line k WHERE k.submission_id = s.submission_id)) AS kept FROM submission s;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA sub CASCADE;
