#!/usr/bin/env bash
# Fills a database with the atlas that map clients are shown: the demo's real data, SYNTHETIC France without stays, seven
# editions published, styles for QGIS, role reader.       atlas.sh DIR DATABASE      (DIR: folder of a running test/server.sh)
# TMAP_SCRIPT: an install script of the library to run in place of CREATE EXTENSION, for a tree that is not installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=${1:?a server}; db=${2:?a database}
say() { printf '  [%3d s] %s\n' "$SECONDS" "$*"; }
sql() { local name=$1; shift; bash test/server.sh psql "$dir" -qAt -v ON_ERROR_STOP=1 -d "$name" "$@" >/dev/null; }

final=$db; db=${db}_new
sql postgres -c "SET client_min_messages = warning" -c "DROP DATABASE IF EXISTS $db WITH (FORCE)" -c "CREATE DATABASE $db"
sql "$db" -c "ALTER DATABASE $db SET client_min_messages = warning" -c 'CREATE EXTENSION postgis'
if [ -n "${TMAP_SCRIPT:-}" ]; then sql "$db" -f "$TMAP_SCRIPT"; else sql "$db" -c 'CREATE EXTENSION tmap'; fi
sql "$db" -c "SELECT tmap.create_atlas('atlas')"
say "loading areas, inhabitants, centres and published figures"
sql "$db" -v data=demo/data -f demo/load.sql
sql "$db" -v data=demo/data -f demo/counts.sql
say "making SYNTHETIC France"
sql "$db" -v data=demo/data -f test/clients/france.sql
say "publishing editions 2018 to 2024"
sql "$db" -f demo/release.sql
sql "$db" -f demo/reader.sql
sql "$db" -c 'VACUUM (ANALYZE)'
sql postgres -c "SET client_min_messages = warning" -c "DROP DATABASE IF EXISTS $final WITH (FORCE)" -c "ALTER DATABASE $db RENAME TO $final"
say "writing styles for QGIS"
sql "$final" -c 'SELECT atlas.install_qgis_styles()'   # they name the database
say "the atlas is ready"
