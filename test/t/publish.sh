#!/usr/bin/env bash
# Publishing under kill -9: whoever reads sees the old state or the new one, whole; each year of the edition published last. A withdrawn release is gone from every
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
UPDATE atlas.area SET geom = public.ST_Multi(public.ST_MakeEnvelope(0, 0, 101, 1, 4326)) WHERE code = 'UTO';
INSERT INTO atlas.area (code_system, code, name, level, parent_id, geom) SELECT 'tmap', 'R' || i, 'Region ' || i, 'region', area_id, public.ST_Multi(public.ST_MakeEnvelope(i, 0, i + 1, 1, 4326)) FROM atlas.area, generate_series(1, 100) i WHERE code = 'UTO';
INSERT INTO atlas.source (source_key, title, origin) VALUES ('rows', 'SYNTHETIC rows', 'synthetic');
INSERT INTO atlas.fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis)
SELECT a.area_id, make_date(y, 1, 1), make_date(y, 12, 31), 'thrombectomy_per_stroke', atlas.find_source('rows'), t.tally, tmap.events(t.tally), 'computed'
FROM atlas.area a, generate_series(2018, 2024) y, LATERAL (
  SELECT tmap.tally_agg(tmap.stratum(25 + b * 10, x, 'low'), (3 + b + (a.area_id + y) % 5)::bigint, (60 + 20 * b + (a.area_id * 7 + y) % 50)::bigint) AS tally FROM generate_series(0, 6) b, unnest('{female,male}'::text[]) x) t WHERE a.level = 'region';
SELECT atlas.roll_up('rows');
SQL
# What the public sees, and what it would see were an edition published: the years of the edition from it, the others as they are. Editions, number of figures and digest;
# without fid, which numbers all that is current, and what is computed from the figures when they become public.
digest() { echo "SELECT coalesce(string_agg(DISTINCT j ->> 'edition', ', '), 'none'), count(*), md5(string_agg(j::text, E'\n' ORDER BY j::text COLLATE \"C\")) FROM ($1) v (j)"; }
derived="'{fid,class,reliability,smoothed,rank,rank_lower,rank_upper,ranked,funnel,latest,edition_id,edition_status}'::text[]"
public=$(digest "SELECT to_jsonb(v) - $derived FROM atlas.value v")
would() { local e="(SELECT e FROM atlas.edition e WHERE edition = '$1')"
  sql -c "$(digest "SELECT to_jsonb(v) - $derived FROM atlas.edition_figures(($e).edition_id) v UNION ALL SELECT to_jsonb(v) - $derived FROM atlas.value v WHERE NOT year = ANY (($e).years)")"; }
# True when every public view shows of each year the one edition, published last of those that hold it, with its own digest, and centres are offered the same totals.
agree="WITH last AS (SELECT DISTINCT ON (y) y AS year, r.edition FROM atlas.release r, unnest(r.years) y ORDER BY y, r.published_at DESC, r.fid DESC),
  seen AS (SELECT year, edition FROM atlas.value UNION SELECT year, thrombectomy_per_stroke_edition FROM atlas.region_year UNION SELECT year, thrombectomy_per_stroke_edition FROM atlas.country_year),
  parts AS (SELECT year, thrombectomy_per_stroke_edition FROM atlas.region_year INTERSECT SELECT year, thrombectomy_per_stroke_edition FROM atlas.country_year INTERSECT SELECT year, edition FROM atlas.value),
  totals AS (SELECT code, year, events, 'edition ' || edition AS basis FROM atlas.value WHERE status = 'published' AND sex = 'all' AND age_from IS NULL AND country IS NOT NULL),
  offer AS (SELECT code, extract(year FROM valid_from)::int, tmap.events(tally)::float8, basis FROM atlas.tally_offer_suppressed)
SELECT (SELECT array_agg(l ORDER BY l) FROM last l) = (SELECT array_agg(s ORDER BY s) FROM seen s) AND (SELECT count(*) FROM parts) = (SELECT count(*) FROM last)
  AND (SELECT bool_and(sha256 = atlas.edition_digest(fid) AND current = (edition IN (SELECT edition FROM last))) FROM atlas.release)
  AND NOT EXISTS (TABLE totals EXCEPT ALL TABLE offer) AND NOT EXISTS (TABLE offer EXCEPT ALL TABLE totals) AND (SELECT count(*) > 50 FROM totals)"
sql -c "SELECT atlas.compute_edition('first', '{2024}')" -c "SELECT atlas.publish_edition('first')" >/dev/null
old=$(sql -c "$public")
same "the first release is public" "$old" "$(would first)"
RANDOM=5
two=0; i=0; kills=0; before=0; after=0; mixed=0; cut=0; broken=0; lasts=300
while [ $kills -lt 12 ]; do
  i=$((i + 1))
  sql -c "SELECT atlas.compute_edition('edition $i', ARRAY(SELECT generate_series(2024 - $i % 2, 2024)))" >/dev/null || broken=1
  new=$(would "edition $i")
  while [ $kills -lt 12 ]; do
    sql -c "SELECT atlas.publish_edition('edition $i')" >"$work/publish" 2>&1 & publisher=$!
    wait_ms=$((RANDOM % lasts)); sleep "$((wait_ms / 1000)).$(printf '%03d' $((wait_ms % 1000)))"
    kill_9; wait $publisher; kills=$((kills + 1))
    ! grep -q 'server closed the connection' "$work/publish" || cut=$((cut + 1))
    start || { broken=1; break 2; }
    have=$(sql -c "$public")
    if [ "$have" = "$new" ]; then after=$((after + 1)); lasts=$((lasts * 2 / 3 + 20)); elif [ "$have" = "$old" ]; then before=$((before + 1)); lasts=$((lasts * 3 / 2)); else mixed=$((mixed + 1)); echo "# $have is neither $old nor $new"; fi
    [ "$(sql -c "$agree")" = t ] || { broken=1; echo "# views disagree: $have"; }
    [[ ${have%%|*} != *,* ]] || two=$((two + 1))   # odd editions take both years over, even ones the later year alone
    [ "$have" = "$new" ] && break
  done
  [ "$have" = "$new" ] && old=$new
done
echo "# killed $kills times, $two times two editions were current, $cut times in the middle of publishing: $before times the old release was there, $after times the new one"
same "after every kill the old release or the new one, never a mixture" "$mixed" 0
same "release, digest and views agree after every kill" "$broken" 0
if [ "$have" != "$new" ]; then sql -c "SELECT atlas.publish_edition('edition $i')" >/dev/null; fi
same "a publication that was killed can be repeated" "$(sql -c "$public")" "$new"
ok "both outcomes occurred, and kills in the middle" test $before -gt 0 -a $after -gt 0 -a $cut -gt 2
ok "also while two editions are current" test $two -gt 0

# Readers beside a publication see one release or the other, whole.
sql -c "SELECT atlas.compute_edition('beside', '{2023,2024}')" >/dev/null
old=$(sql -c "$public"); new=$(would beside)
sql -c "SELECT pg_sleep(0.2); SELECT atlas.publish_edition('beside')" >/dev/null & publisher=$!
while kill -0 $publisher 2>/dev/null; do sql -c "$public"; done >"$work/seen"; wait $publisher; sql -c "$public" >>"$work/seen"
same "readers beside it saw the old and the new one, whole" "$(sort -u "$work/seen")" "$(printf '%s\n%s\n' "$old" "$new" | sort -u)"

# Withdrawn: gone from every view and table that the public may read, at the commit and not before.
views=$(sql -c "SELECT string_agg(format('SELECT count(*) AS n FROM atlas.%I WHERE %I = ''beside''', c.relname, a.attname), ' UNION ALL ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('edition', 'thrombectomy_per_stroke_edition') AND NOT a.attisdropped
  WHERE c.relnamespace = 'atlas'::regnamespace AND c.relname IN (SELECT relation FROM atlas.relation_rights() WHERE kind = 'reader' UNION ALL SELECT 'published_value')")
views+=" UNION ALL SELECT count(*) FROM atlas.tally_offer_suppressed WHERE basis = 'edition beside'"
count="SELECT count(*) FILTER (WHERE n > 0), count(*) FILTER (WHERE n = 0) FROM ($views) v"
shown=$(sql -c "$count")
ok "several views show the release" test "${shown%|*}" -ge 9
sql -c "BEGIN" -c "SELECT atlas.withdraw_edition('beside', 'a test')" -c "SELECT pg_sleep(2)" -c "COMMIT" >/dev/null & publisher=$!
for j in $(seq 100); do [ "$(sql -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'")" = 1 ] && break; sleep 0.05; done
same "until the withdrawal is committed every view shows it" "$(sql -c "$count")" "$shown"
wait $publisher
same "then none does" "$(sql -c "$count")" "0|$((${shown%|*} + ${shown#*|}))"
same "and what was there before it is whole again" "$(sql -c "$public")$(sql -c "$agree")" "${old}t"
for e in $(sql -c "SELECT edition_id FROM atlas.edition WHERE status = 'published'"); do sql -c "SELECT atlas.withdraw_edition(edition, 'a test') FROM atlas.edition WHERE edition_id = $e" >/dev/null; done
same "with all withdrawn nothing is public" "$(sql -c "$public")$(sql -c "SELECT count(*) FROM atlas.release")" "none|0|0"
done_testing
