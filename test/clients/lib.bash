# What the clients' scripts share. Sourced. Environment: PGHOST PGPORT PGUSER PGDATABASE (role reader), TMAP_SERVER, TMAP_OUT.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
n=0; bad=0
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
out=$TMAP_OUT

# sql TEXT: as the reader.
sql() { "$("${PG_CONFIG:-pg_config}" --bindir)/psql" -XqAt -v ON_ERROR_STOP=1 -c "$1"; }

# ok TEXT CONDITION…: one TAP line; the condition is a command.
ok() { local text=$1; shift; n=$((n + 1)); if "$@" >"$work/out" 2>&1; then echo "ok $n - $text"; else bad=1; echo "not ok $n - $text"; sed 's/^/# /' "$work/out" | head -20; fi; }

# same TEXT HAVE WANT
same() { n=$((n + 1)); if [ "$2" = "$3" ]; then echo "ok $n - $1"; else bad=1; echo "not ok $n - $1"; printf '# have: %s\n# want: %s\n' "$2" "$3"; fi; }

# colour PNG X Y: the colour of a pixel as #rrggbb.
colour() { gdallocationinfo -valonly "$1" "$2" "$3" | head -n 3 | awk '{printf "%s%02x", (NR == 1 ? "#" : ""), $1} END {print ""}'; }

# pixel AREA WEST SOUTH EAST NORTH WIDTH HEIGHT: column and row of a point well inside an area of country_latest, on such a picture.
pixel() {
  sql "SELECT floor((st_x(p) - ($2)) / (($4) - ($2)) * $6)::int4 || ' ' || floor((($5) - st_y(p)) / (($5) - ($3)) * $7)::int4
       FROM (SELECT (st_maximuminscribedcircle(d.geom)).center AS p FROM atlas.country_latest c, st_dump(c.geom) d WHERE c.code = '$1' ORDER BY st_area(d.geom) DESC LIMIT 1) i"
}

done_testing() { echo "1..$n"; exit $bad; }
