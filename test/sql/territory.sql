-- The territory: the tree of areas, points in areas, strokes counted and rolled up.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SELECT tmap.create_atlas('terr');
SET search_path = terr, tmap, public;
CREATE FUNCTION box(x float8, y float8, w float8, h float8) RETURNS geometry LANGUAGE sql RETURN ST_Multi(ST_MakeEnvelope(x, y, x + w, y + h, 4326));
CREATE FUNCTION pt(x float8, y float8) RETURNS geometry LANGUAGE sql RETURN ST_SetSRID(ST_MakePoint(x, y), 4326);
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM terr.area a WHERE a.code = id.code ORDER BY valid_from LIMIT 1);

-- World > two countries > two regions > departments. Department 01 and 02 share a border; 01, 02, 03 meet at (2,2); the regions at x = 4.
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id, geom) VALUES
  ('ISO 3166-1', 'AAA', 'Aland', 'country', id('WORLD'), box(0, 0, 8, 4)), ('ISO 3166-1', 'BBB', 'Bland', 'country', id('WORLD'), box(8, 0, 4, 4));
INSERT INTO area (code_system, code, name, level, parent_id, geom) VALUES
  ('tmap', 'R1', 'West', 'region', id('AAA'), box(0, 0, 4, 4)), ('tmap', 'R2', 'East', 'region', id('AAA'), box(4, 0, 4, 4));
INSERT INTO area (code_system, code, name, level, parent_id, geom) VALUES
  ('tmap', '03', 'North', 'department', id('R1'), box(0, 2, 4, 2)), ('tmap', '02', 'South-east', 'department', id('R1'), box(2, 0, 2, 2)),
  ('tmap', '01', 'South-west', 'department', id('R1'), box(0, 0, 2, 2)), ('tmap', '10', 'East', 'department', id('R2'), box(4, 0, 4, 4));
SELECT a.code, a.level, a.rank, p.code AS parent, a.parent_rank, c.code AS country
FROM area a LEFT JOIN area p ON p.area_id = a.parent_id LEFT JOIN area c ON c.area_id = a.country_id ORDER BY a.rank, a.code COLLATE "C";

-- What the tree refuses.
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'X', 'Nowhere', 'canton');
INSERT INTO area (code_system, code, name, level) VALUES ('no system', 'X', 'Nowhere', 'region');
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('tmap', 'X', 'Orphan', 'region', 999999);
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('tmap', 'X', 'Beside', 'region', id('R1'));
INSERT INTO area (code_system, code, name, level, parent_id) VALUES ('tmap', 'X', 'Above', 'country', id('R1'));
UPDATE area SET parent_id = area_id WHERE code = 'R1';
UPDATE area SET parent_id = id('01') WHERE code = 'AAA';
UPDATE area SET level = 'department' WHERE code = 'R1';
UPDATE area SET level = 'country' WHERE code = 'R1';
UPDATE area_level SET rank = 3 WHERE level = 'region';
UPDATE area_level SET rank = 2 WHERE level = 'department';
UPDATE area SET rank = 0, parent_rank = NULL, country_id = NULL WHERE code = 'R1';
SELECT code, rank, parent_rank, country_id = id('AAA') AS in_aaa FROM area WHERE code = 'R1';
DELETE FROM area WHERE code = 'R1';
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', '01', 'Twice', 'department');
INSERT INTO area (code_system, code, name, level, valid_from, valid_to) VALUES ('tmap', 'V', 'Backwards', 'department', '2020-01-01', '2019-01-01');
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', '', 'No code', 'department');
-- What it allows: another level in between, moving a region to another country with all that is below it, skipping levels.
BEGIN;
UPDATE area_level SET rank = rank + 10 WHERE rank >= 2;
INSERT INTO area_level (level, rank) VALUES ('zone', 5);
SELECT DISTINCT level, rank, parent_rank FROM area ORDER BY rank;
UPDATE area SET parent_id = id('BBB') WHERE code = 'R1';
SELECT a.code, c.code AS country FROM area a JOIN area c ON c.area_id = a.country_id WHERE a.level = 'department' ORDER BY a.code COLLATE "C";
UPDATE area SET parent_id = NULL WHERE code = 'R1';
SELECT a.code, a.country_id FROM area a WHERE a.code IN ('01', 'R1') ORDER BY a.code COLLATE "C";
UPDATE area SET level = 'zone' WHERE code = 'R1';
UPDATE area_level SET level = 'county' WHERE level = 'department';
SELECT code, level, rank, parent_rank FROM area WHERE code = '01';
ROLLBACK;
-- A code lives on with a new boundary, but stands for one area at a time.
INSERT INTO area (code_system, code, name, level, parent_id, valid_to, geom) VALUES ('tmap', '90', 'Old', 'department', id('R2'), '2019-12-31', box(20, 0, 2, 2));
INSERT INTO area (code_system, code, name, level, parent_id, valid_from, geom) VALUES ('tmap', '90', 'New', 'department', id('R2'), '2019-06-01', box(20, 0, 3, 3));
INSERT INTO area (code_system, code, name, level, parent_id, valid_from, geom) VALUES ('tmap', '90', 'New', 'department', id('R2'), '2020-01-01', box(20, 0, 3, 3));
UPDATE area SET valid_to = '2020-01-01' WHERE code = '90' AND name = 'Old';
ALTER TABLE area DISABLE TRIGGER area_check_code;
UPDATE area SET valid_to = '2020-01-01' WHERE code = '90' AND name = 'Old';
ALTER TABLE area ENABLE TRIGGER area_check_code;
SELECT (SELECT name FROM area WHERE area_id = area_at(pt(21, 1), 'department', '2019-12-31')) AS last_old_day,
       (SELECT name FROM area WHERE area_id = area_at(pt(21, 1), 'department', '2020-01-01')) AS first_new_day,
       area_at(pt(22.5, 1), 'department', '2019-12-31') AS outside_old;

-- Geometry that cannot be.
INSERT INTO area (code_system, code, name, level, geom) VALUES ('tmap', 'G', 'Bow tie', 'region', ST_Multi(ST_GeomFromText('POLYGON((0 0,1 1,1 0,0 1,0 0))', 4326)));
INSERT INTO area (code_system, code, name, level, geom) VALUES ('tmap', 'G', 'Empty', 'region', ST_GeomFromText('MULTIPOLYGON EMPTY', 4326));
INSERT INTO area (code_system, code, name, level, geom) VALUES ('tmap', 'G', 'Too far', 'region', box(170, 0, 20, 5));
INSERT INTO area (code_system, code, name, level, geom) VALUES ('tmap', 'G', 'Metres', 'region', ST_SetSRID(box(653000, 6861000, 10, 10), 4326));
INSERT INTO area (code_system, code, name, level, geom) VALUES ('tmap', 'G', 'Other SRID', 'region', ST_Transform(box(0, 0, 1, 1), 3857));
INSERT INTO area (code_system, code, name, level, geom) VALUES ('tmap', 'G', 'Line', 'region', ST_GeomFromText('LINESTRING(0 0,1 1)', 4326));
UPDATE area SET geom = ST_Multi(ST_GeomFromText('POLYGON((0 0,1 1,1 0,0 1,0 0))', 4326)) WHERE code = '01';

-- Points: inside, on a border of two, corner of three, country border, edge of the world, outside, none. Exactly one area each.
CREATE TABLE probe (n int, what text, geom geometry);
INSERT INTO probe VALUES (1, 'inside 01', pt(1, 1)), (2, 'border 01|02', pt(2, 1)), (3, 'border 01|03', pt(1, 2)), (4, 'corner 01|02|03', pt(2, 2)),
  (5, 'border 02|10', pt(4, 1)), (6, 'corner 02|03|10', pt(4, 2)), (7, 'outer edge', pt(0, 0)), (8, 'outside', pt(-1, -1)), (9, 'NULL', NULL),
  (10, 'empty', ST_GeomFromText('POINT EMPTY', 4326)), (11, 'impossible', pt(999, 999)), (12, 'NaN', pt('NaN', 1));
SELECT p.n, p.what, l.code, l.status, a.code AS area_at
FROM probe p CROSS JOIN LATERAL locate(p.geom, 'department', '2020-06-01') l LEFT JOIN area a ON a.area_id = area_at(p.geom, 'department', '2020-06-01') ORDER BY n;
SELECT l.status, count(*) FROM probe p CROSS JOIN LATERAL locate(p.geom, 'department') l GROUP BY 1 ORDER BY 1;
-- The same rule whatever the order of loading: each point of a fine grid, borders included, in exactly one area, with the areas numbered otherwise.
CREATE TABLE before AS SELECT x, y, l.code FROM generate_series(0, 8, 0.25) x, generate_series(0, 4, 0.25) y, LATERAL locate(pt(x::float8, y::float8), 'department', '2020-06-01') l;
UPDATE area SET area_id = 1000 - area_id WHERE level = 'department';
SELECT count(*) AS points, count(b.code) AS located, count(*) FILTER (WHERE b.code = l.code) AS same
FROM before b, LATERAL locate(pt(b.x::float8, b.y::float8), 'department', '2020-06-01') l;
-- The join uses the index on the boundaries.
SET enable_seqscan = off;
CREATE FUNCTION uses_index(q text, index_name text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE plan json; BEGIN EXECUTE 'EXPLAIN (FORMAT json) ' || q INTO plan; RETURN plan::text LIKE '%"Index Name": "' || index_name || '"%'; END $$;
SELECT uses_index('SELECT l.code FROM terr.probe p CROSS JOIN LATERAL terr.locate(p.geom, ''department'') l', 'area_geom') AS join_uses_gist;
RESET enable_seqscan;
-- Mistakes.
SELECT area_at(pt(1, 1), 'departement');
SELECT area_at(pt(1, 1), NULL);
SELECT area_at(ST_MakePoint(1, 1), 'department');
SELECT area_at(ST_Transform(pt(1, 1), 3857), 'department');
SELECT * FROM locate(box(0, 0, 1, 1), 'department');

-- Strokes: area known, or a point, or neither; in France a point abroad is not located.
INSERT INTO source (source_key, title, origin) VALUES ('rows', 'Rows of a test', 'synthetic'), ('people', 'Census of a test', 'synthetic');
INSERT INTO stroke (country, year, stroke_id, area_id, stratum, treated, source_id, point)
SELECT 'AAA', 2019 + g % 2, g, CASE WHEN g % 10 = 0 THEN NULL WHEN g % 10 < 5 THEN id((ARRAY['01', '02', '03', '10'])[1 + g % 4]) END,
       tmap.stratum(60 + g % 35, CASE g % 3 WHEN 0 THEN 'female' WHEN 1 THEN 'male' END, (ARRAY['none', 'low', 'high'])[1 + g % 3]), g % 7 = 0, find_source('rows'),
       CASE WHEN g % 10 = 5 THEN pt(9, 1) WHEN g % 10 > 5 THEN pt((g % 33) / 4.0, (g % 17) / 4.0) WHEN g % 20 = 0 THEN ST_GeomFromText('POINT EMPTY', 4326) END
FROM generate_series(1, 5000) g;
SELECT * FROM locate_strokes('canton');
SELECT * FROM locate_strokes('department', 'rows');
SELECT * FROM locate_strokes('department');
SELECT coalesce(a.code, 'none') AS area, count(*) FROM stroke s LEFT JOIN area a USING (area_id) GROUP BY a.code ORDER BY a.code COLLATE "C";
SELECT * FROM tally_strokes('rows');
SELECT * FROM tally_strokes('rows');
SELECT a.code, f.valid_from, f.unlocated, tmap.events(f.tally) AS events, tmap.at_risk(f.tally) AS at_risk, f.basis, f.parts, f.parts_expected, f.shown, f.choice_reason
FROM fact f JOIN area a USING (area_id) ORDER BY f.valid_from, a.rank, a.code COLLATE "C", f.unlocated;
SELECT fid = (SELECT min(fact_id) FROM fact WHERE unlocated AND valid_from = u.valid_from) AS fid, code, valid_from, events, at_risk, round(share_of_total::numeric, 4) AS share FROM unlocated u ORDER BY valid_from;
-- Rolled up tallies are the same bytes as counting the rows: departments, regions, the country; nobody is lost.
WITH RECURSIVE up AS (SELECT area_id AS leaf, area_id, parent_id FROM area UNION ALL SELECT u.leaf, p.area_id, p.parent_id FROM up u JOIN area p ON p.area_id = u.parent_id),
direct AS (SELECT u.area_id, s.year, tmap.tally_agg(s.stratum, s.treated) AS tally FROM stroke s JOIN up u ON u.leaf = coalesce(s.area_id, id('AAA')) GROUP BY 1, 2)
SELECT a.level, count(*) AS facts, bool_and(f.tally = d.tally AND tmap.tally_send(f.tally) = tmap.tally_send(d.tally)) AS same_bytes, sum(tmap.at_risk(f.tally)) AS strokes
FROM fact f JOIN area a USING (area_id) JOIN direct d ON d.area_id = f.area_id AND make_date(d.year, 1, 1) = f.valid_from WHERE NOT f.unlocated GROUP BY a.level ORDER BY a.level;
-- Only what changed is written: numbers of facts stay, so do choices.
CREATE TABLE facts_before AS SELECT fact_id, ctid AS place, area_id, valid_from, unlocated FROM fact;
UPDATE stroke SET treated = NOT treated WHERE stroke_id = 1;
SELECT * FROM tally_strokes('rows');
SELECT a.code, b.valid_from FROM facts_before b JOIN fact f USING (fact_id) JOIN area a ON a.area_id = f.area_id WHERE f.ctid <> b.place ORDER BY a.rank, 1;
DELETE FROM stroke WHERE area_id = id('10') AND year = 2020;
SELECT * FROM tally_strokes('rows');
SELECT count(*) AS gone FROM facts_before b WHERE NOT EXISTS (SELECT FROM fact f WHERE f.fact_id = b.fact_id);
-- A country the atlas does not have, a source nobody knows.
INSERT INTO stroke (country, year, stroke_id, stratum, treated, source_id) VALUES ('CCC', 2019, 1, 'all', false, find_source('people'));
SELECT * FROM tally_strokes('people');
DELETE FROM stroke WHERE country = 'CCC';
SELECT * FROM tally_strokes('nobody');
INSERT INTO stroke (country, year, stroke_id, stratum, treated, source_id) VALUES ('Aland', 2019, 1, 'all', false, find_source('people'));
INSERT INTO stroke (country, year, stroke_id, stratum, treated, source_id) VALUES ('AAA', 2019, -1, 'all', false, 99);
INSERT INTO stroke (country, year, stroke_id, area_id, stratum, treated, source_id) VALUES ('AAA', 2019, -1, -5, 'all', false, 1);
UPDATE stroke SET area_id = -5 WHERE stroke_id = 2;
INSERT INTO stroke_other (country, year, stroke_id, area_id, stratum, treated, source_id) VALUES ('AAA', 2019, -1, -5, 'all', false, 1);
INSERT INTO stroke (country, year, stroke_id, stratum, treated, source_id) SELECT 'AAA', 2019, 2, 'all', false, 1;
BEGIN;
UPDATE stroke SET stratum = 'all' WHERE stroke_id = 2;
SELECT * FROM tally_strokes('rows');
ROLLBACK;
ALTER TABLE stroke DISABLE TRIGGER stroke_check_update;
BEGIN;
UPDATE stroke SET area_id = -5 WHERE stroke_id = 2;
SELECT * FROM tally_strokes('rows');
ROLLBACK;
ALTER TABLE stroke ENABLE TRIGGER stroke_check_update;
SELECT add_stroke_year(2019), add_stroke_year(2020), add_stroke_year(2019);
SELECT tableoid::regclass, count(*) FROM stroke GROUP BY 1 ORDER BY 1;
SELECT add_stroke_year(19);
-- A partition checks what is written to it alone.
INSERT INTO stroke_2019 (country, year, stroke_id, area_id, stratum, treated, source_id) VALUES ('AAA', 2019, -1, -5, 'all', false, 1);
UPDATE stroke_2019 SET source_id = 99 WHERE stroke_id = 2;

-- Per inhabitant: population by age and sex in other bands; the region from its departments; unknown sex needs a coarser scheme.
INSERT INTO population (area_id, valid_from, valid_to, stratum, persons, source_id)
SELECT id(c), '2019-01-01', '2019-12-31', tmap.stratum('age100+sex', age, sex, NULL), 1000 + age, find_source('people')
FROM unnest(ARRAY['01', '02', '03']) c, generate_series(0, 100, 5) age, unnest(ARRAY['female', 'male']) sex;
SELECT * FROM tally_strokes('rows');
SELECT * FROM tally_strokes('rows');
SELECT a.code, f.indicator, f.valid_from, tmap.scheme(f.tally) AS scheme, tmap.events(f.tally) AS events, tmap.at_risk(f.tally) AS at_risk, f.basis, f.shown, f.choice_reason
FROM fact f JOIN area a USING (area_id) WHERE indicator = 'thrombectomy_per_inhabitant' ORDER BY a.rank, a.code COLLATE "C";
SELECT tmap.at_risk(population_tally(id('R1'), '2019-01-01', '2019-12-31')) AS region, population_tally(id('R2'), '2019-01-01', '2019-12-31') AS part_missing,
       population_tally(id('01'), '2019-01-01', '2020-12-31') AS year_missing;
-- Half years that fill the year count as the year.
BEGIN;
UPDATE population SET valid_to = '2019-06-30' WHERE area_id = id('01');
SELECT population_tally(id('01'), '2019-01-01', '2019-12-31') AS half;
INSERT INTO population SELECT area_id, '2019-07-01', '2019-12-31', stratum, persons, source_id FROM population WHERE area_id = id('01');
SELECT tmap.at_risk(population_tally(id('01'), '2019-01-01', '2019-12-31')) AS two_halves;
-- As many days that overlap, and so leave a gap, do not; nor does a total beside the strata of one year; other years may be cut otherwise.
UPDATE population SET valid_from = '2019-06-30', valid_to = '2019-12-30' WHERE area_id = id('01') AND valid_from = '2019-07-01';
SELECT population_tally(id('01'), '2019-01-01', '2019-12-31') AS overlap;
ROLLBACK;
INSERT INTO population VALUES (id('01'), '2019-01-01', '2019-12-31', 'all', 5, find_source('people'));
BEGIN;
INSERT INTO population VALUES (id('01'), '2020-01-01', '2020-12-31', 'all', 5, find_source('people'));
SELECT population_tally(id('01'), '2019-01-01', '2020-12-31') AS two_years;
UPDATE population SET valid_from = '2019-01-01', valid_to = '2019-12-31' WHERE stratum = 'all';
ROLLBACK;
SELECT per_population('tmap1 sex {female: 3/10, male: 1/10}', 'tmap1 sex {female: 0/2, male: 0/90}') AS only_as_total,
       per_population('tmap1 sex {female: 3/10}', 'tmap1 total {all: 0/2}') AS more_events_than_people;
-- Centres and population check themselves.
INSERT INTO stroke_centre (name, level, source_id, point) VALUES ('Hospital', 'thrombectomy_capable', find_source('people'), pt(1, 1)) RETURNING valid_from, valid_to;
INSERT INTO stroke_centre (name, level, source_id, point) VALUES ('Hospital', 'big', find_source('people'), pt(1, 1));
INSERT INTO stroke_centre (name, level, source_id, point, opened, closed) VALUES ('Hospital', 'primary', find_source('people'), pt(1, 1), '2020-01-01', '2019-01-01');
INSERT INTO population VALUES (id('10'), '2019-01-01', '2019-12-31', 'all', -1, find_source('people'));
RESET search_path;
DROP SCHEMA terr CASCADE;
