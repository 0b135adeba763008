#!/bin/sh
# Derives demo/data/boundaries.csv.gz from Natural Earth as Debian ships it (package qgis-common, public domain).
# Needs the Debian packages qgis-common, gdal-bin and gzip; no server. Usage: demo/derive/boundaries.sh [world_map.gpkg]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=$here/../data
source=${1:-/usr/share/qgis/resources/data/world_map.gpkg}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$source" "$work/map.gpkg"
chmod u+w "$work/map.gpkg"
ogr2ogr -f GPKG -update -nln fr_departement "$work/map.gpkg" "$data/fr_departement_population.csv"
ogr2ogr -f CSV "$work/boundaries.csv" "$work/map.gpkg" -dialect sqlite -sql "@$here/boundaries.sql"

# Every département must have found its name: 1 world, 242 countries, 4 nations and 18 régions, 101 départements.
counts=$(cut -d, -f4 "$work/boundaries.csv" | sort | uniq -c | awk '{ printf "%s %s;", $2, $1 }')
if [ "$counts" != 'country 242;department 101;level 1;region 22;world 1;' ]; then
  echo "boundaries.sh: unexpected contents: $counts" >&2
  exit 1
fi
if grep -q '^INSEE department,,' "$work/boundaries.csv"; then
  echo 'boundaries.sh: a département of Natural Earth has no INSEE code' >&2
  exit 1
fi
gzip -9 -n -c "$work/boundaries.csv" > "$data/boundaries.csv.gz"
