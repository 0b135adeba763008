#!/usr/bin/env bash
# `make demo`, twice, in a directory of its own: its tables and pictures hold what the sources say.
. "$(dirname "$0")/lib.bash"
export TMAP_DEMO_DIR=$work/d
chmod 755 "$work"
trap 'bash demo/run.sh remove >/dev/null 2>&1; finish' EXIT
ok "the demo runs" bash -c 'bash demo/run.sh >"$1/first"' - "$work"
files() { cat "$TMAP_DEMO_DIR"/stays/SYNTHETIC_PMSI_*.csv | sha256sum; }
before=$(files)
ok "running it again is harmless" bash -c 'bash demo/run.sh >"$1/second"' - "$work"
sql() { test/server.sh psql "$TMAP_DEMO_DIR" -qAt -d tmap_demo -c "$1"; }
same "Germany 2019: 16,135 of 225,531 = 7.15 per 100, Wilson limits 7.05 to 7.26" \
  "$(sql "SELECT events, at_risk, round(value::numeric, 2), round(lower::numeric, 2), round(upper::numeric, 2), doi FROM atlas.area_year WHERE code = 'DEU' AND year = 2019 AND shown AND indicator = 'thrombectomy_per_stroke'")" \
  "16135|225531|7.15|7.05|7.26|10.1186/s42466-021-00115-2"
same "two figures of Germany 2019 are kept beside a submission's" "$(sql "SELECT count(*) FROM atlas.area_year WHERE code = 'DEU' AND year = 2019 AND origin = 'reported' AND indicator = 'thrombectomy_per_stroke'")" 2
same "synthetic France: strokes and thrombectomies of the study, counted from hospital stays" \
  "$(sql "SELECT sum(strokes), sum(strokes) FILTER (WHERE path <> 'not treated') FROM atlas.stroke_count WHERE source_id = atlas.definition_source('frandon2024', 'FRA-SYNTHETIC')")" "803058|49154"
same "and in the figures of France" \
  "$(sql "SELECT sum(events), sum(at_risk) FROM atlas.area_year WHERE code = 'FRA' AND source_key = 'FRA-SYNTHETIC:frandon2024:1' AND indicator = 'thrombectomy_per_stroke'")" "49154|803058"
same "in 101 départements, and some of no known residence" \
  "$(sql "SELECT count(DISTINCT area_id) FILTER (WHERE level = 'department'), bool_or(level = 'country') FROM atlas.stroke_count JOIN atlas.area USING (area_id) WHERE source_id = atlas.definition_source('frandon2024', 'FRA-SYNTHETIC')")" "101|t"
same "by year, residence, age, sex, comorbidity and treatment: what was drawn before it was written as stays" \
  "$(sql "WITH counted AS (
      SELECT year, CASE WHEN level = 'department' THEN code END AS department, stratum, sum(strokes) AS strokes, coalesce(sum(strokes) FILTER (WHERE path <> 'not treated'), 0) AS treated
      FROM atlas.stroke_count JOIN atlas.area USING (area_id) WHERE source_id = atlas.definition_source('frandon2024', 'FRA-SYNTHETIC') GROUP BY 1, 2, 3),
    drawn AS (SELECT year, department, stratum, strokes, treated FROM synthetic.drawn)
    SELECT (SELECT count(*) FROM (TABLE counted EXCEPT TABLE drawn) x), (SELECT count(*) FROM (TABLE drawn EXCEPT TABLE counted) x), (SELECT sum(strokes) FROM drawn)")" "0|0|803058"
same "about 10 % of strokes have more than one stay; treated ones were transferred more often" \
  "$(sql "SELECT n BETWEEN 9 AND 12, treated > 4 * others FROM (SELECT 100 * avg(CASE WHEN stays > 1 THEN 1 ELSE 0 END) n, avg(CASE WHEN transferred THEN 1.0 ELSE 0 END) FILTER (WHERE treated) treated, avg(CASE WHEN transferred THEN 1.0 ELSE 0 END) FILTER (WHERE NOT treated) others FROM atlas.strokes_of_stays('frandon2024', 'FRA-SYNTHETIC', 1, '{2024}')) s")" "t|t"
same "stays counted as strokes are more, and the rate is lower" \
  "$(sql "SELECT stays - 803058 > 80000, 100.0 * treated / stays < 5.6 FROM (SELECT count(*) stays, count(*) FILTER (WHERE 'EAJF341' = ANY (procedures)) treated FROM atlas.stay WHERE age >= 20 AND NOT planned AND principal LIKE 'I63%') s")" "t|t"
same "the definitions differ: early recurrences out, patients of 18 and 19 in" \
  "$(sql "SELECT bool_and(more_strokes BETWEEN -1500 AND -500), sum(strokes_a) FROM atlas.compare_definitions('FRA-SYNTHETIC', 'frandon2024', 'international') WHERE code = 'FRA'")" "t|803058"
same "both runs make the same files of stays" "$(files)" "$before"
same "every line of the files is accounted for" \
  "$(cat "$TMAP_DEMO_DIR"/stays/SYNTHETIC_PMSI_*.csv | wc -l)" "$(sql "SELECT sum(accepted + rejected + 1) FROM atlas.submission WHERE country = 'FRA'")"
same "half a per cent is refused, for 13 reasons, each in every file" \
  "$(sql "SELECT round(100 * sum(lines) / (SELECT sum(lines_read) FROM atlas.submission WHERE country = 'FRA' AND status = 'in force'), 1), count(DISTINCT reason), count(*) FROM atlas.submission s, atlas.rejected_by_reason(s.submission_id) r WHERE country = 'FRA' AND status = 'in force'")" "0.5|13|91"
same "odd spellings load: no principal diagnosis is kept in small letters, with dots or daggers" \
  "$(sql "SELECT count(*) FROM atlas.stay WHERE principal !~ '^[A-Z][0-9]{2,3}$'"), $(grep -c ';i63\.' "$TMAP_DEMO_DIR/stays/SYNTHETIC_PMSI_2019.csv" | sed 's/^[1-9][0-9]*$/some/'), $(grep -c '†' "$TMAP_DEMO_DIR/stays/SYNTHETIC_PMSI_2019.csv" | sed 's/^[1-9][0-9]*$/some/')" "0, some, some"
same "the provisional file of 2024 was replaced; its stays are history" \
  "$(sql "SELECT status, accepted = (SELECT count(*) FROM atlas.stay_history), superseded_by IS NOT NULL FROM atlas.submission WHERE submission_key = 'FRA-PMSI-2024' ORDER BY submission_id LIMIT 1")" "superseded|t|t"
same "no identifier of a file is in the database, and no key" \
  "$(sql "SELECT count(*) FROM atlas.rejected_line WHERE line ~ '(^|;)[SP][0-9]{2,}(;|$)'"), $(sql "SELECT count(*) FROM atlas.inbox"), $(sql "SELECT count(*) FROM pg_db_role_setting WHERE setconfig::text LIKE '%pseudonym%'")" "0, 0, 0"
same "rolled up to France: the bytes of counting the groups" \
  "$(sql "SELECT md5(string_agg(encode(tmap.tally_send(tally), 'hex'), '' ORDER BY f.valid_from)) FROM atlas.fact f JOIN atlas.area a USING (area_id) WHERE a.code = 'FRA' AND NOT unlocated AND f.source_id = atlas.find_source('FRA-SYNTHETIC:frandon2024:1') AND indicator = 'thrombectomy_per_stroke'")" \
  "$(sql "SELECT md5(string_agg(encode(tmap.tally_send(t), 'hex'), '' ORDER BY year)) FROM (SELECT year, tmap.tally_agg(stratum, treated, strokes) t FROM synthetic.drawn GROUP BY year) s")"
same "target and alert level within 0.3 of the published ones (2018: 4.4, 3.6; 2024: 7.0, 5.6)" \
  "$(sql "SELECT string_agg((abs(target_level - CASE year WHEN 2018 THEN 4.4 ELSE 7.0 END) < 0.3 AND abs(alert_level - CASE year WHEN 2018 THEN 3.6 ELSE 5.6 END) < 0.3)::text, ',' ORDER BY year) FROM atlas.target_levels('region', 'thrombectomy_per_stroke', 'FRA-SYNTHETIC:frandon2024:1') WHERE year IN (2018, 2024)")" "true,true"
same "figures nobody reported stay missing: no denominator for Japan's strokes" "$(sql "SELECT count(*) FROM atlas.area_year WHERE code = 'JPN' AND indicator = 'thrombectomy_per_stroke'")" 0
same "no synthetic figure is shown for a country" "$(sql "SELECT count(*) FROM atlas.area_latest WHERE level = 'country' AND origin = 'synthetic'")" 0
same "fid is unique, int4 and first; the geometry typed and last" \
  "$(sql "SELECT count(DISTINCT fid) = count(*), (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'atlas.area_latest'::regclass AND attnum IN (1, (SELECT max(attnum) FROM pg_attribute WHERE attrelid = 'atlas.area_latest'::regclass))) FROM atlas.area_year")" \
  "t|fid integer, geom geometry(MultiPolygon,4326)"
same "the role reader sees the release, and neither patients nor what was not published" "$(sql "SELECT has_table_privilege('reader', 'atlas.region_year', 'SELECT'), has_table_privilege('reader', 'atlas.area_year', 'SELECT'), has_table_privilege('reader', 'atlas.stay', 'SELECT'), has_table_privilege('reader', 'atlas.stroke_count', 'SELECT'), has_table_privilege('reader', 'atlas.fact', 'SELECT')")" "t|f|f|f|f"
same "directly standardised to the strokes of 2024: France itself has its crude rate, with full coverage" \
  "$(sql "SELECT round(dsr::numeric, 6) = round(value::numeric, 6), dsr_coverage, dsr_standard FROM atlas.area_year WHERE level = 'country' AND source_key = 'FRA-SYNTHETIC:frandon2024:1' AND year = 2024 AND indicator = 'thrombectomy_per_stroke'")" "t|1|FRA-STROKES-2024"
same "no figure equals the alert level at the printed decimals" "$(awk '/^14\. /,/^$/' "$work/second" | awk -F'|' '/^ [0-9]/ && $5 + 0 == $8 + 0' | wc -l)" 0
for map in world france funnel; do
  same "$map.svg is well-formed XML" "$(test/server.sh psql "$TMAP_DEMO_DIR" -qAt -d tmap_demo -v file="demo/out/$map.svg" -f - <<<"\\set doc \`cat :file\`
SELECT xml_is_well_formed_document(:'doc')")" t
  ok "$map.png is a picture" bash -c 'head -c 8 "demo/out/$1.png" | grep -q PNG && [ "$(wc -c <"demo/out/$1.png")" -gt 50000 ]' - $map
done
ok "the synthetic map says so" grep -q 'SYNTHETIC DATA' demo/out/france.svg
ok "so does the funnel plot" grep -q 'SYNTHETIC DATA' demo/out/funnel.svg
same "the funnel holds every département, of every class" "$(grep -c '<circle [^>]*><title>' demo/out/funnel.svg), $(sql "SELECT count(*), count(DISTINCT class) FROM atlas.funnel_points('thrombectomy_per_stroke', 'department', 2024, 'FRA')")" "101, 101|5"
same "the variation of départements is more than chance's" "$(sql "SELECT (v).areas, (v).scv > 0, (v).p < 0.001 FROM (SELECT tmap.variation(events::bigint, expected) AS v FROM atlas.area_year WHERE indicator = 'thrombectomy_per_stroke' AND level = 'department' AND year = 2024 AND source_key = 'FRA-SYNTHETIC:frandon2024:1') s")" "101|t|t"
ok "the role reader reads every figure" test "$(sql "SET ROLE reader; SELECT count(*) FROM atlas.value WHERE value IS NOT NULL")" -gt 100
same "seven releases are public, each with an audit that found nothing" "$(sql "SELECT count(*), count(*) FILTER (WHERE (audit ->> 'passed')::boolean AND (audit ->> 'exact')::int = 0) FROM atlas.release")" "7|7"
same "no small count of a submitted or synthetic figure is public" "$(sql "SET ROLE reader; SELECT count(*) FROM atlas.value_by_edition WHERE origin <> 'reported' AND (events BETWEEN 1 AND 10 OR at_risk BETWEEN 1 AND 10 OR at_risk - events BETWEEN 1 AND 10)")" 0
ok "the output says how to stop a server in another directory" grep -q "TMAP_DEMO_DIR=$TMAP_DEMO_DIR make demo-stop" "$work/second"
ok "the output says how to look further" grep -Eq 'psql .*-h .* tmap_demo' "$work/second"
for run in first second; do sed -n '/1. COUNTRIES/,/^Pictures/p' "$work/$run" >"$work/$run.tables"; done
same "every table is printed" "$(grep -c '^[0-9]*\. [A-Z]' "$work/first.tables")" 19
ok "and has rows" bash -c '[ "$(wc -l <"$1")" -gt 100 ]' - "$work/first.tables"
ok "both runs print the same tables" diff "$work/first.tables" "$work/second.tables"
done_testing
