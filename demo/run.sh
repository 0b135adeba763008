#!/usr/bin/env bash
# The demo: builds and installs tmap, starts a private server, fills an atlas, prints tables, draws two maps and a funnel plot.
#   run.sh          all of it; a second time builds the database anew and swaps it in
#   run.sh stop     stops the server, keeps the data
#   run.sh remove   stops it and deletes its directory
# TMAP_DEMO_DIR: directory of the server; default /tmp/tmap-demo-USER.
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
  psql     $("${PG_CONFIG:-pg_config}" --bindir)/psql -h $dir -p $port -U postgres $db
           then: SELECT name, year, value, lower, upper FROM atlas.area_latest WHERE level = 'country';   \\dv+ atlas.*
  QGIS     Layer > Add Layer > Add PostGIS Layers > New:
           host 127.0.0.1   port $port   database $db   user reader   no password   SSL mode disable
           then open atlas.country_latest or atlas.region_latest, the public release, one column a figure; filter, for example
           "level" = 'department'. atlas.country_year and atlas.region_year are for the time slider
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
  fill
  say "Drawing the maps and the funnel plot"
  draw
  say "Results"
  run_sql "$db" -f demo/tables.sql
  look_further
  rm -f "$log"
  say "Done."
  ;;
stop)
  check_dir
  [ -s "$dir/data/PG_VERSION" ] || { echo "There is no demo server in $dir."; exit 0; }
  if server status "$dir" >/dev/null 2>&1; then server stop "$dir"; echo "Stopped. '$(again demo)' starts it again, '$(again demo-remove)' deletes it."
  else echo "The demo server in $dir is not running."; fi
  ;;
remove)
  check_dir
  [ -s "$dir/data/PG_VERSION" ] || { echo "There is no demo server in $dir."; exit 0; }
  server remove "$dir"
  echo "Removed $dir. The pictures in $out stay."
  ;;
*) die "no such command: $1 (nothing, stop or remove)" ;;
esac
