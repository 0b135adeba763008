#!/usr/bin/env bash
# Countries keep their rows on a server of their own; the centre reads their tallies over postgres_fdw and has the bytes of
# one database with all rows. Kill -9 of the countries' server in the middle of a take leaves the centre as it was.
. "$(dirname "$0")/lib.bash"
chmod 755 "$work"
theirs=$work/countries; ours=$work/centre
trap 'for s in "$theirs" "$ours"; do test/server.sh remove "$s" >/dev/null 2>&1; done; finish' EXIT
(ulimit -v 8000000; test/server.sh start "$theirs" free && test/server.sh start "$ours") || exit 1
there() { local db=$1; shift; test/server.sh psql "$theirs" -qAt -v ON_ERROR_STOP=1 -d "$db" "$@"; }
here() { local db=$1; shift; test/server.sh psql "$ours" -qAt -v ON_ERROR_STOP=1 -d "$db" "$@"; }
failure() { "$@" 2>&1 >/dev/null | sed -n 's/.*ERROR:  *\([0-9A-Z]\{5\}\).*/\1/p' | head -1; }   # the SQLSTATE of a psql command

# The same territory everywhere; rows by country.
territory="SELECT tmap.create_atlas('atlas');
INSERT INTO atlas.area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO atlas.area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', area_id FROM atlas.area, unnest('{AAA,BBB}'::text[]) c WHERE code = 'W';
INSERT INTO atlas.area (code_system, code, name, level, parent_id) SELECT 'tmap', code || '-' || i, code || ' ' || i, 'region', area_id FROM atlas.area, generate_series(1, 12) i WHERE level = 'country';
INSERT INTO atlas.source (source_key, title, origin) VALUES ('AAA-rows', 'SYNTHETIC rows of AAA', 'synthetic'), ('BBB-rows', 'SYNTHETIC rows of BBB', 'synthetic');
SELECT atlas.add_stroke_year(y) FROM generate_series(2022, 2024) y;"
rows() { # rows COUNTRY: its strokes; every ninth has no known residence
  echo "INSERT INTO atlas.stroke (country, year, stroke_id, area_id, stratum, treated, source_id)
SELECT '$1', 2022 + i % 3, i, CASE WHEN i % 9 > 0 THEN (SELECT area_id FROM atlas.area WHERE code = '$1-' || 1 + hashint4(i) % 2 + i % 11) END,
       tmap.stratum(30 + (hashint4(i + 7) & 1023) % 60, CASE hashint4(i * 3) & 3 WHEN 0 THEN 'female' WHEN 1 THEN 'male' END, 'low'), hashint4(i * 5 + length('$2')) & 7 = 0, atlas.find_source('$1-rows')
FROM generate_series(1, $3) i; SELECT atlas.tally_strokes('$1-rows');"
}
quiet="SET client_min_messages = warning; CREATE EXTENSION tmap CASCADE;"
for db in aaa bbb; do there postgres -c "CREATE DATABASE $db"; there "$db" -c "$quiet" -c "$territory" >/dev/null; done
for db in one centre; do here postgres -c "CREATE DATABASE $db"; here "$db" -c "$quiet" -c "$territory" >/dev/null; done
there aaa -c "$(rows AAA x 20000)" >/dev/null; there bbb -c "$(rows BBB xy 9000)" >/dev/null
here one -c "$(rows AAA x 20000)" -c "$(rows BBB xy 9000)" >/dev/null

# The country lets a role in, and nothing else.
there postgres -c "CREATE ROLE centre LOGIN"
printf 'host all centre 127.0.0.1/32 trust\n' >>"$theirs/data/pg_hba.conf"; there postgres -c "SELECT pg_reload_conf()" >/dev/null
as_centre() { local db=$1; shift; "$("${PG_CONFIG:-pg_config}" --bindir)/psql" -X -qAt -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -h 127.0.0.1 -p "$(cat "$theirs/port")" -U centre -d "$db" "$@"; }
same "before an offer the role reads nothing" "$(failure as_centre aaa -c "SELECT * FROM atlas.tally_offer")" 42501
same "an offer for no role" "$(failure there aaa -v VERBOSITY=sqlstate -c "SELECT atlas.open_offer('nobody-here')")" 42704
same "an agreement without words" "$(failure there aaa -v VERBOSITY=sqlstate -c "SELECT atlas.open_offer('centre', ' ')")" 22023
same "what is suppressed is offered first" "$(there aaa -c "SELECT atlas.open_offer('centre')")" tally_offer_suppressed
same "and then the tallies are not" "$(failure as_centre aaa -c "SELECT * FROM atlas.tally_offer")" 42501
same "nothing is public yet" "$(as_centre aaa -c "SELECT count(*) FROM atlas.tally_offer_suppressed")" 0
for db in aaa bbb; do same "$db offers its tallies by agreement" "$(there $db -c "SELECT atlas.open_offer('centre', 'agreement of 2024')")" tally_offer; done
for table in $(there aaa -c "SELECT relname FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND relname <> 'tally_offer' ORDER BY 1"); do
  same "permission denied on $table" "$(failure as_centre aaa -c "SELECT * FROM atlas.\"$table\" LIMIT 1")" 42501
done
same "it has a right on that one view" "$(there aaa -c "SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind <> 'i' AND CASE WHEN relkind = 'S' THEN has_sequence_privilege('centre', oid, 'USAGE, SELECT, UPDATE')
  ELSE has_any_column_privilege('centre', oid, 'SELECT, INSERT, UPDATE, REFERENCES') OR has_table_privilege('centre', oid, 'DELETE, TRUNCATE, TRIGGER') END")" tally_offer
same "and on no function" "$(there aaa -c "SELECT count(*) FROM pg_proc WHERE pronamespace = 'atlas'::regnamespace AND has_function_privilege('centre', oid, 'EXECUTE')")" 0
same "statistics tell it nothing" "$(as_centre aaa -c "SELECT count(*) FROM pg_stats WHERE schemaname = 'atlas'")" 0
same "it writes nothing" "$(failure as_centre aaa -c "DELETE FROM atlas.tally_offer") $(failure as_centre aaa -c "INSERT INTO atlas.tally_offer (country) VALUES ('AAA')")" "55000 55000"
same "no function that reads or writes rows" "$(failure as_centre aaa -c "SELECT atlas.tally_strokes('AAA-rows')")" 42501
there aaa -c "GRANT SELECT ON atlas.tally_offer TO PUBLIC; CREATE ROLE curious LOGIN; GRANT USAGE ON SCHEMA atlas TO curious"
same "a right given by mistake shows nothing to a role without an agreement" "$(there aaa -c "SET ROLE curious; SELECT count(*) FROM atlas.tally_offer")" 0
there aaa -c "REVOKE SELECT ON atlas.tally_offer FROM PUBLIC"

# The centre: one partition a country.
here centre <<SQL
CREATE EXTENSION postgres_fdw;
CREATE SERVER aaa FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '$(cat "$theirs/port")', dbname 'aaa', extensions 'tmap', fetch_size '10000');
CREATE SERVER bbb FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '$(cat "$theirs/port")', dbname 'bbb', extensions 'tmap', fetch_size '10000');
CREATE USER MAPPING FOR postgres SERVER aaa OPTIONS (user 'centre');
CREATE USER MAPPING FOR postgres SERVER bbb OPTIONS (user 'centre');
CREATE FOREIGN TABLE offer_aaa PARTITION OF atlas.federated_offer FOR VALUES IN ('AAA') SERVER aaa OPTIONS (schema_name 'atlas', table_name 'tally_offer');
CREATE FOREIGN TABLE offer_bbb PARTITION OF atlas.federated_offer FOR VALUES IN ('BBB') SERVER bbb OPTIONS (schema_name 'atlas', table_name 'tally_offer');
CREATE FOREIGN TABLE rows_aaa (country text, treated boolean) SERVER aaa OPTIONS (schema_name 'atlas', table_name 'stroke');
CREATE FOREIGN TABLE facts_aaa (tally tmap.tally) SERVER aaa OPTIONS (schema_name 'atlas', table_name 'fact');
SQL
sql() { here "$1" -v VERBOSITY=sqlstate -c "$2"; }
for t in rows_aaa facts_aaa; do same "over the wire too: permission denied on $t" "$(failure sql centre "SELECT * FROM $t")" 42501; done
bits="SELECT md5(string_agg(code || valid_from || indicator || encode(tmap.tally_send(t), 'hex'), '' ORDER BY code, valid_from, indicator)) FROM"
same "rolled up where they are, the tallies of both countries are the bytes of all rows" \
  "$(here centre -c "$bits (SELECT 'all' AS code, valid_from, indicator, tmap.rollup(tally) t FROM atlas.federated_offer WHERE code IN ('AAA', 'BBB') AND NOT unlocated AND indicator = 'thrombectomy_per_stroke' GROUP BY valid_from, indicator) s")" \
  "$(here one -c "$bits (SELECT 'all' AS code, make_date(year, 1, 1) AS valid_from, 'thrombectomy_per_stroke' AS indicator, tmap.tally_agg(stratum, treated) t FROM atlas.stroke GROUP BY year) s")"
facts="SELECT count(*), md5(string_agg(concat_ws('|', a.code, f.valid_from, f.valid_to, f.indicator, s.source_key, f.unlocated, f.at_risk_basis, f.parts, f.parts_expected, f.shown, f.choice_reason, encode(tmap.tally_send(f.tally), 'hex')), E'\n'
  ORDER BY a.code COLLATE \"C\", f.valid_from, f.indicator, s.source_key, f.unlocated)) FROM atlas.fact f JOIN atlas.area a USING (area_id) JOIN atlas.source s USING (source_id)"
empty=$(here centre -c "$facts")

# kill -9 of the countries' server while the centre takes: its view is slow for that long.
there aaa -c "CREATE VIEW atlas.slow_offer AS SELECT o.* FROM atlas.tally_offer o, LATERAL (SELECT pg_sleep(0.05) WHERE o.tally IS NOT NULL OFFSET 0) z" -c "GRANT SELECT ON atlas.slow_offer TO centre" >/dev/null
here centre -c "ALTER FOREIGN TABLE offer_aaa OPTIONS (SET table_name 'slow_offer')"
kill_theirs() { # SIGKILL to the postmaster and to every process of it
  local pm; pm=$(head -1 "$theirs/data/postmaster.pid"); local all; all=$(pgrep -P "$pm" | tr '\n' ' ')
  # shellcheck disable=SC2086
  kill -9 $pm $all 2>/dev/null; while kill -0 $pm 2>/dev/null; do sleep 0.1; done
}
start_theirs() { local i; for i in 1 2 3 4 5 6 7 8 9 10; do test/server.sh start "$theirs" "$(cat "$theirs/port")" 2>/dev/null && return; sleep 0.5; done; return 1; }
for round in 1 2 3; do
  here centre -v VERBOSITY=sqlstate -c "SELECT atlas.take_federated('AAA', 'AAA-rows')" >"$work/take" 2>&1 & taker=$!
  for i in $(seq 100); do [ "$(there aaa -c "SELECT count(*) FROM pg_stat_activity WHERE usename = 'centre' AND query LIKE 'FETCH%' AND state = 'active'")" = 1 ] && break; sleep 0.05; done
  sleep "0.$((RANDOM % 5))"
  kill_theirs; wait $taker
  ok "round $round: the take ended with a lost connection" grep -q 'ERROR:  08' "$work/take"
  same "round $round: the centre is as it was" "$(here centre -c "$facts")$(here centre -c "SELECT count(*) FROM atlas.federated_take")" "${empty}0"
  ok "round $round: the countries' server comes back" start_theirs
done
here centre -c "ALTER FOREIGN TABLE offer_aaa OPTIONS (SET table_name 'tally_offer')"
same "the repeated take works" "$(here centre -c "SELECT status, figures = facts_changed FROM atlas.take_federated('AAA', 'AAA-rows')")" "taken|t"
same "again: unchanged" "$(here centre -c "SELECT status, facts_changed FROM atlas.take_federated('AAA', 'AAA-rows')")" "unchanged|0"
same "the other country" "$(here centre -c "SELECT status FROM atlas.take_federated('BBB', 'BBB-rows')")" taken
same "every fact has the bytes of the database with all rows" "$(here centre -c "$facts")" "$(here one -c "$facts")"
same "what came from where" "$(here centre -c "SELECT country, server, offered_source, figures, length(sha256) FROM atlas.federated_take ORDER BY take_id")" "$(printf 'AAA|aaa|AAA-rows|%s|64\nBBB|bbb|BBB-rows|%s|64' "$(there aaa -c "SELECT count(*) FROM atlas.fact")" "$(there bbb -c "SELECT count(*) FROM atlas.fact")")"
edition="SELECT figures > 100, suppressed > 0, sha256 FROM atlas.compute_edition('2024', '{2022,2023,2024}')"
same "an edition of the centre is the edition of that database" "$(here centre -c "$edition")" "$(here one -c "$edition")"
same "it says which offers it rests on" "$(here centre -c "SELECT string_agg(concat_ws(' ', t ->> 'country', t ->> 'source', t ->> 'sha256' = f.sha256), ', ' ORDER BY f.take_id) FROM atlas.edition e, jsonb_array_elements(e.parameters -> 'takes') t JOIN atlas.federated_take f ON f.take_id = (t ->> 'take')::int")" "AAA AAA-rows t, BBB BBB-rows t"

# Two takes at the same time are one and "unchanged"; what the facts are is what they would be after one.
there aaa -c "DELETE FROM atlas.stroke WHERE stroke_id % 49 = 0; SELECT atlas.tally_strokes('AAA-rows')" >/dev/null
here one -c "DELETE FROM atlas.stroke WHERE country = 'AAA' AND stroke_id % 49 = 0; SELECT atlas.tally_strokes('AAA-rows')" >/dev/null
for i in 1 2 3; do here centre -c "SELECT status FROM atlas.take_federated('AAA', 'AAA-rows')" >"$work/take.$i" & takers[i]=$!; done; wait "${takers[@]}"
same "three takes at the same time: one takes" "$(cat "$work"/take.[123] | sort | tr '\n' ' ')" "taken unchanged unchanged "
same "and every fact is as it should be" "$(here centre -c "$facts")" "$(here one -c "$facts")"

# An analyst of the centre takes, with a password; without, or with a wrong one, nothing happens.
there postgres -c "SET password_encryption = 'scram-sha-256'; CREATE ROLE guarded LOGIN PASSWORD 'right'"
sed -i '1i host all guarded 127.0.0.1/32 scram-sha-256' "$theirs/data/pg_hba.conf"; there postgres -c "SELECT pg_reload_conf()" >/dev/null
there aaa -c "SELECT atlas.open_offer('guarded', 'agreement of 2024')" >/dev/null
here centre -c "SET client_min_messages = warning; SELECT count(*) FROM atlas.set_up_roles('fed'); CREATE ROLE ana LOGIN; GRANT fed_analyst TO ana; GRANT USAGE ON FOREIGN SERVER aaa TO ana" >/dev/null
ana() { test/server.sh psql "$ours" -qAt -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -U ana -d centre -c "$1"; }
before=$(here centre -c "$facts")
same "an analyst without a mapping" "$(failure ana "SELECT atlas.take_federated('AAA', 'AAA-rows')")" 42704
here centre -c "CREATE USER MAPPING FOR ana SERVER aaa OPTIONS (user 'guarded', password 'wrong')"
same "a wrong password" "$(failure ana "SELECT atlas.take_federated('AAA', 'AAA-rows')")" 08001
same "nothing has changed" "$(here centre -c "$facts")" "$before"
ok "the password is in no error and in no catalogue that the analyst reads" bash -c '! grep -q wrong <<<"$1"' - "$(ana "SELECT atlas.take_federated('AAA', 'AAA-rows')" 2>&1; here centre -c "SET ROLE ana; SELECT umoptions FROM pg_user_mappings WHERE usename = 'postgres'")"
here centre -c "ALTER USER MAPPING FOR ana SERVER aaa OPTIONS (SET password 'right')"
same "the right one" "$(ana "SELECT status FROM atlas.take_federated('AAA', 'AAA-rows')")" unchanged
same "who took what is in federated_take" "$(here centre -c "SELECT DISTINCT taken_by FROM atlas.federated_take")" postgres

# A country that offers other things than agreed: its server answers what it likes.
offers() { # offers TEXT SQL WANT: the country's view is this; the take ends with this SQLSTATE, and nothing has changed
  there aaa -c "DROP VIEW IF EXISTS atlas.odd_offer; CREATE VIEW atlas.odd_offer AS $2; GRANT SELECT ON atlas.odd_offer TO centre" >/dev/null 2>&1
  same "$1" "$(failure sql centre "SELECT atlas.take_federated('AAA', 'AAA-rows')")" "$3"
  same "$1: nothing has changed" "$(here centre -c "$facts")" "$before"
}
here centre -c "ALTER FOREIGN TABLE offer_aaa OPTIONS (SET table_name 'odd_offer')"
o='country, code_system, code, valid_from, valid_to, indicator, source_key, unlocated'; rest='at_risk_basis, basis, parts, parts_expected, incomplete, note'
offers "areas of another country" "SELECT country, code_system, replace(code, 'AAA-', 'BBB-') AS code, valid_from, valid_to, indicator, source_key, unlocated, tally, $rest FROM atlas.tally_offer" 22023
offers "rows of another country alone" "SELECT 'BBB' AS country, code_system, replace(code, 'AAA', 'BBB') AS code, valid_from, valid_to, indicator, source_key, unlocated, tally, $rest FROM atlas.tally_offer" 22023
offers "an indicator that the centre does not have" "SELECT country, code_system, code, valid_from, valid_to, 'secrets' AS indicator, source_key, unlocated, tally, $rest FROM atlas.tally_offer" 22023
offers "text that is no tally" "SELECT $o, 'tmap9 shoes {left: 1/2}'::text AS tally, $rest FROM atlas.tally_offer" 22P02
offers "more events than people" "SELECT $o, 'tmap1 sex {female: 9/2}'::text AS tally, $rest FROM atlas.tally_offer" 22023
offers "another type" "SELECT $o, 'yesterday'::text AS tally, $rest FROM atlas.tally_offer" 22P02
offers "a column less" "SELECT $o, tally, basis FROM atlas.tally_offer" 42703
offers "a period that ends before it begins" "SELECT country, code_system, code, valid_to AS valid_from, valid_from AS valid_to, indicator, source_key, unlocated, tally, $rest FROM atlas.tally_offer" 23514
offers "everything twice" "SELECT * FROM atlas.tally_offer UNION ALL SELECT * FROM atlas.tally_offer" 22023
offers "an error of its own" "SELECT $o, tally, at_risk_basis, basis, parts / 0 AS parts, parts_expected, incomplete, note FROM atlas.tally_offer" 22012
there aaa -c "DROP VIEW atlas.odd_offer; CREATE VIEW atlas.odd_offer AS SELECT *, (SELECT 'a row of a patient') AS more FROM atlas.tally_offer UNION ALL SELECT 'BBB', code_system, replace(code, 'AAA', 'BBB'), valid_from, valid_to, indicator, 'BBB-rows', unlocated, tally, $rest, 'x' FROM atlas.tally_offer; GRANT SELECT ON atlas.odd_offer TO centre" >/dev/null
same "more than agreed is not taken: other columns, rows of others" "$(here centre -c "SELECT status FROM atlas.take_federated('AAA', 'AAA-rows')")$(here centre -c "$facts")" "unchanged$before"
here centre -c "ALTER FOREIGN TABLE offer_aaa OPTIONS (SET table_name 'tally_offer')"
here centre -c "ALTER SERVER aaa OPTIONS (SET port '1')"
same "a server that is not there" "$(failure sql centre "SELECT atlas.take_federated('AAA', 'AAA-rows')")" 08001
here centre -c "ALTER SERVER aaa OPTIONS (SET port '$(cat "$theirs/port")')"

# What changes at the country, and what cannot be taken.
there aaa -c "DELETE FROM atlas.stroke WHERE stroke_id % 50 = 0; SELECT atlas.tally_strokes('AAA-rows')" >/dev/null
here one -c "DELETE FROM atlas.stroke WHERE country = 'AAA' AND stroke_id % 50 = 0; SELECT atlas.tally_strokes('AAA-rows')" >/dev/null
same "a correction is taken" "$(here centre -c "SELECT status, facts_changed > 0 FROM atlas.take_federated('AAA', 'AAA-rows')")" "taken|t"
same "and both are the same again" "$(here centre -c "$facts")" "$(here one -c "$facts")"
before=$(here centre -c "$facts")
same "an unknown country" "$(failure sql centre "SELECT atlas.take_federated('CCC', 'AAA-rows')")" 22023
same "an unknown source" "$(failure sql centre "SELECT atlas.take_federated('AAA', 'none')")" 22023
same "an empty offer removes nothing" "$(failure sql centre "SELECT atlas.take_federated('AAA', 'AAA-rows', 'none')")" 22023
here centre -c "UPDATE atlas.area SET code = 'elsewhere' WHERE code = 'AAA-3'"
same "an area that the centre does not have" "$(failure sql centre "SELECT atlas.take_federated('AAA', 'AAA-rows')")" 22023
here centre -c "UPDATE atlas.area SET code = 'AAA-3' WHERE code = 'elsewhere'"
there bbb -c "SELECT atlas.close_offer('centre')" >/dev/null
same "the country closes its offer" "$(failure sql centre "SELECT atlas.take_federated('BBB', 'BBB-rows')")" 42501
same "what was taken stays" "$(here centre -c "$facts")" "$before"
same "a source with other figures is not taken over" "$(failure sql one "CREATE TABLE offer PARTITION OF atlas.federated_offer DEFAULT; INSERT INTO offer (country, code_system, code, valid_from, valid_to, indicator, source_key, unlocated, tally)
  SELECT 'AAA', 'tmap', 'AAA-1', '2021-01-01', '2021-12-31', 'thrombectomy_per_stroke', 'AAA-rows', false, tally FROM atlas.fact LIMIT 1; SELECT atlas.take_federated('AAA', 'AAA-rows')")" 55000

# A country that offers only what is public: published totals, nothing that is suppressed.
there aaa -c "INSERT INTO atlas.stroke (country, year, stroke_id, area_id, stratum, treated, source_id) SELECT 'AAA', 2024, 90000 + i, area_id, tmap.stratum(70, 'male', 'low'), i = 1, atlas.find_source('AAA-rows') FROM atlas.area, generate_series(1, 5) i WHERE code = 'AAA-12';
  DELETE FROM atlas.stroke s USING atlas.area a WHERE a.area_id = s.area_id AND a.code = 'AAA-12' AND s.stroke_id < 90000; SELECT atlas.tally_strokes('AAA-rows'); SELECT atlas.compute_edition('2024', '{2022,2023,2024}'); SELECT atlas.publish_edition('2024'); SELECT atlas.open_offer('centre')" >/dev/null
same "a small count is suppressed at the country" "$(there aaa -c "SELECT status FROM atlas.value WHERE code = 'AAA-12' AND year = 2024 AND sex = 'all' AND age_from IS NULL")" suppressed
here centre -c "ALTER FOREIGN TABLE offer_aaa OPTIONS (SET table_name 'tally_offer_suppressed')" -c "INSERT INTO atlas.source (source_key, title, origin) VALUES ('AAA-public', 'What AAA publishes', 'submitted')"
same "the centre takes what is public" "$(here centre -c "SELECT status, figures = (SELECT count(*) FROM atlas.federated_offer WHERE country = 'AAA') FROM atlas.take_federated('AAA', 'AAA-public', 'AAA-rows')")" "taken|t"
same "exactly the published totals" "$(here centre -c "SELECT count(*), sum(tmap.events(tally)), sum(tmap.at_risk(tally)), min(tmap.at_risk(tally) - tmap.events(tally)) > 10 FROM atlas.fact WHERE source_id = atlas.find_source('AAA-public')")" \
  "$(there aaa -c "SELECT count(*), sum(events), sum(at_risk), true FROM atlas.value WHERE sex = 'all' AND age_from IS NULL AND status = 'published' AND level <> 'world'")"
same "the suppressed one is not among them" "$(here centre -c "SELECT count(*) FROM atlas.federated_offer WHERE country = 'AAA' AND code = 'AAA-12' AND valid_from = '2024-01-01'")" 0
done_testing
