#!/usr/bin/env bash
# Every aggregate × {no rows, all NULL, one row, many} × {serial, parallel, partitionwise, window frames, FILTER, DISTINCT, ORDER BY}
# against plain count() and sum(); the same bytes with 0, 1, 2 and 4 workers; support functions called directly; memory and time of a growing state.
. "$(dirname "$0")/lib.bash"
with_tmap matrix
psql matrix -c "ALTER DATABASE matrix SET jit = off" # but where it is forced

psql matrix <<'SQL' || exit 1
-- content: all_null (every argument NULL), one (a row a group), many, and few (for windows). g: 4 groups, also the partitions.
CREATE TABLE source (content text, g int, m int, n int, s tmap.stratum, treated boolean, ischaemic boolean, e bigint, r bigint, t tmap.tally, c tmap.counts, scheme text, v float8);
CREATE FUNCTION fill(kind text, rows int) RETURNS void LANGUAGE sql AS $$
INSERT INTO source
SELECT kind, n % 4, n % 3, n, s, treated, ischaemic, e, r, tmap.tally(s, e, r), tmap.counts(e, r), scheme, v FROM (
  SELECT n, tmap.stratum(nullif(h % 100, 99), CASE h % 3 WHEN 0 THEN 'f' WHEN 1 THEN 'm' END) AS s, nullif(h % 8, 7) < 3 AS treated, nullif(h % 9, 8) < 6 AS ischaemic,
         nullif(h % 4, 3) AS e, CASE WHEN h % 31 > 0 THEN 3 + h % 5 END AS r, (ARRAY['age90+sex', 'sex+age85', NULL])[1 + h % 3] AS scheme, nullif(h % 1000, 7)::float8 / 1000 AS v
  FROM generate_series(1, rows) AS n, LATERAL (SELECT ('x' || substr(md5(kind || n), 1, 7))::bit(28)::int AS h) AS x) AS y $$;
SELECT fill('many', 3000); SELECT fill('few', 60);
INSERT INTO source (content, g, m, n) SELECT 'all_null', n % 4, n % 3, n FROM generate_series(1, 40) AS n;
INSERT INTO source SELECT 'one', n % 4, n % 3, n, tmap.stratum(80, 'f'), true, true, 1, 2, tmap.tally(tmap.stratum(80, 'f'), 1, 2), '1/2', 'sex+age', 0.25 FROM generate_series(1, 4) AS n;
CREATE TABLE parts (LIKE source) PARTITION BY LIST (g);
SELECT format('CREATE TABLE parts_%s PARTITION OF parts FOR VALUES IN (%s)', g, g) FROM generate_series(0, 3) AS g \gexec
INSERT INTO parts SELECT * FROM source;
ANALYZE;
ALTER TABLE source SET (parallel_workers = 2);

-- A condition whose share of the rows the planner cannot guess: it plans for many in every case.
CREATE FUNCTION wanted(have text, want text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1 AS 'BEGIN RETURN have = want; END';

-- The same by plain counting over the rows.
CREATE FUNCTION plain(kind text, rows source[]) RETURNS text LANGUAGE sql AS $$
SELECT CASE kind
  WHEN 'tally of people' THEN (SELECT 'tmap1 age90+sex {' || string_agg(format('%s: %s/%s', s, e, n), ', ' ORDER BY s) || '}' FROM (SELECT s, count(*) FILTER (WHERE treated) AS e, count(*) AS n FROM unnest(rows) WHERE treated IS NOT NULL GROUP BY s) AS x)
  WHEN 'tally of counts' THEN (SELECT 'tmap1 age90+sex {' || string_agg(format('%s: %s/%s', s, e, r), ', ' ORDER BY s) || '}' FROM (SELECT s, sum(e) AS e, sum(r) AS r FROM unnest(rows) WHERE e IS NOT NULL AND r IS NOT NULL GROUP BY s) AS x)
  WHEN 'rollup of tallies' THEN plain('tally of counts', rows)
  WHEN 'rollup of counts' THEN (SELECT sum(e) || '/' || sum(r) FROM unnest(rows) WHERE e IS NOT NULL AND r IS NOT NULL)
  WHEN 'rate' THEN (SELECT (count(*) FILTER (WHERE treated)::float8 / nullif(count(treated), 0))::text FROM unnest(rows))
  WHEN 'rate of those at risk' THEN (SELECT (count(*) FILTER (WHERE treated)::float8 / nullif(count(treated), 0))::text FROM unnest(rows) WHERE ischaemic)
  WHEN 'counts of people' THEN (SELECT format('%s/%s', count(*) FILTER (WHERE treated), count(treated)) FROM unnest(rows))
  WHEN 'common scheme' THEN (SELECT CASE WHEN bool_or(scheme = 'sex+age85') THEN 'age85+sex' WHEN count(scheme) > 0 THEN 'age90+sex' END FROM unnest(rows))
  WHEN 'target level' THEN (SELECT (percentile_cont(0.5) WITHIN GROUP (ORDER BY v))::text FROM unnest(rows))
  WHEN 'alert level' THEN (SELECT (percentile_cont(0.25) WITHIN GROUP (ORDER BY v))::text FROM unnest(rows))
END $$;
CREATE TABLE aggregate (kind text, name text, arguments text);
INSERT INTO aggregate VALUES ('tally of people', 'tmap.tally_agg', 's, treated'), ('tally of counts', 'tmap.tally_agg', 's, e, r'), ('rollup of tallies', 'tmap.rollup', 't'), ('rollup of counts', 'tmap.rollup', 'c'), ('rate', 'tmap.rate', 'treated'),
  ('rate of those at risk', 'tmap.rate', 'ischaemic, treated'), ('counts of people', 'tmap.counts_agg', 'treated'), ('common scheme', 'tmap.common_scheme', 'scheme'), ('target level', 'tmap.target_level', 'v'), ('alert level', 'tmap.alert_level', 'v');
-- {A}: the arguments, {F}: what stands behind the call, or another aggregate's clauses; node: what the plan must show.
CREATE TABLE mode (mode text, contents text[], settings text, query text, plain text, node text, but text);
INSERT INTO mode VALUES
  ('serial', '{none,all_null,one,many}', 'max_parallel_workers_per_gather=0', 'SELECT 0 AS k, {N}({A})::text AS a FROM source WHERE {W}', 'SELECT 0 AS k, plain({K}, array_agg(x)) AS a FROM source AS x WHERE {W}', 'Aggregate', 'Partial|Gather'),
  ('serial by group', '{none,all_null,one,many}', 'max_parallel_workers_per_gather=0', 'SELECT g AS k, {N}({A})::text AS a FROM source WHERE {W} GROUP BY g', 'SELECT g AS k, plain({K}, array_agg(x)) AS a FROM source AS x WHERE {W} GROUP BY g', 'Aggregate', 'Partial|Gather'),
  ('parallel', '{none,all_null,one,many}', '', 'SELECT 0 AS k, {N}({A})::text AS a FROM source WHERE {W}', 'SELECT 0 AS k, plain({K}, array_agg(x)) AS a FROM source AS x WHERE {W}', 'Partial Aggregate', NULL),
  ('parallel by group', '{none,all_null,one,many}', '', 'SELECT g AS k, {N}({A})::text AS a FROM source WHERE {W} GROUP BY g', 'SELECT g AS k, plain({K}, array_agg(x)) AS a FROM source AS x WHERE {W} GROUP BY g', 'Partial (Hash|Group)Aggregate', NULL),
  ('partitionwise', '{none,all_null,one,many}', 'max_parallel_workers_per_gather=0,enable_partitionwise_aggregate=on', 'SELECT g AS k, {N}({A})::text AS a FROM parts WHERE {W} GROUP BY g', 'SELECT g AS k, plain({K}, array_agg(x)) AS a FROM source AS x WHERE {W} GROUP BY g', '^Append', 'Partial'),
  ('partitionwise in part', '{none,all_null,one,many}', 'max_parallel_workers_per_gather=0,enable_partitionwise_aggregate=on', 'SELECT m AS k, {N}({A})::text AS a FROM parts WHERE {W} GROUP BY m', 'SELECT m AS k, plain({K}, array_agg(x)) AS a FROM source AS x WHERE {W} GROUP BY m', 'Partial HashAggregate', NULL),
  ('FILTER', '{none,all_null,one,many}', '', 'SELECT g AS k, {N}({A}) FILTER (WHERE n % 3 = 0)::text AS a FROM source WHERE {W} GROUP BY g', 'SELECT g AS k, plain({K}, array_agg(x) FILTER (WHERE n % 3 = 0)) AS a FROM source AS x WHERE {W} GROUP BY g', 'Partial', NULL),
  ('DISTINCT', '{none,all_null,one,many}', '', 'SELECT g AS k, {N}(DISTINCT {A})::text AS a FROM source WHERE {W} GROUP BY g', 'SELECT g AS k, plain({K}, array_agg(x::text::source)) AS a FROM (SELECT DISTINCT ON (g, {A}) * FROM source WHERE {W}) AS x GROUP BY g', 'Aggregate', 'Partial'),
  ('ORDER BY', '{none,all_null,one,many}', '', 'SELECT g AS k, {N}({A} ORDER BY n DESC)::text AS a FROM source WHERE {W} GROUP BY g', 'SELECT g AS k, plain({K}, array_agg(x)) AS a FROM source AS x WHERE {W} GROUP BY g', 'Aggregate', 'Partial'),
  ('window, running', '{none,all_null,one,few}', '', 'SELECT n AS k, ({N}({A}) OVER (PARTITION BY g ORDER BY n))::text AS a FROM source WHERE {W}', 'SELECT n AS k, plain({K}, array_agg(x) OVER (PARTITION BY g ORDER BY n)) AS a FROM source AS x WHERE {W}', 'WindowAgg', NULL),
  ('window, sliding', '{none,all_null,one,few}', '', 'SELECT n AS k, ({N}({A}) OVER (PARTITION BY g ORDER BY n ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING))::text AS a FROM source WHERE {W}', 'SELECT n AS k, plain({K}, array_agg(x) OVER (PARTITION BY g ORDER BY n ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING)) AS a FROM source AS x WHERE {W}', 'WindowAgg', NULL),
  ('window, empty frames', '{none,all_null,one,few}', '', 'SELECT n AS k, ({N}({A}) OVER (ORDER BY n ROWS BETWEEN 5 PRECEDING AND 2 PRECEDING EXCLUDE TIES))::text AS a FROM source WHERE {W}', 'SELECT n AS k, plain({K}, array_agg(x) OVER (ORDER BY n ROWS BETWEEN 5 PRECEDING AND 2 PRECEDING EXCLUDE TIES)) AS a FROM source AS x WHERE {W}', 'WindowAgg', NULL),
  ('window, one row after another', '{none,all_null,one,few}', '', 'SELECT n AS k, ({N}({A}) OVER (ORDER BY n ROWS BETWEEN CURRENT ROW AND CURRENT ROW))::text AS a FROM source WHERE {W}', 'SELECT n AS k, plain({K}, ARRAY[x]) AS a FROM source AS x WHERE {W}', 'WindowAgg', NULL),
  ('window, whole with FILTER', '{none,all_null,one,few}', '', 'SELECT n AS k, ({N}({A}) FILTER (WHERE n % 2 = 0) OVER (PARTITION BY g))::text AS a FROM source WHERE {W}', 'SELECT n AS k, plain({K}, array_agg(x) FILTER (WHERE n % 2 = 0) OVER (PARTITION BY g)) AS a FROM source AS x WHERE {W}', 'WindowAgg', NULL);
-- DISTINCT ON in the plain form makes rows of an anonymous type; as text they become source again.

CREATE FUNCTION try(a aggregate, m mode) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  content text; setting text; line text; plan text := ''; sql text; plain text; wrong text; rows bigint;
BEGIN
  FOR setting IN SELECT unnest(string_to_array('enable_partitionwise_aggregate=off,parallel_setup_cost=0,parallel_tuple_cost=0,min_parallel_table_scan_size=0,max_parallel_workers_per_gather=2,jit=off,' || m.settings, ',')) LOOP
    CONTINUE WHEN setting = '';
    PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
  END LOOP;
  FOREACH content IN ARRAY m.contents LOOP
    sql := replace(replace(replace(m.query, '{N}', a.name), '{A}', a.arguments), '{W}', format('wanted(content, %L)', content));
    plain := replace(replace(replace(m.plain, '{K}', quote_literal(a.kind)), '{A}', a.arguments), '{W}', format('wanted(content, %L)', content));
    plan := '';
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || sql LOOP plan := plan || line || E'\n'; END LOOP;
    EXECUTE 'CREATE TEMP TABLE have AS ' || sql;
    EXECUTE 'CREATE TEMP TABLE want AS ' || plain;
    SELECT count(*) INTO rows FROM want;
    SELECT string_agg(format('%s: %s', k, left(x.a, 150)), '; ') INTO wrong FROM ((TABLE have EXCEPT ALL TABLE want) UNION ALL (TABLE want EXCEPT ALL TABLE have)) AS x;
    DROP TABLE have, want;
    RETURN NEXT format('%sok %s, %s, %s (%s rows)', CASE WHEN wrong IS NULL AND plan ~ m.node AND plan !~ coalesce(m.but, '^$') THEN '' ELSE 'not ' END, a.kind, m.mode, content, rows);
    IF wrong IS NOT NULL THEN RETURN NEXT wrong; END IF;
    IF NOT plan ~ m.node OR plan ~ coalesce(m.but, '^$') THEN RETURN NEXT replace(plan, E'\n', ' / '); END IF;
  END LOOP;
END $$;
SQL
lines psql matrix -c "SELECT try(a, m) FROM aggregate a, mode m ORDER BY m.mode, a.kind"

# The same bytes whatever the plan.
bytes="SELECT md5(string_agg(md5(tmap.tally_send(a)) || md5(tmap.tally_send(b)) || md5(tmap.tally_send(c)) || d || e || f, ',' ORDER BY g)) FROM
  (SELECT g, tmap.tally_agg(s, treated) AS a, tmap.tally_agg(s, e, r) AS b, tmap.rollup(t) AS c, tmap.counts_agg(treated) AS d, tmap.rate(ischaemic, treated) AS e, tmap.rollup(c) AS f FROM source WHERE content = 'many' GROUP BY g) AS x"
free="SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = on; SET jit = off;"
want=$(psql matrix -c "SET max_parallel_workers_per_gather = 0; $bytes")
same "the bytes are there" "${#want}" 32
for workers in 0 1 2 4; do
  psql matrix -c "ALTER TABLE source SET (parallel_workers = $workers)"
  set="$free SET max_parallel_workers_per_gather = $workers;"
  psql matrix -c "$set EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) $bytes" >"$work/plan"
  if [ $workers = 0 ]; then ok "no worker: no Partial Aggregate" test "$(grep -c 'Partial' "$work/plan")" = 0
  else ok "$workers workers: Partial Aggregate, all launched" bash -c "grep -Eq 'Partial (Hash|Group)?Aggregate' $work/plan && grep -q 'Workers Launched: $workers' $work/plan || { cat $work/plan; false; }"; fi
  same "$workers workers: the same bytes" "$(psql matrix -c "$set $bytes")" "$want"
  same "$workers workers without the leader: the same bytes" "$(psql matrix -c "$set SET parallel_leader_participation = off; $bytes")" "$want"
done
for way in "enable_hashagg=off:GroupAggregate" "enable_sort=off:HashAggregate" "force_parallel_mode=on:Aggregate" "force_parallel_mode=regress:Aggregate" "work_mem='64kB':Aggregate"; do
  set="$free SET max_parallel_workers_per_gather = 2; SET ${way%%:*};"
  ok "${way%%:*}: the plan has ${way##*:}" bash -c "grep -q '${way##*:}' <<<'$(psql matrix -c "$set EXPLAIN (COSTS OFF) $bytes" | tr -d "'")'"
  same "${way%%:*}: the same bytes" "$(psql matrix -c "$set $bytes")" "$want"
done
if [ "$(psql matrix -c "SET jit = on; SELECT pg_jit_available()")" = t ]; then
  set="SET max_parallel_workers_per_gather = 0; SET jit = on; SET jit_above_cost = 0; SET jit_inline_above_cost = 0; SET jit_optimize_above_cost = 0;"
  ok "JIT compiles it" bash -c "grep -q 'Inlining true' <<<'$(psql matrix -c "$set EXPLAIN (ANALYZE, TIMING OFF) $bytes" | tr -d "'")'"
  same "JIT: the same bytes" "$(psql matrix -c "$set $bytes")" "$want"
fi
# Estimates are made of them with the same bits too.
floats="SELECT md5(string_agg(float8send(tmap.dsr(t, tmap.standard('ESP2013'), 1, 0))::text || float8send(tmap.dsr_upper(t, tmap.standard('ESP2013'), min_coverage => 0))::text || float8send(tmap.smr(t, n))::text, ',' ORDER BY g)) FROM (SELECT g, tmap.rollup(t) AS t FROM source WHERE content = 'many' GROUP BY g) AS x, (SELECT tmap.tally_agg(s, e, r) AS n FROM source WHERE content = 'many') AS y"
want=$(psql matrix -c "SET max_parallel_workers_per_gather = 0; $floats")
for workers in 1 4; do
  psql matrix -c "ALTER TABLE source SET (parallel_workers = $workers)"
  same "$workers workers: the same bits of standardised rates" "$(psql matrix -c "$free SET max_parallel_workers_per_gather = $workers; $floats")" "$want"
done

# Support functions called by hand: no crash, no change of what is stored, documented errors.
value() { same "$1" "$(psql matrix -c "SELECT $1")" "$2"; }
value "tmap.tally_step(NULL, 'female', true)" "tmap1 sex {female: 1/1}"
value "tmap.tally_step(NULL, 'female', NULL) IS NULL" t
value "tmap.tally_step(NULL, NULL, NULL) IS NULL" t
value "tmap.tally_step(NULL, NULL, NULL, NULL) IS NULL" t
value "tmap.tally_step(NULL, 'female', 0, 0)" "tmap1 sex {}"
value "tmap.tally_step('tmap1 sex {male: 1/2}', NULL, NULL)" "tmap1 sex {male: 1/2}"
value "tmap.tally_step('tmap1 sex {male: 1/2}', 'female', 3, 4)" "tmap1 sex {female: 3/4, male: 1/2}"
value "tmap.tally_union(NULL, 'tmap1 sex {}') IS NULL" t
value "tmap.tally_difference('tmap1 sex {}', NULL) IS NULL" t
value "tmap.counts_union(NULL, '1/2') IS NULL" t
value "tmap.counts_rate(NULL) IS NULL" t
fails() { same "$2: $1" "$(state matrix "SELECT $1")" "$2"; }
fails "tmap.tally_step(NULL, NULL, true)" 22004
fails "tmap.tally_step('tmap1 sex {}', NULL, 1, 2)" 22004
fails "tmap.tally_step('tmap1 age90 {}', 'female', true)" 42804
fails "tmap.tally_step('tmap1 age85 {}', '0-4', 0, 0)" 42804
fails "tmap.tally_step('tmap1 sex {female: 1/9223372036854775807}', 'female', true)" 22003
fails "tmap.tally_step('tmap1 sex {}', 'female', 2, 1)" 22023
fails "tmap.tally_union('tmap1 sex {}', 'tmap1 total {}')" 42804
fails "tmap.counts_step('0/4294967295', false)" 22003
same "a stored state is not changed by hand" "$(psql matrix -c "CREATE TABLE kept AS SELECT 'tmap1 sex {female: 1/2}'::tmap.tally AS t" -c "SELECT tmap.tally_step(t, 'female', true), tmap.tally_union(t, t), tmap.tally_difference(t, t) FROM kept" -c "SELECT t FROM kept" | tr '\n' '|')" \
  "tmap1 sex {female: 2/3}|tmap1 sex {female: 2/4}|tmap1 sex {}|tmap1 sex {female: 1/2}|"
# A user's own aggregate on them, with a state to start from: every group starts from it anew.
psql matrix -c "CREATE AGGREGATE own(tmap.stratum, boolean) (SFUNC = tmap.tally_step, STYPE = tmap.tally, COMBINEFUNC = tmap.tally_union, INITCOND = 'tmap1 sex {female: 1/1}', PARALLEL = SAFE)" \
  -c "CREATE AGGREGATE own_rollup(tmap.tally) (SFUNC = tmap.tally_union, STYPE = tmap.tally, INITCOND = 'tmap1 sex {female: 1/1}')"
same "every group starts from the initial state" "$(psql matrix -c "SELECT DISTINCT a::text FROM (SELECT own('female', n % 2 = 0) AS a FROM generate_series(1, 40) AS n GROUP BY n % 10) AS x ORDER BY 1")" "tmap1 sex {female: 1/5}
tmap1 sex {female: 5/5}"
same "so does every frame" "$(psql matrix -c "SELECT DISTINCT own('male', true) OVER (ORDER BY n ROWS 1 PRECEDING), own_rollup('tmap1 sex {female: 0/1}') OVER (ORDER BY n ROWS 1 PRECEDING) FROM generate_series(1, 9) AS n ORDER BY 1")" "tmap1 sex {female: 1/1, male: 1/1}|tmap1 sex {female: 1/2}
tmap1 sex {female: 1/1, male: 2/2}|tmap1 sex {female: 1/3}"
fails "own('0-4', true)" 42804

# Memory and time: 20,000 strata arriving in a mixed order, within 1.5 GB of address space (the server's own included) and a minute on a busy machine (it takes 0.6 s on a free one).
psql matrix <<'SQL' || exit 1
CREATE TABLE wide AS SELECT s, n FROM (
  SELECT tmap.with_level(tmap.with_level(tmap.with_level(tmap.stratum(a.age, x.sex, c.level), 'time_window', w.level), 'occlusion', o.level), 'deprivation', d.level) AS s, 1 AS n
  FROM generate_series(0, 90, 5) AS a (age), unnest('{f,m,u}'::text[]) AS x (sex), unnest('{none,low,moderate,high}'::text[]) AS c (level), unnest('{0-6h,6-24h,over-24h}'::text[]) AS w (level),
       unnest('{ICA,M1,M2,ACA,PCA,basilar,vertebral,no-occlusion}'::text[]) AS o (level), unnest('{Q1,Q2,Q3,Q4,Q5}'::text[]) AS d (level)) AS x ORDER BY md5(s::text) LIMIT 20000;
ALTER TABLE wide SET (parallel_workers = 2);
SQL
limited() { # SQL: runs in a backend whose address space is bounded, and says so
  psql matrix <<SQL
SELECT pg_backend_pid() AS pid \gset
\setenv pid :pid
\! ${as_server[*]} prlimit --pid "\$pid" --as=1500000000
SELECT CASE WHEN pg_read_file('/proc/self/limits') ~ 'Max address space +1500000000' THEN 'bounded' END;
SET statement_timeout = '60s'; SET max_parallel_workers_per_gather = 0;
$1;
SQL
}
as_server=(); [ "$(id -u)" != 0 ] || as_server=(runuser -u postgres --)
start=$(date +%s%N)
same "20,000 strata one by one, from people" "$(limited "SELECT count(*), sum(at_risk), sum(events) FROM (SELECT tmap.tally_agg(s, true) AS t FROM wide) AS x, tmap.strata(t)")" "bounded
20000|20000|20000"
same "20,000 strata one by one, from tallies" "$(limited "SELECT count(*), sum(at_risk), sum(events) FROM (SELECT tmap.rollup(tmap.tally(s, 0, 2)) AS t FROM wide) AS x, tmap.strata(t)")" "bounded
20000|40000|0"
same "20,000 strata in 200 groups and over them" "$(limited "SELECT tmap.at_risk(tmap.rollup(t)) FROM (SELECT tmap.tally_agg(s, 1, 3) AS t FROM wide GROUP BY tmap.stratum_hash(s) % 200) AS x")" "bounded
60000"
same "twice the people in the strata that are there" "$(limited "SELECT tmap.at_risk(tmap.tally_agg(s, true)) FROM (TABLE wide UNION ALL TABLE wide UNION ALL TABLE wide) AS x")" "bounded
60000"
echo "# $((($(date +%s%N) - start) / 1000000)) ms for the four"
same "20,000 strata by two workers" "$(psql matrix -c "$free SET max_parallel_workers_per_gather = 2; SELECT tmap.at_risk(tmap.tally_agg(s, true)) FROM wide")" 20000
same "in a window that slides" "$(psql matrix -c "SELECT count(*), max(m) FROM (SELECT tmap.at_risk(tmap.rollup(tmap.tally(s, 0, 1)) OVER (ORDER BY s ROWS 99 PRECEDING)) AS m FROM wide) AS x")" "20000|100"
done_testing
