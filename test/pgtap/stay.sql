-- Loading hospital stays: the SQLSTATE of every documented error, that the documented NULLs are none, and that an upload in any order is the same load.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT tmap.create_atlas('pgtap_stays') \g /dev/null
SET LOCAL search_path = pgtap_stays, public, tmap;
SELECT no_plan();
SET LOCAL tmap.pseudonym_key = 'a-key-of-the-tests-alone';

INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', area_id FROM area, unnest('{AAA,BBB}'::text[]) c;
INSERT INTO source (source_key, title, origin) VALUES ('A', 'Stays', 'submitted'), ('B', 'Stays', 'submitted'), ('uncoded', 'Nothing known', 'submitted');
INSERT INTO stay_source (source_id, diagnosis_system, date_format, sex_scheme) SELECT source_id, 'CIM-10', 'yyyy-mm-dd', 'iso5218' FROM source WHERE source_key <> 'uncoded';
INSERT INTO inbox (upload, line) VALUES ('one', 'stay_id,admitted,principal'), ('one', 'S1,2019-01-02,I63'), ('lacking', 'stay_id,principal'), ('twice', 'stay_id,stay_id,admitted,principal'), ('malformed', 'stay_id,"admitted');
CREATE FUNCTION pg_temp.plan(line text DEFAULT 'stay_id,admitted,principal') RETURNS int4[] LANGUAGE sql AS $$
  SELECT tmap.stay_plan(tmap.csv_fields(line, ','), ',', 'yyyy-mm-dd', 'iso5218', 'CIM-10', 'CCAM', '2025-12-31') $$;

CREATE TEMP TABLE wrong (state text, sql text);
INSERT INTO wrong VALUES
  -- plans
  ('22004', $$SELECT tmap.stay_plan(NULL, ',', NULL, NULL, 'CIM-10', NULL, '2025-12-31')$$), ('22004', $$SELECT tmap.stay_plan('{stay_id,admitted,principal}', ',', NULL, NULL, NULL, NULL, '2025-12-31')$$),
  ('22004', $$SELECT tmap.stay_plan('{stay_id,admitted,principal}', ',', NULL, NULL, 'CIM-10', NULL, NULL)$$), ('22023', $$SELECT tmap.stay_plan('{}', ',', NULL, NULL, 'CIM-10', NULL, '2025-12-31')$$),
  ('22023', $$SELECT tmap.stay_plan('{stay_id,principal}', ',', NULL, NULL, 'CIM-10', NULL, '2025-12-31')$$), ('22023', $$SELECT tmap.stay_plan('{stay_id,admitted,principal,age,age}', ',', NULL, NULL, 'CIM-10', NULL, '2025-12-31')$$),
  ('22023', $$SELECT tmap.stay_plan('{stay_id,admitted,principal}', '"', NULL, NULL, 'CIM-10', NULL, '2025-12-31')$$), ('22023', $$SELECT tmap.stay_plan('{stay_id,admitted,principal}', ',', 'iso', NULL, 'CIM-10', NULL, '2025-12-31')$$),
  ('22023', $$SELECT tmap.stay_plan('{stay_id,admitted,principal}', ',', NULL, 'x', 'CIM-10', NULL, '2025-12-31')$$), ('42704', $$SELECT tmap.stay_plan('{stay_id,admitted,principal}', ',', NULL, NULL, 'ICD-0', NULL, '2025-12-31')$$),
  ('22023', $$SELECT tmap.stay_plan('{stay_id,admitted,principal}', ',', NULL, NULL, 'CIM-10', NULL, '2025-12-31', 'hl7')$$), ('22023', $$SELECT tmap.stay_plan((SELECT array_agg('c' || i) FROM generate_series(1, 1001) i), ',', NULL, NULL, 'CIM-10', NULL, '2025-12-31')$$),
  -- lines by a plan that is none
  ('22023', $$SELECT tmap.stay_line('x', '{}')$$), ('22023', $$SELECT tmap.stay_line('x', '{1,2,3,4,5,6,7,8,9,10}')$$), ('22023', $$SELECT tmap.stay_line('x', ARRAY[pg_temp.plan(), pg_temp.plan()])$$),
  ('22023', $$SELECT tmap.stay_line('x', array_append(pg_temp.plan(), NULL))$$), ('22023', $$SELECT tmap.stay_line('x', array_append(pg_temp.plan(), 99))$$), ('22023', $$SELECT tmap.stay_line('x', array_append(pg_temp.plan(), -1))$$),
  ('22023', $$SELECT tmap.stay_signs('x', '{1}')$$), ('22023', $$SELECT tmap.stay_redacted('x', '{1}')$$), ('22023', $$SELECT tmap.stay_survey(1, 'x', '{1}')$$), ('22004', $$SELECT tmap.stay_survey(NULL, 'x', NULL)$$),
  ('22023', $$SELECT tmap.stay_line('x', tmap.stay_plan('{stay_id,admitted,principal}', ',', NULL, NULL, 'CIM-10', NULL, '2025-12-31'))$$),
  ('22023', $$SELECT tmap.lines_sha256('x', E'\r')$$), ('22004', $$SELECT tmap.lines_sha256('x', NULL)$$), ('22003', $$SELECT tmap.lines_present(-1)$$), ('22003', $$SELECT tmap.lines_present(9223372036854775807)$$),
  -- rows of a cursor
  ('34000', $$SELECT tmap.stay_rows('no_such_cursor', pg_temp.plan(), '{}', '{}')$$), ('42804', $$SELECT * FROM tmap.stay_rows('other_columns', pg_temp.plan(), '{}', '{}')$$), ('22023', $$SELECT * FROM tmap.stay_rows('good', '{1}', '{}', '{}')$$),
  ('2202E', $$SELECT * FROM tmap.stay_rows('good', pg_temp.plan(), '{R1}', '{}')$$), ('55000', $$SELECT * FROM tmap.stay_rows('backwards', pg_temp.plan(), '{}', '{}')$$),
  -- loads
  ('22023', $$SELECT load_stays('nothing', 'AAA', 'A')$$), ('22023', $$SELECT load_stays(NULL, 'AAA', 'A')$$), ('22023', $$SELECT load_stays('one', 'ZZZ', 'A')$$), ('22023', $$SELECT load_stays('one', 'AAA', 'none')$$), ('22023', $$SELECT load_stays('one', 'AAA', 'uncoded')$$),
  ('22023', $$SELECT load_stays('lacking', 'AAA', 'A')$$), ('22023', $$SELECT load_stays('twice', 'AAA', 'A')$$), ('22P04', $$SELECT load_stays('malformed', 'AAA', 'A')$$), ('22023', $$SELECT load_stays('one', 'AAA', 'A', column_map => '[]')$$),
  ('22023', $$SELECT load_stays('one', 'AAA', 'A', expected_lines => 3)$$), ('22023', $$SELECT load_stays('one', 'AAA', 'A', expected_sha256 => '00')$$),
  ('22023', $$SET LOCAL tmap.pseudonym_key = 'short'; SELECT load_stays('one', 'AAA', 'A')$$), ('55000', $$SET LOCAL tmap.pseudonym_key = ''; SELECT load_stays('one', 'AAA', 'A')$$), ('55000', $$SET LOCAL tmap.pseudonym_key = ''; SELECT tmap.pseudonym('x')$$),
  ('40001', $$SELECT empty_inbox('one', 1)$$), ('22003', $$SELECT add_stay_year(1899)$$), ('22003', $$SELECT add_stay_year(NULL)$$),
  ('23514', $$INSERT INTO stay_source (source_id, diagnosis_system, transfer_scheme) VALUES (find_source('uncoded'), 'CIM-10', 'hl7')$$);
DECLARE other_columns CURSOR FOR SELECT 1, 'x'::text;
DECLARE good CURSOR FOR SELECT * FROM (VALUES (1::int8, 'stay_id,admitted,principal'::text), (2, 'S1,2019-01-02,I63'), (3, NULL)) t (n, l);
DECLARE backwards CURSOR FOR SELECT * FROM (VALUES (2::int8, 'stay_id,admitted,principal'::text), (1, 'S1,2019-01-02,I63')) t (n, l);
SELECT throws_ok(sql, state, NULL, state || ': ' || sql) FROM wrong;

-- NULLs that are no errors.
SELECT is(tmap.stay_line(NULL, pg_temp.plan()) IS NULL AND tmap.stay_line('x', NULL) IS NULL AND tmap.stay_signs(NULL, NULL) IS NULL AND tmap.stay_redacted(NULL, NULL) IS NULL AND tmap.pseudonym(NULL) IS NULL AND tmap.pseudonym(' ') IS NULL, true, 'NULL in, NULL out');
SELECT is((SELECT tmap.stay_survey(n, NULL, NULL) FROM generate_series(1, 0) n), NULL, 'no lines, no survey');
SELECT is((tmap.stay_survey(7, NULL, NULL)).sha256[2], encode(sha256(''), 'hex'), 'a NULL line is empty') ;
SELECT is((SELECT count(*) FROM tmap.stay_rows(NULL, pg_temp.plan(), '{}', '{}')), 0::bigint, 'no cursor, no rows');
SELECT is((SELECT array_agg(line_no) FROM tmap.stay_rows('good', pg_temp.plan(), '{}', '{}')), '{2}', 'rows of a cursor: blank lines are none');

-- A survey agrees with the digest and the signs, line by line.
SELECT unnest(ARRAY[is((s).sha256, digest, 'digest of a survey'), is((s).signs, signs, 'signs of a survey'), is(((s).lines, (s).first_no, (s).last_no, (s).in_order), (200::int8, 3::int8, 202::int8, true), 'numbers of a survey')])
FROM (SELECT tmap.stay_survey(n, l, p ORDER BY n) AS s, tmap.lines_sha256(l, E'\n' ORDER BY n) AS digest, bit_or(tmap.stay_signs(l, p)) AS signs
      FROM (SELECT n + 2 AS n, format('S%s,2019-01-%s,I63,%s', n, 1 + n % 28, substr('MFHWKV0129', 1 + n % 10, 1)) AS l, pg_temp.plan('stay_id,admitted,principal,sex') AS p FROM generate_series(1, 200) n) t) t;

-- The same lines load alike in whatever order they stand: the numbers count.
CREATE TEMP TABLE doc AS SELECT n, CASE n WHEN 1 THEN 'stay_id,admitted,principal,patient_id' ELSE format('S%s,20%s-03-04,I63.%s,P%s', n % 150, 17 + n % 3, n % 10, n % 40) END AS line FROM generate_series(1, 400) n;
INSERT INTO inbox (upload, line_no, line) OVERRIDING SYSTEM VALUE SELECT 'ordered', 100000 + n, line FROM doc ORDER BY n;
INSERT INTO inbox (upload, line_no, line) OVERRIDING SYSTEM VALUE SELECT 'shuffled', 200000 + n, line FROM doc ORDER BY md5(n::text);
SELECT is((SELECT (lines_read, accepted + rejected, unreadable_codes) FROM load_stays('ordered', 'AAA', 'A')), (399::int8, 399::int8, 0::int8), 'every line of the one');
SELECT is((SELECT (lines_read, accepted + rejected, unreadable_codes) FROM load_stays('shuffled', 'BBB', 'B')), (399::int8, 399::int8, 0::int8), 'every line of the other');
SELECT is((SELECT count(*) FROM rejected_line) > 0 AND (SELECT count(*) FROM stay WHERE country = 'AAA') > 0, true, 'both kinds came up');
SELECT set_eq($$SELECT year, stay, patient, admitted, principal, line_no FROM stay WHERE country = 'AAA'$$, $$SELECT year, stay, patient, admitted, principal, line_no FROM stay WHERE country = 'BBB'$$, 'the same stays');
SELECT set_eq($$SELECT line_no, reason, detail FROM rejected_line JOIN submission USING (submission_id) WHERE country = 'AAA'$$, $$SELECT line_no, reason, detail FROM rejected_line JOIN submission USING (submission_id) WHERE country = 'BBB'$$, 'the same faults');
SELECT is((SELECT array_agg(DISTINCT year ORDER BY year) FROM stay), (SELECT years FROM stay_submission JOIN submission USING (submission_id) WHERE country = 'BBB'), 'the years of a submission');
SELECT is((SELECT count(*) FROM inbox WHERE upload IN ('ordered', 'shuffled')), 0::bigint, 'the inbox is empty of both');
SELECT * FROM finish();
ROLLBACK;
