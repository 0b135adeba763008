-- The extension, with what it needs, in an empty database.
SET client_min_messages = warning;
CREATE EXTENSION tmap CASCADE;
-- The library that is loaded is the one of this source tree's version.
SELECT extversion = (SELECT default_version FROM pg_available_extensions WHERE name = 'tmap') AS current, extrelocatable, extnamespace::regnamespace AS schema
FROM pg_extension WHERE extname = 'tmap';
-- It brings types, functions, operators and aggregates, but no table, sequence or index.
SELECT count(*) AS relations
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
WHERE d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'tmap');
-- A second time is an error, and schema tmap is not the user's to drop.
CREATE EXTENSION tmap;
DROP SCHEMA tmap;
