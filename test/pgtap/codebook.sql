-- The SQLSTATE of every documented error of codes and codebooks, and what binary input refuses.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SET LOCAL search_path = public, tmap;
SELECT no_plan();

-- What a client sends in binary, read back by COPY: bytes in, value out.
CREATE FUNCTION pg_temp.binary_copy(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  path text := format('%s/tmap_pgtap_codebook_%s', current_setting('data_directory'), pg_backend_pid());
  lo oid;
  answer text;
BEGIN
  -- PGCOPY header, one row of one field, trailer.
  lo := lo_from_bytea(0, '\x5047434f50590aff0d0a000000000000000000'::bytea || '\x0001'::bytea || int4send(length(bytes)) || bytes || '\xffff'::bytea);
  PERFORM lo_export(lo, path);
  CREATE TEMP TABLE received (v codebook);
  EXECUTE format('COPY received FROM %L (FORMAT binary)', path);
  SELECT v::text INTO answer FROM received;
  DROP TABLE received;
  PERFORM lo_unlink(lo);
  RETURN answer;
END $$;
-- A name of 40 bytes; a rule of ICD-10 G45 (prefix) from its parts.
CREATE FUNCTION pg_temp.name(n text) RETURNS bytea LANGUAGE sql RETURN convert_to(n, 'UTF8') || decode(repeat('00', 40 - length(n)), 'hex');
CREATE FUNCTION pg_temp.key() RETURNS bytea LANGUAGE sql RETURN substring(codebook_send('tmapbook1 {ICD-10 G45*: a}') FROM 50 FOR 8);
CREATE FUNCTION pg_temp.book(names bytea, rules bytea) RETURNS bytea LANGUAGE sql
RETURN '\x01'::bytea || int4send(length(rules) / 32) || int4send(length(names) / 40) || names || rules;
CREATE FUNCTION pg_temp.rule(include bigint, exclude bigint, from_day int DEFAULT -2147483648, to_day int DEFAULT 2147483647) RETURNS bytea LANGUAGE sql
RETURN pg_temp.key() || int8send(include) || int8send(exclude) || int4send(from_day) || int4send(to_day);

SELECT is(pg_temp.binary_copy(codebook_send(b)), b::text, 'binary leads back: ' || left(b::text, 60)) FROM (VALUES ('tmapbook1 {}'::codebook), (codebook()), ('tmapbook1 {ICD-10 G45* 2019-01-01..2019-12-31: -a, b}')) AS v (b);
SELECT is(pg_temp.binary_copy(pg_temp.book(pg_temp.name('a'), pg_temp.rule(1, 0))), 'tmapbook1 {ICD-10 G45*: a}', 'bytes put together here are read');

CREATE TEMP TABLE wrong (state text, sql text);
INSERT INTO wrong VALUES
  ('42704', $$SELECT normalise_code('ICD-11', 'I63')$$), ('42704', $$SELECT code_problem('', 'I63')$$), ('42704', $$SELECT code_system('x')$$),
  ('42704', $$SELECT classify('x', 'I63')$$), ('42704', $$SELECT classify('x', ARRAY['I63'])$$), ('42704', $$SELECT concepts(codebook(), 'x', 'I63')$$), ('42704', $$SELECT concepts(codebook(), 'x', ARRAY['I63'])$$),
  ('42704', $$SELECT has_concept(codebook(), 'OPS', '8-836.80', 'x')$$), ('42704', $$SELECT has_concept(codebook(), 'OPS', ARRAY['8-836.80'], '')$$), ('42704', $$SELECT concept_bits(codebook(), repeat('x', 100))$$),
  ('22023', $$SELECT concept_names(codebook(), -1)$$), ('22023', $$SELECT concept_names('tmapbook1 {}', 1)$$),
  ('22P02', $$SELECT ''::codebook$$), ('22P02', $$SELECT 'tmapbook1 {ICD-10 I63}'::codebook$$), ('22P02', $$SELECT 'tmapbook2 {}'::codebook$$), ('22P02', $$SELECT 'tmapbook1 {ICD-10 I63 2019-02-29..: x}'::codebook$$),
  ('54000', $$SELECT ('tmapbook1 {' || (SELECT string_agg('ICD-10 I63: c' || g, '; ') FROM generate_series(1, 65) g) || '}')::codebook$$),
  ('22004', $$SELECT codebook_agg(NULL, 'I63', 'exact', 'x', NULL, NULL)$$), ('22004', $$SELECT codebook_agg('ICD-10', 'I63', 'exact', NULL, NULL, NULL)$$),
  ('42704', $$SELECT codebook_agg('x', 'I63', 'exact', 'x', NULL, NULL)$$), ('22023', $$SELECT codebook_agg('ICD-10', 'I6', 'exact', 'x', NULL, NULL)$$), ('22023', $$SELECT codebook_agg('ICD-10', 'I63', 'x', 'x', NULL, NULL)$$),
  ('22023', $$SELECT codebook_agg('ICD-10', 'I63', 'exact', 'X', NULL, NULL)$$), ('22023', $$SELECT codebook_agg('ICD-10', 'I63', 'exact', 'x', '2020-01-01', '2019-12-31')$$),
  ('54000', $$SELECT codebook_agg('ICD-10', 'I63', 'exact', 'c' || g, NULL, NULL) FROM generate_series(1, 65) g$$),
  ('22P03', $$SELECT pg_temp.binary_copy('\x020000000000000000')$$), -- another version
  ('22P03', $$SELECT pg_temp.binary_copy('\x0100000001ffffffff')$$), -- more than there is
  ('22P03', $$SELECT pg_temp.binary_copy('\x01000000000000000000')$$), -- a byte too many
  ('22P03', $$SELECT pg_temp.binary_copy(pg_temp.book(pg_temp.name('a'), ''))$$), -- an idle concept
  ('22P03', $$SELECT pg_temp.binary_copy(pg_temp.book(pg_temp.name('A'), pg_temp.rule(1, 0)))$$), -- no name
  ('22P03', $$SELECT pg_temp.binary_copy(pg_temp.book(pg_temp.name('b') || pg_temp.name('a'), pg_temp.rule(3, 0)))$$), -- names out of order
  ('22P03', $$SELECT pg_temp.binary_copy(pg_temp.book(pg_temp.name('a'), pg_temp.rule(0, 0)))$$), -- an empty rule
  ('22P03', $$SELECT pg_temp.binary_copy(pg_temp.book(pg_temp.name('a'), pg_temp.rule(1, 1)))$$), -- in and out
  ('22P03', $$SELECT pg_temp.binary_copy(pg_temp.book(pg_temp.name('a'), pg_temp.rule(2, 0)))$$), -- a bit beyond the names
  ('22P03', $$SELECT pg_temp.binary_copy(pg_temp.book(pg_temp.name('a'), pg_temp.rule(1, 0, 2, 1)))$$), -- no day
  ('22P03', $$SELECT pg_temp.binary_copy(pg_temp.book(pg_temp.name('a'), pg_temp.rule(1, 0) || pg_temp.rule(1, 0)))$$), -- twice
  ('22P03', $$SELECT pg_temp.binary_copy(set_byte(pg_temp.book(pg_temp.name('a'), pg_temp.rule(1, 0)), 49, 99))$$); -- no such system
SELECT throws_ok(sql, state, NULL, sql) FROM wrong;

-- What is no code is no error, and has no concepts.
SELECT is(classify('ICD-10', 'rubbish'), '{}', 'no code, no concepts');
SELECT is(concepts(codebook(), 'ICD-10', NULL::text), NULL, 'NULL code gives NULL');
SELECT is(concepts(codebook(), 'ICD-10', ARRAY[NULL, NULL]::text[]), 0::bigint, 'an array of NULLs has no concepts');

SELECT * FROM finish();
ROLLBACK;
