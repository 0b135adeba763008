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

for name in country_latest country_year region_latest region_year centre value indicator legend; do
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
done_testing
