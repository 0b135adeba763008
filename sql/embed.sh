#!/usr/bin/env bash
# Prints SQL: library functions that hold the atlas's DDL (sql/atlas/NN_x.sql) and its upgrade steps
# (sql/atlas/updates/NNNN_x.sql; NNNN is the layout that the step leads to). The layout of a new atlas is
# the highest step, or 1.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/atlas"
tag='$tmap_atlas_ddl$'

whole() { # prints a file; a line "-- @include NN_x.sql" stands for that file of sql/atlas
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in "-- @include "*) cat "${line#-- @include }" ;; *) printf '%s\n' "$line" ;; esac
  done <"$1"
}

rows() { # prints (first, 'ddl') for each file; the first column as told: name or number
  local kind=$1 separator='' file first
  shift
  for file in "$@"; do
    if grep -qF "$tag" "$file"; then echo "embed.sh: $file holds the dollar quote $tag" >&2; exit 1; fi
    first=$(basename "$file" .sql)
    if [ "$kind" = number ]; then first=$((10#${first%%_*})); else first="'$first'"; fi
    printf '%s(%s, %s\n' "$separator" "$first" "$tag"
    whole "$file"
    printf '%s)' "$tag"
    separator=$',\n'
  done
}

steps=(updates/[0-9]*.sql)
layout=1
for step in "${steps[@]}"; do
  number=$(basename "$step"); number=$((10#${number%%_*}))
  if [ "$number" -le "$layout" ]; then echo "embed.sh: $step: steps start at 0002 and rise" >&2; exit 1; fi
  layout=$number
done

cat <<SQL
-- The atlas's DDL, embedded by sql/embed.sh.

CREATE FUNCTION tmap.atlas_layout() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $layout;
COMMENT ON FUNCTION tmap.atlas_layout() IS 'Number of the layout that tmap.create_atlas makes and tmap.upgrade_atlas brings an atlas to.';

CREATE FUNCTION tmap.atlas_ddl() RETURNS TABLE (part text, ddl text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS \$tmap_embed\$ VALUES
SQL
rows name [0-9]*.sql
cat <<'SQL'

$tmap_embed$;
COMMENT ON FUNCTION tmap.atlas_ddl() IS 'Internal: DDL of a new atlas in the order to run it; @atlas@ and @postgis@ stand for the quoted schemas of the atlas and of PostGIS.';

CREATE FUNCTION tmap.atlas_updates() RETURNS TABLE (layout integer, ddl text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $tmap_embed$
SQL
if [ ${#steps[@]} = 0 ]; then echo 'SELECT 0, NULL::text WHERE false'; else echo VALUES; rows number "${steps[@]}"; fi
cat <<'SQL'

$tmap_embed$;
COMMENT ON FUNCTION tmap.atlas_updates() IS 'Internal: steps that bring an older atlas to the present layout, each with the layout it leads to; same placeholders as tmap.atlas_ddl.';

SQL
