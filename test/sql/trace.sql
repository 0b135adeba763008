-- Who did what, and the way from a public figure back to what was handed in.
\set VERBOSITY terse
SET client_min_messages = warning;
SET search_path = public;
SELECT tmap.create_atlas('tr') \g /dev/null
SET search_path = tr, tmap, public;
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', area_id FROM area, unnest('{FRA,DEU}'::text[]) c WHERE code = 'W';
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', left(a.code, 1) || i, 'Region', 'region', area_id FROM area a, generate_series(1, 3) i WHERE level = 'country';
INSERT INTO source (source_key, title, origin, country) VALUES ('france', 'Handed in by France', 'submitted', 'FRA'), ('germany', 'Handed in by Germany', 'submitted', 'DEU');
CREATE TEMP VIEW log AS SELECT row_number() OVER (ORDER BY event_id) AS n, who = session_user AS me, acting_as, action, country, object, detail FROM event;
SELECT n, me, action, country, object, detail -> 'now' ->> 'source_key' AS source FROM log;

SELECT status, accepted FROM load_counts_text(E'area,period,strokes,thrombectomies\nF1,2024,1000,100\nF2,2024,2000,150\nF3,2024,90,4\n', 'FRA-2024', 'FRA', 'france');
SELECT status, accepted FROM load_counts_text(E'area,period,strokes,thrombectomies\nD1,2024,1000,100\nD9,2024,5,5\n', 'DEU-2024', 'DEU', 'germany');
SELECT status, accepted FROM load_counts_text(E'area,period,strokes,thrombectomies\nD1,2024,1000,100\nD2,2024,2000,300\n', 'DEU-2024', 'DEU', 'germany');
SELECT n, action, country, object, detail - '{sha256}'::text[] AS detail, detail ->> 'sha256' = (SELECT sha256 FROM submission WHERE 'submission ' || submission_id = log.object) AS digest FROM log WHERE n > 2;
-- The same again leaves no event, nor does what is rolled back.
SELECT count(*) AS events FROM event \gset
SELECT status FROM load_counts_text(E'area,period,strokes,thrombectomies\nD1,2024,1000,100\nD2,2024,2000,300\n', 'DEU-2024', 'DEU', 'germany');
BEGIN;
SELECT status FROM load_counts_text(E'area,period,strokes,thrombectomies\nD3,2024,1000,100\n', 'DEU-2', 'DEU', 'germany');
ROLLBACK;
SELECT count(*) - :events AS "new events" FROM event;
-- The same name in two countries is two submissions.
SELECT status FROM load_counts_text(E'area,period,strokes,thrombectomies\nD3,2024,1000,100\n', 'FRA-2024', 'DEU', 'germany');
SELECT submission_key, country, status FROM submission ORDER BY submission_id;

SELECT cells, protected, withheld, suppressed FROM compute_edition('2024', '{2024}', '{}', false);
SELECT publish_edition('2024');
-- A region that is withheld: its count, the fact, the file. Who and when: me, in order.
SELECT step, kind, name, status, lines, detail - '{facts_sha256,tmap}'::text[] AS detail FROM trace('2024', 'F3', 2024, 'thrombectomy_per_stroke');
-- A country: added up from its regions.
SELECT step, kind, name, status, lines, detail - '{facts_sha256,tmap}'::text[] AS detail FROM trace('2024', 'DEU', 2024, 'thrombectomy_per_stroke');
SELECT count(*) AS stations, bool_and(who = session_user) AS "by me", bool_and(t.at <= clock_timestamp()) AS "by now", bool_and(t.sha256 = s.sha256) AS digest
FROM trace('2024', 'FRA', 2024, 'thrombectomy_per_stroke') t JOIN submission s ON t.kind = 'submission' AND s.submission_id = (t.detail ->> 'number')::int;
-- A correction: the old edition still leads to what it was computed from, and says that it has changed.
SELECT status FROM load_counts_text(E'area,period,strokes,thrombectomies\nF1,2024,1000,100\nF2,2024,2000,150\nF3,2024,99,5\n', 'FRA-2024', 'FRA', 'france');
SELECT kind, name, status, lines, detail -> 'as_in_edition' AS same, detail -> 'superseded_by' IS NOT NULL AS superseded FROM trace('2024', 'F3', 2024, 'thrombectomy_per_stroke') WHERE kind IN ('fact', 'submission');
SELECT cells FROM compute_edition('2024b', '{2024}', '{}', false, corrects => '2024');
SELECT cells FROM compute_edition('2024b', '{2024}', '{}', false, corrects => '2024');
SELECT publish_edition('2024b');
SELECT withdraw_edition('2024b', 'a test');
INSERT INTO disclosure_rule (country, threshold, basis) VALUES ('FRA', 11, 'a law');
UPDATE disclosure_rule SET threshold = 5;
DELETE FROM disclosure_rule;
SELECT show_fact((SELECT fact_id FROM fact JOIN area USING (area_id) WHERE code = 'F1' AND indicator = 'thrombectomy_per_stroke'), 'said so');
UPDATE submission SET loaded_by = 'somebody else' WHERE submission_id = 1;
SELECT action, country, object, detail - '{sha256,edition_id}'::text[] AS detail FROM log WHERE n > :events + 3 AND action !~ '^facts (added|changed|removed)';
-- One call, one transaction.
SELECT count(DISTINCT transaction_id) AS transactions, count(*) AS events FROM event WHERE action IN ('edition published', 'edition withdrawn') AND detail ->> 'withdrawal_reason' IS DISTINCT FROM 'a test' AND object <> 'edition x' AND event_id > (SELECT min(event_id) FROM event WHERE action = 'edition published');
UPDATE event SET who = 'nobody';
DELETE FROM event;
TRUNCATE event;
INSERT INTO event (event_id, action, object) VALUES (1, 'x', 'x');
SELECT trace('none', 'F3', 2024, 'thrombectomy_per_stroke');
SELECT trace('2024', 'F9', 2024, 'thrombectomy_per_stroke');
SELECT trace('2024', NULL, 2024, NULL);
-- Nothing of patients: no column of the log takes a row of them.
SELECT string_agg(DISTINCT k, ' ' ORDER BY k) AS keys FROM event, jsonb_object_keys(detail) k;
RESET search_path;
DROP VIEW log;
SET client_min_messages = error;
DROP SCHEMA tr CASCADE;
