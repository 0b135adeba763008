-- Comorbidity on 1 million codes of 200,000 patients: tmap against a plain SQL prefix join, by the functions of bench.sql that reads this file.
CREATE TEMP TABLE oracle_code (patient int, seq int, code text);
\copy oracle_code FROM 'test/oracles/oracle_comorb_codes.csv' (FORMAT csv, HEADER)
CREATE TEMP TABLE pool AS SELECT code, row_number() OVER () - 1 AS i FROM oracle_code WHERE code IS NOT NULL;
CREATE UNLOGGED TABLE diagnosis AS
SELECT (k / 5)::int AS patient, p.code, regexp_replace(upper(p.code), '[^A-Z0-9]', '', 'g') AS cleaned
FROM generate_series(0, 999999) k JOIN pool p ON p.i = (hashint8(k) & 2147483647) % (SELECT count(*) FROM pool);
CREATE UNLOGGED TABLE diagnoses AS SELECT patient, array_agg(code) AS codes FROM diagnosis GROUP BY patient;
CREATE TABLE prefix AS SELECT name, prefix FROM tmap.comorbidity_codes() WHERE scheme = 'charlson';
-- The codes of a patient beside one another, as in a file of stays; in diagnosis they are scattered.
CREATE UNLOGGED TABLE diagnosis_in_order AS SELECT * FROM diagnosis ORDER BY patient;
VACUUM (ANALYZE, FREEZE) diagnosis; VACUUM (ANALYZE, FREEZE) diagnosis_in_order; VACUUM (ANALYZE, FREEZE) diagnoses; ANALYZE prefix;
-- Plain SQL does a prefix join best as two equality joins; on codes as they come it has to clean them too.
-- count(*) shows what the grouping of the rows takes, whatever is then made of a group.
SELECT alternate('f: ' || f.what, 0,
  format('WITH c AS MATERIALIZED (SELECT patient, %s AS code FROM %I) SELECT count(*) FROM (SELECT patient, count(*) FROM (SELECT patient, name FROM c JOIN prefix ON prefix = left(code, 3) UNION SELECT patient, name FROM c JOIN prefix ON prefix = left(code, 4)) AS g GROUP BY patient) AS p', code.code, f.base),
  format(f.query, f.base))
FROM (VALUES ($$regexp_replace(upper(code), '[^A-Z0-9]', '', 'g')$$)) AS code (code),
     (VALUES ('Charlson, codes in arrays', 'diagnosis', 'SELECT sum(tmap.charlson_score(tmap.charlson(codes))) FROM diagnoses'),
             ('Charlson, scattered rows', 'diagnosis', 'SELECT sum(score) FROM (SELECT tmap.charlson_score(tmap.charlson_agg(code)) AS score FROM %I GROUP BY patient) AS p'),
             ('count(*) instead, scattered rows', 'diagnosis', 'SELECT sum(n) FROM (SELECT count(*) AS n FROM %I GROUP BY patient) AS p'),
             ('Charlson, rows in order', 'diagnosis_in_order', 'SELECT sum(score) FROM (SELECT tmap.charlson_score(tmap.charlson_agg(code)) AS score FROM %I GROUP BY patient) AS p'),
             ('count(*) instead, rows in order', 'diagnosis_in_order', 'SELECT sum(n) FROM (SELECT count(*) AS n FROM %I GROUP BY patient) AS p')) AS f (what, base, query);
SELECT alternate('f: Charlson in arrays, base cleaned before', 0,
  'WITH c AS MATERIALIZED (SELECT patient, cleaned AS code FROM diagnosis) SELECT count(*) FROM (SELECT patient, count(*) FROM (SELECT patient, name FROM c JOIN prefix ON prefix = left(code, 3) UNION SELECT patient, name FROM c JOIN prefix ON prefix = left(code, 4)) AS g GROUP BY patient) AS p',
  'SELECT sum(tmap.charlson_score(tmap.charlson(codes))) FROM diagnoses');
-- Concepts of the same codes: each row's by the compiled list, or by a join with the list; cleaned on the way as files need it, or before.
CREATE TABLE rule AS SELECT code AS prefix, concept FROM tmap.code_list() WHERE system = 'ICD-10';
ANALYZE rule;
SELECT alternate('e: ' || g.what, 0, format('SELECT concept, count(*) FROM diagnosis JOIN rule ON %s LIKE prefix || ''%%'' GROUP BY 1', g.code),
  $$WITH b AS MATERIALIZED (SELECT tmap.codebook() AS book), k AS (SELECT tmap.concepts(book, 'ICD-10', code) AS bits, count(*) AS n FROM diagnosis, b GROUP BY 1)
    SELECT u.name, sum(n) FROM k, b, unnest(tmap.concept_names(book, bits)) AS u (name) GROUP BY 1$$)
FROM (VALUES ('concepts of 1 million codes', $$regexp_replace(upper(code), '[^A-Z0-9]', '', 'g')$$), ('the same, base cleaned before', 'cleaned')) AS g (what, code);
