#!/usr/bin/env bash
# Measures tmap against plain SQL on the same data in the same run; prints ratios. ROWS, ROUNDS, AREAS and YEARS may be set.
set -euo pipefail
cd "$(dirname "$0")/.."
export PG_CONFIG=${PG_CONFIG:-pg_config}
sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
make -s -j2 && "${sudo[@]}" make -s install >/dev/null
server=$(mktemp -d /tmp/tmap-bench.XXXXXX)
trap 'bash test/server.sh remove "$server"; rm -rf "$server"' EXIT
test/server.sh start "$server"
psql() { test/server.sh psql "$server" "$@"; }
psql -qd postgres -c 'CREATE DATABASE bench' -c 'ALTER SYSTEM SET autovacuum = off' -c 'SELECT pg_reload_conf()' >/dev/null
psql -qd bench -c 'SET client_min_messages = warning; CREATE EXTENSION tmap CASCADE'
echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), PostgreSQL $($PG_CONFIG --version | awk '{print $2}'), ${ROWS:-10000000} rows"
psql -qd bench -v rows="${ROWS:-10000000}" -v rounds="${ROUNDS:-5}" -f test/bench.sql
if command -v Rscript >/dev/null; then Rscript test/bench.R "$server/data"; else echo "R is not installed: its part is left out (apt install r-base-core)."; fi
echo "Loading 1 million hospital stays against a bare COPY of the same file:"
PGOPTIONS='-c tmap.pseudonym_key=a-key-of-the-benchmark-alone' psql -qd bench -f test/bench-stays.sql
echo "Empirical Bayes and funnel limits over 35,000 areas, against plain SQL and R:"
psql -qd bench -f test/bench-smoothing.sql

echo "Neighbours and autocorrelation of 35,000 areas, against PostGIS and R's spdep:"
psql -qd bench -v n="${AREAS:-35000}" -f test/bench-spatial.sql

echo "Generalising a coverage of 35,000 polygons, 3.4 million vertices:"
psql -qd bench -v areas="${AREAS:-35000}" -f test/bench-coverage.sql

echo "Disclosure control of about 100,000 cells:"
psql -qd bench -f test/bench-disclosure.sql

echo "A release of 35,000 areas × 10 years from tallies, and tallies of 200 countries merged:"
psql -qd bench -v areas="${AREAS:-35000}" -v years="${YEARS:-10}" -f test/bench-release.sql

echo "Tiles of the demo's countries and of 35,000 areas, and the shapes they are made from:"
psql -qd postgres -c 'CREATE DATABASE tiles'
psql -qd tiles -c 'SET client_min_messages = warning; CREATE EXTENSION tmap CASCADE'
psql -qd tiles -v data=demo/data -v areas="${AREAS:-35000}" -f test/bench-tiles.sql
bash test/bench-tiles.sh test/server.sh psql "$server" -d tiles

command -v valgrind >/dev/null || exit 0
echo "Instructions per row under callgrind, single-user backend, 200,000 rows:"
psql -qd bench -c 'CREATE TABLE small AS SELECT i % 1000 AS area, tmap.stratum((i * 7 % 100)::int) AS stratum, i % 13 = 0 AS treated FROM generate_series(1, 200000) i' -c 'VACUUM (ANALYZE, FREEZE) small' -c 'CHECKPOINT'
test/server.sh stop "$server"
bin=$($PG_CONFIG --bindir)
owner() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
instructions() { # counts instructions of one statement in a fresh backend
  echo "$1" | owner valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bin/postgres" --single -D "$server/data" \
    -c jit=off -c max_parallel_workers_per_gather=0 bench 2>&1 | sed -n 's/.*Collected : \([0-9]*\).*/\1/p' | head -n 1
}
none=$(instructions "SELECT 1")
base=
while IFS='|' read -r what query; do
  n=$(( ($(instructions "$query") - none) / 200000 ))
  base=${base:-$n}
  printf '  %-46s %6d   %s\n' "$what" "$n" "$(awk -v a="$n" -v b="$base" 'BEGIN{printf "%.3f of the first", a / b}')"
done <<'QUERIES'
count(*), count(*) FILTER (WHERE treated)|SELECT area, count(*), count(*) FILTER (WHERE treated) FROM small GROUP BY 1
tmap.rate(treated)|SELECT area, tmap.rate(treated) FROM small GROUP BY 1
tmap.tally_agg(stratum, treated)|SELECT area, tmap.tally_agg(stratum, treated) FROM small GROUP BY 1
QUERIES
