#!/usr/bin/env bash
# A published edition of an atlas as one archive, and back into another atlas.
#   archive.sh export ATLAS EDITION FILE.tar.gz    writes the archive; the same edition gives the same bytes
#   archive.sh import ATLAS FILE.tar.gz [SHA256]   checks it and takes it over; SHA256: of SHA256SUMS, as the publisher announced it
# The database is the one that psql finds: PGHOST, PGPORT, PGUSER, PGDATABASE. A GeoPackage is added when ogr2ogr is there
# (Debian: gdal-bin), unless TMAP_GEOPACKAGE=no.
set -euo pipefail
usage() { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
die() { printf 'archive.sh: %s\n' "$*" >&2; exit 1; }
command=${1:-}; atlas=${2:-}
case $command-$# in export-4|import-3|import-4) ;; *) usage ;; esac
case $atlas in *[\"\\]*|'') die "no such atlas: $atlas" ;; esac
export PGCLIENTENCODING=UTF8
files=(README.txt areas.csv areas.csvt codebook.csv edition.json figures.csv figures.csvt indicators.csv indicators.csvt sources.csv SHA256SUMS)
# Lines come and go whole: the separator and the quote are bytes that no file holds.
raw="WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
sql() { psql -X -q -At -v ON_ERROR_STOP=1 -v "atlas=$atlas" "$@"; }

geopackage() { # the CSV files as one GeoPackage: areas with geometry, the others as tables
  local layer options
  for layer in areas figures indicators sources codebook; do
    options=(-nlt NONE -update)
    [ $layer != areas ] || options=(-oo KEEP_GEOM_COLUMNS=NO -a_srs EPSG:4326 -nlt MULTIPOLYGON -lco GEOMETRY_NAME=geom)
    # The date of the file, so that the bytes do not depend on the day.
    OGR_CURRENT_DATE=$1 ogr2ogr -f GPKG release.gpkg "$layer.csv" -nln "$layer" -oo EMPTY_STRING_AS_NULL=YES "${options[@]}" || return 1
  done
}

if [ "$command" = export ]; then
  edition=$3; target=$4
  name=tmap-$(printf %s "$edition" | LC_ALL=C tr -c 'A-Za-z0-9._-' -)
  mkdir "$work/$name"
  { # one snapshot for all files
    echo "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    for file in "${files[@]}"; do
      printf "COPY (SELECT * FROM :\"atlas\".archive_file(:'edition', '%s')) TO STDOUT %s \\\\g %s\n" "$file" "$raw" "$file"
    done
    printf "SELECT to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM :\"atlas\".release WHERE edition = :'edition' \\\\g date\nCOMMIT;\n"
  } >"$work/script"
  (cd "$work/$name" && sql -v "edition=$edition" -f "$work/script") || die "edition $edition was not exported"
  mv "$work/$name/date" "$work/date"; date=$(cat "$work/date")
  if [ "${TMAP_GEOPACKAGE:-yes}" = yes ]; then
    if command -v ogr2ogr >/dev/null; then
      (cd "$work/$name" && geopackage "$date" && sha256sum release.gpkg >>SHA256SUMS && LC_ALL=C sort -k2 -o SHA256SUMS SHA256SUMS) || die "no GeoPackage was made"
    else
      echo "archive.sh: no ogr2ogr, hence no GeoPackage (apt install gdal-bin)" >&2
    fi
  fi
  (cd "$work/$name" && sha256sum --quiet -c SHA256SUMS)
  (cd "$work" && LC_ALL=C ls -d "$name"/* | tar --format=ustar --mtime="$date" --owner=0 --group=0 --numeric-owner --mode=0644 -cf - -T - | gzip -n9 >archive)
  cp "$work/archive" "$target"
  echo "$target; SHA-256 of its SHA256SUMS: $(sha256sum <"$work/$name/SHA256SUMS" | cut -d' ' -f1)"
else
  source=$3; announced=${4:-}
  tar -tzf "$source" >"$work/list" || die "$source is no archive"
  ! grep -qvxE '[A-Za-z0-9._-]+/[A-Za-z0-9._-]*' "$work/list" || die "$source holds other files than an edition does"
  mkdir "$work/files"
  tar -xzf "$source" -C "$work/files" --strip-components=1 --no-same-owner --no-same-permissions
  [ -z "$(find "$work/files" -mindepth 1 ! -type f)" ] || die "$source holds links or other things that are no files"
  # Names of files of the archive only: the digest of a device or of a file elsewhere is none of its business.
  [ -s "$work/files/SHA256SUMS" ] && ! grep -qvxE '[0-9a-f]{64} [ *][A-Za-z0-9_-][A-Za-z0-9._-]*' "$work/files/SHA256SUMS" || die "SHA256SUMS of $source is no list of digests and names of its files"
  [ "$(cd "$work/files" && find . -type f -printf '%P\n' | LC_ALL=C sort)" = "$({ cut -c67- "$work/files/SHA256SUMS"; echo SHA256SUMS; } | LC_ALL=C sort)" ] || die "a file of $source was changed: its files are not those that SHA256SUMS lists"
  (cd "$work/files" && sha256sum --quiet --strict -c SHA256SUMS) || die "a file of $source was changed"
  {
    for file in "${files[@]}"; do
      [ -f "$work/files/$file" ] || die "$source has no file $file"
      printf "SELECT set_config('tmap.upload', 'archive/%s', false) \\\\g /dev/null\n\\\\copy \"%s\".inbox (line) from '%s' %s\n" "$file" "$atlas" "$file" "$raw"
    done
    printf "SELECT format('%%s: edition %%s, %%s figures, %%s areas made', i.status, i.edition, i.figures, i.areas_made) FROM :\"atlas\".import_edition('archive', nullif(:'announced', '')) i;\n"
  } >"$work/script"
  (cd "$work/files" && sql -1 -v "announced=$announced" -f ../script)
fi
