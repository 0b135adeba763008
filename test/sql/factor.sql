-- Factors: checked line by line, loaded, replaced, beside the figures, in a regression; targets for any areas, level and period.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET client_min_messages = notice;
SELECT tmap.create_atlas('fac');
SET search_path = fac, tmap, public;
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM fac.area a WHERE a.code = id.code ORDER BY area_id LIMIT 1);
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('ISO 3166-1', 'AAA', 'Aland', 'country', id('WORLD')), ('ISO 3166-1', 'BBB', 'Bland', 'country', id('WORLD'));
INSERT INTO area (code_system, code, name, level, parent_id, valid_to) SELECT 'tmap', 'R' || n, 'Region ' || n, 'region', id('AAA'), CASE n WHEN 9 THEN '2015-12-31'::date END FROM generate_series(1, 9) n;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', format('R%sD%s', r, d), format('Department %s of %s', d, r), 'department', id('R' || r) FROM generate_series(1, 8) r, generate_series(1, 2) d;
INSERT INTO source (source_key, title, origin, quality) VALUES ('syn', 'Synthetic', 'synthetic', NULL), ('fac', 'Factors', 'submitted', 'B'), ('better', 'Better factors', 'submitted', 'A');
SELECT name, unit, lowest, highest, whole, inherited FROM factor_name ORDER BY sort;

-- Every line is accounted for: accepted, or rejected with its reason.
CREATE TABLE bad AS SELECT E'\uFEFFArea,Period,Name,Value,Unit,Remark
R1,2020,mt_centres,2,centres,accepted
R1,2020,mt_centres,2.0,,the same
R2,2020,mt_centres,3,,says 3
R2,2020,mt_centres,4,,says 4
R2,2020,mt_centres,x,,at fault alone
R3,2018-2024,income,21500.5,euros a year,accepted

R3,2020,income,"unclosed,,
R3,2020,income
R3,20,income,1,,
R77,2020,income,1,,
R9,2020,income,1,,
R3,2020,happiness,1,,
R3,2020,income,1,dollars,
R3,2020,income,,,
R3,2020,income,NaN,,
R3,2020,income,-Infinity,,
R3,2020,income,"21,5",,
R3,2020,income,1e999,,
R3,2020,income,0x1F,,
R3,2020,income,-1,,
R3,2020,rurality,101,,
R3,2020,mt_centres,1.5,,
AAA,2020,policy_reimbursed,2,,
AAA,2018-2024,policy_reimbursed,1,,accepted
BBB,2020,income,1e4,,another country
R4,2020-01-01/2020-12-31,deprivation,-0.5,,accepted
R4,2021,deprivation,.5e-1,,accepted' AS document;
SELECT l.*, lines_read = accepted + rejected AS every_line FROM bad, LATERAL load_factors_text(document, 'first', 'AAA', 'fac') AS l;
SELECT line_no, reason, column_name, detail FROM rejected_line ORDER BY 1;
SELECT a.code, f.valid_from, f.valid_to, f.name, f.value, f.unit, f.line_no FROM factor f JOIN area a USING (area_id) ORDER BY line_no;
SELECT names, status, country FROM factor_submission JOIN submission USING (submission_id);
-- The same again changes nothing; without a country all areas may occur; nothing acceptable is refused.
SELECT l.status FROM bad, LATERAL load_factors_text(document, 'first', 'AAA', 'fac') AS l;
SELECT status, accepted FROM load_factors_text(E'area;period;name;value\nBBB;2020;income;10000\nWORLD;2020;income;9000\n', 'all', NULL, 'fac');
SELECT status, accepted, rejected FROM load_factors_text(E'area,period,name,value\nR1,2020,mt_centres,NaN\n', 'none', 'AAA', 'fac');
-- A correction replaces the values of its submission, whole or not at all; another submission or a hand-made value stays.
SELECT status, accepted, rejected FROM load_factors_text(E'area,period,name,value\nR1,2020,mt_centres,3\nR1,2020,income,nothing\n', 'first', 'AAA', 'fac');
SELECT reason, detail FROM rejected_line WHERE submission_id = (SELECT max(submission_id) FROM submission) ORDER BY line_no;
SELECT count(*) AS still_there FROM factor WHERE source_id = find_source('fac');
SELECT status, accepted, rejected FROM load_factors_text(E'area,period,name,value\nR1,2020,mt_centres,3\nR1,2020,income,nothing\nBBB,2020,income,1\n', 'first', 'AAA', 'fac', accept_partial => true);
SELECT a.code, f.name, f.value, s.submission_key FROM factor f JOIN area a USING (area_id) JOIN submission s USING (submission_id) ORDER BY 1, 2;
SELECT submission_id, submission_key, status, superseded_by FROM submission ORDER BY 1;
SELECT status, accepted FROM load_factors_text(E'area,period,name,value\nBBB,2020,income,1\n', 'again', NULL, 'fac');
INSERT INTO factor (area_id, valid_from, valid_to, name, value, unit, source_id) VALUES (id('R8'), '2020-01-01', '2020-12-31', 'income', 1, 'euros a year', find_source('fac'));
SELECT status FROM load_factors_text(E'area,period,name,value\nR8,2020,income,1\n', 'hand', 'AAA', 'fac');
SELECT reason, detail FROM rejected_line ORDER BY submission_id DESC LIMIT 2;
-- Counts do not replace factors, nor factors counts.
SELECT * FROM load_counts_text(E'area,period,strokes,thrombectomies\nR1,2020,10,1\n', 'first', 'AAA', 'fac');
SELECT status FROM load_counts_text(E'area,period,strokes,thrombectomies\nR1,2019,10,1\n', 'counts', 'AAA', 'fac');
SELECT * FROM load_factors_text(E'area,period,name,value\nR1,2020,mt_centres,3\n', 'counts', 'AAA', 'fac');
SELECT * FROM load_factors_text(E'area,period,name,value\nR1,2020,mt_centres,3\n', 'first', NULL, 'fac');
SELECT * FROM load_factors_text(E'area,period,value\n', 'x', 'AAA', 'fac');
SELECT * FROM load_factors_text(E'area,period,name,value,value\n', 'x', 'AAA', 'fac');
SELECT * FROM load_factors_text('', 'x', 'AAA', 'fac');
SELECT * FROM load_factors('nothing', 'AAA', 'fac');
SELECT * FROM load_factors_text(E'area,period,name,value\n', 'x', 'CCC', 'fac');
SELECT * FROM load_factors_text(E'area,period,name,value\n', 'x', 'AAA', 'nobody');
SELECT * FROM load_factors_text(NULL, ' ', 'AAA', 'fac');
-- The way of psql's \copy, and checking without loading; a load that is rolled back leaves the lines.
SET tmap.upload = 'copy';
COPY inbox (line) FROM STDIN WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01');
Gebiet|Jahr|Merkmal|Wert
R5|2020|rurality|12.5
R6|2020|rurality|99
\.
SELECT * FROM check_factors('copy', 'AAA', 'fac', column_map => '{"Gebiet": "area", "Jahr": "period", "Merkmal": "name", "Wert": "value"}') ORDER BY line_no;
SELECT * FROM load_factors('copy', 'AAA', 'fac', expected_lines => 4);
BEGIN;
SELECT status FROM load_factors('copy', 'AAA', 'fac', column_map => '{"Gebiet": "area", "Jahr": "period", "Merkmal": "name", "Wert": "value"}', expected_lines => 3);
ROLLBACK;
SELECT count(*) FROM inbox;
SELECT load_factors_text('x', 'copy', 'AAA', 'fac');
DELETE FROM inbox;
-- The table checks itself; a factor's range cannot be narrowed past its values; its unit is renamed everywhere.
\set VERBOSITY terse
INSERT INTO factor (area_id, valid_from, valid_to, name, value, unit, source_id) VALUES (id('R8'), '2020-01-01', '2020-12-31', 'rurality', 'NaN', 'percent of inhabitants', 1);
INSERT INTO factor (area_id, valid_from, valid_to, name, value, unit, source_id) VALUES (id('R8'), '2020-01-01', '2020-12-31', 'rurality', 101, 'percent of inhabitants', 1);
INSERT INTO factor (area_id, valid_from, valid_to, name, value, unit, source_id) VALUES (id('R8'), '2020-01-01', '2020-12-31', 'rurality', 10, 'permille', 1);
INSERT INTO factor (area_id, valid_from, valid_to, name, value, unit, source_id) VALUES (id('R8'), '2020-01-01', '2020-12-31', 'happiness', 10, 'x', 1);
UPDATE factor_name SET highest = 5000 WHERE name = 'income';
\set VERBOSITY default
UPDATE factor_name SET unit = 'euros per year' WHERE name = 'income';
SELECT DISTINCT unit FROM factor WHERE name = 'income';

-- Figures beside factors: own values before handed-down ones, the shorter period, the better source; what lacks is there and says so.
DELETE FROM factor;
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, shown, choice_reason)
SELECT a.area_id, make_date(y, 1, 1), make_date(y, 12, 31), 'thrombectomy_per_stroke', find_source('syn'), tally('all', CASE WHEN a.level = 'country' THEN 3040 ELSE 40 + 10 * n + 5 * (n % 3) + (y - 2020) * 7 END, CASE WHEN a.level = 'country' THEN 40000 ELSE 1000 + 37 * n END), true, 'only'
FROM area a CROSS JOIN generate_series(2020, 2021) y CROSS JOIN LATERAL (SELECT coalesce(substring(a.code FROM 'R(\d)')::int, 0) + coalesce(substring(a.code FROM 'D(\d)')::int, 0) AS n) k
WHERE a.level IN ('region', 'department') AND a.valid_to IS NULL OR a.code = 'AAA';
INSERT INTO factor (area_id, valid_from, valid_to, name, value, unit, source_id)
SELECT id('R' || n), '2020-01-01', '2021-12-31', 'mt_centres', n / 2, 'centres', find_source('fac') FROM generate_series(1, 7) n
UNION ALL SELECT id('R' || n), make_date(y, 1, 1), make_date(y, 12, 31), 'rurality', 10 * n % 70 + y - 2020, 'percent of inhabitants', find_source('fac') FROM generate_series(1, 8) n, generate_series(2020, 2021) y
UNION ALL SELECT id('AAA'), '2018-01-01', '2024-12-31', 'policy_stroke_plan', 1, '0 = no, 1 = yes', find_source('fac')
UNION ALL SELECT id('R2'), '2020-01-01', '2021-12-31', 'policy_stroke_plan', 0, '0 = no, 1 = yes', find_source('fac')
UNION ALL SELECT id('AAA'), '2018-01-01', '2024-12-31', 'income', 20000, 'euros per year', find_source('fac')
UNION ALL SELECT id('R1'), '2020-01-01', '2020-12-31', 'mt_centres', 9, 'centres', find_source('fac')
UNION ALL SELECT id('R1'), '2020-01-01', '2020-12-31', 'mt_centres', 8, 'centres', find_source('better');
SELECT code, year, factor, factor_value, factor_from, inherited_from, factor_source, missing FROM area_factor
WHERE level = 'region' AND code IN ('R1', 'R2', 'R8') AND factor IN ('mt_centres', 'policy_stroke_plan', 'income') ORDER BY 1, 2, 3;
SELECT count(*) = count(DISTINCT (fid, factor)) AND count(*) = (SELECT count(*) FROM area_year) * (SELECT count(*) FROM factor_name) AS every_pair FROM area_factor;
SELECT code, year, covariates, missing FROM factor_rows(ARRAY['rurality', 'mt_centres', 'policy_stroke_plan']) ORDER BY year, code;
SELECT (fit_summary(poisson_reg(events, covariates, at_risk))).* FROM factor_rows(ARRAY['mt_centres', 'rurality']);
SELECT name, round(ratio::numeric, 4) AS ratio, status FROM coefficients((SELECT poisson_reg(events, covariates, expected) FROM factor_rows(ARRAY['mt_centres', 'rurality']) WHERE year = 2020), names => ARRAY['mt_centres', 'rurality']);
SELECT count(*), count(*) FILTER (WHERE missing = '{}') AS whole FROM factor_rows('{}');
SELECT * FROM factor_rows(ARRAY['happiness', NULL]);
SELECT * FROM factor_rows(NULL);
SELECT * FROM factor_rows(ARRAY['income'], 'canton');
SELECT * FROM factor_rows(ARRAY['income'], 'region', 'nonsense');
-- A reader of the view needs rights on it alone.
CREATE ROLE regress_factor_reader;
GRANT USAGE ON SCHEMA tmap, fac TO regress_factor_reader;
GRANT SELECT ON area_factor TO regress_factor_reader;
SET ROLE regress_factor_reader;
SELECT count(*) > 0 AS rows, count(factor_value) > 0 AS values FROM fac.area_factor;
RESET ROLE;
DROP OWNED BY regress_factor_reader;
DROP ROLE regress_factor_reader;

-- Targets: any level, areas and period; a period made of years; limits enclose; another seed, other limits.
SELECT year, valid_from, valid_to, round(target_level::numeric, 4) AS target, round(alert_level::numeric, 4) AS alert, areas, below_target, below_alert, missing,
       target_lower < target_level AND target_level < target_upper AND alert_lower < alert_level AND alert_level < alert_upper AS enclosed, missing_lower <= missing AND missing <= missing_upper AS missing_enclosed
FROM target_levels(source_key => 'syn');
SELECT year, valid_from, valid_to, areas, round(target_level::numeric, 4) AS target, missing, target_lower FROM target_levels(period => '2020-2021', draws => 0);
SELECT p.code, p.events = s.events AND p.at_risk = s.at_risk AND abs(p.expected / s.expected - 1) < 1e-12 AS added_up, round(p.ratio::numeric, 4) AS ratio FROM standardised_ratio('region', 'thrombectomy_per_stroke', period => '2020-2021') p
JOIN (SELECT code, sum(events) AS events, sum(at_risk) AS at_risk, sum(expected) AS expected FROM standardised_ratio('region', 'thrombectomy_per_stroke') WHERE year >= 2020 GROUP BY code) s USING (code);
SELECT count(*) AS gap FROM standardised_ratio('region', 'thrombectomy_per_stroke', period => '2020-2022');
SELECT areas FROM target_levels('department', within => 'R3', period => '2020');
SELECT areas FROM target_levels(area_ids => ARRAY[id('R1'), id('R2')], within => 'AAA', period => '2021');
SELECT code, events, round(ratio::numeric, 3) AS ratio, round(target::numeric, 3) AS target, below, p_below > 0.5 AS likely, missing, missing_lower <= missing AND missing <= missing_upper AS enclosed, missing_per_year FROM missing_procedures(period => '2020');
-- What is missing brings an area to the target, one less does not.
SELECT bool_and((events + missing) / expected * country >= target * (1 - 1e-9)) AS enough, bool_and(missing = 0 OR (events + missing - 1) / expected * country < target) AS no_more
FROM (SELECT m.*, m.ratio * m.expected / m.events AS country FROM missing_procedures('department') m) m;
SELECT sum(m.missing) = max(t.missing) AND count(*) FILTER (WHERE m.below) = max(t.below_target) AS same_sum FROM missing_procedures(period => '2021') m, target_levels(period => '2021') t;
SELECT m.valid_from, count(*) AS departments, bool_and(m.target = t.target_level) AS target_of_regions, bool_and(m.missing_per_year = m.missing / 2) AS halved FROM missing_procedures('department', 'region', period => '2020-2021') m JOIN target_levels(period => '2020-2021') t USING (valid_from) GROUP BY 1;
SELECT code, target = (SELECT target_level FROM target_levels(period => '2020')) AS target_of_all FROM missing_procedures(area_ids => ARRAY[id('R4')], period => '2020');
SELECT bool_and(m.target = t.alert_level) AS alert FROM missing_procedures(share => 0.25) m JOIN target_levels() t USING (valid_from);
SELECT count(*) FILTER (WHERE a.target_lower <> b.target_lower) > 0 AS other_limits, bool_and(a.target_level = b.target_level) AS same_target FROM target_levels(seed => 1) a JOIN target_levels(seed => 2) b USING (year);
SELECT b.year, b.code, round(b.ratio::numeric, 3) AS ratio FROM below_alert_level('department', within => 'AAA', period => '2020') b;
SELECT * FROM target_levels(within => 'nowhere');
SELECT * FROM target_levels(area_ids => '{-1}');
SELECT * FROM target_levels(period => 'yesterday');
SELECT * FROM target_levels(draws => 5);
SELECT * FROM missing_procedures(share => 2);
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA fac CASCADE;
