#!/usr/bin/env bash
# `make demo`, twice, in a directory of its own: its tables and pictures hold what the sources say.
. "$(dirname "$0")/lib.bash"
export TMAP_DEMO_DIR=$work/d
chmod 755 "$work"
trap 'bash demo/run.sh remove >/dev/null 2>&1; finish' EXIT
ok "the demo runs" bash -c 'bash demo/run.sh >"$1/first"' - "$work"
ok "running it again is harmless" bash -c 'bash demo/run.sh >"$1/second"' - "$work"
sql() { test/server.sh psql "$TMAP_DEMO_DIR" -qAt -d tmap_demo -c "$1"; }
same "Germany 2019: 16,135 of 225,531 = 7.15 per 100, Wilson limits 7.05 to 7.26" \
  "$(sql "SELECT events, at_risk, round(value::numeric, 2), round(lower::numeric, 2), round(upper::numeric, 2), doi FROM atlas.area_year WHERE code = 'DEU' AND year = 2019 AND shown AND indicator = 'thrombectomy_per_stroke'")" \
  "16135|225531|7.15|7.05|7.26|10.1186/s42466-021-00115-2"
same "two figures of Germany 2019 are kept beside a submission's" "$(sql "SELECT count(*) FROM atlas.area_year WHERE code = 'DEU' AND year = 2019 AND origin = 'reported' AND indicator = 'thrombectomy_per_stroke'")" 2
same "synthetic France: strokes and thrombectomies of the study" "$(sql "SELECT count(*), count(*) FILTER (WHERE treated) FROM atlas.stroke")" "803058|49154"
same "in 101 départements" "$(sql "SELECT count(DISTINCT area_id) FROM atlas.stroke")" 101
same "rolled up to France: the bytes of counting the rows" \
  "$(sql "SELECT md5(string_agg(encode(tmap.tally_send(tally), 'hex'), '' ORDER BY f.valid_from)) FROM atlas.fact f JOIN atlas.area a USING (area_id) WHERE a.code = 'FRA' AND f.source_id = atlas.find_source('FRA-SYNTHETIC') AND indicator = 'thrombectomy_per_stroke'")" \
  "$(sql "SELECT md5(string_agg(encode(tmap.tally_send(t), 'hex'), '' ORDER BY year)) FROM (SELECT year, tmap.tally_agg(stratum, treated) t FROM atlas.stroke GROUP BY year) s")"
same "target and alert level within 0.3 of the published ones (2018: 4.4, 3.6; 2024: 7.0, 5.6)" \
  "$(sql "SELECT string_agg((abs(target_level - CASE year WHEN 2018 THEN 4.4 ELSE 7.0 END) < 0.3 AND abs(alert_level - CASE year WHEN 2018 THEN 3.6 ELSE 5.6 END) < 0.3)::text, ',' ORDER BY year) FROM atlas.target_levels('region', 'thrombectomy_per_stroke', 'FRA-SYNTHETIC') WHERE year IN (2018, 2024)")" "true,true"
same "figures nobody reported stay missing: no denominator for Japan's strokes" "$(sql "SELECT count(*) FROM atlas.area_year WHERE code = 'JPN' AND indicator = 'thrombectomy_per_stroke'")" 0
same "no synthetic figure is shown for a country" "$(sql "SELECT count(*) FROM atlas.area_latest WHERE level = 'country' AND origin = 'synthetic'")" 0
same "fid is unique, int4 and first; the geometry typed and last" \
  "$(sql "SELECT count(DISTINCT fid) = count(*), (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'atlas.area_latest'::regclass AND attnum IN (1, (SELECT max(attnum) FROM pg_attribute WHERE attrelid = 'atlas.area_latest'::regclass))) FROM atlas.area_year")" \
  "t|fid integer, geom geometry(MultiPolygon,4326)"
same "the role reader sees views and no patient rows" "$(sql "SELECT has_table_privilege('reader', 'atlas.area_latest', 'SELECT'), has_table_privilege('reader', 'atlas.stroke', 'SELECT'), has_table_privilege('reader', 'atlas.fact', 'SELECT')")" "t|f|f"
same "directly standardised to the strokes of 2024: France itself has its crude rate, with full coverage" \
  "$(sql "SELECT round(dsr::numeric, 6) = round(value::numeric, 6), dsr_coverage, dsr_standard FROM atlas.area_year WHERE level = 'country' AND source_key = 'FRA-SYNTHETIC' AND year = 2024 AND indicator = 'thrombectomy_per_stroke'")" "t|1|FRA-STROKES-2024"
same "no figure equals the alert level at the printed decimals" "$(awk '/^8\. /,/^$/' "$work/second" | awk -F'|' '/^ [0-9]/ && $5 + 0 == $8 + 0' | wc -l)" 0
for map in world france; do
  same "$map.svg is well-formed XML" "$(test/server.sh psql "$TMAP_DEMO_DIR" -qAt -d tmap_demo -v file="demo/out/$map.svg" -f - <<<"\\set doc \`cat :file\`
SELECT xml_is_well_formed_document(:'doc')")" t
  ok "$map.png is a picture" bash -c 'head -c 8 "demo/out/$1.png" | grep -q PNG && [ "$(wc -c <"demo/out/$1.png")" -gt 50000 ]' - $map
done
ok "the synthetic map says so" grep -q 'SYNTHETIC DATA' demo/out/france.svg
ok "the role reader reads every figure" test "$(sql "SET ROLE reader; SELECT count(*) FROM atlas.area_year WHERE value IS NOT NULL")" -gt 100
ok "the output says how to stop a server in another directory" grep -q "TMAP_DEMO_DIR=$TMAP_DEMO_DIR make demo-stop" "$work/second"
ok "the output says how to look further" grep -Eq 'psql .*-h .* tmap_demo' "$work/second"
for run in first second; do sed -n '/1. COUNTRIES/,/^Pictures/p' "$work/$run" >"$work/$run.tables"; done
same "every table is printed" "$(grep -c '^[0-9]*\. [A-Z]' "$work/first.tables")" 10
ok "and has rows" bash -c '[ "$(wc -l <"$1")" -gt 100 ]' - "$work/first.tables"
ok "both runs print the same tables" diff "$work/first.tables" "$work/second.tables"
done_testing
