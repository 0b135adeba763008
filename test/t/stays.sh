#!/usr/bin/env bash
# Loading hospital stays: 10,000 mutated lines, each accounted for; countries at once; a server killed in the middle of a load.
. "$(dirname "$0")/lib.bash"
export PGOPTIONS='-c tmap.pseudonym_key=a-key-of-the-tests-and-of-nothing-else'
own=$(mktemp -d /tmp/tmap-stays.XXXXXX)   # a server of this test's own, to be killed
trap 'bash test/server.sh remove "$own" >/dev/null 2>&1; rm -rf "$own"; finish' EXIT

setup='SET client_min_messages = warning;
SELECT tmap.create_atlas($$a$$);
INSERT INTO a.area (code_system, code, name, level) VALUES ($$tmap$$, $$WORLD$$, $$World$$, $$world$$);
INSERT INTO a.area (code_system, code, name, level, parent_id) SELECT $$ISO 3166-1$$, c, c, $$country$$, area_id FROM a.area, unnest($${AAA,BBB,CCC}$$::text[]) c;
INSERT INTO a.source (source_key, title, origin) SELECT $$S$$ || code, $$of $$ || code, $$submitted$$ FROM a.area WHERE level = $$country$$;
INSERT INTO a.stay_source (source_id, diagnosis_system, procedure_system) SELECT source_id, $$CIM-10$$, $$CCAM$$ FROM a.source;
SELECT a.add_stay_year(2019);'
# lines COUNT: a file of good stays.
stays() { awk -v n="$1" 'BEGIN {
  print "stay_id;patient_id;admitted;discharged;age;sex;residence;hospital;principal;diagnoses;procedures;transfer_in"
  for (i = 1; i <= n; i++) printf "STAY%d;PATIENT%d;2019-%02d-%02d;2019-12-31;%d;%d;R%d;H%d;%s;%s;%s;%d\n", i, i % 7919, 1 + i % 12, 1 + i % 28, i % 101, 1 + i % 2, i % 9, i % 30,
    (i % 3 ? "I63." i % 10 : "I61.0"), (i % 4 ? "I10,E11.9" : ""), (i % 13 ? "" : "EAJF341"), i % 2 }'; }
# mutated COUNT: the same, one thing wrong in each line: a byte other, gone, double or more, or the end cut off.
mutated() { stays "$1" | LC_ALL=C awk 'BEGIN { srand(20) } NR == 1 { print; next } {
  n = length($0); at = 1 + int(rand() * n); how = int(rand() * 6); c = substr("0;\"A-9/ .,x\t|", 1 + int(rand() * 13), 1)
  if (how == 0) $0 = substr($0, 1, at - 1) c substr($0, at + 1)
  else if (how == 1) $0 = substr($0, 1, at - 1) substr($0, at + 1)
  else if (how == 2) $0 = substr($0, 1, at) substr($0, at)
  else if (how == 3) $0 = substr($0, 1, at) c substr($0, at + 1)
  else if (how == 4) $0 = substr($0, 1, at)
  else $0 = last
  print; last = $0 }'; }
# copy_in DATABASE NAME FILE: the lines of a file into the inbox, as a user does it.
copy_in() { psql "$1" -c "SET tmap.upload = '$2'" -c "\\copy a.inbox(line) FROM '$3' WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')"; }
digest="SELECT md5(string_agg(r, E'\n' ORDER BY r)) FROM (SELECT (to_jsonb(s) - 'submission_id')::text FROM a.stay s UNION ALL SELECT (to_jsonb(k) - 'submission_id')::text FROM a.rejected_line k) t (r)"

with_tmap stays
psql stays -c "$setup" >/dev/null
mutated 10000 >"$work/mutated.csv"
copy_in stays AAA-mutated "$work/mutated.csv"
psql stays -c "UPDATE a.stay_source SET date_format = 'yyyy-mm-dd', sex_scheme = 'iso5218'"
same "10,000 mutated lines are read, whatever is wrong" "$(psql stays -c "SELECT status, lines_read, accepted + rejected FROM a.load_stays('AAA-mutated', 'AAA', 'SAAA', expected_lines => $(wc -l <"$work/mutated.csv"), expected_sha256 => '$(sha256sum <"$work/mutated.csv" | cut -d' ' -f1)')")" "loaded|10000|10000"
same "each line is once a stay or once rejected" "$(psql stays -c "SELECT count(*), count(DISTINCT n), min(n), max(n) FROM (SELECT line_no FROM a.stay UNION ALL SELECT line_no FROM a.rejected_line) t (n)")" "10000|10000|2|10001"
psql stays -c "SELECT '# ' || reason || ' ' || coalesce(column_name, '') || ' ' || lines FROM a.rejected_by_reason(1)"
same "many kinds of faults came up" "$(psql stays -c "SELECT count(DISTINCT reason) >= 10 FROM a.rejected_line")" t
same "no rejected line shows an identifier" "$(psql stays -c "SELECT count(*) FROM a.rejected_line WHERE line ~ 'PATIENT|STAY'")" 0
same "an accepted line is what it says" "$(psql stays -c "SELECT count(*) FROM a.stay WHERE year <> date_part('year', admitted) OR discharged < admitted OR age NOT BETWEEN 0 AND 120 OR principal !~ '^[A-Z][0-9]{2}'")" 0
psql stays -c "SELECT md5(string_agg(s::text, '' ORDER BY line_no)) FROM a.stay s" >"$work/before"
copy_in stays AAA-mutated "$work/mutated.csv"
same "the same again changes nothing" "$(psql stays -c "SELECT status FROM a.load_stays('AAA-mutated', 'AAA', 'SAAA')")$(psql stays -c "SELECT md5(string_agg(s::text, '' ORDER BY line_no)) FROM a.stay s")" "unchanged$(cat "$work/before")"
same "another key is refused" "$(PGOPTIONS='-c tmap.pseudonym_key=another-key-of-the-tests' state stays "INSERT INTO a.inbox (upload, line) VALUES ('k', 'stay_id,admitted,principal'); SELECT a.load_stays('k', 'AAA', 'SAAA')")" 22023

stays 20000 >"$work/b.csv"
pids=()
for c in BBB CCC; do (copy_in stays "$c-2019" "$work/b.csv"; psql stays -c "SELECT status, accepted, rejected FROM a.load_stays('$c-2019', '$c', 'S$c', expected_lines => 20001)") >"$work/$c" 2>&1 & pids+=($!); done
wait "${pids[@]}"
for c in BBB CCC; do same "$c loaded beside the other" "$(cat "$work/$c")" "loaded|20000|0"; done
same "their lines did not mix, and kept their numbers" "$(psql stays -c "SELECT DISTINCT count(*) || ' ' || min(line_no) || ' ' || max(line_no) || ' ' || count(DISTINCT line_no) FROM a.stay WHERE country <> 'AAA' GROUP BY country")" "20000 2 20001 20000"
same "two uploads that came in line by line" "$(psql stays -c "INSERT INTO a.inbox (upload, line) SELECT CASE i % 2 WHEN 0 THEN 'one' ELSE 'two' END, CASE WHEN i < 2 THEN 'stay_id,admitted,principal' ELSE format('M%s,2018-01-01,I63', i) END FROM generate_series(0, 9) i" -c "SELECT accepted FROM a.load_stays('one', 'AAA', 'SAAA')" -c "SELECT accepted FROM a.load_stays('two', 'AAA', 'SAAA')" -c "SELECT string_agg(line_no::text, ',' ORDER BY line_no) FROM a.stay WHERE year = 2018" | tr '\n' ' ')" "4 4 2,2,3,3,4,4,5,5 "

# A server killed in the middle of a load loses nothing, and what is loaded then is what an undisturbed load gives.
(stays 120000; mutated 2000 | sed -e 1d -e 's/STAY/MUTA/') >"$work/big.csv"
psql stays -c 'DROP SCHEMA a CASCADE' >/dev/null 2>&1
psql stays -c "$setup" -c "UPDATE a.stay_source SET date_format = 'yyyy-mm-dd', sex_scheme = 'iso5218'" >/dev/null
copy_in stays AAA-2019 "$work/big.csv"
psql stays -c "SELECT lines_read, accepted, rejected FROM a.load_stays('AAA-2019', 'AAA', 'SAAA')" >"$work/want"
psql stays -c "$digest" >>"$work/want"
shared=$dir; dir=$own
TMAP_FSYNC=on bash test/server.sh start "$own"
with_tmap stays; databases=(); psql stays -c "$setup" -c "UPDATE a.stay_source SET date_format = 'yyyy-mm-dd', sex_scheme = 'iso5218'" >/dev/null
copy_in stays AAA-2019 "$work/big.csv"
psql stays -c "SELECT status FROM a.load_stays('AAA-2019', 'AAA', 'SAAA')" >"$work/killed" 2>&1 &
client=$!
for _ in $(seq 200); do # until it writes stays
  [ "$(psql stays -c "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity p USING (pid) WHERE l.relation = 'a.stay_2019'::regclass AND l.mode = 'RowExclusiveLock' AND p.query LIKE '%load_stays%'")" = 0 ] || break
  sleep 0.05
done
sleep 0.3
postmaster=$(head -n 1 "$own/data/postmaster.pid")
children=$(pgrep -P "$postmaster")
# shellcheck disable=SC2086
kill -9 "$postmaster" $children
wait "$client"
same "the load died with the server" "$(grep -c loaded "$work/killed")" 0
# Where nobody collects dead processes the postmaster's number stays taken, and the new one would wait for it.
for _ in $(seq 50); do [ -d "/proc/$postmaster" ] && ! grep -q '^State:.*Z' "/proc/$postmaster/status" || break; sleep 0.1; done
[ ! -d "/proc/$postmaster" ] || rm -f "$own/data/postmaster.pid" "$own"/.s.PGSQL.*.lock
for _ in $(seq 50); do bash test/server.sh start "$own" >"$work/start" 2>&1 && psql postgres -c "SELECT 1" >/dev/null 2>&1 && break; sleep 0.2; done
same "after the restart nothing is loaded, and every line is in the inbox" "$(psql stays -c "SELECT (SELECT count(*) FROM a.stay), (SELECT count(*) FROM a.submission), (SELECT count(*) FROM a.rejected_line), (SELECT count(*) FROM a.inbox)")" "0|0|0|$(wc -l <"$work/big.csv")"
same "the same call loads the same bytes as an undisturbed load" "$(psql stays -c "SELECT lines_read, accepted, rejected FROM a.load_stays('AAA-2019', 'AAA', 'SAAA')"; psql stays -c "$digest")" "$(cat "$work/want")"
dir=$shared
done_testing
