-- The demo's real data into the atlas: territory, inhabitants, centres, published figures. Every row keeps its source.
--   psql -v data=demo/data -f demo/load.sql        (schema "atlas", made by tmap.create_atlas and still empty)
\set ON_ERROR_STOP on
SET client_min_messages = warning;
\set load_here `pwd`
\cd :data

-- 1. Territory ---------------------------------------------------------------------------------------------------------

CREATE TEMP TABLE boundary (code_system text, code text, name text, level text, parent_code_system text, parent_code text, geom geometry);
\copy boundary FROM PROGRAM 'gzip -dc boundaries.csv.gz' WITH (FORMAT csv, HEADER)

-- Parents before children: one INSERT a level.
INSERT INTO atlas.area (code_system, code, name, level, source)
SELECT code_system, code, name, level, 'Natural Earth 1:10m v4.1, public domain' FROM boundary WHERE level = 'world';
SELECT format(
  'INSERT INTO atlas.area (code_system, code, name, level, parent_id, source, geom)
   SELECT b.code_system, b.code, b.name, b.level, p.area_id, ''Natural Earth 1:10m v4.1, public domain'', b.geom
   FROM boundary AS b JOIN atlas.area AS p ON p.code_system = b.parent_code_system AND p.code = b.parent_code
   WHERE b.level = %L ORDER BY b.code_system COLLATE "C", b.code COLLATE "C"', l.level)
FROM atlas.area_level AS l WHERE l.rank > 0 ORDER BY l.rank
\gexec

-- 2. Inhabitants -------------------------------------------------------------------------------------------------------

INSERT INTO atlas.source (source_key, title, denominator_definition, origin, quality, note) VALUES
  ('UN-WPP-2019', 'United Nations, World Population Prospects 2019 (CC BY 3.0 IGO)', 'inhabitants at mid-year, by sex and age', 'reported', 'A',
   'France here with Guadeloupe, Martinique, French Guiana, Réunion and Mayotte, as in its boundary: the sum of six rows.'),
  ('INSEE-COG-2026', 'INSEE, populations légales, through npm @etalab/decoupage-administratif 6.0.0 (Licence Ouverte)', 'inhabitants', 'reported', 'A',
   'Of the census year that the package of 2026 carries; stands in for 2024.');

CREATE TEMP TABLE inhabitants (code text, name text, year int, sex text, age_from int, age_to int, persons bigint, source text);
\copy inhabitants FROM PROGRAM 'gzip -dc population_2020.csv.gz' WITH (FORMAT csv, HEADER)
INSERT INTO atlas.population (area_id, valid_from, valid_to, stratum, persons, source_id)
SELECT a.area_id, make_date(i.year, 1, 1), make_date(i.year, 12, 31), tmap.stratum(i.age_from, i.sex), sum(i.persons), atlas.find_source('UN-WPP-2019')
FROM inhabitants AS i
JOIN atlas.area AS a ON a.code_system = 'ISO 3166-1'
  AND a.code = CASE WHEN i.code IN ('GLP', 'MTQ', 'GUF', 'REU', 'MYT') THEN 'FRA' ELSE i.code END
GROUP BY a.area_id, i.year, tmap.stratum(i.age_from, i.sex)
ORDER BY a.area_id, tmap.stratum(i.age_from, i.sex);

CREATE TEMP TABLE department (code text, name text, region text, region_name text, zone text, communes int, persons bigint, source text);
\copy department FROM 'fr_departement_population.csv' WITH (FORMAT csv, HEADER)
INSERT INTO atlas.population (area_id, valid_from, valid_to, stratum, persons, source_id)
SELECT a.area_id, '2024-01-01', '2024-12-31', 'all', d.persons, atlas.find_source('INSEE-COG-2026')
FROM department AS d JOIN atlas.area AS a ON a.code_system = 'INSEE department' AND a.code = d.code
ORDER BY a.area_id;

-- 3. Centres: the French ones that a source names, not the full list ---------------------------------------------------

CREATE TEMP TABLE named_centre (city text, department text, status text, lat float8, lon float8, quality text, evidence text, source text);
\copy named_centre FROM 'fr_mt_centres_named_in_sources.csv' WITH (FORMAT csv, HEADER)
INSERT INTO atlas.source (source_key, title, origin, quality, note)
SELECT 'FRA-centres-' || row_number() OVER (ORDER BY c.source COLLATE "C"), c.source, 'reported', 'C',
  'French centres that a press page names: not the full list. Points are cities (GeoNames, CC BY 4.0), not hospitals.'
FROM named_centre AS c GROUP BY c.source;
INSERT INTO atlas.stroke_centre (name, level, area_id, coordinate_quality, note, source_id, point)
SELECT c.city, 'thrombectomy_capable', a.area_id, c.quality, concat_ws('; ', c.status, c.evidence), s.source_id,
  ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326)
FROM named_centre AS c
JOIN atlas.source AS s ON s.title = c.source AND s.source_key LIKE 'FRA-centres-%'
LEFT JOIN atlas.area AS a ON a.code_system = 'INSEE department' AND a.code = c.department
WHERE c.lat IS NOT NULL AND c.status NOT LIKE 'planned%'
ORDER BY c.city COLLATE "C";

-- 4. Published figures -------------------------------------------------------------------------------------------------

CREATE TEMP TABLE published (figure_id int, area_code text, area_name text, period text, period_from date, period_to date, period_kind text,
  indicator text, events bigint, at_risk bigint, reported_value float8, reported_per float8, denominator text, denominator_definition text,
  derived_at_risk bigint, derived_at_risk_why text, count_unit text, origin text, quality text, shown boolean, choice_reason text, caution text,
  note text, source text, doi text, url text);
\copy published FROM 'published_figures.csv' WITH (FORMAT csv, HEADER)
\cd :load_here

-- One source for each publication and definition, numbered within its country: DEU-1, DEU-2 …
CREATE TEMP TABLE published_source AS
SELECT area_code || '-' || row_number() OVER (PARTITION BY area_code ORDER BY min(figure_id)) AS source_key, area_code, source, quality, origin,
  count_unit, denominator, denominator_definition, min(doi) AS doi, min(url) AS url, array_agg(figure_id) AS figures
FROM published GROUP BY area_code, source, quality, origin, count_unit, denominator, denominator_definition;
INSERT INTO atlas.source (source_key, title, definition, denominator_definition, denominator_differs, origin, quality, note, doi, url)
SELECT source_key, source, 'thrombectomies, counted in ' || rtrim(count_unit, '?'),
  CASE WHEN denominator_definition IS NULL OR denominator IS NULL THEN denominator ELSE denominator || ': ' || denominator_definition END,
  coalesce(denominator IN ('all strokes', 'ischaemic or unspecified stroke'), false),
  CASE WHEN origin LIKE 'derived%' THEN 'derived' ELSE 'reported' END, quality, nullif(origin, 'reported'), doi, url
FROM published_source ORDER BY source_key COLLATE "C";

-- A rate that was published without a numerator stays the rounded number that it is. Bare numbers of thrombectomies count
-- for the indicator per inhabitant, with the denominator missing.
INSERT INTO atlas.fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk, reported_value, reported_per, at_risk_basis, basis, note,
  shown, choice_reason)
SELECT a.area_id, p.period_from, p.period_to,
  CASE p.indicator WHEN 'thrombectomy_per_stroke' THEN p.indicator ELSE 'thrombectomy_per_inhabitant' END, s.source_id,
  tmap.tally('all', p.events, coalesce(p.at_risk, p.derived_at_risk)), p.events, CASE WHEN p.events IS NULL THEN coalesce(p.at_risk, p.derived_at_risk) END,
  p.reported_value, p.reported_per,
  CASE WHEN p.at_risk IS NOT NULL THEN 'reported' WHEN p.derived_at_risk IS NOT NULL THEN 'derived' END,
  CASE WHEN p.at_risk IS NOT NULL AND p.events IS NULL THEN format('published rate; denominator %s, numerator not published', p.at_risk)
       WHEN p.reported_value IS NULL AND p.at_risk IS NULL THEN 'published count' ELSE 'published figures' END,
  nullif(concat_ws('; ', CASE WHEN p.period_kind IN ('fiscal year', 'calendar year (approximate)') THEN p.period_kind END, coalesce(p.caution, p.note), p.derived_at_risk_why), ''),
  p.shown, p.choice_reason
FROM published AS p
JOIN published_source AS ps ON p.figure_id = ANY (ps.figures)
JOIN atlas.source AS s ON s.source_key = ps.source_key
JOIN atlas.area AS a ON a.code = p.area_code AND a.code_system IN ('ISO 3166-1', 'tmap')
ORDER BY p.figure_id;

-- Where the inhabitants of the year are known, a bare number of thrombectomies becomes a rate.
UPDATE atlas.fact AS f
SET tally = tmap.tally('all', f.events, p.persons), at_risk_basis = 'computed', basis = 'published count, inhabitants from the table population'
FROM (SELECT c.fact_id, tmap.at_risk(atlas.population_tally(c.area_id, c.valid_from, c.valid_to)) AS persons
      FROM atlas.fact AS c WHERE c.indicator = 'thrombectomy_per_inhabitant' AND c.tally IS NULL AND c.reported_value IS NULL) AS p
WHERE p.fact_id = f.fact_id AND p.persons IS NOT NULL;

DROP TABLE boundary, inhabitants, department, named_centre, published, published_source;
RESET client_min_messages;
