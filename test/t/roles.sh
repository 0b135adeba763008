#!/usr/bin/env bash
# Who may see what: every relation and function of an atlas x every role against a matrix, two contributors at once, side doors, dump and restore.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.bash"
export PGOPTIONS='-c tmap.pseudonym_key=a-key-of-the-tests-and-of-nothing-else'
people='rt_ann rt_bob rt_ana rt_pub rt_rea rt_nil'
# Roles are the cluster's: away with those of an earlier run, and with these at the end.
no_roles() {
  local r
  for r in $people rt_uto rt_atl rt_contributor rt_analyst rt_publisher rt_reader; do psql postgres -c "DROP ROLE IF EXISTS $r" >/dev/null 2>&1; done
}
trap 'finish; no_roles' EXIT
psql postgres -c "DROP DATABASE IF EXISTS roles_from" -c "DROP DATABASE IF EXISTS roles_to" >/dev/null 2>&1
no_roles
with_tmap roles_from; database roles_to
# as ROLE SQL: logged in as that role. error ROLE SQL: the first line of its error.
as() { local who=$1; shift; psql roles_from -U "$who" "$@"; }
error() { as "$1" -c "$2" 2>&1 >/dev/null | grep -m1 'ERROR' | sed 's/^.*ERROR:  *//'; }
secret='777[0-9]{4}|ATL|atlantis|rt_bob|rt_atl'   # what stands in every row of the other country

psql roles_from <<'SQL' >/dev/null
SET client_min_messages = warning;
SELECT tmap.create_atlas('atlas');
SET search_path = atlas, tmap, public;
INSERT INTO area (area_id, code_system, code, name, level) VALUES (1, 'tmap', 'WORLD', 'World', 'world');
INSERT INTO area (area_id, code_system, code, name, level, parent_id) VALUES (1000, 'ISO 3166-1', 'UTO', 'Utopia', 'country', 1), (7770000, 'ISO 3166-1', 'ATL', 'Atlantis', 'country', 1);
INSERT INTO area (area_id, code_system, code, name, level, parent_id, geom)
SELECT 1000 + i, 'tmap', 'U' || i, 'Part ' || i, 'region', 1000, public.ST_Multi(public.ST_MakeEnvelope(i, 0, i + 1, 1, 4326)) FROM generate_series(1, 40) i
UNION ALL SELECT 7770000 + i, 'tmap', 'ATL' || i, 'Atlantis ' || i, 'region', 7770000, public.ST_Multi(public.ST_MakeEnvelope(i, 10, i + 1, 11, 4326)) FROM generate_series(1, 40) i;
INSERT INTO source (source_id, source_key, title, origin, country) VALUES (11, 'utopia', 'Utopia', 'submitted', 'UTO'), (7770011, 'atlantis', 'Of atlantis', 'submitted', 'ATL'),
  (12, 'utopia-stays', 'Utopia', 'synthetic', 'UTO'), (7770012, 'atlantis-stays', 'Of atlantis', 'synthetic', 'ATL'), (13, 'register', 'Open to all', 'submitted', NULL);
INSERT INTO stay_source (source_id, diagnosis_system, procedure_system, residence_system, date_format, sex_scheme) VALUES (12, 'ICD-10', 'CCAM', 'tmap', 'yyyy-mm-dd', 'm/f'), (7770012, 'ICD-10', 'CCAM', 'tmap', 'yyyy-mm-dd', 'm/f');
INSERT INTO population (area_id, valid_from, valid_to, stratum, persons, source_id) SELECT area_id, '2024-01-01', '2024-12-31', stratum('total', NULL, NULL, NULL), 100000, CASE WHEN area_id < 7770000 THEN 13 ELSE 7770011 END FROM area WHERE level = 'region';
INSERT INTO source (source_id, source_key, title, origin, country) VALUES (7770014, 'atlantis-offers', 'Of atlantis', 'submitted', 'ATL');
CREATE TABLE federated_offer_atl PARTITION OF federated_offer FOR VALUES IN ('ATL');
ALTER TABLE federated_offer_atl ENABLE ROW LEVEL SECURITY;
INSERT INTO federated_offer (country, code_system, code, valid_from, valid_to, indicator, source_key, unlocated, tally)
VALUES ('ATL', 'tmap', 'ATL1', '2023-01-01', '2023-12-31', 'thrombectomy_per_stroke', 'theirs', false, tally(stratum('total', NULL, NULL, NULL), 12, 7771234));
INSERT INTO stroke_centre (name, level, source_id, point) VALUES ('Centre', 'comprehensive', 13, public.ST_SetSRID(public.ST_MakePoint(1, 0), 4326));
INSERT INTO standard (name, tally, source_id) VALUES ('atlantis 2024', tally(stratum('total', NULL, NULL, NULL), 0, 4711), 7770011);
SELECT add_stay_year(2024), add_stroke_year(2024);
SQL
for r in $people; do psql postgres -c "CREATE ROLE $r LOGIN"; done
same "roles are set up" "$(psql roles_from -c "SELECT string_agg(role, ' ') FROM atlas.set_up_roles('rt')")" "rt_contributor rt_analyst rt_publisher rt_reader"
same "they cannot log in" "$(psql roles_from -c "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'rt\_%' AND NOT rolcanlogin")" 4
psql roles_from -c "SET client_min_messages = warning" -c "SELECT atlas.add_contributor('rt_uto', 'UTO'), atlas.add_contributor('rt_atl', 'ATL')" >/dev/null
psql postgres -c "GRANT rt_uto TO rt_ann; GRANT rt_atl TO rt_bob; GRANT rt_analyst TO rt_ana; GRANT rt_publisher TO rt_pub; GRANT rt_reader TO rt_rea"
same "setting up again gives the same rights" "$(psql roles_from -c "SELECT md5(string_agg(c::text, '' ORDER BY c::text)) FROM tmap.atlas_catalog('atlas') c")" \
  "$(psql roles_from -c "SELECT count(*) FROM atlas.set_up_roles()" >/dev/null 2>&1; psql roles_from -c "SELECT md5(string_agg(c::text, '' ORDER BY c::text)) FROM tmap.atlas_catalog('atlas') c")"
same "another prefix is refused" "$(state roles_from "SELECT atlas.set_up_roles('other')")" 55000
same "the owner is no contributor" "$(state roles_from "SELECT atlas.add_contributor('postgres', 'UTO')")" 22023
same "nor is a country that is none" "$(state roles_from "SELECT atlas.add_contributor('rt_nil', 'XXX')")" 22023
same "nor a name that is none" "$(state roles_from "SELECT atlas.add_contributor('pg_monitor', 'UTO')")" 42602

# --- Two contributors, each loading counts and stays under the same names, at the same time.
counts() { echo 'area,period,strokes,thrombectomies'; for i in $(seq 1 39); do echo "$1$i,2024,$((100 + i)),$((10 + i % 7))"; done; echo "$1-nowhere,2024,5,5"; }
stays() { echo 'stay_id,patient_id,admitted,discharged,age,sex,residence,hospital,principal,procedures'; for i in $(seq 1 400); do echo "S$i,P$i,2024-03-0$((1 + i % 9)),2024-03-20,$((50 + i % 40)),m,$1$((1 + i % 40)),H,I63.9,"; done; echo "S0,P0,never,,,,$1,,I63,"; }
load() { # ROLE AREAS COUNTRY SOURCE
  as "$1" <<SQL
SET tmap.upload = 'counts 2024';
\copy atlas.my_inbox(line) FROM '$work/counts.$2' WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
SELECT pg_sleep(0.3);
SELECT status, accepted, rejected FROM atlas.load_counts('counts 2024', '$3', '$4', accept_partial => true, expected_lines => 41);
SET tmap.upload = 'stays 2024';
\copy atlas.my_inbox(line) FROM '$work/stays.$2' WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
SELECT status, accepted, rejected FROM atlas.load_stays('stays 2024', '$3', '$4-stays', expected_lines => 402);
INSERT INTO atlas.stroke (country, year, stroke_id, area_id, stratum, treated, source_id) SELECT '$3', 2024, 1, a.area_id, tmap.stratum('total', NULL, NULL, NULL), true, s.source_id FROM atlas.area a, atlas.source s WHERE a.code = '${2}1' AND s.source_key = '$4';
SQL
}
chmod a+rx "$work"
for c in U ATL; do counts $c >"$work/counts.$c"; stays $c >"$work/stays.$c"; done
load rt_ann U UTO utopia >"$work/ann" 2>&1 & load rt_bob ATL ATL atlantis >"$work/bob" 2>&1; wait $!
want=$'\nloaded|39|1\nloaded|400|1'
same "the one contributor loads" "$(cat "$work/ann")" "$want"
same "the other loads at the same time, under the same names" "$(cat "$work/bob")" "$want"
load rt_bob ATL ATL atlantis >"$work/bob" 2>&1
same "loading again changes nothing" "$(grep -v '^$' "$work/bob" | head -1)" "unchanged|39|1"
sed -i 's/^ATL1,2024,101/ATL1,2024,150/' "$work/counts.ATL"; sed -i 's/^S1,P1,2024-03-02/S1,P1,2024-03-03/' "$work/stays.ATL"
load rt_bob ATL ATL atlantis >/dev/null 2>&1   # with a line at fault it would be refused, but for accept_partial
same "a correction supersedes" "$(psql roles_from -c "SELECT count(*) FROM atlas.submission WHERE status = 'superseded'")" 2
as rt_bob -c "INSERT INTO atlas.inbox (upload, line) VALUES ('atlantis', 'ATL secret')"
as rt_ana -c "SELECT atlas.tally_stays('international', s) FROM unnest('{utopia-stays,atlantis-stays}'::text[]) s" >"$work/tally" 2>&1
same "the analyst counts stays" "$(grep -c '(400,0,0,' "$work/tally")" 2
as rt_ana -c "SELECT atlas.tally_strokes(s) FROM unnest('{utopia}'::text[]) s" >/dev/null
same "the publisher computes, without a word" "$(as rt_pub -c "SELECT cells > 80 FROM atlas.compute_edition('2024', '{2024}')" 2>&1)" t
same "the publisher publishes" "$(as rt_pub -c "SELECT atlas.publish_edition('2024') > 80" 2>&1)" t
same "the analyst walks from a figure made of stays back to their file" "$(as rt_ana -c "SELECT kind, name, status, who, lines FROM atlas.trace('2024', 'U40', 2024, 'thrombectomy_per_stroke') WHERE kind <> 'edition'")" \
  $'cell|U40|suppressed||\nfact|U40|strokes||\nsource|utopia-stays:international:1|synthetic||\nsubmission|stays 2024|in force|rt_ann|400'
as rt_pub -c "SELECT atlas.compute_edition('DRAFTATL', '{2024}')" >/dev/null 2>&1
same "the analyst loads factors of one country and of all" "$(as rt_ana -c "SELECT status, accepted FROM atlas.load_factors_text(E'area,period,name,value\nU1,2024,income,21000\nU2,2024,income,22000\n', 'factors', 'UTO', 'utopia')" \
  -c "SELECT status, accepted FROM atlas.load_factors_text(E'area,period,name,value\nATL1,2024,income,7771111\n', 'factors of all', NULL, 'register')" 2>&1)" $'loaded|2\nloaded|1'
same "and corrects them" "$(as rt_ana -c "SELECT status, accepted FROM atlas.load_factors_text(E'area,period,name,value\nATL1,2024,income,7772222\n', 'factors of all', NULL, 'register')" 2>&1)" 'loaded|1'
same "the analyst reads factors beside figures" "$(as rt_ana -c "SELECT count(*) FROM atlas.factor_rows('{income}', source_key => 'utopia') WHERE missing = '{}'" 2>&1)" 2
same "the analyst takes what a country offers" "$(as rt_ana -c "SELECT status, figures, facts_changed > 0 FROM atlas.take_federated('ATL', 'atlantis-offers', 'theirs')" 2>&1)" 'taken|1|t'
same "and locates stays" "$(as rt_ana -c "SELECT located FROM atlas.locate_stays()" 2>&1)" 0
same "analyst and publisher write the same archive of an edition" "$(as rt_ana -c "SELECT md5(string_agg(f::text, '')), count(*) FROM atlas.archive_files('2024') f")" "$(as rt_pub -c "SELECT md5(string_agg(f::text, '')), 11 FROM atlas.archive_files('2024') f")"
same "the publisher sets the classes of the maps" "$(as rt_pub -c "SELECT atlas.set_classes('thrombectomy_per_stroke', '{1,2}')" -c "SELECT count(*) FROM atlas.legend WHERE indicator = 'thrombectomy_per_stroke' AND measure = 'value'" 2>&1)" '3
5'
same "the reader does not" "$(error rt_rea "SELECT atlas.set_classes('thrombectomy_per_stroke', '{1,2}')")" "permission denied for function set_classes"
same "nor does anybody but the owner make the layers" "$(error rt_pub "SELECT atlas.build_layers()")" "permission denied for function build_layers"
same "the reader reads every layer and list" "$(as rt_rea -c "SELECT count(*) FROM (SELECT fid FROM atlas.country_latest UNION ALL SELECT fid FROM atlas.country_year UNION ALL SELECT fid FROM atlas.region_latest UNION ALL SELECT fid FROM atlas.region_year UNION ALL SELECT fid FROM atlas.centre UNION ALL SELECT fid FROM atlas.legend) v WHERE fid IS NULL" 2>&1)" 0

# --- What each sees of the other. The territory, rules and what is published are no secret.
public=" area area_level code_system centre stroke_centre indicator indicator_definition case_definition code_rule map_panel map_class legend atlas_info disclosure_rule release value value_by_edition country_year region_year country_latest region_latest area_shape map_area map_level map_value "
for who in rt_ann rt_bob; do
  secret_of=$secret; [ $who = rt_ann ] || secret_of='(^|[^0-9])10[0-4][0-9]([^0-9]|$)|UTO|utopia|rt_ann|rt_uto'
  for t in $(as $who -c "SELECT relname FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind IN ('r', 'p', 'v') AND has_table_privilege(oid, 'SELECT') ORDER BY 1"); do
    [[ $public != *" $t "* ]] || continue
    as $who -c "COPY (SELECT * FROM atlas.$t) TO STDOUT" >"$work/seen" 2>"$work/err" || echo failed >>"$work/err"
    # Numbers that the atlas gives in order, counts and hashes may look like an area of the other: they stand in columns of their own.
    sed -i -E 's/[0-9]+\.[0-9e-]+//g' "$work/seen"   # values of figures
    [ $who = rt_ann ] || case $t in submission | submitted_count | fact | stay* | event | my_area_year) sed -i -E 's/10[0-4][0-9]//g' "$work/seen" ;; esac
    same "$who sees nothing of the other in $t" "$(grep -cE "$secret_of" "$work/seen") $(cat "$work/err")" "0 "
    if [ "$(psql roles_from -c "SELECT relkind FROM pg_class WHERE oid = 'atlas.$t'::regclass")" = r ] ; then as $who -c "COPY atlas.$t TO STDOUT" | grep -cE "$secret_of" >"$work/n"; [ $who = rt_bob ] || same "$who: nor by COPY" "$(cat "$work/n")" 0; fi
  done
done
# And it sees all of its own: as many rows as the owner counts for the country.
mine() { same "a contributor sees its own rows of $1" "$(as rt_ann -c "SELECT count(*) FROM atlas.$1")" "$(psql roles_from -c "SELECT count(*) FROM atlas.$1 x WHERE $2")"; }
own_area="area_id BETWEEN 1000 AND 1040"; own_submission="submission_id IN (SELECT submission_id FROM atlas.submission WHERE country = 'UTO')"
mine stay "country = 'UTO'"; mine stroke "country = 'UTO'"; mine submission "country = 'UTO'"; mine fact "$own_area"; mine population "$own_area"; mine stroke_count "$own_area"
mine factor_submission "$own_submission"; mine submitted_count "$own_submission"; mine rejected_line "$own_submission"; mine stay_submission "$own_submission"; mine source "country = 'UTO' OR country IS NULL"; mine event "country = 'UTO'"
same "stays are 400, facts are more than 80" "$(as rt_ann -c "SELECT (SELECT count(*) FROM atlas.stay), (SELECT count(*) > 80 FROM atlas.fact)")" "400|t"
same "its reject report" "$(as rt_ann -c "SELECT string_agg(r.reason, ' ' ORDER BY s.submission_id) FROM atlas.submission s, atlas.rejected_by_reason(s.submission_id) r")" "unknown_area bad_date"
same "and not the other's" "$(as rt_ann -c "SELECT count(*) FROM generate_series(1, 50) i, atlas.rejected_by_reason(i) r")" 2
same "history of the other: 2 submissions of 4" "$(as rt_bob -c "SELECT count(*), (SELECT count(*) FROM atlas.stay_history) FROM atlas.submission")" "4|400"
same "a role without any of it may nothing" "$(error rt_nil "SELECT * FROM atlas.area")" "permission denied for schema atlas"

. "$here/roles_matrix.bash"
. "$here/roles_doors.bash"
done_testing
