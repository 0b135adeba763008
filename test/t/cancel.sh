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
