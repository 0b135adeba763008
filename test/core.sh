#!/usr/bin/env bash
# The checks of the C code that need no server, as TAP: unit tests (plain and
# under sanitizers), coverage of the core, static analysis, house rules, fuzzing.
# `test/core.sh CHECK…` runs only those checks; the list is at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
build=build/core
core=(src/core/*.c)
glue=(src/*.c)
common=(-std=c11 -ffp-contract=off -Wall -Wextra -Werror)
libraries=(-lRmath -lglpk -lm)
fuzz_runs=${FUZZ_RUNS:-200000}
jobs=${JOBS:-2}

# One TAP line; what stands on standard input explains a failure.
ok() { echo "ok - $1"; }
not_ok() { echo "not ok - $1"; sed 's/^/# /' | head -n 40; }
# ok when a command succeeds.
check() { local name=$1 out; shift; if out=$("$@" 2>&1); then ok "$name"; else not_ok "$name" <<<"$out"; fi; }
# ok when a search finds nothing.
none() { local name=$1 out; shift; out=$("$@" 2>&1); if [ -z "$out" ]; then ok "$name"; else not_ok "$name" <<<"$out"; fi; }

# Compiles the core into build/core/WHAT/*.o.
compile_core() {
  local what=$1 compiler=$2 f; shift 2
  mkdir -p "$build/$what"
  for f in "${core[@]}"; do
    "$compiler" "${common[@]}" "$@" -c "$f" -o "$build/$what/$(basename "$f" .c).o" || return
  done
}

# Builds and runs every unit test in one way; the address space is bounded where no sanitizer forbids it.
unit() {
  local what=$1 limit=$2 t name out rc; shift 2
  if ! out=$(compile_core "$what" gcc "$@" 2>&1); then not_ok "core compiles ($what)" <<<"$out"; return; fi
  for t in test/unit/test_*.c; do
    name=$(basename "$t" .c)
    if ! out=$(gcc "${common[@]}" "$@" -Isrc/core "$t" "$build/$what"/*.o "${libraries[@]}" -o "$build/$what/$name" 2>&1); then
      not_ok "$name compiles ($what)" <<<"$out"; continue
    fi
    rc=0; out=$( ([ "$limit" = 0 ] || ulimit -v "$limit"; timeout 120 "$build/$what/$name") 2>&1 ) || rc=$?
    if [ $rc = 0 ] && grep -q '^1\.\.[1-9]' <<<"$out" && ! grep -q '^not ok' <<<"$out"; then
      ok "$name ($what): $(grep -c '^ok' <<<"$out") assertions"
    else
      { echo "exit code $rc"; grep -v '^ok' <<<"$out"; } | not_ok "$name ($what)"
    fi
  done
}

plain() { unit plain 1000000 -O2; }

sanitized() {
  # the core allocates nothing, so leaks could only be the tests' own
  ASAN_OPTIONS=detect_leaks=0 unit sanitized 0 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
}

# Runs the tests on an instrumented core and prints which share of each file's lines ran.
coverage() {
  local f out table
  rm -rf "$build/coverage"
  out=$(unit coverage 2000000 -O0 --coverage | grep -v '^ok') || true
  if [ -n "$out" ]; then not_ok "coverage build" <<<"$out"; return; fi
  table=$(cd "$build/coverage" && for f in "${core[@]}"; do
    gcov -n -r -s "$OLDPWD" -o . "$(basename "$f" .c).o" 2>/dev/null |
      awk -v file="$f" -F"[':% ]" '$1 == "File" {here = $3 == file} here && $1 == "Lines" {print file, $3, $6; exit}'
  done | awk '{printf "%-26s %6.2f %% of %4d lines\n", $1, $2, $3; hit += $2 * $3 / 100; all += $3}
    END {printf "%-26s %6.2f %% of %4d lines\n", "total", all ? 100 * hit / all : 0, all}')
  sed 's/^/# /' <<<"$table"
  if [ "$(grep -c ^src <<<"$table")" = ${#core[@]} ] && awk '$1 == "total" {exit !($2 >= 95)}' <<<"$table"; then
    ok "coverage of the core: $(awk '$1 == "total" {print $2 " % of " $5}' <<<"$table") lines, at least 95 %"
  else
    not_ok "coverage of the core is below 95 %" </dev/null
  fi
}

analysers() {
  local rules=(--error-exitcode=1 --quiet --std=c11 --enable=warning,performance,portability --inline-suppr)
  check "cppcheck finds nothing in the core" cppcheck "${rules[@]}" "${core[@]}"
  # without the server's headers its macros are unknown, and an ereport(ERROR) seems to return
  check "cppcheck finds nothing in the glue" cppcheck "${rules[@]}" '-DPG_FUNCTION_INFO_V1(f)=' '-DPG_MODULE_MAGIC=' -DPG_VERSION_NUM=150000 \
    '-DPG_FUNCTION_ARGS=FunctionCallInfo fcinfo' -Isrc "${glue[@]}"
}

analyzer() { check "gcc -fanalyzer finds nothing in the core" compile_core analyzer gcc -O2 -fanalyzer; }

# Lines of C code, comments and strings blanked, as FILE:LINE:TEXT.
code() {
  awk 'FNR == 1 {c = 0}
    {s = $0; gsub(/\\./, "", s); gsub(/"[^"]*"/, "\"\"", s)
     if (c) {if (sub(/^.*\*\//, "", s)) c = 0; else s = ""}
     gsub(/\/\*([^*]|\*[^\/])*\*\//, "", s)
     if (sub(/\/\*.*$/, "", s)) c = 1
     print FILENAME ":" FNR ":" s}' "$@"
}

# Functions whose definition has no comment right above it; the return type may stand between.
uncommented() {
  awk '/^[a-z_0-9]+\(.*[^;]$/ && !/\\$/ && above !~ /\*\/$/ {print FILENAME ":" FNR ":" $0}
    /^[A-Za-z_].*[^;,\\]$/ && !/\(/ {next} # the line of the return type
    {above = $0}' "$@"
}

rules() {
  local banned='exit|abort|assert|printf|fprintf|sprintf|strcpy|strcat|atoi|atof|sscanf|strtok|rand|setlocale|system'
  none "no banned call in src" grep -E "\\b($banned) *\\(" <(code src/*.[ch] src/core/*.[ch])
  none "no malloc in the glue" grep -E '\b(malloc|calloc|realloc|free) *\(' <(code src/*.[ch])
  none "no allocation and no output in the core" grep -E '\b(malloc|calloc|realloc|free|puts|putchar|fopen|write) *\(' <(code src/core/*.[ch])
  none "the core knows nothing of PostgreSQL" grep -nE '#include.*(postgres|fmgr|libpq|utils/|glue)|palloc|ereport' src/core/*.[ch]
  none "a comment stands right above every function" uncommented src/*.c src/core/*.c
  none "version tests stand in compat.h only" grep -n PG_VERSION_NUM src/*.c src/glue.h src/core/*.[ch]
  none "no source file is longer than 450 lines" awk 'FNR == 451 {print FILENAME}' src/*.[ch] src/core/*.[ch] sql/parts/*.sql sql/atlas/*.sql \
    demo/*.sql demo/*.sh demo/derive/* test/*.sh test/*.sql test/t/* test/sql/*.sql test/pgtap/*.sql test/unit/*.[ch] test/fuzz/*.[ch]
}

# Runs one fuzz target for a fixed number of executions from a fixed seed.
fuzz_one() {
  local name=$1 dir=$build/fuzz out rc=0 start=$SECONDS
  rm -rf "$dir/found/$name"; mkdir -p "$dir/found/$name"
  out=$("$dir/$name" "$dir/found/$name" "test/fuzz/corpus/$name" -runs="$fuzz_runs" -seed=1 -max_len=512 \
    -timeout=10 -rss_limit_mb=1000 -artifact_prefix="$dir/$name-" -print_final_stats=1 2>&1) || rc=$?
  if [ $rc = 0 ] && grep -q '^stat::number_of_executed_units: [1-9]' <<<"$out"; then
    ok "fuzz $name: $(awk '/number_of_executed_units/ {print $2}' <<<"$out") executions, $((SECONDS - start)) s"
  else
    { echo "exit code $rc"; tail -n 30 <<<"$out"; } | not_ok "fuzz $name"
  fi
}

# Builds and runs the fuzz targets; the one of the glue runs PostgreSQL's entry points on stubs of the server.
fuzz() {
  local clang t name out objects headers
  local flags=(-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  clang=$(command -v clang-14 || command -v clang) || { not_ok "fuzz: clang is missing" <<<"Install clang-14 and libclang-rt-14-dev; make test does."; return; }
  if ! out=$(compile_core fuzz "$clang" "${flags[@]}" -fsanitize=fuzzer-no-link 2>&1); then not_ok "core compiles (fuzz)" <<<"$out"; return; fi
  objects=("${core[@]##*/}"); objects=("${objects[@]/%.c/.o}"); objects=("${objects[@]/#/$build/fuzz/}")
  headers=$("${PG_CONFIG:-pg_config}" --includedir-server)
  for t in stratum tally_text tally_binary csv interval code codebook_text codebook_binary stay wkb coverage glue; do
    if [ $t = glue ]; then # what the input functions never call stays unresolved
      out=$("$clang" "${common[@]}" -std=gnu11 "${flags[@]}" -fsanitize=fuzzer -fno-strict-aliasing -fwrapv -D_GNU_SOURCE \
        -Wno-unused-parameter -Wno-sign-compare -Isrc -isystem "$headers" -no-pie -Wl,--unresolved-symbols=ignore-in-object-files \
        test/fuzz/glue.c test/fuzz/server.c src/{stratum,tally,counts,codebook,comorbidity,pseudonym,tmap}.c "${objects[@]}" "${libraries[@]}" -o "$build/fuzz/$t" 2>&1)
    else
      out=$("$clang" "${common[@]}" "${flags[@]}" -fsanitize=fuzzer "test/fuzz/$t.c" "${objects[@]}" "${libraries[@]}" -o "$build/fuzz/$t" 2>&1)
    fi || { not_ok "fuzz $t compiles" <<<"$out"; continue; }
    fuzz_one $t
  done
}

checks=(sanitized fuzz analyzer coverage analysers plain rules)
if [ "${1:-}" = --one ]; then "$2" >"$build/$2.tap" 2>&1; exit; fi
[ $# = 0 ] || checks=("$@")
rm -rf "$build"; mkdir -p "$build"  # objects of files since renamed must not be linked
printf '%s\n' "${checks[@]}" | xargs -P "$jobs" -n 1 bash test/core.sh --one
for c in "${checks[@]}"; do
  grep -qE '^(not )?ok' "$build/$c.tap" || echo "not ok - $c ran nothing" >>"$build/$c.tap"
  cat "$build/$c.tap"
done | awk '/^(not )?ok - / {n++; sub(/ok - /, "ok " n " - ")} /^not ok/ {bad = 1} {print} END {print "1.." n + 0; exit bad}'
