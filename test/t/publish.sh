#!/usr/bin/env bash
# Publishing under kill -9: whoever reads sees the old release or the new one, whole. A withdrawn release is gone from every
# public view at once.
. "$(dirname "$0")/lib.bash"
chmod 755 "$work"
mine=$work/server
trap 'test/server.sh remove "$mine" >/dev/null 2>&1; finish' EXIT
start() { local i; for i in 1 2 3 4 5 6 7 8 9 10; do (ulimit -v 8000000; test/server.sh start "$mine") 2>/dev/null && return; sleep 0.5; done; return 1; }
sql() { test/server.sh psql "$mine" -qAt -v ON_ERROR_STOP=1 -d publish "$@"; }
kill_9() { # SIGKILL to the postmaster and to every process of it
  local pm; pm=$(head -1 "$mine/data/postmaster.pid"); local all; all=$(pgrep -P "$pm" | tr '\n' ' ')
  # shellcheck disable=SC2086
  kill -9 $pm $all 2>/dev/null; while kill -0 "$pm" 2>/dev/null; do sleep 0.05; done
}
start || exit 1
test/server.sh psql "$mine" -qAt -d postgres -c "CREATE DATABASE publish"
sql >/dev/null <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION tmap CASCADE;
SELECT tmap.create_atlas('atlas');
INSERT INTO atlas.area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO atlas.area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', 'UTO', 'Utopia', 'country', area_id FROM atlas.area;
INSERT INTO atlas.area (code_system, code, name, level, parent_id, geom) SELECT 'tmap', 'R' || i, 'Region ' || i, 'region', area_id, public.ST_Multi(public.ST_MakeEnvelope(i, 0, i + 1, 1, 4326)) FROM atlas.area, generate_series(1, 100) i WHERE code = 'UTO';
INSERT INTO atlas.source (source_key, title, origin) VALUES ('rows', 'SYNTHETIC rows', 'synthetic');
INSERT INTO atlas.fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis)
SELECT a.area_id, make_date(y, 1, 1), make_date(y, 12, 31), 'thrombectomy_per_stroke', atlas.find_source('rows'), t.tally, tmap.events(t.tally), 'computed'
FROM atlas.area a, generate_series(2018, 2024) y, LATERAL (
  SELECT tmap.tally_agg(tmap.stratum(25 + b * 10, x, 'low'), (3 + b + (a.area_id + y) % 5)::bigint, (60 + 20 * b + (a.area_id * 7 + y) % 50)::bigint) AS tally FROM generate_series(0, 6) b, unnest('{female,male}'::text[]) x) t WHERE a.level = 'region';
SELECT atlas.roll_up('rows');
SQL
# What the public sees, and what it would see of an edition: number of figures and digest.
public="SELECT coalesce(max(edition), 'none'), count(*), md5(string_agg(v::text, E'\n' ORDER BY fid)) FROM atlas.value v"
would() { sql -c "SELECT max(edition), count(*), md5(string_agg(v::text, E'\n' ORDER BY fid)) FROM atlas.edition_figures((SELECT edition_id FROM atlas.edition WHERE edition = '$1')) v"; }
sql -c "SELECT atlas.compute_edition('first', '{2024}')" -c "SELECT atlas.publish_edition('first')" >/dev/null
old=$(sql -c "$public")
same "the first release is public" "$old" "$(would first)"
RANDOM=5
i=0; kills=0; before=0; after=0; mixed=0; cut=0; broken=0; lasts=200
while [ $kills -lt 12 ]; do
  i=$((i + 1))
  sql -c "SELECT atlas.compute_edition('edition $i', ARRAY(SELECT generate_series(2024 - $i % 2, 2024)))" >/dev/null || broken=1
  new=$(would "edition $i")
  while [ $kills -lt 12 ]; do
    sql -c "SELECT atlas.publish_edition('edition $i')" >"$work/publish" 2>&1 & publisher=$!
    sleep "$(printf '0.%03d' $((RANDOM % lasts)))"
    kill_9; wait $publisher; kills=$((kills + 1))
    ! grep -q 'server closed the connection' "$work/publish" || cut=$((cut + 1))
    start || { broken=1; break 2; }
    have=$(sql -c "$public")
    if [ "$have" = "$new" ]; then after=$((after + 1)); lasts=$((lasts * 2 / 3 + 20)); elif [ "$have" = "$old" ]; then before=$((before + 1)); lasts=$((lasts * 5 / 4)); else mixed=$((mixed + 1)); echo "# $have is neither $old nor $new"; fi
    # The release that is named is the one that is shown, with its own digest; every view agrees.
    [ "$(sql -c "SELECT edition, sha256 = atlas.edition_digest(fid), (SELECT count(DISTINCT edition) FROM atlas.value), (SELECT min(edition) = r.edition FROM atlas.region_year) FROM atlas.release r WHERE current")" = "${have%%|*}|t|1|t" ] || broken=1
    [ "$have" = "$new" ] && break
  done
  [ "$have" = "$new" ] && old=$new
done
echo "# killed $kills times, $cut times in the middle of publishing: $before times the old release was there, $after times the new one"
same "after every kill the old release or the new one, never a mixture" "$mixed" 0
same "release, digest and views agree after every kill" "$broken" 0
if [ "$have" != "$new" ]; then sql -c "SELECT atlas.publish_edition('edition $i')" >/dev/null; fi
same "a publication that was killed can be repeated" "$(sql -c "$public")" "$new"
ok "both outcomes occurred, and kills in the middle" test $before -gt 0 -a $after -gt 0 -a $cut -gt 2

# Readers beside a publication see one release or the other, whole.
sql -c "SELECT atlas.compute_edition('beside', '{2023,2024}')" >/dev/null
old=$(sql -c "$public"); new=$(would beside)
sql -c "SELECT pg_sleep(0.2); SELECT atlas.publish_edition('beside')" >/dev/null & publisher=$!
while kill -0 $publisher 2>/dev/null; do sql -c "$public"; done >"$work/seen"; wait $publisher; sql -c "$public" >>"$work/seen"
same "readers beside it saw the old and the new one, whole" "$(sort -u "$work/seen")" "$(printf '%s\n%s\n' "$old" "$new" | sort -u)"

# Withdrawn: gone from every view and table that the public may read, at the commit and not before.
views=$(sql -c "SELECT string_agg(format('SELECT count(*) AS n FROM atlas.%I WHERE edition = ''beside''', c.relname), ' UNION ALL ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'edition' AND NOT a.attisdropped
  WHERE c.relnamespace = 'atlas'::regnamespace AND c.relkind IN ('v', 'm') OR c.oid = 'atlas.published_value'::regclass AND a.attname = 'edition'")
count="SELECT count(*) FILTER (WHERE n > 0), count(*) FILTER (WHERE n = 0) FROM ($views) v"
shown=$(sql -c "$count")
ok "several views show the release" test "${shown%|*}" -ge 5
sql -c "BEGIN" -c "SELECT atlas.withdraw_edition('beside', 'a test')" -c "SELECT pg_sleep(2)" -c "COMMIT" >/dev/null & publisher=$!
for j in $(seq 100); do [ "$(sql -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'")" = 1 ] && break; sleep 0.05; done
same "until the withdrawal is committed every view shows it" "$(sql -c "$count")" "$shown"
wait $publisher
same "then none does" "$(sql -c "$count")" "0|$((${shown%|*} + ${shown#*|}))"
same "and the release before it is whole again" "$(sql -c "$public")" "$old"
for e in $(sql -c "SELECT edition_id FROM atlas.edition WHERE status = 'published'"); do sql -c "SELECT atlas.withdraw_edition(edition, 'a test') FROM atlas.edition WHERE edition_id = $e" >/dev/null; done
same "with all withdrawn nothing is public" "$(sql -c "$public")$(sql -c "SELECT count(*) FROM atlas.release")" "none|0|0"
done_testing
