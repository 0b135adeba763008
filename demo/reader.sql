-- A role for QGIS and the like: reads what is published, without password over loopback, and nothing else.
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE reader LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader')
\gexec
GRANT USAGE ON SCHEMA atlas TO reader;
GRANT SELECT ON atlas.release, atlas.value, atlas.value_by_edition, atlas.country_latest, atlas.country_year, atlas.region_latest, atlas.region_year, atlas.centre,
  atlas.indicator, atlas.legend TO reader;
