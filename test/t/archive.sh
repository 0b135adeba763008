#!/usr/bin/env bash
# A published edition as an archive by demo/archive.sh: the same bytes every time, checked with ordinary tools, taken over by
# another installation, handed on by it unchanged; a changed archive is refused.
. "$(dirname "$0")/lib.bash"
export PGHOST=$dir PGUSER=postgres PGPORT; PGPORT=$(cat "$dir/port")
with_tmap archive_home; with_tmap archive_away
psql archive_home <<'SQL' >/dev/null
SET client_min_messages = warning;
SELECT tmap.create_atlas('atlas');
INSERT INTO atlas.area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO atlas.area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', 'UTO', 'Utopia', 'country', area_id FROM atlas.area;
INSERT INTO atlas.area (code_system, code, name, level, parent_id, geom) SELECT 'tmap', '0' || i, 'Région "' || i || '", nord', 'region', area_id, public.ST_Multi(public.ST_Buffer(public.ST_SetSRID(public.ST_MakePoint(i / 3.0, sqrt(i)), 4326), 0.3)) FROM atlas.area, generate_series(1, 9) i WHERE code = 'UTO';
INSERT INTO atlas.source (source_key, title, origin) VALUES ('rows', 'SYNTHETIC rows', 'synthetic');
INSERT INTO atlas.fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis)
SELECT a.area_id, '2024-01-01', '2024-12-31', 'thrombectomy_per_stroke', atlas.find_source('rows'), t.tally, tmap.events(t.tally), 'computed'
FROM atlas.area a, LATERAL (SELECT tmap.tally_agg(tmap.stratum(25 + b * 10, x, 'low'), (b + a.area_id % 4)::bigint, (60 + 20 * b)::bigint) AS tally FROM generate_series(0, 6) b, unnest('{female,male}'::text[]) x) t WHERE a.level = 'region';
SELECT atlas.roll_up('rows');
SELECT atlas.compute_edition('Edition 2024/é', '{2024}');
SELECT atlas.publish_edition('Edition 2024/é');
SQL
psql archive_away -c "SELECT tmap.create_atlas('at las')" >/dev/null
export_from() { PGDATABASE=$1 demo/archive.sh export "$2" 'Edition 2024/é' "$3"; }
ok "the script exports" export_from archive_home atlas "$work/one.tar.gz"
digest=$(sed -n 's/.*SHA256SUMS: //p' "$work/out")
sleep 1.1
ok "and again, elsewhere and later" env TZ=Asia/Tokyo LC_ALL=C PGTZ=America/Lima PGDATABASE=archive_home demo/archive.sh export atlas 'Edition 2024/é' "$work/two.tar.gz"
ok "the same bytes" cmp "$work/one.tar.gz" "$work/two.tar.gz"
mkdir "$work/files"; tar -xzf "$work/one.tar.gz" -C "$work/files" --strip-components=1
ok "sha256sum finds every file in order" bash -c 'cd "$1/files" && sha256sum --strict -c SHA256SUMS && [ "$(ls | wc -l)" = $(($(wc -l <SHA256SUMS) + 1)) ]' - "$work"
same "the digest that the script tells is that of SHA256SUMS" "$(sha256sum <"$work/files/SHA256SUMS" | cut -d' ' -f1)" "$digest"
same "as many figures as are public" "$(($(wc -l <"$work/files/figures.csv") - 1))" "$(psql archive_home -c "SELECT count(*) FROM atlas.value")"
ok "edition.json is JSON with the report of the audit" perl -MJSON::PP -0777 -ne 'exit !decode_json($_)->{audit}{passed}' "$work/files/edition.json"
if command -v ogr2ogr >/dev/null; then
  ogrinfo -so -al "$work/files/release.gpkg" >"$work/layers" 2>&1
  same "the GeoPackage has the areas with boundaries, and the tables" "$(grep -E '^(Layer name|Geometry|Feature Count):' "$work/layers" | tr '\n' ' ')" \
    "Layer name: areas Geometry: Multi Polygon Feature Count: 11 Layer name: figures Geometry: None Feature Count: $(psql archive_home -c "SELECT count(*) FROM atlas.value") Layer name: indicators Geometry: None Feature Count: 1 Layer name: sources Geometry: None Feature Count: 1 Layer name: codebook Geometry: None Feature Count: $(($(wc -l <"$work/files/codebook.csv") - 1)) "
  ok "in degrees, codes as text" bash -c 'grep -q "WGS 84" "$1" && grep -q "^code: String" "$1" && grep -q "^value: Real" "$1"' - "$work/layers"
  ok "without ogr2ogr there is none, and the rest is there" bash -c 'TMAP_GEOPACKAGE=no PGDATABASE=archive_home demo/archive.sh export atlas "Edition 2024/é" "$1/three.tar.gz" && [ "$(tar -tzf "$1/three.tar.gz" | wc -l)" = 11 ]' - "$work"
else
  echo "# ogr2ogr is not there (gdal-bin): the GeoPackage is not tested"
fi
import() { PGDATABASE=archive_away demo/archive.sh import 'at las' "$@"; }
refused() { # refused MESSAGE ARGUMENTS: with this message, and nothing is left behind
  local message=$1; shift
  ! import "$@" >"$work/refusal" 2>&1 && cat "$work/refusal" && grep -q "$message" "$work/refusal" &&
    [ "$(psql archive_away -c 'SELECT (SELECT count(*) FROM "at las".edition) + (SELECT count(*) FROM "at las".area) + (SELECT count(*) FROM "at las".inbox)')" = 0 ]
}
ok "an archive other than announced is refused, and leaves nothing" refused 'not the one that was announced' "$work/one.tar.gz" "$(printf '0%.0s' $(seq 64))"
repack() { (cd "$work" && rm -rf t && mkdir -p t/x && cp files/* t/x/ && cd t && eval "$1" && tar -czf "../bad.tar.gz" x); }
repack "sed -i 's/,published,\\([0-9]\\)/,published,1\\1/' x/figures.csv"
ok "a changed figure is refused" refused 'a file of .* was changed' "$work/bad.tar.gz"
repack "sed -i 's/,published,\\([0-9]\\)/,published,1\\1/' x/figures.csv; cd x; sha256sum [!S]* >SHA256SUMS; cd .."
ok "and so is one whose digest was changed too" refused 'the figures are not those of edition' "$work/bad.tar.gz"
repack "rm x/areas.csv"
ok "a missing file is refused" refused 'a file of .* was changed' "$work/bad.tar.gz"
repack "ln -sf /etc/hostname x/README.txt"
ok "a link is refused" refused 'holds links' "$work/bad.tar.gz"
repack "mkdir x/y; cp x/areas.csv x/y/"
ok "a file somewhere else is refused" refused 'holds other files' "$work/bad.tar.gz"
repack "cp x/README.txt up; tar -cf ../up.tar --transform 's,^up,../../up,' -P up; rm up; cp /etc/hostname x/script; cp /etc/hostname x/list"
ok "a file that is not listed is refused, whatever its name" refused 'not those that SHA256SUMS lists' "$work/bad.tar.gz"
gzip -c "$work/up.tar" >"$work/up.tar.gz"
ok "a file that climbs out is refused" refused 'holds other files' "$work/up.tar.gz"
[ ! -e "$work/../up" ] || ok "nothing was written outside" false
repack "ln x/README.txt x/hard; rm x/README.txt; ln -s /etc/hostname x/README.txt"
ok "a link by another name is refused" refused 'holds links' "$work/bad.tar.gz"
repack "mkfifo x/pipe"
ok "a pipe is refused" refused 'holds links' "$work/bad.tar.gz"
repack "printf '%064d  /dev/zero\n' 0 >>x/SHA256SUMS"
ok "a digest of something elsewhere is not computed" timeout 20 bash -c '! PGDATABASE=archive_away demo/archive.sh import "at las" "$1" 2>&1 | tee "$1.out" | grep -q imported && grep -q "no list of digests" "$1.out"' - "$work/bad.tar.gz"
repack "printf '%064d  ../../../etc/hostname\n' 0 >>x/SHA256SUMS"
ok "nor of a file elsewhere" refused 'no list of digests' "$work/bad.tar.gz"
ok "something else is refused" refused 'is no archive' "$work/layers"
ok "the archive is taken over" import "$work/one.tar.gz" "$digest"
same "with its figures" "$(cat "$work/out")" "imported: edition Edition 2024/é, $(psql archive_home -c "SELECT count(*) FROM atlas.value") figures, 11 areas made"
same "the digests of the figures are equal" "$(psql archive_away -c 'SELECT sha256, "at las".edition_digest(edition_id) FROM "at las".edition')" "$(psql archive_home -c 'SELECT sha256, sha256 FROM atlas.edition')"
public="SELECT md5(string_agg((to_jsonb(v) - '{area_id,fid}'::text[])::text, E'\n' ORDER BY year, code)), count(*) > 0 FROM"
same "the public reads the same there" "$(psql archive_away -c "$public \"at las\".region_year v")" "$(psql archive_home -c "$public atlas.region_year v")"
ok "once more is harmless" import "$work/one.tar.gz"
same "and says so" "$(sed 's/:.*//' "$work/out")" unchanged
export_from archive_away 'at las' "$work/four.tar.gz" >/dev/null 2>&1
ok "handed on, it is the same archive" cmp "$work/one.tar.gz" "$work/four.tar.gz"
ok "a draft or unknown edition is not exported" bash -c '! PGDATABASE=archive_home demo/archive.sh export atlas none "$1/none.tar.gz" && [ ! -e "$1/none.tar.gz" ]' - "$work"
done_testing
