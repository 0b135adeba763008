#!/usr/bin/env bash
# Runs every test there is and ends with one line: N passed, N failed.
# Each suite prints TAP into build/test/NAME.tap; what failed is shown.
# `test/run.sh SUITE…` runs only the suites named.
set -uo pipefail
cd "$(dirname "$0")/.."
export PG_CONFIG=${PG_CONFIG:-pg_config}
out=build/test; mkdir -p "$out"; rm -f "$out"/*.tap
only=" $* "; passed=0; failed=0
server=$(mktemp -d /tmp/tmap-test.XXXXXX)
trap 'bash test/server.sh remove "$server" 2>/dev/null; rm -rf "$server"' EXIT
sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)

# Turns pg_regress's lines into TAP.
regress_tap() { awk '/^test .* \.\.\. /{n++; print ($0 ~ /\.\.\. ok/ ? "ok" : "not ok") " " n " - " $2} END{print "1.." n+0}'; }

# Runs one suite, counts its lines, shows its failures.
suite() {
  local name=$1; shift
  [ "$only" = "  " ] || [[ $only == *" $name "* ]] || return 0
  local start=$SECONDS rc=0 good bad
  printf '%-18s' "$name"
  "$@" >"$out/$name.tap" 2>"$out/$name.err" || rc=$?
  good=$(grep -c '^ok\b' "$out/$name.tap"); bad=$(grep -c '^not ok\b' "$out/$name.tap")
  # A suite that died, ran nothing, or ran less than it planned has failed even if no line says so.
  local plan; plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$out/$name.tap" | awk '{s+=$1} END{print s+0}')
  if [ $bad = 0 ] && { [ $rc != 0 ] || [ $good = 0 ] || [ "$plan" -gt "$good" ]; }; then bad=1; fi
  printf '%5d ok  %3d failed  %3d s\n' "$good" "$bad" $((SECONDS - start))
  if [ $bad -gt 0 ]; then
    grep -A8 '^not ok\b' "$out/$name.tap" | head -60; tail -n 20 "$out/$name.err"
    [ "$name" != regress ] || head -n 80 regression.diffs 2>/dev/null
  fi
  passed=$((passed + good)); failed=$((failed + bad))
}

build() {
  make -s -j2 PG_CONFIG="$PG_CONFIG" >&2 && "${sudo[@]}" make -s install PG_CONFIG="$PG_CONFIG" >&2 &&
    echo "ok 1 - builds without warnings" && echo 1..1
}

start_server() { # memory of every backend is bounded, so that a leak fails instead of filling the machine
  (ulimit -v 8000000; bash test/server.sh start "$server" >&2) && echo "ok 1 - a private server starts" && echo 1..1
}

regress() {
  local rc=0
  PGHOST=$server PGPORT=$(cat "$server/port") PGUSER=postgres make -s installcheck PG_CONFIG="$PG_CONFIG" 2>&1 | regress_tap || rc=$?
  return $rc
}

pgtap() { # every file in a database of its own state: each rolls back
  local f rc=0
  test/server.sh psql "$server" -qd postgres -c 'CREATE DATABASE pgtap' >&2 &&
    test/server.sh psql "$server" -qd pgtap -c 'SET client_min_messages = warning; CREATE EXTENSION tmap CASCADE; CREATE EXTENSION pgtap' >&2 || return 1
  for f in test/pgtap/*.sql; do
    echo "# $f"
    test/server.sh psql "$server" -qAt -d pgtap -v ON_ERROR_STOP=1 -v oracles=test/oracles -f "$f" || { echo "not ok - $f ended early"; rc=1; }
  done
  return $rc
}

suite build build
suite core bash test/core.sh
suite server start_server
suite regress regress
suite pgtap pgtap
for t in test/t/*.sh; do suite "$(basename "$t" .sh)" bash "$t" "$server"; done

echo "$passed passed, $failed failed"
[ $failed = 0 ]
