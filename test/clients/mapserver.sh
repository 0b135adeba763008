#!/usr/bin/env bash
# MapServer as a reader of the atlas: WMS with the colours of the legend, WFS and OGC API with ids = fid and numbers as numbers.
. "$(dirname "$0")/lib.bash"
map=$out/mapserver.map
indicator=thrombectomy_per_stroke

{ # A map file from the legend: one class a row.
  cat <<END_OF_MAP
MAP
  NAME "atlas"
  EXTENT -180 -90 180 90
  SIZE 1440 720
  PROJECTION "init=epsg:4326" END
  IMAGECOLOR 238 244 248
  WEB METADATA
    "ows_title" "Atlas" "ows_enable_request" "*" "ows_srs" "EPSG:4326 EPSG:3857" "ows_onlineresource" "http://localhost/?"
    "oga_onlineresource" "http://localhost/atlas/ogcapi" "oga_html_template_directory" "/usr/share/mapserver/ogcapi/templates/html-plain/"
  END END
  LAYER
    NAME "country_latest"
    TYPE POLYGON
    STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE"
    DATA "geom FROM atlas.country_latest USING UNIQUE fid USING SRID=4326"
    PROJECTION "init=epsg:4326" END
    TEMPLATE "dummy"
    METADATA
      "ows_title" "Countries, latest figures" "gml_include_items" "all" "gml_featureid" "fid" "gml_types" "auto" "oga_featureid" "fid"
      "wms_enable_request" "*" "wfs_enable_request" "*" "wfs_getfeature_formatlist" "GEOJSON"
    END
    CLASSITEM "${indicator}_class"
END_OF_MAP
  sql "SELECT format('    CLASS NAME \"%s\" EXPRESSION \"%s\" STYLE COLOR \"%s\" OUTLINECOLOR 110 110 110 WIDTH 0.3 END END', label, class, colour) FROM atlas.legend WHERE indicator = '$indicator' AND measure = 'value' ORDER BY fid"
  cat <<'END_OF_MAP'
  END
  OUTPUTFORMAT
    NAME "GEOJSON" DRIVER "OGR/GEOJSON" MIMETYPE "application/json; subtype=geojson" FORMATOPTION "STORAGE=stream" FORMATOPTION "FORM=SIMPLE" FORMATOPTION "LCO:ID_FIELD=fid" FORMATOPTION "LCO:ID_TYPE=Integer"
  END
END
END_OF_MAP
} >"$map"

# get QUERY [PATH]: the body of an answer.
get() { env REQUEST_METHOD=GET QUERY_STRING="$1" ${2:+PATH_INFO="$2"} MS_MAPFILE="$map" MAPSERVER_CONFIG_FILE="$work/mapserver.conf" mapserv >"$work/answer" 2>"$work/err"; sed '1,/^\r\?$/d' "$work/answer"; }
printf 'CONFIG\n  ENV\n    "MS_MAP_PATTERN" "."\n    "OGCAPI_HTML_TEMPLATE_DIRECTORY" "/usr/share/mapserver/ogcapi/templates/html-bootstrap4/"\n  END\n  MAPS\n    "atlas" "%s"\n  END\nEND\n' "$map" >"$work/mapserver.conf"

get "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=country_latest&STYLES=&CRS=EPSG:4326&BBOX=-90,-180,90,180&WIDTH=1440&HEIGHT=720&FORMAT=image/png" >"$out/mapserver-world.png"
ok "WMS draws a PNG" gdalinfo "$out/mapserver-world.png"
for code in $(sql "SELECT code FROM (SELECT code, row_number() OVER (PARTITION BY ${indicator}_class ORDER BY st_area(geom) DESC) AS place FROM atlas.country_latest WHERE st_area(geom) > 8) c WHERE place <= 3 ORDER BY code"); do
  read -r x y <<<"$(pixel "$code" -180 -90 180 90 1440 720)"
  have=$(gdal_translate -q -expand rgb "$out/mapserver-world.png" "$work/rgb.png" 2>/dev/null && colour "$work/rgb.png" "$x" "$y" || colour "$out/mapserver-world.png" "$x" "$y")
  same "$code has the colour of its class" "$have" "$(sql "SELECT l.colour FROM atlas.country_latest c JOIN atlas.legend l ON l.indicator = '$indicator' AND l.measure = 'value' AND l.class = c.${indicator}_class WHERE c.code = '$code'")"
done

get "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities" >"$work/wms.xml"
ok "WMS tells what it has" grep -q '<Name>country_latest</Name>' "$work/wms.xml"

# json FILE EXPRESSION: a Python expression over the document d.
json() { /usr/bin/python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2" 2>&1 | tail -n 1; }
fra=$(sql "SELECT fid FROM atlas.country_latest WHERE code = 'FRA'")
get "SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=country_latest&OUTPUTFORMAT=GEOJSON" >"$out/mapserver-wfs.json"
same "WFS gives every country" "$(json "$out/mapserver-wfs.json" 'len(d["features"])')" "$(sql "SELECT count(*) FROM atlas.country_latest")"
same "WFS: numbers are numbers" "$(json "$out/mapserver-wfs.json" '[type(f["properties"]["'$indicator'"]).__name__ + " " + type(f["properties"]["'$indicator'_class"]).__name__ for f in d["features"] if f["properties"]["code"] == "FRA"][0]')" "float int"
same "WFS: ids are fid" "$(json "$out/mapserver-wfs.json" 'all(f.get("id") == f["properties"].get("fid", f.get("id")) for f in d["features"]) and [f["id"] for f in d["features"] if f["properties"]["code"] == "FRA"]')" "[$fra]"

# A page and an item: of countries with many islands MapServer 8.0 makes hundreds of megabytes of JSON.
get "f=json&limit=3" /atlas/ogcapi/collections/country_latest/items >"$out/mapserver-ogcapi.json"
same "OGC API knows how many" "$(json "$out/mapserver-ogcapi.json" 'd["numberMatched"]')" "$(sql "SELECT count(*) FROM atlas.country_latest")"
same "OGC API: ids are fid" "$(json "$out/mapserver-ogcapi.json" '[(int(f["id"]), f["properties"]["fid"], f["properties"]["code"]) for f in d["features"]]')" \
  "$(for id in $(json "$out/mapserver-ogcapi.json" '" ".join(f["id"] for f in d["features"])'); do sql "SELECT format('(%s, %s, ''%s'')', fid, fid, code) FROM atlas.country_latest WHERE fid = $id"; done | paste -sd, | sed 's/),(/), (/g; s/.*/[&]/')"
get "f=json" "/atlas/ogcapi/collections/country_latest/items/$(sql "SELECT fid FROM atlas.country_latest WHERE code = 'POL'")" >"$work/item.json"
same "OGC API: one item by its id" "$(json "$work/item.json" 'd["properties"]["code"]')" POL
same "OGC API: numbers are numbers" "$(json "$work/item.json" 'type(d["properties"]["'$indicator'"]).__name__ + " " + type(d["properties"]["'$indicator'_class"]).__name__')" "float int"
done_testing
