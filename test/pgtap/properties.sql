-- Laws that hold for any tallies, strata and counts, over data made from a fixed seed; and the types in plans, indexes and views.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SET LOCAL search_path = public, tmap;
SELECT no_plan();

-- 4000 people in 40 areas; unknown ages, sexes and groups among them. md5 gives the same numbers everywhere.
CREATE TEMP TABLE person AS
SELECT n, n % 40 AS area, nullif(r[1] % 111, 110) AS age, (ARRAY['f', 'm', NULL, 'F', 'male'])[1 + r[2] % 5] AS sex, (ARRAY['none', 'low', 'moderate', 'high', NULL])[1 + r[3] % 5] AS comorbidity, r[4] % 7 = 0 AS treated
FROM generate_series(1, 4000) AS n, LATERAL (SELECT ARRAY(SELECT ('x' || substr(md5(n || 'tmap'), 1 + 7 * i, 7))::bit(28)::int FROM generate_series(0, 3) AS i)) AS g (r);
CREATE TEMP TABLE area AS SELECT area, tmap.tally_agg(tmap.stratum(age, sex, comorbidity), treated) AS t, tmap.counts_agg(treated) AS c FROM person GROUP BY area;
CREATE TEMP TABLE pair AS SELECT a.t AS a, b.t AS b FROM area a, area b WHERE a.area < 20 AND b.area >= 20;

-- Arithmetic.
SELECT is_empty($$SELECT 1 FROM pair WHERE a + b <> b + a$$, 'a + b = b + a');
SELECT is_empty($$SELECT 1 FROM pair, (SELECT t AS c FROM area WHERE area = 7) AS x WHERE (a + b) + c <> a + (b + c)$$, '(a + b) + c = a + (b + c)');
SELECT is_empty($$SELECT 1 FROM pair WHERE (a + b) - b <> a$$, '(a + b) - b = a');
SELECT is_empty($$SELECT 1 FROM area WHERE t - t <> 'tmap1 age90+sex+comorbidity {}' OR t + (t - t) <> t$$, 'a - a is nobody');
SELECT is_empty($$SELECT 1 FROM pair WHERE tmap.events(a + b) <> tmap.events(a) + tmap.events(b) OR tmap.at_risk(a + b) <> tmap.at_risk(a) + tmap.at_risk(b)$$, 'totals add up');
SELECT is((SELECT tmap.rollup(t) FROM area), (SELECT tmap.tally_agg(tmap.stratum(age, sex, comorbidity), treated) FROM person), 'rollup of areas = from the people');
SELECT is((SELECT tmap.tally_send(tmap.rollup(t ORDER BY area DESC)) FROM area), (SELECT tmap.tally_send(tmap.rollup(t ORDER BY area)) FROM area), 'the order of merging leaves no trace in the bytes');
SELECT is((SELECT tmap.tally_agg(tmap.stratum(age, sex, comorbidity), treated::int, 1) FROM person), (SELECT tmap.rollup(t) FROM area), 'from counts = from people');
SELECT is((SELECT tmap.tally_agg(stratum, events, at_risk) FROM area, tmap.strata(t)), (SELECT tmap.rollup(t) FROM area), 'strata as rows and back');
SELECT is((SELECT tmap.rollup(tmap.tally(stratum, events, at_risk)) FROM area, tmap.strata(t)), (SELECT tmap.rollup(t) FROM area), 'one stratum at a time');
SELECT is((SELECT (tmap.events(tmap.rollup(t)), tmap.at_risk(tmap.rollup(t))) FROM area), (SELECT (count(*) FILTER (WHERE treated), count(*)) FROM person), 'nobody is lost, unknowns included');
-- Coarsening.
SELECT is_empty($$SELECT s FROM pair, unnest(ARRAY['age90+sex', 'age85+sex', 'age85us', 'age80+comorbidity', 'sex', 'comorbidity', 'total']) AS s WHERE tmap.collapse(a + b, s) <> tmap.collapse(a, s) + tmap.collapse(b, s)$$, 'collapse commutes with +');
SELECT is_empty($$SELECT 1 FROM area WHERE tmap.collapse(tmap.collapse(t, 'age85+sex'), 'sex') <> tmap.collapse(t, 'sex')$$, 'collapse in steps = at once');
SELECT is((SELECT tmap.collapse(tmap.rollup(t), 'age90+sex') FROM area), (SELECT tmap.tally_agg(tmap.stratum(age, sex), treated) FROM person), 'collapse = counted coarser from the start');
SELECT is((SELECT tmap.collapse(tmap.rollup(t), 'age85us') FROM area), (SELECT tmap.tally_agg(tmap.stratum('age85us', age, NULL, NULL), treated) FROM person), 'collapse to wider bands = counted wider from the start');
SELECT is((SELECT tmap.tally_agg(tmap.coarsen(stratum, 'age85+sex'), events, at_risk) FROM area, tmap.strata(t)), (SELECT tmap.collapse(tmap.rollup(t), 'age85+sex') FROM area), 'coarsen of strata = collapse of the tally');
SELECT is_empty($$SELECT 1 FROM area WHERE tmap.filter(t, 'sex', 'female') + tmap.filter(t, 'sex', 'male', 'unknown') <> t$$, 'a sub-group and the rest are all');
SELECT is_empty($$SELECT 1 FROM area WHERE tmap.filter_age(t, NULL, 64) + tmap.filter_age(t, 65, NULL) + tmap.filter(t, 'age', NULL) <> t$$, 'younger, older and unknown are all');
SELECT is((SELECT tmap.at_risk(tmap.filter_age(tmap.rollup(t), 65, 79)) FROM area), (SELECT count(*) FROM person WHERE age BETWEEN 65 AND 79), 'filter_age counts the ages given');
SELECT is_empty($$SELECT DISTINCT l.* FROM tmap.levels() AS l, LATERAL (SELECT tmap.with_level(CASE WHEN dimension = 'age' THEN tmap.stratum(cut, NULL, NULL, NULL) ELSE 'all' END, dimension, replace(level, dimension || '-', '')) AS s) AS g
  WHERE s::text::tmap.stratum <> s OR tmap.scheme(s) <> cut OR tmap.level(s, dimension) <> replace(level, dimension || '-', '')$$, 'every level of every cut reads back');

-- Text and bytes.
SELECT is_empty($$SELECT 1 FROM area WHERE t::text::tmap.tally <> t OR tmap.tally_send(t::text::tmap.tally) <> tmap.tally_send(t)$$, 'tallies: text round trip');
SELECT is_empty($$SELECT 1 FROM area, tmap.strata(t) WHERE stratum::text::tmap.stratum <> stratum$$, 'strata: text round trip');
SELECT is_empty($$SELECT 1 FROM area WHERE c::text::tmap.counts <> c$$, 'counts: text round trip');
SELECT format('%s/tmap_properties_%s', current_setting('data_directory'), pg_backend_pid()) AS file \gset
CREATE TEMP TABLE before AS SELECT t, c, stratum FROM area, LATERAL (SELECT stratum FROM tmap.strata(t) LIMIT 3) AS s UNION ALL SELECT 'tmap1 total {}', '0/0', 'all' UNION ALL SELECT NULL, NULL, NULL;
CREATE TEMP TABLE after (LIKE before);
COPY before TO :'file' (FORMAT binary);
COPY after FROM :'file' (FORMAT binary);
SELECT format('cat >/dev/null; rm -f %L', :'file') AS remove \gset
COPY (SELECT) TO PROGRAM :'remove';
SELECT bag_eq('SELECT * FROM before', 'SELECT * FROM after', 'binary round trip by COPY');
SELECT is_empty($$SELECT 1 FROM area WHERE length(tmap.tally_send(t)) <> 9 + 20 * (SELECT count(*) FROM tmap.strata(t))$$, 'binary size is 9 bytes and 20 a stratum');

-- Order and hash.
SELECT is_empty($$SELECT 1 FROM pair WHERE (a < b) <> (b > a) OR (a <= b) <> NOT (a > b) OR (a = b) <> (tmap.tally_cmp(a, b) = 0) OR (a = b) <> (a::text = b::text) OR tmap.tally_cmp(a, b) <> -tmap.tally_cmp(b, a)$$, 'one total order of tallies');
SELECT is_empty($$SELECT 1 FROM area WHERE tmap.tally_hash(t) <> tmap.tally_hash(t::text::tmap.tally) OR tmap.tally_hash_extended(t, 0) & 4294967295 <> tmap.tally_hash(t)::bigint & 4294967295$$, 'equal tallies have equal hashes; the seed 0 gives the plain hash');
SELECT cmp_ok((SELECT count(DISTINCT tmap.tally_hash(t)) FROM area), '=', 40::bigint, 'different tallies have different hashes here');

-- Standardisation.
SELECT is_empty($$SELECT 1 FROM area WHERE abs(tmap.dsr(t, t) / tmap.proportion(t) - 1) > 1e-12$$, 'standardised to itself = crude');
SELECT is_empty($$SELECT 1 FROM area WHERE abs(tmap.dsr(tmap.filter_age(t, 0, NULL), tmap.collapse(tmap.filter_age(t, 0, NULL), 'sex')) / tmap.proportion(tmap.filter_age(t, 0, NULL)) - 1) > 1e-12$$, 'standardised to itself by sex = crude');
SELECT ok((SELECT abs(sum(tmap.expected(t, n)) / min(tmap.events(n)) - 1) < 1e-12 FROM area, (SELECT tmap.rollup(t) AS n FROM area) AS country), 'expected over all areas = observed in all');
SELECT is_empty($$SELECT 1 FROM area WHERE tmap.events(t) > 0 AND tmap.smr(t, t) <> 1 AND abs(tmap.smr(t, t) - 1) > 1e-12$$, 'against itself the ratio is 1');
SELECT is_empty($$SELECT 1 FROM area, (SELECT tmap.rollup(t) AS n FROM area) AS country WHERE abs(tmap.isr(t, n) / (tmap.smr(t, n) * tmap.proportion(n)) - 1) > 1e-12$$, 'isr = smr x crude rate of the reference');
SELECT is_empty($$SELECT 1 FROM area, tmap.dsr_estimate(t, tmap.standard('ESP2013'), min_coverage => 0) AS e WHERE NOT (e.lower <= e.value AND e.value <= e.upper AND e.coverage BETWEEN 0 AND 1)$$, 'limits lie on both sides of the value');
SELECT is_empty($$SELECT 1 FROM area, unnest(ARRAY['ESP2013', 'WHO2000_2025', 'US2000']) AS s WHERE tmap.dsr(t, tmap.standard(s), 1, 0) IS DISTINCT FROM tmap.dsr(tmap.collapse(t, 'age90'), tmap.standard(s), 1, 0)$$, 'dimensions that the standard lacks do not matter');
SELECT is_empty($$SELECT 1 FROM area, LATERAL (SELECT tmap.standard('ESP2013') AS w) AS s WHERE abs(tmap.dsr(t, w, 1, 0) / tmap.dsr(t, w + w + w, 1, 0) - 1) > 1e-12$$, 'only the shape of the standard matters');
SELECT is_empty($$SELECT 1 FROM area WHERE tmap.proportion(t, 100) <> tmap.proportion(tmap.events(t), tmap.at_risk(t), 100) OR tmap.rate_upper(t, 0.9, 'byar', 100) <> tmap.rate_upper(tmap.events(t), tmap.at_risk(t), 0.9, 'byar', 100)$$, 'from a tally = from its counts');
SELECT is_empty($$SELECT 1 FROM area, tmap.proportion_estimate(t, 0.9, 'jeffreys', 100) AS e WHERE (e.value, e.lower, e.upper) IS DISTINCT FROM (tmap.proportion(t, 100), tmap.proportion_lower(t, 0.9, 'jeffreys', 100), tmap.proportion_upper(t, 0.9, 'jeffreys', 100))$$, 'a row holds what the scalars say');

-- The types in plans: what PostgreSQL does with int8 it does with them.
CREATE TABLE pgtap_plain AS SELECT p.n AS id, tmap.stratum(p.age, p.sex) AS s, tmap.tally(tmap.stratum(p.age), 0, 1 + p.n % 3) AS t, tmap.counts(0, p.n % 50) AS c FROM person p WHERE n <= 1500;
INSERT INTO pgtap_plain VALUES (0, NULL, NULL, NULL);
CREATE INDEX pgtap_s ON pgtap_plain (s); CREATE INDEX pgtap_t ON pgtap_plain (t); CREATE INDEX pgtap_c ON pgtap_plain (c);
CREATE INDEX pgtap_hs ON pgtap_plain USING hash (s); CREATE INDEX pgtap_ht ON pgtap_plain USING hash (t); CREATE INDEX pgtap_hc ON pgtap_plain USING hash (c);
ANALYZE pgtap_plain;
-- True when the plan has the node, and only then the answer is worth comparing.
CREATE FUNCTION pg_temp.plan_has(sql text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || sql LOOP found := found OR line ~ node; END LOOP;
  RETURN found;
END $$;
CREATE FUNCTION pg_temp.answer(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN EXECUTE sql INTO answer; RETURN answer; END $$;
CREATE TEMP TABLE way (switch text, node text, sql text, plain text);
INSERT INTO way
SELECT switch, replace(node, '$', col), replace(sql, '$', col), replace(plain, '$', col) FROM unnest(ARRAY['s', 't', 'c']) AS col, (VALUES
  ('enable_sort', 'HashAggregate', 'SELECT count(*) FROM (SELECT $ FROM pgtap_plain GROUP BY $) AS g', 'SELECT count(DISTINCT coalesce($::text, ''?'')) FROM pgtap_plain'),
  ('enable_hashagg', 'Group|Unique', 'SELECT count(*) FROM (SELECT DISTINCT $ FROM pgtap_plain) AS g', 'SELECT count(DISTINCT coalesce($::text, ''?'')) FROM pgtap_plain'),
  ('enable_mergejoin,enable_nestloop', 'Hash Join', 'SELECT count(*) FROM pgtap_plain a JOIN pgtap_plain b USING ($)', 'SELECT sum(n * n)::bigint FROM (SELECT count(*) AS n FROM pgtap_plain WHERE $ IS NOT NULL GROUP BY $::text) AS g'),
  ('enable_hashjoin,enable_nestloop', 'Merge Join', 'SELECT count(*) FROM pgtap_plain a JOIN pgtap_plain b USING ($)', 'SELECT sum(n * n)::bigint FROM (SELECT count(*) AS n FROM pgtap_plain WHERE $ IS NOT NULL GROUP BY $::text) AS g'),
  ('enable_seqscan,enable_bitmapscan', 'Index.*Scan using pgtap_h?$', 'SELECT count(*) FROM pgtap_plain WHERE $ = (SELECT x.$ FROM pgtap_plain x WHERE id = 77)', 'SELECT count(*) FROM pgtap_plain WHERE $::text = (SELECT x.$::text FROM pgtap_plain x WHERE id = 77)'),
  ('enable_seqscan,enable_bitmapscan', 'Index.*Scan.*using pgtap_$', 'SELECT count(*) FROM pgtap_plain WHERE $ >= (SELECT x.$ FROM pgtap_plain x WHERE id = 77)', 'SELECT count(*) - 1 - (SELECT count(*) FROM pgtap_plain WHERE $ < (SELECT x.$ FROM pgtap_plain x WHERE id = 77)) FROM pgtap_plain'),
  ('enable_bitmapscan,enable_indexscan,enable_indexonlyscan', 'Sort', 'SELECT bool_and(o <= p)::text FROM (SELECT $ AS o, lead($) OVER (ORDER BY $) AS p FROM pgtap_plain) AS g', 'SELECT ''true''')) AS v (switch, node, sql, plain);
CREATE FUNCTION pg_temp.try(w way) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE switch text; have text; shown boolean;
BEGIN
  FOREACH switch IN ARRAY string_to_array(w.switch, ',') LOOP PERFORM set_config(switch, 'off', true); END LOOP;
  shown := pg_temp.plan_has(w.sql, w.node);
  have := pg_temp.answer(w.sql);
  FOREACH switch IN ARRAY string_to_array(w.switch, ',') LOOP PERFORM set_config(switch, 'on', true); END LOOP;
  RETURN NEXT ok(shown, format('plan has %s: %s', w.node, w.sql));
  RETURN NEXT is(have, pg_temp.answer(w.plain), 'and the right answer');
END $$;
SELECT pg_temp.try(way) FROM way;
-- Hash partitions (the extended hash), and a materialised view refreshed beside its readers (the = operator).
CREATE TABLE pgtap_hashed (s tmap.stratum) PARTITION BY HASH (s);
CREATE TABLE pgtap_hashed_0 PARTITION OF pgtap_hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE pgtap_hashed_1 PARTITION OF pgtap_hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO pgtap_hashed SELECT s FROM pgtap_plain WHERE s IS NOT NULL;
SELECT ok((SELECT count(*) FROM pgtap_hashed_0) > 100 AND (SELECT count(*) FROM pgtap_hashed_1) > 100, 'hash partitions both fill');
SELECT is_empty($$SELECT s FROM pgtap_hashed_0 INTERSECT SELECT s FROM pgtap_hashed_1$$, 'equal strata share a partition');
CREATE MATERIALIZED VIEW pgtap_view AS SELECT min(id) AS id, s, tmap.rollup(t) AS t, tmap.rollup(c) AS c FROM pgtap_plain WHERE s IS NOT NULL GROUP BY s;
CREATE UNIQUE INDEX ON pgtap_view (s);
UPDATE pgtap_plain SET c = c + '1/1', t = t + t WHERE id % 5 = 0;
DELETE FROM pgtap_plain WHERE id % 7 = 0 AND id > 0;
REFRESH MATERIALIZED VIEW CONCURRENTLY pgtap_view;
SELECT bag_eq('SELECT s, t, c FROM pgtap_view', 'SELECT s, tmap.rollup(t) AS t, tmap.rollup(c) AS c FROM pgtap_plain WHERE s IS NOT NULL GROUP BY s', 'REFRESH MATERIALIZED VIEW CONCURRENTLY');
-- Compressed and external storage: a tally of all six dimensions is far beyond a page.
CREATE TABLE pgtap_big (t tmap.tally, e tmap.tally);
ALTER TABLE pgtap_big ALTER e SET STORAGE external;
INSERT INTO pgtap_big SELECT t, t FROM (SELECT tmap.tally_agg(tmap.with_level(tmap.with_level(tmap.stratum(age, sex, comorbidity), 'occlusion', (ARRAY['ICA', 'M1', 'M2', 'ACA'])[1 + n % 4]), 'deprivation', 'Q' || 1 + n % 5), treated) AS t FROM person) AS g;
SELECT ok((SELECT pg_column_size(e) > 40000 AND pg_column_size(t) < pg_column_size(e) AND t = e AND tmap.at_risk(t) = 4000 AND t + e = e + t AND t::text::tmap.tally = e FROM pgtap_big), 'compressed and external tallies are the same tallies');
SELECT is((SELECT tmap.at_risk(tmap.rollup(t)) FROM (SELECT t FROM pgtap_big UNION ALL SELECT e FROM pgtap_big UNION ALL SELECT t FROM pgtap_big) AS u), 12000::bigint, 'rollup over stored tallies');
SELECT is((SELECT tmap.at_risk(t) FROM pgtap_big), 4000::bigint, 'and they were not changed in place');

SELECT * FROM finish();
ROLLBACK;
