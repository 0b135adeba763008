-- The boundaries of the demo, as one SELECT in OGR's SQLite dialect (SpatiaLite functions).
-- Layers countries and states_provinces: world_map.gpkg; table fr_departement: demo/data/fr_departement_population.csv.
-- 1/131072 degree (2^-17, 0.85 m at the equator): a power of two, so that the doubles end in zeros and gzip well.
WITH
country_fix(ne, name) AS (VALUES     -- Natural Earth abbreviates names or keeps old ones: written out here
 ('ATF','French Southern and Antarctic Lands'), ('ATG','Antigua and Barbuda'), ('BIH','Bosnia and Herzegovina'),
 ('BLM','Saint-Barthélemy'), ('CAF','Central African Republic'), ('COD','Democratic Republic of the Congo'),
 ('COK','Cook Islands'), ('CYM','Cayman Islands'), ('DOM','Dominican Republic'), ('ESH','Western Sahara'),
 ('FLK','Falkland Islands'), ('FRO','Faroe Islands'), ('GNQ','Equatorial Guinea'),
 ('HMD','Heard Island and McDonald Islands'), ('IOT','British Indian Ocean Territory'),
 ('KNA','Saint Kitts and Nevis'), ('MAF','Saint-Martin'), ('MHL','Marshall Islands'), ('MKD','North Macedonia'),
 ('MNP','Northern Mariana Islands'), ('PCN','Pitcairn Islands'), ('PYF','French Polynesia'),
 ('SGS','South Georgia and the South Sandwich Islands'), ('SLB','Solomon Islands'),
 ('SPM','Saint-Pierre-et-Miquelon'), ('SSD','South Sudan'), ('STP','São Tomé and Príncipe'), ('SWZ','Eswatini'),
 ('TCA','Turks and Caicos Islands'), ('TUR','Türkiye'), ('UMI','United States Minor Outlying Islands'),
 ('VCT','Saint Vincent and the Grenadines'), ('VGB','British Virgin Islands'), ('VIR','U.S. Virgin Islands'), ('WLF','Wallis and Futuna')),
department_fix(ne, name) AS (VALUES  -- the three of 101 names that differ; two are misspelt in Natural Earth
 ('Guyane française','Guyane'), ('Haute-Rhin','Haut-Rhin'), ('Seien-et-Marne','Seine-et-Marne')),
snapped_country AS (
 SELECT ISO_A3 AS iso3, iso_a2 AS iso2, NAME AS name, CASE WHEN ST_IsValid(SnapToGrid(geom, 1 / 131072.0)) = 1
   AND ST_NumGeometries(SnapToGrid(geom, 1 / 131072.0)) = ST_NumGeometries(geom)
   THEN SnapToGrid(geom, 1 / 131072.0) ELSE geom END AS g FROM countries WHERE iso_a2 <> '-1'),
snapped_state AS (
 SELECT name, adm0_a3, gu_a3, iso_a2 AS iso2, CASE WHEN ST_IsValid(SnapToGrid(geom, 1 / 131072.0)) = 1
   AND ST_NumGeometries(SnapToGrid(geom, 1 / 131072.0)) = ST_NumGeometries(geom)
   THEN SnapToGrid(geom, 1 / 131072.0) ELSE geom END AS g FROM states_provinces
 WHERE adm0_a3 IN ('FRA', 'GBR') OR iso_a2 = '-1'),
department AS (
 SELECT d.insee_dep, d.name, d.insee_reg, d.region_name, s.g
 FROM snapped_state AS s LEFT JOIN department_fix AS f ON f.ne = s.name
 LEFT JOIN fr_departement AS d
   ON d.name = coalesce(f.name, s.name) AND d.zone <> 'com'
 WHERE s.adm0_a3 = 'FRA'),
area(sort, code_system, code, name, level, parent_code_system, parent_code, g) AS (
 SELECT 0, 'tmap', 'WORLD', 'World', 'world', NULL, NULL, NULL
 UNION ALL
 SELECT 1, 'ISO 3166-1',
   -- Kosovo is '-99' in Natural Earth and has no ISO 3166-1 code: XKX, user-assigned and widely used.
   -- Tokelau has neither name nor code in the country layer (iso_a2 = 'TK').
   CASE WHEN c.iso2 = 'XK' THEN 'XKX' WHEN c.iso2 = 'TK' THEN 'TKL' ELSE c.iso3 END,
   coalesce(f.name, CASE WHEN c.iso2 = 'TK' THEN 'Tokelau' ELSE c.name END),
   'country', 'tmap', 'WORLD', c.g
 FROM snapped_country AS c LEFT JOIN country_fix AS f ON f.ne = c.iso3
 UNION ALL
 -- The country layer dissolves everything with iso_a2 = '-1' into one nameless feature. Two of its parts have ISO codes;
 -- the rest stays one area, so that the map has neither a hole nor an opinion.
 SELECT 1, 'ISO 3166-1', CASE name WHEN 'Christmas Island' THEN 'CXR' ELSE 'CCK' END, name, 'country', 'tmap', 'WORLD', g
 FROM snapped_state WHERE name IN ('Christmas Island', 'Cocos (Keeling) Islands')
 UNION ALL
 SELECT 1, 'ISO 3166-1', 'XXX', 'Areas without an ISO 3166-1 code', 'country', 'tmap', 'WORLD', ST_Union(g)
 FROM snapped_state WHERE iso2 = '-1' AND name NOT IN ('Christmas Island', 'Cocos (Keeling) Islands')
 UNION ALL
 -- The four nations of the United Kingdom; ISO 3166-2 writes GB-ENG, GB-NIR, GB-SCT, GB-WLS.
 SELECT 2, 'tmap', 'GBR-' || gu_a3,
   CASE gu_a3 WHEN 'ENG' THEN 'England' WHEN 'SCT' THEN 'Scotland' WHEN 'WLS' THEN 'Wales' ELSE 'Northern Ireland' END,
   'region', 'ISO 3166-1', 'GBR', ST_Union(g)
 FROM snapped_state WHERE adm0_a3 = 'GBR' GROUP BY gu_a3
 UNION ALL
 SELECT 3, 'INSEE region', insee_reg, region_name, 'region', 'ISO 3166-1', 'FRA', ST_Union(g)
 FROM department GROUP BY insee_reg, region_name
 UNION ALL
 SELECT 4, 'INSEE department', insee_dep, name, 'department', 'INSEE region', insee_reg, g FROM department)
SELECT code_system, code, name, level, parent_code_system, parent_code,
  geom_hex AS geom
FROM (SELECT sort, code_system, code, name, level, parent_code_system, parent_code, AsEWKB(SetSRID(CastToMulti(g), 4326)) AS geom_hex FROM area)
ORDER BY sort, code
