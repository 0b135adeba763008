-- Unions of areas outside the tree: catchments that overlap, in editions under disclosure control.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
SET search_path = public;
SELECT tmap.create_atlas('ca') \g /dev/null
SET search_path = ca, tmap, public;
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM ca.area a WHERE a.code = id.code);
INSERT INTO area_level VALUES ('catchment', 2, 'Catchment');
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', c, c, 'country', id('W') FROM unnest('{FRA,DEU}'::text[]) c;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'R' || r, 'Region ' || r, 'region', id('FRA') FROM generate_series(1, 3) r;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', format('D%s%s', r, d), format('Department %s of %s', d, r), 'department', id('R' || r) FROM generate_series(1, 3) r, generate_series(1, 3) d;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'L1', 'Land', 'region', id('DEU');
INSERT INTO area (code_system, code, name, level) SELECT 'tmap', 'C' || c, 'Catchment ' || c, 'catchment' FROM generate_series(1, 4) c;
CREATE FUNCTION members(code text, VARIADIC parts text[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
  INSERT INTO area_member SELECT id(members.code), id(p) FROM unnest(parts) p;
END;
SELECT members('C1', 'D11', 'D12', 'D21'), members('C2', 'D21', 'D22', 'R3');
SELECT a.code, k.code AS country, a.parent_id FROM area a JOIN area k ON k.area_id = a.country_id WHERE a.level = 'catchment' ORDER BY 1;
-- Not unions of unions, of themselves, of what overlaps, of two countries, of the world, in the tree.
SELECT members('C3', 'C1');
SELECT members('C3', 'C3');
SELECT members('C3', 'D11', 'D12', 'C3');
SELECT members('C3', 'R1', 'D12');
SELECT members('C3', 'D12', 'FRA');
SELECT members('C2', 'D31');
SELECT members('C3', 'D12', 'L1');
SELECT members('C3', 'W');
SELECT members('C3', 'D12', 'D12');
SELECT members('C3', 'nowhere');
INSERT INTO area_member VALUES (id('C3'), 100000);
SELECT members('R1', 'D21');
SELECT members('D11', 'D21');
UPDATE area_member SET member_id = id('D31') WHERE area_id = id('C1') AND member_id = id('D11');
UPDATE area_member SET member_id = id('D11') WHERE area_id = id('C1') AND member_id = id('D31');
UPDATE area_member SET member_id = id('R2') WHERE area_id = id('C1') AND member_id = id('D11');
UPDATE area SET parent_id = id('FRA') WHERE code = 'C1';
UPDATE area SET parent_id = id('C1') WHERE code = 'D33';
DELETE FROM area WHERE code = 'D11';
SELECT count(*) AS members FROM area_member;

-- C1 is two departments of region 1 and one of region 2; C2 has that one too. Counts of D12 are small.
SELECT members('C4', 'R1', 'R2');
INSERT INTO source (source_key, title, origin) VALUES ('rows', 'Made up', 'synthetic'), ('other', 'Made up too', 'synthetic');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT a.area_id, '2024-01-01', '2024-12-31', i, find_source('rows'), t.tally, 'computed' FROM area a, unnest('{thrombectomy_per_stroke,thrombectomy_per_inhabitant}'::text[]) i, LATERAL (
  SELECT tmap.tally_agg(tmap.stratum(50 + 20 * b, x), CASE WHEN a.code = 'D12' THEN 1 ELSE 12 + 3 * b + a.area_id % 5 END::int8, CASE WHEN i LIKE '%stroke' THEN 90 + 7 * a.area_id ELSE 9000 END::int8) AS tally
  FROM generate_series(0, 1) b, unnest('{female,male}'::text[]) x) t WHERE a.level = 'department' AND (i LIKE '%stroke' OR a.code <> 'D33');
SELECT roll_up('rows') > 0 AS summed, choose_facts() >= 0 AS chosen;
SELECT cells, protected, withheld, figures, suppressed FROM compute_edition('2024', '{2024}', '{0,60}');
SELECT a.code, v.indicator, v.status, v.events, v.at_risk, round(v.smr::numeric, 2) AS smr FROM edition_value v JOIN area a USING (area_id) WHERE a.level = 'catchment' AND v.sex = 'all' AND v.age_from IS NULL ORDER BY 1, 2;
-- Sums of the members', cell by cell; of C2 no figure per inhabitant, for D33 has none.
SELECT count(*) AS cells, count(*) FILTER (WHERE (n.events, n.at_risk) IS DISTINCT FROM (p.events, p.at_risk)) AS differ
FROM edition_cell c JOIN area a USING (area_id) CROSS JOIN LATERAL (SELECT n.* FROM edition_cell_counts(c.edition_id, c.year) n WHERE n.cell = c.cell AND n.indicator = ANY (c.indicators)) n
CROSS JOIN LATERAL (SELECT sum(q.events) AS events, sum(q.at_risk) AS at_risk FROM area_member m JOIN edition_cell d ON (d.edition_id, d.year, d.area_id, d.sex) = (c.edition_id, c.year, m.member_id, c.sex) AND d.age_from IS NOT DISTINCT FROM c.age_from
  JOIN edition_cell_counts(d.edition_id, d.year) q ON q.cell = d.cell AND q.indicator = n.indicator WHERE m.area_id = c.area_id) p WHERE a.level = 'catchment';
-- What would be published without them gives D12 away with them: C1 − D11 − D21.
SELECT bool_and(c.status > 0) AS "D12 is withheld", (SELECT string_agg(format('%s %s', a.code, d.status), ', ' ORDER BY a.code) FROM edition_cell d JOIN area a USING (area_id) WHERE d.sex = 'all' AND d.age_from IS NULL AND d.status > 0) AS withheld
FROM edition_cell c JOIN area a USING (area_id) WHERE a.code = 'D12';
SELECT a ->> 'passed' AS passed FROM audit_edition('2024') a;
BEGIN;
UPDATE edition_cell c SET status = 0 FROM area a WHERE a.area_id = c.area_id AND a.code <> 'D12';
UPDATE edition_cell c SET status = 2 FROM area a WHERE a.area_id = c.area_id AND a.code = 'R1';
SELECT DISTINCT f.code, f.proof FROM audit_findings('2024') f WHERE f.sex = 'all' AND f.age_from IS NULL ORDER BY 1;
ROLLBACK;
SELECT publish_edition('2024') > 0 AS published;
SELECT code, level, country, parent_code, status FROM value WHERE level = 'catchment' AND indicator = 'thrombectomy_per_stroke' AND sex = 'all' AND age_from IS NULL ORDER BY 1;
SELECT t.kind, t.name, t.status, t.detail ->> 'events' AS events FROM trace('2024', 'C1', 2024, 'thrombectomy_per_stroke') t ORDER BY t.step, t.name;
-- A member of another source: not a sum of like with like. An area that was moved into another member since.
UPDATE fact SET source_id = find_source('other') WHERE area_id = id('D11');
SELECT choose_facts() >= 0 AS chosen;
SELECT figures > 0 AS computed FROM compute_edition('mixed', '{2024}', '{0,60}');
SELECT DISTINCT a.code FROM edition_value v JOIN edition e USING (edition_id) JOIN area a USING (area_id) WHERE e.edition = 'mixed' AND a.level = 'catchment' ORDER BY 1;
UPDATE area SET parent_id = id('R3') WHERE code = 'D22';
SELECT roll_up('rows') > 0 AS summed;
SELECT compute_edition('moved', '{2024}', '{0,60}');
SET client_min_messages = error;
RESET search_path;
DROP SCHEMA ca CASCADE;
