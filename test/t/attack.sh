#!/usr/bin/env bash
# An attack on releases: with everything that a reader can read, and nothing else, somebody tries to work out what is suppressed.
# The same attack on a copy without secondary suppression shows that it does find counts where they can be found.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.bash"
no_roles() { local r; for r in ar_eve ar_contributor ar_analyst ar_publisher ar_reader; do psql postgres -c "DROP ROLE IF EXISTS $r" >/dev/null 2>&1; done; }
trap 'finish; no_roles' EXIT
psql postgres -c "DROP DATABASE IF EXISTS attack" >/dev/null 2>&1
no_roles
with_tmap attack
eve() { psql attack -U ar_eve "$@"; }

# A: 4 regions of 5 departments, all placed, sex and age known. B: 3 regions of 4 departments; its regions' totals come from
# elsewhere and are known in total only. Of every fifth department the inhabitants are unknown; the region knows them.
psql attack >/dev/null <<'SQL'
SET client_min_messages = warning;
SELECT tmap.create_atlas('atlas');
SET search_path = atlas, tmap, public;
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', area_id FROM area, unnest('{A,B}'::text[]) c;
INSERT INTO area (code_system, code, name, level, parent_id, geom) SELECT 'tmap', a.code || r, a.code || r, 'region', a.area_id, ST_Multi(ST_MakeEnvelope(r, ascii(a.code), r + 1, ascii(a.code) - 1, 4326)) FROM area a, generate_series(1, 4) r WHERE a.level = 'country' AND (a.code = 'A' OR r < 4);
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', a.code || '.' || d, a.code || '.' || d, 'department', a.area_id FROM area a, generate_series(1, 5) d WHERE a.level = 'region' AND (a.code LIKE 'A%' OR d < 5);
-- Catchments: two of A that overlap across regions, with a department whose counts are small, and one of B.
INSERT INTO area_level VALUES ('catchment', 2, 'Catchment');
INSERT INTO area (code_system, code, name, level) SELECT 'tmap', c, c, 'catchment' FROM unnest('{AK1,AK2,BK1}'::text[]) c;
INSERT INTO area_member SELECT u.area_id, m.area_id FROM (VALUES ('AK1', '{A1.1,A1.2,A1.5,A2.3}'::text[]), ('AK2', '{A1.1,A1.2,A2.3,A2.4,A3}'), ('BK1', '{B1.1,B1.2,B2.1}')) k (code, parts) JOIN area u ON u.code = k.code JOIN area m ON m.code = ANY (k.parts);
INSERT INTO source (source_key, title, origin) VALUES ('rows', 'SYNTHETIC rows', 'synthetic');
UPDATE area SET geom = ST_Multi(ST_MakeEnvelope(area_id % 100, 0, area_id % 100 + 1, 1, 4326)) WHERE geom IS NULL AND level <> 'world';
-- The standard: as many people in each group, women and men.
INSERT INTO standard (name, tally, source_id) SELECT 'level', tally_agg(stratum('age90+sex', g, s, NULL), 0, 100), min(source_id) FROM source, unnest('{50,62,72,82}'::int[]) g, unnest('{female,male}'::text[]) s;
UPDATE indicator SET standard = 'level', min_coverage = 0;
CREATE TABLE public.people AS
SELECT a.area_id, a.code, y AS year, g AS age, s AS sex, n.strokes, least(n.strokes, (n.strokes * (0.06 + 0.04 * g / 50 + 0.1 * ((a.area_id * 7 + y + g) % 5) / 4))::bigint) AS treated, n.strokes * 300 + 7 AS inhabitants
FROM area a, generate_series(2022, 2023) y, unnest('{50,62,72,82}'::int[]) g, unnest('{female,male}'::text[]) s,
     LATERAL (SELECT ((CASE WHEN a.code IN ('A1.5', 'A2.1', 'A2.2', 'A3.3', 'B1.1', 'B2.3') THEN 4 WHEN a.code IN ('A2.4', 'A4.1', 'B1.3', 'B3.2') THEN 30 ELSE 200 END) * (g - 40) / 25.0 * (0.6 + (hashint8(a.area_id * 1000 + y * 7 + g + ascii(s)) & 255) / 300.0))::bigint AS strokes) n
WHERE a.level = 'department';
-- One department with just two small groups: what its standardised figures tell of them.
UPDATE people SET (strokes, treated) = (SELECT CASE sex WHEN 'male' THEN 9 ELSE 8 END, CASE sex WHEN 'male' THEN 1 ELSE 3 END) WHERE code = 'A1.3' AND (age, sex) IN ((50, 'male'), (82, 'female'));
CREATE FUNCTION fill(y int) RETURNS bigint LANGUAGE sql SET search_path = atlas, tmap, public AS $$
  DELETE FROM fact WHERE valid_from = make_date(y, 1, 1);
  WITH part AS (
    SELECT p.area_id, p.code, 'thrombectomy_per_stroke' AS indicator, tally_agg(stratum('age90+sex', p.age, p.sex, NULL), p.treated, p.strokes) AS tally FROM people p WHERE p.year = y GROUP BY 1, 2
    UNION ALL
    SELECT p.area_id, p.code, 'thrombectomy_per_inhabitant', tally_agg(stratum('age90+sex', p.age, p.sex, NULL), p.treated, p.inhabitants) FROM people p WHERE p.year = y GROUP BY 1, 2
  ), placed AS (
    SELECT area_id, indicator, tally FROM part WHERE indicator = 'thrombectomy_per_stroke' OR code NOT LIKE '%.5'
    UNION ALL
    SELECT r.area_id, p.indicator, CASE WHEN r.code LIKE 'B%' THEN tally_agg(stratum('total', NULL, NULL, NULL), events(p.tally) + 30, at_risk(p.tally) + 400) ELSE rollup(p.tally) END
    FROM part p JOIN area d USING (area_id) JOIN area r ON r.area_id = d.parent_id GROUP BY r.area_id, r.code, p.indicator
    UNION ALL
    SELECT c.area_id, p.indicator, rollup(p.tally) FROM part p JOIN area d USING (area_id) JOIN area c ON c.area_id = d.country_id WHERE c.code = 'A' GROUP BY c.area_id, p.indicator
  )
  INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis)
  SELECT area_id, make_date(y, 1, 1), make_date(y, 12, 31), indicator, find_source('rows'), tally, events(tally), 'computed' FROM placed;
  SELECT choose_facts('rows')
$$;
SQL
psql attack -c "SELECT atlas.fill(2022), atlas.fill(2023)" -c "SELECT count(*) FROM atlas.set_up_roles('ar')" -c "CREATE ROLE ar_eve LOGIN" -c "GRANT ar_reader TO ar_eve" >/dev/null 2>&1
publish() { psql attack -c "SELECT sha256 FROM atlas.compute_edition($1)" -c "SELECT atlas.publish_edition(${1%%,*})" 2>&1; }
release() { same "edition $1" "$(publish "$1" | grep -cE '^([0-9a-f]{64}|[0-9]+)$')" 2; }
release "'2022', '{2022}'"
release "'2022 inhabitants', '{2022}', indicators => '{thrombectomy_per_inhabitant}'"
release "'2023', '{2023}'"
psql attack -c "UPDATE people SET strokes = strokes + 40, treated = treated + 12 WHERE year = 2023 AND code IN ('A2.3', 'B1.2') AND age = 62" -c "SELECT atlas.fill(2023)" >/dev/null
release "'2023 corrected', '{2023}', corrects => '2023'"
# A few more strokes, most without a thrombectomy; and one department gets many, so that the pattern moves.
psql attack -c "UPDATE people SET strokes = strokes + 2, treated = treated + 1 WHERE year = 2023 AND code IN ('A1.2', 'A3.4') AND age = 82 AND sex = 'male'" \
            -c "UPDATE people SET strokes = strokes + 60, treated = treated + 15 WHERE year = 2023 AND code IN ('A1.1', 'A4.2', 'A3.3') AND age >= 72" -c "SELECT atlas.fill(2023)" >/dev/null
release "'2023 late', '{2023}'"

# The attack itself, as the reader, on figures of the form of value_by_edition. The standard of the indicators is no secret.
weights="(SELECT s.sex, a.age, 0.125 AS weight FROM unnest('{female,male}'::text[]) s (sex), unnest('{0,60,70,80}'::int[]) a (age))"
# What a catchment consists of is none either.
catchments="(SELECT whole, unnest(parts) AS part FROM (VALUES ('AK1', '{A1.1,A1.2,A1.5,A2.3}'::text[]), ('AK2', '{A1.1,A1.2,A2.3,A2.4,A3}'), ('BK1', '{B1.1,B1.2,B2.1}')) k (whole, parts))"
recover() { # FIGURES
  { echo "\\o /dev/null"; cat "$here/attack_read.sql"; echo "\\o $work/found"; echo "COPY found TO STDOUT WITH (DELIMITER '|');"; echo "\\o $work/split"; echo "SELECT edition, year, code, splits, n1, n, k1, k FROM split;"
    echo "\\o $work/rounds"; echo "SELECT rounds < 400 FROM round;"; } | eve -v figures="$1" -v weights="$weights" -v catchments="$catchments" >/dev/null || echo failed >"$work/rounds"
}
true_ones() { psql attack -f "$here/attack_truth.sql" <"$work/found"; }
recover atlas.value_by_edition
same "the attack came to its end" "$(cat "$work/rounds")" t
same "it works out nothing that is suppressed, from one edition or several" "$(true_ones)" ""
same "standardised figures leave no single split of two suppressed groups" "$(awk -F'|' '$4 < 20' "$work/split")" ""

# The same from the layers, which show the figures side by side.
layers="(SELECT f.edition, l.year, l.code, l.parent_code, f.indicator, 'all' AS sex, NULL::int AS age_from, 'counts' AS basis, f.status, f.events, f.at_risk, f.smr, f.dsr FROM (
    SELECT year, code, parent_code, $(for i in stroke inhabitant; do for c in edition status events at_risk smr dsr; do printf 'thrombectomy_per_%s_%s, ' $i $c; done; done | sed 's/, $//') FROM atlas.country_year
    UNION ALL SELECT year, code, parent_code, $(for i in stroke inhabitant; do for c in edition status events at_risk smr dsr; do printf 'thrombectomy_per_%s_%s, ' $i $c; done; done | sed 's/, $//') FROM atlas.region_year) l
  CROSS JOIN LATERAL (VALUES ('thrombectomy_per_stroke', thrombectomy_per_stroke_edition, thrombectomy_per_stroke_status, thrombectomy_per_stroke_events, thrombectomy_per_stroke_at_risk, thrombectomy_per_stroke_smr, thrombectomy_per_stroke_dsr),
    ('thrombectomy_per_inhabitant', thrombectomy_per_inhabitant_edition, thrombectomy_per_inhabitant_status, thrombectomy_per_inhabitant_events, thrombectomy_per_inhabitant_at_risk, thrombectomy_per_inhabitant_smr, thrombectomy_per_inhabitant_dsr))
    AS f (indicator, edition, status, events, at_risk, smr, dsr) WHERE f.status <> 'missing') figure"
recover "$layers"
same "nor from the layers" "$(cat "$work/rounds")$(true_ones)" t
same "the layers show what the view value shows" "$(eve -c "SELECT count(*) > 50, count(*) FILTER (WHERE v IS NULL), (SELECT count(*) FROM atlas.value WHERE sex = 'all' AND age_from IS NULL AND level <> 'world') - count(*) FROM $layers LEFT JOIN atlas.value v
  USING (edition, year, code, indicator, sex, status) WHERE v.age_from IS NULL AND (v.events, v.at_risk, v.smr, v.dsr) IS NOT DISTINCT FROM (figure.events, figure.at_risk, figure.smr, figure.dsr)")" "t|0|0"
suppressed() { echo "SELECT count(*) FILTER (WHERE $1_status = 'suppressed') > 0, count(*) FILTER (WHERE $1_status <> 'published' AND num_nonnulls($1, $1_lower, $1_upper, $1_events, $1_at_risk, $1_dsr, $1_smr, $1_reliability, $1_smoothed, $1_rank, $1_rank_lower, $1_rank_upper, $1_funnel) > 0), count(*) FILTER (WHERE ($1_class > 0) <> ($1 IS NOT NULL)) FROM atlas.$2"; }
for layer in region_latest region_year; do same "no number beside what $layer suppresses" "$(eve -c "$(suppressed thrombectomy_per_stroke $layer)")" "t|0|0"; done
same "nor in the view value" "$(eve -c "SELECT count(*) FILTER (WHERE num_nonnulls(events, at_risk, value, lower, upper, dsr, dsr_lower, dsr_upper, smr, smr_lower, smr_upper, reliability, smoothed, rank, rank_lower, rank_upper, ranked, funnel) > 0 OR class <> -1), count(*) > 500 FROM atlas.value WHERE status = 'suppressed'")" "0|t"
# Reliability, smoothed values, ranks and funnels follow from what the reader sees: computed again from that alone, they are the same.
psql attack -c "CREATE TABLE public.seen (LIKE atlas.published_value)"; eve -c "COPY (SELECT * FROM atlas.value) TO STDOUT" | psql attack -c "COPY public.seen FROM STDIN"
same "the derived columns follow from what is public" "$(psql attack -c "WITH figure AS (SELECT *, indicator LIKE '%stroke' AS p, CASE WHEN level = 'country' THEN 'W' ELSE country END AS within FROM public.seen WHERE status = 'published' AND basis = 'counts' AND sex = 'all' AND age_from IS NULL),
  target AS (SELECT f.*, coalesce(c.value, f.per * (sum(f.events) OVER g / sum(f.at_risk) OVER g)) AS target, c.value IS NOT NULL AS against, count(*) OVER g AS n, rank() OVER (g ORDER BY f.value) AS place FROM figure f LEFT JOIN figure c ON c.code = f.country AND f.level <> 'country' AND (c.year, c.indicator, c.source) = (f.year, f.indicator, f.source)
    WINDOW g AS (PARTITION BY f.year, f.indicator, f.level, f.within)),
  again AS (SELECT t.*, tmap.eb_marshall(events::bigint, at_risk, CASE WHEN p THEN 'binomial' ELSE 'poisson' END, per) OVER g AS eb, tmap.proportion_rank(CASE WHEN p THEN events::bigint END, at_risk::bigint) OVER g AS pr, tmap.rate_rank(CASE WHEN NOT p THEN events::bigint END, at_risk) OVER g AS rr,
      tmap.proportion_funnel(CASE WHEN p THEN events::bigint END, at_risk::bigint, target, per => per) OVER f AS pf, tmap.rate_funnel(CASE WHEN NOT p THEN events::bigint END, at_risk, target, per => per) OVER f AS rf
    FROM target t WINDOW g AS (PARTITION BY year, indicator, level, within), f AS (PARTITION BY year, indicator, level, within, target))
  SELECT count(*) > 40, count(*) FILTER (WHERE (reliability, smoothed, rank, ranked, rank_lower, rank_upper, funnel) IS DISTINCT FROM (CASE WHEN n > 2 THEN (eb).own_weight END, CASE WHEN n > 2 THEN (eb).value END, place::int, n::int,
    coalesce((pr).lower, (rr).lower)::int, coalesce((pr).upper, (rr).upper)::int, CASE WHEN n > 1 OR against THEN coalesce((pf).class, (rf).class) END)) FROM again")" "t|0"
same "and no other row has any" "$(eve -c "SELECT count(*) FROM atlas.value WHERE NOT (status = 'published' AND basis = 'counts' AND sex = 'all' AND age_from IS NULL) AND num_nonnulls(reliability, smoothed, rank, rank_lower, rank_upper, ranked, funnel) > 0")" 0

# Tiles, GeoJSON and JSON say what the view value says, to their digits, and no more.
same "tiles and JSON say no more than the view value" "$(eve -f "$here/attack_map.sql" 2>&1)" "area_json: more than 50 rows in all classes, differ 0, suppressed more than 10
geojson: more than 50 rows in all classes, differ 0, suppressed more than 10
tile: more than 50 rows in all classes, differ 0, suppressed more than 10
tile of a year: more than 50 rows in all classes, differ 0, suppressed more than 10
values_json: more than 50 rows in all classes, differ 0, suppressed more than 10
groups: more than 1000 rows, differ 0
map_value: 0"

# What goes with a cell: no number beside a suppressed figure but that of the area above, which is published itself.
same "no suppressed figure has a number of its own" "$(eve -c "SELECT count(*) > 500, count(*) FILTER (WHERE num_nonnulls(events, at_risk, value, lower, upper, dsr, dsr_lower, dsr_upper, smr, smr_lower, smr_upper) > 0) FROM atlas.value_by_edition WHERE status = 'suppressed'")" "t|0"
same "the value of the area above is a published one" "$(eve -c "SELECT count(*) FILTER (WHERE p.value IS DISTINCT FROM v.parent_value), count(*) > 500 FROM atlas.value_by_edition v LEFT JOIN atlas.value_by_edition p ON p.status = 'published'
  AND (p.edition, p.year, p.code, p.indicator, p.sex, coalesce(p.age_from, -1)) = (v.edition, v.year, v.value_parent_code, v.indicator, v.sex, coalesce(v.age_from, -1)) WHERE v.status = 'suppressed'")" "0|t"
same "every other public edition of a year withholds what one withholds" "$(eve -c "SELECT count(*) FROM atlas.value_by_edition a JOIN atlas.value_by_edition b ON (b.year, b.code, b.sex, coalesce(b.age_from, -1)) = (a.year, a.code, a.sex, coalesce(a.age_from, -1))
  WHERE a.edition = '2022' AND b.edition = '2022 inhabitants' AND a.status <> b.status")" 0
same "no count differs by 1 to 10 between two editions" "$(eve -c "SELECT count(*) FROM atlas.value_by_edition a JOIN atlas.value_by_edition b ON (b.year, b.code, b.indicator, b.sex, coalesce(b.age_from, -1)) = (a.year, a.code, a.indicator, a.sex, coalesce(a.age_from, -1)) AND b.edition > a.edition
  WHERE abs(a.events - b.events) BETWEEN 1 AND 10 OR abs(a.at_risk - b.at_risk) BETWEEN 1 AND 10")" 0
same "catchments are among the figures, some suppressed" "$(eve -c "SELECT count(*) > 50, count(*) FILTER (WHERE status = 'suppressed') > 5 FROM atlas.value_by_edition WHERE level = 'catchment'")" "t|t"
# Order: numbers follow from public columns alone, and rows come in the order of numbers.
same "numbers of figures follow codes, not counts" "$(eve -c "SELECT count(*) FROM (SELECT fid - min(fid) OVER (PARTITION BY edition) + 1 AS fid, row_number() OVER (PARTITION BY edition ORDER BY year, code_system COLLATE \"C\", code COLLATE \"C\", area_id, indicator COLLATE \"C\", sex COLLATE \"C\", age_from NULLS FIRST) AS n FROM atlas.value_by_edition) v WHERE fid <> n")" 0
# Space that earlier figures left is filled again: a few runs, each in order.
same "rows lie in the order of their numbers" "$(eve -c "SELECT count(*) FILTER (WHERE fid < before) < 20, count(*) > 1000 FROM (SELECT fid, lag(fid) OVER () AS before FROM atlas.value) v")" "t|t"
# The report: no digest of anything but what is public, no sum of what is withheld to the person.
same "parameters hold no digest" "$(eve -c "SELECT count(*) FROM atlas.release WHERE parameters::text ~ '[0-9a-f]{64}'")" 0
same "and one digest is that of the public figures" "$(eve -c "SELECT count(*) FROM atlas.release WHERE length(sha256) = 64")" "$(eve -c "SELECT count(*) FROM atlas.release")"
same "the share withheld is told in hundredths, and once" "$(eve -c "SELECT count(*) FROM atlas.release WHERE (audit ->> 'withheld')::numeric * 100 % 1 <> 0 OR audit #> '{parts}' @> '[{}]' AND (audit -> 'parts')::text LIKE '%withheld%'")" 0
same "and the report tells nothing by year and indicator, and no interval" "$(eve -c "SELECT string_agg(DISTINCT k, ' ' ORDER BY k) FROM atlas.release, jsonb_object_keys(audit) k")" "cells exact method passed primary secondary withheld"
same "changes name no count of a figure" "$(eve -c "SELECT string_agg(DISTINCT k, ' ' ORDER BY k) FROM atlas.release, jsonb_object_keys(changes) k")" "areas changed corrects gone new same years"
# Statistics and plans.
same "no statistics of any column with a figure" "$(eve -c "SELECT (SELECT count(*) FROM pg_stats WHERE schemaname = 'atlas' AND tablename NOT IN ('area_shape', 'map_area', 'map_level') AND (tablename, attname) NOT IN (('map_value', 'area_id'), ('map_value', 'indicator'))), (SELECT count(*) FROM pg_stats_ext WHERE schemaname = 'atlas')")" "0|0"
plans() { local c; for c in A1.5 A1.4; do eve -c "EXPLAIN SELECT * FROM atlas.value_by_edition WHERE code = '$c' AND edition = '2022' AND sex = 'all' AND age_from IS NULL AND events BETWEEN 1 AND 10" | sed "s/$c/CODE/"; done | sort | uniq -c | awk '$1 % 2 { print }'; }
same "plans tell a suppressed cell from none other" "$(plans)" ""
same "a number asked for in a suppressed cell is not found" "$(eve -c "SELECT count(*) FROM generate_series(0, 400) n JOIN atlas.value_by_edition v ON v.status = 'suppressed' AND n IN (v.events, v.at_risk)")" 0

# The control: only small counts themselves are withheld, and every published total keeps its standardised figures.
psql attack >/dev/null <<'SQL'
SET client_min_messages = warning;
CREATE SCHEMA leak;
CREATE TABLE leak.figures AS
SELECT e.edition, y.year, a.code, p.code AS parent_code, k.indicator, c.sex, c.age_from, 'counts' AS basis, CASE WHEN small THEN 'suppressed' ELSE 'published' END AS status,
       CASE WHEN NOT small THEN k.events END::float8 AS events, CASE WHEN NOT small THEN k.at_risk END::float8 AS at_risk,
       CASE WHEN NOT small AND c.sex = 'all' AND c.age_from IS NULL THEN atlas.significant((tmap.smr_estimate(f.tally, r.tally)).value) END AS smr,
       CASE WHEN NOT small AND c.sex = 'all' AND c.age_from IS NULL THEN atlas.significant((tmap.dsr_estimate(f.tally, atlas.standard_tally('level'), 0.95, 'fay_feuer', 100, 0)).value) END AS dsr
FROM atlas.edition e CROSS JOIN LATERAL unnest(e.years) y (year) CROSS JOIN LATERAL atlas.edition_cell_counts(e.edition_id, y.year) k
JOIN atlas.edition_cell c ON c.edition_id = e.edition_id AND c.year = y.year AND c.cell = k.cell JOIN atlas.area a USING (area_id) LEFT JOIN atlas.area p ON p.area_id = a.parent_id
JOIN atlas.fact f ON f.area_id = a.area_id AND f.indicator = k.indicator AND f.valid_from = make_date(y.year, 1, 1)
LEFT JOIN atlas.fact r ON r.area_id = a.country_id AND r.indicator = k.indicator AND r.valid_from = f.valid_from AND a.code LIKE 'A%'
CROSS JOIN LATERAL (SELECT k.events BETWEEN 1 AND 10 OR k.at_risk BETWEEN 1 AND 10 OR k.indicator LIKE '%stroke' AND k.at_risk - k.events BETWEEN 1 AND 10 AS small) s
WHERE e.status = 'published' AND a.level <> 'region' OR a.code LIKE 'A%' AND e.status = 'published';
GRANT USAGE ON SCHEMA leak TO ar_eve;
GRANT SELECT ON leak.figures TO ar_eve;
SQL
recover leak.figures
true_ones >"$work/leaks"
ok "without secondary suppression the same attack finds dozens of counts" test "$(grep -c '|f|' "$work/leaks")" -gt 30
ok "and standardised figures, values alone, leave 10 splits at most of the more than 100 of two small groups" test "$(awk -F'|' '$3 == "A1.3" && $1 == "2022" && $4 <= 10' "$work/split" | wc -l)" = 1
