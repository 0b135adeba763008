-- Comorbidity on 1 million codes of 200,000 patients: tmap against a plain SQL prefix join, by the functions of bench.sql that reads this file.
CREATE TEMP TABLE oracle_code (patient int, seq int, code text);
\copy oracle_code FROM 'test/oracles/oracle_comorb_codes.csv' (FORMAT csv, HEADER)
CREATE TEMP TABLE pool AS SELECT code, row_number() OVER () - 1 AS i FROM oracle_code WHERE code IS NOT NULL;
CREATE UNLOGGED TABLE diagnosis AS
SELECT (k / 5)::int AS patient, p.code, regexp_replace(upper(p.code), '[^A-Z0-9]', '', 'g') AS cleaned
FROM generate_series(0, 999999) k JOIN pool p ON p.i = (hashint8(k) & 2147483647) % (SELECT count(*) FROM pool);
CREATE UNLOGGED TABLE diagnoses AS SELECT patient, array_agg(code) AS codes FROM diagnosis GROUP BY patient;
CREATE TABLE prefix AS SELECT name, prefix FROM tmap.comorbidity_codes() WHERE scheme = 'charlson';
VACUUM (ANALYZE, FREEZE) diagnosis; VACUUM (ANALYZE, FREEZE) diagnoses; ANALYZE prefix;
-- Plain SQL does a prefix join best as two equality joins; on codes as they come it has to clean them too.
SELECT alternate('f: ' || f.what, 0,
  format('WITH c AS MATERIALIZED (SELECT patient, %s AS code FROM diagnosis) SELECT count(*) FROM (SELECT patient, count(*) FROM (SELECT patient, name FROM c JOIN prefix ON prefix = left(code, 3) UNION SELECT patient, name FROM c JOIN prefix ON prefix = left(code, 4)) AS g GROUP BY patient) AS p', f.code),
  f.query)
FROM (VALUES ('Charlson, codes in arrays', $$regexp_replace(upper(code), '[^A-Z0-9]', '', 'g')$$, 'SELECT sum(tmap.charlson_score(tmap.charlson(codes))) FROM diagnoses'),
             ('the same, base cleaned before', 'cleaned', 'SELECT sum(tmap.charlson_score(tmap.charlson(codes))) FROM diagnoses'),
             ('Charlson, codes in rows', $$regexp_replace(upper(code), '[^A-Z0-9]', '', 'g')$$, 'SELECT sum(score) FROM (SELECT tmap.charlson_score(tmap.charlson_agg(code)) AS score FROM diagnosis GROUP BY patient) AS p')) AS f (what, code, query);
-- Concepts of the same codes: each row's by the compiled list, or by a join with the list; cleaned on the way as files need it, or before.
CREATE TABLE rule AS SELECT code AS prefix, concept FROM tmap.code_list() WHERE system = 'ICD-10';
ANALYZE rule;
SELECT alternate('g: ' || g.what, 0, format('SELECT concept, count(*) FROM diagnosis JOIN rule ON %s LIKE prefix || ''%%'' GROUP BY 1', g.code),
  $$WITH b AS MATERIALIZED (SELECT tmap.codebook() AS book), k AS (SELECT tmap.concepts(book, 'ICD-10', code) AS bits, count(*) AS n FROM diagnosis, b GROUP BY 1)
    SELECT u.name, sum(n) FROM k, b, unnest(tmap.concept_names(book, bits)) AS u (name) GROUP BY 1$$)
FROM (VALUES ('concepts of 1 million codes', $$regexp_replace(upper(code), '[^A-Z0-9]', '', 'g')$$), ('the same, base cleaned before', 'cleaned')) AS g (what, code);
