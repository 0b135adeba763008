#!/usr/bin/env bash
# QGIS Server as a reader of the atlas: the styles of the database on the web, times, ids and names of columns.
. "$(dirname "$0")/lib.bash"
project=$out/atlas.qgz
indicator=thrombectomy_per_stroke
export HOME=$work XDG_RUNTIME_DIR=$work QGIS_SERVER_LOG_STDERR=1 QGIS_SERVER_LOG_LEVEL=2
chmod 700 "$work"
rm -f "$project"
ok "a project is written" /usr/bin/python3 test/clients/qgis_project.py "$project"

# get QUERY [PATH]: the body of an answer.
get() {
  env QGIS_PROJECT_FILE="$project" REQUEST_METHOD=GET SERVER_NAME=localhost SERVER_PORT=80 SCRIPT_NAME= QUERY_STRING="$1" ${2:+PATH_INFO="$2"} REQUEST_URI="${2:-/}?$1" \
    /usr/lib/cgi-bin/qgis_mapserv.fcgi >"$work/answer" 2>>"$out/qgis_server.log"
  sed '1,/^\r\?$/d' "$work/answer"
}
: >"$out/qgis_server.log"
wms="SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&STYLES=&CRS=EPSG:4326&BBOX=-90,-180,90,180&WIDTH=1440&HEIGHT=720&FORMAT=image/png"
want_colour() { sql "SELECT l.colour FROM atlas.$1 c JOIN atlas.legend l ON l.indicator = '$indicator' AND l.measure = 'value' AND l.class = c.${indicator}_class WHERE c.code = '$2' AND c.year = $3"; }

get "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities" >"$work/wms.xml"
ok "WMS tells what it has" grep -q '<Name>country_latest</Name>' "$work/wms.xml"
ok "WMS tells the times" grep -Eq '<Dimension[^>]*(name="TIME"|units="ISO8601")' "$work/wms.xml"

years=$(sql "SELECT max(year) FROM atlas.country_year")
get "$wms&LAYERS=country_latest" >"$out/qgis-server-world.png"
ok "WMS draws a PNG" gdalinfo "$out/qgis-server-world.png"
for code in $(sql "SELECT code FROM (SELECT code, row_number() OVER (PARTITION BY ${indicator}_class ORDER BY st_area(geom) DESC) AS place FROM atlas.country_latest WHERE st_area(geom) > 8) c WHERE place <= 2 ORDER BY code"); do
  read -r x y <<<"$(pixel "$code" -180 -90 180 90 1440 720)"
  same "$code has the colour of its class" "$(colour "$out/qgis-server-world.png" "$x" "$y")" "$(want_colour country_latest "$code" "$years")"
done

# A country whose class differs between two years.
read -r code one two <<<"$(sql "SELECT a.code, a.year, b.year FROM atlas.country_year a JOIN atlas.country_year b USING (area_id) WHERE a.year < b.year AND a.${indicator}_class <> b.${indicator}_class AND st_area(a.geom) > 8 ORDER BY st_area(a.geom) DESC, a.year, b.year LIMIT 1" | tr '|' ' ')"
ok "a country changes its class" test -n "$code"
read -r x y <<<"$(pixel "$code" -180 -90 180 90 1440 720)"
for year in $one $two; do
  get "$wms&LAYERS=country_year&TIME=$year-07-01" >"$out/qgis-server-$year.png"
  same "TIME=$year: $code has the colour of that year" "$(colour "$out/qgis-server-$year.png" "$x" "$y")" "$(want_colour country_year "$code" "$year")"
done

json() { /usr/bin/python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2" 2>&1 | tail -n 1; }
pol=$(sql "SELECT fid FROM atlas.country_latest WHERE code = 'POL'")
get "SERVICE=WFS&VERSION=1.1.0&REQUEST=GetFeature&TYPENAME=country_latest&OUTPUTFORMAT=application/vnd.geo%2Bjson&MAXFEATURES=5" >"$out/qgis-server-wfs.json"
same "WFS: ids are fid" "$(json "$out/qgis-server-wfs.json" '[f["id"] == "country_latest.%d" % f["properties"]["fid"] for f in d["features"]]')" "[True, True, True, True, True]"
get "" /wfs3/collections.json >"$work/collections.json"
same "OGC API lists the layers" "$(json "$work/collections.json" 'sorted(c["id"] for c in d["collections"])')" "['centre', 'country_latest', 'country_year', 'region_latest', 'region_year']"
get "" "/wfs3/collections/country_latest/items/$pol.json" >"$out/qgis-server-item.json"
same "OGC API: one item by its id" "$(json "$out/qgis-server-item.json" 'd["properties"]["code"]')" POL
same "OGC API: columns have their own names" "$(json "$out/qgis-server-item.json" '"'$indicator'_class" in d["properties"] and "valid_from" in d["properties"]')" True
same "OGC API: numbers are numbers" "$(json "$out/qgis-server-item.json" 'type(d["properties"]["'$indicator'"]).__name__ + " " + type(d["properties"]["'$indicator'_class"]).__name__')" "float int"
done_testing
