#!/usr/bin/env bash
# GDAL as a reader of the atlas: what it lists, and what it carries over into a GeoPackage and CSV.
. "$(dirname "$0")/lib.bash"
source="PG:host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE schemas=atlas"
rm -f "$out"/atlas.gpkg*

listed=$(ogrinfo --config PG_LIST_ALL_TABLES YES -q -so "$source" 2>"$work/err" | sed -n 's/^[0-9]*: \([^ ]*\).*/\1/p' | sort -u)
# It lists tables without asking for rights; what a reader may read has to be there, and nothing else can be read.
want=$(sql "SELECT relname FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind IN ('r', 'v') AND has_table_privilege(oid, 'SELECT') ORDER BY relname COLLATE \"C\"")
readable=$(for name in $listed; do ogrinfo -q -so "$source" "$name" >/dev/null 2>&1 && [ "$(sql "SELECT has_table_privilege('atlas.\"$name\"', 'SELECT')")" = t ] && echo "$name"; done)
same "it lists what is public" "$(LC_ALL=C sort <<<"$readable")" "$want"
same "not the tables behind" "$(grep -cE '^(stroke|stay|fact|edition_cell|edition_value|submission)$' <<<"$readable")" 0

for name in country_latest country_year region_latest region_year centre value value_by_edition indicator legend; do
  ok "$name: goes into a GeoPackage" ogr2ogr -f GPKG -update -append "$out/atlas.gpkg" "$source" "$name" -nln "$name"
  same "$name: as many rows" "$(ogrinfo -q "$out/atlas.gpkg" -sql "SELECT count(*) AS n FROM \"$name\"" | sed -n 's/.*n (Integer) = //p')" "$(sql "SELECT count(*) FROM atlas.$name")"
  # The sum of squares tells of ids changed that the sum does not.
  same "$name: the same ids" "$(ogrinfo -q "$out/atlas.gpkg" -dialect SQLite -sql "SELECT cast(sum(fid) AS text) || ' ' || cast(sum(fid % 9973 * (fid % 9973)) AS text) AS n FROM \"$name\"" | sed -n 's/.*n (String) = //p')" \
    "$(sql "SELECT sum(fid::int8) || ' ' || sum(fid::int8 % 9973 * (fid % 9973)) FROM atlas.$name")"
done

types() { ogrinfo -so "$out/atlas.gpkg" "$1" | sed -n 's/^\([^ ]*\): \([A-Za-z0-9]*\) (.*/\1 \2/p'; }
for name in country_latest region_year; do
  for column in thrombectomy_per_stroke thrombectomy_per_stroke_lower thrombectomy_per_stroke_events thrombectomy_per_stroke_at_risk thrombectomy_per_stroke_reliability; do
    same "$name.$column is a number" "$(types $name | sed -n "s/^$column //p")" Real
  done
  same "$name: the class is a whole number" "$(types $name | sed -n 's/^thrombectomy_per_stroke_class //p')" Integer
  same "$name: the year is a whole number" "$(types $name | sed -n 's/^year //p')" Integer
  same "$name: days are days" "$(types $name | sed -n 's/^valid_from //p')" Date
done
same "value: numbers are numbers" "$(types value | grep -E '^(value|lower|upper|events|at_risk|smoothed) ' | sort | tr '\n' ' ')" "at_risk Real events Real lower Real smoothed Real upper Real value Real "
same "geometries are EPSG:4326" "$(ogrinfo -so "$out/atlas.gpkg" country_latest | grep -c 'ID\["EPSG",4326\]')" 1
have=$(ogrinfo -q "$out/atlas.gpkg" -dialect SQLite -sql "SELECT printf('%.17g', thrombectomy_per_stroke) AS n FROM country_latest WHERE code = 'FRA'" | sed -n 's/.*n (String) = //p')
want=$(sql "SELECT thrombectomy_per_stroke FROM atlas.country_latest WHERE code = 'FRA'")
ok "a figure is the same to the last bit" /usr/bin/python3 -c 'import sys; print(sys.argv); sys.exit(float(sys.argv[1]) != float(sys.argv[2]))' "$have" "$want"

# What is withheld stays withheld: no number beside a suppressed class.
same "suppressed rows carry no number" "$(ogrinfo -q "$out/atlas.gpkg" -dialect SQLite -sql "SELECT count(*) AS n FROM region_year WHERE thrombectomy_per_stroke_class = -1 AND coalesce(thrombectomy_per_stroke, thrombectomy_per_stroke_events, thrombectomy_per_stroke_lower, thrombectomy_per_stroke_smoothed, thrombectomy_per_stroke_dsr) IS NOT NULL" | sed -n 's/.*n (Integer) = //p')" 0
ok "some are suppressed" test "$(ogrinfo -q "$out/atlas.gpkg" -dialect SQLite -sql "SELECT count(*) AS n FROM region_year WHERE thrombectomy_per_stroke_class = -1" | sed -n 's/.*n (Integer) = //p')" -gt 0

rm -f "$out/country_latest.csv"
ok "a layer goes into CSV" ogr2ogr -f CSV "$out/country_latest.csv" "$source" country_latest
same "with a line for each country" "$(($(wc -l <"$out/country_latest.csv") - 1))" "$(sql "SELECT count(*) FROM atlas.country_latest")"

# Tiles and GeoJSON, as a web server hands them on.
# json FILE EXPRESSION: a Python expression over the document d.
json() { /usr/bin/python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2" 2>&1 | tail -n 1; }
mkdir -p "$out/tiles/0/0"
sql "SELECT encode(atlas.tile(0, 0, 0), 'hex')" | perl -ne 'chomp; print pack("H*", $_)' >"$out/tiles/0/0/0.pbf"
same "the tile of the world has areas and centres" "$(ogrinfo -q "$out/tiles/0/0/0.pbf" | sed 's/^[0-9]*: \([a-z]*\).*/\1/' | sort | tr '\n' ' ')" "areas centres "
for layer in areas centres; do rm -f "$work/$layer.json"; ogr2ogr -f GeoJSON -t_srs EPSG:4326 "$work/$layer.json" "$out/tiles/0/0/0.pbf" "$layer" 2>/dev/null; done
type_of() { ogrinfo -so "$out/tiles/0/0/0.pbf" areas | sed -n "s/^$1: \([A-Za-z0-9]*\) (.*/\1/p"; }
year=$(sql "SELECT max(year) FROM atlas.value")
same "tile: the class is a whole number" "$(type_of "c$year")" Integer
same "tile: the value is a number" "$(type_of "v$year")" Real
same "tile: every country of $year is in it, with its number" "$(json "$work/areas.json" '" ".join(sorted("%d:%s" % (f["properties"]["mvt_id"], f["properties"]["code"]) for f in d["features"]))' | md5sum)" \
  "$(sql "SELECT string_agg(fid || ':' || code, ' ' ORDER BY fid || ':' || code COLLATE \"C\") FROM atlas.country_latest" | md5sum)"
same "tile: classes are those of the view" "$(json "$work/areas.json" 'sum(f["properties"]["mvt_id"] * f["properties"]["c'"$year"'"] for f in d["features"])')" "$(sql "SELECT sum(area_id * thrombectomy_per_stroke_class) FROM atlas.country_year WHERE year = $year")"
box='(lambda c: "%.0f %.0f %.0f %.0f" % (min(p[0] for p in c), min(p[1] for p in c), max(p[0] for p in c), max(p[1] for p in c)))([p for f in d["features"] if f["properties"]["code"] == "POL" for a in ([f["geometry"]["coordinates"]] if f["geometry"]["type"] == "Polygon" else f["geometry"]["coordinates"]) for r in a for p in r])'
same "tile: Poland lies where it lies" "$(json "$work/areas.json" "$box")" "$(sql "SELECT format('%s %s %s %s', round(st_xmin(geom)), round(st_ymin(geom)), round(st_xmax(geom)), round(st_ymax(geom))) FROM atlas.country_latest WHERE code = 'POL'")"
same "tile: every centre is in it" "$(json "$work/centres.json" 'len({f["properties"]["mvt_id"] for f in d["features"]})')" "$(sql "SELECT count(*) FROM atlas.centre")"

sql "SELECT atlas.geojson('thrombectomy_per_stroke', 'country', $year)" >"$out/country.geojson"
same "GeoJSON: every country, with its number" "$(ogrinfo -q "$out/country.geojson" -dialect SQLite -sql "SELECT count(*) || ' ' || sum(rowid) AS n FROM \"$(ogrinfo -q "$out/country.geojson" | sed 's/^1: \([^ ]*\).*/\1/')\"" | sed -n 's/.*n (String) = //p')" "$(sql "SELECT count(*) || ' ' || sum(area_id) FROM atlas.country_latest")"
same "GeoJSON: the class is a whole number" "$(ogrinfo -al -so "$out/country.geojson" | sed -n 's/^class: \([A-Za-z0-9]*\) (.*/\1/p')" Integer
same "GeoJSON: the value is a number" "$(ogrinfo -al -so "$out/country.geojson" | sed -n 's/^value: \([A-Za-z0-9]*\) (.*/\1/p')" Real
done_testing
