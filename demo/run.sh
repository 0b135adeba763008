#!/usr/bin/env bash
# The demo: builds and installs tmap, starts a private server, fills an atlas, prints tables, draws two maps and a funnel plot,
# and serves the web page when Node is there.
#   run.sh          all of it; a second time builds the database anew and swaps it in
#   run.sh stop     stops the page and the server, keeps the data
#   run.sh remove   stops them and deletes their directory
# TMAP_DEMO_DIR: directory of the server; default /tmp/tmap-demo-USER. TMAP_DEMO_PAGE: port of the page, default 8090 or any free.
set -euo pipefail
cd "$(dirname "$0")/.."

me=$(id -un)
default=/tmp/tmap-demo-$me
dir=${TMAP_DEMO_DIR:-$default}
db=tmap_demo
out=demo/out
mark=made-by-tmap-demo
# The caller's connection settings must not lead psql elsewhere.
for name in $(compgen -e | grep '^PG' || true); do
  case $name in PG_CONFIG) ;; *) unset "$name" ;; esac
done
export PGCLIENTENCODING=UTF8 PSQL_PAGER=

say() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }
server() { bash test/server.sh "$@"; }

check_dir() { # makes dir absolute and refuses one that cannot serve
  case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
  case $dir in *[[:space:]\'\"\\,]*) die "the directory $dir holds a space, quote, comma or backslash: choose another with TMAP_DEMO_DIR" ;; esac
  local socket="$dir/.s.PGSQL.65535" # sockaddr_un holds 107 bytes and a zero
  [ "$(printf %s "$socket" | wc -c)" -le 107 ] || die "the directory $dir is too long for a socket: choose a shorter one with TMAP_DEMO_DIR"
  if [ -L "$dir" ]; then die "$dir is a symbolic link: remove it, or choose another directory with TMAP_DEMO_DIR"; fi
  if [ -e "$dir" ]; then
    [ -d "$dir" ] || die "$dir is not a directory: choose another with TMAP_DEMO_DIR"
    # The mark keeps "remove" away from directories that the demo did not make.
    if [ ! -e "$dir/$mark" ] && [ -n "$(ls -A "$dir" 2>/dev/null)" ]; then
      die "$dir is not empty and not made by this demo: choose another with TMAP_DEMO_DIR"
    fi
    if [ "$(id -u)" != 0 ] && [ ! -O "$dir" ]; then die "$dir belongs to somebody else: choose another with TMAP_DEMO_DIR"; fi
    if [ "$(id -u)" = 0 ]; then
      case $(stat -c %U "$dir") in root|postgres) ;; *) die "$dir belongs to somebody else: choose another with TMAP_DEMO_DIR" ;; esac
    fi
  fi
}

quietly() { # runs a command with its output in the log, and shows the log's end when it fails
  local what=$1; shift
  if ! "$@" >>"$log" 2>&1; then
    tail -n 30 "$log" >&2
    die "$what failed; the whole log is $log"
  fi
}

with_progress() { # as quietly, but shows the lines that start with "progress: "
  local what=$1; shift
  if ! "$@" 2>>"$log" | while IFS= read -r line; do
    case $line in 'progress: '*) say "  ${line#progress: }" ;; *) printf '%s\n' "$line" >>"$log" ;; esac
  done; then
    tail -n 30 "$log" >&2
    die "$what failed; the whole log is $log"
  fi
}

build() { # compiles as the caller, installs with the rights that it takes
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "installing an extension needs root: run as root, or install sudo"
    sudo=(sudo)
  fi
  quietly "building tmap" make -s -j2 all
  quietly "installing tmap" "${sudo[@]}" make -s install "PG_CONFIG=${PG_CONFIG:-pg_config}"
}

start() { # the server, reachable for its owner by the socket and for the role reader by loopback
  mkdir -p "$dir"
  touch "$dir/$mark"
  quietly "starting the server" server start "$dir" free
  chmod 700 "$dir"
  printf 'local all all trust\nhost all reader 127.0.0.1/32 trust\n' >"$log.hba"
  cat "$log.hba" >"$dir/data/pg_hba.conf"
  rm -f "$log.hba"
  quietly "reading the access rules" server psql "$dir" -d postgres -qAt -c 'SELECT pg_reload_conf()'
  port=$(cat "$dir/port")
}

run_sql() { # run_sql DATABASE ARGUMENTS…: psql that stops at the first error
  local database=$1; shift
  server psql "$dir" -d "$database" -q -v ON_ERROR_STOP=1 "$@"
}

count_stays() { # by both case definitions, side by side
  local status=0
  run_sql "${db}_new" -v definition=international -f demo/count.sql &
  local other=$!
  run_sql "${db}_new" -v definition=frandon2024 -f demo/count.sql || status=1
  wait "$other" || status=1
  return "$status"
}

fill() { # a new database, put in place of the old one only when it is complete
  quietly "making the database" run_sql postgres -c "DROP DATABASE IF EXISTS ${db}_new WITH (FORCE)" -c "CREATE DATABASE ${db}_new"
  quietly "making the atlas" run_sql "${db}_new" -c "ALTER DATABASE ${db}_new SET client_min_messages = warning" \
    -c 'CREATE EXTENSION postgis' -c 'CREATE EXTENSION tmap' -c "SELECT tmap.create_atlas('atlas')"
  say "Loading areas, inhabitants, centres and published figures"
  quietly "loading the real data" run_sql "${db}_new" -v data=demo/data -f demo/load.sql
  say "Loading counts as a country would hand them in"
  quietly "loading counts" run_sql "${db}_new" -v data=demo/data -f demo/counts.sql
  say "Making the hospital stays of a SYNTHETIC France and loading them, the longest step"
  # Pseudonyms under a key of this run alone: given with the connection, kept nowhere.
  mkdir -p "$dir/stays"
  PGOPTIONS="-c tmap.pseudonym_key=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" \
    with_progress "making synthetic France" run_sql "${db}_new" -v data=demo/data -v "files=$dir/stays" -f demo/france.sql
  with_progress "counting synthetic France" count_stays
  quietly "making the standard population" run_sql "${db}_new" -f demo/shown.sql
  say "Publishing releases 2018 to 2024 under disclosure control"
  with_progress "publishing" run_sql "${db}_new" -f demo/release.sql
  quietly "opening the atlas to the role reader" run_sql "${db}_new" -f demo/reader.sql
  quietly "analysing" run_sql "${db}_new" -c 'VACUUM (ANALYZE)'
  quietly "putting the new database in place" run_sql postgres -c "DROP DATABASE IF EXISTS $db WITH (FORCE)" -c "ALTER DATABASE ${db}_new RENAME TO $db"
  quietly "writing styles for QGIS" run_sql "$db" -c 'SELECT atlas.install_qgis_styles()'   # after the renaming: they name the database
}

draw() { # the pictures, as SVG by SQL and as PNG by rsvg-convert
  mkdir -p "$out"
  quietly "drawing the maps" run_sql "$db" -v "world=$out/world.svg" -v "france=$out/france.svg" -f demo/picture.sql
  quietly "drawing the funnel plot" run_sql "$db" -v "funnel=$out/funnel.svg" -f demo/funnel.sql
  local map
  for map in world france funnel; do
    [ -s "$out/$map.svg" ] || die "the picture $out/$map.svg is empty"
    quietly "turning $map.svg into a PNG" rsvg-convert -w 1920 "$out/$map.svg" -o "$out/$map.png"
  done
}

stop_page() { # the page of this directory's server, if it runs
  local pid
  pid=$(cat "$dir/page.pid" 2>/dev/null) || return 0
  # The number may meanwhile be somebody else's.
  if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'demo/web/server.mjs'; then kill "$pid" 2>/dev/null || true; fi
  rm -f "$dir/page.pid"
}

page_packages() { # what the page needs from npm, as its lock file names it; nothing to do when it is there
  local here=demo/web/node_modules
  if [ -e "$here/maplibre-gl" ] && cmp -s demo/web/package-lock.json "$here/.as-locked"; then return 0; fi
  (cd demo/web && timeout 300 npm ci --omit=dev --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-timeout=60000) >>"$log" 2>&1 && cp demo/web/package-lock.json "$here/.as-locked"
}

try_page() { # try_page PORT: starts the page; its address is in page.log when it listens
  : >"$dir/page.log"
  PGHOST=127.0.0.1 PGPORT=$port PGUSER=reader PGDATABASE=$db PORT=$1 \
    TMAP_CONNECTION="host 127.0.0.1, port $port, database $db, user reader, no password, SSL mode disable" \
    setsid node "$PWD/demo/web/server.mjs" >"$dir/page.log" 2>&1 </dev/null &
  local pid=$! i
  for i in $(seq 100); do
    if grep -q '^http://' "$dir/page.log"; then echo "$pid" >"$dir/page.pid"; return 0; fi
    jobs -pr | grep -qx "$pid" || return 1
    sleep 0.1
  done
  kill "$pid" 2>/dev/null || true
  return 1
}

start_page() { # the web page in the background; a machine without Node, npm or their registry goes on without it
  page=
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then page_why="needs Node 18 or later and npm, which are not here"; return 0; fi
  if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 18 ]; then page_why="needs Node 18 or later; this is $(node --version)"; return 0; fi
  say "Starting the web page"
  if ! page_packages; then page_why="could not get its packages from npm; '$(again demo)' tries again"; return 0; fi
  if try_page "${TMAP_DEMO_PAGE:-8090}" || try_page 0; then page=$(grep -m 1 '^http://' "$dir/page.log")
  else page_why="did not start: $(tail -n 1 "$dir/page.log")"; fi
}

again() { # again COMMAND: as make takes it, with the directory when it is not the default
  if [ "$dir" = "$default" ]; then echo "make $1"; else echo "TMAP_DEMO_DIR=$dir make $1"; fi
}

look_further() { # how to go on
  cat <<TEXT

Pictures:  $PWD/$out/world.svg    $PWD/$out/world.png
           $PWD/$out/france.svg   $PWD/$out/france.png   (SYNTHETIC DATA)
           $PWD/$out/funnel.svg   $PWD/$out/funnel.png   (SYNTHETIC DATA)
Stays:     $dir/stays/*.csv   (SYNTHETIC DATA, as a national discharge database hands them out)

Look further:
  page     ${page:-The web page $page_why.}
  psql     $("${PG_CONFIG:-pg_config}" --bindir)/psql -h $dir -p $port -U postgres $db
           then: SELECT name, year, value, lower, upper FROM atlas.area_latest WHERE level = 'country';   \\dv+ atlas.*
  QGIS     Layer > Add Layer > Add PostGIS Layers > New:
           host 127.0.0.1   port $port   database $db   user reader   no password   SSL mode disable
           then open atlas.country_latest or atlas.region_latest, the public release, one column a figure; filter, for example
           "level" = 'department'. Styles come along; atlas.country_year and atlas.region_year are for the time slider
  stop     $(again demo-stop)       (the data stay; $(again demo) starts again)
  remove   $(again demo-remove)     (deletes $dir; the pictures stay)
TEXT
}

case ${1:-all} in
all)
  check_dir
  log=$(mktemp /tmp/tmap-demo-log.XXXXXX)
  say "Building and installing the extension"
  build
  say "Starting a private server in $dir"
  start
  stop_page
  fill
  say "Drawing the maps and the funnel plot"
  draw
  start_page
  say "Results"
  run_sql "$db" -f demo/tables.sql
  look_further
  rm -f "$log"
  say "Done."
  ;;
stop)
  check_dir
  [ -s "$dir/data/PG_VERSION" ] || { echo "There is no demo server in $dir."; exit 0; }
  stop_page
  if server status "$dir" >/dev/null 2>&1; then server stop "$dir"; echo "Stopped. '$(again demo)' starts it again, '$(again demo-remove)' deletes it."
  else echo "The demo server in $dir is not running."; fi
  ;;
remove)
  check_dir
  [ -s "$dir/data/PG_VERSION" ] || { echo "There is no demo server in $dir."; exit 0; }
  stop_page
  server remove "$dir"
  echo "Removed $dir. The pictures in $out stay."
  ;;
*) die "no such command: $1 (nothing, stop or remove)" ;;
esac
