-- Codebooks: compiled code lists, built once and probed per row.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET search_path = public, tmap;
-- The shipped list.
SELECT system, code, match, concept, valid_from, valid_to FROM code_list();
SELECT concept, count(*), count(DISTINCT system) AS systems FROM code_list() GROUP BY 1 ORDER BY 1;
-- Every row has a description and a source, its code is one of its system, and stands for its concept while it is valid.
SELECT count(*) AS rows, count(description) AS described, count(source) AS with_source, count(code_problem(system, code)) AS problems,
       count(*) FILTER (WHERE NOT has_concept(codebook(), system, code, concept, coalesce(valid_from, valid_to))) AS missed,
       count(*) FILTER (WHERE valid_from IS NOT NULL AND has_concept(codebook(), system, code, concept, valid_from - 1)) AS too_early,
       count(*) FILTER (WHERE valid_to IS NOT NULL AND has_concept(codebook(), system, code, concept, valid_to + 1)) AS too_late FROM code_list();
-- The compiled list is the list, and a constant to the planner.
SELECT codebook() = codebook_agg(system, code, match, concept, valid_from, valid_to) AS same FROM code_list();
CREATE FUNCTION pg_temp.plan(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE line text; whole text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS off) ' || q LOOP whole := whole || line; END LOOP; RETURN whole; END $$;
SELECT pg_temp.plan($$SELECT classify('ICD-10', c) FROM (VALUES ('I63'), ('I64')) AS t (c)$$) LIKE '%''tmapbook1 {%' AS constant_book;
-- Classifying by the shipped list.
SELECT system, code, classify(system, code) FROM (VALUES ('ICD-10', 'I63.9'), ('ICD-10', 'i64X'), ('ICD-10', 'I69.3'), ('ICD-10', 'G45.4 '), ('CIM-10', 'I63.9'), ('ICD-10-GM', 'I63.4†'),
  ('ICD-10-CM', 'I63.412'), ('ICD-9-CM', '434.91'), ('ICD-9-CM', '434.90'), ('CCAM', 'EAJF 341'), ('OPS', '8-836.80'), ('OPS', '8-836.8'), ('OPCS-4', 'L35.4'), ('ICD-10-PCS', '03CG3ZZ'),
  ('K-code', 'K178-4'), ('ICD-10', 'no code'), ('ICD-10', NULL), (NULL, 'I63')) AS t (system, code);
SELECT classify('ICD-10', ARRAY['I10', 'I63.9', NULL, 'rubbish', 'G45.0']) AS several, classify('ICD-10', '{}'::text[]) AS none, classify('ICD-10', ARRAY[['I63', 'I61'], ['I60', NULL]]) AS two_dimensions,
       classify('ICD-10', NULL::text[]) AS unknown;
-- The day: NULL takes any period.
SELECT d, classify('CCAM', 'EAJF341', d) AS thrombectomy, classify('OPS', ARRAY['8-83b.80', '8-83b.87'], d) AS device FROM (VALUES (NULL::date), ('2017-06-30'), ('2017-07-01'), ('2021-12-31'), ('2022-01-01'), ('infinity')) AS t (d);
SELECT classify('OPS', '8-83b.80', 'infinity') AS ended, classify('OPS', '8-83b.80', '-infinity') AS at_the_start, classify('CCAM', 'EAJF341', '-infinity') AS not_yet;
-- A list of one's own on top: exact before prefix, longer before shorter, an exclusion before its equal.
CREATE TABLE own (system text, code text, match text, concept text, valid_from date, valid_to date);
INSERT INTO own VALUES ('ICD-10', 'G45.4', 'not exact', 'tia', NULL, NULL), ('ICD-10', 'I63.6', 'not prefix', 'ischaemic_stroke', '2020-01-01', NULL), ('ICD-10', 'I63.60', 'exact', 'ischaemic_stroke', NULL, NULL),
  ('ICD-10', 'I63', 'prefix', 'any_stroke', NULL, NULL), ('ICD-10', 'I64', 'not prefix', 'stroke_unspecified', NULL, NULL), ('icd10', 'i6-', 'prefix', 'any_stroke', NULL, NULL);
CREATE TABLE book AS SELECT codebook_agg(system, code, match, concept, valid_from, valid_to) AS own, codebook() + codebook_agg(system, code, match, concept, valid_from, valid_to) AS joined FROM own;
SELECT own FROM book;
SELECT code, d, concept_names(joined, concepts(joined, 'ICD-10', code, d)) FROM book,
  (VALUES ('G45.3', NULL::date), ('G45.4', NULL), ('I63.5', NULL), ('I63.6', '2019-12-31'), ('I63.6', '2020-01-01'), ('I63.60', '2020-01-01'), ('I63.61', '2020-01-01'), ('I64', NULL), ('I69', NULL)) AS t (code, d);
SELECT * FROM rules((SELECT own FROM book));
SELECT has_concept(own, 'ICD-10', 'I63.9', 'any_stroke') AS yes, has_concept(own, 'ICD-10', ARRAY['I10', 'G45.4'], 'any_stroke') AS no, has_concept(own, 'ICD-10', NULL::text, 'any_stroke') AS unknown,
       has_concept(own, 'ICD-10', 'I63', NULL) AS unknown, has_concept(NULL, 'ICD-10', 'I63', 'tia') AS unknown, has_concept(own, 'OPS', '8-836.80', 'tia') AS other_system FROM book;
SELECT concept_names(own), concept_bits(own, 'tia', NULL, 'any_stroke') AS bits, concept_names(own, concept_bits(own, 'tia')) AS back, concept_names(own, 0) AS none FROM book;
-- Rules, text and bytes lead back; the order of rows, repeats and the way of merging do not matter.
SELECT own = own::text::codebook AS text, (SELECT codebook_agg(system, code, match, concept, valid_from, valid_to ORDER BY md5(code)) FROM rules(own)) = own AS rules,
       own + joined = joined AS again, joined + own = own + joined AS either_way, own < joined OR own > joined AS ordered, codebook_hash(own) = codebook_hash(own::text::codebook) AS hash FROM book;
SELECT (SELECT codebook_agg(system, code, match, concept, valid_from, valid_to ORDER BY i) FROM own, generate_series(1, 2) i) = book.own AS repeats FROM book;
CREATE TABLE copied (LIKE book);
\copy book TO 'results/codebook.bin' (FORMAT binary)
\copy copied FROM 'results/codebook.bin' (FORMAT binary)
SELECT b = c AS binary_copy FROM book b, copied c;
SELECT count(*) AS lists FROM (SELECT DISTINCT own FROM (SELECT own FROM book UNION ALL SELECT own FROM copied) u) d;
-- Aggregation: no rows, groups, filter, window, workers.
SELECT codebook_agg(system, code, match, concept, valid_from, valid_to) IS NULL AS no_rows FROM own WHERE false;
SELECT match, codebook_agg(system, code, match, concept, valid_from, valid_to) FILTER (WHERE code LIKE 'I%') AS i FROM own GROUP BY 1 ORDER BY 1;
SELECT count(DISTINCT b) AS growing FROM (SELECT codebook_agg(system, code, match, concept, valid_from, valid_to) OVER (ORDER BY code, match) AS b FROM own) w;
CREATE TABLE many AS SELECT 'ICD-10'::text AS system, chr(65 + g % 26) || lpad((g / 26 % 100)::text, 2, '0') AS code, CASE WHEN g % 3 = 0 THEN 'exact' ELSE 'prefix' END AS match, 'c' || g % 50 AS concept FROM generate_series(1, 6000) g;
CREATE TABLE serial AS SELECT codebook_agg(system, code, match, concept, NULL, NULL) AS b FROM many;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 4;
SELECT pg_temp.plan('SELECT codebook_agg(system, code, match, concept, NULL, NULL) FROM many') LIKE '%Partial Aggregate%' AS parallel;
SELECT codebook_agg(m.system, m.code, m.match, m.concept, NULL, NULL) = (SELECT b FROM serial) AS same_with_workers FROM many m;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
-- One codebook a row, from a table where it lies packed or apart: each row is probed with its own.
CREATE TABLE stored AS SELECT i, CASE WHEN i % 3 = 0 THEN (SELECT b FROM serial) WHEN i % 3 = 1 THEN codebook() ELSE 'tmapbook1 {ICD-10 I63*: x}' END AS b FROM generate_series(1, 90) i;
SELECT i % 3 AS which, count(*), count(DISTINCT concepts(b, 'ICD-10', 'I63')) AS answers, min(concept_names(b, concepts(b, 'ICD-10', 'I63'))) AS concepts FROM (SELECT * FROM stored ORDER BY md5(i::text)) s GROUP BY 1 ORDER BY 1;
SELECT count(*) AS rows, count(DISTINCT concepts(b, 'ICD-10', ARRAY['I63'])) AS answers FROM (SELECT b FROM stored ORDER BY md5(i::text)) s;
-- As a plain join says it, row by row.
CREATE TABLE stay AS SELECT g AS id, chr(65 + g % 26) || lpad((g % 101)::text, 2, '0') || g % 7 AS code FROM generate_series(1, 400) g;
SELECT count(*) AS differences FROM stay s, serial,
  LATERAL (SELECT coalesce(array_agg(DISTINCT m.concept COLLATE "C" ORDER BY m.concept COLLATE "C"), '{}') AS plain FROM many m WHERE m.match = 'prefix' AND starts_with(s.code, m.code) OR m.match = 'exact' AND s.code = m.code) p
  WHERE p.plain IS DISTINCT FROM CASE WHEN code_problem('ICD-10', s.code) IS NULL THEN concept_names(b, concepts(b, 'ICD-10', s.code)) END;
-- Errors.
SELECT codebook_agg(NULL, 'I63', 'exact', 'x', NULL, NULL);
SELECT codebook_agg('ICD-10', NULL, 'exact', 'x', NULL, NULL);
SELECT codebook_agg('ICD-10', 'I63', NULL, 'x', NULL, NULL);
SELECT codebook_agg('ICD-10', 'I63', 'exact', NULL, NULL, NULL);
SELECT codebook_agg('ICD-11', 'I63', 'exact', 'x', NULL, NULL);
SELECT codebook_agg('ICD-10', 'I6', 'exact', 'x', NULL, NULL);
SELECT codebook_agg('ICD-10', '', 'prefix', 'x', NULL, NULL);
SELECT codebook_agg('ICD-10', 'I63', 'like', 'x', NULL, NULL);
SELECT codebook_agg('ICD-10', 'I63', 'exact', 'Stroke', NULL, NULL);
SELECT codebook_agg('ICD-10', 'I63', 'exact', 'x', '2020-01-01', '2019-12-31');
SELECT codebook_agg('ICD-10', 'I63', 'exact', 'x', '4000-01-01 BC', NULL);
SELECT codebook_agg('ICD-10', 'I63', 'exact', 'c' || g, NULL, NULL) FROM generate_series(1, 65) g;
SELECT ('tmapbook1 {' || string_agg('ICD-10-PCS 0' || lpad(upper(to_hex(g)), 6, '0') || ': x', '; ') || '}')::codebook IS NOT NULL AS largest FROM generate_series(1, 16384) g;
SELECT ('tmapbook1 {' || string_agg('ICD-10-PCS 0' || lpad(upper(to_hex(g)), 6, '0') || ': x', '; ') || '}')::codebook FROM generate_series(1, 16385) g;
SELECT codebook_agg('ICD-10', 'I63', 'exact', 'x', '-infinity', 'infinity');
SELECT has_concept(codebook(), 'ICD-10', 'I63', 'stroke');
SELECT has_concept(codebook(), 'ICD', 'I63', 'tia');
SELECT concept_names(own, -1) FROM book;
SELECT concept_bits(own, 'tia', 'nothing') FROM book;
SELECT 'tmapbook1 {ICD-10 I63*: x; ICD-10 I6: y}'::codebook;
SELECT count(*) AS no_rules FROM rules('tmapbook1 {}');
SELECT 'tmapbook1 {}'::codebook AS empty, concept_names('tmapbook1 {}'::codebook), concepts('tmapbook1 {}', 'ICD-10', 'I63');
DROP TABLE own, book, copied, many, serial, stored, stay;
RESET search_path;
RESET datestyle;
