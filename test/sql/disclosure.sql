-- Disclosure control: suppression of linked tables, its audit, and an edition that is refused when a cell was let through.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = tmap, public;

-- Three areas and their total; the first is small: another goes with it, the smaller of the two.
SELECT suppress('{1,2,3,4,4,4}', '{1,2,3,1,2,3}', '{1,0,0,0}', '{3,50,20}', '{40,400,300}');
-- Pairs in any order.
SELECT suppress('{4,4,4,3,2,1}', '{3,1,2,3,2,1}', '{1,0,0,0}', '{3,50,20}', '{40,400,300}');
SELECT suppress('{}', '{}', '{}', '{}', '{}'), suppress(NULL, '{}', '{}', '{}', '{}');

-- What that leaves to outsiders, and what there was to find before.
SELECT * FROM audit_cells('{1,2,3,4,4,4}', '{1,2,3,1,2,3}', '{f,t,f,t}', '{3,50,20}', '{40,400,300}');
SELECT * FROM audit_cells('{1,2,3,4,4,4}', '{1,2,3,1,2,3}', '{f,t,t,t}', '{3,50,20}', '{40,400,300}');
-- Two zeros do not hide each other, what no published cell holds has no limit.
SELECT * FROM audit_cells('{1,2,3,3}', '{1,2,1,2}', '{f,f,t}', '{0,0}', '{5,7}');
SELECT * FROM audit_cells('{1,2}', '{1,2}', '{f,t}', '{5,5}', '{0,7}');
-- Overlapping catchments: sums of two of three give each.
SELECT cell, count, lower, upper, exact, proof FROM audit_cells('{1,1,2,2,3,3,4,5,6}', '{1,2,2,3,1,3,1,2,3}', '{t,t,t,f,f,f}', '{4,5,6}', '{0,0,9}') WHERE count = 'events';
SELECT count(*) FROM audit_cells('{}', '{}', '{}', '{}', '{}');
SELECT count(*) FROM audit_cells(NULL, '{}', '{}', '{}', '{}');

-- Errors of both.
SELECT suppress('{1}', '{2}', '{0}', '{5}', '{5}');
SELECT suppress('{2}', '{1}', '{0}', '{5}', '{5}');
SELECT suppress('{1,1}', '{1,1}', '{0}', '{5}', '{5}');
SELECT suppress('{1}', '{1,2}', '{0}', '{5,5}', '{5,5}');
SELECT suppress('{1}', '{1}', '{3}', '{5}', '{5}');
SELECT suppress('{1}', '{1}', '{0}', '{-5}', '{5}');
SELECT suppress('{1}', '{1}', '{0}', '{5,6}', '{5}');
SELECT suppress('{1}', '{NULL}', '{0}', '{5}', '{5}');
SELECT suppress('{{1}}', '{1}', '{0}', '{5}', '{5}');
SELECT * FROM audit_cells('{1}', '{2}', '{t}', '{5}', '{5}');
SELECT * FROM audit_cells('{0}', '{1}', '{t}', '{5}', '{5}');
SELECT * FROM audit_cells('{1,1}', '{1,1}', '{t}', '{5}', '{5}');
SELECT * FROM audit_cells('{1}', '{1,2}', '{t}', '{5,5}', '{5,5}');
SELECT * FROM audit_cells('{1}', '{1}', '{NULL}', '{5}', '{5}');
SELECT * FROM audit_cells('{1}', '{1}', '{t}', '{-5}', '{5}');
SELECT * FROM audit_cells('{1}', '{1}', '{t}', '{5}', '{5,6}');
SELECT * FROM audit_cells('{1}', '{1}', '{t}', '{9223372036854775807}', '{5}');

-- 12 areas in 3 regions × 4 ages × 2 sexes, all margins: nothing that suppress() withholds can be worked out, what it protects alone can.
CREATE TEMP TABLE linked AS
WITH atom AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY a, g, s)::int AS atom, a, a % 3 AS r, g, s, (a * 7 + g * 11 + s * 5) * 31 % 23 AS events, (a * 13 + g * 5 + s * 17) * 37 % 71 AS others
  FROM generate_series(1, 12) a, generate_series(1, 4) g, generate_series(1, 2) s
), place AS (SELECT 'all' AS place, a AS part FROM generate_series(1, 12) a UNION ALL SELECT 'r' || a % 3, a FROM generate_series(1, 12) a UNION ALL SELECT 'a' || a, a FROM generate_series(1, 12) a),
pair AS MATERIALIZED (
  SELECT dense_rank() OVER (ORDER BY p.place, g.g, s.s)::int AS cell, t.atom, t.events, t.others FROM place p CROSS JOIN (VALUES (1), (2), (3), (4), (NULL)) g (g) CROSS JOIN (VALUES (1), (2), (NULL)) s (s)
  JOIN atom t ON t.a = p.part AND (g.g IS NULL OR t.g = g.g) AND (s.s IS NULL OR t.s = s.s)
)
SELECT (SELECT array_agg(cell ORDER BY cell, atom) FROM pair) AS cells, (SELECT array_agg(atom ORDER BY cell, atom) FROM pair) AS atoms,
       (SELECT array_agg(small ORDER BY cell) FROM (SELECT cell, (sum(events) BETWEEN 1 AND 10 OR sum(others) BETWEEN 1 AND 10)::int::smallint AS small FROM pair GROUP BY cell) c) AS rules,
       (SELECT array_agg(events::bigint ORDER BY atom) FROM atom) AS events, (SELECT array_agg(others::bigint ORDER BY atom) FROM atom) AS others;
SELECT d.what, count(*) AS intervals, count(*) FILTER (WHERE b.exact AND b.upper > 0) AS worked_out, bool_and(b.upper - b.lower >= 1) FILTER (WHERE NOT b.exact) AS the_rest_open
FROM linked l CROSS JOIN LATERAL (VALUES ('protected alone', l.rules), ('suppressed', suppress(l.cells, l.atoms, l.rules, l.events, l.others))) AS d (what, status)
CROSS JOIN LATERAL audit_cells(l.cells, l.atoms, ARRAY(SELECT x = 0 FROM unnest(d.status) WITH ORDINALITY AS u (x, n) ORDER BY n), l.events, l.others) b
GROUP BY d.what ORDER BY d.what;
-- The same answer again, bit for bit.
SELECT count(*) AS differ FROM linked l, LATERAL (SELECT ARRAY(SELECT x = 0 FROM unnest(l.rules) WITH ORDINALITY AS u (x, n) ORDER BY n) AS published) p,
LATERAL (SELECT * FROM audit_cells(l.cells, l.atoms, p.published, l.events, l.others) EXCEPT SELECT * FROM audit_cells(l.cells, l.atoms, p.published, l.events, l.others)) d;

-- An edition: passes as computed, is refused once a withheld cell is let through.
SELECT create_atlas('dc');
SET search_path = dc, tmap, public;
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM dc.area a WHERE a.code = id.code);
INSERT INTO area (code_system, code, name, level) VALUES ('ISO 3166-1', 'FRA', 'France', 'country');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'R' || n, 'Region ' || n, 'region', id('FRA') FROM generate_series(1, 2) n;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', format('D%s%s', r, d), format('Department %s of %s', d, r), 'department', id('R' || r) FROM generate_series(1, 2) r, generate_series(1, 4) d;
INSERT INTO source (source_key, title, origin) VALUES ('syn', 'Synthetic strokes', 'synthetic');
INSERT INTO stroke (country, year, stroke_id, area_id, stratum, treated, source_id)
SELECT 'FRA', 2020, g, id(format('D%s%s', 1 + g % 2, 1 + g / 2 % 4)), stratum(20 + g / 8 * 7 % 80, CASE WHEN g / 8 % 3 = 0 THEN 'male' ELSE 'female' END), g * 31 % 101 < 6 + g % 5, find_source('syn')
FROM generate_series(1, 4000) g;
SELECT * FROM tally_strokes('syn');
SELECT choose_facts();
SELECT cells > 0 AS cells, protected > 0 AS protected, withheld > 0 AS withheld, suppressed > 0 AS suppressed FROM compute_edition('2020', '{2020}', '{0,60,80}', indicators => '{thrombectomy_per_stroke}');
SELECT a ->> 'passed' AS passed, a ->> 'exact' AS exact, (a ->> 'narrowest')::numeric >= 1 AS open, (a ->> 'withheld')::numeric BETWEEN 0.001 AND 0.5 AS withheld, jsonb_array_length(a -> 'parts') AS parts, a = audit_edition('2020') AS again
FROM audit_edition('2020') a;
SELECT count(*) FROM audit_findings('2020');
BEGIN;
UPDATE edition_cell c SET status = 0 WHERE c.status = 2;
SELECT a ->> 'passed' AS passed, (a ->> 'exact')::int > 0 AS exact FROM audit_edition('2020') a;
SELECT count(*) > 0 AS found, bool_and(f.value > 0) AS small, array_agg(DISTINCT proof) <@ '{linear,bounds}' AS proofs FROM audit_findings('2020') f;
-- What is found is true.
SELECT bool_and(f.value = CASE f.count WHEN 'events' THEN n.events ELSE n.at_risk - n.events END) AS true FROM audit_findings('2020') f JOIN area a ON a.code = f.code
JOIN edition_cell c ON c.area_id = a.area_id AND c.year = f.year AND c.sex = f.sex AND c.age_from IS NOT DISTINCT FROM f.age_from JOIN edition_cell_counts(c.edition_id, c.year) n ON n.cell = c.cell AND n.indicator = f.indicator;
SELECT publish_edition('2020');
ROLLBACK;
-- A figure that was let through by hand counts as well, though its cell is withheld.
BEGIN;
UPDATE edition_value v SET status = 'published', events = n.events, at_risk = n.at_risk FROM edition_cell c, edition_cell_counts(c.edition_id, c.year) n
WHERE c.status = 2 AND n.cell = c.cell AND v.area_id = c.area_id AND v.sex = c.sex AND v.age_from IS NOT DISTINCT FROM c.age_from AND n.indicator = v.indicator;
SELECT a ->> 'passed' AS passed FROM audit_edition('2020') a;
ROLLBACK;
SELECT audit_edition('nothing');
SELECT publish_edition('2020') > 0 AS published;
-- The public has the summary, the steward the report.
SELECT audit ->> 'passed' AS passed, audit ->> 'exact' AS exact, ARRAY(SELECT jsonb_object_keys(audit) ORDER BY 1) AS told FROM release;
SELECT audit = audit_edition(edition) AS kept, audit ?& '{narrowest,parts,exact_allowed}' AS in_full FROM edition;

-- A source printed one indicator of D1: that stays public and counts as known; the others of the cell are withheld, for one is small. D2 may then not be the rest of what is published.
SELECT create_atlas('pr');
SET search_path = pr, tmap, public;
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM pr.area a WHERE a.code = id.code);
INSERT INTO area (code_system, code, name, level) VALUES ('ISO 3166-1', 'FRA', 'France', 'country');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'D' || n, 'Department ' || n, 'department', id('FRA') FROM generate_series(1, 4) n;
INSERT INTO source (source_key, title, origin) VALUES ('count', 'Counts', 'submitted'), ('paper', 'A printed table', 'reported');
CREATE FUNCTION put(indicator text, source text, code text, groups text) RETURNS void LANGUAGE sql BEGIN ATOMIC
  INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis) VALUES (id(put.code), '2024-01-01', '2024-12-31', put.indicator, find_source(put.source), put.groups::tmap.tally, 'reported');
END;
SELECT put('thrombectomy_per_stroke', s, c, format('tmap1 total {all: %s/%s}', e, n)) FROM (VALUES ('paper', 'D1', 40, 400), ('count', 'D2', 5, 50), ('count', 'D3', 60, 600), ('count', 'D4', 70, 700), ('count', 'FRA', 175, 1750)) v (s, c, e, n) \g /dev/null
SELECT put('thrombectomy_per_inhabitant', 'count', c, format('tmap1 total {all: %s/%s}', e, n)) FROM (VALUES ('D1', 3, 4000), ('D2', 50, 5000), ('D3', 60, 6000), ('D4', 70, 7000), ('FRA', 183, 22000)) v (c, e, n) \g /dev/null
SELECT choose_facts();
SELECT protected, withheld, figures, suppressed FROM compute_edition('printed', '{2024}', '{}', false);
SELECT a.code, c.rule, c.status, c.known, string_agg(coalesce(v.events::text, '-'), ' ' ORDER BY v.indicator) AS inhabitant_stroke FROM edition_cell c JOIN area a USING (area_id) JOIN edition_value v USING (area_id) GROUP BY 1, 2, 3, 4 ORDER BY 1;
SELECT a ->> 'passed' AS passed FROM audit_edition('printed') a;
-- Without the printed table it would be a matter of D1 and D2 alone.
UPDATE source SET origin = 'submitted' WHERE source_key = 'paper';
SELECT protected, withheld, figures, suppressed FROM compute_edition('printed', '{2024}', '{}', false);
-- A group without a figure is taken for nobody where the area's other groups have one. D2 has women alone per inhabitant, so men of D1, withheld for the sake of their strokes, would be those of the country.
DELETE FROM edition;
DELETE FROM fact;
SELECT put('thrombectomy_per_stroke', 'count', c, g) FROM (VALUES ('D1', 'tmap1 sex {female: 40/400, male: 5/401}'), ('D2', 'tmap1 sex {female: 50/500, male: 50/501}'), ('FRA', 'tmap1 sex {female: 90/900, male: 55/902}')) v (c, g) \g /dev/null
SELECT put('thrombectomy_per_inhabitant', 'count', c, g) FROM (VALUES ('D1', 'tmap1 sex {female: 40/4000, male: 12/4100}'), ('D2', 'tmap1 sex {female: 50/5000}'), ('FRA', 'tmap1 sex {female: 90/9000, male: 12/4100}')) v (c, g) \g /dev/null
SELECT choose_facts();
SELECT protected, withheld, figures, suppressed FROM compute_edition('absent', '{2024}', '{}');
SELECT a.code, c.sex, c.rule, c.status, c.indicators, k.known FROM edition_cell c JOIN area a USING (area_id) JOIN edition_known(c.edition_id, 2024, 'thrombectomy_per_inhabitant') k USING (cell) ORDER BY 1, 2;
SELECT a ->> 'passed' AS passed FROM audit_edition('absent') a;
-- Zeros that are protected: sums of zeros do not follow from the sum that holds them, in a region, in the country, above it; zeros of another country may.
DELETE FROM edition;
DELETE FROM fact;
DELETE FROM area WHERE level = 'department';
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world'), ('ISO 3166-1', 'DEU', 'Germany', 'country');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'R' || n, 'Region ' || n, 'region', id('FRA') FROM generate_series(1, 3) n;
UPDATE area SET parent_id = id('W') WHERE level = 'country';
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', format('D%s%s', r, d), 'Department', 'department', id('R' || r) FROM generate_series(1, 3) r, generate_series(1, 3) d;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'L' || n, 'Land ' || n, 'region', id('DEU') FROM generate_series(1, 3) n;
INSERT INTO disclosure_rule VALUES ('FRA', 10, 'protect', 'test');
SELECT put('thrombectomy_per_stroke', 'count', c, format('tmap1 total {all: %s/%s}', e, n))
FROM (VALUES ('D11', 0, 500), ('D12', 0, 600), ('D13', 0, 700), ('D21', 0, 400), ('D22', 0, 450), ('D23', 14, 900), ('D31', 0, 300), ('D32', 20, 650), ('D33', 31, 800),
  ('L1', 0, 100), ('L2', 0, 200), ('L3', 40, 300)) v (c, e, n) \g /dev/null
SELECT roll_up('count') > 0 AS summed, choose_facts() > 0 AS chosen;
SELECT cells, protected, withheld, suppressed FROM compute_edition('zeros', '{2024}', '{}', false);
SELECT k.code, string_agg(format('%s %s', a.code, coalesce(v.events::text, '-')), ', ' ORDER BY a.code) AS events FROM edition_value v JOIN area a USING (area_id) LEFT JOIN area k ON k.area_id = a.country_id GROUP BY 1 ORDER BY 1;
SELECT a ->> 'passed' AS passed, a ->> 'exact_allowed' AS allowed FROM audit_edition('zeros') a;
-- Nobody treated in the only country: its 0 is not the world's either.
DELETE FROM edition;
DELETE FROM fact f USING area a WHERE a.area_id = f.area_id AND (a.country_id IS DISTINCT FROM id('FRA') OR a.level <> 'department');
UPDATE fact SET tally = tmap.tally(tmap.stratum('total', NULL, NULL, NULL), 0, tmap.at_risk(tally));
SELECT put('thrombectomy_per_stroke', 'count', 'W', 'tmap1 total {all: 0/5300}') \g /dev/null
SELECT roll_up('count') > 0 AS summed, choose_facts() > 0 AS chosen;
SELECT cells, protected, withheld, suppressed FROM compute_edition('none', '{2024}', '{}', false);
SELECT a ->> 'passed' AS passed FROM audit_edition('none') a;
DROP SCHEMA dc CASCADE;
DROP SCHEMA pr CASCADE;
