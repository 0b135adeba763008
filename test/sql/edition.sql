-- Editions: computed under disclosure control, published, corrected, withdrawn.
\set VERBOSITY terse
SET client_min_messages = warning;
SET search_path = public;
SELECT tmap.create_atlas('ed') \g /dev/null
SET search_path = ed, tmap, public;
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', area_id FROM area, unnest('{FRA,DEU,ITA}'::text[]) c WHERE code = 'W';
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'R' || i, 'Region ' || i, 'region', area_id FROM area, generate_series(1, 3) i WHERE code = 'FRA';
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'D' || i, 'Dep ' || i, 'department', (SELECT area_id FROM area WHERE code = 'R' || 1 + i % 3) FROM generate_series(1, 9) i;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'L' || i, 'Land ' || i, 'region', area_id FROM area, generate_series(1, 2) i WHERE code = 'DEU';
INSERT INTO source (source_key, title, origin) VALUES ('rows', 'Rows made up for this test', 'synthetic'), ('paper', 'A printed figure', 'reported'), ('count', 'Counts handed in', 'submitted');
INSERT INTO stroke (country, stroke_id, area_id, year, stratum, treated, source_id)
SELECT 'FRA', row_number() OVER (), a.area_id, y, tmap.stratum((25 + (hashint8(n * 31 + y) & 1023) * 70 / 1024)::int, CASE WHEN hashint8(n * 17 + y) & 1 = 0 THEN 'female' ELSE 'male' END, NULL),
       hashint8(n * 7 + a.area_id * 1000 + y) & 7 = 0, find_source('rows')
FROM area a, generate_series(2023, 2024) y, generate_series(1, 60 + a.area_id * 13 % 90) n WHERE a.level = 'department' AND a.code <> 'D9';
INSERT INTO stroke (country, stroke_id, area_id, year, stratum, treated, source_id)
SELECT 'FRA', 100000 + n, a.area_id, 2024, tmap.stratum(70, 'female', NULL), n = 1, find_source('rows') FROM area a, generate_series(1, 7) n WHERE a.code = 'D9';
SELECT tally_strokes('rows') \g /dev/null
-- Germany: totals of the country and of one of two regions; the other is the difference.
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT area_id, '2024-01-01', '2024-12-31', 'thrombectomy_per_stroke', find_source('count'), tmap.tally(tmap.stratum('total', NULL, NULL, NULL), e, n), 'reported'
FROM (VALUES ('DEU', 120, 2000), ('L1', 115, 1950), ('L2', 5, 50)) v (code, e, n) JOIN area USING (code);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, reported_value, reported_per)
SELECT area_id, '2024-01-01', '2024-12-31', 'thrombectomy_per_stroke', find_source('paper'), 4.2, 100 FROM area WHERE code = 'ITA';
SELECT choose_facts() > 0 AS chosen;

SELECT cells, protected, withheld, figures, suppressed FROM compute_edition('2024', '{2023,2024}');
SELECT sha256 AS digest FROM edition WHERE edition = '2024' \gset
SELECT sha256 = :'digest' AS "computed again: the same bytes" FROM compute_edition('2024', '{2024,2023,2024}', '{80,70,60,0}');
SELECT status, basis, count(*), count(value) AS values, count(parent_value) AS parents FROM edition_value GROUP BY 1, 2 ORDER BY 1, 2;
SELECT a.code, v.status, v.events, v.at_risk, round(v.value::numeric, 2) AS value, round(v.parent_value::numeric, 2) AS parent
FROM edition_value v JOIN area a USING (area_id) WHERE v.year = 2024 AND v.sex = 'all' AND v.age_from IS NULL AND v.indicator = 'thrombectomy_per_stroke' ORDER BY a.code;
-- A cell is the sum of what it covers, and no small count is published.
SELECT count(*) AS "cells that are not the tally's" FROM edition_value v JOIN fact f ON f.area_id = v.area_id AND f.shown AND f.valid_from = make_date(v.year, 1, 1) AND f.indicator = v.indicator
WHERE v.sex = 'all' AND v.age_from IS NULL AND v.status = 'published' AND f.tally IS NOT NULL AND (v.events, v.at_risk) IS DISTINCT FROM (tmap.events(f.tally), tmap.at_risk(f.tally));
SELECT count(*) AS "small counts published" FROM edition_value v JOIN source USING (source_id) WHERE origin <> 'reported' AND (events BETWEEN 1 AND 10 OR at_risk BETWEEN 1 AND 10 OR at_risk - events BETWEEN 1 AND 10);

SELECT publish_edition('2024') > 0 AS published;
SELECT edition, current, years, parameters -> 'sources' -> 0 ->> 'source' AS source FROM release;
SELECT status, count(*) FROM value GROUP BY 1 ORDER BY 1;
SELECT count(*) > 0 AS regions FROM value WHERE level = 'region';
-- What was published stays as it is.
UPDATE edition_value SET age_to = 50;
DELETE FROM edition_cell;
TRUNCATE edition_value;
DELETE FROM edition;
UPDATE edition SET sha256 = 'x';
UPDATE edition SET status = 'draft';
SELECT compute_edition('2024', '{2024}');
SELECT publish_edition('2024');
SELECT publish_edition('none');
SELECT compute_edition(NULL, '{2024}');
SELECT compute_edition('x', '{2300}');
SELECT compute_edition('x', '{2024}', '{0,50}');
SELECT compute_edition('x', '{2024}', corrects => 'none');

-- Three strokes more in one area, 200 in another: against the edition that is still public, the first would stand out. D2 stays withheld as it was.
INSERT INTO stroke (country, stroke_id, area_id, year, stratum, treated, source_id)
SELECT 'FRA', 200000 + n, area_id, 2024, tmap.stratum(70, 'female', NULL), false, find_source('rows') FROM area, generate_series(1, 3) n WHERE code = 'D1';
INSERT INTO stroke (country, stroke_id, area_id, year, stratum, treated, source_id)
SELECT 'FRA', 300000 + n, area_id, 2024, tmap.stratum(70, 'male', NULL), n % 8 = 0, find_source('rows') FROM area, generate_series(1, 200) n WHERE code = 'D2';
SELECT tally_strokes('rows') \g /dev/null
SELECT suppressed > 0 AS computed FROM compute_edition('2024b', '{2023,2024}');
SELECT a.code, c.rule, c.status FROM edition_cell c JOIN area a USING (area_id) JOIN edition e USING (edition_id)
WHERE e.edition = '2024b' AND c.year = 2024 AND c.sex = 'all' AND c.age_from IS NULL AND a.code IN ('D1', 'D2', 'D4', 'DEU', 'L2') ORDER BY 1;
-- As a correction the old one goes, and what changed is said.
SELECT suppressed > 0 AS computed FROM compute_edition('2024 corrected', '{2023,2024}', corrects => '2024');
SELECT changes - 'same' FROM edition WHERE edition = '2024 corrected';
SELECT publish_edition('2024 corrected') > 0 AS published;
SELECT edition, status, withdrawal_reason FROM edition ORDER BY edition_id;
SELECT edition, current, corrects FROM release;
SELECT publish_edition('2024b');
SELECT withdraw_edition('2024 corrected', ' ');
SELECT withdraw_edition('2024 corrected', 'a test') AS "figures left";
SELECT (SELECT count(*) FROM value) + (SELECT count(*) FROM value_by_edition) + (SELECT count(*) FROM country_year) + (SELECT count(*) FROM region_year) + (SELECT count(*) FROM release) AS "still public";

-- Rules of countries.
INSERT INTO disclosure_rule VALUES ('FRA', 1000, 'publish', 'test'), ('DEU', 1, 'protect', 'test');
SELECT protected > 100 AS "much is small now" FROM compute_edition('strict', '{2024}', '{}', false);
SELECT k.code, count(*) AS areas, count(*) FILTER (WHERE v.status = 'suppressed') AS suppressed FROM edition_value v JOIN edition e USING (edition_id) JOIN area a USING (area_id) JOIN area k ON k.area_id = a.country_id
WHERE e.edition = 'strict' AND v.basis = 'counts' GROUP BY 1 ORDER BY 1;
RESET search_path;
SET client_min_messages = error;
DROP SCHEMA ed CASCADE;
