-- Codes of diagnoses and procedures, one at a time.
\set SHOW_CONTEXT never
-- Every system by its own name; its example is a code of it, and so is the canonical form.
SELECT system, kind, example, tmap.normalise_code(system, example) AS canonical, tmap.code_problem(system, example) AS problem,
       tmap.normalise_code(system, tmap.normalise_code(system, example)) = tmap.normalise_code(system, example) AS fixed_point,
       tmap.code_system(system) = system AS own_name
FROM tmap.code_systems();
SELECT name, tmap.code_system(name) FROM (VALUES ('icd10'), ('ICD 10 GM'), ('CIM-10 (PMSI)'), ('ICD-9-CM dx'), ('opcs4'), ('K-code')) AS t (name);
-- As real files have them.
SELECT system, code, tmap.normalise_code(system, code) AS canonical, tmap.code_problem(system, code) AS problem
FROM (VALUES
  ('ICD-10', 'i63.9'), ('ICD-10', ' I63.9 '), ('ICD-10', 'I63.9†'), ('ICD-10', 'I63.9*'), ('ICD-10', 'I63.9,'), ('ICD-10', 'I 63.9'), ('ICD-10', 'I63.-'),
  ('ICD-10', 'I64X'), ('ICD-10', 'I64X-D'), ('ICD-10', 'N083-A'), ('ICD-10', 'Ｉ６３．９'), ('CIM-10', 'J96.1+0'), ('CIM-10', 'E10.4+'), ('ICD-10-GM', 'I63.9!'),
  ('ICD-10-CM', 'i63.412'), ('ICD-9-CM', '433.11'), ('ICD-9-CM', 'v12.54'), ('CCAM', 'eajf 341'), ('OPS', '8-83b.84'), ('OPS', '8–836.80'), ('OPCS-4', 'l35.4'),
  ('K-code', 'Ｋ１７８－４'), ('CPT', '0042t'), ('MS-DRG', '023')) AS t (system, code);
-- Reported, not guessed: letters for digits, lost zeros, two codes in a field, suffixes that change the meaning.
SELECT system, code, tmap.normalise_code(system, code) AS canonical, tmap.code_problem(system, code) AS problem
FROM (VALUES
  ('ICD-10', ''), ('ICD-10', '-'), ('ICD-10', 'I6'), ('ICD-10', 'I6O.9'), ('ICD-10', '163.9'), ('ICD-10', 'I6.39'), ('ICD-10', 'I63.9.9'), ('ICD-10', 'I63.9 I10'),
  ('ICD-10', 'I63.9é'), ('ICD-10', 'éI63.9'), ('ICD-10-GM', 'I63.9G'), ('ICD-10-CM', 'I63 I64'), ('ICD-9-CM', '38.9'), ('CCAM', 'EAJF34'), ('CCAM', 'EAJF3410'), ('OPS', '88-36.80'),
  ('ICD-10-PCS', 'O3CG3ZZ'), ('CPT', '61645-26'), ('K-code', 'K1784'), ('MBS', '035414'), ('MBS', '35414.0'), ('MS-DRG', '23')) AS t (system, code);
-- NULL in, NULL out.
SELECT tmap.normalise_code(NULL, 'I63') AS a, tmap.normalise_code('ICD-10', NULL) AS b, tmap.code_problem(NULL, 'I63') AS c, tmap.code_problem('ICD-10', NULL) AS d, tmap.code_system(NULL) AS e;
-- No such system.
SELECT tmap.normalise_code('ICD-11', 'I63');
SELECT tmap.code_problem('', 'I63');
SELECT tmap.code_system('ICD');
-- A code has a canonical form or a problem, never both, never neither.
SELECT count(*) AS texts, count(*) FILTER (WHERE (tmap.normalise_code(s.system, c.code) IS NULL) = (tmap.code_problem(s.system, c.code) IS NULL)) AS contradictions
FROM tmap.code_systems() s, LATERAL (SELECT md5(s.system || g) AS hash FROM generate_series(1, 500) g) h,
     LATERAL (SELECT translate(left(h.hash, 1 + ascii(right(h.hash, 1)) % 9), 'abcdef', 'I.-X *') AS code) c;
