#!/usr/bin/env bash
# Runs the README's SQL blocks in order in a fresh database; a plain block behind one is its expected output.
set -uo pipefail
cd "$(dirname "$0")/../.."
dir=$1; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
awk -v w="$work" '
  /^```/ { if (inside) { inside = 0 } else { inside = 1; kind = substr($0, 4)
             if (kind == "sql") { n++; f = sprintf("%s/%03d.sql", w, n); print NR > (f ".line") }
             else if (kind == "" && n) f = sprintf("%s/%03d.out", w, n)
             else f = "/dev/null" }
           next }
  inside { print > f }' README.md
psql() { test/server.sh psql "$dir" "$@"; }
psql -qd postgres -c 'DROP DATABASE IF EXISTS readme' -c 'CREATE DATABASE readme' 2>/dev/null
psql -qd readme -c "ALTER DATABASE readme SET client_min_messages = warning" -c "ALTER DATABASE readme SET search_path = public, tmap" >/dev/null 2>&1
# Column widths do not matter, nor empty lines.
squeeze() { sed 's/--*/-/g; s/  */ /g; s/^ //; s/ $//; /^$/d' "$1"; }
n=0; bad=0
for f in "$work"/*.sql; do
  n=$((n + 1)); line=$(cat "$f.line"); want=${f%.sql}.out
  # -q: as a reader sees it, without command tags
  if ! psql -q -d readme -v ON_ERROR_STOP=1 -f "$f" >"$work/got" 2>&1; then
    bad=1; echo "not ok $n - README block at line $line runs"; sed 's/^/# /' "$work/got"
  elif [ -f "$want" ] && ! diff -u <(squeeze "$want") <(squeeze "$work/got") >"$work/diff"; then
    bad=1; echo "not ok $n - README block at line $line prints what stands there"; sed 's/^/# /' "$work/diff"
  else
    echo "ok $n - README block at line $line"
  fi
done
# The README is the reference: every function a user calls, of the library and of an atlas, is called in one of its SQL blocks.
# What stands behind operators, types, indexes and aggregates is not for users, nor what says "Internal: " of itself.
names=$(psql -qAt -d readme -c "SELECT DISTINCT nspname || '.' || proname FROM pg_proc p JOIN pg_namespace s ON s.oid = pronamespace WHERE nspname IN ('tmap', 'atlas')
    AND coalesce(obj_description(p.oid, 'pg_proc'), '') NOT LIKE 'Internal: %'
    AND NOT EXISTS (SELECT FROM pg_operator o WHERE o.oprcode = p.oid) AND NOT EXISTS (SELECT FROM pg_amproc a WHERE a.amproc = p.oid)
    AND NOT EXISTS (SELECT FROM pg_type t WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend))
    AND NOT EXISTS (SELECT FROM pg_aggregate a WHERE p.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn)) ORDER BY 1")
if [ "$(wc -w <<<"$names")" -lt 60 ]; then bad=1; n=$((n + 1)); echo "not ok $n - the functions are found"; fi
cat "$work"/*.sql >"$work/all"
for name in $names; do
  n=$((n + 1))
  case $name in
    atlas.*) call="atlas\.${name#*.}\(" ;;
    *) call="(^|[^a-z_.])(tmap\.)?${name#*.}\(" ;;
  esac
  if grep -Eq "$call" "$work/all"; then echo "ok $n - README calls $name"; else bad=1; echo "not ok $n - README calls $name"; fi
done
echo "1..$n"
exit $bad
