-- Comorbidity groups and scores against test/oracles (R package comorbidity): every patient, every group, every score; the code lists, prefix by prefix.
-- psql variable oracles: the folder.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SET LOCAL search_path = public, tmap; -- the operators live in tmap
SELECT no_plan();

CREATE TEMP TABLE code (patient int, seq int, code text);
CREATE TEMP TABLE list (map text, name text, prefix text);
CREATE TEMP TABLE weight (map text, weights text, name text, weight int);
CREATE TEMP TABLE c (patient int, mi int, chf int, pvd int, cevd int, dementia int, cpd int, rheumd int, pud int, mld int, diab int, diabwc int, hp int, rend int, canc int, msld int, metacanc int, aids int,
  unweighted int, unweighted_assign0 int, charlson int, charlson_assign0 int, quan int, quan_assign0 int);
CREATE TEMP TABLE e (patient int, chf int, carit int, valv int, pcd int, pvd int, hypunc int, hypc int, para int, ond int, cpd int, diabunc int, diabc int, hypothy int, rf int, ld int, pud int, aids int, lymph int,
  metacanc int, solidtum int, rheumd int, coag int, obes int, wloss int, fed int, blane int, dane int, alcohol int, drug int, psycho int, depre int,
  unweighted int, unweighted_assign0 int, vw int, vw_assign0 int, swiss int, swiss_assign0 int);
\cd :oracles
\copy code FROM 'oracle_comorb_codes.csv' (FORMAT csv, HEADER)
\copy list FROM 'oracle_comorb_map.csv' (FORMAT csv, HEADER)
\copy weight FROM 'oracle_comorb_weights.csv' (FORMAT csv, HEADER)
\copy c FROM 'oracle_charlson.csv' (FORMAT csv, HEADER)
\copy e FROM 'oracle_elixhauser.csv' (FORMAT csv, HEADER)
SELECT is((SELECT count(*) FROM code), 8410::bigint, 'all codes were read');

-- The lists that are compiled in.
SELECT set_eq($$SELECT scheme || '_icd10_quan', name, prefix FROM tmap.comorbidity_codes()$$, 'SELECT map, name, prefix FROM list', 'prefixes by group are those of the oracle: 688');
SELECT is((SELECT count(*) FROM tmap.comorbidity_codes()), (SELECT count(*) FROM list), 'no prefix stands twice');
SELECT set_eq($$SELECT DISTINCT scheme || '_icd10_quan', w.weights, name, w.weight FROM tmap.comorbidity_codes(),
  LATERAL (VALUES ('charlson', charlson1987), ('quan', quan2011), ('vw', van_walraven), ('swiss', swiss)) AS w (weights, weight) WHERE w.weight IS NOT NULL$$, 'SELECT * FROM weight', 'points by group are those of the oracle: 96');
SELECT set_eq($$SELECT DISTINCT scheme, name, overruled_by FROM tmap.comorbidity_codes() WHERE overruled_by IS NOT NULL$$,
  $$VALUES ('charlson', 'mld', 'msld'), ('charlson', 'diab', 'diabwc'), ('charlson', 'canc', 'metacanc'), ('elixhauser', 'hypunc', 'hypc'), ('elixhauser', 'diabunc', 'diabc'), ('elixhauser', 'solidtum', 'metacanc')$$, 'the six pairs of the hierarchy');
-- Every possible code of four characters, against the prefix rule in SQL: 26 letters, 1000 numbers, and the categories alone.
SELECT is_empty($$SELECT code, tmap.charlson_code(code), tmap.elixhauser_code(code)
  FROM (SELECT chr(65 + l) || right('0' || n, 2) || d AS code, chr(65 + l) || right('0' || n, 2) AS category
        FROM generate_series(0, 25) l, generate_series(0, 99) n, unnest(ARRAY['', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) d) AS every
  LEFT JOIN (SELECT prefix, coalesce(array_agg(name) FILTER (WHERE map ~ '^c'), '{}') AS c, coalesce(array_agg(name) FILTER (WHERE map ~ '^e'), '{}') AS e FROM list GROUP BY prefix) AS three ON three.prefix = category
  LEFT JOIN (SELECT prefix, coalesce(array_agg(name) FILTER (WHERE map ~ '^c'), '{}') AS c, coalesce(array_agg(name) FILTER (WHERE map ~ '^e'), '{}') AS e FROM list GROUP BY prefix) AS four ON four.prefix = code AND length(code) = 4
  WHERE NOT (tmap.groups(tmap.charlson_code(code)) @> coalesce(three.c || four.c, three.c, four.c, '{}') AND tmap.groups(tmap.charlson_code(code)) <@ coalesce(three.c || four.c, three.c, four.c, '{}')
    AND tmap.groups(tmap.elixhauser_code(code)) @> coalesce(three.e || four.e, three.e, four.e, '{}') AND tmap.groups(tmap.elixhauser_code(code)) <@ coalesce(three.e || four.e, three.e, four.e, '{}'))$$,
  'every one of 28,600 codes of 3 or 4 characters is classified as the prefixes say');

-- Patients.
CREATE TEMP TABLE patient AS
SELECT patient, tmap.charlson(array_agg(code)) AS c, tmap.elixhauser(array_agg(code)) AS e, tmap.charlson_agg(code) AS c_agg, tmap.elixhauser_agg(code) AS e_agg,
       tmap.charlson_agg(code ORDER BY seq DESC) AS c_back, tmap.elixhauser_agg(ARRAY[code, NULL]) AS e_arrays, tmap.rollup(tmap.charlson_code(code)) AS c_rollup, tmap.rollup(tmap.elixhauser_code(code)) AS e_rollup
FROM code GROUP BY patient;
SELECT is((SELECT count(*) FROM patient), 1252::bigint, 'all patients have groups');
SELECT is_empty('SELECT * FROM patient WHERE c <> c_agg OR c <> c_back OR c <> coalesce(c_rollup, ''charlson{}'') OR e <> e_agg OR e <> e_arrays OR e <> coalesce(e_rollup, ''elixhauser{}'')', 'array, aggregates and rollup agree for every patient');

-- One line a group and a score: what the oracle has against what tmap has, for every patient.
CREATE TEMP TABLE checked (scheme text, what text, patient int, want int, have int);
INSERT INTO checked
SELECT 'charlson', k.key, o.patient, k.value::int, tmap.has_group(p.c, k.key)::int
FROM c o JOIN patient p USING (patient), LATERAL jsonb_each_text(to_jsonb(o) - ARRAY['patient', 'unweighted', 'unweighted_assign0', 'charlson', 'charlson_assign0', 'quan', 'quan_assign0']) AS k;
INSERT INTO checked
SELECT 'elixhauser', k.key, o.patient, k.value::int, tmap.has_group(p.e, k.key)::int
FROM e o JOIN patient p USING (patient), LATERAL jsonb_each_text(to_jsonb(o) - ARRAY['patient', 'unweighted', 'unweighted_assign0', 'vw', 'vw_assign0', 'swiss', 'swiss_assign0']) AS k;
INSERT INTO checked
SELECT 'charlson', w.what, o.patient, w.want, w.have
FROM c o JOIN patient p USING (patient), LATERAL (VALUES
  ('score unweighted', o.unweighted, tmap.charlson_score(p.c, 'unweighted', false, '{}')), ('score unweighted, hierarchy', o.unweighted_assign0, tmap.charlson_score(p.c, 'unweighted', true, '{}')),
  ('score 1987', o.charlson, tmap.charlson_score(p.c, 'charlson1987', false, '{}')), ('score 1987, hierarchy', o.charlson_assign0, tmap.charlson_score(p.c, 'charlson1987', true, '{}')),
  ('score 2011', o.quan, tmap.charlson_score(p.c, 'quan2011', false, '{}')), ('score 2011, hierarchy', o.quan_assign0, tmap.charlson_score(p.c, 'quan2011', true, '{}')),
  ('score 1987, hierarchy, without stroke', o.charlson_assign0 - o.cevd, tmap.charlson_score(p.c, 'charlson1987')), ('score 2011, hierarchy, without stroke', o.quan_assign0, tmap.charlson_score(p.c)),
  ('score 1987 at 75, without stroke', o.charlson_assign0 - o.cevd + 3, tmap.charlson_age_score(p.c, 75))) AS w (what, want, have);
INSERT INTO checked
SELECT 'elixhauser', w.what, o.patient, w.want, w.have
FROM e o JOIN patient p USING (patient), LATERAL (VALUES
  ('score unweighted', o.unweighted, tmap.elixhauser_score(p.e, 'unweighted', false)), ('score unweighted, hierarchy', o.unweighted_assign0, tmap.elixhauser_score(p.e, 'unweighted')),
  ('score van Walraven', o.vw, tmap.elixhauser_score(p.e, 'van_walraven', false)), ('score van Walraven, hierarchy', o.vw_assign0, tmap.elixhauser_score(p.e)),
  ('score swiss', o.swiss, tmap.elixhauser_score(p.e, 'swiss', false)), ('score swiss, hierarchy', o.swiss_assign0, tmap.elixhauser_score(p.e, 'swiss'))) AS w (what, want, have);
SELECT ok(count(*) = 1252 AND bool_and(want = have) AND count(DISTINCT want) > 1, format('%s, %s: %s patients agree (%s with)', scheme, what, count(*), count(*) FILTER (WHERE want <> 0)))
FROM checked GROUP BY scheme, what ORDER BY scheme, what;
SELECT diag(format('%s, %s, patient %s: %s, oracle %s', scheme, what, patient, have, want)) FROM checked WHERE want IS DISTINCT FROM have LIMIT 20;

-- Parallel workers give the same as one process.
CREATE TABLE parallel_code AS SELECT g * 10000 + patient AS patient, code FROM code, generate_series(1, 40) g;
ANALYZE parallel_code;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  line text;
  whole text := '';
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP whole := whole || line || E'\n'; END LOOP;
  RETURN whole;
END $$;
SELECT matches(pg_temp.plan('SELECT tmap.charlson_agg(code), tmap.elixhauser_agg(code), tmap.rollup(tmap.charlson_code(code)) FROM parallel_code'), 'Partial Aggregate', 'the aggregates run in parallel');
SELECT results_eq('SELECT tmap.charlson_agg(code), tmap.elixhauser_agg(code), tmap.rollup(tmap.charlson_code(code)) FROM parallel_code',
  'SELECT tmap.rollup(c), tmap.rollup(e), tmap.rollup(c) FROM patient', 'in parallel as in one process');
SELECT is_empty('SELECT FROM (SELECT patient % 10000 AS patient, tmap.charlson_agg(code) AS c, tmap.elixhauser_agg(code) AS e FROM parallel_code GROUP BY parallel_code.patient) AS w JOIN patient p USING (patient) WHERE (w.c, w.e) IS DISTINCT FROM (p.c, p.e)',
  'grouped in parallel: every patient as before');

-- Values come back from text and bytes.
SELECT is_empty('SELECT c FROM patient WHERE c::text::tmap.comorbidities <> c OR e::text::tmap.comorbidities <> e', 'text comes back as the same value');

-- Errors and NULLs as the comments say.
CREATE TEMP TABLE wrong (state text, sql text);
INSERT INTO wrong VALUES
  ('22P02', $$SELECT ''::tmap.comorbidities$$), ('22P02', $$SELECT 'charlson'::tmap.comorbidities$$), ('22P02', $$SELECT 'charlson{chf'::tmap.comorbidities$$), ('22P02', $$SELECT 'deyo{chf}'::tmap.comorbidities$$),
  ('22P02', $$SELECT 'charlson{alcohol}'::tmap.comorbidities$$), ('22P02', $$SELECT 'charlson{chf,chf}'::tmap.comorbidities$$), ('22P02', $$SELECT 'charlson{chf,}'::tmap.comorbidities$$), ('22P02', $$SELECT 'charlson{,}'::tmap.comorbidities$$),
  ('22P02', $$SELECT 'charlson{ chf}'::tmap.comorbidities$$), ('22P02', $$SELECT 'Charlson{}'::tmap.comorbidities$$),
  ('22P02', $$SELECT tmap.has_group('charlson{}', 'alcohol')$$), ('22P02', $$SELECT tmap.charlson_score('charlson{}', 'quan2011', true, '{stroke}')$$), ('22P02', $$SELECT tmap.elixhauser_score('elixhauser{}', 'swiss', true, '{cevd}')$$),
  ('22023', $$SELECT tmap.charlson_score('charlson{}', 'swiss')$$), ('22023', $$SELECT tmap.elixhauser_score('elixhauser{}', 'quan2011')$$), ('22023', $$SELECT tmap.charlson_score('charlson{}', '')$$),
  ('22023', $$SELECT tmap.comorbidity_band(-1)$$), ('22003', $$SELECT tmap.charlson_age_score('charlson{}', -1)$$), ('22003', $$SELECT tmap.charlson_age_score('charlson{}', 131)$$),
  ('42804', $$SELECT tmap.charlson_score('elixhauser{}')$$), ('42804', $$SELECT tmap.elixhauser_score('charlson{}')$$), ('42804', $$SELECT tmap.charlson_age_score('elixhauser{}', 80)$$),
  ('42804', $$SELECT tmap.rollup(v) FROM (VALUES ('charlson{}'::tmap.comorbidities), ('elixhauser{}')) AS x (v)$$), ('42804', $$SELECT tmap.comorbidities_union('charlson{}', 'elixhauser{}')$$);
SELECT throws_ok(sql, state, NULL, sql || ': ' || state) FROM wrong;

-- What a client sends in binary, read back by COPY: bytes in, value out.
CREATE FUNCTION pg_temp.binary_copy(bytes bytea) RETURNS tmap.comorbidities LANGUAGE plpgsql AS $$
DECLARE
  path text := format('%s/tmap_pgtap_%s', current_setting('data_directory'), pg_backend_pid());
  lo oid;
  answer tmap.comorbidities;
BEGIN
  lo := lo_from_bytea(0, '\x5047434f50590aff0d0a000000000000000000'::bytea || '\x0001'::bytea || int4send(length(bytes)) || bytes || '\xffff'::bytea);
  PERFORM lo_export(lo, path);
  CREATE TEMP TABLE received (v tmap.comorbidities);
  EXECUTE format('COPY received FROM %L (FORMAT binary)', path);
  SELECT v INTO answer FROM received;
  DROP TABLE received;
  PERFORM lo_unlink(lo);
  RETURN answer;
END $$;
SELECT is(pg_temp.binary_copy(tmap.comorbidities_send(v)), v, v || ' comes back from binary') FROM (SELECT tmap.rollup(c) AS v FROM patient UNION ALL SELECT tmap.rollup(e) FROM patient UNION ALL SELECT 'charlson{}') AS x;
SELECT throws_ok(format('SELECT pg_temp.binary_copy(%L)', b), CASE length(b) WHEN 8 THEN '22P03' ELSE '08P01' END, NULL, 'not comorbidities: ' || b::text)
FROM unnest(ARRAY['\x0000000000000000', '\x0000000300000000', '\x0000000100020000', '\x0000000280000000', '\xffffffffffffffff', '\x00000001']::bytea[]) AS b;

SELECT * FROM finish();
ROLLBACK;
