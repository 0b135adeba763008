# Ways around the front door. Sourced by roles.sh: two contributors have loaded, an edition is public, another is a draft.
none() { same "$1" "$(grep -cE "${3:-$secret}" <<<"$2")" 0; }
# --- Errors that carry values.
for t in 'stay:residence' 'stay:hospital' 'submission:submission_key' 'rejected_line:line' 'inbox:line' 'source:title' 'event:object' 'my_area_year:name'; do
  none "a cast over ${t%:*} tells nothing" "$(as rt_ann -c "SELECT count(*) FROM atlas.${t%:*} WHERE (${t#*:} || 'ATL')::int = 1 AND ${t#*:} LIKE '%tlantis%'" 2>&1 | sed 's/ATL"$//')" 'ATL[0-9]|tlantis'
done
same "no division by zero for a row that is not seen" "$(as rt_ann -c "SELECT count(*) > 0 FROM atlas.fact WHERE 1 / (area_id - 7770001) <= 0" 2>&1)" t
same "but for one that is" "$(error rt_ann "SELECT count(*) FROM atlas.fact WHERE 1 / (area_id - 1001) <= 0")" "division by zero"
# --- A cheap function of the reader's own, which the planner would like to ask first.
leak() { # ROLE RELATION…
  local who=$1 t; shift
  as "$who" -c "CREATE FUNCTION pg_temp.leak(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''saw %'', x; RETURN true; END'" \
    $(for t in "$@"; do printf -- '-c\nSELECT/**/count(*)/**/FROM/**/atlas.%s/**/x/**/WHERE/**/pg_temp.leak(x::text)\n' "$t"; done) 2>&1
}
leak rt_ann stay stroke stay_history submission submitted_count rejected_line stay_submission fact population stroke_count source inbox my_inbox event role_country | sed -E 's/[0-9]+\.[0-9e-]+//g' >"$work/saw"
ok "a function of a contributor's own is asked about its own rows" test "$(grep -c saw "$work/saw")" -gt 600
none "and about no others" "$(cat "$work/saw")"
leak rt_ann my_area_year | sed -E 's/[0-9]+\.[0-9e-]+//g; s/,[0-9A-F]{40,}//' >"$work/saw"
none "nor behind the view my_area_year" "$(cat "$work/saw")"
leak rt_rea release value value_by_edition country_year region_year >"$work/saw"
ok "a reader's function is asked about what is public" test "$(grep -c saw "$work/saw")" -gt 200
none "and never about a draft" "$(cat "$work/saw")" DRAFTATL
same "a release says no digest of what was handed in" "$(as rt_rea -c "SELECT count(*) FROM atlas.release WHERE parameters ?| '{submissions,facts}'")" 0
as rt_pub -c "SELECT atlas.withdraw_edition('2024', 'ATL counts were wrong')" >/dev/null 2>&1
leak rt_rea release value value_by_edition country_year region_year >"$work/saw"
same "what is withdrawn is gone, for functions too" "$(grep -c saw "$work/saw")" 0
# --- The planner: statistics, plans, sizes.
same "pg_stats tells a contributor nothing of tables under row security" "$(as rt_ann -c "SELECT count(*) FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename AND c.relnamespace = 'atlas'::regnamespace WHERE s.schemaname = 'atlas' AND c.relrowsecurity")" 0
same "nor pg_statistic" "$(error rt_ann "SELECT * FROM pg_statistic")" "permission denied for table pg_statistic"
same "nor does pg_stats tell a reader anything" "$(as rt_rea -c "SELECT count(*) FROM pg_stats WHERE schemaname = 'atlas'")" 0
psql roles_from -c "ANALYZE"
none "EXPLAIN shows no value of others" "$(as rt_ann -c "EXPLAIN (VERBOSE) SELECT * FROM atlas.stay WHERE residence > 'U'" -c "EXPLAIN (ANALYZE, VERBOSE, TIMING off) SELECT * FROM atlas.fact WHERE note > 'x'" 2>&1)"
none "a query of another session is not shown" "$(as rt_bob -c "SELECT 'atlantis', pg_sleep(2)" >/dev/null & sleep 0.7; as rt_ann -c "SELECT query FROM pg_stat_activity"; wait)" atlantis
# --- Keys and numbers.
psql roles_from -c "SELECT max(submission_id) FROM atlas.submission" >"$work/id"
same "an upload of the same name collides with nothing" "$(error rt_ann "INSERT INTO atlas.submission (submission_key, country, source_id, status, sha256) VALUES ('atlantis only', 'UTO', 11, 'in force', 'x'), ('stays 2024', 'UTO', 11, 'refused', 'x')")" ""
# Whether a number is another's or nobody's: the same error.
for q in "INSERT INTO atlas.submitted_count VALUES (%s, 2, 1001, '2024-01-01', '2024-12-31', tmap.stratum('total', NULL, NULL, NULL), 5, 5)" "INSERT INTO atlas.rejected_line VALUES (%s, 2, 'x', 'x')" \
         "INSERT INTO atlas.stay_submission (submission_id, file_sha256, key_fingerprint, date_format) VALUES (%s, 'x', 'x', 'x')"; do
  his=$(psql roles_from -c "SELECT max(submission_id) FROM atlas.submission WHERE country = 'ATL'")
  same "another's submission and none look alike: $(cut -d' ' -f3 <<<"$q")" "$(error rt_ann "$(printf "$q" "$his")")" "$(error rt_ann "$(printf "$q" 999999)")"
done
same "history: the key begins with the country" "$(error rt_ann "INSERT INTO atlas.stay_history SELECT s.* FROM atlas.stay s LIMIT 0; INSERT INTO atlas.stay_history (country, year, stay, admitted, principal, diagnoses, procedures, sex, unreadable, source_id, submission_id, line_no)
  VALUES ('UTO', 2024, '00000000-0000-0000-0000-000000000001', '2024-01-01', 'I63', '{}', '{}', 'male', 0, 12, $(psql roles_from -c "SELECT min(submission_id) FROM atlas.stay_history"), 2)")" ""
same "all unique keys that a contributor can write begin with the country, its area, its submission, or a number that it cannot give" "$(psql roles_from -c "
  SELECT string_agg(format('%s(%s)', c.relname, a.attname), ' ') FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
  WHERE c.relnamespace = 'atlas'::regnamespace AND i.indisunique AND NOT c.relispartition AND has_any_column_privilege('rt_contributor', c.oid, 'INSERT')
    AND a.attname NOT IN ('country', 'area_id') AND NOT (a.attname = 'submission_id' AND c.relname <> 'submission') AND has_column_privilege('rt_contributor', c.oid, a.attnum, 'INSERT') AND c.relname <> 'inbox'")" ""
same "lines get their numbers from the inbox" "$(error rt_ann "INSERT INTO atlas.inbox (upload, line_no, line) OVERRIDING SYSTEM VALUE VALUES ('x', 1, 'x')")" "permission denied for table inbox"
same "nobody uploads in another's name" "$(error rt_ann "INSERT INTO atlas.inbox (upload, line, uploaded_by) VALUES ('x', 'x', 'rt_bob')")" "permission denied for table inbox"
same "COPY into the inbox is refused by PostgreSQL, my_inbox takes it" "$(error rt_ann "COPY atlas.inbox(line) FROM STDIN")" "COPY FROM not supported with row-level security"
# --- Writing where it would count for others.
denied="new row violates row-level security policy for table"
same "a stay of one's own country in an area of another" "$(error rt_ann "INSERT INTO atlas.stay (country, year, stay, admitted, principal, source_id, area_id) VALUES ('UTO', 2024, '00000000-0000-0000-0000-000000000009', '2024-01-01', 'I63', 12, 7770001)")" "$denied \"stay\""
same "a stay of another country" "$(error rt_ann "INSERT INTO atlas.stay (country, year, stay, admitted, principal, source_id) VALUES ('ATL', 2024, '00000000-0000-0000-0000-000000000009', '2024-01-01', 'I63', 12)")" "$denied \"stay\""
same "a stroke moved to another country" "$(error rt_ann "UPDATE atlas.stroke SET country = 'ATL'")" "$denied \"stroke\""
same "a fact of another's area" "$(error rt_ann "INSERT INTO atlas.fact (area_id, valid_from, valid_to, indicator, source_id, events) VALUES (7770001, '2024-01-01', '2024-12-31', 'thrombectomy_per_stroke', 11, 5)")" "$denied \"fact\""
same "a fact under another's source" "$(error rt_ann "INSERT INTO atlas.fact (area_id, valid_from, valid_to, indicator, source_id, events) VALUES (1001, '2020-01-01', '2020-12-31', 'thrombectomy_per_stroke', 7770011, 5)")" "$denied \"fact\""
same "another's source and none look alike" "$(error rt_ann "SELECT atlas.find_source('atlantis')" | sed s/atlantis/x/)" "$(error rt_ann "SELECT atlas.find_source('nothing')" | sed s/nothing/x/)"
same "loading for another country" "$(error rt_ann "SELECT atlas.load_counts_text(E'area,period,strokes,thrombectomies\nATL1,2024,5,5\n', 'mine', 'ATL', 'register')")" "$denied \"submission\""
same "the analyst, who loads factors, reads no raw line of others" "$(as rt_ana -c "SELECT (SELECT count(*) FROM atlas.inbox), (SELECT count(*) FROM atlas.my_inbox)") $(psql roles_from -c "SELECT count(*) > 0 FROM atlas.inbox")" "0|0 t"
same "nor deletes one" "$(as rt_ana -c "WITH d AS (DELETE FROM atlas.inbox RETURNING 1) SELECT count(*) FROM d")" 0
same "the owner does not mix two people's lines" "$(as rt_ann -c "INSERT INTO atlas.inbox (upload, line) VALUES ('both', 'area,period,strokes,thrombectomies')"; as rt_bob -c "INSERT INTO atlas.inbox (upload, line) VALUES ('both', 'x')"
  state roles_from "SELECT atlas.load_counts('both', 'UTO', 'utopia')")" 55000
# --- The log.
same "who is watched does not write the log" "$(error rt_ann "INSERT INTO atlas.event (action, object) VALUES ('x', 'x')")" "permission denied for table event"
same "nor puts its triggers elsewhere" "$(error rt_ann "CREATE TEMP TABLE t (country text); CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION atlas.log_rule()")" "permission denied for function atlas.log_rule"
same "the log keeps who logged in" "$(psql roles_from -c "SELECT string_agg(DISTINCT who, ' ' ORDER BY who) FROM atlas.event WHERE action IN ('submission in force', 'edition published')")" "rt_ana rt_ann rt_bob rt_pub"
same "the owner does not change it either" "$(state roles_from "DELETE FROM atlas.event") $(state roles_from "UPDATE atlas.event SET who = 'x'") $(state roles_from "TRUNCATE atlas.event")" "55000 55000 55000"
# --- The catalogue.
same "nothing is LEAKPROOF" "$(psql roles_from -c "SELECT count(*) FROM pg_proc WHERE proleakproof AND pronamespace IN ('atlas'::regnamespace, 'tmap'::regnamespace)")" 0
same "SECURITY DEFINER: the four triggers of the log, with a fixed search_path" "$(psql roles_from -c "SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE prosecdef AND prorettype = 'trigger'::regtype AND proconfig[1] = 'search_path=pg_catalog, pg_temp' AND pronamespace IN ('atlas'::regnamespace, 'tmap'::regnamespace)")
$(psql roles_from -c "SELECT count(*) FROM pg_proc WHERE prosecdef AND pronamespace IN ('atlas'::regnamespace, 'tmap'::regnamespace)")" "log_edition log_facts log_rule log_submission
4"
psql roles_from -c "SELECT atlas.add_stay_year(2031), atlas.add_stroke_year(2031)" >/dev/null
same "every table is under row security, but territory, names, rules and what is public" "$(psql roles_from -c "SELECT string_agg(relname, ' ' ORDER BY relname COLLATE \"C\") FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind IN ('r', 'p') AND NOT relrowsecurity")" \
  "area area_level area_shape atlas_info atlas_role case_definition code_rule code_system disclosure_rule factor_name indicator_definition map_area map_class map_level map_panel map_value published_value stroke_centre"
psql roles_from -c "GRANT SELECT ON ALL TABLES IN SCHEMA atlas TO rt_nil; GRANT USAGE ON SCHEMA atlas TO rt_nil"
same "even who was given all tables by mistake reads no partition" "$(as rt_nil -c "SELECT (SELECT count(*) FROM atlas.stay_2024) + (SELECT count(*) FROM atlas.stroke_2024) + (SELECT count(*) FROM atlas.stay_other)")" 0
same "and of the whole is told that the role is none of the atlas" "$(error rt_nil "SELECT * FROM atlas.stay")" "permission denied for function my_countries"
psql roles_from -c "REVOKE ALL ON ALL TABLES IN SCHEMA atlas FROM rt_nil; REVOKE ALL ON SCHEMA atlas FROM rt_nil"
same "a contributor finds areas by their index" "$(as rt_ann -c "SET enable_seqscan = off" -c "EXPLAIN (COSTS off) SELECT code FROM atlas.area WHERE geom && public.ST_MakeEnvelope(1, 1, 2, 2, 4326)" | grep -c area_geom)" 1
# --- pg_dump.
dump() { "$bin/pg_dump" -h "$dir" -p "$(cat "$dir/port")" "$@"; }
bin=$("${PG_CONFIG:-pg_config}" --bindir)
ok "a contributor cannot dump the atlas" grep -q 'permission denied' <(dump -U rt_ann -n atlas roles_from 2>&1)
ok "nor a table without row security" grep -q 'row-level security' <(dump -U rt_ann -a -t atlas.stay_history roles_from 2>&1)
for t in stay_history rejected_line submitted_count population; do
  dump -U rt_ann -a --enable-row-security -t "atlas.$t" roles_from >"$work/dumped" 2>&1
  none "with it only its own rows: $t" "$(sed -E 's/[0-9]+\.[0-9e-]+//g' "$work/dumped")"
done
ok "a reader can dump nothing" grep -q 'permission denied' <(dump -U rt_rea -a -t atlas.fact roles_from 2>&1)

# --- Dump and restore keep policies, flags, rights (an owner's own may be written or left out) and rows.
ok "pg_dump by the owner" dump -U postgres -Fc -f "$work/roles.dump" roles_from
ok "pg_restore without a word" "$bin/pg_restore" -h "$dir" -p "$(cat "$dir/port")" -U postgres --exit-on-error -d roles_to "$work/roles.dump"
for q in "SELECT count(*), md5(string_agg(p::text, '' ORDER BY p::text)) FROM tmap.atlas_catalog('atlas') p WHERE kind = 'policy'" "SELECT md5(string_agg(x, '' ORDER BY x)) FROM (SELECT replace(p::text, '{postgres=arwdDxt/postgres}', '') AS x FROM tmap.atlas_catalog('atlas') p) y" \
         "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relnamespace = 'atlas'::regnamespace" \
         "SELECT string_agg(t || md5(x::text), ' ' ORDER BY t) FROM (SELECT relname AS t, query_to_xml(format('SELECT * FROM atlas.%I x ORDER BY x::text COLLATE \"C\"', relname), true, true, '') AS x FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind = 'r') y"; do
  same "restored: $(cut -c1-60 <<<"$q")" "$(psql roles_to -c "$q")" "$(psql roles_from -c "$q")"
done
for who in rt_ann rt_bob rt_ana; do
  q="SELECT count(*), md5(string_agg(x::text, '' ORDER BY x::text)) FROM atlas.submission x"
  same "$who sees the same in the restored atlas" "$(psql roles_to -U $who -c "$q")" "$(as $who -c "$q")"
done
same "and the reader no more than before" "$(psql roles_to -U rt_rea -c "SELECT count(*) FROM atlas.value") $(psql roles_to -U rt_rea -c "SELECT * FROM atlas.fact" 2>&1 | grep -c 'permission denied')" "0 1"
# In a cluster that lacks the roles, the tables come back closed, and setting up makes the roles anew.
psql roles_to -c "DROP OWNED BY rt_uto, rt_contributor CASCADE" >/dev/null; psql roles_from -c "REVOKE rt_uto FROM rt_ann" >/dev/null
same "without its rights a contributor sees nothing" "$(psql roles_to -U rt_ann -c "SELECT * FROM atlas.stay" 2>&1 | grep -c 'permission denied')" 1
psql roles_from -c "GRANT rt_uto TO rt_ann"; psql roles_to -c "SET client_min_messages = warning" -c "SELECT atlas.set_up_roles()" >/dev/null
same "setting up gives them back" "$(psql roles_to -U rt_ann -c "SELECT count(*) FROM atlas.stay")" 400
# --- Out.
same "a contributor removed" "$(psql roles_from -c "SELECT atlas.remove_contributor('rt_uto', 'UTO'), atlas.remove_contributor('rt_uto', 'UTO')")" "t|f"
same "sees nothing at once" "$(error rt_ann "SELECT * FROM atlas.stay")" "permission denied for schema atlas"
