-- Residences of hospital stays from points to areas, and the figures before and after.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SELECT tmap.create_atlas('loc') IS NOT NULL AS made;
SET search_path = loc, tmap, public;
CREATE FUNCTION id(code text) RETURNS int LANGUAGE sql RETURN (SELECT area_id FROM loc.area a WHERE a.code = id.code);
CREATE FUNCTION box(x float8, y float8, x2 float8, y2 float8) RETURNS geometry LANGUAGE sql RETURN ST_Multi(ST_MakeEnvelope(x, y, x2, y2, 4326));
-- Two regions; South has two departments, East was two until 2019; a strip of North has no department. One other country.
INSERT INTO area (code_system, code, name, level, geom) VALUES ('ISO 3166-1', 'FRA', 'France', 'country', box(0, 0, 4, 3)), ('ISO 3166-1', 'DEU', 'Germany', 'country', box(4, 0, 8, 3));
INSERT INTO area (code_system, code, name, level, parent_id, geom) VALUES
  ('tmap', 'S', 'South', 'region', id('FRA'), box(0, 0, 4, 1)), ('tmap', 'N', 'North', 'region', id('FRA'), box(0, 1, 4, 2)), ('tmap', 'G', 'West', 'region', id('DEU'), box(4, 0, 8, 3));
INSERT INTO area (code_system, code, name, level, parent_id, geom, valid_from, valid_to) VALUES
  ('tmap', 'SW', 'South-west', 'department', id('S'), box(0, 0, 2, 1), NULL, NULL),
  ('tmap', 'SE', 'South-east', 'department', id('S'), box(2, 0, 4, 1), NULL, NULL),
  ('tmap', 'NA', 'North until 2019', 'department', id('N'), box(0, 1, 3, 2), NULL, '2019-12-31'),
  ('tmap', 'NB', 'North from 2020', 'department', id('N'), box(1, 1, 3, 2), '2020-01-01', NULL);
INSERT INTO source (source_key, title, origin) VALUES ('pmsi', 'Stays made up for the test', 'synthetic'), ('other', 'Others', 'synthetic');
INSERT INTO submission (submission_id, submission_key, country, source_id, status, sha256)
SELECT n, s.source_key, 'FRA', s.source_id, 'in force', 'none' FROM (VALUES (1, 'pmsi'), (2, 'other')) v (n, key) JOIN source s ON s.source_key = v.key;
INSERT INTO stay_source (source_id, diagnosis_system, procedure_system) SELECT s.source_id, 'CIM-10', 'CCAM' FROM source s;

CREATE TABLE made (n int, source text, country text, admitted date, code text, point geometry, what text);
INSERT INTO made VALUES
  (1, 'pmsi', 'FRA', '2019-03-01', NULL, 'SRID=4326;POINT(1 0.5)', 'in SW'),
  (2, 'pmsi', 'FRA', '2019-03-02', NULL, 'SRID=4326;POINT(3 0.5)', 'in SE'),
  (3, 'pmsi', 'FRA', '2019-03-03', NULL, 'SRID=4326;POINT(2 0.5)', 'on the border of SW and SE: the smaller code'),
  (4, 'pmsi', 'FRA', '2019-03-04', NULL, 'SRID=4326;POINT(0.5 1.5)', 'in NA, which ends'),
  (5, 'pmsi', 'FRA', '2020-03-04', NULL, 'SRID=4326;POINT(0.5 1.5)', 'the same place in 2020: in no department, in N'),
  (6, 'pmsi', 'FRA', '2020-03-05', NULL, 'SRID=4326;POINT(2.5 1.5)', 'in NB'),
  (7, 'pmsi', 'FRA', '2020-03-06', NULL, 'SRID=4326;POINT(1 2.5)', 'in France, in no region'),
  (8, 'pmsi', 'FRA', '2020-03-07', NULL, 'SRID=4326;POINT(5 0.5)', 'in another country: outside'),
  (9, 'pmsi', 'FRA', '2020-03-08', NULL, 'SRID=4326;POINT(50 50)', 'nowhere: outside'),
  (10, 'pmsi', 'FRA', '2020-03-09', NULL, 'SRID=4326;POINT EMPTY', 'empty'),
  (11, 'pmsi', 'FRA', '2020-03-10', NULL, NULL, 'without'),
  (12, 'pmsi', 'FRA', '2020-03-11', 'SE', 'SRID=4326;POINT(1 0.5)', 'by code in SE: not touched'),
  (13, 'pmsi', 'FRA', '2021-03-11', 'SE', NULL, 'by code'),
  (14, 'pmsi', 'DEU', '2020-03-12', NULL, 'SRID=4326;POINT(5 0.5)', 'of Germany'),
  (15, 'other', 'FRA', '2020-03-13', NULL, 'SRID=4326;POINT(1 0.5)', 'of another source'),
  (16, 'other', 'FRA', '2020-03-14', NULL, 'SRID=4326;POINT(1 2.5)', 'of another source, in no region');
INSERT INTO stay (country, year, stay, patient, admitted, discharged, age, sex, area_id, point, hospital, principal, source_id, submission_id, line_no)
SELECT m.country, date_part('year', m.admitted), md5(m.n::text)::uuid, md5('p' || m.n)::uuid, m.admitted, m.admitted + 5, 70, 'female', id(m.code), m.point, 'H1', 'I639', s.source_id, b.submission_id, m.n + 1
FROM made m JOIN source s ON s.source_key = m.source JOIN submission b ON b.source_id = s.source_id;
-- One text for everything that was counted.
CREATE FUNCTION fingerprint() RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(t, E'\n' ORDER BY t COLLATE "C")) FROM (
    SELECT concat_ws(' ', s.source_key, a.code, f.indicator, f.valid_from, f.valid_to, f.unlocated, f.tally, f.basis) AS t
    FROM loc.fact f JOIN loc.source s ON s.source_id = f.source_id JOIN loc.area a ON a.area_id = f.area_id
    UNION ALL SELECT c::text FROM loc.stroke_count c UNION ALL SELECT y::text FROM loc.counted_year y) x $$;

SELECT * FROM tally_stays('frandon2024', 'pmsi');
SELECT * FROM tally_stays('international', 'pmsi');
CREATE TABLE before AS SELECT fingerprint();
CREATE TABLE touched AS SELECT stay, area_id, xmin::text AS version FROM stay;

-- What is refused.
SELECT * FROM locate_stays('canton');
SELECT * FROM locate_stays(source_key => 'nobody');
-- Located, outside, no point; a second time there is nothing to do.
SELECT * FROM locate_stays(source_key => 'pmsi');
SELECT * FROM locate_stays(source_key => 'pmsi');
SELECT m.n, m.what, a.code FROM made m JOIN stay s ON s.stay = md5(m.n::text)::uuid LEFT JOIN area a ON a.area_id = s.area_id ORDER BY m.n;
-- Only rows that needed it were written.
SELECT count(*) FILTER (WHERE s.xmin::text <> t.version) AS written, count(*) FILTER (WHERE s.area_id IS DISTINCT FROM t.area_id) AS changed FROM stay s JOIN touched t ON t.stay = s.stay;
-- The years of it are counted anew, 2021 is not, and the figures are what they were.
SELECT definition, version, years, strokes, unlocated, facts FROM refresh_tallies('pmsi');
SELECT (SELECT fingerprint FROM before) = fingerprint() AS same_figures;
SELECT definition, years, facts FROM refresh_tallies('pmsi');
SELECT facts FROM tally_stays('frandon2024', 'pmsi');
SELECT (SELECT fingerprint FROM before) = fingerprint() AS same_figures;

-- A level above gives up what the point knows: South, unlocated inside it; refresh_tallies() notices.
SELECT * FROM tally_stays('frandon2024', 'other');
SELECT * FROM locate_stays('region', 'other');
SELECT m.n, a.code FROM made m JOIN stay s ON s.stay = md5(m.n::text)::uuid LEFT JOIN area a ON a.area_id = s.area_id WHERE m.source = 'other' ORDER BY m.n;
SELECT definition, years, strokes, unlocated, facts FROM refresh_tallies('other');
SELECT a.code, f.unlocated, tmap.at_risk(f.tally) AS strokes FROM fact f JOIN source s ON s.source_id = f.source_id JOIN area a ON a.area_id = f.area_id
WHERE s.source_key = 'other:frandon2024:1' AND f.indicator = 'thrombectomy_per_stroke' ORDER BY 1, 2;
-- The rest, of all sources.
SELECT * FROM locate_stays();
RESET search_path;
SET client_min_messages = error;
DROP SCHEMA loc CASCADE;
