#!/usr/bin/env bash
# Prints an update script of the extension from its plan (sql/updates/from-VERSION.sql): plain SQL, in which a line
# "-- @part NN_x.sql" stands for a part of the library, "-- @comments NN_x.sql" for the comments of one, and "-- @embed" for the atlas's DDL of today.
set -euo pipefail
cd "$(dirname "$0")"
while IFS= read -r line; do
  case $line in
    "-- @part "*) cat "parts/${line#-- @part }" ;;
    "-- @comments "*) grep '^COMMENT ON' "parts/${line#-- @comments }" ;;
    "-- @embed") bash embed.sh | sed 's/^CREATE FUNCTION tmap.atlas_/CREATE OR REPLACE FUNCTION tmap.atlas_/' ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"updates/$1"
