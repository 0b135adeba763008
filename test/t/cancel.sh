#!/usr/bin/env bash
# Long work can be stopped: by a time limit and by another session, alone and in parallel; the server and the session go on.
. "$(dirname "$0")/lib.bash"
with_tmap cancel
psql cancel -c "CREATE TABLE person AS SELECT tmap.stratum(n % 100, 'f') AS s, n % 7 = 0 AS treated FROM generate_series(1, 400000) AS n" -c "ALTER TABLE person SET (parallel_workers = 2)" -c "ANALYZE" || exit 1
psql cancel -c "CREATE TABLE shape AS SELECT ST_AsBinary(ST_Translate(ST_Segmentize('POLYGON((0 0, 1 0, 1 1, 0 1, 0 0))'::geometry, 0.0005), n, 0)) AS wkb FROM generate_series(1, 500) AS n" || exit 1
pid=$(psql cancel -c "SELECT pg_postmaster_start_time()")

# stopped TEXT SETTINGS SQL: a limit of 300 ms ends it within 2 s, and the same session answers then.
stopped() {
  local start answer elapsed
  start=$(date +%s%N)
  answer=$(psql cancel -v ON_ERROR_STOP=0 -v VERBOSITY=sqlstate -c "SET statement_timeout = '300ms'" -c "$2" -c "$3" -c "SELECT 'still here ' || tmap.proportion(1, 2)" 2>&1 | tail -2 | tr '\n' ' ')
  elapsed=$((($(date +%s%N) - start) / 1000000))
  same "$1 is stopped" "$answer" "ERROR:  57014 still here 0.5 "
  ok "$1 is stopped within 2 s" test "$elapsed" -lt 2300
}
serial="SET max_parallel_workers_per_gather = 0"
stopped "a long tally_agg" "$serial" "SELECT tmap.tally_agg(s, treated) FROM person, generate_series(1, 1000)"
stopped "a long tally_agg of counts" "$serial" "SELECT tmap.tally_agg(s, 1, 2) FROM person, generate_series(1, 1000)"
stopped "a long rollup" "$serial" "SELECT tmap.rollup(tmap.tally(s, 1, 2)) FROM person, generate_series(1, 1000)"
stopped "a long rate" "$serial" "SELECT tmap.rate(treated) FROM person, generate_series(1, 1000)"
stopped "a long window" "$serial" "SELECT count(x) FROM (SELECT tmap.rollup(tmap.tally(s, 1, 2)) OVER (ORDER BY s ROWS 5000 PRECEDING) AS x FROM person, generate_series(1, 1000)) AS w"
stopped "a long variation" "$serial" "SELECT tmap.rate_variation(n % 7, 1 + n % 11) FROM person, generate_series(1, 50) AS n"
stopped "a large coverage" "$serial" "SELECT count(g) FROM (SELECT tmap.coverage_simplify(wkb, 0.1) OVER () AS g FROM shape) AS s"
stopped "a parallel tally_agg" "SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0" "SELECT tmap.tally_agg(s, treated) FROM person, generate_series(1, 1000)"
stopped "estimates of many rows" "$serial" "SELECT sum(tmap.proportion_upper(n, 2000000000, 0.95, 'clopper_pearson')) FROM generate_series(1, 100000000) AS n"
stopped "reading of many tallies" "$serial" "SELECT count(tmap.tally_out(('tmap1 age90 {80-84: 0/' || n || '}')::tmap.tally)) FROM generate_series(1, 100000000) AS n"
stopped "smoothing of many areas" "$serial" "SELECT count(b) FROM (SELECT tmap.eb_beta_binomial(n % 97, 100 + n % 53) OVER () AS b FROM generate_series(1, 100000) AS n) AS x"
stopped "limits of a target" "$serial" "SELECT tmap.target_summary(n % 97, 10 + n % 53, 1, 0.5, 100000, 1, 0.95) FROM generate_series(1, 1000) AS n"

# 400 × 400 counts with their margins: 4 s of suppression, 3 s of audit on the machine that this was written on.
psql cancel >/dev/null <<'SQL' || exit 1
CREATE TABLE linked AS
WITH atom AS MATERIALIZED (SELECT r * 400 + c + 1 AS atom, r, c, ((r * 7919 + c * 104729) % 1013) * (r * c % 11) % 40 AS n FROM generate_series(0, 399) AS r, generate_series(0, 399) AS c),
pair AS (SELECT atom AS cell, atom FROM atom UNION ALL SELECT 160001 + r, atom FROM atom UNION ALL SELECT 160401 + c, atom FROM atom)
SELECT array_agg(cell) AS cells, array_agg(pair.atom) AS atoms, (SELECT array_agg((n BETWEEN 1 AND 10)::int::int2 ORDER BY atom) FROM atom) || array_fill(0::int2, '{800}') AS rules,
  (SELECT array_agg(NOT n BETWEEN 1 AND 20 ORDER BY atom) FROM atom) || array_fill(true, '{800}') AS published,
  (SELECT array_agg(n::int8 ORDER BY atom) FROM atom) AS events, (SELECT array_agg((n * 3 + 20)::int8 ORDER BY atom) FROM atom) AS others FROM pair;
SQL
stopped "suppression" "$serial" "SELECT tmap.suppress(cells, atoms, rules, events, others) FROM linked"
stopped "an audit" "$serial" "SELECT count(*) FROM linked, tmap.audit_cells(cells, atoms, published, events, others)"

# Boundaries of the map: many cells of many corners.
psql cancel -c "SET client_min_messages = warning; SELECT tmap.create_atlas('ca')" -c "INSERT INTO ca.area (code_system, code, name, level, geom) SELECT 'tmap', n::text, n::text, 'region', ST_Multi(ST_Segmentize(ST_MakeEnvelope(n % 300 * 0.3, n / 300 * 0.5, n % 300 * 0.3 + 0.3, n / 300 * 0.5 + 0.5, 4326), 0.01)) FROM generate_series(0, 9999) n" >/dev/null
stopped "build_shapes" "$serial" "SELECT ca.build_shapes()"
same "and leaves nothing behind" "$(psql cancel -c "SELECT (SELECT count(*) FROM ca.area_shape), (SELECT count(*) FROM ca.map_level)")" "0|0"
stopped "permutations of local statistics" "$serial" "SELECT tmap.local_moran(n % 7, n, ARRAY[n % 20000 + 1, (n + 77) % 20000 + 1], NULL, 9999999) OVER () FROM generate_series(1, 20000) AS n"
stopped "permutations of a map" "$serial" "SELECT tmap.moran(n % 7, n, ARRAY[n % 20000 + 1], NULL, 9999999, 1) FROM generate_series(1, 20000) AS n"
stopped "a correlogram" "$serial" "SELECT tmap.correlogram(n % 7, n, ARRAY[n % 20000 + 1, (n + 1777) % 20000 + 1], 100) FROM generate_series(1, 20000) AS n"

# By another session.
psql cancel -c "SET application_name = 'victim'; SELECT tmap.tally_agg(s, treated) FROM person, generate_series(1, 1000)" >"$work/victim" 2>&1 &
victim=$!
for _ in $(seq 50); do [ "$(psql cancel -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'victim' AND state = 'active' AND backend_type = 'client backend'")" = 1 ] && break; sleep 0.1; done
start=$(date +%s%N)
same "another session cancels it" "$(psql cancel -c "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim' AND backend_type = 'client backend'")" t
wait $victim
ok "it ended within 2 s" test $((($(date +%s%N) - start) / 1000000)) -lt 2000
ok "and said so" grep -q "canceling statement due to user request" "$work/victim"
same "the server is the same" "$(psql cancel -c "SELECT pg_postmaster_start_time()")" "$pid"
same "and counts" "$(psql cancel -c "SELECT tmap.at_risk(tmap.tally_agg(s, treated)) FROM person")" 400000
done_testing
