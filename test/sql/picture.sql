-- The map as a picture: classes, layouts, and an SVG document that any XML reader takes.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT tmap.create_atlas('pict');
SET search_path = pict, tmap, public;
CREATE FUNCTION box(x float8, y float8) RETURNS geometry LANGUAGE sql RETURN ST_Multi(ST_MakeEnvelope(x, y, x + 1, y + 1, 4326));
CREATE FUNCTION count_of(svg text, what text) RETURNS bigint LANGUAGE sql
RETURN cardinality(xpath(what, XMLPARSE(DOCUMENT svg), ARRAY[ARRAY['s', 'http://www.w3.org/2000/svg']]));

-- A country of four square regions: three with figures, one without; the second has a name that XML must not take literally.
INSERT INTO area (code_system, code, name, level, source) VALUES ('ISO 3166-1', 'ZZZ', 'Zed', 'country', 'drawn & made up');
INSERT INTO area (code_system, code, name, level, parent_id, source, geom)
SELECT 'tmap', a.code, a.name, 'region', (SELECT area_id FROM area WHERE code = 'ZZZ'), 'drawn & made up', box(a.x, 50)
FROM (VALUES ('R1', 'One', 0), ('R2', 'A & <B> "C"', 1), ('R3', 'Three', 2), ('R4', 'Four', 3)) AS a (code, name, x);
INSERT INTO source (source_key, title, definition, denominator_definition, origin) VALUES
  ('report', 'Report <1>', 'thrombectomies', 'strokes', 'reported'), ('made-up', 'Made up', 'thrombectomies', 'strokes', 'synthetic');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis, reported_value, reported_per, shown, choice_reason)
SELECT a.area_id, '2020-01-01', '2020-12-31', 'thrombectomy_per_stroke', find_source('report'), t.tally, tmap.events(t.tally), 'reported', t.reported, t.per, true, 'only figure'
FROM (VALUES ('R1', tmap.tally('all', 10, 1000), NULL::float8, NULL::float8), ('R2', tmap.tally('all', 50, 1000), NULL, NULL), ('R3', NULL, 9, 100)) AS t (code, tally, reported, per)
JOIN area AS a ON a.code = t.code;

SELECT code, figure_value, round(lower::numeric, 3) AS lower, events, at_risk, period, basis, source, definition
FROM map_figures('thrombectomy_per_stroke', 'region', 2020, 'ZZZ');

-- Class limits: quantiles, rounded; no limit where all figures are the same.
SELECT map_breaks(ARRAY[1, 5, 9]), map_breaks(ARRAY(SELECT (i * 0.137)::float8 FROM generate_series(1, 100) AS i), 5) AS five, map_breaks('{3,3,3}') AS same,
  map_breaks('{}') AS none, map_breaks('{NULL,1,2}', 2) AS nulls, map_breaks(NULL) IS NULL AS null_in;
SELECT map_breaks('{1,2}', 1);
SELECT n, map_colours(n) FROM generate_series(1, 4) AS n;
SELECT map_number(1234567.891, 2), map_number(0.5, 0), map_number(-3, 1), xml_text(E'a&b <c> "d"\n\x01e');
SELECT * FROM map_lines('one two three four', 8);

-- The document: well formed, one path for each area, each class where it belongs, the empty one too, and the same bytes again.
CREATE TEMP TABLE picture AS
SELECT map_svg('thrombectomy_per_stroke', 'region', 2020, 'ZZZ', breaks => '{2,6}', mark_below => 2, mark_title => 'low', title => 'Zed & <co>') AS svg;
SELECT svg::xml IS DOCUMENT AS well_formed, count_of(svg, '//s:path') AS paths, count_of(svg, '//s:path[@d != ""]') AS drawn,
  count_of(svg, '//s:path/s:title') AS tooltips, count_of(svg, '//s:g[@fill="url(#no-data)"]/s:path') AS no_data,
  count_of(svg, '//s:circle') AS dots, svg = map_svg('thrombectomy_per_stroke', 'region', 2020, 'ZZZ', breaks => '{2,6}', mark_below => 2, mark_title => 'low', title => 'Zed & <co>') AS same_again
FROM picture;
SELECT (xpath('/s:g/@fill', g, n))[1] AS colour, (xpath('count(/s:g/s:path)', g, n))[1] AS areas
FROM picture, (VALUES (ARRAY[ARRAY['s', 'http://www.w3.org/2000/svg']])) AS v (n), unnest(xpath('//s:g/s:g', XMLPARSE(DOCUMENT svg), n)) AS g;
SELECT t::text AS words FROM picture, unnest(xpath('//s:path/s:title/text() | /s:svg/s:title/text() | /s:svg/s:desc/text()', XMLPARSE(DOCUMENT svg), ARRAY[ARRAY['s', 'http://www.w3.org/2000/svg']])) AS t;
SELECT t::text AS words FROM picture, unnest(xpath('//s:text/text()', XMLPARSE(DOCUMENT svg), ARRAY[ARRAY['s', 'http://www.w3.org/2000/svg']])) AS t;

-- One definition of both parts is printed once; source and boundaries stand below the map however long definition and note are.
UPDATE source SET definition = 'one and the same' WHERE source_key = 'report';
UPDATE source SET denominator_definition = definition WHERE source_key = 'report';
SELECT DISTINCT definition FROM map_figures('thrombectomy_per_stroke', 'region', 2020, 'ZZZ') WHERE definition IS NOT NULL;
UPDATE source SET definition = repeat('word ', 400), denominator_definition = 'strokes' WHERE source_key = 'report';
SELECT n AS words_of_note, svg LIKE '%Source: Report &lt;1&gt;.%' AS source, svg LIKE '%Boundaries: drawn &amp; made up.</text>%' AS boundaries, svg LIKE '%Counted: word word%' AS definition, svg LIKE '%…%' AS shortened,
  (SELECT max(y::text::numeric) < 900 FROM unnest(xpath('//s:text/@y', XMLPARSE(DOCUMENT svg), ARRAY[ARRAY['s', 'http://www.w3.org/2000/svg']])) AS y) AS inside
FROM generate_series(0, 500, 250) AS n, map_svg('thrombectomy_per_stroke', 'region', 2020, 'ZZZ', note => repeat('note ', n)) AS svg;
UPDATE source SET definition = 'thrombectomies' WHERE source_key = 'report';

-- Synthetic figures are labelled on the picture and in every tooltip.
UPDATE fact SET source_id = find_source('made-up');
SELECT svg::xml IS DOCUMENT AS well_formed, count_of(svg, '//s:text[. = "SYNTHETIC DATA"]') AS label, count_of(svg, '//s:path/s:title[contains(., "SYNTHETIC")]') AS tooltips
FROM map_svg('thrombectomy_per_stroke', 'region') AS svg;

-- Nothing to show is a picture too; other layouts; every piece lands in its box, cut at the Bering Strait.
SELECT svg::xml IS DOCUMENT AS well_formed, count_of(svg, '//s:path') AS paths FROM map_svg('thrombectomy_per_inhabitant', 'region', 1999) AS svg;
SELECT svg::xml IS DOCUMENT AS well_formed, count_of(svg, '//s:path') AS paths FROM map_svg('thrombectomy_per_stroke', 'department') AS svg;
INSERT INTO area (code_system, code, name, level, geom) VALUES
  ('tmap', 'FAR', 'Across the antimeridian', 'department', ST_Collect(ST_MakeEnvelope(170, 60, 180, 65, 4326), ST_MakeEnvelope(-180, 60, -172, 65, 4326))),
  ('tmap', 'ICE', 'Antarctica', 'department', box(0, -80)), ('tmap', 'MID', 'Middle', 'department', box(11, 0));
SELECT a.code, s.panel, round(s.x) AS x, s.x BETWEEN 110 AND 1560 AND s.y BETWEEN 92 AND 768 AS inside, length(s.path) - length(replace(s.path, 'M', '')) AS rings
FROM map_shapes(ARRAY(SELECT area_id FROM area WHERE level = 'department'), 'world') AS s JOIN area AS a ON a.area_id = s.area_id ORDER BY a.code COLLATE "C";

-- What is refused.
SELECT map_svg('no such', 'region');
SELECT map_svg('thrombectomy_per_stroke', 'canton');
SELECT map_svg('thrombectomy_per_stroke', 'region', figure => 'median');
SELECT map_svg('thrombectomy_per_stroke', 'region', within => 'YYY');
SELECT map_svg('thrombectomy_per_stroke', 'region', layout => 'globe');
SELECT map_svg('thrombectomy_per_stroke', 'region', breaks => '{6,2}');
SELECT map_svg('thrombectomy_per_stroke', 'region', breaks => '{1,NULL}');
DROP SCHEMA pict CASCADE;
