#!/usr/bin/env bash
# Several sessions hand in counts at once: different countries, and the same submission; and a load that is cancelled.
. "$(dirname "$0")/lib.bash"
with_tmap loaders
psql loaders <<'SQL' >/dev/null
SET client_min_messages = warning;
SELECT tmap.create_atlas('a');
INSERT INTO a.area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO a.area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', area_id FROM a.area, unnest('{AAA,BBB,CCC,DDD}'::text[]) c;
INSERT INTO a.area (code_system, code, name, level, parent_id) SELECT 'tmap', code || i, code || i, 'region', area_id FROM a.area, generate_series(1, 50) i WHERE level = 'country';
INSERT INTO a.source (source_key, title, origin) SELECT 'S' || code, 'of ' || code, 'submitted' FROM a.area WHERE level = 'country';
CREATE FUNCTION doc(c text, extra int) RETURNS text LANGUAGE sql AS $$
  SELECT E'area,period,age_band,sex,strokes,thrombectomies\n' || string_agg(format('%s%s,%s,%s,%s,%s,%s', c, i, y, b, x, 100 + i + extra, i), E'\n')
  FROM generate_series(1, 50) i, generate_series(2018, 2021) y, unnest('{60-64,65-69,70-74,75-79,80-84}'::text[]) b, unnest('{female,male}'::text[]) x $$;
SQL
load() { psql loaders -c "SELECT status FROM a.load_counts_text(doc('$1', $2), '$3', '$1', 'S$1')"; }
pids=()
for c in AAA BBB CCC DDD; do load $c 0 "$c-1" >"$work/$c" 2>&1 & pids+=($!); done
wait "${pids[@]}"
for c in AAA BBB CCC DDD; do same "$c loaded beside the others" "$(cat "$work/$c")" loaded; done
same "every line of all is there" "$(psql loaders -c "SELECT count(*), sum(strokes) FROM a.submitted_count")" "8000|1004000"
same "and in the facts of the countries" "$(psql loaders -c "SELECT count(*), sum(tmap.at_risk(f.tally)) FROM a.fact f JOIN a.area USING (area_id) WHERE level = 'country' AND indicator = 'thrombectomy_per_stroke'")" "16|1004000"
pids=()
for i in 1 2 3 4; do load AAA 1 AAA-1 >"$work/same$i" 2>&1 & pids+=($!); done
wait "${pids[@]}"
same "the same correction four times at once: one replaces, the others change nothing" "$(cat "$work"/same? | sort | uniq -c | tr -s ' ' | tr '\n' ';')" " 1 loaded; 3 unchanged;"
before=$(psql loaders -c "SELECT md5(string_agg(f::text, '' ORDER BY fact_id)) FROM a.fact f")
same "a cancelled load" "$(state loaders "SET statement_timeout = '60ms'; SELECT a.load_counts_text(doc('BBB', 2), 'BBB-1', 'BBB', 'SBBB')")" 57014
same "leaves everything as it was" "$(psql loaders -c "SELECT md5(string_agg(f::text, '' ORDER BY fact_id)) FROM a.fact f")" "$before"
same "and can be loaded again" "$(load BBB 2 BBB-1)" loaded
# Factors: the same submission four times at once, and one that is cancelled.
psql loaders <<'SQL' >/dev/null
CREATE FUNCTION factor_doc(c text, extra int) RETURNS text LANGUAGE sql AS $$
  SELECT E'area,period,name,value\n' || string_agg(format('%s%s,%s,%s,%s', c, i, y, n, i % 50 + extra), E'\n')
  FROM generate_series(1, 50) i, generate_series(1990, 2021) y, unnest('{mt_centres,operators,rurality,deprivation}'::text[]) n $$;
SQL
load_factors() { psql loaders -c "SELECT status FROM a.load_factors_text(factor_doc('$1', $2), '$1-factors', '$1', 'S$1')"; }
pids=()
for i in 1 2 3 4; do load_factors AAA 1 >"$work/factor$i" 2>&1 & pids+=($!); done
wait "${pids[@]}"
same "the same factors four times at once: one loads, the others change nothing" "$(cat "$work"/factor? | sort | uniq -c | tr -s ' ' | tr '\n' ';')" " 1 loaded; 3 unchanged;"
same "every value is there once" "$(psql loaders -c "SELECT count(*), count(DISTINCT submission_id) FROM a.factor")" "6400|1"
before=$(psql loaders -c "SELECT md5(string_agg(f::text, '' ORDER BY area_id, name, valid_from)) FROM a.factor f")
same "a cancelled load of factors" "$(state loaders "SET statement_timeout = '30ms'; SELECT a.load_factors_text(factor_doc('AAA', 2), 'AAA-factors', 'AAA', 'SAAA')")" 57014
same "leaves them as they were" "$(psql loaders -c "SELECT md5(string_agg(f::text, '' ORDER BY area_id, name, valid_from)) FROM a.factor f")" "$before"
same "and can be loaded again" "$(load_factors AAA 2)" loaded
done_testing
