-- Lists that the public reads, under names of their own beside the tables: fid first (int4, unique), geometry last (typed).

-- Of one table and nothing else: INSERT, UPDATE and DELETE go through to indicator_definition.
CREATE VIEW @atlas@.indicator AS
SELECT i.fid, i.indicator, i.title, i.events_definition, i.at_risk_definition, i.measure, i.per, i.unit, i.direction, i.method, i.confidence, i.standard, i.min_coverage, i.sort
FROM @atlas@.indicator_definition i;
COMMENT ON VIEW @atlas@.indicator IS 'What is measured
One row per indicator: which events, among whom, on which scale, with which limits. The owner adds his own with INSERT.';

CREATE VIEW @atlas@.centre AS
SELECT c.centre_id AS fid, c.name, c.level, c.area_id, a.code, k.code AS country, c.opened, c.closed, c.valid_from, c.valid_to, c.coordinate_quality, c.note, s.title AS source,
       c.point::@postgis@.geometry(Point, 4326) AS geom
FROM @atlas@.stroke_centre c
JOIN @atlas@.source s ON s.source_id = c.source_id
LEFT JOIN @atlas@.area a ON a.area_id = c.area_id
LEFT JOIN @atlas@.area k ON k.area_id = a.country_id;
COMMENT ON VIEW @atlas@.centre IS 'Centres that treat strokes, as points
One row per centre and level of service. Rows are added in the table stroke_centre.';
COMMENT ON COLUMN @atlas@.centre.fid IS 'Number of the centre; unique.';
COMMENT ON COLUMN @atlas@.centre.code IS 'Code of the area that the centre belongs to for administration.';
COMMENT ON COLUMN @atlas@.centre.country IS 'Code of the country of that area.';
COMMENT ON COLUMN @atlas@.centre.source IS 'Where the row comes from.';
COMMENT ON COLUMN @atlas@.centre.geom IS 'Place, EPSG:4326.';

-- The other columns have the comments of their tables.
DO $block$
DECLARE
  c record;
BEGIN
  FOR c IN SELECT v.oid::regclass AS relation, a.attname, col_description(t.attrelid, t.attnum) AS comment
           FROM (VALUES ('@atlas@.indicator'::regclass, '@atlas@.indicator_definition'::regclass), ('@atlas@.centre', '@atlas@.stroke_centre')) AS v (oid, below)
           JOIN pg_attribute a ON a.attrelid = v.oid JOIN pg_attribute t ON t.attrelid = v.below AND t.attname = a.attname AND t.attnum > 0
           WHERE col_description(a.attrelid, a.attnum) IS NULL LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.relation, c.attname, c.comment);
  END LOOP;
END
$block$;
