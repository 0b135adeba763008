#!/usr/bin/env bash
# Dump and restore of an atlas with user rows, a user's table, column, policy and index: it comes back equal.
. "$(dirname "$0")/lib.bash"
bin=$("${PG_CONFIG:-pg_config}" --bindir)
with_tmap dump_from; database dump_to
psql postgres -c "DO \$\$ BEGIN CREATE ROLE dump_reader; EXCEPTION WHEN duplicate_object THEN NULL; END \$\$"
psql dump_from <<'SQL' >/dev/null
SET client_min_messages = warning;
SELECT tmap.create_atlas('first'), tmap.create_atlas('second');
INSERT INTO first.area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO first.area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', 'UTO', 'Utopia', 'country', area_id FROM first.area;
INSERT INTO first.area (code_system, code, name, level, parent_id, geom)
SELECT 'tmap', 'R' || i, 'Region ' || i, 'region', area_id, public.ST_Multi(public.ST_MakeEnvelope(i, 0, i + 1, 1, 4326)) FROM first.area, generate_series(1, 5) i WHERE code = 'UTO';
INSERT INTO first.source (source_key, title, origin) VALUES ('rows', 'SYNTHETIC rows', 'synthetic');
SELECT first.add_stroke_year(2023);
INSERT INTO first.stroke (country, year, stroke_id, stratum, treated, source_id, point)
SELECT 'UTO', 2023 + i % 2, i, tmap.stratum(40 + i % 60, CASE i % 2 WHEN 0 THEN 'f' END, 'low'), i % 9 = 0, first.find_source('rows'), public.ST_SetSRID(public.ST_MakePoint(i % 7, 0.5), 4326) FROM generate_series(1, 3000) i;
SELECT first.locate_strokes('region', 'rows');
SELECT first.tally_strokes('rows');
SELECT first.load_counts_text(E'area,period,strokes,thrombectomies\nR1,2022,100,7\nR9,2022,1,1\n', 'k', 'UTO', 'rows', accept_partial => true);
ALTER TABLE first.fact ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_shown ON first.fact TO dump_reader USING (shown);
ALTER TABLE first.fact ADD COLUMN reviewed_by text DEFAULT 'nobody';
CREATE INDEX fact_reviewed ON first.fact (reviewed_by);
CREATE TABLE first.mine (stratum tmap.stratum PRIMARY KEY, tally tmap.tally, counts tmap.counts);
INSERT INTO first.mine SELECT stratum, tmap.tally_agg(stratum, treated), tmap.counts_agg(treated) FROM first.stroke GROUP BY 1;
CREATE UNIQUE INDEX mine_tally ON first.mine (tally, counts);
GRANT SELECT ON first.area_year TO dump_reader;
SQL
ok "pg_dump" "$bin/pg_dump" -h "$dir" -p "$(cat "$dir/port")" -U postgres -Fc -f "$work/dump" dump_from
ok "pg_restore without a word" "$bin/pg_restore" -h "$dir" -p "$(cat "$dir/port")" -U postgres --exit-on-error -d dump_to "$work/dump"
for schema in first second; do
  q="SELECT kind, name, definition FROM tmap.atlas_catalog('$schema') ORDER BY kind COLLATE \"C\", name COLLATE \"C\", definition COLLATE \"C\""
  psql dump_from -c "$q" >"$work/a"; psql dump_to -c "$q" >"$work/b"
  ok "catalogue of $schema is not empty" test "$(wc -l <"$work/a")" -gt 300
  ok "catalogue of $schema is equal" diff "$work/a" "$work/b"
done
# Every table's rows, and what the views compute from them.
for t in $(psql dump_from -c "SELECT format('first.%I', relname) FROM pg_class WHERE relnamespace = 'first'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1"); do
  q="SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE \"C\")) FROM $t t"
  same "rows of $t" "$(psql dump_to -c "$q")" "$(psql dump_from -c "$q")"
done
same "the policy is there and on" "$(psql dump_to -c "SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND polname = 'only_shown') FROM pg_class c WHERE oid = 'first.fact'::regclass")" "t|1"
same "the two atlases do not mix: the second is empty" "$(psql dump_to -c "SELECT count(*) FROM second.area")" 0
same "new rows after the restore get free numbers" "$(psql dump_to -c "INSERT INTO first.source (source_key, title, origin) VALUES ('new', 'New', 'reported') RETURNING source_id > 1")" t
same "the restored extension's functions give the same bytes" \
  "$(psql dump_to -c "SELECT md5(string_agg(encode(tmap.tally_send(tally), 'hex'), '' ORDER BY fact_id)) FROM first.fact")" \
  "$(psql dump_from -c "SELECT md5(string_agg(encode(tmap.tally_send(tally), 'hex'), '' ORDER BY fact_id)) FROM first.fact")"
psql dump_from -c "DROP EXTENSION tmap" >"$work/drop" 2>&1
ok "DROP EXTENSION does not silently drop an atlas" grep -q "depend on it" "$work/drop"
done_testing
