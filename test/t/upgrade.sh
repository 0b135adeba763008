#!/usr/bin/env bash
# An extension updated from each released version is the one installed fresh: definition, volatility, strictness, rights and comment of every member.
# Released versions are sql/released/tmap--X.sql. Without any, only the comparison itself is proved, by differences planted for it to find.
. "$(dirname "$0")/lib.bash"

with_tmap upgrade_fresh
catalogue upgrade_fresh >"$work/fresh" || exit 1
members=$(psql upgrade_fresh -c "SELECT count(*) FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'tmap')")
same "the comparison reads every member ($members)" "$(wc -l <"$work/fresh")" "$members"
same "it knows every kind of member" "$(grep -c '| other |' "$work/fresh")" 0
with_tmap upgrade_twin
catalogue upgrade_twin >"$work/twin"
ok "two fresh installations are the same" diff "$work/fresh" "$work/twin"

# found TEXT SQL: the comparison sees what the SQL changes (and undoes it by dropping the database's changes one by one).
found() {
  psql upgrade_twin -c "SET client_min_messages = warning" -c "$2" || { ok "planted: $1" false; return; }
  catalogue upgrade_twin >"$work/changed"
  local differ; differ=$(diff "$work/twin" "$work/changed" | grep -c '^[<>]')
  ok "a planted difference is found: $1" test "$differ" -gt 0
  mv "$work/changed" "$work/twin"
}
found "comment" "COMMENT ON FUNCTION tmap.standard(text) IS 'x'"
found "no comment on an operator" "COMMENT ON OPERATOR tmap.= (tmap.tally, tmap.tally) IS NULL"
found "volatility" "ALTER FUNCTION tmap.proportion(bigint, bigint, float8) STABLE"
found "strictness" "ALTER FUNCTION tmap.events(tmap.tally) CALLED ON NULL INPUT"
found "parallel safety of an aggregate" "UPDATE pg_proc SET proparallel = 'u' WHERE oid = 'tmap.rate(boolean)'::regprocedure"
found "rights" "GRANT EXECUTE ON FUNCTION tmap.create_atlas(text) TO PUBLIC"
found "body" "CREATE OR REPLACE FUNCTION tmap.age_band(stratum tmap.stratum) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE BEGIN ATOMIC SELECT tmap.level(stratum, 'sex'); END"
found "default of an argument" "CREATE OR REPLACE FUNCTION tmap.rate(tally tmap.tally, per float8 DEFAULT 2) RETURNS float8 AS '\$libdir/tmap', 'tmap_rate_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE"
found "estimator of an operator" "ALTER OPERATOR tmap.= (tmap.tally, tmap.tally) SET (RESTRICT = NONE)"
found "operator of a class" "ALTER OPERATOR FAMILY tmap.tally_ops USING hash ADD OPERATOR 1 tmap.= (tmap.counts, tmap.counts)"
found "column of a row type" "ALTER TYPE tmap.estimate RENAME ATTRIBUTE per TO scale"
found "one member more" "CREATE FUNCTION tmap.more() RETURNS int LANGUAGE sql RETURN 1; ALTER EXTENSION tmap ADD FUNCTION tmap.more()"
found "one member less" "ALTER EXTENSION tmap DROP FUNCTION tmap.levels()"

shopt -s nullglob
released=(sql/released/tmap--*.sql)
extensions=$("${PG_CONFIG:-pg_config}" --sharedir)/extension
as_root=(); [ -w "$extensions" ] || as_root=(sudo)
current=$(sed -n "s/^default_version = '\(.*\)'/\1/p" tmap.control)
[ ${#released[@]} -gt 0 ] || echo "# no version was released before $current: there is nothing to update from yet"
for script in "${released[@]}"; do
  version=${script##*/tmap--}; version=${version%.sql}
  [ "$version" != "$current" ] || continue
  # The server reads scripts from its own folder; one that was not there is taken away again.
  mine=; [ -e "$extensions/tmap--$version.sql" ] || { mine=1; "${as_root[@]}" install -m 644 "$script" "$extensions/"; }
  database upgrade_old
  ok "version $version installs" psql upgrade_old -c "SET client_min_messages = warning" -c "CREATE EXTENSION tmap VERSION '$version' CASCADE"
  ok "it makes an atlas, with a row in it" psql upgrade_old -c "SELECT tmap.create_atlas('zz_before')" -c "INSERT INTO zz_before.area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world')" -c "INSERT INTO zz_before.area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', area_id FROM zz_before.area, unnest('{AAA,BBB}'::text[]) c" \
    -c "SELECT zz_before.add_stroke_year(2020); INSERT INTO zz_before.source (source_key, title, origin) VALUES ('old', 'Rows of before', 'synthetic')" \
    -c "INSERT INTO zz_before.stroke (country, year, stroke_id, area_id, stratum, treated, source_id) SELECT a.code, 2019 + i % 2, i, a.area_id, tmap.stratum(70, 'male'), i = 1, zz_before.find_source('old') FROM zz_before.area a, generate_series(1, 20) i WHERE a.level = 'country'" \
    -c "SELECT zz_before.tally_strokes('old')"
  ok "version $version updates to $current" psql upgrade_old -c "ALTER EXTENSION tmap UPDATE"
  catalogue upgrade_old >"$work/updated"
  ok "updated from $version is the same as fresh" diff "$work/fresh" "$work/updated"
  ok "the atlas made with $version upgrades" psql upgrade_old -c "SELECT tmap.upgrade_atlas('zz_before')"
  ok "a second time changes nothing" grep -q 'up to date' <<<"$(psql upgrade_old -c "SELECT tmap.upgrade_atlas('zz_before')")"
  psql upgrade_old -c "SELECT tmap.create_atlas('zz_after'); SELECT zz_after.add_stroke_year(2020)" >/dev/null
  atlas() { psql upgrade_old -c "SELECT kind, name, definition FROM tmap.atlas_catalog('$1') ORDER BY kind COLLATE \"C\", name COLLATE \"C\", definition COLLATE \"C\""; }
  atlas zz_before >"$work/old"; atlas zz_after >"$work/new"
  ok "an upgraded atlas is the same as a fresh one" diff "$work/old" "$work/new"
  same "its rows are still there" "$(psql upgrade_old -c "SELECT (SELECT count(*) FROM zz_before.area), (SELECT count(*) FROM zz_before.stroke), (SELECT count(*) FROM zz_before.fact)")" "3|40|$(psql upgrade_old -c "SELECT count(*) FROM zz_before.fact WHERE basis IS NOT NULL")"
  # Rows that were there before are under row security, in their partitions too.
  for role in zz_aaa zz_contributor zz_analyst zz_publisher zz_reader; do psql postgres -c "DROP ROLE IF EXISTS $role" >/dev/null 2>&1; done
  psql upgrade_old -c "SET client_min_messages = warning; SELECT zz_before.set_up_roles('zz'); SELECT zz_before.add_contributor('zz_aaa', 'AAA')" >/dev/null
  same "a contributor sees those of its country, and none of a partition by itself" "$(psql upgrade_old -c "GRANT SELECT ON zz_before.stroke_2020, zz_before.stroke_other TO zz_aaa; SET ROLE zz_aaa; SELECT (SELECT string_agg(DISTINCT country, ' ') FROM zz_before.stroke), (SELECT count(*) FROM zz_before.stroke),
    (SELECT count(*) > 0 AND bool_and(area_id IN (SELECT area_id FROM zz_before.my_areas())) FROM zz_before.fact), (SELECT count(*) FROM zz_before.stroke_2020) + (SELECT count(*) FROM zz_before.stroke_other)")" "AAA|20|t|0"
  psql upgrade_old -c "DROP SCHEMA zz_before CASCADE" >/dev/null 2>&1
  for role in zz_aaa zz_contributor zz_analyst zz_publisher zz_reader; do psql upgrade_old -c "DROP OWNED BY $role" -c "DROP ROLE $role" >/dev/null 2>&1; done
  [ -z "$mine" ] || "${as_root[@]}" rm -f "$extensions/tmap--$version.sql"
done
done_testing
