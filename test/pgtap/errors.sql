-- The SQLSTATE of every documented error, and that the documented NULLs are no error.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SET LOCAL search_path = public, tmap;
SELECT no_plan();

-- What a client sends in binary, read back by COPY: bytes in, value out.
CREATE FUNCTION pg_temp.binary_copy(type text, bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  path text := format('%s/tmap_pgtap_%s', current_setting('data_directory'), pg_backend_pid());
  lo oid;
  answer text;
BEGIN
  -- PGCOPY header, one row of one field, trailer.
  lo := lo_from_bytea(0, '\x5047434f50590aff0d0a000000000000000000'::bytea || '\x0001'::bytea || int4send(length(bytes)) || bytes || '\xffff'::bytea);
  PERFORM lo_export(lo, path);
  EXECUTE format('CREATE TEMP TABLE received (v tmap.%I)', type);
  EXECUTE format('COPY received FROM %L (FORMAT binary)', path);
  SELECT v::text INTO answer FROM received;
  DROP TABLE received;
  PERFORM lo_unlink(lo);
  RETURN answer;
END $$;

CREATE TEMP TABLE wrong (state text, sql text);
INSERT INTO wrong VALUES
  -- strata
  ('22P02', $$SELECT ''::tmap.stratum$$), ('22P02', $$SELECT 'nobody'::tmap.stratum$$), ('22P02', $$SELECT 'female male'::tmap.stratum$$), ('22P02', $$SELECT '85+'::tmap.stratum$$),
  ('22P03', $$SELECT pg_temp.binary_copy('stratum', '\xffffffffffffffff')$$), ('22P03', $$SELECT pg_temp.binary_copy('stratum', '\x0000000000000001')$$),
  ('22P03', $$SELECT pg_temp.binary_copy('stratum', '\x7000000000000000')$$), ('22P03', $$SELECT pg_temp.binary_copy('stratum', '\x0000000100000000')$$),
  ('08P01', $$SELECT pg_temp.binary_copy('stratum', '\x00')$$), ('22P03', $$SELECT pg_temp.binary_copy('stratum', '\x000000000000000000')$$),
  ('22003', $$SELECT tmap.stratum(-1)$$), ('22003', $$SELECT tmap.stratum(131)$$), ('22003', $$SELECT tmap.stratum(131, 'f')$$), ('22003', $$SELECT tmap.stratum(131, 'f', 'low')$$), ('22003', $$SELECT tmap.stratum('age85', 131, 'f', 'low')$$),
  ('22P02', $$SELECT tmap.stratum(80, 'x')$$), ('22P02', $$SELECT tmap.stratum(80, 'f', 'x')$$), ('22P02', $$SELECT tmap.stratum('x', 80, 'f', 'low')$$), ('22P02', $$SELECT tmap.stratum('age+age85', 80, 'f', 'low')$$),
  ('22P02', $$SELECT tmap.with_level('all', 'x', 'y')$$), ('22P02', $$SELECT tmap.with_level('all', 'sex', 'y')$$), ('22P02', $$SELECT tmap.level('all', 'x')$$),
  ('42804', $$SELECT tmap.coarsen('all', 'sex')$$), ('22P02', $$SELECT tmap.coarsen('all', 'x')$$), ('22P02', $$SELECT tmap.common_scheme('x', 'sex')$$), ('22P02', $$SELECT tmap.common_scheme(s) FROM (VALUES ('x')) AS v (s)$$), ('22P02', $$SELECT tmap.canonical_scheme('x')$$),
  -- tallies: text and bytes
  ('22P02', $$SELECT ''::tmap.tally$$), ('22P02', $$SELECT 'tmap1 x {}'::tmap.tally$$), ('22P02', $$SELECT 'tmap1 sex {x: 0/1}'::tmap.tally$$), ('22P02', $$SELECT 'tmap1 sex {female: 0/1, female: 0/1}'::tmap.tally$$),
  ('22023', $$SELECT 'tmap1 sex {female: 2/1}'::tmap.tally$$), ('22023', $$SELECT 'tmap1 sex {female: -1/1}'::tmap.tally$$), ('22003', $$SELECT 'tmap1 sex {female: 0/99999999999999999999}'::tmap.tally$$),
  ('54000', $$SELECT ('tmap1 sex {' || repeat(':', 1048577) || '}')::tmap.tally$$),
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x020100000000000000')$$), -- another version
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x010100000000000001')$$), -- fewer bytes than strata
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x01010000000000000000')$$), -- a byte too many
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x01f000000000000000')$$), -- no such scheme
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x01ffffffffffffffff')$$), -- 4294967295 strata
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x010100000000000001'::bytea || '\x02000000' || int8send(0) || int8send(1))$$), -- no such level
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x010100000000000001'::bytea || '\x00000000' || int8send(0) || int8send(0))$$), -- nobody at risk
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x010100000000000002'::bytea || '\x00800000' || int8send(0) || int8send(1) || '\x00000000' || int8send(0) || int8send(1))$$), -- out of order
  ('22P03', $$SELECT pg_temp.binary_copy('tally', '\x010100000000000002'::bytea || '\x00000000' || int8send(0) || int8send(1) || '\x00000000' || int8send(0) || int8send(1))$$), -- twice
  ('22023', $$SELECT pg_temp.binary_copy('tally', '\x010100000000000001'::bytea || '\x00000000' || int8send(2) || int8send(1))$$), ('22023', $$SELECT pg_temp.binary_copy('tally', '\x010100000000000001'::bytea || '\x00000000' || int8send(-1) || int8send(1))$$),
  -- tallies: building and reading
  ('22023', $$SELECT tmap.tally('all', 2, 1)$$), ('22023', $$SELECT tmap.tally('all', -1, 1)$$), ('22023', $$SELECT tmap.tally('all', -2, -1)$$),
  ('22004', $$SELECT tmap.tally_agg(NULL, true)$$), ('22004', $$SELECT tmap.tally_agg(NULL, 0, 1)$$), ('22023', $$SELECT tmap.tally_agg('all', 2, 1)$$), ('22023', $$SELECT tmap.tally_agg('all', -1, 1)$$),
  ('22003', $$SELECT tmap.tally_agg('all', 0, 9223372036854775807) FROM generate_series(1, 2)$$),
  ('42804', $$SELECT tmap.tally_agg(s::tmap.stratum, true) FROM (VALUES ('all'), ('female')) AS v (s)$$), ('42804', $$SELECT tmap.tally_agg(s::tmap.stratum, 0, 1) FROM (VALUES ('0-4'), ('0-4/age85')) AS v (s)$$),
  ('42804', $$SELECT tmap.rollup(t::tmap.tally) FROM (VALUES ('tmap1 sex {}'), ('tmap1 total {}')) AS v (t)$$), ('22003', $$SELECT tmap.rollup('tmap1 total {all: 0/9223372036854775807}'::tmap.tally) FROM generate_series(1, 2)$$),
  ('42804', $$SELECT 'tmap1 sex {}'::tmap.tally + 'tmap1 total {}'$$), ('22003', $$SELECT 'tmap1 total {all: 0/9223372036854775807}'::tmap.tally + 'tmap1 total {all: 0/1}'$$),
  ('42804', $$SELECT 'tmap1 sex {}'::tmap.tally - 'tmap1 total {}'$$), ('22003', $$SELECT 'tmap1 total {}'::tmap.tally - 'tmap1 total {all: 0/1}'$$), ('22003', $$SELECT 'tmap1 total {all: 2/2}'::tmap.tally - 'tmap1 total {all: 0/1}'$$),
  ('22003', $$SELECT tmap.at_risk('tmap1 sex {female: 0/9223372036854775807, male: 0/1}'::tmap.tally)$$), ('22003', $$SELECT tmap.events('tmap1 sex {female: 0/9223372036854775807, male: 0/1}'::tmap.tally)$$),
  ('42804', $$SELECT tmap.collapse('tmap1 sex {}', 'age')$$), ('42804', $$SELECT tmap.collapse('tmap1 age85 {}', 'age90')$$), ('22P02', $$SELECT tmap.collapse('tmap1 sex {}', 'x')$$),
  ('22P02', $$SELECT tmap.filter('tmap1 sex {}', 'age', '0-4')$$), ('22P02', $$SELECT tmap.filter('tmap1 sex {}', 'sex', 'x')$$), ('22P02', $$SELECT tmap.filter('tmap1 sex {}', 'x', 'x')$$),
  ('22023', $$SELECT tmap.filter_age('tmap1 age {}', 82, NULL)$$), ('22023', $$SELECT tmap.filter_age('tmap1 age {}', NULL, 82)$$), ('22023', $$SELECT tmap.filter_age('tmap1 age {}', 95, NULL)$$), ('22003', $$SELECT tmap.filter_age('tmap1 age {}', 131, NULL)$$), ('22003', $$SELECT tmap.filter_age('tmap1 age {}', NULL, -1)$$), ('22P02', $$SELECT tmap.filter_age('tmap1 sex {}', 80, NULL)$$),
  -- counts
  ('22P02', $$SELECT ''::tmap.counts$$), ('22P02', $$SELECT '1/x'::tmap.counts$$), ('22023', $$SELECT '2/1'::tmap.counts$$), ('22023', $$SELECT '-1/1'::tmap.counts$$), ('22003', $$SELECT '0/4294967296'::tmap.counts$$),
  ('22023', $$SELECT pg_temp.binary_copy('counts', '\x0000000100000002')$$), ('08P01', $$SELECT pg_temp.binary_copy('counts', '\x00')$$),
  ('22023', $$SELECT tmap.counts(2, 1)$$), ('22003', $$SELECT tmap.counts(0, 4294967296)$$), ('22003', $$SELECT '0/4294967295'::tmap.counts + '0/1'$$), ('22003', $$SELECT tmap.rollup('0/4294967295'::tmap.counts) FROM generate_series(1, 2)$$),
  -- standards
  ('42704', $$SELECT tmap.standard('x')$$),
  -- arrays
  ('2202E', $$SELECT tmap.dsr('{NULL}'::float8[], '{1}', '{1}')$$), ('2202E', $$SELECT tmap.dsr('{1}'::float8[], '{1,2}', '{1}')$$), ('2202E', $$SELECT tmap.dsr('{{1}}'::float8[], '{{1}}', '{{1}}')$$),
  ('2202E', $$SELECT tmap.expected('{1}'::float8[], '{1}', '{}')$$), ('2202E', $$SELECT tmap.expected('{NULL}'::float8[], '{1}', '{1}')$$),
  ('22023', $$SELECT tmap.dsr('{-1}'::float8[], '{1}', '{1}')$$), ('22023', $$SELECT tmap.dsr('{NaN}'::float8[], '{1}', '{1}')$$), ('22023', $$SELECT tmap.dsr('{1}'::float8[], '{Infinity}', '{1}')$$), ('22023', $$SELECT tmap.dsr('{1}'::float8[], '{1}', '{-1}')$$), ('22023', $$SELECT tmap.dsr('{1}'::float8[], '{0}', '{1}')$$),
  ('22023', $$SELECT tmap.expected('{-1}'::float8[], '{1}', '{1}')$$), ('22023', $$SELECT tmap.expected('{1}'::float8[], '{1}', '{0}')$$), ('22023', $$SELECT tmap.expected('{NaN}'::float8[], '{1}', '{1}')$$),
  -- numbers beyond a double
  ('22003', $$SELECT tmap.rate(1, 1e-300, 1e300)$$), ('22003', $$SELECT tmap.smr(1, 1e-320)$$), ('22003', $$SELECT tmap.smr_upper(9223372036854775807, 1e-300)$$), ('22003', $$SELECT tmap.proportion_lower(1, 9007199254740994, 0.95, 'clopper_pearson')$$), ('22003', $$SELECT tmap.dsr('{1}'::float8[], '{1e-300}', '{1e300}')$$);
SELECT throws_ok(sql, state, NULL, state || ': ' || left(sql, 90)) FROM wrong;

-- What all estimates share: counts, scale, confidence, method, coverage. %s are the data.
CREATE TEMP TABLE family (name text, data text, methods text[], per boolean);
INSERT INTO family VALUES
  ('proportion', '1, 2', '{wilson,wilson_cc,clopper_pearson,jeffreys,agresti_coull,mid_p}', true), ('proportion', '''tmap1 sex {female: 1/2}''::tmap.tally', '{wilson}', true),
  ('rate', '1, 2', '{exact,byar,mid_p,phe}', true), ('rate', '''tmap1 sex {female: 1/2}''::tmap.tally', '{byar}', true),
  ('smr', '1, 2', '{exact,byar,mid_p,phe}', false), ('smr', '''tmap1 sex {female: 1/2}''::tmap.tally, ''tmap1 sex {female: 1/2}''', '{byar}', false),
  ('isr', '''tmap1 sex {female: 1/2}'', ''tmap1 sex {female: 1/2}''', '{exact}', true),
  ('dsr', '''tmap1 sex {female: 1/2}''::tmap.tally, ''tmap1 sex {female: 1/2}''', '{fay_feuer,tiwari,dobson_exact,dobson_byar,log,binomial,binomial_normal}', true), ('dsr', '''{1}''::float8[], ''{2}'', ''{2}''', '{tiwari}', true);
SELECT throws_ok(format('SELECT tmap.%s%s(%s, %s)', name, what, data, bad), '22023', NULL, format('22023: %s%s(%s, %s)', name, what, data, bad))
FROM family, unnest(ARRAY['_lower', '_upper', '_estimate']) AS what, unnest(ARRAY['0.5', '1', '95', '-1', '''NaN''', '0.95, ''x''', '0.95, ''''', '0.95, ''Wilson''']) AS bad;
SELECT throws_ok(format('SELECT tmap.%s%s(%s, per => %s)', name, what, data, bad), '22023', NULL, format('22023: %s%s(%s, per => %s)', name, what, data, bad))
FROM family, unnest(ARRAY['', '_lower', '_upper', '_estimate']) AS what, unnest(ARRAY['0', '-1', '''NaN''', '''Infinity''']) AS bad WHERE per;
SELECT throws_ok(format('SELECT tmap.dsr%s(%s, min_coverage => %s)', what, data, bad), '22023', NULL, format('22023: dsr%s(%s, min_coverage => %s)', what, data, bad))
FROM family, unnest(ARRAY['', '_lower', '_upper', '_estimate']) AS what, unnest(ARRAY['-0.1', '1.1', '''NaN''']) AS bad WHERE name = 'dsr';
SELECT lives_ok(format('SELECT tmap.%s_lower(%s, 0.9, %L), tmap.%s_upper(%s, 0.9, %L), tmap.%s_estimate(%s, 0.9, %L)', name, data, m, name, data, m, name, data, m), format('%s(%s) has the method %s', name, data, m)) FROM family, unnest(methods) AS m;
SELECT throws_ok(format('SELECT tmap.%s(%s)', f, bad), '22023', NULL, format('22023: %s(%s)', f, bad))
FROM (VALUES ('proportion', ARRAY['-1, 2', '1, -2', '3, 2']), ('rate', ARRAY['-1, 2', '1, -2', '1, ''NaN''', '1, ''Infinity''', '1, 0']), ('smr', ARRAY['-1, 2', '1, -2', '1, ''NaN''', '1, ''Infinity'''])) AS v (name, bads),
     unnest(bads) AS bad, unnest(ARRAY['', '_lower', '_upper', '_estimate']) AS what, LATERAL (SELECT name || what) AS g (f);
-- A tally that lacks a dimension of the standard.
SELECT throws_ok(format('SELECT tmap.%s(''tmap1 age {}''::tmap.tally, ''tmap1 sex {female: 0/1}'')', f), '42804', NULL, format('42804: %s by what the tally lacks', f))
FROM unnest(ARRAY['dsr', 'dsr_lower', 'dsr_upper', 'dsr_estimate', 'smr', 'smr_lower', 'smr_upper', 'smr_estimate', 'isr', 'isr_lower', 'isr_upper', 'isr_estimate', 'expected']) AS f;
-- NULL in any argument is NULL out.
SELECT is_empty($$SELECT 1 WHERE tmap.proportion(1, NULL) IS NOT NULL OR tmap.proportion_upper(1, 2, NULL) IS NOT NULL OR tmap.rate_lower(1, 2, 0.9, NULL) IS NOT NULL OR tmap.smr_upper(NULL, 2) IS NOT NULL
  OR tmap.dsr(NULL, tmap.standard('ESP2013')) IS NOT NULL OR tmap.isr_lower('tmap1 sex {}', NULL) IS NOT NULL OR tmap.expected(NULL::tmap.tally, NULL) IS NOT NULL OR tmap.dsr_estimate('{1}'::float8[], '{1}', NULL) IS NOT NULL$$, 'NULL in, NULL out');
-- Undefined is NULL, not an error and not zero.
SELECT is_empty($$SELECT 1 WHERE tmap.proportion(0, 0) IS NOT NULL OR tmap.rate(0, 0) IS NOT NULL OR tmap.rate_upper(0, 0) IS NOT NULL OR tmap.smr(1, 0) IS NOT NULL OR tmap.dsr('tmap1 sex {}', 'tmap1 sex {female: 0/1}') IS NOT NULL
  OR tmap.dsr('tmap1 sex {female: 1/2}', 'tmap1 sex {}') IS NOT NULL OR tmap.smr('tmap1 sex {}'::tmap.tally, 'tmap1 sex {}') IS NOT NULL OR tmap.isr('tmap1 sex {female: 1/2}', 'tmap1 sex {male: 1/2}') IS NOT NULL OR tmap.dsr('{}'::float8[], '{}', '{}') IS NOT NULL$$, 'undefined is NULL');
-- Messages: lower case, without a full stop; hints and details are whole sentences.
CREATE FUNCTION pg_temp.style(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE m text; d text; h text;
BEGIN
  EXECUTE sql;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
  RETURN CASE WHEN m ~ '^[A-Z]|[.]$' THEN m WHEN d ~ '[^.]$' THEN d WHEN h ~ '^[a-z]' THEN h END;
END $$;
SELECT is_empty($$SELECT pg_temp.style(sql), sql FROM wrong WHERE pg_temp.style(sql) IS NOT NULL AND state <> '08P01'$$, 'errors are written as PostgreSQL writes them');

-- The file that binary_copy left.
SELECT format('cat >/dev/null; rm -f %L', format('%s/tmap_pgtap_%s', current_setting('data_directory'), pg_backend_pid())) AS remove \gset
COPY (SELECT) TO PROGRAM :'remove';
SELECT * FROM finish();
ROLLBACK;
