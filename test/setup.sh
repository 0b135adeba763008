#!/usr/bin/env bash
# Installs with apt what `make demo`, `make test`, `make test-clients` or `make bench` needs and the machine lacks; says what and why.
set -euo pipefail
what=${1:-demo}

need=(
  "gcc|C compiler"
  "libc6-dev|C library headers"
  "perl|finds a free port, runs test helpers"
  "postgresql-15|the database server"
  "postgresql-server-dev-15|headers and PGXS to build the extension"
  "postgresql-15-postgis-3|geometry types and functions"
  "postgresql-15-postgis-3-scripts|the SQL scripts of PostGIS"
  "r-mathlib|distribution functions (libRmath)"
  "libglpk-dev|linear programming of the audit (GLPK)"
  "librsvg2-bin|turns the map's SVG into a PNG"
)
case $what in demo|clients) ;; *) need+=(
  "postgresql-15-pgtap|unit tests written in SQL"
  "clang-14|fuzzers and a second compiler"
  "libclang-rt-14-dev|the fuzzer's and sanitizers' run-time"
  "cppcheck|static analysis"
  "gdal-bin|ogr2ogr makes the GeoPackage of an archive"
) ;; esac
[ "$what" != clients ] || need+=(
  "python3-qgis|QGIS, without its windows"
  "qgis-providers|QGIS's access to PostgreSQL"
  "qgis-server|QGIS as a server of maps"
  "cgi-mapserver|MapServer"
  "gdal-bin|GDAL's tools"
  "chromium|the browser"
  "nodejs|serves the web page and drives the browser (18 or later)|node"
  "npm|fetches the page's packages|npm"
  "fonts-dejavu-core|letters for maps"
)
[ "$what" != bench ] || need+=(
  "valgrind|counts instructions per row"
  "r-base-core|R, whose glm the regressions are timed against"
  "r-cran-mass|R's negative binomial regression"
)

missing=()
for entry in "${need[@]}"; do
  IFS='|' read -r package why command <<<"$entry"
  # A program from elsewhere serves as well as Debian's package: Node is often newer.
  [ -z "$command" ] || ! command -v "$command" >/dev/null || continue
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' && continue
  [ ${#missing[@]} -gt 0 ] || echo "Installing with apt what is missing:"
  printf '  %-34s %s\n' "$package" "$why"
  missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "Run this as root, or install sudo." >&2; exit 1; }
  sudo=(sudo)
fi
log=$(mktemp)
run() { # runs apt quietly and shows its output only when it fails
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}
run apt-get update
if [ "$what" = clients ]; then echo "  … downloading and unpacking some 900 MB (a few minutes)"; else echo "  … downloading and unpacking (a minute or two)"; fi
run apt-get install -y --no-install-recommends "${missing[@]}"
rm -f "$log"
