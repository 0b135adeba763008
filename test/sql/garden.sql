-- Garden: every function of the library and of an atlas, called with NULL, empty, zero and extreme values.
-- Any answer and any proper error will do; an internal error (XX000) or a crash will not.
SET client_min_messages = error;
SELECT tmap.create_atlas('garden');
INSERT INTO garden.area (code_system, code, name, level) VALUES ('ISO 3166-1', 'AAA', 'Aland', 'country');
INSERT INTO garden.source (source_key, title, origin) VALUES ('AAA', 'Of Aland', 'submitted');
CREATE TEMP TABLE hostile (type text, value text);
INSERT INTO hostile
SELECT t, format('(%s)::%s', v, t) FROM (VALUES
  ('text', ARRAY['''''', '''0''', '''-1''', '''NaN''', '''unknown''', '''age''', '''sex''', '''age90+sex''', '''total''', '''wilson''', '''exact''', '''ESP2013''', '''2019''', '''a,"b''', 'repeat(''x'',20000)', 'U&''\00e9''', '''AAA''', '''country''', '''thrombectomy_per_stroke''', 'E''area,period,strokes,thrombectomies\nAAA,2019,9,1\n''']),
  ('text[]', ARRAY['''{}''', '''{NULL}''', '''{female,NULL,""}''', '''{{a,b},{c,d}}''', 'ARRAY[repeat(''x'',20000)]']),
  ('cstring', ARRAY['''''', '''0/0''', '''-1/9223372036854775808''', '''tmap1 age90 {}''', '''all''', 'repeat(''x'',20000)', 'repeat('':'',20000)']),
  ('boolean', ARRAY['true', 'false']),
  ('integer', ARRAY['0', '-1', '1', '2147483647', '(-2147483648)']),
  ('bigint', ARRAY['0', '-1', '1', '4294967296', '9223372036854775807', '(-9223372036854775808)']),
  ('double precision', ARRAY['0', '-1', '0.95', '1', '1e-308', '1e308', '9223372036854775807', '''NaN''', '''Infinity''', '''-Infinity''']),
  ('double precision[]', ARRAY['''{}''', '''{0}''', '''{1,2}''', '''{NULL}''', '''{NaN}''', '''{-1}''', '''{Infinity}''', '''{1e308,1e308}''', '''{9e18,9e18}''', '''{1e-308}''', '''{{1}}''', '''[5:5]={1}''']),
  ('integer[]', ARRAY['''{}''', '''{1,NULL}''', '''{1,1}''', '''{2147483647}''']),
  ('date[]', ARRAY['''{}''', '''{NULL,2019-01-01}''', '''{infinity,2019-01-01}''', '''{-infinity}''']),
  ('jsonb', ARRAY['''{}''', '''[]''', '''null''', '''1''', '''{"area": null}''', '''{"AAA": "area", "area": ["area"]}''']),
  ('geometry', ARRAY['''POINT EMPTY''', '''POINT(1 1)''', '''SRID=4326;POINT(1 1)''', '''SRID=4326;POINT(NaN 1)''', '''SRID=4326;POINT(1e308 -1e308)''', '''SRID=4326;POLYGON((0 0,1 1,1 0,0 1,0 0))''', '''GEOMETRYCOLLECTION EMPTY''']),
  ('garden.new_fact[]', ARRAY['''{}''', '''{NULL}''', 'ARRAY[ROW(1,''2019-01-01'',''2019-12-31'',''thrombectomy_per_stroke'',false,''tmap1 total {all: 1/2}'',''computed'',NULL,NULL,NULL,NULL)::garden.new_fact]']),
  ('date', ARRAY['''infinity''', '''-infinity''', '''2019-01-01''', '''5874897-12-31''']),
  ('tmap.stratum', ARRAY['''all''', '''80-84 female low''', '''age-unknown''', '''85+/age85us sex-unknown''']),
  ('bytea', ARRAY['''''', '''\x00''', '''\xffffffffffffffffffffffffffffffff''']),
  ('tmap.codebook', ARRAY['tmap.codebook()', '''tmapbook1 {}''']),
  ('tmap.comorbidities', ARRAY['''charlson{}''', '''elixhauser{chf,depre}''']),
  ('tmap.counts', ARRAY['''0/0''', '''4294967295/4294967295''', '''1/2''']),
  ('tmap.tally', ARRAY['''tmap1 total {}''', '''tmap1 total {all: 0/1}''', '''tmap1 sex {female: 9223372036854775807/9223372036854775807, male: 1/1}''', '''tmap1 age90 {80-84: 1/2, age-unknown: 1/1}''', 'tmap.standard(''ESP2013'')'])
) AS g (t, vs), unnest(g.vs) AS v;
-- NULL for every type that is an argument, also for those without values above.
INSERT INTO hostile SELECT DISTINCT format_type(t, NULL), 'NULL::' || format_type(t, NULL)
FROM pg_proc p, unnest(p.proargtypes::oid[]) AS t WHERE p.pronamespace IN ('tmap'::regnamespace, 'garden'::regnamespace) AND t <> 'internal'::regtype;

-- Calls: each argument through all its values while the others hold one of a few, different each time.
CREATE FUNCTION pg_temp.calls(f oid) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  lists text[] := '{}';
  list text;
  types oid[] := (SELECT p.proargtypes::oid[] -- counted from 0
                  FROM pg_proc p WHERE p.oid = f);
  n integer := cardinality(types);
  longest integer := 1;
BEGIN
  FOR i IN 1..n LOOP
    SELECT string_agg(h.value, E'\x01' ORDER BY h.value COLLATE "C") INTO list FROM hostile h WHERE h.type = format_type(types[i - 1], NULL);
    lists := lists || list;
    longest := greatest(longest, cardinality(string_to_array(list, E'\x01')));
  END LOOP;
  -- Strides that differ from argument to argument mix the values without a full product.
  FOR round IN 0..3 LOOP
    FOR k IN 0..longest - 1 LOOP
      RETURN QUERY SELECT coalesce(string_agg(v.a[1 + (k + round * i * (i + 1)) % cardinality(v.a)], ', ' ORDER BY i), '')
                   FROM (SELECT i, string_to_array(l, E'\x01') AS a FROM unnest(lists) WITH ORDINALITY AS u (l, i)) AS v;
    END LOOP;
  END LOOP;
END $$;

CREATE TEMP TABLE outcome (function text, call text, state text, message text, answer text);
DO $do$
DECLARE
  f record;
  arguments text;
  message text;
  answer text;
BEGIN
  FOR f IN SELECT p.oid, p.pronamespace::regnamespace AS space, p.proname, p.provariadic, p.pronargs FROM pg_proc p WHERE p.pronamespace IN ('tmap'::regnamespace, 'garden'::regnamespace) AND 'internal'::regtype <> ALL (p.proargtypes::oid[])
           AND p.prorettype <> 'trigger'::regtype ORDER BY p.oid LOOP
    FOR arguments IN SELECT DISTINCT * FROM pg_temp.calls(f.oid) LOOP
      IF f.provariadic <> 0 THEN
        arguments := CASE WHEN arguments ~ ', ' AND f.pronargs > 1 THEN regexp_replace(arguments, '^(.*), ', '\1, VARIADIC ') ELSE 'VARIADIC ' || arguments END;
      END IF;
      BEGIN
        answer := NULL;
        EXECUTE format('SELECT %s.%I(%s)', f.space, f.proname, arguments) INTO answer;
        RAISE EXCEPTION USING ERRCODE = 'TM000';
      EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
        INSERT INTO outcome VALUES (f.oid::regprocedure::text, arguments, SQLSTATE, message, left(answer, 300));
      END;
    END LOOP;
  END LOOP;
END $do$;
-- Nothing wrong: no rows. 42883 and 42725 would mean that a call did not reach its function.
SELECT DISTINCT function, state, left(message, 60) AS message FROM outcome WHERE state ~ '^XX|^42883|^42725|^58|^53' ORDER BY 1, 2;
-- What is not a number is NULL or an error, never NaN or infinite.
SELECT DISTINCT function, call, answer FROM outcome WHERE answer ~ '\m(NaN|Infinity)\M' AND function ~ '^tmap\.(proportion|rate|smr|isr|dsr|expected|counts_rate|quantile|median|lower_q|target|alert)';
-- Every function that can be called was, and both answers and errors came.
SELECT (SELECT count(DISTINCT function) FROM outcome) = (SELECT count(*) FROM pg_proc p WHERE p.pronamespace IN ('tmap'::regnamespace, 'garden'::regnamespace) AND p.prorettype <> 'trigger'::regtype AND 'internal'::regtype <> ALL (p.proargtypes::oid[])) AS every_function,
       count(*) > 3000 AS thousands, count(*) FILTER (WHERE state = 'TM000') > 500 AS answers, count(*) FILTER (WHERE state <> 'TM000') > 500 AS errors FROM outcome;
-- No call left anything behind.
SELECT count(*) AS schemas_left FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema', 'tmap', 'garden');
DROP SCHEMA garden CASCADE;
