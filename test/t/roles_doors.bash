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
same "the library is not a reader's either" "$(error rt_rea "SELECT * FROM tmap.standards()") $(error rt_rea "SELECT tmap.plan_guard()")" "permission denied for schema tmap permission denied for schema tmap"
same "a release says no digest of what was handed in" "$(as rt_rea -c "SELECT count(*) FROM atlas.release WHERE parameters ?| '{submissions,facts}'")" 0
as rt_pub -c "SELECT atlas.withdraw_edition('2024', 'ATL counts were wrong')" >/dev/null 2>&1
leak rt_rea release value value_by_edition country_year region_year >"$work/saw"
same "what is withdrawn is gone, for functions too" "$(grep -c saw "$work/saw")" 0
# --- The planner: statistics, plans, sizes.
same "pg_stats tells a contributor nothing of tables under row security" "$(as rt_ann -c "SELECT count(*) FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename AND c.relnamespace = 'atlas'::regnamespace WHERE s.schemaname = 'atlas' AND c.relrowsecurity")" 0
same "nor pg_statistic" "$(error rt_ann "SELECT * FROM pg_statistic")" "permission denied for table pg_statistic"
same "nor does pg_stats tell a reader anything but of what tiles show" "$(as rt_rea -c "SELECT count(*) FROM pg_stats WHERE schemaname = 'atlas' AND tablename NOT IN ('area_shape', 'map_area', 'map_level', 'map_value')")" 0
psql roles_from -c "ANALYZE"
# A plan counts the rows that row security leaves out, an estimate knows how frequent a value is: submitted_count WHERE area_id = 7770001 told how many lines there are.
closed="plans over rows of countries are not shown"
for t in $(psql roles_from -c "SELECT relname FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND (relrowsecurity OR relname LIKE 'my\_%') AND relname <> 'role_country' AND has_table_privilege('rt_contributor', oid, 'SELECT') ORDER BY 1"); do
  same "no plan over $t, estimated or run" "$(error rt_ann "EXPLAIN SELECT FROM atlas.$t") $(error rt_ann "EXPLAIN (ANALYZE, BUFFERS) SELECT FROM atlas.$t")" "$closed $closed"
done
same "nor by a way round" "$(for q in "PREPARE p AS SELECT FROM atlas.stroke WHERE area_id = 7770001; EXPLAIN ANALYZE EXECUTE p" "EXPLAIN ANALYZE CREATE TEMP TABLE t AS SELECT * FROM atlas.stay" "EXPLAIN DECLARE c CURSOR FOR SELECT FROM atlas.fact" \
  "EXPLAIN UPDATE atlas.fact SET note = 'x' WHERE area_id = 7770001" "CREATE TEMP VIEW v AS SELECT * FROM atlas.stay; EXPLAIN SELECT FROM v" "EXPLAIN SELECT FROM atlas.area a WHERE EXISTS (SELECT FROM atlas.stay s WHERE s.area_id = a.area_id)" \
  "DO \$\$ DECLARE x text; BEGIN FOR x IN EXPLAIN SELECT FROM atlas.stay LOOP END LOOP; END \$\$"; do error rt_ann "$q"; done | sort -u)" "$closed"
same "the analyst sees plans, all see those of what is public" "$(for who in rt_ana rt_pub rt_rea; do as $who -c "EXPLAIN SELECT FROM atlas.value" | grep -cm1 'Scan'; done; as rt_ana -c "EXPLAIN ANALYZE SELECT FROM atlas.submitted_count WHERE area_id = 7770001" | grep -c 'actual time.* rows=2 ')" $'1\n1\n1\n1'
same "nor by the setting that prints plans" "$(error rt_ann "SET client_min_messages = log; SET debug_print_plan = on; SELECT FROM atlas.stay WHERE country = 'ATL'")" "$closed"
# Counters of the server tell the same; a superuser can close them, as the README says.
fetched="SELECT count(*) FROM atlas.submitted_count WHERE area_id = 7770001; SELECT pg_stat_get_xact_tuples_returned('atlas.submitted_count'::regclass)"
locked="SET enable_seqscan = off; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT FROM atlas.submitted_count WHERE area_id = 7770001; SELECT count(*) FROM pg_locks WHERE mode = 'SIReadLock' AND locktype = 'tuple' AND relation = 'atlas.submitted_count'::regclass; COMMIT"
ok "predicate locks tell which rows were read" test "$(as rt_ann -c "$locked" | tail -1)" -gt 0
ok "the counters of a transaction tell what was read" test "$(as rt_ann -c "$fetched" | tail -1)" -gt 0
sed -n '/^SELECT format(.REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC/,/gexec/p' README.md >"$work/counters.sql"
psql roles_from -f "$work/counters.sql" >/dev/null
same "closed, they do not" "$(error rt_ann "$fetched")" "permission denied for function pg_stat_get_xact_tuples_returned"
same "nor do locks" "$(error rt_ann "$locked")" "permission denied for function pg_lock_status"
same "nor do the views on them" "$(for v in pg_stat_database pg_stat_xact_user_tables pg_stat_user_tables pg_statio_user_tables pg_stat_user_indexes pg_statio_user_indexes; do error rt_ann "SELECT * FROM $v"; done | sed 's/pg_stat_get.*/x/' | sort -u)" "permission denied for function x"
ok "autovacuum and monitors still read them" psql roles_from -c "SET ROLE pg_monitor; SELECT sum(n_live_tup) FROM pg_stat_user_tables"
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
same "a stay under another's source, which would be counted with its own" "$(error rt_ann "INSERT INTO atlas.stay (country, year, stay, admitted, principal, source_id, area_id) VALUES ('UTO', 2024, '00000000-0000-0000-0000-000000000009', '2024-01-01', 'I63', 7770012, 1001)")" "$denied \"stay\""
same "a stroke likewise" "$(error rt_ann "INSERT INTO atlas.stroke (country, year, stroke_id, stratum, treated, source_id) VALUES ('UTO', 2024, 900, tmap.stratum('total', NULL, NULL, NULL), true, 7770012)")" "$denied \"stroke\""
same "ON CONFLICT: a key of another and one of nobody look alike" "$(for i in 1 9999; do error rt_ann "INSERT INTO atlas.stroke (country, year, stroke_id, stratum, treated, source_id) VALUES ('ATL', 2024, $i, tmap.stratum('total', NULL, NULL, NULL), true, 13) ON CONFLICT (country, year, stroke_id) DO UPDATE SET treated = false"; done | sort -u)" "$denied \"stroke\""
same "superseded by a submission of another and by none look alike" "$(for i in "$(psql roles_from -c "SELECT max(submission_id) FROM atlas.submission WHERE country = 'ATL'")" 999999; do error rt_ann "UPDATE atlas.submission SET superseded_by = $i"; done | sort -u)" \
  'insert or update on table "submission" violates foreign key constraint "submission_superseded_by_fkey"'
same "RETURNING gives no row of others" "$(as rt_ann -c "BEGIN; UPDATE atlas.fact SET note = 'x' WHERE area_id = 7770001 RETURNING *; DELETE FROM atlas.stay WHERE country = 'ATL' RETURNING *; ROLLBACK")" ""
same "row security cannot be put off" "$(error rt_ann "SET row_security = off; SELECT * FROM atlas.stay")" 'query would be affected by row-level security policy for table "stay"'
same "objects of one's own do not stand for those of the atlas" "$(as rt_ann -c "CREATE FUNCTION pg_temp.my_countries() RETURNS text[] LANGUAGE sql AS 'SELECT ARRAY[''*'']'; CREATE FUNCTION pg_temp.sees_all_countries() RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE TEMP TABLE role_country AS SELECT 'rt_ann'::name AS role, '*'::text AS country; CREATE TEMP TABLE pg_roles AS SELECT 'rt_ann'::name AS rolname, 0::oid AS oid; SET search_path = pg_temp, pg_catalog, atlas; SELECT count(*) FROM atlas.stay; SELECT atlas.my_countries()" 2>&1)" $'400\n{UTO}'
# Who may be two: plans that were made as one role are not those of the other.
psql postgres -c "DROP ROLE IF EXISTS rt_two" -c "CREATE ROLE rt_two LOGIN" -c "GRANT rt_uto, rt_atl TO rt_two" 2>/dev/null
seen="(SELECT string_agg(DISTINCT country, chr(32) ORDER BY country) FROM atlas.stay)"
same "prepared statements and functions follow SET ROLE" "$(as rt_two -c "SET plan_cache_mode = force_generic_plan; CREATE FUNCTION pg_temp.f() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN $seen; END'; PREPARE p AS SELECT $seen, pg_temp.f(); GRANT EXECUTE ON FUNCTION pg_temp.f() TO PUBLIC; EXECUTE p" \
  -c "EXECUTE p; SET ROLE rt_uto; EXECUTE p; SET ROLE rt_atl; EXECUTE p; RESET ROLE; EXECUTE p" 2>&1)" $'ATL UTO|ATL UTO\nATL UTO|ATL UTO\nUTO|UTO\nATL|ATL\nATL UTO|ATL UTO'
as rt_two -c "BEGIN; SELECT count(*) > 0 FROM atlas.stay; SELECT pg_sleep(1.5); SELECT count(*) > 0 FROM atlas.stay WHERE country = 'ATL'; SELECT count(*) > 0 FROM atlas.stay" >"$work/two" 2>&1 & sleep 0.5
psql postgres -c "REVOKE rt_atl FROM rt_two"; wait $!
same "a country taken away is away in a transaction under way" "$(tr '\n' ' ' <"$work/two")" "t  f t "
psql postgres -c "DROP ROLE rt_two"
# --- The steward's slips.
for role in rt_contributor rt_analyst rt_publisher rt_reader; do same "a group role is no contributor: $role" "$(state roles_from "SELECT atlas.add_contributor('$role', 'UTO')")" 22023; done
for role in rt_reader rt_analyst rt_ann rt_uto postgres pg_read_all_data; do same "nor does a centre read with it: $role" "$(state roles_from "SELECT atlas.open_offer('$role', 'x')")" 22023; done
psql roles_from -c "GRANT CREATE ON SCHEMA atlas TO rt_reader; GRANT USAGE ON ALL SEQUENCES IN SCHEMA atlas TO rt_reader; GRANT SELECT (stay) ON atlas.stay TO rt_reader" -c "SET client_min_messages = warning; SELECT count(*) FROM atlas.set_up_roles()" >/dev/null
same "setting up takes away what was given by hand: columns, sequences and the schema too" "$(psql roles_from -c "SELECT has_schema_privilege('rt_reader', 'atlas', 'CREATE'), has_sequence_privilege('rt_reader', 'atlas.event_event_id_seq', 'USAGE'), has_any_column_privilege('rt_reader', 'atlas.stay', 'SELECT'), has_schema_privilege('rt_reader', 'atlas', 'USAGE')")" "f|f|f|t"
# --- A publisher publishes what was computed and audited, and writes nothing itself.
for q in "UPDATE atlas.published_value SET events = 3" "INSERT INTO atlas.published_value SELECT * FROM atlas.published_value" "UPDATE atlas.edition SET status = 'published', published_at = now(), audit = '{\"passed\": true}' WHERE status = 'draft'" \
  "INSERT INTO atlas.edition (edition, years, age_groups, by_sex, parameters, status, published_at) VALUES ('x', '{2024}', '{}', false, '{}', 'published', now())" "UPDATE atlas.edition_value SET status = 'published', events = 3" \
  "INSERT INTO atlas.edition_value (edition_id, fid, year, area_id, sex, indicator, source_id, status, events, at_risk, basis) SELECT edition_id, 9999, 2024, 1001, 'all', 'thrombectomy_per_stroke', 11, 'published', 3, 9, 'counts' FROM atlas.edition WHERE status = 'draft'" \
  "UPDATE atlas.edition_cell SET rule = 0, status = 0" "UPDATE atlas.edition_atom_count SET events = 50" "DELETE FROM atlas.edition_cell_atom"; do
  same "a publisher cannot: $(cut -d' ' -f1-3 <<<"$q")" "$(error rt_pub "$q" | sed 's/ for table.*//')" "permission denied"
done
same "temporary tables of a publisher's own do not come between" "$(error rt_pub "CREATE TEMP TABLE edition_detail (area_id int); SELECT atlas.compute_edition('x', '{2024}')")" 'relation "edition_detail" already exists'
# --- The log.
same "factors, codings and offers are in the log" "$(as rt_ana -c "UPDATE atlas.factor_name SET title = 'Income of people' WHERE name = 'income'" 2>&1; psql roles_from -c "SET client_min_messages = warning; UPDATE atlas.stay_source SET sex_scheme = 'words' WHERE source_id = 12; SELECT atlas.open_offer('rt_nil', 'law of 2024'), atlas.close_offer('rt_nil')" >/dev/null
  psql roles_from -c "SELECT string_agg(DISTINCT concat_ws(' ', action, object, who), ', ' ORDER BY concat_ws(' ', action, object, who)) FROM atlas.event WHERE object IN ('table factor_name', 'table tally_agreement', 'table stay_source') AND NOT (action = 'rule added' AND object <> 'table tally_agreement')")" \
  "rule added table tally_agreement postgres, rule changed table factor_name rt_ana, rule changed table stay_source postgres, rule changed table tally_agreement postgres"
same "who is watched does not write the log" "$(error rt_ann "INSERT INTO atlas.event (action, object) VALUES ('x', 'x')")" "permission denied for table event"
same "nor puts its triggers elsewhere" "$(error rt_ann "CREATE TEMP TABLE t (country text); CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION atlas.log_rule()")" "permission denied for function atlas.log_rule"
same "the log keeps who logged in" "$(psql roles_from -c "SELECT string_agg(DISTINCT who, ' ' ORDER BY who) FROM atlas.event WHERE action IN ('submission in force', 'edition published')")" "rt_ana rt_ann rt_bob rt_pub"
same "the owner does not change it either" "$(state roles_from "DELETE FROM atlas.event") $(state roles_from "UPDATE atlas.event SET who = 'x'") $(state roles_from "TRUNCATE atlas.event")" "55000 55000 55000"
# --- The catalogue.
same "nothing is LEAKPROOF" "$(psql roles_from -c "SELECT count(*) FROM pg_proc WHERE proleakproof AND pronamespace IN ('atlas'::regnamespace, 'tmap'::regnamespace)")" 0
same "SECURITY DEFINER: the four triggers of the log and the five ways to write what is public, with a fixed search_path" "$(psql roles_from -c "SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE prosecdef AND proconfig[1] = 'search_path=pg_catalog, pg_temp' AND pronamespace IN ('atlas'::regnamespace, 'tmap'::regnamespace)")
$(psql roles_from -c "SELECT count(*) FROM pg_proc WHERE prosecdef AND pronamespace IN ('atlas'::regnamespace, 'tmap'::regnamespace)")" "build_shapes compute_edition log_edition log_facts log_rule log_submission publish_edition set_classes withdraw_edition
9"
psql roles_from -c "SELECT atlas.add_stay_year(2031), atlas.add_stroke_year(2031)" >/dev/null
same "every table is under row security, but territory, names, rules and what is public" "$(psql roles_from -c "SELECT string_agg(relname, ' ' ORDER BY relname COLLATE \"C\") FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind IN ('r', 'p') AND NOT relrowsecurity")" \
  "area area_level area_member area_shape atlas_info atlas_role case_definition code_rule code_system disclosure_rule factor_name indicator_definition map_area map_class map_level map_panel map_value published_value stroke_centre"
psql roles_from -c "GRANT SELECT ON ALL TABLES IN SCHEMA atlas TO rt_nil; GRANT USAGE ON SCHEMA atlas TO rt_nil"
same "even who was given all tables by mistake reads no partition" "$(as rt_nil -c "SELECT (SELECT count(*) FROM atlas.stay_2024) + (SELECT count(*) FROM atlas.stroke_2024) + (SELECT count(*) FROM atlas.stay_other)")" 0
same "nor small groups, counts without a place, characteristics, drafts" "$(for v in stroke_count_area unlocated patient_characteristics edition_figure stroke_count fact edition_value submitted_count; do error rt_nil "SELECT * FROM atlas.$v"; done | sed 's/ function.*//' | sort -u)" "permission denied for"
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
for q in "SELECT count(*), md5(string_agg(p::text, '' ORDER BY p::text)) FROM tmap.atlas_catalog('atlas') p WHERE kind = 'policy'" "SELECT md5(string_agg(x, '' ORDER BY x)) FROM (SELECT regexp_replace(p::text, '\{postgres=(arwdDxt|rwU)/postgres\}', '') AS x FROM tmap.atlas_catalog('atlas') p) y" \
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
# Another cluster, without any of the roles: what was PUBLIC's for a moment is nobody's after set_up_roles().
chmod 755 "$work"; (ulimit -v 8000000; test/server.sh start "$work/other")
other() { test/server.sh psql "$work/other" -qAt -v ON_ERROR_STOP=1 "$@"; }
other -d postgres -c "CREATE DATABASE roles_other"
"$bin/pg_restore" -h "$work/other" -p "$(cat "$work/other/port")" -U postgres -d roles_other "$work/roles.dump" >"$work/restored" 2>&1
same "elsewhere only roles are missing" "$(grep 'error: could' "$work/restored" | sed 's/.*ERROR: *//; s/"rt_[a-z]*"/x/' | sort -u)" "role x does not exist"
for q in "SELECT count(*), md5(string_agg(p::text, '' ORDER BY p::text)) FROM tmap.atlas_catalog('atlas') p WHERE kind = 'policy'" "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relnamespace = 'atlas'::regnamespace"; do
  same "elsewhere: $(cut -c1-60 <<<"$q")" "$(other -d roles_other -c "$q")" "$(psql roles_from -c "$q")"
done
other -d roles_other -c "CREATE ROLE stranger LOGIN; CREATE ROLE ann LOGIN; CREATE ROLE rea LOGIN"
same "before set_up_roles() the schema is closed" "$(other -d roles_other -U stranger -c "SELECT atlas.withdraw_edition('2024', 'x')" 2>&1 | head -1)" "ERROR:  permission denied for schema atlas"
other -d roles_other -c "SET client_min_messages = warning; SELECT count(*) FROM atlas.set_up_roles(); GRANT rt_uto TO ann; GRANT rt_reader TO rea" >/dev/null
same "after it nobody else may do anything" "$(other -d roles_other -c "SELECT count(*) FROM pg_proc WHERE pronamespace = 'atlas'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')")" 0
same "a contributor sees its stays, a reader calls nothing" "$(other -d roles_other -U ann -c "SELECT count(*) FROM atlas.stay") $(other -d roles_other -U rea -c "SELECT atlas.compute_edition('x', '{2024}')" 2>&1 | head -1)" "400 ERROR:  permission denied for function compute_edition"
test/server.sh remove "$work/other"
# --- Out.
same "a contributor removed" "$(psql roles_from -c "SELECT atlas.remove_contributor('rt_uto', 'UTO'), atlas.remove_contributor('rt_uto', 'UTO')")" "t|f"
same "sees nothing at once" "$(error rt_ann "SELECT * FROM atlas.stay")" "permission denied for schema atlas"
