-- A role for QGIS and the like: reads the atlas without password over loopback, and no patient rows.
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE reader LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader')
\gexec
GRANT USAGE ON SCHEMA atlas, tmap TO reader;   -- the views call the library
GRANT SELECT ON atlas.area_latest, atlas.area_year, atlas.area, atlas.area_level, atlas.code_system, atlas.centre, atlas.indicator, atlas.source,
  atlas.population, atlas.map_panel TO reader;
